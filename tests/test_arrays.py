"""Stacking and unstacking runs, and arrays that live elsewhere, shown with a stand-in for CuPy."""

import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from optimlab import arrays, network
from optimlab.training import descend, train


def test_runs_come_out_of_a_stack_as_they_went_in():
    runs = [network.initialise((2, 3, 1), np.random.default_rng(seed)) for seed in range(4)]
    stacked = arrays.stack_runs(runs)
    assert {key: value.shape for key, value in stacked.items()} == {
        "W1": (4, 3, 2),
        "b1": (4, 3, 1),
        "W2": (4, 1, 3),
        "b2": (4, 1, 1),
    }
    for number, run in enumerate(runs):
        taken = arrays.take_run(stacked, number)
        assert all((taken[key] == run[key]).all() for key in run)
    grid = {key: value.reshape(2, 2, *value.shape[1:]) for key, value in stacked.items()}
    assert (arrays.take_run((grid, grid), (1, 0))[1]["W1"] == runs[2]["W1"]).all()


def test_a_run_that_was_taken_out_is_a_copy():
    stacked = {"W1": np.zeros((2, 1, 1))}
    arrays.take_run(stacked, 0)["W1"] += 1
    assert not stacked["W1"].any()


def test_lists_of_numbers_become_arrays_and_arrays_stay_themselves():
    array = np.zeros((2, 1), dtype=np.float32)
    made = arrays.as_arrays({"W1": [[1.0, 2.0]], "b1": ((np.array(3.0),),), "W2": array})
    assert made["W1"].tolist() == [[1.0, 2.0]]
    assert made["b1"].shape == (1, 1)
    assert made["W2"] is array


def test_network_and_training_take_lists_for_arrays():
    params, rng = network.initialise((2, 3, 1), np.random.default_rng(0)), np.random.default_rng(0)
    X, Y = rng.standard_normal((2, 5)), np.array([[0.0, 1.0, 1.0, 0.0, 1.0]])
    lists = {key: value.tolist() for key, value in params.items()}

    def step_in_lists(params, grads, v, learning_rate):
        return [{key: (np.asarray(params[key]) - learning_rate * grads[key]).tolist() for key in params}, v]

    def state_in_lists(params):
        return {key: np.zeros_like(value).tolist() for key, value in params.items()}

    for function in (network.cost, network.count_correct):
        assert function(lists, X.tolist(), Y.tolist()) == function(params, X, Y)
    for function in (network.forward, network.predict):
        assert (function(lists, X.tolist()) == function(params, X)).all()
    cost, grads = network.cost_and_grads(lists, X.tolist(), Y.tolist())
    due_cost, due_grads = network.cost_and_grads(params, X, Y)
    assert cost == due_cost
    assert all((grads[key] == due_grads[key]).all() for key in due_grads)
    history = train(step_in_lists, params, X, Y, learning_rate=0.1, epochs=3, state=state_in_lists)
    due = train("gd", params, X, Y, learning_rate=0.1, epochs=3)
    assert history.loss.tolist() == due.loss.tolist()
    assert all(isinstance(value, np.ndarray) for one in (history.params, *history.state) for value in one.values())


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([], "no runs to stack"),
        ([{"W1": np.zeros((1, 1))}, {"W2": np.zeros((1, 1))}], "run 1 has the keys W2; run 0 has W1"),
        ([{"W1": np.zeros((1, 1))}, {"W1": np.zeros((1, 2))}], r"W1 has shape \(1, 2\) in run 1, \(1, 1\) in run 0"),
    ],
)
def test_runs_that_do_not_fit_together_are_named(runs, message):
    with pytest.raises(ValueError, match=message):
        arrays.stack_runs(runs)


def test_map_arrays_keeps_the_structure():
    tree = ({"W1": np.ones(2)}, [np.ones(1), {"b1": np.ones(1)}])
    doubled = arrays.map_arrays(lambda x: 2 * x, tree)
    assert doubled[0]["W1"].tolist() == [2, 2]
    assert doubled[1][1]["b1"].tolist() == [2]
    assert [type(part) for part in (doubled, *doubled)] == [tuple, dict, list]


def test_without_cupy_one_line_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(arrays.importlib.util, "find_spec", lambda name: None)
    assert arrays.missing_for_gpu() is not None
    with pytest.raises(RuntimeError, match=r"CuPy isn't installed\. .*pip install 'optimlab\[gpu\]'") as caught:
        arrays.to_device(np.zeros(1))
    assert "\n" not in str(caught.value)


def test_cupy_without_a_device_is_named_in_one_line(cupy, monkeypatch):
    def no_driver(n):
        raise OSError("cudaErrorNoDevice: no CUDA-capable device\nmore about it")

    monkeypatch.setattr(cupy, "zeros", no_driver)
    assert arrays.missing_for_gpu() == (
        "no GPU: CuPy is installed but can't use one (OSError: cudaErrorNoDevice: no CUDA-capable device)"
    )


def test_numpy_arrays_never_import_cupy():
    code = (
        "import sys; import numpy as np; import optimlab.training; from optimlab.arrays import to_numpy, array_module\n"
        "to_numpy({'W1': np.zeros(1)}); assert array_module(np.zeros(1)) is np; sys.exit('cupy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def on_device(function, *args, **options):
    """Call a function with the arrays inside the stand-ins, and wrap what it returns."""

    def unwrap(x):
        if isinstance(x, np.ndarray) and x.ndim:
            raise TypeError("Unsupported type <class 'numpy.ndarray'>")  # what CuPy says
        if isinstance(x, list | tuple):
            return type(x)(map(unwrap, x))
        return x.get() if isinstance(x, DeviceArray) else x

    return DeviceArray(function(*map(unwrap, args), **{key: unwrap(value) for key, value in options.items()}))


class DeviceArray(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands for a CuPy array: it computes, but refuses to become a NumPy array or to mix with one."""

    def __init__(self, values):
        self._values = np.asarray(values)

    def get(self):
        return self._values

    def __array__(self, *args, **options):
        raise TypeError("Implicit conversion to a NumPy array is not allowed")

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if out is not None:
            ufunc(*(x.get() if isinstance(x, DeviceArray) else x for x in inputs), out=out[0].get(), **options)
            return out[0]
        return on_device(getattr(ufunc, method), *inputs, **options)

    def __getitem__(self, key):
        return on_device(np.ndarray.__getitem__, self, key)

    def __getattr__(self, name):
        if name in ("shape", "ndim"):
            return getattr(self._values, name)
        if name == "T":
            return DeviceArray(self._values.T)
        if name in ("sum", "max", "argmax", "swapaxes", "astype", "copy", "reshape"):
            return lambda *args, **options: on_device(getattr(self._values, name), *args, **options)
        raise AttributeError(name)


DeviceArray.__module__ = "cupy"


@pytest.fixture
def cupy(monkeypatch):
    module = ModuleType("cupy")
    module.asarray = lambda x: x if isinstance(x, DeviceArray) else DeviceArray(x)
    module.zeros = lambda n: DeviceArray(np.zeros(n))
    for name in ("stack", "broadcast_to", "concatenate", "take_along_axis"):
        function = getattr(np, name)
        setattr(module, name, lambda *args, _f=function, **options: on_device(_f, *args, **options))
    monkeypatch.setitem(sys.modules, "cupy", module)
    monkeypatch.setattr(arrays.importlib.util, "find_spec", lambda name: name == "cupy")
    return module


def gd_step(params, grads, learning_rate):
    return {key: params[key] - learning_rate * grads[key] for key in params}


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("n_y", [1, 3])
def test_the_network_runs_on_device_arrays_and_agrees(cupy, hidden, n_y):
    rng = np.random.default_rng(0)
    params = arrays.stack_runs([network.initialise((2, 4, n_y), rng) for _ in range(3)])
    X, Y = rng.standard_normal((2, 8)), np.eye(max(2, n_y))[:, rng.integers(0, n_y, 8)][-n_y:]
    on_gpu = arrays.to_device(params), *arrays.to_device((X, Y))
    for function in (network.cost_and_grads, network.cost, network.count_correct):
        got, due = function(*on_gpu, hidden), function(params, X, Y, hidden)
        for mine, expected in zip(arrays.to_numpy(flat(got)), flat(due), strict=True):
            np.testing.assert_array_equal(mine, expected)
        assert all(isinstance(part, DeviceArray) for part in flat(got))


def flat(tree):
    return [tree[0], *tree[1].values()] if isinstance(tree, tuple) else [tree]


def test_training_stays_on_the_device_and_its_history_comes_back(cupy):
    rng = np.random.default_rng(0)
    params = arrays.stack_runs([network.initialise((2, 3, 1), rng) for _ in range(2)])
    X, Y = rng.standard_normal((2, 10)), (rng.random((1, 10)) < 0.5) * 1.0
    rates = np.array([0.1, 1.0]).reshape(2, 1, 1, 1)

    def run(move):
        rngs = [np.random.default_rng(seed) for seed in (0, 1)]
        options = {"learning_rate": move(rates), "epochs": 2, "batch_size": 4, "rng": rngs}
        return train(gd_step, move(params), move(X), move(Y), **options)

    history, due = run(arrays.to_device), run(lambda x: x)
    assert isinstance(history.params["W1"], DeviceArray)
    assert type(history.loss) is type(history.batch_loss) is np.ndarray
    np.testing.assert_array_equal(history.loss, due.loss)
    np.testing.assert_array_equal(history.batch_loss, due.batch_loss)


def test_descending_stays_on_the_device(cupy):
    path = descend(gd_step, lambda x: 2.0 * x, arrays.to_device(np.array([1.0, -4.0])), learning_rate=0.25, steps=2)
    assert isinstance(path, DeviceArray)
    assert path.get().tolist() == [[1, -4], [0.5, -2], [0.25, -1]]
