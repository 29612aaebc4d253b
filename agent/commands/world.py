"""A small world in memory: devices, a CSLU and a CSSM on a fleet's heap, without clock or sockets.

What a lab does over HTTP happens here from deadline to deadline as fast as the machine can, with
the same cores and the same codec. Benchmarks and long runs use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.core.clock import Instant
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.device.fleet import Fleet
from agent.device.network import Conditions, Network
from agent.engine.events import Failure
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm, Unanswered, exchange
from counterparts.records import SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings

CSLU_NAME = "cslu-local"


@dataclass(slots=True)
class World:
    """All of it. `close` gives the records free."""

    fleet: Fleet
    network: Network
    devices: tuple[Device, ...]
    cslu: LinkedCslu
    cssm: Cssm
    close: Callable[[], None]


def make_world(
    now: Instant,
    devices: int = 1,
    *,
    model: str = "C9300-24T",
    release: str = "17.12.4",
    seed: str = "1",
    conditions: Conditions | None = None,
    cssm_settings: CssmSettings | None = None,
) -> World:
    """A CSSM, a CSLU that answers as `cslu-local`, and devices started at `now`."""
    settings = cssm_settings or CssmSettings()
    cssm_records, cslu_records = SqlCssmRecords("sqlite://"), SqlCsluRecords("sqlite://")
    cssm = Cssm(cssm_records, settings, seed)
    cslu = LinkedCslu(Cslu(cslu_records, CsluSettings()), LocalCssm(cssm, settings).carry)
    fleet = Fleet()
    network = Network(fleet, seed, conditions)
    fleet.add(cssm)
    fleet.add(cslu)
    network.serve(CSLU_NAME, _door(cslu), cslu)
    made = tuple(
        _device(network, number, model, release, seed, cssm.anchors, now)
        for number in range(devices)
    )

    def close() -> None:
        cssm_records.close()
        cslu_records.close()

    return World(fleet, network, made, cslu, cssm, close)


def _device(
    network: Network,
    number: int,
    model: str,
    release: str,
    seed: str,
    anchors: tuple[str, ...],
    now: Instant,
) -> Device:
    serial = f"FOC{number:04d}EMU{number % 10}"
    device = new_device(
        f"device-{number + 1}",
        model,
        Release.parse(release),
        serial,
        seed=f"{seed}|{model}:{serial}",
        anchors=anchors,
    )
    network.plug_in(device)
    device.boot(now)
    return device


def _door(cslu: LinkedCslu) -> Callable[[bytes, Instant], bytes | Failure]:
    def post(body: bytes, now: Instant) -> bytes | Failure:
        try:
            return exchange(cslu, body, now)
        except Unanswered as nothing:
            return Failure.HTTP_STATUS if nothing.status else Failure.EMPTY_REPLY

    return post
