"""What a release is: a mode, its limits, and - for public ones - decisions already made about each report."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

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
        Fewest people behind a standard deviation, median, correlation or standardised size.
    """

    min_cell: int = 5
    min_n_mean: int = 10
    min_n_spread: int = 30


@dataclass(frozen=True)
class Decision:
    """What is hidden in one report, and the fingerprint of the results it was decided for.

    ``publishable`` is false for a report in which no choice of hidden numbers would protect the small ones.
    """

    fingerprint: str
    hidden: Mapping[str, str]
    publishable: bool = True


@dataclass(frozen=True)
class Release:
    """A way of showing reports.

    ``Release.internal()`` shows every number, inside the service. A public release is made by `decide`, for all
    reports at once. ``reviewed`` tells a run by ``isu report`` from one made by hand.
    """

    mode: Mode
    limits: Limits = field(default_factory=Limits)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    reviewed: bool = False

    @classmethod
    def internal(cls, *, reviewed: bool = False) -> Release:
        """Release in which every number is shown; no names, ids or dates."""
        return cls("internal", reviewed=reviewed)

    def to_json(self) -> str:
        """Text that `open_release` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Release:
        """Read the text of `to_json`; anything else is an error."""
        try:
            values = json.loads(text)
            decisions = {key: Decision(**decision) for key, decision in values.pop("decisions").items()}
            release = cls(limits=Limits(**values.pop("limits")), decisions=decisions, **values)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DisclosureError("Filen med beslut om röjandeskydd är skadad. Kör «isu report» igen.") from None
        _check_mode(release.mode)
        return release


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
