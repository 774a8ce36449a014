"""A scale from the first to the last conversation, and a scale that only follows the work."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation.blocks import Block, Paragraph
from isu_analysis.presentation.outcomes import change
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """How many have the two scores that a change needs, and the change from first to last."""
    return [Paragraph(validity(read, outcome)), *change.blocks(read, outcome)]


def validity(read: Reader, outcome: Outcome) -> str:
    """How many have the two scores that a change needs."""
    place = f"{outcome.key}/points"
    return read.say(
        "{n} av {of} har minst två mätningar{share}. Bara de har en första och en sista; för övriga går ingen förändring att räkna.",
        n=read.count(f"{place}/several").capitalize(),
        of=read.count(ELIGIBLE),
        share=read.bracket(f"{place}/several/share"),
    )


_BEYOND = {
    True: phrase(
        "Vid det senaste svaret låg {last} av dem under {limit} poäng{last_share}, och någon gång under tiden {ever}{ever_share}. "
        "Ett sådant svar är en anledning att fråga hur samarbetet fungerar."
    ),
    False: phrase(
        "Vid det senaste svaret låg {last} av dem över {limit} poäng{last_share}, och någon gång under tiden {ever}{ever_share}. "
        "Ett sådant svar är en anledning att fråga hur samarbetet fungerar."
    ),
}


def process(read: Reader, outcome: Outcome) -> list[Block]:
    """A signal about the work: whose last, or any, score asks for a talk."""
    key, name = outcome.key, read.name(outcome.measure)
    said = [read.say("{n} av {of} har svarat på {measure} minst en gång{share}.", n=read.count(f"{key}/cases").capitalize(),
                     of=read.count(ELIGIBLE), measure=name, share=read.bracket(f"{key}/cases/share"))]  # fmt: skip
    if read.report.has(f"{key}/last_below"):
        limits = dict.fromkeys(read.numbers.plain(cutoff.value) for cutoff in outcome.measure.active_cutoffs)
        said.append(read.say(
            _BEYOND[bool(outcome.measure.higher_is_better)], last=read.count(f"{key}/last_below"), limit=read.say(" eller ").join(limits),
            last_share=read.bracket(f"{key}/last_below/share"), ever=read.count(f"{key}/any_below"),
            ever_share=read.bracket(f"{key}/any_below/share")))  # fmt: skip
    said.append(
        read.say(
            "{measure} följer samarbetet i arbetet. Det är inget utfall och säger inget om hur det gick.", measure=name
        )
    )
    return [Paragraph(" ".join(said))]
