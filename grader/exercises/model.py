"""What an exercise's table is made of: aspects with points, cases, misconceptions with their hints."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from optimlab.compare import RTOL, Shape
from optimlab.outcomes import Case

INPUTS = "inputs untouched"
"""The ``of`` of an aspect that is lost where the function modifies its arguments."""


@dataclass(frozen=True)
class Aspect:
    """A part of an exercise that has points of its own: all of them or none.

    Parameters
    ----------
    name : str
        What the student reads beside the points.
    points : float
        Points of the check cell that rest on it.
    of : str
        The returned value it looks at, by name; :data:`INPUTS`; or empty for everything returned.
    tag : str
        Only cases with this tag count; empty for all.
    """

    name: str
    points: float
    of: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, as the function that it leads to.

    Parameters
    ----------
    name : str
        Its name in verdicts and reports.
    function : callable
        What a student with this idea writes. Its own source is enough to run it: it uses NumPy as ``np``
        and nothing else from outside.
    hint : str
        What the student is told: which idea it is, and a question. Never the answer.
    lecture : str
        What the instructor may tell a class that has this idea: the answer, and what shows it.
    fails : frozenset of str
        Names of the aspects that it loses.
    """

    name: str
    function: Callable
    hint: str
    fails: frozenset[str]
    lecture: str = ""


@dataclass(frozen=True)
class Exercise:
    """One function that students write, and all that its grading needs.

    Parameters
    ----------
    reference : callable
        The right function; its name and signature are the exercise's.
    returns : tuple of str
        Names of the returned values.
    aspects : tuple of Aspect
        Together they make the points of the check cell.
    draw : callable
        ``draw(rng) -> list of Case``: the hidden cases.
    worked : tuple of Case
        The cases of the self-check, small enough to follow by hand. Students see them.
    rtol : float
        Relative tolerance on float64 cases.
    view : str
        A view of :data:`optimlab.compare.VIEWS` through which outcomes are judged, or empty.
    domain : str
        For which inputs the function must work, where the docstring's types don't say it.
    builds_on : tuple of str
        Earlier exercises that a solution may call. The reference then takes them as keyword arguments.
    """

    reference: Callable
    returns: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    draw: Callable[[np.random.Generator], list[Case]]
    worked: tuple[Case, ...]
    rtol: float = RTOL
    view: str = ""
    domain: str = ""
    builds_on: tuple[str, ...] = ()
    misconceptions: dict[str, Misconception] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.reference.__name__

    @property
    def points(self) -> float:
        """Points of the check cell."""
        return sum(aspect.points for aspect in self.aspects)

    @cached_property
    def shape(self) -> Shape:
        """What its outcomes look like."""
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
        parameters = inspect.signature(self.reference).parameters
        names = tuple(name for name, p in parameters.items() if p.kind in kinds)
        return Shape(names, self.returns, self.rtol, self.view)

    def reference_with(self, earlier: Mapping[str, Callable]) -> Callable:
        """Return the reference built on other versions of the exercises that it may call."""
        replaced = {name: earlier[name] for name in self.builds_on if name in earlier}
        if not replaced:
            return self.reference
        return lambda *arguments: self.reference(*arguments, **replaced)

    def misconception(self, *, fails: tuple[str, ...], hint: str, lecture: str = "") -> Callable[[Callable], Callable]:
        """Decorate a function: enter it in the table as a misconception, under its own name."""
        place, names = f"{self.name} in grader/exercises/", [aspect.name for aspect in self.aspects]
        if not fails:
            raise ValueError(f"{place}: a misconception has fails=(). Name the aspects that it loses.")
        for unknown in sorted(set(fails) - set(names)):
            raise ValueError(f"{place}: there is no aspect {unknown!r}; fails= takes some of {', '.join(names)}")

        # Where nothing that is returned is right, leaving the inputs alone earns nothing either.
        if all(aspect.name in fails for aspect in self.aspects if aspect.of != INPUTS):
            fails = tuple(names)

        def enter(function: Callable) -> Callable:
            name = function.__name__
            if name in self.misconceptions:
                raise ValueError(f"{place}: the misconception {name} stands twice in the table. Rename one of them.")
            self.misconceptions[name] = Misconception(name, function, hint, frozenset(fails), lecture)
            return function

        return enter


def case(name: str, *calls: tuple[Any, ...], tags: tuple[str, ...] = (), rtol: float | None = None) -> Case:
    """Return a case: its name, then the arguments of each call.

    Raises
    ------
    ValueError
        A call is no tuple.
    """
    for call in calls:
        if not isinstance(call, tuple):
            raise ValueError(f"the case {name!r}: each call is a tuple of arguments. Write ({call!r},).")
    return Case(name, calls, frozenset(tags), rtol)
