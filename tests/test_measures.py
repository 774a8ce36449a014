import re

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from isu_analysis import declarations
from isu_analysis.declarations import Document
from isu_analysis.errors import SettingsError
from isu_analysis.measures import Cutoff, Fact, Level, Measure, Reliability, Threshold, measure, measures_available
from isu_analysis.measures.registry import CARDS

SOURCE = "Källa 2001"
EVERY = pytest.mark.parametrize("name", measures_available())
# What a card may say at all. Anything else, such as the wording of a question, has no place to stand in.
ALLOWED = {
    (): {"id", "name", "name_sv", "construct_sv", "kind", "raters", "minimum", "maximum", "step", "higher_is_better",
         "scoring", "thresholds", "cutoffs", "reliability", "levels", "licence", "cautions"},
    ("scoring",): {"method", "items", "item_min", "item_max", "reversed"},
    ("thresholds",): {"value", "status", "source", "note"},
    ("cutoffs",): {"value", "status", "source", "note", "group", "clinical_at"},
    ("reliability",): {"type", "value", "sd", "sample", "interval", "status", "source", "note"},
    ("levels",): {"code", "label", "order", "positive", "meaning"},
    ("licence",): {"status", "source", "note"},
}  # fmt: skip


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


@EVERY
def test_every_card_loads_and_is_called_what_its_file_is(name):
    loaded = measure(name)
    assert loaded.id == name
    assert repr(loaded) == f"Measure({name!r}, kind={loaded.kind!r})"
    assert loaded.licence is not None and loaded.licence.active


@EVERY
def test_every_active_fact_of_a_card_has_a_published_source(name):
    loaded = measure(name)
    facts = [*loaded.thresholds, *loaded.cutoffs, *loaded.reliability, loaded.licence]
    for fact in filter(None, facts):
        assert fact.status in {"published", "unverified", "unknown"}, "a shipped card states or invents nothing itself"
        if fact.active:
            assert re.search(r"\d{4}|Metodguiden|coreims", fact.source), fact.source


@EVERY
def test_a_card_holds_only_what_a_card_may_hold(name):
    found = card(name)
    assert set(found) <= ALLOWED[()]
    for key, parts in found.items():
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict):
                assert set(part) <= ALLOWED[key,], key


@EVERY
def test_no_card_holds_a_question(name):
    text = (CARDS / f"{name}.yml").read_text(encoding="utf-8")
    assert "?" not in text and "…" not in text
    assert not re.search(r"(?i)\b(jag|du|mig|dig|min|mitt)\b", text)  # questionnaires speak of I and you


def test_the_model_has_no_room_for_items():
    allowed = {(): Measure, ("thresholds",): Threshold, ("cutoffs",): Cutoff, ("reliability",): Reliability,
               ("levels",): Level, ("licence",): Fact}  # fmt: skip
    for place, model in allowed.items():
        assert set(model.model_fields) == ALLOWED[place], place


@pytest.mark.parametrize("status", ["unverified", "unknown"])
def test_a_fact_that_nobody_has_looked_up_is_never_used(status):
    facts = {"status": status, "source": SOURCE}
    loaded = scale(
        thresholds=(Threshold(value=5.0, **facts),),
        cutoffs=(Cutoff(value=12.0, **facts),),
        reliability=(Reliability(type="alpha", value=0.9, sd=7.0, **facts),),
    )
    assert loaded.threshold is None and loaded.change_reliability is None and loaded.active_cutoffs == ()


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
    assert [(fact.value, fact.active) for fact in core.reliability] == [(0.94, False)]
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
        ({"scoring": {"method": "mean_x10"}}, "måste ange items, item_min och item_max"),
        ({"scoring": {"method": "sum", "items": 10, "item_min": 0, "item_max": 5}}, "ändar stämmer inte"),
        ({"scoring": {"method": "mean_x10", "items": 34, "item_min": 0, "item_max": 5}}, "ändar stämmer inte"),
        ({"scoring": {"method": "sum", "items": 10, "item_min": 0, "item_max": 4, "reversed": (11,)}}, "vänd fråga"),
        ({"levels": (Level(code="a", label="A"), Level(code="a", label="B"))}, "samma kod"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        scale(**changes)


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


@pytest.mark.parametrize("name", ["core-om", "CORE_OM", "../core_om", "", "core_om.yml"])
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
        match=r"core_om\.yml, rad \d+: okänd nyckel «frågor»\. .*Tillåtna: cautions, construct_sv, cutoffs",
    ):
        declarations.validate(Measure, declarations.read(path))


def test_cards_are_documents_without_traps():
    for name in measures_available():
        document = declarations.read(CARDS / f"{name}.yml")
        assert isinstance(document, Document) and document.problems == ()
