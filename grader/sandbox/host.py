"""Start the process that runs a submission, send it one cell or exercise at a time, and keep the clocks.

Where that process dies or does not answer, a new one runs the cells again without the guilty one and goes
on with the exercises that are left: a loop or a crash costs its own exercise alone.
"""

from __future__ import annotations

import contextlib
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

from optimlab.outcomes import Case, Outcome

INSIDE = Path(__file__).with_name("inside.py")
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


def run(cells: Sequence[str], exercises: Mapping[str, Request], seed: int, limits: Limits | None = None) -> Ran:
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

    Returns
    -------
    Ran
    """
    return _Run(cells, exercises, seed, limits or Limits()).all()


class _Run:
    """One submission's run, over as many processes as it takes."""

    def __init__(self, cells: Sequence[str], exercises: Mapping[str, Request], seed: int, limits: Limits) -> None:
        self.cells, self.exercises, self.seed, self.limits = cells, exercises, seed, limits
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
            self.process = _Process(self.seed, self.limits)
            if self._run_cells():
                return

    def _run_cells(self) -> bool:
        for number, source in enumerate(self.cells):
            if number in self.guilty:
                continue
            try:
                answer = self.process.ask({"cell": source}, self._clock(self.limits.cell), interrupt=True)
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
            "seed": self.seed,
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
    """One process that runs cells, and the channel to it."""

    def __init__(self, seed: int, limits: Limits) -> None:
        self.limits = limits
        self.number = 0
        self.folder = tempfile.TemporaryDirectory(prefix="optimlab-")
        requests_out, self.requests = os.pipe()
        self.answers, answers_in = os.pipe()
        environment = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG") or k.startswith("OPENBLAS_")}
        environment |= {
            "HOME": self.folder.name,
            "MPLCONFIGDIR": self.folder.name,
            "IPYTHONDIR": self.folder.name,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "NBGRADER_EXECUTION": "autograde",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        self.child = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", str(INSIDE), str(requests_out), str(answers_in)],
            cwd=self.folder.name,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(requests_out, answers_in),
            start_new_session=True,
        )
        os.close(requests_out)
        os.close(answers_in)
        hello = {"seed": seed, "limits": limits.of_process, "output_limit": limits.output}
        try:
            self.ask(hello, 60.0)
        except Died as died:
            raise RuntimeError(f"the process that runs submissions did not start ({died.kind}): {INSIDE}") from None

    def ask(self, request: dict[str, Any], seconds: float, interrupt: bool = False) -> dict[str, Any]:
        """Send a request and return the answer; :class:`Died` where none comes in time."""
        self.number += 1
        body = json.dumps({"id": self.number, **request}).encode("ascii")
        try:
            self._write(LENGTH.pack(len(body)) + body)
            try:
                return self._read(time.monotonic() + seconds)
            except TimeoutError:
                if not interrupt:
                    raise
                self.child.send_signal(signal.SIGINT)
                return self._read(time.monotonic() + self.limits.grace)
        except TimeoutError:
            self.kill()
            raise Died("timed out") from None
        except (OSError, ValueError):
            self.kill()
            raise Died("crashed") from None

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.requests, view) :]

    def _read(self, deadline: float) -> dict[str, Any]:
        while True:
            size = LENGTH.unpack(self._exactly(LENGTH.size, deadline))[0]
            if size > self.limits.message:
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
        """End the process and all that it started, and remove its folder."""
        if self.requests < 0:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        os.close(self.requests)
        os.close(self.answers)
        self.requests = self.answers = -1
        self.folder.cleanup()
