"""What goes into the two bars of the first page: of those measured, and of all who are meant."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.measures import Level
from isu_analysis.presentation import numbers
from isu_analysis.presentation.figures import Bar, Part
from isu_analysis.presentation.reader import SMALLEST_DENOMINATOR, Reader

USUAL, KNOWN = "Så brukar det redovisas", "Så mycket vet vi"
UNKNOWN = "saknas"
MOST_PARTS = 7  # a bar with more can be read by nobody

_STEP_BY_STEP = {"after_only", "goal"}  # kinds whose answers are steps, each a part of its own
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
        known = [Part("har svar", read.value(f"{key}/answered"), "good")]
        return _pair(read, known, f"{key}/answered", f"{key}/missing", read.whole(outcome))
    parts = [
        Part(label, sum(map(read.value, names)), tone) for (label, tone, _), names in zip(groups, cells, strict=True)
    ]
    outside = set(read.report.context.unit.counting_outside)
    usual = [
        Part(label, sum(read.value(f"{key}/level/{level.code}") for level in levels if level.code not in outside), tone)
        for label, tone, levels in groups
    ]
    _, second = _pair(read, parts, f"{key}/answered", f"{key}/missing", read.whole(outcome))
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
    levels = sorted(ordinary(outcome.measure), key=lambda level: -(level.order or 0))
    if len(levels) > MOST_PARTS:
        return _in_two(levels)
    positive = [level for level in levels if level.positive]
    rest = [level for level in levels if not level.positive]
    groups = [(level.label, "best" if i == 0 else "good", [level]) for i, level in enumerate(positive)]
    if outcome.measure.kind in _STEP_BY_STEP:
        tones = ["same", *["worse"] * len(rest)]
        return groups + [(level.label, tone, [level]) for level, tone in zip(rest, tones, strict=False)]
    by_tone = {
        "same": [level for level in rest if level.meaning == "unchanged"],
        "neutral": [level for level in rest if level.meaning not in {*_BAD, "unchanged"}],
        "worse": [level for level in rest if level.meaning in _BAD],
    }
    return groups + [(_joined(found), tone, found) for tone, found in by_tone.items() if found]


def _in_two(levels: list[Level]) -> list[tuple[str, str, list[Level]]]:
    """Good and other answers of a long scale, each named by its ends where it has an order."""
    halves = [
        ("best", [level for level in levels if level.positive]),
        ("worse", [level for level in levels if not level.positive]),
    ]
    names = {"best": "räknas som goda", "worse": "övriga"}
    return [(_ends(found) or names[tone], tone if _ends(found) else {"worse": "neutral"}.get(tone, tone), found)
            for tone, found in halves if found]  # fmt: skip


def _ends(levels: list[Level]) -> str:
    """Lowest and highest label of ordered answers; empty for unordered ones."""
    if any(level.order is None for level in levels):
        return ""
    return levels[0].label if len(levels) == 1 else f"{levels[-1].label}{numbers.RANGE}{levels[0].label}"


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


def people_bars(read: Reader, outcome: Outcome, good: str, other: str) -> tuple[Bar, ...]:
    """Several answers a person: the answers as they are usually counted, then all people with the missing beside."""
    key = outcome.key
    groups = level_groups(outcome)
    cells = [[f"{key}/level/{level.code}" for level in levels] for _, _, levels in groups]
    shown = [f"{key}/people", f"{key}/people/none", f"{key}/missing"]
    if not read.shown(*shown, *(name for names in cells for name in names)):
        return ()
    answers = tuple(
        Part(label, sum(map(read.value, names)), tone) for (label, tone, _), names in zip(groups, cells, strict=True)
    )
    people = (Part(good, read.value(shown[0]), "good"), Part(other, read.value(shown[1]), "same"),
              Part(UNKNOWN, read.value(shown[2]), "unknown"))  # fmt: skip
    return (
        Bar(f"{USUAL}: av {read.count(f'{key}/answers')}", answers),
        Bar(f"{KNOWN}: av alla {read.count(read.whole(outcome))}", people),
    )


def need_bars(read: Reader, outcome: Outcome) -> tuple[Bar, ...]:
    """What became of the unmet needs, then all people with the lost beside."""
    key = outcome.key
    names = (f"{key}/resolved", f"{key}/still_unmet", f"{key}/from/unmet/to/not_known")
    if not read.shown(*names, f"{key}/lost"):
        return ()
    became = (Part("tillgodosett eller inget behov", read.value(names[0]), "best"),
              Part("fortfarande inte tillgodosett", read.value(names[1]), "worse"))  # fmt: skip
    return (
        Bar(f"{USUAL}: av {read.count(f'{key}/asked')} behov som inte var tillgodosedda", became),
        Bar(f"Med dem som inte längre är kända: av {read.count(f'{key}/from/unmet')}",
            (*became, Part("inte känt", read.value(names[2]), "unknown"))),
    )  # fmt: skip


def _pair(read: Reader, measured: list[Part], whole: str, missing: str, everyone: str = ELIGIBLE) -> tuple[Bar, Bar]:
    unknown = Part(UNKNOWN, read.value(missing), "unknown") if read.shown(missing) else Part(UNKNOWN, 0, "unknown")
    return (
        Bar(f"{USUAL}: av {read.count(whole)} mätta", tuple(measured)),
        Bar(f"{KNOWN}: av alla {read.count(everyone)}", (*measured, unknown)),
    )


def _bracket(n: float, total: float) -> str:
    return f" ({numbers.percent(n / total, 1)})" if total >= SMALLEST_DENOMINATOR else ""


def in_words(bars: tuple[Bar, ...]) -> str:
    """Say what bars show, for those who cannot see them."""
    sentences = []
    for bar in bars:
        total = sum(part.n for part in bar.parts)
        parts = [f"{part.label} {numbers.whole(part.n)}{_bracket(part.n, total)}" for part in bar.parts if part.n]
        sentences.append(f"{bar.label}: {', '.join(parts)}.")
    return " ".join(sentences)
