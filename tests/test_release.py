"""The students' archive: what is in it, what must not be, and each Python that can run it, without a network."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from optimlab.carry import LESSONS
from tests.conftest import ROOT, install, needs, python_of
from tools import release
from tools.pupils import fill, pupils

LESSON = "03_momentum"
NAMES = sorted(file.stem for file in (ROOT / "notebooks").glob("*/*.ipynb"))
PYTHONS = ("3.11", "3.12", "3.13")


@pytest.fixture(scope="module")
def plain():
    return release.files()


@pytest.fixture(scope="module")
def with_solution():
    return release.files([LESSON])


def test_the_archive_holds_what_a_student_needs_and_nothing_else(plain):
    wheels = [name for name in plain if name.endswith(".whl")]
    assert len(wheels) == 1
    fixed = {"START_HERE.html", "LICENSE", "requirements.txt", "constraints.txt", *wheels}
    assert {name for name in plain if not name.startswith("datasets/")} == fixed | {f"{n}/{n}.ipynb" for n in NAMES}
    assert "datasets/README.md" in plain
    assert "datasets/seattle_temperatures.csv" in plain


def test_notebooks_are_the_students_ones(plain):
    for name in NAMES:
        assert plain[f"{name}/{name}.ipynb"] == (ROOT / "notebooks" / name / f"{name}.ipynb").read_bytes()


def test_no_file_of_the_archive_gives_a_hidden_test_away(with_solution):
    texts = dict(with_solution)
    [wheel] = [name for name in texts if name.endswith(".whl")]
    with zipfile.ZipFile(io.BytesIO(texts.pop(wheel))) as archive:
        texts |= {name: archive.read(name) for name in archive.namelist()}
    for name, text in texts.items():
        for secret in (b"HIDDEN TESTS", b"grade_here", b"from grader", b"import grader", b"BEGIN SOLUTION"):
            assert secret not in text, name


def test_a_worked_solution_has_answers_and_outputs_but_no_points(with_solution, plain):
    assert set(with_solution) - set(plain) == {f"solutions/{LESSON}.ipynb"}
    notebook = nbformat.reads(with_solution[f"solutions/{LESSON}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    cells = {cell.id: cell for cell in notebook.cells}
    assert "NotImplementedError" not in cells["momentum-step"].source
    assert cells["momentum-step-check"].source == "check(momentum_step)"
    [shown] = cells["momentum-step-check"].outputs
    assert "worked examples pass" in shown.data["text/plain"]
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
    question = cells["question-fair-comparison"].source
    assert question != "*Write your answer here.*"
    assert LESSON in with_solution["START_HERE.html"].decode().partition("Worked solutions")[2]
    assert "Worked solutions" not in plain["START_HERE.html"].decode()


def test_two_archives_of_the_same_course_are_equal_bytes(plain, tmp_path):
    for name in ("one", "two"):
        release.write(plain if name == "one" else release.files(), tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {release.DATE}  # and not the hour of day


def test_start_here_names_every_lesson_and_only_commands_that_exist(plain):
    page = plain["START_HERE.html"].decode()
    assert re.findall(r'<th scope="row"><code>(\w+)</code>', page) == NAMES
    for command in set(re.findall(r"python -m optimlab (\w+)", page)):
        help_ = subprocess.run([sys.executable, "-m", "optimlab", command, "--help"], capture_output=True, check=False)
        assert help_.returncode == 0, command
    for name in re.findall(r"pip install (?:-r )?(\S+?)[<\n]", page):
        assert name in plain


def test_requirements_need_no_address_and_pin_what_is_tested(plain):
    lines = plain["requirements.txt"].decode() + plain["constraints.txt"].decode()
    assert "://" not in lines
    assert "git+" not in lines
    assert re.search(r"^numpy==", lines, re.M)


@pytest.mark.parametrize(
    ("words", "due"), [([], []), (["03"], [LESSON]), ([LESSON, "01"], ["01_mini_batches", LESSON])]
)
def test_a_lesson_is_known_by_name_and_number(words, due):
    assert release.lessons_called(words) == due


def test_a_lesson_that_is_not_there_stops_make_with_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tools.release", "--solutions", "03", "99"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == f"there is no lesson '99': SOLUTIONS takes some of {', '.join(NAMES)}\n"


# ---------------------------------------------------------------------------- a clean machine

RUN = """
import sys
import nbformat
from nbclient import NotebookClient
for file in sys.argv[1:]:
    notebook = nbformat.read(file, as_version=4)
    folder = file.rpartition("/")[0]
    NotebookClient(notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": folder}}).execute()
    nbformat.write(notebook, file)
"""


def run_cut_off(python: Path, desk: Path, files: list[Path]) -> None:
    """Run notebooks in place where there is no network, nor the checkout, nor a home."""
    home = desk / "home"
    home.mkdir()
    command = [
        needs("bwrap"), "--ro-bind", "/", "/", "--bind", desk, desk, "--tmpfs", ROOT, "--dev", "/dev",
        "--proc", "/proc", "--unshare-net", "--unshare-pid", "--die-with-parent", "--chdir", desk,
        "--setenv", "HOME", home, "--unsetenv", "PYTHONPATH", "--", python, "-c", RUN, *files,
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def errors(file: Path) -> list[tuple[str, str]]:
    cells = nbformat.read(file, as_version=4).cells
    return [(c.id, o.ename) for c in cells for o in c.get("outputs", []) if o.output_type == "error"]


@pytest.mark.slow
@pytest.mark.parametrize("version", PYTHONS)
def test_the_archive_is_all_that_a_clean_machine_needs(version, plain, tmp_path):
    """Untouched lessons stop at what is not written and nowhere else; right answers of one lesson pass."""
    release.write(plain, tmp_path / "course.zip")
    desk = install(tmp_path / "course.zip", python_of(version), tmp_path / "clean")
    python = desk / ".venv" / "bin" / "python"
    said = subprocess.run(
        [python, "-c", "import sys, optimlab; print(sys.version_info[:2], optimlab.__file__)"],
        cwd=desk,
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said.startswith(f"({version.replace('.', ', ')}) {desk}")
    solved = desk / "mine" / LESSON / f"{LESSON}.ipynb"
    solved.parent.mkdir(parents=True)
    blank = nbformat.read(desk / LESSON / f"{LESSON}.ipynb", as_version=4)
    nbformat.write(fill(blank, next(iter(pupils(LESSON))).answers), solved)
    untouched = [desk / name / f"{name}.ipynb" for name in NAMES]
    run_cut_off(python, desk, [*untouched, solved])
    assert errors(solved) == []
    assert (solved.parents[1] / "my_functions" / "momentum_step.py").exists()
    for file in untouched:
        found = errors(file)
        assert {kind for _, kind in found} <= {"NotImplementedError", "NameError"}
        stopped = {cell for cell, kind in found if kind == "NotImplementedError"}
        assert {f"{name.replace('_', '-')}-check" for name in LESSONS[file.stem]} <= stopped
    shutil.rmtree(desk / ".venv")  # 500 MB
