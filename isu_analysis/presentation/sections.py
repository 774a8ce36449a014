"""Show: a section of a protected report, sealed, ready for JupyterLab, PDF and HTML."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.disclosure.gate import Report
from isu_analysis.errors import DisclosureError, SettingsError
from isu_analysis.presentation import limits, method, outcomes, page_one, trust, who
from isu_analysis.presentation.blocks import Block, Document, PageBreak
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.sealed import Section
from isu_analysis.presentation.wording import Wording, phrase

_SECTIONS: dict[str, Callable[[Reader], list[Block]]] = {
    "first_page": page_one.blocks,
    "who": who.blocks,
    "trust": trust.blocks,
    "results": outcomes.blocks,
    "limits": limits.blocks,
    "method": method.blocks,
}
SECTIONS = tuple(_SECTIONS)


def show(report: Report, section: str, language: str = "sv") -> Section | None:
    """Make one section of a report.

    Parameters
    ----------
    report : Report
        From `protect`; anything else is refused.
    section : str
        One of `SECTIONS`.
    language : {"sv", "en"}
        Language of the text.

    Returns
    -------
    Section or None
        None where the report has nothing to say under that heading (a refusal is one page).

    Raises
    ------
    DisclosureError
        `report` has not passed the gate.
    SettingsError
        Unknown section or language.
    """
    if not isinstance(report, Report):
        raise DisclosureError("Bara en skyddad rapport kan visas. Kör protect först: compute, protect, show.")
    if section not in _SECTIONS:
        raise SettingsError(f"Okänt avsnitt «{section}». Tillåtna: {', '.join(_SECTIONS)}.")
    read = Reader(report, Wording(language))
    if section != "first_page" and page_one.refused(read):
        return None
    made = _SECTIONS[section](read)
    if section == "who":
        made = [PageBreak(), *made]
    return Section(_document(read), section, tuple(made), report.seal) if made else None


def _document(read: Reader) -> Document:
    context = read.report.context
    return Document(
        title=context.unit.name,
        subtitle=read.say("Uppföljning {year}", year=str(context.year)),
        municipality=context.unit.municipality,
        unit=context.unit.name,
        year=context.year,
        language=read.language,  # type: ignore[arg-type]
        as_of=context.as_of.isoformat(),
        release=read.report.mode,
        marks=tuple(map(read.say, marks(read.report.context.unit.invented, read.report.mode, read.report.reviewed))),
    )


def marks(invented: bool, mode: str, reviewed: bool) -> list[str]:
    """What must be read on every page, as phrases to be said."""
    found = [phrase("Påhittade uppgifter för demonstration")] if invented else []
    if mode == "public":
        return [*found, phrase("Publik version: små tal är dolda")]
    found.append(phrase("Internt underlag: sekretess prövas innan något lämnas ut"))
    return found if reviewed else [*found, phrase("Ej granskad")]
