import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import isu_analysis as isu
from isu_analysis.settings import Source, Unit
from isu_analysis.synthetic import DemoFiles

PROJECT = Path(__file__).resolve().parents[2]
SLUGS = ("unga-vuxna", "resurs-barn", "foraldrastod", "behandling-vuxna")
Row = dict[str, Any]


@pytest.fixture(scope="session")
def project(demo: DemoFiles) -> Path:
    return demo.truth.parents[2]


@pytest.fixture(scope="session")
def known(demo: DemoFiles) -> dict[str, Any]:
    return json.loads(demo.truth.read_text(encoding="utf-8"))["units"]


@pytest.fixture(params=SLUGS)
def unit(request: pytest.FixtureRequest) -> Unit:
    return isu.load_unit(f"exempelstad/{request.param}", PROJECT)


@pytest.fixture(scope="session")
def rows(demo: DemoFiles):
    """Read a raw file by its name, independently of the package's own readers."""
    paths = {path.name: path for path in demo.files}

    def read(name: str, header_row: int = 1) -> list[Row]:
        cells = _csv(paths[name]) if name.endswith(".csv") else _xlsx(paths[name])
        header = cells[header_row - 1]
        return [dict(zip(header, row, strict=True)) for row in cells[header_row:]]

    return read


@pytest.fixture(scope="session")
def rows_of(demo: DemoFiles, rows):
    """All rows of a source, over the years that its file name fits."""
    names = {path.name for path in demo.files}

    def read(source: Source) -> list[Row]:
        fitting = [source.file.replace("{year}", str(year)) for year in (2022, 2023, 2024)]
        return [row for name in fitting if name in names for row in rows(name, source.header_row)]

    return read


def _csv(path: Path) -> list[list[Any]]:
    with path.open(encoding="cp1252", newline="") as file:
        return [[cell or None for cell in row] for row in csv.reader(file, delimiter=";")]


def _xlsx(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]
