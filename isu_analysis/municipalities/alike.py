"""Units that can be compared at all: the same measure, definition and target group. Others never stand in one comparison.

Made of counts that the protected reports show; a unit with a hidden one is named and left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure import Report
from isu_analysis.municipalities.common_form import shown
from isu_analysis.municipalities.gathered import Municipality
from isu_analysis.statistics import Funnel, RankIntervals, ShrunkenShares, funnel, share_rank_intervals, shrunken_shares

FEWEST = 2  # units that share a yardstick; alone there is nothing to refuse either
SEED = 1  # of the draws behind the places: the same reports give the same intervals


@dataclass(frozen=True, repr=False)
class Alike:
    """Units with one yardstick and one target group.

    Attributes
    ----------
    reports : tuple of Report
        In the order of the alphabet.
    compared : tuple of Report
        Those of them whose counts are shown.
    n, of : tuple of int
        Of the compared: people with a good outcome, and people followed up.
    whole : tuple of int
        Of the compared: all who should be followed up.
    funnel, shrunken, places
        As the statistics give them; each says itself when there are too few.
    """

    reports: tuple[Report, ...]
    compared: tuple[Report, ...]
    n: tuple[int, ...]
    of: tuple[int, ...]
    whole: tuple[int, ...]
    funnel: Funnel
    shrunken: ShrunkenShares
    places: RankIntervals

    def __repr__(self) -> str:
        return f"Alike({len(self.reports)} units, {len(self.compared)} compared)"


def alike_units(municipality: Municipality) -> tuple[Alike, ...]:
    """Find the units that share a yardstick, and compare each such set within itself."""
    sets: dict[tuple[object, ...], list[Report]] = {}
    for report in municipality.units:
        if isinstance(report, Report) and not report.withheld and _good(report.main):
            sets.setdefault(yardstick(report), []).append(report)
    return tuple(_compared(reports) for reports in sets.values() if len(reports) >= FEWEST)


def yardstick(report: Report) -> tuple[object, ...]:
    """Everything that must be the same: a unit's own measure is nobody else's, whatever it is called."""
    unit, outcome = report.context.unit, report.main
    own = any(measure.id == outcome.measure.id.partition(".")[0] for measure in unit.local_measures)
    roles = tuple(unit.occasions[name].role if name in unit.occasions else "" for name in (outcome.start, outcome.end))
    days = tuple(unit.occasions[name].day if name in unit.occasions else None for name in (outcome.start, outcome.end))
    windows = tuple(
        unit.occasions[name].window if name in unit.occasions else None for name in (outcome.start, outcome.end)
    )
    return (
        outcome.measure.id,
        unit.key if own else "",
        outcome.rater,
        outcome.item,
        outcome.design,
        roles,
        days,
        outcome.criterion,
        unit.cohort.rule,
        tuple(sorted(unit.cohort.outside)),
        unit.cohort.join_within_days,
        windows,
        unit.unit_of_analysis,
        " ".join(unit.target_group.casefold().split()),
    )


def _good(outcome: Outcome) -> tuple[str, str] | None:
    """Counts of a good outcome and of those followed up, for designs where each person is counted once."""
    key = outcome.key
    if outcome.design in {"change", "sessions"} and outcome.criterion:
        return f"{key}/better", f"{key}/paired"
    return (f"{key}/positive", f"{key}/answered") if outcome.design in {"levels", "target"} else None


def _compared(reports: Iterable[Report]) -> Alike:
    found = [(report, _counts(report)) for report in reports]
    known = [(report, counts) for report, counts in found if counts]
    n, of, whole = (tuple(counts[place] for _, counts in known) for place in range(3))
    return Alike(
        tuple(report for report, _ in found),
        tuple(report for report, _ in known),
        n,
        of,
        whole,
        funnel(n, of),
        shrunken_shares(n, of),
        share_rank_intervals(n, of, seed=SEED),
    )


def _counts(report: Report) -> tuple[int, int, int] | None:
    cells = _good(report.main)
    if cells is None:
        return None
    whole = f"{report.main.key}/due"
    counts = [shown(report, cell) for cell in (*cells, whole if report.has(whole) else "flow/eligible")]
    good, known, everyone = counts
    return None if good is None or known is None or everyone is None else (good, known, everyone)
