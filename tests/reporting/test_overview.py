"""A run makes the overview of each municipality after its units' reports, whatever becomes of one of them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import made_project
import page
import pandas as pd
import pdf_text
import pytest
from made_project import CHILDREN, OVERVIEW, PARENTS, REPOSITORY, run_reports

import isu_analysis as isu
from isu_analysis.disclosure import Release, decide
from isu_analysis.errors import ReportError, SettingsError
from isu_analysis.intake import store
from isu_analysis.municipalities import FAILED, NO_YEAR, NOT_READ_IN
from isu_analysis.presentation import OVERVIEW_SECTIONS
from isu_analysis.reporting import kernel
from isu_analysis.reporting.exporters.accessibility import check_pdf
from isu_analysis.reporting.exporters.pdf import render_pdf
from isu_analysis.reporting.plan import Job, overviews
from isu_analysis.settings import load_unit, read_unit, slug

TOWN, BROKEN, NEW = "exempelstad", "exempelstad/trasig", "exempelstad/oinlast"
INTERNAL = Release.internal(reviewed=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return made_project.make(tmp_path_factory.mktemp("overview"))


@pytest.fixture
def project(prepared, tmp_path):
    return Path(shutil.copytree(prepared, tmp_path / prepared.name))


@pytest.fixture
def troubled(project):
    """A municipality with a unit whose file is broken, one never read in, and one whose data cannot be analysed."""
    parameters = project / "parameters"
    (parameters / f"{BROKEN}.yml").write_text("name: Trasig\nokänd: 1\n", encoding="utf-8")
    shutil.copy(parameters / f"{CHILDREN}.yml", parameters / f"{NEW}.yml")
    text = (parameters / f"{PARENTS}.yml").read_text(encoding="utf-8")
    (parameters / f"{PARENTS}.yml").write_text(re.sub(r"\bn: \d+", "n: 3", text), encoding="utf-8")
    return project


def folder(project, release="internal"):
    return project / "reports" / release / OVERVIEW / "2024"


def manifest(project, release="internal"):
    return json.loads((folder(project, release) / "manifest.json").read_text(encoding="utf-8"))


def absent(overview):
    return {unit.key: unit for unit in overview.absent}


def test_a_municipality_and_year_has_one_overview_however_many_units():
    jobs = [Job("b/x", 2024), Job("a/x", 2024), Job("a/y", 2024), Job("a/y", 2023)]
    found = [job.key for job in overviews(jobs)]
    assert found == ["a/oversikt/2023", "a/oversikt/2024", "b/oversikt/2024"]
    assert all(job.is_overview for job in overviews(jobs)) and not any(job.is_overview for job in jobs)


def test_a_unit_file_cannot_take_the_overview_s_place(project):
    path = project / "parameters" / f"{OVERVIEW}.yml"
    shutil.copy(project / "parameters" / f"{CHILDREN}.yml", path)
    with pytest.raises(SettingsError, match="«oversikt» är namnet på kommunens egen översikt"):
        read_unit(path)
    assert slug("Översikt") == "oversikt-enhet"


def test_the_overview_comes_after_the_units_and_stands_before_them_in_the_index(project):
    lines: list[str] = []
    summary = run_reports(project, [CHILDREN, PARENTS], [2024], progress=lines.append)
    assert summary.failed == ()
    assert [job.unit_key for job in summary.done] == [CHILDREN, PARENTS, OVERVIEW]
    assert lines[-1].startswith("3 av 3 · Översikt exempelstad 2024")
    index = (project / "reports" / "internal" / "index.html").read_text(encoding="utf-8")
    places = [index.index(f"{key}/2024/report.html") for key in (OVERVIEW, CHILDREN, PARENTS)]
    assert places == sorted(places)
    assert not (project / "data_processed" / OVERVIEW).exists()


def test_its_manifest_names_the_raw_files_of_every_unit_inside_and_of_none_outside(project):
    for release in ("internal", "public"):
        assert run_reports(project, [CHILDREN, PARENTS], [2024], release=release).failed == ()
    inside, outside = manifest(project), manifest(project, "public")
    assert inside["unit"] == "Översikt" and inside["overview"] and inside["key"] == f"{OVERVIEW}/2024"
    assert set(inside["units"]) == {CHILDREN, PARENTS}
    assert all(unit["raw_files"] for unit in inside["units"].values())
    assert "units" not in outside and "raw_files" not in outside
    assert re.fullmatch(r"\d{4}-\d{2}", outside["as_of"])


def test_there_is_no_public_overview_before_every_unit_s_report_is_out(project):
    """It would tell of a unit whose own report nobody has seen, or say that it could not be made."""
    lines: list[str] = []
    first = run_reports(project, [CHILDREN], [2024], "public", progress=lines.append)
    assert first.failed == () and not folder(project, "public").exists()
    assert any("görs när alla enheter" in line for line in lines)
    assert run_reports(project, [PARENTS], [2024], "public").failed == ()
    assert folder(project, "public").is_dir()


def test_an_overview_that_fails_stops_no_report_and_is_told_like_the_others(project):
    made_project.write_notebook(project, "raise ValueError('Anna')", made_project.OF_MUNICIPALITY, kernel.OVERVIEW)
    summary = run_reports(project, [CHILDREN], [2024])
    assert [job.unit_key for job in summary.done] == [CHILDREN]
    assert [str(one) for one in summary.failed] == [
        f"{OVERVIEW} 2024: oväntat fel (ValueError) i anteckningsbokens cell 3."
    ]
    assert not folder(project).exists()


def test_where_the_only_report_fails_the_overview_is_made_all_the_same(troubled):
    shutil.copy(
        kernel.notebook_path(made_project.REPOSITORY), kernel.notebook_path(troubled)
    )  # which analyses the data
    summary = run_reports(troubled, [PARENTS], [2024])
    assert [one.unit_key for one in summary.failed] == [PARENTS]
    assert [job.unit_key for job in summary.done] == [OVERVIEW]


def test_the_last_look_knows_the_pseudonyms_of_every_unit(project):
    """A pseudonym of a unit that no report was asked for is looked for in the overview too."""
    someone = store.load(project, load_unit(CHILDREN, project)).episodes["episode"].iloc[0]
    path = kernel.notebook_path(project, kernel.OVERVIEW)
    path.write_text(path.read_text(encoding="utf-8").replace("En mening om resultatet.", someone), encoding="utf-8")
    summary = run_reports(project, [PARENTS], [2024])
    assert [one.unit_key for one in summary.failed] == [OVERVIEW]
    assert "klarade inte slutkontrollen" in summary.failed[0].reason and someone not in summary.failed[0].reason


def test_a_unit_that_cannot_be_reported_is_named_and_stops_no_other(troubled):
    overview = isu.municipality(TOWN, 2024, INTERNAL, project=troubled)
    assert [report.context.unit.key for report in overview.reports] == [CHILDREN]
    found = absent(overview)
    assert {key: unit.why for key, unit in found.items()} == {BROKEN: FAILED, PARENTS: FAILED, NEW: NOT_READ_IN}
    assert "nyckeln saknas" in found[BROKEN].reason and found[BROKEN].name == "trasig"
    assert "det finns" in found[PARENTS].reason


def test_outside_the_service_no_reason_is_given_as_it_may_hold_a_number(troubled):
    results = isu.analyse(isu.cohort(CHILDREN, 2024, project=troubled))
    overview = isu.municipality(TOWN, 2024, decide([results], "public"), project=troubled)
    assert [report.mode for report in overview.reports] == ["public"]
    assert {unit.reason for unit in overview.absent} == {""}


def test_a_foreign_error_is_told_by_its_kind_alone(project, monkeypatch):
    def broken(chosen):
        raise ValueError("Anna Andersson")

    report = isu.municipality(TOWN, 2024, INTERNAL, project=project).reports[0]
    analyse = isu.analyse
    monkeypatch.setattr(
        "isu_analysis.municipalities.gathered.analyse",
        lambda chosen: analyse(chosen) if chosen.unit.key == report.context.unit.key else broken(chosen),
    )
    (told,) = isu.municipality(TOWN, 2024, INTERNAL, project=project).absent
    assert told.reason == "oväntat fel (ValueError)"


def test_a_unit_without_data_for_the_year_is_named(project):
    for name in ("episodes", "measurements"):
        path = project / "data_processed" / PARENTS / f"{name}.parquet"
        frame = pd.read_parquet(path)
        frame[frame["year"] != 2024].to_parquet(path)
    found = absent(isu.municipality(TOWN, 2024, INTERNAL, project=project))
    assert {key: unit.why for key, unit in found.items()} == {PARENTS: NO_YEAR}


def test_an_unknown_municipality_is_refused(project):
    with pytest.raises(SettingsError, match="Okänd kommun «annanstad»"):
        isu.municipality("annanstad", 2024, INTERNAL, project=project)


def test_the_overview_needs_its_notebook(project):
    kernel.notebook_path(project, kernel.OVERVIEW).unlink()
    with pytest.raises(ReportError, match=r"notebooks/municipality_overview\.ipynb finns inte"):
        run_reports(project, [CHILDREN], [2024])


def test_the_notebook_takes_what_the_run_gives():
    given = {"municipality": TOWN, "year": 2024, "release": "internal", "as_of": "", "language": "sv"}
    kernel.check_parameters(kernel.notebook_path(REPOSITORY, kernel.OVERVIEW), given)


@pytest.mark.slow
@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_real_notebook_makes_a_whole_overview(project, release):
    shutil.copy(kernel.notebook_path(REPOSITORY, kernel.OVERVIEW), kernel.notebook_path(project, kernel.OVERVIEW))
    summary = run_reports(project, [CHILDREN, PARENTS], [2024], release=release)
    assert summary.failed == ()
    pages = pdf_text.page_texts((folder(project, release) / "report.pdf").read_bytes())
    assert "200av205,5saknas" in "".join((folder(project, release) / "report.html").read_text("utf-8").split())
    assert "Vadöversikteninte" in "".join("".join(pages).split())


@pytest.mark.slow
def test_the_overview_of_all_units_is_accessible_and_begins_with_one_page(results_of):
    from demo_units import DEMO_UNITS

    reports = tuple(isu.protect(results_of(f"{TOWN}/{unit}", 2024), INTERNAL) for unit in DEMO_UNITS)
    overview = isu.Municipality(TOWN, 2024, reports)
    pdf = render_pdf(tuple(isu.show_overview(overview, section) for section in OVERVIEW_SECTIONS))
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        assert page.validate_pdf_bytes(pdf, profile=profile).is_compliant, profile
    assert check_pdf(pdf) == []
    assert "Hurmångasomföljdesupp" in "".join(pdf_text.page_texts(pdf)[1].split()), "page one is more than a page"
