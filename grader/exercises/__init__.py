"""The exercise tables, one module per lesson: hidden cases, aspects and points, misconceptions with hints."""

from __future__ import annotations

from grader.exercises import (
    adam,
    learning_rate_decay,
    mini_batches,
    momentum,
    rmsprop,
    saddles_and_plateaus,
    weighted_averages,
)
from grader.exercises.model import Exercise

LESSONS: dict[str, tuple[Exercise, ...]] = {
    "01_mini_batches": mini_batches.EXERCISES,
    "02_weighted_averages": weighted_averages.EXERCISES,
    "03_momentum": momentum.EXERCISES,
    "04_rmsprop": rmsprop.EXERCISES,
    "05_adam": adam.EXERCISES,
    "06_learning_rate_decay": learning_rate_decay.EXERCISES,
    "07_saddles_and_plateaus": saddles_and_plateaus.EXERCISES,
}
"""The exercises of each lesson, in the order of the notebook."""

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for row in LESSONS.values() for exercise in row}
"""All exercises by the name of their function."""
