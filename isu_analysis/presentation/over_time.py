"""Year beside year, with what chance alone could do; and month by month. Only inside the service."""

from __future__ import annotations

from isu_analysis.analysis.over_time import (
    ANONYMOUS,
    NEW_OUTCOME,
    NO_LAST_YEAR,
    NOT_MEASURED,
    OTHER_COVERAGE,
    OTHER_DESIGN,
    OTHER_KIND,
    PLACE,
)
from isu_analysis.presentation import case_mix, norms, page_one, planning
from isu_analysis.presentation.blocks import Block, Column, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.figures.months import month_by_month, shares_by_month
from isu_analysis.presentation.reader import NONE, Reader
from isu_analysis.presentation.wording import phrase

_APART = {
    OTHER_KIND: phrase("Huvudutfallet är av ett slag som inte kan jämföras år för år."),
    ANONYMOUS: phrase("Svaren är utan namn eller nummer. Därför går det inte att jämföra andelen uppföljda år för år."),
    NOT_MEASURED: phrase("Huvudutfallet mättes inte förra året."),
    NO_LAST_YEAR: phrase("Det finns inget tidigare år att jämföra huvudutfallet med."),
    OTHER_DESIGN: phrase("Förra året mättes huvudutfallet på ett annat sätt. Åren kan inte jämföras."),
    NEW_OUTCOME: phrase("Huvudutfallet bestämdes efter förra året. Hur det gick kan inte jämföras."),
}
_SIGNALS = {
    "shift": phrase(
        "Flera månader i rad ligger på samma sida om medianen, fler än slumpen brukar ge. Något kan ha ändrats."
    ),
    "few_runs": phrase("Månaderna växlar mer sällan kring medianen än slumpen brukar ge. Något kan ha ändrats."),
    "none": phrase("Månaderna växlar så som slumpen brukar göra. Ingen ändring går att skilja från den."),
}
_MONTHLY_SHARES = {
    "followed_up": phrase("Andel uppföljda av de {what} ärendena, månad för månad."),
    "planned": phrase("Andel planerade avslut varje månad."),
}
_SHORT = {
    "followed_up": phrase("uppföljda"),
    "twice": phrase("bättre"),
    "once": phrase("med ett svar som räknas som gott"),
}
MOST_LABELS = 3  # answers named in a row of the table; more are told together
_MONTHLY = {
    "ended": phrase("avslutade"),
    "started": phrase("påbörjade"),
    "active": phrase("påbörjade"),
    "declared": phrase("påbörjade"),
}


def blocks(read: Reader) -> list[Block]:
    """What changed since last year, or why nobody can say; the months; and what it would take to know more."""
    if not read.shown(f"{PLACE}/break"):
        return []
    others = [*norms.blocks(read), *case_mix.blocks(read)]
    found = [*_years(read), *_months(read), *_shares_by_month(read), *others, *planning.blocks(read)]
    return [Heading(read.say("Över tid, mot andra och framåt")), *found] if found else []


def _years(read: Reader) -> list[Block]:
    reason = read.code(f"{PLACE}/break")
    if reason in _APART and not read.shown(f"{PLACE}/followed_up/this/n"):
        return [Paragraph(read.say(_APART[reason]))]
    # Where too few were followed up for a result there is none to compare either, but how many were is told.
    asked = ("followed_up",) if page_one.refused(read) or reason == NEW_OUTCOME else ("followed_up", "good")
    names = [name for name in asked if read.all_shown(f"{PLACE}/{name}/")]
    if not names:
        return []
    year = read.report.context.year
    heads = (read.say("Vad"), str(year - 1), str(year), read.say("Förändring, procentenheter"))
    scores = (
        [_points_row(read)]
        if len(names) > 1 and read.shown(f"{PLACE}/points/change") and read.all_shown(f"{PLACE}/points/")
        else []
    )
    basis = read.say("Antal, av hur många, står i varje ruta.")
    if scores:
        basis += " " + read.say("Poängen är de uppföljdas, och förändringen av dem är i poäng.")
    new = read.say(_APART[reason]) if reason == NEW_OUTCOME else ""
    said = " ".join(
        filter(None, (new, *(_said(read, name) for name in names), _shared(read), _break(read, reason, names)))
    )
    return [
        *([Paragraph(said)] if said else []),
        Table(
            read.say(
                "Förra året och i år. Efter förändringen står mellan vilka värden den kan ligga (95 procents intervall)."
            ),
            (Column(heads[0]), *(Column(head, "right") for head in heads[1:])),
            (*(_row(read, name) for name in names), *scores),
            basis=basis,
        ),
    ]


def _row(read: Reader, name: str) -> tuple[str, ...]:
    place = f"{PLACE}/{name}"
    return (_what(read, name), _of(read, f"{place}/last"), _of(read, f"{place}/this"), _change(read, f"{place}/change"))


def _what(read: Reader, name: str) -> str:
    if name == "followed_up":
        return read.say("uppföljda, av alla")
    outcome = read.report.main
    if outcome.twice:
        return read.say("bättre, av de uppföljda")
    labels = [read.label(level) for level in outcome.measure.levels if level.positive]
    if len(labels) > MOST_LABELS:
        return read.say("svar som räknas som goda, av de uppföljda")
    return read.say("{labels}, av de uppföljda", labels=", ".join(labels))


def _of(read: Reader, cell: str) -> str:
    share = read.cell(cell)
    if not share.of:
        return NONE
    return read.say(
        "{n} av {of} ({share})",
        n=read.numbers.whole(share.n or 0),
        of=read.numbers.whole(share.of),
        share=read.numbers.percent(share.value, share.of),
    )


def _change(read: Reader, cell: str) -> str:
    if not read.shown(cell):
        return NONE
    change = read.cell(cell)
    value, low, high = (100 * number for number in (change.value, change.low, change.high))
    interval = read.numbers.interval(low, high, 0)
    return read.say("{change} ({interval})", change=_signed(read, value, 0), interval=interval)


def _points_row(read: Reader) -> tuple[str, ...]:
    """The mean change of the scale, each year and between them."""
    change = read.cell(f"{PLACE}/points/change")
    years = (read.cell(f"{PLACE}/points/{when}") for when in ("last", "this"))
    return (
        read.say("poäng från start till slut, i medeltal"),
        *(_signed(read, one.value, 1) for one in years),
        read.say(
            "{change} ({interval})",
            change=_signed(read, change.value, 1),
            interval=read.numbers.interval(change.low, change.high),
        ),
    )


def _signed(read: Reader, value: float, decimals: int) -> str:
    return f"{'+' if round(value, decimals) > 0 else ''}{read.numbers.decimal(value, decimals)}"


def _said(read: Reader, name: str) -> str:
    cell = f"{PLACE}/{name}/change"
    if not read.shown(cell):
        return ""
    change = read.cell(cell)
    if change.low <= 0 <= change.high:
        text = phrase("Andelen {what} kan inte sägas ha ändrats: skillnaden ryms inom slumpen.")
    elif change.value > 0:
        text = phrase("Andelen {what} är större än förra året, mer än slumpen brukar ge.")
    else:
        text = phrase("Andelen {what} är mindre än förra året, mer än slumpen brukar ge.")
    what = "followed_up" if name == "followed_up" else "twice" if read.report.main.twice else "once"
    return read.say(text, what=read.say(_SHORT[what]))


def _shared(read: Reader) -> str:
    cell = f"{PLACE}/followed_up/shared"
    n = int(read.value(cell)) if read.shown(cell) else 0
    if not n:
        return ""
    return read.plural(
        "{n} människa finns med båda åren; det är räknat med.",
        "{n} människor finns med båda åren; det är räknat med.",
        n,
        n=read.numbers.whole(n),
    )


def _break(read: Reader, reason: str, names: list[str]) -> str:
    if reason != OTHER_COVERAGE or "good" not in names:
        return ""
    return read.say(
        "Andelen uppföljda skiljer sig minst 10 procentenheter mellan åren. Det kan ensamt påverka resultatet: läs åren som två skilda "
        "bilder."
    )


def _months(read: Reader) -> list[Block]:
    if not read.shown(f"{PLACE}/months/signal") or not read.all_shown(f"{PLACE}/months/"):
        return []
    place = f"{PLACE}/months/"
    counts = [cell for cell in read.report.within(place) if cell.kind == "count"]
    labels, values = [cell.id.removeprefix(place) for cell in counts], [cell.value for cell in counts]
    median = read.cell(f"{place}median").value
    what = read.say(_MONTHLY[read.report.context.unit.cohort.rule])
    listed = ", ".join(f"{label}: {read.numbers.whole(value)}" for label, value in zip(labels, values, strict=True))
    signal = read.say(_SIGNALS[read.code(f"{place}signal")])
    return [
        Figure(
            month_by_month(labels, values, median, read.say("median {n}", n=read.numbers.plain(median))),
            read.say("Antal {what} ärenden varje månad. {listed}.", what=what, listed=listed),
            read.say("Antal {what} ärenden varje månad.", what=what),
            signal,
            read.say("{n} {what} ärenden med datum under {months} månader.", n=read.numbers.whole(sum(values)), what=what,
                     months=read.numbers.whole(len(values))),
        )
    ]  # fmt: skip


def _shares_by_month(read: Reader) -> list[Block]:
    """Followed up, and planned endings, month by month with the limits of chance."""
    return [_share_figure(read, name) for name in _MONTHLY_SHARES if read.all_shown(f"{PLACE}/monthly/{name}/")]


def _share_figure(read: Reader, name: str) -> Figure:
    place = f"{PLACE}/monthly/{name}/"
    shares = [cell for cell in read.report.within(place) if cell.id.endswith("/share")]
    labels = [cell.id.removeprefix(place).removesuffix("/share") for cell in shares]
    counts = [(read.value(f"{place}{label}/n"), read.value(f"{place}{label}/of")) for label in labels]
    outside = [label for label, cell in zip(labels, shares, strict=True) if not cell.low <= cell.value <= cell.high]
    what = read.say(_MONTHLY_SHARES[name], what=read.say(_MONTHLY[read.report.context.unit.cohort.rule]))
    listed = ", ".join(
        f"{label}: {read.numbers.whole(n)}/{read.numbers.whole(of)}"
        for label, (n, of) in zip(labels, counts, strict=True)
    )
    told = (
        read.say(
            "Utanför det som slumpen brukar ge: {months}. Fråga vad som var annorlunda då.", months=", ".join(outside)
        )
        if outside
        else read.say("Alla månader ligger inom det som slumpen brukar ge.")
    )
    values, low, high = ([getattr(cell, end) for cell in shares] for end in ("value", "low", "high"))
    return Figure(
        shares_by_month(labels, values, low, high, read.cell(f"{place}centre").value),
        read.say("{what} {listed}.", what=what, listed=listed),
        what,
        told,
        read.say(
            "{n} av {of} under {months} månader med ärenden. De streckade linjerna är slumpens gränser.",
            n=read.numbers.whole(sum(n for n, _ in counts)),
            of=read.numbers.whole(sum(of for _, of in counts)),
            months=read.numbers.whole(len(labels)),
        ),
    )
