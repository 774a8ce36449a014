"""Units that can be compared at all: the same measure, definition and target group. Others never stand in one comparison.

Made of counts that the protected reports show; a unit with a hidden one is named and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from isu_analysis.analysis import case_mix
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure import Report, Shown
from isu_analysis.municipalities.common_form import shown
from isu_analysis.municipalities.gathered import Municipality
from isu_analysis.statistics import (
    Funnel,
    Pooled,
    RankIntervals,
    ShrunkenShares,
    funnel,
    pooled_units,
    share_rank_intervals,
    shrunken_shares,
)

FEWEST_PEOPLE = 10  # followed up, for a unit to count in what is said of all (as in the funnel)
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
    together : Pooled
        One share for all units, with a random effect for what differs between them, on the scale of `angle`.
    expected : tuple of (Shown, Shown) or None
        Of the compared: the difference from what is expected of people with their start, and the plain one; None where
        a unit has none. Empty unless all that have one have the same reference.
    """

    reports: tuple[Report, ...]
    compared: tuple[Report, ...]
    n: tuple[int, ...]
    of: tuple[int, ...]
    whole: tuple[int, ...]
    funnel: Funnel
    shrunken: ShrunkenShares
    places: RankIntervals
    together: Pooled
    expected: tuple[tuple[Shown, Shown] | None, ...] = ()

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
    """Everything that must be the same, the whole card of the measure too.

    A measure of the unit's own is another unit's when both have described it in the same words, and only within a
    municipality: elsewhere nobody has agreed on what the words mean.
    """
    unit, outcome = report.context.unit, report.main
    own = any(measure.id == outcome.measure.id.partition(".")[0] for measure in unit.local_measures)
    roles = tuple(unit.occasions[name].role if name in unit.occasions else "" for name in (outcome.start, outcome.end))
    days = tuple(unit.occasions[name].day if name in unit.occasions else None for name in (outcome.start, outcome.end))
    windows = tuple(
        unit.occasions[name].window if name in unit.occasions else None for name in (outcome.start, outcome.end)
    )
    return (
        outcome.measure.model_dump_json(),
        unit.municipality_slug if own else "",
        outcome.rater,
        outcome.item,
        outcome.design,
        roles,
        days,
        outcome.criterion,
        unit.cohort.rule,
        tuple(sorted(unit.cohort.outside)),
        tuple(sorted((name, tuple(sorted(words))) for name, words in unit.cohort.only.items())),
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
        _together(n, of),
        _expected([report for report, _ in known]),
    )


def _together(n: Sequence[int], of: Sequence[int]) -> Pooled:
    """Shares as angles, whose variance depends on the number of people alone and is above 0 also where all or none did well."""
    enough = [(good, known) for good, known in zip(n, of, strict=True) if known >= FEWEST_PEOPLE]
    return pooled_units([angle(good / known) for good, known in enough], [1 / (4 * known) for _, known in enough])


def angle(share: float) -> float:
    """Arc sine of the square root: from 0 to a quarter of a turn."""
    return float(np.arcsin(np.sqrt(share)))


def share_of_angle(value: float) -> float:
    """Return `angle` to a share; what is beyond nobody and everybody is nobody and everybody."""
    return float(np.sin(np.clip(value, 0, np.pi / 2)) ** 2)


def _expected(reports: Sequence[Report]) -> tuple[tuple[Shown, Shown] | None, ...]:
    found = [_against_expected(report) for report in reports]
    models = {
        case_mix.fingerprint(report.context.unit.case_mix)
        for report, one in zip(reports, found, strict=True)
        if one and report.context.unit.case_mix
    }
    return tuple(found) if len(models) == 1 and sum(one is not None for one in found) >= FEWEST else ()


def _against_expected(report: Report) -> tuple[Shown, Shown] | None:
    names = [f"{case_mix.PLACE}/{name}" for name in ("adjusted", "raw", "outcome")]
    if not all(report.has(name) and not report.cell(name).hidden for name in names):
        return None
    adjusted, raw, outcome = (report.cell(name) for name in names)
    return (adjusted, raw) if outcome.code == report.main.key else None


def _counts(report: Report) -> tuple[int, int, int] | None:
    cells = _good(report.main)
    if cells is None:
        return None
    whole = f"{report.main.key}/due"
    counts = [shown(report, cell) for cell in (*cells, whole if report.has(whole) else "flow/eligible")]
    good, known, everyone = counts
    if known == 0 and not report.has(cells[0]):  # nobody was followed up: that is shown, and not the same as hidden
        good = 0
    return None if good is None or known is None or everyone is None else (good, known, everyone)
