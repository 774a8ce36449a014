"""A unit file that reads the raw files in another way than they were read makes no report until they are read again."""

import pytest
import small_project as small

from isu_analysis.cohorts import cohort
from isu_analysis.errors import DataError
from isu_analysis.intake import intake, rules_of


@pytest.fixture
def project(tmp_path):
    folder = small.project(tmp_path)
    small.xlsx(small.raw(folder, "ärenden 2024.xlsx"), [small.row("A1"), small.row("A2", avslut="Avbrutet")])
    intake(small.unit(folder), folder)
    return folder


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Avbrutet: unplanned", "Avbrutet: planned"),
        ("values: {Dåligt: dalig, Bra: bra}", "values: {Dåligt: bra, Bra: dalig}"),
        ("maximum: 100", "maximum: 90"),
        ("rule: ended", "rule: started"),
        ("order: 0}", "order: 0}\n      - {code: okant, label: Okänt}"),
    ],
)
def test_another_reading_asks_for_the_files_to_be_read_again(project, old, new):
    assert old in small.SETTINGS
    unit = small.unit(project, small.SETTINGS.replace(old, new))
    with pytest.raises(DataError, match=r"läses än när de lästes in\. Kör «isu intake a-kommun/oppenvard»"):
        cohort(unit, 2024, project=project)
    intake(unit, project)
    assert cohort(unit, 2024, project=project).eligible == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('purpose: "Att pröva."', 'purpose: "Att pröva igen."'),
        ("label: Ålder", "label: Levnadsår"),
        ('label: "nybesök"', 'label: "start"'),
        ("outside: [never_started]", "outside: [never_started, transferred]"),
    ],
)
def test_other_words_and_another_choice_of_people_need_no_new_reading(project, old, new):
    assert old in small.SETTINGS
    assert cohort(small.unit(project, small.SETTINGS.replace(old, new)), 2024, project=project).eligible == 2


def test_who_is_left_out_matters_to_how_protected_identities_are_kept(project):
    """Their ending is blotted out at reading in, unless it leaves them out: another choice needs another reading."""
    protected = small.SETTINGS.replace(
        "    end: Slut\n", "    end: Slut\n    protected: {column: Skydd, values: {Ja: protected}}\n"
    )
    more = protected.replace("outside: [never_started]", "outside: [never_started, transferred]")
    assert rules_of(small.unit(project, more)) != rules_of(small.unit(project, protected))


def test_the_rules_do_not_depend_on_the_order_of_the_file(project):
    lines = small.SETTINGS.replace("retention_years: 5\n", "") + "retention_years: 5\n"
    assert rules_of(small.unit(project, lines)) == rules_of(small.unit(project))
