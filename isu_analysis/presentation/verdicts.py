"""How sure a conclusion is, in words: it holds, it holds if, or it cannot be judged."""

from __future__ import annotations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

Verdict = tuple[str, str, str]  # title, text and tone of a callout

_HOLDS, _HOLDS_IF = phrase("Slutsatsen håller"), phrase("Slutsatsen håller under ett villkor")
_OPEN = phrase("Det går inte att avgöra")
_REASONS = {
    "too_few_pairs": phrase("För få är mätta två gånger för att bära en slutsats om gruppen."),
    "low_share": phrase("För liten del av dem som borde ha mätts är mätta två gånger."),
    "interval_includes_zero": phrase(
        "Medelförändringen är så osäker att den kan ha gått åt båda hållen, även om bara de mätta räknas."
    ),
    "lost_differ": phrase("De som saknas ({lost}) skilde sig redan från början från dem som mättes."),
    "not_estimable": phrase("Värdena är så lika att det inte går att räkna på vad de som saknas kan ändra."),
}
_NO_REASON = phrase("Minsta skillnad mellan dem som saknas och dem som mättes skulle ändra slutsatsen.")
_CONDITIONS = {
    "better": phrase(
        "Att gruppen i genomsnitt blev bättre gäller om de som saknas ({lost}) i genomsnitt är högst {points} poäng sämre "
        "än mätningarna tyder på. Om det är så vet ingen."
    ),
    "worse": phrase(
        "Att gruppen i genomsnitt blev sämre gäller om de som saknas ({lost}) i genomsnitt är högst {points} poäng bättre "
        "än mätningarna tyder på. Om det är så vet ingen."
    ),
}
# Which half, whose word it is, and whether the answers that count as good are named.
_HALVES = {
    (True, "own", True): phrase("Mer än hälften av alla svarade {labels}."),
    (True, "own", False): phrase("Mer än hälften av alla gav {labels}."),
    (True, "judged", True): phrase("Mer än hälften av alla bedömdes som {labels}."),
    (True, "judged", False): phrase("Mer än hälften av alla fick {labels}."),
    (True, "fact", True): phrase("Mer än hälften av alla fick utfallet {labels}."),
    (True, "fact", False): phrase("Mer än hälften av alla fick {labels}."),
    (False, "own", True): phrase("Mindre än hälften av alla svarade {labels}."),
    (False, "own", False): phrase("Mindre än hälften av alla gav {labels}."),
    (False, "judged", True): phrase("Mindre än hälften av alla bedömdes som {labels}."),
    (False, "judged", False): phrase("Mindre än hälften av alla fick {labels}."),
    (False, "fact", True): phrase("Mindre än hälften av alla fick utfallet {labels}."),
    (False, "fact", False): phrase("Mindre än hälften av alla fick {labels}."),
}

# The condition first: half of the sentence may be quoted.
_IF = {
    (True, "own"): phrase("Bara om minst {share} av dem som saknas ({lost}) skulle ha svarat {labels} är det mer än hälften av alla. Det vet ingen."),
    (True, "judged"): phrase("Bara om minst {share} av dem som saknas ({lost}) skulle ha bedömts som {labels} är det mer än hälften av alla. Det vet ingen."),
    (True, "fact"): phrase("Bara om minst {share} av dem som saknas ({lost}) fick {labels} är det mer än hälften av alla. Det vet ingen."),
    (False, "own"): phrase("Bara om minst {share} av dem som saknas ({lost}) inte skulle ha svarat {labels} är det mindre än hälften av alla. Det vet ingen."),
    (False, "judged"): phrase("Bara om minst {share} av dem som saknas ({lost}) inte skulle ha bedömts som {labels} är det mindre än hälften av alla. Det vet ingen."),
    (False, "fact"): phrase("Bara om minst {share} av dem som saknas ({lost}) inte fick {labels} är det mindre än hälften av alla. Det vet ingen."),
}  # fmt: skip


def of_change(read: Reader, outcome: Outcome) -> Verdict:
    """Title, text and tone of the verdict on a mean change."""
    key = outcome.key
    state, direction = read.code(f"{key}/verdict"), read.code(f"{key}/verdict/direction")
    better, lost = direction != "worse", read.count(f"{key}/lost")
    if read.report.has(f"{key}/verdict") and read.cell(f"{key}/verdict").hidden:
        return _hidden(read)
    if state == "holds" and read.value(f"{key}/lost") == 0:
        text = (
            read.say("Alla är mätta två gånger, och gruppen blev i genomsnitt bättre.")
            if better
            else read.say("Alla är mätta två gånger, och gruppen blev i genomsnitt sämre.")
        )
        return read.say(_HOLDS), text, "known"
    if state == "holds":
        text = (
            read.say("Att gruppen i genomsnitt blev bättre gäller vad som än hände med dem som saknas ({lost}).", lost=lost)
            if better
            else read.say("Att gruppen i genomsnitt blev sämre gäller vad som än hände med dem som saknas ({lost}).", lost=lost)
        )  # fmt: skip
        return read.say(_HOLDS), text, "known"
    if (
        state == "holds_if"
        and read.shown(f"{key}/verdict/tolerance")
        and read.value(f"{key}/verdict/tolerance") >= sentences.STILL
    ):
        points = read.numbers.at_most(read.value(f"{key}/verdict/tolerance"))
        text = read.say(_CONDITIONS["better" if better else "worse"], lost=lost, points=points)
        return read.say(_HOLDS_IF), text, "unknown"
    return read.say(_OPEN), _cannot_judge(read, outcome, lost), "warning"


def _hidden(read: Reader) -> Verdict:
    return (
        read.say("Omdömet är dolt"),
        read.say(
            "I den publika rapporten går det inte att säga hur säker slutsatsen är utan att röja enskilda. Det står i den interna."
        ),
        "note",
    )


def _cannot_judge(read: Reader, outcome: Outcome, lost: str) -> str:
    reason = read.say(_REASONS.get(read.code(f"{outcome.key}/verdict/reason"), _NO_REASON), lost=lost)
    therefore = read.say("Därför säger rapporten inte om gruppen som helhet blev bättre eller sämre.")
    return f"{reason} {therefore}"


_TARGETS = {
    "reached": (phrase("Målet är nått"), "known"),
    "not_reached": (phrase("Målet är inte nått"), "known"),
    "open": (phrase("Om målet är nått går inte att säga"), "unknown"),
}
_HIDDEN_TARGET = phrase(
    "I den publika rapporten går det inte att säga om målet är nått utan att röja enskilda. Det står i den interna."
)


def of_answers(read: Reader, outcome: Outcome) -> list[Verdict]:
    """The unit's own targets where it has any, else whether it is more than half: one and the same on every page."""
    cells = [f"{outcome.key}/target/{place}" for place in range(len(read.report.context.unit.targets))]
    states = [read.code(f"{cell}/state") for cell in cells if read.report.has(f"{cell}/reached")]
    made = []
    for state, text in zip(states, sentences.targets(read, outcome, source=False), strict=True):
        title, tone = _TARGETS.get(state, (phrase("Enhetens mål"), "note"))
        made.append((read.say(title), text if state else read.say(_HIDDEN_TARGET), tone))
    if not made and read.report.has(f"{outcome.key}/positive/verdict"):
        made = [of_share(read, outcome)]
    return made


def of_share(read: Reader, outcome: Outcome) -> Verdict:
    """Title, text and tone of the verdict on "more than half"."""
    key = f"{outcome.key}/positive"
    state, lost = read.code(f"{key}/verdict"), read.count(f"{outcome.key}/missing")
    if read.cell(f"{key}/verdict").hidden:
        return _hidden(read)
    claim = _half(read, outcome, read.code(f"{key}/verdict/direction") != "less_than_half")
    if state == "holds" and read.value(f"{outcome.key}/missing") == 0:
        return read.say(_HOLDS), f"{claim} {read.say('Ingen saknas.')}", "known"
    if state == "holds":
        whatever = read.say("Det gäller vad som än är sant om dem som saknas ({lost}).", lost=lost)
        return read.say(_HOLDS), f"{claim} {whatever}", "known"
    if state == "holds_if" and read.shown(f"{key}/verdict/tolerance"):
        share = read.numbers.at_least_percent(read.value(f"{key}/verdict/tolerance"))
        more = read.code(f"{key}/verdict/direction") != "less_than_half"
        text = read.say(
            _IF[more, sentences.voice(outcome)], share=share, lost=lost, labels=sentences.positive_labels(read, outcome)
        )
        return read.say("Det beror på dem som saknas"), text, "unknown"
    text = read.say("Det går inte att säga om det är mer eller mindre än hälften av alla.")
    return read.say(_OPEN), text, "warning"


def _half(read: Reader, outcome: Outcome, more: bool) -> str:
    labels = sentences.positive_labels(read, outcome)
    named = sentences.names_the_good(outcome)
    return read.say(_HALVES[more, sentences.voice(outcome), named], labels=labels)
