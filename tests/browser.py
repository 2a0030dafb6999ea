"""A real browser and a real JupyterLab, for tests that do what students and instructors do.

Nothing waits for a fixed time: every step ends when the page shows what it leads to.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Error, Locator, Page, expect, sync_playwright

from tests.conftest import ROOT

SCREENS = ROOT / "build" / "screens"
PATIENCE = 60
"""Seconds that a step may take on a machine with much else to do."""
LESSON_PATIENCE = 300
"""Seconds that a whole lesson may run."""
HAS_RUN = r"^\[\d+\]:$"

# What JupyterLab asks a new user, and what would change a notebook while a test looks at it.
QUIET = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
}


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """Start a headless Chromium."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        # Containers have neither user namespaces nor much shared memory.
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_page(browser: Browser, origin: str = "") -> Iterator[Page]:
    """Open a window that reaches this machine only; a script that opens a dialog fails the test.

    Parameters
    ----------
    browser : Browser
    origin : str
        Where the clipboard may be used.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 1100}, color_scheme="light")
    context.set_default_timeout(PATIENCE * 1000)
    context.route(lambda url: urlsplit(url).hostname not in ("127.0.0.1", None), lambda route: route.abort())
    if origin:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin.rstrip("/"))
    page = context.new_page()
    alerts: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            alerts.append(dialog.message)
        dialog.accept()

    page.on("dialog", on_dialog)
    try:
        yield page
    except BaseException:
        with suppress(Error):
            screenshot(page, "where-it-failed")
        raise
    finally:
        context.close()
    assert alerts == [], "a script of a student's ran in the browser"


@contextmanager
def jupyterlab(folder: Path, home: Path, python: Path = Path(sys.executable)) -> Iterator[str]:
    """Start JupyterLab in a folder, with a home of its own, and yield its address.

    Parameters
    ----------
    folder : Path
        What the file browser shows; the working directory, too.
    home : Path
        An empty folder for settings, runtime files and the log.
    python : Path
        Of the environment that has JupyterLab.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "NBGRADER", "PYTEST", "PYTHON"))}
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    for name, below in {
        "HOME": ".",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }.items():
        (home / below).mkdir(parents=True, exist_ok=True)
        environment[name] = str(home / below)
    _write_settings(home / "settings", QUIET)
    log = home / "jupyterlab.log"
    command = [str(python), "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--IdentityProvider.token="]
    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [*command, "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"],
            cwd=folder,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _address(server, home / "runtime")
    except BaseException:
        print(log.read_text(encoding="utf-8")[-3000:])
        raise
    finally:
        _stop(server)


def _write_settings(folder: Path, settings: Mapping[str, dict]) -> None:
    for plugin, values in settings.items():
        file = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")


def _address(server: subprocess.Popen, runtime: Path) -> str:
    """Return the server's address as soon as it has written it down."""
    file = runtime / f"jpserver-{server.pid}.json"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return json.loads(file.read_text(encoding="utf-8"))["url"]
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("JupyterLab did not start")


def _stop(server: subprocess.Popen) -> None:
    """Stop a server and its kernels, whatever they do."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def screenshot(where: Page | Locator, name: str) -> None:
    """Save what is seen as ``build/screens/NAME.png``."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    where.screenshot(path=SCREENS / f"{name}.png", animations="disabled")


class NotebookPage:
    """A notebook that is open in JupyterLab.

    Parameters
    ----------
    page : Page
    address : str
        Of the server.
    file : Path
        The notebook; cells are known by their ids in it.
    path : str
        The notebook's path as the server sees it.
    """

    def __init__(self, page: Page, address: str, file: Path, path: str) -> None:
        self.page, self.file = page, file
        self.panel = page.locator(".jp-NotebookPanel")
        page.goto(f"{address}lab/tree/{path}?reset")
        ids = [cell.id for cell in self.read().cells]
        self.numbers = {cell_id: number for number, cell_id in enumerate(ids)}
        expect(self.panel.locator(".jp-Notebook .jp-Cell")).to_have_count(len(ids))
        expect(page.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator")).to_have_attribute(
            "data-status", "idle"
        )

    def read(self) -> nbformat.NotebookNode:
        """Return the notebook as it is on the disk."""
        return nbformat.read(self.file, as_version=4)

    def cell(self, cell_id: str) -> Locator:
        """Return a cell of the page."""
        return self.panel.locator(f".jp-Cell[data-windowed-list-index='{self.numbers[cell_id]}']")

    def outputs(self, cell_id: str) -> Locator:
        """Return what a cell shows below its source."""
        return self.cell(cell_id).locator(".jp-Cell-outputWrapper")

    def write(self, cell_id: str, source: str) -> None:
        """Put the cursor into a code cell and paste text over what is there."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", source)
        editor = self.cell(cell_id).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("ControlOrMeta+v")
        lines = source.splitlines()
        expect(editor.locator(".cm-line")).to_have_text([re.compile(rf"^{re.escape(line)}$") for line in lines])

    def type(self, cell_id: str, text: str) -> None:
        """Select a text cell, open it with Enter, type over what is there, key by key, and render it."""
        cell = self.cell(cell_id)
        cell.locator(".jp-RenderedMarkdown").click()
        self.page.keyboard.press("Enter")
        expect(cell.locator(".cm-content")).to_be_focused()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-RenderedMarkdown")).to_contain_text(text)

    def run(self, cell_id: str) -> None:
        """Run a code cell with Shift+Enter and wait for its end."""
        prompt = self.cell(cell_id).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(HAS_RUN))

    def run_all(self) -> None:
        """Run all cells from the menu and wait until the last one is through."""
        last = next(cell.id for cell in reversed(self.read().cells) if cell.cell_type == "code")
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        running = self.panel.locator(".jp-InputPrompt", has_text="[*]:")
        expect(self.cell(last).locator(".jp-InputPrompt")).not_to_have_text("[*]:", timeout=LESSON_PATIENCE * 1000)
        expect(running).to_have_count(0)
        expect(self.cell(last).locator(".jp-InputPrompt")).to_have_text(re.compile(HAS_RUN))

    def save(self) -> None:
        """Save with the keyboard and wait until the tab has lost its mark of unsaved changes."""
        self.page.keyboard.press("ControlOrMeta+s")
        expect(self.page.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)

    def use_theme(self, name: str) -> None:
        """Choose a theme from the menu Settings."""
        self.page.get_by_role("menuitem", name="Settings").click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}$")).click()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-name", name)

    def validate(self, screen: str = "") -> str:
        """Press nbgrader's Validate and return what its dialog says."""
        self.panel.locator(".validate-button").click()
        dialog = self.page.locator(".jp-Dialog-content")
        expect(dialog).to_be_visible(timeout=LESSON_PATIENCE * 1000)
        if screen:
            screenshot(self.page, screen)
        words = dialog.inner_text()
        dialog.get_by_role("button").last.click()
        expect(dialog).to_have_count(0)
        return words


class Picture:
    """A picture with sliders in a notebook's page.

    Parameters
    ----------
    outputs : Locator
        What the cell shows.
    """

    def __init__(self, outputs: Locator) -> None:
        self.image = outputs.locator("img")
        self.sliders = outputs.locator(".widget-slider")
        self.play = outputs.locator(".widget-play button").first

    def source(self) -> str:
        """Return the picture that is shown, as its address with all of its bytes."""
        expect(self.image).to_have_count(1)
        return self.image.get_attribute("src")

    def move(self, number: int) -> None:
        """Move a slider one value with the keyboard, and back: the picture must follow it both ways."""
        slider, before = self.sliders.nth(number), self.source()
        handle, readout = slider.locator(".noUi-handle"), slider.locator(".widget-readout")
        handle.focus()
        first = readout.inner_text()
        there, back = "ArrowRight", "ArrowLeft"
        handle.press(there)
        if readout.inner_text() == first:  # it stands at its last value
            there, back = back, there
            handle.press(there)
        expect(readout).not_to_have_text(first)
        expect(self.image).not_to_have_attribute("src", before)
        handle.press(back)
        expect(readout).to_have_text(first)
        expect(self.image).to_have_attribute("src", before)


def violations(page: Page, where: Locator) -> str:
    """Return what axe finds wrong with the accessibility of a part of a page; an empty text for nothing."""
    where.evaluate("element => element.setAttribute('data-axe', '')")
    found = Axe().run(page, context="[data-axe]")
    where.evaluate("element => element.removeAttribute('data-axe')")
    return found.generate_report() if found.violations_count else ""


class Formgrader:
    """nbgrader's Formgrader, opened in JupyterLab from the menu.

    Parameters
    ----------
    page : Page
    address : str
        Of a server that was started in the course's folder.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(f"{address}lab?reset")
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Nbgrader$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Formgrader$")).click()
        self.frame = page.frame_locator("#formgrader iframe")

    def open_submissions(self, assignment: str) -> None:
        """Go from the list of assignments to the submissions of one."""
        row = self.frame.locator("tr", has=self.frame.locator(".name", has_text=assignment))
        row.locator(".num-submissions a").click()
        expect(self.frame.locator(".breadcrumb .active")).to_have_text(assignment)

    def row(self, student: str) -> Locator:
        """Return a student's row in the list of submissions."""
        pattern = re.compile(rf"^{re.escape(student)}$")
        return self.frame.locator("tr", has=self.frame.locator(".student-id", has_text=pattern))

    def press(self, student: str, button: str, screen: str = "") -> str:
        """Press ``autograde`` or ``generate-feedback`` for a student; return what the window that opens says."""
        self.row(student).locator(f".{button} a").click()
        window = self.frame.locator(".modal.in")
        expect(window.locator(".modal-title")).to_be_visible()
        if screen:
            screenshot(self.page, screen)
        words = window.inner_text()
        window.get_by_role("button", name="Close").last.click()
        expect(self.frame.locator(".modal")).to_have_count(0)
        return words

    def submission_address(self, student: str, assignment: str) -> str:
        """Click on the way to a student's graded notebook and return its address."""
        self.row(student).locator(".student-name a").click()
        self.frame.locator("td a", has_text=re.compile(rf"^{assignment}$")).click()
        expect(self.frame.locator(".nbgrader_cell .score").first).to_be_visible()
        return self.frame.owner.content_frame.locator("html").evaluate("e => e.ownerDocument.location.href")


class SubmissionPage:
    """A graded notebook in the formgrader.

    Parameters
    ----------
    page : Page
    address : str
        What :meth:`Formgrader.submission_address` returned.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)

    def score(self, name: str) -> Locator:
        """Return the field that shows a cell's points: typed ones as its value, those booked as its placeholder."""
        return self.page.locator(f"input.score[id='{name}']")

    def comment(self, name: str) -> Locator:
        """Return the field that shows the comment on an answer, as its placeholder."""
        return self.page.locator(f"textarea[id='{name}-comment']")

    def give(self, name: str, points: float) -> None:
        """Type points for an answer and wait until they are saved."""
        with self.page.expect_response(re.compile("/formgrader/api/grade/")) as saved:
            self.score(name).fill(f"{points:g}")
            self.score(name).press("Tab")
        assert saved.value.ok
