"""Random intercept with a mean for each wave: R's lme4 and lmerTest (oracle), the balanced design by hand, edges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.all_waves import ml_change_all_waves
from isu_analysis.statistics.trajectories import random_intercepts as module
from isu_analysis.statistics.trajectories.random_intercepts import random_intercepts

FOLDER = "effects_attrition/"
WAVES = ["bdi.pre", "bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"]


@pytest.fixture(scope="module")
def mixed(oracle):
    return oracle(FOLDER + "expected_attrition.json")["mixed"]


@pytest.fixture(scope="module")
def btheb(oracle_data):
    return oracle_data(FOLDER + "data/btheb.csv")[WAVES]


def estimates(r):
    return [r.means[0], *r.changes], [r.means_se[0], *r.changes_se]


def test_beat_the_blues_equals_lme4_and_nlme(mixed, btheb):
    r = random_intercepts(btheb)
    for case in ("btheb_lmer_random_intercept_REML", "btheb_lme_random_intercept_REML"):
        assert_allclose(estimates(r)[0], mixed[case]["est"], rtol=1e-7)
        assert_allclose(estimates(r)[1], mixed[case]["se"], rtol=1e-7)
        assert_allclose(r.reml_criterion, -2 * mixed[case]["loglik"], rtol=1e-10)
    lmer = mixed["btheb_lmer_random_intercept_REML"]
    assert_allclose([r.sd_person, r.sd_residual], [lmer["sd_id"], lmer["sd_resid"]], rtol=1e-7)
    assert_allclose(r.changes_df, lmer["df_satterthwaite"][1:], rtol=1e-5)
    p = 2 * stats.t.sf(np.abs(np.divide(*estimates(r)))[1:], r.changes_df)
    assert_allclose(p, lmer["p"][1:], rtol=1e-4)
    assert r.n_observed == (100, 97, 73, 58, 52) and r.reason == ""
    half = stats.t.ppf(0.975, r.changes_df) * r.changes_se
    assert_allclose([r.changes_low, r.changes_high], [r.changes - half, r.changes + half])
    assert_allclose(r.intraclass_correlation, lmer["sd_id"] ** 2 / (lmer["sd_id"] ** 2 + lmer["sd_resid"] ** 2))


@pytest.mark.parametrize("month", ["2m", "8m"])
def test_two_waves_equal_lme4(mixed, btheb, month):
    expected = mixed[f"btheb_two_wave_{month}_random_intercept_REML"]
    r = random_intercepts(btheb[["bdi.pre", f"bdi.{month}"]])
    assert_allclose(estimates(r), [expected["est"], expected["se"]], rtol=1e-6)
    assert_allclose(r.changes_df, expected["df"][1:], rtol=1e-5)


def test_the_unstructured_model_is_the_one_for_reports(mixed, btheb):
    """nlme's unstructured REML is out of scope: the library's figure for all waves is maximum likelihood, which

    differs from it in the third decimal, far less than the random intercept does.
    """
    expected = mixed["btheb_mmrm_unstructured_REML"]["est"][4]
    assert abs(ml_change_all_waves(btheb).change - expected) < 1e-3
    assert abs(random_intercepts(btheb).changes[3] - expected) > 0.3


def test_the_balanced_design_is_an_analysis_of_variance(rng):
    n, k = 30, 3
    waves = 20 + 4 * rng.standard_normal((n, 1)) + np.array([0, -1, -3]) + 2 * rng.standard_normal((n, k))
    r = random_intercepts(waves, level=0.9)
    people, rest = waves.mean(axis=1, keepdims=True), waves - waves.mean(axis=1, keepdims=True) - waves.mean(axis=0)
    within = ((rest + waves.mean()) ** 2).sum() / ((n - 1) * (k - 1))
    between = people.var(ddof=1) - within / k
    assert_allclose([r.sd_residual, r.sd_person], np.sqrt([within, between]), rtol=1e-6)
    assert_allclose(r.means, waves.mean(axis=0))
    assert_allclose(r.changes_se, np.sqrt(2 * within / n), rtol=1e-6)
    assert_allclose(r.changes_df, (n - 1) * (k - 1), rtol=1e-4)
    assert_allclose(r.means_se, np.sqrt((between + within) / n), rtol=1e-6)
    half = stats.t.ppf(0.95, 58) * np.sqrt(2 * within / n)
    assert_allclose(r.changes_high, waves.mean(axis=0)[1:] - waves[:, 0].mean() + half, rtol=1e-5)


def test_units_and_order(rng):
    waves = 20 + 3 * rng.standard_normal((40, 1)) + rng.standard_normal((40, 4))
    waves[rng.uniform(size=waves.shape) < 0.3] = np.nan
    plain, other = random_intercepts(waves), random_intercepts((500 - 7 * waves)[rng.permutation(40)])
    assert_allclose(other.changes, -7 * np.array(plain.changes), rtol=1e-6)
    assert_allclose(other.changes_low, -7 * np.array(plain.changes_high), rtol=1e-6)
    assert_allclose(other.intraclass_correlation, plain.intraclass_correlation, rtol=1e-6)
    assert (plain.n_given, plain.n) == (40, int((~np.isnan(waves)).any(axis=1).sum()))
    assert plain.n_measured_twice == int(((~np.isnan(waves)).sum(axis=1) >= 2).sum())


def test_no_differences_between_people(rng):
    waves = rng.standard_normal((20, 3))
    waves -= waves.mean(axis=1, keepdims=True)
    r = random_intercepts(waves)
    assert (r.reason, r.sd_person, r.intraclass_correlation) == ("zero_intercept_variance", 0.0, 0.0)
    assert_allclose(r.changes, waves.mean(axis=0)[1:] - waves[:, 0].mean())
    assert r.sd_residual > 0 and np.isfinite(r.changes_low).all()


def test_what_cannot_be_computed_has_a_reason(rng, monkeypatch):
    waves = rng.normal(20, 5, (20, 3))
    additive = np.arange(12.0)[:, None] ** 2 + np.array([0, 4, 1])
    additive[0, 1] = additive[5, 0] = additive[9, 2] = np.nan
    once = np.where(np.eye(3)[rng.integers(0, 3, 20)] == 1, waves, np.nan)
    once[:4] = waves[:4]
    cases = [(np.empty((0, 3)), "empty_wave"), (waves * [1, 1, np.nan], "empty_wave"), (waves[:4], "too_few_people"),
             (once, "too_few_people"), (additive, "zero_residual"), (np.full((9, 3), 4.0), "zero_residual")]  # fmt: skip
    for case, reason in cases:
        r = random_intercepts(case)
        assert r.reason == reason and r.means == r.changes == () and np.isnan(r.sd_person)
        assert r.to_frame()[["mean", "change", "change_df"]].isna().all(axis=None) and len(r.to_frame()) == 3
    assert random_intercepts(waves[:5]).means != ()
    real = module.fit
    monkeypatch.setattr(module, "fit", lambda pooled: real(pooled)._replace(converged=False))
    assert random_intercepts(waves).reason == "not_converged" and random_intercepts(waves).means == ()


def test_a_row_a_wave(rng):
    frame = random_intercepts(pd.DataFrame(rng.normal(20, 5, (20, 3)))).to_frame()
    columns = ["wave", "n_observed", "mean", "mean_se", "change", "change_se", "change_low", "change_high", "change_df"]
    assert list(frame.columns) == columns and frame["wave"].tolist() == [0, 1, 2]
    assert np.isnan(frame["change"][0])
    assert_allclose(frame["change"][1:], frame["mean"][1:] - frame["mean"][0])


def test_refusals_name_the_argument():
    with pytest.raises(StatisticsError, match="Argumentet waves"):
        random_intercepts([[1], [2]])
    with pytest.raises(StatisticsError, match="Argumentet level"):
        random_intercepts([[1, 2], [2, 3]], level=95)
