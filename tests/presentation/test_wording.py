"""The wording layer: every text goes through it, and every text of it is in every language."""

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import isu_analysis
from isu_analysis.errors import ReportError, SettingsError
from isu_analysis.presentation.wording import LANGUAGES, SOURCE, Wording, phrase

PACKAGE = Path(isu_analysis.__file__).parent
SPEAKING = [
    *sorted((PACKAGE / "presentation").rglob("*.py")),
    *sorted((PACKAGE / "reporting" / "exporters").rglob("*.py")),
]
OTHERS = [language for language in LANGUAGES if language != SOURCE]
# Words that a text of a report cannot do without for long; none of them is a word of code.
SWEDISH = re.compile(r"^[^(]*[åäöÅÄÖ]|\b(och|av|som|till|den|det|med|inte|eller|ingen|alla|har|var|vid|om|ett)\b")


@cache
def trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SPEAKING]


def called(node):
    """Name of what a call calls, or nothing."""
    return getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""


def literal(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def fields_of(template):
    """Names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def passed_on(node):
    """Whether a call only hands over what its own function was given."""
    return [getattr(argument, "id", "") for argument in node.args[:2]] in (["one", "many"], ["template"])


def said():
    """Every text that is said: where, the texts for one and for several, and the names it is given (None where marked)."""
    for path, tree in trees():
        for node in ast.walk(tree):
            name = called(node)
            if name not in {"say", "plural", "phrase"} or not node.args or passed_on(node):
                continue
            texts = [literal(argument) for argument in node.args[: 2 if name == "plural" else 1]]
            given = (
                None
                if name == "phrase" or any(word.arg is None for word in node.keywords)
                else {word.arg for word in node.keywords}
            )
            yield f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}", name, node, texts, given


def catalogue(language):
    with (PACKAGE / "presentation" / "languages" / f"{language}.po").open("rb") as stream:
        return {message.id: message.string for message in read_po(stream, locale=language) if message.id}


@cache
def wanted():
    """Texts that a catalogue must have: a text, or a pair."""
    found = {}
    for where, _, _, texts, _ in said():
        if None not in texts:
            found.setdefault(texts[0] if len(texts) == 1 else tuple(texts), where)
    return found


def test_texts_are_written_out_where_they_are_said():
    """A text put together on the way cannot be found by anyone who translates, nor be told from data."""
    wrong = []
    for where, name, node, texts, given in said():
        if None in texts:
            if name != "say" or isinstance(node.args[0], ast.JoinedStr | ast.BinOp):
                wrong.append(f"{where}: {name}(...) utan utskriven text")
        elif given is not None:
            own = {"n"} if name == "plural" else set()  # the number has a text of its own
            fields = set().union(*map(fields_of, texts))
            if fields - own != given - own:
                wrong.append(f"{where}: texten har fälten {sorted(fields)}, och får {sorted(given)}")
    assert not wrong, "\n".join(wrong)


def test_no_swedish_outside_the_wording_layer():
    """A text that is not said cannot be translated; errors and documentation are for those who run the program."""
    wrong = []
    for path, tree in trees():
        aside = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) or called(node) in {
                "say",
                "plural",
                "phrase",
                "ReportError",
                "DisclosureError",
                "SettingsError",
            }:
                aside |= {id(part) for part in ast.walk(node)}
            if isinstance(node, ast.Expr) and literal(node.value) is not None:
                aside.add(id(node.value))
        for node in ast.walk(tree):
            text = literal(node)
            if text is not None and id(node) not in aside and SWEDISH.search(text) and path.name not in MAY_SPEAK:
                wrong.append(f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}: {text}")
    assert not wrong, "\n".join(wrong)


# The checks of blocks, seals and files speak to those who run the program; the numbers' own words are beside their signs.
MAY_SPEAK = {"checked.py", "accessibility.py", "numbers.py", "sealed.py", "assembly.py", "pdf.py"}


def po(text):
    lines = [("msgid", text)] if isinstance(text, str) else [("msgid", text[0]), ("msgid_plural", text[1])]
    ending = 'msgstr ""' if isinstance(text, str) else 'msgstr[0] ""\nmsgstr[1] ""'
    return "\n".join([*(f'{word} "{value.translate(ESCAPES)}"' for word, value in lines), ending])


ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n"})


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    found = {
        text: words
        for text, words in catalogue(language).items()
        if (all(words) if isinstance(words, tuple) else words)
    }
    missing = [f"#: {where}\n{po(text)}" for text, where in wanted().items() if text not in found]
    assert not missing, f"{len(missing)} texter saknas i {language}.po:\n\n" + "\n\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language):
    orphans = [text for text in catalogue(language) if text not in wanted()]
    assert not orphans, "\n".join(map(str, orphans))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_fields(language):
    wrong = []
    for text, words in catalogue(language).items():
        for one, other in zip(
            [text] if isinstance(text, str) else text, [words] if isinstance(words, str) else words, strict=True
        ):
            if fields_of(one) - {"n"} != fields_of(other) - {"n"} or ("n" in fields_of(other)) > (
                "n" in fields_of(one) or isinstance(text, tuple)
            ):
                wrong.append(f"{one!r} -> {other!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_swedish(language):
    """A text copied instead of translated is seen by its letters."""
    left = [
        str(words)
        for words in catalogue(language).values()
        if re.search("[åäöÅÄÖ]", re.sub("Göteborg|Höglund|Källmén", "", str(words)))
    ]
    assert not left, "\n".join(left)


def test_a_number_decides_the_form():
    sv = Wording()
    assert [sv.plural("{n} mål", "{n} mål om {what}", n, what="skola") for n in (1, 0, 2)] == [
        "1 mål",
        "0 mål om skola",
        "2 mål om skola",
    ]
    assert sv.plural("{n} person", "{n} personer", 1234) == "1\u00a0234 personer"
    assert sv.plural("{n} person", "{n} personer", 3, n="färre än 5") == "färre än 5 personer"


def test_values_are_never_templates():
    """Braces in a file's text are only braces."""
    assert Wording().say("Insats: {name}.", name="{n} {0} {x.__class__}") == "Insats: {n} {0} {x.__class__}."


def test_unknown_language_and_text():
    with pytest.raises(SettingsError, match=r"Språket «fi» finns inte\. Tillåtna: sv, en\."):
        Wording("fi")
    with pytest.raises(ReportError, match=r"inte översatt än: «En text som ingen har skrivit\.»"):
        Wording("en").say(phrase("En text som ingen har skrivit."))


def test_numbers_follow_the_language():
    numbers = Wording("en").numbers
    assert numbers.decimal(-1234.56) == "\u22121,234.6" and numbers.percent(0.485, 97) == "48%"
    assert (
        numbers.interval(-14.8, -9) == "\u221214.8 to \u22129.0"
        and numbers.plain(12.6) == "12.6"
        and numbers.plain(1200) == "1,200"
    )
