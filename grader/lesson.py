"""What grading knows of a lesson, read from the instructor's notebook; and which cells of a submission count.

A submission may come from any editor. Cells are known by nbgrader's metadata, else by their ids, else by
what they hold, so that a notebook that lost its metadata is graded like any other.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.exercises import EXERCISES
from grader.exercises.model import Exercise

DEMONSTRATION = "demonstration"
"""The tag of a cell that students play with and grading leaves out."""
BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"
"""The line of a check cell after which nbgrader leaves out what students don't get."""
END_HIDDEN = "### END HIDDEN TESTS"
"""The line that closes it."""


@dataclass(frozen=True)
class LessonCell:
    """One cell of the instructor's notebook that has a key.

    Parameters
    ----------
    kind : str
        "setup", "demo", "exercise", "check" or "question".
    name : str
        nbgrader's grade_id; for a demonstration its cell id.
    source : str
        As the instructor has it, solution and hidden region included.
    prompt : str
        The cell right before it: a question is found by its prompt.
    points : float
        Points to be had, of a check or a question.
    """

    kind: str
    name: str
    source: str
    prompt: str
    points: float = 0.0

    @property
    def base(self) -> str:
        """What verdicts call it: the grade_id of a check without its ending."""
        return self.name.removesuffix("_check")


@dataclass(frozen=True)
class Lesson:
    """A lesson as grading sees it.

    Parameters
    ----------
    name : str
        Such as ``03_momentum``.
    cells : tuple of LessonCell
        All cells with a key, in order.
    prose : frozenset of str
        The Markdown that stands between them.
    """

    name: str
    cells: tuple[LessonCell, ...]
    prose: frozenset[str] = frozenset()

    def of_kind(self, kind: str) -> list[LessonCell]:
        """Return the cells of one kind, in order."""
        return [cell for cell in self.cells if cell.kind == kind]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises of the grader's tables, in the order of the notebook."""
        return tuple(EXERCISES[cell.name] for cell in self.of_kind("exercise") if cell.name in EXERCISES)

    @property
    def own_checks(self) -> tuple[LessonCell, ...]:
        """The check cells of no exercise of the tables: an instructor's own tests."""
        return tuple(cell for cell in self.of_kind("check") if cell.base not in EXERCISES)

    @property
    def setup(self) -> tuple[str, ...]:
        """The set-up cells' sources."""
        return tuple(cell.source for cell in self.of_kind("setup"))

    @property
    def demonstrations(self) -> tuple[str, ...]:
        """The demonstrations' sources."""
        return tuple(cell.source for cell in self.of_kind("demo"))

    @property
    def names_of_demonstrations(self) -> frozenset[str]:
        """Names that a demonstration defines."""
        return frozenset(name for source in self.demonstrations for name in _assigned(source))


def read_lesson(file: Path) -> Lesson:
    """Return the lesson of an instructor's notebook.

    Raises
    ------
    FileNotFoundError
        There is no such notebook; the message says how to make it.
    """
    if not file.is_file():
        raise FileNotFoundError(f"there is no lesson {file.stem!r}: {file} is missing. Run make lessons.")
    return _read_lesson(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read_lesson(file: Path, _changed: int) -> Lesson:
    notebook = nbformat.read(file, as_version=4)
    cells, before = [], ""
    for cell in notebook.cells:
        kind, name = _kind_by_metadata(cell)
        if kind:
            points = float(cell.metadata.get("nbgrader", {}).get("points", 0))
            cells.append(LessonCell(kind, name, cell.source, before, points))
        before = cell.source
    prose = frozenset(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return Lesson(file.stem, tuple(cells), prose)


def grader_metadata(cell: NotebookNode) -> dict:
    """Return nbgrader's metadata of a cell; empty where it is none of nbgrader's making."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) and isinstance(found.get("grade_id"), str) else {}


def _kind_by_metadata(cell: NotebookNode) -> tuple[str, str]:
    grader = grader_metadata(cell)
    name = grader.get("grade_id")
    if DEMONSTRATION in cell.metadata.get("tags", []):
        return "demo", cell.get("id", "")
    if not name:
        return "", ""
    if grader.get("grade") and grader.get("solution"):
        return "question", name
    if grader.get("solution"):
        return "exercise", name
    return ("check" if grader.get("grade") else "setup"), name


@lru_cache(maxsize=512)
def _assigned(source: str) -> frozenset[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return frozenset()
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(names | {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))})


def assigned_names(cells: list[str]) -> set[str]:
    """Return the names that these cells assign or define."""
    return {name for source in cells for name in _assigned(source)}


# ---------------------------------------------------------------------------------- submissions


@dataclass(frozen=True)
class Submission:
    """What of a submitted notebook is run: the student's own code cells, in order.

    Parameters
    ----------
    cells : tuple of str
        Sources of the code cells that are neither set-up nor check nor demonstration.
    demonstrations : tuple of (int, str)
        The demonstrations as submitted, each with the number of own cells that stand before it.
    files : tuple of (str, str)
        What was handed in beside the notebook: path and content in base64 (see :func:`grader.sandbox.files_of`).
    """

    cells: tuple[str, ...]
    demonstrations: tuple[tuple[int, str], ...]
    files: tuple[tuple[str, str], ...] = ()

    @property
    def hash(self) -> str:
        """A hash of all that can change a verdict."""
        data = json.dumps([self.cells, self.demonstrations, self.files], ensure_ascii=True)
        return hashlib.sha256(data.encode()).hexdigest()[:16]

    @property
    def size(self) -> int:
        """Characters of it all."""
        own = sum(map(len, self.cells))
        return own + sum(len(text) for _, text in self.demonstrations) + sum(len(text) for _, text in self.files)

    def with_demonstrations(self) -> list[tuple[int | None, str]]:
        """Return all cells in order: the number among the own cells, None for a demonstration, and the source."""
        cells: list[tuple[int | None, str]] = list(enumerate(self.cells))
        for before, source in reversed(self.demonstrations):
            cells.insert(before, (None, source))
        return cells


class LinkError(ValueError):
    """A submitted notebook is a symbolic link: what it points to is somebody else's."""


MAX_CELLS = 2000
"""Cells of a submitted notebook: a page of a million takes minutes. The lessons have 100."""
MAX_CODE = 300_000
"""Characters of all code cells together: a page of 2,000,000 takes minutes and gigabytes."""


class LargeError(ValueError):
    """A submitted notebook is more than its pages could show."""


def refuse_large(notebook: NotebookNode) -> None:
    """Raise :class:`LargeError` where a submitted notebook has too many cells, or too much code."""
    if len(notebook.cells) > MAX_CELLS:
        raise LargeError(
            f"has {len(notebook.cells)} cells, more than {MAX_CELLS}. Ask for it without those at the end."
        )
    if sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code") > MAX_CODE:
        raise LargeError(f"has more than {MAX_CODE:,} characters of code. Ask for it with less.")


def refuse_links(file: Path) -> None:
    """Raise :class:`LinkError` where a submitted notebook, its lesson's or its student's folder is a link."""
    for path in (file, *file.parents[:2]):
        if path.is_symlink():
            raise LinkError(f"{path} is a symbolic link. Ask for the file itself.")


def submission_of(
    notebook: NotebookNode, lesson: Lesson, files: tuple[tuple[str, str], ...] = ()
) -> tuple[Submission, list[int]]:
    """Return what is to be run of a notebook, and the index of each own cell among the notebook's cells."""
    kinds = classify(notebook, lesson)
    own: list[int] = []
    demonstrations = []
    for index, (cell, (kind, _)) in enumerate(zip(notebook.cells, kinds, strict=True)):
        if cell.cell_type != "code" or kind in ("setup", "check"):
            continue
        if kind == "demo":
            demonstrations.append((len(own), cell.source))
        else:
            own.append(index)
    return Submission(tuple(notebook.cells[i].source for i in own), tuple(demonstrations), files), own


def classify(notebook: NotebookNode, lesson: Lesson) -> list[tuple[str, str]]:
    """Return kind and name of each cell of a submission, ("", "") for the student's own and for prose.

    A name is given once: of two cells that claim it the one with the metadata has it, else the first.
    """
    known = {(cell.kind, cell.name): cell for cell in lesson.cells}
    kinds = [("", "")] * len(notebook.cells)
    taken: set[tuple[str, str]] = set()
    for claim in (_claim_by_metadata, _claim_by_id, _claim_by_content):
        for index, cell in enumerate(notebook.cells):
            if kinds[index] != ("", ""):
                continue
            before = notebook.cells[index - 1].source if index else ""
            key = claim(cell, before, lesson)
            if key in known and key not in taken and _may_be(cell, key[0]):
                kinds[index] = key
                taken.add(key)
    return kinds


def _may_be(cell: NotebookNode, kind: str) -> bool:
    return (cell.cell_type == "markdown") == (kind == "question")


def _claim_by_metadata(cell: NotebookNode, _before: str, _lesson: Lesson) -> tuple[str, str]:
    return _kind_by_metadata(cell)


def _claim_by_id(cell: NotebookNode, _before: str, lesson: Lesson) -> tuple[str, str]:
    identity = cell.get("id", "")
    for c in lesson.cells:
        if identity and identity == c.name.replace("_", "-"):
            return c.kind, c.name
    return "", ""


def _claim_by_content(cell: NotebookNode, before: str, lesson: Lesson) -> tuple[str, str]:
    text = cell.source.strip()
    for c in lesson.cells:
        visible = c.source.partition(BEGIN_HIDDEN)[0].strip()
        if c.kind in ("setup", "demo", "check") and text == visible:
            return c.kind, c.name
        if c.kind == "exercise" and c.name in _assigned(cell.source):
            return c.kind, c.name
        if c.kind == "question" and before.strip() == c.prompt.strip():
            return c.kind, c.name
    return "", ""
