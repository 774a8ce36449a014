"""For the meeting about the report: what was decided last time, how to share the time, questions and room to write."""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.decisions import Decided, Decision, Quotable, Unread
from isu_analysis.presentation import questions
from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Notes, PageBreak, Paragraph, Table
from isu_analysis.presentation.numbers import HARD_SPACE
from isu_analysis.presentation.quotable import figures
from isu_analysis.presentation.reader import NOTHING, Reader
from isu_analysis.presentation.wording import phrase

NOTE_LINES, BESIDE_DECISIONS = 5, 3  # so that a few decisions and all else are one page
_MOST_UNREAD = 3  # told one by one; the rest are counted


def blocks(read: Reader) -> list[Block]:
    """The reflection page, on a page of its own; room to write is in the unit's own report only."""
    reasons, agreed = _room_to_write(read) if read.report.mode == "internal" else ((), ())
    return [
        PageBreak(),
        Heading(read.say("Att prata om")),
        Paragraph(read.say(
            "Siffror är inte kunskap förrän ni har tänkt igenom dem tillsammans. Sidan är till för ert möte. Frågorna "
            "kommer ur årets egna siffror."
        )),
        Heading(read.say("Det ni bestämde förra gången"), 3),
        *_decided(read),
        Heading(read.say("Så delar ni tiden"), 3),
        Paragraph(read.say(
            "Lägg en fjärdedel av mötet på frågan: kan siffrorna vara fel? Lägg tre fjärdedelar på frågan: tänk om de "
            "stämmer, vad gör vi då? Regeln kallas 75–25. Den kommer från CORC i England (Wolpert m.fl. 2014)."
        )),
        Heading(read.say("Frågor för att förstå"), 3),
        Bullets(questions.to_understand(read), ordered=True),
        *reasons,
        Heading(read.say("Frågor för att göra något"), 3),
        Bullets(questions.to_act(read), ordered=True),
        *agreed,
    ]  # fmt: skip


def _room_to_write(read: Reader) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """After the questions to understand, and after those to act."""
    decided = bool(read.report.decided.decisions)
    reasons = Notes(read.say("Anteckningar: vad vi tror att det beror på"), NOTE_LINES)
    agreed = read.say("Anteckningar: vad vi bestämmer, vem som gör det och när det är klart")
    where = _NO_FILE if read.report.context.through else _FILE
    return (
        () if decided else (reasons,),
        (Notes(agreed, BESIDE_DECISIONS if decided else NOTE_LINES), Paragraph(read.say(where))),
    )


_FILE = phrase(
    "Skriv det ni bestämmer i filen beslut.xlsx. Den ligger bredvid den interna rapporten. Nästa rapport visar "
    "beslutet bredvid samma siffra då och nu."
)
_NO_FILE = phrase("Filen för beslut, beslut.xlsx, ligger bredvid rapporten för ett helt år.")


def _decided(read: Reader) -> list[Block]:
    decided = read.report.decided
    if not (decided.count or decided.problems):
        return [Paragraph(read.say("Inga beslut är antecknade efter en tidigare rapport."))]
    if not (decided.decisions or decided.problems):
        counted = read.plural("Efter rapporten för {year} är {n} beslut antecknat. Det visas i den interna rapporten.",
                              "Efter rapporten för {year} är {n} beslut antecknade. De visas i den interna rapporten.",
                              decided.count, year=str(decided.year))  # fmt: skip
        return [Paragraph(counted)]
    made: list[Block] = [_table(read, decided)] if decided.decisions else []
    return [*made, Paragraph(" ".join(_unread(read, decided)))] if decided.problems else made


def _unread(read: Reader, decided: Decided) -> Iterator[str]:
    """What is wrong with the file, row by row."""
    for problem in decided.problems[:_MOST_UNREAD]:
        yield _place(read, decided, problem)
    if (more := len(decided.problems) - _MOST_UNREAD) > 0:
        yield read.plural("{n} fel till finns i filen.", "{n} fel till finns i filen.", more)


def _place(read: Reader, decided: Decided, problem: Unread) -> str:
    if problem.row:
        return read.say("Rad {row} går inte att läsa: {why}", row=str(problem.row), why=problem.why)
    return read.say("Besluten efter rapporten för {year} går inte att läsa: {problems}",
                    year=str(decided.year), problems=problem.why)  # fmt: skip


def _table(read: Reader, decided: Decided) -> Table:
    # A part of a year is not like the whole one before: its figures are not put side by side.
    now = None if read.report.context.through else {figure.id: figure.value for figure in figures(read)}
    columns = (
        Column(read.say("Beslut")),
        Column(read.say("Gäller siffran")),
        Column(read.say("Då, {year}", year=str(decided.year))),
        *([] if now is None else [Column(read.say("Nu, {year}", year=str(read.report.context.year)))]),
        Column(read.say("Vem och när")),
    )
    return Table(
        read.say("Beslut efter rapporten för {year}", year=str(decided.year)),
        columns,
        tuple(_row(read, decision, now) for decision in decided.decisions),
        read.say(_NOT_YET if now is None else _NO_CAUSE),
    )


_NO_CAUSE = phrase("Att en siffra har ändrats visar inte att beslutet var orsaken.")
_NOT_YET = phrase("Siffran nu visas i rapporten för hela året, eftersom ett delår inte går att jämföra med ett helår.")


def _row(read: Reader, decision: Decision, now: dict[str, str] | None) -> tuple[str, ...]:
    figure = decision.figure
    return (
        "\n".join(_what_came_of_it(read, decision)),
        figure.label if figure else read.say("ingen särskild"),
        figure.value.replace(" %", f"{HARD_SPACE}%") if figure else NOTHING,  # a workbook has plain spaces only
        *([] if now is None else [_value_now(read, figure, now)]),
        " ".join(_who_and_when(read, decision)) or NOTHING,
    )


def _value_now(read: Reader, figure: Quotable | None, now: dict[str, str]) -> str:
    return (now.get(figure.id) or read.say("finns inte i rapporten")) if figure else NOTHING


def _what_came_of_it(read: Reader, decision: Decision) -> Iterator[str]:
    yield decision.text
    if decision.happened:
        yield read.say("Vad hände: {what}", what=decision.happened)


def _who_and_when(read: Reader, decision: Decision) -> Iterator[str]:
    if decision.asked_by:
        yield read.say("Efterfrågat av: {who}.", who=decision.asked_by)
    if decision.discussed:
        yield read.say("Diskuterat {day}.", day=decision.discussed.isoformat())
    if decision.by_when:
        yield read.say("Klart senast {day}.", day=decision.by_when.isoformat())
