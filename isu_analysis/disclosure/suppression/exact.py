"""`suppress`: which counts to hide, as little worth as possible."""

from __future__ import annotations

from dataclasses import dataclass

from isu_analysis.disclosure.problem import Problem
from isu_analysis.disclosure.suppression.components import components
from isu_analysis.disclosure.suppression.search import least_cost
from isu_analysis.disclosure.suppression.solver import quiet

GAP, NODES = 0.01, 500


@dataclass(frozen=True)
class Suppression:
    """What is hidden.

    Attributes
    ----------
    hidden : frozenset of str
        Every hidden count: those in need of protection, those hidden whatever is decided, and those chosen.
    cost : float
        What those chosen are worth.
    bound : float
        No choice that protects as much costs less.
    exact : bool
        Whether the choice is known to cost the least.
    """

    hidden: frozenset[str]
    cost: float
    bound: float
    exact: bool


def suppress(problem: Problem, *, gap: float = GAP, nodes: int = NODES) -> Suppression:
    """Choose which counts to hide, so that what is hidden is worth the least.

    The same problem always gives the same answer: the search ends by gap and nodes, never by the clock.

    Parameters
    ----------
    problem : Problem
    gap : float
        How much more than the least, as a share of it, the choice may cost.
    nodes : int
        Of branching in each part of the problem that shares nothing with the others; when they are spent the best
        choice found so far stands. It protects as much, but may be dearer.

    Returns
    -------
    Suppression

    Raises
    ------
    DisclosureError
        Nothing that may be hidden protects every count, or the solver failed.
    """
    must = {name for name, count in problem.counts.items() if count.hidden or count.protect is not None}
    hidden, bound, exact = set(must), 0.0, True
    with quiet():
        for part in components(problem):
            chosen, below, least = least_cost(part, gap, nodes)
            hidden |= {part.names[place] for place in chosen.nonzero()[0]}
            bound, exact = bound + below, exact and least
    cost = sum(problem.counts[name].worth for name in sorted(hidden - must))
    return Suppression(frozenset(hidden), cost, min(bound, cost), exact)
