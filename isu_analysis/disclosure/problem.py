"""What is to be protected, as plain numbers: counts, equations between them, and what must stay possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Count:
    """One number that an outsider does or does not get to know.

    Attributes
    ----------
    name : str
    value : int
        The truth.
    protect : tuple of two int, optional
        It must stay possible, for everybody who does not know it, that the count is at most the first and that it is at
        least the second. None where the count itself is no secret.
    least : int
        What everybody knows it to be at the least: 1 where nought would have been shown.
    most : int, optional
        What everybody knows it to be at the most, such as 4 where "fewer than 5" is printed.
    known : bool
        Everybody has it, whatever is decided: declared by the unit, or in an earlier release.
    hidden : bool
        It is not printed, whatever is decided: a difference that no page holds, or hidden in an earlier release.
    worth : float
        What a reader loses when it is hidden; above nought.
    """

    name: str
    value: int = field(repr=False)
    protect: tuple[int, int] | None = None
    least: int = 0
    most: int | None = None
    known: bool = False
    hidden: bool = False
    worth: float = 1.0


@dataclass(frozen=True)
class Equation:
    """What everybody knows of counts together: each times its coefficient, summed up, is ``equals``."""

    terms: tuple[tuple[str, int], ...]
    equals: int = 0


@dataclass(frozen=True)
class Problem:
    """Counts by name, and the equations between them; true of the true values."""

    counts: Mapping[str, Count] = field(default_factory=dict)
    equations: tuple[Equation, ...] = ()
