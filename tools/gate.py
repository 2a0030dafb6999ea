"""The gate: how often the grader is right about functions that students might write.

``tests/gate/`` holds a script per exercise. Its cells are wheats (right, in other ways) and chaffs (wrong), the terms
of Wrenn, Krishnamurthi and Fisler, *Who Tests the Testers?* (ICER 2018). Every wheat must get full
marks, every chaff must lose some, every misconception must be named as itself: by the self-check and by the
hidden check alike. Run it with ``make gate``.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import inspect
import linecache
import re
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

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "tests" / "gate"
PAGE, README = ROOT / "docs" / "gate.md", ROOT / "README.md"
SECONDS = 10.0
"""After which a function counts as one that does not end."""
CURES = {
    "wheat": "If it is right, mend the table or the judge; else it is a chaff.",
    "chaff": "Add a worked case or a draw that shows it. If none in the domain does, it is a wheat.",
    "misconception": "Its fails= must name the aspects that it loses, and no other function may give its outcomes.",
}
"""What to do about a finding that is wrong."""


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
            raise GateError(f"{self.place} fails: {type(error).__name__}: {error}. Mend the cell.") from None
        if self.exercise not in namespace:
            raise GateError(f"{self.place} defines no {self.exercise}. Mend the name.")
        return namespace[self.exercise]

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        if self.kind == "misconception":
            return f"grader/exercises/: the misconception {self.title!r} of {self.exercise}"
        return f"tests/gate/{self.exercise}.py: the {self.kind} {self.title!r}"


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
        title = cell.metadata[kinds[0]]
        if any(title == answer.title for answer in answers):
            raise GateError(f"{file}: two cells are called {title!r}. Rename one.")
        answers.append(Answer(exercise, kinds[0], title, cell.source))
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
            verdict = judge.judge(drawn, judge.outcomes_of(answer.function(), drawn, SECONDS))
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


HEAD = ["exercise", "wheats accepted", "chaffs caught", "misconceptions named"]
CHECKS = ("self-check", "hidden")


def _tables(rows: dict[str, list[Finding]], *, markdown: bool) -> Iterator[str]:
    """Yield the lines of both tables."""
    for check in CHECKS:
        lines = table(rows, check)
        widths = [max(len(line[i]) for line in [HEAD, *lines]) for i in range(len(HEAD))]
        yield from ("", f"**{check}**" if markdown else check, "")
        for number, line in enumerate([HEAD, *lines]):
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
            yield f"| {' | '.join(cells)} |" if markdown else "  ".join(cells).rstrip()
            if number == 0 and markdown:
                yield "|" + "---|" * len(HEAD)


def write(rows: dict[str, list[Finding]]) -> None:
    """Write the tables into ``docs/gate.md``, and the number of findings into the README."""
    number = sum(map(len, rows.values()))
    above, measured, _ = PAGE.read_text(encoding="utf-8").partition("Measured on ")
    words = f"{datetime.date.today()} with `make gate WRITE=1`, seed 0. `make test-all` runs it under other seeds, too."
    lines = [above + measured + words, *_tables(rows, markdown=True), "", f"{number} findings, 0 wrong."]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(re.sub(r"\b\d+ findings", f"{number} findings", text), encoding="utf-8")


def main() -> int:
    """Print the table and what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tools.gate", description=__doc__.split("\n\n")[0])
    parser.add_argument("exercise", nargs="*", help="names of functions; all without")
    parser.add_argument("--write", action="store_true", help="write the tables of all exercises into docs/gate.md")
    parser.add_argument("--seed", type=int, default=0, help="seed of the hidden cases")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.exercise if name not in EXERCISES]
    if unknown:
        parser.error(f"no exercise is called {unknown[0]!r}; there are {', '.join(EXERCISES)}")
    if arguments.write and (arguments.exercise or arguments.seed):
        parser.error("docs/gate.md has all exercises under seed 0: give --write alone")
    names = arguments.exercise or list(EXERCISES)
    try:
        bar = tqdm(names, unit="exercise", disable=len(names) < 2 or None, leave=False)
        rows = {name: list(findings(EXERCISES[name], arguments.seed)) for name in bar}
    except (GateError, judge.DrawError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(_tables(rows, markdown=False)))
    wrong = [f for found in rows.values() for f in found if not f.right]
    for f in wrong:
        print(f"\nWRONG  {f.answer.place}, {f.check}: {f.words}\n       {CURES[f.answer.kind]}")
    print(f"\n{sum(map(len, rows.values()))} findings, {len(wrong)} wrong.")
    if arguments.write and not wrong:
        write(rows)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
