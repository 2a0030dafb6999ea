"""A class is graded with the gradebook in PostgreSQL: a real server, the same scores."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.classroom import Course
from tests.conftest import needs, run_nbgrader
from tools.pupils import hand_in, pupils

pytestmark = pytest.mark.slow

LESSON = "03_momentum"
CLASS = ("right-01", "momentum_step-swaps_the_weights", "stub", "raises")
EVERYBODY = {pupil.name: pupil for pupil in pupils(LESSON)}


def _programs() -> Path:
    """Return the folder of the server's programs; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return (found[-1] if found else Path(needs("initdb"))).parent


@pytest.fixture(scope="module")
def database() -> Iterator[Callable[[str], str]]:
    """Start a server with a socket in a folder of its own; yield what makes a database and returns its URL."""
    programs = _programs()
    # NB: a socket's path has at most 107 bytes, and the server refuses to run as root.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        as_server = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = f"{folder}/data"

        def run(program: str, *words: str) -> None:
            command = [*as_server, programs / program, *words]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr

        run("initdb", "--auth=trust", "--username=grader", "--encoding=UTF8", data)
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        run("pg_ctl", "start", "--wait", f"--pgdata={data}", f"--log={folder}/log", f"--options={settings}")

        def make(name: str) -> str:
            run("createdb", f"--host={folder}", "--username=grader", name)
            return f"postgresql+psycopg://grader@/{name}?host={folder}"

        try:
            yield make
        finally:
            run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={data}")


def keep_gradebook_in(root: Path, url: str) -> None:
    """Do what docs/instructor.md says: one line in the course's nbgrader_config.py."""
    (root / "gradebook.db").unlink()
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as stream:
        stream.write(f'\nc.CourseDirectory.db_url = "{url}"\n')
    run_nbgrader(root, "generate_assignment", "--force", LESSON)


def scores(root: Path) -> dict[str, float]:
    run_nbgrader(root, "export")
    with (root / "grades.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["assignment"] == LESSON]
    return {row["student_id"]: float(row["raw_score"]) for row in rows}


def test_a_gradebook_in_postgresql_has_the_scores_that_one_in_sqlite_has(course_template, tmp_path, database):
    sqlite, postgres = (Path(shutil.copytree(course_template, tmp_path / name)) for name in ("sqlite", "postgres"))
    keep_gradebook_in(postgres, database("gradebook"))
    for root in (sqlite, postgres):
        for name in CLASS:
            hand_in(EVERYBODY[name], LESSON, root / "notebooks", root / "submitted")
        summary = Course(root).autograde(LESSON)
        assert summary.problems == []
        assert summary.graded == len(CLASS)
        assert Course(root).autograde(LESSON).graded == 0, "what is booked is found again"
        run_nbgrader(root, "generate_feedback", LESSON)
        assert len(list((root / "feedback").glob("*/*/*.html"))) == len(CLASS)
    assert not (postgres / "gradebook.db").exists()
    assert scores(postgres) == scores(sqlite)
    assert scores(postgres)["right-01"] == 6


def test_nbgraders_own_command_books_in_postgresql(course_root, database):
    keep_gradebook_in(course_root, database("by_nbgrader"))
    hand_in(EVERYBODY["right-01"], LESSON, course_root / "notebooks", course_root / "submitted")
    run_nbgrader(course_root, "autograde", LESSON)
    assert scores(course_root) == {"right-01": 6}
