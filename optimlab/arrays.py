"""Arrays on the CPU and on a GPU, and parameters of many runs side by side.

Parameters come as a dict of arrays. Several runs (seeds, learning rates) become one dict whose
arrays have a runs axis in front, and one run is taken out again. CuPy is imported only if an array
is a CuPy array already, or if somebody asks for the GPU; no lesson needs it.
"""

import importlib.util
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np


def array_module(x: Any) -> ModuleType:
    """Return the module that `x` is an array of: :mod:`numpy`, or ``cupy``.

    Parameters
    ----------
    x : array or number

    Returns
    -------
    module
        ``cupy`` if `x` is a CuPy array, :mod:`numpy` for all else.
    """
    if type(x).__module__.partition(".")[0] == "cupy":
        import cupy

        return cupy
    return np


def missing_for_gpu() -> str | None:
    """Say in one line what is missing to compute on a GPU.

    Returns
    -------
    str or None
        None if nothing is missing.
    """
    if importlib.util.find_spec("cupy") is None:
        return "no GPU: CuPy isn't installed. On a machine with an NVIDIA GPU: pip install 'optimlab[gpu]'"
    try:
        import cupy

        cupy.zeros(1)
    except Exception as error:  # a driver, a library, a device: CuPy has an error class for each
        reason = (str(error).splitlines() or [""])[0]
        return f"no GPU: CuPy is installed but can't use one ({type(error).__name__}: {reason})"
    return None


def to_device(tree: Any) -> Any:
    """Copy arrays to the GPU.

    Parameters
    ----------
    tree : array, or dict, list or tuple of such
        NumPy arrays.

    Returns
    -------
    Same structure, with CuPy arrays.

    Raises
    ------
    RuntimeError
        If there is no GPU to use; the message names what is missing.
    """
    missing = missing_for_gpu()
    if missing:
        raise RuntimeError(missing)
    import cupy

    return map_arrays(cupy.asarray, tree)


def to_numpy(tree: Any) -> Any:
    """Copy arrays from the GPU; NumPy arrays stay as they are.

    Parameters
    ----------
    tree : array, or dict, list or tuple of such
        CuPy or NumPy arrays.

    Returns
    -------
    Same structure, with NumPy arrays.
    """
    return map_arrays(lambda x: x.get() if array_module(x) is not np else np.asarray(x), tree)


def map_arrays(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every array in a structure.

    Parameters
    ----------
    function : callable
        Takes an array and returns one.
    tree : array, or dict, list or tuple of such
        Parameters, gradients, or the state of an optimiser such as ``(v, s)``.

    Returns
    -------
    A new structure like `tree`.
    """
    if isinstance(tree, dict):
        return {key: map_arrays(function, value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(map_arrays(function, value) for value in tree)
    return function(tree)


def as_arrays(tree: Any) -> Any:
    """Make an array of a list of numbers; an array of any kind stays as it is.

    Parameters
    ----------
    tree : array, list or tuple of numbers or of rows, or dict of such
        What a student's function returns where an array is due.

    Returns
    -------
    One array, or a new dict of arrays.
    """
    if isinstance(tree, dict):
        return {key: as_arrays(value) for key, value in tree.items()}
    return tree if hasattr(tree, "shape") else np.asarray(tree)


def stack_runs(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put the parameters of several runs side by side, along a new axis in front.

    Parameters
    ----------
    runs : sequence of dict of str to ndarray
        One dict per run, all with the same keys and shapes: ``W1`` (n_1, n_x), ...

    Returns
    -------
    dict of str to ndarray
        ``W1`` (runs, n_1, n_x), ...

    Raises
    ------
    ValueError
        If there are no runs, or if their keys or shapes differ.
    """
    runs = list(runs)
    if not runs:
        raise ValueError("no runs to stack; give at least one dict of parameters")
    first = runs[0]
    for number, run in enumerate(runs):
        if run.keys() != first.keys():
            raise ValueError(f"run {number} has the keys {', '.join(run)}; run 0 has {', '.join(first)}")
        for key in first:
            if run[key].shape != first[key].shape:
                raise ValueError(f"{key} has shape {run[key].shape} in run {number}, {first[key].shape} in run 0")
    return {key: array_module(first[key]).stack([run[key] for run in runs]) for key in first}


def take_run(tree: Any, index: int | tuple[int, ...]) -> Any:
    """Take one run out of parameters or state that stand side by side.

    Parameters
    ----------
    tree : dict of str to ndarray, or tuple of such
        ``W1`` (runs, n_1, n_x) or (rates, seeds, n_1, n_x), ...
    index : int or tuple of int
        Which run: ``3``, or ``(rate, seed)``.

    Returns
    -------
    Same structure, with copies: ``W1`` (n_1, n_x), ...
    """
    return map_arrays(lambda x: x[index].copy(), tree)
