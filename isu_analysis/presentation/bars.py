"""What goes into the two bars of the first page: of those measured, and of all who are meant."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.measures import Level
from isu_analysis.presentation import numbers
from isu_analysis.presentation.figures import Bar, Part
from isu_analysis.presentation.reader import Reader

USUAL, KNOWN = "Så brukar det redovisas", "Så mycket vet vi"
UNKNOWN = "saknas"

_BAD = {"worse", "unchanged_or_worse"}


def change_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Better, no certain change, worse - of the measured, then of all with the unknown beside."""
    key = outcome.key
    measured = [Part("mätta två gånger", read.value(f"{key}/paired"), "good")]
    if outcome.criterion and read.shown(f"{key}/better", f"{key}/paired"):
        better = Part("säkert bättre", read.value(f"{key}/better"), "best")
        measured = [
            better,
            Part("ingen säker förändring eller säkert sämre", read.value(f"{key}/paired") - better.n, "same"),
        ]
        if read.shown(f"{key}/unchanged", f"{key}/deteriorated"):
            measured = [better, Part("ingen säker förändring", read.value(f"{key}/unchanged"), "same"),
                        Part("säkert sämre", read.value(f"{key}/deteriorated"), "worse")]  # fmt: skip
    return _pair(read, measured, f"{key}/paired", f"{key}/lost", read.whole(outcome))


def level_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Grouped answers - of those counted as usual, then of all with the unanswered beside."""
    key = outcome.key
    groups = level_groups(outcome)
    cells = [[f"{key}/level/{level.code}" for level in levels] for _, _, levels in groups]
    if not all(read.shown(*names) for names in cells):
        return _pair(
            read, [Part("har svar", read.value(f"{key}/answered"), "good")], f"{key}/answered", f"{key}/missing"
        )
    parts = [
        Part(label, sum(map(read.value, names)), tone) for (label, tone, _), names in zip(groups, cells, strict=True)
    ]
    outside = set(read.report.context.unit.counting_outside)
    usual = [
        Part(label, sum(read.value(f"{key}/level/{level.code}") for level in levels if level.code not in outside), tone)
        for label, tone, levels in groups
    ]
    _, second = _pair(read, parts, f"{key}/answered", f"{key}/missing")
    base = f"{key}/usual" if read.report.has(f"{key}/usual") else f"{key}/answered"
    return Bar(f"{USUAL}: av {read.count(base)} som räknas", tuple(usual)), second


def measured_bars(read: Reader, measured: str, missing: str, everyone: str) -> tuple[Bar, Bar]:
    """Only measured and not: for a unit whose results cannot be given."""
    return _pair(read, [Part("intervjuade eller mätta", read.value(measured), "good")], measured, missing, everyone)


def occasion_bars(read: Reader, outcome: Outcome) -> tuple[Bar, ...]:
    """Filled in and not, at each occasion of an anonymous rating."""
    bars = []
    for name in (outcome.start, outcome.end):
        cell = f"{outcome.key}/at/{name}"
        if name and read.report.has(cell) and read.shown(cell, f"{cell}/not"):
            parts = (Part("fyllde i", read.value(cell), "good"), Part(UNKNOWN, read.value(f"{cell}/not"), "unknown"))
            bars.append(Bar(f"{read.occasion(name).capitalize()}: {read.count(cell)} av {read.count(ELIGIBLE)}", parts))
    return tuple(bars)


def level_groups(outcome: Outcome) -> list[tuple[str, str, list[Level]]]:
    """Group a measure's answers for a divided bar: label, tone and the answers in it; no answer is left out."""
    levels = sorted(outcome.measure.levels, key=lambda level: -(level.order or 0))
    positive = [level for level in levels if level.positive]
    rest = [level for level in levels if not level.positive]
    groups = [(level.label, "best" if i == 0 else "good", [level]) for i, level in enumerate(positive)]
    if outcome.measure.kind == "after_only":
        tones = ["same", *["worse"] * len(rest)]
        return groups + [(level.label, tone, [level]) for level, tone in zip(rest, tones, strict=False)]
    by_tone = {
        "same": [level for level in rest if level.meaning == "unchanged"],
        "neutral": [level for level in rest if level.meaning not in {*_BAD, "unchanged"}],
        "worse": [level for level in rest if level.meaning in _BAD],
    }
    return groups + [(_joined(found), tone, found) for tone, found in by_tone.items() if found]


def _joined(levels: list[Level]) -> str:
    if len(levels) > 2:  # more names than a legend has room for; the table names them all
        return "övriga utfall"
    words = [levels[0].label, *(level.label[:1].lower() + level.label[1:] for level in levels[1:])]
    return " eller ".join(words)


def transition_bars(read: Reader, outcome: Outcome) -> tuple[Bar, Bar]:
    """Nearer, as near and further from what is wanted - of those known twice, then of all."""
    key = outcome.key
    tones = {
        "up": ("närmare det önskade", "best"),
        "same": ("lika nära det önskade", "same"),
        "down": ("längre från det önskade", "worse"),
    }
    known = [Part("kända vid start och slut", read.value(f"{key}/paired"), "good")]
    if read.report.has(f"{key}/up") and read.shown(*(f"{key}/{name}" for name in tones)):
        known = [Part(label, read.value(f"{key}/{name}"), tone) for name, (label, tone) in tones.items()]
    return _pair(read, known, f"{key}/paired", f"{key}/lost", read.whole(outcome))


def _pair(read: Reader, measured: list[Part], whole: str, missing: str, everyone: str = ELIGIBLE) -> tuple[Bar, Bar]:
    unknown = Part(UNKNOWN, read.value(missing), "unknown") if read.shown(missing) else Part(UNKNOWN, 0, "unknown")
    return (
        Bar(f"{USUAL}: av {read.count(whole)} mätta", tuple(measured)),
        Bar(f"{KNOWN}: av alla {read.count(everyone)}", (*measured, unknown)),
    )


def in_words(bars: tuple[Bar, ...]) -> str:
    """Say what bars show, for those who cannot see them."""
    sentences = []
    for bar in bars:
        total = sum(part.n for part in bar.parts)
        parts = [
            f"{part.label} {numbers.whole(part.n)} ({numbers.percent(part.n / total, 1)})"
            for part in bar.parts
            if part.n
        ]
        sentences.append(f"{bar.label}: {', '.join(parts)}.")
    return " ".join(sentences)
