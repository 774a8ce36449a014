"""What a unit has decided about its outcomes beforehand: the main one, its place in the common form, targets and groups."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Literal, Self

from pydantic import Field, model_validator

from isu_analysis.declarations import Declaration
from isu_analysis.measures import Rater


class EarlierPrimary(Declaration):
    """What the main outcome was before it was changed, and why it was."""

    measure: str
    rater: Rater
    declared: dt.date
    why: str = Field(min_length=1)


class Primary(Declaration):
    """The one outcome that the first page is about, decided beforehand; ``earlier`` is what it was before."""

    measure: str
    rater: Rater
    start: str | None = None
    end: str
    item: str = ""
    declared: dt.date
    earlier: tuple[EarlierPrimary, ...] = ()

    def fingerprint(self, method: str) -> str:
        """Eight signs that change with the measure, the rater, the occasions or the method: printed, so that a change shows."""
        decided = (self.measure, self.rater, self.start, self.end, self.item, self.declared.isoformat(), method)
        return hashlib.sha256(json.dumps(decided).encode()).hexdigest()[:8]


class CommonForm(Declaration):
    """How the main outcome is placed in the form of account that units share, as the unit has approved it.

    The four lists hold answers of the measure; of a scale and of a state at two times they hold ``improved``,
    ``unchanged`` and ``worse``, and are needed only where unchanged is what was intended.

    Attributes
    ----------
    version : str
        The unit's own name of this placing: "1".
    approved : date
    approved_by : str
        Role, no name: "enhetschefen".
    improved, maintained, unchanged, worse : tuple of str
        ``maintained``: unchanged, as intended.
    """

    version: str = Field(min_length=1)
    approved: dt.date
    approved_by: str = Field(min_length=1)
    improved: tuple[str, ...] = ()
    maintained: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    @property
    def placed(self) -> tuple[str, ...]:
        """Every answer that has a place."""
        return (*self.improved, *self.maintained, *self.unchanged, *self.worse)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.placed)) < len(self.placed):
            raise ValueError("ett svar står på två ställen. Varje svar har en plats.")
        return self


class Target(Declaration):
    """A share the unit aims at, decided beforehand; ``levels`` are the answers that count, those called positive if empty."""

    measure: str
    rater: Rater
    item: str = ""
    share: float = Field(gt=0, le=1)
    levels: tuple[str, ...] = ()
    source: str


class Subgroup(Declaration):
    """A breakdown decided beforehand. ``trial_arms``: people were allotted to the groups by design."""

    by: str
    label: str
    kind: Literal["subgroup", "trial_arms"] = "subgroup"
    labels: dict[str, str] = Field(default_factory=dict)
    reference: str | None = None


class Reference(Declaration):
    """A mean and spread to lay a measure's scores beside, from the unit's own source; never a goal.

    Attributes
    ----------
    measure : str
        One of the unit's measures.
    label : str
        Whose it is, as printed: country, age, sex and year.
    mean, sd : float
        In the measure's points.
    n : int, optional
        People behind it; without it its own uncertainty is not known, and the report says so.
    source : str
    """

    measure: str
    label: str = Field(min_length=1)
    mean: float
    sd: float = Field(gt=0)
    n: int | None = Field(default=None, ge=2)
    source: str = Field(min_length=1)
