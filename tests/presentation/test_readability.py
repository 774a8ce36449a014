"""Page one and the reflection page can be read by anybody: LIX under 45."""

import pytest
import readability
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import SECTIONS
from isu_analysis.presentation.sealed import to_json

MOST, FEWEST_WORDS = 45, 60
READ_BY_ALL = [key for key in ("first_page", "reflection") if key in SECTIONS]


def test_lix_is_as_counted_by_hand():
    """Nine words in three sentences, three of them with more than six letters: 9/3 + 100 x 3/9."""
    text = "Alla 1\u00a0100 kom. Av dem svarade ungefär hälften: 50,2 %."
    assert readability.words(text) == ["Alla", "1100", "kom", "Av", "dem", "svarade", "ungefär", "hälften", "50,2"]
    assert readability.lix([text]) == pytest.approx(9 / 3 + 100 * 3 / 9)
    assert readability.lix(["Hunden heter Karo", "Katten är borta."]) == pytest.approx(6 / 2)


def test_what_is_running_text():
    """Key figures, tables and figures are not read from left to right."""
    blocks = [
        {"kind": "Heading", "text": "Rubrik"},
        {"kind": "Paragraph", "text": "Stycke."},
        {"kind": "Bullets", "items": ["Ett.", "Två."]},
        {"kind": "Callout", "title": "Titel", "text": "Text."},
        {"kind": "KeyFigures", "items": [{"value": "9", "label": "kom", "note": "av 10"}]},
        {"kind": "Figure", "caption": "Bild", "alt": "Alt", "note": "Not"},
    ]
    assert list(readability.running(blocks)) == ["Stycke.", "Ett.", "Två.", "Titel", "Text."]


@pytest.mark.parametrize("mode", ["internal", "public"])
@pytest.mark.parametrize("unit", DEMO_UNITS)
def test_what_all_should_read_is_easy(results_of, unit, mode):
    results = results_of(f"exempelstad/{unit}", 2024)
    report = isu.protect(results, decide([results], mode))
    for key in READ_BY_ALL:
        section = isu.show(report, key)
        texts = list(readability.running(to_json(section)["blocks"])) if section else []
        if sum(len(readability.words(text)) for text in texts) > FEWEST_WORDS:
            assert readability.lix(texts) < MOST, f"{key}: {readability.lix(texts):.1f}"
