"""The primary outcome by intervention, where enough got each; else one sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isu_analysis.analysis.by_intervention import (
    BAD,
    BY,
    CHANGES,
    FEWEST_GROUPS,
    FEWEST_MEASURED,
    NEGATIVE,
    TOO_FEW,
    cells_of,
)
from isu_analysis.analysis.results import Outcome
from isu_analysis.disclosure.release import INTERNAL
from isu_analysis.presentation import basis, sentences
from isu_analysis.presentation.blocks import Block, Column, Heading, Paragraph, Table
from isu_analysis.presentation.reader import HIDDEN, NONE, Reader
from isu_analysis.presentation.wording import phrase
from isu_analysis.settings import Subgroup

Write = Callable[[Reader, str], str]


@dataclass(frozen=True)
class _Words:
    """How one kind of outcome heads its columns: those with a result, whom it went well for, and badly."""

    measured: str
    good: str
    bad: str
    others: str = ""  # who the others are, where those it went badly for are not shown apart


_CHANGED = _Words(
    phrase("Mätta, av dem som kom"), phrase("Säkert bättre"), phrase("Säkert sämre"),
    phrase("Resten av de mätta i varje rad fick ingen säker förändring eller blev säkert sämre. De visas inte var för sig."),
)  # fmt: skip
_JUDGED = _Words(
    phrase("Har uppgift, av dem som kom"), phrase("Gott utfall"), phrase("Dåligt utfall"),
    phrase("Resten av dem med uppgift i varje rad fick ett annat utfall. De dåliga visas inte för sig."),
)  # fmt: skip
_WORDS = {
    "change": _CHANGED, "sessions": _CHANGED, "levels": _JUDGED, "target": _JUDGED,
    "transition": _Words(
        phrase("Kända, av dem som kom"), phrase("Närmare det önskade"), phrase("Längre från"),
        phrase("Resten av de kända i varje rad var lika nära det önskade eller kom längre från det. De visas inte var för sig."),
    ),
    "answers": _Words(phrase("Har svar, av dem som kom"), phrase("Minst ett gott svar"), ""),
    "goals": _Words(phrase("Har mål, av dem som kom"), phrase("Minst ett mål nått"), ""),
}  # fmt: skip


def blocks(read: Reader) -> list[Block]:
    """Nothing where there are no interventions to tell apart."""
    outcome = read.report.main
    state = read.code(f"{outcome.key}/by/{BY}")
    if not state:
        return []
    title = Heading(read.say("Resultat efter insats"), 3)
    if state == TOO_FEW:
        text = read.say(
            "Resultatet delas inte upp på insats. Det kräver minst {groups} insatser med minst {people} i resultatet var.",
            groups=str(FEWEST_GROUPS),
            people=str(FEWEST_MEASURED),
        )
        return [title, Paragraph(text)]
    levels = _levels(read, outcome)
    if len(levels) < FEWEST_GROUPS:
        return [
            title,
            Paragraph(read.say("Uppdelningen på insats finns bara i den interna rapporten: antalen är för små.")),
        ]
    return [title, _table(read, outcome, levels), Paragraph(" ".join(_cautions(read)))]


def shows(read: Reader, outcome: Outcome, subgroup: Subgroup) -> bool:
    """Whether a declared breakdown is the one that is shown here, and so not a second time among the others."""
    return outcome is read.report.main and subgroup.by == BY and bool(_levels(read, outcome))


def _levels(read: Reader, outcome: Outcome) -> list[str]:
    """Interventions with enough people in the result, the most given first."""
    if read.code(f"{outcome.key}/by/{BY}") in {"", TOO_FEW}:
        return []
    place = f"{outcome.key}/by/{BY}/"
    cells = [cell for cell in read.report.within(place) if cell.id.endswith("/eligible") and not cell.hidden]
    names = {cell.id.removeprefix(place).removesuffix("/eligible"): cell.value for cell in cells}
    found = [name for name in names if name and _has_result(read, outcome, f"{place}{name}")]
    return sorted(found, key=lambda name: -names[name])


def _has_result(read: Reader, outcome: Outcome, place: str) -> bool:
    """Whether so many have a result that it is given, and it may be shown."""
    measured = f"{place}/{cells_of(outcome)[0]}"
    if not read.shown(measured) or read.value(measured) < FEWEST_MEASURED:
        return False
    return outcome.design not in CHANGES or read.shown(f"{place}/change")


def _table(read: Reader, outcome: Outcome, levels: list[str]) -> Table:
    columns = _columns(read, outcome, levels)
    rows = tuple(
        (read.level(BY, level), *(write(read, f"{outcome.key}/by/{BY}/{level}") for _, write in columns))
        for level in levels
    )
    heads = (Column(read.variable(BY)), *(Column(head, "right") for head, _ in columns))
    caption = read.say("{measure} efter insats", measure=read.name(outcome.measure))
    return Table(caption, heads, rows, _note(read, outcome, levels), basis=basis.of_outcome(read, outcome))


def _columns(read: Reader, outcome: Outcome, levels: list[str]) -> list[tuple[str, Write]]:
    """Heads and how their cells are written; those that no row may show are left out."""
    (measured, good, _), words = cells_of(outcome), _WORDS[outcome.design]
    found: list[tuple[str, Write]] = [(read.say(words.measured), _of(measured, "eligible"))]
    if outcome.design in CHANGES:
        found.append((read.say("Förändring, poäng (95 % intervall)"), _change))
    places = [f"{outcome.key}/by/{BY}/{level}" for level in levels]
    if _any_to_show(read, places, good):
        found.append((read.say(words.good), _of(good, measured)))
    if outcome.design not in CHANGES and any(_bears_share(read, f"{place}/{good}/share") for place in places):
        found.append((read.say("Andel (95 % intervall)"), _share(f"{good}/share")))
    if words.bad and _any_to_show(read, places, BAD):
        found.append((read.say(words.bad), _of(BAD, measured)))
    return found


def _any_to_show(read: Reader, places: list[str], name: str) -> bool:
    cells = [f"{place}/{name}" for place in places]
    return any(read.report.has(cell) and read.cell(cell).hidden != INTERNAL for cell in cells)


def _bears_share(read: Reader, cell: str) -> bool:
    return read.shown(cell) and read.bears_percent(cell)


def _of(part: str, whole: str) -> Write:
    return lambda read, place: read.say(
        "{n} av {of}", n=read.count(f"{place}/{part}"), of=read.count(f"{place}/{whole}")
    )


def _change(read: Reader, place: str) -> str:
    points, interval = read.points(f"{place}/change"), read.interval(f"{place}/change")
    if not read.shown(f"{place}/change") or interval in {NONE, HIDDEN}:
        return points
    return read.say("{value} ({interval})", value=points, interval=interval)


def _share(cell: str) -> Write:
    def write(read: Reader, place: str) -> str:
        name = f"{place}/{cell}"
        if not read.bears_percent(name):
            return NONE
        if not read.shown(name):
            return read.percent(name)
        return read.say("{value} ({interval})", value=read.percent(name), interval=read.percent_interval(name))

    return write


def _note(read: Reader, outcome: Outcome, levels: list[str]) -> str:
    place = f"{outcome.key}/by/{BY}/"
    told = []
    if outcome.once:
        told.append(read.say("Gott: {labels}.", labels=sentences.positive_labels(read, outcome)))
        bad = [read.quoted(level) for level in outcome.measure.levels if level.meaning in NEGATIVE]
        told += [read.say("Dåligt: {labels}.", labels=", ".join(bad))] if bad else []
    told += _others(read, outcome, levels)
    if len([cell for cell in read.report.within(place) if cell.id.endswith("/eligible")]) - 1 > len(levels):
        told.append(
            read.say(
                "Insatser med färre än {n} i resultatet, eller vars resultat är dolt, visas inte.",
                n=str(FEWEST_MEASURED),
            )
        )
    unknown = f"{place}/eligible"
    if read.report.has(unknown) and read.value(unknown) != 0 and read.cell(unknown).hidden != INTERNAL:
        told.append(read.say("För {n} är insatsen okänd.", n=read.count(unknown)))
    return " ".join(told)


def _others(read: Reader, outcome: Outcome, levels: list[str]) -> list[str]:
    """Who the others are, where it is shown whom it went well for but not whom it went badly for."""
    places, (_, good, _) = [f"{outcome.key}/by/{BY}/{level}" for level in levels], cells_of(outcome)
    counted = any(read.report.has(f"{place}/{BAD}") for place in places)
    if not counted or not _any_to_show(read, places, good) or _any_to_show(read, places, BAD):
        return []
    return [read.say(_WORDS[outcome.design].others)]


def _cautions(read: Reader) -> list[str]:
    told = [
        read.say("En skillnad mellan insatserna är ingen effekt av dem: de som fick dem kan ha skilt sig från början.")
    ]
    told.append(read.say("Var och en räknas en gång, under den insats som står i filen."))
    if read.report.has("flow/events"):
        told.append(read.say("Den som har haft flera ärenden räknas med det senaste."))
    return told
