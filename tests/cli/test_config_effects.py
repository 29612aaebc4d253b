"""Configuration lines that do more than stand in the configuration, and how some are printed."""

import pytest

from agent.cli.session import CliSession, Line
from tests.cli.test_handlers_system import NOW, VTY, lines, session


@pytest.fixture
def opened():
    return session()


def configured(opened, *typed):
    said = opened.feed("\r".join(["configure terminal", *typed, "end", ""]), NOW)
    assert "%" not in said.replace("%SYS-5-CONFIG_I", "")
    return opened.feed("show running-config\r", NOW)


@pytest.mark.parametrize(
    ("word", "kind"), [("md5", "5 $1$"), ("sha256", "8 $8$"), ("scrypt", "9 $9$")]
)
def test_a_secret_is_hashed_as_asked(opened, word, kind):
    shown = configured(
        opened,
        f"username eve privilege 7 algorithm-type {word} secret Pass1234",
        f"enable algorithm-type {word} secret Other1234",
    )
    assert f"username eve privilege 7 secret {kind}" in shown
    assert f"enable secret {kind}" in shown
    vty = CliSession(opened.device, VTY)
    vty.start(NOW)
    vty.feed("disable\renable\rOther1234\r", NOW)
    assert vty.privilege == 15


def test_no_exec_timeout_is_never_and_default_is_ten_minutes(opened):
    assert " exec-timeout 0 0" in configured(opened, "line con 0", "no exec-timeout")
    assert opened.exec_timeout_seconds == 0
    assert "exec-timeout" not in configured(opened, "line con 0", "default exec-timeout")
    assert opened.exec_timeout_seconds == 600


def test_a_line_decides_about_banners_and_log_lines(opened):
    configured(opened, "banner motd #today#", "banner exec #hello#")
    assert "today" in CliSession(opened.device, VTY).start(NOW)
    configured(opened, "line vty 0 4", "no motd-banner", "monitor")
    vty = CliSession(opened.device, Line("vty", 0, user="admin", privilege=15))
    begun = vty.start(NOW)
    assert "hello" in begun and "today" not in begun
    assert "%TEST-5-X" in vty.log_line("%TEST-5-X: text", NOW)


def test_both_directions_of_a_route_target_are_printed_alone(opened):
    shown = lines(
        configured(
            opened, "vrf definition RED", "rd 1:1", "route-target both 1:2", "address-family ipv4"
        )
    )
    at = shown.index("vrf definition RED")
    assert shown[at + 1 : at + 4] == [
        " rd 1:1",
        " route-target export 1:2",
        " route-target import 1:2",
    ]
    shown = configured(opened, "vrf definition RED", "no route-target import 1:2")
    assert "import 1:2" not in shown


def test_servers_of_time_are_preferred_whatever_else_is_said(opened):
    shown = configured(
        opened, "ntp server 10.0.0.1 version 3 prefer", "ntp server 10.0.0.2 iburst prefer"
    )
    assert "\r\nntp server 10.0.0.1 version 3 prefer\r\n" in shown
    assert "\r\nntp server 10.0.0.2 iburst prefer\r\n" in shown


def test_a_route_needs_its_vrf_and_goes_with_it(opened):
    route = "ip route vrf RED 0.0.0.0 0.0.0.0 10.0.0.1"
    said = lines(opened.feed(f"configure terminal\r{route}\r", NOW))
    assert said[-2:] == ["% IP  routing table RED does not exist", "Switch(config)#"]
    opened.feed("end\r", NOW)
    assert route in configured(opened, "vrf definition RED", "address-family ipv4", "exit", route)
    assert route not in configured(opened, "no vrf definition RED")


def test_ranges_go_back_to_their_defaults(opened):
    span = "range GigabitEthernet1/0/1 - 2"
    shown = configured(opened, f"interface {span}", "description one", "shutdown")
    assert shown.count(" description one") == 2
    assert "description one" not in configured(opened, f"default interface {span}")
    said = opened.feed(f"configure terminal\rno interface {span}\rend\r", NOW)
    assert "% Removal of physical interfaces is not permitted" in said
    assert "Vlan12" in configured(opened, "interface range vlan 11-13")
    shown = configured(opened, "no interface range vlan 11-12")
    assert "Vlan12" not in shown and "Vlan13" in shown


def test_a_name_no_lan_should_have_is_warned_of_and_taken(opened):
    said = opened.feed("configure terminal\rhostname a_b\r", NOW)
    assert said.endswith('% Hostname "a_b" is not a legal LAN network name.\r\na_b(config)#')
    assert "%" not in opened.feed("hostname edge-1.lab\r", NOW)
    assert "% Hostname too long" in opened.feed(f"hostname {'x' * 64}\r", NOW)
    assert opened.feed("no hostname\r", NOW).endswith("Switch(config)#")
