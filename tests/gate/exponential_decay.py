# %% wheat="the formula"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** epoch

# %% wheat="a loop that multiplies by the base once per epoch"
def exponential_decay(alpha0, epoch, base=0.95):
    alpha = alpha0
    for _ in range(epoch):
        alpha *= base
    return alpha

# %% wheat="recursion"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 if epoch == 0 else base * exponential_decay(alpha0, epoch - 1, base)

# %% wheat="e to the logarithm"
import math

def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * math.exp(epoch * math.log(base))

# %% wheat="np.power, an array of size 1"
def exponential_decay(alpha0, epoch, base=0.95):
    return np.power([base], epoch) * alpha0

# %% wheat="float32"
def exponential_decay(alpha0, epoch, base=0.95):
    return np.float32(alpha0) * np.float32(base) ** np.float32(epoch)

# %% wheat="the product of a list"
def exponential_decay(alpha0, epoch, base=0.95):
    return np.prod([alpha0] + [base] * epoch)

# %% wheat="a while loop that counts down"
def exponential_decay(alpha0, epoch, base=0.95):
    while epoch > 0:
        alpha0, epoch = alpha0 * base, epoch - 1
    return alpha0

# %% wheat="divides by the inverse"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 / (1 / base) ** epoch

# %% wheat="a lambda with short names"
exponential_decay = lambda a, e, b=.95: a * pow(b, e)

# %% wheat="np.geomspace"
def exponential_decay(alpha0, epoch, base=0.95):
    return np.geomspace(alpha0, alpha0 * base ** epoch, num=max(epoch, 1) + 1)[-1]

# %% wheat="halving the power"
def exponential_decay(alpha0, epoch, base=0.95):
    if epoch == 0:
        return alpha0
    half = exponential_decay(1.0, epoch // 2, base)
    return alpha0 * half * half * (base if epoch % 2 else 1)

# %% chaff="exclusive or for a power"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ^ epoch

# %% chaff="returns the whole schedule"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** np.arange(epoch + 1)

# %% chaff="sum of the rates so far"
def exponential_decay(alpha0, epoch, base=0.95):
    return sum(alpha0 * base ** e for e in range(epoch + 1))

# %% chaff="minus a power"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 - base ** epoch

# %% chaff="a power of ten"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * 10 ** (-base * epoch)

# %% chaff="the loop leaves out one epoch"
def exponential_decay(alpha0, epoch, base=0.95):
    for _ in range(1, epoch):
        alpha0 *= base
    return alpha0

# %% chaff="the loop decays twice in an epoch"
def exponential_decay(alpha0, epoch, base=0.95):
    rate = alpha0
    for _ in range(epoch):
        rate = rate * base
        rate *= base
    return rate

# %% chaff="the loop starts from alpha0 in each round"
def exponential_decay(alpha0, epoch, base=0.95):
    rate = alpha0
    for _ in range(epoch):
        rate = alpha0 * base
    return rate

# %% chaff="no default"
def exponential_decay(alpha0, epoch, base):
    return alpha0 * base ** epoch

# %% chaff="a rate that never falls below three tenths"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * max(base ** epoch, 0.3)

# %% chaff="a root of the base"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** (epoch / 2)

# %% chaff="the state kept between calls"
_state = {}

def exponential_decay(alpha0, epoch, base=0.95):
    _state["alpha"] = _state.get("alpha", alpha0) * base
    return _state["alpha"]

# %% chaff="the first epoch with a case of its own, and a wrong one"
def exponential_decay(alpha0, epoch, base=0.95):
    if epoch == 0:
        return 0.0
    return alpha0 * base ** epoch

# %% chaff="integers"
def exponential_decay(alpha0, epoch, base=0.95):
    return int(alpha0 * base ** epoch)

# %% chaff="rounded to three places"
def exponential_decay(alpha0, epoch, base=0.95):
    return np.round(alpha0 * base ** epoch, 3)

# %% chaff="the percentage lost"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * (1 - base / 100) ** epoch

# %% chaff="a lowest rate of 1e-5"
def exponential_decay(alpha0, epoch, base=0.95):
    return max(alpha0 * base ** epoch, 1e-5)

# %% chaff="a small number in the sum, for safety"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** epoch + 1e-8

# %% chaff="decays for fifty epochs only"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** min(epoch, 50)

# %% wheat="recursion, again"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 if epoch == 0 else base * exponential_decay(alpha0, epoch - 1, base)

# %% wheat="reduce"
def exponential_decay(alpha0, epoch, base=0.95):
    from functools import reduce
    return reduce(lambda a, _: a * base, range(epoch), alpha0)

# %% wheat="exp2"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * np.exp2(epoch * np.log2(base))

# %% wheat="accumulate"
def exponential_decay(alpha0, epoch, base=0.95):
    from itertools import accumulate, repeat
    return list(accumulate(repeat(base, epoch), lambda a, b: a * b, initial=alpha0))[-1]

# %% wheat="np.prod"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * np.prod([base] * epoch)

# %% chaff="floor at hundredth"
def exponential_decay(alpha0, epoch, base=0.95):
    return max(alpha0 * base ** epoch, alpha0 / 100)

# %% chaff="exp of lost"
import math

def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * math.exp(-(1 - base) * epoch)

# %% chaff="early stop"
def exponential_decay(alpha0, epoch, base=0.95):
    rate = alpha0
    for _ in range(epoch):
        if rate < 1e-3:
            break
        rate *= base
    return rate

# %% chaff="shadowed"
def exponential_decay(alpha0, epoch, base=0.95):
    for epoch in range(epoch):
        rate = alpha0 * base ** epoch
    return rate

# %% chaff="epoch capped"
def exponential_decay(alpha0, epoch, base=0.95):
    return alpha0 * base ** min(epoch, 100)

# %% chaff="loop from 1"
def exponential_decay(alpha0, epoch, base=0.95):
    for _ in range(1, epoch):
        alpha0 *= base
    return alpha0

# %% chaff="cache keyed by epoch and alpha0, ignores the base"
_seen = {}

def exponential_decay(alpha0, epoch, base=0.95):
    key = (alpha0, epoch)
    if key not in _seen:
        _seen[key] = alpha0 * base ** epoch
    return _seen[key]
