"""Who came, why, what they got and how long: every number with its missing, and a reason where there is none."""

import datetime as dt
import re

import pytest
from small_project import SETTINGS, project, raw, row, unit, xlsx

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.intake import intake
from isu_analysis.presentation.sealed import Figure, Table

HEADINGS = [
    "Nr",
    "Start",
    "Slut",
    "Avslut",
    "Ålder",
    "CORE före",
    "CORE efter",
    "Läge",
    "Anteckning",
    "Insats",
    "Orsak",
]
FULL = SETTINGS.replace(
    "    end: Slut\n", "    end: Slut\n    intervention: {column: Insats}\n    reason: {column: Orsak}\n"
)
BARE = SETTINGS.replace(
    '    background:\n      age: {column: Ålder, label: Ålder, type: number, minimum: 18, maximum: 100}\n', ""
).replace("    end: Slut\n", "").replace("rule: ended", "rule: declared")  # fmt: skip


@pytest.fixture
def made(tmp_path):
    """Give a function from rows of changes to a good row to results."""

    def make(rows, settings=FULL):
        place = project(tmp_path)
        declared = unit(place, settings)
        cells = [[*row(f"A{i}", **{name: value for name, value in one.items() if name not in {"insats", "orsak"}}),
                  one.get("insats"), one.get("orsak")] for i, one in enumerate(rows)]  # fmt: skip
        xlsx(raw(place, "ärenden 2024.xlsx"), cells, HEADINGS)
        intake(declared, place)
        return isu.analyse(isu.cohort(declared, 2024, as_of="2024-12-31", project=place))

    return make


def section(results, mode="internal", key="who"):
    return isu.show(isu.protect(results, decide([results], mode)), key)


def tables(shown):
    return {block.caption: block for block in shown.blocks if isinstance(block, Table)}


def rows_of(table):
    return [tuple(cell.replace("\u00a0", " ") for cell in line) for line in table.rows]


def spread(n, **more):
    """People who differ a little from one another, so that nothing is constant."""
    return [{"före": 20 + i % 5, "efter": 20 + i % 5 - (0, 9, -8)[i % 3], "ålder": 20 + i % 40,
             "slut": dt.date(2024, 3, 1) + dt.timedelta(days=i), **more} for i in range(n)]  # fmt: skip


def test_reason_intervention_and_ending_with_their_missing(made):
    """30 people: the most common first, endings from the wanted one, and the unknown a row of its own even at nought."""
    people = spread(18, insats="Samtal", orsak="Oro") + spread(9, insats="Grupp", avslut="Avbrutet") + spread(3)
    found = rows_of(tables(section(made(people)))["Varför de kom, vad de fick och hur det slutade"])
    assert found == [
        ("Orsak: Oro", "18", "60 %"), ("Orsak: uppgift saknas", "12", ""),
        ("Insats: Samtal", "18", "60 %"), ("Insats: Grupp", "9", "30 %"), ("Insats: uppgift saknas", "3", ""),
        ("Avslut: planerat avslut", "21", "70 %"), ("Avslut: avslut i förtid", "9", "30 %"), ("Avslut: uppgift saknas", "0", ""),
    ]  # fmt: skip


def test_every_table_of_numbers_says_what_it_builds_on(made):
    """Each has its basis; figures too."""
    shown = section(made(spread(25, insats="Samtal", orsak="Oro")))
    for block in shown.blocks:
        if isinstance(block, Table | Figure):
            assert re.search(r"\d|varje rad", block.basis), block.caption


def test_coverage_is_one_table_for_all_measures(made):
    """Two measures, one row each: 20 of 25 twice and the reason of most; 25 of 25 once."""
    people = spread(20) + spread(3, före="Nej") + spread(2, före="99")
    found = rows_of(tables(section(made(people)))["Så många följdes upp med varje mått"])
    assert found == [
        ("CORE-OM", "nybesök och avslut", "20 av 25", "80 %", "5", "ville inte (5)"),
        ("Läge", "avslut", "25 av 25", "100 %", "0", "–"),
    ]


def test_the_length_is_told_with_how_many_it_is_known_for(made):
    """51, 52, ... days from 10 January: the middle of 25 is 63, the middle half 57 to 69."""
    found = rows_of(tables(section(made(spread(25))))["Hur länge det varade"])
    assert found == [("Dagar från start till slut", "63", "57 till 69", "25 av 25")]


def test_without_columns_the_section_goes_on(made):
    """No background, reason, intervention or end: one sentence, no empty table, and the flow all the same."""
    shown = section(made(spread(25), BARE))
    assert set(tables(shown)) == {
        "Varför de kom, vad de fick och hur det slutade",
        "Så många följdes upp med varje mått",
    }
    words = "\n".join(block.text for block in shown.blocks if hasattr(block, "text"))
    assert "Hur länge ärendena varade går inte att säga: filerna har inte både start och slut." in words
    assert any(isinstance(block, Figure) for block in shown.blocks)


def test_thirty_interventions_are_twelve_rows(made):
    """The most common are named, the rest summed up in one row: 60 less ten threes and two twos."""
    people = [one for i in range(30) for one in spread(1 + i % 3, insats=f"Insats {i:02}")]
    found = rows_of(tables(section(made(people)))["Varför de kom, vad de fick och hur det slutade"])
    named = [line for line in found if line[0].startswith("Insats: Insats")]
    assert len(named) == 12 and [line[1] for line in named[:10]] == ["3"] * 10
    assert ("Insats: övriga (18 svar tillsammans)", "26", "") in found


@pytest.mark.parametrize("text", ["x" * 200, "lång " * 40, "<b>fet</b> *stjärna* #set", "🙂"])
def test_names_from_files_are_plain_text(made, text):
    """Whatever a file calls an intervention stands as it is, in the table and nowhere else."""
    shown = section(made(spread(15, insats=text) + spread(15, insats="Samtal")))
    found = rows_of(tables(shown)["Varför de kom, vad de fick och hur det slutade"])
    assert f"Insats: {text.strip()}" in [line[0] for line in found]


@pytest.mark.parametrize("mode", ["internal", "public"])
@pytest.mark.parametrize("key", ["who", "trust"])
@pytest.mark.parametrize(
    "people",
    [
        spread(1), spread(6), [{"före": 20, "efter": 20}] * 25, spread(25, före=None, efter=None),
        spread(25, efter=None), spread(25, före=None), spread(20) + spread(5, efter=None), spread(24) + spread(1, efter=None, avslut="Avbrutet"),
    ],
    ids=["one", "six", "constant", "nothing", "no_end", "no_start", "some_lost", "one_lost"],
)  # fmt: skip
def test_no_state_of_the_data_stops_a_section(made, people, mode, key):
    """One person, six, all alike, nothing measured: the section is there or the refusal took its place; never a crash."""
    results = made(people)
    report = isu.protect(results, decide([results], mode))
    shown = isu.show(report, key)
    if shown is None:
        assert isu.show(report, "first_page") is not None
        return
    words = "\n".join(str(block) for block in shown.blocks)
    assert not re.search(r"\bnan\b|None\b(?!\))|\{\w+\}", re.sub(r"svg='.*?'", "", words))


def test_a_public_report_of_six_names_no_small_group(made):
    """Five of one intervention and one of another: the name of the single one is nowhere."""
    shown = section(made(spread(29, insats="Samtal") + spread(1, insats="HEMLIGT-ORD")), "public")
    assert shown is not None
    assert "HEMLIGT-ORD" not in "\n".join(str(block) for block in shown.blocks)


def test_a_declared_number_of_those_meant_stands_beside_the_files(made):
    """The unit says 40, the file holds 25 cases: both are told, the file's are counted, and nothing is written twice."""
    volume = "volumes: [{year: 2024, what: eligible, n: 40, source: verksamhetsplanen}]\n"
    results = made(spread(25), FULL + volume)
    shown = section(results)
    assert rows_of(tables(shown)["Uppgivna antal"]) == [("skulle följas upp", "40", "verksamhetsplanen")]
    assert results.cell("flow/eligible").value == 25
