"""Two raters of the same people on the same occasion, side by side and never averaged. For the unit's own eyes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from isu_analysis import statistics as st
from isu_analysis.analysis import coverage
from isu_analysis.analysis.book import Book
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort

PLACE = "raters"
_ONE_ANSWER = {"levels", "target"}
LEAST = 10  # people rated by both; fewer say nothing about agreement (the project's own choice)


def place(first: Outcome, second: Outcome) -> str:
    """Prefix of the cells of two raters."""
    return f"{PLACE}/{first.key}/{second.rater}"


def pairs_of(outcomes: Sequence[Outcome]) -> Iterator[tuple[Outcome, Outcome]]:
    """Outcomes that are one measure on one occasion by two raters."""
    for first, second in combinations(outcomes, 2):
        same = all(getattr(first, name) == getattr(second, name) for name in ("item", "design", "start", "end", "at"))
        if same and first.measure.id == second.measure.id and first.rater != second.rater:
            yield first, second


def analyse(cohort: Cohort, outcomes: Sequence[Outcome], book: Book) -> None:
    """Write how two raters agree, and whether one of them is systematically higher."""
    if not len(cohort.episodes):
        return
    with book.internal_only():
        for first, second in pairs_of(outcomes):
            if first.design in _ONE_ANSWER:
                _levels(cohort, first, second, book)
            elif first.design == "change":
                _points(cohort, first, second, book)


def _levels(cohort: Cohort, first: Outcome, second: Outcome, book: Book) -> None:
    levels = coverage.ordinary(first.measure)
    if len(levels) < 2:
        return
    codes = [level.code for level in sorted(levels, key=lambda level: level.order or 0)]
    ordered = len(codes) > 1 and len({level.order for level in levels} - {None}) == len(codes)
    said = [
        values.where(values.isin(codes))
        for values in (cohort.levels(one.measure.id, str(one.end), one.rater, one.item) for one in (first, second))
    ]
    found = st.level_agreement(said[0], said[1], codes, ordered=ordered)
    at = place(first, second)
    _who(at, found.n_both, found.n_first_only, found.n_second_only, book)
    if found.n_both < LEAST:
        return
    same = book.count(f"{at}/same", found.same, zero_is_plain=True)
    book.share(f"{at}/same/share", same, f"{at}/both")
    if found.first_higher is not None and found.first_lower is not None:
        book.count(f"{at}/first_higher", found.first_higher, zero_is_plain=True)
        book.count(f"{at}/first_lower", found.first_lower, zero_is_plain=True)
        book.model(f"{at}/net", found.net, found.n_both, (), low=found.net_low, high=found.net_high)
    if not found.kappa_reason:
        book.model(f"{at}/kappa", found.kappa, found.n_both, (), low=found.kappa_low, high=found.kappa_high)


def _points(cohort: Cohort, first: Outcome, second: Outcome, book: Book) -> None:
    ends = [cohort.values(one.measure.id, str(one.end), one.rater, one.item) for one in (first, second)]
    found = st.rater_agreement(ends[0], ends[1])
    at = place(first, second)
    _who(at, found.n_both, found.n_first_only, found.n_second_only, book)
    if found.n_both < LEAST or found.reason:
        return
    book.model(
        f"{at}/difference", found.difference, found.n_both, (), low=found.difference_low, high=found.difference_high
    )
    book.model(f"{at}/agreement", found.agreement, found.n_both, (), low=found.agreement_low, high=found.agreement_high)


def _who(at: str, both: int, first_only: int, second_only: int, book: Book) -> None:
    for name, n in (("both", both), ("first_only", first_only), ("second_only", second_only)):
        book.count(f"{at}/{name}", n, zero_is_plain=True)
