"""Collect what a learning platform gives to download: names of files in, student and lesson out.

``nbgrader zip_collect`` unpacks an archive and asks a plugin whose each file is. Canvas and Moodle write it into the
names; :class:`LmsCollector` reads it there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader import utils
from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import List, Unicode

from optimlab.submit import PATTERN as PACKED

MOODLE = r".*?/[^/_]*_(?P<student_id>\d+)_assignsubmission_file(?:_/|/|_)(?:[^/]*/)*(?P<file_id>[^/]+)\.ipynb"
"""A folder ``Name_id_assignsubmission_file`` for each student, or the same before each file's own name.

The id is Moodle's number for a participant of this one assignment (``assign::get_uniqueid_for_user``). In a name Moodle
turns underscores into spaces, so the first number is Moodle's own, and what looks like one later is the student's.
"""
CANVAS = (
    r".*?/(?!\d\d_\w+_attempt_)(?:[^/]*?_)??(?P<student_id>(?<=_)\d+|anon_[A-Za-z0-9]+)_(?P<number>\d+)_"
    r"(?:[^/]*/)*(?P<file_id>[^/]+)\.ipynb"
)
"""``name[_LATE]_userid_fileid_file[-n].ipynb`` (``lib/content_zipper.rb`` of Canvas), or a zip of that name.

Where grading is anonymous, ``anon_`` and some letters stand in the place of name and user id.
"""


MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of what a student's archive holds."""
MAX_DEPTH = 12
"""Folders around a student's archive: there are archives that hold themselves."""


class LmsExtractor(ExtractorPlugin):
    """Unpack a download; an archive in it that is broken, locked or huge is named in the log, and the others count."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack all archives below a folder, and the archives in them, into another."""
        whole = utils.unpack_archive

        def unpack(source: str, *where: Any, **more: Any) -> None:
            try:
                if Path(source).is_relative_to(extracted_path):
                    _refuse_bomb(Path(source), len(Path(source).relative_to(extracted_path).parts))
                whole(source, *where, **more)
            except Exception as error:  # whatever a broken file makes zipfile and tarfile raise
                self.log.warning("Left out, since it cannot be unpacked (%s): %s", error, source)

        utils.unpack_archive = unpack  # nbgrader has no setting for it, and stops at the first that fails
        try:
            super().extract(archive_path, extracted_path)
        finally:
            utils.unpack_archive = whole


def _refuse_bomb(file: Path, depth: int) -> None:
    """Raise ValueError where an archive would fill the disk, or holds itself."""
    size = file.stat().st_size
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
    if size > MAX_UNPACKED or depth > MAX_DEPTH:
        raise ValueError(f"it holds more than {MAX_UNPACKED // 1024**2} MB, or archives in archives without end")


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
        # NB: a student names all that comes after the platform's part of the path: whoever is named first counts.
        found = next((found for path in self._ends(filename) if (found := self._found(path))), None)
        return found and found.groupdict() | {"file_id": self._notebook(found["file_id"])}

    def _ends(self, filename: str) -> Iterator[str]:
        """Yield a file's path below the folder of extracted files, from each of its folders on."""
        folder = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        parts = Path(filename).relative_to(folder).parts
        tops = 1 if len(parts) > 1 and len(list(folder.iterdir())) == 1 else 0  # the name of the download
        for start in (*range(tops, len(parts)), 0):
            yield "/" + "/".join(parts[start:])

    def _found(self, path: str) -> re.Match | None:
        matches = (re.fullmatch(pattern, path) for pattern in self.patterns)
        first = [match for match in matches if match and "/" not in path[1 : match.start("student_id")]]
        return first[0] if first else None

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
