"""Students and instructors in a real browser: the archive, JupyterLab, Validate, submit, Formgrader, feedback pages.

Students work with what ``make release`` packs, in an environment made from it alone; instructors with the checkout's.
What each station looks like is kept below ``build/screens/``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from grader.exercises import EXERCISES
from grader.lesson import Lesson, read_lesson
from optimlab.submit import submit as optimlab_submit
from tests.browser import (
    Formgrader,
    NotebookPage,
    Picture,
    SubmissionPage,
    chromium,
    jupyterlab,
    new_page,
    screenshot,
    violations,
)
from tests.conftest import ROOT, install, needs, run_nbgrader
from tools import release
from tools.pupils import WORDS, Pupil, hand_in, pupils

QUICK = "03_momentum"
WRONG = {"03_momentum": "momentum_step-swaps_the_weights"}
"""The wrong pupil of a lesson; the first misconception of the last exercise where none is named."""

LESSONS = sorted(file.stem for file in (ROOT / "notebooks").glob("*/*.ipynb"))

MARKUP = "<script>alert(1)</script>*x*"


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

    def source_of(self, cell_id: str) -> str:
        return next(cell.source for cell in self.blank.cells if cell.id == cell_id)

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(needs("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """Make the students' archive, install it in an environment of its own and return where it lies."""
    folder = tmp_path_factory.mktemp("student")
    release.write(release.files(), folder / "course.zip")
    return install(folder / "course.zip", sys.executable, folder / "desk")


@pytest.mark.parametrize(
    "name", [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LESSONS]
)
def test_lesson_from_the_archive_to_the_feedback(name, browser, desk, tmp_path):
    """A student solves the lesson and hands it in; an instructor grades it, and two others, with the formgrader."""
    play, course = Play(name), tmp_path / "course"
    python = desk / ".venv" / "bin" / "python"
    with jupyterlab(desk, tmp_path / "student", python) as address, new_page(browser, address) as page:
        notebook = NotebookPage(page, address, desk / name / f"{name}.ipynb", f"{name}/{name}.ipynb")
        look_at_the_untouched_lesson(play, notebook)
        solve(play, notebook)
        play_with_the_pictures(play, notebook)
        check_before_handing_in(play, notebook)
    make_course(play, course, submit(play, desk, python))
    with jupyterlab(course, tmp_path / "instructor") as address, new_page(browser) as page:
        grade(play, page, address, course)


# --------------------------------------------------------------------------------------- student


def look_at_the_untouched_lesson(play: Play, notebook: NotebookPage) -> None:
    """Open the lesson and press Validate at once: it says what is not written."""
    expect(notebook.panel.locator(".validate-button")).to_be_visible()
    screenshot(notebook.page, f"{play.name}-student-1-opens")
    words = notebook.validate()
    assert words.count("The following cell failed") == len(play.cell_ids("check")) + len(play.cell_ids("question"))
    for exercise in play.cell_ids("exercise"):
        assert f"{exercise} is not written yet" in words


def solve(play: Play, notebook: NotebookPage) -> None:
    """Write the answers, one of them wrong at first."""
    name, check = play.name, play.check_id(play.exercise)
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


def play_with_the_pictures(play: Play, notebook: NotebookPage) -> None:
    """Run the whole lesson, and move every slider of it."""
    notebook.run_all()
    cells = [cell.id for cell in play.blank.cells if "widgets.explore(" in cell.source]
    assert cells, "a lesson has sliders"
    for number, cell_id in enumerate(cells, start=1):
        outputs = notebook.outputs(cell_id)
        outputs.scroll_into_view_if_needed()
        picture = Picture(outputs)
        expect(picture.sliders).not_to_have_count(0)
        for slider in range(picture.sliders.count()):
            picture.move(slider)
        if "play=" in play.source_of(cell_id):
            before = picture.source()
            picture.play.click()
            expect(picture.image).not_to_have_attribute("src", before)
            picture.play.click()
        screenshot(outputs, f"{play.name}-student-6-sliders-{number}")


def check_before_handing_in(play: Play, notebook: NotebookPage) -> None:
    """Press Validate, answer the questions that it asks for, press it again and save."""
    questions, answers = play.cell_ids("question"), play.cell_ids("exercise")
    if questions:
        words = notebook.validate(f"{play.name}-student-7-validate-question-open")
        assert words.count("The following cell failed") == len(questions)
        assert words.count("You did not provide a response.") == len(questions)
    for cell_id in questions.values():
        notebook.type(cell_id, WORDS)
    notebook.save()
    assert "passes all the tests" in notebook.validate(f"{play.name}-student-8-validate-passes")
    written = {cell.id: cell.source for cell in notebook.read().cells}
    assert {e: written[cell_id] for e, cell_id in answers.items()} == {e: play.right.answers[e] for e in answers}
    assert {written[cell_id] for cell_id in questions.values()} <= {WORDS}


def submit(play: Play, desk: Path, python: Path) -> Path:
    """Pack the lesson as its START_HERE says; return the zip."""
    done = subprocess.run(
        [python, "-m", "optimlab", "submit", play.name, "--name", play.right.name],
        cwd=desk, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Not written yet" not in done.stdout
    (file,) = (desk / "submissions").glob(f"{play.name}_*.zip")
    assert str(file.relative_to(desk)) in done.stdout
    said = subprocess.run([python, "-m", "optimlab", "progress"], cwd=desk, capture_output=True, text=True, check=True)
    (line,) = (line for line in said.stdout.splitlines() if play.name in line)
    assert "not yet" not in line
    assert line.count(" ok") == len(play.cell_ids("exercise"))
    return file


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
    expect(outputs.get_by_role("status")).to_contain_text(f"not yet {play.exercise}: ")
    expect(outputs.get_by_role("table", name=f"Worked examples of {play.exercise}")).to_be_visible()
    expect(outputs.get_by_role("rowheader").first).to_be_visible()
    assert violations(notebook.page, outputs) == ""
    screenshot(notebook.cell(check), f"{name}-student-3-misconception-light")
    if name == QUICK:
        notebook.use_theme("JupyterLab Dark")
        assert violations(notebook.page, outputs) == ""
        screenshot(notebook.cell(check), f"{name}-student-3-misconception-dark")
        notebook.use_theme("JupyterLab Light")

    notebook.write(answer, play.trick.answers[play.exercise])
    notebook.run(answer)
    notebook.run(check)
    expect(outputs.locator("table")).to_contain_text(MARKUP)
    screenshot(notebook.cell(check), f"{name}-student-4-markup")


# ------------------------------------------------------------------------------------ instructor


def make_course(play: Play, root: Path, handed_in: Path) -> None:
    """Make a course of one lesson and collect the zips of three students."""
    (root / "solutions").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / play.name, root / "solutions" / play.name)
    run_nbgrader(root, "generate_assignment", play.name)
    archive = root / "downloaded" / play.name / "archive"
    archive.mkdir(parents=True)
    shutil.copy(handed_in, archive)
    for pupil in (play.wrong, play.trick):
        desk = root / "desks" / pupil.name
        hand_in(pupil, play.name, root / "notebooks", desk.parent)
        shutil.copy(optimlab_submit(play.name, pupil.name, desk).zip, archive)
    run_nbgrader(root, "zip_collect", play.name)
    collected = root / "submitted" / play.right.name / play.name / f"{play.name}.ipynb"
    with zipfile.ZipFile(handed_in) as packed:
        assert collected.read_bytes() == packed.read(packed.namelist()[0])


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
