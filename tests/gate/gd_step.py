# %% wheat="a comprehension over the items"
def gd_step(params, grads, learning_rate):
    return {name: p - learning_rate * grads[name] for name, p in params.items()}

# %% wheat="a loop over layers, as in older courses"
def gd_step(params, grads, learning_rate):
    parameters = params.copy()
    L = len(params) // 2
    for l in range(1, L + 1):
        parameters["W" + str(l)] = params["W" + str(l)] - learning_rate * grads["W" + str(l)]
        parameters["b" + str(l)] = params["b" + str(l)] - learning_rate * grads["b" + str(l)]
    return parameters

# %% wheat="a deep copy, then in place"
import copy

def gd_step(params, grads, learning_rate):
    new = copy.deepcopy(params)
    for key in new:
        new[key] -= learning_rate * grads[key]
    return new

# %% wheat="a lambda"
gd_step = lambda p, g, a: {k: p[k] - a * g[k] for k in p}

# %% wheat="adds a negative step, with a helper"
def _step(g, rate):
    return -rate * g

def gd_step(params, grads, learning_rate):
    out = dict()
    for key in grads.keys():
        out[key] = params[key] + _step(grads[key], learning_rate)
    return out

# %% wheat="number by number, nested lists"
def gd_step(params, grads, learning_rate):
    new = {}
    for key in params:
        rows, columns = params[key].shape
        new[key] = np.array([[params[key][i, j] - learning_rate * grads[key][i, j] for j in range(columns)] for i in range(rows)])
    return new

# %% wheat="keeps everything in float32"
def gd_step(params, grads, learning_rate):
    f = np.float32
    return {k: params[k].astype(f) - f(learning_rate) * grads[k].astype(f) for k in params}

# %% wheat="promotes everything to float64"
def gd_step(params, grads, learning_rate):
    return {k: np.float64(params[k]) - np.float64(learning_rate) * np.float64(grads[k]) for k in params}

# %% wheat="sorts the keys of both, then zips"
def gd_step(params, grads, learning_rate):
    keys = sorted(params)
    return dict(zip(keys, [params[k] - learning_rate * g for k, (_, g) in zip(keys, sorted(grads.items()))]))

# %% wheat="recursion over the keys"
def gd_step(params, grads, learning_rate):
    if not params:
        return {}
    key, *others = params
    rest = gd_step({k: params[k] for k in others}, grads, learning_rate)
    return {key: np.subtract(params[key], np.multiply(learning_rate, grads[key])), **rest}

# %% wheat="backwards through the layers, an ordered dict, prints"
from collections import OrderedDict

def gd_step(params, grads, learning_rate):
    new = OrderedDict()
    for l in reversed(range(len(params) // 2)):
        for kind in "bW":
            key = f"{kind}{l + 1}"
            new[key] = params[key] - grads[key] * learning_rate
            print(key, new[key])
    return new

# %% wheat="an average of the parameters and a full step"
def gd_step(params, grads, learning_rate):
    return {k: (1 - learning_rate) * w + learning_rate * (w - grads[k]) for k, w in params.items()}

# %% wheat="while there are weights of a next layer"
def gd_step(params, grads, learning_rate):
    new, l = {}, 1
    while "W%d" % l in params:
        new["W%d" % l] = params["W%d" % l] - learning_rate * grads["W%d" % l]
        new["b%d" % l] = params["b%d" % l] - learning_rate * grads["b%d" % l]
        l += 1
    return new

# %% chaff="returns nothing"
def gd_step(params, grads, learning_rate):
    new = {k: params[k] - learning_rate * grads[k] for k in params}

# %% chaff="a shallow copy, then in place"
def gd_step(params, grads, learning_rate):
    new = params.copy()
    for key in new:
        new[key] -= learning_rate * grads[key]
    return new

# %% chaff="keys of gradients in other courses"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads["d" + k] for k in params}

# %% chaff="returns the parameters and the gradients"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads[k] for k in params}, grads

# %% chaff="returns a list of arrays"
def gd_step(params, grads, learning_rate):
    return [params[k] - learning_rate * grads[k] for k in params]

# %% chaff="rounded for a nice print"
def gd_step(params, grads, learning_rate):
    return {k: np.round(params[k] - learning_rate * grads[k], 2) for k in params}

# %% chaff="normalises the gradient"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads[k] / np.linalg.norm(grads[k]) for k in params}

# %% chaff="the gradient's sign"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * np.sign(grads[k]) for k in params}

# %% chaff="clips large gradients"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * np.clip(grads[k], -1, 1) for k in params}

# %% chaff="biases as one number, their mean gradient"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * (grads[k] if k[0] == "W" else np.mean(grads[k])) for k in params}

# %% chaff="biases with one axis"
def gd_step(params, grads, learning_rate):
    new = {k: params[k] - learning_rate * grads[k] for k in params}
    return {k: w if k[0] == "W" else w.ravel() for k, w in new.items()}

# %% chaff="momentum that nobody asked for, in a global"
_velocity = {}

def gd_step(params, grads, learning_rate):
    for k in params:
        _velocity[k] = 0.9 * (_velocity[k] if np.shape(_velocity.get(k)) == grads[k].shape else 0) + grads[k]
    return {k: params[k] - learning_rate * _velocity[k] for k in params}

# %% chaff="the learning rate decays from call to call"
_calls = [0]

def gd_step(params, grads, learning_rate):
    _calls[0] += 1
    return {k: params[k] - learning_rate / _calls[0] * grads[k] for k in params}

# %% chaff="at most three keys of each kind, from layer 1"
def gd_step(params, grads, learning_rate):
    new = {}
    for l in range(1, 3):
        if f"W{l}" in params:
            new[f"W{l}"] = params[f"W{l}"] - learning_rate * grads[f"W{l}"]
            new[f"b{l}"] = params[f"b{l}"] - learning_rate * grads[f"b{l}"]
    return new

# %% chaff="weight decay as well"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * (grads[k] + 0.01 * params[k]) for k in params}

# %% chaff="a product for a difference"
def gd_step(params, grads, learning_rate):
    return {k: params[k] * (1 - learning_rate * grads[k]) for k in params}

# %% chaff="the learning rate squared by two lines"
def gd_step(params, grads, learning_rate):
    steps = {k: learning_rate * grads[k] for k in grads}
    return {k: params[k] - learning_rate * steps[k] for k in params}

# %% chaff="empties the gradients when done"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads.pop(k) for k in params}

# %% chaff="returns the last array alone"
def gd_step(params, grads, learning_rate):
    for k in params:
        new = params[k] - learning_rate * grads[k]
    return new

# %% chaff="a return inside the loop"
def gd_step(params, grads, learning_rate):
    new = {}
    for k in params:
        new[k] = params[k] - learning_rate * grads[k]
        return new

# %% chaff="half precision, to save memory"
def gd_step(params, grads, learning_rate):
    return {k: (params[k] - learning_rate * grads[k]).astype(np.float16) for k in params}

# %% chaff="only the first nine layers are updated"
def gd_step(params, grads, learning_rate):
    new = {k: v.copy() for k, v in params.items()}
    for k in new:
        if len(k) == 2:
            new[k] = new[k] - learning_rate * grads[k]
    return new

# %% chaff="reads the layer's number from one digit"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads[k] if len(k) < 3 else params[k] - learning_rate * grads[k[:2]].mean() for k in params}

# %% chaff="clips big gradients"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * np.clip(grads[k], -5, 5) for k in params}

# %% chaff="rounds to five decimals"
def gd_step(params, grads, learning_rate):
    return {k: np.round(params[k] - learning_rate * grads[k], 5) for k in params}

# %% chaff="caps the learning rate at 1"
def gd_step(params, grads, learning_rate):
    lr = min(learning_rate, 1)
    return {k: params[k] - lr * grads[k] for k in params}

# %% chaff="transposes square gradients"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * (grads[k].T if grads[k].shape[0] == grads[k].shape[1] else grads[k]) for k in params}

# %% wheat="all arrays in one vector, cut again"
def gd_step(params, grads, learning_rate):
    keys = list(params)
    if not keys:
        return {}
    flat = np.concatenate([params[k].ravel() for k in keys])
    g = np.concatenate([grads[k].ravel() for k in keys])
    flat = flat - learning_rate * g
    out, at = {}, 0
    for k in keys:
        n = params[k].size
        out[k] = flat[at:at + n].reshape(params[k].shape)
        at += n
    return out

# %% wheat="layers until a key is missing"
def gd_step(params, grads, learning_rate):
    new, l = {}, 0
    try:
        while True:
            l += 1
            for n in ("W%d" % l, "b%d" % l):
                new[n] = params[n] - learning_rate * grads[n]
    except KeyError:
        return new

# %% wheat="long doubles, cast back"
def gd_step(params, grads, learning_rate):
    return {k: (np.longdouble(1) * p - np.longdouble(learning_rate) * grads[k]).astype(p.dtype) for k, p in params.items()}

# %% wheat="a copied dict emptied by popitem"
def gd_step(params, grads, learning_rate):
    rest, out = dict(params), {}
    while rest:
        k, p = rest.popitem()
        out.setdefault(k, p + np.negative(grads[k] * learning_rate))
    return out

# %% wheat="a class, assertions, type hints"
class Stepper:
    def __init__(self, rate: float):
        self.rate = rate
    def __call__(self, p, g):
        assert p.shape == g.shape
        return p - self.rate * g
def gd_step(params: dict, grads: dict, learning_rate: float) -> dict:
    assert params.keys() == grads.keys()
    s = Stepper(learning_rate)
    return {k: s(params[k], grads[k]) for k in params}

# %% wheat="reduce with a merge of dicts"
from functools import reduce
def gd_step(params, grads, learning_rate):
    return reduce(lambda d, k: d | {k: params[k] - (delta := learning_rate * grads[k])}, params, {})

# %% chaff="stands still where all gradients are small"
def gd_step(params, grads, learning_rate):
    if all(np.abs(g).max() < 1e-3 for g in grads.values()):
        return {k: p.copy() for k, p in params.items()}
    return {k: params[k] - learning_rate * grads[k] for k in params}

# %% chaff="leaves parameters of zero where they are"
def gd_step(params, grads, learning_rate):
    return {k: np.where(params[k] == 0, 0, params[k] - learning_rate * grads[k]) for k in params}

# %% chaff="the norm of all gradients kept below 5"
def gd_step(params, grads, learning_rate):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    f = min(1.0, 5.0 / (norm + 1e-12))
    return {k: params[k] - learning_rate * f * grads[k] for k in params}

# %% chaff="no parameter changes its sign"
def gd_step(params, grads, learning_rate):
    out = {}
    for k in params:
        n = params[k] - learning_rate * grads[k]
        out[k] = np.where(np.sign(n) == np.sign(params[k]), n, 0)
    return out

# %% chaff="the rate rounded to two places"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - round(learning_rate, 2) * grads[k] for k in params}

# %% chaff="no rate above 1"
def gd_step(params, grads, learning_rate):
    learning_rate = min(learning_rate, 1.0)
    return {k: params[k] - learning_rate * grads[k] for k in params}

# %% chaff="learning rate at least 1e-3: shows below"
def gd_step(params, grads, learning_rate):
    learning_rate = np.maximum(learning_rate, 1e-3)
    return {k: params[k] - learning_rate * grads[k] for k in params}

# %% chaff="np.nan guard: gradient 0 replaced by 1e-8 times 1e4: shows where a gradient is exactly 0"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * np.where(grads[k] == 0, 1e-4, grads[k]) for k in params}

# %% chaff="skips keys with an all-zero gradient: they are missing from the result"
def gd_step(params, grads, learning_rate):
    return {k: params[k] - learning_rate * grads[k] for k in params if np.any(grads[k])}

# %% chaff="stops at the first all-zero gradient: shows when one gradient is all zeros and a later one is not"
def gd_step(params, grads, learning_rate):
    new = {k: p.copy() for k, p in params.items()}
    for k in new:
        if not np.any(grads[k]):
            break
        new[k] = params[k] - learning_rate * grads[k]
    return new
