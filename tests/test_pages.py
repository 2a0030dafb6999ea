"""The commands of the documentation do what the pages say."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT, needs
from tools import pages

EVERY_PAGE = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "datasets").rglob("*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
TITLE = re.compile(r"^#+ (.*)$", re.MULTILINE)
VARYING = {
    r"\b\d+(\.\d+)? ?(s|ms|MB|MiB)\b": "<measured>",
    r"\bseed \d+\b": "seed <seed>",
    r"\b\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d+)?( UTC)?)?": "<date>",
    r"(/[\w.-]+)*/python3?(\.\d+)?\b": "<python>",
}
"""What differs from one run to the next; pages are compared without it."""


def masked(page: str) -> str:
    """Return a page without what differs from one run to the next."""
    for pattern, word in VARYING.items():
        page = re.sub(pattern, word, page)
    return page


def anchor(title: str) -> str:
    """Return the anchor that GitHub gives to a title."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@pytest.mark.slow
@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_its_commands_print(page, tmp_path):
    needs("bwrap")
    text = page.read_text(encoding="utf-8")
    ran = pages.run(text, pages.copy_checkout(tmp_path))
    assert ran.failed == []
    assert masked(ran.page) == masked(text), "run make pages"


def test_files_patches_and_commands_of_a_page_are_done_in_order(tmp_path):
    page = """
<!-- file: a/b.txt -->
```text
one
```
<!-- append: a/b.txt -->
```text
two
```
<!-- patch -->
```diff
--- a/a/b.txt
+++ b/a/b.txt
@@ -1,2 +1,2 @@
-one
+three
 two
```
```console
$ cat a/b.txt
old output
$ echo here: $PWD; \\
  exit 3
```
```text
$ never run
```
"""
    ran = pages.run(page, tmp_path)
    expected = "$ cat a/b.txt\nthree\ntwo\n$ echo here: $PWD; \\\n  exit 3\nhere: /home/you/optimlab\n```"
    assert expected in ran.page
    assert "$ never run\n```\n" in ran.page
    assert ran.failed == ["$ echo here: $PWD; \\\n  exit 3\nhere: /home/you/optimlab\n"]


def test_what_differs_from_run_to_run_is_no_difference():
    assert masked("took 1.5 s, seed 12, 2026-11-24") == masked("took 3 s, seed 7, 2027-01-01")
    assert masked("7 students") != masked("8 students")


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_of_a_page_are_there(page):
    text = page.read_text(encoding="utf-8")
    targets = LINK.findall(CODE.sub("", text))
    assert targets or page not in pages.PAGES
    anchors = {anchor(title) for title in TITLE.findall(text)}
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (page.parent / target).exists(), target
