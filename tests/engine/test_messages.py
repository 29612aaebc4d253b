"""Every message of the catalogue has something that causes it; the rarer causes one by one."""

import re
from pathlib import Path

import pytest

from agent.core import sysmsg
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.engine.config import LicenseConfig, Transport, WayOut
from agent.engine.events import (
    Booted,
    ConfigChanged,
    FactoryResetAsked,
    Failure,
    LicenceRequest,
    PlatformFault,
    SwitchedOver,
    SyncAsked,
    UnitsChanged,
    UsageChanged,
    UsageSaved,
)
from agent.engine.faults import FAULTS
from agent.protocol.codec import read_usage_file
from agent.protocol.messages import StatusCode, UsageReport
from counterparts.pki import make_authority
from tests.engine.pair import AUTHORITY, PID, UDI, Pair, Server, at, policy, settled

AGENT = Path(__file__).resolve().parents[2] / "agent"
BOOT = at("2026-10-01 08:00:00")
TWO = Udi(PID, "FOC0000EMU2")


def test_no_message_of_the_catalogue_is_without_a_cause():
    """A message is caused where its name, or a pattern of names, stands in code or in a table."""
    sources = [
        path.read_text("utf-8")
        for path in AGENT.rglob("*")
        if path.suffix in (".py", ".toml") and path.name != "sysmsg.toml"
    ]
    named = set(re.findall(r'"((?:[A-Z_]+\.)?[A-Za-z_]+)"', "\n".join(sources)))
    patterns = re.findall(r'f"([A-Z_]+\.[A-Z_]+)\{', "\n".join(sources))
    uncaused = {
        row.key
        for row in sysmsg.catalogue().values()
        if not {row.key, row.mnemonic} & named
        and not any(row.key.startswith(pattern) for pattern in patterns)
    }
    assert not uncaused


ONLY_BY_FAULT = {
    # the platform gives the agent what its programs never do: nothing in the emulator does either
    "SMART_LIC.BAD_MODE",
    "SMART_LIC.BAD_NOTIF",
    "SMART_LIC.INVALID_ENFORCE_MODE",
    # the stored flag and the configured one are the same thing here: it is always enabled
    "SMART_LIC.CONFIG_OUT_OF_SYNC",
}


def test_only_these_messages_need_emulator_fault():
    """Every other one has a cause of its own: its name stands in code or data besides faults.py."""
    sources = [
        path.read_text("utf-8")
        for path in AGENT.rglob("*")
        if path.suffix in (".py", ".toml") and path.name not in ("sysmsg.toml", "faults.py")
    ]
    named = set(re.findall(r'"(?:SMART_LIC\.|[A-Z_]+\.)?([A-Z_]+)"', "\n".join(sources)))
    patterns = ("SMART_LIC.ROOT_CERT_MISMATCH_",)
    by_fault = {mnemonic for mnemonic, _ in FAULTS.values()}
    alone = {
        key
        for key in by_fault
        if key.partition(".")[2] not in named and not key.startswith(patterns)
    }
    assert alone == ONLY_BY_FAULT


def logged(pair):
    return {name.removeprefix("SMART_LIC.") for _, name, _ in pair.logs}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_of_the_platform_writes_its_message_and_nothing_else(name):
    pair = settled()
    before = len(pair.sends), dict(pair.state.timers)
    pair.logs.clear()
    pair.handle(PlatformFault(name))
    ((_, mnemonic, fields),) = pair.logs
    assert mnemonic == FAULTS[name][0]
    text = sysmsg.message(mnemonic, fields).text
    assert "{" not in text
    assert (len(pair.sends), dict(pair.state.timers)) == before


def booted(**config):
    pair = Pair().boot(BOOT)
    pair.pass_time(HOUR)
    pair.logs.clear()
    if config:
        pair.configure(**config)
    return pair


def a_host_name_of_the_udi():
    return booted(hostname=UDI.sn)


def a_reload_that_loses_an_address():
    pair = booted(url_cslu="http://10.0.0.1:8182/cslu/v1/pi")
    pair.handle(Booted(Pair().config, pair.licences))
    return pair


def a_way_out_that_is_none():
    pair = booted(way_out=WayOut("Loopback9", None, stranded=True))
    pair.fate = lambda message, now: pair.sends[-1][1].route.blocked
    return pair.pass_time(MINUTE)


def a_tag_nobody_knows():
    pair = booted()
    pair.handle(UsageChanged(LicenceRequest("x", "regid.2000-01.com.example.X,1.0_0", 1)))
    return pair


def an_old_on_prem():
    pair = Pair(Server())
    pair.server.usage_status = StatusCode.VERSION_TOO_HIGH
    return pair.boot(BOOT).pass_time(HOUR)


def a_policy_and_a_reset():
    pair = settled(Server(policy=policy()))
    pair.handle(FactoryResetAsked())
    return pair


def an_untrusted_chain():
    pair = Pair(Server())
    pair.state.anchors = (AUTHORITY.signer_cert,)
    pair.server.authority = make_authority("other")
    return pair.boot(BOOT).pass_time(HOUR)


def a_standby_that_came_just_now():
    pair = booted()
    pair.handle(UnitsChanged((UDI, TWO), pair.licences))
    pair.handle(SwitchedOver(pair.licences))
    return pair


def route_processors_that_change():
    pair = Pair(pid="ASR1006-X", licences=()).boot(BOOT).pass_time(HOUR)
    other = Udi("ASR1006-X", "FOX0000EMU2")
    pair.handle(UnitsChanged((pair.state.udi, other), ()))
    pair.pass_time(DAY)
    pair.logs.clear()
    pair.handle(SwitchedOver(()))
    return pair


def utility_without_a_transport():
    return booted(transport=Transport.OFF, utility=True)


def utility_without_a_server():
    pair = settled()
    pair.configure(utility=True)
    pair.fate = lambda message, now: Failure.REFUSED if isinstance(message, UsageReport) else None
    pair.handle(SyncAsked())
    return pair.pass_time(MINUTE)


def utility_no_more():
    pair = booted(utility=True)
    pair.handle(ConfigChanged(Pair().config))
    return pair


@pytest.mark.parametrize(
    ("cause", "mnemonic"),
    [
        (a_host_name_of_the_udi, "HOSTNAME_MATCH_UDI"),
        (a_reload_that_loses_an_address, "CONFIG_NOT_SAVED"),
        (a_way_out_that_is_none, "COMM_INIT_FAILED"),
        (a_tag_nobody_knows, "INVALID_TAG"),
        (an_old_on_prem, "REPORTING_NOT_SUPPORTED"),
        (a_policy_and_a_reset, "POLICY_REMOVED"),
        (an_untrusted_chain, "CERTIFICATE_VALIDATION"),
        (a_standby_that_came_just_now, "HOT_STANDBY_OUT_OF_SYNC"),
        (route_processors_that_change, "HA_CHASSIS_ROLE_CHANGED"),
        (utility_without_a_transport, "UTILITY_TRANSPORT_NOT_CONFIGURED"),
        (utility_without_a_server, "UTILITY_REPORT_FAILED"),
        (utility_no_more, "UTILITY_STOPPED"),
    ],
)
def test_what_causes_the_rarer_messages(cause, mnemonic):
    assert mnemonic in logged(cause())


def test_saved_usage_asks_for_a_code_for_every_unit():
    pair = Pair(config=LicenseConfig(transport=Transport.OFF)).boot(BOOT).pass_time(HOUR)
    pair.handle(UnitsChanged((UDI, TWO), pair.licences))
    (written,) = pair.agent.handle(UsageSaved("flash:usage"), pair.now + MINUTE)
    asked = read_usage_file(written.data).trust_requests
    assert [request.udi for request in asked] == [UDI, TWO]


def test_a_standby_of_long_ago_is_in_sync_and_both_roles_are_told():
    """source: ha-role (a switchover logs both)"""
    pair = booted()
    pair.handle(UnitsChanged((UDI, TWO), pair.licences))
    pair.pass_time(HOUR)
    pair.handle(SwitchedOver(pair.licences))
    assert {"HA_ROLE_CHANGED", "HA_CHASSIS_ROLE_CHANGED"} <= logged(pair)
    assert "HOT_STANDBY_OUT_OF_SYNC" not in logged(pair)
