# %% wheat="two comprehensions"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new_s = {k: s[k] + np.square(grads[k]) for k in s}
    return {k: params[k] - learning_rate / (np.sqrt(new_s[k]) + epsilon) * grads[k] for k in params}, new_s

# %% wheat="a loop over layers, as in older courses"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    L = len(params) // 2
    out, new = {}, {}
    for l in range(1, L + 1):
        new["W%d" % l] = s["W%d" % l] + grads["W%d" % l] * grads["W%d" % l]
        new["b%d" % l] = s["b%d" % l] + grads["b%d" % l] * grads["b%d" % l]
        out["W%d" % l] = params["W%d" % l] - learning_rate * grads["W%d" % l] / (np.sqrt(new["W%d" % l]) + epsilon)
        out["b%d" % l] = params["b%d" % l] - learning_rate * grads["b%d" % l] / (np.sqrt(new["b%d" % l]) + epsilon)
    return out, new

# %% wheat="deep copies, then in place"
import copy

def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    p, q = copy.deepcopy(params), copy.deepcopy(s)
    for k, g in grads.items():
        q[k] += g**2
        p[k] -= learning_rate * g / (q[k] ** 0.5 + epsilon)
    return p, q

# %% wheat="leaves alone what has no gradient, which comes to the same"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for key in params:
        g = grads[key]
        if not g.any():
            continue
        s[key] = s[key] + g**2
        step = np.zeros_like(g)
        np.divide(g, np.sqrt(s[key]) + epsilon, out=step, where=g != 0)
        params[key] = params[key] - learning_rate * step
    return params, s

# %% wheat="the root by hypot, no square of its own in the step"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    length = {k: np.hypot(np.sqrt(s[k]), grads[k]) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (length[k] + epsilon) for k in params}, {
        k: length[k] ** 2 for k in params
    }

# %% wheat="keeps everything in float32"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    f = np.float32
    s = {k: f(s[k]) + f(grads[k]) ** 2 for k in s}
    return {k: f(params[k]) - f(learning_rate) * f(grads[k]) / (np.sqrt(s[k]) + f(epsilon)) for k in s}, s

# %% wheat="promotes everything to float64"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    d = lambda x: {k: np.asarray(x[k], dtype=float) for k in x}
    p, g, s = d(params), d(grads), d(s)
    s = {k: np.add(s[k], np.power(g[k], 2)) for k in s}
    return {k: np.subtract(p[k], learning_rate * np.divide(g[k], np.add(np.sqrt(s[k]), epsilon))) for k in p}, s

# %% wheat="number by number"
from math import sqrt

def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new_params, new_s = {}, {}
    for key in params:
        new_params[key], new_s[key] = [], []
        for i in range(len(params[key])):
            row_p, row_s = [], []
            for j in range(len(params[key][i])):
                total = s[key][i][j] + grads[key][i][j] ** 2
                row_s.append(total)
                row_p.append(params[key][i][j] - learning_rate * grads[key][i][j] / (sqrt(total) + epsilon))
            new_params[key].append(row_p)
            new_s[key].append(row_s)
    return new_params, new_s

# %% wheat="one long vector and back"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    keys = list(params)
    flat = lambda d: np.concatenate([d[k].ravel() for k in keys])
    def unflat(vector):
        parts = np.split(vector, np.cumsum([params[k].size for k in keys])[:-1])
        return {k: part.reshape(params[k].shape) for k, part in zip(keys, parts)}
    g = flat(grads)
    total = flat(s) + g * g
    return unflat(flat(params) - learning_rate * g / (np.sqrt(total) + epsilon)), unflat(total)

# %% wheat="a helper, a list returned, prints"
def _one(w, g, s, rate, eps):
    s = s + g**2
    print("largest scale", 1 / (np.sqrt(s.min()) + eps))
    return w - rate * g / (np.sqrt(s) + eps), s

def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    both = {k: _one(params[k], grads[k], s[k], learning_rate, epsilon) for k in params}
    return [{k: b[0] for k, b in both.items()}, {k: b[1] for k, b in both.items()}]

# %% chaff="the largest square, not their sum"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: np.maximum(s[k], grads[k] ** 2) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="epsilon as a lower bound of the root"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / np.maximum(np.sqrt(s[k]), epsilon) for k in params}, s

# %% chaff="no epsilon, nothing divided where the sum is zero"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    step = {k: np.divide(grads[k], np.sqrt(s[k]), out=np.zeros_like(s[k]), where=s[k] > 0) for k in params}
    return {k: params[k] - learning_rate * step[k] for k in params}, s

# %% chaff="NaN replaced by zero afterwards"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * np.nan_to_num(grads[k] / np.sqrt(s[k])) for k in params}, s

# %% chaff="epsilon squared under the root"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / np.sqrt(s[k] + epsilon**2) for k in params}, s

# %% chaff="another usual epsilon"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-7):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="a sum that starts anew where it was zero"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: np.where(s[k] == 0, 1.0, s[k]) + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="keeps the sum in a global, not in the argument"
_sum = {}

def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    for k in params:
        _sum[k] = np.zeros_like(params[k]) if k not in _sum or _sum[k].shape != params[k].shape else _sum[k]
        _sum[k] = _sum[k] + grads[k] ** 2
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(_sum[k]) + epsilon) for k in params}, dict(_sum)

# %% chaff="one root for each row"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {
        k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k].sum(axis=1, keepdims=True)) + epsilon) for k in params
    }, s

# %% chaff="the norm of all sums"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    total = np.sqrt(sum(a.sum() for a in s.values()))
    return {k: params[k] - learning_rate * grads[k] / (total + epsilon) for k in params}, s

# %% chaff="the rate divided by the sum of roots"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + np.sqrt(grads[k] ** 2) + epsilon) for k in params}, new

# %% chaff="returns the old sum"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(new[k]) + epsilon) for k in params}, s

# %% chaff="returns the parameters alone"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}

# %% chaff="two layers and no more"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for k in ("W1", "b1", "W2", "b2"):
        s[k] = s[k] + grads[k] ** 2
        params[k] = params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon)
    return params, s

# %% chaff="shallow copies, then in place"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    params, s = params.copy(), s.copy()
    for k in params:
        s[k] += grads[k] ** 2
        params[k] -= learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon)
    return params, s

# %% chaff="clips the scale of the step"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ** 2 for k in params}
    return {k: params[k] - np.minimum(learning_rate / (np.sqrt(s[k]) + epsilon), 0.5) * grads[k] for k in params}, s

# %% chaff="squares the gradients in place"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new_s, new_params = {}, {}
    for k in params:
        g = grads[k].copy()
        grads[k] **= 2
        new_s[k] = s[k] + grads[k]
        new_params[k] = params[k] - learning_rate * g / (np.sqrt(new_s[k]) + epsilon)
    return new_params, new_s

# %% chaff="the caret for a power"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    s = {k: s[k] + grads[k] ^ 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="the state of a weight for a bias of the same shape"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    by_shape = {}
    for k in params:
        by_shape.setdefault(params[k].shape, s[k] + grads[k] ** 2)
    s = {k: by_shape[params[k].shape] for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="moves nine layers only"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    S = {k: (s[k] + grads[k] ** 2) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) if len(k) == 2 else params[k] for k in params}, S

# %% chaff="pairs sums and gradients by place"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    S = {k: (a + g ** 2) for (k, a), g in zip(s.items(), grads.values())}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% chaff="clips the gradients at 5"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    grads = {k: np.clip(g, -5, 5) for k, g in grads.items()}
    S = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% chaff="square gradients transposed"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    grads = {k: g.T if g.shape[0] == g.shape[1] else g for k, g in grads.items()}
    S = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% wheat="one vector for all"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    ks = sorted(params)
    cat = lambda d: np.concatenate([d[k].reshape(-1) for k in ks])
    g = cat(grads)
    n = cat(s) + g * g
    w = cat(params) - learning_rate * g / (n**0.5 + epsilon)
    ends = np.cumsum([params[k].size for k in ks])[:-1]
    back = lambda x: {k: q.reshape(params[k].shape) for k, q in zip(ks, np.split(x, ends))}
    return back(w), back(n)

# %% wheat="the root first, by hypot"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    root = {k: np.hypot(np.sqrt(s[k]), grads[k]) for k in s}
    n = {k: r * r for k, r in root.items()}
    return {k: params[k] - learning_rate * grads[k] / (root[k] + epsilon) for k in params}, n

# %% wheat="only where there is a gradient"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    p, n = {}, {}
    for k in params:
        n[k] = s[k] + grads[k] ** 2
        p[k] = params[k].copy()
        hit = grads[k] != 0
        p[k][hit] = params[k][hit] - learning_rate * grads[k][hit] / (np.sqrt(n[k][hit]) + epsilon)
    return p, n

# %% wheat="a rate for each number"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: s[k] + grads[k] ** 2 for k in grads}
    rates = {k: learning_rate / (epsilon + np.sqrt(n[k])) for k in n}
    return {k: params[k] - rates[k] * grads[k] for k in n}, n

# %% wheat="reduce, with assertions"
from functools import reduce
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    assert epsilon > 0 and learning_rate > 0
    def one(acc, k):
        p, n = acc
        new = s[k] + grads[k] ** 2
        return {**p, k: params[k] - learning_rate * grads[k] / (np.sqrt(new) + epsilon)}, {**n, k: new}
    return reduce(one, params, ({}, {}))

# %% chaff="parameters of zero stay"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: np.where(params[k] == 0, 0, params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon)) for k in params}, n

# %% chaff="no rate above 1"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - min(learning_rate, 1) * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n

# %% chaff="the norm of all gradients kept below 10"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    f = min(1, 10 / np.sqrt(sum((g**2).sum() for g in grads.values()) + 1e-300))
    grads = {k: f * g for k, g in grads.items()}
    n = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n

# %% chaff="divides by a thousandth at least"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / np.maximum(np.sqrt(n[k]) + epsilon, 1e-3) for k in params}, n

# %% chaff="the state holds roots"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: np.sqrt(s[k] + grads[k] ** 2) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (n[k] + epsilon) for k in params}, n

# %% chaff="no step above 0.1"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    n = {k: s[k] + grads[k] ** 2 for k in s}
    return {k: params[k] - np.clip(learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon), -0.1, 0.1) for k in params}, n

# %% chaff="sum starts again where it was large: shows for sums above 100"
def adagrad_step(params, grads, s, learning_rate, epsilon=1e-8):
    new_params, new_s = {}, {}
    for key in params:
        g = grads[key]
        new_s[key] = np.where(s[key] > 100, 0.0, s[key]) + g ** 2
        new_params[key] = params[key] - learning_rate * g / (np.sqrt(new_s[key]) + epsilon)
    return new_params, new_s
