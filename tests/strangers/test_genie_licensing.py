"""Genie parses what licensing prints with authorization codes, hseck9, CUBE and in utility mode.

One console for each state; the state is reached by commands and by the emulator's clock, with the
console's own CSLU and CSSM granting the codes. Nothing of ours is imported.
"""

from __future__ import annotations

from typing import Any

import pytest
from sitting import parsed, transcript

SLAC = ("emulator clock advance 2h", "license smart authorization request add hseck9 all")
GRANTED = (*SLAC, "emulator clock advance 10m")
LICENSING = (
    "show license all",
    "show license status",
    "show license usage",
    "show license summary",
    "show license tech support",
    "show license history message",
)
UTILITY = (
    "configure terminal",
    "license smart utility",
    "license smart utility customer_info id 4711",
    "end",
)


def found(platform: str, release: str, before: tuple[str, ...], *commands: str) -> dict[str, Any]:
    texts = transcript(platform, release, commands, before)
    return {command: parsed(command, text) for command, text in texts.items()}


@pytest.mark.parametrize("release", ["17.9.1", "17.15.1"])
def test_a_router_with_its_code_uses_hseck9(release: str) -> None:
    before = (
        *GRANTED,
        "configure terminal",
        "platform hardware throughput level MB 500",
        "end",
    )
    shown = found("C8000V", release, before, *LICENSING, "show platform hardware throughput level")
    rows = shown["show license summary"]["license_usage"]
    in_use = {tag for tag, row in rows.items() if row["status"] == "IN USE"}
    assert in_use == {"ESR_P_500M_A", "DNA_P_500M_A", "DNA_HSEC"}
    usage = shown["show license usage"]["license_name"]["hseck9 (DNA_HSEC):"]
    assert (usage["export_status"], usage["enforcement_type"]) == (
        "RESTRICTED - ALLOWED",
        "EXPORT RESTRICTED",
    )
    history = shown["show license history message"]["message_history"]
    assert "OK" in history["authorization_request"]
    level = shown["show platform hardware throughput level"]
    assert level["curr_throughput_level"] == "500000 kb/s"
    statistics = shown["show license tech support"]["communication_statistics"]
    confirmed = statistics["authorization_confirmation"]["attempts"]
    assert confirmed == "Total=1, Success=1, Fail=0"


def test_a_stack_with_codes_on_both_units() -> None:
    before = ("emulator member add C9300-24T", *GRANTED)
    shown = found("C9300-24T", "17.12.4", before, *LICENSING)
    assert shown["show license all"]["license_authorizations"]
    texts = transcript("C9300-24T", "17.12.4", ("show license authorization",), before)
    text = texts["show license authorization"]
    assert text.count("Authorization type: SMART AUTHORIZATION INSTALLED") == 2
    assert "Total available count: 2" in text


def test_a_router_in_utility_mode() -> None:
    shown = found("C8000V", "17.12.4", UTILITY, *LICENSING)
    assert all(shown.values())
    tech = shown["show license tech support"]["smart_licensing_status"]
    assert tech["utility"]["status"] == "ENABLED"


def test_a_router_with_cube() -> None:
    before = ("emulator usage CUBE_T_ENH 3", "emulator cube role active peer-1 C8000V FOC1")
    shown = found("C8000V", "17.15.1", before, *LICENSING)
    usage = shown["show license usage"]["license_name"]["CUBE_T_ENH (CUBE_T_ENH):"]
    assert usage["count"] == 3


def test_crypto_throughput() -> None:
    before = ("configure terminal", "platform hardware throughput crypto T2", "end", "write memory")
    command = "show platform hardware throughput crypto"
    shown = found("C8300-1N1S-6T", "17.9.1", before, command)[command]
    assert shown["current_configured_crypto_throughput_level"] == "T2"
    assert shown["default_crypto_throughput_level"] == "2.5G"
