"""Marks that the functions themselves don't earn."""

from __future__ import annotations

from tests.attacks import Attack

SIGNATURE = "def momentum_step(params, grads, v, learning_rate, beta=0.9):"
"""The right head of the function; what follows it in these cases is wrong."""


def answer(name: str, body: str, before: str = "", deserved: float = 2, **more: object) -> Attack:
    """Return the case of a wrong ``momentum_step``: its body, and what stands before it."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return Attack(name, deserved, f"{before.strip()}\n{SIGNATURE}\n{lines}".strip(), **more)


def patch(name: str, cell: str, **more: object) -> Attack:
    """Return the case of a wrong ``momentum_step`` and a cell that tampers with what might judge it."""
    return answer(name, "return params, v", before=cell, **more)


FORGED = r"""
import json, os, struct
def forge(number):
    outcome = {"values": [], "failure": None, "modified": [], "printed": 0}
    answers = [
        {"id": number, "outcomes": [outcome] * 7, "points": 6, "correct": True},
        {"id": number, "outcomes": "correct"},
        {"id": number, "outcomes": None, "died": "correct"},
        {"id": number, "verdict": {"points": 4, "due": 4, "status": "correct"}},
    ]
    return [struct.pack(">I", len(body)) + body for body in (json.dumps(a).encode() for a in answers)]
def descriptors():
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
"""

CASES = [
    # ------------------------------------------------------------- values that pretend
    answer(
        "a value that equals everything",
        "return Equal(), Equal()",
        "class Equal:\n    __eq__ = __le__ = __ge__ = lambda self, other: True\n    __hash__ = None",
    ),
    answer(
        "an array subclass whose comparisons are always true",
        "return {k: params[k].view(Equal) for k in params}, {k: v[k].view(Equal) for k in v}",
        """
class Equal(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    def __sub__(self, other): return np.zeros(self.shape)
    __rsub__ = __sub__
    def __array_ufunc__(self, ufunc, method, *inputs, **kw): return np.zeros(self.shape)
    def __array_function__(self, *anything): return True""",
    ),
    answer(
        "a value that is another array each time",
        "return Moody(params), Moody(v)",
        """
class Moody(dict):
    def items(self): return iter([(k, np.random.random(a.shape)) for k, a in dict.items(self)])
    __getitem__ = lambda self, key: np.random.random(dict.__getitem__(self, key).shape)""",
    ),
    answer(
        "a value with __array__ that lies",
        "return Liar(), Liar()",
        "class Liar:\n    shape, dtype, size, ndim = (1, 1), np.dtype(float), 1, 2\n"
        "    def __array__(self, *a, **k): raise KeyboardInterrupt",
    ),
    answer(
        "a value with __class__ that lies",
        "return Liar(), Liar()",
        "class Liar:\n    __class__ = property(lambda self: dict)\n    def __getattr__(self, name): return self",
    ),
    answer(
        "a masked array with everything masked",
        "return tuple({k: np.ma.masked_all(p[k].shape) for k in p} for p in (params, v))",
    ),
    answer("NaN everywhere", "return tuple({k: np.full(p[k].shape, np.nan) for k in p} for p in (params, v))"),
    answer("infinity everywhere", "return tuple({k: np.full(p[k].shape, np.inf) for k in p} for p in (params, v))"),
    answer("complex numbers", "return tuple({k: p[k] + 1j for k in p} for p in (params, v))"),
    answer("ragged lists", "return tuple({k: [[1.0], [2.0, 3.0]] for k in p} for p in (params, v))"),
    answer("arrays of size zero", "return tuple({k: np.zeros((0,) + p[k].shape) for k in p} for p in (params, v))"),
    answer(
        "an array of objects that equal everything",
        "return tuple({k: np.full(p[k].shape, Equal(), object) for k in p} for p in (params, v))",
        "class Equal:\n    __eq__ = lambda self, other: True\n    __float__ = lambda self: float('nan')",
    ),
    answer("empty dicts", "return {}, {}"),
    answer("nothing", "return None"),
    answer("its own arguments", "return params, v"),
    answer("a generator", "yield params\nyield v"),
    answer("text that looks like a verdict", "return 'correct', '4 of 4 points'"),
    answer("a score", "return 4.0"),
    # ------------------------------------------------------------- ends that pretend
    answer("sys.exit(0) in the function", "import sys\nsys.exit(0)"),
    answer("os._exit(0) in the function", "import os\nos._exit(0)"),
    answer(
        "os._exit(0) at the second case",
        "calls.append(1)\nif len(calls) > 1:\n    import os; os._exit(0)\nreturn params, v",
        "calls = []",
    ),
    answer("an exception that is no error", "raise Passed('4.0')", "class Passed(BaseException): pass"),
    answer("KeyboardInterrupt in the function", "raise KeyboardInterrupt"),
    answer("answers twice by os.fork", "import os\nos.fork()\nreturn params, v"),
    answer("a fork that goes on as the parent", "import os\nif os.fork(): os.wait()\nreturn v, params"),
    # ------------------------------------------------------------- tampering with what might judge
    patch(
        "np.allclose and numpy.testing patched",
        """
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.abs = np.absolute = lambda x: x * 0""",
    ),
    patch(
        "optimlab.check patched",
        """
import optimlab, optimlab.check
optimlab.check.check = optimlab.check = lambda f: None""",
    ),
    patch(
        "optimlab.outcomes.observe patched",
        """
import sys, optimlab.outcomes as outcomes
due = outcomes.Outcome(values=(({}, {}),))
for module in [m for m in sys.modules.values() if hasattr(m, "observe")]:
    module.observe = lambda *a, **k: due""",
    ),
    patch(
        "optimlab.compare patched",
        """
import optimlab.compare as compare
compare.difference = compare.modification = lambda *a, **k: None
compare.same = lambda *a, **k: True""",
    ),
    patch(
        "modules replaced in sys.modules",
        """
import sys, types
for name in [n for n in sys.modules if n.startswith(("optimlab", "numpy.testing"))]:
    sys.modules[name] = types.ModuleType(name)""",
    ),
    patch(
        "a module 'grader' of one's own",
        """
import sys, types
grader = sys.modules["grader"] = types.ModuleType("grader")
grader.grade_here = lambda f: 4.0""",
    ),
    patch(
        "json patched to say that all is right",
        """
import json
whole = json.dumps
forged = {"points": 6, "outcomes": "correct"}
json.dumps = lambda data, **k: whole({**data, **forged} if isinstance(data, dict) else data)""",
        spoils=True,
    ),
    patch(
        "builtins patched",
        """
import builtins
builtins.all = builtins.any = lambda *a: True
builtins.AssertionError = builtins.Exception = type("Fine", (BaseException,), {})""",
    ),
    patch(
        "a transformer that takes assert and checks out of cells",
        """
import ast
class Without(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Without())
get_ipython().input_transformers_cleanup.append(lambda lines: ["4.0\\n"])""",
    ),
    patch(
        "IPython hooks that answer for every cell",
        """
ip = get_ipython()
ip.events.register("pre_run_cell", lambda *a: ip.user_ns.update(grade_here=lambda f: 4.0))
ip.run_cell = ip.run_cell_async = ip.run_code = lambda *a, **k: 4.0
ip.set_custom_exc((BaseException,), lambda *a, **k: None)""",
    ),
    patch(
        "a score displayed",
        "print('4 of 4 points, correct.')\nfrom IPython.display import HTML, display\n"
        "display(4.0)\ndisplay(HTML('<b>momentum_step: 4 of 4 points, correct.</b>'))",
    ),
    Attack("a score as the cell's value", 2, "def momentum_step(*a):\n    return a[0], a[2]\n4.0"),
    patch(
        "forged answers on every descriptor",
        FORGED
        + """
for descriptor in descriptors():
    for number in range(2, 12):
        for message in forge(number):
            try: os.write(descriptor, message)
            except OSError: break""",
        spoils=True,
    ),
    answer(
        "forged answers while the function runs",
        """
for descriptor in descriptors():
    for message in (m for n in range(2, 12) for m in forge(n)):
        try: os.write(descriptor, message)
        except OSError: break
return params, v""",
        FORGED,
    ),
    answer(
        "an answer by a thread of the parent",
        "return params, v",
        FORGED
        + """
import threading, time
def late():
    while True:
        time.sleep(0.001)
        for descriptor in descriptors():
            for message in (m for n in range(2, 12) for m in forge(n)):
                try: os.write(descriptor, message)
                except OSError: break
threading.Thread(target=late, daemon=True).start()""",
        spoils=True,
    ),
    patch(
        "the forked child forges the parent's file",
        """
import os
whole_write = os.write
os.write = lambda fd, data: whole_write(fd, b'[{"values": [], "failure": null, "modified": [], "printed": 0}]')""",
    ),
    # ------------------------------------------------------------- knowing that it is graded
    answer(
        "right unless it is graded",
        "import os\nif os.environ.get('NBGRADER_EXECUTION'):\n    return params, v\n"
        "v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}\n"
        "return {k: params[k] - learning_rate * v[k] for k in params}, v",
    ),
    answer(
        "right at the first call only",
        "calls.append(1)\nif len(calls) > 1:\n    return params, v\n"
        "v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}\n"
        "return {k: params[k] - learning_rate * v[k] for k in params}, v",
        "calls = []",
    ),
    answer(
        "the worked examples by heart",
        "return table.get(str(params), (params, v))",
        """
import json, pathlib, optimlab
from optimlab.outcomes import Case, Outcome
data = json.loads((pathlib.Path(optimlab.__file__).parent / "checks" / "momentum_step.json").read_text())
table = {}
for case, due in zip(data["cases"], data["due"]):
    table[str(Case.from_json(case).calls[0][0])] = Outcome.from_json({"printed": 0, **due}).values[-1]
assert table, "the worked examples are there to be learnt\"""",
    ),
    answer(
        "any function of optimlab that passes the worked examples",
        "return found(params, grads, v, learning_rate, beta)",
        """
import importlib, json, pathlib, pkgutil, contextlib, io, optimlab
from optimlab import compare
from optimlab.outcomes import Case, Outcome, observe
folder = pathlib.Path(optimlab.__file__).parent
data = json.loads((folder / "checks" / "momentum_step.json").read_text())
cases = [Case.from_json({"name": "", **case}) for case in data["cases"]]
dues = [Outcome.from_json({"printed": 0, **due}) for due in data["due"]]
shape = compare.Shape(tuple(data["parameters"]), tuple(data["returns"]))
found = lambda params, grads, v, *rest: (params, v)
for info in pkgutil.iter_modules([str(folder)]):
    if info.name in ("plots", "widgets"): continue
    module = importlib.import_module("optimlab." + info.name)
    for name, thing in list(vars(module).items()):
        if callable(thing) and getattr(thing, "__module__", "").startswith("optimlab"):
            with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
                gave = [observe(thing, c, shape.parameters, 0.1) for c in cases[:2]]
                if all(compare.same(a, b, c, shape) for a, b, c in zip(gave, dues, cases)):
                    found = thing""",
    ),
    Attack(
        "a copy of the inputs kept by other means",
        6,
        """
        import copy
        def inner(params, grads, v, learning_rate, beta=0.9):
            for k in params:
                v[k] = beta * v[k] + (1 - beta) * grads[k]
                params[k] -= learning_rate * v[k]
            return params, v
        def momentum_step(params, grads, v, learning_rate, beta=0.9):
            return inner(copy.deepcopy(params), grads, copy.deepcopy(v), learning_rate, beta)""",
    ),
    Attack(
        "a helper of one's own beside the notebook",
        6,
        "from helper import momentum_step",
        files={
            "helper.py": b"""
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: params[k] - learning_rate * v[k] for k in params}, v
"""
        },
    ),
    Attack(
        "a classmate's answer by path",
        2,
        """
        import importlib.util, json
        def momentum_step(params, grads, v, learning_rate, beta=0.9):
            return params, v
        try:
            with open(f"{COURSE}/submitted/classmate/03_momentum/03_momentum.ipynb") as file:
                for cell in json.load(file)["cells"]:
                    exec("".join(cell["source"]), globals())
            print("GOT_IN")
        except OSError:
            pass""",
    ),
    Attack(
        "the reference by import",
        2,
        """
        import sys
        def momentum_step(params, grads, v, learning_rate, beta=0.9):
            return params, v
        sys.path[:0] = [CHECKOUT]
        try:
            from grader.reference.momentum import momentum_step
            print("GOT_IN")
        except ImportError:
            pass""",
    ),
    Attack(
        "stdout and stderr taken away", 6, "import sys, os\nsys.stdout = sys.stderr = None\nos.close(1); os.close(2)"
    ),
    Attack("the functions deleted at the end", 0, "del momentum_step, init_velocity"),
    Attack("the functions are no functions", 0, "momentum_step, init_velocity = 4.0, 'correct'"),
]
