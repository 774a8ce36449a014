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
    "not_estimable": phrase("Förändringen går inte att beräkna med de värden som finns."),
}
_NO_REASON = phrase("Underlaget bär ingen slutsats om gruppen.")
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
# Which half, whether it is somebody's own answer, and whether the answers that count as good are named.
_HALVES = {
    (True, True, True): phrase("Mer än hälften av alla svarade {labels}."),
    (True, True, False): phrase("Mer än hälften av alla gav {labels}."),
    (True, False, True): phrase("Mer än hälften av alla fick utfallet {labels}."),
    (True, False, False): phrase("Mer än hälften av alla fick {labels}."),
    (False, True, True): phrase("Mindre än hälften av alla svarade {labels}."),
    (False, True, False): phrase("Mindre än hälften av alla gav {labels}."),
    (False, False, True): phrase("Mindre än hälften av alla fick utfallet {labels}."),
    (False, False, False): phrase("Mindre än hälften av alla fick {labels}."),
}


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
    if state == "holds_if" and read.shown(f"{key}/verdict/tolerance"):
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
        condition = read.say(
            "Det gäller om minst {share} av dem som saknas ({lost}) har samma svar. Om det är så vet ingen.",
            share=share,
            lost=lost,
        )
        return read.say(_HOLDS_IF), f"{claim} {condition}", "unknown"
    text = read.say("Det går inte att säga om det är mer eller mindre än hälften av alla.")
    return read.say(_OPEN), text, "warning"


def _half(read: Reader, outcome: Outcome, more: bool) -> str:
    labels = sentences.positive_labels(read, outcome)
    named = sentences.names_the_good(outcome)
    return read.say(_HALVES[more, sentences.experienced(outcome), named], labels=labels)
