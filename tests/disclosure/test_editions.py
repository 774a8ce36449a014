"""A report that is out, and what may come after it: the same, a wholly new edition, or the old one again."""

from dataclasses import replace

import pytest

import isu_analysis as isu
from isu_analysis import files
from isu_analysis.analysis.book import Book
from isu_analysis.disclosure import Limits, decide
from isu_analysis.disclosure.editions import before, edition
from isu_analysis.disclosure.ledger import Ledger, secret_path
from isu_analysis.disclosure.problem import Count
from isu_analysis.disclosure.release import HIDDEN

KEYS = {"exempelstad/unga-vuxna": "abcd1234"}


@pytest.fixture
def made(results_of):
    """Give a function that makes a report of so many better, unchanged and worse, with a mean of all of them."""
    context = results_of("exempelstad/unga-vuxna", 2024).context

    def make(better, unchanged, worse, mean=10.0, year=2024, first=0):
        book, ids = Book(), [str(i) for i in range(first, first + better + unchanged + worse)]
        parts = [
            book.tally("a/better", ids[:better]),
            book.tally("a/unchanged", ids[better : better + unchanged]),
            book.tally("a/deteriorated", ids[better + unchanged :]),
        ]
        book.total(book.tally("flow/eligible", ids), *parts)
        book.mean("a/start_mean", mean, len(ids), "flow/eligible", counts=("flow/eligible",))
        return book.close(replace(context, year=year))

    return make


@pytest.fixture
def publish(tmp_path):
    """Give a function that decides about reports, enters them in a ledger and gives what the public sees."""
    files.write(secret_path(tmp_path, "exempelstad"), b"2" * 64)  # without decoys among the numbers of these tests

    def published(*results, key="abcd1234"):
        ledger = Ledger.open(tmp_path, "exempelstad")
        out = before(ledger, results, dict.fromkeys(KEYS, key), Limits())
        release = decide(results, "public", before=out)
        reports = []
        for one in results:
            decision = release.decisions[one.key]
            reports.append(isu.protect(one, release))
            latest = ledger.latest("unga-vuxna", one.context.year)
            if decision.standing is None and (latest is None or latest.fingerprint != decision.fingerprint):
                ledger = ledger.append(edition(one, reports[-1], decision, key, {"report.pdf": "0" * 64}))
        return reports[0] if len(reports) == 1 else reports

    return published


def shown(report):
    return {cell.id: (cell.value, cell.hidden) for cell in report.within("") if not cell.hidden}


def test_the_same_results_are_the_same_edition(made, publish, tmp_path):
    """Published twice, entered once, and seen alike to the last byte."""
    first, again = publish(made(20, 15, 2)), publish(made(20, 15, 2))
    assert first.seal == again.seal and not again.standing
    assert len(Ledger.open(tmp_path, "exempelstad")) == 1


def test_one_late_answer_leaves_the_edition_that_is_out(made, publish, tmp_path):
    """Twenty better and then twenty-one: side by side the two would say how it went for one."""
    first, late = publish(made(20, 15, 5)), publish(made(21, 15, 5))
    assert late.standing and shown(late) == shown(first)
    assert len(Ledger.open(tmp_path, "exempelstad")) == 1


def test_a_corrected_answer_leaves_the_edition_that_is_out(made, publish):
    """No count has moved, but the mean has."""
    first, late = publish(made(20, 15, 5, mean=10.0)), publish(made(20, 15, 5, mean=10.2))
    assert late.standing and shown(late)["a/start_mean"] == (10.0, "") == shown(first)["a/start_mean"]
    assert not publish(made(20, 15, 5, mean=10.01)).standing  # which prints as it did


def test_many_late_answers_are_a_new_edition(made, publish, tmp_path):
    """Ten more of each: nobody can be told from the difference."""
    publish(made(20, 15, 5))
    late = publish(made(30, 25, 15))
    assert not late.standing and shown(late)["a/better"] == (30, "")
    assert shown(late)["a/start_mean"][0] == 10.0  # thirty more people
    assert [(one.edition, one.year) for one in Ledger.open(tmp_path, "exempelstad").editions()] == [
        (1, 2024),
        (2, 2024),
    ]


def test_a_mean_of_a_few_more_is_hidden_in_the_new_edition(made, publish):
    """Five more better, five fewer unchanged, five more worse: a new edition, but its five people are too few for a mean."""
    publish(made(20, 15, 5))
    late = publish(made(25, 10, 10))
    assert not late.standing
    assert late.cell("a/start_mean").hidden == HIDDEN and not late.cell("a/better").hidden


def test_a_helper_that_was_hidden_is_not_shown_afterwards(made, publish):
    """What hid the two worse in the first edition hides them in the second."""
    first = publish(made(20, 15, 2))
    helper = {cell.id for cell in first.hidden} - {"a/deteriorated"}
    late = publish(
        made(20, 15, 2, mean=10.01),
    )
    assert helper and {cell.id for cell in late.hidden} >= helper


def test_other_years_are_published_beside(made, publish, tmp_path):
    """Two years of different people do not disturb each other."""
    publish(made(20, 15, 5, year=2023))
    both = publish(made(20, 15, 5, year=2023), made(21, 15, 5, year=2024, first=1000))
    assert not both[0].standing and shown(both[1])["a/better"] == (21, "")
    assert len(Ledger.open(tmp_path, "exempelstad")) == 2


def test_after_another_key_no_mean_is_told(made, publish):
    """Pseudonyms under another key cannot be compared with those that are out."""
    publish(made(20, 15, 5))
    other = publish(made(20, 15, 5, year=2023, first=1000), key="ffff0000")
    assert other.cell("a/start_mean").hidden == HIDDEN and not other.cell("a/better").hidden


def test_what_was_small_and_hidden_stays_so_when_it_has_grown(made, publish):
    """Two worse, and then nine: that it moved by five or more would say that there were four at the most."""
    first = publish(made(20, 15, 2))
    late = publish(made(27, 22, 9))
    assert not late.standing
    assert first.cell("a/deteriorated").hidden and late.cell("a/deteriorated").hidden


def test_a_new_edition_is_laid_beside_all_that_are_out(made, publish):
    """The third is far from the second, but one person from the first."""
    publish(made(30, 15, 15))
    assert not publish(made(42, 21, 21)).standing
    third = publish(made(31, 15, 15))
    assert third.standing and shown(third)["a/better"][0] == 42


def test_an_earlier_year_that_comes_after_a_later_one_is_laid_beside_it(made, publish):
    """2024 is out; 2023 of the same people but one has the mean of the others."""
    publish(made(20, 15, 5))
    late = publish(made(20, 15, 4, year=2023), made(20, 15, 5))
    assert late[0].cell("a/start_mean").hidden == HIDDEN
    assert late[0].cell("flow/eligible").hidden or late[0].withheld


def test_an_edition_that_stands_is_laid_beside_the_next_year_as_it_was_printed(made, publish, tmp_path):
    """Nine are out, without a mean, and one came late: ten would have one, but the next year is decided beside nine."""
    files.write(secret_path(tmp_path, "exempelstad"), b"3" * 64)  # nine is no decoy
    publish(made(3, 3, 3))
    both = publish(made(4, 3, 3), made(4, 3, 3, year=2025))
    assert both[0].standing and shown(both[0])["flow/eligible"] == (9, "")
    assert both[1].withheld or both[1].cell("flow/eligible").hidden


def test_a_count_does_not_print_its_value():
    assert "17" not in repr(Count("a", 17)) and "'a'" in repr(Count("a", 17))
