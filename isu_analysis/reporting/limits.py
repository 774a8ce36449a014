"""What one report may take of the machine."""

from __future__ import annotations

from dataclasses import dataclass


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
