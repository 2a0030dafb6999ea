"""Compare two outcomes of one case and put the difference into words.

What goes in is what :mod:`optimlab.outcomes` makes: the outcome that came and the one that was due.
What comes out is a :class:`Difference` (or None), a yes or no, or the distance in tolerances. No word that
is made here holds a value that was due.

The self-check and the judge share this module. It holds no reference implementation and no
hidden input.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimlab.outcomes import SHARED, Again, Case, Failure, Outcome, normalise

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
            if len(due.values) > 1 and found.kind == "values" and not shape.view:
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
                if (x == y).all():
                    continue
                with np.errstate(all="ignore"):
                    error = np.abs(x - y) / _tolerance(y, rtol or _rtol(leaf, case, shape))
                finite = np.isfinite(x) & np.isfinite(y)
                if not finite.all() and not np.array_equal(_special(x), _special(y)):
                    return math.inf
                worst = max(worst, float(np.max(error[finite], initial=0.0)))
            elif leaf.got != leaf.due:  # two words, or None and something
                return math.inf
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
    # A misconception may return more values than there are names, and what is compared with it as well.
    surplus = (f"value {position + 1}" for position in range(len(shape.returns), len(due)))
    for name, a, b in zip((*shape.returns, *surplus), got, due, strict=False):
        if part in ("", name):
            yield from _descend(a, b, f"`{name}`", name)


def _view_leaves(got: Any, due: dict, part: str) -> Iterator[_Leaf]:
    form = got.get("form") if isinstance(got, dict) else None
    if form != due["form"]:  # nothing else can be seen then
        yield _Leaf("form", "form", form, due["form"], words=_view_words("form", form))
        return
    for name in due:
        if part in ("", name):
            yield _Leaf(name, name, got.get(name), due[name], words=_view_words(name, got.get(name)))


def _view_words(name: str, value: Any) -> str:
    words = VIEW_WORDS[name]
    return words if isinstance(words, str) else words.get(value, "")


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
        words = f"Your function returned None where {_kind_of(due)} is due. Does each way through it end in a `return`?"
        return Difference("type", leaf.part, words)
    if due is None and got is not None:  # that None is due would be the answer
        return Difference("type", leaf.part, f"{leaf.path} is {_kind_of(got)} where it should not be.")
    if isinstance(due, dict) and isinstance(got, dict):
        return Difference("keys", leaf.part, _key_words(leaf))
    if isinstance(due, tuple) and isinstance(got, tuple):
        return Difference("count", leaf.part, f"{leaf.path} has {len(got)} entries where {len(due)} are due.")
    if isinstance(due, np.ndarray):
        got = _as_array(got)
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
    if (got == due).all():  # nearly all there is
        return None
    wrong = ~_close(got, due, _rtol(leaf, case, shape))
    if not wrong.any():
        return None
    if not np.isfinite(got[wrong]).all() and np.isfinite(due).all():
        return Difference("not finite", leaf.part, f"{leaf.path} holds NaN or infinity.")
    if due.size == 1:
        return Difference("values", leaf.part, f"{leaf.path} is not the number that is due.")
    return Difference("values", leaf.part, f"{leaf.path} differs in {int(wrong.sum())} of {due.size} numbers.")


def _as_array(got: Any) -> np.ndarray | None:
    """Return what stands where an array is due as an array: also a tuple of rows."""
    if isinstance(got, np.ndarray):
        return got
    if isinstance(got, tuple):
        rows = [_as_array(row) for row in got]
        if all(row is not None for row in rows) and len({row.shape for row in rows}) == 1:
            return np.array(rows)
    return None


def _aligned(leaf: _Leaf) -> tuple[np.ndarray, np.ndarray]:
    got = _as_array(leaf.got)
    got = got.reshape(()) if leaf.due.ndim == 0 else got
    kind = np.complex128 if "c" in (got.dtype.kind, leaf.due.dtype.kind) else np.float64
    return got.astype(kind), leaf.due.astype(kind)


def _rtol(leaf: _Leaf, case: Case, shape: Shape) -> float:
    rtol = case.rtol or shape.rtol
    got = _as_array(leaf.got)
    # NB: a float16 answer is held to float32's tolerance: half precision was never asked for.
    single = got is not None and got.dtype in (np.dtype("f4"), np.dtype("f2"), np.dtype("c8"))
    return max(rtol, RTOL_FLOAT32) if single else rtol


def _tolerance(due: np.ndarray, rtol: float) -> np.ndarray:
    # NB: the largest number of the array counts too. Where terms cancel, equivalent algebra differs by
    # rounding errors of the terms' size, not of the result's.
    finite = np.abs(due[np.isfinite(due)])
    return ATOL + rtol * np.maximum(np.abs(due), finite.max(initial=0.0))


def _close(got: np.ndarray, due: np.ndarray, rtol: float) -> np.ndarray:
    with np.errstate(all="ignore"):
        near = np.abs(got - due) <= _tolerance(due, rtol)
    finite = np.isfinite(got) & np.isfinite(due)
    return near if finite.all() else np.where(finite, near, _special(got) == _special(due))


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
        "too large": f"Your function returned too much to look at{f' ({failure.message})' if failure.message else ''}.",
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
        # NB: a key may be made from a hidden input, so only what looks like a parameter's name is repeated.
        named = [k for k in surplus[:4] if re.fullmatch(r"[A-Za-z_]{0,10}[0-9]{0,2}", str(k))]
        words.append(f"has the keys {', '.join(map(repr, named))} too many" if named else "has keys too many")
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
    if value.type_name == SHARED:
        return "an array that shares its memory with another one that you return"
    # NB: a type's name may be made from a hidden input as well.
    return f"of type {value.type_name}" if re.fullmatch(r"[a-z_]{1,20}", value.type_name) else "of another type"


# --------------------------------------------------------------------------------------- views


def see(outcome: Outcome, case: Case, shape: Shape) -> Outcome:
    """Return an outcome as the exercise's view shows it; the outcome itself where there is none."""
    if not shape.view:
        return outcome
    return replace(outcome, values=VIEWS[shape.view](outcome.values, case))


IMPROBABLE = 1e-12
"""What a right function does with less than this probability counts as wrong."""
NOT_SEEN = "not to be seen"
"""A property of batches that hold too few of the examples."""
FEW_SEEN = 8
"""Less than one in so many examples are too few to see an order."""


def view_batches(values: tuple[Any, ...], case: Case) -> tuple[Any, ...]:
    """Show lists of mini-batches by what must hold of them, so that any right way to shuffle agrees.

    The case calls the function several times with the same X (n_x, m), Y (1, m) and batch size, the last
    argument being a Generator, a new one or that of the call before. The columns of X are all different, and n_x is
    at least 2.

    Returns
    -------
    tuple
        For each call a dict of the properties of its batches: ``form``; if that is good ``examples``, ``pairs`` and
        ``sizes``; and ``order``, if examples so many do not come to lie in their old order by chance. The
        last dict then has ``rng``: whether the batches depend on the generator, and on nothing else. Its ``order``
        also tells of examples that never leave their batch, if there are generators enough to see it.
    """
    seen = [_batch_properties(value, *call[:3]) for value, call in zip(values, case.calls, strict=False)]
    if len(values) == len(case.calls) and all("order" in properties for properties in seen):
        seeds = _states(case)
        hidden = any(properties["order"] == NOT_SEEN for properties in seen)
        seen[-1]["rng"] = NOT_SEEN if hidden else _use_of_generators([_as_batches(value) for value in values], seeds)
        due = {"sizes": "full, the last one smaller", "order": "shuffled"}
        shuffled = seen[-1]["rng"] == "used" and all(due.items() <= properties.items() for properties in seen)
        if shuffled and _some_never_move(values, case):
            seen[-1]["order"] = "some never move"
    return tuple(normalise(properties) for properties in seen)


def _batch_properties(value: Any, X: np.ndarray, Y: np.ndarray, batch_size: int) -> dict[str, Any]:
    form = _form_of_batches(value, len(X), len(Y))
    if form != "pairs":
        return {"form": form}
    batches, m = _as_batches(value), X.shape[1]
    indices = _indices(batches, X)
    properties = {
        "form": form,
        "examples": _examples_words([i for batch in indices for i in batch], m),
        "pairs": _pairs_words(batches, indices, Y),
        "sizes": _sizes_words([x.shape[1] for x, _ in batches], _sizes(m, batch_size)),
    }
    if _order_is_telling(m, batch_size):
        properties["order"] = _order_words(indices, m)
    return properties


def _indices(batches: list[tuple[np.ndarray, np.ndarray]], X: np.ndarray) -> list[list[int]]:
    """Return for each batch which columns of X it holds, -1 for what is none."""
    column_of = {tuple(column): i for i, column in enumerate(X.T.tolist())}
    return [[column_of.get(tuple(column), -1) for column in _first_columns(x, X.shape[1])] for x, _ in batches]


def _form_of_batches(value: Any, rows_x: int, rows_y: int) -> str:
    if value is None:
        return "nothing"
    batches = _as_batches(value)
    if batches is not None:
        return "pairs" if all(_fits(x, rows_x) and _fits(y, rows_y) for x, y in batches) else "other rows"
    if not isinstance(value, tuple):
        return "no list"
    lists = [isinstance(part, tuple) and all(isinstance(a, np.ndarray) for a in part) for part in value]
    return "two lists" if lists == [True, True] else "no pairs"


def _fits(array: np.ndarray, rows: int) -> bool:
    return array.ndim == 2 and len(array) == rows


def _as_batches(value: Any) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Return a list of pairs of arrays; None if the value is none."""
    if isinstance(value, np.ndarray) and value.shape == (0,):
        return []
    if not isinstance(value, tuple):
        return None
    pairs = []
    for pair in value:
        if not isinstance(pair, tuple) or len(pair) != 2:
            return None
        x, y = (_as_array(array) for array in pair)
        if x is None or y is None:
            return None
        pairs.append((x, y))
    return pairs


def _first_columns(array: np.ndarray, m: int) -> list[list[Any]]:
    """Return as many columns as are enough to see that there are more than m."""
    return array[:, : m + 1].T.tolist()


def _examples_words(order: list[int], m: int) -> str:
    if -1 in order:
        return "columns that X has not"
    lost, repeated = len(set(order)) < m, len(set(order)) < len(order)
    return {
        (False, False): "each once",
        (True, False): "some lost",
        (False, True): "some repeated",
        (True, True): "some lost, some repeated",
    }[lost, repeated]


def _pairs_words(batches: list[tuple[np.ndarray, np.ndarray]], indices: list[list[int]], Y: np.ndarray) -> str:
    """Say whether the labels stand beside their examples; columns that X has not are passed over."""
    labels_of_batches = [_first_columns(y, Y.shape[1]) for _, y in batches]
    labels = Y.T.tolist()
    together = all(x.shape[1] == y.shape[1] for x, y in batches) and all(
        label == labels[i]
        for mine, own in zip(labels_of_batches, indices, strict=True)
        for label, i in zip(mine, own, strict=True)
        if i >= 0
    )
    if together:
        return "together"
    in_row = [label for mine in labels_of_batches for label in mine]
    return "Y in its old order" if in_row == labels else "parted"


def _sizes(m: int, batch_size: int) -> list[int]:
    return [min(batch_size, m - start) for start in range(0, m, batch_size)]


def _sizes_words(sizes: list[int], due: list[int]) -> str | list[int]:
    if sizes == due:
        return "full, the last one smaller"
    return "in another order" if sorted(sizes) == sorted(due) else sizes


def _order_is_telling(m: int, batch_size: int) -> bool:
    """Tell whether an honest shuffle practically never leaves neighbours of X together in each batch."""
    if batch_size == 1:
        return -math.lgamma(m + 1) < math.log(IMPROBABLE)
    sizes = _sizes(m, batch_size)
    return _log_chance_of_neighbours(m, len(sizes), sizes) < math.log(IMPROBABLE)


def _log_chance_of_neighbours(m: int, batches: int, sizes: list[int]) -> float:
    """Return a bound on the chance that in an honest shuffle some batches of these sizes hold neighbours of X."""
    which = math.log(math.comb(batches, len(sizes)))
    where = len(sizes) * math.log(m)
    inside = sum(math.lgamma(size + 1) for size in sizes) + math.lgamma(m - sum(sizes) + 1)
    return which + where + inside - math.lgamma(m + 1)


def _order_words(indices: list[list[int]], m: int) -> str:
    # NB: which examples share a batch is judged, not how they lie inside it: sorting the examples of a batch
    # does no harm, and shuffling inside it no good.
    order = [i for batch in indices for i in batch if i >= 0]
    if FEW_SEEN * len(set(order)) < m:
        return NOT_SEEN
    if order == sorted(order):
        return "as given"
    several = [set(batch) for batch in indices if len(set(batch)) > 1]
    blocks = [batch for batch in several if _are_neighbours(batch, m)]
    sizes = [len(block) for block in blocks]
    if not blocks or (sum(sizes) <= m and _log_chance_of_neighbours(m, len(indices), sizes) > math.log(IMPROBABLE)):
        return "shuffled"
    starts = [min(batch) for batch in indices if batch]
    return "inside the batches" if len(blocks) == len(several) and starts == sorted(starts) else "neighbours together"


def _some_never_move(values: tuple[Any, ...], case: Case) -> bool:
    """Tell whether examples lie where they would without a shuffle at every seed, and not by chance."""
    X, _, batch_size, _ = case.calls[0]
    m = X.shape[1]
    of_seed = dict(zip(_states(case), map(_as_batches, values), strict=True))
    by_chance = sum(size * (size / m) ** len(of_seed) for size in _sizes(m, batch_size))
    if by_chance > IMPROBABLE:
        return False
    staying = set(range(m))
    for batches in of_seed.values():
        staying &= {i for number, own in enumerate(_indices(batches, X)) for i in own if i // batch_size == number}
    return bool(staying)


def _are_neighbours(columns: set[int], m: int) -> bool:
    """Tell whether columns lie side by side in X, the first one beside the last."""
    return sum((i + 1) % m not in columns for i in columns) <= 1


def _states(case: Case) -> list[tuple[int, int]]:
    """Return for each call the seed of its generator, and how many calls that has served before."""
    states: list[tuple[int, int]] = []
    for call in case.calls:
        states.append((states[-1][0], states[-1][1] + 1) if isinstance(call[3], Again) else (call[3].recipe["rng"], 0))
    return states


def _use_of_generators(results: list[list[tuple[np.ndarray, np.ndarray]]], states: list[tuple[int, int]]) -> str:
    pairs = [(i, j) for i in range(len(states)) for j in range(i)]
    equal = {(i, j): _same_batches(results[i], results[j]) for i, j in pairs}
    if not all(equal[i, j] for i, j in pairs if states[i] == states[j]):
        return "not repeatable"
    alike = [(states[i], states[j]) for i, j in pairs if states[i] != states[j] and equal[i, j]]
    if not alike:
        return "used"
    return "left where it was" if all(one[0] == other[0] for one, other in alike) else "ignored"


def _same_batches(first: list[tuple[np.ndarray, np.ndarray]], second: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(x, u) and np.array_equal(y, w) for (x, y), (u, w) in zip(first, second, strict=True)
    )


VIEW_WORDS: dict[str, str | dict[Any, str]] = {
    "form": {
        "nothing": "Your function returned nothing. Does it end in a `return`?",
        "no list": "The result is not a list.",
        "no pairs": "The result is not a list of pairs `(X_t, Y_t)` of arrays.",
        "two lists": "The result is two lists. Due is one list of pairs `(X_t, Y_t)`.",
        "other rows": "The arrays of a batch do not have the rows of `X` and `Y`, with examples in columns.",
    },
    "examples": {
        "some lost": "Some examples are in no batch.",
        "some repeated": "Some examples are in the batches more than once.",
        "some lost, some repeated": "Some examples are in no batch, and some in more than one place.",
        "columns that X has not": "The batches hold columns that are not columns of `X`.",
    },
    "pairs": {
        "parted": "Columns of `X_t` and of `Y_t` in the same place do not belong to the same example.",
        "Y in its old order": "The columns of `X` have new places, those of `Y` their old ones.",
    },
    "sizes": "The batches do not have the sizes that are due, from the first to the last.",
    "order": {
        NOT_SEEN: "So many examples are missing that no order can be seen.",
        "as given": "The examples come in the order in which they were given.",
        "inside the batches": "The examples change places inside the batches only: always the same ones share one.",
        "some never move": "Whatever the generator, there are examples that stay in the batch in which they would be "
        "without a shuffle.",
        "neighbours together": "Neighbours in `X` stay together: always the same examples share a batch.",
    },
    "rng": {
        NOT_SEEN: "So many examples are missing that the use of `rng` cannot be seen.",
        "not repeatable": "Two generators with the same seed give different batches.",
        "ignored": "Generators with different seeds give the same batches.",
        "left where it was": "A second call with the same generator gives the same batches again.",
    },
}
"""What to say where a property that a view shows is not as it should be: for all values alike, or for each."""

VIEWS: dict[str, Callable[[tuple[Any, ...], Case], tuple[Any, ...]]] = {"batches": view_batches}
"""The ways to see an outcome by its properties, by name."""
