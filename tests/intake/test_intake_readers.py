import time
import unicodedata
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
import small_project as small
from openpyxl.comments import Comment

from isu_analysis.intake import textfiles
from isu_analysis.intake.checks import Fault, column_letter
from isu_analysis.intake.readers import Unreadable, read
from isu_analysis.settings import Source

NAMES = ["Namn", "Poäng"]
SHEET = "xl/worksheets/sheet1.xml"


def source(**changes):
    declared = {
        "file": "fil", "rows": "form", "id": "Namn",
        "measurements": ({"column": "Poäng", "measure": "core_om", "rater": "client"},),
    }  # fmt: skip
    return Source(**(declared | changes))


def told(path, **changes):
    with pytest.raises(Unreadable) as error:
        read(path, source(**changes))
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return " | ".join(map(str, error.value.problems))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "rå filer åäö"
    place.mkdir()
    return place


@pytest.fixture
def book(folder):
    return small.xlsx(folder / "bok.xlsx", [["Åsa", 12], ["Örjan", 7.5]], NAMES)


def test_a_workbook(book):
    sheet = read(book, source())
    assert (sheet.name, sheet.letters) == ("Blad1", {"Namn": "A", "Poäng": "B"})
    assert sheet.rows == ((2, {"Namn": "Åsa", "Poäng": 12}), (3, {"Namn": "Örjan", "Poäng": 7.5}))
    assert "Åsa" not in repr(sheet)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize(("sign", "word"), [(";", ";"), (",", ","), ("\t", "tab")])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_a_text_file(folder, encoding, sign, word, ending):
    path = folder / "fil.csv"
    path.write_bytes(ending.join([f"Namn{sign}Poäng", f"Åsa{sign}7", f"Örjan{sign}12"]).encode(encoding))
    assert read(path, source(delimiter=word)).rows == (
        (2, {"Namn": "Åsa", "Poäng": "7"}),
        (3, {"Namn": "Örjan", "Poäng": "12"}),
    )


@pytest.mark.parametrize("suffix", [".CSV", ".txt"])
def test_the_kind_of_file_in_capitals_and_by_another_name(folder, suffix):
    path = small.text(folder / f"fil{suffix}", [["Åsa", 7]], NAMES)
    assert len(read(path, source()).rows) == 1


def test_rows_above_the_headings_and_blank_rows_keep_the_row_numbers(folder):
    rows = [["Åsa", 1], [None, None], ["  ", "\u00a0"], ["Bo", 2]]
    path = small.xlsx(folder / "bok.xlsx", rows, NAMES, above=[["Register över åtgärder"], []])
    assert [number for number, _ in read(path, source(header_row=3)).rows] == [4, 7]
    path = folder / "fil.csv"
    path.write_text("Register\n\nNamn;Poäng\nÅsa;1\n\n ; \nBo;2\n", encoding="utf-8")
    assert [number for number, _ in read(path, source(header_row=3)).rows] == [4, 7]


def test_space_around_and_inside_texts_and_composed_letters(folder):
    path = small.xlsx(folder / "bok.xlsx", [["\u00a0A\u00a0B ", "1\u202f234,5"]], ["Namn ", "Poa\u0308ng"])
    assert read(path, source()).rows == ((2, {"Namn": "A B", "Poäng": "1 234,5"}),)
    path = small.text(folder / "fil.csv", [["o\u0308", "1"]], ["\u00a0Namn", " Poäng "])
    assert read(path, source()).rows == ((2, {"Namn": "ö", "Poäng": "1"}),)


def test_a_named_sheet(folder):
    path = small.xlsx(folder / "bok.xlsx", [], ["Läs mig"], Data=[NAMES, ["Åsa", 3]])
    assert len(read(path, source(sheet="Data")).rows) == 1
    assert "bladet «Dtaa» finns inte. Tillåtet: namnet på något av arbetsbokens 2 blad." in told(path, sheet="Dtaa")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bok.xlsx", b"", "filen är tom"),
        ("fil.csv", b"", "filen är tom"),
        ("fil.csv", b" \r\n\r\n", "filen är tom"),
        ("bok.xlsx", "Namn;Poäng\nÅsa;1\n".encode(), "inte en Excel-arbetsbok, fast namnet säger det"),
        ("bok.xlsx", b"%PDF-1.7", "inte en Excel-arbetsbok, fast namnet säger det"),
        ("bok.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "lösenordsskyddad eller i ett äldre Excel-format"),
        ("fil.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "inte en textfil, fast namnet säger det"),
        ("fil.csv", b"%PDF-1.7", "inte en textfil, fast namnet säger det"),
        ("fil.csv", "Namn;Poäng\n".encode("utf-16"), "inte en textfil, fast namnet säger det"),
        ("fil.csv", b"Namn;Po\x8fng\x81\n", "teckenkodningen går inte att läsa"),
        ("fil.csv", b'Namn;Po\xe4ng\n"Asa;1\nBo;2\n', "citattecknen går inte ihop"),
        ("fil.csv", b'Namn;Po\xe4ng\nAsa;"1\nBo;"2\n', "citattecknen går inte ihop"),
        ("fil.csv", b"Namn;Po\xe4ng\nAsa;" + b"1" * 200_000, "en cell orimligt lång"),
        ("fil.xls", b"\xd0\xcf\x11\xe0", "filslaget kan inte läsas. Tillåtet: .xlsx, .csv eller .sav."),
        ("fil.ods", b"PK", "filslaget kan inte läsas"),
        ("fil", b"Namn", "filslaget kan inte läsas"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says(folder, name, content, said):
    path = folder / name
    path.write_bytes(content)
    assert said in told(path)
    assert told(path).startswith(name)


def test_a_workbook_called_csv_and_a_zip_called_xlsx(folder, book):
    path = folder / "fil.csv"
    path.write_bytes(book.read_bytes())
    assert "inte en textfil, fast namnet säger det" in told(path)
    path = folder / "zip.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("brev.txt", "hej")
    assert "inte en Excel-arbetsbok, fast namnet säger det" in told(path)


@pytest.mark.parametrize("wrong", ["Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "\ufffd"])
def test_swedish_letters_that_are_not_are_told_with_their_row(folder, wrong):
    path = folder / "fil.csv"
    path.write_text(f"Namn;Poäng\nBo;1\n{wrong}sa;2\n", encoding="utf-8")
    assert told(path) == ("fil.csv, rad 3: å, ä och ö är förvanskade. Tillåtet: exportera filen igen som UTF-8.")


def test_a_byte_order_mark_read_as_letters_is_told(folder):
    path = folder / "fil.csv"
    path.write_text("ï»¿Namn;Poäng\nBo;1\n", encoding="utf-8")
    assert "förvanskade" in told(path)


def test_cut_workbooks_are_damaged(book):
    whole = book.read_bytes()
    for size in (30, 200, len(whole) // 2, len(whole) - 10):
        book.write_bytes(whole[:size])
        assert "bok.xlsx" in told(book)


def test_a_workbook_with_broken_parts_is_damaged(book):
    small.edit(book, SHEET, lambda part: part.replace(b"</sheetData>", b""))
    assert "skadad" in told(book)


def test_a_workbook_with_a_password_in_the_archive_is_damaged(book):
    content = bytearray(book.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1  # the flag that says encrypted
            place = content.find(mark, place + 4)
    book.write_bytes(bytes(content))
    assert "skadad" in told(book)


def quickly(path, said):
    began = time.perf_counter()
    assert said in told(path)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "far",
    [b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', b'<row r="3"><c r="XFD3"><v>1</v></c></row>',
     b"<row r='60000'/>", b'<x:row spans="1:2" r="60000"/>', b'<row r="3"><c s="1" r="GS3"/></row>',
     b'<row r="1"/>' * 50_001, b"<row/>" * 50_001],
)  # fmt: skip
def test_a_sheet_that_says_it_is_huge_is_refused_before_it_is_opened(book, far, monkeypatch):
    small.edit(book, SHEET, lambda part: part.replace(b"</sheetData>", far + b"</sheetData>"))
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("the reader opened it"))
    quickly(book, "bladet är för stort. Tillåtet: högst 50000 rader och 200 kolumner.")


def test_an_archive_that_unpacks_to_very_much_is_refused_before_it_is_opened(book, monkeypatch):
    small.edit(book, SHEET, lambda part: part + b" " * 30_000_000)
    assert book.stat().st_size < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("a part was unpacked"))
    quickly(book, "packar upp till orimligt mycket")


def test_entities_are_refused(book):
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    small.edit(book, SHEET, lambda part: part.replace(b"<worksheet", bomb, 1))
    quickly(book, "delar som Excel aldrig skriver")


def test_an_encoding_that_hides_from_the_scan_is_refused(book):
    small.edit(book, SHEET, lambda part: part.decode("utf-8").encode("utf-16"))
    quickly(book, "delar som Excel aldrig skriver")


def test_a_stray_cell_far_out_costs_nothing(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1]], NAMES)
    book = openpyxl.load_workbook(path)
    book.active.cell(49_000, 199, "x")
    book.save(path)
    began = time.perf_counter()
    assert [values for _, values in read(path, source()).rows] == [{"Namn": "Åsa", "Poäng": 1}]
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("cell", ["a", '"a"'])  # the quick way and the careful one
def test_a_text_file_of_too_many_rows_is_refused(folder, cell, monkeypatch):
    monkeypatch.setattr(textfiles, "MAX_LINES", 1_000)
    path = folder / "fil.csv"
    path.write_text("Namn;Poäng\n" + f"{cell};1\n" * 999, encoding="utf-8")
    assert len(read(path, source()).numbers) == 999
    path.write_text("Namn;Poäng\n" + f"{cell};1\n" * 1_000, encoding="utf-8")
    assert "filen är för stor" in told(path)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n", "\nx;;\n"])
@pytest.mark.parametrize("middle", ["b; 2,5 ;", "\n", ";;\nc;3;", "\u00a0;\t;\nÅsa;4;\u202f"])
def test_the_quick_way_gives_what_the_careful_way_gives(folder, ending, last, middle, monkeypatch):
    path = folder / "fil.csv"
    text = "Titel\n\nNamn;Poäng;Mer\na;1;\n" + middle + "\nd;007;x" + last
    path.write_bytes(text.replace("\n", ending).encode())
    found = []
    for quickly in (textfiles._quickly, lambda *_: None):
        monkeypatch.setattr(textfiles, "_quickly", quickly)
        try:
            sheet = read(path, source(header_row=3))
            found.append((sheet.rows, sheet.letters, sheet.problems))
        except Unreadable as error:
            found.append(error.problems)
    assert found[0] == found[1]


def test_a_missing_heading_is_a_line_of_its_own(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1]], ["Namn", "Poang"])
    said = told(path, day="Dag")
    assert said.count(" | ") == 1
    for heading in ("Poäng", "Dag"):
        assert f"bok.xlsx, blad «Blad1», rad 1: kolumnen «{heading}» saknas." in said
    assert "I filen finns «Poang»." in said and "Ingen rubrik i filen liknar den." in said
    assert "«Namn»" not in said.replace("kolumnen «Namn»", ""), "a heading that nobody asks about may name a person"


def test_where_no_heading_fits_the_row_is_not_quoted(folder):
    for path in (
        small.xlsx(folder / "bok.xlsx", [["HEMLIGT-NAMN", 987654], ["HEMLIGT-NAMN", 987654]], NAMES),
        small.text(folder / "fil.csv", [["HEMLIGT-NAMN", 987654], ["HEMLIGT-NAMN", 987654]], NAMES),
    ):
        said = told(path, header_row=2)
        assert "ingen av enhetsfilens rubriker står på raden" in said and "header_row" in said
        assert "HEMLIGT" not in said and "987654" not in said


def test_the_wrong_delimiter_gives_one_line_that_names_it(folder):
    path = small.text(folder / "fil.csv", [["Åsa", "1,5"], ["Bo", "2"]], NAMES)
    said = told(path, delimiter=",")
    assert " | " not in said and "skiljetecknet" in said


def test_a_heading_twice_is_told_when_it_is_one_we_read(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1, 2]], ["Namn", "Poäng", "Poäng"])
    assert "kolumn B, C: rubriken «Poäng» står i flera kolumner" in told(path)
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1, 2, 3]], [*NAMES, "Övrigt", "Övrigt"])
    assert read(path, source()).rows[0][1]["Poäng"] == 1


def test_no_rows_and_no_headings(folder):
    path = small.xlsx(folder / "bok.xlsx", [], NAMES)
    assert read(path, source()).rows == ()
    assert "filen är tom. Tillåtet: rubriker på rad 9" in told(path, header_row=9)
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1]], [None, None])
    assert "rubrikraden är tom" in told(path)


def test_rows_of_another_length_are_listed_and_left_out(folder):
    path = folder / "fil.csv"
    path.write_text("Namn;Poäng\nÅsa\nBo;1\nEva;2;3\n;;;\nIda;4\n", encoding="utf-8")
    sheet = read(path, source())
    assert [number for number, _ in sheet.rows] == [3, 6]
    assert [str(problem) for problem in sheet.problems] == [
        "fil.csv, rad 2: raden har 1 fält men rubrikraden 2. "
        "Tillåtet: lika många fält på varje rad; kontrollera skiljetecknet.",
        "fil.csv, rad 4: raden har 3 fält men rubrikraden 2. "
        "Tillåtet: lika många fält på varje rad; kontrollera skiljetecknet.",
    ]


def test_a_cell_may_hold_a_line_break_and_quotation_marks(folder):
    path = small.text(folder / "fil.csv", [["Åsa", '1;\n"2"'], ["Bo", 2]], NAMES)
    assert [values["Poäng"] for _, values in read(path, source()).rows] == ['1;\n"2"', "2"]


def test_merged_cells_are_told_below_and_in_the_headings_but_not_above(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1], ["Bo", 2], ["Ida", 3]], NAMES, above=[["Titel"]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("A3:A4")
    book.active.merge_cells("B4:B5")
    book.save(path)
    problems = read(path, source(header_row=2)).problems
    assert [(problem.row, problem.column, problem.what) for problem in problems] == [
        (3, "A", "sammanfogade celler bland rubriker eller data"),
        (4, "B", "sammanfogade celler bland rubriker eller data"),
    ]


def test_merged_headings_are_told_with_the_missing_ones(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1]], NAMES)
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:B1")
    book.save(path)
    assert "sammanfogade celler" in told(path) and "kolumnen «Poäng» saknas" in told(path)


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#SPILL!", "#SAKNAS!", "#VÄRDEFEL!"])
def test_error_cells_are_faults_and_no_text(folder, shown):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", shown], ["Bo", 2]], NAMES)
    rows = read(path, source()).rows
    assert isinstance(rows[0][1]["Poäng"], Fault)
    assert rows[1][1]["Poäng"] == 2


def test_a_formula_never_calculated_is_a_fault_and_a_calculated_one_its_value(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", "=1+1"], ["Bo", "=1+1"], ["Ida", "=1+1"], ["Eva", "=1+1"]], NAMES)
    small.edit(path, SHEET, calculated)
    values = [values.get("Poäng") for _, values in read(path, source()).rows]
    assert values[0] == 2
    assert values[1] is None  # a calculated empty text
    assert all(isinstance(value, Fault) and "aldrig räknats ut" in value.what for value in values[2:])


def calculated(part):
    """Fill in what Excel would keep of B2 (a number) and B3 (an empty text); B5 as some programs write it."""
    part = part.replace(b'<c r="B2"><f>1+1</f><v></v></c>', b'<c r="B2"><f>1+1</f><v>2</v></c>')
    part = part.replace(b'<c r="B2"><f>1+1</f><v /></c>', b'<c r="B2"><f>1+1</f><v>2</v></c>')
    part = part.replace(b'<c r="B3"><f>1+1</f>', b'<c r="B3" t="str"><f>1+1</f>')
    return part.replace(b'<c r="B5"><f>1+1</f>', b'<c r="B5"><f t="shared" ref="B5:B6" si="0">1+1</f>')


def test_formulas_behind_a_prefix_are_seen(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", "=1+1"]], NAMES)
    name = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def prefixed(part):
        import re

        part = part.replace(b'xmlns="' + name + b'"', b'xmlns:x="' + name + b'"')
        return re.sub(rb"<(/?)(?=[a-z])(?!\?)", rb"<\1x:", part)

    small.edit(path, SHEET, prefixed)
    assert isinstance(read(path, source()).rows[0][1]["Poäng"], Fault)


def test_the_reader_says_nothing_of_the_cells_it_warns_about(folder, capfd, recwarn):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 99987654321]], NAMES)
    book = openpyxl.load_workbook(path)
    book.active["B2"].number_format = "yyyy-mm-dd"
    book.active["A2"].comment = Comment("anteckning", "någon")
    book.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert isinstance(read(path, source()).rows[0][1]["Poäng"], Fault)
    assert "99987654321" not in "".join(capfd.readouterr()) + "".join(str(one.message) for one in recwarn)


@pytest.mark.parametrize("name", ["bok.xlsx", "fil.csv"])
def test_a_file_held_by_another_program_is_one_clear_line(folder, book, name, monkeypatch):
    path = book if name == "bok.xlsx" else small.text(folder / name, [["Åsa", 1]], NAMES)

    def held(*_, **__):
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(Path, "open", held)
    monkeypatch.setattr(Path, "read_bytes", held)
    assert told(path) == f"{name}: filen kan inte öppnas. Tillåtet: stäng den i andra program och kör igen."


def test_control_signs_in_a_heading_do_not_stop_the_list(folder):
    path = folder / "fil.csv"
    path.write_bytes("Namn;Poäng;\x07Ring\x1b[31m\n".encode())
    said = told(path, day="Dag")
    assert "kolumnen «Dag» saknas" in said and "\x07" not in said and "\x1b" not in said


def test_a_mac_name_is_the_same_heading(folder):
    path = small.xlsx(folder / "bok.xlsx", [["Åsa", 1]], [unicodedata.normalize("NFD", name) for name in NAMES])
    assert read(path, source()).rows[0][1]["Poäng"] == 1


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (199, "GR"), (701, "ZZ"), (702, "AAA")])  # fmt: skip
def test_column_letters(index, letter):
    assert column_letter(index) == letter
