"""Who was lost, what they could have changed, and the three states of a conclusion."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics import (
    ChangeEstimate,
    change_verdict,
    compare_lost_kept,
    imbens_manski,
    mean_bounds,
    ml_change_two_wave,
    overall_balance,
    share_verdict,
    tipping_point,
)

FOLDER = "effects_attrition/"
POST_OF = {"btheb_2m": "bdi.2m", "btheb_3m": "bdi.3m", "btheb_5m": "bdi.5m", "btheb_8m": "bdi.8m"}


@pytest.fixture(scope="module")
def attrition(oracle):
    return oracle(FOLDER + "expected_attrition.json")


@pytest.fixture(scope="module")
def balance(attrition, oracle_data):
    """Every balance case: (expected, our comparison indexed by variable and level)."""
    found = []
    for case in attrition["balance"]:
        amputed = case["id"].startswith("amputed")
        data = oracle_data(FOLDER + "data/" + ("sai_amputed.csv" if amputed else "btheb.csv"))
        post = case["id"].replace("amputed", "post") if amputed else POST_OF[case["id"]]
        background = data[[*case["continuous"], *case["categorical"]]]
        frame = compare_lost_kept(background, data[post].notna()).set_index(["variable", "level"])
        found.append((case, frame))
    assert len(found) == 8
    return found


def test_numbers_of_lost_and_kept_equal_r(balance):
    for case, frame in balance:
        for name, expected in case["continuous"].items():
            row = frame.loc[name].iloc[0]
            assert (row.n_lost, row.n_kept) == (expected["n_drop"], expected["n_comp"])
            assert_allclose([row.value_lost, row.value_kept], [expected["mean_drop"], expected["mean_comp"]], rtol=1e-9)
            welch = expected["welch"]
            assert_allclose([row.difference_low, row.difference_high], [welch["lo"], welch["hi"]], rtol=1e-8)
            assert_allclose(row.smd, expected["smd_austin"], rtol=1e-9)
            if min(row.n_lost, row.n_kept) < 5:
                assert np.isnan(row.smd_low) and row.verdict == "cannot_tell"
                continue
            middle = expected["metafor_SMD"]["yi"]  # ours leaves one out around Hedges' correction of Austin's smd
            assert (row.smd_low + row.smd_high) / 2 == pytest.approx(row.smd * middle / expected["d_pooled"]["est"])


def test_shares_of_lost_and_kept_equal_r(balance):
    compared = 0
    for case, frame in balance:
        for name, expected in case["categorical"].items():
            rows = frame.loc[name].loc[expected["levels"]]
            assert list(rows.count_lost) == expected["n_drop"] and list(rows.count_kept) == expected["n_comp"]
            assert_allclose(rows.value_lost, expected["p_drop"], atol=1e-12)
            if "smd_austin_level2" in expected:
                assert_allclose(rows.smd.iloc[1], expected["smd_austin_level2"], rtol=1e-9)
                compared += 1
    assert compared >= 12


def test_the_interval_of_a_share_is_newcombes_over_the_same_spread(oracle):
    """R: Newcombe limits and Austin's smd of the same tables; only their ratio is ours."""
    compared = 0
    for case in oracle(FOLDER + "expected_binary_ordinal.json")["independent_2x2"]:
        lost, kept = ([True] * case[f"x{g}"] + [False] * (case[f"n{g}"] - case[f"x{g}"]) for g in (1, 2))
        frame = compare_lost_kept(pd.DataFrame({"v": lost + kept}), [False] * len(lost) + [True] * len(kept))
        row = frame[frame.level == "True"].squeeze()
        expected = case["rd"]["newcombe"]
        if row.empty or not case["smd_austin"]:
            continue
        assert_allclose(row.smd, case["smd_austin"], rtol=1e-9)
        spread = expected["est"] / case["smd_austin"]
        assert_allclose([row.smd_low, row.smd_high], [expected["lo"] / spread, expected["hi"] / spread], rtol=1e-7)
        compared += 1
    assert compared >= 10


def test_missing_background_is_its_own_row_never_a_level():
    background = pd.DataFrame({"age": [1.0, 2, np.nan, 4, 5, 6], "sex": ["a", None, "a", "b", "b", "a"]})
    frame = compare_lost_kept(background, [True, True, True, False, False, False])
    assert list(frame.kind) == ["number", "missing", "level", "level", "missing"]
    age, age_missing, a, b, sex_missing = (frame.iloc[i] for i in range(5))
    assert (age.n_kept, age.value_kept, age.value_lost, age.difference) == (2, 1.5, 5.0, 3.5)
    assert (age_missing.count_kept, age_missing.n_kept, age_missing.count_lost) == (1, 3, 0)
    assert (a.count_kept, a.n_kept, a.count_lost, a.n_lost) == (2, 2, 1, 3)
    assert b.value_lost == pytest.approx(2 / 3) and sex_missing.count_kept == 1


def test_differences_are_lost_minus_kept():
    kept = [True] * 5 + [False] * 5
    row = compare_lost_kept(pd.DataFrame({"x": [1, 2, 3, 4, 5, 21, 22, 23, 24, 25]}), kept).squeeze()
    assert row.difference == 20 and row.smd == pytest.approx(20 / np.sqrt(2.5)) and row.verdict == "imbalanced"


def test_the_interval_of_a_standardised_difference_leaves_out_one_person_at_a_time(rng):
    lost, kept = rng.exponential(5, 7), rng.normal(4, 2, 12)
    groups = [lost, kept]

    def smd(a, b):
        return (a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)

    parts = []
    for which, n in ((0, 7), (1, 12)):
        without = [smd(*[np.delete(g, i) if k == which else g for k, g in enumerate(groups)]) for i in range(n)]
        parts.append((n - 1) / n * ((without - np.mean(without)) ** 2).sum())
    df = sum(parts) ** 2 / (parts[0] ** 2 / 6 + parts[1] ** 2 / 11)
    frame = pd.DataFrame({"x": np.concatenate(groups)})
    row = compare_lost_kept(frame, np.repeat([False, True], [7, 12])).squeeze()
    half = stats.t.ppf(0.975, df) * np.sqrt(sum(parts))
    assert (row.smd_high - row.smd_low) / 2 == pytest.approx(half)
    few = compare_lost_kept(frame.iloc[5:], np.repeat([False, True], [2, 12])).squeeze()
    assert np.isnan(few.smd_low) and few.verdict == "cannot_tell" and np.isfinite([few.smd, few.difference_low]).all()


def test_serious_is_a_quarter_of_a_standard_deviation():
    """Interval ends just inside and outside .25: 20,000 people make it narrow."""
    x = np.tile(np.arange(-50.0, 50), 200)
    kept = np.repeat([True, False], 10_000)
    for shift, verdict in ((0.2, "balanced"), (0.25, "cannot_tell"), (0.3, "imbalanced"), (-0.3, "imbalanced")):
        moved = pd.DataFrame({"x": x + np.where(kept, 0, shift * x.std())})
        assert compare_lost_kept(moved, kept).verdict.tolist() == [verdict]


def test_the_three_verdicts_of_balance(rng):
    same = pd.DataFrame({"x": np.tile(np.arange(10.0), 120)})
    kept = np.repeat([True, False], 600)
    assert compare_lost_kept(same, kept).verdict.tolist() == ["balanced"]
    assert compare_lost_kept(same[:20], [True, False] * 10).verdict.tolist() == ["cannot_tell"]
    assert overall_balance(compare_lost_kept(same, kept)) == "balanced"
    far = same.assign(y=same.x + np.where(kept, 0, 9))
    assert overall_balance(compare_lost_kept(far, kept)) == "imbalanced"
    assert overall_balance(compare_lost_kept(same[:20], [True, False] * 10)) == "cannot_tell"
    assert overall_balance(compare_lost_kept(same[[]], kept)) == "cannot_tell"


def test_disjoint_groups_are_never_called_balanced():
    frame = compare_lost_kept(pd.DataFrame({"v": ["a"] * 20 + ["b"] * 20}), [True] * 20 + [False] * 20)
    assert frame.smd.isna().all() and set(frame.verdict) == {"imbalanced"}


@pytest.mark.parametrize("n_lost", [0, 1])
def test_nobody_to_compare_with_is_missing_not_an_error(n_lost):
    kept = [True] * 4 + [False] * n_lost
    frame = compare_lost_kept(pd.DataFrame({"x": range(4 + n_lost), "v": list("abab")[:4] + ["a"] * n_lost}), kept)
    assert set(frame.verdict) == {"cannot_tell"} and np.isnan(frame.smd.iloc[0])


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=8, max_size=40), st.floats(0.1, 9))
def test_standardised_differences_do_not_depend_on_the_unit_and_turn_with_the_groups(people, scale):
    x, kept = np.array([p[0] for p in people], dtype=float), np.array([p[1] for p in people])
    assume(min(kept.sum(), (~kept).sum()) >= 2)
    one = compare_lost_kept(pd.DataFrame({"x": x}), kept).squeeze()
    assume(not math.isnan(one.smd))
    moved = compare_lost_kept(pd.DataFrame({"x": 5 + scale * x}), kept).squeeze()
    turned = compare_lost_kept(pd.DataFrame({"x": x}), ~kept).squeeze()
    assert_allclose([moved.smd, moved.smd_low, moved.smd_high], [one.smd, one.smd_low, one.smd_high], atol=1e-7)
    assert_allclose([turned.smd, turned.smd_low, turned.smd_high], [-one.smd, -one.smd_high, -one.smd_low], atol=1e-9)


def test_bad_comparisons_are_refused():
    frame = pd.DataFrame({"x": [1, 2]})
    with pytest.raises(StatisticsError, match="kept"):
        compare_lost_kept(frame, [1, 0])
    with pytest.raises(StatisticsError, match="lika många"):
        compare_lost_kept(frame, [True])
    with pytest.raises(StatisticsError, match="index"):
        compare_lost_kept(frame, pd.Series([True, False], index=[5, 6]))
    with pytest.raises(StatisticsError, match="datum"):
        compare_lost_kept(pd.DataFrame({"x": pd.to_datetime(["2024-01-01", "2024-01-02"])}), [True, False])


def two_wave_cases(attrition, oracle_data):
    for case in attrition["two_wave"]:
        file, *keep = case["source"].split()
        data = oracle_data(FOLDER + "data/" + file, *keep)
        data = data[data[case["pre"]].notna()]
        yield case, data[case["pre"]], data[case["post"]]


def test_bounds_and_imbens_manski_equal_r(attrition, oracle_data):
    compared = 0
    for case, pre, post in two_wave_cases(attrition, oracle_data):
        expected = case["manski"]
        found = mean_bounds(pre, post, expected["scale_min"], expected["scale_max"])
        names = {"lower": "lower", "upper": "upper", "se_lower": "se_lower", "se_upper": "se_upper"}
        names |= {"imbens_manski_low": "im_lo", "imbens_manski_high": "im_hi"}
        assert_allclose([getattr(found, k) for k in names], [expected[v] for v in names.values()], rtol=2e-6)
        compared += 1
    assert compared == 18


def test_tipping_points_equal_r(attrition, oracle_data):
    for case, pre, post in two_wave_cases(attrition, oracle_data):
        ml, expected = case["ml_closed_form"], case["delta_adjusted"]
        half = 1.959963984540054 * ml["se_unbiased"]  # that file uses a normal interval
        e = ChangeEstimate("z", case["n"], case["r"], ml["est"], ml["est"] - half, ml["est"] + half)
        found = tipping_point(e, 1 - case["completion"])
        assert_allclose(found.delta_estimate, expected["tipping_delta_est_zero"], rtol=1e-8)
        if found.delta_limit:
            assert_allclose(found.delta_limit, expected["tipping_delta_ci_zero"], rtol=1e-7)
        ours = tipping_point(ml_change_two_wave(pre, post, error="model"), 1 - case["completion"])
        assert abs(ours.delta_limit) <= abs(found.delta_limit) or case["covariates"]


def estimate(change, half, n=100, n_pairs=50):
    return ChangeEstimate("test", n, n_pairs, change, change - half, change + half, half / 2, 40)


def test_tipping_by_hand():
    """-6 +- 2, half lost: 12 points less to bring it to zero, 8 to bring the interval there."""
    found = tipping_point(estimate(-6, 2), 0.5)
    assert (found.delta_estimate, found.delta_limit, found.reason) == (12, 8, "")
    assert tipping_point(estimate(6, 2), 0.5).delta_limit == -8
    assert tipping_point(estimate(1, 2), 0.5).delta_limit == 0
    assert tipping_point(estimate(6, 2), 0.0).reason == "nobody_lost"
    assert tipping_point(ChangeEstimate("x", 5, 1, reason="too_few_pairs"), 0.8).reason == "not_estimable"
    with pytest.raises(StatisticsError, match="share_lost"):
        tipping_point(estimate(6, 2), 1.2)


def test_imbens_manski_between_its_two_known_ends():
    """Equal bounds: 1.96 SE each way. Bounds far apart: 1.645 SE outside each (normal table)."""
    assert_allclose(imbens_manski(2, 2, 1, 1), (2 - 1.959964, 2 + 1.959964), atol=1e-6)
    assert_allclose(imbens_manski(0, 1000, 1, 1), (-1.644854, 1001.644854), atol=1e-5)
    assert imbens_manski(1, 2, 0, 0) == (1, 2)
    with pytest.raises(StatisticsError, match="lower"):
        imbens_manski(3, 2, 1, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), min_size=2, max_size=40))
def test_bounds_hold_whatever_the_lost_did(people):
    x, truth = np.array([p[:2] for p in people], dtype=float).T
    kept = np.array([p[2] for p in people])
    found = mean_bounds(x, np.where(kept, truth, np.nan), 0, 40)
    assert found.lower - 1e-9 <= (truth - x).mean() <= found.upper + 1e-9
    assert found.imbens_manski_low <= found.lower and found.upper <= found.imbens_manski_high
    assert found.n_observed == kept.sum()
    assert_allclose(found.upper - found.lower, 40 * (1 - kept.mean()), atol=1e-9)


def test_one_person_has_bounds_without_an_interval():
    found = mean_bounds([10.0], [np.nan], 0, 40)
    assert (found.lower, found.upper) == (-10, 30) and math.isnan(found.imbens_manski_low)


def test_scores_outside_the_scale_are_refused():
    with pytest.raises(StatisticsError, match="post"):
        mean_bounds([1, 2], [3, 50], 0, 40)
    with pytest.raises(StatisticsError, match="scale"):
        mean_bounds([1, 2], [3, 4], 40, 0)


def judged(e, b, **how):
    """The verdict, with the bounds said to be of the estimate's people."""
    return change_verdict(e, type(b)(**{**b.__dict__, "n": e.n, "n_observed": e.n_pairs}), **how)


def bounds(lower, upper):
    found = mean_bounds([10.0, 12.0], [11.0, 13.0], 0, 40)
    return type(found)(**{**found.__dict__, "lower": lower, "upper": upper})


@pytest.mark.parametrize(
    ("e", "b", "higher", "state", "direction", "tolerance", "reason"),
    [
        (estimate(-6, 2), bounds(-9, -1), False, "holds", "better", None, ""),
        (estimate(-6, 2), bounds(-9, -1), True, "holds", "worse", None, ""),
        (estimate(6, 2), bounds(1, 9), True, "holds", "better", None, ""),
        (estimate(-6, 2), bounds(-9, 4), False, "holds_if", "better", 8.0, ""),
        (estimate(6, 2), bounds(-1, 9), False, "holds_if", "worse", 8.0, ""),
        (estimate(6, 2, 80, 60), bounds(-1, 9), True, "holds_if", "better", 16.0, ""),
        (estimate(1, 2), bounds(-9, 4), True, "cannot_judge", "better", None, "interval_includes_zero"),
        (estimate(1, 2), bounds(1, 1), True, "cannot_judge", "better", None, "interval_includes_zero"),
        (estimate(6, 2, 20, 9), bounds(1, 9), True, "cannot_judge", "better", None, "too_few_pairs"),
        (estimate(6, 2, 100, 19), bounds(1, 9), True, "cannot_judge", "better", None, "low_share"),
        (estimate(6, 2, 40, 40), bounds(-1, 9), True, "holds", "better", None, ""),
        (estimate(6, 2, 75, 15), bounds(1, 9), True, "holds", "better", None, ""),
        (estimate(np.nan, 2), bounds(1, 9), True, "cannot_judge", "", None, "not_estimable"),
    ],
)
def test_the_three_states_of_a_mean_change(e, b, higher, state, direction, tolerance, reason):
    found = judged(e, b, higher_is_better=higher)
    assert (found.state, found.direction, found.reason) == (state, direction, reason)
    assert math.isnan(found.tolerance) if tolerance is None else found.tolerance == tolerance


ORDER = {"cannot_judge": 0, "holds_if": 1, "holds": 2}


@given(st.floats(-9, 9), st.floats(0.1, 5), st.floats(0, 9), st.integers(5, 100), st.booleans())
def test_balance_never_raises_a_verdict(change, half, width, n_pairs, higher):
    e, b = estimate(change, half, 100, n_pairs), bounds(change - width, change + width)
    plain = judged(e, b, higher_is_better=higher)
    for balance in ("balanced", "imbalanced", "cannot_tell"):
        found = judged(e, b, higher_is_better=higher, balance=balance)
        assert ORDER[found.state] <= ORDER[plain.state]
        if balance != "imbalanced":
            assert found == plain or math.isnan(plain.tolerance)


def test_known_imbalance_lowers_only_what_rests_on_an_assumption():
    lowered = judged(estimate(6, 2), bounds(-1, 9), higher_is_better=True, balance="imbalanced")
    assert (lowered.state, lowered.reason) == ("cannot_judge", "lost_differ")
    assert judged(estimate(6, 2), bounds(1, 9), higher_is_better=True, balance="imbalanced").state == "holds"
    with pytest.raises(StatisticsError, match="balance"):
        judged(estimate(6, 2), bounds(1, 9), higher_is_better=True, balance="obalans")


@pytest.mark.parametrize(
    ("counts", "state", "direction", "tolerance", "reason"),
    [
        ((51, 60, 100), "holds", "more_than_half", None, ""),
        ((50, 60, 100), "holds_if", "more_than_half", 1 / 40, ""),
        ((43, 52, 100), "holds_if", "more_than_half", 8 / 48, ""),
        ((9, 52, 100), "holds_if", "less_than_half", 8 / 48, ""),
        ((2, 60, 100), "holds", "less_than_half", None, ""),
        ((28, 52, 100), "cannot_judge", "more_than_half", None, "interval_includes_half"),
        ((30, 60, 60), "cannot_judge", "", None, "interval_includes_half"),
        ((9, 9, 12), "cannot_judge", "more_than_half", None, "too_few_pairs"),
        ((0, 0, 0), "cannot_judge", "", None, "too_few_pairs"),
        ((0, 0, 30), "cannot_judge", "", None, "too_few_pairs"),
        ((20, 20, 45), "holds_if", "more_than_half", 3 / 25, ""),
    ],
)
def test_the_three_states_of_more_than_half(counts, state, direction, tolerance, reason):
    found = share_verdict(*counts)
    assert (found.state, found.direction, found.reason) == (state, direction, reason)
    assert math.isnan(found.tolerance) if tolerance is None else found.tolerance == pytest.approx(tolerance)


@given(st.integers(10, 60), st.data())
def test_the_tolerance_of_a_share_is_exactly_enough(observed, data):
    of = data.draw(st.integers(observed, 120))
    n = data.draw(st.integers(0, observed))
    found = share_verdict(n, observed, of)
    if found.state == "holds_if":
        agree = round(found.tolerance * (of - observed))
        conclusion = n if found.direction == "more_than_half" else observed - n
        assert 2 * (conclusion + agree) > of >= 2 * (conclusion + agree - 1)
    if found.state == "holds":
        assert 2 * (n if found.direction == "more_than_half" else observed - n) > of


def test_bounds_of_those_without_a_start_by_hand():
    """On 0-40: pair 10 to 4 is -6; start only 10 is -10..30; end only 4 is -36..4; neither is -40..40."""
    found = mean_bounds([10.0, 10.0, np.nan, np.nan], [4.0, np.nan, 4.0, np.nan], 0, 40)
    assert (found.n, found.n_observed) == (4, 1)
    assert (found.lower, found.upper) == ((-6 - 10 - 36 - 40) / 4, (-6 + 30 + 4 + 40) / 4)


def test_imbens_manski_at_a_level_the_bounds_already_reach():
    assert imbens_manski(-1.0, 1.0, 0.1, 0.1, 0.4) == (-1.0, 1.0)


def test_estimate_and_bounds_of_other_people_are_refused():
    """With more people due than started the bounds may be wider, never narrower."""
    e, b = estimate(-6, 2, 40, 20), bounds(-9, -1)
    for n, observed in ((39, 20), (40, 19), (40, 21)):
        other = type(b)(**{**b.__dict__, "n": n, "n_observed": observed})
        with pytest.raises(StatisticsError, match="estimate och bounds"):
            change_verdict(e, other, higher_is_better=False)
    wider = type(b)(**{**b.__dict__, "n": 50, "n_observed": 20})
    assert change_verdict(e, wider, higher_is_better=False).state == "holds"


def test_a_number_that_tells_the_lost_from_the_kept_is_no_balance():
    kept = np.repeat([True, False], 20)
    frame = pd.DataFrame({"sex": kept.astype(int)})
    assert compare_lost_kept(frame, kept).verdict.tolist() == ["imbalanced"]
    assert compare_lost_kept(frame.iloc[18:22], kept[18:22]).verdict.tolist() == ["cannot_tell"]
    assert compare_lost_kept(pd.DataFrame({"sex": np.ones(40)}), kept).verdict.tolist() == ["cannot_tell"]


@pytest.mark.parametrize(
    "column",
    [
        pd.to_timedelta(range(4), "D"),
        [datetime.date(2024, 1, day) for day in range(1, 5)],
        pd.period_range("2024", periods=4, freq="M"),
    ],
)
def test_dates_of_any_kind_are_refused(column):
    with pytest.raises(StatisticsError, match="datum"):
        compare_lost_kept(pd.DataFrame({"day": column}), [True, True, False, False])


def test_a_table_is_asked_for():
    for wrong in (pd.Series([1, 2]), np.ones((2, 2)), pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])):
        with pytest.raises(StatisticsError, match="background"):
            compare_lost_kept(wrong, [True, False])
    with pytest.raises(StatisticsError, match="tal skrivna som text"):
        compare_lost_kept(pd.DataFrame({"age": ["16,0", "17", "18,5"]}), [True, False, True])


def test_imbens_manski_needs_errors():
    assert np.isnan(imbens_manski(0.0, 1.0, np.nan, 1.0)).all() and np.isnan(imbens_manski(0.0, 1.0, 1.0, np.nan)).all()
    assert np.isnan(imbens_manski(np.nan, 1.0, 1.0, 1.0)).all()
    assert imbens_manski(0.0, 1.0, 0.0, 0.0) == (0.0, 1.0)
    with pytest.raises(StatisticsError, match="se_lower"):
        imbens_manski(0.0, 1.0, -1.0, 1.0)


@pytest.mark.parametrize(("n", "direction"), [(8, "less_than_half"), (10, ""), (12, "more_than_half")])
def test_which_half_is_judged(n, direction):
    assert share_verdict(n, 20, 40).direction == direction
