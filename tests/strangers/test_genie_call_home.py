"""Genie's SDK: every call of its library for Call Home, and what the configuration shows of it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from genie.libs.sdk.apis.iosxe.call_home import configure
from genie.libs.sdk.apis.iosxe.platform.configure import configure_call_home_reporting

URL = "https://collector.example/x"
OWN = {"profile": "Own"}
# The call, what it is given, lines of `show running-config` it makes (`-`: that it takes away),
# and what is typed under `call-home` first so that it has something to do.
CALLS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    (
        "http_proxy",
        {"proxy_server": "p.example", "port": 1},
        [' http-proxy "p.example" port 1'],
        [],
    ),
    (
        "mail_server",
        {"server": "m.example", "priority": 1, "secure": "tls"},
        [" mail-server m.example priority 1 secure tls"],
        [],
    ),
    ("phone_number", {"phone_number": "+123456789012"}, [' phone-number "+123456789012"'], []),
    ("rate_limit", {"rate_limit": 1}, [" rate-limit 1"], []),
    ("aaa_authorization", {}, [" aaa-authorization"], []),
    ("aaa_authorization", {"username": "test"}, [" aaa-authorization username test"], []),
    (
        "alert_group",
        {"group": "inventory"},
        ["- no alert-group inventory"],
        ["no alert-group inventory"],
    ),
    ("alert_group_config_snapshot", {}, [" alert-group-config snapshot"], []),
    (
        "alert_group_config_snapshot",
        {"cli": '"show clock"'},
        [" alert-group-config snapshot", '  add-command "show clock"'],
        [],
    ),
    (
        "alert_group_config_snapshot",
        {"add_command_type": "no", "cli": "help"},
        ['-  add-command "help"'],
        ["alert-group-config snapshot", "add-command help"],
    ),
    ("contact_email_addr", {"email": "a@b.example"}, [" contact-email-addr a@b.example"], []),
    ("contract_id", {"id": "test123"}, [' contract-id "test123"'], []),
    (
        "copy_profile",
        {"source_profile": "Own", "target_profile": "Other"},
        [' profile "Own"', ' profile "Other"'],
        ["profile Own"],
    ),
    ("customer_id", {"id": "test123"}, [' customer-id "test123"'], []),
    (
        "rename_profile",
        {"source": "Own", "target": "Other"},
        [' profile "Other"', '- profile "Own"'],
        ["profile Own"],
    ),
    ("site_id", {"site_id": "test"}, [' site-id "test"'], []),
    ("source_ip_address", {"ip": "192.0.2.1"}, [" source-ip-address 192.0.2.1"], []),
    ("data_privacy", {}, [" data-privacy hostname"], []),
    ("data_privacy", {"level": "high"}, [" data-privacy level high"], []),
    ("http_resolve_hostname_ipv4_first", {}, [" http resolve-hostname ipv4-first"], []),
    (
        "http_secure_server_identity_check",
        {},
        ["- no http secure server-identity-check"],
        ["no http secure server-identity-check"],
    ),
    ("-sub_cli", {"sub_cli": "rate-limit"}, ["- rate-limit 5"], ["rate-limit 5"]),
    ("-", {}, ["- rate-limit 5"], ["rate-limit 5"]),
    ("street_address", {"address": "1Street"}, [' street-address "1Street"'], []),
    ("syslog_throttling", {}, ["- no syslog-throttling"], ["no syslog-throttling"]),
    ("vrf", {"vrf_name": "Mgmt-vrf"}, [" vrf Mgmt-vrf"], []),
    ("profile_active", OWN, ["  active"], ["profile Own", "no active"]),
    ("-profile_active", OWN, ["-  active"], ["no profile CiscoTAC-1", "profile Own", "active"]),
    ("profile_anonymous_reporting_only", OWN, ["  anonymous-reporting-only"], []),
    (
        "profile_subscribe_to_alert_group",
        {**OWN, "group": "syslog severity major pattern .*"},
        ['  subscribe-to-alert-group syslog severity major pattern ".*"'],
        [],
    ),
    (
        "profile_destination_address",
        {**OWN, "address": "http", "address_url": URL},
        [f"  destination address http {URL}"],
        [],
    ),
    (
        "profile_destination_message_size_limit",
        {**OWN, "msg_size": 5000},
        ["  destination message-size-limit 5000"],
        [],
    ),
    (
        "profile_destination_preferred_msg_format",
        {**OWN, "msg_format": "long-text"},
        ["  destination preferred-msg-format long-text"],
        [],
    ),
    (
        "profile_destination_transport_method",
        {**OWN, "address": "http"},
        ["  destination transport-method http"],
        ["profile CiscoTAC-1", "no destination transport-method http"],
    ),
    (
        "-profile_destination_transport_method",
        {**OWN, "address": "email"},
        ["  no destination transport-method email"],
        [],
    ),
    ("-profile", OWN, ['- profile "Own"'], ["profile Own"]),
    ("service", {}, ["service call-home"], ["exit", "no service call-home"]),
    ("-service", {}, ["-service call-home"], ["exit", "service call-home"]),
    (
        "profile_reporting",
        {**OWN, "reporting": "all"},
        ["  reporting smart-licensing-data"],
        ["profile Own"],
    ),
    (
        "profile",
        {"dest_add": URL, "profile_name": "Own"},
        [
            " no http secure server-identity-check",
            ' profile "Own"',
            "  active",
            "  destination transport-method http",
            f"  destination address http {URL}",
            "  reporting smart-licensing-data",
        ],
        [],
    ),
]


def named(short: str) -> Any:
    """The function: `-` before what it takes away."""
    kind = "unconfigure" if short.startswith("-") else "configure"
    rest = short.lstrip("-")
    name = f"{kind}_service_call_home" if rest == "service" else f"{kind}_call_home_{rest}"
    return getattr(configure, name.rstrip("_"))


def shown(device: Any) -> list[str]:
    text = device.execute("show running-config | section call-home")
    return text.replace("\r", "").split("\n")


@pytest.fixture
def cleared(sw5_genie: Any) -> Any:
    sw5_genie.configure(["no call-home", "service call-home"])
    return sw5_genie


def test_no_call_is_left_out() -> None:
    known = {
        name
        for name, function in vars(configure).items()
        if inspect.isfunction(function) and function.__module__ == configure.__name__
    }
    assert known == {named(short).__name__ for short, *_ in CALLS}


@pytest.mark.parametrize(
    ("short", "given", "lines", "before"),
    CALLS,
    ids=[row[0] + str(i) for i, row in enumerate(CALLS)],
)
def test_a_call_changes_the_configuration(
    cleared: Any, short: str, given: dict[str, Any], lines: list[str], before: list[str]
) -> None:
    if before:
        cleared.configure(["call-home", *before])
    was = shown(cleared)
    assert not all(_holds(line, was) for line in lines)
    named(short)(cleared, **given)
    now = shown(cleared)
    assert [line for line in lines if not _holds(line, now)] == [], now


def _holds(line: str, text: list[str]) -> bool:
    return line[1:] not in text if line.startswith("-") else line in text


def test_call_home_set_up_in_one_line(cleared: Any) -> None:
    configure_call_home_reporting(cleared, address="contact-email-addr", email="a@b.example")
    assert " contact-email-addr a@b.example" in shown(cleared)
    configure_call_home_reporting(cleared, address="anonymous", proxy_server="p.example", port=3128)
    assert "  anonymous-reporting-only" in shown(cleared)
    assert ' http-proxy "p.example" port 3128' in shown(cleared)
