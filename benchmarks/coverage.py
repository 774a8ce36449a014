"""How often each 95 % interval holds the truth.

``python -m benchmarks.coverage`` prints, for people who stand alone, the intervals of a mean change, of the
standardised changes and of the matched rank-biserial correlation (72 populations: n, correlation, SD ratio, size;
normal and two skewed families with skewness 1.6, changes in both directions when skewed), and those of means and
standardised differences of groups, by simulation; the intervals of shares, exactly; and the intervals of people in
clusters, by simulation.

The limits a default must reach: lowest coverage over the cells .93 from n = 15 when scores are normal; .90 at
n = 15-60 and .93 at n = 300 when they are skewed. A simulated coverage near .95 with 4,000 replications has a
standard error of .0034, and the lowest of 18 cells lies about two of those below the truth.

Options: ``--part change|groups|shares|clusters`` (may be repeated), ``--replications``, ``--seed``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import product

import pandas as pd

from benchmarks.change_intervals import change_intervals
from benchmarks.cluster_coverage import cluster_coverage
from benchmarks.group_coverage import group_coverage
from benchmarks.share_coverage import paired_coverage, share_coverage, two_group_coverage
from benchmarks.simulation import FAMILIES, Tally, Truth, chunks, generator, markdown

NS = (15, 30, 60, 300)
CORRELATIONS, RATIOS, CHANGES = (0.2, 0.5, 0.8), (1.0, 1.4), (0.0, 0.5, 1.2)


def truths(family: str) -> Iterator[Truth]:
    """Yield the populations of a family; a skewed one also changes in the other direction."""
    changes = CHANGES if family == "normal" else (*(-change for change in CHANGES if change), *CHANGES)
    for r, ratio, change in product(CORRELATIONS, RATIOS, changes):
        yield Truth(family, r, ratio, change)


def change_coverage(
    families: Iterable[str] = FAMILIES, ns: Iterable[int] = NS, *, replications: int = 4000, seed: int = 1
) -> pd.DataFrame:
    """Return the coverage of every candidate interval in every cell.

    Returns
    -------
    DataFrame
        Columns family, n, r, ratio, change, interval, coverage (among the intervals given), given (share of
        samples with an interval), width, bias.
    """
    rows = []
    for family, n in product(families, ns):
        for truth in truths(family):
            rows += one_cell(truth, n, replications, seed).rows(family=family, n=n, **_columns(truth))
    return pd.DataFrame(rows)


def one_cell(truth: Truth, n: int, replications: int, seed: int) -> Tally:
    """Return the count of hits in samples of n from one population."""
    rng, tally, sizes = generator(seed, n, *_columns(truth).values()), Tally(), truth.sizes()
    for samples in chunks(replications, n):
        for name, (low, high) in change_intervals(*truth.draw((samples, n), rng)).items():
            tally.add(name, low, high, sizes[name.split(":")[0]])
    return tally


def _columns(truth: Truth) -> dict[str, float]:
    return {"r": truth.r, "ratio": truth.ratio, "change": truth.change}


def lowest_and_mean(cells: pd.DataFrame, value: str = "coverage") -> pd.DataFrame:
    """Return the lowest and the mean coverage over cells; rows interval, columns measure, family, n."""
    order = list(dict.fromkeys(cells["interval"]))
    families = list(dict.fromkeys(cells["family"]))
    found = cells.groupby(["interval", "family", "n"])[value].agg(["min", "mean"]).unstack(["family", "n"])
    columns = [(what, family, n) for what in ("min", "mean") for family in families for n in sorted(set(cells["n"]))]
    return found.reindex(order)[columns]


def print_changes(replications: int, seed: int) -> None:
    """Print the tables of changes."""
    cells = change_coverage(replications=replications, seed=seed)
    table = lowest_and_mean(cells)
    print(markdown(table["min"], f"Changes: lowest coverage over the cells ({replications} replications)"))
    print(markdown(table["mean"], "Changes: mean coverage over the cells"))
    widths = cells.groupby(["interval", "family", "n"])["width"].mean().unstack(["family", "n"])
    print(markdown(widths.reindex(table.index)[table["min"].columns], "Changes: mean width"))
    seldom = cells.groupby(["interval", "n"])["given"].min().unstack("n")
    print(markdown(seldom[seldom.min(axis=1) < 1], "Changes: lowest share of samples with an interval at all"))


def print_groups(replications: int, seed: int) -> None:
    """Print the tables of groups' means."""
    table = lowest_and_mean(group_coverage(NS, replications=replications, seed=seed))
    print(markdown(table["min"], "One mean, two independent groups (n in all): lowest coverage over the cells"))
    print(markdown(table["mean"], "One mean, two independent groups: mean coverage over the cells"))


def print_shares(replications: int, seed: int) -> None:
    """Print the tables of shares; exact, so both arguments are for the other tables only."""
    print(markdown(share_coverage(NS), "One share: exact coverage, true shares .05-.95; edge: outside"))
    for statistic, ns in (("difference", NS), ("ratio", NS), ("odds_ratio", NS[:2])):
        print(
            markdown(
                two_group_coverage(ns, statistic),
                f"Two independent shares, {statistic.replace('_', ' ')}: exact coverage",
            )
        )
    for statistic in ("difference", "ratio"):
        print(markdown(paired_coverage(NS[:3], statistic), f"One share before and after, {statistic}: exact coverage"))


def print_clusters(replications: int, seed: int) -> None:
    """Print the tables of people in clusters."""
    print(markdown(cluster_coverage(replications=replications, seed=seed), "People in clusters: coverage"))


PARTS = {"change": print_changes, "groups": print_groups, "shares": print_shares, "clusters": print_clusters}


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description="Coverage of 95 % intervals.")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--replications", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for part in options.part or PARTS:
        PARTS[part](options.replications, options.seed)


if __name__ == "__main__":
    main()
