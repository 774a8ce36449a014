"""Everything in a report that is not a count: what of it goes with hidden counts, and what is about too few people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from isu_analysis.analysis.results import CODE, COUNT, MEAN, MODEL, SHARE, Cell, Results
from isu_analysis.disclosure.release import Limits
from isu_analysis.disclosure.sets import Sets

PLAIN_MEANS = ("/start_mean", "/end_mean", "/mean", "/change", "/per_person")  # everything else tells of the spread too


def variable_of(results: Results, cell: Cell) -> str:
    """What a number is computed from: a measure by a rater in a unit, whatever the occasion, the group or the year.

    Parts and items of a measure are not told apart: a total less all its items but one is that item.
    """
    return f"{results.context.unit.key}:{measure_of(cell)}"


def is_plain_mean(cell: Cell) -> bool:
    """Whether a number is the mean of a set of people and nothing else."""
    return cell.kind == MEAN and cell.id.endswith(PLAIN_MEANS)


def hidden_numbers(
    results: Results, cells: Collection[Cell], hidden: Collection[str], told: Sets, elsewhere: Sets, limits: Limits
) -> set[str]:
    """Numbers about too few people, or whose people beside those of others leave a few; the others are told of.

    Parameters
    ----------
    results : Results
    cells : collection of Cell
        Those that the report holds.
    hidden : collection of str
        Ids of the counts among them that are hidden.
    told : Sets
        Takes in the sets of the numbers that may be shown.
    elsewhere : Sets
        Of clients, told of by other units.
    limits : Limits

    Returns
    -------
    set of str
    """
    unknown = hidden_sets(results, hidden)
    return {
        cell.id
        for cell in cells
        if cell.people
        and cell.kind != COUNT
        and (_is_told_elsewhere(results, cell, elsewhere) or not _may_be_shown(results, cell, unknown, told, limits))
    }


def hidden_sets(results: Results, hidden: Collection[str]) -> frozenset[frozenset[str]]:
    """Sets of people whose number is hidden, and stands under no other name either."""
    counts = [cell for cell in results.cells if cell.kind == COUNT and cell.people]
    told = {results.people[cell.people[0]] for cell in counts if cell.id not in hidden}
    return frozenset(results.people[cell.people[0]] for cell in counts if cell.id in hidden) - told


def _may_be_shown(
    results: Results, cell: Cell, unknown: Collection[frozenset[str]], told: Sets, limits: Limits
) -> bool:
    sets = [results.people[name] for name in cell.people]
    if not is_plain_mean(cell) and any(members in unknown for members in sets):
        return False  # of people whose number is hidden, it would say whether they are thirty
    if _is_an_end(results, cell):
        return False
    needed = limits.min_n_mean if is_plain_mean(cell) else limits.min_n_spread
    if any(told.persons(members) < needed for members in sets):
        return False
    return told.accepts(variable_of(results, cell), sets)


def _is_an_end(results: Results, cell: Cell) -> bool:
    """Whether a mean is an end of its scale as printed: then everybody has that very score."""
    scales = [one.measure for one in results.context.outcomes if cell.id.startswith(f"{one.key}/")]
    ends = {end for measure in scales for end in (measure.minimum, measure.maximum) if end is not None}
    return is_plain_mean(cell) and not cell.id.endswith("/change") and round(cell.value, 1) in ends


def _is_told_elsewhere(results: Results, cell: Cell, elsewhere: Sets) -> bool:
    """Whether another unit tells of nearly the same people: the same measurement may stand in the files of both."""
    return any(elsewhere.near(measure_of(cell), clients_of(results, results.people[name])) for name in cell.people)


def measure_of(cell: Cell) -> str:
    """What a number is computed from, whatever the unit."""
    measure, _, rest = cell.id.partition("/")[0].partition("@")[0].partition(":")
    return f"{measure.partition('.')[0]}:{rest.partition(':')[0]}"


def clients_of(results: Results, episodes: frozenset[str]) -> frozenset[str]:
    """The people that episodes are about."""
    return frozenset(results.clients.get(episode, episode) for episode in episodes)


def sets_told(results: Results, hidden: Collection[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Variable and people of each number that is shown."""
    for cell in results.cells:
        if cell.people and cell.kind != COUNT and cell.id not in hidden:
            for name in cell.people:
                yield variable_of(results, cell), results.people[name]


def hidden_with_counts(cells: Iterable[Cell], hidden: Collection[str], limits: Limits) -> set[str]:
    """Whatever derives from a hidden count; shares of nearly all; and what says of nothing what it derives from."""
    return {
        cell.id
        for cell in cells
        if cell.kind != COUNT
        and (
            any(count in hidden for count in cell.counts)
            or (cell.kind == SHARE and _tells_of_a_small_rest(cell, limits))
            or (cell.kind in {CODE, MEAN, MODEL} and not cell.counts and not cell.people and not cell.declared)
        )
    }


def _tells_of_a_small_rest(cell: Cell, limits: Limits) -> bool:
    """Whether those outside a share are few; that there is nobody is told by a count of its own, hidden or not."""
    return cell.of is not None and cell.n is not None and 0 < cell.of - cell.n < limits.min_cell
