"""Support to children and parents in four teams: a closing reason for everybody, but no word for a bad result.

Modelled on seed 004's resource unit in the centre. A workbook with two titles above the headings, in which the name of
the team stands once, in merged cells over all its rows.

What is missing, and why. No case lacks a closing reason. What is missing is in the list itself: whether the situation
was unchanged or worse cannot be written, so such cases end up as goals partly reached, as ended on the family's wish
or as another reason. The truth tells the situation behind each reason.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Sheet, sheets_bytes

SLUG = "resurs-centrum"
SEED = 16

CASES = {2022: 292, 2023: 300, 2024: 307}
TEAMS = {"Team Asp": 30, "Team Björk": 28, "Team Ek": 24, "Team Lind": 18}
SITUATIONS = {"better": 0.62, "unchanged": 0.25, "worse": 0.13}
CLOSING = {
    "malen_uppfyllda": "Målen uppfyllda",
    "malen_delvis_uppfyllda": "Målen delvis uppfyllda",
    "pa_familjens_begaran": "Avslut på familjens begäran",
    "uteblev": "Uteblev",
    "till_annan_insats": "Övergår till annan insats",
    "annan_orsak": "Annan orsak",
}
CHANCES = {
    "better": (0.58, 0.24, 0.08, 0.02, 0.05, 0.03),
    "unchanged": (0.06, 0.30, 0.22, 0.12, 0.18, 0.12),
    "worse": (0.01, 0.12, 0.26, 0.17, 0.28, 0.16),
}
INTERVENTIONS = {"Familjebehandling": 50, "Stödsamtal": 30, "Nätverksmöten": 20}


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year, with the true situation and the reason that is written."""
    rng = draws.generator(SEED, year)
    n = CASES[year]
    frame = pd.DataFrame({"team": sorted(draws.choose(rng, n, TEAMS)), "case": draws.numbers("RC", year, n)})
    end = draws.weekdays(rng, n, dt.date(year, 1, 4), dt.date(year, 12, 20))
    frame["situation"] = draws.choose(rng, n, SITUATIONS)
    chances = np.array([CHANCES[situation] for situation in frame["situation"]])
    frame["closing"] = draws.choose_each(rng, tuple(CLOSING), chances)
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 40, 420))
    frame["end"] = end
    frame["age"] = draws.whole(rng, n, 0, 20)
    frame["intervention"] = draws.choose(rng, n, INTERVENTIONS)
    frame["form"] = draws.choose(rng, n, {"Bistånd": 0.92, "Service": 0.08})
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the list of a year, team by team."""
    table = pd.DataFrame(
        {
            "Team": frame["team"],
            "Ärende": frame["case"],
            "Inkom": frame["start"].dt.date,
            "Avslutat": frame["end"].dt.date,
            "Barnets ålder": frame["age"],
            "Insats": frame["intervention"],
            "Form": frame["form"],
            "Avslutsorsak": frame["closing"].map(CLOSING),
        }
    )
    above = ((f"Avslutade ärenden {year}. {INVENTED}.",), ("Fördelning mellan teamen",), ())
    return {f"avslut_{year}.xlsx": sheets_bytes(Sheet(INVENTED, table, above, merged=("Team",)))}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the closing reasons, none of them missing, and the true situations behind each."""
    behind = {code: truth.counts(frame.loc[frame["closing"] == code, "situation"], SITUATIONS) for code in CLOSING}
    return {
        "n": len(frame),
        "teams": truth.counts(frame["team"], TEAMS),
        "closing_rc_centrum": {
            "all": truth.counts(frame["closing"], CLOSING),
            "measured": truth.counts(frame["closing"], CLOSING),
            "lost": truth.counts(frame["closing"].iloc[:0], CLOSING),
        },
        "situation": {"all": truth.counts(frame["situation"], SITUATIONS), "behind": behind},
    }
