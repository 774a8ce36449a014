"""What a file of the ledger holds, and what it must be down to the last byte.

A file has two halves. The entry is chained: it holds the hash of the entry before it, and a commitment to each person
(a hash of the episode's pseudonym and a salt of its own) in place of the person. The other half says who they are.
A purge takes people out of that half and out of nothing else, so the chain holds; without the salt a commitment can
confirm no guess.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from typing import Annotated, ClassVar, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT: Final = 1
START = "0" * 64  # what the first entry has before it

_Whole = Annotated[int, Field(ge=0)]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Slug = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")]


class Strict(BaseModel):
    """Base: frozen, no unknown key, no other type, no number that is none."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Stored = TypeVar("Stored", bound=Strict)


class StoredCount(Strict):
    """See `edition.Entered`."""

    value: _Whole
    shown: bool
    least: _Whole
    most: _Whole | None
    protect: tuple[_Whole, _Whole] | None


class _Entry(Strict):
    format: Literal[1]
    municipality: _Slug
    number: Annotated[int, Field(ge=1)]
    previous: _Hash
    salt: _Hash  # a hash that is known outside must not confirm a guess of the numbers
    unit: _Slug


class Published(_Entry):
    """An edition. ``people`` are commitments; ``sets`` hold their places in it, from nought."""

    kind: Literal["utgåva"]
    year: Annotated[int, Field(ge=1900, le=2200)]
    edition: Annotated[int, Field(ge=1)]
    as_of: dt.date
    rung: str
    limits: dict[str, int]
    counts: dict[str, StoredCount]
    numbers: dict[str, float | None]
    people: tuple[_Hash, ...]
    sets: dict[str, tuple[tuple[_Whole, ...], ...]]
    equations: tuple[tuple[tuple[tuple[str, int], ...], int], ...]
    fingerprint: str
    key: str
    hidden: dict[str, str]
    shown: dict[str, dict[str, bool | int | float | str | None]]
    pages: dict[str, _Hash]


class Forgotten(_Entry):
    """A purge: person by person and episode by episode, the editions (number) and the places in them that are emptied."""

    kind: Literal["gallring"]
    before: dt.date
    places: tuple[tuple[tuple[tuple[_Whole, _Whole], ...], ...], ...]


class Member(Strict):
    """Who stands in a place of an edition."""

    place: _Whole
    salt: _Hash
    episode: str
    client: str | None

    @property
    def commitment(self) -> str:
        """What the chained half holds instead."""
        return hashlib.sha256(json.dumps([self.salt, self.episode, self.client]).encode()).hexdigest()


class Page(Strict):
    """One file of the ledger."""

    entry: Annotated[Published | Forgotten, Field(discriminator="kind")]
    people: tuple[Member, ...]

    @functools.cached_property
    def head(self) -> str:
        """SHA-256 of the entry, which the next one holds."""
        return hashlib.sha256(canonical(self.entry)).hexdigest()


class Anchor(Strict):
    """How many entries there are, and the hash of the last."""

    format: Literal[1]
    municipality: _Slug
    entries: _Whole
    head: _Hash


def canonical(stored: Strict) -> bytes:
    """The only bytes that say this."""
    return json.dumps(
        stored.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def read(kind: type[Stored], data: bytes) -> Stored | None:
    """Read canonical bytes; None for anything else, so that no message can quote what was there."""
    try:
        found = kind.model_validate_json(data)
    except (ValidationError, ValueError, RecursionError):
        return None
    return found if canonical(found) == data else None
