"""Digital support: a few people, and a survey after the treatment that only those who could be reached get.

Modelled on seed 004's digital alcohol support. Ten to sixteen people a year use it and five to eleven answer.
Those taken into compulsory care are never asked, and of the others some cannot be reached; both things happen
more often to those for whom it did not help (missing not at random). The form service's export holds the address
and the name of the tablet that the survey is filled in on: columns that are never read in.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import workbook_bytes

SLUG = "digitalt-stod"
SEED = 524  # chosen so that the mechanism shows in each of the three years

STARTED = {2022: 13, 2023: 10, 2024: 16}
ASKED = {2022: 11, 2023: 8, 2024: 14}  # the others were in compulsory care
ANSWERED = {2022: 8, 2023: 5, 2024: 11}

ANSWERS = {
    "stammer_inte_alls": "Stämmer inte alls",
    "stammer_delvis": "Stämmer delvis",
    "stammer_helt": "Stämmer helt",
}
POSITIVE = "stammer_helt"
TOPICS = {"maende_forbattrats": "Förbättrat mående", "alkoholkonsumtion_minskat": "Minskad alkoholkonsumtion"}
CHANCES = {"stammer_inte_alls": 0.28, "stammer_delvis": 0.38, "stammer_helt": 0.34}
SAME_ANSWER = 0.5  # how often the second answer is the first again
# How easily somebody is asked, and then answers, by the true answer.
ASKS = {"stammer_inte_alls": 0.3, "stammer_delvis": 1.0, "stammer_helt": 2.0}
REPLIES = {"stammer_inte_alls": 0.25, "stammer_delvis": 0.9, "stammer_helt": 1.5}
TABLETS = ("Surfplatta 1", "Surfplatta 2")
ADDRESS = "surfplatta@exempelstad.example"


def people(year: int) -> pd.DataFrame:
    """Draw everybody who began that year, with the answers they gave or would have given."""
    rng = draws.generator(SEED, year)
    n = STARTED[year]
    first, other = (np.array(draws.choose(rng, n, CHANCES)) for _ in TOPICS)
    again = rng.random(n) < SAME_ANSWER
    frame = pd.DataFrame({"maende_forbattrats": first, "alkoholkonsumtion_minskat": np.where(again, first, other)})
    frame["day"] = draws.weekdays(rng, n, dt.date(year, 2, 1), dt.date(year, 12, 13))
    frame["minute"] = draws.whole(rng, n, 8 * 60, 16 * 60)
    frame["minutes_taken"] = draws.whole(rng, n, 2, 9)
    frame["tablet"] = [TABLETS[place] for place in draws.whole(rng, n, 0, 1)]
    asked = frame["alkoholkonsumtion_minskat"].map(ASKS).to_numpy(float)
    frame["asked"] = draws.keep(rng, asked, ASKED[year])
    replies = frame["alkoholkonsumtion_minskat"].map(REPLIES).to_numpy(float)
    frame["answered"] = draws.keep(rng, np.where(frame["asked"], replies, 1e-6), ANSWERED[year])
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the survey as a form service exports it, in order of time."""
    answers = frame[frame["answered"]].sort_values(["day", "minute"], kind="stable").reset_index(drop=True)
    began = answers["day"] + pd.to_timedelta(answers["minute"], unit="min")
    done = began + pd.to_timedelta(answers["minutes_taken"], unit="min")
    table = pd.DataFrame(
        {
            "ID": range(1, len(answers) + 1),
            "Starttid": [moment.to_pydatetime() for moment in began],
            "Slutförandetid": [moment.to_pydatetime() for moment in done],
            "E-post": ADDRESS,
            "Namn": answers["tablet"],
            **{heading: answers[topic].map(ANSWERS) for topic, heading in TOPICS.items()},
        }
    )
    return {f"enkat_digitalt_{year}.xlsx": workbook_bytes(table)}


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Count the answers of all who began, of those who answered, and of those who did not."""
    answered = frame["answered"]
    groups = {"all": answered | ~answered, "measured": answered, "lost": ~answered}
    result: truth.Truth = {
        "started": len(frame),
        "asked": int(frame["asked"].sum()),
        "answered": int(answered.sum()),
    }
    for topic in TOPICS:
        result[topic] = {group: _summary(frame.loc[of, topic]) for group, of in groups.items()}
    return result


def _summary(answers: pd.Series) -> truth.Truth:
    levels = truth.counts(answers, ANSWERS)
    return {"n": len(answers), "levels": levels, "share_positive": truth.share(answers == POSITIVE)}
