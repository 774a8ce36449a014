"""The two groups of a breakdown that lie furthest apart, where more than chance can lie behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from isu_analysis.analysis.results import Outcome
from isu_analysis.presentation.quotable import part_of
from isu_analysis.presentation.reader import Reader

# The project's own choices: smaller differences are not worth a question.
LEAST_SHARE = 0.10
LEAST_OF_SCALE = 0.05  # of the scale's length

_Compared = tuple[float, float, float, str]  # all of a group but its name


@dataclass(frozen=True)
class Group:
    """One group: its name, what is compared (higher is better) with its interval, and the figure as it may be quoted."""

    name: str
    value: float
    low: float
    high: float
    counted: str


def widest(read: Reader, outcome: Outcome) -> tuple[Group, Group] | None:
    """The two groups that are furthest apart; None where none are far enough, or their intervals overlap."""
    found: list[tuple[Group, Group]] = []
    for by in dict.fromkeys(
        cell.id.split("/by/")[1].split("/")[0] for cell in read.report.within(f"{outcome.key}/by/")
    ):
        groups = sorted(_groups(read, outcome, by), key=lambda group: -group.value)
        found += [pair for pair in combinations(groups, 2) if _apart(*pair, _least(outcome))]
    return max(found, key=lambda pair: pair[0].value - pair[1].value, default=None)


def _apart(best: Group, worst: Group, least: float) -> bool:
    """Also False where an interval is not known."""
    return best.value - worst.value >= least and best.low > worst.high


def said(read: Reader, pair: tuple[Group, Group]) -> str:
    """Both groups with their figures."""
    one, other = pair
    return read.say(
        "{one}: {first}. {other}: {second}.", one=one.name, first=one.counted, other=other.name, second=other.counted
    )


def _least(outcome: Outcome) -> float:
    measure = outcome.measure
    return LEAST_OF_SCALE * float((measure.maximum or 0) - (measure.minimum or 0)) if outcome.twice else LEAST_SHARE


def _groups(read: Reader, outcome: Outcome, by: str) -> Iterator[Group]:
    """Groups of at least as many as a result needs, and never those whose group is not known."""
    place, least = f"{outcome.key}/by/{by}", read.report.context.unit.limits.pairs
    ends = "/paired" if outcome.twice else "/answered"
    for cell in read.report.within(f"{place}/"):
        level = cell.id.removeprefix(f"{place}/").removesuffix(ends)
        if not cell.id.endswith(ends) or not level or cell.hidden or cell.value < least:
            continue
        group = (
            _of_change(read, outcome, cell.id, f"{place}/{level}")
            if outcome.twice
            else _of_share(read, cell.id, f"{place}/{level}")
        )
        if group:
            name = read.level(by, level)
            yield Group(name[:1].upper() + name[1:], *group)


def _of_change(read: Reader, outcome: Outcome, paired: str, place: str) -> _Compared | None:
    if not read.shown(f"{place}/change"):
        return None
    cell, sign = read.cell(f"{place}/change"), 1 if outcome.measure.higher_is_better else -1
    low, high = sorted((sign * cell.low, sign * cell.high))
    return (
        sign * cell.value,
        low,
        high,
        read.say("{change} poäng, {n} mätta", change=read.points(f"{place}/change"), n=read.count(paired)),
    )


def _of_share(read: Reader, answered: str, place: str) -> _Compared | None:
    if not read.shown(f"{place}/positive", f"{place}/positive/share"):
        return None
    cell = read.cell(f"{place}/positive/share")
    return cell.value, cell.low, cell.high, read.say("{n} goda", n=part_of(read, f"{place}/positive", answered))
