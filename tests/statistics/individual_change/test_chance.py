"""Expected if nobody had changed: orthants and tables by hand, a simulation of true scores and errors, scipy.

The simulation draws true scores and errors, rounds and cuts, and counts: no formula of the product is in it.
The simulated 2.5 % and 6.2 % / 0.5 % are those of shared/domain/reliable_change.md, section 5 (400,000 people).
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import integrate, stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.individual_change.categories import reliable_change
from isu_analysis.statistics.individual_change.chance import expected_by_chance, expected_if_nobody_changed
from isu_analysis.statistics.individual_change.criteria import jacobson_truax_criterion, published_criterion
from isu_analysis.statistics.individual_change.regression_to_the_mean import (
    ReferencePopulation,
    own_start,
    reference_population,
)

FIELDS = ("improved_or_recovered", "recovered", "improved", "unchanged", "deteriorated", "harmed")
NONE = 1e-12  # a reliability so low that the second score knows nothing of the first


def jt(sd, reliability):
    return jacobson_truax_criterion(
        sd, reliability, sd_source="norm", reliability_source="norm", reliability_type="retest"
    )


def expected(pre, criterion, mean, sd, reliability=0.8, *, scale=(0, 27), **more):
    """Return the counts for one reliability."""
    more = {"higher_is_better": True} | more
    reference = reference_population("norm", mean, sd)
    found = expected_if_nobody_changed(pre, criterion, reference, reliabilities=[reliability], scale=scale, **more)
    return found.expected[0]


@pytest.mark.parametrize(("reliability", "crossing"), [(0.5, 1 / 3), (math.sqrt(0.5), 1 / 4), (math.sqrt(0.75), 1 / 6)])
def test_two_points_around_the_mean_by_the_area_of_an_orthant(reliability, crossing):
    """0 or 1, mean in between: P(second above | first below) = 1/2 - arcsin(r) / pi."""
    found = expected([0, 0, 0, 1], published_criterion(1, "x"), 0.5, 2.0, reliability, scale=(0, 1))
    assert_allclose([found.improved, found.deteriorated, found.unchanged],
                    [3 * crossing, crossing, 4 * (1 - crossing)], rtol=1e-10)  # fmt: skip


def test_three_points_by_the_normal_table():
    """Mean 1, SD 1, second score independent: 0, 1, 2 with .30854, .38292, .30854."""
    pre = [0] * 10 + [1] * 20 + [2] * 5
    low, middle = 0.3085375, 0.3829249
    found = expected(pre, published_criterion(1, "x"), 1, 1, NONE, scale=(0, 2))
    assert found.improved == pytest.approx(10 * (low + middle) + 20 * low, abs=1e-5)
    assert found.deteriorated == pytest.approx(20 * low + 5 * (low + middle), abs=1e-5)
    assert found.unchanged == pytest.approx(10 * low + 20 * middle + 5 * low, abs=1e-5)
    assert math.isnan(found.recovered) and math.isnan(found.harmed) and found.n == 35
    two = expected(pre, published_criterion(2, "x"), 1, 1, NONE, scale=(0, 2))
    assert_allclose([two.improved, two.deteriorated], [10 * low, 5 * low], atol=1e-5)
    none = expected(pre, published_criterion(3, "x"), 1, 1, NONE, scale=(0, 2))
    assert (none.improved, none.deteriorated, none.unchanged) == (0, 0, 35)


@pytest.mark.parametrize(
    ("inclusive", "recovered", "harmed"),
    [(True, 10 * 0.3085375 + 20 * 0.3085375, 5 * 0.6914625), (False, 10 * 0.6914625, (20 + 5) * 0.3085375)],
)
def test_three_points_with_a_cutoff_by_the_normal_table(inclusive, recovered, harmed):
    """Cutoff 1 and higher is better: 1 itself clinical, then functional."""
    pre = [0] * 10 + [1] * 20 + [2] * 5
    rule = published_criterion(1, "x")
    found = expected(pre, rule, 1, 1, NONE, scale=(0, 2), cutoff=1, cutoff_inclusive=inclusive)
    assert_allclose([found.recovered, found.harmed], [recovered, harmed], atol=1e-5)
    assert found.improved == pytest.approx(found.improved_or_recovered - recovered, abs=1e-5)
    unknown = expected(pre, rule, 1, 1, NONE, scale=(0, 2), cutoff=[1] * 10 + [np.nan] * 25, cutoff_inclusive=inclusive)
    own = expected(pre[:10], rule, 1, 1, NONE, scale=(0, 2), cutoff=1, cutoff_inclusive=inclusive)
    assert_allclose([unknown.recovered, unknown.harmed], [own.recovered, own.harmed], atol=1e-12)
    assert unknown.improved_or_recovered == pytest.approx(found.improved_or_recovered)


def second_in_first(first, edge, mean, sd, reliability):
    """P(second sum > edge | first sum between two limits) by scipy's bivariate normal."""
    both = stats.multivariate_normal([mean, mean], sd**2 * np.array([[1, reliability], [reliability, 1]]))
    far = mean + 40 * sd
    low, high = (float(np.clip(limit, mean - 40 * sd, far)) for limit in first)
    mass = stats.norm.cdf(high, mean, sd) - stats.norm.cdf(low, mean, sd)
    return 1 - (both.cdf([high, edge]) - both.cdf([low, edge])) / mass


@pytest.mark.parametrize("reliability", [0.3, 0.8, 0.95, 0.99])
@pytest.mark.parametrize(
    ("start", "cell"),
    [(0, (-np.inf, 0.5)), (9, (8.5, 9.5)), (9.25, (8.75, 9.75)), (20, (19.5, 20.5)), (27, (26.5, np.inf))],
)
def test_each_start_by_the_bivariate_normal_of_scipy(start, cell, reliability):
    found = expected([start], published_criterion(2, "x"), 10, 6, reliability)
    up, down = math.ceil(start + 2) - 0.5, math.floor(start - 2) + 0.5
    better = second_in_first(cell, up, 10, 6, reliability) if start + 2 <= 27 else 0
    worse = 1 - second_in_first(cell, down, 10, 6, reliability) if start >= 2 else 0
    assert_allclose([found.improved, found.deteriorated], [better, worse], atol=1e-9)


def simulated(mean, sd, reliability, scale, step, rng, n=400_000):
    """Return first and second scores of people whose true score stays."""
    true = rng.normal(mean, sd * math.sqrt(reliability), n)
    sums = (true + rng.normal(0, sd * math.sqrt(1 - reliability), n) for _ in range(2))
    return [np.clip(scale[0] + step * np.round((one - scale[0]) / step), *scale) for one in sums]


@pytest.mark.parametrize(
    ("mean", "sd", "reliability", "scale", "step", "higher", "cutoff"),
    [(8, 5, 0.8, (0, 27), 1, False, 10), (50, 12, 0.9, (0, 100), 5, True, 45), (2, 3, 0.6, (0, 10), 1, False, 4)],
)
def test_a_simulation_of_true_scores_and_errors_agrees(mean, sd, reliability, scale, step, higher, cutoff, rng):
    """People with starts in the upper half only, as many of each as were drawn: every category within 5 errors."""
    pre, post = simulated(mean, sd, reliability, scale, step, rng)
    chosen = pre >= cutoff - step
    rule = jt(sd, reliability)
    arguments = {"higher_is_better": higher, "cutoff": cutoff}
    counted = reliable_change(pre[chosen], post[chosen], rule, **arguments)
    found = expected(pre[chosen], rule, mean, sd, reliability, scale=scale, step=step, **arguments)
    assert found.n == counted.n > 50_000
    for name in ("recovered", "improved", "unchanged", "deteriorated", "harmed", "improved_or_recovered"):
        error = math.sqrt(found.n * 0.25) if name == "unchanged" else math.sqrt(max(getattr(found, name), 1))
        assert abs(counted.count(name) - getattr(found, name)) < 5 * error, name
    assert counted.count("improved_or_recovered") > 100 and counted.count("deteriorated") > 100


def normal_people(n=2001, above=0.0):
    """Return scores that lie as a normal distribution with mean 0 and SD 10, of those above a share."""
    return np.round(10 * stats.norm.ppf(above + (1 - above) * (np.arange(n) + 0.5) / n), 1)


def test_on_a_fine_scale_without_selection_it_is_the_nominal_rate():
    found = expected(normal_people(), jt(10, 0.8), 0, 10, 0.8, scale=(-60, 60), step=0.1)
    nominal = expected_by_chance(jt(10, 0.8), found.n)
    assert_allclose([found.improved, found.deteriorated], [nominal.improved] * 2, rtol=0.02)
    assert found.improved / found.n == pytest.approx(0.025, abs=0.0005)


def test_people_chosen_for_a_high_score_seem_to_improve():
    """Lower is better, chosen above M + 1 SD, r = .80: 6.2 % and 0.5 %."""
    pre = normal_people(above=stats.norm.cdf(1))
    found = expected(pre, jt(10, 0.8), 0, 10, 0.8, scale=(-60, 60), step=0.1, higher_is_better=False)
    assert_allclose([found.improved / found.n, found.deteriorated / found.n], [0.062, 0.005], atol=0.001)


def test_a_lower_reliability_than_the_criterion_assumed_gives_more():
    """Reliability entered .90 when it is .80: 8.2 % and 8.3 % (same table)."""
    found = expected_if_nobody_changed(
        normal_people(), jt(10, 0.9), reference_population("norm", 0, 10), reliabilities=(0.8, 0.9),
        scale=(-60, 60), step=0.1, higher_is_better=True,
    )  # fmt: skip
    shares = [one.improved / one.n for one in found.expected]
    assert found.n_at_ends == 0
    assert_allclose(shares, [0.0829, 0.025], atol=0.0006)
    table = found.to_frame()
    assert list(table.reliability) == [0.8, 0.9] and set(table.reference) == {"norm"}
    assert list(table.columns) == ["reliability", "n", *FIELDS, "reason", "reference", "reference_mean", "reference_sd"]


scores = st.lists(st.integers(0, 27), min_size=1, max_size=30)


@settings(max_examples=20, deadline=None)
@given(scores, st.integers(1, 26), st.booleans(), st.floats(0.05, 0.99))
def test_turning_and_moving_the_scale_changes_nothing(pre, cutoff, inclusive, reliability):
    x = np.array(pre, dtype=float)
    one = expected(x, published_criterion(4, "x"), 12, 5, reliability, cutoff=cutoff, cutoff_inclusive=inclusive)
    other = expected(
        100 - x, published_criterion(4, "x"), 88, 5, reliability,
        scale=(73, 100), higher_is_better=False, cutoff=100 - cutoff, cutoff_inclusive=inclusive,
    )  # fmt: skip
    assert_allclose([getattr(one, f) for f in FIELDS], [getattr(other, f) for f in FIELDS], atol=1e-9)
    assert one.improved_or_recovered + one.unchanged + one.deteriorated == pytest.approx(len(pre))
    assert -1e-12 <= one.harmed <= one.deteriorated + 1e-12 and one.improved >= -1e-12


def test_many_people_are_the_sum_of_each_and_the_missing_are_left_out():
    pre = [3, 9, 9, 21, np.nan]
    cutoffs = [10, 10, 8, 20, 9]
    rule = published_criterion(5, "x")
    together = expected(pre, rule, 12, 5, cutoff=cutoffs)
    alone = [expected([x], rule, 12, 5, cutoff=c) for x, c in zip(pre[:4], cutoffs[:4], strict=True)]
    assert together.n == 4
    for name in FIELDS:
        assert getattr(together, name) == pytest.approx(sum(getattr(one, name) for one in alone))
    shuffled = expected([21, np.nan, 9, 3, 9], rule, 12, 5, cutoff=[20, 9, 8, 10, 10])
    assert_allclose([getattr(shuffled, f) for f in FIELDS], [getattr(together, f) for f in FIELDS])


def test_without_measurement_error_nobody_seems_changed():
    found = expected([3, 9, 27], jt(5, 0.8), 12, 5, 1.0, cutoff=10)
    assert [getattr(found, f) for f in FIELDS] == [0, 0, 0, 3, 0, 0]
    with np.errstate(all="raise"):
        assert expected([3, 9, 27], jt(5, 0.8), 12, 5, 1.0).unchanged == 3
    nearly = expected([3, 9, 27], published_criterion(1, "x"), 12, 5, 1 - 1e-12, cutoff=10)
    assert nearly.improved < 1e-3 and nearly.unchanged > 2.99


def test_starts_far_from_the_reference_are_still_computed():
    """40 SD from the mean: half way back is certain, and no number overflows."""
    found = expected([100], published_criterion(30, "x"), 20, 2, 0.5, scale=(0, 100), higher_is_better=False)
    assert found.improved == pytest.approx(1)


def test_the_own_start_scores_as_reference_are_named():
    pre = [4, 8, 8, 12, np.nan]
    reference = own_start(pre)
    assert (reference.name, reference.mean) == ("own_start", 8)
    assert reference.sd == pytest.approx(math.sqrt(32 / 3))
    found = expected_if_nobody_changed(
        pre, jt(5, 0.8), reference, reliabilities=[0.8], scale=(0, 16), higher_is_better=True
    )
    assert (found.reference, found.n, found.reason, found.n_at_ends) == ("own_start", 4, "", 0)
    ends = expected_if_nobody_changed(
        [0, 16, 16, 1, np.nan], jt(5, 0.8), reference, reliabilities=[0.8], scale=(0, 16), higher_is_better=True
    )
    assert ends.n_at_ends == 3
    assert found.expected[0].improved == pytest.approx(found.expected[0].deteriorated)  # 8 is the middle


@pytest.mark.parametrize(
    ("pre", "reference", "reason"),
    [
        ([], reference_population("norm", 8, 5), "no_start_scores"),
        ([np.nan], reference_population("norm", 8, 5), "no_start_scores"),
        ([5, 6], reference_population("norm", 8), "no_reference"),
        ([5, 6], ReferencePopulation("norm", float("nan"), 5.0), "no_reference"),
        ([5, 6], ReferencePopulation("norm", 8.0, 0.0), "no_reference"),
        ([5, 5], own_start([5, 5]), "no_reference"),
        ([5], own_start([5]), "no_reference"),
    ],
)
def test_what_cannot_be_computed_has_a_reason(pre, reference, reason):
    found = expected_if_nobody_changed(
        pre, jt(5, 0.8), reference, reliabilities=(0.7, 0.8), scale=(0, 27), higher_is_better=True, cutoff=10
    )
    assert found.reason == reason and [one.reason for one in found.expected] == [reason] * 2
    assert all(math.isnan(getattr(one, name)) for one in found.expected for name in FIELDS)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"reliabilities": []}, "reliabilities"),
        ({"reliabilities": [0.8, 0.0]}, "reliabilities"),
        ({"reliabilities": [1.01]}, "reliabilities"),
        ({"reliabilities": [np.nan]}, "reliabilities"),
        ({"scale": (27, 0)}, "scale"),
        ({"scale": (0, 4)}, "pre"),
        ({"step": 0}, "step"),
        ({"step": 4}, "step"),
        ({"step": 0.001}, "step"),
        ({"step": 54}, "step"),
        ({"step": 1e12}, "step"),
        ({"pre": [np.inf]}, "pre"),
        ({"cutoff": [1, 2, 3]}, r"pre och cutoff"),
    ],
)
def test_wrong_input_names_the_argument(change, name):
    arguments = {"pre": [5, 6], "criterion": jt(5, 0.8), "reference": reference_population("norm", 8, 5),
                 "reliabilities": [0.8], "scale": (0, 27), "higher_is_better": True} | change  # fmt: skip
    with pytest.raises(StatisticsError, match=f"Argument(et|en) {name}"):
        expected_if_nobody_changed(**arguments)


def test_the_nominal_rate_refuses_a_negative_number():
    with pytest.raises(StatisticsError, match="Argumentet n"):
        expected_by_chance(jt(5, 0.8), -1)


@pytest.mark.parametrize("distance", [3.0, 8.0, 19.5])
def test_a_start_at_the_floor_far_below_the_mean(distance):
    """The sum behind it lies below the floor's upper edge as far as the normal density does; integrated by scipy."""
    mean, reliability, edge = 0.5 + distance, 0.6, 0.5
    spread = math.sqrt(1 - reliability**2)

    def density(below):  # that of the first sum, over its value at the edge
        return math.exp(-((distance + below) ** 2 - distance**2) / 2)

    def rising(below):
        centre = mean + reliability * (edge - below - mean)
        return density(below) * stats.norm.sf(edge, centre, spread)

    share = integrate.quad(rising, 0, 12)[0] / integrate.quad(density, 0, 12)[0]
    found = expected([0, 0, 0, 0], published_criterion(1, "x"), mean, 1.0, reliability, scale=(0, 40))
    assert found.improved == pytest.approx(4 * share, rel=1e-8)
    # The same people on a scale turned upside down.
    turned = expected([40] * 4, published_criterion(1, "x"), 40 - mean, 1.0, reliability, scale=(0, 40))
    assert turned.deteriorated == pytest.approx(4 * share, rel=1e-8)
