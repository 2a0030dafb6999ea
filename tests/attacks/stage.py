"""Where an attack takes place: a planted course, a server that listens, and what is looked at afterwards."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from grader import judge
from grader.exercises import LESSONS
from grader.grading import grade
from grader.lesson import Lesson, LessonCell, Submission, assigned_names
from grader.sandbox import Limits, bubblewrap, files_of, host
from grader.sandbox.process import forks
from grader.verdicts import Key, Record
from tests.attacks import FULL, STAYS, Attack, Result

ROOT = Path(__file__).parents[2]
NAME = "03_momentum"
RIGHT = {
    "init_velocity": "def init_velocity(params):\n    return {k: np.zeros_like(p) for k, p in params.items()}",
    "momentum_step": """def momentum_step(params, grads, v, learning_rate, beta=0.9):
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: params[k] - learning_rate * v[k] for k in params}, v""",
}
LESSON = Lesson(
    NAME,
    (
        LessonCell("setup", "setup_imports", "import numpy as np\nfrom optimlab import check", ""),
        *(LessonCell("exercise", name, source, "") for name, source in RIGHT.items()),
    ),
)
GOT_IN = "GOT_IN"
ATTACKED = "attacked"
"""The name of what a case leaves behind, if it can."""
LONG = 60
"""Characters from which a line of a hidden file can be told from any other text."""
RECORD_CHARACTERS = 5_000_000
"""Characters that a record may have: a class of a thousand still fits a disk, and a page opens."""
OVERHEAD_SECONDS = 10
"""Seconds that the sandbox's start and end and the judge may take beyond a submission's own limit."""
HIDDEN_FILES = {
    "the reference": "grader/reference/momentum.py",
    "the hidden cases": "grader/exercises/momentum.py",
    "the solution": "lessons/03_momentum.py",
}


class Stage:
    """A course with secrets in it.

    Parameters
    ----------
    folder : Path
        An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.course, self.teacher = folder / "course", folder / "home"
        self.seed = secrets.randbits(48)
        self.planted = {
            "the hidden seed": str(self.seed),
            "the gradebook": _secret(),
            "a submission": _secret(),
            "a verdict": _secret(),
            "the home folder": _secret(),
            "the environment": _secret(),
        }
        self._plant()
        self.server = _Server(self.course / "socket")
        secret = {"PATH": os.environ["PATH"], "OPTIMLAB_SECRET": self.planted["the environment"]}
        self.bystander = subprocess.Popen(["sleep", "3600"], env=secret)
        self.before = _tree(folder)
        self.folder = folder

    def _plant(self) -> None:
        classmate = self.course / "submitted" / "classmate" / NAME
        for made in (classmate, self.course / "verdicts" / NAME, self.teacher):
            made.mkdir(parents=True)
        (self.course / "seeds.json").write_text(json.dumps({NAME: self.seed}))
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as gradebook:
            gradebook.execute("create table grade (text)")
            gradebook.execute("insert into grade values (?)", (self.planted["the gradebook"],))
            gradebook.commit()
        sources = [*RIGHT.values(), f"mine = {self.planted['a submission']!r}"]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        nbformat.write(notebook, classmate / f"{NAME}.ipynb")
        (self.course / "verdicts" / NAME / "classmate.json").write_text(self.planted["a verdict"])
        (self.teacher / ".secret").write_text(self.planted["the home folder"])

    def close(self) -> None:
        """Stop the server and what forks into sandboxes."""
        self.server.close()
        self.bystander.kill()
        self.bystander.wait()
        forks.end()

    def perform(self, attack: Attack, isolation: str = "bubblewrap", *, classmate: bool = True) -> Result:
        """Run a case and look at everything afterwards."""
        begun = time.monotonic()
        handed_in = self._hand_in(attack)
        files = files_of(handed_in, attack.limits.file_size) if handed_in else ()
        submission = Submission(tuple(self._cells(attack)), (), files)
        key = Key("attacker", NAME, submission.hash, self.seed, "version")
        self.server.heard()
        with _environment(OPTIMLAB_SECRET=self.planted["the environment"]):
            record = grade(submission, LESSON, key, attack.limits, isolation)
        seconds = time.monotonic() - begun
        right = record.points == attack.deserved or (attack.spoils and record.points < attack.deserved)
        faults = [] if right else [f"earned {record.points:g}"]
        data = record.to_json()
        text = json.dumps([data["verdict"], data["shown"]], ensure_ascii=False)
        faults += self._read(text) + _acts_on_a_page(record) + self._changed() + _left_behind()
        if any(line.startswith(f"{GOT_IN} ") or line == GOT_IN for line in _printed(record)):
            faults.append("got in")
        if len(text) > RECORD_CHARACTERS:
            faults.append(f"the record has {len(text)} characters")
        if seconds > attack.limits.submission + OVERHEAD_SECONDS:
            faults.append(f"took {seconds:.0f} s")
        if classmate and not self.classmate_gets_full_marks(isolation):
            faults.append("the next student lost marks")
        return Result(attack.name, attack.deserved, record.points, tuple(faults))

    def classmate_gets_full_marks(self, isolation: str = "bubblewrap") -> bool:
        """Grade right answers."""
        submission = Submission(tuple(RIGHT.values()), ())
        key = Key("classmate", NAME, submission.hash, self.seed, "version")
        return grade(submission, LESSON, key, Limits(), isolation).points == FULL

    def _cells(self, attack: Attack) -> list[str]:
        places = {"COURSE": self.course, "TEACHER": self.teacher, "CHECKOUT": ROOT}
        known = [f"{name} = {str(path)!r}" for name, path in places.items()] + [f"PORT = {self.server.port}"]
        own = assigned_names([attack.source])
        right = [source for name, source in RIGHT.items() if name not in own]
        cells = [attack.source, *right] if attack.place == "before" else [*right, attack.source]
        return ["\n".join(known), *cells]

    def _hand_in(self, attack: Attack) -> Path | None:
        if not attack.files and not attack.linked:
            return None
        folder = Path(tempfile.mkdtemp(dir=self.folder.parent))
        for name, content in attack.files.items():
            (folder / name).write_bytes(content)
        for name, target in attack.linked.items():
            (folder / name).symlink_to(self.course / target)
        return folder

    def _read(self, text: str) -> list[str]:
        faults = [f"read {name}" for name, secret in self.planted.items() if secret in text]
        faults += [f"read {name}" for name, lines in _lines_of_hidden_files().items() if any(x in text for x in lines)]
        faults += ["read hidden inputs"] if any(number in text for number in _hidden_numbers(self.seed)) else []
        return faults + (["a server heard it"] if self.server.heard() else [])

    def _changed(self) -> list[str]:
        after = _tree(self.folder)
        names = self.before.keys() | after.keys()
        return [f"changed {Path(name).name}" for name in sorted(names) if self.before.get(name) != after.get(name)]


class _Server:
    """Listens on the machine's own address and on a socket in the course, and keeps whether anybody came."""

    def __init__(self, file: Path) -> None:
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        self.sockets = [tcp]
        for name in (f"\0optimlab-{self.port}", str(file)):
            local = socket.socket(socket.AF_UNIX)
            local.bind(name)
            local.listen()
            self.sockets.append(local)
        for one in self.sockets:
            one.setblocking(False)

    def heard(self) -> bool:
        """Tell whether anybody has connected since the last call."""
        came = False
        for one in self.sockets:
            with contextlib.suppress(BlockingIOError):
                one.accept()[0].close()
                came = True
        return came

    def close(self) -> None:
        for one in self.sockets:
            one.close()


def _secret() -> str:
    return f"SECRET-{secrets.token_hex(12)}"


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


def _tree(folder: Path) -> dict[str, str]:
    """Return a hash of each file below a folder."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@functools.lru_cache(maxsize=1)
def _lines_of_hidden_files() -> dict[str, list[str]]:
    seen = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "optimlab").glob("*.py"))
    right = "\n".join(RIGHT.values())
    hidden = {}
    for name, path in HIDDEN_FILES.items():
        lines = [line.strip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines()]
        hidden[name] = [line for line in lines if len(line) >= LONG and line not in seen and line not in right]
    # What is told to students, as hints and messages are, is no secret.
    hidden["the hidden cases"] = [line for line in hidden["the hidden cases"] if not line.startswith(("hint=", '"'))]
    return hidden


def _hidden_numbers(seed: int) -> Iterator[str]:
    """Yield the digits of hidden inputs that have many."""
    for exercise in LESSONS[NAME]:
        for case in judge.paper(exercise, seed).cases:
            for array in case.calls[0][0].values():
                yield from (digits[:12] for digits in map(repr, array.ravel().tolist()) if len(digits) > 14)


def _printed(record: Record) -> Iterator[str]:
    for outputs in record.outputs:
        for output in outputs:
            yield from output.get("text", "").splitlines()


def _acts_on_a_page(record: Record) -> list[str]:
    """Return what a page would not show as text or as a picture."""
    faults = []
    for outputs in record.outputs:
        for output in outputs:
            for kind, data in output.get("data", {}).items():
                plain = kind == "text/plain" or (kind in host.PICTURES and re.fullmatch(r"[A-Za-z0-9+/=]*", data))
                faults += [] if plain else [f"an output of {kind}"]
    return faults


# ------------------------------------------------------------------------------- what is left behind


def _left_behind() -> list[str]:
    deadline = time.monotonic() + 3
    while (found := _processes_left()) and time.monotonic() < deadline:
        time.sleep(0.05)  # the kernel takes a moment to end a namespace
    faults = [f"left the process {command}" for command in found]
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", Path.home(), ROOT, bubblewrap.files_inside()[0].parent):
        faults += [f"left {folder}/{ATTACKED}" for name in ("", ".py") if Path(folder, ATTACKED + name).exists()]
    for table in ("shm", "msg", "sem"):
        keys = Path(f"/proc/sysvipc/{table}").read_text().split() if Path("/proc/sysvipc").exists() else []
        faults += [f"left {table}" for key in keys if key.startswith(str(0x0A77AC00)[:7])]
    return faults


def _processes_left() -> list[str]:
    """Return the commands of sandboxed processes but for those of the fork server: bwrap twice, and Python."""
    parents, commands = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                commands[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                )
    chain = [forks.server.child.pid] if forks.server else []
    for _ in range(2 * len(chain)):
        chain += [pid for pid, parent in parents.items() if parent == chain[-1]][:1]
    left = []
    for pid, command in commands.items():
        if pid in chain or (bubblewrap.INSIDE not in command and STAYS not in command):
            continue
        above, one = set(), pid
        while one in parents and one not in above:
            above.add(one)
            one = parents[one]
        ours = os.getpid() in above
        orphan = not any("python" in commands.get(p, "") and bubblewrap.INSIDE not in commands[p] for p in above)
        if ours or (orphan and STAYS in command):
            left.append(command[:60])
    return left
