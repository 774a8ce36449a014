"""Forms beside the common form: outcomes seen once or unpaired, and the one sum that all units can share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.outcomes.form_rows import (
    MEASURED_PARTS,
    NOT_MEASURED,
    TOGETHER,
    checked_counts,
    interleaved,
    plain_columns,
)
from isu_analysis.statistics.proportions.counts import known


@dataclass(frozen=True, eq=False)
class AfterOnlyForm:
    """Answers of one occasion among all eligible: what people said, not what changed.

    Attributes
    ----------
    answered, not_measured, of : int
        Those with one of the levels, those without, all eligible.
    share_answered : float
        0-1; NaN when ``of`` is 0.
    level : float
        Confidence level.
    reason : str
        "", "nobody_eligible" or "nobody_measured".
    rows : DataFrame
        See `after_only_form`.
    """

    answered: int
    not_measured: int
    of: int
    share_answered: float
    level: float
    reason: str
    rows: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a level and one for those not measured; see `after_only_form`."""
        return self.rows.copy()


def after_only_form(levels: Mapping[str, int], of: int, *, level: float = 0.95) -> AfterOnlyForm:
    """Return the levels of an outcome seen on one occasion, or on two without knowing who is who.

    Parameters
    ----------
    levels : mapping of str to int
        How many answered each level, in the order to show; one answer a person. Of two unpaired occasions, one form
        each.
    of : int
        All eligible.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    AfterOnlyForm
        ``to_frame()``: part (the level's name; last "not_measured"), n, of, share (of all eligible),
        share_low_bound, share_high_bound, rate_low, rate_high, level as in `common_form`; share_of_answered, NaN
        for "not_measured" and without answers; reason: "", "nobody_eligible" or "nobody_measured".

    Raises
    ------
    StatisticsError
        If there is no level, a level is named as a part of the common form (a look at one occasion shows nobody
        improved), a count is not a whole number from 0, or the answers are more than ``of``.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> form = isu.after_only_form({"yes": 12, "partly": 5, "no": 3}, of=50)
    >>> form.answered, form.share_answered
    (20, 0.4)
    >>> form.to_frame()[["part", "n", "of", "share_low_bound", "share_high_bound", "share_of_answered"]].round(2)
               part   n  of  share_low_bound  share_high_bound  share_of_answered
    0           yes  12  50             0.24              0.84               0.60
    1        partly   5  50             0.10              0.70               0.25
    2            no   3  50             0.06              0.66               0.15
    3  not_measured  30  50             0.60              0.60                NaN
    """
    check_level(level)
    if not isinstance(levels, Mapping) or not levels or not all(isinstance(name, str) for name in levels):
        raise StatisticsError("Argumentet levels: ska vara minst en nivå med namn och antal.")
    if not set(levels).isdisjoint((*MEASURED_PARTS, NOT_MEASURED, TOGETHER)):
        raise StatisticsError(
            "Argumentet levels: har en nivå med samma namn som en del av den gemensamma redovisningsformen. "
            "Ett enda tillfälle visar inte vem som har förbättrats. Tillåtet: måttets egna svar."
        )
    for n in (*levels.values(), of):
        known(levels=n)
    given = {f"levels[{place}]": np.array([n]) for place, n in enumerate(levels.values())}
    parts, everyone = checked_counts({**given, "of": np.array([of])})
    answered = parts.sum(axis=0)
    lost = everyone - answered
    columns = [plain_columns(name, n, lost, everyone, level) for name, n in zip(levels, parts, strict=True)]
    columns.append(plain_columns(NOT_MEASURED, lost, np.zeros_like(lost), everyone, level))
    rows = interleaved(columns)
    reason = "nobody_eligible" if of == 0 else "" if answered[0] else "nobody_measured"
    of_answered = rows["n"] / (answered[0] or np.nan)
    rows["share_of_answered"] = of_answered.where(rows["part"] != NOT_MEASURED)
    rows["reason"] = reason
    share = float(answered[0] / of) if of else np.nan
    return AfterOnlyForm(int(answered[0]), int(lost[0]), int(of), share, level, reason, rows)


def measured_across(forms: pd.DataFrame, by: Sequence[str] = (), *, unit: str = "unit") -> pd.DataFrame:
    """Add measured and not measured over units: the only sum that forms with different measures have.

    Parameters
    ----------
    forms : DataFrame
        Rows of `common_forms`, or of ``to_frame()`` of either form with a column naming the unit; kinds may be mixed.
        Only the rows "not_measured" are read.
    by : sequence of str
        Columns whose values each get a row of their own, for example municipality and year; without, one row.
    unit : str
        Column that names the unit.

    Returns
    -------
    DataFrame
        The columns of ``by``, units, measured, not_measured, of, share_measured (NaN where ``of`` is 0). Sorted by
        name, never by number. Whoever is eligible in two units is counted in both.

    Raises
    ------
    StatisticsError
        If a column is lacking, or a unit stands twice in one row.

    Examples
    --------
    One unit measures change, the other asks afterwards; what they share is how many were measured.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> first = isu.common_form(improved=8, maintained=2, no_certain_change=3, worse=1, of=20).to_frame()
    >>> second = isu.after_only_form({"yes": 12, "partly": 5, "no": 3}, of=50).to_frame()
    >>> isu.measured_across(pd.concat([first.assign(unit="North"), second.assign(unit="South")])).round(2)
       units  measured  not_measured  of  share_measured
    0      2        34            36  70            0.49
    """
    if isinstance(by, str):
        raise StatisticsError("Argumentet by: ska vara en följd av kolumnnamn, inte en text.")
    groups = [*by, unit]
    lacking = [name for name in (*groups, "part", "n", "of") if name not in forms]
    if lacking:
        raise StatisticsError(f"Argumentet forms: saknar kolumnerna {', '.join(lacking)}.")
    rows = forms.loc[forms["part"] == NOT_MEASURED, [*groups, "n", "of"]]
    if rows[groups].isna().any(axis=None):
        raise StatisticsError(f"Argumentet forms: saknar värden i {', '.join(groups)}.")
    if rows.duplicated(groups).any():
        raise StatisticsError("Argumentet forms: en enhet står två gånger i samma summa. Tillåtet: ett mått per enhet.")
    renamed = {unit: "units", "n": "not_measured"}
    if by:
        how = {unit: "size", "n": "sum", "of": "sum"}
        found = rows.groupby(list(by), sort=True).agg(how).rename(columns=renamed).reset_index()
    else:
        found = pd.DataFrame({"units": [len(rows)], "not_measured": [rows["n"].sum()], "of": [rows["of"].sum()]})
    found.insert(len(by) + 1, "measured", found["of"] - found["not_measured"])
    found["share_measured"] = found["measured"] / found["of"].where(found["of"] > 0)
    return found
