"""Show: a section of a protected report, sealed, ready for JupyterLab, PDF and HTML."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.disclosure.gate import Report
from isu_analysis.errors import DisclosureError, SettingsError
from isu_analysis.presentation import (
    appendix,
    glossary,
    limits,
    outcomes,
    over_time,
    page_one,
    principles,
    reflection,
    trust,
    who,
)
from isu_analysis.presentation.blocks import Block, Document, PageBreak
from isu_analysis.presentation.quotable import figures
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.sealed import Quote, Section
from isu_analysis.presentation.tidied import tidied
from isu_analysis.presentation.when import of_report
from isu_analysis.presentation.wording import Wording, phrase

_SECTIONS: dict[str, Callable[[Reader], list[Block]]] = {
    "first_page": page_one.blocks,
    "who": who.blocks,
    "trust": trust.blocks,
    "results": outcomes.blocks,
    "over_time": over_time.blocks,
    "limits": limits.blocks,
    "principles": principles.blocks,
    "reflection": reflection.blocks,
    "glossary": glossary.blocks,
    "method": appendix.blocks,
}
SECTIONS = tuple(_SECTIONS)
_ON_A_NEW_PAGE = {"who", "glossary"}
# Where too few were followed up there is no result to show, trust, limit or explain.
_WITHOUT_RESULT = ("first_page", "who", "over_time", "principles", "reflection", "method")


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
        None where the report has nothing to say under that heading: one without numbers is one page, and one of too
        few followed up has no result.

    Raises
    ------
    DisclosureError
        `report` has not passed the gate.
    SettingsError
        Unknown section or language.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
    >>> page = isu.show(isu.protect(results, isu.Release.internal()), "first_page", language="en")
    >>> page
    <avsnittet ’first_page’: visas i JupyterLab, PDF och HTML>
    >>> page.document.title, page.document.subtitle, page.blocks[0].text
    ('Young Adults', 'Follow-up 2024', 'The situation on one page')
    """
    if not isinstance(report, Report):
        raise DisclosureError("Bara en skyddad rapport kan visas. Kör protect först: compute, protect, show.")
    if section not in _SECTIONS:
        raise SettingsError(f"Okänt avsnitt «{section}». Tillåtna: {', '.join(_SECTIONS)}.")
    read = Reader(report, Wording(language))
    if section not in _said_of(read):
        return None
    made = tidied(read, _SECTIONS[section](read))
    if section in _ON_A_NEW_PAGE:
        made = [PageBreak(), *made]
    return Section(_document(read), section, tuple(made), report.seal, _quotes(read, section)) if made else None


def _quotes(read: Reader, section: str) -> tuple[Quote, ...]:
    """What can be decided about, beside the section for the meeting; outside the service nobody decides."""
    if section != "reflection" or read.report.mode != "internal":
        return ()
    return tuple(Quote(one.id, one.label, one.value) for one in figures(read))


def _said_of(read: Reader) -> tuple[str, ...]:
    """Sections that a report can have."""
    if read.report.withheld:
        return ("first_page",)
    return _WITHOUT_RESULT if page_one.refused(read) else SECTIONS


def _document(read: Reader) -> Document:
    context, issue = read.report.context, read.report.issue
    unit = read.own(context.unit.name)
    return Document(
        title=unit,
        subtitle=read.say("Uppföljning {year}", year=of_report(read)),
        municipality=context.unit.municipality,
        unit=unit,
        year=context.year,
        language=read.language,  # type: ignore[arg-type]
        as_of=context.as_of.isoformat(),
        release=read.report.mode,
        marks=tuple(
            map(read.say, marks(context.unit.invented, read.report.mode, read.report.reviewed, bool(context.through)))
        ),
        period=of_report(read),
        first_issued=issue.first if issue else "",
        updated=issue.updated if issue else "",
        figures=issue.figures if issue else "",
    )


def marks(invented: bool, mode: str, reviewed: bool, is_part: bool = False) -> list[str]:
    """What must be read on every page, as phrases to be said."""
    found = [phrase("Delårsrapport: jämför inte antalen med helårets")] if is_part else []
    found += [phrase("Påhittade uppgifter för demonstration")] if invented else []
    if mode == "public":
        return [*found, phrase("Publik version: små tal är dolda")]
    found.append(phrase("Internt underlag: sekretess prövas innan något lämnas ut"))
    return found if reviewed else [*found, phrase("Ej granskad")]
