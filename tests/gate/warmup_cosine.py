# %% wheat="two branches, math"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% wheat="an else, and parts with names"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch >= warmup:
        progress = (epoch - warmup) / (total - warmup)
        rate = 0.5 * alpha0 * (1.0 + np.cos(np.pi * progress))
    else:
        rate = alpha0 / warmup * (epoch + 1)
    return rate

# %% wheat="the square of half the angle"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch + 1 <= warmup:
        return alpha0 * ((epoch + 1) / warmup)
    return alpha0 * np.cos(np.pi / 2 * (epoch - warmup) / (total - warmup)) ** 2

# %% wheat="sine from the other end"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return (epoch + 1) * alpha0 / warmup
    left = (total - epoch) / (total - warmup)
    return alpha0 * np.sin(np.pi / 2 * left) ** 2

# %% wheat="one minus the cosine of what is left"
def warmup_cosine(alpha0, epoch, warmup, total):
    warm = min(1.0, (epoch + 1) / max(warmup, 1))
    progress = max(0, epoch - warmup) / (total - warmup)
    return alpha0 * warm * (1 - np.cos(np.pi * (1 - progress))) / 2

# %% wheat="a one-line choice, a lambda"
warmup_cosine = lambda a, e, w, T: a * (e + 1) / w if e < w else a / 2 + a / 2 * np.cos((e - w) * np.pi / (T - w))

# %% wheat="the end left out of the warm-up: that epoch has alpha0 either way"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup - 1:
        return alpha0 * (epoch + 1) / warmup
    if epoch == warmup - 1 or epoch == warmup:
        return alpha0
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% wheat="an array of size 1, float32"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        rate = alpha0 * (epoch + 1) / warmup
    else:
        rate = alpha0 * 0.5 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup)))
    return np.array([rate], dtype=np.float32)

# %% wheat="a table by linspace"
def warmup_cosine(alpha0, epoch, warmup, total):
    up = np.linspace(0, alpha0, warmup + 1)[1:]
    down = alpha0 * (1 + np.cos(np.linspace(0, np.pi, total - warmup + 1))) / 2
    return np.concatenate([up, down])[epoch]

# %% wheat="np.where with a guarded division"
def warmup_cosine(alpha0, epoch, warmup, total):
    up = (epoch + 1) / np.maximum(warmup, 1)
    down = (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2
    return np.where(epoch < warmup, up, down) * alpha0

# %% wheat="complex numbers: the real part of a turn"
import cmath

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return sum([alpha0 / warmup] * (epoch + 1))
    turn = cmath.exp(1j * cmath.pi * (epoch - warmup) / (total - warmup))
    return alpha0 * (0.5 + turn.real / 2)

# %% wheat="degrees, turned into radians"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return np.interp(epoch, [-1, warmup - 1], [0, alpha0])
    degrees = 180 * (epoch - warmup) / (total - warmup)
    return alpha0 * (1 + np.cos(np.deg2rad(degrees))) / 2

# %% chaff="zero at the first epoch of the cosine"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    if epoch > warmup:
        return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2
    return 0.0

# %% chaff="nothing is returned at the last epoch"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    if epoch < total:
        return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="np.where divides by a warm-up of zero"
def warmup_cosine(alpha0, epoch, warmup, total):
    return np.where(
        epoch < warmup,
        alpha0 * (epoch + 1) / warmup,
        alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2,
    )

# %% chaff="a warm-up of at least one epoch, so that the cosine starts late"
def warmup_cosine(alpha0, epoch, warmup, total):
    warmup = max(warmup, 1)
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="starts again at total"
def warmup_cosine(alpha0, epoch, warmup, total):
    epoch = epoch % total
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="a lowest rate of a thousandth"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return max(1e-3 * alpha0, alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2)

# %% chaff="an S-shaped polynomial that looks like a cosine"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    p = (epoch - warmup) / (total - warmup)
    return alpha0 * (1 - 3 * p**2 + 2 * p**3)

# %% chaff="integer division in the warm-up"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * ((epoch + 1) // warmup)
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="integer division in the cosine"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * ((epoch - warmup) // (total - warmup)))) / 2

# %% chaff="a quadratic warm-up"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * ((epoch + 1) / warmup) ** 2
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="an exponential warm-up"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (1 - np.exp(-(epoch + 1) / warmup))
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="3.14 for pi"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(3.14 * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="warmup and total exchanged"
def warmup_cosine(alpha0, epoch, total, warmup):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="the cosine of a hyperbola"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 / np.cosh(np.pi * (epoch - warmup) / (total - warmup))

# %% chaff="brackets: half of the cosine's argument only"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * epoch - warmup / total - warmup)) / 2

# %% chaff="the warm-up decided by a share of total"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch / total < 0.1:
        return alpha0 * (epoch + 1) / max(warmup, 1)
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="a lowest rate of 1e-5"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return max(1e-5, alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2)

# %% chaff="a highest rate of a half"
def warmup_cosine(alpha0, epoch, warmup, total):
    alpha0 = min(alpha0, 0.5)
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="takes the smaller of ramp and cosine"
def warmup_cosine(alpha0, epoch, warmup, total):
    ramp = alpha0 * (epoch + 1) / warmup if warmup else alpha0
    return min(ramp, alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2)

# %% wheat="half angle"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * math.cos(math.pi / 2 * (epoch - warmup) / (total - warmup)) ** 2

# %% wheat="table"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    rates = [alpha0 * (i + 1) / warmup for i in range(warmup)]
    n = total - warmup
    rates += [alpha0 * (1 + math.cos(math.pi * i / n)) / 2 for i in range(n + 1)]
    return rates[epoch]

# %% wheat="linspace table"
def warmup_cosine(alpha0, epoch, warmup, total):
    up = np.linspace(0, alpha0, warmup + 1)[1:]
    down = alpha0 * (1 + np.cos(np.linspace(0, np.pi, total - warmup + 1))) / 2
    return np.concatenate([up, down])[epoch]

# %% wheat="np.where"
def warmup_cosine(alpha0, epoch, warmup, total):
    w = max(warmup, 1)
    share = (epoch - warmup) / (total - warmup)
    return np.where(epoch < warmup, alpha0 * (epoch + 1) / w, 0.5 * alpha0 * (1 + np.cos(np.pi * share)))

# %% wheat="complex exponential"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 / 2 * (1 + np.exp(1j * np.pi * (epoch - warmup) / (total - warmup)).real)

# %% chaff="< and min"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch + 1 < warmup:
        return alpha0 * (epoch + 1) / warmup
    if epoch < warmup:
        return alpha0 * 0.99
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="warmup of 1 skipped"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if 1 < warmup and epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    if epoch < warmup:
        return alpha0 / 2
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="last is previous"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    epoch = min(epoch, total - 1)
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="warmup truth"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if warmup and epoch == 0:
        return alpha0 / warmup
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="integer division"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) // (total - warmup))) / 2

# %% chaff="at least 1 epoch"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    warmup = max(warmup, 1)
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2

# %% chaff="min rate 1e-8"
import math

def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * (epoch + 1) / warmup
    return max(alpha0 * (1 + math.cos(math.pi * (epoch - warmup) / (total - warmup))) / 2, 1e-8)

# %% chaff="rise never below a tenth of alpha0, shows for warm-ups longer than ten"
def warmup_cosine(alpha0, epoch, warmup, total):
    if epoch < warmup:
        return alpha0 * max(0.1, (epoch + 1) / warmup)
    return alpha0 * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup))) / 2
