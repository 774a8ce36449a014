"""Start and end of each person from a list of measurements: same rater, same mode, inside the agreed windows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, check_kind, same_rows, vector
from isu_analysis.statistics.trajectories.occasions import check_one_kind, person_codes, refuse_doubles
from isu_analysis.statistics.trajectories.timing import Window

PAIRED = "paired"
NO_VALUE = "no_value"
NO_START = "no_start"
NO_END = "no_end"
END_OUT_OF_WINDOW = "end_out_of_window"
OTHER_RATER, OTHER_MODE, OTHER_RATER_AND_MODE = "other_rater", "other_mode", "other_rater_and_mode"
UNKNOWN_RATER_OR_MODE = "unknown_rater_or_mode"
OUTCOMES = (PAIRED, NO_VALUE, NO_START, NO_END, END_OUT_OF_WINDOW, OTHER_RATER, OTHER_MODE, OTHER_RATER_AND_MODE,
            UNKNOWN_RATER_OR_MODE)  # fmt: skip


@dataclass(frozen=True, eq=False)
class MatchedPairs:
    """Pairs that match in rater and mode, and why the others do not.

    Attributes
    ----------
    n_given : int
        People given.
    n_paired : int
        People with at least one pair.
    n_pairs : int
        Pairs: one for each person, rater and mode that has a start and an end, so that a person rated by
        two can have two. Choose one rater before counting people.
    rows_given, rows_without_value, rows_without_day : int
        Rows; those without a value; those with a value but no day.
    rows_without_rater, rows_without_mode : int
        Rows with value and day whose rater (mode) is unknown: unknown never matches unknown.
    start, end : Window
        What was agreed.
    outcome : Series of str
        One a person, index = label; see `counts`. Never in ``repr``.
    pairs : DataFrame
        Columns person, rater, mode, start_day, end_day, pre, post. Never in ``repr``.
    """

    n_given: int
    n_paired: int
    n_pairs: int
    rows_given: int
    rows_without_value: int
    rows_without_day: int
    rows_without_rater: int
    rows_without_mode: int
    start: Window
    end: Window
    outcome: pd.Series = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)

    def counts(self) -> pd.DataFrame:
        """Return one row an outcome: index ``outcome`` in fixed order; columns n, of. They sum to ``n_given``.

        The first that holds, of: "paired"; "no_value" (no value on a known day); "no_start" (none in the
        start window); "no_end" (none after the start window); "end_out_of_window" (some after it, none in the
        end window); then for those with a start and an end that do not match, "other_mode" (some share the
        rater), "other_rater" (some share the mode), "other_rater_and_mode"; "unknown_rater_or_mode" (without
        the unknown there is no start or no end left).
        """
        counted = self.outcome.value_counts().reindex(OUTCOMES, fill_value=0)
        return pd.DataFrame({"n": counted, "of": self.n_given}).rename_axis("outcome")

    def to_frame(self) -> pd.DataFrame:
        """Return `counts` with the outcome as a column; nothing a person."""
        return self.counts().reset_index()


def matched_pairs(
    person: ArrayLike,
    day: ArrayLike,
    rater: ArrayLike,
    mode: ArrayLike,
    value: ArrayLike,
    *,
    start: Window,
    end: Window,
) -> MatchedPairs:
    """Pair each person's start and end, only within the same rater and mode.

    Parameters
    ----------
    person : array_like, shape (n_rows,)
        Labels, none missing. The order of rows does not matter.
    day : array_like, shape (n_rows,)
        Days since the person's own start; missing = unknown, never used.
    rater, mode : array_like, shape (n_rows,)
        Who rated (the client, a parent, staff) and how (self-rated, interview); missing = unknown.
    value : array_like, shape (n_rows,)
        Points; missing = not measured.
    start, end : Window
        Days that count; the start window ends before the end window begins. Of several inside, the one
        nearest the target is used, the earlier of two equally near.

    Returns
    -------
    MatchedPairs

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, a label is missing, a number is not finite, the windows overlap, or a
        person has two values with the same day, rater and mode, or labels, raters or modes mix texts and others.

    Examples
    --------
    The first family has the same parent at start and end, the second another one, the third no end.

    >>> import isu_analysis as isu
    >>> from isu_analysis import statistics as st
    >>> found = isu.matched_pairs(
    ...     person=["a", "a", "b", "b", "c"], day=[0, 180, 3, 175, 5],
    ...     rater=["mother", "mother", "mother", "father", "mother"], mode=5 * ["interview"],
    ...     value=[18, 9, 15, 11, 12], start=st.Window(0, 0, 30), end=st.Window(180, 150, 210),
    ... )
    >>> found.counts().query("n > 0")
                 n  of
    outcome
    paired       1   3
    no_end       1   3
    other_rater  1   3
    """
    for window, name in ((start, "start"), (end, "end")):
        check_kind(window, Window, name, "Window")
    if start.latest >= end.earliest:
        raise StatisticsError("Argumenten start och end: fönstren överlappar. Tillåtet: start slutar före end börjar.")
    rows, people = _rows(person, day, rater, mode, value)
    measured = rows.dropna(subset=["day", "value"])
    matchable = measured.dropna(subset=["rater", "mode"])
    pairs = _pairs(_nearest(matchable, start), _nearest(matchable, end))
    outcome = _outcomes(np.arange(people.size), measured, matchable, pairs, (start, end))
    return MatchedPairs(
        n_given=people.size,
        n_paired=pairs["person"].nunique(),
        n_pairs=len(pairs),
        rows_given=len(rows),
        rows_without_value=int(rows["value"].isna().sum()),
        rows_without_day=int((rows["day"].isna() & rows["value"].notna()).sum()),
        rows_without_rater=int(measured["rater"].isna().sum()),
        rows_without_mode=int(measured["mode"].isna().sum()),
        start=start,
        end=end,
        outcome=pd.Series(outcome, index=pd.Index(people, name="person")),
        pairs=pairs.assign(person=people[pairs["person"]]),
    )


def _rows(
    person: ArrayLike, day: ArrayLike, rater: ArrayLike, mode: ArrayLike, value: ArrayLike
) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Return the checked measurements with people as whole numbers, and the people's labels."""
    for column, name in ((day, "day"), (rater, "rater"), (mode, "mode"), (value, "value")):
        same_rows(person, column, "person", name)
    codes, people = person_codes(person)
    rows = pd.DataFrame({"person": codes, "day": vector(day, "day"), "value": vector(value, "value")})
    rows["rater"], rows["mode"] = _category(rater, "rater"), _category(mode, "mode")
    known = rows.dropna()  # a row that lacks anything is never paired, so it cannot clash either
    others = (known[key] for key in ("day", "rater", "mode"))
    refuse_doubles(known["person"].to_numpy(), *others, names="person, day, rater och mode")
    return rows, people


def _category(values: ArrayLike, name: str) -> pd.Series:
    check_one_kind(values, name)
    return pd.Series(values).reset_index(drop=True).astype(object)


def _nearest(rows: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return, for each person, rater and mode, the row inside the window that lies nearest its target."""
    inside = rows[window.holds(rows["day"])]
    inside = inside.assign(distance=(inside["day"] - window.target).abs()).sort_values(["distance", "day"])
    return inside.drop_duplicates(["person", "rater", "mode"])


def _pairs(starts: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    keys = ["person", "rater", "mode"]
    pairs = starts.merge(ends, on=keys, suffixes=("_start", "_end"))
    pairs = pairs.rename(columns={"day_start": "start_day", "day_end": "end_day"})
    pairs = pairs.rename(columns={"value_start": "pre", "value_end": "post"})
    return pairs.sort_values(keys, ignore_index=True)[[*keys, "start_day", "end_day", "pre", "post"]]


def _outcomes(
    people: NDArray[np.intp],
    measured: pd.DataFrame,
    matchable: pd.DataFrame,
    pairs: pd.DataFrame,
    windows: tuple[Window, Window],
) -> NDArray[np.str_]:
    """Return each person's outcome: the first that holds."""
    start, end = windows

    def among(rows: pd.DataFrame) -> Flags:
        return np.isin(people, rows["person"])

    def shared(keys: list[str]) -> Flags:
        begun, ended = (matchable[window.holds(matchable["day"])] for window in windows)
        return among(begun[["person", *keys]].drop_duplicates().merge(ended[["person", *keys]].drop_duplicates()))

    conditions = {
        PAIRED: among(pairs),
        NO_VALUE: ~among(measured),
        NO_START: ~among(measured[start.holds(measured["day"])]),
        NO_END: ~among(measured[measured["day"] > start.latest]),
        END_OUT_OF_WINDOW: ~among(measured[end.holds(measured["day"])]),
        OTHER_MODE: shared(["rater"]),
        OTHER_RATER: shared(["mode"]),
        OTHER_RATER_AND_MODE: shared([]),
    }
    return np.select(list(conditions.values()), list(conditions), default=UNKNOWN_RATER_OR_MODE)
