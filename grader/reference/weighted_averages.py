"""Exponentially weighted averages: the average, its weights, how far it looks back, its start put right.

The course's form begins at v_0 = 0, which is not among the results. Roberts, *Control Chart Tests Based on Geometric
Moving Averages*, Technometrics 1 (1959), studied such averages; notation and bias correction follow Ng (2017) and
Kingma and Ba, *Adam* (2015), section 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def ewa(values: np.ndarray, beta: float) -> np.ndarray:
    r"""Average a series so that older values count less and less.

    .. math:: v_0 = 0, \qquad v_t = \beta v_{t-1} + (1 - \beta) \theta_t, \qquad t = 1, \ldots, T

    Parameters
    ----------
    values : ndarray, shape (T,)
        :math:`\theta_1, \ldots, \theta_T`, floats, T at least 1.
    beta : float
        β, the share of the past that is kept; 0 < β < 1.

    Returns
    -------
    ndarray, shape (T,)
        :math:`v_1, \ldots, v_T`. The argument is left as it is.

    References
    ----------
    S. W. Roberts (1959), Technometrics 1(3), 239-250.
    """
    averages = np.zeros_like(values)
    v = 0.0
    for i, value in enumerate(values):
        v = beta * v + (1 - beta) * value
        averages[i] = v
    return averages


def ewa_weights(beta: float, t: int) -> np.ndarray:
    r"""Return the weights with which the first t values enter the t-th average.

    .. math:: v_t = \sum_{i=1}^t w_i \theta_i, \qquad w_i = (1 - \beta)\, \beta^{t-i}

    Parameters
    ----------
    beta : float
        β, 0 < β < 1.
    t : int
        How many values there are, at least 1.

    Returns
    -------
    ndarray, shape (t,)
        :math:`w_1, \ldots, w_t`: the oldest value's weight first. Their sum is :math:`1 - \beta^t`.

    References
    ----------
    D. P. Kingma, J. Ba (2015), "Adam", arXiv:1412.6980, eq. 1.
    """
    ages = np.arange(t - 1, -1, -1)
    return (1 - beta) * beta**ages


def averaging_window(beta: float) -> float:
    r"""Return over about how many values an exponentially weighted average runs.

    .. math:: \frac{1}{1 - \beta}

    A value as old as that counts about 1/e of what the newest one counts, since
    :math:`\beta^{1/(1-\beta)} \to 1/e` as :math:`\beta \to 1`.

    Parameters
    ----------
    beta : float
        β, 0 < β < 1.

    Returns
    -------
    float
        In steps; not rounded.
    """
    return 1 / (1 - beta)


def ewa_corrected(
    values: np.ndarray, beta: float, *, ewa: Callable[[np.ndarray, float], np.ndarray] = ewa
) -> np.ndarray:
    r"""Average a series, with the pull of the start at zero taken out.

    .. math:: \hat v_t = \frac{v_t}{1 - \beta^t}, \qquad t = 1, \ldots, T

    with :math:`v_t` from :func:`ewa`. The division makes the weights add up to 1.

    Parameters
    ----------
    values : ndarray, shape (T,)
        :math:`\theta_1, \ldots, \theta_T`, floats, T at least 1.
    beta : float
        β, 0 < β < 1.
    ewa : callable
        The exercise that a solution may call.

    Returns
    -------
    ndarray, shape (T,)
        :math:`\hat v_1, \ldots, \hat v_T`. The argument is left as it is.

    References
    ----------
    D. P. Kingma, J. Ba (2015), "Adam", arXiv:1412.6980, section 3.
    """
    t = np.arange(1, len(values) + 1)
    return ewa(values, beta) / (1 - beta**t)
