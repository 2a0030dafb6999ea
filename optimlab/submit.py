"""Pack a lesson to hand it in: one zip with the notebook as it was saved.

The notebook's name in the zip is ``LESSON_STUDENT_attempt_TIME_LESSON.ipynb``, almost the form that nbgrader's
documentation proposes for ``nbgrader zip_collect``; :data:`PATTERN` takes it apart. TIME is ISO 8601 in UTC, such as
20261124T003000Z: nbgrader 0.9 can't read the times that its own documentation shows.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from optimlab.carry import LESSONS

FOLDER = "submissions"
STUDENT = re.compile(r"[\w.@+-]+")
"""What may stand in a student's id: it becomes the name of a folder."""
PATTERN = r".*?(?P<file_id>\d\d_\w+?)_(?P<student_id>[\w.@+-]+)_attempt_(?P<timestamp>\d+T\d+Z)_(?P=file_id)\.ipynb"
"""What the notebook's name says, for nbgrader's ``FileNameCollectorPlugin.named_regexp``.

``grader.collecting.LmsCollector`` reads it, beside the names that learning platforms give.
"""
STUBS = {"code": "raise NotImplementedError", "markdown": "*Write your answer here.*"}


class SubmitError(Exception):
    """A lesson can't be packed; the message says why, and what to do."""


@dataclass(frozen=True)
class Packed:
    """What was packed.

    Parameters
    ----------
    zip : Path
        To hand in.
    notebook : Path
        The notebook that it holds.
    saved : datetime
        When that was saved last.
    open : tuple of str
        Names of the answers that are not written.
    """

    zip: Path
    notebook: Path
    saved: datetime
    open: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.notebook}, as saved on {self.saved:%Y-%m-%d at %H:%M}, is in {self.zip}. Hand that file in."]
        if self.open:
            lines.append(f"Not written yet: {', '.join(self.open)}. You can write more, save, and pack again.")
        return "\n".join(lines)


def submit(lesson: str, student: str, folder: Path | None = None) -> Packed:
    """Write the zip of a lesson to ``submissions/``, beside the lesson folders.

    Parameters
    ----------
    lesson : str
        "03_momentum" for example; "03" will do.
    student : str
        The id that the instructor knows.
    folder : Path, optional
        That holds the lesson folders, or a lesson's folder; the working directory unless given.

    Raises
    ------
    SubmitError
        If there is no such lesson or notebook, the notebook is broken, or the id can't be a folder's name.
    """
    lesson = _lesson_called(lesson)
    if not STUDENT.fullmatch(student) or student.startswith("."):
        raise SubmitError(f"{student!r} is no student id: letters, digits and . _ - @ + only, such as --name ada42")
    here = Path() if folder is None else folder
    root = here.resolve().parent if here.resolve().name in LESSONS else here
    notebook = root / lesson / f"{lesson}.ipynb"
    text = _text(notebook)
    now = datetime.now(UTC)
    stem = f"{lesson}_{student}_attempt_{now:%Y%m%dT%H%M%SZ}"
    target = root / FOLDER / f"{stem}.zip"
    try:
        target.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{stem}_{lesson}.ipynb", text)
    except OSError as error:
        raise SubmitError(f"can't write {target} ({error.strerror}): move the lessons to where you may write") from None
    saved = datetime.fromtimestamp(notebook.stat().st_mtime)
    return Packed(target, notebook, saved, tuple(_open(json.loads(text))))


def _lesson_called(word: str) -> str:
    """Return the lesson of this name or number."""
    name = Path(word).stem
    found = [lesson for lesson in LESSONS if name in (lesson, lesson[:2])]
    if not found:
        raise SubmitError(f"there is no lesson {word!r}; there are {', '.join(LESSONS)}")
    return found[0]


def _text(notebook: Path) -> bytes:
    """Return a notebook's bytes, which hold cells."""
    try:
        text = notebook.read_bytes()
    except OSError:
        raise SubmitError(
            f"there is no {notebook}: run this in the folder that holds the lesson folders, "
            f"and call the notebook as it was called at first"
        ) from None
    try:
        json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise SubmitError(f"{notebook} is no notebook any more: open it in JupyterLab and save it again") from None
    return text


def _open(notebook: dict) -> Iterator[str]:
    """Yield the names of the answers that still are what the lesson gave."""
    for cell in notebook["cells"]:
        grader = cell.get("metadata", {}).get("nbgrader", {})
        stub = STUBS.get(cell.get("cell_type"))
        if grader.get("solution") and stub is not None and stub in "".join(cell.get("source", "")):
            yield str(grader.get("grade_id"))
