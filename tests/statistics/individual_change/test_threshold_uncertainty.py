"""Uncertainty of the threshold: numbers of the domain file, other routines, and coverage by simulation.

26 %, 14 %, 8 % and 4 % are shared/domain/reliable_change.md, section 5; the interval of a correlation is also
scipy's own; the interval of the SD is held against a table of chi-square.
"""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import MixedSourceWarning, StatisticsError
from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.individual_change.threshold_uncertainty import (
    counts_over_threshold,
    threshold_uncertainty,
)


def jt(sd=7.5, reliability=0.8, kind="retest"):
    return jacobson_truax_criterion(sd, reliability, sd_source="norm", reliability_source="norm", reliability_type=kind)


@pytest.mark.parametrize(("n", "off"), [(30, 0.26), (100, 0.14), (300, 0.08), (1000, 0.04)])
def test_the_sd_alone_is_this_far_off(n, off):
    found = threshold_uncertainty(jt(), n_sd=n, n_reliability=n, same_sample=False)
    assert math.log(found.sd_only_high / found.sd_only_low) / 2 == pytest.approx(off, abs=0.005)
    assert_allclose(found.sd_only_low / found.threshold, found.sd_low / 7.5)
    assert_allclose(found.sd_only_high / found.threshold, found.sd_high / 7.5)


def test_the_interval_of_the_sd_by_a_printed_table():
    """Chi-square with 29 degrees of freedom: 16.047 and 45.722; s = 10."""
    found = threshold_uncertainty(jt(10), n_sd=30, n_reliability=30, same_sample=False)
    assert_allclose(
        [found.sd_low, found.sd_high], [10 * math.sqrt(29 / 45.722), 10 * math.sqrt(29 / 16.047)], rtol=1e-4
    )


def test_the_interval_of_a_retest_correlation_is_that_of_scipy(rng):
    x = rng.normal(size=40)
    y = x + rng.normal(scale=0.6, size=40)
    theirs = stats.pearsonr(x, y)
    ours = threshold_uncertainty(jt(7.5, theirs.statistic), n_sd=40, n_reliability=40, same_sample=False, level=0.9)
    assert_allclose([ours.reliability_low, ours.reliability_high], theirs.confidence_interval(0.9), rtol=1e-9)
    # A higher reliability is a lower threshold.
    ends = [jt(7.5, r).threshold for r in (ours.reliability_high, ours.reliability_low)]
    assert_allclose([ours.reliability_only_low, ours.reliability_only_high], ends, rtol=1e-9)


def test_the_interval_of_alpha_by_hand():
    """n = 41, 2 items: 1 - alpha over its estimate is F with 40 and 40 df; F(.975; 40, 40) = 1.8752 (table)."""
    found = threshold_uncertainty(jt(7.5, 0.8, "alpha"), n_sd=41, n_reliability=41, n_items=2, same_sample=False)
    assert_allclose([found.reliability_low, found.reliability_high], [1 - 0.2 * 1.8752, 1 - 0.2 / 1.8752], atol=1e-4)


@pytest.mark.parametrize("kind", ["retest", "alpha"])
def test_different_people_add_in_the_logarithm(kind):
    """Distances to the limits of each part, by hand, on the log scale: a root of a sum of squares."""
    found = threshold_uncertainty(jt(7.5, 0.8, kind), n_sd=60, n_reliability=90, n_items=9, same_sample=False)
    for end in ("low", "high"):
        parts = [
            math.log(getattr(found, f"{part}_{end}") / found.threshold) for part in ("sd_only", "reliability_only")
        ]
        together = math.log(getattr(found, end) / found.threshold)
        assert abs(together) == pytest.approx(math.hypot(*parts)) and (together < 0) == (end == "low")


def test_the_same_people_make_the_interval_narrower():
    for kind, items in (("retest", None), ("alpha", 9)):
        widths = [
            math.log(found.high / found.low)
            for same in (True, False)
            for found in [
                threshold_uncertainty(jt(7.5, 0.8, kind), n_sd=60, n_reliability=60, n_items=items, same_sample=same)
            ]
        ]
        assert widths[0] < 0.8 * widths[1]


def retest_sample(rng, n, reliability):
    true = rng.normal(0, 10 * math.sqrt(reliability), n)
    first, second = (true + rng.normal(0, 10 * math.sqrt(1 - reliability), n) for _ in range(2))
    return first.std(ddof=1), np.corrcoef(first, second)[0, 1]


def alpha_sample(rng, n, alpha, items=8):
    within = alpha / (items - alpha * (items - 1))
    answers = rng.normal(0, math.sqrt(within), (n, 1)) + rng.normal(0, math.sqrt(1 - within), (n, items))
    answers *= 10 / math.sqrt(items + items * (items - 1) * within)
    total = answers.sum(axis=1)
    return total.std(ddof=1), items / (items - 1) * (1 - answers.var(axis=0, ddof=1).sum() / total.var(ddof=1))


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(("kind", "sample"), [("retest", retest_sample), ("alpha", alpha_sample)])
def test_the_interval_covers_the_true_threshold(kind, sample, same, rng):
    """n = 50, r = .8, 300 seeded norm samples: .95 within three standard errors of .0126."""
    true, covered = 1.96 * 10 * math.sqrt(2 * 0.2), 0
    for _ in range(300):
        sd, rate = sample(rng, 50, 0.8)
        rate = rate if same else sample(rng, 50, 0.8)[1]
        found = threshold_uncertainty(jt(sd, rate, kind), n_sd=50, n_reliability=50, n_items=8, same_sample=same)
        covered += found.low <= true <= found.high
    assert 0.912 <= covered / 300 <= 0.988


def test_the_ends_in_whole_points():
    """1991's example, threshold 9.297, 300 people each: 8.17 to 10.60 - 9 or 11 whole points."""
    found = threshold_uncertainty(jt(), n_sd=300, n_reliability=300, same_sample=False)
    assert found.threshold == pytest.approx(9.2971, abs=5e-5)
    assert [found.smallest_counting, found.smallest_counting_low, found.smallest_counting_high] == [10, 9, 11]
    assert 8 < found.low < 9 < 10 < found.high < 11
    half = threshold_uncertainty(jt(), n_sd=300, n_reliability=300, same_sample=False, step=0.5)
    assert [half.smallest_counting, half.smallest_counting_low, half.smallest_counting_high] == [9.5, 8.5, 11]


def test_more_people_or_less_confidence_is_narrower():
    widths = [
        math.log(found.high / found.low)
        for n, level in ((50, 0.95), (100, 0.95), (100, 0.8))
        for found in [threshold_uncertainty(jt(), n_sd=n, n_reliability=n, same_sample=False, level=level)]
    ]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("criterion", "arguments", "reason", "has_sd"),
    [
        (published_criterion(6, "NHS"), {"n_reliability": 50}, "published_threshold", False),
        (published_criterion(6, "NHS", sd=5, reliability=0.8), {"n_reliability": 50}, "published_threshold", False),
        (jt(reliability=1), {"n_reliability": 50}, "no_measurement_error", False),
        (jt(kind="omega"), {"n_reliability": 50}, "reliability_type", True),
        (jt(), {}, "n_reliability_unknown", True),
        (jt(kind="alpha"), {"n_reliability": 50}, "n_items_unknown", True),
        (jt(), {"n_reliability": 3}, "n_too_small", True),
    ],
)
def test_what_cannot_be_computed_has_a_reason(criterion, arguments, reason, has_sd):
    found = threshold_uncertainty(criterion, n_sd=50, same_sample=False, **arguments)
    assert found.reason == reason
    assert all(math.isnan(number) for number in (found.low, found.high, found.smallest_counting_low))
    assert math.isnan(found.sd_low) != has_sd and math.isnan(found.sd_only_high) != has_sd
    assert found.threshold == criterion.threshold and found.smallest_counting == criterion.smallest_counting()


def test_the_smallest_samples():
    assert threshold_uncertainty(jt(), n_sd=2, n_reliability=4, same_sample=False).high < math.inf
    two = threshold_uncertainty(jt(kind="alpha"), n_sd=2, n_reliability=2, n_items=2, same_sample=True)
    assert 0 < two.low < two.threshold < two.high


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"n_sd": 1}, "n_sd"),
        ({"n_sd": 30.5}, "n_sd"),
        ({"n_sd": math.nan}, "n_sd"),
        ({"n_reliability": 0}, "n_reliability"),
        ({"n_items": 1}, "n_items"),
        ({"level": 1}, "level"),
        ({"step": 0}, "step"),
        ({"same_sample": True, "n_reliability": 40}, "same_sample"),
    ],
)
def test_wrong_input_names_the_argument(change, name):
    with pytest.raises(StatisticsError, match=f"Argumentet {name}"):
        threshold_uncertainty(jt(), **({"n_sd": 50, "n_reliability": 50, "same_sample": False} | change))


def test_two_sources_are_not_one_sample():
    with pytest.warns(MixedSourceWarning):
        mixed = jacobson_truax_criterion(7, 0.8, sd_source="own", reliability_source="b", reliability_type="retest")
    assert threshold_uncertainty(mixed, n_sd=50, n_reliability=50, same_sample=False).reason == ""
    with pytest.raises(StatisticsError, match="same_sample"):
        threshold_uncertainty(mixed, n_sd=50, n_reliability=50, same_sample=True)


PRE = [20, 20, 20, 20, 12, 12, 5, np.nan]
POST = [10, 11, 12, 2, 22, 21, 15, 1]


def test_whose_category_hangs_on_the_threshold():
    """Threshold 9.3 between 8.2 and 10.6: changes of 9 count at the low end, of 10 at the middle, of 11 at the high."""
    uncertain = threshold_uncertainty(jt(), n_sd=300, n_reliability=300, same_sample=False)
    found = counts_over_threshold(PRE, POST, jt(), uncertain, higher_is_better=False, cutoff=12)
    table = found.to_frame().set_index("category")
    # Better by 10, 9, 8, 18; worse by 10, 9, 10; 12 is clinical: starts 20 and 12 clinical, 5 functional.
    assert list(table.index) == ["recovered", "improved", "unchanged", "deteriorated", "harmed"]
    assert list(table.n_at_low) == [3, 0, 1, 3, 1]
    assert list(table.n) == [2, 0, 3, 2, 1]
    assert list(table.n_at_high) == [1, 0, 6, 0, 0]
    assert list(table.smallest) == [1, 0, 1, 0, 0] and list(table.largest) == [3, 0, 6, 3, 1]
    assert (table.of == 7).all() and (found.n, found.n_changing, found.reason) == (7, 5, "")
    assert "20" not in repr(found) and "array" not in repr(found)
    plain = reliable_change(PRE, POST, jt(), higher_is_better=False, cutoff=12)
    assert (plain.categories == found.at_threshold.categories).all()


def test_counts_without_a_cutoff_or_an_interval():
    uncertain = threshold_uncertainty(jt(), n_sd=300, same_sample=False)
    found = counts_over_threshold(PRE, POST, jt(), uncertain, higher_is_better=False)
    table = found.to_frame()
    assert list(table.category) == ["improved", "unchanged", "deteriorated"] and list(table.n) == [2, 3, 2]
    assert table[["n_at_low", "smallest", "largest"]].isna().all(axis=None)
    assert math.isnan(found.n_changing) and found.reason == "n_reliability_unknown" and found.at_low is None


def test_the_border_belongs_to_whom_it_was_told():
    uncertain = threshold_uncertainty(jt(), n_sd=300, n_reliability=300, same_sample=False)
    arguments = {"higher_is_better": False, "cutoff": 10, "cutoff_inclusive": False}
    assert counts_over_threshold([20], [10], jt(), uncertain, **arguments).at_threshold.count("recovered") == 1
    with pytest.raises(StatisticsError, match="Argumentet uncertainty"):
        counts_over_threshold(PRE, POST, jt(8), uncertain, higher_is_better=False)
    with pytest.raises(StatisticsError, match="pre och post"):
        counts_over_threshold([1], [1, 2], jt(), uncertain, higher_is_better=False)
