"""The attributes of an edit: what a node's element says beside its value.

`operation` is RFC 6241's, `insert` and `value` are RFC 7950's for leaf-lists in the user's order,
`default` is RFC 6243's mark of a value that is the schema's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from yang.errors import Location, Rule, YangError
from yang.schema import Node
from yang.tree import Value
from yang.types import BadValue, from_text
from yang.xml import Element

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
OPERATION = f"{{{BASE}}}operation"
_YANG = "urn:ietf:params:xml:ns:yang:1"
_INSERT, _VALUE = f"{{{_YANG}}}insert", f"{{{_YANG}}}value"
_DEFAULT = "{urn:ietf:params:xml:ns:netconf:default:1.0}default"
_YES, _NO = ("true", "1"), ("false", "0")
Steps = tuple[Location, ...]


class Operation(Enum):
    """The attribute `operation`; the value is the word."""

    MERGE = "merge"
    REPLACE = "replace"
    CREATE = "create"
    DELETE = "delete"
    REMOVE = "remove"
    NONE = "none"


TAKES_AWAY = (Operation.DELETE, Operation.REMOVE)


@dataclass(frozen=True, slots=True)
class Insert:
    """Where a value of a leaf-list goes: `where` is first, last, before or after `beside`."""

    where: str
    beside: Value = None


def place(element: Element, where: str, beside: str | None = None) -> None:
    """Say on the element of a leaf-list's value where it goes; `beside` is another value's text."""
    element.set(_INSERT, where)
    if beside is not None:
        element.set(_VALUE, beside)


def operation_of(element: Element, inherited: Operation, steps: Steps) -> Operation:
    """The operation on the node at `steps`. Raises YangError."""
    # assumed: an `operation` in no namespace is taken for it, as many scripts write it
    word = element.get(OPERATION, element.get("operation"))
    if word is None:
        for name in map(str, element.keys()):
            if name.startswith(f"{{{BASE}}}"):
                raise _bad(Rule.UNKNOWN_ATTRIBUTE, steps, name.rpartition("}")[2])
        return inherited
    if word == Operation.NONE.value or word not in Operation._value2member_map_:
        raise _bad(Rule.BAD_ATTRIBUTE, steps, "operation", f'"{word}" is not a valid operation.')
    return Operation(word)


def insert_of(element: Element, node: Node, steps: Steps) -> Insert | None:
    """Where the value goes, None where nothing is said. Raises YangError (RFC 7950 7.7.9)."""
    where, beside = element.get(_INSERT), element.get(_VALUE)
    if where is None and beside is None:
        return None
    if where is None or not node.user_ordered:
        raise _bad(Rule.UNKNOWN_ATTRIBUTE, steps, "value" if where is None else "insert")
    if where in ("first", "last"):
        return Insert(where)
    if where not in ("before", "after"):
        raise _bad(Rule.BAD_ATTRIBUTE, steps, "insert", f'"{where}" is not a place to insert at.')
    if beside is None:
        raise _bad(Rule.MISSING_ATTRIBUTE, steps, "value")
    try:
        return Insert(where, from_text(node.leaf_type, beside))
    except BadValue as fault:
        raise _bad(Rule.BAD_ATTRIBUTE, steps, "value", str(fault)) from None


def inserted(
    values: tuple[Value, ...], value: Value, place: Insert | None, steps: Steps
) -> tuple[Value, ...]:
    """The leaf-list with the value; one that is there stays, or moves where a place is said."""
    if place is None:
        return values if value in values else (*values, value)
    others = [item for item in values if item != value]
    at = {"first": 0, "last": len(others)}.get(place.where)
    if at is None:
        if place.beside not in others:  # RFC 7950 section 15.7
            raise _bad(Rule.BAD_ATTRIBUTE, steps, "value", app_tag="missing-instance")
        at = others.index(place.beside) + (place.where == "after")
    return (*others[:at], value, *others[at:])


def is_default(element: Element, node: Node, value: Value, steps: Steps) -> bool:
    """Is the value marked as the schema's default, so that the leaf goes? Raises YangError.

    RFC 6243 section 4.5.2: what is marked must be that value.
    """
    mark = element.get(_DEFAULT)
    if mark is None or mark in _NO:
        return False
    if mark not in _YES:
        raise _bad(Rule.BAD_ATTRIBUTE, steps, "default")
    if node.default is None or value != from_text(node.leaf_type, node.default):
        words = f'"{element.text or ""}" is not the default value.'
        raise YangError(Rule.INVALID_VALUE, steps, words, node.name)
    return True


def _bad(rule: Rule, steps: Steps, attribute: str, words: str = "", app_tag: str = "") -> YangError:
    name = steps[-1].name
    return YangError(rule, steps, words, name, attribute=attribute, app_tag=app_tag)
