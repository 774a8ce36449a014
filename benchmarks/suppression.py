"""The choice of hidden counts: whether it holds, what it costs beside a greedy one, how long it takes.

``python -m benchmarks.suppression`` prints three tables.

=========  ============================================================================================
systems    random linked systems (70 % small, 25 % middle, 5 % large): every protection attacked in
           whole numbers by code of this module's own; the first 500 also hidden greedily
time       one year of units x sex x five results with every margin, by the number of units
years      the third of three years, the first two released already and fixed, with the sum of all three
=========  ============================================================================================

Options: ``--part systems|time|years`` (may be repeated), ``--systems``, ``--greedy``, ``--seconds`` (stop after as many;
the table says how many systems there were time for).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
from scipy import optimize

from isu_analysis.disclosure.suppression import Suppression, suppress
from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.errors import DisclosureError
from tests.disclosure.linked_systems import SIZES, linked_system

MIX = ("small",) * 14 + ("middle",) * 5 + ("large",)
UNITS, SEXES, RESULTS, MEAN = (5, 10, 20, 40), 2, 5, 6.0


# The attack and the greedy choice, in whole numbers and without the package's code.


def end(problem: Problem, hidden: set[str], target: str, sign: int) -> float:
    """The highest (1) or lowest (-1) value that a hidden count can have for all that an outsider knows."""
    names = sorted(hidden)
    place = {name: i for i, name in enumerate(names)}
    rows, sides = [], []
    for equation in problem.equations:
        row, side = np.zeros(len(names)), float(equation.equals)
        for name, times in equation.terms:
            if name in place:
                row[place[name]] += times
            else:
                side -= times * problem.counts[name].value
        if row.any():
            rows.append(row)
            sides.append(side)
    goal = np.zeros(len(names))
    goal[place[target]] = -sign
    counts = [problem.counts[name] for name in names]
    low = [count.least for count in counts]
    high = [count.value + 100 if count.most is None else count.most for count in counts]
    found = optimize.milp(
        goal,
        integrality=np.ones(len(names)),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(np.array(rows), sides, sides) if rows else (),
    )
    if found.status != 0:
        raise RuntimeError("the attack was not solved")
    return -sign * found.fun


def is_broken(problem: Problem, hidden: set[str], name: str) -> bool:
    """Whether an outsider can narrow a count too far."""
    low, high = problem.counts[name].protect or (math.inf, -math.inf)
    return end(problem, hidden, name, -1) > low + 0.5 or end(problem, hidden, name, 1) < high - 0.5


def greedy(problem: Problem) -> set[str] | None:
    """Hide the smallest that is nearest to each count that can be worked out; None where that leads nowhere."""
    hidden = {name for name, count in problem.counts.items() if count.hidden or count.protect}
    for target in sorted(name for name, count in problem.counts.items() if count.protect):
        while is_broken(problem, hidden, target):
            reach, found = {target}, None
            while found is None:
                near = {n for e in problem.equations if reach & {m for m, _ in e.terms} for n, _ in e.terms} | reach
                free = [problem.counts[n] for n in near - hidden]
                free = [count for count in free if not count.known and count.value >= count.least]
                if free:
                    found = min(free, key=lambda count: (count.value, count.name)).name
                elif near == reach:
                    return None
                reach = near
            hidden.add(found)
    return hidden


# Systems.


@dataclass
class Row:
    """What was met in one size class."""

    counts: list[int] = field(default_factory=list)
    small: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    impossible: int = 0
    exact: int = 0
    within: int = 0
    broken: int = 0
    own: float = 0.0
    greedy: float = 0.0
    compared: int = 0


def systems(many: int, compared: int, seconds: float) -> dict[str, Row]:
    """Solve and attack random systems, and choose greedily in the first ones."""
    rows, began = {size: Row() for size in SIZES}, time.monotonic()
    for seed in range(many):
        if time.monotonic() - began > seconds:
            break
        size = MIX[seed % len(MIX)]
        problem, row = linked_system(seed, size), rows[size]
        started = time.process_time()
        try:
            found = suppress(problem)
        except DisclosureError:
            row.impossible += 1
            continue
        row.seconds.append(time.process_time() - started)
        _tally(row, problem, found)
        if seed < compared and (other := greedy(problem)) is not None:
            row.own += found.cost
            row.greedy += sum(problem.counts[name].worth for name in other - _must(problem))
            row.compared += 1
    return rows


def _must(problem: Problem) -> set[str]:
    return {name for name, count in problem.counts.items() if count.hidden or count.protect}


def _tally(row: Row, problem: Problem, found: Suppression) -> None:
    small = [name for name, count in problem.counts.items() if count.protect]
    row.counts.append(len(problem.counts))
    row.small.append(len(small))
    row.chosen.append(len(found.hidden - _must(problem)))
    row.exact += found.exact
    row.within += found.cost - found.bound <= 0.0101 * found.cost + 1e-9
    row.broken += any(is_broken(problem, set(found.hidden), name) for name in small)


def _print_systems(rows: dict[str, Row]) -> None:
    heads = ["system", "antal", "omöjliga", "tal (högst)", "små tal", "dolda därtill", "exakt löst", "inom 1 %", "röjda",
             "kostnad girigt / exakt (antal)", "s, median / högst"]  # fmt: skip
    print(f"| {' | '.join(heads)} |")
    print("| --- " * len(heads) + "|")
    for size, row in rows.items():
        solved = len(row.seconds)
        if not solved:
            continue
        ratio = f"{row.greedy / row.own:.2f} ({row.compared})" if row.own else "-"
        line = [size, solved + row.impossible, row.impossible, f"{np.mean(row.counts):.0f} ({max(row.counts)})",
                sum(row.small), sum(row.chosen), f"{row.exact / solved:.1%}", f"{row.within / solved:.1%}", row.broken,
                ratio, f"{np.median(row.seconds):.2f} / {max(row.seconds):.1f}"]  # fmt: skip
        print(f"| {' | '.join(map(str, line))} |".replace(".", ","))


# Time.


def year(units: int, seed: int, mark: str = "") -> Problem:
    """Units x sex x results with every margin, the people of each cell Poisson about a gamma mean."""
    rng = np.random.default_rng([seed, units])
    values = rng.poisson(rng.gamma(1.5, MEAN / 1.5, size=(units, SEXES, RESULTS)))
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
    """The last of three years: the first two as they were released, and the sum of all three over the whole."""
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


def _timed(name: str, problems: Iterator[Problem]) -> None:
    for problem in problems:
        small = sum(count.protect is not None for count in problem.counts.values())
        began, clock = time.process_time(), time.monotonic()
        found = suppress(problem)
        taken = time.process_time() - began, time.monotonic() - clock
        line = [name, len(problem.counts), small, len(found.hidden - _must(problem)), f"{found.cost:.1f}",
                f"{found.bound:.1f}", f"{taken[0]:.1f}", f"{taken[1]:.1f}"]  # fmt: skip
        print(f"| {' | '.join(map(str, line))} |".replace(".", ","), flush=True)


def _print_head() -> None:
    heads = ["problem", "tal", "små tal", "dolda därtill", "kostnad", "minst", "processor, s", "klocka, s"]
    print(f"| {' | '.join(heads)} |")
    print("| --- " * len(heads) + "|")


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
        _print_head()
        _timed("8 enheter x kön x 5", (year(8, seed) for seed in range(5)))
        for units in UNITS:
            _timed(f"{units} enheter x kön x 5", (year(units, seed) for seed in range(2)))
        print()
    if "years" in wanted:
        _print_head()
        _timed("tredje året, 20 enheter x kön x 5", (third_year(units) for units in (20,)))
        print()
    if "systems" in wanted:
        _print_systems(systems(chosen.systems, chosen.greedy, chosen.seconds))


if __name__ == "__main__":
    main()
