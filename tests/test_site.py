"""The site builds without a warning and asks nothing of any other machine; every public name and measure has its place."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

import isu_analysis as isu
from isu_analysis import statistics

REPOSITORY = Path(__file__).parents[1]
FOREIGN = re.compile(r"""(?:src|href)="(?:https?:)?//|url\(["']?(?:https?:)?//|@import\s+["'](?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a warning would have stopped it."""
    found = importlib.util.spec_from_file_location("build_site", REPOSITORY / "docs" / "build.py")
    build = importlib.util.module_from_spec(found)
    found.loader.exec_module(build)
    target = tmp_path_factory.mktemp("site") / "html"
    assert build.main(target) == 0
    return target


@pytest.mark.slow
def test_no_page_asks_anything_of_another_machine(site):
    """What a page loads; a link that somebody clicks is another thing."""
    loads = [*site.rglob("*.css"), *site.rglob("*.html")]
    loaded = {path.name: FOREIGN.findall(_without_links(path)) for path in loads}
    assert loads and not {name: found for name, found in loaded.items() if found}


def _without_links(path: Path) -> str:
    return re.sub(r"<a\b[^>]*>", "", path.read_text(encoding="utf-8", errors="replace"))


@pytest.mark.slow
def test_every_public_function_is_in_the_reference(site):
    pages = "".join(path.read_text(encoding="utf-8") for path in (site / "api").glob("*.html"))
    told = set(re.findall(r'id="isu_analysis\.(?:statistics\.)?(\w+)"', pages))
    names = {name for name in (*isu.__all__, *statistics.__all__) if name != "__version__"}
    assert {name for name in names if callable(getattr(isu, name, getattr(statistics, name, None)))} <= told


@pytest.mark.slow
def test_every_measure_has_its_page(site):
    made = {path.stem for path in (site / "docs" / "register").glob("*.html")}
    assert made == {*isu.measures_available(), "index"}
