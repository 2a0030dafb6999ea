"""Run the commands of a documentation page and write what they print into it: ``make pages``.

In a page, blocks of kind ``console`` are one session from top to bottom, in a copy of the checkout of its own. A
line that begins with ``$`` is a command; what stands below it is its output, and is replaced. A block right below
``<!-- file: PATH -->`` is written to that file of the copy; ``<!-- append: PATH -->`` adds it at the end; a block below
``<!-- patch -->`` is a diff to apply. Other blocks are left alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "instructor.md",)
BLOCK = re.compile(
    r"(?:<!-- (?P<use>file|append|patch)(?:: (?P<path>\S+))? -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
LIMIT = 600
"""Seconds that one command may take."""
OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""Variables by which a make that a page runs would know that it was itself run by one, and say so."""


@dataclass(frozen=True)
class Step:
    """A command of a page, or a file to change.

    Parameters
    ----------
    use : str
        "run", "file", "append" or "patch".
    what : str
        The command, or the path of the file below the copy's root.
    text : str
        The output that the page shows; the text to write; the diff.
    start, end : int
        Where `text` stands in the page.
    """

    use: str
    what: str
    text: str
    start: int
    end: int


@dataclass
class Ran:
    """What a page's commands printed.

    Parameters
    ----------
    page : str
        The page with it.
    failed : list of str
        Commands that ended with an error, with their output. A page marks one that should by ``|| true``.
    """

    page: str
    failed: list[str] = field(default_factory=list)


def steps(page: str) -> Iterator[Step]:
    """Yield the commands and files of a page, in order."""
    for block in BLOCK.finditer(page):
        if block["use"]:
            yield Step(block["use"], block["path"], block["text"], *block.span("text"))
        elif block["kind"] == "console":
            yield from _commands(block["text"], block.start("text"))


def _commands(text: str, start: int) -> Iterator[Step]:
    for found in re.finditer(r"^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<said>(?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        yield Step("run", found["command"], found["said"], start + found.start("said"), start + found.end("said"))


def run(page: str, folder: Path) -> Ran:
    """Run a page's commands in a folder and return the page with what they printed."""
    ran = Ran(page)
    parts, end = [], 0
    for step in tqdm(list(steps(page)), desc="commands", unit="command", disable=None):
        if step.use != "run":
            _change(step, folder)
            continue
        said, code = _output(step.what, folder)
        if code:
            ran.failed.append(f"$ {step.what}\n{said}")
        parts += [page[end : step.start], said]
        end = step.end
    ran.page = "".join(parts) + page[end:]
    return ran


def _change(step: Step, folder: Path) -> None:
    if step.use == "patch":
        subprocess.run(["git", "apply", "-"], cwd=folder, input=step.text, text=True, check=True)
        return
    file = folder / step.what
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if step.use == "append" else ""
    file.write_text(before + step.text, encoding="utf-8")


def _output(command: str, folder: Path) -> tuple[str, int]:
    environment = {
        **{name: value for name, value in os.environ.items() if name not in OF_MAKE},
        "COLUMNS": "110",
        "OPTIMLAB_STILL": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(folder),
    }
    environment["PATH"] = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    said = "\n".join(line.rstrip() for line in done.stdout.replace(str(folder), "/home/you/optimlab").splitlines())
    return (said.strip("\n") + "\n" if said.strip() else ""), done.returncode


def copy_checkout(folder: Path) -> Path:
    """Copy what git knows of the checkout, with the environment as a link; return the copy."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def main() -> int:
    """Run all pages; 1 where a command failed."""
    failed = []
    for page in PAGES:
        with tempfile.TemporaryDirectory(prefix="optimlab-page-") as folder:
            ran = run(page.read_text(encoding="utf-8"), copy_checkout(Path(folder)))
        page.write_text(ran.page, encoding="utf-8")
        failed += ran.failed
        print(f"{page.relative_to(ROOT)}: {len(list(steps(ran.page)))} commands and files, {len(ran.failed)} failed")
    for words in failed:
        print(words, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
