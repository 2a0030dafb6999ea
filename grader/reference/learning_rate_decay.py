"""Learning-rate schedules: the rate of an epoch as a function of the first rate and the epoch's number.

Each schedule is a function of α0, never of the rate before, so that any epoch's rate can be had without
those in between. Epochs count from 0. The forms follow Ng, *Improving Deep Neural Networks* (2017),
week 2, "Learning rate decay".
"""

from __future__ import annotations

import math


def inverse_time_decay(alpha0: float, epoch: int, decay_rate: float) -> float:
    r"""Return the rate that falls as one over time.

    .. math:: \alpha = \frac{\alpha_0}{1 + k e}

    Parameters
    ----------
    alpha0 : float
        α0, the rate of epoch 0.
    epoch : int
        e, from 0.
    decay_rate : float
        k, per epoch: after 1/k epochs the rate has halved.

    Returns
    -------
    float
    """
    return alpha0 / (1 + decay_rate * epoch)


def exponential_decay(alpha0: float, epoch: int, base: float = 0.95) -> float:
    r"""Return the rate that falls by the same share in each epoch.

    .. math:: \alpha = \alpha_0 b^e

    Parameters
    ----------
    alpha0 : float
        α0, the rate of epoch 0.
    epoch : int
        e, from 0.
    base : float
        b, the share that is kept from one epoch to the next, in (0, 1).

    Returns
    -------
    float
    """
    return alpha0 * base**epoch


def inverse_sqrt_decay(alpha0: float, epoch: int, k: float) -> float:
    r"""Return the rate that falls as one over the square root of time.

    .. math:: \alpha = \frac{k \alpha_0}{\sqrt{e + 1}}

    Parameters
    ----------
    alpha0 : float
        α0.
    epoch : int
        e, from 0.
    k : float
        The rate of epoch 0 is k α0.

    Returns
    -------
    float

    Notes
    -----
    With :math:`\sqrt{e}` below the line, as the formula is often given, epoch 0 has no rate: such
    formulas count epochs from 1.
    """
    return k * alpha0 / math.sqrt(epoch + 1)


def step_decay(alpha0: float, epoch: int, factor: float, interval: int) -> float:
    r"""Return the rate that is multiplied by a factor once in each interval.

    .. math:: \alpha = \alpha_0 f^{\lfloor e / n \rfloor}

    Parameters
    ----------
    alpha0 : float
        α0, the rate of the first ``interval`` epochs.
    epoch : int
        e, from 0.
    factor : float
        f, in (0, 1).
    interval : int
        n, epochs from one drop to the next, at least 1.

    Returns
    -------
    float

    Notes
    -----
    ``torch.optim.lr_scheduler.StepLR(gamma=f, step_size=n)`` gives the same rates.
    """
    return alpha0 * factor ** (epoch // interval)


def staircase_decay(alpha0: float, epoch: int, decay_rate: float, interval: int) -> float:
    r"""Return the rate of :func:`inverse_time_decay`, with time counted in whole intervals.

    .. math:: \alpha = \frac{\alpha_0}{1 + k \lfloor e / n \rfloor}

    Parameters
    ----------
    alpha0 : float
        α0, the rate of the first ``interval`` epochs.
    epoch : int
        e, from 0.
    decay_rate : float
        k, per interval.
    interval : int
        n, epochs from one drop to the next, at least 1.

    Returns
    -------
    float
    """
    return alpha0 / (1 + decay_rate * (epoch // interval))


def warmup_cosine(alpha0: float, epoch: int, warmup: int, total: int) -> float:
    r"""Return the rate of a linear warm-up that half a cosine wave brings down to zero.

    .. math::

        \alpha = \begin{cases}
            \alpha_0 \dfrac{e + 1}{w} & e < w \\
            \dfrac{\alpha_0}{2} \left(1 + \cos \pi \dfrac{e - w}{T - w}\right) & w \le e \le T
        \end{cases}

    Parameters
    ----------
    alpha0 : float
        α0, the highest rate, that of epochs w - 1 and w.
    epoch : int
        e, from 0 to ``total``.
    warmup : int
        w, epochs of warm-up, 0 for none; less than ``total``.
    total : int
        T, the epoch at which the rate is zero.

    Returns
    -------
    float

    References
    ----------
    I. Loshchilov, F. Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR, equation 5,
    with one run and a lowest rate of zero. P. Goyal et al. (2017), "Accurate, Large Minibatch SGD: Training
    ImageNet in 1 Hour", arXiv:1706.02677, section 2.2, for the warm-up.
    """
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    progress = (epoch - warmup) / (total - warmup)
    return alpha0 * (1 + math.cos(math.pi * progress)) / 2
