"""Between the ledger and the gate: what is out, as the choice of hidden numbers needs it, and a report as the ledger keeps it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from isu_analysis.analysis.results import COUNT, Results
from isu_analysis.disclosure.earlier import Before, Earlier
from isu_analysis.disclosure.gate import Report, Shown, in_public
from isu_analysis.disclosure.ledger import KEEP, Edition, Entered, Ledger, may_replace, secret_of
from isu_analysis.disclosure.numbers import sets_told
from isu_analysis.disclosure.problem import Equation
from isu_analysis.disclosure.release import INTERNAL, Decision, Limits


def before(
    ledger: Ledger,
    results: Sequence[Results],
    keys: Mapping[str, str],
    limits: Limits,
    wanted: Collection[str] | None = None,
) -> Before:
    """Say what is out of a municipality.

    Parameters
    ----------
    ledger : Ledger
    results : sequence of Results
        Every report of the municipality as it would be now.
    keys : mapping of str to str
        Fingerprint of the pseudonym key of each unit's data.
    limits : Limits
    wanted : collection of str, optional
        Reports that may be replaced now; all if left out. Of the others the edition that is out stands.

    Returns
    -------
    Before
    """
    every = ledger.editions()
    units = {one.context.unit.key: one.context.unit.slug for one in results}
    told: dict[str, list[frozenset[str] | None]] = {}
    for edition in every:
        unit = next((key for key, slug in units.items() if slug == edition.unit), None)
        for variable, sets in edition.sets.items():
            told.setdefault(variable, []).extend(sets if unit is None or edition.key == keys.get(unit, "") else [None])
    return Before(
        {
            one.key: _earlier(found, limits, fixed=wanted is not None and one.key not in wanted)
            for one in results
            if (found := [e for e in every if (e.unit, e.year) == (one.context.unit.slug, one.context.year)])
        },
        told,
        secret_of(ledger.project, ledger.municipality),
        frozenset(
            f"{ledger.municipality}/{one.unit}"
            for one in every
            if f"{ledger.municipality}/{one.unit}/{one.year}" not in {result.key for result in results}
        ),
    )


def edition(results: Results, report: Report, decision: Decision, key: str, pages: Mapping[str, str]) -> Edition:
    """Put together what the ledger keeps of a report that is about to be published.

    Parameters
    ----------
    results : Results
    report : Report
        The same results as the public sees them.
    decision : Decision
    key : str
        Fingerprint of the pseudonym key of the data.
    pages : mapping of str to str
        SHA-256 of each file.
    """
    context = results.context
    sets: dict[str, list[frozenset[str]]] = {}
    for variable, members in sets_told(results, decision.hidden) if decision.publishable else ():
        if members not in sets.setdefault(variable, []):
            sets[variable].append(members)
    there = {cell.id for cell in results.cells if cell.kind == COUNT and decision.hidden.get(cell.id) != INTERNAL}
    return Edition(
        unit=context.unit.slug,
        year=context.year,
        as_of=context.as_of,
        rung=decision.rung,
        limits=asdict(report.limits),
        counts={
            cell.id: Entered(int(cell.value), decision.publishable and cell.id not in decision.hidden)
            for cell in results.cells
            if cell.id in there
        },
        numbers={cell.id: _number(cell) for cell in report.within("") if cell.kind != COUNT},
        sets={variable: tuple(told) for variable, told in sets.items()},
        equations=tuple(
            Equation(((one.total, 1), *((part, -1) for part in one.parts)))
            for one in results.sums
            if {one.total, *one.parts} <= there
        ),
        fingerprint=results.fingerprint,
        key=key,
        hidden=dict(decision.hidden),
        clients=dict(results.clients),
        shown={cell.id: asdict(cell) for cell in report.within("")},
        pages=dict(pages),
    )


def _earlier(editions: Sequence[Edition], limits: Limits, *, fixed: bool) -> Earlier:
    return Earlier(
        tuple({name: (count.value, count.shown) for name, count in one.counts.items()} for one in editions),
        lambda results: _standing(editions, results, limits, fixed=fixed),
    )


def _standing(editions: Sequence[Edition], results: Results, limits: Limits, *, fixed: bool) -> Decision | None:
    """The latest edition's decision where it stands: nothing has changed, or too little beside any edition."""
    latest = editions[-1]
    if latest.fingerprint == results.fingerprint:
        return Decision(latest.fingerprint, latest.hidden, latest.rung)
    if not fixed and not any(_is_near(one, results, limits) for one in editions):
        return None
    standing = {name: _again(values) for name, values in latest.shown.items()}
    return Decision(results.fingerprint, {}, latest.rung, standing, latest.as_of)


def _is_near(one: Edition, results: Results, limits: Limits) -> bool:
    """Whether a new edition beside this one would tell of the few who came between."""
    counts = {
        cell.id: Entered(int(cell.value), shown=True)
        for cell in results.cells
        if cell.kind == COUNT and cell.id in one.counts
    }
    seen = in_public(results, one.hidden, limits)
    numbers = {name: _number(cell) for name, cell in seen.items() if name in one.numbers}
    return may_replace(one, counts, limits.min_cell, numbers=numbers) == KEEP


def _number(cell: Shown) -> float | None:
    """A number as printed; of a word there is none."""
    return None if cell.hidden or math.isnan(cell.value) else cell.value


def _again(values: Mapping[str, object]) -> dict[str, object]:
    """Fields of a printed cell as they were; the ledger leaves out what is no number."""
    return {"value": math.nan, "low": math.nan, "high": math.nan, **values}
