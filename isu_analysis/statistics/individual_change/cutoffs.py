"""Where the clinical range ends: cutoffs a, b and c of Jacobson and Truax, their choice, and equal likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, check_direction, check_positive
from isu_analysis.statistics.results import one_row

# Two SDs beyond a mean: Jacobson & Truax (1991).
TWO_SDS = 2.0
# Two populations overlap when their means +- 3 SDs do; R's JTRCI chooses by the same rule.
OVERLAP_SDS = 3.0


@dataclass(frozen=True)
class Cutoff:
    """A border between the clinical and the functional range, with the numbers behind it.

    Attributes
    ----------
    kind : str
        "a", "b", "c" or "equal_likelihood"; "" when none could be chosen.
    value : float
        Points on the scale; NaN with a reason.
    higher_is_better : bool
        Direction of the scale.
    mean_clinical, sd_clinical, mean_functional, sd_functional : float
        Points; NaN where not given.
    overlap : bool or None
        Whether the two populations overlap; None without norms.
    source : str
        Where the norms come from; "" without norms.
    reason : str
        "" when computed; "norm_not_better" (the functional mean is not on the better side of the clinical
        one, so no border between them has a meaning); "no_crossing" (equal likelihood lies outside the means).
    """

    kind: str
    value: float
    higher_is_better: bool
    mean_clinical: float = np.nan
    sd_clinical: float = np.nan
    mean_functional: float = np.nan
    sd_functional: float = np.nan
    overlap: bool | None = None
    source: str = ""
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def cutoff_a(mean_clinical: float, sd_clinical: float, *, higher_is_better: bool) -> float:
    """Return two SDs of the clinical population beyond its mean, in the better direction, in points.

    ``M1 + direction 2 s1``. Jacobson & Truax (1991), J Consult Clin Psychol 59:12. For when there are no norms.

    Parameters
    ----------
    mean_clinical, sd_clinical : float
        Of the clinical population, in points; the SD above 0.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    float

    Raises
    ------
    StatisticsError
        If the mean is not finite or the SD not above 0.

    Examples
    --------
    By hand, with the numbers of Jacobson & Truax (1991): 40 + 2 times 7.5.

    >>> from isu_analysis import statistics as st
    >>> st.cutoff_a(40, 7.5, higher_is_better=True)
    55.0
    """
    check_direction(higher_is_better)
    _check(mean_clinical, sd_clinical, "clinical")
    return mean_clinical + (TWO_SDS if higher_is_better else -TWO_SDS) * sd_clinical


def cutoff_b(mean_functional: float, sd_functional: float, *, higher_is_better: bool) -> float:
    """Return two SDs of the functional population from its mean, in the worse direction, in points.

    ``M0 - direction 2 s0``, with the functional SD. Jacobson & Truax (1991); the R package
    clinicalsignificance 3.0.0 takes the clinical SD instead, which is another number whenever the two differ.

    Parameters
    ----------
    mean_functional, sd_functional : float
        Of the functional population (norms), in points; the SD above 0.
    higher_is_better : bool
        Direction of the scale.

    Returns
    -------
    float

    Raises
    ------
    StatisticsError
        If the mean is not finite or the SD not above 0.

    Examples
    --------
    By hand, with the numbers of Jacobson & Truax (1991): 60 - 2 times 7.5.

    >>> from isu_analysis import statistics as st
    >>> st.cutoff_b(60, 7.5, higher_is_better=True)
    45.0
    """
    check_direction(higher_is_better)
    _check(mean_functional, sd_functional, "functional")
    return mean_functional - (TWO_SDS if higher_is_better else -TWO_SDS) * sd_functional


def cutoff_c(mean_clinical: float, sd_clinical: float, mean_functional: float, sd_functional: float) -> float:
    """Return the point as many SDs from the one mean as from the other, in points.

    ``(s1 M0 + s0 M1) / (s1 + s0)``. Jacobson & Truax (1991). With unequal SDs it is not the point at which both
    populations are equally likely: `cutoff_equal_likelihood`. The same in both directions of a scale.

    Parameters
    ----------
    mean_clinical, sd_clinical : float
        Of the clinical population, in points; the SD above 0.
    mean_functional, sd_functional : float
        Of the functional population (norms), in points; the SD above 0.

    Returns
    -------
    float

    Raises
    ------
    StatisticsError
        If a mean is not finite or an SD not above 0.

    Examples
    --------
    With equal SDs the middle, 50 in Jacobson & Truax (1991); with unequal SDs nearer to the smaller one's mean.

    >>> from isu_analysis import statistics as st
    >>> st.cutoff_c(40, 7.5, 60, 7.5), round(st.cutoff_c(40, 10, 60, 5), 2)
    (50.0, 53.33)
    """
    _check(mean_clinical, sd_clinical, "clinical")
    _check(mean_functional, sd_functional, "functional")
    return (sd_clinical * mean_functional + sd_functional * mean_clinical) / (sd_clinical + sd_functional)


def cutoff_equal_likelihood(
    mean_clinical: float, sd_clinical: float, mean_functional: float, sd_functional: float
) -> float:
    """Return the point between the means at which two normal populations are equally likely, in points.

    Root of ``ln s1 + (x - M1)^2/(2 s1^2) = ln s0 + (x - M0)^2/(2 s0^2)``, populations of equal size. NaN when no
    root lies between the means: one population is then likelier all the way. Equal to c when the SDs are equal.

    Parameters
    ----------
    mean_clinical, sd_clinical : float
        Of the clinical population, in points; the SD above 0.
    mean_functional, sd_functional : float
        Of the functional population (norms), in points; the SD above 0.

    Returns
    -------
    float

    Raises
    ------
    StatisticsError
        If a mean is not finite or an SD not above 0.

    Examples
    --------
    With equal SDs the same as c; with these unequal ones c is 53.3.

    >>> from isu_analysis import statistics as st
    >>> st.cutoff_equal_likelihood(40, 7.5, 60, 7.5)
    50.0
    >>> round(st.cutoff_equal_likelihood(40, 10, 60, 5), 1)
    51.7
    """
    _check(mean_clinical, sd_clinical, "clinical")
    _check(mean_functional, sd_functional, "functional")
    gap = mean_functional - mean_clinical
    if abs(sd_clinical - sd_functional) <= NO_SPREAD * sd_clinical:
        return mean_clinical + gap / 2 if gap else np.nan
    # Measured from the clinical mean, so that a scale far from zero loses no digits.
    square = 1 / sd_clinical**2 - 1 / sd_functional**2
    linear = 2 * gap / sd_functional**2
    constant = 2 * np.log(sd_clinical / sd_functional) - gap**2 / sd_functional**2
    root = np.sqrt(linear**2 - 4 * square * constant)
    found = (-linear + np.array([root, -root])) / (2 * square)
    between = found[(found - gap) * found < 0]
    return float(mean_clinical + between[0]) if between.size else np.nan


def choose_cutoff(
    clinical: tuple[float, float],
    functional: tuple[float, float] | None = None,
    *,
    higher_is_better: bool,
    source: str = "",
    equal_likelihood: bool = False,
) -> Cutoff:
    """Return the cutoff that the known numbers allow: c, b or a.

    Parameters
    ----------
    clinical : (float, float)
        Mean and SD of the clinical population, in points.
    functional : (float, float), optional
        Mean and SD of the functional population (norms), in points.
    higher_is_better : bool
        Direction of the scale.
    source : str
        Where the norms come from; not empty when there are norms. Which norm it is moves the cutoff.
    equal_likelihood : bool
        Take the point of equal likelihood instead of c where the populations overlap.

    Returns
    -------
    Cutoff

    Raises
    ------
    StatisticsError
        If a mean is not finite, an SD not above 0, or norms have no source.

    Notes
    -----
    Without norms a; with norms that overlap with the clinical population c; with norms that do not, b. Overlap:
    ``M1 +- 3 s1`` and ``M0 +- 3 s0`` meet. Jacobson & Truax (1991) name the preference; 3 SDs is the rule of R's
    JTRCI.

    Examples
    --------
    The numbers of Jacobson & Truax (1991), with norms and without.

    >>> from isu_analysis import statistics as st
    >>> found = st.choose_cutoff((40, 7.5), (60, 7.5), higher_is_better=True, source="the manual's norm")
    >>> found.kind, found.value, found.overlap
    ('c', 50.0, True)
    >>> without = st.choose_cutoff((40, 7.5), higher_is_better=True)
    >>> without.kind, without.value
    ('a', 55.0)
    """
    check_direction(higher_is_better)
    _check(*clinical, "clinical")
    if functional is None:
        return Cutoff("a", cutoff_a(*clinical, higher_is_better=higher_is_better), higher_is_better, *clinical)
    _check(*functional, "functional")
    if not source.strip():
        raise StatisticsError("Argumentet source: är tomt. Tillåtet: en text om varifrån normen kommer.")
    gap = (functional[0] - clinical[0]) * (1 if higher_is_better else -1)
    overlap = abs(gap) <= OVERLAP_SDS * (clinical[1] + functional[1])
    numbers = (higher_is_better, *clinical, *functional, overlap, source)
    if gap <= 0:
        return Cutoff("", np.nan, *numbers, "norm_not_better")
    if not overlap:
        return Cutoff("b", cutoff_b(*functional, higher_is_better=higher_is_better), *numbers)
    if not equal_likelihood:
        return Cutoff("c", cutoff_c(*clinical, *functional), *numbers)
    value = cutoff_equal_likelihood(*clinical, *functional)
    return Cutoff("equal_likelihood", value, *numbers, "no_crossing" if np.isnan(value) else "")


def _check(mean: float, sd: float, name: str) -> None:
    if not np.isfinite(mean):
        raise StatisticsError(f"Argumentet mean_{name}: ska vara ett ändligt tal.")
    check_positive(sd, f"sd_{name}")
