"""Open care for families: the young person rates well-being and the conversation every time they meet.

Modelled on the research case of seed 001 where well-being is followed session by session. Two exports with semicolons
and decimal commas in code page 1252: one row a case, and one row a session with the four marks of the well-being form
and the sum of the other.

What is missing, and why. One family in ten has no session rated and one in seven only one: those with few sessions,
unplanned endings and a worker who seldom uses the forms. Among the rest a session is left out more often when a case
goes badly, so that the last rating is not always from the last session. Now and then one of the four marks is
forgotten, and that session has no score. The truth knows every session of everybody. Who stays to a planned ending
gains most.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import csv_bytes

SLUG = "oppenvard-fit"
SEED = 18

FAMILIES = {2022: 118, 2023: 120, 2024: 123}
NONE_RATED, ONE_RATED = 0.10, 0.15
THRESHOLD = 5.0
ITEMS, ITEM_MAX = 4, 10.0
START, START_SD, NOISE, ITEM_NOISE = 20.5, 6.5, 2.2, 0.8
ENDINGS = {"Planerat": 0.60, "Oplanerat": 0.30, "Överlämnat": 0.10}
GAIN = {"Planerat": (8.0, 4.5), "Oplanerat": (0.5, 5.0), "Överlämnat": (3.0, 5.0)}
SESSIONS = {"Planerat": (5, 14), "Oplanerat": (2, 6), "Överlämnat": (3, 8)}
EASE = {"Planerat": 1.0, "Oplanerat": 0.3, "Överlämnat": 0.5}  # how easily the forms come to be used
WORKERS = {"B1": 1.2, "B2": 1.1, "B3": 1.0, "B4": 1.0, "B5": 0.9, "B6": 0.8, "B7": 0.3, "B8": 0.2}
RATES_WELL, RATES_BADLY = 0.9, 0.65
FORGETS_MARK, RATES_CONVERSATION = 0.15, 0.95


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year; `items`, `srs`, `rated`, `forgotten` and `days` hold a case's sessions in order."""
    rng = draws.generator(SEED, year)
    n = FAMILIES[year]
    frame = pd.DataFrame({"case": draws.numbers("OF", year, n), "client": draws.numbers("FA", year, n)})
    frame["end"] = draws.weekdays(rng, n, dt.date(year, 1, 8), dt.date(year, 12, 20))
    frame["sex"] = draws.choose(rng, n, {"Flicka": 0.55, "Pojke": 0.45})
    frame["age"] = draws.whole(rng, n, 13, 17)
    frame["ending"] = draws.choose(rng, n, ENDINGS)
    frame["worker"] = draws.choose(rng, n, dict.fromkeys(WORKERS, 1.0))
    frame["sessions"] = [int(draws.whole(rng, 1, *SESSIONS[ending])[0]) for ending in frame["ending"]]
    frame["first"] = draws.normal(rng, n, START, START_SD).clip(4, 38)
    frame["gain"] = [float(draws.normal(rng, 1, *GAIN[ending])[0]) for ending in frame["ending"]]
    _add_habit(rng, frame)
    courses = [_course(rng, case) for case in frame.to_dict("records")]
    for name in ("items", "srs", "rated", "forgotten", "days"):
        frame[name] = pd.Series([course[name] for course in courses], dtype=object)
    first_days: draws.Days = np.array([days[0] for days in frame["days"]])
    frame["start"] = draws.to_weekday(first_days - draws.whole(rng, n, 3, 20))
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the cases and the sessions of a year."""
    cases = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Familj": frame["client"],
            "Start": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Avslutssätt": frame["ending"],
            "Behandlare": frame["worker"],
            "Antal samtal": frame["sessions"],
            "Den unges kön": frame["sex"],
            "Den unges ålder": frame["age"],
        }
    )
    sessions = pd.concat([_rows(case) for case in frame.to_dict("records")])
    return {f"arenden_{year}.csv": csv_bytes(cases), f"samtal_{year}.csv": csv_bytes(sessions)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe the change of all from first to last session, of those with two ratings or more, and of the lost."""
    scores = [items.sum(axis=1).round(1) for items in frame["items"]]
    first, last = pd.Series([score[0] for score in scores]), pd.Series([score[-1] for score in scores])
    rated = frame["rated"].map(lambda flags: int(flags.sum()))
    groups = {"all": rated >= 0, "measured": rated >= 2, "one": rated == 1, "none": rated == 0, "lost": rated < 2}
    groups |= {"planned": frame["ending"] == "Planerat", "unplanned": frame["ending"] == "Oplanerat"}
    changes = {
        group: truth.change(first[of], last[of], THRESHOLD, higher_is_better=True) | _planned(frame[of])
        for group, of in groups.items()
    }
    seen = [score[flags] for score, flags in zip(scores, frame["rated"], strict=True) if flags.sum() >= 2]
    as_rated = pd.Series([score[0] for score in seen]), pd.Series([score[-1] for score in seen])
    return {
        "n": len(frame),
        "sessions": int(frame["sessions"].sum()),
        "rated": {"none": int((rated == 0).sum()), "one": int((rated == 1).sum()), "more": int((rated >= 2).sum())},
        "endings": truth.counts(frame["ending"], ENDINGS),
        "ors": changes | {"as_rated": truth.change(*as_rated, THRESHOLD, higher_is_better=True)},
    }


def _planned(frame: pd.DataFrame) -> truth.Truth:
    return {"share_planned_ending": truth.share(frame["ending"] == "Planerat")}


def _add_habit(rng: Generator, frame: pd.DataFrame) -> None:
    """Decide who has no session rated, who one, and who more."""
    n = len(frame)
    ease = (frame["ending"].map(EASE) * frame["worker"].map(WORKERS) * frame["sessions"]).to_numpy(float)
    none = draws.keep(rng, 1 / ease, round(NONE_RATED * n))
    one = draws.keep(rng, np.where(none, 1e-9, 1 / ease), round(ONE_RATED * n))
    frame["habit"] = np.select([none, one], ["none", "one"], "more")


def _course(rng: Generator, case: dict[str, Any]) -> dict[str, Any]:
    """Sessions of one case: marks, sums, whether they are in the file, which mark is forgotten where, and days."""
    m, gain = case["sessions"], case["gain"]
    done = (1 - np.exp(-2 * np.arange(m) / (m - 1))) / (1 - np.exp(-2))
    level = case["first"] + gain * done + draws.normal(rng, m, 0, NOISE)
    items = level[:, None] / ITEMS + draws.normal(rng, m * ITEMS, 0, ITEM_NOISE).reshape(m, ITEMS)
    rated = _rated(rng, m, gain, case["habit"])
    srs = (36 + draws.normal(rng, m, 0, 3) + 0.5 * (done > 0.3)).clip(0, 40).round(1)
    srs[~rated | (rng.random(m) >= RATES_CONVERSATION)] = np.nan
    return {
        "items": items.clip(0, ITEM_MAX).round(1),
        "srs": srs,
        "rated": rated,
        "forgotten": _forgotten(rng, rated, case["habit"]),
        "days": _days(rng, m, case["end"], case["ending"]),
    }


def _forgotten(rng: Generator, rated: draws.Flags, habit: str) -> draws.Flags:
    """Marks that are forgotten in a session where the others are there: at most one in a case."""
    unrated, forgets, mark = (
        np.flatnonzero(~rated),
        rng.random(1)[0] < FORGETS_MARK,
        draws.whole(rng, 1, 0, ITEMS - 1)[0],
    )
    forgotten = np.zeros((len(rated), ITEMS), dtype=np.bool_)
    if habit == "more" and forgets and len(unrated):
        forgotten[unrated[0], mark] = True
    return forgotten


def _days(rng: Generator, m: int, end: pd.Timestamp, ending: str) -> draws.Days:
    """Working days two weeks apart or so; who stays away is closed some time after the last session."""
    gaps = draws.whole(rng, m, 9, 24)
    gaps[-1] = 0 if ending == "Planerat" else gaps[-1] + 10
    back = gaps[::-1].cumsum()[::-1]
    days: draws.Days = np.full(m, np.datetime64(end.date())) - back
    return np.busday_offset(days, 0, roll="backward")


def _rated(rng: Generator, m: int, gain: float, habit: str) -> draws.Flags:
    drawn, which = rng.random(m), int(rng.random(1)[0] ** 3 * m)
    if habit == "none":
        return np.zeros(m, dtype=np.bool_)
    rated: draws.Flags = np.arange(m) == which  # mostly one of the first
    if habit == "one":
        return rated
    rated = drawn < (RATES_WELL if gain > 3 else RATES_BADLY)
    if rated.sum() < 2:
        rated[:2] = True
    return rated


def _rows(case: dict[str, Any]) -> pd.DataFrame:
    """Rows of one case's sessions; the marks of unrated ones are empty, but for those where one mark is forgotten."""
    there = (case["rated"] | case["forgotten"].any(axis=1))[:, None] & ~case["forgotten"]
    marks = np.where(there, case["items"], np.nan)
    table = pd.DataFrame({"Ärende": case["case"], "Samtal": range(1, len(marks) + 1)})
    table["Datum"] = pd.Series(case["days"]).dt.date
    for place in range(ITEMS):
        table[f"ORS{place + 1}"] = marks[:, place]
    return table.assign(SRS=case["srs"])
