"""Every figure of the course has words for those who don't see it."""

from __future__ import annotations

import re

import nbformat
import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
PICTURE = re.compile(r"!\[(.*?)\]\(|<img\b(?![^>]*\balt=\"([^\"]+)\")", re.S)
FEWEST = 20
"""Characters of words that say what a figure claims: "Figure" or a file's name are fewer."""


def without_words(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the ids of cells with a figure that has no words.

    A displayed figure needs them in its metadata, for readers that look there, and in what is read aloud below it,
    since JupyterLab gives a displayed PNG no alternative text.
    """
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words = [match[1] or "" for match in PICTURE.finditer(cell.source)]
        else:
            shown = [output for output in cell.get("outputs", []) if "data" in output]
            aloud = " ".join(str(output.data.get("text/html", "")) for output in shown)
            pictures = [output for output in shown if any(kind.startswith("image/") for kind in output.data)]
            words = [_words(picture) if 'class="jp-sr-only"' in aloud else "" for picture in pictures]
            if aloud.count("Picture: ") < len(pictures):
                words.append("")
        found += [cell.id for word in words if len(word) < FEWEST]
    return found


def _words(picture: nbformat.NotebookNode) -> str:
    kinds = [kind for kind in picture.data if kind.startswith("image/")]
    return min((picture.metadata.get(kind, {}).get("alt", "") for kind in kinds), key=len)


@pytest.mark.parametrize("file", NOTEBOOKS, ids=[file.stem for file in NOTEBOOKS])
def test_figures_without_words_are_none(file):
    assert without_words(nbformat.read(file, as_version=4)) == []


def test_the_count_sees_each_way_to_lack_words():
    notebook = nbformat.read(ROOT / "solutions" / "03_momentum" / "03_momentum.ipynb", as_version=4)
    figures = [cell for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(figures) >= 5
    silent = nbformat.from_dict(figures[0])
    for output in silent.outputs:
        output.metadata = nbformat.from_dict({})
    unspoken = nbformat.from_dict(figures[1])
    unspoken.outputs = [output for output in unspoken.outputs if "text/html" not in output.get("data", {})]
    cells = [silent, unspoken, *(nbformat.v4.new_markdown_cell(text) for text in ("![](a.png)", "<img src='a.png'>"))]
    lacking = without_words(nbformat.v4.new_notebook(cells=[*cells, figures[2]]))
    assert set(lacking) == {cell.id for cell in cells}
