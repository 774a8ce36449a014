import datetime as dt
import re
import time
import unicodedata

import pytest
from pydantic import Field

from isu_analysis.declarations import Declaration, found, nearest, read, validate
from isu_analysis.errors import SettingsError


class Part(Declaration):
    name: str
    size: float = Field(default=1.0, gt=0, le=10)


class Whole(Declaration):
    title: str
    count: int = 0
    flag: bool = False
    share: float = 0.0
    day: dt.date | None = None
    kind: str = Field(default="", repr=False)
    parts: tuple[Part, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="enhet.yml"):
        path = tmp_path / "en mapp åäö" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return write_file


def told(path):
    with pytest.raises(SettingsError) as error:
        validate(Whole, read(path))
    assert error.value.__cause__ is None and (error.value.__suppress_context__ or error.value.__context__ is None)
    return str(error.value).splitlines()


def test_plain_values_mean_what_they_look_like(write):
    whole = validate(Whole, read(write("title: Åsa # namn\ncount: -3\nflag: true\nshare: 0.5\nday: 2024-02-29\n")))
    assert whole == Whole(title="Åsa", count=-3, flag=True, share=0.5, day=dt.date(2024, 2, 29))
    assert validate(Whole, read(write('title: "0123"\nwords: {NO: "NO", 22:30: x, 1: "y"}\n'))).words == {
        "NO": "NO", "22:30": "x", "1": "y",
    }  # fmt: skip


TRAPS = ["NO", "no", "Yes", "y", "on", "OFF", "True", "FALSE", "~", "Null", "0123", "-007", "010.5", "1_000", "22:30",
         "1:30:00", "12,5", "0x1F", "0o17", "0b11", "1e5", "1.5E-3", ".inf", "-.Inf", ".nan"]  # fmt: skip


@pytest.mark.parametrize("value", TRAPS)
@pytest.mark.parametrize("head", ["", "%YAML 1.1\n---\n", "%YAML 1.2\n---\n"])
def test_what_yaml_versions_read_differently_never_becomes_a_value(write, value, head):
    lines = told(write(f"{head}title: {value}\n"))
    assert lines == [
        f"enhet.yml, rad {1 + head.count(chr(10))}: värdet kan läsas på flera sätt. "
        "Skriv det inom citattecken (eller med decimalpunkt)."
    ]


@pytest.mark.parametrize("value", TRAPS)
@pytest.mark.parametrize("quotes", ['"', "'"])
def test_the_same_text_in_quotation_marks_is_that_text(write, value, quotes):
    assert validate(Whole, read(write(f"title: {quotes}{value}{quotes}\n"))).title == value


def test_traps_in_lists_and_maps_are_found_with_their_lines(write):
    document = read(write("title: x\nwords:\n  a: NO\nparts:\n  - name: x\n    size: 0123\n  - on\n"))
    assert [(place, document.line(place)) for place, _ in document.problems] == [
        (("words", "a"), 3), (("parts", 0, "size"), 6), (("parts", 1), 7),
    ]  # fmt: skip
    assert document.values == {"title": "x", "words": {"a": None}, "parts": [{"name": "x", "size": None}, None]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: x\n", "rad 1: okänd nyckel «titel». Menade du «title»? Tillåtna: count, day, flag, parts, share, title, words."),
        ("title: 5\n", "rad 1: «title» ska vara text (skriv inom citattecken)."),
        ("title: null\n", "rad 1: «title» ska vara text (skriv inom citattecken)."),
        ("title: x\ncount: 1.5\n", "rad 2: «count» ska vara ett heltal."),
        ('title: x\ncount: "3"\n', "rad 2: «count» ska vara ett heltal."),
        ("title: x\nflag: 1\n", "rad 2: «flag» ska vara true eller false."),
        ("title: x\nshare: text\n", "rad 2: «share» ska vara ett tal."),
        ("title: x\nday: 2024-02-30\n", "rad 2: «day» ska vara ett datum, ÅÅÅÅ-MM-DD."),
        ("title: x\nday: 29/2 2024\n", "rad 2: «day» ska vara ett datum, ÅÅÅÅ-MM-DD."),
        ("title: x\nparts: {name: y}\n", "rad 2: «parts» ska vara en lista (varje rad börjar med -)."),
        ("title: x\nwords: [a]\n", "rad 2: «words» ska ha nycklar under sig."),
        ("title: x\nparts:\n  - name: y\n  - nam: z\n", "rad 4: okänd nyckel «parts › 2 › nam». Menade du «name»? Tillåtna: name, size."),
        ("title: x\nparts:\n  - name: y\n    size: 0\n", "rad 4: «parts › 1 › size» ska vara större än 0.0."),
        ("title: x\nparts:\n  - name: y\n    size: 11\n", "rad 4: «parts › 1 › size» ska vara högst 10.0."),
        ("count: 1\n", "rad 1: «title» nyckeln saknas."),
        ("title: x\ncount: 1\ncount: 2\n", "rad 3: nyckeln «count» står två gånger."),
        ("title: x\n? [a, b]\n: c\n", "rad 1: en nyckel måste vara ett ord."),
        ("title: &a x\n", "rad 1: & och * (hänvisningar) är inte tillåtna. Skriv ut värdet."),
        ("title: !!python/object:os.system x\n", "rad 1: taggar (ord som börjar med !) är inte tillåtna."),
        ("title: !!str x\n", "rad 1: taggar (ord som börjar med !) är inte tillåtna."),
        ("title: x\nwords: !mitt {a: b}\n", "rad 2: taggar (ord som börjar med !) är inte tillåtna."),
        ("title: x\n  count: 1\n", "rad 2: går inte att läsa som YAML. Kontrollera indrag och kolon."),
        ("title: 'x\n", "rad 2: går inte att läsa som YAML. Kontrollera indrag och kolon."),
        ("title: x\n---\ntitle: y\n", "rad 2: går inte att läsa som YAML. Kontrollera indrag och kolon."),
    ],
)  # fmt: skip
def test_each_fault_is_one_line_with_file_and_line(write, text, said):
    lines = told(write(text))
    assert f"enhet.yml, {said}" in lines


def test_all_faults_are_told_at_once_in_the_order_of_the_file(write):
    path = write("titel: x\ncount: NO\nflag: 3\nday: igår\nparts:\n  - name: 4\n    size: 99\n    färg: blå\n")
    with pytest.raises(SettingsError) as error:
        validate(Whole, read(path), [(("day",), "egen regel.")])
    lines = str(error.value).splitlines()
    assert [int(re.search(r"rad (\d+)", line)[1]) for line in lines] == [1, 1, 2, 3, 4, 4, 6, 7, 8]
    assert all(line.startswith("enhet.yml, rad ") for line in lines)


@pytest.mark.parametrize("content", [b"", b"# bara en kommentar\n", b"- a\n- b\n", b"text\n", b"---\n"])
def test_a_file_without_keys_is_told(write, content):
    assert told(write(content)) == ["enhet.yml: filen är tom eller saknar nycklar på formen «nyckel: värde»."]


def test_files_that_are_no_text_too_large_or_missing(write, tmp_path):
    assert told(write("title: Å".encode("cp1252"))) == [
        "enhet.yml: filen är inte sparad som UTF-8. Spara om den som UTF-8."
    ]
    assert told(write(b"title: \x00\x01")) == ["enhet.yml: går inte att läsa som YAML."]
    assert "större än 200000 byte" in told(write(b"title: x\n" + b"#" * 200_000))[0]
    (tmp_path / "mapp").mkdir()
    with pytest.raises(SettingsError, match=r"^borta\.yml: filen finns inte i mapp/\.$"):
        read(tmp_path / "mapp" / "borta.yml")


def test_a_file_held_by_another_program_is_told(write, monkeypatch):
    path = write("title: x\n")

    def held(*_, **__):
        raise PermissionError(13, "used by another process")

    monkeypatch.setattr(type(path), "read_text", held)
    assert told(path) == ["enhet.yml: filen kan inte öppnas. Stäng den i andra program och kör igen."]


def test_a_byte_order_mark_and_letters_from_a_mac_change_nothing(write):
    text = unicodedata.normalize("NFD", "title: Åsö\n")
    assert validate(Whole, read(write(b"\xef\xbb\xbf" + text.encode()))).title == "Åsö"


@pytest.mark.parametrize(
    "text",
    ["a: &a [x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)),
     "a: " + "[" * 5000 + "]" * 5000 + "\n", "a: " + "{a: " * 3000 + "\n", "title: " + "9" * 6000 + "\n", "a: *b\n"],
)  # fmt: skip
def test_small_files_that_would_grow_are_refused_quickly(write, text):
    path, began = write(text), time.perf_counter()
    try:
        validate(Whole, read(path))
    except SettingsError:
        pass
    else:
        assert text.startswith("title: 9")  # a text of many figures is a text
    assert time.perf_counter() - began < 5


class Filled(Declaration):
    parts: tuple[Part, ...] = Field(min_length=1)


def test_a_list_is_not_called_empty_when_one_of_its_rows_is_wrong(write):
    with pytest.raises(SettingsError) as error:
        validate(Filled, read(write("parts:\n  - {name: 5}\n")))
    assert str(error.value).splitlines() == [
        "enhet.yml, rad 2: «parts › 1 › name» ska vara text (skriv inom citattecken)."
    ]
    with pytest.raises(SettingsError, match=r"^enhet\.yml, rad 1: «parts» får inte vara tom\.$"):
        validate(Filled, read(write("parts: []\n")))


def test_a_declaration_is_frozen_and_strict():
    with pytest.raises(ValueError, match="frozen"):
        Part(name="x").name = "y"
    with pytest.raises(ValueError, match="string"):
        Part(name=5)


def test_found_gives_places_and_passes_over_other_shapes():
    values = {"a": [{"b": 1}, {"c": 2}, 3], "d": {"x": {"b": 4}}, "e": None}
    assert list(found(values, "a", "*", "b")) == [(("a", 0, "b"), 1)]
    assert list(found(values, "d", "*", "b")) == [(("d", "x", "b"), 4)]
    assert [list(found(values, *pattern)) for pattern in (("e", "*"), ("f",), ("a", "b"))] == [[], [], []]


def test_the_nearest_word_is_offered_only_when_it_is_near():
    assert nearest("core_on", ["core_om", "dok"]) == " Menade du «core_om»?"
    assert nearest("vädret", ["core_om", "dok"]) == ""
