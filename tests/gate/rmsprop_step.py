# %% wheat="two loops and new dicts"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new_s = {}
    for key in params:
        new_s[key] = beta * s[key] + (1 - beta) * np.square(grads[key])
    new_params = {}
    for key in params:
        new_params[key] = params[key] - learning_rate * grads[key] / (epsilon + np.sqrt(new_s[key]))
    return new_params, new_s

# %% wheat="equivalent algebra: move towards the square"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: s[k] - (1 - beta) * (s[k] - grads[k] ** 2) for k in s}
    return {k: params[k] - learning_rate * (grads[k] / (np.sqrt(s[k]) + epsilon)) for k in s}, s

# %% wheat="a loop over layers, as in older courses"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    L = len(params) // 2
    params = {**params}
    s = {**s}
    for l in range(L):
        W, b = "W" + str(l + 1), "b" + str(l + 1)
        s[W] = beta * s[W] + (1 - beta) * np.power(grads[W], 2)
        s[b] = beta * s[b] + (1 - beta) * np.power(grads[b], 2)
        params[W] = params[W] - learning_rate * grads[W] / (np.sqrt(s[W]) + epsilon)
        params[b] = params[b] - learning_rate * grads[b] / (np.sqrt(s[b]) + epsilon)
    return params, s

# %% wheat="copies, then in place, with out="
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params = {k: p.copy() for k, p in params.items()}
    s = {k: a.copy() for k, a in s.items()}
    for k, g in grads.items():
        s[k] *= beta
        s[k] += (1 - beta) * g * g
        root = np.sqrt(s[k])
        np.add(root, epsilon, out=root)
        params[k] -= learning_rate * g / root
    return params, s

# %% wheat="keeps everything in float32"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    c = lambda d: {k: np.asarray(a, dtype=np.float32) for k, a in d.items()}
    params, grads, s = c(params), c(grads), c(s)
    rate, b, eps, one = np.float32(learning_rate), np.float32(beta), np.float32(epsilon), np.float32(1)
    s = {k: b * s[k] + (one - b) * grads[k] ** 2 for k in s}
    return {k: params[k] - rate * grads[k] / (np.sqrt(s[k]) + eps) for k in s}, s

# %% wheat="float32, towards the square, rate divided first"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    out, new = {}, {}
    for k in params:
        g, old = grads[k].astype("f4"), s[k].astype("f4")
        new[k] = old + np.float32(1 - beta) * (g * g - old)
        out[k] = params[k].astype("f4") - (np.float32(learning_rate) / (np.sqrt(new[k]) + np.float32(epsilon))) * g
    return out, new

# %% wheat="promotes everything to float64"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    b = np.float64(beta)
    s = {k: np.array(s[k], dtype=np.float64) * b + np.array(grads[k], dtype=np.float64) ** 2 * (1 - b) for k in s}
    return {k: np.array(params[k], np.float64) - np.float64(learning_rate) * grads[k] / (np.sqrt(s[k]) + epsilon) for k in s}, s

# %% wheat="number by number with math.sqrt"
import math

def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new_params = {k: np.zeros(p.shape) for k, p in params.items()}
    new_s = {k: np.zeros(p.shape) for k, p in params.items()}
    for k in params:
        for place, g in np.ndenumerate(grads[k]):
            new_s[k][place] = beta * s[k][place] + (1 - beta) * g * g
            new_params[k][place] = params[k][place] - learning_rate * g / (math.sqrt(new_s[k][place]) + epsilon)
    return new_params, new_s

# %% wheat="a weighted mean by np.average"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: np.average(np.stack([s[k], grads[k] ** 2]), axis=0, weights=(beta, 1 - beta)) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (s[k] ** (1 / 2) + epsilon) for k in s}, s

# %% wheat="epsilon taken out of the divisor"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new_s = {k: beta * s[k] + (1 - beta) * abs(grads[k]) ** 2 for k in s}
    scale = {k: learning_rate / epsilon / (1 + np.sqrt(new_s[k]) / epsilon) for k in s}
    return {k: params[k] - scale[k] * grads[k] for k in s}, new_s

# %% wheat="a lambda and other names"
rmsprop_step = lambda w, g, m, a, b=0.9, e=1e-8: (
    {k: w[k] - a * g[k] / ((b * m[k] + (1 - b) * g[k] ** 2) ** 0.5 + e) for k in w},
    {k: b * m[k] + (1 - b) * g[k] ** 2 for k in w},
)

# %% wheat="a class behind the function, prints"
class RMSprop:
    def __init__(self, rate, beta, epsilon):
        self.rate, self.beta, self.epsilon = rate, beta, epsilon

    def average(self, old, gradient):
        return self.beta * old + (1.0 - self.beta) * gradient**2

    def step(self, params, grads, s):
        s = {k: self.average(s[k], grads[k]) for k in params}
        print("mean square", {k: float(a.mean()) for k, a in s.items()})
        return {k: params[k] - self.rate * grads[k] / (np.sqrt(s[k]) + self.epsilon) for k in params}, s

def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    return RMSprop(learning_rate, beta, epsilon).step(params, grads, s)

# %% chaff="epsilon as a lower bound of the root"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / np.maximum(np.sqrt(s[k]), epsilon) for k in params}, s

# %% chaff="epsilon squared under the root"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / np.sqrt(s[k] + epsilon * epsilon) for k in params}, s

# %% chaff="epsilon only where the average is zero"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / np.where(s[k] == 0, epsilon, np.sqrt(s[k])) for k in params}, s

# %% chaff="epsilon in both places"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k] + epsilon) + epsilon) for k in params}, s

# %% chaff="NaN replaced by zero afterwards"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * np.nan_to_num(grads[k] / np.sqrt(s[k])) for k in params}, s

# %% chaff="another usual epsilon"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-7):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="another usual beta"
def rmsprop_step(params, grads, s, learning_rate, beta=0.99, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="keeps the average of what has no gradient"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: np.where(grads[k] != 0, beta * s[k] + (1 - beta) * grads[k] ** 2, s[k]) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="the first square taken whole"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new = {}
    for k in params:
        fresh = not np.any(s[k])
        new[k] = grads[k] ** 2 if fresh else beta * s[k] + (1 - beta) * grads[k] ** 2
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(new[k]) + epsilon) for k in params}, new

# %% chaff="rprop: the sign alone"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * np.sign(grads[k]) for k in params}, s

# %% chaff="an average of roots"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    root = {k: beta * np.sqrt(s[k]) + (1 - beta) * abs(grads[k]) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (root[k] + epsilon) for k in params}, new

# %% chaff="the centred form, by the array's mean"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * (grads[k] - grads[k].mean()) ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="brackets lost: the root alone divides"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - (learning_rate * grads[k] / np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="brackets lost: one minus beta times the square"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + 1 - beta * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="the matrix product of the gradient with itself"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * np.sum(grads[k] @ grads[k].T) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="two layers and no more"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for l in range(1, 3):
        for k in ("W%d" % l, "b%d" % l):
            s[k] = beta * s[k] + (1 - beta) * grads[k] ** 2
            params[k] = params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon)
    return params, s

# %% chaff="shallow copies, then in place"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    params, s = dict(params), dict(s)
    for k in params:
        s[k] *= beta
        s[k] += (1 - beta) * grads[k] ** 2
        params[k] -= learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon)
    return params, s

# %% chaff="returns the parameters alone"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}

# %% chaff="returns the root as well"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    root = {k: np.sqrt(s[k]) for k in params}
    return {k: params[k] - learning_rate * grads[k] / (root[k] + epsilon) for k in params}, s, root

# %% chaff="returns the old average"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    new = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(new[k]) + epsilon) for k in params}, s

# %% chaff="clips the gradient first"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    grads = {k: np.clip(g, -1, 1) for k, g in grads.items()}
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(s[k]) + epsilon) for k in params}, s

# %% chaff="a bias of the weight's shape takes the weight's average"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    s = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in params}
    moved = {}
    for k in params:
        W = "W" + k[1:]
        scale = s[W] if s[W].shape == s[k].shape else s[k]
        moved[k] = params[k] - learning_rate * grads[k] / (np.sqrt(scale) + epsilon)
    return moved, s

# %% chaff="the last layer's average for all layers' biases"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    out, new, average = {}, {}, None
    for k in params:
        average = beta * (s[k] if average is None or k[0] == "W" else np.mean(average)) + (1 - beta) * grads[k] ** 2
        new[k] = average
        out[k] = params[k] - learning_rate * grads[k] / (np.sqrt(average) + epsilon)
    return out, new

# %% chaff="moves nine layers only"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    S = {k: (beta * s[k] + (1 - beta) * grads[k] ** 2) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) if len(k) == 2 else params[k] for k in params}, S

# %% chaff="pairs averages and gradients by place"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    S = {k: (beta * a + (1 - beta) * g ** 2) for (k, a), g in zip(s.items(), grads.values())}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% chaff="a beta of 0 falls back to the default"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    beta = beta or 0.9
    S = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% chaff="clips the gradients at 5"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    grads = {k: np.clip(g, -5, 5) for k, g in grads.items()}
    S = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% chaff="square gradients transposed"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    grads = {k: g.T if g.shape[0] == g.shape[1] else g for k, g in grads.items()}
    S = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(S[k]) + epsilon) for k in params}, S

# %% wheat="one vector for all"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    ks = sorted(params)
    cat = lambda d: np.concatenate([d[k].reshape(-1) for k in ks])
    g = cat(grads)
    n = beta * cat(s) + (1 - beta) * g * g
    w = cat(params) - learning_rate * g / (n**0.5 + epsilon)
    ends = np.cumsum([params[k].size for k in ks])[:-1]
    back = lambda x: {k: q.reshape(params[k].shape) for k, q in zip(ks, np.split(x, ends))}
    return back(w), back(n)

# %% wheat="the root first, by hypot"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    root = {k: np.hypot(np.sqrt(beta * s[k]), np.sqrt(1 - beta) * grads[k]) for k in s}
    n = {k: r * r for k, r in root.items()}
    return {k: params[k] - learning_rate * grads[k] / (root[k] + epsilon) for k in params}, n

# %% wheat="moves the average by a share of the gap"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: s[k] + (1 - beta) * (np.square(grads[k]) - s[k]) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(np.maximum(n[k], 0)) + epsilon) for k in params}, n

# %% wheat="only where there is a gradient"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    p, n = {}, {}
    for k in params:
        n[k] = beta * s[k] + (1 - beta) * grads[k] ** 2
        p[k] = params[k].copy()
        hit = grads[k] != 0
        p[k][hit] = params[k][hit] - learning_rate * grads[k][hit] / (np.sqrt(n[k][hit]) + epsilon)
    return p, n

# %% wheat="a rate for each number"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in grads}
    rates = {k: learning_rate / (epsilon + np.sqrt(n[k])) for k in n}
    return {k: params[k] - rates[k] * grads[k] for k in n}, n

# %% chaff="no beta above 0.99"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: min(beta, 0.99) * s[k] + (1 - min(beta, 0.99)) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n

# %% chaff="parameters of zero stay"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: np.where(params[k] == 0, 0, params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon)) for k in params}, n

# %% chaff="no rate above 1"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - min(learning_rate, 1) * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n

# %% chaff="no step above ten rates"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * np.clip(grads[k] / (np.sqrt(n[k]) + epsilon), -10, 10) for k in params}, n

# %% chaff="the norm of all gradients kept below 10"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    f = min(1, 10 / np.sqrt(sum((g**2).sum() for g in grads.values()) + 1e-300))
    grads = {k: f * g for k, g in grads.items()}
    n = {k: beta * s[k] + (1 - beta) * grads[k] ** 2 for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n

# %% chaff="an average that starts at the first square"
def rmsprop_step(params, grads, s, learning_rate, beta=0.9, epsilon=1e-8):
    n = {k: np.where(s[k] == 0, grads[k] ** 2, beta * s[k] + (1 - beta) * grads[k] ** 2) for k in s}
    return {k: params[k] - learning_rate * grads[k] / (np.sqrt(n[k]) + epsilon) for k in params}, n
