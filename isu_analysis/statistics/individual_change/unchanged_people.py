"""Where the second score of a person falls whose true score has not changed, on a scale of whole steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import Flags, Floats, check_positive
from isu_analysis.statistics.individual_change.clinical_range import is_clinical
from isu_analysis.statistics.individual_change.criteria import SLACK, Criterion

# Points inside the cell of one start score: even in an end cell at reliability .999 the error is below 1e-12.
NODES = 128
# An end cell reaches to infinity; where the density has fallen by exp(-40) nothing is left to add.
REACH = 80.0
MOST_STEPS = 2000


def score_grid(scale: tuple[float, float], step: float) -> Floats:
    """Return every possible score, shape (k,), lowest first.

    Parameters
    ----------
    scale : (float, float)
        Lowest and highest possible score.
    step : float
        Distance between them, above 0: a whole part of the scale's length, at most 2,000 steps.

    Returns
    -------
    ndarray of float, shape (k,)

    Raises
    ------
    StatisticsError
        If the step is not above 0 or does not fit the scale.
    """
    check_positive(step, "step")
    steps = (scale[1] - scale[0]) / step
    if not 1 <= round(steps) <= MOST_STEPS or abs(steps - round(steps)) > SLACK * max(1.0, steps):
        raise StatisticsError(
            f"Argumentet step: passar inte skalan. Tillåtet: en jämn del av skalans längd, högst {MOST_STEPS} steg."
        )
    return np.linspace(scale[0], scale[1], round(steps) + 1)


@dataclass(frozen=True, eq=False)
class SecondScores:
    """The start scores of people, and what a second score would have to be to count.

    Attributes
    ----------
    starts, cutoffs : ndarray of float, shape (m,)
        Start score and border of the clinical range (NaN = unknown) of each kind of person, in points turned so
        that higher is better. Rows of people: never in ``repr``.
    grid : ndarray of float, shape (k,)
        Every possible score, lowest first, turned likewise.
    step : float
        Distance between possible scores.
    criterion : Criterion
        What counts as a change.
    cutoff_inclusive : bool
        Whether the cutoff value itself is clinical.
    """

    starts: Floats = field(repr=False)
    cutoffs: Floats = field(repr=False)
    grid: Floats
    step: float
    criterion: Criterion
    cutoff_inclusive: bool

    def chances(self, mean: float, sd: float, reliability: float) -> Floats:
        """Return each kind's chance to seem better, recovered, worse and harmed, shape (m, 4), 0-1.

        Parameters
        ----------
        mean, sd : float
            Of the population the people come from, in (turned) points.
        reliability : float
            Correlation between two measurements of unchanged people, (0, 1].

        Returns
        -------
        ndarray of float, shape (m, 4)
        """
        if reliability == 1:
            return np.zeros((self.starts.size, 4))
        gains = self.grid - self.starts[:, np.newaxis]
        clinical_end = is_clinical(self.grid, self.cutoffs[:, np.newaxis], self.cutoff_inclusive, True)
        clinical = is_clinical(self.starts, self.cutoffs, self.cutoff_inclusive, True)
        better, worse = self._first(self.criterion.counts(gains)), self._last(self.criterion.counts(-gains))
        nodes, weights = self._cells(mean, sd)
        # Given u, the second sum is N(mean + r (u - mean), (1 - r^2) sd^2).
        centre = mean + reliability * (nodes - mean)
        spread = sd * np.sqrt(1 - reliability**2)

        def above(edge: Floats) -> Floats:
            shares: Floats = (weights * special.ndtr((centre - edge[:, np.newaxis]) / spread)).sum(axis=1)
            return shares

        def below(edge: Floats) -> Floats:
            shares: Floats = (weights * special.ndtr((edge[:, np.newaxis] - centre) / spread)).sum(axis=1)
            return shares

        recovered = clinical * above(np.maximum(better, self._first(~clinical_end)))
        # Where the cutoff is unknown no end is clinical, so that nobody enters the clinical range either.
        harmed = ~clinical * below(np.minimum(worse, self._last(clinical_end)))
        return np.column_stack([above(better), recovered, below(worse), harmed])

    def _first(self, wanted: Flags) -> Floats:
        """Return what a sum must exceed to be rounded to the first wanted score or above; infinite if none is."""
        edges = np.concatenate([[-np.inf], self.grid[1:] - self.step / 2, [np.inf]])
        return edges[np.where(wanted.any(axis=1), wanted.argmax(axis=1), self.grid.size)]

    def _last(self, wanted: Flags) -> Floats:
        """Return what a sum must stay below to be rounded to the last wanted score or below; -infinite if none is."""
        edges = np.concatenate([[np.inf], self.grid[-2::-1] + self.step / 2, [-np.inf]])
        turned = wanted[:, ::-1]
        return edges[np.where(turned.any(axis=1), turned.argmax(axis=1), self.grid.size)]

    def _cells(self, mean: float, sd: float) -> tuple[Floats, Floats]:
        """Return points of the first sum inside each start's cell and their weights, each shape (m, NODES)."""
        low, high = self.starts - self.step / 2, self.starts + self.step / 2
        reach = SLACK * max(1.0, float(np.abs(self.grid).max()))
        low = np.where(self.starts <= self.grid[0] + reach, high - _tail((high - mean) / sd) * sd, low)
        high = np.where(self.starts >= self.grid[-1] - reach, low + _tail((mean - low) / sd) * sd, high)
        points, weights = special.roots_legendre(NODES)
        nodes = low[:, np.newaxis] + (high - low)[:, np.newaxis] * (points + 1) / 2
        logs = -(((nodes - mean) / sd) ** 2) / 2
        density = weights * np.exp(logs - logs.max(axis=1, keepdims=True))
        return nodes, density / density.sum(axis=1, keepdims=True)


def _tail(z: Floats) -> Floats:
    """Return how far below z (in SD) a normal density has fallen by exp(-REACH / 2) from its highest there."""
    return z + np.sqrt(z**2 + REACH)
