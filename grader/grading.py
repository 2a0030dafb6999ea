"""Grade one submission: run it, judge what came, return the record.

The work is a function of the submission, the lesson and the seed. Nothing is read or written here but the
process that the submission runs in.
"""

from __future__ import annotations

import ast
from typing import Any

import nbformat

from grader import judge, sandbox
from grader.exercises.model import Misconception
from grader.judge import AspectResult, Verdict
from grader.lesson import Lesson, LessonCell, Submission, assigned_names
from grader.verdicts import Key, Record
from optimlab.outcomes import Outcome

UNPROTECTED = "Hand-written tests, unprotected: they ran in the same process as the submission."


def grade(
    submission: Submission,
    lesson: Lesson,
    key: Key,
    limits: sandbox.Limits | None = None,
    isolation: str = "bubblewrap",
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

    Returns
    -------
    Record
    """
    ran, outputs = run(submission, lesson, key.seed, limits, isolation)
    verdicts = judge_all(lesson, ran.outcomes, key.seed)
    verdicts |= {c.base: own_verdict(c, came) for c, came in zip(lesson.own_checks, ran.checks, strict=True)}
    return Record(key, verdicts, outputs, {"seconds": round(ran.seconds, 3), "starts": ran.starts})


def run(
    submission: Submission,
    lesson: Lesson,
    seed: int,
    limits: sandbox.Limits | None = None,
    isolation: str = "bubblewrap",
) -> tuple[sandbox.Ran, list[list[dict[str, Any]]]]:
    """Run a submission without the demonstrations, and again with them where it needs what they define.

    Parameters
    ----------
    submission : Submission
    lesson : Lesson
    seed : int
    limits : sandbox.Limits, optional
    isolation : str

    Returns
    -------
    ran : sandbox.Ran
    outputs : list
        The outputs of each of the student's own cells.
    """
    requests = {
        exercise.name: sandbox.Request(judge.paper(exercise, seed).cases, exercise.shape.parameters)
        for exercise in lesson.exercises
    }
    setup = list(lesson.setup)
    checks = [cell.source for cell in lesson.own_checks]
    files = dict(submission.files)
    ran = sandbox.run([*setup, *submission.cells], requests, seed, limits, isolation, files, checks)
    outputs = ran.outputs[len(setup) :]
    if not _needs_demonstrations(submission, lesson, ran):
        return ran, outputs
    cells = submission.with_demonstrations()
    sources = [source for _, source in cells]
    again = sandbox.run([*setup, *sources], requests, seed, limits, isolation, files, checks)
    shown = zip(cells, again.outputs[len(setup) :], strict=True)
    return again, [output for (number, _), output in shown if number is not None]


def _needs_demonstrations(submission: Submission, lesson: Lesson, ran: sandbox.Ran) -> bool:
    """Tell whether a cell or a function failed for a name that only a demonstration defines."""
    errors = [o for cell in ran.outputs for o in cell if o["output_type"] == "error"]
    said = [error["evalue"] for error in errors if error["ename"] == "NameError"]
    failures = [o.failure for came in ran.outcomes.values() if not isinstance(came, str) for o in came if o.failure]
    said += [failure.message for failure in failures if failure.exception == "NameError"]
    if not said:
        return False
    shown = lesson.names_of_demonstrations | assigned_names([source for _, source in submission.demonstrations])
    return any(f"name '{name}' is not defined" in words for words in said for name in shown)


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


def own_verdict(check: LessonCell, came: list[dict[str, Any]] | str) -> Verdict:
    """Return the verdict of an instructor's own tests, by nbgrader's rules.

    An error or anything on stderr is worth nothing, a number as the cell's value that number, anything else
    full marks.

    Parameters
    ----------
    check : LessonCell
    came : list or str
        The cell's outputs, or the word for why there are none.
    """
    if isinstance(came, str):
        points, status, message = 0.0, came, ""
    else:
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output) for output in came])
        cell.metadata["nbgrader"] = {"grade": True, "points": check.points}
        points = min(max(_nbgraders(cell), 0.0), check.points)
        error = next((output for output in came if output["output_type"] == "error"), None)
        status = "correct" if points == check.points else "partly correct" if points else "raised" if error else "wrong"
        message = _message_of(check, error["evalue"]) if error else ""
    aspect = AspectResult("tests", points == check.points, points, check.points)
    words = message or ("Correct." if points == check.points else "These tests did not pass.")
    return Verdict(
        check.base, status, points, check.points, (aspect,), message=words, remarks=(UNPROTECTED,), unprotected=True
    )


def _nbgraders(cell: nbformat.NotebookNode) -> float:
    from nbgrader.utils import determine_grade  # a second of imports, which other lessons' workers do without

    try:
        return float(determine_grade(cell)[0])
    except (KeyError, ValueError):
        return 0.0


def _message_of(check: LessonCell, words: str) -> str:
    """Return an error's words where the instructor wrote them: others may tell what the tests hide."""
    try:
        texts = {node.value for node in ast.walk(ast.parse(check.source)) if isinstance(node, ast.Constant)}
    except SyntaxError:
        return ""
    return words if words in texts else ""
