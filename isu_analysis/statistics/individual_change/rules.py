"""What each reliable-change method expects of a person who has not changed, and how far off is too far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.statistics.arguments import NO_SPREAD, Floats
from isu_analysis.statistics.individual_change.references import ReferenceSample
from isu_analysis.statistics.results import one_row

NO_ERROR, ZERO_SD, ZERO_SE, TOO_FEW = "no_error", "zero_sd", "zero_se", "too_few_controls"


@dataclass(frozen=True)
class ChangeRule:
    """A method with its numbers: a straight line for the expected end score, and its standard error.

    ``expected = intercept + slope * start``; ``error^2 = standard_error^2 + slope_error^2 (start - centre)^2``.

    Attributes
    ----------
    method : str
        Name of the method.
    intercept, slope : float
        Of the end score expected without true change, in points. Slope 1 and intercept 0: no change expected.
    standard_error : float
        Of the end score around it, in points (for Crawford-Howell at the centre, where it is smallest).
    slope_error, centre : float
        How the error grows away from the reference mean; 0 for every method but Crawford-Howell.
    df : float
        Degrees of freedom of the index; infinite = normal distribution.
    historical : bool
        True for methods kept only for comparison with old papers.
    reason : str
        "" when all is well; "no_error" (stated reliability 1: every change counts); "zero_sd" (the reference
        does not vary), "zero_se" (its correlation is 1), "too_few_controls", "undefined": no index.
    """

    method: str
    intercept: float
    slope: float
    standard_error: float
    slope_error: float = 0.0
    centre: float = 0.0
    df: float = np.inf
    historical: bool = False
    reason: str = ""

    def expected(self, start: ArrayLike) -> Floats:
        """Return the end score expected without true change, in points."""
        return self.intercept + self.slope * np.asarray(start, dtype=float)

    def error(self, start: ArrayLike) -> Floats:
        """Return the standard error of the end score around what is expected, in points; NaN where start is."""
        away = np.asarray(start, dtype=float) - self.centre
        return np.hypot(self.standard_error, self.slope_error * away)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def jacobson_truax(reference: ReferenceSample) -> ChangeRule:
    """No change expected; error ``sqrt(2) sd_pre sqrt(1 - reliability_pre)``.

    Needs sd_pre and reliability_pre. Jacobson & Truax (1991), J Consult Clin Psychol 59:12. Right (2.5 % each
    way) when both numbers come from one source and nobody was selected for a high score; with the SD of a
    selected group and a published reliability 34 % were "improved" without any change.
    """
    sd, r = reference.need("sd_pre", "reliability_pre")
    return stated_rule("jacobson_truax", 0, 1, sd * np.sqrt(2 * (1 - r)), sd)


def gulliksen_lord_novick(reference: ReferenceSample) -> ChangeRule:
    """Regression to the population mean expected; error ``sd_pre sqrt(1 - reliability_pre^2)``.

    Needs mean_pre, sd_pre and reliability_pre of the population that the person belongs to. ``expected =
    M + r (x - M)``. Gulliksen (1950); Lord & Novick (1968); Hsu (1989). Keeps 2.5 % each way also when people
    were selected for a high score.
    """
    mean, sd, r = reference.need("mean_pre", "sd_pre", "reliability_pre")
    return stated_rule("gulliksen_lord_novick", mean * (1 - r), r, sd * np.sqrt(1 - r**2), sd)


def mcnemar(reference: ReferenceSample) -> ChangeRule:
    """No change expected; error from two SDs and two reliabilities.

    Needs sd_pre, sd_post, reliability_pre, reliability_post: ``sqrt(s1^2 (1 - r1) + s2^2 (1 - r2))``. Read in
    the source of the R package ReliableTrendIndex, not in an article.
    """
    s1, s2, r1, r2 = reference.need("sd_pre", "sd_post", "reliability_pre", "reliability_post")
    return stated_rule("mcnemar", 0, 1, np.sqrt(s1**2 * (1 - r1) + s2**2 * (1 - r2)), np.minimum(s1, s2))


def christensen_mendoza(reference: ReferenceSample) -> ChangeRule:
    """No change expected; error = SD of the reference group's differences.

    Needs sd_pre, sd_post, retest_r: ``sqrt(s1^2 + s2^2 - 2 r12 s1 s2)``. Christensen & Mendoza (1986), Behav Ther
    17:305 (from memory, not verified). The differences must hold error only: take an untreated group.
    """
    return _control_rule("christensen_mendoza", reference, sd_of_differences(reference))


def maassen(reference: ReferenceSample) -> ChangeRule:
    """No change expected; error for unequal SDs ``sqrt((s1^2 + s2^2) (1 - r12))``.

    Needs sd_pre, sd_post, retest_r of an untreated group. Maassen (2004), J Int Neuropsychol Soc 10:888.
    """
    return _control_rule("maassen", reference, _sd_of_errors(reference))


def chelune(reference: ReferenceSample) -> ChangeRule:
    """The control group's mean change (practice) expected; error ``s1 sqrt(2 (1 - r12))``.

    Needs mean_pre, mean_post, sd_pre, retest_r. Chelune et al. (1993), Neuropsychology 7:41 (from memory, not
    verified; other programs use the same formula).
    """
    s1, r = reference.need("sd_pre", "retest_r")
    return _control_rule("chelune", reference, s1 * np.sqrt(2 * (1 - r)), _practice(reference))


def iverson(reference: ReferenceSample) -> ChangeRule:
    """Practice expected; error ``sqrt(SEM1^2 + SEM2^2)`` with ``SEMk = sk sqrt(1 - r12)``.

    Needs mean_pre, mean_post, sd_pre, sd_post, retest_r. The practice-adjusted form of `maassen`. Iverson (2001),
    Arch Clin Neuropsychol 16:183 (from memory, not verified; other programs use the same formula).
    """
    return _control_rule("iverson", reference, _sd_of_errors(reference), _practice(reference))


def temkin(reference: ReferenceSample) -> ChangeRule:
    """Practice expected; error = SD of the control group's differences.

    Needs mean_pre, mean_post, sd_pre, sd_post, retest_r. Temkin et al. (1999), J Int Neuropsychol Soc 5:357
    (from memory, not verified; other programs use the same formula).
    """
    return _control_rule("temkin", reference, sd_of_differences(reference), _practice(reference))


def mcsweeny(reference: ReferenceSample) -> ChangeRule:
    """Standardised regression-based: the control group's regression, error = its residual SD.

    Needs n, mean_pre, mean_post, sd_pre, sd_post, retest_r. ``b = r12 s2/s1``, ``a = M2 - b M1``, ``error =
    s2 sqrt((1 - r12^2)(n - 1)/(n - 2))``. McSweeny et al. (1993), Clin Neuropsychol 7:300 (from memory, not
    verified). The regression is taken as known without error: use `crawford_howell` when n is small.
    """
    (n,) = reference.need("n")
    return _regression_rule("mcsweeny", reference, n, df=np.inf)


def crawford_howell(reference: ReferenceSample) -> ChangeRule:
    """The control group's regression with its own uncertainty: t with n - 2 degrees of freedom.

    Needs n, mean_pre, mean_post, sd_pre, sd_post, retest_r. ``error = SEE sqrt(1 + 1/n + (x - M1)^2/((n - 1)
    s1^2))``, the standard error of a new case. Crawford & Howell (1998), J Clin Exp Neuropsychol 20:755 (from
    memory, not verified); Crawford & Garthwaite (2006), Neuropsychology 20:259, test a person's end score by
    the same standard error.
    """
    (n,) = reference.need("n")
    return _regression_rule("crawford_howell", reference, n, df=n - 2)


METHODS: dict[str, Callable[[ReferenceSample], ChangeRule]] = {
    rule.__name__: rule
    for rule in (
        jacobson_truax, gulliksen_lord_novick, mcnemar, christensen_mendoza, maassen, chelune, iverson, temkin,
        mcsweeny, crawford_howell,
    )
}  # fmt: skip


def stated_rule(
    method: str, intercept: float, slope: float, error: float, size: float, *, historical: bool = False
) -> ChangeRule:
    """Return a rule whose error comes from a reliability: none at reliability 1, and then every change counts.

    Parameters
    ----------
    method : str
        Name of the method.
    intercept, slope, error : float
        As in `ChangeRule`.
    size : float
        The SD behind the error: 0 or NaN when the reference does not vary.
    historical : bool
        Marks a method for comparison with old papers only.
    """
    if not size > 0:
        reason = TOO_FEW if np.isnan(size) else ZERO_SD
        return ChangeRule(method, np.nan, np.nan, np.nan, historical=historical, reason=reason)
    reason = NO_ERROR if error <= NO_SPREAD * size else ""
    return ChangeRule(
        method, float(intercept), float(slope), 0.0 if reason else float(error), historical=historical, reason=reason
    )


def sd_of_differences(reference: ReferenceSample) -> float:
    """Return the SD of a reference group's differences, ``sqrt(s1^2 + s2^2 - 2 r12 s1 s2)``, in points.

    Raises
    ------
    StatisticsError
        If sd_pre, sd_post or retest_r is missing.
    """
    s1, s2, r = reference.need("sd_pre", "sd_post", "retest_r")
    # The same number written so that rounding cannot take it below 0.
    return float(np.sqrt((s1 - s2) ** 2 + 2 * (1 - r) * s1 * s2))


def _control_rule(method: str, reference: ReferenceSample, error: float, shift: float = 0.0) -> ChangeRule:
    reason = _control_reason(reference, error, fewest=2)
    if reason:
        return ChangeRule(method, np.nan, np.nan, np.nan, reason=reason)
    return ChangeRule(method, shift, 1.0, float(error))


def _regression_rule(method: str, reference: ReferenceSample, n: float, df: float) -> ChangeRule:
    m1, m2, s1, s2, r = reference.need("mean_pre", "mean_post", "sd_pre", "sd_post", "retest_r")
    see = s2 * np.sqrt((1 - r**2) * (n - 1) / (n - 2)) if n > 2 else np.nan
    reason = _control_reason(reference, see, fewest=3)
    if reason:
        return ChangeRule(method, np.nan, np.nan, np.nan, df=df, reason=reason)
    slope = r * s2 / s1
    line = (m2 - slope * m1, slope)
    if np.isinf(df):
        return ChangeRule(method, *line, float(see))
    at_centre, away = see * np.sqrt(1 + 1 / n), see / (s1 * np.sqrt(n - 1))
    return ChangeRule(method, *line, float(at_centre), float(away), m1, df)


def _control_reason(reference: ReferenceSample, error: float, fewest: int) -> str:
    """Say why an untreated group cannot be held against: too few, no spread, or no error at all.

    A correlation of 1 in a group is an accident of few people, not a measurement without error: no index.
    """
    if reference.n is not None and reference.n < fewest:
        return TOO_FEW
    spreads = [sd for sd in (reference.sd_pre, reference.sd_post) if sd is not None]
    if not all(sd > 0 for sd in spreads):
        return ZERO_SD
    return "" if error > NO_SPREAD * max(spreads) else ZERO_SE


def _practice(reference: ReferenceSample) -> float:
    m1, m2 = reference.need("mean_pre", "mean_post")
    return m2 - m1


def _sd_of_errors(reference: ReferenceSample) -> float:
    s1, s2, r = reference.need("sd_pre", "sd_post", "retest_r")
    sd: float = np.sqrt((s1**2 + s2**2) * (1 - r))
    return sd
