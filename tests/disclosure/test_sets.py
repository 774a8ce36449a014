"""Sets of people behind means: what can be worked out about a few, tried as an outsider would."""

from itertools import product

import numpy as np
import pytest

from isu_analysis.disclosure.sets import MOST_LINKED, Sets


def people(*ranges):
    return frozenset(str(i) for first, last in ranges for i in range(first, last))


def taken(*sets, clients=None, least=10):
    told = Sets(least, clients or {})
    return [told.accepts("x", [members]) for members in sets]


def test_all_eighteen_beside_the_seventeen_measured():
    """18 times one mean less 17 times the other is the score of the one who was lost."""
    assert taken(people((0, 18)), people((0, 17))) == [True, False]
    assert taken(people((0, 17)), people((0, 18))) == [True, False]


def test_the_same_set_may_be_told_of_again():
    assert taken(people((0, 12)), people((0, 12))) == [True, True]


def test_two_who_differ_by_ten_both_ways():
    assert taken(people((0, 30)), people((10, 40))) == [True, True]
    assert taken(people((0, 30)), people((9, 40))) == [True, False]


def test_what_is_left_of_the_whole_when_its_parts_are_taken():
    """40 people, 17 and 18 of them in two groups: the third group of five follows."""
    assert taken(people((0, 40)), people((0, 17)), people((17, 35))) == [True, True, False]
    assert taken(people((0, 45)), people((0, 17)), people((17, 35))) == [True, True, True]


def test_too_few_people_is_too_few():
    """Ten episodes of five clients are five people."""
    assert taken(people((0, 9))) == [False]
    assert taken(people((0, 10)), clients={str(i): str(i // 2) for i in range(10)}) == [False]


def test_other_variables_do_not_meet():
    told = Sets(10, {})
    assert told.accepts("x", [people((0, 18))]) and told.accepts("y", [people((0, 17))])


def test_after_a_set_that_nobody_knows_nothing_is_told():
    """An edition under another key may hold any people at all."""
    told = Sets(10, {})
    told.add("x", None)
    assert not told.accepts("x", [people((0, 100))])
    assert told.accepts("y", [people((0, 100))])


def test_refused_sets_are_not_taken_in():
    """A refused one is not published, so it takes no room from the next."""
    told = Sets(10, {})
    assert told.accepts("x", [people((0, 40))])
    assert not told.accepts("x", [people((0, 15)), people((0, 38))])
    assert told.accepts("x", [people((0, 18))])


def test_more_overlaps_than_can_be_tried_are_refused():
    nested = [people((0, 300 - 12 * i)) for i in range(MOST_LINKED + 3)]
    assert taken(*nested) == [True] * (MOST_LINKED + 1) + [False] * 2


@pytest.mark.parametrize("seed", range(40))
def test_against_every_combination_tried_person_by_person(seed):
    """Whatever is taken in, no sum or difference of the sets is about one to nine people."""
    rng = np.random.default_rng(seed)
    offered = [frozenset(map(str, rng.choice(60, size=rng.integers(10, 50), replace=False))) for _ in range(5)]
    told = Sets(10, {})
    kept = [members for members in offered if told.accepts("x", [members])]
    everybody = sorted(frozenset().union(*offered))
    rows = np.array([[person in members for person in everybody] for members in kept], dtype=int)
    for signs in product((-1, 0, 1), repeat=len(kept)):
        about = np.count_nonzero(np.array(signs) @ rows) if any(signs) else 0
        assert about == 0 or about >= 10
