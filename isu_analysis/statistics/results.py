"""What every result object shares."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pandas as pd


def one_row(result: Any) -> pd.DataFrame:
    """Return a dataclass of plain numbers and texts as a frame with one row, columns in field order."""
    return pd.DataFrame([{f.name: getattr(result, f.name) for f in fields(result)}])
