"""One operation under way: the session it came on, its element, the instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.netconf.rpc_errors import RpcError, bad_parameter, missing, unknown, unsupported
from agent.netconf.server import CANDIDATE, RUNNING, NetconfServer
from yang.edit_attributes import BASE
from yang.schema import Schema
from yang.xml import Element, children, name_of

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession

OK = b"<ok/>"
DEFAULTS_MODES = ("explicit", "report-all", "report-all-tagged")
WITH_DEFAULTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"
_NAMESPACES = {"with-defaults": WITH_DEFAULTS}  # parameters that are not of the base namespace
_PREFIXES = {  # of operations that are not of the base namespace
    "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring": "ncm",
    "urn:ietf:params:xml:ns:netconf:partial-lock:1.0": "pl",
    "urn:ietf:params:xml:ns:netconf:notification:1.0": "notif",
    "urn:ietf:params:xml:ns:yang:ietf-subscribed-notifications": "sn",
    "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda": "ncds",
}
_REPEATED = frozenset({"select"})  # parameters that may be there more than once


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets. `parameter` and its kin read the operation's children."""

    session: NetconfSession
    server: NetconfServer
    operation: Element
    now: Instant

    @property
    def schema(self) -> Schema:
        return self.server.announced.schema

    @property
    def name(self) -> str:
        """The operation's name."""
        return name_of(self.operation)[1]

    def only(self, *names: str, namespace: str = BASE) -> None:
        """Raises the rpc-error of a parameter that is none of these, or is there twice."""
        expected, seen = namespace, set()
        for child in children(self.operation):
            namespace, name = name_of(child)
            if not namespace:  # source: bare-parameter
                raise unknown(f"/rpc/{self.name}", name)
            # RFC 8526 has with-defaults in its own namespace, RFC 6243 in that of its module
            at_home = {_NAMESPACES.get(name, expected), expected if expected != BASE else ""}
            if name not in names or namespace not in at_home:
                raise self.bad("unknown-element", name)
            if name in seen and name not in _REPEATED:
                raise self.bad("bad-element", name)
            seen.add(name)

    def bad(self, tag: str, element: str) -> RpcError:
        """The error of a parameter: unknown, missing or twice there."""
        namespace, name = name_of(self.operation)
        prefix = "nc" if namespace == BASE else _PREFIXES.get(namespace, "op")
        return RpcError(
            "protocol",
            tag,
            path=f"/nc:rpc/{prefix}:{name}",
            info=(("bad-element", element),),
            namespaces={"nc": BASE, prefix: namespace},
        )

    def parameter(self, name: str) -> Element | None:
        """A parameter of this name, in any namespace."""
        return next((c for c in children(self.operation) if name_of(c)[1] == name), None)

    def text(self, name: str) -> str | None:
        """The trimmed text of a parameter, None where it is not there."""
        found = self.parameter(name)
        return None if found is None else (found.text or "").strip()

    def word(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """A parameter with one of these words. Raises RpcError for another one."""
        given = self.text(name)
        if given is None:
            return default
        if given not in allowed:
            raise bad_parameter(self.name, name, given)
        return given

    def datastore(self, parameter: str) -> str:
        """The datastore a parameter names. Raises RpcError where this device has none such."""
        found = self.parameter(parameter)
        named = [] if found is None else list(children(found))
        if not named:
            raise missing(self.name, parameter)
        path = f"/nc:rpc/nc:{self.name}/nc:{parameter}"
        namespace, name = name_of(named[0])
        if len(named) > 1:
            info = (("bad-element", name_of(named[1])[1]),)
            raise RpcError("protocol", "bad-element", path=path, info=info)
        if namespace != BASE:
            raise unknown(path, name)
        if name == RUNNING or (name == CANDIDATE and self.server.has_candidate):
            return name
        if name in (CANDIDATE, "startup", "url"):
            raise RpcError(
                "protocol",
                "operation-not-supported",
                path=f"{path}/nc:{name}",
            )
        raise unknown(path, name)

    def check_defaults(self) -> None:
        """Raises RpcError for a mode of with-defaults that is not offered.

        No leaf of ours has a default that could be reported.
        """
        mode = self.text("with-defaults")
        if mode is not None and mode not in DEFAULTS_MODES:
            raise bad_parameter(self.name, "with-defaults", mode)

    def needs_candidate(self) -> None:
        """Raises RpcError where the candidate is not configured."""
        if not self.server.has_candidate:
            raise unsupported(self.name)
