"""Secrets typed at the CLI draw salts beside the journal: a replay still makes the same device."""

from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.device.config import users
from agent.device.snapshot import MemoryJournal, take
from agent.engine.events import SavedUsage, UsageSaved
from tests.device.devices import NOON, booted, play

LATER = NOON + 600_000


def test_a_replay_after_secrets_were_typed_draws_the_same():
    device = booted()
    device.journal = journal = MemoryJournal(device, limit=10_000)
    session = CliSession(device, Line(privilege=15))
    session.start(LATER)
    session.feed("\rconfigure terminal\r", LATER)
    for name in ("ann", "bob"):
        session.feed(f"username {name} secret same\r", LATER)
    session.feed("end\r", LATER)
    play(device, LATER + 600_000)
    device.handle(UsageSaved("flash:u.xml", SavedUsage.ALL), LATER + 600_000)
    assert take(journal.restored()) == take(device)
    stored = [u.secret for u in users(device.datastore.running)]
    assert len(stored) == 2
    assert stored[0] != stored[1]
