"""Students and instructors in a real browser: JupyterLab, Validate, Formgrader, feedback pages.

What each station looks like is kept below ``build/screens/``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from grader.exercises import EXERCISES
from grader.lesson import Lesson, read_lesson
from tests.browser import Formgrader, NotebookPage, SubmissionPage, chromium, jupyterlab, new_page, screenshot
from tests.conftest import ROOT, needs, run_nbgrader
from tools.pupils import WORDS, Pupil, hand_in, pupils

QUICK = "03_momentum"
WRONG = {"03_momentum": "momentum_step-swaps_the_weights"}
"""The wrong pupil of a lesson; the first misconception of the last exercise where none is named."""

LESSONS = sorted(file.stem for file in (ROOT / "lessons").glob("*.py"))
pytestmark = pytest.mark.xdist_group("browser")

MARKUP = "<script>alert(1)</script>*x*"
READABLE = 4.5
"""Contrast that the Web Content Accessibility Guidelines ask for."""


class Play:
    """A lesson, and who takes part: somebody who is right, somebody with a misconception, somebody with a trick."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lesson: Lesson = read_lesson(ROOT / "solutions" / name / f"{name}.ipynb")
        self.blank = nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)
        self.right, self.wrong = self._pupils()
        (self.exercise,) = self.wrong.misconceptions
        self.hint = EXERCISES[self.exercise].misconceptions[self.wrong.name.partition("-")[2]].hint
        trick = f'def {self.exercise}(*arguments):\n    raise ValueError("{MARKUP}")'
        self.trick = Pupil("trick", "broken", {**self.right.answers, self.exercise: trick})

    def _pupils(self) -> tuple[Pupil, Pupil]:
        everybody = list(pupils(self.name))
        wrong = [p for p in everybody if p.kind == "misconception"]
        last = next(p for p in wrong if set(p.misconceptions) == set(wrong[-1].misconceptions))
        return everybody[0], next((p for p in wrong if p.name == WRONG.get(self.name)), last)

    def cell_ids(self, kind: str) -> dict[str, str]:
        """Return the ids of the students' cells of a kind, by name."""
        ids = {c.metadata.get("nbgrader", {}).get("grade_id"): c.id for c in self.blank.cells}
        return {c.name: ids[c.name] for c in self.lesson.cells if c.kind == kind}

    def check_id(self, exercise: str) -> str:
        return self.cell_ids("check")[f"{exercise}_check"]

    def points(self, kind: str) -> dict[str, float]:
        """Return the points of the lesson's cells of a kind, by name."""
        graded = {
            c.metadata["nbgrader"]["grade_id"]: c.metadata["nbgrader"]
            for c in self.blank.cells
            if c.metadata.get("nbgrader")
        }
        return {name: graded[name]["points"] for name in self.cell_ids(kind)}


def contrast(where: Locator) -> float:
    """Return the least contrast between the text of some elements and what lies behind it."""
    return where.evaluate_all(
        """elements => Math.min(...elements.map(element => {
            const light = colour => {
                const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            let behind = element;
            while (/, 0\\)$/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
            const both = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
            return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        }))"""
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(needs("chromium")) as started:
        yield started


@pytest.mark.parametrize(
    "name", [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LESSONS]
)
def test_lesson_from_the_first_cell_to_the_feedback(name, browser, tmp_path):
    """A student solves the lesson and validates it; an instructor grades it, and two others, with the formgrader."""
    play = Play(name)
    desk, course = tmp_path / "desk", tmp_path / "course"
    shutil.copytree(ROOT / "notebooks" / name, desk / name)
    with jupyterlab(desk, tmp_path / "student") as address, new_page(browser, address) as page:
        solve(play, NotebookPage(page, address, desk / name / f"{name}.ipynb", f"{name}/{name}.ipynb"))
    make_course(play, course, desk / name / f"{name}.ipynb")
    with jupyterlab(course, tmp_path / "instructor") as address, new_page(browser) as page:
        grade(play, page, address, course)


# --------------------------------------------------------------------------------------- student


def solve(play: Play, notebook: NotebookPage) -> None:
    """Do what a student does, from the untouched notebook to the one that is handed in."""
    page, name, check = notebook.page, play.name, play.check_id(play.exercise)
    expect(notebook.panel.locator(".validate-button")).to_be_visible()
    screenshot(page, f"{name}-student-1-opens")
    for cell_id in play.cell_ids("setup").values():
        notebook.run(cell_id)
    answers = play.cell_ids("exercise")
    for exercise in answers:
        if exercise == play.exercise:
            see_the_stub_a_misconception_and_markup(play, notebook)
        notebook.write(answers[exercise], play.right.answers[exercise])
        notebook.run(answers[exercise])
        notebook.run(play.check_id(exercise))
        passes = re.compile(rf"{exercise}: (\d+) of \1 worked examples pass")
        expect(notebook.outputs(play.check_id(exercise))).to_contain_text(passes)
        expect(notebook.outputs(play.check_id(exercise))).not_to_contain_text("Error")
    screenshot(notebook.cell(check), f"{name}-student-5-right")

    questions = play.cell_ids("question")
    if questions:
        words = notebook.validate(f"{name}-student-6-validate-question-open")
        assert words.count("The following cell failed") == len(questions)
        assert words.count("You did not provide a response.") == len(questions)
    for cell_id in questions.values():
        notebook.type(cell_id, WORDS)
    notebook.save()
    assert "passes all the tests" in notebook.validate(f"{name}-student-7-validate-passes")
    written = {cell.id: cell.source for cell in notebook.read().cells}
    assert {e: written[cell_id] for e, cell_id in answers.items()} == {e: play.right.answers[e] for e in answers}
    assert {written[cell_id] for cell_id in questions.values()} <= {WORDS}


def see_the_stub_a_misconception_and_markup(play: Play, notebook: NotebookPage) -> None:
    """Run the check on three functions that are not right, and look at it in both themes."""
    name, answer, check = play.name, play.cell_ids("exercise")[play.exercise], play.check_id(play.exercise)
    outputs = notebook.outputs(check)
    notebook.run(answer)
    notebook.run(check)
    expect(outputs).to_contain_text(f"{play.exercise} is not written yet")
    screenshot(notebook.cell(check), f"{name}-student-2-stub")

    notebook.write(answer, play.wrong.answers[play.exercise])
    notebook.run(answer)
    notebook.run(check)
    expect(outputs.locator("p", has_text=play.hint.replace("`", ""))).to_be_visible()
    expect(outputs.locator("table")).to_contain_text("✗ not yet")
    expect(outputs).to_contain_text("CheckFailed")
    assert contrast(outputs.locator("td, th, p, code")) >= READABLE
    screenshot(notebook.cell(check), f"{name}-student-3-misconception-light")
    if name == QUICK:
        notebook.use_theme("JupyterLab Dark")
        assert contrast(outputs.locator("td, th, p, code")) >= READABLE
        screenshot(notebook.cell(check), f"{name}-student-3-misconception-dark")
        notebook.use_theme("JupyterLab Light")

    notebook.write(answer, play.trick.answers[play.exercise])
    notebook.run(answer)
    notebook.run(check)
    expect(outputs.locator("table")).to_contain_text(MARKUP)
    screenshot(notebook.cell(check), f"{name}-student-4-markup")


# ------------------------------------------------------------------------------------ instructor


def make_course(play: Play, root: Path, solved: Path) -> None:
    """Make a course of one lesson, to which three students have handed in."""
    (root / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / play.name, root / "solutions" / play.name)
    run_nbgrader(root, "generate_assignment", play.name)
    for pupil in (play.right, play.wrong, play.trick):
        file = hand_in(pupil, play.name, root / "notebooks", root / "submitted")
        if pupil is play.right:
            shutil.copy(solved, file)


def grade(play: Play, page: Page, address: str, course: Path) -> None:
    """Do what an instructor does, from the untouched submissions to the feedback."""
    name, checks, questions = play.name, play.points("check"), play.points("question")
    formgrader = Formgrader(page, address)
    expect(formgrader.frame.locator("#main-table")).to_contain_text(name)
    screenshot(page, f"{name}-instructor-1-assignments")
    formgrader.open_submissions(name)
    full, total = sum(checks.values()), sum(checks.values()) + sum(questions.values())
    for pupil in (play.right, play.wrong, play.trick):
        screen = f"{name}-instructor-2-autograded" if pupil is play.right else ""
        assert "Successfully autograded" in formgrader.press(pupil.name, "autograde", screen)
        expect(formgrader.row(pupil.name).locator(".score")).to_have_text(re.compile(rf"^[\d.]+ / {total:g}$"))
    expect(formgrader.row(play.right.name).locator(".score")).to_have_text(f"{full:g} / {total:g}")
    expect(formgrader.row(play.trick.name).locator(".score")).to_have_text(
        f"{full - checks[f'{play.exercise}_check']:g} / {total:g}"
    )
    for pupil in (play.wrong, play.trick):
        assert "Successfully generated feedback" in formgrader.press(pupil.name, "generate-feedback")
    expect(formgrader.frame.locator("#main-table")).not_to_contain_text("Please wait")
    screenshot(page, f"{name}-instructor-3-scores")
    address = formgrader.submission_address(play.wrong.name, name)
    screenshot(page, f"{name}-instructor-4-submission-in-jupyterlab")

    submission = SubmissionPage(page, address)
    for check, points in checks.items():
        if check.removesuffix("_check") != play.exercise:
            expect(submission.score(check)).to_have_attribute("placeholder", f"{points:g}")
    expect(submission.comment(play.exercise)).to_have_attribute("placeholder", re.compile(" points, "))
    comment = submission.comment(play.exercise).get_attribute("placeholder")
    assert play.hint in comment.replace("\\", "")
    booked = float(submission.score(f"{play.exercise}_check").get_attribute("placeholder"))
    assert booked < checks[f"{play.exercise}_check"]
    for question, points in questions.items():
        submission.give(question, points)
    screenshot(page, f"{name}-instructor-5-submission")
    read_feedback(play, page, course)


def read_feedback(play: Play, page: Page, course: Path) -> None:
    """Open the pages that students get: hint and points are there, hidden tests and scripts are not."""
    told = {"misconception": (play.wrong, play.hint.replace("`", "")), "markup": (play.trick, MARKUP)}
    for kind, (pupil, words) in told.items():
        page.goto((course / "feedback" / pupil.name / play.name / f"{play.name}.html").as_uri())
        screenshot(page.locator("body"), f"{play.name}-feedback-{kind}")
        expect(page.locator(".panel-footer", has_text=words)).to_have_count(1)
        verdict = page.locator(".output_html", has_text=re.compile(rf"^\s*{play.exercise}: "))
        expect(verdict).to_contain_text(words)
        for aspect in EXERCISES[play.exercise].aspects:
            row = verdict.locator("tr", has=page.locator("td", has_text=re.compile(f"^{aspect.name}$")))
            expect(row).to_contain_text(re.compile(rf"[✓✗](0|{aspect.points:g}) of {aspect.points:g}"))
        for secret in ("HIDDEN TESTS", "grade_here", "from grader"):
            expect(page.locator("body")).not_to_contain_text(secret)
