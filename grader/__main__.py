"""The instructor's commands, run in the course's folder: ``python -m grader --help``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from grader import report, sandbox
from grader.classroom import Course, CourseError
from grader.engines import processors
from grader.judge import DrawError
from grader.sandbox import SandboxError, bubblewrap
from grader.sandbox.process import forks
from grader.words import printable

NO_SANDBOX = (
    "grader: no sandbox. Scores are still decided outside the student's process, but that process can read hidden "
    "tests, grades and other submissions, change files, and use the network, as you can."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m grader", description="Grade a course. Run it in the course's folder."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("autograde", help="grade the submissions of a lesson and book them")
    grade.add_argument("lesson", help="such as 03_momentum; or all")
    grade.add_argument("--student", action="append", metavar="ID", help="only this student; may be repeated")
    grade.add_argument("--seed", type=int, metavar="S", help="use this hidden seed from now on")
    grade.add_argument("--reseed", action="store_true", help="draw a new hidden seed and grade everybody again")
    grade.add_argument("--regrade", action="store_true", help="grade again what has a verdict already")
    grade.add_argument(
        "--jobs", type=int, metavar="N", default=processors(), help="grade N at once (default: one for each processor)"
    )
    grade.add_argument("--dask", metavar="ADDRESS", help="grade on the Dask cluster whose scheduler is at ADDRESS")
    none = "none: run submissions in a plain process, which can read and write all that you can"
    grade.add_argument("--sandbox", choices=["bubblewrap", "none"], help=none)
    explain = commands.add_parser("explain", help="show what a function gave on the hidden cases and what was due")
    explain.add_argument("student")
    explain.add_argument("lesson")
    explain.add_argument("exercise")
    explain.add_argument("--sandbox", choices=["bubblewrap", "none"], help=none)
    shown = commands.add_parser("report", help="write what the class got wrong as a page: reports/LESSON.html")
    shown.add_argument("lesson", help="such as 03_momentum; or all that were handed in")
    commands.add_parser("probe", help="say whether the sandbox can be had here, and what to do if not")
    return parser


def main(words: list[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 where all went well, 1 where a submission has a problem, 2 where nothing could be done, 130 where Ctrl-C was
        pressed.
    """
    arguments = _parser().parse_args(words)
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
        return _autograde(course, arguments)
    except KeyboardInterrupt:
        print("grader: stopped. What was graded is kept: run this again to go on.", file=sys.stderr)
        return 130
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


def _autograde(course: Course, arguments: argparse.Namespace) -> int:
    problems = 0
    for lesson in _lessons(course, arguments.lesson):
        summary = course.autograde(
            lesson,
            arguments.student,
            seed=arguments.seed,
            reseed=arguments.reseed,
            regrade=arguments.regrade,
            jobs=arguments.jobs,
            dask=arguments.dask,
        )
        print(f"{lesson}: " + "\n".join(summary.lines()))
        problems += len(summary.problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
