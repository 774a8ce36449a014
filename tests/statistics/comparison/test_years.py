"""Year against year: the known intervals at both ends, a published example between them, and what cannot matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.year_coverage import mean_coverage, share_coverage
from isu_analysis.errors import StatisticsError
from isu_analysis.statistics.comparison.years import mean_change_between_years, share_change_between_years
from isu_analysis.statistics.means import mean_difference
from isu_analysis.statistics.proportions.observed import observed_share_difference
from isu_analysis.statistics.proportions.paired_intervals import paired_difference_interval
from isu_analysis.statistics.proportions.shares import newcombe_difference

# Derrick, Toher & White (2017), Quant Methods Psych 13:120: eight people in one sample only, eight in the other
# only, eight in both; printed p = .026.
FIRST = [20, 21, 16, 18, 14, 12, 14, 17, 14, 15, 18, 20, 11, 19, 14, 15]
SECOND = [10, 16, 18, 16, 15, 14, 13, 10, 15, 10, 15, 17, 13, 19, 12, 13]
FIRST_PEOPLE, SECOND_PEOPLE = [*range(8), *range(100, 108)], [*range(50, 58), *range(100, 108)]


def shares(this, last, this_person, last_person, **options):
    return share_change_between_years(this, last, this_person=this_person, last_person=last_person, **options)


def means(this, last, this_person, last_person, **options):
    return mean_change_between_years(this, last, this_person=this_person, last_person=last_person, **options)


def ends(found):
    return found.difference_low, found.difference_high


def flags(n, of):
    return np.arange(of) < n


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_nobody_shared_is_newcombe_for_independent_samples(of_this, of_last, data):
    n_this, n_last = data.draw(st.integers(0, of_this)), data.draw(st.integers(0, of_last))
    found = shares(flags(n_this, of_this), flags(n_last, of_last), range(of_this), range(1000, 1000 + of_last))
    expected = newcombe_difference(n_this, of_this, n_last, of_last)
    assert (found.design, found.n_shared, found.correlation) == ("independent", 0, 0.0)
    assert ends(found) == pytest.approx((expected.difference_low, expected.difference_high), abs=1e-14)


@given(*[st.integers(0, 12)] * 4)
def test_the_same_people_is_newcombe_for_pairs(both, only_last, only_this, neither):
    n = both + only_last + only_this + neither
    if not n:
        return
    this = np.repeat([1, 0, 1, 0], [both, only_last, only_this, neither])
    last = np.repeat([1, 1, 0, 0], [both, only_last, only_this, neither])
    order = np.random.default_rng(n).permutation(n)  # rows need not stand in the same order in both years
    found = shares(this, last[order], range(n), order)
    assert (found.design, found.n_shared) == ("same_people", n)
    expected = paired_difference_interval(both, only_last, only_this, neither)
    assert ends(found) == pytest.approx(expected, abs=1e-12)


def test_shares_by_hand_with_half_in_both():
    """Eight and eight, four in both: 3 yes-yes, 1 no-no; phi's numerator 3 - 2 = 1 over sqrt(3*1*3*1) = 3."""
    this, last = [1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 0, 1, 1, 0, 0]
    found = shares(this, last, list("abcdefgh"), list("abcdijkl"))
    assert found.r_shared == pytest.approx(1 / 3)
    assert found.correlation == pytest.approx(1 / 3 * 4 / 8)
    assert (found.n_this, found.of_this, found.n_last, found.of_last, found.n_shared) == (4, 8, 5, 8, 4)
    # Wilson: 4 of 8 is .215215-.784785, 5 of 8 is .305742-.863155
    below = np.sqrt(0.284785**2 + 0.238155**2 - 2 / 6 * 0.284785 * 0.238155)
    above = np.sqrt(0.284785**2 + 0.319258**2 - 2 / 6 * 0.284785 * 0.319258)
    assert found.difference == pytest.approx(-0.125)
    assert ends(found) == pytest.approx((-0.125 - below, -0.125 + above), abs=2e-6)


def test_people_alike_in_both_years_make_the_change_surer_and_unlike_people_less_sure():
    people, others = range(40), range(100, 140)
    this = flags(20, 40)
    apart = np.ptp(ends(shares(this, this, people, others)))
    assert np.ptp(ends(shares(this, this, people, people))) < apart
    assert np.ptp(ends(shares(this, ~this, people, people))) > apart


def test_means_equal_the_published_example():
    found = means(FIRST, SECOND, FIRST_PEOPLE, SECOND_PEOPLE)
    assert (found.design, found.n_shared) == ("partly_shared", 8)
    p = 2 * stats.t.sf(found.difference / found.se, found.df)
    assert p == pytest.approx(0.026, abs=0.0005)
    # sums 258 and 226, squares 4294 and 3308: s1^2 = 133.75/15, s2^2 = 115.75/15; Welch's df of equal n
    v1, v2 = 133.75 / 15, 115.75 / 15
    assert found.difference == pytest.approx(258 / 16 - 226 / 16)
    welch = 15 * (v1 + v2) ** 2 / (v1**2 + v2**2)
    assert found.df == pytest.approx(7 + (welch - 7) * 16 / 32)
    r = np.corrcoef(FIRST[8:], SECOND[8:])[0, 1]
    assert found.r_shared == pytest.approx(r)
    assert found.se**2 == pytest.approx((v1 + v2) / 16 - 2 * r * 8 * np.sqrt(v1 * v2) / 256)


def test_means_are_welch_without_and_the_paired_t_with_the_same_people(rng):
    this, last = rng.normal(10, 3, 17), rng.normal(9, 5, 17)
    apart, same = means(this, last, range(17), range(50, 67)), means(this, last[::-1], range(17), range(17)[::-1])
    assert (apart.design, same.design) == ("independent", "same_people")
    welch, paired = stats.ttest_ind(this, last, equal_var=False), stats.ttest_rel(this, last)
    for found, expected in ((apart, welch), (same, paired)):
        assert ends(found) == pytest.approx(tuple(expected.confidence_interval()), rel=1e-10)
        assert found.df == pytest.approx(expected.df)


@pytest.mark.parametrize(("change", "of"), [(shares, 0.5), (means, 1.0)])
def test_turning_the_years_round_turns_the_change_round(change, of, rng):
    this, last = (
        (rng.random(20) < of / 2, rng.random(30) < 0.7) if change is shares else (rng.random(20), rng.random(30))
    )
    found, turned = change(this, last, range(20), range(12, 42)), change(last, this, range(12, 42), range(20))
    assert found.n_shared == turned.n_shared == 8
    assert ends(found) == pytest.approx((-turned.difference_high, -turned.difference_low))
    assert found.correlation == pytest.approx(turned.correlation)


def test_two_of_three_and_of_five_by_hand():
    """r = 1 in two shared: the means' errors go together by 2 / sqrt(3 * 5), and nobody's year is the other's."""
    found = means([1.0, 2.0, 6.0], [2.0, 4.0, 1.0, 0.0, 3.0], list("abc"), list("abxyz"))
    assert (found.r_shared, found.correlation) == pytest.approx((1.0, 2 / np.sqrt(15)))
    variances = (7.0, 2.5)
    assert found.se**2 == pytest.approx(7 / 3 + 2.5 / 5 - 2 * 2 / 15 * np.sqrt(np.prod(variances)))


def test_a_year_within_the_other_is_partly_shared():
    found = means([1.0, 2.0, 6.0], [2.0, 4.0, 1.0, 0.0], list("abc"), list("abcd"))
    assert (found.design, found.n_shared) == ("partly_shared", 3)
    assert means([2.0, 4.0, 1.0, 0.0], [1.0, 2.0, 6.0], list("abcd"), list("abc")).design == "partly_shared"


def test_order_and_names_do_not_matter(rng):
    this, last = pd.Series(rng.random(20)), pd.Series(rng.random(30))
    people, before = pd.Series(np.arange(20)), pd.Series(np.arange(12, 42))
    plain = means(this, last, people, before)
    mixed = rng.permutation(30)
    renamed = means(this, last[mixed], people.map("p{:03}".format), before[mixed].map("p{:03}".format))
    assert renamed.to_frame().round(12).equals(plain.to_frame().round(12))


@given(shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_means_move_and_stretch_with_the_scale(shift, scale):
    x, y = np.array(FIRST, float), np.array(SECOND, float)
    plain = means(x, y, FIRST_PEOPLE, SECOND_PEOPLE)
    moved = means(shift + scale * x, shift + scale * y, FIRST_PEOPLE, SECOND_PEOPLE)
    assert ends(moved) == pytest.approx(tuple(scale * end for end in ends(plain)), rel=1e-6)
    assert moved.df == pytest.approx(plain.df, rel=1e-6)


def test_several_rows_of_one_person_make_the_person_the_cluster(rng):
    people, before = [*range(20), 0], range(10, 30)
    yes, no = rng.random(21) < 0.6, rng.random(20) < 0.4
    found = shares(yes, no, people, before)
    expected = observed_share_difference(yes, no, first_cluster=people, second_cluster=before)
    assert (found.design, found.n_shared, found.of_this) == ("clusters", 10, 21)
    assert ends(found) == (expected.difference_low, expected.difference_high)
    assert found.correlation == expected.correlation
    x, y = rng.random(21), rng.random(20)
    found, expected = means(x, y, people, before), mean_difference(x, y, first_cluster=people, second_cluster=before)
    assert (found.design, found.se, found.df) == ("clusters", expected.se, expected.df)
    assert ends(found) == (expected.difference_low, expected.difference_high)
    assert np.isnan(found.correlation)


def test_writing_everybody_twice_makes_nothing_surer(rng):
    this, last = rng.random(30), rng.random(30)
    once = means(this, last, range(30), range(15, 45))
    twice = means(np.tile(this, 2), np.tile(last, 2), [*range(30)] * 2, [*range(15, 45)] * 2)
    assert twice.difference == pytest.approx(once.difference)
    assert np.ptp(ends(twice)) == pytest.approx(np.ptp(ends(once)), rel=0.15)


def test_few_people_with_several_rows_give_no_interval():
    found = shares([1, 0, 1, 1], [0, 1, 0], [1, 1, 2, 3], [1, 4, 5])
    assert (found.design, found.reason) == ("clusters", "too_few_clusters")
    assert found.difference == pytest.approx(0.75 - 1 / 3)
    assert np.isnan(found.difference_low)


def test_only_people_with_a_value_in_both_years_are_shared():
    found = shares([1, 0, None, 1], [None, 1, 1], list("abcd"), list("abc"))
    assert (found.n_shared, found.of_this, found.n_given_this, found.of_last, found.n_given_last) == (1, 3, 4, 2, 3)
    # the second row of a person does not count as one when it is empty
    assert means([1.0, None, 2.0], [3.0, 1.0], list("aab"), list("cd")).design == "independent"


def test_too_little_to_compare():
    nobody = shares([1, 0], [None, None], ["a", "b"], ["c", "d"])
    assert nobody.reason == "empty_group"
    assert np.isnan(nobody.difference)
    assert shares([1, 0], [], ["a", "b"], []).reason == "empty_group"
    one = means([1.0], [2.0, 3.0], ["a"], ["b", "c"])
    assert one.reason == "too_few_values"
    assert np.isnan(one.mean_last)
    alike = means([1.1, 2.1, 4.1], [1.0, 2.0, 4.0], list("abc"), list("abc"))
    assert (alike.reason, alike.difference) == ("zero_sd", pytest.approx(0.1))
    assert np.isnan(alike.difference_low)
    assert means([2.0, 2.0], [2.0, 2.0], list("ab"), list("cd")).reason == "zero_sd"


def test_a_year_that_does_not_vary_has_no_correlation():
    found = means([2.0, 2.0, 2.0], [1.0, 2.0, 4.0], list("abc"), list("abd"))
    assert (found.r_shared, found.reason) == (0.0, "")
    assert found.se == pytest.approx(np.std([1, 2, 4], ddof=1) / np.sqrt(3))


def test_people_are_not_in_the_result():
    found = shares([1, 0], [1, 1], ["kund-19121212", "b"], ["kund-19121212", "c"])
    assert "19121212" not in repr(found) + found.to_frame().to_csv()
    assert found.to_frame().shape[0] == 1


@pytest.mark.parametrize("change", [shares, means])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([1, 0], [1, 0], ["a"], ["b", "c"]), "this_person"),
        (([1, 0], [1, 0], ["a", "b"], ["b"]), "last_person"),
        (([1, 0], [1, 0], ["a", None], ["b", "c"]), "person"),
        (([1, 0], [1, 0], ["a", " "], ["b", "c"]), "person"),
        (([1, 0], [1, 0], ["1", "2"], [1, 2]), "this_person och last_person"),
        (([1, 0], [1, 0], None, None), "this_person"),
        (([1, np.inf], [1, 0], ["a", "b"], ["b", "c"]), "this_year"),
        (([1, 0], ["x", "y"], ["a", "b"], ["b", "c"]), "last_year"),
        ((pd.Series([1, 0], index=[4, 5]), [1, 0], pd.Series(["a", "b"]), ["b", "c"]), "index"),
    ],
)
def test_wrong_input_is_refused(change, arguments, named):
    with pytest.raises(StatisticsError, match=named):
        change(*arguments)


def test_a_level_is_a_level():
    with pytest.raises(StatisticsError, match="level"):
        shares([1, 0], [1, 0], [1, 2], [3, 4], level=95)
    wide, narrow = (means(FIRST, SECOND, FIRST_PEOPLE, SECOND_PEOPLE, level=level) for level in (0.99, 0.8))
    assert np.ptp(ends(wide)) > np.ptp(ends(narrow))


def test_shares_cover_whatever_the_overlap():
    coverage = share_coverage(samples=3000, ns=(15, 60), overlaps=(0.0, 0.5, 1.0))
    ours, rival = coverage["ours"], coverage["derrick_z"]
    assert ours.min() > 0.93
    assert ours.mean() < 0.98
    assert rival.min() < 0.85  # why it was not chosen


def test_means_cover_whatever_the_overlap():
    coverage = mean_coverage(samples=3000, ns=((15, 15), (15, 40)), overlaps=(0.0, 0.5, 1.0))
    assert coverage["ours"].between(0.935, 0.975).all()
    assert coverage["as_if_independent"].max() > 0.99
