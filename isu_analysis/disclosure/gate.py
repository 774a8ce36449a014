"""The gate: `decide` what must be hidden, `protect` results into the only thing that can be shown."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from isu_analysis.analysis.results import (
    CODE,
    COUNT,
    ELIGIBLE,
    MEAN,
    MODEL,
    SHARE,
    Cell,
    Context,
    Outcome,
    Results,
    Sum,
)
from isu_analysis.decisions import Decided
from isu_analysis.disclosure.alike import among_representatives, representatives, unions
from isu_analysis.disclosure.release import Decision, Limits, Mode, Release
from isu_analysis.disclosure.suppression import hide_counts
from isu_analysis.errors import DisclosureError

FEW, NESTED, DERIVED, INTERNAL = "few", "nested", "derived", "internal"

# Breakdowns given up, one step at a time, when small numbers cannot be protected with them.
_LADDER: tuple[tuple[str, ...], ...] = ((), ("/by/",), ("/by/", "who/"))
_SPREAD = (
    "_sd",
    "/sd",
    "/correlation",
    "/median_change",
    "/median",
    "_quartile",
    "/g_pre",
    "/g_av",
    "/d_z",
    "/rank_biserial",
)


@dataclass(frozen=True)
class Shown:
    """A cell as a reader may see it; all numbers are NaN or None when ``hidden`` says why."""

    id: str
    kind: str
    value: float
    low: float
    high: float
    n: int | None
    of: int | None
    code: str
    declared: bool
    hidden: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """Protected results: the only thing that tables, figures and sentences are made from.

    Attributes
    ----------
    context : Context
        Declared facts; in a public report without the names and hashes of raw files.
    mode : {"internal", "public"}
    limits : Limits
    reviewed : bool
        False for a report made by hand.
    seal : str
        SHA-256 of everything that can be shown.
    withheld : bool
        True for a public report of so few that no choice of hidden numbers protects them: it holds no number at all.
    decided : Decided
        What was decided after an earlier report; in a public one only how many decisions there are.
    """

    context: Context
    mode: Mode
    limits: Limits
    reviewed: bool
    seal: str
    _cells: Mapping[str, Shown] = field(repr=False)
    withheld: bool = False
    decided: Decided = field(default_factory=Decided)

    def has(self, cell_id: str) -> bool:
        """Whether the report holds the cell, hidden or not."""
        return cell_id in self._cells

    def cell(self, cell_id: str) -> Shown:
        """Get a cell as a reader may see it.

        Raises
        ------
        DisclosureError
            No such cell.
        """
        if cell_id not in self._cells:
            raise DisclosureError(f"Rapporten har ingen uppgift «{cell_id}».")
        return self._cells[cell_id]

    def within(self, prefix: str) -> tuple[Shown, ...]:
        """Cells whose id starts with the prefix, in the order they were computed."""
        return tuple(cell for name, cell in self._cells.items() if name.startswith(prefix))

    @property
    def hidden(self) -> tuple[Shown, ...]:
        """Cells that are hidden."""
        return tuple(cell for cell in self._cells.values() if cell.hidden)

    @property
    def main(self) -> Outcome:
        """The primary outcome."""
        return self.context.main

    def __repr__(self) -> str:
        return f"Report({self.context.unit.key!r}, {self.context.year}, {self.mode!r})"


def decide(results: Sequence[Results], mode: Mode, limits: Limits | None = None) -> Release:
    """Decide about all reports of a release at once.

    Parameters
    ----------
    results : sequence of Results
        Every report that is to be in the release.
    mode : {"internal", "public"}
    limits : Limits, optional

    Returns
    -------
    Release
        Reviewed; a public one holds, for each report, which cells are hidden and why, or that it is too small to be
        published at all.
    """
    if mode == "internal":
        return Release.internal(reviewed=True)
    chosen = limits or Limits()
    return Release("public", chosen, {result.key: _decision(result, chosen) for result in results}, reviewed=True)


def _decision(results: Results, limits: Limits) -> Decision:
    """Hide as little as protects the small numbers: first with every breakdown, then without, then not at all."""
    if any(cell.id == ELIGIBLE and not cell.declared and cell.value < limits.min_cell for cell in results.cells):
        # So few that whatever is said is about each of them.
        return Decision(results.fingerprint, {}, publishable=False)
    for dropped in _LADDER:
        try:
            return Decision(results.fingerprint, _hidden(results, limits, dropped))
        except DisclosureError:
            continue
    return Decision(results.fingerprint, {}, publishable=False)


def protect(results: Results, release: Release, decided: Decided | None = None) -> Report:
    """Pass results through the gate, once.

    Parameters
    ----------
    results : Results
    release : Release
        ``Release.internal()``, or the public release that was decided for these very results.
    decided : Decided, optional
        What the unit decided after an earlier report, from `decisions_before`.

    Returns
    -------
    Report

    Raises
    ------
    DisclosureError
        The release has no decision about these results.
    """
    if not isinstance(release, Release):
        raise DisclosureError("protect behöver en Release, till exempel Release.internal().")
    hidden: Mapping[str, str] = {}
    context, before = results.context, decided or Decided()
    if release.mode == "public":
        decision = release.decisions.get(results.key)
        if decision is None or decision.fingerprint != results.fingerprint:
            raise DisclosureError(
                "Beslutet om röjandeskydd gäller inte de här uppgifterna. Kör «isu report --public» igen."
            )
        hidden = decision.hidden
        context = replace(context, files=(), warnings=(), as_of=_end_of_month(context.as_of))
        before = before.counted
    withheld = release.mode == "public" and not release.decisions[results.key].publishable
    shown = () if withheld else results.cells
    cells = {cell.id: _shown(cell, hidden.get(cell.id, ""), _bears_interval(cell, results, release)) for cell in shown}
    seal = _seal(results.key, release, cells, before)
    return Report(context, release.mode, release.limits, release.reviewed, seal, cells, withheld, before)


def _end_of_month(day: dt.date) -> dt.date:
    """Hide that the latest date in the data is one person's."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _bears_interval(cell: Cell, results: Results, release: Release) -> bool:
    """Whether an interval may be shown: that of a mean gives its standard deviation, so it needs as many people."""
    if release.mode != "public" or (cell.kind != MEAN and "/estimate/" not in cell.id):
        return True
    return all(len(results.people[name]) >= release.limits.min_n_spread for name in cell.people)


def _shown(cell: Cell, why: str, interval: bool) -> Shown:
    if why:
        return Shown(cell.id, cell.kind, math.nan, math.nan, math.nan, None, None, "", cell.declared, why)
    low, high = (cell.low, cell.high) if interval else (math.nan, math.nan)
    return Shown(cell.id, cell.kind, cell.value, low, high, cell.n, cell.of, cell.code, cell.declared)


def _seal(key: str, release: Release, cells: Mapping[str, Shown], decided: Decided) -> str:
    shown = [key, release.mode, release.reviewed, [asdict(cell) for cell in cells.values()], asdict(decided)]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def _hidden(results: Results, limits: Limits, dropped: tuple[str, ...]) -> dict[str, str]:
    """Choose what is hidden when breakdowns whose names hold a dropped word are left out altogether."""
    out = {cell.id for cell in results.cells if cell.internal or any(word in cell.id for word in dropped)}
    hidden = dict.fromkeys(out, INTERNAL)
    open_cells = [cell for cell in results.cells if cell.id not in out]
    sums = [equation for equation in results.sums if not out & {equation.total, *equation.parts}]
    hidden |= _hidden_counts(results, open_cells, sums, limits)
    hidden |= _hidden_numbers(results, open_cells, limits)
    hidden |= _hidden_with_counts(open_cells, hidden, limits)
    return hidden | dict.fromkeys(_rows_of_the_same_missing(results), INTERNAL)


def _hidden_counts(results: Results, cells: Sequence[Cell], sums: Sequence[Sum], limits: Limits) -> dict[str, str]:
    """Hide counts so that neither their equations nor others about the same people give them away."""
    stands_for = representatives(cells, results.people)
    alike: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.kind == COUNT:
            alike.setdefault(stands_for[cell.id], []).append(cell)
    chosen = [replace(same[0], never_zero=any(cell.never_zero for cell in same)) for same in alike.values()]
    equations = [*among_representatives(sums, stands_for), *unions(chosen, results.people, limits.min_cell)]
    found = hide_counts(chosen, equations, limits.min_cell)
    return {cell.id: why for name, why in found.items() for cell in alike[name]}


def _rows_of_the_same_missing(results: Results) -> list[str]:
    """Rows «uppgift saknas» of the background, where the same people miss all of it: those with a protected identity."""
    rows = [cell for cell in results.cells if cell.id.startswith("who/") and cell.id.endswith("/") and cell.value > 0]
    missing = [results.people[name] for cell in rows for name in cell.people]
    same = len(missing) == len(rows) > 1 and all(people == missing[0] for people in missing)
    return [cell.id for cell in rows] if same else []


def _hidden_numbers(results: Results, cells: Iterable[Cell], limits: Limits) -> dict[str, str]:
    """Means and estimates on too few people, or on a set too close to one already shown."""
    hidden: dict[str, str] = {}
    accepted: dict[str, list[frozenset[str]]] = {}
    for cell in cells:
        if cell.kind not in {MEAN, MODEL, CODE} or not cell.people:
            continue
        sets = [results.people[name] for name in cell.people]
        needed = limits.min_n_spread if cell.kind == MEAN and cell.id.endswith(_SPREAD) else limits.min_n_mean
        taken = accepted.setdefault(cell.id.split("/")[0], [])
        if any(len(people) < needed for people in sets) or (cell.persons is not None and cell.persons < needed):
            hidden[cell.id] = FEW
        elif _narrows(sets, taken, limits.min_n_mean):
            hidden[cell.id] = NESTED
        else:
            taken.extend(people for people in sets if people not in taken)
    return hidden


def _narrows(sets: Sequence[frozenset[str]], taken: Sequence[frozenset[str]], least: int) -> bool:
    """Whether new sets beside those already shown leave a few people whose mean could be worked out."""
    everything = [*taken, *(people for people in sets if people not in taken)]
    if any(_too_close(one, other, least) for i, one in enumerate(everything) for other in everything[:i]):
        return True
    for whole in everything:  # the whole less all its shown parts
        parts = [part for part in everything if part < whole]
        rest = whole - frozenset().union(*parts) if parts else frozenset()
        if 0 < len(rest) < least:
            return True
    return False


def _too_close(one: frozenset[str], other: frozenset[str], least: int) -> bool:
    """Whether the difference of two sets is a few people, whose mean could then be worked out."""
    if not one & other:
        return False
    return any(0 < len(rest) < least for rest in (one - other, other - one))


def _hidden_with_counts(cells: Iterable[Cell], hidden: Mapping[str, str], limits: Limits) -> dict[str, str]:
    """Whatever derives from a hidden count, and shares whose complement is small."""
    derived = {}
    for cell in cells:
        if cell.id in hidden:
            continue
        small_rest = cell.kind == SHARE and cell.of is not None and 0 < cell.of - (cell.n or 0) < limits.min_cell
        if any(count in hidden for count in cell.counts) or small_rest:
            derived[cell.id] = DERIVED
    return derived
