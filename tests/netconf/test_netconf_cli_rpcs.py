"""Cisco-IOS-XE-cli-rpc: lines of the command line by NETCONF and RESTCONF."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device, error_of
from tests.restconf.asker import Asker

NAMESPACE = "http://cisco.com/ns/yang/Cisco-IOS-XE-cli-rpc"
PROXY = "license smart proxy address 192.0.2.8\ninterface Loopback5\n description by lines"


def sent(client: Client, name: str, body: str) -> etree._Element:
    return client.rpc(f'<{name} xmlns="{NAMESPACE}">{body}</{name}>')


def leafs(reply: etree._Element) -> dict[str, str]:
    return {leaf.tag.rpartition("}")[2]: leaf.text for leaf in reply}


def test_lines_configure_what_no_model_has(switch, client):
    """The proxy of licensing has no node in a published model."""
    said = leafs(sent(client, "config-ios-cli-rpc", f"<config-clis>{PROXY}</config-clis>"))
    assert said == {"result": "RPC request successful"}
    assert "\nlicense smart proxy address 192.0.2.8\n" in running_config(switch)
    assert "\ninterface Loopback5\n description by lines\n" in running_config(switch)
    assert switch.datastore.changed.by == "admin"


def test_what_stands_before_a_refused_line_is_configured(switch, client):
    patterns = "".join(
        f"<error-patterns><error-tag>{tag}</error-tag><error-pattern>{pattern}</error-pattern>"
        "</error-patterns>"
        for tag, pattern in (("other", "Ambiguous"), ("bad", "Invalid input"))
    )
    lines = "<config-clis>hostname FIRST\nnonsense\nhostname LAST</config-clis>"
    assert leafs(sent(client, "config-ios-cli-rpc", lines + patterns)) == {
        "result": "RPC request failed",
        "lineno": "2",
        "error-code": "1",
        "error-string": "% Invalid input detected at '^' marker.",
        "error-tag": "bad",
    }
    assert "\nhostname FIRST\n" in running_config(switch)


def test_a_transaction_is_all_or_nothing(switch, client):
    lines = "<clis>hostname FIRST\nnonsense</clis>"
    found = error_of(sent(client, "config-ios-cli-trans", lines))
    assert (found["tag"], found["bad-command"]) == ("invalid-value", "nonsense")
    assert "FIRST" not in running_config(switch)
    assert leafs(sent(client, "config-ios-cli-trans", "<clis>hostname BOTH</clis>"))["result"]
    assert "\nhostname BOTH\n" in running_config(switch)


def test_a_transaction_goes_to_the_candidate(two_stage):
    sent(two_stage, "config-ios-cli-trans", "<clis>hostname C</clis><do-commit>false</do-commit>")
    running = running_config(two_stage.server.device)
    assert "hostname C\n" not in running
    two_stage.ok("<commit/>")
    assert "\nhostname C\n" in running_config(two_stage.server.device)
    sent(two_stage, "config-ios-cli-trans", "<clis>hostname D</clis>")
    assert "\nhostname D\n" in running_config(two_stage.server.device)
    assert two_stage.server.candidate is None


@pytest.mark.parametrize(
    ("body", "tag", "element"),
    [
        ("", "missing-element", "config-clis"),
        ("<config-clis/>", "invalid-value", "config-clis"),
        ("<config-clis>x</config-clis><timeout>5</timeout>", "invalid-value", "timeout"),
        ("<config-clis>x</config-clis><error-patterns/>", "missing-element", "error-tag"),
    ],
)
def test_parameters_are_held_to_the_module(client, body, tag, element):
    found = error_of(sent(client, "config-ios-cli-rpc", body))
    assert (found["tag"], found["bad-element"]) == (tag, element)


def test_a_lock_of_another_keeps_lines_off(server, client):
    Client(server).ok("<lock><target><running/></target></lock>")
    body = "<config-clis>hostname X</config-clis>"
    assert error_of(sent(client, "config-ios-cli-rpc", body))["tag"] == "in-use"


def test_older_releases_do_not_have_it():
    client = Client(NetconfServer(device("netconf-yang", release="17.9.5"), NOW))
    reply = sent(client, "config-ios-cli-rpc", "<config-clis>hostname X</config-clis>")
    assert error_of(reply)["tag"] == "unknown-element"


def test_by_restconf():
    asker = Asker(device("netconf-yang", release="17.12.4"))
    path = "/restconf/operations/Cisco-IOS-XE-cli-rpc:config-ios-cli-rpc"
    body = {
        "Cisco-IOS-XE-cli-rpc:input": {
            "config-clis": "hostname BYREST",
            "error-patterns": [{"error-tag": "a", "error-pattern": "b"}],
        }
    }
    found = asker.ask("POST", path, body)
    assert json.loads(found.body) == {
        "Cisco-IOS-XE-cli-rpc:output": {"result": "RPC request successful"}
    }
    assert "\nhostname BYREST\n" in running_config(asker.device)
