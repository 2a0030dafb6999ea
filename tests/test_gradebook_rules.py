"""nbgrader's own rules hold through regrading: late penalties, extra credit, grades and comments by hand."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from grader.classroom import Course
from tests.conftest import run_nbgrader
from tests.test_classroom import LESSON, RIGHT, WRONG, blank, submit
from tools.pupils import fill

pytestmark = pytest.mark.slow

DUE = datetime(2026, 3, 1, 12, 0)
PER_DAY = """
from nbgrader.plugins import LateSubmissionPlugin

class PerDay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.5 * (total_seconds_late // 86400)
"""
CHECK = "momentum_step_check"
QUESTION = next(
    c.metadata.nbgrader.grade_id
    for c in blank().cells
    if c.metadata.get("nbgrader", {}).get("grade") and c.metadata.nbgrader.solution
)


def hand_in(root: Path, name: str, answers: dict[str, str], when: str | None = None) -> Path:
    file = submit(root, name, fill(blank(), answers))
    if when:
        (file.parent / "timestamp.txt").write_text(when, encoding="utf-8")
    return file


def set_due(root: Path, settings: str) -> None:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + f"\n{settings}\n", encoding="utf-8")


def exported(root: Path) -> dict[str, tuple[float, float, float]]:
    """Return raw score, penalty and score of each student, from nbgrader's own export."""
    plugin = CsvExportPlugin()
    plugin.to = str(root / "grades.csv")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        plugin.export(gradebook)
    with (root / "grades.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["assignment"] == LESSON]
    taken = ("raw_score", "late_submission_penalty", "score")
    return {row["student_id"]: tuple(float(row[name] or 0) for name in taken) for row in rows}


@pytest.mark.parametrize("way", ["ours", "nbgrader"])
def test_late_work_loses_what_the_instructors_plugin_says_and_no_more_when_graded_again(course_root, way):
    (course_root / "late.py").write_text(PER_DAY, encoding="utf-8")
    set_due(course_root, 'c.AssignLatePenalties.plugin_class = "late.PerDay"')
    hand_in(course_root, "on-time", RIGHT.answers, "2026-03-01 11:59:00 UTC")
    hand_in(course_root, "late", RIGHT.answers, "2026-03-03 13:00:00 UTC")
    hand_in(course_root, "no-time", RIGHT.answers)
    due = {"on-time": (6, 0, 6), "late": (6, 3, 3), "no-time": (6, 0, 6)}

    def grade(*words: str) -> None:
        if way == "ours":
            # NB: a program of its own finds late.py where it is started.
            program = [sys.executable, "-m", "grader", "autograde", LESSON, *words]
            done = subprocess.run(program, cwd=course_root, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        else:
            run_nbgrader(course_root, "autograde", LESSON, *(["--force"] if words else []))

    grade()
    assert exported(course_root) == due
    grade("--regrade")
    assert exported(course_root) == due, "the penalty is not taken twice"


def test_the_penalty_of_everything_leaves_nothing_until_the_due_date_moves(course_root):
    set_due(course_root, 'c.LateSubmissionPlugin.penalty_method = "zero"')
    hand_in(course_root, "late", WRONG.answers, "2026-03-03 13:00:00 UTC")
    Course(course_root).autograde(LESSON)
    assert exported(course_root) == {"late": (2, 2, 0)}
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=datetime(2026, 4, 1))
    Course(course_root).autograde(LESSON, regrade=True)
    assert exported(course_root) == {"late": (2, 0, 2)}


def test_what_was_given_by_hand_stays_through_regrading_and_a_new_seed(course_root):
    file = hand_in(course_root, "ada", WRONG.answers)
    Course(course_root).autograde(LESSON)
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        place = (LESSON, LESSON, "ada")
        check, question = gradebook.find_grade(CHECK, *place), gradebook.find_grade(QUESTION, *place)
        check.manual_score, check.extra_credit = 3.0, 0.5
        question.manual_score, question.extra_credit, question.needs_manual_grade = 1.0, 0.25, False
        gradebook.find_comment("momentum_step", *place).manual_comment = "We spoke about this."
        gradebook.find_comment(QUESTION, *place).manual_comment = "Well put."
        gradebook.db.commit()
    given = {"ada": (2 + 3.5 + 1.25, 0, 2 + 3.5 + 1.25)}
    assert exported(course_root) == given

    for again in ({"regrade": True}, {"reseed": True}, {"seed": 5}):
        assert Course(course_root).autograde(LESSON, **again).graded == 1
        assert exported(course_root) == given, again
        assert comments(course_root) == {"momentum_step": "We spoke about this.", QUESTION: "Well put."}

    nbformat.write(fill(blank(), RIGHT.answers), file)
    Course(course_root).autograde(LESSON)
    assert exported(course_root) == given, "a new submission waits for a new look, and what was given stays"
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        check = gradebook.find_grade(CHECK, LESSON, LESSON, "ada")
        assert (check.auto_score, check.manual_score, check.needs_manual_grade) == (4.0, 3.0, True)


def comments(root: Path) -> dict[str, str]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        found = gradebook.find_submission_notebook(LESSON, LESSON, "ada").comments
        return {comment.name: comment.comment for comment in found if comment.manual_comment}


def test_a_page_of_feedback_shows_what_was_given_by_hand(course_root):
    hand_in(course_root, "ada", WRONG.answers)
    Course(course_root).autograde(LESSON)
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        gradebook.find_grade(CHECK, LESSON, LESSON, "ada").manual_score = 3.0
        gradebook.find_comment("momentum_step", LESSON, LESSON, "ada").manual_comment = "We spoke about this."
        gradebook.db.commit()
    Course(course_root).autograde(LESSON, regrade=True)
    run_nbgrader(course_root, "generate_feedback", LESSON)
    page = (course_root / "feedback" / "ada" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "We spoke about this." in page
    assert "(Score: 5.0 / " in page
