"""Work in five functions to keep young people from crime: four areas and the goals, judged when the contact ends.

Modelled on seed 004's unit for young people. A workbook with a title, an age that Excel calculates, and a row of
sums at the end.

What is missing, and why. Nothing is missing in the file, and that is the trouble: a contact that is not completed (16
to 17 %, far more often where no goal was reached) is recorded as goals not reached and as no improvement in every
area that was current, whatever became of the young person. Some of them did improve, so the file is a little worse
than the truth. An area that was never a problem is recorded as not current and belongs to no denominator. How often
an area is current differs between the functions, and so does how hard their work is.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Calculated, Sheet, sheets_bytes

SLUG = "ung-framtid"
SEED = 14

YOUTHS = {2022: 1480, 2023: 1500, 2024: 1520}
NOT_COMPLETED = {2022: 237, 2023: 240, 2024: 258}

FUNCTIONS = {
    "Aktivitetsansvar": 22,
    "Samverkan skola och polis": 13,
    "Insatsgrupp": 8,
    "Behandlare": 17,
    "Fältarbete": 40,
}
EASIER = {
    "Aktivitetsansvar": 0.3,
    "Samverkan skola och polis": 0.0,
    "Insatsgrupp": -0.8,
    "Behandlare": 0.1,
    "Fältarbete": 0.2,
}
BY_DECISION = "Behandlare"  # the one function that takes a decision by the authority
AREAS = {
    "lamnat_kriminalitet_eller_oroande_umgange": "Kriminalitet och umgänge",
    "bibehallit_eller_uppnatt_drogfrihet": "Drogfrihet",
    "psykisk_halsa": "Psykisk hälsa",
    "arbete_praktik_skolnarvaro": "Arbete, praktik eller skolnärvaro",
}
CURRENT = {
    "Aktivitetsansvar": (0.15, 0.2, 0.5, 0.98),
    "Samverkan skola och polis": (0.9, 0.5, 0.4, 0.8),
    "Insatsgrupp": (0.99, 0.7, 0.4, 0.8),
    "Behandlare": (0.5, 0.6, 0.7, 0.6),
    "Fältarbete": (0.6, 0.45, 0.3, 0.4),
}
GOALS = {"helt": "Helt", "delvis": "Delvis", "inte_alls": "Inte alls"}
STAYS = {"helt": 0.3, "delvis": 1.0, "inte_alls": 3.5}  # weight for a contact that is not completed
LEVELS = {"forbattring": "Förbättring", "ingen_forbattring": "Ingen förbättring", "ej_aktuellt": "Ej aktuellt"}
IMPROVES = {"helt": 0.88, "delvis": 0.62, "inte_alls": 0.22}
HEADER_ROW = 3


def people(year: int) -> pd.DataFrame:
    """Draw every young person whose contact ended that year, with what is true and what the unit writes."""
    rng = draws.generator(SEED, year)
    n = YOUTHS[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 8), dt.date(year, 12, 20))
    frame = pd.DataFrame({"case": draws.numbers("UF", year, n, 4), "end": end})
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 21, 400))
    frame["function"] = draws.choose(rng, n, FUNCTIONS)
    frame["sex"] = draws.choose(rng, n, {"Pojke": 0.62, "Flicka": 0.38})
    frame["born"] = frame["start"].dt.year - draws.whole(rng, n, 10, 24)
    ease = frame["function"].map(EASIER).to_numpy(float)
    chances = np.column_stack([0.42 * np.exp(ease), np.full(n, 0.36), 0.22 * np.exp(-ease)])
    frame["goal"] = draws.choose_each(rng, tuple(GOALS), chances)
    frame["completed"] = ~draws.keep(rng, frame["goal"].map(STAYS).to_numpy(float), NOT_COMPLETED[year])
    _add_areas(rng, frame)
    frame["goal_written"] = frame["goal"].where(frame["completed"], "inte_alls")
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register of a year, with its row of sums."""
    table = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Funktion": frame["function"],
            "Form": np.where(frame["function"] == BY_DECISION, "Bistånd", "Service"),
            "Start": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Kön": frame["sex"],
            "Födelseår": frame["born"],
            "Ålder": _ages(frame),
            "Kontakten": frame["completed"].map({True: "Fullföljd", False: "Inte fullföljd"}),
            **{heading: frame[f"{area}_written"].map(LEVELS) for area, heading in AREAS.items()},
            "Måluppfyllelse": frame["goal_written"].map(GOALS),
        }
    )
    above = ((f"Avslutade kontakter {year}. {INVENTED}.",), ())
    return {f"kontakter_{year}.xlsx": sheets_bytes(Sheet(INVENTED, table, above, (_sums(table),)))}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count goals and areas as they are and as the unit writes them; lost are those whose contact was not completed."""
    completed = frame["completed"]
    groups = {"all": completed | ~completed, "measured": completed, "lost": ~completed}
    result: truth.Truth = {
        "n": len(frame),
        "not_completed": int((~completed).sum()),
        "functions": truth.counts(frame["function"], FUNCTIONS),
        "maluppfyllelse": {group: truth.counts(frame.loc[of, "goal"], GOALS) for group, of in groups.items()},
        "ung_hisingen_4": {},
    }
    result["maluppfyllelse"]["written"] = truth.counts(frame["goal_written"], GOALS)
    for area in AREAS:
        counted = {group: truth.counts(frame.loc[of, area], LEVELS) for group, of in groups.items()}
        counted["written"] = truth.counts(frame[f"{area}_written"], LEVELS)
        result["ung_hisingen_4"][area] = counted
    return result


def _add_areas(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    improves = frame["goal"].map(IMPROVES).to_numpy(float)
    for place, area in enumerate(AREAS):
        current = rng.random(n) < np.array([CURRENT[function][place] for function in frame["function"]])
        better = rng.random(n) < improves
        frame[area] = np.select([~current, better], ["ej_aktuellt", "forbattring"], "ingen_forbattring")
        as_lost = frame["completed"] | (frame[area] == "ej_aktuellt")
        frame[f"{area}_written"] = frame[area].where(as_lost, "ingen_forbattring")


def _ages(frame: pd.DataFrame) -> list[Calculated]:
    """Age at the start, as the register's own formula has it."""
    ages = (frame["start"].dt.year - frame["born"]).tolist()
    return [Calculated(f"YEAR(D{row})-G{row}", age) for row, age in enumerate(ages, start=HEADER_ROW + 1)]


def _sums(table: pd.DataFrame) -> tuple[object, ...]:
    """Row of sums: how many in all, how many completed, and how many reached their goals."""
    first, last = HEADER_ROW + 1, HEADER_ROW + len(table)
    counted = {"Funktion": f"COUNTA(A{first}:A{last})"}
    results = {"Funktion": len(table)}
    for heading, letter, word in (("Kontakten", "I", "Fullföljd"), ("Måluppfyllelse", "N", "Helt")):
        counted[heading] = f'COUNTIF({letter}{first}:{letter}{last},"{word}")'
        results[heading] = int((table[heading] == word).sum())
    sums = [Calculated(counted[name], results[name]) if name in counted else None for name in table.columns]
    return ("Totalt", *sums[1:])
