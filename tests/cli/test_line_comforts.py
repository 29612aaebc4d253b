"""Aliases, ranges of interfaces, stamps on output, banners, what `show terminal` tells."""

import pytest

from agent.cli.session import CliSession, Line
from agent.core.clock import MINUTE
from tests.cli.test_handlers_system import NOW, VTY, lines, session
from yang.tree import get


@pytest.fixture
def opened():
    return session()


def configured(opened, *typed):
    return opened.feed("\r".join(["configure terminal", *typed, "end", ""]), NOW)


def test_an_alias_stands_for_a_command_and_more_may_follow(opened):
    configured(opened, "alias exec lic show license")
    plain = lines(opened.feed("show license udi\r", NOW))[1:]
    assert lines(opened.feed("lic udi\r", NOW))[1:] == plain
    shown = opened.feed("show running-config | include ^alias\r", NOW)
    assert "alias exec lic show license" in shown
    assert "  lic                   show license" in opened.feed("show aliases\r", NOW)
    configured(opened, "no alias exec lic")
    assert "lic " not in opened.feed("show aliases\r", NOW)


def test_aliases_every_device_has(opened):
    assert lines(opened.feed("s privilege\r", NOW))[1] == "Current privilege level is 15"
    assert lines(opened.feed("show aliases\r", NOW))[1:4] == [
        "Exec mode aliases:",
        "  h                     help",
        "  lo                    logout",
    ]


def test_a_range_configures_each_of_its_interfaces(opened):
    said = configured(opened, "interface range gi1/0/2 - 4 , Vlan10", "description many")
    assert "Switch(config-if-range)#" in said
    interfaces = get(opened.device.datastore.running, ("native", "interface"))
    wanted = {
        f"{kind}{number}"
        for kind, rows in interfaces.items()
        for number, row in rows.items()
        if row.get("description") == "many"
    }
    assert wanted == {
        "GigabitEthernet1/0/2",
        "GigabitEthernet1/0/3",
        "GigabitEthernet1/0/4",
        "Vlan10",
    }
    configured(opened, "interface range gi1/0/2-3", "no description", "interface gi1/0/9", "shut")
    shown = opened.feed("show running-config | include description\r", NOW)
    assert shown.count(" description many") == 2


@pytest.mark.parametrize(
    "typed", ["gi1/0/1 - 99", "gi1/0/4 - 2", "nothing", "gi1/0/1 - x", "gi7/0/1"]
)
def test_a_range_that_is_not_there_is_refused_whole(opened, typed):
    before = opened.device.datastore.running
    opened.feed("configure terminal\r", NOW)
    said = opened.feed(f"interface range {typed}\r", NOW)
    assert "% Invalid input detected at '^' marker." in said
    assert said.endswith("Switch(config)#")
    assert opened.device.datastore.running == before


def test_stamps_on_show_outputs_go_through_the_pipe(opened):
    opened.feed("terminal exec prompt timestamp\r", NOW)
    assert lines(opened.feed("show privilege\r", NOW))[1:] == [
        "Load for five secs: 1%/0%; one minute: 2%; five minutes: 3%",
        "No time source, *23:13:20.000 UTC Tue Nov 14 2023",
        "",
        "Current privilege level is 15",
        "Switch#",
    ]
    assert "Load" not in opened.feed("show privilege | include Current\r", NOW)
    opened.feed("clock set 18:56:04 17 October 2016\r", NOW)
    said = opened.feed("show clock\r", NOW)
    assert "Time source is user configuration, 18:56:04.000 UTC Mon Oct 17 2016" in said
    opened.feed("terminal no exec prompt timestamp\r", NOW)
    assert "Load for" not in opened.feed("show privilege\r", NOW)


def test_stamps_may_belong_to_the_line(opened):
    configured(opened, "line vty 0 4", "exec prompt timestamp")
    assert "Load for" not in opened.feed("show privilege\r", NOW)
    other = CliSession(opened.device, Line("vty", 0, "admin", privilege=15), width=0, length=0)
    other.start(NOW)
    assert "Load for" in other.feed("show privilege\r", NOW)


def test_show_terminal_tells_what_is_set(opened):
    opened.feed("terminal length 30\rterminal width 132\rterminal history size 5\r", NOW)
    said = opened.feed("show terminal\r", NOW + 5 * MINUTE)
    assert "Length: 30 lines, Width: 132 columns" in said
    assert "History is enabled, history size is 5." in said
    assert "Time since activation: 00:05:00" in said
    assert said.splitlines()[10] == f"{'':15}{'00:10:00':<15}never{'':24}none     not set"


@pytest.mark.parametrize(
    "typed",
    [
        "banner motd ^CHello^C",
        "banner motd #Hello#",
        "banner motd xHellox",
        "banner motd %\rHello\r%",
    ],
)
def test_forms_of_a_banner(opened, typed):
    configured(opened, typed)
    other = CliSession(opened.device, VTY, width=0, length=0)
    assert "Hello" in other.start(NOW + MINUTE)
    assert "banner motd ^C" in opened.feed("show running-config | include banner\r", NOW)


def test_an_alias_belongs_to_its_mode(opened):
    configured(opened, "alias interface nosh no shutdown", "alias configure ii interface")
    opened.feed("configure terminal\rinterface GigabitEthernet1/0/1\rshutdown\rexit\r", NOW)
    assert opened.feed("nosh\r", NOW).count("% Invalid input") == 1  # not in this mode
    assert lines(opened.feed("ii GigabitEthernet1/0/1\r", NOW))[-1] == "Switch(config-if)#"
    assert lines(opened.feed("nosh\r", NOW)) == ["nosh", "Switch(config-if)#"]
    opened.feed("end\r", NOW)
    shown = lines(opened.feed("show aliases interface\r", NOW))
    assert shown[1:-1] == ["Interface configuration mode aliases:", f"  {'nosh':<21} no shutdown"]
    assert "shutdown" not in opened.feed(
        "show running-config interface GigabitEthernet1/0/1\r", NOW
    )
