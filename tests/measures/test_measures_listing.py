"""What `isu measures` says: everything a report would use, where it comes from, and nothing that is not used as if it were."""

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from isu_analysis.errors import SettingsError
from isu_analysis.measures import (
    Cutoff,
    Level,
    Measure,
    Norm,
    Reliability,
    Threshold,
    measure,
    measures_available,
    score_items,
)
from isu_analysis.measures.listing import WIDTH, as_card, as_list
from isu_analysis.measures.wording import KINDS

UNUSED = "Finns men används inte (overifierat)"
CHOICE = "Kan väljas: beskriv måttet i enhetsfilen med ett annat värde"
IDS = [*measures_available(), *(f"{name}.{part.id}" for name in measures_available() for part in measure(name).parts)]
EVERY = pytest.mark.parametrize("name", IDS)


def joined(text):
    return " ".join(text.split())


def before(text, heading):
    return joined(text.split(f"\n{heading}\n")[0])


def after(text, heading):
    return joined(text.split(f"\n{heading}\n")[1]) if f"\n{heading}\n" in text else ""


def comma(value):
    return f"{value:g}".replace(".", ",")


@EVERY
def test_a_card_fits_a_console(name):
    text = as_card(name)
    assert text.endswith("\n") and not text.endswith("\n\n")
    for line in text.splitlines():
        assert len(line) <= WIDTH and line == line.rstrip()
    text.encode("cp850")  # an old Swedish console
    assert "None" not in text and "()" not in text and ".." not in text.replace("...", "")


@EVERY
def test_a_card_names_every_source_it_uses(name):
    card, text = measure(name), joined(as_card(name))
    facts = [
        *card.thresholds,
        *card.cutoffs,
        *card.norms,
        *card.reliability,
        *card.bands,
        *filter(None, [card.ages, card.time_frame, card.licence, card.basis]),
    ]
    for fact in facts:
        if fact.active:
            assert joined(fact.source).replace("–", "-") in text
        if fact.note:
            assert joined(fact.note).replace("–", "-") in text
    for caution in card.cautions:
        assert joined(caution).replace("–", "-") in text


@EVERY
def test_what_nobody_has_read_stands_under_its_own_heading_only(name):
    card, text = measure(name), as_card(name)
    used, unused, choice = before(before_choice(text), UNUSED), after(text, UNUSED), between(text)
    for fact in card.thresholds:
        said = f"minst {comma(fact.value)} poäng"
        assert (said in used) == (
            fact.used or any(other.used and other.value == fact.value for other in card.thresholds)
        )
        assert (f"säker förändring: {said}" in unused) == (fact.status == "unverified")
        assert (f"säker förändring: {said}" in choice) == (fact.active and fact.optional)
    for field, words in (("cutoffs", "gränsvärde: "), ("reliability", "mätsäkerhet: "), ("norms", "jämförelsevärde: ")):
        rows = getattr(card, field)
        assert unused.count(words) == sum(fact.status == "unverified" for fact in rows)
        assert choice.count(words) == sum(fact.active and fact.optional for fact in rows)


def before_choice(text):
    return text.split(f"\n{CHOICE}\n")[0]


def between(text):
    return joined(text.split(f"\n{CHOICE}\n")[1].split(f"\n{UNUSED}\n")[0]) if f"\n{CHOICE}\n" in text else ""


def test_the_card_of_core_om_says_what_a_report_uses():
    text = as_card("core_om")
    used = before(text, CHOICE)
    for said in (
        "CORE-OM core_om: Clinical Outcomes in Routine Evaluation", "0-40, i steg om 0,1; lägre är bättre", "räknas ur 34 frågor (svar 0-4): medelvärdet gånger 10",
        "Vända frågor: 3, 4, 7, 12, 19, 21, 31, 32", "inga får saknas", "minst 5 poäng. Källa (publicerad): CORE IMS",
        "12 eller högre, män", "12,6 eller högre, kvinnor", "gränsområde, 10-13", "Fritt att använda oförändrat",
        "core_om.risk: risk; 0-40",
    ):  # fmt: skip
        assert said in used
    assert "0,94;" not in used and "0,94; intern samstämmighet (alfa), standardavvikelse 7,5" in after(text, UNUSED)
    assert "högst 3 får saknas" in after(text, UNUSED)
    assert "10 eller högre" not in used.replace("ålder", "") and "10 eller högre" in between(text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("core_om.risk", "räknas ur 6 av 34 frågor"),
        ("core_om.risk", "Frågor: 6, 9, 16, 22, 24, 34"),
        ("ors", "under 25, vuxna"),
        ("ors", "0,53; upprepad mätning (test-retest), standardavvikelse 5,83"),
        ("srs", "följer arbetet och är inget utfall"),
        ("who5", "50 eller lägre"),
        ("who5", "i steg om 4; högre är bättre"),
        ("nods_livstid", "finns inte: poängen kan aldrig minska"),
        ("nods_12_man", "de senaste 365 dagarna"),
        ("nods_12_man", "antal uppfyllda kriterier av 10"),
        ("audit", "Frågor med färre svar: 9 (0, 2, 4), 10 (0, 2, 4)"),
        ("sdq.kamrat", "högst 2 får saknas"),
        ("ysr", "läses in som färdig poäng"),
        ("ysr", "11-18 år"),
        ("kasam13", "finns inte: ingen publicerad gräns, och inget mätfel från en och samma källa"),
        ("kasam13", "ska det inte ligga till grund för klinisk utvärdering"),
        ("kasam13", "0,69-0,78; upprepad mätning (test-retest), 1 år"),
        ("closing_rc_barn_nordost", "god_maluppfyllelse: God måluppfyllelse (räknas som gott resultat; betyder: målet nått)"),
        ("boende_utfall", "annat_boende_externt: Annat boende externt (betyder: räknas som okänt)"),
        ("mst_family", "mst_family.skolgang: skolgång; 1-10; högre är bättre"),
        ("livets_stege", "Oklart; räknas som inte tillåtet att återge"),
        ("bbic", "arbetssätt, inget mått"),
    ],
)  # fmt: skip
def test_what_stands_on_a_card(name, said):
    assert said in before(before_choice(as_card(name)), UNUSED)


def test_a_limit_made_from_a_measurement_error_is_told_with_what_it_is_made_of():
    source = {"status": "own", "source": "Enhetens egen studie 2020"}
    own = Measure(
        id="oro", name="Worry", name_sv="Oro", kind="scale", raters=("client",), minimum=0, maximum=20, higher_is_better=False,
        reliability=(Reliability(type="test_retest", value=0.8, sd=4.5, interval="2 veckor", **source),),
        cutoffs=(Cutoff(value=8, clinical_at=False, group={"age": "5", "team": "norr"}, **source),),
        norms=(Norm(mean=3.5, sample="alla i kommunen", **source),),
    )  # fmt: skip
    text = joined(as_card(own))
    assert "räknas enligt Jacobson och Truax ur standardavvikelse 4,5 och mätsäkerhet 0,8, från samma källa" in text
    assert "Källa (enhetens egen uppgift): Enhetens egen studie 2020." in text
    assert "över 8, 5 år, norr" in text and "medelvärde 3,5; alla i kommunen" in text
    sure = own.model_copy(update={"thresholds": (Threshold(value=4, **source),)})
    assert "minst 4 poäng" in as_card(sure) and "Jacobson" not in as_card(sure)


def test_a_measure_of_answers_has_no_scale_and_no_limits():
    own = Measure(
        id="x", name="X", name_sv="Läget", kind="state", raters=("staff",),
        levels=(Level(code="bra", label="Bra", positive=True), Level(code="annat", label="Annat")),
    )  # fmt: skip
    text = as_card(own)
    assert "bra: Bra (räknas som gott resultat)" in text and "annat: Annat\n" in text
    for label in ("Skala", "Poäng", "Säker", "Gränsvärde", "Obesvarade"):
        assert not re.search(rf"(?m)^{label}", text)


@pytest.mark.parametrize("name", ["core-om", "", "core_om.rsk", "core_om.risk.x"])
def test_an_unknown_name_is_the_registrys_own_error(name):
    with pytest.raises(SettingsError) as here:
        as_card(name)
    with pytest.raises(SettingsError) as there:
        measure(name)
    assert str(here.value) == str(there.value)


def test_the_list_has_every_measure_once_under_its_type():
    text = as_list()
    headings = {words.upper() + f" ({kind})": kind for kind, words in KINDS.items()}
    found, kind = {}, None
    for line in text.splitlines():
        kind = headings.get(line, kind)
        if line.split() and line.split()[0] in measures_available():
            assert line.split()[0] not in found
            found[line.split()[0]] = kind
    assert found == {name: measure(name).kind for name in measures_available()}


@pytest.mark.parametrize(
    "row",
    ["core_om CORE-OM ur frågor 5 klient", "ysr YSR färdig poäng - barn", "asi ASI delarna 28 klient, intervjuare",
     "gas GAS svar - klient, personal", "bbic BBIC - - personal", "sdq SDQ ur frågor 6 förälder, barn, personal"],
)  # fmt: skip
def test_a_row_of_the_list(row):
    assert row in [joined(line) for line in as_list().splitlines()]


def test_the_list_fits_a_console():
    text = as_list()
    text.encode("cp850")
    assert all(len(line) <= WIDTH and line == line.rstrip() for line in text.splitlines())


def test_the_example_in_the_manual_is_a_measure():
    manual = (Path(__file__).parents[2] / "docs" / "matt.md").read_text(encoding="utf-8")
    example = YAML(typ="safe", pure=True).load(manual.split("```yaml\n")[1].split("```")[0])
    own = Measure.model_validate_json(json.dumps(example["local_measures"][0]))
    assert own.id in example["measures"] and own.threshold.value == 4
    assert "Källa (enhetens egen uppgift): Enhetens egen studie 2023." in joined(as_card(own))
    assert score_items([[1, 5, 1, 1]], own).tolist() == [4]
