"""Historical methods of individual change: for comparison with old papers, never in a report.

Each says what is wrong with it. The false-positive figures are from simulations of 400 000 people who did not
change, reliability .80; a sound method flags 2.5 % each way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, check_direction, vector
from isu_analysis.statistics.individual_change.criteria import TWO_SIDED_FIVE_PERCENT
from isu_analysis.statistics.individual_change.cutoffs import cutoff_a, cutoff_b, cutoff_c
from isu_analysis.statistics.individual_change.methods import ChangeIndex, index_by_rule
from isu_analysis.statistics.individual_change.references import ReferenceSample
from isu_analysis.statistics.individual_change.rules import NO_ERROR, ChangeRule, sd_of_differences, stated_rule

# One-sided 5 %, as the authors of the Hageman-Arrindell method use it.
ONE_SIDED_FIVE_PERCENT = 1.645
UNDEFINED = "no_true_change_variance"


def edwards_nunnally(reference: ReferenceSample) -> ChangeRule:
    """End score against the interval around the estimated true start score. Historical: error too small.

    Needs mean_pre, sd_pre, reliability_pre. ``expected = r (x - M) + M``, error ``sd_pre sqrt(1 - r)``. The
    error leaves out that the end score has its own measurement error: 7.1 % and 7.2 % are flagged improved and
    deteriorated where nobody changed, instead of 2.5 %. Edwards et al. (1978); Speer (1992), J Consult Clin
    Psychol 60:402 (from memory, not verified). The original rule is 2 errors each way, not 1.96.
    """
    mean, sd, r = reference.need("mean_pre", "sd_pre", "reliability_pre")
    return stated_rule("edwards_nunnally", mean * (1 - r), r, sd * np.sqrt(1 - r), sd, historical=True)


def nunnally_kotsch(reference: ReferenceSample) -> ChangeRule:
    """Like Edwards-Nunnally with the end's reliability. Historical: 3.0 % each way instead of 2.5 %.

    Needs mean_pre, sd_pre, reliability_pre, reliability_post. ``expected = r1 (x - M) + M``, error ``sqrt(r1^2
    s1^2 (1 - r1) + s1^2 (1 - r2))``: the true score left over at a given start score is counted too small.
    Nunnally & Kotsch (1983), Br J Clin Psychol 22:83 (from memory, not verified).
    """
    mean, sd, r1, r2 = reference.need("mean_pre", "sd_pre", "reliability_pre", "reliability_post")
    error = sd * np.sqrt(r1**2 * (1 - r1) + (1 - r2))
    return stated_rule("nunnally_kotsch", mean * (1 - r1), r1, error, sd, historical=True)


def hsu_linn_lord(reference: ReferenceSample) -> ChangeRule:
    """Gulliksen-Lord-Novick around the group's own end mean. Historical: it removes the mean change.

    Needs mean_pre, mean_post, sd_pre, reliability_pre. ``expected = M2 + r (x - M1)``, error ``sd_pre sqrt(1 -
    r^2)``. Where everyone improves by half an SD it still calls 2.5 % improved and 2.5 % deteriorated; with a norm's
    start mean and the own end mean of people selected for a high score, 53 % improved where nobody changed. Hsu
    (1989), Behav Assess 11:459 (from memory, not verified). Whether the original denominator has the start's or the end's SD
    is not verified; the start's is used here, as in the R package clinicalsignificance.
    """
    m1, m2, sd, r = reference.need("mean_pre", "mean_post", "sd_pre", "reliability_pre")
    return stated_rule("hsu_linn_lord", m2 - r * m1, r, sd * np.sqrt(1 - r**2), sd, historical=True)


def hageman_arrindell(reference: ReferenceSample) -> ChangeRule:
    """RC_indiv of Hageman and Arrindell. Historical: the group's mean change is added to everyone's.

    Needs mean_pre, mean_post, sd_pre, sd_post, retest_r, reliability_pre, all of the treated group itself.
    ``RC = [(y - x) r_DD + (M2 - M1)(1 - r_DD)] / (sqrt(r_DD) sqrt(2) S_E)``. Undefined when the estimated
    reliability of the differences r_DD is 0 or less, which happens about half the time when nobody truly
    changed; in one benchmark 70 % were "improved" against Jacobson-Truax's 18 %, since the mean change counts
    for each. Reason "no_true_change_variance" and NaN then. Hageman & Arrindell (1993, 1999), Behav Res Ther
    (from memory, not verified); Maassen (2001) objects that it mixes interval estimation and confidence intervals.
    """
    m1, m2 = reference.need("mean_pre", "mean_post")
    sd, reliability = reference.need("sd_pre", "reliability_pre")
    r_dd = difference_reliability(reference)
    if not r_dd > 0:
        return ChangeRule("hageman_arrindell", np.nan, np.nan, np.nan, historical=True, reason=UNDEFINED)
    error = sd * np.sqrt(2 * (1 - reliability)) / np.sqrt(r_dd)
    return stated_rule("hageman_arrindell", -(m2 - m1) * (1 - r_dd) / r_dd, 1, error, sd, historical=True)


HISTORICAL: dict[str, Callable[[ReferenceSample], ChangeRule]] = {
    rule.__name__: rule for rule in (edwards_nunnally, nunnally_kotsch, hsu_linn_lord, hageman_arrindell)
}


def historical_index(
    pre: ArrayLike,
    post: ArrayLike,
    method: str,
    reference: ReferenceSample,
    *,
    higher_is_better: bool,
    z: float | None = None,
) -> ChangeIndex:
    """Return every person's index by a method kept for comparison with old papers; never for a report.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Start and end scores, one row a person; missing gives NaN.
    method : str
        "edwards_nunnally", "nunnally_kotsch", "hsu_linn_lord" or "hageman_arrindell".
    reference : ReferenceSample
        In the old papers the treated group's own means and SDs (`control_sample` computes them).
    higher_is_better : bool
        Direction of the scale.
    z : float, optional
        Above 0. The usual ones are 1.645 one-sided for Hageman-Arrindell and 1.96 for the others, which is
        what None means.

    Returns
    -------
    ChangeIndex
        With ``historical`` true.

    Raises
    ------
    StatisticsError
        As `change_index`.
    """
    check_direction(higher_is_better)
    if method not in HISTORICAL:
        raise StatisticsError(f"Argumentet method: okänd metod. Tillåtet: {', '.join(HISTORICAL)}.")
    usual = ONE_SIDED_FIVE_PERCENT if method == "hageman_arrindell" else TWO_SIDED_FIVE_PERCENT
    rule = HISTORICAL[method](reference)
    return index_by_rule(pre, post, rule, reference, higher_is_better=higher_is_better, z=usual if z is None else z)


def difference_reliability(reference: ReferenceSample) -> float:
    """Return r_DD, the estimated reliability of the differences; 0 or less when no true change is left.

    ``(s1^2 r1 + s2^2 r2 - 2 s1 s2 r12) / (s1^2 + s2^2 - 2 s1 s2 r12)`` with ``rk = 1 - S_E^2/sk^2`` and ``S_E^2
    = s1^2 (1 - reliability_pre)``: that is ``1 - 2 S_E^2 / variance of the differences``. NaN when the
    differences do not vary.
    """
    sd, reliability = reference.need("sd_pre", "reliability_pre")
    variance = sd_of_differences(reference) ** 2
    return 1 - 2 * sd**2 * (1 - reliability) / variance if variance > 0 else np.nan


@dataclass(frozen=True, eq=False)
class HagemanArrindell:
    """Clinical significance by Hageman and Arrindell: historical, for comparison with old papers only.

    Attributes
    ----------
    kind : str
        "a", "b" or "c".
    cutoff : float
        The "true" cutoff in points: a, b or c with SDs of estimated true scores.
    z : float
        What a standardised distance must exceed, one-sided.
    r_dd : float
        Estimated reliability of the differences.
    changed_share, functional_share : float
        Model-based shares 0-1 of the group that truly improved and that truly is functional at the end. They
        count nobody: no n.
    reason : str
        "" or "no_true_change_variance" (changed_share NaN) or "no_true_variance" (a reliability at the end
        or in the norm is estimated at 0 or less: what needs it is NaN) or "no_error" (reliability 1: distance NaN).
    distance : ndarray of float, shape (n,)
        CS_indiv, positive on the functional side. Rows of people: never in ``repr``.
    """

    kind: str
    cutoff: float
    z: float
    r_dd: float
    changed_share: float
    functional_share: float
    reason: str
    distance: Floats = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields that are no rows of people as a frame with one row."""
        return pd.DataFrame([{name: value for name, value in vars(self).items() if name != "distance"}])


def hageman_arrindell_clinical(
    post: ArrayLike,
    reference: ReferenceSample,
    kind: str,
    *,
    higher_is_better: bool,
    functional: tuple[float, float] | None = None,
    z: float = ONE_SIDED_FIVE_PERCENT,
) -> HagemanArrindell:
    """Return the "true" cutoff, each person's distance to it and the model-based shares; historical.

    Parameters
    ----------
    post : array_like, shape (n,)
        End scores.
    reference : ReferenceSample
        The treated group's own numbers: mean_pre, mean_post, sd_pre, sd_post, retest_r, reliability_pre.
    kind : str
        Which cutoff: "a", "b" or "c".
    higher_is_better : bool
        Direction of the scale.
    functional : (float, float), optional
        Mean and SD of the functional population in points; needed for "b" and "c".
    z : float
        Reported back as what a distance must exceed; 1.645 is 5 % one-sided.

    Returns
    -------
    HagemanArrindell

    Raises
    ------
    StatisticsError
        If the kind is unknown, the reference lacks a number, or the functional numbers are missing or out of
        range.

    Notes
    -----
    ``CS = direction (M2 + (y - M2) r2 - TRUEcut) / (sqrt(r2) S_E)``; ``changed = P(N > -direction M_D / (SD_D
    sqrt(r_DD)))``; ``functional = P(N > direction (TRUEcut - M2) / (s2 sqrt(r2)))``. Reliabilities other than
    the start's follow from ``S_E``, which is assumed the same at the end and in the norm. "b" has the
    functional SD, as in the literature; the R package clinicalsignificance 3.0.0 takes the clinical one.
    """
    check_direction(higher_is_better)
    m1, m2, s1, s2, reliability = reference.need("mean_pre", "mean_post", "sd_pre", "sd_post", "reliability_pre")
    error = s1 * np.sqrt(1 - reliability)
    true_2 = _true_sd(s2, error)
    cutoff = _true_cutoff(kind, (m1, s1), functional, error, higher_is_better)
    sign = 1 if higher_is_better else -1
    r_dd = difference_reliability(reference)
    spread = sd_of_differences(reference) * np.sqrt(r_dd) if r_dd > 0 else np.nan
    y = vector(post, "post")
    true_share = (true_2 / s2) ** 2 if s2 > 0 else np.nan
    scale = np.sqrt(true_share) * error
    distance = sign * (m2 + (y - m2) * true_share - cutoff) / scale if scale > 0 else np.full(y.shape, np.nan)
    distance.flags.writeable = False
    return HagemanArrindell(
        kind=kind,
        cutoff=cutoff,
        z=z,
        r_dd=r_dd,
        changed_share=float(stats.norm.sf(-sign * (m2 - m1) / spread)),
        functional_share=float(stats.norm.sf(sign * (cutoff - m2) / true_2)),
        reason=_missing(true_2, cutoff, spread, scale),
        distance=distance,
    )


def _true_sd(sd: float, error: float) -> float:
    """Return the SD of true scores, NaN when the error alone is as large."""
    return float(np.sqrt(sd**2 - error**2)) if sd > error else np.nan


def _true_cutoff(
    kind: str,
    clinical: tuple[float, float],
    functional: tuple[float, float] | None,
    error: float,
    higher_is_better: bool,
) -> float:
    if kind not in ("a", "b", "c"):
        raise StatisticsError("Argumentet kind: okänt gränsvärde. Tillåtet: a, b eller c.")
    true_1 = _true_sd(clinical[1], error)
    if kind == "a":
        return cutoff_a(clinical[0], true_1, higher_is_better=higher_is_better) if true_1 > 0 else np.nan
    if functional is None:
        raise StatisticsError("Argumentet functional: saknas. Tillåtet: (medelvärde, spridning) när kind är b eller c.")
    true_0 = _true_sd(functional[1], error)
    if not (true_0 > 0 and true_1 > 0):
        return np.nan
    if kind == "b":
        return cutoff_b(functional[0], true_0, higher_is_better=higher_is_better)
    return cutoff_c(clinical[0], true_1, functional[0], true_0)


def _missing(true_2: float, cutoff: float, spread: float, scale: float) -> str:
    if np.isnan(true_2) or np.isnan(cutoff):
        return "no_true_variance"
    if scale == 0:
        return NO_ERROR
    return UNDEFINED if np.isnan(spread) else ""
