# %% [markdown]
# # Join two averages: Adam
#
# - **You will build** the three functions that train a network with Adam.
# - **You will learn** what the bias correction does and what it is worth, where Adam wins and where it loses, and what
#   a demonstration with one rate and one seed can show.
# - **You need** momentum (lesson 03), RMSprop (lesson 04), bias correction (lesson 02). Time: 90 minutes.

# %% setup="imports"
import time
from functools import partial

import numpy as np

from optimlab import answer_to, check, data, landscapes, network, plots, save, widgets
from optimlab.arrays import missing_for_gpu, to_device, to_numpy
from optimlab.training import descend, steps_to_settle, train, updates_to_target

# %% [markdown]
# ## Join momentum and RMSprop
#
# Momentum steps along an average of the gradients $g$. RMSprop divides by the root of an average of their squares.
# *Adam*, adaptive moment estimation, does both (a *moment* is a mean: of $g$, or of $g^2$). The two averages are called
# $v$ and $s$, as before:
#
# $$v \leftarrow \beta_1 v + (1 - \beta_1)\, g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2$$
#
# | setting | usual value | what it does |
# |---|---|---|
# | α | to be tuned | the learning rate |
# | β1 | 0.9 | share of the old $v$ that stays; $v$ averages $g$ |
# | β2 | 0.999 | share of the old $s$ that stays; $s$ averages $g^2$ |
# | ε | 1e-8 | keeps the division from 0 / 0 |
#
# Both averages start at 0. Give them a gradient of 1, again and again. Both should be 1. Look at how far they are from
# it.

# %% demo="too_small"
v, s, seen = 0.0, 0.0, {}
for t in range(1, 3001):
    v, s = 0.9 * v + 0.1 * 1.0, 0.999 * s + 0.001 * 1.0**2
    seen[t] = v, s
for t in (1, 10, 100, 1000, 3000):
    print(f"after {t:4} gradients of 1: v = {seen[t][0]:.3f}, s = {seen[t][1]:.3f}")

# %% [markdown]
# After one gradient $v$ holds a tenth of it, and $s$ a thousandth of its square. $s$ needs thousands of gradients to
# come near. Lesson 02 has the cure: after $t$ values the weights add up to $1 - \beta^t$, so divide by that. So Adam is
#
# $$\hat v = \frac{v}{1 - \beta_1^t}, \qquad \hat s = \frac{s}{1 - \beta_2^t}, \qquad
# W \leftarrow W - \alpha\, \frac{\hat v}{\sqrt{\hat s} + \varepsilon}$$

# %% [markdown]
# ## Start both averages at zero
#
# Every weight and every bias has a $v$ and an $s$ of its own.
#
# **The trap:** two dicts are due, and all their arrays must be new. If $v$ and $s$ shared their arrays, each would
# change with the other.
#
# <details><summary>Hint 1: the idea</summary>You wrote the start of one average in lesson 03, and of the other in
# lesson 04. Here you return both.</details>
# <details><summary>Hint 2: the formula</summary>v = 0 and s = 0 for each key, as arrays of that key's shape; first v,
# then s.</details>


# %% exercise="init_adam"
def init_adam(params):
    """Return both averages of Adam before the first step: zeros.

    params: dict of arrays, "W1" of shape (n_1, n_0), "b1" of shape (n_1, 1), "W2" and so on.
    Returns v, s: two new dicts with the same keys, and new arrays of the same shapes.
    """
    ### BEGIN SOLUTION
    v = {key: np.zeros_like(value) for key, value in params.items()}
    s = {key: np.zeros_like(value) for key, value in params.items()}
    return v, s
    ### END SOLUTION


# %% check="init_adam" points=2
check(init_adam)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(init_adam)
### END HIDDEN TESTS

# %% [markdown]
# ## Correct the start
#
# **The trap:** $t$ counts updates from 1, and it is the exponent of β. With one update the divisor is 1-β; after many
# it is almost 1. And the average itself stays as it was, because the next update needs it.
#
# <details><summary>Hint 1: the idea</summary>The average is too small, since the weights of the values do not yet add
# up to 1. Divide by what they add up to.</details>
# <details><summary>Hint 2: the formula</summary>The average, divided by one minus β to the power t.</details>


# %% exercise="bias_correct"
def bias_correct(average, beta, t):
    """Correct a weighted average for its start at zero.

    average: one array or one number.
    beta: β, the share of the old average that was kept at each update; at least 0, below 1.
    t: how many values the average holds, from 1.
    Returns the corrected average, of the same shape; `average` itself stays as it is.
    """
    ### BEGIN SOLUTION
    return average / (1 - beta**t)
    ### END SOLUTION


# %% check="bias_correct" points=2
check(bias_correct)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(bias_correct)
### END HIDDEN TESTS

# %% [markdown]
# ## Take a step
#
# **The traps:** the corrected averages serve this one step. The function returns the *uncorrected* ones, and the next
# step goes on from there. The bias takes its own averages: some notes write $b \leftarrow b - \alpha\, v_{dW} /
# \sqrt{s_{dW}}$, which is a slip. β1 belongs to $v$ and β2 to $s$. ε is added to the root, not under it.
#
# <details><summary>Hint 1: the idea</summary>For each key: a new v as in momentum_step and a new s as in rmsprop_step.
# Then correct copies of both, and step with the copies.</details>
# <details><summary>Hint 2: the formula</summary>For each key: v becomes β1 times v plus 1-β1 times g; s becomes β2
# times s plus 1-β2 times g squared; the parameter loses α times the corrected v, divided by (the root of the corrected
# s, plus ε).</details>


# %% exercise="adam_step"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Take one step of Adam.

    params, grads, v, s: dicts of arrays with the same keys and shapes; v and s are uncorrected.
    t: number of this update, from 1; you do not count it up.
    learning_rate: α, above 0.
    beta1, beta2: the shares of the old v and of the old s that are kept; at least 0, below 1.
    epsilon: ε, above 0. A parameter whose gradients were all 0 stays where it is.
    Returns params, v, s: three new dicts. The averages include this step and are uncorrected.
    """
    ### BEGIN SOLUTION
    new_v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    new_s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    new_params = {}
    for key in params:
        v_hat, s_hat = bias_correct(new_v[key], beta1, t), bias_correct(new_s[key], beta2, t)
        new_params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return new_params, new_v, new_s
    ### END SOLUTION


# %% check="adam_step" points=6
check(adam_step)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(adam_step)
### END HIDDEN TESTS

# %% [markdown]
# From here on everything runs on your functions. If yours are not right yet, read on: below a figure of theirs is a
# folded picture of what it should look like.
#
# ## Measure the first steps
#
# What does the correction do? The two corrections are only factors on the step: $1/(1 - \beta_1^t)$ from $v$, and
# $\sqrt{1 - \beta_2^t}$ from $s$. Here is your Adam with a choice: it takes your step and undoes the corrections that
# are not wanted.


# %% demo="variants"
def partly_corrected(params, grads, v, s, t, learning_rate, correct="vs"):
    """Take a step of your Adam and undo the corrections of averages that `correct` does not name."""
    moved, v, s = adam_step(params, grads, v, s, t, learning_rate)
    undo_v = 1.0 if "v" in correct else 1 - 0.9**t
    undo_s = 1.0 if "s" in correct else 1 / np.sqrt(1 - 0.999**t)
    return {key: params[key] + undo_v * undo_s * (moved[key] - params[key]) for key in params}, v, s


def slope(x):
    return -np.ones_like(x)


def lengths(step, steps):
    """Return the lengths of the steps on a road with a constant slope of 1, at rate 1."""
    path = descend(step, slope, np.zeros(2), learning_rate=1.0, steps=steps, state=init_adam)
    return np.diff(path[:, 0])


variants = {name: partial(partly_corrected, correct=c) for name, c in (("none", ""), ("v only", "v"), ("s only", "s"))}
variants["both"] = partly_corrected
first, last = lengths(adam_step, 1000)[[0, -1]]
print(f"your Adam on this road: step 1 is {first:.2f} rates long, step 1000 is {last:.2f}")

# %% [markdown]
# ### Predict: without correction
#
# With both corrections, every step on this road has the length of the rate, 1. Leave both out. Both averages are now
# too small. How long is the first step?
#
# - **a** Shorter than 1.
# - **b** 1 as well.
# - **c** Longer than 1.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_first"
guess_first = "?"
print(f"My guess: {guess_first}")

# %% demo="first_steps"
steps = {name: lengths(step, 3000) for name, step in variants.items()}
for name, length in steps.items():
    shown = ", ".join(f"{length[t - 1]:.3g}" for t in (1, 2, 10, 100, 1000))
    print(f"{name:6}: steps 1, 2, 10, 100, 1000 are {shown}; all of the first 20 {length[:20].sum():.1f}")
none = steps["none"]
near = 1 + np.flatnonzero(np.abs(none - 1) > 0.05)[-1] + 1
print(f"none: longest {none.max():.2f}, at step {none.argmax() + 1}; within 5 % of 1 from step {near} on")
print(answer_to(guess_first, "c"))

# %% [markdown]
# It is **c**, 3.16 times the rate. $v$ is 10 times too small, but $\sqrt{s}$ is $\sqrt{1000} = 31.6$ times too small,
# and we divide by it. Then $v$ recovers faster than $s$, and the steps grow to 6.57 at step 12. Correct one average
# alone, and the other's fault is all that is left: 31.6 or 0.1. Look at how long it lasts.

# %% demo="first_figure"
shown = np.unique(np.geomspace(1, 3000, 100).astype(int))
plots.curves(
    {"adam" if name == "both" else name: length[shown - 1] for name, length in steps.items()},
    x=shown,
    log_x=True,
    log_y=True,
    title="Without correction, Adam's first steps are too long, for a thousand steps",
    x_label="step",
    y_label="length of the step / learning rate",
)

# %% [markdown]
# ![Four lines: Adam is flat at 1, none rises to 6.57, v only falls, s only rises](expected:first_figure)
#
# On a constant slope Adam's step is exactly the rate. As a rule no step is longer than that. (An exception is a sudden
# gradient after a long silence, when the correction is over. Its first step is $0.1 / \sqrt{0.001} = 3.16$ rates long.
# If it stays, the steps grow to 6.57 rates, as in the line "none".) Where gradients change their sign, $v$ shrinks and
# $s$ does not. Look at noise with mean zero, over 2000 coordinates.

# %% demo="noise_steps"
rng, middle = np.random.default_rng(0), np.zeros((2000, 2))
noise = {"gradient": lambda x: rng.standard_normal(x.shape), "learning_rate": 1.0, "state": init_adam}
path = descend(adam_step, x0=middle, steps=100, **noise)
typical = np.median(np.abs(np.diff(path, axis=0)), axis=(1, 2))
print(f"typical step in noise: {', '.join(f'{typical[t - 1]:.2f} at step {t}' for t in (1, 2, 5, 10, 100))}")


# %% [markdown]
# The quotient of mean and root mean square tells signal from noise: 1 where all gradients agree, small where they do
# not.

# %% [markdown]
# ## Ask what the correction is worth
#
# ### Predict: tuned, and without correction
#
# Two moons, 300 points, a network 2-16-8-1, mini-batches of 64. Adam needs 70 updates to a training loss of 0.15: the
# median over 20 seeds, at its own best rate. Adam without any correction gets its own best rate, too. What does it
# need?
#
# - **a** More than twice as many.
# - **b** About as many.
# - **c** At most half as many.

# %% demo="guess_worth"
guess_worth = "?"
print(f"My guess: {guess_worth}")

# %% [markdown]
# The rates were chosen from 0.0005, 0.001, 0.002, 0.005, ..., 1 on seeds 0 to 9. What you see was measured on seeds 10
# to 29. The runs are recorded (`datasets/experiments/`, made by `make experiments`). The large markers are medians, the
# bars go from quartile to quartile.

# %% demo="worth"
record = data.recorded("05_adam-corrections")
names = record["variants"].tolist()
runs = dict(zip(names, record["updates"], strict=True))
tuned = dict(zip(names, record["chosen"], strict=True))
for name in ("none", "v only", "s only", "both"):
    low, middle, high = plots.quartiles(runs[name])
    print(f"{name:6}: rate {tuned[name]:4g}, median {middle:.0f} updates, quartiles {low:.0f} and {high:.0f}")
fewer, more = np.sum(runs["none"] < runs["both"]), np.sum(runs["none"] > runs["both"])
print(f"none needs fewer updates than both on {fewer} of 20 seeds, more on {more}")
print(answer_to(guess_worth, "b"))
plots.comparison(
    {"adam" if name == "both" else name: runs[name] for name in ("both", "none", "v only", "s only")},
    rates={"adam" if name == "both" else name: tuned[name] for name in tuned},
    title="At its own tuned rate, an Adam without correction needs the same updates",
    x_label="updates to a training loss of 0.15",
)


# %% [markdown]
# It is **b**. A rate five times smaller makes up for first steps that are up to 6.57 times too long. Only correcting
# $v$ alone costs something: its first step of 31.6 rates wants a rate so small that later steps are too short. So what
# the correction buys is a meaning: **with it, a step is as a rule no longer than one rate, from the first on.** Run
# the first of these seeds with your own functions.


# %% demo="worth_again"
def updates(step, rate, seed=10):
    """Return the updates to a training loss of 0.15 on two moons."""
    params = network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed))
    options = {"updates": 300, "batch_size": 64, "rng": np.random.default_rng(seed), "state": init_adam}
    return updates_to_target(train(step, params, *data.moons(), learning_rate=rate, **options), 0.15)


for name in ("both", "none"):
    print(f"{name}: {updates(variants[name], tuned[name]):.0f} updates; the record says {runs[name][0]:.0f}")

# %% [markdown]
# ## Keep the uncorrected averages
#
# Some notes write $v \leftarrow v / (1 - \beta_1^t)$: the corrected average takes the place of the average, and the
# next step goes on from it. Back to the road with slope 1, at rate 1.


# %% demo="stored_step"
def storing_corrected(params, grads, v, s, t, learning_rate):
    """Take a step of Adam that keeps the corrected averages: a mistake."""
    params, v, s = adam_step(params, grads, v, s, t, learning_rate)
    kept_v = {key: np.asarray(bias_correct(v[key], 0.9, t)) for key in v}
    kept_s = {key: np.asarray(bias_correct(s[key], 0.999, t)) for key in s}
    return params, kept_v, kept_s


print(f"first step: {lengths(storing_corrected, 1)[0]:.2f}; right Adam: {lengths(adam_step, 1)[0]:.2f}")

# %% [markdown]
# ### Predict: fifty steps
#
# A right Adam has come 50 far after 50 steps. And this one?
#
# - **a** About 50.
# - **b** More than 500: it blows up.
# - **c** Less than 2.

# %% demo="guess_stored"
guess_stored = "?"
print(f"My guess: {guess_stored}")

# %% demo="stored"
print(f"after 50 steps {lengths(storing_corrected, 50).sum():.2f}")
params, v, s = {"W1": np.zeros(1)}, {"W1": np.zeros(1)}, {"W1": np.zeros(1)}
for t in range(1, 51):
    params, v, s = storing_corrected(params, {"W1": -np.ones(1)}, v, s, t, learning_rate=1.0)
    if t in (1, 2, 5, 10, 50):
        kept_v, kept_s = -v["W1"].item(), s["W1"].item()
        print(f"t = {t:2}: v = {kept_v:5.4g}, s = {kept_s:.0e}, step {kept_v / np.sqrt(kept_s):.0e}")
print(f"On two moons, no rate of the grid takes it to the target on any of seeds 0 to 9: {np.isnan(tuned['stored'])}")
print(answer_to(guess_stored, "c"))

# %% [markdown]
# It is **c**. Each step divides by $1 - \beta^t$ once more, and the divisions compound: $s$ is multiplied by $1/(1 -
# 0.999^t)$, which is about 1000, 500, 334, ... in turn. $v$ grows too, but far less. So the step dies.
#
# ### In your own words: an average too often corrected
#
# A friend has written Adam from such notes. "My first step is exactly right, and my loss never blows up", he says. But
# it hardly falls after a few updates, at any rate. Which line is wrong, why does it stop and not blow up, and why did
# the first step not show it? Three or four sentences.

# %% [markdown] question="stored_state" points=2
# He keeps the corrected averages as his state, so that each update corrects once more what was corrected before: the
# factors 1/(1-β^t) multiply. β2 is close to 1, so that the factors of s are 1000, 500, ... and still 20 at update 50,
# those of v at most ten and soon 1. s becomes huge, the step divides by its root and goes to zero: it stops. The first
# step corrects averages that started at zero, and once is right. The function should step with corrected copies and
# return the uncorrected averages.

# %% [markdown]
# ## Race in a ravine
#
# Your Adam contains RMSprop: set β1 to 0, and let $t$ be so large that the correction of $s$ is over. And momentum
# is plain descent along averaged gradients. So all four can start side by side.


# %% demo="methods"
def rmsprop_from_adam(params, grads, v, s, learning_rate):
    return adam_step(params, grads, v, s, 10_000, learning_rate, beta1=0.0, beta2=0.9)


def averaged(gradient, beta=0.9):
    """Return a gradient that remembers the ones before it."""
    v = 0.0

    def mean(x):
        nonlocal v
        v = beta * v + (1 - beta) * gradient(x)
        return v

    return mean


# plain descent ("gd") keeps no state
methods = {"gd": ("gd", ()), "momentum": ("gd", ()), "rmsprop": (rmsprop_from_adam, init_adam)}
methods["adam"] = (adam_step, init_adam)
start = np.array([-5.0, -2.0])


def walk(name, rate, steps, valley, start=start, **settings):
    """Return the path of a method."""
    step, state = methods[name]
    step = partial(step, **settings) if settings else step
    gradient = averaged(valley.gradient) if name == "momentum" else valley.gradient
    return descend(step, gradient, start, learning_rate=rate, steps=steps, state=state)


# %% [markdown]
# Back to the ravines $0.1\,x^2 + 0.1\,\kappa\,y^2$ of the last two lessons, with the condition number κ and an angle
# by which they are turned. Plain descent has its best rate here, momentum half of its largest stable one, and RMSprop
# and Adam have the rate of the slider. Press play, and watch the four go. Then turn the ravine, and play again. Which
# method does not notice? And what becomes of Adam's curve if β1 is 0, which leaves the scaling alone?


# %% demo="play"
def draw(ax, steps=60, rate=0.2, beta1=0.9, kappa=100, angle=0):
    valley = landscapes.ravine(0.1, 0.1 * kappa, angle=np.radians(angle))
    rates = {"gd": 10 / (1 + kappa), "momentum": 95 / kappa, "rmsprop": rate, "adam": rate}
    settings = {"adam": {"beta1": beta1}}
    paths = {name: walk(name, rates[name], steps, valley, **settings.get(name, {})) for name in methods}
    far = ", ".join(f"{name} {np.linalg.norm(path[-1]):.2f}" for name, path in paths.items())
    plots.trajectories(valley, paths, title=f"After {steps} steps: {far} away", ax=ax)


choices = {"beta1": [0.0, 0.5, 0.9, 0.99], "kappa": [5, 20, 100, 1000], "angle": [0, 5, 15, 30, 45]}
moments = [*range(20), *range(20, 61, 2)]
widgets.explore(draw, play="steps", steps=moments, rate=[0.05, 0.1, 0.2, 0.5, 1.0, 2.0], **choices)
for angle in (0, 45):
    valley = landscapes.ravine(0.1, 10.0, angle=np.radians(angle))
    left = np.linalg.norm(walk("adam", 0.2, 60, valley)[-1])
    print(f"Adam, rate 0.2, κ = 100, {angle} degrees: {left:.2f} from the minimum after 60 steps")

# %% [markdown]
# ## Turn the ravine
#
# RMSprop's gain lay along the axes and was lost in turned ravines. Does the average of the gradients save Adam? We
# count the steps until a path is within 0.1 of the minimum and stays there for 500 steps. At κ = 1000 along an axis,
# each at its best rate, plain descent needs about 1880 steps, and Adam about 66.
#
# ### Predict: 45 degrees
#
# What does Adam need in the same ravine, turned by 45 degrees, at its best rate there?
#
# - **a** About 66 as well.
# - **b** About 130.
# - **c** More than 250.

# %% demo="guess_turn"
guess_turn = "?"
print(f"My guess: {guess_turn}")

# %% demo="turned"
record = data.recorded("05_adam-turned")
angles, turned = record["angles"], dict(zip(record["methods"].tolist(), record["steps"], strict=True))
for name, counted in turned.items():
    straight, a_little, most = np.median(counted, axis=-1)[np.isin(angles, [0, 5, 45])]
    print(f"{name:8}: {straight:4.0f} steps at 0 degrees, {a_little:4.0f} at 5, {most:4.0f} at 45")
print(answer_to(guess_turn, "c"))
plots.curves(
    {name: counted.T for name, counted in turned.items()},
    x=angles,
    log_y=True,
    title="Turned against the axes, Adam loses its lead; momentum does not notice",
    x_label="turn of the ravine / degrees",
    y_label="steps to within 0.1, κ = 1000",
)

# %% [markdown]
# It is **c**. The lines are medians over 20 starts, the bands go from quartile to quartile. (Along the axis RMSprop
# needs fewer steps than in lesson 04, because its grid of rates is finer here.) Adam scales each coordinate, so that
# along the axes the condition number is gone. Turned, both coordinates see the same mixture of steep and flat. The
# averaged gradient helps: Adam stays ahead of plain descent and RMSprop. But momentum, which scales nothing, does
# not notice the turn, and is first from about 10 degrees on.
#
# Is the record right? Run one of its starts, and go on for 4400 steps. Look at how far the path goes from the minimum
# after it has come there.

# %% demo="turned_again"
for angle in (0, 45):
    rate = record["chosen"][-1, angles == angle].item()
    path = walk("adam", rate, 4400, landscapes.ravine(0.1, 100.0, angle=np.radians(angle)), record["starts"][0])
    distance, recorded = np.linalg.norm(path, axis=1), turned["adam"][angles == angle, 0].item()
    settled, later = steps_to_settle(distance[: int(recorded) + 500], 0.1), distance[int(recorded) + 500 :].max()
    print(f"{angle:2} degrees, rate {rate:.2g}: {settled:.0f} steps, record {recorded:.0f}; later {later:.2g} away")
left = dict(zip(record["methods"].tolist(), record["leaves"].sum(axis=-1), strict=True))
for name in left:
    print(f"{name:8}: leaves again on {left[name][0]} of 20 starts at 0 degrees, on {left[name][-1]} at 45")

# %% [markdown]
# Adam does not stay. In a ravine without noise the gradients become tiny, $s$ forgets the large ones, and $\sqrt{s}$
# becomes tiny as well. Then a small gradient makes a step as long as the rate again. A rate that falls with time
# cures it: lesson 06.

# %% [markdown]
# ## Take a famous demonstration apart
#
# A demonstration that many courses copy trains three times on two moons: 300 points, a network 2-5-2-1, mini-batches
# of 64, 5000 epochs, a learning rate of 0.0007 for all, one start. It can be repeated exactly: its start and its
# shuffles come from NumPy's old generator, `RandomState`. Its figure of merit is the accuracy on the training set. We
# count examples instead: one of 300 is a third of a point. Look at the counts. (This takes a few seconds.)


# %% demo="famous"
def demonstration(name, rates):
    """Repeat the demonstration with a method; return how many of 300 are right, one count per rate."""
    X, Y = data.moons()
    step, state = methods[name]
    params = network.initialise((2, 5, 2, 1), np.random.RandomState(3))
    shuffles = {"order": lambda epoch: np.random.RandomState(11 + epoch).permutation(300), "record_every": 25_000}
    rates = np.reshape(rates, (-1, 1, 1))
    history = train(step, params, X, Y, learning_rate=rates, epochs=5000, batch_size=64, state=state, **shuffles)
    return network.count_correct(history.params, X, Y)


record = data.recorded("05_adam-demo")
rates, published = record["rates"], dict(zip(record["methods"].tolist(), record["published"], strict=True))
plain_right, plain_at_a_tenth = demonstration("gd", [0.0007, 0.1])
adam_right = demonstration("adam", [0.0007]).item()
momentum_right = published["momentum"][rates == 0.0007].item()
print(f"plain descent {plain_right} of 300, momentum {momentum_right}, Adam {adam_right}")

# %% [markdown]
# The usual conclusion is: momentum is of no use here, and Adam is far better. You know from lesson 03 why momentum goes
# plain descent's way at an equal small rate.
#
# ### Predict: another rate
#
# Plain descent gets a rate of 0.1. All else stays: start, shuffles, epochs. How many of 300 does it get right?
#
# - **a** About 215, as before.
# - **b** About 250.
# - **c** As many as Adam, give or take two.

# %% demo="guess_tenth"
guess_tenth = "?"
print(f"My guess: {guess_tenth}")

# %% demo="tenth"
print(f"plain descent at rate 0.1: {plain_at_a_tenth} of 300; Adam at 0.0007: {adam_right}")
for name, right in zip(record["variants"], record["uncorrected"], strict=True):
    print(f"Adam at 0.0007, corrections: {name}: {right}")
print(answer_to(guess_tenth, "c"))

# %% [markdown]
# It is **c**. And every wrong Adam gets 283, too: without correction, or with half of it. So this accuracy shows
# neither which method is better, nor whether Adam is written right. It is also one start. Look at 20 other starts and
# shuffles.

# %% demo="starts"
right = dict(zip(record["methods"].tolist(), record["right"], strict=True))
shown = {"gd": 0.0007, "gradient descent": 0.1, "momentum": 0.0007, "adam": 0.0007}
counts = {key: right.get(key, right["gd"])[rates == rate][0] for key, rate in shown.items()}
for key, of_seeds in counts.items():
    low, middle, high = plots.quartiles(of_seeds)
    print(f"{key:16}, rate {shown[key]}: median {middle:.1f}, quartiles {low:.1f} and {high:.1f}")
    print(f"  150 or fewer on {np.sum(of_seeds <= 150)} of 20 starts")
print(f"below 215 with plain descent at 0.0007: {np.sum(counts['gd'] < 215)} of 20 starts")
lead = counts["gradient descent"] - counts["adam"]
won, tied, lost = np.sum(lead > 0), np.sum(lead == 0), np.sum(lead < 0)
print(f"plain descent at 0.1 beats Adam on {won}, ties on {tied}, loses on {lost}")

# %% demo="starts_figure"
plots.comparison(
    counts,
    rates=shown,
    title="From 20 other starts, plain descent at rate 0.1 does as well as Adam",
    x_label="training examples right, of 300",
)

# %% [markdown]
# The published start is an unlucky one for plain descent: only the stuck runs get fewer than 215. With 150 right,
# all examples get the same label: the few ReLUs of this small network are *dead*. They give 0 for every example, and so
# no gradient, whatever the method. Such a network is a bad one to compare with. Now look at all rates.

# %% demo="rates"
for name in ("gd", "adam"):
    middle = np.median(right[name], axis=-1)
    good = rates[middle >= 280]
    print(f"{name:4}: best median {middle.max():.1f} of 300; at least 280 at rates from {good[0]:g} to {good[-1]:g}")
plots.curves(
    {name: right[name].T for name in ("gd", "adam")},
    x=rates,
    log_x=True,
    title="Adam and plain descent get equally many right, at rates of their own",
    x_label="learning rate",
    y_label="training examples right, of 300",
)

# %% [markdown]
# The lines are medians over the 20 starts, the bands go from quartile to quartile. The two tops are level. What Adam
# does have is a wide top: three decades of rates, at which its median is 280 or more. Plain descent's is a little
# narrower, and lies at larger rates. 0.0007 is under Adam's top and beside plain descent's.
#
# ### In your own words: what may one conclude?
#
# A blog shows the three counts 215, 215 and 283 and writes: "Momentum is useless, and Adam clearly outperforms the
# rest." Which conclusions do the three counts allow, and which not? What would you measure instead? Four or five
# sentences.

# %% [markdown] question="conclude" points=2
# They allow this: at a rate of 0.0007, from this one start, after 5000 epochs, Adam has more training examples right
# than the other two. They say nothing about the methods, because one rate for all favours the method whose good
# rates it lies among: at 0.1 plain descent gets 284. Momentum in the (1-β) form must go plain descent's way at an
# equal small rate, so an equal count says nothing about its use. One start may be unlucky, and here it is;
# differences of an example or two mean nothing; and training accuracy after so many epochs tells neither speed nor
# generalisation. I would give each method a rate of its own from a stated grid, chosen on some seeds and measured on
# others. Then I would count updates to a target loss, and report medians with quartiles.

# %% [markdown]
# ## Compare fairly
#
# Each method has a rate of its own for each problem. It was chosen from a grid on seeds 0 to 9 and measured on seeds
# 10 to 29. We count updates to a target loss. There are three kinds of problems: two moons with a network 2-16-8-1,
# to a loss of 0.15; 1,797 handwritten digits with a network 64-32-10, to 0.1; both in mini-batches of 64. And
# logistic regression on data whose 20 features come in different units, as metres beside millimetres. The *spread*
# says how different: the largest scale over the smallest. There a target is 95 % of the way from the start to the
# optimum.

# %% demo="fair"
record = data.recorded("05_adam-fair")
problems, names = record["problems"].tolist(), record["methods"].tolist()
fair = {problem: dict(zip(names, of, strict=True)) for problem, of in zip(problems, record["updates"], strict=True)}
chosen = {problem: dict(zip(names, of, strict=True)) for problem, of in zip(problems, record["chosen"], strict=True)}
for problem, runs in fair.items():
    ran = {name: updates for name, updates in runs.items() if not np.isnan(updates).any()}
    print(f"{problem:20}:", ", ".join(f"{name} {plots.quartiles(ran[name])[1]:.0f}" for name in ran))


# %% [markdown]
# "inf" means that half of the seeds or more were not there within 2000 updates. Look first at the two networks.


# %% demo="networks"
def wins(problem, one, other):
    """Return on how many seeds one method needs fewer updates than another."""
    return np.sum(fair[problem][one] < fair[problem][other])


for problem in ("moons", "digits"):
    ahead = ", ".join(f"{name} {wins(problem, name, 'gd')}" for name in ("momentum", "rmsprop", "adam"))
    gain = np.median(fair[problem]["gd"]) / np.median(fair[problem]["adam"])
    print(f"{problem}: of 20 seeds, ahead of gd: {ahead}; Adam ahead of momentum: {wins(problem, 'adam', 'momentum')}")
    print(f"  Adam needs {gain:.1f} times fewer updates than gd")
plots.comparison(
    {name: fair["digits"][name] for name in ("gd", "momentum", "rmsprop", "adam")},
    rates=chosen["digits"],
    title="On digits Adam is first, and momentum is close",
    x_label="updates to a training loss of 0.1",
)

# %% [markdown]
# Adam needs less than half the updates of plain descent. Momentum comes close: Adam is ahead of it on 15 and 14 of 20
# seeds, a tendency and no law. And note the rates: 0.05 to 0.1 for Adam, fifty times the default of 0.001 or more. α is
# *to be tuned*.
#
# Now the badly scaled data.

# %% demo="spread"
for spread in (1, 10, 30, 100):
    problem = f"logistic, spread {spread}"
    missed = ", ".join(f"{name} {np.sum(np.isinf(fair[problem][name]))}" for name in names)
    print(f"spread {spread:3}: seeds not there within 2000 updates: {missed}")
plots.comparison(
    fair["logistic, spread 100"],
    rates=chosen["logistic, spread 100"],
    log_x=True,
    title="In very different units AdaGrad is first, and Adam close behind",
    x_label="updates to the target, spread 100",
)

# %% [markdown]
# At a spread of 100, half of the runs of plain descent do not arrive. Momentum, which helps with a bad condition
# number, needs more than three times as many updates as Adam, and so does RMSprop. Now look for the cases in which
# Adam loses.

# %% demo="losses_of_adam"
for problem, winner in (
    ("logistic, spread 1", "gd"),
    ("logistic, spread 10", "rmsprop"),
    ("logistic, spread 10", "adagrad"),
    ("logistic, spread 100", "adagrad"),
):
    first, adam = (np.median(fair[problem][name]) for name in (winner, "adam"))
    won, lost = wins(problem, winner, "adam"), wins(problem, "adam", winner)
    print(f"{problem}: {winner} {first:.1f}, adam {adam:.1f}; {winner} ahead on {won}, behind on {lost}")

# %% demo="spread_one"
plots.comparison(
    fair["logistic, spread 1"],
    rates=chosen["logistic, spread 1"],
    title="With well scaled features plain descent wins, and Adam is last",
    x_label="updates to the target, spread 1",
)

# %% [markdown]
# With well scaled features (spread 1) plain descent is there in two updates, on every seed. Its gradient points to the
# minimum; Adam throws its length away and takes steps of one rate in each coordinate. At a spread of 10 RMSprop and
# AdaGrad are ahead of Adam. **No method is best everywhere. What can be said is on which problems, at which rates, over
# how many seeds.**
#
# Is the record right? Run two of its points with your step.


# %% demo="fair_again"
def updates_on(problem, name, seed=10):
    """Return the updates to the target at the chosen rate."""
    step, state = methods[name]
    options = {"learning_rate": chosen[problem][name], "state": state}
    if problem == "digits":
        params, options["batch_size"] = network.initialise((64, 32, 10), np.random.default_rng(1000 + seed)), 64
        X, Y, target, more = *data.digits(), 0.1, {"updates": 300, "rng": np.random.default_rng(seed)}
    else:
        X, Y = data.badly_scaled(seed, spread=100)
        params, more = {"W1": np.zeros((1, 20)), "b1": np.zeros((1, 1))}, {"updates": 100}
        best = network.logistic_optimum(X, Y)
        target = best + 0.05 * (np.log(2) - best)
    every = 5 if problem == "digits" else 1
    return updates_to_target(train(step, params, X, Y, record_every=every, **options, **more), target)


for problem in ("digits", "logistic, spread 100"):
    mine = updates_on(problem, "adam")
    print(f"{problem}: {mine:.0f} updates; the record says {fair[problem]['adam'][0]:.0f}")

# %% [markdown]
# ## Use a GPU, if there is one
#
# Networks have millions of parameters, and Adam touches each one in every update. Your function names no device: given
# arrays that live on a GPU (CuPy's), it runs there unchanged. The next cell looks for a GPU and says what it found. If
# there is none, everything below runs small with NumPy.

# %% demo="gpu" tags=["nbval-ignore-output"]
missing = missing_for_gpu()
move = to_numpy if missing else to_device
print(missing or "found a GPU: CuPy works with it, and your adam_step runs there.")

# %% [markdown]
# First: are the numbers the same? Look at one step on the processor and one on the GPU, from equal float32 arrays.


# %% demo="gpu_agrees"
def many(size):
    """Return params, grads, v and s of a given number of parameters, float32."""
    rng = np.random.default_rng(0)
    params, grads, v, s = ({"W1": rng.standard_normal(size, dtype=np.float32)} for _ in range(4))
    return params, grads, v, {"W1": s["W1"] ** 2}


here, there = (adam_step(*place(many(100_000)), t=3)[0]["W1"] for place in (to_numpy, move))
print(f"one step there and here agrees to 1e-5: {np.allclose(to_numpy(there), here, rtol=1e-5, atol=1e-5)}")


# %% [markdown]
# Second: how long does a step take, for sizes up to 10^8 parameters? A step reads four arrays and writes three, 28
# bytes for each parameter. Divide the bytes by the time, and compare with what the card's memory can do at most:
# your function makes many passes over memory where one would be enough. For small arrays the time to start each
# operation on the GPU counts most, and the processor wins. The numbers are of your computer.


# %% demo="gpu_times" tags=["nbval-ignore-output"]
def seconds_per_step(place, size):
    """Return the shortest time of a step, of three runs of five steps."""
    params, grads, v, s = place(many(size))
    times = []
    for _ in range(3):
        started = time.perf_counter()
        for t in range(1, 6):
            params, v, s = adam_step(params, grads, v, s, t)
        float(params["W1"][0])  # waits until the GPU is done
        times.append((time.perf_counter() - started) / 5)
    return min(times)


sizes = [10**3, 10**4, 10**5] if missing else [10**3, 10**4, 10**5, 10**6, 10**7, 10**8]
times = {size: (seconds_per_step(to_numpy, size), seconds_per_step(move, size)) for size in sizes}
for size, (cpu, gpu) in times.items():
    there = "" if missing else f"; on the GPU {gpu * 1e3:.3g} ms, {28 * size / gpu / 1e9:.3g} GB/s"
    print(f"{size:9} parameters: NumPy {cpu * 1e3:.3g} ms, {28 * size / cpu / 1e9:.3g} GB/s{there}")
if missing:
    print("With a GPU: its times beside these up to 10^8 parameters, its peak, and the size below which NumPy wins.")
else:
    import cupy

    card = cupy.cuda.runtime.getDeviceProperties(0)
    clock = card.get("memoryClockRate", 0) * 1e3  # newer drivers do not tell it
    peak = 2 * clock * card["memoryBusWidth"] / 8  # two transfers per clock
    slower = [size for size, (cpu, gpu) in times.items() if cpu <= gpu]
    print(f"the card's peak: {peak / 1e9:.0f} GB/s (0: not told); NumPy wins up to {max(slower, default=0)} parameters")

# %% demo="gpu_claim"
print(f"100 times the parameters take more than 3 times as long with NumPy: {times[10**5][0] > 3 * times[10**3][0]}")

# %% [markdown]
# ## Keep your work
#
# Later lessons can use your functions. This writes them to a file beside the lesson folders. (`adam_step` takes
# `bias_correct` along, which it calls.)

# %% demo="save"
save(init_adam)
save(bias_correct)
save(adam_step)

# %% [markdown]
# ## What you saw
#
# - Adam joins momentum's average with RMSprop's scaling. The bias correction makes the first steps one rate long, not
#   3.16 or 31.6. Tuned, an Adam without it needs the same updates. But an Adam that stores the corrected averages
#   stops.
# - Scaling helps along the axes: at κ = 1000 and 45 degrees Adam needs many times the steps, and momentum as many as
#   before.
# - A comparison at one rate and from one start shows little. At tuned rates Adam is first on moons and digits. Plain
#   descent wins with well scaled features. AdaGrad is ahead of Adam at spreads of 10, 30 and 100, RMSprop at 10.
#
# | English | Chinese |
# |---|---|
# | adaptive moment estimation | 自适应矩估计 |
# | moment (first, second) | 矩（一阶、二阶） |
# | bias correction | 偏差修正 |
# | learning rate | 学习率 |
# | hyperparameter | 超参数 |
# | update | 更新 |
# | state (of an optimiser) | （优化器的）状态 |
# | condition number | 条件数 |
# | to tune | 调参 |
# | median, quartile | 中位数、四分位数 |
# | logistic regression | 逻辑回归 |
# | memory bandwidth | 内存带宽 |
#
# **Sources**
#
# - D. P. Kingma, J. Ba (2015), "Adam: A Method for Stochastic Optimization", *ICLR*, <https://arxiv.org/abs/1412.6980>:
#   Algorithm 1 is this lesson's; section 3 derives the correction.
# - A. C. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht (2017), "The Marginal Value of Adaptive Gradient Methods in
#   Machine Learning", *NeurIPS*: tuned plain descent against tuned Adam.
# - D. Choi and others (2019), "On Empirical Comparisons of Optimizers for Deep Learning",
#   <https://arxiv.org/abs/1910.05446>: the grid of rates decides who wins.
# - E. Alpaydin, C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository: the
#   digits.
# - PyTorch's documentation of `torch.optim.Adam`: ε outside the root, after the correction, as here.
