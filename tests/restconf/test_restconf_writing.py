"""POST, PUT, PATCH, DELETE: what is made, what is refused, and that a refusal leaves nothing."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from tests.netconf.client import BASE, NATIVE, Client, typed
from tests.restconf.asker import JSON, XML, error_of

DATA = "/restconf/data"
INTERFACES = f"{DATA}/Cisco-IOS-XE-native:native/interface"
LOOPBACK = {"Cisco-IOS-XE-native:Loopback": [{"name": 7, "description": "seven"}]}


ROWS = "native/interface/Loopback"


def lines(asker):
    return running_config(asker.device).splitlines()


def test_post_makes_a_row_once(asker):
    made = asker.ask("POST", INTERFACES, LOOPBACK, host="sw")
    assert made.status == 201
    assert made.headers["Location"] == (
        "https://sw/restconf/data/Cisco-IOS-XE-native:native/interface/Loopback=7"
    )
    assert "interface Loopback7" in lines(asker)
    error = error_of(asker.ask("POST", INTERFACES, LOOPBACK), 409)
    assert error["error-tag"] == "data-exists"
    assert error["error-path"] == "/Cisco-IOS-XE-native:native/interface/Loopback[name='7']"


def test_post_in_xml(asker):
    body = f'<Loopback xmlns="{NATIVE}"><name>8</name><description>x</description></Loopback>'
    assert asker.ask("POST", INTERFACES, body.encode()).status == 201
    assert "interface Loopback8" in lines(asker)


def test_put_makes_then_replaces(asker):
    path = f"{INTERFACES}/Loopback=7"
    assert asker.ask("PUT", path, LOOPBACK).status == 201
    bare = {"Cisco-IOS-XE-native:Loopback": [{"name": 7}]}
    assert asker.ask("PUT", path, bare).status == 204
    assert " description seven" not in lines(asker)


def test_put_of_another_key_is_refused(asker):
    assert error_of(asker.ask("PUT", f"{INTERFACES}/Loopback=9", LOOPBACK), 400)
    assert "interface Loopback9" not in lines(asker)


def test_patch_merges_and_wants_a_target(asker):
    path = f"{INTERFACES}/Loopback=7"
    assert asker.ask("PATCH", path, LOOPBACK).status == 404
    asker.ask("POST", INTERFACES, LOOPBACK)
    address = {
        "name": 7,
        "ip": {"address": {"primary": {"address": "10.0.0.1", "mask": "255.0.0.0"}}},
    }
    assert asker.ask("PATCH", path, {"Cisco-IOS-XE-native:Loopback": [address]}).status == 204
    assert {" description seven", " ip address 10.0.0.1 255.0.0.0"} <= set(lines(asker))


def test_patch_of_the_datastore(asker):
    body = {"ietf-restconf:data": {"Cisco-IOS-XE-native:native": {"hostname": "core"}}}
    assert asker.ask("PATCH", DATA, body).status == 204
    assert "hostname core" in lines(asker)


def test_put_of_the_datastore_with_what_it_held_changes_nothing(asker):
    before = lines(asker)
    held = asker.ask("GET", DATA, query=(("content", "config"),))
    body = json.loads(held.body)
    assert asker.ask("PUT", DATA, body).status == 204
    assert lines(asker) == before


def test_delete_once(asker):
    asker.ask("POST", INTERFACES, LOOPBACK)
    path = f"{INTERFACES}/Loopback=7"
    assert asker.ask("DELETE", path).status == 204
    assert "interface Loopback7" not in lines(asker)
    assert error_of(asker.ask("DELETE", path), 404)
    assert error_of(asker.ask("DELETE", f"{INTERFACES}/Loopback"), 400)
    assert error_of(asker.ask("DELETE", DATA), 405)


def test_a_key_is_not_changed_by_itself(asker):
    asker.ask("POST", INTERFACES, LOOPBACK)
    path = f"{INTERFACES}/Loopback=7/name"
    for method in ("PUT", "PATCH"):
        assert error_of(asker.ask(method, path, {"Cisco-IOS-XE-native:name": "8"}), 400)
    assert error_of(asker.ask("DELETE", path), 400)
    assert "interface Loopback7" in lines(asker)


def test_entries_of_a_leaf_list(asker):
    servers = f"{DATA}/Cisco-IOS-XE-native:native/ip/name-server"
    body = {"Cisco-IOS-XE-native:no-vrf-ordered": ["192.0.2.1"]}
    made = asker.ask("POST", servers, body)
    assert (made.status, made.headers["Location"].endswith("no-vrf-ordered=192.0.2.1")) == (
        201,
        True,
    )
    assert asker.ask("PUT", f"{servers}/no-vrf-ordered=192.0.2.1", body).status == 204
    typed(asker.device, "ip name-server 192.0.2.2")
    assert asker.get("native/ip/name-server/no-vrf-ordered") == {
        "Cisco-IOS-XE-native:no-vrf-ordered": ["192.0.2.1", "192.0.2.2"]
    }
    assert asker.ask("DELETE", f"{servers}/no-vrf-ordered=192.0.2.1").status == 204
    assert "ip name-server 192.0.2.2" in lines(asker)
    assert asker.ask("GET", f"{servers}/no-vrf-ordered=192.0.2.1").status == 404


def test_entries_go_where_the_client_says(asker):
    servers = f"{DATA}/native/ip/name-server"
    name = "Cisco-IOS-XE-native:no-vrf-ordered"

    def put(method: str, number: int, status: int, **query: str) -> None:
        body, end = {name: [f"192.0.2.{number}"]}, f"/no-vrf-ordered=192.0.2.{number}"
        path = servers + (end if method == "PUT" else "")
        found = asker.ask(method, path, body, query=tuple(query.items()))
        assert found.status == status, found.body

    def order() -> list[int]:
        return [int(a.rpartition(".")[2]) for a in asker.get(f"native/ip/name-server/{end}")[name]]

    end = "no-vrf-ordered"
    beside = f"/Cisco-IOS-XE-native:native/ip/name-server/{end}=192.0.2."
    put("POST", 1, 201)
    put("POST", 2, 201, insert="first")
    put("PUT", 3, 201, insert="after", point=f"{beside}2")
    put("POST", 4, 201, insert="before", point=f"{beside}1")
    put("PUT", 2, 204, insert="last")
    assert order() == [3, 4, 1, 2]
    for query in (
        {"insert": "middle"},
        {"insert": "before"},
        {"insert": "first", "point": f"{beside}1"},
        {"point": f"{beside}1"},
        {"insert": "after", "point": f"{beside}9"},
        {"insert": "after", "point": "/Cisco-IOS-XE-native:native/hostname"},
    ):
        put("POST", 5, 400, **query)
    put("PATCH", 1, 400, insert="first")
    row = {"Cisco-IOS-XE-native:Loopback": [{"name": 7}]}
    assert asker.ask("POST", INTERFACES, row, query=(("insert", "first"),)).status == 400
    assert order() == [3, 4, 1, 2]


def test_what_both_models_say_is_one(asker):
    body = {"cisco-smart-license:usage": {"interval": 45}}
    path = f"{DATA}/cisco-smart-license:licensing/config/usage"
    assert asker.ask("PUT", path, body).status == 201
    assert "license smart usage interval 45" in lines(asker)
    typed(asker.device, "no license smart usage interval")
    assert asker.ask("GET", f"{path}/interval").status == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "tag"),
    [
        ("PATCH", "native", {"Cisco-IOS-XE-native:native": {"nonsense": 1}}, "unknown-element"),
        ("PATCH", "native", {"no-module:native": {}}, "unknown-namespace"),
        ("PATCH", "native", {"Cisco-IOS-XE-native:native": []}, "invalid-value"),
        ("PATCH", "native", {"Cisco-IOS-XE-native:native": {"hostname": {}}}, "invalid-value"),
        ("PATCH", "native", {"a": 1, "b": 2}, "unknown-element"),
        ("PATCH", "native", {}, "malformed-message"),
        ("PATCH", "native", {"@native": {}}, "unknown-attribute"),
        ("POST", "native/interface", {"Cisco-IOS-XE-native:Loopback": {}}, "missing-element"),
        ("PATCH", "native", {"Cisco-IOS-XE-native:native": {"hostname": "a\0b"}}, "invalid-value"),
        (
            "PATCH",
            "native/interface/Loopback",
            {"Cisco-IOS-XE-native:hostname": "x"},
            "unknown-element",
        ),
        (
            "PATCH",
            "native/interface/Loopback",
            {"Cisco-IOS-XE-native:Vlan": {"name": 7}},
            "invalid-value",
        ),
        (
            "POST",
            "native/interface",
            {"Cisco-IOS-XE-native:Loopback": [{"description": "x"}]},
            "missing-element",
        ),
        (
            "PATCH",
            "cisco-smart-license:licensing/config",
            {"cisco-smart-license:config": {"usage": {"interval": 0}}},
            "invalid-value",
        ),
    ],
)
def test_bodies_that_are_refused_leave_nothing(asker, method, path, body, tag):
    before = lines(asker)
    assert error_of(asker.ask(method, f"{DATA}/{path}", body), 400)["error-tag"] == tag
    assert lines(asker) == before


def test_rows_as_terraform_writes_them(asker):
    """Without an array, a path without key, `{}` for a word; PUT where PATCH found nothing."""
    path = f"{DATA}/{ROWS}"
    row = {"name": "7", "description": "one", "shutdown": {}}
    assert asker.ask("PATCH", path, {"Cisco-IOS-XE-native:Loopback": row}).status == 204
    assert {"interface Loopback7", " description one", " shutdown"} <= set(lines(asker))
    more = {"Cisco-IOS-XE-native:Loopback": [{"name": 8}, {"name": 7, "description": "two"}]}
    assert asker.ask("PATCH", path, more).status == 204
    assert {"interface Loopback8", " description two", " shutdown"} <= set(lines(asker))
    one = {"Cisco-IOS-XE-native:Loopback": {"name": "9"}}
    missing = error_of(asker.ask("PATCH", f"{path}=9", one), 404)
    assert missing["error-message"] == "patch to a nonexistent resource"
    assert asker.ask("PUT", f"{path}=9", one).status == 201
    assert asker.ask("PUT", path, one).status == 400
    assert asker.ask("PATCH", path.replace("interface", "interface/x"), one).status == 404


def test_state_cannot_be_written(asker):
    path = f"{DATA}/cisco-smart-license:licensing/state/version"
    found = asker.ask("PUT", path, {"cisco-smart-license:version": "1"})
    assert found.status == 405
    assert found.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_what_the_device_refuses_is_told(asker):
    body = {"Cisco-IOS-XE-native:GigabitEthernet": [{"name": "9/9/9"}]}
    error = error_of(asker.ask("POST", INTERFACES, body), 400)
    assert error["error-message"] == "inconsistent value: Device refused one or more commands"
    assert "9/9/9" in json.dumps(error["error-info"])


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><native>&b;</native>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (BOMB, XML),
        (b"<native", XML),
        (b"<a>" * 300 + b"</a>" * 300, XML),
        (b"", XML),
        (b"{", JSON),
        (b"[" * 100_000, JSON),
        (b'{"a":' * 100_000, JSON),
        (b"[]", JSON),
        (b'{"Cisco-IOS-XE-native:native":{"hostname":"a","hostname":"b"}}', JSON),
        (b'{"Cisco-IOS-XE-native:native":{"hostname":NaN}}', JSON),
        (b"\xff\xfe{", JSON),
    ],
)
def test_bodies_that_cannot_be_read(asker, body, kind):
    before = lines(asker)
    found = asker.ask("PATCH", f"{DATA}/native", body, content_type=kind)
    assert error_of(found, 400)["error-tag"] == "malformed-message"
    assert lines(asker) == before


def test_a_body_with_too_many_elements(asker):
    rows = b",".join(b'{"name":"%d"}' % n for n in range(20_001))
    many = b'{"Cisco-IOS-XE-native:native":{"interface":{"Loopback":[%b]}}}' % rows
    found = asker.ask("PATCH", f"{DATA}/native", many, content_type=JSON)
    assert error_of(found, 413)["error-tag"] == "too-big"
    leaves = b'{"Cisco-IOS-XE-native:native":[%b]}' % b",".join([b"1"] * 20_001)
    found = asker.ask("PATCH", f"{DATA}/native", leaves, content_type=JSON)
    assert error_of(found, 413)["error-tag"] == "too-big"


def test_a_type_that_is_not_read(asker):
    found = asker.ask("PATCH", f"{DATA}/native", b"x", content_type="text/plain")
    assert error_of(found, 415)


def test_methods_that_are_not_there(asker):
    found = asker.ask("TRACE", f"{DATA}/native")
    assert error_of(found, 405)["error-tag"] == "operation-not-supported"
    assert found.headers["Allow"] == "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE"
    assert asker.ask("POST", "/restconf").status == 405
    assert asker.ask("GET", "/restconf/operations/cisco-ia:save-config").status == 405
    assert asker.ask("OPTIONS", f"{DATA}/native").headers["Accept-Patch"].startswith(XML)


# --- entity tags and locks ------------------------------------------------------------------------


def test_the_tag_follows_the_configuration_whoever_changes_it(asker):
    first = asker.ask("GET", f"{DATA}/native/hostname").headers
    assert asker.ask("GET", f"{DATA}/native/hostname").headers["ETag"] == first["ETag"]
    asker.now += 90_000
    typed(asker.device, "hostname core")
    second = asker.ask("GET", f"{DATA}/native/hostname").headers
    assert second["ETag"] != first["ETag"]
    assert second["Last-Modified"] != first["Last-Modified"]


def test_conditions(asker):
    path = f"{DATA}/native/hostname"
    body = {"Cisco-IOS-XE-native:hostname": "core"}
    tag = asker.ask("GET", path).headers["ETag"]
    assert asker.ask("GET", path, if_none_match=tag).status == 304
    changed = asker.ask("PUT", path, body, if_match=tag)
    assert changed.status == 204
    assert error_of(asker.ask("PUT", path, body, if_match=tag), 412)
    assert asker.ask("PUT", path, body, if_match=f'"x", {changed.headers["ETag"]}').status == 204
    assert error_of(asker.ask("DELETE", path, if_none_match="*"), 412)
    old = "Tue, 06 Oct 2020 12:00:00 GMT"
    assert error_of(asker.ask("PUT", path, body, if_unmodified_since=old), 412)


def test_a_star_stands_for_any_state_of_what_is_there(asker):
    path = f"{DATA}/native/interface/Loopback=7"
    row = {"Cisco-IOS-XE-native:Loopback": [{"name": 7}]}
    assert asker.ask("PUT", path, row, if_match="*").status == 412
    assert asker.ask("PUT", path, row, if_none_match="*").status == 201
    assert asker.ask("PUT", path, row, if_none_match="*").status == 412
    assert asker.ask("PUT", path, row, if_match="*").status == 204


def test_state_has_no_tag(asker):
    found = asker.ask("GET", f"{DATA}/cisco-smart-license:licensing/state/version")
    assert "ETag" not in found.headers


def test_a_lock_of_netconf_holds_here(asker):
    client = Client(asker.shared)
    client.rpc("<lock><target><running/></target></lock>")
    before = lines(asker)
    body = {"Cisco-IOS-XE-native:hostname": "core"}
    error = error_of(asker.ask("PUT", f"{DATA}/native/hostname", body), 409)
    assert error["error-tag"] == "lock-denied"
    assert f"locked by session {client.session_id} admin" in error["error-message"]
    assert lines(asker) == before
    client.rpc("<unlock><target><running/></target></unlock>")
    assert asker.ask("PUT", f"{DATA}/native/hostname", body).status == 204


def test_netconf_reads_what_was_written_here(asker):
    asker.ask("POST", INTERFACES, LOOPBACK)
    reply = Client(asker.shared).rpc("<get-config><source><running/></source></get-config>")
    assert b"seven" in etree.tostring(reply)
    assert reply.find(f"{{{BASE}}}data") is not None


# --- who may --------------------------------------------------------------------------------------


def test_below_privilege_15_nothing_is_learnt(asker):
    asker.privilege = 1
    for method, path in (
        ("GET", f"{DATA}/native"),
        ("GET", f"{DATA}/nonsense"),
        ("GET", "/restconf"),
        ("PATCH", f"{DATA}/native"),
        ("POST", "/restconf/operations/cisco-ia:save-config"),
    ):
        error = error_of(asker.ask(method, path), 403)
        assert error == {
            "error-type": "protocol",
            "error-tag": "access-denied",
            "error-message": "access denied",
        }


def test_the_path_of_an_error_in_xml(asker):
    asker.ask("POST", INTERFACES, LOOPBACK)
    found = asker.ask("POST", INTERFACES, LOOPBACK, accept=XML)
    path = etree.fromstring(found.body)[0].find("{*}error-path")
    module = "Cisco-IOS-XE-native"
    assert path.text == (
        f"/{module}:native/{module}:interface/{module}:Loopback[{module}:name='7']"
    )
    assert path.nsmap[module] == NATIVE


def test_errors_in_xml_and_for_older_clients(asker):
    found = asker.ask("GET", f"{DATA}/nonsense", accept=XML)
    top = etree.fromstring(found.body)
    names = [etree.QName(child).localname for child in top[0]]
    assert names == ["error-type", "error-tag", "error-message"]
    old = asker.ask("GET", f"{DATA}/nonsense", foxy_api_version="1")
    assert json.loads(old.body)["errors"]["error"][0]["error-tag"] == "invalid-value"
