"""The instructor's commands, run in the course's folder: ``python -m grader --help``.

This module is light: what :mod:`grader.commands` imports takes most of a second, in which workers start.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator

from grader import engines


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
        "--jobs",
        type=int,
        metavar="N",
        default=engines.processors(),
        help="grade N at once (default: one for each processor)",
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
        with _workers(arguments) as engine:
            from grader import commands

            return commands.run(arguments, engine)
    except KeyboardInterrupt:
        print("grader: stopped. What was graded is kept: run this again to go on.", file=sys.stderr)
        return 130
    except engines.EngineError as error:
        print(f"grader: {error}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def _workers(arguments: argparse.Namespace) -> Iterator[engines.Engine | None]:
    """Have processes of this machine begin where the command grades with them."""
    if arguments.command != "autograde" or arguments.dask is not None:
        yield None
        return
    jobs = min(arguments.jobs, len(arguments.student)) if arguments.student else arguments.jobs
    with engines.local(jobs, arguments.sandbox or "bubblewrap") as engine:
        yield engine


if __name__ == "__main__":
    sys.exit(main())
