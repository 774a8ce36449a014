"""The numbers a person's change is held against: a norm, a manual or an untreated group measured twice."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_positive, paired
from isu_analysis.statistics.results import one_row

NUMBERS = ("n", "mean_pre", "sd_pre", "mean_post", "sd_post", "retest_r", "reliability_pre", "reliability_post")


@dataclass(frozen=True)
class ReferenceSample:
    """Means, spreads and correlations of the people whose change is error (and practice) only.

    Every number is optional; a method that needs one that is missing refuses and names it.

    Attributes
    ----------
    source : str
        Where the numbers come from.
    n : int or None
        People measured twice.
    mean_pre, mean_post : float or None
        In points. A norm measured once has only ``mean_pre``.
    sd_pre, sd_post : float or None
        In points, n - 1.
    retest_r : float or None
        Correlation between the two measurements, -1 to 1.
    reliability_pre, reliability_post : float or None
        Of one measurement, (0, 1].
    reliability_source : str or None
        Where the reliabilities come from; None when there are none.
    mixed_sources : bool
        True when the reliabilities come from another source than the spreads.
    """

    source: str
    n: int | None = None
    mean_pre: float | None = None
    sd_pre: float | None = None
    mean_post: float | None = None
    sd_post: float | None = None
    retest_r: float | None = None
    reliability_pre: float | None = None
    reliability_post: float | None = None
    reliability_source: str | None = None
    mixed_sources: bool = False

    def need(self, *names: str) -> tuple[float, ...]:
        """Return the named numbers; refuse with the name of one that is missing.

        Raises
        ------
        StatisticsError
            If a number is missing.
        """
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            raise StatisticsError(f"Argumentet reference: saknar {', '.join(missing)}, som metoden kräver.")
        return tuple(float(getattr(self, name)) for name in names)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def reference_sample(
    *,
    source: str,
    n: int | None = None,
    mean_pre: float | None = None,
    sd_pre: float | None = None,
    mean_post: float | None = None,
    sd_post: float | None = None,
    retest_r: float | None = None,
    reliability_pre: float | None = None,
    reliability_post: float | None = None,
    reliability_source: str | None = None,
) -> ReferenceSample:
    """Return reference numbers as a manual or an article states them.

    Parameters
    ----------
    source : str
        Where the numbers come from, not empty.
    n : int, optional
        People measured twice, 1 or more.
    mean_pre, mean_post : float, optional
        Points.
    sd_pre, sd_post : float, optional
        Points, above 0.
    retest_r : float, optional
        -1 to 1.
    reliability_pre, reliability_post : float, optional
        In (0, 1].
    reliability_source : str, optional
        Where the reliabilities come from when it is not ``source``.

    Returns
    -------
    ReferenceSample

    Warns
    -----
    MixedSourceWarning
        If the reliabilities come from another source than the spreads.

    Raises
    ------
    StatisticsError
        If a number is out of range or a source is empty.

    Examples
    --------
    By hand for the first: 17 is expected after practice, and (17 - 8)/3.16 = 2.85.

    >>> from isu_analysis import statistics as st
    >>> norm = st.reference_sample(source="the manual", mean_pre=14, sd_pre=5, mean_post=13, retest_r=0.8)
    >>> found = st.change_index([18, 15, 12], [8, 9, 16], "chelune", norm, higher_is_better=False)
    >>> found.index.round(2).tolist()
    [2.85, 1.58, -1.58]
    """
    has_reliability = reliability_pre is not None or reliability_post is not None
    told = source if has_reliability and reliability_source is None else reliability_source
    _check_sources(source, told)
    mixed = has_reliability and told != source
    numbers = (n, mean_pre, sd_pre, mean_post, sd_post, retest_r, reliability_pre, reliability_post)
    sample = ReferenceSample(source, *numbers, told if has_reliability else None, mixed)
    _check_ranges(sample)
    if mixed:
        warnings.warn(
            "Argumenten source och reliability_source: är olika. Spridning och reliabilitet ska komma ur samma källa.",
            MixedSourceWarning,
            stacklevel=2,
        )
    return sample


def control_sample(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    source: str,
    reliability_pre: float | None = None,
    reliability_post: float | None = None,
) -> ReferenceSample:
    """Return reference numbers of a group measured twice and not treated in between.

    Parameters
    ----------
    pre, post : array_like, shape (n_given,)
        Both measurements in points, one row a person. Rows lacking either are left out: ``n`` says how many
        remain.
    source : str
        Which group this is, not empty.
    reliability_pre, reliability_post : float, optional
        Reliability in this same group, (0, 1]. One from elsewhere belongs in `reference_sample`, which warns.

    Returns
    -------
    ReferenceSample
        Numbers that cannot be computed are NaN: the means (of one pair they are that person's scores) and the
        spreads below two pairs, the correlation where a spread is 0. The methods then return NaN with a reason.

    Raises
    ------
    StatisticsError
        If the lengths (or the indexes of two Series) differ, a value is not a finite number, a reliability is
        out of range or the source is empty.

    Examples
    --------
    Ten people on the waiting list, measured twice.

    >>> from isu_analysis import statistics as st
    >>> first = [14, 17, 12, 20, 16, 11, 18, 15, 13, 14]
    >>> again = [13, 18, 11, 18, 17, 10, 16, 14, 12, 15]
    >>> waiting = st.control_sample(first, again, source="waiting list 2024")
    >>> waiting.to_frame()[["n", "mean_pre", "mean_post", "sd_pre", "sd_post", "retest_r"]].round(2)
        n  mean_pre  mean_post  sd_pre  sd_post  retest_r
    0  10      15.0       14.4    2.79     2.88      0.91
    """
    x, y = paired(pre, post)
    seen = ~(np.isnan(x) | np.isnan(y))
    x, y = x[seen], y[seen]
    _check_sources(source, source)
    sd_pre, sd_post = _spread(x), _spread(y)
    has_reliability = reliability_pre is not None or reliability_post is not None
    sample = ReferenceSample(
        source=source,
        n=x.size,
        mean_pre=float(x.mean()) if x.size >= 2 else np.nan,
        sd_pre=sd_pre,
        mean_post=float(y.mean()) if y.size >= 2 else np.nan,
        sd_post=sd_post,
        retest_r=_correlation(x, y) if sd_pre > 0 and sd_post > 0 else np.nan,
        reliability_pre=reliability_pre,
        reliability_post=reliability_post,
        reliability_source=source if has_reliability else None,
    )
    _check_ranges(sample, only=("reliability_pre", "reliability_post"))
    return sample


def _spread(values: Floats) -> float:
    """Return the SD (n - 1); exactly 0 where equal numbers differ in the last binary digits only."""
    if values.size < 2:
        return np.nan
    sd = float(values.std(ddof=1))
    return sd if np.ptp(values) > NO_SPREAD * float(np.abs(values).max()) else 0.0


def _correlation(x: Floats, y: Floats) -> float:
    r = float(np.corrcoef(x, y)[0, 1])
    # A perfect correlation comes out as 0.9999999999999998, and its error as a hundred-millionth instead of 0.
    return float(np.sign(r)) if 1 - abs(r) < NO_SPREAD else r


def _check_sources(source: str, reliability_source: str | None) -> None:
    for name, text in (("source", source), ("reliability_source", reliability_source)):
        if text is not None and not (isinstance(text, str) and text.strip()):
            raise StatisticsError(f"Argumentet {name}: är tomt. Tillåtet: en text om varifrån talen kommer.")


def _check_ranges(sample: ReferenceSample, only: tuple[str, ...] = NUMBERS) -> None:
    stated = {f.name: getattr(sample, f.name) for f in fields(sample) if f.name in only}
    for name, number in stated.items():
        if number is None:
            continue
        if name.startswith("reliability") and not 0 < number <= 1:
            raise StatisticsError(f"Argumentet {name}: ska vara större än 0 och högst 1.")
        if name == "retest_r" and not -1 <= number <= 1:
            raise StatisticsError("Argumentet retest_r: ska vara från -1 till 1.")
        if name.startswith("sd"):
            check_positive(number, name)
        if name.startswith("mean") and not np.isfinite(number):
            raise StatisticsError(f"Argumentet {name}: ska vara ett ändligt tal.")
        if name == "n" and (number < 1 or number % 1 != 0):
            raise StatisticsError("Argumentet n: ska vara ett heltal, minst 1.")
