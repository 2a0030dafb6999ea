"""Grade one submission: run it, judge what came, return the record.

The work is a function of the submission, the lesson and the seed. Nothing is read or written here but the
process that the submission runs in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader import judge, sandbox
from grader.exercises.model import Misconception
from grader.judge import Verdict
from grader.lesson import Lesson, Submission, assigned_names
from grader.verdicts import Key, Record
from optimlab.outcomes import Outcome


def grade(
    submission: Submission,
    lesson: Lesson,
    key: Key,
    limits: sandbox.Limits | None = None,
    isolation: str = "bubblewrap",
    folder: Path | None = None,
) -> Record:
    """Return the record of a submission.

    Parameters
    ----------
    submission : Submission
    lesson : Lesson
    key : Key
        Whose it is, and under which seed.
    limits : sandbox.Limits, optional
    isolation : str
        "bubblewrap" or "none" (see :func:`grader.sandbox.run`).
    folder : Path, optional
        What was handed in beside the notebook.

    Returns
    -------
    Record
    """
    requests = {
        exercise.name: sandbox.Request(judge.paper(exercise, key.seed).cases, exercise.shape.parameters)
        for exercise in lesson.exercises
    }
    setup = list(lesson.setup)
    ran = sandbox.run([*setup, *submission.cells], requests, key.seed, limits, isolation, folder)
    outputs = ran.outputs[len(setup) :]
    if _needs_demonstrations(submission, lesson, outputs):
        cells = submission.with_demonstrations()
        sources = [source for _, source in cells]
        again = sandbox.run([*setup, *sources], requests, key.seed, limits, isolation, folder)
        own = [
            output for (number, _), output in zip(cells, again.outputs[len(setup) :], strict=True) if number is not None
        ]
        ran, outputs = again, own
    verdicts = judge_all(lesson, ran.outcomes, key.seed)
    return Record(key, verdicts, outputs, {"seconds": round(ran.seconds, 3), "starts": ran.starts})


def _needs_demonstrations(submission: Submission, lesson: Lesson, outputs: Sequence[Sequence[dict[str, Any]]]) -> bool:
    """Tell whether a cell failed for a name that only a demonstration defines."""
    shown = lesson.names_of_demonstrations | assigned_names([source for _, source in submission.demonstrations])
    errors = [o for cell in outputs for o in cell if o["output_type"] == "error" and o["ename"] == "NameError"]
    return any(f"name '{name}' is not defined" in error["evalue"] for error in errors for name in shown)


def judge_all(lesson: Lesson, outcomes: dict[str, list[Outcome] | str], seed: int) -> dict[str, Verdict]:
    """Return the verdicts on all exercises of a lesson, each in the light of the earlier ones."""
    verdicts: dict[str, Verdict] = {}
    found: dict[str, Misconception] = {}
    for exercise in lesson.exercises:
        came = outcomes.get(exercise.name, "missing")
        if isinstance(came, str):
            verdicts[exercise.name] = judge.without_outcomes(exercise, came)
            continue
        verdict = judge.judge(judge.paper(exercise, seed), came, found)
        verdicts[exercise.name] = verdict
        if verdict.misconception:
            found[exercise.name] = exercise.misconceptions[verdict.misconception]
    return verdicts
