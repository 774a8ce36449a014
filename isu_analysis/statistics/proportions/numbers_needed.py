"""The number needed to treat, written so that an uncertain sign cannot be read as certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from isu_analysis.statistics.arguments import check_direction
from isu_analysis.statistics.proportions.differences import share_difference
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class NumberNeeded:
    """How many in the first group for one more good outcome (benefit) or one more bad (harm).

    When the interval of the difference holds 0 it is two stretches that meet at infinity, to be written
    "NNTH ``harm_from`` to infinity to NNTB ``benefit_from``", never as the ends of one stretch.

    Attributes
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups.
    benefit, benefit_low, benefit_high : float
        Difference of the shares, first minus second, turned so that positive is better.
    number : float
        ``1 / abs(benefit)``; infinite when the shares are equal.
    direction : str
        "benefit" or "harm"; "" when the shares are equal or a group is empty.
    benefit_from, benefit_to : float
        The stretch of numbers needed to benefit that the interval holds, smallest first; ``benefit_to`` is
        infinite when it goes on. NaN when the interval holds no benefit.
    harm_from, harm_to : float
        The same for harm.
    spans_infinity : bool
        Whether the interval of the difference holds 0.
    level : float
        Confidence level.
    method : str
        Which interval of the difference.
    reason : str
        "" when computed; "empty_group" when a denominator is 0.
    """

    n_first: int
    of_first: int
    n_second: int
    of_second: int
    benefit: float
    benefit_low: float
    benefit_high: float
    number: float
    direction: str
    benefit_from: float
    benefit_to: float
    harm_from: float
    harm_to: float
    spans_infinity: bool
    level: float
    method: str
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def number_needed_to_treat(
    n_first: int,
    of_first: int,
    n_second: int,
    of_second: int,
    *,
    higher_is_better: bool,
    method: str = "newcombe",
    level: float = 0.95,
) -> NumberNeeded:
    """Return the number needed to treat of the first group (treated) against the second (not treated).

    Parameters
    ----------
    n_first, of_first, n_second, of_second : int
        Events and trials of both groups, 0 <= n <= of.
    higher_is_better : bool
        True when an event is good (recovered), False when it is bad (relapsed).
    method, level
        Of the interval of the difference, as for `difference_interval`.

    Returns
    -------
    NumberNeeded

    Raises
    ------
    StatisticsError
        As `share_difference`.

    Notes
    -----
    Altman (1998), BMJ 317:1309: a difference from -5 % to 25 % is NNTH 20 to infinity to NNTB 4. It needs two groups that were comparable from the
    start: a difference before-after has no number needed to treat.

    Examples
    --------
    In work 15 of 20 with the course and 10 of 20 without: 1/(0.75 - 0.50) = 4 for one more in work. The interval of
    the difference holds 0, so the number goes from benefit through infinity to harm.

    >>> from isu_analysis import statistics as st
    >>> found = st.number_needed_to_treat(15, 20, 10, 20, higher_is_better=True)
    >>> found.number, found.direction, found.spans_infinity
    (4.0, 'benefit', True)
    >>> round(found.benefit_from, 1), found.benefit_to, round(found.harm_from, 1), found.harm_to
    (2.0, inf, 21.4, inf)
    """
    check_direction(higher_is_better)
    found = share_difference(n_first, of_first, n_second, of_second, method=method, level=level)
    sign = 1.0 if higher_is_better else -1.0
    benefit, low, high = sign * found.difference, sign * found.difference_low, sign * found.difference_high
    low, high = min(low, high), max(low, high)
    benefit_from, benefit_to = _stretch(low, high)
    harm_from, harm_to = _stretch(-high, -low)
    return NumberNeeded(
        *(found.n_first, found.of_first, found.n_second, found.of_second),
        benefit=benefit,
        benefit_low=low,
        benefit_high=high,
        number=abs(_inverse(benefit)),
        direction="benefit" if benefit > 0 else "harm" if benefit < 0 else "",
        benefit_from=benefit_from,
        benefit_to=benefit_to,
        harm_from=harm_from,
        harm_to=harm_to,
        spans_infinity=low <= 0 <= high,
        level=level,
        method=method,
        reason=found.reason,
    )


def _stretch(low: float, high: float) -> tuple[float, float]:
    """Return the inverses of the part of a difference's interval above 0, smallest first."""
    if not high > 0:
        return np.nan, np.nan
    return 1 / high, 1 / low if low > 0 else np.inf


def _inverse(difference: float) -> float:
    return 1 / difference if difference else np.inf
