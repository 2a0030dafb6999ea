# %% [markdown]
# # Learn from a few examples at a time: mini-batches
#
# - **You will build** gradient descent on mini-batches: the step, the batches, the cost, and the epoch around them.
# - **You will learn** how the batch size trades noise for speed, why "faster" depends on the clock, and what
#   mini-batches do not promise.
# - **You need** NumPy, and the gradient of a network (back-propagation itself is given). Time: 100 minutes.

# %% setup="imports"
import time
import tracemalloc

import numpy as np

from optimlab import answer_to, check, data, network, plots, save, widgets
from optimlab.arrays import missing_for_gpu, to_device
from optimlab.training import train, updates_to_target

# %% [markdown]
# ## Replace the loop by a product
#
# A layer multiplies each example by its weights, $z = W x$. (A layer of a network also adds a *bias* $b$ to each unit;
# we leave it out here.) Examples stand in the columns of $X$, and $m$ is their number. We can go through them one by
# one, or write $Z = W X$ once. Do both give the same?


# %% demo="agree"
def with_a_loop(W, X):
    """Multiply the examples one after the other."""
    Z = np.empty((len(W), X.shape[1]))
    for i in range(X.shape[1]):
        Z[:, i] = W @ X[:, i]
    return Z


rng = np.random.default_rng(0)
W, X_random = rng.standard_normal((20, 100)), rng.standard_normal((100, 1000))
Z = W @ X_random
print(f"loop and product agree: {np.allclose(with_a_loop(W, X_random), Z)}; Z has shape {Z.shape}")

# %% [markdown]
# Now time them, for a layer of 1 unit and one of 20 units, as $m$ grows. The numbers are of your computer, and change
# from run to run. Look at how much longer the loop takes.


# %% demo="timings" tags=["nbval-ignore-output"]
def seconds(run, repeats):
    """Return the shortest time of several."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def loop_over_product(units, m):
    """Return how many times as long the loop takes as the product."""
    W, X = rng.standard_normal((units, 100)), rng.standard_normal((100, m))
    return seconds(lambda: with_a_loop(W, X), 3) / seconds(lambda: W @ X, max(7, min(200, 200_000 // m)))


examples = np.array([1, 10, 100, 1000, 10_000, 100_000])
slower = {units: np.array([loop_over_product(units, m) for m in examples]) for units in (1, 20)}
for units, ratios in slower.items():
    print(f"units: {units:2}; the loop takes {', '.join(f'{ratio:.0f}' for ratio in ratios)} times as long")

# %% demo="ratio"
plots.scaling(
    {"1 unit": slower[1], "20 units": slower[20]},
    x=examples,
    title="The gain of one product over a loop rises with m, then flattens or falls",
    x_label="number of examples m",
    y_label="time of the loop / time of the product",
    fit=False,
)
print(f"gain at m = 1000 above 5 with 20 units: {slower[20][3] > 5}; above 20 with 1 unit: {slower[1][3] > 20}")
print(f"gain at m = 100,000 below 5 times that at 1000: {max(slower[u][5] / slower[u][3] for u in slower) < 5}")

# %% [markdown]
# Each turn of the loop pays for a call of Python, about a microsecond, whatever it computes. The product pays once,
# so its gain rises with $m$. When all the overhead is shared out, only arithmetic is left, and the gain stays where
# it is. With 20 units there is more arithmetic per call, so less is gained. And once $X$ no longer fits into the
# processor's cache, the product waits for memory, and the gain may fall.
#
# **So a batch should be large enough to share out the overhead. To take all the examples at once is not necessary.**

# %% [markdown]
# ## Cut the training set
#
# A step of gradient descent on all $m$ examples is called *batch* gradient descent. With $m$ = 50,000 it looks at
# 50,000 examples to make a single step. Let us cut the set into *mini-batches* of 1,000. We write $X^{\{t\}}$ and
# $Y^{\{t\}}$ for the $t$-th one. Look at the shapes: a label is one number, so $Y^{\{t\}}$ has one row. (The data are
# *two moons*, points in the plane in two classes; another 2,000 are held out for later.)

# %% demo="partition"
X_all, Y_all = data.moons(52_000, seed=0)
X_many, Y_many, X_held, Y_held = X_all[:, :50_000], Y_all[:, :50_000], X_all[:, 50_000:], Y_all[:, 50_000:]
batches = [(X_many[:, first : first + 1000], Y_many[:, first : first + 1000]) for first in range(0, 50_000, 1000)]
print(f"X {X_many.shape}, Y {Y_many.shape}: {len(batches)} mini-batches")
for t in (1, 2, 50):
    X_t, Y_t = batches[t - 1]
    print(f"t = {t:2}: X{{t}} {X_t.shape}, Y{{t}} {Y_t.shape}, examples {1000 * (t - 1) + 1} to {1000 * t}")

# %% [markdown]
# One step on one mini-batch is an *update*. One pass over all mini-batches is an *epoch*. Here $t$ runs from 1 to 50,
# and an epoch makes 50 updates. Batch descent makes one.
#
# Small batches also save memory. Look at the peak of one computation of the cost (the *forward pass*) and of its
# gradients (the *backward pass*) in a network 2-16-8-1: 2 inputs, two layers of 16 and 8 units, 1 output. Hidden units
# give max(0, z), which is called *ReLU*. The output unit gives $1/(1 + e^{-z})$, the *sigmoid*, between 0 and 1.


# %% demo="memory"
def peak_megabytes(m):
    """Return the most memory in use while cost and gradients of m examples are computed."""
    params = network.initialise((2, 16, 8, 1), np.random.default_rng(0))
    tracemalloc.start()
    network.cost_and_grads(params, X_many[:, :m], Y_many[:, :m])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


whole, small = peak_megabytes(50_000), peak_megabytes(1000)
print(f"50,000 examples: {whole:.1f} MB; 1,000 examples: {small:.1f} MB: {whole / small:.0f} times less")

# %% [markdown]
# Memory grows in proportion to the batch, since every unit keeps its value for every example of it. Here that is
# little. With images and a large network it decides what fits at all.

# %% [markdown]
# ## Take a step
#
# Begin with the step itself. Every weight and every bias moves against its gradient, the derivative of the cost $J$
# (defined below). The *learning rate* α says how far:
#
# $$W \leftarrow W - \alpha\, \frac{\partial J}{\partial W}, \qquad b \leftarrow b - \alpha\, \frac{\partial
# J}{\partial b}$$
#
# **The trap:** the function is pure. It returns a new dict and leaves `params` as it was, so that the same step can be
# tried again at another rate. `params[key] -= ...` would change the caller's arrays.
#
# <details><summary>Hint 1: the idea</summary>Go through all keys, whatever they are called and however many there
# are. Each parameter has its gradient under the same key.</details>
# <details><summary>Hint 2: the formula</summary>For each key: the new parameter is the old one minus α times its
# gradient.</details>


# %% exercise="gd_step"
def gd_step(params, grads, learning_rate):
    """Take one step of gradient descent.

    params, grads: dicts of arrays with the same keys and shapes: "W1" (n_1, n_0), "b1" (n_1, 1), "W2" and so on.
    learning_rate: α, above 0.
    Returns params: a new dict with the same keys, after the step.
    """
    ### BEGIN SOLUTION
    return {key: params[key] - learning_rate * grads[key] for key in params}
    ### END SOLUTION


# %% check="gd_step" points=2
check(gd_step)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(gd_step)
### END HIDDEN TESTS

# %% [markdown]
# ## Shuffle and cut
#
# Data often come sorted, so examples are put into a random order before they are cut, and again for each epoch.
#
# **The traps:** `X` and `Y` need the *same* order, or each example gets another one's label. Examples are columns. The
# last batch is smaller if `batch_size` does not divide $m$; it is neither dropped nor filled up, and never empty. And
# all randomness comes from `rng`, so that a run can be repeated.
#
# <details><summary>Hint 1: the idea</summary>Draw one random order of the numbers 0 to m-1. Cut this order into
# pieces. Each piece says which columns of X and of Y make a batch.</details>
# <details><summary>Hint 2: the formula</summary>Batch t holds the entries (t-1)·batch_size to t·batch_size of the
# order, the last one not included; t runs up to m / batch_size, rounded up. A generator draws an order with
# <code>rng.permutation</code>.</details>


# %% exercise="random_mini_batches"
def random_mini_batches(X, Y, batch_size, rng):
    """Shuffle the examples and cut them into mini-batches.

    X: (n_x, m), Y: (1, m), examples in columns.
    batch_size: examples in a batch, at least 1; it may be larger than m.
    rng: a NumPy generator, the only source of randomness.
    Returns a list of pairs (X_t, Y_t), of shapes (n_x, batch_size) and (1, batch_size). The last may be smaller.
    """
    ### BEGIN SOLUTION
    m = X.shape[1]
    order = rng.permutation(m)
    cuts = [order[start : start + batch_size] for start in range(0, m, batch_size)]
    return [(X[:, columns], Y[:, columns]) for columns in cuts]
    ### END SOLUTION


# %% check="random_mini_batches" points=6
check(random_mini_batches)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(random_mini_batches)
### END HIDDEN TESTS

# %% [markdown]
# From here on everything runs on your functions. If yours are not right yet, read on: below most figures of theirs
# is a folded picture of what it should look like.
#
# Look at the batches of 300 moons. How large is the last one?

# %% demo="batches"
batches = random_mini_batches(*data.moons(300), 64, np.random.default_rng(0))
sizes = [np.shape(X_t)[1] for X_t, _ in batches]
print(f"{len(batches)} batches with {sizes} examples, {sum(sizes)} in all")
print("share of label 1 in each:", ", ".join(f"{np.mean(Y_t):.2f}" for _, Y_t in batches))


# %% [markdown]
# ## Measure the cost
#
# The cost of a batch is the mean *cross-entropy* of its examples, plus a price for large weights, the *L2 penalty*:
#
# $$J = -\frac{1}{m} \sum_{i=1}^{m} \left[ y_i \log a_i + (1 - y_i) \log(1 - a_i) \right] + \frac{\lambda}{2m}
# \sum_{l} \lVert W^{[l]} \rVert_F^2$$
#
# Here $a_i$ is the probability of label 1 that the network gives, and $m$ the number of examples in the batch. λ
# (lambda) is the strength of the penalty. $\lVert W \rVert_F^2$, the squared *Frobenius norm*, is the sum of all
# squared entries of $W$. The cost without the penalty is also called the *loss*.
#
# **The trap:** the penalty has the *squared* norms, of the weights of *all* layers. Biases are free.
#
# <details><summary>Hint 1: the idea</summary>Two parts. One compares A with Y and takes a mean over the examples. The
# other looks at the parameters alone. Which keys of <code>params</code> are weights?</details>
# <details><summary>Hint 2: the formula</summary>The first part is minus the sum of Y log A + (1 - Y) log(1 - A), over
# m. The second is λ / (2m) times the sum of the squared entries under all keys that start with W.</details>


# %% exercise="regularised_cost"
def regularised_cost(A, Y, params, lam):
    """Compute the mean cross-entropy with an L2 penalty on the weights.

    A: (1, m), the probabilities of label 1, above 0 and below 1. Y: (1, m), the labels 0 and 1.
    params: dict of arrays "W1", "b1", "W2", ...; biases are not penalised.
    lam: λ, at least 0.
    Returns the cost, a float; logarithms are natural.
    """
    ### BEGIN SOLUTION
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    squares = sum(np.sum(W**2) for key, W in params.items() if key.startswith("W"))
    return float(cross_entropy + lam / (2 * m) * squares)
    ### END SOLUTION


# %% check="regularised_cost" points=4
check(regularised_cost)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(regularised_cost)
### END HIDDEN TESTS

# %% [markdown]
# Look at the cost of a fresh network with and without the penalty. Then look at the same λ on a batch of 40 of the
# 2,000 moons: the penalty is divided by the batch's $m$, so it weighs more.

# %% demo="penalty"
X, Y = data.moons(2000, seed=0)
params = network.initialise((2, 16, 8, 1), np.random.default_rng(1000))
for m in (2000, 40):
    A, labels = network.forward(params, X[:, :m]), Y[:, :m]
    plain, penalised = regularised_cost(A, labels, params, 0.0), regularised_cost(A, labels, params, 1.0)
    print(f"m = {m:4}: cross-entropy {plain:.3f}, penalty {penalised - plain:.4f}")
print("as in optimlab.network:", np.isclose(penalised, network.cost(params, X[:, :40], labels, lam=1.0)))

# %% [markdown]
# The penalty is 50 times as large, because the batch is 50 times as small. **So a λ belongs to a batch size.** If you
# change the one, change the other in proportion.

# %% [markdown]
# ## Run an epoch
#
# Now the inner loop: go over the batches, and for each one compute cost and gradients and take a step. The function
# that computes them comes as an argument: `cost_and_grads(params, X_t, Y_t)` returns the cost and the gradients.
#
# **The trap:** each batch starts from the parameters that the batch before has left. And a cost is taken *before* the
# step of its batch.
#
# <details><summary>Hint 1: the idea</summary>One loop, three lines in it: measure, step, note the cost. What
# <code>gd_step</code> returns is where the next turn begins.</details>
# <details><summary>Hint 2: the formula</summary>For t = 1, 2, ...: (J_t, its gradient) at the present parameters on
# batch t; parameters ← parameters - α times that gradient; append J_t to the list.</details>


# %% exercise="train_epoch"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    """Pass over all batches once, with one step of gradient descent on each.

    params: dict of arrays, which stays as it is. batches: list of pairs (X_t, Y_t), used in this order.
    cost_and_grads: cost_and_grads(params, X_t, Y_t) returns the cost and the gradients, a dict like params.
    learning_rate: α, above 0.
    Returns params, costs: the parameters after the last step; a list with the cost of each batch before its step.
    Without batches the parameters are those given, and the list is empty.
    """
    ### BEGIN SOLUTION
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = gd_step(params, grads, learning_rate)
        costs.append(cost)
    return params, costs
    ### END SOLUTION


# %% check="train_epoch" points=4
check(train_epoch)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(train_epoch)
### END HIDDEN TESTS

# %% [markdown]
# One epoch is the inner loop. A second loop around it repeats epochs, each with a new shuffle. (An `if` would not: it
# runs its block once, or never.) Look at the cost and at the number of updates.


# %% demo="epochs"
def trained(batch_size, epochs, learning_rate, seed=0):
    """Return the parameters and all batch costs of a training run on 2,000 moons."""
    params, rng = network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed)), np.random.default_rng(seed)
    costs = []
    for _ in range(epochs):
        batches = random_mini_batches(X, Y, batch_size, rng)
        params, of_epoch = train_epoch(params, batches, network.cost_and_grads, learning_rate)
        costs.extend(of_epoch)
    return params, np.array(costs)


for epochs in (1, 3, 10):
    params, costs = trained(64, epochs, 0.5)
    print(f"{epochs:2} epochs, {len(costs):3} updates: cost on all examples {network.cost(params, X, Y):.3f}")

# %% [markdown]
# What does shuffling buy? Sort the 2,000 moons by their label and train as before, but in that order. Look at how many
# come out right.

# %% demo="sorted"
by_label = np.argsort(Y[0], kind="stable")
in_order = [(X[:, cut], Y[:, cut]) for cut in np.split(by_label, range(64, 2000, 64))]
sorted_params = network.initialise((2, 16, 8, 1), np.random.default_rng(1000))
for _ in range(10):
    sorted_params, _ = train_epoch(sorted_params, in_order, network.cost_and_grads, 0.5)
for name, trained_params in (("sorted", sorted_params), ("shuffled", params)):
    print(f"{name:8}: {network.count_correct(trained_params, X, Y) / 20:.0f} % right")

# %% [markdown]
# In the sorted order the network sees one class alone for half an epoch, and forgets the other one.

# %% [markdown]
# Later we use `optimlab.training.train`, which contains the same two loops around your `gd_step` and records losses
# on the way. Does it do what yours does?

# %% demo="same"
start = network.initialise((2, 16, 8, 1), np.random.default_rng(1000))
history = train(gd_step, start, X, Y, learning_rate=0.5, epochs=10, batch_size=64, rng=np.random.default_rng(0))
print("the same cost of every batch:", np.allclose(history.batch_loss, costs))


# %% [markdown]
# ## See the noise
#
# The cost of batch descent falls from step to step. On mini-batches every step measures the cost on other examples.
# Take one rate, 0.1, and 200 updates each: with all 2,000 examples, with batches of 64, and with single examples.
# Batches of a single example have a name of their own: *stochastic* gradient descent.

# %% demo="noisy_costs"
curves = {size: trained(size, epochs, 0.1)[1][:200] for size, epochs in ((1, 1), (64, 7), (2000, 200))}
for size, costs in curves.items():
    rises = np.mean(np.diff(costs) > 0)
    spread = costs[-100:].std()
    print(f"batches of {size:4}: cost rises at {rises:3.0%} of the updates; spread of the last 100: {spread:.2f}")
plots.curves(
    {f"batches of {size}": costs for size, costs in curves.items()},
    title="The smaller the batch, the noisier its cost",
    x_label="updates",
    y_label="cost of the batch",
)

# %% [markdown]
# ![Three cost curves: all examples fall smoothly, batches of 64 tremble, single ones jump](expected:noisy_costs)
#
# A cost that rises is no mistake here: another batch, another cost.

# %% [markdown]
# ### Predict: how much noise for how many examples?
#
# The gradient of a batch is an estimate of the gradient of all examples. You want an estimate that is twice as good:
# half the distance. How large must the batch be?
#
# - **a** Twice as large.
# - **b** Four times as large.
# - **c** Sixteen times as large.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_noise"
guess_noise = "?"
print(f"My guess: {guess_noise}")


# %% [markdown]
# We take 1,797 handwritten digits and a network 64-32-10, with one output for each digit, and draw 100 batches of
# each size. Look at how far their gradients lie from the full one (root of the mean square).


# %% demo="noise"
def gradient_distance(size, draws=100):
    """Return the root mean square distance of batch gradients from the full one; drawn with replacement."""
    squares = []
    for _ in range(draws):
        chosen = rng.integers(0, 1797, size)
        grads = network.cost_and_grads(params, X_digits[:, chosen], Y_digits[:, chosen])[1]
        squares.append(sum(np.sum((grads[key] - full[key]) ** 2) for key in full))
    return np.sqrt(np.mean(squares))


X_digits, Y_digits = data.digits()
params, rng = network.initialise((64, 32, 10), np.random.default_rng(0)), np.random.default_rng(0)
full = network.cost_and_grads(params, X_digits, Y_digits)[1]
distances = {size: gradient_distance(size) for size in (1, 4, 16, 64)}
for size, distance in distances.items():
    print(f"batches of {size:2}: distance {distance:.1f}")
print(f"four times the examples, {distances[1] / distances[4]:.1f} times less noise")
print(answer_to(guess_noise, "b"))

# %% [markdown]
# The same for ten fresh networks, and sizes up to 1024 (a *record*: runs that were made beforehand, in
# `datasets/experiments/`). One line draws the batch *with replacement*: an example may come twice. The other cuts it
# from a shuffled epoch, as your function does. Look at the slopes, and at the end of the second line.

# %% demo="noise_law"
record = data.recorded("01_mini_batches-noise")
lines = {"with replacement": record["with_replacement"], "cut from a shuffled epoch": record["without"]}
slope = plots.fitted_slope(record["sizes"], np.median(lines["with replacement"], axis=0))
print(f"slope with replacement: {slope:.2f}")
last = [np.median(line[:, -1]) for line in lines.values()]
print(f"1024 of 1797 digits: {last[1] / last[0]:.2f} of the noise; theory {np.sqrt(1 - 1024 / 1797):.2f}")
plots.scaling(
    lines,
    x=record["sizes"],
    title="Gradient noise falls as one over the root of the batch size",
    x_label="batch size",
    y_label="distance from the full gradient",
    fit=["with replacement"],
)

# %% [markdown]
# A slope of -1/2 is the law of means: the noise of a mean of $B$ independent draws falls as $1/\sqrt{B}$. So **each
# halving of the noise costs four times the work.** That is one reason why huge batches seldom pay. Without replacement
# there is a factor $\sqrt{1 - B/m}$, since a batch of all examples has no noise at all. It matters when the batch is a
# large part of the set.

# %% [markdown]
# ## Race on three clocks
#
# Now 50,000 moons to train with, and 2,000 others, held out, to measure the loss. Batch, mini-batch and stochastic
# descent run to a held-out loss of 0.13, each at its own best rate (how that was chosen comes below). Look at the same
# three runs on three clocks. First: updates.


# %% demo="race"
def raced(size, rate, updates, record_every):
    """Return the history of one run on 50,000 moons."""
    start, rng = network.initialise((2, 16, 8, 1), np.random.default_rng(1010)), np.random.default_rng(10)
    settings = {"updates": updates, "batch_size": size, "rng": rng, "record_every": record_every}
    loss = lambda params: network.cost(params, X_held, Y_held)  # noqa: E731
    return train(gd_step, start, X_many, Y_many, learning_rate=rate, loss=loss, **settings)


runs = {1: raced(1, 0.1, 3000, 50), 64: raced(64, 2.0, 240, 2), 50_000: raced(50_000, 2.0, 100, 1)}
needed = {size: updates_to_target(run, 0.13) for size, run in runs.items()}
print("updates to 0.13:", ", ".join(f"{count:.0f} with batches of {size}" for size, count in needed.items()))


# %% demo="by_updates"
def draw_race(title, x_label, per_update):
    """Draw the lowest loss so far, on a clock that advances per_update[size] with each update."""
    plots.curves(
        {f"batches of {size}": np.minimum.accumulate(run.loss)[1:] for size, run in runs.items()},
        x={f"batches of {size}": run.updates[1:] * per_update[size] for size, run in runs.items()},
        title=title,
        x_label=x_label,
        y_label="lowest held-out loss so far",
        log_x=True,
        levels={"target": 0.13},
    )


draw_race("By updates, single examples are far behind", "updates", {1: 1, 64: 1, 50_000: 1})

# %% [markdown]
# ![Loss against updates: single examples are at 0.13 after more than 1,000, the others before 100](expected:by_updates)
#
# A full gradient makes the best single step. But it looks at 50,000 examples for it. Second clock: epochs, that is
# examples looked at.

# %% demo="by_epochs"
passes = {size: count * size / 50_000 for size, count in needed.items()}
print("epochs to 0.13:", ", ".join(f"{count:.2g} with batches of {size}" for size, count in passes.items()))
share = {size: size / 50_000 for size in runs}
draw_race("By epochs, single examples are first, and the full batch is last by far", "epochs", share)

# %% [markdown]
# ![Loss against epochs: single examples and 64 are at 0.13 before 0.1, the full batch after 55](expected:by_epochs)
#
# ### Predict: who is first on a real clock?
#
# - **a** Single examples: they need the fewest examples.
# - **b** Batches of 64.
# - **c** The full batch: it needs the fewest updates.

# %% demo="guess_clock"
guess_clock = "?"
print(f"My guess: {guess_clock}")


# %% demo="by_seconds"
def seconds_per_update(run):
    """Return the typical (median) time of an update."""
    return np.median(np.diff(run.seconds) / np.diff(run.updates))


lasts = {size: seconds_per_update(run) for size, run in runs.items()}
draw_race("By seconds, batches of 64 are first", "seconds", lasts)
for size in (1, 50_000):
    sooner = needed[size] * lasts[size] > 3 * needed[64] * lasts[64]
    print(f"64 is at the target more than 3 times as soon as {size}: {sooner}")
print(f"an update with 64 takes less than 3 times as long as with 1: {lasts[64] < 3 * lasts[1]}")
print(f"an update with 50000 takes more than 50 times as long as with 64: {lasts[50_000] > 50 * lasts[64]}")
print(answer_to(guess_clock, "b"))

# %% [markdown]
# A single example costs nearly the same time as 64: most of an update is overhead, as in the loop at the beginning.
# And 50,000 cost many times as much, for a gradient that is not worth it.

# %% [markdown]
# ## Choose a batch size
#
# One seed, which fixes the random start and the shuffles, is an anecdote. The record holds eight sizes. For each of
# them the rate was chosen from 0.05, 0.1, 0.2, 0.5, 1, 2, 5 on five seeds, and measured on ten others. Look at the
# updates: the median, and in brackets the *quartiles*, between which half of the seeds lie. And look at the epochs.

# %% demo="sizes"
record = data.recorded("01_mini_batches-sizes")
sizes, middle = record["sizes"], np.median(record["updates"], axis=1)
for size, rate, updates in zip(sizes, record["chosen"], record["updates"], strict=True):
    low, median, high = plots.quartiles(updates)
    spread, passes = f"{median:.0f} updates [{low:.0f}, {high:.0f}]", median * size / 50_000
    print(f"size {size:5}, rate {rate:4}: {spread:30} {passes:6.2f} epochs")
of_seed_10 = ", ".join(f"{record['updates'][row, 0]:.0f}" for row in (0, 3, 7))
print(f"seed 10, which you have just run, with batches of 1, 64 and 50000: {of_seed_10} updates")

# %% [markdown]
# Every size needs a rate of its own: the noisier the gradient, the smaller. By epochs the smallest sizes are level.
# From 64 on, four times the batch saves few updates or none: the gradient is good enough, and the best rate stays at 2.
# Now measure how long an update takes here, and combine the two.


# %% demo="seconds" tags=["nbval-ignore-output"]
def update_time(size):
    """Return the typical time of an update with batches of this size."""
    return seconds_per_update(raced(size, 0.1, 20 if size > 10_000 else 60, 1))


cost_of_update = np.array([update_time(size) for size in sizes])
for size, one, all_of_them in zip(sizes, cost_of_update, cost_of_update * middle, strict=True):
    print(
        f"size {size:5}: {one * 1e6:6.0f} microseconds per update, {all_of_them * 1e3:6.1f} milliseconds to the target"
    )

# %% demo="three_clocks"
clocks = {"updates": middle, "epochs": middle * sizes, "seconds": middle * cost_of_update}
plots.scaling(
    {name: line / line.min() for name, line in clocks.items()},
    x=sizes,
    title="Each clock has its own best batch size; in seconds it lies in the middle",
    x_label="batch size",
    y_label="times the best on this clock",
    fit=False,
)
on_the_clock = dict(zip(sizes.tolist(), clocks["seconds"], strict=True))
for size in (1, 50_000):
    print(f"seconds: size {size} takes more than 3 times as long as 64: {on_the_clock[size] > 3 * on_the_clock[64]}")
print(f"epochs: sizes 1 and 4 differ by {abs(clocks['epochs'][1] / clocks['epochs'][0] - 1):.0%}")

# %% [markdown]
# An old rule says: take a power of two from 64 to 512, or 1024 at most. Here that rule lands in the valley. The
# reason is the hardware: below, overhead; above, more arithmetic and no fewer updates. On a GPU the valley usually
# lies at larger sizes. Powers of two fit the way memory is laid out, but 100 is not a wrong size.

# %% demo="powers"
print("powers of two:", ", ".join(f"2^{power} = {2**power}" for power in range(6, 11)))

# %% [markdown]
# ### Predict: a small training set
#
# Another old rule says: with fewer than 2,000 examples, or about as many, take them all in one batch. We train on
# 2,000 moons to a loss of 0.15 and on 1,797 digits to 0.1, with batches of 64 and with the whole set. (300 moons
# stand beside them.) How many times the epochs does the whole set need on these two?
#
# - **a** About as many.
# - **b** About three times as many.
# - **c** More than ten times as many.

# %% demo="guess_small"
guess_small = "?"
print(f"My guess: {guess_small}")

# %% demo="small"
record = data.recorded("01_mini_batches-small")
sets = dict(zip(record["sets"].tolist(), np.median(record["updates"], axis=-1), strict=True))
for name, (of_64, of_all) in sets.items():
    passes = of_64 / np.ceil(int(name.split()[0]) / 64)
    print(f"{name}: {passes:5.1f} epochs with 64, {of_all:5.1f} with all: {of_all / passes:4.1f} times as many")
print(answer_to(guess_small, "c"))

# %% [markdown]
# An epoch of few large products is quicker than one of many small ones. So measure the seconds as well.


# %% demo="small_seconds"
def time_to_target(X, Y, layers, size, updates):
    start, rng = network.initialise(layers, np.random.default_rng(0)), np.random.default_rng(0)
    run = train(gd_step, start, X, Y, learning_rate=0.1, updates=60, batch_size=size, rng=rng, record_every=1)
    return updates * seconds_per_update(run)


moons_net, digits_net = (2, 16, 8, 1), (64, 32, 10)
problems = {
    "300 moons": (*data.moons(300), moons_net),
    "2000 moons": (X, Y, moons_net),
    "1797 digits": (X_digits, Y_digits, digits_net),
}
times = {}
for name, problem in problems.items():
    of_64, of_all = (time_to_target(*problem, size, n) for size, n in zip((64, None), sets[name], strict=True))
    times[name] = of_all / of_64
for name in ("2000 moons", "1797 digits"):
    print(f"{name}: the whole set takes more than 1.5 times as long as batches of 64: {times[name] > 1.5}")
print(f"300 moons: neither takes more than 3 times as long as the other: {1 / 3 < times['300 moons'] < 3}")


# %% [markdown]
# So the rule does not hold here. With 300 moons the whole set is no bad choice. With more, measure.

# %% [markdown]
# ## Ask what the batch size does for new data
#
# One reads that small batches *generalise* better: that they do better on examples that were not trained with. Here
# are 10 epochs on 2,000 moons. Each size has the rate with the lowest training loss, chosen on ten seeds and
# measured on ten others. The test has 5,000 fresh points. Look at the accuracy.

# %% demo="equal_epochs"
record = data.recorded("01_mini_batches-equal")


def show_accuracy(losses, accuracies):
    """Print training loss and test accuracy of each batch size: medians, and quartiles of the accuracy."""
    for size, loss, accuracy in zip(record["sizes"], np.median(losses, axis=1), accuracies, strict=True):
        low, median, high = plots.quartiles(accuracy)
        print(f"size {size:4}: training loss {loss:.3f}, test accuracy {median:.1f} % [{low:.1f}, {high:.1f}]")


show_accuracy(record["epochs_loss"], record["epochs_accuracy"])

# %% demo="epochs_figure"
names = [f"batches of {size}" for size in record["sizes"]]
print("updates in 10 epochs:", ", ".join(str(10 * int(np.ceil(2000 / size))) for size in record["sizes"]))
plots.comparison(
    dict(zip(names, 100 - record["epochs_accuracy"], strict=True)),
    title="After 10 epochs, the full batch is far behind on new data",
    x_label="test error (100 - accuracy), percent",
)

# %% [markdown]
# Is that generalisation? Look at the training loss and at the updates: the full batch has made 10 steps, and has
# hardly learned anything yet. So give all of them the same number of *updates*, 1,250, again at tuned rates.

# %% demo="equal_updates"
show_accuracy(record["updates_loss"], record["updates_accuracy"])
losses, accuracies = (
    np.ravel([record[f"{of}_{what}"] for of in ("epochs", "updates")]) for what in ("loss", "accuracy")
)
print(f"all {len(losses)} runs: correlation of training loss and accuracy {np.corrcoef(losses, accuracies)[0, 1]:.2f}")

# %% demo="updates_figure"
plots.comparison(
    dict(zip(names, 100 - record["updates_accuracy"], strict=True)),
    title="After 1,250 updates, single examples are behind, and the full batch is not",
    x_label="test error (100 - accuracy), percent",
)
behind = np.median(record["updates_accuracy"][-1]) - np.median(record["updates_accuracy"][0])
print(f"full batch against single examples: {behind:+.1f} points")

# %% [markdown]
# The order is turned round. From 16 up all sizes are level, within their spread. In both experiments the accuracy
# follows the training loss: who has learned more of the training set is better on new data. **Here small batches get
# more updates out of an epoch; they do not generalise better.** On large networks people have measured small
# differences, and argue about them (see the sources). To join in, compare at equal training loss, over several seeds.
#
# Is the record right? Run one of its points with your functions: batches of 16, 10 epochs, rate 0.2, seed 10.

# %% demo="equal_again"
params, _ = trained(16, 10, 0.2, seed=10)
accuracy = network.count_correct(params, *data.moons(5000, seed=1)) / 50
print(f"record: training loss {record['epochs_loss'][2, 0]:.3f}, accuracy {record['epochs_accuracy'][2, 0]:.1f} %")
print(f"yours:  training loss {network.cost(params, X, Y):.3f}, accuracy {accuracy:.1f} %")

# %% [markdown]
# ### In your own words: ten epochs
#
# A blog trains a network on 2,000 examples for ten epochs, with batches of 16 and with the full batch. It gets 96 %
# and 87 % on test data. It concludes that small batches generalise better. What did the blog measure, and which
# experiment would tell? Three or four sentences.

# %% [markdown] question="ten_epochs" points=2
# At equal epochs the small batches made over a hundred times as many updates. The full batch made 10 steps and was
# still far from done, which its training loss would show: it is behind on the training data just as much. So the blog
# measured the number of updates. A test for generalisation trains both to the same training loss, or with equally
# many updates, each at its own tuned rate. Then it compares the test accuracy over several seeds, with its spread.

# %% [markdown]
# ## Ask what noise does for local optima
#
# Some say that mini-batches keep you out of bad local minima, others that they lead you into them. Take the *double
# well* $f(x) = (x^2 - 1)^2/4 + x/10$. It has a shallow well at 0.95 and a deep one at -1.05. We start 100 walks in
# each and add noise of standard deviation 1 to the gradient. Without noise a walk stays where it is.
#
# ### Predict: does more noise help?
#
# The learning rate multiplies the noise. We take six rates from 0.05 to 0.3, and 20,000 steps. At which one are most
# walks from the shallow well in the deep one at the end?
#
# - **a** 0.05: little noise, good settling.
# - **b** 0.1.
# - **c** 0.3: the most noise leaves the shallow well most easily.

# %% demo="guess_well"
guess_well = "?"
print(f"My guess: {guess_well}")


# %% demo="well"
def deep_at_the_end(start, rates, seed, noise=1.0, steps=20_000, walks=100):
    """Return the share of noisy walks that end in the deep well, for each rate."""
    rng, rates = np.random.default_rng(seed), np.reshape(rates, (-1, 1))
    x = np.full((len(rates), walks), start)
    for _ in range(steps):
        gradient = x * x * x - x + 0.1 + noise * rng.standard_normal(x.shape)
        x = np.asarray(gd_step({"W1": x}, {"W1": gradient}, rates)["W1"])
    return (x < 0.1).mean(axis=1)


rates = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
from_shallow, from_deep = deep_at_the_end(0.95, rates, seed=0), deep_at_the_end(-1.05, rates, seed=1)
for rate, came, stayed in zip(rates, from_shallow, from_deep, strict=True):
    print(f"rate {rate:4}: {came:4.0%} of the shallow starts and {stayed:4.0%} of the deep ones end in the deep well")
print(f"without noise: {deep_at_the_end(0.95, [0.1], 0, noise=0.0, steps=2000)[0]:.0%} of the shallow starts")
print(answer_to(guess_well, "b"))

# %% demo="well_figure"
plots.curves(
    {"started in the shallow well": 100 * from_shallow, "started in the deep well": 100 * from_deep},
    x=rates,
    title="Too little noise keeps the shallow well, too much gives up the deep one",
    x_label="learning rate",
    y_label="walks in the deep well at the end, percent",
)

# %% [markdown]
# ![Walks in the deep well against the rate: from the shallow well first it rises, then both fall](expected:well_figure)
#
# With too little noise most walks have not left the shallow well in the time. Too much leaves the good well as well:
# from rate 0.1 on it hardly matters where a walk started, and at 0.3 a quarter of the walks is in the shallow one. So
# noise is no promise either way. It helps to leave a point that holds nothing back, such as a saddle (lesson 07).

# %% [markdown]
# ## Play
#
# 300 moons, a network 2-16-8-1, 20 epochs, five batch sizes and six rates. The six rates of a size run side by side:
# the parameters get an axis in front, and your `gd_step` does not notice. The runs take a few seconds.


# %% demo="play_runs"
choices = {"size": [1, 4, 16, 64, 300], "rate": [0.01, 0.1, 0.5, 1.0, 2.0, 5.0]}
rates = np.reshape(choices["rate"], (-1, 1, 1))


def run_on_moons(size):
    X, Y = data.moons(300)
    start, rng = network.initialise((2, 16, 8, 1), np.random.default_rng(1010)), np.random.default_rng(10)
    return train(gd_step, start, X, Y, learning_rate=rates, epochs=20, batch_size=size, rng=rng)


runs = {size: run_on_moons(size) for size in choices["size"]}
print(f"{rates.size * len(runs)} runs, {rates.size * sum(run.updates[-1] for run in runs.values())} updates")

# %% [markdown]
# Move the sliders. Which rate suits which batch size?


# %% demo="play"
def draw(ax, size=64, rate=1.0):
    run, row = runs[size], choices["rate"].index(rate)
    claim = f"{run.updates[-1]} updates in 20 epochs, training loss {run.loss[-1, row]:.2f} at the end"
    lines = {"the batch": run.batch_loss[:, row], "all 300": run.loss[:, row]}
    at = {"the batch": np.arange(run.updates[-1]), "all 300": run.updates}
    plots.curves(lines, x=at, title=claim, x_label="updates", y_label="cost", ax=ax)


widgets.explore(draw, **choices)
print(f"updates in 20 epochs with batches of 64: {20 * int(np.ceil(300 / 64))}")

# %% [markdown]
# ## Time a GPU, if there is one
#
# The same code runs on a GPU through CuPy. This cell times an update on it, and says so if there is none.

# %% demo="gpu" tags=["nbval-ignore-output"]
missing = missing_for_gpu()
print(missing or "time of an update on the GPU:")
for size in () if missing else (64, 4096, 50_000):
    params = to_device(network.initialise((2, 16, 8, 1), np.random.default_rng(0)))
    X_t, Y_t = to_device((X_many[:, :size], Y_many[:, :size]))

    def fifty_updates(params=params, X_t=X_t, Y_t=Y_t):
        for _ in range(50):
            params = gd_step(params, network.cost_and_grads(params, X_t, Y_t)[1], 0.1)
        float(params["b3"].sum())  # waits until the GPU is done

    print(f"batches of {size:5}: {seconds(fifty_updates, 3) / 50 * 1e6:.0f} microseconds")

# %% [markdown]
# ### In your own words: which clock?
#
# A colleague trains on 50,000 examples and says: "The full batch needs the fewest updates, so it is the fastest."
# Another says: "Single examples need the fewest epochs, so they are the fastest." What do both miss, and what would you
# do? Three or four sentences.

# %% [markdown] question="which_clock" points=2
# Neither counts time. An update of the full batch looks at 50,000 examples, so few updates may take long; a single
# example costs nearly as much time as 64, because overhead dominates, so few epochs may take long as well. Time is
# updates times the time of one update. I would measure both on the machine in question, for a few sizes such as 16,
# 64, 256 and 1024, each at its own tuned rate. Then I would take one in the flat middle that fits into memory.

# %% [markdown]
# ## Keep your work
#
# Later lessons can use your functions. This writes them to a file beside the lesson folders.

# %% demo="save"
save(gd_step)
save(random_mini_batches)
save(regularised_cost)
save(train_epoch)

# %% [markdown]
# ## What you saw
#
# - A batch shares out the overhead of its update, and its gradient noise falls as $1/\sqrt{B}$ only. So by updates
#   large batches win, by epochs the smallest ones, and by seconds a size in between.
# - An update is a step on one batch, an epoch a pass over all of them. At equal epochs small batches are ahead because
#   they make more updates; that alone says nothing about generalisation.
# - Old rules (64 to 512; fewer than 2,000 take all) are starts, not laws. Noise leaves bad wells and good ones.
#
# | English | Chinese |
# |---|---|
# | mini-batch | 小批量 |
# | batch size | 批量大小 |
# | batch gradient descent | 批量梯度下降 |
# | stochastic gradient descent | 随机梯度下降 |
# | epoch | 轮次（遍历一次全部样本） |
# | update, iteration | 更新、迭代 |
# | vectorisation | 向量化 |
# | to shuffle | 打乱 |
# | cost | 代价、成本 |
# | cross-entropy | 交叉熵 |
# | loss | 损失 |
# | L2 regularisation | L2 正则化 |
# | gradient noise | 梯度噪声 |
# | generalisation | 泛化 |
# | (random) seed | 随机种子 |
# | median, quartile | 中位数、四分位数 |
# | local optimum | 局部最优 |
#
# **Sources**
#
# - I. Goodfellow, Y. Bengio, A. Courville (2016), *Deep Learning*, MIT Press: sections 8.1.3 (batches) and 8.3.1
#   (stochastic gradient descent).
# - L. Bottou, F. E. Curtis, J. Nocedal (2018), "Optimization Methods for Large-Scale Machine Learning", *SIAM Review*
#   60(2), 223-311.
# - C. J. Shallue, J. Lee, J. Antognini, J. Sohl-Dickstein, R. Frostig, G. E. Dahl (2019), "Measuring the Effects of
#   Data Parallelism on Neural Network Training", *Journal of Machine Learning Research* 20(112): updates against batch
#   size, each at its tuned rate.
# - N. S. Keskar, D. Mudigere, J. Nocedal, M. Smelyanskiy, P. T. P. Tang (2017), "On Large-Batch Training for Deep
#   Learning: Generalization Gap and Sharp Minima", *ICLR*: the other side of that argument.
