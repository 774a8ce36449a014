"""The seven units for adults and families: what the files themselves hold, counted without the package's readers."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from isu_analysis.intake import check
from isu_analysis.settings import Column, Source, Unit, read_unit
from isu_analysis.synthetic import (
    boende_hemloshet,
    digitalt_stod,
    oppenvard_loke,
    samtalsmottagning,
    spel_alkohol,
    vald_nara,
    vuxen_asi,
)

PROJECT = Path(__file__).resolve().parents[2]
MODULES = (samtalsmottagning, spel_alkohol, vuxen_asi, digitalt_stod, vald_nara, boende_hemloshet, oppenvard_loke)
BY_SLUG = {module.SLUG: module for module in MODULES}
YEARS = (2022, 2023, 2024)
REAL_NAMES = ("KAST", "Respons", "Spelberoende", "Previct", "Göteborg", "Hisingen", "Nordost", "Centrum", "Violalund",
              "Vuxenstöd", "Mottaget", "Sydväst", "Plattform", "SUreg", "Journal Digital")  # fmt: skip
Row = dict[str, Any]

EVERY_UNIT = pytest.mark.parametrize("slug", BY_SLUG)
EVERY_YEAR = pytest.mark.parametrize("year", YEARS)


@pytest.fixture(scope="module")
def adult_files(demo_raw: dict[str, dict[str, bytes]]) -> dict[str, dict[str, bytes]]:
    return {slug: demo_raw[slug] for slug in BY_SLUG}


@pytest.fixture(scope="module")
def told() -> dict[str, dict[int, dict[str, Any]]]:
    return {
        slug: {year: module.true_results(module.people(year)) for year in YEARS} for slug, module in BY_SLUG.items()
    }


@pytest.fixture(scope="module")
def read(adult_files):
    """Rows of a file as dicts; merged cells are empty but for the first, and formulas are their stored results."""
    known = {name: raw for files in adult_files.values() for name, raw in files.items()}
    seen: dict[Any, list[Row]] = {}

    def rows(name: str, sheet: str | None = None, header_row: int = 1) -> list[Row]:
        if (name, sheet) not in seen:
            seen[name, sheet] = _rows(name, known[name], sheet, header_row)
        return seen[name, sheet]

    return rows


def _rows(name: str, raw: bytes, sheet: str | None, header_row: int) -> list[Row]:
    if name.endswith(".csv"):
        encoding = "cp1252" if name.startswith("flyttar") else "utf-8"
        cells = [[cell or None for cell in row] for row in csv.reader(io.StringIO(raw.decode(encoding)), delimiter=";")]
    else:
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
        page = book[sheet] if sheet else book.worksheets[0]
        cells = [list(row) for row in page.iter_rows(values_only=True)]
    return [dict(zip(cells[header_row - 1], row, strict=True)) for row in cells[header_row:]]


def unit_of(slug: str) -> Unit:
    return read_unit(PROJECT / "parameters" / "exempelstad" / f"{slug}.yml")


def rows_of(read, source: Source) -> list[Row]:
    """All rows of a source over the years, without the sums that the unit file names."""
    rows = [
        row for year in YEARS for row in read(source.file.replace("{year}", str(year)), source.sheet, source.header_row)
    ]
    return [row for row in rows if next(iter(row.values())) not in source.skip_rows]


def text(cell: Any) -> str:
    return str(cell).strip()


def day(cell: Any) -> dt.date:
    return dt.date.fromisoformat(str(cell)[:10])


# Files


def test_no_two_units_write_files_of_the_same_name(adult_files):
    names = [name for files in adult_files.values() for name in files]
    assert len(names) == len(set(names)) == 39


def test_workbooks_are_marked_as_invented_and_hold_no_present_time(adult_files):
    for files in adult_files.values():
        for name, raw in files.items():
            if name.endswith(".xlsx"):
                assert {entry.date_time[0] for entry in zipfile.ZipFile(io.BytesIO(raw)).infolist()} == {2025}, name
                assert openpyxl.load_workbook(io.BytesIO(raw)).properties.title == "Påhittade uppgifter"


@EVERY_UNIT
def test_units_are_invented_and_named_after_no_real_one(slug):
    unit = unit_of(slug)
    written = (PROJECT / "parameters" / f"{unit.key}.yml").read_text(encoding="utf-8")
    assert unit.invented
    assert "åhittade" in unit.origin
    assert re.match(r"# Exempelstad är en påhittad kommun\.", written)
    plain = written.replace("previct_enkat", "")  # the instrument's own name
    assert not [name for name in REAL_NAMES if re.search(rf"\b{name}", plain, re.IGNORECASE)]


@EVERY_UNIT
def test_intake_accepts_every_file_without_a_warning(slug, adult_files, tmp_path):
    unit = unit_of(slug)
    folder = tmp_path / "data_raw" / "exempelstad" / slug
    folder.mkdir(parents=True)
    for name, raw in adult_files[slug].items():
        (folder / name).write_bytes(raw)
    processed = check(unit, tmp_path)
    assert {file["file"] for file in processed.about["files"]} == set(adult_files[slug])
    assert not processed.about["warnings"]


@EVERY_UNIT
def test_every_column_is_read_or_ignored(slug, read):
    unit = unit_of(slug)
    for source in unit.sources:
        headings = {heading for row in rows_of(read, source) for heading in row}
        assert headings == {*source.columns(unit.used_measures), *source.ignore}, (source.file, source.sheet)


@EVERY_UNIT
def test_every_text_is_mapped_and_every_mapping_used(slug, read):
    for source in unit_of(slug).sources:
        rows = rows_of(read, source)
        for column in mapped(source):
            texts = {text(row[column.column]) for row in rows if row[column.column] is not None}
            assert texts == {*column.values, *column.missing}, (source.file, column.column)


def mapped(source: Source) -> list[Column]:
    parts = [source.ending, source.intervention, source.reason, source.occasion, source.protected, source.mode]
    parts += [source.missing_reason, *source.background.values(), *source.measurements]
    if source.long:
        parts += [source.long.measure, source.long.rater_column]
        parts.append(Column(column=source.long.value, values=source.long.values))
    return [part for part in parts if part is not None and part.values]


@EVERY_UNIT
def test_mapped_answers_are_on_the_cards_and_raters_may_answer(slug):
    unit = unit_of(slug)
    for source in unit.sources:
        for column in source.measurements:
            card = unit.measure(column.measure)
            assert column.rater in card.raters, column.measure
            assert set(column.values.values()) <= set(card.codes), column.measure


def test_case_numbers_are_unique_and_no_person_numbers(read):
    seen: list[str] = []
    for slug in BY_SLUG:
        for source in unit_of(slug).sources:
            if source.rows == "episode":
                seen += [row[source.id] for row in rows_of(read, source)]
    assert len(seen) == len(set(seen))
    assert all(re.fullmatch(r"(SM|SA|VA|VN|BH|OL)2[234]-\d{3,4}", number) for number in seen)


@EVERY_UNIT
def test_everyone_ends_in_the_year_of_the_file_and_after_the_start(slug, read):
    for source in unit_of(slug).sources:
        for year in YEARS:
            for row in read(source.file.replace("{year}", str(year)), source.sheet, source.header_row):
                if source.rows == "episode" and row[source.id] not in source.skip_rows:
                    assert day(row[source.start]) <= day(row[source.end])
                    assert day(row[source.end]).year == year


@EVERY_UNIT
@EVERY_YEAR
def test_truth_can_be_stored_and_the_groups_add_up(slug, year, told):
    truth = told[slug][year]
    json.dumps(truth, allow_nan=False)
    found = list(groups_in(truth))
    assert found
    for group in found:
        assert group["measured"]["n"] + group["lost"]["n"] == group["all"]["n"]
        if "levels" in group["all"]:
            counted = Counter(group["measured"]["levels"]) + Counter(group["lost"]["levels"])
            assert counted == Counter({code: n for code, n in group["all"]["levels"].items() if n})


def groups_in(truth: Any):
    if isinstance(truth, dict):
        if {"all", "measured", "lost"} <= set(truth):
            yield truth
        for inner in truth.values():
            yield from groups_in(inner)


# Samtalsmottagningen


def test_one_visitor_in_four_is_a_relative_who_is_not_followed(read):
    visitors, ratings = read("besoksregister_2024.xlsx"), read("sjalvskattning_2024.xlsx")
    clients = {row["Ärende"] for row in visitors if row["Söker för"] == "Egen del"}
    assert (len(visitors), len(clients), len(clients) / len(visitors)) == (80, 60, 0.75)
    assert {row["Avslutssätt"] for row in visitors if row["Söker för"] == "Anhörig"} == {"Anhörigkontakt"}
    for occasion in ("Nybesök", "Avslut"):  # nobody is lost
        for scale in ("Lidande", "Destruktivt beteende"):
            rated = [row["Ärende"] for row in ratings if (row["Tillfälle"], row["Skala"]) == (occasion, scale)]
            assert sorted(rated) == sorted(clients)
    assert all(isinstance(row["Poäng"], int) and 0 <= row["Poäng"] <= 40 for row in ratings)


@EVERY_YEAR
def test_the_rating_afterwards_comes_four_to_eight_months_after_the_end(read, year):
    ends = {row["Ärende"]: day(row["Avslut"]) for row in read(f"besoksregister_{year}.xlsx")}
    later = [row for row in read(f"sjalvskattning_{year}.xlsx") if row["Tillfälle"] == "Uppföljning"]
    waited = {(day(row["Datum"]) - ends[row["Ärende"]]).days for row in later}
    assert min(waited) >= 122 and max(waited) <= 243
    assert len(waited) > 20  # no two need be alike


@EVERY_YEAR
def test_the_true_change_of_suffering_is_what_the_file_shows_and_looks_better_afterwards(read, told, year):
    truth = told["samtalsmottagning"][year]["lidande"]
    score = {
        (row["Ärende"], row["Tillfälle"]): row["Poäng"]
        for row in read(f"sjalvskattning_{year}.xlsx")
        if row["Skala"] == "Lidande"
    }
    for until, measured in (("Avslut", truth["start_end"]), ("Uppföljning", truth["start_after"]["measured"])):
        changes = [score[case, until] - score[case, "Nybesök"] for case, when in score if when == until]
        assert (len(changes), sum(change < 0 for change in changes)) == (measured["n"], measured["better"])
        assert sum(changes) / len(changes) == pytest.approx(measured["mean_change"], abs=1e-6)
    after = truth["start_after"]
    assert after["measured"]["mean_change"] < after["all"]["mean_change"] < after["lost"]["mean_change"]
    assert truth["start_end"]["mean_change"] < after["all"]["mean_change"]  # some of it comes back


# Spel och alkohol


def test_closing_interviews_of_the_two_teams_2024(read):
    clients = {row["Klient"]: row for row in read("spel_alkohol_2024.csv")}
    closing = [row for row in read("dok_intervjuer_2024.csv") if row["Tillfälle"] == "Utskrivning"]
    assert Counter(row["Team"] for row in clients.values()) == {"Spel": 150, "Alkohol": 550}
    made = Counter(clients[row["Klient"]]["Team"] for row in closing)
    assert made == {"Spel": 60, "Alkohol": 193}
    assert [round(100 * (1 - made[team] / n)) for team, n in (("Spel", 150), ("Alkohol", 550))] == [60, 65]
    start = [row for row in read("dok_intervjuer_2024.csv") if row["Tillfälle"] == "Inskrivning"]
    assert sorted(row["Klient"] for row in start) == sorted(clients)  # nobody is lost at the start
    assert {(clients[row["Klient"]]["Team"], row["Formulär"]) for row in start} == {
        ("Spel", "SpelDOK"),
        ("Alkohol", "DOK"),
    }


@EVERY_YEAR
def test_who_judged_is_who_filled_in_the_closing_interview(read, told, year):
    by = {
        row["Klient"]: row["Ifyllt"] for row in read(f"dok_intervjuer_{year}.csv") if row["Tillfälle"] == "Utskrivning"
    }
    counted: Counter[str] = Counter()
    for row in read(f"spel_alkohol_{year}.csv"):
        given = (row["Bedömd förändring (klient)"] is not None, row["Bedömd förändring (behandlare)"] is not None)
        assert given == (by.get(row["Klient"]) == "Intervju med klienten", by.get(row["Klient"]) == "Av behandlaren")
        counted[row["Bedömd förändring (klient)"] or "tom"] += row["Team"] == "Alkohol"
    truth = told["spel-alkohol"][year]["alkohol"]["bedomd_forandring"]
    words = {"samre": "Sämre", "oforandrat": "Oförändrat", "battre": "Bättre", "mycket_battre": "Mycket bättre"}
    assert {words[code]: n for code, n in truth["measured"]["levels"].items()} | {"tom": truth["lost"]["n"]} == counted


@EVERY_YEAR
def test_the_interviewed_fared_better_and_nods_comes_only_from_gamblers(read, told, year):
    truth = told["spel-alkohol"][year]
    for team in ("spel", "alkohol"):
        judged = truth[team]["bedomd_forandring"]
        assert judged["measured"]["share_positive"] > judged["all"]["share_positive"] > judged["lost"]["share_positive"]
    teams = {row["Klient"]: row["Team"] for row in read(f"spel_alkohol_{year}.csv")}
    forms = read(f"nods_{year}.csv")
    assert {teams[row["Klient"]] for row in forms} == {"Spel"}
    assert {row["Tillfälle"] for row in forms} == {"3 månader", "6 månader"}  # and no start
    for months in (3, 6):
        scores = [int(row["NODS"]) for row in forms if row["Tillfälle"] == f"{months} månader"]
        measured = truth["nods_12_man"][f"month_{months}"]["measured"]
        assert len(scores) == measured["n"]
        assert sum(scores) / len(scores) == pytest.approx(measured["mean"], abs=1e-6)
        assert measured["mean"] < truth["nods_12_man"][f"month_{months}"]["lost"]["mean"]


def test_the_gambling_export_is_utf8(adult_files):
    raw = adult_files["spel-alkohol"]["spel_alkohol_2024.csv"]
    assert raw.startswith(b"Klient;Team;Behandlare;Start;")
    assert "Väntetid (veckor)".encode() in raw
    assert re.search(rb";\d,\d;", raw)


# Vuxna med beroende


@EVERY_YEAR
def test_coverage_of_the_six_teams_goes_from_5_to_70_percent(read, told, year):
    teams = {row["Ärende"]: row["Team"] for row in read(f"asi_{year}.xlsx", "Klienter", 3)}
    made: dict[str, set[str]] = {"Grund": set(), "Uppföljning": set()}
    for row in read(f"asi_{year}.xlsx", "Intervjuer"):
        made[row["Intervju"]].add(row["Ärende"])
    both = Counter(teams[case] for case in made["Grund"] & made["Uppföljning"])
    shares = {team: both[team] / n for team, n in Counter(teams.values()).items()}
    assert round(min(shares.values()), 2) == 0.05
    assert round(max(shares.values()), 2) == 0.70
    assert len(shares) == 6
    assert sum(both.values()) / len(teams) < 0.30  # too few for a result of the whole
    truth = told["vuxen-asi"][year]
    assert {team: truth["teams"][team]["both"] for team in shares} == both
    assert made["Uppföljning"] - made["Grund"]  # a few are met only the second time


@EVERY_YEAR
def test_the_pairs_of_the_interviews_are_those_of_the_truth_and_look_better(read, told, year):
    answers = {(row["Ärende"], row["Intervju"]): row for row in read(f"asi_{year}.xlsx", "Intervjuer")}
    paired = [case for case, when in answers if when == "Uppföljning" and (case, "Grund") in answers]
    for heading, name in (("Alkohol: oro", "asi.alkohol_oro"), ("Narkotika: dagar", "asi.narkotika_dagar")):
        changes = [answers[case, "Uppföljning"][heading] - answers[case, "Grund"][heading] for case in paired]
        truth = told["vuxen-asi"][year][name]
        assert sum(changes) / len(changes) == pytest.approx(truth["measured"]["mean_change"], abs=1e-6)
        assert truth["measured"]["mean_change"] < truth["all"]["mean_change"]
    waited = {
        (day(answers[case, "Uppföljning"]["Datum"]) - day(answers[case, "Grund"]["Datum"])).days for case in paired
    }
    assert min(waited) < 90 and max(waited) > 365
    assert min(waited) > 0


def test_asi_answers_lie_on_their_scales(read):
    highest = {"dagar": 30, "oro": 4, "hjälpbehov": 4, "skattning": 9}
    for year in YEARS:
        for row in read(f"asi_{year}.xlsx", "Intervjuer"):
            answers = {heading: cell for heading, cell in row.items() if ": " in heading}
            assert len(answers) == 12
            assert all(0 <= cell <= highest[heading.split(": ")[1]] for heading, cell in answers.items())


@EVERY_YEAR
def test_a_client_has_several_measures_each_rated_once(read, told, year):
    clients = {row["Klientnummer"] for row in read(f"asi_{year}.xlsx", "Klienter", 3)}
    forms = read(f"ubat_{year}.xlsx")
    assert "Ärende" not in forms[0]
    assert {row["Klientnummer"] for row in forms} <= clients
    named = Counter((row["Klientnummer"], row["Åtgärd"]) for row in forms)
    assert max(named.values()) == 1
    assert max(Counter(client for client, _ in named).values()) == 3
    for rater, heading in (("client", "Upplevelse (klient)"), ("staff", "Upplevelse (personal)")):
        rated = [row[heading] for row in forms if row[heading] is not None]
        truth = told["vuxen-asi"][year]["ubat"][rater]
        assert (len(rated), pytest.approx(sum(rated) / len(rated), abs=1e-6)) == tuple(truth["measured"].values())
        assert set(rated) <= set(range(1, 11))
    clients_told = told["vuxen-asi"][year]["ubat"]["client"]
    assert clients_told["measured"]["mean"] > clients_told["all"]["mean"]


@EVERY_YEAR
def test_needs_are_mapped_by_one_team_with_codes(read, told, year):
    teams = {row["Ärende"]: row["Team"] for row in read(f"asi_{year}.xlsx", "Klienter", 3)}
    forms = read(f"behov_{year}.xlsx")
    assert {teams[row["Ärende"]] for row in forms} == {"Tallen"}
    assert {cell for row in forms for heading, cell in row.items() if "(" in heading} == {0, 1, 2, 9}
    unmet = told["vuxen-asi"][year]["cansas"]["all"]["unmet"]
    assert all(need["end"] < need["start"] for need in unmet.values())


# Digitalt stöd


@EVERY_YEAR
def test_few_answer_and_the_file_counts_them(read, told, year):
    answers = read(f"enkat_digitalt_{year}.xlsx")
    truth = told["digitalt-stod"][year]
    assert (len(answers), truth["started"]) == {2022: (8, 13), 2023: (5, 10), 2024: (11, 16)}[year]
    assert len(answers) <= truth["asked"] < truth["started"]
    for heading, topic in (
        ("Förbättrat mående", "maende_forbattrats"),
        ("Minskad alkoholkonsumtion", "alkoholkonsumtion_minskat"),
    ):
        levels = truth[topic]["measured"]["levels"]
        assert Counter(row[heading].lower().replace(" ", "_").replace("ä", "a") for row in answers) == Counter(levels)
        assert truth[topic]["measured"]["share_positive"] > truth[topic]["all"]["share_positive"]


def test_the_export_has_personal_columns_and_times(read):
    first = read("enkat_digitalt_2024.xlsx")[0]
    assert list(first)[:5] == ["ID", "Starttid", "Slutförandetid", "E-post", "Namn"]
    assert first["E-post"].endswith(".example")  # a domain that can belong to nobody
    assert first["Slutförandetid"] > first["Starttid"]
    assert first["Slutförandetid"].hour
    ignored = set(unit_of("digitalt-stod").sources[0].ignore)
    assert {"E-post", "Namn"} <= ignored


def test_declared_volumes_are_the_true_ones(told):
    volumes = unit_of("digitalt-stod").volumes
    assert len(volumes) == 6
    for volume in volumes:
        assert told["digitalt-stod"][volume.year][volume.what] == volume.n


# Stöd vid våld i nära relation


@EVERY_YEAR
def test_nobody_is_followed_up_in_the_busy_months(read, told, year):
    *cases, sums = read(f"vald_register_{year}.xlsx", "Avslutade", 3)
    assert sums["Ärende"] == "Totalt"
    followed = [row for row in cases if row["Våldsutsatthet minskad"]]
    if year == 2024:
        assert (len(cases), len(followed)) == (75, 38)
    assert 0.48 < len(followed) / len(cases) < 0.52
    assert all((row["Varför ingen uppföljning"] is None) == (row["Mål uppfyllt"] is not None) for row in cases)
    put_aside = {row["Avslutat"].month for row in cases if row["Varför ingen uppföljning"] == "Bortprioriterat"}
    assert len(put_aside) >= 4
    assert not put_aside & {row["Avslutat"].month for row in followed}
    quarters = told["vald-nara"][year]["quarters"]
    for quarter, counts in quarters.items():
        ours = [row for row in cases if row["Kvartal"] == f"Kvartal {quarter}"]
        assert all((row["Avslutat"].month + 2) // 3 == int(quarter) for row in ours)
        assert (len(ours), sum(row in followed for row in ours)) == (counts["n"], counts["followed"])
    shares = [counts["followed"] / counts["n"] for counts in quarters.values()]
    assert max(shares) - min(shares) > 0.3  # the quarter shows it


@EVERY_YEAR
def test_judgements_survey_and_protected_identities(read, told, year):
    *cases, _ = read(f"vald_register_{year}.xlsx", "Avslutade", 3)
    truth = told["vald-nara"][year]
    yes = Counter(row["Våldsutsatthet minskad"] for row in cases)
    judged = truth["su_vald"]
    assert yes["Ja"] / (yes["Ja"] + yes["Nej"]) == pytest.approx(judged["measured"]["valdsutsatthet_minskad"], abs=1e-6)
    assert judged["measured"]["valdsutsatthet_minskad"] > judged["all"]["valdsutsatthet_minskad"]
    assert judged["all"]["valdsutsatthet_minskad"] > judged["busy"]["valdsutsatthet_minskad"]
    assert Counter(row["Skyddade uppgifter"] for row in cases)["Ja"] == truth["protected"] >= 5
    survey = read(f"vald_enkat_{year}.xlsx")
    followed = {row["Ärende"] for row in cases if row["Mål uppfyllt"]}
    assert {row["Ärende"] for row in survey} < followed
    assert len(survey) == truth["surveyed"]
    if year == 2024:
        assert round(100 * len(survey) / len(cases)) == 37
    assert truth["trygghet"]["measured"]["share_positive"] > truth["trygghet"]["lost"]["share_positive"]


def test_the_violence_register_has_a_title_above(adult_files):
    page = openpyxl.load_workbook(io.BytesIO(adult_files["vald-nara"]["vald_register_2024.xlsx"]))["Avslutade"]
    above = list(page.iter_rows(max_row=2, values_only=True))
    assert above[0][0] == "Avslutade ärenden 2024. Påhittade uppgifter."
    assert set(above[1]) == {None}


# Boende och hemlöshet


@EVERY_YEAR
def test_moves_are_more_than_people_and_shares_differ(read, told, year):
    moves = read(f"flyttar_{year}.csv")
    people = Counter(row["Klientnummer"] for row in moves)
    truth = told["boende-hemloshet"][year]
    assert (len(moves), len(people)) == (truth["moves"], truth["persons"])
    if year == 2024:
        assert (len(moves), len(people)) == (1300, 1100)
    assert max(people.values()) in (3, 4)
    last = {row["Klientnummer"]: row for row in sorted(moves, key=lambda row: (row["Flyttdatum"], row["Flytt"]))}
    for rows, counted in ((moves, truth["of_moves"]), (last.values(), truth["of_persons"])):
        outcomes = Counter(row["Boende efter flytt"] for row in rows)
        measured = counted["measured"]
        assert outcomes["Annat boende externt"] == measured["levels"]["annat_boende_externt"]
        assert outcomes["Akut hemlöshet"] == measured["levels"]["akut_hemloshet"]
        assert outcomes[None] == counted["lost"]["n"] < 0.02 * sum(outcomes.values())
        assert counted["all"]["share_lasting"] > counted["all"]["share_positive"]  # some external housing is lasting
    assert truth["of_persons"]["all"]["share_positive"] > truth["of_moves"]["all"]["share_positive"] + 0.03


def test_a_person_is_the_same_in_every_year_and_some_stays_overlap(read):
    sexes: dict[str, set[str]] = {}
    overlapping, years = 0, Counter[str]()
    for year in YEARS:
        before: dict[str, str] = {}
        for row in sorted(read(f"flyttar_{year}.csv"), key=lambda row: (row["Flyttdatum"], row["Flytt"])):
            sexes.setdefault(row["Klientnummer"], set()).add(row["Kön"])
            overlapping += row["Inflyttad"] < before.get(row["Klientnummer"], "")
            before[row["Klientnummer"]] = row["Flyttdatum"]
        years.update(before.keys())
    assert {len(found) for found in sexes.values()} == {1}
    assert overlapping > 50
    assert max(years.values()) == 3  # some move every year


def test_the_housing_export_is_swedish(adult_files):
    raw = adult_files["boende-hemloshet"]["flyttar_2024.csv"]
    assert raw.startswith("Flytt;Klientnummer;Inflyttad;Flyttdatum;Insats;Målgrupp;".encode("cp1252"))
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


# Öppenvård för barn och familjer


@EVERY_YEAR
def test_the_workbook_has_sheets_formulas_and_stored_results(adult_files, told, year):
    raw = adult_files["oppenvard-loke"][f"loke_{year}.xlsx"]
    formulas, stored = (openpyxl.load_workbook(io.BytesIO(raw), data_only=only) for only in (False, True))
    assert formulas.sheetnames == ["Ärenden", "Mål", "Enkät", "Sammanställning"]
    headings = [cell.value for cell in formulas["Ärenden"][3]]
    place = headings.index("Träffar totalt") + 1
    for row in range(4, formulas["Ärenden"].max_row + 1):
        assert formulas["Ärenden"].cell(row, place).value == f"=I{row}+J{row}"
        values = [stored["Ärenden"].cell(row, column).value for column in (place - 2, place - 1, place, 2, 3, 4)]
        assert values[0] + values[1] == values[2]
        assert (values[4] - values[3]).days == values[5]
    closing = told["oppenvard-loke"][year]["avslutsorsak"]
    assert [row[1].value for row in stored["Sammanställning"].iter_rows(min_row=2)] == [
        *closing.values(),
        sum(closing.values()),
    ]
    assert formulas["Mål"].merged_cells.ranges
    if year == 2024:
        assert sum(closing.values()) == formulas["Ärenden"].max_row - 3 == 90


@EVERY_YEAR
def test_goals_of_the_cases_are_those_of_the_truth(read, told, year):
    truth, cases = told["oppenvard-loke"][year], {row["Ärende"]: row for row in read(f"loke_{year}.xlsx", "Ärenden", 3)}
    goals, case = [], None
    for row in read(f"loke_{year}.xlsx", "Mål"):
        case = row["Ärende"] or case  # merged cells hold their value in the first
        goals.append((case, row))
    assert Counter(case for case, _ in goals).keys() == cases.keys()
    assert len(goals) == truth["goals"] == len({(case, row["Mål"]) for case, row in goals})
    attained = Counter(row["Måluppfyllelse (personal)"] for _, row in goals)
    levels = truth["maluppfyllelse"]["measured"]["levels"]
    assert attained == {
        "Helt": levels["helt"],
        "Delvis": levels["delvis"],
        "Inte alls": levels["inte_alls"],
        None: attained[None],
    }
    assert attained[None] == truth["maluppfyllelse"]["lost"]["n"] > 0
    scaled = Counter(str(row["GAS"]) for _, row in goals if isinstance(row["GAS"], int))
    assert scaled == {step: n for step, n in truth["gas"]["measured"].items() if n}
    assert truth["maluppfyllelse"]["measured"]["share_positive"] > truth["maluppfyllelse"]["lost"]["share_positive"]
    broke_off = {case for case, row in cases.items() if row["Avslutsorsak"] == "Familjen avbröt"}
    assert not [row for case, row in goals if case in broke_off and row["Måluppfyllelse (familj)"]]


@EVERY_YEAR
def test_what_was_meant_and_what_was_done_differ_and_content_families_answer(read, told, year):
    truth, cases = told["oppenvard-loke"][year], read(f"loke_{year}.xlsx", "Ärenden", 3)
    assert sum(row["Avsedd insats"] == row["Given insats"] for row in cases) == truth["given_as_meant"] < len(cases)
    assert sum(row["Målgrupp"] == "Utanför målgruppen" for row in cases) == truth["outside_target_group"] > 0
    survey = read(f"loke_{year}.xlsx", "Enkät")
    felt = truth["hjalp"]
    positive = sum(row["Till hjälp"] in ("Ganska mycket", "Mycket") for row in survey)
    assert positive / len(survey) == pytest.approx(felt["measured"]["share_positive"], abs=1e-6)
    assert felt["measured"]["share_positive"] > felt["all"]["share_positive"] > felt["lost"]["share_positive"]
