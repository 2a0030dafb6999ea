"""Grades as Canvas and Moodle read them: right columns, right scores, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from grader.classroom import Course
from grader.exporters import safe
from tests.conftest import run_nbgrader
from tests.test_classroom import LESSON, RIGHT, WRONG, blank, submit
from tools.pupils import fill

EVIL = '=HYPERLINK("http://x.example","click")'
RAISES = 'def momentum_step(*a):\n    raise ValueError("=1+1 <img src=x onerror=alert(1)>")'
CANVAS = "grader.nbgrader_plugins.CanvasExporter"
MOODLE = "grader.nbgrader_plugins.MoodleExporter"
CANVAS_FIXED = ["Student", "ID", "SIS Login ID", "Section"]
MAX = 10
"""Points of the lesson, the questions that are graded by hand included."""


@pytest.fixture(scope="module")
def course(course_template, tmp_path_factory) -> Path:
    """A graded class of every kind that an export must get right."""
    root = Path(shutil.copytree(course_template, tmp_path_factory.mktemp("exports") / "course"))
    for name, answers in {
        "101": RIGHT.answers,
        "102": WRONG.answers,
        "103": {**RIGHT.answers, "momentum_step": RAISES},
        "王小明": RIGHT.answers,
        "@cmd": {},
    }.items():
        submit(root, name, fill(blank(), answers))
    Course(root).autograde(LESSON)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        names = {
            "101": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@x.example"},
            "102": {"first_name": EVIL, "last_name": "-2+3", "email": "+cmd|' /C calc'!A0"},
            "103": {"first_name": "\t=1", "last_name": "\r\n=1"},
            "王小明": {"first_name": "小明", "last_name": "王", "lms_user_id": "9107"},
            "absent": {"first_name": "Grace", "last_name": "Hopper"},
            "yet-nameless": {},
            "nameless": {},
        }
        for student, fields in names.items():
            gradebook.update_or_create_student(student, **fields)
        check = gradebook.find_grade("momentum_step_check", LESSON, LESSON, "102")
        check.manual_score, check.extra_credit = 2.5, 0.25
        comment = gradebook.find_comment("momentum_step", LESSON, LESSON, "102")
        comment.manual_comment = "=see me <script>alert(1)</script>"
        gradebook.find_submission_notebook(LESSON, LESSON, "101").late_submission_penalty = 1.5
        gradebook.db.commit()
    return root


def exported(root: Path, exporter: str, *words: str) -> list[list[str]]:
    run_nbgrader(root, "export", "--exporter", exporter, "--to", "out.csv", *words)
    with (root / "out.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@pytest.fixture(scope="module")
def canvas(course) -> list[list[str]]:
    return exported(course, CANVAS, f"--CanvasExporter.assignment_ids={{'{LESSON}': 98765}}")


@pytest.fixture(scope="module")
def moodle(course) -> dict[str, dict[str, str]]:
    head, *rows = exported(course, MOODLE)
    assert head == [
        *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade"),
        *("Last modified (grade)", "Feedback comments"),
    ]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


# ------------------------------------------------------------------------------------------ Canvas


def test_canvas_finds_its_columns_and_leaves_the_statuses_alone(canvas):
    head, possible, *_ = canvas
    assert head == [*CANVAS_FIXED, f"{LESSON} (98765)", f"{LESSON} status"]
    assert possible == ["    Points Possible", "", "", "", str(MAX), "(read only)"]


def test_canvas_gets_the_score_that_counts(canvas):
    rows = {row[1] or row[2]: row for row in canvas[2:]}
    assert rows["101"] == ["Lovelace, Ada", "101", "", "", "4.5", "init_velocity: correct, momentum_step: correct"]
    assert rows["102"][4:] == ["4.75", "init_velocity: correct, momentum_step: wrong (swaps the weights)"]
    assert rows["103"][4:] == ["2", "init_velocity: correct, momentum_step: raised"]
    assert rows["9107"][:3] == ["王, 小明", "9107", "王小明"]
    assert rows["'@cmd"][4] == "0"
    assert rows["absent"][4:] == ["", ""], "an empty cell changes nothing in Canvas"


def test_canvas_columns_follow_the_settings(course):
    words = (
        "--CanvasExporter.student_ids=login",
        "--CanvasExporter.status_columns=False",
        "--CanvasExporter.section=A",
    )
    head, _, *rows = exported(course, CANVAS, *words)
    assert head == [*CANVAS_FIXED, LESSON]
    assert ["Lovelace, Ada", "", "101", "A", "4.5"] in rows


def test_canvas_rows_of_students_without_a_name_stand_in_the_order_of_their_ids(canvas):
    """And not in that in which they came into the gradebook: with two jobs it is another each time."""
    assert [row[2] for row in canvas[2:5]] == ["'@cmd", "nameless", "yet-nameless"]


# ------------------------------------------------------------------------------------------ Moodle


def test_moodle_gets_the_score_that_counts(moodle):
    assert set(moodle) == {"Participant 101", "Participant 102", "Participant 103", "王小明", "'@cmd"}
    ada = moodle["Participant 101"]
    assert (ada["Full name"], ada["Email address"]) == ("Ada Lovelace", "ada@x.example")
    assert (ada["Grade"], ada["Maximum Grade"], ada["Last modified (grade)"]) == ("4.5", str(MAX), "-")
    assert moodle["Participant 102"]["Status"] == "init_velocity: correct, momentum_step: wrong (swaps the weights)"


def test_moodles_feedback_is_html_without_markup_of_others(moodle):
    told = BeautifulSoup(moodle["Participant 103"]["Feedback comments"], "html.parser")
    assert {tag.name for tag in told.find_all(True)} == {"p", "b", "code"}
    assert "<img src=x onerror=alert(1)>" in told.get_text()
    by_hand = BeautifulSoup(moodle["Participant 102"]["Feedback comments"], "html.parser")
    assert {tag.name for tag in by_hand.find_all(True)} == {"p", "b"}
    assert "momentum_step: 0 of 4. =see me <script>alert(1)</script>" in by_hand.get_text()
    assert "changed places" not in by_hand.get_text(), "a comment by hand stands in the place of the grader's"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader 0.9.6 adds to the session late
def test_each_lesson_has_a_worksheet_of_its_own(course, tmp_path):
    root = Path(shutil.copytree(course, tmp_path / "course"))
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_submission("04_rmsprop", "101")
    done = run_nbgrader(root, "export", "--exporter", MOODLE)
    assert sorted(f.name for f in root.glob("moodle*.csv")) == ["moodle-03_momentum.csv", "moodle-04_rmsprop.csv"]
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------ safety


def test_no_cell_begins_like_a_formula(canvas, moodle):
    cells = [cell for row in canvas for cell in row] + [cell for row in moodle.values() for cell in row.values()]
    assert f"'-2+3, {EVIL}" in cells
    assert f"'{EVIL} -2+3" in cells
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and cell != "-"] == []


@given(st.text())
@example("=1")
@example("\t=1")
@example("\r\n@SUM(A1)")
@example("  +1")
@example("\N{FULLWIDTH EQUALS SIGN}1")
@example("\ufeff=1")
@example("\0=1")
def test_a_safe_cell_is_text_and_keeps_its_words(text):
    cell = safe(text)
    assert cell.lstrip()[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert not any(ord(c) < 32 for c in cell)
    kept = "".join(c for c in text if c.isprintable() and not c.isspace())
    assert kept in cell.replace(" ", "") or kept in "".join(c for c in cell if c.isprintable() and not c.isspace())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--assignment", "99_none"), "there is no lesson '99_none' in the gradebook; there are 01_mini_batches"),
        (("--to", "in-the-way/out.csv"), "in-the-way/out.csv cannot be written (File exists)"),
    ],
)
def test_an_export_that_cannot_be_made_costs_one_line(course, words, message):
    (course / "in-the-way").write_text("", encoding="utf-8")
    done = run_nbgrader(course, "export", "--exporter", CANVAS, *words, check=False)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if not line.startswith("[ExportApp")]
    assert len(lines) == 1
    assert message in lines[0]
