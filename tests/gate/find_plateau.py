# %% wheat="a loop over the places that have patience"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        best = min(losses[i + 1 : i + patience + 1])
        if losses[i] - best < tol:
            return i
    return None

# %% wheat="two loops with a flag"
def find_plateau(losses, tol, patience):
    T = len(losses)
    for i in range(T):
        if i + patience >= T:
            break
        progress = False
        for j in range(i + 1, i + patience + 1):
            if losses[i] - losses[j] >= tol:
                progress = True
                break
        if not progress:
            return i

# %% wheat="a sliding window"
def find_plateau(losses, tol, patience):
    if len(losses) <= patience:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(losses[1:], patience)
    flat = losses[: len(windows)] - windows.min(axis=1) < tol
    return int(np.argmax(flat)) if flat.any() else None

# %% wheat="all places at once, then the first"
def find_plateau(losses, tol, patience):
    last = len(losses) - patience
    places = [i for i in range(last) if (losses[i + 1 : i + 1 + patience] > losses[i] - tol).all()]
    return places[0] if places else None

# %% wheat="next with a default"
find_plateau = lambda losses, tol, patience: next(
    (i for i in range(len(losses) - patience) if losses[i] - np.min(losses[i + 1 : i + 1 + patience]) < tol), None
)

# %% wheat="recursion"
def find_plateau(losses, tol, patience, start=0):
    if len(losses) - start <= patience:
        return None
    if losses[start] < tol + min(losses[start + 1 : start + 1 + patience]):
        return start
    return find_plateau(losses, tol, patience, start + 1)

# %% wheat="a while loop, a window from a list"
def find_plateau(losses, tol, patience):
    values = [float(x) for x in losses]
    i = 0
    while i + patience < len(values):
        window = values[i + 1 :][:patience]
        if not any(values[i] - v >= tol for v in window):
            return np.int64(i)
        i += 1
    return None

# %% wheat="an IndexError says that patience has run out of losses"
def find_plateau(losses, tol, patience):
    i = 0
    while True:
        try:
            window = [losses[i + k] for k in range(1, patience + 1)]
        except IndexError:
            return None
        if losses[i] - sorted(window)[0] < tol:
            return i
        i = i + 1

# %% wheat="from the back, the earliest kept, float32"
def find_plateau(losses, tol, patience):
    losses = losses.astype(np.float32)
    found = None
    for i in reversed(range(len(losses) - patience)):
        if losses[i] - np.amin(losses[i + 1 : i + 1 + patience]) < tol:
            found = i
    return found if found is None else np.array([found])

# %% wheat="short windows thrown out by their length"
def find_plateau(losses, tol, patience):
    for i, loss in enumerate(losses):
        ahead = losses[i + 1 : i + 1 + patience]
        if len(ahead) < patience:
            return None
        if np.all(loss - ahead < tol):
            return i

# %% wheat="a matrix of differences"
def find_plateau(losses, tol, patience):
    n = len(losses) - patience
    if n < 1:
        return None
    ahead = np.arange(n)[:, None] + np.arange(1, patience + 1)[None, :]
    gain = losses[:n, None] - losses[ahead]
    hits = np.flatnonzero(gain.max(axis=1) < tol)
    return hits[0] if hits.size else None

# %% wheat="a float for the index, and a print"
def find_plateau(losses, tol, patience):
    for i in np.arange(0.0, len(losses) - patience):
        k = int(i)
        print(k, losses[k])
        if losses[k] - losses[k + 1 : k + 1 + patience].min() < tol:
            return i

# %% chaff="truth of the index: place 0 is lost"
def find_plateau(losses, tol, patience):
    found = 0
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            found = i
            break
    return found or None

# %% chaff="argmax of nothing is 0"
def find_plateau(losses, tol, patience):
    flat = [losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol for i in range(len(losses) - patience)]
    return int(np.argmax(flat)) if flat else None

# %% chaff="min of an empty window at the end"
def find_plateau(losses, tol, patience):
    for i in range(len(losses)):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol and i + patience < len(losses):
            return i
    return None

# %% chaff="a window that is not guarded for few losses"
def find_plateau(losses, tol, patience):
    windows = np.lib.stride_tricks.sliding_window_view(losses, patience + 1)
    flat = windows[:, 0] - windows[:, 1:].min(axis=1) < tol
    return int(np.argmax(flat)) if flat.any() else None

# %% chaff="returns the loss"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            return losses[i]
    return None

# %% chaff="all places"
def find_plateau(losses, tol, patience):
    return [i for i in range(len(losses) - patience) if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol]

# %% chaff="yes or no"
def find_plateau(losses, tol, patience):
    return any(losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol for i in range(len(losses) - patience))

# %% chaff="False for None"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return False

# %% chaff="a string for None"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return "None"

# %% chaff="an else in the loop: one look and no more"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
        else:
            return None

# %% chaff="the best of everything after i"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 :]) < tol:
            return i
    return None

# %% chaff="the best of everything before the window's end"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if max(losses[: i + 1]) - min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="range of the window: largest minus smallest"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        window = losses[i : i + 1 + patience]
        if max(window) - min(window) < tol:
            return i
    return None

# %% chaff="standard deviation of the window"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if np.std(losses[i : i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="tol divided among the steps"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if (losses[i] - min(losses[i + 1 : i + 1 + patience])) / patience < tol:
            return i
    return None

# %% chaff="windows that do not overlap"
def find_plateau(losses, tol, patience):
    for i in range(0, len(losses) - patience, patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="a rounding error's width added to tol"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol + 1e-9:
            return i
    return None

# %% chaff="the losses sorted first"
def find_plateau(losses, tol, patience):
    losses = sorted(losses, reverse=True)
    for i in range(len(losses) - patience):
        if losses[i] - losses[i + patience] < tol:
            return i
    return None

# %% chaff="keeps the running minimum in the caller's array"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1 : i + 1 + patience]) < tol:
            losses[i:] = losses[i]
            return i
    return None

# %% chaff="the slope of a line through the window"
def find_plateau(losses, tol, patience):
    for i in range(len(losses) - patience):
        slope = np.polyfit(range(patience + 1), losses[i : i + patience + 1], 1)[0]
        if -slope * patience < tol:
            return i
    return None

# %% chaff="a counter with early stopping's own place"
def find_plateau(losses, tol, patience):
    best, wait = np.inf, 0
    for i, loss in enumerate(losses):
        if loss < best - tol:
            best, wait = loss, 0
        else:
            wait += 1
            if wait >= patience:
                return i - patience
    return None

# %% wheat="sliding"
def find_plateau(losses, tol, patience):
    losses = np.asarray(losses, dtype=float)
    if len(losses) <= patience:
        return None
    low = np.lib.stride_tricks.sliding_window_view(losses[1:], patience).min(axis=1)
    hit = np.flatnonzero(losses[:len(low)] - low < tol)
    return int(hit[0]) if hit.size else None

# %% wheat="while/else"
def find_plateau(losses, tol, patience):
    i = 0
    while i + patience < len(losses):
        j = i + 1
        while j <= i + patience:
            if losses[i] - losses[j] >= tol:
                break
            j += 1
        else:
            return i
        i += 1
    return None

# %% wheat="recursion, again"
def go(l, i, tol, p):
    if i + p >= len(l):
        return None
    return i if l[i] - l[i + 1:i + p + 1].min() < tol else go(l, i + 1, tol, p)

def find_plateau(losses, tol, patience):
    return go(losses, 0, tol, patience)

# %% wheat="deque"
from collections import deque

def find_plateau(losses, tol, patience):
    d = deque()
    for k, x in enumerate(losses):
        while d and losses[d[-1]] >= x:
            d.pop()
        d.append(k)
        i = k - patience
        if i >= 0:
            while d[0] <= i:
                d.popleft()
            if losses[i] - losses[d[0]] < tol:
                return i
    return None

# %% wheat="index matrix"
def find_plateau(losses, tol, patience):
    n = len(losses) - patience
    if n < 1:
        return None
    idx = np.arange(n)[:, None] + np.arange(1, patience + 1)
    gain = losses[:n] - losses[idx].min(axis=1)
    found = np.nonzero(gain < tol)[0]
    return None if len(found) == 0 else found[0].item()

# %% wheat="window includes i"
def find_plateau(losses, tol, patience):
    T = len(losses)
    for i in range(T - patience):
        if losses[i] - min(losses[i:i + 1 + patience]) < tol:
            return i
    return None

# %% wheat="best before"
def find_plateau(losses, tol, patience):
    T = len(losses)
    for i in range(T - patience):
        if min(losses[:i + 1]) - min(losses[i + 1:i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="rounded"
def find_plateau(losses, tol, patience):
    T = len(losses)
    for i in range(T - patience):
        if round(float(losses[i] - min(losses[i + 1:i + 1 + patience])), 3) < tol:
            return i
    return None

# %% chaff="abs neighbour differences"
def find_plateau(losses, tol, patience):
    d = np.abs(np.diff(losses))
    for i in range(len(losses) - patience):
        if (d[i:i + patience] < tol).all():
            return i
    return None

# %% chaff="step patience"
def find_plateau(losses, tol, patience):
    T = len(losses)
    for i in range(0, T - patience, patience):
        if losses[i] - min(losses[i + 1:i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="hits 0 returned as None"
def find_plateau(losses, tol, patience):
    hit = 0
    for i in range(len(losses) - patience):
        if losses[i] - min(losses[i + 1:i + 1 + patience]) < tol:
            hit = i
            break
    return hit or None

# %% chaff="ints"
def find_plateau(losses, tol, patience):
    losses = [int(x) for x in losses]
    T = len(losses)
    for i in range(T - patience):
        if losses[i] - min(losses[i + 1:i + 1 + patience]) < tol:
            return i
    return None

# %% chaff="counter of neighbours"
def find_plateau(losses, tol, patience):
    run = 0
    for i in range(1, len(losses)):
        run = run + 1 if losses[i - 1] - losses[i] < tol else 0
        if run == patience:
            return i - patience
    return None
