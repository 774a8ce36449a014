"""Five principles of following up results, each judged by a few signs that anybody can check.

The principles are those of Göteborgs Stad's survey of how its social services follow up results (2024). The signs and
the limits are the project's own. One rule makes a judgement of any principle's signs: all of them seen, it is followed;
some, partly followed; none, not followed; and where no sign can be looked for, it cannot be judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import pandas as pd

from isu_analysis.analysis import coverage
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort

# The project's own choices, printed in the appendix of every report.
MOST = 0.8  # "nearly all": of the eligible followed up, of the missing explained, of the measurements in time
HALF = 0.5  # least share measured twice, and least share with both voices
IN_TIME_DAYS = 30  # from the end of the case, where the occasion has no window of its own
FEWEST_STEPS = 3  # answers in order that can tell a little from a lot

OWN_VOICES = {"client", "child", "parent", "family"}
PROFESSIONAL = {"staff", "interviewer"}

PURPOSE, RELATED, COMPARABLE, VOICES, SYSTEMATIC = "purpose", "related", "comparable", "voices", "systematic"
FOLLOWED, PARTLY, NOT_FOLLOWED, CANNOT_JUDGE = "followed", "partly", "not_followed", "cannot_judge"
MET, UNMET, UNSEEN = "met", "unmet", "unseen"


@dataclass(frozen=True)
class Sign:
    """Something that is seen or not; ``met`` is None where it cannot be looked for. ``counts`` are what it rests on."""

    name: str
    met: bool | None
    counts: tuple[str, ...] = ()


def judge(cohort: Cohort, primary: Outcome, outcomes: Iterable[Outcome], book: Book) -> None:
    """Write every principle's signs and its judgement, each hidden with the counts it rests on."""
    for name, find in _SIGNS.items():
        signs = list(find(cohort, primary, tuple(outcomes), book))
        for sign in signs:
            book.code(f"principle/{name}/{sign.name}", _state(sign.met), sign.counts, declared=not sign.counts)
        counts = dict.fromkeys(count for sign in signs for count in sign.counts)
        book.code(f"principle/{name}", judgement([sign.met for sign in signs]), tuple(counts), declared=not counts)


def judgement(signs: Iterable[bool | None]) -> str:
    """The one rule: all signs seen, some, none, or none that could be looked for."""
    judged = [met for met in signs if met is not None]
    if not judged:
        return CANNOT_JUDGE
    return FOLLOWED if all(judged) else PARTLY if any(judged) else NOT_FOLLOWED


def _state(met: bool | None) -> str:
    return UNSEEN if met is None else MET if met else UNMET


def _purpose(cohort: Cohort, primary: Outcome, outcomes: tuple[Outcome, ...], book: Book) -> Iterator[Sign]:
    unit = cohort.unit
    for name in ("purpose", "target_group", "intervention"):
        yield Sign(name, bool(getattr(unit, name).strip()))


def _related(cohort: Cohort, primary: Outcome, outcomes: tuple[Outcome, ...], book: Book) -> Iterator[Sign]:
    """What is wanted, of what problem, decided before the year; and whether it is known why people came."""
    unit = cohort.unit
    yield Sign("outcome", bool(unit.desired_outcome.strip()))
    yield Sign("problem", bool(unit.problem.strip()))
    yield Sign("declared", unit.primary.declared < dt.date(cohort.year, 1, 1))
    unknown = "who/reason/"
    if not book.has(unknown):
        yield Sign("reason", False)
        return
    known = "principle/reason_known"
    with book.of_enough(book.n(unknown)) if book.n(unknown) else nullcontext():
        book.total(ELIGIBLE, book.rest(known, ELIGIBLE, [unknown]), unknown)
        book.share(f"{known}/share", known, ELIGIBLE)
    yield _at_least(MOST, "reason", known, ELIGIBLE, book)


def _comparable(cohort: Cohort, primary: Outcome, outcomes: tuple[Outcome, ...], book: Book) -> Iterator[Sign]:
    """Degrees rather than yes and no; the same person twice; the same main measure as the year before."""
    yield Sign("degree", _has_degrees(primary))
    paired, due = f"{primary.key}/paired", f"{primary.key}/due"
    yield _at_least(HALF, "twice", paired, due, book) if book.has(paired) else Sign("twice", False)
    yield Sign("years", cohort.unit.primary.declared < dt.date(cohort.year - 1, 1, 1))


def _has_degrees(outcome: Outcome) -> bool:
    measure = outcome.measure
    if measure.kind == "scale":
        return True
    levels = coverage.ordinary(measure)
    ordered = measure.kind == "need" or all(level.order is not None for level in levels)
    return ordered and len(levels) >= FEWEST_STEPS


def _voices(cohort: Cohort, primary: Outcome, outcomes: tuple[Outcome, ...], book: Book) -> Iterator[Sign]:
    """The person's own answers and the staff's judgement of results, and of how many there are both."""
    results = [outcome for outcome in outcomes if outcome.design != "process"]
    own, staff = ([outcome for outcome in results if outcome.rater in voices] for voices in (OWN_VOICES, PROFESSIONAL))
    yield Sign("own", bool(own))
    yield Sign("professional", bool(staff))
    if not (own and staff and cohort.pairable):  # anonymous answers of one person cannot be put together
        yield Sign("both", False)
        return
    heard = _answered(cohort, own) & _answered(cohort, staff)
    with book.breakdown():
        both = book.tally("principle/both", heard.index[heard])
        book.total(ELIGIBLE, both, book.tally(f"{both}/not", heard.index[~heard], zero_is_plain=True))
        book.share(f"{both}/share", both, ELIGIBLE)
    yield _at_least(HALF, "both", both, ELIGIBLE, book)


def _answered(cohort: Cohort, outcomes: Iterable[Outcome]) -> pd.Series:
    """Whether each episode has an answer of any of the outcomes at the end, or where none is asked then, at the start."""
    found = pd.Series(False, index=cohort.episodes.index)
    for outcome in outcomes:
        occasion = str(outcome.end or outcome.start)
        found |= cohort.measured(outcome.measure.id, occasion, outcome.rater, outcome.any_item)
    return found


def _systematic(cohort: Cohort, primary: Outcome, outcomes: tuple[Outcome, ...], book: Book) -> Iterator[Sign]:
    """Nearly all are followed up; it is known why the others are not; and it is done in time."""
    key = primary.key
    measured = next(
        (cell for cell in (f"{key}/answered", f"{key}/paired", f"{key}/at/{primary.end}") if book.has(cell)), ""
    )
    whole = f"{key}/due" if book.has(f"{key}/due") else ELIGIBLE
    yield _at_least(MOST, "followed", measured, whole, book) if measured else Sign("followed", None)
    yield _reasons_stated(key, book)
    yield _in_time(cohort, primary, book)


def _reasons_stated(key: str, book: Book) -> Sign:
    """Whether it is known of nearly all the missing why they are missing."""
    missing = next(
        (cell for cell in (f"{key}/silent", f"{key}/missing", f"{key}/lost/silent", f"{key}/lost") if book.has(cell)),
        "",
    )
    if not missing:
        return Sign("reasons", None)
    if book.n(missing) == 0:
        return Sign("reasons", True, (missing,))
    said = [name for name in book.within(f"{key}/reason/by/") if not name.endswith(f"/{coverage.NOT_SAID}")]
    if not said:
        return Sign("reasons", False)
    stated = "principle/stated"
    with book.breakdown():
        book.union(stated, said)
        book.total(stated, *said)
        book.total(missing, stated, book.rest(f"{stated}/not", missing, [stated], zero_is_plain=True))
        book.share(f"{stated}/share", stated, missing)
    return _at_least(MOST, "reasons", stated, missing, book)


def _in_time(cohort: Cohort, primary: Outcome, book: Book) -> Sign:
    """Whether nearly all who were measured at the end were so in time, where the days are known."""
    late = days_late(cohort, primary)
    paired = book.people.get(f"{primary.key}/paired")
    if late is not None and paired is not None:  # the few who were measured at the end only are lost, here as elsewhere
        late = late[late.index.isin(sorted(paired))]
    if late is None or late.empty:
        return Sign("in_time", None)
    with book.breakdown():
        dated = book.tally("principle/dated", late.index)
        parts = [book.tally("principle/in_time", late.index[~late]),
                 book.tally("principle/in_time/not", late.index[late], zero_is_plain=True)]  # fmt: skip
        book.total(dated, *parts)
        book.share("principle/in_time/share", parts[0], dated)
    return _at_least(MOST, "in_time", parts[0], dated, book)


def days_late(cohort: Cohort, primary: Outcome) -> pd.Series | None:
    """Whether each dated measurement at the end came outside its window, or too far from the end of the case.

    None where neither a window nor an end of the case tells when it should have been.
    """
    if primary.end is None or not len(cohort.episodes):
        return None
    declared = cohort.unit.occasions[primary.end]
    rows = cohort.measurements
    rows = rows[
        (rows["measure"] == primary.measure.id) & (rows["rater"] == primary.rater) & (rows["occasion"] == primary.end)
    ]
    rows = rows[rows["episode"].isin(cohort.episodes.index) & rows["missing_reason"].isna() & rows["day"].notna()]
    days = rows.groupby("episode")["day"].max()
    if declared.window:
        after = (days - cohort.episodes["start"].reindex(days.index)).dt.days.dropna()
        return ~after.between(*declared.window)
    if declared.role != "end":
        return None
    apart = (days - cohort.episodes["end"].reindex(days.index)).dt.days.dropna().abs()
    return apart > IN_TIME_DAYS


def _at_least(least: float, name: str, part: str, whole: str, book: Book) -> Sign:
    """Whether a count is at least so great a share of another; of nobody there is nothing to see."""
    of = book.n(whole)
    return Sign(name, book.n(part) >= least * of if of else None, (part, whole))


_SIGNS: dict[str, Callable[[Cohort, Outcome, tuple[Outcome, ...], Book], Iterator[Sign]]] = {
    PURPOSE: _purpose,
    RELATED: _related,
    COMPARABLE: _comparable,
    VOICES: _voices,
    SYSTEMATIC: _systematic,
}
PRINCIPLES = tuple(_SIGNS)
