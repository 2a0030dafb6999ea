# %% wheat="columns in a loop"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.zeros((d, d))
    for j in range(d):
        e = np.zeros(d)
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% wheat="rows instead of columns: symmetric in the end"
def numerical_hessian(gradient, x, h=1e-4):
    rows = []
    for i in range(x.size):
        plus, minus = x.copy(), x.copy()
        plus[i] += h
        minus[i] -= h
        rows.append((gradient(plus) - gradient(minus)) / 2 / h)
    H = np.array(rows)
    return 0.5 * (H + H.transpose())

# %% wheat="entry by entry, plain lists"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = [[0.0] * d for _ in range(d)]
    for i in range(d):
        for j in range(d):
            a = [x[k] + h * (k == j) for k in range(d)]
            b = [x[k] - h * (k == j) for k in range(d)]
            H[i][j] = (gradient(np.array(a))[i] - gradient(np.array(b))[i]) / (2 * h)
    return [[(H[i][j] + H[j][i]) / 2 for j in range(d)] for i in range(d)]

# %% wheat="each pair once, mean of the two differences"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    unit = np.eye(d)

    def slope(i, j):
        return (gradient(x + h * unit[j])[i] - gradient(x - h * unit[j])[i]) / (2 * h)

    H = np.empty((d, d))
    for i in range(d):
        for j in range(i, d):
            H[i, j] = H[j, i] = (slope(i, j) + slope(j, i)) / 2
    return H

# %% wheat="mean of the forward and the backward difference"
def numerical_hessian(gradient, x, h=1e-4):
    g = gradient(x)
    H = np.column_stack(
        [((gradient(x + h * e) - g) / h + (g - gradient(x - h * e)) / h) / 2 for e in np.identity(len(x))]
    )
    return np.mean([H, H.T], axis=0)

# %% wheat="moves one coordinate of x and puts the old number back"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        old = x[j]
        x[j] = old + h
        right = gradient(x)
        x[j] = old - h
        left = gradient(x)
        x[j] = old
        H[j] = (right - left) / (2 * h)
    return (H + H.T) / 2

# %% wheat="float32 in the answer alone"
def numerical_hessian(gradient, x, h=1e-4):
    E = np.eye(len(x)) * h
    H = np.stack([gradient(x + e) - gradient(x - e) for e in E]) / (2 * h)
    return ((H + H.T) / 2).astype(np.float32)

# %% wheat="np.vectorize-like: apply_along_axis"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.apply_along_axis(lambda e: (gradient(x + h * e) - gradient(x - h * e)) / (h + h), 0, np.eye(x.shape[0]))
    return (H + H.T) * 0.5

# %% wheat="a lambda"
numerical_hessian = lambda g, x, h=1e-4: (
    lambda J: (J + J.T) / 2
)(np.array([(g(x + e) - g(x - e)) / (2 * h) for e in h * np.eye(len(x))]))

# %% wheat="a symmetric sum, all in one"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.zeros((d, d))
    for j in range(d):
        column = gradient(x + h * np.eye(d)[j]) - gradient(x - h * np.eye(d)[j])
        H[:, j] += column
        H[j, :] += column
    return H / (4 * h)

# %% wheat="a matrix object, printed"
def numerical_hessian(gradient, x, h=1e-4):
    columns = []
    for j, _ in enumerate(x):
        e = np.where(np.arange(len(x)) == j, h, 0.0)
        columns.append((np.array(gradient(x + e)) - np.array(gradient(x - e))) / (2 * h))
    H = np.asmatrix(columns)
    print(H)
    return (H + H.T) / 2

# %% chaff="two dimensions and no more"
def numerical_hessian(gradient, x, h=1e-4):
    a, b = np.array([h, 0.0]), np.array([0.0, h])
    H = np.column_stack([gradient(x + a) - gradient(x - a), gradient(x + b) - gradient(x - b)]) / (2 * h)
    return (H + H.T) / 2

# %% chaff="a step relative to the size of x"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        s = h * max(1.0, abs(x[j])) + h * abs(x[j])
        e = s * np.eye(len(x))[j]
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * s)
    return (H + H.T) / 2

# %% chaff="five points: more accurate, and not what was asked for"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j, e in enumerate(h * np.eye(len(x))):
        H[:, j] = (gradient(x - 2 * e) - 8 * gradient(x - e) + 8 * gradient(x + e) - gradient(x + 2 * e)) / (12 * h)
    return (H + H.T) / 2

# %% chaff="divides by the square of h"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([gradient(x + e) - gradient(x - e) for e in h * np.eye(len(x))]) / h**2
    return (H + H.T) / 2

# %% chaff="second difference of the gradient"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([gradient(x + e) - 2 * gradient(x) + gradient(x - e) for e in h * np.eye(len(x))]) / h**2
    return (H + H.T) / 2

# %% chaff="the eigenvalues"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    return np.linalg.eigvalsh((H + H.T) / 2)

# %% chaff="the mean without brackets"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    return H + H.T / 2

# %% chaff="symmetrised in place while it is read"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    for i in range(len(x)):
        for j in range(len(x)):
            H[i, j] = (H[i, j] + H[j, i]) / 2
    return H

# %% chaff="rounded to three places"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    return np.round((H + H.T) / 2, 3)

# %% chaff="single precision all through"
def numerical_hessian(gradient, x, h=1e-4):
    x = x.astype(np.float32)
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in (h * np.eye(len(x))).astype(np.float32)])
    return (H + H.T) / 2

# %% chaff="both coordinates moved for the entries beside the diagonal"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            e = np.zeros(d)
            e[i] = e[j] = h
            H[i, j] = (gradient(x + e)[i] - gradient(x - e)[i]) / (2 * h)
    return (H + H.T) / 2

# %% chaff="the last column left out"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x) - 1):
        e = h * np.eye(len(x))[j]
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="h has no default"
def numerical_hessian(gradient, x, h):
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    return (H + H.T) / 2

# %% chaff="x turned into integers"
def numerical_hessian(gradient, x, h=1e-4):
    x = np.array(x, dtype=int)
    H = np.stack([(gradient(x + e) - gradient(x - e)) / (2 * h) for e in h * np.eye(len(x))])
    return (H + H.T) / 2

# %% chaff="an integer array for the step"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x), dtype=int)
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="forward and backward differences mixed by the sign of x"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.eye(len(x))[j] * (h if x[j] > 0 else -h)
        H[:, j] = (gradient(x + e) - gradient(x)) / e[j]
    return (H + H.T) / 2

# %% chaff="a step relative to the coordinate"
def numerical_hessian(gradient, x, h=1e-4):
    H = []
    for i in range(len(x)):
        d = np.zeros(len(x))
        d[i] = hh = h * max(1, abs(x[i]))
        H.append((gradient(x + d) - gradient(x - d)) / (2 * hh))
    H = np.array(H)
    return (H + H.T) / 2

# %% chaff="differentiates in two directions only"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for i in range(min(len(x), 2)):
        d = np.zeros(len(x))
        d[i] = h
        H[i] = (gradient(x + d) - gradient(x - d)) / (2 * h)
    return (H + H.T) / 2

# %% wheat="own copy moved and put back"
def numerical_hessian(gradient, x, h=1e-4):
    p = np.array(x, dtype=float)
    rows = []
    for j in range(p.size):
        keep = p[j]
        p[j] = keep + h
        up = np.array(gradient(p))
        p[j] = keep - h
        down = np.array(gradient(p))
        p[j] = keep
        rows.append((up - down) / (2 * h))
    H = np.array(rows)
    return (H + H.T) / 2

# %% wheat="apply_along_axis"
def numerical_hessian(gradient, x, h=1e-4):
    f = lambda e: (gradient(x + e) - gradient(x - e)) / (2 * h)
    H = np.apply_along_axis(f, 1, h * np.eye(len(x)))
    return (H + H.T) / 2

# %% wheat="entry by entry"
def numerical_hessian(gradient, x, h=1e-4):
    x = np.asarray(x, dtype=float)
    n = len(x)
    H = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            a, b, c, d = x.copy(), x.copy(), x.copy(), x.copy()
            a[j] += h; b[j] -= h; c[i] += h; d[i] -= h
            H[i][j] = ((gradient(a)[i] - gradient(b)[i]) + (gradient(c)[j] - gradient(d)[j])) / (4 * h)
    return np.array(H)

# %% wheat="np.where"
def numerical_hessian(gradient, x, h=1e-4):
    idx = np.arange(len(x))
    H = np.vstack([(gradient(np.where(idx == j, x + h, x)) - gradient(np.where(idx == j, x - h, x))) / (2 * h) for j in idx])
    return (H + H.T) / 2

# %% wheat="np.matrix-free outer"
def numerical_hessian(gradient, x, h=1e-4):
    n = len(x)
    H = sum(np.outer(gradient(x + h * e) - gradient(x - h * e), e) for e in np.eye(n)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="clean small entries"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x))
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    H[np.abs(H) < 1e-2] = 0
    return (H + H.T) / 2

# %% chaff="forgets e reset"
def numerical_hessian(gradient, x, h=1e-4):
    n = len(x)
    H, e = np.zeros((n, n)), np.zeros(n)
    for j in range(n):
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="relative step"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x))
        e[j] = h * max(1, abs(x[j]))
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * e[j])
    return (H + H.T) / 2

# %% chaff="five-point"
def numerical_hessian(gradient, x, h=1e-4):
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x))
        e[j] = h
        H[:, j] = (8 * (gradient(x + e) - gradient(x - e)) - gradient(x + 2 * e) + gradient(x - 2 * e)) / (12 * h)
    return (H + H.T) / 2

# %% chaff="scalar for one dimension"
def numerical_hessian(gradient, x, h=1e-4):
    if len(x) == 1:
        return (gradient(x + h) - gradient(x - h)) / (2 * h)
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x))
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="h below 1e-3 ignored"
def numerical_hessian(gradient, x, h=1e-4):
    h = min(h, 1e-4)
    H = np.zeros((len(x), len(x)))
    for j in range(len(x)):
        e = np.zeros(len(x))
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="cache keyed by the point alone (shows with a second gradient or h at the same point)"
_seen = {}


def numerical_hessian(gradient, x, h=1e-4):
    key = x.tobytes()
    if key not in _seen:
        J = np.array([(gradient(x + h * e) - gradient(x - h * e)) / (2 * h) for e in np.eye(len(x))])
        _seen[key] = (J + J.T) / 2
    return _seen[key]

# %% chaff="skips coordinates that are 0"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    H = np.zeros((d, d))
    for j in range(d):
        if x[j] == 0:
            continue
        e = np.zeros(d)
        e[j] = h
        H[:, j] = (gradient(x + e) - gradient(x - e)) / (2 * h)
    return (H + H.T) / 2

# %% chaff="zeros where the gradient at x is zero"
def numerical_hessian(gradient, x, h=1e-4):
    d = len(x)
    if np.linalg.norm(gradient(x)) < 1e-12:
        return np.zeros((d, d))
    J = np.array([(gradient(x + h * e) - gradient(x - h * e)) / (2 * h) for e in np.eye(d)])
    return (J + J.T) / 2
