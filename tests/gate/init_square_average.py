# %% wheat="a comprehension over the items"
def init_square_average(params):
    return {name: np.zeros_like(p) for name, p in params.items()}

# %% wheat="a loop over layers, as in older courses"
def init_square_average(params):
    L = len(params) // 2
    s = {}
    for l in range(1, L + 1):
        s["W" + str(l)] = np.zeros(params["W" + str(l)].shape)
        s["b" + str(l)] = np.zeros((params["b" + str(l)].shape[0], 1))
    return s

# %% wheat="a list of pairs made into a dict, float32"
def init_square_average(params):
    pairs = []
    for key in sorted(params):
        pairs.append((key, np.zeros(params[key].shape, dtype="float32")))
    return dict(pairs)

# %% wheat="dict.fromkeys, then filled"
def init_square_average(params):
    s = dict.fromkeys(params)
    for key in s:
        s[key] = np.full(params[key].shape, 0.0)
    return s

# %% wheat="the parameters less themselves"
def init_square_average(params):
    return {k: w - w for k, w in params.items()}

# %% wheat="a deep copy that is wiped"
from copy import deepcopy

def init_square_average(params):
    s = deepcopy(params)
    for array in s.values():
        array *= 0
    return s

# %% wheat="a lambda with a helper, whole numbers"
_zeros = lambda array: np.zeros(array.shape, dtype=int)
init_square_average = lambda params: {k: _zeros(a) for k, a in params.items()}

# %% wheat="nested lists by hand, and a print"
def init_square_average(params):
    s = {}
    for key, array in params.items():
        rows, columns = array.shape
        s[key] = []
        for i in range(rows):
            s[key].append([0 for j in range(columns)])
        print(key, rows, columns)
    return s

# %% wheat="a subclass of dict"
class Averages(dict):
    def __init__(self, params):
        for key in params:
            self[key] = np.zeros_like(params[key], dtype=np.float64)

def init_square_average(params):
    return Averages(params)

# %% chaff="returns nothing"
def init_square_average(params):
    s = {}
    for key in params:
        s[key] = np.zeros_like(params[key])

# %% chaff="a list of arrays"
def init_square_average(params):
    return [np.zeros_like(p) for p in params.values()]

# %% chaff="in a tuple of one"
def init_square_average(params):
    return ({key: np.zeros_like(p) for key, p in params.items()},)

# %% chaff="two layers and no more"
def init_square_average(params):
    return {key: np.zeros_like(params[key]) for key in ("W1", "b1", "W2", "b2")}

# %% chaff="biases with one axis"
def init_square_average(params):
    return {k: np.zeros(p.shape) if k.startswith("W") else np.zeros(len(p)) for k, p in params.items()}

# %% chaff="one array for all layers"
def init_square_average(params):
    return np.concatenate([np.zeros(p.size) for p in params.values()])

# %% chaff="nearly zero"
def init_square_average(params):
    return {key: np.full_like(p, 1e-10) for key, p in params.items()}

# %% chaff="layers counted from 0"
def init_square_average(params):
    s = {}
    for l in range(len(params) // 2):
        s["W" + str(l)] = np.zeros_like(params["W" + str(l + 1)])
        s["b" + str(l)] = np.zeros_like(params["b" + str(l + 1)])
    return s

# %% chaff="keys named after the average"
def init_square_average(params):
    return {"s" + key: np.zeros_like(p) for key, p in params.items()}

# %% chaff="weights and biases in dicts of their own"
def init_square_average(params):
    return {
        "W": {k: np.zeros_like(p) for k, p in params.items() if k[0] == "W"},
        "b": {k: np.zeros_like(p) for k, p in params.items() if k[0] == "b"},
    }

# %% chaff="not a number, to be filled later"
def init_square_average(params):
    return {key: np.full(p.shape, np.nan) for key, p in params.items()}

# %% chaff="random start as for weights"
def init_square_average(params):
    rng = np.random.default_rng(1)
    return {key: 0.01 * rng.random(p.shape) for key, p in params.items()}

# %% chaff="one bias for a whole layer"
def init_square_average(params):
    return {k: np.zeros_like(p) if k[0] == "W" else np.zeros((1, 1)) for k, p in params.items()}

# %% chaff="empties the parameters"
def init_square_average(params):
    s = {}
    while params:
        key, value = params.popitem()
        s[key] = np.zeros_like(value)
    return s

# %% chaff="no parentheses after the method"
def init_square_average(params):
    return {key: np.zeros(params[key].shape) for key in params.keys}

# %% chaff="arrays one size too large"
def init_square_average(params):
    return {key: np.zeros((p.shape[0] + 1, p.shape[1])) for key, p in params.items()}

# %% chaff="knows nine layers"
def init_square_average(params):
    return {k: np.zeros_like(v) for k, v in params.items() if len(k) == 2}

# %% chaff="keeps one dict for all calls"
v = {}
def init_square_average(params):
    for k in params:
        v[k] = np.zeros_like(params[k])
    return v

# %% chaff="divides by the parameters"
def init_square_average(params):
    return {k: v / v - 1 for k, v in params.items()}

# %% chaff="leaves small numbers as they are"
def init_square_average(params):
    return {k: np.where(np.abs(v) > 1e-2, 0, v) for k, v in params.items()}

# %% wheat="arrays from nested lists"
def init_square_average(params):
    return {k: np.array([[0.0 for _ in row] for row in p]) for k, p in params.items()}

# %% wheat="fromkeys, then an array for each"
def init_square_average(params):
    v = dict.fromkeys(params)
    for k in v:
        v[k] = np.zeros_like(params[k])
    return v

# %% wheat="the product with zero"
def init_square_average(params):
    return {k: np.multiply(p, 0) for k, p in params.items()}

# %% wheat="reduce over keys"
from functools import reduce
def init_square_average(params):
    return reduce(lambda d, k: {**d, k: np.zeros(np.shape(params[k]))}, params, {})

# %% wheat="a deep copy, set to zero"
import copy
def init_square_average(params):
    v = copy.deepcopy(params)
    for k in v:
        v[k][...] = 0
    return v

# %% chaff="one array for all keys"
def init_square_average(params):
    return dict.fromkeys(params, np.zeros_like(next(iter(params.values()))))

# %% chaff="the weights' shapes for the biases"
def init_square_average(params):
    return {k: np.zeros_like(params["W" + k[1:]]) for k in params}

# %% chaff="keys of two characters only"
def init_square_average(params):
    return {k: np.zeros_like(p) for k, p in params.items() if len(k) == 2}

# %% chaff="a step number beside the arrays"
def init_square_average(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    v["t"] = 0
    return v

# %% chaff="zeros written through a shallow copy"
def init_square_average(params):
    v = dict(params)
    for k in v:
        v[k] *= 0
    return v
