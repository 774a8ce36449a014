"""The ledgers of a run: what was out when it began, and what it has published since."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from isu_analysis.analysis.results import Results
from isu_analysis.disclosure import Before, Issue, Limits, Release, protect
from isu_analysis.disclosure.editions import before, edition
from isu_analysis.disclosure.ledger import Edition, Ledger
from isu_analysis.reporting.issues import of_editions


class Published:
    """What is out, municipality by municipality; each ledger is read and checked once.

    Parameters
    ----------
    project : Path
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._ledgers: dict[str, Ledger] = {}

    def before(
        self, municipality: str, results: Sequence[Results], keys: Mapping[str, str], wanted: Collection[str]
    ) -> Before:
        """What was out of a municipality, as the decision needs it; only the wanted reports may be replaced.

        Raises
        ------
        DisclosureError
            The ledger is missing or not whole.
        """
        return before(self._ledger(municipality), results, keys, Limits(), wanted)

    def enter(self, results: Results, release: Release, key: str, contents: Mapping[str, bytes]) -> str:
        """Enter a report that is about to be published, unless that very edition is out already.

        Returns
        -------
        str
            Hash of its entry.

        Raises
        ------
        DisclosureError
            Another run has published something meanwhile.
        """
        unit, year = results.context.unit, results.context.year
        if not self._is_out(results.key, release):
            self._append(results, release, key, contents)
        return self._ledger(unit.municipality_slug).head_of(unit.slug, year)

    def _append(self, results: Results, release: Release, key: str, contents: Mapping[str, bytes]) -> None:
        municipality = results.context.unit.municipality_slug
        pages = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
        new = edition(results, protect(results, release), release.decisions[results.key], key, pages)
        self._ledgers[municipality] = self._ledger(municipality).append(new)

    def head(self, municipality: str) -> str:
        """Hash of the latest entry of a ledger."""
        return self._ledger(municipality).head

    def issued(self, municipality: str, release: Release, results: Iterable[Results]) -> Release:
        """The same release, with what each report is to say of its issues: only what is printed counts as changed."""
        editions: dict[str, list[Edition]] = {}
        for one in self._ledger(municipality).editions():
            editions.setdefault(f"{municipality}/{one.unit}/{one.year}", []).append(one)
        found: dict[str, Issue] = {}
        for result in results:
            if some := editions.get(result.key):
                shown = {cell.id: asdict(cell) for cell in protect(result, release).within("")}
                found[result.key] = of_editions(some, result.context.as_of, shown, result.fingerprint)
        return replace(release, issued=found)

    def only_out(self, release: Release) -> Release:
        """The same release with the reports that are out: an overview may tell of no other."""
        return replace(
            release, decisions={key: one for key, one in release.decisions.items() if self._is_out(key, release)}
        )

    def missing(self, municipality: str, year: int, release: Release) -> tuple[str, ...]:
        """Keys of the units whose report of a year is to be out and is not, or is out and was not decided about now."""
        decided = {key for key in release.decisions if key.startswith(f"{municipality}/") and key.endswith(f"/{year}")}
        entered = {
            f"{municipality}/{one.unit}/{one.year}" for one in self._ledger(municipality).editions() if one.year == year
        }
        waiting = (entered - decided) | {key for key in decided if not self._is_out(key, release)}
        return tuple(sorted(key.rpartition("/")[0] for key in waiting))

    def _is_out(self, report: str, release: Release) -> bool:
        municipality, unit, year = report.split("/")
        decision, latest = release.decisions[report], self._ledger(municipality).latest(unit, int(year))
        return latest is not None and (decision.standing is not None or latest.fingerprint == decision.fingerprint)

    def _ledger(self, municipality: str) -> Ledger:
        if municipality not in self._ledgers:
            self._ledgers[municipality] = Ledger.open(self._project, municipality)
        return self._ledgers[municipality]
