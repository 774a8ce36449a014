"""What had been issued of a report when a run began, so that a later issue can say that it is one.

Inside the service the report's own manifest tells; of what is public, the ledger. Both are given to the notebook in its
release file: the notebook itself looks at nothing that an earlier run has left.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from isu_analysis.disclosure import Issue
from isu_analysis.disclosure.ledger import Edition
from isu_analysis.presentation.sealed import Document

Shown = Mapping[str, Mapping[str, object]]  # printed cells, field by field
NAME = "issue"  # in a manifest


def of_folder(folder: Path) -> Issue | None:
    """What the manifest in a report's folder tells; None where there is no report, or no such manifest of ours."""
    try:
        return Issue.read(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[NAME])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def of_editions(editions: Sequence[Edition], as_of: dt.date, shown: Shown, figures: str) -> Issue:
    """What a public report is to say of its issues, from those in the ledger and what it prints itself.

    A figure has changed where both print it and not alike. What no page shows may move as it likes, and what a later
    version of the program tells besides is no change of a figure.

    Parameters
    ----------
    editions : sequence of Edition
        Those of the unit and year, the first one first; at least one.
    as_of : date
        Date of the data now.
    shown : mapping of str to mapping
        Every printed cell now, field by field.
    figures : str
        Fingerprint of the results, by which the gate knows that this is about them.
    """
    first = editions[0]
    before: Shown = first.shown
    updated = first.as_of
    for when, now in (*((one.as_of, one.shown) for one in editions[1:]), (as_of, shown)):
        updated = max(updated, when) if _differ(before, now) else updated
        before = now
    return Issue(f"{first.as_of:%Y-%m}", f"{max(first.as_of, updated):%Y-%m}", figures)


def _differ(one: Shown, other: Shown) -> bool:
    return any(_plain(one[name]) != _plain(other[name]) for name in one.keys() & other.keys())


def _plain(cell: Mapping[str, object]) -> dict[str, object]:
    """A cell's fields but for what is no number, which the ledger leaves out."""
    return {name: value for name, value in cell.items() if value == value}


def of_document(document: Document) -> Issue | None:
    """What the sections of a report tell of themselves; None of an overview, which has no figures of its own."""
    return Issue(document.first_issued, document.updated, document.figures) if document.first_issued else None
