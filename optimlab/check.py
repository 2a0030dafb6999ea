"""The self-check of the notebooks: worked examples, and the name of the mistake where it is known.

``check(f)`` runs a student's function on the worked examples of its exercise and shows which of them pass.
Where the function's values are those that a known misconception gives, it shows that misconception's
hint. What it needs lies in ``optimlab/checks/``, one JSON file per function, made by ``make checks``: the inputs, the
values of the worked examples and of the misconceptions, and the hints. It holds no code.
"""

from __future__ import annotations

import html
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import FrameType
from typing import Any

from optimlab import compare, tables
from optimlab.compare import Shape
from optimlab.outcomes import Case, Outcome, observe
from optimlab.progress import note

SECONDS = 3.0
"""After how many seconds the self-check interrupts a loop."""
WORDS = 400
"""Characters kept of what is said about one worked example: an exception's own words may be many."""


class CheckFailed(Exception):
    """A function does not pass its self-check."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone: the table above it says the rest."""
        return [f"CheckFailed: {self}"]


class NotWritten(NotImplementedError):
    """A function is still the stub of its exercise."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone."""
        return [f"NotImplementedError: {self}"]


# NB: Jupyter and nbval know an error by its class's name; students' notebooks may raise this one alone.
NotWritten.__name__ = "NotImplementedError"


@dataclass(frozen=True)
class Row:
    """One worked example of a check: its name, whether it passed and, if not, where the difference lies."""

    case: str
    passed: bool
    words: str


@dataclass(frozen=True)
class Report:
    """What a check found.

    Parameters
    ----------
    function : str
        Name of the exercise.
    rows : tuple of Row
        One for each worked example.
    hint : str
        The hint of the misconception that gives the same values; empty where none does.
    domain : str
        For which inputs the function must work.
    remark : str
        What is worth saying and is no mistake.
    """

    function: str
    rows: tuple[Row, ...]
    hint: str = ""
    domain: str = ""
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether all worked examples passed."""
        return all(row.passed for row in self.rows)

    @property
    def summary(self) -> str:
        """Return the outcome in one line."""
        good = sum(row.passed for row in self.rows)
        return f"{self.function}: {good} of {len(self.rows)} worked examples pass"

    def __repr__(self) -> str:
        """Return the report as plain text."""
        width = max(len(row.case) for row in self.rows)
        lines = [self.summary + "."]
        lines += [f"  {'ok  ' if r.passed else 'no  '}{r.case:{width}}  {r.words}".rstrip() for r in self.rows]
        lines += [note for note in (self.hint, self._domain_note(), self.remark) if note]
        return "\n".join(lines)

    def _domain_note(self) -> str:
        return f"It must work for {self.domain}." if self.domain and not self.passed else ""

    def _repr_html_(self) -> str:
        """Return the report as a table that reads well in every theme."""
        heads = ["Worked example", "Result", *([] if self.passed else ["Where the difference lies"])]
        notes = [
            tables.note(text, colour)
            for text, colour in ((self.hint, False), (self._domain_note(), None), (self.remark, None))
            if text
        ]
        return tables.report(
            f"{_result(self.passed)} <b>{html.escape(self.summary)}.</b>",
            *notes,
            tables.table(f"Worked examples of {self.function}", heads, map(self._cells, self.rows)),
        )

    def _cells(self, row: Row) -> list[str]:
        cells = [html.escape(row.case), _result(row.passed)]
        return cells if self.passed else [*cells, tables.inline(row.words)]


def _result(passed: bool) -> str:
    return tables.badge(passed, "passed" if passed else "not yet")


# --------------------------------------------------------------------------------------- check


def check(function: Callable) -> None:
    """Run a function on the worked examples of its exercise and show what came of it.

    Parameters
    ----------
    function : callable
        The function of an exercise, under the exercise's name.

    Raises
    ------
    CheckFailed
        A worked example does not pass, or no exercise has the function's name.
    NotImplementedError
        The function is not written yet.

    Notes
    -----
    When a notebook is graded (nbgrader sets ``NBGRADER_EXECUTION=autograde``) nothing is raised: an error would end the
    cell before its points are counted.
    """
    grading = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    try:
        name = name_of(function, sys._getframe(1), exercises())
    except LookupError as error:
        if grading:
            print(error)
            return
        raise CheckFailed(str(error)) from None
    report, attempted = examine(name, function)
    if not attempted:
        note(name, False)
        if not grading:
            raise NotWritten(f"{name} is not written yet. Write it in the cell above, run that cell, then this one.")
        print(f"{name} is not written yet.")
        return
    tables.show(report)
    note(name, report.passed)
    if not report.passed and not grading:
        raise CheckFailed(f"{report.summary}. The table says where to look.")


def examine(name: str, function: Callable) -> tuple[Report, bool]:
    """Return the report on a function, and whether it was written at all.

    Parameters
    ----------
    name : str
        Name of the exercise.
    function : callable
        What the student wrote.
    """
    record = recorded(name)
    shape = record.shape
    outcomes: list[Outcome] = []
    for c in record.cases:
        outcome = observe(function, c, shape.parameters, SECONDS)
        outcomes.append(compare.see(outcome, c, shape))
        if outcome.failure is not None and outcome.failure.kind == "timed out":
            break  # one wait is enough
    attempted = not all(o.failure is not None and o.failure.exception == "NotImplementedError" for o in outcomes)
    rows = [_row(o, due, c, shape) for o, due, c in zip(outcomes, record.due, record.cases, strict=False)]
    rows += [Row(c.name, False, "Not run.") for c in record.cases[len(rows) :]]
    known = None
    if len(outcomes) == len(record.cases) and not all(row.passed for row in rows):
        known = compare.matching(outcomes, record.due, record.misconceptions, record.cases, shape)
    printed = sum(o.printed for o in outcomes)
    remark = f"Your function printed {printed} characters; the check leaves them out." if printed else ""
    return Report(name, tuple(rows), record.hints.get(known or "", ""), record.domain, remark), attempted


def _row(outcome: Outcome, due: Outcome, c: Case, shape: Shape) -> Row:
    parts = shape.returns if len(shape.returns) > 1 else ("",)
    found = [compare.difference(outcome, due, c, shape, part) for part in parts]
    found.append(compare.modification(outcome, due))
    words = dict.fromkeys(difference.words for difference in found if difference is not None)
    text = " ".join(words)
    return Row(c.name, not words, text if len(text) <= WORDS else f"{text[:WORDS]}…")


def name_of(function: Any, caller: FrameType, known: Iterable[str]) -> str:
    """Return the name of the exercise that a function is meant for.

    It is the name to which the caller bound it, so that a lambda, a partial or a decorated function is known
    as well; else the function's own. Of several, as after ``staircase_decay = step_decay``, it is the one that the
    caller's own line reads.

    Parameters
    ----------
    function : callable
        What the student wrote.
    caller : frame
        The cell that checks it.
    known : iterable of str
        Names of all exercises.

    Raises
    ------
    LookupError
        No exercise has this name.
    """
    known = list(known)
    own = getattr(function, "__name__", "")
    bound = [name for name in known if function is not None and caller.f_globals.get(name) is function]
    read = [name for name in bound if name in caller.f_code.co_names]
    names = read or [name for name in bound or known if name == own] or bound
    if names:
        return names[0]
    what = f"called {own!r}" if own else f"for something of type {type(function).__name__}"
    raise LookupError(f"There is no exercise {what}. check knows {', '.join(known)}.")


# ------------------------------------------------------------------------------------- records


@dataclass(frozen=True)
class Record:
    """What ships for the self-check of one exercise."""

    shape: Shape
    domain: str
    cases: tuple[Case, ...]
    due: tuple[Outcome, ...]
    misconceptions: dict[str, tuple[Outcome, ...]]
    hints: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return {
            "parameters": list(self.shape.parameters),
            "returns": list(self.shape.returns),
            "rtol": self.shape.rtol,
            "view": self.shape.view,
            "domain": self.domain,
            "cases": [{**c.to_json(), "rtol": c.rtol} for c in self.cases],
            "due": [outcome.to_json() for outcome in self.due],
            "misconceptions": {
                name: {"hint": self.hints[name], "outcomes": [outcome.to_json() for outcome in outcomes]}
                for name, outcomes in self.misconceptions.items()
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """Return the record that :meth:`to_json` wrote."""
        cases = [Case.from_json(c) for c in data["cases"]]
        return cls(
            Shape(tuple(data["parameters"]), tuple(data["returns"]), data["rtol"], data["view"]),
            data["domain"],
            tuple(Case(c.name, c.calls, rtol=d["rtol"]) for c, d in zip(cases, data["cases"], strict=True)),
            tuple(Outcome.from_json(outcome) for outcome in data["due"]),
            {k: tuple(Outcome.from_json(o) for o in m["outcomes"]) for k, m in data["misconceptions"].items()},
            {k: m["hint"] for k, m in data["misconceptions"].items()},
        )


@lru_cache(maxsize=1)
def exercises() -> tuple[str, ...]:
    """Return the names of all exercises that have a self-check."""
    files = (resources.files("optimlab") / "checks").iterdir()
    return tuple(sorted(file.name.removesuffix(".json") for file in files if file.name.endswith(".json")))


@lru_cache(maxsize=64)
def recorded(name: str) -> Record:
    """Return the record of an exercise's self-check."""
    text = (resources.files("optimlab") / "checks" / f"{name}.json").read_text(encoding="utf-8")
    return Record.from_json(json.loads(text))
