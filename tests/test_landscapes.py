"""The landscapes against central differences, eigenvalues and the formulas as they are printed."""

import inspect
import math
import re

import numpy as np
import pytest

from optimlab import landscapes

MADE = {
    "ravine": {},
    "ravine, steep": {"a": 0.1, "b": 100.0},
    "ravine, turned": {"a": 0.1, "b": 2.0, "angle": math.pi / 6},
    "beale": {},
    "rosenbrock": {},
    "rosenbrock, milder": {"a": 1.5, "b": 10.0},
    "saddle": {},
    "saddle, flat": {"kappa": 100.0},
    "horse_saddle": {},
    "monkey_saddle": {},
    "quartic": {},
    "shelf": {},
    "shelf, walled": {"wall": 3.0},
    "shelf_and_wall": {},
}


def make(case):
    return landscapes.get(case.split(",")[0], **MADE[case])


def points(landscape, shape, seed=0):
    """Draw points (*shape, 2) from the landscape's window."""
    low, high = np.transpose(landscape.window)
    return np.random.default_rng(seed).uniform(low, high, (*shape, 2))


def central_differences(function, x, h):
    """Return d function / d x_j along a new last axis."""
    steps = h * np.eye(2)
    return np.stack([(function(x + e) - function(x - e)) / (2 * h) for e in steps], axis=-1)


def expected_kind(eigenvalues):
    tiny = 1e-9 * max(1.0, np.abs(eigenvalues).max())
    if eigenvalues.min() < -tiny and eigenvalues.max() > tiny:
        return "saddle"
    if np.abs(eigenvalues).min() <= tiny:
        return "degenerate"
    return "minimum" if eigenvalues.min() > 0 else "maximum"


def test_every_registered_landscape_is_tested():
    assert {case.split(",")[0] for case in MADE} == set(landscapes.names())


@pytest.mark.parametrize("case", MADE)
def test_gradient_is_the_slope_of_the_value(case):
    landscape = make(case)
    x = points(landscape, (50,))
    slope = central_differences(landscape.value, x, 1e-5)
    assert slope.shape == (50, 2)
    np.testing.assert_allclose(landscape.gradient(x), slope, rtol=1e-6, atol=1e-6 * np.abs(slope).max())


@pytest.mark.parametrize("case", MADE)
def test_hessian_is_the_slope_of_the_gradient_and_symmetric(case):
    landscape = make(case)
    x = points(landscape, (50,))
    curvature = central_differences(landscape.gradient, x, 1e-5)
    hessian = landscape.hessian(x)
    assert hessian.shape == (50, 2, 2)
    np.testing.assert_allclose(hessian, curvature, rtol=1e-6, atol=1e-7 * np.abs(curvature).max())
    np.testing.assert_array_equal(hessian, hessian.swapaxes(-1, -2))


@pytest.mark.parametrize("case", MADE)
def test_many_points_at_once_give_what_one_at_a_time_gives(case):
    landscape = make(case)
    x = points(landscape, (3, 4))
    for of, tail in (("value", ()), ("gradient", (2,)), ("hessian", (2, 2))):
        function = getattr(landscape, of)
        batch = function(x)
        assert batch.shape == (3, 4, *tail)
        one_by_one = np.array([[function(x[i, j]) for j in range(4)] for i in range(3)])
        np.testing.assert_allclose(batch, one_by_one, rtol=1e-13)


@pytest.mark.parametrize("case", MADE)
def test_critical_points_have_no_slope_and_the_stated_class(case):
    landscape = make(case)
    assert landscape.critical_points
    for point in landscape.critical_points:
        x = np.array(point.x)
        np.testing.assert_allclose(landscape.gradient(x), 0, atol=1e-12)
        assert point.kind == expected_kind(np.linalg.eigvalsh(landscape.hessian(x))), point


@pytest.mark.parametrize("case", [case for case in MADE if case != "shelf"])  # its critical points form a line
def test_every_critical_point_is_listed(case):
    """Newton's method from many starts comes to rest at all the listed points and nowhere else."""
    landscape = make(case)
    starts = points(landscape, (1000,))
    x = np.concatenate([starts, starts * (1, -3)])  # Beale's second saddle lies below the window
    with np.errstate(all="ignore"):
        for _ in range(80):
            ridge = 1e-14 * np.eye(2)
            step = np.linalg.solve(landscape.hessian(x) + ridge, landscape.gradient(x)[..., None])[..., 0]
            x = x - np.clip(np.nan_to_num(step), -0.5, 0.5)
    arrived = x[(np.abs(landscape.gradient(x)).max(axis=-1) < 1e-11) & (np.abs(x).max(axis=-1) < 5)]
    stated = np.array([point.x for point in landscape.critical_points])
    gaps = np.linalg.norm(arrived[:, None] - stated, axis=-1)
    assert gaps.min(axis=1).max() < 1e-3
    assert set(gaps.argmin(axis=1)) == set(range(len(stated)))


@pytest.mark.parametrize(
    ("name", "numbers", "x", "value"),
    [
        ("ravine", {}, (-5, -2), 0.1 * 25 + 2 * 4),
        ("beale", {}, (3, 0.5), 0),
        ("beale", {}, (0, 0), 1.5**2 + 2.25**2 + 2.625**2),
        ("beale", {}, (2, 3), (1.5 + 4) ** 2 + (2.25 + 16) ** 2 + (2.625 + 52) ** 2),
        ("rosenbrock", {}, (-1.2, 1), 24.2),
        ("saddle", {}, (0, 1), -0.25),
        ("saddle", {"kappa": 10.0}, (1, 1), 0.5 - 0.025),
        ("horse_saddle", {}, (3, 2), 5),
        ("monkey_saddle", {}, (2, 1), 2),
        ("quartic", {}, (2, 3), 25),
        ("shelf", {}, (7, math.log(3)), 1 / 32),
        ("shelf_and_wall", {}, (1, math.log(3)), 50 + 1 / 32),
    ],
)
def test_values_worked_by_hand(name, numbers, x, value):
    assert landscapes.get(name, **numbers).value(np.array(x)) == pytest.approx(value, abs=1e-14)


@pytest.mark.parametrize("kappa", [1, 20, 1000, 1e4])
@pytest.mark.parametrize("angle", [0, 0.3, math.pi / 4])
def test_a_turned_ravine_keeps_its_condition_number(kappa, angle):
    hessian = landscapes.ravine(0.1, 0.1 * kappa, angle).hessian(np.zeros(2))
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [0.2, 0.2 * kappa], rtol=1e-9)


def test_the_turned_valley_runs_along_its_angle():
    angle = 0.4
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-math.sin(angle), math.cos(angle)])
    landscape = landscapes.ravine(0.1, 2.0, angle)
    assert landscape.value(3 * along) == pytest.approx(0.9)
    assert landscape.value(3 * across) == pytest.approx(18.0)


def test_rosenbrocks_eigenvalues_at_the_minimum():
    eigenvalues = np.linalg.eigvalsh(landscapes.rosenbrock().hessian(np.array([1.0, 1.0])))
    np.testing.assert_allclose(eigenvalues, [0.3994, 1001.6], rtol=1e-4)


def test_the_shelf_keeps_its_digits_far_out():
    """The slope at y = 30 is exp(-30)/2 to first order; 1 - tanh^2 would give 0 or noise."""
    slope = landscapes.shelf().gradient(np.array([0.0, 30.0]))[1]
    assert slope == pytest.approx(math.exp(-30) / 2, rel=1e-9, abs=0)
    assert np.all(np.isfinite(landscapes.shelf().hessian(np.array([0.0, -1e4]))))


@pytest.mark.parametrize("case", MADE)
def test_float32_stays_float32_and_integers_become_float64(case):
    landscape = make(case)
    for of in ("value", "gradient", "hessian"):
        function = getattr(landscape, of)
        assert function(np.ones(2, dtype=np.float32)).dtype == np.float32
        assert function(np.array([1, 2])).dtype == np.float64
        np.testing.assert_array_equal(function([1, 2]), function(np.array([1.0, 2.0])))


@pytest.mark.parametrize("case", MADE)
def test_nothing_that_comes_in_is_modified(case):
    landscape = make(case)
    x = np.array([0.7, -0.3])
    for of in ("value", "gradient", "hessian"):
        getattr(landscape, of)(x)
    np.testing.assert_array_equal(x, [0.7, -0.3])


@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((2, 1)), 1.0])
def test_points_of_another_dimension_are_refused(x):
    with pytest.raises(ValueError, match=re.escape(f"got shape {np.shape(x)}")):
        landscapes.beale().value(x)


def test_complex_points_are_refused_rather_than_cut():
    with pytest.raises(TypeError, match="complex128"):
        landscapes.beale().gradient(np.array([1j, 0]))


def test_an_unknown_name_lists_the_names():
    with pytest.raises(KeyError, match="beale, horse_saddle"):
        landscapes.get("beal")


@pytest.mark.parametrize(
    ("name", "numbers", "word"),
    [
        ("ravine", {"a": 0}, "above zero"),
        ("ravine", {"b": float("nan")}, "above zero"),
        ("rosenbrock", {"b": -1}, "above zero"),
        ("saddle", {"kappa": 0}, "above zero"),
        ("shelf", {"wall": -1}, "below zero"),
    ],
)
def test_numbers_that_make_another_shape_are_refused(name, numbers, word):
    with pytest.raises(ValueError, match=word):
        landscapes.get(name, **numbers)


@pytest.mark.parametrize("case", MADE)
def test_a_landscape_can_be_described_and_drawn(case):
    landscape = make(case)
    (x_low, x_high), (y_low, y_high) = landscape.window
    assert x_low < x_high
    assert y_low < y_high
    assert landscape.name
    assert "$" not in landscape.formula
    inside = [x_low <= p.x[0] <= x_high and y_low <= p.x[1] <= y_high for p in landscape.critical_points]
    assert any(inside)


@pytest.mark.parametrize("case", MADE)
def test_the_gradient_does_not_lead_to_the_exact_hessian(case):
    """A student's numerical_hessian gets the gradient alone; nothing on it may give the answer."""
    gradient = make(case).gradient
    assert not hasattr(gradient, "__self__")
    assert list(inspect.signature(gradient).parameters) == ["x"]


def test_no_exercise_lies_among_the_landscapes():
    exercises = {"numerical_hessian", "classify_critical_point", "saddle_fraction", "find_plateau", "steps_to_escape"}
    assert not exercises & set(vars(landscapes))
