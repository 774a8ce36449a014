import datetime as dt
import io
import time
import zipfile

import openpyxl
import pandas as pd
import pyreadstat

from isu_analysis.synthetic.workbook import Calculated, Sheet, csv_bytes, sav_bytes, sheets_bytes

TABLE = pd.DataFrame(
    {
        "Team": ["A", "A", "B", "A"],
        "Antal": [1, 2, None, 4],
        "Dubbelt": [Calculated(f"B{row}*2", value) for row, value in ((3, 2), (4, 4.5), (5, 0), (6, 8))],
        "Ord": [Calculated('IF(B3<2,"få & <små>","")', "få & <små>"), None, None, None],
    }
)
LAID = Sheet("Ett", TABLE, (("Titel",), ()), (("Totalt", Calculated("SUM(B4:B7)", 7)),), merged=("Team",))


def open_book(raw: bytes, *, values: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw), data_only=values)


def test_results_stand_beside_their_formulas():
    raw = sheets_bytes(LAID, Sheet("Två", TABLE[["Team"]]))
    results, formulas = (open_book(raw, values=values)["Ett"] for values in (True, False))
    assert [cell.value for cell in results["C"][3:7]] == [2, 4.5, 0, 8]
    assert [cell.value for cell in formulas["C"][3:7]] == ["=B3*2", "=B4*2", "=B5*2", "=B6*2"]
    assert results["D4"].value == "få & <små>"
    assert (results["B8"].value, formulas["B8"].value) == (7, "=SUM(B4:B7)")
    assert b'<c r="D4" t="str"><f>' in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")


def test_titles_sums_and_several_sheets():
    book = open_book(sheets_bytes(LAID, Sheet("Två", TABLE[["Team"]])), values=True)
    assert book.sheetnames == ["Ett", "Två"]
    first = [row[0] for row in book["Ett"].iter_rows(values_only=True)]
    assert first == ["Titel", None, "Team", "A", None, "B", "A", "Totalt"]
    assert [row[0] for row in book["Två"].iter_rows(values_only=True)] == ["Team", "A", "A", "B", "A"]


def test_only_equal_cells_that_follow_on_each_other_are_merged():
    merged = open_book(sheets_bytes(LAID), values=True)["Ett"].merged_cells.ranges
    assert [str(area) for area in merged] == ["A4:A5"]


def test_utf8_with_a_mark_first():
    raw = csv_bytes(pd.DataFrame({"Å": [1.5, None]}), "utf-8-sig")
    assert raw == b"\xef\xbb\xbf" + 'Å\r\n1,5\r\n""\r\n'.encode()


def test_an_spss_file_keeps_labels_and_missing_and_tells_no_time(tmp_path):
    table = pd.DataFrame({"ID": ["x", "y"], "DAG": [dt.date(2024, 2, 29), None], "SVAR": [1.0, 99.0]})
    words = {"SVAR": {1.0: "Ja", 99.0: "Ej besvarad"}}
    raw = sav_bytes(table, {"SVAR": "Svaret"}, words, {"SVAR": [99.0]})
    time.sleep(1.1)  # the header counts seconds
    assert sav_bytes(table, {"SVAR": "Svaret"}, words, {"SVAR": [99.0]}) == raw
    assert raw[92:109] == b"01 Jan 2500:00:00"
    path = tmp_path / "prov.sav"
    path.write_bytes(raw)
    columns, about = pyreadstat.read_sav(path, user_missing=True, output_format="dict")
    assert list(columns["SVAR"]) == [1.0, 99.0]
    assert columns["DAG"][0] == dt.date(2024, 2, 29)
    assert about.variable_value_labels == words
    assert about.missing_ranges == {"SVAR": [{"lo": 99.0, "hi": 99.0}]}
    assert about.column_names_to_labels["SVAR"] == "Svaret"
