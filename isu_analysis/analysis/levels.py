"""Named answers on one occasion: closing reasons, staff judgements, statements after the end, states."""

from __future__ import annotations

import pandas as pd

from isu_analysis.analysis import coverage, loss, targets
from isu_analysis.analysis.book import NOBODY, Book
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.settings import Subgroup


def analyse(cohort: Cohort, outcome: Outcome, book: Book) -> None:
    """Every answer with its share of all who are asked; missing is an answer's equal."""
    answers, key, measure = _answers(cohort, outcome), outcome.key, outcome.measure
    coverage.refuse_more_than_declared(cohort, len(answers), book)
    cells = {code: f"{key}/level/{code}" for code in measure.codes}
    said = [level.code for level in coverage.ordinary(measure)]
    parts = [cells[code] for code in said]
    answered = book.tally(f"{key}/answered", answers.index[answers["level"].isin(said)], zero_is_plain=True)
    for code, cell in cells.items():
        plain = code not in said  # that nobody is unknown, or outside, tells as little as that nobody is missing
        book.tally(cell, answers.index[answers["level"] == code], zero_is_plain=plain)
    book.total(answered, *parts)
    outside, unknown = (
        [cells[level.code] for level in coverage.special(measure, meaning)]
        for meaning in ("not_applicable", "not_known")
    )
    whole = coverage.denominators(cohort, outcome, outside, unknown, book)
    coverage.reasons(cohort, outcome, book)
    _positive(cohort, outcome, whole, book)
    for part in parts:
        book.share(f"{part}/share", part, answered)
    for part in (*parts, *unknown):
        book.share(f"{part}/of_all", part, whole)
    targets.declared(cohort.unit, outcome, whole, book)
    coverage.modes(outcome, answers, book)
    for subgroup in cohort.unit.subgroups if len(cohort.episodes) else ():
        with book.breakdown():
            _by_group(cohort, outcome, answers, subgroup, book)


def _answers(cohort: Cohort, outcome: Outcome) -> pd.DataFrame:
    """A row an answer: level and mode; indexed by episode, or by nothing where the answer is nobody's."""
    series = (outcome.measure.id, str(outcome.end), outcome.rater, outcome.item)
    linked = pd.DataFrame({"level": cohort.levels(*series), "mode": cohort.modes(*series)})
    loose = cohort.unlinked(*series)[["level", "mode"]]
    return pd.concat([linked, loose.set_axis([NOBODY] * len(loose))]).dropna(subset=["level"])


def _positive(cohort: Cohort, outcome: Outcome, whole: str, book: Book) -> None:
    """The answers the unit calls positive, as it usually counts them and of all who are asked."""
    key, levels = outcome.key, coverage.ordinary(outcome.measure)
    chosen = [f"{key}/level/{level.code}" for level in levels if level.positive]
    if not chosen:
        return
    positive = book.union(f"{key}/positive", chosen)
    book.total(positive, *chosen)
    book.share(f"{key}/positive/share", positive, f"{key}/answered")
    book.share(f"{key}/positive/of_all", positive, whole)
    left_out = [f"{key}/level/{level.code}" for level in levels if level.code in cohort.unit.counting_outside]
    if left_out:
        usual = book.rest(f"{key}/usual", f"{key}/answered", left_out)
        book.total(f"{key}/answered", usual, *left_out)
        book.share(f"{key}/positive/usual", positive, usual)
    loss.of_share(positive, coverage.known(outcome, book), whole, f"{key}/positive", book)


def _by_group(cohort: Cohort, outcome: Outcome, answers: pd.DataFrame, subgroup: Subgroup, book: Book) -> None:
    """Positive of answered in each declared group, and in those whose group is not known: a reader can add them up."""
    key, place = outcome.key, f"{outcome.key}/by/{subgroup.by}"
    values = cohort.episodes[subgroup.by]
    good = [level.code for level in coverage.ordinary(outcome.measure) if level.positive]
    said = [level.code for level in coverage.ordinary(outcome.measure)]
    level_of = answers[answers.index != NOBODY]["level"].reindex(cohort.episodes.index)
    sums: dict[str, list[str]] = {"eligible": [], "answered": [], "positive": []}
    for group in [*sorted(values.dropna().unique()), ""]:
        chosen = level_of[values.isna() if group == "" else (values == group).fillna(False).astype(bool)]
        flags = {"zero_is_plain": group == ""}
        size = book.tally(f"{place}/{group}/eligible", chosen.index, never_zero=group != "", **flags)
        answered = book.tally(f"{place}/{group}/answered", chosen.index[chosen.isin(said)], **flags)
        book.total(size, answered, book.rest(f"{place}/{group}/rest", size, [answered], zero_is_plain=True))
        sums["eligible"].append(size)
        sums["answered"].append(answered)
        if good:
            nobody = {"zero_is_plain": book.n(answered) == 0}  # else nought of some is about each of them
            positive = book.tally(f"{place}/{group}/positive", chosen.index[chosen.isin(good)], **nobody)
            book.total(answered, positive, book.rest(f"{place}/{group}/other", answered, [positive], **nobody))
            book.share(f"{positive}/share", positive, answered)
            sums["positive"].append(positive)
        if book.has(f"who/{subgroup.by}/{group}"):
            book.total(f"who/{subgroup.by}/{group}", size)
    for whole, name in ((ELIGIBLE, "eligible"), (f"{key}/answered", "answered"), (f"{key}/positive", "positive")):
        if sums[name] and book.n(whole) == sum(map(book.n, sums[name])):
            book.total(whole, *sums[name])
