"""The drop-out model: R (glm, brglm2, pROC), a 2 x 2 table by hand, exact chance by the hypergeometric, edges."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.dropout_model import dropout_model
from isu_analysis.statistics.attrition.firth import Logistic

FOLDER = "effects_attrition/"
POST_OF = {"btheb_drop3": "bdi.3m", "btheb_drop5": "bdi.5m", "btheb_drop8": "bdi.8m"}
BTHEB = ["bdi.pre", "drug", "length", "treatment"]


@pytest.fixture(scope="module")
def logistic(oracle, oracle_data):
    """Every logistic case: (expected, background, kept)."""
    found = []
    for case in oracle(FOLDER + "expected_attrition.json")["logistic"]:
        btheb = case["id"] in POST_OF
        data = oracle_data(FOLDER + "data/" + ("btheb.csv" if btheb else "sai_amputed.csv"))
        post = POST_OF[case["id"]] if btheb else case["id"].replace("amputed", "post")
        found.append((case, data[BTHEB if btheb else ["pre"]], data[post].notna()))
    assert len(found) == 7
    return found


@pytest.fixture(scope="module")
def ml(logistic):
    return [(case, dropout_model(b, k, seed=1, permutations=0, method="ml", minimum=1)) for case, b, k in logistic]


def people(n=400, seed=3):
    """Invented people; loss depends on age and area."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"age": rng.normal(40, 12, n), "area": rng.choice(["a", "b", "c"], n), "flag": rng.random(n) < 0.4}
    )
    return frame, rng.random(n) < 1 / (1 + np.exp(0.04 * (frame.age - 40) - (frame.area == "b")))


def table(a, b, c, d):
    """a lost with the flag, b kept with it, c lost without, d kept without."""
    flag = np.repeat([True, True, False, False], [a, b, c, d])
    return pd.DataFrame({"flag": flag}), np.repeat([False, True, False, True], [a, b, c, d])


def test_terms_equal_r(ml):
    compared = 0
    for case, m in ml:
        assert (m.n, m.n_lost, m.n_kept) == (case["n"], case["n_drop"], case["n"] - case["n_drop"])
        assert (m.method, m.why_firth, m.reason) == ("ml", "", "")
        names = {"coefficient": "coef", "se": "se", "z": "z", "p": "p", "odds_ratio": "or"}
        names |= {f"odds_ratio_{end}_wald": f"or_{r}_wald" for end, r in (("low", "lo"), ("high", "hi"))}
        for ours, theirs in names.items():
            # R's standard errors come from the last but one step (we agree to 5e-8); p is 1e-26 in one case.
            tolerance = {"coefficient": 1e-10, "odds_ratio": 1e-10, "p": 1e-5}.get(ours, 1e-7)
            assert_allclose(m.terms[ours], case[theirs], rtol=tolerance, err_msg=ours)
        # R's limits interpolate the profile by a spline; test_firth checks ours against the deviance itself.
        for end, r in (("low", "lo"), ("high", "hi")):
            assert_allclose(m.terms[f"odds_ratio_{end}_profile"], case[f"or_{r}_profile"], rtol=2e-4)
        compared += len(m.terms)
    assert compared == 23


def test_terms_carry_their_names(ml):
    terms = ml[0][1].terms
    assert terms.variable.tolist() == ["(intercept)", *BTHEB] and terms.reason.eq("").all()
    assert terms.level.tolist()[2:] == ["Yes", ">6m", "TAU"] and terms.level[:2].isna().all()


def test_fit_measures_equal_r(ml):
    ours = ["log_likelihood", "log_likelihood_null", "lr_chi2", "lr_df", "aic", "mcfadden", "cox_snell", "nagelkerke"]
    theirs = ["loglik", "loglik0", "lr_chi2", "lr_df", "aic", "r2_mcfadden", "r2_coxsnell", "r2_nagelkerke"]
    for case, m in ml:
        values = [getattr(m, name) for name in [*ours, "tjur", "brier"]]
        assert_allclose(values, [case[name] for name in [*theirs, "r2_tjur", "brier"]], rtol=1e-8, atol=1e-11)
        assert_allclose(m.lr_p, case["lr_p"], rtol=1e-6)


def test_area_r_indicator_and_balance_equal_r(ml):
    for case, m in ml:
        expected = [case["auc"], case["auc_delong_lo"], case["auc_delong_hi"]]
        assert_allclose([m.auc.area, m.auc.low_delong, m.auc.high_delong], expected, rtol=1e-9)
        assert_allclose(m.representativeness.r_indicator, case["r_indicator"], atol=1e-9)
        assert_allclose(m.representativeness.largest_standardised_bias, case["cv_max_std_bias"], atol=1e-9)
        assert_allclose(
            [m.balance.imbalance, m.balance.balance], [case["imbalance"], case["balance_indicator"]], atol=1e-9
        )


def test_firth_equals_brglm2(logistic):
    for case, background, kept in logistic:
        m = dropout_model(background, kept, seed=1, permutations=0, method="firth", minimum=1)
        assert_allclose(m.terms.coefficient, case["firth_coef"], rtol=1e-8)
        assert_allclose(m.terms.se, case["firth_se"], rtol=1e-8)
        assert (m.method, m.why_firth) == ("firth", "asked_for") and np.isnan(m.aic)


def test_a_2x2_table_by_hand():
    """Odds ratio 30 x 60/(20 x 40) = 2.25; Woolf's variance 1/30 + 1/20 + 1/40 + 1/60; G^2 of the table by scipy."""
    frame, kept = table(30, 20, 40, 60)
    m = dropout_model(frame, kept, seed=1, permutations=0, minimum=1)
    term = m.terms.iloc[1]
    assert (term.variable, m.method, m.n_coefficients) == ("flag", "ml", 1)
    assert_allclose([term.odds_ratio, term.se**2], [2.25, 1 / 30 + 1 / 20 + 1 / 40 + 1 / 60], rtol=1e-9)
    g2 = stats.chi2_contingency([[30, 20], [40, 60]], correction=False, lambda_="log-likelihood")
    assert_allclose([m.lr_chi2, m.lr_p, term.p_likelihood_ratio], [g2.statistic, g2.pvalue, g2.pvalue], rtol=1e-8)
    assert_allclose(np.unique(m.lost_probability), [0.4, 0.6], rtol=1e-9)


def test_profile_limits_at_another_level_contain_one_exactly_when_p_says_so():
    frame, kept = people()
    for level in (0.5, 0.8, 0.95, 0.999):
        terms = dropout_model(frame, kept, seed=1, permutations=0, level=level).terms
        outside = (terms.odds_ratio_low_profile > 1) | (terms.odds_ratio_high_profile < 1)
        assert (outside == (terms.p_likelihood_ratio < 1 - level)).all()
        wald = (terms.odds_ratio_low_wald > 1) | (terms.odds_ratio_high_wald < 1)
        assert (wald == (terms.p < 1 - level)).all()


def test_separation_is_found_and_answered_by_firth():
    frame, kept = table(0, 30, 120, 110)
    m = dropout_model(frame, kept, seed=1, permutations=0)
    term = m.terms.iloc[1]
    assert (m.method, m.why_firth) == ("firth", "separation")
    assert_allclose(term.coefficient, np.log(0.5 * 110.5 / (30.5 * 120.5)), rtol=1e-9)  # half a person a cell
    assert 0 < term.odds_ratio_low_profile < term.odds_ratio < term.odds_ratio_high_profile < 1
    refused = dropout_model(frame, kept, seed=1, method="ml")
    assert (refused.reason, refused.method, len(refused.terms)) == ("separation", "", 0)


def test_beat_the_blues_at_two_months_has_three_lost_and_needs_firth(oracle_data):
    data = oracle_data(FOLDER + "data/btheb.csv")
    m = dropout_model(data[BTHEB], data["bdi.2m"].notna(), seed=1, permutations=0, minimum=1)
    assert (m.n_lost, m.method, m.why_firth) == (3, "firth", "separation")
    limits = m.terms[["odds_ratio_low_profile", "odds_ratio_high_profile"]].to_numpy()
    assert np.isfinite(limits).all() and (m.terms.reason == "").all()


def test_few_events_are_answered_by_firth():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(300, 12)), columns=list("abcdefghijkl"))
    kept = np.arange(300) >= 119
    assert dropout_model(frame, kept, seed=1, permutations=0).why_firth == "few_events"
    assert dropout_model(frame, np.arange(300) >= 181, seed=1, permutations=0).why_firth == "few_events"
    assert dropout_model(frame, kept, seed=1, permutations=0, method="ml").method == "ml"
    assert dropout_model(frame, np.arange(300) >= 120, seed=1, permutations=0).method == "ml"


@pytest.mark.parametrize(
    ("lost", "kept", "reason"), [(99, 101, "too_few_lost"), (101, 99, "too_few_kept"), (100, 100, "")]
)
def test_a_hundred_lost_and_a_hundred_kept(lost, kept, reason):
    frame = pd.DataFrame({"x": np.tile([1.0, 2, 4], 67)[: lost + kept]})
    m = dropout_model(frame, np.arange(lost + kept) >= lost, seed=1, permutations=3)
    assert (m.reason, m.n_lost, m.n_kept) == (reason, lost, kept)
    if reason:
        assert m.method == "" and m.terms.empty and m.lost_probability.size == 0
        assert m.auc is None and m.by_chance is None and np.isnan([m.lr_p, m.tjur, m.brier, m.aic]).all()


@pytest.mark.parametrize("n", [0, 1, 4])
def test_nobody_lost_or_nobody_at_all(n):
    m = dropout_model(pd.DataFrame({"x": np.arange(float(n))}), np.ones(n, dtype=bool), seed=1, minimum=1)
    assert (m.reason, m.n) == ("too_few_lost", n)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"x": np.ones(300)}, "singular"),
        ({"x": ["a"] * 300}, "singular"),
        ({"x": np.arange(300.0), "y": 5 - 2 * np.arange(300.0)}, "singular"),
        ({"x": np.arange(300.0), "y": np.arange(300.0) + 1e-5 * np.sin(np.arange(300))}, "singular"),
        ({"x": np.arange(300.0), "y": np.arange(300.0) + 0.01 * np.sin(np.arange(300))}, ""),
        ({"x": [f"nr {i}" for i in range(300)]}, "too_many_coefficients"),
        ({"x": [f"nr {i % 31}" for i in range(300)]}, ""),
        ({"x": [f"nr {i % 32}" for i in range(300)]}, "too_many_coefficients"),
    ],
)
def test_variables_that_say_nothing_or_too_much(columns, reason):
    kept = np.arange(300) % 2 == 0
    assert dropout_model(pd.DataFrame(columns), kept, seed=1, permutations=0).reason == reason


def test_a_climb_that_does_not_end_is_said(monkeypatch):
    frame, kept = people()
    monkeypatch.setattr(Logistic, "fit", lambda self: self.climb(self.start(), most_steps=1))
    assert dropout_model(frame, kept, seed=1, permutations=0).reason == "not_converged"


def exact_by_chance(with_flag, without, lost):
    """Distribution of the area and the R-indicator over all ways to draw the lost: a hypergeometric count."""
    n = with_flag + without
    a = np.arange(max(0, lost - without), min(lost, with_flag) + 1)
    weight = stats.hypergeom(n, with_flag, lost).pmf(a)
    area = 0.5 + np.abs(a / lost - (with_flag - a) / (n - lost)) / 2
    gap = np.abs(a / with_flag - (lost - a) / without)
    return weight, area, 1 - 2 * gap * np.sqrt(with_flag * without / n / (n - 1))


def test_chance_equals_the_exact_distribution_for_one_flag():
    frame, kept = table(34, 26, 86, 94)
    m = dropout_model(frame, kept, seed=11, permutations=4000)
    weight, area, r = exact_by_chance(60, 180, 120)
    chance = m.by_chance
    assert_allclose([chance.auc_mean, chance.r_indicator_mean], [weight @ area, weight @ r], atol=0.003)
    assert_allclose(chance.auc_p, weight[area >= m.auc.area - 1e-9].sum(), atol=0.03)
    assert_allclose(chance.r_indicator_p, weight[r <= m.representativeness.r_indicator + 1e-9].sum(), atol=0.03)
    assert weight[area > chance.auc_high + 1e-6].sum() <= 0.06 < weight[area > chance.auc_high - 0.02].sum()
    assert weight[r < chance.r_indicator_low - 1e-6].sum() <= 0.06 < weight[r < chance.r_indicator_low + 0.02].sum()


def test_many_variables_that_mean_nothing_look_like_something_by_chance():
    rng = np.random.default_rng(2)
    noise = pd.DataFrame(rng.normal(size=(240, 15)), columns=[f"v{i}" for i in range(15)])
    m = dropout_model(noise, np.arange(240) >= 120, seed=4, permutations=200)
    assert m.method == "firth" and m.by_chance.auc_mean > 0.6 and m.by_chance.r_indicator_mean < 0.8
    assert m.by_chance.auc_p > 0.05 and m.by_chance.r_indicator_p > 0.05
    few = dropout_model(noise[["v0"]], np.arange(240) >= 120, seed=4, permutations=200)
    assert 0.5 < few.by_chance.auc_mean < m.by_chance.auc_mean


def test_loss_that_depends_is_more_than_chance():
    frame, kept = people()
    m = dropout_model(frame, kept, seed=4, permutations=99)
    assert m.by_chance.auc_p == m.by_chance.r_indicator_p == 0.01  # (0 + 1)/(99 + 1)
    assert m.auc.area > m.by_chance.auc_high and m.representativeness.r_indicator < m.by_chance.r_indicator_low


def test_the_seed_decides_and_the_order_of_rows_does_not():
    frame, kept = people()
    one = dropout_model(frame, kept, seed=4, permutations=50)
    again = dropout_model(frame, kept, seed=4, permutations=50)
    other = dropout_model(frame, kept, seed=5, permutations=50)
    order = np.random.default_rng(1).permutation(len(frame))
    shuffled = dropout_model(frame.iloc[order], kept.iloc[order], seed=4, permutations=50)
    assert one.by_chance == again.by_chance != other.by_chance
    assert_allclose(
        shuffled.by_chance.to_frame().iloc[0].tolist(), one.by_chance.to_frame().iloc[0].tolist(), atol=1e-5
    )
    assert_allclose(shuffled.terms.coefficient, one.terms.coefficient, rtol=1e-8)
    assert_allclose(shuffled.lost_probability, one.lost_probability[order], rtol=1e-8)


def test_blocks_of_permutations_are_all_counted(monkeypatch):
    """A block of two is drawn from the same stream as one block of five: nothing is lost at the seams."""
    frame, kept = table(40, 60, 70, 80)
    whole = dropout_model(frame, kept, seed=4, permutations=5)
    monkeypatch.setattr("isu_analysis.statistics.attrition.unrelated_loss.CELLS_AT_ONCE", 2 * 250)
    assert_allclose(dropout_model(frame, kept, seed=4, permutations=5).by_chance.auc_mean, whole.by_chance.auc_mean)


def test_units_and_directions():
    """Years in months divide the coefficient by 12; called the other way round, all signs turn."""
    frame, kept = people()
    for method in ("ml", "firth"):
        one = dropout_model(frame, kept, seed=4, permutations=0, method=method)
        months = dropout_model(frame.assign(age=frame.age * 12 + 7), kept, seed=4, permutations=0, method=method)
        turned = dropout_model(frame, ~kept, seed=4, permutations=0, method=method)
        assert_allclose(months.terms.coefficient[1] * 12, one.terms.coefficient[1], rtol=1e-7)
        assert_allclose(months.terms.coefficient[2:], one.terms.coefficient[2:], rtol=1e-7)
        assert_allclose(months.lost_probability, one.lost_probability, rtol=1e-7)
        assert_allclose(turned.terms.coefficient, -one.terms.coefficient, rtol=1e-7)
        assert_allclose(turned.terms.odds_ratio_low_profile, 1 / one.terms.odds_ratio_high_profile, rtol=1e-6)
        assert_allclose(turned.auc.area, one.auc.area)
        assert months.auc == one.auc


def test_categories_keep_their_order_and_flags_are_numbers():
    frame, kept = people()
    ordered = frame.assign(area=pd.Categorical(frame.area, categories=["c", "b", "a", "unused"]))
    terms = dropout_model(ordered, kept, seed=4, permutations=0).terms
    assert terms.level.tolist()[2:4] == ["b", "a"] and terms.variable.tolist()[-1] == "flag"
    assert terms.level.isna().tolist() == [True, True, False, False, True]


def test_one_row_and_no_people_in_sight():
    frame, kept = people()
    m = dropout_model(frame, kept, seed=4, permutations=9)
    row = m.to_frame()
    assert len(row) == 1 and not {"terms", "lost_probability"} & set(row.columns)
    assert row.auc_area[0] == m.auc.area and row.by_chance_permutations[0] == 9 and row.balance_n_kept[0] == m.n_kept
    assert "lost_probability" not in repr(m)
    nothing = dropout_model(frame, kept, seed=4, minimum=400)
    assert nothing.to_frame().reason[0] == "too_few_lost"


def test_without_permutations_chance_is_missing():
    frame, kept = people()
    chance = dropout_model(frame, kept, seed=4, permutations=0).by_chance
    assert chance.permutations == 0 and np.isnan([chance.auc_mean, chance.r_indicator_mean, chance.auc_p]).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"background": pd.DataFrame({"age": [1.0, None, 3]})}, "background: kolumnen age saknar"),
        ({"background": pd.DataFrame({"area": ["a", None, "b"]})}, "background: kolumnen area saknar"),
        ({"background": pd.DataFrame({"x": [1.0, np.inf, 3]})}, "background"),
        ({"background": pd.DataFrame({"x": pd.to_datetime(["2024-01-01"] * 3)})}, "kolumnen x är datum"),
        ({"background": pd.DataFrame({"x": [date(2024, 1, d) for d in (1, 2, 3)]})}, "kolumnen x är datum"),
        ({"background": pd.DataFrame({"x": pd.period_range("2024-01", periods=3, freq="M")})}, "kolumnen x är datum"),
        ({"background": pd.DataFrame({"x": pd.to_timedelta([1, 2, 3], "D")})}, "kolumnen x är datum"),
        ({"background": pd.DataFrame({"x": [timedelta(1), timedelta(2), timedelta(3)]}, dtype=object)}, "x är datum"),
        ({"background": pd.DataFrame({"x": pd.to_datetime(["2024-01-01"] * 3).astype("category")})}, "x är datum"),
        ({"background": pd.DataFrame([[1, 2]] * 3, columns=["x", "x"])}, "samma namn"),
        ({"background": pd.DataFrame(index=range(3))}, "inga kolumner"),
        ({"background": np.ones((3, 1))}, "background"),
        ({"background": pd.DataFrame({"x": [1, 2]})}, "lika många"),
        ({"kept": [1, 0, 1]}, "kept"),
        ({"kept": [True, None, False]}, "kept"),
        ({"kept": pd.Series([True, False, True], index=[4, 5, 6])}, "index"),
        ({"method": "probit"}, "method"),
        ({"minimum": 0}, "minimum"),
        ({"minimum": 2.5}, "minimum"),
        ({"permutations": -1}, "permutations"),
        ({"level": 1}, "level"),
    ],
)
def test_bad_input_is_refused(changed, message):
    given = {"background": pd.DataFrame({"x": [1.0, 2, 3]}), "kept": [True, False, True], "seed": 1} | changed
    with pytest.raises(StatisticsError, match=message):
        dropout_model(**given)


def separated_designs():
    """A plan that decides everything, with fillers; then twelve by chance, flags and numbers, 1-4 fillers."""
    kept = np.arange(200) < 100
    yield pd.DataFrame({"plan": kept.astype(int), "b": np.arange(200) % 7, "c": np.arange(200) % 3}), kept
    for seed in range(12):
        rng = np.random.default_rng(seed)
        kept = rng.permutation(np.arange(240) < 120)
        far = kept.astype(int) if seed % 2 else rng.normal(np.where(kept, 6, -6))
        fillers = {f"x{j}": rng.integers(0, 5, 240) if j % 2 else rng.normal(size=240) for j in range(seed % 4 + 1)}
        yield pd.DataFrame({"far": far} | fillers), kept


def test_separation_never_raises_and_a_limit_is_there_or_said_to_be_missing():
    estimated = 0
    for frame, kept in separated_designs():
        m = dropout_model(frame, kept, seed=1, permutations=0)
        assert m.why_firth == "separation" and m.reason in ("", "not_converged")
        estimated += m.reason == ""
        limits = m.terms[["odds_ratio_low_profile", "odds_ratio_high_profile"]].to_numpy(dtype=float)
        assert (np.isnan(limits).any(axis=1) == (m.terms.reason == "not_converged")).all()
        known = m.terms[m.terms.reason == ""]
        assert (known.odds_ratio_low_profile < known.odds_ratio).all()
        assert (known.odds_ratio < known.odds_ratio_high_profile).all()
        assert (m.terms.odds_ratio_high_profile.iloc[1:2] < 1).all()  # the column that separates is no chance
    assert estimated >= 8


def test_a_year_gives_an_infinite_intercept_without_warning():
    rng = np.random.default_rng(4)
    year = rng.integers(2015, 2025, 600)
    kept = rng.random(600) < 1 / (1 + np.exp(1.2 * (year - 2019.5)))
    m = dropout_model(pd.DataFrame({"year": -year}), kept, seed=1, permutations=0)
    up = dropout_model(pd.DataFrame({"year": year}), ~kept, seed=1, permutations=0)
    assert m.reason == up.reason == ""
    assert np.inf in (m.terms.odds_ratio[0], up.terms.odds_ratio[0])
    assert_allclose(m.terms.odds_ratio[1], up.terms.odds_ratio[1])


def test_numbers_in_a_column_of_objects_are_numbers():
    frame, kept = people()
    objects = frame.assign(age=frame.age.astype(object), flag=frame.flag.astype(object))
    one, other = (dropout_model(f, kept, seed=4, permutations=0) for f in (frame, objects))
    pd.testing.assert_frame_equal(one.terms, other.terms)
