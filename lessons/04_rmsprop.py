# %% [markdown]
# # Scale each step: AdaGrad and RMSprop
#
# - **You will build** the functions that train a network with AdaGrad and with RMSprop.
# - **You will learn** what a learning rate of its own for every parameter is good for, where it loses, and when it
#   dies.
# - **You need** the ravine and the condition number κ (lesson 03), weighted averages (lesson 02). Time: 90 minutes.

# %% setup="imports"
from itertools import count

import numpy as np

from optimlab import answer_to, check, data, landscapes, network, plots, save, widgets
from optimlab.training import descend, steps_to_settle, train, updates_to_target

# %% [markdown]
# ## Give each coordinate a rate of its own
#
# Back to the ravine $f(x, y) = 0.1\,x^2 + 2\,y^2$, with the minimum at (0, 0) and the start at (-5, -2). Plain descent
# takes one learning rate α for both coordinates, and the steep one sets the limit: 0.5. What if each coordinate had
# its own rate? Look at one single step whose rates are 1 / curvature.

# %% demo="two_rates"
ravine = landscapes.ravine(a=0.1, b=2.0)
start = np.array([-5.0, -2.0])
curvatures = np.diag(ravine.hessian(start))
place = start - ravine.gradient(start) / curvatures
print(f"curvatures {curvatures[0]:g} and {curvatures[1]:g}, rates {1 / curvatures[0]:g} and {1 / curvatures[1]:g}")
print(f"distance to the minimum after one step: {np.linalg.norm(place):.2g}")

# %% [markdown]
# One step, and it is there. But a network has thousands of parameters, and nobody tells us their curvatures. What we
# do see are gradients. Look at how large they are in each coordinate.

# %% demo="gradients"
along, across = np.abs(ravine.gradient(start))
print(f"at the start the gradient is {along:g} along the ravine and {across:g} across it")
print(f"divided by their own size: {along / along:g} and {across / across:g}")

# %% [markdown]
# That is the idea of this lesson: **divide each coordinate of the gradient by the usual size of that coordinate's
# gradients.** Steep coordinates get a smaller rate, flat ones a larger one. Two methods differ in what they call usual.
#
# *AdaGrad* (adaptive gradient) adds up the squares of all gradients $g$ so far. We call the sum $s$:
#
# $$s \leftarrow s + g^2, \qquad W \leftarrow W - \alpha\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# *RMSprop* (root mean square propagation) takes their weighted average, as in lesson 02, so that old squares fade:
#
# $$s \leftarrow \beta s + (1 - \beta)\, g^2, \qquad W \leftarrow W - \alpha\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# Square, root and division are taken number by number. The small ε (epsilon), 1e-8, keeps the division from 0 / 0.

# %% [markdown]
# ## Start with nothing seen
#
# Every weight and every bias has an $s$ of its own. Before the first step no gradient has been seen.
#
# **The trap:** the arrays must be new. An $s$ that shares its arrays with `params` changes whenever they change.
#
# <details><summary>Hint 1: the idea</summary>The dict has the same keys and shapes as <code>params</code>. Which number
# is a sum of squares before there are any squares?</details>
# <details><summary>Hint 2: the formula</summary>s = 0 for each key, as an array of that key's shape.</details>


# %% exercise="init_square_average"
def init_square_average(params):
    """Return the sum or average of squares before the first step: zeros.

    params: dict of arrays, "W1" of shape (n_1, n_0), "b1" of shape (n_1, 1), "W2" and so on.
    Returns s: a new dict with the same keys, and new arrays of the same shapes.
    """
    ### BEGIN SOLUTION
    return {key: np.zeros_like(value) for key, value in params.items()}
    ### END SOLUTION


# %% check="init_square_average" points=2
check(init_square_average)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(init_square_average)
### END HIDDEN TESTS

# %% [markdown]
# ## Add up the squares: AdaGrad
#
# **The trap:** $s$ holds squares, the step divides by their root. In this course ε is added to the root, not under it.
# And the function is pure: it returns new dicts and changes nothing that it was given.
#
# <details><summary>Hint 1: the idea</summary>Go through the keys. For each one, first add this gradient's squares to
# the sum. Then take a gradient step, divided by how large the gradients have been.</details>
# <details><summary>Hint 2: the formula</summary>For each key: the new s is the old s plus the square of the gradient;
# the new parameter is the old one minus α times the gradient, divided by (the root of the new s, plus ε).</details>


# %% exercise="adagrad_step"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    """Take one step of AdaGrad.

    params, grads, s: dicts of arrays with the same keys and shapes; s is the sum of the squared gradients so far.
    learning_rate: α, above 0.
    epsilon: ε, above 0. A parameter whose gradients were all 0 stays where it is.
    Returns params, s: two new dicts. The sum includes this step's squares.
    """
    ### BEGIN SOLUTION
    new_s = {key: s[key] + grads[key] ** 2 for key in params}
    new_params = {key: params[key] - learning_rate * grads[key] / (np.sqrt(new_s[key]) + epsilon) for key in params}
    return new_params, new_s
    ### END SOLUTION


# %% check="adagrad_step" points=3
check(adagrad_step)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(adagrad_step)
### END HIDDEN TESTS

# %% [markdown]
# ## Average the squares: RMSprop
#
# **The trap:** every key uses its own gradient, above the line and below it. Some lecture notes write, for the bias,
# $b \leftarrow b - \alpha\, dW / \sqrt{s_{db}}$: the gradient of $W$ in the step of $b$. That is a slip. The average is
# not corrected for its start at zero either; lesson 05 does that.
#
# <details><summary>Hint 1: the idea</summary>It is AdaGrad with another first line: an average takes the place of the
# sum. Nothing else changes.</details>
# <details><summary>Hint 2: the formula</summary>For each key: the new s is β times the old s plus 1-β times the square
# of the gradient; the step divides by (the root of the new s, plus ε).</details>


# %% exercise="rmsprop_step"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    """Take one step of RMSprop.

    params, grads, s: dicts of arrays with the same keys and shapes; s is the average of the squared gradients so far.
    learning_rate: α, above 0.
    beta: β, the share of the old average that is kept; at least 0, below 1.
    epsilon: ε, above 0. A parameter whose gradients were all 0 stays where it is.
    Returns params, s: two new dicts. The average includes this step's squares.
    """
    ### BEGIN SOLUTION
    new_s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    new_params = {key: params[key] - learning_rate * grads[key] / (np.sqrt(new_s[key]) + epsilon) for key in params}
    return new_params, new_s
    ### END SOLUTION


# %% check="rmsprop_step" points=4
check(rmsprop_step)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(rmsprop_step)
### END HIDDEN TESTS

# %% [markdown]
# About that slip: the weights of a layer have more columns than the bias. Why does no error stop it? Look at the shape
# of the result.

# %% demo="slip"
bias, weight_gradient = np.zeros((3, 1)), np.ones((3, 4))
print(f"b has shape {bias.shape}, dW {weight_gradient.shape}, and b - dW has shape {(bias - weight_gradient).shape}")

# %% [markdown]
# NumPy repeats the column of $b$ without a word. From here on everything runs on your functions. If yours are not
# right yet, read on: below the figures of theirs is a folded picture of what they should look like.
#
# ## Measure the first steps
#
# Look at the first step from (-5, -2), where the gradient is (-1, -8), at a rate of 0.1. (`descend` repeats a step
# function; "gd" stands for plain descent.)


# %% demo="walk"
def walk(step, rate, steps, gradient=ravine.gradient, start=start):
    """Return the path of plain descent or of one of your step functions."""
    state = () if step == "gd" else init_square_average
    return descend(step, gradient, start, learning_rate=rate, steps=steps, state=state)


for name, step in (("plain descent", "gd"), ("AdaGrad", adagrad_step), ("RMSprop", rmsprop_step)):
    x, y = walk(step, 0.1, 1)[1] - start
    print(f"{name:13}: {x:.3f} along the ravine, {y:.3f} across it")

# %% [markdown]
# AdaGrad and RMSprop go equally far in both coordinates, however steep. AdaGrad's first step is the rate, since
# $g / \sqrt{g^2}$ is 1. RMSprop's is 3.16 times the rate: its average starts at 0, so that after one step $s$ is only
# $0.1\,g^2$, and $1/\sqrt{0.1} = 3.16$. How does that go on? Look at a road with a constant slope of 1, at rate 1.


# %% demo="constant"
def slope(x):
    return -np.ones_like(x)


for name, step in (("AdaGrad", adagrad_step), ("RMSprop", rmsprop_step)):
    lengths = np.diff(walk(step, 1.0, 100, slope)[:, 0])
    first, second, tenth, last = lengths[[0, 1, 9, 99]]
    print(f"{name}: steps 1, 2, 10 and 100 are {first:.2f}, {second:.2f}, {tenth:.2f} and {last:.2f} long")

# %% [markdown]
# RMSprop's steps come down to the rate, AdaGrad's go on shrinking as $1/\sqrt{t}$, where $t$ counts the steps. Both
# come back below.
#
# ## Put ε in its place
#
# The book *Dive into Deep Learning* (d2l) writes RMSprop with ε under the root, $g / \sqrt{s + \varepsilon}$, and ε =
# 1e-6; the Adam of fast.ai's course has it there too. That is right there, and it is another function. Look at
# RMSprop's first step, divided by the rate, for gradients from large to tiny.

# %% demo="epsilon"
sizes = np.geomspace(1e-8, 1, 9)
ours = np.array([-walk(rmsprop_step, 1.0, 1, lambda x, g=g: np.full_like(x, g), np.zeros(2))[1, 0] for g in sizes])
under = sizes / np.sqrt(0.1 * sizes**2 + 1e-6)
for g, outside, inside in zip(sizes[::2], ours[::2], under[::2], strict=True):
    print(f"gradient {g:.0e}: first step {outside:.2f} with ε = 1e-8 outside, {inside:.2g} with 1e-6 under the root")

# %% demo="epsilon_figure"
plots.curves(
    {"rmsprop": ours, "ε under the root": under},
    x=sizes,
    log_x=True,
    log_y=True,
    title="With ε = 1e-6 under the root, gradients below 0.001 hardly move anything",
    x_label="size of the gradient",
    y_label="first step / learning rate",
)

# %% [markdown]
# ![Two lines: ours is flat at 3.16 down to a gradient of 1e-7, the other falls below 1e-3](expected:epsilon_figure)
#
# Under the root ε is compared with the square of the gradient, so that 1e-6 there acts like 1e-3 outside. A gradient of
# exactly 0 moves nothing in either form.

# %% [markdown]
# ## Look for the largest rate
#
# ### Predict: a rate of 100
#
# RMSprop is said to allow a larger learning rate (some notes call it "iteration rate"). How much larger? Plain descent
# runs away above 0.5. Let RMSprop walk in the same ravine at a rate of 100.
#
# - **a** It runs away, as plain descent does.
# - **b** It arrives at the minimum all the same.
# - **c** It does neither.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_rate"
guess_rate = "?"
print(f"My guess: {guess_rate}")

# %% demo="rate_100"
path = walk(rmsprop_step, 100.0, 1000)
print("The last four places:")
for x, y in path[-4:]:
    print(f"x = {x:6.2f}, y = {y:6.2f}")
print(answer_to(guess_rate, "c"))

# %% [markdown]
# It is **c**. RMSprop swings from -50 to 50 and back, in both coordinates. Is that a matter of this rate? Look at the
# size of the swing and at the longest step, both divided by the rate.

# %% demo="swing"
rates = np.array([0.01, 0.1, 1.0, 10.0, 100.0])
paths = walk(rmsprop_step, rates[:, None], 3000)
swings = np.abs(paths[-100:])
for rate, low, high in zip(rates, swings.min(axis=(0, 2)) / rates, swings.max(axis=(0, 2)) / rates, strict=True):
    print(f"rate {rate:6}: the last 100 places have |x| and |y| from {low:.4f} to {high:.4f} rates")
longest = np.abs(np.diff(paths, axis=0)).max(axis=(0, 2)) / rates
print(f"the longest step of each: {longest.min():.2f} to {longest.max():.2f} rates")

# %% [markdown]
# **RMSprop has no largest stable rate.** Since $s$ is at least $(1-\beta)\,g^2$, no step is longer than $\alpha /
# \sqrt{1-\beta}$, which is 3.16 rates. But it never settles either. Near the minimum each step is one rate long,
# whatever the gradient. So it jumps from half a rate on one side to half a rate on the other. Look at the distance.

# %% demo="floor"
lines = {"gd": walk("gd", 0.4, 400), "rmsprop": walk(rmsprop_step, 0.1, 400)}
plots.curves(
    {key: np.linalg.norm(path, axis=1) for key, path in lines.items()},
    log_y=True,
    title="RMSprop at rate 0.1 ends 0.07 from the minimum; plain descent goes on",
    x_label="step",
    y_label="distance to the minimum",
)
for key, path in lines.items():
    middle, last = np.linalg.norm(path[[200, 400]], axis=1)
    print(f"{key:7}: distance {middle:.1e} after 200 steps, {last:.1e} after 400")

# %% [markdown]
# ![Distance on a logarithmic axis: a straight fall for plain descent, a floor for RMSprop](expected:floor)
#
# RMSprop comes very near once, on its way through, and swings out again. Its floor is $\sqrt{2} \cdot 0.1 / 2 = 0.07$.
# To come within a tolerance, RMSprop needs a rate below $\sqrt{2}$ times the tolerance, or a rate that falls with time:
# lesson 06.

# %% [markdown]
# ### In your own words: no explosion
#
# A friend raises the rate of RMSprop from 0.01 to 10. "The loss does not blow up, so the rate is fine", he says. But
# the loss is far above the one at 0.01 and does not fall. Why does it not blow up, why does it not fall, and what
# should he do? Three or four sentences.

# %% [markdown] question="no_explosion" points=2
# RMSprop divides the gradient by its own recent size, so that a step is never longer than α/√(1-β), 3.16 rates,
# however large the gradients are: at any rate it cannot run away faster and faster. For the same reason a step does
# not get shorter where the gradients do: it is about one rate long, and around a minimum each parameter swings by half
# a rate to both sides, here by 5. So "it does not blow up" says nothing about a rate. He should take a smaller one
# from a grid by the loss that it reaches, or let the rate fall with time.

# %% [markdown]
# ## Race, each at its own best rate
#
# Now the ravines $0.1\,x^2 + 0.1\,\kappa\,y^2$ for many condition numbers κ. Every method has its best rate from a
# grid, chosen from ten starts at distance 5.4. What you see was measured from 20 other starts: the steps until the
# distance stays below 0.1. These runs take a minute or two, so they are recorded (`datasets/experiments/`). Look at
# which lines rise.

# %% demo="kappa"
record = data.recorded("04_rmsprop-turned")
kappas = record["kappas"]
methods = [str(name) for name in record["methods"]]
straight, turned = (dict(zip(methods, record["steps"][:, angle].swapaxes(-1, -2), strict=True)) for angle in (0, 1))
for name in methods:
    at_20, at_100, at_1000 = np.median(straight[name], axis=0)[np.isin(kappas, [20, 100, 1000])]
    print(f"{name:8}: {at_20:4.0f} steps at κ = 20, {at_100:4.0f} at 100, {at_1000:4.0f} at 1000")
plots.steps_against_kappa(
    kappas, straight, fit=["gd"], title="Along the axes, AdaGrad and RMSprop do not notice the condition number"
)

# %% [markdown]
# Two things to see. RMSprop loses to plain descent at κ = 20, and wins from about 100 on. And AdaGrad is there in 4
# steps, at every κ. How? Look at both at the same rates, from farther away.

# %% demo="four_steps"
times = np.array([1, 10, 100])
for name, step in (("adagrad", adagrad_step), ("rmsprop", rmsprop_step)):
    rate = record["chosen"][methods.index(name), 0, 0].item()
    distance = np.linalg.norm(walk(step, rate, 21_000, start=np.outer(times, start)), axis=-1)
    near, far, farther = steps_to_settle(distance, 0.1)
    print(f"{name}, rate {rate:g}: {near:.0f} steps; from 10 times as far {far:.0f}, from 100 times {farther:.0f}")

# %% [markdown]
# AdaGrad's best rate is 5, about the distance to the minimum. Its first step jumps there, and the sum of squares
# shortens all later ones. From a hundred times as far, the same rate takes four times as long as RMSprop. So a tuned
# rate may hide what it knows of the problem: here, how far it is.
#
# Is the record right? Run one of its points with your functions: κ = 100, the first of the 20 starts.

# %% demo="kappa_again"
steep = landscapes.ravine(0.1, 0.1 * 100).gradient
for name, step in (("gd", "gd"), ("adagrad", adagrad_step), ("rmsprop", rmsprop_step)):
    rate = record["chosen"][methods.index(name), 0, kappas == 100].item()
    path = walk(step, rate, 1000, steep, record["starts"][0])
    settled = steps_to_settle(np.linalg.norm(path, axis=1), 0.1)
    print(f"{name:8}: rate {rate:.3g}, {settled:.0f} steps; record {straight[name][0, kappas == 100].item():.0f}")

# %% [markdown]
# ### Predict: turn the ravine
#
# All these ravines lie along an axis. Now turn them by 45 degrees against the axes: the same shape, the same starts,
# and every method gets its best rate again. What does RMSprop need at κ = 1000, where it needed 168 steps?
#
# - **a** As many: the ravine has the same shape.
# - **b** About twice as many.
# - **c** More than five times as many.

# %% demo="guess_turn"
guess_turn = "?"
print(f"My guess: {guess_turn}")

# %% demo="turned"
at_1000 = {name: np.median(steps, axis=0)[kappas == 1000].item() for name, steps in turned.items()}
print("Steps at κ = 1000: " + ", ".join(f"{name} {n:.0f}" for name, n in at_1000.items()))
far = kappas >= 200
for name in ("gd", "adagrad", "rmsprop"):
    rises = plots.fitted_slope(kappas[far], np.median(turned[name], axis=0)[far])
    print(f"{name:7}: slope {rises:.2f} from κ = 200 on")
print(answer_to(guess_turn, "c"))
plots.steps_against_kappa(
    kappas, turned, fit=(), title="Turned by 45 degrees, AdaGrad and RMSprop need steps in proportion to κ"
)

# %% [markdown]
# It is **c**. In the turned ravine both coordinates see the same mixture of steep and flat, and there is nothing left
# to scale apart. Plain descent and momentum do not care about the turn. **Scaling per coordinate cures a bad condition
# number if it lies along the coordinates, and not otherwise.**
#
# Press play, and watch the two go; plain descent has its best rate for each κ. Then turn the ravine. At which angle
# does RMSprop lose its lead?


# %% demo="play"
def draw(ax, steps=60, method="rmsprop", rate=0.1, kappa=100, angle=0):
    valley = landscapes.ravine(0.1, 0.1 * kappa, angle=np.radians(angle))
    step = {"adagrad": adagrad_step, "rmsprop": rmsprop_step}[method]
    settings = {"gd": ("gd", 10 / (1 + kappa)), method: (step, rate)}
    paths = {name: walk(*chosen, steps, valley.gradient) for name, chosen in settings.items()}
    plain, scaled = (np.linalg.norm(path[-1]) for path in paths.values())
    claim = f"After {steps} steps plain descent is {plain:.2g} from the minimum, {method} {scaled:.2g}"
    plots.trajectories(valley, paths, title=claim, ax=ax)


choices = {"method": ["adagrad", "rmsprop"], "kappa": [5, 20, 100, 1000], "angle": [0, 5, 15, 30, 45]}
moments = [*range(20), *range(20, 61, 2)]
widgets.explore(draw, play="steps", steps=moments, rate=[0.05, 0.1, 0.2, 0.5, 1.0, 5.0], **choices)
print(f"RMSprop, rate 0.1, κ = 100: {np.linalg.norm(walk(rmsprop_step, 0.1, 60, steep)[-1]):.2g} from the minimum")


# %% [markdown]
# ## Tell two kinds of scale apart
#
# ### Predict: a hundred times the gradient
#
# Take $f = 0.1\,x^2 + 200\,y^2$: from the same start, the gradient along $y$ is 100 times as large as before. RMSprop
# keeps its rate of 0.1. How does its path change?
#
# - **a** Not at all.
# - **b** $y$ arrives sooner.
# - **c** $y$ swings far out.

# %% demo="guess_scale"
guess_scale = "?"
print(f"My guess: {guess_scale}")

# %% demo="scale"
before = walk(rmsprop_step, 0.1, 40)
after = walk(rmsprop_step, 0.1, 40, landscapes.ravine(0.1, 200).gradient)
print(f"No place on the path moved by more than 1e-6: {np.abs(after - before).max() < 1e-6}.")
print(answer_to(guess_scale, "a"))

# %% [markdown]
# It is **a**. A factor in a coordinate's gradient stands in $g$ and in $\sqrt{s}$, and cancels (but for ε). That is why
# the condition number did not matter along the axes.
#
# ### Predict: other units
#
# Now the hill stays as it is, but we measure $y$ in other units: $u = 10\,y$, millimetres for centimetres. Then $f =
# 0.1\,x^2 + 0.02\,u^2$, the start is (-5, -20), and the rate is 0.1 as before. Where is $y = u/10$ after 40 steps?
#
# - **a** Where it was before, near 0: RMSprop does not mind scales.
# - **b** Far from there, still on the way.
# - **c** Beyond 0, on the other side.

# %% demo="guess_units"
guess_units = "?"
print(f"My guess: {guess_units}")

# %% demo="units"
u = walk(rmsprop_step, 0.1, 40, landscapes.ravine(0.1, 0.02).gradient, np.array([-5.0, -20.0]))
print(f"y after 40 steps: {before[-1, 1]:.4f}; with new units {u[-1, 1] / 10:.2f}.")
print(answer_to(guess_units, "b"))

# %% [markdown]
# It is **b**. RMSprop's steps have a length of about one rate in every coordinate, whatever the units. In the new units
# the way is ten times as long, and the steps are not. So the rate is measured in the units of the parameters: RMSprop
# is **invariant to the scale of a coordinate's gradient, not to the units of the coordinate**.

# %% [markdown]
# ## Watch AdaGrad's rate
#
# AdaGrad divides by a sum that never falls. So its effective rate $\alpha / \sqrt{s}$ never rises. Does it die? We let
# it walk ten times down the ravine at rate 1, without noise and with noise of standard deviation 1 on each gradient.


# %% demo="effective_rates"
def effective_rates(noise):
    """Return the effective rate of AdaGrad along x after each of 10,000 steps, for ten walks."""
    rng, seen = np.random.default_rng(0), []  # seen: each gradient that AdaGrad was given

    def gradient(point):
        seen.append(ravine.gradient(point) + noise * rng.standard_normal(point.shape))
        return seen[-1]

    walk(adagrad_step, 1.0, 10_000, gradient, np.tile(start, (10, 1)))
    return 1 / np.sqrt(np.cumsum(np.array(seen)[..., 0] ** 2, axis=0)).T


quiet, noisy = effective_rates(0.0), effective_rates(1.0)
print(f"after the first step {np.median(quiet[:, 0]):.2f} without noise, {np.median(noisy[:, 0]):.2f} with noise")

# %% [markdown]
# ### Predict: 10,000 steps in the ravine
#
# What becomes of the effective rate along $x$ without noise?
#
# - **a** It falls and falls, as $1/\sqrt{t}$.
# - **b** It falls at first, then it stays.
# - **c** It falls to 0 in a few steps.

# %% demo="guess_death"
guess_death = "?"
print(f"My guess: {guess_death}")

# %% demo="death"
for name, rates in (("without noise", quiet), ("with noise", noisy)):
    ten, hundred, thousand, last = np.median(rates, axis=0)[[9, 99, 999, 9999]]
    print(f"{name}: after 10, 100, 1000 and 10,000 steps {ten:.3f}, {hundred:.3f}, {thousand:.3f}, {last:.3f}")
late = np.arange(1000, 10_000)
falls = plots.fitted_slope(late, np.median(noisy, axis=0)[late])
print(f"With noise the slope is {falls:.2f} from step 1000 on.")
print(answer_to(guess_death, "b"))

# %% [markdown]
# It is **b**. Without noise the gradients vanish on the way to the minimum, the sum stops growing, and the rate stops
# falling: so AdaGrad could be the fastest in the straight ravines. With noise gradients never vanish, the sum grows
# like the number of steps, and the rate falls as one over its root: then it is **a**. Mini-batches are such a noise.

# %% demo="death_figure"
shown = np.unique(np.geomspace(1, 9999, 200).astype(int))
plots.curves(
    {"without noise": np.median(quiet, axis=0)[shown], "adagrad": np.median(noisy, axis=0)[shown]},
    x=shown,
    log_x=True,
    log_y=True,
    title="In the ravine AdaGrad's effective rate dies with noise, and levels off without",
    x_label="step",
    y_label="effective rate along x",
)

# %% [markdown]
# ![Two lines on logarithmic axes: one becomes flat, the noisy one falls with slope -1/2](expected:death_figure)
#
# Some notes list AdaGrad and RMSprop among the kinds of learning rate decay. AdaGrad does decay under noise. RMSprop's
# average forgets, so that its rate does not.
#
# Is a falling rate bad? Around a minimum that stays, it is good: the walk comes closer and closer. So let the minimum
# move. In a round bowl, $f = (x^2 + y^2)/2$ with noise of standard deviation 1, it jumps by 5 after some steps. Each
# step of plain descent and RMSprop has a rate of 0.05; AdaGrad has 1, and comes down to an effective 0.05 after about
# 400 steps. (Near the minimum RMSprop's $\sqrt{s}$ is about 1 under this noise, so that its steps are like plain
# descent's.) Look at how long each takes to come within 0.5 of the new minimum.

# %% demo="jump"
record = data.recorded("04_rmsprop-jump")
waits = record["waits"]
recovery = {str(name): steps.T for name, steps in zip(record["methods"], record["recovery"], strict=True)}
for name, steps in recovery.items():
    early, late = np.median(steps, axis=0)[[0, -2]]
    print(f"{name:7}: {early:3.0f} steps after a wait of 100, {late:3.0f} after 10,000, {late / early:.1f} times")
plots.scaling(
    recovery,
    x=waits,
    fit=(),
    title="The later the minimum moves, the longer AdaGrad needs; the others do not care",
    x_label="steps before the minimum jumps",
    y_label="steps to the new minimum",
)

# %% [markdown]
# And what do the others pay? Look at how far from the old minimum each one hovers in the second half of its wait.

# %% demo="hover"
for name, distance in zip(record["methods"], record["distance"], strict=True):
    at = dict(zip(waits, np.median(distance, axis=1), strict=True))
    print(f"{name:7}: {at[100]:.2f} with a wait of 100, {at[1000]:.2f} with 1000, {at[10_000]:.2f} with 10,000")


# %% [markdown]
# AdaGrad comes closer all the time, the others hover at the same distance. That is the bargain: a rate that dies
# settles well and follows badly. Now run one of these walks yourself.


# %% demo="jump_again"
def jumping_bowl(wait, rng):
    """Return the noisy gradient of a bowl whose minimum jumps to (3, 4) after some steps."""
    steps = count()

    def gradient(x):
        minimum = np.array([3.0, 4.0]) if next(steps) >= wait else 0.0
        return x - minimum + rng.standard_normal(x.shape)

    return gradient


for name, step in (("gd", "gd"), ("adagrad", adagrad_step), ("rmsprop", rmsprop_step)):
    rate = 1.0 if name == "adagrad" else 0.05
    path = walk(step, rate, 2000, jumping_bowl(1000, np.random.default_rng(0)), np.zeros(2))
    there = np.argmax(np.linalg.norm(path[1000:] - [3, 4], axis=1) <= 0.5)
    print(f"{name:7}: {there} steps; the record says {recovery[name][0, waits == 1000].item():.0f}")

# %% [markdown]
# ## Learn from rare words
#
# AdaGrad was made for data in which most features are absent most of the time, as words are in texts. Our data has
# 200 features; the first is always there, the second every second time, feature $j$ in one example of $j$. Logistic
# regression, a single sigmoid unit, passes over 5000 examples once, ten at a time. The figure of merit is the
# *online loss*: the mean loss on each batch *before* its update. Why should one rate for all features be bad here?
# Look at how often some of them are seen.

# %% demo="rare"
X, Y = data.sparse_features(seed=10)
for j in (1, 10, 200):
    print(f"feature {j:3} is present in {X[j - 1].sum():4.0f} of {X.shape[1]} examples")

# %% [markdown]
# A weight whose feature is in 28 of 5000 examples should take large steps, one whose feature is in all of them should
# not. AdaGrad does that: its sum grows only when the feature is present. Every method has its rate chosen on seeds 0
# to 9, and is measured on seeds 10 to 29, each with data of its own. Losses differ more from seed to seed than between
# methods, so compare in pairs: the loss minus AdaGrad's on the same seed; above 0, AdaGrad leads. As a control, the
# same with 200 features that are all equally frequent.

# %% demo="sparse"
record = data.recorded("04_rmsprop-sparse")
methods = [str(name) for name in record["methods"]]
online = record["online"]
adagrad = online[methods.index("adagrad")]
low, _, high = plots.quartiles(adagrad[0])
print(f"AdaGrad's own loss on sparse features: quartiles {low:.3f} and {high:.3f}")
leads = {name: of_method - adagrad for name, of_method in zip(methods, online, strict=True) if name != "adagrad"}
for name, (rare, even) in leads.items():
    won = f"AdaGrad lower on {np.sum(rare > 0)} and {np.sum(even > 0)} of {len(rare)} seeds"
    print(f"{name:8}: median {np.median(rare):+.3f} sparse, {np.median(even):+.3f} dense; {won}")

# %% demo="sparse_figure"
plots.comparison(
    {name: leads[name][0] for name in ("gd", "momentum", "rmsprop")},
    title="On sparse features AdaGrad has the lowest online loss, on every seed",
    x_label="online loss minus that of AdaGrad, same seed",
)

# %% [markdown]
# On sparse features AdaGrad leads on all 20 seeds. On dense ones it leads on most seeds, but by far less. Is it the
# falling rate, and not the scaling? "decayed" is the control for that: plain descent at a rate divided by $\sqrt{t}$,
# the same for all weights. It does worse than plain descent at a constant rate. So it is not the falling rate
# alone that helps. Run one seed of the record with your functions.

# %% demo="sparse_again"
zero = {"W1": np.zeros((1, len(X))), "b1": np.zeros((1, 1))}
for name, step, state in (("gd", "gd", ()), ("adagrad", adagrad_step, init_square_average)):
    row, rng = methods.index(name), np.random.default_rng(10)
    rate = record["chosen"][row, 0]
    history = train(step, zero, X, Y, learning_rate=rate, epochs=1, batch_size=10, rng=rng, state=state)
    print(f"{name:7}: online loss {history.batch_loss.mean():.4f}; the record says {online[row, 0, 0]:.4f}")

# %% [markdown]
# ### In your own words: a stream of news
#
# A service learns to sort news articles as they come, from 50,000 words of which most are rare. It uses AdaGrad, and
# for weeks it is better than plain descent. Months later the topics have changed, common words tell of other things,
# and it hardly follows. Why was AdaGrad a good choice, why does it fail now, and what would you try? Three or four
# sentences.

# %% [markdown] question="stream_of_news" points=2
# Most words are rare, and AdaGrad gives each weight a rate of its own that falls only when its word is present. So
# rare words still take large steps: on sparse features that has the lowest loss. But gradients of mini-batches do
# not vanish. So the sum of squares of a frequent word grows like the number of its gradients, and its effective rate
# dies as one over the root. When the task moves, such weights can hardly follow. An average that forgets, as in
# RMSprop, keeps the rate up, at the price of more noise. So does setting the sums back to zero from time to time.

# %% [markdown]
# ## Train a network
#
# Two moons, 300 points, a network 2-16-8-1, mini-batches of 64: the updates until the training loss is 0.15. Each
# method has its own rate, chosen from a grid on seeds 0 to 9 and measured on seeds 10 to 29 (again a record).

# %% demo="network"
record = data.recorded("04_rmsprop-network")
runs = {str(name): updates for name, updates in zip(record["methods"], record["updates"], strict=True)}
chosen = {str(name): rate for name, rate in zip(record["methods"], record["chosen"], strict=True)}
for name, updates in runs.items():
    low, middle, high = plots.quartiles(updates)
    print(f"{name:8}: median {middle:.0f} updates; before gd on {np.sum(updates < runs['gd'])} of {len(updates)} seeds")
plots.comparison(
    runs,
    rates=chosen,
    title="On two moons RMSprop needs about half the updates of plain descent, as momentum does",
    x_label="updates to a training loss of 0.15",
)


# %% [markdown]
# RMSprop and momentum gain about the same. They do so in different ways: one scales, the other averages. Lesson 05
# does both. Now train the first of these seeds with your own step. Look at the two rates as well.


# %% demo="train"
def trained(step, rate, state, seed=10):
    """Return the history of one training run."""
    params = network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed))
    shuffles = np.random.default_rng(seed)
    options = {"learning_rate": rate, "updates": 300, "batch_size": 64, "rng": shuffles, "state": state}
    return train(step, params, *data.moons(), **options)


histories = {"gd": trained("gd", chosen["gd"], ())}
histories["adagrad"] = trained(adagrad_step, chosen["adagrad"], init_square_average)
histories["rmsprop"] = trained(rmsprop_step, chosen["rmsprop"], init_square_average)
for key, history in histories.items():
    reached = updates_to_target(history, 0.15)
    print(f"{key:7}: rate {chosen[key]:4g}, {reached:.0f} updates; the record says {runs[key][0]:.0f}")

# %% demo="losses"
plots.loss_curves(
    {key: history.loss for key, history in histories.items()},
    x={key: history.updates for key, history in histories.items()},
    target=0.15,
    log_y=False,
    title="Seed 10: RMSprop and AdaGrad reach the target well before plain descent",
)

# %% [markdown]
# ![Three falling, jagged loss curves: RMSprop and AdaGrad are at 0.15 first](expected:losses)
#
# The best rates differ forty-fold: 2 for plain descent, 0.05 for RMSprop. Their units differ: RMSprop's rate is the
# length of a step, plain descent's is multiplied by a gradient. A rate says nothing without its method.

# %% [markdown]
# ## Keep your work
#
# Later lessons can use your functions. This writes them to a file beside the lesson folders.

# %% demo="save"
save(init_square_average)
save(adagrad_step)
save(rmsprop_step)

# %% [markdown]
# ## What you saw
#
# - Dividing each coordinate by the size of its own gradients makes steps equally long in all of them. Along the axes
#   that takes the condition number away; turned by 45 degrees, or in other units, it does not.
# - RMSprop has no largest stable rate and never settles: it swings by half a rate. It loses to plain descent at κ = 20
#   and wins from about 100.
# - AdaGrad's rate dies where gradients do not vanish, as under noise. That settles well, follows badly, and suits
#   sparse features best.
#
# | English | Chinese |
# |---|---|
# | learning rate | 学习率 |
# | adaptive | 自适应 |
# | root mean square | 均方根 |
# | sum of squares | 平方和 |
# | (exponentially) weighted average | 指数加权平均 |
# | condition number | 条件数 |
# | coordinate | 坐标 |
# | invariant | 不变的 |
# | sparse features | 稀疏特征 |
# | online loss | 在线损失 |
# | mini-batch | 小批量 |
# | bias correction | 偏差修正 |
#
# **Sources**
#
# - J. Duchi, E. Hazan, Y. Singer (2011), "Adaptive Subgradient Methods for Online Learning and Stochastic
#   Optimization", *Journal of Machine Learning Research* 12, 2121-2159: AdaGrad.
# - T. Tieleman, G. Hinton (2012), *Neural Networks for Machine Learning*, Coursera, lecture 6.5: RMSprop.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola, *Dive into Deep Learning*, chapter "Optimization Algorithms", sections
#   "Adagrad" and "RMSProp": the form with ε under the root.
# - PyTorch's documentation of `torch.optim.Adagrad` and `torch.optim.RMSprop`: ε outside the root, as here.
