"""GET: the resources, both forms, and what the query parameters leave of them."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from tests.netconf.client import CSL, NATIVE, Client, device, typed
from tests.restconf.asker import JSON, XML, Asker, error_of

LICENSING = "cisco-smart-license:licensing"


def test_a_leaf_in_both_forms(asker):
    path = f"{LICENSING}/state/state-info/udi/pid"
    assert asker.get(path) == {"cisco-smart-license:pid": "C9300-24T"}
    element = asker.get_xml(path)
    assert (element.tag, element.text) == (f"{{{CSL}}}pid", "C9300-24T")


def test_types_of_json(asker):
    typed(asker.device, "license smart usage interval 30", "service timestamps log datetime msec")
    config = asker.get(f"{LICENSING}/config")["cisco-smart-license:config"]
    assert config["usage"] == {"interval": 30}
    state = asker.get(f"{LICENSING}/state")["cisco-smart-license:state"]
    assert state["smart-enabled"] is True
    assert isinstance(state["state-info"]["usage"], list)
    service = asker.get("Cisco-IOS-XE-native:native/service")
    assert "[null]" in json.dumps(service)  # a leaf of type empty


def test_sixty_four_bits_are_text(asker):
    asker.ask(
        "POST",
        "/restconf/operations/cisco-smart-license:rum-save-usage-all",
        {"input": {"file-path": "flash:u"}},
    )
    found = asker.get(f"{LICENSING}/state/state-info/rum-reports-closed-keys")
    rows = found["cisco-smart-license:rum-reports-closed-keys"]
    assert rows and all(isinstance(row["report-id"], str) for row in rows)


def test_a_row_by_its_key(asker):
    path = "Cisco-IOS-XE-native:native/interface/GigabitEthernet=1%2F0%2F1"
    rows = asker.get(path)["Cisco-IOS-XE-native:GigabitEthernet"]
    assert [row["name"] for row in rows] == ["1/0/1"]
    assert asker.get_xml(path).findtext(f"{{{NATIVE}}}name") == "1/0/1"
    older = Asker(device("restconf", release="17.6.1"))
    assert older.get(path)["Cisco-IOS-XE-native:GigabitEthernet"]["name"] == "1/0/1"
    assert isinstance(
        older.get(path.partition("=")[0])["Cisco-IOS-XE-native:GigabitEthernet"], list
    )


@pytest.mark.parametrize("kind", ["Loopback", "Vlan", "Port-channel", "Tunnel"])
def test_numbers_of_interfaces_are_numbers(asker, kind):
    typed(asker.device, f"interface {kind} 12")
    (row,) = asker.get(f"native/interface/{kind}=12")[f"Cisco-IOS-XE-native:{kind}"]
    assert row["name"] == 12


def test_all_rows_in_json_and_none_in_xml(asker):
    path = "/restconf/data/Cisco-IOS-XE-native:native/interface/GigabitEthernet"
    rows = json.loads(asker.ask("GET", path).body)["Cisco-IOS-XE-native:GigabitEthernet"]
    assert len(rows) > 20
    assert asker.ask("GET", path, accept=XML).status == 400


def test_a_key_with_a_comma_and_a_slash(asker):
    state = asker.get("ietf-yang-library:modules-state")["ietf-yang-library:modules-state"]
    first = state["module"][0]
    found = asker.get(f"ietf-yang-library:modules-state/module={first['name']},{first['revision']}")
    assert found["ietf-yang-library:module"] == [first]


def test_datastore_and_its_parts_agree(asker):
    whole = asker.get("")["ietf-restconf:data"]
    assert (
        whole["Cisco-IOS-XE-native:native"]
        == (asker.get("Cisco-IOS-XE-native:native")["Cisco-IOS-XE-native:native"])
    )
    assert {"cisco-smart-license:licensing", "ietf-yang-library:modules-state"} <= whole.keys()


def test_one_configuration_with_the_command_line(asker):
    typed(asker.device, "hostname core", "interface Loopback5", "description to nowhere")
    assert asker.get("native/hostname") == {"Cisco-IOS-XE-native:hostname": "core"}
    row = asker.get("native/interface/Loopback=5")["Cisco-IOS-XE-native:Loopback"][0]
    assert row["description"] == "to nowhere"


def test_content(asker):
    typed(asker.device, "license smart usage interval 30")
    both = asker.get(LICENSING)[LICENSING]
    config = asker.get(LICENSING, content="config")[LICENSING]
    state = asker.get(LICENSING, content="nonconfig")[LICENSING]
    assert both.keys() == {"config", "state"}
    assert config.keys() == {"config"}
    assert state.keys() == {"state"}


def test_depth(asker):
    assert asker.get(LICENSING, depth="1") == {LICENSING: {}}
    two = asker.get(LICENSING, depth="2")[LICENSING]
    assert two["state"] == {}
    assert asker.get(LICENSING, depth="unbounded") == asker.get(LICENSING)


def test_fields(asker):
    found = asker.get(
        f"{LICENSING}/state", fields="version;state-info(udi(pid;sn);policy/policy-name)"
    )
    state = found["cisco-smart-license:state"]
    assert state.keys() == {"version", "state-info"}
    assert state["state-info"].keys() == {"udi", "policy"}
    assert state["state-info"]["udi"].keys() == {"pid", "sn"}
    assert state["state-info"]["policy"].keys() == {"policy-name"}


@pytest.mark.parametrize(
    "query",
    [
        {"depth": "0"},
        {"depth": "65536"},
        {"depth": "x"},
        {"content": "some"},
        {"with-defaults": "trimmed"},
        {"fields": "no-such"},
        {"fields": "state(("},
        {"fields": ""},
        {"fields": "state;;config"},
        {"filter": "x"},
    ],
)
def test_a_query_that_is_wrong(asker, query):
    found = asker.ask("GET", f"/restconf/data/{LICENSING}", query=tuple(query.items()))
    assert error_of(found, 400)["error-tag"] == "invalid-value"


def test_with_defaults_of_every_announced_mode(asker):
    for mode in ("explicit", "report-all", "report-all-tagged"):
        found = asker.ask("GET", f"/restconf/data/{LICENSING}", query=(("with-defaults", mode),))
        assert found.status == 200


def test_a_parameter_given_twice(asker):
    query = (("depth", "1"), ("depth", "2"))
    assert asker.ask("GET", f"/restconf/data/{LICENSING}", query=query).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "nonsense",
        "Cisco-IOS-XE-native:nonsense",
        "cisco-smart-license:native",
        "native/interface/Loopback=99",
        "native/hostname/deeper",
        "..%2Fetc",
        "native/interface/Loopback=99/description",
    ],
)
def test_what_is_not_there(asker, path):
    error = error_of(asker.ask("GET", f"/restconf/data/{path}"), 404)
    assert error["error-message"] == "uri keypath not found"


@pytest.mark.parametrize("path", ["native/interface/Loopback=1,2", "native/hostname=x", "native=1"])
def test_keys_that_do_not_fit(asker, path):
    assert error_of(asker.ask("GET", f"/restconf/data/{path}"), 400)["error-tag"] == "invalid-value"


def test_a_list_on_the_way_needs_its_key(asker):
    found = asker.ask("GET", "/restconf/data/native/interface/GigabitEthernet/description")
    assert error_of(found, 400)["error-tag"] == "missing-element"


def test_a_container_with_nothing_in_it():
    asker = Asker(device("restconf"))
    path = "/restconf/data/cisco-smart-license:licensing/config/utility/customer-info"
    assert asker.ask("GET", path).status == 204


def test_head_says_what_get_says(asker):
    path = "/restconf/data/native/license"
    head, get = asker.ask("HEAD", path), asker.ask("GET", path)
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert get.body


def test_fixed_resources(asker):
    meta = asker.ask("GET", "/.well-known/host-meta", accept="application/xrd+xml")
    assert meta.headers["Content-Type"] == "application/xrd+xml"
    assert etree.fromstring(meta.body)[0].get("href") == "/restconf"
    top = json.loads(asker.ask("GET", "/restconf").body)["ietf-restconf:restconf"]
    assert top == {"data": {}, "operations": {}, "yang-library-version": "2019-01-04"}
    version = asker.ask("GET", "/restconf/yang-library-version", accept=XML)
    assert etree.fromstring(version.body).text == "2019-01-04"
    listed = json.loads(asker.ask("GET", "/restconf/operations").body)
    assert "cisco-ia:save-config" in listed["ietf-restconf:operations"]
    assert asker.ask("GET", "/restconf/streams").status == 404
    assert asker.ask("GET", "/restconfdata").status == 404
    path = "ietf-restconf-monitoring:restconf-state/capabilities/capability"
    found = asker.get(path)["ietf-restconf-monitoring:capability"]
    assert "urn:ietf:params:restconf:capability:depth:1.0" in found


def test_forms_the_client_takes(asker):
    path = f"/restconf/data/{LICENSING}/state/version"
    for accept, kind in (
        ("application/json", JSON),
        ("application/xml", XML),
        ("*/*", XML),
        ("", XML),
        ("text/html;q=0.9, application/yang-data+json;q=0.5", JSON),
        (f"{XML};q=0.1, {JSON}", JSON),
    ):
        assert asker.ask("GET", path, accept=accept).headers["Content-Type"] == kind
    assert asker.ask("GET", path, accept="text/html").status == 406


def test_configuration_shown_is_the_running_one(asker):
    assert f"hostname {asker.get('native/hostname')['Cisco-IOS-XE-native:hostname']}" in (
        running_config(asker.device).splitlines()
    )


def test_what_counts_sessions_is_live(asker):
    first = asker.get("ietf-netconf-monitoring:netconf-state/statistics/in-sessions")
    assert first == {"ietf-netconf-monitoring:in-sessions": 0}
    Client(asker.shared)
    second = asker.get("ietf-netconf-monitoring:netconf-state/statistics/in-sessions")
    assert second == {"ietf-netconf-monitoring:in-sessions": 1}
    streams = asker.get("nc-notifications:netconf/streams/stream=NETCONF")
    assert streams["nc-notifications:stream"][0]["replaySupport"] is True
