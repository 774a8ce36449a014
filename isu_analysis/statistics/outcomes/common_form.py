"""The common form of account: each unit's outcome by its own yardstick, as shares of all eligible.

No measure of result, and nothing to compare units by: the yardsticks differ. What can be compared is how much is not
known. Three targets are kept apart (`TARGETS`), and no function here averages, adds or ranks units whose measures differ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_level
from isu_analysis.statistics.outcomes.form_rows import (
    DIRECTIONS,
    MEASURED_PARTS,
    checked_counts,
    checked_odds_ratios,
    counts_of_rows,
    form_table,
)
from isu_analysis.statistics.outcomes.unmeasured_share import plausible_shares
from isu_analysis.statistics.proportions.counts import known

# Odds of the lost over those of the measured. Staff rated 25.3 % of the lost improved against 79.1 % of those who
# answered (Jensen et al. 2017): odds ratio 0.09. None above 1: who says that the lost fared better has to say it.
ODDS_RATIOS = (1.0, 0.5, 0.25, 0.1)
KINDS = ("measured", "judged", "experienced")
# What must be the same before forms of several units may be added.
SAME = ("measure", "rater", "kind", "smallest_change", "target_group")
# target -> (columns that answer it, why it is not answered)
TARGETS: dict[str, tuple[tuple[str, ...], str]] = {
    "cohort_status": (("share_low_bound", "share_high_bound"), ""),
    "process_rate": (("rate_low", "rate_high"), ""),
    "latent_change": ((), "measured_with_error"),
}


@dataclass(frozen=True, eq=False)
class CommonForm:
    """One unit's outcome by its own yardstick, of all eligible.

    Attributes
    ----------
    improved, maintained, no_certain_change, worse, not_measured : int
        Parts of ``of`` that share nobody: improved by the smallest change that counts; kept what was to be kept;
        neither; worse by as much; not measured.
    measured, of : int
        Sum of the first four; all eligible.
    odds_ratios : tuple of float
        What the plausible range supposes of the lost: odds of being improved over those of the measured, and for
        "worse" one over it.
    could_improve, could_improve_of : int or None
        Those whose start left room for an improvement that counts, and those of whom that is known.
    share_could_improve : float
        0-1; NaN when not given.
    level : float
        Confidence level of every interval.
    reason : str
        "", "nobody_eligible" (every share is NaN) or "nobody_measured" (no plausible range).
    rows : DataFrame
        See `common_form`.
    """

    improved: int
    maintained: int
    no_certain_change: int
    worse: int
    not_measured: int
    measured: int
    of: int
    odds_ratios: tuple[float, ...]
    could_improve: int | None
    could_improve_of: int | None
    share_could_improve: float
    level: float
    reason: str
    rows: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a part; see `common_form`."""
        return self.rows.copy()

    def by_odds_ratio(self) -> pd.DataFrame:
        """Return what the plausible range is made of: one row a part and odds ratio.

        Columns: part, odds_ratio (as applied to the part), share_lost, share (of all), low, high.

        Examples
        --------
        Half of the 12 measured improved; with odds 1/4 a share of 0.5 becomes 0.2 among the 8 lost: 7.6 of 20 in all.

        >>> import isu_analysis as isu
        >>> form = isu.common_form(improved=6, maintained=2, no_certain_change=3, worse=1, of=20, odds_ratios=[1, 0.25])
        >>> form.by_odds_ratio().head(2).round(2)
               part  odds_ratio  share_lost  share   low  high
        0  improved        1.00         0.5   0.50  0.25  0.75
        1  improved        0.25         0.2   0.38  0.17  0.63
        """
        of = np.array([float(self.of)])
        n = counts_of_rows(np.array([[float(getattr(self, name))] for name in MEASURED_PARTS]), of)
        frames = []
        for part, sign in DIRECTIONS.items():
            applied = np.array(self.odds_ratios) ** sign
            found = plausible_shares(n[part], of - n["not_measured"], of, applied, self.level)
            values = {"share_lost": found.lost[0], "share": found.share[0], "low": found.low[0], "high": found.high[0]}
            frames.append(pd.DataFrame({"part": part, "odds_ratio": applied, **values}))
        return pd.concat(frames, ignore_index=True)


def common_form(
    improved: int,
    maintained: int,
    no_certain_change: int,
    worse: int,
    of: int,
    *,
    odds_ratios: ArrayLike = ODDS_RATIOS,
    could_improve: int | None = None,
    could_improve_of: int | None = None,
    level: float = 0.95,
) -> CommonForm:
    """Return one unit's common form of account.

    Parameters
    ----------
    improved, maintained, no_certain_change, worse : int
        Measured people by the unit's own yardstick, each in one part only.
    of : int
        All eligible; who is in no part was not measured.
    odds_ratios : array_like, shape (d,)
        Above 0: odds of being improved among the lost over those among the measured. Default 1 to 0.1; give
        numbers above 1 too where the lost may have fared better. The range runs between the smallest and the largest.
    could_improve, could_improve_of : int, optional
        How many had room to improve by the smallest change that counts, and of how many that is known. Both or none.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    CommonForm
        ``to_frame()`` has one row a part, "not_measured" the fifth (these five sum to ``of``), and last
        "improved_or_maintained": n, of, share (of all eligible, what was seen); share_low_bound, share_high_bound
        (what it is of these people, whatever the lost did); plausible_low, plausible_high (if the odds ratio is among
        the given), plausible_interval_low, plausible_interval_high (the same with sampling error),
        share_lost_low, share_lost_high (what that supposes of the lost), odds_ratio_low, odds_ratio_high (as applied);
        rate_low, rate_high (the rate of the process, no assumption about the lost); level; corrected (none
        or all of the measured are in the part: see Notes); reason for no plausible range: "", "nobody_eligible", "nobody_measured",
        "no_direction" (maintained alone, no certain change) or "known" (not measured).

    Raises
    ------
    StatisticsError
        If a count is not a whole number from 0, the parts are more than ``of``, an odds ratio is not above 0, more
        improved than could, or only one of the two counts of those who could is given.

    Notes
    -----
    Bounds: ``n / of`` and ``(n + not measured) / of`` (Horowitz & Manski 2000, JASA 95:77). Plausible range: ``logit
    p(lost) = logit p(measured) + delta``, exp(delta) between the odds ratios; for "worse" between one over them, so
    that at each delta no more than all of the lost are improved or worse. Its interval is the union over the odds
    ratios. Where none or all of the measured are in a part, infinite odds say the same of the lost whatever delta is: the
    range runs from that to what the odds with half a person added to either side give (Haldane-Anscombe). Rate: Imbens-Manski with exact limits. Details in `unmeasured_share`. ``TARGETS`` says which columns answer
    what: the measured status of these people (bounds: always), the rate of the process (rate_low, rate_high), and
    latent change, which no column claims: every status is measured with error.

    Examples
    --------
    Twenty people: 8 improved, 2 kept what was to be kept, 3 neither, 1 got worse and 6 were not measured.

    >>> import isu_analysis as isu
    >>> form = isu.common_form(improved=8, maintained=2, no_certain_change=3, worse=1, of=20)
    >>> form.to_frame()[["part", "n", "of", "share", "share_low_bound", "share_high_bound"]].round(2)
                         part   n  of  share  share_low_bound  share_high_bound
    0                improved   8  20   0.40             0.40              0.70
    1              maintained   2  20   0.10             0.10              0.40
    2       no_certain_change   3  20   0.15             0.15              0.45
    3                   worse   1  20   0.05             0.05              0.35
    4            not_measured   6  20   0.30             0.30              0.30
    5  improved_or_maintained  10  20   0.50             0.50              0.80
    """
    check_level(level)
    ratios = checked_odds_ratios(odds_ratios)
    given = {"improved": improved, "maintained": maintained, "no_certain_change": no_certain_change, "worse": worse}
    known(**given, of=of)
    parts, everyone = checked_counts({name: np.array([value]) for name, value in {**given, "of": of}.items()})
    could = _could_improve(could_improve, could_improve_of, int(improved), int(of))
    rows = form_table(parts, everyone, ratios, level)
    measured = int(parts.sum())
    return CommonForm(
        **{name: int(value) for name, value in given.items()},
        not_measured=int(of) - measured,
        measured=measured,
        of=int(of),
        odds_ratios=tuple(ratios.tolist()),
        could_improve=could[0],
        could_improve_of=could[1],
        share_could_improve=could[0] / could[1] if could[0] is not None and could[1] else np.nan,
        level=level,
        reason=str(rows["reason"].iloc[0]),
        rows=rows,
    )


def common_forms(frame: pd.DataFrame, *, odds_ratios: ArrayLike = ODDS_RATIOS, level: float = 0.95) -> pd.DataFrame:
    """Return the common form of many units at once.

    Parameters
    ----------
    frame : DataFrame
        One row a unit: improved, maintained, no_certain_change, worse and of as in `common_form`. Any other column
        (unit, year, measure, rater, kind, smallest_change, could_improve) names what the bar is about and is repeated
        on the unit's rows; a ``kind`` is "measured", "judged" or "experienced".
    odds_ratios, level
        As in `common_form`.

    Returns
    -------
    DataFrame
        The other columns, part, and those of `CommonForm.to_frame`; six rows a unit, units in the order given.

    Raises
    ------
    StatisticsError
        As `common_form`; or if a column is lacking, a kind is unknown, or another column has the name of a result.

    Examples
    --------
    Two units with different measures: a form each, and no sum.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> columns = ["unit", "measure", "improved", "maintained", "no_certain_change", "worse", "of"]
    >>> rows = [("North", "phq9", 8, 2, 3, 1, 20), ("South", "judged goals", 10, 0, 4, 1, 30)]
    >>> forms = isu.common_forms(pd.DataFrame(rows, columns=columns))
    >>> improved = forms[forms["part"] == "improved"]
    >>> improved[["unit", "measure", "n", "of", "share_low_bound", "share_high_bound"]].round(2)
        unit       measure   n  of  share_low_bound  share_high_bound
    0  North          phq9   8  20             0.40              0.70
    6  South  judged goals  10  30             0.33              0.83
    """
    check_level(level)
    ratios = checked_odds_ratios(odds_ratios)
    lacking = [name for name in (*MEASURED_PARTS, "of") if name not in frame]
    if lacking:
        raise StatisticsError(f"Argumentet frame: saknar kolumnerna {', '.join(lacking)}.")
    parts, everyone = checked_counts({name: frame[name].to_numpy() for name in (*MEASURED_PARTS, "of")})
    table = form_table(parts, everyone, ratios, level)
    labels = frame.drop(columns=[*MEASURED_PARTS, "of"])
    _check_labels(labels, table.columns)
    rows = np.repeat(np.arange(len(frame)), len(table) // max(len(frame), 1))
    return pd.concat([labels.iloc[rows].reset_index(drop=True), table], axis=1)


def total_form(frame: pd.DataFrame, *, odds_ratios: ArrayLike = ODDS_RATIOS, level: float = 0.95) -> CommonForm:
    """Return one form of units that measure the same thing in the same way; refuse to add anything else.

    Parameters
    ----------
    frame : DataFrame
        As to `common_forms`, with the columns measure, rater, kind, smallest_change and target_group: each must say
        the same on every row. smallest_change may be missing on every row, where the kind is not "measured".
    odds_ratios, level
        As in `common_form`.

    Returns
    -------
    CommonForm
        Of all the rows' people. Whoever is counted in two of them is counted twice.

    Raises
    ------
    StatisticsError
        If the rows differ in any of these columns, one of them is lacking or unknown, or as `common_forms`.

    Notes
    -----
    Shares by different yardsticks have no sum and no mean: with the same true change, 8 % are "improved" by reliable
    change on an instrument with reliability .60, and 35 % with .95. Across those only `measured_across` adds.

    Examples
    --------
    Two units with the same measure, rater, smallest change and target group can be added: 18 of 50 improved.

    >>> import isu_analysis as isu
    >>> import pandas as pd
    >>> columns = ["improved", "maintained", "no_certain_change", "worse", "of"]
    >>> units = pd.DataFrame([(8, 2, 3, 1, 20), (10, 0, 4, 1, 30)], columns=columns)
    >>> units = units.assign(measure="phq9", rater="self", kind="measured", smallest_change=5, target_group="adults")
    >>> form = isu.total_form(units)
    >>> form.improved, form.not_measured, form.of
    (18, 21, 50)
    """
    lacking = [name for name in SAME if name not in frame]
    if lacking:
        raise StatisticsError(f"Argumentet frame: saknar kolumnerna {', '.join(lacking)}, som säger vad som mäts.")
    common_forms(frame, odds_ratios=odds_ratios, level=level)  # for its refusals
    differ = [name for name in SAME if frame[name].nunique(dropna=False) != 1]
    if differ:
        raise StatisticsError(
            f"Argumentet frame: enheterna har olika {', '.join(differ)}. Andelar med olika mått går inte att lägga ihop; "
            "det som kan summeras är mätta och inte mätta (measured_across)."
        )
    unknown = [name for name in SAME if frame[name].isna().any()]
    if unknown and (unknown != ["smallest_change"] or frame["kind"].iloc[0] == "measured"):
        raise StatisticsError(f"Argumentet frame: {', '.join(unknown)} saknas. Tillåtet: samma, kända på varje rad.")
    sums = {name: int(frame[name].sum()) for name in (*MEASURED_PARTS, "of")}
    return common_form(**sums, odds_ratios=odds_ratios, level=level)


def _check_labels(labels: pd.DataFrame, results: Collection[str]) -> None:
    taken = [str(name) for name in labels if name in results]
    if taken:
        raise StatisticsError(f"Argumentet frame: kolumnerna {', '.join(taken)} heter som resultatets egna. Byt namn.")
    if "kind" in labels and not labels["kind"].isin(KINDS).all():
        raise StatisticsError(f"Argumentet frame: kind har ett okänt ord. Tillåtet: {', '.join(KINDS)}.")


def _could_improve(could: int | None, of_known: int | None, improved: int, of: int) -> tuple[int | None, int | None]:
    if could is None and of_known is None:
        return None, None
    if could is None or of_known is None:
        raise StatisticsError("Argumenten could_improve och could_improve_of: ges båda eller ingen.")
    known(could_improve=could, could_improve_of=of_known)
    if not improved <= could <= of_known <= of:
        raise StatisticsError(
            "Argumenten could_improve och could_improve_of: ska vara minst improved, i den ordningen, och högst of."
        )
    return int(could), int(of_known)
