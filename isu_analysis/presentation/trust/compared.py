"""Those measured twice beside those lost after the start, in what was known of both."""

from __future__ import annotations

import math
from collections.abc import Callable

from isu_analysis.analysis.loss import START
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.gate import Shown
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import NONE, NOTHING, Reader
from isu_analysis.presentation.wording import phrase

_BALANCE = {
    "imbalanced": phrase("skiljer sig"),
    "balanced": phrase("liknar varandra"),
    "cannot_tell": phrase("går inte att avgöra"),
    "differ_somehow": phrase("skiljer sig, oklart hur mycket"),
}
_MISSING = "missing"


def in_short(read: Reader, outcome: Outcome) -> list[Block]:
    """Both groups side by side, with how many each row is computed on."""
    found = _found(read, outcome)
    title = Heading(read.say("Skiljer de sig från de mätta?"), 3)
    if not found:
        text = read.say("Det går inte att jämföra: ingen av dem som saknas har ett startvärde.")
        return [title, Paragraph(text)]
    if read.cell(f"{found[0]}/verdict").hidden:
        return [
            title,
            Paragraph(read.say("Jämförelsen mellan de mätta och de som saknas finns bara i den interna rapporten.")),
        ]
    rows = tuple(_row(read, outcome, cell) for cell in _without_mirrors(found) if _says_something(read, outcome, cell))
    n_kept, n_lost = (read.count(f"{_of_start(outcome)}/{group}/n") for group in ("kept", "lost"))
    columns = (
        Column(read.say("Känt vid start")),
        Column(read.say("Mätta, n = {n}", n=n_kept), "right"),
        Column(read.say("Bortfall, n = {n}", n=n_lost), "right"),
        Column(read.say("Räknat på"), "right"),
        Column(read.say("De två grupperna")),
    )
    note = read.say(
        "«Går inte att avgöra»: grupperna är för små för att visa om de liknar varandra. Det är inte detsamma som lika."
    )
    return [title, Table(read.say("De som mättes två gånger och de som föll bort efter start"), columns, rows, note,
                         basis=_basis(read, outcome, n_kept, n_lost))]  # fmt: skip


def in_full(read: Reader, outcome: Outcome) -> list[Block]:
    """Every row with the difference and its interval."""
    found = _found(read, outcome)
    if not found or read.cell(f"{found[0]}/verdict").hidden:
        return []
    rows = tuple(
        (*_row(read, outcome, cell)[:4], _difference(read, outcome, cell))
        for cell in found
        if _says_something(read, outcome, cell)
    )
    columns = (Column(read.say("Känt vid start")), Column(read.say("Mätta"), "right"),
               Column(read.say("Bortfall"), "right"), Column(read.say("Räknat på"), "right"),
               Column(read.say("Skillnad, 95 % intervall"), "right"))  # fmt: skip
    caption = read.say("{measure}: skillnader mellan mätta och bortfall", measure=read.name(outcome.measure))
    n_kept, n_lost = (read.count(f"{_of_start(outcome)}/{group}/n") for group in ("kept", "lost"))
    return [Table(caption, columns, rows, basis=_basis(read, outcome, n_kept, n_lost))]


def _basis(read: Reader, outcome: Outcome, kept: str, lost: str) -> str:
    return read.say(
        "{kept} som mättes två gånger och {lost} som mättes bara vid {start}. De som inte mättes vid {start} är inte med.",
        kept=kept, lost=lost, start=read.occasion(outcome.start),
    )  # fmt: skip


def _of_start(outcome: Outcome) -> str:
    return f"{outcome.key}/loss/{START}/number/"


def _found(read: Reader, outcome: Outcome) -> list[str]:
    cells = read.report.within(f"{outcome.key}/loss/")
    return [cell.id.removesuffix("/verdict") for cell in cells if cell.id.endswith("/verdict")]


def _without_mirrors(found: list[str]) -> list[str]:
    """Leave out the second level of a variable with two: it says the same with the sign turned."""
    levels: dict[str, list[str]] = {}
    for cell in found:
        levels.setdefault(cell.rsplit("/", 1)[0], []).append(cell)
    mirrors = {both[1] for both in levels.values() if len(both) == 2}
    return [cell for cell in found if cell not in mirrors]


def _parts(outcome: Outcome, cell: str) -> tuple[str, str, str]:
    variable, kind, level = cell.removeprefix(f"{outcome.key}/loss/").split("/", 2)
    return variable, kind, level


def _says_something(read: Reader, outcome: Outcome, cell: str) -> bool:
    missing = _parts(outcome, cell)[1] == _MISSING
    return not missing or bool(read.value(f"{cell}/kept") or read.value(f"{cell}/lost"))


def _row(read: Reader, outcome: Outcome, cell: str) -> tuple[str, ...]:
    variable, kind, level = _parts(outcome, cell)
    label = read.variable(variable)
    if kind == _MISSING:
        label = read.say("{variable}: uppgift saknas", variable=label)
    elif kind != "number":
        label = read.say("{variable}: {level}", variable=label, level=read.level(variable, level))
    write = _writer(read, kind)
    on = read.say("{kept} och {lost}", kept=read.count(f"{cell}/kept/n"), lost=read.count(f"{cell}/lost/n"))
    verdict, difference = read.code(f"{cell}/verdict"), read.cell(f"{cell}/difference")
    if verdict == "cannot_tell" and (difference.low > 0 or difference.high < 0):
        verdict = "differ_somehow"  # too few to say that it matters, and still no chance difference
    return (label, write(read.cell(f"{cell}/kept")), write(read.cell(f"{cell}/lost")), on,
            read.say(_BALANCE[verdict]) if verdict in _BALANCE else NONE)  # fmt: skip


def _writer(read: Reader, kind: str) -> Callable[[Shown], str]:
    """How a value is written: a mean as a number, a share in per cent."""
    if kind == "number":
        return lambda cell: read.numbers.decimal(cell.value)
    return lambda cell: NOTHING if math.isnan(cell.value) else read.numbers.percent(cell.value, None)


def _difference(read: Reader, outcome: Outcome, cell: str) -> str:
    found = read.cell(f"{cell}/difference")
    times, places = (1, 1) if _parts(outcome, cell)[1] == "number" else (100, 0)
    value = read.numbers.decimal(times * found.value, places)
    if math.isnan(found.low):
        return value
    interval = read.numbers.interval(times * found.low, times * found.high, places)
    return read.say("{value} ({interval})", value=value, interval=interval)
