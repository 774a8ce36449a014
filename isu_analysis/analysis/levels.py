"""Named answers on one occasion: closing reasons, staff judgements, statements after the end, targets."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis import flow, loss
from isu_analysis.analysis.results import ELIGIBLE, Book, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.errors import DataError


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Every answer with its share of all who are meant; missing is an answer's equal."""
    answers = _answers(cohort, outcome)
    key = outcome.key
    _refuse_more_than_declared(cohort, len(answers), book)
    answered = book.count(f"{key}/answered", len(answers))
    parts = []
    for level in outcome.measure.levels:
        parts.append(book.count(f"{key}/level/{level.code}", int((answers == level.code).sum())))
    book.total(answered, *parts)
    missing = book.count(f"{key}/missing", book.n(ELIGIBLE) - len(answers), zero_is_plain=True)
    book.total(ELIGIBLE, answered, missing)
    book.share(f"{key}/missing/share", missing, ELIGIBLE)
    book.share(f"{key}/answered/share", answered, ELIGIBLE)
    if "flow/completed" in _declared(book):
        _completers(key, answered, book)
    _positive(cohort, outcome, parts, book)
    for part in parts:
        book.share(f"{part}/share", part, answered)
        book.share(f"{part}/of_all", part, ELIGIBLE)


def _refuse_more_than_declared(cohort: Cohort, answers: int, book: Book) -> None:
    """Refuse more answers than people: the declared counts or the files are wrong, and no share would be true."""
    whole = min(book.n(cell) for cell in (ELIGIBLE, *_declared(book)))
    if answers > whole:
        raise DataError(
            f"{cohort.unit.name} {cohort.year}: det finns {answers} svar men bara {whole} som började, fullföljde eller "
            "skulle följas upp. Rätta «volumes» i enhetsfilen, eller råfilen."
        )


def _answers(cohort: Cohort, outcome: Outcome) -> pd.Series:
    end = str(outcome.end)
    linked = cohort.levels(outcome.measure.id, end, outcome.rater, outcome.item).dropna()
    loose = cohort.unlinked(outcome.measure.id, end, outcome.rater, outcome.item)["level"]
    return pd.concat([linked, loose]).dropna()


def _declared(book: Book) -> set[str]:
    return {name for name in ("flow/completed", "flow/started") if book.has(name)}


def _completers(key: str, answered: str, book: Book) -> None:
    """The loss among those who completed, beside the loss among all who started."""
    lost = book.count(f"{key}/missing_of_completed", book.n("flow/completed") - book.n(answered), zero_is_plain=True)
    book.total("flow/completed", answered, lost)
    book.share(f"{key}/missing_of_completed/share", lost, "flow/completed")
    book.share(f"{key}/answered/of_completed", answered, "flow/completed")


def _positive(cohort: Cohort, outcome: Outcome, parts: list[str], book: Book) -> None:
    """The answers the unit calls positive, as it usually counts them and of all who are meant."""
    key, measure = outcome.key, outcome.measure
    chosen = [f"{key}/level/{level.code}" for level in measure.levels if level.positive]
    if not chosen:
        return
    positive = book.count(f"{key}/positive", sum(book.n(cell) for cell in chosen))
    book.total(positive, *chosen)
    book.share(f"{key}/positive/share", positive, f"{key}/answered")
    book.share(f"{key}/positive/of_all", positive, ELIGIBLE)
    outside = [f"{key}/level/{code}" for code in cohort.unit.counting_outside if code in measure.codes]
    if outside:
        usual = book.count(f"{key}/usual", book.n(f"{key}/answered") - sum(book.n(cell) for cell in outside))
        book.total(f"{key}/answered", usual, *outside)
        book.share(f"{key}/positive/usual", positive, usual)
    loss.of_share(positive, f"{key}/answered", ELIGIBLE, f"{key}/positive", book)


def describe_lost(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Who answered and who did not, where every eligible person is a row."""
    if len(cohort.episodes):
        flow.response(cohort, outcome, book)
