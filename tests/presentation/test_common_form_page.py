"""The form that units share, and units that can be compared: by their own yardsticks, never ranked, nothing hidden told."""

from __future__ import annotations

import dataclasses
import io
import json
import random
import re
import shutil
from pathlib import Path

import numpy as np
import papermill
import pikepdf
import pytest
from demo_units import DEMO_UNITS
from nbconvert.exporters import get_exporter
from statsmodels.regression.linear_model import WLS

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.errors import SettingsError
from isu_analysis.municipalities import Municipality
from isu_analysis.municipalities.alike import alike_units, yardstick
from isu_analysis.municipalities.common_form import (
    AFTERWARDS,
    DIRECTION,
    NO_THRESHOLD,
    NOT_APPROVED,
    PARTS,
    SEVERAL,
    in_common_form,
    measured_and_not,
)
from isu_analysis.presentation.blocks import Bullets, Callout, Figure, Paragraph, Table
from isu_analysis.settings import CaseMix, read_unit

REPOSITORY = Path(__file__).parents[2]
TOWN, YEAR = "exempelstad", 2024
INTERNAL = isu.Release.internal(reviewed=True)
SAID = "Staplarnas längd kan inte jämföras mellan enheter; jämför hur stor del som är okänd."


def blocks(overview, kind, section="common_form"):
    return [block for block in isu.show_overview(overview, section).blocks if isinstance(block, kind)]


def text(overview, section="common_form"):
    return json.dumps([str(block) for block in isu.show_overview(overview, section).blocks], ensure_ascii=False)


@pytest.fixture(scope="module")
def internal(results_of):
    return Municipality(
        TOWN, YEAR, tuple(isu.protect(results_of(f"{TOWN}/{unit}", YEAR), INTERNAL) for unit in DEMO_UNITS)
    )


@pytest.fixture(scope="module")
def rows(internal):
    return {row.unit.context.unit.slug: row for row in in_common_form(internal)}


def test_each_unit_stands_where_its_measure_can_bear(rows):
    found = {
        place: {slug for slug, row in rows.items() if row.place == place}
        for place in {row.place for row in rows.values()}
    }
    assert found == {
        DIRECTION: {"behandling-vuxna", "spel-alkohol", "unga-substans", "unga-vuxna", "oppenvard-fit"},
        AFTERWARDS: {"boende-hemloshet", "digitalt-stod", "familjeteam", "foraldrastod", "oppenvard-loke", "resurs-barn",
                     "resurs-centrum", "resurs-unga", "skolstod-familjehem", "vald-nara"},
        NO_THRESHOLD: {"samtalsmottagning", "stodboende-unga"},
        SEVERAL: {"ung-framtid"},
        NOT_APPROVED: {"vuxen-asi"},
    }  # fmt: skip


def test_parts_and_those_not_measured_are_all_who_were_meant(rows):
    drawn = [row for row in rows.values() if row.place == DIRECTION]
    for row in drawn:
        assert sum(row.parts[part] for part in PARTS) == row.measured
        assert row.measured + row.not_measured == row.of
        seen = row.form.to_frame().set_index("part")
        assert seen["share"].iloc[:5].sum() == pytest.approx(1)
        assert (seen["share_low_bound"] <= seen["share"]).all() and (seen["share"] <= seen["share_high_bound"]).all()


def test_the_numbers_are_those_of_the_unit_s_own_report(rows, results_of):
    cells = {cell.id: cell.value for cell in results_of(f"{TOWN}/spel-alkohol", YEAR).cells}
    key = "bedomd_forandring:client"
    row = rows["spel-alkohol"]
    assert row.parts["improved"] == cells[f"{key}/level/battre"] + cells[f"{key}/level/mycket_battre"]
    assert (
        row.parts["worse"] == cells[f"{key}/level/samre"]
        and row.parts["no_certain_change"] == cells[f"{key}/level/oforandrat"]
    )
    assert rows["unga-vuxna"].could_improve == (48, 51)


def test_the_page_says_how_to_read_it_and_names_no_measure_of_results(internal):
    assert [block.text for block in blocks(internal, Callout)] == [SAID]
    (figure,) = blocks(internal, Figure)
    assert figure.note == SAID
    said = text(internal)
    assert "inget gemensamt resultatmått" in said
    assert "mellan 0,1 och 2 gånger oddsen" in said
    assert not re.search(r"rangordn|topplista|bäst i", said)


def test_units_stand_in_the_order_of_the_alphabet(internal):
    for table in blocks(internal, Table):
        names = [row[0] for row in table.rows]
        assert names == sorted(names, key=lambda name: name.replace("Ö", "Z~"))


def test_who_is_not_in_the_form_is_named_with_the_reason(internal):
    (listed,) = blocks(internal, Bullets)
    assert set(listed.items) == {
        "Samtalsmottagningen: ingen gräns säger vad som är en säker förändring",
        "Stödboende unga: ingen gräns säger vad som är en säker förändring",
        "Ung framtid: varje människa har flera svar, som inte kan vägas ihop till ett",
        "Vuxna med beroende: enheten har inte godkänt hur utfallet ska placeras",
    }


def test_only_measured_and_not_measured_are_added_and_only_of_one_kind(rows):
    assert measured_and_not(list(rows.values())) is None  # some count families, others people
    alike = [row for row in rows.values() if row.unit.context.unit.unit_of_analysis == "person"]
    shown = [row for row in alike if row.measured is not None]
    assert measured_and_not(shown) == (sum(row.measured for row in shown), sum(row.not_measured for row in shown))
    assert measured_and_not([*shown, dataclasses.replace(shown[0], measured=None)]) is None


def test_a_hidden_part_draws_no_bar_and_tells_no_number(results_of):
    results = [results_of(f"{TOWN}/{unit}", YEAR) for unit in ("unga-vuxna", "spel-alkohol")]
    release = decide(results, "public")
    overview = Municipality(TOWN, YEAR, tuple(isu.protect(one, release) for one in results))
    hidden = {row.unit.context.unit.slug: row for row in in_common_form(overview)}["unga-vuxna"]
    assert None in hidden.parts.values() and hidden.form is None
    seen = blocks(overview, Table)[0]
    (line,) = [row for row in seen.rows if row[0] == "Unga vuxna"]
    assert ".." in line
    for figure in blocks(overview, Figure):
        assert "Unga vuxna" not in figure.alt
    assert "Kunde bli bättre" in text(overview) and "48 av 51" not in text(overview)


def test_maintained_can_be_what_was_intended(results_of):
    report = isu.protect(results_of(f"{TOWN}/unga-vuxna", YEAR), INTERNAL)
    unit = report.context.unit
    form = unit.common_form.model_copy(update={"maintained": ("unchanged",)})
    context = dataclasses.replace(report.context, unit=unit.model_copy(update={"common_form": form}))
    (row,) = in_common_form(Municipality(TOWN, YEAR, (dataclasses.replace(report, context=context),)))
    assert (row.parts["maintained"], row.parts["no_certain_change"]) == (18, 0)
    both = row.form.to_frame().set_index("part").loc["improved_or_maintained"]
    assert (both["n"], both["of"]) == (31 + 18, 93)


@pytest.mark.parametrize(
    ("unit", "old", "new", "said"),
    [
        ("spel-alkohol", "  worse: [samre]\n", "", "dessa svar har ingen plats i «common_form»: samre."),
        ("spel-alkohol", "  worse: [samre]\n", "  worse: [samre, battre]\n", "ett svar står på två ställen"),
        ("spel-alkohol", "  worse: [samre]\n", "  worse: [smre]\n", "svaret «smre» finns inte. Menade du «samre»?"),
        ("resurs-barn", '  approved_by: "enhetschefen"\n', '  approved_by: "enhetschefen"\n  worse: [klienten_avbryter]\n',
         "mäts bara efteråt och säger inget om förbättring"),
        ("unga-vuxna", "  approved: 2021-12-01\n", "", "nyckeln saknas"),
    ],
)  # fmt: skip
def test_a_form_that_loses_somebody_is_refused(tmp_path, demo_project, unit, old, new, said):
    whole = (demo_project / "parameters" / TOWN / f"{unit}.yml").read_text(encoding="utf-8")
    before, mark, after = whole.partition("common_form:")
    assert old in after
    path = tmp_path / TOWN / f"{unit}.yml"
    path.parent.mkdir()
    path.write_text(before + mark + after.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(said)):
        read_unit(path)


def copies(report, n, **changes):
    """The same unit under several names, with numbers of its own."""
    random_ = random.Random(3)
    made = []
    for number in range(n):
        unit = report.context.unit.model_copy(
            update={"name": f"Enhet {'ABCDEFGHIJ'[number]}", "slug": f"enhet-{number}", **changes}
        )
        of = random_.choice([40, 60, 93, 150])
        good = int(of * random_.choice([0.3, 0.5, 0.55, 0.7]))
        key, cells = report.main.key, dict(report._cells)
        for name, value in ((f"{key}/paired", of), (f"{key}/better", good), (f"{key}/due", of + 20)):
            cells[name] = dataclasses.replace(cells[name], value=float(value), n=value)
        made.append(dataclasses.replace(report, context=dataclasses.replace(report.context, unit=unit), _cells=cells))
    return tuple(made)


@pytest.fixture(scope="module")
def fit(results_of):
    return isu.protect(results_of(f"{TOWN}/oppenvard-fit", YEAR), INTERNAL)


def test_units_that_measure_otherwise_are_not_compared(internal):
    assert alike_units(internal) == ()
    (said,) = [block.text for block in blocks(internal, Paragraph, "alike")]
    assert said == "Inga enheter har samma mått, samma definition och samma målgrupp. Därför jämförs inga."


def test_only_one_yardstick_and_target_group_stands_in_a_comparison(fit):
    reports = copies(fit, 8)
    (found,) = alike_units(Municipality(TOWN, YEAR, reports))
    assert len(found.reports) == 8
    others = copies(fit, 8, target_group="Andra människor")
    assert yardstick(others[0]) != yardstick(reports[0])
    mixed = (*reports[:4], *others[4:])
    assert [len(one.reports) for one in alike_units(Municipality(TOWN, YEAR, mixed))] == [4, 4]


def test_too_few_units_are_refused_with_a_sentence(fit):
    overview = Municipality(TOWN, YEAR, copies(fit, 4))
    assert not blocks(overview, Table, "alike") and not blocks(overview, Figure, "alike")
    assert "är för få, eller har för få uppföljda" in text(overview, "alike")


def test_a_comparison_has_no_order_of_results_and_no_colour_of_places(fit):
    overview = Municipality(TOWN, YEAR, copies(fit, 9))
    (table,), (figure,) = blocks(overview, Table, "alike"), blocks(overview, Figure, "alike")
    assert [row[0] for row in table.rows] == [f"{n}. Enhet {letter}" for n, letter in enumerate("ABCDEFGHI", start=1)]
    assert all(re.fullmatch(r"\d och \d", row[-1]) for row in table.rows)  # never a place alone
    assert len(set(re.findall(r"fill: (#[0-9a-f]{6})", figure.svg)) - {"#1d2b2f", "#ffffff"}) <= 1
    assert "En fjärdedel av enheterna är alltid den lägsta fjärdedelen." in text(overview, "alike")


def test_a_unit_with_a_hidden_count_is_left_out_and_said_to_be(fit):
    first, *others = copies(fit, 9)
    cells = dict(first._cells)
    key = f"{fit.main.key}/better"
    cells[key] = dataclasses.replace(cells[key], value=float("nan"), n=None, hidden="small")
    overview = Municipality(TOWN, YEAR, (dataclasses.replace(first, _cells=cells), *others))
    (table,) = blocks(overview, Table, "alike")
    assert len(table.rows) == 8 and table.note.startswith("1 enhet är inte med: dess antal visas inte.")


def test_the_units_together_are_those_of_a_random_effects_model(fit):
    """The restricted likelihood, from another library's least squares, tried at every variance."""
    overview = Municipality(TOWN, YEAR, copies(fit, 9))
    (found,) = alike_units(overview)
    y, v = np.arcsin(np.sqrt(np.array(found.n) / np.array(found.of))), 1 / (4 * np.array(found.of))

    def fitted(tau2):
        return WLS(y, np.ones((len(y), 1)), weights=1 / (v + tau2)).fit()

    def lack(tau2):
        model, weight = fitted(tau2), 1 / (v + tau2)
        return float((weight * model.resid**2).sum() - np.log(weight).sum() + np.log(weight.sum()))

    tau2 = min(np.linspace(0, 0.1, 10_001), key=lack)
    angle = float(fitted(tau2).params[0])
    assert found.together.tau2 == pytest.approx(tau2, abs=1e-5)
    assert found.together.estimate == pytest.approx(angle, abs=1e-4)
    (table,) = blocks(overview, Table, "alike")
    assert f"får vara olik de andra: {100 * np.sin(angle) ** 2:.0f} %" in table.note.replace("\xa0", " ")


def with_measure(report, name, **changes):
    """The same unit with its measure described by the unit itself."""
    unit, main = report.context.unit, report.main
    card = main.measure.model_copy(update=changes)
    unit = unit.model_copy(update={"local_measures": (card,), "name": name, "slug": name.lower().replace(" ", "-")})
    outcomes = tuple(
        dataclasses.replace(one, measure=card) if one.key == main.key else one for one in report.context.outcomes
    )
    context = dataclasses.replace(report.context, unit=unit, outcomes=outcomes)
    return dataclasses.replace(report, context=context)


def test_own_measures_are_alike_when_they_are_described_alike(fit):
    reports = [with_measure(one, one.context.unit.name) for one in copies(fit, 8)]
    assert len({yardstick(one) for one in reports}) == 1
    assert yardstick(reports[0]) != yardstick(fit)  # a measure of the registry is not the unit's own
    other = with_measure(reports[0], "Annan", construct_sv="något annat")
    assert yardstick(other) != yardstick(reports[0])
    unit = reports[0].context.unit.model_copy(update={"municipality_slug": "grannby"})
    elsewhere = dataclasses.replace(reports[0], context=dataclasses.replace(reports[0].context, unit=unit))
    assert yardstick(elsewhere) != yardstick(reports[0])


def test_nobody_followed_up_is_not_the_same_as_hidden(fit):
    first, *others = copies(fit, 9)
    cells, key = dict(first._cells), fit.main.key
    cells[f"{key}/paired"] = dataclasses.replace(cells[f"{key}/paired"], value=0.0, n=0)
    del cells[f"{key}/better"]
    overview = Municipality(TOWN, YEAR, (dataclasses.replace(first, _cells=cells), *others))
    (table,) = blocks(overview, Table, "alike")
    assert len(table.rows) == 9 and "visas inte" not in table.note
    assert table.rows[0][1] == "." and table.rows[0][2].startswith("0 av ")


def test_rows_follow_the_names_as_printed(fit):
    """A translated name has its own place in the alphabet."""
    first, *others = copies(fit, 9)
    unit = first.context.unit.model_copy(update={"translations": {"en": {"Enhet A": "Zeta unit"}}})
    moved = dataclasses.replace(first, context=dataclasses.replace(first.context, unit=unit))
    overview = Municipality(TOWN, YEAR, (moved, *others))
    (table,) = [block for block in isu.show_overview(overview, "alike", "en").blocks if isinstance(block, Table)]
    names = [row[0] for row in table.rows]
    assert names[-1] == "9. Zeta unit" and names[0] == "1. Enhet B"
    (figure,) = [block for block in isu.show_overview(overview, "alike", "en").blocks if isinstance(block, Figure)]
    key, cells = fit.main.key, moved._cells
    assert f"Zeta unit: {int(cells[f'{key}/better'].value)} of {int(cells[f'{key}/paired'].value)}." in figure.alt


def held_against(report, until, adjusted):
    """A unit with a reference model, and the figures that it gave."""
    model = isu.reference_model(np.arange(200.0), np.arange(200.0) * 2 + np.tile([-1, 1], 100), source="andra")
    values = {"measure": "ors", "rater": "client", "until": until, **model.declared()}
    declared = CaseMix.model_validate_json(json.dumps(values))
    cells = dict(report._cells)
    like = cells[f"{report.main.key}/better"]
    for name, value in (("adjusted", adjusted), ("raw", adjusted + 1)):
        cells[f"case_mix/{name}"] = dataclasses.replace(
            like, id=f"case_mix/{name}", kind="model", value=value, low=value - 1, high=value + 1, n=30
        )
    cells["case_mix/outcome"] = dataclasses.replace(
        like, id="case_mix/outcome", kind="code", value=float("nan"), code=report.main.key
    )
    context = dataclasses.replace(report.context, unit=report.context.unit.model_copy(update={"case_mix": declared}))
    return dataclasses.replace(report, context=context, _cells=cells)


def test_units_are_held_against_one_and_the_same_reference(fit):
    same = [held_against(one, "2023-12-31", number / 2) for number, one in enumerate(copies(fit, 9))]
    table = blocks(Municipality(TOWN, YEAR, tuple(same)), Table, "alike")[1]
    assert table.rows[3] == ("4. Enhet D", "1,5 (0,5 till 2,5)", "2,5 (1,5 till 3,5)", "30")
    other = (held_against(same[0], "2022-12-31", 1.0), *same[1:])
    assert len(blocks(Municipality(TOWN, YEAR, other), Table, "alike")) == 1


@pytest.fixture
def two_towns(demo_project, tmp_path):
    """The same two units in two municipalities, read in."""
    project = tmp_path / "region"
    for town in (TOWN, "grannby"):
        for unit in ("resurs-barn", "foraldrastod"):
            for part in ("parameters", "data_processed"):
                source = demo_project / part / TOWN / (f"{unit}.yml" if part == "parameters" else unit)
                target = project / part / town / source.name
                target.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
            path = project / "parameters" / town / f"{unit}.yml"
            name = "Exempelstad" if town == TOWN else "Grannby"
            path.write_text(
                path.read_text("utf-8").replace("municipality: Exempelstad", f"municipality: {name}"), "utf-8"
            )
    return project


def test_a_region_names_each_unit_with_its_municipality(two_towns):
    overview = isu.region("Norra regionen", [TOWN, "grannby"], YEAR, project=two_towns)
    assert (overview.mode, overview.reviewed, overview.name) == ("internal", False, "Norra regionen")
    section = isu.show_overview(overview, "coverage")
    assert (section.document.title, section.document.municipality) == ("Regionöversikt", "Norra regionen")
    (table,) = blocks(overview, Table, "coverage")
    assert [row[0] for row in table.rows] == [
        "Resurs barn, Exempelstad", "Resurs barn, Grannby", "Riktat föräldrastöd, Exempelstad", "Riktat föräldrastöd, Grannby",
    ]  # fmt: skip


def test_a_unit_s_own_measure_is_nobody_else_s_in_a_region_either(two_towns):
    overview = isu.region("Norra regionen", [TOWN, "grannby"], YEAR, project=two_towns)
    found = {one.reports[0].context.unit.slug: len(one.reports) for one in alike_units(overview)}
    assert "foraldrastod" not in found  # its answers are its own


def test_the_municipalities_of_a_region_may_be_one_text(two_towns):
    named = isu.region("Norra", f"{TOWN}, grannby", YEAR, project=two_towns)
    assert named.seal == isu.region("Norra", [TOWN, "grannby"], YEAR, project=two_towns).seal


@pytest.mark.slow
def test_the_notebook_of_a_region_runs_and_becomes_a_pdf(two_towns, monkeypatch):
    """By papermill and nbconvert, as the documentation says."""
    monkeypatch.setenv("ISU_PROJECT", str(two_towns))
    done = two_towns / "ut.ipynb"
    papermill.execute_notebook(
        str(REPOSITORY / "notebooks" / "region_overview.ipynb"),
        str(done),
        {"region": "Norra regionen", "municipalities": f"{TOWN} grannby", "year": YEAR},
        progress_bar=False,
    )
    pdf, _ = get_exporter("isu_pdf")().from_filename(str(done))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo["/Title"]).startswith("Regionöversikt") and len(document.pages) >= 4


@pytest.mark.parametrize(("name", "towns"), [("", [TOWN, "grannby"]), ("Norra", [TOWN]), ("Norra", [TOWN, TOWN]), ("Norra", [TOWN, "finns-inte"])])  # fmt: skip
def test_a_region_without_name_or_municipalities_is_refused(two_towns, name, towns):
    with pytest.raises(SettingsError):
        isu.region(name, towns, YEAR, project=two_towns)
