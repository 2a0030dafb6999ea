"""Recorded runs: what takes too long for a lesson is run here once, and the lesson draws the record.

A module of this package holds the experiments of one lesson. An experiment is a function that returns arrays::

    @experiment("03_momentum-network", columns={"rates": "learning rates of the grid, shape (rates,)"})
    def network(seeds=range(30)):
        \"\"\"Say in one paragraph what was run.\"\"\"
        return {"rates": RATES, ...}

``make experiments`` writes ``datasets/experiments/NAME.npz`` with the arrays, ``NAME.json`` with how they were
made, the expected figures that the lessons name (see :mod:`tools.script`), and a README of it all. A lesson reads
``optimlab.data.recorded(NAME)``; a test runs the function with fewer seeds and compares.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Experiment:
    """A run to record.

    Parameters
    ----------
    name : str
        Name of its files: the lesson's stem, a hyphen, a word.
    columns : dict of str to str
        For each array that it returns: what it holds, with shape and unit.
    run : callable
        Returns the arrays; called without arguments for the record.
    """

    name: str
    columns: dict[str, str]
    run: Callable[..., Arrays]

    @property
    def what(self) -> str:
        """What was run, in one paragraph: the function's docstring."""
        return " ".join((inspect.getdoc(self.run) or "").split())

    def __call__(self, **settings: object) -> Arrays:
        """Run it, in full or with other settings.

        Raises
        ------
        ValueError
            The arrays are not those that `columns` names.
        """
        arrays = {key: np.asarray(value) for key, value in self.run(**settings).items()}
        if list(arrays) != list(self.columns):
            raise ValueError(
                f"{self.name} returned {', '.join(arrays)}, but columns= names {', '.join(self.columns)}: mend one"
            )
        return arrays


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(name: str, columns: dict[str, str]) -> Callable[[Callable[..., Arrays]], Experiment]:
    """Enter a function among the experiments; a decorator."""

    def enter(run: Callable[..., Arrays]) -> Experiment:
        EXPERIMENTS[name] = Experiment(name, columns, run)
        return EXPERIMENTS[name]

    return enter


def load_all() -> dict[str, Experiment]:
    """Return the experiments of all lessons, by name."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(EXPERIMENTS.items()))
