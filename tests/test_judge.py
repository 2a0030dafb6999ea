"""Verdicts: points, statuses, messages that give nothing away, and draws that tell functions apart."""

import json
import math
import re

import numpy as np
import pytest

from grader import judge
from grader.exercises import EXERCISES
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.judge import DrawError, Verdict, confusion, paper, without_outcomes, worked_paper
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Failure, Outcome, Previous, normalise, observe

MOMENTUM = EXERCISES["momentum_step"]


# ------------------------------------------------------------- a tiny exercise, and one built on it


def scale(x, factor):
    """Return the sum of the scaled numbers, and the scaled numbers."""
    return float(np.sum(factor * x)), factor * x


def _draw_scale(rng):
    def number():
        return float(rng.uniform(0.3, 0.9))

    return [
        case("plain", (rng.standard_normal(4) + 3, number())),
        case("negative", (-rng.standard_normal(3) - 3, number()), tags=("negative",)),
        case("float32", ((rng.standard_normal(4) + 3).astype("f4"), number()), rtol=RTOL_FLOAT32),
    ]


def make_scale(draw=_draw_scale, **changes):
    return Exercise(
        **{
            "reference": scale,
            "returns": ("total", "scaled"),
            "aspects": (
                Aspect("total", 1.0, of="total"),
                Aspect("scaled", 0.7, of="scaled"),
                Aspect("signs", 0.2, of="scaled", tag="negative"),
                Aspect("inputs untouched", 0.1, of=INPUTS),
            ),
            "draw": draw,
            "worked": (
                case("one", (np.array([1.0, 2.0]), 0.5)),
                case("negative", (np.array([-4.0]), 0.25), tags=("negative",)),
            ),
            **changes,
        }
    )


@pytest.fixture
def tiny():
    exercise = make_scale()

    @exercise.misconception(fails=("total",), hint="Your total is a mean.")
    def takes_the_mean(x, factor):
        return float(np.mean(factor * x)), factor * x

    @exercise.misconception(fails=("total", "scaled", "signs"), hint="Your factor divides.")
    def divides(x, factor):
        return float(np.sum(x / factor)), x / factor

    @exercise.misconception(fails=("inputs untouched",), hint="You write into `x`.")
    def in_place(x, factor):
        x *= np.asarray(factor, x.dtype)
        return float(np.sum(x)), x

    return exercise


def verdict_on(function, exercise, seed=0, earlier=None):
    drawn = paper(exercise, seed)
    outcomes = [observe(function, c, exercise.shape.parameters, 0.1) for c in drawn.cases]
    return judge.judge(drawn, outcomes, earlier)


def _mean_of_negatives(x, factor):
    return float(np.sum(factor * x)), factor * abs(x)


def _right_and_in_place(x, factor):
    result = scale(x, factor)
    x[0] = 99.0
    return result


def _right_and_in_place_once(x, factor):
    return _right_and_in_place(x, factor) if x[0] < 0 else scale(x, factor)


def _wrong_and_in_place(x, factor):
    result = float(np.sum(factor * x)) + 1, factor * x + 1
    x[0] = 99.0
    return result


def _mean_and_in_place(x, factor):
    result = float(np.mean(factor * x)), factor * x
    x[0] = 99.0
    return result


def _nothing(x, factor):
    pass


def _stub(x, factor):
    raise NotImplementedError


def _half_written(x, factor):
    if x[0] < 0:
        raise NotImplementedError
    return scale(x, factor)


def _quotes_its_input(x, factor):
    raise ValueError(f"secret {x.tolist()} {factor}")


def _loops(x, factor):
    while True:
        pass


def _eats_memory(x, factor):
    raise MemoryError


def _too_much(x, factor):
    return np.broadcast_to(0.0, (10**4, 10**4))


STATUSES = {
    # function, points, status, misconception, passed aspects, words
    "right": (scale, 2.0, "correct", "", "total scaled signs inputs", "^Correct.$"),
    "a misconception": (
        lambda x, factor: (np.mean(factor * x), factor * x),
        1.0,
        "partly correct",
        "takes_the_mean",
        "scaled signs inputs",
        "^Your total is a mean.$",
    ),
    "a misconception that loses all": (
        lambda x, f: (np.sum(x / f), x / f),
        0.0,
        "wrong",
        "divides",
        "",
        "^Your factor divides.$",
    ),
    "nothing known": (
        lambda x, factor: (1.0, factor * x),
        1.0,
        "partly correct",
        "",
        "scaled signs inputs",
        r"^`total` is not the number that is due\. \(Case: plain\.\)$",
    ),
    "wrong in tagged cases": (
        _mean_of_negatives,
        1.1,
        "partly correct",
        "",
        "total inputs",
        r"^`scaled` differs in 3 of 3 numbers\. \(Case: negative\.\)$",
    ),
    "all wrong, inputs untouched": (lambda x, f: (0.0, x), 0.0, "wrong", "", "", r"^`total` is not the number"),
    "right, in place": (
        _right_and_in_place,
        1.9,
        "partly correct",
        "in_place",
        "total scaled signs",
        "^You write into `x`.$",
    ),
    "right, in place in one case": (
        _right_and_in_place_once,
        1.9,
        "partly correct",
        "",
        "total scaled signs",
        "^Your function changed its argument `x`; it should return new arrays instead.$",
    ),
    "wrong, in place": (
        _wrong_and_in_place,
        0.0,
        "wrong",
        "",
        "",
        r"\(Case: plain\.\) Your function changed its argument `x`",
    ),
    "a misconception, in place besides": (
        _mean_and_in_place,
        0.9,
        "partly correct",
        "takes_the_mean",
        "scaled signs",
        "^Your total is a mean. Your function changed its argument `x`",
    ),
    "nothing returned": (
        _nothing,
        0.0,
        "wrong",
        "",
        "",
        "^Your function returned nothing. Return 2 values, `total, scaled`",
    ),
    "one value": (lambda x, f: f * x, 0.0, "wrong", "", "", "^Your function returned one value, an array of shape"),
    "a stub": (_stub, 0.0, "not attempted", "", "", "^This function is not written yet.$"),
    "a stub in some cases": (_half_written, 0.0, "raised", "", "", "^Your function raised NotImplementedError"),
    "an exception": (
        _quotes_its_input,
        0.0,
        "raised",
        "",
        "",
        r"^Your function raised ValueError in line \d+, `raise ValueError",
    ),
    "a loop": (_loops, 0.0, "timed out", "", "", "^Your function did not come to an end in time"),
    "no memory": (_eats_memory, 0.0, "out of memory", "", "", "^Your function needed more memory"),
    "too large": (_too_much, 0.0, "wrong", "", "", r"^Your function returned too much to look at\. \(Case"),
    "too few arguments": (lambda x: x, 0.0, "raised", "", "", "^Your function raised TypeError"),
}


@pytest.mark.parametrize("name", STATUSES)
def test_points_status_and_message(name, tiny):
    function, points, status, misconception, passed, words = STATUSES[name]
    verdict = verdict_on(function, tiny)
    names = {"total": "total", "scaled": "scaled", "signs": "signs", "inputs": "inputs untouched"}
    assert (verdict.exercise, verdict.status, verdict.misconception) == ("scale", status, misconception)
    assert verdict.points == pytest.approx(points)
    assert verdict.due == 2.0
    assert [a.name for a in verdict.aspects if a.passed] == [names[word] for word in passed.split()]
    assert re.search(words, verdict.message), verdict.message


@pytest.mark.parametrize("name", STATUSES)
def test_an_aspect_has_all_its_points_or_none_and_they_add_up(name, tiny):
    verdict = verdict_on(STATUSES[name][0], tiny)
    assert all(a.points == (a.due if a.passed else 0.0) for a in verdict.aspects)
    assert [a.due for a in verdict.aspects] == [1.0, 0.7, 0.2, 0.1]
    assert verdict.points == math.fsum(a.points for a in verdict.aspects)
    assert type(verdict.points) is float


@pytest.mark.parametrize("name", STATUSES)
def test_a_verdict_comes_back_from_json_as_it_went(name, tiny):
    verdict = verdict_on(STATUSES[name][0], tiny)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_no_message_quotes_what_an_exception_says(tiny):
    """It may be a hidden input, and an exception on the way to a misconception as well."""

    @tiny.misconception(fails=("total", "scaled", "signs"), hint="You raise.")
    def raises(x, factor):
        raise KeyError("due")

    def raises_in_one_case(x, factor):
        if x[0] < 0:
            raise ValueError(f"secret {x.tolist()}")
        return scale(x, factor)

    for function in (_quotes_its_input, raises_in_one_case):
        verdict = verdict_on(function, tiny)
        assert "raised ValueError" in verdict.message
        assert "secret " not in verdict.message.replace('f"secret', "")
        assert all(
            str(number) not in json.dumps(verdict.to_json()) for c in paper(tiny, 0).cases for number in c.calls[0][0]
        )


def test_one_wrong_case_costs_the_aspect_and_no_other(tiny):
    drawn = paper(tiny, 0)
    right = [observe(scale, c) for c in drawn.cases]
    for wrong in range(len(drawn.cases)):
        total, scaled = right[wrong].values[0]
        outcomes = [*right]
        outcomes[wrong] = Outcome((normalise((total + 1, scaled)),))
        verdict = judge.judge(drawn, outcomes)
        assert [a.name for a in verdict.aspects if not a.passed] == ["total"]
        assert f"(Case: {drawn.cases[wrong].name}.)" in verdict.message


def test_a_failure_that_came_after_a_right_value_costs_all(tiny):
    drawn = paper(tiny, 0)
    outcomes = [observe(scale, c) for c in drawn.cases]
    outcomes[0] = Outcome(outcomes[0].values, Failure("crashed"))
    verdict = judge.judge(drawn, outcomes)
    assert (verdict.status, verdict.points) == ("partly correct", 0.2)
    assert [a.name for a in verdict.aspects if a.passed] == ["signs"]


def test_as_many_outcomes_as_cases_or_none(tiny):
    with pytest.raises(ValueError, match="scale: 1 outcomes for 3 cases"):
        judge.judge(paper(tiny, 0), [Outcome()])


def test_an_aspect_without_a_case_stops_the_grading():
    exercise = make_scale(aspects=(Aspect("total", 1.0, of="total", tag="odd"),))
    with pytest.raises(DrawError, match="scale: no case has the tag 'odd' of the aspect 'total'"):
        verdict_on(scale, exercise)


# ------------------------------------------------------------------------------------- remarks

TO_DOUBLE = "Given float32, your function returns float64. That is right, and takes twice the memory."
TO_SINGLE = "Given float64, your function returns float32: it was compared at a wider tolerance."


def _double(x, factor):
    return float(np.sum(factor * x)), np.asarray(x, float) * factor


def _single(x, factor):
    scaled = np.asarray(x, "f4") * np.float32(factor)
    return np.sum(scaled), scaled


def _single_number(x, factor):
    return np.float32(np.sum(factor * x)), factor * x


REMARKS = {
    "dtypes kept": (scale, ()),
    "promoted": (_double, (TO_DOUBLE,)),
    "single": (_single, (TO_SINGLE,)),
    "a single number": (_single_number, (TO_SINGLE,)),
    "wrong and promoted": (lambda x, f: (1.0, np.asarray(x, float) * f), (TO_DOUBLE,)),
}


@pytest.mark.parametrize("name", REMARKS)
def test_a_changed_dtype_is_a_remark_and_costs_nothing(name, tiny):
    function, remarks = REMARKS[name]
    verdict = verdict_on(function, tiny)
    assert verdict.remarks == remarks
    assert verdict.points == (1.0 if name.startswith("wrong") else 2.0)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_step_that_keeps_to_one_dtype_gets_full_marks(dtype):
    def momentum_step(params, grads, v, learning_rate, beta=0.9):
        def as_dtype(arrays):
            return {key: value.astype(dtype) for key, value in arrays.items()}

        params, grads, v = map(as_dtype, (params, grads, v))
        f = np.dtype(dtype).type
        v = {key: f(beta) * v[key] + f(1 - beta) * grads[key] for key in v}
        return {key: params[key] - f(learning_rate) * v[key] for key in v}, v

    for seed in range(5):
        verdict = verdict_on(momentum_step, MOMENTUM, seed)
        assert verdict.points == verdict.due == MOMENTUM.points
        assert verdict.remarks == ((TO_SINGLE,) if dtype == "f4" else (TO_DOUBLE,))


def test_a_float32_answer_that_is_wrong_by_more_than_rounding_loses_marks(tiny):
    verdict = verdict_on(lambda x, f: (scale(x, f)[0], (f * x * 1.0003).astype("f4")), tiny)
    assert [a.name for a in verdict.aspects if not a.passed] == ["scaled", "signs"]
    assert "differs in" in verdict.message


# --------------------------------------------------------------------------------------- draws


def test_the_same_seed_gives_the_same_verdict_byte_for_byte():
    def wrong(params, grads, v, learning_rate, beta=0.9):
        return {key: params[key] - learning_rate * grads[key] for key in params}, v

    texts = set()
    for _ in range(2):
        judge._paper.cache_clear()
        texts.add(json.dumps(verdict_on(wrong, MOMENTUM, 7).to_json()))
    assert len(texts) == 1


def _inputs(exercise, seed):
    return json.dumps([c.to_json() for c in paper(exercise, seed).cases])


def test_the_same_seed_gives_the_same_cases_and_another_seed_others():
    first = _inputs(MOMENTUM, 7)
    judge._paper.cache_clear()
    assert _inputs(MOMENTUM, 7) == first
    assert len({_inputs(MOMENTUM, seed) for seed in range(5)}) == 5


def test_exercises_with_the_same_ranges_get_numbers_of_their_own(tiny):
    def scale_again(x, factor):
        return scale(x, factor)

    assert _inputs(make_scale(reference=scale_again), 0) != _inputs(tiny, 0)


def test_two_exercises_of_one_name_have_papers_of_their_own(tiny):
    other = make_scale()
    assert paper(tiny, 0) is paper(tiny, 0)
    assert paper(other, 0) is not paper(tiny, 0)
    assert paper(other, 0).misconceptions == {}
    assert (paper(tiny, 7).seed, worked_paper(tiny).seed) == (7, 0)


def test_cases_are_drawn_again_until_they_tell_the_functions_apart():
    drawn = []

    def draw(rng):
        drawn.append(rng.random())
        return [case("negative", (np.array([float(len(drawn) // 3)]), 0.5), tags=("negative",))]

    exercise = make_scale(draw)

    @exercise.misconception(fails=("total", "scaled", "signs"), hint="Yours is always zero.")
    def zero(x, factor):
        return 0.0, 0 * x

    assert paper(exercise, 0).cases[0].calls[0][0].tolist() == [1.0]
    assert len(set(drawn)) == len(drawn) == 3


def _zeros(rng):
    _zeros.drawn += 1
    return [case("zeros", (np.zeros(2), 0.5), tags=("negative",))]


def test_a_table_that_no_draw_tells_apart_stops_with_the_names():
    exercise = make_scale(_zeros)

    @exercise.misconception(fails=("total",), hint="Yours is doubled.")
    def doubles(x, factor):
        return 2 * float(np.sum(factor * x)), factor * x

    _zeros.drawn = 0
    with pytest.raises(DrawError, match="scale: 100 draws did not tell doubles from the reference by 1000 tolerances"):
        paper(exercise, 0)
    assert _zeros.drawn == judge.DRAWS == 100


def test_a_misconception_must_fail_each_aspect_that_it_states():
    def draw(rng):
        sign = -1.0 if rng.random() < 0.5 else 1.0
        draws.append(sign)
        return [case("one", (sign * np.ones(2), 0.5)), case("positive", (np.ones(2), 0.5), tags=("negative",))]

    def wrong_below_zero(x, factor):
        return float(np.sum(factor * x)), factor * abs(x)

    draws = []
    exercise = make_scale(draw)
    exercise.misconception(fails=("scaled",), hint="What of a sign?")(wrong_below_zero)
    for seed in range(5):
        assert paper(exercise, seed).cases[0].calls[0][0].tolist() == [-1, -1]
    assert 1.0 in draws

    exercise = make_scale(draw)
    exercise.misconception(fails=("scaled", "signs"), hint="What of a sign?")(wrong_below_zero)
    with pytest.raises(DrawError, match="did not tell wrong_below_zero from the reference in the aspect 'signs'"):
        paper(exercise, 0)


def _with_two(difference):
    """Return an exercise with two misconceptions that differ by so much, relatively."""
    exercise = make_scale()

    @exercise.misconception(fails=("total", "scaled", "signs"), hint="Two.")
    def two(x, factor):
        return float(np.sum(2 * x)), 2 * x

    @exercise.misconception(fails=("total", "scaled", "signs"), hint="Almost two.")
    def almost_two(x, factor):
        return float(np.sum(2 * x * (1 + difference))), 2 * x * (1 + difference)

    return exercise


def test_two_misconceptions_must_be_apart_by_a_thousand_tolerances():
    assert confusion(worked_paper(_with_two(0.9e-6))) == ("almost_two", "two")
    assert confusion(worked_paper(_with_two(1.1e-6))) is None
    with pytest.raises(DrawError, match=r"did not tell almost_two from two .* If the two compute the same, keep one"):
        paper(_with_two(0.0), 0)


def test_a_misconception_must_be_apart_from_the_reference_in_float32_as_well():
    def with_error(error):
        exercise = make_scale()

        @exercise.misconception(fails=("total", "scaled", "signs"), hint="Almost.")
        def almost(x, factor):
            return tuple(part * (1 + error) for part in scale(x, factor))

        return exercise

    assert confusion(worked_paper(with_error(0.9e-3))) == ("almost", "the reference")
    assert confusion(worked_paper(with_error(1.1e-3))) is None


def test_a_misconception_that_differs_in_modified_arguments_alone_is_told_apart(tiny):
    assert confusion(paper(tiny, 0)) is None
    assert confusion(worked_paper(tiny)) is None


def test_a_table_holds_no_aspect_that_is_unknown_and_no_name_twice(tiny):
    place = "scale in grader/exercises/: "
    with pytest.raises(ValueError, match=f"{place}there is no aspect 'totals'; fails= takes some of total, "):
        tiny.misconception(fails=("totals",), hint="")
    with pytest.raises(ValueError, match=re.escape(f"{place}a misconception has fails=(). Name the aspects")):
        tiny.misconception(fails=(), hint="")
    with pytest.raises(ValueError, match=f"{place}the misconception divides stands twice .* Rename one of them"):
        tiny.misconception(fails=("total",), hint="")(tiny.misconceptions["divides"].function)


# --------------------------------------------------------------------------- consequential errors


def offset(x, factor, scale=scale):
    """Return the scaled numbers plus one."""
    return scale(x, factor)[1] + 1


@pytest.fixture
def later(tiny):
    return Exercise(
        reference=offset,
        returns=("y",),
        aspects=(Aspect("values", 1.5, of="y"), Aspect("inputs untouched", 0.5, of=INPUTS)),
        draw=lambda rng: [case("plain", (rng.standard_normal(3) + 3, 0.7)), case("five", (np.arange(5.0), 0.3))],
        worked=(),
        builds_on=("other", "scale"),
    )


def _offset_by(function):
    return lambda x, factor: function(x, factor)[1] + 1


def test_a_mistake_that_is_taken_over_costs_nothing_more(tiny, later):
    divides = tiny.misconceptions["divides"]
    verdict = verdict_on(_offset_by(divides.function), later, earlier={"scale": divides})
    assert (verdict.status, verdict.points, verdict.follows) == ("correct", 2.0, "scale")
    assert all(a.passed and a.points == a.due for a in verdict.aspects)
    assert [a.name for a in verdict.aspects] == ["values", "inputs untouched"]
    assert verdict.message.startswith(
        "Full marks: this function is right but for the mistake that it takes over from `scale`."
    )


NOT_TAKEN_OVER = {
    "another mistake besides": lambda tiny: lambda x, f: tiny.misconceptions["divides"].function(x, f)[1] + 2,
    "modifies its input besides": lambda tiny: lambda x, f: (x / f + 1, x.fill(0))[0],
    "wrong in its own way": lambda tiny: lambda x, f: x,
}


@pytest.mark.parametrize("name", NOT_TAKEN_OVER)
def test_a_mistake_of_ones_own_costs_marks(name, tiny, later):
    verdict = verdict_on(NOT_TAKEN_OVER[name](tiny), later, earlier={"scale": tiny.misconceptions["divides"]})
    assert (verdict.points, verdict.follows, verdict.status) == (0.0, "", "wrong")


def test_a_mistake_counts_where_it_was_not_made_before(tiny, later):
    function = _offset_by(tiny.misconceptions["divides"].function)
    for earlier in (
        None,
        {},
        {"adam_step": tiny.misconceptions["divides"]},
        {"scale": tiny.misconceptions["takes_the_mean"]},
    ):
        assert verdict_on(function, later, earlier=earlier).points == 0.0


def test_an_exception_that_the_earlier_mistake_leads_to_costs_nothing_more(tiny, later):
    @tiny.misconception(fails=("total", "scaled", "signs"), hint="You return one value. Which two are due?")
    def returns_one(x, factor):
        return float(np.sum(factor * x))

    def on(function):
        return lambda x, factor: function(x, factor)[1] + 1

    earlier = {"scale": tiny.misconceptions["returns_one"]}
    verdict = verdict_on(on(returns_one), later, earlier=earlier)
    assert (verdict.status, verdict.points, verdict.follows) == ("correct", 2.0, "scale")
    assert verdict_on(_nothing, later, earlier=earlier).points == 0
    assert verdict_on(_eats_memory, later, earlier=earlier).points == 0


def test_who_writes_the_formula_again_is_right_whatever_was_wrong_before(tiny, later):
    verdict = verdict_on(lambda x, f: f * x + 1, later, earlier={"scale": tiny.misconceptions["divides"]})
    assert (verdict.status, verdict.points, verdict.follows) == ("correct", 2.0, "")


# ----------------------------------------------------------------------------- without outcomes

WITHOUT = {
    "missing": ("missing", "There is no function of this name in the notebook."),
    "crashed": ("crashed", "Your function ended the Python process that ran it."),
    "timed out": ("timed out", "Your function did not come to an end in time. Is there a loop that never stops?"),
    "out of memory": ("out of memory", "Your function needed more memory than there is."),
    "too large": ("wrong", "Your function returned too much to look at."),
}


@pytest.mark.parametrize("kind", WITHOUT)
def test_without_outcomes_there_are_no_points_and_a_reason(kind, tiny):
    verdict = without_outcomes(tiny, kind)
    assert (verdict.status, verdict.message) == WITHOUT[kind]
    assert (verdict.exercise, verdict.points, verdict.due) == ("scale", 0.0, 2.0)
    assert [(a.name, a.passed, a.points, a.due) for a in verdict.aspects] == [
        (a.name, False, 0.0, a.points) for a in tiny.aspects
    ]
    assert (verdict.misconception, verdict.follows, verdict.remarks) == ("", "", ())


# --------------------------------------------------------------------------------- views, chains


def test_batches_are_judged_through_their_view():
    exercise = EXERCISES["random_mini_batches"]
    drawn = paper(exercise, 3)
    outcomes = [observe(exercise.reference, c, exercise.shape.parameters) for c in drawn.cases]
    assert judge.judge(drawn, outcomes).points == exercise.points
    broken = [Outcome(tuple(value[:-1] for value in o.values)) for o in outcomes]
    verdict = judge.judge(drawn, broken)
    assert verdict.points < exercise.points


def test_a_chain_that_cannot_go_on_says_what_to_return():
    exercise = make_scale(
        lambda rng: [case("twice", (np.ones(2), 0.5), (Previous(1), 0.5), tags=("negative",))],
        misconceptions={},
    )
    verdict = verdict_on(lambda x, factor: factor * x, exercise)
    assert (verdict.status, verdict.points) == ("wrong", 0.0)
    assert "Return 2 values, `total, scaled`." in verdict.message
