"""The collection check: whom to measure now, by the unit's own case number, and what it means if nobody is measured.

The list names people, so it lies with the unit's protected data and is replaced each time. A list that cannot be
replaced is removed: it may name somebody who has been measured, has said no, or is to be forgotten.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isu_analysis import cohorts, files
from isu_analysis.analysis.designs import outcomes_of
from isu_analysis.analysis.results import Outcome
from isu_analysis.cohorts import due
from isu_analysis.cohorts.due_forecast import Forecast, forecast
from isu_analysis.cohorts.due_forms import Form, forms_of
from isu_analysis.errors import SettingsError
from isu_analysis.intake import keys, store
from isu_analysis.intake.case_numbers import CaseNumbers, case_numbers
from isu_analysis.intake.pseudonyms import owner_only
from isu_analysis.reporting import collection_texts as texts
from isu_analysis.reporting.collection_file import FILE, collection_path
from isu_analysis.reporting.collection_workbook import Part, Table, render
from isu_analysis.reporting.plan import Failed
from isu_analysis.reporting.progress import Say, careful, silent
from isu_analysis.reporting.reasons import reason
from isu_analysis.reporting.selection import has_any_files, select
from isu_analysis.settings import Unit

_LIST = (("Ärende", 20), ("Mättillfälle", 22), ("Vad", 44), ("Vem svarar", 16), ("Sedan", 12), ("Sista dag", 12),
         ("Läge", 11), ("Start finns", 11), ("Anmärkning", 26))  # fmt: skip
_SHARES = tuple(zip(texts.FORECAST_HEADINGS, (22, 44, 22, 26, 20, 20, 20, 20), strict=True))
_STANDING = (("Mättillfälle", 22), ("Vad", 44), ("Vem svarar", 22), *((name, 14) for name in texts.STATUS.values()))


@dataclass(frozen=True)
class Outlook:
    """What one outcome's share of a year will be."""

    year: int
    outcome: Outcome
    forecast: Forecast
    is_primary: bool


@dataclass(frozen=True, repr=False)
class Collection:
    """What a check found of one unit.

    Attributes
    ----------
    due : Due
        Whom to measure, of those the raw files hold.
    forms : tuple of Form
    numbers : CaseNumbers
    gone, protected : int
        Cases that are due but no longer stand in the raw files, or are those of people with a protected identity now.
    outlooks : tuple of Outlook
        The year's outcomes; the year before too if anybody on the list belongs to it.
    main : Outlook or None
        That of the primary outcome, if there is anybody to reckon on.
    data : str
        Last date of the data.
    """

    unit: Unit
    as_of: dt.date
    due: due.Due
    forms: tuple[Form, ...]
    numbers: CaseNumbers
    gone: int
    protected: int
    outlooks: tuple[Outlook, ...]
    main: Outlook | None
    data: str

    def __repr__(self) -> str:
        return f"Collection({self.unit.key!r}, {self.as_of})"


def collect_named(project: Path, names: Sequence[str], as_of: str, say: Say = silent) -> list[Failed]:
    """Make the lists of the units named, or of all; return the units that have none.

    Parameters
    ----------
    project : Path
    names : sequence of str
        ``"municipality/unit"`` or ``"municipality"``; none means every unit.
    as_of : str
        The day of the check, ISO.
    say : callable, optional
        Takes one line a unit: counts, never a case number.

    Raises
    ------
    SettingsError
        `as_of` is no date, or a unit is unknown.
    """
    day, tell = _day(as_of), careful(say)
    chosen = select(project, names, has_any_files)
    for line in chosen.skipped:
        tell(line)
    broken = [_without_list(project, failed.unit_key, failed.reason) for failed in chosen.failed]
    made = [_collected(project, unit, day, tell) for unit in chosen.units]
    return [*broken, *filter(None, made)]


def collect(unit: Unit, project: Path, day: dt.date) -> Collection:
    """Find whom to measure, without writing anything."""
    processed = store.load(project, unit)
    keys.refuse_retired(project, unit, processed.about.get("key_fingerprint"))
    forms = forms_of(unit, day.year)
    numbers = case_numbers(unit, project)
    found = due.to_measure(due.everyone(unit, day, processed), forms)
    named = found.rows["episode"].isin(list(numbers.by_case))
    hidden = found.rows["episode"].isin(list(numbers.protected))
    asked = due.Due(found.rows[named].reset_index(drop=True), found.counts)
    outlooks = tuple(_outlooks(unit, project, day, asked))
    return Collection(
        unit,
        day,
        asked,
        forms,
        numbers,
        gone=int(found.rows.loc[~named & ~hidden, "episode"].nunique()),
        protected=int(found.rows.loc[hidden, "episode"].nunique()),
        outlooks=outlooks,
        main=next((one for one in outlooks if one.is_primary), None),
        data=str(processed.about.get("as_of") or ""),
    )


def workbook(found: Collection) -> bytes:
    """Write down what a check found, for the unit's staff."""
    title = texts.title(found.unit, found.as_of)
    marks = [texts.SECRET, *([texts.INVENTED] if found.unit.invented else [])]
    told = [
        *texts.about_data(found.unit, found.data, found.numbers.is_new),
        *texts.left_out(found.gone, found.protected),
    ]
    rows = list(_rows(found))
    can_name = any(not form.why_not for form in found.forms)
    listed: list[Part] = (
        [texts.GUIDE, "", Table(_LIST, rows)] if rows else [texts.NOBODY if can_name else texts.NO_LIST]
    )
    return render(title, [*marks, *told, *listed], [*marks, "", *_meaning(found)])


def _day(as_of: str) -> dt.date:
    with contextlib.suppress(ValueError):
        day = dt.date.fromisoformat(as_of)
        if day.isoformat() == as_of:  # the library also reads 20240131 and 2024-W05-1
            return day
    raise SettingsError("«as_of» ska vara ett datum, ÅÅÅÅ-MM-DD.")


def _collected(project: Path, unit: Unit, day: dt.date, say: Say) -> Failed | None:
    try:
        found = collect(unit, project, day)
        with owner_only():
            files.write(collection_path(project, unit.key), workbook(found))
    except ModuleNotFoundError:
        _without_list(project, unit.key, "")
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, its own words may quote a raw file
        return _without_list(project, unit.key, reason(error))
    say(summary(found))
    return None


def _without_list(project: Path, unit_key: str, why: str) -> Failed:
    """Remove the unit's earlier list, and say so with the reason."""
    path = collection_path(project, unit_key)
    if not path.exists():
        return Failed(unit_key, None, why)
    try:
        files.remove(path)
    except files.WriteError:
        return Failed(unit_key, None, f"{why}\n{FILE} är gammal och gick inte att ta bort. Stäng filen och kör igen.")
    return Failed(unit_key, None, f"{why}\nDen tidigare listan ({FILE}) är borttagen, eftersom den kan vara inaktuell.")


def summary(found: Collection) -> str:
    """One line for the screen and the log: counts only."""
    can_name = any(not form.why_not for form in found.forms)
    said = [f"{found.unit.name}: {texts.counts(found.due) if can_name else f'ingen kan pekas ut, se {FILE}.'}"]
    said += [texts.consequence(found.main.outcome, found.main.forecast, found.main.year)] if found.main else []
    said += texts.left_out(found.gone, found.protected)
    return " ".join(said + (["Råfilerna är nyare än inläsningen."] if found.numbers.is_new else []))


def _outlooks(unit: Unit, project: Path, day: dt.date, asked: due.Due) -> Iterator[Outlook]:
    """Of the year, and of the year before where the list can still change it."""
    known = cohorts.years(unit, project)
    for year in (day.year, day.year - 1):
        found = list(_of_year(unit, project, year, day, asked)) if year in known else []
        if year == day.year or any(one.forecast.listed for one in found):
            yield from found


def _of_year(unit: Unit, project: Path, year: int, day: dt.date, asked: due.Due) -> Iterator[Outlook]:
    people = cohorts.cohort(unit, year, day, project)
    outcomes = outcomes_of(people) if len(people.episodes) else ()  # the primary one first
    for place, outcome in enumerate(outcomes):
        if (outcome.once or outcome.twice) and outcome.end and not outcome.at:
            start = outcome.start if outcome.twice else None
            found = forecast(people, asked, outcome.measure.id, start, outcome.end, outcome.rater, outcome.any_item)
            yield Outlook(year, outcome, found, is_primary=place == 0)


def _rows(found: Collection) -> Iterator[tuple[object, ...]]:
    unit = found.unit
    for row in found.due.rows.itertuples(index=False):
        yield (
            found.numbers.by_case[row.episode],
            unit.occasions[row.occasion].label,
            texts.name_of(unit, row.measures),
            texts.answered_by(row.raters),
            row.since.date(),
            row.last.date(),
            texts.IN_ROW[row.status],
            texts.BEGUN.get(row.begun, ""),
            texts.NOT_REACHED if row.not_reached else "",
        )


def _meaning(found: Collection) -> Iterator[Part]:
    unit = found.unit
    if found.outlooks:
        yield from (*texts.forecast_guide(unit), "")
        yield Table(_SHARES, [_of_outcome(unit, one) for one in found.outlooks])
    else:
        yield f"För {found.as_of.year} finns ingen andel att räkna ut."
        yield ""
    if found.due.counts:
        yield from (*texts.STATUS_GUIDE, "")
        yield Table(_STANDING, [_of_form(unit, form, counts) for form, counts in found.due.counts.items()])
        yield from ("När det är dags", *texts.time_limits(unit, found.forms), "")
    yield from (line for lines in [texts.not_listed(unit, found.forms)] if lines for line in ("Inte på listan", *lines))


def _of_outcome(unit: Unit, one: Outlook) -> tuple[object, ...]:
    name = one.outcome.measure.name_sv + (f": {one.outcome.item}" if one.outcome.item else "")
    main = " (huvudutfallet)" if one.is_primary else ""
    who = texts.answered_by([one.outcome.rater])
    return (str(one.year), name + main, who, texts.counted_as(unit, one.outcome), *texts.shares(one.forecast))


def _of_form(unit: Unit, form: Form, counts: dict[str, int]) -> tuple[object, ...]:
    what = unit.occasions[form.occasion].label, texts.name_of(unit, form.measures), texts.answered_by(form.raters)
    return (*what, *(counts.get(status, 0) for status in texts.STATUS))
