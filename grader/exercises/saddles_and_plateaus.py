"""Lesson 07: hidden cases, aspects and misconceptions of the functions on saddles and plateaus."""

from __future__ import annotations

import numpy as np

from grader.exercises.model import INPUTS, Aspect, Exercise, case
from grader.reference import saddles_and_plateaus as reference
from optimlab.outcomes import Again, Case, Made

_UNTOUCHED = Aspect("inputs untouched", 0.5, of=INPUTS)


def _quadratic(hessian: np.ndarray) -> Made:
    """Name the gradient of the quadratic form with this Hessian."""
    return Made({"quadratic": np.asarray(hessian, dtype=float).tolist()})


def _landscape(name: str, **numbers: float) -> Made:
    """Name the gradient of a landscape."""
    return Made({"landscape": name, "of": "gradient", **numbers})


def _turned(rng: np.random.Generator, eigenvalues: list[float]) -> np.ndarray:
    """Return a symmetric matrix with these eigenvalues and random eigenvectors."""
    directions, _ = np.linalg.qr(rng.standard_normal((len(eigenvalues), len(eigenvalues))))
    hessian = directions * np.array(eigenvalues) @ directions.T
    return (hessian + hessian.T) / 2


# ------------------------------------------------------------------------- numerical_hessian

_LINEAR, _CURVED = "linear gradient", "curved gradient"
RTOL_HESSIAN = 1e-6
"""Relative tolerance: at h = 1e-4 rounding leaves ten digits of a second derivative."""


def _draw_numerical_hessian(rng: np.random.Generator) -> list[Case]:
    def h() -> float:
        return float(rng.uniform(0.05, 0.1))

    def symmetric(size: int) -> np.ndarray:
        A = rng.standard_normal((size, size))
        return A + A.T

    cases = [
        case(name, (_quadratic(symmetric(size)), rng.standard_normal(size), h()), tags=(_LINEAR,))
        for name, size in (("one dimension", 1), ("a quadratic", 2), ("a quadratic, four dimensions", 4))
    ]
    cases.append(
        case("a quadratic, the usual h", (_quadratic(symmetric(3)), rng.standard_normal(3)), tags=(_LINEAR,)),
    )
    beale = _landscape("beale")
    for name, signs in (("Beale", (1, 1)), ("Beale, another place", (1, -1)), ("Beale, a third place", (-1, 1))):
        point = np.array(signs) * rng.uniform([0.6, 0.6], [2.0, 1.4])
        cases.append(case(name, (beale, point, h()), tags=(_CURVED,)))
    small = _quadratic(1e-4 * symmetric(3))
    cases.append(case("a quadratic, small curvatures", (small, rng.standard_normal(3), h()), tags=(_LINEAR,)))
    cases.append(case("Beale, the usual h", (beale, rng.uniform([0.6, 0.6], [2.0, 1.4])), tags=(_CURVED,)))
    cases.append(case("Beale, on an axis", (beale, np.array([rng.uniform(0.6, 2.0), 0.0]), h()), tags=(_CURVED,)))
    cases.append(
        case("a quadratic, where its gradient is 0", (_quadratic(symmetric(2)), np.zeros(2), h()), tags=(_LINEAR,))
    )
    place, step = rng.standard_normal(2), h()
    two = ((_quadratic(symmetric(2)), place, step) for _ in range(2))
    cases.append(case("two quadratics, at one place", *two, tags=(_LINEAR,)))
    return cases


numerical_hessian = Exercise(
    reference=reference.numerical_hessian,
    returns=("hessian",),
    aspects=(
        Aspect("the Hessian of a quadratic", 1.5, tag=_LINEAR),
        Aspect("the Hessian where curvature changes", 2.0, tag=_CURVED),
        _UNTOUCHED,
    ),
    draw=_draw_numerical_hessian,
    worked=(
        case("one dimension: x squared, at 0.3", (_quadratic([[2.0]]), np.array([0.3]), 0.1), tags=(_LINEAR,)),
        case(
            "a quadratic, at (0.3, -0.7)",
            (_quadratic([[2.0, 1.0], [1.0, -4.0]]), np.array([0.3, -0.7]), 0.1),
            tags=(_LINEAR,),
        ),
        case(
            "a quadratic, at (5, -2, 3)",
            (_quadratic([[2.0, 1.0, -1.0], [1.0, -4.0, 3.0], [-1.0, 3.0, 1.0]]), np.array([5.0, -2.0, 3.0]), 0.1),
            tags=(_LINEAR,),
        ),
        case(
            "a quadratic of small curvatures, at (0.3, -0.7)",
            (_quadratic([[0.0002, 0.0001], [0.0001, -0.0004]]), np.array([0.3, -0.7]), 0.1),
            tags=(_LINEAR,),
        ),
        case("Beale, at (1.5, 1)", (_landscape("beale"), np.array([1.5, 1.0]), 0.1), tags=(_CURVED,)),
        case("Beale, at (2, -1.5)", (_landscape("beale"), np.array([2.0, -1.5]), 0.05), tags=(_CURVED,)),
        case("Beale, at (1, -1), the usual h", (_landscape("beale"), np.array([1.0, -1.0])), tags=(_CURVED,)),
        case("a quadratic, at (0, 0)", (_quadratic([[2.0, 1.0], [1.0, -4.0]]), np.zeros(2), 0.1), tags=(_LINEAR,)),
    ),
    rtol=RTOL_HESSIAN,
    domain="points of any number of dimensions, one too, and `h > 0`",
)

_ALL_ENTRIES = ("the Hessian of a quadratic", "the Hessian where curvature changes")
_CURVED_ENTRIES = ("the Hessian where curvature changes",)
_FORWARD = (
    "Your differences are taken to one side: from `x` to a point beside it. Their error falls with `h` alone. Which "
    "two points make the error fall with `h` squared?"
)
_NOT_SYMMETRIC = (
    "Your Hessian is not symmetric where the curvature changes from place to place. A Hessian always is. What can be "
    "done with it and its transpose?"
)
_FORWARD_AND_NOT_SYMMETRIC = (
    "Your differences are taken to one side, and your Hessian is not symmetric. Which two points around `x` are "
    "equally far, and what can be done with a matrix and its transpose?"
)


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_FORWARD,
    lecture="(g(x + h) - g(x))/h has an error that falls with h; (g(x + h) - g(x - h))/(2h) has one that falls with "
    "h². Print both errors for h = 0.1, 0.01, 0.001: one gains a digit each time, the other two.",
)
def takes_forward_differences(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x)) / h for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_FORWARD,
    lecture="A difference to one side sees the slope half a step away from x. Central differences put x in the "
    "middle, and the error falls with h².",
)
def takes_backward_differences(gradient, x, h=1e-4):
    columns = [(gradient(x) - gradient(x - step)) / h for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_NOT_SYMMETRIC,
    lecture="Second derivatives do not depend on the order, so H equals its transpose; differences give that only "
    "nearly. (H + Hᵀ)/2 makes it exact, and `eigvalsh` relies on it.",
)
def forgets_to_symmetrise(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    return np.stack(columns, axis=1)


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_NOT_SYMMETRIC,
    lecture="Rows or columns, the estimate is only nearly symmetric. (H + Hᵀ)/2 makes it so, whichever way it was "
    "filled.",
)
def forgets_to_symmetrise_rows(gradient, x, h=1e-4):
    rows = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    return np.stack(rows)


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_FORWARD_AND_NOT_SYMMETRIC,
    lecture="Two things: both sides of x, then (H + Hᵀ)/2. Show on Beale's function how far each of them gets alone.",
)
def takes_forward_differences_and_forgets_to_symmetrise(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x)) / h for step in h * np.eye(len(x))]
    return np.stack(columns, axis=1)


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint=_FORWARD_AND_NOT_SYMMETRIC,
    lecture="Two things: both sides of x, then (H + Hᵀ)/2. It does not matter whether rows or columns were filled.",
)
def takes_forward_differences_and_forgets_to_symmetrise_rows(gradient, x, h=1e-4):
    rows = [(gradient(x + step) - gradient(x)) / h for step in h * np.eye(len(x))]
    return np.stack(rows)


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint="Your Hessian is made symmetric by copying its upper triangle. Both triangles are estimates. Which value "
    "uses both of them?",
    lecture="Both triangles are estimates of the same numbers; their mean uses both and errors partly cancel. Copying "
    "one throws half of the work away.",
)
def mirrors_the_upper_triangle(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return np.triu(H) + np.triu(H, 1).T


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint="Your Hessian is made symmetric by copying its lower triangle. Both triangles are estimates. Which value "
    "uses both of them?",
    lecture="The mean (H + Hᵀ)/2 uses both triangles. `eigvalsh` reads the lower one alone, too, and would hide the "
    "difference.",
)
def mirrors_the_lower_triangle(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return np.tril(H) + np.tril(H, -1).T


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your Hessian is twice as large as it should be: a half is missing. How far apart are the two points, and "
    "what turns the sum of a matrix and its transpose into their mean?",
    lecture="From x - h to x + h it is 2h. Test on J = x²: the curvature is 2 and not 4.",
)
def divides_by_one_step(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / h for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your division by 2 is followed by a product with `h`: Python works from left to right. What keeps `2 h` "
    "together below the line?",
    lecture="`/ 2 * h` divides by 2 and then multiplies by h. Write `/ (2 * h)`; on J = x² the right answer is 2 for "
    "every h.",
)
def multiplies_by_h(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / 2 * h for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your differences are not divided by a length: they are halved. A slope is a difference over which distance?",
    lecture="A slope is a difference over a distance. Without h the answer shrinks with h: print it for h = 0.1 and "
    "0.01.",
)
def divides_by_two_alone(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / 2 for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint="Your two points are half of `h` away from `x`. Here `h` is the step to either side. How far apart are the "
    "points?",
    lecture="Here h is the step to either side, so the points are 2h apart. Half steps are a good scheme under "
    "another name for h; the answers differ where the curvature changes.",
)
def takes_half_steps(gradient, x, h=1e-4):
    columns = [(gradient(x + step / 2) - gradient(x - step / 2)) / h for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint="Your step is always the same, whatever the argument says. Where does your function read `h`?",
    lecture="h is an argument. Print the error over h: it falls, and then rises again from rounding, so one must be "
    "able to choose.",
)
def fixes_h(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / 2e-4 for step in 1e-4 * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your Hessian has its diagonal twice: it is in both triangles that you add. Which entries may be copied?",
    lecture="H + Hᵀ has each diagonal entry twice, and so does each other one: halve all of it. Mirroring a triangle "
    "must leave the diagonal out of the copy.",
)
def counts_the_diagonal_twice(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return np.triu(H) + np.triu(H).T


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your Hessian has the mean of one matrix and the negative of its transpose. What does the minus do to the "
    "diagonal?",
    lecture="H - Hᵀ has zeros on its diagonal: it keeps what is not symmetric. The plus keeps what is.",
)
def subtracts_the_transpose(gradient, x, h=1e-4):
    columns = [(gradient(x + step) - gradient(x - step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H - H.T) / 2


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your Hessian has entries on the diagonal only. Moving along one axis changes the slope along others too. "
    "Which entries hold that?",
    lecture="Moving along one axis changes the slope along all of them: a whole column per axis. x·y has zeros on its "
    "diagonal and is a saddle: the diagonal cannot tell.",
)
def fills_the_diagonal_alone(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for i, step in enumerate(h * np.eye(len(x))):
        H[i, i] = (gradient(x + step)[i] - gradient(x - step)[i]) / (2 * h)
    return H


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your function moves all coordinates at once and gets one row of numbers. How many directions are there to "
    "move in, one after the other?",
    lecture="One direction at a time: d directions, d columns. `x + h` on an array moves along the diagonal (1, 1, "
    "...).",
)
def moves_all_coordinates_at_once(gradient, x, h=1e-4):
    return (gradient(x + h) - gradient(x - h)) / (2 * h)


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your signs are turned round: a bowl gets negative curvature. Which gradient is subtracted from which?",
    lecture="Gradient ahead minus gradient behind. A bowl must have positive curvature: test on J = x².",
)
def subtracts_the_other_way_round(gradient, x, h=1e-4):
    columns = [(gradient(x - step) - gradient(x + step)) / (2 * h) for step in h * np.eye(len(x))]
    H = np.stack(columns, axis=1)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your matrix is made of products of slopes, not of their changes. At a critical point it would be zero. What "
    "does the Hessian say about the gradient nearby?",
    lecture="The Hessian holds how the gradient changes. Products of slopes are zero at every critical point, where "
    "the question is asked.",
)
def multiplies_the_gradient_by_itself(gradient, x, h=1e-4):
    return np.outer(gradient(x), gradient(x))


@numerical_hessian.misconception(
    fails=_ALL_ENTRIES,
    hint="Your two points are one and the same array: an assignment gives a second name, not a copy. Which points do "
    "you compare in the end?",
    lecture="`a = x` gives a second name to one array; then `a[i] += h` moves both. `x.copy()`, or `x + h * e`, makes "
    "a new one.",
)
def names_x_twice(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        right, left = x, x
        right[i] += h
        left[i] -= h
        H[:, i] = (gradient(right) - gradient(left)) / (2 * h)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=("the Hessian where curvature changes", "inputs untouched"),
    hint="Your function moves `x` and does not put it back: the second column belongs to another point, and the "
    "caller's array has changed. How can you move a point and keep it?",
    lecture="`x[i] += h` stays, so the next column is taken elsewhere, and the caller's point is gone. Build `x + h * "
    "e` for each direction.",
)
def leaves_x_moved(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        x[i] += h
        right = gradient(x)
        x[i] -= 2 * h
        H[:, i] = (right - gradient(x)) / (2 * h)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=_CURVED_ENTRIES,
    hint="Your copy of `x` is moved and not put back: the second column belongs to another point. From where should "
    "each column start?",
    lecture="Each column starts from the same x: make the copy inside the loop. Otherwise the second column belongs "
    "to a point that was moved along the first axis.",
)
def leaves_the_copy_moved(gradient, x, h=1e-4):
    point = x.copy()
    H = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        point[i] += h
        right = gradient(point)
        point[i] -= 2 * h
        H[:, i] = (right - gradient(point)) / (2 * h)
    return (H + H.T) / 2


@numerical_hessian.misconception(
    fails=("inputs untouched",),
    hint="Your numbers are right, but `x` is not quite what it was: it was moved by `h` there and back, and rounding "
    "leaves a trace. How can you move a point and keep it?",
    lecture="x + h - h need not be x in floating point: (0.1 + 0.7) - 0.7 is not 0.1. Move a copy, and there is "
    "nothing to put back.",
)
def moves_x_and_back(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        x[i] += h
        right = gradient(x)
        x[i] -= 2 * h
        left = gradient(x)
        x[i] += h
        H[:, i] = (right - left) / (2 * h)
    return (H + H.T) / 2


# -------------------------------------------------------------------- classify_critical_point

_DEFINITE, _SADDLE, _ZERO = "definite", "saddle", "zero"


def _draw_classify_critical_point(rng: np.random.Generator) -> list[Case]:
    def up(size: int) -> list[float]:
        # one eigenvalue well above the others, so that they are all different
        return (np.cumsum(rng.uniform(0.3, 0.9, size))).tolist()

    def turned(name: str, eigenvalues: list[float], *tags: str, scale: float = 1.0, tol: float | None = None) -> Case:
        hessian = _turned(rng, (scale * np.array(eigenvalues)).tolist())
        return case(name, (hessian,) if tol is None else (hessian, tol), tags=tags)

    def plain(name: str, rows: list[list[float]], *tags: str, tol: float | None = None) -> Case:
        hessian = np.array(rows)
        return case(name, (hessian,) if tol is None else (hessian, tol), tags=tags)

    down2, down3 = [-value for value in up(2)], [-value for value in up(3)]
    tiny = float(rng.uniform(2e-8, 5e-8))
    curvature = float(rng.uniform(0.5, 2))
    return [
        turned("a minimum", up(2), _DEFINITE, _SADDLE, _ZERO),
        turned("a maximum", down2, _DEFINITE, _SADDLE, _ZERO),
        turned("a minimum, four dimensions", up(4), _DEFINITE),
        turned("a maximum, three dimensions", down3, _DEFINITE),
        plain("a minimum, one dimension", [[curvature]], _DEFINITE),
        plain("a maximum, one dimension", [[-curvature]], _DEFINITE),
        turned("a minimum, one curvature small", [*up(2), float(rng.uniform(1e-5, 2e-5))], _DEFINITE),
        turned("a minimum, large curvatures", up(3), _DEFINITE, scale=1e3),
        turned("a maximum, small curvatures", down3, _DEFINITE, scale=1e-3),
        plain("a minimum with negative entries", [[2.0, -curvature], [-curvature, 3.0]], _DEFINITE),
        turned("a saddle", [up(1)[0], -up(1)[0]], _SADDLE),
        turned("a saddle, one way down", [*up(2), -up(1)[0]], _SADDLE),
        turned("a saddle, two ways down", [*up(1), *down2], _SADDLE),
        turned("a saddle, five dimensions", [*up(3), *down2], _SADDLE),
        turned("a saddle, one of many ways down", [*up(4), -0.01], _SADDLE),
        turned("a saddle, one of many ways up", [*down3, 0.01], _SADDLE),
        plain("a saddle with a positive diagonal", [[1.0, 1 + curvature], [1 + curvature, 1.0]], _SADDLE),
        plain("a saddle with a negative diagonal", [[-1.0, 1 + curvature], [1 + curvature, -1.0]], _SADDLE),
        turned("a saddle, large curvatures", [*up(2), *down2], _SADDLE, scale=1e3),
        turned("a saddle, small curvatures", [*up(2), *down2], _SADDLE, scale=1e-3),
        plain("flat in one of two directions", [[curvature, 0.0], [0.0, 0.0]], _ZERO),
        plain("flat in the only direction", [[0.0]], _ZERO),
        plain("flat in all directions", [[0.0, 0.0], [0.0, 0.0]], _ZERO),
        turned("flat in one direction but for a little, up", [*up(2), tiny], _ZERO),
        turned("flat in one direction but for a little, down", [*up(2), -tiny], _ZERO),
        turned("flat in one direction, else down", [*down2, tiny], _ZERO),
        turned("flat in one direction but for a little, all down", [*down2, -tiny], _ZERO),
        turned("flat in two directions", [*up(2), tiny, -2 * tiny], _ZERO),
        turned("a saddle that is flat in one direction", [*up(1), *down2, tiny], _ZERO),
        turned("a saddle that is flat in one direction, two dimensions up", [*up(2), -up(1)[0], -tiny], _ZERO),
        turned("large curvatures, a small one", [*up(2), 4e-7], _ZERO, scale=1e3),
        turned("large curvatures down, a small one up", [*down2, 2e-7], _ZERO, scale=1e3),
        turned("large curvatures down, a small one down", [*down2, -2e-7], _ZERO, scale=1e3),
        turned("one large curvature, two small ones", [1.0, 0.1, float(rng.uniform(5e-7, 8e-7))], _ZERO, scale=1e3),
        turned("small curvatures, a much smaller one", [*up(2), 2e-4], _ZERO, scale=1e-3),
        turned("a wide tolerance", [*up(2), 0.05], _ZERO, tol=0.1),
        turned("a wide tolerance, a small curvature down", [*up(2), -0.05], _ZERO, tol=0.1),
        turned("a narrow tolerance", [*up(2), 3e-7], _ZERO, tol=1e-8),
        turned("a narrow tolerance, a saddle", [*up(2), -3e-7], _ZERO, tol=1e-8),
        plain("as small as the tolerance", [[0.125]], _ZERO, tol=0.125),
        plain("as small as the tolerance, down", [[-0.125]], _ZERO, tol=0.125),
        *(
            turned(f"a very narrow tolerance, {name}", [*up(2), *small], _ZERO, tol=1e-10)
            for name, small in (("up", [3e-9, 4e-9]), ("down", [-3e-9]), ("both ways", [3e-9, -4e-9]))
        ),
        plain("as small as the tolerance, else down", [[0.125, 0.0], [0.0, -1.0]], _ZERO, tol=0.125),
        plain("as small as the tolerance, down, else up", [[1.0, 0.0], [0.0, -0.125]], _ZERO, tol=0.125),
        case("one matrix, two tolerances", *((np.diag([1.0, 0.25]), tol) for tol in (0.125, 0.5)), tags=(_ZERO,)),
        turned("a curvature just above the tolerance", [1.0, 0.9, float(rng.uniform(1.1e-6, 1.25e-6))], _ZERO),
        turned("large curvatures, one well above the tolerance", [1.0, 0.5, 2e-5], _ZERO, scale=1e3),
        plain("large entries, a small curvature", [[500.00035, 499.99965], [499.99965, 500.00035]], _ZERO),
    ]


def _matrix_case(name: str, rows: list[list[float]], *tags: str, tol: float | None = None) -> Case:
    hessian = np.array(rows)
    return case(name, (hessian,) if tol is None else (hessian, tol), tags=tags)


classify_critical_point = Exercise(
    reference=reference.classify_critical_point,
    returns=("kind",),
    aspects=(
        Aspect("minima and maxima", 1.0, tag=_DEFINITE),
        Aspect("saddles", 1.0, tag=_SADDLE),
        Aspect("curvatures of zero", 1.5, tag=_ZERO),
        _UNTOUCHED,
    ),
    draw=_draw_classify_critical_point,
    worked=(
        _matrix_case("a bowl", [[2.0, 0.0], [0.0, 1.0]], _DEFINITE, _SADDLE, _ZERO),
        _matrix_case("2 and 0.00002", [[2.0, 0.0], [0.0, 0.00002]], _DEFINITE),
        _matrix_case("a hilltop in three dimensions", np.diag([-1.0, -2.0, -3.0]).tolist(), _DEFINITE, _SADDLE, _ZERO),
        _matrix_case("rows 1 3 0, 3 1 0, 0 0 2", [[1.0, 3.0, 0.0], [3.0, 1.0, 0.0], [0.0, 0.0, 2.0]], _SADDLE),
        _matrix_case("one way up, two down, one flat", np.diag([0.0, 3.0, -1.0, -2.0]).tolist(), _ZERO),
        _matrix_case("-2000, -1000 and 0.001", np.diag([-2000.0, -1000.0, 0.001]).tolist(), _ZERO),
        _matrix_case("0.002 and 0.0000002", [[0.002, 0.0], [0.0, 0.0000002]], _ZERO),
        _matrix_case("eigenvalues 2 and 0.75, tol 0.5", [[1.375, 0.625], [0.625, 1.375]], _ZERO, tol=0.5),
        _matrix_case("as small as the tolerance", [[0.125]], _ZERO, tol=0.125),
        _matrix_case("1, 1 and 0.00000125", np.diag([1.0, 1.0, 1.25e-6]).tolist(), _ZERO),
        _matrix_case("1000 and 0.02", [[1000.0, 0.0], [0.0, 0.02]], _ZERO),
        case("1 and 0.25, tol 0.125, then 0.5", *((np.diag([1.0, 0.25]), tol) for tol in (0.125, 0.5)), tags=(_ZERO,)),
    ),
    domain="symmetric matrices (d, d) with `d >= 1`, and `tol > 0`",
)


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your function takes every point with zero gradient for a minimum. What do a hilltop and a saddle have there?",
    lecture="A zero gradient says flat here, no more: hilltops and saddles have it too. The signs of the eigenvalues "
    "decide; in many dimensions nearly all critical points of a random surface are saddles.",
)
def takes_all_for_minima(hessian, tol=1e-6):
    return "minimum"


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your function takes every point with zero gradient for a saddle. What does the curvature have to say?",
    lecture="Some notes call every zero gradient a saddle. A saddle takes curvature of both signs: one eigenvalue "
    "above zero and one below.",
)
def takes_all_for_saddles(hessian, tol=1e-6):
    return "saddle"


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your function looks at the determinant and the trace. That is a rule for two dimensions. What is the sign "
    "of the product of three negative numbers, and which numbers tell in any dimension?",
    lecture="Determinant and trace do for two dimensions. diag(-1, -1, 1) has determinant 1, like diag(1, 1, 1): in "
    "three dimensions only the eigenvalues tell.",
)
def looks_at_the_determinant(hessian, tol=1e-6):
    determinant = np.linalg.det(hessian)
    if abs(determinant) <= tol:
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if np.trace(hessian) > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("saddles", "curvatures of zero"),
    hint="Your function looks at the trace alone, the sum of the curvatures. Which two curvatures add up to something "
    "positive and make a saddle?",
    lecture="The trace is the sum: 3 and -1 give +2 and are a saddle. Look at each eigenvalue.",
)
def looks_at_the_trace(hessian, tol=1e-6):
    trace = np.trace(hessian)
    if abs(trace) <= tol:
        return "saddle"
    return "minimum" if trace > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("saddles", "curvatures of zero"),
    hint="Your function looks at the diagonal: at the curvature along the axes. Must a way down run along an axis? "
    "Which directions does the matrix itself point out?",
    lecture="The way down need not run along an axis: [[1, 2], [2, 1]] has ones on its diagonal and the eigenvalues 3 "
    "and -1. Eigenvectors are the directions to look along.",
)
def looks_at_the_diagonal(hessian, tol=1e-6):
    curvatures = np.diag(hessian)
    zero = tol * max(1, np.abs(curvatures).max())
    if np.any(curvatures > zero) and np.any(curvatures < -zero):
        return "saddle"
    if np.any(np.abs(curvatures) <= zero):
        return "degenerate"
    return "minimum" if curvatures[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your minimum and maximum have changed places. Does a bowl curve up or down?",
    lecture="A bowl curves up: all eigenvalues above zero, a minimum. Say it with J = x²: curvature 2, minimum at 0.",
)
def exchanges_minimum_and_maximum(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "maximum" if eigenvalues[0] > 0 else "minimum"


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your saddle needs one way down and nothing more. What is a point from which all ways lead down?",
    lecture="A saddle has a way down and a way up. All ways down make a maximum.",
)
def takes_any_way_down_for_a_saddle(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.any(eigenvalues < -zero):
        return "saddle"
    return "degenerate" if np.any(eigenvalues <= zero) else "minimum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your eigenvalues count as zero only if they are exactly 0. What does rounding make of a zero?",
    lecture="Rounding turns 0 into 1e-17 or -1e-17, and the sign of that is chance. What is smaller than the "
    "tolerance counts as zero.",
)
def has_no_tolerance(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    if np.all(eigenvalues > 0):
        return "minimum"
    if np.all(eigenvalues < 0):
        return "maximum"
    if np.any(eigenvalues > 0) and np.any(eigenvalues < 0):
        return "saddle"
    return "degenerate"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your eigenvalues are compared with `tol` itself. If all curvatures are thousands, is a thousandth nothing "
    "or something? With what does the tolerance grow?",
    lecture="Rounding errors grow with the matrix: with curvatures of 1e6 an error of 1e-8 is usual. Hence tol · "
    "max(1, largest magnitude).",
)
def takes_an_absolute_tolerance(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    if np.any(eigenvalues > tol) and np.any(eigenvalues < -tol):
        return "saddle"
    if np.any(np.abs(eigenvalues) <= tol):
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your tolerance shrinks with the largest curvature without end. Where all curvatures are small, which number "
    "keeps it from becoming too small?",
    lecture="The max(1, ...) keeps the tolerance from shrinking to nothing where all curvatures are tiny. A matrix of "
    "zeros is degenerate, and a tolerance of 0 makes noise of it.",
)
def takes_a_relative_tolerance(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * np.abs(eigenvalues).max()
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your tolerance grows with the largest eigenvalue, not with the largest magnitude. Which of -2000 and 1 is "
    "larger, and which is farther from zero?",
    lecture="The largest magnitude of -2000 and 1 is 2000. `np.abs(eigenvalues).max()`, not `eigenvalues.max()`.",
)
def forgets_magnitudes_in_the_tolerance(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, eigenvalues.max())
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your tolerance is the same at every call. Where does your function read `tol`?",
    lecture="`tol` is an argument: the same matrix is a minimum at 1e-12 and degenerate at 1e-3. Let the class find "
    "such a matrix.",
)
def fixes_the_tolerance(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = 1e-6 * max(1, np.abs(eigenvalues).max())
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your limit counts as curvature. An eigenvalue exactly as large as the tolerance allows: is it zero or not? "
    "Read the definition again: is its `<=` yours?",
    lecture="Magnitudes up to the limit, the limit itself included, count as zero: <=. It matters in a test only, and "
    "there it is written down.",
)
def leaves_the_limit_out(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.any(eigenvalues >= zero) and np.any(eigenvalues <= -zero):
        return "saddle"
    if np.any(np.abs(eigenvalues) < zero):
        return "degenerate"
    return "minimum" if eigenvalues[0] > 0 else "maximum"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your function calls a point degenerate as soon as one curvature is zero. If there is a way up and a way "
    "down besides, can the flat direction change what the point is?",
    lecture="A way up and a way down make a saddle, whatever else is flat. Ask for both signs first, then for zeros.",
)
def asks_for_zeros_first(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.any(np.abs(eigenvalues) <= zero):
        return "degenerate"
    if np.all(eigenvalues > 0):
        return "minimum"
    return "maximum" if np.all(eigenvalues < 0) else "saddle"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your minimum may have curvatures of zero. Along a flat direction the next terms decide, and the Hessian "
    "does not know them. Which word is due?",
    lecture="With a zero eigenvalue the Hessian does not decide: x⁴ has a minimum at 0, -x⁴ a maximum, x³ neither, "
    "and all have curvature 0. The word is degenerate.",
)
def takes_flat_for_up(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.all(eigenvalues >= -zero):
        return "minimum"
    if np.all(eigenvalues <= zero):
        return "maximum"
    return "saddle"


@classify_critical_point.misconception(
    fails=("curvatures of zero",),
    hint="Your function calls everything a saddle that is neither a minimum nor a maximum. Which fourth kind is "
    "there, and which sign does a saddle need besides the other?",
    lecture="Four words: a saddle needs both signs, and what is left is degenerate. diag(1, 0) is no saddle.",
)
def takes_all_others_for_saddles(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.all(eigenvalues > zero):
        return "minimum"
    return "maximum" if np.all(eigenvalues < -zero) else "saddle"


@classify_critical_point.misconception(
    fails=("saddles", "curvatures of zero"),
    hint="Your function adds up the signs: a saddle needs as many ways up as down with you. How many of each does it "
    "take?",
    lecture="One of each sign is enough: diag(1, 1, -1) is a saddle. The sum of signs is 1 there.",
)
def adds_up_the_signs(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    total = np.sum(eigenvalues > zero) - np.sum(eigenvalues < -zero)
    if total == len(eigenvalues):
        return "minimum"
    if total == -len(eigenvalues):
        return "maximum"
    return "saddle" if total == 0 else "degenerate"


@classify_critical_point.misconception(
    fails=("minima and maxima", "saddles", "curvatures of zero"),
    hint="Your words start with capitals. Programs compare letter by letter. Which words does the task name?",
    lecture='The answer is compared letter by letter: "minimum", "maximum", "saddle", "degenerate". Return values are '
    "for programs; capitals are for titles.",
)
def writes_capitals(hessian, tol=1e-6):
    eigenvalues = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(eigenvalues).max())
    if np.any(eigenvalues > zero) and np.any(eigenvalues < -zero):
        return "Saddle"
    if np.any(np.abs(eigenvalues) <= zero):
        return "Degenerate"
    return "Minimum" if eigenvalues[0] > 0 else "Maximum"


# --------------------------------------------------------------------------- saddle_fraction


def _draw_saddle_fraction(rng: np.random.Generator) -> list[Case]:
    rows = (
        ("one dimension", 1, 20),
        ("two dimensions", 2, int(rng.integers(60, 91))),
        ("two dimensions, other numbers", 2, int(rng.integers(60, 91))),
        ("three dimensions", 3, int(rng.integers(60, 91))),
        ("three dimensions, other numbers", 3, int(rng.integers(60, 91))),
        ("five dimensions", 5, int(rng.integers(30, 51))),
    )

    def generator() -> Made:
        return Made({"rng": int(rng.integers(1, 2**31))})

    cases = [case(name, (d, trials, generator())) for name, d, trials in rows]
    cases += [case(f"many trials, {d} dimensions", (d, int(rng.integers(120, 190)), generator())) for d in (2, 3)]
    cases.append(case("one generator, call after call", (2, 30, generator()), *((2, 30, Again()) for _ in range(2))))
    # NB: a share of many hides a number drawn too many or too few; single trials show it
    cases.append(case("one trial at a time", *((2, 1, generator()) for _ in range(24))))
    return cases


saddle_fraction = Exercise(
    reference=reference.saddle_fraction,
    returns=("share",),
    aspects=(Aspect("share of saddles", 2.0),),
    draw=_draw_saddle_fraction,
    worked=(
        case("one dimension, 4 trials", (1, 4, Made({"rng": 1}))),
        case("two dimensions, 10 trials", (2, 10, Made({"rng": 2}))),
        case("two dimensions, 40 trials", (2, 40, Made({"rng": 3}))),
        case("three dimensions, 40 trials", (3, 40, Made({"rng": 4}))),
        case("four dimensions, 20 trials", (4, 20, Made({"rng": 5}))),
        case("two dimensions, 30 trials, twice with one generator", (2, 30, Made({"rng": 6})), (2, 30, Again())),
    ),
    domain="`dimension >= 1` and `trials >= 1`",
)


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your eigenvalues are those of `A`, which is not symmetric. A Hessian is. What do you make of `A` and its "
    "transpose first?",
    lecture="A Hessian is symmetric: H = (A + Aᵀ)/2. A itself may have complex eigenvalues, and they have no sign.",
)
def forgets_to_make_it_symmetric(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        eigenvalues = np.linalg.eigvals(rng.standard_normal((dimension, dimension))).real
        saddles += np.any(eigenvalues < 0) and np.any(eigenvalues > 0)
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your function gives `A` itself to a routine for symmetric matrices, which reads one triangle and believes "
    "the rest. What do you make of `A` and its transpose first?",
    lecture="`eigvalsh` reads the lower triangle and believes the rest: no error, another matrix, another share. "
    "Symmetrise first.",
)
def lets_the_routine_make_it_symmetric(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        eigenvalues = np.linalg.eigvalsh(rng.standard_normal((dimension, dimension)))
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your matrices are products of `A` with its transpose. Such a matrix has no negative eigenvalue. Which other "
    "way makes a symmetric matrix of the two?",
    lecture="AᵀA has no negative eigenvalue, so there would never be a saddle. The sum with the transpose can have "
    "any sign.",
)
def multiplies_by_the_transpose(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh(A @ A.T)
        saddles += eigenvalues[0] < -1e-9 and eigenvalues[-1] > 1e-9
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your saddles are the matrices with a negative determinant. In one dimension that is a maximum, and two "
    "negative eigenvalues hide each other. Which numbers tell in any dimension?",
    lecture="The determinant is the product: two negative eigenvalues give a plus. In one dimension there is no "
    "saddle at all, and every negative number would count.",
)
def counts_negative_determinants(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        saddles += np.linalg.det((A + A.T) / 2) < 0
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your saddles are the matrices with two signs on the diagonal. Must a way down run along an axis? Which "
    "numbers tell instead?",
    lecture="Both signs on the diagonal do make a saddle, but many saddles have none of that: [[1, 2], [2, 1]]. Count "
    "eigenvalues.",
)
def counts_signs_on_the_diagonal(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        curvatures = np.diag(rng.standard_normal((dimension, dimension)))
        saddles += np.any(curvatures < 0) and np.any(curvatures > 0)
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your saddles need a way down and no more, so that maxima are among them. Which sign does a saddle have "
    "besides?",
    lecture="Maxima have a way down too. Both conditions: any below zero and any above.",
)
def counts_all_with_a_way_down(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        saddles += np.linalg.eigvalsh((A + A.T) / 2)[0] < 0
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your saddles need a way up and no more, so that minima are among them. Which sign does a saddle have "
    "besides?",
    lecture="Minima have a way up too. Both conditions: any above zero and any below.",
)
def counts_all_with_a_way_up(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        saddles += np.linalg.eigvalsh((A + A.T) / 2)[-1] > 0
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your condition holds for every matrix: one sign or the other is always there. Which little word joins the "
    "two conditions?",
    lecture="Every matrix has an eigenvalue of one sign or the other, so `or` counts all: a share of 1. A saddle has "
    "one and the other.",
)
def takes_or_for_and(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += np.any(eigenvalues < 0) or np.any(eigenvalues > 0)
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your share is that of minima and maxima. Which matrices are left?",
    lecture="What is left over are saddles: 1 minus this share. The share must grow with the dimension; print d = 1, "
    "2, 5, 10.",
)
def counts_the_others(dimension, trials, rng):
    others = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        others += np.all(eigenvalues > 0) or np.all(eigenvalues < 0)
    return others / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your function returns how many saddles there were. A share lies between 0 and 1. By what is the number "
    "divided?",
    lecture="Divide by the number of trials: a share lies between 0 and 1. The caller then need not know how many "
    "trials there were.",
)
def returns_the_number(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += int(eigenvalues[0] < 0 < eigenvalues[-1])
    return saddles


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your share is in percent. Between which numbers does a share lie here?",
    lecture="A share of 1 is all of them. The factor 100 belongs to printing.",
)
def returns_percent(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return 100 * saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your function makes a generator of its own and leaves `rng` alone: it gives the same share for every seed. "
    "Which generator should the numbers come from?",
    lecture="Draw from the `rng` that was passed in: the caller decides whether a run is repeated. With its own seed "
    "the function gives one answer for ever.",
)
def makes_its_own_generator(dimension, trials, rng):
    rng = np.random.default_rng(0)
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your random numbers are all positive, so that their mean is not zero. Which distribution does the task name?",
    lecture="`rng.random` lies in [0, 1), with mean ½: one large positive eigenvalue comes of that mean. The model is "
    "`rng.standard_normal`.",
)
def draws_uniform_numbers(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.random((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your function draws one matrix and looks at it again and again: the share is 0 or 1. Where in the loop does "
    "a new trial begin?",
    lecture="Draw inside the loop: a new matrix per trial. One matrix looked at a thousand times gives a share of 0 "
    "or 1.",
)
def draws_one_matrix_for_all(dimension, trials, rng):
    A = rng.standard_normal((dimension, dimension))
    saddles = 0
    for _ in range(trials):
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return saddles / trials


@saddle_fraction.misconception(
    fails=("share of saddles",),
    hint="Your loop makes one trial less than you divide by. Which numbers does `range` give, if it starts at 1?",
    lecture="`range(1, trials)` has trials - 1 numbers. Use `range(trials)`; the count then matches the divisor.",
)
def makes_one_trial_less(dimension, trials, rng):
    saddles = 0
    for _ in range(1, trials):
        A = rng.standard_normal((dimension, dimension))
        eigenvalues = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += eigenvalues[0] < 0 < eigenvalues[-1]
    return saddles / trials


# ------------------------------------------------------------------------------ find_plateau

_FOUND, _NONE = "found", "none"
_EIGHTH = 0.125
"""Losses and tolerances are multiples of it: sums and differences are exact, and so are ties."""


def _losses(start: int, *changes: int) -> np.ndarray:
    """Return losses from their changes, all in eighths."""
    return _EIGHTH * np.cumsum([start, *changes])


def _draw_find_plateau(rng: np.random.Generator) -> list[Case]:
    def some(count: int, low: int, high: int) -> list[int]:
        return [-int(n) for n in rng.integers(low, high + 1, count)]

    def plateau(name: str, losses: np.ndarray, tol: int, patience: int, *tags: str) -> Case:
        return case(name, (losses, tol * _EIGHTH, patience), tags=tags)

    high = int(rng.integers(160, 240))
    way = int(rng.integers(3, 6))
    steep = some(way, 4, 7)
    last = [0] * int(rng.integers(7, 10))
    p = int(rng.integers(3, 6))
    return [
        plateau("down, then flat", _losses(high, *steep, *last), 2, 3, _FOUND, _NONE),
        plateau(
            "flat for a while, then down again", _losses(high, *steep, 0, -1, 0, 0, 0, *steep, *last), 2, 4, _FOUND
        ),
        plateau("patience of one", _losses(high, *steep, -1, *steep, *last), 2, 1, _FOUND),
        plateau("flat from the start", _losses(high, 0, 0, 0, 0, *steep, *last), 3, 3, _FOUND),
        plateau(
            "flat and too short, then flat for longer", _losses(high, *steep, *[0] * (p - 1), -5, *last), 3, p, _FOUND
        ),
        plateau("progress by exactly tol", _losses(high, *steep, -3, -3, -1, *last), 3, 2, _FOUND),
        plateau("progress by exactly tol at the end of patience", _losses(high, *steep, 0, 0, -3, *last), 3, 3, _FOUND),
        plateau("progress in two parts", _losses(high, *steep, -1, -2, *last), 3, 2, _FOUND),
        plateau("down slowly: small steps that add up", _losses(high, *[-1] * 8, *last), 3, 4, _FOUND),
        plateau("up, then down below the start", _losses(high, *steep, 3, -9, *last), 2, 4, _FOUND),
        plateau("up and no farther", _losses(high, *steep, 6, 4, 5, 2, 1, 3), 2, 4, _FOUND),
        plateau("down, then up below where it was", _losses(high, *steep, -6, 3, 1, 0, -1, 0, 0), 2, 3, _FOUND),
        plateau("only the last place has patience after it", _losses(high, *steep, *steep, *[0] * p), 2, p, _FOUND),
        plateau("as many losses as patience and one", _losses(high, *[0] * p), 2, p, _FOUND),
        plateau("small losses", _losses(0, *steep, *last) + _EIGHTH * 40, 2, 3, _FOUND),
        plateau("losses below zero", _losses(-high, *steep, *last), 2, 3, _FOUND),
        plateau("losses of both signs", _losses(5, *steep, *last), 3, 3, _FOUND),
        plateau("steady progress", _losses(high, *some(12, 4, 7)), 3, 3, _NONE),
        plateau("steady progress by exactly tol", _losses(high, *[-3] * 9), 3, 1, _NONE),
        plateau("slow progress", _losses(high, *[-1] * 12), 4, 4, _NONE),
        plateau("progress in stairs", _losses(high, *[0, 0, -4] * 5), 3, 3, _NONE),
        plateau("up and down, and below in the end", _losses(high, *[2, -6] * 6), 3, 2, _NONE),
        plateau("down and half-way up", _losses(high, *[-8, 3] * 6), 3, 2, _NONE),
        plateau("down, up and farther down", _losses(high, *steep, -9, 7, -12, *steep, *steep), 3, 2, _NONE),
        plateau("flat at the end, and too short", _losses(high, *steep, *steep, *[0] * (p - 1)), 3, p, _NONE),
        plateau("as many losses as patience", _losses(high, *[0] * (p - 1)), 3, p, _NONE),
        plateau("fewer losses than patience", _losses(high, 0, 0), 3, 6, _NONE),
        plateau("one loss", _losses(high), 3, 1, _NONE),
        *(
            case(f"{name}, all very small", (losses / 2**24, tol * _EIGHTH / 2**24, 3), tags=(tag,))
            for name, losses, tol, tag in (
                ("down, then flat", _losses(high, *steep, *last), 2, _FOUND),
                ("steady progress", _losses(high, *some(12, 4, 7)), 3, _NONE),
            )
        ),
    ]


def _plateau_case(name: str, losses: list[float], tol: float, patience: int, *tags: str) -> Case:
    return case(name, (np.array(losses), tol, patience), tags=tags)


find_plateau = Exercise(
    reference=reference.find_plateau,
    returns=("index",),
    aspects=(Aspect("plateaus found", 2.0, tag=_FOUND), Aspect("none where there is none", 1.0, tag=_NONE), _UNTOUCHED),
    draw=_draw_find_plateau,
    worked=(
        _plateau_case("flat from the third on", [8, 4, 2, 2, 2, 2], 0.5, 2, _FOUND, _NONE),
        _plateau_case("flat from the fourth on", [8, 6, 4, 2, 2, 2], 0.5, 2, _FOUND),
        _plateau_case("nearly flat, then down", [8, 8, 7.75, 4], 0.5, 2, _FOUND),
        _plateau_case("up and no farther", [8, 4, 6, 7, 8], 0.5, 1, _FOUND),
        _plateau_case("down more and more slowly", [8, 4, 5, 3, 3.75, 2.5, 2.25, 2.25, 2, 1.875, 1.75], 0.5, 3, _FOUND),
        _plateau_case("small steps that add up to tol or more", [4, 3.625, 3.25, 3, 2.75], 0.5, 2, _NONE),
        _plateau_case("down, up and farther down", [8, 2, 7.75, 1], 0.5, 2, _NONE),
        _plateau_case("fewer losses than patience", [8, 8], 0.5, 3, _NONE),
        _plateau_case("small losses, a small tol", [8e-4, 4e-4, 2e-4, 2e-4, 2e-4, 2e-4], 1e-4, 2, _FOUND),
    ),
    domain="at least one loss, `tol > 0` and `patience >= 1`",
)


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your plateau begins where progress is exactly `tol`. An improvement by `tol` is one. Which sign of "
    "comparison says so?",
    lecture="Progress by exactly `tol` is progress: less than tol makes the plateau, so <. Libraries have argued over "
    "< and <= for years, which is why the task writes it down.",
)
def counts_progress_by_tol_as_none(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) <= tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your window is one loss too short, so that a patience of 1 looks at none. Where does a slice of `patience` "
    "losses after place `i` end?",
    lecture="The window is `losses[i + 1 : i + 1 + patience]`: patience losses after i. A slice leaves out its end.",
)
def looks_at_one_loss_too_few(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your window is one loss too long. How many losses after place `i` may be looked at, if patience is 1?",
    lecture="With patience 1 only the next loss is looked at. Write the indices for i = 0 and patience = 3: 1, 2, 3.",
)
def looks_at_one_loss_too_many(losses, tol, patience):
    for i in range(len(losses) - patience - 1):
        if losses[i] - np.min(losses[i + 1 : i + 2 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your window holds the loss itself besides those after it, so that one of those is missing. Which place is "
    "the first after `i`?",
    lecture="The window starts at i + 1. With the loss itself in it, one of those after it is missing, and a patience "
    "of 1 finds a plateau at once.",
)
def counts_the_loss_itself(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i : i + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("none where there is none",),
    hint="Your plateau may begin so late that fewer than `patience` losses come after it: a slice that is too short "
    "raises no error. Which place is the last that has all of them?",
    lecture="All `patience` losses must be there: i goes up to len - patience - 1. Python cuts a slice that is too "
    "long and says nothing.",
)
def accepts_short_windows(losses, tol, patience):
    for i in range(len(losses) - 1):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your search ends one place too early. How many places have `patience` losses after them, if there are "
    "`patience + 1` losses?",
    lecture="With patience + 1 losses there is one place, i = 0. The loop runs over `range(len(losses) - patience)`.",
)
def leaves_out_the_last_place(losses, tol, patience):
    for i in range(len(losses) - patience - 1):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your search begins at the second loss. Can training be stuck from the start?",
    lecture="Training can be stuck from the start: i = 0 counts. `range` starts at 0 by itself.",
)
def leaves_out_the_first_place(losses, tol, patience):
    for i in range(1, len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function compares with the loss `patience` places later and with none between. If the best of them "
    "lies between, was there progress?",
    lecture="The best loss of the window decides: `min`. A dip in the middle is progress, even if it is gone at the "
    "end.",
)
def looks_at_the_end_of_patience_alone(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - losses[i + patience] < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function looks at the next loss alone. What is patience for?",
    lecture="One small step is no plateau: patience says how long it must last. Draw a curve with one flat step and a "
    "long descent.",
)
def ignores_patience(losses, tol, patience):
    for i in range(len(losses) - 1):
        if losses[i] - losses[i + 1] < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function asks whether each single step is small. Many small steps may add up to progress. With which "
    "loss should all those in the window be compared?",
    lecture="Ten steps of 0.1 are progress of 1. Compare losses[i] with the best of the window and not each with the "
    "next.",
)
def compares_neighbours(losses, tol, patience):
    for i in range(len(losses) - patience):
        if np.all(losses[i : i + patience] - losses[i + 1 : i + 1 + patience] < tol):
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function counts all small steps from the start and never starts counting again. What should happen to "
    "the count when there is progress?",
    lecture="A count of small steps must start again after progress, or scattered ones add up to a plateau. The "
    "definition with a window needs no count.",
)
def never_resets_the_count(losses, tol, patience):
    waited = 0
    for i in range(len(losses) - 1):
        if losses[i] - losses[i + 1] < tol:
            waited += 1
            if waited == patience:
                return i + 1 - patience
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your function compares with the best loss so far, as early stopping does, and returns where it was. Here "
    "each place is asked for itself. Can a place that is not the best one be the start of a plateau?",
    lecture="Early stopping compares with the best so far; here every place is asked by itself. After a lucky low "
    "value a later place can still be the start of a plateau.",
)
def waits_from_the_best(losses, tol, patience):
    best = 0
    for i in range(1, len(losses)):
        if losses[best] - losses[i] >= tol:
            best = i
        elif i - best == patience:
            return best
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function waits as early stopping does and returns the place where patience ran out. Which place is "
    "asked for: where the plateau begins, or where you know of it?",
    lecture="The plateau begins at i; one knows of it at i + patience. The first is asked for.",
)
def returns_where_patience_ran_out(losses, tol, patience):
    best = 0
    for i in range(1, len(losses)):
        if losses[best] - losses[i] >= tol:
            best = i
        elif i - best == patience:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function compares with the largest loss of the window. Which of the later losses tells whether there "
    "was progress?",
    lecture="Progress is how far the losses got: the minimum of the window. Its maximum hides every descent.",
)
def takes_the_worst_of_the_window(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.max(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function compares with the mean of the window. Which of the later losses tells whether there was "
    "progress at all?",
    lecture="The best later loss tells whether there was progress. A mean can hide a deep one among high ones.",
)
def takes_the_mean_of_the_window(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.mean(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your difference has lost its sign: a loss that rises counts as change. Is a rise progress?",
    lecture="A rising loss is no progress: the difference is negative and below tol. With `abs` a rise by more than "
    "tol counts as progress.",
)
def drops_the_sign(losses, tol, patience):
    for i in range(len(losses) - patience):
        if np.abs(losses[i] - np.min(losses[i + 1 : i + 1 + patience])) < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your tolerance grows with the loss: it is a share of it. Is `tol` a share, or an amount?",
    lecture="`tol` is an amount in the unit of the loss. A share would ask for ever less as the loss falls.",
)
def takes_a_share_of_the_loss(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol * losses[i]:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found",),
    hint="Your function asks for no progress at all. How much progress is too little to count?",
    lecture="Progress by less than tol counts as none, so noise does not pass for progress. Show a curve that creeps "
    "down by 1e-9.",
)
def ignores_tol(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] <= np.min(losses[i + 1 : i + 1 + patience]):
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your difference is turned round: progress comes out negative and is always below `tol`. Which loss is "
    "subtracted from which?",
    lecture="Progress is losses[i] minus the best later one: positive when it went down. Turned round it is below any "
    "tol, and every place is a plateau.",
)
def subtracts_the_loss_from_the_best(losses, tol, patience):
    for i in range(len(losses) - patience):
        if np.min(losses[i + 1 : i + 1 + patience]) - losses[i] < tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function finds the first place with progress. Which sign of comparison says that there is too little?",
    lecture="A plateau has less progress than tol. Turned round, the function finds the first place that still learns.",
)
def finds_progress(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) > tol:
            return i
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your index is at the end of the window. Which place is asked for: where the plateau begins, or where you "
    "know of it?",
    lecture="i is where the plateau begins. The end of the window is `patience` later.",
)
def returns_the_end_of_the_window(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i + patience
    return None


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your function returns the last such place. At which one can the search stop?",
    lecture="The first place is asked for: `return` inside the loop. Going on keeps the last.",
)
def returns_the_last_place(losses, tol, patience):
    found = None
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            found = i
    return found


@find_plateau.misconception(
    fails=("plateaus found", "none where there is none"),
    hint="Your places are counted from 1. Which number has the first loss in Python?",
    lecture="`losses[0]` is the first loss in Python, so the answer is an index that one can use at once.",
)
def counts_places_from_one(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i + 1
    return None


@find_plateau.misconception(
    fails=("none where there is none",),
    hint="Your answer is -1 where there is no plateau. Python reads that as the last place. What stands for nothing?",
    lecture="-1 is a valid index in Python, the last one: `losses[-1]` works and misleads. None stands for nothing.",
)
def returns_minus_one(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return -1


@find_plateau.misconception(
    fails=("none where there is none",),
    hint="Your answer is the number of losses where there is no plateau. Is that a place? What stands for nothing?",
    lecture="len(losses) is no place. None says that there is none, and an `if` can ask for it.",
)
def returns_the_number_of_losses(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return len(losses)


# --------------------------------------------------------------------------- steps_to_escape

_ESCAPES, _STAYS = "escapes", "stays"


def _stepper(kind: str, rate: float) -> Made:
    return Made({"stepper": kind, "rate": rate})


def _distances(step: Made, gradient: Made, x0: np.ndarray, steps: int) -> np.ndarray:
    """Return the distances from the origin of a path of so many steps, the start included."""
    step, gradient, x, distances = step.build(), gradient.build(), x0, []
    for _ in range(steps + 1):
        distances.append(np.linalg.norm(x))
        x = step(x, gradient(x))
    return np.array(distances)


def _draw_steps_to_escape(rng: np.random.Generator) -> list[Case]:
    def rate() -> float:
        return float(rng.uniform(0.1, 0.3))

    def start(*signs: float) -> np.ndarray:
        """Return a point that is close to the way down into the saddle: the first sign, the others small."""
        return np.array(signs) * np.array([rng.uniform(0.6, 1.0), *rng.uniform(0.02, 0.1, len(signs) - 1)])

    def escape(name: str, step: Made, gradient: Made, x0: np.ndarray, limit: int = 60, at: int = 1, *tags: str) -> Case:
        """Return a case that leaves at a step from ``at`` on, well outside all places before."""
        distances = _distances(step, gradient, x0, 200)
        far = [n for n in range(at, 201) if distances[n] > 1.02 * distances[:n].max()]
        n = far[int(rng.integers(2))]
        radius = float((distances[:n].max() + distances[n]) / 2)
        return case(name, (step, gradient, x0, radius, n + limit), tags=tags or (_ESCAPES,))

    horse, between = _landscape("horse_saddle"), _landscape("saddle", kappa=float(rng.uniform(0.7, 1.5)))
    turned = _turned(rng, [float(rng.uniform(0.8, 1.2)), float(-rng.uniform(0.4, 0.7)), float(rng.uniform(0.2, 0.4))])
    last_down = _quadratic(np.diag([0.5, 0.8, -float(rng.uniform(0.5, 1))]))
    line = _quadratic([[-float(rng.uniform(0.5, 1))]])
    outside = np.array([rng.uniform(1.5, 2), -rng.uniform(0.2, 0.8)])
    descent = _stepper("descent", rate())
    at_the_limit = escape("leaves at the last step allowed", descent, horse, start(1, -1), 0, 8)
    stays = escape(
        "would leave one step after the last", _stepper("descent", rate()), horse, start(-1, 1), -1, 8, _STAYS
    )
    shift = _stepper("shift", 1.0)
    return [
        escape("a plain saddle", _stepper("descent", rate()), horse, start(1, 1), 20, 5, _ESCAPES, _STAYS),
        escape("the other way out", _stepper("descent", rate()), horse, start(-1, -1), 20, 5),
        escape("a saddle between two minima", _stepper("descent", rate()), between, np.array([0.1, -0.05]), 20, 5),
        escape("three dimensions", descent, _quadratic(turned), rng.uniform(-0.2, 0.2, 3), 20, 6),
        escape("one dimension", _stepper("descent", rate()), line, np.array([-0.1]), 20, 4),
        escape("steps of one size", _stepper("sign", rate()), horse, start(1, -1), 20, 4),
        escape("a long way", _stepper("descent", 0.05), horse, np.array([rng.uniform(0.6, 0.9), 1e-7]), 2, 24),
        escape("from very near", _stepper("descent", rate()), horse, rng.uniform(1e-9, 1e-8, 2), 20, 36),
        escape("through the saddle", _stepper("shift", 0.3), horse, np.array([-1.0, -0.55]), 10, 7),
        at_the_limit,
        case("outside from the start", (descent, horse, outside, 1.2, 10), tags=(_ESCAPES,)),
        case("outside from the start, no steps allowed", (descent, horse, outside, 1.2, 0), tags=(_ESCAPES,)),
        case("outside, then inside, then outside", (shift, horse, np.array([-3.0, -2.5]), 3.2, 9), tags=(_ESCAPES,)),
        case("exactly on the radius", (shift, horse, np.array([1.0, 2.0]), 5.0, 9), tags=(_ESCAPES,)),
        stays,
        case("inside, no steps allowed", (descent, horse, np.array([0.3, 0.4]), 0.7, 0), tags=(_STAYS,)),
        case("exactly on the way in", (descent, horse, np.array([1.0, 0.0]), 1.2, 30), tags=(_STAYS,)),
        case("ends exactly on the radius", (shift, horse, np.array([1.0, 2.0]), 5.0, 2), tags=(_STAYS,)),
        case("comes to rest", (_stepper("descent", 0.2), between, np.array([0.1, 0.3]), 1.5, 30), tags=(_STAYS,)),
        case("from the saddle itself", (shift, horse, np.zeros(2), float(rng.uniform(2, 5)), 9), tags=(_ESCAPES,)),
        escape("three dimensions, out along the last", descent, last_down, np.array([0.3, 0.2, 0.1]), 20, 6),
        escape("a small radius", _stepper("descent", rate()), horse, 1e-3 * start(1, 1), 20, 5),
        case(
            "one start, two rates",
            *((_stepper("descent", r), horse, np.array([0.4, 0.2]), 1.5, 60) for r in (0.1, 0.3)),
            tags=(_ESCAPES,),
        ),
    ]


_HORSE = _landscape("horse_saddle")


def _escape_case(name: str, step: Made, x0: list[float], radius: float, limit: int, *tags: str) -> Case:
    return case(name, (step, _HORSE, np.array(x0), radius, limit), tags=tags)


steps_to_escape = Exercise(
    reference=reference.steps_to_escape,
    returns=("steps",),
    aspects=(Aspect("escapes counted", 2.0, tag=_ESCAPES), Aspect("none where it stays", 1.0, tag=_STAYS), _UNTOUCHED),
    draw=_draw_steps_to_escape,
    worked=(
        _escape_case("0.25, 0.5, 1, 2, 4: radius 3", _stepper("descent", 0.5), [2.0, 0.25], 3.0, 9, _ESCAPES, _STAYS),
        _escape_case("0.00000000005 and so on, doubled", _stepper("descent", 0.5), [0.0, 5e-11], 3.0, 40, _ESCAPES),
        _escape_case("outside from the start", _stepper("descent", 0.5), [-4.0, 0.5], 3.0, 5, _ESCAPES),
        _escape_case("outside, no steps allowed", _stepper("descent", 0.5), [-4.0, 0.5], 3.0, 0, _ESCAPES),
        _escape_case("1.25, 2.5, 5, 10: radius 5, limit 3", _stepper("descent", 0.5), [0.0, 1.25], 5.0, 3, _ESCAPES),
        case(
            "one dimension, on the radius, no steps allowed",
            (_stepper("descent", 0.5), _quadratic([[-2.0]]), np.array([1.25]), 1.25, 0),
            tags=(_STAYS,),
        ),
        _escape_case("through the saddle by (1, 1)", _stepper("shift", 1.0), [-2.5, -1.5], 3.6, 9, _ESCAPES),
        _escape_case("through the saddle by (1, 1), limit 3", _stepper("shift", 1.0), [-2.5, -1.5], 3.6, 3, _STAYS),
        _escape_case("from the saddle itself by (1, 1)", _stepper("shift", 1.0), [0.0, 0.0], 2.5, 5, _ESCAPES),
        _escape_case("0.001, 0.002, 0.004: radius 0.003", _stepper("descent", 0.5), [0.0, 0.001], 0.003, 5, _ESCAPES),
        case(
            "three dimensions, out along the last",
            (_stepper("descent", 0.5), _quadratic(np.diag([1.0, 1.0, -2.0])), np.array([1.0, 1.0, 0.25]), 2.5, 9),
            tags=(_ESCAPES,),
        ),
        case(
            "one start, two rates",
            *((_stepper("descent", rate), _HORSE, np.array([0.5, 0.25]), 3.0, 9) for rate in (0.5, 1.0)),
            tags=(_ESCAPES,),
        ),
    ),
    domain="points of any number of dimensions, one too, `radius > 0` and `limit >= 0`",
)


@steps_to_escape.misconception(
    fails=("escapes counted",),
    hint="Your function takes a step before it looks for the first time. How many steps does it take to be outside, "
    "if the start is?",
    lecture="n runs from 0: a start outside the radius has escaped after no step. Look first, then step.",
)
def never_looks_at_the_start(step, gradient, x0, radius, limit):
    x = x0
    for n in range(1, limit + 1):
        x = step(x, gradient(x))
        if np.linalg.norm(x) > radius:
            return n
    return None


@steps_to_escape.misconception(
    fails=("escapes counted",),
    hint="Your function gives up one step too early. After how many steps may it look for the last time, if `limit` "
    "is 3?",
    lecture="n = limit is allowed: with limit 3 one looks four times, at n = 0, 1, 2, 3. The loop is `range(limit + "
    "1)`.",
)
def does_not_look_after_the_last_step(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("none where it stays",),
    hint="Your function takes one step more than `limit` allows. What is the largest number that it may return?",
    lecture="The largest answer is limit. Count the looks: limit + 1; count the steps: limit.",
)
def takes_one_step_too_many(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 2):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function returns how many points there are up to the one outside, the start included. How many steps "
    "lie between them?",
    lecture="Steps lie between points: one fewer than points. The start is point 0, after no step.",
)
def counts_points(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n + 1
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function returns the number of the step before. Is the point outside after so many steps?",
    lecture="The answer is the number of steps after which the point is outside, and not the last one inside. Look at "
    "x_n and return n.",
)
def counts_one_step_too_few(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit):
        x = step(x, gradient(x))
        if np.linalg.norm(x) > radius:
            return n
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your point has escaped when it is exactly on the radius. Is that farther away than the radius?",
    lecture="Outside means farther than the radius: >. A point at distance 1 has not left the disc of radius 1.",
)
def counts_the_radius_as_outside(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) >= radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function measures how far the point has moved from where it started. Where is the saddle, from which "
    "the distance counts?",
    lecture="The saddle is at the origin, and the distance is ‖x‖. A point that starts at distance 0.5 has that much "
    "of the way behind it.",
)
def measures_from_the_start(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x - x0) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your gradient is that of the start at every step. Which point's gradient does a step need?",
    lecture="The gradient changes along the way: compute it at x_n, inside the loop. Near a saddle it grows from step "
    "to step, and that growth is the escape.",
)
def keeps_the_first_gradient(step, gradient, x0, radius, limit):
    x, g = x0, gradient(x0)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, g)
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your steps all start from `x0`: the point never gets farther than one step. From where does the second step "
    "start?",
    lecture="x ← step(x, g): the new point is where the next step starts. From x0 each time the path has one step.",
)
def steps_from_the_start_each_time(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x0, gradient(x0))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted",),
    hint="Your distance is the largest coordinate. How long is an arrow that goes 3 along one axis and 4 along the "
    "other?",
    lecture="The length of (3, 4) is 5, not 4: √(3² + 4²). `np.linalg.norm` is that.",
)
def takes_the_largest_coordinate(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.max(np.abs(x)) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your distance is the sum of the coordinates' magnitudes. How long is an arrow that goes 3 along one axis "
    "and 4 along the other?",
    lecture="The length of (3, 4) is 5, not 7. Sums of magnitudes are another norm.",
)
def adds_up_the_coordinates(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.sum(np.abs(x)) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your distance is squared and the radius is not. What brings the sum of squares back to a length?",
    lecture="Compare like with like: ‖x‖ with the radius, or ‖x‖² with its square. For a radius of 1 both agree, so "
    "test with 2.",
)
def compares_the_squared_distance(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.sum(x**2) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted",),
    hint="Your function looks at the last coordinate alone. Which way out may a point take?",
    lecture="A way out may take any direction: the distance has all coordinates in it. Turn the saddle by 45 degrees "
    "and try again.",
)
def looks_at_one_coordinate(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if abs(x[-1]) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function compares the size of the gradient with the radius. Of what is the radius a length?",
    lecture="The radius is a distance from the saddle, not a slope. Far out on a plateau the gradient can be tiny.",
)
def measures_the_gradient(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(gradient(x)) > radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function waits until the point is inside. On which side of the radius has it escaped?",
    lecture="It has escaped when it is farther than the radius: >. With < every start near the saddle gives 0.",
)
def waits_until_it_is_inside(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) <= radius:
            return n
        x = step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your gradient and point have changed places in the call of `step`. In which order does it take them?",
    lecture="`step(x, g)`: the point first. Both have the same shape, so nothing complains and the point flies off.",
)
def exchanges_point_and_gradient(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(gradient(x), x)
    return None


@steps_to_escape.misconception(
    fails=("escapes counted", "none where it stays"),
    hint="Your function adds the result of `step` to the point. What does `step` return: a move, or the next point?",
    lecture="`step` returns the next point, not a move: x = step(x, g). Adding counts x twice.",
)
def adds_the_step_to_the_point(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = x + step(x, gradient(x))
    return None


@steps_to_escape.misconception(
    fails=("none where it stays",),
    hint="Your answer is `limit` where the point stays. How would a reader know that it did not escape at that step?",
    lecture="limit is a real answer: escaped at that step. For never the answer is None.",
)
def returns_the_limit(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return limit


@steps_to_escape.misconception(
    fails=("none where it stays",),
    hint="Your answer is one more than `limit` where the point stays. How would a reader know that it did not escape "
    "then? What stands for nothing?",
    lecture="A number means escaped; None means that it did not. A reader should not have to know the limit to tell.",
)
def returns_one_more_than_the_limit(step, gradient, x0, radius, limit):
    x, n = x0, 0
    while n <= limit and np.linalg.norm(x) <= radius:
        x, n = step(x, gradient(x)), n + 1
    return n


@steps_to_escape.misconception(
    fails=("none where it stays",),
    hint="Your answer is -1 where the point stays. What stands for nothing in Python?",
    lecture="-1 is a number, and averages and plots take it for one. None stops such a mistake at once.",
)
def returns_minus_one_for_nothing(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return -1


@steps_to_escape.misconception(
    fails=("inputs untouched",),
    hint="Your count is right, but your function moves the caller's `x0`: it writes the new point into the old array. "
    "What if somebody starts a second method from there?",
    lecture="`x -= ...` writes into the caller's x0, so the next method starts elsewhere. The comparison of methods "
    "in this lesson needs one start for all.",
)
def moves_the_start(step, gradient, x0, radius, limit):
    for n in range(limit + 1):
        if np.linalg.norm(x0) > radius:
            return n
        x0[:] = step(x0, gradient(x0))
    return None


EXERCISES = (numerical_hessian, classify_critical_point, saddle_fraction, find_plateau, steps_to_escape)
