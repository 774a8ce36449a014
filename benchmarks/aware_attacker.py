"""An intruder who has the program: he reruns it on every table that fits and keeps those it would have hidden alike.

Run with ``python -m benchmarks.aware_attacker``. Tables are 2 x 3 with all totals, of 0-9 in each cell; counts below 5
are protected. A table with totals is a circulation between three rows and four columns (the totals with the other
sign), so the room a hidden count has is a largest flow, which is a smallest cut: every choice of hidden counts is tried
at once, with no solver, and the cheapest is known. ``--program`` checks that against the package's own choice.
"""

from __future__ import annotations

import argparse
import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ROWS, COLUMNS = 3, 4  # with totals
EDGES = ROWS * COLUMNS
SMALL = 5
PLENTY = 1e6
SIGN = np.array([[1, 1, 1, -1], [1, 1, 1, -1], [-1, -1, -1, 1]]).ravel()
CHOICES = ((np.arange(2**EDGES)[:, None] >> np.arange(EDGES)) & 1).astype(float)  # every way to hide, True for hidden
BIGGEST, MOST_TABLES = 12, 1000  # of the intruder's tables: the largest cell, and how many of them he tries

Worth = Callable[[np.ndarray], np.ndarray]


def with_totals(inner: np.ndarray) -> np.ndarray:
    """Twelve counts, row by row, of a table of six."""
    rows = np.column_stack([inner, inner.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)]).ravel()


@functools.cache
def _cuts(edge: int, grows: bool) -> tuple[np.ndarray, np.ndarray]:
    """For every cut between the ends of an edge: which other edges cross it upwards, and which downwards."""
    row, column = divmod(edge, COLUMNS)
    source, sink = (ROWS + column, row) if grows else (row, ROWS + column)
    up, down = [], []
    for code in range(2 ** (ROWS + COLUMNS)):
        inside = [bool(code >> node & 1) for node in range(ROWS + COLUMNS)]
        if inside[source] and not inside[sink]:
            ends = [(inside[i], inside[ROWS + j]) for i in range(ROWS) for j in range(COLUMNS)]
            up.append([a and not b for a, b in ends])
            down.append([b and not a for a, b in ends])
    crossing = np.array(up, float), np.array(down, float)
    for side in crossing:
        side[:, edge] = 0.0
    return crossing


def room(values: np.ndarray, edge: int, larger: bool, choices: np.ndarray) -> np.ndarray:
    """By how much a hidden count can be larger, or smaller, than it is, for each choice of hidden counts."""
    up = np.where(SIGN > 0, PLENTY, values)
    down = np.where(SIGN > 0, values, PLENTY)
    crossing_up, crossing_down = _cuts(edge, larger == (SIGN[edge] > 0))
    flow = (choices @ (crossing_up * up + crossing_down * down).T).min(axis=1)
    return flow if larger else np.minimum(flow, values[edge])


def protecting(values: np.ndarray, edges: np.ndarray, choices: np.ndarray = CHOICES) -> np.ndarray:
    """Choices that hide these counts and leave each of them possibly 1 or fewer and possibly 5 or more."""
    choices = choices[choices[:, edges].all(axis=1)]
    for edge in edges:
        choices = choices[room(values, edge, True, choices) >= SMALL - values[edge]]
        choices = choices[room(values, edge, False, choices) >= values[edge] - 1]
    return choices


@dataclass(frozen=True)
class Rule:
    """What the program does beside hiding small counts and as little more as it can.

    Attributes
    ----------
    name : str
    worth : callable
        What each count is worth.
    stretch : float
        A secret key multiplies the worth of each count by between 1 and 1 + so much.
    decoys : float
        A secret key chooses this share of larger counts, to be protected as if they were small.
    below : int
        How large those can be.
    """

    name: str
    worth: Worth
    stretch: float = 0.0
    decoys: float = 0.0
    below: int = 2 * SMALL

    def hides(self, values: np.ndarray, key: int) -> np.ndarray:
        """Give what the program hides with one key."""
        random = np.random.default_rng(key)
        chosen = (values < SMALL) | ((values < self.below) & (random.random(EDGES) < self.decoys))
        return self.cheapest(values, np.flatnonzero(chosen), self.stretched(random.random((EDGES, 1))))[0]

    def stretched(self, lots: np.ndarray) -> np.ndarray:
        """What worth is multiplied by, for numbers between 0 and 1."""
        return 1 + self.stretch * lots

    def cheapest(self, values: np.ndarray, protected: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Give the cheapest choice for each key; ties go to the first."""
        choices = protecting(values, protected)
        least = (choices @ (self.worth(values)[:, None] * keys)).round(9).argmin(axis=0)
        return choices[least].astype(bool)

    def chance(self, values: np.ndarray, hidden: np.ndarray, keys: np.ndarray) -> float:
        """Give the chance, over keys, that the program hides exactly this of a table."""
        small = np.flatnonzero(values < SMALL)
        can_be_decoys = (values >= SMALL) & (values < self.below)
        inside = np.flatnonzero(can_be_decoys & hidden) if self.decoys else np.array([], int)
        inside = np.array(
            [edge for edge in inside if len(protecting(values, [edge], hidden[None, :].astype(float)))], int
        )
        if not len(protecting(values, small, hidden[None, :].astype(float))):
            return 0.0
        total = 0.0
        for n in range(len(inside) + 1):
            for decoys in itertools.combinations(inside, n):
                odds = self.decoys**n * (1 - self.decoys) ** (can_be_decoys.sum() - n)
                protected = np.array([*small, *decoys], int)
                total += odds * (self.cheapest(values, protected, keys) == hidden).all(axis=1).mean()
        return float(total)


def by_size(values: np.ndarray) -> np.ndarray:
    """A larger count is worth more."""
    return 1 + np.log1p(values)


def by_place(values: np.ndarray) -> np.ndarray:
    """A total is worth more than a part, whatever they are."""
    return np.where(np.arange(EDGES) % COLUMNS == COLUMNS - 1, 3.0, 1.0) + np.where(np.arange(EDGES) >= 8, 2.0, 0.0)


RULES = (
    Rule("by size, no key", by_size),
    Rule("by place, no key", by_place),
    Rule("by size, key up to x 2", by_size, stretch=1.0),
    Rule("by size, key up to x 4", by_size, stretch=3.0),
    Rule("by place, key up to x 4", by_place, stretch=3.0),
    Rule("by size, 5 % decoys", by_size, decoys=0.05),
    Rule("by size, 10 % decoys", by_size, decoys=0.10),
    Rule("by size, 20 % decoys", by_size, decoys=0.20),
    Rule("by size, 33 % decoys", by_size, decoys=0.33),
    Rule("by size, 10 % decoys of any size", by_size, decoys=0.10, below=1000),
    Rule("by place, 10 % decoys", by_place, decoys=0.10),
)


def fitting(values: np.ndarray, hidden: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Tables that fit what is printed; when there are too many, so many of them by lot."""
    found = _grid()
    for edge in np.flatnonzero(~hidden):
        found = found[found[:, edge] == values[edge]]
    if len(found) > MOST_TABLES:
        found = found[random.choice(len(found), MOST_TABLES, replace=False)]
    return found


@functools.cache
def _grid() -> np.ndarray:
    axes = np.meshgrid(*[np.arange(BIGGEST + 1, dtype=np.int16)] * 6, indexing="ij")
    inner = np.stack([axis.ravel() for axis in axes], axis=1).reshape(-1, 2, 3)
    rows = np.concatenate([inner, inner.sum(axis=2, keepdims=True)], axis=2)
    return np.concatenate([rows, rows.sum(axis=1, keepdims=True)], axis=1).reshape(-1, EDGES).astype(np.int16)


@dataclass
class Tally:
    """What came out, over all tables."""

    tables: int = 0
    helpers: int = 0
    protected: int = 0
    narrowed: int = 0
    exact: int = 0
    likely: int = 0
    likely_anyway: int = 0

    def add(self, values: np.ndarray, hidden: np.ndarray, tables: np.ndarray, weights: np.ndarray) -> None:
        """Count what the intruder learns of each small count from the tables that he keeps."""
        small = np.flatnonzero(values < SMALL)
        self.tables += 1
        self.helpers += int(hidden.sum()) - len(small)
        self.protected += len(small)
        kept = tables[weights > 0] if weights.any() else tables
        chances = weights / weights.sum() if weights.any() else np.full(len(tables), 1 / len(tables))
        for edge in small:
            self.narrowed += int(kept[:, edge].max() < SMALL <= tables[:, edge].max())
            self.exact += int(len(set(kept[:, edge])) == 1 < len(set(tables[:, edge])))
            self.likely += int(chances[tables[:, edge] < SMALL].sum() >= 0.95)
            self.likely_anyway += int((tables[:, edge] < SMALL).mean() >= 0.95)

    def row(self, rule: str) -> dict[str, str]:
        """One line of the table of results."""

        def share(n: int) -> str:
            return f"{n} ({100 * n / self.protected:.1f} %)"

        return {
            "worth": rule,
            "helpers per table": f"{self.helpers / self.tables:.2f}",
            "protected": str(self.protected),
            "known to be below 5": share(self.narrowed),
            "known exactly": share(self.exact),
            "below 5 with 95 % chance": share(self.likely),
            "the same, not rerun": share(self.likely_anyway),
        }


def measure(rule: Rule, replications: int, seed: int, n_keys: int = 100) -> Tally:
    """Attack a number of random tables; the intruder knows the rule but not the key."""
    random, lot = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    keys = rule.stretched(np.random.default_rng(seed + 2).random((EDGES, n_keys if rule.stretch else 1)))
    tally = Tally()
    for number in range(replications):
        values = with_totals(random.integers(0, 10, (2, 3))).astype(float)
        if (values < SMALL).any():
            hidden = rule.hides(values, 1000 + number)
            tables = fitting(values, hidden, lot).astype(float)
            tally.add(values, hidden, tables, np.array([rule.chance(table, hidden, keys) for table in tables]))
    return tally


def program_agrees(replications: int, seed: int) -> int:
    """In how many tables the package's own choice costs as much as the cheapest of all choices."""
    from isu_analysis.disclosure.problem import Count, Equation, Problem
    from isu_analysis.disclosure.suppression import suppress

    random, agreed = np.random.default_rng(seed), 0
    lines = [tuple(range(COLUMNS * i, COLUMNS * i + COLUMNS)) for i in range(ROWS)]
    lines += [tuple(range(j, EDGES, COLUMNS)) for j in range(COLUMNS)]
    equations = tuple(Equation(tuple((f"{edge:02}", int(SIGN[edge])) for edge in line)) for line in lines)
    for _ in range(replications):
        values = with_totals(random.integers(0, 10, (2, 3)))
        worth = by_size(values)
        counts = {
            f"{edge:02}": Count(
                f"{edge:02}", int(n), protect=(1, SMALL) if n < SMALL else None, worth=float(worth[edge])
            )
            for edge, n in enumerate(values)
        }
        hidden = suppress(Problem(counts, equations), gap=0.0).hidden
        helpers = sum(worth[int(name)] for name in hidden if counts[name].protect is None)
        choice = RULES[0].hides(values.astype(float), 0)
        agreed += bool(abs(worth[choice & (values >= SMALL)].sum() - helpers) < 1e-6)
    return agreed


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.aware_attacker", description=__doc__.split("\n")[0])
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rule", type=int, action="append", choices=range(len(RULES)))
    parser.add_argument("--program", action="store_true", help="check the choice against the package's own")
    options = parser.parse_args()
    if options.program:
        print(f"{program_agrees(options.replications, options.seed)} of {options.replications} choices cost the same")
        return
    rules = [RULES[number] for number in options.rule or range(len(RULES))]
    for rule in rules:
        row = measure(rule, options.replications, options.seed).row(rule.name)
        if rule is rules[0]:
            print(f"| {' | '.join(row)} |\n|{' --- |' * len(row)}")
        print(f"| {' | '.join(row.values())} |", flush=True)


if __name__ == "__main__":
    main()
