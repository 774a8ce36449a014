"""The unit of the lessons, in a project of its own: a lesson reads its files in anew."""

from __future__ import annotations

import shutil
from pathlib import Path

UNIT = "exempelstad/unga-vuxna"


def lay_unit(demo_project: Path, folder: Path) -> Path:
    """Copy the unit file, the raw files, the tables and the key of the demonstration into a folder."""
    for part in ("data_raw", "data_processed"):
        shutil.copytree(demo_project / part / UNIT, folder / part / UNIT)
    shutil.copytree(demo_project / ".isu", folder / ".isu")
    (folder / "parameters" / UNIT).parent.mkdir(parents=True)
    shutil.copy(demo_project / "parameters" / f"{UNIT}.yml", folder / "parameters" / f"{UNIT}.yml")
    return folder
