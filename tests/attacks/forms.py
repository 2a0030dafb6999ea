"""Notebooks, folders and names of any form: what needs nbgrader, graded as one class.

To add a case, append to ``CASES``: a :class:`Form` with a function that changes the notebook of right answers, or one
that makes the folder that is handed in. ``problem=True`` where the submission cannot be graded: it costs one line,
gets 0 points, and the others are graded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grader.classroom import Course
from grader.lesson import DEMONSTRATION
from tests.attacks import FULL, Result
from tests.attacks.stage import NAME, RIGHT, ROOT
from tools.pupils import fill

FILE = f"{NAME}.ipynb"
SECRET = "SECRET-of-the-course"
SCRIPT = "<script>GOT_IN()</script><img src=x onerror=GOT_IN()><iframe src='javascript:GOT_IN()'></iframe>"
HONEST = ("a-classmate", "zz-classmate")
"""Right answers, the first and the last that are graded."""


@dataclass(frozen=True)
class Form:
    """A submission of an odd form.

    Parameters
    ----------
    name : str
        What is odd.
    deserved : float
        Points, of 6.
    change : callable
        Changes the notebook of right answers.
    make : callable or None
        Makes the folder that is handed in instead, given the notebook as changed.
    student : str or bytes
        The folder's name; made from a number where it is empty.
    problem : bool
        Whether it cannot be graded.
    slow : bool
        Whether it takes seconds.
    """

    name: str
    deserved: float
    change: Callable[[NotebookNode], None] = lambda notebook: None
    make: Callable[[Path, NotebookNode], None] | None = None
    student: str | bytes = ""
    problem: bool = False
    slow: bool = False


# ------------------------------------------------------------------------------------ changes


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell of a grade_id."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def graders(notebook: NotebookNode) -> list[NotebookNode]:
    """Return nbgrader's metadata of all cells that have any."""
    return [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]


def every(**changes: object) -> Callable[[NotebookNode], None]:
    """Return a change of nbgrader's metadata in every cell."""

    def change(notebook: NotebookNode) -> None:
        for grader in graders(notebook):
            grader.update(changes)

    return change


def source(name: str, text: str) -> Callable[[NotebookNode], None]:
    """Return a change of a cell's text."""
    return lambda notebook: cell(notebook, name).update(source=text)


def added(*cells: NotebookNode, at: int | None = None) -> Callable[[NotebookNode], None]:
    """Return a change that adds cells, at the end without a place."""

    def change(notebook: NotebookNode) -> None:
        place = len(notebook.cells) if at is None else at
        notebook.cells[place:place] = [nbformat.from_dict(c) for c in cells]

    return change


def metadata(**more: object) -> Callable[[NotebookNode], None]:
    """Return a change of the notebook's metadata."""
    return lambda notebook: notebook.metadata.update(nbformat.from_dict(more))


def swapped(notebook: NotebookNode) -> None:
    a, b = cell(notebook, "momentum_step").metadata.nbgrader, cell(notebook, "init_velocity").metadata.nbgrader
    a.grade_id, b.grade_id = b.grade_id, a.grade_id


def twice(name: str) -> Callable[[NotebookNode], None]:
    """Return a change that copies a cell with its metadata, three times."""

    def change(notebook: NotebookNode) -> None:
        for number in range(3):
            copy = nbformat.from_dict(cell(notebook, name))
            copy.id = f"copy-{number}"
            notebook.cells.append(copy)

    return change


def claims(name: str, text: str, kind: str = "code") -> Callable[[NotebookNode], None]:
    """Return a change that adds a cell which claims to be one of the lesson's, before all others."""

    def change(notebook: NotebookNode) -> None:
        grader = nbformat.from_dict(cell(notebook, name).metadata.nbgrader)
        made = nbformat.v4.new_code_cell(text) if kind == "code" else nbformat.v4.new_raw_cell(text)
        made.metadata["nbgrader"] = grader
        notebook.cells.insert(0, made)

    return change


def moved(notebook: NotebookNode) -> None:
    """All check cells first, in the other order."""
    checks = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id", "").endswith("_check")]
    notebook.cells = checks[::-1] + [c for c in notebook.cells if c not in checks]


def retyped(notebook: NotebookNode) -> None:
    for name in ("momentum_step_check", "init_velocity_check"):
        cell(notebook, name).cell_type = "markdown"
        for key in ("outputs", "execution_count"):
            cell(notebook, name).pop(key)


def hidden_in_demonstrations(notebook: NotebookNode) -> None:
    """Cells of the student's own that say they are demonstrations are the student's all the same."""
    cell(notebook, "momentum_step").metadata["tags"] = [DEMONSTRATION]
    cell(notebook, "momentum_step").metadata.pop("nbgrader")
    next(c for c in notebook.cells if "momentum_step" in c.source and c.metadata.get("tags")).id = "mine"


def scores_displayed(notebook: NotebookNode) -> None:
    cell(notebook, "momentum_step").source = "def momentum_step(*a):\n    return a[0], a[2]"
    for name in ("momentum_step_check", "momentum_step"):
        cell(notebook, name).outputs = [
            nbformat.v4.new_output("execute_result", {"text/plain": "4.0"}, execution_count=1)
        ]


def forged_record(notebook: NotebookNode) -> None:
    """As if it had been graded: what the autograded copy keeps."""
    cell(notebook, "momentum_step").source = "def momentum_step(*a):\n    return a[0], a[2]"
    key = {"student": HONEST[0], "lesson": NAME, "submission": "0" * 16, "seed": 1, "version": "0" * 16}
    notebook.metadata["optimlab"] = nbformat.from_dict({"key": key, "booking": "0", "points": 6})


def on_the_page(notebook: NotebookNode) -> None:
    """Script wherever a page may show it."""
    notebook.metadata["title"] = SCRIPT
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {}, "x": f"</script>{SCRIPT}"}
    }
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": SCRIPT, "language": SCRIPT}
    notebook.metadata["language_info"] = {"name": SCRIPT, "pygments_lexer": SCRIPT, "codemirror_mode": SCRIPT}
    raw = nbformat.v4.new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html", "format": "text/html"})
    prose = nbformat.v4.new_markdown_cell(
        f"{SCRIPT}\n\n[x](javascript:GOT_IN()) <a href='javascript:GOT_IN()'>x</a> <svg/onload=GOT_IN()>\n\n"
        "![x](attachment:a.png)\n\n$$</script><script>GOT_IN()</script>$$\n\n`` ` `` <!-- --><script>GOT_IN()</script>"
        "\n\n[x]: javascript:GOT_IN()\n\n[x]",
        attachments={"a.png": {"text/html": SCRIPT, "image/png": f'"><{SCRIPT}'}},
        metadata={"tags": [f'"><{SCRIPT}'.replace(",", "")]},
    )
    display = nbformat.v4.new_code_cell(
        f"from IPython.display import HTML, display\nscript = {SCRIPT!r}\n"
        "display(HTML(script), {'image/png': '\"><' + script, 'text/html': script}, raw=False)\n"
        "display({'image/png': '\">' + script}, raw=True)\nprint(script)\nraise ValueError(script)"
    )
    display.metadata["tags"] = [f'"><{SCRIPT}'.replace(",", "")]
    notebook.cells += [raw, prose, display]
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade_id", "").startswith("question"):
            one.source = SCRIPT


# ------------------------------------------------------------------------------------ folders


def written(data: bytes) -> Callable[[Path, NotebookNode], None]:
    """Return what writes these bytes as the notebook."""
    return lambda folder, notebook: folder.joinpath(FILE).write_bytes(data)


def as_text(change: Callable[[str], str]) -> Callable[[Path, NotebookNode], None]:
    """Return what writes the notebook's JSON changed as text."""
    return lambda folder, nb: folder.joinpath(FILE).write_text(change(nbformat.writes(nb)), encoding="utf-8")


def beside(make: Callable[[Path], object]) -> Callable[[Path, NotebookNode], None]:
    """Return what writes the notebook and something beside it."""

    def both(folder: Path, notebook: NotebookNode) -> None:
        nbformat.write(notebook, folder / FILE)
        make(folder)

    return both


def linked(target: str) -> Callable[[Path, NotebookNode], None]:
    """Return what hands in a link for a notebook."""
    return lambda folder, notebook: folder.joinpath(FILE).symlink_to(target)


def linked_folder(folder: Path, notebook: NotebookNode) -> None:
    folder.rmdir()
    folder.symlink_to(folder.parents[1] / HONEST[0] / NAME)


def version_3(folder: Path, notebook: NotebookNode) -> None:
    old = nbformat.convert(notebook, 3)
    folder.joinpath(FILE).write_text(json.dumps(old), encoding="utf-8")


def large(megabytes: int) -> Callable[[NotebookNode], None]:
    """Return a change that adds an output of a size."""

    def change(notebook: NotebookNode) -> None:
        output = nbformat.v4.new_output("stream", text="x" * megabytes * 1024 * 1024)
        cell(notebook, "momentum_step").outputs = [output]

    return change


def many_cells(notebook: NotebookNode) -> None:
    notebook.cells += [nbformat.v4.new_code_cell(f"x = {i}") for i in range(1000)]


WRONG = "def momentum_step(*a):\n    return a[0], a[2]"
DEEP = "[" * 100_000

CASES = [
    # ------------------------------------------------------------- files
    Form("an empty file", 0, make=written(b""), problem=True),
    Form("a truncated file", 0, make=as_text(lambda text: text[: len(text) // 2]), problem=True),
    Form("random bytes", 0, make=written(bytes(range(256)) * 99), problem=True),
    Form("JSON that is no notebook", 0, make=written(b"[1, 2, 3]"), problem=True),
    Form("a number", 0, make=written(b"6"), problem=True),
    Form("null", 0, make=written(b"null"), problem=True),
    Form("a file of lists 10^5 deep", 0, make=written(DEEP.encode()), problem=True),
    Form("a number of 10^5 digits", 0, make=written(b'{"nbformat": ' + b"4" * 100_000 + b"}"), problem=True),
    Form("a byte order mark", 0, make=lambda f, n: (f / FILE).write_bytes(b"\xef\xbb\xbf{}"), problem=True),
    Form(
        "cells that are no list",
        0,
        make=written(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 6}'),
        problem=True,
    ),
    Form("format version 3", FULL, make=version_3),
    Form("format version 99", 0, make=as_text(lambda t: t.replace('"nbformat": 4', '"nbformat": 99')), problem=True),
    Form("another kernel", FULL, metadata(kernelspec={"name": "ir", "display_name": "R", "language": "R"})),
    Form("no metadata of the notebook", FULL, lambda n: n.update(metadata={})),
    Form("1000 more cells", FULL, many_cells, slow=True),
    Form("50 MB", FULL, large(50), slow=True),
    Form("70 MB", 0, large(70), problem=True, slow=True),
    Form("no cells", 0, lambda n: n.update(cells=[])),
    Form("no notebook", 0, make=lambda folder, notebook: None, problem=True),
    Form("a folder for a notebook", 0, make=lambda folder, notebook: (folder / FILE).mkdir(), problem=True),
    Form("a pipe for a notebook", 0, make=lambda folder, notebook: os.mkfifo(folder / FILE), problem=True),
    # ------------------------------------------------------------- links
    Form("a link to a classmate's notebook", 0, make=linked(f"../../{HONEST[0]}/{NAME}/{FILE}"), problem=True),
    Form("a link to the solution", 0, make=linked(f"../../../solutions/{NAME}/{FILE}"), problem=True),
    Form("a link to the gradebook", 0, make=linked("../../../gradebook.db"), problem=True),
    Form("a link to itself", 0, make=linked(FILE), problem=True),
    Form("a link to nothing", 0, make=linked("nothing"), problem=True),
    Form("a link to /dev/zero", 0, make=linked("/dev/zero"), problem=True),
    Form("a folder that is a link", 0, make=linked_folder, problem=True),
    Form(
        "a link to a secret beside it",
        FULL,
        make=beside(lambda f: (f / "mine.txt").symlink_to(f.parents[2] / "secret.txt")),
    ),
    Form("a link to a folder beside it", FULL, make=beside(lambda f: (f / "all").symlink_to(f.parents[2]))),
    Form("a link to /dev/zero beside it", FULL, make=beside(lambda f: (f / "zero").symlink_to("/dev/zero"))),
    Form("a link to nothing beside it", FULL, make=beside(lambda f: (f / "nothing").symlink_to("nothing"))),
    Form("a pipe beside it", FULL, make=beside(lambda f: os.mkfifo(f / "pipe"))),
    Form(
        "settings of nbgrader beside it",
        FULL,
        make=beside(lambda f: (f / "nbgrader_config.py").write_text("c = get_config()\nraise SystemExit")),
    ),
    Form(
        "modules named like the grader's beside it",
        FULL,
        make=beside(
            lambda f: [(f / f"{n}.py").write_text("raise SystemExit") for n in ("grader", "optimlab", "numpy", "json")]
        ),
    ),
    Form("another notebook beside it", FULL, make=beside(lambda f: shutil.copy(f / FILE, f / "extra.ipynb"))),
    # ------------------------------------------------------------- nbgrader's metadata
    Form("points raised", FULL, every(points=600)),
    Form("points lowered below zero", FULL, every(points=-6)),
    Form(
        "cells unlocked, checks edited",
        2,
        lambda n: [every(locked=False)(n), source("momentum_step", WRONG)(n), source("momentum_step_check", "4.0")(n)],
    ),
    Form("check cells emptied", 2, lambda n: [source("momentum_step", WRONG)(n), source("momentum_step_check", "")(n)]),
    Form("check cells moved", FULL, moved),
    Form("check cells turned into prose", FULL, retyped),
    Form("check cells copied", FULL, twice("momentum_step_check")),
    Form("answers copied", FULL, twice("momentum_step")),
    Form(
        "a check that says it is an answer",
        2,
        lambda n: [
            source("momentum_step", WRONG)(n),
            cell(n, "momentum_step_check").metadata.nbgrader.update(solution=True, locked=False),
        ],
    ),
    Form(
        "an answer that says it is a check",
        FULL,
        lambda n: cell(n, "momentum_step").metadata.nbgrader.update(grade=True, points=100, locked=True),
    ),
    Form("names swapped", FULL, swapped),
    Form("unknown names", FULL, lambda n: [g.update(grade_id=f"x{i}") for i, g in enumerate(graders(n))]),
    Form("one name for all", FULL, every(grade_id="momentum_step")),
    Form("names that are lists", FULL, every(grade_id=["momentum_step"])),
    Form("names that are paths", FULL, every(grade_id="../../../gradebook")),
    Form("metadata that is a list", FULL, lambda n: [c.metadata.update(nbgrader=[1]) for c in n.cells]),
    Form("metadata that is text", FULL, lambda n: [c.metadata.update(nbgrader="grade") for c in n.cells]),
    Form("schema version 99", FULL, every(schema_version=99)),
    Form("schema version 1", FULL, every(schema_version=1)),
    Form("no schema version", FULL, lambda n: [g.pop("schema_version") for g in graders(n)]),
    Form("checksums of others", FULL, every(checksum="0" * 32)),
    Form("the set-up replaced", FULL, source("setup_imports", "raise SystemExit")),
    Form("a cell that claims to be the set-up", FULL, claims("setup_imports", "raise SystemExit")),
    Form("a raw cell that claims to be a check", FULL, claims("momentum_step_check", "4.0", "raw")),
    Form("answers that claim to be demonstrations", FULL, hidden_in_demonstrations),
    Form("scores in the outputs", 2, scores_displayed),
    Form("a record of its own grading", 2, forged_record),
    # ------------------------------------------------------------- what a page or a terminal would run
    Form("script on the page", FULL, on_the_page),
    Form("prose that takes long to read", FULL, added(*(nbformat.v4.new_markdown_cell(c * 10**6) for c in "[>*`("))),
    Form("a picture that is not there", FULL, added(nbformat.v4.new_markdown_cell("![x](attachment:no.png)"))),
    Form("control characters in a cell", FULL, added(nbformat.v4.new_code_cell("s = '\x00\x1b[2J\x7f'\nprint(s)"))),
    Form(
        "halves of characters",
        0,
        make=as_text(lambda t: t.replace("import numpy", "\\ud800 import numpy", 1)),
        problem=True,
    ),
    Form("a line of 10^5 characters", FULL, added(nbformat.v4.new_code_cell("x = '" + "x" * 10**5 + "'"))),
    Form("code that takes a page's memory", 0, added(nbformat.v4.new_code_cell("a=1;" * 500_000)), problem=True),
    Form("3000 empty cells", 0, added(*(nbformat.v4.new_markdown_cell() for _ in range(3000))), problem=True),
    Form("two million dicts", 0, metadata(x=[{}] * 2_000_000), problem=True, slow=True),
    Form("an empty file profile_default beside it", FULL, make=beside(lambda f: (f / "profile_default").touch())),
    Form(
        "pictures whose names an address cannot have",
        FULL,
        added(
            *(
                nbformat.v4.new_markdown_cell(f"![x](attachment:{n})", attachments={n: {"image/png": "iVBORw0KGgo="}})
                for n in ("\u00e9.png", "a&amp;b.png", "a\\_b.png")
            )
        ),
    ),
    Form("400,000 escape sequences", FULL, added(*[nbformat.v4.new_code_cell("print('\\x1b[m' * 330_000)")] * 4)),
    # ------------------------------------------------------------- names
    *(
        Form(f"the name {student[:24]!a}", FULL, student=student)
        for student in (
            "O'Brien",
            'a "quoted" name',
            " spaces around ",
            "\u5f20\u4e09",
            "\u5f20" * 80,
            ".hidden",
            "-rf",
            "--help",
            "{student_id}",
            "%s%n",
            "a\\b",
            "$HOME; `id`",
            "<b>bold",
            "<img src=x onerror=GOT_IN()>",
            "a+b@c.d",
            "\N{RIGHT-TO-LEFT OVERRIDE}abc",
            "e\u0301",
            "\u00e9",
            "a&b|c",
            "null",
            "x" * 255,
        )
    ),
    *(
        Form(f"the name {s[:24]!a}", 0, student=s, problem=True)
        for s in ("[a]", "*", "a?c", "a\nb", "\x1b[2J", b"\xff\xfe")
    ),
]


# -------------------------------------------------------------------------------------- a class


def perform(root: Path, chosen: Sequence[Form]) -> list[Result]:
    """Grade these forms as one class in a new course; return what each earned and what is not as it should be."""
    right = make_course(root)
    students: dict[str, Form] = {}
    for number, form in enumerate(chosen):
        student = form.student or f"form-{number:03}"
        folder = Path(os.fsdecode(os.path.join(os.fsencode(root / "submitted"), os.fsencode(student), NAME.encode())))
        folder.mkdir(parents=True)
        notebook = nbformat.from_dict(right)
        form.change(notebook)
        (form.make or _plain)(folder, notebook)
        students[os.fsdecode(student)] = form
    for student in HONEST:
        folder = root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(right, folder / FILE)
    before = _files(root / "submitted")
    summary = Course(root).autograde(NAME)
    general = [] if _files(root / "submitted") == before else ["submissions were changed"]
    general += [f"{s}: {summary.records[s].points:g}" for s in HONEST if summary.records[s].points != FULL]
    nbgrader(root, "generate_feedback", NAME)
    general += _pages(root) + _secrets(root)
    booked = _booked(root)
    lines = {student: [p for p in summary.problems if p.startswith(_printable(student))] for student in students}
    found = []
    for student, form in students.items():
        told = lines[student]
        faults = [] if bool(told) == form.problem else told or ["no problem was told"]
        earned = booked.get(student, 0.0)
        faults += [] if earned == form.deserved else [f"booked {earned:g}"]
        if not form.problem and student not in booked:
            faults.append("not booked")
        found.append(Result(form.name, form.deserved, earned, tuple(faults)))
    found.append(Result("the class as a whole", FULL, 0 if general else FULL, tuple(general)))
    return found


def make_course(root: Path) -> NotebookNode:
    """Make a course with the lesson and a secret in it; return the notebook of right answers."""
    root.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / NAME, root / "solutions" / NAME)
    nbgrader(root, "generate_assignment", NAME)
    (root / "secret.txt").write_text(SECRET)
    answers = {name: text.replace("def", "import numpy as np\n\ndef", 1) for name, text in RIGHT.items()}
    return fill(nbformat.read(root / "notebooks" / NAME / FILE, as_version=4), answers)


def nbgrader(root: Path, *words: str) -> None:
    """Run an nbgrader command in a course."""
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise RuntimeError(f"nbgrader {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _plain(folder: Path, notebook: NotebookNode) -> None:
    nbformat.write(notebook, folder / FILE)


def _printable(student: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in student) + ": "


def _booked(root: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        return {
            submission.student.id: sum(grade.auto_score or 0.0 for n in submission.notebooks for grade in n.grades)
            for submission in gradebook.assignment_submissions(NAME)
        }


def _files(folder: Path) -> dict[str, str]:
    found = {}
    for file in folder.rglob("*"):
        if file.is_symlink():
            found[str(file)] = os.readlink(file)
        elif file.is_file():
            found[str(file)] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def _secrets(root: Path) -> list[str]:
    """Return the copies of what links pointed to."""
    faults = []
    for folder in ("autograded", "feedback"):
        for file in (root / folder).rglob("*"):
            if file.is_file() and (SECRET.encode() in (data := file.read_bytes()) or data.startswith(b"SQLite")):
                faults.append(f"{folder}/ has a copy of {file.name}")
    return faults


class _Page(HTMLParser):
    """Collects what a page would run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        for name, value in attrs:
            acts = name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "data:text/html"))
            if acts or tag in ("iframe", "object", "embed"):
                self.runs.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = self.in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.in_script:
            self.runs.append(data)


def runs(page: str) -> list[str]:
    """Return what a page would run."""
    parser = _Page()
    parser.feed(page)
    parser.close()
    return parser.runs


def _pages(root: Path) -> list[str]:
    """Return what feedback pages would run and a classmate's page would not."""
    usual = set(runs((root / "feedback" / HONEST[0] / NAME / f"{NAME}.html").read_text(encoding="utf-8")))
    faults = []
    for page in (root / "feedback").rglob("*.html"):
        more = [text for text in runs(page.read_text(encoding="utf-8")) if text not in usual]
        faults += [f"the page of {page.parents[1].name!a} runs {text[:80]!a}" for text in more]
    return faults
