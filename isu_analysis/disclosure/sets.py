"""The sets of people behind means: what can be worked out about a few from what is told of many.

Whoever has the means of all 18 and of the 17 who were measured twice has the score of the one who was not. Sums of
scores can be added and taken from each other; so every published set is put beside all others of the same variable, in
this report and in those that are out, and no sum or difference of them may be about only a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np

MOST_TWICE = 4  # overlapping sets, up to which each is also tried twice over
MOST_LINKED = 9  # sets that overlap, directly or through others; more cannot be tried in every combination


class Sets:
    """Sets of people that have been told of, by variable.

    Parameters
    ----------
    least : int
        Fewest people that a sum or difference of means may be about.
    clients : mapping of str to str
        Whose each episode is; an episode that is not there is a person of its own.
    """

    def __init__(self, least: int, clients: Mapping[str, str]) -> None:
        self._least = least
        self._clients = clients
        self._told: dict[str, list[frozenset[str]]] = {}
        self._closed: set[str] = set()

    def add(self, variable: str, members: frozenset[str] | None) -> None:
        """Count a set as told of, whatever it is; after one that is not known nothing more may be told of the variable."""
        if members is None:
            self._closed.add(variable)
            return
        told = self._told.setdefault(variable, [])
        if members not in told:
            told.append(members)

    def accepts(self, variable: str, sets: Iterable[frozenset[str]]) -> bool:
        """Take sets in, unless a few people could be worked out from them and those told of before.

        Returns
        -------
        bool
            False where nothing was taken in.
        """
        if variable in self._closed:
            return False
        told = self._told.get(variable, [])
        new = [members for members in dict.fromkeys(sets) if members not in told]
        for place, members in enumerate(new):
            if self._tells_of_few([*told, *new[:place]], members):
                return False
        for members in new:
            self.add(variable, members)
        return True

    def near(self, variable: str, members: frozenset[str]) -> bool:
        """Whether one told of is nearly the same set, so that the two give the sum of a few."""
        return any(self._too_alike(members, other) for other in self._told.get(variable, []))

    def _tells_of_few(self, told: list[frozenset[str]], new: frozenset[str]) -> bool:
        linked = _linked(new, told)
        if self.persons(new) < self._least or len(linked) > MOST_LINKED:
            return True
        if any(self._too_alike(new, members) for members in linked):
            return True
        if not linked:
            return False
        sizes, places = self._atoms([*linked, new])
        times = (-2, -1, 0, 1, 2) if len(linked) <= MOST_TWICE else (-1, 0, 1)
        signs = np.array(list(product(times, repeat=len(linked))), dtype=np.int8)
        own = (1, 2) if len(linked) <= MOST_TWICE else (1,)
        about = (
            np.concatenate([signs @ places[:-1] + n * places[-1] for n in own]) != 0
        )  # each combination, atom by atom
        people = about @ sizes
        return bool(((people > 0) & (people < self._least)).any())

    def _too_alike(self, one: frozenset[str], other: frozenset[str]) -> bool:
        """Whether two sets share people, and either has a few that the other has not."""
        if not one & other:
            return False
        return any(0 < self.persons(rest) < self._least for rest in (one - other, other - one))

    def _atoms(self, sets: list[frozenset[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Groups of people who are in the very same sets: how many each is, and in which sets."""
        groups: dict[tuple[bool, ...], set[str]] = {}
        for episode in sorted(frozenset().union(*sets)):
            groups.setdefault(tuple(episode in members for members in sets), set()).add(self._person(episode))
        return (
            np.array([len(persons) for persons in groups.values()]),
            np.array(list(groups), dtype=np.int8).T,
        )

    def persons(self, members: frozenset[str]) -> int:
        """How many people some episodes are about."""
        return len({self._person(episode) for episode in members})

    def _person(self, episode: str) -> str:
        return self._clients.get(episode, episode)


def _linked(new: frozenset[str], told: list[frozenset[str]]) -> list[frozenset[str]]:
    """Sets that overlap the new one, directly or through others; what overlaps none of them only adds people."""
    found: list[frozenset[str]] = []
    reach, waiting = set(new), list(told)
    grew = True
    while grew:
        near = [members for members in waiting if members & reach]
        waiting = [members for members in waiting if not members & reach]
        grew = bool(near)
        found += near
        reach.update(*near)
    return found
