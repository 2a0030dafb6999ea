"""The network against central differences, plain formulas, scikit-learn, and itself one run at a time."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from optimlab import network
from optimlab.arrays import stack_runs, take_run

NETS = {"binary": (3, 4, 1), "binary, deep": (2, 5, 4, 3, 1), "classes": (3, 6, 4), "one layer": (4, 1)}


def make_case(layer_sizes, seed=0, m=7):
    rng = np.random.default_rng(seed)
    params = network.initialise(layer_sizes, rng)
    params = {key: value + 0.3 * rng.standard_normal(value.shape) for key, value in params.items()}
    X = rng.standard_normal((layer_sizes[0], m))
    n_y = layer_sizes[-1]
    labels = rng.integers(0, max(2, n_y), m)
    Y = labels[None] * 1.0 if n_y == 1 else np.eye(n_y)[:, labels]
    return params, X, Y


def central_differences(f, params, h=1e-6):
    grads = {}
    for key, value in params.items():
        grads[key] = np.empty_like(value)
        for place in np.ndindex(value.shape):
            costs = []
            for sign in (1, -1):
                moved = value.copy()
                moved[place] += sign * h
                costs.append(f({**params, key: moved}))
            grads[key][place] = (costs[0] - costs[1]) / (2 * h)
    return grads


@pytest.mark.parametrize("lam", [0.0, 0.7])
@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("layer_sizes", NETS.values(), ids=NETS)
def test_gradients_match_central_differences(layer_sizes, hidden, lam):
    params, X, Y = make_case(layer_sizes)
    cost, grads = network.cost_and_grads(params, X, Y, hidden, lam)
    expected = central_differences(lambda p: network.cost(p, X, Y, hidden, lam), params)
    assert cost == network.cost(params, X, Y, hidden, lam)
    assert list(grads) == list(params)
    for key in params:
        np.testing.assert_allclose(grads[key], expected[key], rtol=1e-6, atol=1e-8, err_msg=key)


def test_gradients_of_the_linear_model_match_central_differences():
    rng = np.random.default_rng(0)
    params = {"W1": rng.standard_normal((1, 3)), "b1": rng.standard_normal((1, 1))}
    X, Y = rng.standard_normal((3, 6)), rng.standard_normal((1, 6))
    cost, grads = network.linear_cost_and_grads(params, X, Y)
    expected = central_differences(lambda p: network.linear_cost_and_grads(p, X, Y)[0], params)
    assert cost == pytest.approx(sum((params["W1"] @ X + params["b1"] - Y)[0] ** 2) / 12)
    for key in params:
        np.testing.assert_allclose(grads[key], expected[key], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("layer_sizes", NETS.values(), ids=NETS)
def test_cost_is_the_mean_cross_entropy_of_the_probabilities_plus_the_penalty(layer_sizes):
    params, X, Y = make_case(layer_sizes)
    A = network.forward(params, X)
    total = 0.0
    for i in range(X.shape[1]):
        if Y.shape[0] == 1:
            total -= np.log(A[0, i]) if Y[0, i] == 1 else np.log(1 - A[0, i])
        else:
            assert A[:, i].sum() == pytest.approx(1)
            total -= np.log(A[np.argmax(Y[:, i]), i])
    squares = sum(w**2 for key, W in params.items() if key[0] == "W" for w in W.flat)
    expected = total / X.shape[1] + 0.7 / (2 * X.shape[1]) * squares
    assert network.cost(params, X, Y, lam=0.7) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("hidden", "g"), [("relu", lambda z: max(z, 0)), ("tanh", np.tanh)])
def test_forward_computes_unit_by_unit(hidden, g):
    params, X, _ = make_case((2, 3, 1))
    A = network.forward(params, X, hidden)
    for i in range(X.shape[1]):
        units = [g(params["W1"][j] @ X[:, i] + params["b1"][j, 0]) for j in range(3)]
        z = params["W2"][0] @ np.array(units) + params["b2"][0, 0]
        assert A[0, i] == pytest.approx(1 / (1 + np.exp(-z)))


def test_two_class_softmax_is_the_sigmoid_of_the_difference():
    params, X, Y = make_case((3, 4, 2))
    difference = {**params, "W2": params["W2"][1:] - params["W2"][:1], "b2": params["b2"][1:] - params["b2"][:1]}
    np.testing.assert_allclose(network.forward(params, X)[1:], network.forward(difference, X))
    assert network.cost(params, X, Y) == pytest.approx(network.cost(difference, X, Y[1:]))


@pytest.mark.parametrize("n_y", [1, 2])
def test_logits_of_a_thousand_neither_overflow_nor_lose_the_cost(n_y):
    W = np.array([[1000.0]]) if n_y == 1 else np.array([[0.0], [1000.0]])
    params = {"W1": W, "b1": np.zeros((n_y, 1))}
    X = np.array([[1.0, -1.0]])
    right = np.array([[1.0, 0.0]]) if n_y == 1 else np.array([[0.0, 1.0], [1.0, 0.0]])
    with np.errstate(all="raise", under="ignore"):
        assert network.cost_and_grads(params, X, right)[0] == 0
        assert network.cost_and_grads(params, X, 1 - right)[0] == 1000


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("layer_sizes", NETS.values(), ids=NETS)
@pytest.mark.parametrize("own_data", [False, True])
def test_runs_side_by_side_give_what_each_gives_alone(layer_sizes, hidden, own_data):
    cases = [make_case(layer_sizes, seed) for seed in range(6)]
    flat = stack_runs([params for params, _, _ in cases])
    params = {key: value.reshape(2, 3, *value.shape[1:]) for key, value in flat.items()}
    _, X, Y = cases[0]
    if own_data:
        X, Y = np.stack([case[1] for case in cases[:3]]), np.stack([case[2] for case in cases[:3]])
    costs, grads = network.cost_and_grads(params, X, Y, hidden, 0.3)
    correct = network.count_correct(params, X, Y, hidden)
    assert costs.shape == network.cost(params, X, Y, hidden).shape == correct.shape == (2, 3)
    for rate, seed in np.ndindex(2, 3):
        one, X_one, Y_one = take_run(params, (rate, seed)), *((X[seed], Y[seed]) if own_data else (X, Y))
        cost, own = network.cost_and_grads(one, X_one, Y_one, hidden, 0.3)
        assert costs[rate, seed] == pytest.approx(cost, rel=1e-12)
        assert correct[rate, seed] == network.count_correct(one, X_one, Y_one, hidden)
        for key in own:
            np.testing.assert_allclose(grads[key][rate, seed], own[key], rtol=1e-9, atol=1e-14)


def test_nothing_that_was_given_is_modified():
    params, X, Y = make_case((3, 4, 4, 2))
    before = {key: value.copy() for key, value in params.items()}, X.copy(), Y.copy()
    for hidden in ("relu", "tanh", "sigmoid"):
        network.cost_and_grads(params, X, Y, hidden, 0.5)
    assert all((params[key] == before[0][key]).all() for key in params)
    assert (before[1] == X).all()
    assert (before[2] == Y).all()


def test_predictions_and_their_count_by_hand():
    params = {"W1": np.array([[1.0, -1.0]]), "b1": np.array([[0.5]])}
    X = np.array([[0.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 0.5]])  # logits .5, -.5, 2.5, 0
    assert network.predict(params, X).tolist() == [[1, 0, 1, 0]]
    assert network.count_correct(params, X, np.array([[1, 1, 1, 0]])) == 3
    classes = {"W1": np.eye(3)[:, :2], "b1": np.array([[0.0], [0.0], [0.6]])}
    assert network.predict(classes, X).tolist() == [[2, 1, 0, 2]]
    assert network.count_correct(classes, X, np.eye(3)[:, [2, 1, 1, 0]]) == 2


def test_initialise_has_the_spread_of_he_and_zero_biases():
    params = network.initialise((400, 300, 50), np.random.default_rng(0))
    assert {key: value.shape for key, value in params.items()} == {
        "W1": (300, 400),
        "b1": (300, 1),
        "W2": (50, 300),
        "b2": (50, 1),
    }
    assert params["W1"].std() == pytest.approx(np.sqrt(2 / 400), rel=0.01)
    assert params["W2"].std() == pytest.approx(np.sqrt(2 / 300), rel=0.03)
    assert not params["b1"].any()
    assert not params["b2"].any()


def test_initialise_reproduces_the_legacy_recipe_bit_by_bit():
    params = network.initialise((2, 5, 2, 1), np.random.RandomState(3))
    legacy = np.random.RandomState(3)
    for layer, (n_in, n_out) in enumerate([(2, 5), (5, 2), (2, 1)], start=1):
        assert (params[f"W{layer}"] == legacy.randn(n_out, n_in) * np.sqrt(2 / n_in)).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_logistic_optimum_is_where_scikit_learn_ends(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((4, 200)) * np.array([[0.1], [1], [3], [10]])
    Y = (rng.random((1, 200)) < 1 / (1 + np.exp(-(X[:1] * 5 + X[2:3])))).astype(float)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X.T, Y[0])
    expected = log_loss(Y[0], model.predict_proba(X.T))
    assert network.logistic_optimum(X, Y) == pytest.approx(expected, rel=1e-7)


def test_logistic_optimum_says_when_there_is_none():
    X = np.array([[-2.0, -1.0, 1.0, 2.0]])
    with pytest.raises(ValueError, match="no optimum"):
        network.logistic_optimum(X, (X > 0) * 1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p, X, Y: network.cost(p, X.T, Y), ValueError, r"X has shape \(7, 3\); due is \(3, m\)"),
        (lambda p, X, Y: network.forward(p, X[0]), ValueError, r"X has shape \(7,\)"),
        (lambda p, X, Y: network.cost(p, X, Y.T), ValueError, r"Y has shape \(7, 1\); due is \(1, 7\)"),
        (lambda p, X, Y: network.cost_and_grads(p, X, Y[0]), ValueError, r"Y has shape \(7,\)"),
        (lambda p, X, Y: network.count_correct(p, X, np.vstack([Y, Y])), ValueError, r"Y has shape \(2, 7\)"),
        (lambda p, X, Y: network.count_correct(p, X, Y[:, :3]), ValueError, r"Y has shape \(1, 3\)"),
        (lambda p, X, Y: network.cost(p, X, Y, hidden="gelu"), ValueError, "hidden='gelu'.*relu, tanh, sigmoid"),
        (lambda p, X, Y: network.initialise((2, 1), 3), TypeError, r"rng is 3; due is .*default_rng\(0\)"),
        (lambda p, X, Y: network.initialise((2,), np.random.default_rng(0)), ValueError, "at least two sizes"),
        (lambda p, X, Y: network.initialise((2, 0, 1), np.random.default_rng(0)), ValueError, "each at least 1"),
    ],
)
def test_a_mistake_is_named_in_one_line(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call(*make_case((3, 4, 1)))
    assert "\n" not in str(caught.value)
