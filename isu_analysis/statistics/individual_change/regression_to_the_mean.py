"""How much a selected group's mean would move by itself, against a named reference population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Floats, check_kind, check_positive, vector
from isu_analysis.statistics.results import one_row

OWN_START = "own_start"


@dataclass(frozen=True)
class ReferencePopulation:
    """The scores people would return to: a named population's mean and standard deviation.

    Attributes
    ----------
    name : str
        Which population: for example the manual's clinical norm, or "own_start".
    mean : float
        Raw scale points; NaN when it could not be computed.
    sd : float
        Raw scale points, above 0; NaN when not known or not computable.
    """

    name: str
    mean: float
    sd: float = float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


@dataclass(frozen=True)
class RegressionToTheMean:
    """The mean change to expect although nobody changed, as a range.

    Attributes
    ----------
    n : int
        People with a start score.
    mean_pre : float
        Their mean start, raw scale points; NaN when n is below 2 (the mean of one is that person's score).
    low, high : float
        Lowest and highest expected change of the mean, post - pre in raw scale points, over the references and
        reliabilities given. Negative: scores would fall by themselves. NaN with a reason.
    reference : str
        Names of the references, joined by "; "; "" when there is none.
    reference_low, reference_high : float
        Lowest and highest of the references' means, raw scale points.
    reliability_low, reliability_high : float
        Lowest and highest of the reliabilities.
    reason : str
        "" when computed; "no_reference" (none given, or its mean is not known); "no_start_scores"; "too_few" (one
        start score).
    """

    n: int
    mean_pre: float
    low: float
    high: float
    reference: str
    reference_low: float
    reference_high: float
    reliability_low: float
    reliability_high: float
    reason: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def reference_population(name: str, mean: float, sd: float | None = None) -> ReferencePopulation:
    """Return a population with a name, as its publisher describes it.

    Parameters
    ----------
    name : str
        Which population and where the numbers come from, not empty.
    mean : float
        Mean score in raw scale points, finite.
    sd : float, optional
        Standard deviation of its scores in raw scale points, above 0.

    Returns
    -------
    ReferencePopulation

    Raises
    ------
    StatisticsError
        If the name is empty or a number is out of range.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> norm = st.reference_population("clinical norm", 14, 5)
    >>> norm.name, norm.mean, norm.sd
    ('clinical norm', 14.0, 5.0)
    """
    if not (isinstance(name, str) and name.strip()):
        raise StatisticsError("Argumentet name: är tomt. Tillåtet: en text om vilken population det är.")
    if not np.isfinite(mean):
        raise StatisticsError("Argumentet mean: är inte ett ändligt tal. Tillåtet: referensens medelvärde i poäng.")
    if sd is not None:
        check_positive(sd, "sd")
    return ReferencePopulation(name, float(mean), float("nan") if sd is None else float(sd))


def own_start(pre: ArrayLike) -> ReferencePopulation:
    """Return the people's own start scores as the reference, named "own_start".

    Right only where nobody was chosen for a high or low score: then there is nothing else to return to.

    Parameters
    ----------
    pre : array_like, shape (n,)
        Start scores; missing ones are left out.

    Returns
    -------
    ReferencePopulation
        Mean and SD (n - 1) NaN below two scores; SD NaN when all are equal but for the last binary digits.

    Raises
    ------
    StatisticsError
        If the scores are not one column of finite numbers.

    Examples
    --------
    >>> from isu_analysis import statistics as st
    >>> reference = st.own_start([10, 12, 14, 16, 18, None])
    >>> reference.name, reference.mean, round(reference.sd, 2)
    ('own_start', 14.0, 3.16)
    """
    scores = _present(pre)
    if scores.size < 2:
        return ReferencePopulation(OWN_START, np.nan)
    spread = np.ptp(scores) > NO_SPREAD * np.abs(scores).max()
    return ReferencePopulation(OWN_START, float(scores.mean()), float(scores.std(ddof=1)) if spread else np.nan)


def regression_to_the_mean(
    pre: ArrayLike,
    references: ReferencePopulation | Sequence[ReferencePopulation],
    *,
    reliabilities: Sequence[float],
) -> RegressionToTheMean:
    """Return the change of the mean that selection and measurement error alone would give.

    Parameters
    ----------
    pre : array_like, shape (n,)
        Start scores of the people whose change is shown; missing ones are left out.
    references : ReferencePopulation, or a sequence of them
        Whom these people were selected from. Several when it is not known which fits; an empty sequence
        gives the reason "no_reference".
    reliabilities : sequence of float
        At least one, in (0, 1]; two give the range its honest width. They are the reference population's
        correlations between two measurements over the interval in question.

    Returns
    -------
    RegressionToTheMean

    Raises
    ------
    StatisticsError
        If scores are not finite numbers, a reference is not one, or there is no reliability or one out of range.

    Notes
    -----
    ``(1 - r)(mu - mean_pre)`` for every reference mean mu and reliability r; ``low`` and ``high`` are the
    extremes. It holds when scores in the reference population are linear in each other at the two occasions
    and people were selected on the start score alone; people selected long before, on another measure or by
    need return less. It is shown beside the observed change and never subtracted from it. Barnett, van der
    Pols & Dobson (2005), Int J Epidemiol 34:215 (from memory, not verified).

    Examples
    --------
    People start at 20 on average and the norm at 14: (1 - r)(14 - 20), that is 0.3 or 0.15 of the way back.

    >>> import isu_analysis as isu
    >>> from isu_analysis import statistics as st
    >>> norm = st.reference_population("clinical norm", 14, 5)
    >>> found = isu.regression_to_the_mean([18, 19, 20, 21, 22], norm, reliabilities=[0.7, 0.85])
    >>> found.mean_pre, round(found.low, 2), round(found.high, 2)
    (20.0, -1.8, -0.9)
    """
    rates = check_reliabilities(reliabilities)
    chosen = _populations(references)
    scores = _present(pre)
    mean_pre = float(scores.mean()) if scores.size >= 2 else np.nan
    means = np.array([reference.mean for reference in chosen])
    known = means.size > 0 and not np.isnan(means).any()
    expected = np.outer(1 - rates, means - mean_pre) if known else np.array([np.nan])
    return RegressionToTheMean(
        n=scores.size,
        mean_pre=mean_pre,
        low=float(expected.min()),
        high=float(expected.max()),
        reference="; ".join(reference.name for reference in chosen),
        reference_low=float(means.min()) if known else np.nan,
        reference_high=float(means.max()) if known else np.nan,
        reliability_low=float(rates.min()),
        reliability_high=float(rates.max()),
        reason=_reason(scores.size, known),
    )


def _populations(references: ReferencePopulation | Sequence[ReferencePopulation]) -> list[ReferencePopulation]:
    if isinstance(references, ReferencePopulation):
        return [references]
    if isinstance(references, str) or not isinstance(references, Sequence):
        raise StatisticsError("Argumentet references: är av fel slag. Tillåtet: en eller flera referenspopulationer.")
    given = list(references)
    for one in given:
        check_kind(one, ReferencePopulation, "references", "reference_population eller own_start")
    return given


def _reason(n: int, known: bool) -> str:
    if n == 0:
        return "no_start_scores"
    if not known:
        return "no_reference"
    return "" if n >= 2 else "too_few"


def check_reliabilities(reliabilities: Sequence[float]) -> Floats:
    """Return one or more reliabilities as an array; refuse none, and any outside (0, 1]."""
    rates = vector(reliabilities, "reliabilities")
    if rates.size == 0 or not ((rates > 0) & (rates <= 1)).all():
        raise StatisticsError("Argumentet reliabilities: ska vara minst ett tal, större än 0 och högst 1.")
    return rates


def _present(pre: ArrayLike) -> Floats:
    scores = vector(pre, "pre")
    return scores[~np.isnan(scores)]
