"""What the platform under the agent does wrong: faults an operator injects, each with its message.

A device that works never has one of these; `emulator fault` lets it have one, so that who reads
logs can be tried. They change nothing but the log.
Source: docs/sources.md, entry sysmsg-faults. Texts are recalled.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.engine.actions import Log
from agent.engine.events import PlatformFault
from agent.engine.routes import peer
from agent.engine.turn import Turn

# source: sysmsg-faults (seen where a serial number is missing)
NO_SERIAL = (
    "The platform provided UDI list has invalid values: ; udi_sn is empty; "
    "udi_sn is null or empty for valid udi_pid"
)
# the word an operator uses: the message, and its fields
FAULTS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "appha-duplicate-peer": ("SMART_LIC.APPHA_DUPLICATE_PEER", {"peer": "{udi}"}),
        "bad-mode": ("SMART_LIC.BAD_MODE", {"mode": "7"}),
        "bad-notification": ("SMART_LIC.BAD_NOTIF", {"kind": "99"}),
        "config-out-of-sync": ("SMART_LIC.CONFIG_OUT_OF_SYNC", {"stored": "0", "configured": "1"}),
        "convert-fail": ("SMART_LIC.CONVERT_FAIL", {"reason": "Response error"}),
        "convert-start": ("SMART_LIC.CONVERT_START", {}),
        "convert-success": ("SMART_LIC.CONVERT_SUCCESS", {}),
        "crypto-throughput": ("ISR_THROUGHPUT.CRYPTO", {"kbps": "50000"}),
        "end-point-reset": ("SMART_LIC.END_POINT_RESET", {}),
        "entitlement-renew-failed": (
            "SMART_LIC.ENTITLEMENT_RENEW_FAILED",
            {"peer": "{peer}", "reason": "Response error"},
        ),
        "entitlement-renew-success": ("SMART_LIC.ENTITLEMENT_RENEW_SUCCESS", {"peer": "{peer}"}),
        "invalid-enforce-mode": ("SMART_LIC.INVALID_ENFORCE_MODE", {"mode": "99"}),
        "invalid-role-state": (
            "SMART_LIC.INVALID_ROLE_STATE",
            {"current": "Standby", "new": "Member"},
        ),
        "platform-error": (
            "SMART_LIC.PLATFORM_ERROR",
            {"reason": NO_SERIAL},
        ),
        "reserve-install-success": ("SMART_LIC.RESERVE_INSTALL_SUCCESS", {"udi": "{udi}"}),
        "root-cert-mismatch-dev": ("SMART_LIC.ROOT_CERT_MISMATCH_DEV", {}),
        "root-cert-mismatch-prod": ("SMART_LIC.ROOT_CERT_MISMATCH_PROD", {}),
        "throughput-value": ("CMLIB.THROUGHPUT_VALUE", {"kbps": "50000"}),
        "unhealthy": ("SMART_LIC.UNHEALTHY", {"reason": "out of memory"}),
        "utility-cert-expired": ("SMART_LIC.UTILITY_CERT_EXPIRED", {}),
        "utility-fqdn-error": ("SMART_LIC.UTILITY_FQDN_ERROR", {"peer": "{peer}"}),
        "utility-renew-failed": ("SMART_LIC.UTILITY_RENEW_FAILED", {"peer": "{peer}"}),
    }
)


def injected(turn: Turn, event: PlatformFault) -> None:
    """Write the message of a fault."""
    mnemonic, fields = FAULTS[event.name]
    facts = {"udi": str(turn.state.udi), "peer": peer(turn.state)}
    filled = {name: text.format_map(facts) for name, text in fields.items()}
    turn.actions.append(Log(mnemonic, filled))
