"""Configuration lines whose values are well formed and still wrong; and secrets typed as hashes."""

import pytest

from tests.cli.test_session import NOW, device, session

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


def test_configuration_modes_may_have_no_prompt():
    opened = session(on=device())
    assert opened.feed("configure terminal\rno service prompt config\r", NOW).endswith("\r\n")
    shown = opened.feed("do show running-config | include prompt\r", NOW)
    assert "no service prompt config" in shown
    assert opened.feed("service prompt config\r", NOW).endswith("(config)#")
