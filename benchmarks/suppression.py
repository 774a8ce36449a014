"""The choice of hidden counts: whether it holds, what it costs beside a greedy one, how long it takes.

``python -m benchmarks.suppression`` prints three tables.

=========  ============================================================================================
systems    random linked systems (70 % tiny, 25 % small, 4.5 % middle, 0.5 % large), each attacked with
           all it prints by the audit, which shares no code with the choice; the first 500 also hidden
           greedily, and what is said to be impossible attacked with everything hidden that can be
time       one year of units x sex x five results with every margin, by the number of units
years      the third of three years, the first two released already and fixed, with the sums of all three
=========  ============================================================================================

Options: ``--part systems|time|years`` (may be repeated), ``--systems``, ``--greedy``, ``--seconds`` (stop after as many;
the table says how many systems there were time for). The table of systems is printed anew for every 500; the last holds.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack
from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.disclosure.suppression import Suppression, suppress
from isu_analysis.errors import DisclosureError, UnprotectableError
from tests.disclosure.linked_systems import linked_system

MIX = ("tiny",) * 140 + ("small",) * 50 + ("middle",) * 9 + ("large",)
EVERY = 500
UNITS, SEXES, RESULTS = (5, 10, 20, 40, 80), 2, 5
FEW, MORE = 6.0, 12.0  # people in each cell, on average


# The attack, and the greedy choice.


def broken(problem: Problem, hidden: set[str], names: Iterable[str]) -> list[str]:
    """Which of these counts an outsider can narrow too far when these are hidden."""
    printed = [
        Printed(name, None if name in hidden else count.value, count.least, count.most)
        for name, count in problem.counts.items()
    ]
    facts = [
        Fact(tuple((name, float(times)) for name, times in equation.terms), equation.equals, equation.equals)
        for equation in problem.equations
    ]
    protected = {name: count.protect for name, count in problem.counts.items() if count.protect}
    return [found.name for found in attack(printed, facts, [Secret(name, *protected[name]) for name in names])]


def greedy(problem: Problem) -> set[str] | None:
    """Hide the smallest that is nearest to each count that can be worked out; None where that leads nowhere."""
    hidden = _must(problem)
    for target in _small(problem):
        while broken(problem, hidden, [target]):
            reach, found = {target}, None
            while found is None:
                near = {n for e in problem.equations if reach & {m for m, _ in e.terms} for n, _ in e.terms} | reach
                free = [problem.counts[name] for name in (near - hidden) & _may(problem)]
                if free:
                    found = min(free, key=lambda count: (count.value, count.name)).name
                elif near == reach:
                    return None
                reach = near
            hidden.add(found)
    return hidden


def _small(problem: Problem) -> list[str]:
    return sorted(name for name, count in problem.counts.items() if count.protect)


def _must(problem: Problem) -> set[str]:
    return {name for name, count in problem.counts.items() if count.hidden or count.protect}


def _may(problem: Problem) -> set[str]:
    """What can be hidden: not known, and not a nought that is always printed."""
    return {name for name, count in problem.counts.items() if not count.known and count.value >= count.least}


def _worth(problem: Problem, hidden: set[str]) -> float:
    return sum(problem.counts[name].worth for name in hidden - _must(problem))


# Systems.


@dataclass
class Row:
    """What was met in one size class."""

    counts: list[int] = field(default_factory=list)
    small: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    impossible: int = 0
    wrongly_impossible: int = 0
    failed: int = 0
    exact: int = 0
    within: int = 0
    broken: int = 0
    compared: int = 0
    greedy_lost: int = 0
    worth: list[tuple[float, float]] = field(default_factory=list)
    more: list[tuple[int, int]] = field(default_factory=list)


def systems(many: int, compared: int, seconds: float) -> Iterator[dict[str, Row]]:
    """Solve and attack random systems, and choose greedily in the first ones; what was met after every 500."""
    rows, began = {size: Row() for size in dict.fromkeys(MIX)}, time.monotonic()
    for seed in range(many):
        if time.monotonic() - began > seconds:
            break
        # 7 and 200 have no factor in common, so the first ones are a mix of the sizes too.
        size = MIX[seed * 7 % len(MIX)]
        _meet(rows[size], linked_system(seed, size), seed < compared)
        if (seed + 1) % EVERY == 0:
            yield rows
    yield rows


def _meet(row: Row, problem: Problem, compare: bool) -> None:
    """Solve one system, attack it, and choose greedily beside."""
    started = time.process_time()
    try:
        found = suppress(problem)
    except UnprotectableError:
        row.impossible += 1
        row.wrongly_impossible += not broken(problem, _must(problem) | _may(problem), _small(problem))
        return
    except DisclosureError:
        row.failed += 1
        return
    row.seconds.append(time.process_time() - started)
    _tally(row, problem, found)
    if compare:
        _compare(row, problem, set(found.hidden))


def _tally(row: Row, problem: Problem, found: Suppression) -> None:
    row.counts.append(len(problem.counts))
    row.small.append(len(_small(problem)))
    row.chosen.append(len(found.hidden - _must(problem)))
    row.exact += found.exact
    row.within += found.cost - found.bound <= 0.0101 * found.cost + 1e-9
    row.broken += len(broken(problem, set(found.hidden), _small(problem)))


def _compare(row: Row, problem: Problem, hidden: set[str]) -> None:
    row.compared += 1
    other = greedy(problem)
    if other is None:
        row.greedy_lost += 1
        return
    row.worth.append((_worth(problem, hidden), _worth(problem, other)))
    row.more.append((len(hidden - _must(problem)), len(other - _must(problem))))


def _print_systems(rows: dict[str, Row]) -> None:
    heads = ["system", "antal", "omöjliga (felaktigt)", "ej lösta", "tal, median / högst", "små tal", "röjda",
             "dolda därtill (av alla tal)", "exakt löst", "inom 1 %", "s, median / högst",
             "girigt: antal (gick inte)", "girigt / vårt, dolda därtill", "girigt / vårt, förlorat värde"]  # fmt: skip
    print(f"| {' | '.join(heads)} |")
    print("| --- " * len(heads) + "|")
    for size, row in rows.items():
        if row.seconds:
            print(f"| {' | '.join(map(str, _line(size, row)))} |".replace(".", ","), flush=True)


def _line(size: str, row: Row) -> list[object]:
    solved = len(row.seconds)
    (ours, theirs), (cells, their_cells) = (map(sum, zip(*pairs, strict=True)) if pairs else (0, 0)
                                            for pairs in (row.worth, row.more))  # fmt: skip
    return [
        size,
        solved + row.impossible + row.failed,
        f"{row.impossible} ({row.wrongly_impossible})",
        row.failed,
        f"{np.median(row.counts):.0f} / {max(row.counts)}",
        sum(row.small),
        row.broken,
        f"{sum(row.chosen)} ({sum(row.chosen) / sum(row.counts):.1%})",
        f"{row.exact / solved:.1%}",
        f"{row.within / solved:.1%}",
        f"{np.median(row.seconds):.2f} / {max(row.seconds):.1f}",
        f"{row.compared} ({row.greedy_lost})",
        f"{their_cells / cells:.2f}" if cells else "-",
        f"{theirs / ours:.2f}" if ours else "-",
    ]


# Time.


def year(units: int, seed: int, mark: str = "", mean: float = FEW) -> Problem:
    """Units x sex x results with every margin, the people of each cell Poisson about a gamma mean."""
    rng = np.random.default_rng([seed, units])
    values = rng.poisson(rng.gamma(1.5, mean / 1.5, size=(units, SEXES, RESULTS)))
    for axis in range(3):
        values = np.concatenate([values, values.sum(axis=axis, keepdims=True)], axis=axis)
    counts, equations = {}, []
    for cell in product(*map(range, values.shape)):
        n = int(values[cell])
        label = _label(mark, cell)
        counts[label] = Count(label, n, protect=(1, 5) if n < 5 else None, worth=math.log1p(n) + 1)
        for axis in range(3):
            if cell[axis] == values.shape[axis] - 1:
                parts = [(*cell[:axis], i, *cell[axis + 1 :]) for i in range(cell[axis])]
                equations.append(Equation(((label, 1), *((_label(mark, part), -1) for part in parts))))
    return Problem(counts, tuple(equations))


def _label(mark: str, cell: tuple[int, ...]) -> str:
    return mark + "/".join(f"{i:02}" for i in cell)


def third_year(units: int) -> Problem:
    """The last of three years: the first two as they were released, and the sum of all three over the whole and of each unit."""
    counts: dict[str, Count] = {}
    equations: list[Equation] = []
    years = [year(units, seed, f"{seed}:") for seed in range(3)]
    for problem in years[:2]:
        hidden = suppress(problem).hidden
        for name, count in problem.counts.items():
            gone = name in hidden
            counts[name] = replace(count, hidden=gone, known=not gone, protect=count.protect if gone else None)
    counts |= years[2].counts
    equations += [equation for problem in years for equation in problem.equations]
    for unit, sex, result in product(range(units + 1), range(SEXES + 1), range(RESULTS + 1)):
        if unit == units or (sex == SEXES and result == RESULTS):
            parts = [_label(f"{seed}:", (unit, sex, result)) for seed in range(3)]
            total, value = _label("sum:", (unit, sex, result)), sum(counts[part].value for part in parts)
            protect = (1, 5) if value < 5 else None
            counts[total] = Count(total, value, protect=protect, worth=math.log1p(value) + 1)
            equations.append(Equation(((total, 1), *((part, -1) for part in parts))))
    return Problem(counts, tuple(equations))


def _print_times(named: Iterable[tuple[str, Problem]]) -> None:
    """How long it takes to choose, and to attack what was chosen."""
    heads = ["problem", "tal", "små tal", "dolda därtill", "röjda", "kostnad", "minst", "val: processor, s",
             "val: klocka, s", "granskning: klocka, s"]  # fmt: skip
    print(f"| {' | '.join(heads)} |")
    print("| --- " * len(heads) + "|")
    for name, problem in named:
        began, clock = time.process_time(), time.monotonic()
        found = suppress(problem)
        taken, chosen = time.process_time() - began, time.monotonic()
        leaks = broken(problem, set(found.hidden), _small(problem))
        line = [name, len(problem.counts), len(_small(problem)), len(found.hidden - _must(problem)), len(leaks),
                f"{found.cost:.1f}", f"{found.bound:.1f}", f"{taken:.1f}", f"{chosen - clock:.1f}",
                f"{time.monotonic() - chosen:.1f}"]  # fmt: skip
        print(f"| {' | '.join(map(str, line))} |".replace(".", ","), flush=True)
    print()


def _years() -> Iterator[tuple[str, Problem]]:
    """One year of more and more units, and of as many with more people."""
    for mean, units in [*((FEW, units) for units in UNITS), (MORE, 20)]:
        for seed in range(3):
            yield f"{units} enheter x kön x 5, {mean:.0f} personer i varje", year(units, seed, mean=mean)


def main(arguments: list[str] | None = None) -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ("systems", "time", "years")
    parser.add_argument("--part", action="append", choices=parts)
    parser.add_argument("--systems", type=int, default=10_000)
    parser.add_argument("--greedy", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=math.inf)
    chosen = parser.parse_args(arguments)
    wanted = chosen.part or parts
    if "time" in wanted:
        _print_times(_years())
    if "years" in wanted:
        _print_times((f"tredje året, {units} enheter x kön x 5", third_year(units)) for units in (20, 40))
    if "systems" in wanted:
        for rows in systems(chosen.systems, chosen.greedy, chosen.seconds):
            _print_systems(rows)
            print()


if __name__ == "__main__":
    main()
