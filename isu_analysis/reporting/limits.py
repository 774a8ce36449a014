"""What one report may take of the machine."""

from __future__ import annotations

from dataclasses import dataclass

_MANY = 16  # a large municipality, with twenty units and five years, against one report


@dataclass(frozen=True)
class Limits:
    """What one report may take.

    Attributes
    ----------
    minutes : float
        From its start to its end.
    gigabytes : float
        Memory of each of its processes; not watched on Windows and macOS.
    """

    minutes: float = 15
    gigabytes: float = 4

    def of_many(self) -> Limits:
        """What it may take to decide about all reports of a municipality at once."""
        return Limits(self.minutes * _MANY, self.gigabytes * 2)
