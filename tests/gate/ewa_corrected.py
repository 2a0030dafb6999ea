# %% wheat="a loop that appends, a list"
def ewa_corrected(values, beta):
    v, corrected = 0.0, []
    for t, theta in enumerate(values, start=1):
        v = beta * v + (1 - beta) * theta
        corrected.append(v / (1 - beta**t))
    return corrected

# %% wheat="an ewa from the cell above"
def ewa(values, beta):
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out)

def ewa_corrected(values, beta):
    return ewa(values, beta) / (1 - np.power(beta, np.arange(1, len(values) + 1)))

# %% wheat="weighted means, without any correction"
def ewa_corrected(values, beta):
    return np.array([np.average(values[:t], weights=beta ** np.arange(t - 1, -1, -1)) for t in range(1, len(values) + 1)])

# %% wheat="numerator and denominator averaged alike"
def ewa_corrected(values, beta):
    v = w = 0.0
    out = np.zeros_like(values)
    for i, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        w = beta * w + (1 - beta)
        out[i] = v / w
    return out

# %% wheat="without the factor 1 - beta in either"
def ewa_corrected(values, beta):
    v, w, out = 0.0, 0.0, []
    for x in values:
        v, w = beta * v + x, beta * w + 1
        out.append(v / w)
    return tuple(out)

# %% wheat="a convolution over a convolution of ones"
def ewa_corrected(values, beta):
    T = len(values)
    kernel = beta ** np.arange(T)
    return np.convolve(values, kernel)[:T] / np.convolve(np.ones(T), kernel)[:T]

# %% wheat="a falling learning rate"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    for t in range(len(values)):
        v = v + (1 - beta) / (1 - beta ** (t + 1)) * (values[t] - v)
        out.append(v)
    return np.array(out)

# %% wheat="a triangular matrix with rows that add up to one"
def ewa_corrected(values, beta):
    T = len(values)
    W = np.tril(beta ** np.abs(np.subtract.outer(np.arange(T), np.arange(T))))
    W = W / W.sum(axis=1, keepdims=True)
    return W.dot(values)

# %% wheat="recursion with a helper"
def _plain(values, beta):
    return 0.0 if len(values) == 0 else beta * _plain(values[:-1], beta) + (1 - beta) * values[-1]

def ewa_corrected(values, beta):
    return [_plain(values[:t], beta) / (1 - beta**t) for t in range(1, len(values) + 1)]

# %% wheat="a power carried along, prints"
def ewa_corrected(values, beta):
    out, v, power = np.empty(len(values)), 0.0, 1.0
    for i in range(len(values)):
        power *= beta
        v = beta * v + (1 - beta) * values[i]
        out[i] = v / (1 - power)
        print(i, out[i])
    return out

# %% wheat="a lambda with cumulative sums"
ewa_corrected = lambda x, b: np.cumsum(x * b ** -np.arange(len(x), dtype=float)) / np.cumsum(b ** -np.arange(len(x), dtype=float))

# %% wheat="float32 throughout"
def ewa_corrected(values, beta):
    x, b = values.astype(np.float32), np.float32(beta)
    v, out = np.float32(0), []
    for t in range(1, len(x) + 1):
        v = b * v + (1 - b) * x[t - 1]
        out.append(v / (1 - b**t))
    return np.array(out, dtype=np.float32)

# %% wheat="the geometric series written out"
def ewa_corrected(values, beta):
    out, v = [], 0.0
    for t, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        out.append(v / ((1 - beta) * sum(beta**k for k in range(t + 1))))
    return out

# %% wheat="the state taken back from the corrected average"
def ewa_corrected(values, beta):
    hat = []
    for t, x in enumerate(values, start=1):
        v = hat[-1] * (1 - beta ** (t - 1)) if hat else 0.0
        hat.append((beta * v + (1 - beta) * x) / (1 - beta**t))
    return np.array(hat)

# %% chaff="returns nothing"
def ewa_corrected(values, beta):
    v = 0.0
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        v_hat = v / (1 - beta**t)

# %% chaff="returns both averages"
def ewa_corrected(values, beta):
    v, plain, hat = 0.0, [], []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        plain.append(v)
        hat.append(v / (1 - beta**t))
    return plain, hat

# %% chaff="the exponent fixed at 2"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**2))
    return hat

# %% chaff="corrects the first value alone"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta) if t == 1 else v)
    return hat

# %% chaff="corrects the last average alone"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        hat.append(v)
    hat[-1] = hat[-1] / (1 - beta ** len(values))
    return hat

# %% chaff="corrects the first two values alone"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**t) if t <= 2 else v)
    return hat

# %% chaff="powers of 1 - beta in the divisor"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - (1 - beta) ** t))
    return hat

# %% chaff="(1 - beta) to the power t"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta) ** t)
    return hat

# %% chaff="plus for minus"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 + beta**t))
    return hat

# %% chaff="no brackets"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / 1 - beta**t)
    return hat

# %% chaff="a caret for a power"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta ^ t))
    return hat

# %% chaff="an epsilon in the divisor, and t from zero"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**t + 1e-8))
    return hat

# %% chaff="the first value skipped to avoid a division by zero"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        if t > 0:
            hat.append(v / (1 - beta**t))
    return hat

# %% chaff="t from zero, the first average left as it is"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**t) if t else x)
    return hat

# %% chaff="the plain mean of all so far"
def ewa_corrected(values, beta):
    return np.cumsum(values) / np.arange(1, len(values) + 1)

# %% chaff="weights from newest to oldest turned round"
def ewa_corrected(values, beta):
    return np.array([np.average(values[:t], weights=beta ** np.arange(t)) for t in range(1, len(values) + 1)])

# %% chaff="corrects twice"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**t) / (1 - beta**t))
    return hat

# %% chaff="the root of the correction, as if it were Adam's rate"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / np.sqrt(1 - beta**t))
    return hat

# %% chaff="beta fixed at 0.9"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = 0.9 * v + 0.1 * x
        hat.append(v / (1 - 0.9**t))
    return hat

# %% chaff="the start as well"
def ewa_corrected(values, beta):
    v, hat = 0.0, [0.0]
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(v / (1 - beta**t))
    return hat

# %% chaff="a column"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append([v / (1 - beta**t)])
    return np.array(hat)

# %% chaff="scales the values in place first"
def ewa_corrected(values, beta):
    values *= 1 - beta
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + x
        hat.append(v / (1 - beta**t))
    return hat

# %% chaff="rounded to one place"
def ewa_corrected(values, beta):
    v, hat = 0.0, []
    for t, x in enumerate(values, start=1):
        v = beta * v + (1 - beta) * x
        hat.append(round(float(v / (1 - beta**t)), 1))
    return hat

# %% chaff="corrects the first ten values only"
def ewa_corrected(values, beta):
    v, out = 0, []
    for t, x in enumerate(values, 1):
        v = beta * v + (1 - beta) * x
        out.append(v / (1 - beta ** t) if t <= 10 else v)
    return np.array(out)

# %% wheat="a gain that shrinks from step to step"
def ewa_corrected(values, beta):
    out = np.zeros(len(values))
    v = 0.0
    for t in range(1, len(values) + 1):
        gain = (1 - beta) / (1 - beta**t)
        v = v + gain * (values[t - 1] - v)
        out[t - 1] = v
    return out

# %% wheat="a running power of beta"
def ewa_corrected(values, beta):
    averages = []
    v, power = 0.0, 1.0
    for x in values:
        power *= beta
        v = beta * v + (1 - beta) * x
        averages.append(v / (1 - power))
    return np.array(averages)

# %% wheat="two running sums"
def ewa_corrected(values, beta):
    top = bottom = 0.0
    out = np.empty(len(values))
    for i, x in enumerate(values):
        top = beta * top + x
        bottom = beta * bottom + 1
        out[i] = top / bottom
    return out

# %% wheat="a triangular matrix with rows of sum one"
def ewa_corrected(values, beta):
    T = len(values)
    i = np.arange(T)
    W = np.tril(beta ** np.abs(i[:, None] - i[None, :]).astype(float))
    return (W / W.sum(axis=1, keepdims=True)) @ values

# %% wheat="weights over their own sum"
def ewa_corrected(values, beta):
    out = np.empty_like(values, dtype=float)
    for t in range(1, len(values) + 1):
        w = [beta**k for k in range(t)]
        out[t - 1] = sum(a * b for a, b in zip(w, values[:t][::-1])) / sum(w)
    return out

# %% chaff="corrects a hundred steps"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    for t, x in enumerate(values, 1):
        v = beta * v + (1 - beta) * x
        out.append(v / (1 - beta**t) if t <= 100 else v)
    return np.array(out)

# %% chaff="stays in the range of the first ten values"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    for t, x in enumerate(values, 1):
        v = beta * v + (1 - beta) * x
        out.append(v / (1 - beta**t))
    return np.clip(np.array(out), values[:10].min(), values[:10].max())

# %% chaff="no beta above 0.99 in the correction"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    for t, x in enumerate(values, 1):
        v = beta * v + (1 - beta) * x
        out.append(v / (1 - min(beta, 0.99)**t))
    return np.array(out)

# %% chaff="divides by a hundredth at least"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    for t, x in enumerate(values, 1):
        v = beta * v + (1 - beta) * x
        out.append(v / max(1 - beta**t, 0.01))
    return np.array(out)

# %% chaff="looks up the number of each step"
def ewa_corrected(values, beta):
    v, out = 0.0, []
    vs = list(values)
    for x in vs:
        v = beta * v + (1 - beta) * x
        out.append(v / (1 - beta ** (vs.index(x) + 1)))
    return np.array(out)

# %% chaff="divisors cached by length, beta forgotten"
_divisors = {}
def ewa_corrected(values, beta):
    n = len(values)
    if n not in _divisors:
        _divisors[n] = 1 - beta ** np.arange(1, n + 1)
    v, out = 0.0, []
    for x in values:
        v = beta * v + (1 - beta) * x
        out.append(v)
    return np.array(out) / _divisors[n]
