"""Configuration lines whose values are well formed and still wrong; and secrets typed as hashes."""

import pytest

from tests.cli.sessions import NOW, device, session

MD5 = "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0"
PBKDF2 = "$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs"


@pytest.mark.parametrize(("kind", "stored"), [(5, MD5), (8, PBKDF2)])
def test_a_hash_is_kept_as_typed_and_opens_the_device(kind, stored):
    opened = session(on=device())
    lines = f"username u secret {kind} {stored}\renable secret {kind} {stored}"
    opened.feed(f"terminal length 0\rconfigure terminal\r{lines}\rend\r", NOW)
    shown = opened.feed("show running-config | include secret\r", NOW)
    assert f"username u secret {kind} {stored}\r\n" in shown
    assert f"enable secret {kind} {stored}\r\n" in shown
    opened.feed("disable\renable\r", NOW)
    assert opened.feed("cisco\r", NOW).endswith("#")


@pytest.mark.parametrize("vrf", ["", "vrf Mgmt-vrf "])
def test_a_route_to_a_host_in_a_network_is_refused(vrf):
    opened = session(on=device())
    opened.feed("terminal length 0\rconfigure terminal\r", NOW)
    answer = opened.feed(f"ip route {vrf}10.1.1.1 255.255.255.0 10.0.0.1\r", NOW)
    assert "%Inconsistent address and mask\r\n" in answer
    for mask in ("255.255.255.255", "255.255.0.0"):
        prefix = "10.1.1.1" if mask.endswith(".255") else "10.1.0.0"
        assert "%" not in opened.feed(f"ip route {vrf}{prefix} {mask} 10.0.0.1\r", NOW)
    shown = opened.feed("do show running-config | count ^ip route .*10.1\r", NOW)
    assert "regexp = 2" in shown


def test_a_mask_with_gaps_is_no_mask_of_a_route():
    opened = session(on=device())
    opened.feed("terminal length 0\rconfigure terminal\r", NOW)
    answer = opened.feed("ip route 192.0.2.1 192.0.2.1 Loopback7\r", NOW)
    assert "%Inconsistent address and mask\r\n" in answer


def test_a_route_goes_with_its_last_hop():
    opened = session(on=device())
    opened.feed("terminal length 0\rconfigure terminal\r", NOW)
    before = opened.device.datastore.running
    for way in ("", "vrf Mgmt-vrf "):
        route = f"ip route {way}192.0.2.0 255.255.255.0"
        opened.feed(f"{route} 10.0.0.1 name one\r{route} Loopback7 name two\r", NOW)
        opened.feed(f"no {route} 10.0.0.1\r", NOW)
        shown = opened.feed("do show running-config | include ^ip route\r", NOW)
        assert f"{route} Loopback7 name two\r\n" in shown and "one" not in shown
        opened.feed(f"no {route} Loopback7\r", NOW)
        assert opened.device.datastore.running == before


def test_configuration_modes_may_have_no_prompt():
    opened = session(on=device())
    assert opened.feed("configure terminal\rno service prompt config\r", NOW).endswith("\r\n")
    shown = opened.feed("do show running-config | include prompt\r", NOW)
    assert "no service prompt config" in shown
    assert opened.feed("service prompt config\r", NOW).endswith("(config)#")
