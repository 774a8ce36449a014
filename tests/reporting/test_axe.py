"""Every kind of HTML page in a real browser: no violation that axe-core knows, light and dark, on a phone, and nothing asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import handouts
import pytest
import showcase
from browsers import browser_path

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import SECTIONS
from isu_analysis.reporting.exporters.html_page import render_html
from isu_analysis.reporting.index import write_index

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# One unit of each kind of follow-up, the unit that is refused a result, and public ones with hidden counts.
REPORTS = [
    ("unga-vuxna", 2024, "internal"),
    ("resurs-barn", 2024, "public"),
    ("vald-nara", 2023, "internal"),
    ("oppenvard-loke", 2024, "internal"),
    ("spel-alkohol", 2024, "public"),
    ("vuxen-asi", 2024, "public"),
]
SHOWCASE = "showcase.html"
PHONE = {"width": 320, "height": 640}


BROWSER = browser_path()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="no Chromium here: install chromium or set CHROME_BIN"),
]


@dataclass
class Browser:
    """The browser, with axe-core for the pages that it opens."""

    started: Any
    axe: str

    def open(self, path: Path, bypass_csp: bool = True) -> Any:
        # The page's own policy forbids every script, axe-core too; another test holds the page to that policy.
        page = self.started.new_context(bypass_csp=bypass_csp).new_page()
        page.asked_for = []
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.goto(path.as_uri())
        if bypass_csp:
            page.evaluate(self.axe)
        return page


def violations(page: Any, *rules: str) -> list[str]:
    """What axe-core finds, by the rules named or by all there are."""
    found = page.evaluate(f"axe.run({{runOnly: {json.dumps(rules or RULES)}, resultTypes: ['violations']}})")
    assert rules or found["passes"], "axe-core looked at nothing"
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield Browser(started, axe)
        started.close()


@pytest.fixture(scope="module")
def written(results_of, tmp_path_factory) -> Path:
    """The reports, one folder each as they are published, with the index above them."""
    project = tmp_path_factory.mktemp("axe")
    for unit, year, mode in REPORTS:
        results = results_of(f"exempelstad/{unit}", year)
        report = isu.protect(results, decide([results], mode))
        sections = [section for key in SECTIONS if (section := isu.show(report, key)) is not None]
        folder = project / "reports" / mode / "exempelstad" / unit / str(year)
        folder.mkdir(parents=True)
        (folder / "report.html").write_text(render_html(tuple(sections)), encoding="utf-8")
        about = {"municipality": "Exempelstad", "unit": unit, "year": year, "invented": True}
        (folder / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    for mode in ("internal", "public"):
        write_index(project, mode)
    hostile = tuple(handouts.based(section) for section in showcase.sections())
    (project / SHOWCASE).write_text(render_html(hostile), encoding="utf-8")
    return project / "reports"


@pytest.fixture(scope="module")
def opened(browser, written) -> dict[str, Any]:
    """Every page in the browser, by its path."""
    paths = [*sorted(written.rglob("*.html")), written.parent / SHOWCASE]
    assert len(paths) == len(REPORTS) + 3
    return {path.relative_to(written.parent).as_posix(): browser.open(path) for path in paths}


def test_axe_finds_what_is_wrong(browser, tmp_path):
    """The check itself: a page with known faults, some of them only of the newest rules, is not let through."""
    path = tmp_path / "fel.html"
    path.write_text(
        '<html><body><h1>a</h1><img src="x"><p style="color:#999;background:#fff">svag</p><h3>hoppad nivå</h3>'
        '<button style="width:9px;height:9px;padding:0">a</button><button style="width:9px;height:9px;padding:0">b</button>'
        "</body></html>",
        encoding="utf-8",
    )
    found = {line.partition(":")[0] for line in violations(browser.open(path))}
    assert {"image-alt", "html-has-lang", "document-title", "color-contrast", "target-size", "heading-order"} <= found


def test_every_page_is_without_violations(opened):
    assert {name: found for name, page in opened.items() if (found := violations(page))} == {}


def test_every_page_asks_for_nothing(opened):
    for name, page in opened.items():
        assert [url for url in page.asked_for if not url.startswith("data:")] == [page.url], name


def test_pages_have_contrast_in_the_dark(opened):
    """All colours are in the page with every kind of block, in the index and in any one report."""
    found = {}
    for name in (SHOWCASE, "reports/public/index.html", next(iter(opened))):
        page = opened[name]
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)", name
        if wrong := violations(page, "color-contrast"):
            found[name] = wrong
        page.emulate_media(color_scheme="light")
    assert found == {}


def test_every_page_can_be_read_on_a_phone_without_sideways_scrolling(opened):
    """At 320 pixels, which is 1280 enlarged four times, only a wide table scrolls, in a box of its own."""
    for name, page in opened.items():
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        assert violations(page, "target-size", "scrollable-region-focusable") == [], name


def test_a_script_that_got_into_a_page_is_stopped(browser, written):
    """With the page's own policy in force."""
    path = next(written.rglob("report.html"))
    attacked = written.parent / "attacked.html"
    script = "<script>document.title = 'tagen'</script>"
    attacked.write_text(path.read_text(encoding="utf-8").replace("</body>", script + "</body>"), encoding="utf-8")
    assert browser.open(attacked).title() == "tagen", "the script does nothing even where it may"
    assert browser.open(attacked, bypass_csp=False).title() != "tagen"
