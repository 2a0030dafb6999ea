# %% wheat="eigvalsh, all and any"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    small = tol * max(1, np.max(np.abs(w)))
    if np.any(w > small) and np.any(w < -small):
        return "saddle"
    if np.all(w > small):
        return "minimum"
    if np.all(w < -small):
        return "maximum"
    return "degenerate"

# %% wheat="eigvals of a general matrix"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvals(hessian)
    scale = max(abs(w).max(), 1.0)
    positive = sum(w > tol * scale)
    negative = sum(w < -tol * scale)
    if positive and negative:
        return "saddle"
    if positive == len(w):
        return "minimum"
    if negative == len(w):
        return "maximum"
    return "degenerate"

# %% wheat="a set of signs"
def classify_critical_point(hessian, tol=1e-6):
    eigenvalues, _ = np.linalg.eigh(hessian)
    limit = tol * max([1] + [abs(v) for v in eigenvalues])
    signs = {0 if abs(v) <= limit else int(np.sign(v)) for v in eigenvalues}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return "degenerate"
    return "minimum" if 1 in signs else "maximum"

# %% wheat="smallest and largest alone"
def classify_critical_point(hessian, tol=1e-6):
    w = sorted(np.linalg.eigvalsh(hessian))
    low, high = w[0], w[-1]
    limit = tol * max(1, -low, high)
    if low < -limit and high > limit:
        return "saddle"
    if low > limit:
        return "minimum"
    if high < -limit:
        return "maximum"
    return "degenerate"

# %% wheat="small ones set to zero, then np.sign"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    w[np.abs(w) <= tol * np.maximum(1, np.abs(w).max())] = 0
    s = np.sign(w)
    if s.min() * s.max() < 0:
        return "saddle"
    if 0 in s:
        return "degenerate"
    return {1: "minimum", -1: "maximum"}[int(s[0])]

# %% wheat="spectral norm for the scale"
def classify_critical_point(hessian, tol=1e-6):
    zero = tol * max(1, np.linalg.norm(hessian, 2))
    w = np.linalg.eigvalsh(hessian)
    up, down = (w > zero).sum(), (w < -zero).sum()
    if up * down > 0:
        return "saddle"
    return ["degenerate", "minimum", "maximum"][int(up == len(w)) + 2 * int(down == len(w))]

# %% wheat="the matrix divided by its scale, a copy"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(np.array(hessian))
    w = w / max(1.0, np.abs(w).max())
    counts = np.histogram(w, bins=[-np.inf, -np.nextafter(tol, 1), np.nextafter(tol, 1), np.inf])[0]
    down, flat, up = counts
    if down and up:
        return "saddle"
    if flat:
        return "degenerate"
    return "minimum" if up else "maximum"

# %% wheat="a counting loop and numpy strings"
def classify_critical_point(hessian, tol=1e-6):
    biggest = 1
    values = [float(v.real) for v in np.linalg.eigvals(hessian.astype(complex))]
    for v in values:
        biggest = max(biggest, abs(v))
    plus = minus = zero = 0
    for v in values:
        if abs(v) <= tol * biggest:
            zero += 1
        elif v > 0:
            plus += 1
        else:
            minus += 1
    if plus > 0 and minus > 0:
        return np.str_("saddle")
    elif zero > 0:
        return np.str_("degenerate")
    elif plus > 0:
        return np.str_("minimum")
    return np.str_("maximum")

# %% wheat="a lambda with helpers"
_spectrum = lambda H: np.linalg.eigvalsh(H)
_zero = lambda w, tol: tol * max(1, max(abs(w)))
classify_critical_point = lambda H, tol=1e-6: (
    lambda w, z: "saddle" if min(w) < -z and max(w) > z else "degenerate" if min(abs(w)) <= z else "minimum" if w[0] > 0 else "maximum"
)(_spectrum(H), _zero(_spectrum(H), tol))

# %% wheat="no state between calls, and the negative of the matrix for maxima"
def _definite(w, zero):
    return all(v > zero for v in w)

def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    zero = tol * max(1, np.abs(w).max())
    if _definite(w, zero):
        return "minimum"
    if _definite(-w, zero):
        return "maximum"
    return "saddle" if w[0] < -zero and -w[-1] < -zero else "degenerate"

# %% chaff="numbers for words"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    return 0 if (w > z).any() and (w < -z).any() else 1 if (w > z).all() else -1 if (w < -z).all() else 2

# %% chaff="longer words"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return "saddle point"
    if (abs(w) <= z).any():
        return "degenerate point"
    return "local minimum" if w[0] > 0 else "local maximum"

# %% chaff="the first two eigenvalues"
def classify_critical_point(hessian, tol=1e-6):
    a, b = np.linalg.eigvalsh(hessian)[:2]
    z = tol * max(1, abs(a), abs(b))
    if a * b < -z * z:
        return "saddle"
    if abs(a) <= z or abs(b) <= z:
        return "degenerate"
    return "minimum" if a > 0 else "maximum"

# %% chaff="the product of all eigenvalues"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if np.prod(w) < 0 and w[-1] > z:
        return "saddle"
    if (abs(w) <= z).any():
        return "degenerate"
    return "minimum" if w[0] > z else "maximum" if w[-1] < -z else "degenerate"

# %% chaff="singular values have no sign"
def classify_critical_point(hessian, tol=1e-6):
    s = np.linalg.svd(hessian, compute_uv=False)
    if (s <= tol * max(1, s.max())).any():
        return "degenerate"
    return "minimum"

# %% chaff="entries instead of eigenvalues"
def classify_critical_point(hessian, tol=1e-6):
    z = tol * max(1, np.abs(hessian).max())
    if (hessian > z).any() and (hessian < -z).any():
        return "saddle"
    if (hessian >= -z).all() and (np.diag(hessian) > z).all():
        return "minimum"
    if (hessian <= z).all() and (np.diag(hessian) < -z).all():
        return "maximum"
    return "degenerate"

# %% chaff="Cholesky: positive definite or else"
def classify_critical_point(hessian, tol=1e-6):
    try:
        np.linalg.cholesky(hessian)
        return "minimum"
    except np.linalg.LinAlgError:
        pass
    try:
        np.linalg.cholesky(-hessian)
        return "maximum"
    except np.linalg.LinAlgError:
        return "saddle"

# %% chaff="np.isclose has tolerances of its own"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    flat = np.isclose(w, 0)
    if ((w > 0) & ~flat).any() and ((w < 0) & ~flat).any():
        return "saddle"
    if flat.any():
        return "degenerate"
    return "minimum" if w[0] > 0 else "maximum"

# %% chaff="the tolerance's scale has no bound of one for a zero matrix: nothing is compared"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    r = w / np.abs(w).max()
    if (r > tol).any() and (r < -tol).any():
        return "saddle"
    if (np.abs(r) <= tol).any():
        return "degenerate"
    return "minimum" if r[0] > 0 else "maximum"

# %% chaff="the scale is the mean magnitude"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).mean() / 4)
    if (w > z).any() and (w < -z).any():
        return "saddle"
    if (abs(w) <= z).any():
        return "degenerate"
    return "minimum" if w[0] > 0 else "maximum"

# %% chaff="degenerate only where all is flat"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    w = w[np.abs(w) > z]
    if len(w) == 0:
        return "degenerate"
    if (w > 0).all():
        return "minimum"
    return "maximum" if (w < 0).all() else "saddle"

# %% chaff="nothing is said of degenerate points"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return "saddle"
    if (w > z).all():
        return "minimum"
    if (w < -z).all():
        return "maximum"

# %% chaff="divides the caller's matrix by its scale"
def classify_critical_point(hessian, tol=1e-6):
    hessian /= max(1.0, np.abs(np.linalg.eigvalsh(hessian)).max())
    w = np.linalg.eigvalsh(hessian)
    if (w > tol).any() and (w < -tol).any():
        return "saddle"
    if (abs(w) <= tol).any():
        return "degenerate"
    return "minimum" if w[0] > 0 else "maximum"

# %% chaff="the words in a list"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    return ["up" if v > z else "down" if v < -z else "flat" for v in w]

# %% chaff="the sum for max and min exchanged: strict sign of the middle eigenvalue"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if w[0] < -z < z < w[-1]:
        return "saddle"
    middle = w[len(w) // 2]
    return "minimum" if middle > z else "maximum" if middle < -z else "degenerate"

# %% chaff="another default tolerance, 1e-4"
def classify_critical_point(hessian, tol=1e-4):
    w = np.linalg.eigvalsh(hessian)
    cut = tol * max(1, np.abs(w).max())
    if (w > cut).any() and (w < -cut).any():
        return "saddle"
    if (w > cut).all():
        return "minimum"
    if (w < -cut).all():
        return "maximum"
    return "degenerate"

# %% chaff="compares with the mean magnitude"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    cut = tol * max(1, np.abs(w).mean())
    if (w > cut).any() and (w < -cut).any():
        return "saddle"
    if (w > cut).all():
        return "minimum"
    if (w < -cut).all():
        return "maximum"
    return "degenerate"

# %% wheat="extremes"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    lo, hi = w[0], w[-1]
    z = tol * max(1, -lo, hi)
    if lo < -z and hi > z:
        return 'saddle'
    if lo > z:
        return 'minimum'
    if hi < -z:
        return 'maximum'
    return 'degenerate'

# %% wheat="sign set"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(np.asarray(hessian, float))
    z = tol * np.maximum(1, np.linalg.norm(w, np.inf))
    signs = {0 if abs(x) <= z else (1 if x > 0 else -1) for x in w.tolist()}
    if {1, -1} <= signs:
        return 'saddle'
    if 0 in signs:
        return 'degenerate'
    return {1: 'minimum', -1: 'maximum'}[signs.pop()]

# %% wheat="match"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, *np.abs(w), 0)
    match (bool(np.any(w > z)), bool(np.any(w < -z)), bool(np.any(np.abs(w) <= z))):
        case (True, True, _):
            return 'saddle'
        case (_, _, True):
            return 'degenerate'
        case (True, False, False):
            return 'minimum'
        case _:
            return 'maximum'

# %% wheat="np.str_"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    s = np.where(np.abs(w) <= z, 0, np.sign(w))
    return np.select([(s > 0).any() & (s < 0).any(), (s == 0).any(), (s > 0).all()], ['saddle', 'degenerate', 'minimum'], 'maximum')[()]

# %% wheat="enum string"
from enum import Enum
class K(str, Enum):
    a = 'saddle'; b = 'degenerate'; c = 'minimum'; d = 'maximum'

def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return K.a.value
    if (np.abs(w) <= z).any():
        return K.b.value
    if (w > z).all():
        return K.c.value
    return K.d.value

# %% chaff="sum of scale"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * (1 + np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="frobenius"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.linalg.norm(hessian))
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="entry max"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(hessian).max())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="tol squared scale"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max()) ** 2
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="rounds"
def classify_critical_point(hessian, tol=1e-6):
    w = np.round(np.linalg.eigvalsh(hessian), 6)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="product of ends without tolerance"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if w[0] * w[-1] < 0:
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="determinant sign"
def classify_critical_point(hessian, tol=1e-6):
    if np.linalg.det(hessian) < 0:
        return 'saddle'
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="leading minors"
def classify_critical_point(hessian, tol=1e-6):
    k = [np.linalg.det(hessian[:i, :i]) for i in range(1, len(hessian) + 1)]
    if all(d > 0 for d in k):
        return 'minimum'
    if all((d < 0) == (i % 2 == 0) and d for i, d in enumerate(k)):
        return 'maximum'
    return 'degenerate' if abs(k[-1]) <= tol else 'saddle'

# %% chaff="half the dims"
def classify_critical_point(hessian, tol=1e-6):
    if len(hessian) == 1:
        return 'minimum' if hessian[0, 0] > 0 else 'maximum'
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="mean scale"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).mean())
    if (w > z).any() and (w < -z).any():
        return 'saddle'
    if (np.abs(w) <= z).any():
        return 'degenerate'
    if (w > z).all():
        return 'minimum'
    return 'maximum'

# %% chaff="cache keyed by the matrix without tol (shows at a second tol)"
_known = {}


def classify_critical_point(hessian, tol=1e-6):
    key = np.asarray(hessian, dtype=float).tobytes()
    if key in _known:
        return _known[key]
    e = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(e).max())
    if np.any(e > z) and np.any(e < -z):
        kind = "saddle"
    elif np.any(np.abs(e) <= z):
        kind = "degenerate"
    else:
        kind = "minimum" if np.all(e > 0) else "maximum"
    _known[key] = kind
    return kind
