"""Data for the lessons: made from a seed, or read from the course's small files.

Examples stand in columns: ``X`` is (n_x, m), ``Y`` is (1, m), or one-hot (n_y, m) for several classes.
All arrays are float64. The same arguments give the same numbers.
"""

from pathlib import Path

import numpy as np

PACKAGED = Path(__file__).parent / "datasets"  # an installed wheel
CHECKOUT = Path(__file__).parent.parent / "datasets"  # a clone of the course

DIGIT_PIXEL_MAX = 16  # black pixels in a 4 x 4 block


def moons(m: int = 300, noise: float = 0.2, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    r"""Make two interleaved half circles with noise, one per class.

    With :math:`\theta` evenly spaced over :math:`[0, \pi]`, class 0 lies on :math:`(\cos\theta, \sin\theta)`,
    class 1 on :math:`(1 - \cos\theta, \frac{1}{2} - \sin\theta)`; noise :math:`N(0, \text{noise}^2)` is added to each
    coordinate. Equal to scikit-learn's ``make_moons(m, noise=noise, random_state=seed)``, transposed.

    Parameters
    ----------
    m : int
        Number of examples, half of them in each class.
    noise : float
        Standard deviation of the noise, in the units of the circles' radius 1.
    seed : int
        Seed of the legacy generator, ``numpy.random.RandomState``.

    Returns
    -------
    X : ndarray, shape (2, m)
        Coordinates.
    Y : ndarray, shape (1, m)
        Labels, 0 and 1.

    References
    ----------
    scikit-learn, ``sklearn.datasets.make_moons``.
    """
    # NB: RandomState, and in this order: shuffle first, then noise drawn for one example after the other.
    rng = np.random.RandomState(seed)
    upper = np.linspace(0, np.pi, m // 2)
    lower = np.linspace(0, np.pi, m - m // 2)
    points = np.vstack(
        [
            np.append(np.cos(upper), 1 - np.cos(lower)),
            np.append(np.sin(upper), 1 - np.sin(lower) - 0.5),
        ]
    )
    labels = np.append(np.zeros(len(upper)), np.ones(len(lower)))
    order = np.arange(m)
    rng.shuffle(order)
    X = points[:, order] + rng.normal(scale=noise, size=(m, 2)).T
    return np.ascontiguousarray(X), labels[None, order]


def badly_scaled(seed: int, spread: float = 100.0, m: int = 500, features: int = 20) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw data for logistic regression whose features come in very different units.

    Feature j is :math:`x_j = c_j z_j` with :math:`z_j \sim N(0, 1)` and scales :math:`c_j` in geometric progression
    from :math:`1/\sqrt{\text{spread}}` to :math:`\sqrt{\text{spread}}`. The label is 1 with probability
    :math:`\sigma(\sum_j u_j z_j)`, :math:`u_j \sim N(0, 0.5^2)`: no feature matters more for being large.
    The condition number of the cost grows as the square of the spread.

    Parameters
    ----------
    seed : int
    spread : float
        Largest scale over smallest, at least 1.
    m, features : int
        Number of examples and of features.

    Returns
    -------
    X : ndarray, shape (features, m)
    Y : ndarray, shape (1, m)
        Labels, 0 and 1.
    """
    rng = np.random.default_rng(seed)
    scales = np.geomspace(spread**-0.5, spread**0.5, features)[:, None]
    Z = rng.standard_normal((features, m))
    weights = 0.5 * rng.standard_normal((1, features))
    return scales * Z, _draw_labels(weights @ Z, rng)


def sparse_features(seed: int, m: int = 5000, presence: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw data for logistic regression on features that are mostly absent, as words are in texts.

    Feature j is 1 with probability ``presence[j]``, else 0. Labels follow the model
    :math:`\sigma(\sum_j u_j x_j)`, :math:`u_j \sim N(0, 2^2)`.

    Parameters
    ----------
    seed : int
    m : int
        Number of examples.
    presence : array_like, shape (features,), optional
        Probability of each feature. By default 1, 1/2, 1/3, ... 1/200: few are common, most are rare.

    Returns
    -------
    X : ndarray, shape (features, m)
        Zeros and ones.
    Y : ndarray, shape (1, m)
        Labels, 0 and 1.
    """
    presence = 1.0 / np.arange(1, 201) if presence is None else np.asarray(presence)
    rng = np.random.default_rng(seed)
    X = (rng.random((len(presence), m)) < presence[:, None]).astype(float)
    weights = 2.0 * rng.standard_normal((1, len(presence)))
    return X, _draw_labels(weights @ X, rng)


def noisy_linear(seed: int, m: int = 500, features: int = 5, label_noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw data for linear regression with noise on the values.

    :math:`y = \sum_j u_j x_j + s \epsilon`, with :math:`u_j`, :math:`x_j` and :math:`\epsilon` from :math:`N(0, 1)`.

    Parameters
    ----------
    seed : int
    m, features : int
        Number of examples and of features.
    label_noise : float
        Standard deviation of the noise, s. At 0 the model fits every example, and gradient noise vanishes there.

    Returns
    -------
    X : ndarray, shape (features, m)
    Y : ndarray, shape (1, m)
        Values to predict.
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((features, m))
    weights = rng.standard_normal((1, features))
    return X, weights @ X + label_noise * rng.standard_normal((1, m))


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Read 1797 handwritten digits, 8 by 8 pixels each.

    Returns
    -------
    X : ndarray, shape (64, 1797)
        Darkness of each pixel, from 0 (white) to 1, row by row: ``X[:, i].reshape(8, 8)`` is image i.
    Y : ndarray, shape (10, 1797)
        One-hot: row k is 1 where the digit is k.

    Raises
    ------
    FileNotFoundError
        If ``digits.npz`` is missing.

    References
    ----------
    E. Alpaydin, C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository; datasets/README.md says how the file was made.
    """
    with np.load(data_file("digits.npz")) as file:
        pixels, labels = file["pixels"], file["labels"]
    return np.ascontiguousarray(pixels.T) / DIGIT_PIXEL_MAX, one_hot(labels, 10)


def daily_temperatures() -> tuple[np.ndarray, np.ndarray]:
    """Read how warm it was in Seattle on each day of 2012 to 2015.

    Returns
    -------
    days : ndarray of datetime64[D], shape (1461,)
        2012-01-01 to 2015-12-31, none left out.
    temperatures : ndarray, shape (1461,)
        The highest temperature of each day, in degrees Celsius.

    Raises
    ------
    FileNotFoundError
        If ``seattle_temperatures.csv`` is missing.

    References
    ----------
    M. J. Menne and others (2012), "An Overview of the Global Historical Climatology Network-Daily Database", Journal
    of Atmospheric and Oceanic Technology 29, 897-910; datasets/README.md says how the file was made.
    """
    lines = data_file("seattle_temperatures.csv").read_text(encoding="utf-8").split()
    days, temperatures = zip(*(line.split(",") for line in lines[1:]), strict=True)
    return np.array(days, dtype="datetime64[D]"), np.array(temperatures, dtype=float)


def recorded(name: str) -> dict[str, np.ndarray]:
    """Read a recorded run: what takes too long for a lesson.

    Parameters
    ----------
    name : str
        Such as ``"03_momentum-network"``; datasets/experiments/README.md lists them, and says what each array holds.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    FileNotFoundError
        If there is no such record.
    """
    with np.load(data_file(f"experiments/{name}.npz")) as file:
        return dict(file)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Turn class numbers into columns with a single 1.

    Parameters
    ----------
    labels : array_like of int, shape (m,)
        Class numbers from 0 to classes - 1.
    classes : int

    Returns
    -------
    ndarray, shape (classes, m)
    """
    return (np.arange(classes)[:, None] == np.asarray(labels)).astype(float)


def hold_out(
    X: np.ndarray, Y: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Set examples aside for testing, drawn at random.

    Parameters
    ----------
    X, Y : ndarray, shape (n_x, m) and (n_y, m)
    count : int
        Number of examples to set aside, between 1 and m - 1.
    rng : numpy.random.Generator

    Returns
    -------
    X_train, Y_train, X_test, Y_test : ndarray
        In columns, each part in its original order: m - count to train with, `count` to test with.

    Raises
    ------
    ValueError
        If `count` leaves nothing on one side.
    """
    m = X.shape[-1]
    if not 0 < count < m:
        raise ValueError(f"count is {count}; due is a number from 1 to m - 1 = {m - 1}")
    aside = np.zeros(m, dtype=bool)
    aside[rng.choice(m, size=count, replace=False)] = True
    return X[:, ~aside], Y[:, ~aside], X[:, aside], Y[:, aside]


def data_file(name: str) -> Path:
    """Return where a data file of the course lies: in the installed package, or in the checkout.

    Parameters
    ----------
    name : str
        Path below ``datasets/``, such as ``"digits.npz"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If it is in neither; the message names both places and the cure.
    """
    for folder in (PACKAGED, CHECKOUT):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(
        f"{name} is neither in {PACKAGED} nor in {CHECKOUT}: install optimlab again (pip install --force-reinstall "
        f"optimlab), or in a checkout run: git checkout -- datasets/{name}"
    )


def _draw_labels(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """1 with probability sigmoid(logits), else 0."""
    return (rng.random(logits.shape) < 0.5 * (1.0 + np.tanh(0.5 * logits))).astype(float)
