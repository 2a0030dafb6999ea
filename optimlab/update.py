"""Move a student's work into the new version of a lesson.

A corrected lesson comes as a new notebook. What the student wrote in the old one goes over: answers, guesses, and
cells of the student's own. Nothing of the old notebook changes, and no work in the new one is overwritten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

OF_A_LESSON = re.compile(r"start-text-\d+|(setup|demo)-.*|.*-text-\d+")
"""Ids of cells that belong to a lesson and not to the student."""
GUESS = "demo-guess-"
"""How the ids of cells that take a guess begin."""


class UpdateError(Exception):
    """Work can't be moved; the message is one line that says why, and what to do."""


@dataclass
class Moved:
    """What went from an old notebook to a new one.

    Parameters
    ----------
    notebook : Path
        The new one.
    answers, guesses : list of str
        Names of the cells.
    own : int
        Cells that the student had added.
    left : list of str
        Answers that the new version has no place for. They stand at the new notebook's end.
    """

    notebook: Path
    answers: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    own: int = 0
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = [f"{self.notebook}: {_count(self.answers, 'answer')}, {_count(self.guesses, 'guess', 'guesses')}"]
        words.append(f"{self.own} cell{'s' * (self.own != 1)} of your own")
        if self.left:
            words.append(f"at the end, as the new version has no such exercise: {', '.join(self.left)}")
        return "; ".join(words)


def _count(names: list[str], one: str, more: str | None = None) -> str:
    return f"{len(names)} {one if len(names) == 1 else more or one + 's'}"


def update(old: Path, new: Path) -> list[Moved]:
    """Move work from old notebooks to new ones of the same names.

    Parameters
    ----------
    old, new : Path
        A notebook each, or a folder each with notebooks anywhere below it.

    Returns
    -------
    list of Moved
        One for each old notebook in which something was written.

    Raises
    ------
    UpdateError
        A notebook is missing or can't be read, the two are the same, or the new one has work in it already.
        Nothing was written then.
    """
    pairs = list(_pairs(Path(old), Path(new)))
    done = [(merge(_read(source), _read(target), target), target) for source, target in pairs]
    written = []
    for (notebook, moved), target in done:
        if moved.answers or moved.guesses or moved.own or moved.left:
            nbformat.write(notebook, target)
            written.append(moved)
    return written


def _pairs(old: Path, new: Path) -> Iterable[tuple[Path, Path]]:
    for path in (old, new):
        if not path.exists():
            raise UpdateError(f"there is no {path}. Give the old notebook or folder first, then the new one.")
    if old.is_file():
        target = new if new.is_file() else _notebooks_below(new).get(old.name)
        if target is None:
            raise UpdateError(f"there is no {old.name} below {new}.")
        files = [(old, target)]
    else:
        if new.is_file():
            raise UpdateError(f"{old} is a folder and {new} a notebook. Give two of a kind.")
        sources, below = _notebooks_below(old), _notebooks_below(new)
        files = [(file, below[name]) for name, file in sources.items() if name in below]
        if not files:
            raise UpdateError(f"no notebook below {old} has the name of one below {new}.")
    for source, target in files:
        if source.resolve() == target.resolve():
            raise UpdateError(f"{source} is both old and new. Unpack the new version into a folder of its own.")
    return files


def _notebooks_below(folder: Path) -> dict[str, Path]:
    """Return notebooks by name; of several that in a folder of its own name: worked solutions are called the same."""
    named: dict[str, list[Path]] = {}
    for file in sorted(folder.rglob("*.ipynb")):
        if not {".ipynb_checkpoints", ".venv"} & set(file.relative_to(folder).parts):
            named.setdefault(file.name, []).append(file)
    chosen = {}
    for name, files in named.items():
        own = [file for file in files if file.parent.name == file.stem] or files
        if len(own) > 1:
            raise UpdateError(f"{own[0]} and {own[1]} have one name. Give the folder of one of them.")
        chosen[name] = own[0]
    return chosen


def _read(file: Path) -> NotebookNode:
    try:
        return nbformat.read(file, as_version=4)
    except OSError as error:
        raise UpdateError(f"{file} can't be read: {error.strerror}.") from None
    except Exception as error:  # whatever a broken file makes nbformat raise
        raise UpdateError(f"{file} is no notebook ({type(error).__name__}). Nothing was moved.") from None


def merge(old: NotebookNode, new: NotebookNode, target: Path) -> tuple[NotebookNode, Moved]:
    """Return the new notebook with the work of the old one in it, and what was moved.

    Parameters
    ----------
    old, new : NotebookNode
        The second is changed.
    target : Path
        Where the new one is, for messages.

    Raises
    ------
    UpdateError
        The new notebook has work in it already.
    """
    places = {name: cell for cell in new.cells if (name := _answer_name(cell))}
    written = [name for name, cell in places.items() if not _is_untouched(cell)]
    if written:
        raise UpdateError(f"{target} has work in it already ({', '.join(written)}). Unpack the new version again.")
    moved = Moved(target)
    names = _names_of(old, places)
    by_id = {cell.get("id"): cell for cell in new.cells}
    anchor = None  # the cell of the new notebook after which a cell of the student's own goes
    for cell in old.cells:
        name = names.get(id(cell))
        if name in places:
            anchor = places[name]
            if not _is_untouched(cell):
                anchor.source = cell.source
                _take_pictures(cell, anchor)
                moved.answers.append(name)
        elif name is not None:
            if not _is_untouched(cell):
                new.cells.append(_copy(cell))
                moved.left.append(name)
        elif _is_of_lesson(cell):
            anchor = by_id.get(cell.get("id"), anchor)
            if cell.get("id", "").startswith(GUESS) and anchor is by_id.get(cell.id) and anchor.source != cell.source:
                anchor.source = cell.source
                moved.guesses.append(cell.id.removeprefix(GUESS))
        elif cell.source.strip():
            copy = _copy(cell)
            new.cells.insert(0 if anchor is None else _index(new, anchor) + 1, copy)
            anchor = copy
            moved.own += 1
    return new, moved


def _metadata(cell: NotebookNode) -> dict:
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) else {}


def _answer_name(cell: NotebookNode) -> str | None:
    """Return the name of an answer cell that kept its metadata."""
    grader = _metadata(cell)
    return grader.get("grade_id") if grader.get("solution") else None


def _names_of(old: NotebookNode, places: dict[str, NotebookNode]) -> dict[int, str]:
    """Return the name of each answer cell: by metadata, else by id, else by the function that it defines."""
    named = {id(cell): name for cell in old.cells if (name := _answer_name(cell))}
    for by in (_by_id, _by_function):
        for cell in old.cells:
            name = by(cell, places)
            if id(cell) not in named and not _metadata(cell) and name and name not in named.values():
                named[id(cell)] = name
    return named


def _by_id(cell: NotebookNode, places: dict[str, NotebookNode]) -> str | None:
    return next((name for name, place in places.items() if cell.get("id") == place.get("id")), None)


def _by_function(cell: NotebookNode, places: dict[str, NotebookNode]) -> str | None:
    try:
        body = ast.parse(cell.source).body if cell.cell_type == "code" else []
    except SyntaxError:
        return None
    return next((node.name for node in body if isinstance(node, ast.FunctionDef) and node.name in places), None)


def _is_untouched(cell: NotebookNode) -> bool:
    """Tell whether an answer cell is as it was handed out; one without metadata counts as written."""
    return _metadata(cell).get("checksum") == compute_checksum(cell) if _metadata(cell) else False


def _is_of_lesson(cell: NotebookNode) -> bool:
    return bool(_metadata(cell)) or OF_A_LESSON.fullmatch(cell.get("id", "")) is not None


def _take_pictures(cell: NotebookNode, place: NotebookNode) -> None:
    if "attachments" in cell:
        place.attachments = cell.attachments


def _copy(cell: NotebookNode) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    copy = make.get(cell.cell_type, nbformat.v4.new_raw_cell)(cell.source)
    _take_pictures(cell, copy)
    return copy


def _index(notebook: NotebookNode, cell: NotebookNode) -> int:
    return next(index for index, other in enumerate(notebook.cells) if other is cell)
