"""Filters: which part of a data tree a client asked for (RFC 6241 section 6, and XPath).

Both kinds of filter give a Selection, the elements wanted whole and those only on the way to
them; `chosen` copies that part. Keys of a row come along whether asked for or not.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from yang.schema import Node
from yang.xml import Element, children, name_of

MAX_EXPRESSION = 4096
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<axis>[\w-]+\s*::)
    |(?P<name>[A-Za-z_][\w.-]*(?::(?:\*|[A-Za-z_][\w.-]*))?)|(?P<path>//?)|(?P<space>\s+)
    |(?P<sign>::|\.\.|[<>!]=|[.@*()\[\],|=<>+$-])""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_AFTER_A_VALUE = frozenset({")", "]", ".", "..", "*"})


class FilterError(ValueError):
    """A filter that cannot be read; the text says why."""


@dataclass(slots=True)
class Selection:
    """`whole` are wanted with all below them; `partly` lead to a wanted one.

    The elements themselves are kept, so that lxml gives the same objects again.
    """

    whole: set[Element] = field(default_factory=set)
    partly: set[Element] = field(default_factory=set)


def chosen(selection: Selection, element: Element, node: Node | None) -> Element | None:
    """A copy of the selected part of `element`, None where nothing of it is selected."""
    if element in selection.whole:
        return copy.deepcopy(element)
    if element not in selection.partly:
        return None
    part = etree.Element(element.tag, nsmap=_prefixes(element))
    keys = node.keys if node else ()
    for child in element:
        inner = node.children.get(name_of(child)[1]) if node else None
        if child.tag.rpartition("}")[2] in keys:
            part.append(copy.deepcopy(child))
        elif (found := chosen(selection, child, inner)) is not None:
            part.append(found)
    return part


# --- subtree --------------------------------------------------------------------------------


def by_subtree(filters: Iterable[Element], data: Element) -> Selection:
    """What the top elements of a subtree filter select of one top element of data."""
    selection = Selection()
    for wanted in filters:
        _match(wanted, data, selection)
    return selection


def _match(wanted: Element, data: Element, selection: Selection) -> bool:
    """Select what `wanted` asks of `data`; was anything selected?"""
    if not same_name(wanted, data) or not _attributes_fit(wanted, data):
        return False
    inner = list(children(wanted))
    if not inner:
        text = (wanted.text or "").strip()
        if text and text != (data.text or "").strip():
            return False
        selection.whole.add(data)
        return True
    below = list(data)
    contents = [child for child in inner if _is_content_match(child)]
    for content in contents:
        if not any(same_name(content, d) and _same_text(content, d) for d in below):
            return False
    others = [child for child in inner if child not in contents]
    if not others:
        selection.whole.add(data)
        return True
    trial = Selection()
    found = [_match(child, d, trial) for child in others for d in below]
    for content in contents:
        trial.whole.update(d for d in below if same_name(content, d) and _same_text(content, d))
    if not any(found) and not contents:
        return False
    selection.whole |= trial.whole
    selection.partly |= trial.partly
    selection.partly.add(data)
    return True


def same_name(wanted: Element, data: Element) -> bool:
    """Is this the element asked for? One in no namespace asks for the name in any."""
    if wanted.tag == data.tag:
        return True
    namespace, name = name_of(wanted)
    return not namespace and name == name_of(data)[1]


def _is_content_match(element: Element) -> bool:
    return bool((element.text or "").strip()) and next(children(element), None) is None


def _same_text(wanted: Element, data: Element) -> bool:
    return len(data) == 0 and (wanted.text or "").strip() == (data.text or "").strip()


def _attributes_fit(wanted: Element, data: Element) -> bool:
    return all(data.get(name) == value for name, value in wanted.attrib.items())


# --- XPath ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class XPath:
    """An expression made ready for data elements below a root: `first` is its first step's name."""

    text: str
    namespaces: Mapping[str, str]
    first: str


def read_xpath(text: str, declared: Mapping[str, str], known: Mapping[str, str]) -> XPath:
    """Make an expression ready. Raises FilterError.

    `declared` are the prefixes of the filter element, `known` prefixes and names of modules; a
    name without prefix stands for that name in any namespace. # source: xpath-prefixes
    """
    if len(text) > MAX_EXPRESSION:
        raise FilterError("the expression is too long")
    parts: list[str] = []
    used: dict[str, str] = {}
    first, before, at = "", "", 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise FilterError(f"unexpected {text[at]!r}")
        kind, token, at = str(found.lastgroup), found[0], found.end()
        if kind == "space":
            parts.append(" ")
            continue
        if kind == "name" and not _is_operator(token, before):
            called = text[at:].lstrip().startswith("(")
            if not called and before != "$":
                first = first or token.rpartition(":")[2]
                token = _name_test(token, before, declared, known, used)
        elif kind == "path" and token == "/" and not _ends_a_step(before):
            token = "/*/" if text[at:].strip() else "/*"
        parts.append(token)
        before = found[0]
    return XPath("".join(parts), used, first)


def by_xpath(expression: XPath, root: Element) -> Selection:
    """What an expression selects below `root`. Raises FilterError where that is no node set."""
    try:
        result = root.xpath(expression.text, namespaces=dict(expression.namespaces) or None)
    except (etree.XPathError, RecursionError, MemoryError) as error:
        raise FilterError(str(error)) from None
    found = result if isinstance(result, list) else [result]
    elements = [n for n in found if isinstance(n, etree._Element)]
    if len(elements) < len(found):
        raise FilterError("the expression selects no nodes")
    selection = Selection(whole=set(elements))
    for element in elements:
        parent = element.getparent()
        while parent is not None and parent not in selection.partly:
            selection.partly.add(parent)
            parent = parent.getparent()
    return selection


def _prefixes(element: Element) -> Any:
    return element.nsmap


def _is_operator(token: str, before: str) -> bool:
    return token in _OPERATORS and _ends_a_step(before)


def _ends_a_step(before: str) -> bool:
    """Did the token before end a value, so that an operator or a further step may follow?"""
    return bool(before) and (
        before in _AFTER_A_VALUE
        or before[0] in "\"'"
        or (before[-1].isalnum() and before not in _OPERATORS)
    )


def _name_test(
    token: str,
    before: str,
    declared: Mapping[str, str],
    known: Mapping[str, str],
    used: dict[str, str],
) -> str:
    prefix, colon, name = token.rpartition(":")
    if before == "@":
        return token
    if not colon:
        return f"*[local-name()='{name}']"
    namespace = declared.get(prefix) or known.get(prefix)
    if namespace is None:
        raise FilterError(f"the prefix {prefix!r} is not declared")
    alias = f"n{len(used)}"
    alias = next((a for a, n in used.items() if n == namespace), alias)
    used[alias] = namespace
    return f"{alias}:{name}"
