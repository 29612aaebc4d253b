"""`show netconf-yang ...` and its settings: what the command line says of who is there."""

from __future__ import annotations

import pytest

from agent.cli.session import CliSession, Line
from tests.netconf.client import NOW, Client
from tests.netconf.test_netconf_newer import partial_lock

LEGEND = [
    "R: Global-lock on running datastore",
    "C: Global-lock on candidate datastore",
    "S: Global-lock on startup datastore",
    "",
]


@pytest.fixture
def says(switch):
    opened = CliSession(switch, Line(privilege=15), width=0, length=0)
    opened.start(NOW)

    def typed(line: str) -> list[str]:
        text = opened.feed(line + "\r", NOW)
        return text.split("\r\n")[1:-1]

    return typed


def test_without_a_server_there_are_no_sessions(says):
    assert says("show netconf-yang sessions") == [*LEGEND, "Number of sessions : 0"]
    assert says("show netconf-yang datastores") == ["Datastore Name             : running"]


def test_sessions_and_their_locks(server, client, says):
    Client(server, user="ops")
    client.ok("<lock><target><running/></target></lock>")
    assert says("show netconf-yang sessions") == [
        *LEGEND,
        "Number of sessions : 2",
        "",
        "session-id  transport    username             source-host            global-lock",
        "-" * 80,
        "1           netconf-ssh  admin                192.0.2.35             R",
        "2           netconf-ssh  ops                  192.0.2.35             None",
        "",
    ]


def test_detail(client, says):
    client.error("<bogus/>")
    found = says("show netconf-yang sessions detail")
    assert found[:6] == [*LEGEND, "Number of sessions     : 1", ""]
    assert found[6:] == [
        "session-id             : 1",
        "transport              : netconf-ssh",
        "username               : admin",
        "source-host            : 192.0.2.35",
        "login-time             : 2026-10-06T12:00:00+00:00",
        "in-rpcs                : 1",
        "in-bad-rpcs            : 0",
        "out-rpc-errors         : 1",
        "out-notifications      : 0",
        "global-lock            : None",
        "",
    ]


def test_datastores_with_locks(client, says):
    client.rpc(partial_lock("/native"))
    assert says("show netconf-yang datastores") == [
        "Datastore Name             : running",
        "Partial Lock ID            : 1",
        "Partially Locked By Session: 1",
        "Partially Locked Time      : 2026-10-06T12:00:00+00:00",
        "Selected XPATHs            : /native",
    ]
    client.session.end(NOW)
    other = Client(client.server)
    other.ok("<lock><target><running/></target></lock>")
    assert says("show netconf-yang datastores")[1:] == [
        "Globally Locked By Session : 2",
        "Globally Locked Time       : 2026-10-06T12:00:00+00:00",
    ]


def test_statistics(client, says):
    found = dict(line.split(": ", 1) for line in says("show netconf-yang statistics"))
    assert {name.strip(): value for name, value in found.items()} == {
        "netconf-start-time": "2026-10-06T12:00:00+00:00",
        "in-rpcs": "0",
        "in-bad-rpcs": "0",
        "out-rpc-errors": "0",
        "out-notifications": "0",
        "in-sessions": "1",
        "dropped-sessions": "0",
        "in-bad-hellos": "0",
    }


def test_clear_ends_a_session(client, says):
    ended = []
    client.session.hang_up = lambda: ended.append(True)
    assert says("clear netconf-yang session 9") == []
    assert says("clear netconf-yang session 1") == []
    assert ended == [True] and not client.server.sessions


def test_settings_are_lines_of_their_own(says):
    says("configure terminal")
    says("netconf-yang ssh port 8830")
    says("netconf-yang feature candidate-datastore")
    assert says("do show running-config | include ^netconf") == [
        "netconf-yang",
        "netconf-yang feature candidate-datastore",
        "netconf-yang ssh port 8830",
    ]
    says("no netconf-yang feature candidate-datastore")
    says("no netconf-yang ssh port")
    assert says("do show running-config | include ^netconf") == ["netconf-yang"]


def test_lock_of_running_keeps_others_out_of_configuration_mode(client, says):
    refused = "Configuration mode is locked by process '484' user 'NETCONF' from terminal '64'."
    client.ok("<lock><target><running/></target></lock>")
    assert says("configure terminal") == [f"{refused} Please try later."]
    assert says("hostname typed") != []  # still in exec mode
    client.ok("<unlock><target><running/></target></unlock>")
    assert says("configure terminal")[0].startswith("Enter configuration commands")


def test_lock_goes_with_its_session(client, says):
    client.ok("<lock><target><running/></target></lock>")
    client.ok("<close-session/>")
    assert says("configure terminal")[0].startswith("Enter configuration commands")
