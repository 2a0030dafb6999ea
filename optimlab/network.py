"""A fully connected network: initialise it, compute its cost, its gradients, its predictions.

Examples stand in columns: ``X`` is (n_x, m), ``Y`` is (1, m) with labels 0 and 1, or one-hot
(n_y, m). Parameters are a dict of arrays ``W1`` (n_1, n_x), ``b1`` (n_1, 1), ``W2``, ``b2``, ...
One output unit means a sigmoid and two classes; several mean a softmax and as many classes.

Any array may have more axes in front: ``W1`` (rates, seeds, n_1, n_x) is a network for each rate
and seed, and they all run at once. ``X`` is then (n_x, m), the same for all, or (seeds, n_x, m).
A cost, a number for one network, becomes an array (rates, seeds). Written "..." below.

Nothing here names NumPy where an array's own type decides, so CuPy arrays work as they are. Lists of numbers, which
a student's function may give, are made arrays.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from optimlab.arrays import as_arrays

Params = dict[str, np.ndarray]

# Hidden activations, each with its derivative, written in terms of the activation's output A.
# NB: relu and tanh write over Z. New arrays cost more here than the arithmetic: with 130 networks
# side by side, a cost over 300 examples takes four times as long without this.
_ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "relu": (lambda Z: np.maximum(Z, 0.0, out=Z), lambda A: A > 0),
    "tanh": (lambda Z: np.tanh(Z, out=Z), lambda A: 1.0 - A * A),
    "sigmoid": (lambda Z: _sigmoid(Z), lambda A: A * (1.0 - A)),
}


def initialise(layer_sizes: Sequence[int], rng: np.random.Generator | np.random.RandomState) -> Params:
    r"""Draw the weights of a network by He's rule; set the biases to zero.

    :math:`W^{[l]}_{ij} \sim N(0,\ 2 / n_{l-1})` and :math:`b^{[l]} = 0`. Layers are drawn in order.

    Parameters
    ----------
    layer_sizes : sequence of int
        Units per layer, input first: ``(2, 16, 8, 1)`` makes ``W1`` (16, 2), ``W2`` (8, 16), ``W3`` (1, 8).
    rng : numpy.random.Generator or numpy.random.RandomState
        What to draw from. ``RandomState(3)`` gives what ``np.random.seed(3)`` followed by
        ``np.random.randn(n_out, n_in) * np.sqrt(2 / n_in)`` for each layer gives.

    Returns
    -------
    dict of str to ndarray
        ``W1`` (n_1, n_0), ``b1`` (n_1, 1), and so on, float64.

    Raises
    ------
    TypeError
        If `rng` isn't a generator (a seed, for example).
    ValueError
        If there are fewer than two layers, or a layer without units.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun (2015), "Delving Deep into Rectifiers", section 2.2, eq. 10:
    half of n times the variance of a weight is 1. ReLU layers then keep the size of a signal.
    """
    if not hasattr(rng, "standard_normal"):
        raise TypeError(f"rng is {rng!r}; due is a NumPy generator, such as np.random.default_rng(0)")
    if len(layer_sizes) < 2 or min(layer_sizes) < 1:
        raise ValueError(f"layer_sizes is {tuple(layer_sizes)}; due are at least two sizes, each at least 1")
    params = {}
    for layer, (n_in, n_out) in enumerate(pairwise(layer_sizes), start=1):
        params[f"W{layer}"] = rng.standard_normal((n_out, n_in)) * np.sqrt(2.0 / n_in)
        params[f"b{layer}"] = np.zeros((n_out, 1))
    return params


def forward(params: Params, X: np.ndarray, hidden: str = "relu") -> np.ndarray:
    r"""Compute the probabilities that the network gives.

    :math:`A^{[0]} = X`, :math:`A^{[l]} = g(W^{[l]} A^{[l-1]} + b^{[l]})`, with a sigmoid (one output
    unit) or a softmax (several) in the last layer.

    Parameters
    ----------
    params : dict of str to ndarray
        ``W1`` (..., n_1, n_x), ``b1`` (..., n_1, 1), and so on.
    X : ndarray, shape (..., n_x, m)
        Examples in columns.
    hidden : {"relu", "tanh", "sigmoid"}
        Activation of the hidden layers.

    Returns
    -------
    ndarray, shape (..., n_y, m)
        The probability of label 1 (n_y = 1), or of each class.

    Raises
    ------
    ValueError
        If `X` has another number of rows than the network has inputs, or `hidden` isn't known.
    """
    params, X = as_arrays(params), as_arrays(X)
    *_, logits = _layer_outputs(params, X, hidden)
    return _sigmoid(logits) if logits.shape[-2] == 1 else _softmax(logits)


def cost(params: Params, X: np.ndarray, Y: np.ndarray, hidden: str = "relu", lam: float = 0.0) -> np.ndarray:
    r"""Compute the mean cross-entropy plus the L2 penalty of the weights.

    :math:`J = -\frac{1}{m} \sum [y \log a + (1-y) \log(1-a)] + \frac{\lambda}{2m} \sum_l \|W^{[l]}\|_F^2`;
    with several classes the first part is :math:`-\frac{1}{m} \sum_i \sum_k y_{ki} \log a_{ki}`.
    It is computed from the logits (what enters the sigmoid or softmax), so a probability that
    rounds to 0 or 1 does no harm.

    Parameters
    ----------
    params, X, hidden
        As in :func:`forward`.
    Y : ndarray, shape (..., n_y, m)
        Labels 0 and 1 (n_y = 1), or one-hot classes.
    lam : float
        Strength of the L2 penalty, λ. Biases aren't penalised.

    Returns
    -------
    float or ndarray, shape (...)
        The cost in nats per example: a number for one network, an array for several.

    Raises
    ------
    ValueError
        As in :func:`forward`, or if `Y` has another number of rows than the network has outputs.

    References
    ----------
    C. M. Bishop (2006), "Pattern Recognition and Machine Learning", eq. 4.90 (two classes) and 4.108.
    """
    params, X, Y = as_arrays(params), as_arrays(X), as_arrays(Y)
    *_, logits = _layer_outputs(params, X, hidden)
    _check_labels(Y, logits.shape[-2:])
    return _cross_entropy(logits, Y) + _l2_penalty(params, lam, X.shape[-1])


def cost_and_grads(
    params: Params, X: np.ndarray, Y: np.ndarray, hidden: str = "relu", lam: float = 0.0
) -> tuple[np.ndarray, Params]:
    r"""Compute the cost and its gradient for every parameter, by back-propagation.

    From :math:`dZ^{[L]} = (A^{[L]} - Y)/m` downwards, layer by layer:
    :math:`dW^{[l]} = dZ^{[l]} A^{[l-1]T} + \frac{\lambda}{m} W^{[l]}`, :math:`db^{[l]}` = the row sums of
    :math:`dZ^{[l]}`, and :math:`dZ^{[l-1]} = W^{[l]T} dZ^{[l]} * g'(Z^{[l-1]})`. ReLU's derivative at 0 is taken as 0.

    Parameters
    ----------
    params, X, Y, hidden, lam
        As in :func:`cost`.

    Returns
    -------
    cost : float or ndarray, shape (...)
        What :func:`cost` returns.
    grads : dict of str to ndarray
        Keys and shapes of `params`.

    Raises
    ------
    ValueError
        As in :func:`cost`.

    References
    ----------
    C. M. Bishop (2006), "Pattern Recognition and Machine Learning", eq. 4.91 and 4.109 (the first step down),
    and section 5.3 (the others).
    """
    params, X, Y = as_arrays(params), as_arrays(X), as_arrays(Y)
    *activations, logits = _layer_outputs(params, X, hidden)
    _check_labels(Y, logits.shape[-2:])
    m = X.shape[-1]
    derivative = _ACTIVATIONS[hidden][1]
    dZ = ((_sigmoid(logits) if logits.shape[-2] == 1 else _softmax(logits)) - Y) / m
    grads = {}
    for layer in range(len(activations), 0, -1):
        W, A_below = params[f"W{layer}"], activations[layer - 1]
        grads[f"W{layer}"] = dZ @ A_below.swapaxes(-1, -2)
        if lam:
            grads[f"W{layer}"] += lam / m * W
        grads[f"b{layer}"] = dZ.sum(axis=-1, keepdims=True)
        if layer > 1:
            dZ = W.swapaxes(-1, -2) @ dZ
            dZ *= derivative(A_below)
    grads = {key: grads[key] for key in params}
    return _cross_entropy(logits, Y) + _l2_penalty(params, lam, m), grads


def predict(params: Params, X: np.ndarray, hidden: str = "relu") -> np.ndarray:
    """Return the likeliest label of each example.

    Parameters
    ----------
    params, X, hidden
        As in :func:`forward`.

    Returns
    -------
    ndarray of int, shape (..., 1, m)
        One output unit: 1 where its probability is above 1/2, else 0. Several: the number of the likeliest class.

    Raises
    ------
    ValueError
        As in :func:`forward`.
    """
    params, X = as_arrays(params), as_arrays(X)
    *_, logits = _layer_outputs(params, X, hidden)
    if logits.shape[-2] == 1:
        return (logits > 0).astype(int)
    return logits.argmax(axis=-2)[..., None, :]


def count_correct(params: Params, X: np.ndarray, Y: np.ndarray, hidden: str = "relu") -> np.ndarray:
    """Count the examples whose label is predicted right.

    Divide by m for the accuracy. A count says how coarse that is: of 300 examples, one is a third of a point.

    Parameters
    ----------
    params, X, Y, hidden
        As in :func:`cost`.

    Returns
    -------
    int or ndarray of int, shape (...)
        Between 0 and m. A network with a NaN in it counts as predicting class 0.

    Raises
    ------
    ValueError
        As in :func:`cost`.
    """
    params, Y = as_arrays(params), as_arrays(Y)
    labels = predict(params, X, hidden)
    n_y = params[f"b{len(params) // 2}"].shape[-2]
    _check_labels(Y, (n_y, labels.shape[-1]))
    truth = Y if n_y == 1 else Y.argmax(axis=-2)[..., None, :]
    return (labels == truth).sum(axis=(-2, -1))


def linear_cost_and_grads(params: Params, X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, Params]:
    r"""Compute half the mean squared error of a linear model, and its gradient.

    :math:`J = \frac{1}{2m} \sum_i (W x_i + b - y_i)^2`. The model is one layer, ``W1`` and ``b1``.

    Parameters
    ----------
    params : dict of str to ndarray
        ``W1`` (..., 1, n_x) and ``b1`` (..., 1, 1).
    X : ndarray, shape (..., n_x, m)
        Examples in columns.
    Y : ndarray, shape (..., 1, m)
        Values to predict.

    Returns
    -------
    cost : float or ndarray, shape (...)
        In units of `Y` squared.
    grads : dict of str to ndarray
        Keys and shapes of `params`.

    References
    ----------
    C. M. Bishop (2006), "Pattern Recognition and Machine Learning", eq. 3.12 and 3.13, divided by m.
    """
    error = params["W1"] @ X + params["b1"] - Y
    m = X.shape[-1]
    grads = {"W1": error @ X.swapaxes(-1, -2) / m, "b1": error.sum(axis=-1, keepdims=True) / m}
    return (error * error).sum(axis=(-2, -1)) / (2 * m), grads


def logistic_optimum(X: np.ndarray, Y: np.ndarray) -> float:
    r"""Find the lowest cost that logistic regression can reach on some data, by Newton's method.

    Each step solves :math:`H s = g`, and is halved until the cost falls. A target for training can be
    set relative to it: ``optimum + 0.05 * (np.log(2) - optimum)`` leaves 5 % of the way from a zero start.

    Parameters
    ----------
    X : ndarray, shape (n_x, m)
        Examples in columns. A bias is fitted as well.
    Y : ndarray, shape (1, m)
        Labels 0 and 1.

    Returns
    -------
    float
        Mean cross-entropy at the optimum, in nats per example.

    Raises
    ------
    ValueError
        If there is no optimum: a plane parts the classes, or features are copies of each other.

    References
    ----------
    C. M. Bishop (2006), "Pattern Recognition and Machine Learning", section 4.3.3, eq. 4.96 to 4.98.
    """
    m = X.shape[-1]
    inputs = np.vstack([X, np.ones((1, m))])
    weights = np.zeros((1, len(inputs)))
    for _ in range(100):
        cost_here = _cross_entropy(weights @ inputs, Y)
        A = _sigmoid(weights @ inputs)
        g = (A - Y) @ inputs.T / m
        H = (inputs * A * (1 - A)) @ inputs.T / m
        parted = ((weights @ inputs > 0) == (Y > 0)).all()
        if parted or np.linalg.cond(H) > 1e14:
            break
        step = np.linalg.solve(H, g.T).T
        if (g * step).sum() < 1e-14:  # twice the cost still to be gained; below this, rounding decides
            return float(cost_here)
        while _cross_entropy((weights - step) @ inputs, Y) > cost_here:
            step = step / 2
        weights = weights - step
    raise ValueError("no optimum: a plane parts the two classes, or some features are copies of each other")


def _layer_outputs(params: Params, X: np.ndarray, hidden: str) -> list[np.ndarray]:
    """Return X, the hidden layers' activations, and last the logits."""
    if hidden not in _ACTIVATIONS:
        raise ValueError(f"hidden={hidden!r} isn't known; known are {', '.join(_ACTIVATIONS)}")
    n_x = params["W1"].shape[-1]
    if X.ndim < 2 or X.shape[-2] != n_x:
        raise ValueError(f"X has shape {X.shape}; due is ({n_x}, m): a row per input, examples in columns")
    activation = _ACTIVATIONS[hidden][0]
    depth = len(params) // 2
    outputs = [X]
    for layer in range(1, depth + 1):
        Z = params[f"W{layer}"] @ outputs[-1]
        Z += params[f"b{layer}"]
        outputs.append(Z if layer == depth else activation(Z))
    return outputs


def _sigmoid(Z: np.ndarray) -> np.ndarray:
    # e^z / (1 + e^z) below 0 and 1 / (1 + e^-z) above: neither exponent is ever positive.
    return np.exp(np.minimum(Z, 0.0)) / (1.0 + np.exp(-np.abs(Z)))


def _softmax(Z: np.ndarray) -> np.ndarray:
    E = np.exp(Z - Z.max(axis=-2, keepdims=True))
    return E / E.sum(axis=-2, keepdims=True)


def _cross_entropy(logits: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Mean over the examples, shape (...)."""
    if logits.shape[-2] == 1:
        # log(1 + e^z) - y z, written so that e^z can't overflow
        losses = np.maximum(logits, 0.0) - logits * Y + np.log1p(np.exp(-np.abs(logits)))
    else:
        top = logits.max(axis=-2, keepdims=True)
        losses = top + np.log(np.exp(logits - top).sum(axis=-2, keepdims=True)) - (logits * Y).sum(-2, keepdims=True)
    return losses.sum(axis=(-2, -1)) / logits.shape[-1]


def _l2_penalty(params: Params, lam: float, m: int) -> np.ndarray | float:
    if not lam:
        return 0.0
    squares = [(W * W).sum(axis=(-2, -1)) for key, W in params.items() if key.startswith("W")]
    return lam / (2 * m) * sum(squares)


def _check_labels(Y: np.ndarray, due: tuple[int, int]) -> None:
    if Y.shape[-2:] != due:
        raise ValueError(f"Y has shape {Y.shape}; due is {due}: a row per output unit, examples in columns")
