"""Faults that are no text: workbooks, archives and SPSS files, each made the same way every time, under its own name."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import small_project as small
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
HEADINGS = [
    "Nr",
    "Person",
    "Start",
    "Slut",
    "Avslut",
    "Ålder",
    "Kostnad",
    "CORE före",
    "CORE efter",
    "Läge",
    "Anteckning",
]
BUILT: dict[str, Callable[[Path], object]] = {}


def row(number: Any, **changes: Any) -> list[Any]:
    """A good row of `arenden` with changes by place: c_start, c_efter ..."""
    values = {
        "nr": number, "person": None, "start": dt.date(2024, 1, 10), "slut": dt.date(2024, 6, 1), "avslut": "Planerat",
        "ålder": 34, "kostnad": 1200, "före": 20, "efter": 11, "läge": "Bra", "anteckning": "HEMLIGT 987654",
    }  # fmt: skip
    assert set(changes) <= set(values)
    return list((values | changes).values())


GOOD = [row("HEMLIGT-1"), row("HEMLIGT-2", avslut="Avbrutet", läge="Dåligt", efter=7.5)]


def fault(name: str) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Name the file that a function makes."""

    def keep(make: Callable[[Path], object]) -> Callable[[Path], object]:
        BUILT[name] = make
        return make

    return keep


def table(
    name: str, *rows: list[Any], folder: str = "arenden", change: Callable[[Worksheet], object] | None = None
) -> None:
    """A workbook of two good rows, then these."""

    def make(path: Path) -> None:
        small.xlsx(path, [*GOOD, *rows], HEADINGS)
        if change is not None:
            book = openpyxl.load_workbook(path)
            change(book.active)
            book.save(path)

    BUILT[f"{folder}/{name}"] = make


def changed(path: Path, old: str | bytes, new: str | bytes) -> Path:
    """A good workbook in which the first such text of the sheet is another."""
    old, new = (text.encode() if isinstance(text, str) else text for text in (old, new))
    return small.edit(small.xlsx(path, GOOD, HEADINGS), SHEET, lambda part: part.replace(old, new, 1))


table("summarad-i-sista-raden.xlsx", ["Totalt", None, None, None, None, 64, 2400, 40, 18.5, None, "HEMLIGT"])
table("grupprubrik-bland-raderna.xlsx", ["HEMLIGT grupp"], row("HEMLIGT-4"))
table("summarad-utan-ord.xlsx", [None, None, None, None, None, 64, 987654, 40, 18.5])
table("formel-aldrig-utraknad.xlsx", row("HEMLIGT-3", efter="=987654-987643"), row("=HEMLIGT", ålder="=30+4"))
table("felvarde-na.xlsx", row("HEMLIGT-3", efter="#N/A"))
table("felvarde-ref.xlsx", row("#REF!"), row("HEMLIGT-4", start="#REF!"), row("HEMLIGT-5", avslut="#REF!"))
table("felvarde-pa-svenska.xlsx", row("HEMLIGT-3", efter="#SAKNAS!"), row("HEMLIGT-4", kostnad="#REFERENS!"),
      row("HEMLIGT-5", läge="#VÄRDEFEL!"), row("HEMLIGT-6", före="#DIVISION/0!"))  # fmt: skip
table("felvarde-i-kolumn-som-inte-lases.xlsx", row("HEMLIGT-3", anteckning="#N/A"))
table("blandad-kolumn.xlsx", row("HEMLIGT-3", efter="12,5"), row("HEMLIGT-4", efter=12.5), row("HEMLIGT-5", efter="12.5"),
      row("HEMLIGT-6", efter=dt.date(2024, 5, 12)), row("HEMLIGT-7", efter=True), row("HEMLIGT-8", efter="HEMLIGT"),
      row("HEMLIGT-9", efter=dt.time(12, 5)))  # fmt: skip
table(
    "datum-som-exceltal.xlsx",
    row("HEMLIGT-3", start=45322),
    row("HEMLIGT-4", start="2024-01-31"),
    row("HEMLIGT-5", slut=45444.5),
)
table("datum-med-klockslag.xlsx", row("HEMLIGT-3", start=dt.datetime(2024, 1, 31, 23, 59)))
table("datumformat-pa-omojligt-tal.xlsx", row("HEMLIGT-3", start=99_000_987_654),
      change=lambda sheet: setattr(sheet["C4"], "number_format", "yyyy-mm-dd"))  # fmt: skip
table("id-som-blivit-datum.xlsx", row(dt.date(2024, 1, 2)), row("HEMLIGT-4"))
table("id-langre-an-15-siffror.xlsx", row(9876540000000001), row(9876540000000002))
table("id-med-decimaler.xlsx", row(9876.54), row(True))
table("id-som-tal-och-text.xlsx", row(987654), row("987654", före=None, efter=None, läge=None), row("0987654"))
table("personnummer-som-tal.xlsx", row("HEMLIGT-3", person=199001012385), row("HEMLIGT-4", person=199001012386))
table(
    "sammanfogade-celler-i-data.xlsx",
    row("HEMLIGT-3"),
    row("HEMLIGT-4"),
    change=lambda sheet: sheet.merge_cells("E4:E5"),
)
table("sammanfogad-rubrik.xlsx", change=lambda sheet: sheet.merge_cells("H1:I1"))
table("sammanfogad-titelrad-i-data.xlsx", ["HEMLIGT grupp 987654"], change=lambda sheet: sheet.merge_cells("A4:K4"))
table(
    "sammanfogade-celler-fylls.xlsx",
    row("HEMLIGT-3"),
    row("HEMLIGT-4"),
    folder="fyll",
    change=lambda sheet: sheet.merge_cells("E4:E5"),
)
table(
    "sammanfogade-celler-fylls-inte-at-sidan.xlsx",
    row("HEMLIGT-3"),
    folder="fyll",
    change=lambda sheet: sheet.merge_cells("H4:I4"),
)
table("formler-ut.xlsx", row("HEMLIGT-3"), change=lambda sheet: setattr(sheet["I1"], "value", "+cmd|' /C calc'!A0"))
table("dold-kolumn-och-dold-rad.xlsx", row("HEMLIGT-3", före="HEMLIGT"),
      change=lambda sheet: (setattr(sheet.row_dimensions[4], "hidden", True), setattr(sheet.column_dimensions["H"], "hidden", True)))  # fmt: skip


@fault("arenden/dimensionsbomb-sista-raden.xlsx")
def _(path: Path) -> None:
    changed(path, "</sheetData>", b'<row r="1048576"><c r="A1048576"><v>987654</v></c></row>' + b"</sheetData>")


@fault("arenden/dimensionsbomb-sista-kolumnen.xlsx")
def _(path: Path) -> None:
    changed(path, "</sheetData>", b'<row r="4"><c r="XFD4"><v>987654</v></c></row>' + b"</sheetData>")


@fault("arenden/dimensionsbomb-bara-angiven.xlsx")
def _(path: Path) -> None:
    small.edit(
        small.xlsx(path, GOOD, HEADINGS), SHEET,
        lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part),
    )  # fmt: skip


@fault("arenden/zipbomb.xlsx")
def _(path: Path) -> None:
    changed(path, "</sheetData>", b" " * 60_000_000 + b"</sheetData>")


@fault("arenden/zipbomb-400000-ganger-rad-1.xlsx")
def _(path: Path) -> None:
    changed(path, "</sheetData>", b'<row r="1"><c r="A1"><v>987654</v></c></row>' * 400_000 + b"</sheetData>")


@fault("arenden/rad-tva-ganger.xlsx")
def _(path: Path) -> None:
    changed(path, "</sheetData>", b'<row r="2"><c r="A2"><v>987654</v></c></row>' + b"</sheetData>")


@fault("arenden/entitetsbomb.xlsx")
def _(path: Path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "HEMLIGT"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    changed(path, "<worksheet", bomb)


@fault("arenden/extern-entitet.xlsx")
def _(path: Path) -> None:
    outside = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    changed(path, "<worksheet", outside)


@fault("arenden/trasigt-tal-i-cell.xlsx")
def _(path: Path) -> None:
    changed(path, "<v>7.5</v>", "<v>7.5HEMLIGT987654</v>")


@fault("arenden/text-som-inte-finns.xlsx")
def _(path: Path) -> None:
    """A cell that points to a text the workbook does not have."""
    changed(path, "</sheetData>", b'<row r="4"><c r="A4" t="s"><v>987654</v></c></row>' + b"</sheetData>")


@fault("arenden/avhuggen.xlsx")
def _(path: Path) -> None:
    small.xlsx(path, GOOD, HEADINGS)
    path.write_bytes(path.read_bytes()[:-900])


@fault("arenden/losenordsskyddad.xlsx")
def _(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"HEMLIGT987654" * 50)


@fault("arenden/gammalt-excel.xls")
def _(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"HEMLIGT987654" * 50)


@fault("arenden/textfil-som-heter-xlsx.xlsx")
def _(path: Path) -> None:
    small.text(path, GOOD, HEADINGS)


@fault("arenden/arbetsbok-som-heter-csv.csv")
def _(path: Path) -> None:
    small.xlsx(path.with_suffix(".xlsx"), GOOD, HEADINGS).rename(path)


@fault("arenden/zip-utan-arbetsbok.xlsx")
def _(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../HEMLIGT.txt", "987654")


@fault("arenden/sokvag-ut-ur-arkivet.xlsx")
def _(path: Path) -> None:
    """A part whose name leads out of the archive; nothing is unpacked to disk, so it leads nowhere."""
    small.xlsx(path, GOOD, HEADINGS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../HEMLIGT.txt", "987654")


@fault("blad/bladet-finns-inte.xlsx")
def _(path: Path) -> None:
    small.xlsx(path, GOOD, HEADINGS)


@fault("blad/bladet-heter-nastan-sa.xlsx")
def _(path: Path) -> None:
    small.xlsx(path, [], ["HEMLIGT"], **{"Data ": [HEADINGS, *GOOD]})


QUESTIONS = ["Id", "Start time", "Completion time", "Email", "Name", "Ditt kodnummer", "När fyller du i?", "Hur många poäng?",
             "Vilket stöd fick du?"]  # fmt: skip


def answers(code: str, **changes: Any) -> list[Any]:
    """What Microsoft Forms exports for one person."""
    values = {
        "id": 1, "begun": dt.datetime(2024, 3, 1, 10, 0), "done": dt.datetime(2024, 3, 1, 10, 7), "email": "hemligt@example.org",
        "name": "HEMLIGT 987654", "code": code, "when": "Första gången", "points": 20, "support": "Samtal",
    }  # fmt: skip
    return list((values | changes).values())


@fault("ms-forms/forms-export.xlsx")
def _(path: Path) -> None:
    small.xlsx(path, [answers("HEMLIGT-1"), answers("HEMLIGT-2", points=7)], QUESTIONS)


@fault("ms-forms/forms-andrad-fragetext.xlsx")
def _(path: Path) -> None:
    small.xlsx(
        path,
        [answers("HEMLIGT-1")],
        [text.replace("Hur många poäng?", "Hur många poäng fick du?") for text in QUESTIONS],
    )


@fault("ms-forms/forms-fler-personuppgifter.xlsx")
def _(path: Path) -> None:
    small.xlsx(path, [[*answers("HEMLIGT-1"), "HEMLIGT"]], [*QUESTIONS, "Vad heter du?"])


@fault("ms-forms/forms-flerval-med-semikolon.xlsx")
def _(path: Path) -> None:
    small.xlsx(
        path, [answers("HEMLIGT-1", support="Samtal;Inget;"), answers("HEMLIGT-2", support="HEMLIGT;")], QUESTIONS
    )


def spss(name: str, codes: list[float], **about: Any) -> None:
    """An SPSS file of the unit in `spss`: number, occasion, day and score."""

    def make(path: Path) -> None:
        import pandas as pd
        import pyreadstat

        days = [dt.date(2024, 3, 1)] * len(codes)
        frame = pd.DataFrame({
            "nr": [f"HEMLIGT-{place}" for place in range(len(codes))], "tillfalle": [1.0] * len(codes), "dag": days, "core": codes,
            "lage": [1.0] * len(codes),
        })  # fmt: skip
        told = {
            "variable_value_labels": {"tillfalle": {1.0: "Före", 2.0: "Efter"}, "lage": {1.0: "Bra", 0.0: "Dåligt"}}
        }
        for key, value in about.items():
            told[key] = {**told.get(key, {}), **value}
        pyreadstat.write_sav(frame, path, **told)

    BUILT[f"spss/{name}"] = make


spss("etiketter-och-koder.sav", [20.0, 7.5])
spss("saknadkod-forklarad-i-spss.sav", [20.0, 99.0], missing_ranges={"core": [99.0]})
spss("saknadkod-som-enhetsfilen-inte-namner.sav", [20.0, 98.0], missing_ranges={"core": [98.0]})
spss("saknadkod-som-ingen-forklarat.sav", [20.0, 97.0])
spss("saknadspann-mitt-i-skalan.sav", [20.0, 7.5, 30.0], missing_ranges={"core": [{"lo": 25.0, "hi": 40.0}]})
spss("etikett-ar-ett-annat-tal.sav", [20.0, 7.5], variable_value_labels={"core": {20.0: "21"}})
spss("etikett-i-talkolumn.sav", [20.0, 7.5], variable_value_labels={"core": {20.0: "HEMLIGT"}})


@fault("spss/avhuggen.sav")
def _(path: Path) -> None:
    BUILT["spss/etiketter-och-koder.sav"](path)
    path.write_bytes(path.read_bytes()[:-120])


@fault("spss/textfil-som-heter-sav.sav")
def _(path: Path) -> None:
    path.write_bytes(b"nr;core\nHEMLIGT;987654\n")


@fault("spss/bara-huvudet.sav")
def _(path: Path) -> None:
    path.write_bytes(b"$FL2@(#) HEMLIGT 987654" + b"\xff" * 400)
