"""What may be shown: sections made of blocks, sealed with their protected report's fingerprint.

The exporters print sealed sections and nothing else: a stray frame in a notebook never reaches a reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from isu_analysis.errors import DisclosureError, ReportError
from isu_analysis.presentation.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Notes,
    PageBreak,
    Paragraph,
    Table,
    TwoColumns,
)
from isu_analysis.presentation.checked import Checked, from_mapping, to_mapping
from isu_analysis.presentation.html import notebook_fragment

__all__ = [
    "MIME_TYPE",
    "Block",
    "Bullets",
    "Callout",
    "Column",
    "Document",
    "Figure",
    "Heading",
    "KeyFigure",
    "KeyFigures",
    "Notes",
    "PageBreak",
    "Paragraph",
    "Quote",
    "Section",
    "Table",
    "TwoColumns",
    "from_json",
    "to_json",
]

MIME_TYPE = "application/vnd.isu.section+json"
VERSION = 3
SEAL = re.compile(r"[0-9a-f]{16,128}")
# A key is named in messages, so it must be a word of ours and can never be a value from the data.
KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
PARTS = frozenset({"version", "seal", "document", "key", "blocks", "quotes"})


@dataclass(frozen=True)
class Quote(Checked):
    """A figure of the report that a decision can be about; it is offered in ``beslut.xlsx`` and shown nowhere else."""

    id: str
    label: str
    value: str


@dataclass(frozen=True, repr=False)
class Section(Checked):
    """One section of a report, as it is shown in a notebook, in PDF and in HTML.

    Attributes
    ----------
    document : Document
        The report that the section belongs to.
    key : str
        Name of the section: lower-case letters, digits, "-" and "_".
    blocks : tuple of Block
        Its content in reading order.
    seal : str
        Fingerprint of the protected report, 16 to 128 hexadecimal digits.
    quotes : tuple of Quote
        Of the section for the meeting, inside the service: the figures that can be decided about.
    """

    document: Document
    key: str
    blocks: tuple[Block, ...]
    seal: str
    quotes: tuple[Quote, ...] = ()

    def check(self) -> None:
        """Refuse a section without a seal, a proper key or content."""
        if not SEAL.fullmatch(self.seal):
            raise DisclosureError("Avsnittet saknar sigill: det har inte passerat sekretesskontrollen.")
        if not KEY.fullmatch(self.key):
            raise ReportError("Ett avsnitts nyckel ska bestå av små bokstäver a-z, siffror, ’-’ och ’_’.")
        self.require("blocks")

    def __repr__(self) -> str:
        return f"<avsnittet ’{self.key}’: visas i JupyterLab, PDF och HTML>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {
            MIME_TYPE: to_json(self),
            "text/html": notebook_fragment(self.blocks, self.document.language),
            "text/plain": repr(self),
        }


def to_json(section: Section) -> dict[str, Any]:
    """Return `section` as plain JSON values.

    See Also
    --------
    from_json : the way back, which trusts nothing.
    """
    return {
        "version": VERSION,
        "seal": section.seal,
        "document": to_mapping(section.document),
        "key": section.key,
        "blocks": to_mapping(section.blocks),
        "quotes": to_mapping(section.quotes),
    }


def from_json(values: Mapping[str, Any]) -> Section:
    """Return the section that `values` describes.

    Raises
    ------
    DisclosureError
        If anything is missing, unknown or of the wrong type. The message says which block, never its content.
    """
    if not isinstance(values, Mapping) or not isinstance(values.get("seal"), str):
        raise DisclosureError("Ett avsnitt saknar sigill: det har inte passerat sekretesskontrollen.")
    if values.keys() != PARTS or values["version"] != VERSION or not _are_lists(values):
        raise DisclosureError("Ett avsnitt har fel form. Kör om anteckningsboken med den här versionen.")
    document = _read("Dokumentets uppgifter", values["document"], (Document,))
    blocks = [
        _read(f"Block {number}", block, get_args(Block)) for number, block in enumerate(values["blocks"], start=1)
    ]
    quotes = [_read("Ett tal att besluta om", quote, (Quote,)) for quote in values["quotes"]]
    return _section(document, values["key"], blocks, values["seal"], quotes)


def _read(where: str, values: object, kinds: tuple[type[Any], ...]) -> Any:
    if not isinstance(values, Mapping):
        raise DisclosureError(f"{where} i ett avsnitt har fel form.")
    try:
        return from_mapping(values, kinds)
    except ReportError as problem:
        raise DisclosureError(f"{where} i ett avsnitt går inte att läsa: {problem}") from None


def _are_lists(values: Mapping[str, Any]) -> bool:
    return isinstance(values["blocks"], list) and isinstance(values["quotes"], list)


def _section(document: Document, key: str, blocks: Sequence[Block], seal: str, quotes: Sequence[Quote]) -> Section:
    try:
        return Section(document, key, tuple(blocks), seal, tuple(quotes))
    except ReportError as problem:
        raise DisclosureError(f"Ett avsnitt går inte att läsa: {problem}") from None
