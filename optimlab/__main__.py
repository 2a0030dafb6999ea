"""What a student runs in a terminal: ``python -m optimlab submit``, ``progress`` and ``update``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main(words: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    arguments = _parser().parse_args(words)
    try:
        return arguments.run(arguments)
    except BrokenPipeError:  # whoever read the output, such as head, has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m optimlab", description="Run it beside the lesson folders.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    submit = commands.add_parser("submit", help="pack a lesson into a zip, to hand it in")
    submit.add_argument("lesson", help="03_momentum, or 03")
    submit.add_argument("--name", required=True, metavar="ID", help="your student id, as your instructor knows it")
    submit.set_defaults(run=_submit)
    progress = commands.add_parser("progress", help="show which exercises pass")
    progress.set_defaults(run=_progress)
    update = commands.add_parser("update", help="move your work into the new version of a lesson")
    update.add_argument("old", type=Path, help="your notebook, or the folder with all of them")
    update.add_argument("new", type=Path, help="the new notebook or folder")
    update.set_defaults(run=_update)
    return parser


def _submit(arguments: argparse.Namespace) -> int:
    from optimlab.submit import SubmitError, submit

    try:
        print(submit(arguments.lesson, arguments.name))
    except SubmitError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _progress(arguments: argparse.Namespace) -> int:
    from optimlab import progress

    progress()
    return 0


def _update(arguments: argparse.Namespace) -> int:
    from optimlab.update import UpdateError, update

    try:
        done = update(arguments.old, arguments.new)
    except UpdateError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(map(str, done)) or f"There is no work in {arguments.old} to move.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
