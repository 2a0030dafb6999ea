"""Grade a function in the process that holds it: the hidden region of a check cell.

An instructor's own notebook and stock nbgrader run this. Grading a class does not: there the student's
function runs in a process of its own and the judge outside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from grader import judge
from grader.exercises import EXERCISES
from grader.exercises.model import Misconception
from optimlab.check import name_of

SEED = 0
SECONDS = 10.0
"""After how many seconds a loop in a student's function is interrupted."""

_found: dict[str, Misconception] = {}


def grade_here(function: Callable) -> float:
    """Judge a function on hidden cases, print what is to be said and return the points.

    Parameters
    ----------
    function : callable
        The function of an exercise, under the exercise's name.

    Returns
    -------
    float
        Points, from 0 to the check cell's; as the cell's value it is nbgrader's partial credit.

    Raises
    ------
    LookupError
        No exercise has the function's name.
    """
    name = name_of(function, sys._getframe(1), EXERCISES)
    exercise = EXERCISES[name]
    drawn = judge.paper(exercise, SEED)
    verdict = judge.judge(drawn, judge.outcomes_of(function, drawn, SECONDS), _found)
    _found.pop(name, None)
    if verdict.misconception:
        _found[name] = exercise.misconceptions[verdict.misconception]
    print("\n".join((f"{name}: {verdict.points:g} of {verdict.due:g} points. {verdict.message}", *verdict.remarks)))
    return float(verdict.points)
