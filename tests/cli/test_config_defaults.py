"""`show running-config all`, and EXEC around a session: login, where, write network."""

from __future__ import annotations

import pytest

from agent.cli.running_config import Facts, configuration, unplaced
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.config import factory_root, grammar_of
from agent.device.config_text import read_config
from agent.device.device import new_device
from agent.profiles.profile import load
from cli_grammar import printed_lines

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
MODELS = (("c9300", "17.12.4"), ("c9800cl", "17.9.5"), ("c8000v", "17.15.1"))


def made(family, release):
    profile, at = load(family), Release.parse(release)
    return factory_root(profile, at), grammar_of(profile, at), Facts(at)


@pytest.mark.parametrize(("family", "release"), MODELS)
def test_all_adds_the_defaults_and_changes_nothing(family, release):
    root, grammar, facts = made(family, release)
    short = configuration(root, grammar, facts).splitlines()
    everything = configuration(root, grammar, facts, everything=True)
    added = [line for line in everything.splitlines() if line not in short]
    assert "license smart transport cslu" in added
    assert "license smart server-identity-check" in added
    assert "ip domain lookup" in added
    assert [line for line in short if line not in everything.splitlines()] == []
    assert not unplaced(printed_lines(grammar, root, everything=True))


@pytest.mark.parametrize(("family", "release"), MODELS)
def test_what_all_prints_means_the_same(family, release):
    root, grammar, facts = made(family, release)
    everything = configuration(root, grammar, facts, everything=True)
    read = read_config(everything, grammar, root, lambda: "")
    assert not read.refused
    assert configuration(read.root, grammar, facts) == configuration(root, grammar, facts)


def test_a_setting_takes_its_defaults_place():
    root, grammar, facts = made("c9300", "17.12.4")
    read = read_config("license smart transport off\nno ip domain lookup\n", grammar, root, str)
    lines = configuration(read.root, grammar, facts, everything=True).splitlines()
    assert "license smart transport off" in lines
    assert "license smart transport cslu" not in lines
    assert "ip domain lookup" not in lines


def session():
    device = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(BOOT)
    opened = CliSession(device, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    return opened


def typed(opened, *lines):
    return "".join(opened.feed(line + "\r", NOW) for line in lines)


def test_the_command_prints_it():
    opened = session()
    assert "license smart transport cslu" in typed(opened, "show running-config all")
    assert "license smart transport cslu" not in typed(opened, "show running-config")


def test_login_as_another_user():
    opened = session()
    typed(opened, "configure terminal", "username bob privilege 7 password pw", "end")
    assert opened.feed("login\r", NOW).endswith("User Access Verification\r\n\r\nUsername: ")
    assert opened.feed("bob\r", NOW).endswith("Password: ")
    assert opened.feed("no\r", NOW).endswith("% Login invalid\r\n\r\nUsername: ")
    typed(opened, "bob", "pw")
    assert (opened.line.user, opened.privilege) == ("bob", 7)


def test_login_three_times_wrong_leaves_the_session_as_it_was():
    opened = session()
    typed(opened, "configure terminal", "username bob password pw", "end", "login")
    assert typed(opened, "eve", "1", "eve", "2", "eve", "3").endswith("Switch#")
    assert (opened.line.user, opened.privilege) == ("", 15)


def test_login_by_the_lines_password():
    opened = session()
    typed(opened, "conf t", "line con 0", "password emu", "login", "end")
    assert opened.feed("login\r", NOW).endswith("Password: ")
    typed(opened, "emu")
    assert opened.privilege == 1


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("where", "% No connections open"),
        ("resume 3", "% No current connection"),
        ("write network", "copy system:/running-config <url>"),
        ("login", "% Login disabled on line 0, until 'password' is set"),
    ],
)
def test_what_is_not_there_is_said(line, answer):
    assert answer in typed(session(), line)


def test_show_logging_names_its_servers():
    opened = session()
    typed(
        opened,
        "configure terminal",
        "logging host 192.0.2.5",
        "logging host 192.0.2.6 vrf Mgmt-vrf",
        "logging trap warnings",
        "logging source-interface Vlan1",
        "logging count",
        "end",
    )
    shown = typed(opened, "show logging")
    assert "    Trap logging: level warnings, " in shown
    assert "        Logging to 192.0.2.5  (udp port 514, audit disabled,\r\n" in shown
    assert "        Logging to 192.0.2.6 (vrf Mgmt-vrf) (udp port 514, audit disabled,\r\n" in shown
    assert "VRF Name:\r\n    Vlan1\r\n" in shown
    assert "    Count and timestamp logging messages: enabled\r\n" in shown
