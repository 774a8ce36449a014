"""What the results and the appendix say of units that are small, constant, incomplete or hidden: a sentence, no crash."""

import pytest
import small_project as small
from words import text_of

import isu_analysis as isu
from isu_analysis.analysis.results import ELIGIBLE
from isu_analysis.disclosure import decide
from isu_analysis.intake import intake
from isu_analysis.presentation import appendix, bars, outcomes
from isu_analysis.presentation.blocks import Figure, Heading, Paragraph, Table
from isu_analysis.presentation.outcomes import overview
from isu_analysis.presentation.reader import Reader

LIMITS = "limits: {pairs: 5, coverage: 0.1}\n"
NO_LIMIT = (
    (small.AS_CSV + LIMITS)
    .replace("measures: [core_om, laget]", "measures: [kasam13, laget]")
    .replace("{measure: core_om, rater: client, start: start", "{measure: kasam13, rater: client, start: start")
    .replace("measure: core_om,", "measure: kasam13,")
)
STATES = (small.AS_CSV + LIMITS).replace(
    "      - {column: Läge, measure",
    "      - {column: Anteckning, measure: laget, rater: staff, occasion: start, values: {Dåligt: dalig, Bra: bra}}\n"
    "      - {column: Läge, measure",
)


@pytest.fixture
def read_of(tmp_path):
    """Give a function from rows to a reader of the report about them."""
    place = small.project(tmp_path)

    def read(rows, mode="internal", settings=small.AS_CSV + LIMITS):
        unit = small.unit(place, settings)
        small.text(small.raw(place, "ärenden 2024.csv"), [small.row(f"A{i}", **row) for i, row in enumerate(rows)])
        intake(unit, place)
        results = isu.analyse(isu.cohort(unit, 2024, as_of="2024-12-31", project=place))
        return Reader(isu.protect(results, decide([results], mode)))

    return read


def of_main(read):
    """The blocks of the primary outcome."""
    return outcomes.of_measure(read, (read.report.main,), set())


def told(blocks):
    """Running text of some blocks, with plain spaces."""
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph)).replace("\u00a0", " ")


MIXED = [{"före": 20, "efter": 10}] * 9 + [{"före": 20, "efter": 20}] * 6 + [{"före": 20, "efter": 30}] * 5 + [{"före": 20, "efter": None}] * 10  # fmt: skip


def test_change_says_how_much_for_whom_and_who_is_missing(read_of):
    """Nine 10 points better, six the same, five 10 worse: the mean fell (90 - 50) / 20 = 2.0; ten of 30 are missing."""
    made = of_main(read_of(MIXED))
    text = told(made)
    assert "Bland de 20 som mättes två gånger sjönk genomsnittet med 2,0 poäng, från 20,0 till 18,0 på CORE-OM" in text
    assert "9 blev säkert bättre, 6 fick ingen säker förändring och 5 blev säkert sämre, av 20 mätta." in text
    assert "10 av 30 saknas (33 %). Hur det gick för dem vet vi inte." in text
    bar = next(block for block in made if isinstance(block, Figure))
    assert bar.alt.replace("\u00a0", " ") == "Av alla 30: säkert bättre 9 (30 %), ingen säker förändring 6 (20 %), säkert sämre 5 (17 %), saknas 10 (33 %)."  # fmt: skip
    assert "20 av 30" in bar.basis and "10 saknas" in bar.basis


def test_the_change_plot_tells_the_counts(read_of):
    """20 lies in the sixth square; 10 in the third, 30 in the eighth. Internal, and gone from the public report of so few."""
    picture = of_main(read_of(MIXED))[-1]
    assert picture.alt == ("9 slutade i en bättre ruta än de började i, 6 i samma och 5 i en sämre. Flest, 9, började på 20–24 "
                           "och slutade på 8–12 poäng.")  # fmt: skip
    assert "Varje ruta är 4 poäng bred" in picture.caption
    fewer = MIXED[:9] + MIXED[9:15] + MIXED[15:18] + MIXED[20:]
    assert not any("Varje ruta" in block.caption for block in of_main(read_of(fewer, "public")) if isinstance(block, Figure))  # fmt: skip


def test_without_a_limit_nobody_is_called_better_but_every_way_is_told(read_of):
    """KASAM rises with better: 9 fell, 6 stood still, 5 rose. A limit is nowhere to be found."""
    rows = [{**row, "före": 60, "efter": row["efter"] and 40 + row["efter"]} for row in MIXED]
    text = told(of_main(read_of(rows, settings=NO_LIMIT)))
    assert "Poängen gick åt det bättre för 5, var densamma för 6 och gick åt det sämre för 9." in text
    assert "Ingen enskild kallas bättre eller sämre på KASAM-13" in text
    assert "säkert bättre" not in text


def test_at_a_glance_every_way_has_its_part(read_of):
    """Of 30 on KASAM 5 rose, 6 stood still and 9 fell, and 10 are unknown: nothing of it is an anonymous grey."""
    rows = [{**row, "före": 60, "efter": row["efter"] and 40 + row["efter"]} for row in MIXED]
    read = read_of(rows, settings=NO_LIMIT)
    made = overview.row(read, read.report.main, "KASAM-13")
    assert [(part.label, part.text, part.tone) for part in made.parts] == [
        ("mått utan gräns: åt det bättre", "5", "good"), ("mått utan gräns: samma poäng", "6", "same"),
        ("mått utan gräns: åt det sämre", "9", "worse"), ("vet inte", "10", "unknown"),
    ]  # fmt: skip


def test_a_bar_of_nobody_is_left_out(read_of):
    """Where none is measured twice there is one bar of all, and no empty one of none."""
    read = read_of([{"efter": None}] * 30)
    key = read.report.main.key
    (bar,) = bars.measured_bars(read, f"{key}/paired", f"{key}/lost", ELIGIBLE)
    assert [part.n for part in bar.parts] == [0, 30]


def test_nobody_worse_is_said(read_of):
    """Nought is a word, and the worse are named even where there are none."""
    text = told(of_main(read_of([{"före": 20 + i % 3, "efter": 8 + i % 2} for i in range(12)])))
    assert "12 blev säkert bättre, 0 fick ingen säker förändring och ingen blev säkert sämre" in text
    assert "Ingen av 12 saknas." in text


@pytest.mark.parametrize("mode", ["internal", "public"])
@pytest.mark.parametrize(("name", "rows"), [
    ("one person", [{}]),
    ("all missing", [{"före": None, "efter": None, "läge": None}] * 30),
    ("no end", [{"efter": None}] * 30),
    ("constant", [{"före": 20, "efter": 20}] * 30),
    ("hidden", [{"före": 20, "efter": 10}] * 28 + [{"före": 20, "efter": 30}] * 2),
    ("two of many", [{"före": 20, "efter": 10}] * 2 + [{"före": None, "efter": None}] * 40),
])  # fmt: skip
@pytest.mark.parametrize("settings", [small.AS_CSV + LIMITS, NO_LIMIT, STATES], ids=["limit", "no limit", "states"])
def test_bad_input_becomes_a_sentence(read_of, mode, name, rows, settings):
    """Results, appendix and the whole report are made; every heading has something under it, and no code shows."""
    if settings is NO_LIMIT:
        rows = [{**row, "före": row.get("före", 20) and 60, "efter": row.get("efter", 11) and 50 + row.get("efter", 11)} for row in rows]  # fmt: skip
    read = read_of([{"anteckning": "Dåligt", **row} for row in rows], mode, settings)
    text_of(read.report)
    if read.report.withheld:
        return
    for made in (outcomes.blocks(read), appendix.blocks(read)):
        for before, after in zip(made, [*made[1:], None], strict=True):
            if isinstance(before, Heading) and before.level == 3:
                assert after is not None and not isinstance(after, Heading), before.text
    said = told(outcomes.blocks(read))
    assert "nan" not in said and "None" not in said


def test_states_are_told_from_start_to_end_with_those_known_once(read_of):
    """8 bad to good, 6 bad to bad, 5 good to bad; 7 bad with an unknown end, 6 good with an unknown end."""
    rows = ([{"anteckning": "Dåligt", "läge": "Bra"}] * 8 + [{"anteckning": "Dåligt", "läge": "Dåligt"}] * 6
            + [{"anteckning": "Bra", "läge": "Dåligt"}] * 5 + [{"anteckning": "Dåligt", "läge": None}] * 7
            + [{"anteckning": "Bra", "läge": None}] * 6)  # fmt: skip
    read = read_of(rows, settings=STATES)
    outcome = next(outcome for outcome in read.report.context.outcomes if outcome.design == "transition")
    made = outcomes.of_measure(read, (outcome,), set())
    assert "8 kom närmare det önskade, 6 var lika nära och 5 kom längre från det, av 19" in told(made)
    assert "13 av 32 saknas (41 %)" in told(made)
    table = next(block for block in made if isinstance(block, Figure))
    assert table.alt == "Från Dåligt: till Dåligt 6, Bra 8, inte känt 7. Från Bra: till Dåligt 5, inte känt 6."


def test_states_of_which_a_number_is_hidden_are_a_table_in_the_appendix(read_of):
    """Two who went from good to bad are few: no drawing in the public report, and a table that hides them as any other."""
    rows = [{"anteckning": "Dåligt", "läge": "Bra"}] * 20 + [{"anteckning": "Dåligt", "läge": "Dåligt"}] * 10 + [{"anteckning": "Bra", "läge": "Dåligt"}] * 2  # fmt: skip
    read = read_of(rows, "public", STATES)
    outcome = next(outcome for outcome in read.report.context.outcomes if outcome.design == "transition")
    assert not any("Från" in block.alt for block in outcomes.of_measure(read, (outcome,), set()) if isinstance(block, Figure))  # fmt: skip
    table = next(block for block in appendix.blocks(read) if isinstance(block, Table) and "från start till slut" in block.caption)  # fmt: skip
    cells = {cell for row in table.rows for cell in row}
    assert ".." in cells and not {"2", "färre än 5"} & cells


def test_a_caution_is_said_once_and_in_full_in_the_appendix(results_of):
    """One short sentence beside the result, every caution of the card behind it."""
    results = results_of("exempelstad/unga-vuxna", 2024)
    read = Reader(isu.protect(results, isu.Release.internal()))
    said = told(outcomes.blocks(read))
    assert said.count("KASAM är gjort för forskning") == 1
    assert "KASAM-13 och KASAM-29 kan inte jämföras" not in said
    assert "KASAM-13 och KASAM-29 kan inte jämföras" in text_of(read.report)
