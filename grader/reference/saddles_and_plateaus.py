"""Saddles and plateaus: curvature by differences, what its signs say, and where progress stops.

Dauphin et al. (2014), "Identifying and attacking the saddle point problem in high-dimensional
non-convex optimization", NeurIPS, is behind the lesson: of the points with zero gradient in many
dimensions nearly all are saddles.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def numerical_hessian(gradient: Callable[[np.ndarray], np.ndarray], x: np.ndarray, h: float = 1e-4) -> np.ndarray:
    r"""Return the Hessian at a point, by central differences of the gradient.

    .. math:: H_{ij} \approx \frac{g_i(x + h e_j) - g_i(x - h e_j)}{2h}, \qquad H \leftarrow \frac{H + H^T}{2}

    Parameters
    ----------
    gradient : callable
        g, from points (d,) to gradients (d,).
    x : ndarray, shape (d,)
        The point. It is left as it is.
    h : float
        The step to either side, above 0.

    Returns
    -------
    ndarray, shape (d, d)
        Symmetric. It is exact up to rounding where g is linear, else its error falls with h².

    References
    ----------
    J. Nocedal, S. J. Wright (2006), "Numerical Optimization", 2nd edition, section 8.1.
    """
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    hessian = np.stack(columns, axis=1)
    return (hessian + hessian.T) / 2


def classify_critical_point(hessian: np.ndarray, tol: float = 1e-6) -> str:
    """Return what the eigenvalues of the Hessian say of a point with zero gradient.

    An eigenvalue counts as zero where its magnitude is at most ``tol * max(1, largest magnitude)``.

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        Symmetric.
    tol : float
        Tolerance, above 0.

    Returns
    -------
    str
        "saddle" where there are eigenvalues of both signs, whatever else is zero; otherwise "degenerate"
        where one is zero; otherwise "minimum" where all are positive and "maximum" where all are negative.

    Notes
    -----
    "degenerate" means that the Hessian does not tell: x⁴ + y² has a true minimum there.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    up, down = np.any(eigenvalues > zero), np.any(eigenvalues < -zero)
    if up and down:
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "minimum" if up else "maximum"


def saddle_fraction(dimension: int, trials: int, rng: np.random.Generator) -> float:
    r"""Return which share of random symmetric matrices have eigenvalues of both signs.

    .. math:: H = \frac{A + A^T}{2}, \qquad A_{ij} \sim \mathcal{N}(0, 1)

    Parameters
    ----------
    dimension : int
        Rows and columns of H, at least 1.
    trials : int
        How many matrices, at least 1.
    rng : numpy.random.Generator
        Asked for ``standard_normal((dimension, dimension))`` once for each trial, and for nothing else.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    The matrices are those of the Gaussian orthogonal ensemble. The share is exactly 0 in one dimension, 1/√2 in two and
    :math:`1/2 + \sqrt{2}/\pi`, 0.9502, in three. In many dimensions the share of others falls as :math:`3^{-d^2/4}`:
    D. S. Dean, S. N. Majumdar (2006), "Large deviations of extreme eigenvalues of random matrices", Physical Review
    Letters 97, 160201.
    """
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return float(saddles / trials)


def find_plateau(losses: np.ndarray, tol: float, patience: int) -> int | None:
    r"""Return the first index after which the loss improves by less than a tolerance for some time.

    .. math:: \min \{ i : \ell_i - \min(\ell_{i+1}, \dots, \ell_{i+p}) < \mathrm{tol} \}

    Parameters
    ----------
    losses : ndarray, shape (T,)
        One loss per update or epoch.
    tol : float
        An improvement by ``tol`` or more is one.
    patience : int
        p, how many losses after the i-th are looked at, at least 1. All of them must be there.

    Returns
    -------
    int or None
        None where there is no such index.

    Notes
    -----
    A rising loss is a plateau by this definition, and so is a run that has converged.
    A NaN at i or among the losses after it makes i no plateau: every comparison with NaN is false.
    """
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


def steps_to_escape(
    step: Callable[[np.ndarray, np.ndarray], np.ndarray],
    gradient: Callable[[np.ndarray], np.ndarray],
    x0: np.ndarray,
    radius: float,
    limit: int,
) -> int | None:
    r"""Return after how many steps a point is farther than a radius from a saddle at the origin.

    .. math:: x_{n+1} = \mathrm{step}(x_n, g(x_n)), \qquad \min \{ n \in 0..\mathrm{limit} : \|x_n\| > r \}

    Parameters
    ----------
    step : callable
        From a point (d,) and its gradient (d,) to the next point (d,).
    gradient : callable
        g, from points (d,) to gradients (d,).
    x0 : ndarray, shape (d,)
        The start. It is left as it is.
    radius : float
        r, in the Euclidean norm.
    limit : int
        The largest n that is tried, at least 0.

    Returns
    -------
    int or None
        None where no n up to ``limit`` will do.
    """
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None
