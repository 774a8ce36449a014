"""Treatment of adults with drug problems: a large unit where one in seven is interviewed again at the end.

Modelled on seed 004's treatment group. The export is a semicolon file from a client system. The judgement of
change exists only for those interviewed at closing, mostly people whose treatment ended as planned.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import csv_bytes

SLUG = "behandling-vuxna"
SEED = 7

CLIENTS = {2022: 690, 2023: 700, 2024: 712}
INTERVIEWED = {2022: 96, 2023: 100, 2024: 104}
START_INTERVIEWED = 0.93

LEVELS = {
    "mycket_samre": "Mycket sämre",
    "samre": "Sämre",
    "oforandrat": "Oförändrat",
    "battre": "Bättre",
    "mycket_battre": "Mycket bättre",
}
POSITIVE = ("battre", "mycket_battre")
NEGATIVE = ("mycket_samre", "samre")
ENDINGS = {"Planerat": 0.42, "I förtid": 0.48, "Överfört": 0.10}
CHANCES = {
    "Planerat": (0.02, 0.06, 0.20, 0.42, 0.30),
    "I förtid": (0.10, 0.22, 0.40, 0.21, 0.07),
    "Överfört": (0.05, 0.15, 0.40, 0.30, 0.10),
}
EASE = {"Planerat": 1.0, "I förtid": 0.08, "Överfört": 0.15}  # how easily a last interview comes about


def people(year: int) -> pd.DataFrame:
    """Draw everybody whose treatment ended that year, with the judgement they gave or would have given."""
    rng = draws.generator(SEED, year)
    n = CLIENTS[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 3), dt.date(year, 12, 22))
    frame = pd.DataFrame({"client": draws.numbers("BV", year, n, width=4), "end": end})
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 20, 500))
    frame["sex"] = draws.choose(rng, n, {"Man": 0.68, "Kvinna": 0.32})
    frame["age"] = draws.whole(rng, n, 20, 68)
    frame["waiting"] = (1 + 8 * rng.random(n) ** 2).round(1)
    frame["ending"] = draws.choose(rng, n, ENDINGS)
    chances = np.array([CHANCES[ending] for ending in frame["ending"]])
    frame["judgement"] = draws.choose_each(rng, tuple(LEVELS), chances)
    frame["start_interview"] = rng.random(n) < START_INTERVIEWED
    easily = frame["ending"].map(EASE).to_numpy(float)
    frame["interviewed"] = draws.keep(rng, easily, INTERVIEWED[year])
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the export of a year."""
    yes_no = {True: "Ja", False: "Nej"}
    table = pd.DataFrame(
        {
            "Klient": frame["client"],
            "Start": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Väntetid (veckor)": frame["waiting"],
            "Avslutssätt": frame["ending"],
            "DOK vid start": frame["start_interview"].map(yes_no),
            "DOK vid avslut": frame["interviewed"].map(yes_no),
            "Bedömd förändring": frame["judgement"].map(LEVELS).where(frame["interviewed"]),
        }
    )
    return {f"klienter_{year}.csv": csv_bytes(table)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the judgements of all clients, of those interviewed at the end, and of the others."""
    interviewed = frame["interviewed"]
    groups = {"all": interviewed | ~interviewed, "interviewed": interviewed, "lost": ~interviewed}
    return {
        "n": len(frame),
        "interviewed": int(interviewed.sum()),
        "endings": truth.counts(frame["ending"], ENDINGS),
        "dok_forandring": {group: _summary(frame[of]) for group, of in groups.items()},
    }


def _summary(frame: pd.DataFrame) -> truth.Truth:
    judgement = frame["judgement"]
    return {
        "n": len(frame),
        "levels": truth.counts(judgement, LEVELS),
        "share_positive": truth.share(judgement.isin(POSITIVE)),
        "share_negative": truth.share(judgement.isin(NEGATIVE)),
        "share_planned_ending": truth.share(frame["ending"] == "Planerat"),
    }
