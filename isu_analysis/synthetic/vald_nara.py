"""Violence in close relationships: half of the closed cases are followed up, none of them in the busy months.

Modelled on seed 004's unit against violence and on SU-Kvinnofrid. Who is followed up depends on when the case is
closed: in months with too much to do nobody is (missing by month), and the register says that the follow-up was
put aside. In the other months those who moved or declined are lost, mostly people for whom it did not get better.
The busy months are those in which the hardest cases are closed. Some people have a protected identity. The
client's own survey is filled in at the last meeting by most of those who were followed up, and less often by
those who are still in danger. The register ends with a row of sums.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Sheet, sheets_bytes, workbook_bytes

SLUG = "vald-nara"
SEED = 625  # chosen so that the mechanism shows in each of the three years

CASES = {2022: 72, 2023: 78, 2024: 75}
FOLLOWED = {2022: 35, 2023: 39, 2024: 38}
SURVEYED = {2022: 26, 2023: 29, 2024: 28}
BUSY: dict[int, tuple[int, ...]] = {2022: (2, 3, 6, 11), 2023: (1, 5, 6, 10), 2024: (3, 6, 7, 11, 12)}
PROTECTED = {2022: 5, 2023: 6, 2024: 6}

VARIABLES = {
    "valdsutsatthet_minskad": "Våldsutsatthet minskad",
    "risk_dodligt_vald_minskad": "Risk för dödligt våld minskad",
    "hallbar_livssituation": "Hållbar livssituation",
}
GOAL = {"helt": "Helt", "delvis": "Delvis", "inte": "Inte"}
SAFETY = {
    "mycket_tryggare": "Mycket tryggare",
    "tryggare": "Tryggare",
    "som_forut": "Som förut",
    "otryggare": "Otryggare",
}
SAFER = ("mycket_tryggare", "tryggare")
# How it went, which all judgements follow: chances of each variable, of the goal, and of the client's own answer.
COURSES = {"safe": 0.48, "partly": 0.32, "unsafe": 0.20}
BUSY_COURSES = {"safe": 0.30, "partly": 0.34, "unsafe": 0.36}
YES = {"safe": (0.95, 0.9, 0.85), "partly": (0.7, 0.62, 0.4), "unsafe": (0.2, 0.15, 0.08)}
GOALS = {"safe": (0.75, 0.22, 0.03), "partly": (0.25, 0.6, 0.15), "unsafe": (0.04, 0.34, 0.62)}
FEELS = {"safe": (0.55, 0.37, 0.07, 0.01), "partly": (0.18, 0.5, 0.26, 0.06), "unsafe": (0.03, 0.22, 0.45, 0.3)}
DONE = {"safe": 0.97, "partly": 0.85, "unsafe": 0.55}
WILLING = {"safe": 1.0, "partly": 0.8, "unsafe": 0.3}
NOT_FOLLOWED = {"Flyttat": 0.35, "Ville inte": 0.65}
PUT_ASIDE = "Bortprioriterat"
EVENTS = {"Planerat": 0.7, "Avbrutet": 0.3}
INTERVENTIONS = {"Skyddat boende": 0.3, "Stödsamtal": 0.5, "Kontaktperson": 0.2}
SUMS = "Totalt"


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year, with the judgements that were made or would have been."""
    rng = draws.generator(SEED, year)
    n = CASES[year]
    end = np.sort(draws.weekdays(rng, n, dt.date(year, 1, 3), dt.date(year, 12, 20)))
    frame = pd.DataFrame({"case": draws.numbers("VN", year, n), "end": end})
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 60, 500))
    frame["busy"] = frame["end"].dt.month.isin(BUSY[year])
    frame["quarter"] = frame["end"].dt.quarter
    busy = np.array([[*BUSY_COURSES.values()] if flag else [*COURSES.values()] for flag in frame["busy"]])
    frame["course"] = draws.choose_each(rng, tuple(COURSES), busy)
    frame["intervention"] = draws.choose(rng, n, INTERVENTIONS)
    frame["ending"] = draws.choose(rng, n, EVENTS)
    frame["sex"] = draws.choose(rng, n, {"Kvinna": 0.88, "Man": 0.12})
    frame["age"] = draws.whole(rng, n, 18, 66)
    frame["protected"] = draws.keep(rng, np.where(frame["course"] == "unsafe", 3.0, 1.0), PROTECTED[year])
    _add_judgements(rng, frame)
    _add_follow_up(rng, frame, year)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register with a title above and sums below, and the clients' survey."""
    followed = frame["followed"]
    table = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Inlett": frame["start"].dt.date,
            "Avslutat": frame["end"].dt.date,
            "Kvartal": "Kvartal " + frame["quarter"].astype(str),
            "Insats": frame["intervention"],
            "Avslutssätt": frame["ending"],
            "Skyddade uppgifter": frame["protected"].map({True: "Ja", False: "Nej"}),
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Insats genomförd": frame["done"].map({True: "Ja", False: "Nej"}).where(followed),
            "Mål uppfyllt": frame["goal"].map(GOAL).where(followed),
            **{
                heading: frame[name].map({True: "Ja", False: "Nej"}).where(followed)
                for name, heading in VARIABLES.items()
            },
            "Varför ingen uppföljning": frame["why_not"],
        }
    )
    sums = (SUMS, *[None] * (len(table.columns) - 2), f"{int((~followed).sum())} utan uppföljning")
    above: tuple[tuple[object, ...], ...] = ((f"Avslutade ärenden {year}. {INVENTED}.",), ())
    return {
        f"vald_register_{year}.xlsx": sheets_bytes(Sheet("Avslutade", table, above=above, below=(sums,))),
        f"vald_enkat_{year}.xlsx": workbook_bytes(_survey(frame)),
    }


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the judgements of all, of those followed up and of the others, in busy months and else."""
    followed, surveyed, busy = frame["followed"], frame["surveyed"], frame["busy"]
    groups = {"all": followed | ~followed, "measured": followed, "lost": ~followed, "busy": busy}
    survey = {"all": surveyed | ~surveyed, "measured": surveyed, "lost": ~surveyed}
    return {
        "n": len(frame),
        "followed": int(followed.sum()),
        "surveyed": int(surveyed.sum()),
        "protected": int(frame["protected"].sum()),
        "quarters": {str(quarter): _quarter(frame[frame["quarter"] == quarter]) for quarter in (1, 2, 3, 4)},
        "su_vald": {group: _summary(frame[of]) for group, of in groups.items()},
        "trygghet": {group: _safety(frame.loc[of, "safety"]) for group, of in survey.items()},
    }


def _add_judgements(rng: Generator, frame: pd.DataFrame) -> None:
    course = frame["course"]
    for place, name in enumerate(VARIABLES):
        frame[name] = rng.random(len(frame)) < course.map({key: chances[place] for key, chances in YES.items()})
    frame["done"] = rng.random(len(frame)) < course.map(DONE)
    frame["goal"] = draws.choose_each(rng, tuple(GOAL), np.array([GOALS[key] for key in course]))
    frame["safety"] = draws.choose_each(rng, tuple(SAFETY), np.array([FEELS[key] for key in course]))


def _add_follow_up(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    willing = frame["course"].map(WILLING).to_numpy(float)
    frame["followed"] = draws.keep(rng, np.where(frame["busy"], 1e-6, willing), FOLLOWED[year])
    frame["surveyed"] = draws.keep(rng, np.where(frame["followed"], willing, 1e-6), SURVEYED[year])
    other = pd.Series(draws.choose(rng, n, NOT_FOLLOWED))
    frame["why_not"] = other.mask(frame["busy"], PUT_ASIDE).mask(frame["followed"])
    days = frame["end"].to_numpy("datetime64[D]")
    frame["survey_day"] = np.busday_offset(days, -draws.whole(rng, n, 0, 6))


def _survey(frame: pd.DataFrame) -> pd.DataFrame:
    answers = frame[frame["surveyed"]]
    table = pd.DataFrame(
        {"Ärende": answers["case"], "Datum": answers["survey_day"].dt.date, "Trygghet": answers["safety"].map(SAFETY)}
    )
    return table.sort_values(["Datum", "Ärende"], kind="stable")


def _quarter(rows: pd.DataFrame) -> truth.Truth:
    return {"n": len(rows), "followed": int(rows["followed"].sum())}


def _summary(rows: pd.DataFrame) -> truth.Truth:
    shares = {name: truth.share(rows[name]) for name in VARIABLES}
    return {"n": len(rows), "mal_uppfyllt": truth.counts(rows["goal"], GOAL), **shares}


def _safety(answers: pd.Series) -> truth.Truth:
    levels = truth.counts(answers, SAFETY)
    return {"n": len(answers), "levels": levels, "share_positive": truth.share(answers.isin(SAFER))}
