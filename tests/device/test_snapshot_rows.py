"""What a snapshot leaves out, that it comes back, and that older ones can still be read."""

import msgspec

from agent.core.clock import DAY
from agent.device.snapshot import restore, take
from agent.device.snapshot_rows import lean
from agent.engine.packed import Packed
from tests.device.devices import NOON, booted, play
from tests.engine.pair import settled

LIMIT = 10 * 1024


def test_a_settled_agent_takes_less_than_ten_kilobytes():
    pair = settled().pass_time(30 * DAY)
    assert pair.state.trust and pair.usage_reporting.last_ack_received
    assert len(msgspec.json.encode(lean(pair.state))) < LIMIT


def test_what_was_left_out_is_there_again():
    device = booted()
    play(device, NOON + DAY)
    again = restore(take(device))
    assert again.agent.state == device.agent.state
    assert take(again) == take(device)


def test_a_snapshot_with_all_its_names_is_read_as_before():
    device = booted()
    play(device, NOON + DAY)
    whole = msgspec.json.decode(take(device))
    whole["agent"] = msgspec.to_builtins(device.agent.state, str_keys=True)
    assert isinstance(whole["agent"]["reports"], dict)
    events = Packed()
    events.refill(device.agent.state.eventlog.rows)
    whole["agent"]["eventlog"]["rows"] = msgspec.to_builtins(events)
    again = restore(msgspec.json.encode(whole))
    assert again.agent.state == device.agent.state
