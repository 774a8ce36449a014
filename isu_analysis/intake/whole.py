"""Rules that need all files of the unit: a case twice, a measurement twice, an end measured before its start."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from isu_analysis.intake.columns import Cells, Flags
from isu_analysis.intake.linking import A_MONTH
from isu_analysis.intake.tables import Block, Tables, groups, repeated
from isu_analysis.settings import Unit

A_YEAR = np.timedelta64(365, "D")
LEAST_FOR_UNIT = 10  # scores; fewer may well all be low
LOW_PART = 0.25  # of a scale; a whole column below it is probably in another unit (mm and cm, mean and sum)


def check_whole(unit: Unit, tables: Tables, episodes: Block | None, measurements: Block | None) -> None:
    """List what is wrong between rows and between files."""
    told = np.zeros(0 if measurements is None else len(measurements), dtype=bool)
    if episodes is not None:
        second = _cases_twice(tables, episodes)
        if unit.cohort.overlapping == "refuse":
            _overlaps(tables, episodes)
        told = _of_rows(measurements, episodes, second) if measurements is not None else told
    if measurements is None:
        return
    filled = ~measurements.texts["missing_reason"].filled() & measurements.texts["episode"].filled()
    measured = measurements.where(filled & ~told)
    _twice(unit, tables, measured)
    _same_session(unit, tables, measured)
    _order(unit, tables, measured)
    if episodes is not None:
        _outside_episode(unit, tables, measured, episodes)
        _strays(tables, measurements, episodes)
    _unlikely_scales(unit, tables, measurements)


def _cases_twice(tables: Tables, episodes: Block) -> Flags:
    """List cases that stand twice; their second rows are returned, whose measurements need no lines of their own."""
    second = np.zeros(len(episodes), dtype=bool)
    known = np.flatnonzero(episodes.texts["episode"].filled())
    for again, first in repeated(groups(episodes.texts["episode"])[known]):
        place, before = known[again], known[first]
        what = f"samma ärende står redan på {tables.where(episodes, before)}"
        tables.problem(episodes, place, "", what, "en rad för varje ärende")
        second[place] = True
    return second


def _of_rows(measurements: Block, episodes: Block, chosen: Flags) -> Flags:
    """Measurements that stand on the chosen rows of the episodes' own files."""
    rows = {(int(sheet), int(row)) for sheet, row in _places(episodes)[chosen]}
    if not rows:
        return np.zeros(len(measurements), dtype=bool)
    return np.array([(int(sheet), int(row)) in rows for sheet, row in _places(measurements)], dtype=bool)


def _places(block: Block) -> np.ndarray:
    return np.column_stack([block.numbers["sheet"], block.numbers["row"]])


def _overlaps(tables: Tables, episodes: Block) -> None:
    """Two episodes of one person that are open the same day; ending and beginning on one day is allowed."""
    start, end, person = episodes.numbers["start"], episodes.numbers["end"], groups(episodes.texts["client"])
    usable = np.flatnonzero(episodes.texts["client"].filled() & ~np.isnat(start))
    order = usable[np.lexsort((start[usable], person[usable]))]
    for before, after in pairwise(order):
        if person[before] == person[after] and (np.isnat(end[before]) or start[after] < end[before]):
            heading = tables.sheets[int(episodes.numbers["sheet"][after])][1].start
            what = f"personen har redan ett ärende som pågår den dagen, på {tables.where(episodes, before)}"
            allowed = "ärenden efter varandra, eller «overlapping: allow» under «cohort» i enhetsfilen"
            tables.problem(episodes, after, heading or "", what, allowed)


def _twice(unit: Unit, tables: Tables, measured: Block) -> None:
    once = measured.where(~_sessions(unit, measured))
    if not len(once):
        return
    same = groups(*(once.texts[name] for name in ("episode", "measure", "item", "occasion", "rater")))
    headings = once.texts["heading"]
    for place, first in repeated(same):
        label = unit.occasions[once.texts["occasion"].cell(place)].label
        what = f"ärendet har redan ett värde vid «{label}», på {tables.where(once, first)}"
        tables.problem(once, place, headings.cell(place), what, "ett värde för varje ärende och tillfälle")


def _sessions(unit: Unit, measured: Block) -> Flags:
    occasions = measured.texts["occasion"]
    return occasions.flags(
        [value is not None and unit.occasions[value].role == "session" for value in occasions.values]
    )


def _same_session(unit: Unit, tables: Tables, measured: Block) -> None:
    """A session exported twice would make its case measured twice."""
    sessions = measured.where(_sessions(unit, measured) & ~np.isnat(measured.numbers["day"]))
    if not len(sessions):
        return
    days, codes = np.unique(sessions.numbers["day"], return_inverse=True)
    day = Cells(list(days), codes.astype(np.int32))
    same = groups(*(sessions.texts[name] for name in ("episode", "measure", "item", "occasion", "rater")), day)
    headings = sessions.texts["heading"]
    for place, first in repeated(same):
        what = f"ärendet har redan ett värde samma dag, på {tables.where(sessions, first)}"
        tables.problem(sessions, place, headings.cell(place), what, "en rad för varje samtal")


def _outside_episode(unit: Unit, tables: Tables, measured: Block, episodes: Block) -> None:
    """A session far outside its case, or a measurement more than a year before it, belongs to something else."""
    names = {name: at for at, name in enumerate(episodes.texts["episode"].listed()) if name is not None}
    case = Cells([names.get(name, -1) for name in measured.texts["episode"].values], measured.texts["episode"].codes)
    at = np.array(case.values, dtype=int)[case.codes] if len(measured) else np.zeros(0, int)
    day, known = measured.numbers["day"], at >= 0
    start, end = (np.where(known, episodes.numbers[name][at], np.datetime64("NaT")) for name in ("start", "end"))
    session = _sessions(unit, measured)
    far = known & session & ((day < start - A_MONTH) | (day > end + A_MONTH))
    early = known & ~session & (day < start - A_YEAR)
    for rows, what, allowed in (
        (
            far,
            "samtalet ligger utanför ärendets tid",
            "en dag från ärendets start till dess slut, med en månads marginal",
        ),
        (early, "mätningen är daterad mer än ett år före ärendets start", "ett datum som hör till ärendet"),
    ):
        for place in np.flatnonzero(rows).tolist():
            tables.problem(measured, place, _day_heading(tables, measured, place), what, allowed)


def _day_heading(tables: Tables, measured: Block, place: int) -> str:
    """Heading of the column that says when a measurement was made; empty where none does."""
    _, source = tables.sheets[int(measured.numbers["sheet"][place])]
    heading = measured.texts["heading"]
    return source.day_of(str(heading.cell(place))) or ""


def _strays(tables: Tables, measurements: Block, episodes: Block) -> None:
    """Warn of forms whose number fits no case: they are in no result."""
    cases = set(episodes.texts["episode"].values)
    named = measurements.texts["episode"]
    loose = named.flags([name is not None and name not in cases for name in named.values])
    for at in np.unique(measurements.numbers["sheet"][loose]):
        sheet = tables.sheets[int(at)][0]
        rows = len(np.unique(measurements.numbers["row"][loose & (measurements.numbers["sheet"] == at)]))
        what = f"{rows} {'rad' if rows == 1 else 'rader'} har ett nummer som inte finns bland ärendena; de är inte med i något resultat"
        tables.warnings.append(sheet.problem(0, "", what, "nummer som finns i filen med ärenden"))


def _order(unit: Unit, tables: Tables, measured: Block) -> None:
    """Whatever is measured after the start must be dated so, and what can never fall must not have fallen."""
    roles = measured.texts["occasion"]
    is_start = roles.flags([value is not None and unit.occasions[value].role == "start" for value in roles.values])
    same = (
        groups(*(measured.texts[name] for name in ("episode", "measure", "item", "rater")))
        if len(measured)
        else np.zeros(0, int)
    )
    first = np.full(same.max(initial=-1) + 1, -1)
    first[same[is_start]] = np.flatnonzero(is_start)
    start = first[same]
    later = np.flatnonzero(~is_start & (start >= 0))
    day, value = measured.numbers["day"], measured.numbers["value"]
    for place in later[day[later] < day[start[later]]]:
        what = "mätningen är daterad före ärendets mätning vid start"
        tables.problem(measured, place, _day_heading(tables, measured, place), what, "ett datum från och med startens")
    cumulative = [name for name, measure in unit.used_measures.items() if measure.cumulative]
    never_falls = measured.texts["measure"].flags([name in cumulative for name in measured.texts["measure"].values])
    headings = measured.texts["heading"]
    for place in later[never_falls[later] & (value[later] < value[start[later]])]:
        what = "värdet är lägre än vid start, men måttet kan bara stiga"
        tables.problem(measured, place, headings.cell(place), what, "samma värde som vid start, eller högre")


def _unlikely_scales(unit: Unit, tables: Tables, measurements: Block) -> None:
    """Warn where all scores of a column lie in the lowest part of the scale."""
    headings, sheets, measures = (
        measurements.texts["heading"],
        measurements.numbers["sheet"],
        measurements.texts["measure"],
    )
    known = ~np.isnan(measurements.numbers["value"])
    place = groups(headings, measures, Cells(sheets.tolist(), np.arange(len(sheets), dtype=np.int32)))
    first = {}
    for group in np.unique(place[known]):
        first[group] = int(np.flatnonzero(known & (place == group))[0])
    for group, at in first.items():
        values = measurements.numbers["value"][known & (place == group)]
        measure = unit.measure(measures.cell(at))
        low, high = float(measure.minimum or 0), float(measure.maximum or 0)
        if len(values) >= LEAST_FOR_UNIT and high - low >= 20 and values.max() <= low + LOW_PART * (high - low):
            sheet = tables.sheets[int(sheets[at])][0]
            what = f"alla värden ligger längst ner på skalan för {measure.name_sv}"
            allowed = f"poäng {low:g}–{high:g}; kontrollera enheten (mm eller cm, medelvärde eller summa)"
            tables.warnings.append(sheet.problem(0, headings.cell(at), what, allowed))
