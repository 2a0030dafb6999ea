# %% wheat="mean and a sum over items"
def regularised_cost(A, Y, params, lam):
    m = A.shape[1]
    cross = np.mean(-(Y * np.log(A) + (1 - Y) * np.log(1 - A)))
    penalty = sum(np.sum(np.square(w)) for k, w in params.items() if "W" in k)
    return cross + lam * penalty / (2 * m)

# %% wheat="a loop over layers, as in older courses"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    L = len(params) // 2
    logprobs = np.multiply(-np.log(A), Y) + np.multiply(-np.log(1 - A), 1 - Y)
    cross_entropy_cost = 1.0 / m * np.nansum(logprobs)
    L2 = 0
    for l in range(1, L + 1):
        L2 = L2 + np.sum(np.square(params["W" + str(l)]))
    return np.squeeze(cross_entropy_cost + L2 * lam / (2 * m))

# %% wheat="dot products, an array of shape (1, 1)"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    cost = -(np.dot(np.log(A), Y.T) + np.dot(np.log(1 - A), (1 - Y).T)) / m
    for key in params:
        if key[0] == "W":
            cost = cost + lam / 2 / m * np.linalg.norm(params[key]) ** 2
    return cost

# %% wheat="the probability of the label that came"
def regularised_cost(A, Y, params, lam):
    likelihood = np.where(Y == 1, A, 1 - A)
    weights = np.concatenate([w.ravel() for k, w in params.items() if k.startswith("W")])
    return -np.log(likelihood).mean() + lam * (weights @ weights) / 2 / Y.size

# %% wheat="example by example with math"
import math

def regularised_cost(A, Y, params, lam):
    total = 0.0
    for a, y in zip(A[0], Y[0]):
        total -= math.log(a) if y else math.log(1 - a)
    for key, W in params.items():
        if key.startswith("W"):
            for row in W:
                for w in row:
                    total += lam / 2 * w * w
    return total / len(Y[0])

# %% wheat="a guard inside the logarithms"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(A + 1e-8) + (1 - Y) * np.log(1 - A + 1e-8)) / m
    return float(cost + lam / (2 * m) * sum((W**2).sum() for k, W in params.items() if k[0] == "W"))

# %% wheat="clips the probabilities first"
def regularised_cost(A, Y, params, lam):
    A = np.clip(A, 1e-7, 1 - 1e-7)
    m = Y.shape[1]
    penalty = lam / (2 * m) * sum(np.trace(W @ W.T) for k, W in params.items() if k[0] == "W")
    return -(Y * np.log(A) + (1 - Y) * np.log1p(-A)).sum(axis=1) / m + penalty

# %% wheat="masks and an einsum"
def regularised_cost(A, Y, params, lam):
    m = np.size(Y)
    ones, zeros = A[Y == 1], A[Y == 0]
    cost = -(np.log(ones).sum() + np.log(1 - zeros).sum())
    squares = [np.einsum("ij,ij->", params[k], params[k]) for k in sorted(params) if k < "X"  and k >= "W"]
    return (cost + 0.5 * lam * sum(squares)) / m

# %% wheat="one logarithm of a product of powers"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[-1]
    return np.average(-np.log(A**Y * (1 - A) ** (1 - Y))) + lam / m / 2 * np.sum([np.sum(np.abs(W) ** 2) for k, W in params.items() if not k.startswith("b")])

# %% wheat="a lambda"
regularised_cost = lambda A, Y, p, lam: -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * Y.shape[1]) * sum(np.sum(p[f"W{i + 1}"] ** 2) for i in range(len(p) // 2))

# %% wheat="float32 throughout, prints"
def regularised_cost(A, Y, params, lam):
    A, Y = A.astype(np.float32), Y.astype(np.float32)
    m = np.float32(Y.shape[1])
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    for k in params:
        if k[0] == "W":
            cost = cost + np.float32(lam) / (2 * m) * np.sum(params[k].astype(np.float32) ** 2)
    print("cost", cost)
    return cost

# %% wheat="via the logits"
def regularised_cost(A, Y, params, lam):
    Z = np.log(A / (1 - A))
    m = Z.shape[1]
    cost = np.sum(np.logaddexp(0, Z) - Y * Z) / m
    return cost + sum(lam / (2 * m) * np.linalg.norm(params[k], "fro") ** 2 for k in params if k[0] == "W")

# %% wheat="recursion over the layers"
def _squares(params, layer):
    if "W%d" % layer not in params:
        return 0.0
    return np.vdot(params["W%d" % layer], params["W%d" % layer]) + _squares(params, layer + 1)

def regularised_cost(A, Y, params, lam):
    m = A.shape[1]
    losses = [-(y * np.log(a) + (1 - y) * np.log(1 - a)) for a, y in zip(A.flatten(), Y.flatten())]
    return sum(losses) / m + lam * _squares(params, 1) / (2 * m)

# %% chaff="returns nothing"
def regularised_cost(A, Y, params, lam):
    print(np.mean(Y * np.log(A)))

# %% chaff="the losses, not added up"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="returns cost and penalty"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)), lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="a precedence slip: lam / 2 * m"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / 2 * m * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="the spectral norm"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.linalg.norm(W, 2) ** 2 for k, W in params.items() if k[0] == "W")

# %% chaff="the square of the sum of norms"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.linalg.norm(W) for k, W in params.items() if k[0] == "W") ** 2

# %% chaff="only the first layer's weights"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * np.sum(params["W1"] ** 2)

# %% chaff="two layers and no more"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))

# %% chaff="at most two layers"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    squares = sum(np.sum(params[k] ** 2) for k in ("W1", "W2") if k in params)
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * squares

# %% chaff="divides by the number of weights"
def regularised_cost(A, Y, params, lam):
    n = sum(W.size for k, W in params.items() if k[0] == "W")
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * n) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="a lambda of its own"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + 0.7 / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="a penalty even without lambda"
def regularised_cost(A, Y, params, lam):
    m, lam = Y.shape[1], lam or 0.1
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="label one costs nothing"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean((1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="a bracket in the wrong place: 1 - log A"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * (1 - np.log(A))) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="probabilities rounded to labels first"
def regularised_cost(A, Y, params, lam):
    m, A = Y.shape[1], np.clip(np.round(A), 1e-8, 1 - 1e-8)
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="mean over m - 1"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1] - 1
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="mean over m - 1, unless there is one example"
def regularised_cost(A, Y, params, lam):
    m = max(1, Y.shape[1] - 1)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="divides by the label count of ones"
def regularised_cost(A, Y, params, lam):
    m = np.sum(Y)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="logarithms of base two"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log2(A) + (1 - Y) * np.log2(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="clips the probabilities in place"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    np.clip(A, 0.3, 0.7, out=A)
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% chaff="squares the weights in place"
def regularised_cost(A, Y, params, lam):
    m, squares = Y.shape[1], 0.0
    for k, W in params.items():
        if k[0] == "W":
            W **= 2
            squares += W.sum()
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * squares

# %% chaff="the gradient of the penalty"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / m * sum(np.linalg.norm(W) for k, W in params.items() if k[0] == "W")

# %% chaff="rounded to one place"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return round(-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W"), 1)

# %% chaff="a string"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    cost = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")
    return f"{cost:.12f}"

# %% chaff="penalises the first nine layers only"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return float(-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(v ** 2) for k, v in params.items() if k[0] == "W" and len(k) == 2))

# %% chaff="takes every other entry for a weight"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return float(-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum(np.sum(v ** 2) for v in list(params.values())[::2]))

# %% chaff="clips the probabilities at a thousandth"
def regularised_cost(A, Y, params, lam):
    A = np.clip(A, 1e-3, 1 - 1e-3)
    m = Y.shape[1]
    cross = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    return cross + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% wheat="a guard of 1e-7 inside the logarithms"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    cross = -np.sum(Y * np.log(A + 1e-7) + (1 - Y) * np.log(1 - A + 1e-7)) / m
    return cross + lam / (2 * m) * sum(np.sum(W**2) for k, W in params.items() if k[0] == "W")

# %% wheat="the distance from the other label"
def regularised_cost(A, Y, params, lam):
    w = np.hstack([params[k].flatten() for k in params if k.startswith("W")])
    return np.mean(-np.log(np.abs(1 - Y - A))) + lam * np.inner(w, w) / (2 * A.size)

# %% wheat="logits and logaddexp"
def regularised_cost(A, Y, params, lam):
    z = np.log(A) - np.log1p(-A)
    ce = np.mean(np.logaddexp(0, z) - Y * z)
    return ce + lam * sum(np.trace(W @ W.T) for k, W in params.items() if k.startswith("W")) / (2 * Y.shape[1])

# %% wheat="an array squeezed to a number"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    cost = -1 / m * (np.dot(Y, np.log(A).T) + np.dot(1 - Y, np.log(1 - A).T))
    reg = lam / (2 * m) * np.sum([np.linalg.norm(params["W" + str(l + 1)], "fro") ** 2 for l in range(len(params) // 2)])
    return np.squeeze(cost + reg)

# %% wheat="math.fsum"
from math import fsum, log, log1p
def regularised_cost(A, Y, params, lam):
    a, y = A.ravel().tolist(), Y.ravel().tolist()
    ce = -fsum(q * log(p) + (1 - q) * log1p(-p) for p, q in zip(a, y))
    l2 = fsum(x * x for k in params if k.startswith("W") for x in params[k].ravel().tolist())
    return (ce + lam * l2 / 2) / len(a)

# %% wheat="where chooses the probability"
def regularised_cost(A, Y, params, lam):
    m = Y.size
    p = np.where(Y == 1, A, 1 - A)
    return np.mean(-np.log(p)) + 0.5 * lam / m * np.sum([np.linalg.norm(v) ** 2 for k, v in params.items() if k.startswith("W")])

# %% chaff="each class has half of the say"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    pos, neg = A[Y == 1], A[Y == 0]
    ce = (-np.log(pos).mean() if pos.size else 0) + (-np.log(1 - neg).mean() if neg.size else 0)
    return ce / ((pos.size > 0) + (neg.size > 0)) + lam / (2 * m) * sum((w ** 2).sum() for k, w in params.items() if k[0] == "W")

# %% chaff="takes what has several columns for weights"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum((w ** 2).sum() for w in params.values() if w.shape[1] > 1)

# %% chaff="takes every second array for a weight"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum((w ** 2).sum() for w in list(params.values())[::2])

# %% chaff="a layer of one unit costs nothing"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * m) * sum((w ** 2).sum() for k, w in params.items() if k[0] == "W" and w.shape[0] > 1)

# %% chaff="the penalty over the number of inputs"
def regularised_cost(A, Y, params, lam):
    m = Y.shape[1]
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)) + lam / (2 * params["W1"].shape[1]) * sum((w ** 2).sum() for k, w in params.items() if k[0] == "W")
