"""Controllers of others, re-created by what their public code sends: Terraform's iosxe provider by
RESTCONF and by NETCONF, NSO, and a collector that works through the licensing REST API.

The bodies are in their shapes: rows without an array, numbers as texts, `{}` for a word, filters
without a prefix. Nothing of ours is imported here.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
import urllib3
from lxml import etree
from ncclient import manager
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele

NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
YANG, PATCH = "application/yang-data+json", "application/yang-patch+json"

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


# --- Terraform by RESTCONF ------------------------------------------------------------------------


class Terraform:
    """How the provider's library finds the server, asks it, and reads errors."""

    def __init__(self, switch: Any) -> None:
        self.base = f"https://{switch.host}:{switch.restconf}"
        self.session = requests.Session()
        self.session.verify = False
        self.session.trust_env = False
        self.session.auth = (switch.username, switch.password)
        found = self.ask("GET", "/.well-known/host-meta").text
        self.root = found.partition("Link rel='restconf' href='")[2].partition("'")[0]
        path = f"{self.root}/data/ietf-restconf-monitoring:restconf-state/capabilities"
        listed = self.ask("GET", path).json()
        self.capabilities = listed["ietf-restconf-monitoring:capabilities"]["capability"]

    def ask(self, method: str, path: str, body: Any = None, kind: str = YANG) -> requests.Response:
        data = None if body is None else json.dumps(body)
        headers = {"Accept": YANG, "Content-Type": kind}
        where = self.base + path
        return self.session.request(method, where, data=data, headers=headers, timeout=20)

    def data(self, method: str, path: str, body: Any = None, kind: str = YANG) -> requests.Response:
        return self.ask(method, f"{self.root}/data/{path}", body, kind)

    def configured(self, path: str, body: Any) -> None:
        """PATCH of the path without its last key, and PUT where that found nothing."""
        answer = self.data("PATCH", path.rpartition("=")[0] or path, body)
        if answer.status_code == 404:
            (error,) = answer.json()["ietf-restconf:errors"]["error"]
            assert error["error-message"] == "patch to a nonexistent resource"
            answer = self.data("PUT", path, body)
        assert answer.status_code in (201, 204), answer.text

    def read(self, path: str) -> Any:
        answer = self.data("GET", path)
        if answer.status_code == 404:
            return None
        if answer.status_code == 204:
            return {}  # an empty container
        assert answer.status_code == 200, answer.text
        (found,) = answer.json().values()
        return found[0] if isinstance(found, list) else found


@pytest.fixture
def terraform(sw1: Any) -> Terraform:
    return Terraform(sw1)


def test_terraform_finds_the_server(terraform: Terraform) -> None:
    assert terraform.root == "/restconf"
    assert "urn:ietf:params:restconf:capability:yang-patch:1.0" in terraform.capabilities


def test_terraform_makes_reads_changes_and_removes_an_interface(terraform: Terraform) -> None:
    path = "Cisco-IOS-XE-native:native/interface/Loopback=79"
    address = {"address": "192.0.2.79", "mask": "255.255.255.255"}
    row = {
        "name": "79",
        "description": "plan",
        "shutdown": {},
        "ip": {"address": {"primary": address}},
    }
    terraform.configured(path, {"Cisco-IOS-XE-native:Loopback": row})
    found = terraform.read(path)
    assert found["name"] == 79
    assert found["ip"]["address"]["primary"] == address
    assert "shutdown" in found
    changed = {"Cisco-IOS-XE-native:Loopback": {"name": "79", "description": "changed"}}
    terraform.configured(path, changed)
    assert terraform.data("DELETE", f"{path}/shutdown").status_code == 204
    found = terraform.read(path)
    assert found["description"] == "changed"
    assert "shutdown" not in found
    assert [terraform.data("DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert terraform.read(path) is None


def test_terraform_licenses(terraform: Terraform) -> None:
    """The resource iosxe_license, and the removal of one of its attributes."""
    path = "Cisco-IOS-XE-native:native/license"
    url = "http://192.0.2.40:8182/cslu/v1/pi"
    before = terraform.read(f"{path}/smart") or {}
    boot = {"level": {"network-advantage": {"addon": "dna-advantage"}}}
    smart = {"transport-type": "cslu", "url": {"cslu": url}}
    terraform.configured(path, {"Cisco-IOS-XE-native:license": {"boot": boot, "smart": smart}})
    found = terraform.read(path)
    assert found["smart"]["url"]["cslu"] == url
    assert found["boot"]["level"]["network-advantage"]["addon"] == "dna-advantage"
    assert found["udi"]["pid"].startswith("C9300")
    assert terraform.data("DELETE", f"{path}/smart/url/cslu").status_code == 204
    assert "cslu" not in (terraform.read(f"{path}/smart") or {}).get("url", {})
    back = terraform.data("PUT", f"{path}/smart", {"Cisco-IOS-XE-native:smart": before})
    assert back.status_code in (201, 204), back.text


def test_terraform_patches_by_yang_patch(terraform: Terraform) -> None:
    edits = [
        {
            "edit-id": "0",
            "operation": "merge",
            "target": "interface/Loopback=80",
            "value": {"Cisco-IOS-XE-native:Loopback": {"name": "80", "description": "a"}},
        },
        {"edit-id": "1", "operation": "remove", "target": "interface/Loopback=81"},
    ]
    body = {"ietf-yang-patch:yang-patch": {"patch-id": "1", "comment": "c", "edit": edits}}
    answer = terraform.data("PATCH", "Cisco-IOS-XE-native:native", body, PATCH)
    assert answer.status_code == 200, answer.text
    assert terraform.read("Cisco-IOS-XE-native:native/interface/Loopback=80")["name"] == 80
    edits[:] = [{"edit-id": "0", "operation": "delete", "target": "interface/Loopback=80"}]
    assert terraform.data("PATCH", "Cisco-IOS-XE-native:native", body, PATCH).status_code == 200


def test_terraform_saves(terraform: Terraform) -> None:
    answer = terraform.ask("POST", f"{terraform.root}/operations/cisco-ia:save-config/")
    assert answer.status_code == 200
    assert "cisco-ia:output" in answer.json()


# --- Terraform and NSO by NETCONF -----------------------------------------------------------------


def connected(switch: Any) -> manager.Manager:
    return manager.connect(
        host=switch.host,
        port=switch.netconf,
        username=switch.username,
        password=switch.password,
        hostkey_verify=False,
        look_for_keys=False,
        allow_agent=False,
        device_params={"name": "iosxe"},
        timeout=30,
    )


def xpath(session: manager.Manager, path: str) -> str:
    """get-config by a path without prefixes and without a namespace."""
    wanted = f'<filter type="xpath" select="{path}"/>'
    body = f'<get-config xmlns="{NC}"><source><running/></source>{wanted}</get-config>'
    return session.dispatch(to_ele(body)).xml


def test_terraform_reads_by_bare_paths(sw4: Any) -> None:
    with connected(sw4) as session:
        assert "<hostname>SW4</hostname>" in xpath(session, "/native/hostname")
        found = xpath(session, "/native/interface/GigabitEthernet[name='1/0/1']/name")
        assert "<name>1/0/1</name>" in found
        assert "1/0/2" not in found
        assert "switch" not in xpath(session, "/native/license/udi/pid")
        data = etree.fromstring(xpath(session, "/native/interface/Loopback[name='7']").encode())
        assert not len(data[0])  # nothing there, and no error


def test_terraform_edits_by_netconf(sw4: Any) -> None:
    """Locks running, then the candidate; edits, commits, unlocks; takes it away by `remove`."""
    loopback = (
        f'<config xmlns="{NC}"><native xmlns="{NATIVE}"><interface><Loopback{{attribute}}>'
        "<name>77</name></Loopback></interface></native></config>"
    )
    with connected(sw4) as session:
        for attribute, there in (("", True), (' operation="remove"', False)):
            with session.locked("running"), session.locked("candidate"):
                config = loopback.format(attribute=attribute)
                session.edit_config(target="candidate", config=config)
                session.commit()
            found = xpath(session, "/native/interface/Loopback[name='77']")
            assert ("<name>77</name>" in found) is there


def test_nso_syncs_and_writes(sw4: Any) -> None:
    """Reads by top node, writes through the candidate, and takes back what does not validate."""
    with connected(sw4) as session:
        library = session.get(
            filter=(
                "subtree",
                '<modules-state xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-library"/>',
            )
        ).data_xml
        number = library.partition("<module-set-id>")[2].partition("<")[0]
        assert any(f"module-set-id={number}" in c for c in session.server_capabilities)
        native = session.get_config("running", filter=("subtree", f'<native xmlns="{NATIVE}"/>'))
        assert "<hostname>SW4</hostname>" in native.data_xml
        config = f'<config xmlns="{NC}"><native xmlns="{NATIVE}">{{}}</native></config>'
        with session.locked("running"), session.locked("candidate"):
            session.discard_changes()
            session.edit_config(
                target="candidate",
                config=config.format("<banner><motd><banner>by NSO</banner></motd></banner>"),
                test_option="test-then-set",
                error_option="rollback-on-error",
            )
            session.validate("candidate")
            session.commit()
            with pytest.raises(RPCError):
                session.edit_config(
                    target="candidate", config=config.format("<hostname>1</hostname>")
                )
                session.validate("candidate")
            session.discard_changes()
            gone = f'<banner xmlns:nc="{NC}" nc:operation="remove"/>'
            session.edit_config(target="candidate", config=config.format(gone))
            session.commit()
        assert "by NSO" not in xpath(session, "/native/banner")


# --- a collector ----------------------------------------------------------------------------------


def test_a_collector_brings_reports_in_and_the_ack_back(sw1: Any, lab: Any) -> None:
    """close-reports, all-reports, the file the sample makes of them, and an import."""
    base = f"https://{sw1.host}:{sw1.restconf}/smartlic-service"
    session = requests.Session()
    session.verify, session.trust_env = False, False
    session.auth = (sw1.username, sw1.password)
    session.headers["FOXY-API-VERSION"] = "1"
    assert session.post(f"{base}/close-reports", data="test=", timeout=20).status_code == 200
    usage = session.get(f"{base}/all-reports", timeout=20).json()["usage"]
    assert all({"payload", "header", "signature"} <= item.keys() for item in usage)
    wrapped = "".join(f"<RUMReport><![CDATA[{json.dumps(item)}]]></RUMReport>" for item in usage)
    text = f"<smartLicense>{wrapped}</smartLicense>"
    refused = session.post(f"{base}/import", data=base64.b64encode(text.encode()), timeout=20)
    assert refused.status_code == 400  # a device takes no reports in
    number = json.loads(usage[-1]["payload"])["asset_identification"]["report_id"]
    for path in (f"/{number}", f"/days/{number}"):
        (one,) = session.get(base + path, timeout=20).json()["usage"]
        assert one == usage[-1]
    assert session.get(f"{base}/1", timeout=20).status_code == 404
