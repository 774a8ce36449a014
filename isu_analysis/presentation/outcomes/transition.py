"""From one named state to another, with those whose state is unknown."""

from __future__ import annotations

from isu_analysis.analysis.coverage import ordinary
from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation import bars, sentences
from isu_analysis.presentation.blocks import Block, Paragraph
from isu_analysis.presentation.not_better import not_better
from isu_analysis.presentation.outcomes import from_to, missing
from isu_analysis.presentation.outcomes.drawing import of_all
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase


def blocks(read: Reader, outcome: Outcome) -> list[Block]:
    """Nearer, as near and further from what is wanted, and the table from-to with those known once."""
    said = [_moved(read, outcome), _good(read, outcome), _unknown_state(read, outcome)]
    text: list[Block] = [Paragraph(" ".join(filter(None, said)))]
    table = from_to.of_states(read, outcome)
    if table:
        return [*text, *table]
    caption = read.say("{measure}: läget vid slut jämfört med start.", measure=read.name(outcome.measure))
    return [*text, *of_all(read, outcome, bars.transition_bars(read, outcome)[1], caption)]


def _moved(read: Reader, outcome: Outcome) -> str:
    key = outcome.key
    if not read.report.has(f"{key}/up"):
        return ""
    values = {"up": read.how_many(f"{key}/up").capitalize(), "n": read.count(f"{key}/paired")}
    if rest := not_better(read, outcome):
        return read.say(_TOGETHER[bool(rest.few)], **values, **sentences.rest_values(read, rest))
    if not any(read.tells(f"{key}/{name}") for name in ("up", "same", "down")):
        return read.say("Hur många som kom närmare eller längre från det önskade är dolt för att skydda enskilda.")
    return read.say(
        "{up} kom närmare det önskade, {same} var lika nära och {down} kom längre från det, av {n} som är kända vid start och slut.",
        same=read.how_many(f"{key}/same"),
        down=read.how_many(f"{key}/down"),
        **values,
    )


_TOGETHER = {
    False: phrase("{up} kom närmare det önskade, och {rest} var lika nära eller kom längre från det, av {n} som är kända vid start och slut."),
    True: phrase("{up} kom närmare det önskade, och {rest} var lika nära eller kom längre från det ({few} kom längre från det), av {n} som är kända vid start och slut."),
}  # fmt: skip


def _good(read: Reader, outcome: Outcome) -> str:
    """How many are in a state that counts as good, before and after."""
    key = outcome.key
    if not read.report.has(f"{key}/from_good"):
        return ""
    return read.say(
        "Ett läge som räknas som gott hade {before} av {n} vid start{before_share} och {after} vid slut{after_share}.",
        before=read.count(f"{key}/from_good"),
        n=read.count(f"{key}/paired"),
        before_share=read.bracket(f"{key}/from_good/share"),
        after=read.count(f"{key}/to_good"),
        after_share=read.bracket(f"{key}/to_good/share"),
    )


def _unknown_state(read: Reader, outcome: Outcome) -> str:
    said = f"{outcome.key}/lost/not_known"
    told = missing.in_words(read, outcome)
    if read.report.has(said) and read.value(said) != 0:
        return f"{told} {read.say('För {n} av dem står det att läget är okänt.', n=read.count(said))}"
    return told


def states(read: Reader, outcome: Outcome) -> dict[str, str]:
    """The states that say something about the person, by code."""
    return {level.code: read.label(level) for level in ordinary(outcome.measure)}
