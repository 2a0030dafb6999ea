"""Compare two outcomes of one case and put the difference into words.

What goes in is what :mod:`optimlab.outcomes` makes: the outcome that came and the one that was due.
What comes out is a :class:`Difference` (or None), a yes or no, or the distance in tolerances. No word that
is made here holds a value that was due.

The self-check and the judge share this module. It holds no reference implementation and no
hidden input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimlab.outcomes import Case, Failure, Made, Outcome, normalise

RTOL = 1e-9
"""Relative tolerance for algebra in float64."""
RTOL_FLOAT32 = 1e-4
"""Relative tolerance where the inputs, or the answer, are float32."""
ATOL = 1e-12
"""Absolute tolerance, for values that are due to be 0."""


@dataclass(frozen=True)
class Shape:
    """What the outcomes of one exercise look like: how to compare them and what to call their parts.

    Parameters
    ----------
    parameters : tuple of str
        Names of the arguments.
    returns : tuple of str
        Names of the returned values; one name where a single value is returned.
    rtol : float
        Relative tolerance on float64 cases.
    view : str
        Name of an entry of :data:`VIEWS` through which outcomes are seen, or empty.
    """

    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    rtol: float = RTOL
    view: str = ""


@dataclass(frozen=True)
class Difference:
    """Where an outcome first departs from the one due, and how.

    Parameters
    ----------
    kind : str
        "failure", "count", "type", "keys", "shape", "not finite", "values" or "modified".
    part : str
        The returned value concerned, by name; empty for the whole.
    words : str
        One sentence.
    """

    kind: str
    part: str
    words: str


# ------------------------------------------------------------------------------------ compare


def difference(got: Outcome, due: Outcome, case: Case, shape: Shape, part: str = "") -> Difference | None:
    """Return where ``got`` departs from ``due``, or None where the two agree.

    Modified arguments are not looked at here; :func:`modification` does.

    Parameters
    ----------
    got, due : Outcome
        Outcomes as :func:`see` shows them.
    case : Case
        The case that both come from.
    shape : Shape
        The exercise's names and tolerance.
    part : str
        Compare only the returned value of this name; empty for all.
    """
    for call, (value, value_due) in enumerate(zip(got.values, due.values, strict=False)):
        found = _first(_leaves(value, value_due, shape, part), case, shape)
        if found is not None:
            if len(due.values) > 1 and found.kind == "values":
                found = replace(found, words=f"At call {call + 1} of {len(due.values)}: {found.words}")
            return found
    if _class_of(got.failure) != _class_of(due.failure) or len(got.values) != len(due.values):
        return Difference("failure", "", failure_words(got.failure, shape))
    return None


def modification(got: Outcome, due: Outcome) -> Difference | None:
    """Return the arguments that were modified although none was to be, or None."""
    parts = [path for path in got.modified if path not in due.modified]
    if not parts:
        return None
    names = ", ".join(f"`{path}`" for path in parts[:4]) + (" and more" if len(parts) > 4 else "")
    return Difference(
        "modified", "inputs", f"Your function changed its argument {names}; it should return new arrays instead."
    )


def same(got: Outcome, due: Outcome, case: Case, shape: Shape, *, inputs: bool = True) -> bool:
    """Tell whether two outcomes agree: values, kind of failure and, with ``inputs``, modified arguments."""
    return difference(got, due, case, shape) is None and (not inputs or set(got.modified) == set(due.modified))


def distance(a: Outcome, b: Outcome, case: Case, shape: Shape, rtol: float | None = None) -> float:
    """Return how far apart two outcomes are, in tolerances: 0 for equal, infinite for another kind.

    ``rtol`` takes the place of the tolerance that the case and the answers' dtypes call for.
    """
    if (
        _class_of(a.failure) != _class_of(b.failure)
        or len(a.values) != len(b.values)
        or set(a.modified) != set(b.modified)
    ):
        return math.inf
    worst = 0.0
    for value_a, value_b in zip(a.values, b.values, strict=True):
        for leaf in _leaves(value_a, value_b, shape, ""):
            if _structure(leaf, shape) is not None:
                return math.inf
            if isinstance(leaf.due, np.ndarray):
                x, y = _aligned(leaf)
                with np.errstate(all="ignore"):
                    error = np.abs(x - y) / _tolerance(x, y, rtol or _rtol(leaf, case, shape))
                if not np.array_equal(_special(x), _special(y)):
                    return math.inf
                finite = np.isfinite(x) & np.isfinite(y)
                worst = max(worst, float(np.max(error[finite], initial=0.0)))
    return worst


def matching(
    outcomes: Sequence[Outcome],
    due: Sequence[Outcome],
    candidates: Mapping[str, Sequence[Outcome]],
    cases: Sequence[Case],
    shape: Shape,
) -> str | None:
    """Return the first candidate that gives the same outcomes in all cases, or None.

    A candidate that agrees in the modified arguments as well is preferred to one that agrees in wrong
    values alone.
    """

    def agree(one: Sequence[Outcome], other: Sequence[Outcome], *, inputs: bool) -> bool:
        return all(same(a, b, c, shape, inputs=inputs) for a, b, c in zip(one, other, cases, strict=True))

    for name, given in candidates.items():
        if agree(outcomes, given, inputs=True):
            return name
    if agree(outcomes, due, inputs=False):
        return None
    return next((name for name, given in candidates.items() if agree(outcomes, given, inputs=False)), None)


# -------------------------------------------------------------------------------------- leaves


@dataclass(frozen=True)
class _Leaf:
    """Two parts that stand in the same place, one of them not a container (or of unlike containers)."""

    path: str
    part: str
    got: Any
    due: Any
    whole: bool = False
    words: str = ""


def _leaves(got: Any, due: Any, shape: Shape, part: str) -> Iterator[_Leaf]:
    several = len(shape.returns) > 1 and isinstance(due, tuple)
    if not several:
        name = shape.returns[0]
        if isinstance(due, dict) and shape.view:
            yield from _view_leaves(got, due, part)
        else:
            yield from _descend(got, due, f"`{name}`", name)
        return
    if not isinstance(got, tuple) or len(got) != len(due):
        yield _Leaf("", "", got, due, whole=True)
        return
    for name, a, b in zip(shape.returns, got, due, strict=True):
        if part in ("", name):
            yield from _descend(a, b, f"`{name}`", name)


def _view_leaves(got: Any, due: dict, part: str) -> Iterator[_Leaf]:
    for name in due:
        if part in ("", name):
            yield _Leaf(name, name, got.get(name) if isinstance(got, dict) else None, due[name], words=VIEW_WORDS[name])


def _descend(got: Any, due: Any, path: str, part: str) -> Iterator[_Leaf]:
    if isinstance(due, dict) and isinstance(got, dict) and set(got) == set(due):
        for key in due:
            yield from _descend(got[key], due[key], f"{path[:-1]}[{key!r}]`", part)
    elif isinstance(due, tuple) and isinstance(got, tuple) and len(got) == len(due):
        for index, (a, b) in enumerate(zip(got, due, strict=True)):
            yield from _descend(a, b, f"{path[:-1]}[{index}]`", part)
    else:
        yield _Leaf(path, part, got, due)


def _first(leaves: Iterator[_Leaf], case: Case, shape: Shape) -> Difference | None:
    """Return the first difference, one of structure before one of values."""
    leaves = list(leaves)
    for leaf in leaves:
        found = _structure(leaf, shape)
        if found is not None:
            return replace(found, words=leaf.words or found.words)
    for leaf in leaves:
        found = _values(leaf, case, shape)
        if found is not None:
            return replace(found, words=leaf.words or found.words)
    return None


def _structure(leaf: _Leaf, shape: Shape) -> Difference | None:
    got, due = leaf.got, leaf.due
    if leaf.whole:
        return Difference("count", "", _count_words(got, shape))
    if got is None and due is not None and len(shape.returns) == 1:
        return Difference("type", leaf.part, "Your function returned nothing. Does it end in a `return`?")
    if isinstance(due, dict) and isinstance(got, dict):
        return Difference("keys", leaf.part, _key_words(leaf))
    if isinstance(due, tuple) and isinstance(got, tuple):
        return Difference("count", leaf.part, f"{leaf.path} has {len(got)} entries where {len(due)} are due.")
    if isinstance(due, np.ndarray):
        got = _as_array(got, due)
        if got is None:
            return Difference("type", leaf.part, f"{leaf.path} is {_kind_of(leaf.got)} where {_kind_of(due)} is due.")
        if got.shape != due.shape and not (due.ndim == 0 and got.size == 1):
            return Difference("shape", leaf.part, f"{leaf.path} has shape {got.shape} where {due.shape} is due.")
        return None
    if type(got) is not type(due):
        return Difference("type", leaf.part, f"{leaf.path} is {_kind_of(got)} where {_kind_of(due)} is due.")
    return None


def _values(leaf: _Leaf, case: Case, shape: Shape) -> Difference | None:
    if not isinstance(leaf.due, np.ndarray):
        if leaf.got == leaf.due:
            return None
        return Difference("values", leaf.part, f"{leaf.path} is not what it should be.")
    got, due = _aligned(leaf)
    wrong = ~_close(got, due, _rtol(leaf, case, shape))
    if not wrong.any():
        return None
    if not np.isfinite(got[wrong]).all() and np.isfinite(due).all():
        return Difference("not finite", leaf.part, f"{leaf.path} holds NaN or infinity.")
    if due.size == 1:
        return Difference("values", leaf.part, f"{leaf.path} is not the number that is due.")
    return Difference("values", leaf.part, f"{leaf.path} differs in {int(wrong.sum())} of {due.size} numbers.")


def _as_array(got: Any, due: np.ndarray) -> np.ndarray | None:
    """Return what stands where an array is due as an array: also a tuple of rows."""
    if isinstance(got, np.ndarray):
        return got
    if isinstance(got, tuple):
        rows = [_as_array(row, due) for row in got]
        if all(row is not None for row in rows) and len({row.shape for row in rows}) <= 1:
            return np.array(rows) if rows else np.zeros((0,) * max(due.ndim, 1))
    return None


def _aligned(leaf: _Leaf) -> tuple[np.ndarray, np.ndarray]:
    got = _as_array(leaf.got, leaf.due)
    got = got.reshape(()) if leaf.due.ndim == 0 else got
    kind = np.complex128 if "c" in (got.dtype.kind, leaf.due.dtype.kind) else np.float64
    return got.astype(kind), leaf.due.astype(kind)


def _rtol(leaf: _Leaf, case: Case, shape: Shape) -> float:
    rtol = case.rtol or shape.rtol
    got = _as_array(leaf.got, leaf.due)
    # NB: a float16 answer is held to float32's tolerance: half precision was never asked for.
    single = got is not None and got.dtype in (np.dtype("f4"), np.dtype("f2"), np.dtype("c8"))
    return max(rtol, RTOL_FLOAT32) if single else rtol


def _tolerance(got: np.ndarray, due: np.ndarray, rtol: float) -> np.ndarray:
    # NB: the largest number of the array counts too. Where terms cancel, equivalent algebra differs by
    # rounding errors of the terms' size, not of the result's.
    finite = np.abs(due[np.isfinite(due)])
    return ATOL + rtol * np.maximum(np.abs(due), finite.max(initial=0.0))


def _close(got: np.ndarray, due: np.ndarray, rtol: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        near = np.abs(got - due) <= _tolerance(got, due, rtol)
    return np.where(np.isfinite(got) & np.isfinite(due), near, _special(got) == _special(due))


def _special(x: np.ndarray) -> np.ndarray:
    """Return 0 where finite, 1 for NaN, 2 and 3 for the infinities: NaN counts as equal to NaN."""
    return np.where(np.isnan(x), 1, np.where(np.isfinite(x), 0, np.where(x.real > 0, 2, 3)))


# --------------------------------------------------------------------------------------- words


def _class_of(failure: Failure | None) -> tuple[str, str] | None:
    return None if failure is None else (failure.kind, failure.exception)


def failure_words(failure: Failure | None, shape: Shape) -> str:
    """Return one sentence on how a function came to no value."""
    if failure is None:
        return "Your function returned where an error is due."
    if failure.kind == "raised":
        where = f" in line {failure.line}, `{failure.line_text}`" if failure.line else ""
        words = f": {failure.message}" if failure.message else ""
        return f"Your function raised {failure.exception}{where}{words}"
    sentences = {
        "timed out": "Your function did not come to an end in time. Is there a loop that never stops?",
        "too large": f"Your function returned too much to look at ({failure.message}).",
        "out of memory": "Your function needed more memory than there is.",
        "crashed": "Your function ended the Python process that ran it.",
        "missing": "There is no function of this name in the notebook.",
        "not continued": _count_words(None, shape),
    }
    return sentences.get(failure.kind, "Your function came to no value.")


def _count_words(got: Any, shape: Shape) -> str:
    due = f"Return {len(shape.returns)} values, `{', '.join(shape.returns)}`"
    if got is None:
        return f"Your function returned nothing. {due}."
    came = f"{len(got)} values" if isinstance(got, tuple) else f"one value, {_kind_of(got)}"
    return f"Your function returned {came}. {due}."


def _key_words(leaf: _Leaf) -> str:
    missing = [k for k in leaf.due if k not in leaf.got]
    surplus = [k for k in leaf.got if k not in leaf.due]
    words = []
    if missing:
        words.append(f"lacks the keys {', '.join(map(repr, missing))}")
    if surplus:
        words.append(f"has the keys {', '.join(map(repr, surplus[:4]))} too many")
    return f"{leaf.path} {' and '.join(words)}."


def _kind_of(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return "a number" if value.ndim == 0 else f"an array of shape {value.shape}"
    if isinstance(value, dict):
        return "a dict"
    if isinstance(value, tuple):
        return f"a sequence of {len(value)}"
    if isinstance(value, str):
        return "a string"
    return f"of type {value.type_name}"


# --------------------------------------------------------------------------------------- views


def see(outcome: Outcome, case: Case, shape: Shape) -> Outcome:
    """Return an outcome as the exercise's view shows it; the outcome itself where there is none."""
    if not shape.view:
        return outcome
    return replace(outcome, values=VIEWS[shape.view](outcome.values, case))


def view_batches(values: tuple[Any, ...], case: Case) -> tuple[Any, ...]:
    """Show lists of mini-batches by what must hold of them, so that any right way to shuffle agrees.

    The case calls the function several times with the same X (n_x, m), Y (1, m) and batch size, the last
    argument being a Generator. The columns of X are all different.

    Returns
    -------
    tuple
        For each call a dict of the properties of its batches; the last one also tells whether equal
        seeds gave equal batches and unequal seeds unequal ones.
    """
    seen = [_batch_properties(value, *call[:3]) for value, call in zip(values, case.calls, strict=False)]
    if len(values) == len(case.calls) and len(values) > 1:
        seeds = [call[3].recipe["rng"] if isinstance(call[3], Made) else None for call in case.calls]
        pairs = [(i, j) for i in range(len(seeds)) for j in range(i)]
        equal = {pair: _same_batches(values[pair[0]], values[pair[1]]) for pair in pairs}
        seen[-1]["repeatable"] = all(equal[i, j] for i, j in pairs if seeds[i] == seeds[j])
        seen[-1]["uses_rng"] = not any(equal[i, j] for i, j in pairs if seeds[i] != seeds[j])
    return tuple(normalise(properties) for properties in seen)


def _batch_properties(value: Any, X: np.ndarray, Y: np.ndarray, batch_size: int) -> dict[str, Any]:
    batches = _as_batches(value)
    if batches is None:
        return {"form": "not a list of pairs of arrays"}
    if any(x.ndim != 2 or y.ndim != 2 or len(x) != len(X) or len(y) != len(Y) for x, y in batches):
        return {"form": "a batch does not have the rows of X and Y"}
    m = X.shape[1]
    column_of = {X[:, i].tobytes(): i for i in range(m)}
    order = [column_of.get(np.ascontiguousarray(c, dtype=X.dtype).tobytes(), -1) for x, _ in batches for c in x.T]
    known = [i for i in order if i >= 0]
    labels = [label for _, y in batches for label in y.T]
    paired = len(labels) == len(order) and all(
        np.array_equal(label, Y[:, i]) for label, i in zip(labels, order, strict=True) if i >= 0
    )
    # A row of the batch sizes is judged, not the number of batches: it says both.
    return {
        "form": "pairs",
        "lost": m - len(set(known)),
        "repeated": len(known) - len(set(known)),
        "foreign": len(order) - len(known),
        "paired": paired,
        "sizes": [x.shape[1] for x, _ in batches],
        "shuffled": order != sorted(order) if m > 1 else True,
    }


def _as_batches(value: Any) -> list[tuple[np.ndarray, np.ndarray]] | None:
    if not isinstance(value, tuple):
        return None
    pairs = []
    for pair in value:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(a, np.ndarray) for a in pair)):
            return None
        pairs.append(pair)
    return pairs


def _same_batches(a: Any, b: Any) -> bool:
    first, second = _as_batches(a), _as_batches(b)
    if first is None or second is None or len(first) != len(second):
        return False
    return all(np.array_equal(x, u) and np.array_equal(y, w) for (x, y), (u, w) in zip(first, second, strict=True))


VIEW_WORDS = {
    "form": "The result is not a list of pairs `(X_t, Y_t)` of arrays with the rows of `X` and `Y`.",
    "lost": "Some examples are in no batch.",
    "repeated": "Some examples are in the batches more than once.",
    "foreign": "The batches hold columns that are not columns of `X`.",
    "paired": "Columns of `X_t` and of `Y_t` in the same place do not belong to the same example.",
    "sizes": "The batches do not have the sizes that are due.",
    "shuffled": "The examples come in the order in which they were given.",
    "repeatable": "Two generators with the same seed give different batches.",
    "uses_rng": "Generators with different seeds give the same batches.",
}
"""What to say where a property that a view shows is not as it should be."""

VIEWS: dict[str, Callable[[tuple[Any, ...], Case], tuple[Any, ...]]] = {"batches": view_batches}
"""The ways to see an outcome by its properties, by name."""
