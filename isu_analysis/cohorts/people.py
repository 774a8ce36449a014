"""The people of one unit and year, and what was measured on them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, get_args

import pandas as pd

from isu_analysis.declarations import nearest
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.measures import Rater
from isu_analysis.settings import Unit

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
    through : date or None
        Last day of the part of the year that it is about; None for the whole year.
    undated : int
        Episodes and answers of the year that are left out, as no date tells whether they are of its part.
    last_year : Cohort or None
        The same unit's people of the year before; None where there are no data of it, or it is a part of a year.
    monthly : Series
        Episodes that each month is given by the date the cohort rule goes by (ended, or begun), of the last three years;
        index the months, in order, none left out.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> unit = isu.load_unit("exempelstad/unga-vuxna")
    >>> people = isu.cohort(unit, 2024)
    >>> people.eligible, people.pairable, people.as_of.isoformat()
    (93, True, '2024-12-17')
    >>> people.background["sex"].value_counts().to_dict()
    {'woman': 48, 'man': 45}
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
    through: dt.date | None = None
    undated: int = 0
    last_year: Cohort | None = None
    monthly: pd.Series = field(default_factory=lambda: pd.Series(dtype=int))

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
    def people(self) -> pd.Series:
        """Whose each eligible episode is, indexed by episode; one that nobody is known to have is a person of its own."""
        clients = self.episodes["client"].astype(object)
        return clients.where(clients.notna(), self.episodes.index.astype(object))

    @property
    def background(self) -> pd.DataFrame:
        """Declared background columns of the eligible, indexed by episode."""
        names = dict.fromkeys(name for source in self.unit.sources for name in source.background)
        return self.episodes[[name for name in names if name in self.episodes]]

    def values(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Scores of the eligible at one occasion, NaN where missing, indexed by episode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2024)
        >>> scores = people.values("core_om", "start", "client")
        >>> len(scores), int(scores.count()), round(float(scores.mean()), 1)
        (93, 73, 18.0)
        """
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["value"].reindex(self.episodes.index)

    def levels(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Levels at one occasion, missing where not given, indexed by episode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2024)
        >>> people.levels("sysselsattning", "end", "staff").value_counts().to_dict()
        {'utan': 48, 'studier': 16, 'praktik': 15, 'arbete': 14}
        """
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["level"].reindex(self.episodes.index)

    def unlinked(self, measure: str, occasion: str, rater: str, item: str | None = "") -> pd.DataFrame:
        """Measurements with a value that belong to nobody in particular: cross-sections only.

        Examples
        --------
        In 2022 the ratings had no code.

        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2022)
        >>> len(people.unlinked("core_om", "start", "client")), len(people.unlinked("core_om", "end", "client"))
        (70, 55)
        """
        rows = self._rows(measure, occasion, rater, item)
        return rows[rows["episode"].isna() & rows["missing_reason"].isna()]

    def answers(self, measure: str, occasion: str, rater: str) -> pd.DataFrame:
        """Every level of the eligible at one occasion, one row a need or goal: columns episode, item, level, mode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/oppenvard-loke", 2024)
        >>> people.answers("maluppfyllelse", "end", "staff")["level"].value_counts().to_dict()
        {'helt': 76, 'delvis': 49, 'inte_alls': 36}
        """
        rows = self.measurements
        chosen = rows[(rows["measure"] == measure) & (rows["occasion"] == occasion) & (rows["rater"] == rater)]
        chosen = chosen[chosen["episode"].notna() & chosen["level"].notna()]
        return chosen[["episode", "item", "level", "mode"]].reset_index(drop=True)

    def sessions(self, measure: str, rater: str) -> pd.DataFrame:
        """Every score given at a session, in order of day: columns episode, number (from 1), day, value.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/oppenvard-fit", 2024)
        >>> scores = people.sessions("ors", "client")
        >>> len(scores), scores["episode"].nunique(), int(scores["number"].max())
        (635, 111, 14)
        """
        names = [name for name, occasion in self.unit.occasions.items() if occasion.role == "session"]
        rows = self.measurements
        chosen = rows[(rows["measure"] == measure) & rows["occasion"].isin(names) & (rows["rater"] == rater)]
        chosen = chosen[chosen["episode"].notna() & chosen["value"].notna()].sort_values(["episode", "day", "record"])
        numbered = chosen.assign(number=chosen.groupby("episode").cumcount() + 1)
        return numbered[["episode", "number", "day", "value"]].reset_index(drop=True)

    def modes(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """How each answer came about, missing where there is none, indexed by episode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-substans", 2024)
        >>> people.modes("ungdok", "three_months", "client").value_counts().to_dict()
        {'interview': 78, 'form': 24}
        """
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["mode"].reindex(self.episodes.index)

    def days(self, measure: str, occasion: str, rater: str, item: str = "") -> pd.Series:
        """Day of each measurement, missing where there is none or its day is not known, indexed by episode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2024)
        >>> days = people.days("core_om", "end", "client")
        >>> int(days.count()), days.min().date().isoformat(), days.max().date().isoformat()
        (57, '2024-01-05', '2024-12-12')
        """
        chosen = self._chosen(measure, occasion, rater, item)
        return chosen.set_index("episode")["day"].reindex(self.episodes.index)

    def reasons(self, measure: str, occasion: str, rater: str, item: str | None = "") -> pd.Series:
        """Why each eligible episode has no answer at the occasion: ``unknown`` where nobody said; missing where it has one.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-substans", 2024)
        >>> people.reasons("ungdok", "end", "client").value_counts().to_dict()
        {'not_reached': 155, 'declined': 107, 'not_asked': 69}
        """
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
        SettingsError
            The unit has no such measure or occasion, or nobody answers by that name.

        Examples
        --------
        Of 93 people 51 were measured twice; the mean change of all who started follows from the pairs.

        >>> import isu_analysis as isu
        >>> pairs = isu.cohort("exempelstad/unga-vuxna", 2024).pairs("core_om", "start", "end")
        >>> len(pairs), len(pairs.dropna())
        (93, 51)
        >>> found = isu.ml_change_two_wave(*pairs.dropna(subset="pre").to_numpy().T)
        >>> round(found.change, 1), round(found.low, 1), round(found.high, 1)
        (-6.5, -8.4, -4.5)
        """
        if not self.pairable:
            raise DataError(
                f"{self.unit.name} {self.year}: skattningarna är anonyma, så start och slut kan inte paras ihop."
            )
        return pd.DataFrame(
            {"pre": self.values(measure, start, rater, item), "post": self.values(measure, end, rater, item)}
        )

    def waves(self, measure: str, rater: str, item: str = "") -> pd.DataFrame:
        """Scores at every declared occasion in order of day, one row an eligible episode.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/samtalsmottagning", 2024)
        >>> people.waves("lidande", "client").count().to_dict()
        {'start': 60, 'end': 60, 'after': 47}
        """
        moments = [name for name, occasion in self.unit.occasions.items() if occasion.role != "session"]
        names = [name for name in moments if len(self._rows(measure, name, rater, item))]
        return pd.DataFrame(
            {name: self.values(measure, name, rater, item) for name in names}, index=self.episodes.index
        )

    def response(self, measure: str, start: str | None, end: str, rater: str, item: str | None = "") -> pd.Series:
        """Response status of every eligible episode: paired, start_only, end_only, neither or not_due.

        The item None asks for any of them: any goal, any area of need.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2024)
        >>> people.response("core_om", "start", "end", "client").value_counts().to_dict()
        {'paired': 51, 'start_only': 22, 'neither': 14, 'end_only': 6}
        """
        has_end = self.measured(measure, end, rater, item)
        has_start = self.measured(measure, start, rater, item) if start else pd.Series(True, index=self.episodes.index)
        status = pd.Series(NEITHER, index=self.episodes.index, dtype="object")
        status[has_start & has_end] = PAIRED
        status[has_start & ~has_end] = START_ONLY
        status[~has_start & has_end] = END_ONLY
        status[~has_end & self._not_due(end)] = NOT_DUE
        return status

    def measured(self, measure: str, occasion: str, rater: str, item: str | None = "") -> pd.Series:
        """Whether each eligible episode has a value or level at the occasion.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> people = isu.cohort("exempelstad/unga-vuxna", 2024)
        >>> int(people.measured("core_om", "end", "client").sum()), people.eligible
        (57, 93)
        """
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
        """Whether each episode had not ended by the date of the data; without an end date only the cohort rule tells.

        A protected person has no dates at all and counts as ended: what is unknown is then lost, not waited for.
        """
        starts, ends = self.episodes["start"], self.episodes["end"]
        undated_means_open = self.unit.cohort.rule in {"started", "active"}
        return (ends > as_of) | (ends.isna() & starts.notna() & undated_means_open)

    def _rows(self, measure: str, occasion: str, rater: str, item: str | None) -> pd.DataFrame:
        rows = self.measurements
        chosen = (rows["measure"] == measure) & (rows["occasion"] == occasion) & (rows["rater"] == rater)
        found = rows[chosen if item is None else chosen & (rows["item"] == item)]
        if not len(found):
            self._refuse_unknown(measure, occasion, rater)
        if not len(found) and item == "" and chosen.any():
            raise SettingsError(
                f"{self.unit.name}: måttet «{measure}» har ett svar för varje mål eller behov. Ange item: ett av dem, eller None för "
                "något av dem."
            )
        return found

    def _refuse_unknown(self, measure: str, occasion: str, rater: str) -> None:
        """A misspelt name would say that nobody was measured."""
        for word, what, known in (
            (measure, "måttet", list(self.unit.used_measures)),
            (occasion, "mättillfället", list(self.unit.occasions)),
            (rater, "svaranden", list(get_args(Rater))),
        ):
            if word not in known:
                raise SettingsError(
                    f"{self.unit.name}: {what} «{word}» finns inte.{nearest(word, known)} Tillåtna: {', '.join(known)}."
                )

    def _chosen(self, measure: str, occasion: str, rater: str, item: str | None) -> pd.DataFrame:
        rows = self._rows(measure, occasion, rater, item)
        return rows[rows["episode"].notna() & rows["missing_reason"].isna()]

    def __repr__(self) -> str:
        return f"Cohort({self.unit.key!r}, {self.year})"
