"""Values in one form, their JSON form against hostile data, and what is seen of a call."""

import contextlib
import itertools
import json
import linecache
import signal
import sys
import threading
import time
import tracemalloc
import warnings
from collections import OrderedDict, UserDict
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optimlab import landscapes, network, outcomes
from optimlab.outcomes import (
    SHARED,
    Case,
    Failure,
    Made,
    Other,
    Outcome,
    Previous,
    TooLarge,
    decode,
    encode,
    normalise,
    observe,
)


def equal(a, b):
    """Tell whether two normalised values are the same, NaN equal to NaN, dtypes and types included."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return type(a) is type(b) is np.ndarray and (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, (tuple, list)) and type(a) is type(b):
        return len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


def array(*arguments, **options):
    return np.array(*arguments, **options)


# ----------------------------------------------------------------------------------- normalise


class Tensor:
    """Like the arrays of other libraries: not an ndarray, and ready to become one."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])


ONE_FORM = {
    "int": (3, array(3)),
    "int beyond float64's digits": (2**63, array(2**63, dtype="u8")),
    "int beyond 64 bits": (10**20, array(1e20)),
    "int beyond float64": (10**400, Other("array of object")),
    "float": (0.5, array(0.5)),
    "negative zero": (-0.0, array(-0.0)),
    "NaN": (float("nan"), array(np.nan)),
    "complex": (1 + 2j, array(1 + 2j)),
    "bool": (True, array(True)),
    "np.float64": (np.float64(0.5), array(0.5)),
    "np.float32": (np.float32(0.5), array(0.5, dtype="f4")),
    "np.int16": (np.int16(7), array(7, dtype="i2")),
    "np.bool": (np.True_, array(True)),
    "0-d array": (np.array(0.5), array(0.5)),
    "Fraction": (Fraction(1, 4), array(0.25)),
    "Decimal": (Decimal("0.25"), array(0.25)),
    "Decimal that is no number": (Decimal("NaN"), array(np.nan)),
    "Fraction beyond float64": (Fraction(10**400), Other("Fraction")),
    "array": (np.array([[1.0, 2.0]]), array([[1.0, 2.0]])),
    "float32 array": (np.ones(2, "f4"), array([1, 1], dtype="f4")),
    "array that is not contiguous": (np.arange(6.0)[::2], array([0.0, 2, 4])),
    "matrix": (np.array([[1.0, 2.0]]).view(np.matrix), array([[1.0, 2.0]])),
    "masked array": (np.ma.array([1.0, 2.0], mask=[True, False]), array([1.0, 2.0])),
    "array of another library": (Tensor(), array([1.0, 2.0])),
    "object array of numbers": (np.array([1, Fraction(1, 2)], dtype=object), array([1.0, 0.5])),
    "object array of anything": (np.array([1, "a"], dtype=object), Other("array of object")),
    "object array of None is not NaN": (np.array([None]), Other("array of object")),
    "object array of digits is no number": (np.array(["1"], dtype=object), Other("array of object")),
    "array of strings": (np.array(["ab"]), Other("array of <U2")),
    "array of dates": (np.array(["2024-01-01"], dtype="M8[D]"), Other("array of datetime64[D]")),
    "list of numbers": ([1, 2.5], array([1, 2.5])),
    "tuple of numbers": ((1, 2), array([1, 2])),
    "list of np.float64 and 0-d arrays": ([np.float64(1), np.array(2.0)], array([1.0, 2.0])),
    "list with a complex number": ([1, 1j], array([1, 1j])),
    "list of Fractions": ([Fraction(1, 2), 1], array([0.5, 1.0])),
    "list of a huge int": ([10**400], Other("array of object")),
    "empty list": ([], array([])),
    "empty tuple": ((), array([])),
    "list of lists": ([[1.0], [2.0]], (array([1.0]), array([2.0]))),
    "list of strings": (["a", np.str_("b")], ("a", "b")),
    "list of np.str_": ([np.str_("a")], ("a",)),
    "list of None": ([None, 1], (None, array(1))),
    "list of arrays": ([np.ones(1)], (array([1.0]),)),
    "class": (int, Other("type")),
    "dict": ({"W1": 1.0}, {"W1": array(1.0)}),
    "empty dict": ({}, {}),
    "subclass of dict": (OrderedDict(a=1), {"a": array(1)}),
    "other mapping": (UserDict(a=[1]), {"a": array([1])}),
    "keys that are numbers": ({1: 1, np.int64(2): 2}, {1: array(1), 2: array(2)}),
    "keys that are anything": ({None: 1, 1.5: 2}, {"None": array(1), "1.5": array(2)}),
    "string": ("saddle", "saddle"),
    "np.str_": (np.str_("saddle"), "saddle"),
    "half a character": ("\ud800", "?"),
    "None": (None, None),
    "generator": ((i for i in range(3)), Other("generator")),
    "range": (range(3), Other("range")),
    "set": ({1}, Other("set")),
    "function": (len, Other("builtin_function_or_method")),
    "bytes": (b"a", Other("bytes")),
    "already normalised": (Other("set"), Other("set")),
}


@pytest.mark.parametrize("name", ONE_FORM)
def test_a_value_has_one_form_however_it_is_written(name):
    value, due = ONE_FORM[name]
    got = normalise(value)
    assert equal(got, due), got


def test_a_normalised_array_shares_no_memory_with_the_student():
    mine = np.ones(3)
    kept = normalise([mine, mine])
    mine[...] = 0
    assert kept[0].tolist() == kept[1].tolist() == [1, 1, 1]


def test_long_texts_are_cut():
    assert len(normalise("x" * 10_000)) == outcomes.MAX_TEXT
    assert len(next(iter(normalise({"k" * 10_000: 1})))) == 200
    assert len(normalise(type("C" * 1000, (), {})()).type_name) == 200
    fields = np.zeros(1, dtype=[(f"field_{i}", float) for i in range(100)])
    assert len(normalise(fields).type_name) == 200


def _nested(depth):
    value = [None]
    for _ in range(depth):
        value = [value]
    return value


def _in_itself():
    value = [1]
    value.append(value)
    return value


def _dict_in_itself():
    value = {}
    value["me"] = value
    return value


MAX = outcomes.MAX_ELEMENTS
TOO_LARGE = {
    "array": lambda: np.broadcast_to(0.0, (MAX + 1,)),
    "array beyond all memory": lambda: np.broadcast_to(0.0, (10**9, 10**9)),
    "array of no numbers and a boundless shape": lambda: np.empty((0, 10**12)),
    "array in a masked array": lambda: np.ma.array(np.broadcast_to(0.0, (MAX + 1,))),
    "list": lambda: [None] * (MAX + 1),
    "list of numbers": lambda: [0] * (MAX + 1),
    "many arrays": lambda: [np.broadcast_to(0.0, (MAX // 4,))] * 5,
    "dict": lambda: SimpleMapping(MAX + 1),
    "list in itself": _in_itself,
    "dict in itself": _dict_in_itself,
    "nested too deeply": lambda: _nested(outcomes.MAX_DEPTH),
    "nested far too deeply": lambda: _nested(50_000),
}


class SimpleMapping(UserDict):
    """A mapping that tells its length and whose items nobody should ask for."""

    def __init__(self, length):
        super().__init__()
        self.length = length

    def __len__(self):
        return self.length

    def items(self):
        raise AssertionError("it was copied before it was counted")


@pytest.mark.parametrize("name", TOO_LARGE)
def test_sizes_are_counted_before_anything_is_copied(name):
    value = TOO_LARGE[name]()
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            normalise(value)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_strings_entries_and_keys_count(monkeypatch):
    monkeypatch.setattr(outcomes, "MAX_ELEMENTS", 10)
    assert len(normalise([["a", "b"], ["c", "d"]])) == 2
    for value in ([["a", "b", "c"], ["d", "e", "f"]], {str(i): "a" for i in range(6)}, [[1.0] * 5, [1.0] * 5]):
        with pytest.raises(TooLarge, match="more than 10 elements"):
            normalise(value)


def test_what_is_just_small_enough_passes():
    assert normalise(np.broadcast_to(np.int8(1), (MAX,))).size == MAX
    assert normalise(_nested(outcomes.MAX_DEPTH - 1)) is not None


# ---------------------------------------------------------------------------------- JSON form

dtypes = st.sampled_from(["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"])
arrays = dtypes.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), arrays, st.builds(Other, st.just("set"))
)
keys = st.one_of(st.text(max_size=5), st.integers())
data = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)


def through_json(value):
    return json.loads(json.dumps(value))


@settings(max_examples=150, deadline=None)
@given(data)
def test_data_come_back_from_json_as_they_went(value):
    assert equal(decode(through_json(encode(value))), value)


@settings(max_examples=150, deadline=None)
@given(st.lists(data, max_size=3), st.lists(st.text(max_size=9), max_size=3))
def test_an_outcome_comes_back_from_json_as_it_went(values, modified):
    outcome = Outcome(tuple(normalise(value) for value in values), None, tuple(modified), 7)
    back = Outcome.from_json(through_json(outcome.to_json()))
    assert equal(back.values, outcome.values)
    assert (back.failure, back.modified, back.printed) == (None, outcome.modified, 7)


@pytest.mark.parametrize("kind", outcomes.FAILURES)
def test_a_failure_comes_back_from_json_as_it_went(kind):
    failure = Failure(kind, 2, "ValueError", "no", 3, "raise ValueError('no')")
    assert Outcome.from_json(through_json(Outcome(failure=failure).to_json())).failure == failure
    failure = Failure(kind)
    assert Outcome.from_json(through_json(Outcome(failure=failure).to_json())).failure == failure


def test_a_case_crosses_with_its_recipes_and_without_what_the_judge_keeps():
    calls = (({"W1": np.ones((2, 1))}, 3, Made({"rng": 5})), (Previous(0), [1, (2.5, None)], Previous()))
    crossed = through_json(Case("two calls", calls, frozenset({"secret"}), 1e-3).to_json())
    assert "secret" not in json.dumps(crossed)
    back = Case.from_json(crossed)
    assert equal(back.calls[0][:2], calls[0][:2])
    assert back.calls[0][2] == Made({"rng": 5})
    assert back.calls[1] == calls[1]
    assert (back.name, back.tags, back.rtol) == ("two calls", frozenset(), None)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (np.longdouble("0.5"), array(0.5)),
        (np.array([1, 2], dtype=">f8"), array([1.0, 2.0])),
        (np.array([1j], dtype=np.clongdouble), array([1j])),
        (np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0).reshape(2, 3)),
    ],
)
def test_arrays_of_unusual_kinds_cross_by_value(value, due):
    assert equal(decode(through_json(encode(value))), due)


def test_an_array_that_crossed_can_be_written_to():
    decode(encode(np.zeros(2)))[0] = 1


def test_what_is_not_data_is_not_encoded():
    with pytest.raises(TypeError, match="set is not data"):
        encode([{1}])


EIGHT = "AAAAAAAA8D8="
"""Eight bytes: 1.0."""


def _deep(tag, depth):
    value = None
    for _ in range(depth):
        value = {tag: [value] if tag == "list" else [["k", value]]}
    return value


NO_DATA = {
    "list": [1],
    "bytes": b"a",
    "no tag": {},
    "two tags": {"list": [], "tuple": []},
    "unknown tag": {"eval": "1"},
    "tag that is no string": {1: []},
    "number for a list": {"list": 5},
    "None for a tuple": {"tuple": None},
    "number for a dict": {"dict": 5},
    "dict of numbers": {"dict": [5]},
    "dict of triples": {"dict": [["a", 1, 2]]},
    "number for a recipe": {"made": 5},
    "nothing for an array": {"array": None},
    "array of two parts": {"array": ["<f8", []]},
    "array of four parts": {"array": ["<f8", [], EIGHT, 1]},
    "dtype object": {"array": ["|O", [], EIGHT]},
    "dtype that is a list": {"array": [[], [], EIGHT]},
    "dtype of dates": {"array": ["<M8[D]", [], EIGHT]},
    "dtype with a name": {"array": ["f8", [], EIGHT]},
    "shape that is a number": {"array": ["<f8", 1, EIGHT]},
    "shape of a float": {"array": ["<f8", [1.0], EIGHT]},
    "shape of NaN": {"array": ["<f8", [float("nan")], EIGHT]},
    "shape of infinity": {"array": ["<f8", [float("inf")], EIGHT]},
    "shape of a string": {"array": ["<f8", ["1"], EIGHT]},
    "shape of a bool": {"array": ["<f8", [True], EIGHT]},
    "shape that is a dict": {"array": ["<f8", {"1": 1}, EIGHT]},
    "negative shape": {"array": ["<f8", [-1], EIGHT]},
    "two negative lengths": {"array": ["<f8", [-1, -1], EIGHT]},
    "too few bytes": {"array": ["<f8", [2], EIGHT]},
    "too many bytes": {"array": ["<f8", [], EIGHT * 2]},
    "bytes that are a list": {"array": ["<f8", [], [1]]},
    "bytes outside the alphabet": {"array": ["<f8", [], "AAAAAAAA8D8\n="]},
    "bytes that are no ASCII": {"array": ["<f8", [], "é" * 8]},
    "a shape of 10^12": {"array": ["<f8", [10**12], EIGHT]},
    "a shape of 10^6 by 10^6": {"array": ["<f8", [10**6, 10**6], EIGHT]},
    "a boundless shape of no numbers": {"array": ["<f8", [0, 10**12], ""]},
    "a length of a thousand digits": {"array": ["<f8", [10**1000], EIGHT]},
    "more dimensions than NumPy has": {"array": ["<f8", [1] * 65, EIGHT]},
    "a million dimensions": {"array": ["<f8", [10**9] * 10**6, EIGHT]},
    "lists far inside lists": _deep("list", 10_000),
    "dicts far inside dicts": _deep("dict", 10_000),
}


@pytest.mark.parametrize("name", NO_DATA)
def test_hostile_data_end_in_value_error_at_once(name):
    hostile = NO_DATA[name]
    begun = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(ValueError):  # noqa: PT011 - any words will do
            decode(hostile)
        with pytest.raises(ValueError):  # noqa: PT011
            Outcome.from_json({"values": [hostile], "failure": None, "modified": [], "printed": 0})
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - begun < 1


GOOD = {"values": [], "failure": None, "modified": [], "printed": 0}
RAISED = {"kind": "raised", "call": 0, "exception": "E", "message": "", "line": None, "line_text": ""}
NO_OUTCOMES = {
    "None": None,
    "list": [],
    "number": 5,
    "string": "values",
    "empty": {},
    **{f"without {key}": {k: v for k, v in GOOD.items() if k != key} for key in GOOD},
    "values that are None": {**GOOD, "values": None},
    "value too deep": {**GOOD, "values": [_deep("list", outcomes.MAX_DEPTH + 2)]},
    "modified that is a number": {**GOOD, "modified": 5},
    "printed that is NaN": {**GOOD, "printed": float("nan")},
    "printed that is infinite": {**GOOD, "printed": float("inf")},
    "printed that is a list": {**GOOD, "printed": []},
    "failure that is a number": {**GOOD, "failure": 5},
    "failure that is a string": {**GOOD, "failure": "raised"},
    **{f"failure without {key}": {**GOOD, "failure": {k: v for k, v in RAISED.items() if k != key}} for key in RAISED},
    "failure of its own kind": {**GOOD, "failure": {**RAISED, "kind": "correct"}},
    "failure of a kind that is a list": {**GOOD, "failure": {**RAISED, "kind": ["raised"]}},
    "failure in call NaN": {**GOOD, "failure": {**RAISED, "call": float("nan")}},
    "failure in a line that is text": {**GOOD, "failure": {**RAISED, "line": "one"}},
}


@pytest.mark.parametrize("name", NO_OUTCOMES)
def test_what_is_no_outcome_ends_in_value_error(name):
    with pytest.raises(ValueError):  # noqa: PT011
        Outcome.from_json(NO_OUTCOMES[name])


def test_values_from_outside_are_normalised_again():
    sent = {**GOOD, "values": [{"list": [1, 2]}, {"made": {"rng": 1}}, {"previous": 0}, 5, "x" * 9999]}
    values = Outcome.from_json(sent).values
    assert equal(values[0], array([1, 2]))
    assert values[1:3] == (Other("Made"), Other("Previous"))
    assert equal(values[3], array(5))
    assert len(values[4]) == outcomes.MAX_TEXT


def test_texts_from_outside_are_cut_and_can_be_written_to_a_file():
    long = "\ud800" + "x" * 9999
    failure = {**RAISED, "exception": long, "message": long, "line_text": long}
    key = {"dict": [[long, 1]]}
    outcome = Outcome.from_json({**GOOD, "values": [key, {"other": long}], "failure": failure, "modified": [long]})
    texts = {
        "exception": (outcome.failure.exception, 200),
        "message": (outcome.failure.message, outcomes.MAX_TEXT),
        "line": (outcome.failure.line_text, outcomes.MAX_TEXT),
        "modified": (outcome.modified[0], outcomes.MAX_TEXT),
        "key": (next(iter(outcome.values[0])), 200),
        "type": (outcome.values[1].type_name, 200),
    }
    assert {name: len(text) for name, (text, _) in texts.items()} == {name: cut for name, (_, cut) in texts.items()}
    assert all(text.encode("utf-8").startswith(b"?x") for text, _ in texts.values())


# ------------------------------------------------------------------------------------- observe


def call(function, *arguments, parameters=(), seconds=None):
    return observe(function, Case("one call", (arguments,)), parameters, seconds)


def defined(source, name="f"):
    """Return a function as a notebook defines it: from a cell that linecache knows."""
    file = "<cell 1>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = {}
    exec(compile(source, file, "exec"), namespace)
    return namespace[name]


def test_calls_in_a_row_hand_on_what_they_name():
    def f(x, step):
        return x + step, step

    case = Case("chain", ((1.0, 2.0), (Previous(0), 10.0), (Previous(0), Previous(1))))
    outcome = observe(f, case)
    assert outcome.failure is None
    assert [value.tolist() for value in outcome.values] == [[3, 2], [13, 10], [23, 10]]


def test_a_call_may_take_the_whole_result_of_the_one_before():
    outcome = observe(lambda x: x / 2, Case("whole", ((8.0,), (Previous(),), (Previous(),))))
    assert [float(value) for value in outcome.values] == [4, 2, 1]


@pytest.mark.parametrize("returned", [None, 1.0, np.ones(5), (1.0,), {0: 1.0, 1: 2.0}, "ab"])
def test_too_few_returned_values_end_the_calls_and_say_so(returned):
    outcome = observe(lambda x: returned, Case("chain", ((1,), (Previous(1),), (1,))))
    assert outcome.failure == Failure("not continued", 1)
    assert len(outcome.values) == 1


def shared(returned):
    """Return which entries of two returned dicts count as arrays that share memory."""
    got = call(lambda: returned).values[0]
    return [key for entries in got for key, value in entries.items() if isinstance(value, Other)]


def test_returned_arrays_that_share_memory_are_named():
    a, b, both, lot = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 3)), np.zeros((3, 4))
    assert shared(({"v": a}, {"s": b})) == []
    assert shared(({"v": a}, {"s": a})) == ["s"]
    assert call(lambda: ({"v": a}, {"s": a})).values[0][1] == {"s": Other(SHARED)}
    assert shared(({"v": lot[:2]}, {"s": lot[1:]})) == ["s"]
    assert shared(({"v": both[0]}, {"s": both[1]})) == []
    assert shared(({"v": lot[:, ::2]}, {"s": lot[:, 1::2]})) == []
    assert shared(({"v": np.array(1.0)}, {"s": 1.0})) == []


def test_an_exception_ends_the_calls_and_keeps_the_values_before():
    outcome = observe(lambda x: 1 / x, Case("chain", ((2,), (0,), (1,))))
    assert [float(value) for value in outcome.values] == [0.5]
    assert (outcome.failure.kind, outcome.failure.call) == ("raised", 1)
    assert (outcome.failure.exception, outcome.failure.message) == ("ZeroDivisionError", "division by zero")


IN_OWN_LINE = {
    "in the function itself": ("def f(x):\n    y = x\n    return y / 0  # here\n", 3),
    "in a helper of the same cell": ("def g(x):\n    return x / 0  # here\ndef f(x):\n    return g(x)\n", 2),
    "in a function inside": ("def f(x):\n    def g():\n        return x / 0  # here\n    return g()\n", 3),
    "in a comprehension": ("def f(x):\n    return [\n        x / i  # here\n        for i in [0]\n    ]\n", 3),
    "in a library": ("import json\ndef f(x):\n    return json.loads('{')  # here\n", 3),
    "in a lambda": ("f = lambda x: x / 0  # here\n", 1),
}


@pytest.mark.parametrize("name", IN_OWN_LINE)
def test_an_exception_is_shown_with_the_students_own_line(name):
    source, line = IN_OWN_LINE[name]
    failure = call(defined(source), 1.0).failure
    assert (failure.kind, failure.line) == ("raised", line)
    assert failure.line_text == source.splitlines()[line - 1].strip()


def test_a_callable_without_code_of_its_own_fails_without_a_line():
    failure = call(partial(int, "x")).failure
    assert (failure.kind, failure.exception, failure.line, failure.line_text) == ("raised", "ValueError", None, "")


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("nothing to say")


def _exit():
    sys.exit(3)


def _raise(error):
    def f():
        raise error

    return f


def _recurse():
    return _recurse()


EXCEPTIONS = {
    "SystemExit": (_exit, ("raised", "SystemExit", "3")),
    "GeneratorExit": (_raise(GeneratorExit()), ("raised", "GeneratorExit", "")),
    "StopIteration": (lambda: next(iter([])), ("raised", "StopIteration", "")),
    "RecursionError": (_recurse, ("raised", "RecursionError", "maximum recursion depth exceeded")),
    "AssertionError": (_raise(AssertionError("no")), ("raised", "AssertionError", "no")),
    "a stub": (_raise(NotImplementedError()), ("raised", "NotImplementedError", "")),
    "one that cannot print itself": (_raise(Mute()), ("raised", "Mute", "")),
    "one with a long message": (_raise(ValueError("x" * 9999)), ("raised", "ValueError", "x" * outcomes.MAX_TEXT)),
    "one with half a character": (_raise(ValueError("\ud800")), ("raised", "ValueError", "?")),
    "too many arguments": (lambda x: x, ("raised", "TypeError", None)),
    "not callable": (5, ("raised", "TypeError", "'int' object is not callable")),
    "MemoryError": (_raise(MemoryError()), ("out of memory", "", "")),
    "too large": (lambda: [None] * (MAX + 1), ("too large", "", f"more than {MAX:,} elements")),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_a_function_raises_becomes_a_failure(name):
    function, (kind, exception, message) = EXCEPTIONS[name]
    failure = call(function).failure
    assert (failure.kind, failure.exception) == (kind, exception)
    assert message is None or failure.message == message


def test_an_interrupt_by_the_user_passes_through():
    with pytest.raises(KeyboardInterrupt):
        call(_raise(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        call(_raise(KeyboardInterrupt()), seconds=5)


# -------------------------------------------------------------------------------- time limit


def _loop():
    while True:
        pass


def _loop_that_catches():
    while True:
        with contextlib.suppress(Exception):
            sum(range(1000))


def _loop_that_catches_all():
    while True:
        try:
            sum(range(100))
        except BaseException:
            continue


def _loop_that_turns_the_interrupt():
    try:
        _loop()
    except KeyboardInterrupt:
        raise ValueError("interrupted") from None


def _sleep():
    time.sleep(30)


LOOPS = {
    "while True": (_loop, 0.3),
    "except Exception": (_loop_that_catches, 0.3),
    "except BaseException": (_loop_that_catches_all, 5.0),
    "interrupt turned into another error": (_loop_that_turns_the_interrupt, 0.3),
    "sleep": (_sleep, 0.3),
}


LIMITERS = ["timer", "thread"] if hasattr(signal, "setitimer") else ["thread"]
"""What keeps the time: the kernel's timer, and the thread that stands in for it on Windows."""
IN_VAIN = [("sleep", "thread")]
"""Nothing but a signal ends a sleep."""


@pytest.fixture(params=LIMITERS)
def limiter(request, monkeypatch):
    if request.param == "thread":
        monkeypatch.delattr(signal, "setitimer", raising=False)


@pytest.mark.parametrize(
    ("name", "limiter"),
    [pair for pair in itertools.product(LOOPS, LIMITERS) if pair not in IN_VAIN],
    indirect=["limiter"],
)
def test_the_time_limit_ends_a_loop(name, limiter):
    function, more = LOOPS[name]
    begun = time.perf_counter()
    outcome = call(function, seconds=0.2)
    seconds = time.perf_counter() - begun
    assert outcome == Outcome(failure=Failure("timed out", 0))
    assert 0.2 <= seconds < 0.2 + more


def test_the_time_limit_works_where_interrupts_are_ignored(limiter):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert call(_loop, seconds=0.1).failure.kind == "timed out"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_function_that_ends_at_the_limit_leaves_no_interrupt_behind(limiter):
    def f(seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        return 1

    threads = threading.active_count()
    for extra in np.linspace(-1e-3, 1e-3, 60):
        outcome = call(f, 0.005 + extra, seconds=0.005)
        assert outcome.failure is None or outcome.failure.kind == "timed out"
    time.sleep(1.2 * outcomes.INTERRUPT_SECONDS)
    assert threading.active_count() == threads


def test_a_limit_of_time_that_is_not_reached_changes_nothing(limiter):
    threads, handler = threading.active_count(), signal.getsignal(signal.SIGINT)
    outcome = call(lambda: 5, seconds=60)
    assert outcome == Outcome((5,))
    assert threading.active_count() == threads
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer")
def test_a_timer_of_somebody_elses_goes_on():
    rung = threading.Event()
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.set())
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        assert call(lambda: 5, seconds=60) == Outcome((5,))
        assert rung.wait(2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_outside_the_main_thread_there_is_no_limit_and_no_error():
    got = []
    thread = threading.Thread(target=lambda: got.append(call(lambda: time.sleep(0.05), seconds=0.01)))
    thread.start()
    thread.join()
    assert got == [Outcome((None,))]


# ------------------------------------------------------------------------ arguments and streams


def _arrays():
    return {"W1": np.array([[1.0, np.nan]]), "b1": np.zeros((1, 1))}


def _pairs():
    return [(np.ones((2, 2)), np.ones((1, 2))), (np.ones((2, 1)), np.ones((1, 1)))]


def _f_in_place(x):
    x["W1"] -= 1


def _f_entry(x):
    x["W1"] = x["W1"] + 1


def _f_same_entry(x):
    x["W1"] = x["W1"].copy()


def _f_other_order(x):
    x["W1"] = x.pop("W1")


def _f_other_order_and_value(x):
    x["W1"] = x.pop("W1") + 1


def _f_array_inside(x):
    x[1][0][...] = 0


def _f_itself(x):
    x["W1"] = x


def _f_strange(x):
    x["W1"] = SimpleMapping(1)


MODIFICATIONS = {
    "nothing": (_arrays, lambda x: {"W1": x["W1"] - 1}, ()),
    "array in place": (_arrays, _f_in_place, ("x['W1']",)),
    "entry replaced": (_arrays, _f_entry, ("x['W1']",)),
    "entry replaced by its copy": (_arrays, _f_same_entry, ()),
    "keys in another order": (_arrays, _f_other_order, ()),
    "keys in another order and a new value": (_arrays, _f_other_order_and_value, ("x['W1']",)),
    "key added": (_arrays, lambda x: x.update(new=1), ("x",)),
    "key removed": (_arrays, lambda x: x.pop("b1"), ("x",)),
    "key renamed": (_arrays, lambda x: x.update(b2=x.pop("b1")), ("x",)),
    "all removed": (_arrays, lambda x: x.clear(), ("x",)),
    "shape": (_arrays, lambda x: x.update(b1=np.zeros(1)), ("x['b1']",)),
    "dtype": (_arrays, lambda x: x.update(b1=np.zeros((1, 1), int)), ("x['b1']",)),
    "kind": (_arrays, lambda x: x.update(b1=None), ("x['b1']",)),
    "dict put into itself": (_arrays, _f_itself, ("x",)),
    "what cannot be looked at": (_arrays, _f_strange, ("x",)),
    "array": (lambda: np.zeros(3), lambda x: x.fill(1), ("x",)),
    "NaN for another": (lambda: np.array([1.0]), lambda x: x.fill(np.nan), ("x",)),
    "list of numbers, longer": (lambda: [1.0, 2.0], lambda x: x.append(3.0), ("x",)),
    "list of numbers, sorted": (lambda: [2.0, 1.0], lambda x: x.sort(), ("x",)),
    "list of pairs, shorter": (_pairs, lambda x: x.pop(), ("x",)),
    "list of pairs, longer": (_pairs, lambda x: x.append(x[0]), ("x",)),
    "array far inside": (_pairs, _f_array_inside, ("x[1][0]",)),
    "text in a list": (lambda: ["a", "b"], lambda x: x.reverse(), ("x[0]", "x[1]")),
    "generator used": (lambda: Made({"rng": 1}), lambda x: x.random(), ()),
    "number": (lambda: 1.5, lambda x: x + 1, ()),
}


@pytest.mark.parametrize("name", MODIFICATIONS)
def test_modified_arguments_are_named(name):
    make, function, due = MODIFICATIONS[name]
    assert call(function, make(), parameters=("x",)).modified == due


def test_a_modification_is_seen_where_the_function_raises_afterwards():
    def f(x):
        x[0] = 1
        raise ValueError

    assert call(f, np.zeros(2), parameters=("x",)).modified == ("x",)


def test_modified_arguments_without_a_name_are_counted_and_named_once():
    def f(x, y):
        y += 1
        return x, y

    calls = ((np.zeros(2), np.zeros(2)), (np.zeros(2), np.zeros(2)))
    assert observe(f, Case("two calls", calls), ("x",)).modified == ("argument 2",)


def test_what_the_call_before_returned_counts_as_an_argument():
    def f(x):
        x = x if x.ndim else x + np.zeros(2)
        x += 1
        return x

    chain = Case("chain", ((np.array(0.0),), (Previous(),)))
    outcome = observe(f, chain, ("x",))
    assert outcome.modified == ("x",)
    assert [value.tolist() for value in outcome.values] == [[1, 1], [2, 2]]


def test_inputs_are_built_anew_for_each_call_and_case():
    given_arrays = {"W1": np.zeros(2), "list": [np.zeros(1)]}

    def f(x, rng):
        x["W1"] += 1
        x["list"][0] += 1
        x["list"].append(1)
        return x["W1"], rng.random()

    arguments = (given_arrays, Made({"rng": 3}))
    first = observe(f, Case("twice", (arguments, arguments)))
    assert all(value[0].tolist() == [1, 1] for value in first.values)
    assert first.values[0][1] == first.values[1][1] == np.random.default_rng(3).random()
    assert given_arrays["W1"].tolist() == [0, 0]
    assert len(given_arrays["list"]) == 1


def test_prints_are_counted_and_hidden(capfd):
    def f():
        print("äö")
        print("x", file=sys.stderr, end="", flush=True)
        return sys.stdout.write("abc")

    outcome = call(f)
    assert (outcome.printed, int(outcome.values[0])) == (7, 3)
    assert capfd.readouterr() == ("", "")


def test_an_outcome_is_the_same_whatever_was_printed():
    assert Outcome((1,), printed=5) == Outcome((1,))


def test_warnings_are_hidden_and_filters_come_back():
    def f():
        warnings.warn("old", stacklevel=1)
        warnings.simplefilter("error")
        return np.array([1.0]) / 0, np.log(np.array([-1.0]))

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        outcome = call(f)
        filters = list(warnings.filters)
    assert outcome.failure is None
    assert not seen
    assert filters[0][0] == "always"


# --------------------------------------------------------------------------------------- Made


def test_every_recipe_builds_what_it_names():
    x, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
    params = network.initialise((2, 3, 1), np.random.default_rng(0))
    X, Y = np.ones((2, 4)), np.ones((1, 4))
    assert Made({"rng": 5}).build().random() == np.random.default_rng(5).random()
    gradient = Made({"landscape": "ravine", "of": "gradient"}).build()
    assert np.array_equal(gradient(x), landscapes.get("ravine").gradient(x))
    assert Made({"network_cost": [2, 3, 1]}).build()(params, X, Y)[0] == network.cost_and_grads(params, X, Y)[0]
    linear = {"W1": np.ones((1, 2)), "b1": np.zeros((1, 1))}
    assert Made({"linear_cost": 2}).build()(linear, X, Y)[0] == network.linear_cost_and_grads(linear, X, Y)[0]
    assert Made({"stepper": "descent", "rate": 0.1}).build()(x, g).tolist() == (x - 0.1 * g).tolist()
    assert Made({"stepper": "sign", "rate": 0.1}).build()(x, -g).tolist() == (x + 0.1).tolist()
    assert Made({"stepper": "shift", "rate": 0.1}).build()(x, g).tolist() == (x + 0.1).tolist()


def test_an_unknown_recipe_lists_those_there_are():
    with pytest.raises(ValueError, match=r"no recipe for an input called 'shell'; there are \[.*'rng'"):
        Made({"shell": "ls"}).build()
