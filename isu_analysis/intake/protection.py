"""People with a protected identity: counted in the totals, in no subgroup, and without dates."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

PROTECTED = "protected"
_DATES = ("start", "end")
# Whatever a subgroup may be made by, and who met the person; the declared background columns come in addition.
_GROUPING = ("team", "worker", "group", "reason", "intervention", "service_form")


def protect_identities(
    episodes: pd.DataFrame, measurements: pd.DataFrame, background: Iterable[str], outside: Iterable[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take away what could lead to somebody with a protected identity, and the column that tells who has one.

    Parameters
    ----------
    episodes : DataFrame
        Columns ``episode``, ``start``, ``end``, ``year`` and perhaps ``client`` and ``protected`` (``protected``,
        ``open`` or missing). The year an episode belongs to must be there already, as it cannot be had from the
        dates afterwards.
    measurements : DataFrame
        Columns ``episode``, ``day``, ``year`` and perhaps ``protected``, where forms say it.
    background : iterable of str
        The unit's background columns.
    outside : iterable of str
        Endings that leave an episode out of the cohort; no other ending is kept.

    Returns
    -------
    tuple of DataFrame
        New frames in the same order. For the protected, start, end and the measurements' days are missing, and so is
        everything a subgroup is made by (background, ending, team, worker, group, reason, intervention, service form);
        year, number of contacts and the measured values stay. A person protected in one row is so in all the
        person's episodes. Neither frame has the column ``protected``. The frames given are not changed.
    """
    hidden = _protected_episodes(episodes, measurements)
    cases = episodes["episode"].isin(hidden)
    forms = _flagged(measurements) | measurements["episode"].isin(hidden)
    dateless = _blank(episodes, cases, (*_DATES, *_GROUPING, *background))
    if "ending" in episodes:
        dateless = _blank(dateless, cases & ~episodes["ending"].isin(list(outside)), ("ending",))
    return _without_flag(dateless), _without_flag(_blank(measurements, forms, ("day",)))


def _protected_episodes(episodes: pd.DataFrame, measurements: pd.DataFrame) -> set[str]:
    flagged = _flagged(episodes) | episodes["episode"].isin(
        measurements.loc[_flagged(measurements), "episode"].dropna()
    )
    if "client" in episodes:
        flagged |= episodes["client"].isin(episodes.loc[flagged, "client"].dropna())
    return set(episodes.loc[flagged, "episode"].dropna())


def _flagged(frame: pd.DataFrame) -> pd.Series:
    if PROTECTED not in frame:
        return pd.Series(False, index=frame.index, dtype=bool)
    return (frame[PROTECTED] == PROTECTED).fillna(False).astype(bool)


def _blank(frame: pd.DataFrame, rows: pd.Series, columns: Iterable[str]) -> pd.DataFrame:
    changed = {name: frame[name].mask(rows) for name in dict.fromkeys(columns) if name in frame}
    return frame.assign(**changed)


def _without_flag(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=PROTECTED, errors="ignore")
