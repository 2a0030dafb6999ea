# %% wheat="two loops and new dicts"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    new_v = {}
    for key in params:
        new_v[key] = beta * v[key] + (1 - beta) * grads[key]
    new_params = {}
    for key in params:
        new_params[key] = params[key] - learning_rate * new_v[key]
    return new_params, new_v

# %% wheat="equivalent algebra: move towards the gradient"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: v[k] + (1 - beta) * (grads[k] - v[k]) for k in v}
    return {k: params[k] - learning_rate * v[k] for k in v}, v

# %% wheat="a loop over layers, as in older courses"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    params = params.copy()
    v = v.copy()
    L = len(params) // 2
    for l in range(1, L + 1):
        v["W" + str(l)] = beta * v["W" + str(l)] + (1 - beta) * grads["W" + str(l)]
        v["b" + str(l)] = beta * v["b" + str(l)] + (1 - beta) * grads["b" + str(l)]
        params["W" + str(l)] = params["W" + str(l)] - learning_rate * v["W" + str(l)]
        params["b" + str(l)] = params["b" + str(l)] - learning_rate * v["b" + str(l)]
    return params, v

# %% wheat="deep copies, then in place"
import copy

def momentum_step(params, grads, v, learning_rate, beta=0.9):
    params, v = copy.deepcopy(params), copy.deepcopy(v)
    for key in params:
        v[key] *= beta
        v[key] += (1 - beta) * grads[key]
        params[key] -= learning_rate * v[key]
    return params, v

# %% wheat="a helper for one array"
def _average(old, new, beta):
    return np.add(np.multiply(beta, old), np.multiply(1.0 - beta, new))

def momentum_step(params, grads, v, learning_rate, beta=0.9):
    velocity = {name: _average(v[name], grads[name], beta) for name in grads}
    moved = {name: np.subtract(params[name], np.multiply(learning_rate, velocity[name])) for name in grads}
    return (moved, velocity)

# %% wheat="keeps everything in float32"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    f = np.float32
    v = {k: f(beta) * v[k].astype(f) + f(1 - beta) * grads[k].astype(f) for k in params}
    return {k: params[k].astype(f) - f(learning_rate) * v[k] for k in params}, v

# %% wheat="promotes everything to float64"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    lr, b = np.float64(learning_rate), np.float64(beta)
    new_v = {k: np.asarray(v[k], dtype=np.float64) * b + np.asarray(grads[k], dtype=np.float64) * (1 - b) for k in v}
    return {k: np.asarray(params[k], dtype=np.float64) - lr * new_v[k] for k in params}, new_v

# %% wheat="number by number, nested lists"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    new_params, new_v = {}, {}
    for key in params:
        rows, columns = params[key].shape
        new_v[key] = [[beta * v[key][i, j] + (1 - beta) * grads[key][i, j] for j in range(columns)] for i in range(rows)]
        new_params[key] = np.zeros((rows, columns))
        for i in range(rows):
            for j in range(columns):
                new_params[key][i, j] = params[key][i, j] - learning_rate * new_v[key][i][j]
        new_v[key] = np.array(new_v[key])
    return new_params, new_v

# %% wheat="returns a list, prints, keeps a global log"
log = []

def momentum_step(params, grads, v, learning_rate, beta=0.9):
    out = [dict(), dict()]
    for key, g in grads.items():
        out[1][key] = beta * v[key] + g - beta * g
        out[0][key] = params[key] - learning_rate * out[1][key]
        print(key, out[0][key].shape)
    log.append(len(out[0]))
    return out

# %% wheat="the step written out in params"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    new_params = {k: params[k] - learning_rate * beta * v[k] - learning_rate * (1 - beta) * grads[k] for k in params}
    new_v = {k: (params[k] - new_params[k]) / learning_rate for k in params}
    return new_params, new_v

# %% wheat="a lambda and other names"
momentum_step = lambda p, g, v, a, b=0.9: (
    {k: p[k] - a * (b * v[k] + (1 - b) * g[k]) for k in p},
    {k: b * v[k] + (1 - b) * g[k] for k in p},
)

# %% wheat="a class behind the function"
class _Momentum:
    def __init__(self, rate, beta):
        self.rate, self.beta = rate, beta

    def __call__(self, params, grads, v):
        v = {k: np.average([v[k], grads[k]], axis=0, weights=[self.beta, 1 - self.beta]) for k in v}
        return {k: w - self.rate * v[k] for k, w in params.items()}, v

def momentum_step(params, grads, v, learning_rate, beta=0.9):
    return _Momentum(learning_rate, beta)(params, grads, v)

# %% chaff="heavy ball with the rate inside"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] - learning_rate * grads[k] for k in params}
    return {k: params[k] + v[k] for k in params}, v

# %% chaff="keeps the velocity in a global, not in the argument"
_velocity = {}

def momentum_step(params, grads, v, learning_rate, beta=0.9):
    for key in params:
        _velocity[key] = beta * _velocity.get(key, 0) + (1 - beta) * grads[key]
    return {k: params[k] - learning_rate * _velocity[k] for k in params}, {k: _velocity[k] for k in params}

# %% chaff="squares the gradient"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="bias correction as if it were the first step"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta) for k in params}, v

# %% chaff="returns the old velocity"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    new_v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    return {k: params[k] - learning_rate * new_v[k] for k in params}, v

# %% chaff="returns the parameters alone"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}

# %% chaff="two layers and no more"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    params, v = dict(params), dict(v)
    for l in (1, 2):
        for k in ("W", "b"):
            v[k + str(l)] = beta * v[k + str(l)] + (1 - beta) * grads[k + str(l)]
            params[k + str(l)] = params[k + str(l)] - learning_rate * v[k + str(l)]
    return params, v

# %% chaff="the learning rate fixed at 0.1"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    return {k: params[k] - 0.1 * v[k] for k in params}, v

# %% chaff="rounded for a nice print"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: np.round(beta * v[k] + (1 - beta) * grads[k], 4) for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="clips large steps"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: np.clip(beta * v[k] + (1 - beta) * grads[k], -1, 1) for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="one velocity carried from key to key"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    params, v, last = dict(params), dict(v), 0.0
    for k in params:
        last = beta * np.mean(last) + (1 - beta) * grads[k]
        v[k] = last
        params[k] = params[k] - learning_rate * last
    return params, v

# %% chaff="misspells a key"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads["d" + k] for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="a sum of velocities, one number for all"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    total = sum(np.sum(x) for x in v.values())
    return {k: params[k] - learning_rate * total for k in params}, v

# %% chaff="the gradient's sign"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * np.sign(grads[k]) for k in params}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="updates the gradients in place"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = dict(v)
    for k in params:
        grads[k] *= 1 - beta
        v[k] = beta * v[k] + grads[k]
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="beta=0 falls back to the default"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    beta = beta or 0.9
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in grads}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="a velocity of zero starts at the gradient"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] if np.any(v[k]) else grads[k] for k in grads}
    return {k: params[k] - learning_rate * v[k] for k in params}, v

# %% chaff="pairs velocities and gradients by place"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    nv = {k: beta * a + (1 - beta) * b for (k, a), b in zip(v.items(), grads.values())}
    return {k: params[k] - learning_rate * nv[k] for k in params}, nv

# %% chaff="keeps the velocity where the gradient is zero"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    nv = {k: np.where(grads[k] == 0, v[k], beta * v[k] + (1 - beta) * grads[k]) for k in grads}
    return {k: params[k] - learning_rate * nv[k] for k in params}, nv

# %% chaff="averages nine layers only"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    nv = {k: beta * v[k] + (1 - beta) * grads[k] if len(k) == 2 else v[k] for k in grads}
    return {k: params[k] - learning_rate * nv[k] for k in params}, nv

# %% wheat="one vector of all numbers"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    ks = list(params)
    cat = lambda d: np.concatenate([d[k].ravel() for k in ks])
    ends = np.cumsum([params[k].size for k in ks])[:-1]
    u = beta * cat(v) + (1 - beta) * cat(grads)
    w = cat(params) - learning_rate * u
    back = lambda x: {k: part.reshape(params[k].shape) for k, part in zip(ks, np.split(x, ends))}
    return back(w), back(u)

# %% wheat="recursion over keys"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    if not params:
        return {}, {}
    k = next(iter(params))
    drop = lambda d: {a: b for a, b in d.items() if a != k}
    p, u = momentum_step(drop(params), drop(grads), drop(v), learning_rate, beta)
    u[k] = grads[k] - beta * (grads[k] - v[k])
    p[k] = params[k] - learning_rate * u[k]
    return p, u

# %% wheat="old velocity and gradient subtracted apart"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    new_v = {k: beta * v[k] + (1 - beta) * grads[k] for k in params}
    new_p = {k: params[k] - learning_rate * beta * v[k] - learning_rate * (1 - beta) * grads[k] for k in params}
    return new_p, new_v

# %% wheat="average of a stack"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    nv = {k: np.average(np.stack([v[k], grads[k]]), axis=0, weights=[beta, 1 - beta]) for k in params}
    return {k: params[k] - learning_rate * nv[k] for k in params}, nv

# %% wheat="the other scaling and back"
def momentum_step(params, grads, v, learning_rate, beta=0.9, verbose=False):
    keep = 1.0 - beta
    u = {k: beta * (v[k] / keep) + grads[k] for k in v}
    print("step")
    return {k: params[k] - learning_rate * keep * u[k] for k in u}, {k: keep * u[k] for k in u}

# %% chaff="stands still where the velocity is small"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    n = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    if all(np.abs(a).max() < 1e-3 for a in n.values()):
        return {k: a.copy() for k, a in params.items()}, n
    return {k: params[k] - learning_rate * n[k] for k in params}, n

# %% chaff="small velocities are set to zero"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    n = {k: np.where(np.abs(beta * v[k] + (1 - beta) * grads[k]) < 1e-3, 0, beta * v[k] + (1 - beta) * grads[k]) for k in v}
    return {k: params[k] - learning_rate * n[k] for k in params}, n

# %% chaff="parameters of zero stay"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    n = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: np.where(params[k] == 0, 0, params[k] - learning_rate * n[k]) for k in params}, n

# %% chaff="no beta above 0.99"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    beta = min(beta, 0.99)
    n = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: params[k] - learning_rate * n[k] for k in params}, n

# %% chaff="no rate above 1"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    n = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: params[k] - min(learning_rate, 1) * n[k] for k in params}, n

# %% chaff="walks through the dicts side by side"
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    n, p = {}, {}
    for (k, w), g, u in zip(params.items(), grads.values(), v.values()):
        n[k] = beta * u + (1 - beta) * g
        p[k] = w - learning_rate * n[k]
    return p, n
