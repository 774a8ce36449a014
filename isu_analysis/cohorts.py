"""One unit, one year: who is meant, who was measured when, who can be paired, who is missing and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import store
from isu_analysis.settings import Unit, load_unit, project_folder

PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE = "paired", "start_only", "end_only", "neither", "not_due"
RESPONSES = (PAIRED, START_ONLY, END_ONLY, NEITHER, NOT_DUE)


@dataclass(frozen=True, repr=False)
class Cohort:
    """The people of one unit and year.

    Attributes
    ----------
    unit : Unit
    year : int
    as_of : date
        Date of the data: what had not fallen due by then is not missing.
    episodes : DataFrame
        One row an eligible episode, indexed by pseudonym: dates, ending, intervention, background.
    measurements : DataFrame
        Measurements of those episodes, and the year's measurements that belong to no known episode.
    volumes : dict of str to int
        Declared counts of the year (started, completed, asked, eligible).
    outside : int
        Episodes of the year left out by the cohort rule (for example never started).
    strays : int
        Filled-in forms of the year whose number fits no known episode; they are in no result.
    events : int
        Episodes of the year before those of one person became one; the same as the number of episodes otherwise.
    ongoing : int
        Episodes begun by the end of the year and not ended by the date of the data; no cohort of ended ones holds them.
    about : dict
        Raw files and date of the data, as intake stored them.
    """

    unit: Unit
    year: int
    as_of: dt.date
    episodes: pd.DataFrame
    measurements: pd.DataFrame
    volumes: dict[str, int]
    outside: int
    strays: int
    events: int
    ongoing: int
    about: dict[str, Any]

    @property
    def pairable(self) -> bool:
        """Whether start and end of the same person can be put together."""
        return self.unit.pairable(self.year) and len(self.episodes) > 0

    @property
    def eligible(self) -> int:
        """How many are meant: the episodes, or the declared count where there are no episodes."""
        if len(self.episodes):
            return len(self.episodes)
        return self.volumes.get("eligible", self.volumes.get("started", 0))

    @property
    def persons(self) -> int | None:
        """How many people the episodes are about; None where the files do not say who is who."""
        clients = self.episodes["client"]
        return int(clients.nunique()) if clients.notna().any() else None

    @property
    def background(self) -> pd.DataFrame:
        """Declared background columns of the eligible, indexed by episode."""
        names = dict.fromkeys(name for source in self.unit.sources for name in source.background)
        return self.episodes[[name for name in names if name in self.episodes]]

    def values(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Scores of the eligible at one occasion, NaN where missing, indexed by episode."""
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["value"].reindex(self.episodes.index)

    def levels(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Levels at one occasion, missing where not given, indexed by episode."""
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["level"].reindex(self.episodes.index)

    def unlinked(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.DataFrame:
        """Measurements with a value that belong to nobody in particular: cross-sections only."""
        rows = self._rows(measure, occasion, rater, item)
        return rows[rows["episode"].isna() & rows["missing_reason"].isna()]

    def answers(self, measure: str, occasion: str, rater: str) -> pd.DataFrame:
        """Every level of the eligible at one occasion, one row a need or goal: columns episode, item, level, mode."""
        rows = self.measurements
        chosen = rows[(rows["measure"] == measure) & (rows["occasion"] == occasion) & (rows["rater"] == rater)]
        chosen = chosen[chosen["episode"].notna() & chosen["level"].notna()]
        return chosen[["episode", "item", "level", "mode"]].reset_index(drop=True)

    def sessions(self, measure: str, rater: str) -> pd.DataFrame:
        """Every score given at a session, in order of day: columns episode, number (from 1), day, value."""
        names = [name for name, occasion in self.unit.occasions.items() if occasion.role == "session"]
        rows = self.measurements
        chosen = rows[(rows["measure"] == measure) & rows["occasion"].isin(names) & (rows["rater"] == rater)]
        chosen = chosen[chosen["episode"].notna() & chosen["value"].notna()].sort_values(["episode", "day", "record"])
        numbered = chosen.assign(number=chosen.groupby("episode").cumcount() + 1)
        return numbered[["episode", "number", "day", "value"]].reset_index(drop=True)

    def modes(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """How each answer came about, missing where there is none, indexed by episode."""
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["mode"].reindex(self.episodes.index)

    def reasons(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Why each eligible episode has no answer at the occasion: ``unknown`` where nobody said; missing where it has one."""
        rows = self._rows(measure, occasion, rater, item)
        said = rows[rows["episode"].notna() & rows["missing_reason"].notna()].drop_duplicates("episode")
        found = said.set_index("episode")["missing_reason"].reindex(self.episodes.index).fillna("unknown")
        return found.mask(self.measured(measure, occasion, rater, item))

    def pairs(self, measure: str, start: str, end: str, rater: str = "client", item: str = "") -> pd.DataFrame:
        """Start and end of the same person.

        Returns
        -------
        DataFrame
            Columns ``pre`` and ``post``, one row an eligible episode, NaN where missing.

        Raises
        ------
        DataError
            The year's ratings are anonymous, so no start can be put beside its end.
        """
        if not self.pairable:
            raise DataError(
                f"{self.unit.name} {self.year}: skattningarna är anonyma, så start och slut kan inte paras ihop."
            )
        return pd.DataFrame(
            {"pre": self.values(measure, start, rater, item), "post": self.values(measure, end, rater, item)}
        )

    def waves(self, measure: str, rater: str, item: str = "") -> pd.DataFrame:
        """Scores at every declared occasion in order of day, one row an eligible episode."""
        names = [name for name in self.unit.occasions if len(self._rows(measure, name, rater, item))]
        return pd.DataFrame(
            {name: self.values(measure, name, rater, item) for name in names}, index=self.episodes.index
        )

    def response(self, measure: str, start: str | None, end: str, rater: str, item: str = "") -> pd.Series:
        """Response status of every eligible episode: paired, start_only, end_only, neither or not_due."""
        has_end = self.measured(measure, end, rater, item)
        has_start = self.measured(measure, start, rater, item) if start else pd.Series(True, index=self.episodes.index)
        status = pd.Series(NEITHER, index=self.episodes.index, dtype="object")
        status[has_start & has_end] = PAIRED
        status[has_start & ~has_end] = START_ONLY
        status[~has_start & has_end] = END_ONLY
        status[~has_end & self._not_due(end)] = NOT_DUE
        return status

    def measured(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Whether each eligible episode has a value or level at the occasion."""
        rows = self._chosen(measure, occasion, rater, item)
        return pd.Series(self.episodes.index.isin(rows["episode"]), index=self.episodes.index)

    def _not_due(self, occasion: str) -> pd.Series:
        declared, as_of = self.unit.occasions[occasion], pd.Timestamp(self.as_of)
        if declared.day is not None:
            last = declared.window[1] if declared.window else declared.day
            return self.episodes["start"] + pd.to_timedelta(last, unit="D") > as_of
        if declared.role == "end":
            return self._still_open(as_of)
        return pd.Series(False, index=self.episodes.index)

    def _still_open(self, as_of: pd.Timestamp) -> pd.Series:
        """Whether each episode had not ended by the date of the data; without an end date only a started cohort tells."""
        ends = self.episodes["end"]
        return (ends > as_of) | (ends.isna() & (self.unit.cohort.rule == "started"))

    def _rows(self, measure: str, occasion: str, rater: str, item: str) -> pd.DataFrame:
        rows = self.measurements
        return rows[
            (rows["measure"] == measure)
            & (rows["occasion"] == occasion)
            & (rows["rater"] == rater)
            & (rows["item"] == item)
        ]

    def _chosen(self, measure: str, occasion: str, rater: str, item: str) -> pd.DataFrame:
        rows = self._rows(measure, occasion, rater, item)
        return rows[rows["episode"].notna() & rows["missing_reason"].isna()]

    def __repr__(self) -> str:
        return f"Cohort({self.unit.key!r}, {self.year})"


def cohort(unit: Unit | str, year: int, as_of: str | dt.date | None = None, project: Path | None = None) -> Cohort:
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

    Returns
    -------
    Cohort

    Raises
    ------
    DataError
        Nothing has been read in, or there is nothing for that year.
    """
    folder = project or project_folder()
    settings = load_unit(unit, folder) if isinstance(unit, str) else unit
    processed = store.load(folder, settings)
    known = _years(settings, processed)
    if year not in known:
        listed = ", ".join(map(str, known)) or "inga"
        raise DataError(f"{settings.name}: inga uppgifter för {year}. År som finns: {listed}.")
    return _build(settings, year, _date_of_data(as_of, processed, year), processed)


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


def _build(unit: Unit, year: int, as_of: dt.date, processed: store.Processed) -> Cohort:
    rows = processed.measurements
    rows = rows[~(rows["day"] > pd.Timestamp(as_of))]  # what was measured after the date of the data is not known yet
    every, rows = _joined(unit, processed.episodes, rows)
    of_year = _of_year(unit, every, year)
    outside = of_year["ending"].isin(list(unit.cohort.outside))
    events = of_year[~outside]
    episodes = _counted(unit, events).set_index("episode")
    ours = rows["episode"].isin(episodes.index) | (rows["episode"].isna() & (rows["year"] == year))
    stray = rows["episode"].notna() & ~rows["episode"].isin(every["episode"]) & (rows["year"] == year)
    strays = int(rows[stray].groupby(["episode", "occasion"]).ngroups) if stray.any() else 0
    volumes: dict[str, int] = {volume.what: volume.n for volume in unit.volumes if volume.year == year}
    return Cohort(
        unit,
        year,
        as_of,
        episodes,
        _with_first_and_last(unit, rows[ours]),
        volumes,
        int(outside.sum()),
        strays,
        len(events),
        _ongoing(unit, year, every),
        processed.about,
    )


def _of_year(unit: Unit, episodes: pd.DataFrame, year: int) -> pd.DataFrame:
    """Episodes that the cohort rule gives to the year; an active one belongs to every year it was open."""
    if unit.cohort.rule != "active":
        return episodes[episodes["year"] == year]
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    dated = (episodes["start"] <= last) & ~(episodes["end"] < first)
    return episodes[dated | (episodes["start"].isna() & (episodes["year"] == year))]


def _counted(unit: Unit, episodes: pd.DataFrame) -> pd.DataFrame:
    """One row of what the unit counts: where that is people, the last episode of each."""
    if unit.unit_of_analysis not in {"person", "family"} or not episodes["client"].notna().any():
        return episodes
    in_order = episodes.sort_values(["end", "start", "episode"], na_position="first")
    whose = in_order["client"].fillna(in_order["episode"])  # who is not named is nobody else
    return episodes.loc[sorted(in_order.index[~whose.duplicated(keep="last")])]


def _joined(unit: Unit, episodes: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Episodes of one person that follow closely on each other as one, with the measurements of all of them."""
    gap = unit.cohort.join_within_days
    if gap is None or not episodes["client"].notna().any():
        return episodes, rows
    in_order = episodes[episodes["client"].notna() & episodes["start"].notna()].sort_values(["client", "start", "episode"])
    before = in_order.groupby("client")["end"].shift()
    follows = (in_order["start"] - before).dt.days <= gap  # false after an episode still open
    first = in_order["episode"].where(~follows).ffill()
    becomes = dict(zip(in_order["episode"], first, strict=True))
    last = in_order.groupby(first)["episode"].last()
    whole = episodes.assign(episode=episodes["episode"].map(becomes).fillna(episodes["episode"]))
    starts = episodes.set_index("episode")["start"]
    kept = whole[episodes["episode"].isin(last) | ~episodes["episode"].isin(list(becomes))]
    kept = kept.assign(start=kept["episode"].map(starts))  # the end and all that is known of it from the last
    return kept, rows.assign(episode=rows["episode"].map(lambda name: becomes.get(name, name), na_action="ignore").astype("string"))


def _with_first_and_last(unit: Unit, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the first and last session as measurements of the occasions that the unit makes of them."""
    named = {occasion.session: name for name, occasion in unit.occasions.items() if occasion.session}
    sessions = [name for name, occasion in unit.occasions.items() if occasion.role == "session"]
    given = rows[rows["occasion"].isin(sessions) & rows["episode"].notna() & rows["missing_reason"].isna()]
    if not named or not len(given):
        return rows
    series = given.sort_values(["day", "record"]).groupby(["episode", "measure", "item", "rater"], sort=False)
    place, size = series.cumcount(), series["record"].transform("size")
    made = [rows]
    if "first" in named:
        made.append(given[place.reindex(given.index) == 0].assign(occasion=named["first"]))
    if "last" in named:
        is_last = (place == size - 1) & (size > 1)
        made.append(given[is_last.reindex(given.index)].assign(occasion=named["last"]))
    return pd.concat(made, ignore_index=True).astype({"occasion": "string"})


def _ongoing(unit: Unit, year: int, episodes: pd.DataFrame) -> int:
    if unit.cohort.rule != "ended":
        return 0
    return int((episodes["end"].isna() & (episodes["start"].dt.year <= year)).sum())
