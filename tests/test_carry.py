"""Functions carried between lessons, in a real IPython shell and from kernel to kernel."""

import re
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from optimlab import carry

MOMENTUM = """
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    \"\"\"Ein Schritt, 动量.\"\"\"
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v
"""


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """Return the folder of the lesson folders; the work is in the third of them."""
    for lesson in carry.LESSONS:
        (tmp_path / lesson).mkdir()
    monkeypatch.chdir(tmp_path / "03_momentum")
    return tmp_path


@pytest.fixture
def run(lessons):
    """Return a function that runs a cell in a fresh IPython shell and gives back the shell's names."""
    main = sys.modules["__main__"]
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    shell.user_ns.update(np=np, save=carry.save, load=carry.load)

    def run_cell(cell):
        result = shell.run_cell(cell)
        result.raise_error()
        return shell.user_ns

    yield run_cell
    shell.history_manager.end_session()
    sys.modules["__main__"] = main


@pytest.fixture
def fresh(monkeypatch):
    """Return a function that loads from another lesson's folder."""

    def load(name, lesson="05_adam"):
        monkeypatch.chdir(Path.cwd().parent / lesson)
        return carry.load(name)

    return load


def step(function):
    params, v = function({"W1": np.ones(2)}, {"W1": np.full(2, 3.0)}, {"W1": np.full(2, 5.0)}, 0.1, beta=0.5)
    return params["W1"].tolist(), v["W1"].tolist()


def test_a_function_comes_back_in_another_lesson(run, fresh, capsys, lessons):
    run(MOMENTUM)
    assert run("saved = save(momentum_step)")["saved"] is None
    printed = capsys.readouterr().out
    assert (lessons / "my_functions" / "momentum_step.py").is_file()
    assert printed.splitlines() == [
        "momentum_step is in ../my_functions/momentum_step.py; "
        "in another lesson: momentum_step = optimlab.load('momentum_step')"
    ]
    loaded = fresh("momentum_step")
    assert step(loaded) == ([0.6, 0.6], [4.0, 4.0])
    assert "动量" in loaded.__doc__


def test_what_it_needs_comes_with_it(run, fresh):
    """Modules under their names here, functions of modules, own functions and theirs, defaults."""
    run("import math\nimport numpy.linalg as la\nfrom math import sqrt as root\nfrom itertools import count")
    run("def half(x):\n    return np.asarray(x) / TWO()\ndef TWO():\n    return 2")
    run("def size(x, by=half):\n    return [la.norm(by(y)) + root(math.pi) + next(count()) for y in [x]][0]")
    run("save(size)")
    assert fresh("size")([6.0, 8.0]) == pytest.approx(5 + np.pi**0.5)


def test_np_is_there_also_where_the_notebook_imports_it_later(run, fresh):
    run("del np\ndef zeros():\n    return np.zeros(2).tolist()\nsave(zeros)")
    assert fresh("zeros")() == [0.0, 0.0]


def test_a_class_inside_a_function_is_no_missing_name(run, fresh):
    run("def one():\n    class Inner:\n        size = 1\n        double = 2 * size\n    return Inner.double\nsave(one)")
    assert fresh("one")() == 2


def test_two_functions_that_call_each_other_come_together(run, fresh):
    run("def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - 1)")
    run("save(even)")
    assert fresh("even")(10) is True
    assert fresh("even")(7) is False


def test_a_function_that_calls_itself_comes_back(run, fresh):
    run("def down(n):\n    return 0 if n == 0 else down(n - 1)")
    run("save(down)")
    assert fresh("down")(5) == 0


def test_a_loaded_function_can_be_saved_again(run, fresh, lessons):
    run("def half(x):\n    return x / 2\ndef quarter(x):\n    return half(half(x))\nsave(quarter)")
    text = (lessons / "my_functions" / "quarter.py").read_text()
    carry.save(fresh("quarter"))
    assert (lessons / "my_functions" / "quarter.py").read_text() == text
    assert not (lessons / "my_functions" / "former").exists()


def test_nothing_that_is_replaced_is_lost(run, fresh, capsys, lessons):
    for number in (1, 2, 2, 3):
        run(f"def gd_step():\n    return {number}")
        run("save(gd_step)")
    printed = capsys.readouterr().out.splitlines()
    assert fresh("gd_step", "01_mini_batches")() == 3
    former = [(lessons / "my_functions" / "former" / f"gd_step-{n}.py").read_text() for n in (1, 2)]
    assert ["return 1" in former[0], "return 2" in former[1]] == [True, True]
    assert len(list((lessons / "my_functions" / "former").iterdir())) == 2, "the same version is not kept twice"
    assert [line for line in printed if "another version" in line] == [
        "It replaced another version, which is in ../my_functions/former/gd_step-1.py",
        "It replaced another version, which is in ../my_functions/former/gd_step-2.py",
    ]


def test_the_last_definition_of_a_cell_run_twice_is_saved(run, fresh):
    run("def ewa():\n    return 'first'")
    run("def ewa():\n    return 'second'\nsave(ewa)")
    assert fresh("ewa")() == "second"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("rate = 0.1\ndef f(x):\n    return rate * x", "f uses rate, a float of this notebook .* make it an argument"),
        ("def f(x):\n    return [later(y) for y in x]", "f uses later, which is not defined"),
        ("def g(x):\n    return h(x)\ndef f(x):\n    return g(x)", "g uses h, which is not defined"),
        ("class A: pass\ndef f(x):\n    return A()", "f uses A, a type of this notebook"),
        ("def g(x): return x\nk = g\ndef f(x):\n    return k(x)", "f uses k, a function of this notebook"),
        ("f = lambda x: x", "save takes a function defined with def"),
        ("f = np.sqrt", "save takes a function defined with def"),
        ("f = 'momentum_step'", "got 'momentum_step'"),
        ("exec('def f(): pass')", "the source of f can't be found"),
        (
            "def make(n):\n    def f(x):\n        return x + n\n    return f\nf = make(3)",
            "f uses n of the function around",
        ),
    ],
)
def test_what_would_break_elsewhere_is_refused_in_one_line(run, cell, message, lessons):
    run(cell)
    with pytest.raises(carry.CarryError, match=message) as caught:
        run("save(f)")
    assert "\n" not in str(caught.value)
    assert not (lessons / "my_functions").exists()


def test_attributes_and_local_names_are_not_taken_for_missing_ones(run, fresh):
    run(
        "def find_plateau(losses):\n    import math\n    shape = losses.shape\n"
        "    def inner(patience):\n        return patience + shape[0]\n"
        "    return max(inner(p) for p in range(3)) + math.floor(0.5)"
    )
    run("save(find_plateau)")
    assert fresh("find_plateau")(np.zeros(4)) == 6


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "momentum_step",
            r"^momentum_step is not saved yet: run optimlab.save\(momentum_step\) at the end of lesson 03",
        ),
        ("bias_correct", r"at the end of lesson 05_adam$"),
        ("momentum_stop", r"^no function 'momentum_stop' is saved in ../my_functions; there are: gd_step$"),
    ],
)
def test_what_is_missing_is_said_with_the_lesson_that_has_it(run, name, message):
    run("def gd_step():\n    return 1\nsave(gd_step)")
    with pytest.raises(carry.CarryError, match=message):
        carry.load(name)


def test_before_anything_is_saved_none_are_listed(lessons):
    with pytest.raises(carry.CarryError, match="there are: none"):
        carry.load("mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def gd_step(:", r"my_functions/gd_step.py doesn't run \(SyntaxError"),
        ("import nowhere_to_be_found", r"doesn't run \(ModuleNotFoundError"),
        ("x = 1", "defines no gd_step: save it again at the end of lesson 01_mini_batches"),
    ],
)
def test_a_file_that_was_edited_to_pieces_is_named(lessons, text, message):
    (lessons / "my_functions").mkdir()
    (lessons / "my_functions" / "gd_step.py").write_text(text)
    with pytest.raises(carry.CarryError, match=message):
        carry.load("gd_step")


def test_a_folder_that_cannot_be_written_is_named_in_one_line(run, lessons):
    (lessons / "my_functions").write_text("a file where the folder should be")
    run(MOMENTUM)
    with pytest.raises(carry.CarryError, match=r"^can't write ../my_functions/momentum_step.py \(.+\): move"):
        run("save(momentum_step)")


def test_a_read_only_folder_is_named_in_one_line(run, monkeypatch):
    def refuse(self, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # root, who often runs the tests, may write everywhere
    run(MOMENTUM)
    with pytest.raises(carry.CarryError, match=r"^can't write .* \(Permission denied\): move the lesson folders"):
        run("save(momentum_step)")


def test_a_disk_that_fails_leaves_the_former_version_whole(run, fresh, lessons, monkeypatch):
    run("def ewa():\n    return 1\nsave(ewa)")
    run("def ewa():\n    return 2")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(carry.CarryError, match="No space left"):
        run("save(ewa)")
    assert fresh("ewa")() == 1


def test_the_list_of_lessons_is_that_of_the_scripts():
    """The names are what `load` sends a student to."""
    scripts = sorted((Path(__file__).parents[1] / "lessons").glob("*.py"))
    exercises = re.compile(r'^# %% exercise="(\w+)"', re.MULTILINE)
    found = [(script.stem, sorted(exercises.findall(script.read_text(encoding="utf-8")))) for script in scripts]
    assert found == [(lesson, sorted(names)) for lesson, names in carry.LESSONS.items()]


def kernel_run(folder, *cells):
    """Run cells as a notebook in a folder; return their outputs."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return [cell.outputs for cell in notebook.cells]


def test_from_one_notebook_to_another_through_real_kernels(lessons):
    first = kernel_run(
        lessons / "03_momentum", "import numpy as np\nfrom optimlab.carry import save", MOMENTUM, "save(momentum_step)"
    )
    assert [output.output_type for output in first[2]] == ["stream"]
    second = kernel_run(
        lessons / "05_adam",
        "import numpy as np\nfrom optimlab.carry import load\nmomentum_step = load('momentum_step')",
        "print(momentum_step({'b1': 1.0}, {'b1': 2.0}, {'b1': 0.0}, 0.5))",
        "load('adam_step')",
    )
    assert second[1][0].text == "({'b1': 0.9}, {'b1': 0.19999999999999996})\n"
    [error] = second[2]
    assert error.traceback == [
        "CarryError: adam_step is not saved yet: run optimlab.save(adam_step) at the end of lesson 05_adam"
    ]


def test_a_saved_file_is_plain_python(run, lessons):
    """It can be read, run and moved without this package."""
    run(MOMENTUM + "\nsave(momentum_step)")
    code = "import momentum_step as m; print(m.momentum_step({'W': 1.0}, {'W': 0.0}, {'W': 0.0}, 1)[0])"
    folder = lessons / "my_functions"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == "{'W': 1.0}\n", done.stderr
