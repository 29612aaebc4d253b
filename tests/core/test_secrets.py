"""Stored passwords."""

from __future__ import annotations

import pytest

from agent.core.chance import Chance
from agent.core.secrets import CISCO_ALPHABET, decode_type_7, new_salt, type_9, verify

# The published example of this hash form. # source: secret-type-9
KNOWN = "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"


def test_type_9_is_what_devices_compute():
    assert type_9("hashcat", "2MJBozw/9R3UsU") == KNOWN
    assert verify("hashcat", 9, KNOWN)
    assert not verify("Hashcat", 9, KNOWN)


def test_salts_come_from_chance_and_repeat_with_it():
    first, second = Chance("seed"), Chance("seed")
    salts = [new_salt(first), new_salt(first)]
    assert salts == [new_salt(second), new_salt(second)]
    assert salts[0] != salts[1]
    assert all(len(salt) == 14 and set(salt) <= set(CISCO_ALPHABET) for salt in salts)


def test_type_7_is_read_and_not_trusted_when_damaged():
    assert decode_type_7("094F471A1A0A") == "cisco"
    assert verify("cisco", 7, "094F471A1A0A")
    assert not verify("", 7, "zz")


@pytest.mark.parametrize(
    ("password", "kind", "stored", "right"),
    [
        ("plain", 0, "plain", True),
        ("plain", 0, "other", False),
        ("x", 5, "$1$abc$def", False),
        ("x", 9, "not a hash", False),
        ("é", 0, "é", True),
    ],
)
def test_other_kinds(password, kind, stored, right):
    assert verify(password, kind, stored) is right


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0"),
        (8, "$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs"),
    ],
)
def test_hashes_of_other_kinds_are_checked(kind, stored):
    """Published examples. # source: secret-types-5-8"""
    assert verify("cisco", kind, stored)
    assert not verify("Cisco", kind, stored)
    assert not verify("cisco", 9, stored)
    assert not verify("cisco", kind, stored[:-1])
