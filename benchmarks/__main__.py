"""Time a class: ours against stock nbgrader and otter, on the same notebooks, in one run, one after the other in turn.

``make bench`` runs it and writes ``benchmarks/RESULTS.md``. Everything happens below ``build/bench/``.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import itertools
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from benchmarks import classes, stages
from benchmarks.classes import ROOT
from benchmarks.measure import Cost, adopt_orphans, cost_of
from tools.pupils import Pupil

BENCH = ROOT / "build" / "bench"
RESULTS = Path(__file__).with_name("RESULTS.md")
OTTER = ROOT / "build" / "otter-venv" / "bin"
OTTERS = 2
"""Students whose work otter grades: it takes 10 to 25 s for each."""
LONG_SECONDS = 300
"""Who takes longer than this in the first round takes part in no other: the figures of one round stand for it."""
MIB = 1024 * 1024
AIM_SECONDS = 0.15
"""Seconds of wall clock that an honest submission takes at most: the project's aim."""
AIM_EQUAL = 6.0
"""How many times as fast as stock nbgrader, at least, where both run equal cells: the project's aim."""
AIM_WHOLE = 20.0
"""How many times as fast as stock nbgrader, at least, where it runs the whole notebook: the project's aim."""
AIM_GROWTH = 0.1
"""Share by which a submission's processor time may grow between the two largest classes: the project's aim."""
AIM_MEMORY = 500
"""MiB below which the command's own process stays, however large the class: the project's aim."""
AIM_DASK = 1.5
"""How many times as fast as one worker of a cluster two are, at least: the project's aim."""
PYTHON = sys.executable


HEAD = """# What grading a class costs

Made by `{command}` on {day}: {machine}. Load on the machine when it began: {before:.1f}, when it ended: {after:.1f}.

Of twenty students twelve are right in several styles, six have a misconception, one loops and one ends Python. Every
way to grade gets the same answers, in turn; figures are medians, with the range in brackets. Stock nbgrader and otter
run tests that were written by hand (`benchmarks/by_hand.py`). *Equal cells*: without the demonstrations and
self-checks, which ours doesn't run. A loop is broken off after {loop} s. Of those who end Python stock nbgrader grades
nothing. otter starts anew for each submission: it gets the first {otters} of the class, who are right. What takes more
than {long} minutes takes part in the first round only. Processor time is that of all processes, sandboxes that were
killed included.
"""


class BenchmarkError(Exception):
    """A way to grade did not grade what was handed in; the message says how to see why."""


@dataclass(frozen=True)
class Contender:
    """One way to grade a class.

    Parameters
    ----------
    name : str
    template : Path
        A course's folder without what grading leaves; it is copied for each run.
    words : callable
        Given the copy, the command.
    environment : dict
    students : int
        Who hand in to it: the first so many of the class.
    graded : str
        Pattern of the files below the copy that come out, one for each submission that was graded.
    lost : int
        Submissions that it is known not to grade.
    """

    name: str
    template: Path
    words: Callable[[Path], Sequence[str]]
    environment: dict[str, str]
    students: int
    graded: str
    lost: int = 0

    def run(self) -> Cost:
        """Grade the class once.

        Raises
        ------
        BenchmarkError
            Another number of submissions came out than was handed in: what was timed is not grading.
        """
        root = BENCH / "run"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.template, root)
        words = self.words(root)
        cost = cost_of(words, root, self.environment)
        # NB: no exit status tells: stock nbgrader exits with 1 where one submission of many ends Python
        came, due = len(list(root.glob(self.graded))), self.students - self.lost
        if came != due:
            raise BenchmarkError(
                f"{self.name}: {came} submissions came out as {root}/{self.graded}, not {due}; "
                f"exit status {cost.code}. To see why: cd {root} && {shlex.join(words)}"
            )
        return cost


OURS_1, OURS_2 = "ours, 1 job", "ours, 2 jobs"
STOCK, EQUAL = "stock nbgrader", "stock nbgrader, equal cells"
OTTER_WHOLE, OTTER_EQUAL = "otter run", "otter run, equal cells"
GRADED = "autograded/*/{0}/{0}.ipynb"
"""What nbgrader and ours leave of each submission that was graded, by the lesson's name."""


def contenders(lesson: str, number: int) -> list[Contender]:
    """Make the class for each way to grade it."""
    chosen = classes.mixed(lesson, number)
    folder = BENCH / lesson
    ours = classes.course(folder / "ours", lesson)
    classes.hand_in(ours, ours / "notebooks" / lesson / f"{lesson}.ipynb", lesson, chosen)
    made = [_ours(OURS_1, ours, lesson, 1, number), _ours(OURS_2, ours, lesson, 2, number)]
    ended = sum(pupil.name == classes.ENDS_PYTHON for pupil in chosen.values())
    for name, otter, whole in ((STOCK, OTTER_WHOLE, True), (EQUAL, OTTER_EQUAL, False)):
        root = classes.stock_course(folder / name.replace(" ", "-"), lesson, demonstrations=whole)
        blank = root / "release" / lesson / f"{lesson}.ipynb"
        if OTTER.exists():
            made.append(_otter(otter, shutil.copytree(root, folder / otter.replace(" ", "-")), lesson, chosen))
        classes.hand_in(root, blank, lesson, chosen)
        words = [PYTHON, "-m", "nbgrader", "autograde", lesson]
        made.append(Contender(name, root, lambda _, words=words: words, {}, number, GRADED.format(lesson), lost=ended))
    return made


def _ours(name: str, root: Path, lesson: str, jobs: int, students: int) -> Contender:
    words = [PYTHON, "-m", "grader", "autograde", lesson, "--jobs", str(jobs)]
    return Contender(name, root, lambda _: words, {}, students, GRADED.format(lesson))


def _otter(name: str, root: Path, lesson: str, chosen: dict[str, Pupil]) -> Contender:
    """Hand in the first of a class to otter, in a stock course without submissions."""
    few = dict(itertools.islice(chosen.items(), OTTERS))
    classes.hand_in(root, root / "release" / lesson / f"{lesson}.ipynb", lesson, few)
    classes.otter_zip(root / "autograder.zip", lesson)
    run = f'"{OTTER}/otter" run "submitted/$student/{lesson}/{lesson}.ipynb" -a autograder.zip --no-logo'
    each = f'mkdir -p "out/$student" && {run} -o "out/$student"'
    words = ["sh", "-c", f"for student in {' '.join(few)}; do {each}; done"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": f"{OTTER}{os.pathsep}{os.environ['PATH']}"}
    return Contender(name, root, lambda _: words, environment, len(few), "out/*/results.json")


def honest_course(lesson: str, number: int) -> Path:
    """Make a course in which so many have handed in right answers."""
    root = BENCH / lesson / f"honest-{number}"
    if root.exists():
        return root
    classes.course(root, lesson)
    classes.hand_in(root, root / "notebooks" / lesson / f"{lesson}.ipynb", lesson, classes.honest(lesson, number))
    return root


def in_turn(ways: list[Contender], runs: int, words: str) -> dict[str, list[Cost]]:
    """Run all, so many times, each round in another order; some in the first round only."""
    costs: dict[str, list[Cost]] = {way.name: [] for way in ways}
    orders = [ways[number % len(ways) :] + ways[: number % len(ways)] for number in range(runs)]
    for way in tqdm([way for order in orders for way in order], desc=words, unit="run", disable=None):
        if all(cost.wall < LONG_SECONDS for cost in costs[way.name]):
            costs[way.name].append(way.run())
    return costs


# -------------------------------------------------------------------------------------- the parts

PARTS = ("class", "honest", "growth", "dask")


def parts(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the lines of the parts that were asked for."""
    first = arguments.lessons[0]
    for lesson in arguments.lessons:
        if "class" in arguments.only:
            yield from of_a_class(lesson, arguments.students, arguments.runs)
        if "honest" in arguments.only:
            yield from of_honest_ones(lesson, arguments.honest, arguments.runs + 1)
    if "growth" in arguments.only and arguments.growth:
        yield from of_growth(first, arguments.growth, arguments.runs)
    if "dask" in arguments.only:
        yield from of_a_cluster(first, arguments.cluster, arguments.runs)


def of_a_class(lesson: str, number: int, runs: int) -> Iterator[str]:
    """Yield the table of one class."""
    ways = contenders(lesson, number)
    students = {way.name: way.students for way in ways}
    costs = in_turn(ways, runs, lesson)
    each = {name: [cost.wall / students[name] for cost in several] for name, several in costs.items()}
    # NB: not strict, for what takes long is in the first round only
    ratios = {name: [one / ours for one, ours in zip(each[name], each[OURS_2], strict=False)] for name in costs}
    yield f"## {lesson}: a class of {number}\n"
    yield "| | submissions a minute | times ours, 2 jobs | processor, s each | peak memory, MiB: its own, all |"
    yield "|---|---|---|---|---|"
    for name, several in costs.items():
        speed = spread([60 / seconds for seconds in each[name]], 3)
        processor = statistics.median(cost.processor / students[name] for cost in several)
        own, all_ = (max(getattr(c, which) for c in several) // MIB for which in ("memory", "memory_of_all"))
        yield f"| {name} | {speed} | {spread(ratios[name], 3)} | {processor:.2f} | {own}, {all_} |"
    yield ""
    for name, aim in ((STOCK, AIM_WHOLE), (EQUAL, AIM_EQUAL)):
        ratio = statistics.median(ratios[name])
        yield f"- Ours with 2 jobs is {ratio:.1f} times as fast as {name} ({judged(ratio >= aim)}: {aim:g})."


def of_honest_ones(lesson: str, number: int, runs: int) -> Iterator[str]:
    """Yield what an honest submission takes, and where."""
    root = honest_course(lesson, number)
    costs = in_turn([_ours(OURS_2, root, lesson, 2, number)], runs, f"{lesson}, honest")[OURS_2]
    each = [cost.wall / number for cost in costs]
    median = statistics.median(each)
    yield f"- {number} honest submissions, 2 jobs: {spread(each, 3)} s each, start of the command included "
    yield f"  ({judged(median <= AIM_SECONDS)}: {AIM_SECONDS} s)."
    words = [PYTHON, "-m", "benchmarks.stages", str(root), lesson]
    took = json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    whole = sum(took.values())
    parts = ", ".join(f"{stage} {took[stage]:.3f} s ({took[stage] / whole:.0%})" for stage in stages.STAGES)
    yield f"- Where its time goes, one after the other: {parts}.\n"


def of_growth(lesson: str, sizes: list[int], runs: int) -> Iterator[str]:
    """Yield how the cost grows with the class."""
    ways = [_ours(str(size), honest_course(lesson, size), lesson, 2, size) for size in sizes]
    costs = in_turn(ways, runs, "growth")
    yield f"## Growth: honest submissions of {lesson}, 2 jobs\n"
    yield "| students | s each | processor, s each | peak memory of the command's own process, MiB |"
    yield "|---|---|---|---|"
    processor, memory = {}, 0
    for size in sizes:
        several = costs[str(size)]
        processor[size] = statistics.median(cost.processor / size for cost in several)
        memory = max(cost.memory // MIB for cost in several)
        wall = spread([cost.wall / size for cost in several], 3)
        yield f"| {size} | {wall} | {processor[size]:.3f} | {memory} |"
    yield ""
    if len(sizes) > 1:
        small, large = sizes[-2:]
        pairs = zip(costs[str(small)], costs[str(large)], strict=True)
        further = [(many.wall - few.wall) / (large - small) for few, many in pairs]
        reached = judged(statistics.median(further) <= AIM_SECONDS)
        yield f"- Each further submission takes {spread(further, 3)} s ({reached}: {AIM_SECONDS} s)."
        ratio = processor[sizes[-1]] / processor[sizes[-2]]
        yield (
            f"- Processor time of each at {sizes[-1]}: {ratio:.2f} of that at {sizes[-2]} "
            f"({judged(ratio <= 1 + AIM_GROWTH)}: at most {AIM_GROWTH:.0%} above)."
        )
    yield f"- Memory at {sizes[-1]}: {memory} MiB ({judged(memory < AIM_MEMORY)}: below {AIM_MEMORY}).\n"


def of_a_cluster(lesson: str, number: int, runs: int) -> Iterator[str]:
    """Yield what a second worker of a local Dask cluster brings to grading alone."""
    root = honest_course(lesson, number)
    walls: dict[int, list[float]] = {1: [], 2: []}
    for turn in tqdm(range(2 * runs), desc="Dask", unit="run", disable=None):
        workers = 1 + (turn + turn // 2) % 2
        walls[workers].append(_on_a_cluster(root, lesson, workers))
    ratios = [one / two for one, two in zip(walls[1], walls[2], strict=True)]
    yield f"## A local Dask cluster: grading alone, {number} honest submissions of {lesson}\n"
    yield f"- 1 worker: {spread(walls[1], 3)} s; 2 workers: {spread(walls[2], 3)} s."
    ratio = statistics.median(ratios)
    yield f"- 2 workers are {spread(ratios, 3)} times as fast as 1 ({judged(ratio >= AIM_DASK)}: {AIM_DASK})."


def _on_a_cluster(root: Path, lesson: str, workers: int) -> float:
    """Return the seconds that workers take for a class; each has graded something before."""
    from distributed import LocalCluster

    from grader import engines
    from grader.classroom import Course, read_submission
    from grader.lesson import submission_of
    from grader.verdicts import Key, grader_version

    course = Course(root)
    read = course.lesson(lesson)
    tasks = []
    for student, file in course.submitted(lesson).items():
        submission, _ = submission_of(read_submission(file), read)
        key = Key(student, lesson, submission.hash, 5, grader_version())
        tasks.append(engines.Task(submission, read, key, course.limits, course.isolation))
    made = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, protocol="tcp")
    with contextlib.closing(made), engines.cluster(made.scheduler_address) as engine:
        list(engine.results(iter(tasks[: engines.AHEAD * workers])))
        begun = time.perf_counter()
        came = [result for _, result in engine.results(iter(tasks))]
        seconds = time.perf_counter() - begun
    for error in (result for result in came if isinstance(result, BaseException)):
        raise error
    return seconds


# ------------------------------------------------------------------------------------------- words


def spread(figures: list[float], digits: int) -> str:
    """Return a median and the range."""
    median, low, high = (f"{figure:.{digits}g}" for figure in (statistics.median(figures), min(figures), max(figures)))
    return median if len(figures) == 1 else f"{median} ({low} to {high})"


def judged(reached: bool) -> str:
    """Return what is said before an aim."""
    return "aim reached" if reached else "aim not reached"


def head(command: list[str], loads: tuple[float, float]) -> Iterator[str]:
    """Yield when, where and how this was measured."""
    yield HEAD.format(
        command=" ".join(command),
        day=datetime.date.today(),
        machine=f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        before=loads[0],
        after=loads[1],
        loop=classes.LOOP_SECONDS,
        otters=OTTERS,
        long=LONG_SECONDS // 60,
    )


def main() -> int:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n\n")[0])
    parser.add_argument("--lessons", nargs="+", default=["03_momentum", "05_adam"])
    parser.add_argument("--students", type=int, default=60, help="in the class that all grade")
    parser.add_argument("--honest", type=int, default=60, help="in the class of honest ones")
    parser.add_argument("--cluster", type=int, default=240, help="in the class of honest ones on a Dask cluster")
    parser.add_argument("--growth", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    adopt_orphans()
    os.environ["PATH"] = f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by name
    shutil.rmtree(BENCH, ignore_errors=True)
    load = os.getloadavg()[0]
    try:
        lines = list(parts(arguments))
    except BenchmarkError as error:
        parser.exit(1, f"{error}\n")
    command = ["python", "-m", "benchmarks", *sys.argv[1:]]
    text = "\n".join([*head(command, (load, os.getloadavg()[0])), *lines]) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
