"""Gradient descent with momentum, in the form that averages gradients.

Polyak (1964) introduced the method; the (1-β) form and its notation follow Ng, *Improving Deep Neural
Networks* (2017). PyTorch's ``SGD(momentum=β, dampening=β)`` computes the same once its buffer holds a velocity.
"""

from __future__ import annotations

import numpy as np

Arrays = dict[str, np.ndarray]


def init_velocity(params: Arrays) -> Arrays:
    """Return a velocity of zeros with the keys and shapes of ``params``.

    Parameters
    ----------
    params : dict of ndarray
        Parameters ``W1`` (n_1, n_0), ``b1`` (n_1, 1), and so on.

    Returns
    -------
    v : dict of ndarray
        New arrays of zeros.
    """
    return {key: np.zeros_like(value) for key, value in params.items()}


def momentum_step(
    params: Arrays, grads: Arrays, v: Arrays, learning_rate: float, beta: float = 0.9
) -> tuple[Arrays, Arrays]:
    r"""Take one step of gradient descent with momentum.

    .. math:: v \leftarrow \beta v + (1 - \beta) g, \qquad W \leftarrow W - \alpha v

    Parameters
    ----------
    params, grads, v : dict of ndarray
        Parameters ``W1`` (n_1, n_0), ``b1`` (n_1, 1), and so on, their gradients and the velocity, with the same
        keys and shapes.
    learning_rate : float
        α.
    beta : float
        β, the share of the old velocity that is kept; 0 ≤ β < 1.

    Returns
    -------
    params, v : dict of ndarray
        New dicts, with the same keys and shapes; the arguments are left as they are.

    References
    ----------
    B. T. Polyak (1964), "Some methods of speeding up the convergence of iteration methods", USSR Computational
    Mathematics and Mathematical Physics 4(5), 1-17.
    """
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    params = {key: params[key] - learning_rate * v[key] for key in params}
    return params, v
