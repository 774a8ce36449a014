"""Adults with substance problems: six teams, one of which follows nearly everybody up and one nearly nobody.

Modelled on seed 004's adult services with ASI. Nearly everyone is interviewed at the start (Grund); the follow-up
interview is made at any time and by 5 to 70 percent of the teams' clients. Which team it is decides first (missing
by team), and within a team those whose care ended as planned are found more easily. The team with the best
coverage has clients who worry least to begin with and gain most, so that the pairs of all teams together say more
about that team than about the service; over all too few are followed up for a result of the whole.

Each measure (åtgärd) a client has got has a row of its own in UBÅT, rated by the client and by the social worker;
clients who broke off rate less often. One team also maps needs with CAN at start and end.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.random import Generator

from isu_analysis.synthetic import draws, truth
from isu_analysis.synthetic.workbook import INVENTED, Sheet, sheets_bytes, workbook_bytes

SLUG = "vuxen-asi"
SEED = 23

TEAMS = ("Björken", "Eken", "Granen", "Linden", "Rönnen", "Tallen")
CLIENTS = (80, 74, 70, 66, 60, 50)  # a year, the same order
COVERAGE = (0.05, 0.08, 0.12, 0.20, 0.33, 0.70)  # part with both interviews, of the team's clients
START_INTERVIEWED = 0.88
ONLY_LATER = 3  # clients who are met for the first time at the follow-up
NEEDS_TEAM = "Tallen"
CASE_GROWTH = {2022: -4, 2023: 2, 2024: 0}  # clients more in the first team than in 2024

AREAS = {"alkohol": "Alkohol", "narkotika": "Narkotika", "psykisk_halsa": "Psykisk hälsa"}
VARIABLES = {"dagar": "dagar", "oro": "oro", "hjalpbehov": "hjälpbehov", "skattning": "skattning"}
HIGHEST = {"dagar": 30, "oro": 4, "hjalpbehov": 4, "skattning": 9}
BURDEN = {"alkohol": 0.62, "narkotika": 0.42, "psykisk_halsa": 0.55}  # of the highest, in the mean, at the start
BURDEN_SD, SAME_PERSON = 0.26, 0.75
GAIN, GAIN_SD, BEST_TEAM_GAIN, BEST_TEAM_BURDEN = 0.14, 0.2, 0.16, -0.12
BROKE_OFF_GAIN = -0.16
ANY_CHANGE = 1.0

ENDINGS = {"Planerat": 0.5, "Avbrutet": 0.38, "Överfört": 0.12}
FOUND = {"Planerat": 1.0, "Avbrutet": 0.25, "Överfört": 0.4}
INTERVAL = (40, 520)  # days from Grund to the follow-up
MEASURES = ("Öppenvårdsprogram", "Motiverande samtal", "Behandlingshem", "Läkemedelsstöd", "Boendestöd")
MOST_MEASURES = 3
CLIENT_RATES = {"Planerat": 0.55, "Avbrutet": 0.2, "Överfört": 0.35}
STAFF_RATES = 0.7

NEEDS = {"boende": "Boende", "ekonomi": "Ekonomi", "halsa": "Fysisk hälsa", "psykisk": "Psykisk hälsa",
         "sysselsattning": "Sysselsättning", "kontakter": "Sociala kontakter"}  # fmt: skip
NEED_CODES = {"inget_behov": 0, "tillgodosett": 1, "ej_tillgodosett": 2, "vet_ej": 9}
NEED_AT_START = {"inget_behov": 0.34, "tillgodosett": 0.2, "ej_tillgodosett": 0.46}
NEED_MET, NEED_ARISES, STAFF_AGREES, NOT_KNOWN = 0.45, 0.08, 0.78, 0.05
RATERS = {"client": "klient", "staff": "personal"}
NEEDS_MAPPED = {"start": 0.84, "end": 0.6}


def people(year: int) -> pd.DataFrame:
    """Draw everybody whose care ended that year, with true answers at both times also where nobody asked."""
    rng = draws.generator(SEED, year)
    teams = np.repeat(TEAMS, [CLIENTS[0] + CASE_GROWTH[year], *CLIENTS[1:]])
    n = len(teams)
    end = draws.weekdays(rng, n, dt.date(year, 1, 4), dt.date(year, 12, 19))
    frame = pd.DataFrame({"case": draws.numbers("VA", year, n, width=4), "team": teams, "end": end})
    frame["client"] = [f"P{year % 100}{1000 + place}" for place in np.argsort(rng.random(n), kind="stable")]
    frame["start"] = draws.to_weekday(end - draws.whole(rng, n, 120, 700))
    frame["sex"] = draws.choose(rng, n, {"Man": 0.7, "Kvinna": 0.3})
    frame["age"] = draws.whole(rng, n, 18, 71)
    frame["ending"] = draws.choose(rng, n, ENDINGS)
    _add_answers(rng, frame)
    _add_interviews(rng, frame)
    _add_measures(rng, frame)
    _add_needs(rng, frame)
    return frame


def raw_files(frame: pd.DataFrame, year: int) -> dict[str, bytes]:
    """Write the interview system's workbook with two sheets, the measures' forms and one team's need forms."""
    clients = pd.DataFrame(
        {
            "Ärende": frame["case"],
            "Klientnummer": frame["client"],
            "Team": frame["team"],
            "Inlett": frame["start"].dt.date,
            "Avslutat": frame["end"].dt.date,
            "Avslutssätt": frame["ending"],
            "Kön": frame["sex"],
            "Ålder": frame["age"],
        }
    )
    interviews = pd.concat([_interviews(frame, "start", "Grund"), _interviews(frame, "end", "Uppföljning")])
    interviews = interviews.sort_values(["Datum", "Ärende"], kind="stable")
    needs = pd.concat([_need_forms(frame, "start", "Kartläggning"), _need_forms(frame, "end", "Avslut")])
    above: tuple[tuple[object, ...], ...] = ((f"Klienter vars insats avslutades {year}. {INVENTED}.",), ())
    return {
        f"asi_{year}.xlsx": sheets_bytes(Sheet("Klienter", clients, above=above), Sheet("Intervjuer", interviews)),
        f"ubat_{year}.xlsx": workbook_bytes(_measure_forms(frame)),
        f"behov_{year}.xlsx": workbook_bytes(needs.sort_values(["Datum", "Ärende"], kind="stable")),
    }


def true_results(frame: pd.DataFrame) -> truth.Truth:
    """Describe the changes of all, of those with both interviews and of the others; coverage and change by team."""
    both = frame["start_interview"] & frame["end_interview"]
    groups = {"all": both | ~both, "measured": both, "lost": ~both}
    result: truth.Truth = {
        "n": len(frame),
        "interviews": {name: int(frame[f"{name}_interview"].sum()) for name in ("start", "end")}
        | {"both": int(both.sum())},
        "teams": {team: _team(frame[frame["team"] == team]) for team in TEAMS},
    }
    for name in [f"{area}_{variable}" for area in AREAS for variable in VARIABLES]:
        result[f"asi.{name}"] = {group: _change(frame[of], name) for group, of in groups.items()}
    result["ubat"] = _experiences(frame)
    ours = frame[frame["team"] == NEEDS_TEAM]
    mapped = ours["start_needs"] & ours["end_needs"]
    parts = {"all": mapped | ~mapped, "measured": mapped, "lost": ~mapped}
    result["cansas"] = {group: _unmet(ours[of]) for group, of in parts.items()}
    return result


def _add_answers(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    best = (frame["team"] == NEEDS_TEAM).to_numpy()
    common = draws.normal(rng, n, 0, BURDEN_SD)
    gain = GAIN + best * BEST_TEAM_GAIN + (frame["ending"] == "Avbrutet").to_numpy() * BROKE_OFF_GAIN
    for area in AREAS:
        burden = BURDEN[area] + best * BEST_TEAM_BURDEN + common * SAME_PERSON + draws.normal(rng, n, 0, 0.12)
        later = burden - gain + draws.normal(rng, n, 0, GAIN_SD)
        for variable, highest in HIGHEST.items():
            for occasion, level in {"start": burden, "end": later}.items():
                values = (highest * (level + draws.normal(rng, n, 0, 0.08))).round().clip(0, highest)
                frame[f"{area}_{variable}_{occasion}"] = values.astype(int)


def _add_interviews(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    found = frame["ending"].map(FOUND).to_numpy(float)
    start = draws.keep(rng, np.ones(n), round(START_INTERVIEWED * n))
    end = np.zeros(n, dtype=bool)
    for team, share in zip(TEAMS, COVERAGE, strict=True):
        ours = (frame["team"] == team).to_numpy()
        end |= draws.keep(rng, np.where(ours & start, found, 1e-6), round(share * ours.sum()))
    frame["start_interview"] = start
    frame["end_interview"] = end | draws.keep(rng, np.where(start, 1e-6, 1.0), ONLY_LATER)
    frame["start_day"] = np.busday_offset(frame["start"].to_numpy("datetime64[D]"), draws.whole(rng, n, 0, 15))
    later = frame["start_day"].to_numpy("datetime64[D]") + draws.whole(rng, n, *INTERVAL)
    latest = frame["end"].to_numpy("datetime64[D]")
    frame["end_day"] = np.where(later > latest, latest, draws.to_weekday(later))


def _add_measures(rng: Generator, frame: pd.DataFrame) -> None:
    """One to three different measures a client, with what client and social worker thought of each."""
    n = len(frame)
    count = draws.whole(rng, n, 1, MOST_MEASURES)
    order = np.argsort(rng.random((n, len(MEASURES))), axis=1)
    liking = 5.8 + 2.2 * (frame["ending"] == "Planerat").to_numpy()
    for place in range(MOST_MEASURES):
        given = count > place
        frame[f"measure_{place}"] = pd.Series([MEASURES[at] for at in order[:, place]]).where(given)
        for rater, shift in {"client": 0.0, "staff": 0.9}.items():
            values = (liking + shift + draws.normal(rng, n, 0, 2)).round().clip(1, 10).astype(int)
            frame[f"{rater}_{place}"] = values
            chance = frame["ending"].map(CLIENT_RATES) if rater == "client" else STAFF_RATES
            frame[f"{rater}_{place}_rated"] = given & (rng.random(n) < chance)


def _add_needs(rng: Generator, frame: pd.DataFrame) -> None:
    n = len(frame)
    ours = (frame["team"] == NEEDS_TEAM).to_numpy()
    found = frame["ending"].map(FOUND).to_numpy(float)
    for occasion, share in NEEDS_MAPPED.items():
        weights = np.where(ours, found if occasion == "end" else 1.0, 1e-6)
        frame[f"{occasion}_needs"] = draws.keep(rng, weights, round(share * ours.sum()))
    for need in NEEDS:
        first = np.array(draws.choose(rng, n, NEED_AT_START))
        met = np.where((first == "ej_tillgodosett") & (rng.random(n) < NEED_MET), "tillgodosett", first)
        last = np.where((first == "inget_behov") & (rng.random(n) < NEED_ARISES), "ej_tillgodosett", met)
        for occasion, true in {"start": first, "end": last}.items():
            other = np.array(draws.choose(rng, n, NEED_AT_START))
            frame[f"{need}_{occasion}_true"] = true
            frame[f"{need}_{occasion}_client"] = np.where(rng.random(n) < NOT_KNOWN, "vet_ej", true)
            frame[f"{need}_{occasion}_staff"] = np.where(rng.random(n) < STAFF_AGREES, true, other)


def _interviews(frame: pd.DataFrame, occasion: str, label: str) -> pd.DataFrame:
    made = frame[frame[f"{occasion}_interview"]]
    about = {"Ärende": made["case"], "Intervju": label, "Datum": made[f"{occasion}_day"].dt.date}
    answers = {
        f"{AREAS[area]}: {VARIABLES[variable]}": made[f"{area}_{variable}_{occasion}"]
        for area in AREAS
        for variable in VARIABLES
    }
    return pd.DataFrame(about | answers)


def _measure_forms(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for place in range(MOST_MEASURES):
        rated = frame[frame[f"client_{place}_rated"] | frame[f"staff_{place}_rated"]]
        answers = {
            f"Upplevelse ({word})": rated[f"{rater}_{place}"].astype("Int64").where(rated[f"{rater}_{place}_rated"])
            for rater, word in RATERS.items()
        }
        about = {"Klientnummer": rated["client"], "Åtgärd": rated[f"measure_{place}"], "Avslutad": rated["end"].dt.date}
        parts.append(pd.DataFrame(about | answers))
    return pd.concat(parts).sort_values(["Avslutad", "Klientnummer"], kind="stable")


def _need_forms(frame: pd.DataFrame, occasion: str, label: str) -> pd.DataFrame:
    mapped = frame[frame[f"{occasion}_needs"]]
    answers = {
        f"{heading} ({word})": mapped[f"{need}_{occasion}_{rater}"].map(NEED_CODES)
        for need, heading in NEEDS.items()
        for rater, word in RATERS.items()
    }
    return pd.DataFrame({"Ärende": mapped["case"], "Tillfälle": label, "Datum": mapped[occasion].dt.date} | answers)


def _change(frame: pd.DataFrame, name: str) -> truth.Truth:
    return truth.change(frame[f"{name}_start"], frame[f"{name}_end"], ANY_CHANGE, higher_is_better=False)


def _team(frame: pd.DataFrame) -> truth.Truth:
    both = frame["start_interview"] & frame["end_interview"]
    change = _change(frame, "alkohol_oro")
    return {"n": len(frame), "both": int(both.sum()), "coverage": truth.share(both), "alkohol_oro": change}


def _experiences(frame: pd.DataFrame) -> truth.Truth:
    result: truth.Truth = {
        "clients": int(frame[[f"{rater}_{place}_rated" for rater in RATERS for place in range(3)]].any(axis=1).sum())
    }
    for rater in RATERS:
        given = pd.concat(
            [frame.loc[frame[f"measure_{place}"].notna(), f"{rater}_{place}"] for place in range(MOST_MEASURES)]
        )
        told = pd.concat(
            [frame.loc[frame[f"{rater}_{place}_rated"], f"{rater}_{place}"] for place in range(MOST_MEASURES)]
        )
        result[rater] = {
            "all": {"n": len(given), "mean": truth.mean(given)},
            "measured": {"n": len(told), "mean": truth.mean(told)},
        }
    return result


def _unmet(frame: pd.DataFrame) -> truth.Truth:
    return {
        "n": len(frame),
        "unmet": {
            need: {
                occasion: truth.share(frame[f"{need}_{occasion}_true"] == "ej_tillgodosett")
                for occasion in ("start", "end")
            }
            for need in NEEDS
        },
    }
