"""GET of data: which part is wanted by `content`, `fields` and `depth`, and in which form.

Nothing here writes. Sources: docs/sources.md, entries restconf-query, restconf-empty.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from agent.restconf.forms import Names, json_members, one_row, written
from agent.restconf.messages import JSON, NAMESPACE, XML, Refused, Response, not_found, refused
from agent.restconf.target import Target, found_in
from yang.schema import Node, named
from yang.xml import Element, children, name_of, own

CONTENTS = ("all", "config", "nonconfig")
DEFAULTS = ("report-all", "report-all-tagged", "explicit")
UNBOUNDED = 65536
ROWS_IN_ARRAYS = "17.9.."  # source: restconf-rows
_FIELD = re.compile(r"[\w.:-]+|[();/]")


@dataclass(frozen=True, slots=True)
class Query:
    """The query of a GET. `fields` maps names to what is wanted below; None is everything."""

    content: str = "all"
    depth: int = UNBOUNDED
    fields: Fields | None = None


Fields = dict[str, "Fields"]  # an empty one is the whole node


def read_query(pairs: tuple[tuple[str, str], ...]) -> Query:
    """Read the parameters of a GET. Raises Refused for one that is not known or stands twice."""
    given = dict(pairs)
    if len(given) < len(pairs):
        raise refused("invalid-value", "a query parameter stands twice", kind="protocol")
    unknown = given.keys() - {"content", "depth", "fields", "with-defaults"}
    if unknown:
        message = f"the query parameter {min(unknown)} is not known here"
        raise refused("invalid-value", message, kind="protocol")
    content = given.get("content", "all")
    if content not in CONTENTS:
        raise _bad("content", content)
    # no leaf of these modules has a default to report: all modes give the same
    if given.get("with-defaults", "explicit") not in DEFAULTS:
        raise _bad("with-defaults", given["with-defaults"])
    depth = given.get("depth", "unbounded")
    number = UNBOUNDED if depth == "unbounded" else _number(depth)
    fields = read_fields(given["fields"]) if "fields" in given else None
    return Query(content, number, fields)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) < UNBOUNDED):
        raise _bad("depth", text)
    return int(text)


def _bad(name: str, value: str) -> Refused:
    message = f'"{value}" is not a valid value of {name}.'
    return refused("invalid-value", message, kind="protocol")


def read_fields(text: str) -> Fields:
    """Read `a;b/c(d;e)` of RFC 8040 section 4.8.3. Raises Refused."""
    words = _FIELD.findall(text)
    if "".join(words) != text or not words or len(words) > 1000:
        raise _bad("fields", text)
    found: Fields = {}
    if _expression(words, 0, [found], text, 0) != len(words):
        raise _bad("fields", text)
    return found


def _expression(words: list[str], at: int, into: list[Fields], text: str, depth: int) -> int:
    """Read paths up to a closing bracket; returns where. `into` is what they stand below."""
    if depth > 30:
        raise _bad("fields", text)
    while True:
        here = into
        while True:
            if at >= len(words) or words[at] in "();/":
                raise _bad("fields", text)
            name = words[at].rpartition(":")[2]
            here = [below.setdefault(name, {}) for below in here]
            at += 1
            if at < len(words) and words[at] == "/":
                at += 1
                continue
            break
        if at < len(words) and words[at] == "(":
            at = _expression(words, at + 1, here, text, depth + 1)
            if at >= len(words) or words[at] != ")":
                raise _bad("fields", text)
            at += 1
        if at < len(words) and words[at] == ";":
            at += 1
            continue
        return at


# --- what is wanted of it -------------------------------------------------------------------------


def answer(
    tops: Mapping[str, Element],
    target: Target,
    nodes: Mapping[str, Node],
    names: Names,
    query: Query,
    json_wanted: bool,
    in_arrays: bool = True,
) -> Response:
    """The response to a GET. `nodes` are the top nodes; `in_arrays` puts one row of a list into an
    array too. Raises Refused."""
    found = _instances(tops, target, nodes, query)
    if not found:
        if target.steps and target.node.kind == "container":
            return Response(204)  # a container is always there, this one holds nothing
        raise not_found()
    if not target.steps:
        return _form(found[0], {}, names, json_wanted, whole=nodes)
    if len(found) > 1 and not json_wanted:
        message = "XML can hold one instance; name its key, or ask for JSON"
        raise refused("invalid-value", message, kind="protocol")
    if json_wanted:
        members = json_members(found, {target.node.name: target.node}, names)
        if not in_arrays and target.node.kind == "list" and target.steps[-1].keys:
            members = one_row(members)
        return Response(200, {"Content-Type": JSON}, written(members))
    return _form(found[0], {target.node.name: target.node}, names, False)


def _form(
    element: Element,
    nodes: Mapping[str, Node],
    names: Names,
    json_wanted: bool,
    whole: Mapping[str, Node] | None = None,
) -> Response:
    if json_wanted and whole is not None:
        members = json_members(children(element), whole, names)
        return Response(200, {"Content-Type": JSON}, written({"ietf-restconf:data": members}))
    text = etree.tostring(element, pretty_print=True)
    return Response(200, {"Content-Type": XML}, text)


def _instances(
    tops: Mapping[str, Element], target: Target, nodes: Mapping[str, Node], query: Query
) -> list[Element]:
    """Copies of what is wanted, cut to the query."""
    if not target.steps:
        data = etree.Element(f"{{{NAMESPACE}}}data", nsmap=own(NAMESPACE))
        data.extend(copy.deepcopy(root[0]) for root in tops.values())
        found, node = [data], Node("data", NAMESPACE, "container", children=nodes)
    else:
        found = [_alone(element) for element in found_in(tops, target)]
        node = target.node
    if query.fields is not None:
        _check_fields(query.fields, node)
    kept = []
    for element in found:
        if query.content == "nonconfig" and not _without_config(element, node):
            continue
        if query.fields is not None:
            _only(element, query.fields, node)
        _cut(element, node, query.depth)
        if len(element) or node.is_leaf or node.presence or node.kind == "list":
            kept.append(element)
        elif query.depth == 1 or not target.steps:
            kept.append(element)
    return kept


def _alone(element: Element) -> Element:
    """A copy that stands by itself, its namespace the default one."""
    found = copy.deepcopy(element)
    found.tail = None
    return found


def _without_config(element: Element, node: Node) -> bool:
    """Take configuration out; is there anything left? Keys of rows with state stay."""
    if node.is_leaf:
        return not node.config
    left = False
    for child in list(children(element)):
        namespace, name = name_of(child)
        below = named(node.children, name, namespace)
        if below is None or name in node.keys:
            continue
        if _without_config(child, below):
            left = True
        else:
            element.remove(child)
    return left or not node.config


def _check_fields(fields: Fields, node: Node) -> None:
    for name, below in fields.items():
        child = named(node.children, name)
        if child is None:
            raise _bad("fields", name)
        _check_fields(below, child)


def _only(element: Element, fields: Fields, node: Node) -> None:
    """Keep what the fields name, and the keys."""
    for child in list(children(element)):
        namespace, name = name_of(child)
        if name in fields:
            below = named(node.children, name, namespace)
            if fields[name] and below is not None:
                _only(child, fields[name], below)
        elif name not in node.keys:
            element.remove(child)


def _cut(element: Element, node: Node, depth: int) -> None:
    """Cut what lies deeper; the element itself is at depth 1."""
    for level, found in _levels(element, 1):
        if level == depth and len(found):
            for child in list(found):
                found.remove(child)
            found.text = None


def _levels(element: Element, level: int) -> Iterator[tuple[int, Element]]:
    yield level, element
    for child in children(element):
        yield from _levels(child, level + 1)
