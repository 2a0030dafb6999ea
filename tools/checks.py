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
        The worked examples do not tell two functions of the table apart.
    """
    worked = judge.worked_paper(exercise)
    confused = judge.confusion(worked)
    if confused is not None:
        raise judge.DrawError(
            f"{exercise.name}: the worked examples do not tell {confused[0]} from {confused[1]}. "
            f"Change `worked` in grader/exercises/. {judge.SAME}"
        )
    hints = {name: m.hint for name, m in exercise.misconceptions.items()}
    misconceptions = {name: tuple(map(_without_source, came)) for name, came in worked.misconceptions.items()}
    return Record(exercise.shape, exercise.domain, worked.cases, worked.due, misconceptions, hints)


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
