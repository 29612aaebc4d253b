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
MAX_COMPARED = 100_000  # pairs of filter and data elements; far more than a client needs
MAX_DEPTH = 2  # of predicates in predicates
MAX_CLIMBS = 3
_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<axis>[\w-]+\s*::)
    |(?P<name>[A-Za-z_][\w.-]*(?::(?:\*|[A-Za-z_][\w.-]*))?)|(?P<path>//?)|(?P<space>\s+)
    |(?P<sign>::|\.\.|[<>!]=|[.@*()\[\],|=<>+$-])""",
    re.VERBOSE,
)
_STEP = re.compile(r"[\w@.*]")
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_CLIMBING = frozenset(
    "ancestor ancestor-or-self descendant descendant-or-self following preceding "
    "following-sibling preceding-sibling parent".split()
)
_AFTER_A_VALUE = frozenset({")", "]", ".", "..", "*"})


class FilterError(ValueError):
    """A filter that cannot be read; the text says why."""


class NotNodes(FilterError):
    """An expression whose value is no set of nodes."""


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
    """What the top elements of a subtree filter select of one top element of data.

    Raises FilterError for a filter that compares too much with too much.
    """
    matcher = _Matcher()
    selection = Selection()
    for wanted in filters:
        matcher.match(wanted, data, selection)
    return selection


class _Matcher:
    """Compares a filter with data. Data is grouped by names once, however often it is looked at."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED
        self._groups: dict[Element, dict[str, list[Element]]] = {}

    def match(self, wanted: Element, data: Element, selection: Selection) -> bool:
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
        trial, contents, others = Selection(), 0, []
        for child in inner:
            if not _is_content_match(child):
                others.append(child)
                continue
            contents += 1
            fitting = [d for d in self._named(child, data) if _same_text(child, d)]
            if not fitting:
                return False
            trial.whole.update(fitting)
        if not others:
            selection.whole.add(data)
            return True
        found = [self.match(child, d, trial) for child in others for d in self._named(child, data)]
        if not any(found) and not contents:
            return False
        selection.whole |= trial.whole
        selection.partly |= trial.partly
        selection.partly.add(data)
        return True

    def _named(self, wanted: Element, data: Element) -> list[Element]:
        """The children of `data` with the name asked for."""
        groups = self._groups.get(data)
        if groups is None:
            groups = self._groups[data] = {}
            for child in data:
                groups.setdefault(name_of(child)[1], []).append(child)
        named = groups.get(name_of(wanted)[1], [])
        self._left -= len(named)
        if self._left < 0:
            raise FilterError("the filter is too costly")
        return [child for child in named if same_name(wanted, child)]


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
    """An expression made ready for elements below a root; `names` are all names in it.

    `anywhere` is set where it may select elements it does not name.
    """

    text: str
    namespaces: Mapping[str, str]
    names: frozenset[str]
    anywhere: bool

    def reaches(self, top: str) -> bool:
        """May it select something of the top element of this name?"""
        return self.anywhere or top in self.names


def read_xpath(text: str, declared: Mapping[str, str], known: Mapping[str, str]) -> XPath:
    """Make an expression ready. Raises FilterError.

    `declared` are the prefixes of the filter element, `known` prefixes and names of modules; a
    name without prefix stands for that name in any namespace. # source: xpath-prefixes
    """
    if len(text) > MAX_EXPRESSION:
        raise FilterError("the expression is too long")
    reader = _Reader(declared, known)
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise FilterError(f"unexpected {text[at]!r}")
        at = found.end()
        reader.take(str(found.lastgroup), found[0], text[at:].lstrip())
    return XPath("".join(reader.parts), reader.used, frozenset(reader.names), reader.anywhere)


class _Reader:
    """Rewrites an expression token by token, and keeps it to what is cheap to evaluate.

    In a predicate a path starts at the node itself: one that starts at the root, or climbs up
    again and again, would multiply the data with itself.
    """

    def __init__(self, declared: Mapping[str, str], known: Mapping[str, str]) -> None:
        self.parts: list[str] = []
        self.used: dict[str, str] = {}
        self.names: set[str] = set()
        self.anywhere = False
        self._declared, self._known = declared, known
        self._before = ""
        self._depth = 0
        self._climbs = 0

    def take(self, kind: str, token: str, rest: str) -> None:
        """One token, and what follows it."""
        if kind == "space":
            self.parts.append(" ")
            return
        self._limit(kind, token)
        self.parts.append(self._rewritten(kind, token, rest))
        self._before = token

    def _limit(self, kind: str, token: str) -> None:
        self._depth += (token == "[") - (token == "]")
        self._climbs += token == ".." or token.partition(":")[0].strip() in _CLIMBING
        absolute = kind == "path" and (token == "//" or not _ends_a_step(self._before))
        if kind == "path" and self._before in ("/", "//"):
            raise FilterError(f"unexpected {token!r}")
        if self._depth > MAX_DEPTH or self._climbs > MAX_CLIMBS or (self._depth and absolute):
            raise FilterError("the expression is too costly")
        self.anywhere = self.anywhere or token in ("*", "//", ".", "..") or kind == "axis"

    def _rewritten(self, kind: str, token: str, rest: str) -> str:
        if kind == "name" and not _is_operator(token, self._before):
            if rest.startswith("(") or self._before == "$":
                self.anywhere = self.anywhere or token == "node"
                return token
            self.names.add(token.rpartition(":")[2])
            return self._name_test(token)
        if kind == "path" and token == "/" and not _ends_a_step(self._before):
            if _STEP.match(rest):
                return "/*/"
            self.anywhere = True  # the root itself: all there is
            return "/*"
        return token

    def _name_test(self, token: str) -> str:
        prefix, colon, name = token.rpartition(":")
        if self._before == "@":
            return token
        if not colon:
            return f"*[local-name()='{name}']"
        namespace = self._declared.get(prefix) or self._known.get(prefix)
        if namespace is None:
            raise FilterError(f"the prefix {prefix!r} is not declared")
        alias = next((a for a, n in self.used.items() if n == namespace), f"n{len(self.used)}")
        self.used[alias] = namespace
        return f"{alias}:{name}"


def by_xpath(expression: XPath, root: Element) -> Selection:
    """What an expression selects below `root`. Raises FilterError where that is no node set."""
    try:
        result = root.xpath(expression.text, namespaces=dict(expression.namespaces) or None)
    except (etree.XPathError, RecursionError, MemoryError) as error:
        raise FilterError(str(error)) from None
    found = result if isinstance(result, list) else [result]
    elements = [n for n in found if isinstance(n, etree._Element)]
    if len(elements) < len(found):
        raise NotNodes("the expression selects no nodes")
    if root in elements:
        elements += root
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
