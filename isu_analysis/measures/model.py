"""The card of a measure: kind, range, direction, scoring, and facts that each carry a status and a source.

A fact is *active* when someone can look it up: read in a public text, or stated in the material the unit is
modelled on. A fact from memory stays on the card, disabled and labelled unverified, until somebody reads the source.
No card holds the wording of an item.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from isu_analysis.declarations import Declaration, nearest
from isu_analysis.errors import SettingsError

Kind = Literal["scale", "judgement", "target", "closing", "after_only", "state", "need", "goal", "interview"]
Status = Literal["published", "stated", "own", "unverified", "unknown"]
Rater = Literal["client", "child", "parent", "family", "staff", "interviewer", "register"]
Meaning = Literal[
    "goal_reached", "improved", "unchanged", "unchanged_or_worse", "worse",
    "client_ended", "not_started", "transferred", "other",
]  # fmt: skip

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
    """

    status: Status
    source: str = ""
    note: str = ""

    @property
    def active(self) -> bool:
        """Whether the fact may be used in a report."""
        return self.status in ACTIVE

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

    ``group`` maps a background column to one of its values, for example ``{kön: kvinna}``; empty means everyone.
    The value itself belongs to the clinical range when ``clinical_at`` is true.
    """

    value: float
    group: dict[str, str] = Field(default_factory=dict)
    clinical_at: bool = True


class Reliability(Fact):
    """A reliability coefficient and, where the same source gives it, the standard deviation it belongs to."""

    type: Literal["alpha", "test_retest", "other"]
    value: float = Field(gt=0, le=1)
    sd: float | None = Field(default=None, gt=0)
    sample: str = ""
    interval: str = ""


class Level(Declaration):
    """One answer of an ordered or named set. ``order`` rises towards the better answer; empty for unordered sets."""

    code: str
    label: str
    order: int | None = None
    positive: bool = False
    meaning: Meaning = "other"


class Scoring(Declaration):
    """How a score comes from items. ``import_only`` where the key is closed."""

    method: Literal["sum", "mean_x10", "mean", "single", "import_only"]
    items: int | None = Field(default=None, gt=0)
    item_min: int | None = None
    item_max: int | None = None
    reversed: tuple[int, ...] = ()


class Measure(Declaration):
    """A measure as a report needs to know it.

    Attributes
    ----------
    id, name, name_sv, construct_sv : str
    kind : str
        Outcome type: ``scale`` (metric, two or more occasions), ``judgement``, ``target``, ``closing``,
        ``after_only``, ``state``, ``need``, ``goal``, ``interview``.
    minimum, maximum, step : float
        Range of a scale and its resolution in scale points; None for the other kinds.
    higher_is_better : bool
        Direction of a scale.
    thresholds, cutoffs, reliability : tuple
        Facts; only the active ones are ever used.
    levels : tuple of Level
        Answers of the other kinds.
    """

    id: str
    name: str
    name_sv: str
    construct_sv: str = ""
    kind: Kind
    raters: tuple[Rater, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float = Field(default=1.0, gt=0)
    higher_is_better: bool | None = None
    scoring: Scoring | None = None
    thresholds: tuple[Threshold, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    levels: tuple[Level, ...] = ()
    licence: Fact | None = None
    cautions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "scale":
            self._check_scale()
        elif self.kind not in {"interview", "need", "goal"} and not self.levels:
            raise ValueError("ett mått av det här slaget måste ha svarsnivåer («levels»).")
        codes = [level.code for level in self.levels]
        if len(codes) != len(set(codes)):
            raise ValueError("två svarsnivåer har samma kod.")
        return self

    def _check_scale(self) -> None:
        if self.minimum is None or self.maximum is None or self.higher_is_better is None:
            raise ValueError("en skala måste ha «minimum», «maximum» och «higher_is_better».")
        if self.minimum >= self.maximum:
            raise ValueError("«minimum» måste vara mindre än «maximum».")
        if self.scoring and self.scoring.method in {"sum", "mean_x10"}:
            self._check_item_range(self.scoring)

    def _check_item_range(self, scoring: Scoring) -> None:
        if scoring.items is None or scoring.item_min is None or scoring.item_max is None:
            raise ValueError("«scoring» måste ange items, item_min och item_max.")
        factor = scoring.items if scoring.method == "sum" else 10
        if (scoring.item_min * factor, scoring.item_max * factor) != (self.minimum, self.maximum):
            raise ValueError("skalans ändar stämmer inte med antalet frågor och deras ändar.")
        if any(not 1 <= position <= scoring.items for position in scoring.reversed):
            raise ValueError("en vänd fråga har ett nummer som inte finns.")

    @property
    def threshold(self) -> Threshold | None:
        """The published smallest change that counts: the first active one, or None."""
        return next((fact for fact in self.thresholds if fact.active), None)

    @property
    def change_reliability(self) -> Reliability | None:
        """First active reliability that comes with an SD of the same source, as Jacobson-Truax needs; or None."""
        return next((fact for fact in self.reliability if fact.active and fact.sd is not None), None)

    @property
    def active_cutoffs(self) -> tuple[Cutoff, ...]:
        """Cut-offs that a report may use."""
        return tuple(fact for fact in self.cutoffs if fact.active)

    @property
    def codes(self) -> tuple[str, ...]:
        """Level codes in declared order."""
        return tuple(level.code for level in self.levels)

    def level(self, code: str) -> Level:
        """Look a level up by its code.

        Raises
        ------
        SettingsError
            The measure has no such level.
        """
        for level in self.levels:
            if level.code == code:
                return level
        raise SettingsError(
            f"{self.name_sv} har ingen nivå «{code}».{nearest(code, list(self.codes))} Tillåtna: {', '.join(self.codes)}."
        )

    def __repr__(self) -> str:
        return f"Measure({self.id!r}, kind={self.kind!r})"
