"""Young people and drugs: judged change when they leave and three months later, mostly read in the file.

Modelled on seed 004's clinic for young people. Three exports with semicolons in UTF-8 with a mark first: the cases,
the interviews made (and why the others were not), and the judgements of change.

What is missing, and why. At the start 7 % have no interview, at random. The judgement at the end is left out for
3 %, more often when the contact broke off. It rests on an interview for 22 to 36 %, mostly of those who left as
planned and fared well; the rest is judged on file, and one such judgement in seven is a step kinder than the truth.
Three months later one in five is reached: those who left as planned and fared well, hence the more stable. The
judgement has no word for unchanged. People with a mild problem have little to win, those with a severe one much.
Some return the year after as a new case of the same person.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import csv_bytes

SLUG = "unga-substans"
SEED = 11
ENCODING = "utf-8-sig"

YOUTHS = {2022: 492, 2023: 500, 2024: 508}
FOLLOWED = {2022: 98, 2023: 100, 2024: 102}
ON_FILE = {2022: 0.78, 2023: 0.70, 2024: 0.64}  # of those judged at the end
RETURNING = 12  # people of the year before
START_INTERVIEWED, NOT_JUDGED, KINDER_ON_FILE = 0.93, 0.03, 0.15
INTERVIEWED_LATER = 0.75  # of those reached after three months; the others answer a questionnaire
SAME_LATER = 0.7  # how often the state after three months is the one at the end

LEVELS = {
    "mycket_samre": "Mycket sämre",
    "samre": "Sämre",
    "battre": "Bättre",
    "mycket_battre": "Mycket bättre",
}
POSITIVE = ("battre", "mycket_battre")
SEVERITIES = {"Lindrig": 0.34, "Måttlig": 0.42, "Svår": 0.24}
CHANCES = {
    "Lindrig": (0.08, 0.30, 0.47, 0.15),
    "Måttlig": (0.07, 0.20, 0.48, 0.25),
    "Svår": (0.06, 0.14, 0.40, 0.40),
}
ENDINGS = {"Planerat": 0.58, "Avbrutet": 0.32, "Överlämnat": 0.10}
WORSE_ODDS = {"Planerat": 1.0, "Avbrutet": 2.6, "Överlämnat": 1.6}
EASE = {"Planerat": 1.0, "Avbrutet": 0.12, "Överlämnat": 0.2}  # how easily an interview comes about
PULL = {"mycket_samre": 0.3, "samre": 0.5, "battre": 1.0, "mycket_battre": 1.2}
CLINICS = {"Mottagning Norr": 40, "Mottagning Söder": 35, "Mottagning Väst": 25}
END_REASONS = {"Gick inte att nå": 50, "Ville avsluta snabbt": 30, "Missades": 20}


def people(year: int) -> pd.DataFrame:
    """Draw every young person who left that year, with the true change and with how anybody came to know of it."""
    rng = draws.generator(SEED, year)
    frame = _background(rng, year)
    _add_change(rng, frame)
    _add_end(rng, frame, year)
    _add_later(rng, frame, year)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the three exports of a year."""
    return {
        f"inskrivna_{year}.csv": csv_bytes(_cases(frame), ENCODING),
        f"ungdok_{year}.csv": csv_bytes(_interviews(frame), ENCODING),
        f"bedomningar_{year}.csv": csv_bytes(_judgements(frame), ENCODING),
    }


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the true change of all, of those judged in each way, and of the lost, at the end and three months later."""
    judged, interviewed, followed = frame["judged"], frame["interviewed"], frame["followed"]
    everybody = judged | ~judged
    ends = {
        "all": everybody,
        "measured": judged,
        "interview": interviewed,
        "on_file": judged & ~interviewed,
        "lost": ~judged,
    }
    later = {"all": everybody, "measured": followed, "lost": ~followed}
    severe = {name: frame["severity"] == name for name in SEVERITIES}
    return {
        "n": len(frame),
        "judged": int(judged.sum()),
        "on_file": int((judged & ~interviewed).sum()),
        "followed": int(followed.sum()),
        "mini_maria_change": {
            "end": {group: _summary(frame.loc[of, "change"]) for group, of in ends.items()},
            "end_recorded": _summary(frame.loc[judged, "recorded"]),
            "end_by_severity": {name: _summary(frame.loc[of, "change"]) for name, of in severe.items()},
            "three_months": {group: _summary(frame.loc[of, "change_later"]) for group, of in later.items()},
        },
        "ungdok": {
            "start": int(frame["start_interview"].sum()),
            "end": int(interviewed.sum()),
            "three_months": int(followed.sum()),
        },
    }


def _summary(change: pd.Series) -> truth.Truth:
    return {
        "n": len(change),
        "levels": truth.counts(change, LEVELS),
        "share_positive": truth.share(change.isin(POSITIVE)),
    }


def _background(rng: Generator, year: int) -> pd.DataFrame:
    n = YOUTHS[year]
    end = draws.weekdays(rng, n, dt.date(year, 2, 10), dt.date(year, 12, 20))
    frame = pd.DataFrame(
        {"case": draws.numbers("US", year, n, 4), "client": draws.numbers("UK", year, n, 4), "end": end}
    )
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 40, 330))
    frame["sex"] = draws.choose(rng, n, {"Pojke": 0.66, "Flicka": 0.34})
    frame["age"] = draws.whole(rng, n, 13, 20)
    frame["clinic"] = draws.choose(rng, n, CLINICS)
    frame["severity"] = draws.choose(rng, n, SEVERITIES)
    frame["ending"] = draws.choose(rng, n, ENDINGS)
    if year - 1 in YOUTHS:
        _return(frame, people(year - 1), year)
    return frame


def _return(frame: pd.DataFrame, before: pd.DataFrame, year: int) -> None:
    """Make the first cases new ones of people whose last case ended the year before."""
    young = before[before["age"] < before["age"].max()].head(RETURNING).reset_index(drop=True)
    again = slice(0, len(young) - 1)
    frame.loc[again, "client"], frame.loc[again, "sex"] = young["client"], young["sex"]
    frame.loc[again, "age"] = young["age"] + 1
    soon = frame.loc[again, "end"].to_numpy("datetime64[D]") - 35
    frame.loc[again, "start"] = np.maximum(soon, np.datetime64(dt.date(year, 1, 4)))


def _add_change(rng: Generator, frame: pd.DataFrame) -> None:
    chances = np.array([CHANCES[severity] for severity in frame["severity"]])
    chances[:, :2] *= frame["ending"].map(WORSE_ODDS).to_numpy(float)[:, None]
    frame["change"] = draws.choose_each(rng, tuple(LEVELS), chances)
    again = np.array(draws.choose_each(rng, tuple(LEVELS), chances))
    frame["change_later"] = np.where(rng.random(len(frame)) < SAME_LATER, frame["change"], again)


def _add_end(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    ease = frame["ending"].map(EASE).to_numpy(float)
    frame["judged"] = ~draws.keep(rng, 1 / ease, round(NOT_JUDGED * n))
    judged = frame["judged"].to_numpy()
    willing = ease * frame["change"].map(PULL).to_numpy(float)
    interviews = int(judged.sum()) - round(ON_FILE[year] * judged.sum())
    frame["interviewed"] = draws.keep(rng, np.where(judged, willing, 1e-6), interviews)
    kinder = ~frame["interviewed"].to_numpy() & (rng.random(n) < KINDER_ON_FILE)
    place = frame["change"].map({code: place for place, code in enumerate(LEVELS)}).to_numpy(int)
    frame["recorded"] = np.array(list(LEVELS))[np.minimum(place + kinder, len(LEVELS) - 1)]
    frame["start_interview"] = rng.random(n) < START_INTERVIEWED
    frame["end_reason"] = draws.choose(rng, n, END_REASONS)
    frame["start_day"] = np.busday_offset(frame["start"].to_numpy("datetime64[D]"), draws.whole(rng, n, 0, 8))
    frame["end_day"] = np.busday_offset(frame["end"].to_numpy("datetime64[D]"), -draws.whole(rng, n, 0, 4))


def _add_later(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    stable = frame["ending"].map(EASE).to_numpy(float) * frame["change_later"].map(PULL).to_numpy(float)
    frame["followed"] = draws.keep(rng, stable, FOLLOWED[year])
    frame["later_interview"] = frame["followed"] & (rng.random(n) < INTERVIEWED_LATER)
    frame["later_day"] = draws.to_weekday(frame["end"].to_numpy("datetime64[D]") + draws.whole(rng, n, 80, 110))


def _cases(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Klient": frame["client"],
            "Mottagning": frame["clinic"],
            "Inskrivning": frame["start"].dt.date,
            "Utskrivning": frame["end"].dt.date,
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Svårighet vid inskrivning": frame["severity"],
            "Avslut": frame["ending"],
        }
    )


def _interviews(frame: pd.DataFrame) -> pd.DataFrame:
    later = frame["followed"].map({True: "Enkät", False: None}).mask(frame["later_interview"], "Intervju")
    parts = [
        _occasion(frame, "Inskrivning", "start_day", frame["start_interview"], "Intervju", "Ville inte"),
        _occasion(frame, "Utskrivning", "end_day", frame["interviewed"], "Intervju", frame["end_reason"]),
        _occasion(frame, "3 månader", "later_day", frame["followed"], later, "Gick inte att nå"),
    ]
    return pd.concat(parts).sort_values("Ärende", kind="stable")


def _occasion(
    frame: pd.DataFrame, label: str, day: str, made: pd.Series, how: pd.Series | str, why_not: pd.Series | str
) -> pd.DataFrame:
    table = pd.DataFrame({"Ärende": frame["case"], "Tillfälle": label, "Datum": frame[day].dt.date.where(made)})
    table["Genomförd"] = made.map({True: "Ja", False: None})
    table["Sätt"], table["Orsak"] = how, why_not
    return table.assign(Sätt=table["Sätt"].where(made), Orsak=table["Orsak"].where(~made))


def _judgements(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for label, day, of, interview, change in (
        ("Utskrivning", "end", "judged", "interviewed", "recorded"),
        ("3 månader", "later_day", "followed", "later_interview", "change_later"),
    ):
        judged = frame[frame[of]]
        parts.append(
            pd.DataFrame(
                {
                    "Ärende": judged["case"],
                    "Tillfälle": label,
                    "Datum": judged[day].dt.date,
                    "Underlag": judged[interview].map({True: "Intervju", False: "Akt"}),
                    "Bedömd förändring": judged[change].map(LEVELS),
                }
            )
        )
    return pd.concat(parts)
