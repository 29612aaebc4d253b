"""YANG Patch: several edits whole or not at all, and what is said of the one that failed."""

from __future__ import annotations

import json

from lxml import etree

from agent.cli.running_config import running_config
from agent.restconf.patching import CAPABILITY, JSON, NAMESPACE, XML
from tests.netconf.client import NATIVE, Client, device
from tests.restconf.asker import Asker, error_of

PATH = "/restconf/data/Cisco-IOS-XE-native:native"


def lines(asker):
    return running_config(asker.device).splitlines()


def edit(number: str, operation: str, target: str, **value: object) -> dict:
    given = {f"Cisco-IOS-XE-native:{name}": found for name, found in value.items()}
    row = {"edit-id": number, "operation": operation, "target": target}
    return {**row, "value": given} if value else row


def patch(asker: Asker, *edits: dict, path: str = PATH):
    body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": list(edits)}}
    found = asker.ask("PATCH", path, body, content_type=JSON)
    return found.status, json.loads(found.body)


GOOD = (
    edit("1", "merge", "/hostname", hostname="core"),
    edit("2", "create", "/interface/Loopback=7", Loopback=[{"name": "7", "description": "x"}]),
    edit("3", "replace", "/interface/Loopback=7/description", description="y"),
    edit("4", "remove", "/interface/Loopback=99"),
)


def test_all_of_them(asker):
    before = asker.server.tag
    status, body = patch(asker, *GOOD)
    assert (status, body["ietf-yang-patch:yang-patch-status"]) == (
        200,
        {"patch-id": "p", "ok": [None]},
    )
    assert {"hostname core", "interface Loopback7", " description y"} <= set(lines(asker))
    assert asker.server.tag != before


def test_none_of_them_where_one_fails(asker):
    before = lines(asker)
    bad = edit("bad", "create", "/hostname", hostname="other")
    status, body = patch(asker, *GOOD, bad)
    (row,) = body["ietf-yang-patch:yang-patch-status"]["edit-status"]["edit"]
    assert (status, row["edit-id"]) == (409, "bad")
    assert row["errors"]["error"][0]["error-tag"] == "data-exists"
    assert lines(asker) == before


def test_edits_that_cannot_be(asker):
    before = lines(asker)
    for number, (wrong, status) in enumerate(
        [
            (edit("e", "insert", "/hostname", hostname="a"), 405),
            (edit("e", "zap", "/hostname", hostname="a"), 400),
            (edit("e", "delete", "/interface/Loopback=9"), 409),
            (edit("e", "merge", "/nonsense", hostname="a"), 404),
            (edit("e", "merge", "/hostname"), 400),
            (edit("e", "merge", "/hostname", nonsense="a"), 400),
            (edit("e", "merge", "/hostname", hostname={}), 400),
            (edit("e", "merge", "/interface/Loopback=1", Loopback=[{"name": "2"}]), 400),
        ]
    ):
        found, body = patch(asker, wrong)
        assert found == status, (number, body)
        (row,) = body["ietf-yang-patch:yang-patch-status"]["edit-status"]["edit"]
        assert row["edit-id"] == "e"
    assert lines(asker) == before


def test_values_in_order(asker):
    def placed(number: int, operation: str, beside: int = 0, **more: str) -> dict:
        target = "/no-vrf-ordered=192.0.2."
        found = edit(str(number), operation, f"{target}{number}", **more)
        if operation == "insert":
            found["value"] = {"Cisco-IOS-XE-native:no-vrf-ordered": [f"192.0.2.{number}"]}
        return found | ({"where": "before", "point": f"{target}{beside}"} if beside else {})

    path = f"{PATH}/ip/name-server"
    status, body = patch(asker, placed(1, "insert"), placed(2, "insert", 1), path=path)
    assert status == 200, body
    assert patch(asker, placed(3, "insert"), placed(1, "move", 2), path=path)[0] == 200
    assert "ip name-server 192.0.2.1 192.0.2.2 192.0.2.3" in lines(asker)
    assert patch(asker, placed(9, "move", 1), path=path)[0] == 409
    assert patch(asker, placed(9, "insert", 8), path=path)[0] == 400


def test_bodies_that_are_none(asker):
    for body in ({}, {"ietf-yang-patch:yang-patch": {}}, {"ietf-yang-patch:yang-patch": []}):
        assert error_of(asker.ask("PATCH", PATH, body, content_type=JSON), 400)
    nameless = {"ietf-yang-patch:yang-patch": {"edit": []}}
    found = error_of(asker.ask("PATCH", PATH, nameless, content_type=JSON), 400)
    assert found["error-tag"] == "missing-element"
    rows = {"ietf-yang-patch:yang-patch": {"edit": [{"edit-id": "1"}]}}
    assert error_of(asker.ask("PATCH", PATH, rows, content_type=JSON), 400)
    assert error_of(asker.ask("PATCH", PATH, b"<x/>", content_type=XML), 400)


def test_in_xml(asker):
    body = f"""<yang-patch xmlns="{NAMESPACE}"><patch-id>p</patch-id>
      <edit><edit-id>1</edit-id><operation>merge</operation><target>/hostname</target>
        <value><hostname xmlns="{NATIVE}">core</hostname></value></edit>
      <edit><edit-id>2</edit-id><operation>{{}}</operation><target>/interface/Loopback=5</target>
      </edit></yang-patch>"""
    data = "application/yang-data+xml"
    found = asker.ask("PATCH", PATH, body.format("remove").encode(), content_type=XML, accept=data)
    status = etree.fromstring(found.body)
    assert found.status == 200 and status.find(f"{{{NAMESPACE}}}ok") is not None
    found = asker.ask("PATCH", PATH, body.format("delete").encode(), content_type=XML)
    assert found.status == 409 and b"data-missing" in found.body
    assert "hostname core" in lines(asker)


def test_it_is_announced_from_17_1(asker):
    path = "ietf-restconf-monitoring:restconf-state/capabilities/capability"
    assert CAPABILITY in asker.get(path)["ietf-restconf-monitoring:capability"]
    assert JSON in asker.ask("OPTIONS", PATH).headers["Accept-Patch"]
    older = Asker(device("restconf", release="16.12.4"))
    assert CAPABILITY not in older.get(path)["ietf-restconf-monitoring:capability"]
    body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": []}}
    assert older.ask("PATCH", PATH, body, content_type=JSON).status == 415


def test_edits_build_on_each_other_and_a_lock_holds_all(asker):
    status, _ = patch(asker, GOOD[1], edit("again", "delete", "/interface/Loopback=7"))
    assert status == 200
    assert "interface Loopback7" not in lines(asker)
    Client(asker.shared).rpc("<lock><target><running/></target></lock>")
    for edits in ([], GOOD):
        body = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": list(edits)}}
        found = asker.ask("PATCH", PATH, body, content_type=JSON)
        assert error_of(found, 409)["error-tag"] == "lock-denied"
