"""The way through: build a course, let a class hand in, grade it with nbgrader, write grades and feedback.

``make demo`` runs it. Everything happens below ``build/demo/``, which is made anew each time.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from tqdm import tqdm

from grader import engines, report
from grader.classroom import Course, Summary
from tools.course import enter_lessons
from tools.pupils import Pupil, demo_class, hand_in

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "build" / "demo"
WHOLE_CLASS = "03_momentum"
"""The lesson with each misconception; the others have a few, so that the demo takes minutes."""


def start_nbgrader(*words: str) -> subprocess.Popen[str]:
    """Start an nbgrader command in the demo's course."""
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.Popen(command, cwd=DEMO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(command: subprocess.Popen[str]) -> None:
    """Wait for a command; stop with its output where it failed."""
    said, _ = command.communicate()
    if command.returncode:
        sys.exit(f"{' '.join(map(str, command.args[2:]))} failed:\n{said}")


def make_course() -> list[str]:
    """Make an empty course below build/demo/ and return its lessons."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", DEMO)
    shutil.copytree(ROOT / "solutions", DEMO / "solutions")
    return enter_lessons(DEMO)


def print_scores(lesson: str, summary: Summary, everybody: list[Pupil]) -> list[str]:
    """Print one line per student and return what is not as it should be."""
    surprises = []
    print(f"\n{lesson}\n\n{'student':14} {'score':>9}  what was found")
    for pupil in everybody:
        record = summary.records.get(pupil.name)
        if record is None:
            surprises.append(f"{pupil.name} was not graded")
            continue
        due = sum(verdict.due for verdict in record.verdicts.values())
        found = [f"{v.exercise}: {v.misconception or v.status}" for v in record.verdicts.values() if v.points < v.due]
        print(f"{pupil.name:14} {record.points:4g} of {due:g}  {'; '.join(found) or 'all correct'}")
        right = {"right": record.points == due, "stub": record.points == 0}.get(pupil.kind, record.points < due)
        named = all(record.verdicts[name].misconception == m for name, m in pupil.misconceptions.items())
        if not (right and named):
            surprises.append(f"{pupil.name} got {record.points:g} of {due:g}")
    return surprises


def main() -> int:
    """Run the demo; 1 where a score is not as it should be."""
    print("Making the course ...")
    lessons = make_course()
    course = Course(DEMO)
    surprises: list[str] = []
    feedback = []
    with engines.local(1) as engine:
        for lesson in lessons:
            whole = lesson == WHOLE_CLASS
            everybody = list(demo_class(lesson) if whole else demo_class(lesson, styles=3, wrong=6))
            for pupil in tqdm(everybody, desc="handing in", unit="student", disable=None):
                hand_in(pupil, lesson, DEMO / "notebooks", DEMO / "submitted")
            print(f"{len(everybody)} students have handed in {lesson}. Grading ...")
            summary = course.autograde(lesson, engine=engine)
            surprises += summary.problems + print_scores(lesson, summary, everybody)
            print("\n" + "\n".join(summary.lines()))
            report.write(course, lesson)
            feedback.append(start_nbgrader("generate_feedback", "--log-level=ERROR", lesson))
    print("\nWriting feedback ...")
    for command in feedback:
        finish(command)
    finish(start_nbgrader("export"))
    with (DEMO / "grades.csv").open(encoding="utf-8") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    for surprise in surprises:
        print(f"UNEXPECTED: {surprise}", file=sys.stderr)
    print(f"""
Where to look next, below {DEMO.relative_to(ROOT)}/:
  grades.csv                {rows} rows, one per student and lesson
  feedback/STUDENT/LESSON/  what each student gets to read (open it in a browser)
  reports/LESSON.html       what the class got wrong, and what to say about it in the next lecture
  verdicts/                 the records: status, points per aspect, misconception
  make lab                  opens the students' notebooks in JupyterLab
  cd {DEMO.relative_to(ROOT)} && python -m grader explain stub {lessons[0]} EXERCISE""")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
