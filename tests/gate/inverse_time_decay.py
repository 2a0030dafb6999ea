# %% wheat="the formula"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * epoch)

# %% wheat="one over, then times"
def inverse_time_decay(alpha0, epoch, decay_rate):
    share_left = 1.0 / (1.0 + epoch * decay_rate)
    return share_left * alpha0

# %% wheat="a power of -1"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 * (1 + decay_rate * epoch) ** -1

# %% wheat="the line below built in a loop"
def inverse_time_decay(alpha0, epoch, decay_rate):
    below = 1
    for _ in range(epoch):
        below += decay_rate
    return alpha0 / below

# %% wheat="harmonic recursion: one over the rate grows by the same amount"
def inverse_time_decay(alpha0, epoch, decay_rate):
    if epoch == 0:
        return alpha0
    before = inverse_time_decay(alpha0, epoch - 1, decay_rate)
    return 1 / (1 / before + decay_rate / alpha0)

# %% wheat="from the rate of the epoch before, with the right factor"
def inverse_time_decay(alpha0, epoch, decay_rate):
    rate = alpha0
    for e in range(1, epoch + 1):
        rate = rate * (1 + decay_rate * (e - 1)) / (1 + decay_rate * e)
    return rate

# %% wheat="an array of size 1"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return np.array([alpha0]) / (1 + np.array([decay_rate]) * epoch)

# %% wheat="float32"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return np.float32(alpha0) / (1 + np.float32(decay_rate) * epoch)

# %% wheat="a lambda and exact fractions"
from fractions import Fraction as F

inverse_time_decay = lambda a, e, k: F(a) / (1 + F(k) * e)

# %% wheat="the whole schedule, then the entry, and a print"
def _schedule(alpha0, decay_rate, epochs):
    return alpha0 / (1 + decay_rate * np.arange(epochs))

def inverse_time_decay(alpha0, epoch, decay_rate):
    rates = _schedule(alpha0, decay_rate, epoch + 1)
    print("rates so far:", rates)
    return rates[-1]

# %% wheat="multiplied out: alpha0 in the line below"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 ** 2 / (alpha0 + alpha0 * decay_rate * epoch)

# %% chaff="returns nothing"
def inverse_time_decay(alpha0, epoch, decay_rate):
    alpha = alpha0 / (1 + decay_rate * epoch)

# %% chaff="the decayed rate kept in a global, and decayed again at each call"
_alpha = None

def inverse_time_decay(alpha0, epoch, decay_rate):
    global _alpha
    _alpha = (alpha0 if _alpha is None else _alpha) / (1 + decay_rate * epoch)
    return _alpha

# %% chaff="a floor against small rates"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return max(alpha0 / (1 + decay_rate * epoch), 0.1)

# %% chaff="rounded to four places"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return round(alpha0 / (1 + decay_rate * epoch), 4)

# %% chaff="the decay rate squared"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate ** 2 * epoch)

# %% chaff="the epoch squared"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * epoch * epoch)

# %% chaff="a decayed rate for the whole schedule"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return [alpha0 / (1 + decay_rate * e) for e in range(epoch + 1)]

# %% chaff="first epoch left out of the loop"
def inverse_time_decay(alpha0, epoch, decay_rate):
    below = 1
    for e in range(1, epoch):
        below = below + decay_rate
    return alpha0 / below

# %% chaff="a decay rate of at most one"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + min(decay_rate, 1) * epoch)

# %% chaff="alpha0 and decay_rate exchanged"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return decay_rate / (1 + alpha0 * epoch)

# %% chaff="arguments in another order"
def inverse_time_decay(alpha0, decay_rate, epoch):
    return alpha0 / (1 + decay_rate ** epoch)

# %% chaff="the epoch taken as a share of a fixed number of epochs"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * epoch / 100)

# %% chaff="no decay in the second epoch either"
def inverse_time_decay(alpha0, epoch, decay_rate):
    if epoch <= 1:
        return alpha0
    return alpha0 / (1 + decay_rate * epoch)

# %% chaff="a string"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return f"{alpha0 / (1 + decay_rate * epoch):.17g}"

# %% chaff="the rate and the share"
def inverse_time_decay(alpha0, epoch, decay_rate):
    share = 1 / (1 + decay_rate * epoch)
    return alpha0 * share, share

# %% chaff="stops decaying after five epochs"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * min(epoch, 5))

# %% chaff="a lowest rate of 1e-5"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return max(alpha0 / (1 + decay_rate * epoch), 1e-5)

# %% chaff="a small number in the sum, for safety"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * epoch) + 1e-8

# %% chaff="at epoch 0, the rate of the call before"
_rate = {}
def inverse_time_decay(alpha0, epoch, decay_rate):
    r = _rate.get(alpha0, alpha0)
    _rate[alpha0] = alpha0 / (1 + decay_rate * epoch)
    return r if epoch == 0 else _rate[alpha0]

# %% chaff="decays for a hundred epochs only"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * min(epoch, 100))

# %% chaff="remembers the rate of an epoch, whatever decay_rate"
_c = {}
def inverse_time_decay(alpha0, epoch, decay_rate):
    return _c.setdefault((alpha0, epoch), alpha0 / (1 + decay_rate * epoch))

# %% wheat="fsum"
import math

def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / math.fsum([1] + [decay_rate] * epoch)

# %% wheat="Fraction"
def inverse_time_decay(alpha0, epoch, decay_rate):
    from fractions import Fraction as F
    return float(F(alpha0) / (1 + F(decay_rate) * F(epoch)))

# %% wheat="exp log"
import math

def inverse_time_decay(alpha0, epoch, decay_rate):
    return math.exp(math.log(alpha0) - math.log1p(decay_rate * epoch))

# %% wheat="longdouble"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return np.longdouble(alpha0) / (1 + np.longdouble(decay_rate) * epoch)

# %% wheat="0-d array"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return np.divide(alpha0, np.add(1.0, np.multiply(decay_rate, epoch)))

# %% chaff="wrong at zero rate"
def inverse_time_decay(alpha0, epoch, decay_rate):
    if decay_rate <= 0:
        raise ValueError('decay_rate')
    return alpha0 / (1 + decay_rate * epoch)

# %% chaff="floor at a hundredth"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return max(alpha0 / (1 + decay_rate * epoch), 0.01 * alpha0)

# %% chaff="epoch or 1"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * (epoch or 1))

# %% chaff="rate capped at 1"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + min(decay_rate, 1) * epoch)

# %% chaff="epochs capped at 100"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return alpha0 / (1 + decay_rate * min(epoch, 100))

# %% chaff="float16"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return np.float16(alpha0 / (1 + decay_rate * epoch))

# %% chaff="list of all"
def inverse_time_decay(alpha0, epoch, decay_rate):
    return [alpha0 / (1 + decay_rate * e) for e in range(epoch + 1)]
