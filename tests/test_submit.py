"""Handing in: what is packed, what is said, and nbgrader's own zip_collect at the other end."""

import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from optimlab.carry import LESSONS
from optimlab.submit import FOLDER, PATTERN, SubmitError, submit
from tests.conftest import ROOT, run_nbgrader
from tools.pupils import hand_in, pupils

LESSON = "03_momentum"


@pytest.fixture
def desk(tmp_path):
    """Return a student's folder with one lesson."""
    shutil.copytree(ROOT / "notebooks" / LESSON, tmp_path / LESSON)
    return tmp_path


def packed(file):
    """Return the one file of a zip: its name and its bytes."""
    with zipfile.ZipFile(file) as archive:
        [name] = archive.namelist()
        return name, archive.read(name)


@pytest.mark.parametrize("word", [LESSON, "03", "03_momentum/03_momentum.ipynb"])
def test_the_notebook_is_packed_as_it_was_saved(word, desk):
    done = submit(word, "ada", desk)
    assert done.zip.parent == desk / FOLDER
    name, text = packed(done.zip)
    assert text == (desk / LESSON / f"{LESSON}.ipynb").read_bytes()
    assert re.fullmatch(r"03_momentum_ada_attempt_\d{8}T\d{6}Z_03_momentum\.ipynb", name)


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("student", ["ada", "a_b", "x_attempt_1", "ada.l@uni-x.org", "03_momentum", "学生", "7"])
def test_the_name_in_the_zip_can_be_taken_apart(lesson, student):
    path = f"/course/downloaded/{lesson}/extracted/some_name/{lesson}_{student}_attempt_20261124T003000Z_{lesson}.ipynb"
    found = re.match(PATTERN, path)
    assert (found["file_id"], found["student_id"], found["timestamp"]) == (lesson, student, "20261124T003000Z")


def test_it_says_what_is_not_written_and_packs_all_the_same(desk):
    done = submit(LESSON, "ada", desk)
    questions = ("question_rate_of_the_other_form", "question_fair_comparison")
    assert done.open == ("init_velocity", "momentum_step", *questions)
    assert "Not written yet: init_velocity, momentum_step, question_rate_of_the_other_form, " in str(done)
    right = next(iter(pupils(LESSON)))
    hand_in(right, LESSON, ROOT / "notebooks", desk)
    (desk / right.name / LESSON / f"{LESSON}.ipynb").replace(desk / LESSON / f"{LESSON}.ipynb")
    done = submit(LESSON, "ada", desk)
    assert done.open == ()
    assert "Not written yet" not in str(done)


def test_it_can_be_run_in_the_lessons_folder_too(desk, monkeypatch):
    monkeypatch.chdir(desk / LESSON)
    assert submit(LESSON, "ada").zip.parent == desk / FOLDER


@pytest.mark.parametrize("student", ["", "a b", "../x", "a/b", ".hidden", "a\nb"])
def test_an_id_that_can_be_no_folder_is_refused(student, desk):
    with pytest.raises(SubmitError, match="is no student id: letters, digits"):
        submit(LESSON, student, desk)
    assert not (desk / FOLDER).exists()


TROUBLE = {
    "no lesson": (["08", "--name", "ada"], "there is no lesson '08'; there are 01_mini_batches, "),
    "no notebook": (["04", "--name", "ada"], "there is no 04_rmsprop/04_rmsprop.ipynb: run this in the folder that"),
    "broken": (["05", "--name", "ada"], "05_adam/05_adam.ipynb is no notebook any more: open it in JupyterLab"),
    "no id": (["03", "--name", "a b"], "'a b' is no student id"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_is_one_line_on_a_terminal(name, desk):
    (desk / "05_adam").mkdir()
    (desk / "05_adam" / "05_adam.ipynb").write_text("{")
    words, message = TROUBLE[name]
    done = subprocess.run(
        [sys.executable, "-m", "optimlab", "submit", *words], cwd=desk, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
    assert not (desk / FOLDER).exists()


def test_nothing_but_the_last_attempt_is_collected_by_nbgrader(tmp_path):
    """Two students, one of them twice, one through a zip of zips as learning platforms make them."""
    course, archive = tmp_path / "course", tmp_path / "course" / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    shutil.copytree(ROOT / "notebooks" / LESSON, course / "notebooks" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    texts = {}
    for student in ("ada", "bo_b@uni-x.org"):
        desk = tmp_path / student
        shutil.copytree(ROOT / "notebooks" / LESSON, desk / LESSON)
        file = desk / LESSON / f"{LESSON}.ipynb"
        first = submit(LESSON, student, desk).zip
        inside, text = packed(first)
        with zipfile.ZipFile(archive / f"earlier-{first.name}", "w") as old:  # as if of the last century
            old.writestr(inside.replace("attempt_20", "attempt_19"), text)
        notebook = json.loads(file.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] = f"by {student}"
        file.write_text(json.dumps(notebook), encoding="utf-8")
        last = submit(LESSON, student, desk).zip
        texts[student] = file.read_bytes()
        if student == "ada":
            shutil.copy(last, archive)
        else:
            with zipfile.ZipFile(archive / "download.zip", "w") as outer:
                outer.write(last, f"class/bo/{last.name}")
    run_nbgrader(course, "zip_collect", LESSON)
    for student, text in texts.items():
        folder = course / "submitted" / student / LESSON
        assert (folder / f"{LESSON}.ipynb").read_bytes() == text
        assert (folder / "timestamp.txt").read_text(encoding="utf-8").startswith("20")
    assert sorted(folder.name for folder in (course / "submitted").iterdir()) == sorted(texts)
