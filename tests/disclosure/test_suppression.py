"""The choice of hidden counts, attacked by counting every possibility instead of by linear programming."""

import math

import numpy as np
import pytest

from isu_analysis.analysis.results import COUNT, Cell, Sum
from isu_analysis.disclosure.suppression import PRIMARY, SECONDARY, bounds, hide_counts
from isu_analysis.errors import DisclosureError

MIN_CELL = 5
MOST_WORLDS = 20_000_000


def counts_of(values, **flags):
    return [Cell(name, COUNT, float(n), n=n, **flags) for name, n in values.items()]


def table(rows):
    """Cells and sums of a two-way table with all margins."""
    values = {f"{i},{j}": int(n) for i, row in enumerate(rows) for j, n in enumerate(row)}
    height, width = len(rows), len(rows[0])
    for i in range(height):
        values[f"{i},+"] = int(sum(rows[i]))
    for j in range(width):
        values[f"+,{j}"] = int(sum(row[j] for row in rows))
    values["+,+"] = int(np.sum(rows))
    sums = [Sum(f"{i},+", tuple(f"{i},{j}" for j in range(width))) for i in range(height)]
    sums += [Sum(f"+,{j}", tuple(f"{i},{j}" for i in range(height))) for j in range(width)]
    sums += [Sum("+,+", tuple(f"{i},+" for i in range(height))), Sum("+,+", tuple(f"+,{j}" for j in range(width)))]
    return counts_of(values), sums


def possibilities(cells, sums, hidden, name):
    """Every value that one hidden count can have, found by trying all combinations of whole numbers."""
    values = {cell.id: int(cell.value) for cell in cells}
    most = max(values.values())
    ranges = [np.arange(MIN_CELL) if why == PRIMARY else np.arange(MIN_CELL, most + 6) for why in hidden.values()]
    if math.prod(map(len, ranges)) > MOST_WORLDS:
        pytest.skip("too many combinations to try")
    worlds = dict(zip(hidden, np.meshgrid(*ranges, sparse=True, indexing="ij"), strict=True))
    possible = np.ones([len(choices) for choices in ranges], dtype=bool)
    for equation in sums:
        total, *parts = (worlds.get(name, values[name]) for name in (equation.total, *equation.parts))
        possible &= total == sum(parts)
    axis = list(hidden).index(name)
    others = tuple(other for other in range(possible.ndim) if other != axis)
    return set(ranges[axis][possible.any(axis=others)].tolist())


@pytest.mark.parametrize("seed", range(60))
def test_no_small_count_can_be_narrowed_by_trying_everything(seed):
    """In small random tables every hidden small count can still be anything from 1 to 4."""
    rows = np.random.default_rng(seed).choice([0, 1, 2, 4, 5, 6, 7, 9], size=(2, 2) if seed % 3 else (1, 4))
    cells, sums = table(rows.tolist())
    try:
        hidden = hide_counts(cells, sums, MIN_CELL)
    except Exception as error:  # noqa: BLE001
        assert type(error).__name__ == "DisclosureError"
        return
    for name, why in hidden.items():
        if why == PRIMARY:
            assert {1, 2, 3, 4} <= possibilities(cells, sums, hidden, name)


def test_one_hidden_count_beside_its_total_is_found_out():
    """A lone small part of a shown total would be total minus the rest, so another count goes with it."""
    cells = counts_of({"all": 29, "better": 14, "same": 13, "worse": 2})
    hidden = hide_counts(cells, [Sum("all", ("better", "same", "worse"))], MIN_CELL)
    assert hidden == {"worse": PRIMARY, "same": SECONDARY}


def test_two_small_counts_that_add_to_two_are_not_enough():
    """When the hidden ones together are known to be two, neither can be four."""
    cells = counts_of({"all": 20, "a": 18, "b": 1, "c": 1})
    hidden = hide_counts(cells, [Sum("all", ("a", "b", "c"))], MIN_CELL)
    assert hidden == {"a": SECONDARY, "b": PRIMARY, "c": PRIMARY}


def test_a_helper_that_did_not_help_is_shown_again():
    """Nothing is hidden that can be shown: without any one of the helpers a small count would be exposed."""
    cells, sums = table([[1, 30, 40], [20, 50, 60], [70, 80, 3]])
    counts = {cell.id: cell for cell in cells}
    hidden = hide_counts(cells, sums, MIN_CELL)
    for helper in [name for name, why in hidden.items() if why == SECONDARY]:
        rest = {name: why for name, why in hidden.items() if name != helper}
        ranges = [bounds(counts, sums, rest, MIN_CELL, name) for name, why in rest.items() if why == PRIMARY]
        assert any(low > 1 or high < MIN_CELL - 1 for low, high in ranges)


def test_declared_counts_are_never_chosen_to_help():
    """A count that the unit has published itself cannot hide anything."""
    cells = [*counts_of({"answered": 120, "lost": 3}), Cell("completed", COUNT, 123.0, n=123, declared=True)]
    hidden = hide_counts(cells, [Sum("completed", ("answered", "lost"))], MIN_CELL)
    assert hidden == {"lost": PRIMARY, "answered": SECONDARY}


def test_nought_that_tells_nothing_is_shown():
    """Nobody missing is not a secret, but one missing is."""
    assert hide_counts(counts_of({"missing": 0}, zero_is_plain=True), [], MIN_CELL) == {}
    assert hide_counts(counts_of({"missing": 1}, zero_is_plain=True), [], MIN_CELL) == {"missing": PRIMARY}


def test_known_case_where_two_hidden_in_each_line_still_leak():
    """sdcTable's heuristic example: two hidden in every row and column, and yet one of them is exactly 47."""
    rows = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
    cells, sums = table(rows)
    names = ["0,0", "0,1", "0,2", "1,0", "1,2", "2,1", "2,3", "3,1", "3,3"]
    low, high = bounds({cell.id: cell for cell in cells}, sums, dict.fromkeys(names, SECONDARY), MIN_CELL, "0,1")
    assert (low, high) == pytest.approx((47, 47))


def test_a_programme_that_cannot_be_solved_protects_nobody():
    """Parts that cannot make their total are an error, never a shrug that lets the numbers through."""
    cells = {cell.id: cell for cell in counts_of({"all": 50, "a": 1, "b": 2})}
    with pytest.raises(DisclosureError, match="kunde inte räknas ut"):
        bounds(cells, [Sum("all", ("a", "b"))], {"a": PRIMARY, "b": PRIMARY}, MIN_CELL, "a")
