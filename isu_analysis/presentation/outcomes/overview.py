"""Every measure at a glance: a thin bar each, all who are meant, in the order they are declared, so that none is picked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars
from isu_analysis.presentation.blocks import Block, Figure
from isu_analysis.presentation.figures import Part
from isu_analysis.presentation.figures.small_multiples import Row, thin_bars
from isu_analysis.presentation.not_better import NotBetter, not_better
from isu_analysis.presentation.outcomes import kinds, missing, parts
from isu_analysis.presentation.reader import HIDDEN, Reader
from isu_analysis.presentation.wording import phrase

FROM = 3  # measures; one or two are read as they stand
_NO_RESULT = {"process", "interviews"}  # designs that say nothing of how it went
_WORDS = {  # what a part is -> its tone and its words; parts that share a tone never stand in the same bar
    "best": ("best", phrase("bättre, eller gott utfall")),
    "same": ("same", phrase("oförändrat, mittemellan, ingen säker förändring")),
    "worse": ("worse", phrase("sämre, eller dåligt utfall")),
    "not_better": ("same", phrase("oförändrat eller sämre, visas inte var för sig")),
    "few_worse": ("same", phrase("oförändrat eller sämre, varav färre än {least} sämre")),
    "way_better": ("good", phrase("mått utan gräns: åt det bättre")),
    "way_same": ("same", phrase("mått utan gräns: samma poäng")),
    "way_worse": ("worse", phrase("mått utan gräns: åt det sämre")),
    "neutral": ("neutral", phrase("annat, eller mätt utan riktning")),
    "hidden": ("neutral", phrase("mätt, men hur det gick visas inte")),
    "unknown": ("unknown", phrase("vet inte")),
}

Counts = dict[str, str | tuple[str, ...]]  # what a part is -> cell, or cells, that make it


def blocks(read: Reader) -> list[Block]:
    """The figure, where there are several measures."""
    shown = [outcome for outcome in read.report.context.outcomes if outcome.design not in _NO_RESULT]
    if len(shown) < FROM:
        return []
    rows = [row(read, outcome, name) for outcome, name in zip(shown, _names(read, shown), strict=True)]
    if not any(made.parts for made in rows):
        return []  # all of it is hidden: a picture of nothing
    used = {part.label for made in rows for part in made.parts}
    legend = [(tone, said) for name, (tone, _) in _WORDS.items() if (said := _said(read, name)) in used]
    alt = " ".join(_in_words(read, made) for made in rows)
    caption = read.say("Alla mått, av alla {people}. Talet efter stapeln är hur många av alla som något är känt om.",
                       people=read.unit_word)  # fmt: skip
    note = read.say("Måtten mäter olika saker på olika sätt: staplarna går inte att rangordna.")
    text = read.say("{n} mått för {of} {people}; hur många som saknas är det skrafferade i varje stapel.",
                    n=read.numbers.whole(len(rows)), of=read.count(ELIGIBLE), people=read.unit_word)  # fmt: skip
    return [Figure(thin_bars(rows, legend), alt, caption, note, basis=text)]


def _names(read: Reader, shown: list[Outcome]) -> list[str]:
    """Short names: of parts without the whole, and with whose voice or when it is where two would be alike."""
    wholes = Counter(outcome.measure.id.partition(".")[0] for outcome in shown)
    names = [
        parts.name(read, outcome) if wholes[outcome.measure.id.partition(".")[0]] > 1 else read.name(outcome.measure)
        for outcome in shown
    ]
    alike = Counter(names)
    return [
        read.say("{measure} ({voice})", measure=name, voice=read.occasion(outcome.at) if outcome.at else kinds.voice(read, outcome))
        if alike[name] > 1 else name
        for outcome, name in zip(shown, names, strict=True)
    ]  # fmt: skip


def row(read: Reader, outcome: Outcome, name: str) -> Row:
    """One measure; of what is hidden only measured and not, or nothing at all."""
    known, lost = missing.cells(outcome)
    if outcome.design == "cross_sections":
        at = f"{outcome.key}/at/{outcome.end or outcome.start}"
        known, lost = at, f"{at}/not"
    if not read.report.has(known) or not read.report.has(lost):
        return Row(name, (), HIDDEN)
    whole = ELIGIBLE if outcome.design == "cross_sections" else read.whole(outcome)
    text = read.say("{n} av {of}", n=read.count(known), of=read.count(whole))
    if rest := not_better(read, outcome):
        return Row(name, _together(read, outcome, rest, lost), text)
    tried: tuple[Counts, ...] = (_COUNTS[outcome.design](read, outcome), {"hidden": known, "unknown": lost})
    for counts in tried:
        cells = [cell for names in counts.values() for cell in ([names] if isinstance(names, str) else names)]
        if all(map(read.report.has, cells)) and read.shown(*cells, known, lost):
            return Row(name, _parts(read, counts), text)
    return Row(name, (), text if read.shown(known, whole) else HIDDEN)


def _parts(read: Reader, counts: Counts) -> tuple[Part, ...]:
    found = {name: sum(map(read.value, [cells] if isinstance(cells, str) else cells)) for name, cells in counts.items()}
    return _drawn(read, found)


def _together(read: Reader, outcome: Outcome, rest: NotBetter, lost: str) -> tuple[Part, ...]:
    """Better, and unchanged and worse in one part as they are not shown apart."""
    best = next(iter(_COUNTS[outcome.design](read, outcome).values()))
    name = "few_worse" if rest.few else "not_better"
    return _drawn(read, {"best": read.value(str(best)), name: rest.n, "unknown": read.value(lost)})


def _drawn(read: Reader, found: dict[str, float]) -> tuple[Part, ...]:
    return tuple(bars.part(read, _said(read, name), n, _WORDS[name][0]) for name, n in found.items() if n)


def _said(read: Reader, name: str) -> str:
    return read.say(_WORDS[name][1], least=str(read.report.limits.min_cell))


def _of_change(_read: Reader, outcome: Outcome) -> Counts:
    if not outcome.criterion:
        return _named(outcome, way_better="way/better", way_same="way/same", way_worse="way/worse", unknown="lost")
    return _named(outcome, best="better", same="unchanged", worse="deteriorated", unknown="lost")


def _of_answers(read: Reader, outcome: Outcome) -> Counts:
    """Answers as they are grouped in the measure's own bar: what is worse there is worse here."""
    cells: dict[str, tuple[str, ...]] = {"best": (), "same": (), "neutral": (), "worse": ()}
    for _, tone, levels in bars.level_groups(read, outcome):
        cells["best" if tone == "good" else tone] += tuple(f"{outcome.key}/level/{level.code}" for level in levels)
    return {**{name: found for name, found in cells.items() if found}, "unknown": f"{outcome.key}/missing"}


def _of_people(_read: Reader, outcome: Outcome) -> Counts:
    return _named(outcome, best="people", neutral="people/none", unknown="missing")


def _of_states(_read: Reader, outcome: Outcome) -> Counts:
    return _named(outcome, best="up", same="same", worse="down", unknown="lost")


def _measured(_read: Reader, outcome: Outcome) -> Counts:
    known, lost = missing.cells(outcome)
    return {"neutral": known, "unknown": lost}


def _named(outcome: Outcome, **names: str) -> Counts:
    return {part: f"{outcome.key}/{name}" for part, name in names.items()}


_COUNTS: dict[str, Callable[[Reader, Outcome], Counts]] = {
    "change": _of_change,
    "sessions": _of_change,
    "levels": _of_answers,
    "target": _of_answers,
    "answers": _of_people,
    "goals": _of_people,
    "transition": _of_states,
    "needs": _measured,
    "cross_sections": _measured,
}


def _in_words(read: Reader, made: Row) -> str:
    parts = ", ".join(read.say("{label} {n}", label=part.label, n=part.text) for part in made.parts)
    if not parts and made.text == HIDDEN:
        return read.say("{measure}: dolt.", measure=made.name)
    if not parts:
        return read.say("{measure}: dolt, {known}.", measure=made.name, known=made.text)
    return read.say("{measure}: {parts}.", measure=made.name, parts=parts)
