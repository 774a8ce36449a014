"""The tables as a workbook and the figures as pictures: the same as was printed, and nothing more."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import handouts
import openpyxl
import pandas as pd
import pytest
import showcase
from PIL import Image

from isu_analysis import files
from isu_analysis.disclosure import scan
from isu_analysis.files import WriteError, disk
from isu_analysis.presentation.sealed import Column, Figure, Heading, Paragraph, Section, Table
from isu_analysis.reporting.check import readable
from isu_analysis.reporting.exporters.pictures import render_pictures
from isu_analysis.reporting.exporters.png_text import texts_in
from isu_analysis.reporting.exporters.printed_numbers import printed_number
from isu_analysis.reporting.exporters.workbook import render_workbook
from isu_analysis.reporting.publish import export, publish

NBSP = "\u00a0"
PSEUDONYM = "am7gnktugvdwawhztvgl6edj"


@pytest.fixture(scope="module")
def sections():
    return tuple(handouts.based(section) for section in showcase.sections())


def one_table(*cells, **changes):
    table = Table("Bildtext", tuple(Column(f"Kolumn {n}") for n in range(len(cells))), (cells,), basis="5 av 9.")
    return (Section(showcase.document(), "results", (replace(table, **changes),), showcase.SEAL),)


def one_figure(**changes):
    figure = Figure(showcase.drawing(), "En teckning.", "Bildtext", "Anmärkning", basis="5 av 9.")
    return (Section(showcase.document(), "results", (replace(figure, **changes),), showcase.SEAL),)


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("0", 0, "0"),
        ("2024", 2024, "0"),
        (f"1{NBSP}234", 1234, "#,##0"),
        (f"12{NBSP}345{NBSP}678,90", 12345678.9, "#,##0.00"),
        ("12,30", 12.3, "0.00"),
        ("−6,3", -6.3, '0.0;"−"0.0'),
        ("+6,3", 6.3, '"+"0.0;"−"0.0'),
        (f"52{NBSP}%", 0.52, f'0"{NBSP}"%'),
        (f"99,9{NBSP}%", 0.999, f'0.0"{NBSP}"%'),
        (f"−8{NBSP}%", -0.08, f'0"{NBSP}"%;"−"0"{NBSP}"%'),
        ("123456789012345", 123456789012345, "0"),
    ],
)
def test_what_is_printed_as_a_number_is_that_number(text, value, form):
    printed = printed_number(text, "sv")
    assert (printed.value, printed.form) == (value, form)
    cell = opened(render_workbook(one_table(text)))["Tabell 1"]["A9"]
    assert (cell.value, cell.number_format, cell.data_type) == (value, form, "n")
    assert handouts.shown(cell) == text


@pytest.mark.parametrize(
    "text",
    [
        "färre än 5", "..", "–", "−", "9 av 14", f"30 (52{NBSP}%)", "−14,8 till −9,0", f"42–62{NBSP}%", "007", "00", "1e3", "1.5",
        f"1{NBSP}23", f"12345{NBSP}678", "12,", ",5", "5 %", "2024-12-31", "9" * 16, "٣", "½", "5\n", " 5", "-5", "≥ 10", "NaN", "inf",
    ],
)  # fmt: skip
def test_everything_else_stays_text(text):
    assert printed_number(text, "sv") is None
    cell = opened(render_workbook(one_table("rad", text)))["Tabell 1"]["B9"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_other_languages_write_numbers_otherwise():
    assert printed_number("1,234.5", "en").value == 1234.5
    assert printed_number("52%", "en").form == "0%"
    assert printed_number("12,5", "en") is None and printed_number("12.5", "sv") is None


def test_no_text_is_a_formula_an_error_or_an_escaped_character():
    texts = ("=1+1", "+A1", "-A1", "@SUM(A1)", "#N/A", "=HYPERLINK(0)", "'citat", "_x0041_")
    data = render_workbook(one_table(*texts, caption="=cmd|'/c calc'!A1", note="=1+1", basis="=2"))
    sheet = opened(data)["Tabell 1"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell.value for cell in sheet[9]][:-1] == list(texts[:-1])
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+-@")
    assert not any(re.search(r"<f[ >]", part) for part in parts_of(data).values())
    # As the file format says it, so that no program takes it for the letter A.
    assert ">_x005F_x0041_<" in parts_of(data)["xl/worksheets/sheet2.xml"]


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_workbook_is_what_was_printed(sections):
    data = handouts.check_workbook(sections)
    sheet = pd.read_excel(io.BytesIO(data), sheet_name="Tabell 4", header=7)
    assert list(sheet.columns) == ["Nummer", "Kön", "Ålder", "Start", "Avslut", "Skillnad", "Kommentar"]
    assert sheet["Skillnad"].dtype == float and sheet["Skillnad"].iloc[59] == -6.3
    assert sheet["Ålder"].iloc[:60].sum() == sum(20 + n % 9 for n in range(1, 61))
    handouts.check_pictures(sections)


def test_only_results_are_handed_out():
    plain = Table("Källor", (Column("Källa"),), (("register",),))
    result = replace(plain, caption="Resultat", basis="5 av 9.")
    blocks = (Heading("Rubrik"), plain, result, showcase.FIGURE, Paragraph("Text"))
    made = (Section(showcase.document(), "method", blocks, showcase.SEAL),)
    assert opened(render_workbook(made)).sheetnames == ["Innehåll", "Tabell 2"]
    assert render_pictures(made) == {}
    bare = (replace(made[0], blocks=(plain,)),)
    contents = opened(render_workbook(bare))
    assert contents.sheetnames == ["Innehåll"]
    assert "Rapporten har inga tabeller med resultat." in [cell.value for cell in contents["Innehåll"]["A"]]


def test_the_file_says_what_it_is_and_not_when_it_was_made(sections):
    data = render_workbook(sections)
    about = opened(data).properties
    assert (about.language, about.creator) == ("sv-SE", "Exempelstad")
    assert about.title == showcase.document().full_title
    assert str(about.created) == str(about.modified) == "2025-03-31 00:00:00"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_another_process_in_another_time_zone_gives_the_same_bytes(sections):
    code = (
        "import hashlib, json, handouts, showcase\n"
        "from isu_analysis.reporting.exporters.pictures import render_pictures\n"
        "from isu_analysis.reporting.exporters.workbook import render_workbook\n"
        "made = tuple(handouts.based(section) for section in showcase.sections())\n"
        "files = {'tabeller.xlsx': render_workbook(made), **render_pictures(made)}\n"
        "print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))"
    )
    environment = {
        **os.environ,
        "TZ": "Pacific/Auckland",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(Path(__file__).parent),
    }
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    made = {"tabeller.xlsx": render_workbook(sections), **render_pictures(sections)}
    assert len(made) == 4
    assert json.loads(run.stdout) == {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}


def test_a_picture_is_named_after_its_section_place_and_caption():
    made = render_pictures(one_figure(caption="Så går det: ÅÄÖ é − 漢 #eval(1) " + "ord " * 20))
    assert list(made) == ["figurer/01-resultat-sa-gar-det-aao-e-eval-1-ord-ord-ord-ord.png"]
    assert list(render_pictures(one_figure(caption="漢"))) == ["figurer/01-resultat.png"]
    assert len(next(iter(render_pictures(one_figure(caption="x" * 300))))) < 65


def test_everything_to_be_read_is_inside_the_picture():
    """More text makes a higher picture; nothing is left out for want of room, nor for being in the metadata."""

    def height(**changes):
        return Image.open(io.BytesIO(next(iter(render_pictures(one_figure(**changes)).values())))).height

    plain = height(note="")
    assert height() > plain
    assert height(note="", basis="5 av 9. " * 30) > plain + 20
    assert height(note="", caption="Bildtext " * 30) > plain + 20
    marked, bare = one_figure(), replace(one_figure()[0], document=showcase.document(marks=()))
    sizes = [Image.open(io.BytesIO(*render_pictures(made).values())).height for made in (marked, (bare,))]
    assert sizes[0] > sizes[1] + 30


def test_texts_in_pictures_are_found_whoever_wrote_them():
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Plain", "klar text")
    told.add_text("Packed", "packad text", zip=True)
    told.add_itxt("International", "åäö 漢", lang="sv", tkey="Nyckel")
    told.add_itxt("Both", "packad åäö", zip=True)
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png", pnginfo=told)
    found = " ".join(texts_in(stream.getvalue()))
    for text in ("klar text", "packad text", "åäö 漢", "packad åäö"):
        assert text in found
    image = Image.open(io.BytesIO(*render_pictures(one_figure(alt="Åtta staplar")).values()))
    image.load()
    assert image.text["Description"] == "Åtta staplar" and round(image.info["dpi"][0]) == 200


@pytest.mark.parametrize(
    "place", ["caption", "basis", "note", "rows", "alt", "title"], ids=lambda name: f"a pseudonym in {name}"
)
def test_the_last_look_reads_them(place):
    if place == "alt":
        made = render_pictures(one_figure(alt=PSEUDONYM))
    elif place == "title":
        section = replace(one_table("1")[0], document=showcase.document(title=PSEUDONYM))
        made = {"tabeller.xlsx": render_workbook((section,))}
    else:
        made = {
            "tabeller.xlsx": render_workbook(
                one_table("1", **{place: PSEUDONYM if place != "rows" else ((PSEUDONYM,),)})
            )
        }
    for name, data in made.items():
        assert scan(name, readable(name, data), [PSEUDONYM]), name


def test_the_last_look_lets_ordinary_ones_pass(sections):
    made = {"tabeller.xlsx": render_workbook(one_table("färre än 5", "12,5")), **render_pictures(sections)}
    for name, data in made.items():
        assert scan(name, readable(name, data), [PSEUDONYM]) == []


def test_a_report_is_exported_with_both(sections):
    made = export(sections)
    assert list(made)[:3] == ["report.pdf", "report.html", "tabeller.xlsx"]
    assert [name for name in made if name.startswith("figurer/")] == list(render_pictures(sections))


# Publishing: a figure that the new report lacks goes, and what somebody else put there or changed stays.


def report(*figures, text=b"1"):
    made = {"report.pdf": b"pdf" + text, **{f"figurer/{name}.png": b"png" + text for name in figures}}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return {**made, "manifest.json": json.dumps({"report": hashes}).encode()}


def there(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())
    place = tmp_path / "å ä ö" / "2024"
    publish(place, report("01-a", "02-b"))
    return place


def test_a_figure_that_is_no_more_goes(folder):
    publish(folder, report("01-a", text=b"2"))
    assert there(folder) == {"report.pdf", "manifest.json", "figurer/01-a.png"}
    publish(folder, report(text=b"3"))
    assert there(folder) == {"report.pdf", "manifest.json"} and not (folder / "figurer").exists()


def test_what_others_put_there_or_changed_stays(folder):
    (folder / "figurer" / "egen.png").write_bytes(b"egen")
    (folder / "beslut.xlsx").write_bytes(b"ifylld")
    (folder / "figurer" / "02-b.png").write_bytes(b"beskuren")
    publish(folder, report("01-a", text=b"2"))
    assert there(folder) == {
        "report.pdf", "manifest.json", "figurer/01-a.png", "figurer/egen.png", "beslut.xlsx", "figurer/02-b.png",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../utanför.png", "/tmp/x", "figurer/../report.pdf", "a/b/c.png", "figurer"])
def test_a_list_that_somebody_changed_removes_nothing_outside(folder, name):
    outside = folder.parent / "utanför.png"
    outside.write_bytes(b"x")
    listed = {"report": {name: files.sha256(outside)}}
    (folder / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")
    publish(folder, report("01-a", text=b"2"))
    assert outside.exists() and "figurer/02-b.png" in there(folder)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"report": []}', b'{"report": {"report.pdf": 1}}', b"\xff"])
def test_a_list_that_cannot_be_read_removes_nothing(folder, manifest):
    (folder / "manifest.json").write_bytes(manifest)
    publish(folder, report("01-a", text=b"2"))
    assert "figurer/02-b.png" in there(folder)


@pytest.mark.parametrize("step", range(1, 6))  # the journal, and four files
def test_whatever_stops_it_the_earlier_report_is_back_with_all_its_figures(folder, monkeypatch, step):
    replace_, count = disk.replace, [0]

    def stopped(source, target):
        count[0] += 1
        if count[0] == step:
            raise PermissionError(13, "used by another process")
        replace_(source, target)

    monkeypatch.setattr(disk, "replace", stopped)
    with pytest.raises(WriteError):
        publish(folder, report("01-a", "03-c", text=b"2"))
    assert {name: (folder / name).read_bytes() for name in there(folder)} == report("01-a", "02-b")


def test_folders_made_for_nothing_are_not_left(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WAITS", ())

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_through", full)
    with pytest.raises(WriteError, match="disken är full"):
        publish(tmp_path, report("01-a"))
    assert list(tmp_path.iterdir()) == []
