"""Who grades: processes of this machine, or the workers of a Dask cluster.

Submissions go to a :class:`concurrent.futures.Executor` and records come back; store and gradebook stay with the one
process that asks. A worker that dies takes no work with it: what was under way is graded again.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, forkserver
from typing import Any, NamedTuple, TypeVar

from grader import grading, sandbox
from grader.lesson import Lesson, Submission
from grader.sandbox import bubblewrap
from grader.sandbox.process import forks
from grader.verdicts import Key, Record, grader_version

Kept = TypeVar("Kept")
TRIES = 2
"""How often a submission is graded alone after a worker died that had it, among others, under way."""
AHEAD = 8
"""Submissions under way for each worker: one that it grades, and some that it takes next while others are booked."""
MOST_AHEAD = 64 * 1024 * 1024
"""Characters of all submissions under way, beyond which none is added."""
EARLY = 4
"""Processes of this machine that start before there is work; more start where there is work for them."""
OTHER_GRADER = "a worker has another version of the grader. Give all machines the same checkout."
CONNECT_SECONDS = 10
"""Seconds in which a cluster's scheduler answers and has a first worker: whoever gave the address is waiting."""
WORKERS_SECONDS = 60
"""Seconds without a result after which a cluster is looked at, and in which lost workers may come back.

Some submissions take that long, and whoever starts a worker anew needs a moment.
"""
COUNT_SECONDS = 5
"""Seconds after which a cluster's workers are counted again: it may have grown."""


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class EngineError(Exception):
    """Nobody can grade: the message is one line."""


class WorkerLost(Exception):
    """A submission ended each worker that graded it."""


class Task(NamedTuple):
    """What a worker gets: plain data, nothing that it must read."""

    submission: Submission
    lesson: Lesson
    key: Key
    limits: sandbox.Limits
    isolation: str


def perform(task: Task) -> Record:
    """Grade a submission; what a worker of this machine does."""
    return grading.grade(*task)


def perform_elsewhere(version: str, task: bytes) -> Record:
    """Grade a submission; what a worker of a cluster does.

    Parameters
    ----------
    version : str
        The grader's that asks.
    task : bytes
        A :class:`Task`, pickled: the scheduler, which looks at all that it passes on, has nothing to unpack.

    Raises
    ------
    EngineError
        This worker's grader is another than the one that asks.
    """
    if version != grader_version():
        raise EngineError(OTHER_GRADER)
    return perform(pickle.loads(task))


class Engine:
    """Grades tasks, some at once.

    Parameters
    ----------
    workers : int
        How many are graded at once.
    """

    deaths: tuple[type[BaseException], ...] = ()
    """What a task comes to whose worker died."""
    here = True
    """Whether submissions run on this machine."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.executor: Executor | None = None
        self.waiting = self.interrupted = False

    def interrupt(self, *_: object) -> None:
        """Heed Ctrl-C as soon as results are awaited; a second one at once.

        At any other time a library may have the word, and lose it: what its callbacks raise Python only prints.
        """
        again, self.interrupted = self.interrupted, True
        if self.waiting or again:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def _awaiting(self) -> Iterator[None]:
        self.waiting = True
        try:
            if self.interrupted:
                raise KeyboardInterrupt
            yield
        finally:
            self.waiting = False

    def results(
        self, tasks: Iterator[Task], keep: Callable[[Task, Record | BaseException], Kept] = lambda *came: came
    ) -> Iterator[Kept]:
        """Yield what is kept of each task's record, or of what kept it from being graded, as they come.

        Workers go on while the caller is busy with one: tasks are taken in time, but so few that memory holds them.

        Parameters
        ----------
        tasks : iterator of Task
        keep : callable, optional
            Called at once with whatever has come; what it returns is yielded later. Without: task and record.
        """
        flying: dict[Future[Record], Task] = {}
        ready: deque[Kept] = deque()
        while True:
            self._send(tasks, flying, len(ready))
            if not flying and not ready:
                with self._awaiting():
                    return
            if not (ready and self.interrupted):
                ready.extend(keep(task, came) for task, came in self._landed(flying, patient=not ready))
            if ready:
                yield ready.popleft()

    def _send(self, tasks: Iterator[Task], flying: dict[Future[Record], Task], ready: int) -> None:
        """Put so many tasks under way that workers don't wait."""
        size = sum(task.submission.size for task in flying.values())
        # NB: fewer may be allowed than there are already: a cluster may have shrunk.
        while len(flying) + ready < AHEAD * self.workers and size < MOST_AHEAD and not self.interrupted:
            task = next(tasks, None)
            if task is None:
                return
            flying[self._submit(task)] = task
            size += task.submission.size

    def _landed(
        self, flying: dict[Future[Record], Task], *, patient: bool
    ) -> Iterator[tuple[Task, Record | BaseException]]:
        """Take the results that are there out of those under way; a patient caller waits for one."""
        if patient:
            with self._awaiting():
                while not (done := wait(flying, timeout=WORKERS_SECONDS, return_when=FIRST_COMPLETED).done):
                    self.check()
        else:
            done = {future for future in flying if future.done()}
        dead = []
        for future in [future for future in flying if future in done]:
            task, came = flying.pop(future), _came_of(future)
            if isinstance(came, self.deaths):
                dead.append(task)
            else:
                yield task, came
        if dead:
            yield from self._after_a_death(dead, flying)

    def _after_a_death(
        self, dead: list[Task], flying: dict[Future[Record], Task]
    ) -> Iterator[tuple[Task, Record | BaseException]]:
        """Grade again what was under way: one at a time what a worker may have begun, the oldest.

        So a submission that ends its worker is found, and it alone.
        """
        with self._awaiting():
            wait(flying)
        for future, task in flying.items():
            came = _came_of(future)
            if isinstance(came, self.deaths):
                dead.append(task)
            else:
                yield task, came
        flying.clear()
        self.renew()
        begun = 2 * self.workers
        for task in dead[:begun]:
            for _ in range(TRIES):
                with self._awaiting():
                    came = _came_of(self._submit(task))
                if not isinstance(came, self.deaths):
                    break
                self.renew()
            else:
                came = WorkerLost(f"it ended the process that graded it, {TRIES + 1} times.")
            yield task, came
        flying.update((self._submit(task), task) for task in dead[begun:])

    def _submit(self, task: Task) -> Future[Record]:
        if self.executor is None:
            self.executor = self.make()
        try:
            return self.executor.submit(*self.work(task))
        except self.deaths as error:  # it died since the last result
            future: Future[Record] = Future()
            future.set_exception(error)
            return future

    def work(self, task: Task) -> tuple[Any, ...]:
        """Return what the executor is given: a function and its arguments."""
        return perform, task

    def make(self) -> Executor:
        """Return the executor."""
        raise NotImplementedError

    def renew(self) -> None:
        """Make a new executor where a worker died."""

    def check(self) -> None:
        """Raise :class:`EngineError` where nothing can be expected any more."""


def _came_of(future: Future[Record]) -> Record | BaseException:
    try:
        return future.result()
    except (Exception, CancelledError) as error:
        return error


# --------------------------------------------------------------------------------- this machine


class Local(Engine):
    """Processes of this machine.

    Parameters
    ----------
    workers : int
        How many are graded at once.
    isolation : str
        What submissions will run in: "bubblewrap" or "none".
    """

    deaths = (BrokenProcessPool,)

    def __init__(self, workers: int, isolation: str = "bubblewrap") -> None:
        super().__init__(workers)
        self.isolation = isolation
        self.early: Future[Executor] | None = None

    def begin(self) -> None:
        """Start the first processes now, and their sandboxes' fork servers, while this one goes on."""
        thread = ThreadPoolExecutor(1, "begin")
        self.early = thread.submit(self._begun)
        thread.shutdown(wait=False)

    def _begun(self) -> Executor:
        pool = self._pool()
        with contextlib.suppress(BrokenProcessPool):  # the first task finds that out
            for _ in range(min(self.workers, EARLY)):  # each starts a process as long as none is idle
                pool.submit(processors)
        return pool

    def make(self) -> Executor:
        """Return a pool of processes; they are forked from one that has imported the grader and runs nothing else."""
        early, self.early = self.early, None
        return self._pool() if early is None else early.result()

    def _pool(self) -> ProcessPoolExecutor:
        kinds = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in kinds else "spawn")
        turns = context.Value("i", 0)
        bubblewrap.files_inside()  # compiled here, once: a file that another worker replaces cannot be bound
        if "forkserver" in kinds:
            context.set_forkserver_preload([__name__])
            with _deaf():
                forkserver.ensure_running()
        return ProcessPoolExecutor(self.workers, context, initializer=_begin_worker, initargs=(turns, self.isolation))

    def renew(self) -> None:
        """Give up the pool, which is broken; the next task makes another."""
        if self.executor is not None:
            self.executor.shutdown(wait=True, cancel_futures=True)
            self.executor = None

    def end(self) -> None:
        """End the processes, whatever they do."""
        pool, self.executor = self.executor, None
        if self.early is not None:
            with contextlib.suppress(Exception):  # nobody needs it any more
                pool = self.make()
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):  # NB: Python 3.14 has kill_workers for it
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Start what does not hear Ctrl-C before it has begun: it would end with twenty lines of Python's."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(turns: Any, isolation: str) -> None:
    """Make a process ready to grade: Ctrl-C is the parent's, and the end of the parent is its end.

    Each has a processor of its own, where there are enough: thirty loops in one sandbox would slow the others down.
    """
    with turns.get_lock():
        turn, turns.value = turns.value, turns.value + 1
    if hasattr(os, "sched_setaffinity"):
        own = sorted(os.sched_getaffinity(0))
        with contextlib.suppress(OSError):  # some containers refuse it
            os.sched_setaffinity(0, {own[turn % len(own)]})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # a sandbox has to hear it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if isolation != "none":
        forks.begin()


def _end_with_parent() -> None:
    # NB: a worker waits for work on a pipe whose other end its siblings hold, too: it would wait for ever.
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


@contextlib.contextmanager
def local(jobs: int, isolation: str = "bubblewrap") -> Iterator[Engine]:
    """Grade on this machine; the first processes start at once.

    Parameters
    ----------
    jobs : int
        Submissions that are graded at once.
    isolation : str
        What they will run in: "bubblewrap" or "none".

    Raises
    ------
    EngineError
        There are no jobs.
    """
    if jobs < 1:
        raise EngineError(f"{jobs} jobs cannot grade: give --jobs 1 or more.")
    engine = Local(jobs, isolation)
    engine.begin()
    try:
        yield engine
    finally:
        engine.end()


# ------------------------------------------------------------------------------------ a cluster


class Cluster(Engine):
    """Workers of a Dask cluster; its scheduler gives a dead worker's tasks to another."""

    here = False

    def __init__(self, client: Any) -> None:
        from distributed.scheduler import KilledWorker

        self.client = client
        self.deaths = (KilledWorker,)
        super().__init__(self._workers())
        self.counted = time.monotonic()

    def _workers(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def work(self, task: Task) -> tuple[Any, ...]:
        """Return what the executor is given: a function and its arguments."""
        return perform_elsewhere, task.key.version, pickle.dumps(task)

    def make(self) -> Executor:
        """Return the cluster's executor."""
        return self.client.get_executor(pure=False)

    def _landed(
        self, flying: dict[Future[Record], Task], *, patient: bool
    ) -> Iterator[tuple[Task, Record | BaseException]]:
        for task, came in super()._landed(flying, patient=patient):
            if isinstance(came, CancelledError):
                raise EngineError(f"the cluster at {self._address()} has gone. What was graded is kept: run it again.")
            if time.monotonic() - self.counted > COUNT_SECONDS:
                self.workers, self.counted = max(1, self._workers()), time.monotonic()
            yield task, came

    def check(self) -> None:
        """Raise :class:`EngineError` where no worker has been there for a while."""
        begun = time.monotonic()
        while self.client.status != "running" or not self._workers():
            if self.client.status == "closed" or time.monotonic() - begun > WORKERS_SECONDS:
                raise EngineError(f"the cluster at {self._address()} has no workers. Start some and run this again.")
            time.sleep(1)

    def _address(self) -> str:
        return self.client.scheduler.address if self.client.scheduler else "?"


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Engine]:
    """Grade on the workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    EngineError
        There is no such cluster, or its workers cannot grade.
    """
    try:
        from distributed import Client
    except ImportError:
        raise EngineError("--dask needs dask.distributed: pip install 'optimlab[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what there is to say is said in one line
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError):
        raise EngineError(
            f"no Dask scheduler answers at {address}. Give the address that dask scheduler printed."
        ) from None
    with contextlib.closing(client):
        yield _ready(client, address)


def _ready(client: Any, address: str) -> Cluster:
    """Return the engine of a cluster whose workers were tried."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        versions = set(client.run(grader_version).values())
    except TimeoutError:
        raise EngineError(f"the cluster at {address} has no workers. Start some: dask worker {address}") from None
    except Exception as error:
        raise EngineError(
            f"the workers at {address} cannot grade ({type(error).__name__}: {str(error).splitlines()[0][:120]}). "
            "Start them in the course's environment."
        ) from None
    if versions != {grader_version()}:
        raise EngineError(OTHER_GRADER)
    threads = {worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()}
    if threads != {1}:
        raise EngineError("a worker grades one submission at a time: start workers with --nworkers auto --nthreads 1.")
    return Cluster(client)
