"""At most half a page a measure: each measure's blocks set by the typesetter itself, and their height taken there."""

import pytest
from demo_units import DEMO_UNITS

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation import outcomes, sections
from isu_analysis.presentation.outcomes import change, overview, parts
from isu_analysis.presentation.reader import Reader
from isu_analysis.presentation.sealed import Section
from isu_analysis.reporting.exporters.typesetter import compiled
from isu_analysis.reporting.exporters.typst import (
    BOTTOM_MARGIN,
    MAIN,
    PAGE_HEIGHT,
    PREAMBLE,
    TEXT_WIDTH,
    TOP_MARGIN,
    TypstWriter,
    preamble,
)

HALF = (PAGE_HEIGHT - TOP_MARGIN - BOTTOM_MARGIN) / 2


def heights(read, stacks):
    """Height in points of each stack of blocks, set as wide as the text of an A4 page."""
    writer = TypstWriter()
    document = sections._document(read)
    lines = writer.write((Section(document, "results", tuple(stacks[0]), "0" * 16),), document).splitlines()
    head = lines[:2]  # the import and the rule that gives the page its looks
    body = []
    for number, stack in enumerate(stacks):
        lines = writer.write((Section(document, "results", tuple(stack), "0" * 16),), document).splitlines()[2:]
        # A page each, exactly as high as what stands on it.
        body += ["#pagebreak(weak: true)" if number else "", f"#set page(width: {TEXT_WIDTH}pt, height: auto, margin: 0pt, header: none, footer: none)", *lines]  # fmt: skip
    files = {MAIN: "\n".join([*head, *body]), PREAMBLE: preamble(), **writer.images}
    pages = compiled(files, format="svg")
    return [float(bytes(page).split(b'height="', 1)[1].split(b"pt", 1)[0]) for page in pages][-len(stacks) :]


def reader(results, mode):
    """A reader of the protected results, or None where the report has no results to show."""
    report = isu.protect(results, decide([results], mode))
    return None if isu.show(report, "results") is None else Reader(report)


@pytest.mark.parametrize("unit", DEMO_UNITS)
@pytest.mark.parametrize("mode", ["internal", "public"])
def test_no_measure_takes_more_than_half_a_page(results_of, unit, mode):
    """Nor does the picture of the primary one's change; all measures at a glance take at most half a page too."""
    read = reader(results_of(f"exempelstad/{unit}", 2024), mode)
    if read is None:
        return
    told, stacks = set(), {}
    for family in parts.grouped(read, read.report.context.outcomes):
        made = outcomes.of_measure(read, family, told)
        picture = change.picture(read, family[0]) if family[0] is read.report.main else []
        picture = picture if picture and picture == made[-1:] else []
        stacks[family[0].key] = made[: len(made) - len(picture)]
        if picture:
            stacks[f"picture of {family[0].key}"] = picture
    if glance := overview.blocks(read):
        stacks["overview"] = glance
    found = dict(zip(stacks, heights(read, list(stacks.values())), strict=True))
    assert {name: high for name, high in found.items() if high > HALF} == {}


def test_the_height_is_that_of_what_stands_there(results_of):
    """Twice the blocks are about twice as high, and more than half a page is seen as such."""
    read = reader(results_of("exempelstad/unga-vuxna", 2024), "internal")
    made = outcomes.of_measure(read, (read.report.main,), set())[:-1]
    one, two, four = heights(read, [made, made * 2, made * 4])
    assert 1.8 * one < two < 2.4 * one
    assert 100 < one < HALF < four
