"""Multiple imputation: mice's runs and the maximum likelihood it must approach, within Monte Carlo error."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.all_waves import ml_change_all_waves
from isu_analysis.statistics.attrition.delta import delta_adjusted
from isu_analysis.statistics.attrition.imputation import impute_normal, imputed_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.attrition.rubin import pool_imputations

FOLDER = "effects_attrition/"
RUNS = {
    "btheb_8m_pre_only_norm": ("btheb.csv", "bdi.pre", "bdi.8m", []),
    "btheb_8m_allwaves_norm": ("btheb.csv", "bdi.pre", "bdi.8m", ["bdi.2m", "bdi.3m", "bdi.5m"]),
    "amputed_mar50_norm": ("sai_amputed.csv", "pre", "post_mar50", []),
}


@pytest.fixture(scope="module")
def runs(oracle, oracle_data):
    """Mice's runs under the normal model, with ours.

    The two predictive mean matching runs draw whole observed values, another model: their pooling is tested
    in test_rubin, the draws are out of scope.
    """
    found = []
    for run in oracle(FOLDER + "expected_attrition.json")["mi"]:
        if run["method"] != "norm":
            continue
        file, pre, post, between = RUNS[run["id"]]
        data = oracle_data(FOLDER + "data/" + file)
        waves = [data[name] for name in (pre, *between, post)]
        auxiliary = data[between] if between else None
        ours = imputed_change(data[pre], data[post], auxiliary, rng=np.random.default_rng(20250101))
        found.append((run, waves, ours))
    assert len(found) == 3
    return found


def test_the_change_lies_within_monte_carlo_error_of_mice(runs):
    for run, _, ours in runs:
        assert ours.n == run["n"] and ours.m == 50 and ours.reason == ""
        assert abs(ours.change - run["qbar"]) < 3 * math.sqrt(run["b"] / min(run["m"], ours.m))
        assert_allclose(ours.within, run["ubar"], rtol=0.1)
        assert_allclose(ours.se, run["se"], rtol=0.15)


def test_the_change_lies_within_monte_carlo_error_of_maximum_likelihood(runs):
    for _, waves, ours in runs:
        pre, post = waves[0], waves[-1]
        ml = ml_change_two_wave(pre, post) if len(waves) == 2 else ml_change_all_waves(np.column_stack(waves))
        assert abs(ours.change - ml.change) < 3 * ours.monte_carlo_se
        assert_allclose(ours.se, ml.se, rtol=0.15)


def test_parameters_are_drawn_too(oracle_data):
    """With 85 % lost nearly all uncertainty is that of the regression line, which improper draws leave out."""
    data = oracle_data(FOLDER + "data/sai_amputed.csv")
    ml = ml_change_two_wave(data["pre"], data["post_mar85"])
    ours = imputed_change(data["pre"], data["post_mar85"], rng=np.random.default_rng(2), m=40)
    assert_allclose(ours.se, ml.se, rtol=0.25)
    assert ours.fmi > 0.8


def made(rng, n=160):
    """Start, end and two background variables that all have holes."""
    age = rng.normal(size=n)
    x = 50 + 8 * (0.5 * age + rng.normal(size=n))
    y = 20 + 0.6 * x + 3 * age + rng.normal(0, 6, n)
    y[rng.random(n) < 1 / (1 + np.exp(-(x - 50) / 8))] = np.nan
    x[rng.random(n) < 0.15] = np.nan
    age[rng.random(n) < 0.2] = np.nan
    return x, y, age


def test_with_holes_in_start_and_background_it_is_em(rng):
    x, y, age = made(rng)
    ours = imputed_change(x, y, pd.DataFrame({"age": age}), rng=rng, m=25)
    ml = ml_change_all_waves(np.column_stack([x, age, y]))
    assert (ours.n, ours.n_empty) == (ml.n, ml.n_empty)
    assert abs(ours.change - ml.change) < 3 * ours.monte_carlo_se
    assert_allclose(ours.se, ml.se, rtol=0.2)


def test_the_interval_covers_when_loss_depends_on_the_start():
    """60 people, half lost, truth 5, 8 imputations; 40 seeded draws, 95 % - 3 standard errors."""
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(40):
        x = rng.normal(50, 10, 60)
        y = 55 + 0.6 * (x - 50) + rng.normal(0, 8, 60)
        y[rng.random(60) < 1 / (1 + np.exp(-(x - 50) / 6))] = np.nan
        values = impute_normal(np.column_stack([x, y]), rng=rng, m=8, burn_in=15, steps_between=4).values
        assert values.shape == (8, 60, 2)
        found = imputed_from(values)
        hits += found.low <= 5 <= found.high
    assert hits / 40 >= 0.85


def imputed_from(values):
    change = values[:, :, 1] - values[:, :, 0]
    n = values.shape[1]
    return pool_imputations(change.mean(axis=1), change.var(axis=1, ddof=1) / n, df_complete=n - 1)


def test_the_same_seed_gives_the_same_and_another_another(rng):
    x, y, _ = made(rng)
    one, same, other = (imputed_change(x, y, rng=np.random.default_rng(seed), m=5) for seed in (1, 1, 2))
    assert one == same and one.change != other.change


def test_origin_and_unit_carry_over(rng):
    x, y, _ = made(rng)
    one, moved = (imputed_change(7 + s * x, 7 + s * y, rng=np.random.default_rng(1), m=5) for s in (1, 3))
    assert_allclose([moved.change, moved.se, moved.df], [3 * one.change, 3 * one.se, one.df], rtol=1e-6)


def test_what_was_measured_stays_and_every_hole_is_filled(rng):
    x, y, age = made(rng)
    rows = np.vstack([np.column_stack([x, y, age]), np.full((1, 3), np.nan)])
    values = impute_normal(rows, rng=rng, m=3, burn_in=5, steps_between=2).values
    assert values.shape == (3, *rows.shape)
    known = ~np.isnan(rows)
    assert all((copy[known] == rows[known]).all() for copy in values)
    filled = known.any(axis=1)
    assert not np.isnan(values[:, filled]).any() and np.isnan(values[:, ~filled]).all()
    assert (values[0][~known & filled[:, None]] != values[1][~known & filled[:, None]]).all()


def test_draws_have_the_spread_of_the_model():
    """Imputed values scatter around the kept's regression line as the kept do; 30 copies of 200 rows."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=200)
    y = 0.6 * x + 0.8 * rng.normal(size=200)
    kept = rng.random(200) < 0.5
    rows = np.column_stack([x, np.where(kept, y, np.nan)])
    slope, intercept = np.polyfit(x[kept], y[kept], 1)
    scatter = (y - intercept - slope * x)[kept].std(ddof=2)
    drawn = impute_normal(rows, rng=rng, m=30, burn_in=20, steps_between=5).values[:, ~kept]
    residual = drawn[..., 1] - intercept - slope * drawn[..., 0]
    assert residual.std() == pytest.approx(scatter, rel=0.06)
    assert residual.mean() == pytest.approx(0, abs=4 * scatter * math.sqrt(2 / kept.sum() / 30))
    assert np.polyfit(drawn[..., 0].ravel(), drawn[..., 1].ravel(), 1)[0] == pytest.approx(slope, abs=0.1)


def test_texts_flags_and_holes_in_them_are_auxiliary(rng):
    x, y, _ = made(rng)
    flag = pd.Series(rng.random(160) < 0.5)
    text = flag.map({True: "ja", False: "nej"})
    one, other = (
        imputed_change(x, y, pd.DataFrame({"a": a}), rng=np.random.default_rng(1), m=3) for a in (flag, ~flag)
    )
    words = imputed_change(x, y, pd.DataFrame({"a": text}), rng=np.random.default_rng(1), m=3)
    assert_allclose(words.change, other.change)  # "nej" is the indicator
    assert one.reason == ""
    first = flag.index < 20
    holes, known = (
        imputed_change(x, y, pd.DataFrame({"a": a}), rng=np.random.default_rng(1), m=3)
        for a in (text.mask(first), (~flag).astype(float).mask(first))
    )
    assert_allclose(holes.change, known.change)
    assert holes.change != words.change


def test_two_holes_in_a_row_are_drawn_together():
    """Given x, the first hole has SD 1, the second is the first plus noise of SD .5: covariance 1, variance 1.25."""
    rng = np.random.default_rng(4)
    x, first = rng.normal(size=(2, 400))
    rows = np.column_stack([x, x + first, first + rng.normal(0, 0.5, 400)])
    rows[:200, 1:] = np.nan
    expected = np.cov((rows[200:, 1:] - rows[200:, :1] * [1, 0]).T)
    drawn = impute_normal(rows, rng=rng, m=20, burn_in=20, steps_between=5).values[:, :200]
    residual = (drawn[..., 1:] - drawn[..., :1] * [1, 0]).reshape(-1, 2)
    assert_allclose(np.cov(residual.T), expected, rtol=0.15)


def test_the_chain_is_as_long_as_asked(rng):
    x, y, _ = made(rng)
    rows = np.column_stack([x, y])

    def drawn(m, burn_in, steps_between):
        return impute_normal(
            rows, rng=np.random.default_rng(1), m=m, burn_in=burn_in, steps_between=steps_between
        ).values[-1]

    six_steps = drawn(1, 6, 9)
    for same in ((1, 6, 2), (2, 4, 2), (3, 2, 2)):
        assert np.array_equal(drawn(*same), six_steps, equal_nan=True)
    assert not np.array_equal(drawn(1, 5, 2), six_steps, equal_nan=True)


def test_degrees_of_freedom_are_those_of_everyone_with_any_value(rng):
    """Barnard and Rubin's from the result's own variances, 159 complete-data degrees of freedom."""
    x, y, _ = made(rng)
    x[0], y[0] = 50.0, 50.0
    ours = imputed_change(x, y, rng=rng, m=5)
    share = 1.2 * ours.between / (ours.within + 1.2 * ours.between)
    old, observed = 4 / share**2, ours.n / (ours.n + 2) * (ours.n - 1) * (1 - share)
    assert_allclose(ours.df, old * observed / (old + observed))
    assert ours.n_pairs < ours.n


def test_a_wave_in_between_helps(runs):
    """Beat the Blues: with the waves between, less is missing."""
    by_id = {run["id"]: ours for run, _, ours in runs}
    assert by_id["btheb_8m_allwaves_norm"].fmi < by_id["btheb_8m_pre_only_norm"].fmi


def test_it_can_be_shifted_like_any_estimate(rng):
    x, y, _ = made(rng)
    ours = imputed_change(x, y, rng=rng, m=4)
    e = ours.as_estimate()
    assert (e.method, e.n, e.n_pairs, e.change, e.low, e.high, e.se, e.df, e.level, e.interval, e.reason, e.n_empty) == (
        "multiple_imputation", ours.n, ours.n_pairs, ours.change, ours.low, ours.high, ours.se, ours.df, 0.95,
        "t_approximate", "", ours.n_empty,
    )  # fmt: skip
    assert delta_adjusted(e, [0]).change[0] == ours.change


def test_what_cannot_be_imputed_says_why(rng):
    x = rng.normal(size=30)
    y = np.where(np.arange(30) < 20, x + rng.normal(size=30), np.nan)
    few = imputed_change(x[:8], np.where(np.arange(8) < 3, 1.0, np.nan), rng=rng)
    assert few.reason == "too_few_pairs" and math.isnan(few.change) and (few.n, few.n_pairs) == (8, 3)
    assert imputed_change(np.full(30, 0.1), y, rng=rng).reason == "singular"
    assert imputed_change(x, y, pd.DataFrame({"a": 2 * x}), rng=rng).reason == "singular"
    assert imputed_change([], [], rng=rng).reason == "too_few_pairs"
    assert imputed_change([np.nan] * 3, [np.nan] * 3, rng=rng).n_empty == 3
    assert impute_normal(np.full((3, 2), np.nan), rng=rng).values.shape == (0, 3, 2)
    one = imputed_change(x, y, rng=rng, m=1)
    assert one.reason == "too_few_imputations" and math.isnan(one.low) and not math.isnan(one.change)


def test_nothing_missing_is_the_plain_mean(rng):
    x, y = rng.normal(size=(2, 30))
    ours = imputed_change(x, y, rng=rng, m=3)
    assert_allclose([ours.change, ours.se], [(y - x).mean(), (y - x).std(ddof=1) / math.sqrt(30)])
    assert ours.between == pytest.approx(0, abs=1e-20)


def test_wrong_arguments_are_refused_by_name(rng):
    with pytest.raises(StatisticsError, match="Argumentet rng"):
        imputed_change([1, 2], [1, 2], rng=5)
    for m in (0, 2.5):
        with pytest.raises(StatisticsError, match="Argumentet m:"):
            imputed_change([1, 2], [1, 2], rng=rng, m=m)
    with pytest.raises(StatisticsError, match="Argumentet steps_between"):
        impute_normal([[1, 2]], rng=rng, steps_between=0)
    with pytest.raises(StatisticsError, match="Argumentet burn_in"):
        impute_normal([[1, 2]], rng=rng, burn_in=-1)
    with pytest.raises(StatisticsError, match="pre och auxiliary"):
        imputed_change([1, 2], [1, 2], pd.DataFrame({"a": [1]}), rng=rng)
    with pytest.raises(StatisticsError, match="Argumentet auxiliary"):
        imputed_change([1, 2], [1, 2], pd.DataFrame({"a": [1, np.inf]}), rng=rng)
    with pytest.raises(StatisticsError, match="Argumentet values"):
        impute_normal([1, 2], rng=rng)
    with pytest.raises(StatisticsError, match="Argumentet level"):
        imputed_change([1, 2], [1, 2], rng=rng, level=1)


def test_people_never_print(rng):
    x, y, _ = made(rng)
    found = impute_normal(np.column_stack([x, y]), rng=rng, m=1, burn_in=1)
    assert "values" not in repr(found) and len(imputed_change(x, y, rng=rng, m=2).to_frame()) == 1


@pytest.mark.parametrize(
    "auxiliary",
    [
        pd.DataFrame({"x": pd.to_datetime(["2024-01-01", None, "2024-01-03", "2024-01-04"])}),
        pd.DataFrame({"x": [date(2024, 1, 1), None, date(2024, 1, 2), date(2024, 1, 3)]}),
        pd.DataFrame({"x": ["1,5", None, "2", "3"]}),
        pd.DataFrame([[1, 2]] * 4, columns=["x", "x"]),
        np.ones((4, 1)),
        pd.Series([1, 2, 3, 4]),
    ],
)
def test_auxiliary_that_only_looks_like_numbers_is_refused(auxiliary, rng):
    with pytest.raises(StatisticsError, match="Argumentet auxiliary"):
        imputed_change([1, 2, 3, 4], [2, 3, None, 5], auxiliary, rng=rng)
