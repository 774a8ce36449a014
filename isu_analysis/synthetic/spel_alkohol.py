"""Gambling and alcohol counselling: two teams, and a closing interview that most clients have left before.

Modelled on seed 004's gambling team and alcohol counselling. Every client is interviewed at the start; at the end
60 % (gambling) and 65 % (alcohol) are not. Whether a closing interview comes about depends on how the contact
ended and on which counsellor the client has (missing at random, given these two); some are filled in by the
counsellor alone, who then judges a little too kindly. The gambling form is sent three and six months after the
end, to gamblers only and without any form at the start; those who gamble much return it less often (missing not
at random). The exports are semicolon files in UTF-8.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import csv_bytes

SLUG = "spel-alkohol"
SEED = 22
ENCODING = "utf-8"

TEAMS = ("Spel", "Alkohol")
CLIENTS = {2022: (144, 530), 2023: (152, 561), 2024: (150, 550)}
CLOSING = {2022: (58, 186), 2023: (61, 196), 2024: (60, 193)}
STAFF_ALONE = {2022: (7, 19), 2023: (5, 22), 2024: (6, 20)}  # of the closing interviews
NODS_ANSWERED = {2022: (59, 46), 2023: (70, 55), 2024: (66, 51)}  # after three and six months
COUNSELLORS: dict[str, tuple[str, ...]] = {
    "Spel": ("B1", "B2", "B3"),
    "Alkohol": tuple(f"B{number}" for number in range(4, 12)),
}
FORMS = {"Spel": "SpelDOK", "Alkohol": "DOK"}

LEVELS = {
    "samre": "Sämre",
    "oforandrat": "Oförändrat",
    "battre": "Bättre",
    "mycket_battre": "Mycket bättre",
}
POSITIVE = ("battre", "mycket_battre")
ENDINGS = {"Planerat": 0.40, "I förtid": 0.52, "Överfört": 0.08}
CHANCES = {
    "Planerat": (0.04, 0.16, 0.45, 0.35),
    "I förtid": (0.22, 0.42, 0.26, 0.10),
    "Överfört": (0.12, 0.40, 0.34, 0.14),
}
EASE = {"Planerat": 1.0, "I förtid": 0.12, "Överfört": 0.2}  # how easily a closing interview comes about
ALONE = {"Planerat": 1.0, "I förtid": 9.0, "Överfört": 4.0}  # how easily the counsellor fills it in alone
KINDER = 0.3  # how often a counsellor alone judges one step better than the client would
NODS_MEANS = {"samre": 6.5, "oforandrat": 5.5, "battre": 3.6, "mycket_battre": 1.8}
NODS_HIGHEST, NODS_SD, GAMBLES_ON = 10, 1.8, 0.25
HABIT = 3.0  # who answered after three months is more likely to answer after six


def people(year: int) -> pd.DataFrame:
    """Draw everybody whose contact ended that year, with the judgement they gave or would have given."""
    rng = draws.generator(SEED, year)
    n = sum(CLIENTS[year])
    end = draws.weekdays(rng, n, dt.date(year, 1, 3), dt.date(year, 12, 20))
    frame = pd.DataFrame({"client": draws.numbers("SA", year, n), "team": np.repeat(TEAMS, CLIENTS[year]), "end": end})
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 35, 420))
    frame["sex"] = draws.choose(rng, n, {"Man": 0.66, "Kvinna": 0.34})
    frame["age"] = np.where(frame["team"] == "Spel", draws.whole(rng, n, 18, 62), draws.whole(rng, n, 20, 74))
    frame["waiting"] = (0.5 + 6 * rng.random(n) ** 2).round(1)
    frame["visits"] = draws.whole(rng, n, 2, 22)
    frame["ending"] = draws.choose(rng, n, ENDINGS)
    place = draws.whole(rng, n, 0, 10**6)
    frame["counsellor"] = [
        COUNSELLORS[team][at % len(COUNSELLORS[team])] for team, at in zip(frame["team"], place, strict=True)
    ]
    frame["judgement"] = draws.choose_each(
        rng, tuple(LEVELS), np.array([CHANCES[ending] for ending in frame["ending"]])
    )
    _add_closing(rng, frame, year)
    _add_nods(rng, frame, year)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the client register, the list of interviews and the gambling forms of a year."""
    interviewed = frame["closing"] & ~frame["alone"]
    register = pd.DataFrame(
        {
            "Klient": frame["client"],
            "Team": frame["team"],
            "Behandlare": frame["counsellor"],
            "Start": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Avslutssätt": frame["ending"],
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Väntetid (veckor)": frame["waiting"],
            "Besök": frame["visits"],
            "Bedömd förändring (klient)": frame["judgement"].map(LEVELS).where(interviewed),
            "Bedömd förändring (behandlare)": frame["staff_judgement"].map(LEVELS).where(frame["alone"]),
        }
    )
    interviews = pd.concat([_interviews(frame, "start"), _interviews(frame[frame["closing"]], "end")])
    forms = pd.concat([_nods(frame, months) for months in (3, 6)])
    return {
        f"spel_alkohol_{year}.csv": csv_bytes(register, ENCODING),
        f"dok_intervjuer_{year}.csv": csv_bytes(interviews.sort_values(["Datum", "Klient"], kind="stable"), ENCODING),
        f"nods_{year}.csv": csv_bytes(forms.sort_values(["Datum", "Klient"], kind="stable"), ENCODING),
    }


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the judgements of all, of those interviewed at the end and of the others; and the gambling forms."""
    result: truth.Truth = {"n": len(frame), "endings": truth.counts(frame["ending"], ENDINGS)}
    for team in TEAMS:
        ours = frame[frame["team"] == team]
        closing, alone = ours["closing"], ours["alone"]
        groups = {"all": closing | ~closing, "measured": closing & ~alone, "lost": ~closing | alone, "alone": alone}
        result[team.lower()] = {
            "n": len(ours),
            "closing_interviews": int(closing.sum()),
            "staff_alone": int(alone.sum()),
            "bedomd_forandring": {group: _summary(ours.loc[of, "judgement"]) for group, of in groups.items()},
            "staff_alone_said": _summary(ours.loc[alone, "staff_judgement"]),
        }
    result["nods_12_man"] = {f"month_{months}": _nods_truth(frame, months) for months in (3, 6)}
    return result


def _add_closing(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    names = sorted({name for names in COUNSELLORS.values() for name in names})
    motive = dict(zip(names, 0.25 + 1.5 * rng.random(len(names)), strict=True))
    ease = frame["ending"].map(EASE).to_numpy(float) * frame["counsellor"].map(motive).to_numpy(float)
    eager = frame["ending"].map(ALONE).to_numpy(float)
    closing, alone = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for team, made, by_staff in zip(TEAMS, CLOSING[year], STAFF_ALONE[year], strict=True):
        ours = (frame["team"] == team).to_numpy()
        closing |= draws.keep(rng, np.where(ours, ease, 1e-6), made)
        alone |= draws.keep(rng, np.where(ours & closing, eager, 1e-6), by_staff)
    frame["closing"], frame["alone"] = closing, alone
    frame["end_day"] = np.busday_offset(frame["end"].to_numpy("datetime64[D]"), -draws.whole(rng, len(frame), 0, 5))
    frame["start_day"] = np.busday_offset(frame["start"].to_numpy("datetime64[D]"), draws.whole(rng, len(frame), 0, 8))
    kinder = rng.random(len(frame)) < KINDER
    codes = list(LEVELS)
    steps = frame["judgement"].map({code: place for place, code in enumerate(codes)}).to_numpy(int) + kinder
    frame["staff_judgement"] = [codes[step] for step in steps.clip(0, len(codes) - 1)]


def _add_nods(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    gambler = (frame["team"] == "Spel").to_numpy()
    lasting = draws.normal(rng, len(frame), 0, NODS_SD)
    before = np.ones(len(frame))
    for months, answered in zip((3, 6), NODS_ANSWERED[year], strict=True):
        level = frame["judgement"].map(NODS_MEANS).to_numpy(float) + 0.1 * (months - 3)
        score = (level + lasting + draws.normal(rng, len(frame), 0, 1)).round().clip(0, NODS_HIGHEST)
        frame[f"nods_{months}"] = score.astype(int)
        willing = np.where(gambler, np.exp(-GAMBLES_ON * score) * before, 1e-6)
        frame[f"nods_{months}_answered"] = draws.keep(rng, willing, answered)
        days = frame["end"].to_numpy("datetime64[D]") + 30 * months + draws.whole(rng, len(frame), 0, 20)
        frame[f"nods_{months}_day"] = draws.to_weekday(days)
        before = np.where(frame[f"nods_{months}_answered"], HABIT, 1.0)


def _interviews(frame: pd.DataFrame, occasion: str) -> pd.DataFrame:
    alone = frame["alone"] if occasion == "end" else frame["alone"] & False
    return pd.DataFrame(
        {
            "Klient": frame["client"],
            "Formulär": frame["team"].map(FORMS),
            "Tillfälle": "Inskrivning" if occasion == "start" else "Utskrivning",
            "Datum": frame[f"{occasion}_day"].dt.date,
            "Ifyllt": alone.map({True: "Av behandlaren", False: "Intervju med klienten"}),
            "Status": "Klar",
        }
    )


def _nods(frame: pd.DataFrame, months: int) -> pd.DataFrame:
    answered = frame[frame[f"nods_{months}_answered"]]
    return pd.DataFrame(
        {
            "Klient": answered["client"],
            "Tillfälle": f"{months} månader",
            "Datum": answered[f"nods_{months}_day"].dt.date,
            "NODS": answered[f"nods_{months}"],
        }
    )


def _summary(judgement: pd.Series) -> truth.Truth:
    return {
        "n": len(judgement),
        "levels": truth.counts(judgement, LEVELS),
        "share_positive": truth.share(judgement.isin(POSITIVE)),
        "share_negative": truth.share(judgement == "samre"),
    }


def _nods_truth(frame: pd.DataFrame, months: int) -> truth.Truth:
    gamblers = frame[frame["team"] == "Spel"]
    answered = gamblers[f"nods_{months}_answered"]
    groups = {"all": answered | ~answered, "measured": answered, "lost": ~answered}
    scores = gamblers[f"nods_{months}"]
    return {group: {"n": int(of.sum()), "mean": truth.mean(scores[of])} for group, of in groups.items()}
