"""What had been issued of a report when a run began, so that a later issue can say that it is one.

Inside the service the report's own manifest tells; of what is public, the ledger. Both are given to the notebook in its
release file: the notebook itself looks at nothing that an earlier run has left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from isu_analysis.disclosure import Issue
from isu_analysis.disclosure.issue import issued
from isu_analysis.disclosure.ledger import Edition
from isu_analysis.presentation.sealed import Document

NAME = "issue"  # in a manifest


def of_folder(folder: Path) -> Issue | None:
    """What the manifest in a report's folder tells; None where there is no report, or no such manifest of ours."""
    try:
        return Issue.read(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[NAME])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def of_editions(editions: Iterable[Edition]) -> Issue | None:
    """What the ledger tells of one unit and year; None where nothing of it is out.

    Parameters
    ----------
    editions : iterable of Edition
        Those of the unit and year, the first one first.
    """
    found: Issue | None = None
    for edition in editions:
        found = issued(found, edition.as_of, edition.fingerprint)
    return found


def of_document(document: Document) -> Issue | None:
    """What the sections of a report tell of themselves; None of an overview, which has no figures of its own."""
    return Issue(document.first_issued, document.updated, document.figures) if document.first_issued else None
