"""`show clock`, `show logging`, `show hosts`, `show ip interface brief`.

Facts: docs/sources.md, entries clock-mark, logging-form, hosts-form, brief-form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.core.clock import Instant
from agent.core.dates import Zone, clock_line
from agent.device.config import Resolution
from agent.device.config_network import Port
from agent.device.log import Log
from yang.tree import EMPTY, Entry, Path, Rows, Tree, get

_ADDRESS: Path = ("ip", "address", "primary", "address")
_SEVERITIES = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)
_LOGGING = """\
Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, \
xml disabled, filtering disabled)

No Active Message Discriminator.



No Inactive Message Discriminator.


    Console logging: {console}
    Monitor logging: {monitor}
    Buffer logging:  {buffer}
    Exception Logging: size ({exception} bytes)
    Count and timestamp logging messages: {count}
    File logging: disabled
    Persistent logging: disabled

No active filter modules.

    Trap logging: {trap}
{hosts}        Logging Source-Interface:       VRF Name:
{source}    TLS Profiles:\x20

Log Buffer ({size} bytes):
{lines}"""

# source: logging-form
_SERVER = """\
        Logging to {name} {table} (udp port 514, audit disabled,
              link up),
              0 message lines logged,\x20
              0 message lines rate-limited,\x20
              0 message lines dropped-by-MD,\x20
              xml disabled, sequence number disabled
              filtering disabled
"""

_HOSTS = """\
Default domain is {domain}
Name servers are {servers}
NAME  TTL  CLASS   TYPE      DATA/ADDRESS
-----------------------------------------
{rows}"""


@dataclass(frozen=True, slots=True)
class Interface:
    """One row of `show ip interface brief`. `address` is `unassigned` where there is none."""

    name: str
    address: str
    method: str
    status: str
    protocol: str


def clock(local: Instant, zone: Zone, source: str, detail: bool) -> str:
    """The clock, marked `*` while nothing set it; with `detail` also where its time comes from."""
    line = f"{'' if source else '*'}{clock_line(local, zone)}"
    if not detail:
        return line
    return f"{line}\n{f'Time source is {source}' if source else 'No time source'}"


def logging(log: Log, root: Tree = EMPTY) -> str:
    """Thresholds, counts, servers and the buffer. # different: nothing is sent to the servers"""
    settings = log.settings
    here: Tree = get(root, ("native", "logging"), EMPTY)
    servers: Rows = get(here, ("host", "ipv4-host-list"), Rows())
    tables: Rows = get(here, ("host", "ipv4-host-vrf-list"), Rows())
    source = here.get("source-interface")
    level = get(here, ("trap", "severity"), "informational")
    on = get(here, ("trap", "on")) is not False
    every = [(name, "") for name in servers] + [_in_table(key) for key in tables]
    return _LOGGING.format(
        console=_destination(settings.console, log.console_count, 21),
        monitor=_destination(settings.monitor, log.monitor_count, 21),
        buffer=_destination(settings.buffered, log.buffer_count, 20),
        exception=here.get("exception", 4096),
        count="enabled" if here.get("count") else "disabled",
        trap=f"level {level}, {log.trap_count} message lines logged" if on else "disabled",
        hosts="".join(_SERVER.format(name=name, table=table) for name, table in every),
        source=f"    {source}\n" if source else "",
        size=settings.buffer_bytes,
        lines=log.text(),
    )


def _in_table(key: str) -> tuple[str, str]:
    """A server's name and the words for its VRF."""
    name, _, vrf = key.partition(",")
    return name, f"(vrf {vrf})"


def hosts(names: Resolution) -> str:
    """The domain, the name servers, the local host table."""
    rows = (
        f" {name:<31} 10      IN      A       {address}"  # assumed: the TTL of a static entry
        for name, addresses in names.hosts.items()
        for address in addresses
    )
    return _HOSTS.format(
        domain=names.domain or "not set",
        servers=", ".join(names.servers) or "255.255.255.255",
        rows="\n".join(rows),
    )


def brief_lines(rows: Iterable[Interface]) -> Iterator[str]:
    """`show ip interface brief`, line by line; a name too long for its column becomes `Te1/1/1`."""
    yield "Interface              IP-Address      OK? Method Status                Protocol"
    for row in rows:
        yield _brief_row(row)


def interfaces(ports: Iterable[Port], stored: Tree) -> Iterator[Interface]:
    """What the table shows of these.

    The method is NVRAM where the stored configuration has the same address, else manual.
    """
    for port in ports:
        kept = get(stored, ("native", "interface", Entry(port.kind, port.number), *_ADDRESS))
        yield _interface(port, kept)


def _brief_row(row: Interface) -> str:
    name = row.name
    if len(name) > 22:
        name = name[:2] + name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return f"{name:<22} {row.address:<15} YES {row.method:<6} {row.status:<21} {row.protocol:<8}"


def _interface(port: Port, stored: str | None) -> Interface:
    if port.address:
        method = "NVRAM" if port.address == stored else "manual"
    else:
        method = "DHCP" if port.dhcp else "unset"
    return Interface(
        name=port.name,
        address=port.address or "unassigned",
        method=method,
        status="administratively down" if port.shut else "up" if port.up else "down",
        protocol="up" if port.up else "down",
    )


def _destination(level: int | None, count: int, indent: int) -> str:
    if level is None:
        return "disabled"
    return (
        f"level {_SEVERITIES[level]}, {count} messages logged, xml disabled,\n"
        f"{' ' * indent}filtering disabled"
    )
