"""The attack: for each secret, show a table that keeps it, or report what can be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isu_analysis.disclosure.audit.printed import Broken, Fact, Printed, Secret
from isu_analysis.disclosure.audit.puzzle import CONTRADICTION, UNKNOWN, Knowledge, Puzzle, gather, puzzles
from isu_analysis.disclosure.audit.tables import Demand, Table, find, largest, smallest
from isu_analysis.errors import DisclosureError


def attack(printed: Iterable[Printed], facts: Iterable[Fact], secrets: Iterable[Secret]) -> tuple[Broken, ...]:
    """Work out everything that an outsider can.

    A secret is kept when there are tables of whole numbers, fitting everything that is printed and known, in which it
    is as small and as large as it must possibly be. Each such table is found, and checked by hand; one often serves
    many secrets.

    Parameters
    ----------
    printed : iterable of Printed
        Every count that a fact or a secret names; a count may come several times, from several reports.
    facts : iterable of Fact
    secrets : iterable of Secret

    Returns
    -------
    tuple of Broken
        By name; empty when every secret is kept.

    Raises
    ------
    DisclosureError
        The attack could not be carried out: what is printed contradicts itself, a count is unknown, or no answer was
        found. Then nothing may be released.
    """
    known = gather(printed)
    demands = _demands(secrets, known)
    broken = [Broken(name, known.printed[name], known.printed[name]) for name in demands if name in known.printed]
    for puzzle in puzzles(known, facts):
        wanted = [demand for name in puzzle.names for demand in demands.get(name, ())]
        broken += [Broken(name, smallest(puzzle, name), largest(puzzle, name)) for name in _not_kept(puzzle, wanted)]
    return tuple(sorted(broken, key=lambda found: found.name))


def narrowest(printed: Iterable[Printed], facts: Iterable[Fact], name: str) -> tuple[int, int | None]:
    """Exact bounds, in whole numbers, of what an outsider knows of one count.

    Parameters
    ----------
    printed : iterable of Printed
    facts : iterable of Fact
    name : str

    Returns
    -------
    tuple of int
        Smallest and largest possible value; the latter None where it can be as large as one likes.

    Raises
    ------
    DisclosureError
        As of `attack`.
    """
    known = gather(printed)
    for puzzle in puzzles(known, facts):
        if name in puzzle.names:
            _any_table(puzzle)
            return smallest(puzzle, name), largest(puzzle, name)
    if name not in known.printed:
        raise DisclosureError(UNKNOWN)
    return known.printed[name], known.printed[name]


def _demands(secrets: Iterable[Secret], known: Knowledge) -> dict[str, list[Demand]]:
    """Two demands for each secret: it must possibly be small, and possibly large."""
    demands: dict[str, list[Demand]] = {}
    for secret in secrets:
        if secret.name not in known.printed and secret.name not in known.hidden:
            raise DisclosureError(UNKNOWN)
        ends = Demand(secret.name, secret.low, small=True), Demand(secret.name, secret.high, small=False)
        demands.setdefault(secret.name, []).extend(ends)
    return demands


def _not_kept(puzzle: Puzzle, wanted: Sequence[Demand]) -> list[str]:
    """Names of secrets with a demand that no table of the puzzle meets."""
    place = {name: column for column, name in enumerate(puzzle.names)}
    waiting = _unmet(wanted, place, _any_table(puzzle))
    failed: list[str] = []
    turn = 0
    while waiting:
        first, *others = waiting
        turn += 1
        table = find(puzzle, [first], _one_each(others, first.name, turn))
        if table is None:
            failed.append(first.name)
            waiting = others
        else:
            waiting = _unmet(waiting, place, table)
    return sorted(set(failed))


def _any_table(puzzle: Puzzle) -> Table:
    """Make sure that anything is possible at all, or every demand would look broken, or kept, for the wrong reason."""
    table = find(puzzle)
    if table is None:
        raise DisclosureError(CONTRADICTION)
    return table


def _unmet(demands: Sequence[Demand], place: dict[str, int], table: Table) -> list[Demand]:
    return [demand for demand in demands if not demand.met(table[place[demand.name]])]


def _one_each(demands: Sequence[Demand], but: str, turn: int) -> list[Demand]:
    """One wish for each name, small and large in turns: counts that share a sum cannot all be small at once."""
    wishes: dict[str, list[Demand]] = {}
    for demand in demands:
        if demand.name != but:
            wishes.setdefault(demand.name, []).append(demand)
    return [of_one[(number + turn) % len(of_one)] for number, of_one in enumerate(wishes.values())]
