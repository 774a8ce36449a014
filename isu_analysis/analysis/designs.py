"""Which outcomes a unit's files hold, and by what design each can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isu_analysis import statistics as st
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import Cohort
from isu_analysis.measures import Measure
from isu_analysis.settings import LongColumns, Source, Unit

Series = tuple[str, str, str]  # measure, rater, item

_ALWAYS_SEVERAL = {"need", "goal"}  # kinds of which a person has several, each with a name of its own


def outcomes_of(cohort: Cohort) -> tuple[Outcome, ...]:
    """Each measure, rater and item that the unit's files hold, the primary one first."""
    unit = cohort.unit
    main = _main(unit)
    found = dict.fromkeys([main, *(series for source in unit.sources for series in _series(cohort, source))])
    made = [_outcome(cohort, unit.measure(name), rater, item) for name, rater, item in found]
    shown = [outcome for outcome in made if outcome is made[0] or _was_measured(outcome)]
    return tuple(look for outcome in shown for look in (outcome, *_later_looks(cohort, outcome)))


def primary_of(unit: Unit, outcomes: tuple[Outcome, ...]) -> Outcome:
    """The primary outcome; it is always there, if only to say that it is missing."""
    main = _main(unit)
    return next(outcome for outcome in outcomes if (outcome.measure.id, outcome.rater, outcome.item) == main)


def _main(unit: Unit) -> Series:
    item = "" if _has_several(unit, unit.measure(unit.primary.measure)) else unit.primary.item
    return unit.primary.measure, unit.primary.rater, item


def _series(cohort: Cohort, source: Source) -> Iterator[Series]:
    """What one source holds, as it declares it; items that a column names are those of the data."""
    unit = cohort.unit
    for column in source.measurements:
        if _has_several(unit, unit.measure(column.measure)):
            yield column.measure, column.rater, ""
        elif column.item_column:
            yield from ((column.measure, column.rater, item) for item in _items(cohort, column.measure, column.rater))
        else:
            yield column.measure, column.rater, column.item
    if source.long:
        yield from _long_series(cohort, source.long)


def _long_series(cohort: Cohort, long: LongColumns) -> Iterator[Series]:
    raters = [long.rater] if long.rater else list(long.rater_column.values.values()) if long.rater_column else []
    for name in dict.fromkeys(long.measure.values.values()):
        several = _has_several(cohort.unit, cohort.unit.measure(name)) or not long.item_column
        for rater in dict.fromkeys(raters):
            yield from ((name, rater, item) for item in ([""] if several else _items(cohort, name, rater)))


def _items(cohort: Cohort, measure: str, rater: str) -> list[str]:
    rows = cohort.measurements
    return sorted(rows[(rows["measure"] == measure) & (rows["rater"] == rater)]["item"].dropna().unique())


def _has_several(unit: Unit, measure: Measure) -> bool:
    """Whether one person has several answers to it at one occasion: needs, goals, support measures."""
    named = any(
        column.measure == measure.id and column.item_column for source in unit.sources for column in source.measurements
    ) or any(
        source.long and source.long.item_column and measure.id in source.long.measure.values.values()
        for source in unit.sources
    )
    return measure.kind in _ALWAYS_SEVERAL or (named and measure.kind != "scale")


def _was_measured(outcome: Outcome) -> bool:
    """Whether there is anything to speak of: an end, or for what is described at any time, a start."""
    return outcome.end is not None or (outcome.design in _FROM_START and outcome.start is not None)


_FROM_START = {"cross_sections", "process", "needs", "interviews"}


def _outcome(cohort: Cohort, measure: Measure, rater: str, item: str) -> Outcome:
    start, end = _occasion_pair(cohort, measure, rater, item)
    criterion, why = _criterion(measure)
    design = _DESIGNS[measure.kind](cohort, measure, start, end)
    return Outcome(measure, rater, item, design, start, end, criterion, why)


def _later_looks(cohort: Cohort, outcome: Outcome) -> Iterator[Outcome]:
    """The same answers asked for again after the end, each occasion by itself."""
    if not outcome.once:
        return
    seen = _seen(cohort, outcome.measure, outcome.rater)
    for name, occasion in cohort.unit.occasions.items():
        if occasion.role == "follow_up" and name in seen and name != outcome.end:
            yield Outcome(outcome.measure, outcome.rater, outcome.item, outcome.design, None, name, at=name)


def _seen(cohort: Cohort, measure: Measure, rater: str) -> set[str]:
    rows = cohort.measurements
    return set(rows[(rows["measure"] == measure.id) & (rows["rater"] == rater)]["occasion"].dropna())


def _occasion_pair(cohort: Cohort, measure: Measure, rater: str, item: str) -> tuple[str | None, str | None]:
    """The primary pair as declared; for others the first start and end (or later look) where anyone was measured."""
    unit = cohort.unit
    if (measure.id, rater, item) == _main(unit):
        return unit.primary.start, unit.primary.end
    seen = _seen(cohort, measure, rater)
    start, end, later = (
        next((name for name, occasion in unit.occasions.items() if occasion.role == role and name in seen), None)
        for role in ("start", "end", "follow_up")
    )
    if measure.cumulative and start:  # what can never fall has no change, only a state of things
        return start, None
    return start, end or later


def _of_scale(cohort: Cohort, measure: Measure, start: str | None, end: str | None) -> str:
    if measure.process:
        return "process"
    if start is None or end is None or not cohort.pairable:
        return "cross_sections"
    return "sessions" if cohort.unit.occasions[end].session else "change"


def _of_state(cohort: Cohort, measure: Measure, start: str | None, end: str | None) -> str:
    return "transition" if start is not None and end is not None and len(cohort.episodes) else "levels"


def _of_answers(cohort: Cohort, measure: Measure, start: str | None, end: str | None) -> str:
    return "answers" if _has_several(cohort.unit, measure) else "levels"


def _of_target(cohort: Cohort, measure: Measure, start: str | None, end: str | None) -> str:
    return "answers" if _has_several(cohort.unit, measure) else "target"


def _always(design: str) -> Callable[..., str]:
    return lambda *_: design


_DESIGNS: dict[str, Callable[[Cohort, Measure, str | None, str | None], str]] = {
    "scale": _of_scale,
    "state": _of_state,
    "judgement": _of_answers,
    "closing": _of_answers,
    "after_only": _of_answers,
    "target": _of_target,
    "goal": _always("goals"),
    "need": _always("needs"),
    "interview": _always("interviews"),
}


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
