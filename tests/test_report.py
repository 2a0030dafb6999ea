"""The class report: what the page says is what the class did, and nothing of a student's is markup."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from grader import report, similar
from grader.classroom import Course
from grader.exercises import EXERCISES, LESSONS
from tests.browser import chromium, new_page
from tests.conftest import needs, run_grader
from tests.test_classroom import LESSON, RIGHT, WRONG, blank, submit, submit_pupil
from tools.pupils import demo_class, fill, hand_in

EVIL = "<img src=x onerror=alert(1)>"

LONG = '''def momentum_step(params, grads, v, learning_rate, beta=0.9):
    """My own."""
    new_params, new_v = {}, {}
    for key in params:
        past = beta * v[key]
        now = (1 - beta) * grads[key]
        new_v[key] = past + now
        change = learning_rate * new_v[key]
        new_params[key] = params[key] - change
    return new_params, new_v'''

OTHER_WORDS = """# not copied, honestly
def momentum_step(p: dict, g: dict, velocity: dict, rate: float, b=0.9) -> tuple:

    P, V = {}, {}   # results
    for k in p:
        a = b*velocity[k]
        c: float = (1-b)*g[k]
        V[k] = (a + c)
        step = rate*V[k]
        P[k] = p[k] - step
    return (P, V)"""

OTHER_STEPS = LONG.replace("past + now", "now + past")


def submit_answer(root: Path, name: str, source: str) -> Path:
    return submit(root, name, fill(blank(), {**RIGHT.answers, "momentum_step": source}))


@pytest.fixture(scope="module")
def graded(course_template, tmp_path_factory) -> Path:
    """A small class, graded: two who share a misconception, two who share an answer, one who attacks the page."""
    root = Path(shutil.copytree(course_template, tmp_path_factory.mktemp("graded") / "course"))
    submit_pupil(root, RIGHT)
    for name in ("ada", "bob"):
        submit_answer(root, name, WRONG.answers["momentum_step"])
    submit_answer(root, "cyd", LONG)
    submit_answer(root, "dan", OTHER_WORDS)
    submit_answer(root, "eve", OTHER_STEPS)
    attack = f'def momentum_step(*a):\n    raise ValueError("{EVIL}")  # </pre><script>alert(2)</script>'
    submit_answer(root, f"{EVIL} \N{RIGHT-TO-LEFT OVERRIDE}zoe", attack)
    submit(root, "torn", blank()).write_text(f'{{"{EVIL}', encoding="utf-8")
    Course(root).autograde(LESSON)
    return root


@pytest.fixture(scope="module")
def page(graded) -> BeautifulSoup:
    return BeautifulSoup(report.write(Course(graded), LESSON).read_text(encoding="utf-8"), "html.parser")


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


# ------------------------------------------------------------------------------------ what it says


def test_misconceptions_are_counted_and_come_with_words_for_the_lecture(page):
    articles = page.find("section", attrs={"aria-labelledby": "lecture"}).find_all("article")
    assert len(articles) == 1
    text = words(articles[0])
    idea = EXERCISES["momentum_step"].misconceptions["swaps_the_weights"]
    assert text.startswith("momentum_step swaps the weights 2 students (29 %)")
    assert words(BeautifulSoup(idea.lecture, "html.parser")) in text
    assert "They were told: Your β and 1-β have changed places." in text
    assert [bdi.text for bdi in articles[0].find_all("bdi")] == ["ada", "bob"]


def test_every_misconception_has_words_for_the_lecture():
    for exercises in LESSONS.values():
        for exercise in exercises:
            for idea in exercise.misconceptions.values():
                where = f"{exercise.name}: {idea.name}"
                assert len(idea.lecture) > 40, where
                assert idea.lecture.endswith("."), where
                assert idea.lecture != idea.hint, where


def test_figures_and_tables_say_what_the_verdicts_say(page):
    assert page.find("svg", attrs={"aria-label": re.compile("^momentum_step: 4 correct, 2 wrong, 1 raised$")})
    aspects = {words(row) for row in page.find_all("tr")}
    assert "velocity 1.5 7 (100 %)" in aspects
    assert "velocity 2 4 (57 %)" in aspects
    bars = page.find(id="bars-desc").text
    assert "5.5 to 6 points: 4 students." in bars
    assert "2 to 2.5 points: 3 students." in bars
    assert [words(dd) for dd in page.find_all("dd")] == ["8", "7", "6 of 6", "2 to 6"]


def test_an_answer_that_no_misconception_explains_is_listed(page):
    rows = page.find("section", attrs={"aria-labelledby": "unnamed"}).find_all("tr")[1:]
    assert len(rows) == 1
    assert words(rows[0]).startswith("momentum_step raised 1 Your function raised ValueError")


def test_equal_answers_are_pairs_to_look_at_and_the_usual_ones_are_not(page):
    section = page.find("section", attrs={"aria-labelledby": "alike"})
    assert [words(s) for s in section.find_all("summary")] == ["cyd , dan"]
    assert "# not copied, honestly" not in section.text, "the function alone is shown"
    assert "never a verdict" in section.text


def test_work_that_was_not_graded_is_listed_with_its_reason(page):
    rows = page.find("section", attrs={"aria-labelledby": "ungraded"}).find_all("tr")[1:]
    assert len(rows) == 1
    assert "torn" in words(rows[0])
    assert "is not a notebook" in words(rows[0])


def test_new_work_and_new_graders_are_noted(graded, tmp_path):
    root = Path(shutil.copytree(graded, tmp_path / "course"))
    submit_answer(root, "ada", LONG)
    file = next((root / "verdicts" / LESSON / "bob").iterdir())
    record = json.loads(file.read_text(encoding="utf-8"))
    record["key"]["version"] = "0" * 16
    file.write_text(json.dumps(record), encoding="utf-8")
    found = report.report(Course(root), LESSON)
    assert found.notes[0].startswith("Handed in again since they were graded: ada.")
    assert "another version" in found.notes[1]


def test_grading_and_grades_are_left_as_they_are(graded):
    def state() -> list[tuple]:
        with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
            return [(s.student.id, s.score) for s in gradebook.assignment_submissions(LESSON)]

    before, seeds = state(), (graded / "seeds.json").read_bytes()
    assert run_grader(graded, "report", LESSON).stdout.strip().endswith(f"reports/{LESSON}.html")
    assert (state(), (graded / "seeds.json").read_bytes()) == (before, seeds)


# ------------------------------------------------------------------------------------ what is safe


def test_nothing_of_a_students_is_markup_and_nothing_is_fetched(page):
    assert {tag.name for tag in page.find_all(True)} & {"script", "img", "iframe", "object", "link", "base"} == set()
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for name in ("src", "href", "action", "xlink:href"):
            assert str(tag.get(name, "#")).startswith("#"), tag
    assert EVIL in page.get_text()
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.get_text()
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")


def test_page_in_a_browser_runs_no_script_prints_and_is_worked_by_keys(graded, tmp_path):
    file = report.write(Course(graded), LESSON)
    with chromium(needs("chromium")) as browser, new_page(browser) as page:
        page.goto(file.as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        summary = page.locator("#alike ~ details summary")
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("pre", has_text="velocity[k]").is_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": 360, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            assert contrast(page) >= 4.5, scheme
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("article bdi", has_text="ada").is_visible(), "what is folded is printed"
        assert len(page.pdf()) > 10_000


def contrast(page) -> float:
    """Return the lowest contrast of text and its ground on a page, by WCAG 2's formula."""
    return page.evaluate("""() => {
      const channels = c => c.match(/[\\d.]+/g).map(Number);
      const light = c => { const [r, g, b] = channels(c).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ground = e => { const c = getComputedStyle(e).backgroundColor;
        return channels(c)[3] === 0 ? (e.parentElement ? ground(e.parentElement) : "rgb(255,255,255)") : c; };
      const shown = [...document.querySelectorAll("p, td, th, dt, dd, a, h1, h2, h3, li, caption, summary, pre")];
      return Math.min(...shown.map(e => { const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }));
    }""")


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("lesson", "message"),
    [
        (LESSON, f"there is nothing to report: nobody's {LESSON} was graded yet. Nobody has handed it in."),
        ("99_none", "there is no lesson '99_none'"),
        ("all", "nobody has handed in anything."),
    ],
)
def test_a_report_that_cannot_be_made_costs_one_line(course_root, lesson, message):
    done = run_grader(course_root, "report", lesson)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr


def test_work_handed_in_but_not_graded_names_the_command(course_root):
    submit_pupil(course_root, RIGHT)
    done = run_grader(course_root, "report", LESSON)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].endswith(f"Run python -m grader autograde {LESSON}.")
    assert not (course_root / "reports").exists()


# --------------------------------------------------------------------------------- the whole class


@pytest.mark.slow
def test_every_misconception_of_a_real_class_is_in_its_report(course_root):
    everybody = list(demo_class(LESSON))
    for pupil in everybody:
        hand_in(pupil, LESSON, course_root / "notebooks", course_root / "submitted")
    Course(course_root).autograde(LESSON)
    found = report.report(Course(course_root), LESSON)
    due = {(e, m.replace("_", " "), p.name) for p in everybody for e, m in p.misconceptions.items()}
    assert {(idea.exercise, idea.name, s) for idea in found.ideas for s in idea.students} == due
    assert {status for _, _, status in found.broke_off} == {"crashed", "timed out"}
    assert found.slowest[0][0] == "endless-loop"


@pytest.mark.slow
def test_a_class_of_a_thousand_takes_seconds_and_stays_readable(graded, tmp_path):
    root = Path(shutil.copytree(graded, tmp_path / "course"))
    for kind in ("submitted", "autograded", "verdicts"):
        folder = root / "verdicts" / LESSON if kind == "verdicts" else root / kind
        for number in range(1000):
            shutil.copytree(folder / ("ada" if number % 5 else "cyd"), folder / f"pupil-{number:04}")
    for folder in (root / "verdicts" / LESSON).glob("pupil-*"):
        renamed(next(folder.iterdir()), folder.name, "key")
        renamed(
            root / "autograded" / folder.name / LESSON / f"{LESSON}.ipynb", folder.name, "metadata", "optimlab", "key"
        )
    start = time.process_time()  # other work on the machine does not count
    file = report.write(Course(root), LESSON)
    assert time.process_time() - start < 20
    found = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    assert "802 students (80 %)" in words(found.find("article"))
    assert file.stat().st_size < 1_000_000


def renamed(file: Path, student: str, *path: str) -> None:
    data = json.loads(file.read_text(encoding="utf-8"))
    key = data
    for part in path:
        key = key[part]
    key["student"] = student
    file.write_text(json.dumps(data), encoding="utf-8")


# --------------------------------------------------------------------------------- the small parts


@pytest.mark.parametrize(
    ("points", "due", "bars"),
    [
        ([0, 6, 6], 6, {(0, 0.5): 1, (5.5, 6): 2}),
        ([0.5, 0.49], 6, {(0, 0.5): 1, (0.5, 1): 1}),
        ([0.5 - 1e-16], 6, {(0.5, 1): 1}),
        ([0.1 + 0.2], 0.3, {(0.25, 0.3): 1}),
        ([40, 99], 100, {(40, 50): 1, (90, 100): 1}),
        ([1000], 1000, {(1000 - 1000 / 14, 1000): 1}),
    ],
)
def test_bars_hold_every_score_once(points, due, bars):
    found = report.histogram(points, due)
    assert {(low, high): n for low, high, n in found if n} == pytest.approx(bars)
    assert found[0][0] == 0
    assert found[-1][1] == due
    assert len(found) <= report.BARS


SAME = {
    "names and layout": OTHER_WORDS,
    "a second docstring": LONG.replace('"""My own."""', '"""Mine."""\n    "really"'),
    "magics and other cells": "%matplotlib inline\n" + LONG + "\n!ls",
    "an earlier definition": f"def momentum_step():\n    pass\n\n{LONG}",
}
DIFFERENT = {
    "order of terms": OTHER_STEPS,
    "another number": LONG.replace("1 - beta", "2 - beta"),
    "another function": LONG.replace("beta * v[key]", "abs(beta) * v[key]"),
    "exchanged names": LONG.replace("new_params, new_v\n", "new_v, new_params\n").replace(
        "return new_params, new_v", "return new_v, new_params"
    ),
    "a later definition": f"{LONG}\n\ndef momentum_step(*a):\n    return None",
}


@pytest.mark.parametrize("change", SAME)
def test_answers_that_differ_in_words_alone_are_alike(change):
    assert groups_of(LONG, SAME[change]) == [["one", "two"]]


@pytest.mark.parametrize("change", DIFFERENT)
def test_answers_that_differ_in_substance_are_not_alike(change):
    assert groups_of(LONG, DIFFERENT[change]) == []


def groups_of(*sources: str, usual: tuple[str, ...] = ()) -> list[list[str]]:
    answers = {name: [source] for name, source in zip(("one", "two", "three", "four"), sources, strict=False)}
    return [[student for student, _ in group] for group in similar.groups(answers, "momentum_step", usual)]


def test_short_usual_and_common_forms_are_no_pairs():
    short = "def momentum_step(*a):\n    return a"
    assert groups_of(short, short) == []
    assert groups_of(LONG, LONG, usual=(OTHER_WORDS,)) == []
    assert groups_of(LONG, LONG, LONG, LONG) == []
    assert groups_of("def momentum_step(:", LONG, "x = 1") == []


def test_an_answer_nested_by_the_thousand_does_not_stop_the_report():
    deep = "def momentum_step(a):\n    return " + "-" * 2000 + "a"
    deeper = "def momentum_step(a):\n    return a" + " + a" * 8000
    assert groups_of(deep, LONG, deeper, LONG) == [["two", "four"]]
