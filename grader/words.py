"""A verdict in words, for pages of three kinds: plain text, Markdown, HTML.

Messages come in, with what a student wrote in them; in what goes out nothing of a student's is markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from grader.judge import Verdict

STUDENT_TEXT = 300
"""Characters kept of a student's own text in a message."""
CODE = re.compile(r"`([^`\n]+)`|([^\s`]*(?:[$\\]|://)[^\s`]*)")
"""What is shown as code: what stands in backticks, and what a page would take for mathematics or for a link."""
HEADS = {"raised": "an error was raised", "missing": "the function is missing"}
"""A status in a sentence, where the word alone is not clear."""


def clean(text: str) -> str:
    """Return a student's text cut and without control characters."""
    text = printable(text, instead=" ")
    return text if len(text) <= STUDENT_TEXT else text[:STUDENT_TEXT] + "…"


def printable(text: str, keep: str = "", instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Return text in which other characters stand for those that are not printable: a terminal would act on them.

    Parameters
    ----------
    text : str
    keep : str
        Characters that stay all the same, such as line ends.
    instead : str
        What stands for the others.
    """
    return "".join(c if c.isprintable() or c in keep else instead for c in text)


def comment_on(verdict: Verdict) -> str:
    """Return a verdict as the comment on the answer cell: Markdown in which nothing of a student's is markup.

    The formgrader shows it as plain text, so it has no more markup than it must.
    """
    lines = [f"**{_head(verdict)}** {_markdown(_told(verdict))}".rstrip()]
    lines += [_markdown(remark) for remark in verdict.remarks]
    return "\n\n".join(lines)


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as plain text."""
    lines = [f"{verdict.exercise}: {_head(verdict)} {_told(verdict)}".rstrip()]
    lines += [f"  {a.name}: {a.points:g} of {a.due:g}" for a in verdict.aspects]
    return "\n".join([*lines, *verdict.remarks])


def verdict_html(verdict: Verdict) -> str:
    """Return a verdict as a table of its aspects under the message."""
    cell = "style='text-align:left;padding:.15em 1em .15em 0'"
    rows = "".join(
        f"<tr><td {cell}>{html.escape(a.name)}</td><td {cell}>{_mark(a.passed)}</td>"
        f"<td {cell}>{a.points:g} of {a.due:g}</td></tr>"
        for a in verdict.aspects
    )
    head = f"<b>{html.escape(verdict.exercise)}: {html.escape(_head(verdict))}</b>"
    remarks = "".join(f"<p>{message_html(remark)}</p>" for remark in verdict.remarks)
    return f"<div><p>{head} {message_html(_told(verdict))}</p><table><tbody>{rows}</tbody></table>{remarks}</div>"


def _head(verdict: Verdict) -> str:
    return f"{verdict.points:g} of {verdict.due:g} points, {HEADS.get(verdict.status, verdict.status)}."


def _told(verdict: Verdict) -> str:
    """Return the message, unless it only repeats the status."""
    return "" if verdict.message.rstrip(".").lower() == verdict.status else verdict.message


def _mark(passed: bool) -> str:
    return f"<b style='color:{'#2e7d32' if passed else '#d32f2f'}'>{'✓' if passed else '✗'}</b>"


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the pieces of a message, each with whether it is code."""
    end = 0
    for found in CODE.finditer(text):
        yield False, printable(text[end : found.start()], instead=" ")
        yield True, clean(found[1] or found[2])
        end = found.end()
    yield False, printable(text[end:], instead=" ")


def _markdown(text: str) -> str:
    """Escape what Markdown or HTML would take for markup."""
    return "".join(
        _markdown_code(part) if is_code else re.sub(r"([`*_\[\]<&~|])", r"\\\1", part) for is_code, part in _parts(text)
    )


def _markdown_code(text: str) -> str:
    if text.strip() and not re.search(r"[$\\]", text):
        return f"`{text}`"
    # NB: nbconvert looks for displayed mathematics before anything else, also from one paragraph to the next.
    return f"<code>{''.join(c if c.isalnum() else f'&#{ord(c)};' for c in text)}</code>"


def message_html(text: str) -> str:
    """Return a message as HTML: what stands in backticks as code, a student's text cut and escaped."""
    return "".join(
        f"<code>{html.escape(part)}</code>" if is_code else html.escape(part, quote=False)
        for is_code, part in _parts(text)
    )
