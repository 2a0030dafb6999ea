"""A lesson is corrected in mid-term: a student's work moves to the new version, and the old version is still graded."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from grader.classroom import Course
from optimlab.update import UpdateError, merge, update
from tests.conftest import ROOT
from tools.pupils import fill, pupils
from tools.release import worked

LESSON = "03_momentum"
RIGHT = next(pupil for pupil in pupils(LESSON) if pupil.name == "right-01")


def released() -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)


def corrected() -> nbformat.NotebookNode:
    """Return a version with another docstring in a stub, a paragraph and a demonstration added, one of each gone."""
    notebook = released()
    stub = cell_of(notebook, "init_velocity")
    stub.source = stub.source.replace('"""Return', '"""Make and return', 1)
    stub.metadata.nbgrader.checksum = compute_checksum(stub)
    notebook.cells[2].source = "A better paragraph."
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") not in ("demo-mean-gradient",)]
    added = nbformat.v4.new_code_cell("print('new')", id="demo-added", metadata={"tags": ["demonstration"]})
    notebook.cells.insert(5, added)
    return notebook


def cell_of(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def half_filled() -> nbformat.NotebookNode:
    """Return the old version with one answer, one guess, one question answered and two cells of the student's own."""
    notebook = released()
    cell_of(notebook, "momentum_step").source = RIGHT.answers["momentum_step"]
    cell_of(notebook, "question_fair_comparison").source = "Because each has a rate of its own."
    guess = next(cell for cell in notebook.cells if cell.get("id") == "demo-guess-limit")
    guess.source = guess.source.replace('"?"', '"b"')
    step = notebook.cells.index(cell_of(notebook, "momentum_step"))
    notebook.cells[step + 1 : step + 1] = [nbformat.v4.new_code_cell("2 + 2"), nbformat.v4.new_markdown_cell("A note.")]
    return notebook


def test_answers_guesses_and_own_cells_go_over_and_the_rest_is_new():
    new, moved = merge(half_filled(), corrected(), Path("new.ipynb"))
    assert moved.answers == ["momentum_step", "question_fair_comparison"]
    assert (moved.guesses, moved.own, moved.left) == (["limit"], 2, [])
    assert cell_of(new, "momentum_step").source == RIGHT.answers["momentum_step"]
    assert "Make and return" in cell_of(new, "init_velocity").source, "an untouched stub is the new one"
    assert new.cells[2].source == "A better paragraph."
    step = new.cells.index(cell_of(new, "momentum_step"))
    assert [cell.source for cell in new.cells[step + 1 : step + 3]] == ["2 + 2", "A note."]
    assert "demo-mean-gradient" not in [cell.get("id") for cell in new.cells]
    assert len(new.cells) == len(corrected().cells) + 2
    nbformat.validate(new)


def test_answers_are_found_without_metadata_and_without_ids():
    for loses_ids in (False, True):
        old = half_filled()
        for number, cell in enumerate(old.cells):
            cell.metadata = nbformat.from_dict({})
            cell.id = f"cell-{number}" if loses_ids else cell.id
        new, moved = merge(old, corrected(), Path("new.ipynb"))
        assert "momentum_step" in moved.answers
        assert cell_of(new, "momentum_step").source == RIGHT.answers["momentum_step"]


def test_an_answer_without_a_place_stands_at_the_end():
    new = corrected()
    new.cells.remove(cell_of(new, "momentum_step"))
    merged, moved = merge(half_filled(), new, Path("new.ipynb"))
    assert moved.left == ["momentum_step"]
    assert merged.cells[-1].source == RIGHT.answers["momentum_step"]


def test_work_in_the_new_version_is_never_overwritten(tmp_path):
    old, new = tmp_path / "old" / f"{LESSON}.ipynb", tmp_path / "new" / f"{LESSON}.ipynb"
    for file, notebook in ((old, half_filled()), (new, corrected())):
        file.parent.mkdir()
        nbformat.write(notebook, file)
    before = old.read_bytes()
    (moved,) = update(tmp_path / "old", tmp_path / "new")
    assert str(moved).endswith("2 answers, 1 guess; 2 cells of your own")
    assert old.read_bytes() == before
    after = new.read_bytes()
    with pytest.raises(UpdateError, match="has work in it already \\(momentum_step, question_fair_comparison\\)"):
        update(old, new)
    assert new.read_bytes() == after


@pytest.mark.parametrize("solved", ["old", "new"])
def test_worked_solutions_beside_the_lessons_are_nobodys_work(tmp_path, solved):
    for name, notebook in (("old", half_filled()), ("new", corrected())):
        lesson = tmp_path / name / LESSON / f"{LESSON}.ipynb"
        lesson.parent.mkdir(parents=True)
        nbformat.write(notebook, lesson)
    (tmp_path / solved / "solutions").mkdir()
    nbformat.write(worked(LESSON), tmp_path / solved / "solutions" / f"{LESSON}.ipynb")
    (moved,) = update(tmp_path / "old", tmp_path / "new")
    assert moved.notebook == tmp_path / "new" / LESSON / f"{LESSON}.ipynb"
    assert moved.answers == ["momentum_step", "question_fair_comparison"]


def test_two_notebooks_of_one_name_are_not_mixed_up(tmp_path):
    for folder in ("old/a", "old/b", "new"):
        lesson = tmp_path / folder / LESSON / f"{LESSON}.ipynb"
        lesson.parent.mkdir(parents=True)
        nbformat.write(released(), lesson)
    with pytest.raises(UpdateError, match=r"have one name\. Give the folder of one of them"):
        update(tmp_path / "old", tmp_path / "new")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nothing", ".", "there is no .*nothing"),
        ("a.ipynb", "a.ipynb", "both old and new"),
        ("broken.ipynb", "a.ipynb", "broken.ipynb is no notebook"),
        ("a.ipynb", "empty", "no a.ipynb below"),
        ("empty", ".", "has the name of one"),
    ],
)
def test_bad_input_gets_one_line_and_changes_nothing(tmp_path, old, new, words):
    nbformat.write(released(), tmp_path / "a.ipynb")
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "empty").mkdir()
    before = {file: file.read_bytes() for file in tmp_path.glob("*.ipynb")}
    with pytest.raises(UpdateError, match=words):
        update(tmp_path / old, tmp_path / new)
    assert {file: file.read_bytes() for file in tmp_path.glob("*.ipynb")} == before


def test_submissions_of_the_old_version_are_graded_under_the_new_one(course_root):
    """The instructor's notebook is the released one; a submission may come from a version before it or after it."""
    other = corrected()
    for name, notebook in (("same", released()), ("other", other), ("moved", None)):
        notebook = notebook or merge(fill(released(), RIGHT.answers), copy.deepcopy(other), Path("x"))[0]
        filled = notebook if name == "moved" else fill(notebook, RIGHT.answers)
        file = course_root / "submitted" / name / LESSON / f"{LESSON}.ipynb"
        file.parent.mkdir(parents=True)
        nbformat.write(filled, file)
    summary = Course(course_root).autograde(LESSON)
    assert summary.problems == []
    assert {name: record.points for name, record in summary.records.items()} == {"same": 6, "other": 6, "moved": 6}
