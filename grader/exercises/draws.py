"""Random inputs from named ranges, for the hidden cases of all lessons.

The ranges keep clear of values at which a mistake does not show: no rate of 0 or 1, no state of zeros
unless that is the point, no two averages with the same β.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

Arrays = dict[str, np.ndarray]

LAYER_SIZES = {
    "one layer": (5, 3),
    "three layers": (4, 6, 3, 1),
    "four layers, one of them square": (3, 4, 4, 2, 1),
    "weights and biases of the same shape": (1, 4),
    "eleven layers": (2, *(1,) * 11),
}
"""Units per layer, inputs first, of the nets that step functions are tried on.

A square layer's gradient fits transposed as well, and eleven layers have numbers of two digits.
"""


def arrays_of_net(rng: np.random.Generator, layer_sizes: tuple[int, ...], dtype: type = np.float64) -> Arrays:
    """Return a dict W1, b1, W2, ... of standard normal numbers, W_l of shape (n_l, n_{l-1}), b_l of (n_l, 1)."""
    arrays = {}
    for layer, (fan_in, units) in enumerate(itertools.pairwise(layer_sizes), start=1):
        arrays[f"W{layer}"] = rng.standard_normal((units, fan_in)).astype(dtype)
        arrays[f"b{layer}"] = rng.standard_normal((units, 1)).astype(dtype)
    return arrays


def positive_arrays_of_net(rng: np.random.Generator, layer_sizes: tuple[int, ...], dtype: type = np.float64) -> Arrays:
    """Return the same with numbers in [0.2, 2.2): averages of squares are positive."""
    return {
        key: (0.2 + 2 * rng.random(value.shape)).astype(dtype) for key, value in arrays_of_net(rng, layer_sizes).items()
    }


def backwards(arrays: Arrays) -> Arrays:
    """Return the same dict with its keys in the order in which back-propagation finds gradients."""
    return dict(reversed(arrays.items()))


def weights_first(arrays: Arrays) -> Arrays:
    """Return the same dict with its keys in alphabetical order: W1, W2, ..., b1, b2, ..."""
    return dict(sorted(arrays.items()))


def as_a_network_starts(rng: np.random.Generator, layer_sizes: tuple[int, ...]) -> Arrays:
    """Return small weights, and biases of zero."""
    arrays = arrays_of_net(rng, layer_sizes)
    return {key: (1e-3 if key.startswith("W") else 0.0) * value for key, value in arrays.items()}


def chain(numbers: Iterable[float]) -> Arrays:
    """Return a net of one unit per layer: W1, b1, W2, ... are the numbers, one after the other."""
    numbers = list(numbers)
    return {f"{'Wb'[i % 2]}{i // 2 + 1}": np.array([[float(number)]]) for i, number in enumerate(numbers)}


def draw_learning_rate(rng: np.random.Generator) -> float:
    """Return a learning rate in [0.05, 0.5]."""
    return float(rng.uniform(0.05, 0.5))


def draw_beta(rng: np.random.Generator) -> float:
    """Return a β in [0.6, 0.97], away from 0.9, the usual default."""
    while abs((beta := float(rng.uniform(0.6, 0.97))) - 0.9) < 0.02:
        pass
    return beta


def draw_long_beta(rng: np.random.Generator) -> float:
    """Return a β in [0.992, 0.998]: a memory of some hundred steps."""
    return float(rng.uniform(0.992, 0.998))


def draw_two_betas(rng: np.random.Generator) -> tuple[float, float]:
    """Return two β that differ by 0.05 or more, so that an exchange of the two shows."""
    beta1 = draw_beta(rng)
    while abs((beta2 := draw_beta(rng)) - beta1) < 0.05:
        pass
    return beta1, beta2


STEP_NUMBERS = (1, 3, 5, 12)
"""Numbers t of an update. 2 is left out: an exponent fixed at 2 would be right there."""
LATE_STEP_NUMBER = 800
"""The number of an update at which the usual β of Adam's squares, 0.999, still asks for a correction."""

EPSILON = 1e-2
"""An ε large enough to show where it stands in a formula."""
EPSILON_AT_REST = 1e-8
"""The usual ε, for gradients of zero: it keeps 0 / 0 away and does nothing else."""


def scaled(arrays: Arrays, factor: float) -> Arrays:
    """Return the arrays times a number; times 0, the state before a first step."""
    return {key: factor * value for key, value in arrays.items()}


def with_parts_at_rest(grads: Arrays, *averages: Arrays) -> tuple[Arrays, ...]:
    """Return gradients and averages of a net some parts of which get no gradient.

    The first layer's gradient is zero now and was not before. Of what comes after the first layer every
    other number has never had a gradient: its averages are zero too.
    """
    kept = [{key: value.copy() for key, value in arrays.items()} for arrays in (grads, *averages)]
    for key in ("W1", "b1"):
        kept[0][key][...] = 0.0
    for arrays in kept:
        for key in list(arrays)[2:]:
            arrays[key].flat[::2] = 0.0
    return tuple(kept)
