"""Book a class: nbgrader's own Autograde, one student after the other, in one open gradebook.

nbgrader's steps open the gradebook some twenty times for each submission, and each time look at all its tables and
compile every query anew; they commit as often. Here they are given one gradebook that stays open, and what they commit
is one transaction, which ends right before the autograded notebook is written: whoever finds that notebook finds the
scores too.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader import nbgraderformat
from nbgrader.api import Course as CourseRow
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from grader.lesson import Lesson
from grader.verdicts import Record

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""What keeps every submission from being booked, whoever's turn it is."""


class BookingError(Exception):
    """One submission could not be booked; the message is one line."""


class GradebookError(Exception):
    """The gradebook itself is in the way; the message is one line."""


class _Transaction(Session):
    """A session whose commits wait for :meth:`OpenGradebook.keep`."""

    def commit(self) -> None:
        self.flush()


class OpenGradebook(Gradebook):
    """A gradebook that many may open and close while it stays open.

    Parameters
    ----------
    url : str
        Of the database.
    course : str
        nbgrader's name of the course.
    """

    def __init__(self, url: str, course: str) -> None:
        super().__init__(url, course)
        self.url = url
        self.db.remove()
        self.db = scoped_session(sessionmaker(bind=self.engine, class_=_Transaction))

    def keep(self) -> None:
        """End the transaction: what was committed since the last one is in the database."""
        Session.commit(self.db())

    def drop(self) -> None:
        """Forget what was committed since the last transaction."""
        self.db.rollback()

    def close(self) -> None:
        """Stay open: nbgrader's steps close it after each use."""

    def end(self) -> None:
        """Close the connection."""
        super().close()


def refuse_strange(url: str, course: str, lesson: Lesson) -> None:
    """Raise :class:`GradebookError` where a gradebook is another course's, or has other cells for a lesson."""
    with Gradebook(url, "") as gradebook:
        courses = {row.id for row in gradebook.db.query(CourseRow)} - {"default_course"}
        if courses and course not in courses:
            raise GradebookError(
                f"this gradebook is that of the course {', '.join(sorted(courses))}, not of {course}: {_place(url)}. "
                "Put the right one there, or set c.CourseDirectory.course_id."
            )
        if lesson.name not in {assignment.name for assignment in gradebook.assignments}:
            raise GradebookError(f"the lesson {lesson.name} is not in the gradebook yet. Run make course.")
        cells = gradebook.find_notebook(lesson.name, lesson.name).grade_cells
        booked = {cell.name: float(cell.max_score) for cell in cells}
    due = {cell.name: cell.points for cell in (*lesson.of_kind("check"), *lesson.of_kind("question"))}
    if booked != due:
        odd = sorted(name for name in booked.keys() | due.keys() if booked.get(name) != due.get(name))
        raise GradebookError(
            f"the gradebook and the lesson {lesson.name} differ in {', '.join(odd[:3])}: is {_place(url)} this "
            "course's? If so, run make course."
        )


def _place(url: str) -> str:
    return url.removeprefix("sqlite:///") if url.startswith("sqlite:") else url.rpartition("@")[2]


class _Schemas:
    """What nbgrader uses of jsonschema; it has each of its schemas looked at anew for every cell."""

    @staticmethod
    def validate(instance: Any, schema: dict[str, Any]) -> None:
        """Raise jsonschema's error where data is not of a schema."""
        error = jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
        if error is not None:
            raise error


@lru_cache(maxsize=8)
def _validator(schema: str) -> jsonschema.protocols.Validator:
    """Return what validates by a schema, which is found to be one."""
    kind = jsonschema.validators.validator_for(json.loads(schema))
    kind.check_schema(json.loads(schema))
    return kind(json.loads(schema))


class Exporter(NotebookExporter):
    """nbconvert's way through the preprocessors, with no copies and one look at the notebook's form, at the end."""

    def from_file(self, file_stream: Any, resources: dict | None = None, **more: Any) -> tuple[str, dict]:
        """Return the notebook of a file as text, after all preprocessors."""
        notebook = nbformat.convert(nbformat.reader.reads(file_stream.read()), 4)
        return self.from_notebook_node(notebook, resources, **more)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **_more: Any) -> tuple[str, dict]:
        """Return a notebook as text, after all preprocessors."""
        resources = self._init_resources(resources)
        _, nb = nbformat.validator.normalize(nb)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        nbformat.validate(nb, relax_add_props=True)
        return nbformat.v4.writes(nb) + "\n", resources


class Booking(Autograde):
    """nbgrader's Autograde for students that are named one at a time.

    Parameters
    ----------
    api : NbGraderAPI
        The course.
    lesson : str
    """

    def __init__(self, api: NbGraderAPI, lesson: str) -> None:
        super().__init__(coursedir=api.coursedir, parent=api)
        self.lesson = lesson
        self.force = True
        self.failure: BaseException | None = None
        self.record: Record | None = None
        self.gradebook = OpenGradebook(self.coursedir.db_url, self.coursedir.course_id)
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = Exporter(parent=self, config=self.config)

    @contextlib.contextmanager
    def open(self) -> Iterator[Booking]:
        """Give everybody who opens the gradebook the one that is open, until the block ends."""

        def opened(url: str, *more: Any, **named: Any) -> Gradebook:
            return self.gradebook if url == self.gradebook.url else Gradebook(url, *more, **named)

        users = [m for m in list(sys.modules.values()) if getattr(m, "__dict__", {}).get("Gradebook") is Gradebook]
        users = [m for m in users if m.__name__ not in (__name__, "nbgrader.api")]
        with contextlib.ExitStack() as stack:
            stack.callback(self.gradebook.end)
            stack.callback(setattr, nbgraderformat.common, "jsonschema", nbgraderformat.common.jsonschema)
            nbgraderformat.common.jsonschema = _Schemas
            for module in users:
                module.Gradebook = opened
                stack.callback(setattr, module, "Gradebook", Gradebook)
            yield self

    def book(self, student: str) -> Record:
        """Book a submission that the store has verdicts of and return them; one it has none of is graded now.

        Raises
        ------
        BookingError
            This submission cannot be booked.
        GradebookError
            No submission can: the gradebook is in the way.
        OSError
            No submission can: the disk is full, or read-only.
        """
        folder = Path(self._format_source(self.lesson, student))
        self.assignments = {str(folder): sorted(map(str, folder.glob("*.ipynb")))}
        self.failure = self.record = None
        before = os.getcwd()
        os.chdir(self.coursedir.root)
        try:
            self.convert_notebooks()
        except NbGraderException as error:
            self.gradebook.drop()
            self._raise(self.failure or error)
        except BaseException:
            self.gradebook.drop()
            raise
        finally:
            os.chdir(before)
        if self.record is None:
            raise BookingError(f"no {self.lesson}.ipynb was booked. Is it in c.CourseDirectory.ignore?")
        return self.record

    def book_zero(self, student: str) -> None:
        """Enter a submission that cannot be read, so that the student is in the list of grades."""
        self.gradebook.update_or_create_student(student)
        submission = self.gradebook.update_or_create_submission(self.lesson, student)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
        self.gradebook.keep()

    @staticmethod
    def _raise(failure: BaseException) -> None:
        cause: BaseException | None = failure
        while cause is not None:
            if isinstance(cause, OSError) and cause.errno in FULL:
                raise cause
            if isinstance(cause, OperationalError):
                raise GradebookError(f"the gradebook cannot be written ({cause.orig}). Mend this and run it again.")
            cause = cause.__cause__ or cause.__context__
        words = str(failure).strip().splitlines() or ["no reason given"]
        raise BookingError(f"{type(failure).__name__}: {words[0][:250]}") from failure

    # ------------------------------------------------------------------- nbgrader's own steps

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Enter the submission and copy its files."""
        with self._failures():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Take a notebook through all preprocessors."""
        with self._failures():
            super().convert_single_notebook(notebook_filename)

    def write_single_notebook(self, output: str, resources: dict[str, Any]) -> None:
        """Write a notebook; before the last one all scores are in the gradebook."""
        if not self._sanitizing:
            self.record = resources["optimlab"]
            self.gradebook.keep()
        super().write_single_notebook(output, resources)

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Keep what went wrong: nbgrader only logs it."""
        try:
            yield
        except Exception as error:
            self.failure = self.failure or error
            raise
