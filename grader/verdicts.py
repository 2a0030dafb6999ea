"""The store of verdicts, and the hidden seeds of a course.

A record is a JSON file, one per student, lesson, submission, seed and grader version. It has a part
``verdict``, the same whenever the same work is graded; a part ``shown``, the outputs of the student's cells; and a
part ``measured``, seconds and starts, that nothing compares. It is the home of statuses: the gradebook has
scores and comments only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
import urllib.parse
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.files import plain_files
from grader.judge import Verdict

ROOT = Path(__file__).parents[1]
SEED_BITS = 128
MAX_NAME = 200
"""Characters of a folder's name; file systems take 255 bytes."""


@lru_cache(maxsize=1)
def grader_version() -> str:
    """Return a hash of all that decides a verdict: grader/, optimlab/ and the lock of versions."""
    digest = hashlib.sha256()
    files = [f for folder in ("grader", "optimlab") for f in (ROOT / folder).rglob("*") if f.suffix in (".py", ".json")]
    for file in sorted([*files, ROOT / "requirements.lock"]):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Key:
    """What a record is about.

    Parameters
    ----------
    student, lesson : str
    submission : str
        Hash of the submission (see :attr:`grader.lesson.Submission.hash`).
    seed : int
        Seed of the hidden cases.
    version : str
        The grader's.
    """

    student: str
    lesson: str
    submission: str
    seed: int
    version: str

    @property
    def text(self) -> str:
        """The key in one line, without the student."""
        return f"{self.lesson}/{self.submission}-{self.seed}-{self.version}"


@dataclass(frozen=True)
class Record:
    """What one submission came to.

    Parameters
    ----------
    key : Key
    verdicts : dict of str to Verdict
        By exercise, in the order of the lesson.
    outputs : list
        The outputs of the student's own cells, in nbformat's form.
    measured : dict
        Seconds and process starts.
    """

    key: Key
    verdicts: dict[str, Verdict]
    outputs: list[list[dict[str, Any]]]
    measured: dict[str, float]

    @property
    def points(self) -> float:
        """Points of all exercises together."""
        return sum(verdict.points for verdict in self.verdicts.values())

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return {
            "key": vars(self.key),
            "verdict": {name: verdict.to_json() for name, verdict in self.verdicts.items()},
            "shown": self.outputs,
            "measured": self.measured,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """Return the record that :meth:`to_json` wrote."""
        verdicts = {name: Verdict.from_json(verdict) for name, verdict in data["verdict"].items()}
        return cls(Key(**data["key"]), verdicts, data["shown"], data["measured"])


class Store:
    """The records of a course, below ``verdicts/`` in its root."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def file(self, key: Key) -> Path:
        """Return the file of a record."""
        # NB: names of students may hold slashes and dots; quoted, no name leaves the folder.
        student = urllib.parse.quote(key.student, safe="").replace(".", "%2E")
        if len(student) > MAX_NAME:
            student = f"{student[: MAX_NAME // 2]}-{hashlib.sha256(student.encode()).hexdigest()[:16]}"
        return self.root / "verdicts" / key.lesson / student / f"{key.submission}-{key.seed}-{key.version}.json"

    def get(self, key: Key) -> Record | None:
        """Return the record of a key, or None; a file that cannot be read counts as none."""
        try:
            return Record.from_json(json.loads(self.file(key).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, record: Record) -> None:
        """Write a record; whoever reads meanwhile sees the old one or the new one, whole."""
        write_whole(self.file(record.key), json.dumps(record.to_json(), ensure_ascii=False, indent=1) + "\n")

    # ---------------------------------------------------------------------------------- seeds

    def seed(self, lesson: str) -> int:
        """Return the hidden seed of a lesson; the first call draws it."""
        seeds = self._seeds()
        if lesson not in seeds:
            self.set_seed(lesson, secrets.randbits(SEED_BITS))
            seeds = self._seeds()
        return seeds[lesson]

    def set_seed(self, lesson: str, seed: int) -> None:
        """Set the hidden seed of a lesson."""
        write_whole(self.root / "seeds.json", json.dumps({**self._seeds(), lesson: seed}, indent=1) + "\n")

    def _seeds(self) -> dict[str, int]:
        file = self.root / "seeds.json"
        if not file.exists():
            return {}
        try:
            return {str(lesson): int(seed) for lesson, seed in json.loads(file.read_text(encoding="utf-8")).items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(
                f"{file} is not the course's list of seeds. Restore it, or delete it to draw new ones."
            ) from error


def write_whole(file: Path, text: str) -> None:
    """Write a text file in one piece.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def booking(key: Key, file: Path) -> str:
    """Return what tells one booking from another: the verdict's key, and the notebook and all that lies beside it."""
    digest = hashlib.sha256()
    for beside in sorted(plain_files(file.parent), key=lambda f: f != file):  # the notebook first
        with contextlib.suppress(OSError), beside.open("rb") as stream:
            name = os.fsencode(beside.relative_to(file.parent))
            digest.update(name + b"\0" + hashlib.file_digest(stream, "sha256").digest())
    return f"{key.text}-{digest.hexdigest()[:16]}"


@dataclass(frozen=True)
class Booked:
    """What a score in the gradebook was booked from.

    Parameters
    ----------
    key : Key
    booking : str
        As :func:`booking` had it.
    notebook : dict
        The autograded notebook, in nbformat's JSON.
    """

    key: Key
    booking: str
    notebook: dict[str, Any]


def booked(file: Path) -> Booked | None:
    """Return what an autograded notebook was booked from; None where there is none, or none of ours."""
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        entry = notebook["metadata"]["optimlab"]
        return Booked(Key(**entry["key"]), entry["booking"], notebook)
    except (OSError, ValueError, KeyError, TypeError):
        return None
