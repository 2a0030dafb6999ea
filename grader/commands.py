"""What the instructor's commands do (:mod:`grader.__main__` reads them from the command line)."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from grader import engines, report, sandbox
from grader.classroom import Course, CourseError
from grader.engines import Engine
from grader.judge import DrawError
from grader.sandbox import SandboxError, bubblewrap
from grader.sandbox.process import forks
from grader.words import printable

NO_SANDBOX = (
    "grader: no sandbox. Scores are still decided outside the student's process, but that process can read hidden "
    "tests, grades and other submissions, change files, and use the network, as you can."
)


def run(arguments: argparse.Namespace, engine: Engine | None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : argparse.Namespace
        The command line, as :mod:`grader.__main__` reads it.
    engine : Engine or None
        What grades, where that is this machine.

    Returns
    -------
    int
        0 where all went well, 1 where a submission has a problem, 2 where nothing could be done.

    Raises
    ------
    EngineError
        There is no cluster to grade on.
    """
    try:
        if arguments.command == "probe":
            return _probe()
        if arguments.command == "report":
            return _report(Course(Path.cwd()), arguments.lesson)
        course = Course(Path.cwd(), arguments.sandbox)
        if course.isolation == "none":
            print(NO_SANDBOX, file=sys.stderr)
        if arguments.command == "explain":
            for line in course.explain(arguments.student, arguments.lesson, arguments.exercise):
                # NB: what a student wrote would act on the terminal.
                print(printable(line, keep="\n"))
            return 0
        if engine is not None:
            return _autograde(course, arguments, engine)
        for lesson in _lessons(course, arguments.lesson):
            course.lesson(lesson)
            course.chosen(lesson, arguments.student)
        with engines.cluster(arguments.dask) as engine:
            return _autograde(course, arguments, engine)
    except (CourseError, SandboxError, DrawError, ValueError) as error:
        print(f"grader: {error}", file=sys.stderr)
    except BrokenPipeError:  # whoever read the output, such as head, has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"grader: {error.filename or Path.cwd()}: {error.strerror}. Mend this and run it again.", file=sys.stderr)
    return 2


def _lessons(course: Course, named: str) -> list[str]:
    """Return the lesson that was named, or for "all" those that somebody has handed in."""
    if named != "all":
        return [named]
    lessons = [lesson for lesson in course.lessons() if course.submitted(lesson)]
    if not lessons:
        raise CourseError("nobody has handed in anything.")
    return lessons


def _probe() -> int:
    proc = " ".join(bubblewrap.probe())
    sandbox.run([], {}, 0)
    how = "one Python forks into all" if forks.possible else "each starts a Python of its own, which takes longer"
    print(f"the sandbox runs here: {bubblewrap.program()}, {proc}; {how}")
    return 0


def _report(course: Course, named: str) -> int:
    problems = 0
    for lesson in _lessons(course, named):
        try:
            print(report.write(course, lesson))
        except CourseError as error:
            if named != "all":
                raise
            print(f"grader: {error}", file=sys.stderr)
            problems += 1
    return 1 if problems else 0


def _autograde(course: Course, arguments: argparse.Namespace, engine: Engine) -> int:
    problems = 0
    for lesson in _lessons(course, arguments.lesson):
        summary = course.autograde(
            lesson,
            arguments.student,
            seed=arguments.seed,
            reseed=arguments.reseed,
            regrade=arguments.regrade,
            engine=engine,
        )
        print(f"{lesson}: " + "\n".join(summary.lines()))
        problems += len(summary.problems)
    return 1 if problems else 0
