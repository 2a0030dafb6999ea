"""Enter lessons in nbgrader's gradebook: ``make course``.

nbgrader makes a release version in doing so. The students' notebooks of the checkout have been made already, so it
goes to ``build/release/``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config, PyFileConfigLoader

ROOT = Path(__file__).parents[1]


def configuration(root: Path) -> Config:
    """Return the configuration of the course in a folder, wherever the process runs."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def enter_lessons(root: Path, lessons: list[str] | None = None, release: str | None = None) -> list[str]:
    """Enter lessons in a course's gradebook and make their release versions.

    One process does it for all of them: to start nbgrader takes longer than to enter a lesson.

    Parameters
    ----------
    root : Path
        The course's folder.
    lessons : list of str, optional
        All that there are in its ``solutions/``, unless given.
    release : str, optional
        Where release versions go, in the place of what nbgrader_config.py says.

    Returns
    -------
    list of str
        The lessons.

    Raises
    ------
    RuntimeError
        nbgrader could not do it; the message is its log.
    """
    config = configuration(root)
    if release is not None:
        config.CourseDirectory.release_directory = release
    api = NbGraderAPI(config=config)
    source = root / config.CourseDirectory.source_directory
    names = lessons or sorted(folder.name for folder in source.iterdir() if folder.is_dir())
    for name in names:
        result = api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise RuntimeError(f"{name} could not be entered in the gradebook:\n{result['log']}{result['error']}")
    return names


if __name__ == "__main__":
    for entered in enter_lessons(Path.cwd(), sys.argv[1:] or None, "build/release"):
        print(f"{entered} is in the gradebook")
