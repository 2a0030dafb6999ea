"""Make the notebooks from the lesson scripts: ``solutions/`` with outputs, ``notebooks/`` without answers.

``make lessons`` runs it. The notebooks of instructors are run here, and are run again only when their script,
optimlab, the data or the lock of versions changed. The notebooks of students are nbgrader's work.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from tqdm import tqdm

from grader.classroom import configuration
from grader.lesson import DEMONSTRATION
from tools.script import ScriptError, read_script

ROOT = Path(__file__).parents[1]
SECONDS_PER_CELL = 120
"""Seconds after which a cell of a solved lesson is broken off: far more than any takes, so that a loop is noticed."""


class BuildError(Exception):
    """A lesson could not be made; the message says which, where and what to do."""


# ---------------------------------------------------------------------------------- solutions


def inputs_hash(script: Path, root: Path = ROOT) -> str:
    """Return a hash of all that the outputs of a lesson depend on.

    Of the recorded runs these are the lesson's own: their names start as the lesson's. Of the self-checks these are
    those of functions that the script names.
    """
    digest = hashlib.sha256()
    words = set(re.findall(r"\w+", script.read_text(encoding="utf-8")))
    records, checks = root / "datasets" / "experiments", root / "optimlab" / "checks"
    data = [f for f in _tracked(root / "datasets") if f.parent != records or f.name.startswith(script.stem)]
    code = [f for f in _tracked(root / "optimlab") if f.parent != checks or f.stem in words]
    for file in [script, root / "requirements.lock", *code, *data]:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _tracked(folder: Path) -> Iterable[Path]:
    skipped = {"__pycache__", ".ipynb_checkpoints"}
    files = (file for file in folder.rglob("*") if file.is_file() and not skipped & set(file.parts))
    return sorted(file for file in files if file.suffix not in (".pyc", ".md"))


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy with neither outputs, execution counts nor the build's own metadata."""
    copy = nbformat.from_dict(notebook)
    copy.metadata.pop("optimlab", None)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def is_demonstration(cell: NotebookNode) -> bool:
    """Tell whether a cell is a demonstration: grading leaves it out."""
    return DEMONSTRATION in cell.metadata.get("tags", [])


def run(notebook: NotebookNode, script: Path) -> None:
    """Run a notebook in place, in a folder that is thrown away. Pictures with sliders stand still.

    Raises
    ------
    BuildError
        A cell raised an error.
    """
    with tempfile.TemporaryDirectory() as course:
        folder = Path(course) / script.stem  # a lesson may write beside its folder: optimlab.save does
        folder.mkdir()
        client = NotebookClient(
            notebook,
            timeout=SECONDS_PER_CELL,
            record_timing=False,
            coalesce_streams=True,  # else a busy machine prints one text in several pieces
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--IPKernelApp.log_level=40"],  # no warnings of the kernel's own
        )
        try:
            client.execute(env=os.environ | {"OPTIMLAB_STILL": "1"})
        except CellExecutionError as error:
            raise BuildError(
                f"{script}: the cell {_failed(notebook)} of the solved lesson fails: {error.ename}: {error.evalue}."
            ) from None
    notebook.metadata.language_info = nbformat.from_dict({"name": "python"})


def _failed(notebook: NotebookNode) -> str:
    """Return the id of the cell that raised an error."""
    return next(c.id for c in notebook.cells if any(o.output_type == "error" for o in c.get("outputs", [])))


def solved(script: Path, old: NotebookNode | None, root: Path = ROOT) -> NotebookNode:
    """Return the instructor's notebook of a script, with outputs.

    The outputs of ``old`` are kept where nothing that they depend on has changed. Otherwise the notebook
    is run twice: once without its demonstrations, since set-up and answers alone must do, then whole.
    """
    notebook = read_script(script)
    inputs = inputs_hash(script, root)
    if (
        old is not None
        and old.metadata.get("optimlab", {}).get("inputs") == inputs
        and without_outputs(old) == notebook
    ):
        return old
    bare = nbformat.from_dict(notebook)
    bare.cells = [cell for cell in bare.cells if not is_demonstration(cell)]
    try:
        run(bare, script)
    except BuildError as error:
        raise BuildError(
            f"{error} (The demonstrations were left out: set-up and answers alone must be enough.)"
        ) from None
    run(notebook, script)
    notebook.metadata["optimlab"] = nbformat.from_dict({"inputs": inputs})
    return notebook


def write(notebook: NotebookNode, file: Path) -> None:
    """Write a notebook so that equal notebooks are equal bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(notebook)
    file.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def read(file: Path) -> NotebookNode | None:
    """Return the notebook in a file, or None where there is none that can be read."""
    try:
        return nbformat.read(file, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError):
        return None


# ---------------------------------------------------------------------------------- notebooks


def released(scripts: list[Path], solutions: Path) -> dict[Path, bytes]:
    """Return the students' notebooks: nbgrader's GenerateAssignment makes them, without its database.

    Returns
    -------
    dict of Path to bytes
        The files by their path below ``notebooks/``.
    """
    with tempfile.TemporaryDirectory() as folder:
        for script in scripts:
            config = configuration(ROOT)
            config.CourseDirectory.root = str(solutions.parent)
            config.CourseDirectory.source_directory = solutions.name
            config.CourseDirectory.release_directory = folder
            config.CourseDirectory.assignment_id = script.stem
            config.SaveCells.enabled = False
            api = NbGraderAPI(config=config)
            converter = GenerateAssignment(coursedir=api.coursedir, parent=api)
            converter.no_database = True
            converter.log = logging.getLogger("optimlab.release")
            converter.log.setLevel(logging.ERROR)
            converter.start()
        return {f.relative_to(folder): f.read_bytes() for f in Path(folder).rglob("*") if f.is_file()}


# --------------------------------------------------------------------------------------- trees


def build(scripts: list[Path], solutions: Path, notebooks: Path) -> None:
    """Make the notebooks of these scripts in both trees."""
    for script in tqdm(scripts, desc="lessons", unit="lesson", disable=len(scripts) < 2 or None):
        stem = script.stem
        file = solutions / stem / f"{stem}.ipynb"
        old = read(file)
        notebook = solved(script, old)
        if notebook is not old:
            write(notebook, file)
    for file, text in released(scripts, solutions).items():
        (notebooks / file).parent.mkdir(parents=True, exist_ok=True)
        (notebooks / file).write_bytes(text)


def stale(scripts: list[Path], solutions: Path, notebooks: Path) -> list[str]:
    """Return what is not as the scripts say, one line each; nothing is written."""
    found = []
    made = []
    for script in scripts:
        stem = script.stem
        file = solutions / stem / f"{stem}.ipynb"
        due, notebook = read_script(script), read(file)
        made += [script] * (notebook is not None)
        if notebook is None or without_outputs(notebook) != due:
            found.append(f"{file}: the cells are not those of {script}")
        elif notebook.metadata.get("optimlab", {}).get("inputs") != inputs_hash(script):
            found.append(f"{file}: the outputs are older than the script, optimlab, the data or the lock")
    for file, text in released(made, solutions).items():
        if not (notebooks / file).is_file() or (notebooks / file).read_bytes() != text:
            found.append(f"{notebooks / file}: not what solutions/ makes")
    return found


def without_script(scripts: list[Path], solutions: Path, notebooks: Path) -> list[Path]:
    """Return the notebooks of lessons that have no script any more; the scripts are all there are."""
    stems = {script.stem for script in scripts}
    files = [file for folder in (solutions, notebooks) for file in folder.glob("*/*.ipynb")]
    return [file for file in files if file.stem == file.parent.name and file.stem not in stems]


def main() -> int:
    """Make both trees, or check that they are fresh."""
    parser = argparse.ArgumentParser(prog="python -m tools.lessons", description=__doc__.split("\n\n")[0])
    parser.add_argument("lesson", nargs="*", help="only these, such as 03; all without")
    parser.add_argument("--check", action="store_true", help="write nothing; say what is stale")
    arguments = parser.parse_args()
    everything = sorted((ROOT / "lessons").glob("*.py"))
    scripts = [s for s in everything if not arguments.lesson or s.stem.startswith(tuple(arguments.lesson))]
    if not scripts:
        parser.error(
            f"no lesson begins with {arguments.lesson[0]!r}; there are {', '.join(s.stem for s in everything)}"
        )
    solutions, notebooks = ROOT / "solutions", ROOT / "notebooks"
    gone = without_script(everything, solutions, notebooks)
    try:
        if not arguments.check:
            build(scripts, solutions, notebooks)
            while gone:
                gone.pop().unlink()
        found = stale(scripts, solutions, notebooks)
    except (ScriptError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    for line in [*found, *(f"{file}: there is no script for it" for file in gone)]:
        print(f"{line}. Run make lessons.", file=sys.stderr)
    if not found and not gone:
        print(f"{len(scripts)} lesson{'s' * (len(scripts) > 1)}, both trees fresh")
    return 1 if found or gone else 0


if __name__ == "__main__":
    sys.exit(main())
