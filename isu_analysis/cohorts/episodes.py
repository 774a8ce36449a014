"""Which episodes a year has, and what becomes of people with several: last one, joined ones, first and last session."""

from __future__ import annotations

import pandas as pd

from isu_analysis.settings import Unit


def of_year(unit: Unit, episodes: pd.DataFrame, year: int) -> pd.DataFrame:
    """Episodes that the cohort rule gives to the year; an active one belongs to every year it was open."""
    if unit.cohort.rule != "active":
        return episodes[episodes["year"] == year]
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    dated = (episodes["start"] <= last) & ~(episodes["end"] < first)
    return episodes[dated | (episodes["start"].isna() & (episodes["year"] == year))]


def counted(unit: Unit, episodes: pd.DataFrame) -> pd.DataFrame:
    """One row of what the unit counts: where that is people, the last episode of each."""
    if unit.unit_of_analysis not in {"person", "family"} or not episodes["client"].notna().any():
        return episodes
    in_order = episodes.sort_values(["end", "start", "episode"], na_position="first")
    whose = in_order["client"].fillna(in_order["episode"])  # who is not named is nobody else
    return episodes.loc[sorted(in_order.index[~whose.duplicated(keep="last")])]


def joined(unit: Unit, episodes: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Episodes of one person that follow closely on each other as one, with the measurements of all of them."""
    gap = unit.cohort.join_within_days
    if gap is None or not episodes["client"].notna().any():
        return episodes, rows
    in_order = episodes[episodes["client"].notna() & episodes["start"].notna()].sort_values(
        ["client", "start", "episode"]
    )
    before = in_order.groupby("client")["end"].shift()
    follows = (in_order["start"] - before).dt.days <= gap  # false after an episode still open
    first = in_order["episode"].where(~follows).ffill()
    becomes = dict(zip(in_order["episode"], first, strict=True))
    last = in_order.groupby(first)["episode"].last()
    whole = episodes.assign(episode=episodes["episode"].map(becomes).fillna(episodes["episode"]))
    starts = episodes.set_index("episode")["start"]
    kept = whole[episodes["episode"].isin(last) | ~episodes["episode"].isin(list(becomes))]
    kept = kept.assign(start=kept["episode"].map(starts))  # the end and all that is known of it from the last
    return kept, rows.assign(
        episode=rows["episode"].map(lambda name: becomes.get(name, name), na_action="ignore").astype("string")
    )


def with_first_and_last(unit: Unit, rows: pd.DataFrame) -> pd.DataFrame:
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


def ongoing(unit: Unit, year: int, episodes: pd.DataFrame) -> int:
    """How many had begun by the end of the year and have no end date, where the year is that of the end."""
    if unit.cohort.rule != "ended":
        return 0
    return int((episodes["end"].isna() & (episodes["start"].dt.year <= year)).sum())
