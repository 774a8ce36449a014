"""What printed percentages and intervals give away of the counts behind them."""

from collections import Counter

import pytest

from isu_analysis.disclosure.audit import (
    Fact,
    Printed,
    Secret,
    attack,
    fitting_wilson,
    narrowest,
    one_of,
    share_fact,
    wilson_fact,
)
from isu_analysis.errors import DisclosureError
from isu_analysis.statistics import wilson


def hidden(*names, most=None):
    return [Printed(name, None, 0, most) for name in names]


def possible(facts, most):
    """Every pair of part and whole that facts and a largest whole leave possible."""
    pairs = []
    inside = Fact((("k", 1.0), ("n", -1.0)), -1000.0, 0.0)
    for n in range(1, most + 1):
        try:
            least, largest = narrowest([Printed("n", n), *hidden("k")], [*facts, inside], "k")
        except DisclosureError:
            continue
        pairs += [(k, n) for k in range(least, largest + 1)]
    return pairs


def test_whole_percent_and_the_whole_reveal_every_part_of_up_to_100():
    """No two parts of the same whole are printed alike, until there are 101 of them."""
    ambiguous = [n for n in range(1, 103) if len({round(100 * k / n) for k in range(n + 1)}) < n + 1]
    assert ambiguous == [101, 102]


@pytest.mark.parametrize("n", [1, 7, 29, 60, 99])
def test_the_outsider_finds_the_part_behind_each_percentage(n):
    for k in range(n + 1):
        facts = share_fact("k", "n", round(100 * k / n), 0)
        assert narrowest([Printed("n", n), *hidden("k", most=n)], facts, "k") == (k, k)


def test_43_percent_of_at_most_30_is_of_six_wholes():
    assert possible(share_fact("k", "n", 43, 0), 30) == [(3, 7), (6, 14), (9, 21), (10, 23), (12, 28), (13, 30)]


def test_halves_may_be_rounded_either_way():
    """1 of 8 is 12.5: printed 12 by those who round to even, 13 by those who round up."""
    for seen in (12, 13):
        assert narrowest([Printed("n", 8), *hidden("k")], share_fact("k", "n", seen, 0), "k") == (1, 1)
    with pytest.raises(DisclosureError):
        narrowest([Printed("n", 8), *hidden("k")], share_fact("k", "n", 11, 0), "k")


@pytest.mark.parametrize("decimals", [0, 1])
@pytest.mark.parametrize("n", [3, 40, 150, 700])
def test_what_the_reports_print_fits_what_the_audit_makes_of_it(n, decimals):
    """Also where a report prints the nearest percentage that is neither 0 nor 100."""
    from isu_analysis.presentation.numbers import Numbers

    numbers = Numbers.of("sv")
    for k in sorted({0, 1, 2, n // 3, n // 2, n - 2, n - 1, n}):
        text = numbers.percent(k / n, 10 if decimals == 0 else 1000)
        seen = float("".join(sign for sign in text if sign.isdigit() or sign == ",").replace(",", "."))
        least, most = narrowest([Printed("n", n), *hidden("k")], share_fact("k", "n", seen, decimals), "k")
        assert least <= k <= most


def test_no_percent_is_nobody_in_a_report_and_may_be_somebody_elsewhere():
    known = [Printed("n", 1000), *hidden("k")]
    assert narrowest(known, share_fact("k", "n", 0, 0), "k") == (0, 0)
    assert narrowest(known, share_fact("k", "n", 0, 0, elsewhere=True), "k") == (0, 5)
    assert narrowest(known, share_fact("k", "n", 1, 0), "k") == (1, 15)
    assert narrowest(known, share_fact("k", "n", 1, 0, elsewhere=True), "k") == (5, 15)
    assert narrowest(known, share_fact("k", "n", 99, 0), "k") == (985, 999)
    assert narrowest(known, share_fact("k", "n", 100, 0, elsewhere=True), "k") == (995, 1000)


def test_a_percentage_gives_away_a_count_that_is_hidden_together_with_its_whole():
    """43 percent, and 30 in all of whom 16-24 are hidden elsewhere: 9 of 21 or 10 of 23, so the rest is 7 or 9."""
    shown = [*hidden("k"), Printed("n", None, 16, 24), *hidden("rest"), Printed("all", 30)]
    facts = [*share_fact("k", "n", 43, 0), Fact((("n", 1.0), ("rest", 1.0), ("all", -1.0)), 0.0, 0.0)]
    assert narrowest(shown, facts, "k") == (9, 10)
    assert narrowest(shown, facts, "rest") == (7, 9)
    assert len(attack(shown, facts, [Secret("k", 1, 5)])) == 1


# Intervals


def printed_ends(k, n, decimals=0):
    low, high = wilson(k, n)
    return round(100 * low, decimals), round(100 * high, decimals)


@pytest.mark.parametrize(("most", "decimals", "known"), [(30, 0, 0.89), (60, 1, 1.0)])
def test_printed_limits_alone_identify_part_and_whole(most, decimals, known):
    """Nine in ten pairs of at most 30 by whole percent; all of at most 60 by one decimal."""
    pairs = [(k, n) for n in range(1, most + 1) for k in range(n + 1)]
    alike = Counter(printed_ends(k, n, decimals) for k, n in pairs)
    alone = [pair for pair in pairs if alike[printed_ends(*pair, decimals)] == 1]
    assert round(len(alone) / len(pairs), 2) == known
    for pair in alone[::97]:
        assert fitting_wilson(printed_ends(*pair, decimals), decimals, range(1, most + 1)) == (pair,)


def test_limits_of_many_fit_several_pairs_and_the_true_one_among_them():
    fitting = fitting_wilson((42, 62), 0, range(1, 200))
    assert fitting[0] == (46, 88)
    assert fitting[-1] == (52, 100)
    for k, n in fitting:
        assert printed_ends(k, n) == (42, 62)
    assert len(fitting) == 9


def test_facts_of_limits_are_a_frame_and_the_choice_is_exact():
    """89 is inside the frame round 88-100, but no part of 89 has these limits."""
    wholes = range(1, 200)
    frame = wilson_fact("k", "n", (42, 62), 0, wholes)
    assert narrowest(hidden("k", "n"), frame, "n") == (88, 100)
    assert narrowest(hidden("k", "n"), frame, "k") == (46, 52)
    choices, facts = one_of("k", "n", fitting_wilson((42, 62), 0, wholes))
    for n in (90, 91, 100):
        assert narrowest([Printed("n", n), *hidden("k"), *choices], facts, "k")
    for n in (89, 95, 97):
        with pytest.raises(DisclosureError, match="säger emot varandra"):
            narrowest([Printed("n", n), *hidden("k"), *choices], facts, "k")


def test_limits_that_nothing_fits_are_a_contradiction():
    with pytest.raises(DisclosureError, match="säger emot varandra"):
        attack(hidden("k", "n"), wilson_fact("k", "n", (1, 99), 0, range(20, 30)), [])


def test_a_hidden_count_is_found_behind_its_interval():
    """3 of 8: the limits 14-69 percent are printed of nothing else of at most 30 people."""
    assert printed_ends(3, 8) == (14, 69)
    choices, facts = one_of("k", "n", fitting_wilson((14, 69), 0, range(1, 31)))
    (found,) = attack([*hidden("k", "n"), *choices], facts, [Secret("k", 1, 5)])
    assert (found.least, found.most) == (3, 3)
