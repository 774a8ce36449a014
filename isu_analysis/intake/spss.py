"""An SPSS file as columns of cells: labels and codes both kept, and no missing value taken for an answer."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from isu_analysis.intake.archives import MAX_COLUMNS, MAX_LINES, too_large
from isu_analysis.intake.checks import Fault, Grid, Unreadable, of_file
from isu_analysis.intake.columns import Cells, columns_of
from isu_analysis.settings import Source

_EPOCH = dt.datetime(1582, 10, 14)  # SPSS counts seconds from the first day of the Gregorian calendar
_DATES = re.compile(r"(A|E|J|S)?DATE\d*|QYR\d*|MOYR\d*|WKYR\d*")
_MOMENTS = re.compile(r"(DATETIME|YMDHMS)[\d.]*")
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_HARD_SPACES = re.compile("[\u00a0\u202f\u2009\u2007]")
_ROWS_AT_A_TIME = 250_000  # the library makes an object of every cell; so many at a time fit in the memory
_FALLBACK = "WINDOWS-1252"  # Swedish SPSS files from before Unicode, where the file itself says nothing or wrong

_NO_DATE = Fault("talet är inget datum, fast variabeln är ett datum", "ett datum, eller tomt")
_TWO_NUMBERS = Fault(
    "etiketten är ett annat tal än koden", "etiketter i ord, eller samma tal som koden; rätta dem i SPSS"
)

Code = int | float | str


class Labelled(str):
    """A cell of an SPSS file that stands for more than its text.

    As text it is the label, so that it is looked up and compared as any other; two cells with the same label and
    different codes are different.

    Attributes
    ----------
    code : int, float or str
        The value behind the label, as stored.
    missing : bool
        SPSS declares the value as missing. It is no number and no answer, whatever its code; only a unit file's
        ``missing`` can say what it means. Without a label its text says so too and can never be read as a number.
    """

    __slots__ = ("code", "missing")
    code: Code
    missing: bool

    def __new__(cls, label: str, code: Code, missing: bool = False) -> Labelled:
        """Make a cell of a label and its code."""
        cell = super().__new__(cls, label)
        cell.code, cell.missing = code, missing
        return cell

    @property
    def spellings(self) -> tuple[str, str]:
        """What a unit file may call it: the label first, then the code."""
        return str(self), str(self.code)

    def __eq__(self, other: object) -> bool:
        same = str.__eq__(self, other)
        return (
            same and (self.code, self.missing) == (other.code, other.missing) if isinstance(other, Labelled) else same
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__: ClassVar[Callable[..., int]] = str.__hash__

    def __getnewargs__(self) -> tuple[str, Code, bool]:  # type: ignore[override]
        return str(self), self.code, self.missing

    def __reduce_ex__(self, protocol: Any) -> Any:
        return Labelled, self.__getnewargs__()


def read_sav(path: Path, source: Source) -> Grid:
    """Read an SPSS file: variable names as headings, labels for the values that have them.

    Parameters
    ----------
    source : Source
        Not needed: an SPSS file says itself how it is written.

    Returns
    -------
    Grid
        By column. System-missing values are None, values declared as missing are `Labelled`, dates are dates.

    Raises
    ------
    Unreadable
        Not an SPSS file, damaged, or too large.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head not in {b"$FL2", b"$FL3"}:
        raise of_file(path, "filen är tom" if not head else "filen är inte en SPSS-fil, fast namnet säger det", ".sav")
    failed = of_file(path, "SPSS-filen är skadad och kan inte läsas", "exportera filen igen")
    try:
        return _grid(path, None)
    except (Unreadable, OSError, ModuleNotFoundError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - the library's errors are many, and may quote the file
        pass
    try:
        return _grid(path, _FALLBACK)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001
        raise failed from None


def _grid(path: Path, encoding: str | None) -> Grid:
    import pyreadstat

    def part(**more: Any) -> tuple[dict[str, list[Any]], Any]:
        found: tuple[dict[str, list[Any]], Any] = pyreadstat.read_sav(
            path, user_missing=True, output_format="dict", disable_datetime_conversion=True, encoding=encoding, **more
        )
        return found

    about = part(metadataonly=True)[1]
    names = list(about.column_names)
    if len(names) > MAX_COLUMNS or (about.number_rows or 0) > MAX_LINES:
        raise too_large(path, MAX_LINES)
    raw = columns_of(_rows(path, part), len(names))
    if raw and about.number_rows is not None and len(raw[0].codes) < about.number_rows:
        raise ValueError  # cut off between two rows
    columns = [_cells(name, cells, about) for name, cells in zip(names, raw, strict=True)]
    return Grid("", [names], (), columns)


def _rows(path: Path, part: Callable[..., tuple[dict[str, list[Any]], Any]]) -> Iterator[Sequence[Any]]:
    """Rows a part at a time; a file may hold more than it says, or not say how many."""
    read, last = 0, _ROWS_AT_A_TIME
    while last == _ROWS_AT_A_TIME:
        columns, _ = part(row_offset=read, row_limit=_ROWS_AT_A_TIME)
        last = len(next(iter(columns.values()), []))
        read += last
        if read > MAX_LINES:
            raise too_large(path, MAX_LINES)
        yield from zip(*columns.values(), strict=True)


def _cells(name: str, raw: Cells, about: Any) -> Cells:
    """A column's distinct values as cells."""
    labels = {_plain(code): _tidy(label) for code, label in (about.variable_value_labels.get(name) or {}).items()}
    spans = about.missing_ranges.get(name) or []
    form = str(about.original_variable_types.get(name) or "")
    return Cells([_cell(_plain(value), labels, spans, form) for value in raw.values], raw.codes)


def _cell(value: Any, labels: dict[Code, str], spans: list[dict[str, Any]], form: str) -> Any:
    if value is None or value == "":
        return None
    label = labels.get(value, "")
    if any(_within(value, span) for span in spans):
        return Labelled(label or f"{value} (förklarat som saknat i SPSS)", value, missing=True)
    if label:
        return _labelled(label, value)
    if _DATES.fullmatch(form):
        return _moment(value, whole_day=True)
    return _moment(value, whole_day=False) if _MOMENTS.fullmatch(form) else value


def _labelled(label: str, value: Code) -> Any:
    """The label with its code; where the label is a number there must be no doubt which number is meant."""
    if not _NUMBER.fullmatch(label) or isinstance(value, str):
        return Labelled(label, value)
    return value if float(label.replace(",", ".")) == value else _TWO_NUMBERS


def _within(value: Code, span: dict[str, Any]) -> bool:
    low, high = span["lo"], span["hi"]
    return isinstance(value, str) == isinstance(low, str) and low <= value <= high


def _moment(value: Any, *, whole_day: bool) -> Any:
    try:
        moment = _EPOCH + dt.timedelta(seconds=value)
    except (OverflowError, TypeError, ValueError):
        return _NO_DATE
    return moment.date() if whole_day else moment


def _plain(value: Any) -> Any:
    """A number without decimals as a whole number, and a text without the spaces that SPSS fills up with."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _tidy(value) if isinstance(value, str) else value


def _tidy(text: str) -> str:
    return _HARD_SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
