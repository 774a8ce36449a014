"""The sheet of a fill-in workbook that tells how to fill it in, and where the file shall be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from isu_analysis.settings import Source, Unit
from isu_analysis.sketching.fields import Field
from isu_analysis.sketching.validation import allowed

_A_ROW = {"episode": "ärende", "form": "ifylld blankett", "measurement": "mätning"}
_HEADINGS = ("Blad", "Kolumn", "Vad den betyder", "Krävs", "Vad som får stå", "Vad en tom cell betyder")


def instruction_rows(
    unit: Unit, source: Source, pages: Iterable[tuple[str, str, tuple[Field, ...]]]
) -> Iterator[tuple[str, ...]]:
    """Tell everything somebody needs to know who has never seen the unit file.

    Parameters
    ----------
    source : Source
        One of those that read the file; it says what the file is called.
    pages : iterable of (title, what a row is, fields)
    """
    pages = list(pages)
    yield (f"{unit.name}: så fyller du i",)
    for title, rows, _ in pages:
        yield (
            f"Bladet «{title}»: en rad för varje {_A_ROW[rows]}, under rubrikerna. Ändra inte rubrikerna och lägg inte till summarader.",
        )
    yield (
        "Välj ur listan där det finns en. Skriv datum som ÅÅÅÅ-MM-DD. Slå inte ihop celler. Lämna cellen tom när du inte vet.",
    )
    yield from ((line,) for line in _saving(unit, source, pages[0][0]))
    yield (f"Kontrollera sedan filen med kommandot: isu check {unit.key}",)
    yield ()
    yield _HEADINGS
    for title, _, columns in pages:
        for one in columns:
            yield (title, one.heading, one.about, "ja" if one.required else "nej", allowed(one), one.empty)


def _saving(unit: Unit, source: Source, sheet: str) -> Iterator[str]:
    name = source.file.replace("{year}", "ÅÅÅÅ")
    year = ", där ÅÅÅÅ är året som uppgifterna gäller, till exempel 2024" if "{year}" in source.file else ""
    free = " Stjärnan står för valfri text." if "*" in name else ""
    folder = f"data_raw/{unit.key}/"
    kind = Path(source.file).suffix.lower()
    if kind == ".xlsx":
        yield f"Spara arbetsboken som «{name}»{year}, i mappen {folder}{free}"
        return
    as_book = f"{Path(name).stem}.xlsx"
    yield (f"Enhetsfilen väntar en fil som heter «{name}»{year}.{free} Enklast är att byta namnet under «sources › file» i "
           f"enhetsfilen till «{Path(source.file).stem}.xlsx» och spara arbetsboken som «{as_book}» i mappen {folder}")  # fmt: skip
    if kind in {".csv", ".txt"} and source.delimiter == ";" and source.decimal == ",":
        yield (f"Annars: välj bladet «{sheet}», sedan Arkiv › Spara som › «CSV UTF-8 (kommaavgränsad)», och döp filen till «{name}» i "
               f"mappen {folder}. Excel med svenska inställningar skiljer då fälten med semikolon.")  # fmt: skip
    elif kind in {".csv", ".txt"} and source.delimiter == "tab" and source.decimal == ",":
        yield (f"Annars: välj bladet «{sheet}», sedan Arkiv › Spara som › «Text (tabbavgränsad)», och döp om filen till «{name}» i "
               f"mappen {folder}")  # fmt: skip
