"""The answer to a guess: every layout of a right one is right, and none is ever called right that is not."""

from __future__ import annotations

import numpy as np
import pytest

from optimlab import answer_to


@pytest.mark.parametrize(
    "guess",
    ["b", "B", " b ", "b)", "(b)", "b.", "b:", "**b**", "'b'", "b!", "b?", "b) Four times as large", "b. Four times.",
     "ｂ", "（Ｂ）", "b。", ["b"]],
)  # fmt: skip
def test_a_letter_counts_in_any_layout(guess):
    assert answer_to(guess, "b") == "You said b. That is right."
    assert answer_to(guess, "c") == "You said b. That is wrong: it is c."


@pytest.mark.parametrize("guess", ["?", "", "  ", "？", "...", None])
def test_no_guess_is_no_mistake(guess):
    assert answer_to(guess, "c") == "You made no guess. It is c."
    assert answer_to(guess, 0.256) == "You made no guess. It is 0.256."


@pytest.mark.parametrize("guess", ["d", "a or b", "ab", "a lot", "b b", "maybe", "beta", 2])
def test_what_is_no_choice_is_called_neither_right_nor_wrong(guess):
    assert answer_to(guess, "b") == f"You said {guess}, which is none of a, b and c. It is b."
    assert answer_to(guess, "a") == f"You said {guess}, which is none of a, b and c. It is a."


def test_a_long_guess_is_cut_and_keeps_to_one_line():
    said = answer_to("I think\nthat " + 100 * "it is about four times ", "b")
    assert said.startswith("You said I think that it is")
    assert said.endswith("..., which is none of a, b and c. It is b.")
    assert len(said) < 100
    assert "\n" not in said


@pytest.mark.parametrize(
    "guess", [0.256, "0.256", " 0,26 ", "0.25 °C", "about .26", "2.6e-1", "+0.26", np.float64(0.26), np.array(0.26)]
)
def test_a_number_is_right_within_a_tenth(guess):
    assert answer_to(guess, 0.256).startswith("You said 0.2")
    assert answer_to(guess, np.array(0.256)).endswith(". That is right: it is 0.256.")


@pytest.mark.parametrize(
    ("guess", "due", "word"),
    [("0.2", 0.256, "near"), ("0.5", 0.256, "near"), ("0.52", 0.256, "wrong"), ("0.12", 0.256, "wrong"),
     ("12.8", 0.256, "wrong"), ("-0.256", 0.256, "wrong"), ("−2", -2.0, "right"), ("0", 0.256, "wrong"),
     ("0", 0.0, "right"), ("1", 0.0, "wrong"), ("1e400", 2.0, "wrong")],
)  # fmt: skip
def test_a_number_is_near_within_a_factor_of_two_and_wrong_beyond(guess, due, word):
    assert answer_to(guess, due).endswith(f". That is {word}: it is {due:.3g}.")


@pytest.mark.parametrize("guess", ["c", "warm", "0.2 or 0.3", "1/4"])
def test_what_is_not_one_number_is_called_neither_right_nor_wrong(guess):
    assert answer_to(guess, 0.256) == f"You said {guess}, which is not one number. It is 0.256."
