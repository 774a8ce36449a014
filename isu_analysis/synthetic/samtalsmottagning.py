"""A counselling service: a self-rating that no client is without at start and end, and a voluntary one long after.

Modelled on seed 004's service for sexual behaviour. One visitor in four is a relative, who gets advice and is
not followed up; of the clients nobody is lost from start to end. Four to eight months after the end they may
rate themselves once more, on a day that differs between them. Who does depends on how it is by then: the more
suffering has come back, the less often (missing not at random), so that what lasts looks better than it is.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import workbook_bytes

SLUG = "samtalsmottagning"
SEED = 21

CONTACTS = {2022: 76, 2023: 84, 2024: 80}
CLIENTS = {2022: 57, 2023: 63, 2024: 60}
RATED_AFTER = {2022: 43, 2023: 50, 2024: 47}  # of the clients, four to eight months after the end
AFTER_DAYS = (123, 240)

SCALES = {"lidande": "Lidande", "destruktivt": "Destruktivt beteende"}
HIGHEST = 40
ANY_CHANGE = 1.0  # the form has no published limit: any change of the sum counts in the truth
START_MEAN, START_SD = {"lidande": 26.0, "destruktivt": 23.0}, 6.5
CHANGE, NOISE = {"lidande": -10.0, "destruktivt": -11.0}, 5.5
BROKE_OFF_CHANGE = 6.0  # points less of improvement
RELAPSE, RELAPSE_NOISE = 2.5, 5.0
WORSE_RATES = 0.25  # willingness to rate oneself afterwards falls by about this share per point

ENDINGS = {"Planerat": 0.84, "Avbrutet": 0.16}
RELATIVE = "Anhörigkontakt"
OCCASIONS = {"start": "Nybesök", "end": "Avslut", "after": "Uppföljning"}


def people(year: int) -> pd.DataFrame:
    """Draw every visitor whose contact ended that year, clients with true scores also where they gave none."""
    rng = draws.generator(SEED, year)
    n = CONTACTS[year]
    end = draws.weekdays(rng, n, dt.date(year, 1, 9), dt.date(year, 12, 19))
    frame = pd.DataFrame({"case": draws.numbers("SM", year, n), "end": end})
    frame["client"] = draws.keep(rng, np.ones(n), CLIENTS[year])
    long, short = draws.whole(rng, n, 100, 420), draws.whole(rng, n, 5, 60)
    frame["start"] = draws.to_weekday(end - np.where(frame["client"], long, short))
    frame["ending"] = np.where(frame["client"], draws.choose(rng, n, ENDINGS), RELATIVE)
    frame["sex"] = np.where(frame["client"], _sexes(rng, n, 0.93), _sexes(rng, n, 0.1))
    frame["age"] = draws.whole(rng, n, 19, 67)
    frame["talks"] = np.where(frame["client"], draws.whole(rng, n, 6, 25), draws.whole(rng, n, 1, 4))
    _add_scores(rng, frame)
    _add_after(rng, frame, year)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register of visitors, and the ratings with one scale a row in order of day."""
    register = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Nybesök": frame["start"].dt.date,
            "Avslut": frame["end"].dt.date,
            "Söker för": frame["client"].map({True: "Egen del", False: "Anhörig"}),
            "Avslutssätt": frame["ending"],
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Antal samtal": frame["talks"],
        }
    )
    parts = [_ratings(frame, occasion, scale) for occasion in OCCASIONS for scale in SCALES]
    ratings = pd.concat(parts).sort_values(["Datum", "Ärende"], kind="stable")
    return {
        f"besoksregister_{year}.xlsx": workbook_bytes(register),
        f"sjalvskattning_{year}.xlsx": workbook_bytes(ratings),
    }


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe what changed until the end, and until months after for all, for those who rated it and for the lost."""
    clients = frame[frame["client"]]
    rated = clients["after_rated"]
    groups = {"all": rated | ~rated, "measured": rated, "lost": ~rated}
    result: truth.Truth = {
        "contacts": len(frame),
        "relatives": int((~frame["client"]).sum()),
        "n": len(clients),
        "rated_after": int(rated.sum()),
        "endings": truth.counts(clients["ending"], ENDINGS),
    }
    for scale in SCALES:
        result[scale] = {"threshold": ANY_CHANGE, "start_end": _change(clients, scale, "end")}
        result[scale]["start_after"] = {group: _change(clients[of], scale, "after") for group, of in groups.items()}
    return result


def _sexes(rng: Generator, n: int, men: float) -> list[str]:
    return draws.choose(rng, n, {"Man": men, "Kvinna": 1 - men})


def _add_scores(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    burden, gain, back = (draws.normal(rng, n, 0, 1) for _ in range(3))  # what the two scales have in common
    broke_off = (frame["ending"] == "Avbrutet").to_numpy() * BROKE_OFF_CHANGE
    for scale in SCALES:
        own = [draws.normal(rng, n, 0, 1) for _ in range(3)]
        first = START_MEAN[scale] + START_SD * (0.8 * burden + 0.6 * own[0])
        last = first + CHANGE[scale] + broke_off + NOISE * (0.8 * gain + 0.6 * own[1])
        after = last + RELAPSE + RELAPSE_NOISE * (0.8 * back + 0.6 * own[2])
        for occasion, values in zip(OCCASIONS, (first, last, after), strict=True):
            frame[f"{scale}_{occasion}"] = values.round().clip(0, HIGHEST).astype(int)


def _add_after(rng: Generator, frame: pd.DataFrame, year: int) -> None:
    relapse = (frame["lidande_after"] - frame["lidande_end"]).to_numpy(float)
    willing = np.where(frame["client"], np.exp(-WORSE_RATES * relapse), 1e-6)
    frame["after_rated"] = draws.keep(rng, willing, RATED_AFTER[year])
    days = frame["end"].to_numpy("datetime64[D]") + draws.whole(rng, len(frame), *AFTER_DAYS)
    frame["after"] = draws.to_weekday(days)


def _change(frame: pd.DataFrame, scale: str, until: str) -> truth.Truth:
    return truth.change(frame[f"{scale}_start"], frame[f"{scale}_{until}"], ANY_CHANGE, higher_is_better=False)


def _ratings(frame: pd.DataFrame, occasion: str, scale: str) -> pd.DataFrame:
    rated = frame[frame["after_rated"] if occasion == "after" else frame["client"]]
    return pd.DataFrame(
        {
            "Ärende": rated["case"],
            "Datum": rated[occasion].dt.date,
            "Tillfälle": OCCASIONS[occasion],
            "Skala": SCALES[scale],
            "Poäng": rated[f"{scale}_{occasion}"],
        }
    )
