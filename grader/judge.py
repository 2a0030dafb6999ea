"""Outcomes and reference in, verdict out.

Nothing here runs a student's code. The cases of an exercise are drawn from a seed, the reference and
the misconceptions are run on them, and what came of the student's function on the same cases, plain
data by then, is compared: first with the misconceptions, then aspect by aspect with the reference.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from grader.exercises.model import INPUTS, Exercise, Misconception
from optimlab import compare
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Case, Failure, Outcome, observe

SEPARATION = 1000
"""Tolerances by which a misconception must differ from the reference, and from each other one, in a draw."""
SEPARATION_FLOAT32 = 10
"""The same at float32's tolerance, so that a float32 answer keeps no mark by rounding."""
DRAWS = 100
"""How often the cases are drawn before the table is called faulty."""

NOT_ATTEMPTED = "NotImplementedError"


@dataclass(frozen=True)
class AspectResult:
    """Whether one aspect was reached.

    Parameters
    ----------
    name : str
    passed : bool
    points, due : float
        Points given, points to be had.
    """

    name: str
    passed: bool
    points: float
    due: float


@dataclass(frozen=True)
class Verdict:
    """What one function of one submission is worth, and why.

    Parameters
    ----------
    exercise : str
        Name of the function.
    status : str
        "correct", "partly correct", "wrong", "raised", "crashed", "timed out", "out of memory", "not attempted"
        or "missing".
    points, due : float
        Points given, points to be had.
    aspects : tuple of AspectResult
    misconception : str
        Name of the misconception that gives the same outcomes; empty where none does.
    follows : str
        The earlier exercise whose mistake this one only carries on; empty where there is none.
    message : str
        What the student reads: Markdown, no hidden input, no value that was due.
    remarks : tuple of str
        What is worth saying and costs nothing.
    unprotected : bool
        Whether the points rest on tests that ran in the student's own process.
    """

    exercise: str
    status: str
    points: float
    due: float
    aspects: tuple[AspectResult, ...]
    misconception: str = ""
    follows: str = ""
    message: str = ""
    remarks: tuple[str, ...] = ()
    unprotected: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """Return the verdict that :meth:`to_json` wrote."""
        fields = dict(data)
        fields["aspects"] = tuple(AspectResult(**aspect) for aspect in fields["aspects"])
        fields["remarks"] = tuple(fields["remarks"])
        return cls(**fields)


@dataclass(frozen=True)
class Paper:
    """The hidden cases of one exercise under one seed, with what the reference and the misconceptions make of them.

    Outcomes are kept as the exercise's view shows them.
    """

    exercise: Exercise
    seed: int
    cases: tuple[Case, ...]
    due: tuple[Outcome, ...]
    misconceptions: dict[str, tuple[Outcome, ...]]


SAME = "If the two compute the same, keep one of them and widen its hint."
"""What to do about misconceptions that no cases could tell apart."""


class DrawError(RuntimeError):
    """An exercise's table must be mended: no draw told two functions apart, or an aspect has no case."""


# ---------------------------------------------------------------------------------------- cases


def paper(exercise: Exercise, seed: int) -> Paper:
    """Return the hidden cases of an exercise.

    Parameters
    ----------
    exercise : Exercise
    seed : int
        The course's hidden seed for the lesson; 0 for :func:`grader.grade_here`.

    Raises
    ------
    DrawError
        In 100 draws two functions of the table could not be told apart; the message names them.
    """
    return _paper(exercise.name, seed, _Identity(exercise))


class _Identity:
    """An exercise as a key of a cache: equal only to itself."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.exercise is self.exercise

    def __hash__(self) -> int:
        return id(self.exercise)


@lru_cache(maxsize=256)
def _paper(name: str, seed: int, identity: _Identity) -> Paper:
    exercise = identity.exercise
    digest = hashlib.sha256(f"{name}:{seed}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    confused: tuple[str, str] | None = None
    for _ in range(DRAWS):
        drawn = _outcomes_of_table(exercise, seed, tuple(exercise.draw(rng)))
        confused = confusion(drawn)
        if confused is None:
            return drawn
    raise DrawError(
        f"{name}: {DRAWS} draws did not tell {confused[0]} from {confused[1]} by {SEPARATION} tolerances. "
        f"Draw wider cases in grader/exercises/. {SAME}"
    )


def worked_paper(exercise: Exercise) -> Paper:
    """Return the worked cases of the self-check in the same form."""
    return _outcomes_of_table(exercise, 0, exercise.worked)


def _outcomes_of_table(exercise: Exercise, seed: int, cases: tuple[Case, ...]) -> Paper:
    return Paper(
        exercise,
        seed,
        cases,
        observed(exercise, exercise.reference, cases),
        {name: observed(exercise, m.function, cases) for name, m in exercise.misconceptions.items()},
    )


def observed(exercise: Exercise, function: Any, cases: Sequence[Case]) -> tuple[Outcome, ...]:
    """Return the outcomes of a function that may be trusted, seen through the exercise's view."""
    shape = exercise.shape
    return tuple(compare.see(observe(function, c, shape.parameters), c, shape) for c in cases)


def outcomes_of(function: Any, drawn: Paper, seconds: float) -> list[Outcome]:
    """Return the outcomes of a function on all cases; one that does not end is waited for once.

    Parameters
    ----------
    function : callable
    drawn : Paper
    seconds : float
        After how many a case is broken off.
    """
    outcomes: list[Outcome] = []
    for c in drawn.cases:
        outcomes.append(observe(function, c, drawn.exercise.shape.parameters, seconds))
        if outcomes[-1].failure is not None and outcomes[-1].failure.kind == "timed out":
            break
    return outcomes + outcomes[-1:] * (len(drawn.cases) - len(outcomes))


def confusion(drawn: Paper) -> tuple[str, str] | None:
    """Return two functions of the table that the cases don't tell apart, or None.

    Misconceptions must keep apart from the reference, also in float32 and in each aspect that they fail, and
    from one another.
    """
    table = drawn.exercise.misconceptions
    names = list(table)
    for name in names:
        if not _apart(drawn, drawn.misconceptions[name], drawn.due, strict=True):
            return name, "the reference"
        for aspect in _aspects(drawn, drawn.misconceptions[name], drawn.due):
            if aspect.passed and aspect.name in table[name].fails:
                return name, f"the reference in the aspect {aspect.name!r}"
    for i, a in enumerate(names):
        for b in names[:i]:
            if not _apart(drawn, drawn.misconceptions[a], drawn.misconceptions[b]):
                return a, b
    return None


def _apart(drawn: Paper, one: Sequence[Outcome], other: Sequence[Outcome], *, strict: bool = False) -> bool:
    shape = drawn.exercise.shape
    rows = list(zip(one, other, drawn.cases, strict=True))
    if not any(compare.distance(a, b, c, shape) >= SEPARATION for a, b, c in rows):
        return False
    return not strict or any(compare.distance(a, b, c, shape, RTOL_FLOAT32) >= SEPARATION_FLOAT32 for a, b, c in rows)


# -------------------------------------------------------------------------------------- verdicts


def judge(hidden: Paper, outcomes: Sequence[Outcome], earlier: Mapping[str, Misconception] | None = None) -> Verdict:
    """Return the verdict on what came of a student's function.

    Parameters
    ----------
    hidden : Paper
        The cases, as :func:`paper` made them.
    outcomes : sequence of Outcome
        What came, one for each case.
    earlier : mapping of str to Misconception, optional
        The misconceptions found in earlier exercises of the same submission, by exercise.

    Returns
    -------
    Verdict
    """
    exercise, shape = hidden.exercise, hidden.exercise.shape
    if len(outcomes) != len(hidden.cases):
        raise ValueError(f"{exercise.name}: {len(outcomes)} outcomes for {len(hidden.cases)} cases")
    seen = [compare.see(outcome, c, shape) for outcome, c in zip(outcomes, hidden.cases, strict=True)]
    aspects = _aspects(hidden, seen, hidden.due)
    if all(aspect.passed for aspect in aspects):
        return _verdict(hidden, "correct", aspects, message="Correct.", remarks=_remarks(outcomes, hidden))
    follows = _carried_on(hidden, seen, earlier or {})
    if follows:
        full = tuple(AspectResult(a.name, True, a.due, a.due) for a in aspects)
        message = (
            f"Full marks: this function is right but for the mistake that it takes over from `{follows}`. "
            f"Mend `{follows}`, and this one is right as it stands."
        )
        return _verdict(hidden, "correct", full, follows=follows, message=message)
    if all(outcome.failure is not None and outcome.failure.exception == NOT_ATTEMPTED for outcome in outcomes):
        return _verdict(hidden, "not attempted", aspects, message="This function is not written yet.")
    misconception = compare.matching(seen, hidden.due, hidden.misconceptions, hidden.cases, shape) or ""
    failure = next((outcome.failure for outcome in outcomes if outcome.failure is not None), None)
    status = _status(aspects, failure)
    message = _message(hidden, seen, misconception)
    return _verdict(hidden, status, aspects, misconception, message=message, remarks=_remarks(outcomes, hidden))


def without_outcomes(exercise: Exercise, kind: str) -> Verdict:
    """Return the verdict where no outcome came back: the function is missing, or its process ended."""
    aspects = tuple(AspectResult(a.name, False, 0.0, a.points) for a in exercise.aspects)
    failure = Failure(kind)
    message = compare.failure_words(failure, exercise.shape)
    return Verdict(exercise.name, _status(aspects, failure), 0.0, exercise.points, aspects, message=message)


def _verdict(
    hidden: Paper,
    status: str,
    aspects: tuple[AspectResult, ...],
    misconception: str = "",
    follows: str = "",
    message: str = "",
    remarks: tuple[str, ...] = (),
) -> Verdict:
    points = math.fsum(aspect.points for aspect in aspects)
    exercise = hidden.exercise
    return Verdict(exercise.name, status, points, exercise.points, aspects, misconception, follows, message, remarks)


def _aspects(hidden: Paper, seen: Sequence[Outcome], due: Sequence[Outcome]) -> tuple[AspectResult, ...]:
    """Return each aspect's result: all or nothing over its cases."""
    passed = [_passes(hidden, aspect, seen, due) for aspect in hidden.exercise.aspects]
    # A function that returns nothing of use leaves its inputs alone as well: that earns nothing by itself.
    something_right = any(p for p, a in zip(passed, hidden.exercise.aspects, strict=True) if a.of != INPUTS)
    results = []
    for aspect, reached in zip(hidden.exercise.aspects, passed, strict=True):
        ok = reached and something_right
        results.append(AspectResult(aspect.name, ok, aspect.points if ok else 0.0, aspect.points))
    return tuple(results)


def _passes(hidden: Paper, aspect: Any, seen: Sequence[Outcome], due: Sequence[Outcome]) -> bool:
    rows = [row for row in zip(seen, due, hidden.cases, strict=True) if not aspect.tag or aspect.tag in row[2].tags]
    if not rows:
        raise DrawError(
            f"{hidden.exercise.name}: no case has the tag {aspect.tag!r} of the aspect {aspect.name!r}. "
            "Tag a case with it in grader/exercises/."
        )
    if aspect.of == INPUTS:
        return all(
            compare.modification(a, b) is None and (a.failure is None or b.failure is not None) for a, b, _ in rows
        )
    return all(compare.difference(a, b, c, hidden.exercise.shape, aspect.of) is None for a, b, c in rows)


def _carried_on(hidden: Paper, seen: Sequence[Outcome], earlier: Mapping[str, Misconception]) -> str:
    """Return the earlier exercise whose mistake explains these outcomes entirely, or an empty string."""
    for name in hidden.exercise.builds_on:
        if name in earlier:
            function = hidden.exercise.reference_with({name: earlier[name].function})
            due = observed(hidden.exercise, function, hidden.cases)
            if all(aspect.passed for aspect in _aspects(hidden, seen, due)):
                return name
    return ""


def _status(aspects: Sequence[AspectResult], failure: Failure | None) -> str:
    if any(aspect.points for aspect in aspects):
        return "partly correct"
    if failure is None or failure.kind in ("too large", "not continued"):
        return "wrong"
    return failure.kind


def _message(hidden: Paper, seen: Sequence[Outcome], misconception: str) -> str:
    """Return the misconception's hint, or the first difference in words, and what is modified besides."""
    exercise = hidden.exercise
    given = hidden.misconceptions.get(misconception, hidden.due)
    modified = next((m for a, b in zip(seen, given, strict=True) if (m := compare.modification(a, b))), None)
    words = [exercise.misconceptions[misconception].hint] if misconception else _first_difference(hidden, seen)
    if modified is not None:
        words.append(modified.words)
    return " ".join(words)


def _first_difference(hidden: Paper, seen: Sequence[Outcome]) -> list[str]:
    for outcome, due, c in zip(seen, hidden.due, hidden.cases, strict=True):
        found = compare.difference(_without_text(outcome), due, c, hidden.exercise.shape)
        if found is not None:
            return [f"{found.words} (Case: {c.name}.)"]
    return []


def _without_text(outcome: Outcome) -> Outcome:
    """Drop an exception's own words: they may quote a hidden input."""
    return outcome if outcome.failure is None else replace(outcome, failure=replace(outcome.failure, message=""))


def _remarks(outcomes: Sequence[Outcome], hidden: Paper) -> tuple[str, ...]:
    remarks = []
    for outcome, due, c in zip(outcomes, hidden.due, hidden.cases, strict=True):
        single_due = c.rtol == RTOL_FLOAT32
        if single_due and np.dtype("f8") in _dtypes(outcome, arrays_only=True) - _dtypes(due, arrays_only=True):
            remarks.append("Given float32, your function returns float64. That is right, and takes twice the memory.")
        if not single_due and np.dtype("f4") in _dtypes(outcome):
            remarks.append("Given float64, your function returns float32: it was compared at a wider tolerance.")
    return tuple(dict.fromkeys(remarks))


def _dtypes(outcome: Outcome, *, arrays_only: bool = False) -> set[np.dtype]:
    return {a.dtype for value in outcome.values for a in _arrays_in(value) if a.ndim or not arrays_only}


def _arrays_in(value: Any) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return [array for item in items for array in _arrays_in(item)]
