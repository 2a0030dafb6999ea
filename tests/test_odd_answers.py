"""Right answers in odd forms: what the self-check accepts, the demonstrations after it take as well."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

STEMS = sorted(file.stem for file in (ROOT / "lessons").glob("*.py"))
ODD = """
def odd(value):
    import numpy as np
    if isinstance(value, dict):
        return {key: odd(array) for key, array in value.items()}
    if isinstance(value, np.ndarray) and value.ndim:
        return value.tolist()
    if isinstance(value, tuple):
        return [odd(part) for part in value]
    if isinstance(value, list):
        return tuple(odd(part) for part in value)
    return value if value is None or isinstance(value, str) else np.array(value)
"""
"""Arrays as lists, numbers as arrays without axes, tuples as lists, lists as tuples."""
ODD_PAIR = """
def odd(value):
    import numpy as np
    if isinstance(value, tuple):
        return list(value)
    return value if np.ndim(value) else np.array(value)
"""
"""The same, but that arrays stay arrays."""
TAKES_ITS_OWN_RESULTS = {"momentum_step", "adagrad_step", "rmsprop_step", "bias_correct", "adam_step"}
"""Functions whose results they or others of the student's compute with: lists would fail in their own code."""


def solution(stem: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "solutions" / stem / f"{stem}.ipynb", as_version=4)


def answers(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells that hold the exercises' functions."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]


class _Returning(ast.NodeTransformer):
    """Let what a function returns go through ``odd``."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        return ast.Return(ast.Call(ast.Name("odd", ast.Load()), [node.value], []))


def in_odd_form(source: str) -> str:
    """Return the cell of an answer, changed to return the same in another form."""
    (function,) = tree = ast.parse(source).body
    changed = [_Returning().visit(line) for line in function.body]
    odd = ODD_PAIR if function.name in TAKES_ITS_OWN_RESULTS else ODD
    function.body = [changed[0], *ast.parse(odd).body, *changed[1:]]
    return "\n".join(ast.unparse(ast.fix_missing_locations(node)) for node in tree)


def save_all(folder: Path) -> None:
    """Write the functions of all lessons, in odd forms, to where a lesson loads them from."""
    folder.mkdir()
    for stem in STEMS:
        sources = {cell.metadata.nbgrader.grade_id: in_odd_form(cell.source) for cell in answers(solution(stem))}
        for name in sources:
            (folder / f"{name}.py").write_text("import numpy as np\n\n\n" + "\n\n\n".join(sources.values()), "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("stem", STEMS)
def test_odd_forms_get_full_marks_and_stop_no_demonstration(stem, tmp_path):
    """In passing each guess is made, in an odd form as well, and answered."""
    notebook, lesson = solution(stem), tmp_path / stem
    for cell in answers(notebook):
        cell.source = in_odd_form(cell.source)
    for cell in notebook.cells:
        cell.source = re.sub(r'^(guess_\w+) = "\?"', r'\1 = " B)"', cell.source)
    lesson.mkdir()
    save_all(tmp_path / "my_functions")
    NotebookClient(notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(lesson)}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(c.id, o.evalue) for c in cells for o in c.outputs if o.output_type == "error"] == []
    for cell in cells:
        if cell.id.endswith("-check"):
            assert float(cell.outputs[-1].data["text/plain"]) == cell.metadata.nbgrader.points, cell.id
    said = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    answered = re.findall(
        r"^You said (?:b\. That is (?:right|wrong: it is [ac])|B\), which is not one number)\.", said, re.M
    )
    assert len(answered) == said.count("My guess:  B)")
