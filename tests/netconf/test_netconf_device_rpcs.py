"""The operations of cisco-ia: checkpoint, rollback, revert and the state of the datastores."""

import pytest

from agent.core.clock import MINUTE
from agent.device.inputs import Reverting
from tests.netconf.client import NATIVE, NOW, Client, error_of

IA = "http://cisco.com/yang/cisco-ia"
RUNS = "<target-url>running-config</target-url>"
HOST = f'<native xmlns="{NATIVE}"><hostname>{{}}</hostname></native>'


def result(client, name, body=""):
    reply = client.rpc(f'<{name} xmlns="{IA}">{body}</{name}>')
    return {leaf.tag.rpartition("}")[2]: leaf.text for leaf in reply}


def error(client, name, body=""):
    return error_of(client.rpc(f'<{name} xmlns="{IA}">{body}</{name}>'))


@pytest.fixture
def archiving(client, switch):
    client.edit(f'<native xmlns="{NATIVE}"><archive><path>flash:kept</path></archive></native>')
    return client


def test_a_checkpoint_is_a_file_that_a_rollback_takes(archiving, switch):
    name = result(archiving, "checkpoint")["result"]
    assert name.startswith("flash:kept-") and name.endswith("-UTC-0")
    archiving.edit(HOST.format("later"))
    body = f"<target-url>{name}</target-url>"
    assert result(archiving, "rollback", body) == {"result": "Rollback Done"}
    assert "later" not in archiving.config(f'<native xmlns="{NATIVE}"><hostname/></native>')
    assert result(archiving, "checkpoint")["result"].endswith("-1")


def test_without_an_archive_there_is_no_checkpoint(client):
    assert error(client, "checkpoint")["message"] == "Archive feature not enabled"


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ("", "missing-element"),
        ("<target-url>flash:none</target-url>", "invalid-value"),
        (f"{RUNS}<revert-timer>5</revert-timer>", "operation-failed"),  # without an archive
        (f"{RUNS}<revert-timer>0</revert-timer>", "invalid-value"),
        (f"{RUNS}<revert-timer>121</revert-timer>", "invalid-value"),
        (f"{RUNS}<revert-timer>99999</revert-timer>", "invalid-value"),
    ],
)
def test_rollbacks_that_cannot_be(client, body, tag):
    assert error(client, "rollback", body)["tag"] == tag


def test_a_file_the_parser_refuses_changes_nothing(client, switch):
    switch.write_file("flash:bad", "hostname x\nnonsense here\n", NOW)
    found = error(client, "rollback", "<target-url>flash:bad</target-url>")
    assert found["tag"] == "operation-failed" and "nonsense here" in found["message"]
    assert "nonsense" not in client.config(f'<native xmlns="{NATIVE}"/>')
    assert "<hostname>x<" not in client.config(f'<native xmlns="{NATIVE}"/>')


def test_a_rollback_waits_for_the_lock_of_another(archiving, server):
    name = result(archiving, "checkpoint")["result"]
    Client(server).ok("<lock><target><running/></target></lock>")
    found = error(archiving, "rollback", f"<target-url>{name}</target-url>")
    assert found["tag"] == "in-use"


def hostname(client):
    return client.config(f'<native xmlns="{NATIVE}"><hostname/></native>')


@pytest.fixture
def rolled_back(archiving):
    """A device called `later` that went back to its first name, for five minutes."""
    name = result(archiving, "checkpoint")["result"]
    archiving.edit(HOST.format("later"))
    body = f"<target-url>{name}</target-url><revert-timer>5</revert-timer>"
    assert result(archiving, "rollback", body) == {"result": "Rollback Done"}
    assert "later" not in hostname(archiving)
    return archiving


def test_a_rollback_with_a_timer_is_undone_unless_it_is_confirmed(rolled_back, switch):
    switch.wake(NOW + 4 * MINUTE)
    assert "in one minute" in "".join(line.text for line in switch.log.lines)
    assert "later" not in hostname(rolled_back)
    assert switch.next_deadline() <= NOW + 5 * MINUTE
    switch.wake(NOW + 5 * MINUTE)
    assert "later" in hostname(rolled_back)
    assert switch.reverting is None


def test_a_confirmed_rollback_stays(rolled_back, switch):
    switch.take(Reverting(True, "admin"), NOW)
    switch.wake(NOW + 10 * MINUTE)
    assert "later" not in hostname(rolled_back)


def test_what_waits_is_reverted_at_once_or_at_another_time(rolled_back, switch):
    timed = result(rolled_back, "revert", "<timer>60</timer>")
    assert timed == {"result": "Rollback Confirmed Change timer set"}
    assert switch.reverting.due == NOW + 60 * MINUTE
    assert error(rolled_back, "revert", "<idle>999</idle>")["tag"] == "invalid-value"
    assert result(rolled_back, "revert", "<now/>") == {"result": "Rollback Done"}
    assert "later" in hostname(rolled_back)
    assert "No Rollback" in result(rolled_back, "revert", "<now/>")["result"]


def test_an_idle_timer_begins_anew_with_each_change(rolled_back, switch):
    result(rolled_back, "revert", "<idle>7</idle>")
    rolled_back.now = NOW + 3 * MINUTE
    rolled_back.edit(HOST.format("third"))
    assert switch.reverting.due == NOW + 10 * MINUTE


def test_only_one_change_waits(rolled_back):
    body = f"{RUNS}<revert-timer>5</revert-timer>"
    assert "already pending" in error(rolled_back, "rollback", body)["message"]


def test_a_locked_part_keeps_a_timed_rollback_off(archiving, server, switch):
    name = result(archiving, "checkpoint")["result"]
    archiving.edit(HOST.format("later"))
    lock = "<partial-lock xmlns='urn:ietf:params:xml:ns:netconf:partial-lock:1.0'>"
    other = Client(server)
    other.rpc(f"{lock}<select xmlns:i='{NATIVE}'>/i:native/i:hostname</select></partial-lock>")
    body = f"<target-url>{name}</target-url><revert-timer>5</revert-timer>"
    assert error(archiving, "rollback", body)["tag"] == "in-use"
    assert switch.reverting is None


def test_an_operation_without_parameters_takes_none(client):
    found = error(client, "save-config", "<x/>")
    assert (found["tag"], found["bad-element"]) == ("unknown-element", "x")


def test_nothing_is_there_to_revert(client):
    assert "No Rollback" in result(client, "revert", "<now/>")["result"]


def test_is_syncing_tells_of_locks_and_of_the_candidate(two_stage):
    two_stage.ok("<lock><target><candidate/></target></lock>")
    two_stage.edit(HOST.format("later"), "candidate")
    assert result(two_stage, "is-syncing") == {
        "result": "No sync in progress",
        "syncing": "false",
        "syncs-pending": "false",
        "running-datastore-locked": "false",
        "candidate-datastore-locked": "true",
        "candidate-datastore-dirty": "true",
    }
