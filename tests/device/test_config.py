"""What a configuration means: typed readers, the factory's configuration, texts read in."""

from __future__ import annotations

import pytest

from agent.core.dates import UTC_ZONE, Zone
from agent.core.release import Release
from agent.device import config
from agent.device.config_text import Refused, read_config
from agent.device.log import LogSettings, StampForm, StampKind
from agent.engine.config import CallHome, LicenseConfig, Transport, WayOut
from agent.profiles.profile import load, profile_names
from yang.tree import EMPTY, Entry, get

PROFILE = load("c9300")
RELEASE = Release.parse("17.12.4")
GRAMMAR = config.grammar_of(PROFILE, RELEASE)
FACTORY = config.factory_root(PROFILE, RELEASE, "C9300-24T")


def typed(text, root=FACTORY):
    read = read_config(text, GRAMMAR, root, lambda: "2MJBozw/9R3UsU")
    assert not read.refused
    return read.root


def licensing(text):
    return config.license_config(typed(text), PROFILE)


def test_an_untouched_device_uses_cslu_and_no_url():
    unserved = LicenseConfig(callhome=CallHome(enabled=False))
    assert config.license_config(EMPTY, PROFILE) == unserved
    assert config.license_config(FACTORY, PROFILE) == LicenseConfig()


@pytest.mark.parametrize(
    ("line", "transport"),
    [
        ("license smart transport off", Transport.OFF),
        ("license smart transport smart", Transport.SMART),
        ("license smart transport callhome", Transport.CALLHOME),
        ("license smart transport automatic", Transport.AUTOMATIC),
        ("license smart transport off\nno license smart transport", Transport.CSLU),
        ("license smart transport off\nlicense smart transport cslu", Transport.CSLU),
    ],
)
def test_transport(line, transport):
    assert licensing(line).transport is transport


def test_all_licensing_settings():
    assert licensing(
        "hostname edge\nip domain name emu.example\n"
        "license smart url cslu http://192.0.2.1:8182/cslu/v1/pi\n"
        "license smart usage interval 7\nlicense smart proxy address p.example\n"
        "license smart proxy port 3128\nlicense smart vrf Mgmt-vrf\nlicense smart custom_id c1\n"
        "license smart usage customer-tags tag3 blue\nlicense smart privacy all\n"
        "no license smart server-identity-check\n"
    ) == LicenseConfig(
        url_cslu="http://192.0.2.1:8182/cslu/v1/pi",
        usage_interval_days=7,
        proxy_address="p.example",
        proxy_port=3128,
        vrf="Mgmt-vrf",
        way_out=WayOut(stranded=True),
        custom_id="c1",
        customer_tags=(("tag3", "blue"),),
        hostname_privacy=True,
        version_privacy=True,
        server_identity_check=False,
        hostname="edge",
        domain_name="emu.example",
    )


def test_urls_of_each_transport():
    receiver = "https://smartreceiver.cisco.com/licservice/license"
    smart = licensing("license smart transport smart\nlicense smart url default")
    assert (smart.url_smart, smart.url_cslu) == (receiver, None)
    assert licensing("license smart url default").url_cslu == "https://cslu-local:8182/cslu/v1/pi"
    assert licensing("license smart url http://on-prem/cslu/v1/pi/a-1").url_cslu == (
        "http://on-prem/cslu/v1/pi/a-1"
    )
    gone = licensing(
        "license smart transport smart\nlicense smart url default\nno license smart url default"
    )
    assert gone.url_smart is None


def test_levels():
    assert config.levels(FACTORY, PROFILE)[0] == "network-advantage addon dna-advantage"
    assert config.levels(EMPTY, PROFILE)[0] == PROFILE.default_level
    root = typed("license boot level network-essentials addon dna-essentials")
    assert config.levels(root, PROFILE)[0] == "network-essentials addon dna-essentials"
    root = typed("license boot level network-advantage", root)
    assert config.levels(root, PROFILE)[0] == "network-advantage"


def test_users_and_their_passwords():
    root = typed(
        "username admin privilege 15 secret cisco\nusername bob password 0 plain\n"
        "username eve password 7 094F471A1A0A\nusername nobody privilege 2\n"
    )
    by_name = {user.name: user for user in config.users(root)}
    assert list(by_name) == ["admin", "bob", "eve", "nobody"]
    assert by_name["admin"].privilege == 15
    assert by_name["admin"].accepts("cisco")
    assert not by_name["admin"].accepts("Cisco")
    assert by_name["bob"].accepts("plain")
    assert by_name["eve"].accepts("cisco")
    assert not by_name["nobody"].accepts("")
    assert config.user(root, "bob") == by_name["bob"]
    assert config.user(root, "carl") is None


def test_a_new_kind_of_password_takes_the_place_of_the_other():
    root = typed("username bob password 0 plain\nusername bob secret hashed")
    [user] = config.users(root)
    assert user.accepts("hashed")
    assert not user.accepts("plain")


def test_the_enable_secret_wins_over_the_enable_password():
    root = typed("enable password first")
    assert config.enable_secret(FACTORY) is None
    assert config.enable_secret(root).accepts("first")
    assert config.enable_secret(typed("enable secret second", root)).accepts("second")


def test_lines():
    root = typed(
        "line con 0\n exec-timeout 0 0\n logging synchronous\nline vty 0 4\n login local\n"
        " length 50\n width 132\n history size 7\n privilege level 15\n password 0 word\n"
    )
    console = config.line_settings(root, "console", 0)
    assert (console.exec_timeout_ms, console.synchronous, console.login) == (0, True, "none")
    vty = config.line_settings(root, "vty", 3)
    assert (vty.login, vty.length, vty.width, vty.history, vty.privilege) == (
        "local",
        50,
        132,
        7,
        15,
    )
    assert vty.exec_timeout_ms == 600_000
    assert vty.password.accepts("word")
    assert config.line_settings(root, "vty", 9).login == "password"
    assert config.line_settings(root, "vty", 99) == config.LineSettings()


def test_names():
    assert config.resolution(EMPTY) == config.Resolution()
    root = typed(
        "no ip domain lookup\nip domain name emu.example\nip name-server 192.0.2.1 192.0.2.2\n"
        "ip host CSLU-Local 10.0.0.1 10.0.0.2\n"
    )
    assert config.resolution(root) == config.Resolution(
        False,
        "emu.example",
        ("192.0.2.1", "192.0.2.2"),
        {"cslu-local": ("10.0.0.1", "10.0.0.2")},
    )


def test_log_settings():
    assert config.log_settings(FACTORY) == LogSettings()
    root = typed(
        "logging buffered 20000 warnings\nno logging console\nlogging monitor errors\n"
        "service timestamps log datetime msec localtime show-timezone\n"
    )
    assert config.log_settings(root) == LogSettings(
        console=None,
        monitor=3,
        buffered=4,
        buffer_bytes=20000,
        stamp=StampForm(StampKind.DATETIME, True, True, True),
    )
    assert config.log_settings(typed("no logging on")).monitor is None
    assert config.log_settings(typed("service timestamps log uptime")).stamp.kind is (
        StampKind.UPTIME
    )
    assert config.log_settings(typed("no service timestamps log")).stamp.kind is StampKind.NONE


def test_time_zone():
    assert config.zone(FACTORY) == UTC_ZONE
    assert config.zone(typed("clock timezone IST 5 30")) == Zone("IST", 330)
    assert config.zone(typed("clock timezone NST -3 30")) == Zone("NST", -210)


def test_the_factory_configuration_is_shared_and_of_its_model():
    assert config.factory_root(PROFILE, RELEASE, "C9300-24T") is FACTORY
    big = config.factory_root(PROFILE, RELEASE, "C9300-48U")
    ports = get(big, ("native", "interface", "GigabitEthernet"))
    assert "1/0/48" in ports
    assert "0/0" in ports
    assert "1/0/48" not in get(FACTORY, ("native", "interface", "GigabitEthernet"))
    assert config.hostname(FACTORY, PROFILE) == "Switch"
    named = config.default_config(PROFILE, RELEASE, "C9300-24T", "edge-1")
    assert config.hostname(named, PROFILE) == "edge-1"


def test_interfaces_of_the_model_only():
    read = read_config("interface gi1/0/25\n", GRAMMAR, FACTORY, lambda: "")
    assert read.refused == (Refused(1, "interface gi1/0/25"),)
    root = typed("interface vlan 5\n description x\nno interface vlan 5")
    assert get(root, ("native", "interface", Entry("Vlan", "5"))) is None
    root = typed("interface gi1/0/1\n description x\ndefault interface gi1/0/1")
    assert root == FACTORY


def test_a_text_tells_what_it_could_not_understand():
    read = read_config(
        "! a comment\n\nhostname edge\nfrobnicate\n bad line\nend\nhostname late\n",
        GRAMMAR,
        EMPTY,
        lambda: "",
    )
    assert read.refused == (Refused(4, "frobnicate"), Refused(5, " bad line"))
    assert get(read.root, ("native", "hostname")) == "edge"


def test_a_banner_may_have_many_lines():
    text = "hostname a\nbanner motd ^C\nKeep out\n! of here^C\nhostname b\n"
    root = typed(text)
    assert get(root, ("native", "banner", "motd", "banner")) == "\nKeep out\n! of here"
    assert get(root, ("native", "hostname")) == "b"
    read = read_config("banner motd #never closed\nhostname x", GRAMMAR, EMPTY, lambda: "")
    assert get(read.root, ("native", "banner", "motd", "banner")) == "never closed\nhostname x\n"


@pytest.mark.parametrize("name", profile_names())
def test_every_family_has_a_factory_configuration(name):
    profile = load(name)
    release = RELEASE if RELEASE.within(profile.first_releases) else Release.parse("12.0.1")
    for model in profile.models:
        root = config.factory_root(profile, release, model)
        assert config.hostname(root, profile) == profile.hostname
        assert config.levels(root, profile) == (profile.default_level, profile.default_air_level)


def test_what_a_start_says_of_the_software():
    lines = config.software_banner(PROFILE, RELEASE).split("\n")
    assert lines[0].startswith("Cisco IOS Software [Dublin], Catalyst L3 Switch Software ")
    assert lines[0].split(", ")[2].startswith("Version 17.12.4")
    assert lines[1:] == [
        "Technical Support: http://www.cisco.com/techsupport",
        "Copyright (c) 1986-2024 by Cisco Systems, Inc.",
        "Compiled Tue 23-Jul-24 10:02 by mcpre",
    ]


def test_the_self_signed_number_follows_the_serial():
    first = config.self_signed_number("FOC0000EMU1")
    assert len(first) == 10
    assert first == config.self_signed_number("FOC0000EMU1")
    assert first != config.self_signed_number("FOC0000EMU2")
