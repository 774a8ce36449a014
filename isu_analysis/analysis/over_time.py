"""Year beside year, and month by month: for the unit's own eyes, never for the public.

The years are each a whole; none is a part of another, and nobody is compared with a sum that they are in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from isu_analysis import statistics as st
from isu_analysis.analysis import coverage, flow
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.change import SAME
from isu_analysis.analysis.designs import outcomes_of
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import NOT_DUE, Cohort

PLACE = "over_time"
# Why two years are not one line. All but the last forbid a comparison; that one is said beside it.
NO_LAST_YEAR, OTHER_KIND, ANONYMOUS, OTHER_DESIGN = "no_last_year", "other_kind", "anonymous", "other_design"
NEW_OUTCOME, NOT_MEASURED, OTHER_COVERAGE = "new_outcome", "not_measured", "other_coverage"
COVERAGE_STEP = 0.10  # the project's own choice: a share followed up that moves so far may move the result by itself


class _Seen(NamedTuple):
    """Of all who are meant, who was followed up; of these, whom it went well for, and points from start to end."""

    followed: pd.Series
    good: pd.Series
    points: pd.Series | None = None


def analyse(cohort: Cohort, primary: Outcome, book: Book) -> None:
    """Write the main outcome and its coverage beside last year's, and how many there were each month."""
    if cohort.through:
        return
    with book.internal_only():
        reason = _apart(cohort, primary)
        if reason in {"", NEW_OUTCOME} and cohort.last_year is not None:
            reason = _beside_last_year(cohort, cohort.last_year, primary, book, new=bool(reason))
        book.code(f"{PLACE}/break", reason or "none", declared=True)
        _months(cohort, book)


def _apart(cohort: Cohort, primary: Outcome) -> str:
    """Why the last year cannot be put beside this one; empty where it can."""
    last = cohort.last_year
    if last is None:
        return NO_LAST_YEAR
    if primary.design not in _GOOD:
        return OTHER_KIND
    if any(not len(year.episodes) or _anonymous(year, primary) for year in (cohort, last)):
        return ANONYMOUS
    if primary.key not in {one.key for one in outcomes_of(last) if one.design == primary.design}:
        return OTHER_DESIGN
    return NEW_OUTCOME if cohort.unit.primary.declared.year >= cohort.year else ""


def _anonymous(cohort: Cohort, outcome: Outcome) -> bool:
    """Whether somebody has answered without a name and is counted, so that nobody can say who was followed up."""
    return outcome.once and len(cohort.unlinked(outcome.measure.id, str(outcome.end), outcome.rater, outcome.item)) > 0


def _beside_last_year(cohort: Cohort, before: Cohort, primary: Outcome, book: Book, *, new: bool) -> str:
    """Write the comparisons; give what forbids them or may make them misleading.

    An outcome chosen when last year's results were there may have been chosen for them: only how many were followed up
    is compared.
    """
    this, last = _seen(cohort, primary), _seen(before, primary)
    if not last.followed.any():
        return NOT_MEASURED
    people = [cohort.people, before.people]
    followed = _compared("followed_up", [this.followed, last.followed], people, book)
    _monthly(cohort, before, pd.concat([last.followed, this.followed]), book)
    if new:
        return NEW_OUTCOME
    if _has_good(primary):
        _compared("good", [this.good, last.good], people, book)
    if this.points is not None and last.points is not None:
        _compared_points([this.points, last.points], people, book)
    return OTHER_COVERAGE if followed is not None and abs(followed) >= COVERAGE_STEP else ""


def _compared(name: str, years: list[pd.Series], people: list[pd.Series], book: Book) -> float | None:
    """Write a share of both years with its change; give the change, None where there is none to give."""
    found = st.share_change_between_years(
        years[0].to_numpy(dtype=float),
        years[1].to_numpy(dtype=float),
        this_person=people[0].reindex(years[0].index).to_numpy(),
        last_person=people[1].reindex(years[1].index).to_numpy(),
    )
    for when, values in zip(("this", "last"), years, strict=True):
        part = book.count(f"{PLACE}/{name}/{when}/n", int(values.sum()), zero_is_plain=True)
        whole = book.count(f"{PLACE}/{name}/{when}/of", len(values), zero_is_plain=True)
        book.share(f"{PLACE}/{name}/{when}", part, whole)
    if math.isnan(found.difference):
        return None
    if math.isnan(found.difference_low):  # too few people with several rows: no interval, so no change is told
        return float(found.difference)
    book.count(f"{PLACE}/{name}/shared", found.n_shared, zero_is_plain=True)
    book.model(
        f"{PLACE}/{name}/change",
        found.difference,
        found.of_this,
        (),
        low=found.difference_low,
        high=found.difference_high,
    )
    return float(found.difference)


def _compared_points(years: list[pd.Series], people: list[pd.Series], book: Book) -> None:
    """Write the mean change of both years, in points of the scale, with the change of it."""
    found = st.mean_change_between_years(
        years[0],
        years[1],
        this_person=people[0].reindex(years[0].index),
        last_person=people[1].reindex(years[1].index),
    )
    if found.reason:
        return
    for when, value, n in (("this", found.mean_this, found.n_this), ("last", found.mean_last, found.n_last)):
        book.model(f"{PLACE}/points/{when}", value, n, ())
    book.model(
        f"{PLACE}/points/change",
        found.difference,
        found.n_this,
        (),
        low=found.difference_low,
        high=found.difference_high,
    )


def _monthly(cohort: Cohort, before: Cohort, followed: pd.Series, book: Book) -> None:
    """Write the share followed up, and that of planned endings, month by month over both years."""
    date = _DATES.get(cohort.unit.cohort.rule)
    if date is None:
        return
    episodes = pd.concat([before.episodes, cohort.episodes])
    episodes = episodes[~episodes.index.duplicated(keep="last")]
    months = episodes[date].dropna().dt.to_period("M")
    if not cohort.monthly.empty:  # the same months as those of the numbers: none that the data hold only a part of
        months = months[months <= cohort.monthly.index.max()]
    _share_by_month("followed_up", followed.groupby(level=0).last(), months, book)
    if date == "end" and episodes["ending"].notna().all():
        _share_by_month("planned", episodes["ending"] == "planned", months, book)


def _share_by_month(name: str, flags: pd.Series, months: pd.Series, book: Book) -> None:
    here = flags.index.intersection(months.index)
    by = flags[here].astype(bool).groupby(months[here]).agg(["sum", "size"])
    every = pd.period_range(by.index.min(), by.index.max(), freq="M") if len(by) else by.index
    by = by.reindex(every, fill_value=0)
    found = st.p_chart(by["sum"].to_numpy(), by["size"].to_numpy())
    if found.reason or not 0 < found.centre < 1:
        return
    for month, (_, point) in zip(by.index, found.points.iterrows(), strict=True):
        if point["of"]:
            at = f"{PLACE}/monthly/{name}/{month}"
            book.count(f"{at}/n", int(point["n"]), zero_is_plain=True)
            book.count(f"{at}/of", int(point["of"]), zero_is_plain=True)
            book.model(f"{at}/share", point["share"], int(point["of"]), (), low=point["low"], high=point["high"])
    book.model(f"{PLACE}/monthly/{name}/centre", found.centre, int(by["size"].sum()), ())


# An active cohort holds, of those who began before its years, only those still there: its months are no series.
_DATES = {"ended": "end", "started": "start"}


def _seen(cohort: Cohort, outcome: Outcome) -> _Seen:
    scratch = Book()
    flow.eligible(cohort, scratch)
    return _GOOD[outcome.design](cohort, outcome, scratch)


def _change(cohort: Cohort, outcome: Outcome, scratch: Book) -> _Seen:
    flow.response(cohort, outcome, scratch)
    due = sorted(scratch.people[f"{outcome.key}/due"])
    pairs = cohort.pairs(outcome.measure.id, str(outcome.start), str(outcome.end), outcome.rater, outcome.item).loc[due]
    both = pairs.dropna()
    points = both["post"] - both["pre"]
    gain = points * (1 if outcome.measure.higher_is_better else -1)
    # Without a limit for a certain change every gain counts, measurement error and all, in both years alike.
    better = outcome.criterion.counts(gain) if outcome.criterion else (gain > SAME).to_numpy()
    return _Seen(pairs.notna().all(axis=1), pd.Series(better, index=gain.index), points)


def _levels(cohort: Cohort, outcome: Outcome, scratch: Book) -> _Seen:
    said = cohort.levels(outcome.measure.id, str(outcome.end), outcome.rater, outcome.item)
    outside = [level.code for level in coverage.special(outcome.measure, "not_applicable")]
    known = said.isin([level.code for level in coverage.ordinary(outcome.measure)])
    asked = ~said.isin(outside) & (coverage.status(cohort, outcome) != NOT_DUE)
    good = said.isin([level.code for level in coverage.ordinary(outcome.measure) if level.positive])
    return _Seen(known[asked], good[asked & known])


def _transition(cohort: Cohort, outcome: Outcome, scratch: Book) -> _Seen:
    measure = outcome.measure
    order = {level.code: float(level.order or 0) for level in coverage.ordinary(measure)}
    before, after = (
        cohort.levels(measure.id, str(when), outcome.rater, outcome.item).map(order)
        for when in (outcome.start, outcome.end)
    )
    asked = coverage.status(cohort, outcome) != NOT_DUE
    known = before.notna() & after.notna() & asked
    return _Seen(known[asked], (after.astype(float) > before.astype(float))[known])


def _has_good(outcome: Outcome) -> bool:
    """Whether something about the measure says what is good: a direction, answers in order, or answers called so."""
    levels = outcome.measure.levels
    if outcome.design == "transition":
        return all(level.order is not None for level in coverage.ordinary(outcome.measure))
    return outcome.design in {"change", "sessions"} or any(level.positive for level in levels)


_GOOD: dict[str, Callable[[Cohort, Outcome, Book], _Seen]] = {
    "change": _change,
    "sessions": _change,
    "levels": _levels,
    "target": _levels,
    "transition": _transition,
}


def _months(cohort: Cohort, book: Book) -> None:
    """How many there were each month, and whether that moved otherwise than by chance."""
    months = cohort.monthly
    if months.empty:
        return
    found = st.run_chart(months.to_numpy(dtype=float))
    if found.reason:
        book.code(f"{PLACE}/months/reason", found.reason, declared=True)
        return
    for month, n in months.items():
        book.count(f"{PLACE}/months/{month}", int(n), zero_is_plain=True)
    book.model(f"{PLACE}/months/median", found.median, found.n_points, ())
    signal = "shift" if found.longest_run > _longest_by_chance(found.n_above + found.n_below) else ""
    book.code(f"{PLACE}/months/signal", signal or ("few_runs" if found.runs_signal == "few" else "none"), declared=True)


def _longest_by_chance(points: int) -> int:
    """Longest run on one side of the median that about one series in twenty passes by chance.

    A fixed rule of six would call every third steady series of three years a shift (Anhøj & Olesen 2014, PLoS One
    9:e113825, from memory, not verified).
    """
    return round(math.log2(points) + 3) if points else 0
