"""From an edition to a page of the ledger, and back."""

from __future__ import annotations

import operator
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from isu_analysis.disclosure.ledger.edition import Edition, Entered
from isu_analysis.disclosure.ledger.stored import FORMAT, Forgotten, Member, Page, Published
from isu_analysis.disclosure.problem import Equation
from isu_analysis.errors import DisclosureError

Place = tuple[int, int]  # number of an entry, and whose place in it
_SALT_BYTES = 32


class Gone(NamedTuple):
    """Names of somebody purged, which say nothing but that it is the same episode and the same person as elsewhere."""

    episode: str
    client: str


def page_of(edition: Edition, municipality: str, previous: str) -> Page:
    """Make the page of an edition that has its number.

    Raises
    ------
    DisclosureError
        It holds something that no ledger may hold, such as a value that is no number.
    """
    try:
        return _page(edition, municipality, previous)
    except (ValidationError, TypeError, ValueError):
        raise DisclosureError(
            f"{municipality}/{edition.unit} {edition.year}: rapporten kan inte skrivas i liggaren, eftersom den har "
            "uppgifter av fel slag. Inget är publicerat."
        ) from None


def _page(edition: Edition, municipality: str, previous: str) -> Page:
    episodes = {episode for sets in edition.sets.values() for one in sets for episode in one}
    members = _members(episodes, edition.clients)
    place = {member.episode: member.place for member in members}
    entry = Published.model_validate(
        {
            **_head(municipality, edition.number, previous, edition.unit),
            "kind": "utgåva",
            **{name: getattr(edition, name) for name in _AS_THEY_ARE},
            **{name: dict(getattr(edition, name)) for name in _MAPPINGS},
            "counts": {name: _stored(count) for name, count in edition.counts.items()},
            "numbers": {name: None if value is None else float(value) for name, value in edition.numbers.items()},
            "people": tuple(member.commitment for member in members),
            "sets": {name: tuple(_places(people, place) for people in sets) for name, sets in edition.sets.items()},
            "shown": {name: _without_nan(cell) for name, cell in edition.shown.items()},
            "equations": tuple((tuple(equation.terms), equation.equals) for equation in edition.equations),
        }
    )
    return Page(entry=entry, people=members)


def purge_page(
    municipality: str, unit: str, number: int, previous: str, before: Any, places: Sequence[Sequence[Sequence[Place]]]
) -> Page:
    """Make the page that says who has been purged."""
    entry = Forgotten.model_validate(
        {
            **_head(municipality, number, previous, unit),
            "kind": "gallring",
            "before": before,
            "places": tuple(tuple(tuple(episode) for episode in person) for person in places),
        }
    )
    return Page(entry=entry, people=())


def edition_of(page: Page, gone: Mapping[Place, Gone]) -> Edition | None:
    """Read an edition back; None for a page that is none."""
    entry = page.entry
    if not isinstance(entry, Published):
        return None
    people = {member.place: (member.episode, member.client) for member in page.people}
    people |= {place: (one.episode, one.client) for (number, place), one in gone.items() if number == entry.number}
    return Edition(
        **{name: getattr(entry, name) for name in (*_AS_THEY_ARE, *_MAPPINGS, "numbers", "shown", "number", "unit")},
        counts={name: Entered(**dict(count)) for name, count in entry.counts.items()},
        sets={name: tuple(frozenset(people[i][0] for i in one) for one in sets) for name, sets in entry.sets.items()},
        clients={episode: client for episode, client in people.values() if client is not None},
        equations=tuple(Equation(terms, equals) for terms, equals in entry.equations),
    )


def forgotten_places(pages: Sequence[Page]) -> dict[Place, Gone]:
    """Places that a purge has emptied, and who stands in them since."""
    return {
        place: Gone(f"gallrad {page.entry.number}/{i}/{j}", f"gallrad {page.entry.number}/{i}")
        for page in pages
        if isinstance(page.entry, Forgotten)
        for i, person in enumerate(page.entry.places)
        for j, places in enumerate(person)
        for place in places
    }


_AS_THEY_ARE = ("year", "edition", "as_of", "rung", "fingerprint", "key")
_MAPPINGS = ("limits", "hidden", "pages")


def _head(municipality: str, number: int, previous: str, unit: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "municipality": municipality,
        "number": number,
        "previous": previous,
        "salt": secrets.token_hex(_SALT_BYTES),
        "unit": unit,
    }


def _members(episodes: set[str], clients: Mapping[str, str]) -> tuple[Member, ...]:
    """People in the order of their salts, which is chance: a place tells nothing of who stands in it."""
    salted = sorted((secrets.token_hex(_SALT_BYTES), episode) for episode in episodes)
    return tuple(
        Member(place=i, salt=salt, episode=episode, client=clients.get(episode))
        for i, (salt, episode) in enumerate(salted)
    )


def _without_nan(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cell.items() if value == value}


def _places(people: frozenset[str], place: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted(place[person] for person in people))


def _stored(count: Entered) -> dict[str, Any]:
    return {
        "value": operator.index(count.value),
        "shown": bool(count.shown),
        "least": operator.index(count.least),
        "most": None if count.most is None else operator.index(count.most),
        "protect": count.protect,
    }
