"""The operations of cisco-ia: checkpoint, rollback, revert and the state of the datastores."""

import pytest

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
        (f"{RUNS}<revert-timer>5</revert-timer>", "operation-not-supported"),
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
