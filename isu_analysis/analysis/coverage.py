"""Who an answer on one occasion is asked of, who gave one, why the others did not, and how it came about.

An answer that the measure calls *not applicable* is in no denominator; one it calls *not known* is missing among all.
"""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import NOT_DUE, Cohort
from isu_analysis.errors import DataError
from isu_analysis.measures import Level, Measure

NOT_SAID = "unknown"
_SPECIAL = {"not_applicable", "not_known"}


def ordinary(measure: Measure) -> list[Level]:
    """Answers that say something about the person."""
    return [level for level in measure.levels if level.meaning not in _SPECIAL]


def special(measure: Measure, meaning: str) -> list[Level]:
    """Answers that stand for "does not apply" (``not_applicable``) or "not known" (``not_known``)."""
    return [level for level in measure.levels if level.meaning == meaning]


def declared(book: Book) -> set[str]:
    """Declared counts that an answer can be a share of."""
    return {name for name in ("flow/completed", "flow/started") if book.has(name)}


def refuse_more_than_declared(cohort: Cohort, answers: int, book: Book) -> None:
    """Refuse more answers than people: the declared counts or the files are wrong, and no share would be true."""
    whole = min(book.n(cell) for cell in (ELIGIBLE, *declared(book)))
    if answers > whole:
        raise DataError(
            f"{cohort.unit.name} {cohort.year}: det finns {answers} svar men bara {whole} som började, fullföljde eller "
            "skulle följas upp. Rätta «volumes» i enhetsfilen, eller råfilen."
        )


def denominators(cohort: Cohort, outcome: Outcome, outside: list[str], unknown: list[str], book: Book) -> str:
    """Write who is asked, who answered (a cell already there) and who is missing; give the cell of all who are asked.

    ``outside`` and ``unknown`` are counts of people whose answer does not apply, or is "not known".
    """
    key, answered = outcome.key, f"{outcome.key}/answered"
    whole, left = ELIGIBLE, list(outside)
    waiting = status(cohort, outcome) == NOT_DUE
    if waiting.any():
        left.append(book.tally(f"{key}/not_due", waiting.index[waiting], zero_is_plain=True))
    if left:
        whole = book.rest(f"{key}/due", ELIGIBLE, left)
        book.total(ELIGIBLE, whole, *left)
    missing = book.rest(f"{key}/missing", whole, [answered], zero_is_plain=True)
    book.total(whole, answered, missing)
    if unknown:
        book.total(missing, book.rest(f"{key}/silent", missing, unknown, zero_is_plain=True), *unknown)
    book.share(f"{key}/missing/share", missing, whole)
    book.share(f"{key}/answered/share", answered, whole)
    if "flow/completed" in declared(book):
        _completers(key, answered, book)
    return whole


def status(cohort: Cohort, outcome: Outcome) -> pd.Series:
    """Return whether each is measured, missing, or not yet due."""
    if not len(cohort.episodes):
        return pd.Series(dtype="object")
    return cohort.response(outcome.measure.id, None, str(outcome.end), outcome.rater, outcome.any_item)


def _completers(key: str, answered: str, book: Book) -> None:
    """The loss among those who completed, beside the loss among all who started."""
    lost = book.count(f"{key}/missing_of_completed", book.n("flow/completed") - book.n(answered), zero_is_plain=True)
    book.total("flow/completed", answered, lost)
    book.share(f"{key}/missing_of_completed/share", lost, "flow/completed")
    book.share(f"{key}/answered/of_completed", answered, "flow/completed")


def known(outcome: Outcome, book: Book) -> tuple[str, ...]:
    """Counts of those of whom the result is known: those with an answer, and of some goals those who were placed.

    Whoever was placed has no answer and has still not reached the goal of living at home. The reasons must be counted before.
    """
    answered, placed = f"{outcome.key}/answered", f"{outcome.key}/reason/by/placed"
    return (answered, placed) if outcome.measure.missed_if_placed and book.has(placed) else (answered,)


def reasons(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Why those without an answer have none, where the files say it of anyone."""
    if not len(cohort.episodes):
        return
    found = cohort.reasons(outcome.measure.id, str(outcome.end), outcome.rater, outcome.any_item)
    found = found[status(cohort, outcome) != NOT_DUE].dropna()
    silent = f"{outcome.key}/silent"
    of_reasons(found, silent if book.has(silent) else f"{outcome.key}/missing", outcome, book)


def of_reasons(found: pd.Series, missing: str, outcome: Outcome, book: Book) -> None:
    """Count reasons; the count of those missing is their sum unless some answers belong to nobody in particular."""
    if not (found != NOT_SAID).any():
        return
    parts = [
        book.tally(f"{outcome.key}/reason/by/{reason}", found.index[found == reason], never_zero=True)
        for reason in sorted(found.unique(), key=lambda reason: (reason == NOT_SAID, reason))
    ]
    if book.n(missing) == len(found):
        book.total(missing, *parts)


def modes(outcome: Outcome, answers: pd.DataFrame, book: Book) -> None:
    """Answers by how they came about, where that differs: an interview is not a reading of the file.

    ``answers`` has a row an answer, indexed by whose it is, with columns level and mode; their counts are cells of the
    outcome already.
    """
    found = answers["mode"].dropna()
    if found.nunique() < 2 or len(found) < len(answers):
        return
    codes = [code for code in outcome.measure.codes if (answers["level"] == code).any()]
    place = f"{outcome.key}/mode/by"
    totals: dict[str, list[str]] = {code: [] for code in codes}
    for mode in sorted(found.unique()):
        chosen = answers[answers["mode"] == mode]["level"]
        whole = book.tally(f"{place}/{mode}", chosen.index, never_zero=True)
        parts = [book.tally(f"{place}/{mode}/{code}", chosen.index[chosen == code]) for code in codes]
        book.total(whole, *parts)
        for code, part in zip(codes, parts, strict=True):
            totals[code].append(part)
    for code, parts in totals.items():
        if book.n(f"{outcome.key}/level/{code}") == sum(map(book.n, parts)):
            book.total(f"{outcome.key}/level/{code}", *parts)
