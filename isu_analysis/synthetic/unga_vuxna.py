"""Young adults: a staff form that is never lost, and clients' paper ratings that often are.

Modelled on seed 004's Columbus. In 2022 the ratings carry no case number, so that start and end cannot be
put together; from 2023 they do, but for a few. Who fills in the last form depends on how it went: those who
broke off or got worse do so less often. The pairs therefore look better than everybody together.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import workbook_bytes

SLUG = "unga-vuxna"
SEED = 4

CLIENTS = {2022: 88, 2023: 90, 2024: 93}
START_ANSWERED, END_ANSWERED = 0.80, 0.62
FORMS_WITHOUT_CODE = {2023: 4, 2024: 2}  # in 2022 none has one
KASAM_INCOMPLETE = 0.04  # a question skipped, so no sum

CORE_MEAN, CORE_SD, CORE_CHANGE, CORE_NOISE = 18.0, 6.5, -3.6, 7.0
CORE_ITEMS, CORE_ITEM_MAX, CORE_THRESHOLD = 34, 4, 5.0
KASAM_MEAN, KASAM_CHANGE, KASAM_LOWEST, KASAM_HIGHEST = 50.0, 4.0, 13, 91
ANY_CHANGE = 1.0  # no published threshold for KASAM: any change of the sum counts in the truth

ENDINGS = {"Planerat": 0.62, "Avbrutet": 0.28, "Flyttat": 0.10}
# Points of CORE-OM beside the mean change, and willingness to fill in the last form.
ENDING_CHANGE = {"Planerat": -1.6, "Avbrutet": 3.2, "Flyttat": 0.5}
ENDING_ANSWERS = {"Planerat": 1.0, "Avbrutet": 0.3, "Flyttat": 0.4}
WORSE_ANSWERS = 0.06  # willingness falls by about this share per point worse
HABIT = 3.0  # who filled in the first form is more likely to fill in the last

INTERVENTIONS = {"Samtalsstöd": 0.5, "Arbetsinriktat stöd": 0.3, "Gruppstöd": 0.2}
WORK = {
    "utan": "Utan sysselsättning",
    "praktik": "Praktik/arbetsträning",
    "studier": "Studier",
    "arbete": "Arbete",
}
WORK_AT_START = {"utan": 0.78, "praktik": 0.12, "studier": 0.07, "arbete": 0.03}
WORK_PULL = {"utan": 1.0, "praktik": 0.75, "studier": 0.55, "arbete": 0.65}
WORK_STAYS = 2.0  # weight of staying where one is, beside the pull of each state


def people(year: int) -> pd.DataFrame:
    """Draw everybody who ended that year, with true scores and with who filled in which form."""
    rng = draws.generator(SEED, year)
    frame = _background(rng, year)
    _add_scores(rng, frame)
    _add_work(rng, frame)
    _add_forms(rng, frame, year)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the staff's form and the typed-in ratings of a year."""
    name = f"skattningar_anonyma_{year}.xlsx" if year == min(CLIENTS) else f"skattningar_{year}.xlsx"
    return {f"personalenkat_{year}.xlsx": _staff_form(frame), name: _ratings(frame, year)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe the changes among all, among those who filled in both forms, and among those who did not."""
    both = frame["start_form"] & frame["end_form"]
    work = {code: truth.counts(frame.loc[frame["work_start"] == code, "work_end"], WORK) for code in WORK}
    return {
        "n": len(frame),
        "endings": truth.counts(frame["ending"], ENDINGS),
        "forms": {
            "start": int(frame["start_form"].sum()),
            "end": int(frame["end_form"].sum()),
            "both": int(both.sum()),
            "pairs": int(_pairable(frame).sum()),
        },
        "core_om": _changes(frame, "core", CORE_THRESHOLD, higher_is_better=False),
        "kasam13": _changes(frame, "kasam", ANY_CHANGE, higher_is_better=True),
        "sysselsattning": {"from_to": work},
    }


def _background(rng: Generator, year: int) -> pd.DataFrame:
    n = CLIENTS[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 10), dt.date(year, 12, 18))
    start = draws.to_weekday(end - draws.whole(rng, n, 90, 420))
    return pd.DataFrame(
        {
            "case": draws.numbers("UV", year, n),
            "start": start,
            "end": end,
            "sex": draws.choose(rng, n, {"Kvinna": 0.57, "Man": 0.43}),
            "age": draws.whole(rng, n, 18, 29),
            "intervention": draws.choose(rng, n, INTERVENTIONS),
            "ending": draws.choose(rng, n, ENDINGS),
        }
    )


def _add_scores(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    first = draws.normal(rng, n, CORE_MEAN, CORE_SD)
    pull = CORE_CHANGE + frame["ending"].map(ENDING_CHANGE).to_numpy(float) - 0.25 * (first - CORE_MEAN)
    last = first + pull + draws.normal(rng, n, 0, CORE_NOISE)
    frame["core_start"], frame["core_end"] = _core_score(first), _core_score(last)
    sense = KASAM_MEAN - 0.9 * (first - CORE_MEAN) + draws.normal(rng, n, 0, 8.5)
    later = sense + KASAM_CHANGE - 0.6 * (last - first - CORE_CHANGE) + draws.normal(rng, n, 0, 4.5)
    for name, values in {"kasam_start": sense, "kasam_end": later}.items():
        frame[name] = values.round().clip(KASAM_LOWEST, KASAM_HIGHEST).astype(int)


def _core_score(values: draws.Floats) -> draws.Floats:
    """Nearest score that 34 whole answers can give, with one decimal."""
    total = (values / 10 * CORE_ITEMS).round().clip(0, CORE_ITEMS * CORE_ITEM_MAX)
    return (total / CORE_ITEMS * 10).round(1)


def _add_work(rng: Generator, frame: pd.DataFrame) -> None:
    frame["work_start"] = draws.choose(rng, len(frame), WORK_AT_START)
    stays = frame["work_start"].to_numpy()[:, None] == np.array(list(WORK))
    planned = np.where(frame["ending"] == "Planerat", 1.0, 0.35)
    pull = np.array(list(WORK_PULL.values())) * planned[:, None]
    frame["work_end"] = draws.choose_each(rng, tuple(WORK), pull + WORK_STAYS * stays)


def _add_forms(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    n = len(frame)
    stayed = np.where(frame["ending"] == "Avbrutet", 0.8, 1.0)
    frame["start_form"] = draws.keep(rng, stayed, round(START_ANSWERED * n))
    worse = (frame["core_end"] - frame["core_start"]).to_numpy() - CORE_CHANGE
    willing = frame["ending"].map(ENDING_ANSWERS).to_numpy(float) * np.exp(-WORSE_ANSWERS * worse)
    habit = np.where(frame["start_form"], HABIT, 1.0)
    frame["end_form"] = draws.keep(rng, willing * habit, round(END_ANSWERED * n))
    filled = frame[["start_form", "end_form"]].to_numpy().ravel()
    without = draws.keep(rng, np.where(filled, 1.0, 1e-6), FORMS_WITHOUT_CODE.get(year, 2 * n)).reshape(n, 2)
    for place, (occasion, direction) in enumerate((("start", 1), ("end", -1))):
        frame[f"{occasion}_code"] = ~without[:, place]
        frame[f"{occasion}_kasam_complete"] = rng.random(n) >= KASAM_INCOMPLETE
        days = frame[occasion].to_numpy("datetime64[D]")
        frame[f"{occasion}_day"] = np.busday_offset(days, direction * draws.whole(rng, n, 0, 5))


def _pairable(frame: pd.DataFrame) -> pd.Series:
    return frame[["start_form", "end_form", "start_code", "end_code"]].all(axis=1)


def _changes(frame: pd.DataFrame, name: str, threshold: float, higher_is_better: bool) -> truth.Truth:
    both = frame["start_form"] & frame["end_form"]
    pairs = _pairable(frame)
    if name == "kasam":
        complete = frame["start_kasam_complete"] & frame["end_kasam_complete"]
        both, pairs = both & complete, pairs & complete
    groups = {"all": both | ~both, "both_forms": both, "pairs": pairs, "lost": ~both}
    result: truth.Truth = {"threshold": threshold}
    for group, of in groups.items():
        start, end = frame.loc[of, f"{name}_start"], frame.loc[of, f"{name}_end"]
        result[group] = truth.change(start, end, threshold, higher_is_better)
    return result


def _staff_form(frame: pd.DataFrame) -> bytes:
    table = pd.DataFrame(
        {
            "Ärendenummer": frame["case"],
            "Intagsdatum": frame["start"].dt.date,
            "Avslutsdatum": frame["end"].dt.date,
            "Kön": frame["sex"],
            "Ålder vid intag": frame["age"],
            "Insats": frame["intervention"],
            "Avslut": frame["ending"],
            "Sysselsättning vid intag": frame["work_start"].map(WORK),
            "Sysselsättning vid avslut": frame["work_end"].map(WORK),
        }
    )
    return workbook_bytes(table)


def _ratings(frame: pd.DataFrame, year: int) -> bytes:
    parts = [_forms(frame, "start", "Nybesök"), _forms(frame, "end", "Avslut")]
    # In order of date, so that the order of the anonymous forms does not tell who is who.
    table = pd.concat(parts).sort_values(["Datum", "CORE-OM"], kind="stable")
    if year == min(CLIENTS):
        table = table.drop(columns="Ärendenummer")
    return workbook_bytes(table)


def _forms(frame: pd.DataFrame, occasion: str, label: str) -> pd.DataFrame:
    filled = frame[frame[f"{occasion}_form"]]
    return pd.DataFrame(
        {
            "Ärendenummer": filled["case"].where(filled[f"{occasion}_code"]),
            "Tillfälle": label,
            "Datum": filled[f"{occasion}_day"].dt.date,
            "CORE-OM": filled[f"core_{occasion}"],
            "KASAM": filled[f"kasam_{occasion}"].astype("Int64").where(filled[f"{occasion}_kasam_complete"]),
        }
    )
