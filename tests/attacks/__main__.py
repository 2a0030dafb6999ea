"""Run the attacks and print the table: ``make attacks``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from grader.sandbox import SandboxError, bubblewrap
from tests.attacks.groups import GROUPS
from tests.attacks.stage import Stage

ROW = "{:9} {:62} {:>8} {:>6}  {}"


def main() -> int:
    """Print a line for each case; 1 where one is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("group", nargs="*", help=f"of {', '.join(GROUPS)}; all without")
    parser.add_argument("--only", default="", metavar="WORDS", help="cases with these words in their names")
    parser.add_argument("--quick", action="store_true", help="leave out the cases that take seconds")
    parser.add_argument("--stock", action="store_true", help="some cases against stock nbgrader, in one sandbox")
    arguments = parser.parse_args()
    unknown = [group for group in arguments.group if group not in GROUPS]
    if unknown:
        parser.error(f"no group is called {unknown[0]!r}; there are {', '.join(GROUPS)}")
    try:
        bubblewrap.probe()
    except SandboxError as error:
        parser.exit(2, f"attacks run in a sandbox only: {error}\n")
    if arguments.stock:
        from tests.attacks import stock

        return stock.main()
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    print(f"as {'root' if os.geteuid() == 0 else 'a user'}; points of 6\n")
    print(ROW.format("group", "case", "deserved", "earned", "ok"))
    begun, cases, wrong = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="optimlab-attacks-") as folder:
        (Path(folder) / "stage").mkdir()
        stage = Stage(Path(folder) / "stage")
        try:
            for group in arguments.group or GROUPS:
                for result in GROUPS[group](stage, arguments.only, arguments.quick):
                    cases, wrong = cases + 1, wrong + (not result.ok)
                    words = "yes" if result.ok else f"NO: {', '.join(result.faults)}"
                    print(
                        ROW.format(group, result.name, f"{result.deserved:g}", f"{result.earned:g}", words), flush=True
                    )
        finally:
            stage.close()
    print(f"\n{cases} cases, {wrong} not as they should be, {time.monotonic() - begun:.0f} s")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
