"""Two raters in points: two printed tables, printed tolerance factors, covariances, and a simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.agreement import rater_agreement
from isu_analysis.statistics.comparison.intraclass import intraclass

# Shrout & Fleiss (1979), table 2: four judges, six people.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Bland & Altman (1986), table 1: peak flow of 17 people, first reading by the Wright meter and by the mini meter.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_four_judges_as_printed():
    """ICC(2,1) = .29 and ICC(3,1) = .71 in the article; the limits as those of R's psych are remembered."""
    found = intraclass(JUDGES)
    assert [round(found.agreement, 2), round(found.consistency, 2)] == [0.29, 0.71]
    ends = [found.agreement_low, found.agreement_high, found.consistency_low, found.consistency_high]
    assert_allclose(ends, [0.019, 0.761, 0.342, 0.946], atol=0.0005)
    assert_allclose([found.people, found.raters, found.rest], [11.24, 32.49, 1.02], atol=0.005)  # printed mean squares


def test_peak_flow_as_printed():
    found = rater_agreement(WRIGHT, MINI)
    assert (round(found.difference, 1), round(found.sd_difference, 1)) == (-2.1, 38.8)
    assert_allclose([found.difference_low, found.difference_high], [-22.0, 17.8], atol=0.06)
    # The article rounds 1.96 to 2 and gives the limits a symmetric interval, 75.5 -+ 34.6: ours reaches further out.
    assert_allclose([found.lower_limit, found.upper_limit], [-79.7, 75.5], atol=2)
    assert found.upper_limit_low == pytest.approx(40.9, abs=9)
    assert found.upper_limit_high > 110.1
    assert (round(found.concordance, 3), found.n_both) == (0.943, 17)  # as Stata's concord is remembered to give


@pytest.mark.parametrize(("n", "factor"), [(10, 2.911), (20, 2.396), (50, 2.065)])
def test_the_outer_end_of_a_limit_is_the_printed_tolerance_factor(n, factor, rng):
    """One-sided normal tolerance limits, 95 % of people with 95 % confidence: a table in any handbook."""
    x = rng.normal(size=n)
    found = rater_agreement(x, np.zeros(n), limits=0.90, level=0.90)
    assert found.upper_limit_high == pytest.approx(x.mean() + factor * x.std(ddof=1), abs=0.0006 * x.std(ddof=1))
    assert found.lower_limit_low == pytest.approx(x.mean() - factor * x.std(ddof=1), abs=0.0006 * x.std(ddof=1))


def test_the_inner_end_is_near_the_recovered_variance(rng):
    """MOVER of Zou: mean and SD each with its own interval, put together."""
    x = rng.normal(size=60)
    found, n, s = rater_agreement(x, np.zeros(60)), 60, x.std(ddof=1)
    z = stats.norm.ppf(0.975)
    below = z * s * (1 - np.sqrt((n - 1) / stats.chi2.ppf(0.975, n - 1)))
    above = z * s * (np.sqrt((n - 1) / stats.chi2.ppf(0.025, n - 1)) - 1)
    error = z * s / np.sqrt(n)
    ends = found.upper_limit - np.hypot(error, below), found.upper_limit + np.hypot(error, above)
    assert_allclose([found.upper_limit_low, found.upper_limit_high], ends, atol=0.03 * s)


def test_correlations_from_covariances(rng):
    x = rng.normal(10, 3, 25)
    y = 0.8 * x + rng.normal(1, 2, 25)
    found, n = rater_agreement(x, y), 25
    (v, c), (_, w) = np.cov(x, y)
    assert found.consistency == pytest.approx(2 * c / (v + w))
    assert found.agreement == pytest.approx(2 * c / (v + w + found.difference**2 - found.sd_difference**2 / n))
    share = (n - 1) / n
    assert found.concordance == pytest.approx(2 * c * share / ((v + w) * share + found.difference**2))
    test = stats.linregress(x + y, x - y)
    assert (found.spread_p, np.sign(found.spread_r)) == (pytest.approx(test.pvalue), np.sign(v - w))


@pytest.mark.parametrize("second", [MINI, [1.3 * value + 60 for value in MINI]])
def test_the_error_of_the_concordance_is_that_of_its_five_moments(second):
    """Propagated numerically from the normal errors of two means, two variances and a covariance."""
    x, y, n = np.array(WRIGHT, float), np.array(second, float), 17
    v, w, c = x.var(), y.var(), np.cov(x, y, ddof=0)[0, 1]
    moments = np.array([x.mean(), y.mean(), v, w, c])
    errors = np.zeros((5, 5))
    errors[:2, :2] = [[v, c], [c, w]]
    errors[2:, 2:] = [
        [2 * v**2, 2 * c**2, 2 * v * c],
        [2 * c**2, 2 * w**2, 2 * w * c],
        [2 * v * c, 2 * w * c, v * w + c**2],
    ]

    def transformed(at):
        return np.arctanh(2 * at[4] / (at[2] + at[3] + (at[0] - at[1]) ** 2))

    step = np.diag(1e-5 * np.abs(moments))
    slope = [(transformed(moments + h) - transformed(moments - h)) / (2 * h.sum()) for h in step]
    found = rater_agreement(x, y)
    half = np.diff(np.arctanh([found.concordance_low, found.concordance_high]))[0] / 2
    assert half == pytest.approx(1.959964 * np.sqrt(slope @ errors @ slope / (n - 2)), rel=1e-5)


def test_intervals_cover(rng):
    """Two named raters, one half a standard deviation higher: 1,200 samples of 25; sampling error .013 at two SE."""
    shift, spread, hits = 0.5, 0.6, np.zeros(4)
    truths = {"difference": shift, "upper_limit": shift + 1.959964 * spread * np.sqrt(2),
              "concordance": 1 / (1 + spread**2 + shift**2 / 2), "consistency": 1 / (1 + spread**2)}  # fmt: skip
    for _ in range(1_200):
        person = rng.normal(size=25)
        found = rater_agreement(person + rng.normal(shift, spread, 25), person + rng.normal(0, spread, 25))
        ends = [(getattr(found, f"{name}_low"), getattr(found, f"{name}_high")) for name in truths]
        hits += [low <= truth <= high for (low, high), truth in zip(ends, truths.values(), strict=True)]
    cover = hits / 1_200
    assert_allclose(cover[[0, 1, 3]], 0.95, atol=0.02)
    assert 0.92 < cover[2] < 0.97


def test_swapping_the_raters_turns_every_sign():
    one, other = rater_agreement(WRIGHT, MINI), rater_agreement(MINI, WRIGHT)
    assert other.difference_low == pytest.approx(-one.difference_high)
    assert (other.upper_limit, other.upper_limit_low) == pytest.approx((-one.lower_limit, -one.lower_limit_high))
    assert other.spread_r == pytest.approx(-one.spread_r)
    assert (other.agreement_low, other.concordance_high) == pytest.approx((one.agreement_low, one.concordance_high))


@given(shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_the_unit_of_the_scale_does_not_matter(shift, scale):
    one = rater_agreement(WRIGHT, MINI)
    other = rater_agreement(np.array(WRIGHT) * scale + shift, np.array(MINI) * scale + shift)
    assert_allclose(
        [other.upper_limit_high, other.difference_low], [scale * one.upper_limit_high, scale * one.difference_low]
    )
    for name in ("agreement_low", "consistency_high", "concordance_low", "spread_p"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6)


def test_missing_ratings_are_counted_and_left_out():
    nothing = np.nan
    found = rater_agreement([*WRIGHT, 1, 2, nothing, nothing], [*MINI, nothing, nothing, 3, nothing])
    counts = (found.n_given, found.n_both, found.n_first_only, found.n_second_only, found.n_neither)
    assert counts == (21, 17, 2, 1, 1)
    assert found.upper_limit == rater_agreement(WRIGHT, MINI).upper_limit
    table = intraclass(pd.DataFrame({"a": [*WRIGHT, 1], "b": [*MINI, nothing]}))
    assert (table.n_given, table.n, table.agreement_low) == (18, 17, found.agreement_low)


def test_always_one_point_apart():
    """Nothing varies but the people: the difference is certain to look at, and has no interval."""
    found = rater_agreement([1.0, 2, 3, 4], [0.0, 1, 2, 3])
    assert (found.reason, found.difference, found.consistency) == ("zero_sd", 1.0, 1.0)
    assert found.agreement == pytest.approx(2 * 5 / 3 / (2 * 5 / 3 + 1))
    assert np.isnan([found.difference_low, found.upper_limit, found.agreement_low, found.concordance_low]).all()
    noisy = rater_agreement([0.1 + 0.2, 0.4, 0.7, 0.9], [0.3, 0.4, 0.7, 0.9])
    assert noisy.reason == "zero_sd"


def test_nothing_to_compare():
    assert rater_agreement([1.0, np.nan], [np.nan, 2.0]).reason == "too_few_people"
    assert np.isnan(rater_agreement([1.0], [2.0]).difference)
    alike = rater_agreement([5.0] * 6, [5.0] * 6)
    assert (alike.reason, np.isnan(alike.agreement), np.isnan(alike.concordance)) == ("zero_sd", True, True)
    assert intraclass([[5.0, 5.0]] * 4).reason == "no_spread"
    assert intraclass([[5.0, 5.0]]).reason == "too_few_people"
    constant = rater_agreement([5.0] * 6, [4.0, 5, 6, 7, 5, 5])
    assert (constant.concordance, np.isnan(constant.concordance_low)) == (0.0, True)
    assert np.isfinite([constant.upper_limit_high, constant.agreement_high, constant.consistency_low]).all()


def test_opposite_raters_have_finite_ends():
    x = np.array([1.0, 2, 3, 4, 5, 6.5])
    found = rater_agreement(x, -x + 7.1)
    assert found.consistency < -0.9
    assert np.isfinite([found.agreement_low, found.agreement_high]).all()


def test_refusals():
    for wrong in ({"limits": 1.0}, {"level": 0}):
        with pytest.raises(StatisticsError, match="level"):
            rater_agreement(WRIGHT, MINI, **wrong)
    with pytest.raises(StatisticsError, match="lika många rader"):
        rater_agreement([1, 2], [1])
    with pytest.raises(StatisticsError, match="samma index"):
        rater_agreement(pd.Series([1, 2]), pd.Series([1, 2], index=[1, 2]))
    for table in ([1.0, 2.0], [[1.0], [2.0]]):
        with pytest.raises(StatisticsError, match="ratings"):
            intraclass(table)
