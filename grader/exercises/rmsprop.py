"""Lesson 04: hidden cases, aspects and misconceptions of the square average, of AdaGrad and of RMSprop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.exercises.draws import (
    EPSILON,
    EPSILON_AT_REST,
    LAYER_SIZES,
    arrays_of_net,
    as_a_network_starts,
    backwards,
    chain,
    draw_beta,
    draw_learning_rate,
    positive_arrays_of_net,
    scaled,
    weights_first,
    with_parts_at_rest,
)
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import rmsprop as reference
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Case, Previous


def _one_weight(w: float, b: float) -> dict[str, np.ndarray]:
    return {"W1": np.array([[w]]), "b1": np.array([[b]])}


# ------------------------------------------------------------------------- init_square_average


def _draw_init_square_average(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (arrays_of_net(rng, sizes),)) for name, sizes in LAYER_SIZES.items()]
    return [*cases, case("as a network starts", (as_a_network_starts(rng, LAYER_SIZES["three layers"]),))]


init_square_average = Exercise(
    reference=reference.init_square_average,
    returns=("s",),
    aspects=(Aspect("square average", 1.5, of="s"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_init_square_average,
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
    ),
)


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at one, as if there had been gradients of size one. How many gradients have there "
    "been before the first step?",
)
def starts_at_one(params):
    return {key: np.ones_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at a small positive number, as some libraries do it to keep the first steps "
    "short. Here nothing has been seen before the first step. Which number says so?",
)
def starts_at_a_tenth(params):
    return {key: np.full_like(value, 0.1) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at ε. The step itself adds ε, at each division. Why should it be in the "
    "average too?",
)
def starts_at_epsilon(params):
    return {key: np.full_like(value, 1e-8) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts with the parameters' own values. The parameters say where we are. What does the "
    "square average keep of the past?",
)
def starts_at_the_parameters(params):
    return {key: value.copy() for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts with the squares of the parameters. Of which numbers is it to average the "
    "squares, and how many of them are known before the first step?",
)
def starts_at_the_squares_of_the_parameters(params):
    return {key: value**2 for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average holds one plain number for a whole array. Each weight is scaled by gradients of its own. "
    "Which shape must `s['W1']` have?",
)
def starts_with_numbers(params):
    return {key: 0.0 for key in params}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average has no entries for the biases. Are the biases' steps scaled as well?",
)
def forgets_the_biases(params):
    return {key: np.zeros_like(value) for key, value in params.items() if key.startswith("W")}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your keys are those of gradients in other courses, `dW1`. Here `s` has the same keys as another dict of the "
    "lesson. Which one?",
)
def names_keys_after_gradients(params):
    return {"d" + key: np.zeros_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
)
def leaves_out_the_last_layer(params):
    s = {}
    for layer in range(1, len(params) // 2):
        s[f"W{layer}"] = np.zeros_like(params[f"W{layer}"])
        s[f"b{layer}"] = np.zeros_like(params[f"b{layer}"])
    return s


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average has rows and columns exchanged. `W1` has shape (units, inputs). Which shape has its "
    "square average?",
)
def transposes_the_shapes(params):
    return {key: np.zeros(value.shape[::-1]) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your function returns two dicts. AdaGrad and RMSprop keep no velocity. Which one of the two is due?",
)
def starts_a_velocity_too(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.zeros_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("inputs untouched",),
    hint="Your function sets the parameters themselves to zero: the new dict and `params` share their arrays. "
    "How do you make arrays of zeros that are new?",
)
def zeroes_the_parameters(params):
    for value in params.values():
        value[...] = 0
    return params


# -------------------------------------------------------------------- cases of the step functions


def _draw_steps(rng: np.random.Generator, settings: Callable[..., tuple]) -> list[Case]:
    """Return cases of a step ``(params, grads, s, learning_rate, ...)``.

    ``settings(epsilon)`` draws the arguments after ``learning_rate``; what it returns ends in ε.
    """

    def inputs(sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        params, grads = (arrays_of_net(rng, sizes, dtype) for _ in range(2))
        return params, grads, positive_arrays_of_net(rng, sizes, dtype)

    def rest(epsilon: float = EPSILON) -> tuple:
        return draw_learning_rate(rng), *settings(epsilon)

    cases = [case(name, (*inputs(sizes), *rest())) for name, sizes in LAYER_SIZES.items()]
    sizes = LAYER_SIZES["three layers"]

    params, grads, s = inputs(sizes)
    cases.append(
        case("gradients as small as epsilon", (params, scaled(grads, EPSILON), scaled(s, EPSILON**2), *rest()))
    )

    params, grads, s = inputs(sizes)
    cases.append(case("large gradients", (params, scaled(grads, 50.0), s, *rest())))

    params, grads, s = inputs(sizes)
    cases.append(case("gradients of zero", (params, *with_parts_at_rest(grads, s), *rest(EPSILON_AT_REST))))

    params, grads, s = inputs(sizes)
    cases.append(case("other orders of keys", (params, backwards(grads), weights_first(s), *rest())))

    params, grads, s = inputs(sizes)
    same = rest()
    later = [(Previous(0), arrays_of_net(rng, sizes), Previous(1), *same) for _ in range(2)]
    cases.append(case("the first three steps", (params, grads, scaled(s, 0.0), *same), *later))

    params, grads, s = inputs((4, 2))
    cases.append(case("the usual settings", (params, grads, s, draw_learning_rate(rng))))
    params, grads, s = inputs((4, 2))
    tiny = scaled(grads, EPSILON_AT_REST), scaled(s, EPSILON_AT_REST**2)
    cases.append(case("the usual settings, a flat region", (params, *tiny, draw_learning_rate(rng))))
    cases.append(case("float32", (*inputs((3, 2), np.float32), *rest()), rtol=RTOL_FLOAT32))
    return cases


_TWO_LAYERS = (
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
        "W1": np.array([[1.0, 1.0], [3.0, 2.0]]),
        "b1": np.array([[5.0], [4.0]]),
        "W2": np.array([[2.0, 6.0]]),
        "b2": np.array([[0.5]]),
    },
)
"""Parameters, gradients and squares of a small net, for the self-check."""
_ELEVEN_LAYERS = (chain(range(1, 23)), backwards(chain(range(22, 0, -1))), weights_first(chain(range(1, 23))))
"""The same of a deep one, with keys in other orders."""
_ORDERS = "any number of layers, `grads` and `s` having the keys of `params` in whatever order, `s` nowhere negative"


# -------------------------------------------------------------------------------- adagrad_step


def _draw_adagrad_step(rng: np.random.Generator) -> list[Case]:
    return _draw_steps(rng, lambda epsilon: (epsilon,))


adagrad_step = Exercise(
    reference=reference.adagrad_step,
    returns=("params", "s"),
    aspects=(
        Aspect("sum of squares", 1.0, of="s"),
        Aspect("parameters", 1.5, of="params"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_adagrad_step,
    domain=_ORDERS,
    worked=(
        case("first step", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.5), _one_weight(0.0, 0.0), 0.1, 0.5)),
        case(
            "squares summed before", (_one_weight(1.0, 3.0), _one_weight(4.0, -5.0), _one_weight(9.0, 144.0), 0.1, 0.5)
        ),
        case(
            "two steps in a row",
            (_one_weight(1.0, 3.0), _one_weight(3.0, -6.0), _one_weight(0.0, 28.0), 0.2, 0.5),
            (Previous(0), _one_weight(-4.0, 15.0), Previous(1), 0.2, 0.5),
        ),
        case("a gradient of zero", (_one_weight(1.0, 3.0), _one_weight(0.0, 0.0), _one_weight(0.0, 16.0), 0.1, 1e-8)),
        case("two layers", (*_TWO_LAYERS, 0.2, 0.25)),
        case("eleven layers of one unit, other orders of keys", (*_ELEVEN_LAYERS, 0.2, 0.25)),
        case(
            "the usual epsilon, a flat region",
            (_one_weight(1.0, 3.0), _one_weight(4e-8, -4.0), _one_weight(9e-16, 9.0), 0.3),
        ),
    ),
)


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` is an average: old squares fade. That is RMSprop. What does AdaGrad do with the old squares?",
)
def averages_the_squares(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: 0.9 * s[key] + 0.1 * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` holds the square of this gradient alone, as if each call were the first. What happens to the "
    "squares that `s` brings along?",
)
def forgets_the_old_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` adds up the gradients themselves, so that positive and negative ones cancel and a root of a "
    "negative number may be due. What is done to each gradient before it is added?",
)
def adds_plain_gradients(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` adds up the magnitudes of the gradients. They are positive, as they should be, but the root "
    "of `s` is taken later. Of what is it the root, then?",
)
def adds_magnitudes(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + np.abs(grads[key]) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` gets the same number everywhere in an array: the squares of the whole array, added up. AdaGrad "
    "gives each weight a pace of its own. Over what does its sum run?",
)
def adds_up_the_whole_array(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + np.sum(grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your learning rate stands inside the squares that are added up. `s` records gradients alone, so that the "
    "rate may change from step to step. Where does the rate belong?",
)
def puts_the_rate_into_the_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + (learning_rate * grads[key]) ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but you divide by the sum of squares itself. In which unit is a gradient, and in which "
    "is its square?",
)
def forgets_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` is handed on as a root. The next step adds a square to it. What must `s` still be, for that to "
    "make sense?",
)
def hands_on_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: np.sqrt(s[key] + grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but nothing keeps your division from 0 / 0, where no gradient has come yet. Which "
    "argument is there for that?",
)
def forgets_epsilon(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε stands under the root. Some libraries write it so, and it is right there. This course, like the paper "
    "of Duchi, Hazan and Singer, adds it elsewhere. What is ε compared with here: the gradients' size, or its square?",
)
def puts_epsilon_under_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε is always 1e-8, whatever the argument says. Where does your function read `epsilon`?",
)
def fixes_epsilon(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + 1e-8) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your ε goes into the sum of squares and stays there, a bit more at each step. It only guards the division. "
    "Should the next step find it in `s`?",
)
def keeps_epsilon_in_the_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 + epsilon for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε is added after the division. It stands there to keep the divisor from being zero. Which part of the "
    "formula do your brackets hold together?",
)
def adds_epsilon_to_the_quotient(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) + epsilon for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step divides by the sum of the steps before; this gradient's square comes too late. Which comes first, "
    "the sum or the move?",
)
def moves_before_it_sums(params, grads, s, learning_rate, epsilon=1e-8):
    moved = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return moved, {key: s[key] + grads[key] ** 2 for key in params}


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step has the squared gradient above the line, so that it always goes the same way. What gives a step "
    "its direction?",
)
def steps_along_the_square(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] ** 2 / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step is multiplied by the root. Where gradients have been large, should the step become longer or "
    "shorter?",
)
def multiplies_by_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] * (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your parameters take a plain gradient step. What is `s` for?",
)
def steps_along_the_gradient(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
)
def climbs(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] + learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole quotient. Which argument scales a step?",
)
def forgets_the_learning_rate(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your biases keep their old values. They have gradients and squares of their own. What about them?",
)
def leaves_the_biases_where_they_are(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for key in params:
        if key.startswith("W"):
            s[key] = s[key] + grads[key] ** 2
            params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your biases follow the gradients of the weights. Which gradient belongs to `b1`?",
)
def moves_biases_with_gradients_of_weights(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for layer in range(1, len(params) // 2 + 1):
        W, b = f"W{layer}", f"b{layer}"
        s[W] = s[W] + grads[W] ** 2
        s[b] = s[b] + grads[W] ** 2
        params[W] = params[W] - learning_rate * grads[W] / (np.sqrt(s[W]) + epsilon)
        params[b] = params[b] - learning_rate * grads[W] / (np.sqrt(s[b]) + epsilon)
    return params, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but the step of the biases is divided by what belongs to the weights. Whose squares scale "
    "the step of `b1`?",
)
def scales_biases_by_squares_of_weights(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        moved[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key.replace("b", "W")]) + epsilon)
    return moved, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
)
def stops_before_the_last_layer(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            s[key] = s[key] + grads[key] ** 2
            params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your function returns the sums first. In which order are `params` and `s` due?",
)
def returns_the_sums_first(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return s, {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}


@adagrad_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dict `s` that it was given, or into its arrays. "
    "What if somebody needs the old sums again?",
)
def modifies_the_sums(params, grads, s, learning_rate, epsilon=1e-8):
    for key in params:
        s[key] = s[key] + grads[key] ** 2
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
)
def modifies_the_parameters(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    for key in params:
        params[key] -= learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@adagrad_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into `params` and into `s`. What does the caller find in "
    "them afterwards?",
)
def modifies_both(params, grads, s, learning_rate, epsilon=1e-8):
    for key in params:
        s[key] = s[key] + grads[key] ** 2
        params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


# -------------------------------------------------------------------------------- rmsprop_step


def _draw_rmsprop_step(rng: np.random.Generator) -> list[Case]:
    cases = _draw_steps(rng, lambda epsilon: (draw_beta(rng), epsilon))
    params, grads = (arrays_of_net(rng, (4, 2)) for _ in range(2))
    settings = draw_learning_rate(rng), 0.0, EPSILON
    return [*cases, case("a beta of 0", (params, grads, positive_arrays_of_net(rng, (4, 2)), *settings))]


rmsprop_step = Exercise(
    reference=reference.rmsprop_step,
    returns=("params", "s"),
    aspects=(
        Aspect("square average", 1.5, of="s"),
        Aspect("parameters", 2.0, of="params"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_rmsprop_step,
    domain=f"{_ORDERS}, and for 0 <= beta < 1",
    worked=(
        case("first step", (_one_weight(1.0, 3.0), _one_weight(2.0, -6.0), _one_weight(0.0, 0.0), 0.1, 0.75, 0.5)),
        case(
            "squares averaged before",
            (_one_weight(1.0, 3.0), _one_weight(8.0, -16.0), _one_weight(12.0, 48.0), 0.1, 0.75, 0.5),
        ),
        case(
            "two steps in a row",
            (_one_weight(1.0, 3.0), _one_weight(4.0, -3.0), _one_weight(3.0, 1.0), 0.2, 0.6, 0.25),
            (Previous(0), _one_weight(-1.0, 5.0), Previous(1), 0.2, 0.6, 0.25),
        ),
        case(
            "a gradient of zero",
            (_one_weight(1.0, 3.0), _one_weight(0.0, 0.0), _one_weight(0.0, 16.0), 0.1, 0.75, 1e-8),
        ),
        case("two layers", (*_TWO_LAYERS, 0.2, 0.8, 0.25)),
        case("eleven layers of one unit, other orders of keys", (*_ELEVEN_LAYERS, 0.2, 0.8, 0.25)),
        case("a beta of 0", (_one_weight(1.0, 3.0), _one_weight(4.0, -3.0), _one_weight(3.0, 1.0), 0.2, 0.0, 0.25)),
        case(
            "the usual beta and epsilon, a flat region",
            (_one_weight(1.0, 3.0), _one_weight(3e-8, -8.0), _one_weight(9e-16, 4.0), 0.4),
        ),
    ),
)


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is a sum: it grows without end, and the steps die out. That is AdaGrad. How can old squares fade?",
)
def sums_the_squares(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your new square enters `s` with its full weight. What must the two weights of an average add up to?",
)
def forgets_one_minus_beta(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your β and 1-β have changed places. With β = 0.9, should `s` keep nine tenths of its past, or one tenth?",
)
def swaps_the_weights(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: (1 - beta) * s[key] + beta * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is that of an average that starts anew at each call. What should `s` be at the second call?",
)
def forgets_the_old_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
)
def fixes_beta(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: 0.9 * s[key] + 0.1 * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the gradients themselves, so that positive and negative ones cancel and a root of a "
    "negative number may be due. The name says root, mean, and a third thing. Which?",
)
def averages_plain_gradients(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the magnitudes of the gradients. They are positive, as they should be, but the root "
    "of `s` is taken later. Of what is it the root, then?",
)
def averages_magnitudes(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * np.abs(grads[key]) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your square takes in the factor 1-β as well. To what does the square belong: to the gradient, or to its "
    "share in the average?",
)
def squares_the_weight_too(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + ((1 - beta) * grads[key]) ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` gets the same number everywhere in an array: the mean over the whole array. The mean of RMSprop "
    "gives each weight a pace of its own. Over what does it run?",
)
def averages_over_the_array(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * np.mean(grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but you divide by the average of squares itself. RMS is root, mean, square. Which of the "
    "three is missing?",
)
def forgets_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is handed on as a root. The next step averages it with a square. What must `s` still be, for that "
    "to make sense?",
)
def hands_on_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: np.sqrt(beta * s[key] + (1 - beta) * grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but nothing keeps your division from 0 / 0, where no gradient has come yet. Which "
    "argument is there for that?",
)
def forgets_epsilon(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε stands under the root. Other courses and libraries write it so, and it is right there. This course "
    "adds it elsewhere. What is ε compared with here: the gradients' size, or its square?",
)
def puts_epsilon_under_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε is always 1e-8, whatever the argument says. Where does your function read `epsilon`?",
)
def fixes_epsilon(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + 1e-8) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your ε goes into the average of squares and stays there. It only guards the division. Should the next step "
    "find it in `s`?",
)
def keeps_epsilon_in_the_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 + epsilon for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε is added after the division. It stands there to keep the divisor from being zero. Which part of the "
    "formula do your brackets hold together?",
)
def adds_epsilon_to_the_quotient(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) + epsilon for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step divides by the average of the steps before; this gradient's square comes too late. Which comes "
    "first, the average or the move?",
)
def moves_before_it_averages(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    moved = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return moved, {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step has the squared gradient above the line, so that it always goes the same way. What gives a step "
    "its direction?",
)
def steps_along_the_square(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] ** 2 / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step has the average of squares above the line. That average says how large gradients are. What says "
    "in which direction to go?",
)
def steps_along_the_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * s[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step is multiplied by the root. Where gradients are large, should the step become longer or shorter?",
)
def multiplies_by_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] * (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your parameters take a plain gradient step. What is `s` for?",
)
def steps_along_the_gradient(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your step divides it by 1-β before the root is taken. Such a correction belongs to "
    "Adam, and there it changes from step to step. Does RMSprop, as this lesson writes it, correct its average?",
)
def corrects_as_at_a_first_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        moved[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key] / (1 - beta)) + epsilon)
    return moved, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
)
def climbs(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] + learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole quotient. Which argument scales a step?",
)
def forgets_the_learning_rate(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your biases keep their old values. They have gradients and squares of their own. What about them?",
)
def leaves_the_biases_where_they_are(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for key in params:
        if key.startswith("W"):
            s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
            params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your averages are right, but above the line the biases have the gradient of the weights. Lecture notes have "
    "this slip. Which gradient belongs to `b1`?",
)
def moves_biases_along_gradients_of_weights(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        moved[key] = params[key] - learning_rate * grads[key.replace("b", "W")] / (np.sqrt(s[key]) + epsilon)
    return moved, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your biases average and follow the gradients of the weights. Which gradient belongs to `b1`?",
)
def averages_and_moves_biases_with_weights(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for layer in range(1, len(params) // 2 + 1):
        W, b = f"W{layer}", f"b{layer}"
        s[W] = beta * s[W] + (1 - beta) * grads[W] ** 2
        s[b] = beta * s[b] + (1 - beta) * grads[W] ** 2
        params[W] = params[W] - learning_rate * grads[W] / (np.sqrt(s[W]) + epsilon)
        params[b] = params[b] - learning_rate * grads[W] / (np.sqrt(s[b]) + epsilon)
    return params, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but the step of the biases is divided by what belongs to the weights. Whose squares scale "
    "the step of `b1`?",
)
def scales_biases_by_squares_of_weights(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    moved = {}
    for key in params:
        moved[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key.replace("b", "W")]) + epsilon)
    return moved, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
)
def stops_before_the_last_layer(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
            params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your function returns the averages first. In which order are `params` and `s` due?",
)
def returns_the_averages_first(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return s, {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}


@rmsprop_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dict `s` that it was given, or into its arrays. "
    "What if somebody needs the old averages again?",
)
def modifies_the_averages(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    for key in params:
        s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
)
def modifies_the_parameters(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    for key in params:
        params[key] -= learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


@rmsprop_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into `params` and into `s`. What does the caller find in "
    "them afterwards?",
)
def modifies_both(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    for key in params:
        s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
        params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


EXERCISES = (init_square_average, adagrad_step, rmsprop_step)
