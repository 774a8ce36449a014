"""What a report tells of its counts without printing them: by a word, by a table that is there, by a mean that is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from isu_analysis.analysis.results import COUNT, ELIGIBLE, AtLeast, Results
from isu_analysis.disclosure.numbers import is_plain_mean
from isu_analysis.disclosure.release import Limits


def said(results: Results, left_out: Collection[str], limits: Limits) -> Iterator[AtLeast]:
    """Everything that whoever knows the rules can read from what is there and what is not."""
    yield from results.said
    yield from _by_breakdowns(results, left_out, limits)
    yield from _by_means(results, limits)


def _by_breakdowns(results: Results, left_out: Collection[str], limits: Limits) -> Iterator[AtLeast]:
    """That a report is broken down by who the people are says that they are thirty; that it is not, perhaps that they are not."""
    eligible = next((cell.value for cell in results.cells if cell.id == ELIGIBLE), None)
    broken_down = [cell.id for cell in results.cells if "/by/" in cell.id or cell.id.startswith("who/")]
    if eligible is not None and (eligible < limits.min_n_breakdown or not {*broken_down} <= {*left_out}):
        yield _side(ELIGIBLE, eligible, limits.min_n_breakdown)


def _by_means(results: Results, limits: Limits) -> Iterator[AtLeast]:
    """Whether the mean of some people is shown says whether they are ten, also where their number is hidden."""
    counted = {
        results.people[cell.people[0]]: cell
        for cell in results.cells
        if cell.kind == COUNT and cell.people and len(results.people[cell.people[0]]) == cell.value
    }
    sets = {results.people[name] for cell in results.cells if is_plain_mean(cell) for name in cell.people}
    for members in sorted(sets & counted.keys(), key=lambda members: counted[members].id):
        persons = len({results.clients.get(episode, episode) for episode in members})
        if persons == len(members):
            yield _side(counted[members].id, persons, limits.min_n_mean)


def _side(cell_id: str, value: float, limit: int) -> AtLeast:
    return AtLeast(((cell_id, 1),), limit) if value >= limit else AtLeast(((cell_id, -1),), 1 - limit)
