"""Intervals for ranks: the published figures of csranks, a known truth, units alike, and the edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.ranks import rank_intervals, share_rank_intervals

# Mathematics in PISA 2018, OECD: mean, standard error, and the places, 1 = highest, read from the two figures of the R
# package csranks (examples/mathmarg.jpg and mathsimul.jpg, 1000 draws): one country at a time, all at once.
PISA = [
    (491.360, 1.9398, (15, 26), (12, 30)),  # Australia
    (498.942, 2.9710, (10, 24), (7, 26)),  # Austria
    (508.070, 2.2627, (5, 18), (4, 18)),  # Belgium
    (512.017, 2.3575, (4, 12), (3, 17)),  # Canada
    (417.407, 2.4159, (35, 36), (35, 36)),  # Chile
    (390.932, 2.9896, (37, 37), (37, 37)),  # Colombia
    (499.468, 2.4607, (10, 24), (7, 25)),  # Czech Republic
    (509.398, 1.7350, (5, 14), (4, 18)),  # Denmark
    (523.415, 1.7436, (1, 6), (1, 6)),  # Estonia
    (507.301, 1.9679, (5, 18), (4, 18)),  # Finland
    (495.408, 2.3202, (12, 26), (12, 26)),  # France
    (500.044, 2.6471, (10, 24), (7, 25)),  # Germany
    (451.370, 3.0912, (32, 34), (32, 34)),  # Greece
    (481.083, 2.3196, (25, 31), (23, 31)),  # Hungary
    (495.187, 1.9531, (12, 26), (12, 26)),  # Iceland
    (499.633, 2.1986, (10, 24), (8, 25)),  # Ireland
    (463.035, 3.4986, (32, 34), (31, 34)),  # Israel
    (486.590, 2.7800, (19, 31), (15, 31)),  # Italy
    (526.973, 2.4715, (1, 4), (1, 6)),  # Japan
    (525.933, 3.1214, (1, 6), (1, 7)),  # Korea
    (496.126, 1.9628, (12, 25), (12, 26)),  # Latvia
    (481.191, 1.9533, (25, 31), (23, 31)),  # Lithuania
    (483.421, 1.0976, (25, 31), (23, 31)),  # Luxembourg
    (408.801, 2.4932, (35, 36), (35, 36)),  # Mexico
    (519.231, 2.6323, (1, 7), (1, 11)),  # Netherlands
    (494.490, 1.7059, (12, 26), (12, 26)),  # New Zealand
    (500.964, 2.2190, (10, 23), (7, 24)),  # Norway
    (515.648, 2.6021, (2, 11), (1, 12)),  # Poland
    (492.487, 2.6846, (12, 26), (12, 31)),  # Portugal
    (486.165, 2.5556, (20, 31), (18, 31)),  # Slovak Republic
    (508.898, 1.3639, (5, 14), (4, 18)),  # Slovenia
    (481.393, 1.4624, (25, 31), (24, 31)),  # Spain
    (502.388, 2.6543, (7, 23), (5, 24)),  # Sweden
    (515.315, 2.9080, (2, 11), (1, 13)),  # Switzerland
    (453.508, 2.2604, (32, 34), (32, 34)),  # Turkey
    (501.770, 2.5644, (8, 23), (6, 24)),  # United Kingdom
    (478.245, 3.2354, (25, 31), (23, 32)),  # United States
]


def test_places_published_for_pisa():
    """Highest first, so the scores change sign. Their thousand draws leave a place or two to chance."""
    score, se, own, everyone = (np.array(column) for column in zip(*PISA, strict=True))
    found = rank_intervals(-score, se**2, seed=1, draws=10_000).units
    for columns, expected in ((["rank_low", "rank_high"], own), (["all_low", "all_high"], everyone)):
        apart = np.abs(found[columns].to_numpy() - expected)
        assert apart.max() <= 2
        assert (apart > 0).sum() <= 4


def test_two_camps_far_apart_by_hand():
    """Three units at 0 and three at 100, errors of 1: places 1-3 and 4-6, with certainty."""
    found = rank_intervals([0, 100, 0.1, 100.1, 0.2, 100.2], [1.0] * 6, seed=3).units
    assert found["rank_low"].tolist() == found["all_low"].tolist() == [1, 4, 1, 4, 1, 4]
    assert found["rank_high"].tolist() == found["all_high"].tolist() == [3, 6, 3, 6, 3, 6]


def test_critical_value_of_all_pairs_is_the_studentized_range():
    """Two units a little further apart than the range's 95 % point are told apart, a little nearer are not."""
    for factor, apart in ((0.97, False), (1.03, True)):
        gap = factor * stats.studentized_range.ppf(0.95, 6, np.inf)  # in sd of one unit; ratio is gap / sqrt(2)
        found = rank_intervals([0, gap / 2, gap / 2, gap / 2, gap / 2, gap], [1.0] * 6, seed=5, draws=40_000).units
        assert (found["all_high"].iloc[0] < 6) == apart
        assert (found["all_low"].iloc[5] > 1) == apart


def test_critical_value_of_own_pairs_is_dunnetts():
    """One unit against five others, two-sided: Dunnett's 95 % point for five comparisons and no end of people, 2.51."""
    for factor, apart in ((0.98, False), (1.02, True)):
        far = factor * 2.51 * np.sqrt(2)
        found = rank_intervals([0, far, far, far, far, far], [1.0] * 6, seed=5, draws=40_000).units
        assert (found["rank_high"].iloc[0] == 1) == apart


def test_places_of_units_alike_are_all_places(rng):
    """All true figures equal: each unit's interval is 1-20 in at least 95 % of sets, all of them at once too."""
    sets, whole, own = 200, 0, 0
    for seed in range(sets):
        found = rank_intervals(rng.normal(0, 1, 10), np.ones(10), seed=seed, draws=400).units
        whole += bool((found["all_low"] == 1).all() and (found["all_high"] == 10).all())
        own += ((found["rank_low"] == 1) & (found["rank_high"] == 10)).mean()
    margin = 4 * np.sqrt(0.95 * 0.05 / sets)
    assert whole / sets > 0.95 - margin
    assert own / sets > 0.95 - margin


def test_places_hold_the_known_truth(rng):
    """Shares of a true beta: all places at once at least as often as the level says."""
    sets, whole, own = 150, 0, 0.0
    for seed in range(sets):
        truth, of = rng.beta(6, 4, 12), rng.integers(15, 200, 12)
        found = share_rank_intervals(rng.binomial(of, truth), of, seed=seed, draws=400).units
        place = stats.rankdata(truth)
        whole += bool(((found["all_low"] <= place) & (place <= found["all_high"])).all())
        own += float(((found["rank_low"] <= place) & (place <= found["rank_high"])).mean())
    margin = 4 * np.sqrt(0.95 * 0.05 / sets)
    assert whole / sets > 0.95 - margin
    assert own / sets > 0.95 - margin


def test_a_unit_is_as_often_lowest_as_its_posterior_says(rng):
    """Against draws from the beta distributions of the shares, on their own scale: within two percentage points."""
    of = rng.integers(40, 200, 12)
    n = rng.binomial(of, rng.beta(6, 4, 12))
    found = share_rank_intervals(n, of, seed=1, draws=20_000).units
    drawn = rng.beta(n + 0.5, of - n + 0.5, (20_000, 12))
    place = stats.rankdata(drawn, axis=1)
    assert_allclose(found["p_lowest_quarter"], (place <= 3).mean(axis=0), atol=0.02)
    assert_allclose(found["p_highest_quarter"], (place > 9).mean(axis=0), atol=0.02)


def test_a_quarter_is_always_lowest():
    found = rank_intervals(np.arange(8.0), np.ones(8), seed=1).units
    assert found["p_lowest_quarter"].sum() == pytest.approx(2)
    assert found["p_highest_quarter"].sum() == pytest.approx(2)
    assert rank_intervals(np.arange(7.0), np.ones(7), seed=1).units["p_highest_quarter"].sum() == pytest.approx(1)
    assert found["p_lowest_quarter"].iloc[0] > 0.8
    assert found["p_highest_quarter"].iloc[7] > 0.8


def test_places_for_all_at_once_are_wider_and_a_higher_level_too(rng):
    y, v = rng.normal(0, 3, 12), rng.uniform(0.3, 0.6, 12)
    found, surer = (rank_intervals(y, v, seed=2, level=level).units for level in (0.9, 0.99))
    assert (found["all_low"] <= found["rank_low"]).all()
    assert (found["all_high"] >= found["rank_high"]).all()
    assert (surer["rank_low"] <= found["rank_low"]).all()
    assert (surer["rank_high"] >= found["rank_high"]).all()
    assert (surer["rank_high"] - surer["rank_low"]).sum() > (found["rank_high"] - found["rank_low"]).sum()


def test_scale_shift_and_sign(rng):
    y, v = rng.normal(0, 3, 9), rng.uniform(0.5, 2, 9)
    plain = rank_intervals(y, v, seed=2, draws=20_000).units
    pd.testing.assert_frame_equal(rank_intervals(5 + 2 * y, 4 * v, seed=2, draws=20_000).units, plain)
    turned = rank_intervals(-y, v, seed=2, draws=20_000).units
    assert np.abs(turned["rank_low"] - (10 - plain["rank_high"])).max() <= 1
    assert_allclose(turned["p_lowest_quarter"], plain["p_highest_quarter"], atol=0.02)


def test_rows_stay_where_they_were_and_the_seed_decides():
    y = pd.Series([3.0, 1.0, 9.0, 2.0, 7.0, 5.0], index=list("fedcba"))
    v = pd.Series(0.5, index=y.index)
    found = rank_intervals(y, v, seed=7)
    assert found.units.index.tolist() == list("fedcba")
    pd.testing.assert_frame_equal(found.units, rank_intervals(y, v, seed=7).units)
    assert not found.units.equals(rank_intervals(y, v, seed=8).units)
    order = [4, 0, 3, 5, 1, 2]
    mixed = rank_intervals(y.iloc[order], v.iloc[order], seed=7, draws=20_000).units
    assert_allclose(mixed["rank_high"], found.units["rank_high"].iloc[order], atol=1)


def test_missing_and_small_units_are_not_placed():
    found = share_rank_intervals([5, 20, 30, 10, 25, 28, None], [9, 50, 50, 50, 50, 50, 50], seed=1)
    assert found.units["reason"].tolist() == ["too_few_people", "", "", "", "", "", "missing"]
    assert (found.n_units, found.n_given) == (5, 7)
    assert found.units["all_high"].max() == 5
    assert found.units.iloc[[0, 6], :-1].isna().all(axis=None)


@pytest.mark.parametrize("units", [0, 1, 4])
def test_few_units_have_no_places(units):
    found = rank_intervals(np.arange(units, dtype=float), np.ones(units), seed=1)
    assert found.reason == "too_few_units"
    assert (found.units["reason"] == "too_few_units").all()
    assert found.units["rank_low"].isna().all()
    assert found.to_frame().shape[0] == 1
    assert " units=" not in repr(found)


def test_there_is_no_rank_in_the_result():
    columns = rank_intervals(np.arange(6.0), np.ones(6), seed=1).units.columns
    assert "rank" not in columns
    assert {"rank_low", "rank_high"} < set(columns)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"variances": [1.0]}, "variances"),
        ({"variances": [1.0, 0.0]}, "variances"),
        ({"estimates": [1.0, np.inf]}, "estimates"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": True}, "seed"),
        ({"draws": 99}, "draws"),
        ({"level": 95}, "level"),
    ],
)
def test_wrong_ranks_are_refused(changed, named):
    with pytest.raises(StatisticsError, match=named):
        rank_intervals(**{"estimates": [1.0, 2.0], "variances": [1.0, 2.0], "seed": 1} | changed)


def test_wrong_counts_are_refused():
    with pytest.raises(StatisticsError, match="n och of"):
        share_rank_intervals([3], [2], seed=1)
