"""Collect what a learning platform gives to download: names of files in, student and lesson out.

``nbgrader zip_collect`` unpacks an archive and asks a plugin whose each file is. Canvas and Moodle write it into the
names; :class:`LmsCollector` reads it there.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from traitlets import List, Unicode

from optimlab.submit import PATTERN as PACKED

MOODLE = r".*/[^/]*_(?P<student_id>\d+)_assignsubmission_file(?:_/|/|_)(?:[^/]*/)*(?P<file_id>[^/]+)\.ipynb"
"""A folder ``Name_id_assignsubmission_file`` for each student, or the same before each file's own name.

The id is Moodle's number for a participant of this one assignment (``assign::get_uniqueid_for_user``).
"""
CANVAS = (
    r".*/(?:[^/]*?_)??(?P<student_id>(?<=_)\d+|anon_[A-Za-z0-9]+)_(?P<number>\d+)_"
    r"(?:[^/]*/)*(?P<file_id>[^/]+)\.ipynb"
)
"""``name[_LATE]_userid_fileid_file[-n].ipynb`` (``lib/content_zipper.rb`` of Canvas), or a zip of that name.

Where grading is anonymous, ``anon_`` and some letters stand in the place of name and user id.
"""


class LmsCollector(FileNameCollectorPlugin):
    """Tell from a file's path whose submission it is, whatever the platform and the browser added to its name.

    ``named_regexp``, where it is set, takes the place of the patterns. Of several files of one student that may be the
    lesson's notebook the one that was uploaded last is taken, and the others are named in the log.
    """

    patterns = List(
        Unicode(),
        [MOODLE, CANVAS, PACKED],
        help="Regular expressions for the path of a file, as named_regexp; the first that matches counts.",
    ).tag(config=True)

    def collect(self, submitted_file: str) -> dict | None:
        """Return student, lesson and, where the name has it, the time of a file; None where it is left out."""
        path = Path(submitted_file)
        if path.suffix not in self.valid_ext:
            self.log.debug("Invalid file extension %s: %s", path.suffix, submitted_file)
            return None
        found = self._match(submitted_file)
        if found is None:
            self.log.warning("Nobody knows whose this is: no name as Canvas, Moodle or optimlab give it: %s", path)
        elif not found.get("timestamp") and (latest := self._latest[_of(path, found)]) != path:
            self.log.warning("Left out, since %s is newer or better named: %s", latest, path)
            found = None
        return found

    def _match(self, filename: str) -> dict | None:
        if self.named_regexp:
            return super()._match(filename)
        found = next((found for pattern in self.patterns if (found := re.fullmatch(pattern, filename))), None)
        return found and found.groupdict() | {"file_id": self._notebook(found["file_id"])}

    def _notebook(self, stem: str) -> str:
        """Return the lesson's name where the file's begins with it: browsers and platforms add to it."""
        lesson = self.parent.coursedir.assignment_id
        return lesson if re.fullmatch(rf"{re.escape(lesson)}([^A-Za-z0-9].*)?", stem) else stem

    @cached_property
    def _latest(self) -> dict[tuple[str, str, str], Path]:
        """The file to take of each student and notebook: nbgrader would stop at the first two."""
        latest: dict[tuple[str, str, str], tuple[int, bool, Path]] = {}
        folder = self.parent._format_collect_path(self.parent.extracted_directory)
        for path in Path(folder).rglob("*"):
            found = self._match(str(path)) if path.suffix in self.valid_ext else None
            if found and not found.get("timestamp"):
                of = _of(path, found)
                rank = int(found.get("number") or 0), path.stem == found["file_id"], path
                latest[of] = max(latest.get(of, rank), rank)
        return {of: path for of, (*_, path) in latest.items()}


def _of(path: Path, found: dict) -> tuple[str, str, str]:
    return found["student_id"], found["file_id"], path.suffix
