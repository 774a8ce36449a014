"""Page one: three sentences, one figure, how sure; better, unchanged and worse in plain view whatever the design."""

import re

import pytest
import small_project as small
import wording_matrix as matrix

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation.sealed import Bullets, Callout, Figure, Heading, KeyFigures, TwoColumns

B, S, W, U = matrix.BETTER, matrix.SAME, matrix.WORSE, matrix.UNKNOWN
COURSES = {
    "all_better": [B] * 24,
    "some_worse": [B] * 14 + [S] * 4 + [W] * 6 + [U] * 6,
    "none_between": [B] * 14 + [W] * 7 + [U] * 9,
    "few_worse": [B] * 30 + [S] * 10 + [W] * 2 + [U] * 8,
    "one_of_each": [B] * 28 + [S, W] + [U],
}
NO_CAUSE = "Siffrorna visar en förändring, inte dess orsak: ingen jämförelsegrupp finns."
# What the three sentences are, by kind of outcome and state; those of the states above counted by hand.
PINNED = {
    ("continuous_prepost", "all_better"): [
        "Alla 24 blev säkert bättre: ingen är oförändrad och ingen blev sämre.",
        "Alla 24 är mätta två gånger, men hur det gick sedan säger siffrorna inte.",
        NO_CAUSE,
    ],
    ("continuous_prepost", "some_worse"): [
        "Av alla 30 blev 14 säkert bättre, 4 fick ingen säker förändring, 6 blev säkert sämre och 6 är inte mätta två gånger.",
        "För 6 av 30 saknas mätning: mellan 47 % och 67 % av alla 30 kan ha blivit säkert bättre, och mellan 20 % och 40 % säkert sämre.",
        NO_CAUSE,
    ],
    ("continuous_prepost", "none_between"): [
        "Av alla 30 blev 14 säkert bättre, 0 fick ingen säker förändring, 7 blev säkert sämre och 9 är inte mätta två gånger.",
        "För 9 av 30 saknas mätning: mellan 47 % och 77 % av alla 30 kan ha blivit säkert bättre, och mellan 23 % och 53 % säkert sämre.",
        NO_CAUSE,
    ],
    ("continuous_prepost", "one_of_each"): [
        "Av alla 31 blev 28 säkert bättre, 1 fick ingen säker förändring, 1 blev säkert sämre och 1 är inte mätta två gånger.",
        "För 1 av 31 saknas mätning: mellan 90 % och 94 % av alla 31 kan ha blivit säkert bättre, och mellan 3 % och 6 % säkert sämre.",
        NO_CAUSE,
    ],
    ("ordinal_staff", "all_better"): [
        "Av alla 24 bedömdes alla som «Bättre» eller «Mycket bättre», ingen som «Sämre» och ingen som «Mycket sämre».",
        "Bland svaren finns inget för oförändrat: den som är oförändrad hamnar bland de andra, eller saknar svar.",
        "Förändringen är bedömd vid avslutet (personalens bedömning), inte uppmätt: ingen mätning finns före.",
    ],
    ("post_likert", "some_worse"): [
        "Av alla 30 svarade 14 «Bättre» (47 %), 4 «Som förut» (13 %) och 6 «Sämre» (20 %); för 6 saknas uppgift.",
        "För 6 av 30 saknas svar, så de goda svaren kan vara mellan 47 % och 67 % av alla 30.",
        "Svaren gäller upplevd förändring efteråt: utan mätning före finns ingen uppmätt förändring.",
    ],
    ("binary_target", "one_of_each"): [
        "Av alla 31 fick 28 «Förbättring» (90 %) och 2 «Ingen förbättring» (6 %); för 1 saknas uppgift.",
        "För 1 av 31 är utfallet okänt, så de goda utfallen kan vara mellan 90 % och 94 % av alla 31.",
        "Utfallet är personalens bedömning vid avslutet: utan mätning före kan ingen förändring beräknas.",
    ],
    ("categorical_closing", "all_better"): [
        "Av alla 24 fick alla «Målet är nått» eller «Läget är bibehållet» och ingen något annat.",
        "Bland utfallen finns inget för oförändrat eller sämre: dåliga resultat kan inte synas.",
        "Utfallet är personalens bedömning vid avslutet: utan mätning före kan ingen förändring beräknas.",
    ],
    ("state_transition", "some_worse"): [
        "Av alla 30 kom 14 närmare det önskade, 4 var lika nära och 6 kom längre från det.",
        "För 6 av 30 saknas läget före eller efter, och åt vilket håll det gick för dem vet ingen.",
        NO_CAUSE,
    ],
    ("need_counts", "some_worse"): [
        "Av 24 behov som inte var tillgodosedda vid start blev 14 tillgodosedda, 10 är kvar, och 6 nya har kommit.",
        "För 6 av 30 saknas någon bedömning, och hur det gick för dem vet ingen.",
        "Färre behov är inte alltid målet: ett behov som är tillgodosett med hjälp är fortfarande ett behov.",
    ],
}  # fmt: skip


@pytest.fixture
def page(tmp_path_factory, monkeypatch):
    """Give a function from a kind of outcome, and a state, to the blocks of its first page."""

    def make(kind, state, mode="internal"):
        for name, courses in COURSES.items():
            monkeypatch.setitem(matrix.COURSES, name, courses)
        return isu.show(
            matrix.report(small.project(tmp_path_factory.mktemp(kind)), kind, state, mode), "first_page"
        ).blocks

    return make


@pytest.fixture
def demo_page(results_of):
    """Give a function from a demonstration unit, and a year, to the blocks of its first page."""

    def make(unit, year, mode="internal"):
        results = results_of(f"exempelstad/{unit}", year)
        return isu.show(isu.protect(results, decide([results], mode)), "first_page").blocks

    return make


def of_kind(blocks, kind):
    return [block for block in blocks if isinstance(block, kind)]


def three(blocks):
    """The points under the heading of the most important."""
    place = next(i for i, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "Det viktigaste")
    return [item.replace("\u00a0", " ") for item in blocks[place + 1].items]


def texts(blocks):
    """Each text of its own, so that a share and its numbers must stand together."""
    for block in of_kind(blocks, Bullets):
        yield from block.items
    for block in of_kind(blocks, KeyFigures):
        yield from (item.note for item in block.items)
    for block in of_kind(blocks, Figure):
        yield from (block.note, block.basis)


@pytest.mark.parametrize(("kind", "state"), PINNED)
def test_the_three_sentences(page, kind, state):
    assert three(page(kind, state)) == PINNED[kind, state]


@pytest.mark.parametrize("state", ["all_better", "some_worse", "one_of_each", "unpaired", "refused", "too_few"])
@pytest.mark.parametrize("kind", sorted(matrix.TYPES))
def test_every_page_has_three_sentences_and_at_most_one_figure(page, kind, state):
    blocks = page(kind, state)
    assert len(three(blocks)) == 3
    assert len(of_kind(blocks, Figure)) <= 1 and len(of_kind(blocks, Callout)) >= 1
    assert not of_kind(blocks, TwoColumns)
    said = " ".join(texts(blocks)).replace("\u00a0", " ")
    assert not re.search(r"\b1 (personer|ärenden)\b|[Ii]ngen av 0\b|\bav alla 0\b|\bnan\b|None|\.\.", said)


@pytest.mark.parametrize("mode", ["internal", "public"])
@pytest.mark.parametrize("kind", sorted(matrix.TYPES))
def test_no_share_stands_without_its_numbers(page, kind, mode):
    """Whatever has a per cent sign says of how many, in the same sentence; the limit for a result is no share of people."""
    for text in texts(page(kind, "some_worse", mode)):
        for sentence in re.split(r"(?<=[.:]) ", text):
            if "%" in sentence:
                assert re.search(r"\b(av|bland|på|hos) (alla |de )?\d", sentence) or "(" in sentence, sentence


def test_a_hidden_deterioration_is_said(page):
    """Two got worse: a public page says that they are fewer than five, and an internal one that they are two."""
    assert "2 blev säkert sämre" in three(page("continuous_prepost", "few_worse"))[0]
    assert "färre än 5 blev säkert sämre" in three(page("continuous_prepost", "few_worse", "public"))[0]


def test_what_is_kept_is_good_where_the_unit_says_so(page):
    (figure,) = of_kind(page("categorical_closing", "all_better"), Figure)
    assert figure.note == "«Läget är bibehållet» är ett gott resultat här: det har enheten bestämt."


def test_the_same_result_is_drawn_twice_only_where_somebody_is_missing(page):
    """Two bars with two denominators, and how it is often told; one bar where both are the same."""
    (both,) = of_kind(page("continuous_prepost", "some_worse"), Figure)
    assert "Så brukar det redovisas: av 24" in both.alt and "Så mycket vet vi: av alla 30" in both.alt
    often = "Så här låter det ofta: «58 % blev bättre», räknat bara på de 24 som mättes, inte på alla 30."
    assert both.note.replace("\u00a0", " ") == often
    (one,) = of_kind(page("continuous_prepost", "all_better"), Figure)
    assert "Så brukar det redovisas" not in one.alt and one.note == ""


def test_nobody_can_be_called_worse_without_a_limit(demo_page):
    """Where the measure has none the page says so; the two means of the demonstration's truth are there."""
    known, unknown, _ = three(demo_page("samtalsmottagning", 2024))
    assert re.match(
        r"Bland de 60 som mättes två gånger sjönk genomsnittet på Lidande från \d+,\d till \d+,\d poäng, och lägre är bättre",
        known,
    )
    assert unknown == "Hur många som blev sämre går inte att säga: Lidande har ingen gräns för säker förändring."


def test_a_target_is_the_verdict(demo_page):
    """22 of 30 live at home, 6 are missing, 4 of them placed, and the unit wants 90 per cent: at most 24 of 30 do."""
    callout = of_kind(demo_page("familjeteam", 2024), Callout)[0]
    assert callout.title == "Målet är inte nått"
    assert "22 av 24" in callout.text and "av alla 30" in callout.text


def test_both_losses_of_a_course(demo_page):
    """Of 246 who began and of 201 who completed, 142 answered."""
    (row,) = of_kind(demo_page("foraldrastod", 2024), KeyFigures)
    assert [(item.value, item.note.replace("\u00a0", " ")) for item in row.items[1:]] == [
        ("201", "81,7 % av 246 som började"),
        ("142", "57,7 % av alla 246"),
        ("104", "42,3 % av alla 246, 29,4 % av 201 som fullföljde"),
    ]


def test_a_refusal_says_what_is_known_and_what_is_needed(demo_page):
    blocks = demo_page("behandling-vuxna", 2024)
    assert of_kind(blocks, Callout)[0].title == "Underlaget räcker inte för ett samlat resultat"
    assert three(blocks)[:2] == [
        "104 av 712 är uppföljda (14,6 %).",
        "Hur det gick för de övriga (608 av 712) vet ingen.",
    ]
    assert "Med 712 om året betyder det minst 214, alltså 110 till." in blocks[-1].items


def test_an_anonymous_year_is_two_pictures(demo_page):
    blocks = demo_page("unga-vuxna", 2022)
    known, unknown, not_meant = three(blocks)
    assert re.match(
        r"Medelvärdet på CORE-OM var \d+,\d bland 70 svar vid nybesök och \d+,\d bland 55 svar vid avslut, av alla 88",
        known,
    )
    assert unknown == "Hur många som finns i båda, och hur någon av dem förändrades, vet ingen."
    assert not_meant.startswith("Skillnaden är inte en förändring hos någon")
