"""Work out hidden numbers from pages: every page of every edition at once, and what always holds between their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.outsider_files.pages import TEXT, Page, Place, Room
from benchmarks.outsider_files.sums import Relation
from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack

MIN_CELL = 5
_ROUNDED = 0.1001  # two ends, each with one decimal
# Tables whose rows stand there because somebody is in them.
_NOT_EMPTY = ("Vilka de är", "Varför de kom", "varför uppgiften saknas")


@dataclass(frozen=True)
class Found:
    """A number that the outsider worked out: between what, where, and what it truly is."""

    place: Place
    least: int
    most: int | None
    truth: int


def work_out(
    page: Page, whole: Page, relations: Sequence[Relation], room: Room | None = None
) -> tuple[list[Found], int]:
    """Attack one page.

    Parameters
    ----------
    page : mapping of Place to Seen
        As published.
    whole : mapping of Place to Seen
        The same report with nothing hidden: to score the attack, and to leave out relations that are about something else here.
    relations : sequence of Relation
    room : Room, optional
        How far the missing could move the mean, if the page says it.

    Returns
    -------
    list of Found
        Small numbers that are known better than they may be.
    int
        How many small numbers there are to protect.
    """
    chosen = [relation for relation in relations if _is_about(relation, page, whole)]
    names = {*page, *(place for total, parts in chosen for place in (total, *parts))}
    printed = [_printed(place, page) for place in sorted(names)]
    facts = [*(_fact(relation) for relation in chosen), *_of_the_room(room, whole, names)]
    secrets = dict(_secrets(names, page, whole))
    places = {str(place): place for place in names}
    broken = attack(printed, facts, secrets.values())
    return [
        Found(places[one.name], one.least, one.most, int(whole[places[one.name]].value or 0)) for one in broken
    ], len(secrets)


def _is_about(relation: Relation, page: Page, whole: Page) -> bool:
    """Whether the numbers of a relation stand in the whole report, and mean the same on the page."""
    total, parts = relation
    return all(
        place in whole
        and whole[place].value is not None
        and (place not in page or page[place].value in {None, whole[place].value})
        for place in (total, *parts)
    )


def _printed(place: Place, page: Page) -> Printed:
    seen = page.get(place)
    least = 1 if any(words in place[0] for words in _NOT_EMPTY) and not place[1].endswith("saknas") else 0
    if seen is None:
        return Printed(str(place), None)
    return Printed(str(place), seen.value, 0 if seen.few else least, MIN_CELL - 1 if seen.few else None)


def _fact(relation: Relation) -> Fact:
    total, parts = relation
    return Fact(((str(total), 1.0), *((str(part), -1.0) for part in parts)), 0.0, 0.0)


def _of_the_room(room: Room | None, whole: Page, names: set[Place]) -> Iterator[Fact]:
    """The scale's width for each who lacks one of the two, and twice that for who lacks both, shared by all."""
    rows = [place for place in names if place[0].endswith("vilka som följdes upp och vilka som saknas")]
    lost = {place: 1.0 for place in rows if " men inte " in place[1]}
    lost |= {place: 2.0 for place in rows if place[1].startswith("mättes varken")}
    everybody = [whole[place].value for place in rows if place[1] == "alla"]
    if room and room.width and lost and everybody and everybody[0]:
        times = everybody[0] / room.width
        terms = tuple((str(place), times_lost) for place, times_lost in lost.items())
        yield Fact(terms, (room.high - room.low - _ROUNDED) * times, (room.high - room.low + _ROUNDED) * times)


def _secrets(names: Iterable[Place], page: Page, whole: Page) -> Iterator[tuple[Place, Secret]]:
    """Small numbers that the page hides; nought where it does not stand at all is no number of anybody."""
    for place in names:
        truth = whole[place].value if place in whole else None
        seen = page.get(place)
        if truth is None or truth >= MIN_CELL or (seen and seen.value is not None) or (truth == 0 and not seen):
            continue
        if place[0] != TEXT or seen is not None:
            yield place, Secret(str(place), 1, MIN_CELL - 1 if seen and seen.few else MIN_CELL)


def small_steps(before: Page, after: Page) -> list[tuple[Place, int]]:
    """Numbers that two editions show, and that moved by so little that it tells of a few late answers."""
    moved = {
        place: after[place].value - seen.value  # type: ignore[operator]
        for place, seen in before.items()
        if place in after and seen.value is not None and after[place].value is not None
    }
    return [(place, by) for place, by in moved.items() if 0 < abs(by) < MIN_CELL]


def kept(pages: Iterable[tuple[Page, Page]]) -> tuple[int, int, float]:
    """Numbers in tables that are shown, all of them, and the share that is shown weighted by how large they are."""
    shown = total = 0
    weight = all_weight = 0.0
    for page, whole in pages:
        for place, seen in whole.items():
            if place[0] == TEXT or place[1] == "basis" or seen.value is None:
                continue
            there = place in page and page[place].value is not None
            shown, total = shown + there, total + 1
            weight, all_weight = weight + there * math.log1p(seen.value), all_weight + math.log1p(seen.value)
    return shown, total, weight / all_weight if all_weight else math.nan


def by_report(found: Mapping[str, list[Found]]) -> str:
    """Say what was worked out, a line a number."""
    return "\n".join(
        f"- {report}: {' | '.join(map(str, one.place[:3]))}: {one.least} till {one.most} (sant {one.truth})"
        for report, all_found in found.items()
        for one in all_found
    )
