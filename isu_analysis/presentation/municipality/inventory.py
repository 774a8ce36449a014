"""The inventory: all that each unit collects, what it costs in minutes, how complete it is, and what it is used for."""

from __future__ import annotations

from isu_analysis.presentation.blocks import Block, Bullets, Column, Heading, Paragraph, Table
from isu_analysis.presentation.municipality.collected import MAIN, NOT_SHOWN, NOWHERE, REPORTED, Collected, collected
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.reader import NOTHING, Reader
from isu_analysis.presentation.wording import phrase

_HEADS = (
    (phrase("Vad som samlas in"), "left"),
    (phrase("Hur komplett"), "left"),
    (phrase("Minuter per gång"), "left"),
    (phrase("Används"), "left"),
)
_USES = {
    MAIN: phrase("huvudmått"),
    REPORTED: phrase("i rapporten"),
    NOT_SHOWN: phrase("finns i filerna; visas inte eftersom underlaget är för litet"),
    NOWHERE: phrase("nej"),
}
_DECIDED = {
    MAIN: phrase("huvudmått, och i beslut"),
    REPORTED: phrase("i rapporten, och i beslut"),
    NOT_SHOWN: phrase("i beslut"),
    NOWHERE: phrase("i beslut"),
}


def blocks(view: View) -> list[Block]:
    """What is collected and not used, then a table a unit."""
    found = {read.report.context.unit.key: collected(read) for read in _reports(view)}
    return [
        Heading(view.say("Vad enheterna samlar in och vad som används")),
        Paragraph(
            view.say(
                "Att fylla i ett formulär tar tid för dem som svarar och för personalen. "
                "Det som inte används kan man sluta samla in, eller börja använda."
            )
        ),
        *_unused(view, found),
        Heading(view.say("Enhet för enhet"), 3),
        *(_table(view, read, found[read.report.context.unit.key]) for read in _reports(view)),
    ]


def _reports(view: View) -> list[Reader]:
    return [unit for unit in view.units if isinstance(unit, Reader)]


def _unused(view: View, found: dict[str, list[Collected]]) -> list[Block]:
    lines = []
    for read in _reports(view):
        names = [
            name
            for row in found[read.report.context.unit.key]
            if row.use == NOWHERE and not row.decided
            for name in row.names
        ]
        if names:
            lines.append(view.say("{unit}: {names}.", unit=view.name(read), names=", ".join(names)))
    title = Heading(view.say("Samlas in men används inte"), 3)
    if not lines:
        return [title, Paragraph(view.say("Allt som läses in används i någon rapport."))]
    return [title, Bullets(tuple(lines))]


def _table(view: View, read: Reader, rows: list[Collected]) -> Table:
    return Table(
        view.say("{unit}: vad som samlas in.", unit=view.name(read)),
        tuple(Column(view.say(head), align) for head, align in _HEADS),  # type: ignore[arg-type]
        tuple(_row(view, row) for row in rows),
        " ".join(filter(None, (_declared(view, read), _decisions(view, read)))),
        basis=view.say("Antal, och av hur många, står på varje rad. Resten saknas."),
    )


def _row(view: View, row: Collected) -> tuple[str, ...]:
    names = joined(row.names)
    names = names[:1].upper() + names[1:]
    return (
        view.say("{names} ({who})", names=names, who=row.who) if row.who else names,
        row.complete,
        _minutes(view, row),
        view.say((_DECIDED if row.decided else _USES)[row.use]),
    )


def joined(names: tuple[str, ...]) -> str:
    """Names after one another; the whole that they are parts of is said once."""
    for sign in (": ", ", "):
        wholes = {name.rpartition(sign)[0] for name in names}
        if len(names) > 1 and len(wholes) == 1 and all(wholes):
            return f"{wholes.pop()}: {', '.join(name.rpartition(sign)[2] for name in names)}"
    return ", ".join(names)


def _minutes(view: View, row: Collected) -> str:
    if not row.who:
        return NOTHING
    if row.minutes is None:
        return view.say("inte uppgivet")
    client, staff = (view.numbers.whole(minutes) for minutes in row.minutes)
    if not row.minutes[0]:
        return view.say("personalen {staff}", staff=staff)
    return view.say("svarande {client}, personalen {staff}", client=client, staff=staff)


def _declared(view: View, read: Reader) -> str:
    """Who says how long it takes, and since when."""
    sources = dict.fromkeys((read.own(burden.source), burden.declared) for burden in read.report.context.unit.burden)
    told = ", ".join(
        view.say("{source} {date}", source=source, date=declared.isoformat()) for source, declared in sources
    )
    return view.say("Minuterna: {sources}.", sources=told) if told else ""


def _decisions(view: View, read: Reader) -> str:
    n = read.report.decided.count
    if not n:
        return ""
    return view.plural(
        "Efter en tidigare rapport fattades {n} beslut.", "Efter en tidigare rapport fattades {n} beslut.", n
    )
