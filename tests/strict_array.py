"""A stand-in for CuPy: arrays that compute, but never become NumPy arrays by themselves.

:class:`StrictArray` follows ``__array_ufunc__`` and ``__array_function__``, so that ``np.sqrt(x)`` and
``np.zeros_like(x)`` work and give strict arrays again, as they give CuPy arrays on CuPy's. What CuPy refuses is
refused: ``np.asarray(x)``, ``math.sqrt(x)``, ``x + numpy_array``, and NumPy arrays among the arguments.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NO_CONVERSION = "Implicit conversion to a NumPy array is not allowed. Please use `.get()`."
NO_MIXTURE = "Unsupported type <class 'numpy.ndarray'>"


class StrictArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array "on a device".

    Parameters
    ----------
    values : array_like
        What it holds; :meth:`get` copies it back.
    """

    def __init__(self, values: Any) -> None:
        self._values = np.array(values)

    def get(self) -> np.ndarray:
        """Copy to a NumPy array, as CuPy's method of this name does."""
        return self._values.copy()

    @property
    def shape(self) -> tuple[int, ...]:
        return self._values.shape

    @property
    def ndim(self) -> int:
        return self._values.ndim

    @property
    def dtype(self) -> np.dtype:
        return self._values.dtype

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, key: Any) -> StrictArray:
        return StrictArray(self._values[_inside(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._values[_inside(key)] = _inside(value)

    def copy(self) -> StrictArray:
        return StrictArray(self._values)

    def __float__(self) -> float:
        # CuPy converts an array of one number, and waits for the device
        return float(self._values.item())

    def __array__(self, *args: Any, **options: Any) -> np.ndarray:
        raise TypeError(NO_CONVERSION)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        if out is not None:
            options["out"] = _inside(out)
        result = getattr(ufunc, method)(*_inside(inputs), **_inside(options))
        return out[0] if out is not None else _outside(result)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return _outside(function(*_inside(args), **_inside(options)))


StrictArray.__module__ = "cupy"  # NB: optimlab.arrays asks where the type of an array comes from


def _inside(tree: Any) -> Any:
    """Return the NumPy arrays inside strict ones; refuse NumPy arrays that stand beside them."""
    if isinstance(tree, StrictArray):
        return tree._values
    if isinstance(tree, np.ndarray) and tree.ndim:
        raise TypeError(NO_MIXTURE)
    if isinstance(tree, dict):
        return {key: _inside(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(map(_inside, tree))
    return tree


def _outside(result: Any) -> Any:
    if isinstance(result, np.ndarray | np.generic):
        return StrictArray(result)
    if isinstance(result, list | tuple):
        return type(result)(map(_outside, result))
    return result
