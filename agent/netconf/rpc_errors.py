"""Errors of the protocol: one class, one place that writes `rpc-error`, one that reads YangError.

The order of elements and the wording are ConfD's. Handlers raise; the session answers.
Sources: docs/sources.md, entries confd-errors, lock-message, device-refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from yang.edit_attributes import BASE
from yang.errors import Location, Rule, YangError
from yang.schema import Schema
from yang.xml import Element, own, printable

XML = "http://www.w3.org/XML/1998/namespace"
IA = "http://cisco.com/yang/cisco-ia"
REFUSED = "inconsistent value: Device refused one or more commands"


@dataclass(eq=False)
class RpcError(Exception):
    """One rpc-error. `info` are (name, text) of error-info; `detail` is a further element of it."""

    type: str
    tag: str
    message: str = ""
    path: str = ""
    app_tag: str = ""
    info: tuple[tuple[str, str], ...] = ()
    namespaces: Mapping[str, str] = field(default_factory=lambda: {"nc": BASE})  # of the path
    detail: tuple[Element, ...] = ()

    def __str__(self) -> str:
        return f"{self.tag}: {self.message or self.path}"


@dataclass(eq=False)
class RpcErrors(Exception):
    """Several at once, as `continue-on-error` gives them."""

    errors: tuple[RpcError, ...]


_PROTOCOL_RULES = frozenset(
    {
        Rule.MISSING_ELEMENT,
        Rule.BAD_ELEMENT,
        Rule.BAD_ATTRIBUTE,
        Rule.MISSING_ATTRIBUTE,
        Rule.UNKNOWN_ATTRIBUTE,
    }
)


def of_yang(error: YangError, schema: Schema, below: str) -> RpcError:
    """The rpc-error of broken data. `below` is the path of what held it, such as
    `/nc:rpc/nc:edit-config/nc:config`."""
    info = []
    if error.attribute:
        info.append(("bad-attribute", error.attribute))
    if error.element:
        info.append(("bad-element", error.element))
    if error.rule is Rule.UNKNOWN_NAMESPACE:
        info.append(("bad-namespace", error.namespace))
    path = below + path_text(error.path, schema)
    used = {name: prefix for name, prefix in schema.prefixes.items() if f"/{prefix}:" in path}
    return RpcError(
        type="protocol" if error.rule in _PROTOCOL_RULES else "application",
        tag=error.rule.value,
        message=error.message,
        path=path,
        app_tag=error.app_tag,
        info=tuple(info),
        namespaces={"nc": BASE, **{prefix: name for name, prefix in used.items()}},
    )


def path_text(path: tuple[Location, ...], schema: Schema) -> str:
    """An instance path with the prefixes of the modules."""
    text = ""
    for step in path:
        prefix = schema.prefix(step.namespace)
        keys = "".join(f"[{prefix}:{name}={_quoted(value)}]" for name, value in step.keys)
        text += f"/{prefix}:{step.name}{keys}"
    return text


def element_of(error: RpcError) -> Element:
    """`<rpc-error>` in ConfD's order."""
    element = etree.Element(f"{{{BASE}}}rpc-error", nsmap=own(BASE))
    _child(element, "error-type", error.type)
    _child(element, "error-tag", error.tag)
    _child(element, "error-severity", "error")
    if error.app_tag:
        _child(element, "error-app-tag", error.app_tag)
    if error.path:
        path = etree.SubElement(element, f"{{{BASE}}}error-path", nsmap=dict(error.namespaces))
        path.text = error.path
    if error.message:
        message = _child(element, "error-message", error.message)
        message.set(f"{{{XML}}}lang", "en")
    if error.info or error.detail:
        info = etree.SubElement(element, f"{{{BASE}}}error-info")
        for name, text in error.info:
            _child(info, name, text)
        info.extend(error.detail)
    return element


def text_of(error: RpcError) -> bytes:
    """The element as text. lxml would take the path's prefix for the base namespace everywhere."""
    text = etree.tostring(element_of(error))
    return text.replace(b"<nc:error-path", b"<error-path").replace(b"</nc:error", b"</error")


def unsupported(operation: str) -> RpcError:
    """An operation this device does not offer."""
    return RpcError("protocol", "operation-not-supported", path=f"/nc:rpc/nc:{operation}")


def denied() -> RpcError:
    """The user may call no operation; which one it was does not matter.

    # source: netconf-privilege
    """
    return RpcError("application", "access-denied", "access denied", path="/nc:rpc")


def missing(operation: str, element: str) -> RpcError:
    """A parameter that has to be there."""
    info = (("bad-element", element),)
    path = f"/nc:rpc/nc:{operation}"
    return RpcError("protocol", "missing-element", path=path, info=info)


def bad_parameter(operation: str, element: str, value: str) -> RpcError:
    """A parameter with a value it cannot have."""
    return RpcError(
        "protocol",
        "invalid-value",
        f'"{value}" is not a valid value.',
        path=f"/nc:rpc/nc:{operation}/nc:{element}",
        info=(("bad-element", element),),
    )


def unknown(parent: str, element: str) -> RpcError:
    """An element that does not belong where it stands."""
    info = (("bad-element", element),)
    return RpcError("protocol", "unknown-element", path=parent, info=info)


def refused(command: str, response: str, path: str, namespaces: Mapping[str, str]) -> RpcError:
    """The device's parser did not take a line that an edit stands for."""
    severity = etree.Element(f"{{{IA}}}severity", nsmap=own(IA))
    severity.text = "error_cli"
    detail = etree.Element(f"{{{IA}}}detail", nsmap=own(IA))
    bad = etree.SubElement(detail, f"{{{IA}}}bad-cli")
    for name, text in (
        ("bad-command", command),
        ("error-location", "0"),
        ("parser-response", response),
    ):
        etree.SubElement(bad, f"{{{IA}}}{name}").text = printable(text)
    return RpcError(
        "application",
        "invalid-value",
        REFUSED,
        path=path,
        namespaces=namespaces,
        detail=(severity, detail),
    )


def _child(parent: Element, name: str, text: str) -> Element:
    child = etree.SubElement(parent, f"{{{BASE}}}{name}")
    child.text = printable(text)
    return child


def _quoted(value: str) -> str:
    return f'"{value}"' if "'" in value else f"'{value}'"
