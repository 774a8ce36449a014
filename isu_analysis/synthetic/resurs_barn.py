"""Support to children and parents: a register of closed cases, kept by hand, with the reason for closing.

Modelled on seed 004's resource unit for children. There is no measurement before, one closing reason is
negative, the same reason is spelt in several ways, and it is sometimes left out - more often when the case
did not go well.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, workbook_bytes

SLUG = "resurs-barn"
SEED = 2

CASES = {2022: 198, 2023: 210, 2024: 205}
WITHOUT_REASON = {2022: 8, 2023: 6, 2024: 5}
AGE_UNKNOWN = 0.02

CLOSING = {
    "god_maluppfyllelse": 0.36,
    "forbattrad_situation": 0.25,
    "klienten_avbryter": 0.12,
    "kom_ej_igang": 0.10,
    "ingen_eller_forsamrad": 0.08,
    "overgar_annan_insats": 0.09,
}
FORGOTTEN = {"ingen_eller_forsamrad": 5.0, "klienten_avbryter": 3.0, "kom_ej_igang": 2.0}  # others 1

# How the reasons are written, the usual way first and most often; trailing spaces and all.
SPELLINGS = {
    "god_maluppfyllelse": ("God måluppfyllelse", "god måluppfyllelse ", "God målupp."),
    "forbattrad_situation": ("Förbättrad situation", "förbättrad situation", "Förbättrad sit."),
    "klienten_avbryter": ("Klienten avbryter", "Klienten avbryter ", "Klient avbryter"),
    "kom_ej_igang": ("Kom ej igång", "Kom ej igång ", "Kom inte igång"),
    "ingen_eller_forsamrad": (
        "Ingen eller försämrad utveckling",
        "Ingen eller försämrad utv.",
        "ingen/försämrad utveckling",
    ),
    "overgar_annan_insats": ("Övergår till annan insats", "övergår till annan insats", "Övergår annan ins."),
}
USUAL_SPELLING = 0.82

REASONS = {"Konflikter": 34, "Brister i omsorgen": 22, "Barnets beteende": 20, "Våld i familjen": 24}
INTERVENTIONS = {"Familjebehandling": 45, "Stöd i hemmet": 30, "Nätverksarbete": 15, "Samtalsstöd": 10}
PARTICIPANTS = {"Barn och föräldrar": 55, "Föräldrar": 32, "Barn": 13}


def people(year: int) -> pd.DataFrame:
    """Draw every case closed that year, with its true closing reason and with what the register says."""
    rng = draws.generator(SEED, year)
    n = CASES[year]
    frame = pd.DataFrame({"case": draws.numbers("RB", year, n), "closing": draws.choose(rng, n, CLOSING)})
    end = draws.weekdays(rng, n, dt.date(year, 1, 4), dt.date(year, 12, 20))
    began = (frame["closing"] != "kom_ej_igang").to_numpy()
    open_days = draws.whole(rng, n, 20, 60) + began * draws.whole(rng, n, 40, 380)
    frame["start"] = draws.to_weekday(end - open_days)
    frame["end"] = end
    frame["age"] = pd.array(draws.whole(rng, n, 0, 12), dtype="Int64")
    frame.loc[rng.random(n) < AGE_UNKNOWN, "age"] = pd.NA
    frame["reason"] = draws.choose(rng, n, REASONS)
    frame["intervention"] = draws.choose(rng, n, INTERVENTIONS)
    frame["participants"] = draws.choose(rng, n, PARTICIPANTS)
    forgotten = frame["closing"].map(FORGOTTEN).fillna(1.0).to_numpy(float)
    frame["written"] = ~draws.keep(rng, forgotten, WITHOUT_REASON[year])
    frame["spelling"] = _spelled(rng, frame["closing"])
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register of a year: a title, an empty row, the header on the third row."""
    table = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Inkom": frame["start"].dt.date,
            "Avslutat": frame["end"].dt.date,
            "Ålder": frame["age"],
            "Orsak": frame["reason"],
            "Insats": frame["intervention"],
            "Deltagare": frame["participants"],
            "Avslutsorsak": frame["spelling"].where(frame["written"]),
        }
    )
    heading = f"Avslutade ärenden {year}. {INVENTED}."
    return {f"arenden_{year}.xlsx": workbook_bytes(table, heading)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the closing reasons of all cases, of those in the register, and of those left empty."""
    written = frame["written"]
    return {
        "n": len(frame),
        "empty": int((~written).sum()),
        "avslutsorsak": {
            "all": truth.counts(frame["closing"], CLOSING),
            "written": truth.counts(frame.loc[written, "closing"], CLOSING),
            "empty": truth.counts(frame.loc[~written, "closing"], CLOSING),
        },
    }


def _spelled(rng: Generator, closing: pd.Series) -> list[str]:
    usual = rng.random(len(closing)) < USUAL_SPELLING
    other = rng.random(len(closing))
    rows = zip(closing, usual, other, strict=True)
    return [_spelling(SPELLINGS[code], plain, part) for code, plain, part in rows]


def _spelling(ways: tuple[str, ...], usual: bool, part: float) -> str:
    return ways[0] if usual else ways[1 + int(part * (len(ways) - 1))]
