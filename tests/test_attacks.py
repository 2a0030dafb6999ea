"""What a submission may try earns nothing, reads nothing, changes nothing and stops nobody: tests/attacks/."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import bubblewrap, host
from tests.attacks import FULL, STAYS, Attack, forms, marks, secrets, stock, trouble
from tests.attacks.stage import Stage
from tests.conftest import ROOT, needs

CASES = [*marks.CASES, *secrets.CASES, *trouble.CASES]
QUICK_FORMS = (
    "an empty file",
    "a file of lists 10^5 deep",
    "a link to a classmate's notebook",
    "cells unlocked, checks edited",
    "script on the page",
    "the name ' spaces around '",
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    needs("bwrap")
    made = Stage(tmp_path_factory.mktemp("stage"))
    yield made
    made.close()


def parameters(cases: list[Attack]) -> list:
    return [pytest.param(a, id=a.name, marks=[pytest.mark.slow] if a.slow else []) for a in cases]


@pytest.mark.parametrize("attack", parameters(CASES))
def test_an_attack_earns_what_it_deserves_and_does_no_harm(stage, attack):
    assert stage.perform(attack, classmate=attack.slow).faults == ()


def test_the_next_student_gets_full_marks(stage):
    """After each of the slow cases as well; here after those that the same worker ran."""
    assert stage.classmate_gets_full_marks()


def test_names_of_cases_are_their_own():
    names = [attack.name for attack in CASES] + [form.name for form in forms.CASES]
    assert len(names) == len(set(names))


# ------------------------------------------------------------------------------- the instrument


@pytest.mark.parametrize("attack", [a for a in secrets.CASES if a.reads], ids=lambda a: a.name)
def test_without_a_sandbox_the_same_cell_gets_in(stage, attack):
    """A case that could not read its secret anyway would prove nothing."""
    assert stage.perform(attack, "none", classmate=False).faults != ()


@pytest.mark.parametrize("name", ["hidden inputs as an error's class", "hidden inputs as names of what was modified"])
def test_a_message_with_hidden_inputs_would_be_noticed(stage, name, monkeypatch):
    monkeypatch.setattr(host, "_as_written", lambda outcomes, request, text: outcomes)
    attack = next(a for a in secrets.CASES if a.name == name)
    assert "read hidden inputs" in stage.perform(attack, classmate=False).faults


def test_a_process_that_stays_would_be_noticed(stage):
    from tests.attacks import stage as module

    process = subprocess.Popen(["sleep", STAYS], start_new_session=True)
    try:
        assert module._processes_left()
    finally:
        process.kill()
        process.wait()


def test_a_page_that_runs_script_would_be_noticed():
    for page in ("<script>x()</script>", "<p onclick=x()>", "<a href=' JavaScript:x()'>", "<iframe src=x>"):
        assert forms.runs(page)
    assert not forms.runs("<p class='on'>&lt;script&gt;x()</p><a href='https://x'>y</a>")


# ---------------------------------------------------------------------------------------- forms


def test_submissions_of_odd_forms_get_what_they_deserve(tmp_path):
    needs("bwrap")
    chosen = [form for form in forms.CASES if form.name in QUICK_FORMS]
    assert len(chosen) == len(QUICK_FORMS)
    assert [r for r in forms.perform(tmp_path / "course", chosen) if not r.ok] == []


@pytest.mark.slow
def test_submissions_of_every_form_get_what_they_deserve(tmp_path):
    needs("bwrap")
    assert [r for r in forms.perform(tmp_path / "course", forms.CASES) if not r.ok] == []


# ------------------------------------------------------------------------------- as another user

NOBODY = "64001"


def as_a_user(*words: str) -> list[str]:
    """Return the command that runs words as a user without rights, who can read this Python wherever it is."""
    command = [bubblewrap.program(), "--die-with-parent", "--dev-bind", "/", "/"]
    base = Path(sys.base_prefix).resolve()
    closed = next((p for p in reversed(base.parents[:-1]) if not p.stat().st_mode & 0o001), None)
    if closed is not None:  # a home that others may not enter
        command += ["--perms", "0755", "--tmpfs", str(closed)]
        for parent in reversed(base.parents[:-1]):
            if closed in parent.parents:
                command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(base), str(base)]
    command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*command, "setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", *words]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="the tests run as a user already")
def test_attacks_on_an_instructor_who_is_not_root(tmp_path):
    needs("bwrap")
    environment = {**os.environ, "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    probe = subprocess.run(
        as_a_user(sys.executable, "-m", "grader", "probe"), cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if probe.returncode:
        reason = f"no sandbox for a user here: {probe.stdout}{probe.stderr}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = as_a_user(sys.executable, "-m", "tests.attacks", "--quick", "marks", "secrets", "trouble")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, "\n".join(x for x in done.stdout.splitlines() if not x.endswith(" yes")) + done.stderr
    assert "as a user" in done.stdout


# ------------------------------------------------------------------------------- stock nbgrader


def test_stock_cases_are_there():
    assert set(stock.CHOSEN) <= {attack.name for attack in CASES}


@pytest.mark.slow
def test_stock_nbgrader_grades_right_answers_and_is_fooled_by_an_attack_that_is_known(tmp_path):
    """Where it didn't start, every case would read as points lost."""
    needs("bwrap")
    known = next(a for a in CASES if a.name == "an array subclass whose comparisons are always true")
    honest, fooled = stock.perform(tmp_path / "course", [Attack("right answers", FULL, "pass"), known])
    assert honest == ("right answers", FULL, FULL, "")
    assert fooled == (known.name, known.deserved, FULL, f"{FULL - known.deserved:g} points that were not earned")


def test_a_sandbox_of_stock_nbgrader_that_does_not_start_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(bubblewrap, "program", lambda: "false")
    with pytest.raises(RuntimeError, match="generate_assignment fails"):
        stock.perform(tmp_path / "course", [])
