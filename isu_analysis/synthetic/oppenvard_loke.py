"""Open care for children and families, followed up as LOKE asks: what was meant beside what was done and reached.

Modelled on the research case Violalund: ninety cases a year in a workbook that the unit keeps itself, with a sheet
for the cases (target group and intervention as meant and as they were, closing reason), one for the families'
goals, one for their survey, and one with the year's sums. Columns that can be counted are formulas. Each case has
one to three goals; the staff say how far each was reached, some goals are scaled (GAS), and the family says its
view at the last meeting. Cases that the family broke off have their goals judged less often, and the family then
says nothing; content families answer the survey more often (missing not at random).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Calculated, Sheet, sheets_bytes

SLUG = "oppenvard-loke"
SEED = 27

CASES = {2022: 87, 2023: 92, 2024: 90}
ANSWERED = {2022: 46, 2023: 52, 2024: 50}

CLOSING = {
    "mal_natt": "Målet nått",
    "forbattrat": "Situationen förbättrad",
    "oforandrat": "Oförändrad eller försämrad situation",
    "avbrutet": "Familjen avbröt",
    "annan_insats": "Övergick till annan insats",
}
CLOSING_CHANCES = (0.34, 0.27, 0.12, 0.17, 0.10)
TARGET_GROUPS = {"Konflikter hemma": 0.36, "Skolfrånvaro": 0.24, "Oro för omsorgen": 0.26, "Utanför målgruppen": 0.14}
INTERVENTIONS = {"Familjebehandling": 0.4, "Föräldrastöd": 0.35, "Nätverksmöten": 0.25}
GIVEN_AS_MEANT = 0.72
GOALS = ("Samspel", "Skolgång", "Gränser och rutiner", "Samarbete mellan föräldrar")
MOST_GOALS = 3
ATTAINED = {"helt": "Helt", "delvis": "Delvis", "inte_alls": "Inte alls"}
REACHED = {
    "mal_natt": (0.75, 0.22, 0.03),
    "forbattrat": (0.35, 0.55, 0.10),
    "oforandrat": (0.05, 0.35, 0.60),
    "avbrutet": (0.10, 0.35, 0.55),
    "annan_insats": (0.12, 0.45, 0.43),
}
SCALED = {
    "helt": (0.0, 0.0, 0.55, 0.3, 0.15),
    "delvis": (0.1, 0.75, 0.15, 0.0, 0.0),
    "inte_alls": (0.6, 0.4, 0.0, 0.0, 0.0),
}
STEPS = ("-2", "-1", "0", "1", "2")
JUDGED = {"avbrutet": 0.45, "annan_insats": 0.8}  # others 0.96
FAMILY_SAYS = {"avbrutet": 0.0}  # others 0.7
FAMILY_AGREES, IS_SCALED, NOT_SCALED = 0.75, 0.6, "Ej skalat"

HELPED = {"inte_alls": "Inte alls", "lite": "Lite", "ganska": "Ganska mycket", "mycket": "Mycket"}
HELPED_POSITIVE = ("ganska", "mycket")
FEELS = {
    "mal_natt": (0.03, 0.12, 0.4, 0.45),
    "forbattrat": (0.05, 0.2, 0.45, 0.3),
    "oforandrat": (0.3, 0.4, 0.22, 0.08),
    "avbrutet": (0.4, 0.35, 0.18, 0.07),
    "annan_insats": (0.2, 0.35, 0.3, 0.15),
}
REPLIES = {"inte_alls": 0.25, "lite": 0.6, "ganska": 1.0, "mycket": 1.3}
SUMS_SHEET = "Sammanställning"


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year, with its goals and with answers given or not."""
    rng = draws.generator(SEED, year)
    n = CASES[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 8), dt.date(year, 12, 18))
    frame = pd.DataFrame({"case": draws.numbers("OL", year, n), "end": end})
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 45, 400))
    frame["age"] = draws.whole(rng, n, 3, 17)
    frame["target"] = draws.choose(rng, n, TARGET_GROUPS)
    frame["meant"] = draws.choose(rng, n, INTERVENTIONS)
    other = np.array(draws.choose(rng, n, INTERVENTIONS))
    frame["given"] = np.where(rng.random(n) < GIVEN_AS_MEANT, frame["meant"], other)
    frame["alone"], frame["together"] = draws.whole(rng, n, 0, 8), draws.whole(rng, n, 1, 14)
    frame["closing"] = draws.choose_each(rng, tuple(CLOSING), np.tile(CLOSING_CHANCES, (n, 1)))
    _add_goals(rng, frame)
    frame["helped"] = draws.choose_each(rng, tuple(HELPED), np.array([FEELS[closing] for closing in frame["closing"]]))
    willing = frame["helped"].map(REPLIES).to_numpy(float) * np.where(frame["closing"] == "avbrutet", 0.15, 1.0)
    frame["answered"] = draws.keep(rng, willing, ANSWERED[year])
    frame["survey_day"] = np.busday_offset(end, -draws.whole(rng, n, 0, 10))
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the unit's workbook of a year: cases, goals, survey and sums."""
    title = ((f"Öppenvård {year}. {INVENTED}.",), ())
    cases = Sheet("Ärenden", _cases(frame), above=title)
    return {f"loke_{year}.xlsx": sheets_bytes(cases, _goal_sheet(frame), Sheet("Enkät", _survey(frame)), _sums(frame))}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count closing reasons, goals as they were reached in truth and as judged, and the families' answers."""
    goals = _goals(frame)
    judged, answered, scaled = goals["judged"], frame["answered"], goals["judged"] & goals["scaled"]
    parts = {"all": judged | ~judged, "measured": judged, "lost": ~judged}
    groups = {"all": answered | ~answered, "measured": answered, "lost": ~answered}
    return {
        "n": len(frame),
        "given_as_meant": int((frame["given"] == frame["meant"]).sum()),
        "outside_target_group": int((frame["target"] == "Utanför målgruppen").sum()),
        "avslutsorsak": truth.counts(frame["closing"], CLOSING),
        "goals": len(goals),
        "maluppfyllelse": {name: _attained(goals[of]) for name, of in parts.items()},
        "gas": {"all": truth.counts(goals["gas"], STEPS), "measured": truth.counts(goals.loc[scaled, "gas"], STEPS)},
        "hjalp": {name: _felt(frame.loc[of, "helped"]) for name, of in groups.items()},
    }


def _add_goals(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    count = draws.whole(rng, n, 1, MOST_GOALS)
    order = np.argsort(rng.random((n, len(GOALS))), axis=1)
    judged = frame["closing"].map(JUDGED).fillna(0.96)
    says = frame["closing"].map(FAMILY_SAYS).fillna(0.7)
    chances = np.array([REACHED[closing] for closing in frame["closing"]])
    codes = np.array(tuple(ATTAINED))
    for place in range(MOST_GOALS):
        reached = np.array(draws.choose_each(rng, tuple(ATTAINED), chances))
        frame[f"goal_{place}"] = pd.Series([GOALS[at] for at in order[:, place]]).where(count > place)
        frame[f"reached_{place}"] = reached
        frame[f"gas_{place}"] = draws.choose_each(rng, STEPS, np.array([SCALED[code] for code in reached]))
        frame[f"judged_{place}"] = rng.random(n) < judged
        frame[f"scaled_{place}"] = rng.random(n) < IS_SCALED
        other = codes[draws.whole(rng, n, 0, len(codes) - 1)]
        frame[f"family_{place}"] = np.where(rng.random(n) < FAMILY_AGREES, reached, other)
        frame[f"family_says_{place}"] = rng.random(n) < says


def _goals(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a goal, in order of case."""
    names = ("goal", "reached", "gas", "judged", "scaled", "family", "family_says")
    parts = [
        frame[["case", *(f"{name}_{place}" for name in names)]].set_axis(["case", *names], axis=1)
        for place in range(MOST_GOALS)
    ]
    rows = pd.concat(parts)
    return rows[rows["goal"].notna()].sort_values(["case"], kind="stable").reset_index(drop=True)


def _cases(frame: pd.DataFrame) -> pd.DataFrame:
    first = 4  # a title, an empty row, and the headings
    days = (frame["end"] - frame["start"]).dt.days
    talks = frame["alone"] + frame["together"]
    return pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Inlett": frame["start"].dt.date,
            "Avslutat": frame["end"].dt.date,
            "Dagar": [Calculated(f"C{row}-B{row}", int(value)) for row, value in enumerate(days, start=first)],
            "Barnets ålder": frame["age"],
            "Målgrupp": frame["target"],
            "Avsedd insats": frame["meant"],
            "Given insats": frame["given"],
            "Träffar enskilt": frame["alone"],
            "Träffar familj": frame["together"],
            "Träffar totalt": [
                Calculated(f"I{row}+J{row}", int(value)) for row, value in enumerate(talks, start=first)
            ],
            "Avslutsorsak": frame["closing"].map(CLOSING),
        }
    )


def _goal_sheet(frame: pd.DataFrame) -> Sheet:
    """Goals with the case number in merged cells, as somebody who writes by hand keeps them."""
    goals = _goals(frame)
    steps = goals["gas"].astype(int).astype(object).where(goals["scaled"], NOT_SCALED).where(goals["judged"])
    table = pd.DataFrame(
        {
            "Ärende": goals["case"],
            "Mål": goals["goal"],
            "Måluppfyllelse (personal)": goals["reached"].map(ATTAINED).where(goals["judged"]),
            "Måluppfyllelse (familj)": goals["family"].map(ATTAINED).where(goals["family_says"]),
            "GAS": steps,
        }
    )
    return Sheet("Mål", table, merged=("Ärende",))


def _survey(frame: pd.DataFrame) -> pd.DataFrame:
    answers = frame[frame["answered"]]
    table = pd.DataFrame(
        {"Ärende": answers["case"], "Datum": answers["survey_day"].dt.date, "Till hjälp": answers["helped"].map(HELPED)}
    )
    return table.sort_values(["Datum", "Ärende"], kind="stable")


def _sums(frame: pd.DataFrame) -> Sheet:
    last = len(frame) + 3
    counts = truth.counts(frame["closing"], CLOSING)
    rows = [
        Calculated(f"COUNTIF('Ärenden'!L4:L{last},A{row})", counts[code]) for row, code in enumerate(CLOSING, start=2)
    ]
    table = pd.DataFrame({"Avslutsorsak": list(CLOSING.values()), "Antal": rows})
    return Sheet(SUMS_SHEET, table, below=(("Totalt", Calculated(f"SUM(B2:B{len(CLOSING) + 1})", len(frame))),))


def _attained(goals: pd.DataFrame) -> truth.Truth:
    levels = truth.counts(goals["reached"], ATTAINED)
    return {"n": len(goals), "levels": levels, "share_positive": truth.share(goals["reached"] == "helt")}


def _felt(answers: pd.Series) -> truth.Truth:
    levels = truth.counts(answers, HELPED)
    return {"n": len(answers), "levels": levels, "share_positive": truth.share(answers.isin(HELPED_POSITIVE))}
