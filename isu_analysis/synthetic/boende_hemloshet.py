"""Housing for people in homelessness: a register of moves, in which many people stand several times.

Modelled on seed 004's housing department: about 1,300 moves of 1,100 people a year, and next to nothing missing.
The trouble is what is counted. Every row is a move, with the person's number; who moves often moves to less
secure housing, so that shares of moves are worse than shares of people. Some rows overlap, since the old contract
runs on for a while. People who moved to something outside the municipality are counted as such whatever it is
like: what is missing is that, and it is missing completely (the truth knows it).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import csv_bytes

SLUG = "boende-hemloshet"
SEED = 26

PERSONS = {2022: 1060, 2023: 1085, 2024: 1100}
MOVES = {2022: 1238, 2023: 1279, 2024: 1300}
EVERYONE = 2600  # people the department knows; a part of them moves in a year, some in several years
MOST_MOVES = 4
EMPTY = {2022: 16, 2023: 12, 2024: 13}  # moves without a written outcome: a few, whatever it was

OUTCOMES = {
    "eget_boende": "Eget boende",
    "langsiktig_boendelosning": "Långsiktig boendelösning",
    "f100": "F100",
    "bokvar": "BoKvar",
    "bostad_forst": "Bostad först",
    "annat_kommunalt_kontrakt": "Annat kommunalt kontrakt",
    "annat_boende_externt": "Annat boende externt",
    "akut_hemloshet": "Akut hemlöshet",
    "annat": "Annat",
}
POSITIVE = tuple(OUTCOMES)[:6]
SETTLED = (0.12, 0.22, 0.10, 0.07, 0.09, 0.15, 0.13, 0.07, 0.05)  # outcomes of those who move once
RESTLESS = (0.03, 0.10, 0.04, 0.02, 0.05, 0.14, 0.20, 0.30, 0.12)  # of those who move several times
LASTING_OUTSIDE = 0.35  # part of the external housing that is in truth lasting
OVERLAP = 0.15  # how often a stay is written as begun before the last one ended

SERVICES = {"Referensboende": 0.3, "Stödboende": 0.3, "Akutboende": 0.25, "Boendestöd": 0.15}
GROUPS = {"Hemlöshet": 0.55, "Beroende": 0.27, "Psykisk funktionsnedsättning": 0.18}


def people(year: int) -> pd.DataFrame:
    """Draw every move of the year in order of day, one row a move, with what external housing is in truth like."""
    rng = draws.generator(SEED, year)
    numbers = np.flatnonzero(draws.keep(rng, np.ones(EVERYONE), PERSONS[year])) + 1
    times = _moves_each(rng, year)
    person = np.repeat(np.arange(len(numbers)), times)
    n = len(person)
    frame = pd.DataFrame({"client": [f"K{numbers[place]:04d}" for place in person], "moves": times[person]})
    frame["end"] = draws.weekdays(rng, n, dt.date(year, 1, 3), dt.date(year, 12, 28))
    known = _everyone().iloc[numbers[person] - 1].reset_index(drop=True)
    frame["sex"], frame["target"], frame["age"] = known["sex"], known["target"], year - known["born"]
    frame["service"] = draws.choose(rng, n, SERVICES)
    chances = np.where((frame["moves"] > 1).to_numpy()[:, None], RESTLESS, SETTLED)
    frame["outcome"] = draws.choose_each(rng, tuple(OUTCOMES), chances)
    frame["lasting"] = frame["outcome"].isin(POSITIVE) | (
        (frame["outcome"] == "annat_boende_externt") & (rng.random(n) < LASTING_OUTSIDE)
    )
    frame["written"] = ~draws.keep(rng, np.ones(n), EMPTY[year])
    frame = frame.sort_values(["client", "end"], kind="stable").reset_index(drop=True)
    _add_starts(rng, frame)
    frame = frame.sort_values(["end", "client"], kind="stable").reset_index(drop=True)
    frame["case"] = draws.numbers("BH", year, n, width=4)
    frame["last"] = ~frame.duplicated("client", keep="last")
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the register of moves."""
    table = pd.DataFrame(
        {
            "Flytt": frame["case"],
            "Klientnummer": frame["client"],
            "Inflyttad": frame["start"].dt.date,
            "Flyttdatum": frame["end"].dt.date,
            "Insats": frame["service"],
            "Målgrupp": frame["target"],
            "Kön": frame["sex"],
            "Ålder": frame["age"],
            "Boende efter flytt": frame["outcome"].map(OUTCOMES).where(frame["written"]),
        }
    )
    return {f"flyttar_{year}.csv": csv_bytes(table)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count outcomes of moves and of people (their last move), and how many have lasting housing in truth."""
    result: truth.Truth = {"moves": len(frame), "persons": int(frame["client"].nunique())}
    written = frame["written"]
    groups = {"all": written | ~written, "measured": written, "lost": ~written}
    for unit, rows in {"of_moves": frame, "of_persons": frame[frame["last"]]}.items():
        result[unit] = {group: _summary(rows[of.loc[rows.index]]) for group, of in groups.items()}
    return result


def _everyone() -> pd.DataFrame:
    """What is the same in every year about each person."""
    rng = draws.generator(SEED, 0)
    sex = draws.choose(rng, EVERYONE, {"Man": 0.7, "Kvinna": 0.3})
    target = draws.choose(rng, EVERYONE, GROUPS)
    return pd.DataFrame({"sex": sex, "target": target, "born": draws.whole(rng, EVERYONE, 1946, 2003)})


def _moves_each(rng: Generator, year: int) -> NDArray[np.int64]:
    """How many moves each person makes; together exactly the year's moves."""
    times = np.ones(PERSONS[year], dtype=np.int64)
    restless = 1.0 + 4.0 * rng.random(len(times)) ** 8  # a few move much more than others
    while times.sum() < MOVES[year]:
        left = min(int(MOVES[year] - times.sum()), 100)
        times += draws.keep(rng, np.where(times < MOST_MOVES, restless, 1e-6), left)
    return times


def _add_starts(rng: Generator, frame: pd.DataFrame) -> None:
    """A stay begins some time before its end: after the person's last one, or a little before that ended."""
    n = len(frame)
    end = frame["end"].to_numpy("datetime64[D]")
    start = end - draws.whole(rng, n, 20, 700)
    before = np.roll(end, 1) + np.where(rng.random(n) < OVERLAP, -draws.whole(rng, n, 1, 25), 1)
    follows = frame.duplicated("client").to_numpy()
    frame["start"] = np.where(follows, np.minimum(before, end), start)


def _summary(rows: pd.DataFrame) -> truth.Truth:
    return {
        "n": len(rows),
        "levels": truth.counts(rows["outcome"], OUTCOMES),
        "share_positive": truth.share(rows["outcome"].isin(POSITIVE)),
        "share_lasting": truth.share(rows["lasting"]),
    }
