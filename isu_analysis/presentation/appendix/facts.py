"""What a report has used of each measure's card, with sources: range, certain change, limits, norms, time frame."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.measures import Ages, Band, Fact, Measure, Norm, Reliability, TimeFrame
from isu_analysis.presentation.blocks import Block, Column, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

Row = tuple[str, str, str]  # what, value, source

_GROUPS = {"man": phrase("män"), "woman": phrase("kvinnor"), "adult": phrase("vuxna")}
_TYPES = {
    "alpha": phrase("intern samstämmighet (alfa)"),
    "test_retest": phrase("upprepad mätning (test-retest)"),
    "inter_rater": phrase("mellan bedömare"),
    "other": phrase("annat slag"),
}


def blocks(read: Reader) -> list[Block]:
    """One row a fact; parts of the same questionnaire that share a fact share its row."""
    shared: dict[tuple[str, Row], list[str]] = {}
    for outcome in read.report.context.outcomes:
        for row in _facts(read, outcome):
            names = shared.setdefault((outcome.measure.id.partition(".")[0], row), [])
            if read.name(outcome.measure) not in names:
                names.append(read.name(outcome.measure))
    rows = tuple((_together(read, names), *row) for (_, row), names in shared.items())
    heads = (read.say("Mått"), read.say("Uppgift"), read.say("Värde"), read.say("Källa"))
    return [Table(read.say("Mått och gränser"), tuple(map(Column, heads)), rows)] if rows else []


def _together(read: Reader, names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return read.say("{measure}, {n} delar", measure=names[0].partition(", ")[0], n=read.numbers.whole(len(names)))


def _facts(read: Reader, outcome: Outcome) -> list[Row]:
    measure = outcome.measure
    if measure.levels:
        answers = ", ".join(map(read.label, measure.levels))
        known = measure.basis if measure.basis and measure.basis.used else None
        source = _source(read, known) if known else read.say("enhetens egen uppgift")
        return [(read.say("svar"), answers, source), *_frames(read, measure)]
    if measure.kind != "scale":
        return _frames(read, measure)
    rows = [(read.say("skala"), _scale(read, measure), read.say("måttets poängsättning"))]
    rows += [] if measure.process else [_threshold(read, outcome)]
    rows += [
        (_cutoff(read, cutoff.group), read.numbers.plain(cutoff.value), _source(read, cutoff))
        for cutoff in measure.active_cutoffs
    ]
    known_error = measure.change_reliability if measure.threshold is None else None
    rows += [(read.say("mätsäkerhet"), _reliability(read, known_error), _source(read, known_error))] if known_error else []  # fmt: skip
    rows += [(read.say("jämförelsevärde"), _norm(read, norm), _source(read, norm)) for norm in measure.active_norms]
    rows += [(read.say("nivå: {label}", label=read.text(band.label)), _band(read, band), _source(read, band))
             for band in measure.bands if band.used]  # fmt: skip
    return [*rows, *_frames(read, measure)]


def _source(read: Reader, fact: Fact) -> str:
    return read.text(fact.source)


def _scale(read: Reader, measure: Measure) -> str:
    ends = {"low": read.numbers.plain(measure.minimum or 0), "high": read.numbers.plain(measure.maximum or 0)}
    if measure.higher_is_better:
        return read.say("{low}–{high}, högre är bättre", **ends)
    return read.say("{low}–{high}, lägre är bättre", **ends)


def _frames(read: Reader, measure: Measure) -> list[Row]:
    """Whom the measure is made for, and which time its questions are about."""
    rows = []
    if measure.ages is not None and measure.ages.used:
        rows.append((read.say("ålder"), _ages(read, measure.ages), _source(read, measure.ages)))
    if measure.time_frame is not None and measure.time_frame.used:
        rows.append((read.say("frågorna gäller"), _time(read, measure.time_frame), _source(read, measure.time_frame)))
    return rows


def _ages(read: Reader, ages: Ages) -> str:
    low, high = (read.numbers.whole(end) if end is not None else "" for end in (ages.low, ages.high))
    if low and high:
        return read.say("{low}–{high} år", low=low, high=high)
    return read.say("från {low} år", low=low) if low else read.say("till {high} år", high=high)


def _time(read: Reader, frame: TimeFrame) -> str:
    return read.say("de senaste {days} dagarna", days=read.numbers.whole(frame.days))


def _band(read: Reader, band: Band) -> str:
    plain = read.numbers.plain
    return plain(band.low) if band.low == band.high else f"{plain(band.low)}–{plain(band.high)}"


def _norm(read: Reader, norm: Norm) -> str:
    mean, sample = read.numbers.plain(norm.mean), read.text(norm.sample)
    told = (
        read.say("medelvärde {mean}; {sample}", mean=mean, sample=sample)
        if norm.sd is None
        else read.say("medelvärde {mean}, standardavvikelse {sd}; {sample}", mean=mean, sd=read.numbers.plain(norm.sd), sample=sample)
    )  # fmt: skip
    return ", ".join([told, *_names(read, norm.group)])


def _reliability(read: Reader, known: Reliability) -> str:
    plain = read.numbers.plain
    value = plain(known.value) if known.upper is None else f"{plain(known.value)}–{plain(known.upper)}"
    notes = [read.say(_TYPES[known.type]), read.text(known.interval) if known.interval else ""]
    notes += [read.say("standardavvikelse {sd}", sd=plain(known.sd))] if known.sd is not None else []
    notes.append(read.text(known.sample) if known.sample else "")
    return f"{value}; {', '.join(filter(None, notes))}"


def _cutoff(read: Reader, group: dict[str, str]) -> str:
    return ", ".join([read.say("gränsvärde"), *_names(read, group)])


def _names(read: Reader, group: dict[str, str]) -> list[str]:
    """Whom a figure is about."""
    told = []
    for name, value in group.items():
        if value in _GROUPS:
            told.append(read.say(_GROUPS[value]))
        else:
            told.append(read.say("{ages} år", ages=value) if name.startswith("age") else read.own(value))
    return told


def _threshold(read: Reader, outcome: Outcome) -> Row:
    criterion, numbers = outcome.criterion, read.numbers
    what = read.say("säker förändring")
    if criterion is None:
        why = read.say("ingen publicerad gräns, och inget mätfel från en och samma källa")
        return what, read.say("finns inte"), why
    if criterion.method == "published":
        points = read.say("minst {points} poäng", points=numbers.plain(criterion.threshold))
        return what, points, read.text(criterion.source)
    how = read.say(
        "mer än {points} poäng: {z} · √2 · {sd} · √(1 − {reliability})",
        points=numbers.decimal(criterion.threshold),
        z=numbers.decimal(criterion.z or 0, 2),
        sd=numbers.decimal(criterion.sd or 0),
        reliability=numbers.decimal(criterion.reliability or 0, 2),
    )
    return read.say("säker förändring (Jacobson och Truax 1991)"), how, read.text(criterion.source)
