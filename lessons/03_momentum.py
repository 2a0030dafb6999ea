# %% [markdown]
# # Roll through a ravine: gradient descent with momentum
#
# - **You will build** the two functions that train a network with momentum.
# - **You will learn** why an average of gradients gets further than a single one, which β suits which problem, and
#   how to compare two methods fairly.
# - **You need** gradient descent and weighted averages (lessons 01 and 02). Time: 80 minutes.

# %% setup="imports"
from functools import partial

import numpy as np

from optimlab import answer_to, check, data, landscapes, network, plots, save, widgets
from optimlab.training import descend, steps_to_settle, train, updates_to_target

# %% [markdown]
# ## Watch plain descent zigzag
#
# Gradient descent with nothing added is *plain descent* from here on, "gd" in the code. The ravine is the function
# $f(x, y) = 0.1\,x^2 + 2\,y^2$, a long valley with steep walls. Its minimum is at (0, 0), and we start at (-5, -2).
# A *curvature* is a second derivative: it says how fast the slope changes. (`hessian` gives the table of all of
# them; lesson 07 explains it.) Look at the two curvatures. Their ratio has a name: the *condition number* κ (kappa).

# %% demo="ravine"
ravine = landscapes.ravine(a=0.1, b=2.0)
start = np.array([-5.0, -2.0])
along, across = np.diag(ravine.hessian(start))
print(f"curvature along the ravine {along:g}, across it {across:g}: condition number {across / along:g}")

# %% [markdown]
# A step of plain descent multiplies each coordinate by a fixed factor: $1 - \alpha \cdot \text{curvature}$, where α
# is the learning rate. Look at the factor of $y$ for three rates, and count how often $y$ changes its sign.


# %% demo="flips"
def walk_plainly(rate, steps):
    """Return the path of plain gradient descent."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * ravine.gradient(path[-1]))
    return np.array(path)


for rate in (0.2, 0.4, 0.45):
    y = walk_plainly(rate, 40)[:, 1]
    flips = np.sum(y[1:] * y[:-1] < 0)
    print(f"rate {rate:4}: factor {1 - rate * across:4.1f}, and {flips:2} changes of sign in 40 steps")

# %% [markdown]
# Above a rate of 1/4 the factor is negative: each step lands on the other wall. Look at the two paths.

# %% demo="zigzag"
near = ((-5.5, 0.5), (-2.5, 2.0))
plots.trajectories(
    ravine,
    {"rate 0.2": walk_plainly(0.2, 20), "rate 0.45": walk_plainly(0.45, 20)},
    title="Above rate 0.25, plain descent zigzags across the ravine",
    window=near,
)

# %% [markdown]
# ### Predict: is there a limit?
#
# Rate 0.45 zigzags, but it comes further along than rate 0.2. Let us take rate 0.6, and 20 steps.
#
# - **a** Both coordinates come closer to the minimum.
# - **b** $x$ comes closer, $y$ runs away.
# - **c** Both run away.
#
# Write your letter between the quotes and run the cell. Then run the next one.

# %% demo="guess_limit"
guess_limit = "?"
print(f"My guess: {guess_limit}")

# %% demo="limit"
x, y = walk_plainly(0.6, 20)[-1]
print(f"After 20 steps x = {x:.2f} and y = {y:.0f}.")
print(f"Largest rate for y: 2 / {across:g} = {2 / across:g}. Largest rate for x: 2 / {along:g} = {2 / along:g}.")
print(answer_to(guess_limit, "b"))

# %% [markdown]
# It is **b**. The steep wall sets the limit, 0.5, for both coordinates. The flat direction could take a rate of 10, and
# has to wait.

# %% [markdown]
# ## Average the gradients
#
# Take rate 0.49, where the zigzag hardly dies away. Look at how much of the gradients is left when we take their
# mean.

# %% demo="mean_gradient"
gradients = ravine.gradient(walk_plainly(0.49, 19))
kept = np.abs(gradients.mean(axis=0)) / np.abs(gradients).mean(axis=0)
print(f"mean of {len(gradients)} gradients, as a share of their size: {kept[0]:.0%} along, {kept[1]:.0%} across")

# %% [markdown]
# Across the ravine the gradients cancel. Along it they agree. So let us not step along the gradient $g$, but along an
# average of all gradients so far. We call it the *velocity* $v$. It is the weighted average of lesson 02:
#
# $$v \leftarrow \beta v + (1 - \beta)\, g, \qquad W \leftarrow W - \alpha v$$
#
# The share β of the old velocity stays, the share 1-β of the gradient comes in. One sometimes reads that momentum
# averages the last two steps. Look at the weights for β = 0.9: who is in this average?

# %% demo="weights"
weights = (1 - 0.9) * 0.9 ** np.arange(500)
print(f"The five latest weights: {weights[:5].round(3)}. Sum of all: {weights.sum():.3f}.")
print(f"The two latest gradients hold {weights[:2].sum():.0%} of the weight, the ten latest {weights[:10].sum():.0%}.")


# %% [markdown]
# All gradients are in it, with weights that fade and sum to 1. Keep that sum in mind: it comes back twice.

# %% [markdown]
# ## Start at rest
#
# Every weight and every bias has a velocity of its own. Before the first step nothing moves.
#
# **The trap:** the arrays must be new. A velocity that shares its arrays with `params` changes whenever they change.
#
# <details><summary>Hint 1: the idea</summary>The velocity is a dict like <code>params</code>: same keys, same shapes.
# Only the numbers differ. Which number means "at rest"?</details>
# <details><summary>Hint 2: the formula</summary>v = 0 for each key, as an array of that key's shape. NumPy can make a
# new array of zeros in the shape of another array.</details>


# %% exercise="init_velocity"
def init_velocity(params):
    """Return a velocity of zeros.

    params: dict of arrays, "W1" of shape (n_1, n_0), "b1" of shape (n_1, 1), "W2" and so on.
    Returns v: a new dict with the same keys, and new arrays of the same shapes.
    """
    ### BEGIN SOLUTION
    return {key: np.zeros_like(value) for key, value in params.items()}
    ### END SOLUTION


# %% check="init_velocity" points=2
check(init_velocity)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(init_velocity)
### END HIDDEN TESTS

# %% [markdown]
# ## Take a step
#
# Average first, then move with the new velocity.
#
# **The trap:** the function is pure. It returns new dicts and leaves `params`, `grads` and `v` as they were, so that
# the same step can be tried again at another rate. `v[key] *= beta` would change the caller's velocity.
#
# <details><summary>Hint 1: the idea</summary>Go through the keys. For each one, mix the old velocity and the
# gradient. Then move the parameter along the mixture, downhill.</details>
# <details><summary>Hint 2: the formula</summary>For each key: the new velocity is β times the old one plus 1-β times
# the gradient; the new parameter is the old one minus α times the new velocity.</details>


# %% exercise="momentum_step"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    """Take one step of gradient descent with momentum.

    params, grads, v: dicts of arrays with the same keys and shapes.
    learning_rate: α, above 0.
    beta: β, the share of the old velocity that is kept; at least 0, below 1.
    Returns params, v: two new dicts. The velocity is that after this step.
    """
    ### BEGIN SOLUTION
    new_v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    new_params = {key: params[key] - learning_rate * new_v[key] for key in params}
    return new_params, new_v
    ### END SOLUTION


# %% check="momentum_step" points=4
check(momentum_step)
### BEGIN HIDDEN TESTS
from grader import grade_here

grade_here(momentum_step)
### END HIDDEN TESTS

# %% [markdown]
# From here on everything runs on your two functions. If yours are not right yet, read on: below each figure of theirs
# is a folded picture of what it should look like.
#
# ## Go straighter
#
# `descend` walks down a landscape with any step function. With β = 0 the velocity is the latest gradient alone, so
# that must be plain descent. Is it?


# %% demo="walk"
def walk(beta, rate, steps, gradient=ravine.gradient, start=start):
    """Return the path of momentum, with your functions."""
    step = partial(momentum_step, beta=beta)
    return descend(step, gradient, start, learning_rate=rate, steps=steps, state=init_velocity)


print("β = 0 is plain descent:", np.array_equal(walk(0, 0.4, 40), walk_plainly(0.4, 40)))

# %% [markdown]
# Now β = 0.5, at the same rate of 0.4. Look at how often $y$ changes its sign, how long the path is, and how high
# above the minimum it ends.

# %% demo="straighter"
for beta in (0.0, 0.5):
    path = walk(beta, 0.4, 40)
    flips = np.sum(path[1:, 1] * path[:-1, 1] < 0)
    length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    print(f"β = {beta}: {flips} changes of sign, length {length:4.1f}, final height {ravine.value(path[-1]):.4f}")
plots.trajectories(
    ravine,
    {"gd": walk(0, 0.4, 40), 0.5: walk(0.5, 0.4, 40)},
    title="At the same rate of 0.4, momentum with β = 0.5 goes straighter",
    window=near,
)


# %% [markdown]
# ![Two paths in the ravine: plain descent zigzags, momentum with β = 0.5 soon runs straight](expected:straighter)
#
# The path is straighter and shorter, and it ends lower.

# %% [markdown]
# ## Race, each at its own best rate
#
# One rate for both is no fair race, because momentum can afford larger rates. So we try 600 rates for each β and keep
# the best. We count the steps until $|x|$ and $|y|$ stay below a tolerance.


# %% demo="race"
def best_steps(beta, kappa, tolerance, steps):
    """Return the fewest steps over 600 rates, on a ravine with condition number kappa."""
    rates = np.geomspace(0.1, 400, 600)[:, None] / (0.2 * kappa)
    path = walk(beta, rates, steps, landscapes.ravine(0.1, 0.1 * kappa).gradient)
    return steps_to_settle(np.abs(path).max(axis=-1), tolerance).min()


for tolerance in (1e-3, 1e-6):
    plain, half = (best_steps(beta, 20, tolerance, 300) for beta in (0, 0.5))
    print(f"to {tolerance:g}: plain descent {plain:.0f} steps, β = 0.5 {half:.0f}: {plain / half:.1f} times fewer")


# %% [markdown]
# ### Predict: is more β better?
#
# β = 0.9 is the value that you meet most often. Here it runs the same race to 1e-6, at its own best rate.
#
# - **a** It needs fewer than the 42 steps of β = 0.5.
# - **b** It lies between β = 0.5 and the 154 steps of plain descent.
# - **c** It needs more steps than plain descent.

# %% demo="guess_beta"
guess_beta = "?"
print(f"My guess: {guess_beta}")

# %% demo="more_beta"
betas = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
steps = np.array([best_steps(beta, 20, 1e-6, 600) for beta in betas])
for beta, needed in zip(betas, steps, strict=True):
    print(f"β = {beta:4}: {needed:3.0f} steps")
print(answer_to(guess_beta, "c"))

# %% [markdown]
# It is **c**: 270 steps against 154. With β = 0.9 the path swings for long. See where the best β lies.

# %% demo="best_beta"
plots.curves(
    {"momentum": steps[1:]},
    x=betas[1:],
    title="On this ravine β = 0.4 to 0.5 is best, and β = 0.9 loses to plain descent",
    x_label="β",
    y_label="steps to 1e-6, at the best rate",
    levels={"plain descent": steps[0]},
)

# %% [markdown]
# ![Steps against β: lowest at 0.4 to 0.5, above the line of plain descent at 0.9](expected:best_beta)
#
# Why? Once momentum swings, its distance to the minimum shrinks by the factor $\sqrt\beta$ per step, however good
# the rate. Plain descent at its best rate shrinks it by $(\kappa - 1)/(\kappa + 1)$. The smaller factor wins. So
# momentum can win only if
#
# $$\kappa > \frac{1 + \sqrt\beta}{1 - \sqrt\beta}$$
#
# Look at the condition number from which each β pays.

# %% demo="rule"
print(f"plain descent on this ravine: {(20 - 1) / (20 + 1):.3f} per step")
for beta in (0.5, 0.9, 0.99):
    root = np.sqrt(beta)
    print(f"β = {beta:4}: {root:.3f} per step at best; it pays above κ = {(1 + root) / (1 - root):.1f}")

# %% [markdown]
# ## Make the ravine steeper
#
# With κ = 20 our ravine is below 38. Now the walls become fifty times as steep: $f = 0.1\,x^2 + 100\,y^2$, κ = 1000.
# Look at who wins to a tolerance of 1e-3.

# %% demo="steep"
plain, half, nine_tenths = (best_steps(beta, 1000, 1e-3, 4500) for beta in (0, 0.5, 0.9))
print(f"plain descent {plain:.0f}, β = 0.5 {half:.0f}, β = 0.9 {nine_tenths:.0f} steps")
print(f"β = 0.9 needs {plain / nine_tenths:.0f} times fewer than plain descent")

# %% [markdown]
# The same β, the same code, and now a gain of 27. So the answer to "which β?" depends on κ. The next figure shows
# how. Its runs take half a minute, so they are recorded (`datasets/experiments/`, made by `make experiments`). For
# the grey line, β was chosen anew for each κ. Look at the slopes.

# %% demo="kappa"
record = data.recorded("03_momentum-kappa")
kappas, best = record["kappas"], "best β for each κ"
lines = dict(zip(["gd", 0.5, 0.9, 0.99], record["steps"], strict=True)) | {best: record["best_steps"]}
slopes = [plots.fitted_slope(kappas, lines[key]) for key in ("gd", best)]
print(f"slopes: plain descent {slopes[0]:.2f}, best β {slopes[1]:.2f}")
plots.steps_against_kappa(
    kappas, lines, fit=["gd", best], title="With the best β, steps grow as the root of κ; without momentum, as κ"
)

# %% [markdown]
# A slope of 1 means: for 100 times the condition number, 100 times the steps. A slope of 1/2 means: for 100 times the
# condition number, 10 times the steps. Now look at one fixed β. Its line is flat at first, because the factor
# $\sqrt\beta$ knows nothing of κ. Where does it cross the black line, and how long does it stay flat?

# %% demo="flat"
for beta in (0.5, 0.9, 0.99):
    fewest = lines[beta].min()
    flat, wins = kappas[lines[beta] < 1.1 * fewest], kappas[lines[beta] < lines["gd"]]
    print(f"β = {beta:4}: about {fewest:.0f} steps up to κ = {flat[-1]}; wins at κ = {wins[0]} and above")

# %% [markdown]
# The crossings are where the rule puts them: above 5.8, 38 and 398. Beyond its flat part, each fixed β needs steps in
# proportion to κ, like plain descent, but fewer of them.
#
# Is the record right? Run one of its points with your functions.

# %% demo="kappa_again"
plain, nine_tenths = (best_steps(beta, 100, 1e-6, 1000) for beta in (0, 0.9))
print(f"record at κ = {kappas[4]}: plain descent {lines['gd'][4]:.0f}, β = 0.9 {lines[0.9][4]:.0f} steps")
print(f"yours:             plain descent {plain:.0f}, β = 0.9 {nine_tenths:.0f} steps")


# %% [markdown]
# ## Play
#
# Plain descent has its best rate for each κ; momentum has the β and the rate that you give it. Press play, and watch
# the two go. Then move the sliders. Can you beat plain descent at κ = 20? With β = 0.9 at κ = 100?


# %% demo="play"
def draw(ax, steps=40, beta=0.5, rate=1.0, kappa=20):
    valley = landscapes.ravine(0.1, 0.1 * kappa)
    settings = {"gd": (0, 10 / (1 + kappa)), "momentum": (beta, rate)}
    paths = {name: walk(*chosen, steps, valley.gradient) for name, chosen in settings.items()}
    plain, rolled = (np.abs(path[-1]).max() for path in paths.values())
    claim = f"After {steps} steps plain descent is {plain:.2g} from the minimum, momentum {rolled:.2g}"
    plots.trajectories(valley, paths, title=claim, ax=ax)


choices = {"beta": [0.0, 0.3, 0.5, 0.7, 0.9, 0.99], "kappa": [5, 20, 100, 500]}
rates = [0.05, 0.1, 0.2, 0.4, 1.0, 1.5, 3.0, 9.0]
widgets.explore(draw, play="steps", steps=range(41), rate=rates, **choices)
print(f"β = 0.5, rate 1, κ = 20: {np.abs(walk(0.5, 1.0, 40)[-1]).max():.1e} from the minimum after 40 steps")


# %% [markdown]
# ## Find the largest rate
#
# You have seen momentum at rates where plain descent runs away. How far does that go? We try 2000 rates and make 1000
# steps with each. The largest stable one is the last at which $y$ still comes closer. Theory says $\frac{2}{L} \cdot
# \frac{1 + \beta}{1 - \beta}$, where $L = 4$ is the largest curvature.

# %% demo="stable"
rates = np.geomspace(0.1, 200, 2000)[:, None]
for beta in (0.0, 0.5, 0.9, 0.99):
    closer = np.abs(walk(beta, rates, 1000)[-1, :, 1]) < 2
    gain = (1 + beta) / (1 - beta)
    print(f"β = {beta:4}: stable up to {rates[closer].max():5.2f}; theory 0.5 x {gain:3.0f} = {2 / across * gain:4.1f}")


# %% [markdown]
# With β = 0.9 a rate may be 19 times as large as without momentum.

# %% [markdown]
# ## Roll a ball, and see where the picture ends
#
# Think of a ball that rolls into a bowl. The gradient pushes it, and friction slows it down. Some notes call β the
# friction. Rewrite the formula: the velocity changes by $-(1 - \beta)\,v + (1 - \beta)\,g$ in each step. It loses the
# share 1-β of itself. **So the friction is 1-β, and a larger β rolls farther.** Give the ball a velocity of 1 on
# level ground, where the gradient is 0, and look at how far it coasts.

# %% demo="coast"
for beta in (0.5, 0.9, 0.99):
    place, v = {"W1": np.zeros((1, 1))}, {"W1": -np.ones((1, 1))}
    for _ in range(3000):
        place, v = momentum_step(place, {"W1": np.zeros((1, 1))}, v, learning_rate=1.0, beta=beta)
    print(f"β = {beta:4}: coasts {place['W1'].item():5.2f}")

# %% [markdown]
# The distance is β/(1-β). Now back to the ravine: the ball overshoots. Look at how far $x$ runs past the minimum at 0.

# %% demo="overshoot"
for beta in (0.0, 0.5, 0.9):
    print(f"β = {beta}, rate 0.4: x runs {max(0, walk(beta, 0.4, 200)[:, 0].max()):.2f} past the minimum")

# %% [markdown]
# The picture ends in two places. First, 1-β stands before the push as well: with a larger β the ball is also heavier.
# Second, a real ball never climbs higher than where it started. Ours moves in steps, and above the limit of 9.5 it does
# climb. Look at the height.

# %% demo="climb"
for rate in (9.4, 9.6):
    heights = ravine.value(walk(0.9, rate, 30))
    print(f"rate {rate}: height {heights[0]:.1f} at the start, {heights[-1]:.1f} after 30 steps")


# %% [markdown]
# ## Pay for the start at rest
#
# The velocity starts at zero, so the first averages are too small. Look at a road with a constant slope of 1, which
# plain descent takes at one unit per step. How far does each β fall behind?


# %% demo="rest"
def slope(x):
    return -np.ones_like(x)


distance = {"gd" if beta == 0 else beta: walk(beta, 1.0, 1000, slope)[:, 0] - start[0] for beta in (0, 0.5, 0.9, 0.99)}
for beta in (0.5, 0.9, 0.99):
    ten, hundred, thousand = (distance["gd"] - distance[beta])[[10, 100, 1000]]
    print(f"β = {beta:4}: behind by {ten:4.1f} after 10 steps, {hundred:4.1f} after 100, {thousand:4.1f} after 1000")
plots.curves(
    {key: line[:201] for key, line in distance.items()},
    title="A start at rest costs β / (1-β) steps, once",
    x_label="step",
    y_label="distance on a constant slope",
)

# %% [markdown]
# ![Distance against steps: four lines that become parallel; β = 0.99 lies far below the others](expected:rest)
#
# The lines become parallel: the speed in the end is the same for every β, since the weights sum to 1. What is lost
# at the start stays lost: 1, 9 or 99 steps. Lesson 05 cures that with the *bias correction* of lesson 02.

# %% [markdown]
# ## Meet the other form
#
# PyTorch and the book *Dive into Deep Learning* write $v \leftarrow \beta v + g$, without 1-β. This is Polyak's
# *heavy ball*. Its velocity is a sum, not an average: 1/(1-β) times ours. So its rate must be 1-β times ours. Look:
# its rate 0.1 is our rate 1.

# %% demo="heavy_ball"
place, velocity = start, 0.0
for _ in range(200):
    velocity = 0.9 * velocity + ravine.gradient(place)
    place = place - 0.1 * velocity
print(f"same place after 200 steps: {np.allclose(place, walk(0.9, 1.0, 200)[-1], rtol=0, atol=1e-12)}")
for beta in (0.0, 0.5, 0.9, 0.99):
    factor, limit = 1 / (1 - beta), 2 / across * (1 + beta)
    print(f"β = {beta:4}: 1/(1-β) = {factor:3.0f}; largest rate {limit:5.3f} there, {limit * factor:4.1f} here")

# %% [markdown]
# Both are right. But a rate without its form says little: a limit of 0.995, twice that of plain descent, and one of
# 99.5 are the same limit.

# %% [markdown]
# ### In your own words: a rate that travels
#
# A friend trains a network in PyTorch with `SGD(lr=0.1, momentum=0.9)`, and it learns quickly. She moves to your
# `momentum_step` with `learning_rate=0.1, beta=0.9`, and it crawls. What happened, and which rate should she take?
# Two or three sentences.

# %% [markdown] question="rate_of_the_other_form" points=2
# PyTorch's velocity is a sum of gradients, βv + g, ours is their average, βv + (1-β)g. For β = 0.9 theirs is 1 / (1 -
# 0.9) = 10 times as large, so that at the same rate our steps are 10 times shorter. With a rate of 0.1 · 10 = 1.0 she
# gets exactly the same path.

# %% [markdown]
# ### Predict: the same small rate
#
# A well-known demonstration trains a network without and with momentum, both at the same small rate. Let us do the
# same in our ravine (κ = 20), both at rate 0.01. Plain descent needs 1955 steps to come within 0.1 of the minimum.
# How many does β = 0.9 need?
#
# - **a** About a tenth, since it rolls.
# - **b** About half.
# - **c** About as many.

# %% demo="guess_equal"
guess_equal = "?"
print(f"My guess: {guess_equal}")

# %% demo="equal"
slow = {"gd": walk(0, 0.01, 2500), "momentum": walk(0.9, 0.01, 2500)}
plain, rolled = (steps_to_settle(np.abs(path).max(axis=-1), 0.1) for path in slow.values())
print(f"{plain:.0f} steps without momentum, {rolled:.0f} with it.")
print(answer_to(guess_equal, "c"))

# %% [markdown]
# It is **c**. Look at the two paths.

# %% demo="equal_paths"
plots.trajectories(
    ravine,
    {key: path[:1200] for key, path in slow.items()},
    title="At an equal small rate, momentum goes nearly the same way as plain descent",
    window=near,
)


# %% [markdown]
# ![Two paths that run down the wall and along the floor of the ravine, nearly one on the other](expected:equal_paths)
#
# Why? Again because the weights sum to 1: every gradient enters the path with a total weight of 1, only a little
# later. So **at an equal small rate, our momentum goes plain descent's way at plain descent's speed.** Its gain
# comes from the larger rates that it can afford.
#
# Does the average take away noise, at least? Add noise of standard deviation 1 to each gradient, and start 200 walks
# in the minimum. Look at how far they are driven from it (root of the mean square).


# %% demo="noise"
def noisy(point):
    return ravine.gradient(point) + rng.standard_normal(point.shape)


for rate, beta in ((0.1, 0.0), (0.1, 0.9), (0.4, 0.0), (0.4, 0.9)):
    rng = np.random.default_rng(0)
    path = walk(beta, rate, 2000, noisy, start=np.zeros((200, 2)))
    x, y = np.sqrt(np.mean(path[500:] ** 2, axis=(0, 1)))
    print(f"rate {rate}, β = {beta}: {x:.2f} along the ravine, {y:.2f} across it")


# %% [markdown]
# Hardly. The steps are smoother, but each bit of noise still enters the path with a total weight of 1. Only across
# the ravine at rate 0.4, close to plain descent's limit, the cloud shrinks to less than half.

# %% [markdown]
# ## Train a network
#
# Two moons, 300 points, a network 2-16-8-1, mini-batches of 64. We count updates until the training loss is 0.15.
# Each β has its own rate, chosen from 0.05, 0.1, 0.2, 0.5, ..., 20 on seeds 0 to 9. What you see was measured on
# seeds 10 to 29, which had no say in that choice (again a record). "gd" is plain descent. The large markers are
# medians, the bars go from quartile to quartile.

# %% demo="network"
record = data.recorded("03_momentum-network")
keys = ["gd", 0.5, 0.9, 0.99]
runs = dict(zip(keys, record["updates"], strict=True))
for key, updates in runs.items():
    sooner = np.sum(updates < runs["gd"])
    print(f"{key:4}: median {np.median(updates):.0f} updates; before gd on {sooner} of {len(updates)} seeds")
plots.comparison(
    runs,
    rates=dict(zip(keys, record["chosen"], strict=True)),
    title="On two moons, β = 0.9 halves the updates; β = 0.99 saves none",
    x_label="updates to a training loss of 0.15",
)


# %% [markdown]
# Momentum with β = 0.9 needs half the updates (medians), and fewer on 19 of 20 seeds: a gain, and not a law. β = 0.99
# is behind plain descent on most seeds.
#
# Now train the first of these seeds yourself, with your own step.


# %% demo="train"
def trained(beta, rate, seed=10):
    """Return the history of one training run."""
    params = network.initialise((2, 16, 8, 1), np.random.default_rng(1000 + seed))
    step, shuffles = partial(momentum_step, beta=beta), np.random.default_rng(seed)
    return train(
        step, params, *data.moons(), learning_rate=rate, updates=300, batch_size=64, rng=shuffles, state=init_velocity
    )


histories = {"gd": trained(0, 2.0), 0.9: trained(0.9, 5.0)}
for key, history in histories.items():
    print(f"{key}: {updates_to_target(history, 0.15):.0f} updates; the record says {runs[key][0]:.0f}")

# %% [markdown]
# Look at where each curve meets the target for the first time. The spikes are real: this is what mini-batches do at a
# large rate.

# %% demo="losses"
plots.loss_curves(
    {key: history.loss for key, history in histories.items()},
    x={key: history.updates for key, history in histories.items()},
    target=0.15,
    log_y=False,
    title="Seed 10: momentum is at the target after about half the updates",
)

# %% [markdown]
# ![Two falling loss curves: momentum crosses the line of 0.15 at 125 updates, plain descent at 240](expected:losses)
#
# ### In your own words: an unfair race
#
# A blog trains this network twice, without momentum and with β = 0.9, both at a learning rate of 0.0007. The curves
# nearly coincide. It concludes that momentum is useless. What did the blog measure, and how would you set up the
# comparison? Three or four sentences.

# %% [markdown] question="fair_comparison" points=2
# At an equal small rate, momentum in the (1-β) form goes plain descent's way at plain descent's speed, because its
# weights sum to 1: the curves must nearly coincide, and say nothing about its use. It gains by the larger rates that it
# can afford. A fair comparison gives each method its own best rate, chosen from a stated grid. It uses several seeds,
# other ones for the choice than for the measurement, and reports medians with their spread.

# %% [markdown]
# ## Keep your work
#
# Later lessons can use your functions. This writes them to a file beside the lesson folders.

# %% demo="save"
save(init_velocity)
save(momentum_step)

# %% [markdown]
# ## What you saw
#
# - Gradients that change their sign cancel in an average, and gradients that agree add up. So momentum can afford rates
#   at which plain descent runs away, up to $(1+\beta)/(1-\beta)$ times as large. That is its gain.
# - Which β is best depends on the condition number: 0.9 is a usual start, not a law. It loses at κ = 20, and wins
#   27-fold at κ = 1000.
# - At an equal small rate, momentum in the (1-β) form is as fast as plain descent. A rate means something only
#   together with its form.
#
# | English | Chinese |
# |---|---|
# | momentum | 动量 |
# | velocity | 速度 |
# | (exponentially) weighted average | 指数加权平均 |
# | learning rate | 学习率 |
# | curvature | 曲率 |
# | condition number | 条件数 |
# | to zigzag, to oscillate | 来回振荡 |
# | to overshoot | 过冲 |
# | to diverge | 发散 |
# | friction | 摩擦 |
# | heavy ball | 重球法 |
# | bias correction | 偏差修正 |
#
# **Sources**
#
# - B. T. Polyak (1964), "Some methods of speeding up the convergence of iteration methods", *USSR Computational
#   Mathematics and Mathematical Physics* 4(5), 1-17: the heavy ball.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013), "On the importance of initialization and momentum in deep
#   learning", *ICML*.
# - G. Goh (2017), "Why Momentum Really Works", *Distill*, <https://distill.pub/2017/momentum/>: factors, limits and
#   condition numbers, with moving pictures.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola, *Dive into Deep Learning*, chapter "Optimization Algorithms", section
#   "Momentum": this ravine.
# - PyTorch's documentation of `torch.optim.SGD`: the form without 1-β.
