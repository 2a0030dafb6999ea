"""Recorded runs: each is described, found, and written anew only when it changed."""

from __future__ import annotations

import json

import pytest

from optimlab import data
from tests.conftest import ROOT
from tools.experiments import Experiment, load_all
from tools.experiments.__main__ import readme, record, record_pictures
from tools.lessons import BuildError
from tools.script import PICTURES, read_without_pictures

LESSONS = sorted((ROOT / "lessons").glob("*.py"))
SCRIPT = """# %% [markdown]
# ![A falling ball](expected:fall)

# %% demo="fall"
from IPython.display import display

display({"image/png": "iVBORw0KGgo="}, raw=True)
"""


def falling(heights=(3.0, 1.0)):
    """Drop a ball and
    look at it."""
    return {"height": heights}


def experiment(**changes) -> Experiment:
    return Experiment(**{"name": "99_test-fall", "columns": {"height": "metres, shape (2,)"}, "run": falling} | changes)


@pytest.mark.parametrize("name", load_all())
def test_record_holds_the_arrays_that_its_experiment_describes(name):
    described = json.loads((PICTURES / f"{name}.json").read_text(encoding="utf-8"))
    one = load_all()[name]
    assert list(data.recorded(name)) == list(one.columns) == list(described["columns"])
    assert described["what"] == one.what
    assert described["columns"] == one.columns
    assert {"command", "date", "python", "numpy", "system"} <= set(described)


def test_folder_holds_nothing_that_nobody_makes_and_its_readme_is_fresh():
    made = {f"{name}.{kind}" for name in load_all() for kind in ("npz", "json")}
    pictures = {name for script in LESSONS for name in read_without_pictures(script)[1].values()}
    assert {file.name for file in PICTURES.iterdir()} == {*made, *pictures, "README.md"}
    assert (PICTURES / "README.md").read_text(encoding="utf-8") == readme(PICTURES)


def test_record_is_found_by_its_name_and_described_in_the_readme(tmp_path, monkeypatch):
    assert record(experiment(), tmp_path / "experiments")
    monkeypatch.setattr(data, "CHECKOUT", tmp_path)
    assert data.recorded("99_test-fall")["height"].tolist() == [3.0, 1.0]
    page = readme(tmp_path / "experiments")
    assert "## `99_test-fall.npz`\n\nDrop a ball and look at it.\n" in page
    assert "| `height` | metres, shape (2,) |" in page


def test_record_that_comes_out_as_it_was_keeps_its_date(tmp_path):
    record(experiment(), tmp_path)
    file = tmp_path / "99_test-fall.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"date": "', '"date": "long ago, '), encoding="utf-8")
    assert not record(experiment(), tmp_path)
    assert "long ago" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"run": lambda: {"height": (3.0, 2.0)}},
        {"run": lambda: {"height": (3, 1)}},
        {"columns": {"height": "feet, shape (2,)"}},
    ],
    ids=["values", "type", "description"],
)
def test_record_that_changed_is_written_with_a_new_date(tmp_path, changes):
    one = experiment()
    record(one, tmp_path)
    file = tmp_path / "99_test-fall.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"date": "', '"date": "long ago, '), encoding="utf-8")
    assert record(experiment(**changes), tmp_path)
    assert "long ago" not in file.read_text(encoding="utf-8")


def test_experiment_that_returns_other_arrays_than_it_describes_is_refused():
    with pytest.raises(ValueError, match="99_test-fall returned height, but columns= names depth: mend one"):
        experiment(columns={"depth": "metres"})()


def test_expected_figures_are_kept_by_the_name_of_lesson_and_demo(tmp_path):
    script = tmp_path / "99_test.py"
    script.write_text(SCRIPT, encoding="utf-8")
    assert record_pictures(script, tmp_path) == ["99_test-fall.png"]
    assert (tmp_path / "99_test-fall.png").read_bytes() == b"\x89PNG\r\n\x1a\n"


def test_demo_without_a_figure_stops_the_recording_with_a_cure(tmp_path):
    script = tmp_path / "99_test.py"
    script.write_text(SCRIPT.replace("display({", "print({").replace(", raw=True", ""), encoding="utf-8")
    with pytest.raises(BuildError, match=r"99_test.py: demo-fall draws no figure. Take .* out of the lesson."):
        record_pictures(script, tmp_path)


def test_a_cell_of_the_solved_lesson_that_fails_is_named_in_one_line(tmp_path):
    script = tmp_path / "99_test.py"
    script.write_text(SCRIPT.replace("display({", "display(1 / 0, {"), encoding="utf-8")
    with pytest.raises(BuildError) as failed:
        record_pictures(script, tmp_path)
    words = "the cell demo-fall of the solved lesson fails: ZeroDivisionError: division by zero."
    assert str(failed.value) == f"{script}: {words}"
