"""One part of the problem: cuts and choices in turn, until the cheapest choice lets nothing be worked out."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, sparse

from isu_analysis.disclosure.suppression.attacker import Attacker, Mask
from isu_analysis.disclosure.suppression.components import IMPOSSIBLE, TIE, Component
from isu_analysis.disclosure.suppression.solver import Floats, whole
from isu_analysis.errors import UnprotectableError

NOTHING = 1e-5  # share of a cost that the solver's own precision can hide
PATIENCE = 10  # rounds that only look at the cheapest choice


class Search:
    """The cheapest safe choice in a component, within a gap and a number of nodes.

    Attributes
    ----------
    hidden : ndarray of bool
        The cheapest safe choice found: to begin with everything.
    bound : float
        No safe choice costs less.
    """

    def __init__(self, component: Component) -> None:
        self._of = component
        self._attacker = Attacker(component)
        self._cuts: dict[bytes, Floats] = {}
        self.hidden: Mask = np.ones(len(component.names), dtype=bool)
        self.bound: float = 0.0
        if self._attacker.cuts(self.hidden):
            raise UnprotectableError(IMPOSSIBLE)

    def is_within(self, gap: float) -> bool:
        """Whether the choice costs no more than this share above the bound."""
        cost = self._cost(self.hidden)
        return cost - self.bound <= (gap + NOTHING) * cost

    def run(self, gap: float, nodes: int) -> None:
        """Search until the choice is within the gap, or the nodes are spent.

        Most parts need few rounds: cuts of the cheapest choice are enough. Where they are not, each round makes the
        choice safe as well, which costs more and teaches more.
        """
        hidden, patience = self._of.fixed, PATIENCE
        while True:
            if not self._learnt(hidden):
                self._improve(hidden)
            elif patience <= 0 or nodes <= 0:
                self._improve(self._made_safe(hidden))
            if self.is_within(gap) or nodes <= 0:
                return
            chosen = self._cheapest(gap, nodes)
            nodes -= max(1, int(chosen.mip_node_count or 0))
            patience -= 1
            self.bound = max(self.bound, float(chosen.mip_dual_bound or 0))
            if chosen.x is not None:
                hidden = self._of.fixed | (chosen.x > 0.5)

    def _cost(self, hidden: Mask) -> float:
        return float(self._of.costs[hidden].sum())

    def _improve(self, hidden: Mask) -> None:
        if self._cost(hidden) < self._cost(self.hidden):
            self.hidden = hidden

    def _cheapest(self, gap: float, nodes: int) -> optimize.OptimizeResult:
        """The cheapest choice that heeds every cut so far."""
        rows = optimize.LinearConstraint(sparse.csr_array(np.array(list(self._cuts.values()))), 1.0, math.inf)
        must = self._of.fixed.astype(float)
        found = whole(self._of.costs, rows, must, np.ones(len(must)), gap=gap / 2, nodes=nodes)
        if found is None:  # hiding everything is safe, so it heeds every cut
            raise UnprotectableError(IMPOSSIBLE)
        return found

    def _made_safe(self, hidden: Mask) -> Mask:
        """Heed one cut after the other until none is broken, then show again what was not needed, the dearest first.

        Every cut on the way is one that the cheapest choice breaks too, so each round teaches many.
        """
        added = np.zeros_like(hidden)
        while cuts := self._learnt(hidden):
            more = self._heeded(cuts)
            added, hidden = added | more, hidden | more
        places = np.flatnonzero(added)
        for place in places[np.argsort(-self._of.costs[places], kind="stable")]:
            fewer = hidden.copy()
            fewer[place] = False
            if not self._learnt(fewer, most=1):
                hidden = fewer
        return hidden

    def _learnt(self, hidden: Mask, most: float = math.inf) -> list[Floats]:
        """Cuts that the choice breaks, kept for all choices to come."""
        cuts = self._attacker.cuts(hidden, most)
        self._cuts.update((cut.round(9).tobytes(), cut) for cut in cuts)
        return cuts

    def _heeded(self, cuts: list[Floats]) -> Mask:
        """Hide what helps most for its worth until every one of these cuts has what it needs."""
        helps, missing = np.array(cuts), np.ones(len(cuts))
        more = np.zeros(helps.shape[1], dtype=bool)
        while (missing > NOTHING).any():
            gain = np.minimum(helps, np.maximum(missing, 0.0)[:, None]).sum(axis=0)
            best = int(np.argmax(np.where(more | self._of.fixed, 0.0, gain / np.maximum(self._of.costs, NOTHING))))
            more[best] = True
            missing -= helps[:, best]
        return more


def least_cost(component: Component, gap: float, nodes: int) -> tuple[Mask, float, bool]:
    """Choose what to hide in a component: the choice, what no choice costs less than, whether it is the cheapest."""
    search = Search(component)
    search.run(gap, nodes)
    return search.hidden, search.bound / (1 + TIE), search.is_within(0.0)
