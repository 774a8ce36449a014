"""Declared subgroups: Pearson's chi-square, analysis of variance and Welch by others, hand cases, a simulation."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.pooling import pooled_units
from isu_analysis.statistics.comparison.subgroups import subgroup_means, subgroup_shares
from isu_analysis.statistics.proportions.shares import newcombe_difference, wilson

N, OF = np.array([4, 9, 20, 31]), np.array([20, 22, 40, 50])


def summaries(samples):
    return [np.array([of(x) for x in samples]) for of in (np.mean, lambda x: np.std(x, ddof=1), len)]


@pytest.fixture
def samples(rng):
    return [rng.normal(mean, sd, n) for mean, sd, n in ((10, 2, 8), (12, 3, 15), (11, 2, 30))]


def test_the_test_of_shares_is_pearsons():
    found = subgroup_shares(N, OF)
    theirs = stats.chi2_contingency(np.vstack([N, OF - N]), correction=False)
    assert (found.q, found.q_df, found.q_p) == pytest.approx((theirs.statistic, theirs.dof, theirs.pvalue))
    assert found.p == pytest.approx(found.q_p, rel=0.25)  # 142 people: the large-sample test is near
    assert found.common == 64 / 132


def test_the_exact_test_of_two_small_groups_by_hand():
    """1 of 5 against 5 of 6, six of eleven in all: 5 of 462 + 1 ... deals at least as far apart, by the hypergeometric."""
    found = subgroup_shares([1, 5], [5, 6], draws=50_000)
    x = np.arange(6)
    chance = stats.hypergeom(11, 6, 5).pmf(x)
    far = 5 * (x / 5 - 6 / 11) ** 2 + 6 * ((6 - x) / 6 - 6 / 11) ** 2
    assert found.p == pytest.approx(chance[far >= far[1] - 1e-9].sum(), abs=0.005)
    assert found.q_p < found.p  # what the large-sample test would have promised


def test_the_tests_of_means_are_those_of_the_people(samples):
    found = subgroup_means(*summaries(samples))
    classic = stats.f_oneway(*samples)
    assert found.q / found.q_df == pytest.approx(classic.statistic)
    assert found.p == pytest.approx(anova_oneway(samples, use_var="unequal").pvalue)
    assert found.common == pytest.approx(np.concatenate(samples).mean())


def test_each_against_the_rest_is_welch_on_the_people(samples):
    found = subgroup_means(*summaries(samples))
    for place, own in enumerate(samples):
        rest = np.concatenate([x for other, x in enumerate(samples) if other != place])
        ends = stats.ttest_ind(own, rest, equal_var=False).confidence_interval(0.95 ** (1 / 3))
        row = found.groups.iloc[place]
        assert_allclose([row.difference_low, row.difference_high], [ends.low, ends.high])
        assert (row.rest, row.difference) == pytest.approx((rest.mean(), own.mean() - rest.mean()))
        alone = stats.ttest_1samp(own, 0).confidence_interval(0.95 ** (1 / 3))
        assert_allclose([row.low, row.high], [alone.low, alone.high])


def test_shares_against_the_rest_and_alone():
    found = subgroup_shares(N, OF, level=0.9)
    assert found.simultaneous == pytest.approx(0.9**0.25)
    for place, row in enumerate(found.groups.itertuples()):
        theirs = newcombe_difference(N[place], OF[place], 64 - N[place], 132 - OF[place], level=0.9**0.25)
        assert (row.difference_low, row.difference_high) == pytest.approx(
            (theirs.difference_low, theirs.difference_high)
        )
        assert (row.low, row.high) == pytest.approx(wilson(N[place], OF[place], 0.9**0.25))


def test_two_groups_are_one_question():
    """Each is the other's rest: the plain level, and the same difference with turned sign."""
    found = subgroup_shares([4, 9], [20, 22]).groups
    plain = newcombe_difference(4, 20, 9, 22)
    assert found.difference_low[0] == pytest.approx(plain.difference_low)
    assert found.difference_high[1] == pytest.approx(-plain.difference_low)


def test_shrinkage_by_hand():
    """Five groups of ten: shares .2 .4 .5 .6 .8 vary with variance .05, by chance .025; half of it is real."""
    found = subgroup_shares([2, 4, 5, 6, 8], [10] * 5)
    assert found.tau2 == pytest.approx(0.05 - 0.025)
    assert found.groups["reliability"].tolist() == pytest.approx([0.5] * 5)
    assert found.groups["shrunken"].tolist() == pytest.approx([0.35, 0.45, 0.5, 0.55, 0.65])


def test_groups_no_further_apart_than_chance_are_all_drawn_to_the_share_of_all():
    found = subgroup_shares([5, 11, 24], [10, 20, 50])
    assert (found.tau2, found.groups["reliability"].max()) == (0, 0)
    assert_allclose(found.groups["shrunken"], 40 / 80)


def test_shrunken_means_lean_on_the_pooled_spread(samples):
    m, s, n = summaries(samples)
    found = subgroup_means(m, s, n)
    within = np.concatenate([x - x.mean() for x in samples])
    pooled = pooled_units(m, (within**2).sum() / (n.sum() - 3) / n)
    assert_allclose(found.groups["shrunken"], pooled.units["shrunken"])
    assert found.chance.observed == np.ptp(m)
    assert 0 < found.chance.expected < found.chance.limit


def test_intervals_hold_together(rng):
    """Four groups of 12-40 with different shares and means, all intervals right at once (plain ones: .81); 100 rounds, error .044."""
    share, mean, sd, n = (
        np.array([0.3, 0.5, 0.6, 0.4]),
        np.array([0.0, 1, 3, 2]),
        np.array([1.0, 2, 3, 1]),
        np.array([12, 40, 25, 15]),
    )
    together = np.zeros(4)
    for _ in range(100):
        drawn = rng.binomial(n, share)
        parts = (wilson_all(drawn, n), summaries([rng.normal(m, s, k) for m, s, k in zip(mean, sd, n, strict=True)]))
        groups = means(*parts[1])
        together += [
            (parts[0]["low"] <= share).all() and (share <= parts[0]["high"]).all(),
            ((parts[0]["difference_low"] <= apart(share, n)) & (apart(share, n) <= parts[0]["difference_high"])).all(),
            ((groups["low"] <= mean) & (mean <= groups["high"])).all(),
            ((groups["difference_low"] <= apart(mean, n)) & (apart(mean, n) <= groups["difference_high"])).all(),
        ]
    assert_allclose(together / 100, [0.95, 0.96, 0.95, 0.96], atol=0.065)


def wilson_all(n, of):
    return subgroup_shares(n, of, draws=1).groups


def means(m, s, n):
    return subgroup_means(m, s, n).groups


def apart(figure, n):
    return figure - ((n * figure).sum() - n * figure) / (n.sum() - n)


def test_too_small_a_group_counts_in_the_whole_but_has_no_figure():
    found = subgroup_shares(pd.Series([4, 9, 1], ["a", "b", "c"]), pd.Series([20, 22, 3], ["a", "b", "c"]))
    assert (found.n, found.n_groups, found.n_shown, found.common) == (45, 3, 2, 14 / 45)
    small = found.groups.loc["c"]
    assert (small.reason, small["of"]) == ("too_small", 3)
    assert small.drop(["n", "of", "reason"]).isna().all()
    assert found.groups.loc["a", "rest"] == 10 / 25
    assert found.q == pytest.approx(subgroup_shares([4, 9], [20, 22]).q)
    assert subgroup_shares([4, 9, 1], [20, 22, 3], smallest=3).n_shown == 3
    same = subgroup_means([3, 5, 9], [2, 2.5, np.nan], [10, 20, 1])
    assert same.groups["reason"].tolist() == ["", "", "too_small"]
    assert same.groups["rest"][0] == pytest.approx((100 + 9) / 21)
    assert same.chance.groups == 2


def test_reasons():
    one = subgroup_shares([3], [10])
    assert (one.reason, one.simultaneous, one.groups["reason"][0]) == ("one_group", 0.95, "rest_too_small")
    assert (one.groups["low"][0], one.groups["high"][0]) == pytest.approx(wilson(3, 10))
    assert np.isnan([one.p, one.q, one.groups["shrunken"][0], one.groups["rest"][0]]).all()
    few = subgroup_means([3, 4], [1, 1], [10, 4])
    assert (few.reason, few.groups["reason"].tolist()) == ("one_group", ["rest_too_small", "too_small"])
    assert few.groups[["rest", "difference", "difference_low"]].isna().all(axis=None)
    assert few.groups["low"][0] < 3
    assert subgroup_shares([0, 0], [10, 10]).reason == "no_variation"
    assert subgroup_means([3, 4], [0, 0], [10, 10]).reason == "no_variation"
    assert subgroup_shares([], []).reason == "one_group"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flat = subgroup_means([0.3, 0.5], [5e-17, 1], [10, 10])
    assert flat.groups["reason"].tolist() == ["zero_sd", ""]
    assert np.isnan([flat.p, flat.groups["low"][0]]).all()
    assert np.isfinite(flat.groups["difference_low"]).all()


def test_the_frame_and_the_repr_hold_no_rows():
    found = subgroup_shares(pd.Series([4, 9], ["a", "b"]), [20, 22])
    frame = found.to_frame()
    assert frame["range_limit"][0] == found.chance.limit
    assert not {"groups", "chance"} & set(frame)
    assert "shrunken" not in repr(found)
    assert found.groups.index.name == "group"
    assert found.groups.index.tolist() == ["a", "b"]
    assert subgroup_shares(N, OF).p == subgroup_shares(N, OF).p
    assert subgroup_shares(N, OF, seed=1).p != subgroup_shares(N, OF, seed=2).p


def test_shift_and_scale(samples):
    one, other = (subgroup_means(*summaries(x)) for x in (samples, [5 - 3 * x for x in samples]))
    assert_allclose(other.groups["difference_low"], -3 * one.groups["difference_high"])
    assert_allclose(other.groups["shrunken"], 5 - 3 * one.groups["shrunken"])
    assert (other.p, other.chance.limit) == pytest.approx((one.p, 3 * one.chance.limit))
    far = subgroup_means(*summaries([x + 1e7 for x in samples]))
    assert_allclose(far.groups["difference_low"], one.groups["difference_low"], rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: subgroup_shares([5], [4]), "n och of"),
        (lambda: subgroup_shares([5, np.nan], [9, 9]), "n och of"),
        (lambda: subgroup_shares([5], [9], smallest=0), "smallest"),
        (lambda: subgroup_shares([5], [9, 9]), "lika många rader"),
        (lambda: subgroup_shares([5], [9], level=1), "level"),
        (lambda: subgroup_means([5], [1], [9], smallest=1), "smallest"),
        (lambda: subgroup_means([np.nan], [1], [9]), "saknar värden"),
        (lambda: subgroup_means([5], [np.nan], [2]), "saknar värden"),
        (lambda: subgroup_means([5], [-1], [9]), "sd"),
        (lambda: subgroup_means([5], [1], [9.5]), "n"),
    ],
)
def test_refusals(call, said):
    with pytest.raises(StatisticsError, match=said):
        call()
