# %% wheat="the formula"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(epoch + 1)

# %% wheat="math.sqrt, in two lines"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    root = math.sqrt(1 + epoch)
    return alpha0 * (k / root)

# %% wheat="a power of minus one half"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 * (epoch + 1) ** -0.5

# %% wheat="the root of an inverse"
def inverse_sqrt_decay(alpha0, epoch, k):
    return (1 / (epoch + 1)) ** 0.5 * k * alpha0

# %% wheat="times the root, over the count"
def inverse_sqrt_decay(alpha0, epoch, k):
    t = epoch + 1
    return k * alpha0 * np.sqrt(t) / t

# %% wheat="logarithms"
def inverse_sqrt_decay(alpha0, epoch, k):
    return np.exp(np.log(k * alpha0) - 0.5 * np.log1p(epoch))

# %% wheat="float32, an array of size 1"
def inverse_sqrt_decay(alpha0, epoch, k):
    return np.array([k * alpha0], dtype=np.float32) / np.sqrt(np.array([epoch + 1], dtype=np.float32))

# %% wheat="from epoch to epoch, with the right ratio"
def inverse_sqrt_decay(alpha0, epoch, k):
    rate = k * alpha0
    for e in range(epoch):
        rate *= ((e + 1) / (e + 2)) ** 0.5
    return rate

# %% wheat="Newton's root"
def _root(t):
    guess = float(t)
    for _ in range(60):
        guess = (guess + t / guess) / 2
    return guess

def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / _root(epoch + 1)

# %% wheat="everything under the root, squared first"
def inverse_sqrt_decay(alpha0, epoch, k):
    return ((k * alpha0) ** 2 / (epoch + 1)) ** (1 / 2)

# %% wheat="a decimal"
from decimal import Decimal

def inverse_sqrt_decay(alpha0, epoch, k):
    return Decimal(k) * Decimal(alpha0) / Decimal(epoch + 1).sqrt()

# %% chaff="an exponent of 1 // 2"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / (epoch + 1) ** (1 // 2)

# %% chaff="the root of the epoch, with a small number against zero"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(epoch + 1e-8)

# %% chaff="the root of the epoch, at least 1"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(max(epoch, 1))

# %% chaff="a rate of zero at epoch 0"
def inverse_sqrt_decay(alpha0, epoch, k):
    return 0 if epoch == 0 else k * alpha0 / np.sqrt(epoch + 1)

# %% chaff="alpha0 at epoch 0"
def inverse_sqrt_decay(alpha0, epoch, k):
    return alpha0 if epoch == 0 else k * alpha0 / np.sqrt(epoch + 1)

# %% chaff="an integer root"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / math.isqrt(epoch + 1)

# %% chaff="a cube root"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.cbrt(epoch + 1)

# %% chaff="plus k"
def inverse_sqrt_decay(alpha0, epoch, k):
    return (alpha0 + k) / np.sqrt(epoch + 1)

# %% chaff="k to the power of the epoch"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k ** epoch * alpha0 / np.sqrt(epoch + 1)

# %% chaff="k under a root too"
def inverse_sqrt_decay(alpha0, epoch, k):
    return alpha0 * np.sqrt(k / (epoch + 1))

# %% chaff="the 1 added after the root, by precedence"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / epoch ** 0.5 + 1

# %% chaff="the exponent's sign forgotten and taken apart"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / (epoch + 1) ** 1 / 2

# %% chaff="a rate of at most alpha0"
def inverse_sqrt_decay(alpha0, epoch, k):
    return min(alpha0, k * alpha0 / np.sqrt(epoch + 1))

# %% chaff="a warm-up in front, as in the Transformer paper"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 * min((epoch + 1) ** -0.5, (epoch + 1) * 4 ** -1.5)

# %% chaff="not a number at epoch 0"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 * epoch / epoch / np.sqrt(epoch + 1) if epoch else float("nan")

# %% chaff="a lowest rate of 1e-5"
def inverse_sqrt_decay(alpha0, epoch, k):
    return max(k * alpha0 / np.sqrt(epoch + 1), 1e-5)

# %% chaff="a small number in the sum, for safety"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.sqrt(epoch + 1) + 1e-8

# %% wheat="root of square"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return math.sqrt((k * alpha0) ** 2 / (epoch + 1))

# %% wheat="exp log1p"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 * math.exp(-0.5 * math.log1p(epoch))

# %% wheat="Newton"
def inverse_sqrt_decay(alpha0, epoch, k):
    n = epoch + 1
    r = float(n)
    for _ in range(100):
        r = 0.5 * (r + n / r)
    return k * alpha0 / r

# %% wheat="array of one epoch"
def inverse_sqrt_decay(alpha0, epoch, k):
    return (k * alpha0 / np.sqrt(np.arange(1, epoch + 2)))[-1]

# %% wheat="linalg norm"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / np.linalg.norm(np.ones(epoch + 1))

# %% chaff="isqrt"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / math.isqrt(epoch + 1)

# %% chaff="-1/2 precedence"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / (epoch + 1) ** 1 / 2

# %% chaff="capped at alpha0"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return min(alpha0, k * alpha0 / math.sqrt(epoch + 1))

# %% chaff="k in root"
import math

def inverse_sqrt_decay(alpha0, epoch, k):
    return alpha0 / math.sqrt(k * epoch + 1)

# %% chaff="floor div root"
def inverse_sqrt_decay(alpha0, epoch, k):
    return k * alpha0 / ((epoch + 1) ** 0.5 // 1)

# %% chaff="cache keyed by the epoch and k only"
_seen = {}

def inverse_sqrt_decay(alpha0, epoch, k):
    return _seen.setdefault((epoch, k), k * alpha0 / np.sqrt(epoch + 1))
