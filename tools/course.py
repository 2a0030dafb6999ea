"""Enter lessons in nbgrader's gradebook: ``make course``.

nbgrader makes a release version in doing so. The students' notebooks of the checkout have been made already, so it
goes to ``build/release/``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tqdm import tqdm

from grader.classroom import Course, CourseError


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
    CourseError
        The folder is no course's, there is no such lesson, or nbgrader could not do it; then the message is its log.
    """
    course = Course(root)
    if release is not None:
        course.directory.release_directory = release
    known = course.lessons()
    names = lessons or known
    for name in tqdm(names, desc="entering", unit="lesson", disable=None, leave=False):
        if name not in known:
            raise CourseError(f"there is no lesson {name!r}; there are {', '.join(known) or 'none'}. Run make lessons.")
        result = course.api.generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"{name} could not be entered in the gradebook:\n{result['log']}{result['error']}")
    return names


def main() -> int:
    """Enter the lessons that are named, or all; 1 where it cannot be done."""
    try:
        for entered in enter_lessons(Path.cwd(), sys.argv[1:] or None, "build/release"):
            print(f"{entered} is in the gradebook")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
