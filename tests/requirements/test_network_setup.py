"""Requirements S1-8, S1-35, S1-38, S2-31, S2-40, S2-41: what is set up around licensing."""

from __future__ import annotations

import pytest

from tests.cli.test_config_pki import device as plain_device
from tests.cli.test_config_pki import enrolled, session, type_in
from tests.requirements.desk import DAY, Desk, open_desk

REACHABILITY = """\
interface Vlan1
ip address 192.0.2.10 255.255.255.0
no shutdown
vrf definition Lic
address-family ipv4
exit-address-family
interface Loopback7
vrf forwarding Lic
ip address 198.51.100.7 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
ip route vrf Lic 0.0.0.0 0.0.0.0 198.51.100.1
ip name-server 192.0.2.53
ip name-server vrf Lic 198.51.100.53
ip http client source-interface Vlan1
""".splitlines()
DIRECT = """\
ip name-server 192.0.2.53 192.0.2.54
ip name-server vrf Mgmt-vrf 192.0.2.55
ip domain lookup
ip domain name lab.example
ip host tools.cisco.com 192.0.2.80
interface Vlan1
ip address 192.0.2.10 255.255.255.0
no shutdown
ip http client source-interface Vlan1
ip route 0.0.0.0 0.0.0.0 192.0.2.1
crypto pki trustpoint SLA-TrustPoint
revocation-check none
ntp server 192.0.2.123
ntp server vrf Mgmt-vrf 192.0.2.124 prefer
ip http client secure-trustpoint SLA-TrustPoint
license smart transport smart
license smart url default
""".splitlines()


@pytest.mark.parametrize("lines", [REACHABILITY, DIRECT], ids=["S1-8", "S1-35"])
def test_s1_8_35_the_commands_of_the_task_are_accepted(lines: list[str]) -> None:
    opened = session(plain_device())
    type_in(opened, "configure terminal")
    for line in lines:
        assert "%" not in type_in(opened, line), line
    shown = type_in(opened, "end", "show running-config")
    for line in lines:
        if "address-family" not in line and line not in ("no shutdown", "ip domain lookup"):
            assert line.replace("url default", "url") in shown, line


@pytest.mark.wire
async def test_s1_8_an_unreachable_peer_is_logged() -> None:
    async with open_desk(hosts={}) as desk:
        await desk.configure("license smart url cslu http://nowhere.example:8182/cslu/v1/pi")
        assert isinstance(desk, Desk)
        await desk.advance(DAY)
        assert "%SMART_LIC-3-COMM_FAILED" in await desk.show("show logging")


def test_s1_38_smart_transport_is_there_after_a_reload() -> None:
    made = plain_device()
    opened = session(made)
    type_in(opened, "configure terminal", *DIRECT, "end", "write memory")
    before = type_in(opened, "show running-config | include license smart|ip http client")
    made.reload(1_700_000_000_000 + 7_200_000)
    after = type_in(session(made), "show running-config | include license smart|ip http client")
    assert "license smart transport smart" in before
    assert after.splitlines()[1:] == before.splitlines()[1:]


def test_s2_31_netconf_yang_in_the_configuration() -> None:
    opened = session(plain_device())
    asked = "show running-config | section netconf-yang"
    assert type_in(opened, asked).splitlines()[1:] == ["Switch#"]
    type_in(opened, "configure terminal", "netconf-yang", "end")
    assert type_in(opened, asked).splitlines()[1:] == ["netconf-yang", "Switch#"]


def test_s2_40_a_trustpoint_present_and_absent() -> None:
    asked = "show crypto pki trustpoint sdn-network-infra-iwan"
    assert "is not defined" in type_in(session(plain_device()), asked)
    shown = type_in(session(enrolled()[0]), asked)
    assert "Trustpoint sdn-network-infra-iwan:\r\n    Subject Name:\r\n" in shown
    assert "          Serial Number (hex): 4BE62C7C\r\n    Certificate configured.\r\n" in shown


def test_s2_41_a_certificate_in_detail() -> None:
    opened = session(enrolled()[0])
    shown = type_in(opened, "show crypto pki certificates verbose sdn-network-infra-iwan")
    for line in (
        "CA Certificate",
        "  Certificate Usage: Signature",
        "  Issuer: ",
        "    cn=Emulated Root",
        "    start date: 23:08:44 UTC Nov 17 2021",
        "    end   date: 23:08:44 UTC Nov 15 2031",
        "    X509v3 Key Usage: 86000000",
        "      CRL Signature",
        "  Associated Trustpoints: sdn-network-infra-iwan ",
    ):
        assert f"\r\n{line}\r\n" in f"\r\n{shown}", line
