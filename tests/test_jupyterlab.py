"""JupyterLab as a researcher uses it, in a real browser: open a lesson, run it from the menu, drag a slider, see what comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from browsers import browser_path
from lesson_unit import lay_unit

from isu_analysis.sketching import new_project

SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # every cell in the page at once
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
TOKEN = "ett-ord-for-testet"
LESSON = "2-fran-poang-till-saker-forandring.ipynb"
WITHIN = 120_000  # milliseconds, on a busy machine


BROWSER = browser_path()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no Chromium here: install chromium or set CHROME_BIN"),
]


@pytest.fixture(scope="module")
def project(demo_project, tmp_path_factory):
    """A project as `isu new` makes it, with the lessons' unit read in."""
    folder = tmp_path_factory.mktemp("lab") / "Projekt å ä ö"
    new_project(folder)
    return lay_unit(demo_project, folder)


@pytest.fixture(scope="module")
def server(project, tmp_path_factory):
    """JupyterLab on a free port, started in the project's folder; its address."""
    own = tmp_path_factory.mktemp("jupyter")
    for name, chosen in SETTINGS.items():
        path = own / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(chosen), encoding="utf-8")
    places = {f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("RUNTIME", "CONFIG", "DATA")}
    places |= {"JUPYTERLAB_SETTINGS_DIR": str(own / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces")}
    words = ["--no-browser", "--port=0", f"--IdentityProvider.token={TOKEN}", "--allow-root"]
    log = (own / "log.txt").open("w", encoding="utf-8")
    started = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *words], cwd=project, env=os.environ | places, stdout=log, stderr=log
    )
    try:
        yield _address(own / "runtime", started)
    finally:
        started.terminate()
        started.wait(30)
        log.close()


def _address(runtime: Path, started: subprocess.Popen[bytes]) -> str:
    """Wait until the server has written where it is."""
    for _ in range(600):
        for path in runtime.glob("jpserver-*.json"):
            told = path.read_text(encoding="utf-8")
            if told:
                return str(json.loads(told)["url"])
        assert started.poll() is None, "JupyterLab ended before it had begun"
        time.sleep(0.1)
    raise AssertionError("JupyterLab never began")


@pytest.fixture(scope="module")
def page(server):
    """The lesson opened in the browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1400, "height": 1000})
        opened.set_default_timeout(WITHIN)
        opened.asked_for = []
        opened.on("request", lambda request: opened.asked_for.append(request.url))
        opened.goto(f"{server}lab/tree/notebooks/kurs/{LESSON}?token={TOKEN}")
        opened.wait_for_selector(".jp-Notebook .jp-CodeCell")
        _wait_for_kernel(opened, server)
        yield opened
        browser.close()


def _wait_for_kernel(page: Any, server: str) -> None:
    """Wait until the notebook's kernel stands ready: clicked before that, the menu asks which kernel to use."""
    for _ in range(WITHIN // 200):
        sessions = page.request.get(f"{server}api/sessions?token={TOKEN}").json()
        if [one for one in sessions if one["kernel"]["execution_state"] == "idle"]:
            return
        page.wait_for_timeout(200)
    raise AssertionError("the kernel never began")


@pytest.fixture(scope="module")
def ran(page):
    """The lesson after all its cells have been run from the menu."""
    page.click('.lm-MenuBar-item:has-text("Run")')
    page.click('.lm-Menu-item:has-text("Run All Cells")')
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    page.wait_for_function(
        """cells => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]
           .filter(one => /\\[\\d+\\]/.test(one.textContent)).length === cells""",
        arg=cells,
    )
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    page.wait_for_selector(".widget-slider")
    return page


def pictures(page: Any) -> list[str]:
    return [one.get_attribute("src") for one in page.locator(".jp-OutputArea img").all()]


def test_every_cell_ran_without_an_error(ran):
    assert ran.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]').count() == 0
    assert ran.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0


def test_tables_and_figures_are_drawn(ran):
    assert ran.locator(".jp-RenderedHTMLCommon table.dataframe").count() >= 4
    sizes = [one.bounding_box() for one in ran.locator(".jp-OutputArea img").all()]
    assert len(sizes) >= 2 and all(size["width"] > 300 and size["height"] > 150 for size in sizes)


def test_a_slider_moves_the_figure(ran):
    readout = ran.locator(".widget-readout").first
    before, drawn = readout.inner_text(), pictures(ran)
    handle = ran.locator(".widget-slider .noUi-handle").first
    handle.focus()
    for _ in range(8):
        handle.press("ArrowLeft")
    ran.wait_for_function(
        "before => [...document.querySelectorAll('.jp-OutputArea img')].some(one => !before.includes(one.src))",
        arg=drawn,
    )
    assert float(readout.inner_text()) < float(before)
    assert pictures(ran)[0] == drawn[0] and pictures(ran)[-1] != drawn[-1], "the figure of the slider, and no other"


def test_nothing_is_asked_of_any_other_machine(ran, server):
    """The service's network may have no way out, and what a researcher opens is nobody else's matter."""
    foreign = {
        url for url in ran.asked_for if not url.startswith((server, "data:", "blob:", server.replace("http", "ws")))
    }
    assert not foreign
