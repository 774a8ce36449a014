"""The gate: `protect` turns results into the only thing that can be shown, as a release has decided."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import ROUND_DOWN, Decimal

from isu_analysis.analysis.results import MEAN, MODEL, Cell, Context, Outcome, Results
from isu_analysis.decisions import Decided
from isu_analysis.disclosure.issue import Issue, issued
from isu_analysis.disclosure.numbers import hidden_sets, is_plain_mean
from isu_analysis.disclosure.raw_texts import of_raw_text
from isu_analysis.disclosure.release import WHOLE, Decision, Limits, Mode, Release
from isu_analysis.errors import DisclosureError
from isu_analysis.settings.periods import NEVER_PUBLIC

PLACES_OF_MEANS, PLACES_OF_OTHERS = 1, 2  # decimals printed in a public report


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
    rung : str
        How far the report was simplified to protect the small numbers; one of `release.RUNGS`.
    standing : bool
        True when it shows the edition that is out, because so few have been added since that a new one would tell of them.
    withheld : bool
        True for a public report of so few that no choice of hidden numbers protects them: it holds no number at all.
    decided : Decided
        What was decided after an earlier report; in a public one only how many decisions there are.
    issue : Issue or None
        When it was first issued, and when its figures last changed.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
    >>> report = isu.protect(results, isu.Release.internal())
    >>> report.mode, report.main.key, report.hidden
    ('internal', 'core_om:client', ())
    """

    context: Context
    mode: Mode
    limits: Limits
    reviewed: bool
    seal: str
    _cells: Mapping[str, Shown] = field(repr=False)
    withheld: bool = False
    decided: Decided = field(default_factory=Decided)
    rung: str = WHOLE
    standing: bool = False
    issue: Issue | None = None

    def has(self, cell_id: str) -> bool:
        """Whether the report holds the cell, hidden or not.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
        >>> report = isu.protect(results, isu.Release.internal())
        >>> report.has("core_om:client/change"), report.has("phq9:client/change")
        (True, False)
        """
        return cell_id in self._cells

    def cell(self, cell_id: str) -> Shown:
        """Get a cell as a reader may see it.

        Raises
        ------
        DisclosureError
            No such cell.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
        >>> report = isu.protect(results, isu.Release.internal())
        >>> paired = report.cell("core_om:client/paired_share")
        >>> paired.n, paired.of, round(paired.value, 2), paired.hidden
        (51, 93, 0.55, '')
        """
        if cell_id not in self._cells:
            raise DisclosureError(f"Rapporten har ingen uppgift «{cell_id}».")
        return self._cells[cell_id]

    def within(self, prefix: str) -> tuple[Shown, ...]:
        """Cells whose id starts with the prefix, in the order they were computed.

        Examples
        --------
        >>> import isu_analysis as isu
        >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
        >>> report = isu.protect(results, isu.Release.internal())
        >>> [(cell.id, cell.code) for cell in report.within("core_om:client/verdict") if cell.code]
        [('core_om:client/verdict', 'holds_if'), ('core_om:client/verdict/direction', 'better')]
        """
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
        The release has no decision about these results, or is public and they are of a part of a year.

    Examples
    --------
    >>> import isu_analysis as isu
    >>> results = isu.analyse(isu.cohort("exempelstad/unga-vuxna", 2024))
    >>> report = isu.protect(results, isu.Release.internal())
    >>> report.mode, report.cell("flow/eligible").n
    ('internal', 93)
    """
    if not isinstance(release, Release):
        raise DisclosureError("protect behöver en Release, till exempel Release.internal().")
    if release.mode == "internal":
        return _report(results, release, results.context, {cell.id: _whole(cell) for cell in results.cells}, decided)
    if results.context.through:
        raise DisclosureError(NEVER_PUBLIC)
    decision = release.decisions.get(results.key)
    if decision is None or decision.fingerprint != results.fingerprint:
        raise DisclosureError(
            "Beslutet om röjandeskydd gäller inte de här uppgifterna. Kör «isu report --public» igen."
        )
    context = _public_context(results.context, decision)
    return _report(results, release, context, _shown_cells(results, decision, release.limits), decided, decision)


def _report(
    results: Results,
    release: Release,
    context: Context,
    cells: Mapping[str, Shown],
    decided: Decided | None,
    decision: Decision | None = None,
) -> Report:
    before, issue = decided or Decided(), _issue(results, release, decision)
    if decision is None:
        return Report(context, release.mode, release.limits, release.reviewed, _seal(results.key, release, cells, before), cells,
                      decided=before, issue=issue)  # fmt: skip
    seal = _seal(results.key, release, cells, before.counted)
    return Report(context, release.mode, release.limits, release.reviewed, seal, cells, not decision.publishable, before.counted,
                  decision.rung, decision.standing is not None, replace(issue, figures=""))  # fmt: skip


def _issue(results: Results, release: Release, decision: Decision | None) -> Issue:
    """Where the edition that is out stands, nothing is updated."""
    before = release.issued.get(results.key)
    if before and decision and decision.standing is not None:
        return before
    return issued(before, results.context.as_of, results.fingerprint)


def _shown_cells(results: Results, decision: Decision, limits: Limits) -> dict[str, Shown]:
    """Cells of a public report: of the edition that is out where that stands, else as decided."""
    if not decision.publishable:
        return {}
    if decision.standing is not None:
        return {name: Shown(**values) for name, values in decision.standing.items()}
    return in_public(results, decision.hidden, limits)


def _public_context(context: Context, decision: Decision) -> Context:
    """What the public is told besides numbers: no file, no warning, no name from a raw file, no day.

    Of an edition that stands, only the outcomes that it had.
    """
    named = tuple(
        outcome
        for outcome in context.outcomes
        if not of_raw_text(context.unit, outcome)
        and (decision.standing is None or any(name.startswith(f"{outcome.key}/") for name in decision.standing))
    )
    as_of = _end_of_month(decision.as_of or context.as_of)
    return replace(context, outcomes=named, files=(), warnings=(), as_of=as_of)


def _end_of_month(day: dt.date) -> dt.date:
    """Hide that the latest date in the data is one person's."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _whole(cell: Cell) -> Shown:
    return Shown(cell.id, cell.kind, cell.value, cell.low, cell.high, cell.n, cell.of, cell.code, cell.declared)


def in_public(results: Results, hidden: Mapping[str, str], limits: Limits) -> dict[str, Shown]:
    """Cells as the public sees them: hidden, or with no more decimals and no more of their spread than their people bear."""
    unknown = hidden_sets(results, hidden)
    return {cell.id: _one_in_public(cell, hidden.get(cell.id, ""), unknown, results, limits) for cell in results.cells}


def _one_in_public(
    cell: Cell, why: str, unknown: Collection[frozenset[str]], results: Results, limits: Limits
) -> Shown:
    if why:
        return Shown(cell.id, cell.kind, math.nan, math.nan, math.nan, None, None, "", cell.declared, why)
    if cell.kind not in {MEAN, MODEL}:
        return _whole(cell)
    rounded = _as_printed if is_plain_mean(cell) else _kept
    # The interval of a mean gives its standard deviation, so it needs as many people; and that it is there tells how many.
    sets = [results.people[name] for name in cell.people]
    bears = all(len(members) >= limits.min_n_spread and members not in unknown for members in sets)
    low, high = (rounded(cell.low), rounded(cell.high)) if bears else (math.nan, math.nan)
    n = None if any(members in unknown for members in sets) else cell.n
    return replace(_whole(cell), value=rounded(cell.value), low=low, high=high, n=n)


def _as_printed(value: float) -> float:
    return round(value, PLACES_OF_MEANS)


def _kept(value: float) -> float:
    """Cut off behind one decimal more than is ever printed, and never let what was cut off look like a tie.

    Printed with fewer decimals, rounded or rounded down, it then reads as the whole number would: rounded twice, 8.849 would
    become 8.85 and then 8.9.
    """
    if not math.isfinite(value):
        return value
    step = Decimal(1).scaleb(-PLACES_OF_OTHERS - 1)
    whole = Decimal(value)
    cut = whole.quantize(step, ROUND_DOWN)
    if cut != whole and int(cut / step) % 5 == 0:
        cut += step.copy_sign(whole)
    return float(cut)


def _seal(key: str, release: Release, cells: Mapping[str, Shown], decided: Decided) -> str:
    shown = [key, release.mode, release.reviewed, [asdict(cell) for cell in cells.values()], asdict(decided)]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()
