"""What all NETCONF sessions of one device share: who is there, locks, the candidate, counters.

A server is made when the first session comes and lives as long as the device runs NETCONF. It
answers nothing itself; `session` and the operations work on it. Locks end with their session, and
so does what a session that locked the candidate left in it. It hears the device: what changes there
goes to the log of events, and to the sessions that subscribed. `next_deadline` and `wake` make it a
node of the lab's time: the ends of subscriptions, pushes and confirmed commits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.dates import Zone, local
from agent.device.config_network import ports
from agent.device.device import Device
from agent.netconf import events
from agent.netconf.capabilities import Announced, announced
from agent.netconf.confirm import Confirming
from agent.netconf.events import Event, EventLog
from agent.netconf.kept import Kept
from agent.netconf.limits import LIMITS, Limits
from agent.netconf.native import Shown, changes, visible
from agent.netconf.own_texts import NOTHING, OwnTexts
from agent.netconf.partial import PartialLock
from agent.netconf.rpc_errors import RpcError
from yang.tree import Tree, get

if TYPE_CHECKING:
    from agent.netconf.session import NetconfSession

RUNNING, CANDIDATE, STARTUP = "running", "candidate", "startup"
NETCONF, SNMP = "NETCONF", "snmpevents"  # source: netconf-notifications
STREAMS = (NETCONF, SNMP)
_PORTS = ("native", "interface")
INNER = "http://localhost:8008"  # source: schema-url
FIRST_SUBSCRIPTION = 2_147_483_648  # source: yang-push (dynamic ones are numbered from here)


def nothing_to_do() -> None:
    """Nobody wants to know."""


def nobody_reads(now: Instant) -> None:
    """Nobody is there to send something to."""


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
    limits: Limits = LIMITS
    partial_locks: dict[int, PartialLock] = field(default_factory=dict)
    last_lock: int = 0
    confirming: Confirming | None = None
    editor: NetconfSession | None = None  # whose edit the device carries out at present
    subscribers: dict[int, NetconfSession] = field(default_factory=dict)
    last_subscription: int = FIRST_SUBSCRIPTION
    logs: dict[str, EventLog] = field(default_factory=dict)
    own_texts: OwnTexts = NOTHING  # the operator's YANG modules
    web: str = ""  # where RESTCONF of the device answers, as https://address:port
    mode_changed: Callable[[], None] = nothing_to_do  # the features are others: sessions must end
    link_changes: dict[str, Instant] = field(default_factory=dict)  # of interfaces, by name
    _seen: Tree | None = None  # the running root told of last

    def __post_init__(self) -> None:
        self.logs = {name: EventLog(self.started) for name in STREAMS}
        self._seen = self.device.datastore.running

    @property
    def has_candidate(self) -> bool:
        """Is `netconf-yang feature candidate-datastore` configured?"""
        return candidate_of(self.device.datastore.running)

    @property
    def announces_confirmed(self) -> bool:
        """Are confirmed commits announced?"""
        return self.has_candidate and self.limits.confirmed_commit

    @property
    def announced(self) -> Announced:
        """What this device's sessions are told at present."""
        return announced(self.device.release, self.has_candidate, self.limits.confirmed_commit)

    @property
    def web_root(self) -> str:
        """What the URLs of module texts begin with: RESTCONF, or what stands behind it.

        Without RESTCONF it is an address nobody outside the device can reach. # source: schema-url
        """
        return self.web if self.web and restconf_enabled(self.device.datastore.running) else INNER

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
        """The views of a datastore, by the keys of their top nodes."""
        return visible(self.root(datastore), self.shown)

    def join(self, session: NetconfSession) -> int:
        """A session has come; returns its number."""
        self.last_id += 1
        self.sessions[self.last_id] = session
        self.statistics.in_sessions += 1
        return self.last_id

    def leave(self, session_id: int, now: Instant, reason: str, killed_by: int = 0) -> None:
        """A session is gone: its locks go, and the candidate it had locked is as running again.

        A confirmed commit that only it could have confirmed is taken back.
        """
        gone = self.sessions.pop(session_id, None)
        if gone is None:
            return
        self.subscribers.pop(session_id, None)
        for number in [n for n, p in self.partial_locks.items() if p.session_id == session_id]:
            del self.partial_locks[number]
        held = [name for name, lock in self.locks.items() if lock.session_id == session_id]
        for name in held:
            del self.locks[name]
            if name == CANDIDATE:
                self.candidate = None
        if not self.sessions:
            self.kept = Kept()  # an idle device keeps nothing for nobody
        if self.confirming is not None and self.confirming.ends_with(session_id):
            self.take_back(now, "cancel", gone)
        if gone.greeted or reason == "bad-hello":
            self.tell(events.session_ended(gone, reason, killed_by), now)

    # --- what happens, and who is told ----------------------------------------------------------

    def watch(self) -> None:
        """Hear the device from now on: its log and every change."""
        device, told = self.device, self.device.changed

        def changed(device: Device) -> None:
            told(device)
            self._changed()

        device.changed, device.logged, device.netconf = changed, self._logged, self

    def tell(self, content: bytes, now: Instant) -> None:
        """An event has happened: it goes to the log, and to who has subscribed."""
        self.logs[NETCONF].add(Event(now, content))
        self._rouse(now)

    def next_deadline(self) -> Instant | None:
        """When `wake` is needed next."""
        deadlines = [session.next_deadline() for session in self.subscribers.values()]
        if self.confirming is not None:
            deadlines.append(self.confirming.deadline)
        return min((at for at in deadlines if at is not None), default=None)

    def wake(self, now: Instant) -> None:
        """Do what is due."""
        if self.confirming is not None and self.confirming.deadline <= now:
            self.take_back(now, "timeout")
        self._rouse(now)

    def log_edit(self, user: str, now: Instant) -> None:
        """Log that running was edited. # source: dmi-config"""
        fields = {"user": user, "transaction": str(self.transactions), "place": place(self.device)}
        self.device.syslog("DMI.CONFIG_I", fields, now)

    def take_back(self, now: Instant, why: str, session: NetconfSession | None = None) -> None:
        """End a confirmed commit: running becomes what it was before."""
        assert self.confirming is not None
        before, self.confirming = self.confirming.before, None
        edits = changes(self.root(RUNNING), before)
        if edits:
            self.device.commit(edits, now, by=session.user if session else "system")
        self.tell(events.confirmed_commit(session, why, None), now)

    def _rouse(self, now: Instant) -> None:
        for session in tuple(self.subscribers.values()):
            if session.has_news(now):
                session.awake(now)

    def _logged(self, device: Device, mnemonic: str, text: str, now: Instant) -> None:
        """Keep it only: the device is at work, and `changed` follows."""
        for content in events.licence_events(mnemonic, text):
            self.logs[NETCONF].add(Event(now, content))

    def _changed(self) -> None:
        root, before, now = self.device.datastore.running, self._seen, self.device.latest
        if root is not before and before is not None:
            self._seen = root
            self._note_links(before, root, now)
            shown, schema = self.shown, self.announced.schema
            views = visible(before, shown), visible(root, shown)
            self.tell(events.config_change(*views, schema, self.editor), now)
            had = announced(
                self.device.release, candidate_of(before), self.limits.confirmed_commit
            ).capabilities
            if candidate_of(before) != self.has_candidate:
                self.tell(events.capability_change(had, self.announced.capabilities), now)
                self.tell(events.library_update(self.announced), now)
                self.mode_changed()
        self._rouse(now)

    def _note_links(self, before: Tree, root: Tree, now: Instant) -> None:
        """Keep when an interface went up or down, or came."""
        if get(before, _PORTS) is not get(root, _PORTS):
            was = {port.name: port.up for port in ports(before)}
            changed = [port.name for port in ports(root) if was.get(port.name) is not port.up]
            self.link_changes |= dict.fromkeys(changed, now)

    # --- locks ----------------------------------------------------------------------------------

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

    def lock_message(self, lock: Lock | PartialLock) -> str:
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


def restconf_enabled(root: Tree) -> bool:
    """Is `restconf` configured, and the secure server that carries it?"""
    return bool(get(root, ("native", "restconf"))) and secure_server(root)


def secure_server(root: Tree) -> bool:
    """Is `ip http secure-server` configured?"""
    return bool(get(root, ("native", "ip", "http", "secure-server")))


def place(device: Device) -> str:
    """Where the daemon runs, as its messages say. # source: auth-passed"""
    return "Switch 1 R0/0" if device.profile.kind == "switch" else "R0/0"


def candidate_of(root: Tree) -> bool:
    """Is the candidate datastore configured?"""
    return bool(get(root, ("native", "netconf-yang-feature", "candidate-datastore")))


def yang_time(instant: Instant | None, zone: Zone, offset_ms: int = 0) -> str:
    """`2026-01-05T10:11:12+00:00`; the epoch where there is no date. # source: state-dates"""
    if instant is None:
        return "1970-01-01T00:00:00+00:00"
    sign = "-" if zone.offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(zone.offset_minutes), 60)
    return f"{local(instant + offset_ms, zone):%Y-%m-%dT%H:%M:%S}{sign}{hours:02d}:{minutes:02d}"
