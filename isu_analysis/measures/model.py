"""The card of a measure: kind, range, direction, scoring, and facts that each carry a status and a source.

No card holds the wording of an item.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from isu_analysis.declarations import Declaration, nearest
from isu_analysis.errors import SettingsError
from isu_analysis.measures.facts import (
    Ages,
    Band,
    Cutoff,
    Fact,
    MissingItems,
    Norm,
    Reliability,
    Threshold,
    TimeFrame,
)

Kind = Literal[
    "scale", "judgement", "target", "closing", "after_only", "state", "need", "goal", "interview", "model"
]  # fmt: skip
Rater = Literal["client", "child", "parent", "family", "staff", "interviewer", "register"]
Meaning = Literal[
    "goal_reached", "improved", "unchanged", "unchanged_or_worse", "worse",
    "client_ended", "not_started", "transferred", "not_applicable", "not_known", "other",
]  # fmt: skip

CONTAINERS: tuple[Kind, ...] = ("interview", "model")  # hold measures, are none themselves
WITHOUT_LEVELS: tuple[Kind, ...] = ("scale", *CONTAINERS)


class Level(Declaration):
    """One answer of an ordered or named set. ``order`` rises towards the better answer; empty for unordered sets.

    ``meaning`` says what an answer stands for whatever its words: ``not_applicable`` is left out of every
    denominator, ``not_known`` counts as an unknown among all.
    """

    code: str
    label: str
    order: int | None = None
    positive: bool = False
    meaning: Meaning = "other"


class Scoring(Declaration):
    """How a score comes from items; ``import_only`` where the key is closed or not found.

    The score is the sum or mean of the answers, those of ``reversed`` positions turned around, times ``factor``.
    ``positions`` are the items of a part of the questionnaire, counted from 1 in the whole; empty means all.
    With the method ``criteria`` the score is the number of criteria met; a criterion is a group of positions, met
    when any of its answers is the highest one. ``answers`` lists the allowed answers of an item that has fewer than
    the others, by position.
    """

    method: Literal["sum", "mean", "criteria", "import_only"]
    factor: float = Field(default=1.0, gt=0)
    items: int | None = Field(default=None, gt=0)
    item_min: int | None = None
    item_max: int | None = None
    item_step: float = Field(default=1.0, gt=0)
    positions: tuple[int, ...] = ()
    reversed: tuple[int, ...] = ()
    criteria: tuple[tuple[int, ...], ...] = ()
    answers: dict[int, tuple[int, ...]] = Field(default_factory=dict)
    missing: MissingItems | None = None

    @property
    def used(self) -> tuple[int, ...]:
        """Positions that make the score, counted from 1 in the whole questionnaire."""
        of_criteria = tuple(position for criterion in self.criteria for position in criterion)
        return self.positions or of_criteria or tuple(range(1, (self.items or 0) + 1))

    @property
    def may_miss(self) -> int:
        """How many unanswered items the score bears; none unless a source says so."""
        return self.missing.allowed if self.missing and self.missing.active else 0

    def ends(self) -> tuple[float, float]:
        """Lowest and highest score that the items can give."""
        if self.method == "criteria":
            return 0.0, float(len(self.criteria))
        times = self.factor * (len(self.used) if self.method == "sum" else 1)
        return (self.item_min or 0) * times, (self.item_max or 0) * times


class _Described(Declaration):
    """What a measure and a part of one have in common; the attributes are described in `Measure`."""

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
    process: bool = False
    cumulative: bool = False
    missed_if_placed: bool = False
    basis: Fact | None = None
    scoring: Scoring | None = None
    ages: Ages | None = None
    time_frame: TimeFrame | None = None
    thresholds: tuple[Threshold, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    norms: tuple[Norm, ...] = ()
    bands: tuple[Band, ...] = ()
    levels: tuple[Level, ...] = ()
    cautions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "scale":
            self._check_scale()
        elif self.kind not in WITHOUT_LEVELS and not self.levels:
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
        if self.scoring and self.scoring.method != "import_only":
            self._check_items(self.scoring)

    def _check_items(self, scoring: Scoring) -> None:
        if scoring.items is None or scoring.item_min is None or scoring.item_max is None:
            raise ValueError("«scoring» måste ange items, item_min och item_max.")
        if (scoring.method == "criteria") != bool(scoring.criteria):
            raise ValueError("«criteria» hör ihop med metoden criteria.")
        if any(abs(end - own) > 1e-9 for end, own in zip(scoring.ends(), (self.minimum, self.maximum), strict=True)):  # type: ignore[operator]
            raise ValueError("skalans ändar stämmer inte med antalet frågor och deras ändar.")
        named = (*scoring.used, *scoring.reversed, *scoring.answers)
        if any(not 1 <= position <= scoring.items for position in named):
            raise ValueError("en fråga har ett nummer som inte finns.")
        if not set(scoring.reversed) <= set(scoring.used) or len(set(scoring.used)) < len(scoring.used):
            raise ValueError("en vänd fråga hör inte till poängen, eller en fråga räknas två gånger.")


class Part(_Described):
    """A part of a measure with a score or answers of its own: a subscale, an area, an indicator of an interview.

    What a part does not say it has from the whole: raters, ages, time frame, basis and cautions.
    """


class Measure(_Described):
    """A measure as a report needs to know it.

    Attributes
    ----------
    id, name, name_sv, construct_sv : str
    kind : str
        Outcome type: ``scale`` (metric, two or more occasions), ``judgement``, ``target``, ``closing``,
        ``after_only``, ``state``, ``need``, ``goal``; ``interview`` is a container whose parts have types of their
        own; ``model`` is a way of working, nothing that is scored.
    minimum, maximum, step : float
        Range of a scale and its resolution in scale points; None for the other kinds.
    higher_is_better : bool
        Direction of a scale.
    process : bool
        True for what follows the work, such as the alliance, and is never an outcome.
    cumulative : bool
        True for what can never fall, such as a count over a lifetime.
    missed_if_placed : bool
        True for a goal that whoever is placed has not reached, answered or not.
    basis : Fact
        Where a scale's ends and scoring come from. Without an active one the ends only bound what is read in.
    thresholds, cutoffs, reliability, norms, bands : tuple
        Facts; only the active ones are ever used, and of those the optional ones only on a unit's own card.
    levels : tuple of Level
        Answers of the other kinds.
    parts : tuple of Part
        Subscales, areas or indicators; ``measure("core_om.risk")`` is one of them.

    Examples
    --------
    The range of a scale, and the published smallest change that counts; a part is a measure of its own.

    >>> import isu_analysis as isu
    >>> core = isu.measure("core_om")
    >>> core.kind, core.minimum, core.maximum, core.higher_is_better
    ('scale', 0.0, 40.0, False)
    >>> core.threshold.value, [(cutoff.group["sex"], cutoff.value) for cutoff in core.active_cutoffs]
    (5.0, [('man', 12.0), ('woman', 12.6)])
    """

    licence: Fact | None = None
    parts: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _parts_have_names(self) -> Self:
        names = [part.id for part in self.parts]
        if len(names) != len(set(names)):
            raise ValueError("två delar har samma id.")
        return self

    def part(self, part_id: str) -> Measure:
        """Get a part as a measure of its own, named ``whole.part``.

        Raises
        ------
        SettingsError
            The measure has no such part.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> isu.measure("core_om").part("risk").id
        'core_om.risk'
        """
        known = {part.id: part for part in self.parts}
        if part_id not in known:
            raise SettingsError(
                f"{self.name_sv} har ingen del «{part_id}».{nearest(part_id, list(known))} "
                f"Delar: {', '.join(known) or 'inga'}."
            )
        return self._parts[part_id]

    @cached_property
    def _parts(self) -> dict[str, Measure]:
        return {part.id: self._as_measure(part) for part in self.parts}

    def _as_measure(self, part: Part) -> Measure:
        own: dict[str, Any] = {name: getattr(part, name) for name in part.model_fields_set}
        inherited: dict[str, Any] = {
            name: getattr(self, name) for name in ("raters", "ages", "time_frame", "basis", "licence", "cautions")
        }
        named: dict[str, Any] = {
            "id": f"{self.id}.{part.id}",
            "name": f"{self.name}: {part.name}",
            "name_sv": f"{self.name_sv}, {part.name_sv}",
        }
        return Measure(**(inherited | own | named))

    @property
    def has_own_threshold(self) -> bool:
        """Whether the change that counts is the unit's own choice, and no measurement error says so."""
        return self.threshold is not None and self.threshold.status == "own"

    @property
    def threshold(self) -> Threshold | None:
        """The published smallest change that counts: the first one in use, or None."""
        return next((fact for fact in self.thresholds if fact.used), None)

    @property
    def change_reliability(self) -> Reliability | None:
        """First active reliability that comes with an SD of the same source, as Jacobson-Truax needs; or None."""
        return next((fact for fact in self.reliability if fact.used and fact.sd is not None), None)

    @property
    def active_norms(self) -> tuple[Norm, ...]:
        """Norms that a report may lay beside."""
        return tuple(fact for fact in self.norms if fact.used)

    @property
    def active_cutoffs(self) -> tuple[Cutoff, ...]:
        """Cut-offs that a report may use."""
        return tuple(fact for fact in self.cutoffs if fact.used)

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

        Examples
        --------
        >>> import isu_analysis as isu
        >>> unit = isu.load_unit("exempelstad/unga-vuxna")
        >>> work = unit.measure("sysselsattning").level("arbete")
        >>> work.label, work.order
        ('Arbete', 2)
        """
        for level in self.levels:
            if level.code == code:
                return level
        raise SettingsError(
            f"{self.name_sv} har ingen nivå «{code}».{nearest(code, list(self.codes))} Tillåtna: {', '.join(self.codes)}."
        )

    def __repr__(self) -> str:
        return f"Measure({self.id!r}, kind={self.kind!r})"

    __str__ = __repr__
