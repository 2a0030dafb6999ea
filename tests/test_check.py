"""The self-check as a student meets it, in a notebook and in one that is graded."""

import functools
import io
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from grader.exercises import EXERCISES
from optimlab import check as check_of_the_package
from optimlab.check import CheckFailed, Record, Report, Row, check, examine, exercises, name_of, recorded
from tools import checks

ROOT = Path(__file__).parents[1]

RIGHT = """
import numpy as np
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {key: beta * v[key] + (1 - beta) * grads[key] for key in params}
    return {key: params[key] - learning_rate * v[key] for key in params}, v
"""
FORGETS = RIGHT.replace("(1 - beta) * ", "")
STUB = """
def momentum_step(params, grads, v, learning_rate, beta=0.9):
    raise NotImplementedError
"""


WORKED = EXERCISES["momentum_step"].worked
ALL = len(WORKED)


class Cell:
    """What a notebook shows of one check cell."""

    def __init__(self, shell, source, check_line="check(momentum_step)"):
        shell.reset(new_session=False)
        shell.user_ns["check"] = check
        shell.run_cell(source, store_history=False)
        with capture_output() as captured:
            self.result = shell.run_cell(check_line, store_history=False)
        self.stdout, self.stderr = captured.stdout, captured.stderr
        self.shown = [output.data for output in captured.outputs]
        self.error = self.result.error_in_exec

    @property
    def html(self):
        (shown,) = self.shown
        return shown["text/html"]

    @property
    def text(self):
        (shown,) = self.shown
        return shown["text/plain"]


@pytest.fixture(scope="module")
def shell():
    InteractiveShell.clear_instance()
    main = sys.modules["__main__"]  # a shell takes its place
    shell = InteractiveShell.instance()
    yield shell
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main


@pytest.fixture
def graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


# ------------------------------------------------------------------------------ the contract


def test_a_right_function_gets_one_table_and_nothing_else(shell):
    cell = Cell(shell, RIGHT)
    assert cell.error is None
    assert cell.result.result is None
    assert (cell.stdout, cell.stderr) == ("", "")
    assert set(cell.shown[0]) == {"text/html", "text/plain"}
    assert cell.html.count("<table") == 1
    assert cell.html.count("✓</span> passed") - 1 == cell.text.count("  ok  ") == len(recorded("momentum_step").cases)
    assert "✗" not in cell.html
    assert cell.text.startswith(f"momentum_step: {ALL} of {ALL} worked examples pass.")


def test_a_wrong_function_gets_its_table_first_and_then_an_error(shell):
    cell = Cell(shell, FORGETS)
    assert type(cell.error) is CheckFailed
    wrong = cell.html.count("✗") - 1  # the headline has one
    assert wrong > ALL / 2
    assert (
        str(cell.error) == f"momentum_step: {ALL - wrong} of {ALL} worked examples pass. The table says where to look."
    )
    assert cell.text.count("  no  ") == wrong
    assert cell.text.count("  ok  ") == cell.html.count("✓") == ALL - wrong
    hint = EXERCISES["momentum_step"].misconceptions["forgets_one_minus_beta"].hint
    assert hint in cell.text
    assert hint.split("`")[0] in cell.html
    assert "differs in" in cell.text or "not the number" in cell.text
    assert cell.stderr == ""
    assert "CheckFailed: momentum_step" in cell.stdout  # the traceback is that one line
    assert len(cell.stdout.strip().splitlines()) == 1


def test_a_stub_is_not_written_yet_and_gets_no_table(shell):
    cell = Cell(shell, STUB)
    assert type(cell.error).__name__ == "NotImplementedError"
    assert isinstance(cell.error, NotImplementedError)
    assert str(cell.error).startswith("momentum_step is not written yet.")
    assert cell.shown == []
    assert cell.stdout.startswith("NotImplementedError: momentum_step is not written yet.")
    assert cell.stderr == ""


@pytest.mark.parametrize("source", [RIGHT, FORGETS, STUB], ids=["right", "wrong", "stub"])
def test_nothing_is_raised_where_a_notebook_is_graded(source, shell, graded):
    cell = Cell(shell, source)
    assert cell.error is None
    assert cell.result.result is None
    assert cell.stderr == ""
    assert len(cell.shown) == (source is not STUB)
    assert ("is not written yet" in cell.stdout) == (source is STUB)


def test_nothing_is_raised_for_an_unknown_name_where_a_notebook_is_graded(shell, graded):
    cell = Cell(shell, "", "check(len)")
    assert cell.error is None
    assert "There is no exercise called 'len'" in cell.stdout


@pytest.mark.parametrize("mode", ["validate", "", "Autograde"])
def test_an_error_is_raised_wherever_else_it_runs(mode, shell, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    assert type(Cell(shell, FORGETS).error) is CheckFailed


@pytest.mark.parametrize("source", [RIGHT, FORGETS], ids=["right", "wrong"])
def test_the_table_is_the_same_every_time(source, shell):
    first, second = Cell(shell, source), Cell(shell, source)
    assert (first.html, first.text) == (second.html, second.text)
    assert "0x" not in first.html + first.text


def test_outside_a_notebook_the_table_is_plain_text(monkeypatch):
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    namespace = {"check": check}
    exec(RIGHT, namespace)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        exec("result = check(momentum_step)", namespace)
    assert namespace["result"] is None
    assert out.getvalue().startswith(f"momentum_step: {ALL} of {ALL} worked examples pass.\n  ok  {WORKED[0].name}")
    assert err.getvalue() == ""


@pytest.fixture(scope="module")
def right():
    namespace = {}
    exec(RIGHT, namespace)
    return namespace["momentum_step"]


def test_a_right_answer_is_checked_at_once(right):
    examine("momentum_step", right)
    begun = time.perf_counter()
    examine("momentum_step", right)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("name", EXERCISES)
def test_the_reference_passes_its_own_check(name):
    report, attempted = examine(name, EXERCISES[name].reference)
    assert attempted
    assert report.passed, repr(report)
    assert (report.hint, report.remark) == ("", "")
    assert [row.case for row in report.rows] == [c.name for c in EXERCISES[name].worked]


# ----------------------------------------------------------------------------------- the report


def test_prints_make_a_remark_and_nothing_more(shell):
    cell = Cell(shell, RIGHT.replace("    return", "    print('v', flush=True)\n    return"))
    assert cell.error is None
    assert cell.stdout == ""
    characters = sum(len("v\n") for example in WORKED for _ in example.calls)
    assert f"Your function printed {characters} characters; the check leaves them out." in cell.text
    assert f"{characters} characters" in cell.html


def test_warnings_and_stderr_of_a_function_are_not_seen(shell):
    source = RIGHT.replace(
        "    return", "    import sys, warnings; warnings.warn('x'); sys.stderr.write('y')\n    return"
    )
    cell = Cell(shell, source)
    assert cell.error is None
    assert (cell.stdout, cell.stderr) == ("", "")


def test_a_loop_is_ended_after_one_wait_and_the_rest_is_not_run(shell, monkeypatch):
    monkeypatch.setattr(sys.modules["optimlab.check"], "SECONDS", 0.3)
    begun = time.perf_counter()
    cell = Cell(shell, "def momentum_step(*arguments):\n    while True:\n        pass\n")
    assert time.perf_counter() - begun < 2
    assert type(cell.error) is CheckFailed
    assert cell.text.count("did not come to an end in time") == 1
    assert cell.text.count("Not run.") == ALL - 1
    assert f"0 of {ALL}" in cell.text


def test_the_wait_for_a_loop_is_about_three_seconds():
    assert 2 <= sys.modules["optimlab.check"].SECONDS <= 4


def test_a_loop_in_a_later_example_keeps_what_came_before(shell, monkeypatch):
    monkeypatch.setattr(sys.modules["optimlab.check"], "SECONDS", 0.3)
    before = next(number for number, example in enumerate(WORKED) if len(example.calls[0][0]) > 2)
    assert 0 < before < ALL - 1
    cell = Cell(shell, RIGHT.replace("    v =", "    while len(params) > 2:\n        pass\n    v ="))
    assert f"momentum_step: {before} of {ALL} worked examples pass." in cell.text
    assert cell.text.count("did not come to an end") == 1
    assert cell.text.count("Not run.") == ALL - before - 1


STUDENT_TEXTS = {
    "exception": "def momentum_step(*a):\n    raise ValueError('<script>alert(1)</script> `<b>`')\n",
    "line": "def momentum_step(*a):\n    assert 0, 1  # <script>alert(1)</script>\n",
    "key": "def momentum_step(params, *a):\n    return {'<script>': 1, **params}, params\n",
    "class": "class C: pass\nC.__name__ = '<script>'\ndef momentum_step(*a):\n    return C(), C()\n",
    "modified key": "def momentum_step(params, *a):\n    params['<script>'] = 1\n    return params, params\n",
}


@pytest.mark.parametrize("name", STUDENT_TEXTS)
def test_a_students_text_is_no_html(name, shell):
    cell = Cell(shell, STUDENT_TEXTS[name])
    assert type(cell.error) is CheckFailed
    assert "<script" not in cell.html
    if name in ("exception", "line"):  # names of keys and types are not repeated unless they are plain words
        assert "&lt;script" in cell.html
    assert "<b>`" not in cell.html


def test_a_report_escapes_all_that_it_says():
    report = Report("f<i>", (Row("case <i>", False, "words <i> `code <i>`"),), "hint <i>", "domain <i>", "remark <i>")
    html = report._repr_html_()
    assert "<i>" not in html
    assert html.count("&lt;i&gt;") == 8
    assert "<code>code &lt;i&gt;</code>" in html


def test_the_domain_is_told_to_those_who_have_not_passed():
    def report(passed):
        return Report("f", (Row("a", True, ""), Row("b", passed, "")), domain="n >= 1")

    assert "It must work for n &gt;= 1." in report(False)._repr_html_()
    assert "It must work for n >= 1." in repr(report(False))
    assert "It must work" not in repr(report(True)) + report(True)._repr_html_()


def test_two_returned_values_are_both_looked_at(shell):
    cell = Cell(shell, "def momentum_step(params, grads, v, *a):\n    v['W1'] = v['W1'] + 1\n    return grads, {}\n")
    row = cell.text.splitlines()[1]
    assert "`params[" in row
    assert "`v` lacks the keys" in row
    assert "changed its argument `v['W1']`" in row


def test_a_function_that_is_written_in_part_is_checked(shell):
    cell = Cell(shell, RIGHT.replace("    v =", "    if len(params) > 2:\n        raise NotImplementedError\n    v ="))
    assert type(cell.error) is CheckFailed
    assert f"{sum(len(example.calls[0][0]) == 2 for example in WORKED)} of {ALL}" in cell.text


# ------------------------------------------------------------------------------------ the name

BINDINGS = {
    "a lambda": "momentum_step = lambda p, g, v, a, b=0.9: step(p, g, v, a, b)",
    "a partial": "import functools\nmomentum_step = functools.partial(lambda _, *a: step(*a), 1)",
    "a decorated function": "def d(f):\n    return lambda *a: f(*a)\n@d\ndef momentum_step(*a):\n    return step(*a)",
    "a bound method": "class C:\n    def m(self, *a):\n        return step(*a)\nmomentum_step = C().m",
    "a callable": "class C:\n    def __call__(self, *a):\n        return step(*a)\nmomentum_step = C()",
    "another name as well": "mine = momentum_step",
}


@pytest.mark.parametrize("name", BINDINGS)
def test_a_function_is_known_by_the_name_it_is_bound_to(name, shell):
    cell = Cell(shell, f"{RIGHT}\nstep = momentum_step\n{BINDINGS[name]}")
    assert cell.error is None
    assert cell.text.startswith(f"momentum_step: {ALL} of {ALL}")


def test_one_function_under_two_names_is_checked_as_the_one_that_was_asked_for(shell):
    source = "def step_decay(alpha0, epoch, factor, interval):\n    return alpha0 * factor ** (epoch // interval)\n"
    both = f"{source}staircase_decay = step_decay\n"
    assert Cell(shell, both, "check(step_decay)").error is None
    cell = Cell(shell, both, "check(staircase_decay)")
    assert type(cell.error) is CheckFailed
    assert str(cell.error).startswith("staircase_decay: ")


def test_a_function_with_the_name_of_another_exercise_is_checked_as_what_it_is_bound_to(shell):
    source = "def step_decay(a, epoch, rate, interval):\n    return a / (1 + rate * (epoch // interval))\n"
    cell = Cell(shell, f"{source}staircase_decay = step_decay\ndel step_decay\n", "check(staircase_decay)")
    assert cell.error is None
    assert cell.text.startswith("staircase_decay: ")


def test_a_function_that_is_bound_to_no_name_is_known_by_its_own():
    def caller():
        return sys._getframe()

    known = ["ewa", "gd_step"]
    named = functools.wraps(len)(lambda x: x)
    named.__name__ = "gd_step"
    assert name_of(named, caller(), known) == "gd_step"
    globals()["ewa"] = named
    try:
        assert name_of(named, caller(), known) == "ewa"
        globals()["gd_step"] = named
        assert name_of(named, caller(), known) == "gd_step"
        named.__name__ = "else"
        assert name_of(named, caller(), known) == "ewa"
    finally:
        del globals()["ewa"]
        globals().pop("gd_step", None)


UNKNOWN = {
    "check(len)": "There is no exercise called 'len'. check knows ",
    "check(lambda x: x)": "There is no exercise called '<lambda>'. check knows ",
    "check(3)": "There is no exercise for something of type int. check knows ",
    "check(None)": "There is no exercise for something of type NoneType. check knows ",
}


@pytest.mark.parametrize("line", UNKNOWN)
def test_an_unknown_function_gets_the_names_that_there_are(line, shell):
    cell = Cell(shell, "momentum_step = None", line)
    assert type(cell.error) is CheckFailed
    assert str(cell.error).startswith(UNKNOWN[line])
    assert all(name in str(cell.error) for name in exercises())
    assert cell.shown == []


def test_a_name_that_is_bound_to_no_function_fails_like_a_wrong_one(shell):
    cell = Cell(shell, "momentum_step = 3")
    assert type(cell.error) is CheckFailed
    assert "'int' object is not callable" in cell.text


# ----------------------------------------------------------------------------- what ships


@pytest.fixture(scope="module")
def fresh():
    return checks.files()


def test_a_table_that_tells_two_ideas_apart_nowhere_costs_one_line_and_no_check(tmp_path, monkeypatch, capsys):
    exercise = replace(EXERCISES["ewa"], misconceptions=dict(EXERCISES["ewa"].misconceptions))
    name, one = next(iter(exercise.misconceptions.items()))
    exercise.misconceptions["the_same"] = replace(one, name="the_same")
    (tmp_path / "ewa.json").write_text("as it was", encoding="utf-8")
    monkeypatch.setattr(checks, "CHECKS", tmp_path)
    monkeypatch.setattr(checks, "EXERCISES", {"ewa": exercise})
    assert checks.main() == 1
    assert f"ewa: the worked examples do not tell the_same from {name}." in capsys.readouterr().err
    assert (tmp_path / "ewa.json").read_text(encoding="utf-8") == "as it was"


def test_the_recorded_checks_are_those_of_the_exercise_tables(fresh):
    """If this fails: make checks."""
    lying = {file.name: file.read_text(encoding="utf-8") for file in checks.CHECKS.glob("*.json")}
    assert sorted(lying) == sorted(fresh), "make checks"
    assert [name for name in fresh if lying[name] != fresh[name]] == [], "make checks"
    assert exercises() == tuple(sorted(EXERCISES))


@pytest.mark.parametrize("name", EXERCISES)
def test_a_record_holds_no_code_and_comes_back_as_it_went(name):
    text = (checks.CHECKS / f"{name}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    assert not [
        word for word in ("def ", "lambda", "import ", "numpy", "np.", "return ") if word in _without_hints(data)
    ]
    assert Record.from_json(data).to_json() == data
    assert all(hint in text for hint in _hints_as_json(name))


def _without_hints(data):
    """Hints are prose and may say what to return."""
    return json.dumps({**data, "misconceptions": [m["outcomes"] for m in data["misconceptions"].values()]})


def _hints_as_json(name):
    return [json.dumps(m.hint, ensure_ascii=False) for m in EXERCISES[name].misconceptions.values()]


@pytest.mark.parametrize("name", EXERCISES)
def test_no_hint_gives_the_formula(name):
    for misconception in EXERCISES[name].misconceptions.values():
        words = misconception.hint
        assert not [code for code in ("def ", "lambda ", "import ", "np.") if code in words], words


def test_the_check_imports_neither_the_grader_nor_matplotlib():
    program = (
        "import sys, optimlab.check, optimlab\n"
        "from optimlab import check\n"
        "def momentum_step(*a): return None\n"
        "try: check(momentum_step)\n"
        "except Exception: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('grader', 'matplotlib', 'nbformat', 'jupytext')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def test_the_package_offers_the_check():
    assert check_of_the_package is check


def test_checking_changes_nothing_in_the_record(right):
    before = json.dumps(recorded("momentum_step").to_json())

    def spoils(params, grads, v, learning_rate, beta=0.9):
        result = right(params, grads, v, learning_rate, beta)
        for arrays in (params, grads, v, *result):
            for value in arrays.values():
                np.multiply(value, np.nan, out=value)
        return result

    examine("momentum_step", spoils)
    assert json.dumps(recorded("momentum_step").to_json()) == before
    assert examine("momentum_step", right)[0].passed
