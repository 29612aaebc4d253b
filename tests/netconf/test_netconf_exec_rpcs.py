"""Commands as operations: copy, delete, default, reload; a configuration as lines."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device, error_of
from tests.restconf.asker import Asker

RPC = "http://cisco.com/ns/yang/Cisco-IOS-XE-rpc"
LINES = "http://cisco.com/ns/yang/Cisco-IOS-XE-cli-rpc"
COPY = (
    "<source-drop-node-name>{}</source-drop-node-name>"
    "<destination-drop-node-name>{}</destination-drop-node-name>"
)


def sent(client: Client, name: str, body: str = "", namespace: str = RPC) -> etree._Element:
    return client.rpc(f'<{name} xmlns="{namespace}">{body}</{name}>')


def result(reply: etree._Element) -> str:
    assert [etree.QName(leaf).localname for leaf in reply] == ["result"], etree.tostring(reply)
    return reply[0].text or ""


@pytest.fixture
def newest() -> Client:
    return Client(NetconfServer(device("netconf-yang", "hostname OLD", release="17.18.1"), NOW))


def test_files_are_copied_and_deleted(switch, client):
    copied = result(sent(client, "copy", COPY.format("running-config", "flash:kept.cfg")))
    assert "bytes copied in" in copied
    assert switch.files.read("flash:kept.cfg").endswith("\nend\n")
    client.edit("<native><hostname>other</hostname></native>")
    assert "bytes copied in" in result(
        sent(client, "copy", COPY.format("flash:kept.cfg", "running-config"))
    )
    assert "hostname other" not in running_config(switch)
    gone = "<filename-drop-node-name>flash:kept.cfg</filename-drop-node-name>"
    assert result(sent(client, "delete", gone)) == ""
    assert "%Error deleting flash:/kept.cfg" in result(sent(client, "delete", gone))


def test_running_is_saved_by_copy(switch, client):
    client.edit("<native><hostname>kept</hostname></native>")
    assert "[OK]" in result(sent(client, "copy", COPY.format("running-config", "startup-config")))
    assert switch.datastore.startup == switch.datastore.running


@pytest.mark.parametrize(
    ("name", "body", "tag"),
    [
        ("copy", COPY.format("running-config", "floppy:x"), "invalid-value"),
        ("copy", COPY.format("running-config", "flash:a b"), "invalid-value"),
        ("copy", COPY.format("tftp://192.0.2.1/x", "flash:x"), "operation-failed"),
        ("delete", "", "missing-element"),
        ("default", "", "missing-element"),
        ("default", "<interface>Nonsense9</interface>", "invalid-value"),
        ("reload", "<force>perhaps</force>", "invalid-value"),
    ],
)
def test_what_cannot_be_is_refused(client, name, body, tag):
    assert error_of(sent(client, name, body))["tag"] == tag


def test_a_lock_of_another_keeps_the_configuration(server, client):
    Client(server).ok("<lock><target><running/></target></lock>")
    body = COPY.format("startup-config", "running-config")
    assert error_of(sent(client, "copy", body))["tag"] == "in-use"
    port = "<interface>GigabitEthernet1/0/1</interface>"
    assert error_of(sent(client, "default", port))["tag"] == "in-use"


def test_an_interface_is_set_back(switch, client):
    port = "<GigabitEthernet><name>1/0/1</name><description>mine</description></GigabitEthernet>"
    client.edit(f"<native><interface>{port}</interface></native>")
    assert " description mine\n" in running_config(switch)
    sent(client, "default", "<interface>GigabitEthernet1/0/1</interface>")
    assert " description mine\n" not in running_config(switch)


def test_a_reload_wants_a_saved_configuration_or_force(switch, client):
    client.edit("<native><hostname>unsaved</hostname></native>")
    assert error_of(sent(client, "reload"))["tag"] == "operation-failed"
    assert switch.planned is None
    assert result(sent(client, "reload", "<force>true</force><reason>test</reason>"))
    switch.wake(NOW + 1000)
    assert "unsaved" not in running_config(switch) and switch.planned is None


def test_a_configuration_is_read_as_lines(newest):
    body = "<datastore>running</datastore>"
    for given in ("", body):
        text = result(sent(newest, "get-modelled-config-clis", given, LINES))
        assert "\nhostname OLD\n" in text and text.endswith("\nend")
    reply = sent(newest, "get-modelled-config-clis", "<datastore>candidate</datastore>", LINES)
    assert etree.QName(reply[0]).localname == "error-message"


@pytest.mark.parametrize(
    ("operation", "gone", "there"),
    [
        ("merge", (), ("hostname OLD", " description old", "line vty 0 4")),
        ("selective-replace", (" description old",), ("hostname OLD",)),
        ("full-replace", (" description old", "hostname OLD"), ()),
    ],
)
def test_lines_may_replace_a_mode_or_all(newest, operation, gone, there):
    first = "interface GigabitEthernet1/0/1\n description old"
    sent(newest, "config-ios-cli-trans", f"<clis>{first}</clis>", LINES)
    lines = "netconf-yang\ninterface GigabitEthernet1/0/1\n shutdown"
    body = f"<clis>{lines}</clis><operation>{operation}</operation>"
    result(sent(newest, "config-ios-cli-trans", body, LINES))
    printed = running_config(newest.server.device).splitlines()
    assert " shutdown" in printed
    assert not set(gone) & set(printed)
    assert set(there) <= set(printed)


def test_older_releases_do_not_know_the_newer_ones(client):
    error = error_of(sent(client, "get-modelled-config-clis", "", LINES))
    assert error["tag"] == "unknown-element"
    body = "<clis>hostname X</clis><operation>merge</operation>"
    assert error_of(sent(client, "config-ios-cli-trans", body, LINES))["tag"] == "unknown-element"


def test_by_restconf():
    asker = Asker(device("netconf-yang", release="17.18.1"))
    found = asker.ask("POST", "/restconf/operations/Cisco-IOS-XE-cli-rpc:get-modelled-config-clis")
    assert "\nend" in json.loads(found.body)["Cisco-IOS-XE-cli-rpc:output"]["result"]
    body = {"Cisco-IOS-XE-rpc:input": {"filename-drop-node-name": "flash:none"}}
    found = asker.ask("POST", "/restconf/operations/Cisco-IOS-XE-rpc:delete", body)
    assert "%Error deleting" in json.loads(found.body)["Cisco-IOS-XE-rpc:output"]["result"]
