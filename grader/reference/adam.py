"""Adam: averaged gradients, scaled by averaged squares, both corrected for their start at zero.

Kingma and Ba (2015), *Adam: A Method for Stochastic Optimization*, ICLR, Algorithm 1. Their first moment m
is ``v`` here and their second moment v is ``s``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Arrays = dict[str, np.ndarray]


def init_adam(params: Arrays) -> tuple[Arrays, Arrays]:
    """Return both averages of Adam as zeros with the keys and shapes of ``params``.

    Parameters
    ----------
    params : dict of ndarray
        Parameters ``W1`` (n_1, n_0), ``b1`` (n_1, 1), and so on.

    Returns
    -------
    v, s : dict of ndarray
        The average of the gradients and the average of their squares: new arrays of zeros.
    """
    v = {key: np.zeros_like(value) for key, value in params.items()}
    s = {key: np.zeros_like(value) for key, value in params.items()}
    return v, s


def bias_correct(average: np.ndarray | float, beta: float, t: int) -> np.ndarray | float:
    r"""Return an exponentially weighted average that started at zero, corrected for that start.

    .. math:: \hat v_t = \frac{v_t}{1 - \beta^t}

    The weights of the t values so far add up to 1 - β^t; divided by that they add up to 1.

    Parameters
    ----------
    average : ndarray or float
        v_t, one array or one number.
    beta : float
        β, the share of the old average that was kept at each update; 0 ≤ β < 1.
    t : int
        How many values the average holds; it counts from 1.

    Returns
    -------
    ndarray or float
        The corrected average, of the average's shape.

    References
    ----------
    Kingma and Ba (2015), section 3.
    """
    return average / (1 - beta**t)


def adam_step(
    params: Arrays,
    grads: Arrays,
    v: Arrays,
    s: Arrays,
    t: int,
    learning_rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    *,
    bias_correct: Callable = bias_correct,
) -> tuple[Arrays, Arrays, Arrays]:
    r"""Take one step of Adam.

    .. math::

        v &\leftarrow \beta_1 v + (1 - \beta_1) g, & \hat v &= v / (1 - \beta_1^t) \\
        s &\leftarrow \beta_2 s + (1 - \beta_2) g^2, & \hat s &= s / (1 - \beta_2^t) \\
        W &\leftarrow W - \alpha \hat v / (\sqrt{\hat s} + \varepsilon)

    Squares, roots and quotients are taken number by number. The corrected averages serve this step alone;
    the state that goes on is uncorrected.

    Parameters
    ----------
    params, grads, v, s : dict of ndarray
        Parameters, their gradients, the average of the gradients and the average of their squares, with the
        same keys and shapes; ``s`` is nowhere negative.
    t : int
        Number of this update, from 1.
    learning_rate : float
        α.
    beta1, beta2 : float
        β₁ and β₂, the shares of ``v`` and of ``s`` that are kept.
    epsilon : float
        ε, added to the root of the corrected average; it keeps the quotient finite where all gradients so
        far were zero.
    bias_correct : callable
        What corrects an average; the judge puts a student's mistaken one here.

    Returns
    -------
    params, v, s : dict of ndarray
        New dicts; the arguments are left as they are. ``v`` and ``s`` are not corrected.

    References
    ----------
    Kingma and Ba (2015), Algorithm 1. The form at the end of their section 2 leaves out the corrections of the
    averages and scales α; its ε̂ is ε times the root of 1 - β₂^t.
    """
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    new_params = {}
    for key in params:
        v_hat, s_hat = bias_correct(v[key], beta1, t), bias_correct(s[key], beta2, t)
        new_params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return new_params, v, s
