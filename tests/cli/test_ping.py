"""`ping`: its options, its dialogue, what is refused before anything is asked of the network."""

import pytest

from agent.cli.reply import Pinged
from tests.cli.test_handlers_system import NOW, lines, session


@pytest.fixture
def opened():
    found = session()
    loopback = "interface Loopback0\rip address 10.9.9.9 255.255.255.255\rend\r"
    found.feed(f"configure terminal\r{loopback}", NOW)
    return found


def pinged(opened, typed, reached=True):
    opened.feed(typed + "\r", NOW)
    assert opened.call is not None and opened.call.request == "ping"
    return lines(opened.resume(Pinged(str(opened.call.arguments["host"]), reached), NOW))


def test_count_size_and_source_are_told(opened):
    said = pinged(opened, "ping 192.0.2.1 repeat 100 source lo0")
    assert said[1] == "Sending 100, 100-byte ICMP Echos to 192.0.2.1, timeout is 2 seconds:"
    assert said[2] == "Packet sent with a source address of 10.9.9.9 "
    assert said[3:5] == ["!" * 70, "!" * 30]
    assert "(100/100)" in said[5]
    said = pinged(opened, "ping vrf Mgmt-vrf ip 192.0.2.1 size 1500 repeat 3", reached=False)
    assert said[1].startswith("Sending 3, 1500-byte")
    assert said[2:4] == ["...", "Success rate is 0 percent (0/3)"]


def test_a_source_without_an_address_and_a_vrf_that_is_none(opened):
    assert "% Invalid source address" in opened.feed("ping 192.0.2.1 source vlan 1\r", NOW)
    assert "% VRF RED does not exist" in opened.feed("ping vrf RED 192.0.2.1\r", NOW)
    assert opened.call is None


def test_every_part_is_asked_for(opened):
    assert opened.feed("ping\r", NOW).endswith("Protocol [ip]: ")
    asked = [opened.feed(f"{word}\r", NOW) for word in ("", "192.0.2.1", "7", "", "1", "y", "lo0")]
    assert [text.split("\r\n")[-1] for text in asked] == [
        "Target IP address: ",
        "Repeat count [5]: ",
        "Datagram size [100]: ",
        "Timeout in seconds [2]: ",
        "Extended commands [n]: ",
        "Source address or interface: ",
        "Sweep range of sizes [n]: ",
    ]
    said = pinged(opened, "")
    assert said[1] == "Sending 7, 100-byte ICMP Echos to 192.0.2.1, timeout is 1 second:"
    assert said[2].endswith("10.9.9.9 ")


def test_a_wrong_answer_ends_the_dialogue(opened):
    assert "% Unknown protocol" in opened.feed("ping\rappletalk\r", NOW)
    assert "% Bad IP address" in opened.feed("ping\r\r\r", NOW)
    assert "% A decimal number" in opened.feed("ping\r\r192.0.2.1\rmany\r", NOW)
    assert opened.call is None
