"""Every message that the package can tell a person stands in docs/fel.md with its cure, and nothing else does.

`messages.py` says what counts as a message. A row of the page has one or several messages, a line each (``<br>``),
and one cure. What a message fills in stands in braces: ``{år}`` in the page is ``{year}`` in the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from messages import PACKAGE, Module, errors_of, is_message, messages, normal, unread

from isu_analysis.reporting.exit_codes import MEANINGS

PAGE = (Path(__file__).parents[1] / "docs" / "fel.md").read_text(encoding="utf-8")
TABLE, CODES = "| meddelande | gör så |", "| kod | betyder | gör så |"
# Errors that nobody sees: whoever asks for the thing catches them and does something else.
CAUGHT = {
    "Unforkable": "an ordinary process is started instead",
    "_Stale": "the server is started anew",
    "UnprotectableError": "the report is simplified a step further",
}
# Templates that only say where a message belongs, or put others together.
FORMS = {
    "{…}, rad {…}: {…}": "file and line before a problem of a unit file",
    "report.pdf: {…}": "the file before what keeps it from being accessible",
    "{…} (och {…} {…} till)": "the first line of another message, and how many more it has",
    "{…} Tillåtna: {…}.": "problems of a notebook's parameters, and the names there are",
}


def rows(header: str) -> Iterator[list[str]]:
    """Cells of every row in the page's tables with a header."""
    inside = False
    for line in PAGE.splitlines():
        inside = line == header or (inside and line.startswith("|"))
        if inside and line != header and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def listed() -> list[str]:
    """Every message of the page."""
    return [normal(text) for row in rows(TABLE) for text in row[0].split("<br>")]


def told() -> dict[str, str]:
    """Every message of the package that somebody can see, with the first place that tells it."""
    found: dict[str, str] = {}
    for message in messages():
        if message.teller not in CAUGHT and message.text not in FORMS:
            found.setdefault(message.text, str(message))
    return found


def test_every_message_stands_in_the_page():
    missing = [place for text, place in told().items() if text not in set(listed())]
    assert not missing, "not in docs/fel.md:\n" + "\n".join(missing)


def test_every_message_in_the_page_can_still_be_told():
    left = set(listed()) - told().keys()
    assert not left, "no longer told:\n" + "\n".join(sorted(left))


def test_a_message_stands_once_in_the_page():
    twice = [text for text, times in Counter(listed()).items() if times > 1]
    assert not twice, twice


def test_every_row_has_a_cure_of_its_own():
    for row in rows(TABLE):
        assert len(row) == 2, row
        said, cure = row
        assert len(cure.split()) > 1 or cure == "Inget.", f"no cure: {said}"
        assert normal(cure) not in listed(), f"the cure only says the message again: {said}"


def test_the_exit_codes_are_those_of_the_program():
    assert [(int(code), what) for code, what, cure in rows(CODES) if cure] == list(MEANINGS.items())


def test_the_contents_name_every_section():
    sections = [line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")]
    contents = re.findall(r"^- \[(.*)\]\(#(.*)\)$", PAGE, re.MULTILINE)
    assert contents == [(name, anchor(name)) for name in sections]
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= {anchor(name) for name in sections}


def anchor(heading: str) -> str:
    """What a heading is called in a link, as GitHub has it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_file_that_the_page_points_to_is_there():
    for name in re.findall(r"\]\(([\w.]+)\)", PAGE):
        assert (Path(__file__).parents[1] / "docs" / name).is_file(), name


# What finds the messages


def test_no_message_is_told_in_a_way_that_cannot_be_read():
    hidden = [str(message) for message in unread() if message.teller not in CAUGHT]
    assert not hidden, "add them to SAYERS in messages.py:\n" + "\n".join(hidden)


def test_what_is_excused_is_still_there():
    found = messages()
    assert set(FORMS) <= {message.text for message in found}
    assert set(CAUGHT) <= errors_of([Module(path) for path in PACKAGE.rglob("*.py")])
    assert {"Unforkable", "UnprotectableError"} <= {message.teller for message in found}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('raise DataError("Inget finns.")', ["Inget finns."]),
        ('raise DataError(f"{unit.name}: inget "\n    f"för {year}.")', ["{…}: inget för {…}."]),
        ('raise DataError("Ett " + "helt" if whole else f"Ett {part}")', ["Ett helt", "Ett {…}"]),
        ('raise DataError(f"{\'a\' if one else \'b\'} rader")', ["{…} rader"]),
        ('def f():\n    why = f"Inget i {x}."\n    raise DataError(why) from None', ["Inget i {…}."]),
        ('ALSO = "Kör igen."\nraise DataError(f"Fel. {ALSO}")', ["Fel. Kör igen."]),
        ('raise DataError("\\n".join([*lines, f"Lägg {x} där."]))', ["Lägg {…} där."]),
        ("raise DataError(text)", []),
        ('raise DataError(f"{one}: {other}")', []),
        ('raise ValueError("no message of ours")', []),
        ('columns.problem_at(heading, rows, "cellen är tom", "ett tal")', ["cellen är tom"]),
        ('problems.append((at, f"nyckeln «{key}» saknas."))', ["nyckeln «{…}» saknas."]),
        ('problems = [f"parametern {name} saknas." for name in wanted]', ["parametern {…} saknas."]),
        ('for what, allowed in (("för sent", ""), ("för tidigt", "")):\n    t.problem(b, 1, "", what, allowed)',
         ["för sent", "för tidigt"]),
    ],
)  # fmt: skip
def test_a_message_is_found_however_it_is_written(source, expected):
    found = Module(PACKAGE / "made_up.py", source).messages({"DataError"})
    assert [message.text for message in found] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("{unit.name} {year}: inget", "{enhet}  {år}: inget"), ("{a}{b} finns", "{förslag} finns")],
)
def test_placeholders_are_alike(one, other):
    assert normal(one) == normal(other)


def test_a_text_without_words_is_no_message():
    assert is_message("avbröts.")
    assert not is_message("{…}: {…}.")
