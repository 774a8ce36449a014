"""What the tests of the statistics share: the folder of expected values and a seeded generator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

ORACLE = Path(__file__).parents[2].parent / "shared" / "oracle"


def _path(name: str) -> Path:
    path = ORACLE / name
    if not path.exists():
        pytest.skip(f"expected values are not beside the repository: shared/oracle/{name}")
    return path


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], Any]:
    """Read one JSON file of expected values."""

    def read(name: str) -> Any:
        return json.loads(_path(name).read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def oracle_data() -> Callable[..., pd.DataFrame]:
    """Read one CSV beside the expected values, optionally only the rows of a ``column==value`` filter."""

    def read(name: str, keep: str = "all") -> pd.DataFrame:
        frame = pd.read_csv(_path(name))
        if keep == "all":
            return frame
        column, value = keep.split("==")
        return frame[frame[column] == value]

    return read


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20250101)
