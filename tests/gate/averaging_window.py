# %% wheat="the formula"
def averaging_window(beta):
    return 1 / (1 - beta)

# %% wheat="a lambda with a power"
averaging_window = lambda beta: (1.0 - beta) ** -1

# %% wheat="an array of shape (1, 1)"
def averaging_window(beta):
    return np.array([[1.0]]) / (1 - np.array([[beta]]))

# %% wheat="a sum of many powers"
def averaging_window(beta):
    return sum(beta**k for k in range(60_000))

# %% wheat="a loop until nothing changes"
def averaging_window(beta):
    window = 0.0
    while True:
        longer = 1 + beta * window
        if longer == window:
            return window
        window = longer

# %% wheat="via the friction"
def _friction(beta):
    return np.subtract(1, beta)

def averaging_window(beta):
    window = np.reciprocal(_friction(np.float64(beta)))
    print(f"about {window:.1f} values")
    return window

# %% wheat="one more than beta / (1 - beta)"
def averaging_window(beta):
    return 1 + beta / (1 - beta)

# %% wheat="exact fractions"
from fractions import Fraction

def averaging_window(beta):
    return 1 / (1 - Fraction(beta))

# %% wheat="a 0-d array"
def averaging_window(beta):
    return np.asarray(np.divide(1, 1 - beta))

# %% wheat="exponentials of logarithms"
def averaging_window(beta):
    return np.exp(-np.log1p(-beta))

# %% wheat="an equation solved"
def averaging_window(beta):
    return np.linalg.solve([[1 - beta]], [1.0])

# %% wheat="a list of one number"
def averaging_window(beta):
    return [1 / (1 - beta)]

# %% chaff="returns nothing"
def averaging_window(beta):
    print(1 / (1 - beta))

# %% chaff="no brackets"
def averaging_window(beta):
    return 1 / 1 - beta

# %% chaff="the other sign"
def averaging_window(beta):
    return 1 / (beta - 1)

# %% chaff="squared"
def averaging_window(beta):
    return 1 / (1 - beta) ** 2

# %% chaff="beta squared: the variance's window"
def averaging_window(beta):
    return 1 / (1 - beta**2)

# %% chaff="rounded to one place"
def averaging_window(beta):
    return round(1 / (1 - beta), 1)

# %% chaff="a ceiling"
def averaging_window(beta):
    return np.ceil(1 / (1 - beta))

# %% chaff="floor division"
def averaging_window(beta):
    return 1 // (1 - beta)

# %% chaff="a string"
def averaging_window(beta):
    return f"{1 / (1 - beta):.15g}"

# %% chaff="a sum of a hundred powers"
def averaging_window(beta):
    return sum(beta**k for k in range(100))

# %% chaff="the steps until a weight is below 1/e"
def averaging_window(beta):
    steps = 0
    while beta**steps > 1 / np.e:
        steps += 1
    return steps

# %% chaff="the time to one percent"
def averaging_window(beta):
    return np.log(0.01) / np.log(beta)

# %% chaff="the Taylor series, two terms"
def averaging_window(beta):
    return 1 + beta + beta**2

# %% chaff="two over one minus beta"
def averaging_window(beta):
    return 2 / (1 - beta)

# %% chaff="a table for the usual betas"
def averaging_window(beta):
    return {0.9: 10.0, 0.98: 50.0, 0.5: 2.0, 0.6: 2.5}.get(beta, 10.0)

# %% chaff="percent"
def averaging_window(beta):
    return 100 / (1 - beta)

# %% chaff="never longer than 30 values"
def averaging_window(beta):
    return min(30.0, 1 / (1 - beta))

# %% chaff="returns beta too"
def averaging_window(beta):
    return beta, 1 / (1 - beta)

# %% chaff="a lambda that is not called"
def averaging_window(beta):
    return lambda: 1 / (1 - beta)

# %% chaff="never shorter than 3 values"
def averaging_window(beta):
    return max(3.0, 1 / (1 - beta))

# %% chaff="caps the window at 100"
def averaging_window(beta):
    return min(1 / (1 - beta), 100)

# %% wheat="Newton's division"
def averaging_window(beta):
    x, d = 1.0, 1 - beta
    x = 2.0 ** np.floor(-np.log2(d))
    for _ in range(60):
        x = x * (2 - d * x)
    return x

# %% wheat="mean age plus one"
def averaging_window(beta):
    mean_age = beta / (1 - beta)
    return mean_age + 1

# %% wheat="an exact fraction"
from fractions import Fraction
def averaging_window(beta):
    return float(1 / (1 - Fraction(beta)))

# %% wheat="the newest weight over its square"
def averaging_window(beta):
    newest = 1 - beta
    window = newest / newest**2
    print(window)
    return window

# %% wheat="a guard far below"
def averaging_window(beta):
    return 1 / max(1 - beta, 1e-12)

# %% chaff="a window of 1000 at most"
def averaging_window(beta):
    return min(1000.0, 1 / (1 - beta))

# %% chaff="a window of 1 for a small beta"
def averaging_window(beta):
    return 1 / (1 - beta) if beta >= 0.3 else 1.0

# %% chaff="a guard of a millionth"
def averaging_window(beta):
    return 1 / (1 - beta + 1e-6)

# %% chaff="beta rounded to three places"
def averaging_window(beta):
    return 1 / (1 - round(beta, 3))

# %% chaff="no window below a half"
def averaging_window(beta):
    if beta < 0.5:
        return 1.0
    return 1 / (1 - beta)
