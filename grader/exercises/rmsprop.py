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
    draw_long_beta,
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
    params = arrays_of_net(rng, LAYER_SIZES["three layers"])
    return [
        *cases,
        case("as a network starts", (as_a_network_starts(rng, LAYER_SIZES["three layers"]),)),
        case("large parameters, last layer first, call after call", *[(backwards(scaled(params, 30.0)),)] * 2),
    ]


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
        case("last layer first, call after call", *[(backwards(chain([40.0, -30.0, 20.0, 10.0])),)] * 2),
    ),
)


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at one, as if there had been gradients of size one. How many gradients have there "
    "been before the first step?",
    lecture="Before the first gradient nothing was seen: s = 0. With ones AdaGrad's first steps come out too short "
    "where gradients are small, and RMSprop needs about 1/(1-β) steps to forget them.",
)
def starts_at_one(params):
    return {key: np.ones_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at a small positive number, as some libraries do it to keep the first steps "
    "short. Here nothing has been seen before the first step. Which number says so?",
    lecture="Some libraries start AdaGrad's sum at 0.1 to keep the first steps short; right there. Here s holds "
    "squares of gradients and nothing else, so it starts at 0.",
)
def starts_at_a_tenth(params):
    return {key: np.full_like(value, 0.1) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts at ε. The step itself adds ε, at each division. Why should it be in the "
    "average too?",
    lecture="ε guards the division inside the step. In the sum it would be kept for ever, and it is a number of "
    "another size there: s is a square.",
)
def starts_at_epsilon(params):
    return {key: np.full_like(value, 1e-8) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts with the parameters' own values. The parameters say where we are. What does the "
    "square average keep of the past?",
    lecture="s is a memory of gradients, not of places. Parameters may be negative, and the root of a negative number "
    "is nan.",
)
def starts_at_the_parameters(params):
    return {key: value.copy() for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average starts with the squares of the parameters. Of which numbers is it to average the "
    "squares, and how many of them are known before the first step?",
    lecture="Squares of gradients are averaged, not squares of weights; and before the first step there are none. "
    "Large weights would get small steps for no reason.",
)
def starts_at_the_squares_of_the_parameters(params):
    return {key: value**2 for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average holds one plain number for a whole array. Each weight is scaled by gradients of its own. "
    "Which shape must `s['W1']` have?",
    lecture='Each weight has a scale of its own: that is the point of the method. So `s["W1"]` is an array of the '
    "shape of `W1`.",
)
def starts_with_numbers(params):
    return {key: 0.0 for key in params}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your square average has no entries for the biases. Are the biases' steps scaled as well?",
    lecture="Biases get scaled steps as well. Loop over all keys.",
)
def forgets_the_biases(params):
    return {key: np.zeros_like(value) for key, value in params.items() if key.startswith("W")}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your keys are those of gradients in other courses, `dW1`. Here `s` has the same keys as another dict of the "
    "lesson. Which one?",
    lecture="The keys of `s` are those of `params`: `W1`, `b1` and so on. One loop then serves params, grads and s.",
)
def names_keys_after_gradients(params):
    return {"d" + key: np.zeros_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="Two arrays per layer, and `range` leaves its end out. A comprehension over `params` needs no count.",
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
    lecture="`np.zeros_like` takes the shape over. Square matrices hide the slip; test with 3 units and 2 inputs.",
)
def transposes_the_shapes(params):
    return {key: np.zeros(value.shape[::-1]) for key, value in params.items()}


@init_square_average.misconception(
    fails=("square average",),
    hint="Your function returns two dicts. AdaGrad and RMSprop keep no velocity. Which one of the two is due?",
    lecture="AdaGrad and RMSprop scale the gradient and keep no average of it. One dict, s; the pair comes with Adam.",
)
def starts_a_velocity_too(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.zeros_like(value) for key, value in params.items()}


@init_square_average.misconception(
    fails=("inputs untouched",),
    hint="Your function sets the parameters themselves to zero: the new dict and `params` share their arrays. "
    "How do you make arrays of zeros that are new?",
    lecture="`value[...] = 0` empties the network itself. `np.zeros_like` makes new arrays; show it with "
    "`np.shares_memory`.",
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
    _, *others = rest()
    large = params, scaled(grads, 50.0), s, float(rng.uniform(1.5, 3.0)), *others
    cases.append(case("large gradients, large rate", large))

    params, (_, grads, s) = as_a_network_starts(rng, sizes), inputs(sizes)
    cases.append(case("as a network starts", (params, grads, s, *rest())))

    params, grads, s = inputs((4, 2))
    cases.append(case("large squares", (params, scaled(grads, 20.0), scaled(s, 300.0), *rest())))

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
        case("a large rate", (_one_weight(1.0, 0.0), _one_weight(3.0, -2.0), _one_weight(16.0, 12.0), 2.0, 0.25)),
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
    lecture="AdaGrad adds and never forgets: s ← s + g². With β it is RMSprop, the next exercise, invented because "
    "the sum makes steps die out.",
)
def averages_the_squares(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: 0.9 * s[key] + 0.1 * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` holds the square of this gradient alone, as if each call were the first. What happens to the "
    "squares that `s` brings along?",
    lecture="s must bring its past along. With this gradient's square alone the quotient is g/|g|: every step has the "
    "same length, the sign of the gradient times the rate.",
)
def forgets_the_old_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` adds up the gradients themselves, so that positive and negative ones cancel and a root of a "
    "negative number may be due. What is done to each gradient before it is added?",
    lecture="Square first, then add. Gradients of +3 and -3 add up to 0, though the slope is steep both times; their "
    "squares add up to 18.",
)
def adds_plain_gradients(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` adds up the magnitudes of the gradients. They are positive, as they should be, but the root "
    "of `s` is taken later. Of what is it the root, then?",
    lecture="The root belongs to a sum of squares, and gives it the unit of a gradient back. The root of a sum of "
    "magnitudes has another unit; AdaGrad takes the root of Σg².",
)
def adds_magnitudes(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + np.abs(grads[key]) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` gets the same number everywhere in an array: the squares of the whole array, added up. AdaGrad "
    "gives each weight a pace of its own. Over what does its sum run?",
    lecture="The sum runs over time, not over the array: each weight has its own. A rarely used weight must keep long "
    "steps while its neighbour's get short.",
)
def adds_up_the_whole_array(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + np.sum(grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your learning rate stands inside the squares that are added up. `s` records gradients alone, so that the "
    "rate may change from step to step. Where does the rate belong?",
    lecture="s records gradients. With α inside the squares it cancels in the quotient, so the rate has no effect any "
    "more, up to ε.",
)
def puts_the_rate_into_the_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + (learning_rate * grads[key]) ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but you divide by the sum of squares itself. In which unit is a gradient, and in which "
    "is its square?",
    lecture="g is a slope and g² its square: only √s has the unit of g. Without the root the steps get tiny where "
    "gradients are large and huge where they are small.",
)
def forgets_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your `s` is handed on as a root. The next step adds a square to it. What must `s` still be, for that to "
    "make sense?",
    lecture="The state is the sum of squares; the root is taken for this step and thrown away. Adding a square to a "
    "root mixes two units.",
)
def hands_on_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: np.sqrt(s[key] + grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but nothing keeps your division from 0 / 0, where no gradient has come yet. Which "
    "argument is there for that?",
    lecture="A weight whose gradient was always 0 has s = 0, and 0/0 is nan: one dead input is enough. ε in the "
    "divisor makes that 0.",
)
def forgets_epsilon(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε stands under the root. Some libraries write it so, and it is right there. This course, like the paper "
    "of Duchi, Hazan and Singer, adds it elsewhere. What is ε compared with here: the gradients' size, or its square?",
    lecture="√(s + ε) compares ε with squares, √s + ε with magnitudes: with 1e-8 the guard is 1e-4 in one and 1e-8 in "
    "the other. PyTorch and the paper add it outside; d2l puts it inside.",
)
def puts_epsilon_under_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key] + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε is always 1e-8, whatever the argument says. Where does your function read `epsilon`?",
    lecture="ε is an argument. Run with ε = 0.01 and 1e-8 on tiny gradients: the steps must differ.",
)
def fixes_epsilon(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + 1e-8) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your ε goes into the sum of squares and stays there, a bit more at each step. It only guards the division. "
    "Should the next step find it in `s`?",
    lecture="What goes into s stays in s: after 1000 steps it holds 1000 ε. Add ε to the root, in the step's line.",
)
def keeps_epsilon_in_the_sum(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 + epsilon for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your ε is added after the division. It stands there to keep the divisor from being zero. Which part of the "
    "formula do your brackets hold together?",
    lecture="Brackets: g / (√s + ε). Without them Python divides first, 0/0 is nan already, and each weight drifts by "
    "ε besides.",
)
def adds_epsilon_to_the_quotient(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) + epsilon for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step divides by the sum of the steps before; this gradient's square comes too late. Which comes first, "
    "the sum or the move?",
    lecture="Update s with this gradient first, then divide by its root. At the first step the old s is 0 and the "
    "step g/ε is enormous.",
)
def moves_before_it_sums(params, grads, s, learning_rate, epsilon=1e-8):
    moved = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return moved, {key: s[key] + grads[key] ** 2 for key in params}


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step has the squared gradient above the line, so that it always goes the same way. What gives a step "
    "its direction?",
    lecture="g² is never negative, so the weight would always go down. Direction from g, scale from √s.",
)
def steps_along_the_square(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] ** 2 / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your step is multiplied by the root. Where gradients have been large, should the step become longer or "
    "shorter?",
    lecture="Dividing makes steps short where gradients have been large; multiplying makes them longer still, and the "
    "run explodes.",
)
def multiplies_by_the_root(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] * (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your parameters take a plain gradient step. What is `s` for?",
    lecture="s is computed and not used: that is plain descent. Compare the two paths on a stretched bowl: they must "
    "differ.",
)
def steps_along_the_gradient(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
    lecture="The quotient has the sign of the gradient, so the move has a minus. The cost rises from the first step.",
)
def climbs(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] + learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole quotient. Which argument scales a step?",
    lecture="g/√s has a size of about 1 at the first step, whatever the slope: the rate alone sets how far a weight "
    "moves.",
)
def forgets_the_learning_rate(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("sum of squares", "parameters"),
    hint="Your biases keep their old values. They have gradients and squares of their own. What about them?",
    lecture="The rule holds for every key. With the biases at 0 the network can only fit what passes through the "
    "origin.",
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
    lecture='`grads["b1"]` for `b1`, above the line and in s. Lecture notes have this slip; the shapes give it away.',
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
    lecture='Each key has its own s: `s["b1"]` divides the step of `b1`. Read each line aloud with its key.',
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
    lecture="Two arrays per layer, and `range` leaves its end out. Loop over the keys.",
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
    lecture="The order is `params, s`. Both are dicts with the same keys, so a swap raises no error and trains the "
    "wrong thing.",
)
def returns_the_sums_first(params, grads, s, learning_rate, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return s, {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}


@adagrad_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dict `s` that it was given, or into its arrays. "
    "What if somebody needs the old sums again?",
    lecture="A pure step returns new dicts, so that a run can be repeated from any point. `s[key] += g**2` writes "
    "into the caller's array.",
)
def modifies_the_sums(params, grads, s, learning_rate, epsilon=1e-8):
    for key in params:
        s[key] = s[key] + grads[key] ** 2
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@adagrad_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
    lecture="`params[key] -= ...` changes the caller's network. Try one step at two rates from one start.",
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
    lecture="Called twice with the same arguments, a step must give the same answer. In-place work breaks that "
    "without any error.",
)
def modifies_both(params, grads, s, learning_rate, epsilon=1e-8):
    for key in params:
        s[key] = s[key] + grads[key] ** 2
        params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


# -------------------------------------------------------------------------------- rmsprop_step


def _draw_rmsprop_step(rng: np.random.Generator) -> list[Case]:
    cases = _draw_steps(rng, lambda epsilon: (draw_beta(rng), epsilon))
    for name, beta, past in (("a beta of 0", 0.0, 1.0), ("a long memory, first step", draw_long_beta(rng), 0.0)):
        params, grads = (arrays_of_net(rng, (4, 2)) for _ in range(2))
        s = scaled(positive_arrays_of_net(rng, (4, 2)), past)
        cases.append(case(name, (params, grads, s, draw_learning_rate(rng), beta, EPSILON)))
    return cases


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
            "a long memory, first step, a large rate",
            (_one_weight(1.0, 0.0), _one_weight(4.0, -3.0), _one_weight(0.0, 0.0), 2.0, 0.995, 0.01),
        ),
        case(
            "the usual beta and epsilon, a flat region",
            (_one_weight(1.0, 3.0), _one_weight(3e-8, -8.0), _one_weight(9e-16, 4.0), 0.4),
        ),
    ),
)


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is a sum: it grows without end, and the steps die out. That is AdaGrad. How can old squares fade?",
    lecture="s + g² is AdaGrad: s only grows, and steps die out like 1/√t. An average forgets: s ← βs + (1-β)g², so "
    "steps recover when gradients get smaller.",
)
def sums_the_squares(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your new square enters `s` with its full weight. What must the two weights of an average add up to?",
    lecture="The weights of an average add up to one. With the full square s settles at g²/(1-β), so steps are √10 = "
    "3.2 times too short at β = 0.9.",
)
def forgets_one_minus_beta(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your β and 1-β have changed places. With β = 0.9, should `s` keep nine tenths of its past, or one tenth?",
    lecture="The past keeps β. Swapped, s is nearly the last g², and each step has about the rate's length, whatever "
    "the slope: the scale jitters.",
)
def swaps_the_weights(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: (1 - beta) * s[key] + beta * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is that of an average that starts anew at each call. What should `s` be at the second call?",
    lecture="The old s carries the memory. Without it s = (1-β)g², and every step has the same length α/√(1-β), 3.2 α "
    "at β = 0.9.",
)
def forgets_the_old_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
    lecture="β is an argument; 0.9 is its default. Compare β = 0.5 and 0.99 after a sudden large gradient: the second "
    "one limps for a hundred steps.",
)
def fixes_beta(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: 0.9 * s[key] + 0.1 * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the gradients themselves, so that positive and negative ones cancel and a root of a "
    "negative number may be due. The name says root, mean, and a third thing. Which?",
    lecture="Root, mean, square: square first. The mean of gradients that change sign is about 0 or below, and its "
    "root nan.",
)
def averages_plain_gradients(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` averages the magnitudes of the gradients. They are positive, as they should be, but the root "
    "of `s` is taken later. Of what is it the root, then?",
    lecture="The mean of magnitudes has the unit of a gradient already, so the root of it is wrong. RMS is the root "
    "of the mean of squares.",
)
def averages_magnitudes(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * np.abs(grads[key]) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your square takes in the factor 1-β as well. To what does the square belong: to the gradient, or to its "
    "share in the average?",
    lecture="((1-β)g)² has the factor (1-β)², a hundredth in place of a tenth at β = 0.9. Bracket the gradient alone: "
    "(1-β) · g².",
)
def squares_the_weight_too(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + ((1 - beta) * grads[key]) ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` gets the same number everywhere in an array: the mean over the whole array. The mean of RMSprop "
    "gives each weight a pace of its own. Over what does it run?",
    lecture="The mean runs over time. With a mean over the array all weights share one scale, and the stretched bowl "
    "stays stretched.",
)
def averages_over_the_array(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * np.mean(grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but you divide by the average of squares itself. RMS is root, mean, square. Which of the "
    "three is missing?",
    lecture="Only √s has the unit of g. Check with scaling: multiply all gradients by 10, and the step of RMSprop "
    "must stay the same; without the root it shrinks tenfold.",
)
def forgets_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your `s` is handed on as a root. The next step averages it with a square. What must `s` still be, for that "
    "to make sense?",
    lecture="The state stays the average of squares; the root is for this step alone. Averaging a root with a square "
    "mixes units and gets worse at each step.",
)
def hands_on_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: np.sqrt(beta * s[key] + (1 - beta) * grads[key] ** 2) for key in params}
    return {key: params[key] - learning_rate * grads[key] / (s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but nothing keeps your division from 0 / 0, where no gradient has come yet. Which "
    "argument is there for that?",
    lecture="s is 0 for a weight that has never had a gradient, and 0/0 is nan. Notes that leave ε out of RMSprop "
    "work until the first dead unit.",
)
def forgets_epsilon(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε stands under the root. Other courses and libraries write it so, and it is right there. This course "
    "adds it elsewhere. What is ε compared with here: the gradients' size, or its square?",
    lecture="√(s + ε) guards at √ε: with 1e-8 that is 1e-4, a size that gradients do reach. This course and PyTorch "
    "add ε outside; d2l and optax inside: right there.",
)
def puts_epsilon_under_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key] + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε is always 1e-8, whatever the argument says. Where does your function read `epsilon`?",
    lecture="ε is an argument: with tiny gradients ε = 0.01 and 1e-8 give very different steps. Let the class predict "
    "which one is shorter.",
)
def fixes_epsilon(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + 1e-8) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your ε goes into the average of squares and stays there. It only guards the division. Should the next step "
    "find it in `s`?",
    lecture="What enters s is squares alone. An ε inside shifts every later average; add it to the root in the step's "
    "line.",
)
def keeps_epsilon_in_the_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 + epsilon for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your ε is added after the division. It stands there to keep the divisor from being zero. Which part of the "
    "formula do your brackets hold together?",
    lecture="g / (√s + ε), with brackets. Python divides before it adds: 0/0 is nan before ε can help.",
)
def adds_epsilon_to_the_quotient(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] / np.sqrt(s[key]) + epsilon for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step divides by the average of the steps before; this gradient's square comes too late. Which comes "
    "first, the average or the move?",
    lecture="Average first, then divide by the new root. At the first step the old s is 0, and g/ε throws the weight "
    "away.",
)
def moves_before_it_averages(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    moved = {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}
    return moved, {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step has the squared gradient above the line, so that it always goes the same way. What gives a step "
    "its direction?",
    lecture="Squares have no sign: every weight would only go down. Direction from g, scale from √s.",
)
def steps_along_the_square(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] ** 2 / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step has the average of squares above the line. That average says how large gradients are. What says "
    "in which direction to go?",
    lecture="s says how large gradients have been, not which way they point. Above the line stands g.",
)
def steps_along_the_average(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * s[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your step is multiplied by the root. Where gradients are large, should the step become longer or shorter?",
    lecture="Where gradients are large, steps should get shorter: divide. Multiplying makes the steep direction of "
    "the bowl worse.",
)
def multiplies_by_the_root(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] * (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your parameters take a plain gradient step. What is `s` for?",
    lecture="s is computed and not used. On a stretched bowl the two paths must differ: RMSprop goes nearly "
    "diagonally.",
)
def steps_along_the_gradient(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - learning_rate * grads[key] for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your `s` is right, but your step divides it by 1-β before the root is taken. Such a correction belongs to "
    "Adam, and there it changes from step to step. Does RMSprop, as this lesson writes it, correct its average?",
    lecture="RMSprop as written here has no bias correction, so its first step is α/√(1-β): 3.2 α at β = 0.9. The "
    "correction comes with Adam, and there it fades with t.",
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
    lecture="The quotient has the sign of the gradient: the move has a minus. Watch the cost rise from the first step.",
)
def climbs(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] + learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole quotient. Which argument scales a step?",
    lecture="The quotient is about 1 in size whatever the slope, so the rate alone says how far a weight goes. "
    "Without it every weight moves by about 1 or more.",
)
def forgets_the_learning_rate(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return {key: params[key] - grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("square average", "parameters"),
    hint="Your biases keep their old values. They have gradients and squares of their own. What about them?",
    lecture="The rule holds for every key of `params`. Loop over all of them.",
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
    lecture="b uses its own gradient above the line: g_b/√s_b. Well-known lecture notes write dW in the line for b; "
    "it is a slip.",
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
    lecture="Every quantity of `b1` has the key `b1`: gradient, average and parameter. The shapes give it away: the "
    "bias gets more columns.",
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
    lecture='`s["b1"]` divides the step of `b1`. The averages were right, so the mistake is in one key of the last '
    "line.",
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
    lecture="Two arrays per layer, and `range` leaves its end out. Loop over the keys.",
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
    lecture="The order is `params, s`. A swap raises no error, since both are dicts with the same keys.",
)
def returns_the_averages_first(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {key: beta * s[key] + (1 - beta) * grads[key] ** 2 for key in params}
    return s, {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}


@rmsprop_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dict `s` that it was given, or into its arrays. "
    "What if somebody needs the old averages again?",
    lecture="A pure step makes new dicts. `s[key] *= beta` writes into the caller's array, and a repeated call gives "
    "something else.",
)
def modifies_the_averages(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    for key in params:
        s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
    return {key: params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon) for key in params}, s


@rmsprop_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
    lecture="`params[key] -= ...` changes the caller's network, so no second method can start from the same place. "
    "Make new arrays.",
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
    lecture="Same arguments, same answer: call the step twice and compare. In-place work fails that.",
)
def modifies_both(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    for key in params:
        s[key] = beta * s[key] + (1 - beta) * grads[key] ** 2
        params[key] = params[key] - learning_rate * grads[key] / (np.sqrt(s[key]) + epsilon)
    return params, s


EXERCISES = (init_square_average, adagrad_step, rmsprop_step)
