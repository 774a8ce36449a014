"""Values that check and clean themselves when made, from the types they declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from isu_analysis.errors import ReportError
from isu_analysis.presentation.text import clean

EXPECTED: dict[type, str] = {str: "text", bool: "sant eller falskt", int: "ett heltal"}


class Checked:
    """Base of the frozen dataclasses: every field has its declared type, and every text is clean.

    A list is taken for a tuple, and a mapping for the dataclass that the field declares, so the same check
    serves code that makes blocks and JSON that claims to be blocks.
    """

    def __post_init__(self) -> None:
        kind: Any = type(self)
        for name, hint in _hints(kind).items():
            try:
                value = _taken(getattr(self, name), hint)
            except _WrongTypeError as wrong:
                raise ReportError(f"{kind.__name__}: ’{name}’ ska vara {wrong}.") from None
            object.__setattr__(self, name, value)
        self.check()

    def check(self) -> None:
        """Refuse what the types alone cannot; nothing by default."""

    def require(self, *names: str) -> None:
        """Refuse if any of the named fields is empty."""
        for name in names:
            value = getattr(self, name)
            if not (value.strip() if isinstance(value, str) else value):
                raise ReportError(f"{type(self).__name__}: ’{name}’ får inte vara tom.")


class _WrongTypeError(TypeError):
    """Says what was expected; never what was there."""


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _taken(value: object, hint: Any) -> Any:
    if hint is str:
        return clean(_instance(value, str))
    if hint in (int, bool):
        return _instance(value, hint)
    if get_origin(hint) is tuple:
        return tuple(_taken(item, get_args(hint)[0]) for item in _sequence(value))
    if get_origin(hint) is Literal:
        return _choice(value, get_args(hint))
    return _block(value, get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,))


def _instance(value: object, kind: type) -> Any:
    # True is an int to Python, but a truth value is never meant as a count or a year.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _WrongTypeError(EXPECTED[kind])
    return value


def _sequence(value: object) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _WrongTypeError("en lista")
    return value


def _choice(value: object, allowed: tuple[Any, ...]) -> Any:
    for choice in allowed:
        if type(value) is type(choice) and value == choice:
            return choice
    raise _WrongTypeError("ett av " + ", ".join(map(str, allowed)))


def _block(value: object, kinds: tuple[type[Any], ...]) -> Any:
    if isinstance(value, kinds):
        return value
    if not isinstance(value, Mapping):
        raise _WrongTypeError(" eller ".join(kind.__name__ for kind in kinds))
    return from_mapping(value, kinds)


def from_mapping(values: Mapping[str, Any], kinds: tuple[type[Any], ...]) -> Any:
    """Return the one of `kinds` that `values` names as its kind, made of exactly its own fields.

    Raises
    ------
    ReportError
        If the kind is unknown, a field is missing or unknown, or has the wrong type; the message never
        holds a value.
    """
    kind = next((kind for kind in kinds if kind.__name__ == values.get("kind")), None)
    if kind is None:
        raise ReportError("okänd sorts block.")
    given = {name: value for name, value in values.items() if name != "kind"}
    names = {field.name for field in fields(kind)}
    if missing := sorted(names - given.keys()):
        raise ReportError(f"{kind.__name__}: fältet ’{missing[0]}’ saknas.")
    if given.keys() - names:
        raise ReportError(f"{kind.__name__}: ett okänt fält. Tillåtna fält: {', '.join(sorted(names))}.")
    return kind(**given)


def to_mapping(value: Any) -> Any:
    """Return a checked value as plain JSON values; each block says its kind."""
    if isinstance(value, tuple):
        return [to_mapping(item) for item in value]
    if is_dataclass(value):
        plain = {field.name: to_mapping(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **plain}
    return value
