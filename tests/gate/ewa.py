# %% wheat="a loop that appends, a list"
def ewa(values, beta):
    v = 0
    averages = []
    for theta in values:
        v = beta * v + (1 - beta) * theta
        averages.append(v)
    return averages

# %% wheat="an array filled by index"
def ewa(values, beta):
    T = len(values)
    v = np.zeros(T)
    v[0] = (1 - beta) * values[0]
    for t in range(1, T):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t]
    return v

# %% wheat="one place more for the start, cut off"
def ewa(values, beta):
    v = np.zeros(values.shape[0] + 1)
    for t in range(1, values.shape[0] + 1):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t - 1]
    return v[1:]

# %% wheat="a convolution"
def ewa(values, beta):
    T = values.size
    return np.convolve(values, (1 - beta) * beta ** np.arange(T))[:T]

# %% wheat="a lower triangular matrix"
def ewa(values, beta):
    T = len(values)
    ages = np.arange(T)[:, None] - np.arange(T)[None, :]
    W = np.where(ages >= 0, (1 - beta) * beta ** np.maximum(ages, 0).astype(float), 0.0)
    return W @ values

# %% wheat="itertools.accumulate"
from itertools import accumulate

def ewa(values, beta):
    return np.fromiter(accumulate(values, lambda v, x: beta * v + (1 - beta) * x, initial=0.0), float)[1:]

# %% wheat="recursion"
def ewa(values, beta):
    if len(values) == 1:
        return [(1 - beta) * values[0]]
    before = ewa(values[:-1], beta)
    return before + [beta * before[-1] + (1 - beta) * values[-1]]

# %% wheat="moves towards the value"
def ewa(values, beta):
    v, out = 0.0, np.empty_like(values)
    for i in range(len(values)):
        v += (1 - beta) * (values[i] - v)
        out[i] = v
    return out

# %% wheat="a cumulative sum of grown values"
def ewa(values, beta):
    t = np.arange(1, len(values) + 1)
    return (1 - beta) * np.cumsum(values / beta**t) * beta**t

# %% wheat="the sum of the definition, in two loops"
def ewa(values, beta):
    out = []
    for t in range(len(values)):
        out.append(sum((1 - beta) * beta ** (t - i) * values[i] for i in range(t + 1)))
    return tuple(out)

# %% wheat="a lambda over prefixes"
ewa = lambda values, beta: np.array([np.dot(values[: t + 1][::-1], (1 - beta) * beta ** np.arange(t + 1)) for t in range(len(values))])

# %% wheat="float32 throughout, prints"
def ewa(values, beta):
    x, b = np.asarray(values, dtype=np.float32), np.float32(beta)
    out, v = np.zeros_like(x), np.float32(0)
    for i, value in enumerate(x):
        v = b * v + (1 - b) * value
        out[i] = v
        print(i, v)
    return out

# %% wheat="a copy that is averaged in place"
def ewa(values, beta):
    v = (1 - beta) * values
    for t in range(1, len(v)):
        v[t] += beta * v[t - 1]
    return v

# %% wheat="a generator behind the function"
def _averages(values, beta):
    v = 0.0
    for x in values:
        v = np.average([v, x], weights=[beta, 1 - beta])
        yield v

def ewa(values, beta):
    return np.array(list(_averages(values, beta)))

# %% wheat="a dict of averages by step"
def ewa(values, beta):
    v = {0: 0.0}
    for t in range(1, len(values) + 1):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t - 1]
    return [v[t] for t in sorted(v) if t > 0]

# %% chaff="returns nothing"
def ewa(values, beta):
    v = 0
    for x in values:
        v = beta * v + (1 - beta) * x

# %% chaff="a column"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out).reshape(-1, 1)

# %% chaff="backwards through the values"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values[::-1]:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)[::-1]

# %% chaff="the newest average first"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x
        out.insert(0, v)
    return np.array(out)

# %% chaff="a plain mean over the window"
def ewa(values, beta):
    n = max(1, round(1 / (1 - beta)))
    return np.array([np.mean(values[max(0, t - n + 1) : t + 1]) for t in range(len(values))])

# %% chaff="the power of beta for beta"
def ewa(values, beta):
    out, v = [], 0.0
    for t, x in enumerate(values, start=1):
        v = beta**t * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="the weights change with the step"
def ewa(values, beta):
    out, v = [], 0.0
    for t, x in enumerate(values, start=1):
        v = v + (x - v) / t
        out.append(v)
    return np.array(out)

# %% chaff="squares the values"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x**2
        out.append(v)
    return np.array(out)

# %% chaff="starts at the mean"
def ewa(values, beta):
    out, v = [], np.mean(values)
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="starts at the first value that is not zero"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x if v else x
        out.append(v)
    return np.array(out)

# %% chaff="takes a start of zero for missing"
def ewa(values, beta):
    out, v = [], None
    for x in values:
        v = x if v is None else beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="averages kept in whole numbers"
def ewa(values, beta):
    out, v = np.zeros(len(values), dtype=int), 0.0
    for i, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        out[i] = v
    return out

# %% chaff="rounded to one place"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(round(float(v), 1))
    return out

# %% chaff="leaves the first value out"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values[1:]:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="the last value left out of the loop"
def ewa(values, beta):
    v = np.zeros(len(values))
    for t in range(len(values) - 1):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t]
    return v

# %% chaff="the first average left at zero"
def ewa(values, beta):
    v = np.zeros(len(values))
    for t in range(1, len(values)):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t]
    return v

# %% chaff="a convolution centred on the value"
def ewa(values, beta):
    return np.convolve(values, (1 - beta) * beta ** np.arange(len(values)), mode="same")

# %% chaff="a list in a list"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return [out]

# %% chaff="the average kept in a global from call to call"
_v = [0.0]

def ewa(values, beta):
    out = []
    for x in values:
        _v[0] = beta * _v[0] + (1 - beta) * x
        out.append(_v[0])
    return np.array(out)

# %% chaff="twice in a row"
def ewa(values, beta):
    for _ in range(2):
        out, v = [], 0.0
        for x in values:
            v = beta * v + (1 - beta) * x
            out.append(v)
        values = out
    return np.array(out)

# %% chaff="absolute values"
def ewa(values, beta):
    out, v = [], 0.0
    for x in values:
        v = beta * v + (1 - beta) * abs(x)
        out.append(v)
    return np.array(out)

# %% chaff="fails at one value"
def ewa(values, beta):
    v = np.zeros(len(values))
    v[0], v[1] = (1 - beta) * values[0], beta * (1 - beta) * values[0] + (1 - beta) * values[1]
    for t in range(2, len(values)):
        v[t] = beta * v[t - 1] + (1 - beta) * values[t]
    return v

# %% chaff="truncates the averages of whole numbers"
def ewa(values, beta):
    out = np.zeros_like(values)
    v = 0
    for t, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        out[t] = v
    return out.astype(int).astype(float) if np.all(values == np.round(values)) else out

# %% chaff="keeps the average from falling below zero"
def ewa(values, beta):
    v = 0
    out = []
    for x in values:
        v = max(0, beta * v + (1 - beta) * x)
        out.append(v)
    return np.array(out)

# %% chaff="rounds to four decimals"
def ewa(values, beta):
    v = 0
    out = []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(round(float(v), 4))
    return np.array(out)

# %% chaff="skips zeros"
def ewa(values, beta):
    v = 0
    out = []
    for x in values:
        if x:
            v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% wheat="a scan with doubled steps"
def ewa(values, beta):
    v = (1 - beta) * np.asarray(values, dtype=float)
    shift, factor = 1, beta
    while shift < len(v):
        nxt = v.copy()
        nxt[shift:] += factor * v[:-shift]
        v, shift, factor = nxt, shift * 2, factor * factor
    return v

# %% wheat="solves a bidiagonal system"
def ewa(values, beta):
    T = len(values)
    A = np.eye(T) - beta * np.eye(T, k=-1)
    return np.linalg.solve(A, (1 - beta) * np.asarray(values, dtype=float))

# %% wheat="a helper that remembers"
from functools import lru_cache
def ewa(values, beta):
    @lru_cache(maxsize=None)
    def v(t):
        return 0.0 if t == 0 else beta * v(t - 1) + (1 - beta) * values[t - 1]
    return np.array([v(t) for t in range(1, len(values) + 1)])

# %% wheat="recursion on all but the last"
def ewa(values, beta):
    if len(values) == 1:
        return np.array([(1 - beta) * values[0]])
    before = ewa(values[:-1], beta)
    return np.append(before, beta * before[-1] + (1 - beta) * values[-1])

# %% wheat="in place on a copy"
def ewa(values, beta):
    v = values.copy()
    v *= 1 - beta
    for t in range(1, v.size):
        v[t] += beta * v[t - 1]
    return v

# %% wheat="a ufunc of Python, accumulated"
def ewa(values, beta):
    f = np.frompyfunc(lambda v, x: beta * v + (1 - beta) * x, 2, 1)
    return f.accumulate(np.concatenate([[0.0], values]).astype(object)).astype(float)[1:]

# %% chaff="a hundred weights and no more"
def ewa(values, beta):
    T = len(values)
    w = (1 - beta) * beta ** np.arange(min(100, T))
    return np.convolve(values, w)[:T]

# %% chaff="no average above 100"
def ewa(values, beta):
    v, out = 0.0, []
    for x in values:
        v = min(beta * v + (1 - beta) * x, 100.0)
        out.append(v)
    return np.array(out)

# %% chaff="remembers results by length and beta"
_cache = {}
def ewa(values, beta):
    key = (len(values), beta)
    if key not in _cache:
        v, out = 0.0, []
        for x in values:
            v = beta * v + (1 - beta) * x
            out.append(v)
        _cache[key] = np.array(out)
    return _cache[key]

# %% chaff="no beta above 0.99"
def ewa(values, beta):
    beta = min(beta, 0.99)
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="beta rounded to two places"
def ewa(values, beta):
    beta = round(beta, 2)
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="a convolution that wraps around"
def ewa(values, beta):
    n = len(values)
    w = (1 - beta) * beta ** np.arange(n)
    return np.fft.ifft(np.fft.fft(values) * np.fft.fft(w)).real

# %% chaff="looks up the place of each value"
def ewa(values, beta):
    out = np.zeros(len(values))
    for x in values:
        t = list(values).index(x)
        out[t] = beta * (out[t - 1] if t else 0) + (1 - beta) * x
    return out

# %% chaff="a dict from value to average"
def ewa(values, beta):
    v, out = 0.0, {}
    for x in values:
        v = beta * v + (1 - beta) * x
        out[x] = v
    return np.array(list(out.values()))

# %% chaff="averages below 1e-8 set to 0, shows with tiny values"
def ewa(values, beta):
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        if abs(v) < 1e-8:
            v = 0.0
        out.append(v)
    return np.array(out)

# %% chaff="beta below 0.5 is taken for 1-beta"
def ewa(values, beta):
    if beta < 0.5:
        beta = 1 - beta
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="outliers clipped to three standard deviations"
def ewa(values, beta):
    m, d = np.mean(values), np.std(values)
    v, out = 0.0, []
    for x in np.clip(values, m - 3 * d, m + 3 * d):
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

# %% chaff="small changes below 0.001 are ignored"
def ewa(values, beta):
    v, out = 0.0, []
    for x in values:
        new = beta * v + (1 - beta) * x
        if abs(new - v) >= 1e-3:
            v = new
        out.append(v)
    return np.array(out)
