"""Mean of each wave when people differ in level: random intercept, every wave its own mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Flags, Floats, check_level
from isu_analysis.statistics.trajectories.mixed_likelihood import Fitted, Pooled, fit, se_and_df
from isu_analysis.statistics.trajectories.occasions import totals, wave_matrix

# This project's convention, as for the random slopes.
MINIMUM_PEOPLE = 5
NO_RESIDUAL = 1e-10
SINGULAR_BELOW = 1e-4

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class RandomIntercepts:
    """Means of the waves and changes from the first, with a random intercept for each person.

    Attributes
    ----------
    n_given, n : int
        People given, and those measured at least once.
    n_measured_twice : int
        People with two measurements or more: they say how alike a person's scores are.
    n_observed : tuple of int
        People measured at each wave.
    level : float
        Confidence level.
    reason : str
        "" when all is computed. All NaN: "empty_wave" (nobody measured at some wave), "too_few_people"
        (fewer than 5 measured twice), "zero_residual", "not_converged". "zero_intercept_variance": the model
        is there but people do not differ by it.
    means, means_se : tuple of float
        Estimated mean of each wave had everyone been measured, in points; empty when not computed.
    changes, changes_se, changes_low, changes_high, changes_df : tuple of float
        Mean change from the first wave to each wave after it, t interval; Satterthwaite's degrees of freedom.
    sd_person, sd_residual : float
        Standard deviations between and within people, in points.
    intraclass_correlation : float
        ``sd_person^2 / (sd_person^2 + sd_residual^2)``, 0-1.
    reml_criterion : float
        Minus twice the restricted log likelihood.
    """

    n_given: int
    n: int
    n_measured_twice: int
    n_observed: tuple[int, ...]
    level: float
    reason: str = ""
    means: Numbers = ()
    means_se: Numbers = ()
    changes: Numbers = ()
    changes_se: Numbers = ()
    changes_low: Numbers = ()
    changes_high: Numbers = ()
    changes_df: Numbers = ()
    sd_person: float = np.nan
    sd_residual: float = np.nan
    intraclass_correlation: float = np.nan
    reml_criterion: float = np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return one row a wave: wave (from 0), n_observed, mean, mean_se, change, change_se, _low, _high, _df."""
        waves = len(self.n_observed)
        none: Numbers = (np.nan,) * waves
        columns: dict[str, Any] = {"wave": range(waves), "n_observed": self.n_observed}
        columns |= {"mean": self.means or none, "mean_se": self.means_se or none}
        for end in ("", "_se", "_low", "_high", "_df"):
            columns[f"change{end}"] = (np.nan, *getattr(self, f"changes{end}")) if self.changes else none
        return pd.DataFrame(columns)


def random_intercepts(waves: ArrayLike, level: float = 0.95) -> RandomIntercepts:
    """Fit a mean for each wave and a random intercept for each person.

    Parameters
    ----------
    waves : array_like, shape (n_given, k), k >= 2
        One row a person, one column a wave in time order, in points; NaN = not measured.
    level : float
        Confidence level, 0-1.

    Returns
    -------
    RandomIntercepts

    Raises
    ------
    StatisticsError
        If the values are not a two-dimensional array of finite numbers with at least two columns.

    Notes
    -----
    Restricted maximum likelihood, equal to R's lme4 and lmerTest. The model takes any two waves to be equally
    alike and equally spread, which scores over months rarely are: `ml_change_all_waves` does not assume it and
    is the figure for a report. This one is for comparison with papers that used it.

    Examples
    --------
    Six people with all three waves: the estimated means are then the plain means.

    >>> from isu_analysis import statistics as st
    >>> waves = [[18, 14, 11], [15, 13, 12], [20, 17, 13], [12, 11, 9], [16, 12, 12], [21, 17, 15]]
    >>> found = st.random_intercepts(waves)
    >>> found.to_frame()[["wave", "n_observed", "mean", "change", "change_low", "change_high"]].round(2)
       wave  n_observed  mean  change  change_low  change_high
    0     0           6  17.0     NaN         NaN          NaN
    1     1           6  14.0    -3.0       -4.41        -1.59
    2     2           6  12.0    -5.0       -6.41        -3.59
    >>> round(found.intraclass_correlation, 2)
    0.83
    """
    check_level(level)
    values = wave_matrix(waves)
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    empty = RandomIntercepts(
        n_given=len(values),
        n=int((count > 0).sum()),
        n_measured_twice=int((count >= 2).sum()),
        n_observed=tuple(int(n) for n in seen.sum(axis=0)),
        level=level,
    )
    if min(empty.n_observed) == 0 or empty.n_measured_twice < MINIMUM_PEOPLE:
        return replace(empty, reason="empty_wave" if min(empty.n_observed) == 0 else "too_few_people")
    return _estimated(values[count > 0], seen[count > 0], empty)


def _estimated(values: Floats, seen: Flags, empty: RandomIntercepts) -> RandomIntercepts:
    raw_means = np.nanmean(values, axis=0)
    residual = np.where(seen, values - raw_means, 0.0)
    if _within(residual, seen) <= NO_RESIDUAL * np.nanmax(np.abs(values)):
        return replace(empty, reason="zero_residual")
    pooled = _pooled(residual, seen)
    fitted = fit(pooled)
    if not fitted.converged:
        return replace(empty, reason="not_converged")
    between, within = fitted.variance * float(fitted.factor[0, 0]) ** 2, fitted.variance
    singular = abs(fitted.factor[0, 0]) < SINGULAR_BELOW
    return replace(
        empty,
        reason="zero_intercept_variance" if singular else "",
        sd_person=0.0 if singular else float(np.sqrt(between)),
        sd_residual=float(np.sqrt(within)),
        intraclass_correlation=0.0 if singular else between / (between + within),
        reml_criterion=fitted.criterion,
        **_fixed_effects(pooled, fitted, raw_means + fitted.solved.fixed, empty.level),
    )


def _within(residual: Floats, seen: Flags) -> float:
    """Return the root mean square of what person and wave together leave unexplained."""
    counts = seen.sum(axis=1, keepdims=True)
    own = np.where(seen, residual - residual.sum(axis=1, keepdims=True) / counts, 0.0)
    design = np.diag(seen.sum(axis=0)) - (seen / counts).T @ seen
    waves = np.linalg.lstsq(design, own.sum(axis=0), rcond=None)[0]
    of_waves = np.where(seen, waves, 0.0)
    left = np.where(seen, own - of_waves + of_waves.sum(axis=1, keepdims=True) / counts, 0.0)
    return float(np.sqrt((left**2).sum() / seen.sum()))


def _pooled(residual: Floats, seen: Flags) -> Pooled:
    """Return the sums of each pattern of measured waves; every wave is a fixed effect of its own."""
    patterns, pattern, people = np.unique(seen, axis=0, return_inverse=True, return_counts=True)
    design = patterns.astype(float)
    total = residual.sum(axis=1)
    return Pooled(
        people=people.astype(float),
        xx=design[:, :, None] * np.eye(design.shape[1]),
        zx=design[:, None, :],
        zz=design.sum(axis=1)[:, None, None],
        zy=totals(pattern, total, people.size)[:, None],
        zyyz=totals(pattern, total**2, people.size)[:, None, None],
        xy=residual.sum(axis=0),
        yy=float((residual**2).sum()),
        rows=int(seen.sum()),
    )


def _fixed_effects(pooled: Pooled, fitted: Fitted, means: Floats, level: float) -> dict[str, Any]:
    """Return means, and changes from the first wave, with their uncertainty."""
    one = np.eye(means.size)
    changes = means[1:] - means[0]
    se, df = np.array([se_and_df(pooled, fitted, row - one[0]) for row in one[1:]]).T
    half = stats.t.ppf((1 + level) / 2, df) * se
    found = {
        "means": means,
        "means_se": np.array([se_and_df(pooled, fitted, row)[0] for row in one]),
        "changes": changes,
        "changes_se": se,
        "changes_low": changes - half,
        "changes_high": changes + half,
        "changes_df": df,
    }
    return {name: tuple(float(value) for value in values) for name, values in found.items()}
