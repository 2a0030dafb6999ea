r"""Landscapes: functions of two variables to descend, with exact gradients and Hessians.

A point is an array (2,), or many points in one array (..., 2). A landscape gives back ``value`` (...),
``gradient`` (..., 2) and ``hessian`` (..., 2, 2) for all of them at once. The input's float type is
kept, and integers become float64. Formulas are in :math:`x` and :math:`y`, ``x[..., 0]`` and ``x[..., 1]``.

``get("beale")`` makes a landscape from its name, ``get("ravine", a=0.1, b=2)`` from name and numbers;
``names()`` lists the names. Making one costs some microseconds, so nothing is kept.

References
----------
E. M. L. Beale (1958), "On an iterative method for finding a local minimum of a function of more than
one variable", Technical Report 25, Statistical Techniques Research Group, Princeton University.

J. J. Moré, B. S. Garbow, K. E. Hillstrom (1981), "Testing Unconstrained Optimization Software", ACM
Transactions on Mathematical Software 7(1), 17-41: Rosenbrock's and Beale's functions are problems 1 and 5.

H. H. Rosenbrock (1960), "An automatic method for finding the greatest or least value of a function",
The Computer Journal 3(3), 175-184.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, sin

import numpy as np

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class CriticalPoint:
    """A point where the gradient is zero.

    Parameters
    ----------
    x : tuple of float
        The two coordinates.
    kind : str
        What the eigenvalues of the Hessian say: "minimum", "maximum", "saddle", or "degenerate" where
        an eigenvalue is zero and the others do not make it a saddle.
    """

    x: tuple[float, float]
    kind: str


@dataclass(frozen=True, eq=False)
class Landscape:
    """A function of two variables.

    Parameters
    ----------
    name : str
        What to call it in a title or a message.
    formula : str
        The right-hand side in LaTeX, without dollar signs.
    value, gradient, hessian : callable
        Each takes points (..., 2) and returns (...), (..., 2) and (..., 2, 2).
    critical_points : tuple of CriticalPoint
        All of them where they are isolated; the one at the origin where they form a line.
    window : tuple
        ``((x_low, x_high), (y_low, y_high))``, the part worth a picture.
    """

    name: str
    formula: str
    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    hessian: Callable[[np.ndarray], np.ndarray]
    critical_points: tuple[CriticalPoint, ...]
    window: Window


def get(name: str, **numbers: float) -> Landscape:
    """Make the landscape called `name`.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    **numbers : float
        What the landscape's function takes, for example ``a``, ``b`` and ``angle`` for "ravine".

    Returns
    -------
    Landscape

    Raises
    ------
    KeyError
        If no landscape has that name.
    TypeError
        If the landscape takes no such number.
    ValueError
        If the landscape can't have that number, a ravine with ``a=0`` for example.
    """
    if name not in _MAKERS:
        raise KeyError(f"no landscape is called {name!r}; there are {', '.join(names())}")
    return _MAKERS[name](**numbers)


def names() -> list[str]:
    """Return the names that :func:`get` knows, sorted."""
    return sorted(_MAKERS)


def ravine(a: float = 0.1, b: float = 2.0, angle: float = 0.0) -> Landscape:
    r"""Return a quadratic valley, :math:`f = a u^2 + b v^2`, turned by `angle`.

    :math:`u = x \cos\varphi + y \sin\varphi` and :math:`v = -x \sin\varphi + y \cos\varphi`. The Hessian's
    eigenvalues are :math:`2a` and :math:`2b`, so the condition number is :math:`\kappa = \max(a, b) / \min(a, b)`,
    20 unless said. With :math:`a = b = 1/2` it is the round bowl :math:`(x^2 + y^2)/2`.

    Parameters
    ----------
    a, b : float
        Half the curvature along the valley and across it, both above zero.
    angle : float
        Turn of the valley's axis against the x axis, in radians, anticlockwise.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `a` or `b` isn't above zero.
    """
    if not (a > 0 and b > 0):
        raise ValueError(f"a ravine curves up both ways: a and b must be above zero, got a={a}, b={b}")
    c, s = cos(angle), sin(angle)
    h_xx, h_xy, h_yy = 2 * (a * c * c + b * s * s), 2 * (a - b) * c * s, 2 * (a * s * s + b * c * c)

    def value(x):
        x, y = _split(x)
        return a * (c * x + s * y) ** 2 + b * (c * y - s * x) ** 2

    def gradient(x):
        x, y = _split(x)
        return _vector(h_xx * x + h_xy * y, h_xy * x + h_yy * y)

    def hessian(x):
        one = np.ones_like(_split(x)[0])
        return _matrix(h_xx * one, h_xy * one, h_yy * one)

    formula = f"{a:g}\\,x^2 + {b:g}\\,y^2" if angle == 0 else f"{a:g}\\,u^2 + {b:g}\\,v^2"
    return Landscape(
        "ravine", formula, value, gradient, hessian, (CriticalPoint((0.0, 0.0), "minimum"),), ((-6.0, 6.0), (-3.0, 3.0))
    )


def beale() -> Landscape:
    r"""Return Beale's function, :math:`\sum_{i=1}^{3} (c_i - x + x y^i)^2` with :math:`c = (1.5,\ 2.25,\ 2.625)`.

    A flat floor between steep corners. The minimum, 0, is at (3, 1/2); saddles are at (0, 1) and near
    (0.1005, -2.6445). Source: Beale (1958); Moré, Garbow and Hillstrom (1981), problem 5.

    Returns
    -------
    Landscape
    """
    terms = ((1.5, 1), (2.25, 2), (2.625, 3))

    def value(x):
        x, y = _split(x)
        return sum((c - x + x * y**i) ** 2 for c, i in terms)

    def gradient(x):
        x, y = _split(x)
        residuals = [(c - x + x * y**i, i) for c, i in terms]
        return _vector(
            sum(2 * r * (y**i - 1) for r, i in residuals),
            sum(2 * r * i * x * y ** (i - 1) for r, i in residuals),
        )

    def hessian(x):
        x, y = _split(x)
        xx, xy, yy = 0, 0, 0
        for c, i in terms:
            r, r_x, r_y = c - x + x * y**i, y**i - 1, i * x * y ** (i - 1)
            xx = xx + 2 * r_x**2
            xy = xy + 2 * (r_x * r_y + r * i * y ** (i - 1))
            # NB: i = 1 has no curvature in y, and y ** -1 would divide by zero at y = 0
            yy = yy + 2 * r_y**2 + (2 * r * i * (i - 1) * x * y ** (i - 2) if i > 1 else 0)
        return _matrix(xx, xy, yy)

    return Landscape(
        "Beale",
        r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
        value,
        gradient,
        hessian,
        (
            CriticalPoint((3.0, 0.5), "minimum"),
            CriticalPoint((0.0, 1.0), "saddle"),
            CriticalPoint((0.1005379373241584, -2.6445135850231245), "saddle"),  # by Newton's method
        ),
        ((-1.0, 4.5), (-1.0, 1.5)),
    )


def rosenbrock(a: float = 1.0, b: float = 100.0) -> Landscape:
    r"""Return Rosenbrock's curved valley, :math:`(a - x)^2 + b\,(y - x^2)^2`.

    The only critical point is the minimum, 0, at :math:`(a, a^2)`. With the usual numbers the eigenvalues there
    are 0.399 and 1001.6. Source: Rosenbrock (1960); Moré, Garbow and Hillstrom (1981), problem 1.

    Parameters
    ----------
    a : float
        Where the minimum is on the x axis.
    b : float
        How steep the walls of the valley are, above zero.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `b` isn't above zero.
    """
    if not b > 0:
        raise ValueError(f"the walls of Rosenbrock's valley rise only if b is above zero, got b={b}")

    def value(x):
        x, y = _split(x)
        return (a - x) ** 2 + b * (y - x**2) ** 2

    def gradient(x):
        x, y = _split(x)
        return _vector(-2 * (a - x) - 4 * b * x * (y - x**2), 2 * b * (y - x**2))

    def hessian(x):
        x, y = _split(x)
        return _matrix(2 - 4 * b * (y - 3 * x**2), -4 * b * x, 2 * b * np.ones_like(x))

    return Landscape(
        "Rosenbrock",
        f"({a:g} - x)^2 + {b:g}\\,(y - x^2)^2",
        value,
        gradient,
        hessian,
        (CriticalPoint((float(a), float(a) ** 2), "minimum"),),
        ((-2.0, 2.0), (-1.0, 3.0)),
    )


def saddle(kappa: float = 1.0) -> Landscape:
    r"""Return a saddle between two minima, :math:`x^2/2 + (y^4/4 - y^2/2)/\kappa`.

    Curvatures at the saddle (0, 0) are :math:`1` and :math:`-1/\kappa`: the larger `kappa`, the flatter the way out.
    The minima (0, -1) and (0, 1) have the value :math:`-1/(4\kappa)`.

    Parameters
    ----------
    kappa : float
        Curvature into the saddle over curvature out of it, above zero.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `kappa` isn't above zero.
    """
    if not kappa > 0:
        raise ValueError(f"the saddle is one only if kappa is above zero, got kappa={kappa}")

    def value(x):
        x, y = _split(x)
        return x**2 / 2 + (y**4 / 4 - y**2 / 2) / kappa

    def gradient(x):
        x, y = _split(x)
        return _vector(x, (y**3 - y) / kappa)

    def hessian(x):
        x, y = _split(x)
        return _matrix(np.ones_like(x), np.zeros_like(x), (3 * y**2 - 1) / kappa)

    factor = "" if kappa == 1 else f"/{kappa:g}"
    return Landscape(
        "saddle between two minima",
        f"x^2/2 + (y^4/4 - y^2/2){factor}",
        value,
        gradient,
        hessian,
        (
            CriticalPoint((0.0, 0.0), "saddle"),
            CriticalPoint((0.0, -1.0), "minimum"),
            CriticalPoint((0.0, 1.0), "minimum"),
        ),
        ((-1.5, 1.5), (-1.5, 1.5)),
    )


def horse_saddle() -> Landscape:
    """Return :math:`x^2 - y^2`, the plain saddle: it has no minimum.

    Returns
    -------
    Landscape
    """

    def value(x):
        x, y = _split(x)
        return x**2 - y**2

    def gradient(x):
        x, y = _split(x)
        return _vector(2 * x, -2 * y)

    def hessian(x):
        zero = np.zeros_like(_split(x)[0])
        return _matrix(zero + 2, zero, zero - 2)

    return Landscape(
        "horse saddle",
        "x^2 - y^2",
        value,
        gradient,
        hessian,
        (CriticalPoint((0.0, 0.0), "saddle"),),
        ((-1.5, 1.5), (-1.5, 1.5)),
    )


def monkey_saddle() -> Landscape:
    """Return :math:`x^3 - 3xy^2`, three ways down and three up, with the Hessian zero at the origin.

    Returns
    -------
    Landscape
    """

    def value(x):
        x, y = _split(x)
        return x**3 - 3 * x * y**2

    def gradient(x):
        x, y = _split(x)
        return _vector(3 * x**2 - 3 * y**2, -6 * x * y)

    def hessian(x):
        x, y = _split(x)
        return _matrix(6 * x, -6 * y, -6 * x)

    return Landscape(
        "monkey saddle",
        "x^3 - 3xy^2",
        value,
        gradient,
        hessian,
        (CriticalPoint((0.0, 0.0), "degenerate"),),
        ((-1.5, 1.5), (-1.5, 1.5)),
    )


def quartic() -> Landscape:
    """Return :math:`x^4 + y^2`: a true minimum at the origin where one eigenvalue of the Hessian is zero.

    Returns
    -------
    Landscape
    """

    def value(x):
        x, y = _split(x)
        return x**4 + y**2

    def gradient(x):
        x, y = _split(x)
        return _vector(4 * x**3, 2 * y)

    def hessian(x):
        x, _ = _split(x)
        return _matrix(12 * x**2, np.zeros_like(x), 2 * np.ones_like(x))

    return Landscape(
        "quartic",
        "x^4 + y^2",
        value,
        gradient,
        hessian,
        (CriticalPoint((0.0, 0.0), "degenerate"),),
        ((-1.5, 1.5), (-1.5, 1.5)),
    )


def shelf(wall: float = 0.0) -> Landscape:
    r"""Return a sigmoid neuron's shelf, beside a wall if there is one: :math:`w x^2 + (\sigma(y) - 1/2)^2/2`.

    One sigmoid neuron with weight `y` and input 1 is to give 1/2. Where it is saturated, at large :math:`|y|`, the
    landscape is all but flat: the slope at :math:`y = 6` is 0.0012. The curvature at :math:`y = 0` is 1/16, so
    gradient descent is stable there up to a rate of 32. A wall caps that rate at :math:`1/w` and leaves the shelf's
    slope as it was.

    Parameters
    ----------
    wall : float
        Half the curvature along x, :math:`w` above; 0 means that x does not matter.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `wall` is below zero.
    """
    if not wall >= 0:
        raise ValueError(f"a wall rises: wall must not be below zero, got wall={wall}")

    # sigma(y) - 1/2 = tanh(y/2)/2, so the shelf is t^2/8 with t = tanh(y/2) and dt/dy = q/2, q = 1 - t^2
    def value(x):
        x, y = _split(x)
        return wall * x**2 + np.tanh(y / 2) ** 2 / 8

    def gradient(x):
        x, y = _split(x)
        t, q = np.tanh(y / 2), _sech_squared(y / 2)
        return _vector(2 * wall * x, t * q / 8)

    def hessian(x):
        x, y = _split(x)
        q = _sech_squared(y / 2)
        return _matrix(2 * wall * np.ones_like(x), np.zeros_like(x), q * (3 * q - 2) / 16)

    return Landscape(
        "sigmoid shelf beside a wall" if wall else "sigmoid shelf",
        rf"{wall:g}\,x^2 + (\sigma(y) - 1/2)^2/2" if wall else r"(\sigma(y) - 1/2)^2/2",
        value,
        gradient,
        hessian,
        (CriticalPoint((0.0, 0.0), "minimum" if wall else "degenerate"),),
        ((-1.2, 1.2), (-2.0, 8.0)),
    )


def shelf_and_wall(wall: float = 50.0) -> Landscape:
    r"""Return the sigmoid shelf beside a steep wall, :math:`50 x^2 + (\sigma(y) - 1/2)^2/2`.

    The wall caps the rate of gradient descent at 0.02, and the shelf is left slowly. See :func:`shelf`.

    Parameters
    ----------
    wall : float
        Half the curvature of the wall.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `wall` is below zero.
    """
    return shelf(wall)


_MAKERS: dict[str, Callable[..., Landscape]] = {
    maker.__name__: maker
    for maker in (
        beale,
        horse_saddle,
        monkey_saddle,
        quartic,
        ravine,
        rosenbrock,
        saddle,
        shelf,
        shelf_and_wall,
    )
}


def _split(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two coordinates of points (..., 2), each (...), as floats."""
    if not hasattr(x, "dtype"):  # NB: a CuPy array has one, and np.asarray would refuse it
        x = np.asarray(x)
    if x.ndim == 0 or x.shape[-1] != 2:
        raise ValueError(f"a landscape takes points of two coordinates, shape (..., 2), but got shape {x.shape}")
    if x.dtype.kind in "biu":
        x = x.astype(float)
    if x.dtype.kind != "f":
        raise TypeError(f"a landscape takes points of real numbers, but got dtype {x.dtype}")
    return x[..., 0], x[..., 1]


def _vector(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Join two components (...) into (..., 2)."""
    return np.stack([x, y], axis=-1)


def _matrix(xx: np.ndarray, xy: np.ndarray, yy: np.ndarray) -> np.ndarray:
    """Join the entries (...) of symmetric matrices into (..., 2, 2)."""
    return np.stack([_vector(xx, xy), _vector(xy, yy)], axis=-2)


def _sech_squared(z: np.ndarray) -> np.ndarray:
    """Return 1 - tanh(z)^2 without the loss of digits that the subtraction brings at large z."""
    e = np.exp(-2 * np.abs(z))
    return 4 * e / (1 + e) ** 2
