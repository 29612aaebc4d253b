"""Opens the counterparts of a lab: core, records and HTTP server of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.adapters.dns import Address
from agent.adapters.plan import CounterpartPlan, Listen
from agent.core.errors import InputError
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.pull import DeviceAnswered, DeviceCall, DeviceFailed
from counterparts.records import SqlCsluRecords, SqlCssmRecords
from counterparts.server import CsluServer, CssmServer
from counterparts.uplink import CsluSettings

SMART_RECEIVER = "smartreceiver.cisco.com"
CALL_HOME = "tools.cisco.com"
LOOPBACKS = ("127.0.0.1", "::1")
DIAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # how this host reaches a listener of ours

if TYPE_CHECKING:
    from agent.adapters.lab import Lab


@dataclass(frozen=True, slots=True)
class Server:
    """A counterpart that is open."""

    name: str
    kind: str
    address: str
    node: CsluServer | CssmServer
    records: SqlCsluRecords | SqlCssmRecords

    @property
    def url(self) -> str:
        """The URL to reach it at."""
        return self.node.url

    @property
    def tls_url(self) -> str:
        """The URL to reach it at by TLS; empty where there is none."""
        return self.node.tls_url if isinstance(self.node, CssmServer) else ""

    @property
    def place(self) -> Address:
        """Where a device finds it, whatever the port in its URL."""
        tls_port = self.node.tls_port if isinstance(self.node, CssmServer) else None
        return Address(DIAL.get(self.address, self.address), self.node.port, tls_port)

    @property
    def at(self) -> Listen:
        """Where it listens."""
        return Listen(self.address, self.node.port)

    async def close(self) -> None:
        """Close listener, connections and records."""
        await self.node.stop()
        self.records.close()


async def open_server(
    lab: Lab, plan: CounterpartPlan, seed: str, forward_url: str | None
) -> Server:
    """Open one counterpart and let it join the lab's timeline. Raises InputError."""
    url = f"sqlite:///{lab.state.path / plan.name}.sqlite" if lab.state else "sqlite://"
    server = _KINDS[plan.kind](lab, plan, seed, url, forward_url)
    try:
        await server.node.start()
    except InputError as error:
        server.records.close()
        if plan.or_any and plan.listen.port:
            free = replace(plan, listen=Listen(plan.listen.address, 0))
            return await open_server(lab, free, seed, forward_url)
        raise InputError(error.what, plan.name, error.allowed) from None
    lab.timeline.join(server.node)
    return server


def _open_cssm(
    lab: Lab, plan: CounterpartPlan, seed: str, url: str, forward_url: str | None
) -> Server:
    records = SqlCssmRecords(url)
    core = Cssm(records, CssmSettings(), seed)
    tls = plan.tls or Listen(plan.listen.address, 0)
    node = CssmServer(
        core,
        lab.timeline.now,
        host=plan.listen.address,
        port=plan.listen.port,
        names=_names(lab, plan, tls.address),
        tls_host=tls.address,
        tls_port=tls.port,
    )
    return Server(plan.name, plan.kind, plan.listen.address, node, records)


def _names(lab: Lab, plan: CounterpartPlan, address: str) -> tuple[str, ...]:
    """What the certificate of a CSSM says it is: itself, this host, and the names given to it."""
    given = (name for name, to in lab.plan.network.hosts.items() if to == plan.name)
    known = (SMART_RECEIVER, CALL_HOME)
    own = (plan.name.replace("_", "-"), *known, "localhost", *LOOPBACKS, address)
    return tuple(dict.fromkeys((*own, *given)))


def _open_cslu(
    lab: Lab, plan: CounterpartPlan, seed: str, url: str, forward_url: str | None
) -> Server:
    records = SqlCsluRecords(url)
    core = Cslu(records, CsluSettings())
    node = CsluServer(
        core,
        lab.timeline.now,
        host=plan.listen.address,
        port=plan.listen.port,
        cssm_url=forward_url,
        exchange=lab.timeline.exchange,
        touched=lab.timeline.touched,
        reach=_visit,
    )
    return Server(plan.name, plan.kind, plan.listen.address, node, records)


async def _visit(call: DeviceCall) -> DeviceAnswered | DeviceFailed:
    """Collect from a product instance; what speaks to it is loaded when it is needed."""
    from agent.adapters.pull import visit

    return await visit(call)


_KINDS: dict[str, Callable[[Lab, CounterpartPlan, str, str, str | None], Server]] = {
    "cssm": _open_cssm,
    "cslu": _open_cslu,
}
