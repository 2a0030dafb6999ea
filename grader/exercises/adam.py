"""Lesson 05: hidden cases, aspects and misconceptions of ``init_adam``, ``bias_correct`` and ``adam_step``."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import (
    EPSILON,
    EPSILON_AT_REST,
    LATE_STEP_NUMBER,
    LAYER_SIZES,
    STEP_NUMBERS,
    arrays_of_net,
    as_a_network_starts,
    backwards,
    chain,
    draw_beta,
    draw_learning_rate,
    draw_two_betas,
    positive_arrays_of_net,
    scaled,
    weights_first,
    with_parts_at_rest,
)
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import adam as reference
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Case, Previous


def _one_weight(w: float, b: float) -> dict[str, np.ndarray]:
    return {"W1": np.array([[w]]), "b1": np.array([[b]])}


# ----------------------------------------------------------------------------------- init_adam


def _draw_init_adam(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (arrays_of_net(rng, sizes),)) for name, sizes in LAYER_SIZES.items()]
    params = arrays_of_net(rng, LAYER_SIZES["three layers"])
    return [
        *cases,
        case("as a network starts", (as_a_network_starts(rng, LAYER_SIZES["three layers"]),)),
        case("large parameters, last layer first, call after call", *[(backwards(scaled(params, 30.0)),)] * 2),
    ]


init_adam = Exercise(
    reference=reference.init_adam,
    returns=("v", "s"),
    aspects=(
        Aspect("first average", 0.75, of="v"),
        Aspect("square average", 0.75, of="s"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_init_adam,
    worked=(
        case("one layer", (_one_weight(-2.0, 0.5),)),
        case(
            "two layers",
            (
                {
                    "W1": np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
                    "b1": np.array([[1.0], [2.0], [3.0]]),
                    "W2": np.array([[1.0, -1.0, 2.0]]),
                    "b2": np.array([[4.0]]),
                },
            ),
        ),
        case(
            "a weight and a bias of the same shape", ({"W1": np.array([[3.0], [4.0]]), "b1": np.array([[5.0], [6.0]])},)
        ),
        case("as a network starts", ({"W1": np.array([[0.002, -0.001]]), "b1": np.array([[0.0]])},)),
        case("eleven layers of one unit", (chain(range(1, 23)),)),
        case("last layer first, call after call", *[(backwards(chain([40.0, -30.0, 20.0, 10.0])),)] * 2),
    ),
)


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages start at one, as if there had been gradients already. How many have there been before the "
    "first step?",
    lecture="Before the first gradient nothing was seen: both averages are 0, and bias correction is made for that "
    "start. After a start at one the first corrected averages are too large by 9 and by 999.",
)
def starts_at_one(params):
    v = {key: np.ones_like(value) for key, value in params.items()}
    return v, {key: np.ones_like(value) for key, value in params.items()}


@init_adam.misconception(
    fails=("square average",),
    hint="Your average of squares starts at one, perhaps to keep a division safe. The step has a guard of its own for "
    "that. What would a start at one say about past gradients?",
    lecture="The guard against 0/0 is ε, in the step. A start of s at 1 is divided by 1-β₂ = 0.001 at the first "
    "correction: where gradients are near 1 the first step comes out some thirty times too short.",
)
def starts_the_squares_at_one(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.ones_like(value) for key, value in params.items()}


@init_adam.misconception(
    fails=("square average",),
    hint="Your average of squares starts at ε. The step itself adds ε, at each division. Why should it be in the "
    "average too?",
    lecture="ε guards one division and is kept nowhere. At the first correction a start at ε is divided by 0.001: it "
    "enters the root a thousand times as large.",
)
def starts_the_squares_at_epsilon(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.full_like(value, 1e-8) for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages start with the parameters' own values. The parameters say where we are. What do the two "
    "averages keep of the past?",
    lecture="v and s remember gradients, not places. Parameters may be negative, and then the root of s is nan.",
)
def starts_at_the_parameters(params):
    v = {key: value.copy() for key, value in params.items()}
    return v, {key: value.copy() for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages start with the parameters and with their squares. Of which numbers is `v` the average, and of "
    "which is `s`?",
    lecture="v averages gradients and s their squares; before the first step there are none of either. Parameters "
    "give the shapes and nothing else.",
)
def starts_at_the_parameters_and_their_squares(params):
    v = {key: value.copy() for key, value in params.items()}
    return v, {key: value**2 for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages hold plain numbers. Each weight has averages of its own. Which shape must `v['W1']` have?",
    lecture="Each weight has its own v and s, in arrays of its shape. One number for all hides in broadcasting and is "
    "not what is asked for.",
)
def starts_with_numbers(params):
    return {key: 0.0 for key in params}, {key: 0.0 for key in params}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages have no entries for the biases. Do the biases take Adam's steps as well?",
    lecture="Biases take Adam's steps too. Loop over all keys of `params`.",
)
def forgets_the_biases(params):
    v = {key: np.zeros_like(value) for key, value in params.items() if key.startswith("W")}
    return v, {key: np.zeros_like(value) for key, value in params.items() if key.startswith("W")}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your keys are those of gradients in other courses, `dW1`. Here both averages have the same keys as another "
    "dict of the lesson. Which one?",
    lecture="`params`, `grads`, `v` and `s` share their keys: `W1`, `b1` and so on. One loop serves all four.",
)
def names_keys_after_gradients(params):
    v = {"d" + key: np.zeros_like(value) for key, value in params.items()}
    return v, {"d" + key: np.zeros_like(value) for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="Two arrays per layer, and `range` leaves its end out. A comprehension over `params` needs no count.",
)
def leaves_out_the_last_layer(params):
    v, s = {}, {}
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            v[key] = np.zeros_like(params[key])
            s[key] = np.zeros_like(params[key])
    return v, s


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your averages have rows and columns exchanged. `W1` has shape (units, inputs). Which shape has an average of "
    "its gradients?",
    lecture="`np.zeros_like` takes the shape over. Square matrices hide the slip; test with 3 units and 2 inputs.",
)
def transposes_the_shapes(params):
    v = {key: np.zeros(value.shape[::-1]) for key, value in params.items()}
    return v, {key: np.zeros(value.shape[::-1]) for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your function returns one dict. Adam keeps two averages: of the gradients, and of what else?",
    lecture="Adam is momentum and RMSprop together: it keeps v and s. Returning `v, s` gives two dicts, each with "
    "arrays of its own.",
)
def starts_one_average_alone(params):
    return {key: np.zeros_like(value) for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your function returns a dict that has both averages for each key. Two dicts are due, one after the other. "
    "What is in the first?",
    lecture="The state is two dicts, `v` and `s`, each with the keys of `params`. A dict of pairs holds the same "
    "numbers, and every later line would have to unpack it.",
)
def pairs_the_averages_by_key(params):
    return {key: (np.zeros_like(value), np.zeros_like(value)) for key, value in params.items()}


@init_adam.misconception(
    fails=("first average", "square average"),
    hint="Your function returns the number of the update as well. In this course the caller counts. Which two dicts "
    "are due?",
    lecture="The caller counts the updates from 1 and passes `t`. Two values are due: `v, s`.",
)
def starts_a_counter_too(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.zeros_like(value) for key, value in params.items()}, 0


@init_adam.misconception(
    fails=("square average",),
    hint="Your two averages share their arrays: what is written into the one shows in the other. How do you make two "
    "dicts of zeros, with new arrays in each?",
    lecture="`v = s = {...}` gives two names to one dict, and `s = v.copy()` makes a new dict of the same arrays. "
    "Write `v['W1'] += 1` and print `s['W1']`.",
)
def shares_the_arrays(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, dict(v)


@init_adam.misconception(
    fails=("inputs untouched",),
    hint="Your function sets the parameters themselves to zero: an average and `params` share their arrays. "
    "How do you make arrays of zeros that are new?",
    lecture="Writing zeros into the given arrays empties the network. `np.zeros_like` makes new ones, one for v and "
    "one for s.",
)
def zeroes_the_parameters(params):
    for value in params.values():
        value[...] = 0
    return params, {key: value.copy() for key, value in params.items()}


# -------------------------------------------------------------------------------- bias_correct


def _draw_bias_correct(rng: np.random.Generator) -> list[Case]:
    cases = [case(f"t = {t}", (rng.standard_normal((3, 4)), draw_beta(rng), t)) for t in STEP_NUMBERS]
    # NB: not t = 1. An exponent that starts at 0 divides by zero there, which Python and NumPy treat differently.
    later_numbers = STEP_NUMBERS[1:]
    cases.append(case("one number", (float(rng.uniform(0.5, 2.0)), draw_beta(rng), int(rng.choice(later_numbers)))))
    cases.append(case("one axis", (rng.standard_normal(5), draw_beta(rng), int(rng.choice(later_numbers)))))
    cases.append(case(f"t = {LATE_STEP_NUMBER}", (rng.standard_normal((3, 4)), 0.999, LATE_STEP_NUMBER)))
    for beta, windows in ((0.9, int(rng.integers(70, 90))), (0.8, int(rng.integers(20, 24)))):
        cases.append(case(f"t = {windows}, the correction nearly gone", (rng.standard_normal(3), beta, windows)))
    cases.append(case("a small average", (1e-9 * rng.standard_normal(3), draw_beta(rng), 3)))
    cases.append(case("t = 5 after that", (rng.standard_normal((3, 4)), draw_beta(rng), 5)))
    cases.append(case("t = 16", (rng.standard_normal(3), float(rng.uniform(0.75, 0.84)), 16)))
    with_zero = np.append(rng.standard_normal(2), 0.0)[:, np.newaxis]
    cases.append(case("a long memory, t = 2", (with_zero, 0.999, 2)))
    single = rng.standard_normal((2, 3)).astype(np.float32), draw_beta(rng), 3
    cases.append(case("float32", single, rtol=RTOL_FLOAT32))
    return cases


bias_correct = Exercise(
    reference=reference.bias_correct,
    returns=("corrected",),
    aspects=(Aspect("corrected average", 1.5, of="corrected"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_bias_correct,
    domain="one array or one number, and for `t` from 1",
    worked=(
        case("first value", (np.array([[0.5, -1.0], [2.0, 0.0]]), 0.75, 1)),
        case("second value, one number", (3.0, 0.6, 2)),
        case("third value", (np.array([[7.0], [-3.5]]), 0.5, 3)),
        case("twelfth value", (np.array([1.0, -2.0, 4.0]), 0.9, 12)),
        case("value 800", (np.array([1.0, -2.0, 4.0]), 0.999, 800)),
        case("second value again", (np.array([6.0, -2.0]), 0.5, 2)),
        case("value 40", (np.array([2.0, -1.0]), 0.9, 40)),
        case("value 70", (np.array([2.0, -1.0]), 0.9, 70)),
        case("second value, a long memory", (np.array([[0.5], [-0.25]]), 0.999, 2)),
    ),
)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your average comes back as it was. After one value, which share of that value does it hold, and which share "
    "should it hold?",
    lecture="After one value the average holds (1-β) of it; dividing by 1-β^1 gives the value back. That is the test "
    "to do by hand: average 0.1 g, β = 0.9, t = 1, answer g.",
)
def corrects_nothing(average, beta, t):
    return average


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor is 1-β at every step. That is right for the first value and far too small later. How much do "
    "the weights add up to after two values, and after many?",
    lecture="The weights add up to 1-β^t: 0.1, 0.19, 0.271, ..., and 1 in the end. A fixed 0.1 makes a settled "
    "average ten times too large.",
)
def divides_by_one_minus_beta(average, beta, t):
    return average / (1 - beta)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your exponent is always 2. The correction fades as values come in. What should the exponent follow?",
    lecture="The exponent is t, the number of values so far. Print 1-β^t for t = 1, 2, 10, 100: the correction fades.",
)
def fixes_the_exponent_at_two(average, beta, t):
    return average / (1 - beta**2)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your average is multiplied where it should be divided, so that it shrinks further. Is an average that "
    "started at zero too small or too large?",
    lecture="An average that started at 0 is too small: divide by a number below 1 to lift it. Multiplying shrinks "
    "0.1 g to 0.01 g at the first step.",
)
def multiplies(average, beta, t):
    return average * (1 - beta**t)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your exponent is one too small, as if `t` counted from 1 and you from 0: at the first value your divisor is "
    "zero. How many values does the average hold when `t` is 1?",
    lecture="t counts from 1 here. With exponent t-1 the first divisor is 1-β^0 = 0.",
)
def counts_from_zero(average, beta, t):
    return average / (1 - beta ** (t - 1))


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your exponent is one too large: `t` is counted up once more. How many values does the average hold when `t` "
    "is 1?",
    lecture="When `t` is 1 the average holds one value, so the exponent is 1. With t+1 the first answer is 0.1/0.19, "
    "about half of what is due.",
)
def counts_one_too_many(average, beta, t):
    return average / (1 - beta ** (t + 1))


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor has β times `t` in it. At each step the old weights are multiplied by β once more. What is β "
    "multiplied by itself `t` times?",
    lecture="Old weights are multiplied by β at each step: that is β^t. 1-βt is negative from t = 2 on at β = 0.9, "
    "and the step turns round.",
)
def multiplies_beta_by_t(average, beta, t):
    return average / (1 - beta * t)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your exponent belongs to the whole bracket, not to β alone. Which weight has the very first zero after `t` "
    "steps, and what is left for the values?",
    lecture="1-β^t, not (1-β)^t: only β is raised. (1-β)^t goes to 0, so the quotient explodes; 1-β^t goes to 1.",
)
def raises_the_bracket_to_t(average, beta, t):
    return average / (1 - beta) ** t


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor is the weight that the zero of the start still has. How much do the weights of the values add "
    "up to?",
    lecture="β^t is what the zero of the start still weighs; the values weigh the rest, 1-β^t. The two add up to 1.",
)
def divides_by_the_power(average, beta, t):
    return average / beta**t


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor is larger than 1, so that the average shrinks. Is an average that started at zero too small or "
    "too large?",
    lecture="1+β^t is above 1 and shrinks what is too small already. The sign is a minus: the weight of the start is "
    "taken away.",
)
def adds_the_power(average, beta, t):
    return average / (1 + beta**t)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor is negative from the first value on: it turns the average's sign. Which of its two terms is the "
    "larger one?",
    lecture="1 is the larger one, since β^t lies below 1. β^t - 1 turns the sign, and the descent into an ascent.",
)
def turns_the_difference_around(average, beta, t):
    return average / (beta**t - 1)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your β and 1-β have changed places. Which of them tells how much of the old average is kept at each step?",
    lecture="β is what is kept of the past at each step, so β^t is what is left of the start. With 1-β in its place "
    "the correction is gone after two steps.",
)
def swaps_the_weights(average, beta, t):
    return average / (1 - (1 - beta) ** t)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your divisor is a root. In some ways to write Adam a root of this kind stands in the learning rate. Here one "
    "average is corrected, whatever is done with it later. To what do its weights add up?",
    lecture="The average's own weights add up to 1-β^t, without a root. The root √(1-β₂^t) appears where both "
    "corrections are pulled into the learning rate; it is the root of this very divisor.",
)
def divides_by_the_root(average, beta, t):
    return average / np.sqrt(1 - beta**t)


@bias_correct.misconception(
    fails=("corrected average",),
    hint="Your average gets the factor 1-β once more. It was in the average already. What do the weights add up to "
    "without the correction?",
    lecture="The factor 1-β was used when the value went in. Once more makes every answer ten times too small at β = "
    "0.9.",
)
def weights_the_average_again(average, beta, t):
    return (1 - beta) * average / (1 - beta**t)


@bias_correct.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the array that it was given. The next step needs the "
    "uncorrected average. What would it find?",
    lecture="`average /= ...` writes the corrected value into the state, so the next step averages and corrects it "
    "again. Divide into a new array.",
)
def modifies_the_average(average, beta, t):
    average /= 1 - beta**t
    return average


# ----------------------------------------------------------------------------------- adam_step


def _draw_adam_step(rng: np.random.Generator) -> list[Case]:
    def inputs(sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        params, grads, v = (arrays_of_net(rng, sizes, dtype) for _ in range(3))
        return params, grads, v, positive_arrays_of_net(rng, sizes, dtype)

    def rest(epsilon: float = EPSILON) -> tuple:
        return draw_learning_rate(rng), *draw_two_betas(rng), epsilon

    def later_number() -> int:
        return int(rng.choice(STEP_NUMBERS[1:]))

    cases = []
    for name, t in zip(LAYER_SIZES, rng.permutation([*STEP_NUMBERS, STEP_NUMBERS[1]]), strict=True):
        params, grads, v, s = inputs(LAYER_SIZES[name])
        if t == 1:
            # NB: a solution may start its averages itself at t = 1. No state but zero can be there.
            v, s = scaled(v, 0.0), scaled(s, 0.0)
        cases.append(case(name, (params, grads, v, s, int(t), *rest())))
    sizes = LAYER_SIZES["three layers"]

    params, grads, v, s = inputs(sizes)
    small = scaled(grads, EPSILON), scaled(v, EPSILON), scaled(s, EPSILON**2)
    cases.append(case("gradients as small as epsilon", (params, *small, later_number(), *rest())))

    params, grads, v, s = inputs(sizes)
    cases.append(case("large gradients", (params, scaled(grads, 50.0), v, s, later_number(), *rest())))

    params, grads, v, s = inputs(sizes)
    resting = with_parts_at_rest(grads, v, s)
    cases.append(case("gradients of zero", (params, *resting, later_number(), *rest(EPSILON_AT_REST))))

    params, grads, v, s = inputs(sizes)
    others = backwards(grads), weights_first(v), weights_first(s)
    cases.append(case("other orders of keys", (params, *others, later_number(), *rest())))

    params, grads, v, s = inputs((4, 2))
    settings = draw_learning_rate(rng), 0.0, draw_beta(rng), EPSILON
    cases.append(case("a beta1 of 0", (params, grads, v, s, later_number(), *settings)))

    params, grads, v, s = inputs(sizes)
    cases.append(_in_a_row("the first three steps", rng, (params, grads, scaled(v, 0.0), scaled(s, 0.0), 1, *rest())))
    cases.append(_in_a_row("three later steps", rng, (*inputs(sizes), later_number(), *rest())))

    # Parameters as small as the usual rate's steps, so that a wrong step shows in single precision.
    params, grads, v, s = inputs((4, 2))
    cases.append(case("the usual settings", (scaled(params, 0.01), grads, v, s, 12)))
    params, grads, v, s = inputs((4, 2))
    cases.append(case("the usual settings, much later", (scaled(params, 0.01), grads, v, s, LATE_STEP_NUMBER)))
    params, grads, v, s = inputs((4, 2))
    cases.append(case("the usual settings, early", (scaled(params, 0.01), grads, v, s, 2)))
    params, grads, v, s = inputs((4, 2))
    settings = draw_learning_rate(rng), 0.97, draw_beta(rng), EPSILON
    cases.append(case("a long first memory, t = 60", (params, grads, v, s, 60, *settings)))
    params, grads, v, s = inputs((4, 2))
    tiny = scaled(grads, EPSILON_AT_REST), scaled(v, EPSILON_AT_REST), scaled(s, EPSILON_AT_REST**2)
    cases.append(case("the usual settings, a flat region", (scaled(params, 0.01), *tiny, 12)))
    cases.append(case("float32", (*inputs((3, 2), np.float32), 3, *rest()), rtol=RTOL_FLOAT32))
    return cases


def _in_a_row(name: str, rng: np.random.Generator, first: tuple) -> Case:
    params, _, _, _, t, *settings = first
    sizes = (params["W1"].shape[1], *(value.shape[0] for key, value in params.items() if key.startswith("W")))
    later = [
        (Previous(0), arrays_of_net(rng, sizes), Previous(1), Previous(2), t + passed, *settings) for passed in (1, 2)
    ]
    return case(name, first, *later)


adam_step = Exercise(
    reference=reference.adam_step,
    returns=("params", "v", "s"),
    aspects=(
        Aspect("first average", 1.5, of="v"),
        Aspect("square average", 1.5, of="s"),
        Aspect("parameters", 2.5, of="params"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_adam_step,
    domain="`t` from 1, any number of layers, `grads`, `v` and `s` having the keys of `params` in whatever order, "
    "`s` nowhere negative, and for 0 <= beta1, beta2 < 1",
    builds_on=("bias_correct",),
    worked=(
        case(
            "first step",
            (
                *(_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), _one_weight(0.0, 0.0), _one_weight(0.0, 0.0)),
                *(1, 0.1, 0.75, 0.5, 0.5),
            ),
        ),
        case(
            "second step",
            (
                *(_one_weight(1.0, 3.0), _one_weight(2.0, -10.0), _one_weight(4.0, 1.0), _one_weight(24.0, 40.0)),
                *(2, 0.1, 0.5, 0.6, 0.5),
            ),
        ),
        case(
            "three steps from the start",
            (
                *(_one_weight(1.0, 3.0), _one_weight(3.0, -1.0), _one_weight(0.0, 0.0), _one_weight(0.0, 0.0)),
                *(1, 0.2, 0.75, 0.6, 0.25),
            ),
            (Previous(0), _one_weight(-1.0, 4.0), Previous(1), Previous(2), 2, 0.2, 0.75, 0.6, 0.25),
            (Previous(0), _one_weight(2.0, 0.5), Previous(1), Previous(2), 3, 0.2, 0.75, 0.6, 0.25),
        ),
        case(
            "a gradient of zero",
            (
                *(_one_weight(1.0, 3.0), _one_weight(0.0, 0.0), _one_weight(0.0, 2.0), _one_weight(0.0, 16.0)),
                *(3, 0.1, 0.5, 0.75, 1e-8),
            ),
        ),
        case(
            "second step, long memories",
            (
                *(_one_weight(1.0, 3.0), _one_weight(2.0, -1.0), _one_weight(0.5, 0.25), _one_weight(0.25, 0.125)),
                *(2, 0.1, 0.97, 0.999, 1e-8),
            ),
        ),
        case(
            "step 60, long memories",
            (
                *(_one_weight(1.0, 3.0), _one_weight(2.0, -1.0), _one_weight(0.5, 0.25), _one_weight(0.25, 0.125)),
                *(60, 0.1, 0.97, 0.999, 1e-8),
            ),
        ),
        case(
            "two layers, fifth step",
            (
                {
                    "W1": np.array([[1.0, 2.0], [-1.0, 0.5]]),
                    "b1": np.array([[0.5], [-2.0]]),
                    "W2": np.array([[3.0, -1.0]]),
                    "b2": np.array([[1.5]]),
                },
                {
                    "W1": np.array([[4.0, -2.0], [1.0, 3.0]]),
                    "b1": np.array([[2.0], [6.0]]),
                    "W2": np.array([[-5.0, 7.0]]),
                    "b2": np.array([[2.5]]),
                },
                {
                    "W1": np.array([[1.0, 1.0], [-3.0, 2.0]]),
                    "b1": np.array([[-1.0], [4.0]]),
                    "W2": np.array([[2.0, -6.0]]),
                    "b2": np.array([[0.5]]),
                },
                {
                    "W1": np.array([[1.0, 9.0], [4.0, 2.0]]),
                    "b1": np.array([[5.0], [3.0]]),
                    "W2": np.array([[2.0, 6.0]]),
                    "b2": np.array([[0.5]]),
                },
                *(5, 0.2, 0.8, 0.7, 0.25),
            ),
        ),
        case(
            "the usual settings, a flat region",
            (
                *(_one_weight(0.01, 0.03), _one_weight(3e-8, -8.0), _one_weight(1e-8, 2.0), _one_weight(9e-16, 4.0)),
                *(12,),
            ),
        ),
        case(
            "the usual settings, step 800",
            (
                *(_one_weight(0.01, 0.03), _one_weight(2.0, -8.0), _one_weight(1.0, 2.0), _one_weight(9.0, 4.0)),
                *(800,),
            ),
        ),
        case(
            "a beta1 of 0",
            (
                *(_one_weight(1.0, 3.0), _one_weight(2.0, -10.0), _one_weight(4.0, 1.0), _one_weight(24.0, 40.0)),
                *(2, 0.1, 0.0, 0.6, 0.5),
            ),
        ),
        case(
            "eleven layers of one unit, other orders of keys",
            (
                *(chain(range(1, 23)), backwards(chain(range(22, 0, -1)))),
                *(weights_first(chain(range(-11, 11))), weights_first(chain(range(1, 23)))),
                *(3, 0.2, 0.8, 0.7, 0.25),
            ),
        ),
    ),
)


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but your step takes them as they are. Both start at zero and need some steps to "
    "come up to size. What is done about that before the step?",
    lecture="Both averages start at 0: at t = 1 they hold 0.1 g and 0.001 g², so the first step is 0.1/√0.001 = 3.2 "
    "rates long where one is due. Print the length of the first ten steps with and without; the final "
    "accuracy shows nothing.",
)
def forgets_the_correction(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        moved[key] = params[key] - learning_rate * v[key] / (np.sqrt(s[key]) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your step has the average of gradients corrected, and not the average of squares. Both started at zero. "
    "What becomes of a step whose divisor is too small?",
    lecture="Both averages start at 0 and both are corrected. With s left small the first step is 1/√0.001 = 32 rates "
    "long.",
)
def corrects_the_first_average_alone(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key]
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your step has the average of squares corrected, and not the average of gradients. Both started at zero. "
    "What becomes of the first steps?",
    lecture="Both are corrected. With v left small the first step is a tenth of the rate: a slow start that looks "
    "like caution and is a slip.",
)
def corrects_the_square_average_alone(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key]
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your function hands on the corrected averages. At the next step they are averaged and corrected again, and "
    "so on: they grow and grow. Which averages are the state, and which serve one step alone?",
    lecture="The state is what is averaged: v and s uncorrected. The corrected ones serve this step only; handed on, "
    "they are corrected again and again and compound.",
)
def hands_on_corrected_averages(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, {key: v[key] / (1 - beta1**t) for key in v}, {key: s[key] / (1 - beta2**t) for key in s}


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your β₁ and β₂ have changed places. Which of the two averages has the longer memory, and which β belongs "
    "to it?",
    lecture="v takes β₁ = 0.9 and remembers ten gradients, s takes β₂ = 0.999 and remembers a thousand squares. Each "
    "β stands in two places: the average and its correction.",
)
def swaps_the_betas(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta2 * v[key] + (1 - beta2) * grads[key] for key in params}
    s = {key: beta1 * s[key] + (1 - beta1) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta2**t)
        s_hat = s[key] / (1 - beta1**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but each is corrected with the other one's β. How much do the weights of `v` add "
    "up to, and on which β does that rest?",
    lecture="An average is corrected with the β that it was made with. Swapped, the first v̂ is 0.1 g/0.001, a "
    "hundred times too large.",
)
def swaps_the_betas_in_the_correction(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta2**t)
        s_hat = s[key] / (1 - beta1**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("square average", "parameters"),
    hint="Your average of squares takes the β of the average of gradients. Adam has a β for each. Which one belongs "
    "to `s`?",
    lecture="s has β₂ = 0.999, so that the scale changes slowly. Print both windows, 1/(1-β): 10 and 1000.",
)
def takes_one_beta_for_both(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta1 * s[key] + (1 - beta1) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta1**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your β₁ and β₂ are always 0.9 and 0.999, whatever the arguments say. Where does your function read `beta1` "
    "and `beta2`?",
    lecture="The arguments decide; 0.9 and 0.999 are defaults. Let the class run β₁ = 0 and ask which known method "
    "comes out: RMSprop with a correction.",
)
def fixes_the_betas(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: 0.9 * v[key] + 0.1 * grads[key] for key in params}
    s = {key: 0.999 * s[key] + 0.001 * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - 0.9**t)
        s_hat = s[key] / (1 - 0.999**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your averages give the past the weight 1-β and the new value β. With β₁ = 0.9, should `v` keep nine tenths "
    "of its past, or one tenth?",
    lecture="The past gets β, the new value 1-β, in both averages. Swapped, v is nearly the last gradient and s "
    "nearly its square: nothing is remembered for longer than a step.",
)
def swaps_the_weights(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: (1 - beta1) * v[key] + beta1 * grads[key] for key in params}
    s = {key: (1 - beta2) * s[key] + beta2 * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your new values enter both averages with their full weight. What must the two weights of an average add up "
    "to?",
    lecture="Both averages need weights that add up to one. The correction divides by 1-β^t and does not mend a sum "
    "that is too large by 1/(1-β).",
)
def forgets_one_minus_beta(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + grads[key] for key in params}
    s = {key: beta2 * s[key] + grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your function adds one to `t`. The caller counts here, and the first update has `t` = 1. With which "
    "exponent is the first average corrected, then?",
    lecture="The caller counts and passes t = 1 for the first update. Adding one inside corrects with exponent 2: the "
    "first step comes out shorter.",
)
def counts_the_step_itself(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    t = t + 1
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your exponent is one less than `t`, as if the first update had the number 0. It has the number 1. What "
    "does your divisor come to there?",
    lecture="The first update has t = 1. With exponent t-1 the divisor is 1-1 = 0, and the first step is nan or "
    "infinite.",
)
def counts_from_zero(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1 ** (t - 1))
        s_hat = s[key] / (1 - beta2 ** (t - 1))
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your correction divides by 1-β at each step, whatever `t` is. After many steps hardly anything is left to "
    "correct. What makes the correction fade?",
    lecture="1-β^t tends to 1: after a hundred steps hardly anything is left to correct in v. A fixed 1-β stays: v̂ "
    "ten times and ŝ a thousand times too large, for ever.",
)
def corrects_as_at_the_first_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1)
        s_hat = s[key] / (1 - beta2)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your exponent is always 2: that is the power of the gradient in `s`, not that of the correction. What "
    "should the exponent follow?",
    lecture="The 2 in g² squares a gradient; the exponent of β is t. Put t = 1 in by hand: the corrected averages "
    "must be g and g².",
)
def corrects_as_at_the_second_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**2)
        s_hat = s[key] / (1 - beta2**2)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your correction has β times `t` in it. At each step the old weights are multiplied by β once more. What is "
    "β multiplied by itself `t` times?",
    lecture="β^t is β times itself t times. β·t grows past 1 at the second step, the divisor turns negative, and the "
    "root of ŝ is nan.",
)
def multiplies_beta_by_t(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1 * t)
        s_hat = s[key] / (1 - beta2 * t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are multiplied where they should be divided, so that they shrink further. Is an average that "
    "started at zero too small or too large?",
    lecture="v is too small at the start, so divide by 1-β^t, a number below 1. The check at t = 1: v̂ must be g.",
)
def multiplies_by_the_correction(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] * (1 - beta1**t)
        s_hat = s[key] * (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your average of squares is corrected after its root was taken. The weights that add up to less than 1 are "
    "those of the squares. Which comes first, the correction or the root?",
    lecture="What is too small is the average of squares: correct s, then take the root. √s/(1-β₂^t) is not "
    "√(s/(1-β₂^t)): at t = 1 the divisor is 32 times too large.",
)
def corrects_the_root(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        root = np.sqrt(s[key]) / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (root + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your step divides by the average of squares itself. In which unit is a gradient, and in which is its square?",
    lecture="Only √ŝ has the unit of a gradient. Multiply all gradients by 10: Adam's step stays the same; without "
    "the root it shrinks tenfold.",
)
def forgets_the_root(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (s_hat + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but nothing keeps your division from 0 / 0, where no gradient has come yet. Which "
    "argument is there for that?",
    lecture="A weight without gradients has v̂ = ŝ = 0, and 0/0 is nan. One dead unit is enough to lose the network.",
)
def forgets_epsilon(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / np.sqrt(s_hat)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your ε stands under the root. Other courses and libraries write it so, and it is right there. Here, as in "
    "Algorithm 1 of the paper, it stands elsewhere. What is ε compared with here: the gradients' size, or its "
    "square?",
    lecture="Algorithm 1 of the paper: √ŝ + ε. Under the root ε is compared with squares, so 1e-8 guards at 1e-4; "
    "fast.ai's course writes it so, and it is right there.",
)
def puts_epsilon_under_the_root(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / np.sqrt(s_hat + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your ε is added before the averages are corrected: the corrections stand in the rate. The paper has this "
    "form too, with another number that it calls ε̂, and there it is right. This course follows the paper's Algorithm "
    "1. The root of which average does ε guard in it?",
    lecture="With the corrections pulled into the rate, ε is added to √s, not to √ŝ. The paper calls that number ε̂ = "
    "ε√(1-β₂^t): the same idea, another ε; this course follows Algorithm 1.",
)
def adds_epsilon_before_the_correction(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        moved[key] = params[key] - rate * v[key] / (np.sqrt(s[key]) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your ε is always 1e-8, whatever the argument says. Where does your function read `epsilon`?",
    lecture="ε is an argument. Run tiny gradients with ε = 0.01 and 1e-8: with the first the steps nearly stop.",
)
def fixes_epsilon(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + 1e-8)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your ε is added after the division. It stands there to keep the divisor from being zero. Which part of the "
    "formula do your brackets hold together?",
    lecture="v̂ / (√ŝ + ε), with brackets. Without them 0/0 is nan before ε is added.",
)
def adds_epsilon_to_the_quotient(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / np.sqrt(s_hat) + epsilon
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "parameters"),
    hint="Your `v` is that of an average that starts anew at each call. What should `v` be at the second call?",
    lecture="β₁v carries the past gradients. Without it v̂ is g times (1-β₁)/(1-β₁^t), which shrinks to a tenth of g.",
)
def forgets_the_old_first_average(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is that of an average that starts anew at each call. What should `s` be at the second call?",
    lecture="β₂s carries the past squares. Without it ŝ falls to a thousandth of g², and the steps grow to 32 rates.",
)
def forgets_the_old_square_average(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your `v` and `s` are those of averages that start anew at each call. What should they be at the second call?",
    lecture="Without the past nothing is averaged: each step is the sign of the gradient times a length that only t "
    "sets. Print v over three steps with one gradient: it must grow.",
)
def forgets_both_old_averages(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: (1 - beta1) * grads[key] for key in params}
    s = {key: (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is a sum: it grows without end. That is AdaGrad. How can old squares fade?",
    lecture="s + g² is AdaGrad's sum; Adam forgets with β₂. The correction is made for an average and is wrong for a "
    "sum.",
)
def sums_the_squares(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: s[key] + grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the gradients themselves, as `v` does, so that a root of a negative number may be due. "
    "What is done to a gradient before it enters `s`?",
    lecture="v averages g, s averages g². With g in both, s can be negative, and its root is nan.",
)
def averages_plain_gradients_twice(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the squares of `v`. Of what is it to know the size: of the gradients, or of their average?",
    lecture="s averages the square of this gradient. v² is smaller where gradients change sign, so the steps get "
    "longer just where they should get shorter.",
)
def averages_squares_of_the_first_average(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * v[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but above the line your step has this gradient alone. That is RMSprop with a "
    "correction. What is `v` for?",
    lecture="Above the line stands v̂; g alone is RMSprop with a correction. On noisy gradients the path shows it: it "
    "jitters.",
)
def steps_along_the_gradient(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but your step divides by nothing. That is momentum with a correction. What is `s` "
    "for?",
    lecture="Below the line stands √ŝ + ε; without it one has momentum with a correction. On a stretched bowl the "
    "flat direction then waits for ever.",
)
def steps_along_the_average_alone(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        moved[key] = params[key] - learning_rate * v_hat
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your step is taken with the averages of the step before. Which comes first, the averages or the move?",
    lecture="First both averages, then the correction, then the move. At t = 1 the old averages are 0: 0/ε, so "
    "nothing moves.",
)
def moves_before_it_averages(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
    lecture="v̂ points uphill; the move has a minus. The cost rises from the first step.",
)
def climbs(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] + learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole quotient. Which argument scales a step?",
    lecture="The quotient is about 1 in size at first, whatever the gradient: without α every weight moves by about "
    "1, a thousand times the default's 0.001.",
)
def forgets_the_learning_rate(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your rate falls with the root of `t`. The paper's proof of convergence lets it do so; the algorithm does "
    "not. What is `t` for in the algorithm?",
    lecture="The proof lets α fall as α/√t; Algorithm 1 keeps α. A falling rate is a schedule, the next lesson's "
    "subject; t is here for the correction.",
)
def shrinks_the_rate_by_the_root_of_t(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate / np.sqrt(t) * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your biases keep their old values. They have gradients and averages of their own. What about them?",
    lecture="The rule holds for every key of `params`. Loop over all of them.",
)
def leaves_the_biases_where_they_are(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    for key in params:
        if key.startswith("W"):
            v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
            s[key] = beta2 * s[key] + (1 - beta2) * grads[key] ** 2
            v_hat, s_hat = v[key] / (1 - beta1**t), s[key] / (1 - beta2**t)
            params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return params, v, s


@adam_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but the biases move with those of the weights. Lecture notes have this slip. "
    "Which averages belong to `b1`?",
    lecture="b moves with v̂ and ŝ of b. Well-known notes write V_dW in the line for b; it is a slip, and "
    "broadcasting hides it.",
)
def moves_biases_with_averages_of_weights(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        W = key.replace("b", "W")
        v_hat = v[W] / (1 - beta1**t)
        s_hat = s[W] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your biases average and follow the gradients of the weights. Which gradient belongs to `b1`?",
    lecture='`grads["b1"]` goes into `v["b1"]` and `s["b1"]`. The shapes give it away: the averages of the bias get '
    "more columns.",
)
def averages_gradients_of_weights_for_biases(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    params, v, s = dict(params), dict(v), dict(s)
    for layer in range(1, len(params) // 2 + 1):
        for key in (f"W{layer}", f"b{layer}"):
            v[key] = beta1 * v[key] + (1 - beta1) * grads[f"W{layer}"]
            s[key] = beta2 * s[key] + (1 - beta2) * grads[f"W{layer}"] ** 2
            v_hat, s_hat = v[key] / (1 - beta1**t), s[key] / (1 - beta2**t)
            params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return params, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="Two arrays per layer, and `range` leaves its end out. Loop over the keys.",
)
def stops_before_the_last_layer(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
            s[key] = beta2 * s[key] + (1 - beta2) * grads[key] ** 2
            v_hat, s_hat = v[key] / (1 - beta1**t), s[key] / (1 - beta2**t)
            params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return params, v, s


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your function returns the averages before the parameters. In which order are `params`, `v` and `s` due?",
    lecture="The order is `params, v, s`. All three are dicts with the same keys, so a swap raises no error.",
)
def returns_the_averages_first(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return v, s, moved


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your function returns `s` before `v`. In which order are `params`, `v` and `s` due?",
    lecture="v first, then s: the first moment before the second. Swapped, the next step takes a root of gradients: "
    "nan.",
)
def returns_the_squares_before_the_average(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, s, v


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your function returns five values, the corrected averages among them. They serve this step and nobody "
    "needs them later. Which three values does the caller hand to the next step?",
    lecture="Three values go to the next step: `params, v, s`. The corrected averages are used up in this one.",
)
def returns_the_corrected_averages_as_well(
    params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s, {key: v[key] / (1 - beta1**t) for key in v}, {key: s[key] / (1 - beta2**t) for key in s}


@adam_step.misconception(
    fails=("first average", "square average", "parameters"),
    hint="Your function returns `t` as well. The caller counts the updates. Which three values are due?",
    lecture='The caller has `t` in its loop. Three values are due, or `params, v, s = adam_step(...)` fails with "too '
    'many values to unpack".',
)
def returns_the_step_number_as_well(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s, t + 1


@adam_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dicts `v` and `s` that it was given, or into "
    "their arrays. What if somebody needs the old averages again?",
    lecture="A pure step makes new dicts; `v[key] *= beta1` writes into the caller's arrays. Two runs from one state "
    "must agree.",
)
def modifies_the_averages(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    moved = {}
    for key in params:
        v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
        s[key] = beta2 * s[key] + (1 - beta2) * grads[key] ** 2
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        moved[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return moved, v, s


@adam_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
    lecture="`params[key] -= ...` moves the caller's network. Comparing Adam with momentum needs the same start for "
    "both.",
)
def modifies_the_parameters(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {key: beta1 * v[key] + (1 - beta1) * grads[key] for key in params}
    s = {key: beta2 * s[key] + (1 - beta2) * grads[key] ** 2 for key in params}
    for key in params:
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return params, v, s


@adam_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into `params`, `v` and `s`. What does the caller find in "
    "them afterwards?",
    lecture="Same arguments, same answer: call the step twice and compare. In-place work fails that without any error.",
)
def modifies_everything(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for key in params:
        v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
        s[key] = beta2 * s[key] + (1 - beta2) * grads[key] ** 2
        v_hat = v[key] / (1 - beta1**t)
        s_hat = s[key] / (1 - beta2**t)
        params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return params, v, s


EXERCISES = (init_adam, bias_correct, adam_step)
