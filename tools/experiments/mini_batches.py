"""Lesson 01: how many updates each batch size takes, how noisy its gradient is, and what it reaches in equal time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.reference.mini_batches import gd_step
from optimlab import data, network
from optimlab.arrays import stack_runs
from optimlab.training import History, train, tuned_index, updates_to_target
from tools.experiments import Arrays, experiment

LAYERS = (2, 16, 8, 1)
TUNING, MEASURED = range(10), range(10, 20)
FEW = range(5)
"""Seeds to tune with where a run is long."""

SIZES = (1, 4, 16, 64, 256, 1024, 4096, 50_000)
RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
TARGET = 0.13
LIMITS = {1: 3500, 4: 1000, 16: 400, 64: 240, 256: 160, 1024: 160, 4096: 160, 50_000: 120}
"""Updates to make; the best rate needs about half of them."""
LOOK_EVERY = {1: 50, 4: 10, 16: 5, 64: 2, 256: 2, 1024: 2}
"""Updates between two looks at the held-out loss; 1 for the other sizes."""
TRIED = {50_000: (1.0, 2.0, 5.0)}
"""The rates that are tried with a size, if not all: below them the full batch does not arrive."""


def fifty_thousand() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return 50,000 moons to train with and 2,000 to measure the loss on."""
    X, Y = data.moons(52_000, seed=0)
    return X[:, :50_000], Y[:, :50_000], X[:, 50_000:], Y[:, 50_000:]


def trained(
    X: np.ndarray,
    Y: np.ndarray,
    size: int,
    rates: Sequence[float],
    seeds: Sequence[int],
    layers: tuple[int, ...] = LAYERS,
    **settings: object,
) -> History:
    """Train a network for each rate and seed, side by side; the history's runs are (rates, seeds)."""
    return train(
        gd_step,
        stack_runs([network.initialise(layers, np.random.default_rng(1000 + seed)) for seed in seeds]),
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        batch_size=size,
        rng=[np.random.default_rng(seed) for seed in seeds],
        **settings,
    )


def in_turn(run: Callable, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Return ``run([rate], [seed])`` for each rate and seed, one after the other: large batches fill the memory."""
    return np.array([[run([rate], [seed]).item() for seed in seeds] for rate in rates])


def tuned_and_measured(
    run: Callable, sizes: Sequence[int], rates: Sequence[float], tuning: Sequence[int], seeds: Sequence[int]
) -> tuple[np.ndarray, list[float], np.ndarray]:
    """Run a grid for each size; choose its rate; run that on other seeds.

    Parameters
    ----------
    run : callable
        ``run(size, rates, seeds)`` returns (rates, seeds); lower is better.
    sizes : sequence of int
        Examples in a batch.
    rates : sequence of float
        The grid of learning rates.
    tuning, seeds : sequence of int
        Seeds that choose a rate, and others that measure it.

    Returns
    -------
    tried : ndarray, shape (sizes, rates, tuning)
        The whole grid.
    chosen : list of float
        The rate of each size.
    measured : ndarray, shape (sizes, seeds)
        Each size at its own rate.
    """
    tried = [run(size, rates, tuning) for size in sizes]
    chosen = [rates[tuned_index(grid)] for grid in tried]
    measured = [run(size, [rate], seeds)[0] for size, rate in zip(sizes, chosen, strict=True)]
    return np.array(tried), chosen, np.array(measured)


# ------------------------------------------------------------------------ updates to a target


def updates_of(size: int, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Count updates to a held-out loss of 0.13, shape (rates, seeds)."""
    X, Y, X_held, Y_held = fifty_thousand()

    def count(rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
        history = trained(
            X,
            Y,
            size,
            rates,
            seeds,
            updates=LIMITS[size],
            record_every=LOOK_EVERY.get(size, 1),
            loss=lambda params: network.cost(params, X_held, Y_held),
        )
        return updates_to_target(history, TARGET)

    worth = [rate for rate in rates if rate in TRIED.get(size, rates)]
    found = np.full((len(rates), len(seeds)), np.inf)
    counted = in_turn(count, worth, seeds) if size > 4096 else count(worth, seeds)
    found[[rates.index(rate) for rate in worth]] = counted
    return found


@experiment(
    "01_mini_batches-sizes",
    columns={
        "sizes": "batch sizes, shape (sizes,)",
        "rates": "learning rates of the grid, shape (rates,)",
        "tuning": "updates to the target, seeds 0 to 4, shape (sizes, rates, 5); inf: not within the limit",
        "chosen": "the rate with fewest misses, then the lowest median of `tuning`, shape (sizes,)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (sizes, seeds); inf: not within the limit",
    },
)
def updates_per_size(
    sizes: Sequence[int] = SIZES, tuning: Sequence[int] = FEW, seeds: Sequence[int] = MEASURED
) -> Arrays:
    """Count updates of plain gradient descent until the held-out loss is at most 0.13, for each batch size.

    `data.moons(52_000, seed=0)`: the first 50,000 train, the last 2,000 are held out. Network 2-16-8-1. The loss is
    looked at every 50, 10, 5, 2, 2, 2, 1 and 1 updates. Limits: 3500, 1000, 400, 240, 160, 160, 160 and 120 updates.
    With all 50,000 in a batch, only rates of 1 and above were tried. A seed s draws the start from
    `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. Rates are chosen on seeds 0 to 4 and measured on
    others.
    """
    tried, chosen, measured = tuned_and_measured(updates_of, sizes, RATES, tuning, seeds)
    return {
        "sizes": np.array(sizes),
        "rates": np.array(RATES),
        "tuning": tried,
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "updates": measured,
    }


# ------------------------------------------------------------------------------ gradient noise

NOISE_SIZES = (1, 4, 16, 64, 256, 1024)
DRAWS = 100


def gradient_distance(size: int, seed: int, replacement: bool) -> float:
    """Return the root mean square distance of a batch's gradient from that of all digits, over 100 batches."""
    X, Y = data.digits()
    m = X.shape[1]
    params = network.initialise((64, 32, 10), np.random.default_rng(1000 + seed))
    full = network.cost_and_grads(params, X, Y)[1]
    rng = np.random.default_rng([seed, size])
    squares = []
    for _ in range(DRAWS):
        chosen = rng.integers(0, m, size) if replacement else rng.permutation(m)[:size]
        grads = network.cost_and_grads(params, X[:, chosen], Y[:, chosen])[1]
        squares.append(sum(np.sum((grads[key] - full[key]) ** 2) for key in full))
    return float(np.sqrt(np.mean(squares)))


@experiment(
    "01_mini_batches-noise",
    columns={
        "sizes": "batch sizes, shape (sizes,)",
        "seeds": "the seeds, shape (seeds,)",
        "with_replacement": "distance from the full gradient, batches drawn with replacement, shape (seeds, sizes)",
        "without": "the same, batches cut from a shuffled epoch, shape (seeds, sizes)",
    },
)
def noise(sizes: Sequence[int] = NOISE_SIZES, seeds: Sequence[int] = range(10)) -> Arrays:
    """Measure how far the gradient of a batch lies from the gradient of all 1797 digits.

    The root of the mean squared distance over 100 batches; all parameters of a network 64-32-10 at its start, drawn
    from `default_rng(1000 + s)`; batches from `default_rng([s, size])`.
    """
    both = [[[gradient_distance(size, seed, drawn) for size in sizes] for seed in seeds] for drawn in (True, False)]
    return {
        "sizes": np.array(sizes),
        "seeds": np.array(seeds),
        "with_replacement": np.array(both[0]),
        "without": np.array(both[1]),
    }


# --------------------------------------------------------------- equal epochs, equal updates

EQUAL_SIZES = (1, 4, 16, 64, 256, 2000)
EQUAL_RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
EPOCHS = 10
UPDATES = 1250
"""What ten epochs make with batches of 16."""


def final(size: int, rates: Sequence[float], seeds: Sequence[int], **length: int) -> tuple[np.ndarray, np.ndarray]:
    """Train on 2,000 moons; return the final training loss and the test accuracy in percent, (rates, seeds) each."""
    X, Y = data.moons(2000, seed=0)
    X_test, Y_test = data.moons(5000, seed=1)

    def one(rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
        history = trained(X, Y, size, rates, seeds, record_every=10**9, **length)
        return np.stack([history.loss[-1], network.count_correct(history.params, X_test, Y_test) / 50])

    if size < 2000:
        return tuple(one(rates, seeds))
    runs = [np.concatenate([one([rate], [seed]) for seed in seeds], axis=2) for rate in rates]
    return tuple(np.concatenate(runs, axis=1))


@experiment(
    "01_mini_batches-equal",
    columns={
        "sizes": "batch sizes, shape (sizes,)",
        "rates": "learning rates of the grid, shape (rates,)",
        "epochs_tuning": "final training loss after 10 epochs, seeds 0 to 9, shape (sizes, rates, 10)",
        "epochs_chosen": "the rate with the lowest median of it, shape (sizes,)",
        "updates_tuning": "final training loss after 1250 updates, seeds 0 to 9, shape (sizes, rates, 10)",
        "updates_chosen": "the rate with the lowest median of it, shape (sizes,)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "epochs_loss": "training loss after 10 epochs at the chosen rate, shape (sizes, seeds)",
        "epochs_accuracy": "test accuracy after 10 epochs, percent of 5000 fresh points, shape (sizes, seeds)",
        "updates_loss": "training loss after 1250 updates at the chosen rate, shape (sizes, seeds)",
        "updates_accuracy": "test accuracy after 1250 updates, percent of 5000 fresh points, shape (sizes, seeds)",
    },
)
def equal_effort(
    sizes: Sequence[int] = EQUAL_SIZES, tuning: Sequence[int] = TUNING, seeds: Sequence[int] = MEASURED
) -> Arrays:
    """Train with each batch size for 10 epochs, and again for 1250 updates; measure training loss and test accuracy.

    Train: `data.moons(2000, seed=0)`; test: `data.moons(5000, seed=1)`. Network 2-16-8-1, plain gradient descent. A
    seed s draws the start from `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. Rates are chosen by the
    training loss on seeds 0 to 9 and measured on others.
    """
    made: Arrays = {"sizes": np.array(sizes), "rates": np.array(EQUAL_RATES)}
    measured: Arrays = {}
    for kind, length in (("epochs", {"epochs": EPOCHS}), ("updates", {"updates": UPDATES})):
        tried = np.array([final(size, EQUAL_RATES, tuning, **length)[0] for size in sizes])
        chosen = [EQUAL_RATES[tuned_index(grid)] for grid in tried]
        ends = [final(size, [rate], seeds, **length) for size, rate in zip(sizes, chosen, strict=True)]
        made |= {f"{kind}_tuning": tried, f"{kind}_chosen": np.array(chosen)}
        measured[f"{kind}_loss"] = np.array([loss[0] for loss, _ in ends])
        measured[f"{kind}_accuracy"] = np.array([accuracy[0] for _, accuracy in ends])
    return made | {"seeds": np.array(seeds)} | measured


# --------------------------------------------------------------------------- small training sets

SMALL = {"300 moons": (2, 16, 8, 1), "2000 moons": (2, 16, 8, 1), "1797 digits": (64, 32, 10)}
SMALL_TARGETS = {"300 moons": 0.15, "2000 moons": 0.15, "1797 digits": 0.1}
SMALL_RATES = (0.2, 0.5, 1.0, 2.0, 5.0)
SMALL_LIMITS = {"300 moons": 400, "2000 moons": 250, "1797 digits": 250}


def small_set(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a training set of :data:`SMALL`."""
    return {"300 moons": data.moons, "2000 moons": lambda: data.moons(2000, seed=0), "1797 digits": data.digits}[name]()


def small_updates(name: str, whole: bool, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Count updates to the target on a small set, with batches of 64 or the whole set, shape (rates, seeds)."""
    X, Y = small_set(name)

    def count(rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
        size = X.shape[1] if whole else 64
        history = trained(X, Y, size, rates, seeds, SMALL[name], updates=SMALL_LIMITS[name], record_every=5)
        return updates_to_target(history, SMALL_TARGETS[name])

    return in_turn(count, rates, seeds) if X.shape[1] > 300 else count(rates, seeds)


@experiment(
    "01_mini_batches-small",
    columns={
        "sets": "training sets, shape (sets,)",
        "whole": "whether the whole set is one batch; otherwise batches hold 64, shape (2,)",
        "rates": "learning rates of the grid, shape (rates,)",
        "tuning": "updates to the target, seeds 0 to 4, shape (sets, 2, rates, 5); inf: not within the limit",
        "chosen": "the rate with fewest misses, then the lowest median of `tuning`, shape (sets, 2)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (sets, 2, seeds); inf: not within the limit",
    },
)
def small_training_sets(
    sets: Sequence[str] = tuple(SMALL), tuning: Sequence[int] = FEW, seeds: Sequence[int] = MEASURED
) -> Arrays:
    """Count updates to a training loss, with batches of 64 and with the whole set as one batch.

    300 moons (`data.moons()`) and 2000 moons (`data.moons(2000, seed=0)`), network 2-16-8-1, to 0.15; 1797 digits,
    network 64-32-10, to 0.1. The loss on the whole set is looked at every 5 updates, up to 400, 250 and 250. A
    seed s draws the start from `default_rng(1000 + s)` and the shuffles from `default_rng(s)`. Rates are chosen on
    seeds 0 to 4 and measured on others.
    """
    tried, chosen, measured = zip(
        *[
            tuned_and_measured(
                lambda whole, rates, seeds, name=name: small_updates(name, whole, rates, seeds),
                (False, True),
                SMALL_RATES,
                tuning,
                seeds,
            )
            for name in sets
        ],
        strict=True,
    )
    return {
        "sets": np.array(sets),
        "whole": np.array([False, True]),
        "rates": np.array(SMALL_RATES),
        "tuning": np.array(tried),
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "updates": np.array(measured),
    }
