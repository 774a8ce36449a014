"""Compute: a cohort becomes `Results`, each outcome by the module of its design."""

from __future__ import annotations

from isu_analysis import statistics as st
from isu_analysis.analysis import change, cross_sections, flow, levels, transition
from isu_analysis.analysis.results import ELIGIBLE, Book, Cell, Context, Outcome, Results, Sum
from isu_analysis.cohorts import Cohort
from isu_analysis.measures import Measure
from isu_analysis.settings import Unit

__all__ = ["ELIGIBLE", "Cell", "Context", "Outcome", "Results", "Sum", "analyse"]

_BY_DESIGN = {
    "change": change.analyse,
    "cross_sections": cross_sections.analyse,
    "levels": levels.analyse,
    "transition": transition.analyse,
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
    """
    outcomes = _outcomes(cohort)
    primary = _primary(cohort.unit, outcomes)
    book = Book()
    flow.eligible(cohort, book)
    for outcome in outcomes:
        _BY_DESIGN[outcome.design](cohort, outcome, book)
    _bears_a_result(cohort, primary, book)
    files = tuple(cohort.about.get("files", []))
    return book.close(Context(cohort.unit, cohort.year, cohort.as_of, outcomes, primary.key, files))


def _outcomes(cohort: Cohort) -> tuple[Outcome, ...]:
    """Each measure, rater and item that the unit's files hold, the primary one first."""
    unit = cohort.unit
    found = dict.fromkeys(
        (column.measure, column.rater, column.item) for source in unit.sources for column in source.measurements
    )
    made = [_outcome(cohort, unit.measure(name), rater, item) for name, rater, item in found]
    main = (unit.primary.measure, unit.primary.rater, unit.primary.item)
    shown = [outcome for outcome in made if outcome.measure.kind != "interview" and _was_measured(outcome, main)]
    return tuple(sorted(shown, key=lambda outcome: (outcome.measure.id, outcome.rater, outcome.item) != main))


def _was_measured(outcome: Outcome, main: tuple[str, str, str]) -> bool:
    """Whether there is an end to speak of; the primary outcome is always there, if only to say that it is missing."""
    is_main = (outcome.measure.id, outcome.rater, outcome.item) == main
    return is_main or outcome.end is not None or (outcome.measure.kind == "scale" and outcome.start is not None)


def _outcome(cohort: Cohort, measure: Measure, rater: str, item: str) -> Outcome:
    start, end = _occasion_pair(cohort, measure, rater, item)
    criterion, why = _criterion(measure)
    return Outcome(measure, rater, item, _design(cohort, measure, start, end), start, end, criterion, why)


def _occasion_pair(cohort: Cohort, measure: Measure, rater: str, item: str) -> tuple[str | None, str | None]:
    """The primary pair as declared; for other measures the declared start and end where anyone was measured."""
    unit = cohort.unit
    is_primary = (measure.id, rater, item) == (unit.primary.measure, unit.primary.rater, unit.primary.item)
    start = unit.primary.start if is_primary else unit.occasion_with("start")
    end = unit.primary.end if is_primary else unit.occasion_with("end")
    rows = cohort.measurements[(cohort.measurements["measure"] == measure.id) & (cohort.measurements["rater"] == rater)]
    seen = set(rows["occasion"].dropna())
    return (start if start in seen or is_primary else None), (end if end in seen or is_primary else None)


def _design(cohort: Cohort, measure: Measure, start: str | None, end: str | None) -> str:
    twice = start is not None and end is not None
    if measure.kind == "scale":
        return "change" if twice and cohort.pairable else "cross_sections"
    return "transition" if measure.kind == "state" and twice and len(cohort.episodes) else "levels"


def _criterion(measure: Measure) -> tuple[st.Criterion | None, str]:
    """The smallest change that counts for one person, or why there is none."""
    if measure.kind != "scale":
        return None, "not_a_scale"
    if measure.threshold is not None:
        fact = measure.change_reliability
        known = {"sd": fact.sd, "reliability": fact.value, "reliability_type": fact.type} if fact else {}
        return st.published_criterion(measure.threshold.value, measure.threshold.source, **known), ""  # type: ignore[arg-type]
    fact = measure.change_reliability
    if fact is None or fact.sd is None:
        return None, "no_single_source"
    return st.jacobson_truax_criterion(
        fact.sd, fact.value, sd_source=fact.source, reliability_source=fact.source, reliability_type=fact.type
    ), ""  # fmt: skip


def _primary(unit: Unit, outcomes: tuple[Outcome, ...]) -> Outcome:
    main = (unit.primary.measure, unit.primary.rater, unit.primary.item)
    return next(outcome for outcome in outcomes if (outcome.measure.id, outcome.rater, outcome.item) == main)


def _bears_a_result(cohort: Cohort, primary: Outcome, book: Book) -> None:
    """Whether the primary outcome was measured on enough of the eligible for a unit-level result."""
    limits, key = cohort.unit.limits, primary.key
    if primary.design == "cross_sections":
        book.code("result", "unpaired")
        return
    measured = f"{key}/answered" if primary.design == "levels" else f"{key}/paired"
    n, of = book.n(measured), book.n(ELIGIBLE if primary.design == "levels" else f"{key}/due")
    if n < limits.pairs:
        book.code("result", "too_few")
    elif n < limits.coverage * of:
        book.code("result", "low_coverage")
    else:
        book.code("result", "given")
