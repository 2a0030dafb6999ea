"""What one honest submission of lesson 03 costs: ours against stock nbgrader, on one core, in the same run.

Stock nbgrader starts a kernel and runs the notebook with tests that an instructor wrote by hand, once whole and once
without demonstrations and self-checks, the cells that ours runs as well. nbgrader's bookkeeping (copies, gradebook),
which is the same for both, is timed apart.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from grader.classroom import Course
from grader.grading import grade
from grader.lesson import read_lesson, submission_of
from grader.sandbox import host
from grader.verdicts import Key
from tests.attacks import forms, stock
from tests.attacks.stage import NAME

AIM_SECONDS = 0.25
AIM_SHARE = 1 / 3


@dataclass(frozen=True)
class Cost:
    """The median of several runs, in seconds."""

    name: str
    wall: float
    processor: float


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=__doc__.split("\n\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # children inherit it
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # kernels warn on each start
    with tempfile.TemporaryDirectory(prefix="optimlab-bench-") as folder:
        costs = measure(Path(folder), runs)
    print(f"{platform.machine()}, one core, Python {platform.python_version()}, {runs} runs, medians")
    print(f"load on the machine: {os.getloadavg()[0]:.1f}\n")
    print(f"{'one honest submission of ' + NAME:58} {'wall':>7} {'processor':>10}")
    for cost in costs:
        print(f"{cost.name:58} {cost.wall:6.2f}s {cost.processor:9.2f}s")
    ours, _, equal, _ = costs
    print(f"\nours: {ours.wall:.2f} s on one core (aim: {AIM_SECONDS}), ", end="")
    print(f"{ours.wall / equal.wall:.2f} of stock on equal cells (aim: {AIM_SHARE:.2f})")
    return 0


def measure(folder: Path, runs: int) -> list[Cost]:
    """Return the costs: ours, stock on the whole notebook, stock on equal cells, bookkeeping."""
    root = folder / "course"
    notebook = forms.make_course(root)
    lesson = read_lesson(root / "solutions" / NAME / f"{NAME}.ipynb")
    submission, _ = submission_of(notebook, lesson)
    key = Key("honest", NAME, submission.hash, 5, "version")
    whole = _with_tests(notebook)
    equal = nbformat.from_dict(whole)
    equal.cells = [c for c in equal.cells if "nbgrader" in c.metadata and c.cell_type == "code"]
    for cell in equal.cells:
        cell.source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("check("))
    execute = Execute(timeout=60)

    def ours() -> None:
        assert all(v.status == "correct" for v in grade(submission, lesson, key).verdicts.values())

    def stocks(nb: NotebookNode) -> Callable[[], None]:
        def run() -> None:
            done, _ = execute.preprocess(nbformat.from_dict(nb), {"metadata": {"path": str(folder)}})
            assert not [o for c in done.cells for o in c.get("outputs", []) if o.output_type == "error"]

        return run

    _count_what_is_killed()
    rows = [
        median("ours: sandbox, set-up and answers, judge", ours, runs, each=4),
        median("stock: kernel, whole notebook", stocks(whole), runs),
        median("stock: kernel, equal cells", stocks(equal), runs),
    ]
    host._end_spare()
    return [*rows, median("nbgrader's bookkeeping, the verdict known", _bookkeeping(root, notebook), runs)]


def median(name: str, run: Callable[[], None], runs: int, each: int = 1) -> Cost:
    """Time several samples after a run that is not counted, each the mean of some runs in a row.

    On one core a sandbox that starts ahead takes its time from the run before it, so ours is timed over several.
    """
    run()
    walls, processors = [], []
    for _ in range(runs):
        begun, used = time.perf_counter(), _processor()
        for _ in range(each):
            run()
        walls.append((time.perf_counter() - begun) / each)
        processors.append((_processor() - used) / each)
    return Cost(name, statistics.median(walls), statistics.median(processors))


def _processor() -> float:
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in both) + sum(_killed)


_killed: list[float] = []
"""Seconds of processor that sandboxes took: nobody waits for what is killed inside, so the kernel tells nobody."""


def _count_what_is_killed() -> None:
    kill = host._Process.kill

    def counted(process: host._Process) -> None:
        if process.requests >= 0:
            _killed.append(sum(map(_seconds_of, _below(process.child.pid))))
        kill(process)

    host._Process.kill = counted


def _below(pid: int) -> list[int]:
    """Return the processes below one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [below for child in map(int, children) for below in (child, *_below(child))]


def _seconds_of(pid: int) -> float:
    """Return the time of a process, its threads and the children that it waited for."""
    threads = [int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    waited = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    return sum(threads) / 1e9 + sum(map(int, waited)) / os.sysconf("SC_CLK_TCK")


def _with_tests(notebook: NotebookNode) -> NotebookNode:
    whole = nbformat.from_dict(notebook)
    for name, tests in stock.TESTS.items():
        forms.cell(whole, f"{name}_check").source = f"check({name}){tests}"
    return whole


def _bookkeeping(root: Path, notebook: NotebookNode) -> Callable[[], None]:
    folder = root / "submitted" / "honest" / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    course = Course(root)
    assert course.autograde(NAME).problems == []

    def run() -> None:
        shutil.rmtree(root / "autograded")
        assert course.autograde(NAME).graded == 1

    return run


if __name__ == "__main__":
    sys.exit(main())
