"""What an outsider knows of a report's counts: the problem that the choice of hidden ones must solve.

Besides the published sums he knows that two questions were put to the same people, that those of two interviews are
those judged, what is left when a smaller group is taken from a larger, what the report's words say of its counts, and
what stands elsewhere or in an earlier edition.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from isu_analysis.analysis.results import COUNT, ELIGIBLE, SHARE, AtLeast, Cell, Results, Sum
from isu_analysis.disclosure.alike import among_representatives, differences, representatives, unions
from isu_analysis.disclosure.earlier import Earlier
from isu_analysis.disclosure.problem import Count, Equation, Problem
from isu_analysis.disclosure.release import Limits
from isu_analysis.disclosure.said import said

# What is lost when a count is hidden, times its size: page one is read by all, the appendix by few.
_HEADLINE, _FOLLOWED, _RESULT, _DETAIL = 20.0, 8.0, 4.0, 1.0
_FOLLOWED_NAMES = {"paired", "answered", "due", "lost", "missing"}
_RESULT_NAMES = {"better", "unchanged", "deteriorated", "positive", "up", "same", "down", "people"}
# Of counts that are nearly small, the share hidden as if they were: whoever runs the program again on every table that
# fits what is printed cannot tell which of the hidden are small. Nobody knows which they are without the secret.
DECOYS = 0.1
LABELLED = ("deteriorated", "down")  # a small one of these is said to be small, so that nobody can drop it


@dataclass(frozen=True)
class Knowledge:
    """One report's part of a problem.

    Attributes
    ----------
    problem : Problem
        Its counts have the report's key in their names.
    cells : mapping of str to tuple of str
        Ids of the cells that each count of the problem stands for; of a difference that no page holds, none.
    """

    problem: Problem
    cells: Mapping[str, tuple[str, ...]]


def name_of(report: str, cell_id: str) -> str:
    """Name of a report's cell in a problem of several reports."""
    return f"{report}:{cell_id}"


def is_small(cell: Cell, min_cell: int) -> bool:
    """Whether a count, or the number of people behind it, is to be kept from everybody."""
    if cell.kind != COUNT or cell.declared or (cell.zero_is_plain and cell.value == 0):
        return False
    return min(cell.value, cell.value if cell.persons is None else cell.persons) < min_cell


def knowledge(
    results: Results, left_out: Collection[str], limits: Limits, earlier: Earlier, secret: bytes = b""
) -> Knowledge:
    """Work out what an outsider knows of one report.

    Parameters
    ----------
    results : Results
    left_out : collection of str
        Ids of cells that the report does not hold at all.
    limits : Limits
    earlier : Earlier
        Editions of this very report that are out already.
    secret : bytes, optional
        Chooses which of the nearly small counts are hidden as if they were small; none if left out.

    Returns
    -------
    Knowledge
    """
    cells = [cell for cell in results.cells if cell.kind == COUNT and cell.id not in left_out]
    stands_for = representatives(cells, results.people)
    alike: dict[str, list[Cell]] = {}
    for cell in cells:
        alike.setdefault(stands_for[cell.id], []).append(cell)
    worth = {cell.id: _worth(cell, results) for cell in cells}
    counts = {first: _count(first, same, worth, limits, earlier) for first, same in alike.items()}
    sums = [sum_ for sum_ in results.sums if not {*left_out} & {sum_.total, *sum_.parts}]
    one_of_each = [same[0] for same in alike.values()]
    published = [*among_representatives(sums, stands_for), *unions(one_of_each, results.people, limits.min_cell)]
    equations = [_equation(((one.total, 1), *((part, -1) for part in one.parts))) for one in dict.fromkeys(published)]
    _parts_of_labelled(counts, published, limits.min_cell)
    _sums_of_some(counts, published)
    for whole, part in (
        *differences(one_of_each, results.people, limits.min_cell),
        *_outside_the_declared(results, stands_for),
        *_complements(results, stands_for, sums),
    ):
        _add_rest(whole, part, counts, equations, limits)
    for one in said(results, left_out, limits):
        _add_said(one, stands_for, counts, equations)
    if secret:
        counts = {name: _perhaps_hidden(results.key, count, limits, secret) for name, count in counts.items()}
    return _named(results.key, counts, equations, alike)


def _count(name: str, same: Sequence[Cell], worth: Mapping[str, float], limits: Limits, earlier: Earlier) -> Count:
    """One count for all cells of the same people: what any of them tells is known of all."""
    value = int(same[0].value)
    plain = any(cell.zero_is_plain for cell in same) and value == 0  # always shown: that nobody is missing is no secret
    known = plain or any(cell.declared or earlier.shows(cell.id, value) for cell in same)
    small = not known and any(is_small(cell, limits.min_cell) for cell in same)
    labelled = small and value < limits.min_cell and any(is_labelled(cell.id) for cell in same)
    found = Count(
        name,
        value,
        least=1 if value and any(cell.zero_is_plain or cell.never_zero for cell in same) else 0,
        known=known,
        hidden=not known and any(earlier.hides(cell.id) for cell in same),
        worth=sum(worth[cell.id] for cell in same),
    )
    if not known and value >= limits.min_cell and any(is_labelled(cell.id) for cell in same):
        found = replace(found, least=limits.min_cell)  # a small one would have been said to be small
    if labelled:
        return replace(found, most=limits.min_cell - 1, protect=(1, limits.min_cell - 1))
    was_small = found.hidden and found.least <= 1 and any(earlier.protects(cell.id, limits.min_cell) for cell in same)
    if was_small or (small and value < limits.min_cell):
        return replace(found, protect=(1, limits.min_cell))
    if small:  # many goals or events of few people: known to be neither so few nor so many
        return replace(found, protect=(max(value - 2, 0), value + limits.min_cell - 3))
    return found


def _perhaps_hidden(report: str, count: Count, limits: Limits, secret: bytes) -> Count:
    """A nearly small count, hidden as if it were small when the secret says so."""
    printed = " - " not in count.name and not count.known and count.least <= 1 and not count.hidden
    if not printed or count.protect or not limits.min_cell <= count.value < 2 * limits.min_cell:
        return count
    drawn = hmac.digest(secret, name_of(report, count.name).encode(), "sha256")
    if int.from_bytes(drawn[:8]) >= DECOYS * 2**64:
        return count
    return replace(count, protect=(1, limits.min_cell))


def is_labelled(cell_id: str) -> bool:
    """Whether a small count of it is said to be small."""
    return cell_id.count("/") == 1 and cell_id.endswith(tuple(f"/{name}" for name in LABELLED))


def _worth(cell: Cell, results: Results) -> float:
    """What a reader loses: by the place of the cell, and a little by its size."""
    outcome, _, name = cell.id.partition("/")
    if cell.id == ELIGIBLE:
        place = _HEADLINE
    elif name in _FOLLOWED_NAMES:
        place = _FOLLOWED
    else:
        place = _RESULT if name in _RESULT_NAMES else _DETAIL
    main = 2.0 if outcome == results.context.primary else 1.0
    return main * place * (1.0 + math.log1p(cell.value))


def _parts_of_labelled(counts: dict[str, Count], sums: Iterable[Sum], min_cell: int) -> None:
    """Of what is said to be fewer than five, each part is known to be so too; more than that nobody is to learn."""
    labelled = {name for name, count in counts.items() if count.most is not None}
    for sum_ in sums:
        if sum_.total in labelled:
            for part in sum_.parts:
                if counts[part].protect:
                    counts[part] = replace(counts[part], most=min_cell - 1, protect=(1, min_cell - 1))


def _sums_of_some(counts: dict[str, Count], sums: Iterable[Sum]) -> None:
    """A sum of counts that are known to be one or more is known to be as many; that much nobody can keep."""
    for sum_ in sums:
        if protect := counts[sum_.total].protect:
            least = sum(counts[part].value if counts[part].known else counts[part].least for part in sum_.parts)
            if least > protect[0]:
                counts[sum_.total] = replace(counts[sum_.total], protect=(least, protect[1]))


def _complements(results: Results, stands_for: Mapping[str, str], sums: Iterable[Sum]) -> Iterator[tuple[str, str]]:
    """Whole and part of each share whose rest is in no published sum: a share tells of those outside it too."""
    summed = {(sum_.total, part) for sum_ in sums for part in sum_.parts}
    for cell in results.cells:
        if cell.kind == SHARE and len(cell.counts) == 2:
            part, whole = cell.counts
            if part in stands_for and whole in stands_for and (whole, part) not in summed:
                yield stands_for[whole], stands_for[part]


def _outside_the_declared(results: Results, stands_for: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Of a number that the unit file declares, what is left when those followed are taken from it."""
    followed = next((cell.value for cell in results.cells if cell.id == ELIGIBLE and cell.id in stands_for), math.inf)
    for cell in results.cells:
        if cell.kind == COUNT and cell.declared and cell.id in stands_for and cell.value > followed:
            yield stands_for[cell.id], stands_for[ELIGIBLE]


def _add_rest(whole: str, part: str, counts: dict[str, Count], equations: list[Equation], limits: Limits) -> None:
    """A small difference that stands on no page, and that two counts that do would give away."""
    value = counts[whole].value - counts[part].value
    name = f"{whole} - {part}"
    if whole == part or not 0 <= value < limits.min_cell or name in counts:
        return
    both_known = counts[whole].known and counts[part].known
    counts[name] = Count(name, value, None if both_known else (1, limits.min_cell), hidden=True)
    equations.append(Equation(((whole, 1), (part, -1), (name, -1))))


def _add_said(one: AtLeast, stands_for: Mapping[str, str], counts: dict[str, Count], equations: list[Equation]) -> None:
    """What is said of one count is a bound of it; of several, an equation with what is left over as a count of its own."""
    if not all(cell_id in stands_for for cell_id, _ in one.terms):  # of a count that is not in the report
        return
    terms = [(stands_for[cell_id], times) for cell_id, times in one.terms]
    if len(terms) == 1 and abs(terms[0][1]) == 1:
        (name, sign), count = terms[0], counts[terms[0][0]]
        if sign > 0:
            counts[name] = replace(count, least=max(count.least, one.least))
        else:
            counts[name] = replace(count, most=-one.least if count.most is None else min(count.most, -one.least))
        return
    name = f"said {len(counts)}"
    counts[name] = Count(name, sum(times * counts[part].value for part, times in terms) - one.least, hidden=True)
    equations.append(_equation((*terms, (name, -1)), one.least))


def _equation(terms: Iterable[tuple[str, int]], equals: int = 0) -> Equation:
    """An equation in which each count stands once."""
    found: dict[str, int] = {}
    for name, times in terms:
        found[name] = found.get(name, 0) + times
    return Equation(tuple((name, times) for name, times in found.items() if times), equals)


def _named(
    report: str, counts: Mapping[str, Count], equations: Iterable[Equation], alike: Mapping[str, Sequence[Cell]]
) -> Knowledge:
    named = {name: name_of(report, name) for name in counts}
    problem = Problem(
        {named[name]: replace(count, name=named[name]) for name, count in counts.items()},
        tuple(
            Equation(tuple((named[name], n) for name, n in equation.terms), equation.equals) for equation in equations
        ),
    )
    return Knowledge(problem, {named[first]: tuple(cell.id for cell in same) for first, same in alike.items()})
