"""A home for young people with support: few of them, three waves of self-ratings, and what became of their lives.

Modelled on seed 004's home for young people. A workbook with the placements, and the ratings as an SPSS file with
value labels, in which 99 (999 where 99 is a possible score) means that the form was not answered.

What is missing, and why. None to three a year speak too little Swedish for the forms and have none at all: how they
fare differs from the others in nothing else. None to two placements a year break down; they have no measurement at
the end, and had the worst course. Two a year decline at six months and two at the end, more often those who feel
worse. A placement that ends before six months has no form then, and none is missing. The housing reference half a
year after moving out is unknown for the breakdowns.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import sav_bytes, workbook_bytes

SLUG = "stodboende-unga"
SEED = 13

PLACES = {2022: 18, 2023: 18, 2024: 18}
WITHOUT_LANGUAGE = {2022: 2, 2023: 0, 2024: 3}
BREAKDOWNS = {2022: 1, 2023: 2, 2024: 0}
DECLINES = 2  # at six months, and at the end
HALF_YEAR = 182
SKIPPED_LADDER = 1  # form a year with the ladder left out

# Mean and SD at the start, mean change to six months and to the end, SD of change, lowest and highest.
SCALES = {
    "kasam13": (54.0, 11.0, 3.0, 7.0, 7.0, 13, 91),
    "livets_stege": (4.3, 1.7, 0.8, 1.6, 1.5, 0, 10),
    "ysr": (62.0, 20.0, -6.0, -14.0, 13.0, 0, 210),
}
HIGHER_IS_BETTER = {"kasam13": True, "livets_stege": True, "ysr": False}
ANY_CHANGE = 1.0
BREAKS = -1.0  # how many SDs of change worse a breakdown is
OUTCOMES = {
    "eget_boende": "Eget boende",
    "klarat_gymnasiet": "Klarat gymnasiet",
    "skott_ekonomi": "Skött ekonomi",
    "stabil_sysselsattning": "Stabil sysselsättning",
    "boendereferens_6_man": "Boendereferens efter 6 månader",
}
CHANCES = {
    "eget_boende": 0.7,
    "klarat_gymnasiet": 0.55,
    "skott_ekonomi": 0.65,
    "stabil_sysselsattning": 0.6,
    "boendereferens_6_man": 0.75,
}
OCCASIONS = {"start": 1.0, "six": 2.0, "end": 3.0}
OCCASION_LABELS = {1.0: "Inflyttning", 2.0: "6 månader", 3.0: "Utflytt"}
REASONS = {"language": 1.0, "declined": 2.0, "broke_down": 3.0}
REASON_LABELS = {1.0: "Språket", 2.0: "Ville inte", 3.0: "Sammanbrott"}
UNANSWERED = {"kasam13": 99.0, "livets_stege": 99.0, "ysr": 999.0}
VARIABLES = {"kasam13": "KASAM", "livets_stege": "STEGE", "ysr": "YSR"}


def people(year: int) -> pd.DataFrame:
    """Draw everybody who moved out that year, with true scores at three occasions and which forms there are."""
    rng = draws.generator(SEED, year)
    n = PLACES[year]
    course = draws.normal(rng, n, 0, 1)
    frame = pd.DataFrame({"case": draws.numbers("SB", year, n)})
    frame["broke_down"] = draws.keep(rng, np.exp(-course), BREAKDOWNS[year])
    course = np.where(frame["broke_down"], course + BREAKS, course)
    frame["language"] = draws.keep(rng, np.where(frame["broke_down"], 1e-6, 1.0), WITHOUT_LANGUAGE[year])
    frame["sex"] = draws.choose(rng, n, {"Flicka": 0.78, "Pojke": 0.22})
    frame["age"] = draws.whole(rng, n, 16, 20)
    _add_days(rng, frame, year)
    for scale in SCALES:
        _add_scale(rng, frame, scale, course)
    for outcome, chance in CHANCES.items():
        frame[outcome] = (rng.random(n) < chance + 0.12 * course) & ~frame["broke_down"]
    _add_forms(rng, frame, course)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the list of placements and the SPSS file of a year."""
    return {f"boende_{year}.xlsx": workbook_bytes(_placements(frame)), f"skattningar_{year}.sav": _ratings(frame)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe the changes and outcomes of all, of those with forms at start and end, and of the lost."""
    both = frame["start_form"] & frame["end_form"]
    groups = {"all": both | ~both, "measured": both, "lost": ~both}
    known = ~frame["broke_down"]
    result: truth.Truth = {
        "n": len(frame),
        "language": int(frame["language"].sum()),
        "broke_down": int(frame["broke_down"].sum()),
        "forms": {occasion: int(frame[f"{occasion}_form"].sum()) for occasion in OCCASIONS},
        "sambuh_livsutfall": {},
    }
    for scale, better in HIGHER_IS_BETTER.items():
        result[scale] = {
            group: truth.change(
                frame.loc[of, f"{scale}_start"], frame.loc[of, f"{scale}_end"], ANY_CHANGE, higher_is_better=better
            )
            for group, of in groups.items()
        }
    for outcome in OUTCOMES:
        result["sambuh_livsutfall"][outcome] = {
            group: {"n": int(of.sum()), "ja": int(frame.loc[of, outcome].sum())}
            for group, of in {"all": known | ~known, "measured": known, "lost": ~known}.items()
        }
    return result


def _add_days(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    end = draws.weekdays(rng, n, dt.date(year, 1, 10), dt.date(year, 12, 18))
    stay = np.where(frame["broke_down"], draws.whole(rng, n, 60, 240), draws.whole(rng, n, 150, 560))
    frame["end"], frame["start"] = end, draws.to_weekday(end - stay)
    start = frame["start"].to_numpy("datetime64[D]")
    frame["start_day"] = np.busday_offset(start, draws.whole(rng, n, 0, 8))
    frame["six_day"] = draws.to_weekday(start + HALF_YEAR + draws.whole(rng, n, -10, 10))
    frame["end_day"] = np.busday_offset(end, -draws.whole(rng, n, 0, 4))
    frame["six_due"] = frame["six_day"] < frame["end_day"]


def _add_scale(rng: Generator, frame: pd.DataFrame, scale: str, course: draws.Floats) -> None:
    mean, sd, to_six, to_end, noise, lowest, highest = SCALES[scale]
    n = len(frame)
    first = draws.normal(rng, n, mean, sd)
    well = course * noise * (1 if HIGHER_IS_BETTER[scale] else -1)
    six = first + to_six + 0.5 * well + draws.normal(rng, n, 0, 0.4 * noise)
    last = first + to_end + well + draws.normal(rng, n, 0, 0.4 * noise)
    for occasion, values in {"start": first, "six": six, "end": last}.items():
        frame[f"{scale}_{occasion}"] = values.round().clip(lowest, highest).astype(int)


def _add_forms(rng: Generator, frame: pd.DataFrame, course: draws.Floats) -> None:
    able = {
        "start": ~frame["language"],
        "six": ~frame["language"] & frame["six_due"],
        "end": ~frame["language"] & ~frame["broke_down"],
    }
    for occasion, may in able.items():
        k = 0 if occasion == "start" else DECLINES
        declines = draws.keep(rng, np.where(may, np.exp(-course), 1e-9), k)
        frame[f"{occasion}_form"] = may & ~declines
        frame[f"{occasion}_ladder"] = True
    frame["end_ladder"] = ~draws.keep(rng, np.where(frame["end_form"], 1.0, 1e-9), SKIPPED_LADDER)


def _placements(frame: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Inflyttning": frame["start"].dt.date,
            "Utflytt": frame["end"].dt.date,
            "Avslut": frame["broke_down"].map({True: "Sammanbrott", False: "Planerat"}),
            "Kön": frame["sex"],
            "Ålder": frame["age"],
        }
    )
    for outcome, heading in OUTCOMES.items():
        table[heading] = frame[outcome].map({True: "Ja", False: "Nej"}).where(~frame["broke_down"])
    return table.assign(Orsak=frame["broke_down"].map({True: "Sammanbrott", False: None}))


def _ratings(frame: pd.DataFrame) -> bytes:
    table = pd.concat([_forms(frame, occasion) for occasion in OCCASIONS])
    table = table.sort_values(["ARENDE", "TILLF"], kind="stable").reset_index(drop=True)
    labels = {"ARENDE": "Ärende", "DATUM": "Datum", "TILLF": "Tillfälle", "ORSAK": "Varför formulär saknas"}
    labels |= {"KASAM": "KASAM, summa", "STEGE": "Livets stege, nu", "YSR": "YSR, summa"}
    unanswered = {VARIABLES[scale]: code for scale, code in UNANSWERED.items()}
    words = {"TILLF": OCCASION_LABELS, "ORSAK": REASON_LABELS}
    words |= {name: {code: "Ej besvarad"} for name, code in unanswered.items()}
    return sav_bytes(table, labels, words, {name: [code] for name, code in unanswered.items()})


def _forms(frame: pd.DataFrame, occasion: str) -> pd.DataFrame:
    """Forms of one occasion, also the unanswered; no row for a placement that ended before the occasion."""
    due = frame[frame["six_due"]] if occasion == "six" else frame
    filled = due[f"{occasion}_form"]
    part = pd.DataFrame(
        {"ARENDE": due["case"], "DATUM": due[f"{occasion}_day"].dt.date.where(filled), "TILLF": OCCASIONS[occasion]}
    )
    for scale, name in VARIABLES.items():
        there = filled & due[f"{occasion}_ladder"] if scale == "livets_stege" else filled
        part[name] = due[f"{scale}_{occasion}"].astype(float).where(there, UNANSWERED[scale])
    reason = np.select(
        [filled, due["language"], due["broke_down"] & (occasion == "end")],
        [np.nan, REASONS["language"], REASONS["broke_down"]],
        REASONS["declined"],
    )
    return part.assign(ORSAK=reason)
