"""Lesson 05: Adam with some of its corrections, in turned ravines, in a famous demonstration, and compared fairly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from grader.reference.adam import adam_step, bias_correct, init_adam
from optimlab import data, landscapes, network
from optimlab.arrays import stack_runs
from optimlab.training import descend, train, tuned_index, updates_to_target
from tools.experiments import Arrays, experiment
from tools.experiments.methods import STEPS

LAYERS = (2, 16, 8, 1)
BATCH_SIZE = 64


def one_two_five(low: float, high: float) -> tuple[float, ...]:
    """Return 1, 2 and 5 times the powers of ten from `low` to `high`, both included."""
    rates = [float(f"{a}e{power}") for power in range(-5, 4) for a in (1, 2, 5)]
    return tuple(rate for rate in rates if low <= rate <= high)


# ------------------------------------------------------------------------------------ corrections

VARIANTS = {"none": "", "v only": "v", "s only": "s", "both": "vs"}


def partly_corrected(
    params: Arrays, grads: Arrays, v: Arrays, s: Arrays, t: int, learning_rate: float, correct: str = "vs"
) -> tuple[Arrays, Arrays, Arrays]:
    """Take one step of Adam that corrects the averages named in `correct` only."""
    _, v, s = adam_step(params, grads, v, s, t, learning_rate)
    seen_v = {key: bias_correct(v[key], 0.9, t) if "v" in correct else v[key] for key in v}
    seen_s = {key: bias_correct(s[key], 0.999, t) if "s" in correct else s[key] for key in s}
    return {key: params[key] - learning_rate * seen_v[key] / (np.sqrt(seen_s[key]) + 1e-8) for key in params}, v, s


def storing_the_corrected(
    params: Arrays, grads: Arrays, v: Arrays, s: Arrays, t: int, learning_rate: float
) -> tuple[Arrays, Arrays, Arrays]:
    """Take one step of Adam that keeps the corrected averages as its state: a mistake, and they compound."""
    params, v, s = adam_step(params, grads, v, s, t, learning_rate)
    return params, *({key: bias_correct(x[key], b, t) for key in x} for x, b in ((v, 0.9), (s, 0.999)))


CORRECTIONS = {name: partial(partly_corrected, correct=correct) for name, correct in VARIANTS.items()}
CORRECTIONS["stored"] = storing_the_corrected
CORRECTION_RATES = one_two_five(5e-4, 1)


def updates_of(
    step: Callable, state: Callable | tuple, rates: Sequence[float], seeds: Sequence[int], updates: int = 1000
) -> np.ndarray:
    """Train a network on two moons for each rate and seed; return the updates to the target, shape (rates, seeds)."""
    history = train(
        step,
        stack_runs([network.initialise(LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds]),
        *data.moons(),
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        updates=updates,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=state,
    )
    return updates_to_target(history, 0.15)


@experiment(
    "05_adam-corrections",
    columns={
        "variants": "what is corrected, shape (variants,); stored: both, and the corrected averages are kept as state",
        "chosen": "the rate with fewest misses, then the lowest median over seeds 0 to 9, shape (variants,); NaN: "
        "none arrives on any seed",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (variants, seeds); inf: not in 1000 updates, NaN: "
        "not run",
    },
)
def corrections(tuning: Sequence[int] = range(10), seeds: Sequence[int] = range(10, 30)) -> Arrays:
    """Count updates of Adam with some of its corrections until the training loss is at most 0.15.

    `data.moons()`, network 2-16-8-1, mini-batches of 64; the loss on all 300 examples is looked at after each epoch
    of 5 updates. A seed s draws the start from `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. Rates:
    0.0005, 0.001, 0.002, ..., 1, chosen on seeds 0 to 9.
    """
    chosen, measured = [], []
    for step in CORRECTIONS.values():
        tried = updates_of(step, init_adam, CORRECTION_RATES, tuning)
        arrives = np.isfinite(tried).any()
        chosen.append(CORRECTION_RATES[tuned_index(tried)] if arrives else np.nan)
        measured.append(updates_of(step, init_adam, chosen[-1:], seeds)[0] if arrives else np.full(len(seeds), np.nan))
    return {
        "variants": np.array(list(CORRECTIONS)),
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "updates": np.array(measured),
    }


# ---------------------------------------------------------------------------------------- ravines

RADIUS = 5.4
TOLERANCE = 0.1
KAPPA = 1000
ANGLES = (0, 2, 5, 10, 15, 20, 30, 45)
RAVINE_METHODS = ("gd", "momentum", "rmsprop", "adam")
SHARES = np.geomspace(0.005, 0.98, 40)
"""Rates of gradient descent and momentum, as shares of the largest stable one."""
RAVINE_RATES = np.geomspace(0.01, 10, 31)
LIMIT = 4 * KAPPA + 400
HOLD = 500
"""Steps for which a path must stay within the tolerance: Adam leaves again later, at many rates."""


def starts(seed: int, count: int) -> np.ndarray:
    """Draw points on a circle around the minimum, shape (count, 2)."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, count)
    return RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def ravine_rates(method: str) -> np.ndarray:
    """Return the rates that a method tries in the ravine whose largest curvature is 0.2 κ."""
    limit = 2 / (0.2 * KAPPA)
    return {"gd": limit * SHARES, "momentum": 19 * limit * SHARES}.get(method, RAVINE_RATES)


def arrivals(
    method: str, angle: float, rates: Sequence[float], points: np.ndarray, limit: int = LIMIT
) -> tuple[np.ndarray, np.ndarray]:
    """Return from which step on a path stays near for a while, and whether it leaves again: both (rates, starts)."""
    step, state = STEPS[method]
    gradient = landscapes.ravine(0.1, 0.1 * KAPPA, angle=np.radians(angle)).gradient
    rates = np.reshape(rates, (-1, 1, 1))
    path = descend(step, gradient, points, learning_rate=rates, steps=limit, state=state)
    near = np.hypot(path[..., 0], path[..., 1]) <= TOLERANCE
    total = np.cumsum(np.concatenate([np.zeros((1, *near.shape[1:]), int), near]), axis=0)
    stays = total[HOLD:] - total[:-HOLD] == HOLD
    first = stays.argmax(axis=0)
    leaves = np.take_along_axis(total[-1] - total, first[None], axis=0)[0] < len(near) - first
    return np.where(stays.any(axis=0), first, np.inf), leaves & stays.any(axis=0)


@experiment(
    "05_adam-turned",
    columns={
        "methods": "names, shape (methods,)",
        "angles": "turn of the ravine against the axes, in degrees, shape (angles,)",
        "chosen": "the rate with fewest misses, then the lowest median over ten starts, shape (methods, angles)",
        "starts": "the 20 starts that were measured, shape (20, 2)",
        "steps": "steps at that rate from each of them, shape (methods, angles, 20); inf: not in 4400",
        "leaves": "whether the path goes farther away than 0.1 again before step 4400, same shape",
    },
)
def turned(methods: Sequence[str] = RAVINE_METHODS, angles: Sequence[float] = ANGLES) -> Arrays:
    """Count the steps down f = 0.1 u² + 100 v² (κ = 1000), u and v turned against x and y, until within 0.1.

    The path must stay there for 500 steps. Starts lie on a circle of radius 5.4 around the minimum. Rates: for
    gradient descent and momentum (β = 0.9) 40 shares from 0.5 % to 98 % of the largest stable rate, in geometric
    progression; for RMSprop (β = 0.9) and Adam 31 rates from 0.01 to 10, ten per decade. They are chosen on ten starts
    (seed 0) and measured on 20 others (seed 1).
    """
    chosen, steps = np.empty((len(methods), len(angles))), np.empty((len(methods), len(angles), 20))
    leaves = np.empty(steps.shape, dtype=bool)
    for i, method in enumerate(methods):
        for j, angle in enumerate(angles):
            rates = ravine_rates(method)
            chosen[i, j] = rates[tuned_index(arrivals(method, angle, rates, starts(0, 10))[0])]
            steps[i, j], leaves[i, j] = (x[0] for x in arrivals(method, angle, chosen[i, j : j + 1], starts(1, 20)))
    return {
        "methods": np.array(methods),
        "angles": np.array(angles),
        "chosen": chosen,
        "starts": starts(1, 20),
        "steps": steps,
        "leaves": leaves,
    }


# --------------------------------------------------------------------------- the famous demonstration

DEMO_LAYERS = (2, 5, 2, 1)
DEMO_RATE = 0.0007
DEMO_EPOCHS = 5000
DEMO_METHODS = ("gd", "momentum", "rmsprop", "adam")
DEMO_RATES = tuple(sorted((*one_two_five(1e-4, 2), DEMO_RATE)))


def demo_run(step: Callable, state: Callable | tuple, rates: Sequence[float], epochs: int = DEMO_EPOCHS) -> np.ndarray:
    """Repeat the demonstration as published; return how many of 300 are right, shape (rates,)."""
    X, Y = data.moons()
    history = train(
        step,
        network.initialise(DEMO_LAYERS, np.random.RandomState(3)),
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1)),
        epochs=epochs,
        batch_size=BATCH_SIZE,
        order=lambda epoch: np.random.RandomState(11 + epoch).permutation(X.shape[1]),
        state=state,
        record_every=epochs * 5,
    )
    return network.count_correct(history.params, X, Y)


def demo_seeds(step: Callable, state: Callable | tuple, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Run the demonstration from other starts; return how many of 300 are right, shape (rates, seeds)."""
    X, Y = data.moons()
    history = train(
        step,
        stack_runs([network.initialise(DEMO_LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds]),
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        epochs=DEMO_EPOCHS,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=state,
        record_every=DEMO_EPOCHS * 5,
    )
    return network.count_correct(history.params, X, Y)


@experiment(
    "05_adam-demo",
    columns={
        "methods": "names, shape (methods,)",
        "rates": "learning rates, shape (rates,)",
        "published": "training examples of 300 that are right, from the published start, shape (methods, rates)",
        "variants": "what is corrected, shape (variants,)",
        "uncorrected": "the same for Adam at 0.0007 with these corrections only, shape (variants,)",
        "seeds": "other starts and shuffles, shape (seeds,)",
        "right": "training examples of 300 that are right, shape (methods, rates, seeds)",
    },
)
def demo(
    methods: Sequence[str] = DEMO_METHODS, rates: Sequence[float] = DEMO_RATES, seeds: Sequence[int] = range(10, 30)
) -> Arrays:
    """Repeat a well-known demonstration: `data.moons()`, network 2-5-2-1, mini-batches of 64, 5000 epochs.

    As published, the start comes from `RandomState(3)` and the shuffle of epoch e, from 0, from `RandomState(11 + e)`;
    the published rate is 0.0007. Then other starts: seed s draws the start from `default_rng(1000 + s)` and the
    shuffles from `default_rng(s)`. Momentum and RMSprop have β = 0.9.
    """
    variants = list(VARIANTS)[:-1]
    return {
        "methods": np.array(methods),
        "rates": np.array(rates),
        "published": np.array([demo_run(*STEPS[method], rates) for method in methods]),
        "variants": np.array(variants),
        "uncorrected": np.array([demo_run(CORRECTIONS[name], init_adam, [DEMO_RATE])[0] for name in variants]),
        "seeds": np.array(seeds),
        "right": np.array([demo_seeds(*STEPS[method], rates, seeds) for method in methods]),
    }


# ------------------------------------------------------------------------------ the fair comparison

METHODS = tuple(STEPS)
MOONS_RATES = {
    "gd": one_two_five(0.1, 10),
    "momentum": one_two_five(0.2, 20),
    "rmsprop": one_two_five(0.005, 0.5),
    "adam": one_two_five(0.01, 1),
}
DIGITS_RATES = {
    "gd": one_two_five(0.1, 2),
    "momentum": one_two_five(0.5, 10),
    "rmsprop": one_two_five(0.005, 0.1),
    "adam": one_two_five(0.01, 0.2),
}
LOGISTIC_RATES = {
    "gd": one_two_five(1e-3, 50),
    "momentum": one_two_five(0.01, 500),
    "adagrad": one_two_five(0.01, 50),
    "rmsprop": one_two_five(0.001, 5),
    "adam": one_two_five(0.002, 10),
}
SPREADS = (1, 10, 30, 100)
CAP = 2000


def digits_updates(method: str, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Train a network 64-32-10 on the digits; return the updates to a training loss of 0.1, shape (rates, seeds)."""
    step, state = STEPS[method]
    history = train(
        step,
        stack_runs([network.initialise((64, 32, 10), np.random.default_rng(1000 + seed)) for seed in seeds]),
        *data.digits(),
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        updates=400,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=state,
        record_every=5,
    )
    return updates_to_target(history, 0.1)


def logistic_updates(method: str, rates: Sequence[float], seeds: Sequence[int], *, spread: float) -> np.ndarray:
    """Fit logistic regression to badly scaled data; return the updates to the target, shape (rates, seeds)."""
    step, state = STEPS[method]
    sets = [data.badly_scaled(seed, spread) for seed in seeds]
    X, Y = (np.stack(part) for part in zip(*sets, strict=True))
    best = np.array([network.logistic_optimum(*one) for one in sets])
    zero = {"W1": np.zeros((len(sets), 1, X.shape[-2])), "b1": np.zeros((len(sets), 1, 1))}
    rates = np.reshape(rates, (-1, 1, 1, 1))
    history = train(step, zero, X, Y, learning_rate=rates, updates=CAP, state=state, record_every=CAP)
    # all examples are in each batch: its cost before an update is the loss after the one before
    reached = history.batch_loss <= best + 0.05 * (np.log(2) - best)
    return np.where(reached.any(axis=0), reached.argmax(axis=0), np.inf)


def moons_updates(method: str, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Count the updates to a training loss of 0.15 on two moons, shape (rates, seeds)."""
    return updates_of(*STEPS[method], rates, seeds)


PROBLEMS: dict[str, tuple[Callable[..., np.ndarray], dict[str, tuple[float, ...]]]] = {
    "moons": (moons_updates, MOONS_RATES),
    "digits": (digits_updates, DIGITS_RATES),
} | {f"logistic, spread {spread}": (partial(logistic_updates, spread=spread), LOGISTIC_RATES) for spread in SPREADS}


@experiment(
    "05_adam-fair",
    columns={
        "problems": "names, shape (problems,)",
        "methods": "names, shape (methods,)",
        "chosen": "the rate with fewest misses, then the lowest median over seeds 0 to 9, shape (problems, methods)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (problems, methods, seeds); inf: not within the "
        "limit, NaN: not run",
    },
)
def fair(
    problems: Sequence[str] = tuple(PROBLEMS),
    methods: Sequence[str] = METHODS,
    tuning: Sequence[int] = range(10),
    seeds: Sequence[int] = range(10, 30),
) -> Arrays:
    """Count updates to a target, each method at its own rate, chosen on seeds 0 to 9 and measured on others.

    moons: `data.moons()`, network 2-16-8-1, mini-batches of 64, training loss 0.15, looked at every 5 updates, at
    most 1000. digits: all 1797, 64-32-10, mini-batches of 64, loss 0.1, every 5 updates, at most 400. A seed s draws
    the start from `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. logistic:
    `data.badly_scaled(s, spread)`, all 500 examples in each update, zero start; target: optimum + 5 % of (log 2 -
    optimum); at most 2000. Rates are 1, 2 and 5 times powers of ten, on moons, digits and logistic regression: gradient
    descent 0.1 to 10, 0.1 to 2, 0.001 to 50; momentum 0.2 to 20, 0.5 to 10, 0.01 to 500; RMSprop 0.005 to 0.5, 0.005
    to 0.1, 0.001 to 5; Adam 0.01 to 1, 0.01 to 0.2, 0.002 to 10; AdaGrad, on logistic regression alone, 0.01 to 50.
    β = 0.9 and, for Adam's squares, 0.999.
    """
    chosen, measured = np.empty((len(problems), len(methods))), np.empty((len(problems), len(methods), len(seeds)))
    for i, problem in enumerate(problems):
        updates, rates_of = PROBLEMS[problem]
        for j, method in enumerate(methods):
            if method not in rates_of:
                chosen[i, j], measured[i, j] = np.nan, np.nan
                continue
            rates = rates_of[method]
            chosen[i, j] = rates[tuned_index(updates(method, rates, tuning))]
            measured[i, j] = updates(method, chosen[i, j : j + 1], seeds)[0]
    return {
        "problems": np.array(problems),
        "methods": np.array(methods),
        "chosen": chosen,
        "seeds": np.array(seeds),
        "updates": measured,
    }
