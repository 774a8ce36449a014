"""What a drop-out model shows by chance alone, when loss has nothing to do with the variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from isu_analysis.statistics.arguments import Flags, Floats
from isu_analysis.statistics.attrition.discrimination import areas
from isu_analysis.statistics.attrition.firth import Logistic
from isu_analysis.statistics.results import one_row

TOLERANCE = 1e-6  # a coefficient's last step; far below what a permutation is worth
MOST_STEPS = 25
CELLS_AT_ONCE = 2_000_000  # permutations x people, so that memory stays small


@dataclass(frozen=True)
class ExpectedByPermutation:
    """Area under the curve and R-indicator of models fitted to shuffled loss.

    Attributes
    ----------
    permutations : int
        How many; with 0 all numbers are NaN.
    auc_mean, r_indicator_mean : float
        What the model shows on average when loss is unrelated to the variables: above 0.5 and below 1.
    auc_high, r_indicator_low : float
        Passed by 5 % of the permutations.
    auc_p, r_indicator_p : float
        Share of the permutations, the observed one counted in, that show at least as much: the p value of
        "loss is unrelated to these variables".
    """

    permutations: int
    auc_mean: float = np.nan
    auc_high: float = np.nan
    auc_p: float = np.nan
    r_indicator_mean: float = np.nan
    r_indicator_low: float = np.nan
    r_indicator_p: float = np.nan

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return one_row(self)


def expected_by_permutation(
    columns: Floats,
    lost: Flags,
    *,
    bias_reduced: bool,
    observed: tuple[float, float],
    permutations: int,
    seed: int | np.random.Generator,
) -> ExpectedByPermutation:
    """Fit the same model to shuffled loss; all permutations of a block in one go.

    Parameters
    ----------
    columns : ndarray of float, shape (n, p)
        Without intercept; every column varies.
    lost : ndarray of bool, shape (n,)
    bias_reduced : bool
        Whether the observed model was Firth's.
    observed : tuple of float
        Area and R-indicator of the observed model.
    permutations : int
        0 or more.
    seed : int or numpy.random.Generator
        Same seed, same result, in whatever order the rows come.
    """
    if permutations == 0:
        return ExpectedByPermutation(0)
    in_order = columns[np.lexsort(columns.T)]
    blocks = list(_shown(in_order, int(lost.sum()), bias_reduced, permutations, np.random.default_rng(seed)))
    auc, r = np.concatenate([block[0] for block in blocks]), np.concatenate([block[1] for block in blocks])
    slack = 1e-9  # equal models differ in the last digits
    return ExpectedByPermutation(
        permutations,
        auc_mean=float(auc.mean()),
        auc_high=float(np.quantile(auc, 0.95)),
        auc_p=float(((auc >= observed[0] - slack).sum() + 1) / (permutations + 1)),
        r_indicator_mean=float(r.mean()),
        r_indicator_low=float(np.quantile(r, 0.05)),
        r_indicator_p=float(((r <= observed[1] + slack).sum() + 1) / (permutations + 1)),
    )


def _shown(
    columns: Floats, n_lost: int, bias_reduced: bool, permutations: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Yield areas and R-indicators, a block of permutations at a time."""
    n = len(columns)
    block = max(CELLS_AT_ONCE // n, 1)
    for first in range(0, permutations, block):
        count = min(block, permutations - first)
        lost = rng.permuted(np.tile(np.arange(n) < n_lost, (count, 1)), axis=1)
        model = Logistic(columns, lost.astype(float), bias_reduced=bias_reduced)
        fit = model.climb(model.start(), tolerance=TOLERANCE, most_steps=MOST_STEPS)
        probability = model.probabilities(fit.coefficients)
        yield areas(probability, lost), 1 - 2 * probability.std(axis=1, ddof=1)
