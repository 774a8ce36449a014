"""Every kind of outcome in every state: small invented tables for which the report's sentences are pinned.

``python tests/wording_matrix.py`` writes the pinned texts anew; read what changed before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import small_project as small

import isu_analysis as isu
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed
from isu_analysis.presentation.sealed import to_json

FOLDER = Path(__file__).parent / "presentation" / "matrix"
STATES = {
    "too_few": "six people, all followed up",
    "all_improved": "24 people, all followed up, all better",
    "some_worse": "30 people: 14 better, 4 unchanged, 6 worse, 6 without",
    "unpaired": "30 people, 24 answers at each occasion that nobody can tell whose they are",
    "refused": "40 people, 6 of them followed up",
}
# Of a person: how it went, or that nobody knows.
BETTER, SAME, WORSE, UNKNOWN = "better", "same", "worse", "unknown"
COURSES = {
    "too_few": [BETTER] * 4 + [SAME, WORSE],
    "all_improved": [BETTER] * 24,
    "some_worse": [BETTER] * 14 + [SAME] * 4 + [WORSE] * 6 + [UNKNOWN] * 6,
    "unpaired": [BETTER] * 14 + [SAME] * 4 + [WORSE] * 6 + [UNKNOWN] * 6,
    "refused": [BETTER] * 4 + [SAME, WORSE] + [UNKNOWN] * 34,
}
UNIT = """\
name: Provenheten
municipality: Exempelstad
invented: true
purpose: "Att se hur det går."
desired_outcome: "Att det blir bättre."
target_group: "Vuxna."
intervention: "Samtal."
unit_of_analysis: person
retention_years: 5
measures: [{measures}]
{own}occasions:
  samtal: {{label: "samtal", role: session}}
  start: {{label: "nybesök", role: start}}
  end: {{label: "avslut", role: end}}
  first: {{label: "första samtalet", role: start, session: first}}
  last: {{label: "sista samtalet", role: end, session: last}}
pairing: {pairing}
cohort: {{rule: ended, eligible: "alla som avslutades under året"}}
primary: {{{primary}, declared: 2021-12-01}}
sources:
  - file: "prov_{{year}}.csv"
    rows: episode
    id: Nr
    client: Person
    start: Start
    end: Slut
    measurements:
{columns}
"""
Row = dict[str, Any]
Answers = Callable[[str, str], list[Row]]


def row(measure: str, occasion: str, rater: str = "client", **more: Any) -> Row:
    """One answer of somebody."""
    return {"measure": measure, "item": "", "occasion": occasion, "rater": rater, "year": 2024, "mode": "form", **more}


def scale(course: str) -> list[Row]:
    """CORE-OM: lower is better, five points are certain."""
    change = {BETTER: -9.0, SAME: 0.5, WORSE: 8.0}
    rows = [row("core_om", "start", value=21.0)]
    return rows if course == UNKNOWN else [*rows, row("core_om", "end", value=21.0 + change[course])]


def sessions(course: str) -> list[Row]:
    """ORS at every conversation: higher is better, five points are certain."""
    change = {BETTER: 9.0, SAME: 0.5, WORSE: -8.0}
    rows = [row("ors", "samtal", value=20.0, day="2024-01-15")]
    return rows if course == UNKNOWN else [*rows, row("ors", "samtal", value=20.0 + change[course], day="2024-05-15")]


def once(measure: str, rater: str, **levels: str) -> Callable[[str], list[Row]]:
    """One named answer at the end."""

    def rows(course: str) -> list[Row]:
        return [] if course == UNKNOWN else [row(measure, "end", rater, level=levels[course])]

    return rows


def state(course: str) -> list[Row]:
    """From one named state to another."""
    after = {BETTER: "bra", SAME: "mellan", WORSE: "dalig"}
    rows = [row("laget", "start", "staff", level="mellan")]
    return rows if course == UNKNOWN else [*rows, row("laget", "end", "staff", level=after[course])]


def needs(course: str) -> list[Row]:
    """Two areas: one unmet need that is met, stays or is joined by another."""
    after = {
        BETTER: ("tillgodosett", "inget_behov"),
        SAME: ("ej_tillgodosett", "inget_behov"),
        WORSE: ("ej_tillgodosett", "ej_tillgodosett"),
    }
    rows = [
        row("cansas", "start", item=area, level=level)
        for area, level in zip(("boende", "mat"), ("ej_tillgodosett", "inget_behov"), strict=True)
    ]
    if course == UNKNOWN:
        return rows
    return rows + [
        row("cansas", "end", item=area, level=level)
        for area, level in zip(("boende", "mat"), after[course], strict=True)
    ]


def goals(course: str) -> list[Row]:
    """Two goals each."""
    after = {BETTER: ("1", "0"), SAME: ("0", "-1"), WORSE: ("-1", "-2")}
    return (
        []
        if course == UNKNOWN
        else [row("gas", "end", item=goal, level=level) for goal, level in zip("xy", after[course], strict=True)]
    )


def interview(course: str) -> list[Row]:
    """An interview at the start and the end, and the staff's judgement in it."""
    rows = [row("dok", "start", "interviewer", level="gjord", mode="interview")]
    if course == UNKNOWN:
        return rows
    judged = row("mini_maria_change", "end", "staff", level="samre" if course == WORSE else "battre")
    return [*rows, row("dok", "end", "interviewer", level="gjord", mode="interview"), judged]


OWN_STATE = """\
local_measures:
  - id: laget
    name: State
    name_sv: Boendet
    construct_sv: boendet
    kind: state
    raters: [staff]
    levels:
      - {code: dalig, label: "Utan bostad", order: 0}
      - {code: mellan, label: "Tillfälligt boende", order: 1}
      - {code: bra, label: "Egen bostad", order: 2, positive: true}
"""
OWN_CLOSING = """\
local_measures:
  - id: avslut
    name: Closing
    name_sv: Avslutsorsak
    construct_sv: hur arbetet slutade
    kind: closing
    raters: [staff]
    levels:
      - {code: nadd, label: "Målet är nått", positive: true, meaning: goal_reached}
      - {code: kvar, label: "Läget är bibehållet", positive: true, meaning: unchanged}
      - {code: avbrot, label: "Avbröts", meaning: client_ended}
"""
OWN_AFTER = """\
local_measures:
  - id: nojd
    name: Experience
    name_sv: Upplevd förändring
    construct_sv: hur deltagarna upplever att det har gått
    kind: after_only
    raters: [client]
    levels:
      - {code: battre, label: "Bättre", order: 2, positive: true, meaning: improved}
      - {code: lika, label: "Som förut", order: 1, meaning: unchanged}
      - {code: samre, label: "Sämre", order: 0, meaning: worse}
"""


def unit(measures: str, primary: str, columns: list[str], own: str, pairing: str) -> str:
    """Text of the unit file."""
    listed = "\n".join(f"      - {{{column}}}" for column in columns)
    return UNIT.format(measures=measures, primary=primary, columns=listed, own=own, pairing=pairing)


def _two(measure: str, rater: str, start: str, end: str) -> tuple[str, list[str]]:
    places = ["samtal"] if start == "first" else [start, end]
    return f"measure: {measure}, rater: {rater}, start: {start}, end: {end}", [
        f"column: {at}, measure: {measure}, rater: {rater}, occasion: {at}" for at in places
    ]


def _one(measure: str, rater: str, more: str = "") -> tuple[str, list[str]]:
    return f"measure: {measure}, rater: {rater}, end: end", [
        f"column: slut, measure: {measure}, rater: {rater}, occasion: end{more}"
    ]


_NEEDS = [
    f"column: {area} {at}, measure: cansas, rater: client, occasion: {at}, item: {area}"
    for area in ("boende", "mat")
    for at in ("start", "end")
]
_INTERVIEW = [
    *_one("mini_maria_change", "staff")[1],
    *(f"column: {at}, measure: dok, rater: interviewer, occasion: {at}" for at in ("start", "end")),
]
# Of each type: measures, primary outcome with columns, the unit's own cards, and what is known of a person.
TYPES: dict[str, tuple[str, tuple[str, list[str]], str, Callable[[str], list[Row]]]] = {
    "continuous_prepost": ("core_om", _two("core_om", "client", "start", "end"), "", scale),
    "repeated_session": ("ors", _two("ors", "client", "first", "last"), "", sessions),
    "ordinal_staff": ("mini_maria_change", _one("mini_maria_change", "staff"), "",
                      once("mini_maria_change", "staff", better="battre", same="battre", worse="samre")),
    "binary_target": ("ung_hisingen_4", _one("ung_hisingen_4.psykisk_halsa", "staff"), "",
                      once("ung_hisingen_4.psykisk_halsa", "staff", better="forbattring", same="ingen_forbattring", worse="ingen_forbattring")),
    "categorical_closing": ("avslut", _one("avslut", "staff"), OWN_CLOSING, once("avslut", "staff", better="nadd", same="kvar", worse="avbrot")),
    "post_likert": ("nojd", _one("nojd", "client"), OWN_AFTER, once("nojd", "client", better="battre", same="lika", worse="samre")),
    "state_transition": ("laget", _two("laget", "staff", "start", "end"), OWN_STATE, state),
    "need_counts": ("cansas", ("measure: cansas, rater: client, start: start, end: end", _NEEDS), "", needs),
    "goal_scaling": ("gas", _one("gas", "client", ", item_column: Mål"), "", goals),
    "structured_interview": ("dok, mini_maria_change", ("measure: mini_maria_change, rater: staff, end: end", _INTERVIEW), "", interview),
}  # fmt: skip


def report(place: Path, kind: str, name: str, mode: str = "internal") -> Any:
    """The protected report of a type in a state."""
    from isu_analysis.disclosure import decide

    measures, (primary, columns), own, answers = TYPES[kind]
    settings = small.unit(place, unit(measures, primary, columns, own, "none" if name == "unpaired" else "by_code"))
    courses = COURSES[name]
    people = [
        {"episode": f"n{i:02}", "client": f"p{i:02}", "year": 2024, "start": "2024-01-10", "end": "2024-06-01"}
        for i in range(len(courses))
    ]
    rows = [
        {"episode": None if name == "unpaired" else person["episode"], **_spread(given, place, later)}
        for place, (person, course) in enumerate(zip(people, courses, strict=True))
        for later, given in enumerate(answers(course))
    ]
    tables = Processed(
        store.episodes_frame(small.block(people), settings), store.measurements_frame(small.block(rows)), {}
    )
    store.save(place, settings, tables)
    results = isu.analyse(isu.cohort(settings, 2024, "2025-06-01", place))
    return isu.protect(results, decide([results], mode))


def _spread(given: Row, place: int, later: int) -> Row:
    """Scores that differ between people, by nine points at the start and a point either way in how they change."""
    if "value" not in given:
        return given
    return given | {"value": given["value"] + 2 * (place % 5) - 4 + (place % 3 - 1 if later else 0)}


def sentences(shown: Any) -> Iterator[str]:
    """The texts of the first page and the results, one a line; of tables and figures only what stands around them."""
    for key in ("first_page", "results"):
        section = isu.show(shown, key)
        if section is not None:
            yield f"== {key}"
            for block in to_json(section)["blocks"]:
                yield from _told(block)


def _told(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace("\u00a0", " ")
    elif isinstance(value, dict):
        left_out = {"kind", "svg", "rows", "columns", "tone", "level", "align"}
        for name, part in value.items():
            if name not in left_out and part:
                yield from _told(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _told(part)


def told(place: Path, kind: str, name: str) -> str:
    """All that is pinned of a type in a state."""
    return "\n".join(sentences(report(place, kind, name))) + "\n"


def write() -> None:
    """Write every pinned text."""
    FOLDER.mkdir(exist_ok=True)
    for kind in TYPES:
        for name in STATES:
            with tempfile.TemporaryDirectory() as folder:
                (FOLDER / f"{kind}-{name}.txt").write_text(
                    told(small.project(Path(folder)), kind, name), encoding="utf-8"
                )


if __name__ == "__main__":
    sys.exit(write())
