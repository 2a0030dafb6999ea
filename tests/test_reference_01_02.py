"""The reference of lessons 01 and 02 against independent truths, and the view through which batches are judged."""

import math

import numpy as np
import optax
import pytest
from scipy.signal import lfilter

from grader import judge
from grader.exercises import EXERCISES
from grader.reference.mini_batches import gd_step, random_mini_batches, regularised_cost, train_epoch
from grader.reference.weighted_averages import averaging_window, ewa, ewa_corrected, ewa_weights
from optimlab import compare, network
from optimlab.outcomes import Case, Made, normalise, observe

BETAS = [0.3, 0.6, 0.9, 0.98]


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def a_net(rng, layer_sizes=(3, 4, 2, 1)):
    return {key: rng.standard_normal(value.shape) for key, value in network.initialise(layer_sizes, rng).items()}


# ------------------------------------------------------------------------------------ lesson 01


def test_gd_step_departs_from_optax_sgd(rng):
    params, rate = a_net(rng), 0.3
    descent = optax.sgd(rate)
    state, theirs, ours = descent.init(params), params, params
    for _ in range(3):
        grads = a_net(rng)
        updates, state = descent.update(grads, state)
        theirs = optax.apply_updates(theirs, updates)
        ours = gd_step(ours, grads, rate)
    for key in params:
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-5)


def test_gd_step_on_a_parabola_departs_from_the_closed_form():
    w = {"W1": np.array([[2.0]])}
    for _ in range(10):
        w = gd_step(w, {"W1": 3 * w["W1"]}, 0.1)  # J = 3 w² / 2
    assert w["W1"].item() == pytest.approx(2 * (1 - 0.1 * 3) ** 10)


@pytest.mark.parametrize(("m", "batch_size"), [(10, 3), (10, 5), (10, 1), (10, 10), (4, 6), (1, 1), (1, 8)])
def test_batches_lose_or_part_examples(rng, m, batch_size):
    X, Y = np.arange(2.0 * m).reshape(2, m), np.arange(m)[np.newaxis]
    batches = random_mini_batches(X, Y, batch_size, rng)
    assert len(batches) == math.ceil(m / batch_size)
    assert all(X_t.shape == (2, Y_t.shape[1]) for X_t, Y_t in batches)
    assert [X_t.shape[1] for X_t, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    order = np.concatenate([Y_t[0] for _, Y_t in batches])
    assert sorted(order) == list(range(m))
    np.testing.assert_array_equal(np.hstack([X_t for X_t, _ in batches]), X[:, order])


def test_first_places_in_the_batches_are_not_equally_likely():
    rng, m, trials = np.random.default_rng(0), 5, 5000
    X, Y = np.arange(float(m))[np.newaxis], np.arange(m)[np.newaxis]
    first = [int(random_mini_batches(X, Y, 2, rng)[0][1][0, 0]) for _ in range(trials)]
    counts = np.bincount(first, minlength=m)
    assert np.abs(counts - trials / m).max() < 5 * math.sqrt(trials / m * (1 - 1 / m))


def test_regularised_cost_departs_from_a_count_by_hand():
    params = {
        "W1": np.array([[1.0, -2.0]]),
        "b1": np.array([[100.0]]),
        "W2": np.array([[3.0]]),
        "b2": np.array([[9.0]]),
    }
    cost = regularised_cost(np.array([[0.5, 0.75]]), np.array([[1.0, 0.0]]), params, 4.0)
    assert cost == pytest.approx((math.log(2) + math.log(4)) / 2 + 4.0 / 4 * (1 + 4 + 9))


def test_regularised_cost_departs_from_brute_force(rng):
    params, A, Y = a_net(rng), rng.uniform(0.05, 0.95, (1, 17)), rng.integers(0, 2, (1, 17))
    losses = [-math.log(a if y else 1 - a) for a, y in zip(A[0], Y[0], strict=True)]
    squares = [w * w for key in params if key in ("W1", "W2", "W3") for w in params[key].ravel()]
    assert regularised_cost(A, Y, params, 0.7) == pytest.approx(sum(losses) / 17 + 0.7 / 34 * math.fsum(squares))


def test_regularised_cost_departs_from_the_networks_own(rng):
    params, X, Y = a_net(rng), rng.standard_normal((3, 9)), rng.integers(0, 2, (1, 9))
    ours = regularised_cost(network.forward(params, X), Y, params, 0.5)
    assert ours == pytest.approx(network.cost(params, X, Y, lam=0.5))


def test_an_epoch_departs_from_steps_along_finite_differences(rng):
    params = a_net(rng, (2, 3, 1))
    batches = [(rng.standard_normal((2, m)), rng.integers(0, 2, (1, m))) for m in (5, 5, 2)]
    ours, costs = train_epoch(params, batches, network.cost_and_grads, 0.2)

    theirs = {key: value.copy() for key, value in params.items()}
    for (X, Y), cost in zip(batches, costs, strict=True):
        assert cost == pytest.approx(network.cost(theirs, X, Y))
        slopes = {key: _slopes(theirs, key, X, Y) for key in theirs}
        theirs = {key: theirs[key] - 0.2 * slopes[key] for key in theirs}
    for key in params:
        np.testing.assert_allclose(ours[key], theirs[key], atol=1e-7)


def _slopes(params, key, X, Y, h=1e-5):
    slopes = np.zeros_like(params[key])
    for place in np.ndindex(slopes.shape):
        ahead, behind = ({k: v.copy() for k, v in params.items()} for _ in range(2))
        ahead[key][place] += h
        behind[key][place] -= h
        slopes[place] = (network.cost(ahead, X, Y) - network.cost(behind, X, Y)) / (2 * h)
    return slopes


def test_an_epoch_on_a_line_departs_from_normal_equations_in_the_long_run(rng):
    X = rng.standard_normal((1, 40))
    Y = 2.0 * X + 1.0 + 0.1 * rng.standard_normal((1, 40))
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros((1, 1))}
    for _ in range(200):
        params, costs = train_epoch(params, [(X, Y)], network.linear_cost_and_grads, 0.5)
    slope, intercept = np.polyfit(X[0], Y[0], 1)
    assert (params["W1"].item(), params["b1"].item()) == (pytest.approx(slope), pytest.approx(intercept))
    assert len(costs) == 1


def test_an_epoch_without_batches_changes_the_parameters(rng):
    params = a_net(rng)
    ours, costs = train_epoch(params, [], network.cost_and_grads, 0.1)
    assert costs == []
    assert all(ours[key] is params[key] for key in params)


# ------------------------------------------------------------------------------------ lesson 02


@pytest.mark.parametrize("beta", BETAS)
def test_ewa_departs_from_a_linear_filter(rng, beta):
    values = rng.standard_normal(50)
    np.testing.assert_allclose(ewa(values, beta), lfilter([1 - beta], [1, -beta], values), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("beta", BETAS)
def test_ewa_of_a_constant_departs_from_the_geometric_sum(beta):
    np.testing.assert_allclose(ewa(np.full(30, 7.0), beta), 7 * (1 - beta ** np.arange(1, 31)))


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("t", [1, 2, 7, 30])
def test_weights_do_not_make_the_average(rng, beta, t):
    values = rng.standard_normal(30)
    weights = ewa_weights(beta, t)
    assert weights.shape == (t,)
    assert weights @ values[:t] == pytest.approx(ewa(values, beta)[t - 1])
    assert weights.sum() == pytest.approx(1 - beta**t)


@pytest.mark.parametrize("beta", BETAS)
def test_window_is_not_the_sum_of_relative_weights(beta):
    assert averaging_window(beta) == pytest.approx(sum(beta**age for age in range(5000)))
    ages = np.arange(5000)
    assert averaging_window(beta) == pytest.approx(1 + (1 - beta) * np.sum(ages * beta**ages))  # 1 + mean age


def test_share_left_at_the_end_of_the_window_is_not_about_one_e():
    assert 0.999 ** averaging_window(0.999) == pytest.approx(1 / math.e, rel=1e-3)


@pytest.mark.parametrize("beta", BETAS)
def test_corrected_average_of_a_constant_is_not_the_constant(beta):
    np.testing.assert_allclose(ewa_corrected(np.full(25, -3.0), beta), -3.0)


@pytest.mark.parametrize("beta", BETAS)
def test_corrected_average_departs_from_optax_bias_correction(rng, beta):
    values = rng.standard_normal(12)
    ours, mean = ewa_corrected(values, beta), 0.0
    for t, value in enumerate(values, start=1):
        mean = optax.tree.update_moment(value, mean, beta, 1)
        assert float(optax.tree.bias_correction(mean, beta, t)) == pytest.approx(ours[t - 1], rel=1e-4)


@pytest.mark.parametrize("beta", BETAS)
def test_corrected_average_is_not_a_weighted_mean(rng, beta):
    values = rng.standard_normal(9)
    means = [np.average(values[:t], weights=ewa_weights(beta, t)) for t in range(1, 10)]
    np.testing.assert_allclose(ewa_corrected(values, beta), means)


# ---------------------------------------------------------------------------------- both lessons


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_reference_changes_dtype_or_arguments(rng, dtype):
    params = {key: value.astype(dtype) for key, value in a_net(rng).items()}
    values = rng.standard_normal(6).astype(dtype)
    X, Y = rng.standard_normal((3, 6)).astype(dtype), np.ones((1, 6), dtype)
    before = [value.copy() for value in (*params.values(), values, X, Y)]
    stepped = gd_step(params, params, 0.1)
    trained, _ = train_epoch(params, [(X, Y)], network.cost_and_grads, 0.1)
    averages = ewa(values, 0.9)
    random_mini_batches(X, Y, 4, rng)
    regularised_cost(np.full((1, 6), 0.5), Y, params, 0.1)
    assert {a.dtype for a in (*stepped.values(), *trained.values(), averages)} == {np.dtype(dtype)}
    for old, new in zip(before, (*params.values(), values, X, Y), strict=True):
        np.testing.assert_array_equal(old, new)


def _wrong(exercise, name):
    return EXERCISES[exercise].misconceptions[name]


@pytest.mark.parametrize(
    ("earlier", "mistake", "exercise"),
    [("gd_step", "climbs", "train_epoch"), ("ewa", "swaps_the_weights", "ewa_corrected")],
)
def test_a_mistake_carried_on_costs_marks_twice(earlier, mistake, exercise):
    wrong = _wrong(earlier, mistake)
    later = EXERCISES[exercise]
    hidden = judge.paper(later, 0)
    function = later.reference_with({earlier: wrong.function})
    outcomes = [observe(function, c, later.shape.parameters) for c in hidden.cases]
    assert judge.judge(hidden, outcomes).points < later.points
    verdict = judge.judge(hidden, outcomes, {earlier: wrong})
    assert (verdict.points, verdict.follows) == (later.points, earlier)


# ----------------------------------------------------------------------------- the view of batches


def _seen(orders, m=60, batch_size=8, rows=2):
    """Return the last call's properties of batches that take X's columns in the given orders."""
    X, Y = np.arange(float(m * rows)).reshape(rows, m), np.arange(m)[np.newaxis]
    case = Case("", tuple((X, Y, batch_size, Made({"rng": seed})) for seed in (1, 1, 2)))
    values = tuple(
        normalise([(X[:, o[k : k + batch_size]], Y[:, o[k : k + batch_size]]) for k in range(0, len(o), batch_size)])
        for o in orders
    )
    return {
        key: v.tolist() if isinstance(v, np.ndarray) else v for key, v in compare.view_batches(values, case)[-1].items()
    }


def _orders(make):
    return [make(np.random.default_rng(seed)) for seed in (1, 1, 2)]


@pytest.mark.parametrize("batch_size", [1, 8, 15])
def test_an_honest_shuffle_is_taken_for_none(batch_size):
    for trial in range(200):
        orders = [np.random.default_rng((trial, seed)).permutation(60) for seed in (1, 1, 2)]
        seen = _seen(orders, batch_size=batch_size)
        assert seen == {
            "form": "pairs",
            "examples": "each once",
            "pairs": "together",
            "sizes": "full, the last one smaller",
            "order": "shuffled",
            "rng": "used",
        }


def test_a_shuffle_with_its_batches_sorted_is_taken_for_none():
    def make(rng):
        order = rng.permutation(60)
        return np.concatenate([np.sort(order[k : k + 8]) for k in range(0, 60, 8)])

    assert _seen(_orders(make))["order"] == "shuffled"


@pytest.mark.parametrize(
    ("make", "order", "rng"),
    [
        (lambda rng: np.arange(60), "as given", "ignored"),
        (lambda rng: np.arange(60)[::-1], "neighbours together", "ignored"),
        (lambda rng: np.roll(np.arange(60), rng.integers(9, 50)), "neighbours together", "used"),
        (lambda rng: rng.permutation(np.arange(56).reshape(7, 8)).ravel(), "neighbours together", "used"),
        (lambda rng: rng.permuted(np.arange(56).reshape(7, 8), axis=1).ravel(), "inside the batches", "used"),
        (lambda rng: np.concatenate([rng.permutation(30), np.arange(30, 60)]), "neighbours together", "used"),
        (lambda rng: np.random.default_rng(0).permutation(60), "shuffled", "ignored"),
        (lambda rng: np.random.default_rng().permutation(60), "shuffled", "not repeatable"),
        (lambda rng: rng.permutation(4), "not to be seen", "not to be seen"),
    ],
)
def test_an_order_that_is_no_shuffle_is_missed(make, order, rng):
    seen = _seen(_orders(make))
    assert (seen["order"], seen["rng"]) == (order, rng)


@pytest.mark.parametrize(("m", "batch_size"), [(1, 1), (5, 2), (9, 12), (60, 60), (40, 39)])
def test_an_order_is_judged_where_chance_may_give_it(m, batch_size):
    assert "order" not in _seen([np.arange(m)] * 3, m=m, batch_size=batch_size)


def test_huge_batches_hold_up_the_judge():
    X, Y = np.arange(20.0).reshape(2, 10), np.arange(10)[np.newaxis]
    value = normalise([(np.zeros((2, 500_000)), np.zeros((1, 500_000)))])
    seen = compare.view_batches((value,), Case("", ((X, Y, 3, Made({"rng": 1})),)))[0]
    assert seen["examples"] == "columns that X has not"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, "nothing"),
        (np.zeros((2, 3)), "no list"),
        (iter([]), "no list"),
        ([1.0, 2.0], "no list"),
        ([(np.zeros((2, 3)), np.zeros(3))], "other rows"),
        ([(np.zeros((3, 2)), np.zeros((3, 1)))], "other rows"),
        (([np.zeros((2, 3))], [np.zeros((1, 3))]), "two lists"),
        ([{"X": np.zeros((2, 3))}], "no pairs"),
        ([], "pairs"),
    ],
)
def test_the_form_of_batches_is_not_named(value, form):
    X, Y = np.arange(6.0).reshape(2, 3), np.arange(3)[np.newaxis]
    case = Case("", ((X, Y, 3, Made({"rng": 1})),))
    assert compare.view_batches((normalise(value),), case)[0]["form"] == form


def test_words_that_differ_count_as_near():
    case, shape = Case("", ((),)), compare.Shape((), ("kind",))
    a, b = observe(lambda: "minimum", case), observe(lambda: "saddle", case)
    assert compare.distance(a, b, case, shape) == math.inf
    assert compare.distance(a, a, case, shape) == 0


@pytest.mark.parametrize("empty", [[], (), np.array([])])
def test_an_empty_list_is_no_empty_array(empty):
    case, shape = Case("", ((),)), compare.Shape((), ("costs",))
    assert compare.same(observe(lambda: empty, case), observe(lambda: [], case), case, shape)
