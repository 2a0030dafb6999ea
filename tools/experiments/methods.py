"""The methods that are compared: the reference's step functions, each with what makes its state."""

from __future__ import annotations

from collections.abc import Callable

from grader.reference.adam import adam_step, init_adam
from grader.reference.mini_batches import gd_step
from grader.reference.momentum import init_velocity, momentum_step
from grader.reference.rmsprop import adagrad_step, init_square_average, rmsprop_step

STEPS: dict[str, tuple[Callable, Callable | tuple]] = {
    "gd": (gd_step, ()),
    "momentum": (momentum_step, init_velocity),
    "adagrad": (adagrad_step, init_square_average),
    "rmsprop": (rmsprop_step, init_square_average),
    "adam": (adam_step, init_adam),
}
