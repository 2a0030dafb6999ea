"""A class is graded: right scores, one line for each problem, nothing lost."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.classroom import Course, CourseError, configuration
from tests.conftest import ROOT, run_grader, run_nbgrader, without_demonstrations
from tools.course import enter_lessons
from tools.pupils import Pupil, fill, hand_in, pupils

LESSON = "03_momentum"
EVERYBODY = {pupil.name: pupil for pupil in pupils(LESSON)}
RIGHT = EVERYBODY["right-01"]
WRONG = EVERYBODY["momentum_step-swaps_the_weights"]


def submit(root: Path, name: str, notebook: nbformat.NotebookNode) -> Path:
    file = root / "submitted" / name / LESSON / f"{LESSON}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)
    return file


def blank() -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)


def submit_pupil(root: Path, pupil: Pupil) -> Path:
    return hand_in(pupil, LESSON, ROOT / "notebooks", root / "submitted")


def scores(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(LESSON)}


def exported(root: Path) -> dict[str, float]:
    run_nbgrader(root, "export")
    with (root / "grades.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["assignment"] == LESSON]
    return {row["student_id"]: float(row["raw_score"]) for row in rows}


def grades_of(root: Path, student: str) -> dict[str, tuple[float | None, bool]]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        submission = gradebook.find_submission_notebook(LESSON, LESSON, student)
        return {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in submission.grades}


# ----------------------------------------------------------------------------------------- scores


def test_stock_nbgrader_and_our_path_book_the_same_scores(stock_course_root, course_template, tmp_path):
    """Right, partly right, wrong, raising and untouched work: partial credit by both ways."""
    names = [
        "right-01",
        "momentum_step-climbs",
        "init_velocity-starts_with_numbers",
        "raises",
        "stub",
    ]
    ours = Path(shutil.copytree(course_template, tmp_path / "ours"))
    for name in names:
        file = submit_pupil(stock_course_root, EVERYBODY[name])
        nbformat.write(without_demonstrations(nbformat.read(file, as_version=4)), file)
        submit_pupil(ours, EVERYBODY[name])
    run_nbgrader(stock_course_root, "autograde", LESSON)
    assert Course(ours).autograde(LESSON).problems == []
    booked = exported(ours)
    assert exported(stock_course_root) == booked == scores(ours)
    assert booked["right-01"] == 6
    assert booked["stub"] == 0


def test_formgraders_button_and_command_line_book_the_same(course_root):
    submit_pupil(course_root, RIGHT)
    submit_pupil(course_root, WRONG)
    run_nbgrader(course_root, "autograde", LESSON)
    assert scores(course_root) == {"right-01": 6, WRONG.name: 2}
    summary = Course(course_root).autograde(LESSON)
    assert summary.graded == 0, "what nbgrader autograde booked is not graded again"
    assert summary.records[WRONG.name].verdicts["momentum_step"].misconception == "swaps_the_weights"


def test_a_reader_that_has_enough_ends_a_command_quietly(course_root):
    submit_pupil(course_root, WRONG)
    words = f"{sys.executable} -m grader explain {WRONG.name} {LESSON} momentum_step | head -1"
    done = subprocess.run(words, shell=True, cwd=course_root, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(WRONG.name)
    assert done.stderr == ""


def test_second_run_grades_nothing_and_a_new_submission_is_graded(course_root):
    file = submit_pupil(course_root, WRONG)
    course = Course(course_root)
    assert course.autograde(LESSON).graded == 1
    assert course.autograde(LESSON).graded == 0
    nbformat.write(fill(blank(), RIGHT.answers), file)
    assert course.autograde(LESSON).graded == 1
    assert scores(course_root) == {WRONG.name: 6}


def test_same_seed_same_verdicts_byte_for_byte(course_root):
    submit_pupil(course_root, WRONG)
    submit_pupil(course_root, EVERYBODY["raises"])
    course = Course(course_root)

    def verdicts() -> dict[str, str]:
        course.autograde(LESSON, regrade=True)
        files = sorted((course_root / "verdicts").rglob("*.json"))
        return {str(f): json.dumps(json.loads(f.read_text(encoding="utf-8"))["verdict"]) for f in files}

    course.store.set_seed(LESSON, 77)
    first = verdicts()
    assert len(first) == 2
    assert verdicts() == first


def test_reseed_draws_a_new_seed_and_grades_everybody_again(course_root):
    submit_pupil(course_root, WRONG)
    course = Course(course_root)
    course.autograde(LESSON)
    old = course.store.seed(LESSON)
    summary = course.autograde(LESSON, reseed=True)
    assert course.store.seed(LESSON) != old
    assert summary.graded == 1
    assert scores(course_root) == {WRONG.name: 2}


def test_manual_scores_and_comments_stay_when_work_is_graded_again(course_root):
    submit_pupil(course_root, WRONG)
    course = Course(course_root)
    course.autograde(LESSON)
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("momentum_step_check", LESSON, LESSON, WRONG.name)
        grade.manual_score = 3.0
        comment = gradebook.find_comment("momentum_step", LESSON, LESSON, WRONG.name)
        assert "changed places" in comment.auto_comment
        comment.manual_comment = "We spoke about this."
        gradebook.db.commit()
    course.autograde(LESSON, regrade=True)
    with Gradebook(f"sqlite:///{course_root}/gradebook.db") as gradebook:
        assert gradebook.find_grade("momentum_step_check", LESSON, LESSON, WRONG.name).score == 3.0
        comment = gradebook.find_comment("momentum_step", LESSON, LESSON, WRONG.name)
        assert comment.comment == "We spoke about this."


# --------------------------------------------------------------------------- notebooks of any form


def without_metadata(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """As other editors save it: no cell metadata, other ids."""
    bare = nbformat.v4.new_notebook()
    for cell in notebook.cells:
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        bare.cells.append(make(cell.source))
    return bare


def remove(notebook: nbformat.NotebookNode, *identities: str) -> nbformat.NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if cell.id not in identities]
    return notebook


def split(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The answer in a cell of its own, the exercise's cell a call of it."""
    index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "momentum-step")
    notebook.cells[index].source = "def helper(a, b, beta):\n    return beta * a + (1 - beta) * b"
    notebook.cells.insert(index + 1, nbformat.v4.new_code_cell(SPLIT))
    return notebook


SPLIT = """def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: helper(v[k], grads[k], beta) for k in v}
    return {k: params[k] - learning_rate * v[k] for k in v}, v"""


def duplicated(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The answer copied with its metadata, the copy wrong: the one left at the end counts."""
    index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "momentum-step")
    copy = nbformat.from_dict(notebook.cells[index])
    copy.id, copy.source = "copy", WRONG.answers["momentum_step"]
    notebook.cells.insert(index + 1, copy)
    return notebook


def renamed(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    for cell in notebook.cells:
        if cell.id == "momentum-step":
            cell.source = cell.source.replace("def momentum_step", "def my_step")
    return notebook


def moved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The answer at the end, in a cell that the student added; the exercise's cell deleted."""
    source = next(cell.source for cell in notebook.cells if cell.id == "momentum-step")
    remove(notebook, "momentum-step").cells.append(nbformat.v4.new_code_cell(source))
    return notebook


def edited_metadata(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    for cell in notebook.cells:
        if cell.id == "momentum-step-check":
            cell.metadata.nbgrader.points = 400
            cell.source = "4.0"
    return notebook


def uses_a_demonstration(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "momentum-step")
    demo = next(cell for cell in notebook.cells if cell.id.startswith("demo-"))
    demo.source += "\nfrom_the_demonstration = 1.0"
    notebook.cells.insert(index, nbformat.v4.new_code_cell("one = from_the_demonstration"))
    notebook.cells[index + 1].source = notebook.cells[index + 1].source.replace("(1 - beta)", "(one - beta)")
    return notebook


def calls_a_demonstration(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """No cell fails without the demonstration: the function does, when it is called."""
    demo = next(cell for cell in notebook.cells if cell.id.startswith("demo-"))
    demo.source += "\ndef other_share(beta):\n    return 1 - beta"
    answer = next(cell for cell in notebook.cells if cell.id == "momentum-step")
    assert "(1 - beta)" in answer.source
    answer.source = answer.source.replace("(1 - beta)", "other_share(beta)")
    return notebook


FORMS = {
    "no metadata at all": (without_metadata, 6),
    "check cells deleted": (lambda n: remove(n, "momentum-step-check", "init-velocity-check"), 6),
    "set-up deleted": (lambda n: remove(n, "setup-imports"), 6),
    "answer deleted": (lambda n: remove(n, "momentum-step"), 2),
    "answer split over two cells": (split, 6),
    "answer copied, the copy wrong": (duplicated, 2),
    "function renamed": (renamed, 2),
    "answer in another cell": (moved, 6),
    "points and check edited": (edited_metadata, 6),
    "answer that uses a demonstration": (uses_a_demonstration, 6),
    "answer that calls a demonstration's function": (calls_a_demonstration, 6),
    "question deleted": (lambda n: remove(n, *[c.id for c in n.cells if c.id.startswith("question-")]), 6),
    "all cells deleted": (lambda n: remove(n, *[c.id for c in n.cells]), 0),
}


def test_a_notebook_of_any_form_is_graded_and_never_dropped(course_root):
    for number, (form, _) in enumerate(FORMS.values()):
        submit(course_root, f"form-{number:02}", form(fill(blank(), RIGHT.answers)))
    summary = Course(course_root).autograde(LESSON)
    assert summary.problems == []
    booked = scores(course_root)
    assert {name: booked[f"form-{n:02}"] for n, name in enumerate(FORMS)} == {n: due for n, (_, due) in FORMS.items()}
    by_form = {name: summary.records[f"form-{n:02}"].verdicts for n, name in enumerate(FORMS)}
    assert by_form["function renamed"]["momentum_step"].status == "missing"
    assert by_form["answer deleted"]["momentum_step"].status == "missing"
    for number, name in enumerate(FORMS):
        for grade, (auto, manual) in grades_of(course_root, f"form-{number:02}").items():
            if not grade.startswith("question"):
                assert (auto is None, manual) == (False, False), f"{name}: {grade} waits for a manual grade"
    assert grades_of(course_root, f"form-{list(FORMS).index('no metadata at all'):02}")["question_" + QUESTION][1]


QUESTION = next(c.id for c in blank().cells if c.id.startswith("question-")).removeprefix("question-").replace("-", "_")


def test_work_that_was_unreadable_for_a_while_gets_its_points_back(course_root):
    file = submit(course_root, "a", fill(blank(), RIGHT.answers))
    course = Course(course_root)
    course.autograde(LESSON)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert len(course.autograde(LESSON).problems) == 1
    assert scores(course_root) == {"a": 0}
    file.write_bytes(whole)
    assert course.autograde(LESSON).problems == []
    assert scores(course_root) == {"a": 6}


def test_a_dispute_shows_what_was_graded_where_an_answer_calls_a_demonstration(course_root):
    submit(course_root, "a", calls_a_demonstration(fill(blank(), RIGHT.answers)))
    course = Course(course_root)
    course.autograde(LESSON)
    assert "4 of 4 points, correct" in "\n".join(course.explain("a", LESSON, "momentum_step"))


# -------------------------------------------------------------------------------------- bad input


def test_unreadable_submissions_cost_one_line_each_and_the_others_are_graded(course_root):
    submit_pupil(course_root, RIGHT)
    (course_root / "submitted" / "nothing" / LESSON).mkdir(parents=True)
    other = submit(course_root, "other-name", blank())
    other.rename(other.with_name("Untitled.ipynb"))
    submit(course_root, "not-json", blank()).write_text("{ this is", encoding="utf-8")
    submit(course_root, "not-a-notebook", blank()).write_text('{"a": 1}', encoding="utf-8")
    submit(course_root, "empty", blank()).write_text("", encoding="utf-8")
    submit(course_root, "binary", blank()).write_bytes(bytes(range(256)))
    (course_root / "submitted" / "a-folder" / LESSON / f"{LESSON}.ipynb").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "autograde", LESSON],
        cwd=course_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert [line.split(":")[0] for line in lines] == [
        "a-folder",
        "binary",
        "empty",
        "not-a-notebook",
        "not-json",
        "nothing",
        "other-name",
    ]
    assert "rename it" in lines[-1]
    assert "no 03_momentum.ipynb in" in lines[-2]
    assert "is not a notebook" in lines[1]
    assert f"{LESSON}.ipynb is no file. Ask for the notebook itself." in lines[0]
    booked = scores(course_root)
    assert booked == {
        "right-01": 6,
        **dict.fromkeys(["a-folder", "binary", "empty", "not-a-notebook", "not-json", "nothing", "other-name"], 0),
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("autograde", "99_none"), "there is no lesson '99_none'; there are "),
        (("autograde", LESSON), f"nobody has handed in {LESSON}"),
        (("autograde", LESSON, "--student", "nobody"), f"nobody has handed in {LESSON}"),
        (("autograde", "all"), "nobody has handed in anything"),
        (("explain", "nobody", LESSON, "momentum_step"), f"nobody has not handed in {LESSON}"),
        (
            ("explain", "nobody", LESSON, "momentum_leap"),
            f"{LESSON} has no exercise 'momentum_leap'; it has init_velocity",
        ),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_line(course_root, words, message):
    done = run_grader(course_root, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr


def test_outside_a_course_the_command_says_so(tmp_path):
    done = run_grader(tmp_path, "autograde", LESSON)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("has no nbgrader_config.py. Run this in the course's folder.")


def test_the_settings_are_those_of_the_courses_folder_wherever_the_process_runs(tmp_path, monkeypatch):
    course, elsewhere = tmp_path / "course", tmp_path / "elsewhere"
    for folder, id_ in ((course, "mine"), (elsewhere, "another")):
        folder.mkdir()
        (folder / "nbgrader_config.py").write_text(f"c.CourseDirectory.course_id = {id_!r}\n", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    directory = configuration(course).CourseDirectory
    assert (directory.course_id, directory.root) == ("mine", str(course))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("c.A.b = 1\nc.CourseDirectory.course_id =\n", ":2: SyntaxError: invalid syntax. Mend this line."),
        ("\n\nimport no_such_module\n", ":3: ModuleNotFoundError: No module named 'no_such_module'. Mend this line."),
        ("def limit():\n    return 1 / 0\n\nlimit()\n", ":2: ZeroDivisionError: division by zero. Mend this line."),
    ],
)
def test_settings_that_fail_cost_one_line_with_file_and_line(tmp_path, text, words):
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as failed:
        configuration(tmp_path)
    assert str(failed.value) == f"{tmp_path / 'nbgrader_config.py'}{words}"


def test_a_limit_that_there_is_not_is_told_with_those_that_there_are(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text('c.RunAndJudge.limits = {"cell_seconds": 60}\n', encoding="utf-8")
    with pytest.raises(CourseError, match=r"no limit cell_seconds\. The limits are cell, exercise, "):
        Course(tmp_path)


def test_a_lesson_that_is_not_there_cannot_be_entered_and_those_that_are_are_named(course_root):
    with pytest.raises(CourseError, match=r"there is no lesson '99_none'; there are 01_mini_batches, .*07"):
        enter_lessons(course_root, ["99_none"])


def test_a_course_that_cannot_be_written_costs_one_line_and_nothing_is_lost(course_root):
    file = submit_pupil(course_root, RIGHT)
    handed_in = file.read_bytes()
    (course_root / "verdicts").write_text("in the way", encoding="utf-8")  # as root no mode of a folder would be
    (course_root / "seeds.json").mkdir()
    done = run_grader(course_root, "autograde", LESSON)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "seeds.json" in done.stderr
    assert file.read_bytes() == handed_in


def test_a_broken_list_of_seeds_is_not_overwritten(course_root):
    submit_pupil(course_root, RIGHT)
    (course_root / "seeds.json").write_text("{", encoding="utf-8")
    done = run_grader(course_root, "autograde", LESSON)
    assert done.returncode == 2
    assert "Restore it, or delete it" in done.stderr
    assert (course_root / "seeds.json").read_text(encoding="utf-8") == "{"


# --------------------------------------------------------------------------- what students read


def test_feedback_shows_hint_and_points_and_hides_the_hidden(course_root):
    submit_pupil(course_root, WRONG)
    hostile = fill(blank(), {**RIGHT.answers, "momentum_step": HOSTILE})
    submit(course_root, "hostile", hostile)
    Course(course_root).autograde(LESSON)
    run_nbgrader(course_root, "generate_feedback", LESSON)
    page = (course_root / "feedback" / WRONG.name / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "changed places" in page
    assert re.search(r"velocity</td><td[^>]*>.{0,80}✗.{0,20}</td><td[^>]*>0 of 2", page)
    for hidden in ("HIDDEN TESTS", "grade_here", "from grader"):
        assert hidden not in page
    page = (course_root / "feedback" / "hostile" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert "onerror=alert(2)" in page, "the student's own cell shows, escaped"


HOSTILE = '''def momentum_step(params, grads, v, learning_rate, beta=0.9):
    raise ValueError("<img src=x onerror=alert(2)>"); "**<img src=x onerror=alert(2)>**"'''


def test_explain_shows_inputs_what_came_and_what_was_due(course_root):
    submit_pupil(course_root, WRONG)
    Course(course_root).autograde(LESSON)
    done = run_grader(course_root, "explain", WRONG.name, LESSON, "momentum_step")
    assert done.returncode == 0, done.stderr
    for words in (
        "Misconception: swaps_the_weights",
        "learning_rate = 0.",
        "gave (",
        "due  (",
        "failed  velocity: 0 of 2",
    ):
        assert words in done.stdout
