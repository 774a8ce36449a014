"""Words of method stand in the appendix only, and better, unchanged and worse are named together, in every report."""

import re

import pytest
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import SECTIONS, outcomes
from isu_analysis.presentation.blocks import Figure, Paragraph, Table
from isu_analysis.presentation.outcomes import parts
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.sealed import to_json

# What only those who check the method need; a reader of results is spared it.
METHOD = [
    r"\bRCI\b", r"reliable change", r"\bd =", r"\bd_z\b", r"\bg_pre\b", r"\bg_av\b", r"\bdelta\b", r"Cohen", r"Hedges", r"brytpunkt",
    r"tipping", r"rangbiserial", r"standardavvikelse", r"\bSD\b", r"korrelation", r"maximum likelihood", r"Wilson", r"jackknife",
    r"reliabilitet", r"reliabel", r"\bp-värde", r"signifikan", r"Jacobson", r"t-intervall", r"t-värde", r"imputer", r"regression",
    r"effektstorlek", r"konfidens",
]  # fmt: skip
EXPLAINED = {("glossary", "t-värde")}  # the list of words says what a number in the appendix is
MODES = ["internal", "public"]


def texts(value):
    """Every text of a section, figures' drawings apart."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "svg" for text in texts(part)]
    return [text for part in value for text in texts(part)] if isinstance(value, list | tuple) else []


def protected(results_of, unit, mode):
    """The protected report of a demonstration unit."""
    results = results_of(f"exempelstad/{unit}", 2024)
    return isu.protect(results, decide([results], mode))


@pytest.mark.parametrize("unit", DEMO_UNITS)
@pytest.mark.parametrize("mode", MODES)
def test_words_of_method_stand_in_the_appendix_only(results_of, unit, mode):
    """No section but the appendix holds any of them."""
    report = protected(results_of, unit, mode)
    found = []
    for key in SECTIONS:
        section = isu.show(report, key)
        if section is None or key == "method":
            continue
        said = "\n".join(texts(to_json(section)["blocks"])).replace("\u00a0", " ")
        found += [
            f"{key}: {match.group()}"
            for word in METHOD
            for match in re.finditer(word, said, re.IGNORECASE)
            if (key, match.group().lower()) not in EXPLAINED
        ]
    assert found == []


def test_the_appendix_holds_them(results_of):
    """The list of words would catch them: the appendix of a unit with a scale has most of them."""
    section = isu.show(protected(results_of, "unga-vuxna", "internal"), "method")
    said = "\n".join(texts(to_json(section)["blocks"]))
    assert sum(bool(re.search(word, said, re.IGNORECASE)) for word in METHOD) >= 8


# Of each set, whoever names one names the others in the same breath.
TOGETHER = [
    ("säkert bättre", "ingen säker förändring|ej säker", "säkert sämre|förändring, eller sämre|färre än 5 sämre"),
    ("åt det bättre", r"densamma|samma poäng", "åt det sämre"),
    ("närmare det önskade", "lika nära", "längre från"),
]


def said_of(blocks):
    """Each paragraph, table and alternative text as one."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Figure):
            yield block.alt
        elif isinstance(block, Table):
            yield " ".join([block.caption, *(column.label for column in block.columns), *(cell for row in block.rows for cell in row)])  # fmt: skip


@pytest.mark.parametrize("unit", DEMO_UNITS)
@pytest.mark.parametrize("mode", MODES)
def test_better_unchanged_and_worse_are_named_together(results_of, unit, mode):
    """In every text, table and figure of the results; and of named answers none is left out, unless all are hidden."""
    read = Reader(protected(results_of, unit, mode))
    if isu.show(read.report, "results") is None:
        return
    told = set()
    for family in parts.grouped(read, read.report.context.outcomes):
        made = outcomes.of_measure(read, family, told)
        for text in said_of(made):
            for words in TOGETHER:
                named = [bool(re.search(word, text, re.IGNORECASE)) for word in words]
                assert all(named) or not any(named), (text, words)
        if len(family) == 1 and family[0].design in {"levels", "target"}:
            text = " ".join(said_of(made))
            hidden = not any(read.shown(f"{family[0].key}/level/{code}") for code in family[0].measure.codes)
            assert ("Hur svaren fördelar sig är dolt" in text) == hidden
            assert hidden or [level.label for level in family[0].measure.levels if level.meaning not in {"not_known", "not_applicable"}
                    and f"«{level.label}»" not in text] == []  # fmt: skip
