"""What a report has used of each measure's card, with sources: range, certain change, limits, norms, time frame."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import Fact, Measure, wording
from isu_analysis.presentation import numbers
from isu_analysis.presentation.blocks import Column, Table

Row = tuple[str, str, str]  # what, value, source


def table(outcomes: tuple[Outcome, ...]) -> Table:
    """One row a fact; parts of the same questionnaire that share a fact share its row."""
    shared: dict[tuple[str, Row], list[str]] = {}
    for outcome in outcomes:
        for row in _facts(outcome):
            names = shared.setdefault((outcome.measure.id.partition(".")[0], row), [])
            if outcome.measure.name_sv not in names:
                names.append(outcome.measure.name_sv)
    rows = tuple((_together(names), *row) for (_, row), names in shared.items())
    columns = (Column("Mått"), Column("Uppgift"), Column("Värde"), Column("Källa"))
    return Table("Mått och gränser", columns, rows)


def _together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0].partition(', ')[0]}, {len(names)} delar"


def _facts(outcome: Outcome) -> list[Row]:
    measure = outcome.measure
    if measure.levels:
        answers = ", ".join(level.label for level in measure.levels)
        source = measure.basis.source if measure.basis and measure.basis.used else "enhetens egen uppgift"
        return [("svar", answers, source), *_frames(measure)]
    if measure.kind != "scale":
        return _frames(measure)
    low, high = numbers.decimal(measure.minimum or 0, 0), numbers.decimal(measure.maximum or 0, 0)
    direction = "högre" if measure.higher_is_better else "lägre"
    rows = [("skala", f"{low}–{high}, {direction} är bättre", "måttets poängsättning")]
    if not measure.process:
        rows.append(_threshold(outcome))
    rows += [
        (f"gränsvärde{_group(cutoff.group)}", numbers.plain(cutoff.value), cutoff.source)
        for cutoff in measure.active_cutoffs
    ]
    known = measure.change_reliability
    rows += [("mätsäkerhet", _value(known, measure), known.source)] if known and measure.threshold is None else []
    rows += [("jämförelsevärde", _value(norm, measure), norm.source) for norm in measure.active_norms]
    rows += [(f"nivå: {band.label}", _value(band, measure), band.source) for band in measure.bands if band.used]
    return [*rows, *_frames(measure)]


def _frames(measure: Measure) -> list[Row]:
    """Whom the measure is made for, and which time its questions are about."""
    named = (("ålder", measure.ages), ("frågorna gäller", measure.time_frame))
    return [(what, _value(fact, measure), fact.source) for what, fact in named if fact is not None and fact.used]


def _value(fact: Fact, measure: Measure) -> str:
    """The fact without its source, which has a column of its own."""
    return wording.fact(fact, measure).removesuffix(wording.fact_source(fact)).rstrip(" .")


def _group(group: dict[str, str]) -> str:
    words = {"man": "män", "woman": "kvinnor", "adult": "vuxna"}
    return f", {', '.join(words.get(value, value) for value in group.values())}" if group else ""


def _threshold(outcome: Outcome) -> Row:
    criterion = outcome.criterion
    if criterion is None:
        return ("säker förändring", "finns inte", "ingen publicerad gräns, och inget mätfel från en och samma källa")
    if criterion.method == "published":
        return ("säker förändring", f"minst {numbers.plain(criterion.threshold)} poäng", criterion.source)
    how = (
        f"mer än {numbers.decimal(criterion.threshold)} poäng: {numbers.decimal(criterion.z or 0, 2)} · √2 · "
        f"{numbers.decimal(criterion.sd or 0)} · √(1 − {numbers.decimal(criterion.reliability or 0, 2)})"
    )
    return ("säker förändring (Jacobson och Truax 1991)", how, criterion.source)
