"""What a release is: a mode, its limits, and - for public ones - decisions already made about each report."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from isu_analysis.disclosure.issue import Issue
from isu_analysis.errors import DisclosureError

Mode = Literal["internal", "public"]
VARIABLE = "ISU_RELEASE"  # names the file with the decisions of the run under way


@dataclass(frozen=True)
class Limits:
    """Limits of a public release; the project's own choice, printed in every public report.

    Attributes
    ----------
    min_cell : int
        Counts below it are hidden.
    min_n_mean : int
        Fewest people behind a mean, and fewest people two sets may differ by.
    min_n_spread : int
        Fewest people behind any other number than a plain mean: a standard deviation, a median, an estimate of a model.
    min_n_breakdown : int
        Fewest people in a report that is broken down by who they are, or by anything else than measured or not.
    """

    min_cell: int = 5
    min_n_mean: int = 10
    min_n_spread: int = 30
    min_n_breakdown: int = 30


# Why a cell is hidden. A reader cannot tell one that is small from one that is hidden for its sake, but for the worse.
SMALL, HIDDEN, INTERNAL = "small", "hidden", "internal"

# How far a report had to be simplified before its small numbers could be protected.
WHOLE, NO_CROSS, NO_SUBGROUPS, TWO_CATEGORIES, NO_BREAKDOWN, TOO_SMALL = (
    "whole", "no_cross", "no_subgroups", "two_categories", "no_breakdown", "too_small",
)  # fmt: skip
RUNGS = (WHOLE, NO_CROSS, NO_SUBGROUPS, TWO_CATEGORIES, NO_BREAKDOWN, TOO_SMALL)


@dataclass(frozen=True)
class Decision:
    """What is hidden in one report, and the fingerprint of the results it was decided for.

    Attributes
    ----------
    fingerprint : str
    hidden : mapping of str to str
        Why, by the cell's id.
    rung : str
        One of `RUNGS`; under ``too_small`` no choice of hidden numbers protects the small ones.
    standing : mapping of str to object, optional
        The cells of the edition that is out, when so few have been added since that they could be worked out from a
        new one: they are what the report shows.
    as_of : date, optional
        Of that edition.
    """

    fingerprint: str
    hidden: Mapping[str, str]
    rung: str = WHOLE
    standing: Mapping[str, Any] | None = None
    as_of: dt.date | None = None

    @property
    def publishable(self) -> bool:
        """Whether the report may hold any number at all."""
        return self.rung != TOO_SMALL


@dataclass(frozen=True)
class Release:
    """A way of showing reports.

    ``Release.internal()`` shows every number, inside the service. A public release is made by `decide`, for all
    reports at once. ``reviewed`` tells a run by ``isu report`` from one made by hand. ``issued`` tells of the
    reports that were out when the run began.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> release = isu.Release.internal()
    >>> release.mode, release.limits.min_cell, release.reviewed
    ('internal', 5, False)
    """

    mode: Mode
    limits: Limits = field(default_factory=Limits)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    reviewed: bool = False
    issued: Mapping[str, Issue] = field(default_factory=dict)

    @classmethod
    def internal(cls, *, reviewed: bool = False) -> Release:
        """Release in which every number is shown; no names, ids or dates.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> isu.Release.internal().mode
        'internal'
        """
        return cls("internal", reviewed=reviewed)

    def to_json(self) -> str:
        """Text that `open_release` reads back.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> import json
        >>> json.loads(isu.Release.internal().to_json())["mode"]
        'internal'
        """
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)

    @classmethod
    def from_json(cls, text: str) -> Release:
        """Read the text of `to_json`; anything else is an error.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> release = isu.Release.internal()
        >>> isu.Release.from_json(release.to_json()) == release
        True
        """
        try:
            values = json.loads(text)
            decisions = {key: _decision(decision) for key, decision in values.pop("decisions").items()}
            issued = {key: Issue.read(issue) for key, issue in values.pop("issued").items()}
            release = cls(limits=_limits(values.pop("limits")), decisions=decisions, issued=issued, **values)
            if not isinstance(release.reviewed, bool):
                raise TypeError
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DisclosureError("Filen med beslut om röjandeskydd är skadad. Kör «isu report» igen.") from None
        _check_mode(release.mode)
        return release


def _limits(values: dict[str, Any]) -> Limits:
    """The limits as they were written; none may be missing, or too low to hide anything."""
    if (
        not all(type(value) is int and value > 1 for value in values.values())
        or values.keys() != asdict(Limits()).keys()
    ):
        raise ValueError
    return Limits(**values)


def _decision(values: dict[str, Any]) -> Decision:
    """One decision as it was written; a word that is not ours opens nothing."""
    as_of = values.pop("as_of")
    decision = Decision(**values, as_of=as_of and dt.date.fromisoformat(as_of))
    if decision.rung not in RUNGS or not {*decision.hidden.values()} <= {SMALL, HIDDEN, INTERNAL}:
        raise ValueError
    return decision


def open_release(name: str) -> Release:
    """Open the release that a notebook is to use.

    Parameters
    ----------
    name : {"internal", "public"}
        ``public`` works only inside ``isu report --public``, which has decided about all reports together.

    Raises
    ------
    DisclosureError
        Unknown name, or a public release asked for by hand.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> isu.open_release("internal").mode
    'internal'
    """
    _check_mode(name)
    path = os.environ.get(VARIABLE)
    if path is None:
        if name == "public":
            raise DisclosureError(
                "En publik rapport kan inte göras för hand: röjandeskyddet måste se alla rapporter samtidigt. "
                "Kör «isu report --public»."
            )
        return Release.internal()
    try:
        release = Release.from_json(Path(path).read_text(encoding="utf-8"))
    except OSError:
        raise DisclosureError("Filen med beslut om röjandeskydd saknas. Kör «isu report» igen.") from None
    if release.mode != name:
        raise DisclosureError(f"Körningen gäller en annan sorts rapport än «{name}».")
    return release


def _check_mode(mode: str) -> None:
    if mode not in {"internal", "public"}:
        raise DisclosureError(f"Okänd sorts rapport «{mode}». Tillåtet: internal, public.")
