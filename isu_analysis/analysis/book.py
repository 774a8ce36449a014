"""The book: where the outcome modules write their cells, with the episodes and the people behind each count."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from isu_analysis.analysis.results import CODE, COUNT, MEAN, MODEL, SHARE, AtLeast, Cell, Context, Results, Sum
from isu_analysis.statistics import wilson
from isu_analysis.statistics.proportions.observed import ObservedShare

LEAST_OF_BREAKDOWN = 5  # as the gate's own least count, unless a release is made with another
NOBODY = ""  # owner of an anonymous answer: nobody in particular, and so somebody else each time


def _is_small(cell: Cell) -> bool:
    if cell.kind != COUNT or (cell.zero_is_plain and cell.value == 0):
        return False
    return min(cell.value, cell.value if cell.persons is None else cell.persons) < LEAST_OF_BREAKDOWN


class Book:
    """Collects cells, sums and sets of people while outcome modules work.

    Parameters
    ----------
    clients : mapping of str to str, optional
        Whose each episode is; an episode that is not there is a person of its own.
    """

    def __init__(self, clients: Mapping[str, str] | None = None) -> None:
        self._clients = dict(clients or {})
        self._cells: dict[str, Cell] = {}
        self._sums: list[Sum] = []
        self._said: list[AtLeast] = []
        self._internal = False
        self.people: dict[str, frozenset[str]] = {}

    def group(self, name: str, members: Iterable[object]) -> str:
        """Name a set of episodes."""
        self.people[name] = frozenset(str(member) for member in members)
        return name

    def persons(self, members: Iterable[object]) -> int:
        """How many different people some episodes are about."""
        return len({self._clients.get(str(member), str(member)) for member in members})

    def count(self, cell_id: str, n: int, people: str = "", *, persons: int | None = None, **flags: bool) -> str:
        """Add a count; flags as in `Cell`, ``people`` the set of just those who are counted."""
        if people and len(self.people[people]) == n:
            persons = self.persons(self.people[people])
        plain = Cell(cell_id, COUNT, float(n), n=int(n), people=(people,) if people else (), persons=persons)
        return self._add(replace(plain, **flags))  # type: ignore[arg-type]

    def tally(self, cell_id: str, owners: Iterable[object], **flags: bool) -> str:
        """Add a count of rows, each given by its episode, or by `NOBODY` where it is anonymous.

        It carries the people behind it, and where each row is another episode, their set.
        """
        rows = [str(owner) for owner in owners]
        known = [row for row in rows if row != NOBODY]
        people = self.group(cell_id, known) if len(set(known)) == len(rows) else ""
        return self.count(cell_id, len(rows), people, persons=self.persons(known) + len(rows) - len(known), **flags)

    def union(self, cell_id: str, parts: Iterable[str], **flags: bool) -> str:
        """Add the sum of counts that have nobody in common, with all their people."""
        names = list(parts)
        sets = [self._members(name) for name in names]
        whole = None if None in sets else frozenset().union(*(members for members in sets if members is not None))
        return self._known(cell_id, sum(map(self.n, names)), whole, **flags)

    def rest(self, cell_id: str, whole: str, parts: Iterable[str], **flags: bool) -> str:
        """Add what is left of a count when others, with nobody in common, are taken from it."""
        names = list(parts)
        everybody, taken = self._members(whole), [self._members(name) for name in names]
        left = None
        if everybody is not None and None not in taken:
            left = everybody.difference(*(members for members in taken if members is not None))
        return self._known(cell_id, self.n(whole) - sum(map(self.n, names)), left, **flags)

    def _known(self, cell_id: str, n: int, members: frozenset[str] | None, **flags: bool) -> str:
        """Add a count with its set, where the set is known and is just what is counted."""
        people = self.group(cell_id, members) if members is not None and len(members) == n else ""
        return self.count(cell_id, n, people, **flags)

    def _members(self, cell_id: str) -> frozenset[str] | None:
        """Episodes of a count already added; None where they are not known."""
        cell = self._cells[cell_id]
        found = self.people[cell.people[0]] if cell.people else None
        if found is None:
            return frozenset() if cell.value == 0 else None
        return found if len(found) == cell.value else None

    def share(self, cell_id: str, part: str, whole: str) -> str:
        """Add a count's share of another count, with Wilson interval."""
        n, of = self.n(part), self.n(whole)
        low, high = wilson(n, of)
        value = n / of if of else math.nan
        return self._add(Cell(cell_id, SHARE, value, float(low), float(high), n, of, (part, whole)))

    def clustered_share(self, cell_id: str, part: str, whole: str, found: ObservedShare) -> str:
        """Add a count's share of another where people come with several rows each; the interval knows of them."""
        return self._add(
            Cell(cell_id, SHARE, found.share, found.low, found.high, self.n(part), self.n(whole), (part, whole))
        )

    def mean(self, cell_id: str, value: float, n: int, people: str, *, low: float = math.nan, high: float = math.nan,
             counts: tuple[str, ...] = ()) -> str:  # fmt: skip
        """Add a mean, SD or effect size of one set of people."""
        return self._add(Cell(cell_id, MEAN, float(value), float(low), float(high), int(n), None, counts, (people,),
                              persons=self.persons(self.people[people])))  # fmt: skip

    def model(self, cell_id: str, value: float, n: int, people: tuple[str, ...], *, low: float = math.nan,
              high: float = math.nan, counts: tuple[str, ...] = ()) -> str:  # fmt: skip
        """Add an estimate that rests on several sets of people."""
        return self._add(Cell(cell_id, MODEL, float(value), float(low), float(high), int(n), None, counts, people))

    def code(self, cell_id: str, code: str, counts: tuple[str, ...] = (), people: tuple[str, ...] = (),
             *, declared: bool = False) -> str:  # fmt: skip
        """Add a word that depends on data, such as a verdict; or, if ``declared``, only on what the unit file says."""
        return self._add(Cell(cell_id, CODE, counts=counts, people=people, code=code, declared=declared))

    def says(self, least: int, *terms: tuple[str, int]) -> None:
        """State what a word says of counts: each times its coefficient, summed up, is at least so much."""
        self._said.append(AtLeast(terms, least))

    @contextmanager
    def internal_only(self) -> Iterator[None]:
        """Mark the cells added inside as never public."""
        before, self._internal = self._internal, True
        try:
            yield
        finally:
            self._internal = before

    @contextmanager
    def of_enough(self, people: int) -> Iterator[None]:
        """Mark the cells added inside as never public where they are about too few people."""
        before, self._internal = self._internal, self._internal or people < LEAST_OF_BREAKDOWN
        try:
            yield
        finally:
            self._internal = before

    @contextmanager
    def breakdown(self) -> Iterator[None]:
        """Mark the cells added inside as never public if one of them is a small count.

        To protect it the gate would have to hide figures of the whole, which matter more than the breakdown.
        """
        before = set(self._cells)
        yield
        added = [cell for name, cell in self._cells.items() if name not in before]
        if any(_is_small(cell) for cell in added):
            self._cells |= {cell.id: replace(cell, internal=True) for cell in added}
            return
        for cell in added:  # that it is there says that none of it is small
            if cell.kind == COUNT and cell.value:
                self.says(LEAST_OF_BREAKDOWN, (cell.id, 1))

    def total(self, total: str, *parts: str) -> None:
        """State that parts make a total."""
        self._sums.append(Sum(total, parts))

    def n(self, cell_id: str) -> int:
        """Value of a count already added."""
        return int(self._cells[cell_id].value)

    def has(self, cell_id: str) -> bool:
        """Whether a cell has been added."""
        return cell_id in self._cells

    def within(self, prefix: str) -> list[str]:
        """Names of the cells already added that start so."""
        return [name for name in self._cells if name.startswith(prefix)]

    def is_internal(self, cell_id: str) -> bool:
        """Whether a cell already added is never public."""
        return self._cells[cell_id].internal

    def close(self, context: Context) -> Results:
        """Make the results."""
        return Results(
            context,
            tuple(self._cells.values()),
            tuple(self._sums),
            dict(self.people),
            tuple(self._said),
            dict(self._clients),
        )

    def _add(self, cell: Cell) -> str:
        if cell.id in self._cells:
            raise ValueError(f"cell written twice: {cell.id}")
        self._cells[cell.id] = replace(cell, internal=cell.internal or self._internal)
        return cell.id
