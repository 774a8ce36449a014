"""Half-widths of what follow-up will show: from chance, from loss, and from both, for any number measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from isu_analysis.statistics.arguments import Flags, Floats

ROUNDING = 1e-12
# Parts of the uncertainty, and what each takes for granted about the lost.
PARTS = (
    ("sampling", "none"),
    ("missingness", "bounds"),
    ("missingness", "plausible"),
    ("together", "bounds"),
    ("together", "plausible"),
)


class Widths(Protocol):
    """What a plan needs to know of an outcome."""

    def half(self, part: str, lost: str, measured: Floats, people: int) -> Floats:
        """Return the half-width of a part for each number measured twice of so many eligible people."""
        ...

    def paired_needed(self, half_width: float, people: int) -> int:
        """Return how many must be measured twice for chance alone to stay within a half-width."""
        ...


@dataclass(frozen=True)
class ShareWidths:
    """Half-widths for a share, 0-1: its expected value, and the odds ratios of the lost, lowest and highest."""

    share: float
    odds_ratios: tuple[float, float]
    finite: bool
    level: float

    def half(self, part: str, lost: str, measured: Floats, people: int) -> Floats:
        """Return the half-width of a part for each number measured twice of so many eligible people."""
        low, high = np.full_like(measured, self.share), np.full_like(measured, self.share)
        if part != "missingness":
            low, high = self.limits(measured, people)
        if lost == "none":
            return (high - low) / 2
        kept = measured / people
        if lost == "bounds":
            return (kept * (high - low) + 1 - kept) / 2
        least, most = (_times_odds(end, ratio) for end, ratio in zip((low, high), self.odds_ratios, strict=True))
        return (kept * (high - low) + (1 - kept) * (most - least)) / 2

    def limits(self, measured: Floats, people: float) -> tuple[Floats, Floats]:
        """Return Wilson's limits of the nearest whole number of people; 0 and 1 for nobody."""
        z2 = float(stats.norm.ppf((1 + self.level) / 2)) ** 2
        some = np.maximum(measured, 1)
        p = np.rint(self.share * measured) / some
        # In a finite cohort those measured count for more people: for infinitely many when they are everyone.
        left = (people - measured) / max(people - 1, 1) if self.finite else np.ones_like(measured)
        with np.errstate(divide="ignore"):
            size = np.where(left > 0, some / left, np.inf)
        centre = (p + z2 / (2 * size)) / (1 + z2 / size)
        half = np.sqrt(z2 * p * (1 - p) / size + (z2 / size) ** 2 / 4) / (1 + z2 / size)
        return np.where(measured > 0, centre - half, 0.0), np.where(measured > 0, centre + half, 1.0)

    def paired_needed(self, half_width: float, people: int) -> int:
        """Return how many must be measured twice for chance alone to stay within a half-width."""
        most = people
        if not self.finite:  # for any share Wilson's half-width is below z / (2 sqrt(n))
            most = int(np.ceil((stats.norm.ppf((1 + self.level) / 2) / (2 * half_width)) ** 2)) + 1
        measured = np.arange(most + 1.0)
        return first_lasting(within(self.half("sampling", "none", measured, people), half_width)) or 0


@dataclass(frozen=True)
class MeanWidths:
    """Half-widths for a mean change in points: its SD, and how far apart the lost can be (NaN: not given)."""

    sd: float
    scale_width: float
    delta_width: float
    finite: bool
    level: float

    def half(self, part: str, lost: str, measured: Floats, people: int) -> Floats:
        """Return the half-width of a part for each number measured twice of so many eligible people."""
        chance = self.chance(measured, people)
        if lost == "none":
            return chance
        kept = measured / people
        unseen = (1 - kept) * (self.scale_width if lost == "bounds" else self.delta_width) / 2
        if part == "missingness":
            return unseen
        if lost == "plausible":  # the lost are placed from the measured, and share their error
            return unseen + chance
        return unseen + kept * np.where(measured > 0, chance, 0.0)

    def chance(self, measured: Floats, people: float) -> Floats:
        """Return the half-width of the t interval; infinite below two people, 0 when a finite cohort is whole."""
        left = 1 - measured / people if self.finite else np.ones_like(measured)
        some = np.maximum(measured, 2)
        half = stats.t.ppf((1 + self.level) / 2, some - 1) * self.sd * np.sqrt(left / some)
        return np.where((measured < 2) & (left > 0), np.inf, half)

    def paired_needed(self, half_width: float, people: int) -> int:
        """Return how many must be measured twice for chance alone to stay within a half-width."""
        measured = np.arange(people + 1.0)
        if not self.finite:  # fewer than the normal distribution asks for are never enough, and some more always
            least = int((stats.norm.ppf((1 + self.level) / 2) * self.sd / half_width) ** 2)
            measured = np.arange(least, least + 100.0)
        return int(measured[first_lasting(within(self.half("sampling", "none", measured, people), half_width)) or 0])


def within(widths: ArrayLike, half_width: float) -> Flags:
    """Return which widths are at most what is wanted; a last binary digit is not one person more."""
    return np.asarray(np.asarray(widths) <= half_width * (1 + ROUNDING))


def first_lasting(enough: Flags) -> int | None:
    """Return the first place from which all is within to the end; None when the last is not."""
    if not enough[-1]:
        return None
    outside = np.flatnonzero(~enough)
    return int(outside[-1]) + 1 if outside.size else 0


def _times_odds(share: Floats, ratio: float) -> Floats:
    return ratio * share / (1 - share + ratio * share)
