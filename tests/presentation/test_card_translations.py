"""The texts of the measures' cards: each that a report can show is in every language, and none besides.

A report shows a text of a card as it stands when the catalogue lacks it, since a unit's own card may be in any words.
So nothing but these tests tells that a card of the registry has been left in Swedish.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import isu_analysis
from isu_analysis.declarations import Declaration
from isu_analysis.measures import Fact, measure, measures_available
from isu_analysis.presentation.wording import LANGUAGES, SOURCE, Wording

LANGUAGES_FOLDER = Path(isu_analysis.__file__).parent / "presentation" / "languages"
OTHERS = [language for language in LANGUAGES if language != SOURCE]

# Names with a Swedish letter that are the same in every language, and whose.
NAMES = {
    "CAN-Ä": "a version of the CAN scale",
    "Formulärbanken": "a collection of forms",
    "Lindström": "an author",
    "Stiftelsen Allmänna Barnhuset": "a foundation",
    "UBÅT": "a measure",
    "Uppdrag Psykisk Hälsa": "a programme",
    "Åland": "a place",
}
# Words that a Swedish sentence cannot do without for long, and that are no English ones.
SWEDISH = re.compile(r"[åäö]|\b(och|av|som|till|det|inte|eller|ingen|alla|vid|ett|från|för|är)\b", re.IGNORECASE)
ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n"})


def cards():
    """Every card of the registry: each whole, then its parts as measures of their own."""
    for name in measures_available():
        whole = measure(name)
        yield whole, whole
        for part in whole.parts:
            yield whole, measure(f"{name}.{part.id}")


def held(card):
    """All that a card is made of: facts, answers and scoring, however deep."""
    for value in (getattr(card, name) for name in type(card).model_fields if name != "parts"):
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Declaration):
                yield one
                yield from held(one)


def shown(card):
    """Texts of a card that a report can show; references stand as they are, and a fact out of use says nothing."""
    yield from (card.name_sv, card.construct_sv, *card.cautions)
    for one in held(card):
        yield getattr(one, "label", "")
        if isinstance(one, Fact) and one.used:
            yield from (one.note, getattr(one, "sample", ""), getattr(one, "interval", ""))


@cache
def wanted():
    """Each text with the cards that have it; a figure alone is the same in every language."""
    found = {}
    for whole, card in cards():
        for text in shown(card):
            if re.search(r"[^\W\d_]", text):
                found.setdefault(text, {})[whole.id] = None
    return found


def catalogue(name):
    with (LANGUAGES_FOLDER / f"{name}.po").open("rb") as stream:
        return {message.id: message.string for message in read_po(stream) if isinstance(message.id, str) and message.id}


@cache
def of_cards(language):
    return catalogue(f"{language}.measures")


def without_names(text):
    return re.sub("|".join(map(re.escape, NAMES)), "", text)


def figures(text, thousands, decimal):
    """The numbers in a text, however its language writes them."""
    plain = re.sub(rf"(?<=\d)[{thousands}](?=\d{{3}}\b)", "", text)
    return Counter(number.replace(decimal, ".") for number in re.findall(rf"\d+(?:\{decimal}\d+)?", plain))


def test_the_texts_are_those_of_the_cards():
    """The list is made by walking the cards: one text of each kind, and none of what a report may not show."""
    texts = wanted()
    kinds = {
        "name": "ASI, alkohol: oro",
        "construct": "känsla av sammanhang",
        "label": "Tillgodosett behov",
        "caution": "Ingen gräns för säker förändring är läst.",
        "band": "gränsområde",
        "sample of a norm": "40–70 år på Åland",
        "note on a limit": "50 eller lägre: nedsatt välbefinnande.",
        "note on the scale": "Skala 1–10, låga tal är negativa.",
        "note on missing answers": "Källan avrundar uppåt till hela poäng; här behålls decimalerna.",
        "sample of a reliability": "icke-klinisk grupp, två tillfällen",
        "time between two measurements": "10 år",
    }
    assert not [kind for kind, text in kinds.items() if text not in texts]
    reference, from_memory, figure = "Carlbring, Formulärbanken: GAD-7", "Vårdnadshavarens skattning, ur minnet.", "10"
    assert not {reference, from_memory, figure} & set(texts)
    assert list(texts["spelproblem"]) == ["nods_12_man", "nods_30_dagar", "nods_livstid"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    translated = of_cards(language)
    missing = [
        f'#. {", ".join(ids)}\nmsgid "{text.translate(ESCAPES)}"\nmsgstr ""'
        for text, ids in wanted().items()
        if not translated.get(text)
    ]
    assert not missing, f"{len(missing)} texter saknas i {language}.measures.po:\n\n" + "\n\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language):
    orphans = [text for text in of_cards(language) if text not in wanted()]
    assert not orphans, "\n".join(orphans)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_one_translation(language):
    """One entry for a text however many cards have it, and the same words where the report says it by itself."""
    written = (LANGUAGES_FOLDER / f"{language}.measures.po").read_text(encoding="utf-8")
    twice = [text for text, times in Counter(re.findall(r"^msgid (.*)", written, re.MULTILINE)).items() if times > 1]
    assert not twice, "\n".join(twice)
    said = catalogue(language)
    apart = [
        f"{text!r}: {said[text]!r}, {words!r}"
        for text, words in of_cards(language).items()
        if said.get(text, words) != words
    ]
    assert not apart, "\n".join(apart)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_swedish(language):
    left = [words for words in of_cards(language).values() if SWEDISH.search(without_names(words))]
    assert not left, "\n".join(left)
    unused = [name for name in NAMES if not any(name in words for words in of_cards(language).values())]
    assert not unused, f"namn som ingen översättning har: {', '.join(unused)}"


def test_a_translation_has_the_same_numbers():
    wrong = [
        f"{text!r} -> {words!r}"
        for text, words in of_cards("en").items()
        if figures(text, " \u00a0", ",") != figures(words, ",", ".")
    ]
    assert not wrong, "\n".join(wrong)


def test_numbers_are_read_as_each_language_writes_them():
    swedish = figures("Av 11 958 (2001, 90 och 35,4 procent) på 0–40.", " \u00a0", ",")
    assert swedish == Counter(["11958", "2001", "90", "35.4", "0", "40"])
    assert swedish == figures("Of 11,958 (2001, 90 and 35.4 per cent) on 0–40.", ",", ".")
    assert swedish != figures("Of 11,958 (2001, 90 and 354 per cent) on 0–40.", ",", ".")


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_a_sentence_where_the_text_is_one(language):
    wrong = [
        f"{text!r} -> {words!r}"
        for text, words in of_cards(language).items()
        if text.endswith(".") != words.endswith(".")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_a_part_is_named_after_its_whole(language):
    """«ASI, alkohol: oro» starts with what ASI is called, so that parts of a measure stand together and can be told so."""
    wording = Wording(language)
    names = [(wording.text(whole.name_sv), wording.text(card.name_sv)) for whole, card in cards() if card is not whole]
    wrong = [f"{whole!r}: {part!r}" for whole, part in names if not part.startswith(f"{whole}, ")]
    assert not wrong, "\n".join(wrong)
    assert len({part for _, part in names}) == len(names)


def test_a_report_says_the_translation():
    english = Wording("en")
    assert english.text("ASI, alkohol: oro") == "ASI, alcohol: worry"
    assert english.text("Inte tillgodosett behov") == "Unmet need"
    assert english.text("enhetens egna ord") == "enhetens egna ord"
