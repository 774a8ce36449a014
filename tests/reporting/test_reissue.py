"""A report that is made again says so when its figures have changed, and only then; parts of years beside whole ones."""

import datetime as dt
import json
from dataclasses import asdict, replace

import pytest
import small_project as small
from test_cohorts import FOLLOWED, episode, score

import isu_analysis as isu
from isu_analysis.disclosure import Issue, Release, decide, protect
from isu_analysis.disclosure.editions import edition
from isu_analysis.disclosure.issue import issued
from isu_analysis.errors import DisclosureError, ReportError, SettingsError
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed
from isu_analysis.presentation import SECTIONS
from isu_analysis.reporting.index import write_index
from isu_analysis.reporting.issues import of_document, of_editions, of_folder
from isu_analysis.reporting.manifest import manifest
from isu_analysis.reporting.plan import Job, overviews, plan, refuse_public_part

ONE, OTHER, THIRD = "1" * 64, "2" * 64, "3" * 64
KEY = "a-kommun/oppenvard"


def day(text):
    return dt.date.fromisoformat(text)


def history(*issues):
    """Issue after issue, each a date of the data and the figures."""
    found = None
    for as_of, figures in issues:
        found = issued(found, day(as_of), figures)
    return found.first, found.updated, found.is_updated


@pytest.mark.parametrize(
    ("issues", "expected"),
    [
        ([("2024-02-10", ONE)], ("2024-02", "2024-02", False)),
        ([("2024-02-10", ONE), ("2024-10-01", ONE)], ("2024-02", "2024-02", False)),
        ([("2024-02-10", ONE), ("2024-02-28", OTHER)], ("2024-02", "2024-02", False)),
        ([("2024-02-10", ONE), ("2024-10-01", OTHER)], ("2024-02", "2024-10", True)),
        ([("2024-02-10", ONE), ("2024-10-01", OTHER), ("2024-12-01", OTHER)], ("2024-02", "2024-10", True)),
        ([("2024-02-10", ONE), ("2024-10-01", OTHER), ("2024-12-01", THIRD)], ("2024-02", "2024-12", True)),
        (
            [("2024-02-10", ONE), ("2023-12-01", OTHER)],
            ("2024-02", "2024-02", False),
        ),  # an earlier date, asked for by hand
    ],
)
def test_only_other_figures_of_a_later_month_are_an_update(issues, expected):
    assert history(*issues) == expected


def test_a_run_hands_over_what_was_out():
    release = Release("internal", reviewed=True, issued={"a/b/2024": Issue("2024-02", "2024-10", ONE)})
    assert Release.from_json(release.to_json()) == release


@pytest.mark.parametrize(
    "changes",
    [{"first": "2024-11"}, {"first": "2024-2"}, {"updated": "2024-13"}, {"updated": "2024-10-01"}, {"figures": "x"}, {"figures": None},
     {"day": "2024-10-01"}],
)  # fmt: skip
def test_a_damaged_issue_opens_nothing(changes, tmp_path):
    issue = asdict(Issue("2024-02", "2024-10", ONE)) | changes
    values = json.loads(Release("internal").to_json())
    for given in ({"a/b/2024": issue}, {"a/b/2024": None}, []):
        with pytest.raises(DisclosureError, match="skadad"):
            Release.from_json(json.dumps({**values, "issued": given}))
    (tmp_path / "manifest.json").write_text(json.dumps({"issue": issue}), encoding="utf-8")
    assert of_folder(tmp_path) is None


class Unit:
    """A unit whose internal reports are made again and again, as a run makes them but for the notebook."""

    def __init__(self, folder):
        self.project = small.project(folder)
        self.unit = small.unit(self.project, FOLLOWED)

    def read_in(self, measurements):
        rows = [episode(f"e{i}", "2023-01-10", "2023-06-01", year=2023) for i in range(40)]
        frames = (
            store.episodes_frame(small.block(rows), self.unit),
            store.measurements_frame(small.block(measurements)),
        )
        store.save(self.project, self.unit, Processed(*frames, {}))

    def make(self, as_of, language="sv"):
        """Make the report and put its manifest in place; give what its title says and all that was printed."""
        from isu_analysis.presentation.sealed import to_json

        job = Job(KEY, 2023, "Öppenvården")
        folder = job.folder(self.project, "internal")
        before = of_folder(folder)
        release = Release.from_json(
            Release("internal", reviewed=True, issued={job.key: before} if before else {}).to_json()
        )
        results = isu.analyse(isu.cohort(self.unit, 2023, as_of=as_of, project=self.project))
        sections = [isu.show(protect(results, release), key, language) for key in SECTIONS]
        shown = [to_json(one) for one in sections if one is not None]
        about = manifest(
            self.project,
            job,
            [self.unit],
            "internal",
            as_of,
            language,
            {},
            issue=of_document(next(filter(None, sections)).document),
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_bytes(about)
        return shown[0]["document"]["subtitle"], (shown, about)


def scores(*people):
    return [score(f"e{i}", when, value, year=2023) for i in people for when, value in (("start", 20.0), ("end", 10.0))]


def test_late_follow_ups_update_a_report_and_nothing_else_does(tmp_path):
    unit = Unit(tmp_path)
    unit.read_in(scores(*range(20)))
    title, first = unit.make("2024-02-10")
    assert title == "Uppföljning 2023"
    assert unit.make("2024-02-10") == (title, first)  # the same inputs, the same bytes
    assert unit.make("2024-09-01")[0] == "Uppföljning 2023"  # newer data, of other years
    unit.read_in(scores(*range(25)))
    title, updated = unit.make("2024-10-15")
    assert title == "Uppföljning 2023, uppdaterad 2024-10"
    assert unit.make("2024-10-15") == (title, updated)
    assert unit.make("2024-12-01")[0] == "Uppföljning 2023, uppdaterad 2024-10"
    assert unit.make("2024-12-01", "en")[0] == "Follow-up 2023, updated 2024-10"
    page = write_index(unit.project, "internal").read_text(encoding="utf-8")
    assert "<td>2023, uppdaterad 2024-10</td>" in page and " 2023, uppdaterad 2024-10</span>" in page


@pytest.fixture
def public(results_of):
    """A public report, and the ledger's editions of it by date and figures."""
    results = results_of("exempelstad/unga-vuxna", 2023)
    release = decide([results], "public")
    report = protect(results, release)

    def editions(*issues):
        made = edition(results, report, release.decisions[results.key], "abcd1234", {})
        moved = {name: {**cell, "value": cell["value"] + 1} for name, cell in made.shown.items()}
        return [replace(made, as_of=day(as_of), shown=made.shown if same else moved) for as_of, same in issues]

    return results, release, editions


def test_the_ledger_tells_when_a_public_report_was_first_issued(public):
    results, release, editions = public
    month = results.context.as_of.isoformat()[:7]
    now = (
        results.context.as_of,
        {cell.id: asdict(cell) for cell in protect(results, release).within("")},
        results.fingerprint,
    )
    before = of_editions(editions(("2024-02-10", True), ("2024-08-01", False)), *now)
    assert before == Issue("2024-02", month, results.fingerprint)
    report = protect(results, replace(release, issued={results.key: before}))
    assert report.issue == Issue("2024-02", month)  # and no fingerprint of what is hidden
    assert isu.show(report, "first_page").document.subtitle == f"Uppföljning 2023, uppdaterad {month}"
    again = of_editions(editions(("2024-02-10", False), ("2024-08-01", True)), *now)
    report = protect(results, replace(release, issued={results.key: again}))
    assert isu.show(report, "first_page").document.subtitle == "Uppföljning 2023, uppdaterad 2024-08"


def test_what_no_page_shows_updates_no_public_report(public):
    """A hidden number may move, and a later version of the program may tell more: no printed figure is another."""
    results, release, editions = public
    shown = {cell.id: asdict(cell) for cell in protect(results, release).within("")}
    (first,) = editions(("2024-02-10", True))
    told_less = replace(first, shown=dict(list(first.shown.items())[1:]))
    for before in (first, told_less, replace(first, fingerprint=OTHER)):
        assert of_editions([before], day("2024-10-01"), shown, THIRD) == Issue("2024-02", "2024-02", THIRD)


@pytest.mark.parametrize(
    ("issues", "subtitle"),
    [
        ([("2024-02-10", True)], "Uppföljning 2023"),
        ([("2024-02-10", False), ("2024-08-01", True)], "Uppföljning 2023, uppdaterad 2024-08"),
    ],
)
def test_an_edition_that_stands_is_not_updated(public, issues, subtitle):
    results, release, editions = public
    decision = release.decisions[results.key]
    shown = {cell.id: asdict(cell) for cell in protect(results, release).within("")}
    standing = replace(decision, standing=shown, as_of=day(issues[-1][0]))
    issue = of_editions(editions(*issues), results.context.as_of, shown, results.fingerprint)
    out = replace(release, decisions={results.key: standing}, issued={results.key: issue})
    report = protect(results, Release.from_json(out.to_json()))
    assert report.standing and isu.show(report, "first_page").document.subtitle == subtitle


def test_no_public_file_holds_a_fingerprint(public, demo_project):
    results, release, _ = public
    before = Issue("2024-02", "2024-02", ONE)
    report = protect(results, replace(release, issued={results.key: before}))
    document = isu.show(report, "first_page").document
    job = Job("exempelstad/unga-vuxna", 2023)
    about = manifest(
        demo_project,
        job,
        [results.context.unit],
        "public",
        document.as_of,
        "sv",
        {},
        issue=Issue("2024-02", "2024-08", ONE),
    )
    assert document.figures == "" and ONE.encode() not in about
    assert json.loads(about)["issue"] == {"first": "2024-02", "updated": "2024-08", "figures": ""}


# Parts of years beside whole ones


def test_a_part_has_a_folder_and_a_name_of_its_own(tmp_path):
    year, part = Job(KEY, 2024, "Öppenvården"), Job(KEY, 2024, "Öppenvården", "2024-06-30")
    assert part.folder(tmp_path, "internal", "en").name == "2024-tom-2024-06-30-en"
    assert part.key == f"{KEY}/2024-tom-2024-06-30" and year.key == f"{KEY}/2024"
    assert sorted([Job(KEY, 2025), part, year, Job(KEY, 2024, through="2024-03-31")]) == [
        year, Job(KEY, 2024, through="2024-03-31"), part, Job(KEY, 2025),
    ]  # fmt: skip


def test_parts_are_planned_of_their_own_year_and_without_overviews(demo_project):
    planned = plan(["exempelstad/unga-vuxna"], None, demo_project, "2024-06-30")
    assert [job.period for job in planned.jobs] == ["2024-tom-2024-06-30"] and overviews(planned.jobs) == ()
    assert plan(["exempelstad/unga-vuxna"], [2024], demo_project, "2024-06-30") == planned
    with pytest.raises(ReportError, match=r"gäller 2024\. Ange inget annat år\."):
        plan(["exempelstad/unga-vuxna"], [2023, 2024], demo_project, "2024-06-30")
    with pytest.raises(SettingsError, match="hela 2024"):
        plan(["exempelstad/unga-vuxna"], None, demo_project, "2024-12-31")
    with pytest.raises(ReportError, match="Inget att redovisa för 2031"):
        plan(["exempelstad/unga-vuxna"], None, demo_project, "2031-06-30")


def test_a_part_is_never_published():
    with pytest.raises(ReportError, match=r"^En delårsrapport \(through\) kan inte publiceras"):
        refuse_public_part("public", "2024-06-30")
    refuse_public_part("public", "")
    refuse_public_part("internal", "2024-06-30")


def test_the_index_has_a_year_before_its_parts_and_the_latest_part_first(tmp_path):
    def put(folder, **more):
        place = tmp_path / "reports" / "internal" / KEY / folder
        place.mkdir(parents=True)
        about = {"municipality": "Å kommun", "unit": "Öppenvården", "invented": False, **more}
        (place / "manifest.json").write_text(json.dumps(about), encoding="utf-8")

    put("2023", year=2023, issue=asdict(Issue("2024-02", "2024-10", ONE)))
    put("2024", year=2024)
    put("2024-tom-2024-03-31", year=2024, through="2024-03-31")
    put("2024-tom-2024-06-30", year=2024, through="2024-06-30")
    put("2025-tom-2025-03-31", year=2025, through="2025-03-31")
    put("broken-1", year=2024, through="2023-03-31")
    put("broken-2", year=2024, through="<script>")
    put("broken-3", year=2024, issue={"first": "<b>", "updated": "2024-10", "figures": ""})
    text = write_index(tmp_path, "internal").read_text(encoding="utf-8")
    wanted = ["2025, till och med 31 mars 2025", "2024", "2024, till och med 30 juni 2024", "2024, till och med 31 mars 2024",
              "2023, uppdaterad 2024-10"]  # fmt: skip
    assert [
        line.split("<td>")[2].removesuffix("</td>")
        for line in text.splitlines()
        if line.startswith('<tr><th scope="row">')
    ] == wanted
    assert f'href="{KEY}/2024-tom-2024-06-30/report.pdf"' in text and "broken" not in text
