"""How the self-check and the progress look: marks, notes and tables that read well in every theme, seen or heard.

Words flow in, HTML comes back. A colour is never alone: a mark and a word say the same. White on the two greens
and reds of the marks has a contrast above 4.5, and they stand out from light and from dark pages by more than 3, as
the Web Content Accessibility Guidelines ask (2.2, criteria 1.4.3 and 1.4.11). All other text has the page's own colour.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

MARKS = {True: "✓", False: "✗"}
_COLOURS = {True: "#2e7d32", False: "#c62828", None: "#808080"}
_TINTS = {True: "rgba(46,125,50,.1)", False: "rgba(198,40,40,.1)", None: "transparent"}


def inline(text: str) -> str:
    """Return text as HTML, what stands in backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text, quote=False))


def badge(good: bool, words: str, spoken: str = "") -> str:
    """Return a mark and words on green or red.

    Parameters
    ----------
    good : bool
        Green with a tick, or red with a cross.
    words : str
        What stands beside the mark.
    spoken : str
        What a screen reader says in place of the mark; nothing unless given, for words that say it themselves.
    """
    mark = f"<span role='img' aria-label='{spoken}'>" if spoken else "<span aria-hidden='true'>"
    style = f"background:{_COLOURS[good]};color:#fff;border-radius:.7em;padding:.1em .6em;white-space:nowrap"
    return f"<b style='{style}'>{mark}{MARKS[good]}</span> {html.escape(words)}</b>"


def note(text: str, good: bool | None = None) -> str:
    """Return a paragraph with a line at its side: green, red or grey."""
    side = f"margin:.4em 0;padding:.4em .8em;max-width:46em;border-left:4px solid {_COLOURS[good]}"
    return f"<p style='{side};background:{_TINTS[good]}'>{inline(text)}</p>"


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column names its rows.

    Parameters
    ----------
    label : str
        What a screen reader calls the table.
    heads : sequence of str
        Plain text.
    rows : iterable of sequence of str
        HTML.
    """
    left = "text-align:left"
    head = "".join(f"<th scope='col' style='{left}'>{html.escape(words)}</th>" for words in heads)
    body = "".join(
        f"<tr><th scope='row' style='{left};font-weight:normal;min-width:11em'>{name}</th>"
        + "".join(f"<td style='{left};overflow-wrap:anywhere'>{cell}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    return (
        f"<table aria-label='{html.escape(label)}' style='margin:.4em 0'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def report(headline: str, *parts: str) -> str:
    """Return a headline, which screen readers announce, and what stands below it."""
    return f"<div><p role='status' style='margin:.2em 0'>{headline}</p>{''.join(parts)}</div>"


def show(thing: Any) -> None:
    """Display what has a form as HTML and one as text; print the text where there is no notebook."""
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import display
    except ImportError:
        print(repr(thing))
        return
    if get_ipython() is None:
        print(repr(thing))
    else:
        display(thing)
