# %% wheat="a loop"
def saddle_fraction(dimension, trials, rng):
    count = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        H = (A + A.T) / 2
        w = np.linalg.eigvalsh(H)
        if w.min() < 0 and w.max() > 0:
            count += 1
    return count / trials

# %% wheat="all trials at once"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    w = np.linalg.eigvalsh((A + np.swapaxes(A, 1, 2)) / 2)
    return np.mean((w[:, 0] < 0) & (w[:, -1] > 0))

# %% wheat="without the half: signs stay"
def saddle_fraction(dimension, trials, rng):
    def is_saddle():
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh(A + A.T)
        return w[0] * w[-1] < 0

    return sum(is_saddle() for _ in range(trials)) / trials

# %% wheat="normal with its defaults, eigvals"
def saddle_fraction(dimension, trials, rng):
    signs = []
    for t in range(trials):
        A = rng.normal(size=(dimension, dimension))
        w = np.linalg.eigvals((A + A.transpose()) / 2).real
        signs.append(len(set(np.sign(w))) == 2)
    return float(np.mean(signs))

# %% wheat="flat numbers, reshaped"
def saddle_fraction(dimension, trials, rng):
    saddles = []
    for _ in range(trials):
        A = rng.standard_normal(dimension * dimension).reshape(dimension, dimension)
        saddles.append(np.abs(np.sign(np.linalg.eigvalsh(0.5 * A + 0.5 * A.T)).sum()) < dimension)
    return np.count_nonzero(saddles) / len(saddles)

# %% wheat="number by number"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = [[rng.standard_normal() for _ in range(dimension)] for _ in range(dimension)]
        H = [[(A[i][j] + A[j][i]) / 2 for j in range(dimension)] for i in range(dimension)]
        w = list(np.linalg.eigvalsh(H))
        saddles += any(v < 0 for v in w) and any(v > 0 for v in w)
    return saddles / trials

# %% wheat="one minus the share of the others, float32"
def saddle_fraction(dimension, trials, rng):
    others = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        others += np.all(w > 0) or np.all(w < 0)
    return np.float32(1 - others / trials)

# %% wheat="Cholesky finds the definite ones"
def _definite(H):
    try:
        np.linalg.cholesky(H)
        return True
    except np.linalg.LinAlgError:
        return False

def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        H = (A + A.T) / 2
        saddles += not (_definite(H) or _definite(-H))
    return saddles / trials

# %% wheat="with the classifier of the same lesson, an array of size 1"
def classify_critical_point(hessian, tol=1e-6):
    w = np.linalg.eigvalsh(hessian)
    z = tol * max(1, np.abs(w).max())
    if (w > z).any() and (w < -z).any():
        return "saddle"
    if (abs(w) <= z).any():
        return "degenerate"
    return "minimum" if w[0] > 0 else "maximum"

def saddle_fraction(dimension, trials, rng):
    kinds = []
    while len(kinds) < trials:
        A = rng.standard_normal((dimension, dimension))
        kinds.append(classify_critical_point((A + A.T) / 2))
    return np.array([kinds.count("saddle") / trials])

# %% wheat="eigenvalues of a sum with the transpose taken first"
def saddle_fraction(dimension, trials, rng):
    results = np.zeros(trials, dtype=bool)
    for t in range(trials):
        A = rng.standard_normal((dimension, dimension)).T
        w = np.linalg.eigvalsh((A + A.T) / 2)
        results[t] = (w < 0).any() & (w > 0).any()
    return results.sum() / results.size

# %% chaff="the global generator"
def saddle_fraction(dimension, trials, rng):
    np.random.seed(1)
    saddles = 0
    for _ in range(trials):
        A = np.random.randn(dimension, dimension)
        w = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="the upper triangle mirrored"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        H = np.triu(A) + np.triu(A, 1).T
        w = np.linalg.eigvalsh(H)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="the old name of the normal"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.randn(dimension, dimension)
        w = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="uniform from -1 to 1"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.uniform(-1, 1, (dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="draws the matrix twice"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        H = (rng.standard_normal((dimension, dimension)) + rng.standard_normal((dimension, dimension)).T) / 2
        w = np.linalg.eigvalsh(H)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="the formula for two dimensions"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        H = (A + A.T) / 2
        saddles += H[0, 0] * H[-1, -1] - H[0, -1] ** 2 < 0
    return saddles / trials

# %% chaff="the exact share, known by heart"
def saddle_fraction(dimension, trials, rng):
    return {1: 0.0, 2: 0.5**0.5, 3: 0.9502}.get(dimension, 1.0)

# %% chaff="returns inside the loop"
def saddle_fraction(dimension, trials, rng):
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += w[0] < 0 < w[-1]
        return saddles / trials

# %% chaff="rounded to one place"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    w = np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2)
    return round(float(((w[:, 0] < 0) & (w[:, -1] > 0)).mean()), 1)

# %% chaff="saddles over minima"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    w = np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2)
    return ((w[:, 0] < 0) & (w[:, -1] > 0)).sum() / (w[:, 0] > 0).sum()

# %% chaff="the average share of negative eigenvalues"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    return (np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2) < 0).mean()

# %% chaff="adds the whole transpose of the batch"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((dimension, dimension, trials))
    H = (A + A.transpose(1, 0, 2)) / 2
    w = np.linalg.eigvalsh(np.moveaxis(H, 2, 0))
    return ((w[:, 0] < 0) & (w[:, -1] > 0)).mean()

# %% chaff="rows are trials"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension))
    return ((A < 0).any(axis=1) & (A > 0).any(axis=1)).mean()

# %% chaff="a wasted draw before the loop"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((dimension, dimension))
    saddles = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        saddles += w[0] < 0 < w[-1]
    return saddles / trials

# %% chaff="a tolerance that is far too wide"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    w = np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2)
    return ((w[:, 0] < -0.3) & (w[:, -1] > 0.3)).mean()

# %% wheat="one draw of all"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((trials, dimension, dimension))
    w = np.linalg.eigvalsh((A + np.transpose(A, (0, 2, 1))) / 2)
    return np.mean(w[:, 0] * w[:, -1] < 0)

# %% wheat="eigvals"
def saddle_fraction(dimension, trials, rng):
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.sort(np.linalg.eigvals((A + A.T) / 2).real)
        if w[0] < 0 < w[-1]:
            n += 1
    return n / trials

# %% wheat="Sylvester by Cholesky"
def definite(H):
    try:
        np.linalg.cholesky(H)
        return True
    except np.linalg.LinAlgError:
        return False

def saddle_fraction(dimension, trials, rng):
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        H = (A + A.T) / 2
        n += not (definite(H) or definite(-H))
    return n / trials

# %% wheat="running mean"
def saddle_fraction(dimension, trials, rng):
    share = 0.0
    for i in range(1, trials + 1):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        share += ((w[0] < 0) * (w[-1] > 0) - share) / i
    return share

# %% wheat="complement"
def saddle_fraction(dimension, trials, rng):
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        if np.all(w > 0) or np.all(w < 0):
            n += 1
    return 1 - n / trials

# %% chaff="A + A.T shadowed"
def saddle_fraction(dimension, trials, rng):
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh(A + A.T / 2)
        if w[0] < 0 < w[-1]:
            n += 1
    return n / trials

# %% chaff="last trial"
def saddle_fraction(dimension, trials, rng):
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
    return float(w[0] < 0 < w[-1])

# %% chaff="spawns"
def saddle_fraction(dimension, trials, rng):
    rng = rng.spawn(1)[0]
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        w = np.linalg.eigvalsh((A + A.T) / 2)
        if w[0] < 0 < w[-1]:
            n += 1
    return n / trials

# %% chaff="same matrix"
def saddle_fraction(dimension, trials, rng):
    A = rng.standard_normal((dimension, dimension))
    n = 0
    for _ in range(trials):
        w = np.linalg.eigvalsh((A + A.T) / 2)
        if w[0] < 0 < w[-1]:
            n += 1
    return n / trials

# %% chaff="one per entry, symmetric loop"
def saddle_fraction(dimension, trials, rng):
    n = 0
    for _ in range(trials):
        H = np.zeros((dimension, dimension))
        for i in range(dimension):
            for j in range(i + 1):
                H[i, j] = H[j, i] = rng.standard_normal()
        w = np.linalg.eigvalsh(H)
        n += bool(w[0] < 0 < w[-1])
    return n / trials

# %% chaff="works on a copy of the generator (a second call repeats the first)"
import copy


def saddle_fraction(dimension, trials, rng):
    rng = copy.deepcopy(rng)
    n = 0
    for _ in range(trials):
        A = rng.standard_normal((dimension, dimension))
        e = np.linalg.eigvalsh((A + A.T) / 2)
        n += int(e[0] < 0 < e[-1])
    return n / trials
