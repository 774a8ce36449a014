"""Facts on a card: a number with where it comes from, and whether a report may use it.

A fact is *active* when someone can look it up: read in a public text, or stated in the material the unit is
modelled on. A fact from memory stays on the card, disabled and labelled unverified, until somebody reads the source.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from isu_analysis.declarations import Declaration

Status = Literal["published", "stated", "own", "unverified", "unknown"]

ACTIVE: tuple[Status, ...] = ("published", "stated", "own")


class Fact(Declaration):
    """A number with its status and source.

    Attributes
    ----------
    status : {"published", "stated", "own", "unverified", "unknown"}
        ``published``: read in a public text; ``stated``: stated by the follow-up system itself; ``own``: the user's
        own figure, printed as such; ``unverified``: from memory, never used; ``unknown``: looked for, not found.
    source : str
        Reference in words; required for every active fact.
    optional : bool
        True where another figure is the ordinary one: shown on the card, and used only by a unit that takes it onto a
        card of its own (``local_measures``).
    """

    status: Status
    source: str = ""
    note: str = ""
    optional: bool = False

    @property
    def active(self) -> bool:
        """Whether someone can look the fact up, so that a report may use it."""
        return self.status in ACTIVE

    @property
    def used(self) -> bool:
        """Whether a report uses the fact without being asked: active, and not optional."""
        return self.active and not self.optional

    @model_validator(mode="after")
    def _active_needs_source(self) -> Self:
        if self.active and not self.source:
            raise ValueError("ett aktivt värde måste ha en källa («source»).")
        return self


class Threshold(Fact):
    """Smallest change that counts as certain, in scale points; a change equal to it counts."""

    value: float = Field(gt=0)


class Cutoff(Fact):
    """Limit between the clinical and the general population.

    ``group`` maps a background column to one of its values, for example ``{sex: woman}``; empty means everyone.
    The registry's own words are ``sex`` (woman, man) and ``age_group`` (adult, or two ages as ``16-25``).
    The value itself belongs to the clinical range when ``clinical_at`` is true.
    """

    value: float
    group: dict[str, str] = Field(default_factory=dict)
    clinical_at: bool = True


class Reliability(Fact):
    """A reliability coefficient and, where the same source gives it, the standard deviation it belongs to.

    Where the source gives a range, ``value`` is its lower end, the careful one, and ``upper`` the other.
    ``interval`` is the time between the two measurements of a test-retest.
    """

    type: Literal["alpha", "test_retest", "inter_rater", "other"]
    value: float = Field(gt=0, le=1)
    upper: float | None = Field(default=None, gt=0, le=1)
    sd: float | None = Field(default=None, gt=0)
    sample: str = ""
    interval: str = ""

    @model_validator(mode="after")
    def _range_rises(self) -> Self:
        if self.upper is not None and self.upper <= self.value:
            raise ValueError("«upper» ska vara större än «value», som är den lägre änden.")
        return self


class Norm(Fact):
    """Mean and spread in a named population, to lay a unit's scores beside; never a goal."""

    mean: float
    sd: float | None = Field(default=None, gt=0)
    n: int | None = Field(default=None, gt=0)
    sample: str
    group: dict[str, str] = Field(default_factory=dict)


class Band(Fact):
    """A named part of a scale, both ends included; described, never used to class a person's change."""

    label: str
    low: float
    high: float


class Ages(Fact):
    """Ages a measure is made for, in whole years, both ends included; an end that is left out is open."""

    low: int | None = Field(default=None, ge=0)
    high: int | None = Field(default=None, ge=0)


class TimeFrame(Fact):
    """How far back the questions look, in days; two measurements closer than that partly ask about the same time."""

    days: int = Field(gt=0)


class MissingItems(Fact):
    """How many unanswered items a score bears; the answered ones then stand for the rest (their mean)."""

    allowed: int = Field(ge=0)
