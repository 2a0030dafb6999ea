"""The reference of lessons 06 and 07 against optax, exact Hessians, exact probabilities and brute force."""

import itertools
import math

import numpy as np
import optax
import pytest

from grader.reference import learning_rate_decay as decay
from grader.reference import saddles_and_plateaus as saddles
from optimlab import landscapes
from optimlab.outcomes import Made

EPOCHS = range(0, 25)
SINGLE = 3e-6
"""Relative: optax computes in float32."""

# ---------------------------------------------------------------------- 06, learning-rate decay


@pytest.mark.parametrize("base", [0.5, 0.95])
def test_exponential_decay_is_optax_exponential_decay(base):
    schedule = optax.exponential_decay(0.3, transition_steps=1, decay_rate=base)
    for epoch in EPOCHS:
        assert decay.exponential_decay(0.3, epoch, base) == pytest.approx(float(schedule(epoch)), rel=SINGLE)


def test_exponential_decay_keeps_95_percent_unless_told():
    assert decay.exponential_decay(2.0, 1) == pytest.approx(1.9)


@pytest.mark.parametrize(("factor", "interval"), [(0.5, 4), (0.1, 7), (0.8, 1)])
def test_step_decay_is_optax_exponential_decay_with_a_staircase(factor, interval):
    schedule = optax.exponential_decay(0.3, transition_steps=interval, decay_rate=factor, staircase=True)
    for epoch in EPOCHS:
        assert decay.step_decay(0.3, epoch, factor, interval) == pytest.approx(float(schedule(epoch)), rel=SINGLE)


def test_one_over_the_inverse_time_rate_grows_by_the_same_amount_each_epoch():
    inverse = [1 / decay.inverse_time_decay(0.2, epoch, 0.7) for epoch in EPOCHS]
    assert inverse[0] == pytest.approx(1 / 0.2)
    assert np.diff(inverse) == pytest.approx(0.7 / 0.2)


def test_staircase_decay_is_inverse_time_decay_held_through_each_interval():
    for epoch, stair in enumerate(np.repeat(range(6), 4)):
        held = decay.inverse_time_decay(0.2, stair, 0.7)
        assert decay.staircase_decay(0.2, epoch, 0.7, 4) == held


def test_four_times_the_epochs_halve_the_inverse_root_rate():
    assert decay.inverse_sqrt_decay(0.2, 0, 3.0) == pytest.approx(0.6)
    for count in range(1, 12):
        late = decay.inverse_sqrt_decay(0.2, 4 * count - 1, 3.0)
        assert late == pytest.approx(decay.inverse_sqrt_decay(0.2, count - 1, 3.0) / 2)


@pytest.mark.parametrize(("warmup", "total"), [(0, 10), (1, 10), (4, 16), (9, 10)])
def test_warmup_cosine_is_optax_linear_then_cosine(warmup, total):
    alpha0 = 0.3
    cosine = optax.cosine_decay_schedule(alpha0, decay_steps=total - warmup)
    schedule = cosine
    if warmup > 1:
        # optax counts the line's points from 0, with alpha0 as the last one
        line = optax.linear_schedule(alpha0 / warmup, alpha0, transition_steps=warmup - 1)
        schedule = optax.join_schedules([line, cosine], boundaries=[warmup])
    for epoch in range(1 if warmup == 1 else 0, total + 1):
        at = epoch - 1 if warmup == 1 else epoch
        due = float(schedule(at))
        assert decay.warmup_cosine(alpha0, epoch, warmup, total) == pytest.approx(due, rel=SINGLE, abs=1e-8)


def test_a_warm_up_of_one_epoch_starts_at_alpha0():
    assert decay.warmup_cosine(0.3, 0, 1, 10) == 0.3


def test_warmup_cosine_ends_at_zero_and_joins_without_a_jump():
    rates = [decay.warmup_cosine(0.3, epoch, 5, 20) for epoch in range(21)]
    assert rates[4] == rates[5] == 0.3
    assert rates[20] == pytest.approx(0, abs=1e-16)
    assert min(rates[:20]) > 0


# ------------------------------------------------------------------------- 07, the Hessian

POINTS = [(0.7, -0.4), (1.3, 0.9), (-0.5, 1.1)]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", landscapes.names())
def test_numerical_hessian_is_the_landscapes_own(name, point):
    landscape, x = landscapes.get(name), np.array(point)
    exact = landscape.hessian(x)
    found = saddles.numerical_hessian(landscape.gradient, x)
    assert found == pytest.approx(exact, rel=1e-6, abs=1e-6 * np.abs(exact).max())


def test_the_error_of_numerical_hessian_falls_with_the_square_of_h():
    beale, x = landscapes.get("beale"), np.array([1.3, 0.9])
    errors = [np.abs(saddles.numerical_hessian(beale.gradient, x, h) - beale.hessian(x)).max() for h in (0.02, 0.01)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.02)


def test_numerical_hessian_is_symmetric_to_the_last_digit_and_leaves_x_alone():
    x = np.array([1.3, 0.9])
    H = saddles.numerical_hessian(landscapes.get("beale").gradient, x, 0.1)
    assert np.array_equal(H, H.T)
    assert np.array_equal(x, [1.3, 0.9])


@pytest.mark.parametrize("size", [1, 3, 5])
def test_numerical_hessian_of_a_quadratic_is_its_matrix_at_any_h(size):
    A = np.random.default_rng(size).standard_normal((size, size))
    gradient = Made({"quadratic": (A + A.T).tolist()}).build()
    assert saddles.numerical_hessian(gradient, np.ones(size), 0.3) == pytest.approx(A + A.T)


def test_gradients_named_for_hidden_cases_are_the_landscapes_with_their_numbers():
    gradient = Made({"landscape": "saddle", "of": "gradient", "kappa": 3.0}).build()
    assert np.array_equal(gradient(np.array([1.0, 2.0])), landscapes.saddle(3.0).gradient(np.array([1.0, 2.0])))


# ------------------------------------------------------------------------ 07, kinds of points


@pytest.mark.parametrize("name", landscapes.names())
def test_classify_critical_point_agrees_with_the_kinds_of_the_landscapes(name):
    landscape = landscapes.get(name)
    for point in landscape.critical_points:
        assert saddles.classify_critical_point(landscape.hessian(np.array(point.x))) == point.kind


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ((2.0, 1e-6), "degenerate"),  # at most 1e-6 * 2
        ((2.0, 2.5e-6), "minimum"),
        ((0.5, 1e-6), "degenerate"),  # at most 1e-6 * 1
        ((0.5, -2e-6), "saddle"),
        ((-2000.0, 1e-3), "degenerate"),
        ((-2000.0, 3e-3), "saddle"),
        ((1e-7, -1e-7), "degenerate"),
        ((3.0, -1.0, 0.0), "saddle"),
        ((-3.0, -1.0, 0.0), "degenerate"),
        ((-3.0, -1.0, -1e-4), "maximum"),
        ((0.0,), "degenerate"),
        ((-1e-5,), "maximum"),
    ],
)
def test_eigenvalues_count_as_zero_by_the_larger_of_one_and_the_largest_magnitude(eigenvalues, kind):
    assert saddles.classify_critical_point(np.diag(eigenvalues)) == kind


def test_sylvesters_law_turning_and_stretching_axes_keeps_the_kind():
    rng = np.random.default_rng(0)
    for eigenvalues in ((1, 2, 3), (-1, -2, -3), (1, 2, -3)):
        S = rng.standard_normal((3, 3)) + 3 * np.eye(3)
        stretched = saddles.classify_critical_point(S @ np.diag(eigenvalues) @ S.T)
        assert stretched == saddles.classify_critical_point(np.diag(eigenvalues))


@pytest.mark.parametrize(("dimension", "exact"), [(1, 0.0), (2, 1 / math.sqrt(2)), (3, 0.5 + math.sqrt(2) / math.pi)])
def test_saddle_fraction_is_within_4_standard_errors_of_the_exact_share(dimension, exact):
    trials = 20_000
    share = saddles.saddle_fraction(dimension, trials, np.random.default_rng(7))
    assert abs(share - exact) <= 4 * math.sqrt(exact * (1 - exact) / trials)


def test_saddle_fraction_draws_one_matrix_per_trial_and_nothing_else():
    rng, other = np.random.default_rng(3), np.random.default_rng(3)
    saddles.saddle_fraction(3, 5, rng)
    other.standard_normal((5, 3, 3))
    assert rng.random() == other.random()


# ------------------------------------------------------------------------------ 07, plateaus


def plateaus(losses, tol, patience):
    """Return all places that the definition names, with no window and no minimum."""
    later = {i: losses[i + 1 :][:patience] for i in range(len(losses))}
    return [i for i, ahead in later.items() if len(ahead) == patience and all(losses[i] < tol + x for x in ahead)]


def test_find_plateau_is_the_first_place_of_the_definition_for_all_short_runs():
    found = set()
    for length in range(1, 7):
        for eighths in itertools.product(range(3), repeat=length):
            losses = np.array(eighths) / 8
            for tol, patience in itertools.product((1 / 8, 2 / 8), (1, 2, 4)):
                places = plateaus(losses.tolist(), tol, patience)
                due = places[0] if places else None
                assert saddles.find_plateau(losses, tol, patience) == due
                found.add(due)
    assert {None, 0, 1, 2} <= found


def test_a_nan_is_no_plateau_and_hides_none_after_it():
    losses = np.array([4.0, np.nan, 1.0, 1.0, 1.0])
    assert saddles.find_plateau(losses, 0.5, 2) == 2
    assert saddles.find_plateau(losses[:4], 0.5, 2) is None


# -------------------------------------------------------------------------------- 07, escape

STEPS_OF_DESCENT = {1e-1: 19, 1e-2: 43, 1e-4: 91, 1e-6: 139, 1e-8: 188, 1e-12: 284}
"""At rate 0.1 from (0, d) on the saddle between two minima, until |y| > 0.5: by d, counted once in a plain loop."""


def steps_of_descent(d, limit=1000):
    step = Made({"stepper": "descent", "rate": 0.1}).build()
    return saddles.steps_to_escape(step, landscapes.saddle().gradient, np.array([0.0, d]), 0.5, limit)


def test_descent_leaves_the_saddle_after_the_measured_numbers_of_steps():
    assert {d: steps_of_descent(d) for d in STEPS_OF_DESCENT} == STEPS_OF_DESCENT


def test_ten_times_nearer_costs_descent_24_more_steps():
    per_decade = (steps_of_descent(1e-12) - steps_of_descent(1e-2)) / 10
    assert per_decade == pytest.approx(math.log(10) / math.log(1.1), abs=0.1)


def test_the_limit_is_the_last_step_that_counts():
    assert steps_of_descent(0.1, limit=19) == 19
    assert steps_of_descent(0.1, limit=18) is None


@pytest.mark.parametrize(("x0", "limit", "due"), [((3.0, 4.0), 0, None), ((3.0, 4.1), 0, 0), ((2.0, 3.0), 5, 2)])
def test_the_radius_itself_is_inside_and_the_start_counts_as_step_0(x0, limit, due):
    step = Made({"stepper": "shift", "rate": 1.0}).build()
    assert saddles.steps_to_escape(step, landscapes.horse_saddle().gradient, np.array(x0), 5.0, limit) == due
