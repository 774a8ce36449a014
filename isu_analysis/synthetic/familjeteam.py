"""Intensive support to families of young people with severe behaviour problems, so that they can live at home.

Modelled on seed 004's family team. A workbook with one sheet of cases and one of the families' ratings, titles above
the headings, and a third sheet of notes that nobody reads in.

What is missing, and why. One family in five starts but does not end: the young person is placed elsewhere (more
likely the worse it goes) or the family moves (at random). Such a family has no outcome and no rating at the end. A
placed young person is therefore lost to the measurement and at the same time known not to live at home: the share of
those who ended is too kind. Six and twelve months later families are reached more easily the better it went.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Sheet, sheets_bytes

SLUG = "familjeteam"
SEED = 12

FAMILIES = {2022: 29, 2023: 27, 2024: 30}
PLACED = {2022: 4, 2023: 3, 2024: 4}
MOVED = {2022: 2, 2023: 2, 2024: 2}
REACHED = {"six": 0.8, "twelve": 0.65}  # of the families that ended

AREAS = {
    "hantera_problematik": "Hantera problemen",
    "skolgang": "Skolgång",
    "hjalp_av_natverk": "Hjälp av nätverket",
    "familjerelationer": "Relationer i familjen",
    "positiva_vanner": "Vänner med gott inflytande",
}
TARGETS = {
    "bor_hemma": "Bor hemma",
    "skola_eller_arbete": "I skola eller arbete",
    "inga_nya_gripanden": "Inga nya gripanden",
}
ALWAYS = {"bor_hemma": 2.3, "skola_eller_arbete": 2.0, "inga_nya_gripanden": 2.0}  # log odds at a usual gain
LOWEST, HIGHEST, ANY_CHANGE = 1, 10, 1.0
GAIN, GAIN_SD = 2.0, 1.6
OCCASIONS = {"start": "Start", "end": "Avslut", "six": "6 månader", "twelve": "12 månader"}


def people(year: int) -> pd.DataFrame:
    """Draw every family whose treatment ended or broke off that year, with true ratings and outcomes."""
    rng = draws.generator(SEED, year)
    n = FAMILIES[year]
    gain = draws.normal(rng, n, GAIN, GAIN_SD)
    placed = draws.keep(rng, np.exp(-1.2 * gain), PLACED[year])
    moved = draws.keep(rng, np.where(placed, 1e-6, 1.0), MOVED[year])
    frame = pd.DataFrame({"case": draws.numbers("FT", year, n), "placed": placed, "moved": moved})
    frame["completed"] = ~(placed | moved)
    _add_days(rng, frame, year)
    frame["sex"] = draws.choose(rng, n, {"Pojke": 0.7, "Flicka": 0.3})
    frame["age"] = draws.whole(rng, n, 12, 17)
    _add_ratings(rng, frame, gain)
    for target, odds in ALWAYS.items():
        chance = 1 / (1 + np.exp(-(odds + 0.8 * (gain - GAIN))))
        frame[target] = rng.random(n) < chance
    frame["bor_hemma"] &= ~frame["placed"]
    for occasion, share in REACHED.items():
        ease = np.where(frame["completed"], np.exp(0.5 * gain), 1e-6)
        frame[f"{occasion}_rated"] = draws.keep(rng, ease, round(share * frame["completed"].sum()))
    frame["refuses"] = rng.random(n) < 0.4
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the workbook of a year: cases, ratings and notes."""
    cases = Sheet("Ärenden", _cases(frame), above=((f"Familjer {year}. {INVENTED}.",), ()))
    above = ((f"Familjernas skattningar, 1–10. {INVENTED}.",), ("Tom rad: se orsaken längst till höger.",), ())
    ratings = Sheet("Skattningar", _ratings(frame), above=above)
    notes = Sheet("Anteckningar", pd.DataFrame({"Anteckningar": [f"{INVENTED}. Bladet läses inte in."]}))
    return {f"familjer_{year}.xlsx": sheets_bytes(cases, ratings, notes)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe outcomes and changes among all who started, those who ended, and the lost."""
    ended = frame["completed"]
    groups = {"all": ended | ~ended, "measured": ended, "lost": ~ended}
    result: truth.Truth = {
        "n": len(frame),
        "ended": int(ended.sum()),
        "placed": int(frame["placed"].sum()),
        "moved": int(frame["moved"].sum()),
        "mst_ultimate": {
            target: {group: _reached(frame.loc[of, target]) for group, of in groups.items()} for target in TARGETS
        },
        "mst_family": {},
        "rated": {occasion: int(frame[f"{occasion}_rated"].sum()) for occasion in OCCASIONS},
    }
    for area in AREAS:
        result["mst_family"][area] = {
            group: truth.change(
                frame.loc[of, f"{area}_start"], frame.loc[of, f"{area}_end"], ANY_CHANGE, higher_is_better=True
            )
            for group, of in groups.items()
        }
    return result


def _reached(flags: pd.Series) -> truth.Truth:
    return {"n": len(flags), "ja": int(flags.sum()), "share": truth.share(flags)}


def _add_days(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    frame["end"] = draws.weekdays(rng, n, dt.date(year, 1, 8), dt.date(year, 12, 18))
    length = np.where(frame["completed"], draws.whole(rng, n, 95, 170), draws.whole(rng, n, 30, 110))
    end = frame["end"].to_numpy("datetime64[D]")
    frame["start"] = draws.to_weekday(end - length)
    frame["start_day"] = np.busday_offset(frame["start"].to_numpy("datetime64[D]"), draws.whole(rng, n, 0, 5))
    frame["end_day"] = end
    frame["six_day"] = draws.to_weekday(end + draws.whole(rng, n, 170, 200))
    frame["twelve_day"] = draws.to_weekday(end + draws.whole(rng, n, 350, 385))


def _add_ratings(rng: Generator, frame: pd.DataFrame, gain: draws.Floats) -> None:
    n = len(frame)
    frame["start_rated"], frame["end_rated"] = True, frame["completed"]
    for area in AREAS:
        first = draws.normal(rng, n, 4.0, 1.5)
        last = first + gain + draws.normal(rng, n, 0, 1.0)
        later = {"six": last + draws.normal(rng, n, -0.2, 1.0), "twelve": last + draws.normal(rng, n, -0.4, 1.2)}
        for occasion, values in {"start": first, "end": last, **later}.items():
            frame[f"{area}_{occasion}"] = values.round().clip(LOWEST, HIGHEST).astype(int)


def _cases(frame: pd.DataFrame) -> pd.DataFrame:
    ending = np.select([frame["placed"], frame["moved"]], ["Placerad", "Flyttat"], "Enligt plan")
    table = pd.DataFrame(
        {
            "Familj": frame["case"],
            "Start": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Avslutssätt": ending,
            "Den unges kön": frame["sex"],
            "Den unges ålder": frame["age"],
        }
    )
    for target, heading in TARGETS.items():
        table[heading] = frame[target].map({True: "Ja", False: "Nej"}).where(frame["completed"])
    return table.assign(**{"Varför slutmått saknas": _why_lost(frame)})


def _why_lost(frame: pd.DataFrame) -> pd.Series:
    why = np.select([frame["placed"], frame["moved"]], ["Placerad", "Flyttat"], "")
    return pd.Series(why, index=frame.index).replace("", None)


def _ratings(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for occasion, label in OCCASIONS.items():
        rated = frame[f"{occasion}_rated"]
        part = pd.DataFrame({"Familj": frame["case"], "Tillfälle": label})
        part["Datum"] = frame[f"{occasion}_day"].dt.date.where(rated)
        for area, heading in AREAS.items():
            part[heading] = frame[f"{area}_{occasion}"].astype("Int64").where(rated)
        unreached = frame["refuses"].map({True: "Ville inte", False: "Nåddes inte"})
        part["Orsak"] = _why_lost(frame).fillna(unreached).where(~rated)
        parts.append(part)
    return pd.concat(parts).sort_values("Familj", kind="stable")
