"""However a class is graded, by one process, by several, on a cluster or after kills: the same verdicts, once each."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest
from distributed import Client
from nbgrader.api import Gradebook

from grader import engines
from grader.classroom import Course, Summary
from grader.engines import EngineError, Task
from grader.exercises import LESSONS
from grader.gradebook import Booking
from grader.lesson import submission_of
from grader.verdicts import Key, Record, grader_version
from tests.attacks import FULL, marks, secrets, trouble
from tests.attacks.stage import RIGHT
from tests.conftest import ROOT, needs, run_grader
from tools.pupils import Pupil, fill, pupils

LESSON = "03_momentum"
SEED = 20151
EVERYBODY = {pupil.name: pupil for pupil in pupils(LESSON)}
QUICK = '\nc.RunAndJudge.limits = {"case": 2.0, "exercise": 30.0, "cell": 30.0}\n'
"""An endless loop is found soon; a busy machine breaks nothing else off."""
GONE_SECONDS = 20
START_SECONDS = 120
"""Until a cluster's workers are there, on a busy machine."""
MOST_MEMORY = 500 * 1024**2
"""Bytes of the process that leads a run, whatever the class."""


@pytest.fixture(autouse=True)
def _bwrap() -> None:
    needs("bwrap")


def blank() -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)


def submit(root: Path, student: str, notebook: nbformat.NotebookNode) -> Path:
    file = root / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)
    return file


def in_some_order() -> list[Pupil]:
    """Return a class's pupils: the first few of every kind, the others as they come."""
    first = ["right-01", "momentum_step-swaps_the_weights", "stub", "crash", "raises", "endless-loop"]
    others = [name for name in EVERYBODY if name not in first]
    random.Random(7).shuffle(others)
    return [EVERYBODY[name] for name in (*first, *others)]


def mixed(number: int) -> dict[str, nbformat.NotebookNode]:
    """Return a class of this many, all different: right, wrong, untouched, broken, endless, crashing."""
    everybody, template, made = in_some_order(), blank(), {}
    for n in range(number):
        pupil = everybody[n % len(everybody)]
        notebook = nbformat.from_dict(template) if pupil.kind == "stub" else fill(template, pupil.answers)
        notebook.cells.append(nbformat.v4.new_code_cell(f"student = {n}"))
        made[f"s{n:04}-{pupil.name}"] = notebook
    return made


def course(template: Path, root: Path, notebooks: dict[str, nbformat.NotebookNode]) -> Course:
    shutil.copytree(template, root)
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(QUICK)
    for student, notebook in notebooks.items():
        submit(root, student, notebook)
    made = Course(root)
    made.store.set_seed(LESSON, SEED)
    return made


def graded_by(jobs: int, course: Course) -> Summary:
    """Grade a class, so many submissions at once."""
    with engines.local(jobs) as engine:
        return course.autograde(LESSON, engine=engine)


def graded_on(address: str, course: Course) -> Summary:
    """Grade a class on a Dask cluster."""
    with engines.cluster(address) as engine:
        return course.autograde(LESSON, engine=engine)


def verdicts(root: Path) -> dict[str, dict]:
    """Return the part ``verdict`` of every student's only record."""
    found = {}
    for folder in sorted((root / "verdicts" / LESSON).iterdir()):
        (file,) = folder.iterdir()
        record = json.loads(file.read_text(encoding="utf-8"))
        found[record["key"]["student"]] = record["verdict"]
    return found


def booked(root: Path) -> dict[str, tuple]:
    """Return the scores and comments in the gradebook, by student."""
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {
            submission.student.id: (
                submission.score,
                submission.needs_manual_grade,
                sorted((g.name, g.auto_score) for n in submission.notebooks for g in n.grades),
                sorted((c.name, c.auto_comment) for n in submission.notebooks for c in n.comments),
            )
            for submission in gradebook.assignment_submissions(LESSON)
        }


def command(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "grader", "autograde", LESSON, *words]


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_grader(root, "autograde", LESSON, *words)


@contextlib.contextmanager
def dask_cluster(workers: int, threads: int = 1, *more: str) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a scheduler and workers, as an instructor does, and yield the address and the workers."""
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = Path(os.environ.get("TMPDIR", "/tmp")) / f"scheduler-{os.getpid()}-{time.time_ns()}.json"
    words = ["scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    started = [subprocess.Popen([*dask, *words], **quiet)]
    try:
        until(file.exists)
        address = json.loads(file.read_text())["address"]
        words = ["worker", address, "--nworkers", "1", "--nthreads", str(threads), "--no-dashboard", *more]
        started += [subprocess.Popen([*dask, *words], **quiet) for _ in range(workers)]
        with Client(address, timeout=START_SECONDS) as client:
            until(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == workers, START_SECONDS)
        yield address, [psutil.Process(process.pid) for process in started[1:]]
    finally:
        for process in reversed(started):
            end(process)
        file.unlink(missing_ok=True)


def end(process: subprocess.Popen) -> None:
    """End a process with all that it started; one of Dask's that is told to end while it starts may stay for ever."""
    below = descendants(process.pid)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GONE_SECONDS)
    for left in below:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.kill()
    process.kill()
    process.wait()


def until(true: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.02)


# ------------------------------------------------------------------------------------ same verdicts


def graded_serially(template: Path, folder: Path, notebooks: dict[str, nbformat.NotebookNode]) -> Course:
    serial = course(template, folder / "serial", notebooks)
    summary = serial.autograde(LESSON)
    assert (summary.graded, summary.problems) == (len(notebooks), [])
    assert list(verdicts(serial.root)) == sorted(notebooks)
    return serial


def same(one: Course, other: Course) -> None:
    assert verdicts(one.root) == verdicts(other.root)
    assert booked(one.root) == booked(other.root)


def test_one_process_and_two_give_the_same(course_template, tmp_path):
    notebooks = mixed(6)
    serial = graded_serially(course_template, tmp_path, notebooks)
    kinds = {json.dumps(verdict) for verdict in verdicts(serial.root).values()}
    assert len(kinds) == 6, "a class of one kind would prove little"
    two = course(course_template, tmp_path / "two", notebooks)
    assert graded_by(2, two).problems == []
    same(two, serial)


@pytest.fixture(scope="module")
def class_of_200(course_template, tmp_path_factory) -> Course:
    """Grade a class of 200 with one process."""
    return graded_serially(course_template, tmp_path_factory.mktemp("class"), mixed(200))


@pytest.mark.slow
def test_a_cluster_grades_a_class_of_200_alike_and_a_killed_worker_costs_nothing_but_time(
    course_template, tmp_path, class_of_200
):
    spread = course(course_template, tmp_path / "dask", mixed(200))
    with dask_cluster(2) as (address, workers), ThreadPoolExecutor(1) as pool:
        grading = pool.submit(graded_on, address, spread)
        until(lambda: len(records(spread.root)) >= 20 or grading.done(), 300)
        assert not grading.done()
        for process in [*workers[0].children(recursive=True), workers[0]]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        assert grading.result(timeout=1200).problems == []
    same(spread, class_of_200)


def due_of(pupil: Pupil) -> float:
    """Return the points of a pupil by the table of the exercises."""
    if pupil.kind == "stub":
        return 0.0
    lost = 0.0
    for exercise in LESSONS[LESSON]:
        if name := pupil.misconceptions.get(exercise.name):
            fails = exercise.misconceptions[name].fails
            lost += sum(aspect.points for aspect in exercise.aspects if aspect.name in fails)
    return FULL - lost


@pytest.mark.slow
def test_of_a_thousand_with_hostile_ones_all_honest_scores_are_right(course_template, tmp_path):
    honest = [pupil for pupil in EVERYBODY.values() if pupil.kind != "broken"]
    hostile = [attack for attack in (*marks.CASES, *secrets.CASES, *trouble.CASES) if not attack.slow]
    template, notebooks, due = blank(), {}, {}
    for n in range(1000):
        if n % 20 == 19:
            notebook = fill(template, RIGHT)
            known = "COURSE, TEACHER, CHECKOUT, PORT = '/nowhere', '/nowhere', '/nowhere', 1"
            notebook.cells.append(nbformat.v4.new_code_cell(f"{known}\n{hostile[n // 20 % len(hostile)].source}"))
        else:
            pupil = honest[n % len(honest)]
            notebook = nbformat.from_dict(template) if pupil.kind == "stub" else fill(template, pupil.answers)
            due[f"s{n:04}"] = due_of(pupil)
        notebook.cells.append(nbformat.v4.new_code_cell(f"student = {n}"))
        notebooks[f"s{n:04}"] = notebook
    made = course(course_template, tmp_path / "course", notebooks)
    process = subprocess.Popen(command(made.root, "--jobs", "2"), cwd=made.root, stdout=subprocess.PIPE, text=True)
    memory = peak_memory(process)
    assert process.communicate()[0].startswith(f"{LESSON}: 1000 students graded, 1000 of them anew, 0 problems\n")
    scores = {student: scores[0] for student, scores in booked(made.root).items()}
    assert len(scores) == 1000
    assert {student: scores[student] for student in due} == due
    assert 0 < memory < MOST_MEMORY


def peak_memory(process: subprocess.Popen) -> int:
    """Wait for a process's end and return the most memory that it had, in bytes, without its children's."""
    peak = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        if found := re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE):  # not when it has just ended
            peak = int(found[1]) * 1024
        time.sleep(0.2)
    return peak


# ------------------------------------------------------------------------------ once each, and anew


def test_identical_submissions_are_graded_once(course_template, tmp_path, monkeypatch):
    notebook = next(iter(mixed(1).values()))
    made = course(course_template, tmp_path / "course", dict.fromkeys(("a", "b", "c"), notebook))
    summary = graded_by(2, made)
    assert summary.graded == 3
    measured = {r.measured["seconds"] for r in summary.records.values()}
    assert len(measured) == 1, "two runs never take the same time"
    assert {record.key.student for record in summary.records.values()} == {"a", "b", "c"}
    submit(made.root, "d", notebook)
    sent: list[str] = []
    work = engines.Local.work
    monkeypatch.setattr(engines.Local, "work", lambda self, task: sent.append(task.key.student) or work(self, task))
    assert made.autograde(LESSON).graded == 1
    assert sent == ["d"], "the lesson may have been mended since the first three were graded"
    assert len({json.dumps(scores) for scores in booked(made.root).values()}) == 1


def test_submissions_that_differ_in_a_file_alone_are_not_identical(course_template, tmp_path):
    answer = EVERYBODY["right-01"].answers | {"momentum_step": READS}
    made = course(course_template, tmp_path / "course", dict.fromkeys(("a", "b"), fill(blank(), answer)))
    for student, beta in (("a", "beta"), ("b", "0.5")):
        (made.root / "submitted" / student / LESSON / "beta.txt").write_text(beta)
    summary = made.autograde(LESSON)
    points = {student: record.verdicts["momentum_step"].points for student, record in summary.records.items()}
    assert points["a"] == 4
    assert points["b"] < 4
    (made.root / "submitted" / "b" / LESSON / "beta.txt").write_text("beta")
    assert made.autograde(LESSON).graded == 1
    assert booked(made.root)["b"][0] == 6


READS = """def momentum_step(params, grads, v, learning_rate, beta=0.9):
    beta = eval(open("beta.txt").read())
    v = {k: beta * v[k] + (1 - beta) * grads[k] for k in v}
    return {k: params[k] - learning_rate * v[k] for k in params}, v"""


def test_nbgraders_own_files_do_not_part_identical_submissions(course_template, tmp_path):
    notebook = next(iter(mixed(1).values()))
    made = course(course_template, tmp_path / "course", dict.fromkeys(("a", "b"), notebook))
    for number, student in enumerate(("a", "b")):
        file = made.root / "submitted" / student / LESSON / "timestamp.txt"
        file.write_text(f"2026-11-0{number + 1} 12:00:00 UTC")
    summary = made.autograde(LESSON)
    assert len({r.measured["seconds"] for r in summary.records.values()}) == 1


def test_a_later_timestamp_alone_is_booked(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    (student,) = mixed(1)
    file = made.root / "submitted" / student / LESSON / "timestamp.txt"
    for day in ("01", "02"):
        file.write_text(f"2026-11-{day} 12:00:00 UTC")
        assert made.autograde(LESSON).graded == 1
        with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
            assert gradebook.find_submission(LESSON, student).timestamp.strftime("%d") == day


def test_booking_leaves_penalties_manual_scores_and_extra_credit_alone(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    (student,) = mixed(1)
    (made.root / "late.py").write_text(LATE)
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nimport sys; sys.path.insert(0, {str(made.root)!r})\n")
        config.write("c.AssignLatePenalties.plugin_class = 'late.OnePoint'\n")
    made = Course(made.root)
    with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-11-01 00:00:00")
    file = made.root / "submitted" / student / LESSON / "timestamp.txt"
    file.write_text("2026-11-02 12:00:00 UTC")
    made.autograde(LESSON)
    with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(LESSON, student)
        assert submission.late_submission_penalty == 1
        grade = gradebook.find_grade("momentum_step_check", LESSON, LESSON, student)
        grade.manual_score, grade.extra_credit = 1.5, 0.5
        gradebook.db.commit()
        before = submission.score
    made.autograde(LESSON, regrade=True)
    with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("momentum_step_check", LESSON, LESSON, student)
        assert (grade.manual_score, grade.extra_credit, grade.score) == (1.5, 0.5, 2.0)
        assert gradebook.find_submission(LESSON, student).score == before


LATE = """from nbgrader.plugins import BasePlugin

class OnePoint(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1
"""


# -------------------------------------------------------------------------------------------- kills


def descendants(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def all_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    alive = [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert alive == [], "nothing outlives the run that was killed"


def records(root: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in (root / "verdicts").rglob("*.json")}


def survives_kills(template: Path, root: Path, number: int, kills: int, whole: Course) -> None:
    """Kill a run with two jobs again and again; compare with a class that one process graded."""
    killed = course(template, root, mixed(number))
    at_random = random.Random(10)
    share = number / (kills + 1)
    for kill in range(kills):
        before = records(killed.root)
        process = subprocess.Popen(
            command(killed.root, "--jobs", "2"), cwd=killed.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = min(number - 1, len(before) + (at_random.uniform(0, 2 * share) if kill else 1))
        until(
            lambda wanted=wanted, process=process: len(records(killed.root)) >= wanted or process.poll() is not None,
            600,
        )
        time.sleep(at_random.uniform(0, 0.5))
        below = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        all_gone(below)
        after = records(killed.root)
        assert before.items() <= after.items(), "nothing is graded twice, nothing is lost"
        for file in after:
            json.loads(file.read_text(encoding="utf-8"))
    before = records(killed.root)
    done = run(killed.root, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert before.items() <= records(killed.root).items()
    same(killed, whole)


def test_a_run_that_is_killed_is_taken_up(course_template, tmp_path):
    whole = graded_serially(course_template, tmp_path, mixed(5))
    survives_kills(course_template, tmp_path / "killed", 5, 1, whole)


@pytest.mark.slow
def test_a_class_of_200_graded_by_two_processes_survives_ten_kills(course_template, tmp_path, class_of_200):
    survives_kills(course_template, tmp_path / "killed", 200, 10, class_of_200)


def test_a_crash_between_store_and_gradebook_is_found(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(3))
    graded_by(2, made)
    due, before = booked(made.root), records(made.root)
    victim = sorted(due)[1]
    shutil.rmtree(made.root / "autograded" / victim)
    with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
        gradebook.remove_submission(LESSON, victim)
    assert graded_by(2, made).graded == 1
    assert booked(made.root) == due
    assert records(made.root) == before


def kill_workers(root: Path, times: int, seen: list[int]) -> None:
    """Kill workers of this process while it grades."""
    while len(seen) < times:
        workers = [p for p in psutil.Process().children(recursive=True) if is_worker(p)]
        if workers and len(records(root)) > len(seen):
            with contextlib.suppress(psutil.NoSuchProcess):
                workers[0].kill()
                seen.append(workers[0].pid)
        time.sleep(0.05)


def is_worker(process: psutil.Process) -> bool:
    """Tell whether it is a worker: a child of the fork server that has a sandbox."""
    with contextlib.suppress(psutil.Error):
        return "multiprocessing.forkserver" in " ".join(process.cmdline()) and any(
            "bwrap" in child.name() for child in process.children()
        )
    return False


def test_a_worker_that_is_killed_costs_nothing_but_time(course_template, tmp_path):
    notebooks = mixed(8)
    whole = course(course_template, tmp_path / "whole", notebooks)
    graded_by(2, whole)
    hurt = course(course_template, tmp_path / "hurt", notebooks)
    seen: list[int] = []
    killer = threading.Thread(target=kill_workers, args=(hurt.root, 2, seen), daemon=True)
    killer.start()
    assert graded_by(2, hurt).problems == []
    killer.join(timeout=1)
    assert seen, "no worker was killed"
    assert verdicts(hurt.root) == verdicts(whole.root)
    assert booked(hurt.root) == booked(whole.root)


def test_a_submission_that_ends_its_workers_costs_one_line(course_template, tmp_path, monkeypatch):
    """A task that ends whoever unpacks it stands for what no judge should meet."""
    made = course(course_template, tmp_path / "course", mixed(4))
    victim = sorted(mixed(4))[1]
    given = engines.Local._submit

    def submit_(self: engines.Engine, task: Task) -> object:
        return given(self, replace_cells(task) if task.key.student == victim else task)

    monkeypatch.setattr(engines.Local, "_submit", submit_)
    summary = graded_by(2, made)
    assert summary.problems == [f"{victim}: it ended the process that graded it, 3 times."]
    assert sorted(summary.records) == [name for name in sorted(mixed(4)) if name != victim]


def tasks(course: Course) -> list[Task]:
    """Return the work on all that was handed in."""
    lesson, made = course.lesson(LESSON), []
    for student, file in course.submitted(LESSON).items():
        submission, _ = submission_of(nbformat.read(file, as_version=4), lesson)
        key = Key(student, LESSON, submission.hash, SEED, grader_version())
        made.append(Task(submission, lesson, key, course.limits, "bubblewrap"))
    return made


def test_workers_go_on_while_one_record_is_booked(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(3))
    kept: list[str] = []
    with engines.local(1) as engine:
        results = engine.results(iter(tasks(made)), lambda task, _: kept.append(task.key.student))
        next(results)
        assert len(kept) < 3
        until(lambda: all(future.done() for future in flying(results)))
        next(results)
        assert len(kept) == 3, "what has come is kept before the next one is booked"
        assert list(results) == [None]


def flying(results: Iterator) -> dict:
    return results.gi_frame.f_locals["flying"]


def test_large_submissions_are_under_way_one_at_a_time(course_template, tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "MOST_AHEAD", 1)
    made = course(course_template, tmp_path / "course", mixed(3))
    with engines.local(2) as engine:
        most = 0
        results = engine.results(iter(tasks(made)))
        for _, came in results:
            assert isinstance(came, Record)
            most = max(most, len(flying(results)))
    assert most <= 1


def test_processes_begin_before_there_is_work_and_end_without_any():
    with engines.local(2):
        until(lambda: sum(is_worker(p) for p in psutil.Process().children(recursive=True)) == 2)
        below = [p for p in psutil.Process().children(recursive=True) if is_worker(p)]
    all_gone(below)


def test_the_end_of_a_run_ends_what_is_under_way(course_template, tmp_path):
    """An error that ends a run waits for nobody's loop."""
    notebook = fill(blank(), EVERYBODY["endless-loop"].answers)
    (task,) = tasks(course(course_template, tmp_path / "course", {"loops": notebook}))
    limits = replace(task.limits, case=100.0, exercise=100.0)
    with engines.local(1) as engine:
        engine._submit(task._replace(limits=limits))
        until(lambda: any(is_worker(p) for p in psutil.Process().children(recursive=True)))
        time.sleep(1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 20


def test_what_was_not_begun_when_a_worker_died_is_not_graded_alone(course_template, tmp_path, monkeypatch):
    renew, work = engines.Local.renew, engines.Local.work
    renewed: list[int] = []
    sent: list[Task] = []
    monkeypatch.setattr(engines.Local, "renew", lambda self: renewed.append(len(sent)) or renew(self))
    monkeypatch.setattr(engines.Local, "work", lambda self, task: sent.append(task) or work(self, task))
    made = course(course_template, tmp_path / "course", mixed(4))
    handed_in = tasks(made)
    ends = replace_cells(handed_in[0])
    with engines.local(1) as engine:
        came = dict(engine.results(iter([ends, *handed_in[1:]]), lambda task, record: (task.key.student, record)))
    assert [type(record) for record in came.values()] == [engines.WorkerLost, Record, Record, Record]
    assert len(sent) - renewed[0] == engines.TRIES + 1 + 2, "one that was beside it, two that nobody had begun"


def test_the_command_line_is_read_before_nbgrader_is_imported():
    words = "import sys, grader.__main__; sys.exit('nbgrader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=False).returncode == 0


class EndsItsProcess(tuple):
    def __reduce__(self) -> tuple:
        return os._exit, (1,)


def replace_cells(task: Task) -> Task:
    return task._replace(submission=replace(task.submission, cells=EndsItsProcess()))


def test_a_worker_with_another_grader_is_refused(course_template, tmp_path):
    (task,) = tasks(course(course_template, tmp_path / "course", mixed(1)))
    _, version, packed = engines.Cluster.work(None, task)
    assert engines.perform_elsewhere(version, packed).key == task.key
    with pytest.raises(EngineError, match="same checkout"):
        engines.perform_elsewhere("another", packed)


# ------------------------------------------------------------------------------------------ a cluster


def one_line(root: Path, *words: str) -> str:
    done = run(root, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://"])
def test_an_address_where_no_scheduler_answers_is_refused(course_template, tmp_path, monkeypatch, address):
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 1)
    made = course(course_template, tmp_path / "course", mixed(1))
    with pytest.raises(EngineError, match=f"no Dask scheduler answers at {address}"):
        graded_on(address, made)
    assert records(made.root) == {}


@pytest.mark.slow
def test_a_cluster_that_cannot_grade_costs_one_line(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in one_line(made.root, "--dask", "tcp://127.0.0.1:9")
    with dask_cluster(0) as (address, _):
        assert "has no workers. Start some" in one_line(made.root, "--dask", address)
    with dask_cluster(1, 3) as (address, _):
        assert "--nthreads 1" in one_line(made.root, "--dask", address)


# ------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_jobs_are_refused(course_template, tmp_path, jobs):
    made = course(course_template, tmp_path / "course", mixed(1))
    assert f"{jobs} jobs cannot grade: give --jobs 1 or more." in one_line(made.root, "--jobs", str(jobs))


def test_an_unknown_student_among_those_who_handed_in_costs_one_line(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    assert f"nobody has not handed in {LESSON}." in one_line(made.root, "--student", "nobody")


def test_the_gradebook_of_another_course_costs_one_line_and_stays_as_it_is(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    file = made.root / "gradebook.db"
    file.unlink()
    with Gradebook(f"sqlite:///{file}", "physics-101") as gradebook:
        gradebook.add_assignment(LESSON)
    before = file.read_bytes()
    assert "that of the course physics-101, not of optimlab" in one_line(made.root)
    assert file.read_bytes() == before
    assert records(made.root) == {}


def test_a_gradebook_with_other_points_costs_one_line(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    with Gradebook(f"sqlite:///{made.root}/gradebook.db") as gradebook:
        gradebook.find_graded_cell("momentum_step_check", LESSON, LESSON).max_score = 40
        gradebook.db.commit()
    assert "differ in momentum_step_check" in one_line(made.root)


@pytest.mark.slow
def test_a_full_disk_costs_one_line_and_nothing_is_lost(course_template, tmp_path):
    small, notebooks = tmp_path / "small", mixed(6)
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root alone")
    try:
        made = course(course_template, tmp_path / "course", notebooks)
        shutil.copytree(made.root, small / "course", ignore=shutil.ignore_patterns("solutions", "notebooks"))
        shutil.copytree(made.root / "solutions" / LESSON, small / "course" / "solutions" / LESSON)
        filler = small / "filler"
        left = shutil.disk_usage(small).free
        filler.write_bytes(bytes(max(0, left - 600_000)))
        line = one_line(small / "course", "--jobs", "2")
        assert "No space left on device" in line or "disk is full" in line, line
        filler.unlink()
        done = run(small / "course", "--jobs", "2")
        assert done.returncode == 0, done.stderr
        whole = course(course_template, tmp_path / "whole", notebooks)
        whole.autograde(LESSON)
        assert verdicts(small / "course") == verdicts(whole.root)
        assert booked(small / "course") == booked(whole.root)
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def heeds_ctrl_c() -> None:
    """Undo what a shell does to programs behind an &: they ignore it, and so does what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stops_in_one_line(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip().splitlines() == ["grader: stopped. What was graded is kept: run this again to go on."]


@pytest.mark.slow
def test_ctrl_c_ends_a_run_in_one_line(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(40))
    process = subprocess.Popen(
        command(made.root, "--jobs", "2"),
        cwd=made.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeds_ctrl_c,
    )
    until(lambda: len(records(made.root)) >= 1)
    below = descendants(process.pid)
    process.send_signal(signal.SIGINT)
    stops_in_one_line(process)
    all_gone(below)
    assert graded_by(2, made).problems == []


def test_ctrl_c_while_the_processes_start_ends_a_run_in_one_line(course_template, tmp_path):
    made = course(course_template, tmp_path / "course", mixed(1))
    process = subprocess.Popen(
        command(made.root, "--jobs", "2"),
        cwd=made.root,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_ctrl_c,
    )
    until(lambda: any("multiprocessing.forkserver" in " ".join(p.cmdline()) for p in descendants(process.pid)))
    time.sleep(0.1)  # it is importing the grader
    os.killpg(process.pid, signal.SIGINT)
    stops_in_one_line(process)


def test_ctrl_c_that_a_library_loses_ends_a_run_all_the_same(course_template, tmp_path, monkeypatch):
    number = 3 * engines.AHEAD
    made, book = course(course_template, tmp_path / "course", mixed(number)), Booking.book

    def book_and_lose(self: Booking, student: str) -> Record:
        with contextlib.suppress(KeyboardInterrupt):  # as Python does in callbacks of its own
            os.kill(os.getpid(), signal.SIGINT)
        return book(self, student)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        monkeypatch.setattr(Booking, "book", book_and_lose)
        with pytest.raises(KeyboardInterrupt):
            made.autograde(LESSON)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    monkeypatch.undo()
    assert 1 <= len(booked(made.root)) <= engines.AHEAD, "what has come is booked to its end"
    assert made.autograde(LESSON).problems == []
    assert len(booked(made.root)) == number
