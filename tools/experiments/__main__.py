"""Make ``datasets/experiments/``: recorded runs, expected figures, and the README that describes them.

``make experiments`` runs it; ``make experiments ONLY=03`` for the names that start so. A record that comes out
as it was keeps its date.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import io
import json
import platform
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tools.experiments import Arrays, Experiment, load_all
from tools.lessons import ROOT, BuildError, run
from tools.script import PICTURES, ScriptError, read_without_pictures


def record(one: Experiment, folder: Path) -> bool:
    """Run an experiment and write its record; return whether it is another one than before."""
    arrays = one()
    file = folder / f"{one.name}.npz"
    described = folder / f"{one.name}.json"
    words = {"what": one.what, "columns": one.columns}
    old = json.loads(described.read_text(encoding="utf-8")) if described.is_file() else {}
    if file.is_file() and _same(file, arrays) and old.items() >= words.items():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(file, **arrays)
    made = {
        "command": f"make experiments ONLY={one.name}",
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }
    described.write_text(json.dumps(words | made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return True


def _same(file: Path, arrays: Arrays) -> bool:
    with np.load(file) as old:
        return list(old) == list(arrays) and all(
            old[key].dtype == value.dtype and np.array_equal(old[key], value, equal_nan=value.dtype.kind == "f")
            for key, value in arrays.items()
        )


def record_pictures(script: Path, folder: Path) -> list[str]:
    """Run a solved lesson and keep the expected figures that it names; return those that changed.

    Raises
    ------
    BuildError
        A cell fails, or a demonstration that should draw a figure draws none.
    """
    notebook, pictures = read_without_pictures(script)
    if not pictures:
        return []
    run(notebook, script)
    changed = []
    for cell in notebook.cells:
        if cell.id not in pictures:
            continue
        drawn = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
        if not drawn:
            raise BuildError(f"{script}: {cell.id} draws no figure. Take ](expected:...) for it out of the lesson.")
        png, file = base64.b64decode(drawn[0]), folder / pictures[cell.id]
        if not file.is_file() or not _looks_the_same(file.read_bytes(), png):
            file.write_bytes(png)
            changed.append(file.name)
    return changed


def _looks_the_same(one: bytes, other: bytes) -> bool:
    """Return whether two pictures have the same pixels: another zlib makes other bytes of them."""
    from PIL import Image

    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (one, other))
    return first.shape == second.shape and bool((first == second).all())


def readme(folder: Path) -> str:
    """Return a description of all records and pictures in a folder."""
    lines = [
        "# Recorded runs",
        "",
        "What takes too long for a lesson, or needs many seeds. `make experiments` makes everything here, this page",
        "too; nothing is edited by hand. A lesson reads a record with `optimlab.data.recorded`, and runs a part of it",
        "again. Licence: CC BY 4.0, as the lessons.",
    ]
    for described in sorted(folder.glob("*.json")):
        made = json.loads(described.read_text(encoding="utf-8"))
        lines += ["", f"## `{described.stem}.npz`", "", made["what"], ""]
        lines += [f"Made by `{made['command']}` on {made['date']}, Python {made['python']}, NumPy {made['numpy']},"]
        lines += [f"{made['system']}.", "", "| array | what it holds |", "|---|---|"]
        lines += [f"| `{name}` | {words} |" for name, words in made["columns"].items()]
    pictures = sorted(file.name for file in folder.glob("*.png"))
    lines += ["", "## Expected figures", "", "What a demonstration of a solved lesson draws: LESSON-DEMO.png.", ""]
    lines += [f"- `{name}`" for name in pictures]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Make the records and the pictures whose names start as asked."""
    parser = argparse.ArgumentParser(prog="python -m tools.experiments", description=__doc__.split("\n\n")[0])
    parser.add_argument("only", nargs="?", default="", help="start of a record's or a lesson's name, such as 03")
    only = parser.parse_args().only
    chosen = [one for name, one in load_all().items() if name.startswith(only)]
    scripts = sorted(script for script in (ROOT / "lessons").glob("*.py") if script.stem.startswith(only))
    if not chosen and not scripts:
        print(f"nothing starts with {only!r}; there are {', '.join(load_all())}", file=sys.stderr)
        return 1
    changed = []
    with tqdm(total=len(chosen) + len(scripts), unit="run", file=sys.stdout) as bar:
        for one in chosen:
            bar.set_description(one.name)
            changed += [one.name] * record(one, PICTURES)
            bar.update()
        for script in scripts:
            bar.set_description(f"figures of {script.stem}")
            try:
                changed += record_pictures(script, PICTURES)
            except (ScriptError, BuildError) as error:
                print(error, file=sys.stderr)
                return 1
            bar.update()
    (PICTURES / "README.md").write_text(readme(PICTURES), encoding="utf-8")
    print(f"changed: {', '.join(changed)}. Run make lessons." if changed else "all as it was")
    return 0


if __name__ == "__main__":
    sys.exit(main())
