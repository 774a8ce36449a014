"""The common form: hand arithmetic, the functions it must agree with, and what it refuses to do."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.bounds import imbens_manski
from isu_analysis.statistics.attrition.delta_shares import share_by_odds_ratio
from isu_analysis.statistics.outcomes.after_only import after_only_form, measured_across
from isu_analysis.statistics.outcomes.common_form import (
    ODDS_RATIOS,
    TARGETS,
    CommonForm,
    common_form,
    common_forms,
    total_form,
)
from isu_analysis.statistics.outcomes.unmeasured_share import (
    imbens_manski_multiplier,
    plausible_shares,
    rate_interval,
)
from isu_analysis.statistics.proportions.shares import share_bounds

PARTS = ["improved", "maintained", "no_certain_change", "worse", "not_measured", "improved_or_maintained"]
COUNTS = st.tuples(*[st.integers(0, 25)] * 4, st.integers(0, 40))


def rows(*counts, **options):
    return common_form(*counts, **options).to_frame().set_index("part")


def at(frame, part, *columns):
    return [float(frame.loc[part, column]) for column in columns]


def test_a_form_by_hand():
    """60 measured of 100. Improved: odds 1, a tenth of it makes 1/11 of 40 lost; worse: odds 1/11, ten times makes 10/21."""
    frame = rows(30, 10, 15, 5, 100)
    assert list(frame.index) == PARTS
    assert frame["n"].tolist() == [30, 10, 15, 5, 40, 40]
    assert set(frame["of"]) == {100}
    assert frame["share"].tolist() == frame["share_low_bound"].tolist() == [0.3, 0.1, 0.15, 0.05, 0.4, 0.4]
    assert_allclose(frame["share_high_bound"], [0.7, 0.5, 0.55, 0.45, 0.4, 0.8])
    assert_allclose(at(frame, "improved", "plausible_low", "plausible_high"), [0.3 + 0.4 / 11, 0.5])
    assert_allclose(at(frame, "improved", "share_lost_low", "share_lost_high"), [1 / 11, 0.5])
    together = at(frame, "improved_or_maintained", "plausible_low", "plausible_high")
    assert_allclose(together, [0.4 + 0.4 / 6, 2 / 3])
    assert_allclose(at(frame, "worse", "plausible_low", "plausible_high"), [5 / 60, 0.05 + 0.4 * 10 / 21])
    assert at(frame, "improved", "odds_ratio_low", "odds_ratio_high") == [0.1, 1]
    assert at(frame, "worse", "odds_ratio_low", "odds_ratio_high") == [1, 10]
    assert frame["reason"].tolist() == ["", "no_direction", "no_direction", "", "known", ""]
    assert not frame["corrected"].any()
    assert frame.loc[["maintained", "no_certain_change", "not_measured"], "plausible_low"].isna().all()


def test_the_range_says_what_it_is_made_of():
    form = common_form(30, 10, 15, 5, 100, odds_ratios=[2, 1, 0.1])
    made = form.by_odds_ratio().set_index(["part", "odds_ratio"])
    frame = form.to_frame().set_index("part")
    assert form.odds_ratios == (2.0, 1.0, 0.1)
    assert_allclose(made.loc[("improved", 2.0), ["share_lost", "share"]].tolist(), [2 / 3, 0.3 + 0.4 * 2 / 3])
    assert_allclose(made.loc[("worse", 0.5), "share_lost"], 0.5 / 11.5)
    for part in ("improved", "improved_or_maintained", "worse"):
        low, high = made.loc[part, "share"].min(), made.loc[part, "share"].max()
        assert_allclose(at(frame, part, "plausible_low", "plausible_high"), [low, high])
        ends = at(frame, part, "plausible_interval_low", "plausible_interval_high")
        assert_allclose(ends, [made.loc[part, "low"].min(), made.loc[part, "high"].max()])


def test_the_default_reaches_what_staff_saw():
    """Jensen et al. 2017: 79.1 % of those who answered, 25.3 % of the lost, odds ratio .0895."""
    assert (min(ODDS_RATIOS), max(ODDS_RATIOS)) == (0.1, 1.0)
    seen = rows(791, 0, 209, 0, 1341, odds_ratios=[(0.253 / 0.747) / (0.791 / 0.209)])
    assert_allclose(at(seen, "improved", "share_lost_low", "plausible_low"), [0.253, (791 + 0.253 * 341) / 1341])


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_a_point_of_the_range_is_the_share_by_odds_ratio(counts):
    *parts, lost = counts
    measured, n = sum(parts), parts[0]
    assume(0 < n < measured and lost)
    ours = common_form(*parts, measured + lost).by_odds_ratio().query("part == 'improved'")
    theirs = share_by_odds_ratio(n, measured, measured + lost, ODDS_RATIOS)
    assert_allclose(ours["share"], theirs["share"])
    assert_allclose(ours["share_lost"], theirs["share_lost"])
    # Where the lost are as the measured, how many were lost adds no uncertainty.
    assert_allclose(ours[["low", "high"]].iloc[0], theirs[["low", "high"]].iloc[0])
    assert (ours["low"].to_numpy() <= theirs["low"].to_numpy() + 1e-12).all()
    assert (ours["high"].to_numpy() >= theirs["high"].to_numpy() - 1e-12).all()


def test_the_error_of_a_point_by_hand():
    """45 of 60 measured of 100, a tenth of the odds: at the limits of p, and 1.96 errors of the share measured."""
    found = plausible_shares(*(np.array([value]) for value in (45.0, 60.0, 100.0, 0.1)), level=0.95)
    low, high = proportion_confint(45, 60, method="wilson")
    lost = 0.3 / 1.3
    share = 0.45 + 0.4 * lost
    of_response = 1.959964 * (0.75 - lost) * np.sqrt(0.6 * 0.4 / 100)
    ends = [0.6 * p + 0.4 * 0.1 * p / (1 - p + 0.1 * p) for p in (low, high)]
    expected = [share - np.hypot(share - ends[0], of_response), share + np.hypot(ends[1] - share, of_response)]
    assert_allclose([found.low[0, 0], found.high[0, 0]], expected, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_nothing_leaves_the_bounds_and_the_parts_make_the_whole(counts):
    *parts, lost = counts
    frame = rows(*parts, sum(parts) + lost)
    assume(sum(parts) + lost)
    assert frame["n"].iloc[:5].sum() == sum(parts) + lost
    assert_allclose(frame["share"].iloc[:5].sum(), 1)
    bounds = share_bounds(parts[0], sum(parts), sum(parts) + lost)
    assert_allclose(at(frame, "improved", "share_low_bound", "share_high_bound"), [bounds.worst, bounds.best])
    order = ["plausible_interval_low", "plausible_low", "plausible_high", "plausible_interval_high"]
    ranged = frame.dropna(subset=order)
    steps = ranged[order].diff(axis=1).iloc[:, 1:].to_numpy()
    assert (steps > -1e-12).all()
    assert (ranged["plausible_low"] >= ranged["share_low_bound"] - 1e-12).all()
    assert (ranged["plausible_high"] <= ranged["share_high_bound"] + 1e-12).all()
    assert (frame["rate_low"] <= frame["share_low_bound"] + 1e-12).all()
    assert (frame["rate_high"] >= frame["share_high_bound"] - 1e-12).all()
    assert frame[["rate_low", "rate_high"]].stack().between(0, 1).all()


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.floats(0, 1))
def test_bounds_hold_these_people_always_and_the_range_where_their_odds_ratio_is_printed(counts, fraction):
    *parts, lost = counts
    n, measured = parts[0], sum(parts)
    assume(measured and lost)
    among_lost = round(fraction * lost)
    true = (n + among_lost) / (measured + lost)
    frame = rows(*parts, measured + lost)
    low, high = at(frame, "improved", "share_low_bound", "share_high_bound")
    assert low - 1e-12 <= true <= high + 1e-12
    if not 0 < n < measured or among_lost == lost:
        return
    own = among_lost / (lost - among_lost) / (n / (measured - n))
    low, high = at(frame, "improved", "plausible_low", "plausible_high")
    assert (low - 1e-12 <= true <= high + 1e-12) == (0.1 - 1e-9 <= own <= 1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_at_each_delta_the_lost_are_improved_or_worse_but_once(counts):
    *parts, lost = counts
    assume(0 < parts[0] < sum(parts) and 0 < parts[3] < sum(parts))
    made = common_form(*parts, sum(parts) + lost).by_odds_ratio()
    improved, worse = (made[made["part"] == part]["share_lost"].to_numpy() for part in ("improved", "worse"))
    assert (improved + worse <= 1 + 1e-12).all()


def test_worse_is_improved_seen_in_a_mirror():
    one, other = rows(12, 3, 20, 7, 80), rows(7, 3, 20, 12, 80, odds_ratios=[1, 2, 4, 10])
    columns = [name for name in one if name.startswith(("plausible", "share_lost", "odds_ratio", "rate"))]
    assert_allclose(at(one, "improved", *columns), at(other, "worse", *columns))


def test_none_or_all_of_the_measured():
    """0 of 3: half a person against three and a half, odds 1/7; 3 of 3: odds 7. The other end is none or all."""
    none = rows(0, 0, 3, 0, 30)
    assert_allclose(at(none, "improved", "plausible_low", "plausible_high"), [0, 0.9 / 8])
    assert_allclose(at(none, "improved", "share_lost_low", "share_lost_high"), [0, 1 / 8])
    assert_allclose(at(none, "worse", "plausible_low", "plausible_high"), [0, 0.9 * 10 / 17])
    assert none.loc["improved", "plausible_interval_low"] == 0
    assert 0.9 / 8 < none.loc["improved", "plausible_interval_high"] < 0.9
    all_ = rows(3, 0, 0, 0, 30)
    assert_allclose(at(all_, "improved", "plausible_low", "plausible_high"), [0.1 + 0.9 * 0.7 / 1.7, 1])
    assert at(all_, "improved", "share_lost_high", "plausible_interval_high") == [1, 1]
    assert none["corrected"].tolist() == [True, False, False, True, False, True]
    # A half is added only where it must be: 1 of 3 has odds 1/2.
    assert_allclose(at(rows(1, 0, 2, 0, 30), "improved", "share_lost_high", "corrected"), [1 / 3, 0])


def test_nobody_lost_leaves_chance_alone():
    frame = rows(12, 4, 3, 1, 20)
    low, high = proportion_confint(12, 20, method="wilson")
    expected = [0.6, 0.6, low, high]
    columns = ["plausible_low", "plausible_high", "plausible_interval_low", "plausible_interval_high"]
    assert_allclose(at(frame, "improved", *columns), expected)
    exact = stats.binomtest(12, 20).proportion_ci(method="exact")
    assert_allclose(at(frame, "improved", "rate_low", "rate_high"), [exact.low, exact.high])
    assert frame["share_lost_low"].isna().all() and not frame["corrected"].any()
    assert set(frame["reason"]) == {"", "no_direction", "known"}
    edge = rows(20, 0, 0, 0, 20)
    assert at(edge, "improved", "plausible_low", "plausible_high", "corrected") == [1, 1, 0]


def test_nobody_measured_and_nobody_eligible():
    unmeasured = rows(0, 0, 0, 0, 12)
    assert unmeasured["reason"].tolist() == ["nobody_measured", *["no_direction"] * 2, "nobody_measured", "known",
                                             "nobody_measured"]  # fmt: skip
    assert at(unmeasured, "improved", "share", "share_low_bound", "share_high_bound") == [0, 0, 1]
    assert at(unmeasured, "improved", "rate_low", "rate_high") == [0, 1]
    assert unmeasured[["plausible_low", "plausible_interval_high", "share_lost_low"]].isna().all(axis=None)
    empty = common_form(0, 0, 0, 0, 0)
    assert empty.reason == "nobody_eligible" and set(empty.to_frame()["reason"]) == {"nobody_eligible"}
    numbers = ["share", "share_low_bound", "share_high_bound", "rate_low", "rate_high", "plausible_low"]
    assert empty.to_frame()[numbers].isna().all(axis=None)


@pytest.mark.parametrize(("n", "lost", "of"), [(10, 5, 40), (3, 30, 60), (50, 1, 100), (7, 0, 30), (40, 20, 60)])
def test_the_multiplier_is_that_of_imbens_and_manski(n, lost, of):
    lower, upper = n / of, (n + lost) / of
    errors = [np.sqrt(share * (1 - share) / of) for share in (lower, upper)]
    low, _ = imbens_manski(lower, upper, *errors)
    found = imbens_manski_multiplier(np.array([lower]), np.array([upper]), np.array([float(of)]), 0.95)
    assert_allclose(found, (lower - low) / errors[0], rtol=1e-9)


def test_the_rate_with_many_lost_has_one_sided_exact_limits():
    low, high = rate_interval(np.array([20.0]), np.array([60.0]), np.array([80.0]), 0.95)
    assert_allclose(low, stats.binomtest(20, 80, alternative="greater").proportion_ci(0.95).low, rtol=1e-4)
    assert_allclose(high, stats.binomtest(60, 80, alternative="less").proportion_ci(0.95).high, rtol=1e-4)
    few = rows(10, 10, 10, 10, 80)
    known = stats.binomtest(40, 80).proportion_ci(method="exact")
    assert_allclose(at(few, "not_measured", "rate_low", "rate_high"), [known.low, known.high])


def test_an_interval_of_a_share_is_a_share():
    """None of 17, a thousand times the odds; and no distance to a limit that half a person has passed."""
    none, all_ = (
        plausible_shares(*(np.array([value]) for value in (n, 17.0, 20.0, ratio)), level=0.95)
        for n, ratio in ((0.0, 1000.0), (17.0, 0.001))
    )
    assert none.low[0, 0] == 0 < none.share[0, 0]
    assert all_.high[0, 0] == 1 > all_.share[0, 0]
    narrow = plausible_shares(*(np.array([value]) for value in (3.0, 3.0, 30.0, 0.1)), level=0.05)
    of_response = stats.norm.ppf(0.525) * (1 - 0.7 / 1.7) * np.sqrt(0.1 * 0.9 / 30)
    assert_allclose(narrow.low[0, 0], 0.1 + 0.9 * 0.7 / 1.7 - of_response)
    narrow = plausible_shares(*(np.array([value]) for value in (0.0, 3.0, 30.0, 0.1)), level=0.05)
    assert_allclose(narrow.high[0, 0], 0.9 / 71 + stats.norm.ppf(0.525) / 71 * np.sqrt(0.1 * 0.9 / 30))


def test_the_level_reaches_every_interval():
    frame = rows(12, 4, 3, 1, 20, level=0.8)
    exact = stats.binomtest(12, 20).proportion_ci(0.8, method="exact")
    assert_allclose(at(frame, "improved", "rate_low", "rate_high"), [exact.low, exact.high])
    wilson_ends = proportion_confint(12, 20, alpha=0.2, method="wilson")
    assert_allclose(at(frame, "improved", "plausible_interval_low", "plausible_interval_high"), wilson_ends)


def test_a_low_level_never_shrinks_inside_the_bounds():
    frame = rows(3, 1, 2, 1, 9, level=0.2)
    assert (frame["rate_low"] <= frame["share_low_bound"] + 1e-9).all()
    assert set(frame["level"]) == {0.2}


def test_who_could_improve_stands_beside():
    form = common_form(10, 5, 3, 2, 40, could_improve=18, could_improve_of=24)
    assert (form.could_improve, form.could_improve_of, form.share_could_improve) == (18, 24, 0.75)
    assert np.isnan(common_form(10, 5, 3, 2, 40).share_could_improve)
    assert np.isnan(common_form(0, 0, 0, 0, 4, could_improve=0, could_improve_of=0).share_could_improve)


def test_the_form_is_frozen_and_says_its_counts():
    form = common_form(np.int64(10), 5, 3, 2, 40)
    assert (form.measured, form.not_measured, form.of, form.level, form.reason) == (20, 20, 40, 0.95, "")
    assert type(form.improved) is int and "rows" not in repr(form)
    with pytest.raises(dataclasses.FrozenInstanceError):
        form.of = 3
    mine = form.to_frame()
    mine["n"] = 0
    assert form.to_frame()["n"].tolist()[:4] == [10, 5, 3, 2]


def test_three_targets_are_named_and_one_is_not_claimed():
    columns = set(rows(1, 1, 1, 1, 9))
    assert {target for target, (_, reason) in TARGETS.items() if reason} == {"latent_change"}
    assert set(TARGETS) == {"cohort_status", "process_rate", "latent_change"}
    assert all(set(answer) <= columns and bool(answer) != bool(reason) for answer, reason in TARGETS.values())


@pytest.mark.parametrize(
    ("counts", "options", "said"),
    [
        ((5, 5, 5, 6, 20), {}, "fler än of"),
        ((-1, 0, 0, 0, 5), {}, "improved"),
        ((1.5, 0, 0, 0, 5), {}, "improved"),
        ((1, 0, 0, 0, np.nan), {}, "of"),
        (([1, 2], 0, 0, 0, 5), {}, "improved"),
        ((1, 0, 0, 0, 5), {"odds_ratios": []}, "odds_ratios"),
        ((1, 0, 0, 0, 5), {"odds_ratios": [1, 0]}, "odds_ratios"),
        ((1, 0, 0, 0, 5), {"odds_ratios": [1, np.nan]}, "odds_ratios"),
        ((1, 0, 0, 0, 5), {"level": 95}, "level"),
        ((1, 0, 0, 0, 5), {"could_improve": 2}, "båda eller ingen"),
        ((3, 0, 0, 0, 5), {"could_improve": 2, "could_improve_of": 4}, "minst improved"),
        ((1, 0, 0, 0, 5), {"could_improve": 2, "could_improve_of": 6}, "högst of"),
    ],
)
def test_what_cannot_be_is_refused(counts, options, said):
    with pytest.raises(StatisticsError, match=said):
        common_form(*counts, **options)


def many():
    labels = {
        "unit": ["b", "a", "c"], "measure": ["core_om", "ors", "kasam13"], "rater": "client", "kind": "measured",
        "smallest_change": [5, 5.0, 1], "target_group": "adults",
    }  # fmt: skip
    counts = {"improved": [5, 0, 9], "maintained": [1, 0, 0], "no_certain_change": [4, 0, 2], "worse": [2, 0, 1]}
    return pd.DataFrame({**labels, **counts, "of": [30, 12, 12]}, index=[7, 7, 7])


def test_many_units_are_each_one_unit():
    given_ = many()
    found = common_forms(given_, odds_ratios=[0.2, 3], level=0.9)
    assert len(found) == 18 and list(found.index) == list(range(18))
    assert found["unit"].drop_duplicates().tolist() == ["b", "a", "c"]  # as given: never sorted by a share
    for place, unit in enumerate(given_["unit"]):
        counts = given_.iloc[place][[*PARTS[:4], "of"]].tolist()
        alone = common_form(*counts, odds_ratios=[0.2, 3], level=0.9).to_frame()
        ours = found[found["unit"] == unit].reset_index(drop=True)
        pd.testing.assert_frame_equal(ours[list(alone)], alone)
        assert set(ours["smallest_change"]) == {given_["smallest_change"].iloc[place]}
    assert common_forms(many().iloc[:0]).empty


def test_many_units_are_refused_together():
    with pytest.raises(StatisticsError, match="saknar kolumnerna worse"):
        common_forms(many().drop(columns="worse"))
    with pytest.raises(StatisticsError, match="saknar värden"):
        common_forms(many().assign(improved=[1, np.nan, 2]))
    with pytest.raises(StatisticsError, match="fler än of"):
        common_forms(many().assign(of=[30, 12, 11]))
    with pytest.raises(StatisticsError, match="kind"):
        common_forms(many().assign(kind=["measured", "felt", None]))
    with pytest.raises(StatisticsError, match="heter som resultatets"):
        common_forms(many().assign(share=1))
    with pytest.raises(StatisticsError, match="odds_ratios"):
        common_forms(many(), odds_ratios=[-1])


def test_different_measures_have_no_total():
    with pytest.raises(StatisticsError, match=r"olika measure, smallest_change.*measured_across"):
        total_form(many())
    with pytest.raises(StatisticsError, match="saknar kolumnerna rater"):
        total_form(many().drop(columns="rater"))
    one = many().assign(measure="core_om", smallest_change=5)
    with pytest.raises(StatisticsError, match="olika target_group"):
        total_form(one.assign(target_group=["adults", "adults", "young"]))
    with pytest.raises(StatisticsError, match="smallest_change saknas"):
        total_form(one.assign(smallest_change=np.nan))
    with pytest.raises(StatisticsError, match="measure saknas"):
        total_form(one.assign(measure=None))
    with pytest.raises(StatisticsError, match="measure, smallest_change saknas"):
        total_form(one.assign(measure=None, smallest_change=np.nan, kind="judged"))
    with pytest.raises(StatisticsError, match="olika measure"):
        total_form(one.assign(measure=["core_om", None, "core_om"]))


def test_the_same_measure_has_a_total():
    one = many().assign(measure="core_om", smallest_change=5)
    found = total_form(one, level=0.9)
    assert isinstance(found, CommonForm)
    assert (found.improved, found.maintained, found.no_certain_change, found.worse, found.of) == (14, 1, 6, 3, 54)
    assert found.level == 0.9
    judged = total_form(one.assign(kind="judged", smallest_change=np.nan), odds_ratios=[1])
    assert judged.odds_ratios == (1.0,)


def test_an_outcome_seen_once_has_levels_and_no_improvement():
    form = after_only_form({"mycket": 6, "lite": 3, "inte alls": 0}, 15)
    frame = form.to_frame().set_index("part")
    assert (form.answered, form.not_measured, form.of, form.share_answered, form.reason) == (9, 6, 15, 0.6, "")
    assert list(frame.index) == ["mycket", "lite", "inte alls", "not_measured"]
    assert frame["n"].tolist() == [6, 3, 0, 6]
    assert_allclose(frame["share_low_bound"], [0.4, 0.2, 0, 0.4])
    assert_allclose(frame["share_high_bound"], [0.8, 0.6, 0.4, 0.4])
    assert_allclose(frame["share_of_answered"], [2 / 3, 1 / 3, 0, np.nan])
    assert not [name for name in frame if name.startswith("plausible")]
    twin = rows(6, 3, 0, 0, 15)
    assert_allclose(at(frame, "mycket", "rate_low", "rate_high"), at(twin, "improved", "rate_low", "rate_high"))
    assert "rows" not in repr(form)


def test_an_outcome_seen_once_at_the_edges():
    assert after_only_form({"ja": 0}, 4).reason == "nobody_measured"
    empty = after_only_form({"ja": 0}, 0, level=0.8)
    assert (empty.reason, empty.level) == ("nobody_eligible", 0.8) and np.isnan(empty.share_answered)
    assert empty.to_frame()["share_of_answered"].isna().all()
    for levels, of, said in (
        ({"improved": 1}, 3, "förbättrats"), ({"worse": 1, "ja": 1}, 3, "förbättrats"), ({}, 3, "minst en nivå"),
        ([1, 2], 3, "minst en nivå"), ({"ja": 2, "nej": 2}, 3, "fler än of"), ({"ja": 0.5}, 3, "levels"),
        ({1: 2}, 3, "minst en nivå"),
    ):  # fmt: skip
        with pytest.raises(StatisticsError, match=said):
            after_only_form(levels, of)
    with pytest.raises(StatisticsError, match="level"):
        after_only_form({"ja": 1}, 3, level=95)


def test_only_measured_and_not_measured_are_added():
    once = after_only_form({"ja": 4}, 10).to_frame().assign(unit="d", municipality="M")
    forms = pd.concat([common_forms(many().assign(municipality=["M", "N", "M"])), once])
    found = measured_across(forms, by=["municipality"])
    assert found.to_dict("list") == {
        "municipality": ["M", "N"], "units": [3, 1], "measured": [28, 0], "not_measured": [24, 12], "of": [52, 12],
        "share_measured": [28 / 52, 0.0],
    }  # fmt: skip
    whole = measured_across(forms)
    assert whole.loc[0, ["units", "measured", "not_measured", "of"]].tolist() == [4, 28, 36, 64]
    assert measured_across(forms.iloc[:0]).loc[0, "share_measured"] != measured_across(forms).loc[0, "share_measured"]


def test_a_sum_needs_each_unit_once():
    forms = common_forms(many())
    with pytest.raises(StatisticsError, match="två gånger"):
        measured_across(pd.concat([forms, forms]))
    assert measured_across(pd.concat([forms.assign(year=1), forms.assign(year=2)]), by=["year"])["units"].tolist() == [
        3,
        3,
    ]
    with pytest.raises(StatisticsError, match="saknar kolumnerna year"):
        measured_across(forms, by=["year"])
    with pytest.raises(StatisticsError, match="by"):
        measured_across(forms, by="measure")
    with pytest.raises(StatisticsError, match="saknar värden"):
        measured_across(forms.assign(unit=None))
