"""What a lab consists of, as values: the plan that `lab.yaml` is read into and a lab is built from.

Nothing here knows YAML; `labfile` makes a plan from a file, `console_plan` is the one of
`slp console`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.core.clock import Instant
from agent.core.identity import Udi

CSLU_PORT = 8182
CSSM_PORT = 8443
DNS_PORT = 53
NTP_PORT = 123
SSH_PORT = 2222
NETCONF_PORT = 8830
RESTCONF_PORT = 9443
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Listen:
    """An address and port to listen on; port 0 takes any free one."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """One device. `config` are configuration lines typed at its first start (day 0).

    `members` are the further units of a stack or pair; the device itself is the active one.
    `restconf` is where its HTTPS server listens, `http` where its plain one does.
    `replay` is a recording of the user's own device, `standing` an output of it: of licensing,
    where the device begins.
    """

    name: str
    platform: str
    release: str
    serial: str
    ssh: Listen | None = None
    netconf: Listen | None = None
    restconf: Listen | None = None
    http: Listen | None = None
    username: str = "admin"
    password: str = "admin"
    config: tuple[str, ...] = ()
    access_points: int = 0
    members: tuple[Udi, ...] = ()
    replay: Path | None = None
    standing: Path | None = None


@dataclass(frozen=True, slots=True)
class CounterpartPlan:
    """One server of the lab. `forward` names the counterpart a CSLU sends its reports on to.

    `or_any` takes any free port where the wanted one is in use. `tls` is where a CSSM listens for
    HTTPS; without it that is any free port beside the other.
    """

    name: str
    kind: str  # cslu | cssm
    listen: Listen
    forward: str | None = None
    or_any: bool = False
    tls: Listen | None = None


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """The lab's name resolution.

    `hosts` maps a name to an address; `address:port` also replaces the port of the URL, which is
    the lab's port forwarding. `dns_port` is where configured name servers are asked, `ntp_port`
    where NTP servers are; with 0 none is asked, and the names of the table answer as NTP servers.
    """

    hosts: Mapping[str, str] = field(default_factory=dict)
    dns_port: int = DNS_PORT
    ntp_port: int = NTP_PORT

    @property
    def known(self) -> tuple[str, ...]:
        """The names in the table and their addresses: what answers as an NTP server unasked."""
        at = (to.rsplit(":", 1)[0] if to.count(":") == 1 else to for to in self.hosts.values())
        return tuple(sorted({*self.hosts, *at}))


@dataclass(frozen=True, slots=True)
class LabPlan:
    """All of it. `start` None means the present instant; `seed` decides every chance.

    A device without a NETCONF port of its own gets `netconf_base` plus its place among the
    devices, from 0, once `netconf-yang` is configured; with None it gets none.
    """

    name: str = "lab"
    seed: str = "1"
    start: Instant | None = None
    rate: float = 1.0
    network: NetworkPlan = field(default_factory=NetworkPlan)
    counterparts: tuple[CounterpartPlan, ...] = ()
    devices: tuple[DevicePlan, ...] = ()
    yang_folder: Path | None = None  # the operator's own modules, for get-schema
    netconf_base: int | None = None


def console_plan(
    platform: str = "C9300-24T",
    release: str = "17.12.4",
    *,
    cslu_port: int = 0,
    start: Instant | None = None,
    seed: str = "1",
) -> LabPlan:
    """One device with a CSLU and a CSSM of its own, all on loopback, as `slp console` runs them.

    Free ports are taken unless one is given; `cslu-local` leads to the CSLU whatever its port.
    """
    return LabPlan(
        name="console",
        seed=seed,
        start=start,
        counterparts=(
            CounterpartPlan("cssm", "cssm", Listen(LOOPBACK, 0)),
            CounterpartPlan("cslu", "cslu", Listen(LOOPBACK, cslu_port), "cssm", or_any=True),
        ),
        devices=(DevicePlan("switch-1", platform, release, "FOC0000EMU1"),),
        netconf_base=NETCONF_PORT,
    )
