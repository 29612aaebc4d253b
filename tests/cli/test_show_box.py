"""What a box tells beside licensing: VLANs, addresses, one route, lines, packages, an idle load."""

import pytest

from agent.cli.reply import LabCall, Pinged
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000


class Box:
    def __init__(self, model="C9300-24T", *lines, release="17.15.1", width=0):
        device = new_device("sw1", model, Release.parse(release), "FOC0000EMU1")
        device.boot(BOOT)
        self.session = CliSession(device, Line(privilege=15), width=width, length=0)
        self.session.start(NOW)
        if lines:
            self.says("configure terminal", *lines, "end")

    def says(self, *typed):
        for line in typed:
            text = self.session.feed(f"{line}\r", NOW).replace("\r\n", "\n")
        return text.partition("\n")[2].rpartition("\n")[0]

    def rows(self, line):
        return [row.split() for row in self.says(line).splitlines()]


def test_vlans_are_those_that_ports_are_in():
    box = Box(
        "C9300-24T",
        "interface GigabitEthernet1/0/1",
        "switchport access vlan 20",
        "interface GigabitEthernet1/0/2",
        "switchport mode trunk",
        "interface GigabitEthernet1/0/3",
        "no switchport",
    )
    text = box.says("show vlan brief")
    assert "20   VLAN0020                         active    Gi1/0/1\n" in text
    assert "Gi1/0/2," not in text
    assert "Gi1/0/3," not in text
    assert "1    default                          active    Gi1/0/4, Gi1/0/5" in text
    assert "Number of existing VLANs              : 6" in box.says("show vlan summary")
    assert "enet  100020     1500" in box.says("show vlan")
    box.says("configure terminal", "vtp mode transparent", "vtp domain Lab", "end")
    status = box.says("show vtp status")
    assert "VTP Domain Name                 : Lab\n" in status
    assert "VTP Operating Mode                : Transparent\n" in status
    assert "Number of existing VLANs          : 6\n" in status
    assert "Invalid" in Box("C8000V").says("show vlan brief")


ADDRESSED = (
    "interface Vlan10",
    "ip address 10.1.1.1 255.255.255.0",
    "ipv6 address 2001:db8::1/64",
    "interface Loopback0",
    "ip address 192.0.2.1 255.255.255.255",
    "ip route 0.0.0.0 0.0.0.0 10.1.1.254",
    "ip route 203.0.113.0 255.255.255.0 10.1.1.2",
)


def test_own_addresses_are_told():
    box = Box("C9300-24T", *ADDRESSED)
    own = [row for row in box.rows("show arp") if row[0] == "Internet"]
    assert [(row[1], row[2], row[5]) for row in own] == [("10.1.1.1", "-", "Vlan10")]
    assert box.says("show arp") == box.says("show ip arp")
    six = box.says("show ipv6 interface brief")
    assert "Vlan10                 [up/up]\n    FE80::2B6:70FF:FE" in six
    assert "\n    2001:DB8::1\n" in six
    assert "Loopback0              [up/up]\n    unassigned" in six
    whole = box.says("show ipv6 interface")
    assert whole.startswith("Vlan10 is up, line protocol is up\n  IPv6 is enabled, link-local")
    assert "    2001:DB8::1, subnet is 2001:DB8::/64 \n" in whole
    assert "    FF02::1:FF00:1\n" in whole
    assert "Loopback0" not in whole
    assert "Vlan10 is up, line protocol is up\n  Internet address is 10.1.1.1/24\n" in box.says(
        "show protocols"
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("10.1.1.77", ("Routing entry for 10.1.1.0/24", "directly connected, via Vlan10")),
        ("10.1.1.1", ("Routing entry for 10.1.1.1/32", "directly connected, via Vlan10")),
        ("203.0.113.9", ("Routing entry for 203.0.113.0/24", "* 10.1.1.2")),
        ("0.0.0.0", ("Routing entry for 0.0.0.0/0, supernet", "* 10.1.1.254")),
        ("198.51.100.1", ("% Network not in table",)),
    ],
)
def test_one_route(address, told):
    said = Box("C9300-24T", *ADDRESSED).says(f"show ip route {address}")
    assert all(text in said for text in told), said


def test_some_routes_and_their_count():
    box = Box("C9300-24T", *ADDRESSED)
    static = box.says("show ip route static")
    assert "203.0.113.0/24 [1/0] via 10.1.1.2" in static
    assert "Vlan10" not in static
    connected = box.says("show ip route connected")
    assert "10.1.1.0/24 is directly connected, Vlan10" in connected
    assert "203.0.113.0" not in connected
    assert ["Total", "2", "3", "0", "480", "1560"] in box.rows("show ip route summary")


def test_lines_are_as_many_as_configured():
    box = Box("C8000V")
    rows = [row for row in box.rows("show line") if row[0] != "Tty"]
    assert rows[0][:4] == ["*", "0", "0", "CTY"]
    assert [row[2] for row in rows[1:]] == ["VTY"] * 5
    box.says("configure terminal", "line vty 5 20", "end")
    assert len(box.rows("show line")) == 1 + 1 + 21


def test_packages_are_those_of_the_release_on_every_unit():
    text = Box("C9300-24T", release="17.12.4").says("show install summary")
    assert text.startswith("[ Switch 1 ] Installed Package(s) Information:\n")
    assert "\nIMG   C    17.12.04.0." in text
    assert Box("C8000V").says("show install active").startswith("[ R0 ] Active Package(s)")


def test_memory_is_that_of_show_version():
    box = Box("C8000V")
    stated = box.session.device.profile.texts_of("C8000V")["memory"].split("/")[0]
    row = next(row for row in box.rows("show memory statistics") if row[:1] == ["Processor"])
    total, used, free = (int(number) for number in row[2:5])
    assert f"{total // 1024}K" == stated
    assert used + free == total


def test_nobody_is_near():
    switch, router = Box("C9300-24T"), Box("C8300-1N1S-6T")
    assert switch.says("show cdp neighbors").endswith("Total cdp entries displayed : 0")
    assert router.says("show cdp neighbors") == "% CDP is not enabled"
    assert switch.says("show lldp neighbors") == "% LLDP is not enabled"
    assert "No spanning tree instance exists." in switch.says("show spanning-tree")
    assert switch.says("show mac address-table").endswith("criterion: 20")
    for form in ("", " dynamic", " static"):
        heads = switch.says(f"show mac address-table{form}").splitlines()[:2]
        assert heads == ["          Mac Address Table", "-" * 43]
    assert switch.says("show standby brief").startswith(" " * 21 + "P indicates")
    assert "Invalid" in router.says("show mac address-table")


def test_counters_are_cleared_after_a_question():
    box = Box()
    asked = box.session.feed("clear counters\r", NOW)
    assert asked.endswith('Clear "show interface" counters on all interfaces [confirm]')
    box.session.feed("\r", NOW)
    assert "%CLEAR-5-COUNTERS: Clear counter on all interfaces by console" in box.says(
        "show logging"
    )
    box.session.feed("clear counters GigabitEthernet1/0/1\rn", NOW)
    assert "GigabitEthernet1/0/1 by" not in box.says("show logging")


def test_tech_support_of_licensing_is_one_command_after_the_other():
    box = Box(width=80)
    text = box.says("show tech-support license")
    for command in ("show clock", "show version", "show license tech support"):
        head = f"\n------------------ {command} ------------------\n"
        assert head in text
    assert box.says("show license udi") in text
    before = Box(release="17.6.4").says("show tech-support license")
    assert "show license all" in before


@pytest.mark.parametrize(
    ("model", "release", "beside"),
    [
        ("CSR1000V", "17.3.7", "show license all"),
        ("C9300-24T", "16.12.4", "show license tech support"),
        ("C9300-24T", "16.8.1a", "show version"),
    ],
)
def test_so_it_is_before_the_policy(model, release, beside):
    text = Box(model, release=release, width=80).says("show tech-support license")
    assert f"\n------------------ {beside} ------------------\n" in text


def test_traceroute_has_one_hop_or_none():
    box = Box(
        "C8000V", "interface GigabitEthernet1", "ip address 10.0.0.1 255.255.255.0", "no shut"
    )
    box.session.feed("traceroute 10.0.0.1\r", NOW)
    assert isinstance(box.session.call, LabCall)
    said = box.session.resume(Pinged("10.0.0.1", True), NOW)
    assert "Tracing the route to 10.0.0.1\r\n" in said
    assert "\r\n  1 10.0.0.1 1 msec 1 msec 1 msec\r\n" in said
    box.session.feed("traceroute 10.0.0.9\r", NOW)
    said = box.session.resume(Pinged("10.0.0.9", False), NOW)
    assert "\r\n 30  *  *  * \r\n" in said


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("connection", "HTTP server current connections:", "0        0"),
        ("history", "HTTP server history:", "end-time"),
        ("secure status", "HTTP secure server capability: Present", "session modules: ALL"),
        ("session-module", "HTTP server application session modules:", "Web GUI"),
        ("statistics", "HTTP server statistics:", "Waiting: 0"),
    ],
)
def test_parts_of_the_http_server(words, first, last):
    said = Box("C9300-24T").says(f"show ip http server {words}")
    assert said.startswith(first)
    assert said.endswith(last)


def test_snmp_tells_its_parts():
    box = Box("C8000V", "snmp-server community emu ro", "snmp-server location in the lab")
    assert "Community name: emu\n" in box.says("show snmp community")
    assert box.says("show snmp location") == "in the lab"
