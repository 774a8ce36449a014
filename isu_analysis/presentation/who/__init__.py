"""Who came, why, what they got, for how long and who was followed up: before any result."""

from __future__ import annotations

from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import when
from isu_analysis.presentation.blocks import Block, Callout, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader, sentence
from isu_analysis.presentation.who import coverage, flow, people
from isu_analysis.presentation.wording import phrase

_ABOUT = (
    (phrase("Målgrupp: {text}"), "target_group"),
    (phrase("Insats: {text}"), "intervention"),
    (phrase("Önskat resultat: {text}"), "desired_outcome"),
)
_VOLUMES = {
    "enrolled": phrase("var inskrivna"),
    "started": phrase("började"),
    "completed": phrase("fullföljde"),
    "asked": phrase("fick frågan"),
    "eligible": phrase("skulle följas upp"),
}


def blocks(read: Reader) -> list[Block]:
    """Whom it is about, the flow, who they are, and how many are followed up with each measure."""
    return [
        Heading(read.say("Vilka som kom och vilka som följdes upp")),
        *_about(read),
        *flow.blocks(read),
        *_declared(read),
        *_strays(read),
        *_undated(read),
        *people.blocks(read),
        *coverage.blocks(read),
    ]


def _about(read: Reader) -> list[Block]:
    unit = read.report.context.unit
    texts = [(template, read.own(getattr(unit, name))) for template, name in _ABOUT]
    lines = [read.say(template, text=sentence(text)) for template, text in texts if text]
    if unit.counting:
        lines.append(read.say("Så räknar enheten själv: {text}", text=sentence(read.own(unit.counting))))
    lines += [*_people_and_events(read), *_part_of_year(read)]
    return [Paragraph("\n".join(lines))]


def _part_of_year(read: Reader) -> list[str]:
    """Who of the year is not in its part."""
    if not read.report.context.through:
        return []
    return [read.say("Delårsrapport för 1 januari till och med {day}. De som hör till året först därefter är inte med.",
                     day=when.last_day(read))]  # fmt: skip


def _people_and_events(read: Reader) -> list[str]:
    """People and cases side by side, where one person is there more than once."""
    lines = []
    if read.report.has("flow/persons") and read.report.context.unit.unit_of_analysis != "person":
        lines.append(
            read.say(
                "{n} {what} gäller {persons} personer: någon är med flera gånger.",
                n=read.count(ELIGIBLE), what=read.unit_word, persons=read.count("flow/persons"),
            )
        )  # fmt: skip
    if read.shown("flow/events"):
        lines.append(
            read.say(
                phrase("De {n} har tillsammans {events} ärenden i delårets urval. Det senaste räknas.")
                if read.report.context.through
                else phrase("De {n} har tillsammans {events} ärenden under året. Det senaste räknas."),
                n=read.count(ELIGIBLE), events=read.count("flow/events"),
            )
        )  # fmt: skip
    return lines


def _declared(read: Reader) -> list[Block]:
    """Counts that no file bears out: the unit's own, each with its source."""
    rows = tuple(
        (read.say(_VOLUMES[volume.what]), read.numbers.whole(volume.n), read.own(volume.source))
        for volume in read.report.context.volumes
    )
    columns = (Column(read.say("Antal som enheten själv har uppgett")), Column(read.say("Antal"), "right"),
               Column(read.say("Källa")))  # fmt: skip
    return [Table(read.say("Uppgivna antal"), columns, rows)] if rows else []


def _strays(read: Reader) -> list[Block]:
    """Forms that are in the files and in no result."""
    if not read.report.has("flow/strays") or read.cell("flow/strays").hidden == INTERNAL:
        return []
    text = read.say(
        "Formulär med ett nummer som inte finns bland ärendena: {n}. De är inte med i något resultat. Kontrollera numren.",
        n=read.count("flow/strays"),
    )
    return [Callout(read.say("Inte med i rapporten"), text, "warning")]


def _undated(read: Reader) -> list[Block]:
    """What of the year is left out of its part, as no date tells where it belongs."""
    if not read.report.has("flow/undated"):
        return []
    text = read.say(
        "Ärenden och svar utan datum: {n}. De är inte med, eftersom ingen kan säga om de hör till tiden till och med {day}.",
        n=read.count("flow/undated"), day=when.last_day(read),
    )  # fmt: skip
    return [Callout(read.say("Inte med i rapporten"), text, "warning")]
