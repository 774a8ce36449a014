"""Who is meant and who was measured: the denominators of everything else."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis import coverage
from isu_analysis.analysis.results import ELIGIBLE, Book, Outcome
from isu_analysis.cohorts import END_ONLY, NEITHER, NOT_DUE, PAIRED, START_ONLY, Cohort
from isu_analysis.errors import DataError

ALL = "eligible"


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
        book.count(f"flow/{what}", n, declared=True)
    if cohort.outside:
        book.count("flow/outside", cohort.outside, zero_is_plain=True)
    if cohort.ongoing:
        book.count("flow/ongoing", cohort.ongoing, zero_is_plain=True)
    if cohort.strays:
        book.count("flow/strays", cohort.strays, zero_is_plain=True)
    if {"started", "completed"} <= set(cohort.volumes):
        book.share("flow/completed_share", "flow/completed", "flow/started")
    _who(cohort, book)


def _people_and_events(cohort: Cohort, book: Book) -> None:
    """People beside what is counted, where one person is there more than once."""
    persons, counted = cohort.persons, len(cohort.episodes)
    if persons is not None and persons < counted and cohort.episodes["client"].notna().all():
        parts = book.count("flow/persons", persons), book.count("flow/again", counted - persons, zero_is_plain=True)
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
            parts.append(book.count(f"who/{name}/{level}", int((values == level).sum()), never_zero=True))
            book.share(f"who/{name}/{level}/share", parts[-1], ELIGIBLE)
        parts.append(book.count(f"who/{name}/", int(values.isna().sum()), zero_is_plain=True))
        book.total(ELIGIBLE, *parts)


def response(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Paired, start only, end only, neither, not due: all eligible. What is not due is not lost."""
    key = outcome.key
    start = outcome.start if outcome.twice else None
    status = cohort.response(outcome.measure.id, start, outcome.end or "", outcome.rater, outcome.any_item)
    for name in (PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE):
        people = book.group(f"{key}/{name}", status.index[status == name])
        book.count(f"{key}/{name}", int((status == name).sum()), people, zero_is_plain=name != PAIRED)
    lost = [f"{key}/{name}" for name in (START_ONLY, END_ONLY, NEITHER)]
    book.total(book.count(f"{key}/lost", sum(map(book.n, lost)), zero_is_plain=True), *lost)
    due = book.count(
        f"{key}/due",
        len(status) - book.n(f"{key}/{NOT_DUE}"),
        book.group(f"{key}/due", status.index[status != NOT_DUE]),
    )
    book.total(due, f"{key}/{PAIRED}", f"{key}/lost")
    book.total(ELIGIBLE, due, f"{key}/{NOT_DUE}")
    book.share(f"{key}/paired_share", f"{key}/{PAIRED}", due)
    book.share(f"{key}/lost_share", f"{key}/lost", due)
    _not_due_but_started(cohort, outcome, status, start, book)


def _not_due_but_started(cohort: Cohort, outcome: Outcome, status: pd.Series, start: str | None, book: Book) -> None:
    """Those measured at the start whose end has not fallen due: a reader can work them out, so the gate must know."""
    if start is None:
        return
    begun = cohort.measured(outcome.measure.id, start, outcome.rater, outcome.any_item)
    name = f"{outcome.key}/not_due_started"
    book.count(name, int((begun & (status == NOT_DUE)).sum()), zero_is_plain=True)


def reasons(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Why the lost were not measured: at the end, or at the start for those measured at the end only."""
    at = [
        cohort.reasons(outcome.measure.id, str(name), outcome.rater, outcome.any_item)
        for name in (outcome.start, outcome.end)
    ]
    lost = frozenset().union(*(book.people[f"{outcome.key}/{name}"] for name in (START_ONLY, END_ONLY, NEITHER)))
    found = at[1].fillna(at[0])
    coverage.of_reasons(found[found.index.isin(sorted(lost))], f"{outcome.key}/lost", outcome, book)


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
        people = book.group(f"{outcome.key}/at/{name}", measured.index[measured]) if not loose else ""
        cell = book.count(f"{outcome.key}/at/{name}", seen, people, never_zero=True)
        if cohort.eligible >= seen:
            book.share(f"{cell}/share", cell, ELIGIBLE)
            book.total(ELIGIBLE, cell, book.count(f"{cell}/not", cohort.eligible - seen, zero_is_plain=True))
        if loose and measured.sum():
            parts = book.count(f"{cell}/linked", int(measured.sum())), book.count(f"{cell}/unlinked", loose)
            book.total(cell, *parts)
    _ends_of_the_pair(outcome, book)


def _ends_of_the_pair(outcome: Outcome, book: Book) -> None:
    """Equations between those measured at start and end and the response statuses."""
    key = outcome.key
    alone = {outcome.start: (START_ONLY, "not_due_started"), outcome.end: (END_ONLY,)}
    for name, others in alone.items():
        cell, parts = f"{key}/at/{name}", [f"{key}/{other}" for other in (PAIRED, *others)]
        if book.has(cell) and not book.has(f"{cell}/unlinked") and all(map(book.has, parts)):
            book.total(cell, *parts)
