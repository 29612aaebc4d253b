"""Where messages go: the transports' URLs, their proxies, their peers' names.

`automatic` is cslu. Call Home takes URL and proxy from its profile, and sends only while the
service, the profile and its `reporting smart-licensing-data` are on.
Sources: docs/sources.md, entries cslu-discovery, peer-names, communication-level, transports.
"""

from __future__ import annotations

from functools import lru_cache

from agent.engine.actions import Route
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import Failure
from agent.engine.state import AgentState

CSLU_URL = "http://{host}:8182/cslu/v1/pi"
DISCOVERY_HOST = "cslu-local"
CALL_HOME_URL = "https://tools.cisco.com/its/service/oddce/services/DDCEService"

_CSLU = "Cisco Smart License Utility (CSLU)"
_CSSM = "Cisco Smart Software Manager (CSSM)"
PEERS = {
    Transport.CSLU: _CSLU,
    Transport.AUTOMATIC: _CSLU,
    Transport.SMART: _CSSM,
    Transport.CALLHOME: _CSSM,
    Transport.OFF: _CSSM,
}

# The direct transports need trust by an ID token; until there is a code only that is asked for.
DIRECT = (Transport.SMART, Transport.CALLHOME)
_SPOKEN = {Transport.AUTOMATIC: Transport.CSLU}
_OFF = Transport.OFF


def transport_of(config: LicenseConfig) -> Transport:
    """The transport really spoken. # source: transports (`automatic` selects cslu)"""
    return _SPOKEN.get(config.transport, config.transport)


def talks(state: AgentState) -> bool:
    """Does the agent report, as configured and with the trust it has?"""
    transport = state.config.transport
    if transport in DIRECT:
        return state.udi.short in state.trust
    return transport is not _OFF


def is_direct(state: AgentState) -> bool:
    """Is the transport one that goes to CSSM itself?"""
    return state.config.transport in DIRECT


@lru_cache(maxsize=256)
def route(config: LicenseConfig) -> Route:
    """The configured address or, without one, the names under which a CSLU is discovered."""
    transport, way = transport_of(config), config.way_out
    user = None
    if config.proxy_username is not None and transport is not Transport.CALLHOME:
        user = (config.proxy_username, config.proxy_password or "")
    return Route(
        transport,
        _urls(config),
        _proxy(config),
        config.vrf,
        config.server_identity_check,
        way.source_address,
        user,
        _blocked(config),
    )


def address_of(config: LicenseConfig) -> tuple[object, ...]:
    """What must stay the same for a contact to go on."""
    return (route(config), config.url_smart)


def peer(state: AgentState) -> str:
    return PEERS[state.config.transport]


def _proxy(config: LicenseConfig) -> str | None:
    """Call Home has a proxy of its own; `license smart proxy` is for the others."""
    if transport_of(config) is Transport.CALLHOME:
        return config.callhome.proxy
    if not config.proxy_address:
        return None
    port = f":{config.proxy_port}" if config.proxy_port else ""
    return f"{config.proxy_address}{port}"


def _blocked(config: LicenseConfig) -> Failure | None:
    home = config.callhome
    if transport_of(config) is Transport.CALLHOME:
        if not (home.active and home.reporting):
            return Failure.CALL_HOME_OFF
        if not home.enabled:  # assumed: the reason without the service; a capture would show it
            return Failure.NO_WAY
    return Failure.NO_WAY if config.way_out.stranded else None


def _urls(config: LicenseConfig) -> tuple[str, ...]:
    match transport_of(config):
        case Transport.CSLU:
            return (config.url_cslu,) if config.url_cslu else _discovered(config)
        case Transport.CALLHOME:
            return (config.callhome.url or CALL_HOME_URL,)
        case _:
            return (config.url_smart,) if config.url_smart else ()


def _discovered(config: LicenseConfig) -> tuple[str, ...]:
    hosts = [DISCOVERY_HOST]
    if config.domain_name:
        hosts.append(f"{DISCOVERY_HOST}.{config.domain_name}")
    return tuple(CSLU_URL.format(host=host) for host in hosts)
