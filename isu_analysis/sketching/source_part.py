"""The part of a sketched unit file that describes the raw file: its columns and the texts in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from isu_analysis.settings import slug
from isu_analysis.sketching.guesses import (
    OFTEN,
    Guess,
    common_groups,
    ending_of,
    occasion_in,
    sex_of,
)
from isu_analysis.sketching.look import Look, RawColumn

GUESS = "# GISSNING:"
TO_FILL_IN = "FYLL I"
DAYS_A_MONTH = 30.4375  # 365.25 / 12
_YEAR = re.compile(r"(?<!\d)(19|20)\d{2}(?!\d)")


def measure_id(found: Guess) -> str:
    """Id of the measure in a score column: the registry's, or one made from the heading."""
    return found.measure or code_of(found.label)


def occasions_of(guesses: Iterable[Guess]) -> list[str]:
    """Declare the occasions that headings, or the texts of an occasion column, speak of."""
    found = dict.fromkeys(name for name in _occasion_names(guesses) if name)
    months = sorted((name for name in found if name.startswith("m")), key=lambda name: int(name[1:]))
    lines = ["occasions:"]
    if "start" in found:
        lines.append(f'  start: {{label: "start", role: start, day: 0}} {GUESS} efter rubrikerna')
    last = "end" if "end" in found else (months or ["end"])[-1]
    for name in months:
        day, role = round(int(name[1:]) * DAYS_A_MONTH), "end" if name == last else "follow_up"
        lines.append(f'  {name}: {{label: "{name[1:]} månader", role: {role}, day: {day}}} {GUESS} dagar efter start')
    if "follow_up" in found:
        lines.append(f'  follow_up: {{label: "uppföljning", role: follow_up}} {GUESS} efter rubrikerna')
    if last == "end":
        lines.append(f'  end: {{label: "avslut", role: end}} {GUESS} efter rubrikerna')
    return lines


def _occasion_names(guesses: Iterable[Guess]) -> list[str | None]:
    names: list[str | None] = []
    for found in guesses:
        if found.kind == "score":
            names.append(found.occasion)
        elif found.kind == "closing":
            names.append("end")
        elif found.kind == "occasion":
            names += [occasion_in(text)[0] for text in found.column.texts]
    return names


def source_lines(seen: Look, guesses: list[Guess]) -> list[str]:
    """Describe the raw file."""
    kinds = {found.kind for found in guesses if found.kind != "day" or not found.occasion}
    pattern = _pattern(seen, guesses)
    has_year = "{year}" in pattern
    lines = ["sources:", f"  - file: {quoted(pattern)}"]
    lines[-1] += f" {GUESS} {{year}} står för årtalet i filens namn" if has_year else ""
    rows = "form" if "occasion" in kinds or ("day" in kinds and not kinds & {"start", "end"}) else "episode"
    lines.append(f"    rows: {rows} {GUESS} episode: en rad är ett ärende; form: en rad är en ifylld blankett")
    lines += [f"    sheet: {quoted(seen.sheet)} {GUESS} bladet med den största tabellen"] if seen.sheet else []
    lines += [f"    header_row: {seen.header_row} {GUESS} raden med rubriker"] if seen.header_row > 1 else []
    if seen.sum_row:
        lines.append(f"    # Rad {seen.sum_row}, den sista, ser ut som en summarad och är inte med här.")
        lines.append("    # Skriv dess första text här, till exempel skip_rows: [Totalt]. Ändra inte råfilen.")
    lines += _text_file(seen)
    if not has_year and not kinds & {"start", "end", "day"}:
        lines.append(f"    year: {TO_FILL_IN} # året som filen gäller")
    return [
        *lines,
        *_simple(guesses),
        *_mapped(guesses),
        *_backgrounds(guesses),
        *_measurements(guesses),
        *_ignored(guesses),
    ]


def _pattern(seen: Look, guesses: list[Guess]) -> str:
    """File name with {year} for the year in it, unless the dates tell that the file holds several years."""
    named = _YEAR.search(seen.path.name)
    ends = [found.column.years for found in guesses if found.kind == "end"]
    if not named or any(years - {int(named.group())} for years in ends):
        return seen.path.name
    return _YEAR.sub("{year}", seen.path.name, count=1)


def _text_file(seen: Look) -> list[str]:
    if seen.path.suffix.lower() not in {".csv", ".txt"}:
        return []
    return [
        f"    delimiter: {quoted(seen.delimiter)} {GUESS} tecknet mellan kolumnerna",
        f"    decimal: {quoted(seen.decimal)} {GUESS} decimaltecken",
    ]


def _simple(guesses: list[Guess]) -> list[str]:
    words = {"id": "ärendets nummer", "start": "startdatum", "end": "slutdatum", "day": "dagen för mätningen"}
    lines = [
        f"    {found.kind}: {quoted(found.column.heading)} {GUESS} {words[found.kind]}"
        for found in guesses
        if found.kind in words and not found.occasion
    ]
    forms = [found.column.date_form for found in guesses if found.kind in {"start", "end", "day"}]
    other = next((form for form in forms if form not in {None, "%Y-%m-%d"}), None)
    return lines + ([f"    date_format: {quoted(other)} {GUESS} så skrivs datum i filen"] if other else [])


PRINTED = "Det som räknas upp här kan tryckas i en publik rapport. Ta bort «values» om något kan peka ut en person."


def _mapped(guesses: list[Guess]) -> list[str]:
    readers: dict[str, Callable[[str], str | None]] = {
        "ending": ending_of,
        "intervention": lambda text: text,
        "reason": lambda text: text,
        "occasion": lambda text: occasion_in(text)[0],
    }
    lines = []
    for found in guesses:
        if found.kind in readers:
            lines += [
                f"    {found.kind}:",
                f"      column: {quoted(found.column.heading)} {GUESS} efter rubriken",
            ]
            lines += _values(found.column, readers[found.kind], " " * 6)
    return lines


def _backgrounds(guesses: list[Guess]) -> list[str]:
    chosen = [found for found in guesses if found.kind in {"category", "number"}]
    lines = ["    background:"] if chosen else []
    for found in chosen:
        heading = found.column.heading
        name = {"kön": "sex", "juridiskt kön": "sex", "ålder": "age"}.get(heading.casefold(), code_of(heading))
        is_sex = name == "sex"
        lines.append(f"      {name}:")
        lines += [f"        column: {quoted(heading)} {GUESS} känt när ärendet börjar"]
        lines += [f"        label: {quoted(heading)}"]
        if found.kind == "number":
            lines.append("        type: number")
        else:
            lines += _values(found.column, sex_of if is_sex else lambda text: text, " " * 8)
    return lines


def _values(column: RawColumn, read: Callable[[str], str | None], indent: str) -> list[str]:
    """List the texts that occur often enough to be a group; rarer ones are only counted."""
    groups = [name for name in column.groups if name in common_groups(column) or sex_of(name)]
    common = sorted((text, name) for name in groups for text in column.groups[name])
    # A rare text may be about one person, so it is never written into a file that others read.
    rare = len(column.texts) - len(common)
    public = [f"{indent}# {PRINTED}"] if common and not all(map(sex_of, groups)) else []
    lines = [*public, f"{indent}values: {GUESS} vad texterna betyder"] if common else []
    lines += [f"{indent}  {quoted(text)}: {quoted(read(name) or TO_FILL_IN)}" for text, name in common]
    if rare:
        word = "text" if rare == 1 else "texter"
        lines.append(f"{indent}# Färre än {OFTEN} gånger förekommer {rare} {word} till. Lägg till dem själv.")
    return lines


def _measurements(guesses: list[Guess]) -> list[str]:
    closing = [found for found in guesses if found.kind == "closing"]
    lines = _scores(guesses) or (["    measurements:"] if closing else [])
    for found in closing:
        lines += [
            f"      - column: {quoted(found.column.heading)} {GUESS} hur ärendet avslutades",
            f"        measure: {measure_id(found)}",
            "        rater: staff",
            "        occasion: end",
            *_values(found.column, codes_of(found.column).get, " " * 8),
        ]
    return lines


def code_of(text: str) -> str:
    """Code for a level, made from its text."""
    return slug(text).replace("-", "_")


def codes_of(column: RawColumn) -> dict[str, str]:
    """A code for each level of a column, by its text; texts that differ never share one."""
    found: dict[str, str] = {}
    for text in common_groups(column):
        code, times = code_of(text), 1
        while code in found.values():
            times += 1
            code = f"{code_of(text)}_{times}"
        found[text] = code
    return found


def _scores(guesses: list[Guess]) -> list[str]:
    scores = [found for found in guesses if found.kind == "score"]
    days = {found.occasion: found.column.heading for found in guesses if found.kind == "day" and found.occasion}
    has_column = any(found.kind == "occasion" for found in guesses)
    lines = ["    measurements:"] if scores else []
    for found in scores:
        name = measure_id(found)
        parts = [f"column: {quoted(found.column.heading)}", f"measure: {name}", "rater: client"]
        if not has_column:
            parts.append(f"occasion: {found.occasion or quoted(TO_FILL_IN)}")
        if found.occasion in days:
            parts.append(f"day: {quoted(days[found.occasion])}")
        lines.append(f"      - {{{', '.join(parts)}}} {GUESS} klientens egen skattning")
    return lines


def _ignored(guesses: list[Guess]) -> list[str]:
    names = [quoted(found.column.heading) for found in guesses if found.kind == "ignore"]
    return (
        [f"    ignore: [{', '.join(names)}] {GUESS} läses aldrig in; kan någon av dem vara ett mått?"] if names else []
    )


def quoted(text: str) -> str:
    """Quote a text for YAML; what YAML 1.1 would misread (NO, 0123, 22:30) stays a text."""
    return json.dumps(text, ensure_ascii=False)
