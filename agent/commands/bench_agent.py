"""`slp bench agent silent state`: what a year of one device costs, and how large its agent gets.

A year is lived once with its CSLU and CSSM in memory, and its journal kept. Then a twin of the
device lives it again from that journal, without a server: the processor time of that is the
device's own. A year that the twin ends in another state was not measured and raises.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from types import BuiltinFunctionType, FunctionType, ModuleType

import msgspec

from agent.commands.figures import Figure
from agent.commands.world import CSLU_NAME, World, make_world
from agent.core.clock import DAY, MINUTE, Instant
from agent.device import snapshot
from agent.device.device import Device
from agent.device.inputs import DeviceInput
from agent.device.journal import decode_line
from agent.engine.actions import Send
from agent.engine.events import Failure, TimeReached
from agent.protocol import signing
from agent.protocol.codec import encode_request
from yang.tree import Edit, parse_path

# 2026-10-06 12:00:00 UTC; any instant will do
START: Instant = 1_791_288_000_000
YEAR = 365
_PIECES = 60  # of a life that is measured
_DAILY = Edit("set", parse_path("native/license/smart/usage/interval"), 1)
_MORE = ("network-essentials", "dna-essentials")  # beside the two of the default level
_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType)


@dataclass(slots=True)
class Life:
    """A device's life: how it was at first, its inputs since, what the whole world cost."""

    device: Device
    first: bytes
    lines: list[bytes] = field(default_factory=list)
    seconds: float = 0.0

    def append(self, line: bytes) -> None:
        self.lines.append(line)

    def applied(self, device: Device) -> None:
        return None

    def inputs(self) -> list[tuple[DeviceInput, Instant]]:
        return [(given, now) for _, given, now in map(decode_line, self.lines)]


class Writing:
    """A link that writes each request as its bytes and carries none."""

    def send(self, device: Device, send: Send) -> None:
        encode_request(send.message, send.signing_key)


def agent(days: int = YEAR) -> list[Figure]:
    """Four licences and a report a day, beside the cryptography that it cannot do without."""
    life = _life(_report_daily, days)
    reports = life.device.agent.state.counters.acknowledged
    if reports < 4 * (days - 2):
        raise RuntimeError(f"only {reports} reports were acknowledged: nothing was measured")
    what = f"{days} days, 4 licences, a report a day"
    return [
        Figure(f"{what}: device", _again(life), "s", 0.25 * days / YEAR),
        Figure("  of it signing reports, verifying answers", _cryptography(reports, days), "s"),
        Figure(f"{what}: device, requests written", _again(life, written=True), "s"),
        Figure(f"{what}: with CSLU and CSSM", life.seconds, "s"),
    ]


def silent(days: int = YEAR) -> list[Figure]:
    """A device whose CSLU never answers: a Hello each hour, and what the log says of it."""
    life = _life(_fall_silent, days)
    tries = life.device.agent.state.statistics["Hello Message"].total
    what = f"{days} days, a CSLU that never answers"
    return [
        Figure(f"{what}: device", _again(life), "s", 0.25 * days / YEAR),
        Figure(f"{what}: device, requests written", _again(life, written=True), "s"),
        Figure("tries", tries, ""),
    ]


def state(days: int = YEAR) -> list[Figure]:
    """The agent's state of a settled device, in memory and in a snapshot; and an idle `handle`."""
    rows = []
    for what, prepare in (("2 licences", _nothing), ("4 licences, a report a day", _report_daily)):
        one, other = _settled(prepare, days)
        written = _written(one)
        rows += [
            Figure(f"agent's state, {what}: memory", _own_memory(one, other) / 1024, "KiB", 10),
            Figure(f"agent's state, {what}: snapshot", written / 1024, "KiB", 10),
        ]
    return [*rows, Figure("`handle` with nothing to do", _idle(one), "µs", 20)]


# --- lives ----------------------------------------------------------------------------------


def _nothing(world: World) -> None:
    """A device as it comes from its box."""


def _report_daily(world: World) -> None:
    now = START + MINUTE
    world.fleet.run_until(now)
    for device in world.devices:
        device.commit((_DAILY,), now)
        for feature in _MORE:
            device.use(feature, 1, now)


def _fall_silent(world: World) -> None:
    world.network.serve(CSLU_NAME, lambda body, now: Failure.TIMED_OUT)


def _life(prepare: Callable[[World], None], days: int) -> Life:
    """Let a device live so many days."""
    world = make_world(START)
    device = world.devices[0]
    life = Life(device, snapshot.take(device))
    device.journal = life
    prepare(world)
    began = time.process_time()
    world.fleet.run_until(START + days * DAY)
    life.seconds = time.process_time() - began
    world.close()
    return life


def _again(life: Life, *, written: bool = False) -> float:
    """Processor time of the device alone for the same life: the best of five for each piece of it,
    so that what else the machine did meanwhile counts little.

    No signature was judged before. What the life weighs here is no garbage of the device's.
    """
    best: list[float] = []
    for _ in range(5):
        twin, inputs = snapshot.restore(life.first), life.inputs()
        if written:
            twin.link = Writing()
        signing.forget_judgements()
        gc.collect()
        gc.freeze()
        size = len(inputs) // _PIECES + 1
        pieces = (inputs[start : start + size] for start in range(0, len(inputs), size))
        spent = [_spent(twin, piece) for piece in pieces]
        best = [min(times) for times in zip(best or spent, spent, strict=True)]
    gc.unfreeze()  # not before: what the process holds is looked through once
    if snapshot.take(twin) != snapshot.take(life.device):
        raise RuntimeError("the twin lived another life: nothing was measured")
    return sum(best)


def _spent(device: Device, inputs: list[tuple[DeviceInput, Instant]]) -> float:
    began = time.process_time()
    for given, now in inputs:
        device.replay(given, now)
    return time.process_time() - began


def _cryptography(reports: int, days: int) -> float:
    """Seconds for one signature a report, and one that is verified a day: that of its ACK."""
    key = signing.private_key(signing.scalar(b"bench" * 8))
    certificate = key.public_key()
    digest = sha256(bytes(900)).digest()
    signature = key.sign(digest, signing.SIGNING)
    signed = _quickest(lambda: key.sign(digest, signing.SIGNING))
    verified = _quickest(lambda: certificate.verify(signature, digest, signing.SIGNING))
    return reports * signed + days * verified


def _quickest(step: Callable[[], object], count: int = 50) -> float:
    """Seconds of one step, by the best of some runs of so many."""
    best = float("inf")
    for _ in range(20):
        began = time.process_time()
        for _ in range(count):
            step()
        best = min(best, time.process_time() - began)
    return best / count


# --- sizes ----------------------------------------------------------------------------------


def _settled(prepare: Callable[[World], None], days: int) -> tuple[Device, ...]:
    """Two devices of one lab after so many days."""
    world = make_world(START, 2)
    prepare(world)
    world.fleet.run_until(START + days * DAY)
    world.close()
    return world.devices


def _own_memory(one: Device, other: Device) -> int:
    """Bytes that an agent's state keeps for itself: what both devices have is shared."""
    own, shared = _reached(one.agent.state), _reached(other.agent.state)
    return sum(sys.getsizeof(item) for number, item in own.items() if number not in shared)


def _written(device: Device) -> int:
    """Bytes of the agent's part of a snapshot without what is the same for all devices."""
    found = msgspec.json.decode(
        snapshot.agent_text(device.agent.state), type=dict[str, msgspec.Raw]
    )
    return sum(len(text) for name, text in found.items() if name not in ("anchors", "signers"))


def _reached(top: object) -> dict[int, object]:
    found: dict[int, object] = {}
    waiting = [top]
    while waiting:
        item = waiting.pop()
        if id(item) not in found and not isinstance(item, _SHARED):
            found[id(item)] = item
            waiting += _referents(item)
    return found


def _referents(item: object) -> list[object]:
    """What an object holds; the garbage collector knows nothing of most structs."""
    if isinstance(item, msgspec.Struct):
        return [getattr(item, name) for name in item.__struct_fields__]
    return gc.get_referents(item)


def _idle(device: Device, count: int = 20_000) -> float:
    """Microseconds of a `handle` before anything is due."""
    smart_agent, now = device.agent, device.latest
    deadline = smart_agent.next_deadline()
    if deadline is None or deadline <= now:
        raise RuntimeError("something is due: an idle turn cannot be measured")
    event = TimeReached()
    began = time.process_time()
    for _ in range(count):
        smart_agent.handle(event, now)
    return (time.process_time() - began) / count * 1e6
