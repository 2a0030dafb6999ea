"""The sandbox: cells as a notebook runs them, exercises apart from one another, clocks, files, what is refused."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import grading, judge, sandbox
from grader.__main__ import main
from grader.exercises import EXERCISES, LESSONS
from grader.grading import judge_all
from grader.lesson import Lesson, LessonCell, Submission, read_lesson
from grader.sandbox import Limits, Request, bubblewrap, host, process, seccomp
from grader.sandbox.process import Died, Process, forks
from grader.verdicts import Key
from optimlab.outcomes import Case, Outcome, encode
from tests.conftest import ROOT, needs
from tools.gate import misconceived, scripted

QUICK = Limits(cell=2, exercise=3, submission=60, case=0.5, grace=0.5)


@pytest.fixture(autouse=True)
def _bwrap() -> None:
    needs("bwrap")


def outputs(*cells: str, **more: object) -> list[dict]:
    """Return the outputs of the last cell."""
    return sandbox.run(cells, {}, 1, QUICK, **more).outputs[-1]


def text(items: list[dict]) -> str:
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in items)


def double(*calls: float) -> Request:
    return Request([Case(f"case {n}", ((x,),)) for n, x in enumerate(calls)], ("x",))


def values(outcomes: list[Outcome] | str) -> list[float] | str:
    return outcomes if isinstance(outcomes, str) else [float(o.values[0]) for o in outcomes]


# ---------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1 + 1", "2"),
        ("1 + 1;", ""),
        ("x = 3", ""),
        ("_ = 5\nprint('a')\n'b'", "a\n'b'"),
        ("display(1, 'two')", "1'two'"),
        ("import sys\nprint('to stderr', file=sys.stderr)", "to stderr\n"),
        ("%time x = 1", "Wall time"),
        ("%%bash\necho from bash", "from bash\n"),
        ("!echo from a shell", "from a shell"),
        ("%%capture kept\nprint('kept')", ""),
        ("%%writefile made.py\nx = 7", "Writing made.py"),
        ("await __import__('asyncio').sleep(0, 'waited')", "'waited'"),
        ("import subprocess\nsubprocess.run(['echo', 'below'])", "below\n"),
        ("import os\n_ = os.write(1, b'to the descriptor\\n')", "to the descriptor\n"),
        ("import warnings\nwarnings.warn('be warned')", "be warned"),
        ("h = display(1, display_id='a')\nh.update(display_id='a', obj=2) if 0 else h.update(2)", "2"),
        ("from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('here')", "here\n"),
        (
            "import threading\nt = threading.Thread(target=print, args=('by a thread',))\nt.start(); t.join()",
            "by a thread\n",
        ),
        ("import numpy as np\nnp.arange(3)", "array([0, 1, 2])"),
        ("__name__", "'__main__'"),
        ("import os\nsorted(os.listdir('.'))[:0]", "[]"),
    ],
)
def test_a_cell_shows_what_a_notebook_shows(cell, words):
    shown = text(outputs(cell))
    assert words in shown
    assert bool(shown) == bool(words)


@pytest.mark.parametrize(
    ("cell", "name", "words"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("def f(:", "SyntaxError", ""),
        ("input('name: ')", "EOFError", "while a notebook is graded"),
        ("raise ValueError('\\ud800')", "ValueError", "?"),
        ("%no_such_magic", "UsageError", ""),
    ],
)
def test_an_error_in_a_cell_is_shown_and_the_next_cell_runs(cell, name, words):
    ran = sandbox.run([cell, "print('next')"], {}, 1, QUICK)
    errors = [o for o in ran.outputs[0] if o["output_type"] == "error"]
    assert [e["ename"] for e in errors] == [name] or name == "UsageError"
    assert all(words in e["evalue"] for e in errors)
    assert text(ran.outputs[1]) == "next\n"
    assert ran.starts == 1


def test_cells_share_names_and_the_last_results():
    ran = sandbox.run(["x = 41", "x + 1", "_ + Out[2]"], {}, 1, QUICK)
    assert text(ran.outputs[2]) == "84"


def test_a_figure_is_shown_as_a_picture():
    pytest.importorskip("matplotlib")
    ran = sandbox.run(["import matplotlib.pyplot as plt\nplt.plot([1, 2]);"], {}, 1, Limits(cell=30))
    (figure,) = [output for output in ran.outputs[0] if "data" in output]
    assert figure["data"]["image/png"].startswith("iVBOR")


def test_outputs_have_text_and_pictures_only_and_a_limit():
    script = "<script>alert(1)</script>"
    cell = (
        f"from IPython.display import HTML\ndisplay(HTML({script!r}), {{'image/png': '\"><x'}})\nprint('x' * 3_000_000)"
    )
    shown = outputs(cell)
    assert all(set(o.get("data", {})) <= {"text/plain", "image/png"} for o in shown)
    assert script not in json.dumps(shown)
    assert len(text(shown)) < 2_000_000
    assert "left out" in text(shown)


def test_outputs_of_all_cells_have_a_limit():
    ran = sandbox.run(["print('x' * 900)"] * 3, {}, 1, Limits(outputs=2000))
    assert [bool(o) for o in ran.outputs] == [True, True, False]


# ------------------------------------------------------------------------------------ exercises


def test_one_exercise_changes_nothing_for_the_next():
    cell = """
import os
kept = [1]
def first(x):
    kept.append(x); globals()["second"] = None; os.environ["X"] = "1"; os.chdir("/")
    return len(kept)
def second(x):
    return len(kept) + len(os.environ.get("X", "")) + (os.getcwd() == "/")"""
    ran = sandbox.run([cell], {"first": double(1, 2), "second": double(1, 2)}, 1, QUICK)
    assert values(ran.outcomes["first"]) == [2, 3]
    assert values(ran.outcomes["second"]) == [1, 1]


def test_a_function_that_ends_or_stops_python_costs_its_own_exercise_alone():
    cell = """
import os, signal
def right(x): return 2 * x
right_again = right
def ends(x): os._exit(0)
def kills(x): os.kill(os.getppid(), 9)
def stops(x): os.kill(os.getppid(), signal.SIGSTOP); os.kill(os.getpid(), signal.SIGSTOP)
def loops(x):
    while True: pass
number = 4"""
    names = ("right", "ends", "kills", "stops", "loops", "number", "absent", "right_again")
    ran = sandbox.run([cell], {name: double(1, 2) for name in names}, 1, QUICK)
    assert {n: ran.outcomes[n] for n in ("ends", "kills", "stops", "number", "absent")} == {
        "ends": "crashed",
        "kills": "crashed",
        "stops": "timed out",
        "number": "missing",
        "absent": "missing",
    }
    assert values(ran.outcomes["right"]) == values(ran.outcomes["right_again"]) == [2, 4]
    assert [o.failure.kind for o in ran.outcomes["loops"]] == ["timed out"] * 2
    assert ran.starts == 3


def test_what_is_too_much_to_hand_back_is_told_from_a_crash():
    cell = "import numpy as np\ndef much(x): return np.zeros(int(x))"
    ran = sandbox.run([cell], {"much": double(10, 1_000_000)}, 1, QUICK)
    assert ran.outcomes == {"much": "too large"}


def test_a_cell_that_ends_python_is_left_out_and_the_others_run_again():
    ran = sandbox.run(
        ["x = 1", "import os\nos._exit(0)", "x + 1", "def f(x): return 2 * x"], {"f": double(3)}, 1, QUICK
    )
    assert "left out" in text(ran.outputs[1])
    assert text(ran.outputs[2]) == "2"
    assert values(ran.outcomes["f"]) == [6]
    assert ran.starts == 2


def test_a_cell_that_loops_is_interrupted_and_keeps_what_it_defined():
    begun = time.monotonic()
    ran = sandbox.run(["def f(x): return 2 * x\nwhile True: pass"], {"f": double(3)}, 1, QUICK)
    assert values(ran.outcomes["f"]) == [6]
    assert ran.outputs[0][0]["ename"] == "KeyboardInterrupt"
    assert ran.starts == 1
    assert time.monotonic() - begun < QUICK.cell + QUICK.grace + 5


def test_a_sleep_is_interrupted_too():
    ran = sandbox.run(["def f(x): return 2 * x\nimport time\ntime.sleep(1000)"], {"f": double(3)}, 1, QUICK)
    assert (values(ran.outcomes["f"]), ran.starts) == ([6], 1)


@pytest.mark.slow
def test_starts_and_the_whole_time_have_a_limit():
    loop = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    limits = Limits(cell=1, exercise=1, submission=4, case=1, grace=0.2)
    begun = time.monotonic()
    ran = sandbox.run([loop] * 20, {"f": double(1)}, 1, limits)
    assert ran.outcomes == {"f": "timed out"}
    assert time.monotonic() - begun < limits.submission + 10
    kills = "import os\ndef f0(x): os.kill(os.getppid(), 9)\nf1 = f2 = f3 = f0"
    ran = sandbox.run([kills], {f"f{n}": double(1) for n in range(4)}, 1, QUICK)
    assert ran.outcomes == {f"f{n}": "crashed" for n in range(4)}
    assert ran.starts == 4, "one for each, and none after the last"


def test_the_random_states_are_the_same_under_the_same_seed():
    cell = "import random, numpy as np\ndef f(x): return random.random() + np.random.random() + hash('x') % 7"
    first, again, other = (sandbox.run([cell], {"f": double(1, 2)}, seed, QUICK) for seed in (5, 5, 6))
    assert values(first.outcomes["f"]) == values(again.outcomes["f"]) != values(other.outcomes["f"])


def test_the_hidden_seed_does_not_go_in():
    seen = "import gc, sys\nprint([o for o in gc.get_objects() if isinstance(o, dict) and 'seed' in o])"
    frames = "f = sys._getframe()\nwhile f:\n    print(f.f_locals)\n    f = f.f_back"
    assert "987654321012" not in json.dumps(sandbox.run([seen, frames], {}, 987654321012, QUICK).outputs)


def test_numbers_of_users_lie_in_what_this_container_maps(tmp_path, monkeypatch):
    for table, low, high in (("0 0 4294967295", 2_000_000_000, 2**32), ("0 100000 65536", 20_000, 65536)):
        monkeypatch.setattr(Path, "read_text", lambda self, table=table, **k: f"         {table}\n")
        assert low <= process._free_uid() < high
        assert process._free_uid() != process._free_uid()


# ---------------------------------------------------------------------------------------- files


def test_files_beside_the_notebook_are_there_and_links_are_not(tmp_path):
    folder = tmp_path / "handed-in"
    (folder / "data").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "helper.py").write_text("answer = 42")
    (folder / "data" / "numbers.txt").write_bytes(b"1 2 3")
    (folder / "notebook.ipynb").write_text("{}")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    cell = "import os, helper\nprint(helper.answer, open('data/numbers.txt').read())\n"
    cell += "print(sorted(f for f in os.listdir('.') if f[0] != '_' and f != 'profile_default'))"
    assert text(outputs(cell, files=dict(sandbox.files_of(folder, 10**6)))) == "42 1 2 3\n['data', 'helper.py']\n"


def test_files_beside_the_notebook_have_a_limit(tmp_path):
    for number in range(host.MAX_FILES + 5):
        (tmp_path / f"{number:05}").write_text("x")
    assert len(sandbox.files_of(tmp_path, 10**6)) == host.MAX_FILES
    assert len(sandbox.files_of(tmp_path, 7)) == 7


def test_a_new_sandbox_finds_nothing_of_the_one_before():
    outputs("open('/tmp/left', 'w').close(); open('/dev/shm/left', 'w').close()")
    assert "left" not in text(outputs("import os\nprint(os.listdir('/tmp'), os.listdir('/dev/shm'))"))


# ------------------------------------------------------------------------------------ processes


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def test_one_python_forks_into_all_sandboxes_and_ends_with_this_one():
    outputs("1")
    server = forks.server
    assert text(outputs("import os\nos.getpid() < 10")) == "True", "it is in a namespace of its own"
    assert forks.server is server
    code = "from grader import sandbox; from grader.sandbox.process import forks\nsandbox.run(['1'], {}, 1)\n"
    code += "print(forks.server.child.pid, flush=True)\nimport os; os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert gone(int(done.stdout))


def test_the_python_that_forks_goes_on_where_another_process_starts_one():
    outputs("1")
    server = forks.server
    code = "from grader import sandbox; sandbox.run(['1'], {}, 1)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert text(outputs("'fine'")) == "'fine'"
    assert forks.server is server, "its files were replaced below it"


def test_what_is_compiled_stays_until_its_source_is_another(tmp_path):
    source = tmp_path / "inside.py"
    source.write_text("a = 1\n")
    file = bubblewrap._compiled(source)
    first, times = file.stat().st_ino, source.stat().st_mtime_ns
    os.utime(source, ns=(0, 0))
    assert bubblewrap._compiled(source).stat().st_ino == first
    source.write_text("a = 2\n")
    os.utime(source, ns=(times, times))
    second = bubblewrap._compiled(source).read_bytes()
    assert (
        subprocess.run(
            [sys.executable, "-c", f"import runpy; assert runpy.run_path({str(file)!r})['a'] == 2"]
        ).returncode
        == 0
    )
    file.write_bytes(second[:20])
    assert bubblewrap._compiled(source).read_bytes() == second, "it was cut short"


def test_where_the_python_that_forks_has_died_there_is_another():
    outputs("1")
    server = forks.server
    os.killpg(server.child.pid, 9)
    assert text(outputs("'fine'")) == "'fine'"
    assert forks.server is not server


@contextlib.contextmanager
def each_a_python_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start sandboxes as on a kernel that no process can enter a namespace on."""
    with monkeypatch.context() as patch:
        patch.setattr(forks, "possible", False)
        yield


RIGHTS = """
import json, os, resource, sys
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
facts = {name: status[name].strip() for name in
         ("Groups", "Umask", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters")}
facts["mounts"] = sorted(line.split(" ", 4)[4].split(" - ")[0] for line in open("/proc/self/mountinfo"))
facts["mounts"] = [line.split(" master:")[0].split(" shared:")[0] for line in facts["mounts"]]
facts["environment"] = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
facts["limits"] = [resource.getrlimit(n) for n in range(10)]
facts["here"] = os.getcwd(), os.uname().nodename, sorted(os.listdir("/")), sorted(os.listdir("."))
facts["python"] = sys.path, sys.executable, list(sys.flags), sys.stdout.encoding
facts["memory"] = open("/proc/self/oom_score_adj").read()
facts["own program is read-only"] = bool(os.statvfs("/proc/self/exe").f_flag & os.ST_RDONLY)
facts["dead child"] = str(__import__("signal").getsignal(17))
facts["descriptors"] = sorted(os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in os.listdir("/proc/self/fd")
                              if os.path.exists(f"/proc/self/fd/{n}"))
facts["descriptors"] = [d for d in facts["descriptors"] if not d.startswith("/scratch") and not d.startswith("/proc")]
own = {n: os.readlink(f"/proc/self/ns/{n}") for n in ("mnt", "pid", "net", "ipc", "uts", "user")}
print(json.dumps([facts, own, [int(status[name], 16) for name in ("CapBnd", "CapInh")], os.getuid()]))
"""


def test_a_fork_has_the_rights_of_a_new_python_and_no_more(monkeypatch):
    facts, namespaces, may, uid = json.loads(text(outputs(RIGHTS)))
    with each_a_python_of_its_own(monkeypatch):
        theirs, *_ = json.loads(text(outputs(RIGHTS)))
    assert facts == theirs
    assert facts["own program is read-only"]
    assert may == [0, 0]
    assert uid != 0
    for name, link in namespaces.items():
        here = os.readlink(f"/proc/self/ns/{name}")
        assert link != here or (name == "user" and os.geteuid() == 0), f"{name} is that of this process"


def test_without_a_fork_the_sandbox_works_as_well(monkeypatch):
    with each_a_python_of_its_own(monkeypatch):
        ran = sandbox.run(["def f(x): return 2 * x", "f(21)"], {"f": double(3)}, 1, QUICK)
        assert text(ran.outputs[1]) == "42"
        assert values(ran.outcomes["f"]) == [6]


def test_a_fork_finds_no_state_of_another():
    outputs("import sys, numpy, IPython\nnumpy.left = sys.left = IPython.left = left = 5\nleft")
    cell = "import sys, numpy, IPython\n"
    cell += "print([hasattr(m, 'left') for m in (numpy, sys, IPython)], 'left' in globals(), Out)"
    assert text(outputs(cell)) == "[False, False, False] False {}\n"


def test_no_descriptor_is_left_open():
    outputs("1")
    before = len(os.listdir("/proc/self/fd"))
    for cell in ("1", "import os\nos._exit(0)"):
        outputs(cell)
    assert len(os.listdir("/proc/self/fd")) == before


# ----------------------------------------------------------------------- a sandbox that is refused

SAID = {
    "bwrap: No permissions to create new namespace, likely because the kernel does not allow it": "grade as root",
    "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)": (
        "raise user.max_user_namespaces"
    ),
    "bwrap: Creating new namespace failed: Operation not permitted": "--cap-add SYS_ADMIN",
    "bwrap: setting up uid map: Permission denied": "AppArmor",
    "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted": "AppArmor",
    "bwrap: something new": "own documentation",
}


@contextlib.contextmanager
def fake_bwrap(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    file = folder / "bwrap"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    begin_anew()
    try:
        yield
    finally:
        monkeypatch.undo()
        begin_anew()


def begin_anew() -> None:
    """Forget what was found out about this machine."""
    bubblewrap.program.cache_clear()
    bubblewrap.probe.cache_clear()
    forks.end()
    forks.possible = None


@pytest.mark.parametrize(("said", "cure"), SAID.items())
def test_where_bubblewrap_does_not_run_one_line_says_why_and_what_to_do(tmp_path, monkeypatch, capsys, said, cure):
    with fake_bwrap(tmp_path, f"echo '{said}' >&2; exit 1", monkeypatch):
        with pytest.raises(sandbox.SandboxError) as caught:
            sandbox.run(["1"], {}, 1)
        assert said.removeprefix("bwrap: ")[:60] in str(caught.value)
        assert cure in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
        assert main(["probe"]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_where_proc_is_masked_the_sandbox_runs_without_it(tmp_path, monkeypatch):
    real = bubblewrap.program()
    words = "bwrap: Can't mount proc on /newroot/proc: Operation not permitted"
    script = f'case " $* " in *" --proc "*) echo "{words}" >&2; exit 1;; esac\nexec {real} "$@"'
    with fake_bwrap(tmp_path, script, monkeypatch):
        assert bubblewrap.probe() == ("--tmpfs", "/proc")
        assert text(outputs("import os\nprint(os.listdir('/proc'))")) == "[]\n"


def test_a_checkout_that_submissions_could_read_is_refused(monkeypatch):
    bubblewrap._refuse_open_course()
    monkeypatch.setattr("sys.prefix", str(ROOT.parent))  # an environment that was made around the checkout
    with pytest.raises(bubblewrap.SandboxError, match="which every submission can read: move the course"):
        bubblewrap._refuse_open_course()


def test_where_bubblewrap_is_missing_the_line_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bubblewrap, "_program_of_wheel", lambda: None)
    bubblewrap.program.cache_clear()
    try:
        with pytest.raises(sandbox.SandboxError, match=r"apt-get install bubblewrap"):
            bubblewrap.program()
    finally:
        bubblewrap.program.cache_clear()


def test_none_is_never_chosen_by_itself_and_says_what_it_gives_up(tmp_path, monkeypatch):
    with fake_bwrap(tmp_path, "echo refused >&2; exit 1", monkeypatch):
        with pytest.raises(sandbox.SandboxError):
            sandbox.run(["open('was-here', 'w')"], {}, 1)
        assert text(sandbox.run(["'ran'"], {}, 1, isolation="none").outputs[0]) == "'ran'"
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    command = [sys.executable, "-m", "grader", "autograde", "03_momentum", "--sandbox", "none"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    first = done.stderr.splitlines()[0]
    for words in ("no sandbox", "read hidden tests, grades and other submissions", "use the network"):
        assert words in first
    forks.end()


# --------------------------------------------------------------------------- same verdicts either way


def lesson_of(names: list[str]) -> Lesson:
    return Lesson("a lesson", tuple(LessonCell("exercise", name, "", "") for name in names))


def verdicts(cells: list[str], names: list[str], isolation: str) -> dict[str, dict]:
    submission = Submission(("import numpy as np", *cells), ())
    key = Key("a student", "a lesson", submission.hash, 5, "version")
    record = grading.grade(submission, lesson_of(names), key, isolation=isolation)
    return {name: verdict.to_json() for name, verdict in record.verdicts.items()}


def answers(names: list[str]) -> Iterator[list[str]]:
    """Yield cells, one for each exercise, until every wheat, chaff and misconception has had its turn."""
    table = {n: [a.source for a in (*scripted(n), *misconceived(EXERCISES[n]))] for n in names}
    for number in range(max(map(len, table.values()))):
        yield [several[number % len(several)] for several in table.values()]


def directly(cells: list[str], names: list[str]) -> dict[str, dict]:
    """Return the verdicts on functions that are called in this process."""
    namespace: dict = {"np": np, "__name__": "__main__"}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"<cell {number}>", "exec"), namespace)
    papers = {name: judge.paper(EXERCISES[name], 5) for name in names}
    came = {
        name: [host.Outcome.from_json(o.to_json()) for o in observed(namespace[name], paper)]
        for name, paper in papers.items()
    }
    return {name: verdict.to_json() for name, verdict in judge_all(lesson_of(names), came, 5).items()}


def observed(function: object, paper: judge.Paper) -> list[Outcome]:
    from optimlab.outcomes import observe

    return [observe(function, case, paper.exercise.shape.parameters) for case in paper.cases]


MOMENTUM = [exercise.name for exercise in LESSONS["03_momentum"]]


def test_verdicts_are_the_same_with_and_without_a_sandbox():
    for cells in list(answers(MOMENTUM))[::10]:
        boxed = verdicts(cells, MOMENTUM, "bubblewrap")
        assert boxed == verdicts(cells, MOMENTUM, "none")
        assert scored(boxed) == scored(directly(cells, MOMENTUM))
    forks.end()


def scored(found: dict[str, dict]) -> dict[str, tuple]:
    return {name: (v["points"], v["status"], v["misconception"], v["follows"]) for name, v in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_verdicts_on_the_whole_gate_are_those_of_a_direct_call(lesson):
    names = [exercise.name for exercise in LESSONS[lesson] if (ROOT / f"tests/gate/{exercise.name}.py").exists()]
    for cells in answers(names):
        assert scored(verdicts(cells, names, "bubblewrap")) == scored(directly(cells, names))


def test_the_same_seed_gives_the_same_verdict_twice():
    random_values = "{k: random.random() + np.random.random() for k in params}"
    cell = f"import random\ndef init_velocity(params):\n    return {random_values}"
    assert verdicts([cell], ["init_velocity"], "bubblewrap") == verdicts([cell], ["init_velocity"], "bubblewrap")


# ------------------------------------------------------------------------ tests written by hand


def own_lesson(test: str, points: float = 4) -> Lesson:
    cells = (
        LessonCell("setup", "setup", "import numpy as np", ""),
        LessonCell("exercise", "cube", "def cube(x): return x ** 3", ""),
        LessonCell("check", "cube_check", test, "", points),
    )
    return Lesson("own", cells)


@pytest.mark.parametrize(
    ("answer", "test", "points", "status"),
    [
        ("def cube(x): return x ** 3", "assert cube(2) == 8", 4, "correct"),
        ("def cube(x): return x ** 2", "assert cube(2) == 8", 0, "raised"),
        ("def cube(x): return x ** 3", "2.5", 2.5, "partly correct"),
        ("def cube(x): return x ** 3", "cube(2); 'a word is full marks in nbgrader'", 4, "correct"),
        ("def cube(x): return x ** 3", "import sys\nprint('x', file=sys.stderr)", 0, "wrong"),
        ("pass", "assert cube(2) == 8", 0, "raised"),
        ("def cube(x):\n    import os; os._exit(0)", "assert cube(2) == 8", 0, "crashed"),
        (
            "def cube(x):\n    import signal; signal.signal(2, signal.SIG_IGN)\n    while True: pass",
            "cube(2)",
            0,
            "timed out",
        ),
    ],
)
def test_hand_written_tests_score_as_in_nbgrader_and_are_marked_unprotected(answer, test, points, status):
    submission = Submission((answer,), ())
    key = Key("a student", "own", submission.hash, 5, "version")
    record = grading.grade(submission, own_lesson(test), key, QUICK)
    verdict = record.verdicts["cube"]
    assert (verdict.points, verdict.due, verdict.status) == (points, 4, status)
    assert verdict.unprotected
    assert "unprotected" in verdict.remarks[0]
    assert judge.Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


def test_an_error_says_what_the_instructor_wrote_and_nothing_else_of_the_tests():
    secret = "### BEGIN HIDDEN TESTS\nassert cube(123.456) > 0, 'A cube of a positive number is positive.'"
    for answer, words in (
        ("def cube(x): return -1", "A cube of a positive number is positive."),
        ("def cube(x): raise ValueError(x)", "These tests did not pass."),
    ):
        submission = Submission((answer,), ())
        key = Key("a student", "own", submission.hash, 5, "version")
        record = grading.grade(submission, own_lesson(secret), key, QUICK)
        assert record.verdicts["cube"].message == words
        assert "123.456" not in json.dumps(record.to_json())


def test_an_exercise_of_the_tables_and_one_with_tests_by_hand_stand_side_by_side(tmp_path):
    import nbformat

    def cell(source: str, name: str, **more: object) -> nbformat.NotebookNode:
        grader = {"grade_id": name, "locked": False, "grade": False, "solution": False, "schema_version": 3, **more}
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": grader})

    cells = [
        cell("import numpy as np", "setup_imports", locked=True),
        cell("def init_velocity(params): pass", "init_velocity", solution=True),
        cell("from grader import grade_here\ngrade_here(init_velocity)", "init_velocity_check", grade=True, points=2),
        cell("def cube(x): pass", "cube", solution=True),
        cell("assert cube(2) == 8", "cube_check", grade=True, points=3),
    ]
    file = tmp_path / "mixed.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    lesson = read_lesson(file)
    assert [e.name for e in lesson.exercises] == ["init_velocity"]
    assert [(c.base, c.points) for c in lesson.own_checks] == [("cube", 3)]
    right = (
        "def init_velocity(params): return {k: np.zeros_like(v) for k, v in params.items()}\ndef cube(x): return x**3"
    )
    record = grading.grade(Submission((right,), ()), lesson, Key("s", "mixed", "h", 5, "v"), QUICK)
    assert {name: (v.points, v.unprotected) for name, v in record.verdicts.items()} == {
        "init_velocity": (2, False),
        "cube": (3, True),
    }


@pytest.mark.slow
def test_tests_by_hand_are_booked_and_told_to_be_unprotected(tmp_path):
    import nbformat
    from nbgrader.api import Gradebook

    from grader.classroom import Course
    from tests.attacks.forms import nbgrader

    def cell(source: str, name: str, **more: object) -> nbformat.NotebookNode:
        plain = {"locked": False, "grade": False, "solution": False, "task": False, "schema_version": 3}
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": {**plain, "grade_id": name, **more}})

    test = "### BEGIN HIDDEN TESTS\nassert cube(2) == 8, 'Two cubed is eight.'\n### END HIDDEN TESTS"
    cells = [
        cell("### BEGIN SOLUTION\ndef cube(x): return x**3\n### END SOLUTION", "cube", solution=True),
        cell(test, "cube_check", grade=True, points=3, locked=True),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    source = tmp_path / "solutions" / "own" / "own.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), source)
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    nbgrader(tmp_path, "generate_assignment", "own")
    for student, answer in (("right", "def cube(x): return x**3"), ("wrong", "def cube(x): return x**2")):
        notebook = nbformat.read(tmp_path / "notebooks" / "own" / "own.ipynb", as_version=4)
        notebook.cells[0].source = answer
        file = tmp_path / "submitted" / student / "own" / "own.ipynb"
        file.parent.mkdir(parents=True)
        nbformat.write(notebook, file)
    assert Course(tmp_path).autograde("own").problems == []
    nbgrader(tmp_path, "generate_feedback", "own")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        assert {s.student.id: s.score for s in gradebook.assignment_submissions("own")} == {"right": 3, "wrong": 0}
    page = (tmp_path / "feedback" / "wrong" / "own" / "own.html").read_text(encoding="utf-8")
    assert "Two cubed is eight." in page
    assert "unprotected" in page
    assert "cube(2)" not in page


# ------------------------------------------------------------------- anything on the answer channel

KINDS = {"missing", "crashed", "too large", "timed out"}
FUZZ = Limits(cell=0.05, exercise=0.05, submission=1, case=0.05, grace=0.05, message=100_000)


class Written(Process):
    """A process that has written its answers before it was asked."""

    def __init__(self, data: bytes) -> None:
        self.number, self.most, self.isolation, self.folder = 0, FUZZ.message, "none", None
        requests_out, self.requests = os.pipe()
        self.answers, answers_in = os.pipe()
        os.set_blocking(answers_in, False)
        with contextlib.suppress(BlockingIOError):
            os.write(answers_in, data)
        os.close(answers_in)
        self.started = process._Program(["true"], "/", "/", [])
        self.reader = requests_out

    def greet(self, hello: dict, most: int) -> None:
        """Nothing."""

    def kill(self) -> None:
        if self.requests >= 0:
            os.close(self.reader)
        super().kill()


def message(answer: object) -> bytes:
    body = json.dumps(answer).encode()
    return struct.pack(">I", len(body)) + body


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    ["outcomes", "died", "values", "failure", "modified", "printed", "array", "tuple", "dict", "<f8"]
)
OUTCOME = st.fixed_dictionaries(
    {
        "values": st.lists(
            JSON | st.fixed_dictionaries({"array": JSON}) | st.fixed_dictionaries({"dict": JSON}), max_size=3
        ),
        "failure": st.none()
        | JSON
        | st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["raised", "timed out", "x"]),
                "call": JSON,
                "exception": JSON,
                "message": JSON,
                "line": JSON,
                "line_text": JSON,
            }
        ),
        "modified": JSON,
        "printed": JSON,
    }
)
ANSWER = (
    st.fixed_dictionaries({"id": st.integers(0, 3), "outcomes": st.lists(OUTCOME | JSON, max_size=9) | JSON}) | JSON
)
CHANNEL = st.binary(max_size=200) | st.lists(ANSWER.map(message), max_size=3).map(b"".join)
EXERCISE = EXERCISES["momentum_step"]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=CHANNEL)
def test_whatever_a_process_answers_is_a_verdict_without_a_mark(data):
    paper = judge.paper(EXERCISE, 5)
    run = host._Run([], {}, [], {"seed": 1}, FUZZ, "none")
    run.process = Written(data)
    begun = time.monotonic()
    came = run._exercise("momentum_step", Request(paper.cases, EXERCISE.shape.parameters))
    run._end()
    assert time.monotonic() - begun < 5
    verdict = judge_all(lesson_of(["momentum_step"]), {"momentum_step": came}, 5)["momentum_step"]
    assert verdict.points == 0
    json.dumps(verdict.to_json(), ensure_ascii=False).encode("utf-8")
    assert not isinstance(came, str) or came in KINDS


@settings(max_examples=150, deadline=None)
@given(
    item=JSON
    | st.fixed_dictionaries(
        {
            "output_type": st.sampled_from(["stream", "error", "display_data"]),
            "data": JSON,
            "text": JSON,
            "name": st.sampled_from(["stdout", "x"]),
            "traceback": JSON,
        }
    )
)
def test_whatever_a_cell_shows_is_nbformats_or_dropped(item):
    import nbformat

    kept = host._outputs({"outputs": [item]}, 10_000)
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(output) for output in kept])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    json.dumps(kept, ensure_ascii=False).encode("utf-8")


def fed(data: Iterator[bytes], most: int) -> Written:
    """Return a process that is written to all the time."""
    process = Written(b"")
    process.most = most
    reader, writer = os.pipe()
    os.dup2(reader, process.answers)
    os.close(reader)

    def feed() -> None:
        with contextlib.suppress(BrokenPipeError):
            for part in data:
                os.write(writer, part)
        os.close(writer)

    threading.Thread(target=feed, daemon=True).start()
    return process


def test_a_flood_of_other_messages_does_not_stop_the_clock():
    written = fed(itertools.repeat(message({"id": 99}) * 1000), 100_000)
    begun = time.monotonic()
    with pytest.raises(Died, match="timed out"):
        written.ask({"cell": "1"}, 0.5)
    assert time.monotonic() - begun < 3


def test_an_answer_of_many_parts_is_not_read():
    body = b'{"id": 1, "x": [' + b"[]," * process.MAX_PARTS + b"[]]}"
    written = fed(
        iter([struct.pack(">I", len(body)), *(body[i : i + 9999] for i in range(0, len(body), 9999))]), len(body)
    )
    with pytest.raises(Died, match="crashed"):
        written.ask({"cell": "1"}, 30)


def test_forged_names_and_lines_of_an_error_are_not_told():
    request = Request([Case("a case", ((({"W1": np.ones(2)}),),))], ("params",))
    failure = {"kind": "raised", "call": 0, "message": "m", "line": 2}
    told = Outcome.from_json(
        {
            "values": [],
            "failure": {**failure, "exception": "0.123", "line_text": "x = 0.123"},
            "modified": ["0.123"],
            "printed": 0,
        }
    )
    (kept,) = host._as_written([told], request, "def f(params):\n    raise ValueError")
    assert (kept.failure.exception, kept.failure.line_text, kept.failure.line) == ("Exception", "", None)
    assert kept.modified == ("params",)
    own = Outcome.from_json(
        {
            "values": [],
            "failure": {**failure, "exception": "Mine", "line_text": "raise Mine"},
            "modified": ["params['W1']"],
            "printed": 0,
        }
    )
    assert host._as_written([own], request, "class Mine(Exception): pass\n  raise Mine") == [own]


# --------------------------------------------------------------------------------------- seccomp


def decide(program: bytes, number: int, first: int = 0, architecture: int = 0xC000003E, second: int = 0) -> int:
    """Run a filter of system calls as the kernel does."""
    steps = [struct.unpack("=HBBI", program[i : i + 8]) for i in range(0, len(program), 8)]
    data = struct.pack("=IIQQQ", number, architecture, 0, first, second)
    at, value = 0, 0
    while True:
        code, if_true, if_false, k = steps[at]
        at += 1
        if code == seccomp.LOAD:
            value = struct.unpack("=I", data[k : k + 4])[0]
        elif code == seccomp.RETURN:
            return k
        else:
            test = {seccomp.JUMP_EQUAL: value == k, seccomp.JUMP_GREATER: value > k, seccomp.JUMP_SET: bool(value & k)}
            at += if_true if test[code] else if_false


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_the_filter_refuses_what_it_lists_and_allows_the_rest(machine):
    program, column = seccomp.program(machine), list(seccomp.ARCHITECTURES).index(machine)
    own = seccomp.ARCHITECTURES[machine]
    refused = seccomp.ERRNO | 1

    def decided(number: int, first: int = 0) -> int:
        return decide(program, number, first, own)

    assert all(decided(numbers[column]) == refused for numbers in seccomp.REFUSED.values())
    assert decided(seccomp.CLONE3[column]) == seccomp.ERRNO | 38
    assert decided(seccomp.CLONE[column], 0x10000000) == refused, "a new user namespace"
    assert decided(seccomp.CLONE[column], 17) == seccomp.ALLOW, "a fork"
    assert decided(seccomp.SOCKET[column], 40) == refused, "AF_VSOCK"
    assert [decided(seccomp.SOCKET[column], family) for family in seccomp.FAMILIES] == [seccomp.ALLOW] * 3
    assert decide(program, seccomp.FCNTL[column], 0, own, 1024) == refused, "a lease"
    listed = {numbers[column] for numbers in seccomp.REFUSED.values()}
    listed |= {seccomp.CLONE[column], seccomp.CLONE3[column], seccomp.SOCKET[column]}
    assert all(decided(number) == seccomp.ALLOW for number in range(500) if number not in listed)
    assert decide(program, 0, 0, 0x40000003) == seccomp.KILL, "32-bit calls have other numbers"
    assert machine != "x86_64" or decided(0x40000000 + 39) == refused, "so has x32"


def test_on_another_machine_there_is_no_filter():
    assert seccomp.program("riscv64") is None
    assert (seccomp.program() is None) == (platform.machine() not in seccomp.ARCHITECTURES)


def test_encoded_answers_of_the_exercises_are_far_below_the_limit():
    for exercise in (EXERCISES[name] for name in ("momentum_step", "adam_step", "random_mini_batches")):
        paper = judge.paper(exercise, 5)
        size = len(json.dumps([o.to_json() for o in paper.due]))
        assert size < Limits().result / 10, exercise.name
    assert encode(None) is None
