"""Where a unit's list of whom to measure lies: with its protected data, and never with its reports."""

from __future__ import annotations

from pathlib import Path

FILE = "insamling.xlsx"


def collection_path(project: Path, unit_key: str) -> Path:
    """Path of the list of a unit, ``municipality/unit``."""
    return project / "data_processed" / unit_key / FILE
