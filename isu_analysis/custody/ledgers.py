"""What custody does with the ledger of what is published: people leave it in time, and it never leaves its machine.

Two machines that both publish know nothing of each other's reports, which an outsider can put side by side. So a
handover takes along the anchor and not the ledger: where it comes to, public reports are refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from isu_analysis.disclosure.ledger import Ledger
from isu_analysis.errors import DataError, DisclosureError
from isu_analysis.intake.store import Processed
from isu_analysis.settings import Unit


def forget(project: Path, unit: Unit, before: dt.date, found: Processed | None, kept: Processed | None) -> None:
    """Take the people of purged cases out of the ledger's editions of a unit.

    Of a year that is over, also those who are in the tables no more, whenever and however they left them: what an
    interrupted purge left behind, a case that was taken out of the unit's files, and pseudonyms of an earlier key.

    Parameters
    ----------
    before : date
        As in `purge`.
    found, kept : Processed or None
        The unit's tables, and what will be left of them.

    Raises
    ------
    DisclosureError
        The ledger is not whole; nothing is removed until it is.
    """
    if not Ledger.is_begun(project, unit.municipality_slug):
        return
    ledger = Ledger.open(project, unit.municipality_slug)
    staying = _episodes(kept)
    leaving = _episodes(found) - staying
    for edition in ledger.editions():
        if edition.unit == unit.slug and edition.year < before.year:
            leaving |= {episode for sets in edition.sets.values() for one in sets for episode in one} - staying
    ledger.forget(unit.slug, leaving, before)


def anchors_of(project: Path, units: Iterable[str]) -> dict[str, Any]:
    """Anchors of the ledgers of some units' municipalities, where anything is published."""
    found = {place: Ledger.anchored(project, place) for place in sorted({unit.split("/")[0] for unit in units})}
    return {municipality: anchor for municipality, anchor in found.items() if anchor is not None}


def place_anchors(archive: str, project: Path, units: Iterable[str], anchors: Any) -> None:
    """Let a project know that its data are published from elsewhere; one that has a ledger of its own stays as it is.

    Raises
    ------
    DataError
        What the archive says of it is no anchor of its units' municipalities.
    """
    known = {unit.split("/")[0] for unit in units}
    try:
        if not isinstance(anchors, dict) or not set(anchors) <= known:
            raise DisclosureError("")
        for municipality, anchor in sorted(anchors.items()):
            Ledger.anchor_elsewhere(project, municipality, anchor)
    except DisclosureError:
        raise DataError(f"{archive} är skadad eller ändrad: det som sägs om liggaren går inte att läsa.") from None


def _episodes(tables: Processed | None) -> set[str]:
    return set() if tables is None else set(pd.Series(tables.episodes["episode"]).dropna())
