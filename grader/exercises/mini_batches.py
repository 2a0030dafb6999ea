"""Lesson 01: hidden cases, aspects and misconceptions of gradient descent on mini-batches."""

from __future__ import annotations

import numpy as np

from grader.exercises.draws import (
    LAYER_SIZES,
    arrays_of_net,
    as_a_network_starts,
    backwards,
    chain,
    draw_learning_rate,
    scaled,
    weights_first,
    with_parts_at_rest,
)
from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import mini_batches as reference
from optimlab.compare import RTOL_FLOAT32
from optimlab.outcomes import Again, Case, Made, Previous


def _one_weight(w: float, b: float) -> dict[str, np.ndarray]:
    return {"W1": np.array([[w]]), "b1": np.array([[b]])}


# ------------------------------------------------------------------------------------- gd_step


def _draw_gd_step(rng: np.random.Generator) -> list[Case]:
    def inputs(sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        return tuple(arrays_of_net(rng, sizes, dtype) for _ in range(2))

    cases = [case(name, (*inputs(sizes), draw_learning_rate(rng))) for name, sizes in LAYER_SIZES.items()]
    sizes = LAYER_SIZES["three layers"]
    params, grads = inputs(sizes)
    rate = draw_learning_rate(rng)
    later = [(Previous(), arrays_of_net(rng, sizes), rate) for _ in range(2)]
    cases.append(case("three steps in a row", (params, grads, rate), *later))
    params, grads = inputs((4, 3, 2))
    cases.append(case("gradients of the last layer first", (params, backwards(grads), draw_learning_rate(rng))))
    params, grads = inputs((4, 3, 2))
    cases.append(case("large gradients, large rate", (params, scaled(grads, 50.0), float(rng.uniform(1.5, 3.0)))))
    params, grads = as_a_network_starts(rng, sizes), arrays_of_net(rng, sizes)
    cases.append(case("as a network starts", (params, grads, draw_learning_rate(rng))))
    params, grads = inputs((4, 3, 2))
    cases.append(case("small gradients, near a minimum", (params, scaled(grads, 1e-5), draw_learning_rate(rng))))
    params, grads = inputs(sizes)
    cases.append(case("gradients of zero", (params, *with_parts_at_rest(grads), draw_learning_rate(rng))))
    cases.append(case("a small rate", (*inputs((4, 2)), float(rng.uniform(1e-4, 5e-4)))))
    cases.append(case("float32", (*inputs((3, 2), np.float32), draw_learning_rate(rng)), rtol=RTOL_FLOAT32))
    return cases


gd_step = Exercise(
    reference=reference.gd_step,
    returns=("params",),
    aspects=(Aspect("parameters", 1.5, of="params"), Aspect("inputs untouched", 0.5, of=INPUTS)),
    draw=_draw_gd_step,
    worked=(
        case("one layer", (_one_weight(1.0, 3.0), _one_weight(2.0, -4.0), 0.1)),
        case(
            "two steps in a row",
            (_one_weight(1.0, 3.0), _one_weight(2.0, -1 / 3), 0.125),
            (Previous(), _one_weight(-1.0, 5.0), 0.125),
        ),
        case(
            "three layers",
            (
                {
                    "W1": np.array([[1.0, 2.0], [-1.0, 0.5]]),
                    "b1": np.array([[0.5], [-2.0]]),
                    "W2": np.array([[3.0, -1.0]]),
                    "b2": np.array([[1.5]]),
                    "W3": np.array([[-2.0]]),
                    "b3": np.array([[0.25]]),
                },
                {
                    "W1": np.array([[4.0, -2.0], [1.0, 3.0]]),
                    "b1": np.array([[2.0], [6.0]]),
                    "W2": np.array([[-5.0, 7.0]]),
                    "b2": np.array([[2.5]]),
                    "W3": np.array([[8.0]]),
                    "b3": np.array([[-1.0]]),
                },
                0.2,
            ),
        ),
        case(
            "gradients of the last layer first",
            (
                {"W1": np.array([[2.0]]), "b1": np.array([[1.0]]), "W2": np.array([[4.0]]), "b2": np.array([[3.0]])},
                {"b2": np.array([[5.0]]), "W2": np.array([[-1.0]]), "b1": np.array([[2.0]]), "W1": np.array([[6.0]])},
                0.5,
            ),
        ),
        case("large gradients, large rate", (_one_weight(1.0, 3.0), _one_weight(200.0, -40.0), 2.0)),
        case("small gradients, near a minimum", (_one_weight(1.0, 3.0), _one_weight(1e-5, -2e-5), 0.5)),
        case("as a network starts", (_one_weight(0.002, 0.0), _one_weight(-0.5, 0.25), 0.5)),
        case("a gradient of zero, a small rate", (_one_weight(1.0, 3.0), _one_weight(0.0, -4.0), 0.00025)),
        case("eleven layers of one unit", (chain(range(1, 23)), chain(range(22, 0, -1)), 0.5)),
    ),
    domain="any number of layers; `grads` has the keys of `params`, in whatever order",
)


@gd_step.misconception(
    fails=("parameters",),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
    lecture="The gradient points to where the cost grows, so the step has a minus in front of it. Take one step on J "
    "= w² from w = 3 with either sign and print the cost.",
)
def climbs(params, grads, learning_rate):
    return {key: params[key] + learning_rate * grads[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your parameters move by the whole gradient. Which argument says how long a step is?",
    lecture="The gradient has the direction and the slope; the learning rate turns it into a length. On J = w² a step "
    "of the whole gradient jumps from 3 to -3 and back for ever, and a rate of 0.1 comes down.",
)
def forgets_the_learning_rate(params, grads, learning_rate):
    return {key: params[key] - grads[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your learning rate is always 0.01, whatever the argument says. Where does your function read it?",
    lecture="The rate belongs to the caller: the same function must run with 0.1 and with 0.001. Call it with two "
    "rates on one gradient and show that the steps must differ by a factor of a hundred.",
)
def fixes_the_learning_rate(params, grads, learning_rate):
    return {key: params[key] - 0.01 * grads[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="You divide by the learning rate. Should a larger rate make a longer step, or a shorter one?",
    lecture="A step is rate times gradient: doubling the rate doubles the step. Put in a rate of 0.001 and ask how "
    "long the step is when one divides.",
)
def divides_by_the_learning_rate(params, grads, learning_rate):
    return {key: params[key] - grads[key] / learning_rate for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your biases keep their old values. They have gradients as well. What about them?",
    lecture="A bias is a parameter like any other: the cost has a slope along it, and it moves. Fit a line that does "
    "not pass through the origin with b fixed at 0 to show what is lost.",
)
def leaves_the_biases_where_they_are(params, grads, learning_rate):
    return {key: params[key] - learning_rate * grads[key] if key[0] == "W" else params[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your result has no biases. Which entries does `params` hold?",
    lecture="The result replaces `params`, so it must have every key that `params` has. Show the KeyError that the "
    "next forward pass gives when `b1` is gone.",
)
def returns_the_weights_alone(params, grads, learning_rate):
    return {key: params[key] - learning_rate * grads[key] for key in params if key[0] == "W"}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your biases follow the gradients of the weights. Which gradient belongs to `b1`?",
    lecture='The key says which gradient belongs to which parameter: `b1` goes with `grads["b1"]`. Broadcasting hides '
    "the slip: a (3, 1) bias minus a (3, 2) gradient has shape (3, 2), so print shapes before and after a "
    "step.",
)
def moves_biases_with_gradients_of_weights(params, grads, learning_rate):
    new = {}
    for layer in range(1, len(params) // 2 + 1):
        new[f"W{layer}"] = params[f"W{layer}"] - learning_rate * grads[f"W{layer}"]
        new[f"b{layer}"] = params[f"b{layer}"] - learning_rate * grads[f"W{layer}"]
    return new


@gd_step.misconception(
    fails=("parameters",),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="`params` holds two arrays per layer, so there are `len(params) // 2` layers, and a range that starts at "
    "1 must end at that number plus 1. A loop over the keys needs no count at all.",
)
def stops_before_the_last_layer(params, grads, learning_rate):
    new = dict(params)
    for layer in range(1, len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            new[key] = params[key] - learning_rate * grads[key]
    return new


@gd_step.misconception(
    fails=("parameters",),
    hint="Your loop counts the layers from 0. What is the name of the first layer's weights?",
    lecture="The first layer is number 1, the input being layer 0. Write `range(1, L + 1)` beside the names W1, ..., "
    "WL, or loop over the keys.",
)
def counts_layers_from_zero(params, grads, learning_rate):
    new = {}
    for layer in range(len(params) // 2):
        for key in (f"W{layer}", f"b{layer}"):
            new[key] = params[key] - learning_rate * grads[key]
    return new


@gd_step.misconception(
    fails=("parameters",),
    hint="Your function is written for a network of two layers. What if there is one, or if there are three?",
    lecture="The update rule does not know the network: it is the same for every key. One line over `params` works "
    "for one layer and for fifty.",
)
def knows_two_layers_only(params, grads, learning_rate):
    new = dict(params)
    for key in ("W1", "b1", "W2", "b2"):
        new[key] = params[key] - learning_rate * grads[key]
    return new


@gd_step.misconception(
    fails=("parameters",),
    hint="You match parameters and gradients by their place in the two dicts. Back-propagation finds the last "
    "layer's gradients first. What, other than its place, tells which gradient belongs to `W1`?",
    lecture="A dict is looked up by key; its order is that of insertion, and back-propagation inserts the last layer "
    "first. Print `list(params)` and `list(grads)` side by side after a backward pass.",
)
def matches_by_place(params, grads, learning_rate):
    return {
        key: value - learning_rate * gradient
        for (key, value), gradient in zip(params.items(), grads.values(), strict=True)
    }


@gd_step.misconception(
    fails=("parameters",),
    hint="What you return is the change of the parameters. What is due is where they are after it. What is missing?",
    lecture="The new parameters are the old ones minus rate times gradient; the change alone is only the second half. "
    "Ask what the network computes if its weights are replaced by the last change.",
)
def returns_the_change(params, grads, learning_rate):
    return {key: -learning_rate * grads[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your step is the other way round: it starts at the gradient and takes the parameters off. "
    "What is being moved, and by what?",
    lecture="What is moved stands first: parameters minus rate times gradient. Put a gradient of zero into both "
    "forms: the right one stays where it is.",
)
def takes_the_parameters_from_the_gradient(params, grads, learning_rate):
    return {key: learning_rate * grads[key] - params[key] for key in params}


@gd_step.misconception(
    fails=("parameters",),
    hint="Your function changes the arrays that it was given and returns nothing. Later cells use what it returns, and "
    "the old parameters too. What should come after the loop, and where should the new numbers go?",
    lecture="Without `return` a function returns None, and the next cell fails far from the cause. Build a new dict, "
    "return it, and the old parameters are still there to compare with.",
)
def updates_in_place_and_returns_nothing(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]


@gd_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to try the same step at another rate?",
    lecture="`-=` on an array writes into the caller's array, and `dict(params)` copies the dict but not the arrays "
    "in it. Take one step at two rates from the same start: with `-=` the second run starts where the first "
    "one ended.",
)
def modifies_the_parameters(params, grads, learning_rate):
    for key in params:
        params[key] -= learning_rate * grads[key]
    return params


@gd_step.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function scales the gradients that it was given. What does the caller find "
    "in `grads` afterwards?",
    lecture="`grads[key] *= learning_rate` changes the caller's gradients, so a plot of their size made afterwards is "
    "wrong. Scale a new array: `learning_rate * grads[key]`.",
)
def modifies_the_gradients(params, grads, learning_rate):
    for key in grads:
        grads[key] *= learning_rate
    return {key: params[key] - grads[key] for key in params}


# ------------------------------------------------------------------------- random_mini_batches


def _examples(m: int, rows: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return m columns that are all different, exact in float32, and labels that are all different."""
    # NB: labels 0 and 1 would agree by luck at half of the places where pairs are parted.
    X = np.arange(1.0, m * rows + 1).reshape(rows, m) / 8
    return X, np.arange(100.0, 100 + m)[np.newaxis]


def _with_generators(
    name: str, X: np.ndarray, Y: np.ndarray, batch_size: int, seed: int, others: int = 1, **options: object
) -> Case:
    """Return calls with generators: two of the same seed, others, and the last of those again, for a second epoch."""
    seeds = (seed, *range(seed, seed + others + 1))
    generators = [*(Made({"rng": s}) for s in seeds), Again()]
    return case(name, *((X, Y, batch_size, generator) for generator in generators), **options)


_OTHERS = 8
"""With so many other generators no example stays in its place by chance, where batches hold one each."""


def _draw_random_mini_batches(rng: np.random.Generator) -> list[Case]:
    def calls(name: str, m: int, batch_size: int, tag: str, dtype: type = np.float64, others: int = 1) -> Case:
        # NB: 1025/8192 makes numbers that are exact in float32, and neither whole nor exact in float16.
        X = rng.permuted(np.arange(1, 4 * m + 1)).reshape(4, m) * (1025 / 8192)
        X, Y = (X * rng.choice((-1, 1), X.shape)).astype(dtype), rng.permutation(m)[np.newaxis].astype(dtype)
        seed = int(rng.integers(1, 10**9))
        rtol = RTOL_FLOAT32 if dtype is np.float32 else None
        return _with_generators(name, X, Y, batch_size, seed, others, tags=(tag,), rtol=rtol)

    size = int(rng.integers(7, 10))
    number = size + int(rng.integers(1, 3))  # never equal: as many batches as examples in one hides a mix-up
    few = int(rng.integers(8, 13))  # of fewer, pairs that are parted come together by luck
    return [
        calls("the last batch is smaller", size * number + int(rng.integers(2, size)), size, "many"),
        calls("one example is left for the last batch", size * number + 1, size, "many"),
        calls("the batch size divides the number of examples", size * number, size, "many"),
        calls("batches of one example", 40 + size, 1, "many", others=_OTHERS),
        calls("float32", 60 + size, 8, "many", np.float32),
        calls("fewer examples than a batch holds", few, few + int(rng.integers(1, 9)), "few"),
        calls("as many examples as a batch holds", few, few, "few"),
        calls("one example", 1, 1, "few"),
        calls("one example, larger batches", 1, size, "few"),
    ]


_ONCE, _PAIRS, _SIZES, _SHUFFLED, _RNG, _FEW = (
    "every example once",
    "X and Y together",
    "batch sizes",
    "shuffled",
    "drawn with rng",
    "one batch",
)

random_mini_batches = Exercise(
    reference=reference.random_mini_batches,
    returns=("batches",),
    aspects=(
        Aspect(_ONCE, 1.0, of="examples", tag="many"),
        Aspect(_PAIRS, 1.5, of="pairs", tag="many"),
        Aspect(_SIZES, 1.0, of="sizes", tag="many"),
        Aspect(_SHUFFLED, 1.0, of="order", tag="many"),
        Aspect(_RNG, 0.5, of="rng", tag="many"),
        Aspect(_FEW, 0.5, tag="few"),
        Aspect("inputs untouched", 0.5, of=INPUTS, tag="many"),
    ),
    draw=_draw_random_mini_batches,
    worked=(
        _with_generators("58 examples, batches of 8", *_examples(58), 8, 1, tags=("many",)),
        _with_generators("56 examples, batches of 8", *_examples(56), 8, 2, tags=("many",)),
        _with_generators("40 examples, batches of 1", *_examples(40), 1, 3, _OTHERS, tags=("many",)),
        _with_generators("9 examples, batches of 12", *_examples(9), 12, 4, tags=("few",)),
        _with_generators("8 examples, batches of 8", *_examples(8), 8, 5, tags=("few",)),
        _with_generators("1 example, batches of 1", *_examples(1), 1, 6, tags=("few",)),
    ),
    view="batches",
    domain="any `batch_size` of at least 1, smaller or larger than the number of examples",
)


@random_mini_batches.misconception(
    fails=(_PAIRS, _FEW),
    hint="You draw one order for `X` and another one for `Y`. What becomes of an example's label?",
    lecture="One order must be used for both arrays, or each example gets another one's label. Shuffle a toy set with "
    "labels 0, 1, 2, ... equal to the data and look at the pairs.",
)
def shuffles_x_and_y_apart(X, Y, batch_size, rng):
    m = X.shape[1]
    X, Y = X[:, rng.permutation(m)], Y[:, rng.permutation(m)]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_PAIRS, _FEW),
    hint="You shuffle `X` and leave `Y` as it was. Which label stands beside the first example then?",
    lecture="The label must travel with its example: index `X` and `Y` with the same permutation. Train on pairs that "
    "were torn apart and the accuracy stays at that of guessing.",
)
def shuffles_x_alone(X, Y, batch_size, rng):
    m = X.shape[1]
    X = X[:, rng.permutation(m)]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_SHUFFLED, _RNG),
    hint="Your batches follow the order in which the examples were given. If that order is sorted by label, what does "
    "a batch show?",
    lecture="Data often comes sorted by label, and then a batch shows one class alone. Draw the cost within an epoch "
    "on sorted and on shuffled data.",
)
def does_not_shuffle(X, Y, batch_size, rng):
    m = X.shape[1]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_RNG,),
    hint="Your order is the same at every call: you make a generator of your own, with a fixed seed. What is "
    "the argument `rng` for, if each epoch is to see other batches?",
    lecture="A generator made inside with a fixed seed gives the same order in every epoch. The generator that is "
    "passed in goes on where it stopped: call it twice and print both orders.",
)
def seeds_a_generator_of_its_own(X, Y, batch_size, rng):
    m = X.shape[1]
    order = np.random.default_rng(0).permutation(m)
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_RNG,),
    hint="Your order does not come from `rng`: the same seed gives other batches the second time. Somebody wants to "
    "repeat your run. Which generator must the order be drawn from?",
    lecture="Only numbers drawn from the `rng` that was passed in can be repeated by whoever has its seed. "
    "`np.random` is one generator for the whole program, and any other call moves it.",
)
def draws_from_the_global_generator(X, Y, batch_size, rng):
    m = X.shape[1]
    order = np.random.permutation(m)  # noqa: NPY002
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_ONCE, _RNG, _FEW),
    hint="Python's own `random.shuffle` swaps rows of an array by writing one over the other: some come twice, others "
    "are gone. And nobody can repeat it. Which generator were you given, and what can it shuffle?",
    lecture="`random.shuffle` swaps rows with a tuple assignment, and rows of a NumPy array are views: one overwrites "
    "the other. Shuffle ten different rows and count how many different ones are left; then use "
    "`rng.permutation`.",
)
def shuffles_an_array_with_pythons_random(X, Y, batch_size, rng):
    import random

    examples = np.vstack([X, Y]).T.copy()
    random.shuffle(examples)
    X, Y = examples[:, :-1].T, examples[:, -1:].T
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, X.shape[1], batch_size)]


@random_mini_batches.misconception(
    fails=(_ONCE, _SIZES, _FEW),
    hint="Examples that do not fill a batch are left out. What should the last batch hold, and what if there are fewer "
    "examples than one batch takes?",
    lecture="With 10 examples and batches of 4 the sizes are 4, 4, 2, and an epoch shows all ten. With fewer examples "
    "than a batch takes, a loop over full batches does nothing at all.",
)
def drops_the_last_batch(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    return [
        (X[:, k * batch_size : (k + 1) * batch_size], Y[:, k * batch_size : (k + 1) * batch_size])
        for k in range(m // batch_size)
    ]


@random_mini_batches.misconception(
    fails=(_SIZES, _FEW),
    hint="Where the batch size divides the number of examples, you add one more batch with nothing in it. "
    "When is there a rest?",
    lecture="A rest exists only where `m % batch_size` is not 0. The mean over an empty batch is nan, and one nan in "
    "the gradients spoils every parameter.",
)
def adds_an_empty_batch(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    return [
        (X[:, k * batch_size : (k + 1) * batch_size], Y[:, k * batch_size : (k + 1) * batch_size])
        for k in range(m // batch_size + 1)
    ]


@random_mini_batches.misconception(
    fails=(_FEW,),
    hint="After your loop you use its counter once more. If there are fewer examples than one batch takes, how often "
    "does the loop run, and what is the counter then?",
    lecture="A loop over no elements never sets its variable. `range(0, m, batch_size)` gives all starts, the last "
    "short batch included, and needs nothing after the loop.",
)
def uses_the_counter_after_an_empty_loop(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    batches = []
    for k in range(m // batch_size):
        batches.append((X[:, k * batch_size : (k + 1) * batch_size], Y[:, k * batch_size : (k + 1) * batch_size]))
    if m % batch_size:
        batches.append((X[:, (k + 1) * batch_size :], Y[:, (k + 1) * batch_size :]))
    return batches


@random_mini_batches.misconception(
    fails=(_ONCE, _SIZES, _FEW),
    hint="Your last batch is as large as the others: it is filled up with examples that are in another batch already. "
    "How small may the last batch be?",
    lecture="An epoch shows each example once, so the last batch holds what is left, be it one. Filling it up from "
    "the others counts some examples twice.",
)
def takes_a_full_last_batch(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    wrapped = np.concatenate([order, order, order])
    chosen = [wrapped[k : k + batch_size] for k in range(0, m, batch_size)]
    return [(X[:, columns], Y[:, columns]) for columns in chosen]


@random_mini_batches.misconception(
    fails=(_ONCE, _SIZES, _FEW),
    hint="Your last batch is filled up with columns that are no examples. What would the network learn from them, and "
    "how small may the last batch be?",
    lecture="Columns of zeros are examples that nobody has, with labels that nobody gave. The network learns them as "
    "it learns the others; a short batch is fine, since the cost is a mean.",
)
def pads_the_last_batch(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    missing = -m % batch_size
    X = np.pad(X[:, order], ((0, 0), (0, missing)))
    Y = np.pad(Y[:, order], ((0, 0), (0, missing)))
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_ONCE, _FEW),
    hint="You draw examples with replacement: some come twice, others never. How often should an epoch show each one?",
    lecture="An epoch is one pass over all examples: a permutation. Drawing with replacement leaves out about 37 % of "
    "a large set in each epoch; count the different examples.",
)
def draws_with_replacement(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.integers(0, m, m)
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_ONCE, _SIZES, _SHUFFLED, _RNG, _FEW),
    hint="Your order is one of rows, not of examples. Examples stand in columns. Which axis counts them?",
    lecture="In this course an example is a column: `m = X.shape[1]`. Write (n_x, m) beside `X` on the board and say "
    '"features down, examples across".',
)
def counts_rows(X, Y, batch_size, rng):
    m = X.shape[0]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_SIZES, _FEW),
    hint="You cut the examples into `batch_size` batches. Does `batch_size` count batches, or examples in a batch?",
    lecture="`batch_size` is how many examples a batch has; the number of batches follows: m / batch_size, rounded "
    "up. 5000 examples in batches of 100 make 50 batches.",
)
def takes_the_size_for_the_number(X, Y, batch_size, rng):
    order = rng.permutation(X.shape[1])
    return [(X[:, chosen], Y[:, chosen]) for chosen in np.array_split(order, batch_size)]


@random_mini_batches.misconception(
    fails=(_SIZES,),
    hint="Your batches are about equally large. Here all are full but the last one. Where does the rest go?",
    lecture="Full batches first, the rest last: 10 in batches of 4 are 4, 4, 2 and not 4, 3, 3. `np.array_split` "
    "evens out, which is useful elsewhere.",
)
def evens_out_the_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    return [(X[:, chosen], Y[:, chosen]) for chosen in np.array_split(order, -(-m // batch_size))]


@random_mini_batches.misconception(
    fails=(_SIZES, _SHUFFLED),
    hint="You cut first and then shuffle the batches. Which examples share a batch, now and in the next epoch?",
    lecture="Shuffling the order of batches leaves the same examples together for ever. Shuffle the examples first, "
    "then cut, so that each epoch mixes anew.",
)
def shuffles_whole_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    batches = [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]


@random_mini_batches.misconception(
    fails=(_SHUFFLED, _RNG),
    hint="You cut first and then shuffle inside each batch. Which examples share a batch, now and in the next epoch?",
    lecture="The order inside a batch does not matter: its gradient is a mean. What must change from epoch to epoch "
    "is which examples share a batch.",
)
def shuffles_inside_the_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    batches = []
    for start in range(0, m, batch_size):
        order = start + rng.permutation(min(batch_size, m - start))
        batches.append((X[:, order], Y[:, order]))
    return batches


@random_mini_batches.misconception(
    fails=(_ONCE, _SIZES, _SHUFFLED, _RNG, _FEW),
    hint="Each of your slices lacks its last column. Is the end of a slice part of it?",
    lecture="Python's slices leave out their end, so `X[:, a:a + batch_size]` has batch_size columns already. Count "
    "the columns of all batches and compare with m.",
)
def ends_slices_too_early(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    slices = [slice(k, min(k + batch_size, m) - 1) for k in range(0, m, batch_size)]
    return [(X[:, s], Y[:, s]) for s in slices]


@random_mini_batches.misconception(
    fails=(_ONCE, _PAIRS, _SIZES, _SHUFFLED, _RNG, _FEW),
    hint="Your batches hold examples in rows. In this course they stand in columns. Which shape has `X_t`?",
    lecture="The network multiplies `W` by a batch of shape (n_x, batch), so examples stay in columns. Print the "
    "shape of `W1 @ X_t`: with rows it fails, or worse, fits by chance.",
)
def puts_examples_into_rows(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order].T, Y[:, order].T
    return [(X[k : k + batch_size], Y[k : k + batch_size]) for k in range(0, m, batch_size)]


@random_mini_batches.misconception(
    fails=(_ONCE, _PAIRS, _SIZES, _SHUFFLED, _RNG, _FEW),
    hint="You return the batches of `X` in one list and those of `Y` in another. What does a loop over pairs need?",
    lecture="`for X_t, Y_t in batches` wants a list of pairs. With two lists it takes the list of X batches apart "
    "instead.",
)
def returns_two_lists(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    starts = range(0, m, batch_size)
    return [X[:, k : k + batch_size] for k in starts], [Y[:, k : k + batch_size] for k in starts]


@random_mini_batches.misconception(
    fails=(_ONCE, _PAIRS, _SIZES, _SHUFFLED, _RNG, _FEW),
    hint="You return something that can be gone through once (a generator, a `zip`). What is left of it for a "
    "second loop?",
    lecture="A generator or a `zip` is used up after one pass: a second epoch over it does nothing and reports no "
    "error. A list can be gone through as often as one likes; show both with two loops.",
)
def yields_the_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X, Y = X[:, order], Y[:, order]
    return ((X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size))


@random_mini_batches.misconception(
    fails=("inputs untouched",),
    hint="Your batches are right, but your function shuffles the arrays that it was given. What does the caller find "
    "in `X` and `Y` afterwards?",
    lecture="`rng.shuffle` writes into the caller's array, so the data that was drawn or saved before no longer "
    "matches. Draw a permutation of indices and index with it: that copies.",
)
def shuffles_in_place(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    X[:], Y[:] = X[:, order], Y[:, order]
    return [(X[:, k : k + batch_size].copy(), Y[:, k : k + batch_size].copy()) for k in range(0, m, batch_size)]


# --------------------------------------------------------------------------- regularised_cost

RTOL_COST = 1e-5
"""Wide enough for a guard inside the logarithm, such as ``log(A + 1e-7)``, which is no mistake."""
RTOL_SURE = 1e-3
"""The same for probabilities near 0 and 1, where a guard shows more."""


def _draw_regularised_cost(rng: np.random.Generator) -> list[Case]:
    def inputs(m: int, sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        A = rng.uniform(0.1, 0.9, (1, m)).astype(dtype)
        Y = rng.permutation(np.arange(m) % 2)[np.newaxis].astype(dtype)
        return A, Y, arrays_of_net(rng, sizes, dtype)

    def draw_lam() -> float:
        return float(rng.uniform(1.5, 6.0))

    nets = {**LAYER_SIZES, "one layer": (5, 1)}
    cases = [case(f"no penalty, {name}", (*inputs(9, sizes), 0.0), tags=("free",)) for name, sizes in nets.items()]
    cases += [case(name, (*inputs(7, sizes), draw_lam()), tags=("penalty",)) for name, sizes in nets.items()]
    for label in (0.0, 1.0):
        A, _, params = inputs(1, (4, 3, 1))
        Y = np.array([[label]])
        cases.append(case(f"one example of label {label:.0f}, no penalty", (A, Y, params, 0.0), tags=("free",)))
        cases.append(case(f"one example of label {label:.0f}", (A, Y, params, draw_lam()), tags=("penalty",)))
    A, Y, params = inputs(6, (4, 5, 3, 1))
    cases.append(case("weights before biases", (A, Y, weights_first(params), draw_lam()), tags=("penalty",)))
    A, Y, params = inputs(12, (6, 4, 1))
    cases.append(case("labels that are integers", (A, Y.astype(int), params, draw_lam()), tags=("penalty",)))
    _, Y, params = inputs(8, (3, 2, 1))
    off = rng.uniform(3e-4, 6e-4, (1, 8))
    A = np.where(np.arange(8) % 4 < 2, off, 1 - off)
    cases.append(case("probabilities near 0 and 1", (A, Y, params, 0.0), tags=("free",), rtol=RTOL_SURE))
    # The product of so many probabilities is 0 in float64.
    cases.append(case("many examples", (*inputs(1500, (3, 2, 1)), 0.0), tags=("free",)))
    single = (*inputs(5, (3, 2, 1), np.float32), draw_lam())
    cases.append(case("float32", single, tags=("penalty",), rtol=RTOL_FLOAT32))
    return cases


_HALF_OPEN = {
    "W1": np.array([[1.0, -2.0], [3.0, 0.5]]),
    "b1": np.array([[4.0], [-1.5]]),
    "W2": np.array([[2.0, -1.0]]),
    "b2": np.array([[-3.0]]),
}

regularised_cost = Exercise(
    reference=reference.regularised_cost,
    returns=("cost",),
    aspects=(
        Aspect("cross-entropy", 1.5, tag="free"),
        Aspect("penalty", 2.0, tag="penalty"),
        Aspect("inputs untouched", 0.5, of=INPUTS),
    ),
    draw=_draw_regularised_cost,
    worked=(
        case(
            "no penalty",
            (np.array([[0.5, 0.8, 0.25, 0.1]]), np.array([[1.0, 1.0, 0.0, 0.0]]), _HALF_OPEN, 0.0),
            tags=("free",),
        ),
        case(
            "no penalty, one example",
            (np.array([[0.25]]), np.array([[1.0]]), {"W1": np.array([[2.0, -1.0]]), "b1": np.array([[3.0]])}, 0.0),
            tags=("free",),
        ),
        case(
            "no penalty, probabilities near 0 and 1",
            (np.array([[0.0005, 0.9995, 0.0005]]), np.array([[1.0, 0.0, 0.0]]), _HALF_OPEN, 0.0),
            tags=("free",),
            rtol=RTOL_SURE,
        ),
        case(
            "one layer, one example",
            (np.array([[0.25]]), np.array([[0.0]]), {"W1": np.array([[2.0, -1.0]]), "b1": np.array([[3.0]])}, 0.4),
            tags=("penalty",),
        ),
        case(
            "two layers, four examples",
            (np.array([[0.5, 0.8, 0.25, 0.1]]), np.array([[1.0, 1.0, 0.0, 0.0]]), _HALF_OPEN, 2.0),
            tags=("penalty",),
        ),
        case(
            "three layers, two examples",
            (
                np.array([[0.9, 0.4]]),
                np.array([[0.0, 1.0]]),
                {
                    "W1": np.array([[1.0], [-3.0]]),
                    "b1": np.array([[0.5], [2.0]]),
                    "W2": np.array([[2.0, 1.0]]),
                    "b2": np.array([[-1.0]]),
                    "W3": np.array([[-4.0]]),
                    "b3": np.array([[1.5]]),
                },
                3.0,
            ),
            tags=("penalty",),
        ),
        case(
            "weights before biases",
            (
                np.array([[0.25]]),
                np.array([[0.0]]),
                {"W1": np.array([[2.0]]), "W2": np.array([[-1.0]]), "b1": np.array([[5.0]]), "b2": np.array([[4.0]])},
                0.4,
            ),
            tags=("penalty",),
        ),
        case(
            "eleven layers of one unit",
            (np.array([[0.5]]), np.array([[1.0]]), chain(range(1, 23)), 0.5),
            tags=("penalty",),
        ),
    ),
    rtol=RTOL_COST,
    domain="labels 0 and 1, 0 < A < 1, `lam` of at least 0, any number of layers and of examples, and the keys of "
    "`params` in whatever order",
)


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty is twice too large. It is made so that its derivative is λ/m times the weight. What does the "
    "derivative of a square bring in?",
    lecture="The penalty is λ/(2m) times the sum of squares, and the 2 cancels when one takes the derivative: λ/m "
    "times W. Check it with a finite difference of the cost against the gradient that the network uses.",
)
def forgets_the_half(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / m * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty counts the biases as well. Which of the two make a function bend more sharply?",
    lecture="Weights decide how steep a function can get; a bias only shifts it. One penalises W and leaves b alone: "
    "shifting data should cost nothing.",
)
def penalises_the_biases(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params)


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty does not depend on the number of examples. What is the cross-entropy divided by?",
    lecture="Cross-entropy is a mean over m examples, so the penalty is divided by m as well, or the balance between "
    "them changes with the size of the data set. Double the data by copying it and see which cost stays the "
    "same share.",
)
def does_not_average_the_penalty(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / 2 * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty is divided by m twice. Which of your brackets closes too late?",
    lecture="The 1/m in front of the bracket belongs to the cross-entropy alone; the penalty has its own 1/(2m). "
    "Write the two terms on two lines of code.",
)
def averages_the_penalty_twice(A, Y, params, lam):
    m = Y.shape[1]
    total = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return (total + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")) / m


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty adds up norms. The penalty has their squares. What undoes the root in a norm?",
    lecture="`np.linalg.norm(W)` is a root; the penalty has the squared norm, the plain sum of squares. Only the "
    "square has the simple derivative 2W.",
)
def takes_the_norm_for_its_square(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.linalg.norm(params[key]) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty adds up absolute values. That is L1 regularisation, and right under that name. Which power of a "
    "weight does L2 take?",
    lecture="Sums of magnitudes are L1: it pushes weights to exactly zero. L2 takes squares: it shrinks large weights "
    "most. Draw both penalties over one weight.",
)
def adds_up_absolute_values(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(np.abs(params[key])) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty adds up the weights as they are, so that a positive and a negative one cancel. Should they?",
    lecture="Without the square a weight of -5 is rewarded and cancels one of +5. A penalty must not become negative: "
    "evaluate it on W = [[5, -5]].",
)
def forgets_the_square(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key]) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty takes the mean of a layer's squared weights. Does the Frobenius norm divide by their number?",
    lecture="The Frobenius norm adds up squares; it does not divide by how many there are. With a mean, a large layer "
    "would pay no more than a small one.",
)
def averages_the_squares(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.mean(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty sees the last layer alone. Do the weights of the other layers cost nothing?",
    lecture="All weight matrices are in the penalty, layer by layer. Some lecture notes write W[L] for it: the sum "
    "over l is missing there.",
)
def penalises_the_last_layer_alone(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * np.sum(params[f"W{len(params) // 2}"] ** 2)


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty is the norm of one layer's weights, the last one's. Whose weights should be small, and which "
    "power of the norm is meant?",
    lecture="Two slips in one: one layer for all, and the norm for its square. Write Σ_l ‖W[l]‖² on the board and "
    "point at the Σ and at the 2.",
)
def takes_the_norm_of_the_last_layer(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * np.linalg.norm(params[f"W{len(params) // 2}"])


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your loop ends one layer too early. How many layers are there, if `params` holds a `W` and a `b` for each?",
    lecture="There are `len(params) // 2` layers, and `range` leaves its end out. Loop over the keys that start with "
    "W and there is nothing to count.",
)
def stops_before_the_last_layer_of_weights(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    squares = 0
    for layer in range(1, len(params) // 2):
        squares += np.sum(params[f"W{layer}"] ** 2)
    return cost + lam / (2 * m) * squares


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your cost is the cross-entropy alone. What do large weights cost, and which argument says how much?",
    lecture="The cost has two terms: how badly the network fits, and how large its weights are. With lam = 0 they "
    "agree, which is why a test at lam = 0 shows nothing.",
)
def forgets_the_penalty(A, Y, params, lam):
    m = Y.shape[1]
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m


@regularised_cost.misconception(
    fails=("penalty",),
    hint="Your penalty makes the cost smaller. Should large weights be rewarded?",
    lecture="A minus rewards large weights: descent would blow them up without end. The sign in front of the "
    "cross-entropy belongs to its bracket alone.",
)
def subtracts_the_penalty(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost - lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your cross-entropy is a sum over the examples. Some courses add up over a batch and divide at the end of the "
    "epoch; here the cost is a mean. What should happen to it if each example came twice?",
    lecture="Here the cost is a mean, so that costs of batches of different size can be compared. Give each example "
    "twice: a mean stays, a sum doubles. Coursera sums over a batch and divides at the end of the epoch: "
    "right there.",
)
def forgets_the_mean(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your m is the number of rows of `Y`, which is one. Along which axis do the examples lie?",
    lecture="`Y` has shape (1, m): the examples are along axis 1. `len(Y)` is 1 and makes a sum of the mean.",
)
def counts_the_rows_of_y(A, Y, params, lam):
    m = len(Y)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your cross-entropy is negative. The logarithm of a probability is below zero. Which sign makes a cost of it?",
    lecture="The logarithm of a probability is negative, so the minus in front makes the cost positive. A cost below "
    "zero that falls and falls is the symptom.",
)
def forgets_the_minus(A, Y, params, lam):
    m = Y.shape[1]
    cost = np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Examples with label 0 cost you nothing. What should it cost to give one of them a probability of 0.9?",
    lecture="The second term, (1-Y) log(1-A), is there for label 0. Without it a network that answers 1 to everything "
    "has cost 0.",
)
def forgets_label_zero(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your probabilities and labels have changed places: you take the logarithm of a label. Which of the two is "
    "never quite 0 or 1?",
    lecture="The logarithm is taken of the prediction A, which lies strictly between 0 and 1; the label only chooses "
    "the term. log(Y) is log 0 for half of the data.",
)
def swaps_probabilities_and_labels(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(A * np.log(Y) + (1 - A) * np.log(1 - Y)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your logarithm has base 10. Which base does the derivative 1/x belong to?",
    lecture="`np.log` is the natural logarithm; its derivative is 1/x, and the gradient of the network rests on that. "
    "With base 10 the cost is 2.303 times too small and does not belong to its gradient.",
)
def takes_logarithms_of_base_ten(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log10(A) + (1 - Y) * np.log10(1 - A)) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


@regularised_cost.misconception(
    fails=("cross-entropy", "penalty"),
    hint="Your cost is made of squared errors. They suit a regression. Which cost suits a probability?",
    lecture="Squared error with a sigmoid has hardly any slope where the network is confidently wrong. Draw both "
    "costs over A for Y = 1: cross-entropy goes to infinity at 0, the square only to 1.",
)
def takes_squared_errors(A, Y, params, lam):
    m = Y.shape[1]
    cost = np.sum((A - Y) ** 2) / m
    return cost + lam / (2 * m) * sum(np.sum(params[key] ** 2) for key in params if key[0] == "W")


# -------------------------------------------------------------------------------- train_epoch

_NETWORK = Made({"network_cost": [2, 3, 1]})
_LINEAR = Made({"linear_cost": 1})

Batches = list[tuple[np.ndarray, np.ndarray]]


def _draw_train_epoch(rng: np.random.Generator) -> list[Case]:
    def batches(n_x: int, sizes: tuple[int, ...], dtype: type = np.float64) -> Batches:
        return [
            (rng.standard_normal((n_x, m)).astype(dtype), rng.permutation(np.arange(m) % 2)[np.newaxis].astype(dtype))
            for m in sizes
        ]

    def call(layers: tuple[int, ...], sizes: tuple[int, ...], dtype: type = np.float64) -> tuple:
        params = arrays_of_net(rng, layers, dtype)
        return params, batches(layers[0], sizes, dtype), Made({"network_cost": list(layers)}), draw_learning_rate(rng)

    usual = {"tags": ("batches", "epochs")}
    params, first, cost, rate = call((3, 4, 1), (5, 5, 3))
    others, *rest = call((3, 4, 2, 1), (5, 4))

    def call_line(sizes: tuple[int, ...], rate: float, height: float = 20.0) -> tuple:
        lines = [(X, height * rng.standard_normal(Y.shape)) for X, Y in batches(2, sizes)]
        return scaled(arrays_of_net(rng, (2, 1)), height), lines, Made({"linear_cost": 2}), rate

    return [
        case("one layer", call((5, 1), (6, 6, 4)), **usual),
        case("three layers", call((4, 6, 3, 1), (7, 7, 7, 2)), **usual),
        case("four layers", call((3, 5, 4, 2, 1), (6, 6, 5)), **usual),
        case("weights and biases of the same shape", call((1, 4, 1), (8, 8, 3)), **usual),
        case("one batch", call((3, 2, 1), (9,)), **usual),
        case("one example in the last batch", call((3, 4, 1), (6, 1)), **usual),
        case("weights before biases", (weights_first(others), *rest), **usual),
        case("another cost, many batches", call_line((3,) * 14, draw_learning_rate(rng)), **usual),
        case("another cost, near a minimum", call_line((5, 5, 2), draw_learning_rate(rng), 1e-3), **usual),
        case("another cost, a large rate", call_line((4, 4), float(rng.uniform(1.5, 3.0))), **usual),
        case(
            "two epochs in a row",
            (params, first, cost, rate),
            (Previous(0), batches(3, (5, 5, 3)), cost, rate),
            tags=("epochs",),  # its second costs follow from its first parameters
        ),
        case("float32", call((3, 3, 1), (6, 6, 2), np.float32), rtol=RTOL_FLOAT32, **usual),
        case("no batches", call((3, 2, 1), ()), tags=("none",)),
    ]


def _pairs(*batches: tuple[list[float], list[float]]) -> Batches:
    return [(np.array([x]), np.array([y])) for x, y in batches]


train_epoch = Exercise(
    reference=reference.train_epoch,
    returns=("params", "costs"),
    aspects=(
        Aspect("parameters", 1.5, of="params", tag="epochs"),
        Aspect("costs", 1.5, of="costs", tag="batches"),
        Aspect("no batches", 0.5, tag="none"),
        Aspect("inputs untouched", 0.5, of=INPUTS, tag="epochs"),
    ),
    draw=_draw_train_epoch,
    worked=(
        case(
            "one batch",
            (_one_weight(1.0, 0.5), _pairs(([1.0, 3.0], [2.0, 1.0])), _LINEAR, 0.1),
            tags=("batches", "epochs"),
        ),
        case(
            "three batches",
            (
                _one_weight(1.0, 0.5),
                _pairs(([1.0, 3.0], [2.0, 1.0]), ([2.0, -1.0], [0.0, 4.0]), ([-2.0], [3.0])),
                _LINEAR,
                0.25,
            ),
            tags=("batches", "epochs"),
        ),
        case(
            "a network, weights before biases, two batches",
            (
                {
                    "W1": np.array([[1.0, -0.5], [0.5, 1.0], [-1.0, 2.0]]),
                    "W2": np.array([[1.0, -2.0, 0.5]]),
                    "b1": np.array([[0.5], [0.25], [1.0]]),
                    "b2": np.array([[0.25]]),
                },
                [
                    (np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[1.0, 0.0]])),
                    (np.array([[-1.0, 0.5], [1.5, 2.0]]), np.array([[0.0, 1.0]])),
                ],
                _NETWORK,
                0.5,
            ),
            tags=("batches", "epochs"),
        ),
        case(
            "many batches, a large rate",
            (_one_weight(1.0, 0.5), _pairs(*[([1.0], [8.0]), ([-1.0], [0.5])] * 6), _LINEAR, 1.25),
            tags=("batches", "epochs"),
        ),
        case("no batches", (_one_weight(1.0, 0.5), [], _LINEAR, 0.1), tags=("none",)),
    ),
    domain="any number of batches, none included",
    builds_on=("gd_step",),
)


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Your loop runs over the batches but uses the first one each time. What should change from turn to turn?",
    lecture="The loop variable is the batch of this turn; an index fixed at 0 trains on one batch for ever. Print the "
    "first label of the batch in each turn.",
)
def uses_the_first_batch_each_time(params, batches, cost_and_grads, learning_rate):
    costs = []
    for _ in batches:
        cost, grads = cost_and_grads(params, *batches[0])
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Every batch of yours starts from the parameters of the epoch's beginning. What becomes of the step before?",
    lecture="Each step starts where the step before ended: `params` must be assigned inside the loop. Otherwise only "
    "the last batch has taught anything.",
)
def starts_anew_at_each_batch(params, batches, cost_and_grads, learning_rate):
    costs, new = [], params
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        new = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return new, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="You collect the gradients of all batches and take one step at the end. That is batch gradient descent. "
    "How many steps does an epoch of mini-batches have?",
    lecture="One step from the sum of all gradients is batch gradient descent. The gain of mini-batches is many steps "
    "per pass: 5000 examples in batches of 100 give 50 of them.",
)
def takes_one_step_at_the_end(params, batches, cost_and_grads, learning_rate):
    costs, total = [], {key: np.zeros_like(value) for key, value in params.items()}
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        total = {key: total[key] + grads[key] for key in params}
        costs.append(cost)
    return {key: params[key] - learning_rate * total[key] for key in params}, costs


@train_epoch.misconception(
    fails=("parameters",),
    hint="Your costs are right, but the parameters that you return are those that came in. Under which name are the "
    "new ones?",
    lecture="The name that is updated in the loop must be the name that is returned. Run two epochs and print the "
    "cost: it does not move.",
)
def returns_the_old_parameters(params, batches, cost_and_grads, learning_rate):
    costs, new = [], params
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(new, X_t, Y_t)
        new = {key: new[key] - learning_rate * grads[key] for key in new}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Your parameters never move: costs are computed, steps are not taken. What are the gradients for?",
    lecture="Computing gradients changes nothing; the step uses them. Count the steps in your own code: one call per "
    "batch.",
)
def takes_no_step(params, batches, cost_and_grads, learning_rate):
    return params, [cost_and_grads(params, X_t, Y_t)[0] for X_t, Y_t in batches]


@train_epoch.misconception(
    fails=("costs",),
    hint="Your costs are taken after the step, on the batch that the step was just made for. Which cost belongs to the "
    "gradients?",
    lecture="`cost_and_grads` gives cost and gradient at the same parameters; the cost that is recorded belongs to "
    "the point before the update. Measured on the batch just used, the cost after the step looks too good.",
)
def takes_costs_after_the_step(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        grads = cost_and_grads(params, X_t, Y_t)[1]
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost_and_grads(params, X_t, Y_t)[0])
    return params, costs


@train_epoch.misconception(
    fails=("costs",),
    hint="You return the cost of the last batch alone. How would one draw the curve of the costs within an epoch?",
    lecture="A list grows with `append`; an assignment keeps the last value. The curve within an epoch needs one cost "
    "per batch.",
)
def keeps_the_last_cost_alone(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs = [cost]
    return params, costs


@train_epoch.misconception(
    fails=("costs", "no batches"),
    hint="You return one number in place of a list: the last batch's cost. How many costs does an epoch have, and "
    "how many if there is no batch?",
    lecture="The result is a list with one cost per batch, and [] where there is no batch. A single number cannot "
    "show how much costs go up and down between batches.",
)
def returns_the_last_cost(params, batches, cost_and_grads, learning_rate):
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
    return params, cost


@train_epoch.misconception(
    fails=("costs", "no batches"),
    hint="You return one cost for the epoch, the mean. It hides how the cost goes up and down from batch to batch. "
    "How many numbers are due?",
    lecture="A mean per epoch can be made from the list later; the list cannot be made from the mean. The scatter "
    "between batches is what this lesson draws.",
)
def returns_the_mean_cost(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return params, np.mean(costs)


@train_epoch.misconception(
    fails=("costs", "no batches"),
    hint="You add the costs up to one number. How would one see from it which batch was hard?",
    lecture="A sum grows with the number of batches and says nothing about any of them. Keep the list and let the "
    "caller add.",
)
def adds_up_the_costs(params, batches, cost_and_grads, learning_rate):
    total = 0.0
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        total += cost
    return params, total


@train_epoch.misconception(
    fails=("parameters", "costs", "no batches"),
    hint="Your `return` stands inside the loop. After how many batches does the function end?",
    lecture="`return` ends the function at once, here after the first batch. Move it four spaces to the left and "
    "count the costs that come back.",
)
def returns_inside_the_loop(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
        return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Your loop leaves out the last batch. How many batches are in the list, and which number has the last one?",
    lecture="`for batch in batches` takes all of them; counting with `range(len(batches) - 1)` stops one short. The "
    "last batch is often the short one, and its examples would never be seen.",
)
def leaves_out_the_last_batch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for t in range(len(batches) - 1):
        cost, grads = cost_and_grads(params, *batches[t])
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Your parameters move uphill. Does the gradient point to smaller or to larger cost?",
    lecture="The step goes against the gradient: minus. Watch the costs of one epoch: they rise from batch to batch.",
)
def climbs_in_every_batch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] + learning_rate * grads[key] for key in params}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="Your parameters move by the whole gradient. Which argument says how long a step is?",
    lecture="The rate scales every step; without it the steps are as long as the gradient. Reuse `gd_step` in the "
    "loop and the rate cannot be forgotten.",
)
def forgets_the_learning_rate_in_every_batch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - grads[key] for key in params}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs"),
    hint="You divide the rate by the number of batches. Each step is a full one; the mean is already inside the cost. "
    "What would your epoch do if the batches were cut twice as small?",
    lecture="The mean is already in the cost of each batch, so each step is a full one. Dividing undoes the gain: "
    "fifty steps of a fiftieth go about as far as one.",
)
def divides_the_rate_by_the_number_of_batches(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate / len(batches) * grads[key] for key in params}
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("parameters", "costs", "no batches"),
    hint="Your function returns the costs first. In which order are `params` and `costs` due?",
    lecture="The order is `params, costs`, as the docstring says. Swapped, the next call gets a list where a dict is "
    "due, and fails there.",
)
def returns_costs_first(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return costs, params


@train_epoch.misconception(
    fails=("parameters", "costs", "no batches"),
    hint="You return the costs alone. Where does the next epoch get its parameters from?",
    lecture="An epoch hands its parameters to the next one: both values are returned. Without them every epoch starts "
    "from the same point.",
)
def returns_the_costs_alone(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return costs


@train_epoch.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your function writes into the parameters that it was given, or into their "
    "arrays. What if somebody wants to train once more from the same start?",
    lecture="`-=` writes into the caller's arrays, so nobody can train a second method from the same start. A fair "
    "comparison needs that: make new arrays.",
)
def moves_the_given_parameters(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        for key in params:
            params[key] -= learning_rate * grads[key]
        costs.append(cost)
    return params, costs


@train_epoch.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but your loop takes the batches out of the list. What is left for the next epoch?",
    lecture="`batches.pop()` takes them out of the caller's list; the second epoch then has none and reports no "
    "error. Loop over the list and leave it alone.",
)
def empties_the_list_of_batches(params, batches, cost_and_grads, learning_rate):
    costs = []
    while batches:
        X_t, Y_t = batches.pop(0)
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
        costs.append(cost)
    return params, costs


EXERCISES = (gd_step, random_mini_batches, regularised_cost, train_epoch)
