"""Person numbers here are Skatteverket's published test numbers (open data «Testpersonnummer» and «Testsamordningsnummer»,

CC0), and the examples of its own leaflets: SKV 704 (640823-3234) and SKVM 2010:3 (701063-2391). All other numbers are
written so that they are nobody's: a wrong check digit, an impossible date, or a birth number that is not given out.
"""

import datetime as dt
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isu_analysis.intake.cells import CellProblem
from isu_analysis.intake.identities import NOT_VALID, Identity, looks_like_person_number, normalise, read_identity
from isu_analysis.intake.pseudonyms import Key

PEOPLE = [
    "189001019802", "190001019801", "190308189802", "190312049802", "190401149810", "196408233234", "199001012385",
    "200002292399", "201701012393", "201901012391", "201906112386", "202402292383",
]  # fmt: skip
COORDINATION = ["191401682396", "191406652386", "197010632391", "202201612393"]
PARTLY_KNOWN = ["191500722390", "191711602399"]  # month 00, and day 60: not known
END_OF_2024 = dt.date(2024, 12, 31)
KEY = Key(bytes(32))


def kind(text, reference=END_OF_2024):
    return normalise(text, reference).kind


def canonical(text, reference=END_OF_2024):
    return normalise(text, reference).canonical


def by_hand(number):
    """Modulus 10 as Skatteverket describes it: products 2, 1, 2 ..., 12 counted as 1 + 2, subtracted from ten."""
    total = 0
    for place, figure in enumerate(number[2:11]):
        product = int(figure) * (2 if place in (0, 2, 4, 6, 8) else 1)
        total += product // 10 + product % 10
    return str((10 - total % 10) % 10)


@pytest.mark.parametrize("number", [*PEOPLE, *COORDINATION, *PARTLY_KNOWN])
def test_published_numbers_are_valid_and_no_other_check_digit_is(number):
    assert number[-1] == by_hand(number)
    expected = "person_number" if number in PEOPLE else "coordination_number"
    for figure in "0123456789":
        text = number[:-1] + figure
        assert kind(text) == (expected if figure == number[-1] else "local")
        assert looks_like_person_number(text)


def ways_to_write(number, reference=END_OF_2024):
    """Every way the law and the registers write a number on a day."""
    short = number[2:8]
    signs = "+" if reference.year - int(number[:4]) >= 100 else "-"
    ways = [number, f"{number[:8]}-{number[8:]}", f"{number[:8]}{signs}{number[8:]}", f"{short}{signs}{number[8:]}"]
    return ways + ([short + number[8:]] if signs == "-" else [])


@pytest.mark.parametrize(
    "number", ["190001019801", "190308189802", "196408233234", "199001012385", "202402292383", "197010632391"]
)
def test_one_person_has_one_canonical_text_and_one_pseudonym(number):
    texts = [f"{space}{text}{space}" for text in ways_to_write(number) for space in ("", " ", "\u00a0")]
    texts += [text.replace("-", sign) for text in ways_to_write(number) for sign in "\u2010\u2011\u2013\u2212\uff0d"]
    texts.append("".join(chr(ord(figure) + 0xFEE0) for figure in number))  # full-width figures
    assert {canonical(text) for text in texts} == {number}
    assert len({KEY.pseudonym("a", "client", canonical(text)) for text in texts}) == 1


def test_the_century_comes_from_the_reference_date_and_from_nothing_else():
    short = "190101-2391"  # the test number 201901012391 in ten figures
    assert canonical(short, dt.date(2019, 1, 1)) == "201901012391"
    assert canonical(short, dt.date(2018, 12, 31)).startswith("19190101")
    assert canonical(short, dt.date(2118, 12, 31)) == "201901012391"
    plus = "190101+2391"
    assert canonical(plus, dt.date(2119, 1, 1)) == "201901012391"
    assert canonical("000101+9801", dt.date(2000, 1, 1)) == "190001019801"
    assert canonical("900101+9802", dt.date(1990, 1, 1)) == "189001019802"


def test_the_plus_sign_comes_with_the_calendar_year_of_the_hundredth_birthday():
    """18 § folkbokföringslagen: «det år en person fyller 100 år», so also before the birthday."""
    for day in (dt.date(2003, 1, 1), dt.date(2003, 8, 18), dt.date(2003, 12, 31)):
        assert canonical("030818+9802", day) == "190308189802"
    assert kind("19030818+9802", dt.date(2002, 12, 31)) == "local"  # nobody of 99 has a plus sign
    assert canonical("030818-9802", dt.date(2002, 12, 31)) == "190308189802"


@pytest.mark.parametrize("number", ["201901012391", "202402292383", "202201612393"])
def test_nobody_is_born_after_the_reference_date(number):
    day = int(number[6:8]) % 60
    born = dt.date(int(number[:4]), int(number[4:6]), day)
    assert kind(number, born) != "local"
    assert kind(number, born - dt.timedelta(days=1)) == "local"


def test_leap_days_are_those_of_the_calendar():
    assert canonical("000229-2399", dt.date(2000, 2, 29)) == "200002292399"
    assert kind("000229-2399", dt.date(2000, 2, 28)) == "local"  # 1900 had no such day
    assert kind("000229+2399") == "local"
    assert canonical("240229-2383") == "202402292383"


@pytest.mark.parametrize(
    "text",
    ["199013012384", "199002302384", "199001322384", "190002292399", "199000012384", "199001002384", "210001012384",
     "170001012384", "19900101002", "1990010123855", "19900101-238a", "1990-01-01-2385", "900101*2385", "900101--2385",
     "9001012-385", "+9001012385", "199001922384", "199013622384"],
)  # fmt: skip
def test_what_no_person_has_is_a_local_number(text):
    assert kind(text) == "local"


@pytest.mark.parametrize("last", ["0007", "0004", "0000", "0009"])
def test_birth_number_000_is_not_given_out(last):
    """SOU 2008:60 and Rättslig vägledning: 001 to 999. One of these check digits is the right one."""
    assert all(kind(f"19900101000{figure}") == "local" for figure in "0123456789")
    assert kind(f"900101-{last}") == "local"


def test_a_birth_date_is_given_only_where_all_of_it_is_known():
    assert normalise("199001012385", END_OF_2024).born == dt.date(1990, 1, 1)
    assert normalise("701063-2391", END_OF_2024).born == dt.date(1970, 10, 3)  # SKVM 2010:3: a man born 3 October 1970
    assert [normalise(number, END_OF_2024).born for number in PARTLY_KNOWN] == [None, None]
    assert normalise("A-17", END_OF_2024).born is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240301-T123", "20240301T123"),  # IVO's two forms
        ("20240301-TF10", "20240301TF10"),
        ("20240301tf10", "20240301TF10"),
        ("98240301AA06", "98240301AA06"),  # HL7 Sweden's example of the national reserve identity
        ("98240301-aa06", "98240301AA06"),
        ("25780404KHD5", "25780404KHD5"),  # sex not known
        ("00342145BZ31", "00342145BZ31"),  # date of birth not known
        ("00749852BZK0", "00749852BZK0"),  # neither
        ("992024123456", "992024123456"),  # Region Stockholm: 99 and the year
    ],
)
def test_temporary_numbers_with_a_public_rule(text, expected):
    assert normalise(text, END_OF_2024) == Identity("temporary", expected)
    assert not looks_like_person_number(text)


@pytest.mark.parametrize(
    "text",
    ["20240301-T12", "20240301-TFA0", "20240231-T123", "20250101-T123", "240301-T123", "20240301-X123", "98240301AA07",
     "98240301IA06", "98240301AA", "21240301AA06", "24240301AA02", "00342045BZ31", "00342160BZ31", "992025123456",
     "991824123456"],
)  # fmt: skip
def test_other_temporary_numbers_are_local(text):
    assert kind(text) == "local"


@pytest.mark.parametrize("series", ["16", "18", "19", "20", "21", "24", "99"])
def test_only_the_series_given_out_are_reserve_identities(series):
    """22, 25 ... 97 and 23, 26 ... 98; one of the ten check digits is the right one."""
    assert {kind(f"{series}240301AA0{figure}") for figure in "0123456789"} == {"local"}


@pytest.mark.parametrize("series", ["23", "26", "50", "98"])
def test_every_third_series_is_of_those_born_in_this_century(series):
    assert sorted(kind(f"{series}240301AA0{figure}") for figure in "0123456789") == ["local"] * 9 + ["temporary"]


def test_the_check_digit_of_a_reserve_identity_by_hand():
    """98240301AA06: figures and letters (A = 65) from the right with the weights 1 and 2, sums of figures of products."""
    worth = [9, 8, 2, 4, 0, 3, 0, 1, 65, 65, 0, 6]
    weights = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    sums = [9, 8, 4, 4, 0, 3, 0, 1, 4, 11, 0, 6]  # 18 -> 9, 130 -> 4, 65 -> 11
    assert [sum(map(int, str(a * b))) for a, b in zip(worth, weights, strict=True)] == sums
    assert sum(sums) % 10 == 0


@pytest.mark.parametrize(
    "text", ["199001012386", "900101 - 2386", "19900101 2385", "901901-2385", "900100-0000", "900161+2386"]
)
def test_what_looks_like_a_person_number_and_is_none_is_told(text):
    assert kind(text) == "local" and looks_like_person_number(text)
    with pytest.raises(CellProblem) as error:
        read_identity(text, END_OF_2024, strict=True)
    assert error.value.what == NOT_VALID and text not in f"{error.value!r}{error.value.allowed}"
    assert read_identity(text, END_OF_2024, strict=False).kind == "local"


@pytest.mark.parametrize(
    "text", ["17", "A-17", "202401-0012", "556000-0001", "2024000123", "20240301-SF2B", "", "900101", "19900101"]
)
def test_case_numbers_do_not_look_like_person_numbers(text):
    assert not looks_like_person_number(text)
    assert read_identity(text, END_OF_2024, strict=True).kind == "local"


def test_without_a_reference_date_ten_figures_have_no_century():
    assert read_identity("199001012385", None, strict=True).canonical == "199001012385"
    assert read_identity("900101-2385", None, strict=False).kind == "local"
    with pytest.raises(CellProblem):
        read_identity("900101-2385", None, strict=True)


def test_nothing_shows_the_number():
    found = normalise("199001012385", END_OF_2024)
    assert repr(found) == str(found) == f"{found}" == "Identity('person_number')"
    assert repr([found]) == "[Identity('person_number')]"


@pytest.mark.parametrize("text", [" AB-1", "ab-1 ", "\uff21b-1", unicodedata.normalize("NFD", "åB 2"), "ÅB 2", "0017"])
def test_local_numbers_keep_the_pseudonyms_they_had(text):
    assert KEY.pseudonym("a", "episode", canonical(text)) == KEY.pseudonym("a", "episode", text)


@given(st.text(max_size=20) | st.text("0123456789-+TFtf \u2013", max_size=14))
@example("\u0391\u0308\u0345")  # three turns of folding before nothing more changes
def test_any_text_has_one_canonical_form_that_stays(text):
    once = normalise(text, END_OF_2024)
    assert normalise(once.canonical, END_OF_2024) == once
    assert normalise(f" {text}\t", END_OF_2024) == once


@given(st.sampled_from([*PEOPLE, *COORDINATION]), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_figure_is_never_another_person(number, place, step):
    """Modulus 10 finds every single wrong figure among the last ten; a wrong century is another (or no) birth date."""
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    if place >= 2:
        assert kind(wrong) == "local"
    else:
        assert canonical(wrong) != number


@given(st.sampled_from([*PEOPLE, *COORDINATION]), st.dates(dt.date(2024, 6, 11), dt.date(2199, 12, 31)))
def test_every_legal_way_to_write_a_number_gives_it_back_for_a_hundred_years(number, reference):
    if reference.year - int(number[:4]) < 100 and reference >= dt.date(2024, 6, 11):
        assert {canonical(text, reference) for text in ways_to_write(number, reference)} == {number}
