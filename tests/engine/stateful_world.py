"""A device with its journal, a CSLU and a CSSM, and links that lose, repeat and reorder.

Nothing is carried inside a step of the device: what it sends waits in `sent`, what comes back in
`arriving`. Each step of the device is watched: `Watch` holds what must never happen.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

from agent.core.clock import DAY, SECOND
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.device.snapshot import MemoryJournal, take
from agent.engine import policy
from agent.engine.config import Transport
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.engine.records import Exchange, Member, Role, RumState, StorageState
from agent.engine.statistics import statistics_of
from agent.protocol import codec
from agent.protocol.messages import UsageReport
from counterparts.cloud import CloudRequest
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings

PID = "C9300-24T"
BOOT = 1_790_000_000_000
UNITS = tuple(Udi(PID, f"FOC0000EMU{n}") for n in range(1, 4))
KINDS_THAT_MOVE = {"reply", "import"}  # with an ACK, a policy or trust inside
KINDS_THAT_SHORTEN = {"usage", "units", "reload"}  # a change: sooner, or the first one


def _reachable() -> dict[str, set[str]]:
    """By the table of agent/engine/states.toml: what a step may make of a report's state."""
    table = tomllib.loads(files("agent.engine").joinpath("states.toml").read_text("utf-8"))
    reached = {old: {old} for old, _, _ in table["report"]} | {"ACK": {"ACK"}}
    for _ in reached:
        for old, _, new in table["report"]:
            for states in reached.values():
                if old in states:
                    states.add(new)
    return reached


REACHABLE = _reachable()


class World:
    """Everything; `now` moves in `advance` alone."""

    def __init__(self, release: str = "17.12.4", seed: str = "stateful") -> None:
        self.cssm_records, self.cslu_records = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
        self.cssm = Cssm(self.cssm_records, CssmSettings(policy="SLE Policy"), seed)
        self.cslu = LinkedCslu(Cslu(self.cslu_records, CsluSettings()), LocalCssm(self.cssm).carry)
        self.portal = Portal(self.cssm)
        self.now = BOOT
        self.fate: Failure | str | None = None  # a failure, "hold", or None: it goes through
        self.sent: list[object] = []
        self.arriving: list[tuple[int, object]] = []  # (when it was answered, event)
        self.device = new_device(
            "sw1",
            PID,
            Release.parse(release),
            UNITS[0].sn,
            seed=seed,
            anchors=self.cssm.anchors,
            others=(Member(UNITS[1], Role.STANDBY),),
        )
        self.device.link = self
        self.journal = MemoryJournal(self.device)
        self.device.journal = self.journal
        self.watch = Watch(self.device)
        self.step("reload", lambda: self.device.boot(self.now))

    def close(self) -> None:
        self.cssm_records.close()
        self.cslu_records.close()

    # --- steps --------------------------------------------------------------------------------

    def step(self, kind: str, do) -> None:
        """One input of the device, watched; then what it sent is carried."""
        self.watch.before(kind)
        do()
        self.watch.after(kind, self.now)
        self.carry()

    def advance(self, ms: int) -> None:
        """Every deadline up to then, of the device and of the CSLU."""
        until = self.now + ms
        while True:
            known = (self.device.next_deadline(), self.cslu.next_deadline())
            due = min((at for at in known if at is not None), default=until + 1)
            if due > until:
                break
            self.now = max(self.now, due)
            if (theirs := known[1]) is not None and theirs <= self.now:
                self.cslu.wake(self.now)
            if (ours := self.device.next_deadline()) is not None and ours <= self.now:
                self.step("time", lambda: self.device.wake(self.now))
        self.now = until

    # --- the link -----------------------------------------------------------------------------

    def send(self, device: Device, send) -> None:
        self.watch.sending(send, self.now)
        self.sent.append(send)

    def carry(self) -> None:
        """Carry what was sent, unless it is held."""
        while self.sent and self.fate != "hold":
            self.answer(self.sent.pop(0))
            self.deliver()

    def answer(self, send) -> None:
        """The server has the request; its answer is on the way."""
        if isinstance(self.fate, Failure):
            self.arriving.append((self.now, SendFailed(send.request_id, self.fate)))
            return
        body = codec.encode_request(send.message, send.signing_key)
        if send.route.transport is Transport.CSLU:
            answer = self.cslu.answer(body, self.now)
        else:
            answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), self.now)
        if answer.silent or answer.status != 200:
            event = SendFailed(send.request_id, Failure.HTTP_STATUS, str(answer.status))
            self.arriving.append((self.now, event))
        else:
            reply = codec.decode_reply(answer.body)
            self.arriving.append((self.now, ReplyReceived(send.request_id, reply)))

    def deliver(self, which: int = 0, *, keep: bool = False) -> None:
        """An answer reaches the device; with `keep` it will come once more."""
        if not self.arriving:
            return
        _, event = self.arriving[which % len(self.arriving)]
        if not keep:
            del self.arriving[which % len(self.arriving)]
        self.step("reply", lambda: self.device.handle(event, self.now))

    def replayed_is_equal(self) -> bool:
        return take(self.journal.restored()) == take(self.device)


class Watch:
    """What must hold across every step of a device."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.known: dict[int, str] = {}  # every report ever seen, by id: its tag
        self.acknowledged: set[int] = set()
        self.missing: set[int] = set()  # lost with the power
        self.states: dict[int, str] = {}  # by report id
        self.credits = 0  # pushes that syncs allow inside the daily limit
        self.in_flight: dict[int, bool] = {}  # request id of a push: did it cost a credit?
        self._deadline = None
        self._push = None
        self._moves = self._syncs = ()

    @property
    def state(self):
        return self.device.agent.state

    def synced(self) -> None:
        self.credits += 1

    def forget(self) -> None:
        """A factory reset: another store, other ids."""
        self.known.clear()
        self.acknowledged.clear()

    def before(self, kind: str) -> None:
        self._deadline = self._date_of_deadline()
        self._moves, self._syncs = self._reasons_to_move(), self._trust_syncs()

    def sending(self, send, now: int) -> None:
        """The daily limit: no second push within 24 h of the last accepted one, but by sync."""
        if not isinstance(send.message, UsageReport):
            return
        last = self.state.pushed
        rule = self.device.release.has("daily_report_limit")
        limited = rule and last is not None and now - last < DAY
        if limited:
            assert self.credits > 0, "a second push within 24 hours without a sync"
            self.credits -= 1
        self.in_flight[send.request_id] = limited

    def after(self, kind: str, now: int) -> None:
        self._check_limit()
        self._check_deadline(kind)
        self._check_reports()
        due = self.device.next_deadline()
        assert due is None or due >= now - SECOND * (kind != "time"), f"{kind}: a deadline is past"
        assert kind != "time" or due is None or due > now, "what was due is still due"

    def _check_limit(self) -> None:
        """A push that was not accepted gives back what it cost."""
        push = self.state.pushed
        for request_id in [n for n in self.in_flight if n not in self.state.pending]:
            cost = self.in_flight.pop(request_id)
            if cost and push == self._push:
                self.credits += 1
        self._push = push

    def _check_deadline(self, kind: str) -> None:
        old, new = self._deadline, self._date_of_deadline()
        if old == new:
            return
        if kind in KINDS_THAT_MOVE:
            self._check_reply(kind, old, new)
        elif kind in KINDS_THAT_SHORTEN:
            assert new is not None and (old is None or new < old), f"{kind}: {old} to {new}"
        else:
            assert kind == "time" and old is None, f"{kind} moved the deadline: {old} to {new}"

    def _date_of_deadline(self) -> int | None:
        """By the device's own calendar, as it is printed: setting the clock does not move it."""
        deadline = self.state.usage_reporting.next_ack_deadline
        return None if deadline is None else deadline + self.state.clock_offset

    def _check_reply(self, kind: str, old: int | None, new: int | None) -> None:
        """An ACK, a policy or a trust code moves it, and a Trust Sync of who has an ACK; a push
        that was taken ends it where nothing more is required."""
        synced = self.state.counters.acknowledged and self._trust_syncs() != self._syncs
        if new is None and not synced:
            required = any(use.count for use in self.state.usage.values())
            frequent = policy.frequency_days(self.state)
            assert not (required and frequent), f"{kind} took the deadline {old} away"
        else:
            moved = self._reasons_to_move() != self._moves
            assert moved or synced, f"{kind} without an ACK moved the deadline: {old} to {new}"

    def _reasons_to_move(self) -> tuple[object, ...]:
        state = self.state
        codes = tuple((short, code.installed) for short, code in state.trust.items())
        return state.counters.acknowledged, state.policy.installed, codes

    def _trust_syncs(self) -> tuple[object, ...]:
        found = statistics_of(self.state, Exchange.TRUST_SYNC)
        return found.success, found.last_success

    def _check_reports(self) -> None:
        reports = self.state.reports
        top = max(self.known, default=0)
        fresh = [n for n in reports if n not in self.known]
        assert all(n > top for n in fresh), "a report id is used again, or went back"
        assert list(reports) == sorted(reports)
        self.known.update((n, reports[n].entitlement_tag) for n in fresh)
        gone = self.known.keys() - reports.keys()
        done = self.acknowledged | self.missing
        assert gone <= done or self.state.counters.purged, "a report is lost"
        for number, report in reports.items():
            before = self.states.get(number, "[*]")
            assert report.state.value in REACHABLE[before], f"{before} to {report.state.value}"
            self.states[number] = report.state.value
            assert report.entitlement_tag == self.known[number]
            if report.storage is StorageState.MISSING:
                self.missing.add(number)
            if report.state is RumState.ACK:
                self.acknowledged.add(number)
            else:
                assert number not in self.acknowledged, "an acknowledged report came back"
        assert self.state.counters.acknowledged == len(self.acknowledged), "acknowledged twice"
        assert self.state.counters.missing == len(self.missing), "lost without being counted"
        used = {tag for tag, use in self.state.usage.items() if use.count}
        opened = [r.entitlement_tag for r in reports.values() if r.state is RumState.OPEN]
        assert sorted(opened) == sorted(used), "one open report for each licence in use"
