"""The process that runs a student's cells. It imports optimlab and the libraries, nothing of grader.

Requests come in and answers go out as JSON, one at a time, each behind its length, on two descriptors
that the host passes. Once a student's cell has run, nothing that this process says is trusted: it can only
hand back values, which the host reads as data.
"""

# ruff: noqa: E402 - the collector is off while modules are imported: there is nothing to collect

from __future__ import annotations

import gc

gc.disable()

import base64
import builtins
import contextlib
import io
import json
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from optimlab.outcomes import Case, observe

LENGTH = struct.Struct(">I")


class Channel:
    """Messages to and from the host."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd

    def receive(self) -> dict | None:
        """Return the next request, or None where the host has gone."""
        head = self._exactly(LENGTH.size)
        body = self._exactly(LENGTH.unpack(head)[0]) if head else b""
        return json.loads(body) if body else None

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = os.read(self.read_fd, size - len(data))
            if not part:
                return b""
            data += part
        return bytes(data)

    def send(self, answer: dict) -> None:
        """Send an answer."""
        body = json.dumps(answer).encode("ascii")
        view = memoryview(LENGTH.pack(len(body)) + body)
        while view:
            view = view[os.write(self.write_fd, view) :]


class Outputs:
    """The outputs of the cell that runs, in nbformat's form, up to a limit of characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.clear()

    def clear(self) -> None:
        self.items: list[dict] = []
        self.used = 0

    def add(self, item: dict, size: int) -> None:
        self.used += size
        if self.used <= self.limit:
            self.items.append(item)
        elif not self.items or self.items[-1].get("text") != CUT:
            self.items.append({"output_type": "stream", "name": "stderr", "text": CUT})

    def write(self, name: str, text: str) -> None:
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name and last["text"] != CUT:
            self.used += len(text)
            last["text"] += text if self.used <= self.limit else ""
            if self.used > self.limit:
                self.items.append({"output_type": "stream", "name": "stderr", "text": CUT})
        elif text:
            self.add({"output_type": "stream", "name": name, "text": text}, len(text))


CUT = "\n[The rest of the output was left out.]\n"


class Stream(io.TextIOBase):
    """What stands for stdout and stderr while cells run."""

    encoding = "utf-8"

    def __init__(self, outputs: Outputs, name: str, fd: int) -> None:
        self.outputs, self.name, self.fd = outputs, name, fd

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.fd

    def write(self, text: str) -> int:
        self.outputs.write(self.name, str(text).encode("utf-8", "replace").decode("utf-8"))
        return len(text)


class Publisher(DisplayPublisher):
    """Keeps what ``display`` shows."""

    outputs: Outputs

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_ignored) -> None:
        identity = (transient or {}).get("display_id")
        bundle = json.loads(json.dumps(data, default=str))
        item = {"output_type": "display_data", "data": bundle, "metadata": metadata or {}}
        if update:
            for old in self.outputs.items:
                if identity is not None and old.get("display_id") == identity:
                    old.update(item)
            return
        if identity is not None:
            item["display_id"] = identity
        self.outputs.add(item, sum(len(str(part)) for part in bundle.values()))

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


class Hook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    outputs: Outputs

    def write_output_prompt(self) -> None:
        """No prompt: the notebook has its own."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        bundle = json.loads(json.dumps(format_dict, default=str))
        item = {
            "output_type": "execute_result",
            "execution_count": self.shell.execution_count,
            "data": bundle,
            "metadata": md_dict or {},
        }
        self.outputs.add(item, sum(len(str(part)) for part in bundle.values()))

    def finish_displayhook(self) -> None:
        """Nothing to print."""


class Shell(InteractiveShell):
    """IPython without history, a terminal or a kernel."""

    outputs: Outputs

    def _showtraceback(self, etype, evalue, stb) -> None:
        lines = [line.encode("utf-8", "replace").decode("utf-8") for line in stb]
        name = getattr(etype, "__name__", str(etype))
        item = {"output_type": "error", "ename": name, "evalue": _text(evalue), "traceback": lines}
        self.outputs.add(item, sum(map(len, lines)))

    def enable_gui(self, gui=None) -> None:
        """There is no event loop of a window system here."""


def _text(value: object) -> str:
    try:
        return str(value)[:2000].encode("utf-8", "replace").decode("utf-8")
    except Exception:
        return ""


def make_shell() -> Shell:
    """Return the shell that runs all cells, with all that it loads at its first cell."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    shell = Shell.instance(config=config, displayhook_class=Hook, display_pub_class=Publisher)
    builtins.input = _no_input
    shell.user_ns["__name__"] = "__main__"
    shell.run_cell("pass", store_history=False)
    return shell


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() does not work while a notebook is graded")


def redirect_descriptors() -> int:
    """Send what C code and subprocesses print into memory, and return the descriptor to read it from."""
    memory = _nameless_file()
    os.dup2(memory, 1)
    os.dup2(memory, 2)
    return memory


def _nameless_file() -> int:
    """Return a file in the scratch folder that has no name."""
    descriptor, name = tempfile.mkstemp(dir=os.environ["HOME"])
    os.unlink(name)
    return descriptor


def printed_below(memory: int, limit: int) -> str:
    """Return what went to the descriptors since the last call."""
    size = os.fstat(memory).st_size
    text = os.pread(memory, min(size, limit), 0).decode("utf-8", "replace") if size else ""
    with contextlib.suppress(OSError):
        os.ftruncate(memory, 0)
        os.lseek(memory, 0, os.SEEK_SET)
    return text


def seed_everything(seed: int) -> None:
    """Set the global random states, so that equal work gets equal verdicts."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - students may use the global state


def stop_being_root(uid: int | None) -> None:
    """Become a user that owns nothing, for good, where root started the sandbox."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def unpack(files: dict[str, str]) -> None:
    """Put the files that were handed in beside the notebook into the scratch folder."""
    for name, content in files.items():
        file = Path(os.environ["HOME"], name)
        with contextlib.suppress(OSError, RecursionError):  # a name may stand in the way of what is there already
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(base64.b64decode(content))


@contextlib.contextmanager
def interrupted_after(seconds: float):
    """Interrupt the main thread where the block takes longer; the host kills what does not heed it."""
    # A signal, not interrupt_main: a sleep hears it too.
    timer = threading.Timer(seconds, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def multiply() -> None:
    """Have OpenBLAS take its buffers, which a limit may put out of reach later."""
    np.ones((64, 64)) @ np.ones((64, 64))


def set_limits(limits: dict[str, int]) -> None:
    """Lower this process's limits for good."""
    multiply()
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def run_exercise(shell: Shell, request: dict) -> dict:
    """Call a function on all cases in a fork, so that what it breaks is broken there alone."""
    name = request["exercise"]
    if not callable(shell.user_ns.get(name)):
        return {"outcomes": None, "died": "missing"}
    memory = _nameless_file()
    pid = os.fork()
    if pid == 0:
        try:
            seed_everything(request["seed"])
            outcomes = []
            for data in request["cases"]:
                outcome = observe(
                    shell.user_ns[name], Case.from_json(data), tuple(request["parameters"]), request["seconds"]
                )
                outcomes.append(outcome.to_json())
                if outcome.failure is not None and outcome.failure.kind == "timed out":
                    break  # one wait is enough
            body = json.dumps(outcomes).encode("ascii")
            os.write(memory, body[: request["limit"] + 1])  # one byte too many tells that there are more
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    size = os.fstat(memory).st_size
    body = os.pread(memory, min(size, request["limit"]), 0)
    os.close(memory)
    if status == 0 and size > request["limit"]:
        return {"outcomes": None, "died": "too large"}
    with contextlib.suppress(ValueError):
        if body and status == 0:
            return {"outcomes": json.loads(body)}
    return {"outcomes": None, "died": "crashed"}


def work(shell: Shell, read_fd: int, write_fd: int) -> None:
    """Answer the requests of a channel until the host closes it.

    Parameters
    ----------
    shell : Shell
        It has run nothing yet.
    read_fd, write_fd : int
        Where requests come from and answers go.
    """
    channel = Channel(read_fd, write_fd)
    first = channel.receive()
    if first is None:
        return
    memory = redirect_descriptors()
    sys.path.insert(0, "")
    os.makedirs(shell.profile_dir.location, exist_ok=True)  # the scratch folder may be a new one
    shell.profile_dir.check_dirs()
    unpack(first["files"])
    outputs = shell.outputs = shell.display_pub.outputs = shell.displayhook.outputs = Outputs(first["output_limit"])
    sys.stdout, sys.stderr = Stream(outputs, "stdout", 1), Stream(outputs, "stderr", 2)
    seed_everything(first["seed"])
    set_limits(first["limits"])
    channel.send({"id": first["id"], "ready": True})
    gc.freeze()  # what is there now stays, and need not be looked through again, here or in a fork
    gc.enable()
    own = os.getpid()
    while (request := channel.receive()) is not None:
        if "exercise" in request:
            answer = run_exercise(shell, request)
        else:
            outputs.clear()
            with contextlib.suppress(KeyboardInterrupt, SystemExit), interrupted_after(request["seconds"]):
                shell.run_cell(request["cell"], store_history=True)
            if os.getpid() != own:
                os._exit(0)  # the cell forked, and this is the copy
            outputs.write("stdout", printed_below(memory, first["output_limit"]))
            answer = {"outputs": outputs.items}
        channel.send({"id": request["id"], **answer})


def main() -> None:
    """Work as a process that was started for one submission: its arguments are the channel, and the user to become."""
    read_fd, write_fd, *uid = map(int, sys.argv[1:])
    stop_being_root(*uid or [None])
    work(make_shell(), read_fd, write_fd)


if __name__ == "__main__":
    main()
