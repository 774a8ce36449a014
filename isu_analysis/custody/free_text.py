"""Which stored columns hold texts that people have typed, and whether such a text names somebody by a number."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from isu_analysis.errors import DataError
from isu_analysis.intake.identities import names_somebody
from isu_analysis.intake.store import Processed
from isu_analysis.settings import Column, Source, Unit

_PSEUDONYMS = {"episode", "client", "worker", "group"}
_LABELS = {
    "intervention": "insats",
    "reason": "orsak",
    "team": "team",
    "ending": "avslut",
    "service_form": "serviceform",
}
_NEEDS = "behov"


def free_texts(unit: Unit, processed: Processed) -> dict[str, frozenset[str]]:
    """Distinct texts of each stored column that the unit file does not itself list.

    Parameters
    ----------
    unit : Unit
        What its ``values`` make of a column is no free text.
    processed : Processed
        Columns of pseudonyms, numbers and dates are left out, and so are the measurements' codes; the names of needs
        are looked at, since they are shown as they were written.

    Returns
    -------
    dict of str to frozenset
        By the column's name in Swedish (a background column by its label); only columns that have any.
    """
    background = {name: column.label for source in unit.sources for name, column in source.background.items()}
    found = {}
    for name in processed.episodes.columns:
        texts = frozenset(_texts(processed.episodes[name])) - _declared(unit, name)
        if texts and name not in _PSEUDONYMS:
            label = _LABELS.get(name) or background.get(name, name)
            found[f"{label} ({name})" if label in found else label] = texts
    needs = _needs(unit, processed.measurements)
    return found | ({_NEEDS: needs} if needs else {})


def refuse_identities(unit: Unit, texts: dict[str, frozenset[str]]) -> None:
    """Refuse texts that look like a person's number or an e-mail address; the message names columns only.

    Raises
    ------
    DataError
    """
    columns = [f"«{label}»" for label, found in texts.items() if any(map(names_somebody, found))]
    if columns:
        raise DataError(
            f"{unit.name}: text som ser ut som ett personnummer eller en e-postadress står i {', '.join(columns)}. "
            "Inget är packat. Rätta råfilerna och läs in igen."
        )


def _texts(column: pd.Series) -> Iterator[str]:
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)):
        yield from (text for text in map(str, column.dropna().unique()) if text)


def _declared(unit: Unit, name: str) -> set[str]:
    columns = (_column(source, name) for source in unit.sources)
    return {code for column in columns if column for code in column.values.values()}


def _column(source: Source, name: str) -> Column | None:
    found = source.background.get(name) or (getattr(source, name) if name in _LABELS else None)
    return found if isinstance(found, Column) else None


def _needs(unit: Unit, rows: pd.DataFrame) -> frozenset[str]:
    """Needs that a file names and not the unit file; what a measure unknown by now is of, nobody can say."""
    named = {column.item for source in unit.sources for column in source.measurements}
    hidden = [name for name, measure in unit.used_measures.items() if measure.kind != "need"]
    return frozenset(_texts(rows.loc[~rows["measure"].isin(hidden), "item"])) - named
