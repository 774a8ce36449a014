"""Whatever stands in a file of any kind, for any unit: tables or a list of problems, soon, and nothing half-written."""

import copy
import datetime as dt
import io
import json
import math
import tempfile
import time
from pathlib import Path

import pytest
import small_project as small
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from isu_analysis.errors import IsuError, SettingsError
from isu_analysis.intake import ProblemsFound, check, intake, textfiles
from isu_analysis.intake.checks import Grid
from isu_analysis.intake.pseudonyms import new_key
from isu_analysis.intake.readers import Unreadable, read, sheet_of
from isu_analysis.intake.spss import Labelled
from isu_analysis.intake.tables import Tables
from isu_analysis.intake.tidy import SheetReader
from isu_analysis.settings import Source, read_unit

SECONDS = 5
MARK = "HEMLIGT"


def quick(examples):
    """No deadline for a single step: a whole example is timed instead."""
    too = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples, deadline=None, suppress_health_check=too)


class Timed:
    """A whole example must be over in five seconds."""

    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *_):
        assert time.perf_counter() - self.began < SECONDS


# Cells that break things

SAFE_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
WORDS = [
    "Planerat", "Pågår", "Bra", "Dåligt", "Nybesök", "Avslut", "Före", "Efter", "CORE", "Läge", "Klient", "Personal", "Samtal",
    "Avböjde", "Ja", "Nej", "99", "0", "3", "12,5", "1 234,5", "\u22125", "1e5", "2024-05-01", "2024-02-30", "20121105-2384",
    "20121105-2385", "Totalt", "#N/A", "#REF!", "=1+1", "@x", "None", "NaN", "A1", "A2", "p", "q", "\u202eA1", "A1\u200b", "\ufeff",
    "Zoë \U0001f9d1‍\U0001f9b0", "\x0b", "\x1c", "\x85", "\u2028", "x" * 5000, MARK,
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS), SAFE_TEXT, st.none(), st.booleans(), st.integers(-5, 60), st.floats(),
    st.sampled_from([math.inf, -math.inf, math.nan, 10**400, -(10**20), 1e308, 5e-324, 2**53 + 1, 0.1 + 0.2, -0.0]),
    st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.dates(dt.date(2023, 6, 1), dt.date(2025, 6, 1)),
    st.builds(Labelled, st.sampled_from(WORDS), st.sampled_from([1, 2.5, 99, "x"]), st.booleans()),
)  # fmt: skip

EVERYTHING = {
    "ärenden": """\
  - file: "ärenden.csv"
    rows: episode
    year: 2024
    skip_rows: [Totalt]
    id: Nr
    client: Person
    start: Start
    end: Slut
    contacts: Besök
    team: Lag
    worker: Vem
    group: Grupp
    ending: {column: Avslut, values: {Planerat: planned, Pågår: ongoing}}
    reason: {column: Orsak, values: {A1: flytt}, missing: {Nej: declined}}
    intervention: {column: Insats}
    service_form: {column: Form, values: {Ja: service, Nej: bistand}}
    protected: {column: Skydd, values: {Ja: protected, Nej: open}}
    background:
      age: {column: Ålder, label: Ålder, type: number, minimum: 0, maximum: 110}
      part: {column: Del, label: Del}
    measurements:
      - {column: Före, measure: core_om, rater: client, occasion: start, missing: {"99": declined}, missing_reason: {column: Varför, values: {Avböjde: declined}}}
      - {column: Läget, measure: laget, rater: staff, occasion: end, values: {Dåligt: dalig, Bra: bra}, item_column: Sak}
""",
    "enkät": """\
  - file: "enkät.csv"
    rows: form
    year: 2024
    merged: fill
    client: Person
    day: Dag
    occasion: {column: När, values: {Nybesök: start, Avslut: end}, missing: {Nej: unknown}}
    mode: {column: Hur, values: {Samtal: interview, A1: form}}
    missing_reason: {column: Varför, values: {Avböjde: declined}}
    measurements:
      - {items: ["F{item}"], measure: phq9, rater: client, missing: {"99": declined}}
""",
    "mätningar": """\
  - file: "mätningar.csv"
    rows: measurement
    id: Nr
    day: Dag
    date_format: "%d/%m %Y"
    decimal: "."
    occasion: {column: När, values: {Före: start, Efter: end}}
    long:
      measure: {column: Mått, values: {CORE: core_om, Läge: laget}}
      value: Svar
      values: {Dåligt: dalig, Bra: bra}
      missing: {Nej: declined}
      rater_column: {column: Vem, values: {Klient: client, Personal: staff}}
      item_column: Sak
""",
}
HEAD = """\
name: Öppenvården
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Bättre."
target_group: "Vuxna."
retention_years: 5
measures: [phq9, core_om, laget]
local_measures:
  - {id: laget, name: State, name_sv: Läge, kind: state, raters: [staff], levels: [{code: dalig, label: "Dåligt"}, {code: bra, label: "Bra"}]}
occasions:
  start: {label: "nybesök", role: start, day: 0}
  end: {label: "avslut", role: end}
primary: {measure: core_om, rater: client, start: start, end: end, declared: 2021-12-01}
sources:
"""
with tempfile.TemporaryDirectory() as _folder:
    _place = small.project(Path(_folder))
    UNIT = small.unit(_place, HEAD + "".join(EVERYTHING.values()))
SOURCES = {source.file.removesuffix(".csv"): source for source in UNIT.sources}
KEY = new_key()
TABLE = {name: source.columns(UNIT.used_measures) for name, source in SOURCES.items()}


def table(name, most=6):
    """Rows of a source, each cell anything."""
    return st.lists(st.lists(CELLS, min_size=len(TABLE[name]), max_size=len(TABLE[name])), max_size=most)


def assert_silent(error):
    """Nothing of what a cell holds, but for words that the unit file itself allows."""
    said = small.everything_said(error)
    assert MARK not in said and "x" * 50 not in said and "20121105-238" not in said and "\x0b" not in said


@quick(80)
@given(st.fixed_dictionaries({name: table(name) for name in SOURCES}))
def test_any_cell_in_any_role_of_any_kind_of_file(rows):
    """As the readers give them: dates, numbers without end, SPSS labels - also what no text file could hold."""
    with Timed():
        tables = Tables()
        for name, source in SOURCES.items():
            grid = Grid("blad", [list(TABLE[name]), *rows[name]])
            sheet = sheet_of(Path(f"{name}.csv"), grid, source, TABLE[name])
            SheetReader(UNIT, source, sheet, KEY, source.year, tables).read()
        said = "\n".join(map(str, [*tables.problems, *tables.warnings]))
        assert MARK not in said and "x" * 50 not in said and "20121105-238" not in said


def written(cell):
    """A cell as a program exports it to a text file."""
    if cell is None:
        return ""
    text = str(cell if not isinstance(cell, int) or abs(cell) < 10**40 else "9" * 400)
    return f'"{text}"' if any(sign in text for sign in ';"\r\n') and '"' not in text else text


def as_text(headings, rows, ending="\n"):
    """Rows as a text file's bytes."""
    return ending.join(";".join(map(written, row)) for row in [headings, *rows]).encode("utf-8", "replace")


@quick(40)
@given(st.fixed_dictionaries({name: table(name, 4) for name in SOURCES}), st.booleans())
def test_whole_units_are_read_in_or_listed_and_the_tables_are_old_or_new(rows, had_tables):
    with tempfile.TemporaryDirectory() as folder, Timed():
        project = small.project(Path(folder))
        good = {
            "ärenden": [["A1", "p", "2024-01-01", "2024-03-01", *[None] * (len(TABLE["ärenden"]) - 4)]],
            "enkät": [],
            "mätningar": [],
        }
        for name in SOURCES:
            small.raw(project, f"{name}.csv").write_bytes(as_text(TABLE[name], good[name]))
        place = project / "data_processed"
        if had_tables:
            attempt(project)
        before = small.tree(place) if place.is_dir() else {}
        for name in SOURCES:
            small.raw(project, f"{name}.csv").write_bytes(as_text(TABLE[name], rows[name]))
        raw = small.tree(project / "data_raw")
        refused = attempt(project)
        after = {path: data for path, data in small.tree(place).items() if not path.endswith("problem.xlsx")}
        kept = {path: data for path, data in before.items() if not path.endswith("problem.xlsx")}
        if refused:
            assert after == kept
        else:
            assert {Path(path).name for path in after} == {"episodes.parquet", "measurements.parquet", "intake.json"}
            about = json.loads(next(data for path, data in after.items() if path.endswith(".json")))
            assert len(about["files"]) == len(SOURCES)
        assert small.tree(project / "data_raw") == raw


def attempt(project):
    """Read in; the only way out besides tables is a list of problems."""
    try:
        intake(UNIT, project)
    except ProblemsFound as error:
        assert error.problems
        assert_silent(error)
        return True
    return False


# The two ways to read a text file


PIECES = [
    "A1", "2024-05-01", "7,5", "Åsa", "A1", "2024-05-01", "7,5", "Åsa", ";", "\n", "\r\n", "\r", '"', " ", "\t", "\u00a0", "\ufeff", "\u2028", "\x85", "\x0b",
    "\x0c", "\x1c", "\x1a", "'", "\\", "\\n", ",", "Totalt", "#N/A", "é", "\U0001f600", "a" * 300,
]  # fmt: skip


LINES = st.lists(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=2).map("".join), min_size=3, max_size=3).map(";".join),
    max_size=6,
)


@quick(250)
@given(
    LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 3), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])
)
def test_the_quick_way_and_the_careful_way_give_the_same_sheet_or_the_same_problems(
    lines, ending, header_row, encoding
):
    above = ["Titel", ""][: header_row - 1]
    both_ways(ending.join([*above, "Nr;Dag;Poäng", *lines]).encode(encoding, "replace"), header_row)


@quick(100)
@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6))
def test_both_ways_agree_on_bytes_and_on_a_good_file_with_changed_bytes(content, changes):
    good = bytearray(("Nr;Dag;Poäng\n" + "A1;2024-05-01;7,5\nÅsa;;\n" * 4).encode())
    for place, byte in changes:
        good[place % len(good)] = byte
    both_ways(b"Nr;Dag;Po\xc3\xa4ng\n" + content, 1)
    both_ways(bytes(good), 1)


@pytest.mark.parametrize("text", [
    "Nr;Dag;Poäng\n\ufeffA1;2024-05-01;1\n",  # a byte order mark below the headings
    f"Nr;Dag;Po{'a' * 131_073}\nA1;2024-05-01;1\n",  # a heading longer than any cell may be
    f"Nr;Dag;Poäng\n{'a' * 131_072};2024-05-01;1\n",
    "Nr;Dag;Poäng\nA1;2024-05-01;1\n\x1a",
    "Nr;Dag;Poäng\n \n;;",
])  # fmt: skip
def test_both_ways_agree_where_they_did_not_always(text):
    both_ways(text.encode(), 1)


def both_ways(content, header_row):
    """Read a file both ways and compare all that comes of it."""
    source = Source(file="fil", rows="form", id="Nr", day="Dag", header_row=header_row)
    found = []
    with tempfile.TemporaryDirectory() as folder, Timed():
        path = Path(folder) / "fil.csv"
        path.write_bytes(content)
        quickly = textfiles._quickly
        for way in (quickly, lambda *_: None):
            textfiles._quickly = way
            try:
                sheet = read(path, source)
                found.append((sheet.rows, sheet.letters, sheet.problems, sheet.sums, sheet.encoding))
            except Unreadable as error:
                found.append(error.problems)
            finally:
                textfiles._quickly = quickly
    assert found[0] == found[1]


# SPSS files, in the process that reads them


def good_sav(kept=[]):  # noqa: B006 - made once
    """A good SPSS file's bytes."""
    if not kept:
        from faults.built_files import BUILT

        with tempfile.TemporaryDirectory() as folder:
            BUILT["spss/etiketter-och-koder.sav"](Path(folder) / "fil.sav")
            kept.append((Path(folder) / "fil.sav").read_bytes())
    return kept[0]


@quick(6)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12), st.integers(0, 400))
def test_an_spss_file_with_changed_bytes_is_read_or_refused(changes, cut):
    content = bytearray(good_sav())
    for place, byte in changes:
        content[place % len(content)] = byte
    with tempfile.TemporaryDirectory() as folder, Timed():
        path = Path(folder) / "fil.sav"
        path.write_bytes(bytes(content[: len(content) - cut]))
        try:
            read(path, Source(file="fil", rows="form", id="nr", day="dag"))
        except Unreadable as error:
            assert MARK not in small.everything_said(error).split("Traceback")[0]


# Unit files


GOOD = YAML(typ="safe", pure=True).load(HEAD + "".join(EVERYTHING.values()))
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=True), SAFE_TEXT, st.just([]), st.just({}), st.just([[]]),
    st.just({"a": {"b": 1}}), st.sampled_from(["core_om", "core_om.risk", "asi", "asi.x", "phq9.", ".", "start", "{year}", "{item}", "%Y", "*", "nan"]),
)  # fmt: skip


def places(values, at=()):
    """Every place in a unit file."""
    inner = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in inner:
        yield (*at, key)
        yield from places(value, (*at, key))


PLACES = list(places(GOOD))


@quick(70)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(["set", "drop", "rename"]), VALUES), min_size=1, max_size=3
    )
)
def test_a_changed_unit_file_is_a_unit_or_a_settings_error(changes):
    values = copy.deepcopy(GOOD)
    for place, what, value in changes:
        change(values, place, what, value)
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(values, stream)
    unit_or_error(stream.getvalue().encode("utf-8", "replace"))


def change(values, place, what, value):
    """Change one place, if an earlier change has left it there."""
    for key in place[:-1]:
        if not isinstance(values, dict | list) or (isinstance(values, list) and not 0 <= key < len(values)):
            return
        values = values[key] if isinstance(values, list) else values.get(key)
    key = place[-1]
    if isinstance(values, dict) and key in values:
        kept = values.pop(key)
        if what != "drop":
            values.update({key: value} if what == "set" else {str(value): kept})
    elif isinstance(values, list) and isinstance(key, int) and key < len(values):
        values[key] = value


@quick(120)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.sampled_from([*"\n\t :-#&*!|>'\"%@`{}[],?~0ö", "\x00", "\x07", "\ufeff", "<<: *a", "---\n"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_unit_file_with_changed_signs_is_a_unit_or_a_settings_error(changes):
    text = HEAD + "".join(EVERYTHING.values())
    for place, sign in changes:
        at = place % len(text)
        text = text[:at] + sign + text[at + 1 :]
    unit_or_error(text.encode())


def unit_or_error(content):
    """Read a unit file, and a project with nothing in it by the unit that may come of it."""
    with tempfile.TemporaryDirectory() as folder, Timed():
        project = small.project(Path(folder))
        path = project / "parameters" / "a-kommun" / "oppenvard.yml"
        path.write_bytes(content)
        try:
            unit = read_unit(path)
        except SettingsError as error:
            assert str(error)
            return
        try:
            check(unit, project)
        except IsuError as error:
            assert str(error)
