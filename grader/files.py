"""The files of a submission: what lies in a folder that a student filled."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def plain_files(folder: Path) -> list[Path]:
    """Return all files below a folder, in order.

    Links are left out and not followed, and so is what cannot be looked at, however deep it lies.

    Parameters
    ----------
    folder : Path
    """
    found: list[Path] = []
    folders = [os.fspath(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    found.append(Path(entry.path))
    return sorted(found)
