"""`licensing/state` from the live agent, and the operations of the licensing modules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from agent.core.clock import DAY, MINUTE
from agent.device.files import SIZES
from agent.engine.config import Transport
from agent.engine.records import RumState
from agent.netconf.licensing import state_tree
from agent.netconf.server import NetconfServer
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.netconf.client import CSL, NOW, Client, device, typed
from yang.schema import Node, schema_of
from yang.tree import Rows, Tree

STATE = f'<get><filter><licensing xmlns="{CSL}"><state/></licensing></filter></get>'
SCHEMA = schema_of(("cisco-smart-license@2021-03-01",))


def state(client: Client) -> etree._Element:
    return etree.fromstring(client.data(STATE)).find("state")


def asked(client: Client, name: str, *leaves: tuple[str, str]) -> str:
    """The return code of an operation."""
    body = "".join(f"<{leaf}>{value}</{leaf}>" for leaf, value in leaves)
    reply = client.rpc(f'<{name} xmlns="{CSL}">{body}</{name}>')
    assert reply[0].tag == f"{{{CSL}}}return-code"
    return reply[0].text


# --- state ----------------------------------------------------------------------------------------


def test_state_of_a_new_device(client):
    info = state(client).find("state-info")
    assert info.findtext("registration/registration-state") == "reg-state-not-registered"
    assert info.findtext("udi/pid") == "C9300-24T"
    assert [u.findtext("license-name") for u in info.findall("usage")] == [
        "network-advantage",
        "dna-advantage",
    ]
    assert info.findtext("policy/policy-type") == "policy-type-merged"
    assert info.findtext("policy/policy-subscription/reporting-ongoing") == "90"
    assert info.findtext("rum-ack/last-received-time") == "1970-01-01T00:00:00+00:00"
    assert info.find("trust-code") is None


def test_state_follows_configuration_at_once(switch, client):
    state(client)
    typed(switch, "license smart transport off", "license smart privacy version")
    info = state(client).find("state-info")
    assert info.findtext("transport/transport-type") == "transport-type-off"
    assert info.findtext("privacy/version") == "true"
    assert info.findtext("privacy/hostname") == "false"


def test_closed_reports_are_listed_by_their_keys(switch, client):
    play(switch, 3 * DAY)
    client.rpc(
        f'<rum-save-usage-all xmlns="{CSL}"><file-path>flash:r</file-path></rum-save-usage-all>'
    )
    rows = state(client).findall("state-info/rum-reports-closed-keys")
    reports = [r for r in switch.agent.state.reports.values() if r.state is not RumState.OPEN]
    assert [r.findtext("report-id") for r in rows] == [str(r.report_id) for r in reports] != []
    assert rows[0].findtext("rum-report-key") == (
        f"P:C9300-24T,S:FOC0000EMU1_{reports[0].report_id}"
    )


def play(on: Any, span: int) -> None:
    """Let the device's own deadlines pass."""
    end = NOW + span
    while (due := on.next_deadline()) is not None and due <= end:
        on.wake(due)


def test_every_leaf_of_the_state_is_one_of_the_module(client):
    node = SCHEMA.top["cisco-smart-license:licensing"].children["state"]
    tree = state_tree(client.server.device)
    assert list(_strangers(node, tree)) == []


def _strangers(node: Node, tree: Tree) -> Any:
    for name, value in tree.items():
        child = node.children.get(name)
        if child is None:
            yield name
        elif isinstance(value, Rows):
            for row in value.values():
                yield from _strangers(child, row)
        elif isinstance(value, Tree):
            yield from _strangers(child, value)


@pytest.mark.golden
def test_state_has_the_shape_of_the_captured_one(golden, client):
    name = "restconf-get-licensing-state__c9300-17.15.6__no-trust-28-closed-reports.json"
    captured = json.loads((golden / name).read_text("utf-8"))["cisco-smart-license:state"]
    switch = device("netconf-yang", "license smart transport callhome", release="17.15.6")
    client = Client(NetconfServer(switch, NOW))
    play(switch, 2 * DAY)
    client.rpc(
        f'<rum-save-usage-all xmlns="{CSL}"><file-path>flash:r</file-path></rum-save-usage-all>'
    )
    ours = state(client)
    assert _shape(ours) == _json_shape(captured)
    constant = ("registration", "authorization", "evaluation", "utility", "privacy", "custom-id")
    for name in constant:
        assert _plain(ours.find(f"state-info/{name}")) == _texts(captured["state-info"][name]), name
    assert _plain(ours.find("version")) == captured["version"]
    rules = captured["state-info"]["policy"]
    assert _plain(ours.find("state-info/policy")) == _texts(rules)


def _shape(element: etree._Element) -> Any:
    """Names in order, each once; rows of a list count as one."""
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(child.tag, _shape(child))
    return found


def _json_shape(value: Any) -> Any:
    if isinstance(value, list):
        return _json_shape(value[0])
    return {n: _json_shape(v) for n, v in value.items()} if isinstance(value, dict) else {}


def _plain(element: etree._Element) -> Any:
    return {c.tag: _plain(c) for c in element} if len(element) else element.text or ""


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _texts(v) for n, v in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- operations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("rum-save-usage-all", ()),
        ("rum-save-usage-unreported", ()),
        ("rum-save-usage-days", (("days", "3"),)),
        ("trust-request-save", ()),
    ],
)
def test_files_are_written_as_the_commands_write_them(switch, client, name, more):
    play(switch, 2 * DAY)
    assert asked(client, name, ("file-path", "bootflash:usage.txt"), *more) == "success"
    assert "<smartLicense>" in switch.files.read("flash:usage.txt")


@pytest.mark.parametrize(
    ("name", "leaves", "code"),
    [
        ("rum-save-usage-all", (("file-path", "tftp://10.0.0.1/x"),), "storagefailtostore"),
        ("import-file", (("file-path", "flash:absent"),), "notfound"),
        ("id-token-trust", (("id-token", "T"),), "transporttype"),
        ("authorization-request-online", (("feature-name", "x"),), "requesteditemnotfound"),
        ("authorization-request-online", (("feature-name", "hseck9"),), "registrationinprogress"),
        ("authorization-code-return-online", (), "noauthorizationinstalled"),
        (
            "authorization-code-return-offline",
            (("file-path", "flash:x"),),
            "noauthorizationinstalled",
        ),
        ("register-id-token", (("id-token", "T"),), "transporttype"),
        ("de-register", (), "notsupported"),
        ("renew-id", (), "notsupported"),
        ("renew-auth", (), "notsupported"),
    ],
)
def test_return_codes(client, name, leaves, code):
    assert asked(client, name, *leaves) == code
    assert code in SCHEMA.rpcs[CSL, name].output.children["return-code"].leaf_type.names


@pytest.mark.parametrize("name", ["id-token-trust", "register-id-token"])
def test_trust_by_token_is_under_way_with_a_direct_transport(switch, client, name):
    typed(switch, "license smart transport smart", "license smart url default")
    assert asked(client, name, ("id-token", "TOKEN"), ("force", "true")) == "registrationinprogress"
    assert switch.agent.state.trust_wanted.token == "TOKEN"


def test_reports_pulled_by_netconf_are_acknowledged():
    """A controller saves the usage by rpc, takes it to CSSM, and gives the ACK back by rpc."""
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "seed")
    portal = Portal(cssm)
    switch = device("netconf-yang", "license smart transport off", anchors=cssm.anchors)
    client = Client(NetconfServer(switch, NOW))
    play(switch, 2 * DAY)
    client.now = NOW + 2 * DAY
    assert asked(client, "rum-save-usage-all", ("file-path", "flash:usage")) == "success"
    assert _states(client) == {"rum-report-state-unacknowledged"}
    portal.upload(switch.files.read("flash:usage"), client.now)
    ack = portal.ack(None, client.now + 10 * MINUTE)
    records.close()
    client.now += 10 * MINUTE
    switch.write_file("flash:ack", ack, client.now)
    assert asked(client, "import-file", ("file-path", "flash:ack")) == "success"
    # the policy that came along closed what was running
    assert _states(client) == {"rum-report-state-acknowledged", "rum-report-state-closed"}
    info = state(client).find("state-info")
    assert info.findtext("policy/policy-type") == "policy-type-custom"
    assert info.findtext("trust-code/key_udi") == "PID:C9300-24T,SN:FOC0000EMU1"
    assert info.findtext("trust-code/is-installed") == "true"
    assert info.findtext("rum-ack/last-received-time") == "2026-10-08T12:10:00+00:00"


def test_authorization_code_goes_in_and_comes_back():
    records = SqlCssmRecords(IN_MEMORY)
    cssm = Cssm(records, CssmSettings(), "seed")
    switch = device("netconf-yang", anchors=cssm.anchors)
    client = Client(NetconfServer(switch, NOW))
    switch.write_file("flash:slac", Portal(cssm).authorize(switch.udi, ["hseck9"], NOW), NOW)
    records.close()
    assert asked(client, "import-file", ("file-path", "flash:slac")) == "success"
    found = state(client).find("state-info/imported-authorizations")
    assert found.findtext("overall-status/installed-list/install-type") == (
        "authorization-type-auth-code"
    )
    assert found.findtext("authorization-list/license-name") == "hseck9"
    assert found.findtext("authorization-list/total-count") == "1"
    reply = client.rpc(f'<authorization-code-return-online xmlns="{CSL}"/>')
    assert [e.text for e in reply] == [
        "success",
        switch.agent.state.last_return_codes[switch.udi.short],
    ]
    assert state(client).find("state-info/imported-authorizations/authorization-list") is None
    assert asked(client, "authorization-code-return-online") == "noauthorizationinstalled"


def _states(client: Client) -> set[str]:
    return {e.text for e in state(client).iter("report-state")}


def test_authorization_needs_somebody_to_ask(switch, client):
    typed(switch, "license smart transport off")
    assert switch.agent.state.config.transport is Transport.OFF
    assert asked(client, "authorization-request-online", ("feature-name", "x")) == (
        "transportnotavailable"
    )


def test_what_is_no_licence_file_is_not_imported(switch, client):
    switch.write_file("flash:bad", "no xml", NOW)
    assert asked(client, "import-file", ("file-path", "flash:bad")) == "msgparse"


@pytest.mark.parametrize(
    ("body", "tag", "element"),
    [
        ("<import-file {}/>", "missing-element", "file-path"),
        ("<import-file {}><file-path/></import-file>", "invalid-value", "file-path"),
        ("<import-file {}><x/></import-file>", "unknown-element", "x"),
        (
            "<rum-save-usage-days {}><file-path>a</file-path><days>x</days></rum-save-usage-days>",
            "invalid-value",
            "days",
        ),
        (
            "<import-file {}><file-path>a</file-path><file-path>a</file-path></import-file>",
            "bad-element",
            "file-path",
        ),
    ],
)
def test_input_is_held_to_the_module(client, body, tag, element):
    error = client.error(body.format(f'xmlns="{CSL}"'))
    assert (error["tag"], error["bad-element"]) == (tag, element)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("netconf-session-id", "1"),
        ("current-time", "2026-10-06T12:00:00+00:00"),
        ("is-syncing", "No sync in progress"),
        ("sync-from", "Successfully Synced From Device"),
    ],
)
def test_operations_on_the_whole_device(client, name, text):
    assert client.rpc(f'<{name} xmlns="http://cisco.com/yang/cisco-ia"/>')[0].text == text


def test_without_room_on_flash_nothing_is_handed_out(switch, client):
    switch.files.sizes = {"flash": 64}
    path = ("file-path", "flash:usage.xml")
    assert asked(client, "rum-save-usage-unreported", path) == "storagefailtostore"
    switch.files.sizes = SIZES
    assert asked(client, "rum-save-usage-unreported", path) == "success"
    assert "flash:/usage.xml" in switch.files.entries


def test_a_controller_pushes_trustpoint_and_licensing(switch, client):
    """What a controller writes once a device has a site: a trustpoint, and where reports go."""
    client.edit(
        '<native><crypto><pki xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-crypto"><trustpoint>'
        "<id>DNAC-CA</id><enrollment><enrollment-method><url>http://192.0.2.1/scep</url>"
        "</enrollment-method></enrollment></trustpoint></pki></crypto>"
        "<license><smart><transport-type>cslu</transport-type>"
        "<url><cslu>http://192.0.2.1:8182/cslu/v1/pi</cslu></url></smart></license></native>"
    )
    lines = running_config(switch)
    assert "\ncrypto pki trustpoint DNAC-CA\n enrollment url http://192.0.2.1/scep\n" in lines
    assert "\nlicense smart url cslu http://192.0.2.1:8182/cslu/v1/pi\n" in lines
    assert switch.agent.state.config.url_cslu == "http://192.0.2.1:8182/cslu/v1/pi"
