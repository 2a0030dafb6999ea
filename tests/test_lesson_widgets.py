"""The sliders of the lessons, as the lessons call them: each redraws at once, whatever is chosen."""

from __future__ import annotations

import linecache
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pytest

mpl.use("Agg")

from optimlab import landscapes, plots, widgets
from tests.conftest import ROOT
from tools.script import read_without_pictures

SECONDS = 0.1
"""CPU time of a redraw above which a slider lags behind the hand, on a machine with nothing else to do."""
ORDINARY = 0.055
"""CPU seconds that two paths in a ravine take to redraw there. A busy machine takes longer for them, too."""
RATES = {"gd": 0.4, "momentum": 0.2}
FEWEST = 8
"""Pictures with sliders in the course."""
SCRIPTS = sorted((ROOT / "lessons").glob("*.py"))


@dataclass(frozen=True)
class Sliders:
    """One call of explore."""

    cell: str
    draw: Any
    choices: dict[str, Any]


def sliders_of(cells: list[nbformat.NotebookNode], monkeypatch: pytest.MonkeyPatch) -> list[Sliders]:
    """Run a solved lesson's cells and return its calls of explore."""
    found: list[Sliders] = []
    current = ""

    def record(draw, *, alt=None, play=None, **choices):
        assert play is None or widgets._starts(draw, choices)[play] == choices[play][-1], "play begins at the first"
        found.append(Sliders(current, draw, choices))

    monkeypatch.setattr(widgets, "explore", record)
    space: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        current = cell.id
        visible = cell.source.partition("### BEGIN HIDDEN TESTS")[0]
        linecache.cache[cell.id] = (len(visible), None, visible.splitlines(keepends=True), cell.id)  # for optimlab.save
        exec(compile(visible, cell.id, "exec"), space)
    return found


def code_cells(script: Path) -> list[nbformat.NotebookNode]:
    notebook, _ = read_without_pictures(script)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def redraws(sliders: Sliders) -> dict[str, float]:
    """Return the CPU time of a redraw for each value of each slider, the others at their start."""
    picture, starts = widgets._Picture(sliders.draw, None), widgets._starts(sliders.draw, sliders.choices)
    picture._outputs(starts)
    seconds, busy = {}, how_busy()
    for name, values in sliders.choices.items():
        for value in values:
            chosen = {**starts, name: value}
            taken = cpu_time(picture, chosen) / busy
            if taken >= SECONDS:  # something else may have run just then
                busy = how_busy()
                taken = least_cpu_time(picture, chosen) / busy
            seconds[f"{sliders.cell}: {name} {value}"] = taken
    return seconds


def cpu_time(picture: widgets._Picture, values: dict[str, Any]) -> float:
    begin = time.process_time()
    picture._outputs(values)
    return time.process_time() - begin


def least_cpu_time(picture: widgets._Picture, values: dict[str, Any]) -> float:
    return min(cpu_time(picture, values) for _ in range(3))


def how_busy() -> float:
    """Return how many times longer than on a quiet machine an ordinary picture takes to redraw now; 1 at least."""
    steps = np.arange(41)[:, None]
    paths = {key: np.array([-5.0, -2.0]) * (1 - rate * np.array([0.2, 4.0])) ** steps for key, rate in RATES.items()}
    picture = widgets._Picture(lambda ax: plots.trajectories(landscapes.ravine(), paths, title="Two", ax=ax), None)
    picture._outputs({})
    return max(1.0, least_cpu_time(picture, {}) / ORDINARY)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_every_redraw_is_quick_enough_to_drag_a_slider(script, monkeypatch, tmp_path):
    folder = tmp_path / script.stem
    folder.mkdir()
    monkeypatch.chdir(folder)
    found = sliders_of(code_cells(script), monkeypatch)
    assert found, "a lesson has sliders"
    seconds = {name: taken for sliders in found for name, taken in redraws(sliders).items()}
    slow = {name: round(taken, 3) for name, taken in seconds.items() if taken >= SECONDS}
    median, most = np.median(list(seconds.values())), max(seconds.values())
    print(f"{script.stem}: {len(found)} pictures, {len(seconds)} redraws, median {median:.3f} s, most {most:.3f} s")
    assert slow == {}


def test_the_course_has_pictures_enough_to_play_with():
    calls = [cell.source.count("widgets.explore(") for script in SCRIPTS for cell in code_cells(script)]
    assert sum(calls) >= FEWEST
