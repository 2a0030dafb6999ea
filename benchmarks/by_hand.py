"""Tests of lessons as an instructor writes them for stock nbgrader and for otter: asserts on a few inputs."""

BEGIN = """
rng = np.random.default_rng(7)
shapes = {"W1": (4, 3), "b1": (4, 1)}
params, grads, average, square = ({key: rng.normal(size=shape) for key, shape in shapes.items()} for _ in range(4))
square = {key: value**2 for key, value in square.items()}
"""
ZEROS = """
params = {{"W1": np.ones((4, 3)), "b1": np.ones((4, 1))}}
state = {name}(params)
for key in params:
    assert state[key].shape == params[key].shape
    assert np.allclose(state[key], 0)
"""

TESTS = {
    "init_velocity": ZEROS.format(name="init_velocity"),
    "momentum_step": BEGIN
    + """
new, v = momentum_step(params, grads, average, 0.3, 0.7)
for key in params:
    due = 0.7 * average[key] + 0.3 * grads[key]
    assert np.allclose(v[key], due)
    assert np.allclose(new[key], params[key] - 0.3 * due)
""",
    "init_square_average": ZEROS.format(name="init_square_average"),
    "adagrad_step": BEGIN
    + """
new, s = adagrad_step(params, grads, square, 0.3, 1e-2)
for key in params:
    due = square[key] + grads[key] ** 2
    assert np.allclose(s[key], due)
    assert np.allclose(new[key], params[key] - 0.3 * grads[key] / (np.sqrt(due) + 1e-2))
""",
    "rmsprop_step": BEGIN
    + """
new, s = rmsprop_step(params, grads, square, 0.3, 0.7, 1e-2)
for key in params:
    due = 0.7 * square[key] + 0.3 * grads[key] ** 2
    assert np.allclose(s[key], due)
    assert np.allclose(new[key], params[key] - 0.3 * grads[key] / (np.sqrt(due) + 1e-2))
""",
    "init_adam": """
params = {"W1": np.ones((4, 3)), "b1": np.ones((4, 1))}
v, s = init_adam(params)
for key in params:
    assert v[key].shape == s[key].shape == params[key].shape
    assert np.allclose(v[key], 0)
    assert np.allclose(s[key], 0)
""",
    "bias_correct": """
assert np.allclose(bias_correct(np.array([0.3, -0.2]), 0.7, 3), np.array([0.3, -0.2]) / (1 - 0.7**3))
assert np.isclose(bias_correct(0.5, 0.9, 1), 5.0)
""",
    "adam_step": BEGIN
    + """
new, v, s = adam_step(params, grads, average, square, 3, 0.3, 0.7, 0.8, 1e-2)
for key in params:
    due_v, due_s = 0.7 * average[key] + 0.3 * grads[key], 0.8 * square[key] + 0.2 * grads[key] ** 2
    assert np.allclose(v[key], due_v)
    assert np.allclose(s[key], due_s)
    step = due_v / (1 - 0.7**3) / (np.sqrt(due_s / (1 - 0.8**3)) + 1e-2)
    assert np.allclose(new[key], params[key] - 0.3 * step)
""",
}
"""By exercise. Python code that has ``np`` and the student's function."""
