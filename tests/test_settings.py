import re
from pathlib import Path

import pytest
import small_project as small
from pydantic import ValidationError

from isu_analysis.errors import SettingsError
from isu_analysis.settings import Occasion, Source, load_unit, project_folder, read_unit, slug, unit_files

LINES = small.FORMS.splitlines()


@pytest.fixture
def project(tmp_path):
    return small.project(tmp_path)


def place_of(text, settings=small.FORMS):
    """Line on which a text first stands."""
    return next(number for number, line in enumerate(settings.splitlines(), start=1) if text in line)


def told(project, settings, name="oppenvard"):
    path = project / "parameters" / "a-kommun" / f"{name}.yml"
    path.write_text(settings, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_unit(path)
    assert error.value.__cause__ is None and (error.value.__suppress_context__ or error.value.__context__ is None)
    assert str(project) not in str(error.value)
    return str(error.value).splitlines()


def test_a_unit_is_what_its_file_says(project):
    unit = small.unit(project, small.FORMS)
    assert (unit.key, unit.municipality_slug, unit.slug) == ("a-kommun/oppenvard", "a-kommun", "oppenvard")
    assert repr(unit) == "Unit('a-kommun/oppenvard')"
    assert unit.sources[0].columns(unit.used_measures) == tuple(small.HEADINGS[:-1])
    assert (unit.occasion_with("start"), unit.occasion_with("end"), unit.occasion_with("follow_up")) == (
        "start",
        "end",
        None,
    )
    assert unit.measure("laget").name_sv == "Läge" and unit.measure("core_om").maximum == 40
    with pytest.raises(ValidationError, match="frozen"):
        unit.name = "x"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("purpose:", "syfte:", "okänd nyckel «syfte»."),
        ("    rows: episode", "    rader: episode", "okänd nyckel «sources › 1 › rader»."),
        ("rule: ended", "rule: avslutade", "«cohort › rule» har ett värde som inte är tillåtet. Tillåtna: 'ended', 'started', 'active' eller 'declared'."),
        ("measures: [core_om, laget]", "measures: [core_on, laget]", "måttet «core_on» finns varken i registret eller under «local_measures». Menade du «core_om»? Tillåtna: "),
        ("primary: {measure: core_om", "primary: {measure: kasam13", "måttet «kasam13» står inte under «measures». Tillåtna: core_om, laget."),
        ("CORE efter, measure: core_om", "CORE efter, measure: corom", "måttet «corom» står inte under «measures». Menade du «core_om»? Tillåtna: core_om, laget."),
        ("occasion: end}\n      - {column: Läge", "occasion: avslut}\n      - {column: Läge", "mättillfället «avslut» finns inte under «occasions». Tillåtna: start, end."),
        ("values: {Nybesök: start", "values: {Nybesök: star", "mättillfället «star» finns inte under «occasions». Menade du «start»? Tillåtna: start, end."),
        ("start: start, end: end, declared", "start: börjn, end: end, declared", "mättillfället «börjn» finns inte under «occasions». Tillåtna: start, end."),
        ("start: start, end: end, declared", "start: start, end: ende, declared", "mättillfället «ende» finns inte under «occasions». Menade du «end»? Tillåtna: start, end."),
        ("Bra: bra}", "Bra: bar}", "svaret «bar» finns inte bland måttets svarsnivåer. Menade du «bra»? Tillåtna: dalig, bra."),
        ("Planerat: planned", "Planerat: planed", "har ett värde som inte är tillåtet"),
        ("rater: staff", "rater: personal", "har ett värde som inte är tillåtet"),
        ("retention_years: 5", "retention_years: 0", "«retention_years» ska vara minst 1."),
        ("retention_years: 5", "retention_years: 05", "värdet kan läsas på flera sätt"),
        ("declared: 2021-12-01", "declared: 2021-13-01", "ska vara ett datum, ÅÅÅÅ-MM-DD."),
        ('  - file: "ärenden {year}.xlsx"', '  - file: "../ärenden.xlsx"', "ska vara ett filnamn i enhetens mapp"),
        ('  - file: "ärenden {year}.xlsx"', '  - file: "C:ärenden.xlsx"', "ska vara ett filnamn i enhetens mapp"),
        ('  - file: "ärenden {year}.xlsx"', '  - file: "2024\\\\ärenden.xlsx"', "ska vara ett filnamn i enhetens mapp"),
        ('  - file: "ärenden {year}.xlsx"', '  - file: "under/ärenden.xlsx"', "ska vara ett filnamn i enhetens mapp"),
        ('  - file: "ärenden {year}.xlsx"', '  - file: "{year} {year}.xlsx"', "{year} får stå en gång."),
        ("    day: Dag", "    day: Dag\n    date_format: ÅÅÅÅ-MM-DD", "ska skrivas med %Y, %m och %d"),
        ("    day: Dag", '    day: Dag\n    date_format: "%Y-%m"', "ska skrivas med %Y, %m och %d"),
        ("    day: Dag", '    day: Dag\n    date_format: "%Y-%m-%d %Q"', "ska skrivas med %Y, %m och %d"),
        ("    id: Nr\n    start", "    start", "måste ha «id», kolumnen med ärendets nummer, eller «client», personens."),
        ("    end: Slut\n", "", "«end» saknas: kolumnen med datum avgör vilket år ett ärende hör till"),
        ("age: {column", "start: {column", "«start» är upptaget. Välj ett annat namn på bakgrundsuppgiften."),
        ("    occasion: {column: När, values: {Nybesök: start, Avslut: end}}\n", "", "kolumnen saknar «occasion», och filen har ingen kolumn för mättillfället."),
        ("end: {label: \"avslut\", role: end}", "end: {label: \"avslut\", role: end, window: [1, 2]}", "«window» ska vara första och sista dagen"),
        ("end: {label: \"avslut\", role: end}", "end: {label: \"avslut\", role: slut}", "«occasions › end › role» har ett värde som inte är tillåtet"),
        ("  - id: laget", "  - id: laget\n    nam: x", "okänd nyckel «local_measures › 1 › nam». Menade du «name»?"),
        ("outside: [never_started]", "outside: [aldrig]", "har ett värde som inte är tillåtet"),
        ("cohort:", "subgroups: [{by: kön, label: Kön}]\ncohort:", "undergruppen «kön» finns inte bland bakgrundsuppgifterna. Tillåtna: intervention, reason, service_form, team, age."),
        ("cohort:", "counting_outside: [brå]\ncohort:", "svaret «brå» finns inte i något av måtten. Menade du «bra»? Tillåtna: dalig, bra."),
        ("cohort:", "pairing: {2024: kanske}\ncohort:", "har ett värde som inte är tillåtet. Tillåtna: 'by_code' eller 'none'."),
        ("cohort:", "pairing: NO\ncohort:", "värdet kan läsas på flera sätt"),
        ("cohort:", "slug: annan\ncohort:", "okänd nyckel «slug»."),
        ("core_om, rater: client, start: start, end: end, decl", "core_om, rater: client, end: end, decl", "«primary › start» saknas. En skala behöver två mättillfällen."),
        ("cohort:", "limits: {coverage: 30}\ncohort:", "«limits › coverage» ska vara högst 1.0."),
        ("end: {label: \"avslut\", role: end}", "end: {label: \"avslut\", role: end, day: 1, window: [1, 2, 3]}", "«occasions › end › window» har fler än 2 värden."),
        ("cohort:", 'known_elsewhere: [{source: "Årsredovisningen", total: 4, parts: [flow/eligible]}]\ncohort:', "ska skrivas som 2024/flow/eligible eller enhet/2024/flow/eligible."),
    ],
)  # fmt: skip
def test_one_fault_is_one_line_with_file_and_line_and_what_is_allowed(project, old, new, said):
    settings = small.FORMS.replace(old, new, 1)
    assert settings != small.FORMS
    lines = told(project, settings)
    assert any(said in line for line in lines), lines
    assert all(re.match(r"oppenvard\.yml, rad \d+: .+", line) for line in lines)
    changed = next(
        n for n, (one, two) in enumerate(zip(LINES, [*settings.splitlines(), ""], strict=False), start=1) if one != two
    )
    line = int(re.search(r"rad (\d+)", next(line for line in lines if said in line))[1])
    assert changed - 4 <= line <= changed + 2, (line, changed)


def test_all_faults_are_told_at_once_with_their_lines(project):
    settings = small.FORMS
    for old, new in [("purpose:", "syfte:"), ("measures: [core_om,", "measures: [core_on,"), ("retention_years: 5", "retention_years: NO"),
                     ("values: {Nybesök: start", "values: {Nybesök: star"), ("minimum: 18", "minimum: arton")]:  # fmt: skip
        assert old in settings
        settings = settings.replace(old, new)
    lines = told(project, settings)
    places = [int(re.search(r"rad (\d+)", line)[1]) for line in lines]
    assert places == sorted(places)
    wanted = ["syfte:", "core_on", "retention_years", "Nybesök: star", "minimum: arton"]
    assert {place_of(text, settings) for text in wanted} <= set(places)
    assert any("«purpose» nyckeln saknas" in line for line in lines)


def test_no_list_of_allowed_keys_names_what_a_file_may_not_say(project):
    assert not any("slug" in line for line in told(project, small.SETTINGS.replace("purpose:", "syfte:")))


def test_a_measure_described_twice_is_told(project):
    doubled = small.SETTINGS.replace("occasions:\n", LINE_OF_MEASURE + "occasions:\n", 1)
    assert any("måttet «laget» beskrivs två gånger." in line for line in told(project, doubled))


LINE_OF_MEASURE = "  - {id: laget, name: x, name_sv: x, kind: interview}\n"


def test_a_cohort_by_declared_year_needs_a_year(project):
    settings = small.SETTINGS.replace("rule: ended", "rule: declared").replace(" {year}", "")
    assert any("året saknas" in line for line in told(project, settings))
    assert (
        small.unit(project, settings.replace("    rows: episode", "    year: 2024\n    rows: episode")).cohort.rule
        == "declared"
    )


def test_a_started_cohort_needs_the_start_and_no_end(project):
    settings = small.SETTINGS.replace("rule: ended", "rule: started")
    assert small.unit(project, settings.replace("    end: Slut\n", "")).sources[0].end is None
    assert any("«start» saknas" in line for line in told(project, settings.replace("    start: Start\n", "")))


@pytest.mark.parametrize(
    ("pairing", "expected"),
    [("", True), ("pairing: by_code\n", True), ("pairing: none\n", False),
     ('pairing: {2023: none, "2024": by_code}\n', True), ("pairing: {2024: none}\n", False)],
)  # fmt: skip
def test_pairing_is_one_word_or_one_a_year(project, pairing, expected):
    unit = small.unit(project, small.SETTINGS.replace("cohort:", f"{pairing}cohort:"))
    assert unit.pairable(2024) is expected


def test_a_year_that_pairing_does_not_name_is_refused(project):
    unit = small.unit(project, small.SETTINGS.replace("cohort:", "pairing: {2023: by_code}\ncohort:"))
    with pytest.raises(SettingsError, match="under «pairing» saknas 2024"):
        unit.pairable(2024)


def test_a_window_is_days_from_start_around_the_day():
    occasion = Occasion(label="x", role="follow_up", day=90, window=(60, 120))
    assert occasion.window == (60, 120)
    for window in ((-30, 30), (120, 60), (91, 120)):
        with pytest.raises(ValidationError, match="räknat från start"):
            Occasion(label="x", role="follow_up", day=90, window=window)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y", "%y%m%d", "%Y-%m-%d %H:%M:%S"])
def test_dates_may_be_declared_in_other_forms(form):
    assert Source(file="x.csv", rows="form", date_format=form).date_format == form


def test_a_measure_the_unit_does_not_use_is_told(project):
    unit = small.unit(project)
    with pytest.raises(
        SettingsError,
        match=r"Öppenvården: måttet «core_on» används inte.* Menade du «core_om»\? Enhetens mått: core_om, laget\.",
    ):
        unit.measure("core_on")


def test_an_unknown_unit_lists_those_there_are(project):
    small.unit(project)
    assert load_unit("a-kommun/oppenvard", project).name == "Öppenvården"
    for wrong in ("a-kommun/oppenvrd", "A-kommun/oppenvard", "a-kommun/../a-kommun/oppenvard", "oppenvard", ""):
        with pytest.raises(SettingsError) as error:
            load_unit(wrong, project)
        assert f"Okänd enhet «{wrong}»." in str(error.value)
        assert str(error.value).endswith("Enheter i parameters/: a-kommun/oppenvard.")
    with pytest.raises(SettingsError, match=r"Menade du «a-kommun/oppenvard»\?"):
        load_unit("a-kommun/oppenvrd", project)


def test_unit_files_are_all_but_drafts_and_lock_files(project):
    folder = project / "parameters" / "a-kommun"
    (project / "parameters" / "b").mkdir()
    for name in ("b.yml", "a.yml", "_utkast.yml", "~$a.yml", ".a.yml", "a.yml.bak", "läs.txt"):
        (folder / name).write_text("", encoding="utf-8")
    (project / "parameters" / "b" / "c.yml").write_text("", encoding="utf-8")
    assert [path.name for path in unit_files(project)] == ["a.yml", "b.yml", "c.yml"]
    assert [path.name for path in unit_files(project, "b")] == ["c.yml"]


@pytest.mark.parametrize("name", ["Öppenvård", "con", "nul", "a b", "a_b", "-a", "a" * 61])
def test_a_name_that_cannot_be_a_folder_everywhere_is_refused_with_a_suggestion(project, name):
    lines = told(project, small.SETTINGS, name)
    assert f"«{name}» duger inte" in lines[0] and f"«{slug(name)}»" in lines[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Unga vuxna", "unga-vuxna"), ("Öppenvård å/ä ö", "oppenvard-a-a-o"), ("CON", "con-enhet"), ("lpt1", "lpt1-enhet"),
     ("???", "enhet"), ("x" * 90, "x" * 60), ("../..", "enhet"), ("a" * 59 + " b", "a" * 59)],
)  # fmt: skip
def test_slugs(text, expected):
    assert slug(text) == expected
    assert slug(slug(text)) == slug(text)


def test_the_project_is_found_from_any_folder_below(project, monkeypatch):
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    below = project / "notebooks" / "djupt"
    below.mkdir(parents=True)
    assert project_folder(below) == project.resolve()
    monkeypatch.chdir(below)
    assert project_folder() == project.resolve()


def test_a_named_project_wins_and_a_wrong_name_is_told(project, tmp_path, monkeypatch):
    monkeypatch.setenv("ISU_PROJECT", str(project))
    assert project_folder(tmp_path) == project
    monkeypatch.setenv("ISU_PROJECT", str(tmp_path / "borta"))
    with pytest.raises(SettingsError, match="ISU_PROJECT"):
        project_folder(project)


def test_outside_every_project_the_installed_one_is_used(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_PROJECT", raising=False)
    assert project_folder(tmp_path) == Path(__file__).resolve().parents[1]


def test_every_unit_file_of_the_repository_is_in_order():
    project = Path(__file__).resolve().parents[1]
    found = unit_files(project)
    assert len(found) >= 5
    for path in found:
        assert load_unit(f"{path.parent.name}/{path.stem}", project).key == f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("measure", ["core_om", "laget"])
def test_a_target_is_a_share_of_people_with_one_answer_each(project, measure):
    rater = "client" if measure == "core_om" else "staff"
    target = f'targets: [{{measure: {measure}, rater: {rater}, share: 0.6, source: "planen"}}]\ncohort:'
    settings = small.FORMS.replace("cohort:", target, 1)
    if measure == "laget":
        assert small.unit(project, settings).targets[0].share == 0.6
    else:
        assert any("ett mål är en andel av personer" in line for line in told(project, settings))
