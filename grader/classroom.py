"""Grade a class: every submission of a lesson, one line for each problem, and a summary.

Submissions, gradebook and verdicts lie below the course's root, as nbgrader has them. nbgrader's own
Autograde books each submission, through the preprocessors of :mod:`grader.nbgrader_plugins`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning
from tqdm import tqdm
from traitlets.config import PyFileConfigLoader

from grader import judge, sandbox
from grader.grading import judge_all
from grader.judge import Verdict
from grader.lesson import Lesson, LinkError, read_lesson, refuse_links, submission_of
from grader.nbgrader_plugins import RunAndJudge
from grader.sandbox import bubblewrap
from grader.verdicts import SEED_BITS, Key, Record, Store, booking, grader_version
from optimlab import compare
from optimlab.outcomes import Made, Outcome, Previous


class CourseError(Exception):
    """Something about the course that the instructor must mend; the message is one line."""


@dataclass
class Summary:
    """What grading a class came to.

    Parameters
    ----------
    records : dict of str to Record
        By student.
    problems : list of str
        One line for each submission that could not be graded.
    graded : int
        Submissions that were graded or booked anew.
    """

    records: dict[str, Record] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    graded: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the summary: for each exercise how many students have which status."""
        yield f"{len(self.records)} students graded, {self.graded} of them anew, {len(self.problems)} problems"
        counts: dict[str, Counter[str]] = {}
        for record in self.records.values():
            for name, verdict in record.verdicts.items():
                counts.setdefault(name, Counter())[verdict.status] += 1
        width = max(map(len, counts), default=0)
        for name, statuses in counts.items():
            yield f"  {name:{width}}  " + ", ".join(f"{n} {status}" for status, n in statuses.most_common())


class Course:
    """A course as nbgrader sees it, with its store of verdicts.

    Parameters
    ----------
    root : Path
        The folder that has ``nbgrader_config.py``.
    isolation : str, optional
        What submissions run in, in the place of what nbgrader_config.py says: "bubblewrap" or "none".

    Raises
    ------
    CourseError
        The folder has no nbgrader_config.py or cannot be written.
    """

    def __init__(self, root: Path, isolation: str | None = None) -> None:
        self.root = Path(root).resolve()
        if not (self.root / "nbgrader_config.py").is_file():
            raise CourseError(f"{self.root} has no nbgrader_config.py. Run this in the course's folder.")
        if not os.access(self.root, os.W_OK):
            raise CourseError(f"{self.root} cannot be written. Grades and verdicts need a folder that is yours.")
        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        if isolation is not None:
            config.RunAndJudge.sandbox = isolation
        self.isolation = RunAndJudge(config=config).sandbox
        self.api = NbGraderAPI(config=config)
        self.directory = self.api.coursedir
        self.store = Store(self.root)

    def lesson(self, name: str) -> Lesson:
        """Return a lesson that the gradebook knows.

        Raises
        ------
        CourseError
            There is no such lesson, or it is not in the gradebook.
        """
        folder = Path(self.directory.format_path(self.directory.source_directory, ".", name))
        try:
            lesson = read_lesson(folder / f"{name}.ipynb")
        except FileNotFoundError:
            known = ", ".join(self.lessons()) or "none"
            raise CourseError(f"there is no lesson {name!r}; there are {known}.") from None
        with self._gradebook() as gradebook:
            try:
                gradebook.find_assignment(name)
            except MissingEntry:
                raise CourseError(f"the lesson {name} is not in the gradebook yet. Run make course.") from None
        return lesson

    def lessons(self) -> list[str]:
        """Return the names of all lessons."""
        folder = Path(self.directory.format_path(self.directory.source_directory, ".", "."))
        return sorted(file.parent.name for file in folder.glob("*/*.ipynb") if file.stem == file.parent.name)

    def submitted(self, lesson: str) -> dict[str, Path]:
        """Return the path of each student's notebook, whether it is there or not."""
        folder = Path(self.directory.format_path(self.directory.submitted_directory, ".", "."))
        students = sorted(p.parent.name for p in folder.glob(f"*/{lesson}") if p.is_dir())
        return {student: folder / student / lesson / f"{lesson}.ipynb" for student in students}

    def _gradebook(self) -> Gradebook:
        return Gradebook(self.directory.db_url, self.directory.course_id)

    # -------------------------------------------------------------------------------- grading

    def autograde(
        self,
        name: str,
        students: list[str] | None = None,
        seed: int | None = None,
        reseed: bool = False,
        regrade: bool = False,
    ) -> Summary:
        """Grade the submissions of a lesson and book them.

        What is booked already, the same submission under the same seed and grader, is left alone.

        Parameters
        ----------
        name : str
            The lesson.
        students : list of str, optional
            Only these; all without.
        seed : int, optional
            The lesson's hidden seed from now on; everybody is graded again where it is a new one.
        reseed : bool
            Draw a new hidden seed and grade everybody again.
        regrade : bool
            Grade again what has a verdict already.

        Raises
        ------
        CourseError
            There is no such lesson, no submission, or no submission by a student that was named.
        """
        lesson = self.lesson(name)
        self._check_sandbox()
        notebooks = self.submitted(name)
        if not notebooks:
            raise CourseError(f"nobody has handed in {name}: {self.directory.submitted_directory}/ has no such folder.")
        if students is not None:
            absent = [student for student in students if student not in notebooks]
            if absent:
                raise CourseError(f"{absent[0]} has not handed in {name}.")
        if (reseed or seed is not None) and students is not None:
            raise CourseError("one seed holds for the whole class: leave out --student.")
        if reseed or seed is not None:
            self.store.set_seed(name, secrets.randbits(SEED_BITS) if seed is None else seed)
        self.store.seed(name)  # a broken list of seeds concerns everybody
        summary = Summary()
        chosen = list(notebooks) if students is None else students
        with warnings.catch_warnings(), tqdm(chosen, desc=name, unit="student", disable=None, file=sys.stderr) as bar:
            # nbgrader 0.9.6 adds objects to SQLAlchemy's session late; the rows come out right.
            warnings.simplefilter("ignore", SAWarning)
            for student in bar:
                problem = self._problem_with(student, lesson, notebooks[student], regrade, summary)
                if problem:
                    problem = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in problem)
                    summary.problems.append(problem)
                    bar.write(problem, file=sys.stderr)
        return summary

    def _check_sandbox(self) -> None:
        if self.isolation == "bubblewrap":
            try:
                bubblewrap.probe()
            except sandbox.SandboxError as error:
                raise CourseError(str(error)) from None

    def _problem_with(self, student: str, lesson: Lesson, file: Path, regrade: bool, summary: Summary) -> str | None:
        """Grade and book one submission, whatever it is; return a line on what is wrong with it, or None."""
        try:
            student.encode("utf-8")
            return self._book(student, lesson, file, regrade, summary)
        except UnicodeEncodeError:
            return f"{student}: the name of this folder is not UTF-8. Rename it."
        except (OSError, sandbox.SandboxError, judge.DrawError):
            raise  # the course's own trouble, not this submission's
        except Exception as error:  # one submission never stops a class
            return f"{student}: this submission could not be graded ({type(error).__name__}: {str(error)[:120]})."

    def _book(self, student: str, lesson: Lesson, file: Path, regrade: bool, summary: Summary) -> str | None:
        """Grade and book one submission; return a line on what is wrong with it, or None."""
        try:
            refuse_pattern(student)
            notebook = read_submission(file)
        except CourseError as problem:
            self._book_zero(student, lesson)
            return f"{student}: {problem}"
        key = self._key(student, lesson, notebook)
        if regrade:
            self.store.file(key).unlink(missing_ok=True)
        if regrade or self.store.get(key) is None or self._booked(student, lesson) != booking(key, file):
            result = self.api.autograde(lesson.name, as_pattern(student))
            if not result["success"]:
                return f"{student}: {_last_words(result)}"
            summary.graded += 1
        record = self.store.get(self._booked_key(student, lesson) or key)
        if record is None:
            return f"{student}: the verdict was not found after grading. Run this again with --regrade."
        summary.records[student] = record
        return None

    def _key(self, student: str, lesson: Lesson, notebook: nbformat.NotebookNode) -> Key:
        submission, _ = submission_of(notebook, lesson)
        return Key(student, lesson.name, submission.hash, self.store.seed(lesson.name), grader_version())

    def _autograded(self, student: str, lesson: Lesson) -> dict:
        folder = Path(self.directory.format_path(self.directory.autograded_directory, student, lesson.name))
        try:
            return json.loads((folder / f"{lesson.name}.ipynb").read_text(encoding="utf-8"))["metadata"]["optimlab"]
        except (OSError, ValueError, KeyError):
            return {}

    def _booked(self, student: str, lesson: Lesson) -> str:
        return self._autograded(student, lesson).get("booking", "")

    def _booked_key(self, student: str, lesson: Lesson) -> Key | None:
        key = self._autograded(student, lesson).get("key")
        return Key(**key) if key else None

    def _book_zero(self, student: str, lesson: Lesson) -> None:
        """Enter a submission that cannot be read, so that the student is in the list of grades."""
        with self._gradebook() as gradebook:
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(lesson.name, student)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    # -------------------------------------------------------------------------------- disputes

    def explain(self, student: str, name: str, exercise: str) -> Iterator[str]:
        """Yield, for the instructor alone, what a student's function gave on the hidden cases and what was due.

        The submission is run again under the lesson's seed.

        Raises
        ------
        CourseError
            There is no such submission or exercise.
        """
        lesson = self.lesson(name)
        if exercise not in [e.name for e in lesson.exercises]:
            raise CourseError(
                f"{name} has no exercise {exercise!r}; it has {', '.join(e.name for e in lesson.exercises)}."
            )
        file = self.submitted(name).get(student)
        if file is None:
            raise CourseError(f"{student} has not handed in {name}.")
        submission, _ = submission_of(read_submission(file), lesson)
        seed = self.store.seed(name)
        papers = {e.name: judge.paper(e, seed) for e in lesson.exercises}
        requests = {n: sandbox.Request(p.cases, p.exercise.shape.parameters) for n, p in papers.items()}
        self._check_sandbox()
        cells = [*lesson.setup, *submission.cells]
        ran = sandbox.run(cells, requests, seed, isolation=self.isolation, folder=file.parent)
        verdict = judge_all(lesson, ran.outcomes, seed)[exercise]
        yield f"{student}, {name}, {exercise}, seed {seed}"
        yield from _explained_verdict(verdict)
        came = ran.outcomes[exercise]
        if isinstance(came, str):
            yield f"No outcome: {came}."
            return
        yield from _explained_cases(papers[exercise], came)


def _explained_verdict(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.points:g} of {verdict.due:g} points, {verdict.status}"
    for aspect in verdict.aspects:
        yield f"  {'passed' if aspect.passed else 'failed'}  {aspect.name}: {aspect.points:g} of {aspect.due:g}"
    if verdict.misconception:
        yield f"Misconception: {verdict.misconception}"
    if verdict.follows:
        yield f"Carries on the mistake of: {verdict.follows}"
    yield f"Told to the student: {verdict.message}"


def _explained_cases(paper: judge.Paper, outcomes: list[Outcome]) -> Iterator[str]:
    shape = paper.exercise.shape
    for case, came, due in zip(paper.cases, outcomes, paper.due, strict=True):
        seen = compare.see(came, case, shape)
        found = compare.difference(seen, due, case, shape) or compare.modification(seen, due)
        if found is None:
            yield f"\nCase: {case.name}: as due"
            continue
        yield f"\nCase: {case.name}: {found.words}"
        for number, call in enumerate(case.calls, start=1):
            yield f"  call {number}"
            for parameter, argument in zip(shape.parameters, call, strict=False):
                yield f"    {parameter} = {_shown(argument)}"
            gave = seen.values[number - 1] if number <= len(seen.values) else compare.failure_words(came.failure, shape)
            yield f"    gave {_shown(gave)}"
            yield f"    due  {_shown(due.values[number - 1]) if number <= len(due.values) else due.failure}"
        if came.modified:
            yield f"  modified: {', '.join(came.modified)}"


def _shown(value: object) -> str:
    if isinstance(value, Made):
        return f"made from {value.recipe}"
    if isinstance(value, Previous):
        return "what the call before returned" + ("" if value.index is None else f", value {value.index + 1}")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(_shown(v) for v in value) + ")"
    if hasattr(value, "tolist"):
        return _shown_numbers(value.tolist())
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _shown_numbers(numbers: object) -> str:
    if isinstance(numbers, list):
        return "[" + ", ".join(_shown_numbers(number) for number in numbers) + "]"
    return f"{numbers:.6g}" if isinstance(numbers, float) else str(numbers)


MAX_NOTEBOOK = 64 * 1024 * 1024
"""Bytes of a submitted notebook; reading one takes ten times as much memory."""


def refuse_pattern(student: str) -> None:
    """Raise :class:`CourseError` where a folder's name is no name to nbgrader: it takes names for patterns."""
    if any(c in "*?[" or unicodedata.category(c) == "Cc" for c in student):
        raise CourseError(
            "nbgrader takes *, ? and [ in a name for a pattern, and knows no control characters. Rename it."
        )


def as_pattern(student: str) -> str:
    """Return the pattern that means this student alone: nbgrader strips spaces from a student's id."""
    return "".join(f"[{c}]" if c.isspace() else c for c in student)


def read_submission(file: Path) -> nbformat.NotebookNode:
    """Return a submitted notebook.

    Raises
    ------
    CourseError
        There is none, or it cannot be read.
    """
    try:
        refuse_links(file)
        return _read_submission(file)
    except LinkError as error:
        raise CourseError(str(error)) from None
    except OSError as error:
        raise CourseError(f"{file} cannot be read ({error.strerror}).") from None


def _read_submission(file: Path) -> nbformat.NotebookNode:
    if not file.is_file():
        others = sorted(f.name for f in file.parent.glob("*.ipynb"))
        found = f" (there is {', '.join(others)}: rename it)" if others else ""
        raise CourseError(f"no {file.name} in {file.parent}{found}.")
    if file.stat().st_size > MAX_NOTEBOOK:
        raise CourseError(f"{file} is larger than {MAX_NOTEBOOK // 1024**2} MB. Ask for it again without its outputs.")
    try:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # whatever a broken file makes nbformat raise
        words = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise CourseError(f"{file} is not a notebook ({words}). Ask for it again.") from None
    return notebook


def _last_words(result: dict) -> str:
    """Return the last error line of what nbgrader logged."""
    lines = [line.strip() for line in (result.get("log", "") + result.get("error", "")).splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line and not line.startswith(("File", "["))]
    return (errors or lines or ["nbgrader gave no reason"])[0][:300]
