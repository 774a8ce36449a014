"""From an executed notebook to the sections of one report, and only those."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from isu_analysis.errors import DisclosureError, ReportError
from isu_analysis.presentation.sealed import MIME_TYPE, Heading, Section, from_json

EXCEPTION_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")


def sections_of(notebook: Any) -> tuple[Section, ...]:
    """Return the sealed sections of a notebook in order; everything else in it is left out.

    Raises
    ------
    ReportError
        If a cell ended with an error, or the sections do not make one report.
    DisclosureError
        If no output is sealed, or the sealed ones come from more than one protected report.
    """
    sections = tuple(from_json(values) for values in _sealed_outputs(notebook))
    if not sections:
        raise DisclosureError("Anteckningsboken visar inget avsnitt som har passerat sekretesskontrollen.")
    if len({section.seal for section in sections}) > 1:
        raise DisclosureError("Avsnitten har olika sigill: de kommer inte från samma skyddade rapport.")
    if len({section.document for section in sections}) > 1:
        raise DisclosureError("Avsnitten anger olika dokument (titel, enhet, år, datum eller märkning).")
    _refuse_repeats(sections)
    _refuse_skipped_levels(sections)
    return sections


def _sealed_outputs(notebook: Any) -> Iterator[Any]:
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error":
                kind = _class_name(output)
                raise ReportError(f"Cell {number} slutade med ett fel ({kind}). Ingen rapport skrivs.")
            if MIME_TYPE in output.get("data", {}):
                yield output["data"][MIME_TYPE]


def _class_name(output: Any) -> str:
    """Return the exception's class; anything else in that place could be a value."""
    name = str(output.get("ename", ""))
    return name if EXCEPTION_CLASS.fullmatch(name) else "okänt"


def _refuse_repeats(sections: tuple[Section, ...]) -> None:
    seen: set[str] = set()
    for section in sections:
        if section.key in seen:
            raise ReportError(f"Avsnittet ’{section.key}’ visas två gånger i anteckningsboken.")
        seen.add(section.key)


def _refuse_skipped_levels(sections: tuple[Section, ...]) -> None:
    level = 1
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Heading):
                if block.level > level + 1:
                    raise ReportError(f"Avsnittet ’{section.key}’ har en underrubrik utan rubrik ovanför.")
                level = block.level
