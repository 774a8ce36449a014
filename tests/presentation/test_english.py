"""The English report of every demonstration unit: no Swedish left in it, and the numbers of the Swedish one.

Two kinds of text stay in Swedish, and are told apart by what they are and not by how they look: the references that
stand as «source» on the measures' cards, and the remarks of intake on the raw files. They are cut out before looking.
"""

import re
from collections import Counter
from functools import cache

import matplotlib.figure
import pytest
from demo_units import DEMO_UNITS
from matplotlib.text import Text

import isu_analysis as isu
from isu_analysis.declarations import Declaration
from isu_analysis.disclosure import Release, decide
from isu_analysis.municipalities import Municipality
from isu_analysis.presentation import OVERVIEW_SECTIONS, SECTIONS
from isu_analysis.presentation.sealed import to_json
from isu_analysis.version import __version__

TOWN, YEAR = "exempelstad", 2024
# Every unit once; a year of anonymous answers; and what a public version says of what it hides.
REPORTS = [
    *((unit, YEAR, "internal") for unit in DEMO_UNITS),
    ("unga-vuxna", 2022, "internal"),
    ("stodboende-unga", YEAR, "public"),
]
# Every design: levels, a target, answers afterwards, sessions, goals, change, transition, needs.
COMPARED = [
    ("boende-hemloshet", YEAR, "internal"),
    ("familjeteam", YEAR, "internal"),
    ("foraldrastod", YEAR, "internal"),
    ("oppenvard-fit", YEAR, "internal"),
    ("oppenvard-loke", YEAR, "internal"),
    ("unga-vuxna", YEAR, "internal"),
    ("vuxen-asi", YEAR, "internal"),
    ("stodboende-unga", YEAR, "public"),
]
# Words that a Swedish sentence cannot do without for long, and that are no English ones.
SWEDISH = re.compile(r"\b(och|är|som|till|inte|eller|för|hos|vid|har|av)\b", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"\d,\d{1,2}(?!\d)")
THOUSANDS = {"sv": "[\u00a0 ]", "en": ","}
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1"></svg>'


@pytest.fixture(scope="module")
def drawn():
    """Take down what figures say instead of drawing them: drawing is slow, and turns letters into outlines."""
    said = []

    def write(self, stream, **_):
        said.extend(text.get_text() for text in self.findobj(Text))
        stream.write(EMPTY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matplotlib.figure.Figure, "savefig", write)
        yield said


@pytest.fixture(scope="module")
def told(results_of, drawn):
    """Give a function from unit, year, kind of release and language to what each section and its figures say."""

    @cache
    def tell(unit, year, mode, language):
        results = results_of(f"{TOWN}/{unit}", year)
        report = isu.protect(results, Release.internal() if mode == "internal" else decide([results], "public"))
        return said_by(lambda key: isu.show(report, key, language), SECTIONS, drawn, stay_swedish(report))

    return tell


@pytest.fixture(scope="module")
def told_of_all(results_of, drawn):
    """Give a function from language to what each section of the municipality's overview and its figures say."""
    reports = [isu.protect(results_of(f"{TOWN}/{unit}", YEAR), Release.internal(reviewed=True)) for unit in DEMO_UNITS]
    overview = Municipality(TOWN, YEAR, tuple(reports))
    return lambda language: said_by(
        lambda key: isu.show_overview(overview, key, language), OVERVIEW_SECTIONS, drawn, [__version__]
    )


def said_by(show, keys, drawn, left_alone):
    """By section: what its blocks say, and what is written in its figures."""
    said = {}
    for key in keys:
        drawn.clear()
        blocks = said_in(show(key))
        said[key] = without(blocks, left_alone), without(drawn, left_alone)
    return said


def texts(value):
    """Every text of a section as it is stored; not the drawings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "svg":
                yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def said_in(section):
    """All that a reader meets in a section; none where there is no such section."""
    if section is None:
        return []
    stored = to_json(section)
    names = [stored["document"][name] for name in ("title", "subtitle", "unit", "marks")]
    return [*texts(names), *texts(stored["blocks"])]


def sources(value):
    """Every text that a card has under «source», however deep."""
    if isinstance(value, Declaration):
        for name in type(value).model_fields:
            one = getattr(value, name)
            if name == "source" and isinstance(one, str) and one:
                yield one
            yield from sources(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from sources(one)


def stay_swedish(report):
    """References of the measures' cards, the remarks of intake on the files, and the version; longest first."""
    cards = report.context.unit.used_measures.values()
    wholes = [report.context.unit.measure(card.id.partition(".")[0]) for card in cards]
    return sorted({*sources([*cards, *wholes]), *report.context.warnings, __version__}, key=len, reverse=True)


def without(said, left_alone):
    """The texts with all that is left alone cut out of them."""
    cut = re.compile("|".join(map(re.escape, left_alone)))
    return [cut.sub("", text) for text in said]


def numbers(said, language):
    """Every number that is said, as a number and not as it is written."""
    parted = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:{THOUSANDS[language]}\d{{3}})+(?!\d)")
    joined = (parted.sub(lambda found: re.sub(r"\D", "", found[0]), text) for text in said)
    point = "," if language == "sv" else "."
    found = re.compile(rf"[−]?\d+(?:{re.escape(point)}\d+)?")
    return Counter(float(one.replace("−", "-").replace(point, ".")) for text in joined for one in found.findall(text))


def difference(swedish_said, english_said):
    one, other = numbers(swedish_said, "sv"), numbers(english_said, "en")
    return dict(one - other), dict(other - one)


def assert_english(told):
    for key, (blocks, drawn) in told.items():
        assert [text for text in [*blocks, *drawn] if SWEDISH.search(text)] == [], key
        assert [text for text in [*blocks, *drawn] if DECIMAL_COMMA.search(text)] == [], key


def assert_same_numbers(before, after):
    for key, (blocks, _) in before.items():
        assert difference(blocks, after[key][0]) == ({}, {}), key


@pytest.mark.parametrize(("unit", "year", "mode"), REPORTS)
def test_a_report_has_no_swedish_and_no_decimal_comma(told, unit, year, mode):
    after = told(unit, year, mode, "en")
    assert after["first_page"][0]
    assert_english(after)


@pytest.mark.parametrize(("unit", "year", "mode"), COMPARED)
def test_a_report_has_the_same_numbers_in_both_languages(told, unit, year, mode):
    """In every section; what is written in figures is left out, since long labels are cut."""
    assert_same_numbers(told(unit, year, mode, "sv"), told(unit, year, mode, "en"))


def test_an_overview_in_english(told_of_all):
    """The municipality's: every unit in it."""
    after = told_of_all("en")
    assert all(blocks for blocks, _ in after.values())
    assert_english(after)
    assert_same_numbers(told_of_all("sv"), after)
