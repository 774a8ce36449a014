"""Every design of outcome on small invented tables; every expected number is counted by hand in the comments."""

import pytest
import small_project as small
from words import text_of

import isu_analysis as isu
from isu_analysis.disclosure import decide
from isu_analysis.errors import SettingsError
from isu_analysis.intake import store
from isu_analysis.intake.store import Processed

UNIT = """\
name: Prov
municipality: Å kommun
purpose: "Att pröva."
desired_outcome: "Bättre."
target_group: "Vuxna."
retention_years: 5
counting: "Den som inte fullföljer räknas som ej nått."
limits: {pairs: 2, coverage: 0.1}
measures: [MEASURES]
OWN
occasions:
  samtal: {label: "samtal", role: session}
  start: {label: "nybesök", role: start}
  end: {label: "avslut", role: end}
  m3: {label: "3 månader efteråt", role: follow_up}
  first: {label: "första samtalet", role: start, session: first}
  last: {label: "sista samtalet", role: end, session: last}
cohort: {rule: ended}
primary: {PRIMARY, declared: 2021-12-01}
MORE
sources:
  - file: "prov_{year}.csv"
    rows: episode
    id: Nr
    client: Person
    start: Start
    end: Slut
    ending: {column: Avslut, values: {P: planned, U: unplanned}}
    background:
      sex: {column: Kön, label: Kön, values: {K: woman, M: man}}
    measurements:
COLUMNS
"""


def settings(measures, primary, columns, own="", more=""):
    listed = "\n".join(f"      - {{{column}}}" for column in columns)
    text = UNIT.replace("MEASURES", measures).replace("PRIMARY", primary).replace("COLUMNS", listed)
    return text.replace("OWN\n", own).replace("MORE\n", more)


@pytest.fixture
def made(tmp_path):
    """Give a function from unit text and tables to results."""
    place = small.project(tmp_path)

    def make(text, episodes, measurements, about=None):
        unit = small.unit(place, text)
        tables = Processed(
            store.episodes_frame(small.block(episodes), unit),
            store.measurements_frame(small.block(measurements)),
            about or {},
        )
        store.save(place, unit, tables)
        return isu.analyse(isu.cohort(unit, 2024, "2025-06-01", place))

    return make


def episode(name, ending="planned", sex="woman", client=None):
    return {"episode": name, "client": client or f"p{name}", "year": 2024, "start": "2024-01-10", "end": "2024-06-01",
            "ending": ending, "sex": sex}  # fmt: skip


def row(name, measure, occasion, rater="client", **more):
    return {"episode": name, "measure": measure, "item": "", "occasion": occasion, "rater": rater, "year": 2024,
            "mode": "form", **more}  # fmt: skip


def values(results, prefix, *names):
    return {name: results.cell(f"{prefix}/{name}").value for name in names}


def sums_hold(results):
    return all(
        results.cell(one.total).value == sum(results.cell(part).value for part in one.parts) for one in results.sums
    )


def words(results, mode="internal"):
    """All text of the report; a public one goes through the whole gate."""
    return text_of(isu.protect(results, decide([results], mode)))


# Sessions. a has 3 scores, b 2, c 1, d none, e 4, f 2; a, b, c ended as planned.
ORS = settings("ors, srs", "measure: ors, rater: client, start: first, end: last",
               ["column: ORS, measure: ors, rater: client, occasion: samtal", "column: SRS, measure: srs, rater: client, occasion: samtal"])  # fmt: skip
SCORES = {"a": [10, 20, 30], "b": [30, 28], "c": [12], "e": [10, 9, 12, 10], "f": [20, 26]}
SRS_SCORES = {"a": [30, 40], "b": [40, 40], "c": [36], "e": [40, 35.9], "f": [40, 36]}


def conversations(measure, scores):
    return [
        row(name, measure, "samtal", value=float(value), day=f"2024-0{month}-10")
        for name, given in scores.items()
        for month, value in enumerate(given, start=1)
    ]


@pytest.fixture
def sessions(made):
    people = [episode(name, "planned" if name in "abc" else "unplanned") for name in "abcdef"]
    return made(ORS, people, conversations("ors", SCORES) + conversations("srs", SRS_SCORES))


def test_sessions_are_counted_and_compared_from_first_to_last(sessions):
    """0, 1, 2, 3+ points: d; c; b and f; a and e. Changes +20, -2, 0, +6: mean 6."""
    key = "ors:client"
    assert sessions.context.main.design == "sessions"
    assert values(sessions, f"{key}/points", "0", "1", "2", "3+", "several", "median") == {
        "0": 1, "1": 1, "2": 2, "3+": 2, "several": 4, "median": 2,
    }  # fmt: skip
    assert sessions.cell(f"{key}/points/several/share").value == pytest.approx(4 / 6)
    assert values(sessions, key, "paired", "lost", "change", "better", "deteriorated") == {
        "paired": 4, "lost": 2, "change": 6, "better": 2, "deteriorated": 0,
    }  # fmt: skip
    assert sums_hold(sessions)


def test_planned_and_broken_off_endings_stand_apart(sessions):
    """Planned: a +20 and b -2 of three; broken off: e 0 and f +6 of three."""
    place = "ors:client/by/ending"
    assert [sessions.cell(f"{place}/{name}/change").value for name in ("planned", "unplanned")] == [9, 3]
    assert [sessions.cell(f"{place}/{name}/paired").value for name in ("planned", "unplanned")] == [2, 2]
    assert [sessions.cell(f"{place}/{name}/eligible").value for name in ("planned", "unplanned")] == [3, 3]


def test_the_real_interval_is_told(sessions):
    """Days from the first to the last of b, f (31), a (60) and e (91): the median is 45.5."""
    assert values(sessions, "ors:client/days", "median", "shortest", "longest") == {
        "median": 45.5, "shortest": 31, "longest": 91,
    }  # fmt: skip
    assert sessions.cell("ors:client/days/longest").internal


def test_a_process_measure_is_a_signal_and_no_outcome(sessions):
    """Below 36: a once (30), e last (35.9); 36 itself is not below. Of five with a score."""
    key = "srs:client"
    assert values(sessions, key, "cases", "last_below", "earlier_below", "never_below", "any_below") == {
        "cases": 5, "last_below": 1, "earlier_below": 1, "never_below": 3, "any_below": 2,
    }  # fmt: skip
    ours = [cell.id for cell in sessions.cells if cell.id.startswith(key)]
    assert not [name for name in ours if any(word in name for word in ("change", "better", "paired"))]
    told = next(part for part in words(sessions).split("\n") if "SRS minst en gång" in part)
    assert "inget utfall" in told and "bättre" not in told and "sämre" not in told


# A judgement in four steps without a middle. Ten people: see ANSWERS.
CHANGE = settings("mini_maria_change", "measure: mini_maria_change, rater: staff, end: end",
                  ["column: Bedömning, measure: mini_maria_change, rater: staff, occasion: end"],
                  more="subgroups: [{by: sex, label: Kön, labels: {woman: Kvinnor, man: Män}}]\n")  # fmt: skip


def judged(name, level=None, mode="interview", occasion="end", **more):
    return row(name, "mini_maria_change", occasion, "staff", level=level, mode=mode, **more)


@pytest.fixture
def judgement(made):
    """30 people: 14 better by interview, 6 better read in the file, 4 worse by interview, 6 without: 4 declined, 2 moved."""
    names = [f"n{i:02}" for i in range(30)]
    people = [episode(name, sex="woman" if i % 2 else "man") for i, name in enumerate(names)]
    rows = [judged(name, "battre") for name in names[:14]] + [
        judged(name, "battre", "on_file") for name in names[14:20]
    ]
    rows += [judged(name, "samre") for name in names[20:24]]
    rows += [judged(name, missing_reason="declined") for name in names[24:28]] + [judged(name, missing_reason="moved") for name in names[28:]]  # fmt: skip
    rows += [judged(name, "battre", occasion="m3") for name in names[:3]]
    return made(CHANGE, people, rows)


def test_a_judgement_by_mode_reason_and_group(judgement):
    """Women are every second one: 12 of the 24 with an answer, 10 of them better."""
    key = "mini_maria_change:staff"
    assert values(judgement, key, "answered", "missing", "positive", "reason/by/declined", "reason/by/moved") == {
        "answered": 24, "missing": 6, "positive": 20, "reason/by/declined": 4, "reason/by/moved": 2,
    }  # fmt: skip
    assert values(judgement, f"{key}/mode/by", "interview", "on_file", "interview/battre", "on_file/samre") == {
        "interview": 18, "on_file": 6, "interview/battre": 14, "on_file/samre": 0,
    }  # fmt: skip
    assert values(judgement, f"{key}/by/sex/woman", "eligible", "answered", "positive") == {
        "eligible": 15, "answered": 12, "positive": 10,
    }  # fmt: skip
    assert judgement.cell(f"{key}/by/sex/woman/positive").internal  # two who are not better would cost the whole
    assert sums_hold(judgement)


def test_a_later_look_is_an_outcome_of_its_own(judgement):
    """Three were judged again three months later; they are no part of the answers at the end."""
    assert values(judgement, "mini_maria_change:staff@m3", "answered", "missing") == {"answered": 3, "missing": 27}
    assert "bedömd förändring vid 3 månader efteråt" in words(judgement)


def test_a_judgement_in_words(judgement):
    """Its blind spot, its modes, its reasons; and in public no small number."""
    told = words(judgement)
    for sentence in (
        "Bland svaren finns inget för oförändrat",
        "läst i akten",
        "ville inte",
        "Så räknar enheten själv: Den som inte",
    ):
        assert sentence in told, sentence
    public = words(judgement, "public")
    assert "färre än 5" in public


def test_few_answers_have_counts_and_no_per_cent(made):
    """16 people, 12 of 14 better: no share is printed, and the rule is."""
    names = [f"n{i:02}" for i in range(16)]
    rows = [judged(name, "battre") for name in names[:12]] + [judged(name, "samre") for name in names[12:14]]
    results = made(CHANGE, [episode(name) for name in names], rows)
    told = words(results)
    shown = isu.show(isu.protect(results, isu.Release.internal()), "results")
    assert not [block for block in shown.blocks if "%" in getattr(block, "text", "") + getattr(block, "alt", "")]
    assert "12 av 14 med uppgift." in told
    assert "Andelar av färre än 20 skrivs som antal" in told


TARGET = settings("ung_hisingen_4", "measure: ung_hisingen_4.psykisk_halsa, rater: staff, end: end",
                  ["column: Hälsa, measure: ung_hisingen_4.psykisk_halsa, rater: staff, occasion: end"],
                  more='targets: [{measure: ung_hisingen_4.psykisk_halsa, rater: staff, share: 0.6, source: "planen"}]\n')  # fmt: skip


@pytest.fixture
def target(made):
    """40 people: 20 reached, 5 did not, 10 do not concern it, 5 missing of whom 2 were placed."""
    names = [f"n{i:02}" for i in range(40)]
    levels = ["forbattring"] * 20 + ["ingen_forbattring"] * 5 + ["ej_aktuellt"] * 10
    rows = [row(name, "ung_hisingen_4.psykisk_halsa", "end", "staff", level=level) for name, level in zip(names, levels, strict=False)]  # fmt: skip
    rows += [
        row(name, "ung_hisingen_4.psykisk_halsa", "end", "staff", missing_reason="placed") for name in names[35:37]
    ]
    return made(TARGET, [episode(name) for name in names], rows)


def test_what_does_not_apply_is_in_no_denominator(target):
    """20 of 25 with an answer, of 30 whom it concerns; 20 to 25 of 30 whatever the missing did; the target is 60 %."""
    key = "ung_hisingen_4.psykisk_halsa:staff"
    assert values(target, key, "answered", "due", "missing", "positive") == {
        "answered": 25, "due": 30, "missing": 5, "positive": 20,
    }  # fmt: skip
    of_all, bounds = target.cell(f"{key}/positive/of_all"), target.cell(f"{key}/positive/bounds")
    assert (of_all.n, of_all.of) == (20, 30)
    assert (bounds.low, bounds.high) == (pytest.approx(20 / 30), pytest.approx(25 / 30))
    assert target.cell(f"{key}/target/0/state").code == "reached"  # 20 / 30 is more than 60 % already
    assert sums_hold(target)


def test_a_target_in_words(target):
    """The decided target, the placed, and those whom it does not concern."""
    told = words(target)
    for sentence in ("Enhetens mål är minst 60 %", "Det är nått vad som än är sant",
                     "För 10 är frågan inte aktuell", "(räknas inte med)"):  # fmt: skip
        assert sentence in told, sentence
    assert (
        "är placerade" not in told and "placerades:" not in told
    )  # where somebody lives says nothing about mental health
    words(target, "public")


AT_HOME = settings("mst_ultimate", "measure: mst_ultimate.bor_hemma, rater: staff, end: end",
                   ["column: Hemma, measure: mst_ultimate.bor_hemma, rater: staff, occasion: end"],
                   more='targets: [{measure: mst_ultimate.bor_hemma, rater: staff, share: 0.9, source: "planen"}]\n')  # fmt: skip


def test_whoever_is_placed_does_not_live_at_home(made):
    """22 of 30 live at home, 2 do not, 6 are missing of whom 4 are placed: 22 to 24 of 30, whatever the others did."""
    names = [f"n{i:02}" for i in range(30)]
    rows = [
        row(name, "mst_ultimate.bor_hemma", "end", "staff", level=level)
        for name, level in zip(names, ["ja"] * 22 + ["nej"] * 2, strict=False)
    ]
    rows += [row(name, "mst_ultimate.bor_hemma", "end", "staff", missing_reason="placed") for name in names[24:28]]
    results = made(AT_HOME, [episode(name) for name in names], rows)
    key = "mst_ultimate.bor_hemma:staff"
    for place in ("positive", "target/0"):
        bounds = results.cell(f"{key}/{place}/bounds")
        assert (bounds.value, bounds.low, bounds.high) == (
            pytest.approx(22 / 24),
            pytest.approx(22 / 30),
            pytest.approx(24 / 30),
        )
    assert results.cell(f"{key}/target/0/state").code == "not_reached"
    assert "men 4 av dem är placerade" in words(results)


HOUSING = settings("boende_utfall", "measure: boende_utfall, rater: register, end: end",
                   ["column: Boende, measure: boende_utfall, rater: register, occasion: end"])  # fmt: skip


def test_not_known_is_missing_among_all_and_never_neutral(made):
    """30 moves: 12 own homes, 8 acute, 6 elsewhere and not known, 4 without: 20 known, 10 missing."""
    names = [f"n{i:02}" for i in range(30)]
    levels = ["eget_boende"] * 12 + ["akut_hemloshet"] * 8 + ["annat_boende_externt"] * 6
    rows = [
        row(name, "boende_utfall", "end", "register", level=level) for name, level in zip(names, levels, strict=False)
    ]
    people = [
        episode(name, client=f"p{min(i, 24)}") for i, name in enumerate(names)
    ]  # the last six moves are one person's
    results = made(HOUSING, people, rows)
    key = "boende_utfall:register"
    assert values(results, key, "answered", "missing", "silent", "level/annat_boende_externt") == {
        "answered": 20, "missing": 10, "silent": 4, "level/annat_boende_externt": 6,
    }  # fmt: skip
    assert values(results, "flow", "eligible", "persons", "again") == {"eligible": 30, "persons": 25, "again": 5}
    told = words(results)
    assert "30 ärenden gäller 25 personer" in told and "Annat boende externt (okänt)" in told
    assert sums_hold(results)


GOALS = settings("gas", "measure: gas, rater: client, end: end",
                 ["column: Nivå, measure: gas, rater: client, occasion: end, item_column: Mål"])  # fmt: skip


@pytest.fixture
def goals(made):
    """a: 0, 1; b: -1; c: 2, -2, 0; d: none rated; e: nothing. Six rated goals of three people, one unrated."""
    given = [("a", "x", "0"), ("a", "y", "1"), ("b", "x", "-1"), ("c", "x", "2"), ("c", "y", "-2"), ("c", "z", "0")]
    rows = [row(name, "gas", "end", item=goal, level=level) for name, goal, level in given]
    rows.append(row("d", "gas", "end", item="x", missing_reason="unknown"))
    return made(GOALS, [episode(name) for name in "abcde"], rows)


def test_goals_and_people_are_both_counted(goals):
    """Four of six goals at the expected level or above; two of three people have one; one with 1, 2 and 3 goals each."""
    key = "gas:client"
    assert values(goals, key, "answers", "positive", "unrated", "answered", "missing", "people", "people/none") == {
        "answers": 6, "positive": 4, "unrated": 1, "answered": 3, "missing": 2, "people": 2, "people/none": 1,
    }  # fmt: skip
    assert values(goals, f"{key}/with", "1", "2", "3+") == {"1": 1, "2": 1, "3+": 1}
    assert goals.cell(f"{key}/per_person").value == 2
    assert sums_hold(goals)


def test_the_t_score_is_that_of_its_formula(goals):
    """Sum / sqrt(0.7 n + 0.3 n^2): a 1 / sqrt(2.6), b -1, c 0; T is 50 + ten times the mean of them."""
    assert goals.cell("gas:client/t").value == pytest.approx(50 + 10 * (1 / 2.6**0.5 - 1) / 3)
    told = words(goals)
    assert "Kiresuk och Shermans" in told and "mål utan bedömning (okänt)" in told
    assert "6 mål är bedömda, hos 3 ärenden" in told


EXPERIENCE = settings("ubat", "measure: ubat.upplevelse, rater: client, end: end",
                      ["column: Svar, measure: ubat.upplevelse, rater: client, occasion: end, item_column: Åtgärd"])  # fmt: skip


def test_several_answers_a_person_are_answers(made):
    """Three answers of a, one of b: 8, 9, 2 and 7. Three of four good, of two people; c has none."""
    given = [("a", "x", "8"), ("a", "y", "9"), ("a", "z", "2"), ("b", "x", "7")]
    rows = [row(name, "ubat.upplevelse", "end", item=item, level=level) for name, item, level in given]
    results = made(EXPERIENCE, [episode(name) for name in "abc"], rows)
    key = "ubat.upplevelse:client"
    assert results.context.main.design == "answers"
    assert values(results, key, "answers", "positive", "answered", "missing", "people") == {
        "answers": 4, "positive": 3, "answered": 2, "missing": 1, "people": 2,
    }  # fmt: skip
    told = words(results)
    assert "4 svar är bedömda, hos 2 ärenden" in told and "upplevd förändring" in told
    assert "uppmätt förändring," not in told


AREAS = ("boende", "mat", "ekonomi")
NEEDS = settings("cansas", "measure: cansas, rater: client, start: start, end: end",
                 [f"column: {area} {rater} {at}, measure: cansas, rater: {rater}, occasion: {at}, item: {area}"
                  for area in AREAS for rater in ("client", "staff") for at in ("start", "end")])  # fmt: skip
STATES = {"0": "inget_behov", "1": "tillgodosett", "2": "ej_tillgodosett", "9": "vet_ej"}


def rated(name, rater, start, end):
    """One digit an area at each occasion."""
    return [
        row(name, "cansas", at, rater, item=area, level=STATES[digit])
        for at, digits in (("start", start), ("end", end))
        for area, digit in zip(AREAS, digits, strict=False)
    ]


@pytest.fixture
def needs(made):
    """a 220 -> 120, b 219 -> 902, c 222 at the start only; the staff saw a as 210 -> 120 and b as 111 -> 111."""
    rows = rated("a", "client", "220", "120") + rated("b", "client", "219", "902") + rated("c", "client", "222", "")
    rows += rated("a", "staff", "210", "120") + rated("b", "staff", "111", "111")
    return made(NEEDS, [episode(name) for name in "abcd"], rows)


def test_unmet_needs_are_followed_one_by_one(needs):
    """Unmet at the start in a and b: boende and mat of a, boende of b. Of them met: one; still unmet: one; not known: one."""
    key = "cansas:client"
    assert values(needs, key, "paired", "lost", "both", "from/unmet", "asked", "resolved", "still_unmet", "newly_unmet") == {
        "paired": 2, "lost": 2, "both": 6, "from/unmet": 3, "asked": 2, "resolved": 1, "still_unmet": 1, "newly_unmet": 0,
    }  # fmt: skip
    assert values(needs, f"{key}/areas/start", "unmet", "met", "no_need", "not_known") == {
        "unmet": 6, "met": 1, "no_need": 1, "not_known": 1,
    }  # fmt: skip
    assert values(needs, f"{key}/from", "unmet/to/met", "unmet/to/unmet", "unmet/to/not_known", "met/to/no_need") == {
        "unmet/to/met": 1, "unmet/to/unmet": 1, "unmet/to/not_known": 1, "met/to/no_need": 1,
    }  # fmt: skip
    assert sums_hold(needs)


def test_two_raters_of_needs_are_laid_side_by_side(needs):
    """At the start both know a's three areas and b's two: a agrees on boende and ekonomi, b on mat: three of five."""
    place = "cansas:staff/agreement/start"
    assert needs.cell(place).value == 5 and needs.cell(f"{place}/same").value == 3
    told = words(needs)
    assert "samma sak i 3 av 5 områden" in told
    assert needs.cell("cansas:client/area/boende/start/unmet").value == 3  # a, b and c
    assert needs.cell("cansas:client/area/boende/start/unmet").internal


def test_a_measure_of_needs_must_have_its_three_states(made):
    """Two levels cannot be told apart as met and unmet."""
    own = """\
local_measures:
  - {id: behov, name: Need, name_sv: Behov, kind: need, raters: [client], levels: [{code: nej, label: Nej}, {code: ja, label: Ja}]}
"""
    text = settings("behov", "measure: behov, rater: client, end: end",
                    ["column: B, measure: behov, rater: client, occasion: end, item: x"], own)  # fmt: skip
    with pytest.raises(SettingsError, match="tre nivåer"):
        made(text, [episode("a")], [row("a", "behov", "end", item="x", level="ja")])


INTERVIEW = settings("dok, mini_maria_change", "measure: mini_maria_change, rater: staff, end: end",
                     ["column: B, measure: mini_maria_change, rater: staff, occasion: end",
                      *(f"column: {at}, measure: dok, rater: interviewer, occasion: {at}" for at in ("start", "end"))])  # fmt: skip


def test_interviews_are_counted_by_how_they_were_made(made):
    """Five of five at the start; at the end two with the person and one by the staff alone, of five."""
    rows = [row(name, "dok", "start", "interviewer", level="gjord", mode="interview") for name in "abcde"]
    rows += [row(name, "dok", "end", "interviewer", level="gjord", mode="interview") for name in "ab"]
    rows += [row("c", "dok", "end", "interviewer", level="gjord", mode="staff_alone")]
    rows += [judged(name, "battre") for name in "abc"]
    results = made(INTERVIEW, [episode(name) for name in "abcde"], rows)
    key = "dok:interviewer/at"
    assert values(results, key, "start", "end", "end/mode/interview", "end/mode/staff_alone", "end/not") == {
        "start": 5, "end": 3, "end/mode/interview": 2, "end/mode/staff_alone": 1, "end/not": 2,
    }  # fmt: skip
    told = words(results)
    assert "1 av 3 vid avslut är ifyllda av personalen ensam" in told
    assert not [cell.id for cell in results.cells if cell.id.startswith("dok:") and cell.kind == "mean"]


def test_a_median_shorter_than_what_the_questions_look_back_on_is_said(made):
    """The card's own time frame is longer than the thirty days between the two."""
    own = """\
local_measures:
  - id: oro
    name: Worry
    name_sv: Oro
    kind: scale
    raters: [client]
    minimum: 0
    maximum: 10
    higher_is_better: false
    time_frame: {days: 180, status: own, source: "handboken"}
"""
    text = settings("oro", "measure: oro, rater: client, start: start, end: end",
                    [f"column: {at}, measure: oro, rater: client, occasion: {at}" for at in ("start", "end")], own)  # fmt: skip
    rows = [row(name, "oro", at, value=float(value), day=day) for name in "abcd"
            for at, value, day in (("start", 8, "2024-01-01"), ("end", 4 + (name == "a"), "2024-01-31"))]  # fmt: skip
    results = made(text, [episode(name) for name in "abcd"], rows, {"warnings": ["prov.csv: två rader hoppades över"]})
    assert results.cell("oro:client/days/frame").code == "shorter"
    told = words(results)
    assert "30 dagar i median" in told and "de senaste 180 dagarna" in told and "handboken" in told
    assert "två rader hoppades över" in told and "hoppades över" not in words_if_public(results)


def words_if_public(results):
    release = decide([results], "public")
    return words(results, "public") if release.decisions[results.key].publishable else ""


@pytest.mark.parametrize("name", ["sessions", "judgement", "target", "goals", "needs"])
def test_every_design_goes_through_the_gate(request, name):
    """A public release is decided for each, and what it shows holds no small count that may be hidden."""
    results = request.getfixturevalue(name)
    decision = decide([results], "public").decisions[results.key]
    small_ones = [
        cell.id for cell in results.cells if cell.kind == "count" and 0 < cell.value < 5 and not cell.declared
    ]
    assert not decision.publishable or set(small_ones) <= set(decision.hidden)


HOUSING_TWICE = settings(
    "boende_utfall",
    "measure: boende_utfall, rater: register, start: start, end: end",
    [f"column: Boende {at}, measure: boende_utfall, rater: register, occasion: {at}" for at in ("start", "end")],
)


def test_a_state_that_nobody_knows_is_no_state(made):
    """Of 30 all have an answer twice; for six it is «okänt» at the end and for two at the start: 22 are known twice."""
    names = [f"n{i:02}" for i in range(30)]
    ends = ["eget_boende"] * 12 + ["akut_hemloshet"] * 12 + ["annat_boende_externt"] * 6
    starts = ["annat_boende_externt"] * 2 + ["akut_hemloshet"] * 28
    rows = [row(name, "boende_utfall", at, "register", level=level)
            for at, levels in (("start", starts), ("end", ends)) for name, level in zip(names, levels, strict=True)]  # fmt: skip
    results = made(HOUSING_TWICE, [episode(name) for name in names], rows)
    key = "boende_utfall:register"
    assert results.context.main.design == "transition"
    assert values(results, key, "paired", "lost", "start_only", "end_only", "lost/not_known", "lost/silent") == {
        "paired": 22, "lost": 8, "start_only": 6, "end_only": 2, "lost/not_known": 8, "lost/silent": 0,
    }  # fmt: skip
    assert sums_hold(results)
    told = words(results)
    assert "känt vid både start och slut för alla" not in told
    assert "Läget är inte känt vid både start och slut för 8 av 30" in told and "står det att läget är okänt" in told


def test_needs_of_which_nothing_is_known_are_no_pair(made):
    """b is «vet ej» in every area at the end: only a is followed up, and no area of b is in the table."""
    rows = rated("a", "client", "220", "120") + rated("b", "client", "219", "999")
    results = made(NEEDS, [episode(name) for name in "ab"], rows)
    assert values(results, "cansas:client", "paired", "start_only", "both", "from/unmet") == {
        "paired": 1, "start_only": 1, "both": 3, "from/unmet": 2,
    }  # fmt: skip


def public(results):
    """What a public release hides of the results, which must be publishable."""
    decision = decide([results], "public").decisions[results.key]
    assert decision.publishable
    return decision.hidden


def unmet(made, people):
    """24 people and 24 more whose needs are known at both occasions; those of ``people`` are unmet, eight areas."""
    names = [f"n{i:02}" for i in range(30)]
    areas = [f"o{i}" for i in range(8 // people)]
    text = settings("cansas", "measure: cansas, rater: client, start: start, end: end",
                    [f"column: {area} {at}, measure: cansas, rater: client, occasion: {at}, item: {area}"
                     for area in areas for at in ("start", "end")])  # fmt: skip
    rows = [row(name, "cansas", at, item=area, level="ej_tillgodosett" if i < people else "inget_behov" if i < 18 else "tillgodosett")
            for at in ("start", "end") for area in areas for i, name in enumerate(names)]  # fmt: skip
    return made(text, [episode(name) for name in names], rows)


def test_eight_areas_of_one_person_are_one_person(made):
    """The same count of areas may be eight people's or one's; in public there is neither, however many they are."""
    cell = "cansas:client/areas/start/unmet"
    of_one = unmet(made, 1)
    assert of_one.cell(cell).value == 8 and of_one.cell(cell).persons == 1
    assert public(of_one)[cell] == "internal"
    of_eight = unmet(made, 8)
    assert of_eight.cell(cell).value == 8 and of_eight.cell(cell).persons == 8
    assert public(of_eight)[cell] == "internal"  # less those who were followed to the end they are the areas of a few


def test_the_needs_of_four_people_are_not_public(made):
    """Thirty people of whom four are assessed: areas, tables and changes stay inside the service."""
    text = NEEDS.replace("sources:", "sources:", 1)
    rows = [one for name in "abcd" for one in rated(name, "client", "220", "120")]
    results = made(text, [episode(f"{name}") for name in [*"abcd", *(f"n{i}" for i in range(26))]], rows)
    needs = [cell for cell in results.cells if cell.id.startswith("cansas:")]
    told = [cell for cell in needs if "/areas/" in cell.id or "/from/" in cell.id or cell.id.endswith("/both")]
    assert told and all(cell.internal for cell in told)
    if decide([results], "public").decisions[results.key].publishable:
        assert "Deras behov finns bara i den interna rapporten" in words(results, "public")


def gas_of(made, several):
    """30 people with one goal each at the expected level or under it, ``several`` of whom have a second goal."""
    names = [f"n{i:02}" for i in range(30)]
    rows = [row(name, "gas", "end", item="x", level="0" if i < 15 else "-1") for i, name in enumerate(names)]
    rows += [row(name, "gas", "end", item="y", level="0") for name in names[:several]]
    return made(GOALS, [episode(name) for name in names], rows)


def test_answers_less_people_do_not_tell_of_the_few_with_several(made):
    """32 goals of 30 people would say that two have a second one; 45 of 30 may be said. The mean would say it too."""
    key = "gas:client"
    few, many = gas_of(made, 2), gas_of(made, 15)
    assert few.cell(f"{key}/more").value == 2
    hidden = public(few)
    assert f"{key}/answers" in hidden or f"{key}/answered" in hidden
    assert f"{key}/per_person" in hidden
    assert few.cell(f"{key}/with/2").internal
    shown = public(many)
    assert not {f"{key}/answers", f"{key}/answered", f"{key}/per_person", f"{key}/more"} & set(shown)
    assert "efter antal mål" in words(many) and "efter antal mål" not in words(many, "public")


def test_six_cases_of_one_client_are_one_person(made):
    """Six moves to an acute place are one client's: hidden wherever they are counted, at the level and by background."""
    names = [f"n{i:02}" for i in range(40)]
    rows = [row(name, "boende_utfall", "end", "register", level="eget_boende" if i < 34 else "akut_hemloshet") for i, name in enumerate(names)]  # fmt: skip

    def of(client):
        people = [episode(name, sex="man" if i >= 34 else "woman", client=client if i >= 34 else None) for i, name in enumerate(names)]  # fmt: skip
        text = HOUSING.replace("retention_years: 5", "retention_years: 5\nunit_of_analysis: episode")
        return made(text, people, rows)

    cells = "boende_utfall:register/level/akut_hemloshet", "who/sex/man"
    one = of("p1")
    assert [one.cell(cell).persons for cell in cells] == [1, 1]
    assert {public(one)[cell] for cell in cells} == {"hidden"}
    assert "who/sex/man" not in public(of(None))  # the level may help to hide that nobody got another one


def test_what_is_left_out_is_internal(made):
    """The declared started less those who are meant would be the hidden outside."""
    people = [episode(f"n{i:02}", ending="never_started" if i < 2 else "planned") for i in range(30)]
    text = HOUSING.replace("cohort: {rule: ended}", "cohort: {rule: ended, outside: [never_started]}")
    text = text.replace("U: unplanned}", "U: unplanned, A: never_started}")
    rows = [row(f"n{i:02}", "boende_utfall", "end", "register", level="eget_boende") for i in range(2, 30)]
    results = made(text, people, rows)
    assert results.cell("flow/outside").value == 2 and results.cell("flow/outside").internal
    assert "räknas inte in" in words(results) and "räknas inte in" not in words(results, "public")


def test_the_unknown_are_told_apart_from_those_without_a_word(made):
    """Of 30, 20 have an outcome, for six it is unknown and four have no answer at all."""
    names = [f"n{i:02}" for i in range(30)]
    levels = ["eget_boende"] * 12 + ["akut_hemloshet"] * 8 + ["annat_boende_externt"] * 6
    rows = [
        row(name, "boende_utfall", "end", "register", level=level) for name, level in zip(names, levels, strict=False)
    ]
    told = words(made(HOUSING, [episode(name) for name in names], rows))
    assert "4 av 30 saknar uppgift. För 6 är utfallet okänt («Annat boende externt»). Tillsammans är det 10" in told
    assert "4 saknar uppgift, för 6 är utfallet okänt" in told
    assert "10 av 30 saknar uppgift" not in told


def test_people_do_not_reach_a_share(target):
    """It is the unit that reaches its target: 20 of 25 have the outcome."""
    told = words(target)
    assert (
        "20 av 25 med uppgift (80 %)" in told and "har det utfall som målet gäller. Enhetens mål är minst 60 %" in told
    )
    assert "nådde det" not in told
