"""Help at school for children in foster homes, so that they leave grade 9 with the marks for upper secondary school.

Modelled on seed 004's school programme. A wide workbook with a row a pupil and a column for every test and mark, of
which few are read in. About 230 children are enrolled; those who leave grade 9 a year are a tenth of them.

What is missing, and why. About one in ten left the programme before the end of grade 9, because the child moved home,
was placed elsewhere or the school broke it off; these children were doing worse, and their marks are unknown. The
programme itself tells only the two levels that lead on to upper secondary school; the file has the third one too.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, workbook_bytes

SLUG = "skolstod-familjehem"
SEED = 15

PUPILS = {2022: 22, 2023: 26, 2024: 28}
LEFT = {2022: 2, 2023: 3, 2024: 3}
ENROLLED = {2022: 222, 2023: 230, 2024: 236}

LEVELS = {
    "nationellt_program_behorig": "Behörig till nationellt program",
    "forberedande_program": "Förberedande program",
    "ej_gymnasium": "Går inte vidare",
}
POSITIVE = ("nationellt_program_behorig", "forberedande_program")
TESTS = ("läsning", "räkning", "anpassning")
SUBJECTS = ("svenska", "engelska", "matematik")
MARKS = ("F", "E", "D", "C", "B", "A")
REASONS = {"Flyttat hem": 45, "Placerad på annat håll": 35, "Skolan avbröt": 20}


def people(year: int) -> pd.DataFrame:
    """Draw every pupil who left, or would have left, grade 9 that year."""
    rng = draws.generator(SEED, year)
    n = PUPILS[year]
    gift = draws.normal(rng, n, 0, 1)
    frame = pd.DataFrame(
        {"case": draws.numbers("SF", year, n), "left": draws.keep(rng, np.exp(-1.5 * gift), LEFT[year])}
    )
    last_day = np.datetime64(dt.date(year, 6, 12))
    early = draws.weekdays(rng, n, dt.date(year, 1, 10), dt.date(year, 4, 20))
    frame["end"] = np.where(frame["left"], early, draws.to_weekday(np.full(n, last_day)))
    frame["start"] = draws.to_weekday(frame["end"].to_numpy("datetime64[D]") - draws.whole(rng, n, 500, 2600))
    frame["sex"] = draws.choose(rng, n, {"Flicka": 0.5, "Pojke": 0.5})
    for place, test in enumerate(TESTS):
        score = 4.2 + 1.2 * gift + draws.normal(rng, n, 0, 1.2)
        frame[f"{test}_1"] = score.round().clip(1, 9).astype(int)
        frame[f"{test}_2"] = (score + 0.6 + 0.1 * place).round().clip(1, 9).astype(int)
    course = gift + draws.normal(rng, n, 0, 0.5) - 0.6 * frame["left"]
    frame["outcome"] = np.select([course > 0.0, course > -0.8], list(LEVELS)[:2], list(LEVELS)[2])
    for subject in SUBJECTS:
        mark = (2.0 + 1.2 * course + draws.normal(rng, n, 0, 0.6)).round().clip(0, 5).astype(int)
        frame[f"betyg_{subject}"] = [MARKS[place] for place in mark]
    frame["reason"] = draws.choose(rng, n, REASONS)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the wide list of a year's school leavers."""
    stayed = ~frame["left"]
    columns: dict[str, object] = {
        "Elev": frame["case"],
        "Började i skolstödet": frame["start"].dt.date,
        "Slutade": frame["end"].dt.date,
        "Kön": frame["sex"],
    }
    for wave in (1, 2):
        columns |= {f"Kartläggning {wave}, {test}": frame[f"{test}_{wave}"] for test in TESTS}
    columns |= {f"Betyg {subject}": frame[f"betyg_{subject}"].where(stayed) for subject in SUBJECTS}
    columns |= {
        "Avslut": frame["left"].map({True: "Lämnat före slutet av årskurs 9", False: "Gått ut årskurs 9"}),
        "Till gymnasiet": frame["outcome"].map(LEVELS).where(stayed),
        "Varför uppgift saknas": frame["reason"].where(~stayed),
    }
    heading = f"Årskurs 9, våren {year}. {INVENTED}."
    return {f"elever_{year}.xlsx": workbook_bytes(pd.DataFrame(columns), heading)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the levels of all, of those who stayed to the end of grade 9, and of those who left before."""
    stayed = ~frame["left"]
    groups = {"all": stayed | ~stayed, "measured": stayed, "lost": ~stayed}
    year = int(frame["end"].dt.year.iloc[0])
    return {
        "n": len(frame),
        "started": ENROLLED[year],
        "left": int(frame["left"].sum()),
        "skolfam_gymnasium": {
            group: {
                "n": int(of.sum()),
                "levels": truth.counts(frame.loc[of, "outcome"], LEVELS),
                "share_positive": truth.share(frame.loc[of, "outcome"].isin(POSITIVE)),
            }
            for group, of in groups.items()
        },
    }
