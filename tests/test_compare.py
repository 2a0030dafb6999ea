"""The difference between two outcomes: where it lies, what it is called, and what is no difference."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimlab import compare
from optimlab.compare import ATOL, RTOL, RTOL_FLOAT32, Shape, difference, distance, matching, modification, same, see
from optimlab.outcomes import Case, Failure, Made, Other, Outcome, normalise, observe

ONE = Shape(("x",), ("y",))
TWO = Shape(("params", "v"), ("params", "v"))
CASE = Case("a case", ((),))
TWO_CALLS = Case("two calls", ((), ()))


def outcome(*values, **parts):
    return Outcome(tuple(normalise(value) for value in values), **parts)


def differ(got, due, shape=ONE, case=CASE, part=""):
    return difference(outcome(got), outcome(due), case, shape, part)


# ------------------------------------------------------------------------------- kinds and words

A = np.array([[1.5, 2.5]])
SET = Other("set")
KINDS = {
    # got, due, kind, words
    "nothing for a number": (None, 1.5, "type", r"Your function returned None where a number is due\. .*`return`\?"),
    "nothing for an array": (None, A, "type", r"Your function returned None where an array of shape \(1, 2\) is due"),
    "nothing for a dict": (None, {"W1": A}, "type", "Your function returned None where a dict is due"),
    "number for nothing": (1.5, None, "type", r"`y` is a number where it should not be\."),
    "dict for an array": ({"W1": A}, A, "type", r"`y` is a dict where an array of shape \(1, 2\) is due\."),
    "string for a number": ("1.5", 1.5, "type", r"`y` is a string where a number is due\."),
    "set for a number": (SET, 1.5, "type", r"`y` is of type set where a number is due\."),
    "number for a string": (1.5, "minimum", "type", r"`y` is a number where a string is due\."),
    "string for a dict": ("a", {"W1": A}, "type", r"`y` is a string where a dict is due\."),
    "array for a dict": (A, {"W1": A}, "type", r"`y` is an array of shape \(1, 2\) where a dict is due\."),
    "words in a sequence for an array": (("a", "b"), A, "type", r"`y` is a sequence of 2 where an array of shape"),
    "rows of unlike length for an array": (([1.0], [1.0, 2.0]), A, "type", r"`y` is a sequence of 2 where an array"),
    "shape": (A.T, A, "shape", r"`y` has shape \(2, 1\) where \(1, 2\) is due\."),
    "one dimension less": (A[0], A, "shape", r"`y` has shape \(2,\) where \(1, 2\) is due\."),
    "number for an array of shape (1, 1)": (1.5, A[:, :1], "shape", r"`y` has shape \(\) where \(1, 1\) is due\."),
    "array for a number": (A, 1.5, "shape", r"`y` has shape \(1, 2\) where \(\) is due\."),
    "nothing in an array": ([], A[0], "shape", r"`y` has shape \(0,\) where \(2,\) is due\."),
    "too few entries": (([A]), [A, {"W1": A}], "count", r"`y` has 1 entries where 2 are due\."),
    "a key missing": ({"W1": A}, {"W1": A, "b1": A}, "keys", r"`y` lacks the keys 'b1'\."),
    "a key too many": ({"W1": A, "dW1": A}, {"W1": A}, "keys", r"`y` has the keys 'dW1' too many\."),
    "two keys missing": ({}, {"W1": A, "b1": A}, "keys", r"`y` lacks the keys 'W1', 'b1'\."),
    "other keys": ({"dW1": A}, {"W1": A}, "keys", r"`y` lacks the keys 'W1' and has the keys 'dW1' too many\."),
    "many keys": (dict.fromkeys(range(9), A), {}, "keys", r"`y` has the keys 0, 1, 2, 3 too many\."),
    "a key inside": ({"a": {}}, {"a": {"b": A}}, "keys", r"`y\['a'\]` lacks the keys 'b'\."),
    "a number": (2.5, 1.5, "values", r"`y` is not the number that is due\."),
    "a number of an array": (A + np.array([0, 1]), A, "values", r"`y` differs in 1 of 2 numbers\."),
    "all numbers of an array": (A + 1, A, "values", r"`y` differs in 2 of 2 numbers\."),
    "a number in a dict": ({"W1": A + 1}, {"W1": A}, "values", r"`y\['W1'\]` differs in 2 of 2 numbers\."),
    "a number in a sequence": ([A, A + 1], [A, A], "values", r"`y\[1\]` differs in 2 of 2 numbers\."),
    "a word": ("maximum", "minimum", "values", r"`y` is not what it should be\."),
    "NaN": (A * np.nan, A, "not finite", r"`y` holds NaN or infinity\."),
    "infinity": (A + np.array([0, np.inf]), A, "not finite", r"`y` holds NaN or infinity\."),
    "NaN and a wrong number": (np.array([[np.nan, 9]]), A, "not finite", r"`y` holds NaN or infinity\."),
    "infinity for NaN": (A * np.inf, A * np.nan, "values", r"`y` differs in 2 of 2 numbers\."),
    "a number for NaN": (1.0, np.nan, "values", r"`y` is not the number that is due\."),
    "infinity of the other sign": (-np.inf, np.inf, "values", r"`y` is not the number that is due\."),
    "NaN for minus infinity": (np.nan, -np.inf, "values", r"`y` is not the number that is due\."),
    "minus infinity for NaN": (-np.inf, np.nan, "values", r"`y` is not the number that is due\."),
    "a finite number for infinity": (1e308, np.inf, "values", r"`y` is not the number that is due\."),
    "another complex number": (1.5 + 1j, 1.5, "values", r"`y` is not the number that is due\."),
    "a real number for a complex one": (1.5, 1.5 + 1j, "values", r"`y` is not the number that is due\."),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_difference_has_its_kind_and_its_words(name):
    got, due, kind, words = KINDS[name]
    found = differ(got, due)
    assert (found.kind, found.part) == (kind, "y"), found
    assert re.match(words, found.words), found.words


@pytest.mark.parametrize("name", KINDS)
def test_what_differs_is_infinitely_far_or_far_in_tolerances(name):
    got, due, kind, _ = KINDS[name]
    far = distance(outcome(got), outcome(due), CASE, ONE)
    if kind == "values" and all(
        isinstance(x, (float, complex, np.ndarray)) and np.isfinite(x).all() for x in (got, due)
    ):
        assert 1 < far < math.inf
    else:
        assert far > 1
    assert not same(outcome(got), outcome(due), CASE, ONE)


@pytest.mark.parametrize("name", KINDS)
def test_an_outcome_does_not_differ_from_itself(name):
    for value in KINDS[name][:2]:
        assert differ(value, value) is None
        assert distance(outcome(value), outcome(value), CASE, ONE) == 0
        assert same(outcome(value), outcome(value), CASE, ONE)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(1e3, 1e6) | st.integers(10**3, 10**6) | st.lists(st.floats(1e3, 1e6), min_size=1, max_size=3),
    st.sampled_from([None, 1.0, [1.0, 2.0], [[1.0], [2.0]], {"k": 1.0}, "word", SET, math.nan]),
    st.booleans(),
)
def test_no_word_holds_a_value_that_was_due(due, got, wrapped):
    due = {"k": due} if wrapped else due
    found = differ(got, due)
    numbers = [due["k"] if wrapped else due] if not isinstance(due, list) else due
    flat = np.ravel(normalise(numbers[0])).tolist()
    assert not any(f"{number:g}"[:4] in found.words or str(number)[:4] in found.words for number in flat)


@pytest.mark.parametrize("due", ["minimum", "maximum", None])
@pytest.mark.parametrize("got", [1.0, "saddle", SET, {"k": 1.0}, A])
def test_no_word_holds_a_word_that_was_due(got, due):
    words = differ(got, due).words
    assert str(due) not in words


# --------------------------------------------------------------------------- what is no difference

NO_DIFFERENCE = {
    "NaN for NaN": (np.nan, np.nan),
    "NaN in the same places": (np.array([1, np.nan]), np.array([1, np.nan])),
    "infinities of the same signs": (np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf])),
    "(1, 1) for a number": (np.array([[1.5]]), 1.5),
    "(1,) for a number": ([1.5], 1.5),
    "rows of one for a number": ([[1.5]], 1.5),
    "an int for a float": (2, 2.0),
    "a bool for a number": (True, 1.0),
    "no imaginary part": (1.5 + 0j, 1.5),
    "rows for a matrix": ([[1.5, 2.5]], A),
    "arrays in a tuple for a matrix": ((A[0],), A),
    "nested rows for three dimensions": ([[[1.0], [2.0]]], np.array([[[1.0], [2.0]]])),
    "a list for a vector": ([1.5, 2.5], A[0]),
    "an empty list for an empty vector": ([], np.zeros(0)),
    "keys in another order": ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
    "zero for a negative zero": (0.0, -0.0),
    "almost zero": (1e-13, 0.0),
    "complex infinity": (complex(np.inf, 0), complex(np.inf, 1)),
}


@pytest.mark.parametrize("name", NO_DIFFERENCE)
def test_what_is_no_difference(name):
    got, due = NO_DIFFERENCE[name]
    assert differ(got, due) is None
    assert distance(outcome(got), outcome(due), CASE, ONE) < 1


TOLERANCE = {
    # got, due, the relative tolerance of the case
    "within 1e-9": (1000 * (1 + 0.9e-9), 1000.0, None, True),
    "beyond 1e-9": (1000 * (1 + 1.1e-9), 1000.0, None, False),
    "zero, within the absolute tolerance": (0.9 * ATOL, 0.0, None, True),
    "zero, beyond the absolute tolerance": (1.1 * ATOL, 0.0, None, False),
    "small beside the largest number, within": ([1000.0, 1e-3 + 0.9e-6], [1000.0, 1e-3], None, True),
    "small beside the largest number, beyond": ([1000.0, 1e-3 + 1.1e-6], [1000.0, 1e-3], None, False),
    "the largest number is the one due, not the one that came": ([1e6, 1e-3 + 1e-6], [1.0, 1e-3], None, False),
    "the largest magnitude counts": ([-1000.0, 1e-3 + 0.9e-6], [-1000.0, 1e-3], None, True),
    "infinity is not the largest number": ([np.inf, 1.0 + 1e-8], [np.inf, 1.0], None, False),
    "NaN is not the largest number": ([np.nan, 1.0 + 1e-8], [np.nan, 1.0], None, False),
    "the case's own tolerance, within": (1.0 + 0.9e-3, 1.0, 1e-3, True),
    "the case's own tolerance, beyond": (1.0 + 1.1e-3, 1.0, 1e-3, False),
    "float32, within 1e-4": (np.float32(1.0 + 0.9e-4), 1.0, None, True),
    "float32, beyond 1e-4": (np.float32(1.0 + 1.2e-4), 1.0, None, False),
    "float32 under a wider tolerance": (np.float32(1.0 + 0.9e-3), 1.0, 1e-3, True),
    "float16 as float32": (np.float16(1.0 + 2**-10), 1.0, None, False),
    "float16, exact": (np.float16(0.1), float(np.float16(0.1)), None, True),
    "complex64, within 1e-4": (np.complex64(1.0 + 0.5e-4), 1.0, None, True),
    "float32 rows": (([np.float32(1.00005)],), np.array([[1.0]]), None, True),
    "float32 is due, float64 came": (np.array([1.00005]), np.array([1.0], "f4"), None, False),
    "integers": (10**10 + 11, 10**10, None, False),
    "complex, within": (1j * (1 + 0.9e-9), 1j, None, True),
    "complex, beyond": (1j * (1 + 1.1e-9), 1j, None, False),
    "small unsigned numbers": (np.uint8(1), 2.0, None, False),
}


@pytest.mark.parametrize("name", TOLERANCE)
def test_the_tolerance(name):
    got, due, rtol, agrees = TOLERANCE[name]
    case = Case("a case", ((),), rtol=rtol)
    assert (differ(got, due, case=case) is None) == agrees
    assert (distance(outcome(got), outcome(due), case, ONE) <= 1) == agrees


def test_the_exercises_own_tolerance_holds_where_the_case_has_none():
    wide = Shape(("x",), ("y",), rtol=1e-6)
    assert differ(1 + 0.9e-6, 1.0, wide) is None
    assert differ(1 + 1.1e-6, 1.0, wide).kind == "values"
    assert differ(1 + 0.9e-6, 1.0, wide, Case("strict", ((),), rtol=1e-9)).kind == "values"


def test_a_distance_counts_tolerances():
    def far(a, b, **options):
        return distance(outcome(a), outcome(b), CASE, ONE, **options)

    assert far(1.0 + 5e-7, 1.0) == pytest.approx(500, rel=0.01)
    assert far([1.0, 2.0 + 4e-6], [1.0, 2.0]) == pytest.approx(2000, rel=0.01)
    assert far(np.float32(1.01), 1.0) == pytest.approx(0.01 / RTOL_FLOAT32, rel=0.01)
    assert far(1.01, 1.0, rtol=1e-4) == pytest.approx(100, rel=0.01)
    assert far(np.array([np.nan, 2.0]), np.array([np.nan, 1.0])) == pytest.approx(1 / RTOL, rel=0.01)
    assert far(np.array([np.nan, 1.0]), np.array([1.0, np.nan])) == math.inf
    assert far("minimum", "maximum") == math.inf
    assert far("minimum", "minimum") == 0
    assert far({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.0 + 2e-6}) > far(
        {"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.0 + 1e-6}
    )


DISTANT = {
    "one raised": (outcome(failure=Failure("raised", exception="KeyError")), outcome(1.0)),
    "other exceptions": (
        outcome(failure=Failure("raised", exception="KeyError")),
        outcome(failure=Failure("raised", exception="IndexError")),
    ),
    "other kinds of failure": (outcome(failure=Failure("timed out")), outcome(failure=Failure("crashed"))),
    "one call less": (outcome(1.0), outcome(1.0, 1.0)),
    "other arguments modified": (outcome(1.0, modified=("x",)), outcome(1.0)),
}


@pytest.mark.parametrize("name", DISTANT)
def test_outcomes_of_another_kind_are_infinitely_far_apart(name):
    a, b = DISTANT[name]
    assert distance(a, b, CASE, ONE) == distance(b, a, CASE, ONE) == math.inf
    assert not same(a, b, CASE, ONE)


def test_the_same_failure_is_no_difference_whatever_its_message_and_line():
    a = outcome(failure=Failure("raised", exception="KeyError", message="'W1'", line=3))
    b = outcome(failure=Failure("raised", exception="KeyError", message="'W2'", line=5))
    assert difference(a, b, CASE, ONE) is None
    assert distance(a, b, CASE, ONE) == 0


def test_the_order_of_modified_arguments_does_not_count():
    a, b = outcome(1.0, modified=("x", "y")), outcome(1.0, modified=("y", "x"))
    assert same(a, b, CASE, ONE)
    assert distance(a, b, CASE, ONE) == 0
    assert not same(a, outcome(1.0, modified=("x",)), CASE, ONE)
    assert same(a, outcome(1.0), CASE, ONE, inputs=False)


# ---------------------------------------------------------------------------- several values

RIGHT = ({"W1": A}, {"W1": A + 1})
COUNTS = {
    "one dict": ({"W1": A}, "one value, a dict"),
    "one array": (A, r"one value, an array of shape \(1, 2\)"),
    "one number": (1.0, "one value, a number"),
    "numbers": ([1.0, 2.0], r"one value, an array of shape \(2,\)"),
    "nothing": (None, "nothing"),
    "three values": ((*RIGHT, RIGHT[0]), "3 values"),
    "one in a tuple": ((RIGHT[0],), "1 values"),
    "a set": (SET, "one value, of type set"),
}


@pytest.mark.parametrize("name", COUNTS)
def test_another_number_of_values_is_named_with_what_to_return(name):
    got, came = COUNTS[name]
    for part in ("", "params", "v"):
        found = differ(got, RIGHT, TWO, part=part)
        assert (found.kind, found.part) == ("count", "")
        assert re.fullmatch(rf"Your function returned {came}\. Return 2 values, `params, v`\.", found.words)


def test_each_returned_value_is_compared_under_its_name():
    wrong_v = (RIGHT[0], {"W1": A})
    assert differ(wrong_v, RIGHT, TWO, part="params") is None
    found = differ(wrong_v, RIGHT, TWO, part="v")
    assert (found.kind, found.part, found.words) == ("values", "v", "`v['W1']` differs in 2 of 2 numbers.")
    assert differ(wrong_v, RIGHT, TWO) == found
    assert differ(list(RIGHT), RIGHT, TWO) is None


def test_nothing_in_place_of_one_of_two_values_is_named():
    found = differ((RIGHT[0], None), RIGHT, TWO)
    assert (found.kind, found.part, found.words) == ("type", "v", "`v` is None where a dict is due.")


def test_a_surplus_value_is_compared_where_one_is_due():
    three = (*RIGHT, {"W1": A})
    assert differ(three, three, TWO) is None
    assert differ((*RIGHT, {"W1": A + 1}), three, TWO).words == "`value 3['W1']` differs in 2 of 2 numbers."


def test_a_difference_of_structure_comes_before_one_of_values():
    found = differ(({"W1": A + 1}, {"W1": A.T}), RIGHT, TWO)
    assert (found.kind, found.part) == ("shape", "v")
    found = differ({"a": A + 1, "b": A.T}, {"a": A, "b": A})
    assert (found.kind, found.words[:8]) == ("shape", "`y['b']`")


def test_no_array_is_compared_before_its_size_is():
    huge = np.broadcast_to(np.float64(1), (1000, 1000, 1000))
    got = Outcome((huge,))
    assert difference(got, outcome(A), CASE, ONE).kind == "shape"
    assert difference(got, outcome(1.0), CASE, ONE).kind == "shape"
    assert distance(got, outcome(A), CASE, ONE) == math.inf


def test_values_that_differ_say_at_which_call():
    got, due = outcome(1.0, 2.0), outcome(1.0, 3.0)
    found = difference(got, due, TWO_CALLS, ONE)
    assert found.words == "At call 2 of 2: `y` is not the number that is due."
    assert difference(outcome(1.0, None), due, TWO_CALLS, ONE).words.startswith("Your function returned None")


def test_a_value_before_the_failure_is_looked_at_first():
    failed = Failure("raised", 1, "KeyError")
    assert difference(outcome(9.0, failure=failed), outcome(1.0, 2.0), TWO_CALLS, ONE).kind == "values"
    found = difference(outcome(1.0, failure=failed), outcome(1.0, 2.0), TWO_CALLS, ONE)
    assert (found.kind, found.part) == ("failure", "")


# ------------------------------------------------------------------------------ failures in words

FAILURES = {
    "raised in a line": (
        Failure("raised", 0, "KeyError", "'dW1'", 3, "g = grads['dW1']"),
        "Your function raised KeyError in line 3, `g = grads['dW1']`: 'dW1'",
    ),
    "raised without a line": (Failure("raised", 0, "KeyError", "'dW1'"), "Your function raised KeyError: 'dW1'"),
    "raised without a word": (Failure("raised", 0, "ValueError"), "Your function raised ValueError"),
    "timed out": (
        Failure("timed out"),
        "Your function did not come to an end in time. Is there a loop that never stops?",
    ),
    "too large": (
        Failure("too large", message="more than 5 elements"),
        "Your function returned too much to look at (more than 5 elements).",
    ),
    "too large, no words": (Failure("too large"), "Your function returned too much to look at."),
    "out of memory": (Failure("out of memory"), "Your function needed more memory than there is."),
    "crashed": (Failure("crashed"), "Your function ended the Python process that ran it."),
    "missing": (Failure("missing"), "There is no function of this name in the notebook."),
    "not continued": (Failure("not continued"), "Your function returned nothing. Return 2 values, `params, v`."),
    "anything else": (Failure("else"), "Your function came to no value."),
    "none where one is due": (None, "Your function returned where an error is due."),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_has_its_sentence(name):
    failure, words = FAILURES[name]
    due = outcome(1.0) if failure else outcome(failure=Failure("raised", exception="ValueError"))
    found = difference(outcome(failure=failure), due, CASE, TWO)
    assert (found.kind, found.part) == ("failure", "")
    assert found.words == words


# ---------------------------------------------------------------------------------- modification


def test_modified_arguments_are_named_up_to_four():
    found = modification(outcome(modified=("v['W1']", "x")), outcome())
    assert (found.kind, found.part) == ("modified", "inputs")
    assert found.words == ("Your function changed its argument `v['W1']`, `x`; it should return new arrays instead.")
    four = modification(outcome(modified=tuple("abcd")), outcome()).words
    assert "`a`, `b`, `c`, `d`;" in four
    five = modification(outcome(modified=tuple("abcde")), outcome()).words
    assert "`d` and more;" in five
    assert "`e`" not in five


def test_arguments_that_are_due_to_be_modified_are_no_difference():
    assert modification(outcome(), outcome()) is None
    assert modification(outcome(modified=("x",)), outcome(modified=("x", "y"))) is None
    assert "`x`" not in modification(outcome(modified=("x", "y")), outcome(modified=("x",))).words


# -------------------------------------------------------------------------------------- matching

DUE = [outcome(1.0), outcome(2.0)]
CASES = [CASE, CASE]
CANDIDATES = {
    "in place": [outcome(1.0, modified=("x",)), outcome(2.0, modified=("x",))],
    "wrong, in place": [outcome(5.0, modified=("x",)), outcome(6.0)],
    "wrong": [outcome(5.0), outcome(6.0)],
    "wrong as well": [outcome(5.0), outcome(6.0)],
    "raises": [outcome(failure=Failure("raised", exception="KeyError"))] * 2,
}
MATCHES = {
    "right": (DUE, None),
    "nothing known": ([outcome(1.0), outcome(9.0)], None),
    "right in one case, wrong in the other": ([outcome(5.0), outcome(2.0)], None),
    "in place": (CANDIDATES["in place"], "in place"),
    "right values, another argument modified": ([outcome(1.0, modified=("y",)), outcome(2.0)], None),
    "right values, modified in one case": ([outcome(1.0, modified=("x",)), outcome(2.0)], None),
    "wrong, the same arguments modified": ([outcome(5.0), outcome(6.0)], "wrong"),
    "wrong, modified as another candidate": (CANDIDATES["wrong, in place"], "wrong, in place"),
    "wrong, others modified": ([outcome(5.0, modified=("y",)), outcome(6.0)], "wrong, in place"),
    "raises": ([outcome(failure=Failure("raised", 0, "KeyError", "'b'"))] * 2, "raises"),
    "raises another": ([outcome(failure=Failure("raised", exception="IndexError"))] * 2, None),
}


@pytest.mark.parametrize("name", MATCHES)
def test_which_misconception_an_outcome_is_matched_with(name):
    given_outcomes, due = MATCHES[name]
    assert matching(given_outcomes, DUE, CANDIDATES, CASES, ONE) == due


# ----------------------------------------------------------------------------- mini-batches

BATCHES = Shape(("X", "Y", "batch_size", "rng"), ("batches",), view="batches")
SEEDS = (1, 1, 2)


def batch_case(m=40, batch_size=8, seeds=SEEDS):
    X = np.arange(2.0 * m).reshape(2, m)
    Y = (np.arange(float(m)) % 3).reshape(1, m)
    return Case("batches", tuple((X, Y, batch_size, Made({"rng": seed})) for seed in seeds))


def cut(X, Y, size):
    return [(X[:, k : k + size], Y[:, k : k + size]) for k in range(0, X.shape[1], size)]


def right(X, Y, size, rng):
    order = rng.permutation(X.shape[1])
    return cut(X[:, order], Y[:, order], size)


def by_sorting(X, Y, size, rng):
    order = np.argsort(rng.random(X.shape[1]))
    return tuple([list(x), list(y)] for x, y in cut(X[:, order], Y[:, order], size))


def by_drawing(X, Y, size, rng):
    left, batches = list(range(X.shape[1])), []
    while left:
        mine = [left.pop(int(rng.integers(len(left)))) for _ in range(min(size, len(left)))]
        batches.append((X[:, sorted(mine)], Y[:, sorted(mine)]))
    return batches


@pytest.mark.parametrize("shuffle", [right, by_sorting, by_drawing])
@pytest.mark.parametrize(("m", "batch_size"), [(40, 8), (41, 8), (40, 40), (30, 1), (7, 8), (3, 3), (1, 1), (25, 24)])
def test_any_honest_way_to_shuffle_is_right(shuffle, m, batch_size):
    case = batch_case(m, batch_size)
    due = see(observe(right, case), case, BATCHES)
    got = see(observe(shuffle, case), case, BATCHES)
    assert difference(got, due, case, BATCHES) is None
    assert distance(got, due, case, BATCHES) == 0


def _ignores_rng(X, Y, size, rng):
    return right(X, Y, size, np.random.default_rng(0))


def _shuffles_apart(X, Y, size, rng):
    return cut(X[:, rng.permutation(X.shape[1])], Y[:, rng.permutation(X.shape[1])], size)


def _shuffles_x_alone(X, Y, size, rng):
    return cut(X[:, rng.permutation(X.shape[1])], Y, size)


def _shuffles_blocks(X, Y, size, rng):
    batches = cut(X, Y, size)
    return [batches[i] for i in rng.permutation(len(batches))]


def _shuffles_inside(X, Y, size, rng):
    orders = [rng.permutation(x.shape[1]) for x, _ in cut(X, Y, size)]
    return [(x[:, o], y[:, o]) for (x, y), o in zip(cut(X, Y, size), orders, strict=True)]


def _repeats(X, Y, size, rng):
    order = rng.integers(X.shape[1], size=X.shape[1])
    order[:2] = 0
    return cut(X[:, order], Y[:, order], size)


def _pads(X, Y, size, rng):
    batches = right(X, Y, size, rng)
    x, y = batches[-1]
    more = size - x.shape[1]
    batches[-1] = np.hstack([x, np.zeros((2, more))]), np.hstack([y, np.zeros((1, more))])
    return batches


_calls = iter(range(10**6))


def _first_label_wrong(X, Y, size, rng):
    return right(X, Y + (X[:1] == 0), size, rng)


def _few(X, Y, size, rng):
    return [(x[:, :4], y[:, :4]) for x, y in right(X, Y, size, rng)[:1]]


def _not_repeatable(X, Y, size, rng):
    return right(X, Y, size, np.random.default_rng(next(_calls)))


WRONG_BATCHES = {
    # function, part, words
    "in the given order": (lambda X, Y, size, rng: cut(X, Y, size), "order", "in the order in which they were given"),
    "blocks shuffled": (_shuffles_blocks, "order", "Neighbours in `X` stay together"),
    "shuffled inside the batches": (_shuffles_inside, "order", "inside the batches only"),
    "X and Y shuffled apart": (_shuffles_apart, "pairs", "do not belong to the same example"),
    "X shuffled alone": (_shuffles_x_alone, "pairs", "those of `Y` their old ones"),
    "one label wrong": (_first_label_wrong, "pairs", "do not belong to the same example"),
    "few examples left, order": (_few, "order", "no order can be seen"),
    "few examples left, generator": (_few, "rng", "the use of `rng` cannot be seen"),
    "the last batch lost": (lambda *a: right(*a)[:-1], "examples", "Some examples are in no batch."),
    "a batch twice": (lambda *a: [*(b := right(*a)), b[0]], "examples", "in the batches more than once"),
    "drawn with replacement": (_repeats, "examples", "in no batch, and some in more than one place"),
    "padded": (_pads, "examples", "columns that are not columns of `X`"),
    "an empty batch at the end": (
        lambda X, Y, size, rng: [*right(X, Y, size, rng), (X[:, :0], Y[:, :0])],
        "sizes",
        "sizes that are due",
    ),
    "the small batch first": (lambda *a: right(*a)[::-1], "sizes", "sizes that are due"),
    "batches of another size": (lambda X, Y, size, rng: right(X, Y, size + 1, rng), "sizes", "sizes that are due"),
    "generator ignored": (_ignores_rng, "rng", "different seeds give the same batches"),
    "not repeatable": (_not_repeatable, "rng", "same seed give different batches"),
    "nothing": (lambda *a: None, "form", "Your function returned nothing"),
    "a number": (lambda *a: 1.0, "form", "not a list"),
    "a generator": (lambda *a: iter(right(*a)), "form", "not a list"),
    "X alone": (lambda *a: [x for x, _ in right(*a)], "form", "not a list of pairs"),
    "triples": (lambda *a: [(x, y, y) for x, y in right(*a)], "form", "not a list of pairs"),
    "two lists": (lambda *a: tuple([b[i] for b in right(*a)] for i in (0, 1)), "form", "two lists"),
    "X and Y themselves": (lambda X, Y, size, rng: (X, Y), "form", "not a list of pairs"),
    "text for labels": (lambda *a: [(x, "y") for x, _ in right(*a)], "form", "not a list of pairs"),
    "rows for columns": (lambda *a: [(x.T, y.T) for x, y in right(*a)], "form", "rows of `X` and `Y`"),
    "labels without a dimension": (lambda *a: [(x, y[0]) for x, y in right(*a)], "form", "rows of `X` and `Y`"),
    "no batches": (lambda *a: [], "examples", "Some examples are in no batch."),
}


@pytest.mark.parametrize("name", WRONG_BATCHES)
def test_wrong_batches_are_seen_and_named(name):
    function, part, words = WRONG_BATCHES[name]
    case = batch_case(41, 8)
    due = see(observe(right, case), case, BATCHES)
    came = observe(function, case)
    assert came.failure is None
    got = see(came, case, BATCHES)
    found = difference(got, due, case, BATCHES, "examples" if part == "form" else part)
    assert found.part == part
    assert found.kind == "values" or part == "sizes"
    assert words in found.words
    assert difference(got, due, case, BATCHES) is not None
    assert distance(got, due, case, BATCHES) > 1000


def test_two_wrong_ways_to_cut_are_told_apart():
    case = batch_case(41, 8)
    smaller_first = see(observe(WRONG_BATCHES["the small batch first"][0], case), case, BATCHES)
    larger = see(observe(WRONG_BATCHES["batches of another size"][0], case), case, BATCHES)
    assert distance(smaller_first, larger, case, BATCHES) > 1000
    assert distance(smaller_first, smaller_first, case, BATCHES) == 0


@pytest.mark.parametrize(("m", "batch_size", "telling"), [(14, 1, False), (15, 1, True), (8, 8, False), (40, 8, True)])
def test_the_order_is_judged_where_chance_would_hardly_give_it(m, batch_size, telling):
    case = batch_case(m, batch_size)
    (*_, last) = see(observe(right, case), case, BATCHES).values
    assert ("order" in last) == ("rng" in last) == telling


@pytest.mark.filterwarnings("error")
def test_no_warning_comes_of_numbers_that_are_not_finite():
    strange, due = np.array([np.nan, np.inf, -np.inf, 1e308]), np.array([np.nan, np.inf, -np.inf, -1e308])
    assert differ(strange, due).kind == "values"
    assert distance(outcome(strange), outcome(due), CASE, ONE) > 1
    assert distance(outcome(strange), outcome(strange), CASE, ONE) == 0


def test_a_view_looks_at_no_more_columns_than_it_needs():
    case = batch_case(40, 8, seeds=(1,))
    X, Y = np.broadcast_to(0.0, (2, 400_000)), np.broadcast_to(0.0, (1, 400_000))
    got = see(Outcome((((X, Y), (X, Y)),)), case, BATCHES)
    due = see(observe(right, case), case, BATCHES)
    assert difference(got, due, case, BATCHES) is not None


def test_without_a_view_an_outcome_is_seen_as_it_is():
    came = outcome(1.0)
    assert see(came, CASE, ONE) is came


def test_every_shown_property_has_words_and_no_view_is_unknown():
    assert {"form", "examples", "pairs", "sizes", "order", "rng"} <= set(compare.VIEW_WORDS)
    assert list(compare.VIEWS) == ["batches"]
