"""How often measurement error alone makes somebody with several measures seem changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import integrate, special

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Floats, vector
from isu_analysis.statistics.individual_change.chance import expected_by_chance
from isu_analysis.statistics.individual_change.several_measures import CORC, RULES, SeveralMeasures
from isu_analysis.statistics.results import one_row

# Beyond this many standard deviations the common error has no weight left (1e-32).
FAR = 12.0


@dataclass(frozen=True)
class FalseChange:
    """The chance that an unchanged person seems changed by a rule over several measures.

    Attributes
    ----------
    n_measures : int
        Measures or raters with both values.
    correlation : float
        Common correlation between the measures' errors of change, 0-1.
    rule : str
        "corc" or "nhs_talking_therapies".
    any_worse : float
        At least one measure falsely worse, 0-1; by symmetry of the question, `any_better` for better.
    any_better : float
        At least one measure falsely better, 0-1.
    improvement, deterioration : float
        The rule's reliable improvement and reliable deterioration, 0-1.
    """

    n_measures: int
    correlation: float
    rule: str
    any_worse: float
    any_better: float
    improvement: float
    deterioration: float

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class ExpectedOfSeveral:
    """How many would seem changed over several measures if nobody truly changed.

    Attributes
    ----------
    n : int
        People with both values on at least one measure.
    correlation : float
        Common correlation between the measures' errors of change, 0-1.
    improved, deteriorated : float
        Expected people by the rule; NaN with a reason.
    reason : str
        "" when computed; "no_criteria" (only categories were given), "no_reliability" or "mixed_sources" (for at
        least one measure, as in `expected_by_chance`).
    """

    n: int
    correlation: float
    improved: float
    deteriorated: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def false_change(each_way: ArrayLike, *, rule: str, correlation: float = 0.0) -> FalseChange:
    """Return the chance of a false verdict for one unchanged person.

    Parameters
    ----------
    each_way : array_like of float, shape (k,)
        Each measure's chance of a false change in one direction, 0 to 0.5: 0.025 for Jacobson-Truax.
    rule : {"corc", "nhs_talking_therapies"}
        As in `several_measures`.
    correlation : float
        Common correlation between the measures' errors of change, 0 or more and below 1. 0 is independence.
        Raters of the same day share some of it.

    Returns
    -------
    FalseChange

    Raises
    ------
    StatisticsError
        If there is no measure, a number is out of range, or the rule is unknown.

    Notes
    -----
    Errors of change are multivariate normal with one common correlation c, that is ``sqrt(c) t + sqrt(1 - c) e``
    with t shared: given t the measures are independent, so the chances are one-dimensional integrals over t.
    That is exact and always the same, where general multivariate normal routines draw random points.
    Independent: ``1 - (1 - p)^k`` is 7.3 % for 3, 11.9 % for 5 and 22.4 % for 10 measures at 2.5 %.

    Examples
    --------
    Three independent measures: 1 - 0.975^3 = 7.3 %.

    >>> from isu_analysis import statistics as st
    >>> alone = st.false_change([0.025, 0.025, 0.025], rule="corc")
    >>> alike = st.false_change([0.025, 0.025, 0.025], rule="corc", correlation=0.5)
    >>> round(alone.deterioration, 3), round(alike.deterioration, 3)
    (0.073, 0.063)
    """
    shares = vector(each_way, "each_way")
    if shares.size == 0 or not ((shares >= 0) & (shares <= 0.5)).all():
        raise StatisticsError("Argumentet each_way: ska vara minst en andel, från 0 till 0.5.")
    if not 0 <= correlation < 1:
        raise StatisticsError("Argumentet correlation: ska vara minst 0 och mindre än 1.")
    if rule not in RULES:
        raise StatisticsError(f"Argumentet rule: okänd regel. Tillåtet: {', '.join(RULES)}.")
    none_worse, none_either = _chances_of_none(shares, correlation)
    # Better and worse are mirror images: one measure's error is as likely either way.
    only_one_way = none_worse - none_either
    any_way = 1 - none_worse
    deterioration = any_way if rule == CORC else only_one_way
    return FalseChange(shares.size, float(correlation), rule, any_way, any_way, only_one_way, deterioration)


def expected_of_several(several: SeveralMeasures, *, correlation: float = 0.0) -> ExpectedOfSeveral:
    """Return how many of these people would seem changed over their measures by measurement error alone.

    Shown beside the observed counts and never subtracted from them.

    Parameters
    ----------
    several : SeveralMeasures
        Made from `ReliableChange` results, whose criteria it uses. Who lacks a measure has fewer chances, and is
        counted so.
    correlation : float
        As in `false_change`.

    Returns
    -------
    ExpectedOfSeveral

    Raises
    ------
    StatisticsError
        If the correlation is out of range.

    Notes
    -----
    The sum over people of `false_change` for their own measures, with the nominal chances of `expected_by_chance`
    and its assumptions.

    Examples
    --------
    Four people on two independent measures: 4 (1 - 0.975^2) of them would seem worse although nobody changed.

    >>> from isu_analysis import statistics as st
    >>> criterion = st.jacobson_truax_criterion(
    ...     4, 0.8, sd_source="the manual", reliability_source="the manual", reliability_type="retest"
    ... )
    >>> mood = st.reliable_change([12, 15, 9, 14], [5, 9, 8, 15], criterion, higher_is_better=False)
    >>> worry = st.reliable_change([9, 12, 11, 10], [4, 12, 9, 6], criterion, higher_is_better=False)
    >>> found = st.expected_of_several(st.several_measures({"mood": mood, "worry": worry}, rule="corc"))
    >>> found.n, round(found.improved, 2), round(found.deteriorated, 2)
    (4, 0.19, 0.2)
    """
    false_change([0.0], rule=several.rule, correlation=correlation)  # refuses a wrong correlation in every case
    chances = [expected_by_chance(criterion, 1) for criterion in several.criteria or ()]
    reasons = [one.reason for one in chances if one.reason] if chances else ["no_criteria"]
    if reasons:
        return ExpectedOfSeveral(several.n, float(correlation), np.nan, np.nan, reasons[0])
    each_way = np.array([one.each_way_share for one in chances], dtype=float)
    patterns, people = np.unique(several.is_paired, axis=0, return_counts=True)
    improved = deteriorated = 0.0
    for pattern, n in zip(patterns, people, strict=True):
        if pattern.any():
            one = false_change(each_way[pattern], rule=several.rule, correlation=correlation)
            improved, deteriorated = improved + n * one.improvement, deteriorated + n * one.deterioration
    return ExpectedOfSeveral(several.n, float(correlation), float(improved), float(deteriorated))


def _chances_of_none(shares: Floats, correlation: float) -> tuple[float, float]:
    """Return the chance that no measure is beyond its limit on one side, and on neither."""
    if correlation == 0:
        return float(np.prod(1 - shares)), float(np.prod(1 - 2 * shares))
    limits = -special.ndtri(shares)
    own = np.sqrt(1 - correlation)

    def given(common: float) -> Floats:
        shift = np.sqrt(correlation) * common
        below, above = special.ndtr((limits - shift) / own), special.ndtr((-limits - shift) / own)
        none = np.array([below.prod(), (below - above).prod()])
        density: Floats = none * np.exp(-(common**2) / 2) / np.sqrt(2 * np.pi)
        return density

    found, _ = integrate.quad_vec(given, -FAR, FAR, epsabs=1e-12)
    return float(found[0]), float(found[1])
