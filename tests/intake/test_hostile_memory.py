"""A hostile file cannot take the process down: each is read in a process of its own, whose time and peak memory are taken."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from faults.built_files import BUILT, GOOD, HEADINGS, SHEET, small

pytest.importorskip("resource", reason="this system does not tell how much memory a process has used")

SECONDS = 5
MEBIBYTES = 40  # beyond what the program takes before it opens the file
CHILD = """
import json, resource, sys, time
from pathlib import Path
from isu_analysis.intake.readers import Unreadable, read
from isu_analysis.settings import Source
import openpyxl, pyarrow.csv

def peak():
    # Of this process alone: what resource tells of a new process may be its parent's.
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)

before, began = peak(), time.perf_counter()
try:
    read(Path(sys.argv[1]), Source(file="fil", rows="form", id="Nr", day="Start"))
    said = "read"
except Unreadable as error:
    said = str(error)
print(json.dumps([time.perf_counter() - began, peak() - before, said]))
"""
TOO_LARGE = "bladet är för stort"
UNPACKS = "packar upp till orimligt mycket"
FOREIGN = "delar som Excel aldrig skriver"


def many_texts(path: Path) -> None:
    """Half a million shared texts of one letter, which pack well but not so well that the ratio tells."""
    small.xlsx(path, GOOD, HEADINGS)
    letters = os.urandom(250_000).hex()
    texts = "".join(f"<si><t>{letter}</t></si>" for letter in letters)
    relation = b'<Relationship Id="rId99" Type="http://x/sharedStrings" Target="/xl/texter.xml"/></Relationships>'
    small.edit(path, "xl/_rels/workbook.xml.rels", lambda part: part.replace(b"</Relationships>", relation))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/texter.xml", f"<sst>{texts}</sst>")


def noisy_rows(path: Path) -> None:
    """Row 1 again and again with numbers that pack badly, past the number of rows."""
    small.xlsx(path, GOOD, HEADINGS)
    noise = os.urandom(60_000).hex()
    rows = "".join(f'<row r="1"><c r="A1"><v>{int(noise[at : at + 6], 16)}</v></c></row>' for at in range(60_000))
    small.edit(path, SHEET, lambda part: part.replace(b"</sheetData>", rows.encode() + b"</sheetData>"))


def columns_beyond(path: Path) -> None:
    """Fifty thousand rows with a cell to the right of the last heading, none of which may be kept."""
    small.xlsx(path, GOOD, HEADINGS)
    rows = "".join(f'<row r="{place}"><c r="M{place}"><v>{place}</v></c></row>' for place in range(4, 50_000))
    small.edit(path, SHEET, lambda part: part.replace(b"</sheetData>", rows.encode() + b"</sheetData>"))


FILES = {
    "dimensionsbomb-sista-raden.xlsx": (BUILT["arenden/dimensionsbomb-sista-raden.xlsx"], TOO_LARGE),
    "dimensionsbomb-sista-kolumnen.xlsx": (BUILT["arenden/dimensionsbomb-sista-kolumnen.xlsx"], TOO_LARGE),
    "dimensionsbomb-bara-angiven.xlsx": (BUILT["arenden/dimensionsbomb-bara-angiven.xlsx"], "read"),
    "zipbomb.xlsx": (BUILT["arenden/zipbomb.xlsx"], UNPACKS),
    "zipbomb-400000-ganger-rad-1.xlsx": (BUILT["arenden/zipbomb-400000-ganger-rad-1.xlsx"], UNPACKS),
    "rad-1-sextiotusen-ganger.xlsx": (noisy_rows, TOO_LARGE),
    "entitetsbomb.xlsx": (BUILT["arenden/entitetsbomb.xlsx"], FOREIGN),
    "kolumner-bortom-rubrikerna.xlsx": (columns_beyond, "read"),
    "en-halv-miljon-texter.xlsx": (many_texts, "read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_workbook_costs_little_time_and_memory(tmp_path, name):
    make, said = FILES[name]
    make(tmp_path / name)
    seconds, mebibytes, answer = measured(tmp_path / name)
    assert said in answer
    assert seconds < SECONDS
    assert mebibytes < MEBIBYTES, f"{mebibytes:.0f} MiB"


def measured(path):
    """Seconds and MiB that reading a file takes, and what comes of it."""
    where = os.pathsep.join(place for place in sys.path if place)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, encoding="utf-8", timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": where, "PYTHONUTF8": "1"},
    )  # fmt: skip
    seconds, mebibytes, said = json.loads(done.stdout)
    return seconds, mebibytes, said
