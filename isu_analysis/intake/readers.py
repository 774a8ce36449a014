"""Raw files as columns of cells under headings, opened only after a look at what they are.

Columns that the unit file does not name stay outside: what the project does not use it does not read.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from isu_analysis.intake.checks import FAILED_FORMULA, Fault, Grid, Problem, Unreadable, column_letter, of_file
from isu_analysis.intake.columns import Cells, Flags, columns_of
from isu_analysis.intake.textfiles import is_garbled, read_text
from isu_analysis.intake.workbooks import read_workbook
from isu_analysis.settings import Source

SPSS = (".sav", ".zsav")
__all__ = ["Sheet", "Unreadable", "is_sum", "read", "sheet_of"]

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ")  # hard and thin spaces, as in «1 234,5»
_ERROR = re.compile(r"#(N/A|[A-ZÅÄÖ]+(/0)?[!?])")  # what a spreadsheet shows for a formula that failed, in any language
_GARBLED = Fault("å, ä och ö är förvanskade", "exportera uppgifterna igen som UTF-8")
_SUM_ROW = re.compile(
    r"((del|slut|hel)?summa|totalt?|summering|antal|medel(värde|tal)?|snitt|genomsnitt|median)"
    r"([ :.,;=()0-9]|antal|klienter|ärenden|personer|deltagare|familjer|barn|ungdomar|avslutade|nya|enheten|året|för|av)*",
    re.IGNORECASE,
)
_SUM_LETTERS = frozenset("adghmstADGHMST")  # what the words begin with; asked of every distinct cell


@dataclass(frozen=True, repr=False)
class Sheet:
    """Columns of one sheet.

    Attributes
    ----------
    letters : dict of str to str
        Heading to column letter, as the spreadsheet shows it.
    numbers : ndarray of int, shape (rows,)
        Row numbers; blank rows, rows of sums and rows of another length are left out.
    columns : dict of str to Cells
        Cells by heading, of the columns that are read.
    problems : tuple of Problem
        Found while reading; the rows they are about are left out.
    unread : tuple of str
        Headings that neither the unit file nor its ``ignore`` names.
    skipped : int
        Rows passed over as the unit file declares (``skip_rows``).
    sums : tuple of int
        Numbers of the rows that look like sums and are listed as problems.
    encoding : str
        How a text file was read: ``UTF-8`` or ``Windows-1252``; empty for other files.
    others : int
        Further sheets of the workbook that nobody asked for.
    """

    file: str
    name: str
    letters: dict[str, str]
    numbers: npt.NDArray[np.int64]
    columns: dict[str, Cells]
    problems: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()
    skipped: int = 0
    sums: tuple[int, ...] = ()
    encoding: str = ""
    others: int = 0

    @cached_property
    def rows(self) -> tuple[tuple[int, dict[str, Any]], ...]:
        """Row number and cells by heading, for a look at a file nobody has described yet."""
        listed = [cells.listed() for cells in self.columns.values()]
        numbers = self.numbers.tolist()
        return tuple(
            (n, dict(zip(self.columns, row, strict=True)))
            for n, row in zip(numbers, zip(*listed, strict=True), strict=True)
        )

    def column(self, heading: str) -> str:
        """Column as the spreadsheet user knows it: letter and heading; SPSS has no letters."""
        if self.letters.get(heading) == heading:
            return " ".join(heading.split())
        return f"{self.letters.get(heading, '?')} ({' '.join(heading.split())})"

    def problem(self, row: int, heading: str, what: str, allowed: str = "") -> Problem:
        """Build a problem at a cell of this sheet."""
        return Problem(self.file, self.name, int(row), self.column(heading) if heading else "", what, allowed)

    def __repr__(self) -> str:
        return f"Sheet({self.file!r}, {len(self.numbers)} rows)"


Reader = Callable[[Path, Source], Grid]


def read(path: Path, source: Source, wanted: Sequence[str] | None = None) -> Sheet:
    """Read the sheet that a source describes.

    Parameters
    ----------
    wanted : sequence of str, optional
        Headings that must be there; no others are kept. By default those that the source itself names, and every
        other column is kept as well.

    Raises
    ------
    Unreadable
        The file is not what its name says, too large, empty, or lacks its headings.
    """
    reader = _reader(path)
    if reader is None:
        raise of_file(path, "filslaget kan inte läsas", ".xlsx, .csv eller .sav")
    try:
        return sheet_of(path, reader(path, source), source, wanted)
    except OSError:
        raise of_file(path, "filen kan inte öppnas", "stäng den i andra program och kör igen") from None


def _reader(path: Path) -> Reader | None:
    readers: dict[str, Reader] = {
        ".xlsx": _read_xlsx, ".xlsm": _read_xlsx, ".csv": read_text, ".txt": read_text, ".sav": _read_sav,
        ".zsav": _read_sav,
    }  # fmt: skip
    return readers.get(path.suffix.lower())


def _read_xlsx(path: Path, source: Source) -> Grid:
    """A great workbook is read in a process of its own, with memory and time that end."""
    from isu_analysis.intake.guarded import guarded, is_large

    return guarded(read_workbook, path, source) if is_large(path) else read_workbook(path, source)


def _read_sav(path: Path, source: Source) -> Grid:
    from isu_analysis.intake.guarded import guarded
    from isu_analysis.intake.spss import read_sav

    return guarded(read_sav, path, source)


def sheet_of(path: Path, grid: Grid, source: Source, wanted: Sequence[str] | None = None) -> Sheet:
    """Find the headings of a grid, check them, and keep the columns that are wanted."""
    rows = iter(grid.rows)
    above = list(islice(rows, source.header_row))
    if len(above) < source.header_row:
        raise of_file(path, "filen är tom", f"rubriker på rad {source.header_row}", sheet=grid.name)
    headings = [_heading(cell) for cell in above[-1]]
    if not any(headings):
        raise of_file(path, "rubrikraden är tom", "en rubrik i varje kolumn", source.header_row, grid.name)
    needed = source.columns({}) if wanted is None else tuple(wanted)
    wrong = list(_wrong_headings(path, grid.name, headings, source, needed))
    if wrong:
        raise Unreadable(*wrong, *(grid.problems if set(headings) & set(needed) else ()))
    is_spss = path.suffix.lower() in SPSS
    letters = {heading: heading if is_spss else column_letter(i) for i, heading in enumerate(headings) if heading}
    body = _Body(path, grid, source, len(headings), rows)
    kept = body.kept()
    keep = letters if wanted is None else needed
    columns = {heading: body.columns[headings.index(heading)].where(kept) for heading in keep}
    unread = tuple(heading for heading in letters if heading not in {*needed, *source.ignore})
    problems = (*grid.problems, *body.problems)
    numbers = body.numbers[kept] - is_spss  # SPSS counts cases, and its names stand above the first
    return Sheet(
        path.name,
        grid.name,
        letters,
        numbers,
        columns,
        problems,
        unread,
        body.skipped,
        body.sums,
        grid.encoding,
        grid.others,
    )


class _Body:
    """What stands below the headings: columns of clean cells, and which rows are people."""

    def __init__(self, path: Path, grid: Grid, source: Source, width: int, rows: Iterator[Sequence[Any]]) -> None:
        self.problems: list[Problem] = []
        self.skipped = 0
        self.sums: tuple[int, ...] = ()
        self._path, self._sheet, self._source, self._width = path, grid.name, source, width
        self._numbers: list[int] = []
        raw = grid.columns if grid.columns is not None else columns_of(self._of_equal_length(rows), width)
        self.columns = [Cells([_blank(cell) for cell in column.values], column.codes) for column in raw]
        first = source.header_row + 1
        count = len(self.columns[0].codes) if self.columns else 0
        self.numbers = (
            np.arange(first, first + count) if grid.columns is not None else np.array(self._numbers, dtype=int)
        )

    def _of_equal_length(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Rows as long as the headings; others are listed and left out: nobody knows which cell went missing."""
        for number, row in enumerate(rows, start=self._source.header_row + 1):
            if len(row) == self._width:
                self._numbers.append(number)
                yield row
            elif any(_blank(cell) is not None for cell in row):
                what = f"raden har {len(row)} fält men rubrikraden {self._width}"
                allowed = "lika många fält på varje rad; kontrollera skiljetecknet"
                self.problems.append(Problem(self._path.name, self._sheet, number, "", what, allowed))

    def kept(self) -> Flags:
        """Rows that are not blank and hold no sums."""
        rows = len(self.numbers)
        empty_so_far = np.ones(rows, dtype=bool)
        sums, skip = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        for column in self.columns:
            if not empty_so_far.any():
                break
            first = empty_so_far & column.filled()
            if self._source.skip_rows:
                skip |= first & column.flags([cell in self._source.skip_rows for cell in column.values])
            sums |= first & column.flags(list(map(is_sum, column.values)))
            empty_so_far &= ~first
        sums &= ~skip
        self.skipped, self.sums = int(skip.sum()), tuple(self.numbers[sums].tolist())
        self.problems += [
            Problem(self._path.name, self._sheet, number, "", "raden ser ut som en summarad",
                    "en rad för varje ärende; nämn summan under «skip_rows» i enhetsfilen; råfilen ändras inte")
            for number in self.sums
        ]  # fmt: skip
        return ~(empty_so_far | sums | skip)


def is_sum(first: Any) -> bool:
    """Tell whether the first cell of a row says that the row holds sums."""
    return isinstance(first, str) and first[:1] in _SUM_LETTERS and bool(_SUM_ROW.fullmatch(first))


def _wrong_headings(
    path: Path, sheet: str, headings: list[str], source: Source, needed: Sequence[str]
) -> Iterator[Problem]:
    for heading in needed:
        if headings.count(heading) > 1:
            letters = ", ".join(column_letter(i) for i, other in enumerate(headings) if other == heading)
            yield Problem(path.name, sheet, source.header_row, letters, f"rubriken «{heading}» står i flera kolumner",
                          "varje rubrik en gång")  # fmt: skip
    missing = [heading for heading in needed if heading not in headings]
    if len(missing) == len(needed) and missing:
        # Perhaps no headings at all but a person's row, so nothing of it is quoted.
        yield Problem(path.name, sheet, source.header_row, "", "ingen av enhetsfilens rubriker står på raden",
                      "rubrikerna i enhetsfilen; kontrollera «header_row» och skiljetecknet")  # fmt: skip
    elif missing:
        found = sorted({heading for heading in headings if heading} - set(needed))
        for heading in missing:
            # Only a heading that resembles the missing one is told: any other may name a person.
            like = difflib.get_close_matches(heading, found, 1)
            hint = f" I filen finns «{like[0]}»" if like else " Ingen rubrik i filen liknar den"
            yield Problem(path.name, sheet, source.header_row, "", f"kolumnen «{heading}» saknas",
                          f"rubrikerna i enhetsfilen.{hint}")  # fmt: skip


def _heading(cell: Any) -> str:
    cell = _blank(cell)
    return "" if cell is None or isinstance(cell, Fault) else str(cell)


def _blank(cell: Any) -> Any:
    """Text without space around it, with plain spaces and composed letters; None if nothing is left.

    A text file holds what the spreadsheet showed, also where it showed an error.
    """
    if isinstance(cell, str) and not (cell.isascii() and cell.strip() == cell != ""):
        plain = unicodedata.normalize("NFC", cell).translate(_SPACES).strip()
        cell = plain if plain != cell else cell  # a cell that carries more than its text (an SPSS label) keeps it
    if isinstance(cell, str) and not cell.isascii() and is_garbled(cell):
        return _GARBLED
    if isinstance(cell, str) and cell[:1] == "#" and _ERROR.fullmatch(cell):
        return FAILED_FORMULA
    return None if cell == "" else cell
