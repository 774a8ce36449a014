"""Which episodes a year has, and what becomes of people with several: last one, joined ones, first and last session."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from isu_analysis.settings import Unit

_NEVER = pd.Timestamp(2262, 1, 1)  # after every date there is: an episode still open ends after all others


def of_year(unit: Unit, episodes: pd.DataFrame, year: int) -> pd.DataFrame:
    """Episodes that the cohort rule gives to the year; an active one belongs to every year it was open."""
    if unit.cohort.rule != "active":
        return episodes[episodes["year"] == year]
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    dated = (episodes["start"] <= last) & ~(episodes["end"] < first)
    return episodes[dated | (episodes["start"].isna() & (episodes["year"] == year))]


def left_out(unit: Unit, episodes: pd.DataFrame) -> pd.Series:
    """Whether each episode is none that the unit counts: by how it ended, or because the follow-up is not meant for it.

    Nobody is left out because something is not known of them.
    """
    out = episodes["ending"].isin(list(unit.cohort.outside))
    for name, words in unit.cohort.only.items():
        out |= episodes[name].notna() & ~episodes[name].isin(list(words))
    return out


def counted(unit: Unit, episodes: pd.DataFrame) -> pd.DataFrame:
    """One row of what the unit counts: where that is people, the last episode of each."""
    if unit.unit_of_analysis not in {"person", "family"} or not episodes["client"].notna().any():
        return episodes
    still_open = episodes["end"].isna() & episodes["start"].notna()
    until = episodes["end"].mask(still_open, _NEVER)  # without any date (a protected identity) the order is as stored
    in_order = episodes.assign(until=until).sort_values(["until", "start"], kind="stable", na_position="first")
    whose = in_order["client"].fillna(in_order["episode"])  # who is not named is nobody else
    return episodes.loc[sorted(in_order.index[~whose.duplicated(keep="last")])]


def joined(unit: Unit, episodes: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Episodes of one person that follow closely on each other as one, with the measurements of all of them.

    The whole begins with the first, ends when the last of them has ended, and has the first's name; all else that is
    known of it is known of the part that ended last. Of two measurements at the same occasion the first part's is the
    start, the last part's the end. An episode that the cohort leaves out is joined to none.
    """
    gap = unit.cohort.join_within_days
    candidates = episodes["client"].notna() & episodes["start"].notna() & ~left_out(unit, episodes)
    if gap is None or not candidates.any():
        return episodes, rows
    parts = (
        episodes[candidates]
        .assign(until=lambda part: part["end"].fillna(_NEVER))
        .sort_values(["client", "start", "until"], kind="stable")
    )
    latest = parts.groupby("client")["until"].cummax().groupby(parts["client"]).shift()
    parts["whole"] = parts["episode"].where(~((parts["start"] - latest).dt.days <= gap)).ffill()
    wholes = _wholes(unit, parts)
    names = dict(zip(parts["episode"], parts["whole"], strict=True))
    kept = pd.concat([episodes[~candidates], wholes]).sort_index()
    return kept, _of_wholes(unit, rows, names, list(parts["episode"]))


def _wholes(unit: Unit, parts: pd.DataFrame) -> pd.DataFrame:
    """One row a whole, in the place of the part that ended last."""
    last = parts.sort_values("until", kind="stable").drop_duplicates("whole", keep="last").sort_index()
    first = parts.drop_duplicates("whole").set_index("whole")["start"]
    made = last.assign(episode=last["whole"], start=last["whole"].map(first))
    if unit.cohort.rule in {"started", "active"}:
        made = made.assign(year=made["start"].dt.year.astype("Int64"))
    return made.drop(columns=["until", "whole"])


def _of_wholes(unit: Unit, rows: pd.DataFrame, names: dict[str, str], in_order: list[str]) -> pd.DataFrame:
    """Measurements under the names of the wholes, one at each occasion: an answer before none, the first at a start."""
    place = {name: at for at, name in enumerate(in_order)}
    moved = rows.assign(
        part=rows["episode"].map(place).fillna(-1).astype(int),
        episode=rows["episode"].map(lambda name: names.get(name, name), na_action="ignore").astype("string"),
    )
    roles = moved["occasion"].map(lambda name: unit.occasions[name].role if name in unit.occasions else "end")
    several = moved["episode"].isna() | (roles == "session") | (moved["part"] < 0)
    ranked = moved[~several].assign(
        unanswered=moved["missing_reason"].notna().astype(int),
        order=moved["part"].where(roles == "start", -moved["part"]),
    )
    key = ["episode", "measure", "item", "occasion", "rater"]
    chosen = ranked.sort_values(["unanswered", "order", "record"]).drop_duplicates(key)
    # An item may stand several times in one part (answers of many kinds): only whole parts make way for each other.
    best = moved[~several].merge(chosen[[*key, "part"]], on=[*key, "part"], how="inner")
    return (
        pd.concat([moved[several], best], ignore_index=True)
        .sort_values("record")
        .drop(columns="part")
        .reset_index(drop=True)
    )


def with_first_and_last(unit: Unit, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the first and last session as measurements of the occasions that the unit makes of them."""
    named = {occasion.session: name for name, occasion in unit.occasions.items() if occasion.session}
    sessions = [name for name, occasion in unit.occasions.items() if occasion.role == "session"]
    given = rows[rows["occasion"].isin(sessions) & rows["episode"].notna() & rows["missing_reason"].isna()]
    if not named or not len(given):
        return rows
    # Without days (a protected identity) the records are in order of day all the same: intake has numbered them so.
    series = given.sort_values(["day", "record"]).groupby(["episode", "measure", "item", "rater"], sort=False)
    place, size = series.cumcount(), series["record"].transform("size")
    made = [rows]
    if "first" in named:
        made.append(given[place.reindex(given.index) == 0].assign(occasion=named["first"]))
    if "last" in named:
        is_last = (place == size - 1) & (size > 1)
        made.append(given[is_last.reindex(given.index)].assign(occasion=named["last"]))
    return pd.concat(made, ignore_index=True).astype({"occasion": "string"})


def ongoing(unit: Unit, last: dt.date, episodes: pd.DataFrame, people: pd.DataFrame, *, part: bool = False) -> int:
    """How many had begun by the last day and have no end date, where the year is that of the end.

    Of a part of a year also those who have ended since: they are in no other row of that report. Counted as the unit
    counts: a person with several open episodes is one, and one who is in the cohort is not here.
    """
    if unit.cohort.rule != "ended":
        return 0
    is_open = episodes["end"].isna() | (episodes["end"] > pd.Timestamp(last)) if part else episodes["end"].isna()
    still = episodes[is_open & (episodes["start"] <= pd.Timestamp(last))]
    if unit.unit_of_analysis in {"person", "family"}:
        still = still[~(still["client"].notna() & still["client"].isin(people["client"].dropna()))]
    return len(counted(unit, still))
