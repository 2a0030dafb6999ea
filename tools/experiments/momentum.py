"""Lesson 03: how many steps momentum takes, on ravines of any steepness and on a network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from grader.reference.momentum import init_velocity, momentum_step
from optimlab import data, landscapes, network
from optimlab.arrays import stack_runs
from optimlab.training import train, tuned_index, updates_to_target
from tools.experiments import Arrays, experiment

START = (-5.0, -2.0)
TOLERANCE = 1e-6
KAPPAS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
BETAS = (0.0, 0.5, 0.9, 0.99)
STEEPNESS = np.geomspace(0.1, 400, 600)
"""The rates of a grid, times the largest curvature: the lesson's own. β = 0.99 is stable up to 398."""
TUNED_BETAS = 1 - np.geomspace(1, 0.005, 60)
SHARES = np.geomspace(0.01, 1, 120)
"""The rates tried with each of the tuned βs, as shares of the largest stable one."""


def stable(beta: float) -> np.ndarray:
    """Return the part of the grid that is worth running: the limit is 2 (1 + β) / (1 - β)."""
    return STEEPNESS[2.2 * (1 + beta) / (1 - beta) > STEEPNESS]


def steps_to_settle(kappa: float, betas: np.ndarray, steepness: np.ndarray, limit: int) -> np.ndarray:
    """Count the steps down f = 0.1 x² + 0.1 κ y² until both coordinates stay within the tolerance.

    Parameters
    ----------
    kappa : float
        Condition number.
    betas, steepness : ndarray
        Of shapes that broadcast to that of the runs; a steepness is a rate times the largest curvature.
    limit : int
        Steps to make; who is not there by then gets inf.

    Returns
    -------
    ndarray
        Shape of the runs.
    """
    ravine = landscapes.ravine(0.1, 0.1 * kappa)
    betas, rates = (a[..., None] for a in np.broadcast_arrays(betas, steepness / (0.2 * kappa)))
    params = {"W1": np.broadcast_to(START, (*rates.shape[:-1], 2))}
    v = init_velocity(params)
    last_outside = np.zeros(rates.shape[:-1])
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, limit + 1):
            grads = {"W1": ravine.gradient(params["W1"])}
            params, v = momentum_step(params, grads, v, learning_rate=rates, beta=betas)
            last_outside[~(np.abs(params["W1"]).max(axis=-1) <= TOLERANCE)] = step
    return np.where(last_outside == limit, np.inf, last_outside + 1)


@experiment(
    "03_momentum-kappa",
    columns={
        "kappas": "condition numbers κ, shape (kappas,)",
        "betas": "βs that are kept the same for all κ, shape (betas,); 0 is plain descent",
        "steps": "steps at the best rate of the grid, shape (betas, kappas)",
        "best_beta": "the best β of 60, chosen for each κ together with its rate, shape (kappas,)",
        "best_steps": "steps with it, shape (kappas,)",
    },
)
def kappa_scan(kappas: Sequence[float] = KAPPAS) -> Arrays:
    """Count the steps down f = 0.1 x² + 0.1 κ y² from (-5, -2) until |x| and |y| stay below 1e-6.

    The rate is the best of 600, from 0.1 to 400 divided by the largest curvature, in geometric progression. For the β
    that is tuned as well: the best of 60 βs from 0 to 0.995, each with 120 rates, from 1 % to 100 % of its largest
    stable one.
    """
    steps, best_beta, best_steps = [], [], []
    tried = TUNED_BETAS[:, None]
    for kappa in kappas:
        limit = int(8.5 * kappa) + 400  # plain descent needs about 7.7 κ
        steps.append(
            [
                steps_to_settle(kappa, beta, stable(beta), needed).min()
                for beta, needed in zip(BETAS, (limit, limit, limit, max(limit, 4000)), strict=True)
            ]
        )
        settled = steps_to_settle(kappa, tried, 2 * (1 + tried) / (1 - tried) * SHARES, int(15 * kappa**0.5) + 100)
        row = settled.min(axis=1).argmin()
        best_beta.append(TUNED_BETAS[row])
        best_steps.append(settled[row].min())
    return {
        "kappas": np.array(kappas),
        "betas": np.array(BETAS),
        "steps": np.array(steps).T,
        "best_beta": np.array(best_beta),
        "best_steps": np.array(best_steps),
    }


RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
LAYERS = (2, 16, 8, 1)
BATCH_SIZE = 64
TARGET = 0.15
UPDATES = 1000


def updates_of(beta: float, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Train a network for each rate and seed; return the updates to the target, shape (rates, seeds)."""
    X, Y = data.moons()
    start = stack_runs([network.initialise(LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds])
    history = train(
        partial(momentum_step, beta=beta),
        start,
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        updates=UPDATES,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=init_velocity,
    )
    return updates_to_target(history, TARGET)


@experiment(
    "03_momentum-network",
    columns={
        "betas": "β of momentum, shape (betas,); 0 is plain descent",
        "rates": "learning rates of the grid, shape (rates,)",
        "tuning": "updates to the target, seeds 0 to 9, shape (betas, rates, 10); inf: not in 1000 updates",
        "chosen": "the rate with fewest misses, then the lowest median of `tuning`, shape (betas,)",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at the chosen rate, shape (betas, seeds); inf: not in 1000 updates",
    },
)
def two_moons(tuning: Sequence[int] = range(10), seeds: Sequence[int] = range(10, 30)) -> Arrays:
    """Count updates until the training loss is at most 0.15: `data.moons()`, network 2-16-8-1, mini-batches of 64.

    The loss on all 300 examples is looked at after each epoch of 5 updates. A seed s draws the start from
    `default_rng(1000 + s)` and the shuffles from `default_rng(s)`, the same for every β. Rates are chosen on
    seeds 0 to 9 and measured on others.
    """
    tried = np.array([updates_of(beta, RATES, tuning) for beta in BETAS])
    chosen = [RATES[tuned_index(of_beta)] for of_beta in tried]
    measured = [updates_of(beta, [rate], seeds)[0] for beta, rate in zip(BETAS, chosen, strict=True)]
    return {
        "betas": np.array(BETAS),
        "rates": np.array(RATES),
        "tuning": tried,
        "chosen": np.array(chosen),
        "seeds": np.array(seeds),
        "updates": np.array(measured),
    }
