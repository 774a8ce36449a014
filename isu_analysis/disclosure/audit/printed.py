"""What an outsider sees, what everybody knows, and what must not come out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """One number of a release as an outsider sees it.

    Attributes
    ----------
    name : str
    value : int, optional
        None: hidden.
    least : int
        What is known of a hidden one, such as 1 where nought would have been shown.
    most : int, optional
        What is known of a hidden one, such as 4 where "fewer than 5" is printed.
    """

    name: str
    value: int | None
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Fact:
    """What everybody knows: the sum of coefficient times count is between ``low`` and ``high``, both included.

    An equation has the two alike; a fact with one end has the other infinite.
    """

    terms: tuple[tuple[str, float], ...]
    low: float
    high: float


@dataclass(frozen=True)
class Secret:
    """A count that must possibly be at most ``low``, and possibly at least ``high``."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, repr=False)
class Broken:
    """A secret that is not kept, with everything between which the outsider knows it to be.

    The bounds are nobody's business, so they are left out when it is printed.
    """

    name: str
    least: int
    most: int | None

    def __repr__(self) -> str:
        return f"Broken({self.name!r})"
