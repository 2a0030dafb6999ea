"""Lesson 06: the cloud around a minimum, schedules on networks against tuned constant rates, a well-known demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.reference.learning_rate_decay import (
    exponential_decay,
    inverse_sqrt_decay,
    inverse_time_decay,
    staircase_decay,
    step_decay,
    warmup_cosine,
)
from grader.reference.mini_batches import gd_step
from optimlab import data, network
from optimlab.arrays import stack_runs
from optimlab.training import History, train, tuned_index
from tools.experiments import Arrays, experiment
from tools.experiments.methods import STEPS

# ------------------------------------------------------------------- the cloud of a finite sum

CLOUD_RATES = (0.005, 0.01, 0.02, 0.05, 0.1)
CLOUD_BATCH_SIZE = 10
KINDS: dict[str, tuple[int, str, float, int]] = {
    "drawn, 500": (500, "drawn", 1.0, 100),
    "shuffled, 500": (500, "shuffled", 1.0, 100),
    "drawn, 10000": (10_000, "drawn", 1.0, 10),
    "shuffled, 10000": (10_000, "shuffled", 1.0, 10),
    "shuffled, 500, no noise": (500, "shuffled", 0.0, 100),
}
"""For each kind of run: examples, how batches come about, deviation of the noise on the values, epochs."""


def radii(kind: str, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Return the root of the mean squared distance to the optimum over the second half, shape (rates, seeds)."""
    m, batches, label_noise, epochs = KINDS[kind]
    drawn = [data.noisy_linear(seed, m, label_noise=label_noise) for seed in seeds]
    X, Y = np.stack([X for X, _ in drawn]), np.stack([Y for _, Y in drawn])
    optimum = np.stack([np.linalg.lstsq(np.vstack([X, np.ones(m)]).T, Y[0], rcond=None)[0] for X, Y in drawn])
    W, b = optimum[:, None, :-1], optimum[:, None, -1:]
    rngs = [np.random.default_rng(seed) for seed in seeds]
    replaced = {"order": lambda epoch: np.stack([rng.integers(0, m, m) for rng in rngs])}
    history = train(
        gd_step,
        {"W1": np.zeros_like(W), "b1": np.zeros_like(b)},
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        epochs=epochs,
        batch_size=CLOUD_BATCH_SIZE,
        cost_and_grads=network.linear_cost_and_grads,
        loss=lambda params: ((params["W1"] - W) ** 2).sum(axis=(-2, -1)) + ((params["b1"] - b) ** 2).sum(axis=(-2, -1)),
        record_every=1,
        **(replaced if batches == "drawn" else {"rng": rngs}),
    )
    return np.sqrt(history.loss[len(history.loss) // 2 :].mean(axis=0))


@experiment(
    "06_learning_rate_decay-cloud",
    columns={
        "kinds": "how batches come about, number of examples; shape (kinds,)",
        "rates": "learning rates, shape (rates,)",
        "seeds": "shape (seeds,)",
        "radius": "root of the mean squared distance to the optimum over the second half of the run, shape (kinds, "
        "rates, seeds)",
    },
)
def cloud(rates: Sequence[float] = CLOUD_RATES, seeds: Sequence[int] = range(10)) -> Arrays:
    """Measure how far plain descent with batches of 10 is driven from the optimum of a linear regression.

    `data.noisy_linear(seed, m)`: 5 features, values with noise of deviation 1; zero start. "drawn": every batch is
    drawn with replacement. "shuffled": each epoch is a new order of all examples, cut into batches. 100 epochs of 500
    examples or 10 of 10,000. "no noise": the values have none, so that the model fits every example.
    """
    return {
        "kinds": np.array(list(KINDS)),
        "rates": np.array(rates),
        "seeds": np.array(seeds),
        "radius": np.array([radii(kind, rates, seeds) for kind in KINDS]),
    }


# ------------------------------------------------------------------------------------ networks

Schedule = Callable[[float, int, int], float]
SCHEDULES: dict[str, Schedule] = {
    "constant": lambda alpha0, epoch, epochs: alpha0,
    "inverse time": lambda alpha0, epoch, epochs: inverse_time_decay(alpha0, epoch, 9 / (epochs - 1)),
    "exponential": lambda alpha0, epoch, epochs: exponential_decay(alpha0, epoch, 0.01 ** (1 / (epochs - 1))),
    "inverse root": lambda alpha0, epoch, epochs: inverse_sqrt_decay(alpha0, epoch, 1.0),
    "step": lambda alpha0, epoch, epochs: step_decay(alpha0, epoch, 0.5, epochs // 5),
    "staircase": lambda alpha0, epoch, epochs: staircase_decay(alpha0, epoch, 1.0, epochs // 5),
    "cosine": lambda alpha0, epoch, epochs: warmup_cosine(alpha0, epoch, 0, epochs),
    "warm-up, cosine": lambda alpha0, epoch, epochs: warmup_cosine(alpha0, epoch, 2, epochs),
}
"""The rate of an epoch, given the first rate and the number of epochs of the run."""

GRIDS: dict[str, dict[str, tuple[float, ...]]] = {
    "moons": {
        "gd": (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        "momentum": (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
        "adam": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    },
    "digits": {
        "gd": (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        "momentum": (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0),
        "adam": (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    },
}
GRIDS["wrong labels"] = GRIDS["digits"]
LAYERS = {"moons": (2, 16, 8, 1), "digits": (64, 32, 10), "wrong labels": (64, 32, 10)}
BATCH_SIZE = {"moons": 16, "digits": 32, "wrong labels": 32}
EPOCHS = {"moons": 10, "digits": 15, "wrong labels": 15}
WRONG = 0.2
"""Share of the training examples whose label is another digit."""
TEST_IMAGES = 360


def data_of(problem: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training and test examples: points that all seeds share, or digits split, and mislabelled, by the seed."""
    if problem == "moons":
        X, Y = data.moons(9000, seed=0)
        return X[:, :4000], Y[:, :4000], X[:, 4000:], Y[:, 4000:]
    rng = np.random.default_rng(2000 + seed)
    X, Y, X_test, Y_test = data.hold_out(*data.digits(), TEST_IMAGES, rng)
    if problem == "wrong labels":
        m = X.shape[1]
        wrong = rng.choice(m, size=round(WRONG * m), replace=False)
        digit = Y.argmax(axis=0)
        digit[wrong] = (digit[wrong] + rng.integers(1, 10, len(wrong))) % 10
        Y = data.one_hot(digit, 10)
    return X, Y, X_test, Y_test


def trained(
    problem: str, method: str, schedule: str, rates: Sequence[float], seeds: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Train a network for each rate and seed.

    Returns
    -------
    loss : ndarray, shape (rates, seeds)
        On all training examples, after the last epoch.
    correct : ndarray of int, shape (rates, seeds)
        Test examples that are labelled right.
    """
    if problem == "moons":
        X, Y, X_test, Y_test = data_of(problem, 0)
    else:
        parts = [data_of(problem, seed) for seed in seeds]
        X, Y, X_test, Y_test = (np.stack(part) for part in zip(*parts, strict=True))
    step, init = STEPS[method]
    epochs, alpha0 = EPOCHS[problem], np.reshape(rates, (-1, 1, 1, 1))
    history = train(
        step,
        stack_runs([network.initialise(LAYERS[problem], np.random.default_rng(1000 + seed)) for seed in seeds]),
        X,
        Y,
        learning_rate=lambda epoch: SCHEDULES[schedule](alpha0, epoch, epochs),
        epochs=epochs,
        batch_size=BATCH_SIZE[problem],
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=init,
        record_every=10**9,
    )
    return history.loss[-1], network.count_correct(history.params, X_test, Y_test)


@experiment(
    "06_learning_rate_decay-network",
    columns={
        "problems": "names, shape (problems,)",
        "methods": "names, shape (methods,)",
        "schedules": "names, shape (schedules,)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "tested": "number of test examples, shape (problems,)",
        "chosen": "first rate with the lowest median training loss over seeds 0 to 9, shape (problems, methods, "
        "schedules)",
        "loss": "training loss after the last epoch at that rate, shape (problems, methods, schedules, seeds)",
        "correct": "test examples labelled right at that rate, same shape",
        "chosen_by_test": "first rate with the highest median of test examples labelled right over seeds 0 to 9, as "
        "chosen",
        "correct_by_test": "test examples labelled right at that rate, as correct",
    },
)
def networks(
    problems: Sequence[str] = tuple(GRIDS),
    methods: Sequence[str] = ("gd", "momentum", "adam"),
    schedules: Sequence[str] = tuple(SCHEDULES),
    tuning: Sequence[int] = range(10),
    seeds: Sequence[int] = range(10, 30),
) -> Arrays:
    """Train networks under schedules, each method and schedule at its own best first rate of a grid.

    "moons": 4000 of `data.moons(9000, seed=0)`, the others for testing, network 2-16-8-1, batches of 16, 10 epochs.
    "digits": all but 360 for testing, network 64-32-10, batches of 32, 15 epochs. "wrong labels": the same, but 20 %
    of the training labels are another digit. A seed s draws the start from `default_rng(1000 + s)`, the shuffles from
    `default_rng(s)`, and for digits the split and the wrong labels from `default_rng(2000 + s)`. Over E epochs:
    inverse time falls to 1/10, exponential to 1/100, inverse root has k = 1; step (factor 1/2) and staircase (decay
    rate 1) drop every E/5 epochs; the warm-up takes 2 epochs. Momentum has β = 0.9, Adam 0.9 and 0.999. Rates: 1, 2, 5
    per decade, from 0.02 to 5 (gradient descent), 0.02 to 10 (momentum), 0.001 to 0.2 (Adam) on moons; 0.05 to 5, 0.1
    to 20, 0.002 to 0.2 on digits.
    """
    shape = (len(problems), len(methods), len(schedules))
    chosen, chosen_by_test = np.empty(shape), np.empty(shape)
    loss, correct, correct_by_test = (np.empty((*shape, len(seeds)), dtype=d) for d in (float, int, int))
    for at in np.ndindex(shape):
        run = problems[at[0]], methods[at[1]], schedules[at[2]]
        rates = GRIDS[run[0]][run[1]]
        losses, right = trained(*run, rates, tuning)
        chosen[at] = rates[tuned_index(losses)]
        chosen_by_test[at] = rates[tuned_index(-right.astype(float))]
        both = trained(*run, [chosen[at], chosen_by_test[at]], seeds)
        loss[at], correct[at], correct_by_test[at] = both[0][0], both[1][0], both[1][1]
    return {
        "problems": np.array(problems),
        "methods": np.array(methods),
        "schedules": np.array(schedules),
        "seeds": np.array(seeds),
        "tested": np.array([data_of(problem, 0)[3].shape[1] for problem in problems]),
        "chosen": chosen,
        "loss": loss,
        "correct": correct,
        "chosen_by_test": chosen_by_test,
        "correct_by_test": correct_by_test,
    }


# ------------------------------------------------------------------------------- the known demo

DEMO_LAYERS = (2, 5, 2, 1)
DEMO_EPOCHS = 5000
DEMO_RUNS: dict[str, tuple[str, float, Callable[[float, int], float]]] = {
    "gd 0.0007": ("gd", 0.0007, lambda alpha0, epoch: alpha0),
    "gd 0.1": ("gd", 0.1, lambda alpha0, epoch: alpha0),
    "gd 0.1, staircase": ("gd", 0.1, lambda alpha0, epoch: staircase_decay(alpha0, epoch, 1.0, 1000)),
    "gd 0.1, inverse time": ("gd", 0.1, lambda alpha0, epoch: inverse_time_decay(alpha0, epoch, 1.0)),
    "adam 0.01": ("adam", 0.01, lambda alpha0, epoch: alpha0),
    "adam 0.01, staircase": ("adam", 0.01, lambda alpha0, epoch: staircase_decay(alpha0, epoch, 1.0, 1000)),
}
"""Method, first rate, and the rate of an epoch."""


def demo_runs(method: str, start: Arrays, **shuffles: object) -> History:
    """Train the demo's network with all schedules of a method side by side, from one start or one for each seed."""
    runs = [run for run in DEMO_RUNS.values() if run[0] == method]
    step, init = STEPS[method]
    axes = (-1,) + (1,) * np.ndim(start["W1"])
    return train(
        step,
        start,
        *data.moons(),
        learning_rate=lambda epoch: np.reshape([schedule(alpha0, epoch) for _, alpha0, schedule in runs], axes),
        epochs=DEMO_EPOCHS,
        batch_size=64,
        state=init,
        record_every=10**9,
        **shuffles,
    )


def legacy_order(epoch: int) -> np.ndarray:
    """Return the order of the demo's examples in an epoch: it seeds NumPy with 11, 12, ..."""
    return np.random.RandomState(11 + epoch).permutation(300)


@experiment(
    "06_learning_rate_decay-demo",
    columns={
        "runs": "method, first rate, schedule; shape (runs,)",
        "seeds": "shape (seeds,)",
        "well_known": "examples of 300 labelled right from the demo's own start, shape (runs,)",
        "correct": "examples of 300 labelled right from ten other starts, shape (runs, seeds)",
        "loss": "training loss of these, shape (runs, seeds)",
    },
)
def demo(seeds: Sequence[int] = range(10)) -> Arrays:
    """Train the network 2-5-2-1 of a well-known demo: `data.moons()`, batches of 64, 5000 epochs.

    Its own start: weights from `RandomState(3)`, the order of epoch e from `RandomState(11 + e)`. The other starts: a
    seed s draws the weights from `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. "staircase": the rate
    is divided by 1 + floor(epoch / 1000); "inverse time": by 1 + epoch.
    """
    X, Y = data.moons()
    starts = stack_runs([network.initialise(DEMO_LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds])
    own, other = [], []
    for method in ("gd", "adam"):
        start = network.initialise(DEMO_LAYERS, np.random.RandomState(3))
        own.append(demo_runs(method, start, order=legacy_order))
        other.append(demo_runs(method, starts, rng=[np.random.default_rng(seed) for seed in seeds]))
    return {
        "runs": np.array(list(DEMO_RUNS)),
        "seeds": np.array(seeds),
        "well_known": np.concatenate([network.count_correct(history.params, X, Y) for history in own]),
        "correct": np.concatenate([network.count_correct(history.params, X, Y) for history in other]),
        "loss": np.concatenate([history.loss[-1] for history in other]),
    }
