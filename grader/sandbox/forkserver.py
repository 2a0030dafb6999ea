"""The process that has imported what every submission needs, and forks itself into sandboxes.

It runs in a bubblewrap of its own, which holds what a sandbox holds, and never sees a submission. For each request it
has bubblewrap make a new sandbox, with a process in it that only waits; it forks, and the fork enters that sandbox's
namespaces, gives up what bubblewrap's own children lack (capabilities, system calls, descriptors), and goes on as
:mod:`inside` does. So Python, NumPy and IPython start once, and each submission still has a sandbox of its own.

A request holds the two descriptors of the channel, the answer a descriptor of the sandbox's first process: whoever
kills that one ends everything in the sandbox.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import gc
import itertools
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from optimlab import arrays, data, landscapes, network, plots, training, widgets  # noqa: F401 - lessons import them

sys.path.insert(0, str(Path(__file__).parent))
import inside

# A submission may bring a module of this name.
del sys.path[0], sys.modules["inside"]

MOST = 1 << 16
"""Bytes of a request or an answer."""
libc = ctypes.CDLL(None, use_errno=True)

# From linux/sched.h, linux/prctl.h, linux/capability.h and linux/seccomp.h.
NEW_USER = 0x10000000
NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000
"""Mounts, cgroups, host name, System V memory, processes, network."""
SET_DUMPABLE, SET_SECCOMP, DROP_BOUNDING, SET_NO_NEW_PRIVILEGES, AMBIENT, AMBIENT_CLEAR = 4, 22, 24, 38, 47, 4
SECCOMP_FILTER = 2
CAPABILITIES_VERSION = 0x20080522


class _Filter(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _done(result: int) -> None:
    """Raise what went wrong in a call of the C library."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, *arguments: object) -> int:
    values = [a if isinstance(a, ctypes._Pointer) else ctypes.c_ulong(a) for a in arguments]
    return libc.prctl(option, *values, *[ctypes.c_ulong(0)] * (4 - len(values)))


def new_sandbox(command: list[str]) -> int:
    """Make a sandbox with nothing in it but a process that waits, and return a descriptor of its first process.

    Parameters
    ----------
    command : list of str
        bubblewrap with all options, up to the program.

    Raises
    ------
    OSError
        bubblewrap did not make it; it says why on its stderr.
    """
    said_out, said_in = os.pipe()
    input_out, input_in = os.pipe()
    # NB: cat inherits both ends of its input, so that it waits for good once it has copied the first line.
    cat = subprocess.Popen(
        [*command, "--info-fd", str(said_in), "/bin/cat"],
        stdin=input_out,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[said_in, input_in],
    )
    os.close(said_in)
    with os.fdopen(said_out, "rb") as said, cat.stdout, cat.stderr:
        os.write(input_in, b"\n")
        os.close(input_in)
        os.close(input_out)
        if cat.stdout.read(1) != b"\n":  # its answer tells that everything is mounted
            raise OSError(cat.stderr.read(MOST // 4).decode("utf-8", "replace").strip())
        return os.pidfd_open(json.load(said)["child-pid"])


def enter(sandbox: int, filter_: bytes | None, uid: int | None, keep: list[int]) -> None:
    """Go into a sandbox for good, in a new process that has no more rights there than bubblewrap's own children.

    Parameters
    ----------
    sandbox : int
        A descriptor of its first process.
    filter_ : bytes or None
        System calls, as seccomp takes them.
    uid : int or None
        The user to become, where root started this.
    keep : list of int
        Descriptors that stay open.
    """
    with contextlib.suppress(OSError):  # where memory runs out, this goes first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    _done(libc.setns(sandbox, NAMESPACES | (NEW_USER if uid is None else 0)))
    if os.fork():  # a process enters a namespace of processes by being born there
        os._exit(0)
    os.setsid()
    os.chdir(os.environ["HOME"])
    for low, high in itertools.pairwise([2, *sorted(keep), os.sysconf("SC_OPEN_MAX")]):
        os.closerange(low + 1, high)
    for capability in itertools.count():
        if _prctl(DROP_BOUNDING, capability) != 0:
            break
    inside.stop_being_root(uid)
    _prctl(AMBIENT, AMBIENT_CLEAR)
    _done(libc.capset((ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0), (ctypes.c_uint32 * 6)()))
    _done(_prctl(SET_DUMPABLE, 1))
    _done(_prctl(SET_NO_NEW_PRIVILEGES, 1))
    if filter_ is not None:
        program = _Filter(len(filter_) // 8, filter_)
        _done(_prctl(SET_SECCOMP, SECCOMP_FILTER, ctypes.pointer(program)))


def reap() -> None:
    """Let go of the children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main() -> None:
    """Answer requests until the host closes its end."""
    host = socket.socket(fileno=int(sys.argv[1]))
    setup = json.loads(host.recv(MOST))
    filter_ = None if setup["filter"] is None else base64.b64decode(setup["filter"])
    shell = inside.make_shell()
    inside.seed_everything(0)  # loads numpy.random
    inside.multiply()
    gc.collect()
    gc.freeze()
    while True:
        body, channel, _, _ = socket.recv_fds(host, MOST, 2, socket.MSG_CMSG_CLOEXEC)
        if not body:
            return
        reap()
        uid = json.loads(body)["uid"]
        try:
            sandbox = new_sandbox(setup["command"])
        except OSError as error:
            host.send(str(error).encode() or b"bwrap gave no reason")
        else:
            if os.fork() == 0:
                try:
                    enter(sandbox, filter_, uid, channel)
                    sys.argv = [""]
                    inside.work(shell, *channel)
                finally:
                    os._exit(1)
            socket.send_fds(host, [b"ready"], [sandbox])
            os.close(sandbox)
        for descriptor in channel:
            os.close(descriptor)


if __name__ == "__main__":
    main()
