"""Whether a ledger is whole: each entry holds the hash of the one before, and the anchor that of the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

from isu_analysis.disclosure.ledger.entering import Gone, Place, forgotten_places
from isu_analysis.disclosure.ledger.stored import START, Anchor, Forgotten, Page, Published
from isu_analysis.errors import DisclosureError

_PUT_BACK = (
    "Inga publika rapporter görs förrän det är rett ut. Lägg tillbaka mappen med liggaren och ankaret från samma "
    "säkerhetskopia."
)
_ELSEWHERE = (
    f"{_PUT_BACK} Är uppgifterna överlämnade från en annan dator: gör de publika rapporterna där, eller flytta hit både "
    "mappen och ankaret och publicera inte mer därifrån."
)


def refuse(municipality: str, what: str, what_to_do: str = _PUT_BACK) -> NoReturn:
    """Say what is wrong with a ledger, and what to do."""
    raise DisclosureError(
        f"Liggaren över det som är publicerat för {municipality} (data_processed/{municipality}/_liggare, med ankaret "
        f"liggare/{municipality}.json i nyckelns mapp): {what} {what_to_do}"
    )


def check(municipality: str, pages: Sequence[Page], anchor: Anchor | None) -> None:
    """Check a ledger from its first entry to its anchor.

    One entry more than the anchor knows of is what an interruption between the two leaves: the ledger may know too
    much, never too little.

    Raises
    ------
    DisclosureError
        Something is missing, changed, in another order or from another ledger.
    """
    _check_chain(municipality, pages)
    _check_editions(municipality, pages)
    _check_people(municipality, pages)
    if anchor is None:
        if pages:
            refuse(municipality, "ankaret saknas, så det syns inte om något är borttaget.")
        return
    if not pages and anchor.entries:
        refuse(municipality, f"den saknas, och ankaret säger att den har {anchor.entries} poster.", _ELSEWHERE)
    if anchor.municipality != municipality:
        refuse(municipality, "ankaret hör till en annan kommun.")
    if not anchor.entries <= len(pages) <= anchor.entries + 1:
        refuse(municipality, f"den har {len(pages)} poster, och ankaret säger {anchor.entries}.")
    if anchor.head != ([START] + [page.head for page in pages])[anchor.entries]:
        refuse(municipality, "den är ändrad, eller så hör ankaret till en annan liggare.")


def _check_chain(municipality: str, pages: Sequence[Page]) -> None:
    before = START
    for number, page in enumerate(pages, start=1):
        entry = page.entry
        if (entry.municipality, entry.number, entry.previous) != (municipality, number, before):
            refuse(
                municipality, f"post {number} passar inte ihop med den före. Något är ändrat, flyttat eller borttaget."
            )
        before = page.head


def _check_editions(municipality: str, pages: Sequence[Page]) -> None:
    """Editions of each report come as 1, 2, 3, and their sets name places that there are."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        entry = page.entry
        if not isinstance(entry, Published):
            continue
        seen[entry.unit, entry.year] += 1
        places = [place for sets in entry.sets.values() for one in sets for place in one]
        if entry.edition != seen[entry.unit, entry.year] or max(places, default=-1) >= len(entry.people):
            refuse(municipality, f"post {entry.number} säger emot sig själv eller en tidigare post.")


def _check_people(municipality: str, pages: Sequence[Page]) -> None:
    """Every place holds the person that the entry commits to, or a later purge says that it was emptied."""
    gone = forgotten_places(pages)
    _check_purges(municipality, pages, gone)
    for page in pages:
        entry = page.entry
        places = [member.place for member in page.people]
        commitments = entry.people if isinstance(entry, Published) else ()
        wrong = places != sorted(set(places)) or max(places, default=-1) >= len(commitments)
        if wrong or any(commitments[member.place] != member.commitment for member in page.people):
            refuse(municipality, f"personerna i post {entry.number} är ändrade.")
        if any((entry.number, place) not in gone for place in set(range(len(commitments))) - set(places)):
            refuse(municipality, f"personer saknas i post {entry.number} utan att vara gallrade.")


def _check_purges(municipality: str, pages: Sequence[Page], gone: dict[Place, Gone]) -> None:
    """A purge empties places of earlier editions of its own unit, each place once."""
    listed = 0
    for page in pages:
        entry = page.entry
        for number, place in _emptied(entry):
            listed += 1
            earlier = pages[number - 1].entry if 0 < number < entry.number else None
            if not isinstance(earlier, Published) or earlier.unit != entry.unit or place >= len(earlier.people):
                refuse(municipality, f"gallringen i post {entry.number} gäller något som inte finns.")
    if listed != len(gone):
        refuse(municipality, "samma person är gallrad två gånger.")


def _emptied(entry: Published | Forgotten) -> list[Place]:
    persons = entry.places if isinstance(entry, Forgotten) else ()
    return [place for person in persons for episode in person for place in episode]
