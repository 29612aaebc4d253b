"""What all NETCONF sessions of one device share: who is there, locks, the candidate, counters.

A server is made when the first session comes and lives as long as the device runs NETCONF. It
answers nothing itself; `session` and the operations work on it. Locks end with their session, and
so does what a session that locked the candidate left in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.dates import Zone, local
from agent.device.device import Device
from agent.netconf.capabilities import Announced, announced
from agent.netconf.kept import Kept
from agent.netconf.native import Shown, visible
from agent.netconf.rpc_errors import RpcError
from yang.tree import Tree, get

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession

RUNNING, CANDIDATE, STARTUP = "running", "candidate", "startup"


@dataclass(slots=True)
class Statistics:
    """Counters of RFC 6022, of a session or of the whole server."""

    in_rpcs: int = 0
    in_bad_rpcs: int = 0
    out_rpc_errors: int = 0
    out_notifications: int = 0
    in_sessions: int = 0
    dropped_sessions: int = 0
    in_bad_hellos: int = 0


@dataclass(frozen=True, slots=True)
class Lock:
    """A global lock of a datastore."""

    session_id: int
    since: Instant


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the candidate holds, and the running root it was begun from."""

    base: Tree
    root: Tree


@dataclass(slots=True)
class NetconfServer:
    """The shared part. Sessions are kept by number; a number never comes again."""

    device: Device
    started: Instant
    sessions: dict[int, NetconfSession] = field(default_factory=dict)
    last_id: int = 0
    locks: dict[str, Lock] = field(default_factory=dict)
    candidate: Candidate | None = None
    statistics: Statistics = field(default_factory=Statistics)
    transactions: int = 0
    kept: Kept = field(default_factory=Kept)

    @property
    def has_candidate(self) -> bool:
        """Is `netconf-yang feature candidate-datastore` configured?"""
        return bool(
            get(
                self.device.datastore.running,
                ("native", "netconf-yang-feature", "candidate-datastore"),
            )
        )

    @property
    def announced(self) -> Announced:
        """What this device's sessions are told at present."""
        return announced(self.device.release, self.has_candidate)

    @property
    def shown(self) -> Shown:
        """What the views show beside the configuration."""
        return Shown(self.device.release.train, self.device.udi)

    def root(self, datastore: str) -> Tree:
        """The stored root of a datastore; an unchanged candidate is the running one."""
        if datastore == CANDIDATE and self.candidate is not None:
            return self.candidate.root
        return self.device.datastore.running

    def views(self, datastore: str) -> Tree:
        """The views of a datastore, by the names of their top nodes."""
        return visible(self.root(datastore), self.shown)

    def join(self, session: NetconfSession) -> int:
        """A session has come; returns its number."""
        self.last_id += 1
        self.sessions[self.last_id] = session
        self.statistics.in_sessions += 1
        return self.last_id

    def leave(self, session_id: int) -> None:
        """A session is gone: its locks go, and the candidate it had locked is as running again."""
        if self.sessions.pop(session_id, None) is None:
            return
        held = [name for name, lock in self.locks.items() if lock.session_id == session_id]
        for name in held:
            del self.locks[name]
            if name == CANDIDATE:
                self.candidate = None
        if not self.sessions:
            self.kept = Kept()  # an idle device keeps nothing for nobody

    def must_be_free(self, datastore: str, session_id: int, now: Instant) -> None:
        """Raises the rpc-error `in-use` where another session has locked the datastore."""
        lock = self.locks.get(datastore)
        if lock is not None and lock.session_id != session_id:
            raise RpcError(
                "application",
                "in-use",
                self.lock_message(lock),
                info=(("session-id", str(lock.session_id)),),
            )

    def lock_message(self, lock: Lock) -> str:
        """Who holds a lock, in the device's words. # source: lock-message"""
        holder = self.sessions[lock.session_id]
        at = local(lock.since + self.device.clock_offset_ms)
        return (
            f"the configuration database is locked by session {lock.session_id} {holder.user} "
            f"netconf-ssh ({holder.user} from {holder.source}) on since {at:%Y-%m-%d %H:%M:%S}"
        )


def enabled(root: Tree) -> bool:
    """Is `netconf-yang` configured?"""
    return bool(get(root, ("native", "netconf-yang")))


def yang_time(instant: Instant | None, zone: Zone, offset_ms: int = 0) -> str:
    """`2026-01-05T10:11:12+00:00`; the epoch where there is no date. # source: state-dates"""
    if instant is None:
        return "1970-01-01T00:00:00+00:00"
    sign = "-" if zone.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(zone.offset_minutes), 60)
    return f"{local(instant + offset_ms, zone):%Y-%m-%dT%H:%M:%S}{sign}{hours:02d}:{minutes:02d}"
