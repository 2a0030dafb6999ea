"""Lesson 02: the losses of mini-batches, and the loss on all examples that they scatter about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.reference.mini_batches import gd_step
from optimlab import data, network
from optimlab.arrays import stack_runs
from optimlab.training import train
from tools.experiments import Arrays, experiment

EXAMPLES = 2000
LAYERS = (2, 16, 8, 1)
BATCH_SIZE = 16
RATE = 0.2
UPDATES = 800


@experiment(
    "02_weighted_averages-losses",
    columns={
        "seeds": "the seeds, shape (seeds,)",
        "batch_loss": "loss on each mini-batch, before the update made with it, shape (seeds, updates); float32",
        "loss": "loss on all examples at the same moment, shape (seeds, updates); float32",
    },
)
def losses(seeds: Sequence[int] = range(10)) -> Arrays:
    """Train a network 2-16-8-1 on `data.moons(2000)` with plain gradient descent, and write down each loss.

    800 updates at a rate of 0.2, mini-batches of 16. A seed s draws the start from `default_rng(1000 + s)` and the
    shuffles from `default_rng(s)`. Losses are rounded to four decimals.
    """
    history = train(
        gd_step,
        stack_runs([network.initialise(LAYERS, np.random.default_rng(1000 + seed)) for seed in seeds]),
        *data.moons(EXAMPLES),
        learning_rate=RATE,
        updates=UPDATES,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        record_every=1,
    )
    return {
        "seeds": np.array(seeds),
        "batch_loss": history.batch_loss.T.round(4).astype(np.float32),
        "loss": history.loss[:-1].T.round(4).astype(np.float32),
    }
