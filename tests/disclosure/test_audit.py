"""The outsider's attack: known cases of the literature, hand arithmetic, and every possible table counted one by one."""

import itertools
import math
import os
import subprocess
import sys

import numpy as np
import pytest

from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack, narrowest, share_fact
from isu_analysis.errors import DisclosureError


def total(whole, *parts):
    """A whole is the sum of its parts."""
    return Fact(((whole, 1.0), *((part, -1.0) for part in parts)), 0.0, 0.0)


def printed(values, hidden=(), **known):
    return [Printed(name, None, **known) if name in hidden else Printed(name, value) for name, value in values.items()]


def two_way(rows, hidden, with_totals=True):
    """What is printed of a table whose rows and columns have totals; cells are named by row letter and column."""
    rows = {name: list(row) for name, row in rows.items()}
    values = {f"{name}{j}": value for name, row in rows.items() for j, value in enumerate(row, start=1)}
    width = len(next(iter(rows.values())))
    facts = []
    for name, row in rows.items():
        values[f"{name}+"] = sum(row)
        facts.append(total(f"{name}+", *(f"{name}{j}" for j in range(1, width + 1))))
    for j in range(1, width + 1):
        values[f"+{j}"] = sum(row[j - 1] for row in rows.values())
        facts.append(total(f"+{j}", *(f"{name}{j}" for name in rows)))
    return printed(values, hidden), facts


# Cases of the literature


def test_two_linked_tables_are_safe_alone_and_broken_together():
    """Eight areas, in two counties and two groups; those of at most 3 are hidden, and K = 3 comes out of both together."""
    areas = dict(zip("ABIJKLMN", [2, 2, 8, 8, 3, 3, 3, 7], strict=True))
    hidden = [name for name, value in areas.items() if value <= 3]
    counties = [("ABIJ", 20), ("KLMN", 16)]
    groups = [("LM", 6), ("ABIJKN", 30)]

    def seen(tables):
        shown = [*printed(areas, hidden), *(Printed(name, value) for name, value in tables)]
        return shown, [total(name, *name) for name, _ in tables]

    secrets = [Secret(name, 1, 4) for name in hidden]
    assert narrowest(*seen(counties), "K") == (0, 9)
    assert narrowest(*seen(groups), "K") == (0, 7)
    assert attack(*seen(counties), secrets) == ()
    assert attack(*seen(groups), secrets) == ()
    assert narrowest(*seen(counties + groups), "K") == (3, 3)
    broken = attack(*seen(counties + groups), secrets)
    assert [(found.name, found.least, found.most) for found in broken] == [("K", 3, 3)]


def test_two_hidden_in_every_line_are_not_enough():
    """The simple rule of hiding at least two in each row and column leaves one cell exact."""
    rows = {"w": [30, 47, 64, 89], "x": [90, 124, 5, 31], "y": [92, 100, 59, 85], "z": [800, 991, 651, 685]}
    hidden = ["w1", "w2", "w3", "x1", "x3", "y2", "y4", "z2", "z4"]
    for line in [{"w1", "w2", "w3"}, {"x1", "x3"}, {"w1", "x1"}, {"w2", "y2", "z2"}, {"w3", "x3"}, {"y4", "z4"}]:
        assert len(line & set(hidden)) == len(line) >= 2
    assert narrowest(*two_way(rows, hidden), "w2") == (47, 47)


def test_a_square_of_hidden_cells_opens_intervals():
    """One hidden cell is exact, two in a row are exact, four in a square are not: [0,7], [2,9], [6,13], [0,7]."""
    rows = {"a": [12, 7, 2], "b": [20, 9, 6], "c": [15, 8, 5]}
    assert narrowest(*two_way(rows, ["a3"]), "a3") == (2, 2)
    assert narrowest(*two_way(rows, ["a2", "a3"]), "a3") == (2, 2)
    assert narrowest(*two_way(rows, ["a2", "a3"]), "a2") == (7, 7)
    square = two_way(rows, ["a2", "a3", "c2", "c3"])
    assert [narrowest(*square, name) for name in ["a3", "a2", "c2", "c3"]] == [(0, 7), (2, 9), (6, 13), (0, 7)]


def test_a_year_is_what_the_sum_of_years_has_over_the_year_before():
    """14 in 2023 and 17 in both: 3 in 2024, though no page says so."""
    shown = [Printed("2023", 14), Printed("2024", None), Printed("both", 17)]
    assert narrowest(shown, [total("both", "2023", "2024")], "2024") == (3, 3)


def test_of_two_people_a_mean_and_a_standard_deviation_give_both_values():
    """Mean 14.5 and standard deviation 2.12 are 13 and 16 and nothing else: why no spread is printed of few."""

    def behind(mean, spread, n, scores):
        return [
            values
            for values in itertools.combinations_with_replacement(scores, n)
            if abs(np.mean(values) - mean) <= 0.05 and abs(np.std(values, ddof=1) - spread) <= 0.005
        ]

    assert behind(14.5, 2.12, 2, range(41)) == [(13, 16)]
    assert len(behind(14.4, 2.07, 5, range(10, 20))) > 1


def test_noughts_that_are_shown_narrow_those_that_are_hidden():
    """Four cells that could be 0-4 are all known to be below 4 by somebody who knows that noughts are shown."""
    values = {"a1": 1, "a2": 3, "a+": 4, "b1": 2, "b2": 9, "b+": 11, "+1": 3, "+2": 12}
    facts = [total("a+", "a1", "a2"), total("b+", "b1", "b2"), total("+1", "a1", "b1"), total("+2", "a2", "b2")]
    hidden = ["a1", "a2", "b1", "b2"]
    ranges = {
        least: [narrowest(printed(values, hidden, least=least), facts, name) for name in hidden] for least in (0, 1)
    }
    assert ranges[0] == [(0, 3), (1, 4), (0, 3), (8, 11)]
    assert ranges[1] == [(1, 2), (2, 3), (1, 2), (9, 10)]


# Hand arithmetic


def test_a_lone_hidden_count_is_the_total_less_the_rest():
    shown = printed({"all": 29, "better": 14, "same": 13, "worse": 2}, ["worse"])
    facts = [total("all", "better", "same", "worse")]
    (found,) = attack(shown, facts, [Secret("worse", 1, 5)])
    assert (found.name, found.least, found.most) == ("worse", 2, 2)


def test_two_hidden_counts_that_add_to_enough_keep_each_other():
    shown = printed({"all": 29, "better": 14, "same": 13, "worse": 2}, ["same", "worse"])
    facts = [total("all", "better", "same", "worse")]
    assert attack(shown, facts, [Secret("worse", 1, 5)]) == ()
    assert narrowest(shown, facts, "worse") == (0, 15)


def test_a_label_of_fewer_than_five_bounds_what_is_beside_it():
    """15 together, one of them fewer than 5: the other is 11 at the least."""
    shown = [Printed("both", 15), Printed("few", None, most=4), Printed("other", None)]
    facts = [total("both", "few", "other")]
    assert narrowest(shown, facts, "other") == (11, 15)
    assert attack(shown, facts, [Secret("few", 1, 4)]) == ()
    assert len(attack(shown, facts, [Secret("few", 1, 5)])) == 1


def test_nothing_known_is_no_upper_end():
    assert narrowest([Printed("a", None)], [], "a") == (0, None)
    shown, facts = [Printed("a", None), Printed("b", None, 2)], [Fact((("a", 1.0), ("b", -1.0)), -1.0, 1.0)]
    assert narrowest(shown, facts, "a") == (1, None)
    assert attack(shown, facts, [Secret("a", 1, 5), Secret("b", 2, 5)]) == ()


def test_a_secret_that_is_printed_is_broken():
    (found,) = attack([Printed("a", 3)], [], [Secret("a", 1, 5)])
    assert (found.name, found.least, found.most) == ("a", 3, 3)


def test_a_count_that_another_report_prints_is_known():
    shown = [Printed("a", None), Printed("a", 3)]
    assert [found.name for found in attack(shown, [], [Secret("a", 1, 5)])] == ["a"]


def test_what_two_reports_say_of_a_hidden_count_is_known_together():
    assert narrowest([Printed("a", None, 1, 9), Printed("a", None, 0, 4)], [], "a") == (1, 4)


def test_too_small_and_too_large_are_both_broken():
    shown = [Printed("a", None, 0, 3), Printed("b", None, 2, 9), Printed("c", None, 1, 5)]
    secrets = [Secret(name, 1, 5) for name in "abc"]
    assert [found.name for found in attack(shown, [], secrets)] == ["a", "b"]


# Whole numbers


def odd_cycle():
    """Three counts, each two of them 9 together: 4.5 each, which no whole numbers are; a fourth number loosens that."""
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    shown = [Printed(name, None) for name in "abcd"]
    facts = [Fact(((one, 1.0), (other, 1.0)), 9.0, 9.0) for one, other in pairs[:2]]
    return shown, [*facts, Fact((("a", 1.0), ("c", 1.0), ("d", 1.0)), 9.0, 9.0)]


def test_linear_bounds_that_pass_are_not_enough():
    """d is an odd number, since the three sums are 27 and each of a, b, c counts twice: never 0, though 4.5 each would do."""
    shown, facts = odd_cycle()
    assert narrowest(shown, facts, "d") == (1, 9)
    (found,) = attack(shown, facts, [Secret("d", 0, 5)])
    assert (found.name, found.least, found.most) == ("d", 1, 9)
    assert attack(shown, facts, [Secret("d", 1, 9)]) == ()


def test_an_odd_cycle_that_only_fractions_fit_is_a_contradiction():
    shown, facts = odd_cycle()
    with pytest.raises(DisclosureError, match="säger emot varandra"):
        attack([*shown, Printed("d", 0)], facts, [Secret("a", 4, 5)])


# Every possible table, one by one


def random_system(seed):
    """A few unknowns of 0-6 with random facts, true of one random table; shares among the facts."""
    random = np.random.default_rng(seed)
    n = int(random.integers(3, 6))
    names = [f"x{i}" for i in range(n)]
    truth = random.integers(0, 7, n)
    known = [(int(random.integers(0, value + 1)), int(random.integers(value, 7))) for value in truth]
    facts = []
    for _ in range(int(random.integers(1, 4))):
        signs = random.choice([-2, -1, 0, 1, 1, 2], n)
        room = int(random.choice([0, 0, 1, 3]))
        terms = tuple((name, float(sign)) for name, sign in zip(names, signs, strict=True) if sign)
        if terms:
            facts.append(Fact(terms, float(signs @ truth) - room, float(signs @ truth)))
    if seed % 2 and 0 < truth[0] <= truth[1]:
        facts += share_fact("x0", "x1", round(100 * truth[0] / truth[1], seed % 3), seed % 3)
    shown = [Printed(name, None, *ends) for name, ends in zip(names, known, strict=True)]
    return names, known, shown, facts


def every_table(names, known, facts):
    """All tables that fit, found by trying every combination."""
    grid = np.array(list(itertools.product(*(range(least, most + 1) for least, most in known))))
    fits = np.ones(len(grid), dtype=bool)
    for fact in facts:
        weights = np.array([dict(fact.terms).get(name, 0.0) for name in names])
        fits &= (grid @ weights >= fact.low) & (grid @ weights <= fact.high)
    return grid[fits]


@pytest.mark.parametrize("part", range(4))
def test_the_attack_agrees_with_trying_everything(part):
    """In 200 small random systems the outsider finds what is in all possible tables, no less and no more."""
    broken_somewhere = kept_somewhere = 0
    for seed in range(50 * part, 50 * part + 50):
        names, known, shown, facts = random_system(seed)
        tables = every_table(names, known, facts)
        secrets = [Secret(name, int(seed % 3), int(2 + seed % 4)) for name in names]
        expected = [
            (name, int(column.min()), int(column.max()))
            for name, column, secret in zip(names, tables.T, secrets, strict=True)
            if column.min() > secret.low or column.max() < secret.high
        ]
        found = attack(shown, facts, secrets)
        assert [(each.name, each.least, each.most) for each in found] == expected, seed
        assert narrowest(shown, facts, "x1") == (tables[:, 1].min(), tables[:, 1].max()), seed
        broken_somewhere += len(expected)
        kept_somewhere += len(names) - len(expected)
    assert broken_somewhere > 20
    assert kept_somewhere > 20


# Refusals


@pytest.mark.parametrize(
    ("shown", "facts"),
    [
        ([Printed("a", 3), Printed("a", 4)], []),
        ([Printed("a", 3), Printed("b", 4)], [total("a", "b")]),
        ([Printed("a", None, 5, 4)], []),
        ([Printed("a", None, 0, 4), Printed("a", None, 5)], []),
        ([Printed("a", 3), Printed("b", None, 4), Printed("c", None)], [total("a", "b", "c")]),
        ([Printed("a", None)], [Fact((("a", 1.0),), 5.0, 4.0)]),
        ([Printed("a", None)], [Fact((("a", 2.0),), 3.0, 3.0)]),
    ],
)
def test_what_contradicts_itself_cannot_be_audited(shown, facts):
    with pytest.raises(DisclosureError, match="säger emot varandra") as raised:
        attack([*shown, Printed("elsewhere", None)], facts, [Secret("elsewhere", 1, 5)])
    assert not any(sign.isdigit() for sign in str(raised.value))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_fact_without_a_number_is_refused(bad):
    with pytest.raises(DisclosureError, match="saknar ett tal"):
        attack([Printed("a", None)], [Fact((("a", bad),), 0.0, 1.0)], [])
    with pytest.raises(DisclosureError, match="saknar ett tal"):
        attack([Printed("a", None)], [Fact((("a", 1.0),), math.nan, 1.0)], [])


def test_unknown_names_are_refused():
    with pytest.raises(DisclosureError, match="inte finns"):
        attack([Printed("a", 3)], [total("a", "b")], [])
    with pytest.raises(DisclosureError, match="inte finns"):
        attack([Printed("a", 3)], [], [Secret("b", 1, 5)])
    with pytest.raises(DisclosureError, match="inte finns"):
        narrowest([Printed("a", 3)], [], "b")


class _Odd:
    status, x, fun = 4, None, None


@pytest.mark.parametrize(
    "ask", [lambda *known: attack(*known, [Secret("d", 1, 5)]), lambda *known: narrowest(*known, "d")]
)
def test_a_solver_that_gives_up_protects_nobody(monkeypatch, ask):
    monkeypatch.setattr("isu_analysis.disclosure.audit.tables.milp", lambda *_, **__: _Odd())
    with pytest.raises(DisclosureError, match="inte klar"):
        ask(*odd_cycle())


def test_a_solver_that_answers_wrongly_is_not_believed(monkeypatch):
    """A table that does not fit proves nothing, however sure the solver is."""

    class Wrong:
        status, fun = 0, 0.0
        x = np.full(9, 5.0)

    monkeypatch.setattr("isu_analysis.disclosure.audit.tables.milp", lambda *_, **__: Wrong())
    with pytest.raises(DisclosureError, match="inte klar"):
        attack(*odd_cycle(), [Secret("d", 1, 5)])


def test_the_answer_is_the_same_whatever_the_order():
    for seed in range(20):
        _, _, shown, facts = random_system(seed)
        secrets = [Secret(number.name, 1, 5) for number in shown]
        assert attack(shown, facts, secrets) == attack(shown[::-1], facts[::-1], secrets[::-1])


def test_what_came_out_is_not_printed():
    (found,) = attack([Printed("a", 3)], [], [Secret("a", 1, 5)])
    assert "3" not in repr(found)


@pytest.mark.skipif(os.name == "nt", reason="writes with the C library of POSIX")
def test_what_the_solver_writes_past_python_goes_nowhere():
    """Through C's own buffer too, which is written only later when output goes to a file."""
    code = """
import ctypes, os
from isu_analysis.disclosure.audit.silence import silence
print("before")
with silence():
    os.write(1, b"noise")
    ctypes.CDLL(None).printf(b"more noise")
print("after")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.split() == ["before", "after"]
