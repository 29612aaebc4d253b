"""What is wrong with data or a request for data: one class, with the path and the rule broken.

`rule` names the rule of RFC 7950 or RFC 6241 that was broken; whoever serves the data turns it
into a reply. The path is the steps from the top node down, each (namespace, name, keys).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Rule(Enum):
    """The rules that data can break; the value is the error-tag of RFC 6241 for it."""

    UNKNOWN_ELEMENT = "unknown-element"
    UNKNOWN_NAMESPACE = "unknown-namespace"
    UNKNOWN_ATTRIBUTE = "unknown-attribute"
    BAD_ATTRIBUTE = "bad-attribute"
    MISSING_ATTRIBUTE = "missing-attribute"
    MISSING_ELEMENT = "missing-element"
    BAD_ELEMENT = "bad-element"
    INVALID_VALUE = "invalid-value"
    DATA_EXISTS = "data-exists"
    DATA_MISSING = "data-missing"
    OPERATION_NOT_SUPPORTED = "operation-not-supported"


class Location(NamedTuple):
    """One step of an instance path; `keys` are (name, value) of a list's row."""

    namespace: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(eq=False)
class YangError(Exception):
    """A rule is broken at `path`. `message` is for people, `element` names the bad element."""

    rule: Rule
    path: tuple[Location, ...]
    message: str = ""
    element: str = ""
    namespace: str = ""
    attribute: str = ""
    app_tag: str = ""

    def __str__(self) -> str:
        steps = "/".join(
            step.name + "".join(f"[{name}='{value}']" for name, value in step.keys)
            for step in self.path
        )
        return f"{self.rule.value} at /{steps}: {self.message or self.element}"
