"""The step functions of lessons 03 to 05 on arrays of a GPU: CuPy's where there is one, a strict stand-in everywhere.

``make test-gpu`` runs this file alone. Without a GPU there is only the stand-in, and one skipped test says so.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pytest

from grader.reference import adam, momentum, rmsprop
from optimlab import arrays
from optimlab.training import descend, train
from tests.conftest import ROOT
from tests.strict_array import StrictArray


@dataclass(frozen=True)
class Backend:
    """Where arrays live: their type, and how they come there."""

    kind: type
    place: Callable[[np.ndarray], Any]


def strict_module() -> ModuleType:
    """Return what `import cupy` gives where the stand-in takes its place."""
    module = ModuleType("cupy")
    module.asarray = lambda x: x if isinstance(x, StrictArray) else StrictArray(x)
    module.zeros = lambda n: StrictArray(np.zeros(n))
    for name in ("stack", "broadcast_to", "concatenate", "take_along_axis"):
        setattr(module, name, getattr(np, name))
    return module


MISSING = arrays.missing_for_gpu()


@pytest.fixture(params=["strict"] if MISSING else ["strict", "cupy"])
def backend(request, monkeypatch) -> Backend:
    if request.param == "cupy":
        import cupy

        return Backend(cupy.ndarray, cupy.asarray)
    monkeypatch.setitem(sys.modules, "cupy", strict_module())
    found = importlib.util.find_spec
    monkeypatch.setattr(
        arrays.importlib.util, "find_spec", lambda name, *more: True if name == "cupy" else found(name, *more)
    )
    return Backend(StrictArray, StrictArray)


def taught(stem: str, names: tuple[str, ...]) -> dict[str, Callable]:
    """Return the solutions that stand in a lesson."""
    notebook = nbformat.read(ROOT / "solutions" / stem / f"{stem}.ipynb", as_version=4)
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    namespace: dict[str, Any] = {"np": np}
    for name in names:
        exec(sources[name], namespace)
    return {name: namespace[name] for name in names}


LESSONS = {
    "03_momentum": (momentum, ("init_velocity", "momentum_step")),
    "04_rmsprop": (rmsprop, ("init_square_average", "adagrad_step", "rmsprop_step")),
    "05_adam": (adam, ("init_adam", "bias_correct", "adam_step")),
}
FUNCTIONS = {
    (source, name): function
    for stem, (module, names) in LESSONS.items()
    for source, functions in (
        ("reference", {name: getattr(module, name) for name in names}),
        ("lesson", taught(stem, names)),
    )
    for name, function in functions.items()
}
STATES = {"momentum_step": "v", "adagrad_step": "s", "rmsprop_step": "s", "adam_step": "vs"}
INITS = {
    "momentum_step": "init_velocity",
    "adagrad_step": "init_square_average",
    "rmsprop_step": "init_square_average",
    "adam_step": "init_adam",
}
SHAPES = {"W1": (5, 3), "b1": (5, 1), "W2": (1, 5), "b2": (1, 1)}


def drawn(seed: int, dtype: type = np.float64) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {key: rng.standard_normal(shape).astype(dtype) for key, shape in SHAPES.items()}


def inputs(name: str, dtype: type = np.float64) -> tuple[tuple, dict]:
    """Return the positional and the named arguments of a step: a state that is not zero, and squares in it."""
    v, s = drawn(2, dtype), {key: value**2 for key, value in drawn(3, dtype).items()}
    state = [{"v": v, "s": s}[part] for part in STATES[name]]
    return (drawn(0, dtype), drawn(1, dtype), *state), {"t": 3} if name == "adam_step" else {}


def agree(got: Any, due: Any, kind: type, rtol: float) -> None:
    """Hold that every array of a structure is on the device, and has the numbers that are due."""
    if isinstance(due, dict):
        assert list(got) == list(due)
        for key in due:
            agree(got[key], due[key], kind, rtol)
    elif isinstance(due, tuple):
        assert len(got) == len(due)
        for one, other in zip(got, due, strict=True):
            agree(one, other, kind, rtol)
    else:
        assert type(got) is kind
        assert got.dtype == due.dtype
        np.testing.assert_allclose(got.get(), due, rtol=rtol, atol=rtol)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-5)], ids=["float64", "float32"])
@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("source", ["reference", "lesson"])
def test_a_step_stays_on_the_device_and_agrees_with_numpy(source, name, dtype, rtol, backend):
    step = FUNCTIONS[source, name]
    given, named = inputs(name, dtype)
    due = step(*given, learning_rate=0.1, **named)
    there = arrays.map_arrays(backend.place, given)
    agree(step(*there, learning_rate=0.1, **named), due, backend.kind, rtol)
    agree(there, given, backend.kind, 0)  # a step is pure there as well


@pytest.mark.parametrize("name", ["init_velocity", "init_square_average", "init_adam"])
@pytest.mark.parametrize("source", ["reference", "lesson"])
def test_a_state_starts_on_the_device(source, name, backend):
    init = FUNCTIONS[source, name]
    agree(init(arrays.map_arrays(backend.place, drawn(0))), init(drawn(0)), backend.kind, 0)


@pytest.mark.parametrize("source", ["reference", "lesson"])
def test_bias_correction_stays_on_the_device(source, backend):
    correct = FUNCTIONS[source, "bias_correct"]
    average = drawn(0)["W1"]
    agree(correct(backend.place(average), 0.9, 3), correct(average, 0.9, 3), backend.kind, 1e-12)


@pytest.mark.parametrize("name", STATES)
def test_a_walk_with_the_lessons_step_stays_on_the_device(name, backend):
    def walk(place):
        step, state = FUNCTIONS["lesson", name], FUNCTIONS["lesson", INITS[name]]
        curvatures = place(np.array([0.2, 4.0]))
        start = place(np.array([[-5.0, -2.0], [1.0, 3.0]]))
        return descend(step, lambda x: curvatures * x, start, learning_rate=0.1, steps=20, state=state)

    agree(walk(backend.place), walk(lambda x: x), backend.kind, 1e-12)


def squares(params, X_t, Y_t):
    """Return half the mean squared error of one linear unit, with what a strict array can do."""
    error = params["W1"] * X_t - Y_t
    return np.sum(error * error), {"W1": error * X_t, "b1": params["b1"] * 0.0}


@pytest.mark.parametrize("name", STATES)
def test_training_with_the_lessons_step_stays_on_the_device(name, backend):
    def run(place):
        step, state = FUNCTIONS["lesson", name], FUNCTIONS["lesson", INITS[name]]
        params = {"W1": place(np.array([[0.5]])), "b1": place(np.array([[0.0]]))}
        X, Y = place(np.array([[2.0]])), place(np.array([[3.0]]))
        options = {"learning_rate": 0.1, "updates": 5, "state": state}
        return train(step, params, X, Y, cost_and_grads=squares, **options)

    there, here = run(backend.place), run(lambda x: x)
    agree(there.params, here.params, backend.kind, 1e-12)
    np.testing.assert_allclose(there.loss, here.loss, rtol=1e-12)


# --------------------------------------------------------------------------- broken on purpose


def by_way_of_numpy(params, grads, v, s, t, learning_rate):
    return adam.adam_step(params, {key: np.asarray(g) for key, g in grads.items()}, v, s, t, learning_rate)


def copied_with_numpy(params, grads, v, s, t, learning_rate):
    return adam.adam_step({key: np.array(w) for key, w in params.items()}, grads, v, s, t, learning_rate)


def state_from_shapes(params, grads, v, s, t, learning_rate):
    return adam.adam_step(params, grads, {key: np.zeros(g.shape) for key, g in grads.items()}, s, t, learning_rate)


def root_of_math(params, grads, v, s, t, learning_rate):
    return {key: w - learning_rate * grads[key] / math.sqrt(s[key]) for key, w in params.items()}, v, s


BROKEN = {"asarray": by_way_of_numpy, "array": copied_with_numpy, "zeros": state_from_shapes, "math": root_of_math}


@pytest.mark.parametrize("step", BROKEN.values(), ids=BROKEN)
def test_a_step_that_leaves_the_device_is_seen(step, backend):
    given, named = inputs("adam_step")
    there = arrays.map_arrays(backend.place, given)
    with pytest.raises((TypeError, ValueError)):
        step(*there, learning_rate=0.1, **named)


def test_cupy_is_one_of_the_backends():
    if MISSING:
        pytest.skip(MISSING)


def test_the_stand_in_refuses_what_cupy_refuses():
    x = StrictArray([1.0, 4.0])
    for convert in (np.asarray, np.array, partial(np.asarray, dtype=float)):
        with pytest.raises(TypeError, match="Implicit conversion"):
            convert(x)
    for mix in (lambda: x + np.ones(2), lambda: np.ones(2) * x, lambda: np.where(x > 0, x, np.ones(2))):
        with pytest.raises(TypeError, match="Unsupported type"):
            mix()
    assert type(np.sqrt(x)) is type(np.zeros_like(x)) is type(x**2) is StrictArray
    assert np.sqrt(x).get().tolist() == [1, 2]
