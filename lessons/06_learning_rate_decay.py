# %% [markdown]
# # Let the learning rate fall: schedules
#
# - **You will build** six schedules: functions that give the learning rate of each epoch.
# - **You will learn** why a constant rate keeps wandering around a minimum, when a falling rate pays, when it does
#   not, and where it helps on new data.
# - **You need** gradient descent and mini-batches (lesson 01). Momentum, RMSprop and Adam (lessons 03 to 05) are
#   mentioned. Time: 120 minutes.

# %% setup="imports"
import numpy as np

from optimlab import answer_to, check, data, network, plots, save, widgets
from optimlab.training import descend, train

# %% [markdown]
# ## Watch a walk that never arrives
#
# Take a round bowl, $f(x, y) = (x^2 + y^2)/2$. Its gradient at a point is the point itself. A mini-batch gives us the
# gradient with noise, so we add noise of standard deviation 1 to each coordinate. 200 walks of plain descent start at
# (5, 5), at a constant learning rate α of 0.1. Look at their distance to the minimum (root of the mean square),
# without and with noise. (`descend` repeats a step; "gd" stands for plain gradient descent.)


# %% demo="walk"
def distances(rate, steps, noise=1.0, start=5.0, walks=200):
    """Return how far the walks are from the minimum at each step (root of the mean square)."""
    rng, starts = np.random.default_rng(0), np.full((walks, 2), start)
    path = descend("gd", lambda x: x + noise * rng.standard_normal(x.shape), starts, learning_rate=rate, steps=steps)
    return np.sqrt((path**2).sum(axis=-1).mean(axis=-1))


quiet, noisy = distances(0.1, 200, noise=0.0), distances(0.1, 200)
for step in (0, 20, 50, 100, 200):
    print(f"step {step:3}: distance {quiet[step]:.1e} without noise, {noisy[step]:.2f} with noise")

# %% demo="wander"
plots.curves(
    {"without noise": quiet, "with noise": noisy},
    log_y=True,
    title="With noise a constant rate of 0.1 comes down to 0.32 and stays there",
    x_label="step",
    y_label="distance to the minimum",
)

# %% [markdown]
# Without noise there is no problem: each step takes away a tenth of the distance, and a constant rate arrives. With
# noise the walks end in a *cloud* around the minimum. One balance explains it: a step shrinks the distance by the
# factor 1-α and adds new noise of size α. The cloud keeps its radius where the two are equal.
#
# Some notes say that decay is for rates that are so high that they overshoot the minimum. Look at what such rates do
# without noise.

# %% demo="overshoot"
for rate in (0.5, 1.5, 1.9, 2.1):
    print(f"rate {rate}: distance {distances(rate, 200, noise=0.0)[-1]:.1e} after 200 steps without noise")

# %% [markdown]
# A rate of 1.5 jumps over the minimum at each step and arrives all the same. Above 2 it runs away, and a lower
# constant rate is the cure. So overshooting alone is no reason for decay. **Noise is.**
#
# ### Predict: a tenth of the rate
#
# At a rate of 0.1 the cloud's radius is about 0.32. What is it at 0.01, after enough steps?
#
# - **a** About a tenth of that.
# - **b** About a third of that.
# - **c** The same, since the noise is the same.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_tenth"
guess_tenth = "?"
print(f"My guess: {guess_tenth}")

# %% demo="law"
rates = np.array([0.01, 0.02, 0.05, 0.1, 0.2])
lines = distances(rates[:, None, None], 20_000, start=0.0, walks=10)
radii = np.sqrt((lines[10_000:] ** 2).mean(axis=0))
for rate, radius in zip(rates, radii, strict=True):
    print(f"rate {rate:4}: radius {radius:.2f}; the formula says {np.sqrt(2 * rate / (2 - rate)):.2f}")
print(f"slope of radius against rate: {plots.fitted_slope(rates, radii):.2f}")
print(answer_to(guess_tenth, "b"))

# %% [markdown]
# It is **b**: the radius falls as the root of the rate. The formula beside the measured radius is the balance of
# shrinking and noise: $r = \sqrt{2\alpha / (2 - \alpha)} \approx \sqrt{\alpha}$. A slope of 1/2 means: for a
# hundredth of the rate, a tenth of the radius. That is a bad bargain, since the smaller rate also needs a hundred
# times as many steps to get there.

# %% [markdown]
# ## Shuffle the noise
#
# The noise above was drawn anew at every step. Mini-batches can be drawn like that too, with replacement. But we
# usually shuffle all examples and cut the epoch into batches (lesson 01). Is that the same noise? We fit a linear
# model of 5 features to 500 noisy values, in batches of 10, and measure the distance to the best weights.
#
# ### Predict: shuffled epochs
#
# With batches drawn with replacement the slope is about 1/2 again. And with shuffled epochs?
#
# - **a** About 1/2 as well: noise is noise.
# - **b** Nearly 1: the radius falls nearly as the rate.
# - **c** Nearly 0: shuffling keeps the cloud as it is.

# %% demo="guess_shuffled"
guess_shuffled = "?"
print(f"My guess: {guess_shuffled}")

# %% [markdown]
# This is a record of ten seeds (`datasets/experiments/`, made by `make experiments`), with 10,000 examples as well.
# Look at the slopes.

# %% demo="clouds"
record = data.recorded("06_learning_rate_decay-cloud")
kinds = ["drawn, 500", "shuffled, 500", "shuffled, 10000"]
found = {name: radius.T for name, radius in zip(record["kinds"].tolist(), record["radius"], strict=True)}
for kind in kinds:
    middle = np.median(found[kind], axis=0)
    print(f"{kind:15}: slope {plots.fitted_slope(record['rates'], middle):.2f}, radius at rate 0.005 {middle[0]:.3f}")
print(answer_to(guess_shuffled, "b"))
plots.scaling(
    {kind: found[kind] for kind in kinds},
    x=record["rates"],
    title="Shuffled epochs of 500 examples shrink the cloud nearly as the rate, not as its root",
    x_label="learning rate",
    y_label="radius of the cloud",
)

# %% [markdown]
# It is **b**. In a shuffled epoch each example pushes exactly once, so the pushes of a whole epoch nearly cancel. The
# walk notices this if it remembers a whole epoch. Its memory is about 1/α steps, and an epoch of 500 examples has 50:
# at rate 0.005 the memory is four epochs long. With 10,000 examples an epoch has 1000 steps, longer than any memory
# here, and the root comes back.
#
# And if the values have no noise, so that one model fits every example? Then all gradients vanish at the minimum, and
# the noise with them. Look at the largest radius of the record, and run seed 0 yourself.

# %% demo="cloud_again"
print(f"no noise in the values: largest radius {found['shuffled, 500, no noise'].max():.0e}")
X, Y = data.noisy_linear(seed=0)
best = np.linalg.lstsq(np.vstack([X, np.ones(500)]).T, Y[0], rcond=None)[0]


def gap(params):
    """Return the squared distance to the best weights and bias."""
    return ((np.append(params["W1"], params["b1"]) - best) ** 2).sum()


zero = {"W1": np.zeros((1, 5)), "b1": np.zeros((1, 1))}
settings = {"epochs": 100, "batch_size": 10, "cost_and_grads": network.linear_cost_and_grads, "loss": gap}
history = train("gd", zero, X, Y, learning_rate=0.02, rng=np.random.default_rng(0), record_every=1, **settings)
yours = np.sqrt(history.loss[2500:].mean())
print(f"rate 0.02, shuffled, seed 0: yours {yours:.4f}; the record says {found['shuffled, 500'][0, 2]:.4f}")

# %% [markdown]
# So where a model can fit everything, the noise dies out, and a constant rate needs no decay. Where it cannot, noise
# is left at the minimum: a *noise floor*.

# %% [markdown]
# ## Divide by the time
#
# A large learning rate ("iteration rate" in some notes) is fast, a small one ends close. So start large, and let the
# rate fall. A *schedule* is a function that gives the rate of each epoch. We write $\alpha_0$ for the first rate and
# $e$ for the epoch, counted from 0. The first schedule is *inverse time decay*:
#
# $$\alpha = \frac{\alpha_0}{1 + k\,e}$$
#
# The decay rate $k$ says how soon: after $1/k$ epochs half of the rate is left.
#
# **The trap:** epochs count from 0, and epoch 0 gets $\alpha_0$ itself. The whole sum stands below the line.
#
# <details><summary>Hint 1: the idea</summary>The rate of any epoch follows from α0 and the epoch's number at once. You
# need no loop, and no rate of an earlier epoch.</details>
# <details><summary>Hint 2: the formula</summary>α0 divided by a sum: 1 plus the product of decay rate and
# epoch.</details>


# %% exercise="inverse_time_decay"
def inverse_time_decay(alpha0, epoch, decay_rate):
    """Return the learning rate of an epoch: inverse time decay.

    alpha0: the rate of epoch 0, above 0.
    epoch: a whole number, 0 or more.
    decay_rate: k, per epoch, 0 or more.
    Returns a number.
    """
    ### BEGIN SOLUTION
    return alpha0 / (1 + decay_rate * epoch)
    ### END SOLUTION


# %% check="inverse_time_decay" points=1
check(inverse_time_decay)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(inverse_time_decay)
### END HIDDEN TESTS

# %% [markdown]
# From here on much runs on your functions. If one is not right yet, read on: below their figures is a folded picture
# of what they should look like.
#
# ### Predict: a fraction times the previous rate
#
# Some notes describe this formula as "a fraction times the previous α". Take $\alpha_0 = 0.2$ and $k = 1$. At epoch
# 10 the formula gives 0.2 / 11. What do we get if each epoch multiplies the rate before it by its fraction?
#
# - **a** The same.
# - **b** About a tenth of that.
# - **c** Less than a millionth of that.

# %% demo="guess_previous"
guess_previous = "?"
print(f"My guess: {guess_previous}")

# %% demo="previous"
rate = 0.2
for epoch in range(1, 11):
    rate = inverse_time_decay(rate, epoch, 1.0)  # the previous rate stands where alpha0 belongs
    if epoch in (1, 2, 3, 5, 10):
        print(f"epoch {epoch:2}: formula {inverse_time_decay(0.2, epoch, 1.0):.4f}, from the previous rate {rate:.1e}")
print(f"share of the formula's rate: {rate / inverse_time_decay(0.2, 10, 1.0):.0e}")
print(answer_to(guess_previous, "c"))

# %% [markdown]
# It is **c**. The fractions multiply: 1/2 · 1/3 · 1/4 and so on to 1/11. After a few epochs nothing moves any more.
# **A schedule is a function of $\alpha_0$ and the epoch, never of the previous α.**
#
# Move the slider. How slow must the decay be until the two lines nearly agree over 40 epochs?


# %% demo="play_inverse_time"
def rates_of(schedule, *settings, alpha0=0.2, epochs=41):
    """Return the rates that a schedule gives to epochs 0, 1, 2, ..."""
    return np.array([schedule(alpha0, epoch, *settings) for epoch in range(epochs)])


def draw_inverse_time(ax, decay_rate=0.2):
    right = rates_of(inverse_time_decay, decay_rate)
    wrong = 0.2 * np.cumprod(right / 0.2)
    claim = f"Half of the first rate is left after {1 / decay_rate:g} epochs, a tenth after {9 / decay_rate:g}"
    axes = {"x_label": "epoch", "y_label": "learning rate", "log_y": True, "ax": ax}
    plots.curves({"function of α0": right, "times the previous α": wrong}, title=claim, **axes)
    ax.set_ylim(1e-4, 0.4)
    ax.minorticks_off()


widgets.explore(draw_inverse_time, decay_rate=[0.0001, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0])
print(f"k = 0.2: after 5 epochs {inverse_time_decay(0.2, 5, 0.2):g}, after 45 {inverse_time_decay(0.2, 45, 0.2):g}")

# %% [markdown]
# ## Keep a share
#
# *Exponential decay* keeps the same share of the rate from each epoch to the next. We call the share the base $b$:
#
# $$\alpha = \alpha_0\, b^{\,e}$$
#
# **The trap:** here $b$ is what is kept, not what is lost. And only $b$ is raised to the power.
#
# <details><summary>Hint 1: the idea</summary>After one epoch the share b is left, after two epochs b of b. What is left
# after e epochs?</details>
# <details><summary>Hint 2: the formula</summary>α0 times the base to the power of the epoch.</details>


# %% exercise="exponential_decay"
def exponential_decay(alpha0, epoch, base=0.95):
    """Return the learning rate of an epoch: exponential decay.

    alpha0: the rate of epoch 0, above 0.
    epoch: a whole number, 0 or more.
    base: b, the share that is kept from one epoch to the next, above 0 and below 1.
    Returns a number.
    """
    ### BEGIN SOLUTION
    return alpha0 * base**epoch
    ### END SOLUTION


# %% check="exponential_decay" points=1
check(exponential_decay)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(exponential_decay)
### END HIDDEN TESTS

# %% [markdown]
# PyTorch's `ExponentialLR` does multiply the previous rate. It may, because its factor is the constant $b$ and not
# $b^e$: then the product is the formula. Look at epoch 20.

# %% demo="chain"
once = powers = 0.2
for epoch in range(1, 21):
    once, powers = once * 0.95, exponential_decay(powers, epoch)
print(f"formula {exponential_decay(0.2, 20):.4f}, times b each epoch {once:.4f}, times b^e each epoch {powers:.1e}")

# %% [markdown]
# ### Predict: decay in a hurry
#
# Back to the bowl, without noise, one step per epoch, from (5, 5) with $\alpha_0 = 0.1$. At a constant rate this walk
# arrives. Now the base is 0.5. Where is it after 200 steps?
#
# - **a** At the minimum: a smaller rate is always safer.
# - **b** It stops on the way.
# - **c** It runs away.

# %% demo="guess_hurry"
guess_hurry = "?"
print(f"My guess: {guess_hurry}")

# %% demo="hurry"
for base in (0.5, 0.9, 0.95, 0.99):
    end = distances(lambda step, base=base: exponential_decay(0.1, step, base), 200, noise=0.0)[-1]
    print(f"base {base}: all rates together make {0.1 / (1 - base):4.1f}, distance {end:.2f} after 200 steps")
print(f"the start was at {np.hypot(5, 5):.2f}")
print(answer_to(guess_hurry, "b"))

# %% [markdown]
# It is **b**. All rates together make only 0.2, too little to arrive. Decay that is too fast freezes a walk wherever it
# happens to be. The rates of inverse time decay have no finite sum: it slows down more and more, but never stops
# altogether. (Robbins and Monro showed in 1951, under mild conditions, which rates make a walk arrive in spite of
# noise: it is enough that their sum is infinite and that of their squares finite.)
#
# The slider shows rate and walk. From which base on does the walk come within a hundredth of its way?


# %% demo="play_exponential"
def draw_exponential(ax, base=0.95):
    rate = rates_of(exponential_decay, base, epochs=201)
    left = np.append(1, np.cumprod(1 - rate))[:201]
    claim = f"Base {base:g}: all rates together make {rate.sum():.1f}, and {left[-1]:.1%} of the way is left"
    axes = {"x_label": "epoch, one step each", "y_label": "rate; share of the way", "log_y": True, "ax": ax}
    plots.curves({"learning rate": rate, "way that is left": left}, title=claim, **axes)
    ax.set_ylim(1e-3, 2)
    ax.minorticks_off()


widgets.explore(draw_exponential, base=[0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.999])
left = np.prod(1 - rates_of(exponential_decay, 0.95, epochs=200))
print(f"α0 = 0.2, base 0.95: {left:.1%} of the way is left after 200 epochs")

# %% [markdown]
# ## Divide by a root
#
# *Inverse square root decay* falls more slowly. It is often given as $k\,\alpha_0/\sqrt{e}$. That has no value at
# epoch 0, so such formulas count epochs from 1. We count from 0:
#
# $$\alpha = \frac{k\,\alpha_0}{\sqrt{e + 1}}$$
#
# **The trap:** the root is over the sum, and $k$ stands above the line: epoch 0 gets $k\,\alpha_0$.
#
# <details><summary>Hint 1: the idea</summary>Four times as many epochs halve the rate. Which number does the first
# epoch need under the root?</details>
# <details><summary>Hint 2: the formula</summary>k times α0, divided by the root of (epoch plus 1).</details>


# %% exercise="inverse_sqrt_decay"
def inverse_sqrt_decay(alpha0, epoch, k):
    """Return the learning rate of an epoch: inverse square root decay.

    alpha0: α0, above 0; epoch 0 gets k times it.
    epoch: a whole number, 0 or more.
    k: a factor, above 0.
    Returns a number.
    """
    ### BEGIN SOLUTION
    return k * alpha0 / np.sqrt(epoch + 1)
    ### END SOLUTION


# %% check="inverse_sqrt_decay" points=1
check(inverse_sqrt_decay)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(inverse_sqrt_decay)
### END HIDDEN TESTS

# %% [markdown]
# On logarithmic axes both inverse schedules become straight lines, with slopes of -1/2 and -1. Move the sliders. Can
# any $k$ or decay rate keep inverse time above the root for ever?


# %% demo="play_inverse_root"
def draw_inverse_root(ax, k=1.0, decay_rate=0.1):
    root = rates_of(inverse_sqrt_decay, k, epochs=400)
    time = rates_of(inverse_time_decay, decay_rate, epochs=400)
    claim = f"At epoch 399 the inverse root gives {root[-1] / time[-1]:.2g} times the rate of inverse time"
    axes = {"x_label": "epoch + 1", "y_label": "learning rate", "log_x": True, "log_y": True, "ax": ax}
    plots.curves({"inverse root": root, "inverse time": time}, x=np.arange(1, 401), title=claim, **axes)
    ax.set_ylim(1e-3, 1)
    ax.minorticks_off()


widgets.explore(draw_inverse_root, k=[0.25, 0.5, 1.0, 2.0, 4.0], decay_rate=[0.01, 0.05, 0.1, 0.5, 1.0])
root, time = inverse_sqrt_decay(0.2, 399, 1.0), inverse_time_decay(0.2, 399, 0.1)
print(f"k = 1, decay rate 0.1: at epoch 399 the root gives {root:.4f}, inverse time {time:.4f}")

# %% [markdown]
# ## Drop in steps
#
# *Step decay* leaves the rate alone for some epochs, the interval $n$, and then multiplies it by a factor $f$. "Half
# the rate every ten epochs" is such a schedule. $\lfloor e/n \rfloor$ is the number of whole intervals so far:
#
# $$\alpha = \alpha_0\, f^{\,\lfloor e/n \rfloor}$$
#
# **The trap:** only whole intervals count. The first drop comes at the epoch that is equal to the interval, since the
# epochs before it are 0 to $n - 1$.
#
# <details><summary>Hint 1: the idea</summary>First count the drops that have happened by this epoch. Then apply the
# factor that many times.</details>
# <details><summary>Hint 2: the formula</summary>The number of drops is the epoch divided by the interval, rounded down.
# The rate is α0 times the factor to that power.</details>


# %% exercise="step_decay"
def step_decay(alpha0, epoch, factor, interval):
    """Return the learning rate of an epoch: step decay.

    alpha0: the rate of the first `interval` epochs, above 0.
    epoch: a whole number, 0 or more.
    factor: f, above 0 and below 1.
    interval: n, epochs from one drop to the next, a whole number, 1 or more.
    Returns a number.
    """
    ### BEGIN SOLUTION
    return alpha0 * factor ** (epoch // interval)
    ### END SOLUTION


# %% check="step_decay" points=2
check(step_decay)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(step_decay)
### END HIDDEN TESTS

# %% [markdown]
# Step decay is exponential decay in stairs. Move the sliders. Which exponential base do "a tenth every 20 epochs" and
# "half every 5 epochs" stand for?


# %% demo="play_step"
def draw_step(ax, factor=0.5, interval=10):
    base = factor ** (1 / interval)
    lines = {"step decay": rates_of(step_decay, factor, interval), "exponential": rates_of(exponential_decay, base)}
    claim = f"A factor of {factor:g} every {interval} epochs: stairs above an exponential with base {base:.3f}"
    plots.curves(lines, title=claim, x_label="epoch", y_label="learning rate", ax=ax)
    ax.set_ylim(0, 0.22)


widgets.explore(draw_step, factor=[0.1, 0.2, 0.5, 0.8, 0.9], interval=[1, 2, 5, 10, 20])
print(f"half every 10 epochs: epoch 9 {step_decay(0.2, 9, 0.5, 10):g}, epoch 10 {step_decay(0.2, 10, 0.5, 10):g}")

# %% [markdown]
# ## Take the stairs of inverse time
#
# The *staircase* is inverse time decay, with time counted in whole intervals:
#
# $$\alpha = \frac{\alpha_0}{1 + k\,\lfloor e/n \rfloor}$$
#
# **The trap:** both stepped forms have a floor in them, and are easily taken for each other. Here the drops are
# counted below the line, there they are an exponent.
#
# <details><summary>Hint 1: the idea</summary>You have written both parts: the number of whole intervals, and inverse
# time decay. What takes the place of the epoch?</details>
# <details><summary>Hint 2: the formula</summary>α0 divided by a sum: 1 plus the decay rate times the number of whole
# intervals.</details>


# %% exercise="staircase_decay"
def staircase_decay(alpha0, epoch, decay_rate, interval):
    """Return the learning rate of an epoch: inverse time decay in stairs.

    alpha0: the rate of the first `interval` epochs, above 0.
    epoch: a whole number, 0 or more.
    decay_rate: k, per interval, 0 or more.
    interval: n, epochs from one drop to the next, a whole number, 1 or more.
    Returns a number.
    """
    ### BEGIN SOLUTION
    return alpha0 / (1 + decay_rate * (epoch // interval))
    ### END SOLUTION


# %% check="staircase_decay" points=2
check(staircase_decay)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(staircase_decay)
### END HIDDEN TESTS

# %% [markdown]
# Below, the factor of step decay is chosen so that both make the same first drop. Move the sliders. Which drops are
# the same, and who is lower in the end?


# %% demo="play_staircase"
def draw_staircase(ax, decay_rate=1.0, interval=8):
    stairs = rates_of(staircase_decay, decay_rate, interval)
    steps = rates_of(step_decay, 1 / (1 + decay_rate), interval)
    claim = f"The first drop is the same; at epoch 40 the staircase is {stairs[-1] / steps[-1]:.1f} times as high"
    lines = {"step decay": steps, "staircase": stairs}
    plots.curves(lines, title=claim, x_label="epoch", y_label="learning rate", ax=ax)
    ax.set_ylim(0, 0.22)


widgets.explore(draw_staircase, decay_rate=[0.1, 0.25, 0.5, 1.0, 2.0], interval=[4, 5, 8, 10, 20])
print(f"epoch 40, interval 8: staircase {staircase_decay(0.2, 40, 1.0, 8):.4f}, step {step_decay(0.2, 40, 0.5, 8):.4f}")

# %% [markdown]
# ## Turn the knob by hand
#
# There is a schedule without a formula: *manual decay*. A network trains for days. Somebody looks at the loss in the
# morning, sees that it has been flat since midnight, divides the rate by ten, and goes for coffee. The residual
# networks of 2015 were trained like that: from 0.1, divided by 10 "when the error plateaus". It works where one
# person watches one run. It does not work for a hundred runs, and nobody can repeat it. PyTorch's `ReduceLROnPlateau`
# is a hand that does not get tired. It needs a rule for "flat", and under noise that is harder than it looks: lesson
# 07.
#
# ## Warm up, then ride half a wave
#
# Many of today's networks are trained with a schedule in two parts. During the *warm-up*, $w$ epochs long, the rate
# rises in a straight line to $\alpha_0$. Then half a cosine wave brings it down to 0 at epoch $T$:
#
# $$\alpha = \alpha_0\,\frac{e + 1}{w} \;\text{ for } e < w, \qquad
# \alpha = \frac{\alpha_0}{2} \left(1 + \cos \pi\,\frac{e - w}{T - w}\right) \;\text{ from } e = w \text{ on}$$
#
# **The trap:** the first epoch must not get a rate of 0, hence $e + 1$. The cosine starts at the end of the warm-up,
# not at epoch 0. With $w = 0$ there is no warm-up, and nothing may be divided by it.
#
# <details><summary>Hint 1: the idea</summary>First ask whether the warm-up is still going on. If not, which share of
# the way from its end to the last epoch is done?</details>
# <details><summary>Hint 2: the formula</summary>The share is (epoch minus warmup) over (total minus warmup). The rate
# is half of α0 times 1 plus the cosine of π times the share.</details>


# %% exercise="warmup_cosine"
def warmup_cosine(alpha0, epoch, warmup, total):
    """Return the learning rate of an epoch: a linear warm-up, then half a cosine wave.

    alpha0: the highest rate, above 0.
    epoch: a whole number from 0 to `total`.
    warmup: w, epochs of warm-up, a whole number; 0 for none; less than `total`.
    total: T, the epoch at which the rate is 0.
    Returns a number.
    """
    ### BEGIN SOLUTION
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    done = (epoch - warmup) / (total - warmup)
    return alpha0 * (1 + np.cos(np.pi * done)) / 2
    ### END SOLUTION


# %% check="warmup_cosine" points=3
check(warmup_cosine)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(warmup_cosine)
### END HIDDEN TESTS

# %% [markdown]
# The cosine falls slowly at first, then fast, then slowly again. Move the sliders. How does the mean rate depend on
# the warm-up?


# %% demo="play_cosine"
def draw_cosine(ax, warmup=5, total=40):
    rate = rates_of(warmup_cosine, warmup, total, epochs=total + 1)
    claim = f"A warm-up of {warmup} epochs: on average the rate is {rate.mean() / 0.2:.0%} of the highest"
    lines = {"warm-up and cosine": rate, "exponential, base 0.9": rates_of(exponential_decay, 0.9, epochs=total + 1)}
    plots.curves(lines, title=claim, x_label="epoch", y_label="learning rate", ax=ax)
    ax.set(xlim=(-1, 41), ylim=(0, 0.22))


widgets.explore(draw_cosine, warmup=[0, 1, 2, 5, 10, 20], total=[25, 30, 40])
mean = rates_of(warmup_cosine, 5, 40).mean()
print(f"warm-up of 5 epochs, 40 in all: mean rate {mean:.3f}, {mean / 0.2:.0%} of 0.2")

# %% [markdown]
# ## Shrink the cloud
#
# Now let a schedule work. The noisy bowl again: 40 epochs of 10 steps each, from (5, 5). One constant rate is large,
# 0.5. The other is the best of 60 constant rates for just these 400 steps. The schedule is inverse time from 0.5; of
# $k$ = 1, 2, 5 and 10 the best is 5. Look at who is where after 20, 200 and 400 steps.

# %% demo="decayed"
grid = np.geomspace(0.005, 1, 60)
best = grid[distances(grid[:, None, None], 400)[-1].argmin()]
clouds = {
    "inverse time": distances(lambda step: inverse_time_decay(0.5, step // 10, 5.0), 400),
    "constant 0.5": distances(0.5, 400),
    "best constant": distances(best, 400),
}
print(f"best constant rate: {best:.3f}")
for name, line in clouds.items():
    print(f"{name:13}: distance {line[20]:.2f} after 20 steps, {line[200]:.2f} after 200, {line[400]:.2f} after 400")
axes = {"log_y": True, "x_label": "step", "y_label": "distance to the minimum"}
plots.curves(
    clouds, title="Inverse time is as fast as the large rate and ends closer than the best constant one", **axes
)

# %% [markdown]
# ![Three lines: constant 0.5 soon flat, the best constant rate slow, inverse time fast and lowest](expected:decayed)
#
# That is the use of a schedule: **it affords a first rate that would be too large for the end.** At the end the
# schedule is at 0.07 here, and the best constant rate at 0.12. On the way the gain is larger.
#
# Here are all six over 40 epochs, from a first rate of 1. Inverse time and exponential fall to 1/100. Look at when
# each one gives up its height.

# %% demo="six"
falling = {
    "inverse time": lambda alpha0, epoch: inverse_time_decay(alpha0, epoch, 99 / 39),
    "exponential": lambda alpha0, epoch: exponential_decay(alpha0, epoch, 0.01 ** (1 / 39)),
    "inverse root": lambda alpha0, epoch: inverse_sqrt_decay(alpha0, epoch, 1.0),
    "step": lambda alpha0, epoch: step_decay(alpha0, epoch, 0.5, 8),
    "staircase": lambda alpha0, epoch: staircase_decay(alpha0, epoch, 1.0, 8),
    "cosine": lambda alpha0, epoch: warmup_cosine(alpha0, epoch, 0, 40),
}
six = {name: np.array([schedule(1.0, epoch) for epoch in range(40)]) for name, schedule in falling.items()}
for name, rates in six.items():
    print(f"{name:12}: rate {rates[10]:.2f} at epoch 10, {rates[39]:.4f} at epoch 39")
plots.curves(six, title="Inverse time drops at once, the cosine last", x_label="epoch", y_label="rate", log_y=True)

# %% [markdown]
# ![Six falling lines: inverse time drops at once, the cosine last, the staircase least of all](expected:six)
#
# Now let them loose on the cloud. Move the sliders: the schedule runs from the first rate that you choose, beside a
# constant rate of the same size. Which schedule ends closest from a first rate of 1? And from 0.02?


# %% demo="play_cloud"
def walked(name, first_rate):
    """Return the distances of the walks under one of the six schedules, with 10 steps per epoch."""
    return distances(lambda step: falling[name](first_rate, step // 10), 400)


def draw_cloud(ax, schedule="cosine", first_rate=0.5):
    lines = {"constant": distances(first_rate, 400), schedule: walked(schedule, first_rate)}
    claim = (
        f"From {first_rate:g}: constant ends at {lines['constant'][-1]:.2f}, {schedule} at {lines[schedule][-1]:.2f}"
    )
    plots.curves(lines, title=claim, ax=ax, **axes)
    ax.set_ylim(0.05, 20)
    ax.minorticks_off()


widgets.explore(draw_cloud, schedule=list(falling), first_rate=[0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5])

# %% [markdown]
# Compare with the distances after 400 steps of all six.

# %% demo="all_clouds"
for first_rate in (1.0, 0.02):
    found = [f"{name} {walked(name, first_rate)[-1]:.2f}" for name in falling]
    print(f"from {first_rate:g}: constant {distances(first_rate, 400)[-1]:.2f}, {', '.join(found)}")

# %% [markdown]
# From a large first rate every schedule beats the constant one, and the fast ones most. From 0.02, which is about
# right for the whole run, decay only takes steps away: some schedules have not arrived yet. **A schedule needs a
# first rate that is too large for the end.**

# %% [markdown]
# ## Keep schedules and adaptive methods apart
#
# Some notes list AdaGrad, RMSprop and Adam among the kinds of learning-rate decay. They are something else: they
# scale each coordinate by the size of its own gradients. A schedule scales all coordinates by one number, which
# depends on the time alone. (AdaGrad's rate does fall where gradients are noisy: lesson 04.) So both can be used
# together. Are they needed together? Near a minimum a step of RMSprop is about one rate long, whatever the gradient
# (lesson 04). The simplest step like that takes the sign of the gradient. Look at where it ends, without any noise.


# %% demo="signs"
def sign_step(params, grads, learning_rate):
    return {key: params[key] - learning_rate * np.sign(grads[key]) for key in params}


start = np.array([5.03, 5.03])
for name, rate in (("constant", 0.1), ("exponential", lambda step: exponential_decay(0.1, step, 0.99))):
    path = descend(sign_step, lambda x: x, start, learning_rate=rate, steps=1000)
    print(f"{name:11}: {np.linalg.norm(path[-1]):.4f} from the minimum after 1000 steps")

# %% [markdown]
# A step that never gets shorter by itself jumps to and fro for ever, noise or not. A schedule settles it.

# %% [markdown]
# ## Train where a noise floor is
#
# Now a network. 4000 points of two moons, which overlap: even the best schedule below is left with a loss of 0.077.
# The network is 2-16-8-1, with batches of 16 and 10 epochs. Gradient descent, momentum and Adam run at a constant
# rate and with seven schedules. Every method with every schedule has its own first rate, from a grid with 1, 2 and 5
# in each decade. It was chosen by the training loss on seeds 0 to 9. What you see was measured on seeds 10 to 29 (a
# record). Over $E$ epochs inverse time falls to 1/10, exponential to 1/100; inverse root has $k = 1$; step (factor
# 1/2) and staircase ($k = 1$) drop every $E/5$ epochs; the warm-up takes 2 epochs. Look at how many of 20 seeds end
# with a lower training loss than at the best constant rate.


# %% demo="moons"
record = data.recorded("06_learning_rate_decay-network")
problems, methods, schedules = (record[key].tolist() for key in ("problems", "methods", "schedules"))


def report(problem):
    """Print how each schedule ends, beside the constant rate of the same method and seed."""
    at, cosine = problems.index(problem), schedules.index("cosine")
    for method, losses, rates in zip(methods, record["loss"][at], record["chosen"][at], strict=True):
        middle = np.median(losses, axis=-1)
        lower = [f"{name} {np.sum(loss < losses[0])}" for name, loss in zip(schedules[1:], losses[1:], strict=True)]
        print(f"{method}: constant rate {rates[0]:g}, loss {middle[0]:.3f}", end="; ")
        print(f"cosine from {rates[cosine]:g}, loss {middle[cosine]:.3f}")
        print(f"    lower than constant: {', '.join(lower)}")


report("moons")

# %% demo="moons_figure"
gd = record["loss"][problems.index("moons"), methods.index("gd")]
rates = record["chosen"][problems.index("moons"), methods.index("gd")]
plots.comparison(
    {name: 1000 * (loss - gd[0]) for name, loss in zip(schedules[1:], gd[1:], strict=True)},
    rates=dict(zip(schedules[1:], rates[1:], strict=True)),
    title="Moons, gradient descent: every schedule beats the best constant rate on most seeds",
    x_label="training loss minus that of the constant rate, same seed, in thousandths",
)

# %% [markdown]
# Where batches disagree even at the end, decay pays: exponential and cosine end lower on nearly every seed, with each
# of the three methods. Adam gains as well: an adaptive method still has a noise floor. Look at the first rates below
# the names: they are 5 to 10 times the best constant rate of 0.1. A schedule affords them, and a constant rate does
# not. The inverse root, which falls least, gains least here.
#
# Run the first of these seeds yourself, with your schedules.


# %% demo="moons_again"
def train_moons(schedule, alpha0, seed=10):
    """Return the training loss after 10 epochs of gradient descent under a schedule."""
    X, Y = data.moons(9000, seed=0)
    params, rng = network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed)), np.random.default_rng(seed)
    settings = {"epochs": 10, "batch_size": 16, "record_every": 250, "rng": rng}
    rate = {"learning_rate": lambda epoch: schedule(alpha0, epoch)}
    return train("gd", params, X[:, :4000], Y[:, :4000], **rate, **settings).loss[-1]


chosen = dict(zip(schedules, rates, strict=True))
yours = {"constant": train_moons(lambda alpha0, epoch: alpha0, chosen["constant"])}
yours["cosine"] = train_moons(lambda alpha0, epoch: warmup_cosine(alpha0, epoch, 0, 10), chosen["cosine"])
for name, loss in yours.items():
    print(f"{name:8}: yours {loss:.4f}; the record says {gd[schedules.index(name), 0]:.4f}")

# %% [markdown]
# ## Train where there is no floor
#
# ### Predict: clean digits
#
# The digits of lesson 01: 1437 images to train with, a network 64-32-10, batches of 32, 15 epochs. This network can
# fit every image. Gradient descent again, each schedule with its own first rate. On how many of 20 seeds does
# exponential decay end below the best constant rate?
#
# - **a** On nearly all, as on the moons.
# - **b** On about half.
# - **c** On hardly any.

# %% demo="guess_digits"
guess_digits = "?"
print(f"My guess: {guess_digits}")

# %% demo="digits"
report("digits")
print(answer_to(guess_digits, "c"))

# %% demo="digits_figure"
gd = record["loss"][problems.index("digits"), methods.index("gd")]
rates = record["chosen"][problems.index("digits"), methods.index("gd")]
plots.comparison(
    {name: 1000 * (loss - gd[0]) for name, loss in zip(schedules[1:], gd[1:], strict=True)},
    rates=dict(zip(schedules[1:], rates[1:], strict=True)),
    title="Clean digits, gradient descent: every schedule loses to the best constant rate on most seeds",
    x_label="training loss minus that of the constant rate, same seed, in thousandths",
)

# %% [markdown]
# It is **c**. There is no floor to get below, and the epochs at low rates are lost. Gradient descent is at its best
# with a constant rate, which is already as large as any schedule's first rate: there was nothing to afford. Momentum
# and Adam are a different case: exponential and inverse time decay, which spend most epochs at low rates, lose there
# too, but the cosine wins. It stays high for long, falls only at the end, and affords them a first rate two to three
# times as large. So there is no rule without its conditions. **Decay pays where noise leaves a floor, and where it
# affords a larger first rate.**
#
# Can this network really fit every image? Train the first of these seeds at the constant rate: 15 epochs as in the
# record, then on to 60.

# %% demo="digits_again"
X, Y, _, _ = data.hold_out(*data.digits(), 360, np.random.default_rng(2010))
params, rng = network.initialise((64, 32, 10), np.random.default_rng(1010)), np.random.default_rng(10)
settings = {"learning_rate": rates[0], "epochs": 60, "batch_size": 32, "rng": rng, "record_every": 45}
history = train("gd", params, X, Y, **settings)
missed = X.shape[1] - network.count_correct(history.params, X, Y)
print(f"after 15 epochs loss {history.loss[15]:.4f}; the record says {gd[0, 0]:.4f}")
print(f"after 60 epochs loss {history.loss[60]:.4f}, {missed} of {X.shape[1]} training images wrong")

# %% [markdown]
# It can. The warm-up has a use of its own. Look at how often it ends below the cosine without one.

# %% demo="warm_up"
cosine, warm = (record["loss"][:, :, schedules.index(name)] for name in ("cosine", "warm-up, cosine"))
for problem, without, with_it in zip(problems, cosine, warm, strict=True):
    lower = [f"{method} {n}" for method, n in zip(methods, np.sum(with_it < without, axis=-1), strict=True)]
    print(f"{problem:12}: lower with the warm-up on so many of 20 seeds: {', '.join(lower)}")

# %% [markdown]
# For momentum and Adam on the digits, with right and wrong labels, the warm-up helps on most seeds. For gradient
# descent on clean digits, and for all three on the moons, it makes no clear difference.
#
# ## Look twice at a well-known demo
#
# Lesson 05 took a famous demonstration apart: a network 2-5-2-1, 300 points of two moons, 5000 epochs. At a rate of
# 0.0007 gradient descent labels 215 of 300 points right. Later the same network runs with a staircase, and labels
# 283 right. It looks as if decay had rescued gradient descent. But the cell with the staircase starts from a rate of
# 0.1, and at a *constant* rate of 0.1 you have seen 284.
#
# ### Predict: without the stairs
#
# The staircase falls once in 1000 epochs. Let inverse time decay fall at each epoch, also from 0.1 and with the same
# decay rate of 1. How many of the 300 points are then labelled right?
#
# - **a** About 283, as with the staircase.
# - **b** About 250.
# - **c** Fewer than the 215 of the small rate.

# %% demo="guess_rescue"
guess_rescue = "?"
print(f"My guess: {guess_rescue}")

# %% [markdown]
# This runs the demo's own start (NumPy's old `RandomState(3)`) and its own shuffles, with four rates side by side.


# %% demo="rescue"
def four_rates(epoch):
    """Return the rates of an epoch: two constant ones, the staircase, inverse time."""
    falling = [staircase_decay(0.1, epoch, 1.0, 1000), inverse_time_decay(0.1, epoch, 1.0)]
    return np.array([0.0007, 0.1, *falling]).reshape(4, 1, 1)


X, Y = data.moons()
start = network.initialise((2, 5, 2, 1), np.random.RandomState(3))
settings = {"batch_size": 64, "order": lambda epoch: np.random.RandomState(11 + epoch).permutation(300)}
history = train("gd", start, X, Y, learning_rate=four_rates, epochs=5000, record_every=25_000, **settings)
right = network.count_correct(history.params, X, Y)
for name, count in zip(("constant 0.0007", "constant 0.1", "staircase", "inverse time"), right, strict=True):
    print(f"{name:15}: {count} of 300 right")
print(f"0.1 is {0.1 / 0.0007:.0f} times 0.0007, the last stair {0.1 / 5 / 0.0007:.0f} times")
print(answer_to(guess_rescue, "c"))

# %% [markdown]
# It is **c**: decay at each epoch is far too fast for 5000 of them. The walk hardly moves any more, and ends at 195.
# Nor did the stairs rescue anything. The cell with them raises the rate 143-fold, and that is all that happened. Even
# on its last stair the rate is 29 times the old one.
#
# One start is an anecdote. Here are ten others, from the record.

# %% demo="ten_starts"
starts = data.recorded("06_learning_rate_decay-demo")
by_run = dict(zip(starts["runs"].tolist(), starts["correct"], strict=True))
for method in ("gd 0.1", "adam 0.01"):
    gains = by_run[f"{method}, staircase"] - by_run[method]
    counts = f"better {np.sum(gains > 0)}, equal {np.sum(gains == 0)}, worse {np.sum(gains < 0)}"
    print(f"{method}: constant median {np.median(by_run[method]):.0f} of 300 right; staircase {counts}")

# %% [markdown]
# The staircase is no help here on any of ten starts with gradient descent, and with Adam it is a toss-up.

# %% [markdown]
# ### In your own words: the rescue
#
# A blog shows both cells of this demo, "without decay" and "with decay", and concludes: "learning-rate decay lifts
# gradient descent from 72 % to 94 %". What did the blog measure? How would you find out whether decay helps on a
# problem, and on what kind of problem would you expect it to? Three or four sentences.

# %% [markdown] question="the_rescue" points=2
# Two things were changed at once: the schedule and the first rate, from 0.0007 to 0.1. A constant rate of 0.1 does
# as well, so the gain is the rate's. A fair comparison gives the constant rate and the schedule each its own best
# first rate from a stated grid. Rates are chosen on some seeds and measured on others, and medians are reported with
# their spread. I expect a gain where noise leaves a floor, as on overlapping classes with small batches. I expect
# hardly any where the network can fit everything, or where the steps run out.

# %% [markdown]
# ### In your own words: a loop that stalls
#
# A friend divides `alpha` by 1 + `decay_rate` · `epoch` at the end of each epoch. He stores the result in `alpha`.
# After a few epochs the loss stands still. What happens, and what should he store instead? For which schedule would
# it be right to multiply the previous rate, and why? Two or three sentences.

# %% [markdown] question="a_loop_that_stalls" points=2
# The formula gives the share of α0, but he applies it to a rate that is already decayed: all fractions so far
# multiply, the rate falls like one over a factorial, and the walk freezes. He should compute the rate anew from α0
# and the epoch. With exponential decay a line that multiplies by the base is right. Its factor is the same in every
# epoch, so that e of them make the base to the power of e.

# %% [markdown]
# ## Test on new data
#
# Decay is said to make a network generalise better. So look at the test examples, which had no part in training: 5000
# moons, or 360 digits. We add a third problem: the digits again, with a wrong label on 20 % of the *training* images.
#
# ### Predict: where does the cosine gain on new data?
#
# Compare it with the best constant rate. Where does it label clearly more *test* examples right?
#
# - **a** On the moons, where it lowered the training loss on nearly every seed.
# - **b** On the digits with wrong labels.
# - **c** On all three problems alike.

# %% demo="guess_test"
guess_test = "?"
print(f"My guess: {guess_test}")

# %% demo="accuracy"
gains = {}
for problem, correct, tested in zip(problems, record["correct"], record["tested"], strict=True):
    for method, right in zip(methods, correct, strict=True):
        gains[problem, method] = gain = 100 * (right[schedules.index("cosine")] - right[0]) / tested
        words = f"constant {100 * np.median(right[0]) / tested:.1f} %, cosine gains {np.median(gain):.1f} points"
        print(f"{problem:12} {method:8}: {words}, better on {np.sum(gain > 0)}, worse on {np.sum(gain < 0)} seeds")
print(answer_to(guess_test, "b"))

# %% demo="accuracy_figure"
plots.comparison(
    {method: gains["wrong labels", method] for method in methods},
    title="With wrong labels the cosine labels one to three points more of the test images right",
    x_label="test accuracy minus that of the constant rate, same seed, in points",
)

# %% [markdown]
# It is **b**. On the moons the gain is 0.2 points at most, and on the clean digits less than one: one to three images
# of 360. It comes on most seeds, but it is small. With wrong labels the gain is 1.4 to 2.6 points, on at least 16 of 20
# seeds with each method. And it need not come from fitting better. Look at exponential decay there: its training loss,
# which contains the wrong labels, and its test.

# %% demo="fit_less"
wrong, row = problems.index("wrong labels"), schedules.index("exponential")
for method, loss, correct in zip(methods, record["loss"][wrong], record["correct"][wrong], strict=True):
    fits, right = np.sum(loss[row] < loss[0]), np.sum(correct[row] > correct[0])
    print(f"{method:8}: lower training loss on {fits} of 20 seeds, more test images right on {right}")

# %% [markdown]
# Adam with exponential decay has a *higher* training loss on all 20 seeds, and labels more test images right on 18.
# It fits the training labels less, and the wrong ones are among them.
#
# One more doubt. These rates were chosen by the training loss, and a constant rate that is good at fitting wrong
# labels is bad for the test. So choose them by the test accuracy instead, again on seeds 0 to 9, and look at seeds 10
# to 29. (In earnest one keeps a third set of examples for such choices.)

# %% demo="chosen_by_test"
for method, rates, correct in zip(
    methods, record["chosen_by_test"][wrong], record["correct_by_test"][wrong], strict=True
):
    gain = 100 * (correct[schedules.index("cosine")] - correct[0]) / record["tested"][wrong]
    words = f"cosine gains {np.median(gain):.1f} points, better on {np.sum(gain > 0)} of 20 seeds"
    print(f"{method:8}: constant rate {rates[0]:g}; {words}")

# %% [markdown]
# The gain shrinks, and stays. So "decay generalises better" holds here where labels are wrong; where they are right,
# it is a matter of a few examples.

# %% [markdown]
# ## Keep your work
#
# This writes your functions to files beside the lesson folders.

# %% demo="save"
for schedule in (inverse_time_decay, exponential_decay, inverse_sqrt_decay, step_decay, staircase_decay, warmup_cosine):
    save(schedule)

# %% [markdown]
# ## What you saw
#
# - With noise a constant rate ends in a cloud. Its radius grows as the root of the rate if the noise is independent,
#   and nearly as the rate with shuffled epochs of a small set. Without noise there is no cloud.
# - A schedule is a function of $\alpha_0$ and the epoch. It affords a first rate that is too large for the end. That
#   pays where noise leaves a floor: exponential and cosine win on nearly all seeds, with gradient descent, momentum
#   and Adam. It does not pay for gradient descent on clean digits, and in the well-known demo it is the first rate
#   that helps.
# - On new data the cosine gains one to three points where training labels are wrong, and less than one where they are
#   right.
#
# The same schedules elsewhere, one step of the scheduler per epoch:
#
# | here | PyTorch (`torch.optim.lr_scheduler`) | optax |
# |---|---|---|
# | inverse time | `LambdaLR` with 1 / (1 + k e) | none |
# | exponential | `ExponentialLR`, gamma = b | `exponential_decay`, decay_rate = b, transition_steps = 1 |
# | inverse root | `LambdaLR` with k / √(e + 1) | none |
# | step | `StepLR`, gamma = f, step_size = n | `exponential_decay`: the same with f, n, and staircase = True |
# | staircase | `LambdaLR` with 1 / (1 + k ⌊e / n⌋) | none |
# | warm-up, cosine | `LinearLR`, `CosineAnnealingLR`, `SequentialLR` | `linear_schedule`, `cosine_decay_schedule` |
#
# For the last row, the line goes from $\alpha_0/w$ to $\alpha_0$ in $w - 1$ steps, the cosine takes $T - w$ steps,
# and they are joined at $w$. (optax joins them with `join_schedules`.)
#
# | English | Chinese |
# |---|---|
# | learning rate | 学习率 |
# | learning-rate decay | 学习率衰减 |
# | schedule | 学习率调度 |
# | epoch | 轮次 |
# | decay rate | 衰减率 |
# | exponential decay | 指数衰减 |
# | inverse time decay | 逆时间衰减 |
# | step decay | 定期衰减，阶梯衰减 |
# | manual decay | 手动衰减 |
# | warm-up | 预热 |
# | cosine annealing | 余弦退火 |
# | noise | 噪声 |
# | noise floor | 噪声基底（本底噪声） |
# | to generalise | 泛化 |
#
# **Sources**
#
# - H. Robbins, S. Monro (1951), "A Stochastic Approximation Method", *Annals of Mathematical Statistics* 22(3),
#   400-407: which sums of rates make a noisy walk arrive.
# - A. Ng (2017), *Improving Deep Neural Networks*, Coursera, week 2, "Learning rate decay": the formulas, and manual
#   decay.
# - K. He, X. Zhang, S. Ren, J. Sun (2016), "Deep Residual Learning for Image Recognition", *CVPR*: a rate divided by
#   10 when the error plateaus.
# - P. Goyal and others (2017), "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv:1706.02677: the
#   warm-up.
# - I. Loshchilov, F. Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts", *ICLR*: the cosine.
# - PyTorch's documentation of `torch.optim.lr_scheduler`, and optax's of its schedules: the same rates, as the table
#   says.
