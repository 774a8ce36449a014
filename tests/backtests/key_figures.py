"""The demonstration's key figures as they were when somebody last looked at them, and which of them have moved since.

``python tests/backtests/key_figures.py`` pins them anew in ``key_figures.csv``. Read what moved before it is committed, and write
it under "Numbers that changed" in CHANGELOG.
"""

from __future__ import annotations

import csv
import io
import math
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import isu_analysis as isu
from isu_analysis.analysis import Results
from isu_analysis.intake import intake
from isu_analysis.settings import load_unit, unit_files
from isu_analysis.synthetic import MUNICIPALITY, YEARS, write_demo

PINNED = Path(__file__).with_suffix(".csv")
REPOSITORY = Path(__file__).parents[2]
OF_REPORT = {
    "result", "flow/eligible", "flow/events", "duration/median", "who/ending/planned/share", "over_time/followed_up/change",
    "over_time/good/change", "over_time/points/change", "plan/bounds/half_width", "plan/plausible/half_width", "plan/paired_needed",
}  # fmt: skip
# What the name of an outcome's cell ends with: how many were meant and measured, how it went, how large, what the lost could do.
OF_OUTCOME = {
    "due", "paired", "answered", "asked", "people", "answers", "at/start", "at/end",
    "better", "better/share", "better/bounds", "unchanged", "deteriorated", "deteriorated/share", "deteriorated/bounds",
    "way/better", "way/same", "way/worse", "up", "same", "down", "from_good", "to_good",
    "positive", "positive/share", "positive/bounds", "positive/verdict", "positive/verdict/tolerance",
    "people/share", "people/bounds", "per_person", "t", "last_below", "any_below", "cases",
    "resolved/share", "newly_unmet", "unmet_change", "agreement/end/same/share",
    "start_mean", "change", "g_pre", "g_av", "d_z", "rank_biserial", "estimate/carried_back", "estimate/ml_two_wave", "estimate/ml_all_waves",
    "bounds", "tipping", "verdict", "verdict/tolerance", "seen/start/mean", "seen/end/mean", "seen/m3/mean",
}  # fmt: skip
SAME = 1e-9  # relative; ten figures are stored
NOUGHT = 1e-12  # what is nought but for its binary form
MOST_SHOWN = 80

Name = tuple[str, str, str]  # unit, year, cell
Figure = tuple[str, str, str]  # value or word, low, high


def figures_of(results: Results) -> Iterator[tuple[Name, Figure]]:
    """Key figures of one unit and year."""
    context = results.context
    wanted = OF_REPORT | {f"{outcome.key}/{end}" for outcome in context.outcomes for end in OF_OUTCOME}
    for cell in results.cells:
        if cell.id in wanted:
            name = (context.unit.slug, str(context.year), cell.id)
            yield name, (cell.code or written(cell.value), written(cell.low), written(cell.high))


def written(value: float) -> str:
    """A number with ten figures; nothing where there is none."""
    return "" if math.isnan(value) else f"{value:.10g}"


def to_text(figures: Mapping[Name, Figure]) -> str:
    """Figures as the file has them, in alphabetical order."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(["unit", "year", "cell", "value", "low", "high"])
    table.writerows([*name, *figures[name]] for name in sorted(figures))
    return lines.getvalue()


def from_text(text: str) -> dict[Name, Figure]:
    """Figures of such a text."""
    _, *rows = csv.reader(io.StringIO(text))
    return {(unit, year, cell): (value, low, high) for unit, year, cell, value, low, high in rows}


def pinned() -> dict[Name, Figure]:
    """Figures as they were."""
    return from_text(PINNED.read_text(encoding="utf-8"))


def moved(before: Mapping[Name, Figure], now: Mapping[Name, Figure]) -> list[str]:
    """Each figure that is not what it was, old -> new; nothing if all are."""
    nowhere = ("not there", "", "")
    return [
        f"{' '.join(name)}: {_plainly(before.get(name, nowhere))} -> {_plainly(now.get(name, nowhere))}"
        for name in sorted(before.keys() | now.keys())
        if not _same(before.get(name, nowhere), now.get(name, nowhere))
    ]


def table(lines: list[str]) -> str:
    """What moved, and what to do about it."""
    if not lines:
        return "No key figure of the demonstration moved."
    more = [f"... and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    return "\n".join(
        [
            f"{len(lines)} key figures of the demonstration moved, as value [low, high]:",
            *lines[:MOST_SHOWN],
            *more,
            'If this was meant: write what moved and why under "Numbers that changed" in CHANGELOG.md, and pin the new ones:',
            "    python tests/backtests/key_figures.py",
        ]
    )


def _same(before: Figure, now: Figure) -> bool:
    return all(_same_number(old, new) for old, new in zip(before, now, strict=True))


def _same_number(old: str, new: str) -> bool:
    try:
        return math.isclose(float(old), float(new), rel_tol=SAME, abs_tol=NOUGHT)
    except ValueError:  # a word, or nothing
        return old == new


def _plainly(figure: Figure) -> str:
    value, low, high = figure
    return f"{value or 'none'} [{low}, {high}]" if low or high else value or "none"


def _made_anew() -> Iterable[Results]:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copytree(REPOSITORY / "parameters" / MUNICIPALITY, project / "parameters" / MUNICIPALITY)
        write_demo(project)
        for path in unit_files(project, MUNICIPALITY):
            key = f"{MUNICIPALITY}/{path.stem}"
            intake(load_unit(key, project), project)
            yield from (isu.analyse(isu.cohort(key, year, project=project)) for year in YEARS)


def main() -> None:
    """Pin the figures as they are now, and tell which of them moved."""
    figures = {name: figure for results in _made_anew() for name, figure in figures_of(results)}
    before = pinned() if PINNED.exists() else {}
    PINNED.write_text(to_text(figures), encoding="utf-8", newline="\n")
    print(table(moved(before, figures)))  # noqa: T201 - it is run by hand


if __name__ == "__main__":
    sys.exit(main())
