"""A client in the same process: asks a device's RESTCONF, knows nothing of how it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from agent.device.device import Device
from agent.netconf.server import NetconfServer
from agent.restconf.messages import Request, Response
from agent.restconf.server import RestconfServer
from tests.netconf.client import NOW

JSON, XML = "application/yang-data+json", "application/yang-data+xml"


@dataclass
class Asker:
    """Requests to one device, in JSON unless said otherwise."""

    device: Device
    shared: NetconfServer = field(init=False)
    server: RestconfServer = field(init=False)
    privilege: int = 15
    now: int = NOW

    def __post_init__(self) -> None:
        self.shared = NetconfServer(self.device, NOW)
        self.server = RestconfServer(self.device, lambda: self.shared, NOW)
        self.server.notice(NOW)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: tuple[tuple[str, str], ...] = (),
        **headers: str,
    ) -> Response:
        given = {"accept": JSON, **{k.replace("_", "-"): v for k, v in headers.items()}}
        data = b""
        if body is not None:
            given.setdefault("content-type", JSON if not isinstance(body, bytes) else XML)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(method, path, query, given, data)
        return self.server.answer(request, "admin", self.privilege, self.now)

    def get(self, path: str, **query: str) -> Any:
        """The JSON of a data resource."""
        found = self.ask("GET", f"/restconf/data/{path}", query=tuple(query.items()))
        assert found.status == 200, (found.status, found.body)
        assert found.headers["Content-Type"] == JSON
        return json.loads(found.body)

    def get_xml(self, path: str) -> etree._Element:
        found = self.ask("GET", f"/restconf/data/{path}", accept=XML)
        assert found.status == 200, (found.status, found.body)
        assert found.headers["Content-Type"] == XML
        return etree.fromstring(found.body)


def error_of(response: Response, status: int) -> dict[str, Any]:
    """The one error of a refusal."""
    assert response.status == status, (response.status, response.body)
    (error,) = json.loads(response.body)["ietf-restconf:errors"]["error"]
    return error
