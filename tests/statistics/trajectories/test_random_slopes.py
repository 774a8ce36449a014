"""Random intercept and slope: R's lme4 (oracle), statsmodels, the balanced design by hand, simulated truth, edges."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.trajectories import random_slopes as module
from isu_analysis.statistics.trajectories.lines_likelihood import fit_lines, predicted_slopes
from isu_analysis.statistics.trajectories.occasions import long_form
from isu_analysis.statistics.trajectories.random_slopes import random_slopes, random_slopes_of_waves

FOLDER = "reliable_change/"
TIMES = np.arange(4.0)
GROUP_FIELDS = ["mean_intercept", "mean_slope", "sd_intercept", "sd_slope", "correlation", "sd_residual"]
ALL_NAN = ["mean_slope", "mean_slope_low", "sd_slope", "sd_residual", "reml_criterion", "share_better"]


def simulated(rng, n, *, slope=-1.0, sd_slope=1.0, sd_residual=2.0, missing=0.0, correlation=0.3):
    """Scores of n people at four waves, mean level 25 and SD 4."""
    level, own = rng.standard_normal((2, n, 1))
    own = correlation * level + np.sqrt(1 - correlation**2) * own
    waves = 25 + 4 * level + (slope + sd_slope * own) * TIMES + sd_residual * rng.standard_normal((n, 4))
    waves[rng.uniform(size=waves.shape) < missing] = np.nan
    return waves


def as_rows(waves, times=TIMES):
    n, k = waves.shape
    return pd.DataFrame(
        {"person": np.repeat(np.arange(n), k), "time": np.broadcast_to(times, (n, k)).ravel(), "score": waves.ravel()}
    )


def fitted(rows, **options):
    return random_slopes(rows["person"], rows["time"], rows["score"], **{"higher_is_better": False, **options})


def test_own_waves_equal_lme4_and_hendersons_equations(oracle, oracle_data):
    expected = oracle(FOLDER + "literature_expected.json")["waves"]
    lme4, data = expected["hlm"], oracle_data(FOLDER + "own_waves.csv")
    data = data[data["id"].isin(expected["id"])]
    r = random_slopes(data["id"], data["wave"], data["score"], higher_is_better=False)
    assert (r.n, r.n_rows, r.reason) == (147, 542, "")
    assert_allclose([r.mean_intercept, r.mean_slope], lme4["fixef"], atol=1e-6)
    named = ["sd_intercept", "sd_slope", "cor", "sigma"]
    found = [r.sd_intercept, r.sd_slope, r.correlation, r.sd_residual]
    assert_allclose(found, [lme4[name] for name in named], atol=2e-5)
    assert_allclose(r.reml_criterion, lme4["REML_criterion"], atol=1e-6)
    assert r.reml_criterion <= lme4["REML_criterion"]
    assert list(r.research_people) == expected["id"]
    slopes, errors = r.research_shrunken_slopes, r.research_shrunken_slope_errors
    assert_allclose(slopes, lme4["eb_slope_total"], atol=1e-5)
    assert_allclose(errors, lme4["pev_sd_total"], atol=1e-5)
    assert_allclose(slopes / errors, lme4["z_total_pev"], atol=2e-5)
    assert_allclose(slopes - r.mean_slope, lme4["eb_slope_deviation"], atol=1e-5)
    _, _, conditional = predicted_slopes(fit_lines(long_form(data["id"], data["wave"], data["score"])))
    assert_allclose(conditional, lme4["conditional_sd"], atol=1e-5)
    assert_allclose(slopes / conditional, lme4["z_total_conditional"], atol=2e-5)


CASES = {"own_cs300_own_waves.json": ("own_waves.csv", "id", "wave", "score"),
         "cs300_anxiety.json": ("data/anxiety.csv", "subject", "measurement", "anxiety")}  # fmt: skip


def test_the_r_packages_model_is_ours_but_its_verdicts_are_about_the_average_slope(oracle, oracle_data):
    compared = 0
    for file, (source, person, time, score) in CASES.items():
        data = oracle_data(FOLDER + source)
        cases = oracle(FOLDER + file)
        for case in cases if isinstance(cases, list) else cases["cases"]:
            if case.get("rci_method") != "HLM":
                continue
            people = case["individual"]
            rows = data[data[person].isin(people["id"])]
            r = random_slopes(rows[person], rows[time], rows[score], higher_is_better=False)
            if case["intermediates"]:
                model = case["intermediates"]
                expected = [*model["fixef"].values(), *(model[k] for k in ("sd_intercept", "sd_slope", "cor", "sigma"))]
                assert_allclose([getattr(r, name) for name in GROUP_FIELDS], expected, atol=5e-5)
                assert_allclose(r.reml_criterion, model["REML_criterion"], atol=1e-6)
                errors = np.sqrt(np.diag(model["fixef_vcov"]))
                assert_allclose([r.mean_intercept_se, r.mean_slope_se], errors, atol=1e-5)
            place = pd.Index(r.research_people).get_indexer(people["id"])
            # The package divides the deviation from the average slope, so that its verdicts are half up, half
            # down whatever the group does. The literature's z is the person's own slope over its error.
            deviation = (r.research_shrunken_slopes - r.mean_slope)[place]
            z = (r.research_shrunken_slopes / r.research_shrunken_slope_errors)[place]
            if "eb_slope_deviation" in people:
                assert_allclose(deviation, people["eb_slope_deviation"], atol=1e-4)
            assert np.corrcoef(np.sign(deviation), np.sign(people["rci"]))[0, 1] == pytest.approx(1)
            assert abs(np.mean(people["rci"])) < 0.05
            assert z.mean() < -1.5
            compared += 1
    assert compared == 4


def statsmodels_fit(rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MixedLM.from_formula("score ~ time", rows, groups="person", re_formula="~time").fit(reml=True)


@pytest.mark.parametrize("own_times", [False, True])
def test_statsmodels_finds_the_same_optimum(rng, own_times):
    waves = simulated(rng, 60, missing=0.2)
    times = TIMES + rng.uniform(0, 0.8, waves.shape) if own_times else TIMES
    rows = as_rows(waves, times).dropna()
    r, theirs = fitted(rows), statsmodels_fit(rows)
    assert_allclose(r.reml_criterion, -2 * theirs.llf, atol=1e-4)
    assert r.reml_criterion <= -2 * theirs.llf + 1e-8
    assert_allclose([r.mean_intercept, r.mean_slope], theirs.fe_params, rtol=1e-4)
    # statsmodels takes these from a numerical Hessian of everything; lme4 is matched to 1e-5 above.
    assert_allclose([r.mean_intercept_se, r.mean_slope_se], theirs.bse_fe, rtol=5e-3)
    covariance = [r.sd_intercept**2, r.correlation * r.sd_intercept * r.sd_slope, r.sd_slope**2]
    assert_allclose(covariance, theirs.cov_re.to_numpy()[np.tril_indices(2)], rtol=2e-3)
    assert_allclose(r.sd_residual**2, theirs.scale, rtol=1e-3)


def test_the_balanced_design_by_hand(rng):
    """With everyone measured at the same times all follows from the people's own lines (no likelihood needed)."""
    n, waves = 25, simulated(rng, 25)
    own, _ = np.polyfit(TIMES, waves.T, 1)
    within = sum(((waves.T - np.polynomial.polynomial.polyval(TIMES, np.polynomial.polynomial.polyfit(TIMES, waves.T, 1)).T) ** 2).ravel()) / (n * 2)  # fmt: skip
    spread = 5.0  # sum of squares of -1.5, -.5, .5, 1.5
    between = own.var(ddof=1) - within / spread
    r = random_slopes_of_waves(waves, TIMES, higher_is_better=False, level=0.9)
    assert r.reason == ""
    assert_allclose([r.mean_slope, r.mean_slope_se], [own.mean(), own.std(ddof=1) / np.sqrt(n)], rtol=1e-6)
    assert_allclose(r.mean_slope_df, n - 1, rtol=1e-4)
    test = stats.ttest_1samp(own, 0).confidence_interval(0.9)
    assert_allclose([r.mean_slope_low, r.mean_slope_high], [test.low, test.high], rtol=1e-5)
    assert_allclose([r.sd_residual, r.sd_slope], np.sqrt([within, between]), rtol=1e-6)
    assert_allclose(r.slope_reliability, between / own.var(ddof=1), rtol=1e-6)
    assert_allclose(r.share_better, stats.norm.cdf(-own.mean() / np.sqrt(between)), rtol=1e-6)
    # Variances of the two mean squares, n - 1 and 2 n degrees of freedom.
    variance = 2 * own.var(ddof=1) ** 2 / (n - 1) + 2 * (within / spread) ** 2 / (2 * n)
    factor = np.exp(1.6448536 * np.sqrt(variance) / between / 2)
    assert_allclose([r.sd_slope_low, r.sd_slope_high], [r.sd_slope / factor, r.sd_slope * factor], rtol=1e-4)
    probit = -own.mean() / np.sqrt(between)
    error = np.sqrt(own.var(ddof=1) / n / between + probit**2 * variance / between**2 / 4)
    ends = stats.norm.cdf([probit - 1.6448536 * error, probit + 1.6448536 * error])
    assert_allclose([r.share_better_low, r.share_better_high], ends, rtol=1e-4)


def test_recovers_the_truth(rng):
    r = random_slopes_of_waves(simulated(rng, 4000, missing=0.15), TIMES, higher_is_better=False)
    found = [getattr(r, name) for name in GROUP_FIELDS]
    assert_allclose(found, [25, -1, 4, 1, 0.3, 2], atol=0.15)
    assert r.mean_slope_low < -1 < r.mean_slope_high
    assert r.sd_slope_low < 1 < r.sd_slope_high
    assert r.share_better_low < stats.norm.cdf(1) < r.share_better_high
    assert r.share_better_high - r.share_better_low < 0.05


def test_intervals_hold_in_repeated_samples():
    """40 groups of 40: mean slope, SD of slopes and share each inside their 95 % interval at least 35 times."""
    rng = np.random.default_rng(20250102)
    inside = []
    for _ in range(40):
        r = random_slopes_of_waves(simulated(rng, 40, sd_residual=1.0, missing=0.1), TIMES, higher_is_better=False)
        inside.append([r.mean_slope_low < -1 < r.mean_slope_high, r.sd_slope_low < 1 < r.sd_slope_high,
                       r.share_better_low < stats.norm.cdf(1) < r.share_better_high])  # fmt: skip
    assert (np.mean(inside, axis=0) >= 35 / 40).all()


def test_the_order_of_rows_changes_nothing_at_all(rng):
    rows = as_rows(simulated(rng, 40, missing=0.2), TIMES + 0.1 * rng.integers(0, 3, (40, 4)))
    shuffled = rows.sample(frac=1, random_state=1).reset_index(drop=True)
    first, second = fitted(rows), fitted(shuffled)
    pd.testing.assert_frame_equal(first.to_frame(), second.to_frame(), check_exact=True)
    assert_array_equal(first.research_shrunken_slopes, second.research_shrunken_slopes)


def test_waves_equal_rows_and_labels_follow_their_people(rng):
    waves = simulated(rng, 30, missing=0.3)
    waves[7] = np.nan
    wide = random_slopes_of_waves(waves[:, [2, 0, 3, 1]], TIMES[[2, 0, 3, 1]], higher_is_better=False)
    rows = as_rows(waves)
    rows["person"] = "p" + (99 - rows["person"]).astype(str)
    long = fitted(rows)
    assert (wide.n_given, wide.n) == (long.n_given, long.n) == (30, 29)
    assert wide.rows_without_score == long.rows_without_score == int(np.isnan(waves).sum())
    assert_allclose([getattr(wide, f) for f in GROUP_FIELDS], [getattr(long, f) for f in GROUP_FIELDS], rtol=1e-7)
    order = [list(long.research_people).index(f"p{99 - person}") for person in wide.research_people]
    assert_allclose(long.research_shrunken_slopes[order], wide.research_shrunken_slopes, rtol=1e-6)
    assert np.flatnonzero(np.isnan(wide.research_shrunken_slopes)).tolist() == [7]


@settings(max_examples=8, deadline=None)
@given(
    shift=st.floats(-3000, 3000), scale=st.floats(0.01, 400), up=st.floats(-200, 200), points=st.floats(0.1, 30),
)  # fmt: skip
def test_other_units_of_time_and_score(shift, scale, up, points):
    waves = simulated(np.random.default_rng(5), 30, missing=0.15)
    plain = random_slopes_of_waves(waves, TIMES, higher_is_better=False)
    other = random_slopes_of_waves(up + points * waves, shift + scale * TIMES, higher_is_better=False)
    factor = points / scale
    assert_allclose(
        [other.mean_slope, other.mean_slope_low, other.sd_slope, other.sd_slope_high, other.sd_residual / points],
        [*(factor * np.array([plain.mean_slope, plain.mean_slope_low, plain.sd_slope, plain.sd_slope_high])),
         plain.sd_residual], rtol=1e-5)  # fmt: skip
    assert_allclose(
        other.mean_intercept + other.mean_slope * shift, up + points * plain.mean_intercept, atol=1e-6 * 3e5
    )
    alike = ["slope_reliability", "share_better", "share_better_low", "mean_slope_df"]
    assert_allclose([getattr(other, f) for f in alike], [getattr(plain, f) for f in alike], rtol=1e-4)
    assert_allclose(other.research_shrunken_slopes, factor * plain.research_shrunken_slopes, rtol=1e-4)
    # The restricted likelihood depends on the units: one fixed column scaled, 2 fewer residuals than rows.
    expected = plain.reml_criterion + 2 * np.log(scale) + 2 * (plain.n_rows - 2) * np.log(points)
    assert_allclose(other.reml_criterion, expected, atol=1e-4)


def test_the_direction_turns_only_the_share(rng):
    waves = simulated(rng, 50)
    lower = random_slopes_of_waves(waves, TIMES, higher_is_better=False)
    higher = random_slopes_of_waves(waves, TIMES, higher_is_better=True)
    assert lower.mean_slope == higher.mean_slope < 0
    assert_allclose(
        [higher.share_better, higher.share_better_low], [1 - lower.share_better, 1 - lower.share_better_high]
    )
    assert lower.share_better > 0.5


def test_people_with_few_occasions_are_used_and_counted(rng):
    waves = simulated(rng, 30)
    waves[:4, 1:], waves[4:7, 2:], waves[7:9] = np.nan, np.nan, np.nan
    r = random_slopes_of_waves(waves, TIMES, higher_is_better=False)
    assert (r.n_given, r.n, r.n_measured_once, r.n_measured_thrice, r.n_rows) == (30, 28, 4, 21, 4 + 6 + 84)
    assert_allclose(r.reml_criterion, -2 * statsmodels_fit(as_rows(waves).dropna()).llf, atol=1e-4)
    slopes, errors = r.research_shrunken_slopes, r.research_shrunken_slope_errors
    assert np.isnan(slopes[7:9]).all()
    # Fewer occasions, less known: once more than twice more than four times.
    assert errors[0] > errors[5] > errors[20]
    # Reliability: two occasions (Sxx .5) for three people, four (Sxx 5) for twenty-one; once is left out.
    noise = r.sd_residual**2 / r.sd_slope**2
    assert_allclose(r.slope_reliability, (3 / (1 + noise / 0.5) + 21 / (1 + noise / 5)) / 24, rtol=1e-8)


def test_rows_without_time_or_score_are_counted(rng):
    rows = as_rows(simulated(rng, 20))
    whole = fitted(rows)
    extra = pd.DataFrame({"person": [0, 1, 1, 2], "time": [np.nan, np.nan, 9, np.nan], "score": [5, 6, np.nan, np.nan]})
    r = fitted(pd.concat([rows, extra], ignore_index=True))
    assert (r.rows_without_score, r.rows_without_time, r.n_rows) == (2, 2, 80)
    assert r.reml_criterion == whole.reml_criterion


def exact_covariance(rng, n, slope_part, level_part, residual):
    """Four waves whose between-people covariance is what is asked for, residuals exactly orthogonal."""
    residuals = rng.standard_normal((n, 4))
    basis = np.column_stack([np.ones(4), TIMES])
    residuals -= residuals @ basis @ np.linalg.inv(basis.T @ basis) @ basis.T
    return 20 + level_part + (slope_part - 1) * TIMES + residual * residuals


def test_a_singular_fit_says_which_and_gives_no_interval_of_spread(rng):
    z = rng.standard_normal((40, 1))
    alike = exact_covariance(rng, 40, 0, 3 * z, 3)
    both = exact_covariance(rng, 40, 0, 0, 3)
    fan = exact_covariance(rng, 40, z, 3 * z, 0.5)
    for waves, reason in ((alike, "zero_slope_variance"), (both, "zero_slope_variance"), (fan, "perfect_correlation")):
        r = random_slopes_of_waves(waves, TIMES, higher_is_better=False)
        assert r.reason == reason
        assert np.isnan([r.sd_slope_low, r.sd_slope_high, r.share_better, r.share_better_low]).all()
        # Each person's own slope is known here without error.
        assert_allclose(r.mean_slope, np.polyfit(TIMES, waves.T, 1)[0].mean(), atol=1e-6)
        assert r.mean_slope_low < r.mean_slope < r.mean_slope_high
        assert r.sd_residual > 0 and np.isfinite(r.research_shrunken_slopes).all()
        if reason == "zero_slope_variance":
            assert r.sd_slope == 0 and np.isnan(r.correlation) and r.slope_reliability < 1e-6
            assert_allclose(r.research_shrunken_slopes, r.mean_slope, atol=1e-5)
        else:
            assert r.correlation == 1 and r.sd_slope > 0.5
    through_zero = exact_covariance(rng, 40, z, 0, 0.5) - 20
    r = random_slopes_of_waves(through_zero, TIMES, higher_is_better=False)
    assert (r.reason, r.sd_intercept) == ("zero_intercept_variance", 0) and np.isnan(r.correlation)
    falling = random_slopes_of_waves(-fan, TIMES, higher_is_better=False)
    assert (falling.reason, falling.correlation) == ("perfect_correlation", 1)
    crossing = exact_covariance(rng, 40, z, -1.5 * z, 0.5)  # all lines meet at the mean time
    r = random_slopes_of_waves(crossing, TIMES, higher_is_better=False)
    assert (r.reason, r.correlation) == ("perfect_correlation", -1)
    assert_allclose([r.sd_intercept, r.slope_reliability > 0.9], [1.5 * r.sd_slope, True], rtol=1e-4)
    away = random_slopes_of_waves(exact_covariance(rng, 40, -z, 9 * z, 0.5), TIMES, higher_is_better=False)
    assert (away.reason, away.correlation) == ("perfect_correlation", -1)


def test_what_cannot_be_computed_has_a_reason(rng):
    waves = simulated(rng, 30)
    lines = 20 + np.outer(rng.standard_normal(30), TIMES)
    two = np.column_stack([waves[:, :2], np.full((30, 2), np.nan)])
    four_thrice = two.copy()
    four_thrice[:4] = waves[:4]
    cases = [(np.empty((0, 4)), "too_few_people"), (waves[:1], "too_few_people"), (waves[:4], "too_few_people"),
             (two, "too_few_occasions"), (four_thrice, "too_few_occasions"), (lines, "zero_residual"),
             (np.full((30, 4), 7.0), "zero_residual"), (np.full((30, 4), 0.0), "zero_residual"),
             (np.full((9, 4), np.nan), "too_few_people")]  # fmt: skip
    for case, reason in cases:
        r = random_slopes_of_waves(case, TIMES, higher_is_better=True)
        assert r.reason == reason
        assert np.isnan([getattr(r, name) for name in ALL_NAN]).all()
        assert r.research_shrunken_slopes.shape == (len(case),)
    five_thrice = four_thrice.copy()
    five_thrice[4] = waves[4]
    assert random_slopes_of_waves(five_thrice, TIMES, higher_is_better=True).reason != "too_few_occasions"
    assert random_slopes_of_waves(waves[:5], TIMES, higher_is_better=True).reason != "too_few_people"


def test_not_converged_gives_no_number(rng, monkeypatch):
    waves = simulated(rng, 30)
    real = module.fit_lines

    def stopped(occasions):
        model = real(occasions)
        return replace(model, fitted=model.fitted._replace(converged=False))

    monkeypatch.setattr(module, "fit_lines", stopped)
    r = random_slopes_of_waves(waves, TIMES, higher_is_better=True)
    assert r.reason == "not_converged"
    assert np.isnan([getattr(r, name) for name in ALL_NAN]).all()


def test_people_are_not_printed(rng):
    waves = simulated(rng, 12)
    r = random_slopes_of_waves(waves, TIMES, higher_is_better=True)
    assert "research" not in repr(r)
    assert not [name for name in r.to_frame().columns if name.startswith("research")]
    assert r.to_frame().shape[0] == 1 and "mean_slope" in r.to_frame()


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"person": [1, 1, 2]}, "person"),
        ({"person": [1, None, 2, 2]}, "person"),
        ({"person": [[1], [1], [2], [2]]}, "person"),
        ({"person": [(1, 2), 1, 2, 2]}, "person"),
        ({"time": [0, 0, 0, 1]}, "person och time"),
        ({"time": ["a", "b", "c", "d"]}, "time"),
        ({"time": [0, np.inf, 0, 1]}, "time"),
        ({"time": [0, 1, 2]}, "time"),
        ({"score": [1, 2, 3, "x"]}, "score"),
        ({"score": [1, 2, 3, np.inf]}, "score"),
        ({"score": [1, 2, 3]}, "score"),
        ({"level": 1.0}, "level"),
    ],
)
def test_wrong_input_is_refused_by_name(change, argument):
    arguments = {"person": [1, 1, 2, 2], "time": [0, 1, 0, 1], "score": [5, 6, 7, 8], "higher_is_better": True}
    with pytest.raises(StatisticsError, match=rf"Argumente[tn] .*{argument}"):
        random_slopes(**{**arguments, **change})


@pytest.mark.parametrize(
    ("waves", "times", "argument"),
    [
        ([1, 2, 3], [0, 1, 2], "waves"),
        ([[1], [2]], [0], "waves"),
        ([[1, 2], [3]], [0, 1], "waves"),
        ([[1, "a"], [3, 4]], [0, 1], "waves"),
        ([[1, np.inf], [3, 4]], [0, 1], "waves"),
        ([[1, 2], [3, 4]], [0, 1, 2], "times"),
        ([[1, 2], [3, 4]], [0, 0], "times"),
        ([[1, 2], [3, 4]], [0, np.nan], "times"),
    ],
)
def test_wrong_waves_are_refused_by_name(waves, times, argument):
    with pytest.raises(StatisticsError, match=f"Argumentet {argument}"):
        random_slopes_of_waves(waves, times, higher_is_better=True)


def test_a_correlation_of_nothing_is_not_singular(rng):
    """Everyone has a twin with time turned round, so level and slope cannot be correlated; both vary."""
    times = np.array([-2.0, -1.0, 1.0, 2.0])
    level, own = rng.standard_normal((2, 40, 1))
    waves = 25 + 4 * level + 1.5 * own * times + rng.standard_normal((40, 4))
    r = random_slopes_of_waves(np.vstack([waves, waves[:, ::-1]]), times, higher_is_better=True)
    assert r.reason == ""
    assert_allclose([r.correlation, r.mean_slope], 0, atol=1e-9)
    assert r.sd_intercept > 2 and r.sd_slope > 1
