"""`show running-config`: true to its form, and the same configuration when typed in again."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.running_config import (
    Facts,
    configuration,
    render,
    running_config,
    running_config_interface,
    startup_config,
)
from agent.core.release import Release
from agent.device.config import bare_root, factory_root, grammar_of
from agent.device.config_text import read_config
from agent.device.datastore import Stamp
from agent.device.device import new_device
from agent.profiles.profile import load
from cli_grammar import InterfaceName
from cli_grammar.permutations import permutations
from yang.tree import EMPTY, Edit

PROFILE = load("c9300")
RELEASE = Release.parse("17.12.4")
GRAMMAR = grammar_of(PROFILE, RELEASE)
FACTORY = factory_root(PROFILE, RELEASE, "C9300-24T")
BARE = bare_root(PROFILE, "C9300-24T")
FACTS = Facts(RELEASE)


def salt():
    return "2MJBozw/9R3UsU"


def typed(text, root=FACTORY, grammar=GRAMMAR):
    read = read_config(text, grammar, root, salt)
    assert not read.refused
    return read.root


def lines_of(text, root=FACTORY):
    return configuration(typed(text, root), GRAMMAR, FACTS).splitlines()


def added(text):
    """The lines a configuration has more than the factory's."""
    factory = configuration(FACTORY, GRAMMAR, FACTS).splitlines()
    return [line for line in lines_of(text) if line not in factory]


def test_head_and_foot():
    facts = Facts(RELEASE, Stamp(1_790_000_000_000, "admin"), Stamp(1_790_000_012_000))
    lines = render(FACTORY, GRAMMAR, facts).split("\n")
    assert lines[:2] == ["Building configuration...", ""]
    assert lines[3:8] == [
        "!",
        "! Last configuration change at 14:13:20 UTC Mon Sep 21 2026 by admin",
        "! NVRAM config last updated at 14:13:32 UTC Mon Sep 21 2026",
        "!",
        "version 17.12",
    ]
    assert lines[-2:] == ["end", ""]


def test_the_byte_count_is_true():
    head, _, text = render(FACTORY, GRAMMAR, FACTS).partition(" bytes\n")
    assert int(head.rpartition(" ")[2]) == len(text.encode())


@pytest.mark.parametrize(
    "line",
    [
        "hostname Core",
        "no ip domain lookup",
        "ip domain name emu.example",
        "ip name-server 1.1.1.1 2.2.2.2 3.3.3.3",
        "ip host cslu-local 10.1.1.1",
        "ip http client source-interface GigabitEthernet0/0",
        "ip route 0.0.0.0 0.0.0.0 10.0.0.2",
        "clock timezone EST -5 0",
        "logging buffered 20000 debugging",
        "no logging console",
        "username ann privilege 15 password 7 094F471A1A0A",
        "license smart transport off",
        "license smart transport smart",
        "license smart url cslu http://192.0.2.1:8182/cslu/v1/pi",
        "license smart usage interval 20",
        "license smart privacy hostname",
        "license smart proxy address proxy.example",
        "license smart proxy port 3128",
        "license smart vrf Mgmt-vrf",
        "license smart usage customer-tags tag1 blue sky",
        "no license smart server-identity-check",
        "netconf-yang",
        "banner motd ^CKeep out^C",
    ],
)
def test_a_setting_is_shown_as_typed(line):
    assert added(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "license smart transport cslu",
        "no license smart transport",
        "license smart server-identity-check",
        "license smart enable",
        "ip domain lookup",
        "logging console",
        "no license smart usage interval",
    ],
)
def test_defaults_stay_hidden(line):
    assert added(line) == []


def test_plain_secrets_are_shown_hashed():
    [line] = added("username admin privilege 15 secret cisco")
    assert re.fullmatch(r"username admin privilege 15 secret 9 \$9\$2MJBozw/9R3UsU\$\S{43}", line)
    [line] = added("enable secret cisco")
    assert line.startswith("enable secret 9 $9$")


def test_a_smart_url_is_shown_twice():
    receiver = "https://smartreceiver.cisco.com/licservice/license"
    assert added("license smart transport smart\nlicense smart url default") == [
        f"license smart url {receiver}",
        f"license smart url smart {receiver}",
        "license smart transport smart",
    ]


def test_licence_lines_stand_between_boot_level_and_memory():
    lines = lines_of("license smart transport off\nlicense smart url cslu http://h/cslu/v1/pi")
    at = lines.index("license boot level network-advantage addon dna-advantage")
    assert lines[at + 1 : at + 3] == [
        "license smart url cslu http://h/cslu/v1/pi",
        "license smart transport off",
    ]
    assert lines[at + 3].startswith("memory free low-watermark processor ")


def test_the_trustpoint_has_the_hash_of_its_release():
    for release, last in (
        ("17.6.1", " revocation-check crl"),
        ("17.12.4", " hash sha256"),
        ("17.15.6", " hash sha512"),
    ):
        made = Release.parse(release)
        text = configuration(
            factory_root(PROFILE, made, "C9300-24T"), grammar_of(PROFILE, made), Facts(made)
        )
        block = text[text.index("crypto pki trustpoint SLA-TrustPoint") :].split("!")[0]
        assert block.splitlines()[-1] == last


def test_call_home_has_its_comments():
    old = Release.parse("17.6.1")
    root, grammar = factory_root(PROFILE, old, "C9300-24T"), grammar_of(PROFILE, old)
    lines = configuration(root, grammar, Facts(old)).splitlines()
    at = lines.index("service call-home")
    assert lines[at - 1] == "! Call-home is enabled by Smart-Licensing."
    at = lines.index("call-home")
    assert lines[at + 1].startswith(" ! If contact email address in call-home is configured as ")
    assert lines[at + 3 : at + 7] == [
        " contact-email-addr sch-smart-licensing@cisco.com",
        ' profile "CiscoTAC-1"',
        "  active",
        "  destination transport-method http",
    ]


def test_interfaces_come_in_the_order_of_a_device():
    text = "interface vlan 20\ninterface lo1\ninterface po2\ninterface vlan 3\n"
    names = [line[10:] for line in lines_of(text) if line.startswith("interface ")]
    assert names[:3] == ["Loopback1", "Port-channel2", "GigabitEthernet0/0"]
    assert names[4:6] == ["GigabitEthernet1/0/2", "GigabitEthernet1/0/3"]
    assert names[-3:] == ["Vlan1", "Vlan3", "Vlan20"]


def test_lines_of_a_terminal_can_be_cut_out_of_a_range():
    lines = lines_of("line vty 3 7\n exec-timeout 0 0\n")
    at = lines.index("line con 0")
    ranges = [line for line in lines[at:] if line.startswith("line ")]
    assert ranges == ["line con 0", "line vty 0 2", "line vty 3 7", "line vty 8 15"]


def test_a_certificate_is_printed_from_its_bytes():
    anchor = base64.b64encode(bytes(range(70))).decode()
    text = configuration(FACTORY, GRAMMAR, Facts(RELEASE, anchor=anchor))
    block = text[text.index("crypto pki certificate chain") :].splitlines()[:6]
    assert block[1] == " certificate ca 01"
    assert block[2].startswith("  00010203 04050607 ")
    assert len(block[2].split()) == 8
    assert block[4:6] == ["  40414243 4445", "  \tquit"]
    # seventy counted bytes are no certificate: tests/cli/test_config_pki.py pastes true ones
    read = read_config(text, GRAMMAR, FACTORY, salt)
    assert [line.line for line in read.refused] == [" certificate ca 01"]
    assert read.root == FACTORY


LINES = [p.line for m in ("config", "interface", "line") for p in permutations(GRAMMAR, m)]
ENTRIES = ["interface gi1/0/2", "interface vlan 7", "line vty 0 4", "line con 0", "hostname A"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(LINES + ENTRIES * 20), max_size=12))
def test_what_is_printed_gives_the_same_when_typed_in(lines):
    root = read_config("\n".join(lines), GRAMMAR, FACTORY, salt).root
    text = configuration(root, GRAMMAR, FACTS)
    assert configuration(typed(text, BARE), GRAMMAR, FACTS) == text


def test_a_device_prints_its_running_and_its_startup_configuration():
    device = new_device("sw1", "C9300-24T", RELEASE, "FOC0000EMU1")
    now = 1_791_288_000_000
    device.boot(now)
    assert startup_config(device) == "startup-config is not present"
    device.commit((Edit("set", ("native", "hostname"), "edge-1"),), now, by="admin")
    device.save(now + 1000, by="admin")
    text = running_config(device)
    assert "\n! NVRAM config last updated at 12:00:01 UTC Tue Oct 6 2026 by admin\n" in text
    assert "\nhostname edge-1\n" in text
    stored = startup_config(device)
    size = int(stored.split()[1])
    assert stored.startswith(f"Using {size} out of 2097152 bytes\n!\n")
    assert size == len(stored.partition("\n")[2])
    assert running_config_interface(device, InterfaceName("Vlan", "1")).split("\n")[3:] == [
        "!",
        "interface Vlan1",
        " no ip address",
        " shutdown",
        "end",
        "",
    ]


def test_a_banner_of_many_lines_survives():
    root = typed("banner motd ^C\nKeep out\n  of here\n^C", EMPTY)
    text = configuration(root, GRAMMAR, FACTS)
    assert "\nbanner motd ^C\nKeep out\n  of here\n^C\n" in text
    assert typed(text, EMPTY) == root


@pytest.mark.golden
def test_a_real_configuration_comes_back_line_by_line(golden):
    capture = next(golden.glob("show-running-config__c9200l-17.12*")).read_text()
    capture = capture[capture.index("\nversion ") + 1 :]
    read = read_config(capture, GRAMMAR, EMPTY, salt)
    assert not read.refused
    rows = re.findall(r"^  ((?:[0-9A-F]{2,8} ?)+)$", capture, re.MULTILINE)
    anchor = base64.b64encode(bytes.fromhex("".join(rows).replace(" ", ""))).decode()
    printed = configuration(read.root, GRAMMAR, Facts(RELEASE, anchor=anchor))
    ours = printed.expandtabs(8).splitlines()[1:]
    theirs = capture.splitlines()
    assert ours[: len(theirs)] == theirs
