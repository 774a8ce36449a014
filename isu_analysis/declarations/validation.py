"""Plain values become a frozen object, or one list of problems with file and line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from isu_analysis.declarations.reading import Document, Place, Problem
from isu_analysis.errors import SettingsError

Declared = TypeVar("Declared", bound="Declaration")


class Declaration(BaseModel):
    """Base of everything declared in YAML: frozen, strict, and unknown keys are an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", strict=True, str_strip_whitespace=True)


def validate(kind: type[Declared], document: Document, problems: Iterable[Problem] = ()) -> Declared:
    """Turn plain values into a `Declaration`, or raise every problem at once with file and line.

    Parameters
    ----------
    problems : pairs of place and text
        What the caller has found already; told together with the rest, in the order of the file.
    """
    every = [*document.problems, *problems]
    declared: Declared | None = None
    try:
        # JSON mode keeps strict types but lets a list be a tuple and an ISO text be a date.
        declared = kind.model_validate_json(json.dumps(document.values))
    except ValidationError as error:
        told = {place for place, _ in document.problems}
        every += [found for item in _proper(error, every) if (found := _problem(kind, item))[0] not in told]
    if declared is None or every:
        raise SettingsError("\n".join(dict.fromkeys(_placed(document, every))))
    return declared


def nearest(word: str, allowed: list[str]) -> str:
    """«Menade du ...?» for a mistyped word, or an empty string."""
    close = difflib.get_close_matches(word, allowed, n=1, cutoff=0.6)
    return f" Menade du «{close[0]}»?" if close else ""


_MESSAGES = {
    "missing": "nyckeln saknas",
    "string_type": "ska vara text (skriv inom citattecken)",
    "int_type": "ska vara ett heltal",
    "float_type": "ska vara ett tal",
    "bool_type": "ska vara true eller false",
    "tuple_type": "ska vara en lista (varje rad börjar med -)",
    "list_type": "ska vara en lista (varje rad börjar med -)",
    "dict_type": "ska ha nycklar under sig",
    "model_type": "ska ha nycklar under sig",
    "mapping_type": "ska ha nycklar under sig",
    "date_type": "ska vara ett datum, ÅÅÅÅ-MM-DD",
    "date_from_datetime_parsing": "ska vara ett datum, ÅÅÅÅ-MM-DD",
    "date_parsing": "ska vara ett datum, ÅÅÅÅ-MM-DD",
    "too_short": "får inte vara tom",
    "string_too_short": "får inte vara tom",
}


def _placed(document: Document, problems: list[Problem]) -> list[str]:
    lines = sorted(((document.line(place), what) for place, what in problems), key=lambda problem: problem[0])
    return [f"{document.path.name}, rad {line}: {what}" for line, what in lines]


def _proper(error: ValidationError, known: list[Problem]) -> list[Any]:
    """Leave out that a list is too short where one of its rows was refused: it is not short, the row is wrong."""
    items = error.errors()
    places = [*(place for place, _ in known), *map(_place, items)]
    return [item for item in items if item["type"] != "too_short" or not _holds_another(_place(item), places)]


def _holds_another(place: Place, places: list[Place]) -> bool:
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _place(error: Any) -> Place:
    return tuple(part for part in error["loc"] if not _is_internal(part))


def _problem(kind: type[BaseModel], error: Any) -> Problem:
    place = _place(error)
    name = " › ".join(str(part + 1) if isinstance(part, int) else part for part in place) or "filen"
    return place, _explain(kind, error, name)


def _is_internal(part: Any) -> bool:
    """Pydantic puts names of union members and functions into the location; no author wrote those."""
    return isinstance(part, str) and (
        part.endswith("]") or part.startswith("function-") or part in {"str", "int", "float", "bool"}
    )


def _explain(kind: type[BaseModel], error: Any, name: str) -> str:
    if error["type"] == "extra_forbidden":
        allowed = _allowed_keys(kind, error["loc"][:-1])
        hint = nearest(str(error["loc"][-1]), allowed)
        return f"okänd nyckel «{name}».{hint} Tillåtna: {', '.join(allowed)}."
    if error["type"] in {"literal_error", "enum"}:
        return f"«{name}» har ett värde som inte är tillåtet. Tillåtna: {error['ctx']['expected'].replace(' or ', ' eller ')}."
    if error["type"] == "value_error":
        return f"«{name}»: {error['ctx']['error']}"
    return f"«{name}» {_MESSAGES.get(error['type'], _limits(error))}."


def _limits(error: Any) -> str:
    context = error.get("ctx", {})
    bounds = {"ge": "minst", "gt": "större än", "le": "högst", "lt": "mindre än"}
    for key, words in bounds.items():
        if key in context:
            return f"ska vara {words} {context[key]}"
    return f"har fler än {context['max_length']} värden" if "max_length" in context else "har fel form"


def _allowed_keys(kind: Any, loc: tuple[Any, ...]) -> list[str]:
    for part in loc:
        if isinstance(part, int) or kind is None or not hasattr(kind, "model_fields"):
            continue
        field = kind.model_fields.get(part)
        kind = _inner_model(field.annotation) if field else kind
    fields = getattr(kind, "model_fields", {})
    return sorted(name for name, field in fields.items() if field.repr)  # the others are never written by hand


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _inner_model(inner)
        if found is not None:
            return found
    return None
