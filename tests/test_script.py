"""A mistake in a lesson script stops the build with file, line and cure."""

from __future__ import annotations

import base64

import pytest

from tools.script import ScriptError, read_script, read_without_pictures

GOOD = """# %% [markdown]
# # A lesson

# %% setup="imports"
import numpy as np

# %% exercise="init_velocity"
def init_velocity(params):
    ### BEGIN SOLUTION
    return {}
    ### END SOLUTION

# %% check="init_velocity" points=2
check(init_velocity)
### BEGIN HIDDEN TESTS
grade_here(init_velocity)
### END HIDDEN TESTS

# %% demo="fall"
draw()

# %% [markdown]
# Why?
#
# ![A ball falls](expected:fall)

# %% [markdown] question="why" points=2
# Because.
"""
PNG = b"\x89PNG of a test"


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Return a folder with the picture that the script names."""
    folder = tmp_path / "experiments"
    folder.mkdir()
    (folder / "lesson-fall.png").write_bytes(PNG)
    monkeypatch.setattr("tools.script.PICTURES", folder)
    return folder


MISTAKES = {
    "unclosed region": ("    ### END SOLUTION\n", "", 9, "BEGIN SOLUTION is never closed", "Add ### END SOLUTION"),
    "region that is never opened": ("    ### BEGIN SOLUTION\n", "", 10, "closes nothing", "Put ### BEGIN SOLUTION"),
    "nested region": (
        "    return {}\n",
        "    ### BEGIN SOLUTION\n    return {}\n",
        10,
        "stands inside the region of line 9",
        "Close that one first",
    ),
    "misspelt marker": ("### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TEST", 15, "is no marker", "Write ### BEGIN"),
    "no solution region": (
        "    ### BEGIN SOLUTION\n    return {}\n    ### END SOLUTION\n",
        "    pass\n",
        7,
        "no region SOLUTION",
        "Put ###",
    ),
    "region in the wrong cell": (
        "import numpy as np",
        "### BEGIN SOLUTION\n### END SOLUTION",
        4,
        "cannot stand in this cell",
        "Move it",
    ),
    "unknown exercise": (
        'exercise="init_velocity"',
        'exercise="init_speed"',
        7,
        "no exercise 'init_speed'",
        "grader/exercises/",
    ),
    "unknown check": (
        'check="init_velocity"',
        'check="init_speed"',
        13,
        "no exercise 'init_speed'",
        "grader/exercises/",
    ),
    "points missing": (" points=2\ncheck", "\ncheck", 13, "has no points", "Add points=2"),
    "points not a number": ("points=2\n# Because", 'points="two"\n# Because', 27, "has no points", "Add points=2"),
    "points negative": ("points=2\n# Because", "points=-1\n# Because", 27, "has no points", "above 0"),
    "points that are not the table's": ("points=2\ncheck", "points=3\ncheck", 13, "3 points", "make 2"),
    "points on a set-up cell": ('setup="imports"', 'setup="imports" points=1', 4, "has no points", "Take points="),
    "key missing": ('# %% setup="imports"', "# %%", 4, "has no key", "Say what it is"),
    "two keys": ('setup="imports"', 'setup="imports" demo="x"', 4, "two keys", "Keep one"),
    "key twice": (
        "# %% [markdown]\n# Why?",
        '# %% setup="imports"\npass\n\n# %% [markdown]\n# Why?',
        22,
        "stands in line 4 too",
        "Rename",
    ),
    "name that is none": ('setup="imports"', 'setup="The Imports"', 4, "is no name", "small letters"),
    "code with a Markdown key": ('[markdown] question="why"', 'question="why"', 27, "cannot be code", "[markdown]"),
    "unknown word in a header": ('setup="imports"', 'setup="imports" colour="red"', 4, "says colour", "It may say"),
    "check that does not follow": (
        "# %% check=",
        '# %% demo="a"\npass\n\n# %% check=',
        7,
        "no check after it",
        "Add # %% check",
    ),
    "check without its exercise": (
        'exercise="init_velocity"',
        'demo="init"',
        7,
        "cannot stand in this cell",
        "Move it",
    ),
    "function of another name": ("def init_velocity", "def velocity", 7, "does not define init_velocity", "Write def"),
    "not Python": ("    return {}", "    return {", 10, "not Python", "Mend this line"),
    "question without a prompt": (
        "# %% [markdown]\n# Why?\n#\n# ![A ball falls](expected:fall)\n\n",
        "",
        22,
        "has no prompt",
        "Ask it",
    ),
    "expected figure of no demo": (
        "expected:fall",
        "expected:rise",
        25,
        "no demo is called 'rise'",
        "draws the figure: fall",
    ),
    "expected figure without words": ("[A ball falls]", "[ ]", 25, "has no words", "Say between"),
    "expected figure inside a sentence": ("# ![A ball", "# See ![A ball", 25, "does not stand alone", "Write ![words]"),
    "expected figure that is not closed": (
        "(expected:fall)",
        "(expected:fall",
        25,
        "does not stand alone",
        "Write ![words]",
    ),
    "expected figure in an answer": (
        "# Because.",
        "# ![A ball](expected:fall)",
        28,
        "cannot stand in this cell",
        "Move it to prose",
    ),
    "text before the first cell": (
        "# %% [markdown]\n# # A lesson",
        "print(1)\n# %% [markdown]\n# # A lesson",
        1,
        "before the first cell",
        "Start",
    ),
}


def test_the_script_without_a_mistake_is_read(tmp_path, pictures):
    file = tmp_path / "lesson.py"
    file.write_text(GOOD, encoding="utf-8")
    notebook = read_script(file)
    assert [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells] == [
        None,
        "setup_imports",
        "init_velocity",
        "init_velocity_check",
        None,
        None,
        "question_why",
    ]
    assert [cell.id for cell in notebook.cells] == [
        "start-text-1",
        "setup-imports",
        "init-velocity",
        "init-velocity-check",
        "demo-fall",
        "demo-fall-text-1",
        "question-why",
    ]


def test_an_expected_figure_becomes_a_folded_attachment_in_its_place(tmp_path, pictures):
    file = tmp_path / "lesson.py"
    file.write_text(GOOD, encoding="utf-8")
    cell = next(cell for cell in read_script(file).cells if cell.id == "demo-fall-text-1")
    assert cell.attachments == {"lesson-fall.png": {"image/png": base64.b64encode(PNG).decode()}}
    before, details = cell.source.split("\n\n", 1)
    assert before == "Why?"
    assert details.splitlines()[0] == "<details><summary>What it should look like</summary>"
    assert "\n\n![A ball falls](attachment:lesson-fall.png)\n\n</details>" in details


def test_a_missing_picture_stops_the_build_but_not_the_recording(tmp_path, pictures):
    file = tmp_path / "lesson.py"
    file.write_text(GOOD, encoding="utf-8")
    (pictures / "lesson-fall.png").unlink()
    with pytest.raises(ScriptError) as caught:
        read_script(file)
    assert str(caught.value) == (
        f"{file}:25: the picture {pictures / 'lesson-fall.png'} is missing. Run make experiments ONLY=lesson."
    )
    assert read_without_pictures(file)[1] == {"demo-fall": "lesson-fall.png"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_stops_the_build_with_file_line_and_cure(mistake, tmp_path, pictures):
    old, new, line, what, cure = MISTAKES[mistake]
    assert GOOD.count(old) == 1, "the table's own mistake"
    file = tmp_path / "lesson.py"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        read_script(file)
    message = str(caught.value)
    assert message.startswith(f"{file}:{line}: "), message
    assert what in message
    assert cure in message
    assert "\n" not in message


def test_build_stops_and_writes_nothing_where_a_script_has_a_mistake(tmp_path, monkeypatch, capsys):
    from tools import lessons

    (tmp_path / "lessons").mkdir()
    file = tmp_path / "lessons" / "03_momentum.py"
    file.write_text(GOOD.replace(" points=2\ncheck", "\ncheck"), encoding="utf-8")
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["lessons"])
    assert lessons.main() == 1
    assert f"{file}:13:" in capsys.readouterr().err
    assert not (tmp_path / "solutions").exists()
