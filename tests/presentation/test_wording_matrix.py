"""What the report says of each kind of outcome in each state: pinned, and held to what its design bears.

The pinned texts lie in ``matrix/``, one file a kind and state, to be read from top to bottom. When a sentence changes on purpose,
``python tests/wording_matrix.py`` writes them anew.
"""

import re

import pytest
import small_project as small
import wording_matrix as matrix

TWICE = {"continuous_prepost", "repeated_session", "state_transition", "need_counts"}
MEASURED = {"continuous_prepost", "repeated_session"}
CASES = [(kind, state) for kind in matrix.TYPES for state in matrix.STATES]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Give every text, each made once."""
    return {case: matrix.told(small.project(tmp_path_factory.mktemp("-".join(case))), *case) for case in CASES}


def test_every_case_is_pinned_and_no_other():
    assert {path.stem for path in matrix.FOLDER.glob("*.txt")} == {"-".join(case) for case in CASES}


@pytest.mark.parametrize(("kind", "state"), CASES)
def test_the_sentences_are_those_that_were_read(told, kind, state):
    assert told[kind, state] == (matrix.FOLDER / f"{kind}-{state}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", matrix.TYPES)
@pytest.mark.parametrize("state", ["too_few", "refused"])
def test_a_refusal_gives_no_result(told, kind, state):
    """How many were followed up, why there is no result, and what would be needed; nothing of how it went."""
    text = told[kind, state]
    assert "Underlaget räcker inte" in text and "== results" not in text
    assert not re.search(r"säkert bättre|säkert sämre|uppmätt förändring|intervall", text)
    assert ("6 av 40" if state == "refused" else "6 av 6") in text


@pytest.mark.parametrize("kind", sorted(TWICE))
def test_unpaired_ratings_are_never_a_change(told, kind):
    text = told[kind, "unpaired"]
    assert not re.search(
        r"uppmätt förändring|blev (säkert )?(bättre|sämre)|mätta två gånger [^s]", text.split("== results")[-1]
    )
    assert "anonym" in text


@pytest.mark.parametrize("kind", sorted(set(matrix.TYPES) - MEASURED))
def test_only_a_scale_measured_twice_is_a_measured_change(told, kind):
    assert "uppmätt förändring," not in told[kind, "some_worse"]


@pytest.mark.parametrize("kind", sorted(MEASURED | {"ordinal_staff", "post_likert", "state_transition"}))
def test_those_who_got_worse_are_on_page_one(told, kind):
    """Six got worse: the number stands on the first page, whatever the design."""
    page_one = told[kind, "some_worse"].split("== results")[0]
    assert re.search(r"\b6\b[^.]*(sämre|längre från)|(sämre|längre från)[^.]*\b6\b", page_one, re.IGNORECASE)


@pytest.mark.parametrize("kind", matrix.TYPES)
def test_the_missing_are_told_with_the_result(told, kind):
    assert re.search(r"\b6 personer\b|\b6 av 30\b|\b6 saknas\b|saknas 6\b|\b24 av 30\b", told[kind, "some_worse"])


@pytest.mark.parametrize("kind", matrix.TYPES)
def test_when_all_are_followed_up_nobody_is_said_to_be_missing(told, kind):
    assert not re.search(
        r"\b0 (personer |ärenden )?(saknas|saknar)|saknas för 0|beroende på dem som saknas", told[kind, "all_improved"]
    )


@pytest.mark.parametrize(("kind", "state"), CASES)
def test_no_result_is_called_an_effect_and_no_word_is_for_experts(told, kind, state):
    text = told[kind, state]
    assert not re.search(r"effekten av|hade effekt|gav effekt", text)
    assert not re.search(
        r"\bRCI\b|\bd_z\b|\bg_|\bdelta\b|brytpunkt|jackknife|Wilson|maximum likelihood|standardavvikelse",
        text,
        re.IGNORECASE,
    )
    assert not re.search(r"\b1 (personer|ärenden|mål är bedömda|svar är bedömda)\b", text)
