"""Change of everyone who started, many groups at once: R's two-wave cases in one call, and group by group.

R's numbers are those of expected_attrition.json, `two_wave`: 14 of its 18 cases have no covariates (the other four
are for `ml_change_two_wave`, which takes covariates).
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.balance import compare_lost_kept
from isu_analysis.statistics.attrition.bounds import imbens_manski, mean_bounds, tipping_point
from isu_analysis.statistics.attrition.estimates import carried_back, completers_change
from isu_analysis.statistics.attrition.maximum_likelihood import ml_change_two_wave
from isu_analysis.statistics.grouped.attrition import change_estimates_by
from isu_analysis.statistics.grouped.intervals import imbens_manski_multiplier

pytestmark = pytest.mark.filterwarnings("error")
METHODS = {"completers": completers_change, "carried_back": carried_back, "ml_two_wave": ml_change_two_wave}
START = ("value_kept", "value_lost", "difference", "difference_low", "difference_high", "smd", "smd_low", "smd_high")
BOUNDS = {"bounds_lower": "lower", "bounds_upper": "upper", "bounds_se_lower": "se_lower"}
BOUNDS |= {"bounds_se_upper": "se_upper", "imbens_manski_low": "imbens_manski_low"}
BOUNDS |= {"imbens_manski_high": "imbens_manski_high"}


def one_group(pre, post, scale, level):
    """The row of one group, from the functions of one group."""
    kept = ~np.isnan(post)
    estimates = {name: method(pre, post, level=level) for name, method in METHODS.items()}
    found = {"n": pre.size, "n_pairs": kept.sum(), "share_lost": estimates["ml_two_wave"].share_lost, "level": level}
    for name, estimate in estimates.items():
        found |= {f"{name}_{k}": getattr(estimate, k) for k in ("change", "low", "high", "se", "df", "reason")}
    tipping = tipping_point(estimates["ml_two_wave"], found["share_lost"])
    found |= {f"tipping_{k}": getattr(tipping, k) for k in ("delta_estimate", "delta_limit", "reason")}
    start = compare_lost_kept(pd.DataFrame({"start": pre}), kept, level).iloc[0]
    found |= {f"start_{k}": start[k] for k in (*START, "verdict")}
    bounds = mean_bounds(pre, post, *scale, level=level)
    return found | {name: getattr(bounds, field) for name, field in BOUNDS.items()}


def looped(pre, post, groups, scale, level=0.95):
    labels = sorted(set(groups.tolist()))
    rows = [one_group(pre[groups == label], post[groups == label], scale, level) for label in labels]
    return pd.DataFrame(rows, index=pd.Index(labels, name="group"))


def same(found, expected):
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-9, atol=1e-9, check_dtype=False)


@pytest.fixture
def ragged(rng):
    """Groups of 1-80 people, 0-4 and more pairs, nobody lost or all, starts, ends or changes that do not vary."""
    sizes = [1, 1, 2, 3, 4, 5, 6, 8, 12, 12, 12, 12, 12, 12, 80]
    group = np.repeat(np.arange(len(sizes)), sizes)
    pre = np.round(rng.normal(20, 6, group.size)).clip(0, 40)
    post = np.round(0.6 * pre + rng.normal(5, 4, group.size)).clip(0, 40)
    place = np.arange(group.size) - np.searchsorted(group, group)
    lost = (group == 0) | ((group > 1) & (place >= np.maximum(group - 1, 0)) & (group < 12)) | (place > 30)
    pre[group == 8] = 7.1
    post[group == 9] = 7.1
    post[group == 10] = pre[group == 10] + 3.0
    pre[(group == 11) & ~lost] = 30.0
    pre[group == 13], post[group == 13] = 40.0, 0.0
    post[lost] = np.nan
    order = rng.permutation(group.size)
    return pre[order], post[order], group[order]


def test_two_wave_cases_equal_r_in_one_call(oracle, oracle_data):
    cases = [c for c in oracle("effects_attrition/expected_attrition.json")["two_wave"] if not c["covariates"]]
    frames = []
    for case in cases:
        file, *keep = case["source"].split()
        data = oracle_data(f"effects_attrition/data/{file}", *keep)
        frames.append(pd.DataFrame({"case": case["id"], "pre": data[case["pre"]], "post": data[case["post"]]}))
    data = pd.concat(frames, ignore_index=True).dropna(subset="pre")
    found = change_estimates_by(data.pre, data.post, data.case)
    scaled = {
        scale: change_estimates_by(rows.pre, rows.post, rows.case, scale=scale)
        for scale, rows in data.groupby(np.where(data.case.str.startswith("btheb"), "0-63", "20-80"))
        for scale in [tuple(map(int, scale.split("-")))]
    }
    for case in cases:
        row, ml, completers = found.loc[case["id"]], case["ml_closed_form"], case["completers"]
        assert (row.n, row.n_pairs, row.ml_two_wave_df) == (case["n"], case["r"], case["r"] - 2)
        pairs = {"completers_change": completers["est"], "completers_se": completers["se"]}
        pairs |= {"completers_low": completers["lo"], "completers_high": completers["hi"]}
        pairs |= {"ml_two_wave_change": ml["est"]}  # the error leaves one out: `looped` holds it
        pairs |= {"carried_back_change": case["bocf"]["est"], "carried_back_se": case["bocf"]["se"]}
        pairs |= {"tipping_delta_estimate": case["delta_adjusted"]["tipping_delta_est_zero"]}
        pairs |= {
            "start_value_lost": completers["mean_pre_dropouts"],
            "start_value_kept": completers["mean_pre_completers"],
        }
        assert_allclose([row[name] for name in pairs], list(pairs.values()), rtol=1e-9, err_msg=case["id"])
        manski = case["manski"]
        row = scaled[manski["scale_min"], manski["scale_max"]].loc[case["id"]]
        exact = [manski[k] for k in ("lower", "upper", "se_lower", "se_upper")]
        assert_allclose([row[name] for name in list(BOUNDS)[:4]], exact, rtol=1e-9, err_msg=case["id"])
        # R's root finder stops at about 1e-6.
        ends = [row.imbens_manski_low, row.imbens_manski_high]
        assert_allclose(ends, [manski["im_lo"], manski["im_hi"]], atol=2e-6, err_msg=case["id"])
    assert len(cases) == len(found) == 14


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_grouped_equals_looped(ragged, level):
    found = change_estimates_by(*ragged, scale=(0, 40), level=level)
    assert set(found.completers_reason) == {"", "too_few_pairs", "zero_sd"}
    assert set(found.ml_two_wave_reason) == {"", "too_few_pairs", "singular", "zero_sd"}
    assert set(found.tipping_reason) == {"", "nobody_lost", "not_estimable"}
    same(found, looped(*ragged, scale=(0, 40), level=level))


row = st.tuples(st.integers(0, 2), st.integers(0, 3), st.none() | st.integers(0, 3))


@settings(max_examples=15, deadline=None)
@given(st.lists(row, min_size=1, max_size=40), st.sampled_from([1.0, 0.1]))
def test_grouped_equals_looped_on_short_scales(rows, step):
    group, pre, post = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    columns = (step * pre, step * post, group)
    same(change_estimates_by(*columns, scale=(0, 4 * step)), looped(*columns, scale=(0, 4 * step)))


def test_balanced_and_imbalanced_starts_are_told_apart(rng):
    group = np.repeat([0, 1], 4000)
    lost = rng.random(8000) < 0.5
    pre = rng.normal(20, 6, 8000) + 3 * (lost & (group == 1))
    found = change_estimates_by(pre, np.where(lost, np.nan, pre + 1), group)
    assert found.start_verdict.tolist() == ["balanced", "imbalanced"] and found.start_smd[1] > 0.4
    turned = change_estimates_by(-pre, np.where(lost, np.nan, pre + 1), group)
    assert turned.start_verdict.tolist() == ["balanced", "imbalanced"] and turned.start_smd[1] < -0.4


def test_when_nobody_is_lost_all_methods_agree(rng):
    group, (pre, post) = rng.integers(0, 5, 200), rng.normal(20, 5, (2, 200))
    found = change_estimates_by(pre, post, group)
    for name in METHODS:
        assert_allclose(found[f"{name}_change"], pd.Series(post - pre).groupby(group).mean(), atol=1e-12)
    assert found.tipping_delta_estimate.isna().all() and (found.share_lost == 0).all()


def test_figures_far_from_zero_lose_no_digits(ragged):
    pre, post, group = ragged
    numbers = change_estimates_by(pre, post, group, scale=(0, 40))
    far = change_estimates_by(pre + 1e6, post + 1e6, group, scale=(1e6, 1e6 + 40))
    moved = ["start_value_kept", "start_value_lost"]
    tenths = [8, 9]  # 7.1 is another number that far out
    same(far.drop(columns=moved, index=tenths), numbers.drop(columns=moved, index=tenths))


def test_order_of_rows_does_not_matter(ragged, rng):
    order = rng.permutation(ragged[0].size)
    same(change_estimates_by(*(column[order] for column in ragged)), change_estimates_by(*ragged))


def test_direction_follows_the_scale():
    pre, post, group = [4, 5, 6, 7] * 3, [5, 7, 8, 8, 3, 3, 4, 6, 4, 5, 6, 7], ["up"] * 4 + ["down"] * 4 + ["same"] * 4
    higher, lower = (change_estimates_by(pre, post, group, higher_is_better=better) for better in (True, False))
    assert higher.direction.to_dict() == {"down": "worse", "same": "", "up": "better"}
    assert lower.direction.to_dict() == {"down": "better", "same": "", "up": "worse"}
    assert "direction" not in change_estimates_by(pre, post, group)
    assert change_estimates_by([1], [2], [0], higher_is_better=True).direction.item() == ""


def test_without_a_scale_there_are_no_bounds(ragged):
    found, bounded = change_estimates_by(*ragged), change_estimates_by(*ragged, scale=(0, 40))
    assert set(bounded.columns) - set(found.columns) == set(BOUNDS)


@pytest.mark.parametrize("level", [0.6, 0.9, 0.95, 0.999])
def test_imbens_manski_multipliers_equal_those_of_one_group(level):
    widths = [0.0, 1e-6, 0.3, 1.0, 4.0, 50.0]
    expected = [-imbens_manski(0.0, width, 1.0, 1.0, level)[0] for width in widths]
    assert_allclose(imbens_manski_multiplier(np.array(widths), level), expected, atol=1e-10)


def test_imbens_manski_multipliers_of_low_levels_are_not_negative():
    assert imbens_manski_multiplier(np.array([20.0, math.nan]), 0.3)[0] == 0.0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1, None], [1, 2], [0, 0]), "pre"),
        (([], [], []), "pre"),
        (([1, 2], [1, 2], [0, None]), "groups"),
        (([1, 2], [1, 2, 3], [0, 0]), "post"),
    ],
)
def test_bad_columns_are_refused(arguments, named):
    with pytest.raises(StatisticsError, match=named):
        change_estimates_by(*arguments)


@pytest.mark.parametrize(("scale", "named"), [((0, 3), "pre"), ((0, 5), "post"), ((9, 0), "scale")])
def test_scores_outside_the_scale_are_refused(scale, named):
    with pytest.raises(StatisticsError, match=named):
        change_estimates_by([1, 4], [7, 2], ["a", "a"], scale=scale)
