"""The same cells against stock nbgrader: its own Execute, and tests in a hidden region as an instructor writes them.

Everything runs inside one bubblewrap that sees a temporary course alone: the attacks work there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grader.lesson import BEGIN_HIDDEN, END_HIDDEN, assigned_names
from grader.sandbox import bubblewrap
from tests.attacks import Attack, marks, secrets, trouble
from tests.attacks.stage import NAME, RIGHT

CHOSEN = (
    "its own arguments",
    "np.allclose and numpy.testing patched",
    "an array subclass whose comparisons are always true",
    "a transformer that takes assert and checks out of cells",
    "IPython hooks that answer for every cell",
    "right unless it is graded",
    "a classmate's answer by path",
    "os._exit(0) in the function",
    "a loop in a cell",
    "the hidden seed",
    "the gradebook",
    "a classmate's submission",
    "hidden inputs printed",
    "changes to the course",
)
SECRET = "SECRET-of-the-course"
TESTS = {
    "init_velocity": """
params = {"W1": np.ones((4, 3)), "b1": np.ones((4, 1))}
v = init_velocity(params)
for key in params:
    assert v[key].shape == params[key].shape
    assert np.allclose(v[key], 0)""",
    "momentum_step": """
rng = np.random.default_rng(7)
shapes = {"W1": (4, 3), "b1": (4, 1)}
params, grads, v = ({key: rng.normal(size=shape) for key, shape in shapes.items()} for _ in range(3))
new_params, new_v = momentum_step(params, grads, v, 0.3, 0.7)
for key in params:
    assert np.allclose(new_v[key], 0.7 * v[key] + 0.3 * grads[key])
    assert np.allclose(new_params[key], params[key] - 0.3 * (0.7 * v[key] + 0.3 * grads[key]))""",
}
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = 5
c.Execute.interrupt_on_timeout = True
"""
ROW = "{:58} {:>8} {:>6}  {}"


def main() -> int:
    """Print the table; 0, for what stock nbgrader gives is no failure of ours."""
    cases = {a.name: a for a in (*marks.CASES, *secrets.CASES, *trouble.CASES)}
    with tempfile.TemporaryDirectory(prefix="optimlab-stock-") as folder:
        rows = perform(Path(folder) / "course", [cases[name] for name in CHOSEN])
    print(ROW.format("case, against stock nbgrader", "deserved", "earned", "what happened"))
    for name, deserved, earned, words in rows:
        print(ROW.format(name, f"{deserved:g}", f"{earned:g}", words))
    print(
        f"\n{sum(bool(words) for *_, words in rows)} of {len(rows)} cases are not as they should be in stock nbgrader"
    )
    return 0


def perform(course: Path, attacks: list[Attack]) -> list[tuple[str, float, float, str]]:
    """Grade each case in a course of its own; return what it deserved, earned and did."""
    template = course.with_name("template")
    _make_course(template)
    rows = []
    for attack in attacks:
        shutil.copytree(template, course)
        folder = course / "submitted" / "attacker" / NAME
        folder.mkdir(parents=True)
        nbformat.write(_submission(attack, course), folder / f"{NAME}.ipynb")
        before = _tree(course)
        _isolated(course, "autograde", NAME, "--student=attacker")
        rows.append((attack.name, attack.deserved, *_found(course, attack, before)))
        shutil.rmtree(course)
    return rows


def _make_course(root: Path) -> None:
    source = root / "source" / NAME
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    nbformat.write(_notebook(RIGHT), source / f"{NAME}.ipynb")
    (root / "seeds.json").write_text(json.dumps({"seed": SECRET}))
    done = _isolated(root, "generate_assignment", NAME)
    if done.returncode:
        raise RuntimeError(f"nbgrader generate_assignment fails in {root}: {done.stdout}{done.stderr}")
    classmate = root / "submitted" / "classmate" / NAME
    classmate.mkdir(parents=True)
    nbformat.write(
        _notebook({**RIGHT, "momentum_step": f"{RIGHT['momentum_step']}\n# {SECRET}"}), classmate / f"{NAME}.ipynb"
    )


def _notebook(answers: dict[str, str], extra: list[str] | None = None) -> NotebookNode:
    cells = [nbformat.v4.new_code_cell("import numpy as np")]
    for name, text in answers.items():
        cells.append(_cell(f"### BEGIN SOLUTION\n{text}\n### END SOLUTION", name, solution=True))
    cells += [nbformat.v4.new_code_cell(text) for text in extra or []]
    for name, text in TESTS.items():
        points = 2 if name == "init_velocity" else 4
        hidden = f"assert callable({name})\n{BEGIN_HIDDEN}{text}\n{END_HIDDEN}"
        cells.append(_cell(hidden, f"{name}_check", grade=True, locked=True, points=points))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(text: str, name: str, **more: object) -> NotebookNode:
    made = nbformat.v4.new_code_cell(text)
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    made.metadata["nbgrader"] = {**plain, "grade_id": name, **more}
    return made


def _submission(attack: Attack, course: Path) -> NotebookNode:
    own = assigned_names([attack.source])
    answers = {name: "pass" if name in own else text for name, text in RIGHT.items()}
    known = f"COURSE, TEACHER, CHECKOUT, PORT = {str(course)!r}, '/nowhere', '/nowhere', 1"
    return _notebook(answers, [known, attack.source])


def _isolated(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader where it can reach this course and nothing else that can be changed."""
    home = course / "home"
    home.mkdir(parents=True, exist_ok=True)
    command = [bubblewrap.program(), "--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    command += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for path in (sys.base_prefix, sys.prefix):  # which may lie below /tmp
        command += ["--ro-bind", os.path.abspath(path), os.path.abspath(path)]
    command += ["--bind", str(course), str(course), "--remount-ro", "/proc", "--chdir", str(course)]
    command += ["prlimit", "--as=8589934592", "--cpu=120"]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    kept["PATH"] = f"{Path(sys.executable).parent}:{kept['PATH']}"
    environment = {**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, sys.executable, "-m", "nbgrader", *words],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )


def _found(course: Path, attack: Attack, before: dict[str, str]) -> tuple[float, str]:
    words = []
    earned = 0.0
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            earned = gradebook.find_submission(NAME, "attacker").score
    except Exception:  # the case may have taken the gradebook away
        words.append("the gradebook is gone")
    if earned > attack.deserved:
        words.append(f"{earned - attack.deserved:g} points that were not earned")
    elif earned < attack.deserved:
        words.append(f"{attack.deserved - earned:g} points lost")
    graded = course / "autograded" / "attacker" / NAME / f"{NAME}.ipynb"
    shown = [o for c in nbformat.read(graded, 4).cells for o in c.get("outputs", [])] if graded.exists() else []
    text = json.dumps(shown)
    if SECRET in text or BEGIN_HIDDEN in text or "SQLite" in text or "_W1" in text:
        words.append("it read what is not its own")
    if attack.name == "hidden inputs printed" and any(o.get("text", "").strip() for o in shown):
        words.append("feedback shows the hidden inputs")
    after = _tree(course)
    lost = [name for name, digest in before.items() if after.get(name) != digest]
    words += [f"{len(lost)} files of the course changed or deleted"] if lost else []
    return earned, ", ".join(words)


def _tree(course: Path) -> dict[str, str]:
    kept = [f for part in ("source", "submitted") for f in (course / part).rglob("*") if f.is_file()]
    kept += [course / "seeds.json"] if (course / "seeds.json").exists() else []
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in kept}
