"""Who is meant and who was measured: the denominators of everything else."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Book, Outcome
from isu_analysis.cohorts import END_ONLY, NEITHER, NOT_DUE, PAIRED, START_ONLY, Cohort

ALL = "eligible"


def eligible(cohort: Cohort, book: Book) -> None:
    """All who are meant, declared volumes, and who they are by background and intervention."""
    if len(cohort.episodes):
        book.count(ELIGIBLE, len(cohort.episodes), book.group(ALL, cohort.episodes.index))
    else:
        book.count(ELIGIBLE, cohort.eligible, declared=True)
    for what, n in cohort.volumes.items():
        book.count(f"flow/{what}", n, declared=True)
    if cohort.outside:
        book.count("flow/outside", cohort.outside, zero_is_plain=True)
    if {"started", "completed"} <= set(cohort.volumes):
        book.share("flow/completed_share", "flow/completed", "flow/started")
    _who(cohort, book)


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
            parts.append(book.count(f"who/{name}/{level}", int((values == level).sum())))
            book.share(f"who/{name}/{level}/share", parts[-1], ELIGIBLE)
        parts.append(book.count(f"who/{name}/", int(values.isna().sum()), zero_is_plain=True))
        book.total(ELIGIBLE, *parts)


def response(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Paired, start only, end only, neither, not due - of all eligible."""
    start = outcome.start if outcome.design in {"change", "transition"} else None
    status = cohort.response(outcome.measure.id, start, outcome.end or "", outcome.rater, outcome.item)
    for name in (PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE):
        people = book.group(f"{outcome.key}/{name}", status.index[status == name])
        book.count(f"{outcome.key}/{name}", int((status == name).sum()), people, zero_is_plain=name != PAIRED)
    parts = [f"{outcome.key}/{name}" for name in (PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE)]
    book.total(ELIGIBLE, *parts)
    book.share(f"{outcome.key}/paired_share", f"{outcome.key}/{PAIRED}", ELIGIBLE)
    lost = book.count(f"{outcome.key}/lost", len(status) - int((status == PAIRED).sum()), zero_is_plain=True)
    book.total(ELIGIBLE, f"{outcome.key}/{PAIRED}", lost)
    book.share(f"{outcome.key}/lost_share", lost, ELIGIBLE)


def occasions(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """How many were measured at each declared occasion, and how many were not."""
    for name in cohort.unit.occasions:
        measured = cohort.measured(outcome.measure.id, name, outcome.rater, outcome.item)
        loose = len(cohort.unlinked(outcome.measure.id, name, outcome.rater, outcome.item))
        seen = int(measured.sum()) + loose
        if not seen:
            continue
        people = book.group(f"{outcome.key}/at/{name}", measured.index[measured]) if not loose else ""
        cell = book.count(f"{outcome.key}/at/{name}", seen, people)
        if cohort.eligible >= seen:
            book.share(f"{cell}/share", cell, ELIGIBLE)
            book.total(ELIGIBLE, cell, book.count(f"{cell}/not", cohort.eligible - seen, zero_is_plain=True))
        if loose and measured.sum():
            parts = book.count(f"{cell}/linked", int(measured.sum())), book.count(f"{cell}/unlinked", loose)
            book.total(cell, *parts)
    _ends_of_the_pair(outcome, book)


def _ends_of_the_pair(outcome: Outcome, book: Book) -> None:
    """Equations between those measured at start and end and the response statuses, where all are due and linked."""
    key = outcome.key
    if not book.has(f"{key}/{NOT_DUE}") or book.n(f"{key}/{NOT_DUE}"):
        return
    for name, alone in ((outcome.start, START_ONLY), (outcome.end, END_ONLY)):
        cell = f"{key}/at/{name}"
        if book.has(cell) and not book.has(f"{cell}/unlinked"):
            book.total(cell, f"{key}/{PAIRED}", f"{key}/{alone}")
