"""Can the result be trusted: who is missing, on how many each comparison is made, and what the missing could change."""

import re

import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import trust
from isu_analysis.presentation.blocks import Callout, Figure, Heading, Paragraph, Table
from isu_analysis.presentation.reader import Reader

TECHNICAL = re.compile(r"brytpunkt|delta|RCI|\bd_z\b|\bg_|standardavvikelse|smd|reliabel", re.IGNORECASE)


@pytest.fixture
def read(results_of):
    """Give a function from unit, year and mode to a reader of its report."""

    def of(unit, year=2024, mode="internal"):
        results = results_of(f"exempelstad/{unit}", year)
        return Reader(isu.protect(results, decide([results], mode)))

    return of


def of_kind(blocks, kind):
    return [block for block in blocks if isinstance(block, kind)]


def test_the_comparison_says_whom_it_is_made_on(read):
    """42 are lost, but only 22 of them have a start value: heads, rows and basis say 51 and 22, never 42."""
    table = of_kind(trust.blocks(read("unga-vuxna")), Table)[0]
    assert [column.label for column in table.columns][1:4] == ["Mätta, n = 51", "Bortfall, n = 22", "Räknat på"]
    assert {row[3] for row in table.rows} == {"51 och 22"}
    assert "51 som mättes två gånger och 22 som mättes bara vid nybesök" in table.basis


def test_the_lost_are_told_by_occasion(read):
    """22 without an end, 6 without a start and 14 without both are the 42."""
    first = of_kind(trust.blocks(read("unga-vuxna")), Paragraph)[0]
    assert first.text.replace("\u00a0", " ") == (
        "42 av 93 är inte mätta två gånger (45 %). Av dem: 22 saknas vid avslut, 6 saknas vid nybesök, 14 saknas vid båda."
    )


def test_the_figure_stands_alone_and_its_numbers_are_in_the_appendix(read):
    """One figure and no table of the same; the table, with the intervals, is among the details."""
    reader = read("unga-vuxna")
    shown, details = trust.blocks(reader), trust.details(reader)
    (figure,) = of_kind(shown, Figure)
    assert figure.basis == "51 av 93 är mätta vid båda tillfällena. 42 saknas."
    captions = [block.caption for block in of_kind(details, Table)]
    assert captions == [
        "CORE-OM: vilka som följdes upp och vilka som saknas",
        "CORE-OM: skillnader mellan mätta och bortfall",
        "CORE-OM: genomsnittlig förändring med olika antaganden",
    ]
    assert not set(captions) & {block.caption for block in of_kind(shown, Table)}
    for row in of_kind(details, Table)[2].rows:
        assert row[1] in figure.alt and row[2] in figure.alt


def test_the_statuses_add_up_to_everybody(read):
    """51, 22, 6 and 14 are 93."""
    table = of_kind(trust.details(read("unga-vuxna")), Table)[0]
    numbers = [int(row[1]) for row in table.rows]
    assert numbers == [51, 22, 6, 14, 93] and sum(numbers[:-1]) == numbers[-1]


@pytest.mark.parametrize(
    "unit", ["unga-vuxna", "oppenvard-fit", "resurs-barn", "samtalsmottagning", "foraldrastod", "vald-nara"]
)
@pytest.mark.parametrize("mode", ["internal", "public"])
def test_no_technical_word_before_the_appendix(read, unit, mode):
    """Plain words, a verdict last, and a basis under every table and figure."""
    blocks = trust.blocks(read(unit, mode=mode))
    assert not TECHNICAL.search("\n".join(re.sub(r"svg='.*?'", "", str(block)) for block in blocks))
    assert isinstance(blocks[0], Heading) and isinstance(blocks[-1], Callout)
    assert all(block.basis for block in of_kind(blocks, Table) + of_kind(blocks, Figure))


def test_nobody_missing_is_short(read):
    """60 of 60: one sentence and the verdict."""
    blocks = trust.blocks(read("samtalsmottagning"))
    assert [type(block) for block in blocks] == [Heading, Paragraph, Callout]
    assert trust.details(read("samtalsmottagning")) is not None


def test_anonymous_answers_are_not_called_lost(read):
    """Nobody can be seen to fall off, so no number says so."""
    words = "\n".join(str(block) for block in trust.blocks(read("unga-vuxna", 2022)))
    assert "Svaren är anonyma" in words and "saknas vid" not in words
    assert trust.details(read("unga-vuxna", 2022)) == []


def test_the_public_report_keeps_the_comparison_inside(read):
    """Lost against kept, background by background, is only in the internal report, and that is said."""
    reader = read("unga-vuxna", mode="public")
    words = "\n".join(str(block) for block in trust.blocks(reader))
    assert "finns bara i den interna rapporten" in words
    assert not [block for block in of_kind(trust.details(reader), Table) if "skillnader" in block.caption]


def test_reasons_in_the_files_are_counted(read):
    """Two declined and 35 were not asked, of the 37 who are missing."""
    table = of_kind(trust.blocks(read("vald-nara")), Table)[0]
    assert table.rows == (("ville inte", "2"), ("blev inte tillfrågade", "35"))
    assert table.basis == "38 av 75 har en uppgift. 37 saknas."
