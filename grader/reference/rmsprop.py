"""Steps scaled by the size of past gradients: AdaGrad and RMSprop.

Both divide each number of the gradient by the root of its past squares, so that steep and flat directions
are walked at a like pace. AdaGrad adds the squares up; RMSprop averages them, so that old ones fade.
"""

from __future__ import annotations

import numpy as np

Arrays = dict[str, np.ndarray]


def init_square_average(params: Arrays) -> Arrays:
    """Return an average of squares of zeros with the keys and shapes of ``params``.

    Parameters
    ----------
    params : dict of ndarray
        Parameters ``W1`` (n_1, n_0), ``b1`` (n_1, 1), and so on.

    Returns
    -------
    s : dict of ndarray
        New arrays of zeros.
    """
    return {key: np.zeros_like(value) for key, value in params.items()}


def adagrad_step(
    params: Arrays, grads: Arrays, s: Arrays, learning_rate: float, epsilon: float = 1e-8
) -> tuple[Arrays, Arrays]:
    r"""Take one step of AdaGrad.

    .. math:: s \leftarrow s + g^2, \qquad W \leftarrow W - \alpha \frac{g}{\sqrt{s} + \varepsilon}

    Squares, roots and quotients are taken number by number.

    Parameters
    ----------
    params, grads, s : dict of ndarray
        Parameters, their gradients and the sum of the squared gradients so far, with the same keys and
        shapes; ``s`` is nowhere negative.
    learning_rate : float
        α.
    epsilon : float
        ε, added to the root; it keeps the quotient finite where all gradients so far were zero.

    Returns
    -------
    params, s : dict of ndarray
        New dicts; the arguments are left as they are.

    References
    ----------
    Duchi, Hazan and Singer (2011), *Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization*, JMLR 12, 2121-2159, with diagonal matrices: their δ, which also stands outside the
    root, is ε.
    """
    s = {key: s[key] + grads[key] ** 2 for key in params}
    params = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return params, s


def rmsprop_step(
    params: Arrays, grads: Arrays, s: Arrays, learning_rate: float, beta: float = 0.9, epsilon: float = 1e-8
) -> tuple[Arrays, Arrays]:
    r"""Take one step of RMSprop.

    .. math:: s \leftarrow \beta s + (1 - \beta) g^2, \qquad W \leftarrow W - \alpha \frac{g}{\sqrt{s} + \varepsilon}

    Squares, roots and quotients are taken number by number. The average isn't corrected for its start at zero.

    Parameters
    ----------
    params, grads, s : dict of ndarray
        Parameters, their gradients and the average of the squared gradients so far, with the same keys
        and shapes; ``s`` is nowhere negative.
    learning_rate : float
        α.
    beta : float
        β, the share of the old average that is kept.
    epsilon : float
        ε, added to the root; it keeps the quotient finite where all gradients so far were zero.

    Returns
    -------
    params, s : dict of ndarray
        New dicts; the arguments are left as they are.

    References
    ----------
    Tieleman and Hinton (2012), *Neural Networks for Machine Learning*, lecture 6.5. ``torch.optim.RMSprop``
    adds ε to the root as here; ``optax.rmsprop`` and d2l add it under the root.
    """
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    params = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return params, s
