# %% wheat="look, then step"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0.copy()
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% wheat="the start by itself, then step and look"
def steps_to_escape(step, gradient, x0, radius, limit):
    if np.sqrt(np.sum(np.square(x0))) > radius:
        return 0
    x = x0
    for n in range(1, limit + 1):
        x = step(x, gradient(x))
        if np.sqrt(np.sum(x ** 2)) > radius:
            return n

# %% wheat="a while loop, squares on both sides"
def steps_to_escape(step, gradient, x0, radius, limit):
    n, x = 0, x0
    while n <= limit:
        if x @ x > radius ** 2:
            return n
        x = step(x, gradient(x))
        n += 1
    return None

# %% wheat="a while loop that stops outside"
def steps_to_escape(step, gradient, x0, radius, limit):
    n, x = 0, np.array(x0, dtype=float)
    while np.linalg.norm(x) <= radius and n < limit:
        x = step(x, gradient(x))
        n = n + 1
    return n if np.linalg.norm(x) > radius else None

# %% wheat="recursion"
def steps_to_escape(step, gradient, x0, radius, limit):
    if np.linalg.norm(x0) > radius:
        return 0
    if limit == 0:
        return None
    rest = steps_to_escape(step, gradient, step(x0, gradient(x0)), radius, limit - 1)
    return None if rest is None else rest + 1

# %% wheat="the whole path, then the first place outside"
def steps_to_escape(step, gradient, x0, radius, limit):
    path = [x0]
    for _ in range(limit):
        path.append(step(path[-1], gradient(path[-1])))
    outside = np.linalg.norm(np.array(path), axis=1) > radius
    return int(outside.argmax()) if outside.any() else None

# %% wheat="a generator and next"
def _path(step, gradient, x):
    while True:
        yield x
        x = step(x, gradient(x))

def steps_to_escape(step, gradient, x0, radius, limit):
    places = zip(range(limit + 1), _path(step, gradient, x0))
    return next((n for n, x in places if np.linalg.norm(x) > radius), None)

# %% wheat="math.hypot, lists, a numpy integer"
import math

def steps_to_escape(step, gradient, x0, radius, limit):
    x = list(x0)
    for n in np.arange(limit + 1):
        if math.hypot(*x) > radius:
            return n
        x = list(step(np.array(x), gradient(np.array(x))))
    return None

# %% wheat="the norm of a difference from the origin, a float returned"
def steps_to_escape(step, gradient, x0, radius, limit):
    origin = np.zeros_like(x0)
    x, n = x0, 0.0
    while True:
        if math_norm(x - origin) > radius:
            return n
        if n == limit:
            return None
        x = step(x, gradient(x))
        n += 1

def math_norm(v):
    return sum(c * c for c in v) ** 0.5

# %% wheat="break and else"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0 + 0
    for n in range(0, limit + 1, 1):
        g = gradient(x)
        if not np.linalg.norm(x) <= radius:
            break
        x = step(x, g)
    else:
        n = None
    return n

# %% wheat="itertools"
import itertools

def steps_to_escape(step, gradient, x0, radius, limit):
    path = itertools.accumulate(range(limit), lambda x, _: step(x, gradient(x)), initial=x0)
    for n, x in enumerate(path):
        if np.linalg.norm(x) > radius:
            return np.array([n])

# %% chaff="a truth value for the number: zero steps are lost"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, found = x0, 0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            found = n
            break
        x = step(x, gradient(x))
    return found or None

# %% chaff="the last step outside"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, found = x0, None
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            found = n
        x = step(x, gradient(x))
    return found

# %% chaff="argmax of nothing is 0"
def steps_to_escape(step, gradient, x0, radius, limit):
    path = [x0]
    for _ in range(limit):
        path.append(step(path[-1], gradient(path[-1])))
    return int(np.argmax(np.linalg.norm(path, axis=1) > radius))

# %% chaff="how many points are outside"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, outside = x0, 0
    for n in range(limit + 1):
        outside += np.linalg.norm(x) > radius
        x = step(x, gradient(x))
    return limit + 1 - outside if outside else None

# %% chaff="yes or no"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return True
        x = step(x, gradient(x))
    return False

# %% chaff="the place, not the number"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return x
        x = step(x, gradient(x))
    return None

# %% chaff="plain descent for every step"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = x - 0.1 * gradient(x)
    return None

# %% chaff="steps of no gradient"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, np.zeros_like(x))
    return None

# %% chaff="the gradient one step old"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, g = x0, gradient(x0)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        new = step(x, g)
        g = gradient(x)
        x = new
    return None

# %% chaff="the signed largest coordinate"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if x.max() > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="two coordinates and no more"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if (x[0] ** 2 + x[1] ** 2) ** 0.5 > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="an else in the loop: one look and no more"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        x = step(x, gradient(x)) if n else x
        if np.linalg.norm(x) > radius:
            return n
        else:
            return None

# %% chaff="the mean square"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.sqrt(np.mean(x ** 2)) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="a limit of a hundred"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(101):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="the limit as a distance as well"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > min(radius, limit):
            return n
        x = step(x, gradient(x))
    return n if np.linalg.norm(x) > radius else None

# %% chaff="the radius reached by rounding"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius - 1e-9:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="two steps for one"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
        x = step(x, gradient(x))
    return None

# %% chaff="an integer point"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0.astype(int)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="limit 0 means no limit"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range((limit or 1000) + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="gives up where the gradient is tiny"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        g = gradient(x)
        if np.linalg.norm(g) < 1e-6:
            return None
        x = step(x, g)
    return None

# %% chaff="rounds the points to three decimals"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = x0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = np.round(step(x, gradient(x)), 3)
    return None

# %% wheat="generator"
def walk(step, gradient, x):
    while True:
        yield x
        x = step(x, gradient(x))

def steps_to_escape(step, gradient, x0, radius, limit):
    from itertools import islice
    return next((n for n, x in enumerate(islice(walk(step, gradient, x0), limit + 1)) if np.linalg.norm(x) > radius), None)

# %% wheat="accumulate"
def steps_to_escape(step, gradient, x0, radius, limit):
    from itertools import accumulate, repeat
    path = accumulate(repeat(None, limit), lambda x, _: step(x, gradient(x)), initial=x0)
    for n, x in enumerate(path):
        if np.linalg.norm(x) > radius:
            return n
    return None

# %% wheat="whole path then argmax"
def steps_to_escape(step, gradient, x0, radius, limit):
    path = [np.array(x0, float)]
    for _ in range(limit):
        path.append(step(path[-1], gradient(path[-1])))
    out = np.linalg.norm(path, axis=1) > radius
    return int(out.argmax()) if out.any() else None

# %% wheat="recursion shallow"
def steps_to_escape(step, gradient, x0, radius, limit):
    if np.linalg.norm(x0) > radius:
        return 0
    if limit == 0:
        return None
    n = steps_to_escape(step, gradient, step(x0, gradient(x0)), radius, limit - 1)
    return None if n is None else n + 1

# %% wheat="for else"
def steps_to_escape(step, gradient, x0, radius, limit):
    position = np.array(x0)
    for n in range(limit + 1):
        g = gradient(position.copy())
        if not np.linalg.norm(position) <= radius:
            break
        position = step(position.copy(), g)
    else:
        return None
    return n

# %% chaff="two coordinates"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if np.linalg.norm(x[:2]) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="stops if gradient is zero"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        if not gradient(x).any():
            return None
        x = step(x, gradient(x))
    return None

# %% chaff="rounds"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if round(float(np.linalg.norm(x)), 2) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="tolerance"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius + 1e-3:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="n or None"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, k = np.array(x0), 0
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            k = n
            break
        x = step(x, gradient(x))
    return k or None

# %% chaff="last n outside"
def steps_to_escape(step, gradient, x0, radius, limit):
    x, k = np.array(x0), None
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            k = n
        x = step(x, gradient(x))
    return k

# %% chaff="stops when x does not move"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        new = step(x, gradient(x))
        if np.allclose(new, x):
            return None
        x = new
    return None

# %% chaff="limit of 0 is None"
def steps_to_escape(step, gradient, x0, radius, limit):
    if limit == 0:
        return None
    x = np.array(x0, dtype=float)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="float32"
def steps_to_escape(step, gradient, x0, radius, limit):
    x = np.array(x0, dtype=np.float16)
    for n in range(limit + 1):
        if np.linalg.norm(x) > radius:
            return n
        x = step(x, gradient(x))
    return None

# %% chaff="cache by start and radius (shows with another step)"
_known = {}


def steps_to_escape(step, gradient, x0, radius, limit):
    key = (x0.tobytes(), radius, limit)
    if key not in _known:
        x = x0
        _known[key] = None
        for n in range(limit + 1):
            if np.linalg.norm(x) > radius:
                _known[key] = n
                break
            x = step(x, gradient(x))
    return _known[key]
