"""A solved lesson as its tests read it: what its cells print, and what its text says."""

from __future__ import annotations

import re
from collections.abc import Iterable

import nbformat

from tests.conftest import ROOT

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
NO_CLAIMS = (
    r"\$\$.*?\$\$",
    r"\$.*?\$",
    r"`.*?`",
    r"\(attachment:.*?\)",
    r"[Ll]essons? \d\d( (and|to) \d\d)?",
    r"Hint \d",
)
"""What has numbers in a text that are no claims: formulas, code, names of pictures, references, headings."""


def numbers(text: str) -> list[float]:
    """Return the numbers in a text, in order."""
    return [float(number.replace(",", "")) for number in NUMBER.findall(text)]


class Solved:
    """The instructor's notebook of a lesson.

    Parameters
    ----------
    name : str
        Such as "03_momentum".
    """

    def __init__(self, name: str) -> None:
        self.notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)

    def printed(self, demo: str) -> str:
        """Return what a demonstration prints."""
        cell = next(cell for cell in self.notebook.cells if cell.id == f"demo-{demo.replace('_', '-')}")
        return "".join(output.text for output in cell.outputs if output.output_type == "stream")

    def lines(self, demo: str) -> list[list[float]]:
        """Return the numbers of each line that a demonstration prints."""
        return [numbers(line) for line in self.printed(demo).splitlines()]

    def prose(self, symbols: str = "1-β", until: str = "**Sources**") -> str:
        """Return the text between cells without :data:`NO_CLAIMS` and symbols that have digits (a pattern)."""
        text = "\n".join(cell.source for cell in self.notebook.cells if cell.cell_type == "markdown")
        text = text[: text.index(until)]
        for pattern in (*NO_CLAIMS, symbols):
            text = re.sub(pattern, " ", text, flags=re.S)
        return text

    def unexplained(self, text: str, given: Iterable[float]) -> set[float]:
        """Return the numbers in a text, without signs, that are not given and that no cell prints or works with."""
        known = set(map(abs, given))
        for cell in self.notebook.cells:
            if cell.cell_type == "code":
                known |= set(map(abs, numbers(cell.source)))
                known |= {abs(n) for o in cell.outputs if o.output_type == "stream" for n in numbers(o.text)}
        return set(map(abs, numbers(text))) - known

    def assert_predicted(self, name: str, within: int = 1, resolved: int = 1) -> None:
        """Assert that a closed question takes this guess, a cell answers it, and one sentence resolves it alike.

        The cell is at most `within` cells below the guess, the sentence at most `resolved` below that cell.
        """
        sources = [cell.source for cell in self.notebook.cells]
        at = next(i for i, source in enumerate(sources) if source.startswith(f'{name} = "?"'))
        answered, letter = next(
            (i, found[1])
            for i in range(at + 1, at + within + 1)
            if (found := re.search(rf'^print\(answer_to\({name}, "([abc])"\)\)$', sources[i], re.M))
        )
        assert re.search(r"\*\*a\*\*.*\*\*b\*\*.*\*\*c\*\*", sources[at - 1], re.S), "a closed question stands before"
        answers = sources[answered + 1 : answered + 1 + resolved]
        assert any(text.startswith(f"It is **{letter}**") for text in answers), "one sentence resolves it"
