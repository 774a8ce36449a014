"""Who is meant and who was measured: the denominators of everything else."""

from __future__ import annotations

from contextlib import nullcontext

import pandas as pd

from isu_analysis.analysis import alikeness, course, coverage
from isu_analysis.analysis.book import LEAST_OF_BREAKDOWN, NOBODY, Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import END_ONLY, NEITHER, NOT_DUE, PAIRED, START_ONLY, Cohort
from isu_analysis.errors import DataError

ALL = "eligible"

Known = tuple[pd.Series, pd.Series]  # of each episode, whether the start and whether the end is known


def eligible(cohort: Cohort, book: Book) -> None:
    """All who are meant, declared volumes, and who they are by background and intervention."""
    if not cohort.eligible:
        raise DataError(
            f"{cohort.unit.name} {cohort.year}: svaren är anonyma och inget antal är uppgivet, så ingen andel går att räkna. "
            "Ange under «volumes» i enhetsfilen hur många som började (what: started), med källa."
        )
    if len(cohort.episodes):
        book.count(ELIGIBLE, len(cohort.episodes), book.group(ALL, cohort.episodes.index))
    else:
        book.count(ELIGIBLE, cohort.eligible, declared=True)
    _people_and_events(cohort, book)
    for what, n in cohort.volumes.items():
        if not book.has(f"flow/{what}"):  # whom it concerns may itself be what is declared
            book.count(f"flow/{what}", n, declared=True)
    with book.internal_only():  # a declared number less the eligible would be what is left out
        left_out = {
            "outside": cohort.outside,
            "ongoing": cohort.ongoing,
            "strays": cohort.strays,
            "undated": cohort.undated,
        }
        for name, n in left_out.items():
            if n:
                book.count(f"flow/{name}", n, zero_is_plain=True)
    if {"started", "completed"} <= set(cohort.volumes):
        book.share("flow/completed_share", "flow/completed", "flow/started")
    _who(cohort, book)
    if len(cohort.episodes):
        course.lasted(cohort, book)
        alikeness.smallest_group(cohort, book)


def _people_and_events(cohort: Cohort, book: Book) -> None:
    """People beside what is counted, where one person is there more than once."""
    persons, counted = cohort.persons, len(cohort.episodes)
    if persons is not None and persons < counted and cohort.episodes["client"].notna().all():
        several = int((cohort.episodes["client"].value_counts() > 1).sum())
        again = book.count("flow/again", counted - persons, persons=several, zero_is_plain=True)
        parts = book.count("flow/persons", persons), again
        book.total(ELIGIBLE, *parts)
    if cohort.events > counted:
        with book.internal_only():  # a few who came back would be what is left over
            book.count("flow/events", cohort.events)


def _who(cohort: Cohort, book: Book) -> None:
    categories = {
        name: column.label
        for source in cohort.unit.sources
        for name, column in source.background.items()
        if column.type == "category"
    }
    named = [name for name in ("intervention", "reason", "ending") if cohort.episodes[name].notna().any()]
    for name in [*categories, *named]:
        values = cohort.episodes[name]
        parts = []
        for level in sorted(values.dropna().unique()):
            parts.append(
                book.tally(f"who/{name}/{level}", values.index[(values == level).fillna(False)], never_zero=True)
            )
            book.share(f"who/{name}/{level}/share", parts[-1], ELIGIBLE)
        parts.append(book.tally(f"who/{name}/", values.index[values.isna()], zero_is_plain=True))
        book.total(ELIGIBLE, *parts)


def response(cohort: Cohort, outcome: Outcome, book: Book, known: Known | None = None) -> None:
    """Paired, start only, end only, neither, not due: all eligible. What is not due is not lost.

    ``known`` says of whom the start and the end are known, where an answer can also be "not known".
    """
    key = outcome.key
    start = outcome.start if outcome.twice else None
    status = cohort.response(outcome.measure.id, start, outcome.end or "", outcome.rater, outcome.any_item)
    if known is not None:
        status = _of_known(status, *known)
    kinds = [(status == name).sum() for name in (START_ONLY, END_ONLY, NEITHER)]
    # Two kinds of a few lost would say that at least two are.
    few = sum(kinds) < LEAST_OF_BREAKDOWN and sum(map(bool, kinds)) > 1
    for name in (PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE):
        with book.internal_only() if few and name in {START_ONLY, END_ONLY, NEITHER} else nullcontext():
            book.tally(f"{key}/{name}", status.index[status == name], zero_is_plain=True)
    lost = [f"{key}/{name}" for name in (START_ONLY, END_ONLY, NEITHER)]
    book.total(book.union(f"{key}/lost", lost, zero_is_plain=True), *lost)
    due = book.tally(f"{key}/due", status.index[status != NOT_DUE])
    book.total(due, f"{key}/{PAIRED}", f"{key}/lost")
    book.total(ELIGIBLE, due, f"{key}/{NOT_DUE}")
    book.share(f"{key}/paired_share", f"{key}/{PAIRED}", due)
    book.share(f"{key}/lost_share", f"{key}/lost", due)
    _not_due_but_started(cohort, outcome, status, known, book)


def _of_known(status: pd.Series, before: pd.Series, after: pd.Series) -> pd.Series:
    """Response status where an answer that says "not known" is no answer."""
    found = status.where(status == NOT_DUE, NEITHER)
    found[before & ~after & (status != NOT_DUE)] = START_ONLY
    found[~before & after] = END_ONLY
    found[before & after] = PAIRED
    return found


def _not_due_but_started(cohort: Cohort, outcome: Outcome, status: pd.Series, known: Known | None, book: Book) -> None:
    """Those measured at the start whose end has not fallen due: a reader can work them out, so the gate must know."""
    if not outcome.twice or outcome.start is None:
        return
    begun = known[0] if known else cohort.measured(outcome.measure.id, outcome.start, outcome.rater, outcome.any_item)
    book.tally(f"{outcome.key}/not_due_started", status.index[begun & (status == NOT_DUE)], zero_is_plain=True)


def reasons(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Why the lost were not measured: at the end, or at the start for those measured at the end only."""
    at = [
        cohort.reasons(outcome.measure.id, str(name), outcome.rater, outcome.any_item)
        for name in (outcome.start, outcome.end)
    ]
    lost = frozenset().union(*(book.people[f"{outcome.key}/{name}"] for name in (START_ONLY, END_ONLY, NEITHER)))
    silent = f"{outcome.key}/lost/silent"  # without those of whom it is said that nobody knows
    missing = silent if book.has(silent) else f"{outcome.key}/lost"
    chosen = book.people.get(missing, lost)
    found = at[1].fillna(at[0])
    coverage.of_reasons(found[found.index.isin(sorted(chosen))].dropna(), missing, outcome, book)


def occasions(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """How many were measured at each declared occasion, and how many were not."""
    for name, declared in cohort.unit.occasions.items():
        if declared.role == "session":
            continue  # those with a first conversation are those with any
        measured = cohort.measured(outcome.measure.id, name, outcome.rater, outcome.any_item)
        loose = len(cohort.unlinked(outcome.measure.id, name, outcome.rater, outcome.any_item))
        seen = int(measured.sum()) + loose
        if not seen:
            continue
        owners = [*measured.index[measured], *[NOBODY] * loose]
        cell = book.tally(f"{outcome.key}/at/{name}", owners, never_zero=True)
        if cohort.eligible >= seen:
            book.share(f"{cell}/share", cell, ELIGIBLE)
            book.total(ELIGIBLE, cell, book.rest(f"{cell}/not", ELIGIBLE, [cell], zero_is_plain=True))
            _not_due_yet(cohort, outcome, name, book)
        if loose and measured.sum():
            parts = book.tally(f"{cell}/linked", measured.index[measured]), book.count(f"{cell}/unlinked", loose)
            book.total(cell, *parts)
    _ends_of_the_pair(outcome, book)


def _not_due_yet(cohort: Cohort, outcome: Outcome, name: str, book: Book) -> None:
    """At a later look, those whose time has not come apart from the missing."""
    if cohort.unit.occasions[name].role != "follow_up" or name in {outcome.start, outcome.end}:
        return
    status = cohort.response(outcome.measure.id, None, name, outcome.rater, outcome.any_item)
    if (status == NOT_DUE).any():
        whole = f"{outcome.key}/at/{name}/not"
        waiting = book.tally(f"{outcome.key}/at/{name}/not_due", status.index[status == NOT_DUE], zero_is_plain=True)
        missing = book.rest(f"{outcome.key}/at/{name}/missing", whole, [waiting], zero_is_plain=True)
        book.total(whole, waiting, missing)


def _ends_of_the_pair(outcome: Outcome, book: Book) -> None:
    """Equations between those measured at start and end and the response statuses."""
    key = outcome.key
    alone = {outcome.start: (START_ONLY, "not_due_started"), outcome.end: (END_ONLY,)}
    for name, others in alone.items():
        at, parts = f"{key}/at/{name}", [f"{key}/{other}" for other in (PAIRED, *others)]
        cell = f"{at}/linked" if book.has(f"{at}/linked") else at
        if book.has(cell) and all(map(book.has, parts)) and book.n(cell) == sum(map(book.n, parts)):
            book.total(cell, *parts)
