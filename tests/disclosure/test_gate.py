"""The gate: what it hides, what it refuses, and that nothing gets round it."""

import json
import math
from dataclasses import replace

import pytest

import isu_analysis as isu
from isu_analysis.analysis.book import Book
from isu_analysis.disclosure import Limits, decide
from isu_analysis.disclosure.release import HIDDEN
from isu_analysis.errors import DisclosureError


@pytest.fixture
def results(results_of):
    """Real results with small cells in them."""
    return results_of("exempelstad/unga-vuxna", 2024)


def with_cells(results, fill, no_eligible=False):
    """The same report with other cells, written by `fill`."""
    book = Book()
    if not no_eligible:
        book.count("flow/eligible", 400, declared=True)
    fill(book)
    return book.close(results.context)


def test_internal_shows_every_number(results):
    """Inside the service nothing is hidden."""
    report = isu.protect(results, isu.Release.internal())
    assert report.hidden == ()
    assert [report.cell(cell.id).value for cell in results.cells] == pytest.approx(
        [cell.value for cell in results.cells], nan_ok=True
    )


def test_public_holds_no_small_count_and_nothing_made_from_one(results):
    """Every count under five is gone, and so is every share or estimate that derives from a hidden count."""
    report = isu.protect(results, decide([results], "public"))
    hidden = {cell.id for cell in report.hidden}
    for cell in results.cells:
        shown = report.cell(cell.id)
        if (
            cell.kind == "count"
            and not cell.declared
            and cell.value < 5
            and not (cell.zero_is_plain and cell.value == 0)
        ):
            assert shown.hidden
        if hidden & set(cell.counts):
            assert shown.hidden and math.isnan(shown.value) and shown.n is None and not shown.code
    assert "core_om:client/deteriorated" in hidden


def test_a_mean_of_nearly_the_same_people_is_withheld(results):
    """The mean of all 18 beside the mean of the 17 paired gives the score of the one who was lost."""

    def fill(book):
        book.group("all", range(18))
        book.group("paired", range(17))
        book.mean("x/start_mean", 14.0, 18, "all")
        book.mean("x/end_mean", 13.5, 17, "paired")
        book.mean("y/end_mean", 13.5, 17, "paired")

    made = with_cells(results, fill)
    hidden = decide([made], "public").decisions[made.key].hidden
    assert hidden == {"x/end_mean": HIDDEN}


def test_means_and_spreads_need_their_people(results):
    """Nine people bear no mean; a standard deviation needs thirty."""

    def fill(book):
        book.group("nine", range(9))
        book.group("twenty", range(100, 120))
        book.mean("a/change", 1.0, 9, "nine")
        book.mean("b/change", 1.0, 20, "twenty")
        book.mean("b/start_sd", 1.0, 20, "twenty")

    made = with_cells(results, fill)
    hidden = decide([made], "public").decisions[made.key].hidden
    assert hidden == {"a/change": HIDDEN, "b/start_sd": HIDDEN}


def test_a_share_with_a_small_rest_is_withheld(results):
    """27 of 29 tells of the two others."""

    def fill(book):
        book.count("all", 290)
        book.count("yes", 287)
        book.share("yes/share", "yes", "all")

    made = with_cells(results, fill)
    assert "yes/share" in decide([made], "public").decisions[made.key].hidden


def test_one_impossible_report_stops_no_other(results, results_of):
    """One of ten beside nine that the unit has published cannot be hidden: that report holds no number at all."""

    def fill(book):
        book.count("all", 10, declared=True)
        book.count("rest", 9, declared=True)
        book.total("all", "rest", book.count("few", 1))

    impossible, other = with_cells(results, fill), results_of("exempelstad/resurs-barn", 2023)
    release = decide([impossible, other], "public")
    assert isu.protect(other, release).mode == "public"
    report = isu.protect(impossible, release)
    assert report.withheld and report.within("") == ()
    assert not isu.protect(impossible, isu.Release.internal()).withheld
    assert "Inga tal publiceras" in str(isu.show(report, "first_page")._repr_mimebundle_())
    assert isu.show(report, "who") is None and isu.show(report, "method") is None


def test_a_decision_is_only_good_for_the_results_it_was_made_for(results):
    """Other numbers under the same name do not slip through an old decision."""
    release = decide([results], "public")
    changed = replace(results, cells=(replace(results.cells[0], value=1.0), *results.cells[1:]))
    with pytest.raises(DisclosureError, match="gäller inte de här uppgifterna"):
        isu.protect(changed, release)
    with pytest.raises(DisclosureError):
        isu.protect(results, replace(release, decisions={}))


@pytest.mark.parametrize("not_a_release", ["public", "internal", None, {"mode": "internal"}])
def test_a_release_is_an_object_never_a_string(results, not_a_release):
    """A mistyped word cannot open the gate."""
    with pytest.raises(DisclosureError, match="behöver en Release"):
        isu.protect(results, not_a_release)


def test_results_cannot_be_shown_without_the_gate(results):
    """A forgotten gate is an error, and results have no face of their own."""
    with pytest.raises(DisclosureError, match="skyddad rapport"):
        isu.show(results, "first_page")
    assert not hasattr(results, "_repr_html_")
    assert not hasattr(results, "_repr_mimebundle_")
    assert repr(results).count("/") == 2


def test_a_public_report_cannot_be_made_by_hand(monkeypatch):
    """Outside a run there is no decision to use."""
    monkeypatch.delenv("ISU_RELEASE", raising=False)
    assert isu.open_release("internal").reviewed is False
    with pytest.raises(DisclosureError, match="isu report --public"):
        isu.open_release("public")
    with pytest.raises(DisclosureError, match="Tillåtet: internal, public"):
        isu.open_release("publik")


def test_a_run_hands_over_its_decisions(results, tmp_path, monkeypatch):
    """What the run wrote is what the notebook reads; a damaged file opens nothing."""
    release = decide([results], "public", Limits(min_cell=7))
    path = tmp_path / "release.json"
    path.write_text(release.to_json(), encoding="utf-8")
    monkeypatch.setenv("ISU_RELEASE", str(path))
    assert isu.open_release("public") == release
    with pytest.raises(DisclosureError, match="annan sorts rapport"):
        isu.open_release("internal")
    for broken in ("{}", "[]", "not json", json.dumps({**json.loads(release.to_json()), "mode": "open"})):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(DisclosureError):
            isu.open_release("public")


def test_a_public_report_knows_no_raw_files(results):
    """Names and hashes of raw files stay inside the service."""
    assert results.context.files
    assert isu.protect(results, decide([results], "public")).context.files == ()


def test_seal_follows_what_is_shown(results):
    """The same numbers give the same seal; another way of showing them gives another."""
    internal = isu.protect(results, isu.Release.internal())
    assert internal.seal == isu.protect(results, isu.Release.internal()).seal
    assert internal.seal != isu.protect(results, isu.Release.internal(reviewed=True)).seal
    assert internal.seal != isu.protect(results, decide([results], "public")).seal


def test_an_unknown_cell_is_an_error(results):
    """A sentence that asks for a number that is not there stops, instead of printing nothing."""
    with pytest.raises(DisclosureError, match="ingen uppgift"):
        isu.protect(results, isu.Release.internal()).cell("core_om:client/success")


@pytest.mark.parametrize(("people", "withheld"), [(4, True), (5, False)])
def test_so_few_people_are_no_public_report(results, people, withheld):
    """Where nobody knows which of four is which, each number is still about each of them."""
    made = with_cells(results, lambda book: book.count("flow/eligible", people), no_eligible=True)
    assert isu.protect(made, decide([made], "public")).withheld is withheld
