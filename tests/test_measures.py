import ast
import re

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from isu_analysis import declarations
from isu_analysis.declarations import Document
from isu_analysis.errors import SettingsError
from isu_analysis.measures import (
    Ages,
    Band,
    Cutoff,
    Fact,
    Level,
    Measure,
    MissingItems,
    Norm,
    Part,
    Reliability,
    Scoring,
    Threshold,
    TimeFrame,
    measure,
    measures_available,
)
from isu_analysis.measures.registry import CARDS

SOURCE = "Källa 2001"
EVERY = pytest.mark.parametrize("name", measures_available())
FACT = {"status", "source", "note", "optional"}
DESCRIBED = {
    "id", "name", "name_sv", "construct_sv", "kind", "raters", "minimum", "maximum", "step", "higher_is_better", "process",
    "cumulative", "missed_if_placed", "basis", "scoring", "ages", "time_frame", "thresholds", "cutoffs", "reliability", "norms", "bands",
    "levels", "cautions",
}  # fmt: skip
# What a card may say at all. Anything else, such as the wording of a question, has no place to stand in.
ALLOWED = {
    Measure: DESCRIBED | {"licence", "parts"},
    Part: DESCRIBED,
    Scoring: {"method", "factor", "items", "item_min", "item_max", "item_step", "positions", "reversed", "criteria",
              "answers", "missing"},
    Level: {"code", "label", "order", "positive", "meaning"},
    Fact: FACT,
    Threshold: FACT | {"value"},
    Cutoff: FACT | {"value", "group", "clinical_at"},
    Reliability: FACT | {"type", "value", "upper", "sd", "sample", "interval"},
    Norm: FACT | {"mean", "sd", "n", "sample", "group"},
    Band: FACT | {"label", "low", "high"},
    Ages: FACT | {"low", "high"},
    TimeFrame: FACT | {"days"},
    MissingItems: FACT | {"allowed"},
}  # fmt: skip
HOLDS = {
    "basis": Fact, "scoring": Scoring, "ages": Ages, "time_frame": TimeFrame, "thresholds": Threshold, "cutoffs": Cutoff,
    "reliability": Reliability, "norms": Norm, "bands": Band, "levels": Level, "licence": Fact, "parts": Part,
    "missing": MissingItems,
}  # fmt: skip
PLACES_OF_REAL_UNITS = (
    r"(?i)hisingen|nordost|centrum|sydväst|göteborg|mini-maria|sambuh|columbus|kast\b|skolfam|respons\b|resursenhet"
)
ALL_KINDS = ("scale", "judgement", "target", "closing", "after_only", "state", "need", "goal", "interview", "model")


SUM = {"method": "sum", "items": 10, "item_min": 0, "item_max": 4}


def scale(**changes):
    declared = {
        "id": "x",
        "name": "X",
        "name_sv": "X",
        "kind": "scale",
        "minimum": 0,
        "maximum": 40,
        "higher_is_better": False,
    }
    return Measure(**(declared | changes))


def card(name):
    return YAML(typ="safe", pure=True).load((CARDS / f"{name}.yml").read_text(encoding="utf-8"))


def every_measure():
    """Every card and every part of one."""
    for name in measures_available():
        yield measure(name)
        yield from (measure(f"{name}.{part.id}") for part in measure(name).parts)


def facts_of(card):
    missing = card.scoring.missing if card.scoring else None
    single = [fact for fact in (card.basis, card.ages, card.time_frame, card.licence, missing) if fact]
    return [*single, *card.thresholds, *card.cutoffs, *card.reliability, *card.norms, *card.bands]


def keys_beyond(found, model):
    """Keys of a card as it stands in its file that its model is not meant to have."""
    beyond = set(found) - ALLOWED[model]
    for key, value in found.items():
        if key in HOLDS:
            inner = [row for row in (value if isinstance(value, list) else [value]) if isinstance(row, dict)]
            beyond |= set().union(*(keys_beyond(row, HOLDS[key]) for row in inner))
    return beyond


@EVERY
def test_every_card_loads_and_is_called_what_its_file_is(name):
    loaded = measure(name)
    assert loaded.id == name
    assert repr(loaded) == str(loaded) == f"Measure({name!r}, kind={loaded.kind!r})"
    assert loaded.licence is not None and loaded.cautions and loaded.raters
    for part in loaded.parts:
        assert measure(f"{name}.{part.id}").id == f"{name}.{part.id}"


@EVERY
def test_every_active_fact_of_a_card_has_a_source_that_can_be_found(name):
    loaded = measure(name)
    for fact in (
        fact for card in (loaded, *(loaded.part(part.id) for part in loaded.parts)) for fact in facts_of(card)
    ):
        assert fact.status != "own", "a shipped card invents nothing itself"
        if fact.active:
            assert len(fact.source) > 5 and not re.search(r"https?:|minnet", fact.source), fact.source
        else:
            assert not fact.source, "what nobody has looked up has no source to show"
        if fact.status == "stated":
            assert "2024-04-29" in fact.source


@EVERY
def test_a_card_holds_only_what_a_card_may_hold(name):
    assert keys_beyond(card(name), Measure) == set()


@pytest.mark.parametrize("place", [Measure, Level, Scoring, Threshold, Part])
def test_the_check_sees_a_key_too_many(place):
    inside = {Measure: {"wording": "x"}, Level: {"levels": [{"code": "a", "text": "x"}]}, Scoring: {"scoring": {"texts": []}},
              Threshold: {"parts": [{"thresholds": [{"quote": "x"}]}]}, Part: {"parts": [{"question": "x"}]}}  # fmt: skip
    assert len(keys_beyond(inside[place], Measure)) == 1


def test_the_model_has_no_room_for_items():
    for model, allowed in ALLOWED.items():
        assert set(model.model_fields) == allowed, model


@EVERY
def test_no_card_holds_a_question(name):
    text = (CARDS / f"{name}.yml").read_text(encoding="utf-8")
    assert "?" not in text and "…" not in text
    assert not re.search(
        r"(?i)\b(jag|du|mig|dig|min|mitt|mina|din|ditt|dina)\b", text
    )  # questionnaires speak of I and you
    assert not re.search(r"(?i)https?://|www\.", text)


@EVERY
def test_no_name_that_is_printed_is_that_of_a_real_unit(name):
    loaded = measure(name)
    shown = [
        loaded.name,
        loaded.name_sv,
        loaded.construct_sv,
        *loaded.cautions,
        *(level.label for level in loaded.levels),
    ]
    shown += [words for part in loaded.parts for words in (part.name, part.name_sv)]
    assert not [words for words in shown if re.search(PLACES_OF_REAL_UNITS, words)]


@EVERY
def test_cautions_are_short_sentences(name):
    for caution in (*measure(name).cautions, *(caution for part in measure(name).parts for caution in part.cautions)):
        assert caution[0].isupper() and caution.endswith(".") and len(caution) < 200, caution


def test_every_outcome_type_has_a_card():
    assert {measure(name).kind for name in measures_available()} == set(ALL_KINDS)
    assert len(measures_available()) == 54


def test_a_scale_says_where_its_ends_are_from():
    for card in every_measure():
        assert card.kind != "scale" or card.basis is not None, card.id


def test_no_two_limits_apply_to_the_same_person():
    for card in every_measure():
        groups = [tuple(sorted(fact.group.items())) for fact in card.active_cutoffs]
        assert len(groups) == len(set(groups)), card.id
        assert len([fact for fact in card.thresholds if fact.used]) <= 1, card.id
        ends = (card.minimum, card.maximum)
        assert all(ends[0] <= fact.value <= ends[1] for fact in card.active_cutoffs), card.id
        assert all(ends[0] <= band.low <= band.high <= ends[1] for band in card.bands), card.id


def test_subscales_partition_their_questionnaire():
    def positions(name, *parts):
        return sorted(position for part in parts for position in measure(f"{name}.{part}").scoring.used)

    assert positions("core_om", "valbefinnande", "problem", "fungerande", "risk") == list(range(1, 35))
    assert positions("core_om", "utan_risk", "risk") == list(range(1, 35))
    assert positions("sdq", "emotionella", "uppforande", "hyperaktivitet", "kamrat", "prosocialt") == list(range(1, 26))
    assert positions("sdq", "emotionella", "uppforande", "hyperaktivitet", "kamrat") == list(
        measure("sdq").scoring.used
    )
    assert positions("audit", "audit_c", "problem") == list(range(1, 11))
    for card in map(measure, measures_available()):
        for part in (part for part in card.parts if part.scoring and part.scoring.method in {"sum", "mean"}):
            assert set(part.scoring.reversed) == set(card.scoring.reversed) & set(part.scoring.used), (card.id, part.id)


def test_closed_keys_are_only_read_in():
    for name in ("ysr", "score15", "ester", *(f"mst_family.{part.id}" for part in measure("mst_family").parts)):
        assert measure(name).scoring.method == "import_only", name


def test_orders_are_given_for_all_answers_or_none_and_never_to_closing_reasons():
    for card in every_measure():
        orders = [level.order for level in card.levels if level.meaning not in {"not_applicable", "not_known"}]
        given = [order for order in orders if order is not None]
        assert not given or (len(given) == len(orders) == len(set(given)) and card.kind != "closing"), card.id
        good = [level.order for level in card.levels if level.positive and level.order is not None]
        rest = [level.order for level in card.levels if not level.positive and level.order is not None]
        assert not good or not rest or min(good) > max(rest), card.id


def test_no_module_asks_which_measure_it_has():
    """What differs between measures is on their cards: no code compares an id (the invented town makes its own)."""
    ids = set(measures_available())
    found = []
    for path in sorted(CARDS.parents[1].rglob("*.py")):
        if "synthetic" not in path.parts:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [f"{path.name}:{node.lineno}" for node in ast.walk(tree) if compares(node, ids)]
    assert found == []


def compares(node, ids):
    if isinstance(node, ast.Compare | ast.match_case):
        inside = ast.walk(node if isinstance(node, ast.Compare) else node.pattern)
        return any(
            isinstance(part, ast.Constant) and part.value in ids
            for part in inside
            if not isinstance(getattr(part, "value", None), ast.AST)
        )
    return False


@pytest.mark.parametrize(
    "code",
    [
        'if measure == "core_om": pass',
        'x = name in ("asi", "dok")',
        'match name:\n    case "gas": pass',
        'y = "ors" != m.id',
    ],
)
def test_the_check_sees_a_question_about_a_measure(code):
    assert any(compares(node, set(measures_available())) for node in ast.walk(ast.parse(code)))


@pytest.mark.parametrize("status", ["unverified", "unknown"])
def test_a_fact_that_nobody_has_looked_up_is_never_used(status):
    facts = {"status": status, "source": SOURCE}
    loaded = scale(
        thresholds=(Threshold(value=5.0, **facts),),
        cutoffs=(Cutoff(value=12.0, **facts),),
        reliability=(Reliability(type="alpha", value=0.9, sd=7.0, **facts),),
    )
    assert loaded.threshold is None and loaded.change_reliability is None and loaded.active_cutoffs == ()


def test_an_optional_fact_is_used_only_where_a_unit_takes_it():
    facts = {"status": "published", "source": SOURCE, "optional": True}
    loaded = scale(
        thresholds=(Threshold(value=4, **facts),),
        cutoffs=(Cutoff(value=8, **facts),),
        norms=(Norm(mean=10, sample="alla", **facts),),
        reliability=(Reliability(type="alpha", value=0.9, sd=7, **facts),),
    )
    assert loaded.threshold is None and loaded.change_reliability is None
    assert loaded.active_cutoffs == () == loaded.active_norms
    assert loaded.thresholds[0].active and not loaded.thresholds[0].used
    taken = loaded.model_copy(update={"thresholds": (loaded.thresholds[0].model_copy(update={"optional": False}),)})
    assert taken.threshold.value == 4


def test_the_first_active_fact_is_used_and_the_inactive_passed_over():
    wrong, right, later = ({"status": status, "source": SOURCE} for status in ("unverified", "published", "own"))
    loaded = scale(
        thresholds=(Threshold(value=1, **wrong), Threshold(value=5, **right), Threshold(value=6, **later)),
        cutoffs=(Cutoff(value=1, **wrong), Cutoff(value=12, **right)),
        reliability=(
            Reliability(type="alpha", value=0.5, sd=1, **wrong),
            Reliability(type="alpha", value=0.6, **right),  # without a standard deviation of the same source
            Reliability(type="alpha", value=0.9, sd=7, **right),
        ),
    )
    assert loaded.threshold.value == 5
    assert [fact.value for fact in loaded.active_cutoffs] == [12]
    assert loaded.change_reliability.value == 0.9


def test_the_figure_from_memory_on_the_core_card_stays_unused():
    core = measure("core_om")
    assert [(fact.value, fact.sd) for fact in core.reliability if not fact.active] == [(0.94, 7.5), (0.9, None)]
    assert core.change_reliability is None
    assert core.threshold.value == 5
    assert {fact.group["sex"]: fact.value for fact in core.active_cutoffs} == {"man": 12.0, "woman": 12.6}


def test_kasam_has_no_published_limit_of_change():
    kasam = measure("kasam13")
    assert kasam.threshold is None and kasam.change_reliability is None and kasam.active_cutoffs == ()
    assert (kasam.minimum, kasam.maximum, kasam.higher_is_better) == (13, 91, True)
    assert len(set(kasam.scoring.reversed)) == 5


@pytest.mark.parametrize("status", ["published", "stated", "own"])
def test_an_active_fact_without_a_source_is_refused(status):
    with pytest.raises(ValidationError, match="måste ha en källa"):
        Threshold(value=5, status=status)
    assert Threshold(value=5, status="unknown").source == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minimum": None}, "måste ha «minimum», «maximum» och «higher_is_better»"),
        ({"higher_is_better": None}, "måste ha «minimum», «maximum» och «higher_is_better»"),
        ({"minimum": 40}, "mindre än «maximum»"),
        ({"kind": "state"}, "måste ha svarsnivåer"),
        ({"kind": "känsla"}, "Input should be"),
        ({"step": 0}, "greater than 0"),
        ({"scoring": {"method": "mean"}}, "måste ange items, item_min och item_max"),
        ({"scoring": {"method": "mean_x10"}}, "Input should be"),
        ({"scoring": {"method": "sum", "items": 10, "item_min": 0, "item_max": 5}}, "ändar stämmer inte"),
        (
            {"scoring": {"method": "mean", "factor": 10, "items": 34, "item_min": 0, "item_max": 5}},
            "ändar stämmer inte",
        ),
        ({"scoring": {"method": "mean", "items": 34, "item_min": 0, "item_max": 4}}, "ändar stämmer inte"),
        ({"scoring": SUM | {"answers": {11: (0, 2)}}}, "nummer som inte finns"),
        ({"scoring": SUM | {"criteria": ((1, 2),)}}, "hör ihop med metoden criteria"),
        ({"maximum": 1, "scoring": SUM | {"method": "criteria"}}, "hör ihop med metoden criteria"),
        ({"maximum": 1, "scoring": SUM | {"method": "criteria", "criteria": ((1, 11),)}}, "nummer som inte finns"),
        ({"maximum": 2, "scoring": SUM | {"method": "criteria", "criteria": ((1, 2), (2,))}}, "räknas två gånger"),
        ({"maximum": 8, "scoring": SUM | {"positions": (1, 2), "reversed": (3,)}}, "hör inte till poängen"),
        (
            {"scoring": {"method": "sum", "items": 10, "item_min": 0, "item_max": 4, "reversed": (11,)}},
            "nummer som inte finns",
        ),
        ({"levels": (Level(code="a", label="A"), Level(code="a", label="B"))}, "samma kod"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        scale(**changes)


def test_the_upper_end_of_a_range_is_above_its_lower():
    with pytest.raises(ValidationError, match="den lägre änden"):
        Reliability(type="alpha", value=0.9, upper=0.8, status="published", source=SOURCE)


def test_a_part_has_from_the_whole_what_it_does_not_say_itself():
    risk, core = measure("core_om.risk"), measure("core_om")
    assert (risk.raters, risk.ages, risk.basis, risk.licence) == (core.raters, core.ages, core.basis, core.licence)
    assert risk.cautions != core.cautions and risk.threshold is None and risk.active_cutoffs == ()
    assert measure("core_om.problem").cautions == core.cautions
    assert measure("audit").time_frame.days == measure("audit.problem").time_frame.days == 365
    assert measure("audit.audit_c").time_frame is None
    assert measure("asi.alkohol_skattning").raters == ("interviewer",)
    for part in ("", "yml", "risk.risk"):
        with pytest.raises(SettingsError, match=f"CORE-OM har ingen del «{part}»"):
            measure(f"core_om.{part}")
    with pytest.raises(SettingsError, match=r"CORE-OM har ingen del «rik»\. Menade du «risk»\?"):
        measure("core_om.rik")


def test_levels_are_found_by_code_and_an_unknown_one_is_told():
    state = Measure(
        id="x",
        name="X",
        name_sv="Läget",
        kind="state",
        levels=(Level(code="bra", label="Bra"), Level(code="ok", label="OK")),
    )
    assert state.codes == ("bra", "ok")
    assert state.level("ok").label == "OK"
    with pytest.raises(SettingsError, match=r"Läget har ingen nivå «bar»\. Menade du «bra»\? Tillåtna: bra, ok\."):
        state.level("bar")


@pytest.mark.parametrize("name", ["core-om", "CORE_OM", "../core_om", "", ".risk", "core.risk"])
def test_an_unknown_measure_lists_those_there_are(name):
    with pytest.raises(SettingsError) as error:
        measure(name)
    assert f"Okänt mått «{name}»." in str(error.value)
    assert ", ".join(measures_available()) in str(error.value)
    assert "local_measures" in str(error.value)


def test_a_misspelt_key_on_a_card_is_told_with_its_line(tmp_path):
    path = tmp_path / "core_om.yml"
    path.write_text(
        (CARDS / "core_om.yml").read_text(encoding="utf-8").replace("clinical_at", "x").replace("cautions:", "frågor:"),
        encoding="utf-8",
    )
    with pytest.raises(
        SettingsError,
        match=r"core_om\.yml, rad \d+: okänd nyckel «frågor»\. .*Tillåtna: ages, bands, basis, cautions",
    ):
        declarations.validate(Measure, declarations.read(path))


def test_cards_are_documents_without_traps():
    for name in measures_available():
        document = declarations.read(CARDS / f"{name}.yml")
        assert isinstance(document, Document) and document.problems == ()
