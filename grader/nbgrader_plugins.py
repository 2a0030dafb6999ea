"""What ``nbgrader_config.py`` and nbgrader's commands name: the way from a submission to gradebook and feedback.

``nbgrader autograde``, the formgrader's button and ``python -m grader autograde`` all take this path:

- :class:`MakeHarmless` takes out of a submission what would act on the pages and folders that it is copied to;
- :class:`RestoreCells` gives cells that lost nbgrader's metadata their names back;
- :class:`RunAndJudge`, in the place of nbgrader's Execute, asks the store for the verdicts and grades the submission if
  there are none;
- :class:`SaveVerdicts` books scores and comments;
- :class:`HideHiddenTests` keeps hidden regions out of the feedback pages.

What comes from a learning platform is read by :class:`grader.collecting.LmsCollector`; grades go back by
:mod:`grader.exporters`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader import converters, utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Dict, Enum

from grader import grading, sandbox
from grader.collecting import LmsCollector, LmsExtractor
from grader.exporters import CanvasExporter, MoodleExporter
from grader.lesson import (
    BEGIN_HIDDEN,
    DEMONSTRATION,
    END_HIDDEN,
    Lesson,
    classify,
    grader_metadata,
    read_lesson,
    refuse_large,
    refuse_links,
    submission_of,
)
from grader.sandbox.host import PICTURES, picture
from grader.verdicts import Key, Record, Store, booking, grader_version
from grader.words import comment_on, verdict_html, verdict_text

__all__ = [
    "CanvasExporter",
    "HideHiddenTests",
    "LmsCollector",
    "LmsExtractor",
    "MakeHarmless",
    "MoodleExporter",
    "RestoreCells",
    "RunAndJudge",
    "SaveVerdicts",
    "StripBuildMetadata",
    "copy_plain_files_only",
]

PROSE = 20_000
"""Characters kept of a cell of prose: some texts take a page minutes."""


class StripBuildMetadata(NbGraderPreprocessor):
    """Keep the build's own metadata out of the students' notebooks."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook without the key ``optimlab``."""
        nb.metadata.pop("optimlab", None)
        return nb, resources


class _OfLesson(NbGraderPreprocessor):
    """A preprocessor that knows the lesson of the notebook and the course's root."""

    def course(self) -> CourseDirectory:
        return CourseDirectory(config=self.config)

    def lesson(self, resources: ResourcesDict) -> Lesson:
        course, names = self.course(), resources["nbgrader"]
        folder = course.format_path(course.source_directory, ".", names["assignment"])
        return read_lesson(Path(folder) / f"{names['notebook']}.ipynb")

    def _submitted(self, resources: ResourcesDict) -> Path:
        course, names = self.course(), resources["nbgrader"]
        return Path(course.format_path(course.submitted_directory, names["student"], names["assignment"]))


def copy_plain_files_only() -> None:
    """Keep nbgrader from copying what links point to, out of a submission into autograded/ and feedback/.

    It has no setting for that: a link to the gradebook would hand it out, one to /dev/zero fill the disk.
    """
    converters.base.find_all_files = _plain_files


def _plain_files(path: str, exclude: list[str] | None = None) -> list[str]:
    return [f for f in utils.find_all_files(path, exclude) if not os.path.islink(f) and os.path.isfile(f)]


class MakeHarmless(_OfLesson):
    """Take out of a submission what would act on the pages and folders that it is copied to.

    HTML that the student wrote, which feedback pages and the formgrader would run, and metadata that no editor makes.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook without them; an error where the notebook itself is a link."""
        refuse_links(self._submitted(resources) / f"{resources['nbgrader']['notebook']}.ipynb")
        refuse_large(nb)
        prose = self.lesson(resources).prose
        nb.metadata = nbformat.from_dict({})
        for cell in nb.cells:
            grader, tags = grader_metadata(cell), cell.metadata.get("tags", [])
            cell.metadata = nbformat.from_dict({"nbgrader": grader} if grader else {})
            if DEMONSTRATION in tags:
                cell.metadata["tags"] = [DEMONSTRATION]
            if cell.cell_type != "code":
                pictures = _pictures(cell.pop("attachments", {}))
                if pictures:
                    # NB: nbconvert finds no picture whose name has letters that an address cannot have.
                    plain = {f"picture-{number}": picture for number, picture in enumerate(pictures.values())}
                    cell["attachments"] = nbformat.from_dict(plain)
                text = cell.source if cell.source in prose else without_tags(cell.source)[:PROSE]
                cell.source = _without_missing(text, pictures)
        return nb, resources


class RestoreCells(_OfLesson):
    """Name the cells of a submission that lost nbgrader's metadata, and put deleted answer and check cells back.

    Editors other than JupyterLab drop metadata, students delete and copy cells. A cell is known by its
    metadata, else by its id, else by what it holds (see :func:`grader.lesson.classify`).
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook with each of the lesson's graded cells at most once, and its check cells all there."""
        lesson = self.lesson(resources)
        for cell, (kind, name) in zip(nb.cells, classify(nb, lesson), strict=True):
            if kind == "demo":
                cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), DEMONSTRATION})
            elif kind:
                cell.metadata["nbgrader"] = self._metadata(kind, name, resources)
            else:
                cell.metadata.pop("nbgrader", None)
        self._put_back(nb, lesson, resources)
        return nb, resources

    def _metadata(self, kind: str, name: str, resources: ResourcesDict) -> NotebookNode:
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            source = gradebook.find_source_cell(name, names["notebook"], names["assignment"])
            metadata = {
                "cell_type": source.cell_type,
                "checksum": source.checksum,
                "grade": kind in ("check", "question"),
                "grade_id": name,
                "locked": source.locked,
                "schema_version": 3,
                "solution": kind in ("exercise", "question"),
                "task": False,
            }
            if metadata["grade"]:
                cell = gradebook.find_graded_cell(name, names["notebook"], names["assignment"])
                metadata["points"] = cell.max_score
        return nbformat.from_dict(metadata)

    def _put_back(self, nb: NotebookNode, lesson: Lesson, resources: ResourcesDict) -> None:
        """Put deleted answer and check cells back where the lesson has them, so that score and comment can be seen."""
        present = {cell.metadata.get("nbgrader", {}).get("grade_id"): index for index, cell in enumerate(nb.cells)}
        place = 0
        for cell in lesson.cells:
            if cell.name in present:
                place = present[cell.name] + 1
            elif cell.kind in ("exercise", "check"):
                source = cell.source if cell.kind == "check" else "# This cell was deleted."
                made = nbformat.v4.new_code_cell(
                    source, metadata={"nbgrader": self._metadata(cell.kind, cell.name, resources)}
                )
                nb.cells.insert(place, made)
                present = {k: i + (i >= place) for k, i in present.items()} | {cell.name: place}
                place += 1


class RunAndJudge(_OfLesson):
    """Grade the submission unless the store has its verdicts; put outputs and verdicts into the notebook."""

    limits = Dict(
        {}, help="Limits that differ from those of grader.sandbox.Limits, by name: seconds, bytes, numbers."
    ).tag(config=True)
    sandbox = Enum(
        ["bubblewrap", "none"],
        "bubblewrap",
        help="What a submission runs in. none: a plain process, which can read and write what its user can.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook with outputs; ``resources["optimlab"]`` has the record."""
        lesson = self.lesson(resources)
        store = Store(Path(self.course().root))
        limits = sandbox.Limits.of(self.limits)
        submission, own = submission_of(nb, lesson, sandbox.files_of(self._submitted(resources), limits.file_size))
        student = resources["nbgrader"]["student"]
        key = Key(student, lesson.name, submission.hash, store.seed(lesson.name), grader_version())
        record = store.get(key)
        if record is None:
            record = grading.grade(submission, lesson, key, limits, self.sandbox)
            store.put(record)
        resources["optimlab"] = record
        nb.metadata["optimlab"] = nbformat.from_dict({"key": vars(key), "booking": self._booking(key, resources)})
        self._show(nb, own, record)
        return nb, resources

    def _booking(self, key: Key, resources: ResourcesDict) -> str:
        return booking(key, self._submitted(resources) / f"{resources['nbgrader']['notebook']}.ipynb")

    def _show(self, nb: NotebookNode, own: list[int], record: Record) -> None:
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("_check")
                if utils.is_grade(cell) and name in record.verdicts:
                    verdict = record.verdicts[name]
                    data = {"text/html": verdict_html(verdict), "text/plain": verdict_text(verdict)}
                    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
        for index, outputs in zip(own, record.outputs, strict=True):
            nb.cells[index].outputs = [nbformat.from_dict(output) for output in outputs]


class SaveVerdicts(SaveAutoGrades):
    """Book what the database lists: the score on the check cell's grade, the comment on the answer cell's.

    Manual scores and manual comments stay as they are. Questions are left to nbgrader; one that is missing from
    the submission gets 0.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Book the record that :class:`RunAndJudge` left in the resources."""
        names, record = resources["nbgrader"], resources["optimlab"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id = names["student"]
        self.present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        with Gradebook(names["db_url"]) as self.gradebook:
            for cell in nb.cells:
                if utils.is_grade(cell) and utils.is_solution(cell):
                    self._add_score(cell, resources)
                    self._add_comment(cell, resources)
            self._book(record)
        return nb, resources

    def _book(self, record: Record) -> None:
        submission = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
        for grade in submission.grades:
            verdict = record.verdicts.get(grade.name.removesuffix("_check"))
            if verdict is not None:
                grade.auto_score = verdict.points
                grade.needs_manual_grade = grade.manual_score is not None
            elif grade.name not in self.present:
                grade.auto_score, grade.needs_manual_grade = 0, False
        for comment in submission.comments:
            if comment.name in record.verdicts:
                comment.auto_comment = comment_on(record.verdicts[comment.name])
        self.gradebook.db.commit()


class HideHiddenTests(NbGraderPreprocessor):
    """Take hidden regions out of the notebook: a feedback page is for students."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the cell without what lies between the markers."""
        kept, hidden = [], False
        for line in cell.source.split("\n"):
            hidden = hidden or BEGIN_HIDDEN in line
            kept += [] if hidden else [line]
            hidden = hidden and END_HIDDEN not in line
        cell.source = "\n".join(kept)
        return cell, resources


# --------------------------------------------------------------------------------------- words


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    """Return the pictures among a cell's attachments."""
    kept = {}
    for name, forms in attachments.items() if isinstance(attachments, dict) else ():
        found = {kind: picture(data) for kind, data in dict(forms).items() if kind in PICTURES}
        kept |= {name: found} if any(found.values()) else {}
    return kept


def _without_missing(text: str, pictures: dict[str, dict[str, str]]) -> str:
    """Return Markdown that shows no attached picture which is not there: no page could be made of it."""
    names = {name: f"attachment:picture-{number}" for number, name in enumerate(pictures)}
    found = re.compile(r"attachment:([^\s)\"'>]*)")
    return found.sub(lambda f: names.get(f[1]) or names.get(unquote(f[1])) or f"missing:{f[1]}", text)


def without_tags(text: str) -> str:
    """Return Markdown without HTML tags and without links but to the web: a space parts what would make them."""
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    return re.sub(r"\](?=:|\((?!https?://|attachment:))", "] ", text)  # a link may hold a script
