"""People who belong together: uncertainty when clients, course groups or workers repeat.

One idea for every statistic: leave out one whole cluster at a time and see how much the result moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.arguments import NO_SPREAD, Flags, Floats, check_column, same_rows

# With fewer clusters no known method keeps its promise; the mean is given without an interval.
MINIMUM_CLUSTERS = 8
TOO_FEW_CLUSTERS = "too_few_clusters"
ONE_CLUSTER_DECIDES = "one_cluster_decides"
NO_VARIATION = "zero_sd"

Codes = NDArray[np.intp]


class ClusterError(NamedTuple):
    """How uncertain a statistic is when whole clusters vary together.

    ``se`` is NaN with a ``reason``: "too_few_clusters" (under 8 in a sample), "one_cluster_decides" (the statistic
    does not exist without one of them) or "zero_sd" (it is the same without any of them).
    """

    se: float
    df: float
    n_clusters: int
    reason: str = ""

    def half_width(self, level: float) -> float:
        """Return the t multiplier times the standard error; NaN where there is none."""
        return float(stats.t.ppf((1 + level) / 2, self.df) * self.se)

    def to_frame(self) -> pd.DataFrame:
        """Return the fields as a frame with one row."""
        return pd.DataFrame([self._asdict()])


def cluster_codes(cluster: ArrayLike, rows: Any, name: str = "cluster") -> Codes:
    """Return each row's cluster as a whole number from 0.

    Parameters
    ----------
    cluster : array_like, shape (n,)
        What the rows belong to: client, course group, worker. Any hashable values, none missing.
    rows : array_like, shape (n,)
        What the clusters describe; two Series must share their index.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    StatisticsError
        If lengths or indexes differ, or a row has no cluster.
    """
    check_column(cluster, name)
    same_rows(rows, cluster, "values", name)
    labels = pd.Series(cluster).reset_index(drop=True)
    if any(isinstance(label, str) and not label.strip() for label in labels):
        raise StatisticsError(
            f"Argumentet {name}: har tom text. Tillåtet: ett namn för varje rad, eller lämna bort raden."
        )
    codes: Codes = pd.factorize(labels, use_na_sentinel=True)[0]
    if (codes < 0).any():
        raise StatisticsError(f"Argumentet {name}: saknar värden. Tillåtet: ett namn för varje rad.")
    return codes


def leave_one_cluster_out(
    statistic: Callable[[Flags], float], codes: Sequence[Codes], deciding: Sequence[Codes] | None = None
) -> ClusterError:
    """Return the uncertainty of any statistic by leaving out one cluster at a time.

    Parameters
    ----------
    statistic : callable
        Takes a flag a row (all samples after one another) that says which rows to use, returns a number.
    codes : sequence of ndarray of int
        One array for each independent sample the statistic compares (one for a mean, two for a difference),
        with the same code for the same cluster in all of them.
    deciding : sequence of ndarray of int, optional
        The clusters of the rows that decide how sure the statistic is, where these are not all (only those
        measured twice): 8 are needed in each sample, and they give the degrees of freedom. Default: ``codes``.

    Returns
    -------
    ClusterError

    Notes
    -----
    ``se^2 = (G-1)/G sum (theta_(-g) - mean theta_(-g))^2`` over G clusters: for a mean with clusters of
    equal size the usual cluster-robust variance, for unequal sizes a little more cautious (the CV3 of
    MacKinnon, Nielsen & Webb 2023, J Econometrics 232:272; from memory, not verified). Degrees of freedom
    in `cluster_df`.

    Examples
    --------
    Eight course groups of two: with groups of equal size it is the standard error of the eight group means.

    >>> import numpy as np
    >>> from isu_analysis import statistics as st
    >>> change = np.array([2, 3, 1, 4, 0, 2, 5, 3, 1, 1, 4, 2, 3, 3, 0, 2])
    >>> group = np.repeat(np.arange(8), 2)
    >>> error = st.leave_one_cluster_out(lambda kept: float(change[kept].mean()), [group])
    >>> round(error.se, 3), error.n_clusters
    (0.401, 8)
    >>> round(float(change.reshape(8, 2).mean(axis=1).std(ddof=1) / np.sqrt(8)), 3)
    0.401
    """
    joined = np.concatenate(codes)
    clusters = np.unique(joined)
    deciding = codes if deciding is None else deciding
    if too_few(deciding):
        return ClusterError(np.nan, np.nan, clusters.size, TOO_FEW_CLUSTERS)
    left_out = np.array([statistic(joined != code) for code in clusters])
    return from_left_out(left_out, cluster_df(deciding), clusters.size)


def too_few(codes: Sequence[Codes]) -> bool:
    """Return whether a sample has fewer clusters than any interval can rest on."""
    return any(np.unique(sample).size < MINIMUM_CLUSTERS for sample in codes)


def from_left_out(left_out: Floats, df: float, n_clusters: int) -> ClusterError:
    """Return the jackknife standard error of a statistic's values without each cluster in turn."""
    if not np.isfinite(left_out).all() or np.isnan(df):
        return ClusterError(np.nan, np.nan, n_clusters, ONE_CLUSTER_DECIDES)
    if np.ptp(left_out) <= NO_SPREAD * np.abs(left_out).max():
        return ClusterError(np.nan, df, n_clusters, NO_VARIATION)
    spread = ((left_out - left_out.mean()) ** 2).sum()
    return ClusterError(float(np.sqrt((n_clusters - 1) / n_clusters * spread)), df, n_clusters)


def cluster_df(codes: Sequence[Codes]) -> float:
    """Degrees of freedom of the leave-one-out variance of a mean, or of a difference of means.

    Parameters
    ----------
    codes : sequence of ndarray of int
        As in `leave_one_cluster_out`.

    Returns
    -------
    float
        Clusters - 1 for one sample of equal clusters; fewer when sizes differ; near the number of rows
        less one when every row is a cluster of its own.

    Notes
    -----
    Satterthwaite: ``(trace V)^2 / trace(V^2)`` with V the covariance of what each cluster adds to the variance,
    were all rows independent and equally variable. Bell & McCaffrey (2002), Survey Methodology 28:169.
    """
    n_clusters = int(max(sample.max() for sample in codes)) + 1
    diagonal, outer = np.zeros(n_clusters), []
    for sample in codes:
        sizes = np.bincount(sample, minlength=n_clusters).astype(float)
        n = sizes.sum()
        if (sizes == n).any():
            return np.nan
        diagonal += sizes / (n - sizes) / n
        outer.append(sizes / (n - sizes) / np.sqrt(n))
    # Off the diagonal V is minus a sum of outer products, one a sample; this is the square of that sum.
    beside = sum((a @ b) ** 2 - ((a * b) ** 2).sum() for a in outer for b in outer)
    return float(diagonal.sum() ** 2 / ((diagonal**2).sum() + beside))


def shared_codes(
    first: ArrayLike | None,
    second: ArrayLike | None,
    first_rows: Any,
    second_rows: Any,
    *,
    names: tuple[str, str, str, str] = ("first", "second", "first_cluster", "second_cluster"),
) -> list[Codes] | None:
    """Return the clusters of two groups as whole numbers, the same cluster the same number in both.

    None when neither group has clusters. ``names``: what the rows and the clusters are called, for the messages.

    Raises
    ------
    StatisticsError
        If only one group has clusters, lengths or indexes differ, or a row has no cluster.
    """
    if first is None and second is None:
        return None
    first_rows_name, second_rows_name, first_name, second_name = names
    both = f"{first_name} och {second_name}"
    if first is None or second is None:
        raise StatisticsError(f"Argumenten {both}: ange båda eller ingen.")
    check_column(first, first_name)
    check_column(second, second_name)
    same_rows(first_rows, first, first_rows_name, first_name)
    same_rows(second_rows, second, second_rows_name, second_name)
    columns = [pd.Series(labels).reset_index(drop=True).astype(object) for labels in (first, second)]
    texts = [column.dropna().map(lambda label: isinstance(label, str)) for column in columns]
    if not pd.concat(texts).empty and pd.concat(texts).nunique() > 1:
        raise StatisticsError(f"Argumenten {both}: är av olika slag, text och annat, och kan inte jämföras.")
    joined = pd.concat(columns, ignore_index=True)
    codes = cluster_codes(joined, joined, f"{first_name}/{second_name}")
    return [codes[: len(columns[0])], codes[len(columns[0]) :]]
