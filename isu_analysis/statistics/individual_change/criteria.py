"""When a person's change is large enough to count: published thresholds and Jacobson-Truax."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_column, check_positive, check_reliability, vector
from isu_analysis.statistics.results import one_row

# Two-sided 5 %, Jacobson & Truax (1991), J Consult Clin Psychol 59:12.
TWO_SIDED_FIVE_PERCENT = 1.96
# 0.7 - 0.2 is 0.49999999999999994: differences of scores are compared with this slack, far below any
# scale's step.
SLACK = 1e-9


@dataclass(frozen=True)
class Criterion:
    """How large a change must be to count for one person.

    Attributes
    ----------
    threshold : float
        Raw scale points, 0 or more.
    inclusive : bool
        True when a change equal to the threshold counts (published thresholds); False for Jacobson-Truax.
    method : str
        "published" or "jacobson_truax".
    source : str
        Where the numbers come from.
    sd, reliability : float or None
        What the measurement error was computed from; None when not known.
    reliability_type : str or None
        For example "retest" or "alpha".
    z : float or None
        Multiplier of the standard error of the difference; None for a published threshold.
    mixed_sources : bool
        True when SD and reliability come from different sources.
    """

    threshold: float
    inclusive: bool
    method: str
    source: str
    sd: float | None = None
    reliability: float | None = None
    reliability_type: str | None = None
    z: float | None = None
    mixed_sources: bool = False

    @property
    def s_diff(self) -> float | None:
        """Standard error of a difference in points, ``sd sqrt(2 (1 - reliability))``; None when unknown."""
        if self.sd is None or self.reliability is None:
            return None
        return float(self.sd * np.sqrt(2 * (1 - self.reliability)))

    def counts(self, gain: ArrayLike) -> Flags:
        """Return which gains (points in the better direction) count; NaN never does.

        Raises
        ------
        StatisticsError
            If a gain is not a number.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> isu.published_criterion(6, "the manual").counts([5, 6, 7, None])
        array([False,  True,  True, False])
        """
        gains = _gains(gain)
        slack = SLACK * max(1.0, self.threshold)
        return gains >= self.threshold - slack if self.inclusive else gains > self.threshold + slack

    def smallest_counting(self, step: float = 1.0) -> float:
        """Return the smallest multiple of ``step`` that counts.

        Parameters
        ----------
        step : float
            Distance between possible scores, above 0; 1 for sums of whole numbers.

        Returns
        -------
        float
            Raw scale points: 10 for a threshold of 9.3 or of 10 that counts itself, 11 for 10 that does not.

        Raises
        ------
        StatisticsError
            If step is not above 0.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> criterion = isu.jacobson_truax_criterion(
        ...     7.5, 0.8, sd_source="the manual", reliability_source="the manual", reliability_type="retest"
        ... )
        >>> round(criterion.threshold, 1), criterion.smallest_counting()
        (9.3, 10.0)
        """
        check_positive(step, "step")
        steps = max(int(np.floor(self.threshold / step)) - 1, 1)
        while not self.counts(steps * step):
            steps += 1
        return steps * step

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def finite_or_infinite(values: ArrayLike, name: str) -> Floats:
    """Return one column of numbers as floats; as `vector`, but infinite is allowed."""
    check_column(values, name)
    column = pd.Series(values).reset_index(drop=True)
    up, down = (column.isin([edge]).to_numpy(dtype=bool) for edge in (np.inf, -np.inf))
    finite = vector(column.mask(up | down), name)
    return np.where(up, np.inf, np.where(down, -np.inf, finite))


def _gains(gain: ArrayLike) -> Floats:
    """Return one gain, a column of them or an array of numbers of any shape as floats."""
    if type(gain) is np.ndarray and gain.dtype.kind in "iuf":
        return gain.astype(float, copy=False)
    if pd.api.types.is_scalar(gain):
        return finite_or_infinite(pd.Series([gain]), "gain").reshape(())
    return finite_or_infinite(gain, "gain")


def published_criterion(
    threshold: float,
    source: str,
    *,
    sd: float | None = None,
    reliability: float | None = None,
    reliability_type: str | None = None,
) -> Criterion:
    """Return a threshold that a manual or an authority has published; a change equal to it counts.

    Parameters
    ----------
    threshold : float
        Raw scale points, above 0.
    source : str
        Who published it, not empty.
    sd, reliability : float, optional
        From one source, both or neither: makes `expected_by_chance` possible. sd > 0; reliability in (0, 1].
    reliability_type : str, optional
        For example "retest".

    Returns
    -------
    Criterion

    Raises
    ------
    StatisticsError
        If a number is out of range, the source is empty, or only one of sd and reliability is given.

    Examples
    --------
    A change equal to a published threshold counts.

    >>> import isu_analysis as isu
    >>> criterion = isu.published_criterion(6, "the manual")
    >>> criterion.smallest_counting(), criterion.counts([5, 6]).tolist()
    (6.0, [False, True])
    """
    check_positive(threshold, "threshold")
    _check_source(source, "source")
    if (sd is None) != (reliability is None):
        raise StatisticsError("Argumenten sd och reliability: ange båda, ur samma källa, eller ingen.")
    if sd is not None and reliability is not None:
        check_positive(sd, "sd")
        check_reliability(reliability)
    return Criterion(threshold, True, "published", source, sd, reliability, reliability_type)


def jacobson_truax_criterion(
    sd: float,
    reliability: float,
    *,
    sd_source: str,
    reliability_source: str,
    reliability_type: str,
    z: float = TWO_SIDED_FIVE_PERCENT,
) -> Criterion:
    """Return the reliable change threshold of Jacobson and Truax; a change must be larger than it.

    Parameters
    ----------
    sd : float
        Standard deviation in points, above 0.
    reliability : float
        In (0, 1]. At 1 there is no measurement error and every change counts.
    sd_source, reliability_source : str
        Where each comes from, not empty. They should be the same.
    reliability_type : str
        For example "retest" or "alpha".
    z : float
        Multiplier, above 0: 1.96 is 2.5 % each way.

    Returns
    -------
    Criterion

    Warns
    -----
    MixedSourceWarning
        If the two sources differ.

    Raises
    ------
    StatisticsError
        If a number is out of range or a source is empty.

    Notes
    -----
    ``threshold = z sqrt(2) sd sqrt(1 - reliability)``. Jacobson & Truax (1991), J Consult Clin Psychol 59:12.

    Examples
    --------
    Jacobson & Truax (1991) print 4.74 as the standard error of a difference; 1.96 times that is 9.3.

    >>> import isu_analysis as isu
    >>> criterion = isu.jacobson_truax_criterion(
    ...     7.5, 0.8, sd_source="article", reliability_source="article", reliability_type="retest"
    ... )
    >>> round(criterion.s_diff, 2), round(criterion.threshold, 2), criterion.smallest_counting()
    (4.74, 9.3, 10.0)
    """
    check_positive(sd, "sd")
    check_reliability(reliability)
    check_positive(z, "z")
    _check_source(sd_source, "sd_source")
    _check_source(reliability_source, "reliability_source")
    mixed = sd_source != reliability_source
    if mixed:
        _warn_mixed()
    source = f"{sd_source}; {reliability_source}" if mixed else sd_source
    threshold = float(z * sd * np.sqrt(2 * (1 - reliability)))
    return Criterion(threshold, False, "jacobson_truax", source, sd, reliability, reliability_type, z, mixed)


def _check_source(source: str, name: str) -> None:
    if not (isinstance(source, str) and source.strip()):
        raise StatisticsError(f"Argumentet {name}: är tomt. Tillåtet: en text om varifrån talet kommer.")


def _warn_mixed() -> None:
    warnings.warn(
        "Argumenten sd_source och reliability_source: är olika. Spridning och reliabilitet ska komma ur "
        "samma källa, annars räknas fler eller färre som säkert förändrade än vad mätfelet medger.",
        MixedSourceWarning,
        stacklevel=3,
    )
