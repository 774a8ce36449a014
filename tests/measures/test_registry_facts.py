"""The cards' numbers against the facts they were made from, in both directions.

The facts are shared/domain/instruments.yaml: each number has a status, and only what was read in a public text
(``stored``) or is stated by a follow-up system itself (``seed``) may be in use on a card.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from isu_analysis.measures import measure, measures_available

FACTS = Path(__file__).parents[2].parent / "shared" / "domain" / "instruments.yaml"
CARDS_OF = {"nods": ("nods_livstid", "nods_12_man", "nods_30_dagar")}  # a frame each, so that they never pair
READ = {"stored", "seed"}
# Ranges and keys that the facts have from memory and that have been read in a public text since; the card names it.
READ_SINCE = {"phq9", "audit", "sdq"}
KINDS = {
    "continuous_prepost": {"scale"}, "repeated_session": {"scale"}, "ordinal_staff": {"judgement", "goal", "interview"},
    "binary_target": {"target"}, "categorical_closing": {"closing"}, "post_likert": {"after_only", "interview"},
    "state_transition": {"state", "interview"}, "need_counts": {"need"}, "goal_scaling": {"goal"},
    "structured_interview": {"interview"}, "model_or_container": {"model"},
}  # fmt: skip
# Scales whose range or questions nobody has read, and those that are several scales side by side.
CONTAINER_AFTER_ALL = {"mst_family", "kast_sjalvskattning", "ester"}


def facts():
    if not FACTS.exists():
        return []
    return YAML(typ="safe", pure=True).load(FACTS.read_text(encoding="utf-8"))["instruments"]


ENTRIES = {entry["id"]: entry for entry in facts()}
PAIRS = [(card, entry) for name, entry in ENTRIES.items() for card in CARDS_OF.get(name, (name,))]
beside = pytest.mark.skipif(
    not ENTRIES, reason="the facts are not beside the repository: shared/domain/instruments.yaml"
)
EVERY = pytest.mark.parametrize(("name", "entry"), PAIRS, ids=[name for name, _ in PAIRS])


def status(*places):
    """First status said, from the nearest place; what says none was read."""
    return next((place["st"] for place in places if place and "st" in place), "stored")


def ends(value):
    """A fact's value and, where it is a range, its upper end."""
    return (value[0], value[1]) if isinstance(value, list) else (value, None)


def by_use(rows):
    """Facts of the notes as (values, kept for a choice) where read, and as values where from memory."""
    known = [row for row in rows if row["v"] is not None]
    read = Counter((ends(row["v"]), row.get("default_use", "yes") != "yes") for row in known if row["st"] in READ)
    return read, Counter(ends(row["v"]) for row in known if row["st"] == "memory")


def on_card(rows, upper=lambda fact: None):
    active = Counter(((fact.value, upper(fact)), fact.optional) for fact in rows if fact.active)
    return active, Counter((fact.value, upper(fact)) for fact in rows if fact.status == "unverified")


@beside
def test_every_entry_has_its_card_and_no_card_is_without_entry():
    assert len(ENTRIES) == 52 and len(PAIRS) == 54
    assert sorted(name for name, _ in PAIRS) == list(measures_available())


@EVERY
def test_the_kind_is_that_of_an_outcome_type(name, entry):
    allowed = set().union(*(KINDS[outcome] for outcome in entry["outcome_type"]))
    assert measure(name).kind in (allowed | {"interview"} if name in CONTAINER_AFTER_ALL else allowed)
    assert (measure(name).kind == "model") == (entry["outcome_type"] == ["model_or_container"])
    assert measure(name).process == entry.get("is_process_measure", False)


@EVERY
def test_the_range_is_the_one_read_and_one_from_memory_is_marked(name, entry):
    card, score, items = measure(name), entry["score"], entry.get("items") or {}
    low, high = (score.get("min", items.get("min")), score.get("max", items.get("max")))
    if card.kind == "scale":
        assert card.basis is not None, "a scale says where its ends are from"
        if name == "score15":  # 15 items, 1-5
            low, high = 15 * items["min"], 15 * items["max"]
        if low is not None and score["method"] != "import_only":
            assert (card.minimum, card.maximum) == (low, high)
        if score.get("higher_is_better") is not None:
            assert card.higher_is_better == score["higher_is_better"]
        from_memory = status(score, items) == "memory" and name not in READ_SINCE
        assert card.basis.active is not from_memory or name == "csrs"  # only assumed there: more careful than the notes


@EVERY
def test_items_turned_items_and_criteria_are_those_read(name, entry):
    key, score, items = measure(name).scoring, entry["score"], entry.get("items") or {}
    scored = key is not None and key.method != "import_only" and measure(name).kind == "scale"
    assert scored == (score["method"] in {"sum", "sum_x4", "mean_x10", "criteria_any", "sum_subscales"})
    if not scored:
        return
    assert status(items, score) in READ or name in READ_SINCE
    assert (key.items, key.item_min, key.item_max) == (items["n"], items["min"], items["max"])
    assert list(key.reversed) == (items["reversed"] or [])
    assert {at: list(few) for at, few in key.answers.items()} == items.get("special", {})
    assert [list(criterion) for criterion in key.criteria] == score.get("criteria", [])
    assert (key.method, key.factor) == {
        "sum_x4": ("sum", 4),
        "mean_x10": ("mean", 10),
        "criteria_any": ("criteria", 1),
    }.get(score["method"], ("sum", 1))


@EVERY
def test_a_change_counts_as_certain_by_the_numbers_read(name, entry):
    card = measure(name)
    assert on_card(card.thresholds) == by_use(entry.get("rci", []))
    assert sum(fact.used for fact in card.thresholds) <= 1


def limits(entry):
    """Cut-offs of the notes, one a value; a zone is a band on the card."""
    for row in entry.get("cutoffs", []):
        if isinstance(row["v"], dict):
            yield from ({**row, "v": value} for value in row["v"].values())
        elif not isinstance(row["v"], list):
            yield row


def sex_in(group):
    sexes = {"men": "man", "boys": "man", "women": "woman", "girls": "woman"}
    return next((sexes[word] for word in group.split("_") if word in sexes), None)


@EVERY
def test_limits_are_those_read_for_the_groups_read(name, entry):
    card, noted = measure(name), list(limits(entry))
    if name == "gas":  # 50 is a T-score, made by the statistics; the card has the levels
        assert card.cutoffs == () and any("50" in caution for caution in card.cautions)
        return
    assert on_card(card.cutoffs) == by_use(noted)
    known = [row for row in noted if row["v"] is not None]
    sexes = Counter((row["v"], sex_in(row["group"])) for row in known)
    assert Counter((fact.value, fact.group.get("sex")) for fact in card.cutoffs) == sexes


@EVERY
def test_the_side_of_a_limit_is_the_one_read(name, entry):
    inclusive = {
        row["v"]: not row["rule"].startswith(("below", "local")) for row in limits(entry) if row["v"] is not None
    }
    for fact in measure(name).cutoffs:
        assert fact.clinical_at == inclusive[fact.value]


@EVERY
def test_reliability_is_of_the_type_and_size_read(name, entry):
    card, found = measure(name), entry.get("reliability", {})
    for kind, types in {"alpha": {"alpha"}, "test_retest": {"test_retest"}, "inter_rater": {"inter_rater"}}.items():
        rows = [row for row in found.get(kind, []) if "internal and test-retest" not in row.get("sample", "")]
        ours = [fact for fact in card.reliability if fact.type in types]
        if name in {"nods_12_man", "nods_30_dagar"}:  # the figures are for the lifetime form only
            rows = []
        assert on_card(ours, lambda fact: fact.upper) == by_use(rows), kind


@EVERY
def test_spread_beside_a_reliability_is_from_the_same_source(name, entry):
    spreads = {row["inputs"]["sd"] for row in entry.get("rci_derived", []) if row["src"] == ["ors_poster"]}
    assert {fact.sd for fact in measure(name).reliability if fact.active and fact.sd} == spreads


@EVERY
def test_norms_are_those_read(name, entry):
    rows = [row for group in ("nonclinical", "clinical") for row in entry.get("norms", {}).get(group, [])]
    rows = [row for row in rows if isinstance(row["mean"], float | int)]
    for wanted, statuses in ((True, READ), (False, {"memory"})):
        ours = Counter((norm.mean, norm.sd) for norm in measure(name).norms if norm.active is wanted)
        assert ours == Counter((row["mean"], row["sd"]) for row in rows if row["st"] in statuses)


@EVERY
def test_ages_are_those_read(name, entry):
    ages, noted = measure(name).ages, entry.get("ages")
    if not noted or (noted["min"] is None and noted["max"] is None):
        assert ages is None
        return
    assert (ages.low, ages.high, ages.active) == (noted["min"], noted["max"], noted["st"] in READ)


@EVERY
def test_named_bands_are_those_read(name, entry):
    card, bands = measure(name), entry.get("bands")
    zones = [row["v"] for row in entry.get("cutoffs", []) if isinstance(row["v"], list)]
    lows = [(value[0] if isinstance(value, list) else value) for value in bands["v"].values()] if bands else []
    assert sorted(band.low for band in card.bands) == sorted([*lows, *(zone[0] for zone in zones)])
    for band in card.bands:
        if bands:
            assert band.active is (bands["st"] in READ) and band.optional is (bands["default_use"] != "yes")


@EVERY
def test_terms_that_were_not_read_are_not_called_read(name, entry):
    noted, licence = entry["licence"], measure(name).licence
    assert licence.active == (noted["st"] in READ and noted["class"] != "unclear")


def noted_codes(entry):
    items = entry.get("items") or {}
    named = [row["code"] for row in [*entry.get("categories", []), *entry.get("states", [])]]
    return {code.lower() for code in named} or set(map(str, items.get("levels") or ()))


@pytest.mark.parametrize(
    "name",
    ["mini_maria_change", "maluppfyllelse", "skolfam_gymnasium", "closing_rc_centrum", "closing_rc_barn_nordost",
     "closing_ru_nordost", "foraldrakurs_enkat", "previct_enkat", "boende_utfall", "gas"],
)  # fmt: skip
@beside
def test_answers_have_the_codes_noted(name):
    assert set(measure(name).codes) == noted_codes(ENTRIES[name])


@beside
def test_answers_that_count_as_good_are_those_noted():
    def good(name):
        return {level.code for level in measure(name).levels if level.positive}

    for name in ("closing_rc_barn_nordost", "closing_ru_nordost"):
        assert good(name) == set(ENTRIES[name]["positive"]["v"])
    assert good("boende_utfall") == {
        row["code"].lower() for row in ENTRIES["boende_utfall"]["states"] if row["positive"]
    }
    assert good("foraldrakurs_enkat") == set(re.findall(r"'(\w+)'", ENTRIES["foraldrakurs_enkat"]["score"]["headline"]))
    for name in ("closing_rc_centrum", "closing_rc_barn_nordost", "closing_ru_nordost"):
        worse = {level.meaning for level in measure(name).levels} & {"worse", "unchanged_or_worse"}
        assert bool(worse) == ENTRIES[name]["has_negative_category"]


@beside
def test_ordered_answers_rise_towards_the_better():
    for name in ("mini_maria_change", "maluppfyllelse", "foraldrakurs_enkat", "previct_enkat"):
        noted = ENTRIES[name]["items"]["levels"]
        assert sorted(measure(name).levels, key=lambda level: level.order) == [
            measure(name).level(code) for code in noted
        ]


AREAS = {
    "mst_family": ("items", "areas"), "mst_ultimate": ("items", "areas"), "ung_hisingen_4": ("items", "areas"),
    "foraldrakurs_enkat": ("items", "topics"), "previct_enkat": ("items", "topics"), "su_vald": ("outcome_variables", "v"),
}  # fmt: skip


@pytest.mark.parametrize("name", AREAS)
@beside
def test_areas_are_parts_under_their_noted_names(name):
    first, second = AREAS[name]
    assert [part.id for part in measure(name).parts] == sorted(
        ENTRIES[name][first][second], key=[part.id for part in measure(name).parts].index
    )


@beside
def test_other_parts_are_those_noted():
    sambuh = ENTRIES["sambuh_livsutfall"]["items"]
    assert [part.id for part in measure("sambuh_livsutfall").parts] == [*sambuh["areas"], sambuh["plus"]]
    asi, words = ENTRIES["asi"], {"days": "dagar", "worry": "oro", "help_need": "hjalpbehov", "severity": "skattning"}
    expected = {
        f"{area}_{words[kind]}": asi["variables_per_area"][kind] for area in asi["areas"]["v"] for kind in words
    }
    found = {part.id: part for part in measure("asi").parts}
    assert set(found) == set(expected) and len(found) == 28
    for name, noted in expected.items():
        ours = measure(f"asi.{name}")
        assert (ours.minimum, ours.maximum, ours.higher_is_better) == (noted["min"], noted["max"], False)
        assert ours.raters == (noted["rater"],) and ours.basis.active


@beside
def test_subscales_have_the_positions_noted():
    for name, noted in ENTRIES["core_om"]["score"]["subscales"].items():
        assert list(measure(f"core_om.{name}").scoring.positions) == noted
    for name, noted in ENTRIES["audit"]["score"]["subscales"].items():
        assert list(measure(f"audit.{name}").scoring.positions) == noted
    assert len(measure("core_om.utan_risk").scoring.used) == ENTRIES["core_om"]["score"]["totals"]["non_risk"]
    sdq = ENTRIES["sdq"]["score"]
    assert {part.id: [part.minimum, part.maximum] for part in measure("sdq").parts} == sdq["subscales"]
    assert measure("sdq.prosocialt").higher_is_better is sdq["prosocial_higher_is_better"]
    flags = ENTRIES["core_om"]["subscale_flags"]["v"]
    for name, noted in flags.items():
        ours = {(fact.group["sex"], fact.value, fact.used) for fact in measure(f"core_om.{name}").cutoffs}
        assert ours == {("man", noted["men"], False), ("woman", noted["women"], False)}


@beside
def test_time_frames_are_those_noted():
    assert ENTRIES["nods"]["time_frames"]["v"] == ["30_days", "12_months", "lifetime"]
    frames = {
        name: card.time_frame.days
        for name in measures_available()
        if (card := measure(name)).time_frame and card.time_frame.used
    }
    assert frames == {"audit": 365, "dudit": 365, "gad7": 14, "nods_12_man": 365, "nods_30_dagar": 30, "ysr": 183}
    assert (
        "within a year" in ENTRIES["audit"]["occasions"]["v"] and "within a year" in ENTRIES["dudit"]["occasions"]["v"]
    )
    assert measure("nods_livstid").cumulative and measure("asi.alkohol_dagar").time_frame.days == 30
    assert measure("asi.alkohol_oro").time_frame is None and measure("audit.audit_c").time_frame is None
