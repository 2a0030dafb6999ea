r"""Grades for a learning platform: gradebook and verdicts in, a CSV file out that Canvas or Moodle reads.

``nbgrader export --exporter grader.nbgrader_plugins.CanvasExporter`` (or ``MoodleExporter``). Scores are those of the
gradebook: by hand where there is one, with extra credit, less what is taken off for lateness. Statuses are those of the
verdict store; the platforms show them to nobody and read them in for nothing.

A spreadsheet takes a cell for a formula that begins with one of ``= + - @`` or a control character, so a cell of text
never does (OWASP, *CSV Injection*).
"""

from __future__ import annotations

import csv
import html
import io
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.api import Assignment, Comment, Gradebook, Student, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Enum, Unicode

from grader.verdicts import Record, Store, booked, write_whole
from grader.words import message_html

FORMULA = "=+-@"


def safe(text: str | None) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula.

    Control characters become spaces. Where what is left begins like a formula, in East Asian full width or after
    spaces too, an apostrophe stands before it.
    """
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text or "")
    begins = unicodedata.normalize("NFKC", plain.lstrip()[:1])[:1]
    return f"'{plain}" if begins and begins in FORMULA else plain


class LmsExporter(ExportPlugin):
    """What the exporters share: which lessons and students, their scores and statuses."""

    def _assignments(self, gradebook: Gradebook) -> list[Assignment]:
        """Return the lessons that were asked for, or those that somebody has handed in."""
        known = {assignment.name: assignment for assignment in gradebook.assignments}
        for name in map(str, self.assignment):
            if name not in known:
                raise SystemExit(f"grader: there is no lesson {name!r} in the gradebook; there are {', '.join(known)}.")
        asked = [known[str(name)] for name in self.assignment]
        return asked or [assignment for assignment in known.values() if assignment.submissions]

    def _submissions(self, assignment: Assignment) -> dict[str, SubmittedAssignment]:
        """Return the submissions of a lesson by student, those that were asked for."""
        asked = set(map(str, self.student))
        # NB: a database gives rows of no stated order as it likes; with two jobs they were written in any order.
        submissions = sorted(assignment.submissions, key=lambda s: s.student.id)
        found = {s.student.id: s for s in submissions if not asked or s.student.id in asked}
        waiting = sum(s.needs_manual_grade for s in found.values())
        if waiting:
            self.log.warning("%s: %d submissions still wait for a grade by hand", assignment.name, waiting)
        return found

    def _record(self, student: str, lesson: str) -> Record | None:
        course = CourseDirectory(config=self.config)
        folder = Path(course.format_path(course.autograded_directory, student, lesson))
        was = booked(folder / f"{lesson}.ipynb")
        return None if was is None else Store(Path(course.root)).get(was.key)

    def _write(self, file: str, rows: Iterable[Iterable[str]], quoting: int = csv.QUOTE_MINIMAL) -> None:
        stream = io.StringIO()
        csv.writer(stream, quoting=quoting).writerows(rows)
        try:
            write_whole(Path(file), stream.getvalue())
        except OSError as error:
            raise SystemExit(f"grader: {file} cannot be written ({error.strerror}). Name another with --to.") from None
        self.log.info("Exported grades to %s", file)


def score(submission: SubmittedAssignment) -> str:
    """Return the score that counts, as nbgrader's own export has it: less what is taken off for lateness."""
    return f"{max(0.0, submission.score - (submission.late_submission_penalty or 0.0)):.10g}"


def statuses(record: Record | None) -> str:
    """Return the status of each exercise, with the name of the misconception, in one line."""
    if record is None:
        return "not graded"
    named = ((name, v.status, v.misconception.replace("_", " ")) for name, v in record.verdicts.items())
    return ", ".join(f"{name}: {status}{f' ({idea})' if idea else ''}" for name, status, idea in named)


def _name(student: Student, form: str, between: str) -> str:
    parts = {"first": student.first_name or "", "last": student.last_name or ""}
    return between.join(parts[part] for part in form.split() if parts[part]) or student.id


class CanvasExporter(LmsExporter):
    """Write a file that Canvas reads in under *Grades*, *Import*.

    A row for each student, a column for each lesson and one for its statuses, which is marked *read only*, so that
    Canvas leaves it alone. A student who has handed in nothing has an empty cell, which changes nothing in Canvas.
    The columns are those that ``lib/gradebook_importer.rb`` of Canvas looks for.
    """

    assignment_ids = Dict(
        {}, help="Canvas's number of each lesson's assignment: {'03_momentum': 98765}. By title where there is none."
    ).tag(config=True)
    student_ids = Enum(
        ["canvas", "login"],
        "canvas",
        help="What the students' ids are: Canvas's own numbers, as zip_collect takes them from a download, or logins.",
    ).tag(config=True)
    section = Unicode("", help="What stands in the column Section.").tag(config=True)
    status_columns = Bool(True, help="Whether there is a column of statuses beside each lesson.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write ``canvas.csv``, or the file that ``--to`` names."""
        lessons = self._assignments(gradebook)
        taken = {lesson.name: self._submissions(lesson) for lesson in lessons}
        asked = set(map(str, self.student))
        students = [s for s in gradebook.students if not asked or s.id in asked]
        students.sort(key=lambda s: (s.last_name or "", s.first_name or "", s.id))
        head = ["Student", "ID", "SIS Login ID", "Section"]
        possible = ["    Points Possible", "", "", ""]
        for lesson in lessons:
            head += [safe(self._title(lesson.name))]
            possible += [f"{lesson.max_score:.10g}"]
            if self.status_columns:
                head, possible = [*head, safe(f"{lesson.name} status")], [*possible, "(read only)"]
        rows = ([*self._who(student), *self._cells(student, taken)] for student in students)
        self._write(self.to or "canvas.csv", [head, possible, *rows])

    def _title(self, lesson: str) -> str:
        return f"{lesson} ({self.assignment_ids[lesson]})" if lesson in self.assignment_ids else lesson

    def _who(self, student: Student) -> list[str]:
        number = student.lms_user_id or (student.id if self.student_ids == "canvas" and student.id.isdigit() else "")
        login = "" if number == student.id else student.id
        return [safe(text) for text in (_name(student, "last first", ", "), number, login, self.section)]

    def _cells(self, student: Student, taken: dict[str, dict[str, SubmittedAssignment]]) -> Iterator[str]:
        for lesson, submissions in taken.items():
            submission = submissions.get(student.id)
            yield "" if submission is None else score(submission)
            if self.status_columns:
                yield "" if submission is None else safe(statuses(self._record(student.id, lesson)))


class MoodleExporter(LmsExporter):
    """Write a grading worksheet that Moodle reads in under *Upload grading worksheet* of an assignment.

    One file for each lesson, a row for each student who has handed in. The identifier is ``Participant`` and the number
    that Moodle puts into the names of a download, which ``zip_collect`` takes for the student's id. The columns
    are those of ``mod/assign/feedback/offline`` of Moodle, which reads identifier, grade, time and feedback.
    """

    COLUMNS = (
        "Identifier",
        "Full name",
        "Email address",
        "Status",
        "Grade",
        "Maximum Grade",
        "Last modified (grade)",
        "Feedback comments",
    )

    def export(self, gradebook: Gradebook) -> None:
        """Write ``moodle-LESSON.csv``, or the file that ``--to`` names; of several lessons one file each."""
        lessons = self._assignments(gradebook)
        for lesson in lessons:
            file = Path(self.to or "moodle.csv")
            if not self.to or len(lessons) > 1:
                file = file.with_name(f"{file.stem}-{lesson.name}{file.suffix}")
            rows = (self._row(lesson, submission) for submission in self._submissions(lesson).values())
            self._write(str(file), [self.COLUMNS, *rows], csv.QUOTE_ALL)

    def _row(self, lesson: Assignment, submission: SubmittedAssignment) -> list[str]:
        student, record = submission.student, self._record(submission.student.id, lesson.name)
        identifier = f"Participant {student.id}" if student.id.isdigit() else student.id
        return [
            safe(identifier),
            safe(_name(student, "first last", " ")),
            safe(student.email),
            safe(statuses(record)),
            score(submission),
            f"{lesson.max_score:.10g}",
            "-",  # never graded, to Moodle: it skips grades that were changed there since
            safe(feedback(submission, record)),
        ]


def feedback(submission: SubmittedAssignment, record: Record | None) -> str:
    """Return what a student reads, as HTML in which nothing of a student's is markup.

    A comment by hand stands in the place of the grader's.
    """
    parts = []
    comments = {c.name: c for notebook in submission.notebooks for c in notebook.comments}
    for name, verdict in (record.verdicts if record else {}).items():
        points = f"{verdict.points:g} of {verdict.due:g}"
        parts.append(_paragraph(name, points, _by_hand(comments.pop(name, None)) or message_html(verdict.message)))
    parts += [_paragraph(name, "", words) for name, c in sorted(comments.items()) if (words := _by_hand(c))]
    return "".join(parts)


def _by_hand(comment: Comment | None) -> str:
    return html.escape(comment.manual_comment or "") if comment is not None else ""


def _paragraph(name: str, points: str, words: str) -> str:
    return f"<p><b>{html.escape(name)}</b>{': ' + points + '.' if points else ':'} {words}</p>"
