# %% [markdown]
# # Roll through a ravine: gradient descent with momentum
#
# **You will build** the two functions that train a network with momentum.
# **You will learn** why an average of gradients goes where a single gradient does not, and what β decides.
# **You need** gradient descent and weighted averages (lessons 01 and 02). Time: 20 minutes.

# %% setup="imports"
import numpy as np

from optimlab import check

# %% [markdown]
# ## Watch plain descent zigzag
#
# In the ravine $f(x, y) = 0.1 x^2 + 2 y^2$ the slope across is twenty times as steep as the slope along.
# Gradient descent with rate 0.4 goes forth and back across the ravine while it creeps along it. Look at the sign of $y$.

# %% demo="ravine"
position = np.array([-5.0, -2.0])
for step in range(6):
    gradient = np.array([0.2, 4.0]) * position
    position = position - 0.4 * gradient
    print(f"step {step + 1}: x = {position[0]:6.3f}   y = {position[1]:6.3f}")

# %% [markdown]
# The gradients across the ravine change their sign at every step. Their average is close to zero. The gradients along it
# all point the same way, and so does their average. So let us step along an average of the gradients, the *velocity* $v$:
#
# $$v \leftarrow \beta v + (1 - \beta)\, g, \qquad W \leftarrow W - \alpha v$$
#
# Here $g$ is the gradient, $\alpha$ the learning rate and $\beta$ the share of the old velocity that is kept.

# %% [markdown]
# ## Start at rest
#
# Every weight and every bias has a velocity of its own. Before the first step nothing moves.
# The trap: the arrays must be new. A velocity that shares its arrays with `params` changes them later.

# %% exercise="init_velocity"
def init_velocity(params):
    """Return a velocity of zeros.

    params: dict of arrays, "W1" of shape (n_1, n_0), "b1" of shape (n_1, 1), "W2" and so on.
    Returns v: a new dict with the same keys and shapes.
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
# Average first, then move. The function is pure: it returns new dicts and leaves its arguments as they are, so that the
# same step can be tried again at another rate.
#
# <details><summary>Hint 1: the idea</summary>Go through the keys. For each one mix the old velocity and the gradient, then move
# the parameter along the mixture.</details>
# <details><summary>Hint 2: the formula</summary>For each key: the new velocity is β times the old one plus 1-β times the gradient; the
# new parameter is the old one minus α times the new velocity.</details>

# %% exercise="momentum_step"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    """Take one step of gradient descent with momentum.

    params, grads, v: dicts of arrays with the same keys and shapes.
    learning_rate: α. beta: β, the share of the old velocity that is kept.
    Returns params, v: new dicts.
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
# ## Say it in words
#
# With β = 0.9, roughly how many of the latest gradients decide where the next step goes? And what happens across the
# ravine if β = 0? Two sentences are enough.

# %% [markdown] question="what_beta_does" points=2
# About 1 / (1 - 0.9) = 10 gradients. With β = 0 the velocity is the latest gradient alone: plain descent, with its zigzag.
