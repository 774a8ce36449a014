"""Whatever lies in a raw file, reading it ends in tables or in a list of problems, never in anything else."""

import io
import string
import tempfile
from pathlib import Path

import small_project as small
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isu_analysis.intake import ProblemsFound, check
from isu_analysis.intake.readers import Sheet, Unreadable, read
from isu_analysis.settings import Source

SOURCE = Source(file="fil", rows="form", id="Nr", day="Dag")
with tempfile.TemporaryDirectory() as _folder:
    _project = small.project(Path(_folder))
    UNITS = {as_text: small.unit(_project, small.AS_CSV if as_text else small.SETTINGS) for as_text in (True, False)}
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
STARTS = [b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"Nr;Dag\n", b"\xd0\xcf\x11\xe0", b"Nr;Dag\r", b'"Nr";"Dag\n']
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12),
    st.sampled_from(["#N/A", "=1+1", "Totalt", "Planerat", "Bra", "Nybesök", "99", "\u22125", "1 234,5", "2024-05-01", 45322, "A1"]),
)  # fmt: skip


@QUICK
@given(st.sampled_from(STARTS), st.binary(max_size=300), st.sampled_from([".xlsx", ".csv", ".txt", ".xls"]))
def test_any_bytes(start, content, suffix):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"fil{suffix}"
        path.write_bytes(start + content)
        assert isinstance(attempt(path), Sheet | Unreadable)
        assert [found.name for found in Path(folder).iterdir()] == [path.name]


@QUICK
@given(st.data())
def test_a_workbook_with_changed_bytes(data):
    content = bytearray(book())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fil.xlsx"
        path.write_bytes(content)
        assert isinstance(attempt(path), Sheet | Unreadable)
        assert [found.name for found in Path(folder).iterdir()] == [path.name]


def book(kept=[]):  # noqa: B006 - made once
    if not kept:
        with tempfile.TemporaryDirectory() as folder:
            kept.append(small.xlsx(Path(folder) / "fil.xlsx", [["A1", "2024-01-01"]] * 5, ["Nr", "Dag"]).read_bytes())
    return kept[0]


def attempt(path):
    try:
        return read(path, SOURCE)
    except Unreadable as error:
        assert error.problems and all(problem.what for problem in error.problems)
        return error


@QUICK
@given(st.lists(st.lists(CELLS, max_size=10), max_size=6), st.booleans())
def test_any_small_table_is_read_or_listed(rows, as_text):
    with tempfile.TemporaryDirectory() as folder:
        project, unit = small.project(Path(folder)), UNITS[as_text]
        if as_text:
            small.raw(project, "ärenden 2024.csv").write_bytes(lines_of(rows))
        else:
            small.xlsx(small.raw(project, "ärenden 2024.xlsx"), rows)
        before = small.tree(project)
        try:
            processed = check(unit, project)
        except ProblemsFound as error:
            assert error.problems and len(str(error).splitlines()) > 1
        else:
            assert len(processed.episodes) == processed.episodes["episode"].nunique()
        assert small.tree(project) == before


def lines_of(rows):
    stream = io.StringIO()
    for row in [small.HEADINGS, *rows]:
        stream.write(";".join("" if cell is None else str(cell) for cell in row) + "\n")
    return stream.getvalue().encode("utf-8", "replace")


@QUICK
@given(st.text(string.printable, max_size=400))
def test_any_text_below_the_headings(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fil.csv"
        path.write_text("Nr;Dag\n" + content, encoding="utf-8", newline="")
        found = attempt(path)
        if isinstance(found, Sheet):
            assert all(set(values) == {"Nr", "Dag"} for _, values in found.rows)
