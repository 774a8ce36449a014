"""What every kind of first page is built of, and the order it is read in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from isu_analysis.analysis.coverage import special
from isu_analysis.analysis.results import ELIGIBLE, Outcome
from isu_analysis.presentation import bars, figures, sentences
from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
)
from isu_analysis.presentation.outcomes.levels import mark_in_words
from isu_analysis.presentation.reader import SMALLEST_DENOMINATOR, Reader, sentence
from isu_analysis.presentation.wording import phrase

_SAME_RESULT = phrase("{caption}. Samma resultat, räknat på två sätt.")


@dataclass(frozen=True)
class Picture:
    """The one figure of a page: the same result of the measured, and of all.

    Attributes
    ----------
    basis : str
        How many it builds on, of how many, and how many are missing.
    usual : str
        How such a result is often told, with the number it leaves out; empty where that tells everything.
    beside : str
        Template that says what two bars show beside each other.
    """

    bars: tuple[figures.Bar, ...]
    caption: str
    basis: str
    usual: str = ""
    beside: str = _SAME_RESULT


@dataclass(frozen=True)
class Page:
    """A first page of a result.

    Attributes
    ----------
    counted : tuple of KeyFigure
        For how many of how many.
    known, unknown, not_meant : str
        The three sentences: what is known, what is not, and what it does not mean.
    picture : Picture
    sure : tuple of Callout
        How sure the conclusion is.
    """

    counted: tuple[KeyFigure, ...]
    known: str
    unknown: str
    not_meant: str
    picture: Picture
    sure: tuple[Callout, ...]


def blocks(read: Reader, page: Page) -> list[Block]:
    """Lay a page out: what, for how many, three sentences, one figure, how sure."""
    return [
        about(read, read.report.main),
        KeyFigures(page.counted),
        *three(read, (page.known, page.unknown, page.not_meant)),
        *figure(read, page.picture),
        *page.sure,
    ]


def about(read: Reader, outcome: Outcome) -> Paragraph:
    """Tell what is followed up and why; where the data come from, unless every page says that they are invented."""
    unit, measure = read.report.context.unit, outcome.measure
    name, what = read.name(measure), read.text(measure.construct_sv)
    if measure.kind == "scale":
        said = read.say("Enheten använder måttet {measure} för att mäta {what}.", measure=name, what=what) if what else read.say(
            "Enheten använder måttet {measure}.", measure=name)  # fmt: skip
    elif what:
        said = read.say("Enheten följer upp {what}.", what=what)
    else:
        said = read.say("Enheten följer upp «{measure}».", measure=name)
    origin = "" if unit.invented or not unit.origin else sentence(read.own(unit.origin))
    return Paragraph(" ".join(filter(None, (said, purpose(read), origin))))


_AIMS = {"sv": "Att ", "en": "To "}  # how a purpose begins when it can end a sentence


def purpose(read: Reader) -> str:
    """Why it is followed up, in the unit's own words."""
    text = sentence(read.own(read.report.context.unit.purpose))
    if text.startswith(_AIMS[read.language]):
        return read.say("Syftet är {purpose}", purpose=text[0].lower() + text[1:])
    return read.say("Syfte: {purpose}", purpose=text)


def three(read: Reader, points: Sequence[str]) -> list[Block]:
    """The three things that a reader with one minute should leave with."""
    return [Heading(read.say("Det viktigaste"), 3), Bullets(tuple(points))]


def figure(read: Reader, picture: Picture) -> list[Block]:
    """Draw the bars; one where both are the same, none where a number in them is hidden."""
    shown, caption = picture.bars, picture.caption
    if not shown or any(math.isnan(part.n) for bar in shown for part in bar.parts):
        return []
    if len(shown) > 1 and _same(*shown[:2]):
        shown = shown[1:]
    caption = read.say(picture.beside if len(shown) > 1 else phrase("{caption}."), caption=caption)
    caption += mark_in_words(read, picture.bars[-1])
    return [Figure(figures.divided_bars(shown), bars.in_words(read, shown), caption, picture.usual, picture.basis)]


def unless_hidden(read: Reader, missing: str, shown: tuple[figures.Bar, ...]) -> tuple[figures.Bar, ...]:
    """The bars, or none where nobody may see how many are missing: bars without them would look whole."""
    return shown if read.shown(missing) else ()


def _same(one: figures.Bar, other: figures.Bar) -> bool:
    return [part for part in one.parts if part.n] == [part for part in other.parts if part.n]


# Who should have been followed up: one, and several.
_MEANT = {
    "episode": (phrase("ärende skulle följas upp"), phrase("ärenden skulle följas upp")),
    "person": (phrase("person skulle följas upp"), phrase("personer skulle följas upp")),
    "family": (phrase("familj skulle följas upp"), phrase("familjer skulle följas upp")),
    "placement": (phrase("placering skulle följas upp"), phrase("placeringar skulle följas upp")),
}


def meant(read: Reader) -> KeyFigure:
    """Tell how many the report is about, and who says so."""
    unit = read.report.context.unit
    label = _MEANT[unit.unit_of_analysis][read.value(ELIGIBLE) != 1]
    said = [sentence(read.own(unit.cohort.eligible) if unit.cohort.eligible else read.say("alla i årets urval"))]
    if read.cell(ELIGIBLE).declared:
        said.append(read.say("Antalet är uppgivet av enheten."))
    not_due = f"{read.report.main.key}/not_due"
    if read.report.has(not_due) and read.value(not_due) != 0:
        said.append(read.say("För {n} är det ännu inte dags att mäta.", n=read.how_many(not_due)))
    if cell := _not_concerned(read):
        said.append(read.say("För {n} är frågan inte aktuell.", n=read.how_many(cell)))
    return counted(read, read.say(label), ELIGIBLE, " ".join(said))


def _not_concerned(read: Reader) -> str:
    """Cell of those whom the question does not concern: they are in no denominator."""
    main = read.report.main
    cells = [
        f"{main.key}/none_applies",
        *(f"{main.key}/level/{level.code}" for level in special(main.measure, "not_applicable")),
    ]
    found = [cell for cell in cells if read.report.has(cell) and read.value(cell) != 0]
    return found[0] if found and main.once else ""


def everyone(read: Reader) -> str:
    """How many all are."""
    return number(read, read.whole(read.report.main))


def number(read: Reader, cell: str) -> str:
    """Count in figures, or the words for a hidden one."""
    return read.count(cell) if read.tells(cell) else read.say("(dolt antal)")


def many(read: Reader, cell: str) -> str:
    """How many of all, in a sentence that has said how many all are: ``alla``, ``31``, ``ingen``, ``färre än 5``."""
    whole = read.whole(read.report.main)
    return (
        read.say("alla") if read.shown(cell, whole) and read.value(cell) == read.value(whole) else read.how_many(cell)
    )


def counted(read: Reader, label: str, cell: str, note: str) -> KeyFigure:
    """One key figure, of a count."""
    return KeyFigure(label, read.count(cell) if read.tells(cell) else read.say("dolt"), note)


def of_all(read: Reader, share: str) -> str:
    """Share of all, with how many all are: ``55 % av alla 93``, ``13 av 18``, ``alla 60``."""
    of = everyone(read)
    if not read.shown(share):
        return read.say("av alla {of}", of=of) if read.shown(read.whole(read.report.main)) else ""
    if read.value(share) in {0, 1}:
        return read.say("alla {of}", of=of) if read.value(share) else read.say("ingen av {of}", of=of)
    if not read.bears_percent(share):
        return read.percent(share)
    return read.say("{share} av alla {of}", share=read.percent(share), of=of)


def bracket(read: Reader, share: str) -> str:
    """Share in brackets after its count, where it may be seen and the count does not say it all."""
    return read.bracket(share) if read.shown(share) and read.value(share) not in {0, 1} else ""


def nobody(read: Reader, cell: str) -> bool:
    """Whether a count is known to be nought."""
    return read.shown(cell) and read.value(cell) == 0


def between(read: Reader, bounds: str) -> dict[str, str]:
    """Lowest and highest that a share of all can be, for a sentence; nothing where it is hidden or nobody is missing."""
    if not read.shown(bounds):
        return {}
    cell = read.cell(bounds)
    if math.isnan(cell.low) or cell.low == cell.high:
        return {}
    if cell.n and cell.n < SMALLEST_DENOMINATOR:
        return {"low": read.numbers.whole(cell.low * cell.n), "high": read.numbers.whole(cell.high * cell.n)}
    # Whole per cent: a decimal would claim precision that bounds lack.
    return {"low": read.numbers.percent(cell.low, None), "high": read.numbers.percent(cell.high, None)}


def listed(read: Reader, items: Sequence[str]) -> str:
    """Write a list: ``a, b och c``."""
    if len(items) < 2:
        return "".join(items)
    return read.say("{others} och {last}", others=", ".join(items[:-1]), last=items[-1])


def no_cause(read: Reader) -> str:
    """What a change does not mean."""
    if any(group.kind == "trial_arms" for group in read.report.context.unit.subgroups):
        arms = sentences.trial_arms(read, read.report.main)
        together = read.say(
            "Siffrorna gäller alla grupper i prövningen tillsammans och visar inte vad som orsakade förändringen."
        )
        return f"{together} {arms}" if arms else together
    return read.say("Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns.")


def how_sure(read: Reader, missing: str) -> Callout:
    """How sure counts are that no model stands behind: nobody is missing, or those who are could change them."""
    if nobody(read, missing):
        text = read.say("Siffrorna gäller alla {of}, så inget bortfall kan ändra dem.", of=everyone(read))
        return Callout(read.say("Ingen saknas"), text, "known")
    text = read.say("Siffrorna gäller dem som är kända. De som saknas ({n} av {of}) kan ha klarat sig bättre eller sämre.",
                    n=read.how_many(missing), of=everyone(read))  # fmt: skip
    return Callout(read.say("De som saknas kan ändra bilden"), text, "unknown")
