"""Predict, then run: take the guess of a student, and say whether it is right.

A lesson asks a closed question before a surprising result, and the cell that shows the result answers the guess::

    guess_share = "?"                    # the student writes a letter
    ...
    print(answer_to(guess_share, "c"))   # You said b. That is wrong: it is c.

Nothing is graded and nothing is kept.
"""

from __future__ import annotations

import re
import unicodedata
from textwrap import shorten
from typing import Any

CHOICES = "abc"
"""The letters of a closed question."""
RIGHT = 0.1
"""How far a number may be off, as a share of what is due, to be right."""
NEAR = 2.0
"""By which factor a number may be off to be near."""
SHOWN = 40
"""Characters shown of a guess that can't be read."""


def answer_to(guess: Any, due: str | float) -> str:
    """Answer a guess: right, wrong, none made, or not to be read.

    Parameters
    ----------
    guess : object
        What the student wrote. A letter counts in any layout: ``" B"``, ``"b)"``, ``"(b)"``, ``"b. Four times"``. So
        does a number: ``0.26``, ``"0,26"``, ``"about 0.26 °C"``. ``"?"`` is no guess.
    due : str or float
        The letter of the right choice, or the right number.

    Returns
    -------
    str
        One or two sentences. Every one but "That is right." says what is due.
    """
    said = "" if guess is None else unicodedata.normalize("NFKC", str(guess)).strip()
    if not re.search(r"\w", said):
        return f"You made no guess. It is {_shown(due)}."
    return _answer_to_letter(said, due) if isinstance(due, str) else _answer_to_number(said, float(due))


def _answer_to_letter(said: str, due: str) -> str:
    # NB: "a lot" is no choice: more than the letter alone needs a mark after it
    found = re.fullmatch(rf"[\W_]*([{CHOICES}])(?:[\W_]*|\W*[).:].*)", said.lower(), re.DOTALL)
    if not found:
        *others, last = CHOICES
        return _unread(said, f"none of {', '.join(others)} and {last}", due)
    return f"You said {found[1]}. " + ("That is right." if found[1] == due else f"That is wrong: it is {due}.")


def _answer_to_number(said: str, due: float) -> str:
    found = re.findall(r"[-+]?\d*[.,]?\d+(?:e[-+]?\d+)?", said.replace("−", "-"), re.IGNORECASE)
    if len(found) != 1:
        return _unread(said, "not one number", due)
    number = float(found[0].replace(",", "."))
    return f"You said {_shown(number)}. That is {_nearness(number, due)}: it is {_shown(due)}."


def _nearness(number: float, due: float) -> str:
    if abs(number - due) <= RIGHT * abs(due):
        return "right"
    return "near" if number * due > 0 and 1 / NEAR <= number / due <= NEAR else "wrong"


def _unread(said: str, why: str, due: str | float) -> str:
    return f"You said {shorten(said, SHOWN, placeholder='...')}, which is {why}. It is {_shown(due)}."


def _shown(due: str | float) -> str:
    return due if isinstance(due, str) else f"{due:.3g}"
