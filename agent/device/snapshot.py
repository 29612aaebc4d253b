"""A whole device as JSON, and the way back: snapshot plus journal lines give the same device.

A root that equals the factory's or the startup's is written as that word, so that restored devices
share roots again.
The order of every mapping is kept, because it means something (order of entry, ascending ids);
so the snapshot of a restored device is byte for byte the one it was restored from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device import config, snapshot_rows
from agent.device.datastore import Stamp
from agent.device.device import Device
from agent.device.files import File
from agent.device.inputs import Job, ReloadPlan, RevertPlan
from agent.device.journal import decode_line
from agent.device.log import LogLine
from agent.device.redundancy import NO_HISTORY, Redundancy
from agent.device.timekeeping import ALONE, Timekeeping
from agent.engine.records import Pending
from agent.engine.state import AgentState
from agent.protocol.messages import Request
from yang.tree import EMPTY, Tree, Value, from_plain, to_plain

FORMAT = 2  # 2: settings moved to where the published model has them
REQUESTS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Request)}


class _Record(msgspec.Struct):
    """What stands in a snapshot, in the order written."""

    format: int
    inputs: int
    latest: Instant
    name: str
    model: str
    release: str
    booted: Instant | None
    reload_reason: str
    clock_offset_ms: int
    clock_authoritative: bool
    level: str
    air_level: str
    access_points: list[Udi]
    jobs: list[Job]
    running: dict[str, Any] | str
    startup: dict[str, Any] | str | None
    changed: Stamp | None
    saved: Stamp | None
    files: dict[str, File]
    next_file: int
    log_lines: list[LogLine]
    log_counts: tuple[int, int, int]
    pending_kinds: dict[int, str]
    agent: msgspec.Raw
    planned: ReloadPlan | None = None
    throughput: str = ""
    debugging: list[str] = []
    redundancy: Redundancy | None = None
    timekeeping: Timekeeping | None = None
    reverting: RevertPlan | None = None


_encode = msgspec.json.encode
# written in a form of their own
_OWN_FORM = frozenset({"pending", "reports", "eventlog", "history"})


def take(device: Device) -> bytes:
    """The whole device as one JSON object."""
    state = device.agent.state
    store = device.datastore
    factory = config.factory_root(device.profile, device.release, device.model)
    log = device.log
    return _encode(
        _Record(
            format=FORMAT,
            inputs=device.inputs,
            latest=device.latest,
            name=device.name,
            model=device.model,
            release=str(device.release),
            booted=device.booted,
            reload_reason=device.reload_reason,
            clock_offset_ms=device.clock_offset_ms,
            clock_authoritative=device.clock_authoritative,
            level=device.level,
            air_level=device.air_level,
            access_points=list(device.access_points),
            jobs=list(device.jobs),
            running=_written(store.running, factory=factory, startup=store.startup),
            startup=None if store.startup is None else _written(store.startup, factory=factory),
            changed=store.changed,
            saved=store.saved,
            files=device.files.entries,
            next_file=device.files.next_index,
            log_lines=list(log.lines),
            log_counts=(log.console_count, log.buffer_count, log.trap_count),
            pending_kinds={n: type(p.message).__name__ for n, p in state.pending.items()},
            agent=msgspec.Raw(agent_text(state)),
            planned=device.planned,
            reverting=device.reverting,
            throughput=device.throughput,
            debugging=sorted(device.debugging),
            redundancy=None if device.redundancy == NO_HISTORY else device.redundancy,
            timekeeping=None if device.timekeeping == ALONE else device.timekeeping,
        )
    )


def agent_text(state: AgentState) -> bytes:
    """The agent's part of a snapshot."""
    return _encode(snapshot_rows.lean(state))


def restore(
    snapshot: bytes,
    lines: Iterable[bytes] = (),
    on_bug: Callable[[Exception], None] | None = None,
) -> Device:
    """The device that wrote this snapshot and these journal lines after it.

    Its link is unplugged and its journal unrecorded; the caller sets both, then calls
    `Device.resend`. Lines that the snapshot includes already are passed over. Raises InputError
    for a damaged or foreign snapshot, and for a line that does not follow the one before; its
    `where` is then `line <number>`. An input that a bug of ours broke breaks here as it did then;
    with `on_bug`, which hears of it, the device goes on after it as it did then.
    """
    device = _device(_record(snapshot))
    for number, line in enumerate(lines, 1):
        try:
            n, given, now = decode_line(line)
        except InputError as error:
            raise InputError(error.what, f"line {number}") from None
        if n <= device.inputs:
            continue
        if n != device.inputs + 1:
            what = f"input {n} follows input {device.inputs}: lines are missing"
            raise InputError(what, f"line {number}")
        try:
            device.replay(given, now)
        except Exception as bug:  # whatever broke this input then breaks it now
            if on_bug is None:
                raise
            on_bug(bug)
    return device


def latest_instant(record: bytes) -> Instant | None:
    """The instant of the last input a snapshot, or one journal line, holds; None for neither."""
    try:
        found = msgspec.json.decode(record, type=_Instants)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return max(found.latest, found.now)


class _Instants(msgspec.Struct):
    latest: Instant = 0
    now: Instant = 0


def _record(snapshot: bytes) -> _Record:
    try:
        version = msgspec.json.decode(snapshot, type=dict[str, msgspec.Raw]).get("format")
        if version is not None and bytes(version) != str(FORMAT).encode():
            raise InputError(
                f"written in format {bytes(version).decode()}, which this version cannot read",
                allowed=f"format {FORMAT}",
            )
        return msgspec.json.decode(snapshot, type=_Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not a device snapshot ({error})") from None


def _device(record: _Record) -> Device:
    state = _agent_state(record)
    device = Device(record.name, record.model, Release.parse(record.release), state)
    device.inputs, device.latest = record.inputs, record.latest
    device.booted = record.booted
    device.reload_reason = record.reload_reason
    device.clock_offset_ms = record.clock_offset_ms
    device.clock_authoritative = record.clock_authoritative
    device.level, device.air_level = record.level, record.air_level
    device.throughput = record.throughput or device.throughput
    device.debugging = frozenset(record.debugging)
    device.redundancy = record.redundancy or NO_HISTORY
    device.timekeeping = record.timekeeping or ALONE
    device.access_points = dict.fromkeys(record.access_points)
    device.jobs = tuple(record.jobs)
    device.planned = record.planned
    device.reverting = record.reverting
    store = device.datastore
    factory = store.running
    if record.startup is not None:
        store.startup = _root(record.startup, factory=factory)
    store.running = _root(record.running, factory=factory, startup=store.startup)
    store.changed, store.saved = record.changed, record.saved
    device.files.entries = record.files
    device.files.next_index = record.next_file
    meaning = device.project(store.running)
    device.zone = meaning.zone
    device.log.restart(meaning.log)
    device.log.restore(record.log_lines, record.log_counts)
    return device


def _written(root: Tree, **known: Tree | None) -> dict[str, Any] | str:
    """The root as JSON carries it: the name of the known one it equals, or all of it."""
    return next((name for name, other in known.items() if root == other), None) or to_plain(root)


def _root(written: dict[str, Any] | str, **known: Tree | None) -> Tree:
    """The inverse of `_written`."""
    if not isinstance(written, str):
        return _sharing(from_plain(written), next(filter(None, known.values()), EMPTY))
    root = known.get(written)
    if root is None:
        raise InputError(f"not a device snapshot (there is no root {written!r})")
    return root


def _sharing(tree: Tree, known: Tree) -> Tree:
    """The same tree with every branch that `known` has too taken from there."""
    parts = {name: _shared(value, known.get(name)) for name, value in tree.items()}
    return type(tree)(parts)


def _shared(value: Value, known: Value) -> Value:
    if value == known:
        return known
    if isinstance(value, dict) and isinstance(known, dict):
        return _sharing(value, known)  # type: ignore[arg-type]
    return value


def _agent_state(record: _Record) -> AgentState:
    """The agent's state, field by field: JSON does not say which request a pending one is."""
    hints = _hints(AgentState)
    try:
        raw = msgspec.json.decode(record.agent, type=dict[str, msgspec.Raw])
        decode = msgspec.json.decode
        usage = decode(raw["usage"]) if "usage" in raw else {}
        values = {
            name: _decoder(hints[name]).decode(text)
            for name, text in raw.items()
            if name not in _OWN_FORM and name in hints
        }
        if "reports" in raw:
            values["reports"] = snapshot_rows.reports_of(decode(raw["reports"]), usage)
            tuple(values["reports"].values())  # every row can be read
        if "history" in raw:
            values["history"] = snapshot_rows.history_of(decode(raw["history"]))
        if "eventlog" in raw:
            values["eventlog"] = snapshot_rows.eventlog_of(decode(raw["eventlog"]))
            tuple(values["eventlog"])
        values["pending"] = {
            int(number): _pending(fields, record.pending_kinds[int(number)])
            for number, fields in _decoder(dict[str, dict[str, msgspec.Raw]])
            .decode(raw["pending"])
            .items()
        }
        return AgentState(**values)
    except (msgspec.DecodeError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"not a device snapshot (agent: {error})") from None


def _pending(fields: dict[str, msgspec.Raw], kind: str) -> Pending:
    hints = {**_hints(Pending), "message": REQUESTS[kind]}
    return Pending(**{name: _decoder(hints[name]).decode(text) for name, text in fields.items()})


@cache
def _hints(record: type[Any]) -> dict[str, Any]:
    return get_type_hints(record)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


class MemoryJournal:
    """The latest snapshot and the lines since, at most `limit` of them, for replays in memory."""

    def __init__(self, device: Device, limit: int = 256) -> None:
        self.limit = limit
        self.snapshot = take(device)
        self.lines: list[bytes] = []

    def append(self, line: bytes) -> None:
        self.lines.append(line)

    def applied(self, device: Device) -> None:
        if len(self.lines) >= self.limit:
            self.snapshot, self.lines = take(device), []

    def restored(self) -> Device:
        """The device as its journal tells it."""
        return restore(self.snapshot, self.lines)
