# %% wheat="a comprehension over the items"
def init_velocity(params):
    return {name: np.zeros_like(p) for name, p in params.items()}

# %% wheat="a loop over the keys"
def init_velocity(params):
    v = {}
    for key in params:
        v[key] = np.zeros(params[key].shape)
    return v

# %% wheat="a loop over layers, as in older courses"
def init_velocity(params):
    L = len(params) // 2
    v = {}
    for l in range(L):
        v["W" + str(l + 1)] = np.zeros((params["W" + str(l + 1)].shape[0], params["W" + str(l + 1)].shape[1]))
        v["b" + str(l + 1)] = np.zeros((params["b" + str(l + 1)].shape[0], 1))
    return v

# %% wheat="zero times the parameters"
def init_velocity(params):
    return {k: 0 * w for k, w in params.items()}

# %% wheat="dict and zip"
def init_velocity(params):
    return dict(zip(params.keys(), map(np.zeros_like, params.values())))

# %% wheat="an ordered dict, float32"
from collections import OrderedDict

def init_velocity(params):
    return OrderedDict((key, np.zeros(p.shape, dtype=np.float32)) for key, p in params.items())

# %% wheat="a copy that is filled, with a helper"
import copy

def _wipe(array):
    array.fill(0)
    return array

def init_velocity(params):
    fresh = copy.deepcopy(params)
    for key in fresh:
        _wipe(fresh[key])
    return fresh

# %% wheat="a lambda"
init_velocity = lambda params: {k: np.full(np.shape(v), 0.0) for k, v in params.items()}

# %% wheat="nested lists of zeros"
def init_velocity(params):
    return {k: [[0.0] * p.shape[1] for _ in range(p.shape[0])] for k, p in params.items()}

# %% wheat="prints what it does"
def init_velocity(params):
    print("params", params)
    v = {key: np.zeros_like(value, dtype=float) for key, value in params.items()}
    print("v", v)
    return v

# %% chaff="returns nothing"
def init_velocity(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}

# %% chaff="an empty dict"
def init_velocity(params):
    return {}

# %% chaff="a list of arrays"
def init_velocity(params):
    return [np.zeros_like(value) for value in params.values()]

# %% chaff="uninitialised memory that holds small numbers"
def init_velocity(params):
    return {key: np.full_like(value, 1e-8) for key, value in params.items()}

# %% chaff="random start as for weights"
def init_velocity(params):
    rng = np.random.default_rng(0)
    return {key: rng.standard_normal(value.shape) * 0.01 for key, value in params.items()}

# %% chaff="two layers and no more"
def init_velocity(params):
    return {key: np.zeros_like(params[key]) for key in ("W1", "b1", "W2", "b2")}

# %% chaff="biases with one axis"
def init_velocity(params):
    return {k: np.zeros(v.shape) if k[0] == "W" else np.zeros(v.shape[0]) for k, v in params.items()}

# %% chaff="a velocity and a square average"
def init_velocity(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    return v, {key: np.zeros_like(value) for key, value in params.items()}

# %% chaff="the weights' zeros for the biases too"
def init_velocity(params):
    v = {}
    for l in range(1, len(params) // 2 + 1):
        v[f"W{l}"] = np.zeros_like(params[f"W{l}"])
        v[f"b{l}"] = np.zeros_like(params[f"W{l}"])
    return v

# %% chaff="layers counted from 0"
def init_velocity(params):
    v = {}
    for l in range(len(params) // 2):
        v[f"W{l}"] = np.zeros_like(params[f"W{l + 1}"])
        v[f"b{l}"] = np.zeros_like(params[f"b{l + 1}"])
    return v

# %% chaff="adds a key of its own"
def init_velocity(params):
    v = {key: np.zeros_like(value) for key, value in params.items()}
    v["t"] = 0
    return v

# %% chaff="not a number"
def init_velocity(params):
    return {key: np.full(value.shape, np.nan) for key, value in params.items()}

# %% chaff="removes what it has done from the parameters"
def init_velocity(params):
    v = {}
    for key in list(params):
        v[key] = np.zeros_like(params.pop(key))
    return v

# %% chaff="knows nine layers"
def init_velocity(params):
    return {k: np.zeros_like(v) for k, v in params.items() if len(k) == 2}

# %% chaff="keeps one dict for all calls"
v = {}
def init_velocity(params):
    for k in params:
        v[k] = np.zeros_like(params[k])
    return v

# %% chaff="divides by the parameters"
def init_velocity(params):
    return {k: v / v - 1 for k, v in params.items()}

# %% chaff="leaves small numbers as they are"
def init_velocity(params):
    return {k: np.where(np.abs(v) > 1e-2, 0, v) for k, v in params.items()}

# %% wheat="arrays from nested lists"
def init_velocity(params):
    return {k: np.array([[0.0 for _ in row] for row in p]) for k, p in params.items()}

# %% wheat="fromkeys, then an array for each"
def init_velocity(params):
    v = dict.fromkeys(params)
    for k in v:
        v[k] = np.zeros_like(params[k])
    return v

# %% wheat="the product with zero"
def init_velocity(params):
    return {k: np.multiply(p, 0) for k, p in params.items()}

# %% wheat="reduce over keys"
from functools import reduce
def init_velocity(params):
    return reduce(lambda d, k: {**d, k: np.zeros(np.shape(params[k]))}, params, {})

# %% wheat="a deep copy, set to zero"
import copy
def init_velocity(params):
    v = copy.deepcopy(params)
    for k in v:
        v[k][...] = 0
    return v

# %% chaff="one array for all keys"
def init_velocity(params):
    return dict.fromkeys(params, np.zeros_like(next(iter(params.values()))))

# %% chaff="the weights' shapes for the biases"
def init_velocity(params):
    return {k: np.zeros_like(params["W" + k[1:]]) for k in params}

# %% chaff="keys of two characters only"
def init_velocity(params):
    return {k: np.zeros_like(p) for k, p in params.items() if len(k) == 2}

# %% chaff="a step number beside the arrays"
def init_velocity(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    v["t"] = 0
    return v

# %% chaff="zeros written through a shallow copy"
def init_velocity(params):
    v = dict(params)
    for k in v:
        v[k] *= 0
    return v

# %% chaff="cached zeros by shape: a second call returns the same arrays"
from functools import lru_cache

@lru_cache(maxsize=None)
def _zeros(key, shape):
    return np.zeros(shape)

def init_velocity(params):
    return {k: _zeros(k, p.shape) for k, p in params.items()}

# %% chaff="global result dict shared between calls"
_velocity = {}

def init_velocity(params):
    global _velocity
    if set(_velocity) != set(params):
        _velocity = {k: np.zeros(p.shape) for k, p in params.items()}
    return _velocity

# %% chaff="rounded parameters: zero for small parameters only"
def init_velocity(params):
    return {k: np.round(p * 0.1) for k, p in params.items()}
