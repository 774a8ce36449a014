"""The ledger of a municipality: opened only when whole, and only ever added to."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from isu_analysis import files
from isu_analysis.disclosure.ledger.checking import check, refuse
from isu_analysis.disclosure.ledger.edition import Edition
from isu_analysis.disclosure.ledger.entering import Place, edition_of, forgotten_places, page_of, purge_page
from isu_analysis.disclosure.ledger.stored import FORMAT, START, Anchor, Page, Published, Stored, canonical, read
from isu_analysis.errors import DisclosureError
from isu_analysis.intake.pseudonyms import key_path, owner_only
from isu_analysis.settings import OVERVIEW

FOLDER = "_liggare"  # beside the units' folders; no unit can be called so
_IN_ANOTHER_LANGUAGE = re.compile(r"(?<=/[0-9]{4})-[a-z]{2}$")  # the same report, said once more
_NAME = re.compile(r"[0-9]{6}\.json")


def ledger_folder(project: Path, municipality: str) -> Path:
    """Where the entries lie."""
    return project / "data_processed" / municipality / FOLDER


def anchor_path(project: Path, municipality: str) -> Path:
    """Where the anchor lies: with the pseudonym key, so that one copy of the data does not hold both."""
    return key_path(project).parent / "liggare" / f"{municipality}.json"


def secret_path(project: Path, municipality: str) -> Path:
    """Where the secret lies: beside the anchor."""
    return anchor_path(project, municipality).with_suffix(".hemlighet")


def secret_of(project: Path, municipality: str) -> bytes:
    """What nobody outside knows of how hidden counts are chosen; made once, beside the anchor.

    It may be lost: then other counts are hidden with the small ones from then on, and what is hidden already stays so.
    """
    path = secret_path(project, municipality)
    if not path.exists():
        with owner_only():
            files.write(path, secrets.token_hex(32).encode())
    return path.read_bytes()


@dataclass(frozen=True, repr=False)
class Ledger:
    """Everything that has been published for a municipality, in order."""

    project: Path
    municipality: str
    _pages: tuple[Page, ...] = field(default=(), repr=False)

    @classmethod
    def open(cls, project: Path, municipality: str) -> Ledger:
        """Read the ledger and check all of it.

        Raises
        ------
        DisclosureError
            It is not whole, or reports have been published that it knows nothing of.
        """
        anchor, pages = _anchor(project, municipality), _pages(project, municipality)
        check(municipality, pages, anchor)
        ledger = cls(project, municipality, pages)
        _check_published(ledger)
        return ledger

    @classmethod
    def is_begun(cls, project: Path, municipality: str) -> bool:
        """Whether there is anything of a ledger, whole or not."""
        return bool(_listed(project, municipality)) or anchor_path(project, municipality).exists()

    @classmethod
    def anchored(cls, project: Path, municipality: str) -> dict[str, Any] | None:
        """The anchor alone, to be told to another machine; it holds no number and nobody."""
        anchor = _anchor(project, municipality)
        return None if anchor is None else anchor.model_dump(mode="json")

    @classmethod
    def anchor_elsewhere(cls, project: Path, municipality: str, anchor: object) -> None:
        """Lay another machine's anchor where there is no ledger, so that nobody publishes here without it.

        Raises
        ------
        DisclosureError
            It is no anchor of the municipality.
        """
        found = read(Anchor, json.dumps(anchor, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        if found is None or found.municipality != municipality:
            refuse(municipality, "ankaret från den andra datorn är skadat eller ändrat.")
        if found.entries and not cls.is_begun(project, municipality):
            with owner_only():
                files.write(anchor_path(project, municipality), canonical(found) + b"\n")

    @property
    def head(self) -> str:
        """Hash of the last entry: noted anywhere else, it shows later whether this is still the same ledger."""
        return self._pages[-1].head if self._pages else START

    def head_of(self, unit: str, year: int) -> str:
        """Hash of the entry of a report's latest edition, for its manifest to note."""
        return next((page.head for page in reversed(self._pages) if _is_of(page, unit, year)), START)

    def holds(self, head: str) -> bool:
        """Whether a hash that was noted earlier is that of this ledger, as it was then."""
        return head in {START, *(page.head for page in self._pages)}

    def editions(self) -> tuple[Edition, ...]:
        """Every edition, in the order of publishing."""
        return self._editions

    def latest(self, unit: str, year: int) -> Edition | None:
        """The latest edition of a report, by the unit's slug; None if there is none."""
        return next((one for one in reversed(self._editions) if (one.unit, one.year) == (unit, year)), None)

    def sets_of(self, variable: str, key: str, unit: str | None = None) -> tuple[frozenset[str] | None, ...]:
        """Every set of people behind a published mean of a variable.

        Parameters
        ----------
        variable : str
        key : str
            Fingerprint of the pseudonym key of the data to compare with. A set under another key is None: nobody can
            tell who is in it, so it counts as one that overlaps in the worst way.
        unit : str, optional
            Slug; every unit if left out.
        """
        return tuple(
            people if edition.key == key else None
            for edition in self._editions
            if unit in (None, edition.unit)
            for people in edition.sets.get(variable, ())
        )

    def append(self, edition: Edition) -> Ledger:
        """Enter an edition as the next of its report: first the entry, then the anchor, each whole or not at all.

        To be done before the report is published: the ledger may know too much, never too little.

        Raises
        ------
        DisclosureError
            Another run has entered something meanwhile; nothing is written, and nothing may be published.
        WriteError
            Disk full or no permission; nothing is written.
        """
        before = sum(_is_of(page, edition.unit, edition.year) for page in self._pages)
        numbered = replace(edition, edition=before + 1, number=len(self._pages) + 1)
        return self._with(page_of(numbered, self.municipality, self.head))

    def forget(self, unit: str, episodes: Collection[str], before: dt.date) -> Ledger:
        """Take purged people out of every edition of a unit; what was published stays, and the chain holds.

        The purge is entered first, then the people go, so that an interrupted one is finished by the next.
        """
        places = _by_person(self._pages, unit, set(episodes))
        ledger = self
        if places:
            ledger = self._with(purge_page(self.municipality, unit, len(self._pages) + 1, self.head, before, places))
        return ledger._thinned()

    @functools.cached_property
    def _editions(self) -> tuple[Edition, ...]:
        gone = forgotten_places(self._pages)
        found = (edition_of(page, gone) for page in self._pages)
        return tuple(edition for edition in found if edition is not None)

    def _with(self, page: Page) -> Ledger:
        after = replace(self, _pages=(*self._pages, page))
        with owner_only():
            _write_anchor(self)  # also mends one that an interruption left behind
            try:
                files.create(_path(self, page), canonical(page) + b"\n")
            except FileExistsError:
                raise DisclosureError(
                    f"Liggaren för {self.municipality}: en annan körning har skrivit i den under tiden. "
                    "Inget är publicerat av den här körningen. Kör igen."
                ) from None
            _write_anchor(after)
        return after

    def _thinned(self) -> Ledger:
        gone = forgotten_places(self._pages)
        for left in ledger_folder(self.project, self.municipality).glob(".*.ny"):
            files.remove(left)  # of an interrupted writing: it holds people, and nobody sees it
        pages = []
        for page in self._pages:
            kept = tuple(member for member in page.people if (page.entry.number, member.place) not in gone)
            thin = page.model_copy(update={"people": kept})
            if len(kept) < len(page.people):
                with owner_only():
                    files.write(_path(self, page), canonical(thin) + b"\n")
            pages.append(thin)
        return replace(self, _pages=tuple(pages))

    def _reached(self) -> Anchor:
        return Anchor(format=FORMAT, municipality=self.municipality, entries=len(self._pages), head=self.head)

    def __len__(self) -> int:
        return len(self._pages)

    def __repr__(self) -> str:
        return f"Ledger({self.municipality!r}, {len(self)} entries)"


def _by_person(pages: Sequence[Page], unit: str, episodes: set[str]) -> list[list[list[Place]]]:
    """Places where episodes of a unit stand, person by person and episode by episode, in the order of the places."""
    gone = forgotten_places(pages)
    standing = [
        (member, (page.entry.number, member.place))
        for page in pages
        if page.entry.unit == unit
        for member in page.people
        if member.episode in episodes and (page.entry.number, member.place) not in gone
    ]
    whose = {member.episode: member.client for member, _ in standing if member.client is not None}
    places: dict[str, dict[str, list[Place]]] = {}
    for member, place in standing:
        person = places.setdefault(whose.get(member.episode, member.episode), {})
        person.setdefault(member.episode, []).append(place)
    return sorted(sorted(person.values()) for person in places.values())


def _is_of(page: Page, unit: str, year: int) -> bool:
    return isinstance(page.entry, Published) and (page.entry.unit, page.entry.year) == (unit, year)


def _path(ledger: Ledger, page: Page) -> Path:
    return ledger_folder(ledger.project, ledger.municipality) / f"{page.entry.number:06}.json"


def _write_anchor(ledger: Ledger) -> None:
    """Move the anchor forward, never back."""
    there = _anchor(ledger.project, ledger.municipality)
    if there is None or there.entries < len(ledger):
        files.write(anchor_path(ledger.project, ledger.municipality), canonical(ledger._reached()) + b"\n")


def _anchor(project: Path, municipality: str) -> Anchor | None:
    path = anchor_path(project, municipality)
    if not path.exists():
        return None
    found = _read(path, Anchor)
    return found or refuse(municipality, f"ankaret ({path.parent.name}/{path.name}) är skadat eller ändrat.")


def _pages(project: Path, municipality: str) -> tuple[Page, ...]:
    pages = []
    for path in _listed(project, municipality):
        if not _NAME.fullmatch(path.name):
            refuse(
                municipality,
                f"filen {path.name} hör inte dit. Den kan vara en kopia som en molntjänst har gjort.",
                "Ta reda på varför den finns och flytta den därifrån.",
            )
        page = _read(path, Page)
        pages.append(page or refuse(municipality, f"{path.parent.name}/{path.name} är skadad eller ändrad."))
    return tuple(pages)


def _listed(project: Path, municipality: str) -> list[Path]:
    """Files in the folder but for hidden ones, which an interrupted writing may leave."""
    folder = ledger_folder(project, municipality)
    found = folder.glob("*") if folder.is_dir() else ()
    return sorted(path for path in found if path.suffix.lower() == ".json" and not path.name.startswith("."))


def _read(path: Path, kind: type[Stored]) -> Stored | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return read(kind, data.removesuffix(b"\n")) if data.endswith(b"\n") else None


def _check_published(ledger: Ledger) -> None:
    """Refuse a ledger that has no entry of a report that is there to read, or that is older than the report."""
    folder = ledger.project / "reports" / "public" / ledger.municipality
    entered = {f"{page.entry.unit}/{page.entry.year}" for page in ledger._pages if isinstance(page.entry, Published)}
    for path in sorted(folder.rglob("manifest.json")):
        report = _IN_ANOTHER_LANGUAGE.sub("", path.parent.relative_to(folder).as_posix())
        if not ledger._pages:
            refuse(
                ledger.municipality,
                "det finns publika rapporter men ingen liggare.",
                "Lägg tillbaka liggaren och ankaret från säkerhetskopian. Om ingen av rapporterna har spridits: ta bort "
                f"mappen reports/public/{ledger.municipality} och kör igen.",
            )
        if report not in entered and report.split("/")[0] != OVERVIEW:
            refuse(ledger.municipality, f"den publika rapporten {report} finns inte i den.")
        if not ledger.holds(_noted(path)):
            refuse(ledger.municipality, f"den är äldre än den publika rapporten {report}, eller en annan.")


def _noted(manifest: Path) -> str:
    """The head that a public manifest notes (``ledger``): salted, so it confirms no guess. Nothing noted is the start."""
    try:
        about = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        about = None
    return str(about.get("ledger", START)) if isinstance(about, dict) else START
