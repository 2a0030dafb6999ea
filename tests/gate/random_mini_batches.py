# %% wheat="a permutation, then slices, the last one apart"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    mini_batches = []
    permutation = list(rng.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    number = m // batch_size
    for k in range(0, number):
        mini_batches.append((shuffled_X[:, k * batch_size : (k + 1) * batch_size], shuffled_Y[:, k * batch_size : (k + 1) * batch_size]))
    if m % batch_size != 0:
        mini_batches.append((shuffled_X[:, number * batch_size :], shuffled_Y[:, number * batch_size :]))
    return mini_batches

# %% wheat="shuffles an index array"
def random_mini_batches(X, Y, batch_size, rng):
    index = np.arange(X.shape[1])
    rng.shuffle(index)
    return [(X[:, index[k : k + batch_size]], Y[:, index[k : k + batch_size]]) for k in range(0, len(index), batch_size)]

# %% wheat="sorts random keys, returns lists"
def random_mini_batches(X, Y, batch_size, rng):
    order = np.argsort(rng.random(X.shape[1]))
    batches = []
    while len(order) > 0:
        now, order = order[:batch_size], order[batch_size:]
        batches.append([np.take(X, now, axis=1), np.take(Y, now, axis=1)])
    return batches

# %% wheat="stacks X and Y and permutes the columns"
def random_mini_batches(X, Y, batch_size, rng):
    both = rng.permutation(np.vstack([X, Y]), axis=1)
    cuts = np.arange(batch_size, X.shape[1], batch_size)
    return [(part[:-1], part[-1:]) for part in np.split(both, cuts, axis=1)]

# %% wheat="zips the split arrays, a list"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(Y.size)
    cuts = range(batch_size, Y.size, batch_size)
    return list(zip(np.split(X[:, p], cuts, axis=1), np.split(Y[:, p], cuts, axis=1)))

# %% wheat="shuffles a list of columns"
def random_mini_batches(X, Y, batch_size, rng):
    pairs = [(X[:, [i]], Y[:, [i]]) for i in range(X.shape[1])]
    rng.shuffle(pairs)
    batches = []
    for k in range(0, len(pairs), batch_size):
        some = pairs[k : k + batch_size]
        batches.append((np.hstack([x for x, _ in some]), np.hstack([y for _, y in some])))
    return tuple(batches)

# %% wheat="a permutation matrix"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    P = np.eye(m)[rng.permutation(m)].T
    X, Y = X @ P, Y @ P
    return [(X[:, s : s + batch_size], Y[:, s : s + batch_size]) for s in range(0, m, batch_size)]

# %% wheat="the same generator twice, from one seed drawn with rng"
def random_mini_batches(X, Y, batch_size, rng):
    seed = rng.integers(2**32)
    m = X.shape[1]
    X = np.random.default_rng(seed).permutation(X, axis=1)
    Y = np.random.default_rng(seed).permutation(Y, axis=1)
    return [(X[:, s : s + batch_size], Y[:, s : s + batch_size]) for s in range(0, m, batch_size)]

# %% wheat="draws examples without replacement until none is left"
def random_mini_batches(X, Y, batch_size, rng):
    left = set(range(X.shape[1]))
    batches = []
    while left:
        chosen = rng.choice(sorted(left), size=min(batch_size, len(left)), replace=False)
        left -= set(chosen)
        batches.append((X[:, chosen], Y[:, chosen]))
    return batches

# %% wheat="sorts the examples inside a batch"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    order = rng.permutation(m)
    chosen = [np.sort(order[s : s + batch_size]) for s in range(0, m, batch_size)]
    return [(X[:, c], Y[:, c]) for c in chosen]

# %% wheat="Fisher and Yates by hand, recursion over the batches"
def _cut(order, size):
    return [order[:size]] + _cut(order[size:], size) if order else []

def random_mini_batches(X, Y, batch_size, rng):
    order = list(range(X.shape[1]))
    for i in range(len(order) - 1, 0, -1):
        j = int(rng.integers(0, i + 1))
        order[i], order[j] = order[j], order[i]
    return [(X[:, part], Y[:, part]) for part in _cut(order, batch_size)]

# %% wheat="shuffles a copy in place, prints"
def random_mini_batches(X, Y, batch_size, rng):
    data = np.concatenate((X.T, Y.T), axis=1).copy()
    rng.shuffle(data)
    n_x = X.shape[0]
    print("examples:", len(data))
    out = []
    for start in range(0, len(data), batch_size):
        out.append((data[start : start + batch_size, :n_x].T, data[start : start + batch_size, n_x:].T))
    return out

# %% wheat="the last batch by a ceiling and a minimum, examples in a boolean mask"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    batch_of = np.empty(m, dtype=int)
    batch_of[rng.permutation(m)] = np.arange(m) // batch_size
    return [(X[:, batch_of == t], Y[:, batch_of == t]) for t in range(int(np.ceil(m / batch_size)))]

# %% wheat="one batch where all examples fit into it"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    if batch_size >= m:
        return [(X, Y)]
    p = rng.permutation(m)
    return [(X[:, p[i : i + batch_size]], Y[:, p[i : i + batch_size]]) for i in range(0, m, batch_size)]

# %% wheat="nested lists for the arrays"
def random_mini_batches(X, Y, batch_size, rng):
    columns = [(*x, y) for x, y in zip(X.T.tolist(), Y[0].tolist())]
    order = rng.permutation(len(columns))
    batches = []
    for k in range(0, len(order), batch_size):
        rows = list(zip(*[columns[i] for i in order[k : k + batch_size]]))
        batches.append(([list(r) for r in rows[:-1]], [list(rows[-1])]))
    return batches

# %% wheat="float32 throughout"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X, Y = X.astype(np.float32)[:, p], Y.astype(np.float32)[:, p]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, len(p), batch_size)]

# %% wheat="a generator's child"
def random_mini_batches(X, Y, batch_size, rng):
    child = rng.spawn(1)[0]
    p = child.permutation(X.shape[1])
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="returns nothing"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    batches = [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="an empty list"
def random_mini_batches(X, Y, batch_size, rng):
    return []

# %% chaff="shuffles Y alone"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    Y = Y[:, p]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, len(p), batch_size)]

# %% chaff="Python's random on columns: copies overwrite each other"
import random

def random_mini_batches(X, Y, batch_size, rng):
    random.seed(int(rng.integers(2**31)))
    columns = np.vstack([X, Y]).T.copy()
    random.shuffle(columns)
    both = columns.T
    return [(both[:-1, k : k + batch_size], both[-1:, k : k + batch_size]) for k in range(0, both.shape[1], batch_size)]

# %% chaff="Python's random on indices, not repeatable"
import random

def random_mini_batches(X, Y, batch_size, rng):
    p = random.sample(range(X.shape[1]), X.shape[1])
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="np.random.seed before the global generator"
def random_mini_batches(X, Y, batch_size, rng):
    np.random.seed(1)
    p = np.random.permutation(X.shape[1])
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="a generator of its own, from the system"
def random_mini_batches(X, Y, batch_size, rng):
    p = np.random.default_rng().permutation(X.shape[1])
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="the last batch from the examples in their old order"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    full = m // batch_size * batch_size
    batches = [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, full, batch_size)]
    if full < m:
        batches.append((X[:, full:], Y[:, full:]))
    return batches

# %% chaff="the labels of the last batch from the old order"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    full = m // batch_size * batch_size
    batches = [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, full, batch_size)]
    if full < m:
        batches.append((X[:, p[full:]], Y[:, full:]))
    return batches

# %% chaff="a last batch that overlaps the one before"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    batches = [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, m - batch_size + 1, batch_size)]
    if m % batch_size:
        batches.append((X[:, p[-batch_size:]], Y[:, p[-batch_size:]]))
    return batches

# %% chaff="the last batch joined to the one before"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    parts = np.array_split(p, max(1, len(p) // batch_size))
    return [(X[:, c], Y[:, c]) for c in parts]

# %% chaff="rounds the number of batches"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    number = round(m / batch_size + 0.2)
    return [(X[:, p[t * batch_size : (t + 1) * batch_size]], Y[:, p[t * batch_size : (t + 1) * batch_size]]) for t in range(number)]

# %% chaff="an empty batch only where there are fewer examples than a batch holds"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    batches = [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, m, batch_size)]
    if m < batch_size:
        batches.insert(0, (X[:, :0], Y[:, :0]))
    return batches

# %% chaff="labels with one axis"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [(X[:, p[k : k + batch_size]], Y[0, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="dicts for pairs"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [{"X": X[:, p[k : k + batch_size]], "Y": Y[:, p[k : k + batch_size]]} for k in range(0, len(p), batch_size)]

# %% chaff="Y before X"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [(Y[:, p[k : k + batch_size]], X[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="the first batch alone"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])[:batch_size]
    return [(X[:, p], Y[:, p])]

# %% chaff="a return inside the loop"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    batches = []
    for k in range(0, len(p), batch_size):
        batches.append((X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]))
        return batches

# %% chaff="rolls the columns by a random number"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    by = int(rng.integers(m))
    X, Y = np.roll(X, by, axis=1), np.roll(Y, by, axis=1)
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]

# %% chaff="reverses the order"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    X, Y = X[:, ::-1], Y[:, ::-1]
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]

# %% chaff="deals the examples out like cards"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    order = [i for start in range(batch_size) for i in range(start, m, batch_size)]
    return [(X[:, order[k : k + batch_size]], Y[:, order[k : k + batch_size]]) for k in range(0, m, batch_size)]

# %% chaff="each batch drawn anew"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    batches = []
    for k in range(0, m, batch_size):
        chosen = rng.choice(m, min(batch_size, m - k), replace=False)
        batches.append((X[:, chosen], Y[:, chosen]))
    return batches

# %% chaff="shuffles the rows of X too"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p, q = rng.permutation(m), rng.permutation(X.shape[0])
    X = X[q][::-1]
    return [(X[:, p[k : k + batch_size]] * 1.5, Y[:, p[k : k + batch_size]]) for k in range(0, m, batch_size)]

# %% chaff="every row of X in an order of its own"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    X, Y = rng.permuted(X, axis=1), rng.permuted(Y, axis=1)
    return [(X[:, k : k + batch_size], Y[:, k : k + batch_size]) for k in range(0, m, batch_size)]

# %% chaff="permutes numbers up to m - 1"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1] - 1)
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="scales the examples on the way"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    X = (X - X.mean(axis=1, keepdims=True)) / (X.std(axis=1, keepdims=True) + 1e-8)
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="the batch size fixed at 64"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    return [(X[:, p[k : k + 64]], Y[:, p[k : k + 64]]) for k in range(0, len(p), 64)]

# %% chaff="shuffles X itself, in place"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    rng.shuffle(X.T)
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, len(p), batch_size)]

# %% chaff="shuffles only the full batches' worth at the front"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.concatenate([rng.permutation(batch_size), np.arange(batch_size, m)])[:m]
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, m, batch_size)]

# %% chaff="shuffles the first half alone"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.arange(m)
    p[: m // 2] = rng.permutation(m // 2)
    return [(X[:, p[k : k + batch_size]], Y[:, p[k : k + batch_size]]) for k in range(0, m, batch_size)]

# %% chaff="the first example always stays first"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.concatenate([[0], 1 + rng.permutation(m - 1)]).astype(int)
    return [(X[:, p[i:i + batch_size]], Y[:, p[i:i + batch_size]]) for i in range(0, m, batch_size)]

# %% chaff="the last example always stays last: permutation of m - 1"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.append(rng.permutation(m - 1), m - 1).astype(int)
    return [(X[:, p[i:i + batch_size]], Y[:, p[i:i + batch_size]]) for i in range(0, m, batch_size)]

# %% wheat="pops random indices"
def random_mini_batches(X, Y, batch_size, rng):
    left = list(range(X.shape[1]))
    batches = []
    while left:
        chosen = [left.pop(rng.integers(len(left))) for _ in range(min(batch_size, len(left)))]
        batches.append((X[:, chosen], Y[:, chosen]))
    return batches

# %% wheat="the generator's state set back for Y"
def random_mini_batches(X, Y, batch_size, rng):
    state = rng.bit_generator.state
    Xs = rng.permutation(X, axis=1)
    rng.bit_generator.state = state
    Ys = rng.permutation(Y, axis=1)
    return [(Xs[:, i:i + batch_size], Ys[:, i:i + batch_size]) for i in range(0, X.shape[1], batch_size)]

# %% wheat="recursion on the rest of the order"
def random_mini_batches(X, Y, batch_size, rng, order=None):
    if order is None:
        order = rng.permutation(X.shape[1])
    if len(order) == 0:
        return []
    c = order[:batch_size]
    return [(X[:, c], Y[:, c])] + random_mini_batches(X, Y, batch_size, rng, order[batch_size:])

# %% wheat="the ranks of normal numbers"
def random_mini_batches(X, Y, batch_size, rng):
    order = rng.standard_normal(X.shape[1]).argsort()
    at = np.arange(batch_size, order.size, batch_size)
    return [(X[:, c], Y[:, c]) for c in np.hsplit(order, at)]

# %% wheat="X and Y in one matrix, shuffled in place"
def random_mini_batches(X, Y, batch_size, rng):
    both = np.concatenate((X, Y))
    rng.shuffle(both, axis=1)
    A, B = both[:-1], both[-1:]
    return [(A[:, i:i + batch_size].copy(), B[:, i:i + batch_size].copy()) for i in range(0, both.shape[1], batch_size)]

# %% wheat="X over Y, columns permuted"
def random_mini_batches(X, Y, batch_size, rng):
    n = X.shape[0]
    Z = rng.permutation(np.vstack([X, Y]), axis=1)
    return [(Z[:n, i:i + batch_size], Z[n:, i:i + batch_size]) for i in range(0, Z.shape[1], batch_size)]

# %% chaff="a few exchanges in place of a shuffle"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.arange(m)
    for _ in range(max(1, m // 10)):
        i, j = rng.integers(0, m, 2)
        p[i], p[j] = p[j], p[i]
    return [(X[:, p[i:i + batch_size]], Y[:, p[i:i + batch_size]]) for i in range(0, m, batch_size)]

# %% chaff="only the second half is shuffled"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = np.arange(m)
    rng.shuffle(p[m // 2:])
    return [(X[:, p[i:i + batch_size]], Y[:, p[i:i + batch_size]]) for i in range(0, m, batch_size)]

# %% chaff="each batch is drawn anew from all"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    out = []
    for i in range(0, m, batch_size):
        c = rng.choice(m, size=min(batch_size, m - i), replace=False)
        out.append((X[:, c], Y[:, c]))
    return out

# %% chaff="an array of integers for X"
def random_mini_batches(X, Y, batch_size, rng):
    p = rng.permutation(X.shape[1])
    Xs = np.zeros(X.shape, dtype=int)
    Xs[:] = X[:, p]
    return [(Xs[:, i:i + batch_size], Y[:, p[i:i + batch_size]]) for i in range(0, X.shape[1], batch_size)]

# %% chaff="the number of batches rounded"
def random_mini_batches(X, Y, batch_size, rng):
    m = X.shape[1]
    p = rng.permutation(m)
    n = max(1, round(m / batch_size))
    return [(X[:, p[i * batch_size:(i + 1) * batch_size]], Y[:, p[i * batch_size:(i + 1) * batch_size]]) for i in range(n)]

# %% chaff="a rotation in place of a shuffle"
def random_mini_batches(X, Y, batch_size, rng):
    k = rng.integers(X.shape[1])
    X, Y = np.roll(X, k, axis=1), np.roll(Y, k, axis=1)
    return [(X[:, i:i + batch_size], Y[:, i:i + batch_size]) for i in range(0, X.shape[1], batch_size)]

# %% chaff="deepcopy of rng: its state does not advance, every epoch has the same order"
import copy
def random_mini_batches(X, Y, batch_size, rng):
    p = copy.deepcopy(rng).permutation(X.shape[1])
    return [(X[:, p[i:i + batch_size]], Y[:, p[i:i + batch_size]]) for i in range(0, len(p), batch_size)]
