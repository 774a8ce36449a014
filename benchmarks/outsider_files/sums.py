"""What always holds between the numbers of a report: learnt from reports in which nothing is hidden.

The program is public. Whoever runs it on invented people sees whole tables, and finds in them which numbers are the sum
of others and which are the same, whatever the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from benchmarks.outsider_files.pages import TEXT, Page, Place

Relation = tuple[Place, tuple[Place, ...]]  # a number, and those that it is the sum of
MOST_IN_A_ROW = 8


def learn(pages: Sequence[Page]) -> list[Relation]:
    """Relations that hold in each of several whole reports of the same kind, wherever all their numbers stand."""
    whole = [{place: seen.value for place, seen in page.items() if seen.value is not None} for page in pages]
    found: dict[Relation, None] = {}
    for values in whole:
        for relation in (*_equal(values), *_in_rows(values), *_in_columns(values)):
            found[relation] = None
    return [relation for relation in found if _always(relation, whole)]


def _always(relation: Relation, whole: Sequence[Mapping[Place, int]]) -> bool:
    total, parts = relation
    about = [values for values in whole if total in values and all(part in values for part in parts)]
    told = {tuple(values[place] for place in (total, *parts)) for values in about}
    return len(told) >= min(2, len(whole)) and all(
        values[total] == sum(values[part] for part in parts) for values in about
    )


def _equal(values: Mapping[Place, int]) -> Iterator[Relation]:
    by_value: dict[int, list[Place]] = defaultdict(list)
    for place, value in values.items():
        by_value[value].append(place)
    for places in by_value.values():
        for one, other in combinations(places, 2):
            if not (one[0] == TEXT and other[0] == TEXT):
                yield one, (other,)


def _in_rows(values: Mapping[Place, int]) -> Iterator[Relation]:
    rows: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in values:
        rows[place[:2]].append(place)
    for places in rows.values():
        if len(places) > 2:
            for total in places:
                others = [place for place in places if place != total]
                if len(places) <= MOST_IN_A_ROW:
                    yield from ((total, pair) for pair in combinations(others, 2) if _fits(total, pair, values))
                yield from ((total, tuple(others)) for _ in [0] if _fits(total, others, values))


def _in_columns(values: Mapping[Place, int]) -> Iterator[Relation]:
    columns: dict[tuple[str, str, int], list[Place]] = defaultdict(list)
    for place in values:
        if place[0] != TEXT and place[1] != "basis":
            columns[place[0], place[2], place[3]].append(place)
    for (caption, _, _), places in columns.items():
        basis = [place for place in values if place[:2] == (caption, "basis")]
        groups: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            groups[place[1].partition(": ")[0] if ": " in place[1] else ""].append(place)
        for members in groups.values():
            for total in (*members, *basis):
                others = [place for place in members if place != total]
                if len(others) > 1 and _fits(total, others, values):
                    yield total, tuple(others)
                if len(others) <= MOST_IN_A_ROW:
                    yield from ((total, pair) for pair in combinations(others, 2) if _fits(total, pair, values))


def _fits(total: Place, parts: Sequence[Place], values: Mapping[Place, int]) -> bool:
    return values[total] == sum(values[part] for part in parts)
