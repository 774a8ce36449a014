"""Compute: a cohort becomes `Results`, each outcome by the module of its design."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from isu_analysis.analysis import (
    answers,
    by_intervention,
    case_mix,
    change,
    cross_sections,
    flow,
    goals,
    interviews,
    levels,
    needs,
    norms,
    over_time,
    planning,
    principles,
    process,
    raters,
    sessions,
    subgroups,
    target,
    transition,
)
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.designs import outcomes_of, primary_of
from isu_analysis.analysis.results import ELIGIBLE, Cell, Context, Outcome, Results, Sum
from isu_analysis.cohorts import Cohort

__all__ = ["ELIGIBLE", "Cell", "Context", "Outcome", "Results", "Sum", "analyse"]

_BY_DESIGN: dict[str, Callable[[Cohort, Outcome, Book], None]] = {
    "change": change.analyse,
    "sessions": sessions.analyse,
    "process": process.analyse,
    "cross_sections": cross_sections.analyse,
    "levels": levels.analyse,
    "target": target.analyse,
    "answers": answers.analyse,
    "goals": goals.analyse,
    "transition": transition.analyse,
    "needs": needs.analyse,
    "interviews": interviews.analyse,
}


def analyse(cohort: Cohort) -> Results:
    """Compute everything that a report of the cohort may need.

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    Results
        Full precision, unprotected: only `protect` makes it showable.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
    >>> change = results.cell("core_om:client/change")
    >>> round(change.value, 1), round(change.low, 1), round(change.high, 1), change.n
    (-6.6, -8.6, -4.7, 51)
    """
    outcomes = outcomes_of(cohort)
    primary = primary_of(cohort.unit, outcomes)
    book = Book(cohort.episodes["client"].dropna().to_dict() if len(cohort.episodes) else {})
    flow.eligible(cohort, book)
    for outcome in outcomes:
        _BY_DESIGN[outcome.design](cohort, outcome, book)
    by_intervention.analyse(cohort, primary, book)
    _bears_a_result(cohort, primary, book)
    principles.judge(cohort, primary, outcomes, book)
    over_time.analyse(cohort, primary, book)
    planning.analyse(primary, book)
    raters.analyse(cohort, outcomes, book)
    norms.analyse(cohort, outcomes, book)
    case_mix.analyse(cohort, outcomes, book)
    subgroups.analyse(cohort, primary, book)
    about = cohort.about
    context = Context(
        cohort.unit,
        cohort.year,
        cohort.as_of,
        outcomes,
        primary.key,
        tuple(about.get("files", [])),
        tuple(about.get("warnings", [])),
        cohort.through,
    )
    return book.close(context)


def _bears_a_result(cohort: Cohort, primary: Outcome, book: Book) -> None:
    """Whether the primary outcome was measured on enough of the eligible for a unit-level result.

    The word itself is shown in every report, so what it says of the counts is stated beside it.
    """
    limits, key = cohort.unit.limits, primary.key
    measured = f"{key}/answered" if primary.once else f"{key}/paired"
    if not book.has(measured):
        book.code("result", "unpaired", declared=True)
        return
    whole = f"{key}/due" if book.has(f"{key}/due") else ELIGIBLE
    n, of = book.n(measured), book.n(whole)
    least = Fraction(limits.coverage).limit_denominator(1000)
    if n < limits.pairs:
        book.code("result", "too_few", declared=True)
        book.says(1 - limits.pairs, (measured, -1))
        return
    book.says(limits.pairs, (measured, 1))
    if n < least * of:
        book.code("result", "low_coverage", declared=True)
        book.says(1, (whole, least.numerator), (measured, -least.denominator))
    else:
        book.code("result", "given", declared=True)
        book.says(0, (measured, least.denominator), (whole, -least.numerator))
