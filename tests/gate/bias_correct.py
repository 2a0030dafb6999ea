# %% wheat="the power by NumPy"
def bias_correct(average, beta, t):
    return np.divide(average, 1.0 - np.power(beta, t))

# %% wheat="the power by a loop"
def bias_correct(average, beta, t):
    power = 1
    for _ in range(t):
        power = power * beta
    return average / (1 - power)

# %% wheat="the sum of the weights, one by one"
def bias_correct(average, beta, t):
    total = 0.0
    for i in range(t):
        total += (1 - beta) * beta**i
    return average / total

# %% wheat="the sum of the weights as an array"
def bias_correct(average, beta, t):
    weights = (1 - beta) * beta ** np.arange(t)
    return average / weights.sum()

# %% wheat="times the inverse"
def bias_correct(average, beta, t):
    return average * (1 - beta**t) ** -1

# %% wheat="logarithms"
import math

def bias_correct(average, beta, t):
    return -average / math.expm1(t * math.log(beta))

# %% wheat="float32 throughout"
def bias_correct(average, beta, t):
    f = np.float32
    return np.asarray(average, dtype=f) / (f(1) - f(beta) ** f(t))

# %% wheat="promotes to float64, an array even for a number"
def bias_correct(average, beta, t):
    average = np.array(average, dtype=np.float64)
    return average / (1 - np.float64(beta) ** np.float64(t))

# %% wheat="a lambda, other names"
bias_correct = lambda v, b, n: v / (1 - b**n)

# %% wheat="number by number where it is an array, prints"
def bias_correct(average, beta, t):
    weight = 1 - pow(beta, t)
    print("divided by", weight)
    if isinstance(average, np.ndarray):
        out = np.empty(average.shape)
        for place in np.ndindex(average.shape):
            out[place] = average[place] / weight
        return out
    return average / weight

# %% wheat="recursion, nested lists"
def bias_correct(average, beta, t):
    def power(n):
        return 1.0 if n == 0 else beta * power(n - 1)
    def divide(x):
        return [divide(y) for y in x] if np.ndim(x) else float(x) / (1 - power(t))
    return divide(average)

# %% wheat="a copy, then in place"
def bias_correct(average, beta, t):
    corrected = np.copy(average)
    corrected /= 1 - beta**t
    return corrected

# %% wheat="the rest added by a geometric series"
def bias_correct(average, beta, t):
    left = beta**t
    return average + average * left / (1 - left)

# %% chaff="returns nothing"
def bias_correct(average, beta, t):
    corrected = average / (1 - beta**t)

# %% chaff="the caret for a power"
def bias_correct(average, beta, t):
    return average / (1 - beta ^ t)

# %% chaff="brackets lost"
def bias_correct(average, beta, t):
    return average / 1 - beta**t

# %% chaff="corrects the first value alone"
def bias_correct(average, beta, t):
    if t == 1:
        return average / (1 - beta)
    return average

# %% chaff="no longer after ten values"
def bias_correct(average, beta, t):
    return average / (1 - beta**t) if t < 10 else average * 1.0

# %% chaff="an exponent that stops at ten"
def bias_correct(average, beta, t):
    return average / (1 - beta ** min(t, 10))

# %% chaff="beta fixed at 0.9"
def bias_correct(average, beta, t):
    return average / (1 - 0.9**t)

# %% chaff="a guard in the divisor"
def bias_correct(average, beta, t):
    return average / (1 - beta**t + 1e-8)

# %% chaff="the exponential of minus t"
def bias_correct(average, beta, t):
    return average / (1 - np.exp(-t * (1 - beta)))

# %% chaff="t to the power of beta"
def bias_correct(average, beta, t):
    return average / (1 + t**beta)

# %% chaff="divides by t"
def bias_correct(average, beta, t):
    return average / t

# %% chaff="every place of the array with a t of its own"
def bias_correct(average, beta, t):
    average = np.asarray(average)
    steps = t + np.arange(average.size).reshape(average.shape)
    return average / (1 - beta**steps)

# %% chaff="the mean of the array"
def bias_correct(average, beta, t):
    return np.mean(average) / (1 - beta**t)

# %% chaff="arrays alone, no numbers"
def bias_correct(average, beta, t):
    corrected = average.copy()
    corrected[:] = average / (1 - beta**t)
    return corrected

# %% chaff="rows alone, no numbers"
def bias_correct(average, beta, t):
    return np.array([row / (1 - beta**t) for row in average])

# %% chaff="returns the divisor as well"
def bias_correct(average, beta, t):
    return average / (1 - beta**t), 1 - beta**t

# %% chaff="one row for all"
def bias_correct(average, beta, t):
    return (np.asarray(average) / (1 - beta**t)).ravel()[:1]

# %% chaff="an axis too many"
def bias_correct(average, beta, t):
    return np.array([average]) / (1 - beta ** np.array([t]))[:, None]

# %% chaff="rounded"
def bias_correct(average, beta, t):
    return np.round(average / (1 - beta**t), 3)

# %% chaff="the sum of the powers up to t"
def bias_correct(average, beta, t):
    return average / sum((1 - beta) * beta**i for i in range(1, t + 1))

# %% chaff="counts its own calls"
_calls = 0

def bias_correct(average, beta, t):
    global _calls
    _calls += 1
    return average / (1 - beta**_calls)

# %% chaff="corrects magnitudes"
def bias_correct(average, beta, t):
    return abs(average) / (1 - beta**t)

# %% chaff="writes into the array, returns a copy"
def bias_correct(average, beta, t):
    if isinstance(average, np.ndarray):
        average[...] = average / (1 - beta**t)
        return average.copy()
    return average / (1 - beta**t)

# %% chaff="stops to correct after step 100"
def bias_correct(average, beta, t):
    if t > 100:
        return average
    return average / (1 - beta ** t)

# %% chaff="remembers the largest t"
n = 0
def bias_correct(average, beta, t):
    global n
    n = max(n, t)
    return average / (1 - beta ** n)

# %% wheat="expm1"
import math
def bias_correct(average, beta, t):
    if beta == 0:
        return average / 1
    return average / -math.expm1(t * math.log(beta))

# %% wheat="a sum of weights"
def bias_correct(average, beta, t):
    weights = (1 - beta) * beta ** np.arange(t)
    return average / weights.sum()

# %% wheat="recursion of squares"
def _power(b, n):
    if n == 0:
        return 1.0
    half = _power(b, n // 2)
    return half * half * (b if n % 2 else 1)
def bias_correct(average, beta, t):
    return average / (1 - _power(beta, t))

# %% wheat="cumprod"
def bias_correct(average, beta, t):
    return average / (1 - np.cumprod(np.full(int(t), beta))[-1])

# %% wheat="elementwise loop"
def bias_correct(average, beta, t):
    a = np.asarray(average, dtype=float)
    flat = [x / (1 - beta**t) for x in a.ravel()]
    return np.array(flat).reshape(a.shape)

# %% chaff="no correction once the divisor is near 1"
def bias_correct(average, beta, t):
    d = 1 - beta**t
    return average / d if d < 0.9 else average

# %% chaff="guard against small divisors"
def bias_correct(average, beta, t):
    return average / max(1 - beta**t, 0.01)

# %% chaff="squeezes"
def bias_correct(average, beta, t):
    return np.squeeze(average) / (1 - beta**t)

# %% chaff="only for the first 100"
def bias_correct(average, beta, t):
    if t >= 100:
        return average
    return average / (1 - beta**t)

# %% chaff="in place for arrays, asarray"
def bias_correct(average, beta, t):
    a = np.asarray(average)
    a /= 1 - beta**t
    return a

# %% chaff="rounded, again"
def bias_correct(average, beta, t):
    return np.round(average / (1 - beta**t), 4)

# %% chaff="clips at zero"
def bias_correct(average, beta, t):
    return np.maximum(average, 0) / (1 - beta**t)

# %% chaff="exp approximation"
def bias_correct(average, beta, t):
    return average / (1 - np.exp(-t * (1 - beta)))

# %% chaff="nan for zero"
def bias_correct(average, beta, t):
    return np.where(average == 0, np.nan, average / (1 - beta**t))

# %% chaff="left out after five windows, where 0.7 % are missing"
def bias_correct(average, beta, t):
    if t * (1 - beta) > 5:
        return average * 1.0
    return average / (1 - beta ** t)

# %% chaff="left out when beta^t is below 1e-3"
def bias_correct(average, beta, t):
    rest = beta ** t
    if rest < 1e-3:
        rest = 0
    return average / (1 - rest)
