r"""Mini-batch gradient descent: cut the examples into batches, measure the cost, take a step per batch.

Examples stand in columns: ``X`` is (n_x, m), ``Y`` (1, m). The names follow Ng, *Improving Deep Neural
Networks* (2017); the method is that of Goodfellow, Bengio and Courville, *Deep Learning* (2016), sections
8.1.3 and 8.3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Arrays = dict[str, np.ndarray]
Batch = tuple[np.ndarray, np.ndarray]


def gd_step(params: Arrays, grads: Arrays, learning_rate: float) -> Arrays:
    r"""Take one step of gradient descent.

    .. math:: W \leftarrow W - \alpha \frac{\partial J}{\partial W}, \qquad
        b \leftarrow b - \alpha \frac{\partial J}{\partial b}

    Parameters
    ----------
    params, grads : dict of ndarray
        Parameters ``W1``, ``b1``, ``W2``, ... and their gradients, with the same keys, in whatever order, and shapes.
    learning_rate : float
        α.

    Returns
    -------
    dict of ndarray
        The new parameters. The arguments are left as they are.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville (2016), "Deep Learning", Algorithm 8.1.
    """
    return {key: params[key] - learning_rate * grads[key] for key in params}


def random_mini_batches(X: np.ndarray, Y: np.ndarray, batch_size: int, rng: np.random.Generator) -> list[Batch]:
    """Shuffle the examples and cut them into batches.

    X and Y are put into the same random order, then cut from left to right every ``batch_size`` columns. The last
    batch is smaller if ``batch_size`` does not divide m, and none is empty.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Examples in columns.
    Y : ndarray, shape (1, m)
        Their labels.
    batch_size : int
        Examples per batch, at least 1; it may be larger than m.
    rng : numpy.random.Generator
        What the order is drawn from.

    Returns
    -------
    list of (ndarray, ndarray)
        Pairs ``(X_t, Y_t)`` of shapes (n_x, batch_size) and (1, batch_size), ⌈m / batch_size⌉ of them.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville (2016), "Deep Learning", section 8.1.3, on why examples are shuffled.
    """
    m = X.shape[1]
    order = rng.permutation(m)
    cuts = [order[start : start + batch_size] for start in range(0, m, batch_size)]
    return [(X[:, chosen], Y[:, chosen]) for chosen in cuts]


def regularised_cost(A: np.ndarray, Y: np.ndarray, params: Arrays, lam: float) -> float:
    r"""Compute the mean cross-entropy with an L2 penalty on the weights.

    .. math:: J = -\frac{1}{m} \sum_{i=1}^m \left[ y_i \log a_i + (1 - y_i) \log (1 - a_i) \right]
        + \frac{\lambda}{2m} \sum_l \lVert W_l \rVert_F^2

    Parameters
    ----------
    A : ndarray, shape (1, m)
        The network's probabilities of label 1, 0 < A < 1.
    Y : ndarray, shape (1, m)
        Labels 0 and 1.
    params : dict of ndarray
        ``W1``, ``b1``, ``W2``, ...; the biases are not penalised.
    lam : float
        λ, at least 0.

    Returns
    -------
    float
        The cost, natural logarithms.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville (2016), "Deep Learning", section 7.1.1; the factor λ/(2m) is Ng's (2017).
    """
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    squares = sum(np.sum(W * W) for key, W in params.items() if key.startswith("W"))
    return float(cross_entropy + lam / (2 * m) * squares)


def train_epoch(
    params: Arrays,
    batches: Sequence[Batch],
    cost_and_grads: Callable[[Arrays, np.ndarray, np.ndarray], tuple[float, Arrays]],
    learning_rate: float,
    *,
    gd_step: Callable[[Arrays, Arrays, float], Arrays] = gd_step,
) -> tuple[Arrays, list[float]]:
    r"""Pass over all batches once, with one step of gradient descent on each.

    For :math:`t = 1, \ldots, T`, with :math:`J_t` the cost on batch t:
    :math:`\theta \leftarrow \theta - \alpha \nabla J_t(\theta)`.

    Parameters
    ----------
    params : dict of ndarray
        Parameters before the epoch.
    batches : list of (X_t, Y_t)
        The batches in the order in which they are used; the list may be empty.
    cost_and_grads : callable
        ``cost, grads = cost_and_grads(params, X_t, Y_t)``.
    learning_rate : float
        α.
    gd_step : callable
        The exercise that a solution may call.

    Returns
    -------
    params : dict of ndarray
        Parameters after the last step. The arguments are left as they are.
    costs : list of float
        The cost on each batch, taken before its step.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville (2016), "Deep Learning", Algorithm 8.1.
    """
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = gd_step(params, grads, learning_rate)
        costs.append(cost)
    return params, costs
