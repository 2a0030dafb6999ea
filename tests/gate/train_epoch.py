# %% wheat="a loop and a comprehension"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for batch in batches:
        cost, grads = cost_and_grads(params, batch[0], batch[1])
        costs.append(cost)
        params = {key: params[key] - learning_rate * grads[key] for key in params}
    return params, costs

# %% wheat="a gd_step from the cell above"
def gd_step(params, grads, learning_rate):
    return {key: params[key] - learning_rate * grads[key] for key in params}

def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        cost, grads = cost_and_grads(params, X_t, Y_t)
        params = gd_step(params, grads, learning_rate)
        costs += [float(cost)]
    return params, costs

# %% wheat="copies once, then in place, costs in an array"
import copy

def train_epoch(params, batches, cost_and_grads, learning_rate):
    params = copy.deepcopy(params)
    costs = np.zeros(len(batches))
    for t, (X, Y) in enumerate(batches):
        costs[t], grads = cost_and_grads(params, X, Y)
        for key in params:
            params[key] -= learning_rate * grads[key]
    return params, costs

# %% wheat="a loop over layers and over indices"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    parameters = dict(params)
    L = len(parameters) // 2
    costs = []
    for t in range(len(batches)):
        X, Y = batches[t]
        cost, grads = cost_and_grads(parameters, X, Y)
        for l in range(1, L + 1):
            parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * grads["W" + str(l)]
            parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * grads["b" + str(l)]
        costs.append(cost)
    return (parameters, costs)

# %% wheat="recursion over the batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    if len(batches) == 0:
        return params, []
    (X, Y), *others = batches
    cost, grads = cost_and_grads(params, X, Y)
    moved = {k: params[k] - learning_rate * grads[k] for k in params}
    last, costs = train_epoch(moved, others, cost_and_grads, learning_rate)
    return last, [cost, *costs]

# %% wheat="functools.reduce"
from functools import reduce

def train_epoch(params, batches, cost_and_grads, learning_rate):
    def step(state, batch):
        p, costs = state
        cost, g = cost_and_grads(p, *batch)
        return {k: p[k] - learning_rate * g[k] for k in p}, costs + [cost]

    return reduce(step, batches, (params, []))

# %% wheat="cost and gradients by two calls"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = ()
    for X_t, Y_t in batches:
        costs = costs + (cost_and_grads(params, X_t, Y_t)[0],)
        grads = cost_and_grads(params, X_t, Y_t)[1]
        params = {k: np.subtract(params[k], learning_rate * grads[k]) for k in grads}
    return params, costs

# %% wheat="a list of costs written by index, prints, returns a list"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = [None] * len(batches)
    t = 0
    while t < len(batches):
        cost, grads = cost_and_grads(params, *batches[t])
        costs[t] = cost
        print("batch", t, "cost", cost)
        params = {k: w - grads[k] * learning_rate for k, w in params.items()}
        t += 1
    return [params, costs]

# %% wheat="an iterator over the batches, a class behind"
class _Descent:
    def __init__(self, params, rate):
        self.params, self.rate = params, rate

    def move(self, grads):
        self.params = {k: self.params[k] - self.rate * g for k, g in grads.items()}

def train_epoch(params, batches, cost_and_grads, learning_rate):
    descent, costs, rest = _Descent(params, learning_rate), [], iter(batches)
    for X, Y in rest:
        cost, grads = cost_and_grads(descent.params, X, Y)
        descent.move(grads)
        costs.append(np.asarray(cost))
    return descent.params, np.array(costs)

# %% wheat="parameters promoted to float64 at the start"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    params = {k: np.array(v, dtype=np.float64) for k, v in params.items()}
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c.item() if hasattr(c, "item") else c)
    return params, costs

# %% wheat="a history of all parameters, the last one returned"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    history, costs = [params], np.array([])
    for X, Y in batches:
        c, g = cost_and_grads(history[-1], X, Y)
        history.append({k: history[-1][k] + (-learning_rate) * g[k] for k in g})
        costs = np.append(costs, c)
    return history[-1], costs

# %% wheat="a copy of the list that is emptied"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    rest, costs = list(batches), []
    while rest:
        X, Y = rest.pop(0)
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="returns nothing"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}

# %% chaff="returns the parameters alone"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
    return params

# %% chaff="returns the gradients as well"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs, g = [], None
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs, g

# %% chaff="all batches put together: one step for the epoch"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    if not batches:
        return params, []
    X = np.concatenate([x for x, _ in batches], axis=1)
    Y = np.concatenate([y for _, y in batches], axis=1)
    c, g = cost_and_grads(params, X, Y)
    return {k: params[k] - learning_rate * g[k] for k in params}, [c]

# %% chaff="backwards through the batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in reversed(batches):
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="shuffles the batches again"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for t in np.random.default_rng(3).permutation(len(batches))[::-1]:
        c, g = cost_and_grads(params, *batches[t])
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs[::-1]

# %% chaff="costs times the batch's examples"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c * X.shape[1])
    return params, costs

# %% chaff="steps times the batch's examples"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * X.shape[1] * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="keeps the parameters of the lowest cost"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs, best = [], params
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        if not costs or c < min(costs):
            best = params
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return best, costs

# %% chaff="biases stay"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] if k[0] == "W" else params[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="skips the first batch"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches[1:]:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="fails without batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    X, Y = batches[0]
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="None without batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    if not batches:
        return None
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="a cost of zero without batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs or [0.0]

# %% chaff="a cost more: the one after the last step"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    if batches:
        costs.append(cost_and_grads(params, *batches[-1])[0])
    return params, costs

# %% chaff="running means of the costs"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, [np.mean(costs[: t + 1]) for t in range(len(costs))]

# %% chaff="rows for columns"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X.T, Y.T)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="unpacks gradients first"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        g, c = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="two steps on each batch"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        for _ in range(2):
            c, g = cost_and_grads(params, X, Y)
            params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="the rate decays from batch to batch"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for t, (X, Y) in enumerate(batches):
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate / (1 + t) * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="a shallow copy, then in place"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    params, costs = dict(params), []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        for k in params:
            params[k] -= learning_rate * g[k]
        costs.append(c)
    return params, costs

# %% chaff="stops when the cost goes up"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        if costs and c > costs[-1]:
            break
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="costs kept in a global from call to call"
_costs = []

def train_epoch(params, batches, cost_and_grads, learning_rate):
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        _costs.append(c)
    return params, _costs

# %% chaff="gradients of the batch before"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs, old = [], None
    for X, Y in batches:
        c, g = cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * (old or g)[k] for k in params}
        old = g
        costs.append(c)
    return params, costs

# %% wheat="keeps all parameters"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    history, costs = [params], []
    for X_t, Y_t in batches:
        cost, g = cost_and_grads(history[-1], X_t, Y_t)
        history.append({k: history[-1][k] - learning_rate * g[k] for k in g})
        costs.append(cost)
    return history[-1], costs

# %% wheat="recursion: the first batch, then the rest"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    if len(batches) == 0:
        return params, []
    (x, y), *rest = batches
    cost, grads = cost_and_grads(params, x, y)
    after = {k: v - learning_rate * grads[k] for k, v in params.items()}
    final, costs = train_epoch(after, rest, cost_and_grads, learning_rate)
    return final, [cost] + costs

# %% wheat="a generator of costs"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    box = [params]
    def run():
        for X_t, Y_t in batches:
            cost, grads = cost_and_grads(box[0], X_t, Y_t)
            box[0] = {k: np.subtract(box[0][k], learning_rate * grads[k]) for k in grads}
            yield cost
    costs = list(run())
    return box[0], costs

# %% wheat="subtracts into its own copies"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    p = {k: np.array(v, copy=True) for k, v in params.items()}
    costs = []
    for X_t, Y_t in batches:
        J, g = cost_and_grads(p, X_t, Y_t)
        costs.append(J)
        for k in p:
            np.subtract(p[k], learning_rate * g[k], out=p[k])
    return p, costs

# %% wheat="reduce"
from functools import reduce
def train_epoch(params, batches, cost_and_grads, learning_rate):
    def turn(state, batch):
        p, costs = state
        c, g = cost_and_grads(p, *batch)
        return {k: p[k] - learning_rate * g[k] for k in p}, costs + [c]
    return reduce(turn, batches, (params, []))

# %% chaff="the network's own cost in place of the argument"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    from optimlab import network
    costs = []
    for X, Y in batches:
        c, g = network.cost_and_grads(params, X, Y)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="at most ten batches"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches[:10]:
        c, g = cost_and_grads(params, X_t, Y_t)
        params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="takes no step that raises the cost"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        c, g = cost_and_grads(params, X_t, Y_t)
        new = {k: params[k] - learning_rate * g[k] for k in params}
        if cost_and_grads(new, X_t, Y_t)[0] <= c:
            params = new
        costs.append(c)
    return params, costs

# %% chaff="takes no step where the cost is small"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        c, g = cost_and_grads(params, X_t, Y_t)
        if c > 0.5:
            params = {k: params[k] - learning_rate * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="gradients kept between -5 and 5"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        c, g = cost_and_grads(params, X_t, Y_t)
        params = {k: params[k] - learning_rate * np.clip(g[k], -5, 5) for k in params}
        costs.append(c)
    return params, costs

# %% chaff="no rate above 1 in the loop"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs = []
    for X_t, Y_t in batches:
        c, g = cost_and_grads(params, X_t, Y_t)
        params = {k: params[k] - min(learning_rate, 1.0) * g[k] for k in params}
        costs.append(c)
    return params, costs

# %% chaff="a step with momentum"
def train_epoch(params, batches, cost_and_grads, learning_rate):
    costs, v = [], {k: 0 for k in params}
    for X_t, Y_t in batches:
        c, g = cost_and_grads(params, X_t, Y_t)
        v = {k: 0.9 * v[k] + 0.1 * g[k] for k in g}
        params = {k: params[k] - learning_rate * v[k] for k in params}
        costs.append(c)
    return params, costs
