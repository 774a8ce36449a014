"""Finding the people of one unit and year in its processed data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from isu_analysis.cohorts.episodes import counted, joined, left_out, of_year, ongoing, with_first_and_last
from isu_analysis.cohorts.part_year import answers_by, episodes_by, require_data
from isu_analysis.cohorts.people import Cohort
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import keys, rules_of, store
from isu_analysis.settings import Unit, load_unit, project_folder
from isu_analysis.settings.periods import last_day

MOST_MONTHS = 36  # older ones tell little of what goes on now


def cohort(
    unit: Unit | str,
    year: int,
    as_of: str | dt.date | None = None,
    project: Path | None = None,
    *,
    through: str | dt.date | None = None,
) -> Cohort:
    """Find the people of one unit and year.

    Parameters
    ----------
    unit : Unit or str
        A unit, or its ``"municipality/unit"``.
    year : int
        The year the cohort rule speaks of: by default the year an episode ended.
    as_of : str or date, optional
        Date of the data, ISO. Default: the latest date in the unit's processed data, or the year's last day.
    project : Path, optional
        Project folder.
    through : str or date, optional
        Last day of a part of the year, ISO: only those whom the rule gives the year by then. What was measured on them
        later is known all the same, up to `as_of`.

    Returns
    -------
    Cohort

    Raises
    ------
    DataError
        Nothing has been read in, or there is nothing for that year. Or the data do not tell who is in a part of it.
    SettingsError
        A date is no date, or outside the year.

    Examples
    --------
    The demonstration municipality's people of 2024, and those whose contact ended in its first half.

    >>> import isu_analysis as isu
    >>> unit = isu.load_unit("exempelstad/unga-vuxna")
    >>> isu.cohort(unit, 2024).eligible, isu.cohort(unit, 2024, through="2024-06-30").eligible
    (93, 48)
    """
    folder = project or project_folder()
    settings = load_unit(unit, folder) if isinstance(unit, str) else unit
    processed = store.load(folder, settings)
    keys.refuse_retired(folder, settings, processed.about.get("key_fingerprint"))
    if processed.about.get("rules") not in {None, rules_of(settings)}:  # none were kept by earlier versions
        raise DataError(
            f"{settings.name}: enhetsfilen säger något annat om hur filerna läses än när de lästes in. Kör «isu intake {settings.key}»."
        )
    known = _years(settings, processed)
    if year not in known:
        listed = ", ".join(map(str, known)) or "inga"
        raise DataError(f"{settings.name}: inga uppgifter för {year}. År som finns: {listed}.")
    part, date = last_day(year, through), _date_of_data(as_of, processed, year)
    found = _build(settings, year, part, date, processed)
    if part or year - 1 not in known:
        return found
    return replace(found, last_year=_build(settings, year - 1, None, date, processed))


def years(unit: Unit, project: Path | None = None) -> tuple[int, ...]:
    """Years for which the unit has processed data, in order."""
    return _years(unit, store.load(project or project_folder(), unit))


def _years(unit: Unit, processed: store.Processed) -> tuple[int, ...]:
    named = {source.year for source in unit.sources if source.year}
    episodes = processed.episodes
    found = {int(year) for year in episodes["year"].dropna()} if len(episodes) else set()
    if unit.cohort.rule == "active" and found:
        last = max(found | {int(year) for year in episodes["end"].dt.year.dropna()})
        found = set(range(min(found), last + 1))
    forms = processed.measurements[processed.measurements["episode"].isna()]["year"].dropna()
    return tuple(sorted(named | found | {int(year) for year in forms}))


def _date_of_data(as_of: str | dt.date | None, processed: store.Processed, year: int) -> dt.date:
    if isinstance(as_of, dt.datetime):
        return as_of.date()
    if isinstance(as_of, dt.date):
        return as_of
    text = str(as_of or processed.about.get("as_of") or f"{year}-12-31")
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        date = None
    if date is None or text != date.isoformat():  # the library also reads 20240131 and 2024-W05-1
        raise SettingsError("«as_of» ska vara ett datum, ÅÅÅÅ-MM-DD.")
    return date


def _build(unit: Unit, year: int, through: dt.date | None, as_of: dt.date, processed: store.Processed) -> Cohort:
    rows = processed.measurements
    rows = rows[~(rows["day"] > pd.Timestamp(as_of))]  # what was measured after the date of the data is not known yet
    every, rows = joined(unit, processed.episodes, rows)
    chosen, undated = of_year(unit, every, year), 0
    unlinked = rows[~rows["episode"].isin(every["episode"]) & (rows["year"] == year)]
    if through:
        require_data(unit, through, as_of)
        chosen, cases = episodes_by(unit, chosen, year, through)
        unlinked, answers = answers_by(unlinked, through)
        undated = cases + answers
    outside = left_out(unit, chosen)
    events = chosen[~outside]
    episodes = counted(unit, events).set_index("episode")
    ours = rows["episode"].isin(episodes.index) | rows.index.isin(unlinked.index[unlinked["episode"].isna()])
    stray = unlinked[unlinked["episode"].notna()]
    strays = int(stray.groupby(["episode", "occasion"]).ngroups) if len(stray) else 0
    # A declared count is of the whole year, and of no part of it.
    volumes: dict[str, int] = {one.what: one.n for one in unit.volumes if one.year == year and not through}
    return Cohort(
        unit,
        year,
        as_of,
        episodes,
        with_first_and_last(unit, rows[ours]),
        volumes,
        int(outside.sum()),
        strays,
        len(events),
        ongoing(unit, through or dt.date(year, 12, 31), every, episodes, part=through is not None),
        processed.about,
        through,
        undated,
        monthly=_monthly(unit, every, dt.date(year, 12, 31), as_of),
    )


def _monthly(unit: Unit, episodes: pd.DataFrame, year_end: dt.date, as_of: dt.date) -> pd.Series:
    """Episodes of each month until the year's end, or until the last month that the data hold whole.

    By the date that the rule goes by: a file of those who have ended holds ever fewer of the last months' beginnings. Of an
    active or declared cohort there is no such series: the first months would hold only those who stayed.
    """
    if unit.cohort.rule not in {"ended", "started"}:
        return pd.Series(dtype=int)
    dates = episodes[~left_out(unit, episodes)]["end" if unit.cohort.rule == "ended" else "start"]
    months = dates.dropna().dt.to_period("M")
    last = min(pd.Period(year_end, "M"), pd.Period(as_of + dt.timedelta(days=1), "M") - 1)
    if not (months <= last).any():
        return pd.Series(dtype=int)
    first = max(months.min(), last - (MOST_MONTHS - 1))
    return months.value_counts().reindex(pd.period_range(first, last, freq="M"), fill_value=0)
