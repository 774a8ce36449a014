"""How many must be measured twice: what chance takes and what loss takes, kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from numbers import Integral, Real

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import check_level, check_positive
from isu_analysis.statistics.planning_widths import PARTS, MeanWidths, ShareWidths, Widths, first_lasting, within

# Staff rated the lost improved at a tenth of the odds of those who answered (see attrition.delta_shares); up to twice
# the odds, since a range that ends at one misses every second unit whose lost were no different.
PLAUSIBLE = (0.1, 2.0)
# A thousandth of the range asks for a million people; more eligible than that is no service.
NARROWEST, MOST_ELIGIBLE = 1e-3, 1_000_000
TOO_FEW, NOT_GIVEN = "too_few_eligible", "not_given"


@dataclass(frozen=True)
class FollowUpPlan:
    """What follow-up can be expected to show, and what it would take to show it within a wanted half-width.

    Attributes
    ----------
    outcome : str
        "share" (half-widths 0-1) or "mean_change" (half-widths in points).
    eligible, measured : int
        Those who should be followed up, and those expected to be measured twice.
    coverage : float
        ``measured / eligible``, 0-1.
    half_width : float
        Wanted: half of the interval's width.
    paired_needed : int
        People who must be measured twice for chance alone to stay within it, whether so many are eligible or not.
    finite : bool
        Whether the question is how these eligible people fared (True) or how such people fare (False).
    level : float
        Confidence level.
    """

    outcome: str
    eligible: int
    measured: int
    coverage: float
    half_width: float
    paired_needed: int
    finite: bool
    level: float
    _widths: Widths = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a part of the uncertainty, and what it takes to bring that part within what is wanted.

        Returns
        -------
        DataFrame
            part: "sampling" (the plain interval of the measured, as if nobody were lost), "missingness" (what the
            lost could change, as if nothing were chance; the same however many are eligible) or "together" (from the
            lowest to the highest of both; at most their sum). about_the_lost: "none", "bounds" (nothing assumed) or
            "plausible" (the range given). half_width: at the expected coverage. needed: people measured twice from
            which the part stays within the wanted half-width; coverage_needed: the same as a share of the
            eligible; loss_to_cure: share of those now lost who must be followed up, 0 when none. reason: "",
            "too_few_eligible" (not even with everyone measured) or "not_given" (no range was given); what cannot be
            computed is NaN.
        """
        return pd.DataFrame([self._row(*part) for part in PARTS])

    def grid(self, coverages: Iterable[float], eligible: Iterable[int] | None = None) -> pd.DataFrame:
        """Return the half-widths at other coverages, and for other numbers of eligible people.

        Parameters
        ----------
        coverages : iterable of float
            0-1.
        eligible : iterable of int, optional
            Default: the plan's own.

        Returns
        -------
        DataFrame
            One row an eligible, a coverage and a part: eligible, coverage (as given), measured, part,
            about_the_lost, half_width, within (at most the wanted).

        Examples
        --------
        Whatever became of the lost, 90 % answering is too few and 95 % enough for plus or minus ten percentage points.

        >>> import isu_analysis as isu
        >>> plan = isu.plan_follow_up(200, 0.6, share=0.5, half_width=0.1)
        >>> grid = plan.grid([0.6, 0.9, 0.95]).query("about_the_lost == 'bounds' and part == 'together'")
        >>> grid[["coverage", "measured", "half_width", "within"]].round(3)
            coverage  measured  half_width  within
        3       0.60       120       0.253   False
        8       0.90       180       0.115   False
        13      0.95       190       0.092    True
        """
        rows = []
        asked = list(coverages)
        for people in [self.eligible] if eligible is None else eligible:
            for coverage in asked:
                _check_cohort(people, coverage)
                measured = _measured(people, coverage)
                for part, lost in PARTS:
                    half = float(self._widths.half(part, lost, np.array([float(measured)]), people)[0])
                    rows.append((people, coverage, measured, part, lost, half, bool(within(half, self.half_width))))
        names = ["eligible", "coverage", "measured", "part", "about_the_lost", "half_width", "within"]
        return pd.DataFrame(rows, columns=names)

    def _row(self, part: str, lost: str) -> dict[str, object]:
        widths = self._widths.half(part, lost, np.arange(self.eligible + 1.0), self.eligible)
        row = {"part": part, "about_the_lost": lost, "half_width": float(widths[self.measured])}
        enough = first_lasting(within(widths, self.half_width))
        if enough is None:
            reason = NOT_GIVEN if np.isnan(widths[-1]) else TOO_FEW
            return {**row, "needed": np.nan, "coverage_needed": np.nan, "loss_to_cure": np.nan, "reason": reason}
        lacking = max(enough - self.measured, 0)
        cure = lacking / (self.eligible - self.measured) if lacking else 0.0
        numbers = {"needed": float(enough), "coverage_needed": enough / self.eligible, "loss_to_cure": cure}
        return {**row, **numbers, "reason": ""}


def plan_follow_up(
    eligible: int,
    coverage: float,
    *,
    share: float,
    half_width: float,
    odds_ratios: tuple[float, float] = PLAUSIBLE,
    finite: bool = False,
    level: float = 0.95,
) -> FollowUpPlan:
    """Plan how many must be measured twice for a share, such as those improved.

    Parameters
    ----------
    eligible : int
        Those who should be followed up, 1 to 1,000,000.
    coverage : float
        Share of them expected to be measured twice, 0-1.
    share : float
        Expected share among the measured, 0-1; near 0.5 most people are needed.
    half_width : float
        Wanted: half of the interval's width, 0.001-0.5 (0.1 is plus or minus ten percentage points).
    odds_ratios : (float, float)
        Plausible range: odds of the lost over those of the measured, lowest and highest, above 0.
    finite : bool
        False: the rate of the service, which varies by chance even when everyone is measured. True: how these eligible
        people fared; that chance is gone when all of them are measured.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    FollowUpPlan

    Raises
    ------
    StatisticsError
        If a number is outside its range.

    Notes
    -----
    With m measured, coverage P = m/N and Wilson's limits L, U of the whole number nearest ``m share``::

        sampling     (U - L)/2
        missingness  (1 - P)/2                              bounds: none or all of the lost
                     (1 - P)(f(high, p) - f(low, p))/2      plausible: f(OR, p) = OR p / (1 - p + OR p)
        together     (P (U - L) + 1 - P)/2                                     bounds
                     (P (U - L) + (1 - P)(f(high, U) - f(low, L)))/2           plausible

    as `share_bounds` and `share_by_odds_ratio` have it, the latter from its ``low`` at the lowest odds ratio to its
    ``high`` at the highest. P is taken as it comes out. For a finite cohort L and U are Wilson's for ``m (N-1)/(N-m)``
    people. Whole people make the width go up and down a little: ``needed`` is the number from which every larger one
    suffices too.

    Examples
    --------
    Of 200 people 60 % are expected to answer twice. Chance alone is small enough (93 would do), the loss is not.

    >>> import isu_analysis as isu
    >>> plan = isu.plan_follow_up(200, 0.6, share=0.5, half_width=0.1)
    >>> plan.measured, plan.paired_needed
    (120, 93)
    >>> plan.to_frame()[["part", "about_the_lost", "half_width", "needed"]].round(3)
              part about_the_lost  half_width  needed
    0     sampling           none       0.088    93.0
    1  missingness         bounds       0.200   160.0
    2  missingness      plausible       0.115   131.0
    3     together         bounds       0.253   187.0
    4     together      plausible       0.188   179.0
    """
    _check_cohort(eligible, coverage)
    _check_share(share, "share")
    _check_question(finite, level)
    if not (isinstance(half_width, Real) and NARROWEST <= half_width <= 0.5):
        raise StatisticsError("Argumentet half_width: ska vara mellan 0.001 och 0.5.")
    ratios = _pair(odds_ratios, "odds_ratios")
    if ratios[0] <= 0:
        raise StatisticsError("Argumentet odds_ratios: ska vara större än 0.")
    return _plan("share", (eligible, coverage), half_width, ShareWidths(share, ratios, finite, level))


def plan_mean_follow_up(
    eligible: int,
    coverage: float,
    *,
    half_width: float,
    sd_change: float | None = None,
    sd_pre: float | None = None,
    r: float | None = None,
    scale: tuple[float, float] | None = None,
    delta: tuple[float, float] | None = None,
    finite: bool = False,
    level: float = 0.95,
) -> FollowUpPlan:
    """Plan how many must be measured twice for a mean change in points.

    Parameters
    ----------
    eligible, coverage, finite, level
        As in `plan_follow_up`. All eligible are taken to have a start value.
    half_width : float
        Wanted: half of the interval's width, in points.
    sd_change : float, optional
        Expected standard deviation of the change, in points.
    sd_pre, r : float, optional
        Instead: the SD at start, and the correlation of start and end, -1 to below 1; the SD is taken as equal at both.
    scale : (float, float), optional
        Lowest and highest possible score, for the bounds.
    delta : (float, float), optional
        Plausible range: how many points more the lost changed, on average, than the measured, lowest and highest;
        (-5, 0) is "up to five points less".

    Returns
    -------
    FollowUpPlan

    Raises
    ------
    StatisticsError
        If a number is outside its range, or the SD is given in both ways or in none.

    Notes
    -----
    With m measured, coverage P = m/N and SD s = ``sd_pre sqrt(2 (1 - r))``: sampling ``h = t s / sqrt(m)`` with m - 1 df,
    times ``sqrt(1 - P)`` for a finite cohort; missingness ``(1 - P)(highest - lowest score)/2``, or
    ``(1 - P)(highest - lowest delta)/2``; together ``P h`` plus the first (the lost can be anywhere, whatever the
    measured did), or ``h`` plus the second (the lost move along with the measured). P and the start values of the lost
    are taken as they come out.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> plan = isu.plan_mean_follow_up(60, 0.7, half_width=2, sd_change=6, scale=(0, 27), delta=(-5, 0))
    >>> plan.measured, plan.paired_needed
    (42, 38)
    >>> plan.to_frame()[["part", "about_the_lost", "half_width", "needed"]].round(2)
              part about_the_lost  half_width  needed
    0     sampling           none        1.87    38.0
    1  missingness         bounds        4.05    52.0
    2  missingness      plausible        0.75    12.0
    3     together         bounds        5.36    58.0
    4     together      plausible        2.62    53.0
    """
    _check_cohort(eligible, coverage)
    _check_question(finite, level)
    check_positive(half_width, "half_width")
    sd = _sd(sd_change, sd_pre, r)
    if half_width < NARROWEST * sd:
        raise StatisticsError("Argumentet half_width: ska vara minst en tusendel av förändringens standardavvikelse.")
    gaps = [
        np.nan if ends is None else np.ptp(_pair(ends, name)) for ends, name in ((scale, "scale"), (delta, "delta"))
    ]
    widths = MeanWidths(sd, float(gaps[0]), float(gaps[1]), finite, level)
    return _plan("mean_change", (eligible, coverage), half_width, widths)


def _plan(outcome: str, cohort: tuple[int, float], half_width: float, widths: ShareWidths | MeanWidths) -> FollowUpPlan:
    people, measured = int(cohort[0]), _measured(*cohort)
    needed = widths.paired_needed(half_width, people)
    return FollowUpPlan(
        outcome, people, measured, measured / people, half_width, needed, widths.finite, widths.level, widths
    )


def _measured(eligible: int, coverage: float) -> int:
    return round(coverage * eligible)


def _sd(sd_change: float | None, sd_pre: float | None, r: float | None) -> float:
    if sd_change is not None and sd_pre is None and r is None:
        check_positive(sd_change, "sd_change")
        return float(sd_change)
    if sd_change is not None or sd_pre is None or r is None:
        raise StatisticsError("Argumenten sd_change, sd_pre och r: ge antingen sd_change, eller både sd_pre och r.")
    check_positive(sd_pre, "sd_pre")
    if not (isinstance(r, Real) and -1 <= r < 1):
        raise StatisticsError("Argumentet r: ska vara minst -1 och mindre än 1.")
    return float(sd_pre * np.sqrt(2 * (1 - r)))


def _check_cohort(eligible: int, coverage: float) -> None:
    whole = isinstance(eligible, Integral) and not isinstance(eligible, bool)
    if not (whole and 1 <= eligible <= MOST_ELIGIBLE):
        raise StatisticsError("Argumentet eligible: ska vara ett heltal från 1 till 1 000 000.")
    _check_share(coverage, "coverage")


def _check_share(number: float, name: str) -> None:
    if not (isinstance(number, Real) and 0 <= number <= 1):
        raise StatisticsError(f"Argumentet {name}: ska vara ett tal från 0 till 1.")


def _check_question(finite: object, level: float) -> None:
    check_level(level)
    if not isinstance(finite, bool | np.bool_):
        raise StatisticsError("Argumentet finite: ska vara True eller False.")


def _pair(ends: tuple[float, float], name: str) -> tuple[float, float]:
    is_pair = isinstance(ends, tuple | list) and len(ends) == 2
    if not (is_pair and all(isinstance(end, Real) and np.isfinite(end) for end in ends) and ends[0] <= ends[1]):
        raise StatisticsError(f"Argumentet {name}: ska vara två tal, det lägsta först.")
    return float(ends[0]), float(ends[1])
