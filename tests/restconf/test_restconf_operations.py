"""The RPCs of the modules over RESTCONF: the same codes as over NETCONF, the same agent."""

from __future__ import annotations

import json

import pytest

from tests.netconf.client import CSL
from tests.restconf.asker import XML, Asker, error_of

OPERATIONS = "/restconf/operations"


def code(asker: Asker, name: str, **given: object) -> str:
    body = {"cisco-smart-license:input": given} if given else None
    found = asker.ask("POST", f"{OPERATIONS}/cisco-smart-license:{name}", body)
    assert found.status == 200, found.body
    return json.loads(found.body)["cisco-smart-license:output"]["return-code"]


def test_save_and_import(asker):
    assert code(asker, "rum-save-usage-all", **{"file-path": "flash:u.xml"}) == "success"
    assert "<RUMReport>" in asker.device.files.read("flash:u.xml")
    assert code(asker, "import-file", **{"file-path": "flash:none"}) == "notfound"
    assert code(asker, "de-register") == "notsupported"
    assert code(asker, "id-token-trust", **{"id-token": "abc"}) == "transporttype"


def test_save_config(asker):
    found = asker.ask("POST", f"{OPERATIONS}/cisco-ia:save-config")
    result = json.loads(found.body)["cisco-ia:output"]["result"]
    assert result == "Save running-config successful"
    assert not asker.device.has_unsaved_changes()


def test_in_xml(asker):
    body = f'<input xmlns="{CSL}"><file-path>flash:u.xml</file-path></input>'
    found = asker.ask(
        "POST",
        f"{OPERATIONS}/cisco-smart-license:rum-save-usage-all",
        body.encode(),
        accept=XML,
    )
    assert found.status == 200
    assert b"<return-code>success</return-code>" in found.body


def test_where_an_older_client_posts_them(asker):
    path = "/restconf/data/cisco-smart-license:register-id-token"
    found = asker.ask("POST", path, {"cisco-smart-license:input": {"id-token": "x", "force": True}})
    assert json.loads(found.body)["cisco-smart-license:output"]["return-code"] == "transporttype"


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (None, "missing-element"),
        ({"input": {}}, "missing-element"),
        ({"input": {"file-path": "f", "more": 1}}, "unknown-element"),
        ({"input": {"file-path": "x" * 128}}, "invalid-value"),
        ({"input": []}, "malformed-message"),
        ({"file-path": "flash:u"}, "malformed-message"),
    ],
)
def test_inputs_that_are_refused(asker, body, tag):
    found = asker.ask("POST", f"{OPERATIONS}/cisco-smart-license:rum-save-usage-all", body)
    assert error_of(found, 400)["error-tag"] == tag


def test_one_that_is_not_there(asker):
    assert error_of(asker.ask("POST", f"{OPERATIONS}/cisco-ia:nothing"), 404)
    assert error_of(asker.ask("POST", f"{OPERATIONS}/ietf-netconf:edit-config", {}), 404)
