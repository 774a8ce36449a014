"""A published number does not move unless somebody means it to: the demonstration's key figures are those that are pinned."""

import key_figures as key
import pytest
from demo_units import DEMO_UNITS

ELIGIBLE, WORD = ("resurs-barn", "2024", "flow/eligible"), ("resurs-barn", "2024", "result")
CHANGE = ("resurs-barn", "2024", "sdq:parent/change")
BEFORE = {ELIGIBLE: ("40", "", ""), WORD: ("shown", "", ""), CHANGE: ("-2.5", "-4.25", "-0.75")}


@pytest.fixture(scope="module")
def reports(results_of):
    """Give every year of every unit of the demonstration."""
    return [results_of(f"{key.MUNICIPALITY}/{unit}", year) for unit in DEMO_UNITS for year in key.YEARS]


@pytest.fixture(scope="module")
def now(reports):
    """Give every key figure as it is computed now."""
    return {name: figure for results in reports for name, figure in key.figures_of(results)}


def test_no_key_figure_has_moved(now):
    moved = key.moved(key.pinned(), now)
    if moved:
        pytest.fail(key.table(moved), pytrace=False)


def test_every_outcome_of_every_year_has_key_figures(reports):
    for results in reports:
        cells = [cell for (_, _, cell), _ in key.figures_of(results)]
        for outcome in results.context.outcomes:
            assert any(cell.startswith(f"{outcome.key}/") for cell in cells), (results.key, outcome.key)


def test_every_name_of_a_key_figure_occurs(now):
    """A name that no cell has any longer pins nothing."""
    cells = {cell for _, _, cell in now}
    of_outcomes = {cell.split(":", 1)[1] for cell in cells if ":" in cell}
    assert {end for end in key.OF_OUTCOME if not any(cell.endswith(f"/{end}") for cell in of_outcomes)} == set()
    assert cells >= key.OF_REPORT


def test_the_file_is_small_and_sorted_and_written_as_it_is_read():
    text = key.PINNED.read_text(encoding="utf-8")
    assert len(text.encode()) < 300_000
    assert key.to_text(key.pinned()) == text
    assert list(key.pinned()) == sorted(key.pinned())


def test_what_is_equal_but_for_its_last_binary_figures_has_not_moved():
    assert key.moved(BEFORE, BEFORE | {CHANGE: ("-2.5000000001", "-4.25", "-0.75")}) == []
    assert key.moved({CHANGE: ("0", "", "")}, {CHANGE: ("-3.1e-17", "", "")}) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({CHANGE: ("-2.50001", "-4.25", "-0.75")}, "sdq:parent/change: -2.5 [-4.25, -0.75] -> -2.50001 [-4.25, -0.75]"),
        ({CHANGE: ("-2.5", "-4.25", "-0.74")}, "sdq:parent/change: -2.5 [-4.25, -0.75] -> -2.5 [-4.25, -0.74]"),
        ({CHANGE: ("-2.5", "", "")}, "sdq:parent/change: -2.5 [-4.25, -0.75] -> -2.5"),
        ({CHANGE: ("", "", "")}, "sdq:parent/change: -2.5 [-4.25, -0.75] -> none"),
        ({ELIGIBLE: ("41", "", "")}, "flow/eligible: 40 -> 41"),
        ({WORD: ("low_coverage", "", "")}, "result: shown -> low_coverage"),
    ],
)
def test_what_moved_is_told_with_what_it_was(after, told):
    moved = key.moved(BEFORE, BEFORE | after)
    assert moved == [f"resurs-barn 2024 {told}"]
    assert moved[0] in key.table(moved) and "Numbers that changed" in key.table(moved)


def test_a_figure_that_is_gone_or_new_has_moved():
    without = {name: figure for name, figure in BEFORE.items() if name != ELIGIBLE}
    assert key.moved(BEFORE, without) == ["resurs-barn 2024 flow/eligible: 40 -> not there"]
    assert key.moved(without, BEFORE) == ["resurs-barn 2024 flow/eligible: not there -> 40"]


def test_a_long_table_says_how_much_more_there_is():
    lines = [f"line {number}" for number in range(key.MOST_SHOWN + 7)]
    said = key.table(lines)
    assert said.startswith(f"{len(lines)} key figures") and "... and 7 more" in said and lines[-1] not in said
