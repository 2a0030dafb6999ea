"""The grader is right about what students might write: by both checks, under several seeds, in both ways to grade."""

import json
import re
import time
from dataclasses import replace

import numpy as np
import pytest

import grader.here
from grader import grade_here, judge
from grader.exercises import EXERCISES, LESSONS, table_of
from grader.exercises.model import case
from grader.verdicts import SEED_BITS
from optimlab.outcomes import Case, Outcome, Previous, encode, observe
from tools import checks, gate
from tools.gate import Answer, findings, misconceived, scripted

SEEDS = (1, 20_240_229, 2**SEED_BITS - 1)
"""Seeds besides 0: a small one, one of everyday size, and the largest that a course may draw."""


def one_of_each_lesson():
    """Return all exercises; those after a lesson's first are slow."""
    first = {exercises[0].name for exercises in LESSONS.values()}
    return [pytest.param(name, marks=[] if name in first else pytest.mark.slow) for name in EXERCISES]


def _words(wrong):
    return "\n".join(f"{f.check}: {f.answer.kind} {f.answer.title!r} got {f.words}" for f in wrong)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_finding_is_right(name):
    found = list(findings(EXERCISES[name]))
    for check in ("self-check", "hidden"):
        mine = [f for f in found if f.check == check]
        assert len(mine) == len(scripted(name)) + len(EXERCISES[name].misconceptions)
    wrong = [f for f in found if not f.right]
    assert not wrong, _words(wrong)


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_enough_wheats_and_chaffs(name):
    kinds = [answer.kind for answer in scripted(name)]
    assert kinds.count("wheat") >= 6
    assert kinds.count("chaff") >= 8
    titles = [answer.title for answer in scripted(name)]
    assert len(set(titles)) == len(titles)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", EXERCISES)
def test_every_finding_is_right_under_other_seeds(name, seed):
    exercise = EXERCISES[name]
    drawn = judge.paper(exercise, seed)
    wrong = []
    for answer in scripted(name) + misconceived(exercise):
        function = answer.function()
        outcomes = [observe(function, c, exercise.shape.parameters) for c in drawn.cases]
        right, words = gate._right(exercise, answer, judge.judge(drawn, outcomes))
        wrong += [] if right else [f"{answer.kind} {answer.title!r} got {words}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", one_of_each_lesson())
def test_grade_here_gives_the_points_of_the_judge_outside(name, capsys, monkeypatch):
    """The judge outside has outcomes that crossed as JSON from functions that got their inputs as JSON."""
    monkeypatch.setattr(grader.here, "_found", {})
    exercise = EXERCISES[name]
    drawn = judge.paper(exercise, grader.here.SEED)
    cases = [Case.from_json(json.loads(json.dumps(c.to_json()))) for c in drawn.cases]
    for answer in (*(a for a in scripted(name) if a.kind == "wheat"), *misconceived(exercise)):
        here = eval(f"grade_here({name})", {"grade_here": grade_here, name: answer.function()})
        said = capsys.readouterr().out
        function = answer.function()
        sent = [observe(function, c, exercise.shape.parameters).to_json() for c in cases]
        verdict = judge.judge(drawn, [Outcome.from_json(json.loads(json.dumps(data))) for data in sent])
        assert type(here) is float
        assert here == verdict.points, f"{answer.kind} {answer.title}"
        assert said.startswith(f"{name}: {verdict.points:g} of {verdict.due:g} points. {verdict.message}")
        assert (here == exercise.points) == (answer.kind == "wheat")


def _kinds(value):
    if isinstance(value, (list, tuple)):
        return type(value), [_kinds(item) for item in value]
    if isinstance(value, dict):
        return dict, [(key, _kinds(item)) for key, item in value.items()]
    return type(value), getattr(value, "dtype", None), getattr(value, "shape", None)


@pytest.mark.parametrize("name", EXERCISES)
def test_hidden_inputs_are_the_same_inside_the_sandbox(name):
    """A NumPy number, say, would be an array there: what works here would fail there."""
    for c in judge.paper(EXERCISES[name], 0).cases:
        crossed = Case.from_json(json.loads(json.dumps(c.to_json())))
        assert _kinds(crossed.calls) == _kinds(c.calls)
        assert encode(list(crossed.calls)) == encode(list(c.calls))
        assert not any(isinstance(argument, Previous) for argument in c.calls[0])


@pytest.mark.parametrize("name", EXERCISES)
def test_a_table_is_complete(name):
    exercise = EXERCISES[name]
    assert exercise.points == sum(aspect.points for aspect in exercise.aspects) > 0
    assert {aspect.of for aspect in exercise.aspects} <= {"", judge.INPUTS, *exercise.returns} or exercise.view


def test_every_lessons_exercises_are_graded_once():
    rows = [exercise.name for row in LESSONS.values() for exercise in row]
    assert rows == list(EXERCISES)
    assert len(set(rows)) == len(rows)


def test_the_list_of_lessons_and_a_table_must_have_the_same_functions():
    assert table_of("03_momentum", ["init_velocity", "momentum_step"]) == LESSONS["03_momentum"]
    for names in (["momentum_step"], ["momentum_step", "init_velocity"], ["init_velocity", "momentum_step", "leap"]):
        with pytest.raises(
            ValueError, match=r"momentum\.py has init_velocity, momentum_step, LESSONS in optimlab/carry\.py"
        ):
            table_of("03_momentum", names)


# ---------------------------------------------------------------------- the gate can say no


def _answer(kind, source, title="a title"):
    return Answer("init_velocity", kind, title, source)


RIGHT = "def init_velocity(params):\n    return {key: np.zeros_like(value) for key, value in params.items()}"
WRONG = "def init_velocity(params):\n    return {key: np.ones_like(value) for key, value in params.items()}"


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (_answer("wheat", RIGHT), True),
        (_answer("wheat", WRONG), False),
        (_answer("chaff", WRONG), True),
        (_answer("chaff", RIGHT), False),
        (_answer("misconception", WRONG, "starts_at_one"), True),
        (_answer("misconception", WRONG, "forgets_the_biases"), False),
        (_answer("misconception", RIGHT, "starts_at_one"), False),
    ],
)
def test_the_gate_tells_right_findings_from_wrong_ones(answer, right, monkeypatch):
    monkeypatch.setattr(gate, "scripted", lambda name: (answer,))
    monkeypatch.setattr(gate, "misconceived", lambda exercise: ())
    assert [f.right for f in findings(EXERCISES["init_velocity"])] == [right, right]


def test_a_misconception_must_lose_the_aspects_that_it_states_and_no_others():
    exercise = EXERCISES["init_velocity"]
    drawn = judge.paper(exercise, 0)
    answer = _answer("misconception", WRONG, "starts_at_one")
    verdict = judge.judge(drawn, [observe(answer.function(), c) for c in drawn.cases])
    assert gate._right(exercise, answer, verdict)[0]
    for number in range(len(verdict.aspects)):
        aspects = list(verdict.aspects)
        aspects[number] = replace(aspects[number], passed=not aspects[number].passed)
        assert not gate._right(exercise, answer, replace(verdict, aspects=tuple(aspects)))[0]


def test_the_page_and_the_readme_show_what_the_gate_finds():
    page, readme = (file.read_text(encoding="utf-8") for file in (gate.PAGE, gate.README))
    number = 0
    for name, exercise in EXERCISES.items():
        kinds = [answer.kind for answer in scripted(name)]
        counts = kinds.count("wheat"), kinds.count("chaff"), len(exercise.misconceptions)
        cells = r"\s*\|\s*".join(f"{n} of {n}" for n in counts)
        assert len(re.findall(rf"^\| {name}\s+\| {cells}\s+\|$", page, re.M)) == 2, f"{name}: make gate WRITE=1"
        number += 2 * sum(counts)
    assert re.findall(r"(\d+) findings", page + readme) == [str(number)] * 2


def test_a_function_that_does_not_end_is_waited_for_once(monkeypatch):
    monkeypatch.setattr(gate, "SECONDS", 0.2)
    loops = "def init_velocity(params):\n    while True: pass"
    monkeypatch.setattr(gate, "scripted", lambda name: (_answer("wheat", loops, "loops"),))
    monkeypatch.setattr(gate, "misconceived", lambda exercise: ())
    begun = time.perf_counter()
    found = list(findings(EXERCISES["init_velocity"]))
    assert [(f.right, "timed out" in f.words) for f in found] == [(False, True)] * 2
    assert time.perf_counter() - begun < 2


def _finished(**changes):
    """Return an exercise with one misconception, some of it changed."""
    words = {"hint": "Is it?", "lecture": "It is not, as one sees when one draws both of them.", "body": "x", **changes}
    exercise = replace(EXERCISES["averaging_window"], worked=words.pop("worked", TWO_CASES), misconceptions={})

    def wrong(beta):
        return eval(words["body"], {"np": np, "x": beta})

    exercise.misconception(fails=("window",), hint=words["hint"], lecture=words["lecture"])(wrong)
    return exercise


TWO_CASES = (case("0.9", (0.9,)), case("0.5", (0.25,)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hint": "No question."}, "the misconception wrong in grader/exercises/: a hint asks a question"),
        ({"lecture": ""}, "lecture= is a sentence for the class"),
        ({"body": "np.no_such_name"}, "gives AttributeError in every worked case: module 'numpy' has no attribute"),
        ({"body": "no_such_name"}, "gives NameError in every worked case"),
        ({"worked": (case("one", (1.0,)),)}, "the reference gives ZeroDivisionError in the worked case 'one'"),
        ({"worked": (TWO_CASES[0],) * 2}, "two worked cases are called '0.9'"),
    ],
)
def test_a_table_that_is_not_finished_is_told_in_one_line(changes, words):
    with pytest.raises(judge.DrawError) as error:
        checks.record_of(_finished(**changes))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_finished_table_is_recorded():
    assert list(checks.record_of(_finished()).misconceptions) == ["wrong"]


def test_a_call_that_is_no_tuple_is_named():
    with pytest.raises(ValueError, match=r"the case 'half': each call is a tuple of arguments. Write \(0.5,\)"):
        case("half", 0.5)


def test_the_gate_counts_and_exits_with_an_error(monkeypatch, capsys):
    monkeypatch.setattr(
        gate, "scripted", lambda name: (_answer("wheat", WRONG, "ones"), _answer("wheat", RIGHT, "zeros"))
    )
    monkeypatch.setattr(gate, "misconceived", lambda exercise: ())
    monkeypatch.setattr("sys.argv", ["gate", "init_velocity"])
    assert gate.main() == 1
    out = capsys.readouterr().out
    assert "init_velocity  1 of 2           0 of 0         0 of 0" in out
    assert "WRONG  tests/gate/init_velocity.py: the wheat 'ones', hidden: 0 of 2, wrong: starts_at_one" in out
    assert "If it is right, mend the table or the judge; else it is a chaff." in out
    assert "4 findings, 2 wrong." in out


TWICE = '# %% wheat="zeros"\ndef init_velocity(params):\n    return {}\n\n' * 2


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "init_velocity.py is missing. Write right and wrong functions there"),
        (
            "# %% chaf='a slip'\ndef init_velocity(params):\n    return {}",
            "the cell of 'def init_velocity(params):' is none",
        ),
        ('# %% chaff="a name"\ndef init_speed(params):\n    return {}', "the chaff 'a name' defines no init_velocity"),
        ('# %% wheat="half"\ndef init_velocity(params:\n', "the wheat 'half' fails: SyntaxError"),
        (TWICE, "two cells are called 'zeros'. Rename one."),
    ],
)
def test_a_script_that_must_be_mended_costs_one_line(script, words, tmp_path, monkeypatch, capsys):
    if script is not None:
        (tmp_path / "init_velocity.py").write_text(script, encoding="utf-8")
    monkeypatch.setattr(gate, "SCRIPTS", tmp_path)
    monkeypatch.setattr("sys.argv", ["gate", "init_velocity"])
    gate.scripted.cache_clear()
    assert gate.main() == 1
    gate.scripted.cache_clear()
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert len(said.err.splitlines()) == 1


def test_a_loop_costs_one_wait_in_grade_here(monkeypatch, capsys):
    monkeypatch.setattr(grader.here, "SECONDS", 0.1)
    calls = []

    def momentum_step(*arguments):
        calls.append(1)
        while True:
            pass

    assert grade_here(momentum_step) == 0
    assert calls == [1]
    assert "0 of 4 points. Your function did not come to an end in time" in capsys.readouterr().out


def test_grade_here_takes_earlier_mistakes_into_account_and_forgets_them(monkeypatch, capsys):
    pairs = [(e, name) for e in EXERCISES.values() for name in e.builds_on if EXERCISES[name].misconceptions]
    assert pairs, "no exercise builds on another"
    monkeypatch.setattr(grader.here, "_found", {})
    followed = 0
    for exercise, earlier in pairs:
        for answer in misconceived(EXERCISES[earlier]):
            wrong = answer.function()
            eval(f"grade_here({earlier})", {"grade_here": grade_here, earlier: wrong})
            if earlier not in grader.here._found:
                continue
            built = exercise.reference_with({earlier: grader.here._found[earlier].function})
            capsys.readouterr()
            points = eval(f"grade_here({exercise.name})", {"grade_here": grade_here, exercise.name: built})
            assert points == exercise.points, (earlier, answer.title)
            followed += f"takes over from `{earlier}`" in capsys.readouterr().out
            eval(f"grade_here({earlier})", {"grade_here": grade_here, earlier: EXERCISES[earlier].reference})
            assert earlier not in grader.here._found
    assert followed


def test_grade_here_keeps_the_streams_clean(capsys):
    def momentum_step(params, grads, v, learning_rate, beta=0.9):
        import sys
        import warnings

        print("mine")
        print("mine", file=sys.stderr)
        warnings.warn("mine", stacklevel=1)
        np.log(np.array(0.0))
        return params, v

    assert grade_here(momentum_step) < EXERCISES["momentum_step"].points
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "mine" not in captured.out


def test_grade_here_refuses_a_function_of_no_exercise():
    with pytest.raises(LookupError, match="There is no exercise called 'len'"):
        grade_here(len)
