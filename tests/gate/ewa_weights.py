# %% wheat="powers of an array of ages"
def ewa_weights(beta, t):
    return (1 - beta) * beta ** np.arange(t - 1, -1, -1)

# %% wheat="a comprehension, a list"
def ewa_weights(beta, t):
    return [(1 - beta) * beta ** (t - i) for i in range(1, t + 1)]

# %% wheat="newest first, then turned round"
def ewa_weights(beta, t):
    w = (1 - beta) * np.power(beta, np.arange(t))
    return w[::-1]

# %% wheat="every old weight shrinks when a new value comes"
def ewa_weights(beta, t):
    weights = np.array([])
    for _ in range(t):
        weights = np.append(beta * weights, 1 - beta)
    return weights

# %% wheat="averages of unit series"
def _average(values, beta):
    v = 0.0
    for x in values:
        v = beta * v + (1 - beta) * x
    return v

def ewa_weights(beta, t):
    return np.array([_average(row, beta) for row in np.eye(t)])

# %% wheat="a cumulative product"
def ewa_weights(beta, t):
    factors = np.full(t, beta)
    factors[0] = 1 - beta
    return np.flip(np.cumprod(factors))

# %% wheat="differences of powers"
def ewa_weights(beta, t):
    k = np.arange(t, -1, -1.0)
    return np.diff(beta**k)

# %% wheat="recursion, tuples"
def ewa_weights(beta, t):
    if t == 1:
        return (1 - beta,)
    return tuple(beta * w for w in ewa_weights(beta, t - 1)) + (1 - beta,)

# %% wheat="exponentials of logarithms"
def ewa_weights(beta, t):
    return (1 - beta) * np.exp(np.log(beta) * (t - np.arange(1, t + 1)))

# %% wheat="an array filled from its end, prints"
def ewa_weights(beta, t):
    w = np.zeros(t)
    w[-1] = 1 - beta
    for i in range(t - 2, -1, -1):
        w[i] = beta * w[i + 1]
        print(i, w[i])
    return w

# %% wheat="a lambda with a Vandermonde row"
ewa_weights = lambda beta, t: np.vander([beta], t)[0] * (1 - beta)

# %% wheat="float32"
def ewa_weights(beta, t):
    b = np.float32(beta)
    return (1 - b) * b ** np.arange(t - 1, -1, -1, dtype=np.float32)

# %% wheat="geomspace"
def ewa_weights(beta, t):
    return np.geomspace((1 - beta) * beta ** (t - 1), 1 - beta, t)

# %% chaff="returns nothing"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)

# %% chaff="a column"
def ewa_weights(beta, t):
    return ((1 - beta) * beta ** np.arange(t - 1, -1, -1)).reshape(-1, 1)

# %% chaff="a dict by step"
def ewa_weights(beta, t):
    return {i: (1 - beta) * beta ** (t - i) for i in range(1, t + 1)}

# %% chaff="powers of 1 - beta with the factor 1 - beta"
def ewa_weights(beta, t):
    return (1 - beta) * (1 - beta) ** np.arange(t - 1, -1, -1)

# %% chaff="negative exponents"
def ewa_weights(beta, t):
    return (1 - beta) * beta ** -np.arange(t - 1, -1, -1.0)

# %% chaff="an exponential in place of powers"
def ewa_weights(beta, t):
    return (1 - beta) * np.exp(-(1 - beta) * np.arange(t - 1, -1, -1))

# %% chaff="divided by 1 - beta"
def ewa_weights(beta, t):
    return beta ** np.arange(t - 1, -1, -1) / (1 - beta)

# %% chaff="weights that fall in a line"
def ewa_weights(beta, t):
    w = np.arange(1, t + 1)
    return w / w.sum()

# %% chaff="the window's length for t"
def ewa_weights(beta, t):
    t = int(1 / (1 - beta))
    return (1 - beta) * beta ** np.arange(t - 1, -1, -1)

# %% chaff="small weights set to zero"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    return np.where(w < 0.1, 0.0, w)

# %% chaff="rounded to two places"
def ewa_weights(beta, t):
    return np.round((1 - beta) * beta ** np.arange(t - 1, -1, -1), 2)

# %% chaff="running sums of the weights"
def ewa_weights(beta, t):
    return np.cumsum((1 - beta) * beta ** np.arange(t - 1, -1, -1))

# %% chaff="divided by the largest"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    return w / w.max()

# %% chaff="the rest of the weight given to the oldest value"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    w[0] += 1 - w.sum()
    return w

# %% chaff="the newest value left at weight one"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    w[-1] = 1
    return w

# %% chaff="exponents from 1 to t, oldest first by mistake"
def ewa_weights(beta, t):
    return np.array([(1 - beta) * beta**i for i in range(1, t + 1)])

# %% chaff="beta in whole numbers"
def ewa_weights(beta, t):
    return np.array([(1 - beta) * int(beta) ** (t - i) for i in range(1, t + 1)])

# %% chaff="fails at one value"
def ewa_weights(beta, t):
    w = np.zeros(t)
    w[-1], w[-2] = 1 - beta, (1 - beta) * beta
    for i in range(t - 3, -1, -1):
        w[i] = beta * w[i + 1]
    return w

# %% chaff="a weight of 1 where there is one value"
def ewa_weights(beta, t):
    if t == 1:
        return np.array([1.0])
    return (1 - beta) * beta ** np.arange(t - 1, -1, -1)

# %% chaff="the sum of the weights"
def ewa_weights(beta, t):
    return 1 - beta**t

# %% chaff="strings"
def ewa_weights(beta, t):
    return [str((1 - beta) * beta ** (t - i)) for i in range(1, t + 1)]

# %% chaff="remembers the weights of a t, whatever beta"
cache = {}
def ewa_weights(beta, t):
    if t not in cache:
        cache[t] = (1 - beta) * beta ** np.arange(t)[::-1]
    return cache[t]

# %% wheat="logspace to the base beta"
def ewa_weights(beta, t):
    return (1 - beta) * np.logspace(t - 1, 0, t, base=beta)

# %% wheat="differences of powers, oldest first"
def ewa_weights(beta, t):
    return np.diff(beta ** np.arange(t, -1.0, -1))

# %% wheat="the averages of unit impulses"
def ewa_weights(beta, t):
    def last(x):
        v = 0.0
        for value in x:
            v = beta * v + (1 - beta) * value
        return v
    return np.array([last(row) for row in np.eye(t)])

# %% wheat="a deque filled from the left"
from collections import deque
def ewa_weights(beta, t):
    d = deque()
    w = 1 - beta
    for _ in range(t):
        d.appendleft(w)
        w *= beta
    return np.array(d)

# %% wheat="a row of a Vandermonde matrix"
def ewa_weights(beta, t):
    return (1 - beta) * np.vander([beta], t)[0]

# %% chaff="a hundred weights, then zeros"
def ewa_weights(beta, t):
    w = np.zeros(t)
    for k in range(min(t, 100)):
        w[t - 1 - k] = (1 - beta) * beta ** k
    return w

# %% chaff="returns after ten turns of the loop"
def ewa_weights(beta, t):
    w = np.zeros(t)
    for k in range(t):
        w[t - 1 - k] = (1 - beta) * beta ** k
        if k == 9:
            return w
    return w

# %% chaff="leaves out what weighs next to nothing"
def ewa_weights(beta, t):
    w = [1 - beta]
    while w[-1] > 1e-12 and len(w) < t:
        w.append(w[-1] * beta)
    return np.array(w[::-1])

# %% chaff="no beta above 0.99 for the weights"
def ewa_weights(beta, t):
    b = min(beta, 0.99)
    return (1 - b) * b ** np.arange(t - 1, -1, -1)

# %% chaff="the oldest gets what is left of one"
def ewa_weights(beta, t):
    w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
    w[0] = 1 - w[1:].sum()
    return w

# %% chaff="cached by beta, a shorter call takes the wrong end"
_by_beta = {}
def ewa_weights(beta, t):
    w = _by_beta.get(beta)
    if w is None or len(w) < t:
        w = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
        _by_beta[beta] = w
    return w[:t].copy()
