"""Leaf types: from the text of an XML element to the value a tree holds, and back.

A tree holds `True` for a leaf of type empty, a bool for boolean, an int for numbers and for
enumerations whose names are all digits (as the CLI's constants are), and text for all else; an
identity is `module:name`, as JSON has it.
Patterns are those of XML Schema as far as our modules and the IETF's types use them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from yang.tree import Leaf

Span = tuple[int, int]

WHOLE: Mapping[str, Span] = {
    **{f"int{bits}": (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32, 64)},
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")
_SPACE = " \t\r\n"


class BadValue(ValueError):
    """A text that is no value of the type; the text of the exception says so in one sentence."""

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is not a valid value.')


@dataclass(frozen=True, slots=True)
class LeafType:
    """A type with its restrictions. Every span and pattern of a chain of typedefs must fit."""

    base: str
    names: tuple[str, ...] = ()
    ranges: tuple[tuple[Span, ...], ...] = ()
    lengths: tuple[tuple[Span, ...], ...] = ()
    patterns: tuple[str, ...] = ()
    members: tuple[LeafType, ...] = ()
    modules: tuple[tuple[str, str, str], ...] = ()  # of identities: name, prefix, namespace


def from_text(kind: LeafType, text: str | None) -> Leaf:
    """The value of an element's text. Raises BadValue."""
    given = text or ""
    base = kind.base
    if base in WHOLE:
        return _whole(kind, given)
    if base == "string":
        return _string(kind, given)
    if base == "union":
        return _member(kind, given)
    trimmed = given.strip(_SPACE)
    if base == "empty":
        if trimmed:
            raise BadValue(given)
        return True
    if base == "boolean":
        if trimmed not in ("true", "false"):
            raise BadValue(given)
        return trimmed == "true"
    if base == "enumeration":
        if trimmed not in kind.names:
            raise BadValue(given)
        return int(trimmed) if all(name.isdigit() for name in kind.names) else trimmed
    if base == "identityref":
        return _identity(kind, trimmed)
    return given


def to_text(kind: LeafType, value: Any) -> str | None:
    """The text of a value; None for an empty element."""
    if kind.base == "empty":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _identity(kind: LeafType, given: str) -> str:
    if given in kind.names:
        return given
    # assumed: a name without its module is taken where one fits
    fitting = [name for name in kind.names if ":" not in given and name.endswith(f":{given}")]
    if len(fitting) != 1:
        raise BadValue(given)
    return fitting[0]


def _whole(kind: LeafType, given: str) -> int:
    trimmed = given.strip(_SPACE)
    if not _NUMBER.fullmatch(trimmed):
        raise BadValue(given)
    number = int(trimmed)
    if not _fits(number, (WHOLE[kind.base],)) or not all(
        _fits(number, spans) for spans in kind.ranges
    ):
        raise BadValue(given)
    return number


def _string(kind: LeafType, given: str) -> str:
    fits = all(_fits(len(given), spans) for spans in kind.lengths)
    if not fits or not all(_pattern(p).fullmatch(given) for p in kind.patterns):
        raise BadValue(given)
    return given


def _member(kind: LeafType, given: str) -> Leaf:
    for member in kind.members:
        try:
            return from_text(member, given)
        except BadValue:
            continue
    raise BadValue(given)


def _fits(number: int, spans: tuple[Span, ...]) -> bool:
    return any(low <= number <= high for low, high in spans)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """An XML Schema pattern as Python reads it."""
    return re.compile(text.replace(r"\p{N}", r"\d").replace(r"\p{L}", r"[^\W\d_]"))
