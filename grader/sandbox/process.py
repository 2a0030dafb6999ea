"""A sandbox of its own for a submission, and the channel to the process in it.

Where the kernel allows it (Linux 5.8 and later), the process is a fork of one that has Python, NumPy and IPython loaded
and enters a sandbox that bubblewrap made, see :mod:`grader.sandbox.forkserver`; elsewhere bubblewrap starts a new
Python. The two have the same rights.
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
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import optimlab
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.bubblewrap import MIB, START_SECONDS

LENGTH = struct.Struct(">I")
MAX_PARTS = 2_000_000
"""Commas, lists and dicts in one answer: a list takes 20 times as much memory as its two brackets."""


class Died(Exception):
    """The process ended, sent what is no answer, or was killed because it did not answer in time."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


FIRST_TO_GO = ("/bin/sh", "-c", 'echo 1000 >/proc/self/oom_score_adj; exec "$@"', "sh")
"""Where memory runs out, the kernel ends what this starts before anything else."""


class _Program:
    """A program that was started for one submission, and leads a session of its own."""

    def __init__(self, words: list[str], home: str, folder: str, passed: list[int]) -> None:
        self.child = _started([*FIRST_TO_GO, *words], home, folder, passed)

    def kill(self) -> None:
        """End it; the first process of a namespace dies with bwrap, and everything in the namespace with that."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


class _Fork:
    """A sandbox that a fork went into."""

    def __init__(self, first: int) -> None:
        self.first = first

    def kill(self) -> None:
        """End its first process, and everything in the namespace with that."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.first, signal.SIGKILL)
        select.select([self.first], [], [], START_SECONDS)
        os.close(self.first)


class ForkServer:
    """The process that forks into sandboxes; it ends when this one closes the socket, or ends.

    Raises
    ------
    SandboxError
        There is no sandbox to be had here.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.socket, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(START_SECONDS)
        words = bubblewrap.fork_server_command(its.fileno())
        with its:
            self.child = _started(words, bubblewrap.SCRATCH, "/", [its.fileno()])
        filter_ = seccomp.program()
        setup = {
            "command": bubblewrap.new_sandbox_command(),
            "filter": None if filter_ is None else base64.b64encode(filter_).decode("ascii"),
        }
        self.socket.send(json.dumps(setup).encode("ascii"))

    def fork(self, channel: list[int], uid: int | None) -> int:
        """Have a fork work in a new sandbox, and return a descriptor of the sandbox's first process.

        Parameters
        ----------
        channel : list of int
            What the fork reads requests from and writes answers to.
        uid : int or None
            The user that it becomes.

        Raises
        ------
        OSError
            There is none; the message says why.
        """
        socket.send_fds(self.socket, [json.dumps({"uid": uid}).encode("ascii")], channel)
        said, first, _, _ = socket.recv_fds(self.socket, MIB, 1, socket.MSG_CMSG_CLOEXEC)
        if not first:
            raise OSError(said.decode("utf-8", "replace") or "it ended")
        return first[0]

    def end(self) -> None:
        """End it, and every sandbox that is left."""
        self.socket.close()
        if self.owner != os.getpid():
            return
        try:
            self.child.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


class _Forks:
    """The fork server of this process, which starts when it is first needed."""

    server: ForkServer | None = None
    possible: bool | None = None

    def begin(self) -> None:
        """Start the server before it is needed, if it can be had."""
        with contextlib.suppress(OSError, bubblewrap.SandboxError):
            self.server = self.server or ForkServer()

    def into_sandbox(self, channel: list[int], uid: int | None) -> int | None:
        """Return a descriptor of the first process of a new sandbox; None where the kernel has no way into it."""
        if self.server is not None and self.server.owner != os.getpid():
            self.end()  # it is the parent's
        for _ in range(0 if self.possible is False else 2):
            try:
                self.server = self.server or ForkServer()
                first = self.server.fork(channel, uid)
            except OSError:
                self.end()
            else:
                self.possible = True
                return first
        self.possible = bool(self.possible)
        return None

    def end(self) -> None:
        """End the server; the next sandbox starts another."""
        if self.server is not None:
            self.server.end()
        self.server = None


forks = _Forks()
atexit.register(forks.end)


class Process:
    """One sandbox, or none where ``isolation`` is "none", with the process that works in it and the channel to that."""

    def __init__(self, isolation: str) -> None:
        self.number = 0
        self.most = MIB
        self.isolation = isolation
        self.folder = None
        requests_out, self.requests = os.pipe()
        self.answers, answers_in = os.pipe()
        channel = [requests_out, answers_in]
        try:
            self.started = self._plain(channel) if isolation == "none" else self._isolated(channel)
        finally:
            for descriptor in channel:
                os.close(descriptor)

    def _plain(self, channel: list[int]) -> _Program:
        self.folder = tempfile.TemporaryDirectory(prefix="optimlab-", ignore_cleanup_errors=True)
        words = [bubblewrap.PYTHON, *bubblewrap.PLAIN, str(bubblewrap.files_inside()[0]), *map(str, channel)]
        return _Program(words, self.folder.name, self.folder.name, channel)

    def _isolated(self, channel: list[int]) -> _Program | _Fork:
        uid = _free_uid() if os.geteuid() == 0 else None
        first = forks.into_sandbox(channel, uid)
        if first is not None:
            return _Fork(first)
        filter_ = bubblewrap.seccomp_descriptor()
        words = bubblewrap.command((*channel, *([] if uid is None else [uid])), filter_)
        try:
            return _Program(words, bubblewrap.SCRATCH, "/", [*channel, *([] if filter_ is None else [filter_])])
        finally:
            if filter_ is not None:
                os.close(filter_)

    def greet(self, hello: dict[str, Any], most: int) -> None:
        """Say what it may use; the first thing said to a process.

        Parameters
        ----------
        hello : dict
            The seed, the files, the limits of the process, the characters that are kept of a cell's outputs.
        most : int
            Bytes that an answer may have.

        Raises
        ------
        SandboxError
            It does not answer.
        """
        self.most = most
        limits = dict(hello["limits"])
        if self.isolation == "none":
            del limits["NPROC"]  # it would count the instructor's own processes
        try:
            self.ask({**hello, "limits": limits}, START_SECONDS)
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
            body = self._exactly(size, deadline)
            if sum(map(body.count, (b",", b"[", b"{"))) > MAX_PARTS:
                raise ValueError("the answer has too many parts")
            answer = json.loads(body)
            if not isinstance(answer, dict):
                raise ValueError("not an answer")
            if answer.get("id") == self.number:
                return answer

    def _exactly(self, size: int, deadline: float) -> bytes:
        parts, got = [], 0
        while got < size:
            left = deadline - time.monotonic()
            # NB: a flood of messages is always ready, so the clock is looked at by itself.
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
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
        self.started.kill()
        os.close(self.requests)
        os.close(self.answers)
        self.requests = self.answers = -1
        if self.folder:
            self.folder.cleanup()


def _started(words: list[str], home: str, folder: str, passed: list[int]) -> subprocess.Popen:
    """Start a program that has nothing of this one but some descriptors."""
    return subprocess.Popen(
        words,
        cwd=folder,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=passed,
        start_new_session=True,
    )


def _environment(home: str) -> dict[str, str]:
    """Return the environment of a sandbox: nothing of the instructor's but the language.

    The optimlab that runs inside is the one that runs here, wherever it is installed from.
    """
    kept = {k: v for k, v in os.environ.items() if k == "LANG" or k.startswith("OPENBLAS_")}
    return kept | {
        "PATH": os.pathsep.join([str(Path(bubblewrap.PYTHON).parent), "/usr/bin", "/bin"]),
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(Path(optimlab.__file__).resolve().parents[1]),
        "NBGRADER_EXECUTION": "autograde",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


FIRST_UID, UIDS = 2_000_000_000, 10_000_000
_numbers = itertools.count()


def _free_uid() -> int:
    """Return a number above all users', of its own for each sandbox: limits on processes count by it."""
    first, uids = FIRST_UID, UIDS
    rows = [tuple(map(int, row.split())) for row in Path("/proc/self/uid_map").read_text().splitlines()]
    end = max(start + count for start, _, count in rows)
    if end < first + uids:  # in a container of a user's own there are fewer
        uids = end // 4
        first = end - uids
    return first + (os.getpid() * 10_000 + next(_numbers)) % uids
