"""How often the intervals hold the truth, summed over every possible table: no simulation, no formula retyped."""

import numpy as np
import pytest
from scipy import special, stats

from isu_analysis.statistics.proportions.differences import difference_interval
from isu_analysis.statistics.proportions.intervals import share_interval
from isu_analysis.statistics.proportions.mcnemar import mcnemar_p
from isu_analysis.statistics.proportions.odds import odds_ratio
from isu_analysis.statistics.proportions.paired_intervals import paired_difference_interval, paired_ratio_interval
from isu_analysis.statistics.proportions.ratios import risk_ratio_interval

SHARES = np.linspace(0.05, 0.95, 19)


@pytest.fixture(scope="module")
def pairs():
    """Every table of 12 pairs, and its probability under 890 truths: margins 0.05-0.95 and correlations 0-0.8."""
    a, b, c = (part.ravel() for part in np.meshgrid(*[np.arange(13)] * 3, indexing="ij"))
    kept = a + b + c <= 12
    tables = np.column_stack([a, b, c, 12 - a - b - c])[kept]
    before, after, phi = (part.ravel() for part in np.meshgrid(SHARES, SHARES, [0.0, 0.25, 0.5, 0.8], indexing="ij"))
    both = before * after + phi * np.sqrt(before * (1 - before) * after * (1 - after))
    truths = np.column_stack([both, before - both, after - both, 1 - before - after + both])
    truths = truths[(truths >= 0).all(axis=1)]
    ways = special.gammaln(13) - special.gammaln(tables + 1).sum(axis=1)
    chance = np.exp(ways + special.xlogy(tables[None], truths[:, None]).sum(axis=2))
    np.testing.assert_allclose(chance.sum(axis=1), 1, atol=1e-9)
    return tables.T, truths, chance


def held(chance, low, high, truth):
    """Probability, at each truth, of a table whose interval holds it."""
    rounding = 1e-9 * np.abs(truth)
    return (chance * ((low <= truth + rounding) & (truth <= high + rounding))).sum(axis=1)


@pytest.mark.parametrize(
    ("method", "lowest"), [("newcombe", 0.91), ("tango", 0.94), ("bonett_price", 0.93), ("agresti_min", 0.87)]
)
def test_paired_differences(pairs, method, lowest):
    tables, truths, chance = pairs
    truth = (truths[:, 2] - truths[:, 1])[:, None]
    coverage = held(chance, *paired_difference_interval(*tables, method=method), truth)
    assert 0.945 <= coverage.mean() <= 0.98
    assert coverage.min() >= lowest


def test_walds_paired_difference_is_for_comparison_only(pairs):
    tables, truths, chance = pairs
    truth = (truths[:, 2] - truths[:, 1])[:, None]
    assert held(chance, *paired_difference_interval(*tables, method="wald"), truth).min() < 0.6


@pytest.mark.parametrize(("method", "lowest"), [("bonett_price", 0.91), ("tang", 0.93)])
def test_paired_ratios(pairs, method, lowest):
    tables, truths, chance = pairs
    truth = ((truths[:, 0] + truths[:, 2]) / (truths[:, 0] + truths[:, 1]))[:, None]
    coverage = held(chance, *paired_ratio_interval(*tables, method=method), truth)
    assert 0.945 <= coverage.mean() <= 0.98
    assert coverage.min() >= lowest


def test_mid_p_keeps_the_level_and_is_less_cautious_than_exact(pairs):
    tables, truths, chance = pairs
    equal = np.isclose(truths[:, 1], truths[:, 2])
    rejected = {
        method: (chance[equal] * (mcnemar_p(tables[1], tables[2], method) <= 0.05)).sum(axis=1)
        for method in ("midp", "exact", "asymptotic", "asymptotic_corrected")
    }
    assert equal.sum() > 50
    assert rejected["midp"].max() <= 0.05 and rejected["exact"].max() <= 0.05
    assert rejected["asymptotic"].max() > 0.05  # just
    assert (rejected["midp"] >= rejected["exact"]).all() and rejected["midp"].max() > 2 * rejected["exact"].max()


@pytest.mark.parametrize(
    ("method", "lowest", "highest_mean"),
    [
        ("wilson", 0.86, 0.955),
        ("wilson_corrected", 0.95, 0.985),
        ("clopper_pearson", 0.95, 0.985),  # never below the level, by construction
        ("clopper_pearson_midp", 0.93, 0.965),
        ("jeffreys", 0.90, 0.957),
        ("agresti_coull", 0.93, 0.965),
        ("plus_four", 0.93, 0.965),
    ],
)
def test_one_share_of_fifteen(method, lowest, highest_mean):
    share, n = np.linspace(0.01, 0.99, 99)[:, None], np.arange(16)
    coverage = held(stats.binom.pmf(n, 15, share), *share_interval(n, 15, method), share)
    assert 0.945 <= coverage.mean() <= highest_mean
    assert coverage.min() >= lowest


@pytest.fixture(scope="module")
def two_groups():
    """Every table of 12 and 10 people, and its probability under 361 pairs of shares."""
    first, second = (n.ravel() for n in np.meshgrid(np.arange(13), np.arange(11), indexing="ij"))
    share_1, share_2 = (share.ravel()[:, None] for share in np.meshgrid(SHARES, SHARES, indexing="ij"))
    return first, second, share_1, share_2, stats.binom.pmf(first, 12, share_1) * stats.binom.pmf(second, 10, share_2)


@pytest.mark.parametrize(
    ("method", "lowest"), [("newcombe", 0.91), ("miettinen_nurminen", 0.93), ("mee", 0.92), ("agresti_caffo", 0.93)]
)
def test_differences_of_two_groups(two_groups, method, lowest):
    first, second, share_1, share_2, chance = two_groups
    coverage = held(chance, *difference_interval(first, 12, second, 10, method=method), share_1 - share_2)
    assert 0.945 <= coverage.mean() <= 0.965
    assert coverage.min() >= lowest


@pytest.mark.parametrize("method", ["koopman", "miettinen_nurminen"])
def test_risk_ratios_of_two_groups(two_groups, method):
    first, second, share_1, share_2, chance = two_groups
    coverage = held(chance, *risk_ratio_interval(first, 12, second, 10, method=method), share_1 / share_2)
    assert 0.945 <= coverage.mean() <= 0.965
    assert coverage.min() >= 0.91


@pytest.mark.parametrize(
    ("method", "lowest"), [("miettinen_nurminen", 0.92), ("baptista_pike_midp", 0.93), ("conditional", 0.95)]
)
def test_odds_ratios_of_two_small_groups(method, lowest):
    first, second = (n.ravel() for n in np.meshgrid(np.arange(6), np.arange(5), indexing="ij"))
    share_1, share_2 = (share.ravel()[:, None] for share in np.meshgrid(SHARES, SHARES, indexing="ij"))
    chance = stats.binom.pmf(first, 5, share_1) * stats.binom.pmf(second, 4, share_2)
    found = [odds_ratio(int(x), 5, int(y), 4, method=method) for x, y in zip(first, second, strict=True)]
    low, high = np.array([(one.odds_ratio_low, one.odds_ratio_high) for one in found]).T
    coverage = held(chance, low, high, share_1 / (1 - share_1) / (share_2 / (1 - share_2)))
    assert coverage.min() >= lowest
