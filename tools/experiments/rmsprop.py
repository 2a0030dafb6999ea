"""Lesson 04: AdaGrad and RMSprop in straight and in turned ravines, under noise, on sparse data and on a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import numpy as np

from grader.reference.mini_batches import gd_step
from optimlab import data, landscapes, network
from optimlab.arrays import stack_runs
from optimlab.training import descend, train, tuned_index, updates_to_target
from tools.experiments import Arrays, experiment
from tools.experiments.methods import STEPS

METHODS = ("gd", "momentum", "adagrad", "rmsprop")


def decayed_step(params: Arrays, grads: Arrays, t: int, learning_rate: float) -> Arrays:
    """Take one step of gradient descent at a rate that falls as 1 / √t, the same for all parameters."""
    return gd_step(params, grads, learning_rate / np.sqrt(t))


# ------------------------------------------------------------------------------------- ravines

RADIUS = 5.4
TOLERANCE = 0.1
KAPPAS = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
ANGLES = (0, 45)
SHARES = np.geomspace(0.005, 0.98, 40)
"""Rates of gradient descent and momentum, as shares of the largest stable one."""
RATES = np.array([a * 10.0**power for power in range(-3, 2) for a in (1, 2, 5)])


def starts(seed: int, count: int) -> np.ndarray:
    """Draw points on a circle around the minimum, shape (count, 2)."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, count)
    return RADIUS * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def grid_of(method: str, kappa: float) -> np.ndarray:
    """Return the rates that a method tries in a ravine whose largest curvature is 0.2 κ."""
    limit = 2 / (0.2 * kappa)
    return {"gd": limit * SHARES, "momentum": 19 * limit * SHARES}.get(method, RATES)


def steps_to_settle(method: str, kappa: float, angle: float, rates: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Count the steps until the distance to the minimum stays within the tolerance.

    Parameters
    ----------
    method : str
    kappa : float
        Condition number.
    angle : float
        Turn of the ravine, in degrees.
    rates : ndarray, shape (rates,)
    points : ndarray, shape (starts, 2)

    Returns
    -------
    ndarray, shape (rates, starts)
        inf where 4 κ + 400 steps are not enough.
    """
    step, init = STEPS[method]
    limit = int(4 * kappa) + 400
    gradient = landscapes.ravine(0.1, 0.1 * kappa, angle=np.radians(angle)).gradient
    rates = np.reshape(rates, (-1, 1, 1))
    params = {"W1": np.broadcast_to(points, (len(rates), *points.shape))}
    state = (init(params),) if init else ()
    last_outside = np.zeros(params["W1"].shape[:-1])
    with np.errstate(over="ignore", invalid="ignore"):
        for number in range(1, limit + 1):
            returned = step(params, {"W1": gradient(params["W1"])}, *state, learning_rate=rates)
            params, *state = returned if state else (returned,)
            x, y = params["W1"][..., 0], params["W1"][..., 1]
            last_outside[~(x * x + y * y <= TOLERANCE**2)] = number
    return np.where(last_outside == limit, np.inf, last_outside + 1)


@experiment(
    "04_rmsprop-turned",
    columns={
        "methods": "names, shape (methods,)",
        "kappas": "condition numbers κ, shape (kappas,)",
        "angles": "turn of the ravine against the axes, in degrees, shape (angles,)",
        "chosen": "the rate with fewest misses, then the lowest median over ten starts, shape (methods, angles, "
        "kappas); NaN: no rate arrives",
        "starts": "the 20 starts that were measured, shape (20, 2)",
        "steps": "steps at that rate from each of them, shape (methods, angles, kappas, 20); NaN: not in 4 κ + 400",
    },
)
def turned(kappas: Sequence[float] = KAPPAS) -> Arrays:
    """Count the steps down f = 0.1 u² + 0.1 κ v², u and v turned against x and y, until within 0.1 of the minimum.

    Starts lie on a circle of radius 5.4. Rates: for gradient descent and momentum (β = 0.9) 40 shares from 0.5 % to
    98 % of the largest stable rate, in geometric progression; for AdaGrad and RMSprop (β = 0.9) 0.001, 0.002, 0.005,
    ..., 50. They are chosen on ten starts (seed 0) and measured on 20 others (seed 1).
    """
    chosen = np.full((len(METHODS), len(ANGLES), len(kappas)), np.nan)
    steps = np.full((*chosen.shape, 20), np.nan)
    for i, method in enumerate(METHODS):
        for j, angle in enumerate(ANGLES):
            for k, kappa in enumerate(kappas):
                rates = grid_of(method, kappa)
                tried = steps_to_settle(method, kappa, angle, rates, starts(0, 10))
                if not np.isfinite(tried).any():
                    continue
                chosen[i, j, k] = rates[tuned_index(tried)]
                counted = steps_to_settle(method, kappa, angle, chosen[i, j, k : k + 1], starts(1, 20))[0]
                steps[i, j, k] = np.where(np.isfinite(counted), counted, np.nan)
    return {
        "methods": np.array(METHODS),
        "kappas": np.array(kappas),
        "angles": np.array(ANGLES),
        "chosen": chosen,
        "starts": starts(1, 20),
        "steps": steps,
    }


# --------------------------------------------------------------------------- a minimum that moves

WAITS = (100, 300, 1000, 3000, 10_000, 30_000)
NOISY_RATES = {"gd": 0.05, "adagrad": 1.0, "rmsprop": 0.05}
JUMP = np.array([3.0, 4.0])
NEAR = 0.5
AFTER = 1000


def jumping_bowl(wait: int, rngs: Sequence[np.random.Generator]) -> Callable[[np.ndarray], np.ndarray]:
    """Return the noisy gradient of a bowl whose minimum jumps after some steps; points are (seeds, 2)."""
    steps = count()

    def gradient(x: np.ndarray) -> np.ndarray:
        minimum = JUMP if next(steps) >= wait else 0.0
        return x - minimum + np.stack([rng.standard_normal(2) for rng in rngs])

    return gradient


def walk_noisily(method: str, wait: int, seeds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Walk around a minimum with noisy gradients until it jumps, then after it.

    Returns
    -------
    recovery : ndarray, shape (seeds,)
        Steps from the jump until the walk is first near the new minimum; inf: not in 1000.
    distance : ndarray, shape (seeds,)
        Root of the mean squared distance to the old minimum, over the second half of the wait.
    """
    step, init = STEPS[method]
    gradient = jumping_bowl(wait, [np.random.default_rng(seed) for seed in seeds])
    rate, rest = NOISY_RATES[method], np.zeros((len(seeds), 2))
    path = descend(step, gradient, rest, learning_rate=rate, steps=wait + AFTER, state=init)
    near = np.linalg.norm(path[wait:] - JUMP, axis=-1) <= NEAR
    recovery = np.where(near.any(axis=0), near.argmax(axis=0), np.inf)
    return recovery, np.sqrt((path[wait // 2 : wait] ** 2).sum(axis=-1).mean(axis=0))


@experiment(
    "04_rmsprop-jump",
    columns={
        "methods": "names, shape (methods,)",
        "rates": "learning rates, shape (methods,)",
        "waits": "steps before the jump, shape (waits,)",
        "recovery": "steps from the jump until within 0.5 of the new minimum, shape (methods, waits, seeds)",
        "distance": "root mean squared distance to the old one, over the second half of the wait, same shape",
    },
)
def jump(waits: Sequence[int] = WAITS, seeds: Sequence[int] = range(10)) -> Arrays:
    """Let the minimum of f = (x² + y²) / 2 jump by (3, 4) after a wait, with noise of deviation 1 on each gradient.

    A walk of seed s starts in the old minimum and draws its noise from `default_rng(s)`. Seeds 0 to 9. AdaGrad's rate
    of 1, divided by the root of its sum of squares, is 0.05 after about 400 steps.
    """
    walked = [[walk_noisily(method, wait, seeds) for wait in waits] for method in NOISY_RATES]
    return {
        "methods": np.array(list(NOISY_RATES)),
        "rates": np.array(list(NOISY_RATES.values())),
        "waits": np.array(waits),
        "recovery": np.array([[recovery for recovery, _ in of_method] for of_method in walked]),
        "distance": np.array([[distance for _, distance in of_method] for of_method in walked]),
    }


# ------------------------------------------------------------------------------- sparse features

SPARSE_RATES = {
    "gd": (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
    "momentum": (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
    "adagrad": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
    "rmsprop": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    "decayed": (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0),
}
PRESENCE = {"sparse": None, "dense": np.full(200, 0.1)}


def online_losses(method: str, kind: str, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Make one pass over data in batches of 10; return the mean loss before each update, shape (rates, seeds)."""
    step, init = STEPS.get(method, (decayed_step, ()))
    losses = []
    for seed in seeds:
        X, Y = data.sparse_features(seed, presence=PRESENCE[kind])
        zero = {"W1": np.zeros((1, len(X))), "b1": np.zeros((1, 1))}
        rng = np.random.default_rng(seed)
        grid = np.reshape(rates, (-1, 1, 1))
        history = train(step, zero, X, Y, learning_rate=grid, epochs=1, batch_size=10, rng=rng, state=init)
        losses.append(history.batch_loss.mean(axis=0))
    return np.array(losses).T


@experiment(
    "04_rmsprop-sparse",
    columns={
        "methods": "names, shape (methods,); decayed: gradient descent, its rate divided by √t",
        "kinds": "of data, shape (kinds,): features present with probability 1, 1/2, ... 1/200, or all with 0.1",
        "chosen": "the rate with the lowest median over seeds 0 to 9, shape (methods, kinds)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "online": "mean loss before each update of one pass, shape (methods, kinds, seeds)",
    },
)
def sparse(tuning: Sequence[int] = range(10), seeds: Sequence[int] = range(10, 30)) -> Arrays:
    """Make one pass of logistic regression over `data.sparse_features`: 200 features, 5000 examples, batches of 10.

    Zero start. A seed draws the data and, from `default_rng(seed)`, their order. Rates: 0.1, 0.2, 0.5, ..., 50 for
    gradient descent and momentum, 0.01 to 5 for AdaGrad, 0.001 to 0.5 for RMSprop, 0.5 to 200 for "decayed", which is
    gradient descent at a rate divided by √t; chosen on seeds 0 to 9.
    """
    chosen, online = [], []
    for method, rates in SPARSE_RATES.items():
        best = [rates[tuned_index(online_losses(method, kind, rates, tuning))] for kind in PRESENCE]
        chosen.append(best)
        online.append([online_losses(method, kind, [r], seeds)[0] for kind, r in zip(PRESENCE, best, strict=True)])
    return {
        "methods": np.array(list(SPARSE_RATES)),
        "kinds": np.array(list(PRESENCE)),
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "online": np.array(online),
    }


# ------------------------------------------------------------------------------------- networks

NETWORK_RATES = {
    "gd": (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    "momentum": (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0),
    "adagrad": (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
    "rmsprop": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
}
LAYERS = (2, 16, 8, 1)
BATCH_SIZE = 64
TARGET = 0.15
UPDATES = 1000


def updates_of(method: str, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Train a network for each rate and seed; return the updates to the target, shape (rates, seeds)."""
    step, init = STEPS[method]
    start = stack_runs([network.initialise(LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds])
    history = train(
        step,
        start,
        *data.moons(),
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        updates=UPDATES,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=init,
    )
    return updates_to_target(history, TARGET)


@experiment(
    "04_rmsprop-network",
    columns={
        "methods": "names, shape (methods,)",
        "chosen": "the rate with fewest misses, then the lowest median over seeds 0 to 9, shape (methods,)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (methods, seeds); inf: not in 1000 updates",
    },
)
def two_moons(tuning: Sequence[int] = range(10), seeds: Sequence[int] = range(10, 30)) -> Arrays:
    """Count updates until the training loss is at most 0.15: `data.moons()`, network 2-16-8-1, mini-batches of 64.

    The loss on all 300 examples is looked at after each epoch of 5 updates. A seed s draws the start from
    `default_rng(1000 + s)` and the shuffles from `default_rng(s)`, the same for every method. Rates: 0.1, 0.2,
    0.5, ..., 10 for gradient descent, 0.2 to 20 for momentum (β = 0.9), 0.005 to 1 for AdaGrad, 0.001 to 0.5 for
    RMSprop (β = 0.9).
    """
    chosen = [rates[tuned_index(updates_of(method, rates, tuning))] for method, rates in NETWORK_RATES.items()]
    measured = [updates_of(method, [rate], seeds)[0] for method, rate in zip(NETWORK_RATES, chosen, strict=True)]
    return {
        "methods": np.array(list(NETWORK_RATES)),
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "updates": np.array(measured),
    }
