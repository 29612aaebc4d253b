"""What a unit's box says of itself: addresses and part numbers, made from its UDI.

A real unit's numbers are burnt in; ours follow from the serial number, so the same unit always
shows the same ones. Counts of ports come from the profile. # source: platform-texts
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.core.identity import Udi
from agent.profiles.profile import Model

_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

# how show version words the ports of an interface type, in the order printed
PORT_WORDS: Mapping[str, str] = {
    "GigabitEthernet": "Gigabit Ethernet",
    "TwoGigabitEthernet": "2.5 Gigabit Ethernet",
    "FiveGigabitEthernet": "Five Gigabit Ethernet",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
    "TwentyFiveGigE": "TwentyFive Gigabit Ethernet",
    "FortyGigabitEthernet": "Forty Gigabit Ethernet",
    "HundredGigE": "Hundred Gigabit Ethernet",
}


@dataclass(frozen=True, slots=True)
class Hardware:
    """`base_mac` as six bytes with colons; the other numbers as printed."""

    base_mac: str
    motherboard_serial: str
    power_supply_serial: str
    uplink_serial: str


@lru_cache(maxsize=2048)
def hardware_of(udi: Udi) -> Hardware:
    """The numbers of one unit. # assumed: all derived from its serial number"""
    digest = hashlib.sha256(str(udi).encode()).digest()
    # the address block of a box starts at a multiple of 128
    mac = bytes((0x00, 0xB6, 0x70, digest[0], digest[1], digest[2] & 0x80))
    return Hardware(
        base_mac=mac.hex(":"),
        motherboard_serial=f"FOC{_number(digest[3:6], 5)}{_tail(digest[6:9])}",
        power_supply_serial=f"DCA{_number(digest[9:12], 4)}{_tail(digest[12:16])}",
        uplink_serial=f"FOC{_number(digest[16:19], 5)}{_tail(digest[19:22])}",
    )


@lru_cache(maxsize=4096)
def part_serial(udi: Udi, name: str) -> str:
    """The serial number of a part of a unit. # assumed: derived, as above"""
    digest = hashlib.sha256(f"{udi} {name}".encode()).digest()
    return f"JAE{_number(digest[:3], 5)}{_tail(digest[3:6])}"


def dotted(mac: str) -> str:
    """`f4:ee:31:81:bf:80` -> `f4ee.3181.bf80`."""
    digits = mac.replace(":", "")
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def port_counts(model: Model) -> tuple[tuple[str, int], ...]:
    """(words, count) of each kind of port, fixed ports and those of the uplink module.

    A management port, numbered 0 without a slot, is not counted.
    """
    counts: dict[str, int] = {}
    for prefix, first, last in model.interfaces:
        if (prefix, last) == ("GigabitEthernet", 0):
            continue
        words = PORT_WORDS[prefix.rstrip("0123456789/")]
        counts[words] = counts.get(words, 0) + last - first + 1
    extra = {
        name: int(count)
        for part in model.texts.get("other_ports", "").split(";")
        if part
        for name, count in [part.split("=")]
    }
    for words, count in extra.items():
        counts[words] = counts.get(words, 0) + count
    return tuple((words, counts[words]) for words in PORT_WORDS.values() if words in counts)


def _number(raw: bytes, digits: int) -> str:
    return f"{int.from_bytes(raw, 'big') % 10**digits:0{digits}d}"


def _tail(raw: bytes) -> str:
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in raw)
