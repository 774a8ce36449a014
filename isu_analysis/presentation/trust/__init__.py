"""Can the result be trusted? Who is missing, why, how they differ, what they could change, and the verdict."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import sentences, verdicts
from isu_analysis.presentation.blocks import Block, Callout, Heading, Paragraph
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.trust import assumptions, compared
from isu_analysis.presentation.trust.lost import reasons, who_is_missing
from isu_analysis.presentation.verdicts import Verdict
from isu_analysis.presentation.who import coverage


def blocks(read: Reader) -> list[Block]:
    """The missing of the primary outcome, before any result."""
    outcome = read.report.main
    out: list[Block] = [Heading(read.say("Går resultatet att lita på?"))]
    if not outcome.once and not read.report.has(f"{outcome.key}/paired"):
        return [*out, *_not_followed(read, outcome)]
    return [*out, *_BY_DESIGN[outcome.design](read, outcome)]


def details(read: Reader) -> list[Block]:
    """For the appendix: who was measured when, every comparison with its interval, every estimate of the figure."""
    outcome = read.report.main
    return [*coverage.responses(read, outcome), *compared.in_full(read, outcome), *assumptions.in_full(read, outcome)]


def _not_followed(read: Reader, outcome: Outcome) -> list[Block]:
    """Nobody can be followed from start to end, so nobody can be seen to fall off."""
    if read.report.context.unit.pairable(read.report.context.year):
        text = read.say(
            "Resultatet gäller varje tillfälle för sig och jämför ingen med sig själv. Därför går det inte att räkna på vad "
            "de som saknas kan ändra. Hur många som svarade står vid varje tillfälle."
        )
        return [Paragraph(text)]
    text = read.say(
        "Svaren är anonyma, så det går inte att se vilka som föll bort mellan start och slut. Inte heller går det att "
        "räkna på vad de som saknas kan ändra. Det som går att säga är hur många som fyllde i vid varje tillfälle."
    )
    return [Paragraph(text), *reasons(read, outcome)]


def _of_change(read: Reader, outcome: Outcome) -> list[Block]:
    verdict = _framed(verdicts.of_change(read, outcome))
    if read.value(f"{outcome.key}/lost") == 0:
        return [Paragraph(read.say("Alla är mätta två gånger. Ingen saknas.")), verdict]
    return [
        *who_is_missing(read, outcome),
        *compared.in_short(read, outcome),
        Heading(read.say("Vad kan de som saknas ändra?"), 3),
        *assumptions.drawn(read, outcome),
        verdict,
    ]


def _of_transition(read: Reader, outcome: Outcome) -> list[Block]:
    if read.value(f"{outcome.key}/lost") == 0:
        return [Paragraph(read.say("Läget är känt vid både start och slut för alla. Ingen saknas."))]
    unknown = read.say("Hur det gick för dem som saknas vet ingen. Resultatet gäller bara dem som är kända två gånger.")
    return [*who_is_missing(read, outcome), Paragraph(unknown)]


def _of_levels(read: Reader, outcome: Outcome) -> list[Block]:
    nobody = read.value(f"{outcome.key}/missing") == 0
    out: list[Block] = []
    if nobody:
        everyone = read.count(read.whole(outcome))
        out.append(Paragraph(read.say("Alla {all} har en uppgift. Ingen saknas.", all=everyone)))
    else:
        out += who_is_missing(read, outcome)
    ranges = [_range_of_good(read, outcome), _range_of_people(read, outcome)]
    if any(ranges):
        out += [Heading(read.say("Vad kan de som saknas ändra?"), 3), *(Paragraph(text) for text in ranges if text)]
    return [*out, *map(_framed, verdicts.of_answers(read, outcome))]


def _range_of_good(read: Reader, outcome: Outcome) -> str:
    return sentences.good_range(read, outcome) if read.report.has(f"{outcome.key}/positive/bounds") else ""


def _range_of_people(read: Reader, outcome: Outcome) -> str:
    labels = sentences.positive_labels(read, outcome)
    return sentences.share_range(read, outcome, f"{outcome.key}/people/bounds", sentences.HAS_SOME, labels=labels)


def _framed(verdict: Verdict) -> Callout:
    title, text, tone = verdict
    return Callout(title, text, tone)  # type: ignore[arg-type]


_BY_DESIGN: dict[str, Callable[[Reader, Outcome], list[Block]]] = {
    "change": _of_change,
    "sessions": _of_change,
    "transition": _of_transition,
    "needs": _of_transition,
    "levels": _of_levels,
    "target": _of_levels,
    "answers": _of_levels,
    "goals": _of_levels,
}
