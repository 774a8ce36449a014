"""Parenting courses: an anonymous survey on the last evening, and two counts that the unit declares.

Modelled on seed 004's targeted parenting support: of those who start some never finish, and of those who
finish some never get or answer the survey. Satisfied parents are more likely to do both.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import workbook_bytes

SLUG = "foraldrastod"
SEED = 3

STARTED = {2022: 174, 2023: 231, 2024: 246}
COMPLETED = {2022: 139, 2023: 187, 2024: 201}
ANSWERED = {2022: 81, 2023: 125, 2024: 142}
SECOND_SKIPPED = 3  # answers without the second statement

ANSWERS = {
    "inte_alls": "Håller inte med alls",
    "lite": "Håller med lite",
    "mycket": "Håller med mycket",
    "helt": "Håller med helt",
}
POSITIVE = ("mycket", "helt")
CHANCES = {"inte_alls": 0.09, "lite": 0.26, "mycket": 0.37, "helt": 0.28}
STATEMENTS = {"starkt_formaga": "Stärkt föräldraförmåga", "battre_relation": "Bättre relation till barnet"}
SAME_ANSWER = 0.6  # how often the second answer is the first again
# Willingness to go on to the end, and then to answer, by the true answer.
COMPLETES = {"inte_alls": 0.35, "lite": 0.7, "mycket": 1.0, "helt": 1.2}
REPLIES = {"inte_alls": 0.5, "lite": 0.8, "mycket": 1.0, "helt": 1.2}

COURSES = {"Kurs, små barn": 35, "Kurs, skolbarn": 40, "Kurs, tonåringar": 25}
COURSE_ENDS = ((3, 20), (5, 25), (10, 10), (12, 5))  # month and day of the last evenings
REPLY_DAYS = 12


def people(year: int) -> pd.DataFrame:
    """Draw every parent who started, with the answers they gave or would have given."""
    rng = draws.generator(SEED, year)
    n = STARTED[year]
    first = np.array(draws.choose(rng, n, CHANCES))
    other = np.array(draws.choose(rng, n, CHANCES))
    again = rng.random(n) < SAME_ANSWER
    frame = pd.DataFrame({"starkt_formaga": first, "battre_relation": np.where(again, first, other)})
    frame["course"] = draws.choose(rng, n, COURSES)
    frame["day"] = _answer_days(rng, n, year)
    completes = frame["starkt_formaga"].map(COMPLETES).to_numpy(float)
    frame["completed"] = draws.keep(rng, completes, COMPLETED[year])
    replies = frame["starkt_formaga"].map(REPLIES).to_numpy(float)
    frame["answered"] = draws.keep(rng, np.where(frame["completed"], replies, 1e-6), ANSWERED[year])
    frame["skipped"] = draws.keep(rng, np.where(frame["answered"], 1.0, 1e-6), SECOND_SKIPPED)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the survey as a form service exports it, in order of day and without names."""
    answers = frame[frame["answered"]].sort_values("day", kind="stable").reset_index(drop=True)
    table = pd.DataFrame(
        {
            "ID": range(1, len(answers) + 1),
            "Starttid": answers["day"].dt.date,
            "Slutförandetid": answers["day"].dt.date,
            "E-post": "anonymous",
            "Namn": None,
            "Kurs": answers["course"],
            STATEMENTS["starkt_formaga"]: answers["starkt_formaga"].map(ANSWERS),
            STATEMENTS["battre_relation"]: answers["battre_relation"].map(ANSWERS).where(~answers["skipped"]),
        }
    )
    return {f"enkat_{year}.xlsx": workbook_bytes(table)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the answers of all who started, of those who answered, and of those who did not."""
    result: truth.Truth = {
        "started": len(frame),
        "completed": int(frame["completed"].sum()),
        "answered": int(frame["answered"].sum()),
    }
    answered = frame["answered"]
    groups = {"all": answered | ~answered, "answered": answered, "lost": ~answered}
    for statement in STATEMENTS:
        result[statement] = {group: _summary(frame.loc[of, statement]) for group, of in groups.items()}
    return result


def _summary(answers: pd.Series) -> truth.Truth:
    return {
        "n": len(answers),
        "levels": truth.counts(answers, ANSWERS),
        "share_positive": truth.share(answers.isin(POSITIVE)),
    }


def _answer_days(rng: Generator, n: int, year: int) -> draws.Days:
    ends = [dt.date(year, month, day) for month, day in COURSE_ENDS]
    chosen: draws.Days = np.array(ends, dtype="datetime64[D]")[draws.whole(rng, n, 0, len(ends) - 1)]
    return draws.to_weekday(chosen + draws.whole(rng, n, 0, REPLY_DAYS))
