"""The flow from all who are meant to those measured last: its numbers are the truth's, and its alt text tells all of it."""

import json

import pytest

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.presentation.figures.flow import Step, flow
from isu_analysis.presentation.sealed import Figure
from isu_analysis.presentation.svg import plain_svg, svg_size


def drawn(results, mode="internal"):
    """The flow of a report: the first figure of its section."""
    shown = isu.show(isu.protect(results, decide([results], mode)), "who")
    return next(block for block in shown.blocks if isinstance(block, Figure))


@pytest.fixture(scope="module")
def truth(demo):
    return json.loads(demo.truth.read_text(encoding="utf-8"))["units"]


def test_sessions_from_none_to_two(results_of, truth):
    """123 families: none, one, and two or more rated sessions, as the truth counts them."""
    rated = truth["oppenvard-fit"]["2024"]["rated"]
    alt = drawn(results_of("exempelstad/oppenvard-fit", 2024)).alt
    assert alt == (
        f"Flödet steg för steg. 123 familjer skulle följas upp. {rated['one'] + rated['more']} har skattat minst ett samtal; "
        f"{rated['none']} har ingen skattning. {rated['more']} har skattat två samtal eller fler; "
        f"{rated['one']} har bara en skattning."
    )


def test_a_form_of_nobody_is_told_and_in_no_box(results_of, truth):
    """74 forms at the start, one of them with no known number: 73 people, of whom 51 again at the end."""
    known = truth["unga-vuxna"]["2024"]
    figure = drawn(results_of("exempelstad/unga-vuxna", 2024))
    assert f"{known['forms']['start'] - 1} mättes vid nybesök" in figure.alt
    assert (
        f"{known['core_om']['pairs']['n']} mättes både vid nybesök och vid avslut; 22 saknas vid avslut." in figure.alt
    )
    assert "1 formulär kan inte knytas till någon" in figure.alt
    assert figure.basis == "51 av 93 är mätta vid båda tillfällena. 42 saknas."


def test_a_form_of_nobody_cannot_be_worked_out_in_public(results_of):
    """People at the start are 51 + 22; the number of forms, one more, would tell of the single one: one of the two is hidden."""
    results = results_of("exempelstad/unga-vuxna", 2024)
    report = isu.protect(results, decide([results], "public"))
    shown = {
        name: not report.cell(f"core_om:client/{name}").hidden
        for name in ("paired", "start_only", "at/start", "at/start/not")
    }
    assert shown["paired"] and not (shown["start_only"] and (shown["at/start"] or shown["at/start/not"]))
    assert "ett dolt antal formulär kan inte knytas till någon" in drawn(results, "public").alt


def test_anonymous_boxes_hang_together_by_no_arrow(results_of, truth):
    """2022 has no codes: two boxes of their own, and the note says why."""
    known = truth["unga-vuxna"]["2022"]
    figure = drawn(results_of("exempelstad/unga-vuxna", 2022))
    forms = known["forms"]
    assert f"{forms['start']} har svarat, nybesök" in figure.alt and f"{forms['end']} har svarat, avslut" in figure.alt
    assert (
        figure.note
        == "Utan pil: svaren är anonyma, så det går inte att se om det är samma personer som i rutan ovanför."
    )


def test_declared_numbers_are_called_so(results_of):
    """Started and completed come from the unit; those with an answer from the file."""
    alt = drawn(results_of("exempelstad/foraldrastod", 2024)).alt
    assert "246 personer skulle följas upp, enligt enheten. 201 fullföljde, enligt enheten." in alt
    assert "142 har en uppgift, kursens slut; 104 saknar uppgift, varav 59 fullföljde." in alt


def test_those_left_out_stand_beside_the_first_box(results_of, truth):
    """Twenty relatives are not followed up; a late look is of all, and says so."""
    known = truth["samtalsmottagning"]["2024"]
    figure = drawn(results_of("exempelstad/samtalsmottagning", 2024))
    assert (
        f"{known['n']} personer skulle följas upp; {known['relatives']} räknas inte in, enligt enhetens regel."
        in figure.alt
    )
    later = f"{known['rated_after']} mättes vid 4–8 månader efter avslut; {known['n'] - known['rated_after']} saknas."
    assert later in figure.alt
    assert figure.note == "Utan pil: räknat av alla, inte bara av dem i rutan ovanför."


def test_hidden_numbers_are_words_and_draw_nothing(results_of):
    """A report whose start is hidden: no number in words, and no bar to measure in the drawing."""
    results = results_of("exempelstad/stodboende-unga", 2024)
    figure = drawn(results, "public")
    assert "Ett dolt antal mättes vid inflyttning; ett dolt antal saknas vid inflyttning." in figure.alt
    assert "färre än 5" not in figure.alt and "färre än 5" not in figure.svg  # whether small or not is not told
    assert figure.svg.count("<path") < drawn(results).svg.count("<path")


def test_everything_fits_whatever_the_texts_are():
    """Long words, many lines and no text at all: a plain drawing of the page's width, higher for more lines."""
    hostile = Step("ö" * 200, "färre än 5", ("<script>alert(1)</script>", "långt " * 40, "🙂" * 90), None, linked=False)
    first = Step("alla", "3", (), 1.0)
    short, long = plain_svg(flow([first])), plain_svg(flow([first, hostile]))
    assert svg_size(short)[0] == svg_size(long)[0]
    assert svg_size(short)[1] < svg_size(long)[1]
    assert "<script" not in long


def test_an_arrow_only_where_people_can_be_followed():
    """Two boxes with a link have one mark more than two without."""
    first, second = Step("alla", "9", (), 1.0), Step("mätta", "5", (), 5 / 9)
    apart = Step("mätta", "5", (), 5 / 9, linked=False)
    assert flow([first, second]).count("<path") > flow([first, apart]).count("<path")
