"""The lessons: both trees fresh, no answers in the students' one, and both run."""

from __future__ import annotations

import ast
import base64
import inspect
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from PIL import Image

from grader.exercises import EXERCISES
from grader.lesson import assigned_names, read_lesson
from tests.conftest import ROOT
from tools.course import enter_lessons
from tools.lessons import is_demonstration, stale, without_script
from tools.script import read_script, read_without_pictures

SCRIPTS = sorted((ROOT / "lessons").glob("*.py"))
STEMS = [script.stem for script in SCRIPTS]
MAY_BE_IGNORED = 0.1
"""Share of a lesson's code cells whose outputs nbval need not compare."""


def solution(stem: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "solutions" / stem / f"{stem}.ipynb", as_version=4)


def student(stem: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / stem / f"{stem}.ipynb", as_version=4)


def test_both_trees_are_what_the_scripts_make():
    trees = ROOT / "solutions", ROOT / "notebooks"
    assert stale(SCRIPTS, *trees) == []
    assert without_script(SCRIPTS, *trees) == []
    assert len(without_script(SCRIPTS[1:], *trees)) == 2


def test_a_lesson_that_was_never_built_is_stale(tmp_path):
    script = SCRIPTS[0]
    assert stale([script], tmp_path / "solutions", tmp_path / "notebooks") == [
        f"{tmp_path / 'solutions' / script.stem / script.stem}.ipynb: the cells are not those of {script}"
    ]


def test_released_with_the_gradebook_the_notebooks_are_the_same_bytes(course_template):
    for stem in STEMS:
        released = course_template / "notebooks" / stem / f"{stem}.ipynb"
        assert released.read_bytes() == (ROOT / "notebooks" / stem / f"{stem}.ipynb").read_bytes()


def lines_of_solution(script: Path) -> set[str]:
    """Return the lines that stand in solution regions and nowhere else in the script."""
    text = script.read_text(encoding="utf-8")
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", text, re.S)
    outside = {
        line.strip() for line in re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", text, flags=re.S).splitlines()
    }
    return {line.strip() for region in regions for line in region.splitlines() if len(line.strip()) > 8} - outside


@pytest.mark.parametrize("stem", STEMS)
def test_no_lesson_gives_away_what_another_one_asks_for(stem):
    own = {cell.name for cell in read_lesson(ROOT / "solutions" / stem / f"{stem}.ipynb").of_kind("exercise")}
    code = [cell.source for cell in student(stem).cells if cell.cell_type == "code"]
    defined = [
        node.name for source in code for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
    ]
    for name in EXERCISES:
        assert defined.count(name) == (name in own), name
    text = "\n".join(code)
    for script in SCRIPTS:
        for line in lines_of_solution(script):
            assert len(line) < 40 or line not in text, line


@pytest.mark.parametrize("script", SCRIPTS, ids=STEMS)
def test_students_notebook_holds_no_answer_no_hidden_test_and_no_reference(script):
    text = "\n".join(cell.source for cell in student(script.stem).cells)
    lines = lines_of_solution(script)
    assert lines, "the script has a solution"
    for line in lines:
        assert line not in text
    for word in ("HIDDEN TESTS", "grade_here", "BEGIN SOLUTION", "import grader", "from grader"):
        assert word not in text
    for cell in solution(script.stem).cells:
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata:
            assert cell.source not in text, cell.id
    for cell in read_lesson(ROOT / "solutions" / script.stem / f"{script.stem}.ipynb").of_kind("exercise"):
        body = ast.unparse(ast.parse(inspect.getsource(EXERCISES[cell.name].reference)).body[0].body[1:])
        assert body not in text


@pytest.mark.parametrize("stem", STEMS)
def test_untouched_notebook_runs_with_no_error_but_not_implemented(stem, tmp_path):
    notebook = student(stem)
    folder = tmp_path / stem  # optimlab.save writes beside it
    folder.mkdir()
    NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    lost: set[str] = set()
    raised = 0
    for cell in notebook.cells:
        errors = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        for error in errors:
            raised += error.ename == "NotImplementedError"
            names = {name for name in lost if f"name '{name}' is not defined" in error.evalue}
            assert error.ename == "NotImplementedError" or names, f"{cell.id}: {error.ename}: {error.evalue}"
        if errors:
            lost |= assigned_names([cell.source])
    assert raised >= len([cell for cell in notebook.cells if cell.id.endswith("-check")])


@pytest.mark.parametrize("stem", STEMS)
def test_solved_notebook_gives_the_recorded_outputs(stem, tmp_path):
    # NB: nbval runs a notebook in its own folder, and optimlab.save writes beside that
    folder = Path(shutil.copytree(ROOT / "solutions" / stem, tmp_path / stem))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", "-c", os.devnull,
         f"--rootdir={tmp_path}", "--nbval-kernel-name", "python3", str(folder / f"{stem}.ipynb")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
        env=os.environ | {"OPTIMLAB_STILL": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("stem", STEMS)
def test_each_guess_is_answered_once_below_it_and_no_guess_stops_nothing(stem):
    cells = [cell for cell in solution(stem).cells if cell.cell_type == "code"]
    guesses = [cell for cell in cells if cell.id.startswith("demo-guess-")]
    assert len(guesses) >= 2
    for cell in guesses:
        name = cell.id.removeprefix("demo-").replace("-", "_")
        assert cell.source == f'{name} = "?"\nprint(f"My guess: {{{name}}}")'
        assert cell.outputs[0].text == "My guess: ?\n"
        below = cells[cells.index(cell) + 1 : cells.index(cell) + 4]
        (answer,) = [one for one in below if f"answer_to({name}, " in one.source]
        due = re.search(rf'^print\(answer_to\({name}, (?:"([abc])"|\S+)\)\)$', answer.source, re.M)[1] or r"-?\d\S*"
        said = [line for output in answer.outputs for line in output.get("text", "").splitlines() if "guess" in line]
        assert len(said) == 1
        assert re.fullmatch(rf"You made no guess\. It is {due}\.", said[0])
    assert sum(cell.source.count("answer_to(") for cell in cells) == len(guesses)


@pytest.mark.parametrize("stem", STEMS)
def test_nbval_compares_what_nine_tenths_of_the_code_cells_print(stem):
    cells = [c for c in solution(stem).cells if c.cell_type == "code" and is_demonstration(c)]
    compared = ("stream", "execute_result", "display_data")
    silent = [
        c.id
        for c in cells
        if "nbval-ignore-output" in c.metadata.get("tags", [])
        or not any(o.output_type in compared and _comparable(o) for o in c.outputs)
    ]
    assert len(silent) <= MAY_BE_IGNORED * len([c for c in solution(stem).cells if c.cell_type == "code"]), silent


def _comparable(output: nbformat.NotebookNode) -> bool:
    return output.output_type == "stream" or bool({"text/plain", "text/html"} & set(output.data))


@pytest.mark.parametrize("stem", STEMS)
def test_solved_notebook_gets_full_marks_and_writes_nothing_to_stderr(stem):
    for cell in solution(stem).cells:
        for output in cell.get("outputs", []):
            assert not (output.output_type == "stream" and output.name == "stderr"), cell.id
        if cell.id.endswith("-check"):
            assert float(cell.outputs[-1].data["text/plain"]) == cell.metadata.nbgrader.points


@pytest.mark.parametrize("script", SCRIPTS, ids=STEMS)
def test_solution_in_the_lesson_is_the_reference(script):
    from grader import judge
    from optimlab.outcomes import observe

    for cell in read_script(script).cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in EXERCISES:
            space = {"np": np}
            for earlier in (c for c in read_script(script).cells if c.metadata.get("nbgrader", {}).get("solution")):
                if earlier.cell_type == "code":
                    exec(earlier.source, space)
            paper = judge.paper(EXERCISES[name], 12345)
            came = [observe(space[name], case, EXERCISES[name].shape.parameters) for case in paper.cases]
            assert judge.judge(paper, came).status == "correct"


@pytest.mark.parametrize("script", SCRIPTS, ids=STEMS)
def test_expected_figure_is_what_the_solved_lesson_draws(script):
    _, pictures = read_without_pictures(script)
    notebook = solution(script.stem)
    drawn = {cell.id: [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
             for cell in notebook.cells if cell.id in pictures}  # fmt: skip
    attached = {
        name: data["image/png"] for cell in notebook.cells for name, data in cell.get("attachments", {}).items()
    }
    assert set(attached) == set(pictures.values())
    for cell_id, name in pictures.items():
        assert np.array_equal(pixels(attached[name]), pixels(drawn[cell_id][0])), f"{name}: run make experiments"


def pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))


@pytest.mark.parametrize("stem", STEMS)
def test_expected_figures_show_in_html(stem):
    for notebook in (solution(stem), student(stem)):
        html, _ = HTMLExporter().from_notebook_node(notebook)
        shown = len(
            re.findall(r'<details><summary>What it should look like</summary>\s*<p><img alt="[^"]+" src="data:', html)
        )
        assert shown == sum(len(cell.get("attachments", {})) for cell in notebook.cells)
        assert "](expected:" not in html
        assert "attachment:" not in html


@pytest.mark.parametrize("stem", STEMS)
def test_notebook_is_small_enough_to_open_at_once(stem):
    assert (ROOT / "solutions" / stem / f"{stem}.ipynb").stat().st_size < 1_500_000


def test_make_course_leaves_the_students_notebooks_alone(course_root):
    before = {f: f.read_bytes() for f in (course_root / "notebooks").rglob("*.ipynb")}
    assert enter_lessons(course_root, release="build/release") == STEMS
    assert {f: f.read_bytes() for f in (course_root / "notebooks").rglob("*.ipynb")} == before
    for file, text in before.items():
        assert (course_root / "build" / "release" / file.relative_to(course_root / "notebooks")).read_bytes() == text
