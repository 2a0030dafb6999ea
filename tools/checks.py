"""Make ``optimlab/checks/`` from the exercise tables: inputs, outcomes and hints for the self-check.

Run it with ``make checks`` after a change to a worked example, a reference or a misconception.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader import judge
from grader.exercises import EXERCISES
from grader.exercises.model import Exercise
from optimlab.check import Record
from optimlab.outcomes import Failure, Outcome

CHECKS = Path(__file__).parents[1] / "optimlab" / "checks"


def record_of(exercise: Exercise) -> Record:
    """Return what the self-check of an exercise needs to know.

    Raises
    ------
    judge.DrawError
        The worked examples do not tell two functions of the table apart, or the table is not finished.
    """
    _refuse_unfinished(exercise)
    worked = judge.worked_paper(exercise)
    _refuse_broken(worked)
    confused = judge.confusion(worked)
    if confused is not None:
        raise judge.DrawError(
            f"{exercise.name}: the worked examples do not tell {confused[0]} from {confused[1]}. "
            f"Change `worked` in grader/exercises/. {judge.SAME}"
        )
    hints = {name: m.hint for name, m in exercise.misconceptions.items()}
    misconceptions = {name: tuple(map(_without_source, came)) for name, came in worked.misconceptions.items()}
    return Record(exercise.shape, exercise.domain, worked.cases, worked.due, misconceptions, hints)


TABLES = "grader/exercises/"
LONGEST_HINT, SHORTEST_LECTURE = 600, 40
"""Characters: a hint is read beside the cell; what is said to a class is a sentence."""
SLIPS = ("NameError", "AttributeError")
"""What a misconception raises that was mistyped, or needs more than ``np``."""


def _refuse_unfinished(exercise: Exercise) -> None:
    """Raise :class:`judge.DrawError` where words of a table are missing, or two worked cases have one name."""
    names = [c.name for c in exercise.worked]
    for twice in (name for name in names if names.count(name) > 1):
        raise judge.DrawError(f"{exercise.name}: two worked cases are called {twice!r}. Rename one in {TABLES}.")
    for m in exercise.misconceptions.values():
        place = f"{exercise.name}: the misconception {m.name} in {TABLES}"
        if "?" not in m.hint or len(m.hint) >= LONGEST_HINT:
            raise judge.DrawError(f"{place}: a hint asks a question, in fewer than {LONGEST_HINT} characters. Mend it.")
        if len(m.lecture) <= SHORTEST_LECTURE or not m.lecture.endswith(".") or m.lecture == m.hint:
            raise judge.DrawError(f"{place}: lecture= is a sentence for the class, not the hint. Write one.")


def _refuse_broken(worked: judge.Paper) -> None:
    """Raise :class:`judge.DrawError` where the reference fails on a worked case, or a misconception has a slip."""
    name = worked.exercise.name
    for c, due in zip(worked.cases, worked.due, strict=True):
        if due.failure is not None:
            words = due.failure.exception or due.failure.kind
            raise judge.DrawError(
                f"{name}: the reference gives {words} in the worked case {c.name!r}. Mend it in {TABLES}."
            )
    for misconception, came in worked.misconceptions.items():
        failures = [outcome.failure for outcome in came]
        if all(failure is not None and failure.exception in SLIPS for failure in failures):
            words = f"{failures[0].exception} in every worked case: {failures[0].message}"
            raise judge.DrawError(
                f"{name}: the misconception {misconception} gives {words}. It may use np and what stands in its own "
                f"body. Mend it in {TABLES}."
            )


def _without_source(outcome: Outcome) -> Outcome:
    """Drop what an exception says of the line that raised it: that line is a misconception's, almost a solution."""
    failure = outcome.failure
    return (
        outcome if failure is None else replace(outcome, failure=Failure(failure.kind, failure.call, failure.exception))
    )


def files() -> dict[str, str]:
    """Return the text of every file of ``optimlab/checks/`` by its name.

    Raises
    ------
    judge.DrawError
        As in :func:`record_of`.
    """
    texts = {}
    for name, exercise in EXERCISES.items():
        texts[f"{name}.json"] = _lines(record_of(exercise).to_json(), depth=2) + "\n"
    return texts


def _lines(data: Any, depth: int) -> str:
    """Return JSON with a line for each entry of the outer containers, so that a review shows what changed."""
    if depth == 0 or not isinstance(data, (dict, list)) or not data:
        return json.dumps(data, ensure_ascii=False)
    if isinstance(data, dict):
        entries = [f"{json.dumps(key)}: {_lines(item, depth - 1)}" for key, item in data.items()]
        return "{\n" + ",\n".join(entries) + "\n}"
    return "[\n" + ",\n".join(_lines(item, depth - 1) for item in data) + "\n]"


def main() -> int:
    """Write the files and remove those of exercises that are no more; 1 where a table must be mended first."""
    try:
        texts = files()
    except judge.DrawError as error:
        print(error, file=sys.stderr)
        return 1
    CHECKS.mkdir(exist_ok=True)
    for file in CHECKS.glob("*.json"):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (CHECKS / name).write_text(text, encoding="utf-8")
    print(f"optimlab/checks: {len(texts)} exercises")
    return 0


if __name__ == "__main__":
    sys.exit(main())
