"""The gate: how often the grader is right about functions that students might write.

``tests/gate/`` holds a script per exercise. Its cells are wheats (right, in other ways) and chaffs (wrong), the terms
of Wrenn, Krishnamurthi and Fisler, *Who Tests the Testers?* (ICER 2018). Every wheat must get full
marks, every chaff must lose some, every misconception must be named as itself: by the self-check and by the
hidden check alike. Run it with ``make gate``.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import jupytext
import numpy as np
from tqdm import tqdm

from grader import judge
from grader.exercises import EXERCISES
from grader.exercises.model import Exercise, Misconception
from optimlab.outcomes import observe

SCRIPTS = Path(__file__).parents[1] / "tests" / "gate"


class GateError(Exception):
    """A script of ``tests/gate/`` must be mended; the message says which, where and how."""


@dataclass(frozen=True)
class Answer:
    """What a student might type into an answer cell.

    Parameters
    ----------
    exercise : str
        Name of the function.
    kind : str
        "wheat", "chaff" or "misconception".
    title : str
        What it does.
    source : str
        The cell's text.
    """

    exercise: str
    kind: str
    title: str
    source: str

    def function(self) -> Callable:
        """Run the cell in a namespace of its own and return the function that it defines.

        Raises
        ------
        GateError
            The cell fails, or defines no function of the exercise's name.
        """
        file = f"<{self.exercise}: {self.kind}, {self.title}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        namespace = {"np": np, "__name__": "__main__"}
        try:
            exec(compile(self.source, file, "exec"), namespace)
        except Exception as error:
            raise GateError(f"{self._place()} fails: {type(error).__name__}: {error}. Mend the cell.") from None
        if self.exercise not in namespace:
            raise GateError(f"{self._place()} defines no {self.exercise}. Mend the name.")
        return namespace[self.exercise]

    def _place(self) -> str:
        folder = "grader/exercises" if self.kind == "misconception" else f"tests/gate/{self.exercise}.py"
        return f"{folder}: the {self.kind} {self.title!r}"


@lru_cache(maxsize=64)
def scripted(exercise: str) -> tuple[Answer, ...]:
    """Return the wheats and chaffs of an exercise.

    Raises
    ------
    GateError
        There is no script, or a cell of it is neither.
    """
    file = SCRIPTS / f"{exercise}.py"
    if not file.is_file():
        raise GateError(f"{file} is missing. Write right and wrong functions there: CONTRIBUTING.md says how.")
    answers = []
    for cell in jupytext.read(file, fmt="py:percent").cells:
        kinds = [kind for kind in ("wheat", "chaff") if kind in cell.metadata]
        if len(kinds) != 1:
            first = next(iter(cell.source.splitlines()), "")
            raise GateError(
                f'{file}: the cell of {first!r} is none. Start it with # %% wheat="..." or # %% chaff="...".'
            )
        answers.append(Answer(exercise, kinds[0], cell.metadata[kinds[0]], cell.source))
    return tuple(answers)


def misconceived(exercise: Exercise) -> tuple[Answer, ...]:
    """Return the misconceptions of an exercise as the cells that students would type."""
    return tuple(
        Answer(exercise.name, "misconception", m.name, source_of(m, exercise.name))
        for m in exercise.misconceptions.values()
    )


def source_of(misconception: Misconception, name: str) -> str:
    """Return a misconception's source as a plain function of another name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(misconception.function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list, definition.name = [], name
    return ast.unparse(tree)


@dataclass(frozen=True)
class Finding:
    """What one of the two checks made of an answer, and whether that is right."""

    answer: Answer
    check: str
    right: bool
    words: str


def findings(exercise: Exercise, seed: int = 0) -> Iterator[Finding]:
    """Yield the findings on all answers of an exercise, by the self-check and by the hidden check."""
    answers = scripted(exercise.name) + misconceived(exercise)
    for check, drawn in (("self-check", judge.worked_paper(exercise)), ("hidden", judge.paper(exercise, seed))):
        for answer in answers:
            function = answer.function()
            outcomes = [observe(function, c, exercise.shape.parameters) for c in drawn.cases]
            verdict = judge.judge(drawn, outcomes)
            yield Finding(answer, check, *_right(exercise, answer, verdict))


def _right(exercise: Exercise, answer: Answer, verdict: judge.Verdict) -> tuple[bool, str]:
    words = f"{verdict.points:g} of {verdict.due:g}, {verdict.status}: {verdict.misconception or verdict.message}"
    if answer.kind == "wheat":
        return verdict.points == verdict.due, words
    if answer.kind == "chaff":
        return verdict.points < verdict.due, words
    misconception = exercise.misconceptions[answer.title]
    failed = {aspect.name for aspect in verdict.aspects if not aspect.passed}
    return verdict.misconception == misconception.name and failed == misconception.fails, words


COLUMNS = ("wheat", "chaff", "misconception")


def table(rows: dict[str, list[Finding]], check: str) -> list[list[str]]:
    """Return the lines of the table for one of the two checks: exercise, then right answers of all, by kind."""
    lines = []
    for name, found in rows.items():
        cells = [name]
        for kind in COLUMNS:
            mine = [f for f in found if f.check == check and f.answer.kind == kind]
            cells.append(f"{sum(f.right for f in mine)} of {len(mine)}")
        lines.append(cells)
    return lines


def _print_table(rows: dict[str, list[Finding]], markdown: bool) -> None:
    head = ["exercise", "wheats accepted", "chaffs caught", "misconceptions named"]
    for check in ("self-check", "hidden"):
        lines = table(rows, check)
        widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
        bar = " | " if markdown else "  "
        print(f"\n{'**' if markdown else ''}{check}{'**' if markdown else ''}\n")
        for number, line in enumerate([head, *lines]):
            text = bar.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            print(f"| {text} |" if markdown else text.rstrip())
            if number == 0 and markdown:
                print("|" + "---|" * len(head))


def main() -> int:
    """Print the table and what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tools.gate", description=__doc__.split("\n\n")[0])
    parser.add_argument("exercise", nargs="*", help="names of functions; all without")
    parser.add_argument("--markdown", action="store_true", help="print the tables in Markdown")
    parser.add_argument("--seed", type=int, default=0, help="seed of the hidden cases")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.exercise if name not in EXERCISES]
    if unknown:
        parser.error(f"no exercise is called {unknown[0]!r}; there are {', '.join(EXERCISES)}")
    names = arguments.exercise or list(EXERCISES)
    try:
        bar = tqdm(names, unit="exercise", disable=len(names) < 2 or None, leave=False)
        rows = {name: list(findings(EXERCISES[name], arguments.seed)) for name in bar}
    except (GateError, judge.DrawError) as error:
        print(error, file=sys.stderr)
        return 1
    _print_table(rows, arguments.markdown)
    wrong = [f for found in rows.values() for f in found if not f.right]
    for f in wrong:
        print(f"\nWRONG  {f.answer.exercise}, {f.check}: {f.answer.kind} {f.answer.title!r} got {f.words}")
    print(f"\n{sum(map(len, rows.values()))} findings, {len(wrong)} wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
