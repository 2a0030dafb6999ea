"""Grade a class: every submission of a lesson, one line for each problem, and a summary.

Submissions, gradebook and verdicts lie below the course's root, as nbgrader has them. Workers grade
(:mod:`grader.engines`); this process alone writes: records into the store, and scores into the gradebook, which
nbgrader's own Autograde books (:mod:`grader.gradebook`) while the workers go on.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sys
import threading
import traceback
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning
from tqdm import tqdm
from traitlets.config import Config, PyFileConfigLoader

from grader import engines, judge, sandbox
from grader.engines import Engine, EngineError, Task, WorkerLost
from grader.exercises import EXERCISES
from grader.gradebook import Booking, BookingError, GradebookError, refuse_strange
from grader.grading import judge_all, run
from grader.judge import Verdict
from grader.lesson import LargeError, Lesson, LinkError, read_lesson, refuse_large, refuse_links, submission_of
from grader.nbgrader_plugins import RunAndJudge
from grader.sandbox import bubblewrap
from grader.verdicts import SEED_BITS, Key, Record, Store, booked, booking, grader_version, write_whole
from grader.words import printable
from optimlab import compare
from optimlab.outcomes import Again, Made, Outcome, Previous


class CourseError(Exception):
    """Something about the course that the instructor must mend; the message is one line."""


CONFIG = "nbgrader_config.py"


def configuration(root: Path) -> Config:
    """Return what nbgrader_config.py says of the course in a folder, wherever the process runs.

    Raises
    ------
    CourseError
        There is no such file, or it fails.
    """
    file = Path(root) / CONFIG
    if not file.is_file():
        raise CourseError(f"{root} has no {CONFIG}. Run this in the course's folder.")
    try:
        config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:  # whatever an instructor's line raises
        words = error.msg if isinstance(error, SyntaxError) else error
        raise CourseError(f"{file}:{_line_of(error, file)}: {type(error).__name__}: {words}. Mend this line.") from None
    config.CourseDirectory.root = str(root)
    return config


def _line_of(error: Exception, file: Path) -> int:
    """Return the line of a file of Python that an error comes from, from 1."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else 1


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
        students, problems = len(self.records), len(self.problems)
        head = f"{students} student{'s' * (students != 1)} graded, {self.graded} of them anew"
        yield f"{head}, {problems} problem{'s' * (problems != 1)}"
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
        The folder has no nbgrader_config.py, or one that fails or sets what there is not, or cannot be written.
    """

    def __init__(self, root: Path, isolation: str | None = None) -> None:
        self.root = Path(root).resolve()
        config = configuration(self.root)
        if not os.access(self.root, os.W_OK):
            raise CourseError(f"{self.root} cannot be written. Grades and verdicts need a folder that is yours.")
        if isolation is not None:
            config.RunAndJudge.sandbox = isolation
        settings = RunAndJudge(config=config)
        self.isolation = settings.sandbox
        try:
            self.limits = sandbox.Limits.of(settings.limits)
        except ValueError as error:
            raise CourseError(f"c.RunAndJudge.limits in {CONFIG}: {error}") from None
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
        try:
            refuse_strange(self.directory.db_url, self.directory.course_id, lesson)
        except GradebookError as error:
            raise CourseError(str(error)) from None
        return lesson

    def lessons(self) -> list[str]:
        """Return the names of all lessons."""
        folder = Path(self.directory.format_path(self.directory.source_directory, ".", "."))
        return sorted(file.parent.name for file in folder.glob("*/*.ipynb") if file.stem == file.parent.name)

    def files(self, notebook: Path) -> tuple[tuple[str, str], ...]:
        """Return what was handed in beside a notebook."""
        return sandbox.files_of(notebook.parent, self.limits.file_size)

    def submitted(self, lesson: str) -> dict[str, Path]:
        """Return the path of each student's notebook, whether it is there or not."""
        folder = Path(self.directory.format_path(self.directory.submitted_directory, ".", "."))
        students = sorted(p.parent.name for p in folder.glob(f"*/{lesson}") if p.is_dir())
        return {student: folder / student / lesson / f"{lesson}.ipynb" for student in students}

    # -------------------------------------------------------------------------------- grading

    def autograde(
        self,
        name: str,
        students: list[str] | None = None,
        seed: int | None = None,
        reseed: bool = False,
        regrade: bool = False,
        engine: Engine | None = None,
    ) -> Summary:
        """Grade the submissions of a lesson and book them.

        What is booked already, the same submission under the same seed and grader, is left alone: a run that was
        killed is taken up where it was.

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
        engine : Engine, optional
            Who grades; one process of this machine without.

        Raises
        ------
        CourseError
            There is no such lesson, no submission, no submission by a student that was named, nobody who can grade,
            or a gradebook that cannot be written.
        """
        lesson = self.lesson(name)
        notebooks = self.chosen(name, students)
        if engine is None or engine.here:
            self._check_sandbox()
        if (reseed or seed is not None) and students is not None:
            raise CourseError("one seed holds for the whole class: leave out --student.")
        if reseed or seed is not None:
            self.store.set_seed(name, secrets.randbits(SEED_BITS) if seed is None else seed)
        self.store.seed(name)  # a broken list of seeds concerns everybody
        try:
            with warnings.catch_warnings(), _given(engine, self.isolation) as engine, _interrupts(engine.interrupt):
                # nbgrader 0.9.6 adds objects to SQLAlchemy's session late; the rows come out right.
                warnings.simplefilter("ignore", SAWarning)
                return ClassRun(self, lesson, regrade).all(notebooks, engine)
        except (EngineError, GradebookError) as error:
            raise CourseError(str(error)) from None

    def chosen(self, name: str, students: list[str] | None) -> dict[str, Path]:
        """Return the path of each student's notebook, or of those that are named.

        Raises
        ------
        CourseError
            Nobody has handed in the lesson, or not all who are named.
        """
        notebooks = self.submitted(name)
        if not notebooks:
            raise CourseError(f"nobody has handed in {name}: {self.directory.submitted_directory}/ has no such folder.")
        absent = [student for student in students or [] if student not in notebooks]
        if absent:
            raise CourseError(f"{absent[0]} has not handed in {name}.")
        return notebooks if students is None else {student: notebooks[student] for student in students}

    def _check_sandbox(self) -> None:
        if self.isolation == "bubblewrap":
            try:
                bubblewrap.probe()
            except sandbox.SandboxError as error:
                raise CourseError(str(error)) from None

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
        submission, _ = submission_of(read_submission(file), lesson, self.files(file))
        seed = self.store.seed(name)
        self._check_sandbox()
        ran, _ = run(submission, lesson, seed, self.limits, self.isolation)
        verdict = judge_all(lesson, ran.outcomes, seed)[exercise]
        yield f"{student}, {name}, {exercise}, seed {seed}"
        yield from _explained_verdict(verdict)
        came = ran.outcomes[exercise]
        if isinstance(came, str):
            yield f"No outcome: {came}."
            return
        yield from _explained_cases(judge.paper(EXERCISES[exercise], seed), came)


def _given(engine: Engine | None, isolation: str) -> contextlib.AbstractContextManager[Engine]:
    """Return a context that has an engine: the one that is given, which its owner ends, or one of its own."""
    return engines.local(1, isolation) if engine is None else contextlib.nullcontext(engine)


@contextlib.contextmanager
def _interrupts(handler: Callable[..., None]) -> Iterator[None]:
    """Have a function called at Ctrl-C: in the main thread, which alone hears it, and where it is not ignored."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class ClassRun:
    """One run over a class: submissions go to an engine, and verdicts into the store and the gradebook.

    Parameters
    ----------
    course : Course
    lesson : Lesson
    regrade : bool
        Whether what has a verdict is graded again.
    """

    def __init__(self, course: Course, lesson: Lesson, regrade: bool) -> None:
        self.course, self.store, self.lesson, self.regrade = course, course.store, lesson, regrade
        self.seed = self.store.seed(lesson.name)
        self.summary = Summary()
        self.waiting: dict[str, list[Key]] = {}
        """Who waits for the verdicts of a submission that is under way, by the key's text."""
        self.graded: dict[str, Key] = {}
        """Whose record has the verdicts of a submission that this run graded, by the key's text."""

    def all(self, notebooks: dict[str, Path], engine: Engine) -> Summary:
        """Grade and book these, and return what it came to."""
        with (
            Booking(self.course.api, self.lesson.name).open() as self.booking,
            tqdm(
                total=len(notebooks), desc=self.lesson.name, unit="student", disable=None, file=sys.stderr
            ) as self.bar,
        ):
            for text, problem in engine.results(self._tasks(notebooks), self._keep):
                self._came(text, problem)
        self.summary.records = dict(sorted(self.summary.records.items()))
        return self.summary

    def _tasks(self, notebooks: dict[str, Path]) -> Iterator[Task]:
        """Yield what has to be graded; book what has verdicts, and enter what cannot be read."""
        for student, file in notebooks.items():
            task = None
            with self._one_line(student):
                try:
                    task = self._to_grade(student, file)
                except CourseError:
                    self.booking.book_zero(student)
                    self._forget_booking(student)
                    raise
            if task is not None:
                yield task

    def _to_grade(self, student: str, file: Path) -> Task | None:
        """Return the work on a submission; None where there is none left, or a twin of it is under way."""
        student.encode("utf-8")
        refuse_pattern(student)
        if not self.regrade and (record := self._booked(student, file)):
            self._done(record)
            return None
        submission, _ = submission_of(read_submission(file), self.lesson, self.course.files(file))
        key = Key(student, self.lesson.name, submission.hash, self.seed, grader_version())
        if key.text in self.waiting:
            self.waiting[key.text].append(key)
            return None
        if twin := self.graded.get(key.text):
            self.store.put(replace(self.store.get(twin), key=key))
        elif self.regrade or self.store.get(key) is None:
            self.waiting[key.text] = [key]
            return Task(submission, self.lesson, key, self.course.limits, self.course.isolation)
        self._book(student)
        return None

    def _booked(self, student: str, file: Path) -> Record | None:
        """Return the record that a student's scores are booked from, if it is that of the present submission."""
        was = booked(self._autograded(student))
        current = was is not None and (was.key.seed, was.key.version) == (self.seed, grader_version())
        return self.store.get(was.key) if current and file.is_file() and was.booking == booking(was.key, file) else None

    def _forget_booking(self, student: str) -> None:
        """Make an earlier booking count no more: the same work, handed in again, would keep the 0."""
        file = self._autograded(student)
        if (was := booked(file)) is not None:
            del was.notebook["metadata"]["optimlab"]
            write_whole(file, json.dumps(was.notebook, ensure_ascii=False, indent=1) + "\n")

    def _autograded(self, student: str) -> Path:
        directory = self.course.directory
        folder = Path(directory.format_path(directory.autograded_directory, student, self.lesson.name))
        return folder / f"{self.lesson.name}.ipynb"

    def _keep(self, task: Task, came: Record | BaseException) -> tuple[str, BaseException | None]:
        """Store a record as soon as it has come: whatever ends this process, it need not be graded again.

        Returns
        -------
        text : str
            The key's.
        problem : BaseException or None
            What kept it from being graded, or from being stored.
        """
        if isinstance(came, BaseException):
            return task.key.text, came
        try:
            self.store.put(came)
        except Exception as problem:  # it is this submission's; told when its turn has come
            return task.key.text, problem
        self.graded[task.key.text] = task.key
        return task.key.text, None

    def _came(self, text: str, problem: BaseException | None) -> None:
        """Book everybody who waited for a record."""
        for key in self.waiting.pop(text):
            with self._one_line(key.student):
                if problem is not None:
                    raise problem
                if key != self.graded[text]:
                    self.store.put(replace(self.store.get(self.graded[text]), key=key))
                self._book(key.student)

    def _book(self, student: str) -> None:
        record = self.booking.book(student)
        self.summary.graded += 1
        self._done(record)

    def _done(self, record: Record) -> None:
        self.summary.records[record.key.student] = replace(record, outputs=[])  # of a class they fill the memory
        self.bar.update()

    @contextlib.contextmanager
    def _one_line(self, student: str) -> Iterator[None]:
        """Turn what is wrong with one submission into one line; what is wrong with the course ends the run."""
        try:
            yield
            return
        except UnicodeEncodeError:
            words = "the name of this folder is not UTF-8. Rename it."
        except (CourseError, BookingError, WorkerLost) as problem:
            words = str(problem)
        except sandbox.SandboxError as problem:
            sandbox.run([], {}, 0, isolation=self.course.isolation)  # raises where none can be had at all
            words = str(problem)
        except (EngineError, GradebookError, OSError, judge.DrawError):
            raise
        except Exception as error:  # one submission never stops a class
            words = f"this submission could not be graded ({type(error).__name__}: {str(error)[:120]})."
        line = printable(f"{student}: {words}")
        self.summary.problems.append(line)
        self.bar.write(line, file=sys.stderr)
        self.bar.update()


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
    if isinstance(value, Again):
        return "the same as in the call before, as that left it"
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
MAX_PARTS = 2_000_000
"""Lists and dicts of a submitted notebook; each empty one takes 500 bytes."""


def refuse_pattern(student: str) -> None:
    """Raise :class:`CourseError` where a folder's name is no name to nbgrader: it takes names for patterns."""
    if any(c in "*?[" or unicodedata.category(c) == "Cc" for c in student):
        raise CourseError(
            "nbgrader takes *, ? and [ in a name for a pattern, and knows no control characters. Rename it."
        )


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
    if file.exists() and not file.is_file():
        raise CourseError(f"{file} is no file. Ask for the notebook itself.")
    if not file.is_file():
        others = sorted(f.name for f in file.parent.glob("*.ipynb"))
        found = f" (there is {', '.join(others)}: rename it)" if others else ""
        raise CourseError(f"no {file.name} in {file.parent}{found}.")
    if file.stat().st_size > MAX_NOTEBOOK:
        raise CourseError(f"{file} is larger than {MAX_NOTEBOOK // 1024**2} MB. Ask for it again without its outputs.")
    try:
        text = file.read_text(encoding="utf-8")
        if text.count("{") + text.count("[") > MAX_PARTS:
            raise CourseError(f"{file} has too many parts to read. Ask for it again without its outputs.")
        notebook = nbformat.convert(nbformat.reader.reads(text), 4)
        nbformat.validate(notebook)
        refuse_large(notebook)
    except CourseError:
        raise
    except LargeError as error:
        raise CourseError(f"{file} {error}") from None
    except Exception as error:  # whatever a broken file makes nbformat raise
        words = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise CourseError(f"{file} is not a notebook ({words}). Ask for it again.") from None
    return notebook
