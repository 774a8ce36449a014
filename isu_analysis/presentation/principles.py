"""The five principles of following up results: how this unit's follow-up follows each, with the figures behind."""

from __future__ import annotations

from isu_analysis.analysis import principles
from isu_analysis.analysis.principles import (
    CANNOT_JUDGE,
    COMPARABLE,
    FOLLOWED,
    MET,
    NOT_FOLLOWED,
    PARTLY,
    PRINCIPLES,
    PURPOSE,
    RELATED,
    SYSTEMATIC,
    UNMET,
    UNSEEN,
    VOICES,
)
from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.wording import phrase

_NAMES = {
    PURPOSE: phrase("1. Syftet är tydligt"),
    RELATED: phrase("2. Det önskade resultatet hör ihop med problemet"),
    COMPARABLE: phrase("3. Måttet kan jämföras över tid och visar grad av förändring"),
    VOICES: phrase("4. Både personens egen och personalens bedömning finns"),
    SYSTEMATIC: phrase("5. Uppgifterna samlas in systematiskt"),
}
_JUDGEMENTS = {
    FOLLOWED: phrase("följs"),
    PARTLY: phrase("följs delvis"),
    NOT_FOLLOWED: phrase("följs inte"),
    CANNOT_JUDGE: phrase("går inte att bedöma"),
}
_WEAKEST_FIRST = (NOT_FOLLOWED, PARTLY)

# What is told of a sign by how it fell out, and what would be needed where it is not seen.
_TOLD = {
    (PURPOSE, "purpose", MET): phrase("Syftet är beskrivet."),
    (PURPOSE, "purpose", UNMET): phrase("Syftet är inte beskrivet."),
    (PURPOSE, "target_group", MET): phrase("Målgruppen är beskriven."),
    (PURPOSE, "target_group", UNMET): phrase("Målgruppen är inte beskriven."),
    (PURPOSE, "intervention", MET): phrase("Insatsen är beskriven."),
    (PURPOSE, "intervention", UNMET): phrase("Insatsen är inte beskriven."),
    (RELATED, "outcome", MET): phrase("Det önskade resultatet är beskrivet."),
    (RELATED, "outcome", UNMET): phrase("Det önskade resultatet är inte beskrivet."),
    (RELATED, "problem", MET): phrase("Det står vilket problem insatsen ska påverka."),
    (RELATED, "problem", UNMET): phrase("Det står inte vilket problem insatsen ska påverka."),
    (RELATED, "declared", MET): phrase("Huvudmåttet bestämdes {date}, innan året började."),
    (RELATED, "declared", UNMET): phrase("Huvudmåttet bestämdes {date}, när året redan hade börjat."),
    (RELATED, "reason", MET): phrase("Varför personen kom är känt för {n} av {of}{share}."),
    (RELATED, "reason", UNMET): phrase("Varför personen kom är känt för {n} av {of}{share}."),
    (COMPARABLE, "degree", MET): phrase("Huvudmåttet visar grader."),
    (COMPARABLE, "degree", UNMET): phrase("Huvudmåttet visar inga grader."),
    (COMPARABLE, "twice", MET): phrase("{n} av {of} är mätta två gånger{share}."),
    (COMPARABLE, "twice", UNMET): phrase("{n} av {of} är mätta två gånger{share}."),
    (COMPARABLE, "years", MET): phrase("Huvudmåttet är detsamma som året före."),
    (COMPARABLE, "years", UNMET): phrase("Huvudmåttet bestämdes {date} och fanns inte hela året före."),
    (VOICES, "own", MET): phrase("Den det gäller svarar själv."),
    (VOICES, "own", UNMET): phrase("Ingen som det gäller svarar själv."),
    (VOICES, "professional", MET): phrase("Personalen bedömer."),
    (VOICES, "professional", UNMET): phrase("Personalens bedömning saknas."),
    (VOICES, "both", MET): phrase("Båda finns för {n} av {of}{share}."),
    (VOICES, "both", UNMET): phrase("Båda finns för {n} av {of}{share}."),
    (SYSTEMATIC, "followed", MET): phrase("{n} av {of} är uppföljda{share}."),
    (SYSTEMATIC, "followed", UNMET): phrase("{n} av {of} är uppföljda{share}."),
    (SYSTEMATIC, "reasons", MET): phrase("Av {of} som saknas finns skälet för {n}{share}."),
    (SYSTEMATIC, "reasons", UNMET): phrase("Av {of} som saknas finns skälet för {n}{share}."),
    (SYSTEMATIC, "in_time", MET): phrase("{n} av {of} mätningar är gjorda i tid{share}."),
    (SYSTEMATIC, "in_time", UNMET): phrase("{n} av {of} mätningar är gjorda i tid{share}."),
    (SYSTEMATIC, "in_time", UNSEEN): phrase("Om mätningarna görs i tid går inte att se."),
}
_WITHOUT_COUNTS = {
    (RELATED, "reason"): phrase("Varför personerna kom står inte i uppgifterna."),
    (COMPARABLE, "twice"): phrase("Ingen är mätt två gånger med samma mått."),
    (VOICES, "both"): phrase("Hur många som har båda går inte att se: svaren är anonyma."),
    (SYSTEMATIC, "reasons"): phrase("Varför några saknas står inte i uppgifterna."),
}
_NOBODY_MISSING = phrase("Ingen saknas.")
_NEEDED = {
    (PURPOSE, "purpose"): phrase("att syftet beskrivs"),
    (PURPOSE, "target_group"): phrase("att målgruppen beskrivs"),
    (PURPOSE, "intervention"): phrase("att insatsen beskrivs"),
    (RELATED, "outcome"): phrase("att det önskade resultatet beskrivs"),
    (RELATED, "problem"): phrase("att enheten skriver vilket problem insatsen ska påverka"),
    (RELATED, "declared"): phrase("att huvudmåttet bestäms innan året börjar"),
    (RELATED, "reason"): phrase("att det framgår varför minst {most} kom"),
    (COMPARABLE, "degree"): phrase("ett mått med minst tre steg i ordning"),
    (COMPARABLE, "twice"): phrase("att minst {half} mäts både före och efter med samma mått"),
    (COMPARABLE, "years"): phrase("att huvudmåttet är detsamma två år i rad"),
    (VOICES, "own"): phrase("att den det gäller svarar själv"),
    (VOICES, "professional"): phrase("att personalen också bedömer resultatet"),
    (VOICES, "both"): phrase("att båda finns för minst {half}"),
    (SYSTEMATIC, "followed"): phrase("att minst {most} följs upp"),
    (SYSTEMATIC, "reasons"): phrase("att skälet skrivs upp för minst {most} av dem som saknas"),
    (SYSTEMATIC, "in_time"): phrase("att minst {most} av mätningarna görs i tid"),
}


def blocks(read: Reader) -> list[Block]:
    """One table, and what the weakest principle would need."""
    columns = (
        Column(read.say("Princip")),
        Column(read.say("Bedömning")),
        Column(read.say("Det som bedömningen bygger på")),
    )
    rows = tuple(_row(read, name) for name in PRINCIPLES if read.report.has(f"principle/{name}"))
    if not rows:
        return []
    weakest = _weakest(read)
    return [
        Heading(read.say("Hur uppföljningen är gjord: fem principer")),
        Paragraph(read.say(
            "Göteborgs Stad har samlat fem principer för att följa upp resultat (2024). Tabellen visar om den här "
            "uppföljningen följer dem. Det är uppföljningen som bedöms, inte insatsen och inte personalen."
        )),
        *([Paragraph(weakest)] if weakest else []),
        Table(
            read.say("De fem principerna"), columns, rows,
            read.say("Varje princip prövas med två till fyra tecken. «Följs»: alla finns. «Följs delvis»: några finns. "
                     "«Följs inte»: inget finns. Reglerna står i bilagan och är projektets eget val."),
            basis=_basis(read),
        ),
    ]  # fmt: skip


def rules(read: Reader) -> list[str]:
    """How the judgements are made, for the appendix: one rule for all principles, and the signs of each."""
    most, half = _limits(read).values()
    return [
        read.say("Varje princip prövas med några tecken. Alla tecken finns: den följs. Några: den följs delvis. Inget: den "
                 "följs inte. Går inget tecken att se kan principen inte bedömas. Ett tecken som inte går att se räknas inte."),
        read.say("Princip 1: syftet, målgruppen och insatsen är beskrivna i enhetens inställningar. Om de är tydliga avgör läsaren."),
        read.say("Princip 2: det önskade resultatet och problemet är beskrivna, huvudmåttet är bestämt före årets första dag, och "
                 "det är känt varför minst {most} kom.", most=most),
        read.say("Princip 3: huvudmåttet är en skala eller har minst {steps} steg i ordning, minst {half} är mätta två gånger med "
                 "det, och det är detsamma som hela året före.", steps=str(principles.FEWEST_STEPS), half=half),
        read.say("Princip 4: den det gäller svarar själv, personalen bedömer, och båda finns för minst {half} vid slutet. Mått som "
                 "följer arbetet räknas inte.", half=half),
        read.say("Princip 5: minst {most} är uppföljda, skälet är känt för minst {most} av dem som saknas, och minst {most} av "
                 "mätningarna med känd dag är gjorda i tid. I tid är inom tillfällets egna gränser, eller annars högst "
                 "{days} dagar från avslutet.", most=most, days=str(principles.IN_TIME_DAYS)),
        read.say("Principerna kommer från Göteborgs Stads kartläggning av resultatuppföljning i socialförvaltningarna (2024). "
                 "Tecknen och gränserna är projektets eget val."),
    ]  # fmt: skip


def _limits(read: Reader) -> dict[str, str]:
    return {
        "most": read.numbers.percent(principles.MOST, None),
        "half": read.numbers.percent(principles.HALF, None),
    }


def _row(read: Reader, name: str) -> tuple[str, str, str]:
    if read.cell(f"principle/{name}").hidden:
        judged = read.say("visas bara i den interna rapporten")
    else:
        judged = read.say(_JUDGEMENTS[read.code(f"principle/{name}")])
    told = [text for sign in _signs(read, name) if (text := _told(read, name, sign))]
    return read.say(_NAMES[name]), judged, " ".join(told)


def _signs(read: Reader, name: str) -> list[str]:
    place = f"principle/{name}/"
    return [cell.id.removeprefix(place) for cell in read.report.within(place)]


def _told(read: Reader, name: str, sign: str) -> str:
    """What is behind one sign; nothing where it is hidden or there is nothing to tell."""
    state = read.code(f"principle/{name}/{sign}")
    if not state:
        return ""
    declared = read.report.context.unit.primary.declared.isoformat()
    template = _TOLD.get((name, sign, state), "")
    counts = _counts(read, name, sign)
    if "{n}" not in template:
        return read.say(template, date=declared) if template else ""
    if counts is None:
        return _without_counts(read, name, sign, state)
    part, whole, share = counts
    return read.say(template, n=read.count(part), of=read.count(whole), share=read.bracket(share))


def _without_counts(read: Reader, name: str, sign: str, state: str) -> str:
    """Why there are no counts behind a sign; nothing where they are hidden."""
    if _any_hidden(read, name, sign):
        return ""
    if state == MET:
        return read.say(_NOBODY_MISSING)
    voices = {read.code(f"principle/{name}/{voice}") for voice in ("own", "professional")}
    if (name, sign) not in _WITHOUT_COUNTS or (sign == "both" and UNMET in voices):
        return ""
    return read.say(_WITHOUT_COUNTS[name, sign])


def _counts(read: Reader, name: str, sign: str) -> tuple[str, str, str] | None:
    """Cells behind a sign that may be seen: a count, what it is a count of, and its share."""
    found = _cells(read, name, sign)
    return found if found and read.shown(*found) else None


def _any_hidden(read: Reader, name: str, sign: str) -> bool:
    """Whether there is a count behind a sign that may not be seen: then nothing is said of why there is none."""
    return any(read.report.has(cell) and not read.shown(cell) for cell in _cells(read, name, sign) or ())


def _cells(read: Reader, name: str, sign: str) -> tuple[str, str, str] | None:
    main = read.report.main
    measured = (
        (f"{main.key}/answered", f"{main.key}/answered/share"),
        (f"{main.key}/paired", f"{main.key}/paired_share"),
    )
    at_end = (f"{main.key}/at/{main.end}", f"{main.key}/at/{main.end}/share")
    followed = next((pair for pair in (*measured, at_end) if read.shown(*pair)), ("", ""))
    missing = (f"{main.key}/{cell}" for cell in ("silent", "missing", "lost/silent", "lost"))
    return {
        (RELATED, "reason"): ("principle/reason_known", ELIGIBLE, "principle/reason_known/share"),
        (COMPARABLE, "twice"): (f"{main.key}/paired", f"{main.key}/due", f"{main.key}/paired_share"),
        (VOICES, "both"): ("principle/both", ELIGIBLE, "principle/both/share"),
        (SYSTEMATIC, "followed"): (followed[0], read.whole(main), followed[1]),
        (SYSTEMATIC, "reasons"): (
            "principle/stated",
            next(filter(read.report.has, missing), ""),
            "principle/stated/share",
        ),
        (SYSTEMATIC, "in_time"): ("principle/in_time", "principle/dated", "principle/in_time/share"),
    }.get((name, sign))


def _basis(read: Reader) -> str:
    """How many the judgements rest on."""
    main = read.report.main
    for part, missing in (("answered", "missing"), ("paired", "lost")):
        cells = f"{main.key}/{part}", f"{main.key}/{missing}"
        if read.shown(*cells, read.whole(main)):
            return read.say(
                "Huvudmåttet: {n} av {of} är uppföljda, {missing} saknas.",
                n=read.count(cells[0]), of=read.count(read.whole(main)), missing=read.count(cells[1]),
            )  # fmt: skip
    if not read.shown(ELIGIBLE):
        return read.say("Hur många uppgifterna gäller visas bara i den interna rapporten.")
    return read.say("Rapporten gäller {n}.", n=read.people(ELIGIBLE))


def _weakest(read: Reader) -> str:
    """One sentence on what the weakest principle needs; nothing where all are followed."""
    states = {name: read.code(f"principle/{name}") for name in PRINCIPLES}
    if not all(states.values()):
        return ""  # the weakest may be one that is hidden
    name = next((name for word in _WEAKEST_FIRST for name in reversed(PRINCIPLES) if states[name] == word), None)
    if name is None:
        return ""
    needed = [
        read.say(_NEEDED[name, sign], **_limits(read))
        for sign in _signs(read, name)
        if read.code(f"principle/{name}/{sign}") == UNMET
    ]
    return read.say("Svagast är princip {number}. För att den ska följas behövs: {needed}.",
                    number=str(PRINCIPLES.index(name) + 1), needed="; ".join(needed))  # fmt: skip
