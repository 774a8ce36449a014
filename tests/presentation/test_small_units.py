"""Units that are small, one-sided, constant or incomplete: the report says so in words and never more than it knows."""

import csv

import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.errors import DataError, SettingsError
from isu_analysis.intake import intake
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.sealed import Figure, to_json
from isu_analysis.settings import read_unit

SETTINGS = """\
name: Prov
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Bättre."
target_group: "Vuxna."
retention_years: 5
unit_of_analysis: person
measures: [core_om]
occasions:
  start: {label: "nybesök", role: start, day: 0}
  mid: {label: "mitten", role: follow_up, day: 30}
  end: {label: "avslut", role: end, day: 60}
cohort: {rule: declared}
primary: {measure: core_om, rater: client, start: start, end: end, declared: 2021-12-01}
subgroups: [{by: sex, label: Kön, labels: {woman: Kvinnor, man: Män}}]
sources:
  - file: "prov_{year}.csv"
    rows: episode
    decimal: "."
    id: Nr
    start: Start
    background:
      sex: {column: Kön, label: Kön, values: {Kvinna: woman, Man: man}}
    measurements:
      - {column: Före, measure: core_om, rater: client, occasion: start}
      - {column: Mitten, measure: core_om, rater: client, occasion: mid}
      - {column: Efter, measure: core_om, rater: client, occasion: end}
"""
STATE = """\
name: Läget
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Arbete."
target_group: "Vuxna."
retention_years: 5
unit_of_analysis: person
measures: [laget]
local_measures:
  - id: laget
    name: State
    name_sv: Läge
    kind: state
    raters: [staff]
    levels: [{code: utan, label: Utan, order: 0}, {code: arbete, label: Arbete, order: 1, positive: true}]
occasions: {start: {label: start, role: start}, end: {label: slut, role: end}}
cohort: {rule: declared}
primary: {measure: laget, rater: staff, start: start, end: end, declared: 2021-12-01}
sources:
  - file: "prov_{year}.csv"
    rows: episode
    id: Nr
    measurements:
      - {column: Före, measure: laget, rater: staff, occasion: start, values: {U: utan, A: arbete}}
      - {column: Efter, measure: laget, rater: staff, occasion: end, values: {U: utan, A: arbete}}
"""
START = "2024-01-01"


@pytest.fixture
def made(tmp_path):
    """Give a function from rows (sex, before, middle, after) to results."""

    def make(rows, settings=SETTINGS, as_of="2024-12-31"):
        path = tmp_path / "parameters" / "a" / "prov.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(settings, encoding="utf-8")
        raw = tmp_path / "data_raw" / "a" / "prov"
        raw.mkdir(parents=True, exist_ok=True)
        with (raw / "prov_2024.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(["Nr", "Start", "Kön", "Före", "Mitten", "Efter"])
            writer.writerows([f"P{i}", *row] for i, row in enumerate(rows))
        unit = read_unit(path)
        intake(unit, tmp_path)
        return isu.analyse(isu.cohort(unit, 2024, as_of=as_of, project=tmp_path))

    return make


def rows_of(n, before="20", after="12", sex=("Kvinna", "Man"), middle="", spread=3):
    """Rows whose scores differ a little from one another."""
    return [
        (START, sex[i % len(sex)], before and f"{float(before) + i % spread:g}", middle, after and f"{float(after) - i % (spread + 1):g}")
        for i in range(n)
    ]  # fmt: skip


def words(results, mode="internal"):
    """All text of a report."""
    report = isu.protect(results, decide([results], mode))
    found = []

    def walk(value):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for name, part in value.items():
                walk(part if name != "svg" else "")
        elif isinstance(value, list | tuple):
            for part in value:
                walk(part)

    for key in SECTIONS:
        if (section := isu.show(report, key)) is not None:
            walk(to_json(section)["blocks"])
    return "\n".join(found).replace("\u00a0", " ")


def test_a_conclusion_never_holds_for_people_who_were_never_measured(made):
    """20 pairs all better and 30 never measured: no bound, and no sentence, speaks as if the 30 were known."""
    results = made(rows_of(20) + rows_of(30, before="", after=""))
    assert results.cell("core_om:client/verdict").code == "holds_if"
    bounds = results.cell("core_om:client/bounds")
    assert bounds.low < -20 and bounds.high > 15
    low = results.cell("core_om:client/estimate/ml_two_wave").high
    assert results.cell("core_om:client/verdict/tolerance").value == pytest.approx(-low / 0.6)
    assert "gäller vad som än hände" not in words(results)


def test_what_is_not_due_is_not_lost(made):
    """Ten whose end has not come are left out of the lost, and said."""
    late = [("2024-12-20", "Man", "20", "", "")] * 10
    results = made(rows_of(30) + rows_of(5, after="") + late)
    value = {
        name: results.cell(f"core_om:client/{name}").value
        for name in ("paired", "lost", "due", "not_due", "not_due_started")
    }
    assert value == {"paired": 30, "lost": 5, "due": 35, "not_due": 10, "not_due_started": 10}
    assert "För 10 är det ännu inte dags att mäta." in words(results)
    assert "För 5 av 35 saknas mätning" in words(results)


def test_nobody_lost_is_said_in_words(made):
    """No table of the lost, no interval for them, no nought people."""
    text = words(made(rows_of(40)))
    assert "Ingen saknas." in text
    assert "Om 0 " not in text and "(0)" not in text


def test_good_coverage_never_becomes_a_refusal_in_public(made):
    """38 of 40: what is hidden is called hidden, not too little."""
    results = made(rows_of(38) + rows_of(2, after=""))
    text = words(results, "public")
    assert "Underlaget räcker inte" not in text
    assert "Slutsatsen håller" in words(results)


def test_counts_that_exist_only_when_somebody_is_there_are_not_taken_for_nought(made):
    """Four groups of one beside a shown group and total would each be exactly one."""
    settings = SETTINGS.replace("{Kvinna: woman, Man: man}", '{"N": norr, "W": w, "X": x, "Yy": yy, "Z": z}').replace(
        "labels: {woman: Kvinnor, man: Män}", "labels: {}"
    )
    results = made(
        rows_of(50, sex=("N",)) + [row for name in ("W", "X", "Yy", "Z") for row in rows_of(1, sex=(name,))], settings
    )
    hidden = decide([results], "public").decisions[results.key].hidden
    assert "who/sex/norr" in hidden


def test_small_groups_are_not_named_in_public(made):
    """The name of a group of one may be what tells who it is."""
    settings = SETTINGS.replace("values: {Kvinna: woman, Man: man}", "values: {}").replace(
        "labels: {woman: Kvinnor, man: Män}", "labels: {}"
    )
    results = made(rows_of(50, sex=("Kvinna",)) + rows_of(1, sex=("HEMLIGT-ORD",)), settings)
    assert "HEMLIGT-ORD" in words(results)
    assert "HEMLIGT-ORD" not in words(results, "public")


def test_the_mean_of_one_left_over_person_is_not_public(made):
    """Everybody, all women and all men shown would give the one whose sex is not known."""
    settings = SETTINGS.replace("Man: man}", "Man: man}, missing: {Okänt: unknown}")
    results = made(rows_of(80) + rows_of(1, sex=("Okänt",), after="30"), settings)
    hidden = decide([results], "public").decisions[results.key].hidden
    shown = [level for level in ("woman", "man") if f"core_om:client/by/sex/{level}/change" not in hidden]
    assert len(shown) < 2


def test_equal_scores_are_not_public(made):
    """A mean of equal scores is everybody's score."""
    results = made([(START, "Man", "20", "", "15")] * 40)
    report = isu.protect(results, decide([results], "public"))
    assert report.cell("core_om:client/change").hidden and report.cell("core_om:client/start_mean").hidden
    assert "går inte att beräkna" in words(results) or "Slutsatsen" in words(results) or "avgöra" in words(results)


def test_intervals_need_as_many_as_spread(made):
    """The interval of a mean gives its standard deviation."""
    results = made(rows_of(20) + rows_of(12, after=""))
    report = isu.protect(results, decide([results], "public"))
    shown = report.cell("core_om:client/change")
    assert not shown.hidden and shown.low != shown.low
    assert "95 % intervall –" not in words(results, "public")


def test_figures_hold_no_more_than_is_printed(made):
    """Two samples with the same printed means draw the same figure."""
    one = made(rows_of(60) + rows_of(40, after=""))
    drawings = []
    for results in (one, one):
        report = isu.protect(results, decide([results], "public"))
        drawings.append([block.svg for block in isu.show(report, "trust").blocks if isinstance(block, Figure)])
    assert drawings[0] == drawings[1] != []


def test_a_thin_middle_occasion_does_not_spoil_the_verdict(made):
    """Three values in the middle are too few to use; the verdict then rests on start and end."""
    rows = [(*row[:3], "15" if i < 3 else "", row[4]) for i, row in enumerate(rows_of(40))]
    results = made(rows + rows_of(20, after="") + rows_of(20, before="", after=""))
    assert results.cell("core_om:client/adjusted").code == "ml_two_wave"
    assert results.cell("core_om:client/verdict").code == "holds_if"


def test_an_unknown_cut_off_is_its_own_row(made):
    """Without sex there is no cut-off: better, but not called short of it."""
    settings = SETTINGS.replace("Man: man}", "Man: man}, missing: {Okänt: unknown}")
    results = made(rows_of(20) + rows_of(15, sex=("Okänt",), after="5"), settings)
    assert results.cell("core_om:client/improved_unknown").value == 15
    assert "gränsvärdet okänt" in words(results)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_handful_is_refused(made, rows):
    """One to five people bear no result, and no mean of theirs is printed as one."""
    text = words(made(rows_of(rows)))
    assert "Underlaget räcker inte" in text
    assert "genomsnitt" not in text


def test_a_state_can_be_the_primary_outcome(made):
    """From-to on page one, and how many are not known."""
    rows = [
        (START, "Man", before, "", after)
        for before, after in [("U", "A")] * 12 + [("U", "U")] * 9 + [("A", "U")] * 6 + [("U", "")] * 8
    ]
    text = words(made(rows, STATE))
    assert "Av alla 35 kom 12 närmare det önskade, 9 var lika nära och 6 kom längre från det." in text
    assert "För 8 av 35 saknas läget före eller efter" in text
    words(made(rows, STATE), "public")


def test_a_scale_needs_a_start(made):
    """A primary scale with an end only is a mistake in the unit file, with its line."""
    with pytest.raises(SettingsError, match="«primary › start» saknas"):
        made(rows_of(10), SETTINGS.replace("start: start, end: end, declared", "end: end, declared"))


def test_more_answers_than_people_is_named(demo_project):
    """45 started and 50 answers: the declared counts are wrong, and the message says which."""
    unit = isu.load_unit("exempelstad/foraldrastod", demo_project)
    fewer = tuple(volume.model_copy(update={"n": 90}) for volume in unit.volumes)
    cohort = isu.cohort(unit.model_copy(update={"volumes": fewer}), 2023, project=demo_project)
    with pytest.raises(DataError, match="125 svar men bara 90"):
        isu.analyse(cohort)


def test_the_date_of_data_cuts(made):
    """What was measured after the date is not known yet."""
    results = made(rows_of(30))
    assert results.cell("core_om:client/paired").value == 30


def test_nobody_measured_at_the_start_is_not_called_anonymous(made):
    """Ratings with a code but without any start: too few, and not anonymous."""
    text = words(made(rows_of(30, before="")))
    assert "Underlaget räcker inte" in text
    assert "0 av 30 är uppföljda." in text
    assert "anonym" not in text


def test_a_refusal_counts_those_who_are_due(made):
    """Five of 25 due, and ten not due yet: the share and its whole are the same people."""
    late = [("2024-12-20", "Man", "20", "", "")] * 10
    text = words(made(rows_of(5) + rows_of(20, after="") + late))
    assert "5 av 25 är uppföljda (20 %)" in text
