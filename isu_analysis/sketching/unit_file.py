"""`isu init`: a first unit file from a raw file, with every guess marked and every gap named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import get_args

from isu_analysis import files
from isu_analysis.errors import IsuError, SettingsError
from isu_analysis.measures.model import Meaning
from isu_analysis.settings import load_unit, slug, unit_files
from isu_analysis.sketching.guesses import POSITIVE, Guess, common_groups, guess, meaning_of, version_assumed
from isu_analysis.sketching.look import Look, look
from isu_analysis.sketching.source_part import (
    GUESS,
    TO_FILL_IN,
    codes_of,
    measure_id,
    occasions_of,
    quoted,
    source_lines,
)

_HEAD = """\
# Ett utkast, gjort av «isu init» ur filen {file}.
# GISSNING: datorns gissning. Kontrollera raden, rätta den och ta bort märket.
# FYLL I: bara ni vet. Ersätt texten.
"""


def sketch(project: Path, unit: str, raw_file: Path, today: dt.date | None = None) -> str:
    """Write ``parameters/<municipality>/<unit>.yml`` and say what is left to do.

    Parameters
    ----------
    unit : str
        ``"municipality/unit"``.
    raw_file : Path
        An .xlsx or .csv file. It is read and never copied.
    today : date, optional
        Stands as the day when the primary outcome was declared.

    Returns
    -------
    str
        Lines for the screen.

    Raises
    ------
    SettingsError
        The name cannot be a folder name, or there is a unit file already.
    IntakeError
        The raw file cannot be read.
    """
    municipality, name = _names(unit)
    path = project / "parameters" / municipality / f"{name}.yml"
    if path.exists():
        raise SettingsError(
            f"parameters/{unit}.yml finns redan och skrivs inte över. Ta bort den, eller välj ett annat namn."
        )
    seen = look(raw_file)
    text = _text(project, municipality, name, seen, today or dt.date.today())
    files.write(path, text.encode("utf-8"))
    return "\n".join(_what_is_left(project, unit, seen, text))


def _names(unit: str) -> tuple[str, str]:
    municipality, _, name = unit.replace("\\", "/").partition("/")
    for part in (municipality, name):
        if not part or slug(part) != part:
            raise SettingsError(
                f"«{unit}» ska vara kommun/enhet med bara a–z, 0–9 och bindestreck. "
                f"Förslag: «{slug(municipality)}/{slug(name)}»."
            )
    return municipality, name


def _text(project: Path, municipality: str, name: str, seen: Look, today: dt.date) -> str:
    guesses = guess(seen)
    lines = [
        f"name: {quoted(_as_name(name))} {GUESS} efter mappens namn",
        f"municipality: {quoted(_municipality(project, municipality))} {GUESS} efter mappens namn",
        f'purpose: "{TO_FILL_IN}: vad enheten vill veta med sin uppföljning"',
        f'desired_outcome: "{TO_FILL_IN}: vad som ska ha blivit bättre för dem som får insatsen"',
        f'target_group: "{TO_FILL_IN}: vilka insatsen är till för"',
        f'intervention: "{TO_FILL_IN}: vad insatsen består av"',
        f"unit_of_analysis: episode {GUESS} episode (ett ärende), person, family eller placement",
        f"retention_years: 5 {GUESS} hur många år uppgifterna får sparas enligt er plan",
        "",
        *_measures(guesses),
        "",
        *occasions_of(guesses),
        "",
        *_cohort(guesses),
        "",
        *_primary(guesses, today),
        "",
        *source_lines(seen, guesses),
    ]
    return _HEAD.format(file=quoted(seen.path.name)) + "\n".join(lines) + "\n"


def _measures(guesses: list[Guess]) -> list[str]:
    scores = [found for found in guesses if found.kind in {"score", "closing"}]
    if not scores:
        return [f"# Hittade ingen kolumn med poäng. Vad mäter enheten?\nmeasures: [{quoted(TO_FILL_IN)}]"]
    ids = dict.fromkeys(measure_id(found) for found in scores)
    lines = [f"measures: [{', '.join(ids)}] {GUESS} mått ur registret, eller egna som beskrivs här nedanför"]
    lines += [
        f"{GUESS} «{found.label}» antas vara {version} i registret; rubriken säger inte vilken version det är"
        for found in {measure_id(found): found for found in scores}.values()
        if (version := version_assumed(found))
    ]
    own = [name for name in ids if not any(found.measure for found in scores if measure_id(found) == name)]
    lines += ["local_measures:"] if own else []
    for name in own:
        columns = [found for found in scores if measure_id(found) == name]
        lines += _closing(name, columns[0]) if columns[0].kind == "closing" else _scale(name, columns)
    return lines


def _own(name: str, label: str, construct: str) -> list[str]:
    return [
        f"  - id: {name}",
        f"    name: {quoted(label)}",
        f"    name_sv: {quoted(label)} {GUESS} efter rubriken",
        f"    construct_sv: {construct}",
    ]


def _scale(name: str, columns: list[Guess]) -> list[str]:
    return [
        *_own(name, columns[0].label, f'"{TO_FILL_IN}: vad skalan mäter"'),
        f"    kind: scale {GUESS} en skala med poäng",
        f"    raters: [client] {GUESS} vem som skattar",
        *_range([number for found in columns for number in found.column.numbers]),
        f"    higher_is_better: {TO_FILL_IN} # true om mer är bättre, annars false",
    ]


def _range(scores: list[float]) -> list[str]:
    """Guess 0-10 where the scores speak for it; a maximum taken from the data would be some person's own score."""
    whole = all(score.is_integer() for score in scores)
    step = [] if whole else [f"    step: 0.1 {GUESS} poängen har decimaler"]
    if min(scores) >= 0 and 5 < max(scores) <= 10:
        lowest, highest = "lägsta möjliga poäng på skalan", "högsta möjliga poäng; filens poäng ryms inom 0–10"
        return [f"    minimum: 0 {GUESS} {lowest}", f"    maximum: 10 {GUESS} {highest}", *step]
    return [
        f"    minimum: {TO_FILL_IN} # lägsta möjliga poäng på skalan, inte i filen",
        f"    maximum: {TO_FILL_IN} # högsta möjliga poäng",
        *step,
    ]


def _closing(name: str, found: Guess) -> list[str]:
    lines = [
        *_own(name, found.label, f'"hur ärendet avslutades" {GUESS} efter rubriken'),
        f"    kind: closing {GUESS} ett avslut på varje ärende",
        f"    raters: [staff] {GUESS} vem som väljer",
        f"    # meaning: {', '.join(get_args(Meaning))}",
        "    levels:",
    ]
    codes = codes_of(found.column)
    for label in common_groups(found.column):
        meaning = meaning_of(label)
        positive = ", positive: true" if meaning in POSITIVE else ""
        level = f"code: {codes[label]}, label: {quoted(label)}, meaning: {meaning or quoted(TO_FILL_IN)}{positive}"
        lines.append(f"      - {{{level}}} {GUESS} vad avslutet betyder, och om det räknas som gott (positive)")
    return lines


def _cohort(guesses: list[Guess]) -> list[str]:
    kinds = {found.kind for found in guesses}
    rule, why = ("declared", "filen har inga datum för start och slut; alla hör till filens år")
    if "start" in kinds:
        rule, why = "started", "de som började under året; filen har inget slutdatum"
    if "end" in kinds:
        rule, why = "ended", "de som avslutades under året; ett ärende utan slutdatum pågår"
    return ["cohort:", f"  rule: {rule} {GUESS} {why}"]


def _primary(guesses: list[Guess], today: dt.date) -> list[str]:
    scores = [found for found in guesses if found.kind == "score"]
    closing = [found for found in guesses if found.kind == "closing"]
    chosen, rater = next(iter([*scores, *closing]), None), "client" if scores or not closing else "staff"
    named = list(dict.fromkeys(line.split(":")[0].strip() for line in occasions_of(guesses)[1:]))
    start, end = (
        ("start" if "start" in named else None),
        ([name for name in named if name != "start"] or named)[-1],
    )
    lines = [
        "# Det utfall som första sidan handlar om, bestämt i förväg.",
        "primary:",
        f"  measure: {measure_id(chosen) if chosen else quoted(TO_FILL_IN)} {GUESS} den första skalan, eller avslutet",
        f"  rater: {rater} {GUESS} client, child, parent, family, staff, interviewer eller register",
    ]
    lines += [f"  start: {start} {GUESS} det första tillfället"] if start else []
    return [
        *lines,
        f"  end: {end} {GUESS} det sista tillfället",
        f"  declared: {today.isoformat()} {GUESS} dagen då ni bestämde det",
    ]


def _what_is_left(project: Path, unit: str, seen: Look, text: str) -> list[str]:
    lines = [f"Skrev parameters/{unit}.yml. {text.count(GUESS)} gissningar är märkta GISSNING: kontrollera dem."]
    for number, line in enumerate(text.splitlines(), start=1):
        if TO_FILL_IN in line and not line.startswith("#"):
            key = re.search(rf'("[^"]*"|\w+): "?{TO_FILL_IN}', line)
            lines.append(f"  Att fylla i: rad {number}, {key.group(1) if key else line.split(':')[0].strip(' -')}")
    try:
        load_unit(unit, project)
    except IsuError as error:
        lines.append(f"Enhetsfilen går inte att använda förrän detta är ifyllt:\n{error}")
    lines.append(f"Lägg {seen.path.name} i data_raw/{unit}/ och kör sedan: isu check {unit}")
    return lines


def _municipality(project: Path, municipality: str) -> str:
    for path in unit_files(project, municipality):
        try:
            return load_unit(f"{municipality}/{path.stem}", project).municipality
        except IsuError:
            continue
    return _as_name(municipality)


def _as_name(folder: str) -> str:
    return folder.replace("-", " ").capitalize()
