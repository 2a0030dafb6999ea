"""AdaGrad, RMSprop and Adam of the reference against optax, closed forms and measured first steps."""

from __future__ import annotations

import numpy as np
import pytest

from grader import judge
from grader.exercises.adam import adam_step as adam_exercise
from grader.exercises.adam import bias_correct as bias_correct_exercise
from grader.reference.adam import adam_step, bias_correct, init_adam
from grader.reference.rmsprop import adagrad_step, init_square_average, rmsprop_step
from optimlab.outcomes import observe

LAYERS = {"W1": (4, 3), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}
STEPS = 12


def arrays(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return arrays of standard normal numbers, among them a unit that never gets a gradient."""
    drawn = {key: rng.standard_normal(shape) for key, shape in LAYERS.items()}
    drawn["W1"][0], drawn["b1"][0] = 0.0, 0.0
    return drawn


def gradients(seed: int) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return [arrays(rng) for _ in range(STEPS)]


@pytest.fixture
def optax_path():
    """Return a function that follows an optax optimiser in float64 and yields the parameters after each step."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)

    def follow(method: str, params: dict, grads: list[dict], **settings: float):
        transform = getattr(optax, method)(**settings)
        state = transform.init(params)
        path = []
        for g in grads:
            updates, state = transform.update(g, state, params)
            params = {key: params[key] + np.asarray(updates[key]) for key in params}
            path.append(params)
        return path

    yield follow
    jax.config.update("jax_enable_x64", before)


def assert_same_path(mine: list[dict], theirs: list[dict]) -> None:
    for number, (a, b) in enumerate(zip(mine, theirs, strict=True), start=1):
        for key in a:
            np.testing.assert_allclose(a[key], b[key], rtol=1e-12, atol=1e-13, err_msg=f"step {number}, {key}")


# ---------------------------------------------------------------------------------- against optax


@pytest.mark.parametrize("epsilon", [1e-8, 1e-2])
def test_adam_departs_from_optax(optax_path, epsilon):
    params, grads = arrays(np.random.default_rng(1)), gradients(2)
    theirs = optax_path("adam", params, grads, learning_rate=0.05, b1=0.8, b2=0.95, eps=epsilon)
    mine, (v, s) = [], init_adam(params)
    for t, g in enumerate(grads, start=1):
        params, v, s = adam_step(params, g, v, s, t, 0.05, 0.8, 0.95, epsilon)
        mine.append(params)
    assert_same_path(mine, theirs)


def test_adams_usual_settings_are_not_those_of_the_paper(optax_path):
    params, grads = arrays(np.random.default_rng(3)), gradients(4)
    theirs = optax_path("adam", params, grads, learning_rate=0.001, b1=0.9, b2=0.999, eps=1e-8)
    mine, (v, s) = [], init_adam(params)
    for t, g in enumerate(grads, start=1):
        params, v, s = adam_step(params, g, v, s, t)
        mine.append(params)
    assert_same_path(mine, theirs)


@pytest.mark.parametrize("epsilon", [1e-8, 1e-2])
def test_rmsprop_departs_from_optax(optax_path, epsilon):
    # optax adds ε under the root unless told otherwise.
    params, grads = arrays(np.random.default_rng(5)), gradients(6)
    settings = {"learning_rate": 0.05, "decay": 0.8, "eps": epsilon, "eps_in_sqrt": False, "initial_scale": 0.0}
    theirs = optax_path("rmsprop", params, grads, **settings)
    mine, s = [], init_square_average(params)
    for g in grads:
        params, s = rmsprop_step(params, g, s, 0.05, 0.8, epsilon)
        mine.append(params)
    assert_same_path(mine, theirs)


def test_adagrad_departs_from_optax(optax_path):
    # optax has ε under the root and no way to move it, and starts its sums at 0.1. So both run without ε from a
    # start that isn't zero; the place of ε is held by the closed forms below.
    params, grads = arrays(np.random.default_rng(7)), gradients(8)
    theirs = optax_path("adagrad", params, grads, learning_rate=0.05, initial_accumulator_value=0.3, eps=0.0)
    mine, s = [], {key: np.full_like(value, 0.3) for key, value in params.items()}
    for g in grads:
        params, s = adagrad_step(params, g, s, 0.05, 0.0)
        mine.append(params)
    assert_same_path(mine, theirs)


# -------------------------------------------------------------------------------- closed forms


def lengths_of_steps(step, averages: int, gradient: float = 1.0, steps: int = 20) -> np.ndarray:
    """Return how far each step goes under a constant gradient; ``step(params, grads, *state, t)``."""
    params = {"W1": np.zeros((1, 1))}
    state = [{"W1": np.zeros((1, 1))} for _ in range(averages)]
    lengths = []
    for t in range(1, steps + 1):
        moved, *state = step(params, {"W1": np.full((1, 1), gradient)}, *state, t)
        lengths.append(float(params["W1"][0, 0] - moved["W1"][0, 0]))
        params = moved
    return np.array(lengths)


def test_adagrads_steps_do_not_fall_with_the_root_of_t():
    lengths = lengths_of_steps(lambda p, g, s, t: adagrad_step(p, g, s, 1.0, 0.0), averages=1, gradient=7.0)
    np.testing.assert_allclose(lengths, 1 / np.sqrt(np.arange(1, 21)), rtol=1e-12)


def test_rmsprops_first_step_is_not_one_over_the_root_of_one_minus_beta():
    lengths = lengths_of_steps(lambda p, g, s, t: rmsprop_step(p, g, s, 1.0, 0.9, 0.0), averages=1, gradient=-7.0)
    t = np.arange(1, 21)
    np.testing.assert_allclose(lengths, -1 / np.sqrt(1 - 0.9**t), rtol=1e-12)
    assert abs(lengths[0]) == pytest.approx(3.16, abs=0.005)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, -250.0])
def test_adams_steps_are_not_all_of_the_rates_length_under_a_constant_gradient(gradient):
    lengths = lengths_of_steps(lambda p, g, v, s, t: adam_step(p, g, v, s, t, 0.5, epsilon=0.0), 2, gradient)
    np.testing.assert_allclose(lengths, np.sign(gradient) * 0.5, rtol=1e-9)


FIRST_STEPS = {  # in units of the rate, at t = 1, 2, 5, 10, 20
    "forgets_the_correction": (3.16, 4.25, 5.80, 6.53, 6.24),
    "corrects_the_first_average_alone": (31.6, 22.4, 14.2, 10.0, 7.1),
    "corrects_the_square_average_alone": (0.100, 0.19, 0.41, 0.65, 0.88),
}


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_a_half_corrected_adam_does_not_take_its_known_first_steps(name):
    function = adam_exercise.misconceptions[name].function
    lengths = lengths_of_steps(lambda p, g, v, s, t: function(p, g, v, s, t, 1.0, 0.9, 0.999, 1e-12), 2)
    np.testing.assert_allclose(lengths[[0, 1, 4, 9, 19]], FIRST_STEPS[name], rtol=0.01, atol=0.005)


def test_adam_that_hands_on_corrected_averages_does_not_come_to_a_halt():
    function = adam_exercise.misconceptions["hands_on_corrected_averages"].function
    lengths = lengths_of_steps(lambda p, g, v, s, t: function(p, g, v, s, t, 1.0, 0.9, 0.999, 1e-8), 2, steps=50)
    assert lengths[0] == pytest.approx(1.0)
    assert lengths[1] == pytest.approx(0.235, abs=0.0005)
    assert lengths.sum() == pytest.approx(1.288, abs=0.0005)


def test_epsilon_does_not_stand_outside_the_root():
    # A gradient as large as ε makes every first step of AdaGrad and of Adam half a rate: ε / (ε + ε).
    for step in (
        lambda p, g, s, t: adagrad_step(p, g, s, 1.0, 1e-3),
        lambda p, g, v, s, t: adam_step(p, g, v, s, t, 1.0, 0.9, 0.999, 1e-3),
    ):
        averages = step.__code__.co_argcount - 3
        assert lengths_of_steps(step, averages, gradient=1e-3, steps=1)[0] == pytest.approx(0.5, rel=1e-9)
    # RMSprop's average has seen 1-β = 1/4 of the square: its root is half the gradient.
    first = lengths_of_steps(lambda p, g, s, t: rmsprop_step(p, g, s, 1.0, 0.75, 1e-3), 1, gradient=1e-3, steps=1)
    assert first[0] == pytest.approx(1 / 1.5, rel=1e-9)


def test_a_gradient_of_zero_moves_a_weight_at_rest_or_makes_it_nan():
    params = {"W1": np.array([[2.0]])}
    zeros = {"W1": np.zeros((1, 1))}
    for moved, *state in (
        adagrad_step(params, zeros, zeros, 0.1),
        rmsprop_step(params, zeros, zeros, 0.1),
        adam_step(params, zeros, zeros, zeros, 1),
    ):
        assert moved["W1"] == 2.0
        assert all(average["W1"] == 0.0 for average in state)


@pytest.mark.parametrize("t", [1, 2, 7, 50])
def test_the_corrected_average_is_not_the_mean_under_the_averages_own_weights(t):
    beta, values = 0.8, np.random.default_rng(9).standard_normal((50, 3))
    average = np.zeros(3)
    for value in values[:t]:
        average = beta * average + (1 - beta) * value
    weights = beta ** np.arange(t)[::-1]
    np.testing.assert_allclose(bias_correct(average, beta, t), np.average(values[:t], axis=0, weights=weights))
    assert bias_correct(float(average[0]), beta, t) == pytest.approx(bias_correct(average, beta, t)[0], rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_changes_the_dtype(dtype):
    cast = {key: value.astype(dtype) for key, value in arrays(np.random.default_rng(10)).items()}
    s = init_square_average(cast)
    results = (
        s,
        *init_adam(cast),
        *adagrad_step(cast, cast, s, 0.1),
        *rmsprop_step(cast, cast, s, 0.1),
        *adam_step(cast, cast, s, s, 3),
    )
    assert {array.dtype for result in results for array in result.values()} == {np.dtype(dtype)}


# ------------------------------------------------------------------------- consequential errors


def student_on(mistaken_bias_correct):
    """Return an adam_step, in a style of its own, that is right but for the bias_correct that it calls."""

    def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        new_params, new_v, new_s = {}, {}, {}
        for key, g in grads.items():
            new_v[key] = v[key] + (1 - beta1) * (g - v[key])
            new_s[key] = s[key] + (1 - beta2) * (g * g - s[key])
            first = mistaken_bias_correct(new_v[key], beta1, t)
            second = mistaken_bias_correct(new_s[key], beta2, t)
            new_params[key] = params[key] - learning_rate * (first / (second**0.5 + epsilon))
        return new_params, new_v, new_s

    return adam_step


def judged(exercise, function, earlier=None):
    drawn = judge.paper(exercise, seed=3)
    outcomes = [observe(function, c, exercise.shape.parameters) for c in drawn.cases]
    return judge.judge(drawn, outcomes, earlier)


@pytest.mark.parametrize("name", bias_correct_exercise.misconceptions)
def test_a_mistake_in_bias_correct_is_charged_again_in_adam_step(name):
    mistake = bias_correct_exercise.misconceptions[name]
    assert judged(bias_correct_exercise, mistake.function).misconception == name
    verdict = judged(adam_exercise, student_on(mistake.function), {"bias_correct": mistake})
    assert (verdict.points, verdict.follows) == (verdict.due, "bias_correct")
    assert "bias_correct" in verdict.message
    assert judged(adam_exercise, student_on(mistake.function)).points < verdict.due


def test_a_second_mistake_in_adam_step_hides_behind_one_in_bias_correct():
    mistake = bias_correct_exercise.misconceptions["divides_by_one_minus_beta"]
    another = bias_correct_exercise.misconceptions["multiplies"]
    for function in (student_on(another.function), adam_exercise.misconceptions["climbs"].function):
        verdict = judged(adam_exercise, function, {"bias_correct": mistake})
        assert verdict.points < verdict.due
        assert not verdict.follows


def test_a_right_adam_step_loses_marks_to_a_mistake_in_bias_correct_that_it_does_not_use():
    mistake = bias_correct_exercise.misconceptions["multiplies"]
    verdict = judged(adam_exercise, student_on(bias_correct), {"bias_correct": mistake})
    assert (verdict.points, verdict.follows) == (verdict.due, "")


def test_the_injected_bias_correct_shows_among_the_parameters_of_adam_step():
    assert adam_exercise.shape.parameters[-1] == "epsilon"


# ------------------------------------------------------------------------- too many values


def test_too_many_returned_values_end_in_an_error_or_without_the_count():
    # Other courses return the corrected averages as well: that has a hint. What else comes in five parts is counted.
    known = judged(adam_exercise, adam_exercise.misconceptions["returns_the_corrected_averages_as_well"].function)
    assert known.misconception == "returns_the_corrected_averages_as_well"
    unknown = judged(adam_exercise, lambda *arguments: (*adam_step(*arguments), {}, {}))
    assert (unknown.points, unknown.misconception) == (0.0, "")
    assert "returned 5 values" in unknown.message
    assert "Return 3 values, `params, v, s`" in unknown.message
