"""Counts that follow from other outcomes about the same people, counts of few people, and rows that are the protected."""

from itertools import pairwise

import pytest

from isu_analysis.analysis.book import Book
from isu_analysis.disclosure import decide
from isu_analysis.disclosure.alike import representatives, unions
from isu_analysis.disclosure.earlier import NOTHING
from isu_analysis.disclosure.knowledge import knowledge, name_of
from isu_analysis.disclosure.release import HIDDEN, Limits


@pytest.fixture
def hidden_of(results_of):
    """Give a function from what is written in a book to what the gate hides of it."""
    context = results_of("exempelstad/unga-vuxna", 2024).context

    def decided(fill, clients=None):
        book = Book(clients)
        fill(book)
        if not book.has("flow/eligible"):
            book.count("flow/eligible", 400, declared=True)
        made = book.close(context)
        decision = decide([made], "public").decisions[made.key]
        assert decision.publishable
        return decision.hidden

    return decided


def test_a_sister_outcome_of_the_same_people_is_hidden_too(hidden_of):
    """Of 20 asked, 17 answered each of two questions: 3 missing is 20 less either 17."""

    def fill(book):
        whole = book.tally("flow/eligible", range(20))
        for item in "xyz":
            answered = book.tally(f"{item}/answered", range(17 if item != "z" else 12))
            if item == "x":
                book.total(whole, answered, book.rest("x/missing", whole, [answered], zero_is_plain=True))

    hidden = hidden_of(fill)
    assert hidden["x/missing"] == HIDDEN
    assert ("x/answered" in hidden) == ("y/answered" in hidden)
    assert "flow/eligible" in hidden or {"x/answered", "y/answered"} <= set(hidden)


@pytest.mark.parametrize("parts", [2, 3])
def test_a_union_of_printed_sets_gives_nothing_away(hidden_of, parts):
    """28 judged are those of two (or three) interviews; 30 are meant: who is missing is worked out without an equation."""

    def fill(book):
        book.total(
            book.tally("flow/eligible", range(30)),
            book.tally("m/answered", range(28)),
            book.tally("m/missing", range(28, 30), zero_is_plain=True),
        )
        cuts = [0, 19, 28] if parts == 2 else [0, 8, 19, 28]
        for i, (first, last) in enumerate(pairwise(cuts)):
            book.tally(f"i{i}/at/start", range(first, last), never_zero=True)

    hidden = hidden_of(fill)
    assert hidden["m/missing"] == HIDDEN
    assert "flow/eligible" in hidden or (
        "m/answered" in hidden and any(f"i{i}/at/start" in hidden for i in range(parts))
    )


def test_named_answers_are_not_joined_by_what_a_hidden_nought_hides(hidden_of):
    """All 20 gave the same answer: that nobody gave the other is hidden, so no reader knows that the two sets are one."""

    def fill(book):
        book.total(
            book.tally("a/answered", range(20)), book.tally("a/level/yes", range(20)), book.tally("a/level/no", [])
        )

    assert set(hidden_of(fill)) == {"a/level/no", "a/level/yes"}


def test_equations_are_those_of_sets():
    """Ten are six and four; twelve are five, four and three; four are too few to be an equation."""
    book = Book()
    sets = {"ten": range(10), "six": range(6), "four": range(6, 10), "one": [6], "three": range(7, 10),
            "again": range(10), "big": range(20, 32), "p": range(20, 25), "q": range(25, 29), "r": range(29, 32)}  # fmt: skip
    for name, members in sets.items():
        book.tally(f"{name}/at", members, never_zero=True)
    cells = list(book._cells.values())
    same = representatives(cells, book.people)
    assert {name for name, first in same.items() if name != first} == {"again/at"}
    chosen = [cell for cell in cells if same[cell.id] == cell.id]
    found = {(one.total, frozenset(one.parts)) for one in unions(chosen, book.people, 5)}
    assert found == {
        ("ten/at", frozenset({"six/at", "four/at"})),
        ("big/at", frozenset({"p/at", "q/at", "r/at"})),
    }


def test_six_events_of_one_person_are_one_person(hidden_of):
    """A count of six episodes is hidden when they are all one client's, and shown when they are six people's."""

    def fill(book):
        book.total(
            book.tally("a/answered", range(30)),
            book.tally("a/level/x", range(6)),
            book.tally("a/level/y", range(6, 30)),
        )

    assert hidden_of(fill) == {}
    hidden = hidden_of(fill, {str(i): "one" for i in range(6)})
    assert hidden["a/level/x"] == HIDDEN
    assert "a/level/y" in hidden or "a/answered" in hidden


def test_a_count_of_few_people_cannot_be_narrowed(results_of):
    """Six events of one person: that there are at most four, and at least eight, must both be possible."""
    book = Book({str(i): "one" for i in range(6)})
    book.total(book.tally("flow/eligible", range(30)), book.tally("a/x", range(6)), book.tally("a/y", range(6, 30)))
    results = book.close(results_of("exempelstad/unga-vuxna", 2024).context)
    found = knowledge(results, (), Limits(), NOTHING).problem.counts
    assert found[name_of(results.key, "a/x")].protect == (4, 8)
    assert found[name_of(results.key, "a/y")].protect is None


def test_rows_of_missing_background_that_are_the_protected_are_left_out(hidden_of):
    """The same seven miss sex and age: the row would say how many are protected. Others miss other things: it is shown."""

    def fill(book, other):
        for name, missing in (("sex", range(7)), ("age", other)):
            rest = [i for i in range(40) if i not in missing]
            parts = (
                book.tally(f"who/{name}/a", rest, never_zero=True),
                book.tally(f"who/{name}/", missing, zero_is_plain=True),
            )
            if name == "sex":
                book.tally("flow/eligible", range(40))
            book.total("flow/eligible", *parts)

    assert hidden_of(lambda book: fill(book, range(7))) == {"who/sex/": "internal", "who/age/": "internal"}
    assert hidden_of(lambda book: fill(book, range(3, 10))) == {}


def test_a_mean_of_ten_episodes_of_two_people_is_withheld(hidden_of):
    """Ten episodes are enough only when they are ten people's."""

    def fill(book):
        book.group("ten", range(10))
        book.mean("x/change", 1.0, 10, "ten")

    assert hidden_of(fill) == {}
    assert hidden_of(fill, {str(i): str(i % 2) for i in range(10)}) == {"x/change": HIDDEN}
