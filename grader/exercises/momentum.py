"""Lesson 03: hidden cases, aspects and misconceptions of ``init_velocity`` and ``momentum_step``."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import (
    LAYER_SIZES,
    arrays_of_net,
    as_a_network_starts,
    backwards,
    chain,
    draw_beta,
    draw_learning_rate,
    draw_long_beta,
    scaled,
    weights_first,
    with_parts_at_rest,
)
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import momentum as reference
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Case, Previous

# ------------------------------------------------------------------------------- init_velocity


def _draw_init_velocity(rng: np.random.Generator) -> list[Case]:
    cases = [case(name, (arrays_of_net(rng, sizes),)) for name, sizes in LAYER_SIZES.items()]
    params = arrays_of_net(rng, LAYER_SIZES["three layers"])
    return [
        *cases,
        case("as a network starts", (as_a_network_starts(rng, LAYER_SIZES["three layers"]),)),
        case("large parameters, last layer first, call after call", *[(backwards(scaled(params, 30.0)),)] * 2),
    ]


init_velocity = Exercise(
    reference=reference.init_velocity,
    returns=("v",),
    aspects=(Aspect("velocity", 1.5, of="v"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_init_velocity,
    worked=(
        case("one layer", ({"W1": np.array([[1.0, -2.0]]), "b1": np.array([[0.5]])},)),
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
        case("as a network starts", ({"W1": np.array([[0.002, -0.001]]), "b1": np.array([[0.0]])},)),
        case("eleven layers of one unit", (chain(range(1, 23)),)),
        case("last layer first, call after call", *[(backwards(chain([40.0, -30.0, 20.0, 10.0])),)] * 2),
    ),
)


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your velocity starts at one. Before the first step nothing moves. Which number says so?",
    lecture="Before the first step nothing moves: the velocity is 0. With ones every weight is pushed down at first, "
    "whatever the gradient says.",
)
def starts_at_one(params):
    return {key: np.ones_like(value) for key, value in params.items()}


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your velocity starts with the parameters' own values. The parameters say where we are. "
    "How fast do we move before the first step?",
    lecture="Parameters are places, velocities are speeds; both have the same shapes and nothing else in common. With "
    "the parameters as velocity the first step pulls every weight towards zero.",
)
def starts_at_the_parameters(params):
    return {key: value.copy() for key, value in params.items()}


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your velocity holds plain numbers. Each weight has a velocity of its own. Which shape must `v['W1']` have?",
    lecture='Each weight has a velocity of its own, so `v["W1"]` has the shape of `W1`. Broadcasting hides a plain '
    "0.0 for one step; the exercise asks for arrays.",
)
def starts_with_numbers(params):
    return {key: 0.0 for key in params}


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your velocity has no entries for the biases. Do the biases move as well?",
    lecture="Biases move with momentum too. Loop over all keys of `params`, and nothing can be left out.",
)
def forgets_the_biases(params):
    return {key: np.zeros_like(value) for key, value in params.items() if key.startswith("W")}


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your keys are those of gradients in other courses, `dW1`. Which keys has `params`?",
    lecture="`params`, `grads` and `v` share their keys here: `W1`, `b1` and so on. Then one loop over the keys serves "
    "all three; the names dW1 belong to another course.",
)
def names_keys_after_gradients(params):
    return {"d" + key: np.zeros_like(value) for key, value in params.items()}


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="Two arrays per layer: `len(params) // 2` layers, and `range` leaves its end out. A comprehension over "
    "`params` needs no count.",
)
def leaves_out_the_last_layer(params):
    v = {}
    for layer in range(1, len(params) // 2):
        v[f"W{layer}"] = np.zeros_like(params[f"W{layer}"])
        v[f"b{layer}"] = np.zeros_like(params[f"b{layer}"])
    return v


@init_velocity.misconception(
    fails=("velocity",),
    hint="Your velocity has rows and columns exchanged. `W1` has shape (units, inputs). Which shape has its velocity?",
    lecture="`np.zeros_like(params[key])` takes the shape over, so there is nothing to mix up. Square matrices hide "
    "the slip: test with 3 units and 2 inputs.",
)
def transposes_the_shapes(params):
    return {key: np.zeros(value.shape[::-1]) for key, value in params.items()}


@init_velocity.misconception(
    fails=("inputs untouched",),
    hint="Your function sets the parameters themselves to zero: the new dict and `params` share their arrays. "
    "How do you make arrays of zeros that are new?",
    lecture="`value[...] = 0` writes into the network itself: its weights are gone. `np.zeros_like` makes a new "
    "array; show with `np.shares_memory` who shares what.",
)
def zeroes_the_parameters(params):
    for value in params.values():
        value[...] = 0
    return params


# ------------------------------------------------------------------------------- momentum_step


def _draw_momentum_step(rng: np.random.Generator) -> list[Case]:
    def inputs(sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        return tuple(arrays_of_net(rng, sizes, dtype) for _ in range(3))

    cases = [
        case(name, (*inputs(sizes), draw_learning_rate(rng), draw_beta(rng))) for name, sizes in LAYER_SIZES.items()
    ]
    sizes = LAYER_SIZES["three layers"]
    params, grads, v = inputs(sizes)
    rate, beta = draw_learning_rate(rng), draw_beta(rng)
    later = [(Previous(0), arrays_of_net(rng, sizes), Previous(1), rate, beta) for _ in range(2)]
    cases.append(case("the first three steps", (params, grads, scaled(v, 0.0), rate, beta), *later))

    params, grads, v = inputs(sizes)
    rate, beta = draw_learning_rate(rng), draw_beta(rng)
    cases.append(case("other orders of keys", (params, backwards(grads), weights_first(v), rate, beta)))

    params, grads, v = inputs(sizes)
    rate = draw_learning_rate(rng)
    cases.append(case("gradients of zero", (params, *with_parts_at_rest(grads, v), rate, draw_long_beta(rng))))

    params, grads, v = inputs((4, 2))
    rate, beta = float(rng.uniform(1.5, 3.0)), draw_beta(rng)
    cases.append(case("large gradients, large rate", (params, scaled(grads, 50.0), v, rate, beta)))

    params, grads, v = inputs((4, 2))
    small = scaled(grads, 1e-5), scaled(v, 1e-5)
    cases.append(case("small gradients, near a minimum", (params, *small, draw_learning_rate(rng), draw_beta(rng))))

    params, (_, grads, v) = as_a_network_starts(rng, sizes), inputs(sizes)
    cases.append(case("as a network starts", (params, grads, v, draw_learning_rate(rng), draw_beta(rng))))

    cases.append(case("a beta of 0", (*inputs((4, 2)), draw_learning_rate(rng), 0.0)))
    cases.append(case("the usual beta", (*inputs((4, 2)), draw_learning_rate(rng))))
    single = (*inputs((3, 2), np.float32), draw_learning_rate(rng), draw_beta(rng))
    cases.append(case("float32", single, rtol=RTOL_FLOAT32))
    return cases


def _one_weight(w: float, b: float) -> dict[str, np.ndarray]:
    return {"W1": np.array([[w]]), "b1": np.array([[b]])}


momentum_step = Exercise(
    reference=reference.momentum_step,
    returns=("params", "v"),
    aspects=(
        Aspect("velocity", 2.0, of="v"),
        Aspect("parameters", 1.5, of="params"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_momentum_step,
    worked=(
        case("first step", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), _one_weight(0.0, 0.0), 0.1, 0.75)),
        case("already moving", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), _one_weight(6.0, 1.0), 0.1, 0.75)),
        case(
            "two steps in a row",
            (_one_weight(1.0, 3.0), _one_weight(2.0, -1 / 3), _one_weight(0.5, 2.0), 0.25, 0.6),
            (Previous(0), _one_weight(-1.0, 5.0), Previous(1), 0.25, 0.6),
        ),
        case(
            "two layers",
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
                0.2,
                0.8,
            ),
        ),
        case("the usual beta", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), _one_weight(6.0, 1.0), 0.1)),
        case("a gradient of zero", (_one_weight(1.0, 3.0), _one_weight(0.0, -4.0), _one_weight(6.0, 1.0), 0.1, 0.995)),
        case("a beta of 0", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), _one_weight(6.0, 1.0), 0.1, 0.0)),
        case(
            "small gradients, near a minimum, a large rate",
            (_one_weight(1.0, 0.0), _one_weight(2e-5, -4e-5), _one_weight(6e-5, 1e-5), 2.0, 0.75),
        ),
        case(
            "eleven layers of one unit, other orders of keys",
            (
                *(chain(range(1, 23)), backwards(chain(range(22, 0, -1))), weights_first(chain(range(-11, 11)))),
                *(0.5, 0.75),
            ),
        ),
    ),
    domain="any number of layers, `grads` and `v` having the keys of `params` in whatever order, and for 0 <= beta < 1",
)


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your velocity is `βv + g`: the gradient enters with its full weight. Other libraries write it so, and it is "
    "right there, with a smaller learning rate. Here the velocity is an average. What must the two weights of an "
    "average add up to?",
    lecture="v = βv + g is the form of PyTorch; it grows to 1/(1-β) times the gradient, 10 times at β = 0.9. Both "
    "forms take the same path once the rate is divided by ten, so name the form before you compare rates.",
)
def forgets_one_minus_beta(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your β and 1-β have changed places. With β = 0.9, should the velocity keep nine tenths of its past, "
    "or one tenth?",
    lecture="v = βv + (1-β)g: the past keeps β. Swapped, β = 0.9 remembers hardly anything: the path on a ravine "
    "zigzags like plain descent.",
)
def swaps_the_weights(params, grads, v, learning_rate, beta=0.9):
    v = {key: (1 - beta) * v[key] + beta * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your averages are those of a velocity that starts anew at each call. What should `v` be at the second call?",
    lecture="`beta * v[key]` carries the past; without it the step is plain descent at a tenth of the rate. Print v "
    "over three steps with a constant gradient: it must grow from 0.1 g to 0.19 g to 0.271 g.",
)
def forgets_the_old_velocity(params, grads, v, learning_rate, beta=0.9):
    v = {key: (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your velocity is right, but your parameters move along the plain gradient. What is the velocity for?",
    lecture="The velocity is computed and then not used: the move is W - αv. Compare the path with plain descent: if "
    "they are equal, the velocity has no effect.",
)
def steps_along_the_gradient(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * grads[key] for key in params}, v


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your parameters move with the velocity of the step before. Which comes first, the new velocity or the move?",
    lecture="First the average with the new gradient, then the move with the new average. At the first step the old "
    "velocity is 0, and the parameters would not move at all.",
)
def moves_before_it_averages(params, grads, v, learning_rate, beta=0.9):
    new_params = {key: params[key] - learning_rate * v[key] for key in params}
    return new_params, {key: beta * v[key] + (1 - beta) * grads[key] for key in params}


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
    lecture="The velocity averages gradients, which point uphill, so the move has a minus. A cost that rises from the "
    "first step on is the symptom.",
)
def climbs(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] + learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole velocity. Which argument scales a step?",
    lecture="The move is the rate times the velocity. On a steep ravine a step of the whole velocity jumps across and "
    "out.",
)
def forgets_the_learning_rate(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - v[key] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your learning rate stands inside the velocity. The velocity averages gradients alone, so that the rate may "
    "change from step to step. Where does the rate belong?",
    lecture="With a constant rate both forms take the same path; when the rate falls, a velocity that has the old "
    "rate in it keeps the old, long steps. So v averages gradients alone and α stands outside.",
)
def puts_the_rate_into_the_velocity(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * learning_rate * grads[key] for key in params}
    return {key: params[key] - v[key] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your β is always 0.9, whatever the argument says. Where does your function read `beta`?",
    lecture="β is an argument, and 0.9 only its default. A sweep over β = 0, 0.5, 0.9, 0.99 must give four different "
    "paths.",
)
def fixes_beta(params, grads, v, learning_rate, beta=0.9):
    v = {key: 0.9 * v[key] + 0.1 * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your biases keep their old values. They have gradients and velocities of their own. What about them?",
    lecture="The rule is the same for every key of `params`. Filtering for keys that start with W freezes the biases "
    "at their start, usually 0.",
)
def leaves_the_biases_where_they_are(params, grads, v, learning_rate, beta=0.9):
    params, v = dict(params), dict(v)
    for key in params:
        if key.startswith("W"):
            v[key] = beta * v[key] + (1 - beta) * grads[key]
            params[key] = params[key] - learning_rate * v[key]
    return params, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your biases follow the gradients of the weights. Which gradient belongs to `b1`?",
    lecture='`b1` has its own gradient, `grads["b1"]`. The shapes tell: a (3, 1) bias becomes (3, 2) by broadcasting '
    "as soon as it meets W's gradient.",
)
def moves_biases_with_gradients_of_weights(params, grads, v, learning_rate, beta=0.9):
    params, v = dict(params), dict(v)
    for layer in range(1, len(params) // 2 + 1):
        W, b = f"W{layer}", f"b{layer}"
        v[W] = beta * v[W] + (1 - beta) * grads[W]
        v[b] = beta * v[b] + (1 - beta) * grads[W]
        params[W] = params[W] - learning_rate * v[W]
        params[b] = params[b] - learning_rate * v[b]
    return params, v


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your biases move with the velocity of the weights. Which velocity belongs to `b1`?",
    lecture='Each key has its own velocity: `v["b1"]` for `b1`. Read each line aloud with the key that stands in it.',
)
def moves_biases_with_velocity_of_weights(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key.replace("b", "W")] for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="Two arrays per layer, and `range` leaves its end out. A loop over the keys cannot stop early.",
)
def stops_before_the_last_layer(params, grads, v, learning_rate, beta=0.9):
    params, v = dict(params), dict(v)
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            v[key] = beta * v[key] + (1 - beta) * grads[key]
            params[key] = params[key] - learning_rate * v[key]
    return params, v


@momentum_step.misconception(
    fails=("parameters",),
    hint="Your step looks ahead: it adds one more share of the gradient to the velocity. That is Nesterov's momentum, "
    "and right under that name. Here the step is taken with the velocity itself. Which line goes further?",
    lecture="Nesterov's form takes one more share of the new gradient: βv + (1-β)g with the new v. It is a good "
    "method under that name; here the step is αv, so that the two can be compared.",
)
def looks_ahead_like_nesterov(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * (beta * v[key] + (1 - beta) * grads[key]) for key in params}, v


@momentum_step.misconception(
    fails=("velocity", "parameters"),
    hint="Your function returns the velocity first. In which order are `params` and `v` due?",
    lecture="`params, v` is the order in the signature and in every call. The dicts have the same keys, so a swap "
    "raises no error: the network then computes with velocities for weights.",
)
def returns_velocity_first(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return v, {key: params[key] - learning_rate * v[key] for key in params}


@momentum_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the dict `v` that it was given, or into its arrays. "
    "What if somebody needs the old velocity again?",
    lecture="A pure step leaves its arguments alone and returns new dicts: then a run can be repeated from any point. "
    "`dict(v)` helps for assignments to keys, not for `+=` on arrays.",
)
def modifies_the_velocity(params, grads, v, learning_rate, beta=0.9):
    for key in params:
        v[key] = beta * v[key] + (1 - beta) * grads[key]
    return {key: params[key] - learning_rate * v[key] for key in params}, v


@momentum_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
    lecture="`params[key] -= ...` changes the caller's network. Take the same step at rates 0.1 and 0.2 from one "
    "start: the second comes out wrong.",
)
def modifies_the_parameters(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    for key in params:
        params[key] -= learning_rate * v[key]
    return params, v


@momentum_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into `params` and into `v`. What does the caller find in "
    "them afterwards?",
    lecture="Whoever calls the step twice with the same arguments must get the same answer twice. Work in place makes "
    "the second call give something else, with no error.",
)
def modifies_both(params, grads, v, learning_rate, beta=0.9):
    for key in params:
        v[key] = beta * v[key] + (1 - beta) * grads[key]
        params[key] = params[key] - learning_rate * v[key]
    return params, v


EXERCISES = (init_velocity, momentum_step)
