"""What a student wrote is text in comments and feedback, never markup."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from grader.judge import AspectResult, Verdict
from grader.words import STUDENT_TEXT, comment_on, verdict_html, verdict_text

# What Markdown, HTML, MathJax and the plugins of nbconvert take for markup, and some of what they don't.
PIECES = [
    *"`*_[]()<>&~|#!$\\^:-=+.\"' \nax1é",
    "<script>alert(1)</script>",
    "<b>",
    "</code>",
    "&lt;",
    "$$",
    "\\\\[",
    "\\\\]",
]
PIECES += [
    "\\begin{a}",
    "\\end{a}",
    "http://a.bc/d",
    "javascript:",
    "\r\n\r\n",
    "- [ ] ",
    "|-|-|",
    "```",
    "~~",
    "\x1b[31m",
]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TAGS = {"p", "strong", "code", "div", "b", "table", "tbody", "tr", "td"}


def verdict(message: str, status: str = "raised", remarks: tuple[str, ...] = ()) -> Verdict:
    aspects = (AspectResult("velocity", True, 1.5, 1.5), AspectResult("inputs untouched", False, 0.0, 0.5))
    return Verdict("init_velocity", status, 1.5, 2.0, aspects, message=message, remarks=remarks)


def rendered(page: str) -> BeautifulSoup:
    soup = BeautifulSoup(page, "html.parser")
    assert {tag.name for tag in soup.find_all(True)} <= TAGS
    return soup


def letters(text: str) -> str:
    """Return what is seen: no space, and no backtick that marks code."""
    return re.sub(r"[\s`\x1b]", "", text)


@given(texts)
@example(
    'Your function raised ValueError in line 2, `raise ValueError("<script>alert(1)</script>*x*")` (Case: one layer.)'
)
@example("`a $$ b` <b> `c $$ d`")
@example("`\\\\[` <b> `\\\\]`")
@example("$\\href{javascript:alert(1)}{x}$")
def test_students_text_is_shown_as_it_was_written(text):
    message = f"Your function raised {text}."
    for page in (markdown2html_mistune(comment_on(verdict(message))), verdict_html(verdict(message))):
        soup = rendered(page)
        assert letters(message) in letters(soup.get_text())
        for code in soup.find_all("code"):
            code.extract()
        assert not re.search(r"[$\\]|://", soup.get_text())  # nothing for MathJax, which leaves code alone


@given(texts)
@example("`$$`")
def test_comment_is_one_paragraph_and_one_for_each_remark(text):
    comment = comment_on(verdict(f"Your function raised {text}.", remarks=(f"It printed {text}.",)))
    assert len(rendered(markdown2html_mistune(comment)).find_all("p")) == 2


def test_long_text_is_cut():
    message = f"Your function raised ValueError in line 2, `{'x' * 2000}`"
    for words in (comment_on(verdict(message)), verdict_html(verdict(message))):
        assert "x" * STUDENT_TEXT + "…" in words
        assert "x" * (STUDENT_TEXT + 1) not in words


@pytest.mark.parametrize(
    ("message", "status", "comment"),
    [
        ("Correct.", "correct", "**1.5 of 2 points, correct.**"),
        ("Try `v['W1']` (case: one).", "wrong", "**1.5 of 2 points, wrong.** Try `v['W1']` (case: one)."),
        ("It raised E", "raised", "**1.5 of 2 points, an error was raised.** It raised E"),
    ],
)
def test_comment_reads_well_as_plain_text(message, status, comment):
    """The formgrader does not render Markdown."""
    assert comment_on(verdict(message, status)) == comment
    plain = comment.replace("*", "").replace("1.5 of", "init_velocity: 1.5 of")
    assert verdict_text(verdict(message, status)).splitlines()[0] == plain
