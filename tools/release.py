"""Make the students' archive: notebooks, data, the wheel, exact versions and START_HERE, in one zip below ``build/``.

``make release`` runs it; ``make release SOLUTIONS=03`` also packs the worked solution of lesson 03, into an archive of
another name, so that nobody hands out the one for the other. Equal inputs give equal bytes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests

ROOT = Path(__file__).parents[1]
NAME = "optimlab-course"
DATE = (2026, 1, 1, 0, 0, 0)
"""Of every file in the archive: a time of its own would make each archive another one."""
TEMPLATE = "start_here.html.j2"
MARK = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
STUDENTS = {"text/html", "text/plain"}
"""What a check cell shows to a student, and no more."""


class ReleaseError(Exception):
    """The archive can't be made; the message says why, and what to do."""


@dataclass(frozen=True)
class Page:
    """A lesson as START_HERE lists it.

    Parameters
    ----------
    name : str
        Such as "03_momentum".
    title : str
    minutes : int
        That the lesson takes.
    """

    name: str
    title: str
    minutes: int


def wheel(folder: Path) -> Path:
    """Build the students' wheel into a folder and return its path."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise ReleaseError(f"the wheel can't be built: {words[-1]}. Run {' '.join(command)} to see all of it.")
    return next(folder.glob("*.whl"))


def lessons() -> list[str]:
    """Return the names of the lessons that students get, in order."""
    return sorted(file.stem for file in (ROOT / "notebooks").glob("*/*.ipynb"))


def page(name: str) -> Page:
    """Return what the opening cell of a lesson says of it."""
    notebook = nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)
    opening = notebook.cells[0].source
    title, time = re.match(r"# (.+)", opening), re.search(r"Time: (\d+) minutes", opening)
    if title is None or time is None:
        raise ReleaseError(
            f"lessons/{name}.py: the first cell needs a title and a time, '# TITLE' and 'Time: 90 minutes'"
        )
    return Page(name, title[1], int(time[1]))


def worked(name: str) -> NotebookNode:
    """Return a lesson solved, without its hidden tests and what they printed."""
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    notebook, _ = ClearHiddenTests().preprocess(notebook, {})
    notebook.metadata.pop("optimlab", None)
    for cell in notebook.cells:
        cell.source = MARK.sub("", cell.source)
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.output_type == "display_data" and set(o.data) <= STUDENTS]
    return notebook


def start_here(pages: Sequence[Page], wheel_name: str, solved: Sequence[str]) -> str:
    """Return the page that tells a student how to begin."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(TEMPLATE).render(pages=pages, wheel=wheel_name, solved=solved)


def files(solved: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the archive's files by their paths in it.

    Parameters
    ----------
    solved : sequence of str
        Lessons whose worked solutions are added.
    """
    names = lessons()
    found = {f"{name}/{name}.ipynb": (ROOT / "notebooks" / name / f"{name}.ipynb").read_bytes() for name in names}
    for name in solved:
        found[f"solutions/{name}.ipynb"] = (nbformat.writes(worked(name)) + "\n").encode()
    for file in sorted((ROOT / "datasets").rglob("*")):
        if file.is_file():
            found[file.relative_to(ROOT).as_posix()] = file.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        built = wheel(Path(folder))
        found[built.name] = built.read_bytes()
    found["constraints.txt"] = (ROOT / "requirements.lock").read_bytes()
    found["requirements.txt"] = (
        f"# The versions that the lessons were made with.\n-c constraints.txt\n./{built.name}\n".encode()
    )
    found["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    found["START_HERE.html"] = start_here([page(name) for name in names], built.name, solved).encode()
    return found


def write(found: dict[str, bytes], target: Path) -> None:
    """Write files to a zip, whole or not at all."""
    target.parent.mkdir(exist_ok=True)
    half = target.with_suffix(".half")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(found):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, found[name])
    half.replace(target)


def lessons_called(words: Sequence[str]) -> list[str]:
    """Return the lessons of these names or numbers."""
    names = lessons()
    unknown = [word for word in words if not any(word in (name, name[:2]) for name in names)]
    if unknown:
        raise ReleaseError(f"there is no lesson {unknown[0]!r}: SOLUTIONS takes some of {', '.join(names)}")
    return [name for name in names if {name, name[:2]} & set(words)]


def main() -> int:
    """Make the archive."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__.split("\n\n")[0])
    parser.add_argument("--solutions", nargs="*", default=[], metavar="LESSON", help="03, or 03_momentum")
    try:
        solved = lessons_called(parser.parse_args().solutions)
        suffix = f"-with-solutions-{'-'.join(name[:2] for name in solved)}" if solved else ""
        target = ROOT / "build" / f"{NAME}{suffix}.zip"
        write(files(solved), target)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
