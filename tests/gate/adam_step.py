# %% wheat="one loop, averages corrected with a power by NumPy"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new_params, new_v, new_s = {}, {}, {}
    for key in params:
        g = grads[key]
        new_v[key] = beta1 * v[key] + (1 - beta1) * g
        new_s[key] = beta2 * s[key] + (1 - beta2) * g**2
        v_hat = new_v[key] / (1 - np.power(beta1, t))
        s_hat = new_s[key] / (1 - np.power(beta2, t))
        new_params[key] = params[key] - learning_rate * v_hat / (np.sqrt(s_hat) + epsilon)
    return new_params, new_v, new_s

# %% wheat="calls a bias_correct of its own"
def bias_correct(average, beta, t):
    return average / (1 - beta**t)

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * np.square(grads[k]) for k in params}
    step = {k: bias_correct(v[k], beta1, t) / (np.sqrt(bias_correct(s[k], beta2, t)) + epsilon) for k in params}
    return {k: params[k] - learning_rate * step[k] for k in params}, v, s

# %% wheat="a nested helper that corrects a whole dict"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    def corrected(average, beta):
        return {name: a / (1 - beta**t) for name, a in average.items()}
    v = {k: beta1 * a + (1 - beta1) * grads[k] for k, a in v.items()}
    s = {k: beta2 * a + (1 - beta2) * grads[k] * grads[k] for k, a in s.items()}
    vh, sh = corrected(v, beta1), corrected(s, beta2)
    return {k: p - learning_rate * vh[k] / (sh[k] ** 0.5 + epsilon) for k, p in params.items()}, v, s

# %% wheat="the correction in the rate, with epsilon scaled to match"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in v}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in s}
    return {k: params[k] - rate * v[k] / (np.sqrt(s[k]) + epsilon * root) for k in v}, v, s

# %% wheat="a loop over layers, as in older courses"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = params.copy(), v.copy(), s.copy()
    v_corrected, s_corrected = {}, {}
    L = len(params) // 2
    for l in range(1, L + 1):
        v["W" + str(l)] = beta1 * v["W" + str(l)] + (1 - beta1) * grads["W" + str(l)]
        v["b" + str(l)] = beta1 * v["b" + str(l)] + (1 - beta1) * grads["b" + str(l)]
        v_corrected["W" + str(l)] = v["W" + str(l)] / (1 - beta1**t)
        v_corrected["b" + str(l)] = v["b" + str(l)] / (1 - beta1**t)
        s["W" + str(l)] = beta2 * s["W" + str(l)] + (1 - beta2) * np.power(grads["W" + str(l)], 2)
        s["b" + str(l)] = beta2 * s["b" + str(l)] + (1 - beta2) * np.power(grads["b" + str(l)], 2)
        s_corrected["W" + str(l)] = s["W" + str(l)] / (1 - beta2**t)
        s_corrected["b" + str(l)] = s["b" + str(l)] / (1 - beta2**t)
        params["W" + str(l)] = params["W" + str(l)] - learning_rate * v_corrected["W" + str(l)] / (
            np.sqrt(s_corrected["W" + str(l)]) + epsilon
        )
        params["b" + str(l)] = params["b" + str(l)] - learning_rate * v_corrected["b" + str(l)] / (
            np.sqrt(s_corrected["b" + str(l)]) + epsilon
        )
    return params, v, s

# %% wheat="deep copies, then in place"
from copy import deepcopy

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = deepcopy([params, v, s])
    for k, g in grads.items():
        v[k] *= beta1
        v[k] += (1 - beta1) * g
        s[k] *= beta2
        s[k] += (1 - beta2) * g**2
        bottom = s[k] / (1 - beta2**t)
        np.sqrt(bottom, out=bottom)
        bottom += epsilon
        params[k] -= learning_rate / (1 - beta1**t) * v[k] / bottom
    return params, v, s

# %% wheat="starts its averages itself at the first step"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    if t == 1:
        v = {k: np.zeros_like(p) for k, p in params.items()}
        s = {k: np.zeros_like(p) for k, p in params.items()}
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    out = {}
    for k in params:
        out[k] = params[k] - learning_rate * (v[k] / (1 - beta1**t)) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
    return out, v, s

# %% wheat="the first step written on its own: the gradient over its magnitude"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    if t == 1:
        return {k: params[k] - learning_rate * grads[k] / (np.abs(grads[k]) + epsilon) for k in params}, v, s
    m1, m2 = 1 - beta1**t, 1 - beta2**t
    return {k: params[k] - learning_rate * (v[k] / m1) / (np.sqrt(s[k] / m2) + epsilon) for k in params}, v, s

# %% wheat="keeps everything in float32, the betas too"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    f = np.float32
    rate, b1, b2, eps, one = f(learning_rate), f(beta1), f(beta2), f(epsilon), f(1)
    c = lambda d: {k: np.asarray(a, dtype=f) for k, a in d.items()}
    params, grads, v, s = c(params), c(grads), c(v), c(s)
    v = {k: b1 * v[k] + (one - b1) * grads[k] for k in v}
    s = {k: b2 * s[k] + (one - b2) * grads[k] ** 2 for k in s}
    out = {}
    for k in params:
        v_hat = v[k] / (one - b1**t)
        s_hat = s[k] / (one - b2**t)
        out[k] = params[k] - rate * v_hat / (np.sqrt(s_hat) + eps)
    return out, v, s

# %% wheat="float32, towards the new value, powers multiplied up"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    f = np.float32
    p1 = p2 = f(1)
    for _ in range(t):
        p1, p2 = p1 * f(beta1), p2 * f(beta2)
    out, new_v, new_s = {}, {}, {}
    for k in params:
        g, old_v, old_s = f(grads[k]), f(v[k]), f(s[k])
        new_v[k] = old_v + f(1 - beta1) * (g - old_v)
        new_s[k] = old_s + f(1 - beta2) * (g * g - old_s)
        out[k] = f(params[k]) - f(learning_rate) * (new_v[k] / (f(1) - p1)) / (np.sqrt(new_s[k] / (f(1) - p2)) + f(epsilon))
    return out, new_v, new_s

# %% wheat="promotes everything to float64"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    b1, b2 = np.array([beta1, beta2], dtype=np.float64)
    big = lambda d: {k: np.array(a, dtype=np.float64) for k, a in d.items()}
    params, grads, v, s = map(big, (params, grads, v, s))
    v = {k: np.add(b1 * v[k], (1 - b1) * grads[k]) for k in v}
    s = {k: np.add(b2 * s[k], (1 - b2) * np.square(grads[k])) for k in s}
    for k in params:
        params[k] = params[k] - learning_rate * (v[k] / (1 - b1**t)) / (np.sqrt(s[k] / (1 - b2**t)) + epsilon)
    return params, v, s

# %% wheat="number by number, lists made into arrays at the end"
from math import sqrt

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    out = ({}, {}, {})
    for k in params:
        for d in out:
            d[k] = []
        for i in range(params[k].shape[0]):
            for d in out:
                d[k].append([])
            for j in range(params[k].shape[1]):
                g = grads[k][i, j]
                first = beta1 * v[k][i, j] + (1 - beta1) * g
                second = beta2 * s[k][i, j] + (1 - beta2) * g * g
                step = first / (1 - beta1**t) / (sqrt(second / (1 - beta2**t)) + epsilon)
                out[0][k][i].append(params[k][i, j] - learning_rate * step)
                out[1][k][i].append(first)
                out[2][k][i].append(second)
    return tuple({k: np.array(rows) for k, rows in d.items()} for d in out)

# %% wheat="one long vector and back"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    names = sorted(params)
    flat = [np.concatenate([np.ravel(d[n]) for n in names]) for d in (params, grads, v, s)]
    w, g, m, q = flat
    m = beta1 * m + (1 - beta1) * g
    q = beta2 * q + (1 - beta2) * g**2
    w = w - learning_rate * m / (1 - beta1**t) / (np.sqrt(q / (1 - beta2**t)) + epsilon)
    def shaped(vector):
        result, start = {}, 0
        for n in names:
            size = params[n].size
            result[n] = vector[start : start + size].reshape(params[n].shape)
            start += size
        return result
    return shaped(w), shaped(m), shaped(q)

# %% wheat="a class behind the function, prints, returns a list"
class Adam:
    def __init__(self, rate, beta1, beta2, epsilon):
        self.rate, self.betas, self.epsilon = rate, (beta1, beta2), epsilon

    def averages(self, old, new, which):
        beta = self.betas[which]
        return {k: np.average([old[k], new[k]], axis=0, weights=[beta, 1 - beta]) for k in old}

    def scale(self, t):
        return [1 / (1 - beta**t) for beta in self.betas]

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    adam = Adam(learning_rate, beta1, beta2, epsilon)
    v = adam.averages(v, grads, 0)
    s = adam.averages(s, {k: g**2 for k, g in grads.items()}, 1)
    up1, up2 = adam.scale(t)
    print("step", t)
    return [{k: params[k] - adam.rate * up1 * v[k] / (np.sqrt(up2 * s[k]) + adam.epsilon) for k in params}, v, s]

# %% wheat="a lambda and other names"
adam_step = lambda w, g, m, q, n, a=0.001, b=0.9, c=0.999, e=1e-8: (
    {k: w[k] - a * (b * m[k] + (1 - b) * g[k]) / (1 - b**n) / (((c * q[k] + (1 - c) * g[k] ** 2) / (1 - c**n)) ** 0.5 + e) for k in w},
    {k: b * m[k] + (1 - b) * g[k] for k in w},
    {k: c * q[k] + (1 - c) * g[k] ** 2 for k in w},
)

# %% wheat="zero steps where there is no average, epsilon all the same"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    new = {}
    for k in params:
        bottom = np.sqrt(s[k] / (1 - beta2**t)) + epsilon
        new[k] = np.where(v[k] == 0, params[k], params[k] - learning_rate * v[k] / (1 - beta1**t) / bottom)
    return new, v, s

# %% wheat="numerator and denominator scaled alike"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    c1, c2 = 1 - np.exp(t * np.log(beta1)), 1 - np.exp(t * np.log(beta2))
    bottom = {k: c1 * (np.sqrt(s[k]) / np.sqrt(c2) + epsilon) for k in params}
    return {k: params[k] - np.true_divide(learning_rate * v[k], bottom[k]) for k in params}, v, s

# %% chaff="AMSGrad: the largest square average so far"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: np.maximum(s[k], beta2 * s[k] + (1 - beta2) * grads[k] ** 2) for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="AdaMax: the largest magnitude"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: np.maximum(beta2 * s[k], abs(grads[k])) for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (s[k] + epsilon) for k in params}, v, s

# %% chaff="Nadam: looks ahead"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    ahead = {k: beta1 * v[k] / (1 - beta1 ** (t + 1)) + (1 - beta1) * grads[k] / (1 - beta1**t) for k in params}
    return {k: params[k] - learning_rate * ahead[k] / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="weight decay besides"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    step = {k: v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}
    return {k: params[k] * (1 - 0.01 * learning_rate) - learning_rate * step[k] for k in params}, v, s

# %% chaff="the first gradient taken whole, no correction"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    if t == 1:
        v = {k: grads[k].copy() for k in params}
        s = {k: grads[k] ** 2 for k in params}
    else:
        v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
        s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (np.sqrt(s[k]) + epsilon) for k in params}, v, s

# %% chaff="no correction at the first step alone"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    c1, c2 = (1 - beta1**t, 1 - beta2**t) if t > 1 else (1, 1)
    return {k: params[k] - learning_rate * v[k] / c1 / (np.sqrt(s[k] / c2) + epsilon) for k in params}, v, s

# %% chaff="no correction after ten steps"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    c1, c2 = (1 - beta1**t, 1 - beta2**t) if t <= 10 else (1, 1)
    return {k: params[k] - learning_rate * v[k] / c1 / (np.sqrt(s[k] / c2) + epsilon) for k in params}, v, s

# %% chaff="a count of its own calls"
_t = 0

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    global _t
    _t += 1
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**_t) / (np.sqrt(s[k] / (1 - beta2**_t)) + epsilon) for k in params}, v, s

# %% chaff="counts t up from key to key"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new_params, new_v, new_s = {}, {}, {}
    for k in params:
        new_v[k] = beta1 * v[k] + (1 - beta1) * grads[k]
        new_s[k] = beta2 * s[k] + (1 - beta2) * grads[k] ** 2
        new_params[k] = params[k] - learning_rate * new_v[k] / (1 - beta1**t) / (np.sqrt(new_s[k] / (1 - beta2**t)) + epsilon)
        t = t + 1
    return new_params, new_v, new_s

# %% chaff="averages in globals, not in the arguments"
_v, _s = {}, {}

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    if t == 1 or set(_v) != set(params) or any(_v[k].shape != params[k].shape for k in params):
        _v.clear(), _s.clear()
        _v.update({k: np.zeros_like(p) for k, p in params.items()})
        _s.update({k: np.zeros_like(p) for k, p in params.items()})
    for k in params:
        _v[k] = beta1 * _v[k] + (1 - beta1) * grads[k]
        _s[k] = beta2 * _s[k] + (1 - beta2) * grads[k] ** 2
    return {k: params[k] - learning_rate * _v[k] / (1 - beta1**t) / (np.sqrt(_s[k] / (1 - beta2**t)) + epsilon) for k in params}, dict(_v), dict(_s)

# %% chaff="epsilon as a lower bound of the root"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / np.maximum(np.sqrt(s[k] / (1 - beta2**t)), epsilon) for k in params}, v, s

# %% chaff="epsilon in both places"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t) + epsilon) + epsilon) for k in params}, v, s

# %% chaff="epsilon under the root of the uncorrected average"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / np.sqrt((s[k] + epsilon) / (1 - beta2**t)) for k in params}, v, s

# %% chaff="no epsilon, NaN replaced by zero"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    step = {k: np.nan_to_num(v[k] / (1 - beta1**t) / np.sqrt(s[k] / (1 - beta2**t))) for k in params}
    return {k: params[k] - learning_rate * step[k] for k in params}, v, s

# %% chaff="epsilon inside the correction"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    c1, c2 = 1 - beta1**t + epsilon, 1 - beta2**t + epsilon
    return {k: params[k] - learning_rate * v[k] / c1 / (np.sqrt(s[k] / c2) + epsilon) for k in params}, v, s

# %% chaff="another usual epsilon"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="another usual learning rate"
def adam_step(params, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="another usual second beta"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.99, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="sparse: leaves alone what has no gradient now"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    for k, g in grads.items():
        if not g.any():
            continue
        v[k] = beta1 * v[k] + (1 - beta1) * g
        s[k] = beta2 * s[k] + (1 - beta2) * g**2
        params[k] = params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
    return params, v, s

# %% chaff="keeps the averages, moves nothing where the gradient is zero"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    new = {}
    for k in params:
        step = v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
        new[k] = params[k] - learning_rate * np.where(grads[k] == 0, 0, step)
    return new, v, s

# %% chaff="returns the parameters alone"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}

# %% chaff="returns the averages in one dict"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, {"v": v, "s": s}

# %% chaff="hands on the old averages"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new_v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    new_s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * new_v[k] / (1 - beta1**t) / (np.sqrt(new_s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="hands on the corrected first average alone"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: (beta1 * v[k] + (1 - beta1) * grads[k]) / (1 - beta1**t) for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="corrects twice"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) ** 2 / (np.sqrt(s[k] / (1 - beta2**t) ** 2) + epsilon) for k in params}, v, s

# %% chaff="corrects the gradient before it is averaged"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] / (1 - beta1**t) for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 / (1 - beta2**t) for k in params}
    return {k: params[k] - learning_rate * v[k] / (np.sqrt(s[k]) + epsilon) for k in params}, v, s

# %% chaff="the square of the corrected first average"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * (v[k] / (1 - beta1**t)) ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="AdaBelief: the square of the surprise"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * (grads[k] - v[k]) ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="brackets lost around the root and epsilon"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / np.sqrt(s[k] / (1 - beta2**t)) + epsilon for k in params}, v, s

# %% chaff="brackets lost in the correction"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * (v[k] / 1 - beta1**t) / (np.sqrt(np.abs(s[k] / 1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="shallow copies, then in place"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    for k in params:
        v[k] *= beta1
        v[k] += (1 - beta1) * grads[k]
        s[k] *= beta2
        s[k] += (1 - beta2) * grads[k] ** 2
        params[k] -= learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
    return params, v, s

# %% chaff="squares the gradients in place"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new_v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    for k in params:
        grads[k] *= grads[k]
    new_s = {k: beta2 * s[k] + (1 - beta2) * grads[k] for k in params}
    return {k: params[k] - learning_rate * new_v[k] / (1 - beta1**t) / (np.sqrt(new_s[k] / (1 - beta2**t)) + epsilon) for k in params}, new_v, new_s

# %% chaff="two layers and no more"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    for l in (1, 2):
        for k in (f"W{l}", f"b{l}"):
            v[k] = beta1 * v[k] + (1 - beta1) * grads[k]
            s[k] = beta2 * s[k] + (1 - beta2) * grads[k] ** 2
            params[k] = params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
    return params, v, s

# %% chaff="the last layer on its own, so that a single layer moves twice"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    params, v, s = dict(params), dict(v), dict(s)
    L = len(params) // 2
    for l in [1] + list(range(2, L)) + [L]:
        for k in (f"W{l}", f"b{l}"):
            v[k] = beta1 * v[k] + (1 - beta1) * grads[k]
            s[k] = beta2 * s[k] + (1 - beta2) * grads[k] ** 2
            params[k] = params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon)
    return params, v, s

# %% chaff="averages found by shape"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    first = {v[k].shape: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    second = {s[k].shape: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    v = {k: first[p.shape] for k, p in params.items()}
    s = {k: second[p.shape] for k, p in params.items()}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="one square average for a whole array"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * np.mean(grads[k] ** 2) for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="clips the step at the rate"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    step = {k: np.clip(v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon), -0.5, 0.5) for k in params}
    return {k: params[k] - learning_rate * step[k] for k in params}, v, s

# %% chaff="rounded for a nice print"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: np.round(params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon), 3) for k in params}, v, s

# %% chaff="misspells a key"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads["d" + k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads["d" + k] ** 2 for k in params}
    return {k: params[k] - learning_rate * v[k] / (1 - beta1**t) / (np.sqrt(s[k] / (1 - beta2**t)) + epsilon) for k in params}, v, s

# %% chaff="corrects whole dicts with a function for one array"
def bias_correct(average, beta, t):
    return average / (1 - beta**t)

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    v_hat, s_hat = bias_correct(v, beta1, t), bias_correct(s, beta2, t)
    return {k: params[k] - learning_rate * v_hat[k] / (np.sqrt(s_hat[k]) + epsilon) for k in params}, v, s

# %% chaff="a helper that corrects in place, so that the state is corrected too"
def _correct(average, beta, t):
    average /= 1 - beta**t
    return average

def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    s = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    step = {k: _correct(v[k], beta1, t) / (np.sqrt(_correct(s[k], beta2, t)) + epsilon) for k in params}
    return {k: params[k] - learning_rate * step[k] for k in params}, v, s

# %% chaff="stops after the first key"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new_params, new_v, new_s = {}, {}, {}
    for k in params:
        new_v[k] = beta1 * v[k] + (1 - beta1) * grads[k]
        new_s[k] = beta2 * s[k] + (1 - beta2) * grads[k] ** 2
        new_params[k] = params[k] - learning_rate * new_v[k] / (1 - beta1**t) / (np.sqrt(new_s[k] / (1 - beta2**t)) + epsilon)
        return new_params, new_v, new_s

# %% chaff="plain gradient steps after nine layers"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    V = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    S = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    P = {k: (params[k] - learning_rate * (V[k] / (1 - beta1 ** t)) / (np.sqrt(S[k] / (1 - beta2 ** t)) + epsilon) if len(k) == 2 else params[k] - learning_rate * grads[k]) for k in params}
    return P, V, S

# %% chaff="a beta1 of 0 falls back to the default"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    beta1 = beta1 or 0.9
    V = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    S = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    P = {k: params[k] - learning_rate * (V[k] / (1 - beta1 ** t)) / (np.sqrt(S[k] / (1 - beta2 ** t)) + epsilon) for k in params}
    return P, V, S

# %% chaff="pairs averages and gradients by place"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    V = {k: beta1 * a + (1 - beta1) * g for (k, a), g in zip(v.items(), grads.values())}
    S = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    P = {k: params[k] - learning_rate * (V[k] / (1 - beta1 ** t)) / (np.sqrt(S[k] / (1 - beta2 ** t)) + epsilon) for k in params}
    return P, V, S

# %% chaff="clips the gradients at 5"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    grads = {k: np.clip(g, -5, 5) for k, g in grads.items()}
    V = {k: beta1 * v[k] + (1 - beta1) * grads[k] for k in params}
    S = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * (V[k] / (1 - beta1 ** t)) / (np.sqrt(S[k] / (1 - beta2 ** t)) + epsilon) for k in params}, V, S

# %% chaff="pairs v by place"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    V = {k: beta1 * a + (1 - beta1) * grads[k] for k, a in zip(params, v.values())}
    S = {k: beta2 * s[k] + (1 - beta2) * grads[k] ** 2 for k in params}
    return {k: params[k] - learning_rate * (V[k] / (1 - beta1 ** t)) / (np.sqrt(S[k] / (1 - beta2 ** t)) + epsilon) for k in params}, V, S

# %% wheat="efficient form of the paper, epsilon rescaled"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    alpha = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    eps = epsilon * np.sqrt(1 - beta2**t)
    P, V, S = {}, {}, {}
    for k, g in grads.items():
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * np.square(g)
        P[k] = params[k] - alpha * V[k] / (np.sqrt(S[k]) + eps)
    return P, V, S

# %% wheat="flattened into one vector"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    keys = list(params)
    flat = lambda d: np.concatenate([np.ravel(d[k]) for k in keys])
    p, g, m, u = flat(params), flat(grads), flat(v), flat(s)
    m = beta1 * m + (1 - beta1) * g
    u = beta2 * u + (1 - beta2) * g * g
    p = p - learning_rate * (m / (1 - beta1**t)) / (np.sqrt(u / (1 - beta2**t)) + epsilon)
    def unflat(a):
        d, at = {}, 0
        for k in keys:
            n = params[k].size
            d[k] = a[at:at + n].reshape(params[k].shape)
            at += n
        return d
    return unflat(p), unflat(m), unflat(u)

# %% wheat="helper returning triples and zip"
import math
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    c1, c2 = 1 - math.pow(beta1, t), 1 - math.pow(beta2, t)
    def one(p, g, m, u):
        m, u = beta1 * m + (1 - beta1) * g, beta2 * u + (1 - beta2) * g * g
        return p - learning_rate * (m / c1) / (np.sqrt(u / c2) + epsilon), m, u
    triples = [one(params[k], grads[k], v[k], s[k]) for k in params]
    return tuple(dict(zip(params, column)) for column in zip(*triples))

# %% wheat="elementwise loops"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P = {k: np.array(a, dtype=float) for k, a in params.items()}
    V = {k: np.zeros_like(a, dtype=float) for k, a in params.items()}
    S = {k: np.zeros_like(a, dtype=float) for k, a in params.items()}
    for k in P:
        for i in np.ndindex(P[k].shape):
            V[k][i] = beta1 * v[k][i] + (1 - beta1) * grads[k][i]
            S[k][i] = beta2 * s[k][i] + (1 - beta2) * grads[k][i] ** 2
            P[k][i] -= learning_rate * V[k][i] / (1 - beta1**t) / (np.sqrt(S[k][i] / (1 - beta2**t)) + epsilon)
    return P, V, S

# %% wheat="old cells changed by np.copyto, a list returned"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P = {k: a.copy() for k, a in params.items()}
    V = {k: a.copy() for k, a in v.items()}
    S = {k: a.copy() for k, a in s.items()}
    for k in P:
        np.copyto(V[k], beta1 * V[k] + (1 - beta1) * grads[k])
        np.copyto(S[k], beta2 * S[k] + (1 - beta2) * grads[k] ** 2)
        P[k] -= learning_rate * (V[k] / (1 - beta1**t)) / (np.sqrt(S[k] / (1 - beta2**t)) + epsilon)
    return [P, V, S]

# %% chaff="Nadam"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = grads[k]
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / (1 - beta2**t)
        m = beta1 * m + (1 - beta1) * g / (1 - beta1**t)
        P[k] = params[k] - learning_rate * m / (np.sqrt(u) + epsilon)
    return P, V, S

# %% chaff="epsilon as a maximum"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = grads[k]
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / (1 - beta2**t)
        P[k] = params[k] - learning_rate * m / (np.maximum(np.sqrt(u), epsilon))
    return P, V, S

# %% chaff="clips the gradient to 5"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = np.clip(grads[k], -5, 5)
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / (1 - beta2**t)
        P[k] = params[k] - learning_rate * m / (np.sqrt(u) + epsilon)
    return P, V, S

# %% chaff="skips update where the gradient is zero"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = grads[k]
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / (1 - beta2**t)
        learning = np.where(g == 0, 0, learning_rate)
        P[k] = params[k] - learning * m / (np.sqrt(u) + epsilon)
    return P, V, S

# %% chaff="keys of v by position, grads sorted differently"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k, g in zip(params, grads.values()):
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / (1 - beta2**t)
        P[k] = params[k] - learning_rate * m / (np.sqrt(u) + epsilon)
    return P, V, S

# %% chaff="v is corrected for 50 steps"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = grads[k]
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t) if t < 50 else V[k]
        u = S[k] / (1 - beta2**t)
        P[k] = params[k] - learning_rate * m / (np.sqrt(u) + epsilon)
    return P, V, S

# %% chaff="the divisor of s is at least 0.01"
def adam_step(params, grads, v, s, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    P, V, S = {}, {}, {}
    for k in params:
        g = grads[k]
        V[k] = beta1 * v[k] + (1 - beta1) * g
        S[k] = beta2 * s[k] + (1 - beta2) * g**2
        m = V[k] / (1 - beta1**t)
        u = S[k] / max(1 - beta2**t, 1e-2)
        P[k] = params[k] - learning_rate * m / (np.sqrt(u) + epsilon)
    return P, V, S
