"""How far those kept resemble everyone: the R-indicator and its relatives from survey practice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, same_rows, vector
from isu_analysis.statistics.attrition.balance import _flags
from isu_analysis.statistics.attrition.design import encode, is_singular
from isu_analysis.statistics.results import one_row


@dataclass(frozen=True)
class Representativeness:
    """How much the fitted chances of being kept vary between people.

    Attributes
    ----------
    n : int
        People.
    mean_probability : float
        Mean chance of being kept, 0-1.
    sd_probability : float
        Its standard deviation between people (n - 1).
    r_indicator : float
        ``1 - 2 sd_probability``: 1 = everyone had the same chance of being kept.
    largest_standardised_bias : float
        ``sd_probability / mean_probability``: no variable that the model explains fully can have a mean
        among the kept further from everyone's than this, in its own standard deviations.
    reason : str
        "" when computed; "too_few_people" (fewer than two); "nobody_kept" (mean chance 0: no largest bias).
    """

    n: int
    mean_probability: float = np.nan
    sd_probability: float = np.nan
    r_indicator: float = np.nan
    largest_standardised_bias: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def representativeness(kept_probability: ArrayLike) -> Representativeness:
    """R-indicator of a sample with given chances of being kept.

    Parameters
    ----------
    kept_probability : array_like, shape (n,)
        Each person's (fitted) chance of being kept, 0-1, none missing.

    Returns
    -------
    Representativeness

    Raises
    ------
    StatisticsError
        If a value is missing, not a number, or outside 0-1.

    Notes
    -----
    Schouten, Cobben & Bethlehem (2009), Survey Methodology 35:101 (volume and page from memory, not
    verified). Fitted chances vary by chance too, so the indicator of a fitted model is too low in small
    samples: `dropout_model` gives what it would be if loss were unrelated to the variables.

    Examples
    --------
    Half of the people had a chance of .8 of being measured again, half of .4: the standard deviation is about .2.

    >>> from isu_analysis import statistics as st
    >>> found = st.representativeness([0.8] * 50 + [0.4] * 50)
    >>> round(found.mean_probability, 2), round(found.r_indicator, 2), round(found.largest_standardised_bias, 2)
    (0.6, 0.6, 0.34)
    """
    values = vector(kept_probability, "kept_probability")
    if np.isnan(values).any() or ((values < 0) | (values > 1)).any():
        raise StatisticsError("Argumentet kept_probability: saknar värden eller har fel. Tillåtet: tal 0-1.")
    if values.size < 2:
        return Representativeness(values.size, reason="too_few_people")
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    bias, reason = (sd / mean, "") if mean > 0 else (np.nan, "nobody_kept")
    return Representativeness(values.size, mean, sd, 1 - 2 * sd, bias, reason)


@dataclass(frozen=True)
class BalanceIndicator:
    """How close the means of those kept are to everyone's, over all variables together.

    Attributes
    ----------
    n, n_kept : int
        People, and those measured again.
    imbalance : float
        ``Q = P^2 d' S^-1 d``: P the share kept, d the kept's means minus everyone's, S the covariance matrix
        of everyone (divisor n).
    balance : float
        ``1 - sqrt(Q / (P (1 - P)))``, 0-1: 1 = the means agree, 0 = the variables tell the kept from the lost
        perfectly.
    reason : str
        "" when computed; "nobody_lost", "nobody_kept", or "singular" (a variable does not vary or repeats
        others).
    """

    n: int
    n_kept: int
    imbalance: float = np.nan
    balance: float = np.nan
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def balance_indicator(background: pd.DataFrame, kept: ArrayLike) -> BalanceIndicator:
    """Särndal's balance indicator of the kept against everyone.

    Parameters
    ----------
    background : DataFrame, shape (n, variables)
        Numbers as they are, flags as 0/1, texts as indicators. Nothing may be missing.
    kept : array_like of bool, shape (n,)
        True = measured again. No missing values.

    Returns
    -------
    BalanceIndicator

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, kept is not flags, a background value is missing, or there is no variable.

    Notes
    -----
    Lundquist & Särndal (2013), J Off Stat 29:557 (volume and page from memory, not verified). ``Q / (P (1 -
    P))`` is the R^2 of a linear regression of being kept on the variables. No model of the chances is needed,
    so there is no separation to fear; by chance alone R^2 is about p/(n - 1) for p columns.

    Examples
    --------
    Of 10 living alone 4 were kept, of 10 others 8. The correlation is -.41, so balance is .59.

    >>> from isu_analysis import statistics as st
    >>> import pandas as pd
    >>> background = pd.DataFrame({"alone": [1] * 10 + [0] * 10})
    >>> found = st.balance_indicator(background, kept=[True] * 4 + [False] * 6 + [True] * 8 + [False] * 2)
    >>> found.n, found.n_kept, round(found.balance, 2)
    (20, 12, 0.59)
    """
    flags = _flags(kept)
    same_rows(background, kept, "background", "kept")
    design = encode(background, "background")
    if not design.variables:
        raise StatisticsError("Argumentet background: har inga kolumner. Tillåtet: minst en variabel.")
    return balance_of(design.columns, flags)


def balance_of(columns: Floats, kept: Flags) -> BalanceIndicator:
    """Return the indicator of columns of numbers, shape (n, p), already checked."""
    n, n_kept = kept.size, int(kept.sum())
    if n_kept in (0, n):
        return BalanceIndicator(n, n_kept, reason="nobody_kept" if n_kept == 0 else "nobody_lost")
    if is_singular(columns):
        return BalanceIndicator(n, n_kept, reason="singular")
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    share, apart = n_kept / n, standard[kept].mean(axis=0)
    imbalance = float(share**2 * apart @ np.linalg.solve(standard.T @ standard / n, apart))
    return BalanceIndicator(n, n_kept, imbalance, 1 - float(np.sqrt(min(imbalance / (share * (1 - share)), 1.0))))
