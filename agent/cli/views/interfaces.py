"""`show interfaces`, `show ip interface`, `show interfaces status|description`.

A lab has no traffic: counters are zero and nothing was ever received.
Facts: docs/sources.md, entries interface-output, brief-form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.cli.views.hardware import dotted
from agent.device.config_network import Port
from yang.tree import get

# type: kilobits a second, delay in µs, what `Hardware is` says. # source: interface-output
_KINDS: Mapping[str, tuple[int, int, str]] = {
    "FastEthernet": (100_000, 100, "Fast Ethernet"),
    "GigabitEthernet": (1_000_000, 10, "Gigabit Ethernet"),
    "TwoGigabitEthernet": (2_500_000, 10, "Two Gigabit Ethernet"),
    "FiveGigabitEthernet": (5_000_000, 10, "Five Gigabit Ethernet"),
    "TenGigabitEthernet": (10_000_000, 10, "Ten Gigabit Ethernet"),
    "TwentyFiveGigE": (25_000_000, 10, "Twenty Five Gigabit Ethernet"),
    "FortyGigabitEthernet": (40_000_000, 10, "Forty Gigabit Ethernet"),
    "HundredGigE": (100_000_000, 10, "Hundred Gigabit Ethernet"),
    "AppGigabitEthernet": (1_000_000, 10, "Gigabit Ethernet"),
    "Vlan": (1_000_000, 10, "Ethernet SVI"),
    "Port-channel": (1_000_000, 10, "EtherChannel"),
    "Loopback": (8_000_000, 5000, "Loopback"),
    "Tunnel": (100, 50_000, "Tunnel"),
}
_PLAIN = (1_000_000, 10, "Ethernet")  # of other kinds
_MTU = {"Loopback": 1514, "Tunnel": 9976}
_SHORT = {
    "FastEthernet": "Fa",
    "GigabitEthernet": "Gi",
    "TwoGigabitEthernet": "Tw",
    "FiveGigabitEthernet": "Fi",
    "TenGigabitEthernet": "Te",
    "TwentyFiveGigE": "Twe",
    "FortyGigabitEthernet": "Fo",
    "HundredGigE": "Hu",
    "AppGigabitEthernet": "Ap",
    "Vlan": "Vl",
    "Port-channel": "Po",
    "Loopback": "Lo",
    "Tunnel": "Tu",
}
_COUNTERS = """\
  Last input never, output never, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/{queue}/0/0 (size/max/drops/flushes); Total output drops: 0
  Queueing strategy: fifo
  Output queue: 0/{out} (size/max)
  5 minute input rate 0 bits/sec, 0 packets/sec
  5 minute output rate 0 bits/sec, 0 packets/sec
     0 packets input, 0 bytes, 0 no buffer
     Received 0 broadcasts (0 IP multicasts)
     0 runts, 0 giants, 0 throttles\x20
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored{wire_in}
     0 packets output, 0 bytes, 0 underruns
{wire_out}\
     0 output errors, {collisions}0 interface resets
     0 unknown protocol drops
{wire_end}\
     0 output buffer failures, 0 output buffers swapped out"""
_WIRE_IN = """, 0 abort
     0 watchdog, 0 multicast, 0 pause input
     0 input packets with dribble condition detected"""
_WIRE_END = """\
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
"""
_IP = """\
  Broadcast address is 255.255.255.255
  Address determined by {method}
  MTU is {mtu} bytes
  Helper address is not set
  Directed broadcast forwarding is disabled
{secondary}\
  Outgoing Common access list is not set\x20
  Outgoing access list is not set
  Inbound Common access list is not set\x20
  Inbound  access list is not set
  Proxy ARP is enabled
  Local Proxy ARP is disabled
  Security level is default
  Split horizon is enabled
  ICMP redirects are always sent
  ICMP unreachables are always sent
  ICMP mask replies are never sent
  IP fast switching is enabled
  IP Flow switching is disabled
  IP CEF switching is enabled
  IP CEF switching turbo vector
  IP Null turbo vector
{vrf}\
  IP multicast fast switching is enabled
  IP multicast distributed fast switching is disabled
  IP route-cache flags are Fast, CEF
  Router Discovery is disabled
  IP output packet accounting is disabled
  IP access violation accounting is disabled
  TCP/IP header compression is disabled
  RTP/IP header compression is disabled
  Probe proxy name replies are disabled
  Policy routing is disabled
  Network address translation is disabled
  BGP Policy Mapping is disabled
  Input features: MCI Check
  IPv4 WCCP Redirect outbound is disabled
  IPv4 WCCP Redirect inbound is disabled
  IPv4 WCCP Redirect exclude is disabled"""


@dataclass(frozen=True, slots=True)
class Shown:
    """An interface with what the box adds: its MAC address as twelve digits, is it switched?

    `stored` is the address in the startup configuration.
    """

    port: Port
    mac: str
    switched: bool
    stored: str | None = None


def short(kind: str, number: str) -> str:
    """`Gi1/0/1`."""
    return f"{_SHORT.get(kind, kind[:2])}{number}"


def state(port: Port, switched: bool) -> tuple[str, str, str]:
    """The words for interface, protocol, and what stands behind in brackets."""
    if port.shut:
        return "administratively down", "down", " (disabled)" if switched else ""
    word = "up" if port.up else "down"
    link = " (connected)" if port.up else " (notconnect)"
    return word, word, link if switched else ""


def rate_of(port: Port) -> int:
    """The bandwidth in kilobits a second, configured or nominal."""
    return int(get(port.row, ("bandwidth", "kilobits"), _KINDS.get(port.kind, _PLAIN)[0]))


def mtu_of(port: Port) -> int:
    """The longest packet in bytes, configured or usual."""
    return int(port.row.get("mtu", _MTU.get(port.kind, 1500)))


def mac_of(port: Port, place: int, base: str) -> str:
    """The hardware address as twelve digits; `place` of the interface counts from 1.

    `base` is the box's own address. # assumed: how far from it an interface's is
    """
    at = 71 if port.kind == "Vlan" else place
    return f"{int(base.replace(':', ''), 16) + at:012x}"


def interfaces(rows: Iterable[Shown]) -> Iterator[str]:
    """`show interfaces`: a block for each."""
    return map(_block, rows)


def _block(shown: Shown) -> str:
    port = shown.port
    rate = rate_of(port)
    _, delay, hardware = _KINDS.get(port.kind, _PLAIN)
    status, protocol, link = state(port, shown.switched)
    virtual = port.kind in ("Loopback", "Tunnel")
    mac = dotted(shown.mac)
    lines = [f"{port.name} is {status}, line protocol is {protocol}{link} "]
    lines.append(
        f"  Hardware is {hardware}" + ("" if virtual else f", address is {mac} (bia {mac})")
    )
    if port.description:
        lines.append(f"  Description: {port.description}")
    if port.prefix:
        lines.append(f"  Internet address is {port.prefix}")
    elif port.dhcp:
        lines.append("  Internet address will be negotiated using DHCP")
    lines.append(f"  MTU {mtu_of(port)} bytes, BW {rate} Kbit/sec, DLY {delay} usec, ")
    lines.append("     reliability 255/255, txload 1/255, rxload 1/255")
    kind = {"Loopback": "LOOPBACK", "Tunnel": "TUNNEL"}.get(port.kind, "ARPA")
    lines.append(f"  Encapsulation {kind}, loopback not set")
    lines.append(f"  Keepalive {'not set' if virtual or port.kind == 'Vlan' else 'set (10 sec)'}")
    if not virtual and port.kind not in ("Vlan", "Port-channel"):
        lines += _media(port, rate)
    if port.kind == "Tunnel":
        lines += _tunnel(port)
    if not virtual:
        lines.append("  ARP type: ARPA, ARP Timeout 04:00:00")
    lines.append(
        _COUNTERS.format(
            queue=75 if virtual or port.kind == "Vlan" else 2000 if shown.switched else 375,
            out=0 if virtual else 40,
            wire_in=", 0 abort" if virtual or port.kind == "Vlan" else _WIRE_IN,
            wire_out="     Output 0 broadcasts (0 IP multicasts)\n",
            collisions="0 collisions, ",
            wire_end="" if virtual or port.kind == "Vlan" else _WIRE_END,
        )
    )
    return "\n".join(lines)


def _media(port: Port, rate: int) -> list[str]:
    speed = port.row.get("speed")
    named = f"{speed}Mb/s" if speed and str(speed).isdigit() else "Auto-speed"
    if port.up and named == "Auto-speed":
        named = f"{rate // 1000}Mb/s"
    duplex = "Full-duplex" if port.up else "Auto-duplex"
    return [
        f"  {duplex}, {named}, media type is {media(port.kind)}",
        "  input flow-control is on, output flow-control is unsupported ",
    ]


def media(kind: str) -> str:
    """What the port takes, as `show interfaces status` lists it."""
    # assumed: optical ports are empty
    copper = {
        "FastEthernet": "10/100BaseTX",
        "GigabitEthernet": "10/100/1000BaseTX",
        "TwoGigabitEthernet": "100/1000/2.5GBaseTX",
        "FiveGigabitEthernet": "100/1000/2.5G/5GBaseTX",
        "AppGigabitEthernet": "App-hosting port",
    }
    return copper.get(kind, "unknown")


def _tunnel(port: Port) -> list[str]:
    source = get(port.row, ("tunnel", "source"), "UNKNOWN")
    target = get(port.row, ("tunnel", "destination"), None)
    line = f"  Tunnel source {source}" + (f", destination {target}" if target else "")
    return [line, "  Tunnel protocol/transport GRE/IP"]


def ip_interfaces(rows: Iterable[Shown]) -> Iterator[str]:
    """`show ip interface`: a block for each."""
    return map(_ip_block, rows)


def _ip_block(shown: Shown) -> str:
    port = shown.port
    status, protocol, _ = state(port, False)
    head = f"{port.name} is {status}, line protocol is {protocol}"
    if port.prefix is None:
        return f"{head}\n  Internet protocol processing disabled"
    kept = "non-volatile memory" if shown.stored == port.address else "setup command"
    second = (f"  Secondary address {a}/{_length(m)}\n" for a, m in port.secondaries)
    body = _IP.format(
        method="DHCP" if port.dhcp else kept,
        mtu=_MTU.get(port.kind, 1500),
        secondary="".join(second),
        vrf=f'  VPN Routing/Forwarding "{port.vrf}"\n' if port.vrf else "",
    )
    return f"{head}\n  Internet address is {port.prefix}\n{body}"


def _length(mask: str) -> int:
    return sum(bin(int(part)).count("1") for part in mask.split("."))


def description(rows: Iterable[Shown]) -> Iterator[str]:
    """`show interfaces description`, line by line."""
    yield f"{'Interface':<31}{'Status':<15}{'Protocol':<9}Description"
    for shown in rows:
        port = shown.port
        status, protocol, _ = state(port, False)
        word = "admin down" if port.shut else status
        name = short(port.kind, port.number)
        yield f"{name:<31}{word:<15}{protocol:<9}{port.description}"


def status(rows: Iterable[Shown]) -> Iterator[str]:
    """`show interfaces status`, line by line: the switched ports."""
    yield f"\n{'Port':<13}{'Name':<19}{'Status':<13}{'Vlan':<11}{'Duplex':<8}Speed Type"
    for shown in rows:
        port = shown.port
        if not shown.switched or port.kind == "Vlan":
            continue
        word = "disabled" if port.shut else "connected" if port.up else "notconnect"
        speed = port.row.get("speed", "auto")
        vlan = _vlan(port)
        duplex = "full" if port.up else "auto"
        name = port.description[:18]
        yield (
            f"{short(port.kind, port.number):<13}{name:<19}{word:<13}{vlan:<11}"
            f"{duplex:>6}{speed!s:>7} {media(port.kind)}"
        )


def _vlan(port: Port) -> str:
    if get(port.row, ("switchport-conf", "switchport")) is False:
        return "routed"
    if get(port.row, ("switchport", "mode", "trunk")):
        return "trunk"
    return str(get(port.row, ("switchport", "access", "vlan"), 1))
