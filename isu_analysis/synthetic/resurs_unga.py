"""Support to teenagers and their parents: a register made to follow the flow of cases, not results.

Modelled on seed 004's resource unit for young people. An Excel register in which most dates are typed as text, day
first, and some have become real dates; the headings stand on the first row.

What is missing, and why. No case lacks a reason. But the register was made to see how many cases come and go, and the
unit itself doubts that «the goals are reached» tells a result: of the cases written so, about one in three was no better.
The truth tells the situation behind each reason. There is no word for unchanged or worse.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import workbook_bytes

SLUG = "resurs-unga"
SEED = 17

CASES = {2022: 136, 2023: 140, 2024: 143}
REAL_DATES = 0.25  # share of the rows in which Excel has understood the dates
SITUATIONS = {"better": 0.55, "not_better": 0.45}
CLOSING = {
    "malen_uppfyllda": "Målet/målen uppfyllda",
    "situationen_forbattrats": "Situationen har förbättrats",
    "kom_inte_igang": "Insatsen kom inte igång",
    "klienten_avbryter": "Klienten avbryter",
    "hanvisas_annan_insats": "Hänvisas till annan insats",
    "annan_anledning": "Annan anledning",
}
CHANCES = {
    "better": (0.47, 0.30, 0.04, 0.08, 0.06, 0.05),
    "not_better": (0.29, 0.05, 0.18, 0.22, 0.15, 0.11),
}
INTERVENTIONS = {"Familjesamtal": 45, "Stödsamtal med den unge": 35, "Föräldrastöd": 20}
DAY_FIRST = "%d/%m/%Y"


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year, with the true situation and the reason that is written."""
    rng = draws.generator(SEED, year)
    n = CASES[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 4), dt.date(year, 12, 20))
    frame = pd.DataFrame({"case": draws.numbers("RU", year, n), "situation": draws.choose(rng, n, SITUATIONS)})
    chances = np.array([CHANCES[situation] for situation in frame["situation"]])
    frame["closing"] = draws.choose_each(rng, tuple(CLOSING), chances)
    frame["waiting"] = draws.whole(rng, n, 3, 60)
    frame["start"] = draws.to_weekday(end - frame["waiting"].to_numpy() - draws.whole(rng, n, 20, 330))
    frame["end"] = end
    frame["age"] = draws.whole(rng, n, 13, 18)
    frame["intervention"] = draws.choose(rng, n, INTERVENTIONS)
    frame["form"] = np.where(frame["intervention"] == "Stödsamtal med den unge", "Service", "Bistånd")
    frame["real_dates"] = rng.random(n) < REAL_DATES
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register of a year."""
    table = pd.DataFrame(
        {
            "Löpnummer": frame["case"],
            "Inkommet": _dates(frame, "start"),
            "Avslutat": _dates(frame, "end"),
            "Dagar i kö": frame["waiting"],
            "Ålder": frame["age"],
            "Insats": frame["intervention"],
            "Form": frame["form"],
            "Anledning till avslut": frame["closing"].map(CLOSING),
        }
    )
    return {f"register_{year}.xlsx": workbook_bytes(table)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the reasons, none of them missing, and the true situations behind each."""
    behind = {code: truth.counts(frame.loc[frame["closing"] == code, "situation"], SITUATIONS) for code in CLOSING}
    return {
        "n": len(frame),
        "closing_ru_nordost": {
            "all": truth.counts(frame["closing"], CLOSING),
            "measured": truth.counts(frame["closing"], CLOSING),
            "lost": truth.counts(frame["closing"].iloc[:0], CLOSING),
        },
        "situation": {"all": truth.counts(frame["situation"], SITUATIONS), "behind": behind},
    }


def _dates(frame: pd.DataFrame, column: str) -> list[object]:
    rows = zip(frame[column].dt.date, frame["real_dates"], strict=True)
    return [day if real else day.strftime(DAY_FIRST) for day, real in rows]
