"""Random inputs from named ranges, for the hidden cases of all lessons.

The ranges keep clear of values at which a mistake does not show: no rate of 0 or 1, no state of zeros
unless that is the point, no two averages with the same β.
"""

from __future__ import annotations

import itertools

import numpy as np

Arrays = dict[str, np.ndarray]

LAYER_SIZES = {
    "one layer": (5, 3),
    "three layers": (4, 6, 3, 1),
    "four layers": (3, 5, 4, 2, 1),
    "weights and biases of the same shape": (1, 4),
}
"""Units per layer, inputs first, of the nets that step functions are tried on."""


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


def draw_learning_rate(rng: np.random.Generator) -> float:
    """Return a learning rate in [0.05, 0.5]."""
    return float(rng.uniform(0.05, 0.5))


def draw_beta(rng: np.random.Generator) -> float:
    """Return a β in [0.6, 0.97], away from 0.9, the usual default."""
    while abs((beta := float(rng.uniform(0.6, 0.97))) - 0.9) < 0.02:
        pass
    return beta
