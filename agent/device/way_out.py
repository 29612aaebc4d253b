"""Where a device's licensing messages leave it: source interface, VRF, Call Home profile.

An interface that is there, up and has an address can be left from; in a VRF also where the VRF
has a route. Without that the device has no way out and says so at each attempt.
Sources: docs/sources.md, entries transports, native-paths.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.engine.config import CallHome, Transport, WayOut
from yang.tree import EMPTY, Rows, Tree, get

_LICENSING_PROFILE = "CiscoTAC-1"


def way_out(root: Tree, transport: Transport, vrf: str | None) -> WayOut:
    """The address requests of this transport leave from, and whether they can leave at all."""
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    called = transport is Transport.CALLHOME
    name = home.get("source-interface") if called else None
    name = name or get(root, ("native", "ip", "http", "client", "source-interface"))
    address = home.get("source-ip-address") if called else None
    if name is not None and address is None:
        address = _addresses(root, vrf).get(name.lower())
        if address is None:
            return WayOut(name, None, stranded=True)
    return WayOut(name, address, stranded=vrf is not None and not _reachable(root, vrf))


def licensing_vrf(root: Tree, transport: Transport, configured: str | None) -> str | None:
    """`license smart vrf`; Call Home has a VRF of its own."""
    own: str | None = get(root, ("native", "call-home", "vrf"))
    return own if transport is Transport.CALLHOME else configured


def call_home(root: Tree) -> CallHome:
    """The profile that licensing uses: the first active one that reports its data.

    CiscoTAC-1 does so unless told otherwise, other profiles when told to.
    """
    service = bool(get(root, ("native", "service", "call-home"), False))
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    rows: Rows = home.get("profile", Rows())
    found = [_profile(name.strip('"'), row, service, _proxy(home)) for name, row in rows.items()]
    good = (profile for profile in found if profile.active and profile.reporting)
    known = next((p for p in found if p.profile == _LICENSING_PROFILE), None)
    return next(good, known or CallHome(enabled=service, proxy=_proxy(home)))


def _profile(name: str, row: Tree, service: bool, proxy: str | None) -> CallHome:
    reporting = get(row, ("reporting", "smart-licensing-data"), name == _LICENSING_PROFILE)
    urls = get(row, ("destination", "address", "http"), ())
    first = urls if isinstance(urls, str) else next(iter(urls), None)
    return CallHome(service, name, bool(row.get("active")), bool(reporting), first, proxy)


def _proxy(home: Tree) -> str | None:
    proxy: Tree = home.get("http-proxy", EMPTY)
    return f"{proxy['server']}:{proxy.get('port', 80)}" if "server" in proxy else None


def _reachable(root: Tree, vrf: str) -> bool:
    """Does the VRF exist and lead anywhere?"""
    if get(root, ("native", "vrf", "definition"), Rows()).get(vrf) is None:
        return False
    routes: Rows = get(root, ("native", "ip", "route", "vrf"), Rows())
    return bool(_addresses(root, vrf)) or vrf in routes


def _addresses(root: Tree, vrf: str | None) -> dict[str, str]:
    """The addresses of interfaces that are up, by their names in lower case; in `vrf` if given."""
    return {
        name.lower(): str(address)
        for name, row in _interfaces(root)
        if (address := get(row, ("ip", "address", "primary", "address"))) is not None
        and not row.get("shutdown")
        and get(row, ("vrf", "forwarding")) == vrf
    }


def _interfaces(root: Tree) -> Iterator[tuple[str, Tree]]:
    kinds: Tree = get(root, ("native", "interface"), EMPTY)
    for kind, rows in kinds.items():
        for number, row in rows.items():
            yield f"{kind}{number}", row
