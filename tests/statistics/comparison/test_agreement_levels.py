"""Two raters on levels: statsmodels' kappas, the published paradox, delete-one, and what must not change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.agreement import rater_agreement
from isu_analysis.statistics.comparison.agreement_levels import level_agreement
from isu_analysis.statistics.outcomes.ordinal import marginal_test

MIXED = [[53, 5, 2], [11, 14, 5], [1, 6, 3]]
FOUR = [[20, 5, 1, 0], [4, 12, 6, 1], [0, 3, 9, 2], [0, 0, 1, 4]]


def people(table):
    """One row a person from a table of counts."""
    rows, columns = np.indices(np.shape(table)).reshape(2, -1)
    times = np.ravel(table)
    return np.repeat(rows, times), np.repeat(columns, times)


def compared(table, **how):
    return level_agreement(*people(table), list(range(len(table))), **how)


def standard_error(found, name):
    """Back from the interval: symmetric on the scale atanh, t with n - 1 df."""
    row = found.coefficients().loc[name]
    half = np.diff(np.arctanh([row["low"], row["high"]]))[0] / 2
    return half / stats.t.ppf(0.975, found.n_both - 1) * (1 - row["value"] ** 2)


@pytest.mark.parametrize("table", [MIXED, FOUR, [[40, 9], [6, 45]]])
def test_every_kappa_equals_statsmodels(table):
    found = compared(table)
    n = found.n_both
    for name, weight in (("kappa", None), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
        theirs = cohens_kappa(np.array(table), wt=weight)
        assert getattr(found, name) == pytest.approx(theirs.kappa, rel=1e-12)
        assert standard_error(found, name) == pytest.approx(theirs.std_kappa * np.sqrt(n / (n - 1)), rel=1e-9)


def test_the_paradoxes_as_printed():
    """Feinstein & Cicchetti (1990): 85 % agreement twice, kappa .70 and .32. Gwet's table: 94 %, -.02 and .94."""
    even, uneven = compared([[40, 9], [6, 45]]), compared([[80, 10], [5, 5]])
    assert (even.same_share, uneven.same_share) == (0.85, 0.85)
    assert (round(even.kappa, 2), round(uneven.kappa, 2)) == (0.70, 0.32)
    gwet = compared([[118, 5], [2, 0]])
    assert (round(gwet.same_share, 2), round(gwet.kappa, 2), round(gwet.ac1, 2)) == (0.94, -0.02, 0.94)


@pytest.mark.parametrize("table", [FOUR, [[118, 5], [2, 0]], [[50, 12, 8], [10, 2, 3], [6, 2, 1]]])
def test_the_error_of_ac1_is_that_of_leaving_one_out(table):
    many = 30 * np.array(table)  # so that one person is next to nothing
    found, n, cells = compared(many), many.sum(), np.argwhere(many > 0)
    left_out = []
    for cell in cells:
        fewer = many.copy()
        fewer[tuple(cell)] -= 1
        left_out.append(compared(fewer).ac1)
    times = many[tuple(cells.T)]
    spread = (times * (np.array(left_out) - np.average(left_out, weights=times)) ** 2).sum()
    assert standard_error(found, "ac1") == pytest.approx(np.sqrt((n - 1) / n * spread), rel=0.005)


@given(arrays(int, (4, 4), elements=st.integers(0, 9)))
def test_quadratic_kappa_is_the_concordance_of_the_places(table):
    """Known since Krippendorff (1970): weights by squared distance make kappa a product-moment agreement."""
    first, second = people(table)
    assume(len(first) > 1 and len({*first, *second}) > 1)
    assert compared(table).kappa_quadratic == pytest.approx(rater_agreement(first, second).concordance, abs=1e-12)


def test_directions_by_hand():
    """Two higher, five lower by the first rater: exact sign test 2 P(at most 2 of 7) = 2 * 29/128."""
    found = compared([[9, 3, 2], [1, 9, 0], [0, 1, 5]])
    assert (found.first_higher, found.first_lower, found.same) == (2, 5, 23)
    assert found.net_p == 2 * 29 / 128
    assert found.net == pytest.approx(-3 / 30)
    assert found.net_low < -0.1 < found.net_high
    frame = found.directions()
    assert frame["n"].to_dict() == {"first_higher": 2, "same": 23, "first_lower": 5}
    assert frame["of"].tolist() == [30] * 3
    assert frame.loc["same", "low"] == found.same_share_low
    assert found.bowker_p == pytest.approx(marginal_test(found.table, "bowker").p)
    assert found.marginal_p == pytest.approx(marginal_test(found.table).p)


def test_swapping_the_raters_turns_the_direction_only():
    one, other = compared(FOUR), compared(np.transpose(FOUR))
    assert (one.first_higher, one.net_low) == (other.first_lower, pytest.approx(-other.net_high))
    assert_allclose(one.coefficients().iloc[:, :3].astype(float), other.coefficients().iloc[:, :3].astype(float))


def test_without_an_order_the_levels_may_be_shuffled():
    shuffled = np.array(FOUR)[np.ix_([2, 0, 3, 1], [2, 0, 3, 1])]
    one, other = compared(FOUR, ordered=False), compared(shuffled, ordered=False)
    assert_allclose([one.kappa_low, one.ac1_high, one.bowker_p], [other.kappa_low, other.ac1_high, other.bowker_p])
    assert (one.first_higher, np.isnan(one.net), np.isnan(one.kappa_quadratic)) == (None, True, True)
    assert one.coefficients().index.tolist() == ["kappa", "ac1"]
    assert one.directions().index.tolist() == ["same"]
    turned = compared(np.array(FOUR)[::-1, ::-1])
    assert turned.kappa_linear_low == pytest.approx(compared(FOUR).kappa_linear_low)


def test_levels_nobody_is_on():
    """Kappa does not see them; AC1 spreads chance over them: 0.9 and 0.1 at two levels give 0.18, at three 0.09."""
    table = [[85, 5], [5, 5]]
    two, three = compared(table), compared(np.pad(table, (0, 1)))
    assert three.kappa_low == pytest.approx(two.kappa_low)
    assert (two.ac1, three.ac1) == pytest.approx(((0.9 - 0.18) / 0.82, (0.9 - 0.09) / 0.91))
    first, second = (np.array(["a", "c"])[place] for place in people(table))
    gap = level_agreement(first, second, ["a", "b", "c"])
    assert gap.kappa_linear == pytest.approx(two.kappa)


def test_missing_ratings_are_counted_and_left_out():
    first = pd.Series(["low", "high", None, "low", None, "high"])
    second = pd.Series(["low", "low", "high", None, None, "high"])
    found = level_agreement(first, second, ["low", "high"])
    counts = (found.n_given, found.n_both, found.n_first_only, found.n_second_only, found.n_neither)
    assert counts == (6, 3, 1, 1, 1)
    assert (found.same, found.first_higher, found.first_lower) == (2, 1, 0)
    assert found.table.to_numpy().tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("table", "kappa_reason", "ac1_reason"),
    [
        ([[10, 0], [0, 0]], "one_level", "complete_agreement"),
        ([[5, 0], [0, 5]], "complete_agreement", "complete_agreement"),
        ([[9, 1], [0, 0]], "no_variation", ""),
        ([[0, 0], [0, 0]], "nobody", "nobody"),
        ([[1, 0], [0, 0]], "one_level", "complete_agreement"),
        ([[0, 5], [5, 0]], "no_variation", "no_variation"),
        ([[4, 1], [1, 4]], "", ""),
    ],
)
def test_no_interval_where_nothing_says_how_wide(table, kappa_reason, ac1_reason):
    found = compared(table)
    assert (found.kappa_reason, found.ac1_reason) == (kappa_reason, ac1_reason)
    assert np.isnan(found.kappa_low) == bool(kappa_reason)
    assert np.isnan(found.ac1_low) == bool(ac1_reason)
    assert found.reason == ("nobody" if np.sum(table) == 0 else "")
    assert np.isnan(found.kappa) == (kappa_reason in {"one_level", "nobody"})


def test_intervals_cover(rng):
    """Thirty people, four levels used unevenly (.45 .3 .15 .1): 600 samples; sampling error .018 at two SE."""
    truth = np.outer([0.45, 0.3, 0.15, 0.1], [0.45, 0.3, 0.15, 0.1]) * 0.4 + np.diag([0.45, 0.3, 0.15, 0.1]) * 0.6
    size = (truth * 1e6).round().astype(int)
    exact = compared_shares(size)
    hits = np.zeros(4)
    for drawn in rng.multinomial(30, truth.ravel(), size=600):
        rows = compared(drawn.reshape(4, 4)).coefficients()
        hits += ((rows["low"] <= exact) & (exact <= rows["high"])).to_numpy()
    cover = dict(zip(("kappa", "linear", "quadratic", "ac1"), hits / 600, strict=True))
    assert 0.87 < cover.pop("quadratic") < 0.96  # as its docstring says: too narrow with uneven levels
    assert_allclose(list(cover.values()), 0.95, atol=0.035)


def compared_shares(counts):
    """The true coefficients of a table too large to write out as people: kappa is .6 whatever the weights."""
    used = counts.sum(axis=0) / counts.sum()
    chance = (used * (1 - used)).sum() / 3
    return np.array([0.6, 0.6, 0.6, (np.trace(counts) / counts.sum() - chance) / (1 - chance)])


def test_refusals():
    with pytest.raises(StatisticsError, match="inte är en nivå"):
        level_agreement(["a", "x"], ["a", "a"], ["a", "b"])
    with pytest.raises(StatisticsError, match="ingen ordning"):
        level_agreement(["a"], ["a"], {"a", "b"})
    with pytest.raises(StatisticsError, match="lika många rader"):
        level_agreement(["a"], ["a", "b"], ["a", "b"])
    with pytest.raises(StatisticsError, match="level"):
        level_agreement(["a"], ["a"], ["a", "b"], level=2)
