"""Results by intervention as they are read: never as an effect, never twice, and with a reason where they are not there."""

import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import by_intervention
from isu_analysis.presentation.appendix import groups
from isu_analysis.presentation.blocks import Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader


@pytest.fixture
def read(results_of):
    """Give a function from unit, year and mode to a reader of its report."""

    def of(unit, year=2024, mode="internal"):
        results = results_of(f"exempelstad/{unit}", year)
        return Reader(isu.protect(results, decide([results], mode)))

    return of


def cells(table):
    return [tuple(cell.replace("\u00a0", " ") for cell in row) for row in table.rows]


def test_better_and_worse_stand_beside_the_mean(read):
    """All three interventions, the most given first, with those measured of those who came."""
    title, table, caution = by_intervention.blocks(read("unga-vuxna"))
    assert isinstance(title, Heading)
    assert [column.label for column in table.columns] == [
        "Insats", "Mätta, av dem som kom", "Förändring, poäng (95 % intervall)", "Säkert bättre", "Säkert sämre",
    ]  # fmt: skip
    assert [(row[0], row[1], row[3], row[4]) for row in cells(table)] == [
        ("Samtalsstöd", "30 av 50", "20 av 30", "1 av 30"),
        ("Arbetsinriktat stöd", "11 av 27", "6 av 11", "1 av 11"),
        ("Gruppstöd", "10 av 16", "5 av 10", "0 av 10"),
    ]
    assert table.basis == "51 av 93 är mätta vid båda tillfällena. 42 saknas."
    assert "är ingen effekt av dem" in caution.text and "Var och en räknas en gång" in caution.text


def test_the_last_of_several_cases_is_said(read):
    """1 300 moves of 1 100 people: nobody is counted twice, and how is told."""
    *_, caution = by_intervention.blocks(read("boende-hemloshet"))
    assert "Den som har haft flera ärenden räknas med det senaste." in caution.text


def test_small_interventions_are_left_out_and_counted(read):
    """Fewer than ten with a result are no row; six have no known intervention."""
    _, table, _ = by_intervention.blocks(read("vald-nara"))
    assert [row[0] for row in table.rows] == ["Stödsamtal", "Skyddat boende"]
    assert "Insatser med färre än 10 i resultatet, eller vars resultat är dolt, visas inte." in table.note
    assert "För 6 är insatsen okänd." in table.note


def test_few_people_in_public_get_a_reason_and_no_table(read):
    """The means of 10 and 11 people beside those of women and men would narrow each other."""
    blocks = by_intervention.blocks(read("unga-vuxna", mode="public"))
    assert [type(block) for block in blocks] == [Heading, Paragraph]
    assert "finns bara i den interna rapporten" in blocks[1].text


def test_too_few_of_each_is_a_sentence(read):
    """2023: only one intervention has ten with a result."""
    blocks = by_intervention.blocks(read("vald-nara", 2023))
    assert [type(block) for block in blocks] == [Heading, Paragraph]
    assert blocks[1].text.endswith("Det kräver minst 2 insatser med minst 10 i resultatet var.")


@pytest.mark.parametrize("unit", ["samtalsmottagning", "foraldrastod", "oppenvard-fit"])
def test_units_without_interventions_say_nothing(read, unit):
    """Nothing to divide by, nothing to explain."""
    assert by_intervention.blocks(read(unit)) == []


@pytest.mark.parametrize("unit", ["resurs-barn", "resurs-centrum", "resurs-unga", "oppenvard-loke"])
def test_a_declared_breakdown_is_shown_once(read, unit):
    """Declared as a subgroup: in its own table, and not among the other groups."""
    reader = read(unit)
    main = reader.report.main
    assert any(isinstance(block, Table) for block in by_intervention.blocks(reader))
    others = [block.caption for block in groups.of_levels(reader, main) if isinstance(block, Table)]
    declared = next(group.label for group in reader.report.context.unit.subgroups if group.by == "intervention")
    assert not [caption for caption in others if caption.endswith(declared.lower())]
    assert len(others) == len([group for group in reader.report.context.unit.subgroups if group.by != "intervention"])
