# %% wheat="integer division in the exponent"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch // interval)

# %% wheat="np.floor"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * np.power(factor, np.floor(epoch / interval))

# %% wheat="math.floor, named parts"
import math

def step_decay(alpha0, epoch, factor, interval):
    drops = math.floor(epoch / interval)
    return alpha0 * math.pow(factor, drops)

# %% wheat="int cuts off"
def step_decay(alpha0, epoch, factor, interval):
    return factor ** int(epoch / interval) * alpha0

# %% wheat="a loop over the epochs"
def step_decay(alpha0, epoch, factor, interval):
    alpha = alpha0
    for e in range(1, epoch + 1):
        if e % interval == 0:
            alpha = alpha * factor
    return alpha

# %% wheat="a while loop that takes intervals away"
def step_decay(alpha0, epoch, factor, interval):
    while epoch >= interval:
        epoch -= interval
        alpha0 *= factor
    return alpha0

# %% wheat="recursion"
def step_decay(alpha0, epoch, factor, interval):
    if epoch < interval:
        return alpha0
    return step_decay(alpha0 * factor, epoch - interval, factor, interval)

# %% wheat="the remainder taken off first"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** ((epoch - epoch % interval) / interval)

# %% wheat="divmod, float32"
def step_decay(alpha0, epoch, factor, interval):
    drops, _ = divmod(epoch, interval)
    return np.float32(alpha0) * np.float32(factor) ** drops

# %% wheat="counts the milestones, an array of size 1"
def step_decay(alpha0, epoch, factor, interval):
    milestones = np.arange(interval, epoch + 1, interval)
    return np.array([alpha0]) * factor ** np.sum(milestones <= epoch)

# %% wheat="a lambda with a ceiling of one more"
import math

step_decay = lambda a, e, f, n: a * f ** (math.ceil((e + 1) / n) - 1)

# %% wheat="the whole schedule by repeating"
def step_decay(alpha0, epoch, factor, interval):
    stairs = [alpha0 * factor ** s for s in range(epoch + 1)]
    return np.repeat(stairs, interval)[epoch]

# %% wheat="Python's own integer type all through"
def step_decay(alpha0, epoch, factor, interval):
    return float(alpha0) * float(factor) ** (int(epoch) // int(interval))

# %% wheat="negative floor of the negative"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 / factor ** (-(epoch // interval))

# %% chaff="a drop only at multiples, by the full power"
def step_decay(alpha0, epoch, factor, interval):
    if epoch % interval == 0:
        return alpha0 * factor ** (epoch / interval)
    return alpha0

# %% chaff="one drop in each interval but the first two"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** max(epoch // interval - 1, 0)

# %% chaff="floor of the whole product"
def step_decay(alpha0, epoch, factor, interval):
    return np.floor(alpha0 * factor ** (epoch / interval))

# %% chaff="the floor of the exponent taken with the factor in it"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * np.floor(factor ** (epoch / interval))

# %% chaff="the loop stops before the epoch"
def step_decay(alpha0, epoch, factor, interval):
    for e in range(1, epoch):
        if e % interval == 0:
            alpha0 *= factor
    return alpha0

# %% chaff="strictly more than an interval"
def step_decay(alpha0, epoch, factor, interval):
    while epoch > interval:
        alpha0, epoch = alpha0 * factor, epoch - interval
    return alpha0

# %% chaff="at most two drops"
def step_decay(alpha0, epoch, factor, interval):
    if epoch < interval:
        return alpha0
    if epoch < 2 * interval:
        return alpha0 * factor
    return alpha0 * factor * factor

# %% chaff="at most four drops"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** min(epoch // interval, 4)

# %% chaff="the usual factor of a tenth"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * 0.1 ** (epoch // interval)

# %% chaff="an interval of ten"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch // 10)

# %% chaff="factor and interval exchanged"
def step_decay(alpha0, epoch, interval, factor):
    return alpha0 * factor ** (epoch // interval)

# %% chaff="exponential decay and a floor of the rate in hundredths"
def step_decay(alpha0, epoch, factor, interval):
    return int(100 * alpha0 * factor ** (epoch / interval)) / 100

# %% chaff="intervals that double"
def step_decay(alpha0, epoch, factor, interval):
    while epoch >= interval:
        alpha0 *= factor
        epoch -= interval
        interval *= 2
    return alpha0

# %% chaff="zero drops makes a zero"
def step_decay(alpha0, epoch, factor, interval):
    drops = epoch // interval
    return drops and alpha0 * factor ** drops

# %% chaff="no return in the first interval"
def step_decay(alpha0, epoch, factor, interval):
    if epoch >= interval:
        return alpha0 * factor ** (epoch // interval)

# %% chaff="floors toward the nearest even number"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** int(round(epoch / interval - 0.5))

# %% chaff="a float division that is cut at the last moment"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch / interval // 1 + 0 ** epoch)

# %% chaff="a lowest rate of 1e-5"
def step_decay(alpha0, epoch, factor, interval):
    return max(alpha0 * factor ** (epoch // interval), 1e-5)

# %% chaff="a small number in the sum, for safety"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch // interval) + 1e-8

# %% wheat="while"
def step_decay(alpha0, epoch, factor, interval):
    while epoch >= interval:
        epoch -= interval
        alpha0 = alpha0 * factor
    return alpha0

# %% wheat="recursion, again"
def step_decay(alpha0, epoch, factor, interval):
    if epoch < interval:
        return alpha0
    return factor * step_decay(alpha0, epoch - interval, factor, interval)

# %% wheat="len of range"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** len(range(interval, epoch + 1, interval))

# %% wheat="searchsorted"
def step_decay(alpha0, epoch, factor, interval):
    edges = np.arange(interval, epoch + 1, interval)
    return float(alpha0) * float(factor) ** int(np.searchsorted(edges, epoch, side='right'))

# %% wheat="sum of bools"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** sum(e % interval == 0 for e in range(1, epoch + 1))

# %% chaff="floor at 1e-8"
def step_decay(alpha0, epoch, factor, interval):
    return max(alpha0 * factor ** (epoch // interval), 1e-8)

# %% chaff="five drops"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** min(epoch // interval, 5)

# %% chaff="ten drops"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** min(epoch // interval, 10)

# %% chaff="interval 1 is never"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (epoch // interval if interval > 1 else 0)

# %% chaff="round"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** round(epoch / interval)

# %% chaff="only at the drop"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor if epoch % interval == 0 else alpha0

# %% chaff="every epoch after first interval"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** max(0, epoch - interval)

# %% chaff="precedence"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** epoch // interval

# %% chaff="state"
_s = {'drops': 0}

def step_decay(alpha0, epoch, factor, interval):
    if epoch and epoch % interval == 0:
        _s['drops'] += 1
    return alpha0 * factor ** _s['drops']

# %% chaff="floor of epoch times a rounded reciprocal: wrong at some multiples as 49 of 49"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (np.floor(epoch * (1 / interval)))

# %% chaff="int of epoch times np.reciprocal: wrong at some multiples as 98 of 49"
def step_decay(alpha0, epoch, factor, interval):
    return alpha0 * factor ** (int(epoch * np.reciprocal(float(interval))))
