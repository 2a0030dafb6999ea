"""What Canvas and Moodle give to download is collected by nbgrader's own zip_collect, whatever the names."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from grader.classroom import Course
from grader.collecting import CANVAS, MOODLE
from optimlab.submit import submit as pack
from tests.conftest import run_nbgrader
from tests.test_classroom import LESSON, RIGHT, blank, scores
from tools.pupils import fill


def notebook(mark: str) -> str:
    """A notebook that can be told from the others."""
    made = blank()
    made.cells.append(nbformat.v4.new_markdown_cell(mark))
    return nbformat.writes(made)


def archive(root: Path, name: str, files: dict[str, str | bytes]) -> None:
    folder = root / "downloaded" / LESSON / "archive"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)


def collected(root: Path) -> dict[str, str]:
    """Return the mark of each student's collected notebook."""
    found = sorted((root / "submitted").glob(f"*/{LESSON}/*.ipynb"))
    return {f"{f.parents[1].name}/{f.name}": nbformat.read(f, as_version=4).cells[-1].source for f in found}


def own(*students: str) -> dict[str, str]:
    return {f"{student}/{LESSON}.ipynb": student for student in students}


@pytest.mark.parametrize(
    ("pattern", "name", "student", "file"),
    [
        (CANVAS, "lovelaceada_101_9001_03_momentum.ipynb", "101", "03_momentum"),
        (CANVAS, "lovelaceada_LATE_101_9001_03_momentum-1.ipynb", "101", "03_momentum-1"),
        (CANVAS, "王小明_102_9002_03_momentum.ipynb", "102", "03_momentum"),
        (CANVAS, "o_brien_7up_103_9003_03_momentum (2).ipynb", "103", "03_momentum (2)"),
        (CANVAS, "anon_x7Kp2_9004_03_momentum.ipynb", "anon_x7Kp2", "03_momentum"),
        (CANVAS, "LATE_anon_x7Kp2_9004_03_momentum.ipynb", "anon_x7Kp2", "03_momentum"),
        (CANVAS, "x_104_9005_work/sub/03_momentum.ipynb", "104", "03_momentum"),
        (MOODLE, "Ada Lovelace_2001_assignsubmission_file/03_momentum.ipynb", "2001", "03_momentum"),
        (MOODLE, "Ada Lovelace_2001_assignsubmission_file_/03_momentum.ipynb", "2001", "03_momentum"),
        (MOODLE, "Ada Lovelace_2001_assignsubmission_file_03_momentum.ipynb", "2001", "03_momentum"),
        (MOODLE, "Group A-王小明_2002_assignsubmission_file/hw_3_2_x/03_momentum.ipynb", "2002", "03_momentum"),
    ],
)
def test_each_form_of_name_tells_student_and_file(pattern, name, student, file):
    found = re.fullmatch(pattern, f"/course/downloaded/03_momentum/extracted/{name}")
    assert (found["student_id"], found["file_id"]) == (student, file)


@pytest.mark.parametrize(
    "name", ["03_momentum.ipynb", "ada_03_momentum.ipynb", "101_03_momentum.ipynb", "a_101_9001_03_momentum.txt"]
)
def test_other_names_are_not_taken_for_a_platforms(name):
    path = f"/course/downloaded/03_momentum/extracted/{name}"
    assert not re.fullmatch(CANVAS, path)
    assert not re.fullmatch(MOODLE, path)


def test_a_download_from_canvas_is_collected_and_graded(course_root, tmp_path):
    (tmp_path / LESSON).mkdir()
    (tmp_path / LESSON / f"{LESSON}.ipynb").write_text(notebook("106"), encoding="utf-8")
    packed = pack(LESSON, "somebody-else", tmp_path).zip
    right = nbformat.writes(fill(blank(), RIGHT.answers))
    archive(
        course_root,
        "opt-101-lesson-3_submissions.zip",
        {
            "lovelaceada_101_9001_03_momentum.ipynb": right,
            "hoppergrace_LATE_102_9002_03_momentum-1.ipynb": notebook("102"),
            "王小明_103_9003_03_momentum (1).ipynb": notebook("103"),
            "twice_104_9005_03_momentum-1.ipynb": notebook("104"),
            "twice_104_9004_03_momentum.ipynb": notebook("older"),
            "anon_x7Kp2_9006_03_momentum-Copy1.ipynb": notebook("anon_x7Kp2"),
            "renamed_105_9007_homework.ipynb": notebook("105"),
            f"packed_106_9008_{packed.name}": packed.read_bytes(),
            "readme_107_9009_notes.txt": "no notebook",
            "whose.ipynb": notebook("nobody's"),
        },
    )
    done = run_nbgrader(course_root, "zip_collect", LESSON, "--log-level=WARN")
    kept = collected(course_root)
    assert kept.pop("101/03_momentum.ipynb")
    assert kept == own("102", "103", "104", "106", "anon_x7Kp2") | {"105/homework.ipynb": "105"}
    said = done.stdout + done.stderr
    assert len(re.findall(r"Nobody knows whose this is.*whose\.ipynb", said)) == 1
    assert len(re.findall(r"Left out, since .*104_9005.* is newer.*: .*104_9004", said)) == 1
    summary = Course(course_root).autograde(LESSON)
    assert [line.partition(":")[0] for line in summary.problems] == ["105"]
    assert "homework.ipynb: rename it" in summary.problems[0]
    assert scores(course_root)["101"] == 6


def test_a_download_from_moodle_is_collected(course_root):
    archive(
        course_root,
        "Optimisers-Lesson 3-1234.zip",
        {
            "Müller Ada_2001_assignsubmission_file/03_momentum.ipynb": notebook("2001"),
            "王小明_2002_assignsubmission_file_/03_momentum.ipynb": notebook("2002"),
            "Grace Hopper_2003_assignsubmission_file_03_momentum.ipynb": notebook("2003"),
            "Two_2004_assignsubmission_file/03_momentum.ipynb": notebook("2004"),
            "Two_2004_assignsubmission_file/03_momentum (1).ipynb": notebook("a copy"),
            "Deep_2005_assignsubmission_file/hw_3_2_final/03_momentum.ipynb": notebook("2005"),
        },
    )
    run_nbgrader(course_root, "zip_collect", LESSON, "--log-level=WARN")
    assert collected(course_root) == own("2001", "2002", "2003", "2004", "2005")


def test_what_students_packed_is_collected_under_their_ids(course_root, tmp_path):
    for student in ("ada", "bob", "2021_33"):
        (tmp_path / student / LESSON).mkdir(parents=True)
        (tmp_path / student / LESSON / f"{LESSON}.ipynb").write_text(notebook(student), encoding="utf-8")
        packed = pack(LESSON, student, tmp_path / student).zip
        folder = course_root / "downloaded" / LESSON / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        packed.rename(folder / packed.name)
    run_nbgrader(course_root, "zip_collect", LESSON, "--log-level=WARN")
    assert collected(course_root) == own("ada", "bob", "2021_33")
    assert (course_root / "submitted" / "ada" / LESSON / "timestamp.txt").is_file()


def test_a_pattern_of_the_instructors_own_takes_the_place_of_ours(course_root):
    archive(
        course_root, "mine.zip", {"ada-03_momentum.ipynb": notebook("ada"), "x_1_2_03_momentum.ipynb": notebook("x")}
    )
    regexp = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>[a-z]+)-(?P<file_id>03_\w+)"
    run_nbgrader(course_root, "zip_collect", LESSON, regexp)
    assert collected(course_root) == own("ada")


def test_numbers_in_the_name_of_the_download_are_nobodys(course_root):
    archive(course_root, "course_1_2_2026.zip", {"lovelaceada_101_9001_03_momentum.ipynb": notebook("101")})
    run_nbgrader(course_root, "zip_collect", LESSON, "--log-level=WARN")
    assert collected(course_root) == own("101")


def zipped(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return stream.getvalue()


FORGED, ZED = notebook("forged"), "Zed_2002_assignsubmission_file"
TRICKS = {
    "Moodle's folder in a folder": {f"{ZED}/z_2001_assignsubmission_file/03_momentum.ipynb": FORGED},
    "Moodle's name in a name": {f"{ZED}_z_2001_assignsubmission_file_03_momentum.ipynb": FORGED},
    "Canvas's name in a zip": {"zed_2002_9002_z.zip": zipped({"x_2001_99999_03_momentum.ipynb": FORGED})},
    "Moodle's name at Canvas": {"zed_2002_9002_x_2001_assignsubmission_file_03_momentum.ipynb": FORGED},
    "a broken zip": {"zed_2002_9002_z.zip": b"no archive"},
}
"""What a student with the number 2002 hands in."""


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(
    "mine", ["Ada_2001_assignsubmission_file/03_momentum (1).ipynb", "lovelaceada_2001_9001_03_momentum.ipynb"]
)
def test_nobody_hands_in_for_another_or_stops_the_others(course_root, mine, trick):
    archive(course_root, "download.zip", {mine: notebook("2001"), **TRICKS[trick]})
    run_nbgrader(course_root, "zip_collect", LESSON, "--log-level=WARN")
    assert collected(course_root)[f"2001/{LESSON}.ipynb"] == "2001"
