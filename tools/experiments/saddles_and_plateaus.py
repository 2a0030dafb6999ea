"""Lesson 07: the way out of saddles and off plateaus, at equal rates and at tuned ones, without and with noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from optimlab import data, landscapes, network
from optimlab.arrays import stack_runs
from optimlab.training import descend, train, tuned_index, updates_to_target
from tools.experiments import Arrays, experiment
from tools.experiments.methods import STEPS

METHODS = tuple(STEPS)
RATES = np.geomspace(1e-3, 1000, 49)
"""Eight rates per decade, the same for every method."""
HOLD = 100
"""Steps that a walk must stay where it arrived. Adam may jump out again thousands of steps later: s fades."""


def arrivals(
    method: str,
    gradient: Callable[[np.ndarray], np.ndarray],
    inside: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    rates: np.ndarray,
    limit: int,
) -> np.ndarray:
    """Count the steps until a walk is inside a region, to stay there for 100 steps.

    Parameters
    ----------
    method : str
    gradient, inside : callable
        From points (..., 2) to gradients (..., 2), and to booleans (...).
    points : ndarray, shape (starts, 2)
    rates : ndarray, shape (rates,)
    limit : int
        The largest number of steps that counts.

    Returns
    -------
    ndarray, shape (rates, starts)
        inf where the walk does not arrive.
    """
    step, init = STEPS[method]
    rates = np.reshape(rates, (-1, 1, 1))
    params = {"W1": np.broadcast_to(points, (len(rates), *points.shape))}
    state = () if init == () else init(params)
    state = state if isinstance(state, tuple) else (state,)
    inside_for = np.zeros(params["W1"].shape[:-1])
    arrived = np.full(inside_for.shape, np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, limit + HOLD):
            number = {"t": t} if method == "adam" else {}
            returned = step(params, {"W1": gradient(params["W1"])}, *state, **number, learning_rate=rates)
            params, *state = returned if state else (returned,)
            inside_for = np.where(inside(params["W1"]), inside_for + 1, 0)
            held = inside_for == HOLD
            if held.any():
                arrived[held & np.isinf(arrived)] = t - HOLD + 1
                if np.isfinite(arrived).all():
                    break
    return arrived


def tuned(
    method: str,
    gradient: Callable[[np.ndarray], np.ndarray],
    inside: Callable[[np.ndarray], np.ndarray],
    tuning: np.ndarray,
    points: np.ndarray,
    limit: int,
) -> tuple[float, np.ndarray]:
    """Choose a rate on some starts; return it with the steps from others, both NaN where none arrives."""
    tried = arrivals(method, gradient, inside, tuning, RATES, limit)
    if not np.isfinite(tried).any():
        return np.nan, np.full(len(points), np.nan)
    rate = RATES[tuned_index(tried)]
    counted = arrivals(method, gradient, inside, points, np.array([rate]), limit)[0]
    return rate, np.where(np.isfinite(counted), counted, np.nan)


# ---------------------------------------------------------------------------- out, at equal rates

EQUAL_RATES = (0.1, 0.01)
POWERS = tuple(range(1, 13))
RADIUS = 0.5
ASIDE = 0.3


@experiment(
    "07_saddles_and_plateaus-escape",
    columns={
        "methods": "names, shape (methods,)",
        "rates": "learning rates, shape (rates,)",
        "distances": "first distance d from the line that leads into the saddle, shape (distances,)",
        "steps": "steps until farther than 0.5 from the saddle, shape (methods, rates, distances)",
    },
)
def escape(rates: Sequence[float] = EQUAL_RATES, powers: Sequence[int] = POWERS) -> Arrays:
    """Walk out of the saddle x²/2 + y⁴/4 - y²/2 from (0.3, d) for d = 0.1, 0.01, ..., 1e-12, at equal rates."""
    distances = np.array([10.0**-power for power in powers])
    starts = np.stack([np.full(len(distances), ASIDE), distances], axis=-1)
    gradient = landscapes.saddle().gradient
    steps = np.zeros((len(METHODS), len(rates), len(distances)))
    for i, (step, init) in enumerate(STEPS.values()):
        for j, rate in enumerate(rates):
            path = descend(step, gradient, starts, learning_rate=rate, steps=int(320 / rate), state=init)
            steps[i, j] = (np.linalg.norm(path, axis=-1) > RADIUS).argmax(axis=0)
    return {"methods": np.array(METHODS), "rates": np.array(rates), "distances": distances, "steps": steps}


# ---------------------------------------------------------------------------- out, at tuned rates

KAPPAS = (1, 3, 10, 30, 100, 300, 1000)
DISTANCES = (1e-2, 1e-4, 1e-8)
NEAR = 0.05


def saddle_starts(distance: float, seed: int, count: int) -> np.ndarray:
    """Draw starts beside the line into the saddle: x from 0.5 to 1.5, y from 0.5 to 2 distances, shape (count, 2)."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(0.5, 1.5, count), distance * rng.uniform(0.5, 2, count)], axis=-1)


def near_a_minimum(x: np.ndarray) -> np.ndarray:
    """Tell which points are within 0.05 of (0, 1) or (0, -1)."""
    return x[..., 0] ** 2 + (np.abs(x[..., 1]) - 1) ** 2 <= NEAR**2


@experiment(
    "07_saddles_and_plateaus-tuned",
    columns={
        "methods": "names, shape (methods,)",
        "kappas": "curvature into the saddle over curvature out of it, shape (kappas,)",
        "distances": "d, the starts' distance from the line into the saddle, shape (distances,)",
        "chosen": "the rate with fewest misses, then the lowest median over 40 starts, shape (methods, kappas, "
        "distances)",
        "starts": "the 20 starts that were measured, shape (distances, 20, 2)",
        "steps": "steps from each of them at that rate, shape (methods, kappas, distances, 20); NaN: missed",
    },
)
def race(kappas: Sequence[float] = KAPPAS, distances: Sequence[float] = DISTANCES) -> Arrays:
    """Walk from beside the saddle x²/2 + (y⁴/4 - y²/2)/κ until it is within 0.05 of a minimum for 100 steps.

    Starts: x drawn from 0.5 to 1.5, y from 0.5 d to 2 d. Rates: 49 from 0.001 to 1000 in geometric progression, the
    same for every method, chosen on 40 starts (seed 0) and measured on 20 others (seed 1). β = 0.9, β2 = 0.999.
    Gradient descent may take 15 κ + 500 steps, the others 2000.
    """
    chosen = np.full((len(METHODS), len(kappas), len(distances)), np.nan)
    steps = np.full((*chosen.shape, 20), np.nan)
    for i, method in enumerate(METHODS):
        for j, kappa in enumerate(kappas):
            gradient = landscapes.saddle(kappa).gradient
            limit = 15 * int(kappa) + 500 if method == "gd" else 2000
            for k, d in enumerate(distances):
                points = saddle_starts(d, 0, 40), saddle_starts(d, 1, 20)
                chosen[i, j, k], steps[i, j, k] = tuned(method, gradient, near_a_minimum, *points, limit)
    return {
        "methods": np.array(METHODS),
        "kappas": np.array(kappas),
        "distances": np.array(distances),
        "chosen": chosen,
        "starts": np.array([saddle_starts(d, 1, 20) for d in distances]),
        "steps": steps,
    }


# ------------------------------------------------------------------------------- out, with noise

NOISES = (0.0, 1e-8, 1e-6, 1e-4, 1e-2, 0.1, 1.0)
NOISY_RATES = {"gd": 0.1, "momentum": 0.1, "adagrad": 0.01, "rmsprop": 0.01, "adam": 0.01}


def with_noise(
    gradient: Callable[[np.ndarray], np.ndarray], deviation: float, rngs: Sequence[np.random.Generator]
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the gradient with normal noise on each coordinate; points are (seeds, 2)."""
    return lambda x: gradient(x) + deviation * np.stack([rng.standard_normal(2) for rng in rngs])


@experiment(
    "07_saddles_and_plateaus-noise",
    columns={
        "methods": "names, shape (methods,)",
        "rates": "learning rates, shape (methods,)",
        "noises": "standard deviation of the noise on each coordinate of the gradient, shape (noises,)",
        "steps": "steps until farther than 0.5 from the saddle, shape (methods, noises, seeds); NaN: not in 2000",
    },
)
def noise(noises: Sequence[float] = NOISES, seeds: Sequence[int] = range(20)) -> Arrays:
    """Start on the line into the saddle x²/2 + y⁴/4 - y²/2, at (0.3, 0), with noise on the gradients.

    A walk of seed s draws its noise from `default_rng(s)`. Seeds 0 to 19.
    """
    steps = np.zeros((len(METHODS), len(noises), len(seeds)))
    start = np.tile([ASIDE, 0.0], (len(seeds), 1))
    for i, (method, (step, init)) in enumerate(STEPS.items()):
        for j, deviation in enumerate(noises):
            rngs = [np.random.default_rng(seed) for seed in seeds]
            gradient = with_noise(landscapes.saddle().gradient, deviation, rngs)
            path = descend(step, gradient, start, learning_rate=NOISY_RATES[method], steps=2000, state=init)
            out = np.linalg.norm(path, axis=-1) > RADIUS
            steps[i, j] = np.where(out.any(axis=0), out.argmax(axis=0), np.nan)
    rates = [NOISY_RATES[method] for method in METHODS]
    return {"methods": np.array(METHODS), "rates": np.array(rates), "noises": np.array(noises), "steps": steps}


# --------------------------------------------------------------------------------------- plateaus

WALL = 50.0
WEIGHTS = (2, 4, 6, 8, 10)
BESIDE_WALL = (2, 4, 6)
ARRIVED = 0.1


def shelf_starts(weight: float, seed: int, count: int) -> np.ndarray:
    """Draw starts on the shelf: x from 0.5 to 1.5, the weight within 0.1 of where it should be, shape (count, 2)."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(0.5, 1.5, count), weight + rng.uniform(-0.1, 0.1, count)], axis=-1)


def at_the_bottom(x: np.ndarray) -> np.ndarray:
    """Tell which points have a weight y of at most 0.1 in size."""
    return np.abs(x[..., 1]) <= ARRIVED


def at_the_bottom_of_both(x: np.ndarray) -> np.ndarray:
    """Tell which points have both coordinates at most 0.1 in size."""
    return np.abs(x).max(axis=-1) <= ARRIVED


@experiment(
    "07_saddles_and_plateaus-plateaus",
    columns={
        "methods": "names, shape (methods,)",
        "weights": "first weight of the neuron, shape (weights,)",
        "chosen": "the rate with fewest misses, then the lowest median over 40 starts, shape (methods, 2, weights): "
        "without the wall, with it; NaN: not run, or none arrives",
        "steps": "steps from 20 other starts at that rate, shape (methods, 2, weights, 20); NaN: not run, or missed",
    },
)
def plateaus(weights: Sequence[float] = WEIGHTS, beside_wall: Sequence[float] = BESIDE_WALL) -> Arrays:
    """Walk down the shelf of one sigmoid neuron, (σ(y) - 1/2)²/2, and the same shelf beside a wall, + 50 x².

    Counted are the steps until |y| (with the wall |x| too) is within 0.1 for 100 steps. Starts: y within 0.1 of the
    given weight, x from 0.5 to 1.5. Rates: 49 from 0.001 to 1000 in geometric progression, chosen on 40 starts
    (seed 0) and measured on 20 others (seed 1). Without the wall 5000 steps may be taken; with it 60,000 by gradient
    descent, 5000 by the others, for weights up to 6.
    """
    chosen = np.full((len(METHODS), 2, len(weights)), np.nan)
    steps = np.full((*chosen.shape, 20), np.nan)
    for i, method in enumerate(METHODS):
        for j, weight in enumerate(weights):
            points = shelf_starts(weight, 0, 40), shelf_starts(weight, 1, 20)
            alone = landscapes.shelf().gradient
            chosen[i, 0, j], steps[i, 0, j] = tuned(method, alone, at_the_bottom, *points, 5000)
            if weight in beside_wall:
                limit = 60_000 if method == "gd" else 5000
                walled = landscapes.shelf(WALL).gradient
                chosen[i, 1, j], steps[i, 1, j] = tuned(method, walled, at_the_bottom_of_both, *points, limit)
    return {"methods": np.array(METHODS), "weights": np.array(weights), "chosen": chosen, "steps": steps}


# ------------------------------------------------------------------------- losses, for find_plateau

LOSS_RATES = {"momentum": 0.15, "adam": 0.2}
LOSS_START = np.array([1.0, 4.0])


@experiment(
    "07_saddles_and_plateaus-losses",
    columns={
        "methods": "names, shape (methods,)",
        "rates": "learning rates, shape (methods,)",
        "losses": "the landscape's height at the start and after each of 2000 steps, shape (methods, 2001)",
    },
)
def losses(steps: int = 2000) -> Arrays:
    """Walk down 50 x² + (σ(y) - 1/2)²/2 from (1, 4) with momentum and Adam, and record the height."""
    shelf, heights = landscapes.shelf(WALL), []
    for method, rate in LOSS_RATES.items():
        step, init = STEPS[method]
        path = descend(step, shelf.gradient, LOSS_START, learning_rate=rate, steps=steps, state=init)
        heights.append(shelf.value(path))
    rates = np.array(list(LOSS_RATES.values()))
    return {"methods": np.array(list(LOSS_RATES)), "rates": rates, "losses": np.array(heights)}


# --------------------------------------------------------------------------------------- networks

BIASES = (0, 4, 6)
NETWORK_RATES = {
    "gd": (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
    "momentum": (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0),
    "adagrad": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
    "rmsprop": (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
    "adam": (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0),
}
LAYERS = (2, 16, 8, 1)
BATCH_SIZE = 64
TARGET = 0.3
UPDATES = 2000


def saturated(bias: float, seed: int) -> Arrays:
    """Return a first network whose hidden units all have this bias."""
    params = network.initialise(LAYERS, np.random.default_rng(1000 + seed))
    return params | {key: params[key] + bias for key in ("b1", "b2")}


def cost_and_grads(params: Arrays, X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, Arrays]:
    """Return the cost and its gradients for sigmoid hidden units."""
    return network.cost_and_grads(params, X, Y, hidden="sigmoid")


def updates_of(method: str, bias: float, rates: Sequence[float], seeds: Sequence[int]) -> np.ndarray:
    """Train a network for each rate and seed; return the updates to the target, shape (rates, seeds)."""
    step, init = STEPS[method]
    X, Y = data.moons()
    history = train(
        step,
        stack_runs([saturated(bias, seed) for seed in seeds]),
        X,
        Y,
        learning_rate=np.reshape(rates, (-1, 1, 1, 1)),
        updates=UPDATES,
        batch_size=BATCH_SIZE,
        rng=[np.random.default_rng(seed) for seed in seeds],
        state=init,
        cost_and_grads=cost_and_grads,
        loss=lambda params: network.cost(params, X, Y, hidden="sigmoid"),
    )
    return updates_to_target(history, TARGET)


@experiment(
    "07_saddles_and_plateaus-network",
    columns={
        "methods": "names, shape (methods,)",
        "biases": "first bias of all hidden units, shape (biases,)",
        "chosen": "the rate with fewest misses, then the lowest median over seeds 0 to 9, shape (methods, biases); "
        "NaN: no run arrives, and every rate was measured",
        "seeds": "the seeds that were measured, shape (seeds,)",
        "updates": "updates to the target at that rate, shape (methods, biases, seeds); NaN: not in 2000",
    },
)
def saturated_networks(tuning: Sequence[int] = range(10), seeds: Sequence[int] = range(10, 30)) -> Arrays:
    """Count updates until the training loss is at most 0.3: `data.moons()`, network 2-16-8-1, mini-batches of 64.

    Hidden units are sigmoids; all of their biases start at 0, 4 or 6. A seed s draws the weights from
    `default_rng(1000 + s)` (He's rule) and the shuffles from `default_rng(s)`, the same for every method. The loss on
    all 300 examples is looked at after each epoch of 5 updates, 2000 updates at most. Rates: 0.1, 0.2, 0.5, ..., 100
    for gradient descent, 0.5 to 200 for momentum (β = 0.9), 0.01 to 5 for AdaGrad, 0.005 to 1 for RMSprop and Adam.
    """
    chosen = np.full((len(METHODS), len(BIASES)), np.nan)
    updates = np.full((*chosen.shape, len(seeds)), np.nan)
    for i, (method, rates) in enumerate(NETWORK_RATES.items()):
        for j, bias in enumerate(BIASES):
            tried = updates_of(method, bias, rates, tuning)
            if np.isfinite(tried).any():
                chosen[i, j] = rates[tuned_index(tried)]
                counted = updates_of(method, bias, [chosen[i, j]], seeds)[0]
            else:
                counted = updates_of(method, bias, rates, seeds).min(axis=0)
            updates[i, j] = np.where(np.isfinite(counted), counted, np.nan)
    return {
        "methods": np.array(METHODS),
        "biases": np.array(BIASES),
        "chosen": chosen,
        "seeds": np.array(seeds),
        "updates": updates,
    }


# ---------------------------------------------------------------------------- random matrices

TRIALS = 1_000_000
BLOCK = 100_000


@experiment(
    "07_saddles_and_plateaus-shares",
    columns={
        "dimensions": "rows of the matrices, shape (dimensions,)",
        "trials": "how many matrices of each",
        "minima": "how many of them have positive eigenvalues only, shape (dimensions,)",
        "maxima": "how many have negative ones only, shape (dimensions,)",
    },
)
def shares(dimensions: Sequence[int] = (1, 2, 3, 4, 5, 6), trials: int = TRIALS) -> Arrays:
    """Draw a million symmetric matrices H = (A + Aᵀ)/2 in each of 1 to 6 dimensions, A standard normal, from seed 0."""
    rng, minima, maxima = np.random.default_rng(0), [], []
    for dimension in dimensions:
        up = down = 0
        for _ in range(trials // BLOCK):
            A = rng.standard_normal((BLOCK, dimension, dimension))
            eigenvalues = np.linalg.eigvalsh((A + A.swapaxes(-1, -2)) / 2)
            up += np.sum(eigenvalues[:, 0] > 0)
            down += np.sum(eigenvalues[:, -1] < 0)
        minima.append(up)
        maxima.append(down)
    found = {"minima": np.array(minima), "maxima": np.array(maxima)}
    return {"dimensions": np.array(dimensions), "trials": np.array(trials)} | found
