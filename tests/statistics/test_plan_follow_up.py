"""Planning: the answer put back into the interval it was asked for, one person fewer, hand cases, published sizes."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import samplesize_confint_proportion

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.attrition.delta_shares import share_by_odds_ratio
from isu_analysis.statistics.planning import plan_follow_up, plan_mean_follow_up
from isu_analysis.statistics.proportions.shares import share_bounds, wilson

PARTS = [("sampling", "none"), ("missingness", "bounds"), ("missingness", "plausible"), ("together", "bounds"),
         ("together", "plausible")]  # fmt: skip


def rows(plan):
    return plan.to_frame().set_index(["part", "about_the_lost"])


def share_half(part, lost, share, measured, people, level=0.95):
    """Half the width of a part, from the functions that report on a finished year."""
    n = round(share * measured)
    if part == "sampling":
        return np.ptp(wilson(n, measured, level)) / 2
    if part == "missingness" and lost == "bounds":
        bounds = share_bounds(n, measured, people)
        return (bounds.best - bounds.worst) / 2
    ratios = (1e-9, 1e9) if lost == "bounds" else (0.1, 2.0)
    found = share_by_odds_ratio(n, measured, people, ratios, level)
    low, high = ("low", "high") if part == "together" else ("share", "share")
    return (found[high][1] - found[low][0]) / 2


@pytest.mark.parametrize("share", [0.2, 0.5, 0.63])
@pytest.mark.parametrize("half_width", [0.06, 0.08])
@pytest.mark.parametrize(("part", "lost"), PARTS)
def test_put_back_it_is_within_and_one_person_fewer_is_not(share, half_width, part, lost):
    plan = plan_follow_up(400, 0.4, share=share, half_width=half_width)
    row = rows(plan).loc[(part, lost)]
    enough = int(row["needed"])
    # A range of the missing at whole people is a little off the planned share: allow it half a person.
    slack = 0.5 / enough if (part, lost) == ("missingness", "plausible") else 1e-9
    assert all(share_half(part, lost, share, m, 400) <= half_width + slack for m in range(enough, 401))
    assert share_half(part, lost, share, enough - 1, 400) > half_width - slack
    now = share_half(part, lost, share, 160, 400)
    assert row["half_width"] == pytest.approx(now, abs=slack + 1e-7)
    assert row["coverage_needed"] == enough / 400
    assert row["loss_to_cure"] == max(enough - 160, 0) / 240


def test_the_textbook_size():
    """Half of all, ten points either way: z^2/(4 h^2) = 96.04, of which Wilson spares z^2 = 3.84."""
    assert plan_follow_up(1000, 1, share=0.5, half_width=0.1).paired_needed == 93
    assert plan_follow_up(10, 1, share=0.5, half_width=0.1).paired_needed == 93
    for half_width in (0.03, 0.05, 0.2):
        plain = samplesize_confint_proportion(0.5, half_width)
        found = plan_follow_up(10, 1, share=0.5, half_width=half_width).paired_needed
        assert found == pytest.approx(plain - 3.84, abs=1)
    assert plan_follow_up(10, 1, share=0.5, half_width=0.001, level=0.99).paired_needed == pytest.approx(
        1_658_717, abs=3
    )


def test_every_larger_number_suffices_too():
    """One in ten, eight points: 54 people happen to be enough and 57 not, since 5 becomes 6 of them."""
    assert plan_follow_up(10, 1, share=0.1, half_width=0.08).paired_needed == 58
    assert np.ptp(wilson(5, 54)) / 2 <= 0.08 < np.ptp(wilson(6, 57)) / 2


def test_what_is_lost_does_not_shrink_with_more_people():
    few, many = (rows(plan_follow_up(n, 0.4, share=0.6, half_width=0.1)) for n in (100, 10_000))
    for lost in ("bounds", "plausible"):
        assert few.loc[("missingness", lost), "half_width"] == many.loc[("missingness", lost), "half_width"]
    assert many.loc[("sampling", "none"), "half_width"] < few.loc[("sampling", "none"), "half_width"] / 8
    assert many.loc[("missingness", "bounds"), "half_width"] == pytest.approx(0.3)
    # The odds of .6 are 1.5; twice that is 3 and a tenth .15: shares .75 and .15/1.15.
    assert many.loc[("missingness", "plausible"), "half_width"] == pytest.approx(0.6 * (0.75 - 0.15 / 1.15) / 2)
    # Ten points either way, nothing assumed: eight in ten must be measured, two thirds of the lost.
    found = many.loc[("missingness", "bounds")]
    assert (found["coverage_needed"], found["loss_to_cure"]) == pytest.approx((0.8, 2 / 3))


def test_not_within_reach():
    """Twenty people, all measured: chance alone is wider than ten points. As a statement on these twenty it is not."""
    found = rows(plan_follow_up(20, 0.5, share=0.5, half_width=0.1))
    for part in (("sampling", "none"), ("together", "bounds"), ("together", "plausible")):
        assert found.loc[part, "reason"] == "too_few_eligible"
        assert found.loc[part, ["needed", "coverage_needed", "loss_to_cure"]].isna().all()
    assert found.loc[("missingness", "bounds"), "needed"] == 16
    these = rows(plan_follow_up(20, 0.5, share=0.5, half_width=0.1, finite=True))
    assert (these["reason"] == "").all()
    assert these["coverage_needed"].max() <= 1


def test_already_enough():
    found = rows(plan_follow_up(2000, 0.9, share=0.6, half_width=0.1))
    assert (found["loss_to_cure"] == 0).all()
    everyone = rows(plan_follow_up(200, 1, share=0.6, half_width=0.1))
    assert (everyone["loss_to_cure"] == 0).all()
    assert everyone.loc[("missingness", "plausible"), "half_width"] == 0
    assert rows(plan_follow_up(50, 0, share=0.6, half_width=0.5))["loss_to_cure"].max() == 0


def test_nobody_measured():
    found = rows(plan_follow_up(50, 0, share=0.6, half_width=0.2))["half_width"]
    assert found[[("sampling", "none"), ("together", "bounds"), ("together", "plausible")]].tolist() == [0.5] * 3
    mean = rows(plan_mean_follow_up(50, 0, sd_change=5, half_width=2, scale=(0, 40), delta=(-4, 0)))["half_width"]
    assert mean.tolist() == [np.inf, 20, 2, 20, np.inf]


def test_the_finite_interval_covers_the_cohort(rng):
    """A cohort of 60 with 36 improved, 40 drawn at random: Wilson with the correction; 20,000 draws."""
    drawn = rng.hypergeometric(36, 24, 40, size=20_000)
    widths = plan_follow_up(60, 40 / 60, share=0.6, half_width=0.1, finite=True)._widths
    ends = {
        n: [end[0] for end in type(widths)(n / 40, (0.1, 2.0), True, 0.95).limits(np.array([40.0]), 60)]
        for n in set(drawn)
    }
    inside = np.mean([ends[n][0] <= 0.6 <= ends[n][1] for n in drawn])
    assert 0.93 < inside < 0.98
    low, high = wilson(drawn, 40)
    assert np.mean((low <= 0.6) & (high >= 0.6)) > 0.99  # without it far too wide for these sixty


def test_finite_correction_by_hand():
    """40 of 79 stand for 40 * 78 / 39 = 80 people."""
    half = rows(plan_follow_up(79, 40 / 79, share=0.5, half_width=0.1, finite=True)).loc[
        ("sampling", "none"), "half_width"
    ]
    assert half == pytest.approx(np.ptp(wilson(40, 80)) / 2)
    mean = plan_mean_follow_up(100, 0.75, sd_change=4, half_width=1, finite=True)
    t = stats.t.ppf(0.975, 74)
    assert rows(mean).loc[("sampling", "none"), "half_width"] == pytest.approx(t * 4 / np.sqrt(75) * 0.5)


def test_mean_change_put_back():
    plan = plan_mean_follow_up(300, 0.4, sd_change=6, half_width=1.5, scale=(0, 40), delta=(-3, 1))
    found = rows(plan)

    def chance(m):
        spread = np.resize([1.0, -1.0], m)  # people with exactly the expected SD
        spread = spread * 6 / spread.std(ddof=1) if m % 2 == 0 else spread * 6 * np.sqrt((m - 1) / m)
        return np.ptp(stats.ttest_1samp(spread - spread.mean() * (m % 2 == 0), 0).confidence_interval(0.95)) / 2

    even = plan.paired_needed + plan.paired_needed % 2
    assert chance(even) <= 1.5 < chance(even - 2)
    n = plan.paired_needed
    assert stats.t.ppf(0.975, n - 1) * 6 / np.sqrt(n) <= 1.5 < stats.t.ppf(0.975, n - 2) * 6 / np.sqrt(n - 1)
    assert found["half_width"].tolist() == pytest.approx(
        [chance(120), 0.6 * 20, 0.6 * 2, 0.4 * chance(120) + 12, chance(120) + 1.2]
    )
    assert found.loc[("missingness", "bounds"), "needed"] == np.ceil(300 * (1 - 1.5 / 20))
    assert found.loc[("missingness", "plausible"), "needed"] == 300 * (1 - 1.5 / 2)


def test_the_sd_of_a_change_in_either_way():
    """Start and end correlated .5 with the same SD: the change has that SD."""
    one = plan_mean_follow_up(100, 0.5, sd_change=6.0, half_width=1.5)
    other = plan_mean_follow_up(100, 0.5, sd_pre=6.0, r=0.5, half_width=1.5)
    assert_allclose(rows(one)["half_width"], rows(other)["half_width"])
    assert plan_mean_follow_up(100, 0.5, sd_pre=6.0, r=0.875, half_width=1.5).paired_needed < one.paired_needed / 3
    assert (rows(one)["reason"] == "not_given").sum() == 4
    assert rows(one)["half_width"].isna().sum() == 4


def test_few_needed_for_a_wide_mean():
    """Half-width as the SD times 1.96: t with n-1 df over sqrt(n) gets there at four."""
    assert plan_mean_follow_up(10, 1, sd_change=1, half_width=1.96).paired_needed == 4
    assert plan_mean_follow_up(10, 1, sd_change=1, half_width=100).paired_needed == 2


@settings(max_examples=60, deadline=None)
@given(
    people=st.integers(5, 400), coverage=st.floats(0.05, 1), share=st.floats(0, 1), wanted=st.floats(0.03, 0.4),
    finite=st.booleans(),
)  # fmt: skip
def test_more_is_never_worse(people, coverage, share, wanted, finite):
    how = {"share": share, "finite": finite}
    plan, wider = (plan_follow_up(people, coverage, half_width=h, **how) for h in (wanted, wanted + 0.05))
    assert wider.paired_needed <= plan.paired_needed
    one, other = rows(plan), rows(wider)
    assert (other["needed"].fillna(np.inf) <= one["needed"].fillna(np.inf)).all()
    half = one["half_width"]
    assert half[("together", "plausible")] <= half[("together", "bounds")] + 1e-9
    for lost in ("bounds", "plausible"):
        apart = half[("sampling", "none")] + half[("missingness", lost)]
        assert half[("missingness", "bounds")] <= half[("together", "bounds")] + 1e-12
        if lost == "bounds":
            assert half[("together", lost)] <= apart + 1e-9
    assert one.loc[one["reason"] == "", "loss_to_cure"].between(0, 1).all()


def test_the_table_over_coverage():
    plan = plan_follow_up(120, 0.4, share=0.6, half_width=0.1)
    found = plan.grid([0.2, 0.4, 1.0])
    assert len(found) == 15
    now = found[found["coverage"] == 0.4].set_index(["part", "about_the_lost"])
    assert_allclose(now["half_width"], rows(plan)["half_width"])
    missing = found[found["part"] == "missingness"].pivot(
        index="coverage", columns="about_the_lost", values="half_width"
    )
    assert missing["bounds"].tolist() == pytest.approx([0.4, 0.3, 0])
    assert found.loc[found["coverage"] == 1.0, "within"].all()
    many = plan.grid([0.4], eligible=[120, 1200]).set_index(["part", "about_the_lost", "eligible"])["half_width"]
    assert many[("missingness", "bounds", 1200)] == many[("missingness", "bounds", 120)]
    assert many[("sampling", "none", 1200)] < many[("sampling", "none", 120)]
    assert plan.grid(iter([0.4]), [5, 6])["eligible"].tolist() == [5] * 5 + [6] * 5


def test_a_last_binary_digit_is_no_person():
    """Coverage .7 leaves (1 - .7)/2 = .15 and nothing more."""
    found = rows(plan_follow_up(10, 0.7, share=0.5, half_width=0.15)).loc[("missingness", "bounds")]
    assert (found["needed"], found["loss_to_cure"]) == (7, 0)


def test_the_object_is_quiet_and_can_be_sent():
    plan = plan_follow_up(120, 0.4, share=0.6, half_width=0.1)
    assert "_widths" not in repr(plan)
    assert pickle.loads(pickle.dumps(plan)) == plan
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(plan)).to_frame(), plan.to_frame())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"eligible": 0}, "eligible"), ({"eligible": 10.0}, "eligible"), ({"eligible": True}, "eligible"),
        ({"eligible": 1_000_001}, "eligible"), ({"coverage": 1.1}, "coverage"), ({"coverage": "0.5"}, "coverage"),
        ({"share": -0.1}, "share"), ({"share": np.nan}, "share"), ({"half_width": 0.0001}, "half_width"),
        ({"half_width": 0.6}, "half_width"), ({"odds_ratios": (0, 1)}, "odds_ratios"),
        ({"odds_ratios": (1, 0.1)}, "odds_ratios"), ({"odds_ratios": 0.1}, "odds_ratios"), ({"level": 1}, "level"),
        ({"finite": "ja"}, "finite"),
    ],
)  # fmt: skip
def test_refusals_for_a_share(wrong, said):
    given = {"eligible": 100, "coverage": 0.5, "share": 0.5, "half_width": 0.1} | wrong
    with pytest.raises(StatisticsError, match=said):
        plan_follow_up(given.pop("eligible"), given.pop("coverage"), **given)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sd_change": None}, "sd_pre"), ({"sd_pre": 3}, "sd_pre"), ({"sd_change": None, "sd_pre": 3}, "sd_pre"),
        ({"sd_change": None, "sd_pre": 3, "r": 1}, "r:"), ({"sd_change": 0}, "sd_change"),
        ({"half_width": 0}, "half_width"), ({"half_width": 1e-4}, "half_width"), ({"scale": (40, 0)}, "scale"),
        ({"delta": (0, np.inf)}, "delta"), ({"coverage": 2}, "coverage"), ({"level": 0}, "level"),
    ],
)  # fmt: skip
def test_refusals_for_a_mean(wrong, said):
    given = {"coverage": 0.5, "sd_change": 5, "half_width": 1} | wrong
    with pytest.raises(StatisticsError, match=said):
        plan_mean_follow_up(100, given.pop("coverage"), **given)


def test_grid_refuses_what_the_plan_refuses():
    plan = plan_follow_up(120, 0.4, share=0.6, half_width=0.1)
    for wrong in ({"coverages": [2]}, {"coverages": [0.5], "eligible": [0]}):
        with pytest.raises(StatisticsError, match=r"coverage|eligible"):
            plan.grid(**wrong)
