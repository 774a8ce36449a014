"""Little's test: R's own EM and naniar on ten data sets, the two-variable form by hand, its size by simulation."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.little import little_test
from isu_analysis.statistics.attrition.normal_fit import fit_normal, number_matrix

FOLDER = "effects_attrition/"
FILES = {"airquality": "airquality.csv", "btheb": "btheb.csv", "amputed": "sai_amputed.csv", "sai": "sai_wide.csv"}


@pytest.fixture(scope="module")
def cases(oracle, oracle_data):
    found = []
    for case in oracle(FOLDER + "expected_attrition.json")["little"]:
        kind = case["id"].split("_")[0]
        keep = ["study==HOME"] if kind == "sai" else []
        found.append((case, oracle_data(FOLDER + "data/" + FILES[kind], *keep)[case["columns"]]))
    assert len(found) == 10
    return found


def test_every_case_equals_r(cases):
    for case, data in cases:
        found, expected = little_test(data, two_variables=True), case["little"]
        assert_allclose(found.statistic, expected["statistic"], rtol=1e-6)
        assert_allclose(found.p, expected["p"], rtol=1e-5)
        assert (found.df, found.n_patterns, found.reason) == (expected["df"], expected["n_patterns"], "")
        assert_allclose(found.statistic, case["naniar"]["statistic"], rtol=1e-4, atol=1e-4)
        patterns = [(p["pattern_missing"], p["n"], p["k"], p["d2"]) for p in expected["patterns"]]
        swapped = str.maketrans("01", "10")  # R marks what is missing, we what is observed
        rows = {row.pattern: row for row in found.patterns.itertuples()}
        assert len(rows) == len(patterns)
        for pattern, n, k, d2 in patterns:
            row = rows[pattern.translate(swapped)]
            assert (row.n, row.n_variables) == (n, k)
            assert_allclose(row.contribution, d2, rtol=1e-5, atol=1e-9)


def test_moments_equal_rs_em(cases):
    for case, data in cases:
        fit = fit_normal(number_matrix(data, "values"))
        assert_allclose(fit.centre + fit.scale * fit.moments.mean, case["em"]["mu"], rtol=1e-6)
        covariance = fit.moments.covariance * np.outer(fit.scale, fit.scale)
        assert_allclose(covariance, np.reshape(case["em"]["sigma"], covariance.shape), rtol=1e-5, atol=1e-6)


def test_the_published_value_of_the_air_quality_data(oracle_data):
    """35.106 on 14 degrees of freedom, p = .00142: printed in naniar's documentation among others."""
    found = little_test(oracle_data(FOLDER + "data/airquality.csv"))
    assert (round(found.statistic, 3), found.df, round(found.p, 5)) == (35.106, 14, 0.00142)
    assert_allclose(found.statistic_per_df, 35.106 / 14, rtol=1e-4)


def test_with_two_variables_it_is_the_test_of_one_difference(rng):
    """n times the share of the start's variance that lies between lost and kept."""
    x = rng.normal(size=120)
    kept = x + rng.normal(size=120) > 0
    y = np.where(kept, x + rng.normal(size=120), np.nan)
    groups = [x[kept], x[~kept]]
    between = sum(len(g) * (g.mean() - x.mean()) ** 2 for g in groups)
    found = little_test(np.column_stack([x, y]), two_variables=True)
    assert_allclose(found.statistic, 120 * between / ((x - x.mean()) ** 2).sum(), rtol=1e-8)
    assert found.df == 1
    assert_allclose(found.p, stats.chi2.sf(found.statistic, 1))


def test_with_two_variables_it_points_elsewhere_unless_asked():
    found = little_test([[1, 2], [3, np.nan], [5, 1], [2, 2]])
    assert found.reason == "two_variables" and math.isnan(found.statistic) and math.isnan(found.p)
    assert found.patterns.empty and math.isnan(found.statistic_per_df)


def holes(rng, n=130, k=4):
    values = rng.normal(size=(n, k)).cumsum(axis=1)
    values[rng.random((n, k)) < 0.2] = np.nan
    return values


def test_origin_unit_and_order_do_not_matter(rng):
    values = holes(rng)
    found = little_test(values)
    shuffled = little_test(5 - 3 * values[rng.permutation(130)][:, [2, 0, 3, 1]])
    assert_allclose(shuffled.statistic, found.statistic, rtol=1e-6)
    assert (shuffled.df, shuffled.n_patterns) == (found.df, found.n_patterns)


def test_rows_without_values_are_left_out_and_counted(rng):
    values = holes(rng)
    values = values[~np.isnan(values).all(axis=1)]
    one, other = little_test(values), little_test(np.vstack([values, np.full((3, 4), np.nan)]))
    assert (other.n_empty, other.n, one.n_empty) == (3, len(values), 0)
    assert_allclose(other.statistic, one.statistic)
    assert other.n_patterns == one.n_patterns


def test_when_values_are_missing_completely_at_random_it_seldom_rejects():
    """30 seeded draws of 120 rows and three variables; the statistic lies about its degrees of freedom."""
    rng = np.random.default_rng(8)
    found = [little_test(holes(rng, 120, 3)) for _ in range(30)]
    assert np.mean([f.p < 0.05 for f in found]) <= 0.2
    assert np.mean([f.statistic_per_df for f in found]) == pytest.approx(1, abs=0.25)


def test_a_group_of_60_finds_half_a_standard_deviation_one_time_in_two():
    """Why groups under 100 are flagged: 30 lost and 30 kept, difference .5, 50 seeded draws."""
    rng = np.random.default_rng(8)
    rejected = 0
    for _ in range(50):
        x, y = rng.normal(size=(2, 60))
        x[:30] += 0.5
        y[:30] = np.nan
        found = little_test(np.column_stack([x, y]), two_variables=True)
        assert found.few_people
        rejected += found.p < 0.05
    assert 0.3 <= rejected / 50 <= 0.7


def test_few_people_are_flagged(rng):
    values = holes(rng, 100)
    values[:, 0] = 1.0 * np.arange(100)
    assert not little_test(values).few_people
    assert little_test(values[:99]).few_people


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_tested_says_why(rng):
    whole = rng.normal(size=(40, 3))
    assert little_test(whole).reason == "nothing_missing"
    few = whole[:6].copy()
    few[0, 2] = np.nan
    assert little_test(few).reason == "too_few_pairs"
    for constant in (0.1, 3.0):
        flat = whole.copy()
        flat[:, 1], flat[0, 2] = constant, np.nan
        assert little_test(flat).reason == "singular"
    twin = whole.copy()
    twin[:, 1] = 2 * twin[:, 0] + 1
    twin[0, 2] = np.nan
    assert little_test(twin).reason == "singular"
    for empty in (np.full((5, 3), np.nan), np.empty((0, 3))):
        found = little_test(empty)
        assert math.isnan(found.p) and found.n == 0 and found.reason == "too_few_pairs"


@pytest.mark.parametrize("values", [[1, 2], [[1], [2]], [["a", "b"]], [[1, math.inf]], [[1, 2], [1]]])
def test_values_of_the_wrong_shape_or_kind_are_refused(values):
    with pytest.raises(StatisticsError, match="Argumentet values"):
        little_test(values)


def test_frames_with_pandas_missing_values_are_read():
    frame = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1.5, 2.5]})
    assert_allclose(number_matrix(frame, "values"), [[1, 1.5], [np.nan, 2.5]])
    assert_allclose(number_matrix([[1, None], [2, 3]], "values"), [[1, np.nan], [2, 3]])


def test_the_frame_has_one_row_and_people_never_print(rng):
    found = little_test(holes(rng))
    assert len(found.to_frame()) == 1 and "contribution" not in repr(found)
