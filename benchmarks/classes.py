"""Courses and classes to time: one class for every grader, and a class of honest students of any size."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from benchmarks.by_hand import TESTS
from grader.lesson import BEGIN_HIDDEN, DEMONSTRATION, END_HIDDEN
from tools.pupils import Pupil, fill, pupils

ROOT = Path(__file__).parents[1]
ENDS_PYTHON = "crash"
"""The pupil whose answer ends the Python process that runs it."""
LOOP_SECONDS = 4
"""After which an endless loop is broken off, by nbgrader and by us."""
STOCK = f"""
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ExecutePreprocessor.timeout = {LOOP_SECONDS}
c.ExecutePreprocessor.interrupt_on_timeout = True
"""
OWN = f'\nc.RunAndJudge.limits = {{"case": {LOOP_SECONDS}.0}}\n'


def mixed(lesson: str, number: int) -> dict[str, Pupil]:
    """Return a class: of twenty one loops, one ends Python, six have a misconception, the others are right."""
    everybody = list(pupils(lesson))
    right = [pupil for pupil in everybody if pupil.kind == "right"]
    wrong = [pupil for pupil in everybody if pupil.kind == "misconception"]
    broken = {pupil.name: pupil for pupil in everybody if pupil.kind == "broken"}
    chosen: dict[str, Pupil] = {}
    for n in range(number):
        place = n % 20
        pupil = wrong[n % len(wrong)] if place % 3 == 2 else right[n % len(right)]
        pupil = {9: broken["endless-loop"], 19: broken[ENDS_PYTHON]}.get(place, pupil)
        chosen[f"s{n:04}"] = pupil
    return chosen


def honest(lesson: str, number: int) -> dict[str, Pupil]:
    """Return a class in which everybody is right, in several styles."""
    right = [pupil for pupil in pupils(lesson) if pupil.kind == "right"]
    return {f"s{n:04}": right[n % len(right)] for n in range(number)}


def course(root: Path, lesson: str) -> Path:
    """Make our course with a lesson in its gradebook."""
    root.mkdir(parents=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config + OWN, encoding="utf-8")
    shutil.copytree(ROOT / "solutions" / lesson, root / "solutions" / lesson)
    _nbgrader(root, "generate_assignment", lesson)
    return root


def stock_course(root: Path, lesson: str, *, demonstrations: bool) -> Path:
    """Make a stock nbgrader course of the same lesson, with tests that were written by hand."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    notebook.metadata.pop("optimlab", None)
    if not demonstrations:
        notebook.cells = [cell for cell in notebook.cells if DEMONSTRATION not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("_check")
        if cell.metadata.get("nbgrader", {}).get("grade") and name in TESTS:
            check = f"check({name})\n" if demonstrations else ""
            cell.source = f"{check}{BEGIN_HIDDEN}{TESTS[name]}{END_HIDDEN}"
    source = root / "source" / lesson
    source.mkdir(parents=True)
    nbformat.write(notebook, source / f"{lesson}.ipynb")
    _nbgrader(root, "generate_assignment", lesson)
    return root


def _nbgrader(root: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "nbgrader", *words], cwd=root, check=True, capture_output=True)


def hand_in(root: Path, blank: Path, lesson: str, chosen: dict[str, Pupil]) -> None:
    """Put a class's notebooks where nbgrader looks for them; no two are the same."""
    template = nbformat.read(blank, as_version=4)
    for student, pupil in chosen.items():
        file = root / "submitted" / student / lesson / f"{lesson}.ipynb"
        file.parent.mkdir(parents=True)
        nbformat.write(_own(fill(template, pupil.answers), student), file)


def _own(notebook: NotebookNode, student: str) -> NotebookNode:
    notebook.cells.append(nbformat.v4.new_code_cell(f"student = {student!r}"))
    return notebook


# --------------------------------------------------------------------------------------------- otter


def otter_zip(file: Path, lesson: str) -> None:
    """Write the archive that ``otter run`` grades by: the same tests in otter's format."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"lang": "python", "autograder_dir": ".", "pdf": False}))
        archive.writestr("requirements.txt", "")
        for name in _exercises(lesson):
            archive.writestr(f"tests/{name}.py", _otter_test(name))


def _exercises(lesson: str) -> Iterator[str]:
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("_check")
        if cell.metadata.get("nbgrader", {}).get("grade") and name in TESTS:
            yield name


def _otter_test(name: str) -> str:
    text = io.StringIO()
    text.write("OK_FORMAT = False\n\nfrom otter.test_files import test_case\n\n")
    text.write(f'name = "{name}"\npoints = 1\n\n@test_case(points=1, hidden=True)\n')
    text.write(f"def test_{name}({name}, np):\n")
    text.writelines(f"    {line}\n" for line in TESTS[name].strip().splitlines())
    return text.getvalue()
