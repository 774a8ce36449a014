"""`data_processed/`: tidy Parquet tables a unit, enough with the unit file to do everything that follows."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from isu_analysis import files
from isu_analysis.errors import DataError
from isu_analysis.intake.columns import Cells
from isu_analysis.intake.tables import Block
from isu_analysis.settings import Unit

EPISODE = [
    "episode", "client", "year", "start", "end", "ending", "intervention", "reason", "contacts", "service_form", "team",
    "worker", "group", "protected",
]  # fmt: skip
MEASUREMENT = [
    "record", "episode", "year", "measure", "item", "occasion", "rater", "mode", "day", "value", "level", "missing_reason",
]  # fmt: skip
_DATES = ("start", "end", "day")


@dataclass(frozen=True, repr=False)
class Processed:
    """A unit's processed data.

    Attributes
    ----------
    episodes, measurements : DataFrame
        See the data model in docs/arkitektur.md.
    about : dict
        Key fingerprint, raw files with hash and row count, date of the data.
    """

    episodes: pd.DataFrame
    measurements: pd.DataFrame
    about: dict[str, Any]

    def __repr__(self) -> str:
        return f"Processed({len(self.episodes)} episodes, {len(self.measurements)} measurements)"


def folder(project: Path, unit: Unit) -> Path:
    """Where a unit's processed data lie."""
    return project / "data_processed" / unit.municipality_slug / unit.slug


def episodes_frame(block: Block | None, unit: Unit) -> pd.DataFrame:
    """Episodes in the data model's columns and types, background columns last."""
    background = {name: column.type for source in unit.sources for name, column in source.background.items()}
    return _frame(
        block, [*EPISODE, *background], {"contacts", *(name for name in background if background[name] == "number")}
    )


def measurements_frame(block: Block | None) -> pd.DataFrame:
    """Measurements in the data model's columns and types."""
    return _frame(block, MEASUREMENT, {"value"})


def in_order(episodes: pd.DataFrame, measurements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put each person's episodes in order of date, and number each episode's measurements in order of day.

    Only rows of the same person (or episode) change places, so that the order holds where the dates are taken away
    and tells nothing of when.
    """
    sorted_rows = _within(episodes, "client", ["end", "start"])
    records = _within(measurements, "episode", ["day"])
    numbered = measurements.assign(record=measurements["record"].to_numpy())
    numbered.loc[records, "record"] = measurements["record"].to_numpy()
    placed = episodes.loc[sorted_rows].reset_index(drop=True)
    return placed, numbered


def _within(frame: pd.DataFrame, group: str, days: list[str]) -> pd.Index:
    """Index of the rows that belong in each place when only rows of one group change places."""
    places = np.arange(len(frame))
    whose = frame[group].fillna("") if len(frame) else frame[group]
    alone = (whose == "").to_numpy()
    by_place = frame.assign(whose=whose, place=places)[~alone].sort_values(["whose", "place"])
    by_day = frame.assign(whose=whose, place=places)[~alone].sort_values(["whose", *days, "place"])
    result = places.copy()
    result[by_place["place"].to_numpy()] = by_day["place"].to_numpy()
    return frame.index[result]


def _frame(block: Block | None, columns: list[str], numbers: set[str]) -> pd.DataFrame:
    rows = 0 if block is None else len(block)
    made: dict[str, Any] = {}
    for name in columns:
        if name == "record":
            made[name] = pd.array(range(rows), dtype="Int64")
        elif name in _DATES:
            days = (
                np.full(rows, "NaT", "datetime64[ms]")
                if block is None or name not in block.numbers
                else block.numbers[name]
            )
            made[name] = pd.Series(days).dt.as_unit("ms")  # as Parquet gives them back
        elif name == "year" or name in numbers:
            found = np.full(rows, np.nan) if block is None or name not in block.numbers else block.numbers[name]
            made[name] = pd.array(pd.Series(found), dtype="Int64") if name == "year" else found.astype("float64")
        else:
            cells = Cells.constant(None, rows) if block is None or name not in block.texts else block.texts[name]
            made[name] = cells.strings()
    return pd.DataFrame(made)


def save(project: Path, unit: Unit, processed: Processed) -> None:
    """Write the tables together; on any failure the earlier ones stay."""
    contents = {
        "episodes.parquet": _parquet(processed.episodes),
        "measurements.parquet": _parquet(processed.measurements),
        "intake.json": json.dumps(processed.about, ensure_ascii=False, indent=1, sort_keys=True).encode(),
    }
    files.write_together(folder(project, unit), contents)


def fingerprint(project: Path, unit: Unit) -> str | None:
    """Fingerprint of the key that the stored tables were made with; None if there are none that can be read."""
    try:
        about = json.loads((folder(project, unit) / "intake.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about.get("key_fingerprint") if isinstance(about, dict) else None


def load(project: Path, unit: Unit) -> Processed:
    """Read a unit's processed data.

    Raises
    ------
    DataError
        Nothing has been read in yet, or the tables cannot be read.
    """
    place = folder(project, unit)
    if not (place / "intake.json").is_file():
        raise DataError(f"{unit.name}: inga inlästa uppgifter. Kör «isu intake {unit.key}» först.")
    try:
        about = json.loads((place / "intake.json").read_text(encoding="utf-8"))
        tables = [pd.read_parquet(place / f"{name}.parquet") for name in ("episodes", "measurements")]
    except (OSError, ValueError, KeyError):
        raise DataError(
            f"{unit.name}: de inlästa uppgifterna går inte att läsa. Kör «isu intake {unit.key}» igen."
        ) from None
    return Processed(tables[0], tables[1], about)


def _parquet(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()
