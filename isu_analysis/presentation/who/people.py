"""Who they are, why they came, what they got, how it ended and how long it lasted."""

from __future__ import annotations

from collections.abc import Iterator

from isu_analysis.analysis.course import CONTACTS, DURATION
from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation.blocks import Block, Column, Paragraph, Table
from isu_analysis.presentation.reader import HIDDEN, Reader
from isu_analysis.presentation.together import together
from isu_analysis.presentation.wording import phrase

MOST_LEVELS = 12  # further answers to one question are summed up: nobody reads a longer list
_COURSE = ("reason", "intervention", "ending")
_ENDINGS = ("planned", "transferred", "unplanned", "never_started", "ongoing")  # the wanted one first
_LENGTHS = {
    DURATION: phrase("Dagar från start till slut"),
    CONTACTS: phrase("Antal kontakter"),
}
_NOT_IN_FILES = {
    DURATION: phrase("Hur länge ärendena varade går inte att säga: filerna har inte både start och slut."),
}


def blocks(read: Reader) -> list[Block]:
    """One table of who they are, one of what happened, one of how long; or why there is none."""
    if read.cell(ELIGIBLE).declared:
        text = read.say("Svaren är anonyma. Därför går det inte att säga vilka de är, vad de fick eller hur länge.")
        return [Paragraph(text)]
    variables = _variables(read)
    background = [name for name in variables if name not in _COURSE]
    course = [name for name in _COURSE if name in variables]
    return [
        *_left_out(read, variables),
        *_table(read, read.say("Vilka de är"), background, variables),
        *_table(read, read.say("Varför de kom, vad de fick och hur det slutade"), course, variables),
        *_lengths(read),
    ]


def _left_out(read: Reader, variables: dict[str, list[str]]) -> list[Block]:
    """Why a public report does not tell who they are; nothing where no file does."""
    if variables or not read.report.within("who/"):
        return []
    text = read.say("Vilka de är, varför de kom och vad de fick visas inte. Det kräver minst {n} i rapporten, och att ingen kan kännas igen.",
                    n=str(read.report.limits.min_n_breakdown))  # fmt: skip
    return [Paragraph(text)]


def _variables(read: Reader) -> dict[str, list[str]]:
    """Levels of each variable that the report may show something of, by the code in the file."""
    found: dict[str, list[str]] = {}
    for cell in read.report.within("who/"):
        if not cell.id.endswith("/share") and cell.hidden != INTERNAL:
            _, variable, level = cell.id.split("/", 2)
            found.setdefault(variable, []).append(level)
    return found


def _table(read: Reader, caption: str, names: list[str], variables: dict[str, list[str]]) -> list[Block]:
    rows = tuple(row for name in names for row in _rows(read, name, variables[name]))
    if not rows:
        return []
    columns = (
        Column(read.say("Uppgift")),
        Column(read.say("Antal"), "right"),
        Column(read.say("Andel av alla"), "right"),
    )
    told = read.say("Av alla {of}. Den som saknar uppgift står på en egen rad.", of=read.count(ELIGIBLE))
    return [Table(caption, columns, rows, basis=told)]


def _rows(read: Reader, variable: str, levels: list[str]) -> Iterator[tuple[str, str, str]]:
    """Rows of one variable; the name of a hidden level may itself tell who somebody is, so it is not public."""
    name, place = read.variable(variable), f"who/{variable}/"
    shown = _in_order(read, variable, [level for level in levels if level and read.shown(f"{place}{level}")])
    for level in shown[:MOST_LEVELS]:
        label = read.say("{variable}: {level}", variable=name, level=read.level(variable, level))
        yield label, read.count(f"{place}{level}"), read.percent(f"{place}{level}/share")
    rest = [level for level in levels if level and level not in shown[:MOST_LEVELS]]
    if rest:
        yield _others(read, variable, rest, bool(shown))
    if "" in levels:
        yield read.say("{variable}: uppgift saknas", variable=name), read.count(place), ""


def _others(read: Reader, variable: str, rest: list[str], some_shown: bool) -> tuple[str, str, str]:
    """All other answers in one row, without a name: with their number together, where all but they are shown."""
    place, n = f"who/{variable}/", len(rest)
    values = {"variable": read.variable(variable)}
    if not some_shown:
        return read.say("{variable}: hur svaren fördelar sig visas inte", **values), HIDDEN, ""
    label = read.plural("{variable}: övriga ({n} svar)", "{variable}: övriga ({n} svar tillsammans)", n, **values)
    parts = [cell.id for cell in read.report.within(place) if not cell.id.endswith("/share")]
    sum_ = together(read, ELIGIBLE, parts, [f"{place}{level}" for level in rest])
    return label, HIDDEN if sum_ is None else read.numbers.whole(sum_), ""


def _in_order(read: Reader, variable: str, levels: list[str]) -> list[str]:
    """Background as declared, endings from the wanted one, all else the most common first."""
    if variable == "ending":
        return sorted(levels, key=lambda level: _ENDINGS.index(level) if level in _ENDINGS else len(_ENDINGS))
    if variable not in _COURSE:
        declared = _declared_order(read, variable)
        return sorted(levels, key=lambda level: declared.index(level) if level in declared else len(declared))
    return sorted(levels, key=lambda level: -read.value(f"who/{variable}/{level}"))


def _declared_order(read: Reader, variable: str) -> list[str]:
    columns = (source.background.get(variable) for source in read.report.context.unit.sources)
    return [code for column in columns if column is not None for code in column.values.values()]


def _lengths(read: Reader) -> list[Block]:
    """Median and the middle half of days and contacts, or why they are not there."""
    rows, reasons = [], []
    for place, label in _LENGTHS.items():
        median = f"{place}/median"
        if read.shown(median):
            rows.append((read.say(label), read.points(median, 0), _middle_half(read, place), _known(read, place)))
        elif read.report.has(median):
            reasons.append(
                read.say("{what}: visas inte här. Underlaget är för litet eller för likt.", what=read.say(label))
            )
        elif place in _NOT_IN_FILES:
            reasons.append(read.say(_NOT_IN_FILES[place]))
    out: list[Block] = [Paragraph(" ".join(reasons))] if reasons else []
    if not rows:
        return out
    columns = (Column(read.say("Hur länge")), Column(read.say("Median"), "right"), Column(read.say("Mellersta hälften"), "right"),
               Column(read.say("Uppgift finns för"), "right"))  # fmt: skip
    note = read.say(
        "Median: hälften har mindre, hälften har mer. Mellersta hälften: en fjärdedel har mindre, en fjärdedel mer."
    )
    told = read.say("Hur många uppgiften finns för, av alla, står på varje rad. Resten saknas.")
    return [Table(read.say("Hur länge det varade"), columns, tuple(rows), note, basis=told), *out]


def _middle_half(read: Reader, place: str) -> str:
    low, high = f"{place}/lower_quartile", f"{place}/upper_quartile"
    return read.numbers.interval(read.value(low), read.value(high), 0) if read.shown(low, high) else HIDDEN


def _known(read: Reader, place: str) -> str:
    known = f"{place}/known" if read.report.has(f"{place}/known") else ELIGIBLE
    return read.say("{n} av {of}", n=read.count(known), of=read.count(ELIGIBLE))
