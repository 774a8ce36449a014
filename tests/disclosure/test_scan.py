"""The last look: finds what must not be there, and never repeats it."""

import pytest

from isu_analysis.disclosure import scan
from isu_analysis.disclosure.scan import Forbidden, phrases

# The tax agency's published test numbers: a person's, and a coordination number.
TEST_NUMBERS = ("19900101-2385", "900101-2385")
COORDINATION = "701063-2391"
PSEUDONYM = "am7gnktugvdwawhztvgl6edj"


def finds(text, forbidden=()):
    found = scan("report.html", text, forbidden)
    assert not any(text.strip() in sentence for sentence in found)
    return found


@pytest.mark.parametrize(
    "leak",
    [
        *TEST_NUMBERS,
        "/home/anna/data",
        "C:\\Users\\Anna",
        "c:\\\\projekt\\\\isu",
        "\\\\server01\\delad$",
        "file:/srv/isu",
        "/mnt/h/isu",
        "anna@exempelstad.se",
    ],
)
def test_finds_what_points_at_a_person_or_a_machine(leak):
    """One sentence, without the find itself."""
    found = scan("report.html", f"<p>text {leak} text</p>")
    assert len(found) == 1
    assert leak not in found[0]


@pytest.mark.parametrize(
    "written",
    [
        "199001012385", "9001012385", "900101 2385", "900101\u20132385", "900101 - 2385", "900101\u00a02385", "900101-\n2385",
        "900101\n-2385", "900101\u00ad-2385", "90\u200b0101-2385", "\uff11\uff19\uff19\uff10\uff10\uff11\uff10\uff11-\uff12\uff13\uff18\uff15",
        COORDINATION, COORDINATION.replace("-", ""), "19900101-TF10", "19900101T123",
    ],
)  # fmt: skip
def test_finds_numbers_of_people_however_they_are_written(written):
    """With or without sign, with the dashes and spaces of word processors, and cut by a line's end."""
    assert finds(f"Ärendet {written}, avslutat.") == ["report.html innehåller ett personnummer."]


@pytest.mark.parametrize(
    "wrong", ["9001012386", "900101 2386", "199013012385", "9001012385345", "x9001012385", "0.9001012385"]
)
def test_figures_without_a_sign_must_be_a_real_number(wrong):
    """Wrong check digit, no such month, or a part of something longer."""
    assert finds(f"summa {wrong} i allt") == []


def test_finds_forbidden_words():
    """A pseudonym anywhere in the text is found."""
    assert scan("x", f"alt={PSEUDONYM}", [PSEUDONYM])


@pytest.mark.parametrize(
    "hidden",
    [
        PSEUDONYM.upper(),
        f"{PSEUDONYM[:9]}\n{PSEUDONYM[9:]}",
        "\u00ad".join(PSEUDONYM),
        f"xx{PSEUDONYM}xx",
        " ".join(PSEUDONYM),
    ],
)
def test_a_pseudonym_is_found_in_pieces_and_inside_other_text(hidden):
    """As a PDF may hold it: in capitals, cut by lines, with soft hyphens."""
    assert finds(f"text {hidden} text", Forbidden({"en pseudonym": [PSEUDONYM]})) == [
        "report.html innehåller en pseudonym."
    ]


def test_words_are_found_whole_and_ordinary_ones_are_let_through():
    """A user called rapport stops no report; a phrase is found across any white space, and no part of a word."""
    sought = Forbidden(words={"en uppgift om datorn": ["anna", "rapport"], "ett råvärde": ["bor hos moster", "Å" * 3]},
                       ordinary=lambda found: found == "rapport")  # fmt: skip
    assert finds("Susanna läser en rapport om en anna-rapport och en kommoster.", sought) == []
    assert finds("av: Anna", sought) == ["report.html innehåller en uppgift om datorn."]
    assert finds("Barnet bor  hos Moster.", sought) == ["report.html innehåller ett råvärde."]


def test_a_long_phrase_is_told_by_its_first_words():
    """Six words tell a sentence from others."""
    sought = Forbidden(words={"ett råvärde": ["har bott hos sin moster sedan i våras då allt hände"]})
    assert finds("Hon har bott hos sin moster sedan länge", sought)
    assert finds("Hon har bott hos sin moster", sought) == []


def test_a_number_that_only_a_key_knows_is_recognised():
    """The report's own phrases are shown to the one who can tell, and to nobody else."""
    asked = []

    def tell(there):
        asked.extend(there)
        return {"rb24-001"} & set(there)

    assert finds("Ärende RB24-001 avslutades.", Forbidden(recognised={"ett ärendenummer": tell}))
    assert finds("Ärende RB24-002 avslutades.", Forbidden(recognised={"ett ärendenummer": tell})) == []
    assert {"rb24-001", "ärende rb24-001 avslutades", "ärende"} <= set(asked)


def test_phrases_do_not_cross_lines_and_have_at_most_six_words():
    """A table's cells are lines of their own."""
    assert phrases("Ett två\ntre") == {"ett", "två", "ett två", "tre"}
    assert max(len(phrase.split()) for phrase in phrases("a b c d e f g h")) == 6


@pytest.mark.parametrize(
    "harmless",
    [
        "20:447–455", "2023-12-31", "−14,8 till −9,0", "100/97/73/58/52", "1 234 567", "s11136-013-0443-4",
        "https://www.exempel.se/home/start", "ISBN 9789147000000", "12 345 678 9012",
    ],
)  # fmt: skip
def test_leaves_ordinary_figures_alone(harmless):
    """References, dates and results are not person numbers."""
    assert scan("report.html", harmless) == []
