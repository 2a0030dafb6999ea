"""Start the sandbox that runs a submission, send it one cell or exercise at a time, and keep the clocks.

Where that process dies or does not answer, a new one runs the cells again without the guilty one and goes
on with the exercises that are left: a loop or a crash costs its own exercise alone.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import itertools
import json
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.sandbox import bubblewrap
from optimlab.outcomes import Case, Outcome

START_SECONDS = 60.0
LENGTH = struct.Struct(">I")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Parameters
    ----------
    cell, exercise, submission : float
        Seconds of wall clock for a cell, for one exercise with all its cases, and for everything.
    case : float
        Seconds after which a loop inside one case is interrupted.
    grace : float
        Seconds between asking a cell to stop and killing it.
    memory : int
        Bytes of data of one process.
    address_space : int
        Bytes of address space of one process.
    processes : int
        Processes and threads together.
    file_size : int
        Bytes of a file that it writes.
    open_files : int
        Descriptors.
    cpu : int
        Seconds of processor time of one process.
    output : int
        Characters kept of a cell's outputs.
    message : int
        Bytes of one answer.
    result : int
        Bytes of one exercise's outcomes.
    """

    cell: float = 10.0
    exercise: float = 10.0
    submission: float = 120.0
    case: float = 4.0
    grace: float = 1.0
    memory: int = 1024 * MIB
    address_space: int = 2048 * MIB
    processes: int = 32
    file_size: int = 16 * MIB
    open_files: int = 256
    cpu: int = 120
    output: int = 1 * MIB
    message: int = 32 * MIB
    result: int = 16 * MIB

    @property
    def of_process(self) -> dict[str, int]:
        """The limits that the kernel keeps, by the name of the resource."""
        return {
            "AS": self.address_space,
            "DATA": self.memory,
            "FSIZE": self.file_size,
            "NOFILE": self.open_files,
            "NPROC": self.processes,
            "CPU": self.cpu,
            "CORE": 0,
        }


@dataclass
class Ran:
    """What came of a submission.

    Parameters
    ----------
    outcomes : dict
        For each exercise its outcomes, one for each case, or the word for why there are none: "missing",
        "crashed", "timed out", "too large".
    outputs : list
        The outputs of each cell in nbformat's form, in the order of the cells.
    seconds : float
        Wall clock.
    starts : int
        Processes that were needed.
    """

    outcomes: dict[str, list[Outcome] | str] = field(default_factory=dict)
    outputs: list[list[dict[str, Any]]] = field(default_factory=list)
    seconds: float = 0.0
    starts: int = 0


@dataclass(frozen=True)
class Request:
    """One exercise: the cases to call its function on, and the names of its arguments."""

    cases: Sequence[Case]
    parameters: tuple[str, ...]


class Died(Exception):
    """The process ended, sent what is no answer, or was killed because it did not answer in time."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def run(
    cells: Sequence[str],
    exercises: Mapping[str, Request],
    seed: int,
    limits: Limits | None = None,
    isolation: str = "bubblewrap",
    folder: Path | None = None,
) -> Ran:
    """Run a submission's cells, then call each exercise's function on its cases.

    Parameters
    ----------
    cells : sequence of str
        Sources of code cells, in order.
    exercises : mapping of str to Request
        Cases by the name of the function.
    seed : int
        For the global random states.
    limits : Limits, optional
    isolation : str
        "bubblewrap"; or "none", a plain process that can read and write what its user can.
    folder : Path, optional
        The files that were handed in beside the notebook; the cells find copies in their working folder.

    Returns
    -------
    Ran

    Raises
    ------
    SandboxError
        There is no sandbox to be had here.
    """
    limits = limits or Limits()
    hello = {"seed": seed, "files": _files_of(folder, limits.file_size) if folder else {}}
    return _Run(cells, exercises, hello, limits, isolation).all()


def _files_of(folder: Path, most: int) -> dict[str, str]:
    """Return the plain files below a folder, notebooks left out, up to a number of bytes; links are not followed."""
    files, used = {}, 0
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file() or file.suffix == ".ipynb" or _below_a_link(file, folder):
            continue
        used += file.stat().st_size
        if used > most:
            break
        files[str(file.relative_to(folder))] = base64.b64encode(file.read_bytes()).decode("ascii")
    return files


def _below_a_link(file: Path, folder: Path) -> bool:
    return any(parent.is_symlink() for parent in file.parents if parent != folder and folder in parent.parents)


class _Run:
    """One submission's run, over as many processes as it takes."""

    def __init__(
        self,
        cells: Sequence[str],
        exercises: Mapping[str, Request],
        hello: dict[str, Any],
        limits: Limits,
        isolation: str,
    ) -> None:
        self.cells, self.exercises, self.hello, self.limits = cells, exercises, hello, limits
        self.isolation = isolation
        self.ran = Ran(outputs=[[] for _ in cells])
        self.guilty: set[int] = set()
        self.process: _Process | None = None
        self.begun = time.monotonic()

    def all(self) -> Ran:
        try:
            self._start()
            for name, request in self.exercises.items():
                self.ran.outcomes[name] = self._exercise(name, request)
        except TimeoutError:
            self._fill("timed out")
        finally:
            if self.process is not None:
                self.process.kill()
        self.ran.seconds = time.monotonic() - self.begun
        return self.ran

    def _fill(self, kind: str) -> None:
        for name in self.exercises:
            self.ran.outcomes.setdefault(name, kind)

    def _start(self) -> None:
        """Start a process and run the cells, again without one that ends it."""
        while True:
            if self.process is not None:
                self.process.kill()
            if self.ran.starts > 1 + len(self.cells) + len(self.exercises):
                raise TimeoutError
            self.ran.starts += 1
            self.process = _next_process(self.isolation)
            self.process.greet(self.hello, self.limits)
            if self._run_cells():
                return

    def _run_cells(self) -> bool:
        for number, source in enumerate(self.cells):
            if number in self.guilty:
                continue
            try:
                seconds = self._clock(self.limits.cell)
                answer = self.process.ask({"cell": source, "seconds": seconds}, seconds + self.limits.grace)
                self.ran.outputs[number] = _outputs(answer)
            except Died as died:
                self.guilty.add(number)
                why = "did not come to an end" if died.kind == "timed out" else "ended Python"
                text = f"This cell was left out: it {why}.\n"
                self.ran.outputs[number] = [{"output_type": "stream", "name": "stderr", "text": text}]
                return False
        return True

    def _exercise(self, name: str, request: Request) -> list[Outcome] | str:
        message = {
            "exercise": name,
            "cases": [case.to_json() for case in request.cases],
            "parameters": list(request.parameters),
            "seconds": self.limits.case,
            "seed": self.hello["seed"],
            "limit": self.limits.result,
        }
        try:
            answer = self.process.ask(message, self._clock(self.limits.exercise))
        except Died as died:
            self._start()
            return died.kind
        return _outcomes(answer, len(request.cases))

    def _clock(self, seconds: float) -> float:
        left = self.limits.submission - (time.monotonic() - self.begun)
        if left <= 0:
            raise TimeoutError
        return min(seconds, left)


def _outcomes(answer: dict[str, Any], cases: int) -> list[Outcome] | str:
    """Return the outcomes in an answer, believing nothing."""
    data = answer.get("outcomes")
    if data is None:
        died = answer.get("died")
        return died if died in ("missing", "crashed", "too large") else "crashed"
    try:
        outcomes = [Outcome.from_json(item) for item in data]
    except (ValueError, TypeError):
        return "crashed"
    timed_out = bool(outcomes) and outcomes[-1].failure is not None and outcomes[-1].failure.kind == "timed out"
    if timed_out and len(outcomes) <= cases:
        return outcomes + [outcomes[-1]] * (cases - len(outcomes))
    return outcomes if len(outcomes) == cases else "crashed"


def _outputs(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the outputs in an answer that have nbformat's form; the others are dropped."""
    kept = []
    items = answer.get("outputs")
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        kind = item.get("output_type")
        if kind == "stream" and item.get("name") in ("stdout", "stderr"):
            kept.append({"output_type": kind, "name": item["name"], "text": str(item.get("text", ""))})
        elif kind == "error":
            lines = [str(line) for line in item.get("traceback") or []]
            kept.append(
                {
                    "output_type": kind,
                    "ename": str(item.get("ename")),
                    "evalue": str(item.get("evalue")),
                    "traceback": lines,
                }
            )
        elif kind in ("display_data", "execute_result") and isinstance(item.get("data"), dict):
            # Text and pictures only: a page that an instructor opens takes no script from a student.
            data = {k: str(v) for k, v in item["data"].items() if k in ("text/plain", "image/png", "image/jpeg")}
            kept.append({"output_type": "display_data", "data": data, "metadata": {}})
    return kept


class _Process:
    """One sandbox, and the channel to it."""

    def __init__(self, isolation: str) -> None:
        self.number = 0
        self.most = MIB
        self.isolation = isolation
        self.folder = tempfile.TemporaryDirectory(prefix="optimlab-") if isolation == "none" else None
        requests_out, self.requests = os.pipe()
        self.answers, answers_in = os.pipe()
        passed = [requests_out, answers_in]
        home = self.folder.name if self.folder else bubblewrap.SCRATCH
        if isolation == "none":
            words = [sys.executable, "-s", "-P", "-B", str(bubblewrap.inside_file()), *map(str, passed)]
        else:
            filter_ = bubblewrap.seccomp_descriptor()
            words = bubblewrap.command((requests_out, answers_in), filter_)
            passed += [] if filter_ is None else [filter_]
        self.child = subprocess.Popen(
            words,
            cwd=home if self.folder else "/",
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=passed,
            start_new_session=True,
        )
        for descriptor in passed:
            os.close(descriptor)

    def greet(self, hello: dict[str, Any], limits: Limits) -> None:
        """Say what it may use; the first thing said to a process."""
        self.most = limits.message
        of_process = limits.of_process
        if self.isolation == "none":
            del of_process["NPROC"]  # it would count the instructor's own processes
        uid = _free_uid() if os.geteuid() == 0 and self.isolation != "none" else None
        try:
            self.ask({**hello, "limits": of_process, "output_limit": limits.output, "uid": uid}, START_SECONDS)
        except Died as died:
            raise bubblewrap.SandboxError(
                f"the sandbox did not start ({died.kind}): run python -m grader probe to see why"
            ) from None

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and return the answer; :class:`Died` where none comes in time."""
        self.number += 1
        body = json.dumps({"id": self.number, **request}).encode("ascii")
        deadline = time.monotonic() + seconds
        try:
            self._write(LENGTH.pack(len(body)) + body, deadline)
            return self._read(deadline)
        except TimeoutError:
            self.kill()
            raise Died("timed out") from None
        except (OSError, ValueError, RecursionError):
            self.kill()
            raise Died("crashed") from None

    def _write(self, data: bytes, deadline: float) -> None:
        os.set_blocking(self.requests, False)
        view = memoryview(data)
        while view:
            _, ready, _ = select.select([], [self.requests], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            view = view[os.write(self.requests, view) :]

    def _read(self, deadline: float) -> dict[str, Any]:
        while True:
            size = LENGTH.unpack(self._exactly(LENGTH.size, deadline))[0]
            if size > self.most:
                raise ValueError("the answer is too long")
            answer = json.loads(self._exactly(size, deadline))
            if not isinstance(answer, dict):
                raise ValueError("not an answer")
            if answer.get("id") == self.number:
                return answer

    def _exactly(self, size: int, deadline: float) -> bytes:
        parts, got = [], 0
        while got < size:
            ready, _, _ = select.select([self.answers], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = os.read(self.answers, min(size - got, MIB))
            if not part:
                raise ValueError("the process has ended")
            parts.append(part)
            got += len(part)
        return b"".join(parts)

    def kill(self) -> None:
        """End the sandbox and all that runs in it, and remove its folder."""
        if self.requests < 0:
            return
        # NB: the first process of the namespace dies with bwrap, and everything in the namespace with that.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self.requests)
        os.close(self.answers)
        self.requests = self.answers = -1
        if self.folder:
            self.folder.cleanup()


def _environment(home: str) -> dict[str, str]:
    """Return the environment of a sandbox: nothing of the instructor's but the language."""
    kept = {k: v for k, v in os.environ.items() if k == "LANG" or k.startswith("OPENBLAS_")}
    return kept | {
        "PATH": os.pathsep.join([f"{sys.prefix}/bin", "/usr/bin", "/bin"]),
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "NBGRADER_EXECUTION": "autograde",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def _free_uid() -> int:
    """Return a number above all users', of its own for each sandbox: limits on processes count by it."""
    return FIRST_UID + next(_uids) % UIDS + (os.getpid() % 1000) * UIDS


FIRST_UID, UIDS = 2_000_000_000, 10_000
_uids = itertools.count()
_spare: list[_Process] = []


def _next_process(isolation: str) -> _Process:
    """Return a sandbox that has not run anything, and start the one after it: it starts while this one works."""
    if _spare and (_spare[0].isolation != isolation or _spare[0].child.poll() is not None):
        _spare.pop().kill()
    process = _spare.pop() if _spare else _Process(isolation)
    _spare.append(_Process(isolation))
    return process


@atexit.register
def _end_spare() -> None:
    while _spare:
        _spare.pop().kill()
