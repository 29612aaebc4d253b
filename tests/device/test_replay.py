"""A journal replays to the same device, whatever happened and wherever it is cut."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError
from agent.device.journal import decode_line, encode_line
from agent.device.snapshot import MemoryJournal, restore, take
from agent.engine.events import (
    EventlogCleared,
    FactoryResetAsked,
    Failure,
    FileImported,
    ReplyReceived,
    ReportsClosed,
    Scope,
    SendFailed,
    SyncAsked,
    UsageRead,
    UsageSaved,
)
from agent.protocol.messages import ConnectInfo, Reply, StatusCode
from tests.device.devices import (
    ESSENTIALS,
    HOSTNAME,
    NOON,
    SMALL_LOG,
    TRANSPORT_OFF,
    booted,
    edit,
    unbooted,
)
from yang.tree import Edit, parse_path


def answered(status, **fields):
    """Answer the oldest request in flight, as a server with this status would."""

    def happen(device, now):
        pending = device.agent.state.pending
        if pending:
            number = next(iter(pending))
            reply = Reply(pending[number].message.nonce, status, server_time=now, **fields)
            device.handle(ReplyReceived(number, reply), now)

    return happen


def failed(failure):
    def happen(device, now):
        pending = device.agent.state.pending
        if pending:
            device.handle(SendFailed(next(iter(pending)), failure, "500"), now)

    return happen


def asked(event):
    return lambda device, now: device.handle(event, now)


def committed(*edits):
    return lambda device, now: device.commit(edits, now, by="admin")


HAPPENINGS = {
    "nothing": lambda device, now: None,
    "hostname": committed(HOSTNAME),
    "off": committed(TRANSPORT_OFF),
    "cslu": committed(Edit("delete", parse_path("native/license/smart/transport-type"))),
    "smart": committed(edit("native/license/smart/transport-type", "smart")),
    "interval": committed(edit("native/license/smart/usage/interval", 7)),
    "log size": committed(SMALL_LOG),
    "level": committed(*ESSENTIALS),
    "row": committed(edit("native/vrf/definition[blue]")),
    "save": lambda device, now: device.save(now, "admin"),
    "erase": lambda device, now: device.erase_startup(now),
    "reload": lambda device, now: device.reload(now),
    "use": lambda device, now: device.use("dna-advantage", now % 3, now),
    "write": lambda device, now: device.write_file(f"f{now % 4}", "tëxt\n", now),
    "delete": lambda device, now: device.delete_file("f1", now),
    "clock": lambda device, now: device.set_clock(now + 90 * DAY, now),
    "message": lambda device, now: device.syslog(
        "SYS.CONFIG_I", {"source": "console", "by": "a"}, now
    ),
    "clear": lambda device, now: device.clear_log(now),
    "sync": asked(SyncAsked(Scope.ALL)),
    "import": asked(FileImported("<not a licence file>")),
    "saved usage": asked(UsageSaved("flash:/usage.xml")),
    "closed reports": asked(ReportsClosed()),
    "read usage": asked(UsageRead()),
    "eventlog": asked(EventlogCleared()),
    "factory reset": asked(FactoryResetAsked()),
    "ok": answered(
        StatusCode.OK, connect=ConnectInfo("CSLU_V1", "v1", ("UTILITY", "POLICY_USAGE"))
    ),
    "poll": answered(StatusCode.OK_POLL, retry_time_seconds=60, poll_id="17"),
    "again": answered(StatusCode.OK_TRY_AGAIN, retry_time_seconds=60),
    "garbage": answered(StatusCode.OK, licence_files=("<garbage",)),
    "refused": answered(StatusCode.FAILED, message="no"),
    "unresolved": failed(Failure.UNRESOLVED),
    "timed out": failed(Failure.TIMED_OUT),
}
PAUSES = (0, SECOND, 49 * SECOND, 3 * MINUTE, HOUR, DAY, 31 * DAY)
STEPS = st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.sampled_from(PAUSES))
LIVES = st.lists(STEPS, max_size=40)


def live(device, life):
    """Let time pass and things happen; at most so many deadlines each time."""
    now = NOON
    for name, pause in life:
        now += pause
        for _ in range(300):
            deadline = device.next_deadline()
            if deadline is None or deadline > now:
                break
            device.wake(deadline)
        HAPPENINGS[name](device, now)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(life=LIVES, limit=st.integers(1, 30))
def test_journal_replays_to_the_same_bytes(life, limit):
    device = unbooted()
    device.journal = MemoryJournal(device, limit)
    device.boot(NOON)
    live(device, life)
    assert take(device.journal.restored()) == take(device)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(life=LIVES, later=LIVES)
def test_restored_device_lives_on_as_the_other_would(life, later):
    device = unbooted()
    device.journal = MemoryJournal(device, 10_000)
    device.boot(NOON)
    live(device, life)
    restored = device.journal.restored()
    live(device, [("nothing", 40 * DAY), *later])
    live(restored, [("nothing", 40 * DAY), *later])
    assert take(restored) == take(device)


def test_replay_sends_nothing_and_resend_sends_what_is_pending():
    device = booted()
    device.journal = MemoryJournal(device)
    live(device, [("nothing", 3 * MINUTE), ("sync", SECOND)])
    restored = device.journal.restored()
    sent = []

    class Wire:
        def send(self, device, send):
            sent.append(send)

    restored.link = Wire()
    assert sent == []
    restored.resend()
    assert [send.request_id for send in sent] == list(device.agent.state.pending)
    assert all(send in device.link.sent for send in sent)


def test_restored_devices_share_the_factory_root():
    device = booted()
    assert restore(take(device)).datastore.running is device.datastore.running


def test_gap_in_the_lines_is_damage():
    device = booted()
    journal = device.journal = MemoryJournal(device)
    live(device, [("save", SECOND)] * 3)
    with pytest.raises(InputError, match="lines are missing"):
        restore(journal.snapshot, [journal.lines[0], *journal.lines[2:]])


def test_lines_say_what_and_when():
    device = booted()
    journal = device.journal = MemoryJournal(device)
    device.handle(SyncAsked(Scope.ALL), NOON + 5)
    assert journal.lines == [
        b'{"n":2,"now":%d,"kind":"AgentEvent","event":"SyncAsked","data":{"scope":"all"}}'
        % (NOON + 5)
    ]


def test_every_line_reads_back_as_what_was_written():
    device = booted()
    journal = device.journal = MemoryJournal(device, 10_000)
    live(device, [(name, MINUTE) for name in sorted(HAPPENINGS)])
    for line in journal.lines:
        assert encode_line(*decode_line(line)) == line
