# %% wheat="two comprehensions"
def init_adam(params):
    return {k: np.zeros_like(p) for k, p in params.items()}, {k: np.zeros_like(p) for k, p in params.items()}

# %% wheat="a loop over layers, as in older courses"
def init_adam(params):
    L = len(params) // 2
    v = {}
    s = {}
    for l in range(1, L + 1):
        v["W" + str(l)] = np.zeros(params["W" + str(l)].shape)
        v["b" + str(l)] = np.zeros(params["b" + str(l)].shape)
        s["W" + str(l)] = np.zeros(params["W" + str(l)].shape)
        s["b" + str(l)] = np.zeros(params["b" + str(l)].shape)
    return v, s

# %% wheat="a list of two dicts, float32"
def init_adam(params):
    state = []
    for _ in ("v", "s"):
        state.append({k: np.zeros(p.shape, dtype=np.float32) for k, p in params.items()})
    return state

# %% wheat="the second is a copy of the first"
import copy

def init_adam(params):
    v = dict((k, p * 0) for k, p in params.items())
    return v, copy.deepcopy(v)

# %% wheat="a helper called twice, prints"
def _nothing(params):
    zeros = {}
    for key, value in params.items():
        zeros[key] = np.full(np.shape(value), 0.0)
    return zeros

def init_adam(params):
    v, s = _nothing(params), _nothing(params)
    print(v, s)
    return v, s

# %% wheat="a lambda"
init_adam = lambda params: tuple({k: np.zeros(p.shape) for k, p in params.items()} for _ in range(2))

# %% wheat="a generator unpacked, whole numbers"
def init_adam(params):
    def averages():
        for name in "vs":
            yield {key: np.zeros(array.shape, int) for key, array in params.items()}
    v, s = averages()
    return v, s

# %% wheat="nested lists"
def init_adam(params):
    blank = lambda p: [[0.0 for _ in row] for row in p]
    return {k: blank(p) for k, p in params.items()}, {k: blank(p) for k, p in params.items()}

# %% wheat="a named tuple"
from collections import namedtuple
State = namedtuple("State", "v s")

def init_adam(params):
    return State(*({k: np.zeros_like(p, dtype=float) for k, p in params.items()} for _ in range(2)))

# %% wheat="a default dict that is filled"
from collections import defaultdict

def init_adam(params):
    v, s = defaultdict(float), defaultdict(float)
    for key in params:
        v[key] += np.zeros_like(params[key])
        s[key] += np.zeros_like(params[key])
    return v, s

# %% chaff="returns nothing"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    s = {k: np.zeros_like(p) for k, p in params.items()}

# %% chaff="prints what should be returned"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    print(v, v)

# %% chaff="one dict with the two under their names"
def init_adam(params):
    zeros = lambda: {k: np.zeros_like(p) for k, p in params.items()}
    return {"v": zeros(), "s": zeros()}

# %% chaff="the second average left empty"
def init_adam(params):
    v, s = {}, {}
    for k, p in params.items():
        v[k] = np.zeros_like(p)
    return v, s

# %% chaff="weights in the first, biases in the second"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items() if "W" in k}
    s = {k: np.zeros_like(p) for k, p in params.items() if "b" in k}
    return v, s

# %% chaff="the second average without biases"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    return v, {k: np.zeros_like(p) for k, p in params.items() if k.startswith("W")}

# %% chaff="None where nothing is known yet"
def init_adam(params):
    return {k: None for k in params}, {k: None for k in params}

# %% chaff="plain zeros for both"
def init_adam(params):
    return 0, 0

# %% chaff="arrays for each layer in a list"
def init_adam(params):
    v = [np.zeros_like(p) for p in params.values()]
    s = [np.zeros_like(p) for p in params.values()]
    return v, s

# %% chaff="two layers and no more"
def init_adam(params):
    keys = "W1", "b1", "W2", "b2"
    return {k: np.zeros_like(params[k]) for k in keys}, {k: np.zeros_like(params[k]) for k in keys}

# %% chaff="the first average starts at the parameters"
def init_adam(params):
    return {k: p.copy() for k, p in params.items()}, {k: np.zeros_like(p) for k, p in params.items()}

# %% chaff="nearly zero squares"
def init_adam(params):
    return {k: np.zeros_like(p) for k, p in params.items()}, {k: np.zeros_like(p) + 1e-10 for k, p in params.items()}

# %% chaff="square shapes for the squares"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    return v, {k: np.zeros((p.shape[0], p.shape[0])) for k, p in params.items()}

# %% chaff="biases with one axis"
def init_adam(params):
    zeros = lambda p, k: np.zeros(p.shape) if k[0] == "W" else np.zeros(p.shape[0])
    return {k: zeros(p, k) for k, p in params.items()}, {k: zeros(p, k) for k, p in params.items()}

# %% chaff="adds a key of its own"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    s = {k: np.zeros_like(p) for k, p in params.items()}
    v["t"] = s["t"] = 1
    return v, s

# %% chaff="returns the parameters too"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    return params, v, {k: np.zeros_like(p) for k, p in params.items()}

# %% chaff="takes the parameters apart"
def init_adam(params):
    v, s = {}, {}
    for k in list(params):
        v[k] = np.zeros_like(params[k])
        s[k] = np.zeros_like(params.pop(k))
    return v, s

# %% chaff="knows nine layers"
def init_adam(params):
    f = lambda: {k: np.zeros_like(p) for k, p in params.items() if len(k) < 3}
    return f(), f()

# %% wheat="class-based"
class AdamState:
    def __init__(self, params):
        self.v = {}
        self.s = {}
        for key in params.keys():
            self.v[key] = np.zeros(np.asarray(params[key]).shape, dtype=np.float64)
            self.s[key] = np.zeros(np.asarray(params[key]).shape, dtype=np.float64)
def init_adam(params):
    state = AdamState(params)
    return state.v, state.s

# %% wheat="fills copies with zero"
import copy
def init_adam(params):
    v = copy.deepcopy(params)
    s = copy.deepcopy(params)
    for k in v:
        v[k].fill(0)
        s[k][...] = 0.0
    return v, s

# %% wheat="recursion"
def init_adam(params):
    def build(items):
        if not items:
            return {}
        (key, value), *rest = items
        return {key: np.zeros(value.shape), **build(rest)}
    return build(list(params.items())), build(list(params.items()))

# %% wheat="reduce"
from functools import reduce
def init_adam(params):
    add = lambda d, k: {**d, k: 0.0 * np.ones(params[k].shape)}
    return reduce(add, params, {}), reduce(add, params, {})

# %% wheat="one stacked array split into two views"
def init_adam(params):
    v, s = {}, {}
    for k, p in params.items():
        both = np.zeros((2,) + p.shape)
        v[k], s[k] = both
    return v, s

# %% chaff="aliased dicts"
def init_adam(params):
    v = s = {k: np.zeros_like(p) for k, p in params.items()}
    return v, s

# %% chaff="shallow copy, arrays shared"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    s = v.copy()
    return v, s

# %% chaff="chained assignment in the loop"
def init_adam(params):
    v, s = {}, {}
    for k, p in params.items():
        v[k] = s[k] = np.zeros(p.shape)
    return v, s

# %% chaff="read-only broadcast zero shared by v and s"
def init_adam(params):
    zero = np.zeros(1)
    v = {k: np.broadcast_to(zero, p.shape) for k, p in params.items()}
    s = {k: np.broadcast_to(zero, p.shape) for k, p in params.items()}
    return v, s

# %% chaff="same zeros shared by layers of equal shape"
from functools import lru_cache
@lru_cache(maxsize=None)
def _zeros(shape):
    return np.zeros(shape)
def init_adam(params):
    return {k: _zeros(p.shape) for k, p in params.items()}, {k: _zeros(p.shape) for k, p in params.items()}

# %% chaff="v fresh, s reuses array of v for biases"
def init_adam(params):
    v = {k: np.zeros_like(p) for k, p in params.items()}
    s = {k: (np.zeros_like(p) if k[0] == "W" else v[k]) for k, p in params.items()}
    return v, s

# %% chaff="global state reused"
_V, _S = {}, {}
def init_adam(params):
    for k, p in params.items():
        _V[k] = np.zeros(p.shape)
        _S[k] = np.zeros(p.shape)
    return _V, _S

# %% chaff="one character of the key: ten layers fall together"
def init_adam(params):
    v, s = {}, {}
    for k, p in params.items():
        v[k[:2]] = np.zeros_like(p)
        s[k[:2]] = np.zeros_like(p)
    return v, s

# %% chaff="layer number from the last character"
def init_adam(params):
    n = max(int(k[-1]) for k in params)
    v, s = {}, {}
    for l in range(1, n + 1):
        for c in "Wb":
            v[c + str(l)] = np.zeros_like(params[c + str(l)])
            s[c + str(l)] = np.zeros_like(params[c + str(l)])
    return v, s

# %% chaff="bias as a row"
def init_adam(params):
    z = lambda p: np.zeros(p.shape) if p.shape[1] > 1 else np.zeros((1, p.shape[0]))
    return {k: z(p) for k, p in params.items()}, {k: z(p) for k, p in params.items()}

# %% chaff="lists of arrays in place of dicts"
def init_adam(params):
    return [np.zeros_like(p) for p in params.values()], [np.zeros_like(p) for p in params.values()]

# %% chaff="arrays cached by key and shape, a second call gets the arrays of the first"
_kept = {}
def init_adam(params):
    def get(name, k, p):
        return _kept.setdefault((name, k, p.shape), np.zeros(p.shape))
    return {k: get('v', k, p) for k, p in params.items()}, {k: get('s', k, p) for k, p in params.items()}
