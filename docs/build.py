"""Build the site: the pages of ``docs/`` as they lie, and those that are made from the registry, the report and the library.

``python docs/build.py`` writes ``site/``. It asks nothing of any other machine, and a warning is an error.
"""

from __future__ import annotations

import inspect
import re
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

import isu_analysis as isu
from isu_analysis import statistics
from isu_analysis.measures import listing
from isu_analysis.measures.wording import KINDS
from isu_analysis.presentation.glossary import TERMS

REPOSITORY = Path(__file__).parents[1]
OTHER_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "benchmarks/RESULTAT.md")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
# The statistics' rooms, in the order of docs/statistik.md; the rest of the library is one page.
ROOMS = {
    "individual_change": "Change of one person",
    "effect_sizes": "How large a change",
    "proportions": "Shares",
    "attrition": "The missing",
    "comparison": "Comparisons",
    "outcomes": "Levels, needs, goals, housing and the common form",
    "trajectories": "Several occasions",
    "grouped": "Many units in one call",
    "": "Means, clusters, estimand and planning",
}


def main(target: Path = REPOSITORY / "site") -> int:
    """Build and give Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder) / "pages"
        lay_out(stage)
        shutil.rmtree(target, ignore_errors=True)
        words = [
            "-q",
            "-W",
            "--keep-going",
            "-c",
            str(REPOSITORY / "docs"),
            "-d",
            f"{folder}/trees",
            str(stage),
            str(target),
        ]
        return int(build_main(words))


def lay_out(stage: Path) -> None:
    """Write every page, each where its links expect the others."""
    written = [*(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / name for name in OTHER_PAGES)]
    pages = {
        path.relative_to(REPOSITORY).as_posix(): path.read_text(encoding="utf-8") for path in written if path.is_file()
    }
    made = {**_measures(), **_library(), "docs/ordlista.md": _glossary()}
    for name, text in (pages | made).items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_linked(text, name, {*pages, *made}), encoding="utf-8")
    shutil.copy(REPOSITORY / "docs" / "index.md.txt", stage / "index.md")


def _linked(text: str, page: str, pages: set[str]) -> str:
    """A link to a file of the repository that is no page becomes its name: the site is read without the code."""

    def mended(found: re.Match[str]) -> str:
        words, target, place = found[1], found[2], found[3] or ""
        if "://" in target:
            return found[0]
        whole = (REPOSITORY / page).parent.joinpath(target).resolve()
        known = whole.is_relative_to(REPOSITORY) and whole.relative_to(REPOSITORY).as_posix() in pages
        return f"[{words}]({target}{place})" if known else words

    return _LINK.sub(mended, text)


def _measures() -> dict[str, str]:
    """A page a measure, and one that lists them by kind."""
    cards = [isu.measure(name) for name in isu.measures_available()]
    pages = {
        f"docs/register/{card.id}.md": f"# {card.name_sv}\n\n```text\n{listing.as_card(card)}\n```\n" for card in cards
    }
    lines = [
        "# Alla mått i registret",
        "",
        "Vad en rapport använder av varje mått, med källor. Så läses ett kort: [matt.md](../matt.md).",
    ]
    for kind, words in KINDS.items():
        of_kind = [card for card in cards if card.kind == kind]
        if of_kind:
            links = [
                f"- [{card.name_sv}]({card.id}.md) (`{card.id}`): {card.construct_sv or card.name}" for card in of_kind
            ]
            lines += ["", f"## {words.capitalize()}", "", *links]
    hidden = ["", "```{toctree}", ":hidden:", "", *(card.id for card in cards), "```", ""]
    pages["docs/register/index.md"] = "\n".join([*lines, *hidden])
    return pages


def _glossary() -> str:
    """The words that the reports use."""
    words = sorted(((term.word, term.meaning) for term in TERMS), key=lambda pair: pair[0].casefold())
    return "\n".join(
        ["# Ordlista", "", "Så använder rapporterna orden.", "", *(f"{word}\n: {meaning}\n" for word, meaning in words)]
    )


def _library() -> dict[str, str]:
    """The library's reference: a page a room of the statistics, and one for everything else."""
    pages = {}
    for room, title in ROOMS.items():
        names = [name for name in statistics.__all__ if _room(getattr(statistics, name)) == room]
        pages[f"api/{room or 'other'}.md"] = _reference(title, "isu_analysis.statistics", names)
    others = [name for name in isu.__all__ if name not in statistics.__all__ and name != "__version__"]
    pages["api/library.md"] = _reference("From files to report", "isu_analysis", others)
    toc = ["library", *(room or "other" for room in ROOMS)]
    pages["api/index.md"] = "\n".join([
        "# API reference", "",
        "Every public name with parameters, missing values, errors, formula, source and an example. Those of the statistics are also",
        "reached as `isu.<name>` where that name exists.", "", "```{toctree}", ":maxdepth: 2", "", *toc, "```", "",
    ])  # fmt: skip
    return pages


def _room(public: object) -> str:
    module = getattr(public, "__module__", "isu_analysis.statistics")
    wing = module.removeprefix("isu_analysis.statistics").strip(".").partition(".")[0]
    return wing if wing in ROOMS else ""


def _reference(title: str, module: str, names: list[str]) -> str:
    lines = [f"# {title}", "", "```{eval-rst}", f".. currentmodule:: {module}", ""]
    for name in names:
        public = getattr(isu if module == "isu_analysis" else statistics, name)
        if not callable(public):
            continue  # a table of words, told where it is used
        kind = "autoclass" if inspect.isclass(public) else "autofunction"
        # What a result is made from is told by its attributes, once; nobody makes one by hand.
        lines += [
            f".. {kind}:: {name}{'()' if kind == 'autoclass' else ''}",
            *(["   :members:"] if kind == "autoclass" else []),
            "",
        ]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    sys.exit(main())
