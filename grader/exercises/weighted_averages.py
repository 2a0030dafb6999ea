"""Lesson 02: hidden cases, aspects and misconceptions of exponentially weighted averages."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import draw_beta, draw_long_beta, draw_two_betas
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
        ("one value far from the others", np.insert(rng.standard_normal(24), 9, 80.0)),
        ("small changes", 5 + 1e-4 * rng.standard_normal(9)),
        ("small values", 1e-9 * rng.standard_normal(9)),
    ]


def _long_series(up: np.ndarray, beta: float) -> list[Case]:
    """Return long series, far from zero at the end, of one length and one beta.

    What an average leaves out, rounds away or bounds adds up in them.
    """
    # NB: beta**len(up) must not underflow: a cumulative sum of values / beta**t is right as well.
    return [
        case("many values that rise, a long memory", (up, beta)),
        case("many values that fall, a long memory", (5 - up, beta)),
    ]


def _draw_series(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (values, draw_beta(rng))) for name, values in _series(rng)]
    single = (5 + rng.standard_normal(9)).astype(np.float32), draw_beta(rng)
    up = np.arange(400.0) * rng.uniform(2, 4) + rng.standard_normal(400)
    many = _long_series(up, draw_long_beta(rng))
    short = [case("a short memory", (rng.standard_normal(9), float(rng.uniform(0.15, 0.4))))]
    short.append(case("many values, a short memory", (5 + rng.standard_normal(130), float(rng.uniform(0.86, 0.92)))))
    values, betas = 4 + rng.standard_normal(5), draw_two_betas(rng)
    again = case("one series, two betas", *((values, beta) for beta in betas))
    return [*cases, *many, *short, again, case("float32", single, rtol=RTOL_FLOAT32)]


_WORKED_SERIES = (
    case("one value", (np.array([8.0]), 0.75)),
    case("three values", (np.array([8.5, 4.25, -12.0]), 0.75)),
    case("a jump up and down", (np.array([0.0, 0.0, 10.0, 10.0, 0.0]), 0.5)),
    case("the same value again and again", (np.full(12, 5.0), 0.8)),
    case("one value far from the others", (np.array([1.0, 2.0] * 6 + [80.0, 1.0, 2.0]), 0.75)),
    case("small values, a short memory", (np.array([2e-9, -1e-9, 3e-9]), 0.25)),
    *_long_series(np.arange(0.0, 960.0, 8.0), 0.995),
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
    lecture="v_t = βv_{t-1} + (1-β)θ_t: the past gets β. With β = 0.9 the curve must be smooth; with the two "
    "exchanged it follows the data almost point by point. Draw both.",
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
    lecture="The weights of an average add up to one: β for the past, 1-β for the new value. Without the 1-β a "
    "constant series of 20 degrees climbs towards 200 at β = 0.9.",
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
    lecture="The course starts at v_0 = 0 and repairs the start by bias correction. A start at the first value is "
    "right elsewhere, but it gives one accidental value a large weight for a long time.",
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
    lecture="The right-hand side has v_{t-1}, the average just before, and not v_0. Some lecture notes have a slip "
    "here: V_0 where V_{t-1} is meant.",
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
    lecture="β multiplies the old average, which remembers everything before, and not the old value. Feed in a single "
    "1 among zeros: the right average fades slowly, the wrong one is gone after two steps.",
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
    lecture="T values give T averages; v_0 = 0 is where one starts from and no result. The plot shows it: with the "
    "start in it, the curve is one place to the right.",
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
    lecture="v_t includes θ_t: update first, then store. The first average is (1-β)θ_1 and not 0.",
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
    lecture="The task asks for the whole curve: collect v_t in each turn. One number cannot be drawn over time.",
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
    lecture="The plain average starts too low and this exercise keeps it so: v_1 = (1-β)θ_1. The division by 1-β^t is "
    "the exercise after it.",
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
    lecture="β is an argument: draw 0.5, 0.9 and 0.98 in one figure with the same function. A constant in the body "
    "makes three equal curves.",
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
    lecture="A mean of everything so far forgets nothing, so it can hardly turn any more after a hundred values. The "
    "weighted average forgets by the factor β at each step.",
)
def takes_the_plain_mean(values, beta):
    return np.cumsum(values) / np.arange(1, len(values) + 1)


@ewa.misconception(
    fails=("inputs untouched",),
    hint="Your averages are right, but they stand where the values stood: your function writes into `values`. What "
    "does a cell find there that wants to draw the values beside the averages?",
    lecture="An array that is passed in is the caller's own: writing into it changes their data. Start with "
    "`np.empty(len(values))`; note also that an integer array would cut the averages to whole numbers.",
)
def writes_over_the_values(values, beta):
    v = 0.0
    for i in range(len(values)):
        v = beta * v + (1 - beta) * values[i]
        values[i] = v
    return values


# --------------------------------------------------------------------------------- ewa_weights


def _draw_ewa_weights(rng: np.random.Generator) -> list[Case]:
    names = {1: "one value", 3: "three values", 5: "five values", 12: "twelve values"}
    beta1, beta2 = draw_two_betas(rng)
    return [
        *(case(name, (draw_beta(rng), t)) for t, name in names.items()),
        case("many values, a long memory", (draw_long_beta(rng), 300)),
        case("many values, a short memory", (float(rng.uniform(0.2, 0.5)), 120)),
        case("four values", (beta1, 4)),
        case("four values, another beta", (beta2, 4)),
        case("two values, the beta before", (beta2, 2)),
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
        case("many values, a long memory", (0.995, 120)),
        case("many values, a short memory", (0.3, 40)),
    ),
    domain=f"t of at least 1, {BETAS}",
)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights stand the other way round. Here the oldest value comes first. Which one should weigh most?",
    lecture="The array is written in the order of time, oldest first, so that `weights @ values[:t]` is the average. "
    "The newest value, at the end, weighs most: 1-β.",
)
def puts_the_newest_first(beta, t):
    return (1 - beta) * beta ** np.arange(t)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your newest value has the weight 1, and the weights add up to more than 1. With which factor does a value "
    "enter the average?",
    lecture="Each value enters with the factor 1-β and then ages by β per step: (1-β)β^(age). With the factor the "
    "weights add up to 1-β^t, without it to 1/(1-β) in the long run.",
)
def leaves_out_one_minus_beta(beta, t):
    return beta ** np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your β and 1-β have changed places. By which factor does a weight shrink from step to step?",
    lecture="A weight shrinks by the factor β from step to step; with β = 0.9 that is slow. Write v_3 out in full on "
    "the board and read the three weights off.",
)
def swaps_beta_and_one_minus_beta(beta, t):
    return beta * (1 - beta) ** np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="All your exponents are too large by one. How often has the newest value been multiplied by β?",
    lecture="The newest value was never multiplied by β: its exponent is 0. The ages run from t-1 down to 0.",
)
def ages_every_value_once_too_often(beta, t):
    return (1 - beta) * beta ** np.arange(t, 0, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights are made to add up to 1. Those of the corrected average do. Does the plain average, which "
    "starts at zero, weigh the first value so much?",
    lecture="The weights of the plain average add up to 1-β^t: that gap is the bias of the start. Dividing by it is "
    "the correction, a later exercise.",
)
def makes_the_weights_add_up_to_one(beta, t):
    weights = beta ** np.arange(t - 1, -1, -1)
    return weights / np.sum(weights)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your oldest weight is that of an average that starts at its first value. Where does the average start here?",
    lecture="A start at the first value would give it the weight β^(t-1). Here the average starts at 0, and the first "
    "value has the weight (1-β)β^(t-1) like any other.",
)
def gives_the_first_value_the_start(beta, t):
    weights = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    weights[0] = beta ** (t - 1)
    return weights


@ewa_weights.misconception(
    fails=("weights",),
    hint="You have a weight more than there are values: that of the start. How many weights belong to t values?",
    lecture="The start has the weight β^t, but its value is 0 and it is no entry of `values`. t values, t weights.",
)
def weighs_the_start_as_well(beta, t):
    return (1 - beta) * beta ** np.arange(t, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You have a weight less than there are values. Where does a range end?",
    lecture="`range(t - 1)` has t-1 numbers. The ages are 0, 1, ..., t-1: that is t of them.",
)
def leaves_out_a_value(beta, t):
    return (1 - beta) * beta ** np.arange(t - 1, 0, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You multiply β by the age of a value. What happens to a weight in each step: is something added to it, or "
    "is it multiplied?",
    lecture="Ageing is repeated multiplication: after k steps β^k, not kβ. Plot both for β = 0.9: one falls towards "
    "zero, the other grows along a line.",
)
def multiplies_for_powers(beta, t):
    return (1 - beta) * beta * np.arange(t - 1, -1, -1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your weights are all alike, as in a plain mean. Should a value from long ago count as much as the newest?",
    lecture="Equal weights are the plain mean. An exponentially weighted average is named after its weights: they "
    "fall by the same factor at each step back.",
)
def weighs_all_alike(beta, t):
    return np.full(t, 1 / t)


@ewa_weights.misconception(
    fails=("weights",),
    hint="You return one weight, that of the oldest value. How many values enter the t-th average?",
    lecture="The result is an array with one weight for each of the t values. Check it: the dot product with the "
    "values must be the t-th average.",
)
def returns_one_weight(beta, t):
    return (1 - beta) * beta ** (t - 1)


@ewa_weights.misconception(
    fails=("weights",),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
    lecture="β comes from the argument. Bar charts for β = 0.5 and β = 0.9 side by side show why it matters.",
)
def fixes_beta_of_the_weights(beta, t):
    return 0.1 * 0.9 ** np.arange(t - 1, -1, -1)


# ---------------------------------------------------------------------------- averaging_window


def _draw_averaging_window(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (draw_beta(rng),)) for name in ("a beta", "another beta", "a third beta")]
    ranges = {
        "a long memory": (0.992, 0.999),
        "a very long memory": (0.9992, 0.9995),
        "a short memory": (0.05, 0.2),
        "a little more than two values": (0.502, 0.51),
    }
    return [*cases, *(case(name, (float(rng.uniform(*betas)),)) for name, betas in ranges.items())]


averaging_window = Exercise(
    reference=reference.averaging_window,
    returns=("window",),
    aspects=(Aspect("window", 2.0, of="window"),),
    draw=_draw_averaging_window,
    worked=(
        case("beta 0.9", (0.9,)),
        case("beta 0.98", (0.98,)),
        case("beta 0.999", (0.999,)),
        case("beta 0.9995", (0.9995,)),
        case("beta 0.7", (0.7,)),
        case("beta 0.1", (0.1,)),
    ),
    domain=BETAS,
)


@averaging_window.misconception(
    fails=("window",),
    hint="Your window gets shorter as β grows. If the average keeps more of its past, does it look back further, or "
    "less far?",
    lecture="The window is 1/(1-β): it grows without limit as β comes close to 1. 1/β gets shorter there; put in 0.5, "
    "0.9 and 0.99: 2, 10, 100 values.",
)
def divides_by_beta(beta):
    return 1 / beta


@averaging_window.misconception(
    fails=("window",),
    hint="What you return is the weight of the newest value, a number below 1. Over how many values do such weights "
    "spread?",
    lecture="1-β is the weight of the newest value; the window is its inverse. With a tenth each it takes ten values "
    "to fill the average.",
)
def returns_the_newest_weight(beta):
    return 1 - beta


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is too short by one: that is the mean age of what is in the average, which starts at 0. Does the "
    "newest value count?",
    lecture="β/(1-β) is the mean age, in steps, and the newest value has age 0. Counting values and not steps adds "
    "one: 1/(1-β).",
)
def leaves_out_the_newest_value(beta):
    return beta / (1 - beta)


@averaging_window.misconception(
    fails=("window",),
    hint="You add β where the formula takes it away. What should the window be when β comes close to 1?",
    lecture='The sign matters: 1+β lies between 1 and 2, so the "window" would never exceed one value. At β close to '
    "1 the divisor must come close to 0.",
)
def adds_beta(beta):
    return 1 / (1 + beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is rounded. With β = 0.6, must it be a whole number?",
    lecture="A window is a rule of thumb for a span of time and need not be whole: 2.5 values for β = 0.6. Round when "
    "you print, never when you compute.",
)
def rounds_to_a_whole_number(beta):
    return round(1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is cut to a whole number. A rounding error may even take a whole step off. Must it be whole?",
    lecture="1/(1-0.9) is 10.000000000000002 on a computer, and another β may come out just below a whole number: "
    "cutting loses a whole step. No rounding belongs in this function.",
)
def cuts_to_a_whole_number(beta):
    return int(1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the time after which a weight has fallen to 1/e, found with a logarithm. It is right as "
    "such, and close for a β near 1. The course's rule of thumb needs no logarithm. What does it divide by?",
    lecture="-1/log β is the exact time to fall to 1/e: 9.49 for β = 0.9. The rule of thumb 1/(1-β) gives 10 and "
    "needs no logarithm; they come together as β goes to 1.",
)
def takes_the_time_to_one_e(beta):
    return -1 / np.log(beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the half-life: the time after which a weight has halved. It is right under that name. Which "
    "share is left at the end of the window of this course?",
    lecture="The half-life is log(1/2)/log β: 6.6 steps for β = 0.9. At the end of the window, after 10 steps, about "
    "35 % of a weight is left, close to 1/e.",
)
def takes_the_half_life(beta):
    return np.log(0.5) / np.log(beta)


@averaging_window.misconception(
    fails=("window",),
    hint="Your number is the span: the length of a plain moving average of the same mean age. It is right under that "
    "name, in pandas for one. The window of this course is about half as long. What is the mean age?",
    lecture="The span (1+β)/(1-β), as pandas has it, is the length of a plain moving average with the same mean age: "
    "19 for β = 0.9. This course calls 1/(1-β) the window: 10.",
)
def takes_the_span(beta):
    return (1 + beta) / (1 - beta)


@averaging_window.misconception(
    fails=("window",),
    hint="What you return is the share of its weight that a value has left at the end of the window, about 1/e. The "
    "window itself is in your formula. Where?",
    lecture="β^(1/(1-β)) is what is left of a weight after one window: 0.35 at 0.9, near 1/e. The answer is the "
    "exponent.",
)
def returns_the_share_that_is_left(beta):
    return beta ** (1 / (1 - beta))


@averaging_window.misconception(
    fails=("window",),
    hint="Your window is 10 whatever β is. That holds for one β. Where does your function read `beta`?",
    lecture="Ten days belong to β = 0.9. For 0.98 it is 50, for 0.5 it is 2: the function computes it from β.",
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
    lecture="After t steps the weights add up to 1-β^t only; dividing by that lifts the start to its right size. Draw "
    "both curves on a series that starts at 20 degrees: the plain one starts at 2.",
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
    lecture="The divisor is 1-β^t: 0.1, 0.19, 0.271, ... for β = 0.9, and it tends to 1. With a fixed 1-β the curve "
    "ends up ten times too high.",
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
    lecture="The exponent is the number of the step. At t = 1 and t = 2 print 1-β^t next to the sum of the weights: "
    "they are the same number.",
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
    lecture="Each average has its own t: divide inside the loop, or by an array `1 - beta ** np.arange(1, T + 1)`. "
    "With the last exponent the start is hardly lifted.",
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
    lecture="The plain average is too small at the start, and 1-β^t is below 1: dividing lifts, multiplying sinks. "
    "With one value the result must be that value.",
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
    lecture="The state is the plain average; the corrected one is made from it for output and forgotten. Feeding it "
    "back multiplies the corrections: a constant series grows.",
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
    lecture="Steps count from 1: with t = 0 the divisor is 1-1 = 0. The first value has gone in when the first "
    "average is corrected.",
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
    lecture="After the first value t is 1, not 2. The check is easy: the first corrected average equals the first "
    "value.",
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
    lecture="β^t is the weight that the zero at the start still has; 1-β^t is what the values have together. Dividing "
    "by β^t blows up as t grows.",
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
    lecture="β^t, a power: the start's weight is multiplied by β at each step. 1-βt is negative from the second step "
    "on at β = 0.9.",
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
    lecture="The correction with β^t fits an average whose past has the weight β. Get the plain average right first: "
    "it is the exercise before.",
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
    lecture="v = βv + θ is a sum, too large by 1/(1-β); the correction does not mend that. Put the factor 1-β in "
    "front of the new value.",
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
    lecture="There are two ways to treat the start, and only one at a time: start at 0 and divide, or start at the "
    "first value and don't. Both together make the first average θ_1/(1-β), which is ten times too large at β "
    "= 0.9.",
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
    lecture="Starting at the first value gives it the weight β^(t-1): after ten values still 39 % at β = 0.9. With "
    "the start at zero and the correction it has 6 %.",
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
    lecture="The whole curve is asked for, one value per step. Collect them in the loop.",
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
    lecture="The caller's array must stay as it was: a cell draws data and averages together. Make a new array for "
    "the result.",
)
def writes_corrected_averages_over_the_values(values, beta):
    v = 0.0
    for i in range(len(values)):
        v = beta * v + (1 - beta) * values[i]
        values[i] = v / (1 - beta ** (i + 1))
    return values


EXERCISES = (ewa, ewa_weights, averaging_window, ewa_corrected)
