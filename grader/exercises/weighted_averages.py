"""Lesson 02: hidden cases, aspects and misconceptions of exponentially weighted averages."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import draw_beta, draw_two_betas
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import weighted_averages as reference
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Case

BETAS = "0 < beta < 1"


def _series(rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    """Return series with their names: of both signs, negative on the whole, zero at first and at last."""
    return [
        ("one value", rng.standard_normal(1) + 3),
        ("two values", 5 * rng.standard_normal(2)),
        ("seven values of both signs", rng.standard_normal(7)),
        ("temperatures of a winter", -6 + 6 * rng.standard_normal(31)),
        ("zeros, a jump, zeros", np.concatenate([np.zeros(4), rng.uniform(4, 9, 5), np.zeros(3)])),
        ("the same value again and again", np.full(6, float(rng.integers(2, 6)))),
    ]


def _draw_series(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (values, draw_beta(rng))) for name, values in _series(rng)]
    single = (5 + rng.standard_normal(9)).astype(np.float32), draw_beta(rng)
    return [*cases, case("float32", single, rtol=RTOL_FLOAT32)]


_WORKED_SERIES = (
    case("one value", (np.array([8.0]), 0.75)),
    case("three values", (np.array([8.0, 4.0, -12.0]), 0.75)),
    case("a jump up and down", (np.array([0.0, 0.0, 10.0, 10.0, 0.0]), 0.5)),
    case("the same value again and again", (np.full(12, 5.0), 0.8)),
)


# ----------------------------------------------------------------------------------------- ewa

ewa = Exercise(
    reference=reference.ewa,
    returns=("averages",),
    aspects=(Aspect("averages", 2.5, of="averages"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_series,
    worked=_WORKED_SERIES,
    domain=f"one value or more, {BETAS}",
)


@ewa.misconception(
    fails=("averages",),
    hint="Your β and 1-β have changed places. With β = 0.9, should an average keep nine tenths of its past, or one "
    "tenth?",
)
def swaps_the_weights(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = (1 - beta) * v + beta * value
        averages.append(v)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="A new value enters your average with its full weight, so that the average grows beyond the values. What "
    "must the two weights of an average add up to?",
)
def forgets_one_minus_beta(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = beta * v + value
        averages.append(v)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="Your average starts at the first value. Many libraries do so, and it is right there. In this course, what "
    "does the average hold before any value has come?",
)
def starts_at_the_first_value(values, beta):
    averages, v = [values[0]], values[0]
    for value in values[1:]:
        v = beta * v + (1 - beta) * value
        averages.append(v)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="Each of your averages starts from zero anew. Which average stands on the right-hand side: the first of all, "
    "or the one before?",
)
def goes_back_to_the_start_each_time(values, beta):
    averages, v0 = [], 0.0
    for value in values:
        averages.append(beta * v0 + (1 - beta) * value)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="You mix each value with the value before it, so that nothing is remembered for longer than a step. "
    "What should β be multiplied by?",
)
def mixes_neighbouring_values(values, beta):
    averages, previous = [], 0.0
    for value in values:
        averages.append(beta * previous + (1 - beta) * value)
        previous = value
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="Your result begins with the average before any value. How many averages belong to T values?",
)
def returns_the_start_as_well(values, beta):
    averages = [0.0]
    for value in values:
        averages.append(beta * averages[-1] + (1 - beta) * value)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="Your averages come one place late: each one lacks the value of its own step. Does the t-th average know "
    "the t-th value?",
)
def comes_one_step_late(values, beta):
    averages, v = [], 0.0
    for value in values:
        averages.append(v)
        v = beta * v + (1 - beta) * value
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="You return the last average alone. How would one draw the curve?",
)
def returns_the_last_average(values, beta):
    v = 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
    return v


@ewa.misconception(
    fails=("averages",),
    hint="Your averages are corrected for their start. That is a later exercise. What is the plain average at the "
    "first value?",
)
def corrects_the_start(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**t))
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
)
def fixes_beta(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = 0.9 * v + 0.1 * value
        averages.append(v)
    return np.array(averages)


@ewa.misconception(
    fails=("averages",),
    hint="You take the plain mean of all values so far: the oldest one counts as much as the newest. What is β for?",
)
def takes_the_plain_mean(values, beta):
    return np.cumsum(values) / np.arange(1, len(values) + 1)


@ewa.misconception(
    fails=("inputs untouched",),
    hint="Your averages are right, but they stand where the values stood: your function writes into `values`. What "
    "does a cell find there that wants to draw the values beside the averages?",
)
def writes_over_the_values(values, beta):
    v = 0.0
    for i in range(len(values)):
        v = beta * v + (1 - beta) * values[i]
        values[i] = v
    return values


# --------------------------------------------------------------------------------- ewa_weights


def _draw_ewa_weights(rng: np.random.Generator) -> list[Case]:
    names = {1: "one value", 3: "three values", 5: "five values", 12: "twelve values", 120: "120 values"}
    beta1, beta2 = draw_two_betas(rng)
    return [
        *(case(name, (draw_beta(rng), t)) for t, name in names.items()),
        case("four values", (beta1, 4)),
        case("four values, another beta", (beta2, 4)),
    ]


ewa_weights = Exercise(
    reference=reference.ewa_weights,
    returns=("weights",),
    aspects=(Aspect("weights", 2.0, of="weights"),),
    draw=_draw_ewa_weights,
    worked=(
        case("one value", (0.75, 1)),
        case("three values", (0.75, 3)),
        case("five values", (0.6, 5)),
        case("three values, another beta", (0.6, 3)),
    ),
    domain=f"t of at least 1, {BETAS}",
)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights stand the other way round. Here the oldest value comes first. Which one should weigh most?",
)
def puts_the_newest_first(beta, t):
    return (1 - beta) * beta ** np.arange(t)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your newest value has the weight 1, and the weights add up to more than 1. With which factor does a value "
    "enter the average?",
)
def leaves_out_one_minus_beta(beta, t):
    return beta ** np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your β and 1-β have changed places. By which factor does a weight shrink from step to step?",
)
def swaps_beta_and_one_minus_beta(beta, t):
    return beta * (1 - beta) ** np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="All your exponents are too large by one. How often has the newest value been multiplied by β?",
)
def ages_every_value_once_too_often(beta, t):
    return (1 - beta) * beta ** np.arange(t, 0, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights are made to add up to 1. Those of the corrected average do. Does the plain average, which "
    "starts at zero, weigh the first value so much?",
)
def makes_the_weights_add_up_to_one(beta, t):
    weights = beta ** np.arange(t - 1, -1, -1)
    return weights / np.sum(weights)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your oldest weight is that of an average that starts at its first value. Where does the average start here?",
)
def gives_the_first_value_the_start(beta, t):
    weights = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    weights[0] = beta ** (t - 1)
    return weights


@ewa_weights.misconception(
    fails=("weights",),
    hint="You have a weight more than there are values: that of the start. How many weights belong to t values?",
)
def weighs_the_start_as_well(beta, t):
    return (1 - beta) * beta ** np.arange(t, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You have a weight less than there are values. Where does a range end?",
)
def leaves_out_a_value(beta, t):
    return (1 - beta) * beta ** np.arange(t - 1, 0, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You multiply β by the age of a value. What happens to a weight in each step: is something added to it, or "
    "is it multiplied?",
)
def multiplies_for_powers(beta, t):
    return (1 - beta) * beta * np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights are all alike, as in a plain mean. Should a value from long ago count as much as the newest?",
)
def weighs_all_alike(beta, t):
    return np.full(t, 1 / t)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You return one weight, that of the oldest value. How many values enter the t-th average?",
)
def returns_one_weight(beta, t):
    return (1 - beta) * beta ** (t - 1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
)
def fixes_beta_of_the_weights(beta, t):
    return 0.1 * 0.9 ** np.arange(t - 1, -1, -1)


# ---------------------------------------------------------------------------- averaging_window


def _draw_averaging_window(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (draw_beta(rng),)) for name in ("a beta", "another beta", "a third beta")]
    wide = float(rng.uniform(0.992, 0.999))
    return [*cases, case("a long memory", (wide,)), case("a short memory", (float(rng.uniform(0.15, 0.45)),))]


averaging_window = Exercise(
    reference=reference.averaging_window,
    returns=("window",),
    aspects=(Aspect("window", 2.0, of="window"),),
    draw=_draw_averaging_window,
    worked=(
        case("beta 0.9", (0.9,)),
        case("beta 0.98", (0.98,)),
        case("beta 0.999", (0.999,)),
        case("beta 0.7", (0.7,)),
        case("beta 0.3", (0.3,)),
    ),
    domain=BETAS,
)


@averaging_window.misconception(
    fails=("window",),
    hint="Your window gets shorter as β grows. If the average keeps more of its past, does it look back further, or "
    "less far?",
)
def divides_by_beta(beta):
    return 1 / beta


@averaging_window.misconception(
    fails=("window",),
    hint="What you return is the weight of the newest value, a number below 1. Over how many values do such weights "
    "spread?",
)
def returns_the_newest_weight(beta):
    return 1 - beta


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is too short by one: that is the mean age of what is in the average, which starts at 0. Does the "
    "newest value count?",
)
def leaves_out_the_newest_value(beta):
    return beta / (1 - beta)


@averaging_window.misconception(
    fails=("window",),
    hint="You add β where the formula takes it away. What should the window be when β comes close to 1?",
)
def adds_beta(beta):
    return 1 / (1 + beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is rounded. With β = 0.6, must it be a whole number?",
)
def rounds_to_a_whole_number(beta):
    return round(1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is cut to a whole number. A rounding error may even take a whole step off. Must it be whole?",
)
def cuts_to_a_whole_number(beta):
    return int(1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the time after which a weight has fallen to 1/e, found with a logarithm. It is right as "
    "such, and close for a β near 1. The course's rule of thumb needs no logarithm. What does it divide by?",
)
def takes_the_time_to_one_e(beta):
    return -1 / np.log(beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the half-life: the time after which a weight has halved. It is right under that name. Which "
    "share is left at the end of the window of this course?",
)
def takes_the_half_life(beta):
    return np.log(0.5) / np.log(beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the span: the length of a plain moving average of the same mean age. It is right under that "
    "name, in pandas for one. The window of this course is about half as long. What is the mean age?",
)
def takes_the_span(beta):
    return (1 + beta) / (1 - beta)


@averaging_window.misconception(
    fails=("window",),
    hint="What you return is the share of its weight that a value has left at the end of the window, about 1/e. The "
    "window itself is in your formula. Where?",
)
def returns_the_share_that_is_left(beta):
    return beta ** (1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is 10 whatever β is. That holds for one β. Where does your function read `beta`?",
)
def knows_one_window(beta):
    return 10.0


# ------------------------------------------------------------------------------- ewa_corrected

ewa_corrected = Exercise(
    reference=reference.ewa_corrected,
    returns=("averages",),
    aspects=(Aspect("averages", 2.5, of="averages"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_series,
    worked=_WORKED_SERIES,
    domain=f"one value or more, {BETAS}",
    builds_on=("ewa",),
)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your averages are the plain ones, pulled towards zero at the start. What do the weights of the "
    "values add up to after one step, and what after many?",
)
def does_not_correct(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
        averages.append(v)
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You divide by the same number at every step, the one of the first step. As time goes on the start matters "
    "less. What should the divisor tend to?",
)
def divides_by_one_minus_beta(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You divide by the same number at every step, the one of the second step. Which number does the step have?",
)
def fixes_the_exponent_at_two(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**2))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You divide all averages by the number that belongs to the last one. Which exponent does the first one need?",
)
def takes_the_last_exponent_for_all(values, beta):
    averages, v = [], 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta ** len(values)))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You multiply where the formula divides. The plain average is too small at the start. Does a factor below 1 "
    "make it larger?",
)
def multiplies_for_divides(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(v * (1 - beta**t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You go on from the corrected average, so that corrections pile up. Which average enters the next step?",
)
def goes_on_from_the_corrected_average(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = (beta * v + (1 - beta) * value) / (1 - beta**t)
        averages.append(v)
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your steps are counted from 0, and the first division is one by zero. Which number has the first value?",
)
def counts_from_zero(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values):
        v = beta * v + (1 - beta) * value
        averages.append(np.float64(v) / (1 - beta**t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your exponents are too large by one. Which number has the first value?",
)
def counts_one_step_too_many(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(v / (1 - beta ** (t + 1)))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You divide by the share of the start, not by the share of the values. What do the values' weights add up to?",
)
def divides_by_the_share_of_the_start(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(v / beta**t)
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your divisor has a product of β and t where a power is due. Can it become negative, and should it?",
)
def multiplies_beta_and_t(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + (1 - beta) * value
        averages.append(np.float64(v) / (1 - beta * t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your correction is right, but in the average itself β and 1-β have changed places. With β = 0.9, how much "
    "of its past should it keep?",
)
def swaps_the_weights_before_it_corrects(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = (1 - beta) * v + beta * value
        averages.append(v / (1 - beta**t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your correction is right, but a new value enters the average with its full weight. Which factor is missing?",
)
def corrects_a_sum(values, beta):
    averages, v = [], 0.0
    for t, value in enumerate(values, start=1):
        v = beta * v + value
        averages.append(v / (1 - beta**t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your average starts at the first value, and you correct it besides. The correction is made for a start at "
    "zero. What does your first average come to?",
)
def corrects_a_start_at_the_first_value(values, beta):
    averages, v = [], values[0]
    for t, value in enumerate(values, start=1):
        v = v if t == 1 else beta * v + (1 - beta) * value
        averages.append(v / (1 - beta**t))
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="Your average starts at the first value in place of a correction. It is another way to treat the start, and "
    "right elsewhere. How much does the first value weigh in it after a few steps?",
)
def starts_at_the_first_value_and_does_not_correct(values, beta):
    averages, v = [values[0]], values[0]
    for value in values[1:]:
        v = beta * v + (1 - beta) * value
        averages.append(v)
    return np.array(averages)


@ewa_corrected.misconception(
    fails=("averages",),
    hint="You return the last average alone. How would one draw the curve?",
)
def returns_the_last_corrected_average(values, beta):
    v = 0.0
    for value in values:
        v = beta * v + (1 - beta) * value
    return v / (1 - beta ** len(values))


@ewa_corrected.misconception(
    fails=("inputs untouched",),
    hint="Your averages are right, but your function writes into `values`. What does a cell find there that wants to "
    "draw the values beside the averages?",
)
def writes_corrected_averages_over_the_values(values, beta):
    v = 0.0
    for i in range(len(values)):
        v = beta * v + (1 - beta) * values[i]
        values[i] = v / (1 - beta ** (i + 1))
    return values


EXERCISES = (ewa, ewa_weights, averaging_window, ewa_corrected)
