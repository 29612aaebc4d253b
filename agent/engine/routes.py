"""Where messages go: which transports this agent speaks, their URLs, their peers' names.

Sources: docs/sources.md, entries cslu-discovery, peer-names, communication-level.
"""

from __future__ import annotations

from agent.engine.actions import Route
from agent.engine.config import LicenseConfig, Transport
from agent.engine.state import AgentState

CSLU_URL = "http://{host}:8182/cslu/v1/pi"
DISCOVERY_HOST = "cslu-local"

PEERS = {
    Transport.CSLU: "Cisco Smart License Utility (CSLU)",
    Transport.SMART: "Cisco Smart Software Manager (CSSM)",
    Transport.CALLHOME: "Cisco Smart Software Manager (CSSM)",
    Transport.AUTOMATIC: "Cisco Smart Software Manager (CSSM)",
    Transport.OFF: "Cisco Smart Software Manager (CSSM)",
}

# The direct transports need trust by an ID token; until there is a code only that is asked for.
SPOKEN = frozenset({Transport.CSLU, Transport.SMART})
DIRECT = frozenset({Transport.SMART, Transport.CALLHOME, Transport.AUTOMATIC})


def talks(state: AgentState) -> bool:
    """Does the agent report, as configured and with the trust it has?"""
    transport = state.config.transport
    return transport in SPOKEN and (transport not in DIRECT or state.udi.short in state.trust)


def is_direct(state: AgentState) -> bool:
    """Is the transport one that goes to CSSM itself, and one this agent speaks?"""
    return state.config.transport in DIRECT & SPOKEN


def route(config: LicenseConfig) -> Route:
    """The configured address or, without one, the names under which a CSLU is discovered."""
    proxy = None
    if config.proxy_address:
        port = f":{config.proxy_port}" if config.proxy_port else ""
        proxy = f"{config.proxy_address}{port}"
    check = config.server_identity_check
    return Route(config.transport, _urls(config), proxy, config.vrf, check)


def address_of(config: LicenseConfig) -> tuple[object, ...]:
    """What must stay the same for a contact to go on."""
    return (route(config), config.url_smart)


def peer(state: AgentState) -> str:
    return PEERS[state.config.transport]


def _urls(config: LicenseConfig) -> tuple[str, ...]:
    if config.transport is not Transport.CSLU:
        return (config.url_smart,) if config.url_smart else ()
    if config.url_cslu:
        return (config.url_cslu,)
    hosts = [DISCOVERY_HOST]
    if config.domain_name:
        hosts.append(f"{DISCOVERY_HOST}.{config.domain_name}")
    return tuple(CSLU_URL.format(host=host) for host in hosts)
