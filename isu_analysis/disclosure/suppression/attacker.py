"""What an outsider can work out when these and no other counts are hidden, and the cuts that follow from it.

He looks for tables that fit everything printed. A table is kept as its changes from the truth, in whole numbers: as
long as all counts that it changes are hidden it proves what he cannot rule out, so it is tried again first.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from isu_analysis.disclosure.suppression.components import Component, Protection
from isu_analysis.disclosure.suppression.solver import Floats, linear, whole

Mask = NDArray[np.bool_]

SLACK = 1e-6  # of the linear programme, in persons
GLIMPSE = 1e-3  # share of its room that a shown count gets, so that a cut asks for as little as it can
DIGITS = 6  # of the multipliers; a cut holds for any


class Attacker:
    """An outsider who knows the truth of everything in a component that is not hidden."""

    def __init__(self, component: Component) -> None:
        self._of = component
        self._tables = np.zeros((0, len(component.names)))
        self._lines = self._of_single_equations()

    def open(self, hidden: Mask, among: list[Protection] | None = None) -> list[Protection]:
        """Protections that no table known so far upholds when these are hidden."""
        wanted = list(self._of.protections) if among is None else among
        fitting = self._tables[~self._tables[:, ~hidden].any(axis=1)]
        return [one for one in wanted if not (one.sign * fitting[:, one.place] >= one.needed).any()]

    def cuts(self, hidden: Mask, most: float = math.inf) -> list[Floats]:
        """Cuts that a choice breaks, no more than ``most``: how much hiding each count helps, where 1 is needed in all.

        None at all means that every protection has been upheld by a table of whole numbers. What a single equation
        gives away is told first: it takes no programme to see.
        """
        plain = np.flatnonzero(self._lines @ hidden < 1 - SLACK)
        if len(plain):
            return list(self._lines[plain[: int(min(most, len(plain)))]].toarray())
        left = self._tried_together(hidden)
        found: list[Floats] = []
        doubtful: list[Protection] = []
        while left and len(found) < most:
            protection = left.pop(0)
            cut, table = self._broken(hidden, protection)
            if cut is not None:
                found.append(cut)
                continue
            # No cut is no proof: only a table that upholds the protection is.
            self._keep(table)
            doubtful += self.open(hidden, [protection])
            left = self.open(hidden, left)
        return found or self._cuts_in_whole_numbers(hidden, doubtful)

    def _of_single_equations(self) -> sparse.csr_array:
        """Cuts that follow from one equation alone: the others in it must let through what the count needs."""
        found: list[sparse.csr_array] = []
        by_place = self._of.matrix.tocsc()
        for protection in self._of.protections:
            ends = by_place.indptr[protection.place : protection.place + 2]
            for at in range(*ends):
                reduced = self._of.matrix[[by_place.indices[at]]].toarray()[0] * (protection.sign / by_place.data[at])
                reduced[protection.place] = 0.0
                cut = self._cut(protection, reduced)
                if cut is not None:
                    found.append(sparse.csr_array(cut[None, :]))
        return sparse.csr_array(sparse.vstack(found)) if found else sparse.csr_array((0, len(self._of.names)))

    def _tried_together(self, hidden: Mask) -> list[Protection]:
        """Protections still open when tables that uphold as many at once as they can have been tried."""
        left = self.open(hidden)
        for sign in (1, -1):
            while len(same := [one for one in left if one.sign == sign]) > 1:
                if not self._keep(self._table_for_many(hidden, same)):
                    break
                before, left = left, self.open(hidden, left)
                if len(left) == len(before):
                    break
        return left

    def _table_for_many(self, hidden: Mask, wanted: list[Protection]) -> Floats:
        """Table that moves each of these counts, all the same way, as far as it needs, as far as they can together."""
        sign, places = wanted[0].sign, [one.place for one in wanted]
        needed, many, size = np.array([one.needed for one in wanted], dtype=float), len(wanted), len(self._of.names)
        # Each count's move in its direction = what counts (no more than it needs) + what it moves beyond that.
        moves = sparse.csr_array((np.full(many, float(sign)), (np.arange(many), places)), shape=(many, size))
        one = sparse.eye_array(many)
        matrix = sparse.csr_array(sparse.block_array([[self._of.matrix, None, None], [moves, -one, -one]]))
        low = np.concatenate([np.where(hidden, -self._of.down, 0.0), np.full(many, -np.inf), np.zeros(many)])
        high = np.concatenate([np.where(hidden, self._of.up, 0.0), needed, np.full(many, np.inf)])
        costs = np.concatenate([np.zeros(size), np.full(many, -1.0), np.zeros(many)])
        return linear(costs, matrix, low, high)[0][:size]

    def _broken(self, hidden: Mask, protection: Protection) -> tuple[Floats | None, Floats]:
        """A cut that the choice breaks and None where linear programming finds none, and the last table tried."""
        for glimpse in (GLIMPSE, 0.0):
            costs = np.zeros(len(hidden))
            costs[protection.place] = -protection.sign
            room = self._room(np.where(hidden, 1.0, glimpse), protection)
            table, multipliers = linear(costs, self._of.matrix, *room)
            cut = self._cut(protection, costs - self._of.matrix.T @ multipliers.round(DIGITS))
            if cut is not None and cut @ hidden < 1 - SLACK:
                return cut, table
        return None, table

    def _room(self, shares: Floats, protection: Protection) -> tuple[Floats, Floats]:
        """How far each count may move: all it can where the share is 1, a share of what is needed where less."""
        down, up = self._rooms(protection)
        ends = [np.where(shares == 1, room, shares * np.minimum(room, protection.needed)) for room in (down, up)]
        return -ends[0], ends[1]

    def _rooms(self, protection: Protection) -> tuple[Floats, Floats]:
        """How far each count may move down and up, the protected one itself only as far as it needs."""
        down, up = self._of.down.copy(), self._of.up.copy()
        ahead = up if protection.sign > 0 else down
        ahead[protection.place] = protection.needed
        return down, up

    def _cut(self, protection: Protection, reduced: Floats) -> Floats | None:
        """The cut of reduced costs: what moves the protected count is at most what the hidden ones let through.

        The count itself and what is hidden anyway are counted off; a count that alone would do then helps by 1.
        """
        down, up = self._rooms(protection)
        reduced = np.where(abs(reduced) < 10.0 ** (-DIGITS - 2), 0.0, reduced)
        helps = np.zeros(len(reduced))
        for room, slope in ((up, -reduced), (down, reduced)):
            moves = slope > 0
            helps[moves] += slope[moves] * room[moves]
        missing = protection.needed - helps[self._of.fixed].sum()
        if not missing > SLACK:
            return None
        return np.where(self._of.fixed, 0.0, np.minimum(helps / missing, 1.0))

    def _keep(self, table: Floats) -> bool:
        """Keep a table, in whole numbers, if it fits to the last person."""
        exact = table.round()
        fits = (-self._of.down <= exact).all() and (exact <= self._of.up).all() and not (self._of.matrix @ exact).any()
        if fits:
            self._tables = np.vstack([self._tables, exact])
        return bool(fits)

    def _cuts_in_whole_numbers(self, hidden: Mask, doubtful: list[Protection]) -> list[Floats]:
        """Uphold in whole numbers what only fractions of persons uphold; where none do, something more must be hidden."""
        for protection in doubtful:
            if not self.open(hidden, [protection]):
                continue
            low, high = np.where(hidden, -self._of.down, 0.0), np.where(hidden, self._of.up, 0.0)
            rows = optimize.LinearConstraint(self._of.matrix, 0, 0)
            found = whole(np.zeros(len(hidden)), rows, *_at_least(protection, low, high))
            if found is not None:
                self._keep(found.x)
            if self.open(hidden, [protection]):
                return [np.where(hidden, 0.0, 1.0)]
        return []


def _at_least(protection: Protection, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The same room, with the protected count moved as far as it needs at least."""
    low, high = low.copy(), high.copy()
    if protection.sign > 0:
        low[protection.place] = protection.needed
    else:
        high[protection.place] = -protection.needed
    return low, high
