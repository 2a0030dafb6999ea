# %% [markdown]
# # Leave saddles and plateaus
#
# - **You will build** five functions. Two say what kind of point training stands on, and one counts saddles among
#   random matrices. One counts the steps out of a saddle, and one finds plateaus in a loss.
# - **You will learn** why a zero gradient is not a minimum, and which optimiser gets away from where, and when.
# - **You need** momentum, AdaGrad, RMSprop and Adam (lessons 03 to 05). Time: 120 minutes.

# %% setup="imports"
from contextlib import suppress
from functools import partial
from itertools import count

import numpy as np

from optimlab import answer_to, check, data, landscapes, load, network, plots, save, widgets
from optimlab.arrays import as_arrays, stack_runs, take_run
from optimlab.carry import CarryError
from optimlab.training import descend, steps_to_settle, train, updates_to_target

# %% [markdown]
# ## Stand where the gradient is zero
#
# Gradient descent stops where the gradient is zero. Such a place is called a *critical point*. Some notes say: a
# point with zero gradient is a saddle. Others take it for a minimum. Look at three critical points, and at the
# heights on a small circle around each. The point itself has height 0.

# %% demo="zero"
origin = np.zeros(2)
angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
circle = 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
bowl, horse = landscapes.ravine(0.5, 0.5), landscapes.horse_saddle()
for name, gradient, value in (
    ("bowl", bowl.gradient, bowl.value),
    ("hilltop", lambda x: -bowl.gradient(x), lambda x: -bowl.value(x)),
    ("horse saddle", horse.gradient, horse.value),
):
    around, slope = value(circle), np.linalg.norm(gradient(origin))
    print(f"{name:12}: gradient {slope:g}; around it from {around.min():+.3f} to {around.max():+.3f}")

# %% [markdown]
# Three zero gradients: a minimum, a maximum, and something else. Around the third one it goes up *and* down. Look at
# its shape: a rider sits on it, with the legs hanging down along $y$.

# %% demo="horse"
plots.surface(horse, title="The horse saddle x² - y² is a valley along x and a ridge along y", azimuth=-60)
print(f"at (0.1, 0) the height is {horse.value([0.1, 0]):+.2f}, at (0, 0.1) it is {horse.value([0, 0.1]):+.2f}")

# %% [markdown]
# The gradient cannot tell the three apart: it is zero at all of them. What differs is how the gradient *changes* around
# the point.

# %% [markdown]
# ## Measure the curvature
#
# How fast does the gradient change when we move along one coordinate? That is a *second derivative*, or *curvature*
# (lesson 03 measured two of them). All of them together are the *Hessian*, a symmetric table $H$: entry $H_{ij}$
# says how the gradient's component $i$ changes along coordinate $j$. We measure it. Go a small step $h$ to one side,
# the same to the other, and take the difference of the two gradients. Differences to both sides are called
# *central*.
#
# $$H_{ij} \approx \frac{g_i(x + h\,e_j) - g_i(x - h\,e_j)}{2h}$$
#
# Here $g$ is the gradient and $e_j$ is 1 in coordinate $j$ and 0 elsewhere. Measured so, $H_{ij}$ and $H_{ji}$ are two
# estimates of the same number. So take their mean in the end.
#
# **The trap:** a difference to one side alone is far less exact. And `x` must stay as it was: `x[j] += h` moves the
# caller's point.
#
# <details><summary>Hint 1: the idea</summary>One column for each coordinate. For column j, move the point in coordinate
# j alone: once forward, once back. Both moved points are new arrays.</details>
# <details><summary>Hint 2: the formula</summary>Take the gradient at x + h e_j minus the gradient at x - h e_j.
# Divided by the distance of these two points, that is column j. The result is half the sum of this matrix and its
# transpose.</details>


# %% exercise="numerical_hessian"
def numerical_hessian(gradient, x, h=1e-4):
    """Return the Hessian at a point, by central differences of the gradient.

    gradient: a function from points of shape (d,) to gradients of shape (d,).
    x: the point, floats of shape (d,), d at least 1. It is left as it is.
    h: the step to either side, above 0.
    Returns H: shape (d, d), symmetric: the mean of the measured table and its transpose.
    """
    ### BEGIN SOLUTION
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2
    ### END SOLUTION


# %% check="numerical_hessian" points=4
check(numerical_hessian)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(numerical_hessian)
### END HIDDEN TESTS

# %% [markdown]
# Try it on Rosenbrock's valley, $(1 - x)^2 + 100\,(y - x^2)^2$, at its minimum (1, 1). There the exact Hessian is
# known. The *eigenvalues* of the Hessian are its curvatures along its own axes, the *eigenvectors*: the least and
# the largest curvature are among them.

# %% demo="rosenbrock"
valley, minimum = landscapes.rosenbrock(), np.ones(2)
exact = valley.hessian(minimum)
H = np.asarray(numerical_hessian(valley.gradient, minimum))
print(f"largest error of an entry: {np.abs(H - exact).max():.0e}")
least, largest = np.linalg.eigvalsh(H)
print(f"curvatures {least:.3f} along the valley and {largest:.1f} across it: condition number {largest / least:.0f}")

# %% [markdown]
# ### Predict: which step?
#
# The step $h$ was 0.0001. The difference should become a derivative as $h$ goes to 0. So how does the error depend on
# $h$?
#
# - **a** The smaller $h$, the smaller the error.
# - **b** The error is smallest somewhere between, and grows again below.
# - **c** From some $h$ on it stays as it is.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_step"
guess_step = "?"
print(f"My guess: {guess_step}")


# %% demo="step"
def largest_errors(kind):
    """Return the largest error for each h, with a gradient computed in float64 or float32."""

    def gradient(x):
        return valley.gradient(x.astype(kind))

    return np.array([np.abs(np.asarray(numerical_hessian(gradient, minimum, h)) - exact).max() for h in sizes])


sizes = np.geomspace(1e-1, 1e-11, 21)
errors = {"float64": largest_errors(np.float64), "float32": largest_errors(np.float32)}
for h, double, single in zip(sizes[2:17:4], errors["float64"][2:17:4], errors["float32"][2:17:4], strict=True):
    print(f"h = {h:.0e}: error {double:.0e} in float64, {single:.0e} in float32")
print(answer_to(guess_step, "b"))

# %% [markdown]
# It is **b**. Two errors work against each other. One comes from the shape between the two points: it falls as $h^2$.
# The other is rounding: two gradients that are nearly equal are subtracted, and what is left of their digits is divided
# by $2h$. It grows as $1/h$. See where the two balance.

# %% demo="step_figure"
plots.curves(
    errors,
    x=sizes,
    log_x=True,
    log_y=True,
    title="The best step is near 1e-6 in float64 and near 1e-3 in float32",
    x_label="step h",
    y_label="largest error of an entry",
)
shape = plots.fitted_slope(sizes[2:9], errors["float64"][2:9])
best = [np.log10(sizes[error.argmin()]) for error in errors.values()]
print(f"slope of the float64 error from h = 1e-2 to 1e-5: {shape:.2f}")
print(f"best h within a factor of 10: float64 1e-6 {abs(best[0] + 6) <= 1}, float32 1e-3 {abs(best[1] + 3) <= 1}")

# %% [markdown]
# ![Error against h on logarithmic axes: two V-shaped lines, float32 far above float64](expected:step_figure)
#
# With float32 and the usual $h$ = 1e-4, the error is about 0.1, a large part of the small curvature of 0.399.
# Networks on a GPU often compute in float32. So measure Hessians in float64, or with a larger $h$.

# %% [markdown]
# ## Read the signs
#
# At a critical point, the signs of the eigenvalues say what it is.
#
# | eigenvalues | kind |
# |---|---|
# | some positive and some negative, whatever else is zero | saddle |
# | otherwise, if one of them is zero | degenerate |
# | all positive | minimum |
# | all negative | maximum |
#
# "Degenerate" means that the Hessian does not tell. Measured eigenvalues are never exactly 0. So one counts as zero if
# its magnitude is at most tol · max(1, largest magnitude).
#
# **The trap:** a test with determinant and trace is for two dimensions only. And the order matters: a way up and a way
# down make a saddle, even if a third direction is flat.
#
# <details><summary>Hint 1: the idea</summary>NumPy has a function for the eigenvalues of a symmetric matrix. Ask first
# whether there are eigenvalues of both signs, then whether one of them is zero.</details>
# <details><summary>Hint 2: the formula</summary>Let z be tol times the larger of 1 and the largest magnitude. An
# eigenvalue is positive above z, negative below -z, and zero from -z to z.</details>


# %% exercise="classify_critical_point"
def classify_critical_point(hessian, tol=1e-6):
    """Return what the eigenvalues of the Hessian say of a point with zero gradient.

    hessian: symmetric, shape (d, d), d at least 1.
    tol: above 0. An eigenvalue counts as zero if its magnitude is at most tol * max(1, largest magnitude).
    Returns "saddle", "degenerate", "minimum" or "maximum".
    """
    ### BEGIN SOLUTION
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "minimum" if up else "maximum"
    ### END SOLUTION


# %% check="classify_critical_point" points=4
check(classify_critical_point)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(classify_critical_point)
### END HIDDEN TESTS

# %% [markdown]
# Put both functions together. Look at the kinds of the three points from above, and of the critical points of
# Beale's function, another test landscape.


# %% demo="kinds"
def examine(name, gradient, x):
    """Print the eigenvalues of the Hessian at x, and what they say."""
    H = np.asarray(numerical_hessian(gradient, x))
    low, high = np.linalg.eigvalsh(H)
    print(f"{name:13}: curvatures {low:8.2f} and {high:6.2f}, {classify_critical_point(H)}")


beale = landscapes.beale()
for name, gradient in (
    ("bowl", bowl.gradient),
    ("hilltop", lambda x: -bowl.gradient(x)),
    ("horse saddle", horse.gradient),
):
    examine(name, gradient, origin)
for point in beale.critical_points:
    examine(f"Beale {point.x[0]:.1f}, {point.x[1]:.1f}", beale.gradient, np.array(point.x))

# %% [markdown]
# ### Predict: a flat bowl
#
# The function $x^4 + y^2$ has its minimum at (0, 0): everywhere else it is above 0. What does `classify_critical_point`
# say there?
#
# - **a** "minimum"
# - **b** "saddle"
# - **c** "degenerate"

# %% demo="guess_flat"
guess_flat = "?"
print(f"My guess: {guess_flat}")

# %% demo="silent"
monkey, quartic = landscapes.monkey_saddle(), landscapes.quartic()
for place in (quartic, monkey):
    H = np.asarray(numerical_hessian(place.gradient, origin))
    low, high = place.value(circle).min(), place.value(circle).max()
    print(f"{place.formula}: curvatures {np.abs(np.linalg.eigvalsh(H)).round(6) + 0.0}, {classify_critical_point(H)}")
    print(f"{'':9}heights around it from {low:+.4f} to {high:+.4f}")
print(answer_to(guess_flat, "c"))

# %% [markdown]
# It is **c**. Along $x$ the curvature is zero at the point, and only the fourth power makes it a minimum. The second
# function is the *monkey saddle*: three ways down, one more than a horse saddle, for the tail. Its Hessian is zero
# altogether. Both are "degenerate": **the test is not wrong, it is silent.** Look at the monkey's saddle.

# %% demo="monkey"
plots.surface(monkey, title="The monkey saddle has three ways down, and a Hessian of zeros", elevation=45, azimuth=-70)
heights = monkey.value(circle)
signs = np.sign(heights[np.abs(heights) > 1e-6])
print(f"once around it, the height changes its sign {np.sum(signs != np.roll(signs, 1))} times")

# %% [markdown]
# One more place where training stops, and this one is not a critical point at all. A sigmoid neuron, $\sigma(w) =
# 1/(1 + e^{-w})$, is to give 1/2, and we add a steep coordinate $x$: $f = 50\,x^2 + (\sigma(w) - 1/2)^2/2$. For a
# large weight $w$ the sigmoid is *saturated*: it hardly changes any more. Such a flat region is a *plateau*. Look at
# the slope.

# %% demo="plateau"
shelf = landscapes.shelf_and_wall()
for weight in (2.0, 6.0, 12.0):
    place = np.array([0.0, weight])
    H = np.asarray(numerical_hessian(shelf.gradient, place))
    flat, slope = np.linalg.eigvalsh(H)[0], np.linalg.norm(shelf.gradient(place))
    print(f"w = {weight:2g}: gradient {slope:.1e}, least curvature {flat:.1e}, so {classify_critical_point(H)}")

# %% [markdown]
# The gradient is small and not zero. Minus the gradient points to the minimum at $w = 0$ all the way.
# `classify_critical_point` has nothing to say here: first ask whether the gradient is zero, then ask for the kind.

# %% [markdown]
# ## Count saddles in many dimensions
#
# A network has thousands of parameters. For a minimum, *all* curvatures must be positive. For a saddle, it is enough
# that one has another sign than the rest. How rare does that make minima? As a first model, take Hessians at random: a
# table $A$ of standard normal numbers, made symmetric, $H = (A + A^T)/2$. What share of them are saddles?
#
# **The trap:** `A` itself is not symmetric, and a routine for symmetric matrices does not complain. Draw each `A` with
# one call, so that the same generator gives the same share.
#
# <details><summary>Hint 1: the idea</summary>Count the trials in which the smallest eigenvalue and the largest one have
# different signs. Here no tolerance is needed.</details>
# <details><summary>Hint 2: the formula</summary>For each trial draw A with rng.standard_normal, of shape (dimension,
# dimension), and take half the sum of A and its transpose. The share is the count divided by the number of
# trials.</details>


# %% exercise="saddle_fraction"
def saddle_fraction(dimension, trials, rng):
    """Return which share of random symmetric matrices has eigenvalues of both signs.

    dimension: rows of a matrix, at least 1.
    trials: how many matrices, at least 1.
    rng: a NumPy Generator. Each trial takes rng.standard_normal((dimension, dimension)), once, and makes it
    symmetric: half the sum of it and its transpose.
    Returns a float from 0 to 1.
    """
    ### BEGIN SOLUTION
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return float(saddles / trials)
    ### END SOLUTION


# %% check="saddle_fraction" points=2
check(saddle_fraction)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(saddle_fraction)
### END HIDDEN TESTS

# %% [markdown]
# Draw 2000 matrices in one to six dimensions. Beside your shares stand those of a million matrices each, which are
# recorded (`datasets/experiments/`). For two and three dimensions the exact share is known: $1/\sqrt 2$ and $1/2 +
# \sqrt 2/\pi$.

# %% demo="shares"
record = data.recorded("07_saddles_and_plateaus-shares")
dimensions = record["dimensions"]
definite = (record["minima"] + record["maxima"]) / record["trials"]
rng = np.random.default_rng(0)
yours = np.array([saddle_fraction(d, 2000, rng) for d in dimensions])
for d, share, rest in zip(dimensions, yours, definite, strict=True):
    error = np.sqrt(rest * (1 - rest) / 2000)
    print(f"{d} dimensions: your share {share:.3f} (standard error {error:.3f}), of a million {1 - rest:.4f}")
print(f"exact in two dimensions {1 / np.sqrt(2):.4f}, in three {1 / 2 + np.sqrt(2) / np.pi:.4f}")

# %% [markdown]
# In one dimension there are no saddles. In four, 1 in 200 is *not* one. Look at how fast the rest dies out: the share
# of minima and maxima together.

# %% demo="shares_figure"
plots.curves(
    {"a million matrices": definite, "yours, 2000": 1 - yours},
    x=dimensions,
    log_y=True,
    title="Among random symmetric matrices, minima and maxima die out fast",
    x_label="dimensions",
    y_label="share of minima and maxima",
)
print(f"minima and maxima among a million in six dimensions: fewer than 100: {definite[-1] * 1e6 < 100}")

# %% [markdown]
# ![The share of minima and maxima on a logarithmic axis: it falls faster and faster](expected:shares_figure)
#
# So in this model, in high dimension, a place with zero gradient is hardly ever a minimum or a maximum: nearly all are
# saddles. That is the argument for why training seldom gets stuck in bad local minima. When notes say "most points
# with zero gradient are saddles", they mean this.

# %% [markdown]
# ## Ask what the model leaves out
#
# The model's eigenvalues, its *spectrum*, lie around zero, as many above as below. Real Hessians need not do so.
# Near the bottom of a landscape curvatures are mostly positive. The simplest way to model that is to add $c$ to
# every eigenvalue: it is the Hessian of the same landscape in a bowl of curvature $c$.
#
# ### Predict: shift the spectrum
#
# In 8 dimensions the random eigenvalues lie mostly between -4 and 4. Shift them all by $c = 4$. What share is still a
# saddle?
#
# - **a** More than nine in ten, since all eight must agree.
# - **b** About half.
# - **c** Fewer than two in ten.

# %% demo="guess_shift"
guess_shift = "?"
print(f"My guess: {guess_shift}")


# %% demo="shift"
def random_spectra(dimension, trials=4000):
    """Return the eigenvalues of random symmetric matrices, smallest first, shape (trials, dimension)."""
    A = np.random.default_rng(dimension).standard_normal((trials, dimension, dimension))
    return np.linalg.eigvalsh((A + A.swapaxes(-1, -2)) / 2)


spectra, shifts = random_spectra(8), np.linspace(0, 6, 25)
minima = np.mean(spectra[:, 0] + shifts[:, None] > 0, axis=1)
maxima = np.mean(spectra[:, -1] + shifts[:, None] < 0, axis=1)
saddles = 1 - minima - maxima
for c, saddle, lowest in zip(shifts[::4], saddles[::4], minima[::4], strict=True):
    print(f"shift {c:g}: {saddle:4.0%} saddles, {lowest:4.0%} minima")
print(answer_to(guess_shift, "c"))

# %% [markdown]
# It is **c**. The change comes when the lower edge of the spectrum, $-\sqrt{2n}$ in $n$ dimensions, passes zero. Look
# at how sudden it is.

# %% demo="shift_figure"
plots.curves(
    {"saddles": saddles, "minima": minima},
    x=shifts,
    title="Shift the spectrum by 4, and most of the random matrices are minima",
    x_label="shift c of all eigenvalues, in 8 dimensions",
    y_label="share",
)

# %% [markdown]
# So the model says: *high up* on the landscape, where curvatures of both signs are alike, places with zero gradient are
# saddles; *low down* they are minima. Move the sliders: in 32 dimensions, at which shift do half of the matrices become
# minima?


# %% demo="spectrum"
drawn = {dimension: random_spectra(dimension, 1000) for dimension in (2, 4, 8, 16, 32)}


def draw_spectrum(ax, dimension=8, shift=2.0):
    eigenvalues = drawn[dimension] + shift
    minima = np.mean(eigenvalues[:, 0] > 0)
    saddles = np.mean((eigenvalues[:, 0] < 0) & (eigenvalues[:, -1] > 0))
    heights, edges = np.histogram(eigenvalues, bins=np.linspace(-12, 20, 65), density=True)
    claim = f"{dimension} dimensions, shift {shift:g}: {saddles:.1%} saddles, {minima:.1%} minima"
    axes = {"x_label": "eigenvalue", "y_label": "density"}
    plots.curves({"eigenvalues": heights}, x=(edges[:-1] + edges[1:]) / 2, title=claim, ax=ax, **axes)
    ax.axvline(0, color="black", lw=1)
    ax.set_ylim(0, 0.3)


widgets.explore(draw_spectrum, dimension=list(drawn), shift=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
print(f"edges of the spectrum: {np.sqrt(2 * 8):.0f} in 8 dimensions, {np.sqrt(2 * 32):.0f} in 32")

# %% [markdown]
# ## Look at a real network
#
# Two moons and a small network 2-3-1 with tanh units: 13 parameters. Put them into one list, so that your
# `numerical_hessian` can work on it. First a famous start: all weights zero. Look at the gradient and at the kind.


# %% demo="zero_start"
def packed(params):
    """Return the parameters of a network 2-3-1 as 13 numbers."""
    return np.concatenate([params[key].ravel() for key in ("W1", "b1", "W2", "b2")])


def slope_of_cost(theta):
    W1, b1, W2, b2 = np.split(theta, [6, 9, 12])
    params = {"W1": W1.reshape(3, 2), "b1": b1[:, None], "W2": W2[None], "b2": b2[:, None]}
    return packed(network.cost_and_grads(params, *data.moons(), hidden="tanh")[1])


# %% demo="zero_kind"
zeros = np.zeros(13)
H = np.asarray(numerical_hessian(slope_of_cost, zeros))
eigenvalues = np.linalg.eigvalsh(H)
print(f"gradient below 1e-12: {np.abs(slope_of_cost(zeros)).max() < 1e-12}; kind: {classify_critical_point(H)}")
print(f"{np.sum(eigenvalues > 1e-6)} eigenvalues are positive, {np.sum(eigenvalues < -1e-6)} are negative")

# %% [markdown]
# **This network of zeros stands exactly on a saddle.** (Each class has 150 points; otherwise the last bias would have a
# gradient.) That is one more reason to start from random weights. Now take ten random starts, and the places where
# training from there has come to. Look at how many of the 13 curvatures are negative.


# %% demo="network_hessian"
def negative_curvatures(params):
    return int(np.sum(np.linalg.eigvalsh(numerical_hessian(slope_of_cost, packed(params))) < -0.01))


high = [network.initialise((2, 3, 1), np.random.default_rng(1000 + seed)) for seed in range(10)]
tanh_cost = partial(network.cost_and_grads, hidden="tanh")
run = train("gd", stack_runs(high), *data.moons(), learning_rate=0.5, updates=2000, cost_and_grads=tanh_cost)
low = [take_run(run.params, i) for i in range(10)]
counts = np.array([[negative_curvatures(params) for params in pair] for pair in zip(high, low, strict=True)])
print(f"random starts: {np.median(counts[:, 0]):g} of 13 (median), {counts[:, 0].min()} to {counts[:, 0].max()}")
print(f"after training: {counts[:, 1].min()} to {counts[:, 1].max()}")

# %% [markdown]
# High up more than a third of the curvatures are negative (median): both signs, as in the model without a shift. Low
# down none is, as in the model with one.

# %% [markdown]
# ## Count the steps out
#
# Now to the way out. How many steps does a method need to get away from a saddle? Your function gets any `step` that
# takes a point and its gradient to the next point. The saddle is at the origin.
#
# **The trap:** look before the first step as well, since the start may be outside already. And look after the last step
# that is allowed.
#
# <details><summary>Hint 1: the idea</summary>A loop over the number of steps so far, from 0 to the limit. In each turn
# first look, then step.</details>
# <details><summary>Hint 2: the formula</summary>Return n as soon as the norm of the point is greater than the radius.
# Otherwise the new point is step(point, gradient(point)). After the loop there is nothing to return but None.</details>


# %% exercise="steps_to_escape"
def steps_to_escape(step, gradient, x0, radius, limit):
    """Return after how many steps a point is farther than a radius from a saddle at the origin.

    step: a function from a point (d,) and its gradient (d,) to the next point (d,).
    gradient: a function from points (d,) to gradients (d,).
    x0: the start, shape (d,). It is left as it is.
    radius: in the Euclidean norm. On the radius is not outside.
    limit: the largest number of steps, at least 0.
    Returns the smallest n from 0 to limit, or None if there is none.
    """
    ### BEGIN SOLUTION
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None
    ### END SOLUTION


# %% check="steps_to_escape" points=3.5
check(steps_to_escape)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(steps_to_escape)
### END HIDDEN TESTS

# %% [markdown]
# ## Bring your own optimisers
#
# Take the optimisers that you saved in lessons 03 to 05. Where one is missing, the recorded runs of the course take its
# place, and you lose nothing but the fun.

# %% demo="own"
names = {"momentum": ("momentum_step", "init_velocity"), "adagrad": ("adagrad_step", "init_square_average")}
names |= {"rmsprop": ("rmsprop_step", "init_square_average"), "adam": ("adam_step", "init_adam")}
own = {}
for method, parts in names.items():
    with suppress(CarryError):  # the record takes its place
        own[method] = [load(part) for part in parts]
print(f"yours: {', '.join(own) or 'none saved'}; recorded: {', '.join(m for m in names if m not in own) or 'none'}")

# %% [markdown]
# Those functions keep a state and work on dicts. This turns one of them into a `step` for a point.


# %% demo="stepper"
def stepper(method, rate):
    """Return step(x, g) of one of your optimisers; it starts at rest and remembers its state."""
    take, init = own[method]
    state, numbers = None, count(1)

    def step(x, g):
        nonlocal state
        if state is None:
            state = init({"W1": x})
            state = map(as_arrays, [state] if isinstance(state, dict) else state)
        number = {"t": next(numbers)} if method == "adam" else {}
        params, *state = take({"W1": x}, {"W1": g}, *state, **number, learning_rate=rate)
        return params["W1"]

    return step


basin = landscapes.saddle()
print(f"f = {basin.formula}, curvatures at the saddle: {', '.join(f'{c:g}' for c in np.diag(basin.hessian(origin)))}")

# %% [markdown]
# This saddle lies between two minima at $y = \pm 1$. Its way in is along $x$, its way out along $y$. We start at (0.3,
# d): the *distance* $d$ from the line that leads straight into the saddle is small. We count the steps until the point
# is farther than 0.5 from the saddle.
#
# ### Predict: a million times closer
#
# Plain descent at rate 0.1 needs 43 steps from $d = 0.01$. How many from $d = 10^{-8}$, a million times closer?
#
# - **a** About a million times as many.
# - **b** About four times as many.
# - **c** As many.

# %% demo="guess_closer"
guess_closer = "?"
print(f"My guess: {guess_closer}")


# %% demo="closer"
def plain(rate):
    return lambda x, g: x - rate * g


for d in (1e-2, 1e-4, 1e-6, 1e-8):
    needed = steps_to_escape(plain(0.1), basin.gradient, np.array([0.3, d]), 0.5, 1000)
    print(f"d = {d:.0e}: {needed} steps")
print(answer_to(guess_closer, "b"))

# %% [markdown]
# It is **b**. Near the saddle the gradient along $y$ is $-y$, so that each step multiplies the distance by $1 +
# \alpha$. For ten times the distance it takes $\ln 10 / \ln(1 + \alpha)$ steps. How do the others get out, at the same
# rate of 0.1? Look at the steps per power of ten.

# %% demo="escape"
record = data.recorded("07_saddles_and_plateaus-escape")
distances = record["distances"]
steps = dict(zip(map(str, record["methods"]), record["steps"][:, 0], strict=True))
places = [np.array([0.3, d]) for d in distances]
for method in own:
    steps[method] = [steps_to_escape(stepper(method, 0.1), basin.gradient, x, 0.5, 1000) or np.nan for x in places]
steps["gd"] = [steps_to_escape(plain(0.1), basin.gradient, x, 0.5, 1000) or np.nan for x in places]
for method, needed in steps.items():
    per_ten = np.polyfit(-np.log10(distances[1:]), needed[1:], 1)[0]
    print(f"{method:8}: {per_ten:4.1f} steps per power of ten; {needed[7]:.0f} from d = 1e-8")
print(f"theory for plain descent: {np.log(10) / np.log(1.1):.2f}")

# %% demo="escape_figure"
plots.curves(
    steps,
    x=distances,
    log_x=True,
    title="At rate 0.1 plain descent and momentum pay for every power of ten",
    x_label="first distance d from the line into the saddle",
    y_label="steps to leave it",
)

# %% [markdown]
# ![Steps against distance: two slanted lines, momentum above plain descent, three flat ones](expected:escape_figure)
#
# AdaGrad, RMSprop and Adam divide the gradient by its own size: their steps are *normalised*. A tiny slope along $y$
# gives a step as long as a large one. So they do not care how close the saddle is, as long as the gradient is larger
# than ε.

# %% [markdown]
# ## Prove that momentum is slower here
#
# One reads that momentum rolls out of saddles. Our momentum was slower than plain descent, 36.7 steps per power of ten
# against 24.1. That is no accident. Let $a$ be the rate times the negative curvature's size, here 0.1. Near the saddle
# plain descent grows by the factor $1 + a$. Momentum grows by a factor $z$ in the long run. Put $y_t = z^t$ into its
# update, $y_{t+1} = y_t + \beta\,(y_t - y_{t-1}) + (1-\beta)\,a\,y_t$:
#
# $$p(z) = z^2 - (1 + \beta + (1-\beta)\,a)\,z + \beta = 0$$
#
# At $z = 1$ this is $-(1-\beta)\,a$, below zero. At $z = 1 + a$ it is $\beta a^2$, above zero. So the root lies
# between: **$z < 1 + a$ for every β and every rate: in our form, at an equal rate, momentum leaves a saddle more slowly
# than plain descent.** Look at the numbers.

# %% demo="proof"
for a in (0.01, 0.1, 1.0):
    for beta in (0.5, 0.9):
        z = np.roots([1, -(1 + beta + (1 - beta) * a), beta]).max()
        per_ten = np.log(10) / np.log(z)
        print(f"a = {a:4}, β = {beta}: z = {z:.4f} < {1 + a:.4f}; {per_ten:6.2f} steps per power of ten")

# %% [markdown]
# The last line shows the other side. With β = 0.9 a rate of 1 is stable in the minima. At that rate momentum needs
# fewer steps per power of ten than plain descent at 0.1. As in lesson 03, its gain is the larger rate that it can
# afford. But on this saddle plain descent can take a larger rate as well: the race below is the fair one. (The form βv
# + g has that factor built in: its rate 0.1 is our rate 1.)
#
# Press play, and watch how long nothing seems to happen. Then move the start, the method and the rate. "sign" goes one
# rate along the sign of each gradient component: it is what dividing by the size comes to. Which start gives each
# method the most trouble? What happens at $y_0 = 0$?


# %% demo="play"
def any_step(method, rate):
    """Return a fresh step of plain descent, of "sign", or of one of your optimisers."""
    simple = {"gd": plain(rate), "sign": lambda x, g: x - rate * np.sign(g)}
    return simple[method] if method in simple else stepper(method, rate)


def draw_escape(ax, steps=200, method="gd", rate=0.1, x0=-0.3, y0=0.01):
    step, path = any_step(method, rate), [np.array([x0, y0])]
    for _ in range(steps):
        path.append(step(path[-1], basin.gradient(path[-1])))
    needed = steps_to_escape(any_step(method, rate), basin.gradient, path[0], 0.5, 500)
    claim = f"{method}: not out after 500 steps" if needed is None else f"{method}: out after {needed} steps"
    plots.trajectories(basin, {method: np.array(path)}, title=claim, window=((-0.6, 0.6), (-1.2, 1.2)), ax=ax)


# %% demo="play_sliders"
starts = {"x0": [-0.4, -0.3, -0.2, -0.1, 0.0], "y0": [0.0, 1e-12, 1e-8, 1e-4, 0.01, 0.1, 0.3]}
moments = [*range(0, 61, 2), *range(70, 201, 10)]
choices = {"method": ["gd", "sign", *own], "rate": [0.01, 0.05, 0.1, 0.5, 1.0], **starts}
widgets.explore(draw_escape, play="steps", steps=moments, **choices)
for y0 in (0.01, 1e-8):
    needed = steps_to_escape(any_step("sign", 0.1), basin.gradient, np.array([-0.3, y0]), 0.5, 1000)
    print(f"sign, rate 0.1: out after {needed} steps from y0 = {y0:g}")

# %% [markdown]
# ## Race, each at its own best rate
#
# An equal rate is no fair race: a rate of 0.1 means something else to each method (lesson 04). So every method gets its
# best rate. And to leave is not enough, since a huge rate always leaves. We count the steps until the walk is within
# 0.05 of a minimum *and stays there*, for 100 steps. The way out may also be flatter than the way in: $f = x^2/2 +
# (y^4/4 - y^2/2)/\kappa$, where κ is the ratio of the two curvatures. A saddle with κ = 1 is *round*.
#
# ### Predict: who wins on the round saddle?
#
# The start is about $d = 10^{-4}$ from the line into the saddle. Plain descent at its best rate needs 17 steps. And
# Adam, at its own?
#
# - **a** About half as many.
# - **b** About as many.
# - **c** About three times as many.

# %% demo="guess_race"
guess_race = "?"
print(f"My guess: {guess_race}")

# %% demo="race"
record = data.recorded("07_saddles_and_plateaus-tuned")
kappas, methods = record["kappas"], [str(name) for name in record["methods"]]
needed = dict(zip(methods, record["steps"][:, :, 1], strict=True))  # d = 1e-4, shape (kappas, starts)
for name in methods:
    at = dict(zip(kappas, map(plots.quartiles, needed[name]), strict=True))
    low, middle, high = at[1]
    print(
        f"{name:8}: {middle:.0f} [{low:.0f}, {high:.0f}] steps at κ = 1, {at[10][1]:.0f} at 10, {at[100][1]:.0f} at 100"
    )
print(answer_to(guess_race, "c"))

# %% [markdown]
# It is **c**. On a round saddle nothing is gained by scaling steps or by rolling. Only AdaGrad is sooner: its first
# steps are as long as its rate, and the minima are one unit away. (Lesson 04 has that trick.) Now look at what
# happens as the way out gets flatter.

# %% demo="race_figure"
middle = {name: np.median(runs, axis=1) for name, runs in needed.items()}
print(f"slope of plain descent from κ = 10 on: {plots.fitted_slope(kappas[2:], middle['gd'][2:]):.2f}")
for name in methods[1:]:
    print(f"{name:8}: before plain descent from κ = {kappas[middle[name] < middle['gd']][0]} on")
plots.steps_against_kappa(
    kappas,
    {name: runs.T for name, runs in needed.items()},
    fit=(),
    x_label="curvature into the saddle / curvature out of it, κ",
    y_label="steps to a minimum",
    title="Plain descent is before Adam on a round saddle and last at κ = 100",
)

# %% [markdown]
# Plain descent's rate is capped by the way in, while the way out gets flatter: its steps grow in proportion to κ. From
# κ = 30 on all others are before it. **So, AdaGrad's long first step aside, the gain is a matter of conditioning: none
# on a round saddle, more and more as the way out gets flatter than the way in.** Is the record right? Run the first of
# its starts again.

# %% demo="race_again"
start, rates = record["starts"][1, 0], dict(zip(methods, record["chosen"][:, list(kappas).index(10), 1], strict=True))
stretched = landscapes.saddle(10)
for method in ("gd", *own):
    step = any_step(method, rates[method])
    path = [start]
    for _ in range(1000):
        path.append(step(path[-1], stretched.gradient(path[-1])))
    x, y = np.array(path).T
    settled = steps_to_settle(np.hypot(x, np.abs(y) - 1), 0.05)
    print(f"{method}, κ = 10: {settled:.0f} steps; the record says {needed[method][list(kappas).index(10), 0]:.0f}")

# %% [markdown]
# ## Stand exactly on the line
#
# What if $y_0$ is exactly 0? Then the gradient along $y$ is exactly 0 as well, and every one of our methods divides or
# averages zeros. Nobody moves off the line. Look at plain descent and at what you saved, then at the record of all
# five.

# %% demo="exactly"
line = np.array([0.3, 0.0])
for method in ("gd", *own):
    print(f"{method}: {steps_to_escape(any_step(method, 0.1), basin.gradient, line, 0.5, 5000)}")
record = data.recorded("07_saddles_and_plateaus-noise")
leave = np.isfinite(record["steps"][:, record["noises"] == 0]).any(axis=(1, 2))
print(f"recorded: {leave.sum()} of {len(leave)} methods leave within 2000 steps")

# %% [markdown]
# The answer is None: not within 5000 steps. In training the gradient of a mini-batch is noisy. Is that enough? Add
# normal noise to each component of the gradient, with a tiny standard deviation. Look at twenty walks of plain descent.


# %% demo="noise"
def noisy(deviation, seeds):
    """Return the gradient with noise, each walk with a generator of its own; points are (walks, 2)."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return lambda x: basin.gradient(x) + deviation * np.stack([rng.standard_normal(2) for rng in rngs])


for deviation in (1e-8, 1e-4, 1e-2):
    path = descend("gd", noisy(deviation, range(20)), np.tile(line, (20, 1)), learning_rate=0.1, steps=300)
    out = (np.linalg.norm(path, axis=-1) > 0.5).argmax(axis=0)
    low, middle, high = plots.quartiles(out)
    print(f"noise {deviation:.0e}: out after {middle:.0f} steps [{low:.0f}, {high:.0f}]")

# %% [markdown]
# Noise of one part in a hundred million is enough: **noise helps to leave a saddle.** That is the true part of
# "mini-batches avoid local optima". Is more noise always better? The record has all five methods, 20 walks each: plain
# descent and momentum at rate 0.1, the others at 0.01.

# %% demo="noise_record"
record = data.recorded("07_saddles_and_plateaus-noise")
levels = record["noises"][1:]
out = dict(zip(map(str, record["methods"]), record["steps"][:, 1:].swapaxes(-1, -2), strict=True))
for method, runs in out.items():
    middle = dict(zip(levels, plots.quartiles(runs)[1], strict=True))
    print(f"{method:8}: " + ", ".join(f"{middle[level]:.0f} at {level:g}" for level in (1e-8, 1e-2, 0.1, 1.0)))
plots.scaling(
    out,
    x=levels,
    fit=(),
    x_label="standard deviation of the noise",
    y_label="steps to leave the saddle",
    title="Noise drives plain descent out sooner, and the normalised methods later",
)

# %% [markdown]
# Plain descent gets out sooner, the more noise there is. RMSprop and Adam do not notice it up to 0.01, since they step
# one rate per update anyway. But noise of 1 drowns the slope, and a method that divides by the size of what it sees
# divides by the noise: RMSprop needs 278 steps in place of 30, and AdaGrad, whose sum never forgets, does not get out
# within 2000. **Noise helps; too much noise undoes the normalised step.**
#
# ### In your own words: stuck in a local minimum?
#
# A friend trains a large network. The loss has not moved for an hour, and the norm of the gradient is 1e-7. "We are
# stuck in a local minimum", she says. Which other two places could it be? Why is one of them more likely in a
# network with many parameters? What would you measure or try? Three or four sentences.

# %% [markdown] question="stuck" points=2
# A gradient near zero also belongs to a saddle and to a plateau. For a minimum all curvatures must be positive, for a
# saddle it is enough that one is negative: with many parameters, and as long as the loss is high, that is far more
# likely. I would estimate the eigenvalues of the Hessian, at least the smallest one: a clearly negative one means a
# saddle, values near zero mean a plateau or say nothing. And I would try a little noise (smaller batches, a small
# random kick), or a method that scales the gradient by its size. From a saddle or a plateau the loss then falls. In a
# minimum it does not.

# %% [markdown]
# ## Find a plateau in the losses
#
# From outside, a saddle and a plateau look alike: the loss stands still. So let us find such places in a list of
# losses. Look at as many losses after place $i$ as your *patience* says. The place begins a plateau if none of them
# is lower than loss $i$ by *tol* or more. (PyTorch's scheduler `ReduceLROnPlateau` works in a similar way; with a
# share of the loss, and it compares with the best loss so far.)
#
# **The trap:** an improvement by exactly tol is progress. And all losses of the window must be there: a slice that runs
# over the end is short and raises no error.
#
# <details><summary>Hint 1: the idea</summary>For each place that has enough losses after it, compare its loss with the
# lowest one of the window behind it. Return the first place with too little progress.</details>
# <details><summary>Hint 2: the formula</summary>The window after place i goes from place i + 1 to place i + patience,
# both included. Progress is the loss at i minus the minimum of the window; it is too little below tol.</details>


# %% exercise="find_plateau"
def find_plateau(losses, tol, patience):
    """Return the first place after which the loss improves by less than tol for some time.

    losses: shape (T,), one per update or epoch, at least one.
    tol: above 0. A loss that is lower by tol or more is progress.
    patience: how many losses after a place are looked at, at least 1. All of them must be there.
    Returns the index, from 0, or None if there is no such place.
    """
    ### BEGIN SOLUTION
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None
    ### END SOLUTION


# %% check="find_plateau" points=3.5
check(find_plateau)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(find_plateau)
### END HIDDEN TESTS

# %% [markdown]
# Try it on the shelf beside the wall, $f = 50\,x^2 + (\sigma(w) - 1/2)^2/2$, from (1, 4). Plain descent at rate 0.018
# falls down the wall and then stands on the shelf. Look at where the plateau begins, and when plain descent gets over
# it.

# %% demo="shelf"
path = descend("gd", shelf.gradient, [1.0, 4.0], learning_rate=0.018, steps=12_000)
losses = shelf.value(path)
for tol in (1e-2, 1e-3, 1e-4):
    print(f"tol {tol:g}, patience 10: the plateau begins at step {find_plateau(losses, tol, 10)}")
below = int(np.argmax(losses < 0.05))
print(f"loss {losses[0]:.0f} at the start, {losses[100]:.3f} at step 100; below 0.05 from step {below} on")

# %% demo="shelf_figure"
begins = int(find_plateau(losses, 1e-3, 10))
shown = np.unique(np.geomspace(1, 12_000, 400).astype(int))
plots.curves(
    {"gd": losses[shown]},
    x=shown,
    log_x=True,
    log_y=True,
    title="Plain descent is down the wall in 30 steps, then stands for thousands",
    x_label="step",
    y_label="height f",
    levels={f"plateau from step {begins}": losses[begins]},
)

# %% [markdown]
# ![The height on logarithmic axes: a steep fall, a long level stretch, a second fall](expected:shelf_figure)
#
# So far so good. But `find_plateau` has four traps. Look at them one by one: a loss that rises; a run that has arrived;
# an optimiser that swings; noise.

# %% demo="traps"
rising = np.linspace(1, 5, 50)
print(f"1. a rising loss: plateau at {find_plateau(rising, 1e-3, 10)}")
arrived = 0.5 ** np.arange(60)
print(f"2. a run that has arrived, 0.5 to the power of the step: plateau at {find_plateau(arrived, 1e-3, 10)}")
record = data.recorded("07_saddles_and_plateaus-losses")
for method, heights in zip(record["methods"], record["losses"], strict=True):
    found = [find_plateau(heights, 1e-3, patience) for patience in (10, 50)]
    print(f"3. {method} on the shelf: plateau at {found[0]} with patience 10, at {found[1]} with 50")

# %% [markdown]
# A diverging run and a finished one both count as plateaus: the definition asks for no progress, and not why. (So look
# at the gradient as well.) Momentum and Adam overshoot the wall's bottom and swing up again: with a short patience that
# is a plateau. Now noise. Train ten networks on two moons and look at the loss of each mini-batch, which is noisy, then
# at its mean over each epoch.

# %% demo="noisy_losses"
starts = stack_runs([network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed)) for seed in range(10)])
shuffles = [np.random.default_rng(seed) for seed in range(10)]
history = train("gd", starts, *data.moons(), learning_rate=0.1, updates=150, batch_size=64, rng=shuffles)
by_epoch = history.batch_loss.reshape(30, 5, 10).mean(axis=1)
for name, runs, patience in (
    ("mini-batches, patience 20", history.batch_loss, 20),
    ("means of epochs, patience 4", by_epoch, 4),
    ("means of epochs, patience 10", by_epoch, 10),
    ("all examples, patience 4", history.loss, 4),
):
    found = [find_plateau(run, 1e-3, patience) for run in runs.T]
    print(f"4. {name}: plateaus in {sum(i is not None for i in found)} of 10 runs")

# %% [markdown]
# All ten networks go on learning, as the last line shows. Yet the noise of mini-batches makes a false alarm in every
# run. An average over an epoch helps, and a longer patience helps more. (The weighted average of lesson 02 is another
# way to smooth.)
#
# ## Leave a plateau
#
# Some notes say that momentum, RMSprop and Adam solve the problem of plateaus. Start with the neuron alone, without
# a wall. Each method has its best rate for each first weight $w$, chosen from 40 starts and measured from 20 others
# (a record). We count the steps until $|w|$ is below 0.1 for 100 steps.

# %% demo="neuron"
record = data.recorded("07_saddles_and_plateaus-plateaus")
weights = [int(w) for w in record["weights"]]
alone, walled = (dict(zip(map(str, record["methods"]), record["steps"][:, i], strict=True)) for i in (0, 1))
for method, runs in alone.items():
    print(
        f"{method:8}: "
        + ", ".join(f"{n:.0f} from w = {w}" for w, n in zip(weights, np.median(runs, axis=1), strict=True))
    )

# %% demo="neuron_figure"
plots.curves(
    {method: runs.T for method, runs in alone.items()},
    x=np.array(weights),
    log_y=True,
    title="Without a wall, plain descent is before Adam up to w = 6 and last beyond",
    x_label="first weight w",
    y_label="steps to the minimum",
)

# %% [markdown]
# Alone on the shelf, plain descent at its best rate is before momentum, RMSprop and Adam as far out as $w = 6$. Nothing
# but the shelf limits its rate, and the shelf allows a huge one. Farther out it is last of all. (AdaGrad has its long
# first steps again.)
#
# Now the same shelf beside the wall. It caps the rate of plain descent at 0.02, whatever the shelf would allow.

# %% demo="wall"
for method, runs in walled.items():
    middle = [np.median(runs[weights.index(w)]) for w in (2, 4, 6)]
    print(f"{method:8}: {middle[0]:.0f}, {middle[1]:.0f} and {middle[2]:.0f} steps from w = 2, 4 and 6")
rate = dict(zip(walled, record["chosen"][:, 1, 1], strict=True))
gain = [np.median(walled["gd"][i]) / np.median(walled["momentum"][i]) for i in (0, 1, 2)]
steepest = np.linalg.eigvalsh(shelf.hessian(origin))[-1]
print(f"best rate at w = 4: momentum {rate['momentum'] / rate['gd']:.0f} times that of plain descent, {rate['gd']:.3f}")
print(f"largest stable rate of plain descent: 2 / {steepest:g} = {2 / steepest:g}")
print(f"momentum needs {gain[0]:.0f}, {gain[1]:.0f} and {gain[2]:.0f} times fewer steps than plain descent")

# %% demo="wall_figure"
plots.comparison(
    {method: runs[weights.index(4)] for method, runs in walled.items()},
    rates={method: float(f"{value:.2g}") for method, value in rate.items()},
    log_x=True,
    title="Beside a steep wall, every method leaves the shelf sooner than plain descent",
    x_label="steps to the minimum from w = 4",
)

# %% [markdown]
# This is the honest case for the claim. Momentum's gain is its larger rate and nothing else: 18 to 19 times, as the
# limit of lesson 03 has it (19 for β = 0.9). RMSprop and Adam do not see the wall at all, since they divide along $w$
# by the gradients along $w$ alone: they need about as many steps as without it. (The wall lies along an axis. Turned
# against the axes it would take that away, as in lesson 04.)
#
# ## Start a network saturated
#
# Last, real networks: two moons, 2-16-8-1 with *sigmoid* hidden units, mini-batches of 64. All hidden biases start at
# 0, 4 or 6: at 6 every hidden unit gives nearly 1, whatever comes in. We count updates to a training loss of 0.3, 2000
# at most. Rates are chosen on seeds 0 to 9 and measured on seeds 10 to 29.

# %% demo="network"
record = data.recorded("07_saddles_and_plateaus-network")
biases, methods = list(record["biases"]), [str(name) for name in record["methods"]]
updates = dict(zip(methods, record["updates"], strict=True))
for method, runs in updates.items():
    middle, missed = plots.quartiles(runs.T)[1], np.isnan(runs).sum(axis=1)
    print(
        f"{method:8}: "
        + ", ".join(f"bias {b}: {n:.0f} ({k} missed)" for b, n, k in zip(biases, middle, missed, strict=True))
    )
plots.comparison(
    {method: runs[biases.index(6)] for method, runs in updates.items()},
    rates={method: rate for method, rate in zip(methods, record["chosen"][:, 2], strict=True) if np.isfinite(rate)},
    title="From saturated units plain descent arrives on 1 of 20 seeds, RMSprop on all",
    x_label="updates to a training loss of 0.3, first biases 6",
)

# %% [markdown]
# From a bias of 6, plain descent arrives on one of 20 seeds. No rate brought any of seeds 0 to 9 to the target, so
# its row shows the best of *all* rates of its grid on each seed. Momentum takes long, and misses five times. The
# methods that divide by the gradient's size suffer far less: RMSprop hardly notices, Adam takes about twice as long as
# from 0, and AdaGrad misses twice. Here the claim is right. Now train the first of these seeds yourself, from bias 0
# with plain descent, and from bias 6 with what you saved.


# %% demo="train"
def trained(step, rate, bias, state=()):
    """Return how many updates seed 10 needs, if all hidden units start with this bias."""
    params = network.initialise((2, 16, 8, 1), np.random.default_rng(1010))
    params |= {key: params[key] + bias for key in ("b1", "b2")}
    options = {"updates": 2000, "batch_size": 64, "rng": np.random.default_rng(10), "state": state}
    sigmoid = partial(network.cost_and_grads, hidden="sigmoid")
    history = train(step, params, *data.moons(), learning_rate=rate, cost_and_grads=sigmoid, **options)
    return updates_to_target(history, 0.3)


chosen = dict(zip(methods, record["chosen"], strict=True))
print(f"gd, bias 0: {trained('gd', chosen['gd'][0], 0):.0f} updates; the record says {updates['gd'][0, 0]:.0f}")
for method in own:
    reached = trained(own[method][0], chosen[method][2], 6, own[method][1])
    print(f"{method}, bias 6: {reached:.0f} updates; the record says {updates[method][2, 0]:.0f}")

# %% [markdown]
# ### In your own words: which tool?
#
# Some notes say: "Momentum, RMSprop and Adam solve the problem of plateaus; they learn quickly and get across." Name
# one case from this lesson in which that is true and one in which it is false. What decides? Three or four
# sentences.

# %% [markdown] question="which_tool" points=2
# True: beside a steep wall the rate of plain descent is capped by the wall, and it needs thousands of steps on the
# shelf; momentum affords a rate 18 times as large, and methods that divide by the gradient's size take full steps on
# the flat. Also true: networks that start saturated. False: on a round saddle and near the foot of the shelf plain
# descent at its best rate is sooner than momentum, RMSprop and Adam. And at an equal rate, momentum in our form leaves
# a saddle more slowly than plain descent. What decides is whether something steep caps the rate: the condition number;
# and that the gradient is neither exactly zero nor smaller than the noise.

# %% [markdown]
# ## Keep your work
#
# This writes your functions to files beside the lesson folders.

# %% demo="save"
save(numerical_hessian)
save(classify_critical_point)
save(saddle_fraction)
save(find_plateau)
save(steps_to_escape)

# %% [markdown]
# ## What you saw
#
# - A zero gradient is not a minimum: the signs of the curvatures decide, but where one of them is zero they may be
#   silent. In many dimensions nearly all such places are saddles, as long as the loss is high.
# - Near a saddle, plain descent and momentum pay for every power of ten of the distance; methods that divide by the
#   gradient's size do not. Exactly on the line nobody moves, a little noise helps, too much undoes the normalised step.
# - Whether momentum, RMSprop and Adam win is a matter of conditioning: on a round saddle plain descent at its best rate
#   is before them, beside a steep wall it is last.
#
# | English | Chinese |
# |---|---|
# | critical point | 临界点 |
# | saddle point | 鞍点 |
# | local minimum, local optimum | 局部极小值，局部最优 |
# | plateau | 停滞区，平坦区 |
# | curvature | 曲率 |
# | Hessian (matrix) | 黑塞矩阵，海森矩阵 |
# | eigenvalue, eigenvector | 特征值，特征向量 |
# | central difference | 中心差分 |
# | rounding error | 舍入误差 |
# | spectrum | 谱 |
# | saturated | 饱和 |
# | normalised step | 归一化步长 |
# | condition number | 条件数 |
# | to escape | 逃离 |
#
# **Sources**
#
# - Y. N. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio (2014), "Identifying and attacking the saddle
#   point problem in high-dimensional non-convex optimization", *NeurIPS*: why local minima are rare, and plateaus
#   around saddles.
# - A. J. Bray, D. S. Dean (2007), "Statistics of critical points of Gaussian fields on large-dimensional spaces",
#   *Physical Review Letters* 98, 150201: high up saddles, low down minima.
# - D. S. Dean, S. N. Majumdar (2006), "Large deviations of extreme eigenvalues of random matrices", *Physical Review
#   Letters* 97, 160201: how fast minima die out.
# - C. Jin, R. Ge, P. Netrapalli, S. M. Kakade, M. I. Jordan (2017), "How to Escape Saddle Points Efficiently", *ICML*:
#   noise leads gradient descent out.
# - J. Nocedal, S. J. Wright (2006), *Numerical Optimization*, 2nd edition, section 8.1: differences and their step.
# - PyTorch's documentation of `torch.optim.lr_scheduler.ReduceLROnPlateau`.
