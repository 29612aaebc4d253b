"""One device's RESTCONF: a request of a user in, a response out.

`answer` finds the resource by its path and the method by its table; the rest of the package does
the work. What is kept between requests is the entity tag, which is another one after each change of
the configuration, whoever made it.
Sources: docs/sources.md, entries restconf-root, restconf-methods, restconf-privilege.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import unquote

from lxml import etree

from agent.core.clock import Instant
from agent.device.device import Device
from agent.netconf import data
from agent.netconf.library import MODULES, module_at
from agent.netconf.server import RUNNING, NetconfServer
from agent.restconf import operating, patching, reading, writing
from agent.restconf.forms import written
from agent.restconf.headers import (
    base_url,
    content_type,
    date_in,
    is_json,
    not_allowed,
    only,
    options,
    tags_in,
    unread,
    wants_json,
)
from agent.restconf.known import MONITORING, RESTCONF_STATE, holds_nothing
from agent.restconf.messages import (
    JSON,
    NAMESPACE,
    XML,
    Refused,
    Request,
    Response,
    error_response,
    not_found,
    refused,
)
from agent.restconf.placing import read_placing
from agent.restconf.target import Target, read_target
from agent.restconf.writing import Work
from yang.tree import Tree
from yang.xml import Element, own

ROOT = "/restconf"
HOST_META = "/.well-known/host-meta"
PRIVILEGE = 15
YANG = "application/yang"  # source: schema-url
_PATCH_TYPES = (patching.JSON, patching.XML)
_CAPABILITIES = (
    "urn:ietf:params:restconf:capability:defaults:1.0?basic-mode=explicit",
    "urn:ietf:params:restconf:capability:depth:1.0",
    "urn:ietf:params:restconf:capability:fields:1.0",
    "urn:ietf:params:restconf:capability:with-defaults:1.0",
)
_NO_CACHE = {"Cache-Control": "private, no-cache, must-revalidate, proxy-revalidate"}


@dataclass(slots=True)
class RestconfServer:
    """The server of a device. `shared` gives what NETCONF and RESTCONF share: locks above all."""

    device: Device
    shared: Callable[[], NetconfServer]
    changed: Instant
    changes: int = 0
    _root: Tree | None = field(default=None)

    def notice(self, now: Instant) -> None:
        """The device did something: was the configuration changed?"""
        root = self.device.datastore.running
        if root is not self._root:
            if self._root is not None:
                self.changed = now
                self.changes += 1
            self._root = root

    @property
    def tag(self) -> str:
        """The entity tag of the datastore."""
        seconds, ms = divmod(self.changed, 1000)
        return f'"{seconds}-{ms:03d}-{self.changes}"'

    @property
    def modified(self) -> datetime:
        """When the configuration changed last, to the second, as HTTP says it."""
        return datetime.fromtimestamp(self.changed // 1000, UTC)

    # --- one request ------------------------------------------------------------------------

    def answer(
        self, request: Request, user: str, privilege: int, now: Instant, source: str = ""
    ) -> Response:
        """The response to a request of somebody who has logged in."""
        json_wanted = False
        try:
            try:
                json_wanted = wants_json(request)
            except Refused:
                if not _has_own_form(request.path):
                    raise
            if privilege < PRIVILEGE:
                raise refused("access-denied", "access denied", kind="protocol")
            self.notice(now)
            response = self._dispatch(request, self._work(user, now, source), json_wanted)
        except Refused as refusal:
            response = error_response(refusal, request, json_wanted)
        if request.method == "HEAD":
            return Response(response.status, response.headers)
        return response

    def _dispatch(self, request: Request, work: Work, json_wanted: bool) -> Response:
        path = request.path
        if path.rstrip("/") == HOST_META:
            only(request, "GET", "HEAD", "OPTIONS")
            return options(request, "GET") or _host_meta()
        parts = path.removeprefix(ROOT).strip("/").split("/", 1)
        rest = parts[1] if len(parts) > 1 else ""
        if not path.startswith(ROOT) or path[len(ROOT) :][:1] not in ("", "/"):
            raise not_found()
        if parts[0] == "data":
            return self._data(work, request, rest, json_wanted)
        if parts[0] == "operations":
            return self._operations(work, request, rest, json_wanted)
        if path.startswith(f"{MODULES}/"):
            only(request, "GET", "HEAD", "OPTIONS")
            return options(request, "GET") or _module(work.server, path[len(MODULES) + 1 :])
        if parts[0] not in ("", "yang-library-version") or rest:
            raise not_found()
        only(request, "GET", "HEAD", "OPTIONS")
        version = work.server.announced.library_revision
        return options(request, "GET") or _root(parts[0], version, json_wanted)

    # --- data -----------------------------------------------------------------------------------

    def _work(self, user: str, now: Instant, source: str) -> Work:
        server = self.shared()
        return Work(server, user, now, data.running_tops(server), source)

    def _data(self, work: Work, request: Request, path: str, json_wanted: bool) -> Response:
        rpc = operating.rpc_named(path, work.server.announced.schema)
        if rpc is not None and request.method == "POST":
            # source: restconf-clients (an older client posts operations below data)
            return operating.operate(work, rpc, request.body, is_json(request), json_wanted)
        if holds_nothing(path, work.server.announced) and request.method in ("GET", "HEAD"):
            reading.read_query(request.query)
            return Response(204, dict(_NO_CACHE))
        target = read_target(path, work.nodes, work.names)
        writable = not target.steps or target.node.config
        allowed = _allowed(target)
        if request.method == "OPTIONS":
            kinds = f"{XML}, {JSON}"
            if work.server.device.release.within(patching.SINCE):
                kinds += f", {patching.XML}, {patching.JSON}"
            patches = {"Accept-Patch": kinds} if writable else {}
            return Response(200, {"Allow": allowed, **patches})
        if request.method in ("GET", "HEAD"):
            query = reading.read_query(request.query)
            response = self._get(work, request, path, query, json_wanted)
            tags = self._tags() if writable else {}
            if response.status < 300 and tags and self._not_modified(request):
                return Response(304, {**tags, **_NO_CACHE})
            return Response(
                response.status, {**response.headers, **tags, **_NO_CACHE}, response.body
            )
        if request.method not in allowed.split(", "):
            raise not_allowed(allowed)
        at = read_placing(request.query)
        if at is not None and request.method not in ("POST", "PUT"):
            raise refused("invalid-value", "insert is for POST and PUT", kind="protocol")
        self._check_conditions(request, work.there(target))
        if request.method == "DELETE":
            response = writing.delete(work, target)
        elif request.method == "POST":
            response, made = writing.create(work, target, request.body, is_json(request), at)
            where = f"{base_url(request)}{ROOT}/data/{made}"
            response = Response(response.status, {"Location": where})
        elif request.method == "PATCH" and content_type(request) in _PATCH_TYPES:
            if not work.server.device.release.within(patching.SINCE):
                raise unread()
            in_json = content_type(request) == patching.JSON
            response = patching.patch(
                work, target, path, request.body, is_json=in_json, json_wanted=json_wanted
            )
        else:
            given = (work, target, request.body, is_json(request))
            is_put = request.method == "PUT"
            response = writing.put(*given, at) if is_put else writing.patch(*given)
        self.notice(work.now)
        return Response(response.status, {**response.headers, **self._tags()}, response.body)

    def _get(
        self, work: Work, request: Request, path: str, query: reading.Query, json_wanted: bool
    ) -> Response:
        server = work.server
        target = read_target(path, work.nodes, work.names)
        shelf = RUNNING if query.content == "config" else data.STATE
        tops = work.tops if query.content == "config" else data.state_tops(server)
        live = {**data.COUNTED, RESTCONF_STATE: _restconf_state}
        counted = not target.steps or target.steps[0].node.key in live
        if shelf == data.STATE and counted:
            now = {key: _below(make(server, work.now)) for key, make in live.items()}
            tops = {**tops, **now}
        statuses: list[Response] = []  # the new ones; what is kept has a body

        def answered() -> Response:
            form = (query, json_wanted, self.device.release.within(reading.ROWS_IN_ARRAYS))
            return reading.answer(tops, target, work.nodes, work.names, *form)

        def make() -> bytes:
            found = answered()
            statuses.append(found)
            return found.body

        if counted:
            return answered()
        key = f"{path}|{sorted(request.query)}|{json_wanted}".encode()
        body = server.kept.reply(shelf, key, make)
        if statuses:
            return statuses[0]
        if not body:
            return Response(204)
        return Response(200, {"Content-Type": JSON if json_wanted else XML}, body)

    def _tags(self) -> dict[str, str]:
        return {"ETag": self.tag, "Last-Modified": format_datetime(self.modified, usegmt=True)}

    def _not_modified(self, request: Request) -> bool:
        wanted = request.header("if-none-match")
        if wanted:
            return self._matches(wanted)
        since = date_in(request.header("if-modified-since"))
        return since is not None and self.modified <= since

    def _matches(self, header: str) -> bool:
        return header.strip() == "*" or self.tag in tags_in(header)

    def _check_conditions(self, request: Request, there: bool) -> None:
        """Raises Refused (412) where the client meant another state of the datastore.

        `there` says if the resource exists: without it no tag matches, `*` neither.
        """
        wanted, unwanted = request.header("if-match"), request.header("if-none-match")
        since = date_in(request.header("if-unmodified-since"))
        failed = (
            (wanted and not (there and self._matches(wanted)))
            or (unwanted and there and self._matches(unwanted))
            or (not wanted and since is not None and self.modified > since)
        )
        if failed:
            message = "the datastore is not as the request expects it"
            raise refused("operation-failed", message, status=412, kind="protocol")

    # --- operations -----------------------------------------------------------------------------

    def _operations(self, work: Work, request: Request, name: str, json_wanted: bool) -> Response:
        schema = work.server.announced.schema
        if not name:
            only(request, "GET", "HEAD", "OPTIONS")
            return options(request, "GET") or operating.listing(schema, work.names, json_wanted)
        rpc = operating.rpc_named(name, schema)
        if rpc is None:
            raise not_found()
        only(request, "POST", "OPTIONS")
        asked = options(request, "POST")
        if asked is not None:
            return asked
        return operating.operate(work, rpc, request.body, is_json(request), json_wanted)


def _allowed(target: Target) -> str:
    """The methods of a data resource, for its header Allow."""
    if not target.steps:
        return "GET, HEAD, OPTIONS, POST, PUT, PATCH"
    if not target.node.config:
        return "GET, HEAD, OPTIONS"
    return f"GET, HEAD, OPTIONS{'' if target.node.is_leaf else ', POST'}, PUT, PATCH, DELETE"


# --- fixed resources ------------------------------------------------------------------------------


def _host_meta() -> Response:
    text = (
        "<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\n"
        f"    <Link rel='restconf' href='{ROOT}'/>\n</XRD>\n"
    )
    return Response(200, {"Content-Type": "application/xrd+xml"}, text.encode())


def _has_own_form(path: str) -> bool:
    """Is it a resource that comes neither as JSON nor as XML of YANG data?"""
    return path.rstrip("/") == HOST_META or path.startswith(f"{MODULES}/")


def _module(server: NetconfServer, place: str) -> Response:
    """The YANG text of `name/revision`, or of `name` where that has none. Raises Refused."""
    name, _, revision = place.partition("/")
    text = module_at(server.announced, server.own_texts, unquote(name), unquote(revision))
    if text is None:
        raise not_found()
    return Response(200, {"Content-Type": YANG}, text.encode())


def _root(name: str, version: str, json_wanted: bool) -> Response:
    """`/restconf` itself, or its leaf `yang-library-version`."""
    if json_wanted:
        api: Mapping[str, object] = {
            "ietf-restconf:restconf": {
                "data": {},
                "operations": {},
                "yang-library-version": version,
            }
        }
        leaf = {"ietf-restconf:yang-library-version": version}
        return Response(200, {"Content-Type": JSON}, written(leaf if name else api))
    top = etree.Element(f"{{{NAMESPACE}}}{name or 'restconf'}", nsmap=own(NAMESPACE))
    holder = top
    if not name:
        etree.SubElement(top, f"{{{NAMESPACE}}}data")
        etree.SubElement(top, f"{{{NAMESPACE}}}operations")
        holder = etree.SubElement(top, f"{{{NAMESPACE}}}yang-library-version")
    holder.text = version
    return Response(200, {"Content-Type": XML}, etree.tostring(top, pretty_print=True))


def _restconf_state(server: NetconfServer, now: Instant) -> Element:
    top = etree.Element(f"{{{MONITORING}}}restconf-state", nsmap=own(MONITORING))
    listed = etree.SubElement(top, f"{{{MONITORING}}}capabilities")
    more = [patching.CAPABILITY] * server.device.release.within(patching.SINCE)
    for capability in (*_CAPABILITIES, *more):
        etree.SubElement(listed, f"{{{MONITORING}}}capability").text = capability
    return top


def _below(element: Element) -> Element:
    root = etree.Element("data")
    root.append(element)
    return root
