"""The exercise tables, one module per lesson: hidden cases, aspects and points, misconceptions with hints.

:data:`optimlab.carry.LESSONS` lists lessons and functions, for students and graders alike. The table of
``03_momentum`` is the module ``momentum``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from grader.exercises.model import Exercise
from optimlab import carry


def table_of(lesson: str, names: Sequence[str]) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, from the module that has its name.

    Raises
    ------
    ValueError
        The module has other exercises than those names, or in another order.
    """
    module = import_module(f"{__name__}.{lesson[3:]}")
    found = [exercise.name for exercise in module.EXERCISES]
    if found != list(names):
        raise ValueError(
            f"{lesson}: {module.__file__} has {', '.join(found)}, LESSONS in optimlab/carry.py has {', '.join(names)}. "
            "Mend one of them."
        )
    return module.EXERCISES


LESSONS: dict[str, tuple[Exercise, ...]] = {lesson: table_of(lesson, names) for lesson, names in carry.LESSONS.items()}
"""The exercises of each lesson."""

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for row in LESSONS.values() for exercise in row}
"""All exercises by the name of their function."""
