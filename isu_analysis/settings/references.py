"""What one part of a unit file says about another: every name must be declared where it belongs.

Works on the plain values, before they are a `Unit`, so that a misspelt measure is told together with a misspelt key.
Parts of the wrong shape are passed over here; the declarations say what shape they should have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isu_analysis.declarations import Place, Problem, found, nearest
from isu_analysis.measures import measures_available

Broken = Iterator[Problem]

_OWN_NAMES = {"episode", "year", "start", "end", "ending", "intervention", "reason"}  # columns of the episodes table
_DATE_OF_RULE = {"ended": "end", "started": "start"}


def broken_references(values: Any) -> list[Problem]:
    """Every reference to something that is not declared, with its place."""
    checks = (_measures, _occasions, _codes, _backgrounds, _sources)
    return [problem for check in checks for problem in check(values)]


def _texts(values: Any, *pattern: str) -> list[tuple[Place, str]]:
    return [(place, text) for place, text in found(values, *pattern) if isinstance(text, str)]


def _unless_in(known: list[str], used: list[tuple[Place, str]], what: str) -> Broken:
    for place, name in used:
        if name not in known:
            yield place, f"{what.format(name)}{nearest(name, known)} Tillåtna: {', '.join(known) or 'inga'}."


def _measures(values: Any) -> Broken:
    own = [name for _, name in _texts(values, "local_measures", "*", "id")]
    chosen = _texts(values, "measures", "*")
    known = [*measures_available(), *own]
    yield from _unless_in(known, chosen, "måttet «{}» finns varken i registret eller under «local_measures».")
    used = [*_texts(values, "sources", "*", "measurements", "*", "measure"), *_texts(values, "primary", "measure")]
    yield from _unless_in([name for _, name in chosen], used, "måttet «{}» står inte under «measures».")
    for place, name in _texts(values, "local_measures", "*", "id"):
        if own.index(name) != place[1]:
            yield place, f"måttet «{name}» beskrivs två gånger."


def _occasions(values: Any) -> Broken:
    known = [place[-1] for place, _ in found(values, "occasions", "*")]
    used = [
        *_texts(values, "sources", "*", "measurements", "*", "occasion"),
        *_texts(values, "sources", "*", "occasion", "values", "*"),
        *_texts(values, "primary", "start"),
        *_texts(values, "primary", "end"),
    ]
    yield from _unless_in(list(map(str, known)), used, "mättillfället «{}» finns inte under «occasions».")


def _codes(values: Any) -> Broken:
    """Codes of the unit's own measures; a code that no level has would refuse every row, or count nothing."""
    levels = {
        str(measure.get("id")): [code for _, code in _texts(measure, "levels", "*", "code")]
        for _, measure in found(values, "local_measures", "*")
        if isinstance(measure, dict) and measure.get("levels")
    }
    for place, column in found(values, "sources", "*", "measurements", "*"):
        if isinstance(column, dict) and column.get("measure") in levels:
            used = [((*place, *inner), code) for inner, code in _texts(column, "values", "*")]
            yield from _unless_in(levels[column["measure"]], used, "svaret «{}» finns inte bland måttets svarsnivåer.")
    every = list(dict.fromkeys(code for codes in levels.values() for code in codes))
    yield from _unless_in(every, _texts(values, "counting_outside", "*"), "svaret «{}» finns inte i något av måtten.")


def _backgrounds(values: Any) -> Broken:
    declared = [(place, str(place[-1])) for place, _ in found(values, "sources", "*", "background", "*")]
    known = ["intervention", "reason", *dict.fromkeys(name for _, name in declared)]
    used = _texts(values, "subgroups", "*", "by")
    yield from _unless_in(known, used, "undergruppen «{}» finns inte bland bakgrundsuppgifterna.")
    for place, name in declared:
        if name in _OWN_NAMES:
            yield place, f"«{name}» är upptaget. Välj ett annat namn på bakgrundsuppgiften."


def _sources(values: Any) -> Broken:
    rules = [rule for _, rule in _texts(values, "cohort", "rule")]
    date = _DATE_OF_RULE.get(rules[0] if rules else "ended")
    for place, source in found(values, "sources", "*"):
        if not isinstance(source, dict):
            continue
        if source.get("rows") == "episode":
            yield from _episode_source(place, source, date)
        for inner, column in found(source, "measurements", "*"):
            if isinstance(column, dict) and not column.get("occasion") and not source.get("occasion"):
                yield (*place, *inner), "kolumnen saknar «occasion», och filen har ingen kolumn för mättillfället."


def _episode_source(place: Place, source: dict[str, Any], date: str | None) -> Broken:
    """Without these no row could be told from another, or no row would belong to any year."""
    if not source.get("id"):
        yield place, "en fil med ett ärende på varje rad måste ha «id», kolumnen med ärendets nummer."
    if date and not source.get(date):
        yield place, f"«{date}» saknas: kolumnen med datum avgör vilket år ett ärende hör till («cohort: rule»)."
    if date is None and not source.get("year") and "{year}" not in str(source.get("file")):
        yield place, "året saknas: ange «year», eller {year} i filnamnet, när «cohort: rule» är declared."
