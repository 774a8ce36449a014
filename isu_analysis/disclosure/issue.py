"""When a year's report was first issued, and when its figures last changed; by months, as a day is some person's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_FIGURES = re.compile(r"[0-9a-f]{64}|", re.ASCII)


@dataclass(frozen=True)
class Issue:
    """The issues of one report, up to and including one of them.

    Attributes
    ----------
    first : str
        Month of the data of the first issue, ``"2024-02"``.
    updated : str
        Month of the data of the issue that the figures come from; that of the first where they have never changed.
    figures : str
        Fingerprint of the figures, as in `Results.fingerprint`; none in what is public, where it could confirm a guess.
    """

    first: str
    updated: str
    figures: str = ""

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Issue:
        """Read what `dataclasses.asdict` has written.

        Raises
        ------
        ValueError, TypeError
            It is anything else, or the months are not in their order.
        """
        issue = cls(**values)  # type: ignore[arg-type]
        months = _MONTH.fullmatch(issue.first) and _MONTH.fullmatch(issue.updated)
        if not months or issue.first > issue.updated or not _FIGURES.fullmatch(issue.figures):
            raise ValueError
        return issue

    @property
    def is_updated(self) -> bool:
        """Whether the figures are others than those of the first issue, and of a later month."""
        return self.first < self.updated


def issued(before: Issue | None, as_of: dt.date, figures: str) -> Issue:
    """Tell of the issue that is being made: that of the same figures again, or a later one of others.

    Parameters
    ----------
    before : Issue or None
        What was out; None for the first issue.
    as_of : date
        Date of the data.
    figures : str
        Fingerprint of the figures.
    """
    month = as_of.isoformat()[:7]
    if before is None:
        return Issue(month, month, figures)
    if figures == before.figures:
        return before
    return Issue(before.first, max(before.first, month), figures)
