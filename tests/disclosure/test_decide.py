"""Decisions over reports, years and what is known elsewhere: hand-made municipalities with known answers."""

import itertools
import math
import sys
from dataclasses import replace

import pytest

import isu_analysis as isu
from isu_analysis.analysis.book import Book
from isu_analysis.disclosure import Before, Limits, decide
from isu_analysis.disclosure.audit import Fact, Printed, narrowest
from isu_analysis.disclosure.earlier import NOTHING
from isu_analysis.disclosure.knowledge import knowledge, name_of
from isu_analysis.disclosure.release import HIDDEN, INTERNAL, NO_BREAKDOWN, RUNGS, SMALL, TOO_SMALL, WHOLE
from isu_analysis.errors import DisclosureError
from isu_analysis.settings import Column, KnownElsewhere


@pytest.fixture
def made(results_of):
    """Give a function that makes the results of one unit and year from what is written in a book."""
    context = results_of("exempelstad/unga-vuxna", 2024).context

    def make(fill, unit="a", year=2024, elsewhere=(), clients=None):
        book = Book(clients)
        fill(book)
        declared = context.unit.model_copy(update={"slug": unit, "known_elsewhere": tuple(elsewhere)})
        return book.close(replace(context, unit=declared, year=year))

    return make


def sexes(women, men, start=0):
    """A report of women and men."""

    def fill(book):
        ids = [str(i) for i in range(start, start + women + men)]
        parts = (
            book.tally("who/sex/woman", ids[:women], never_zero=True),
            book.tally("who/sex/man", ids[women:], never_zero=True),
        )
        book.total(book.tally("flow/eligible", ids), *parts)

    return fill


def hidden_of(release, results):
    return dict(release.decisions[results.key].hidden)


def test_zeros_are_hidden_like_other_small_counts(made):
    """40 of 40 in one category: nobody may learn that it is everybody."""

    def fill(book):
        parts = book.tally("a/level/bad", range(40)), book.tally("a/level/good", [])
        book.total(book.tally("flow/eligible", range(40)), *parts)

    results = made(fill)
    assert hidden_of(decide([results], "public"), results) == {"a/level/bad": HIDDEN, "a/level/good": HIDDEN}


def test_a_share_of_all_is_hidden_though_no_row_has_the_rest(made):
    """20 of 20 reached the goal, and nothing but the share says so: then the share and its count go."""

    def fill(book):
        book.count("flow/eligible", 200, declared=True)
        part, whole = book.tally("a/reached", range(20)), book.tally("a/answered", range(20))
        book.share("a/share", part, whole)

    results = made(fill)
    hidden = hidden_of(decide([results], "public"), results)
    assert "a/share" in hidden and {"a/reached", "a/answered"} & set(hidden)


def test_a_small_difference_of_nested_counts_is_a_cell(made):
    """17 were measured with one instrument and 15 of them with the other: two were not."""

    def fill(book):
        book.count("flow/eligible", 200, declared=True)
        book.tally("a/paired", range(17))
        book.tally("b/paired", range(15))

    results = made(fill)
    hidden = hidden_of(decide([results], "public"), results)
    assert len(hidden) == 1
    names = {name_of(results.key, cell): cell for cell in ("a/paired", "b/paired")}
    assert set(hidden) <= set(names.values())


def test_a_small_number_of_worse_is_said_to_be_small_and_no_other_is(made):
    """Two worse, three unchanged: the first is labelled, the second has the symbol of any other hidden number."""

    def fill(book):
        parts = [
            book.tally("a/better", range(25)),
            book.tally("a/unchanged", range(25, 28)),
            book.tally("a/deteriorated", range(28, 30)),
        ]
        book.total(book.tally("flow/eligible", range(30)), *parts)

    results = made(fill)
    hidden = hidden_of(decide([results], "public"), results)
    assert hidden["a/deteriorated"] == SMALL and hidden["a/unchanged"] == HIDDEN


def test_small_reports_have_no_breakdown(made):
    """Of 29 nobody learns how many are women; of 30 everybody does."""
    few, enough = made(sexes(14, 15)), made(sexes(15, 15), unit="b")
    release = decide([few, enough], "public")
    assert hidden_of(release, few) == {"who/sex/woman": INTERNAL, "who/sex/man": INTERNAL}
    assert hidden_of(release, enough) == {}


def test_what_the_report_says_in_words_is_known(made):
    """That so few were measured that no result is given says that they were at most nine."""

    def fill(book):
        measured, missing = book.tally("a/paired", range(9)), book.tally("a/lost", range(9, 12), zero_is_plain=True)
        book.total(book.tally("flow/eligible", range(12)), measured, missing)
        book.code("result", "too_few", declared=True)
        book.says(-9, ("a/paired", -1))

    results = made(fill)
    problem = knowledge(results, (), Limits(), NOTHING).problem
    hidden = {name_of(results.key, cell) for cell in hidden_of(decide([results], "public"), results)}
    printed = [
        Printed(n, None if n in hidden or c.hidden else c.value, c.least, c.most) for n, c in problem.counts.items()
    ]
    facts = [Fact(e.terms, e.equals, e.equals) for e in problem.equations]
    low, high = narrowest(printed, facts, name_of(results.key, "a/lost"))
    assert low <= 1 and (high is None or high >= 5)
    assert narrowest(printed, facts, name_of(results.key, "a/paired"))[1] == 9


def test_a_number_that_says_nothing_of_what_it_is_made_of_is_hidden(made):
    """An unknown kind of number does not get out by saying nothing."""

    def fill(book):
        book.count("flow/eligible", 200, declared=True)
        book.code("a/verdict", "holds")
        book.model("a/estimate", 1.0, 50, ())
        book.code("a/stated", "yes", declared=True)

    results = made(fill)
    assert hidden_of(decide([results], "public"), results) == {"a/verdict": HIDDEN, "a/estimate": HIDDEN}


def test_a_total_known_elsewhere_links_units(made):
    """Three units hide two, three and none; the board has printed their sum: total minus two must not give the third."""
    figure = KnownElsewhere(source="Nämnden", total=103, parts=tuple(f"{unit}/2024/who/sex/man" for unit in "abc"))
    apart = [made(sexes(60, 1), "a"), made(sexes(40, 60, 100), "b"), made(sexes(50, 42, 300), "c")]
    linked = [replace(apart[0], context=replace(apart[0].context, unit=apart[0].context.unit.model_copy(
        update={"known_elsewhere": (figure,)}))), *apart[1:]]  # fmt: skip
    alone, together = decide(apart, "public"), decide(linked, "public")
    assert hidden_of(alone, apart[1]) == hidden_of(alone, apart[2]) == {}
    others = {**hidden_of(together, linked[1]), **hidden_of(together, linked[2])}
    assert others  # something of the other units goes too
    assert len({together.decisions[one.key].rung for one in linked}) == 1


def test_a_total_known_elsewhere_that_is_not_true_stops_the_release(made):
    figure = KnownElsewhere(source="Nämnden", total=99, parts=("2024/flow/eligible",))
    with pytest.raises(DisclosureError, match=r"Nämnden.*stämmer inte") as caught:
        decide([made(sexes(30, 30), elsewhere=[figure])], "public")
    assert "60" not in str(caught.value)
    unknown = KnownElsewhere(source="Nämnden", total=60, parts=("2024/flow/everybody",))
    with pytest.raises(DisclosureError, match=r"flow/everybody.*finns inte"):
        decide([made(sexes(30, 30), elsewhere=[unknown])], "public")


def test_a_mistyped_figure_is_answered_with_no_text_that_somebody_has_typed(made):
    """What a raw file says of an intervention may be a name; only what the unit file lists is ever told."""

    def fill(book):
        sexes(30, 30)(book)
        for text in ("Anna Andersson", "samtal"):
            book.tally(f"who/intervention/{text}", range(30))

    unknown = KnownElsewhere(source="Nämnden", total=60, parts=("2024/who/intervention/anna",))
    told = {}
    for listed in (True, False):
        results = made(fill, elsewhere=[unknown])
        unit = results.context.unit
        sources = [
            source.model_copy(
                update={"intervention": Column(column="Insats", values={"x": "samtal"} if listed else {})}
            )
            for source in unit.sources
        ]
        unit = unit.model_copy(update={"sources": tuple(sources)})
        with pytest.raises(DisclosureError) as caught:
            decide([replace(results, context=replace(results.context, unit=unit))], "public")
        told[listed] = str(caught.value)
    assert "Anna" in told[True]  # listed: then the unit has chosen to print it
    assert "Anna" not in told[False] and "who/sex" in told[False]


def test_a_cumulative_figure_makes_the_later_year_hide(made):
    """14 one year and 17 in two: the second year's three follow, unless something goes (test case T4)."""

    def year_of(n, start):
        def fill(book):
            ids = range(start, start + 40)
            parts = book.tally("a/level/yes", list(ids)[:n]), book.tally("a/level/no", list(ids)[n:])
            book.total(book.tally("flow/eligible", ids), *parts)

        return fill

    figure = KnownElsewhere(source="Nämnden", total=17, parts=("2023/a/level/yes", "2024/a/level/yes"))
    first = made(year_of(14, 0), year=2023)
    second = made(year_of(3, 100), year=2024, elsewhere=[figure])
    release = decide([first, second], "public")
    assert release.decisions[first.key].rung == WHOLE and hidden_of(release, first) == {}
    # The first year is decided first and shows fourteen: then nothing can hide three of the second, and it says nothing.
    assert release.decisions[second.key].rung == TOO_SMALL


def test_the_same_people_in_two_years(made):
    """41 women this year, 40 of them last year too: the new one is a woman."""
    last = made(sexes(40, 30), year=2023)

    def fill(book):
        women, men = [*map(str, range(40)), "new"], [str(i) for i in range(40, 70)]
        parts = (
            book.tally("who/sex/woman", women, never_zero=True),
            book.tally("who/sex/man", men, never_zero=True),
        )
        book.total(book.tally("flow/eligible", women + men), *parts)

    now = made(fill, year=2024)
    assert hidden_of(decide([now], "public"), now) == {}
    release = decide([last, now], "public")
    assert hidden_of(release, last) == {}
    assert "who/sex/woman" in hidden_of(release, now)


def test_means_of_nearly_the_same_people_in_two_years(made):
    """The mean of 30 this year and of 31 next year gives the new one's score."""

    def fill_of(n):
        def fill(book):
            book.count("flow/eligible", 300, declared=True)
            book.group("active", map(str, range(n)))
            book.mean("a/start_mean", 10.0, n, "active")

        return fill

    last, now = made(fill_of(30), year=2023), made(fill_of(31), year=2024)
    release = decide([last, now], "public")
    assert hidden_of(release, last) == {} and hidden_of(release, now) == {"a/start_mean": HIDDEN}
    far = made(fill_of(40), year=2024)
    assert hidden_of(decide([last, far], "public"), far) == {}


def test_a_later_look_at_the_same_outcome_is_the_same_variable(made):
    """The mean at the start of all 31, and of the 30 who were also seen a year later."""

    def fill(book):
        book.count("flow/eligible", 300, declared=True)
        book.group("all", range(31))
        book.group("later", range(30))
        book.mean("a:client/start_mean", 10.0, 31, "all")
        book.mean("a:client@m12/start_mean", 10.0, 30, "later")

    results = made(fill)
    assert hidden_of(decide([results], "public"), results) == {"a:client@m12/start_mean": HIDDEN}


def test_the_order_of_reports_does_not_matter(results_of):
    """The same decisions however the reports are given."""
    reports = [
        results_of(f"exempelstad/{unit}", year) for unit in ("resurs-barn", "unga-vuxna") for year in (2023, 2024)
    ]
    wanted = decide(reports, "public").to_json()
    for order in list(itertools.permutations(reports))[1::7]:
        assert decide(order, "public").to_json() == wanted


def test_no_cell_of_a_public_report_is_one_persons(results_of):
    """No least, greatest or single value, no date, and no number of spread, of any report, on fewer than thirty."""
    for unit in ("stodboende-unga", "unga-vuxna", "oppenvard-fit", "vuxen-asi"):
        results = results_of(f"exempelstad/{unit}", 2024)
        report = isu.protect(results, decide([results], "public"))
        for cell in results.cells:
            last = cell.id.rpartition("/")[2]
            assert last not in {"min", "max", "least_value", "first_day", "last_day", "outlier", "p", "p_value"}
            shown = report.cell(cell.id)
            if cell.kind in {"mean", "model"} and cell.people and not math.isnan(shown.value):
                people = min(len(results.people[name]) for name in cell.people)
                plain = last in {"start_mean", "end_mean", "mean", "change", "per_person"}
                assert people >= (10 if plain else 30), cell.id
                # Two are printed; the third is kept so that what is printed is rounded once.
                assert shown.value == round(shown.value, 1 if plain else 3), cell.id
        assert report.context.as_of.day >= 28


def test_every_rung_is_tried_in_order():
    assert RUNGS == (WHOLE, "no_cross", "no_subgroups", "two_categories", NO_BREAKDOWN, TOO_SMALL)


def test_a_solver_that_fails_stops_the_release(made, monkeypatch):
    """A failed solver is not a small unit: nothing is decided at all."""
    module = sys.modules["isu_analysis.disclosure.decide"].__dict__

    def failing(*args, **kwargs):
        raise DisclosureError("Lösaren misslyckades.")

    monkeypatch.setitem(module, "suppress", failing)
    with pytest.raises(DisclosureError, match="Lösaren"):
        decide([made(sexes(30, 30))], "public")


def test_what_the_audit_can_break_is_not_published(made, monkeypatch):
    """A choice that hides too little is refused by the audit on every rung, and the report says nothing."""
    module = sys.modules["isu_analysis.disclosure.decide"].__dict__
    real = module["suppress"]

    class Leaky:
        def __init__(self, problem):
            must = {name for name, count in problem.counts.items() if count.protect or count.hidden}
            self.hidden = frozenset(must)

    monkeypatch.setitem(module, "suppress", lambda problem: Leaky(problem))
    results = made(sexes(38, 2))
    assert decide([results], "public").decisions[results.key].rung == NO_BREAKDOWN
    monkeypatch.setitem(module, "suppress", real)
    assert decide([results], "public").decisions[results.key].rung == WHOLE


def test_some_nearly_small_counts_are_hidden_as_if_they_were_small(made):
    """Which they are depends on a secret: about one in ten of those from five to nine, and none that is larger."""

    def fill(book):
        book.count("flow/eligible", 4000, declared=True)
        for i in range(200):
            book.tally(f"a/nearly/{i}", range(10 * i, 10 * i + 5 + i % 5))
            book.tally(f"a/large/{i}", range(10000 + 20 * i, 10000 + 20 * i + 12))

    results = made(fill)
    assert hidden_of(decide([results], "public"), results) == {}
    drawn = [
        set(hidden_of(decide([results], "public", before=Before(secret=secret)), results)) for secret in (b"a", b"b")
    ]
    assert all(10 <= len(one) <= 32 and all("nearly" in cell for cell in one) for one in drawn)
    assert drawn[0] != drawn[1]
    assert drawn[0] == set(hidden_of(decide([results], "public", before=Before(secret=b"a")), results))


def test_a_number_that_needs_thirty_says_nothing_of_a_hidden_count(made):
    """31 are meant, 28 measured, three lost: neither a spread nor an interval may be there, or not there, for their sake."""

    def fill_of(measured):
        def fill(book):
            whole, part = book.tally("flow/eligible", range(31)), book.tally("a/paired", range(measured))
            book.total(whole, part, book.tally("a/lost", range(measured, 31), zero_is_plain=True))
            book.mean("a/change", 1.234, measured, "a/paired", low=1.0, high=1.5)
            book.mean("a/start_sd", 2.0, measured, "a/paired")

        return fill

    for measured in (28, 30):
        results = made(fill_of(measured))
        report = isu.protect(results, decide([results], "public"))
        if report.cell("a/paired").hidden:
            assert report.cell("a/start_sd").hidden and math.isnan(report.cell("a/change").low)
            assert report.cell("a/change").n is None and report.cell("a/change").value == 1.2
        else:
            assert report.cell("flow/eligible").hidden


def test_that_a_mean_is_shown_is_known_to_mean_ten(made):
    """Nine and ten measured: the one has no mean, the other has, and whoever sees it knows."""

    def fill_of(measured):
        def fill(book):
            book.count("flow/eligible", 400, declared=True)
            book.mean("a/change", 1.0, measured, book.tally("a/paired", range(measured)))

        return fill

    for measured, bound in ((9, (0, 9)), (10, (10, None))):
        results = made(fill_of(measured))
        count = knowledge(results, (), Limits(), NOTHING).problem.counts[name_of(results.key, "a/paired")]
        assert (count.least, count.most) == bound


def test_that_a_breakdown_is_there_says_that_none_of_it_is_small(made):
    def fill(book):
        book.tally("flow/eligible", range(40))
        with book.breakdown():
            book.tally("a/shown", range(7))
        with book.breakdown():
            book.tally("b/shown", range(7))
            book.tally("b/few", range(3))

    results = made(fill)
    counts = knowledge(results, (), Limits(), NOTHING).problem.counts
    assert counts[name_of(results.key, "a/shown")].least == 5
    hidden = hidden_of(decide([results], "public"), results)
    assert hidden == {"b/shown": INTERNAL, "b/few": INTERNAL}


def test_a_figure_about_a_report_without_data_stops_the_release(made):
    """It may be misspelt, or what it is about may be out: either way nothing can be protected from it."""
    figure = KnownElsewhere(source="Nämnden", total=60, parts=("b/2024/flow/eligible",))
    with pytest.raises(DisclosureError, match="inga inlästa uppgifter för exempelstad/b/2024"):
        decide([made(sexes(30, 30), elsewhere=[figure])], "public")


def test_a_hidden_number_of_worse_that_is_not_said_to_be_small_is_known_to_be_five(made):
    """Six worse beside three unchanged: were worse hidden without the words, everybody would know it is five or more."""

    def fill(book):
        parts = [book.tally("a/better", range(30)), book.tally("a/unchanged", range(30, 33))]
        parts.append(book.tally("a/deteriorated", range(33, 39)))
        book.total(book.tally("flow/eligible", range(39)), *parts)

    results = made(fill)
    counts = knowledge(results, (), Limits(), NOTHING).problem.counts
    assert counts[name_of(results.key, "a/deteriorated")].least == 5
    hidden = hidden_of(decide([results], "public"), results)
    assert {"a/unchanged"} < set(hidden)
    assert (
        "a/better" in hidden or "flow/eligible" in hidden
    )  # three and six would be nine, and so at most four unchanged


def test_units_with_the_same_clients_are_laid_beside_each_other(made):
    """Unit b is unit a without one client: neither the mean nor the number of women of both."""
    clients = {str(i): f"c{i}" for i in range(80)} | {f"b{i}": f"c{i}" for i in range(80)}

    def fill_of(ids):
        def fill(book):
            women = book.tally("who/sex/woman", ids[:40], never_zero=True)
            men = book.tally("who/sex/man", ids[40:], never_zero=True)
            book.total(book.tally("flow/eligible", ids), women, men)
            book.mean("bdi:client/start_mean", 20.0, len(ids), "flow/eligible", counts=("flow/eligible",))

        return fill

    first = made(fill_of([str(i) for i in range(60)]), "a", clients={k: v for k, v in clients.items() if k[0] != "b"})
    other = made(
        fill_of([f"b{i}" for i in range(1, 60)]), "b", clients={k: v for k, v in clients.items() if k[0] == "b"}
    )
    release = decide([first, other], "public")
    assert "bdi:client/start_mean" not in hidden_of(release, first)
    assert "bdi:client/start_mean" in hidden_of(release, other)
    assert {"who/sex/woman", "who/sex/man", "flow/eligible"} & set(hidden_of(release, other))


def test_items_and_their_total_are_one_variable(made):
    """Four items of 18 less their total of 17 are the score of one."""

    def fill(book):
        book.count("flow/eligible", 300, declared=True)
        book.group("all", range(18))
        book.group("scored", range(17))
        book.mean("sdq:client/start_mean", 10.0, 17, "scored")
        for item in "abcd":
            book.mean(f"sdq.{item}:client/start_mean", 2.5, 18, "all")

    results = made(fill)
    hidden = hidden_of(decide([results], "public"), results)
    assert set(hidden) == {f"sdq.{item}:client/start_mean" for item in "abcd"}


def test_a_mean_at_the_end_of_its_scale_is_everybodys_score(results_of, made):
    results = results_of("exempelstad/unga-vuxna", 2024)
    outcome = next(one for one in results.context.outcomes if one.measure.maximum is not None)

    def fill(book):
        book.count("flow/eligible", 300, declared=True)
        book.group("all", range(12))
        book.mean(f"{outcome.key}/start_mean", float(outcome.measure.maximum), 12, "all")
        book.mean(f"{outcome.key}/end_mean", float(outcome.measure.maximum) - 1, 12, "all")

    ceiling = made(fill)
    assert hidden_of(decide([ceiling], "public"), ceiling) == {f"{outcome.key}/start_mean": HIDDEN}


def test_a_few_outside_what_is_declared_are_not_told(made):
    """32 are said to have started and 30 were followed up: two were left out."""

    def fill(book):
        book.count("flow/started", 32, declared=True)
        book.tally("flow/eligible", range(30))

    results = made(fill)
    assert hidden_of(decide([results], "public"), results) == {"flow/eligible": HIDDEN}


def test_a_reason_that_everybody_came_for_is_not_told(results_of):
    """40 of 40 came because of the same thing: whoever knows that somebody was there would know why."""
    results = results_of("exempelstad/resurs-barn", 2024)
    cells = tuple(
        replace(cell, value=205.0, n=205) if cell.id == "who/reason/Konflikter" else
        replace(cell, value=0.0, n=0) if cell.id.startswith("who/reason/") and cell.kind == "count" and cell.id.count("/") == 2 else cell
        for cell in results.cells
    )  # fmt: skip
    one = replace(results, cells=cells, sums=(), people={**results.people})
    hidden = decide([one], "public").decisions[one.key].hidden
    assert all(hidden[cell.id] == INTERNAL for cell in one.cells if cell.id.startswith("who/reason/"))
    plain = decide([results], "public").decisions[results.key].hidden
    assert "who/reason/Konflikter" not in plain
