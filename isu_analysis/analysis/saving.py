"""Tables for other programs: R and Excel (csv), SPSS (sav)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Protocol

import pandas as pd

from isu_analysis import files
from isu_analysis.errors import DataError

_LONGEST_NAME = 64  # characters of a variable in SPSS
_DECIMAL = {"sep": ";", "decimal": ","}  # as Swedish Excel and R's read.csv2 expect


class Tabular(Protocol):
    """Anything of ours that can be a table."""

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        ...


def save_table(table: pd.DataFrame | Tabular, path: str | Path) -> None:
    """Save a table for another program.

    Parameters
    ----------
    table : DataFrame, or a result with ``to_frame``
        Such as `analyse` and the statistics give. A meaningful index becomes columns.
    path : str or Path
        Its ending says for which: ``.csv`` (semicolons and decimal commas, UTF-8 with a mark: Excel opens it, R reads it
        by ``read.csv2``) or ``.sav`` (SPSS; the columns' own names are the labels). Missing values are empty, or
        system-missing.

    Raises
    ------
    DataError
        The ending is another, or two columns would get one name in SPSS.

    Notes
    -----
    Nothing is hidden: what is saved is not for publication.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import isu_analysis as isu
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     isu.save_table(isu.share(9, 14), Path(folder) / "share.csv")
    ...     print(Path(folder, "share.csv").read_text(encoding="utf-8-sig").splitlines()[0])
    n;of;share;low;high;level
    """
    target = Path(path)
    frame: pd.DataFrame = table if isinstance(table, pd.DataFrame) else table.to_frame()
    named = not isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None
    frame = (frame.reset_index() if named else frame).rename(columns=str)
    if target.suffix.lower() == ".csv":
        files.write(target, frame.map(_in_words).to_csv(index=False, **_DECIMAL).encode("utf-8-sig"))
    elif target.suffix.lower() == ".sav":
        files.write(target, _sav(frame))
    else:
        raise DataError(f"{target.name}: okänt slag av fil. Tillåtna: .csv och .sav.")


def _in_words(value: object) -> object:
    """Several values in a cell become one text."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value


def _sav(frame: pd.DataFrame) -> bytes:
    import pyreadstat

    names = [_variable(str(column)) for column in frame.columns]
    if len({name.lower() for name in names}) < len(names):
        raise DataError(
            "Två kolumner skulle få samma namn i SPSS. Tillåtet: namn som skiljer sig i bokstäver och siffror."
        )
    plain = pd.DataFrame({name: _column(frame[column]) for name, column in zip(names, frame.columns, strict=True)})
    with tempfile.TemporaryDirectory() as folder:  # the writer knows only files
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(plain, path, column_labels=dict(zip(names, map(str, frame.columns), strict=True)))
        return path.read_bytes()


def _variable(column: str) -> str:
    """A name that SPSS takes: letters, figures and underscores, a letter first."""
    name = re.sub(r"\W+", "_", column).strip("_") or "kolumn"
    return (name if name[0].isalpha() else f"v_{name}")[:_LONGEST_NAME]


def _column(values: pd.Series) -> pd.Series:
    """Numbers and dates as they are, yes and no as 1 and 0, anything else as text."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return values.astype(float)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values
    return values.map(_in_words).map(str, na_action="ignore").astype(object).where(values.notna(), "")
