"""The XML of licence and usage files, scanned strictly from its source text.

Signatures cover source text, so an element knows where it stands in the source. The dialect is
small: elements without attributes, text with `&amp; &lt; &gt;`, CDATA, one XML declaration at
the head. A DOCTYPE, another entity, a comment or a processing instruction refuses the file;
nothing is ever fetched or expanded.
Sources: docs/sources.md, entries licence-file and signed-bytes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

import msgspec

from agent.protocol.codec_fields import MAX_BODY, MessageError, ReturnCode

MAX_DEPTH = 24
_REPEATED = 16_384  # characters a repeated element is looked through for its end
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\s[^<>?]{0,100}\?>")
# the first form is a whole element of plain text or of one CDATA section: most elements are such
_NAME = r"[A-Za-z_][\w.-]{0,99}+"
_CDATA = r"(?:[^\]]++|\](?!\]>))*+"  # up to the first ]]>
_TOKEN = re.compile(
    rf"<(?P<leaf>{_NAME})>"
    rf"(?:(?P<plain>[^<&\]]*+)|<!\[CDATA\[(?P<whole>{_CDATA})\]\]>)</(?P=leaf)>"
    rf"|<(?P<close>/?)(?P<name>{_NAME})\s*+(?P<empty>/?)>"
    rf"|<!\[CDATA\[(?P<cdata>{_CDATA})\]\]>"
    r"|(?P<text>[^<]++)",
    re.ASCII,
)
_ENTITY = re.compile(r"&(?:(amp|lt|gt);)?")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_XML_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n\r")


class Element(msgspec.Struct, eq=False, gc=False):
    """One element: its text without that of its children, and its source."""

    name: str
    source: str
    start: int
    end: int = 0
    children: list[Element] = []
    parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def outer(self) -> str:
        """The exact source from `<name>` to `</name>`."""
        return self.source[self.start : self.end]

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def one(self, name: str) -> Element:
        """The only child of this name. Raises MessageError when it is missing or repeated."""
        found = self.optional(name)
        if found is None:
            raise MessageError(ReturnCode.MISSING_FIELD, f"{self.name}/{name} is missing")
        return found

    def optional(self, name: str) -> Element | None:
        found = [child for child in self.children if child.name == name]
        if len(found) > 1:
            raise MessageError(ReturnCode.PARSE, f"{self.name}/{name} is there repeatedly")
        return found[0] if found else None


def scan(source: str, repeated: Container[str] = ()) -> Element:
    """The root element of a file. Raises MessageError for anything outside the dialect.

    A child of the root whose name is in `repeated` comes as the same Element as in the file before,
    if its source is the same: its `source` is then its own text alone.
    """
    if len(source) > MAX_BODY:
        raise MessageError(ReturnCode.PARSE, f"the file is larger than {MAX_BODY} characters")
    if not _is_plain(source) and (bad := _NOT_XML.search(source)):
        raise _refused(source, bad.start(), "a character XML does not know")
    head = _DECLARATION.match(source)
    top = Element("", source, 0)
    open_elements = [top]
    position = head.end() if head else 0
    end, match = len(source), _TOKEN.match  # a search could look through the rest at each place
    while position < end:
        token = match(source, position)
        if token is None:
            raise _refused(source, position, "something that is not an element or text")
        start, position = position, token.end()
        form = token.lastgroup
        if form == "plain" or form == "whole":
            if len(open_elements) > MAX_DEPTH:
                raise _refused(source, start, "elements nested too deeply")
            name, text = token.group("leaf", form)
            leaf = Element(name, source, start, position, [], [text])
            open_elements[-1].children.append(leaf)
        elif (
            len(open_elements) == 2
            and token["name"] in repeated
            and (known := _repeated(source, start, f"</{token['name']}>")) is not None
        ):
            open_elements[-1].children.append(known)
            position = start + known.end
        else:
            _take(token, open_elements)
    if len(open_elements) > 1:
        raise _refused(source, position, f"<{open_elements[-1].name}> not closed")
    if len(top.children) != 1 or top.text.strip():
        raise MessageError(ReturnCode.PARSE, "the file is not one XML element")
    return top.children[0]


def _is_plain(source: str) -> bool:
    """Is it ASCII without control characters? In a third of the time the search would take."""
    if not source.isascii():
        return False
    data = source.encode()
    return len(data.translate(None, _NOT_XML_BYTES)) == len(data)


def _repeated(source: str, start: int, last: str) -> Element | None:
    """The element from `start` to the first `last`; None where that is not an element."""
    end = source.find(last, start, start + _REPEATED)
    return _alone(source[start : end + len(last)]) if end > 0 else None


@lru_cache(maxsize=64)
def _alone(outer: str) -> Element | None:
    try:
        return scan(outer)
    except MessageError:  # the whole file tells better what is wrong with it
        return None


def escape(text: str) -> str:
    """Text as element content."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(name: str, text: object = "") -> str:
    """`<name>text</name>`, the text escaped."""
    return f"<{name}>{escape(str(text))}</{name}>"


def cdata(text: str) -> str:
    """A CDATA section. Raises MessageError when the text would end it."""
    if "]]>" in text or _NOT_XML.search(text):
        raise MessageError(ReturnCode.BUILD, "this text cannot stand in a CDATA section")
    return f"<![CDATA[{text}]]>"


def json_cdata(text: str) -> str:
    """A CDATA section of JSON text: what would end the section is written as its JSON escape."""
    return cdata(text.replace("]]>", "]]\\u003e"))


def _take(token: re.Match[str], open_elements: list[Element]) -> None:
    innermost = open_elements[-1]
    close, name, empty = token.group("close", "name", "empty")
    if name is None:
        innermost.parts.append(_plain(token))
    elif close:
        if empty or name != innermost.name:
            raise _refused(token.string, token.start(), f"</{name}> without its start")
        innermost.end = token.end()
        open_elements.pop()
    else:
        if len(open_elements) > MAX_DEPTH:
            raise _refused(token.string, token.start(), "elements nested too deeply")
        child = Element(name, token.string, token.start(), token.end())
        innermost.children.append(child)
        if not empty:
            open_elements.append(child)


def _plain(token: re.Match[str]) -> str:
    raw = token["cdata"]
    if raw is not None:
        return raw
    text = token["text"]
    if "]]>" in text:
        raise _refused(token.string, token.start(), "]]> outside of CDATA")
    return _ENTITY.sub(lambda entity: _entity(token, entity), text) if "&" in text else text


def _entity(token: re.Match[str], entity: re.Match[str]) -> str:
    if entity[1] is None:
        raise _refused(token.string, token.start("text") + entity.start(), "an unknown entity")
    return _ENTITIES[entity[1]]


def _refused(source: str, position: int, what: str) -> MessageError:
    line = source.count("\n", 0, position) + 1
    return MessageError(ReturnCode.PARSE, f"{what} in line {line}")
