import datetime as dt

import pytest

from isu_analysis.intake import cells
from isu_analysis.intake.answers import Texts
from isu_analysis.intake.cells import CellProblem
from isu_analysis.measures import Level, Measure, measure

MARK = "987654-HEMLIGT"


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        (12, ",", 12.0),
        (12.5, ",", 12.5),
        ("12,5", ",", 12.5),
        ("12.5", ".", 12.5),
        ("1 234,5", ",", 1234.5),
        ("12 345 678", ",", 12345678.0),
        ("\u22125,5", ",", -5.5),
        ("-5", ",", -5.0),
        ("+5", ",", 5.0),
        ("007", ",", 7.0),
    ],
)
def test_numbers_are_read_with_the_declared_sign(cell, decimal, value):
    assert cells.number(cell, decimal) == value


@pytest.mark.parametrize(
    "cell",
    ["12.5", "1 2", "3 4", "1 2345", "12 5,0", "1e5", "0x1F", "1_000", "5 år", "nan", "inf", "٣", ",5", "5,", "--5", "",
     True, dt.date(2024, 1, 1), dt.time(22, 30), dt.timedelta(1), float("nan"), float("inf"), 10**400, 10**20],
)  # fmt: skip
def test_what_is_no_number_is_never_made_one(cell):
    with pytest.raises(CellProblem) as error:
        cells.number(cell, ",")
    assert str(cell) not in error.value.what + error.value.allowed or str(cell) == ""


def test_scores_are_held_against_the_scale():
    core, kasam = measure("core_om"), measure("kasam13")
    assert [cells.score(value, core, ",") for value in (0, 40, "12,6")] == [0, 40, 12.6]
    for value in (-0.1, 40.1, 400):
        with pytest.raises(CellProblem, match="utanför skalan för CORE-OM") as error:
            cells.score(value, core, ",")
        assert error.value.allowed == "0–40"
    assert cells.score(13, kasam, ",") == 13
    with pytest.raises(CellProblem, match="hela poäng"):
        cells.score(13.5, kasam, ",")


@pytest.mark.parametrize(
    ("cell", "pattern"),
    [
        (dt.datetime(2024, 2, 29, 22, 30), "%Y-%m-%d"),
        (dt.date(2024, 2, 29), "%Y-%m-%d"),
        ("2024-02-29", "%Y-%m-%d"),
        ("29/02/2024", "%d/%m/%Y"),
        ("240229", "%y%m%d"),
    ],
)
def test_dates_in_the_declared_form(cell, pattern):
    assert cells.date(cell, pattern) == dt.date(2024, 2, 29)


@pytest.mark.parametrize("cell", ["01-02-2024", "29/2 2024", "2024-13-01", "2023-02-29", "maj", 45322, 45322.0, True])
def test_no_other_form_is_guessed(cell):
    with pytest.raises(CellProblem) as error:
        cells.date(cell, "%Y-%m-%d")
    assert error.value.allowed == "ett datum på formen ÅÅÅÅ-MM-DD"
    assert str(cell) not in error.value.what


@pytest.mark.parametrize("cell", ["0024-05-01", dt.date(1899, 12, 31), "2204-05-01"])
def test_a_slip_in_the_year_is_told(cell):
    with pytest.raises(CellProblem, match="orimligt årtal") as error:
        cells.date(cell, "%Y-%m-%d")
    assert error.value.allowed == "ett datum från 1900 till 2100"


def test_whole_numbers_and_texts_are_the_same_case():
    assert cells.as_text(17) == cells.as_text(17.0) == cells.as_text(" 17 ") == "17"
    assert cells.as_text(17.5) == "17.5"
    assert cells.as_text("0123") == "0123"  # not the case 123


def test_answers_by_the_declared_words_only():
    texts = Texts({"Ja": "ja", "1": "ett"}, {"99": "declined", "Vet ej": "unknown"})
    assert texts.answer("Ja") == "ja"
    assert texts.answer(1.0) == "ett"
    assert (texts.reason(99), texts.reason("Vet ej"), texts.reason(None), texts.reason("Ja")) == (
        "declined",
        "unknown",
        "unknown",
        None,
    )
    for cell in ("ja", "JA", MARK, 2):
        with pytest.raises(CellProblem, match="finns inte i enhetsfilens lista") as error:
            texts.answer(cell)
        assert error.value.allowed == "«Ja», «1»"


def test_without_a_list_the_text_itself_is_held_against_the_measure():
    state = Measure(
        id="x",
        name="X",
        name_sv="X",
        kind="state",
        levels=(Level(code="bra", label="Bra"), Level(code="-2", label="Två ner")),
    )
    assert cells.level(Texts({}, {}).answer("bra"), state) == "bra"
    assert cells.level(-2.0, state) == "-2"
    assert Texts({}, {}).answer("vad som helst") == "vad som helst"
    with pytest.raises(CellProblem, match="hör inte till måttet"):
        cells.level(MARK, state)


def test_a_long_list_of_words_is_cut():
    with pytest.raises(CellProblem) as error:
        Texts({str(number): "x" for number in range(20)}, {}).answer(MARK)
    assert error.value.allowed.endswith("«11» …")


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0, 40, "0–40"), (18, float("inf"), "minst 18"), (float("-inf"), 0, "högst 0")]
)
def test_spans_in_words(low, high, words):
    assert cells.span(low, high) == words


@pytest.mark.parametrize("read", [
    lambda: cells.number(MARK, ","), lambda: cells.date(MARK, "%Y-%m-%d"),
    lambda: Texts({"Ja": "ja"}, {}).answer(MARK), lambda: cells.score(987654, measure("core_om"), ","),
])  # fmt: skip
def test_no_problem_with_a_cell_holds_the_cell(read):
    with pytest.raises(CellProblem) as error:
        read()
    assert "987654" not in f"{error.value.what}{error.value.allowed}{error.value!r}{error.value.args}"
