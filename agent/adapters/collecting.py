"""The operator's requests to a CSLU: `cslu.add`, `cslu.list`, `cslu.collect` and their kin.

A running lab carries them out through its control socket. A device of the lab is named by its name
alone: where it listens and who may log in are known then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.adapters.plan import Listen
from agent.adapters.portal import archive_in, read_file, write_archive
from agent.core.dates import clock_line
from agent.core.errors import InputError
from counterparts.pull import METHODS
from counterparts.repository import PulledInstance
from counterparts.server import CsluServer

if TYPE_CHECKING:
    from agent.adapters.lab import Lab

SSH_PORT = 22


async def carry_out(lab: Lab, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a `cslu....` request. Raises InputError."""
    act = _REQUESTS.get(str(request.get("do")))
    if act is None:
        raise InputError(f"{request.get('do')!r} is not a request", allowed=", ".join(_REQUESTS))
    nodes = {name: server.node for name, server in lab.servers.items()}
    cslus = {name: node for name, node in nodes.items() if isinstance(node, CsluServer)}
    return await act(lab, _chosen(cslus, _text(request, "cslu")), request)


def _chosen(cslus: Mapping[str, CsluServer], name: str) -> CsluServer:
    """The one CSLU there is, or the one named. Raises InputError."""
    if not name and len(cslus) == 1:
        return next(iter(cslus.values()))
    if name not in cslus:
        what = f"there is no CSLU {name!r}" if name else "say which CSLU: --cslu NAME"
        raise InputError(what, allowed=", ".join(cslus) or "none in this lab")
    return cslus[name]


async def _add(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    method = _text(request, "method").lower()
    if method not in METHODS:
        raise InputError(f"{method!r} is no connect method", allowed=", ".join(METHODS))
    found = _of_lab(lab, method, request) or _of_network(method, request)
    return _row(cslu.core.add_pulled(found, lab.now()))


def _of_lab(lab: Lab, method: str, request: Mapping[str, Any]) -> PulledInstance | None:
    """A device of the lab; None where the name is none of one. Raises InputError."""
    name = _text(request, "host")
    plan = next((p for p in lab.plan.devices if p.name == name), None)
    if plan is None:
        return None
    plain = bool(request.get("plain"))
    places: Mapping[str, Mapping[str, Listen]] = {
        "rest": lab.http_endpoints if plain else lab.restconf_endpoints,
        "restconf": lab.restconf_endpoints,
        "netconf": lab.netconf_endpoints,
        "cli": lab.endpoints,
    }
    at = places[method].get(name)
    if at is None:
        raise InputError(f"{name} has no listener for {method} in this lab")
    ssh = lab.endpoints.get(name)
    return PulledInstance(
        address=name,
        host=at.address,
        port=_number(request, "port") or at.port,
        method=method,
        username=_text(request, "username") or plan.username,
        password=_text(request, "password") or plan.password,
        ssh_port=_number(request, "ssh_port") or (ssh.port if ssh else SSH_PORT),
        plain=plain,
    )


def _of_network(method: str, request: Mapping[str, Any]) -> PulledInstance:
    host, user = _text(request, "host"), _text(request, "username")
    if not host or not user:
        raise InputError("a host and a user are needed", allowed="or the name of a lab's device")
    plain = bool(request.get("plain"))
    port = _number(request, "port") or (80 if plain and method == "rest" else METHODS[method])
    return PulledInstance(
        address=f"{host}:{port}",
        host=host,
        port=port,
        method=method,
        username=user,
        password=_text(request, "password"),
        ssh_port=_number(request, "ssh_port") or SSH_PORT,
        plain=plain and method == "rest",
    )


async def _list(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"instances": [_row(row) for row in cslu.core.all_pulled()]}


async def _collect(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    """Collect from one, or from all where none is named, one after the other."""
    wanted = _text(request, "address")
    rows = [row.address for row in cslu.core.all_pulled()]
    for address in [wanted] if wanted else rows:
        await cslu.collect(address)
    found = [row for row in cslu.core.all_pulled() if not wanted or row.address == wanted]
    return {"instances": [_row(row) for row in found]}


async def _import(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    """The ACKs of an archive of CSSM; or, with an address, a licence file to be handed over."""
    address, name = _text(request, "address"), _text(request, "file")
    if not address:
        data = archive_in(lab, name)
        if data is None:
            raise InputError("is no archive of CSSM", name, "an archive; or say for which device")
        return {"udis": [str(udi) for udi in cslu.core.take_archive(data, lab.now())]}
    await cslu.give(address, read_file(lab, name))
    found = [row for row in cslu.core.all_pulled() if row.address == address]
    return {"instances": [_row(row) for row in found]}


async def _export(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    """All that waits for CSSM, into a file."""
    name = _text(request, "out")
    write_archive(name, cslu.core.export(lab.now()))
    return {"file": name}


async def _connect(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    """Use the network to CSSM, or not."""
    wanted = request.get("wanted")
    if not isinstance(wanted, bool):
        raise InputError(f"wanted {wanted!r} is neither true nor false")
    cslu.core.connect(wanted=wanted)
    lab.timeline.touched(cslu)
    return {"connected": cslu.core.connected}


async def _remove(lab: Lab, cslu: CsluServer, request: Mapping[str, Any]) -> dict[str, Any]:
    cslu.core.remove_pulled(_text(request, "address"))
    return {"address": _text(request, "address")}


_REQUESTS: dict[str, Callable[[Lab, CsluServer, Mapping[str, Any]], Awaitable[dict[str, Any]]]] = {
    "cslu.add": _add,
    "cslu.list": _list,
    "cslu.collect": _collect,
    "cslu.import": _import,
    "cslu.export": _export,
    "cslu.connect": _connect,
    "cslu.remove": _remove,
}


def _row(row: PulledInstance) -> dict[str, Any]:
    """A row as JSON carries it; the password stays here."""
    return {
        "address": row.address,
        "host": row.host,
        "port": row.port,
        "method": row.method,
        "username": row.username,
        "udi": str(row.udi) if row.udi else "",
        "status": row.status,
        "failed": row.failed,
        "changed": clock_line(row.status_time),
        "collected": clock_line(row.collected) if row.collected is not None else "",
    }


def _text(request: Mapping[str, Any], key: str) -> str:
    value = request.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{key} {value!r} is not a text")
    return value


def _number(request: Mapping[str, Any], key: str) -> int:
    value = request.get(key) or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 65535:
        raise InputError(f"{key} {value!r} is no port", allowed="1 to 65535")
    return value
