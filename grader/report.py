"""What a class got wrong, as one HTML page: records and answers in, a page for the instructor out.

Read are the course's booked verdicts, and the code that they are about; nothing is run and nothing graded. The page
holds all that it shows: no script, no file beside it. Its layout is ``report.html.j2``.
"""

from __future__ import annotations

import datetime
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from tqdm import tqdm

from grader import similar
from grader.classroom import Course, CourseError, read_submission
from grader.exercises import EXERCISES
from grader.judge import Verdict
from grader.lesson import DEMONSTRATION, Lesson
from grader.verdicts import Record, booked, booking, grader_version, write_whole
from grader.words import clean, message_html, printable

STATUSES = (
    "correct",
    "partly correct",
    "wrong",
    "raised",
    "timed out",
    "out of memory",
    "crashed",
    "not attempted",
    "missing",
)
"""In the order in which the page shows them, from good to nothing."""
BROKE_OFF = ("crashed", "timed out", "out of memory")
SLOWEST = 10
"""Submissions in the list of the slowest."""
GROUPS_SHOWN = 40
"""Groups of equal answers that an exercise shows at most."""
SOURCE_SHOWN = 4000
"""Characters of an answer that are shown."""
ROUND_STEPS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Widths that a bar of the distribution may have, in points."""
BARS = 14
"""Bars that the distribution has at most."""

TEMPLATE = "report.html.j2"


@dataclass(frozen=True)
class Graded:
    """One student's booked work.

    Parameters
    ----------
    student : str
    record : Record
    cells : tuple of str
        Sources of the student's own code cells.
    outdated : bool
        Whether something else was handed in since.
    """

    student: str
    record: Record
    cells: tuple[str, ...]
    outdated: bool


@dataclass(frozen=True)
class Idea:
    """A misconception that somebody has, or a difference that no misconception explains.

    Parameters
    ----------
    exercise : str
    name : str
        In words.
    students : list of str
    told : str
        What the students read.
    lecture : str
        What to say about it.
    """

    exercise: str
    name: str
    students: list[str]
    told: str
    lecture: str = ""


@dataclass(frozen=True)
class ExerciseRow:
    """What the class made of one exercise.

    Parameters
    ----------
    name : str
    due : float
        Points to be had.
    mean : float
        Points reached in the mean.
    statuses : dict of str to int
        Students by status, those that occur, in the order of :data:`STATUSES`.
    aspects : list of (str, float, int)
        Name, points and the number of students who reached it.
    """

    name: str
    due: float
    mean: float
    statuses: dict[str, int]
    aspects: list[tuple[str, float, int]]


@dataclass(frozen=True)
class Report:
    """All that the page shows.

    Parameters
    ----------
    lesson : str
        Its name.
    made : str
        Day and time of the report.
    handed_in : int
        Submissions, those that could not be graded included.
    graded : list of Graded
        The others.
    problems : list of (str, str)
        Students whose work was not graded, and why.
    notes : list of str
        What the instructor is told above all: verdicts that are old, points that are unprotected.
    due : float
        Points to be had.
    points : list of float
        Points reached, in the order of ``graded``.
    bars : list of (float, float, int)
        Their distribution: where a bar starts and ends, and how many students are in it.
    exercises : list of ExerciseRow
    ideas : list of Idea
        Misconceptions that were found, the most frequent first.
    unnamed : list of Idea
        What lost points without a misconception, the most frequent first.
    slowest : list of (str, float)
        Students and the seconds that their submissions took, the longest first.
    broke_off : list of (str, str, str)
        Student, exercise and status of :data:`BROKE_OFF`, where a function did not come to its end.
    alike : dict of str to list
        By exercise the groups of equal answers, each a list of (student, answer).
    alike_left_out : int
        Groups beyond :data:`GROUPS_SHOWN`.
    """

    lesson: str
    made: str
    handed_in: int
    graded: list[Graded]
    problems: list[tuple[str, str]]
    notes: list[str]
    due: float
    points: list[float]
    bars: list[tuple[float, float, int]]
    exercises: list[ExerciseRow]
    ideas: list[Idea]
    unnamed: list[Idea]
    slowest: list[tuple[str, float]]
    broke_off: list[tuple[str, str, str]]
    alike: dict[str, list[list[tuple[str, str]]]] = field(default_factory=dict)
    alike_left_out: int = 0

    @property
    def median(self) -> float:
        """The median of the points."""
        return statistics.median(self.points)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper quartile of the points."""
        if len(self.points) < 2:
            return self.points[0], self.points[0]
        low, _, high = statistics.quantiles(self.points, n=4, method="inclusive")
        return low, high


# --------------------------------------------------------------------------------------- reading


def report(course: Course, name: str) -> Report:
    """Return what a class made of a lesson.

    Parameters
    ----------
    course : Course
    name : str
        The lesson.

    Raises
    ------
    CourseError
        There is no such lesson, or nobody's work in it was graded.
    """
    lesson = course.lesson(name)
    notebooks = course.submitted(name)
    graded: list[Graded] = []
    problems: list[tuple[str, str]] = []
    for student, file in tqdm(notebooks.items(), desc=name, unit="student", disable=None, file=sys.stderr):
        found = _booked(course, student, lesson, file)
        if found is None:
            problems.append((student, _problem(file)))
        else:
            graded.append(found)
    if not graded:
        hint = "Nobody has handed it in." if not notebooks else f"Run python -m grader autograde {name}."
        raise CourseError(f"there is nothing to report: nobody's {name} was graded yet. {hint}")
    return summarise(lesson, graded, problems)


def _booked(course: Course, student: str, lesson: Lesson, submitted: Path) -> Graded | None:
    """Return the work that a student's score in the gradebook is for; None where there is none."""
    folder = Path(course.directory.format_path(course.directory.autograded_directory, student, lesson.name))
    was = booked(folder / f"{lesson.name}.ipynb")
    record = None if was is None else course.store.get(was.key)
    if was is None or record is None:
        return None
    try:
        outdated = booking(was.key, submitted) != was.booking
    except OSError:
        outdated = True
    return Graded(student, record, tuple(_own_sources(was.notebook)), outdated)


def _own_sources(notebook: Mapping[str, Any]) -> list[str]:
    """Return the sources of the cells that a student may have written; nbgrader has restored their metadata."""
    return [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and not cell["metadata"].get("nbgrader", {}).get("locked")
        and DEMONSTRATION not in cell["metadata"].get("tags", [])
    ]


def _problem(file: Path) -> str:
    try:
        read_submission(file)
    except CourseError as problem:
        return str(problem)
    return "not graded yet"


# ---------------------------------------------------------------------------------- summarising


def summarise(lesson: Lesson, graded: list[Graded], problems: list[tuple[str, str]]) -> Report:
    """Return the report on these records.

    Parameters
    ----------
    lesson : Lesson
    graded : list of Graded
        At least one.
    problems : list of (str, str)
        Students whose work was not graded, each with a line that says why.
    """
    verdicts = [(one.student, verdict) for one in graded for verdict in one.record.verdicts.values()]
    due = max(sum(v.due for v in one.record.verdicts.values()) for one in graded)
    points = [one.record.points for one in graded]
    alike = {exercise.name: _alike(lesson, graded, exercise.name) for exercise in lesson.exercises}
    slowest = sorted(((one.record.measured.get("seconds", 0.0), one.student) for one in graded), reverse=True)
    return Report(
        lesson=lesson.name,
        made=datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        handed_in=len(graded) + len(problems),
        graded=graded,
        problems=problems,
        notes=_notes(graded),
        due=due,
        points=points,
        bars=histogram(points, due),
        exercises=_rows(verdicts),
        ideas=_ideas(verdicts),
        unnamed=_unnamed(verdicts),
        slowest=[(student, seconds) for seconds, student in slowest[:SLOWEST]],
        broke_off=[(student, v.exercise, v.status) for student, v in verdicts if v.status in BROKE_OFF],
        alike={name: found[:GROUPS_SHOWN] for name, found in alike.items() if found},
        alike_left_out=sum(max(len(found) - GROUPS_SHOWN, 0) for found in alike.values()),
    )


def _notes(graded: list[Graded]) -> list[str]:
    notes = []
    ours = [one for one in graded if one.record.key.version == grader_version()]
    outdated = [one.student for one in ours if one.outdated]
    if outdated:
        notes.append(f"Handed in again since they were graded: {_some(outdated)}. Grade again to see the new work.")
    if len(ours) < len(graded):
        notes.append("Some verdicts are of another version of the grader. Grade again to have them all of one.")
    unprotected = {name: None for one in graded for name, v in one.record.verdicts.items() if v.unprotected}
    if unprotected:
        notes.append(
            f"Tests and answers shared a process, so these points are unprotected: {_some(list(unprotected))}."
        )
    return notes


def _some(names: list[str], most: int = 8) -> str:
    shown = ", ".join(clean(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def histogram(points: list[float], due: float) -> list[tuple[float, float, int]]:
    """Return the distribution of points: for each bar where it starts, where it ends, and how many are in it.

    A bar holds its start and not its end; the last one holds both.
    """
    width = next((step for step in ROUND_STEPS if due / step <= BARS), due / BARS)
    number = max(1, -int(-due // width))
    counts = Counter(min(int(p / width + 1e-9), number - 1) for p in points)
    return [(i * width, min((i + 1) * width, due), counts[i]) for i in range(number)]


def _rows(verdicts: list[tuple[str, Verdict]]) -> list[ExerciseRow]:
    by_exercise: dict[str, list[Verdict]] = defaultdict(list)
    for _, verdict in verdicts:
        by_exercise[verdict.exercise].append(verdict)
    rows = []
    for name, several in by_exercise.items():
        counts = Counter(v.status for v in several)
        order = [*STATUSES, *sorted(set(counts) - set(STATUSES))]
        reached = Counter(a.name for v in several for a in v.aspects if a.passed)
        aspects = {a.name: a.due for v in several for a in v.aspects}
        rows.append(
            ExerciseRow(
                name,
                max(v.due for v in several),
                statistics.fmean(v.points for v in several),
                {status: counts[status] for status in order if counts[status]},
                [(aspect, worth, reached[aspect]) for aspect, worth in aspects.items()],
            )
        )
    return rows


def _ideas(verdicts: list[tuple[str, Verdict]]) -> list[Idea]:
    """Return the misconceptions that were found, the most frequent first."""
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    told: dict[tuple[str, str], str] = {}
    for student, v in verdicts:
        if v.misconception:
            students[v.exercise, v.misconception].append(student)
            told.setdefault((v.exercise, v.misconception), v.message)
    order = list(dict.fromkeys(v.exercise for _, v in verdicts))
    ideas = []
    for (exercise, name), several in sorted(students.items(), key=lambda i: (-len(i[1]), order.index(i[0][0]))):
        table = EXERCISES[exercise].misconceptions if exercise in EXERCISES else {}
        known = table.get(name)  # a record may be older than the table
        hint = known.hint if known else told[exercise, name]
        ideas.append(Idea(exercise, name.replace("_", " "), several, hint, known.lecture if known else ""))
    return ideas


def _unnamed(verdicts: list[tuple[str, Verdict]]) -> list[Idea]:
    """Return the messages of answers that lost points and match no misconception, the most frequent first."""
    students: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for student, v in verdicts:
        if v.points < v.due and not v.misconception and v.status not in ("not attempted", "missing"):
            students[v.exercise, v.status, v.message].append(student)
    found = sorted(students.items(), key=lambda item: -len(item[1]))
    return [Idea(exercise, status, several, message) for (exercise, status, message), several in found]


def _alike(lesson: Lesson, graded: list[Graded], exercise: str) -> list[list[tuple[str, str]]]:
    solutions = [cell.source for cell in lesson.of_kind("exercise") if cell.name == exercise]
    return similar.groups({one.student: one.cells for one in graded}, exercise, solutions)


# ------------------------------------------------------------------------------------- the page


def page(found: Report) -> str:
    """Return a report as an HTML page in which nothing of a student's is markup."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": clean,
        "source": _source,
        "message": lambda text: Markup(message_html(text)),  # escapes
        "points": lambda number: f"{number:.3g}",
        "percent": lambda share: f"{100 * share:.0f} %",
        "slug": lambda status: status.replace(" ", "-"),
    }
    return environment.get_template(TEMPLATE).render(report=found, statuses=STATUSES)


def _source(text: str) -> str:
    """Return code as it was written, cut, without characters that a page cannot show."""
    text = printable(text, keep="\n\t")
    return text if len(text) <= SOURCE_SHOWN else text[:SOURCE_SHOWN] + "\n…"


def write(course: Course, name: str) -> Path:
    """Write the report on a lesson to ``reports/`` in the course's root and return its path.

    Raises
    ------
    CourseError
        There is no such lesson, or nobody's work in it was graded.
    OSError
        The folder cannot be written.
    """
    file = course.root / "reports" / f"{name}.html"
    write_whole(file, page(report(course, name)))
    return file
