"""Files in every shape a unit has: items, long, by person, with reasons and modes - every expected value by hand."""

import datetime as dt

import numpy as np
import pytest
import small_project as small

from isu_analysis.cohorts import cohort
from isu_analysis.errors import SettingsError
from isu_analysis.intake import check, intake

HEAD = """\
name: Öppenvården
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Bättre."
target_group: "Vuxna."
retention_years: 5
measures: [phq9, core_om, nods_livstid, laget]
local_measures:
  - {id: laget, name: State, name_sv: Läge, kind: state, raters: [staff], levels: [{code: dalig, label: "Dåligt"}, {code: bra, label: "Bra"}]}
occasions:
  start: {label: "nybesök", role: start, day: 0}
  m3: {label: "tre månader", role: follow_up, day: 90}
  end: {label: "avslut", role: end}
primary: {measure: core_om, rater: client, start: start, end: end, declared: 2021-12-01}
"""
CASES = """\
sources:
  - file: "ärenden.csv"
    rows: episode
    id: Nr
    client: Person
    start: Start
    end: Slut
"""


@pytest.fixture
def project(tmp_path):
    return small.project(tmp_path)


def lay(project, settings, **tables):
    """Write the unit file and its text files: each a list of rows, the headings first."""
    unit = small.unit(project, HEAD + settings)
    for name, (headings, *rows) in tables.items():
        small.text(small.raw(project, f"{name}.csv"), rows, headings)
    return unit


def read(project, settings, **tables):
    return intake(lay(project, settings, **tables), project)


def told(project, settings, **tables):
    return small.lines(small.refused(lay(project, settings, **tables), project))


def scores(processed, measure="core_om"):
    rows = processed.measurements[processed.measurements["measure"] == measure]
    return rows.astype(object).where(rows.notna(), None)


PHQ = [f"F{place}" for place in range(1, 10)]
ITEMS = """\
sources:
  - file: "enkät.csv"
    rows: form
    id: Nr
    occasion: {column: När, values: {Före: start, Efter: end}}
    measurements:
      - {items: ["F{item}"], measure: phq9, rater: client, missing: {"99": declined}}
"""


def test_a_questionnaire_is_scored_from_its_items(project):
    found = scores(read(project, ITEMS, enkät=[
        ["Nr", "När", *PHQ],
        ["a", "Före", 0, 1, 2, 3, 0, 1, 2, 3, 0],
        ["a", "Efter", 3, 3, 3, 3, 3, 3, 3, 3, 3],
        ["b", "Före", *[None] * 9],
        ["b", "Efter", 1, None, None, None, None, None, None, None, 99],
    ]), "phq9")  # fmt: skip
    assert list(found["value"]) == [12.0, 27.0, None, None]
    assert list(found["missing_reason"]) == [None, None, "unknown", "incomplete"]
    assert list(found["occasion"]) == ["start", "end", "start", "end"]


@pytest.mark.parametrize(("answer", "said"), [
    (4, "svaret ligger utanför frågans skala. Tillåtet: ett heltal 0–3, eller tomt."),
    ("1,5", "svaret ligger utanför frågans skala"),
    ("ja", "text i en talkolumn"),
])  # fmt: skip
def test_an_answer_no_item_can_have_is_told_with_its_own_column(project, answer, said):
    lines = told(project, ITEMS, enkät=[["Nr", "När", *PHQ], ["a", "Före", 0, 1, 2, 3, 0, answer, 2, 3, 0]])
    assert len(lines) == 1 and said in lines[0] and "rad 2, kolumn H (F6)" in lines[0]


def test_items_must_be_as_many_as_the_questionnaire_has(project):
    with pytest.raises(Exception, match="«items» ska ha en kolumn för var och en av 9 frågor"):
        lay(project, ITEMS.replace('["F{item}"]', "[F1, F2]"))


LONG = """\
sources:
  - file: "mätningar.csv"
    rows: measurement
    id: Nr
    day: Dag
    occasion: {column: När, values: {Före: start, Efter: end}}
    mode: {column: Hur, values: {Samtal: interview, Papper: form}}
    missing_reason: {column: Varför inte, values: {Avböjde: declined, Flyttat: moved}}
    long:
      measure: {column: Mått, values: {CORE: core_om, Läge: laget}}
      value: Svar
      values: {Dåligt: dalig, Bra: bra}
      rater_column: {column: Vem, values: {Klient: client, Personal: staff}}
"""
LONG_HEAD = ["Nr", "Dag", "När", "Hur", "Varför inte", "Mått", "Svar", "Vem"]


def test_one_measurement_a_row(project):
    processed = read(project, LONG, mätningar=[
        LONG_HEAD,
        ["a", "2024-01-10", "Före", "Samtal", None, "CORE", "12,5", "Klient"],
        ["a", "2024-01-10", "Före", None, None, "Läge", "Dåligt", "Personal"],
        ["a", "2024-05-10", "Efter", "Papper", "Avböjde", "CORE", None, "Klient"],
        ["b", "2024-05-11", "Efter", "Papper", None, "Läge", "Bra", "Personal"],
    ])  # fmt: skip
    core = scores(processed)
    assert core[["value", "mode", "rater", "missing_reason"]].to_numpy().tolist() == [
        [12.5, "interview", "client", None], [None, "form", "client", "declined"],
    ]  # fmt: skip
    assert scores(processed, "laget")[["level", "mode", "rater"]].to_numpy().tolist() == [
        ["dalig", "form", "staff"], ["bra", "form", "staff"],
    ]  # fmt: skip


def test_each_row_is_judged_by_its_own_measure(project):
    lines = told(project, LONG, mätningar=[
        LONG_HEAD,
        ["a", None, "Före", None, None, "CORE", "41", "Klient"],
        ["a", None, "Före", None, None, "Läge", "Sådär", "Personal"],
        ["b", None, "Före", None, None, None, "3", "Klient"],
        ["c", None, "Före", None, "Avböjde", "CORE", "3", "Klient"],
        ["d", None, "Nu", None, None, "CORE", "3", "Vän"],
    ])  # fmt: skip
    assert [line.split("rad ")[1].split(":")[0] for line in lines] == [
        "2, kolumn G (Svar)", "3, kolumn G (Svar)", "4, kolumn F (Mått)", "5, kolumn G (Svar)", "6, kolumn C (När)",
        "6, kolumn H (Vem)",
    ]  # fmt: skip
    assert "Sådär" not in "".join(lines)


BY_PERSON = (
    CASES
    + """\
  - file: "blanketter.csv"
    rows: form
    client: Person
    day: Dag
    occasion: {column: När, values: {Före: start, Efter: end}}
    measurements:
      - {column: CORE, measure: core_om, rater: client}
"""
)
TWO = [["Nr", "Person", "Start", "Slut"], ["1", "p", "2024-01-01", "2024-03-01"], ["2", "p", "2024-04-01", "2024-09-01"],
       ["3", "q", "2024-02-01", "2024-06-01"]]  # fmt: skip


def test_a_form_that_names_the_person_finds_the_case(project):
    processed = read(project, BY_PERSON, ärenden=TWO, blanketter=[
        ["Person", "Dag", "När", "CORE"],
        ["p", "2024-01-02", "Före", 1], ["p", "2024-03-20", "Efter", 2], ["p", "2024-04-01", "Före", 3], ["q", None, "Före", 4],
        ["r", "2024-04-01", "Före", 5],
    ])  # fmt: skip
    names = list(processed.episodes["episode"])
    found = scores(processed)
    assert [names.index(name) if name in names else None for name in found["episode"]] == [0, 0, 1, 2, None]
    assert found["episode"].notna().all(), "who has no case is a stray, not anonymous"
    assert processed.episodes["client"].nunique() == 2


def test_which_of_two_cases_nobody_can_know_without_a_day(project):
    lines = told(project, BY_PERSON, ärenden=TWO, blanketter=[["Person", "Dag", "När", "CORE"], ["p", None, "Före", 1]])
    assert lines == ["blanketter.csv, rad 2, kolumn A (Person): personen har flera ärenden, och raden har inget datum. "
                     "Tillåtet: ett datum, eller ärendets nummer."]  # fmt: skip


@pytest.mark.parametrize(("start", "overlaps"), [("2024-02-29", True), ("2024-03-01", False), ("2024-03-02", False)])
def test_a_person_has_one_open_case_at_a_time(project, start, overlaps):
    rows = [TWO[0], TWO[1], ["2", "p", start, "2024-09-01"], TWO[3]]
    if not overlaps:
        assert len(read(project, CASES, ärenden=rows).episodes) == 3
        return
    lines = told(project, CASES, ärenden=rows)
    assert len(lines) == 1 and "personen har redan ett ärende som pågår den dagen, på rad 2 i ärenden.csv" in lines[0]
    allowed = "cohort: {rule: ended, overlapping: allow}\n" + CASES
    assert len(read(project, allowed, ärenden=rows).episodes) == 3


def test_the_same_person_however_the_number_is_written(project):
    # 20121105-2384 is one of Skatteverket's published test numbers.
    rows = [TWO[0], ["1", "121105-2384", "2024-01-01", "2024-03-01"], ["2", "201211052384", "2024-04-01", "2024-09-01"]]
    processed = read(project, CASES, ärenden=rows)
    assert processed.episodes["client"].nunique() == 1
    assert "2384" not in processed.episodes.to_csv()


def test_a_person_number_with_a_slip_is_told_and_not_shown(project):
    lines = told(project, CASES, ärenden=[TWO[0], ["1", "20121105-2385", "2024-01-01", "2024-03-01"]])
    assert len(lines) == 1 and "ser ut som ett personnummer men är inte giltigt" in lines[0] and "2385" not in lines[0]


def test_nothing_can_happen_before_birth(project):
    lines = told(project, CASES, ärenden=[TWO[0], ["1", "20121105-2384", "2012-11-04", "2024-03-01"]])
    assert lines == [
        "ärenden.csv, rad 2, kolumn C (Start): datumet ligger före personens födelse. Tillåtet: ett senare datum."
    ]


LIFETIME = """\
sources:
  - file: "spel.csv"
    rows: form
    id: Nr
    occasion: {column: När, values: {Före: start, Efter: end}}
    measurements:
      - {column: NODS, measure: nods_livstid, rater: client}
"""


def test_what_can_only_rise_has_not_fallen(project):
    lines = told(project, LIFETIME, spel=[["Nr", "När", "NODS"], ["a", "Före", 5], ["a", "Efter", 4], ["b", "Efter", 4], ["c", "Före", 3], ["c", "Efter", 3]])  # fmt: skip
    assert len(lines) == 1 and "rad 3" in lines[0] and "måttet kan bara stiga" in lines[0]


SUMS = """\
sources:
  - file: "mätningar.csv"
    rows: form
    id: Nr
    day: Dag
    occasion: {column: När, values: {Före: start, Efter: end}}
    skip_rows: [Totalt]
    ignore: [Anteckning]
    measurements:
      - {column: CORE, measure: core_om, rater: client}
"""


def test_declared_sum_rows_are_passed_over_and_counted_and_unknown_columns_told(project):
    processed = read(project, SUMS, mätningar=[
        ["Nr", "Dag", "När", "CORE", "Anteckning", "E-post"],
        ["a", "2024-01-01", "Före", 12, "x", "y"], ["Totalt", None, None, 12, None, None],
    ])  # fmt: skip
    assert processed.about["files"][0]["rows"] == 1 and processed.about["files"][0]["skipped"] == 1
    assert len(processed.about["warnings"]) == 1
    assert "1 kolumn som enhetsfilen inte nämner lästes inte (F)" in processed.about["warnings"][0]
    assert "E-post" not in processed.about["warnings"][0], "a heading nobody has described may name a person"
    assert "x" not in set(processed.measurements.astype(str).to_numpy().ravel())


def test_a_whole_column_far_down_the_scale_is_a_warning(project):
    rows = [[f"a{n}", "2024-01-01", "Före", n / 4, None] for n in range(12)]
    processed = read(project, SUMS, mätningar=[["Nr", "Dag", "När", "CORE", "Anteckning"], *rows])
    assert any("längst ner på skalan för CORE-OM" in line for line in processed.about["warnings"])
    rows[0][3] = 11
    processed = read(project, SUMS, mätningar=[["Nr", "Dag", "När", "CORE", "Anteckning"], *rows])
    assert processed.about["warnings"] == []


PROTECTED = CASES.replace("    start: Start\n", '    start: Start\n    protected: {column: Skydd, values: {Ja: protected, Nej: open}}\n    team: Lag\n'
                          "    background:\n      age: {column: Ålder, label: Ålder, type: number}\n")  # fmt: skip


def test_a_protected_person_has_no_dates_and_no_group_and_is_still_counted(project):
    processed = read(project, PROTECTED, ärenden=[
        [*TWO[0], "Skydd", "Lag", "Ålder"],
        ["1", "p", "2024-01-01", "2024-03-01", "Ja", "Norr", 30],
        ["2", "q", "2024-04-01", "2024-09-01", "Nej", "Söder", 40],
        ["3", "r", "2024-04-01", "2024-09-01", None, "Söder", 50],
    ])  # fmt: skip
    episodes = processed.episodes
    assert list(episodes["year"]) == [2024] * 3
    assert np.isnat(episodes["start"].to_numpy()).tolist() == [True, False, False]
    assert episodes["team"].isna().tolist() == episodes["age"].isna().tolist() == [True, False, False]
    assert "protected" not in episodes


def test_an_episode_without_number_is_a_person_and_a_day(project):
    settings = CASES.replace("    id: Nr\n", "")
    rows = [row[1:] for row in TWO]
    processed = read(project, settings, ärenden=rows)
    assert processed.episodes["episode"].nunique() == 3
    lines = told(
        project, settings, ärenden=[*rows, ["p", "2024-01-01", "2024-01-20"], [None, "2024-01-01", "2024-01-20"]]
    )
    assert any("samma ärende står redan på rad 2" in line for line in lines)
    assert any("rad 6" in line and "ärendet saknar person eller datum" in line for line in lines)


def test_a_wrong_column_of_a_great_many_rows_is_a_list_that_can_be_read(project):
    rows = [[f"a{n}", "2024-01-01", "Före", "fel", None] for n in range(1_500)]
    unit = lay(project, SUMS, mätningar=[["Nr", "Dag", "När", "CORE", "Anteckning"], *rows])
    error = small.refused(unit, project)
    assert len(error.problems) == 1_001
    assert any("500 rader till" in str(problem) for problem in error.problems)


def test_the_check_stores_nothing(project):
    unit = lay(project, CASES, ärenden=TWO)
    before = small.tree(project)
    assert len(check(unit, project).episodes) == 3
    assert small.tree(project) == before


def test_dates_are_kept_as_days(project):
    processed = read(project, CASES, ärenden=TWO)
    assert [day.date() for day in processed.episodes["start"]] == [
        dt.date(2024, 1, 1),
        dt.date(2024, 4, 1),
        dt.date(2024, 2, 1),
    ]


SESSIONS = (
    HEAD.replace(
        '  start: {label: "nybesök", role: start, day: 0}',
        '  samtal: {label: "samtal", role: session}\n  start: {label: "första", role: start, session: first}',
    )
    .replace('  end: {label: "avslut", role: end}', '  end: {label: "sista", role: end, session: last}')
    .replace("Efter: end", "")
    + CASES
    + """\
  - file: "samtal.csv"
    rows: form
    id: Nr
    day: Dag
    occasion: {column: När, values: {Samtal: samtal}}
    measurements:
      - {column: CORE, measure: core_om, rater: client}
"""
)


def sessions(project, *rows):
    unit = small.unit(project, SESSIONS)
    small.text(small.raw(project, "ärenden.csv"), TWO[1:], TWO[0])
    small.text(
        small.raw(project, "samtal.csv"),
        [["1", day, "Samtal", value] for day, value in rows],
        ["Nr", "Dag", "När", "CORE"],
    )
    return unit


def test_a_session_exported_twice_is_told(project):
    unit = sessions(project, ("2024-01-05", 20), ("2024-01-12", 18), ("2024-01-05", 20))
    lines = small.lines(small.refused(unit, project))
    assert len(lines) == 1 and "rad 4" in lines[0] and "samma dag, på rad 2 i samtal.csv" in lines[0]


@pytest.mark.parametrize(
    ("day", "told"), [("2023-12-01", False), ("2023-11-30", True), ("2024-04-01", False), ("2024-04-02", True)]
)
def test_a_session_far_outside_its_case_is_told(project, day, told):
    unit = sessions(project, ("2024-01-05", 20), (day, 18))  # the case is open 1 January to 1 March
    if not told:
        assert len(intake(unit, project).measurements) == 2
        return
    assert "samtalet ligger utanför ärendets tid" in small.lines(small.refused(unit, project))[0]


def test_a_form_dated_before_every_case_is_a_stray(project):
    processed = read(project, BY_PERSON, ärenden=TWO, blanketter=[
        ["Person", "Dag", "När", "CORE"], ["q", "2022-03-01", "Före", 35], ["q", "2024-01-05", "Före", 11],
    ])  # fmt: skip
    assert scores(processed)["episode"].isin(processed.episodes["episode"]).tolist() == [False, True]
    assert any("1 rad har ett nummer som inte finns" in line for line in processed.about["warnings"])


def test_the_date_of_the_data_is_nobodys_with_a_protected_identity(project):
    processed = read(project, PROTECTED, ärenden=[
        [*TWO[0], "Skydd", "Lag", "Ålder"],
        ["1", "p", "2024-01-01", "2024-12-29", "Ja", "Norr", 30], ["2", "q", "2024-02-01", "2024-06-01", "Nej", "Söder", 40],
    ])  # fmt: skip
    assert processed.about["as_of"] == "2024-06-01"


def test_a_protected_persons_sessions_keep_their_order(project):
    settings = SESSIONS.replace(
        "    start: Start\n", "    start: Start\n    protected: {column: Skydd, values: {Ja: protected, Nej: open}}\n"
    )
    unit = small.unit(project, settings)
    cases = [["1", "p", "2024-01-01", "2024-03-01", "Ja"], ["2", "q", "2024-01-01", "2024-03-01", "Nej"]]
    small.text(small.raw(project, "ärenden.csv"), cases, [*TWO[0], "Skydd"])
    rows = [
        [case, day, "Samtal", value] for case in "12" for day, value in (("2024-02-20", 8), ("2024-01-05", 30))
    ]  # the newest first
    small.text(small.raw(project, "samtal.csv"), rows, ["Nr", "Dag", "När", "CORE"])
    intake(unit, project)
    pairs = cohort(unit, 2024, project=project).pairs("core_om", "start", "end")
    assert pairs.to_numpy().tolist() == [[30, 8], [30, 8]]


def test_a_person_number_in_a_free_text_is_told(project):
    settings = CASES + "    intervention: {column: Insats}\n"
    lines = told(project, settings, ärenden=[[*TWO[0], "Insats"], [*TWO[1], "Samtal 20121105-2384"]])
    assert len(lines) == 1 and "personnummer" in lines[0] and "2384" not in lines[0]


def test_an_address_in_a_free_text_is_told_but_a_staff_members_own_number_is_a_pseudonym(project):
    settings = CASES + "    team: Lag\n    worker: Handläggare\n"
    rows = [[*TWO[0], "Lag", "Handläggare"], [*TWO[1], "Norr", "20121105-2384"]]
    processed = read(project, settings, ärenden=rows)
    assert processed.episodes["team"].tolist() == ["Norr"] and "2384" not in processed.episodes.to_csv()
    rows[1][4] = "anna@nyby.example"
    lines = told(project, settings, ärenden=rows)
    assert len(lines) == 1 and "kolumn E (Lag)" in lines[0] and "anna" not in lines[0]


TWICE = """\
sources:
  - file: "ärenden.csv"
    rows: episode
    id: Nr
    start: Start
    end: Slut
    measurements:
      - {column: CORE 1, measure: core_om, rater: client, occasion: start, day: Datum 1}
      - {column: CORE 2, measure: core_om, rater: client, occasion: end, day: Datum 2}
"""
ROW_OF_TWO = ["Nr", "Start", "Slut", "CORE 1", "Datum 1", "CORE 2", "Datum 2"]


def test_each_occasion_of_a_row_has_its_own_day(project):
    found = scores(read(project, TWICE, ärenden=[
        ROW_OF_TWO,
        ["a", "2024-01-01", "2024-06-01", 20, "2024-01-05", 11, "2024-05-30"],
        ["b", "2024-01-01", "2024-06-01", 21, "", 12, "2024-05-31"],
    ]))  # fmt: skip
    days = {(row.value, row.occasion): row.day and row.day.date().isoformat() for row in found.itertuples()}
    assert days == {
        (20, "start"): "2024-01-05",
        (11, "end"): "2024-05-30",
        (21, "start"): None,
        (12, "end"): "2024-05-31",
    }


def test_an_end_dated_before_its_start_is_told_at_its_own_column(project):
    rows = [ROW_OF_TWO, ["a", "2024-01-01", "2024-06-01", 20, "2024-05-05", 11, "2024-02-28"]]
    assert told(project, TWICE, ärenden=rows) == [
        "ärenden.csv, rad 2, kolumn G (Datum 2): mätningen är daterad före ärendets mätning vid start. "
        "Tillåtet: ett datum från och med startens."
    ]


def test_a_day_that_is_no_date_is_told_once(project):
    rows = [ROW_OF_TWO, ["a", "2024-01-01", "2024-06-01", 20, "i maj", 11, "2024-06-01"]]
    assert [line.partition(":")[0] for line in told(project, TWICE, ärenden=rows)] == [
        "ärenden.csv, rad 2, kolumn E (Datum 1)"
    ]


def test_one_day_for_a_row_of_two_occasions_is_refused(project):
    one = (
        TWICE.replace(", day: Datum 1", "")
        .replace(", day: Datum 2", "")
        .replace("    end: Slut", "    end: Slut\n    day: Datum 1")
    )
    with pytest.raises(SettingsError, match="«day» gäller hela raden, som har flera mättillfällen"):
        small.unit(project, HEAD + one)
