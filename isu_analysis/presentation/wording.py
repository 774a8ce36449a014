"""Every text that a reader sees: Swedish where it is written, other languages by catalogue.

A text is written once, in Swedish, where it is used: ``read.say("{n} av {of} är mätta.", n=..., of=...)``. The Swedish
template is also the key under which `languages/en.po` has the English one. What comes from data is only ever a value,
so nothing in a file can be taken for a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from isu_analysis.errors import ReportError, SettingsError
from isu_analysis.presentation.numbers import Numbers

SOURCE = "sv"  # the language that the templates are written in
LANGUAGES = (SOURCE, "en")


def phrase(text: str) -> str:
    """Mark a text that is written in one place and said in another, so that it gets into the catalogue."""
    return text


@dataclass(frozen=True)
class Wording:
    """Says things in one language.

    Attributes
    ----------
    language : {"sv", "en"}
    numbers : Numbers
        How that language writes numbers.

    Raises
    ------
    SettingsError
        The language is none of `LANGUAGES`.
    """

    language: str = SOURCE
    numbers: Numbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise SettingsError(f"Språket «{self.language}» finns inte. Tillåtna: {', '.join(LANGUAGES)}.")
        object.__setattr__(self, "numbers", Numbers.of(self.language))

    def say(self, template: str, /, **values: str) -> str:
        """Fill in a template.

        Parameters
        ----------
        template : str
            Swedish, written out or marked with `phrase`; the names in braces are filled in as by `str.format`.
        **values : str

        Raises
        ------
        ReportError
            The catalogue of the language lacks the text.
        """
        return self._translated(template).format(**values)

    def plural(self, one: str, many: str, n: float, /, **values: str) -> str:
        """Fill in the template for one (``n`` is 1) or for any other number; ``{n}`` is the number unless given."""
        if self.language == SOURCE:
            template = one if n == 1 else many
        else:
            template = _found(_catalogue(self.language).plurals.get(one), one)[n != 1]
        return template.format(**{"n": self.numbers.whole(n), **values})

    def text(self, card_text: str) -> str:
        """A text of a measure's card: translated if it is in the register, as it stands if it is the unit's own."""
        if self.language == SOURCE:
            return card_text
        return _catalogue(self.language).texts.get(card_text, card_text)

    def _translated(self, template: str) -> str:
        return template if self.language == SOURCE else _found(_catalogue(self.language).texts.get(template), template)


class Speaking:
    """What reads a report, or several, says things in the language of its `wording`."""

    wording: Wording

    @property
    def language(self) -> str:
        """Language of the texts, ``sv`` or ``en``."""
        return self.wording.language

    @property
    def numbers(self) -> Numbers:
        """How the language writes numbers."""
        return self.wording.numbers

    def say(self, template: str, /, **values: str) -> str:
        """Fill in a template; see `Wording.say`."""
        return self.wording.say(template, **values)

    def plural(self, one: str, many: str, n: float, /, **values: str) -> str:
        """Fill in the template for one or for several; see `Wording.plural`."""
        return self.wording.plural(one, many, n, **values)


@dataclass(frozen=True)
class _Catalogue:
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]


@cache
def _catalogue(language: str) -> _Catalogue:
    """Read both catalogues of a language: the report's own texts and those of the measures' cards."""
    from babel.messages.pofile import read_po

    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for name in (f"{language}.po", f"{language}.measures.po"):
        with (files("isu_analysis.presentation") / "languages" / name).open("rb") as stream:
            for message in read_po(stream, locale=language):
                said = message.string
                if isinstance(message.id, tuple) and isinstance(said, tuple) and all(said):
                    plurals[message.id[0]] = said
                elif isinstance(message.id, str) and isinstance(said, str) and message.id and said:
                    texts[message.id] = said
    return _Catalogue(texts, plurals)


def _found(translated: Any, text: str) -> Any:
    if translated is None:
        raise ReportError(f"En av rapportens texter är inte översatt än: «{text}».")
    return translated
