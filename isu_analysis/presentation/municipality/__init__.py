"""The overview of a municipality: what its units follow up, how, for how many, and what they collect. No ranking."""

from __future__ import annotations

from collections.abc import Callable

from isu_analysis.errors import DisclosureError, SettingsError
from isu_analysis.municipalities import Municipality
from isu_analysis.presentation.blocks import Block, Document
from isu_analysis.presentation.municipality import (
    alike,
    common_form,
    coverage,
    first_page,
    inventory,
    limits,
    method,
    what,
)
from isu_analysis.presentation.municipality.view import View
from isu_analysis.presentation.sealed import Section
from isu_analysis.presentation.sections import marks
from isu_analysis.presentation.wording import Wording

_SECTIONS: dict[str, Callable[[View], list[Block]]] = {
    "first_page": first_page.blocks,
    "coverage": coverage.blocks,
    "what": what.blocks,
    "common_form": common_form.blocks,
    "alike": alike.blocks,
    "limits": limits.blocks,
    "inventory": inventory.blocks,
    "method": method.blocks,
}
OVERVIEW_SECTIONS = tuple(_SECTIONS)


def show_overview(municipality: Municipality, section: str, language: str = "sv") -> Section:
    """Make one section of a municipality's overview.

    Parameters
    ----------
    municipality : Municipality
        From `isu.municipality`; anything else is refused.
    section : str
        One of `OVERVIEW_SECTIONS`.
    language : {"sv", "en"}
        Language of the text.

    Raises
    ------
    DisclosureError
        `municipality` does not hold protected reports.
    SettingsError
        Unknown section or language.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> overview = isu.municipality("exempelstad", 2024, isu.Release.internal())
    >>> page = isu.show_overview(overview, "first_page", language="en")
    >>> page
    <avsnittet ’first_page’: visas i JupyterLab, PDF och HTML>
    >>> page.document.title, page.document.subtitle
    ('Municipality overview', 'Follow-up 2024')
    """
    if not isinstance(municipality, Municipality):
        raise DisclosureError("En översikt görs bara av skyddade rapporter. Börja med isu.municipality.")
    if section not in _SECTIONS:
        raise SettingsError(f"Okänt avsnitt «{section}». Tillåtna: {', '.join(_SECTIONS)}.")
    view = View(municipality, Wording(language))
    return Section(_document(view), section, tuple(_SECTIONS[section](view)), municipality.seal)


def _document(view: View) -> Document:
    about = view.municipality
    return Document(
        title=view.say("Regionöversikt") if about.region else view.say("Kommunöversikt"),
        subtitle=view.say("Uppföljning {year}", year=str(about.year)),
        municipality=about.name,
        unit=view.say("Alla enheter"),
        year=about.year,
        language=view.wording.language,  # type: ignore[arg-type]
        as_of=about.as_of.isoformat(),
        release=about.mode,  # type: ignore[arg-type]
        marks=tuple(map(view.say, marks(about.invented, about.mode, about.reviewed))),
    )
