"""Read a lesson script: its cells, their keys and their markers; stop at the first mistake.

A lesson is a percent script. Each code cell has one key in its header, which says what the cell is::

    # %% setup="imports"                       run always; locked for students
    # %% demo="ravine"                         a demonstration; students play with it, grading leaves it out
    # %% exercise="momentum_step"              the answer cell, with a solution region
    # %% check="momentum_step" points=4        right after it: the visible check and the hidden region
    # %% [markdown] question="why" points=2    an answer in words, graded by hand; the prompt stands before it
    # %% [markdown]                            prose

A line of prose that reads ``![what it shows](expected:ravine)`` becomes the figure that the demonstration
``ravine`` draws in the solved lesson, folded, so that a student whose own function is not right yet can read on.
Its picture is recorded by ``make experiments`` in ``datasets/experiments/``.

What comes out is a notebook without outputs whose cells have nbgrader's metadata and ids that depend on the
script alone.
"""

from __future__ import annotations

import ast
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from grader.exercises import EXERCISES
from grader.lesson import DEMONSTRATION

KEYS = ("setup", "demo", "exercise", "check", "question")
REGIONS = {"exercise": "SOLUTION", "check": "HIDDEN TESTS"}
"""The region that a cell of this key must have, as nbgrader names it."""
HEADER = re.compile(r"^# %%")
MARKER = re.compile(r"^\s*###\s*(BEGIN|END)\s+(SOLUTION|HIDDEN TESTS|MARK SCHEME)\b")
EXPECTED = re.compile(r"!\[(?P<words>[^\]]*)\]\(expected:(?P<demo>[^)]*)\)")
PICTURES = Path(__file__).parents[1] / "datasets" / "experiments"
FOLDED = """<details><summary>What it should look like</summary>

![{words}](attachment:{picture})

</details>"""
"""NB: Markdown's own form of a picture, with empty lines around it. JupyterLab and nbconvert find an attachment so;
nbconvert does not in an ``<img>``."""
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class ScriptError(Exception):
    """A mistake in a lesson script: the message has file, line and cure."""


@dataclass(frozen=True)
class ScriptCell:
    """One cell of a script.

    Parameters
    ----------
    file : Path
        The script.
    line : int
        Line of its header, from 1.
    key : str
        One of :data:`KEYS`, or empty for prose.
    name : str
        The key's value.
    metadata : dict
        All that the header says.
    source : str
        The cell's text; Markdown without its comment signs.
    is_code : bool
    """

    file: Path
    line: int
    key: str
    name: str
    metadata: dict
    source: str
    is_code: bool

    def error(self, what: str, cure: str, offset: int = 0) -> ScriptError:
        """Return an error about this cell, ``offset`` lines below its header."""
        return ScriptError(f"{self.file}:{self.line + offset}: {what}. {cure}")


def read_script(file: Path) -> NotebookNode:
    """Return the notebook of a lesson script: the instructor's version, without outputs.

    Raises
    ------
    ScriptError
        The script breaks a rule; the message says where and what to do.
    """
    cells = _checked_cells(file)
    notebook = _notebook(cells)
    for cell, made in zip(cells, notebook.cells, strict=True):
        if not cell.is_code:
            _embed_pictures(cell, made)
    return notebook


def read_without_pictures(file: Path) -> tuple[NotebookNode, dict[str, str]]:
    """Return a lesson's notebook with its expected figures left out, and what they are.

    Returns
    -------
    notebook : NotebookNode
        As :func:`read_script` makes it; the lines that name a figure stand as they are.
    pictures : dict of str to str
        Ids of the demonstrations that draw an expected figure, with the names of the recorded pictures.

    Raises
    ------
    ScriptError
        As in :func:`read_script`, but for a picture that is missing.
    """
    cells = _checked_cells(file)
    demos = [match["demo"] for cell in cells if not cell.is_code for match in EXPECTED.finditer(cell.source)]
    return _notebook(cells), {cell_id("demo", demo): picture_name(file, demo) for demo in demos}


def _checked_cells(file: Path) -> list[ScriptCell]:
    cells = _cells(file)
    _check_keys(cells)
    for cell in cells:
        _check_regions(cell)
        _check_points(cell)
    _check_order(cells)
    _check_pictures(cells)
    return cells


def _notebook(cells: list[ScriptCell]) -> NotebookNode:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.cells = list(_notebook_cells(cells))
    return notebook


def _cells(file: Path) -> list[ScriptCell]:
    text = file.read_text(encoding="utf-8")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if HEADER.match(line)]
    try:
        parsed = jupytext.reads(text, fmt="py:percent").cells
    except Exception as error:
        raise ScriptError(f"{file}:1: not a percent script ({error}). Start each cell with # %%.") from error
    if len(parsed) != len(lines):
        raise ScriptError(f"{file}:1: text stands before the first cell. Start the script with # %% [markdown].")
    return [_script_cell(file, line, cell) for line, cell in zip(lines, parsed, strict=True)]


def _script_cell(file: Path, line: int, cell: NotebookNode) -> ScriptCell:
    metadata = {k: v for k, v in cell.metadata.items() if k not in ("title", "lines_to_next_cell", "region_name")}
    keys = [key for key in KEYS if key in metadata]
    is_code = cell.cell_type == "code"
    made = ScriptCell(
        file,
        line,
        keys[0] if keys else "",
        str(metadata.get(keys[0], "")) if keys else "",
        metadata,
        cell.source,
        is_code,
    )
    if len(keys) > 1:
        raise made.error(f"the cell has two keys, {keys[0]} and {keys[1]}", "Keep one of them.")
    if is_code and not keys:
        raise made.error("the code cell has no key", f'Say what it is: # %% demo="name", or one of {", ".join(KEYS)}.')
    if keys and is_code == (keys[0] == "question"):
        kind = "code" if is_code else "Markdown"
        raise made.error(
            f"a {keys[0]} cell cannot be {kind}", "Mend its header: [markdown] belongs to questions and prose."
        )
    unknown = set(metadata) - {*KEYS, "points", "tags", "cell_marker"}
    if unknown:
        raise made.error(f"the header says {sorted(unknown)[0]}", "It may say a key, points and tags.")
    return made


def _check_keys(cells: list[ScriptCell]) -> None:
    seen: dict[tuple[str, str], ScriptCell] = {}
    for cell in cells:
        if not cell.key:
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", cell.name):
            raise cell.error(f"{cell.key}={cell.name!r} is no name", "Use small letters, digits and _, 41 at most.")
        if (cell.key, cell.name) in seen:
            other = seen[cell.key, cell.name]
            raise cell.error(f"{cell.key}={cell.name!r} stands in line {other.line} too", "Rename one of them.")
        seen[cell.key, cell.name] = cell
        if cell.key in ("exercise", "check") and cell.name not in EXERCISES:
            raise cell.error(
                f"there is no exercise {cell.name!r}",
                f"Enter it in grader/exercises/ (CONTRIBUTING.md says how), or use one of {', '.join(EXERCISES)}.",
            )


def _check_regions(cell: ScriptCell) -> None:
    open_region, opened_at, closed = "", 0, []
    for offset, line in enumerate(cell.source.splitlines(), start=1):
        match = MARKER.match(line)
        if match is None:
            if re.search(r"###\s*(BEGIN|END)\b", line):
                raise cell.error(
                    f"{line.strip()!r} is no marker", "Write ### BEGIN SOLUTION, alone in its line.", offset
                )
            continue
        verb, region = match.groups()
        if verb == "BEGIN" and open_region:
            raise cell.error(
                f"### BEGIN {region} stands inside the region of line {cell.line + opened_at}",
                f"Close that one first with ### END {open_region}.",
                offset,
            )
        if verb == "END" and open_region != region:
            raise cell.error(f"### END {region} closes nothing", f"Put ### BEGIN {region} before it.", offset)
        open_region, opened_at = (region, offset) if verb == "BEGIN" else ("", 0)
        closed += [region] if verb == "END" else []
    if open_region:
        raise cell.error(f"### BEGIN {open_region} is never closed", f"Add ### END {open_region}.", opened_at)
    due = REGIONS.get(cell.key)
    if due and due not in closed:
        raise cell.error(f"the {cell.key} cell has no region {due}", f"Put ### BEGIN {due} and ### END {due} into it.")
    wrong = [region for region in closed if region != due]
    if wrong:
        raise cell.error(f"a region {wrong[0]} cannot stand in this cell", "Move it to the cell that it belongs to.")
    if cell.key == "exercise" and cell.name not in _functions(cell):
        raise cell.error(
            f"the cell does not define {cell.name}", f"Write def {cell.name}(...), or rename the exercise."
        )


def _functions(cell: ScriptCell) -> list[str]:
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        raise cell.error(f"the cell is not Python ({error.msg})", "Mend this line.", error.lineno or 0) from None
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def _check_points(cell: ScriptCell) -> None:
    points = cell.metadata.get("points")
    if cell.key not in ("check", "question"):
        if points is not None:
            raise cell.error(f"a {cell.key or 'prose'} cell has no points", "Take points= out of its header.")
        return
    if isinstance(points, bool) or not isinstance(points, (int, float)) or points <= 0:
        raise cell.error(f"the {cell.key} {cell.name!r} has no points", "Add points=2, or another number above 0.")
    if cell.key == "check" and points != EXERCISES[cell.name].points:
        due = EXERCISES[cell.name].points
        raise cell.error(
            f"{cell.name} has {points} points", f"The aspects in grader/exercises/ make {due:g}; mend one of them."
        )


def _check_order(cells: list[ScriptCell]) -> None:
    code = [cell for cell in cells if cell.is_code]
    for before, cell in zip([None, *code], code, strict=False):
        if cell.key == "check" and (before is None or (before.key, before.name) != ("exercise", cell.name)):
            raise cell.error(
                f"the check of {cell.name} does not follow its exercise",
                f'Put it right after # %% exercise="{cell.name}".',
            )
        if before is not None and before.key == "exercise" and cell.key != "check":
            raise before.error(
                f"the exercise {before.name} has no check after it", f'Add # %% check="{before.name}" points=...'
            )
    if code and code[-1].key == "exercise":
        raise code[-1].error(
            f"the exercise {code[-1].name} has no check after it", f'Add # %% check="{code[-1].name}" points=...'
        )
    for before, cell in zip([None, *cells], cells, strict=False):
        if cell.key == "question" and (before is None or before.is_code or before.key):
            raise cell.error(
                "the question has no prompt",
                "Ask it in a # %% [markdown] cell right before: all of this one is answer.",
            )


# ---------------------------------------------------------------------------- expected figures


def picture_name(file: Path, demo: str) -> str:
    """Return the name of the recorded picture of a demonstration."""
    return f"{file.stem}-{demo}.png"


def _check_pictures(cells: list[ScriptCell]) -> None:
    demos = [cell.name for cell in cells if cell.key == "demo"]
    for cell in cells:
        for offset, line in enumerate(cell.source.splitlines(), start=1):
            match = EXPECTED.search(line)
            if match is None and "](expected:" not in line:
                continue
            if cell.is_code or cell.key:
                raise cell.error("an expected figure cannot stand in this cell", "Move it to prose.", offset)
            if match is None or match[0] != line:
                raise cell.error(
                    "an expected figure does not stand alone in its line", "Write ![words](expected:demo).", offset
                )
            if not match["words"].strip():
                raise cell.error("the expected figure has no words", "Say between [ and ] what it shows.", offset)
            if match["demo"] not in demos:
                raise cell.error(
                    f"no demo is called {match['demo']!r}",
                    f"Name the demo that draws the figure: {', '.join(demos) or 'there is none yet'}.",
                    offset,
                )


def _embed_pictures(cell: ScriptCell, made: NotebookNode) -> None:
    """Put the recorded pictures that a cell names into the notebook's cell, as attachments."""
    for offset, line in enumerate(cell.source.splitlines(), start=1):
        match = EXPECTED.fullmatch(line)
        if match is None:
            continue
        picture = picture_name(cell.file, match["demo"])
        try:
            png = (PICTURES / picture).read_bytes()
        except OSError:
            raise cell.error(
                f"the picture {PICTURES / picture} is missing", f"Run make experiments ONLY={cell.file.stem}.", offset
            ) from None
        made.setdefault("attachments", nbformat.from_dict({}))[picture] = {"image/png": base64.b64encode(png).decode()}
        made.source = made.source.replace(line, FOLDED.format(words=match["words"], picture=picture))


# ------------------------------------------------------------------------------- notebook cells


def _notebook_cells(cells: list[ScriptCell]) -> Iterator[NotebookNode]:
    last, prose = "start", 0
    for cell in cells:
        if cell.key:
            last, prose = cell_id(cell.key, cell.name), 0
            identity = last
        else:
            prose += 1
            identity = f"{last}-text-{prose}"[:64]
        make = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
        yield make(cell.source, id=identity, metadata=nbformat.from_dict(_metadata(cell)))


def cell_id(key: str, name: str) -> str:
    """Return the id of the notebook cell of this key and name."""
    return grade_id(key, name).replace("_", "-")[:64]


def grade_id(key: str, name: str) -> str:
    """Return what nbgrader, and a cell's id, call the cell of this key and name."""
    return {"exercise": name, "check": f"{name}_check"}.get(key, f"{key}_{name}")


def _metadata(cell: ScriptCell) -> dict:
    metadata = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
    if cell.key == "demo":
        metadata["tags"] = [DEMONSTRATION, *metadata.get("tags", [])]
    elif cell.key:
        metadata["nbgrader"] = {
            "grade": cell.key in ("check", "question"),
            "grade_id": grade_id(cell.key, cell.name),
            "locked": cell.key in ("setup", "check"),
            "schema_version": 3,
            "solution": cell.key in ("exercise", "question"),
            "task": False,
        }
        if "points" in cell.metadata:
            metadata["nbgrader"]["points"] = cell.metadata["points"]
    return metadata
