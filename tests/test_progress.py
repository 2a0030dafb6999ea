"""What the self-checks said last, kept beside the lessons and shown lesson by lesson."""

import json
import subprocess
import sys

import numpy as np
import pytest

from optimlab import carry, check, progress, tables
from optimlab.check import CheckFailed, exercises
from optimlab.progress import FILE, Progress, note, read


def init_velocity(params):
    return {key: np.zeros_like(value) for key, value in params.items()}


def wrong_velocity(params):
    return {key: np.ones_like(value) for key, value in params.items()}


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Work in a lesson's folder; return the file that keeps what checks said."""
    folder = tmp_path / "03_momentum"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path / carry.FOLDER / FILE


def test_every_exercise_is_in_one_lesson():
    assert sorted(name for names in carry.LESSONS.values() for name in names) == sorted(exercises())


def test_the_last_check_counts(lesson):
    check(init_velocity)
    assert read(lesson).passed == {"init_velocity": True}
    wrong_velocity.__name__ = "init_velocity"
    with pytest.raises(CheckFailed):
        check(wrong_velocity)
    assert read(lesson).passed == {"init_velocity": False}


def test_a_stub_does_not_pass(lesson):
    def momentum_step(*_):
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        check(momentum_step)
    assert read(lesson).passed == {"momentum_step": False}


@pytest.mark.parametrize("mode", ["autograde", "validate"])
def test_grading_and_validating_leave_no_trace(mode, lesson, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    check(init_velocity)
    assert not lesson.exists()


def test_a_notebook_elsewhere_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    note("init_velocity", True)
    assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.parent.glob(carry.FOLDER)) == []


def test_a_folder_that_cannot_be_written_disturbs_no_check(lesson):
    lesson.parent.write_text("a file is in the way")
    check(init_velocity)
    progress()


def test_what_is_broken_in_the_file_is_left_out(lesson):
    note("gd_step", True)
    with lesson.open("a") as stream:
        stream.write('{"exercise": "ewa", "pas\n[1]\n{"exercise": "momentum_step", "passed": "yes"}\n')
    note("ewa_weights", False)
    assert read(lesson).passed == {"gd_step": True, "momentum_step": False, "ewa_weights": False}


def test_text_and_table_say_the_same():
    shown = Progress({"init_velocity": True, "momentum_step": False, "gd_step": True})
    assert shown.summary == "2 of 27 exercises pass"
    lines = repr(shown).splitlines()
    assert lines[0] == "2 of 27 exercises pass."
    assert " ".join(lines[3].split()) == "03_momentum 1 of 2 init_velocity ok, momentum_step not yet"
    html = shown._repr_html_()
    assert html.count("<tr>") == 1 + len(carry.LESSONS)
    assert html.count("aria-label='passed:'") == 2
    assert html.count("aria-label='not yet:'") == 1


def test_a_lesson_whose_exercises_all_pass_has_a_mark_of_its_own():
    html = Progress({"init_velocity": True, "momentum_step": True})._repr_html_()
    assert html.count("</span> 2 of 2</b>") == 1


def test_words_are_no_html():
    shown = tables.badge(True, "<i>") + tables.note("<i> `<i>`") + tables.table("<i>", ["<i>"], [])
    assert "<i>" not in shown
    assert shown.count("&lt;i&gt;") == 5


def test_a_terminal_beside_the_lessons_shows_the_same(lesson):
    note("init_velocity", True)
    done = subprocess.run(
        [sys.executable, "-m", "optimlab", "progress"],
        cwd=lesson.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == repr(read(lesson)) + "\n"
    assert "1 of 2  init_velocity ok, momentum_step" in done.stdout
    assert json.loads(lesson.read_text()) == {"exercise": "init_velocity", "passed": True}
