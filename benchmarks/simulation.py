"""What the simulations share: pairs of scores whose truth is known, a count of hits, and tables as text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]

SKEWNESS = 1.6
# The two skewed families differ in how start and end hang together, not in their margins' skewness.
FAMILIES = ("normal", "gamma", "lognormal")
GAMMA_SHAPE = (2 / SKEWNESS) ** 2
CELLS_AT_ONCE = 600_000


def _lognormal_variance() -> float:
    """Return the variance of the logarithm at which a lognormal has the wanted skewness."""
    return float(optimize.brentq(lambda v: (np.exp(v) + 2) * np.sqrt(np.exp(v) - 1) - SKEWNESS, 0.01, 1))


LOG_VARIANCE = _lognormal_variance()


@dataclass(frozen=True)
class Truth:
    """A population of start and end scores; the start has mean 0 and SD 1.

    Attributes
    ----------
    family : str
        "normal"; "gamma": start = A + B, end = A + C of independent gamma variables; "lognormal": exponentials
        of correlated normals. The skewed ones have skewness 1.6 in both margins.
    r : float
        Correlation of start and end, exact in every family.
    ratio : float
        SD of the end over SD of the start.
    change : float
        Mean change, in SDs of the start.
    """

    family: str
    r: float
    ratio: float
    change: float

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return start and end scores."""
        start, end = standard_pairs(self.family, self.r, shape, rng)
        return start, self.change + self.ratio * end

    @property
    def sd_change(self) -> float:
        """SD of the changes."""
        return float(np.sqrt(1 + self.ratio**2 - 2 * self.r * self.ratio))

    def sizes(self) -> dict[str, float]:
        """Return the true sizes of the change by name; the first four exact for any distribution."""
        return {
            "change": self.change,
            "g_pre": self.change,
            "g_av": self.change / np.sqrt((1 + self.ratio**2) / 2),
            "d_z": self.change / self.sd_change,
            "rank_biserial": _true_rank_biserial(self),
        }


def standard_pairs(family: str, r: float, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return pairs with means 0, SDs 1 and correlation exactly r (0 to 1)."""
    if family == "gamma":
        shared = rng.gamma(r * GAMMA_SHAPE, 1, shape)
        own = (rng.gamma((1 - r) * GAMMA_SHAPE, 1, shape) for _ in range(2))
        start, end = ((shared + part - GAMMA_SHAPE) / np.sqrt(GAMMA_SHAPE) for part in own)
        return start, end
    if family == "lognormal":
        r = float(np.log(1 + r * np.expm1(LOG_VARIANCE)) / LOG_VARIANCE)
    start = rng.standard_normal(shape)
    end = r * start + np.sqrt(1 - r**2) * rng.standard_normal(shape)
    return (standard_lognormal(start), standard_lognormal(end)) if family == "lognormal" else (start, end)


def standard_lognormal(z: Floats) -> Floats:
    """Return lognormal scores with mean 0 and SD 1 from standard normal ones."""
    mean, variance = np.exp(LOG_VARIANCE / 2), np.exp(LOG_VARIANCE) * np.expm1(LOG_VARIANCE)
    return (np.exp(np.sqrt(LOG_VARIANCE) * z) - mean) / np.sqrt(variance)


@cache
def _true_rank_biserial(truth: Truth, people: int = 1_000_000) -> float:
    """Return P(D1 + D2 > 0) - P(D1 + D2 < 0): exact when normal, else in a million invented people."""
    if truth.family == "normal":
        return float(2 * special.ndtr(np.sqrt(2) * truth.change / truth.sd_change) - 1)
    start, end = truth.draw((people,), np.random.default_rng(99))
    change = end - start
    signs = np.sign(change[np.argsort(np.abs(change))])
    return float((signs * np.arange(people)).sum() / (people * (people - 1) / 2))


def generator(seed: int, *cell: float) -> np.random.Generator:
    """Return the random numbers of one cell of a table: the same whichever other cells are run."""
    return np.random.default_rng([seed, *(round(1000 * (value + 100)) for value in cell)])


def chunks(replications: int, n: int) -> list[int]:
    """Split replications so that one array of them, n wide, stays small."""
    size = max(1, CELLS_AT_ONCE // n)
    return [min(size, replications - done) for done in range(0, replications, size)]


class Tally:
    """Counts, for every method, how often an interval was given and held the truth, and how wide it was."""

    def __init__(self) -> None:
        self._sums: dict[str, Floats] = {}

    def add(self, name: str, low: Floats, high: Floats, truth: float | Floats, middle: Floats | None = None) -> None:
        """Count one batch of intervals; one without finite ends was not given."""
        low, high = np.broadcast_arrays(low, high)
        given = np.isfinite(low) & np.isfinite(high)
        hits = given & (low <= truth) & (truth <= high)
        width = np.where(given, high - low, 0).sum()
        known = np.zeros(1, dtype=bool) if middle is None else np.isfinite(middle)
        error = 0.0 if middle is None else np.where(known, middle - truth, 0).sum()
        batch = np.array([hits.sum(), given.sum(), given.size, width, error, known.sum()], dtype=float)
        self._sums[name] = self._sums.get(name, np.zeros(6)) + batch

    def rows(self, **cell: object) -> list[dict[str, object]]:
        """Return one row a method: coverage among the given, share given, mean width, bias."""
        return [
            {
                **cell,
                "interval": name,
                "coverage": hits / given if given else np.nan,
                "given": given / runs,
                "width": width / given if given else np.nan,
                "bias": error / known if known else np.nan,
            }
            for name, (hits, given, runs, width, error, known) in self._sums.items()
        ]


def markdown(frame: pd.DataFrame, title: str, decimals: int = 3) -> str:
    """Return a frame, index included, as a Markdown table under a title."""
    flat = frame.reset_index()
    head = [" ".join(str(part) for part in np.atleast_1d(np.array(name, dtype=object)) if part != "") for name in flat]
    lines = [f"## {title}", "", _line(head), _line(["---"] * len(head))]
    lines += [_line([_cell(value, decimals) for value in row]) for row in flat.itertuples(index=False)]
    return "\n".join([*lines, ""])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object, decimals: int) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.{decimals}f}"
    return str(value)
