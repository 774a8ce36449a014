"""Against a norm: Welch and Student from other software, hand cases, and coverage with a known truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.norm_cutoffs import share_against_norm
from isu_analysis.statistics.comparison.norm_strata import stratified_norm_difference
from isu_analysis.statistics.comparison.norms import norm_difference
from isu_analysis.statistics.effect_sizes.standardised import d_z_interval
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.proportions.shares import newcombe_difference, wilson

SCORES = [14.0, 18.0, 11.0, 20.0, 16.0, 9.0, 17.0, 15.0]
BANDS = pd.DataFrame(
    {"stratum": ["K 18-29", "K 30-", "M 18-29", "M 30-"], "mean": [14.0, 12, 11, 10], "sd": [6.0, 5, 6, 4]}
)
BANDS["n"] = [200, 300, 150, 250]


def of_moments(n, mean, sd):
    """Numbers with exactly this mean and SD."""
    x = np.arange(n, dtype=float)
    return mean + sd * (x - x.mean()) / x.std(ddof=1)


def ends(found, name="difference"):
    return getattr(found, f"{name}_low"), getattr(found, f"{name}_high")


@given(n=st.integers(2, 60), norm_n=st.integers(2, 900), sd=st.floats(0.3, 9), gap=st.floats(-9, 9))
def test_the_difference_is_welch_with_the_norm_as_a_sample(n, norm_n, sd, gap):
    unit, norm = of_moments(n, 12 + gap, sd), of_moments(norm_n, 12, 4)
    found = norm_difference(unit, 12.0, 4.0, norm_n, higher_is_better=False)
    expected = mean_difference(unit, norm)
    assert ends(found) == pytest.approx((expected.difference_low, expected.difference_high), rel=1e-9, abs=1e-9)
    assert (found.df, found.se) == pytest.approx((expected.df, expected.se))
    assert found.norm_error == "carried"


def test_without_the_norms_number_it_is_students_t_and_says_so():
    found = norm_difference(SCORES, 12.0, 5.0, None, higher_is_better=False)
    expected = stats.ttest_1samp(SCORES, 12.0).confidence_interval()
    assert ends(found) == pytest.approx((expected.low - 12.0, expected.high - 12.0))
    assert ends(found, "d_norm") == pytest.approx(tuple(np.array(ends(found)) / 5))
    assert (found.norm_error, found.norm_n, found.df) == ("unknown", None, 7)
    # the mean is 120/8 and the squares around it sum to 92
    assert (found.mean, found.difference, found.d_norm) == pytest.approx((15.0, 3.0, 0.6))
    assert found.sd == pytest.approx(np.sqrt(92 / 7))


def test_a_small_norm_widens_and_a_huge_one_does_not():
    unknown, huge, small = (norm_difference(SCORES, 12, 5, n, higher_is_better=True) for n in (None, 10**9, 40))
    assert ends(huge) == pytest.approx(ends(unknown), rel=1e-6)
    assert ends(huge, "d_norm") == pytest.approx(ends(unknown, "d_norm"), rel=1e-3)
    assert np.ptp(ends(small)) > np.ptp(ends(huge))
    assert np.ptp(ends(small, "d_norm")) > np.ptp(ends(huge, "d_norm"))


def test_the_size_is_the_noncentral_t_where_that_is_right():
    """Many people of the norm's own spread: then Glass's delta follows the noncentral t with the norm's df."""
    found = norm_difference(of_moments(900, 15, 5), 12, 5, 300, higher_is_better=True)
    expected = d_z_interval(0.6, 1 / (1 / 900 + 1 / 300), 0.95, df=299)
    assert ends(found, "d_norm") == pytest.approx(tuple(expected), abs=0.005)  # of a half-width of .14


def test_the_size_by_hand_when_only_the_spread_is_unsure():
    """A mean of no uncertainty to speak of: the ends are the difference over the ends of the norm's SD."""
    found = norm_difference(of_moments(10**6, 10_000, 1e-6), 0.0, 5.0, 100, higher_is_better=True)
    low, high = (np.sqrt(99 / stats.chi2.ppf(tail, 99)) for tail in (0.975, 0.025))
    assert ends(found, "d_norm") == pytest.approx((2000 / high, 2000 / low), rel=1e-3)


@pytest.mark.parametrize("ratio", [0.5, 1.5])
@pytest.mark.parametrize(("n", "norm_n"), [(15, 60), (30, 1000)])
def test_the_size_covers_when_the_unit_spreads_otherwise_than_the_norm(rng, ratio, n, norm_n):
    """Noncentral t with the norm's spread for both misses far: this is why it is not used."""
    held = plain = 0
    for _ in range(600):
        unit, norm = rng.normal(1.0, ratio, n), rng.normal(0, 1, norm_n)
        found = norm_difference(unit, norm.mean(), norm.std(ddof=1), norm_n, higher_is_better=True)
        held += found.d_norm_low <= 1.0 <= found.d_norm_high
        half = 1.96 * np.sqrt(1 / n + 1 / norm_n + found.d_norm**2 / (2 * norm_n))
        plain += abs(found.d_norm - 1.0) <= half
    assert held / 600 == pytest.approx(0.95, abs=0.03)
    assert abs(plain / 600 - 0.95) > 0.035


@pytest.mark.parametrize(("higher", "word"), [(True, "better"), (False, "worse")])
def test_the_direction_decides_the_word_only(higher, word):
    found = norm_difference(of_moments(50, 15, 3), 12, 5, 500, higher_is_better=higher)
    assert (found.position, found.difference) == (word, pytest.approx(3))
    below = norm_difference(of_moments(50, 9, 3), 12, 5, 500, higher_is_better=not higher)
    assert below.position == word
    assert norm_difference(SCORES, 14.5, 5, 500, higher_is_better=higher).position == "not_certain"


@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 10))
def test_the_size_does_not_know_the_scale(shift, scale):
    plain = norm_difference(SCORES, 12, 5, 80, higher_is_better=True)
    moved = norm_difference(shift + scale * np.array(SCORES), shift + 12 * scale, 5 * scale, 80, higher_is_better=True)
    assert ends(moved, "d_norm") == pytest.approx(ends(plain, "d_norm"), rel=1e-6)
    for norm in (12, 8):  # nought within the interval, and well outside
        plain = norm_difference(SCORES, norm, 5, 80, higher_is_better=True)
        turned = norm_difference(-np.array(SCORES), -norm, 5, 80, higher_is_better=False)
        assert ends(turned, "d_norm") == pytest.approx(tuple(-end for end in ends(plain, "d_norm")[::-1]))


def test_too_little():
    one = norm_difference([12.0, None], 10, 5, 100, higher_is_better=True)
    assert (one.n, one.n_given, one.reason, one.position) == (1, 2, "too_few_values", "")
    assert np.isnan([one.mean, one.difference, one.d_norm_low]).all()
    alike = norm_difference([12.0, 12.0], 10, 5, 100, higher_is_better=True)
    assert (alike.reason, alike.difference) == ("zero_sd", 2.0)
    assert np.isnan(alike.difference_low)
    tiny = norm_difference(SCORES, 10, 5, 4, higher_is_better=True)
    assert np.isnan(tiny.d_norm_low)
    assert np.isfinite(tiny.difference_low)
    assert tiny.to_frame().shape[0] == 1


def test_clusters_are_heard(rng):
    people = np.repeat(np.arange(12), 3)
    x = rng.normal(10, 1, 12)[people] + rng.normal(0, 0.1, 36)
    alone = norm_difference(x, 9, 2, 500, higher_is_better=True)
    together = norm_difference(x, 9, 2, 500, higher_is_better=True, cluster=people)
    assert together.n_clusters == 12
    assert together.se > 1.4 * alone.se


def test_the_share_on_the_worse_side():
    """Scores 9, 11, 14, 15, 16, 17, 18, 20 and a cut-off of 15."""
    expected = {(True, True): 4, (True, False): 3, (False, True): 5, (False, False): 4}
    for (higher, inclusive), n in expected.items():
        found = share_against_norm(SCORES, 15, inclusive=inclusive, higher_is_better=higher)
        assert (found.n, found.of) == (n, 8), (higher, inclusive)
        assert (found.low, found.high) == pytest.approx(wilson(n, 8))
        assert (found.norm_error, found.reason) == ("", "")
        assert np.isnan(found.difference)


def test_the_share_against_the_norms_is_newcombe():
    found = share_against_norm(SCORES, 15, 0.1, 150, inclusive=True, higher_is_better=False)
    expected = newcombe_difference(5, 8, 15, 150)
    assert ends(found) == pytest.approx((expected.difference_low, expected.difference_high))
    unknown = share_against_norm(SCORES, 15, 0.1, inclusive=True, higher_is_better=False)
    low, high = wilson(5, 8)
    assert ends(unknown) == pytest.approx((low - 0.1, high - 0.1))
    assert (found.norm_error, unknown.norm_error) == ("carried", "unknown")
    assert unknown.to_frame().shape[0] == 1


def test_nobody_has_no_share():
    found = share_against_norm([None, None], 15, 0.1, 100, inclusive=True, higher_is_better=True)
    assert (found.reason, found.of, found.n_given) == ("nobody", 0, 2)
    assert np.isnan([found.share, found.difference, found.difference_low]).all()


def test_one_stratum_is_the_plain_norm():
    norm = pd.DataFrame({"stratum": ["alla"], "mean": [12.0], "sd": [5.0], "n": [80]})
    found = stratified_norm_difference(SCORES, ["alla"] * 8, norm, higher_is_better=True)
    plain = norm_difference(SCORES, 12, 5, 80, higher_is_better=True)
    for name in ("difference", "d_norm"):
        assert ends(found, name) == pytest.approx(ends(plain, name))
    assert (found.df, found.position, found.mean) == (pytest.approx(plain.df), plain.position, 15.0)


def test_strata_by_hand():
    """Six women under 30 and two men over: expected (6 * 14 + 2 * 10) / 8 = 13."""
    strata = ["K 18-29"] * 6 + ["M 30-"] * 2
    found = stratified_norm_difference(SCORES, strata, BANDS, higher_is_better=True)
    assert (found.expected, found.difference) == pytest.approx((13.0, 2.0))
    off = np.array(SCORES) - np.repeat([14, 10], [6, 2])
    norms_part = 0.75**2 * 36 / 200 + 0.25**2 * 16 / 250
    assert found.se**2 == pytest.approx(off.var(ddof=1) / 8 + norms_part)
    assert found.norm_sd == pytest.approx(np.sqrt(0.75 * 36 + 0.25 * 16))
    parts = np.array([off.var(ddof=1) / 8, 0.75**2 * 36 / 200, 0.25**2 * 16 / 250])
    assert found.df == pytest.approx(parts.sum() ** 2 / (parts**2 / [7, 199, 249]).sum())
    assert found.strata["n"].tolist() == [6, 0, 0, 2]
    assert found.strata["weight"].sum() == pytest.approx(1)


def test_equal_strata_are_one_large_norm():
    """The same norm printed in two halves: the sampling error is nearly that of the whole."""
    halves = pd.DataFrame({"stratum": [1, 2], "mean": [12.0] * 2, "sd": [5.0] * 2, "n": [100] * 2})
    found = stratified_norm_difference(SCORES, [1, 2] * 4, halves, higher_is_better=True)
    whole = norm_difference(SCORES, 12, 5, 200, higher_is_better=True)
    assert ends(found) == pytest.approx(ends(whole), rel=1e-3)
    assert ends(found, "d_norm") == pytest.approx(ends(whole, "d_norm"), rel=1e-2)


def test_strata_missing_or_unknown_are_counted_and_left_out():
    strata = ["K 30-", None, "X 30-", "K 30-", "M 30-", "M 30-", "K 30-", None, "X 30-"]
    values = [*SCORES[:7], None, None]
    found = stratified_norm_difference(values, strata, BANDS, higher_is_better=True)
    assert (found.n, found.n_given, found.n_no_stratum, found.n_no_norm) == (5, 9, 1, 1)
    kept = stratified_norm_difference(
        [14.0, 20.0, 16.0, 9.0, 17.0], ["K 30-", "K 30-", "M 30-", "M 30-", "K 30-"], BANDS, higher_is_better=True
    )
    assert ends(found) == ends(kept)


def test_a_used_stratum_of_unknown_size_makes_the_norms_error_unknown():
    norm = BANDS.assign(n=[200, None, 150, 250])
    used = stratified_norm_difference(SCORES, ["K 18-29", "K 30-"] * 4, norm, higher_is_better=True)
    unused = stratified_norm_difference(SCORES, ["K 18-29", "M 30-"] * 4, norm, higher_is_better=True)
    assert (used.norm_error, unused.norm_error) == ("unknown", "carried")
    off = np.array(SCORES) - np.tile([14, 12], 4)
    assert used.se == pytest.approx(off.std(ddof=1) / np.sqrt(8))


def test_nobody_in_the_strata_is_too_few():
    found = stratified_norm_difference(SCORES, [None] * 8, BANDS, higher_is_better=True)
    assert (found.n, found.n_no_stratum, found.reason) == (0, 8, "too_few_values")
    one = stratified_norm_difference(SCORES, ["K 30-"] + [None] * 7, BANDS, higher_is_better=True)
    assert (one.reason, one.expected) == ("too_few_values", 12.0)
    assert np.isnan(one.difference)


def test_strata_rows_keep_with_their_values(rng):
    values, strata = pd.Series(SCORES), pd.Series(BANDS["stratum"].tolist() * 2)
    order = rng.permutation(8)
    plain = stratified_norm_difference(values, strata, BANDS, higher_is_better=True)
    mixed = stratified_norm_difference(values[order], strata[order], BANDS[::-1], higher_is_better=True)
    assert ends(mixed) == pytest.approx(ends(plain))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((SCORES, np.nan, 5, 10), "norm_mean"),
        ((SCORES, 12, 0, 10), "norm_sd"),
        ((SCORES, 12, 5, 1), "norm_n"),
        ((SCORES, 12, 5, 10.5), "norm_n"),
        ((["x"], 12, 5, 10), "values"),
    ],
)
def test_a_wrong_norm_is_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        norm_difference(*arguments, higher_is_better=True)


@pytest.mark.parametrize(
    ("norm", "named"),
    [
        ({"a": 1}, "norms"),
        (BANDS.drop(columns="n"), "norms"),
        (pd.concat([BANDS, BANDS]), "stratum"),
        (BANDS.assign(sd=[0.0, 1, 1, 1]), "spridning"),
        (BANDS.assign(mean=[None, 1, 1, 1]), "medelvärde"),
        (BANDS.assign(n=[1, 2, 3, 4]), "n ska"),
        (BANDS.assign(n=[2.5, 2, 3, 4]), "n ska"),
        (BANDS.assign(stratum=["a", None, "c", "d"]), "stratum"),
    ],
)
def test_wrong_strata_are_refused(norm, named):
    with pytest.raises(StatisticsError, match=named):
        stratified_norm_difference(SCORES, ["a"] * 8, norm, higher_is_better=True)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"cutoff": np.inf}, "cutoff"),
        ({"norm_share": 1.2}, "norm_share"),
        ({"norm_share": 10}, "norm_share"),
        ({"norm_n": 0}, "norm_n"),
        ({"higher_is_better": "yes"}, "higher_is_better"),
        ({"level": 95}, "level"),
        ({"cluster": ["a"]}, "cluster"),
    ],
)
def test_a_wrong_cut_off_is_refused(options, named):
    with pytest.raises(StatisticsError, match=named):
        share_against_norm(SCORES, **({"cutoff": 15, "inclusive": True, "higher_is_better": True} | options))


def test_rows_of_another_index_are_refused():
    with pytest.raises(StatisticsError, match="index"):
        share_against_norm(
            pd.Series(SCORES), 15, inclusive=True, higher_is_better=True, cluster=pd.Series(range(8), index=range(1, 9))
        )
    with pytest.raises(StatisticsError, match="rader"):
        stratified_norm_difference(SCORES, ["a"], BANDS, higher_is_better=True)
