"""Run a submission in a sandbox: one cell or exercise at a time, with all the clocks on this side.

Where that process dies or does not answer, a new one runs the cells again without the guilty one and goes
on with the exercises that are left: a loop or a crash costs its own exercise alone.
"""

from __future__ import annotations

import base64
import binascii
import builtins
import contextlib
import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from grader.files import plain_files
from grader.sandbox.process import MIB, Died, Process
from optimlab.outcomes import Case, Outcome

MAX_FILES = 1000
"""Files beside a notebook that its cells find."""
PICTURES = ("image/png", "image/jpeg")
SHOWN = ("text/plain", *PICTURES)


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
    outputs : int
        Characters kept of all cells' outputs.
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
    outputs: int = 16 * MIB
    message: int = 16 * MIB
    result: int = 4 * MIB

    @classmethod
    def of(cls, settings: Mapping[str, float]) -> Limits:
        """Return limits of which some differ from those here.

        Parameters
        ----------
        settings : mapping of str to float
            By the names above.

        Raises
        ------
        ValueError
            There is no such limit.
        """
        names = [field.name for field in fields(cls)]
        strange = sorted(settings.keys() - set(names))
        if strange:
            raise ValueError(f"there is no limit {strange[0]}. The limits are {', '.join(names)}.")
        return cls(**settings)

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
            "CORE": 1,  # NB: with 0 the kernel still starts the program that a core_pattern may name
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
    checks : list
        The outputs of each check of the instructor's own, or the word for why there are none.
    seconds : float
        Wall clock.
    starts : int
        Processes that were needed.
    """

    outcomes: dict[str, list[Outcome] | str] = field(default_factory=dict)
    outputs: list[list[dict[str, Any]]] = field(default_factory=list)
    checks: list[list[dict[str, Any]] | str] = field(default_factory=list)
    seconds: float = 0.0
    starts: int = 0


@dataclass(frozen=True)
class Request:
    """One exercise: the cases to call its function on, and the names of its arguments."""

    cases: Sequence[Case]
    parameters: tuple[str, ...]


def run(
    cells: Sequence[str],
    exercises: Mapping[str, Request],
    seed: int,
    limits: Limits | None = None,
    isolation: str = "bubblewrap",
    files: Mapping[str, str] | None = None,
    checks: Sequence[str] = (),
) -> Ran:
    """Run a submission's cells, then call each exercise's function on its cases, then run the instructor's own checks.

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
    files : mapping of str to str, optional
        The files that were handed in beside the notebook, see :func:`files_of`; the cells find them in their working
        folder.
    checks : sequence of str
        Sources of check cells that hold tests of their own. What they come to is the word of the process that ran
        the student's cells.

    Returns
    -------
    Ran

    Raises
    ------
    SandboxError
        There is no sandbox to be had here.
    """
    limits = limits or Limits()
    hello = {"seed": _seed_inside(seed), "files": dict(files or {})}
    hello |= {"limits": limits.of_process, "output_limit": limits.output}
    return _Run(cells, exercises, checks, hello, limits, isolation).all()


def _seed_inside(seed: int) -> int:
    """Return the seed of the global random states, from which the hidden seed cannot be found."""
    return int.from_bytes(hashlib.sha256(f"random states:{seed}".encode()).digest()[:6], "big")


NBGRADERS_FILES = ("timestamp.txt", "submission_secret.txt")
"""What nbgrader puts beside a notebook that was handed in: no part of the work."""


def files_of(folder: Path, most: int) -> tuple[tuple[str, str], ...]:
    """Return path and content, in base64, of the plain files that were handed in beside a notebook.

    Parameters
    ----------
    folder : Path
        Links in it are not followed.
    most : int
        Bytes; files beyond are left out.
    """
    files: list[tuple[str, str]] = []
    used = 0
    for file in plain_files(folder):
        name = str(file.relative_to(folder))
        if file.suffix == ".ipynb" or name in NBGRADERS_FILES:
            continue
        with contextlib.suppress(OSError):
            used += file.stat().st_size
            if used > most or len(files) == MAX_FILES:
                break
            files.append((name, base64.b64encode(file.read_bytes()).decode("ascii")))
    return tuple(files)


class _Run:
    """One submission's run, over as many processes as it takes."""

    def __init__(
        self,
        cells: Sequence[str],
        exercises: Mapping[str, Request],
        checks: Sequence[str],
        hello: dict[str, Any],
        limits: Limits,
        isolation: str,
    ) -> None:
        self.cells, self.exercises, self.checks = cells, exercises, checks
        self.hello, self.limits, self.isolation = hello, limits, isolation
        self.ran = Ran(outputs=[[] for _ in cells])
        self.guilty: set[int] = set()
        self.process: Process | None = None
        self.begun = time.monotonic()

    def all(self) -> Ran:
        try:
            self._start()  # the outputs are wanted where nothing is graded, too
            for name, request in self.exercises.items():
                self.ran.outcomes[name] = self._exercise(name, request)
            for source in self.checks:
                self.ran.checks.append(self._check(source))
        except TimeoutError:
            self._fill("timed out")
        finally:
            self._end()
        self._cut_outputs()
        self.ran.seconds = time.monotonic() - self.begun
        return self.ran

    def _fill(self, kind: str) -> None:
        for name in self.exercises:
            self.ran.outcomes.setdefault(name, kind)
        self.ran.checks += [kind] * (len(self.checks) - len(self.ran.checks))

    def _cut_outputs(self) -> None:
        left = self.limits.outputs
        for number, outputs in enumerate(self.ran.outputs):
            left -= sum(map(_characters, outputs))
            if left < 0:
                self.ran.outputs[number] = []

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
        self.process = None

    def _start(self) -> None:
        """Start a process and run the cells, again without one that ends it."""
        while True:
            self._end()
            if self.ran.starts > 1 + len(self.cells) + len(self.exercises) + len(self.checks):
                raise TimeoutError
            self.ran.starts += 1
            self.process = Process(self.isolation)
            self.process.greet(self.hello, self.limits.message)
            if self._run_cells():
                return

    def _run_cells(self) -> bool:
        for number, source in enumerate(self.cells):
            if number in self.guilty:
                continue
            try:
                self.ran.outputs[number] = _outputs(self._cell(source), self.limits.output)
            except Died as died:
                self.guilty.add(number)
                why = "did not come to an end" if died.kind == "timed out" else "ended Python"
                text = f"This cell was left out: it {why}.\n"
                self.ran.outputs[number] = [{"output_type": "stream", "name": "stderr", "text": text}]
                return False
        return True

    def _cell(self, source: str) -> dict[str, Any]:
        seconds = self._clock(self.limits.cell)
        return self.process.ask({"cell": source, "seconds": seconds}, seconds + self.limits.grace)

    def _exercise(self, name: str, request: Request) -> list[Outcome] | str:
        message = {
            "exercise": name,
            "cases": [case.to_json() for case in request.cases],
            "parameters": list(request.parameters),
            "seconds": self.limits.case,
            "seed": self.hello["seed"],
            "limit": self.limits.result,
        }
        if self.process is None:
            self._start()
        try:
            answer = self.process.ask(message, self._clock(self.limits.exercise))
        except Died as died:
            self._end()
            return died.kind
        outcomes = _outcomes(answer, len(request.cases))
        return outcomes if isinstance(outcomes, str) else _as_written(outcomes, request, "\n".join(self.cells))

    def _check(self, source: str) -> list[dict[str, Any]] | str:
        if self.process is None:
            self._start()
        try:
            return _outputs(self._cell(source), self.limits.output, results=True)
        except Died as died:
            self._end()
            return died.kind

    def _clock(self, seconds: float) -> float:
        left = self.limits.submission - (time.monotonic() - self.begun)
        if left <= 0:
            raise TimeoutError
        return min(seconds, left)


def _outcomes(answer: dict[str, Any], cases: int) -> list[Outcome] | str:
    """Return the outcomes in an answer, believing nothing."""
    data = answer.get("outcomes")
    if not isinstance(data, list):
        died = answer.get("died")
        return died if died in ("missing", "crashed", "too large") else "crashed"
    try:
        outcomes = [Outcome.from_json(item) for item in data[: cases + 1]]
    except (ValueError, TypeError):
        return "crashed"
    timed_out = bool(outcomes) and outcomes[-1].failure is not None and outcomes[-1].failure.kind == "timed out"
    if timed_out and len(outcomes) <= cases:
        return outcomes + [outcomes[-1]] * (cases - len(outcomes))
    return outcomes if len(outcomes) == cases else "crashed"


def _as_written(outcomes: list[Outcome], request: Request, text: str) -> list[Outcome]:
    """Return the outcomes without names and lines that are not the submission's own: they might tell hidden inputs."""
    lines = {line.strip() for line in text.splitlines()}
    words = set(re.findall(r"\w+", text)) | EXCEPTIONS
    paths = _paths_of(request)
    kept = []
    for outcome in outcomes:
        failure = outcome.failure
        if failure is not None:
            known = failure.exception in words or not failure.exception
            failure = replace(failure, exception=failure.exception if known else "Exception")
            # NB: a number of a line that no cell has would tell one of the hidden inputs.
            if failure.line_text not in lines or not 0 < (failure.line or 0) <= text.count("\n") + 1:
                failure = replace(failure, line=None, line_text="")
        modified = tuple(dict.fromkeys(path if path in paths else _root(path, request) for path in outcome.modified))
        kept.append(replace(outcome, failure=failure, modified=modified))
    return kept


EXCEPTIONS = {n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, BaseException)}
EXCEPTIONS |= {"LinAlgError", "AxisError", "UFuncTypeError", "ModuleNotFoundError"}
EXCEPTIONS |= {"_UFuncNoLoopError", "_UFuncBinaryResolutionError", "_UFuncOutputCastingError", "_ArrayMemoryError"}


def _root(path: str, request: Request) -> str:
    name = path.partition("[")[0]
    return name if name in request.parameters else request.parameters[0] if request.parameters else ""


def _paths_of(request: Request) -> set[str]:
    """Return all parts of the arguments that a function can modify, as an outcome names them."""
    paths: set[str] = set()

    def walk(value: Any, path: str) -> None:
        paths.add(path)
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}[{key!r}]")
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(item, f"{path}[{index}]")

    for case in request.cases:
        for call in case.calls:
            for name, argument in zip(request.parameters, call, strict=False):
                walk(argument, name)
    return paths


def _outputs(answer: dict[str, Any], limit: int, *, results: bool = False) -> list[dict[str, Any]]:
    """Return the outputs in an answer that have nbformat's form, up to a number of characters.

    A value is shown like what ``display`` shows, unless ``results`` asks to tell the two apart.
    """
    kept: list[dict[str, Any]] = []
    items = answer.get("outputs")
    for item in items if isinstance(items, list) else []:
        output = _output(item, results) if isinstance(item, dict) else None
        if output is not None:
            limit -= _characters(output)
            if limit < 0:
                break
            kept.append(output)
    return kept


def _output(item: dict[str, Any], results: bool) -> dict[str, Any] | None:
    kind = item.get("output_type")
    if kind == "stream" and item.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": item["name"], "text": _text(item.get("text", ""))}
    if kind == "error":
        lines = item.get("traceback")
        lines = [_text(line) for line in lines] if isinstance(lines, list) else []
        ename, evalue = _text(item.get("ename")), _text(item.get("evalue"))
        return {"output_type": kind, "ename": ename, "evalue": evalue, "traceback": lines}
    if kind in ("display_data", "execute_result") and isinstance(item.get("data"), dict):
        # Text and pictures only: a page that an instructor opens takes no script from a student.
        shown = {k: picture(v) if k in PICTURES else _text(v) for k, v in item["data"].items() if k in SHOWN}
        data = {k: v for k, v in shown.items() if v}
        if kind == "execute_result" and results:
            return {"output_type": kind, "execution_count": None, "data": data, "metadata": {}}
        return {"output_type": "display_data", "data": data, "metadata": {}}
    return None


def _text(value: Any) -> str:
    """Return text that can be written to a file: no halves of characters, no escape sequences."""
    # NB: nbconvert takes time that grows with the square of the number of escape sequences.
    text = re.sub("\x1b(?:\\[[0-9;]*[A-Za-z])?", "", str(value))
    return text.encode("utf-8", "replace").decode("utf-8")


def picture(value: Any) -> str:
    """Return a picture's base64 text, or an empty string: a page takes it as it stands, quotes and all."""
    try:
        return base64.b64encode(base64.b64decode(str(value), validate=False)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _characters(output: dict[str, Any]) -> int:
    lines = output.get("traceback", ())
    own = output.get("text", ""), output.get("evalue", ""), *output.get("data", {}).values()
    return 50 + sum(map(len, own)) + sum(len(line) + 10 for line in lines)
