"""What a command costs: wall clock, processor time of everything that it starts, and memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.1
ORPHANS_SECONDS = 30


@dataclass(frozen=True)
class Cost:
    """What one run of a command took.

    Parameters
    ----------
    wall, processor : float
        Seconds; the processor's of all processes, those that were killed as well.
    memory, memory_of_all : int
        Bytes at the peak: of the command's own process, and of all together (pages that several share count once).
    code : int
        The command's exit status; below zero the signal that ended it.
    """

    wall: float
    processor: float
    memory: int
    memory_of_all: int
    code: int


def adopt_orphans() -> None:
    """Make this process the parent of what loses its own, so that the kernel tells it their time."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the processes of a sandbox cannot be counted here")


def cost_of(words: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return what it took; what it prints is thrown away."""
    used, begun = _processor(), time.perf_counter()
    child = subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peaks, ended = [0, 0], threading.Event()
    sampler = threading.Thread(target=_sample, args=(child.pid, peaks, ended))
    sampler.start()
    code = child.wait()
    wall = time.perf_counter() - begun
    ended.set()
    sampler.join()
    _reap()
    return Cost(wall, _processor() - used, *peaks, code)


def _reap() -> None:
    """Wait for what the command left behind, which is this process's now."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(SAMPLE_SECONDS)


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _sample(pid: int, peaks: list[int], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        with contextlib.suppress(psutil.Error):
            command = psutil.Process(pid)
            peaks[0] = max(peaks[0], command.memory_info().rss)
            peaks[1] = max(peaks[1], sum(map(_proportional, [command, *command.children(recursive=True)])))


def _proportional(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error, AttributeError):
        return process.memory_full_info().pss
    return 0
