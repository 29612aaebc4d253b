"""RESTCONF and REST clients of others: requests as public programs use it, rest.connector, Ansible.

The first two groups ask what two public applications ask, in their way: headers, paths without a
module, operations below data, an unencoded import. Nothing of ours is imported here.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

BIN = Path(sys.executable).parent
YANG = "application/yang-data+json"
LICENSING = "/restconf/data/cisco-smart-license:licensing"

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


class Http:
    """One device's HTTPS, with the headers of the older public application."""

    def __init__(self, switch: Any, user: str = "", password: str = "") -> None:
        self.base = f"https://{switch.host}:{switch.restconf}"
        self.session = requests.Session()
        self.session.verify = False
        self.session.trust_env = False
        self.session.auth = (user or switch.username, password or switch.password)
        self.session.headers.update({"Accept": YANG, "Content-Type": YANG, "FOXY-API-VERSION": "1"})

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, self.base + path, timeout=10, **more)


@pytest.fixture
def http(sw1: Any) -> Http:
    return Http(sw1)


# --- an application that registers and reads the licence state ------------------------------------


def test_what_the_application_reads(http: Http, sw1: Any) -> None:
    pid = http.ask("GET", f"{LICENSING}/state/state-info/udi/pid")
    assert pid.json()["cisco-smart-license:pid"] == sw1.platform
    version = http.ask("GET", "/restconf/data/native/version")
    assert version.json()["Cisco-IOS-XE-native:version"] == "17.12"
    path = f"{LICENSING}/state/state-info/registration/registration-state"
    state = http.ask("GET", path).json()
    assert state == {"cisco-smart-license:registration-state": "reg-state-not-registered"}


def test_what_the_application_posts(http: Http) -> None:
    body = {"cisco-smart-license:input": {"id-token": "abc", "force": True}}
    path = "/restconf/data/cisco-smart-license:register-id-token"
    answer = http.ask("POST", path, data=json.dumps(body))
    assert answer.status_code == 200
    assert isinstance(answer.json()["cisco-smart-license:output"]["return-code"], str)
    gone = http.ask("POST", "/restconf/data/cisco-smart-license:de-register")
    assert gone.json()["cisco-smart-license:output"]["return-code"] == "notsupported"


def test_errors_as_the_application_reads_them(http: Http) -> None:
    answer = http.ask("GET", f"{LICENSING}/nothing")
    assert answer.status_code == 404
    assert answer.json()["errors"]["error"][0]["error-tag"] == "invalid-value"


# --- the vendor's sample for the licensing REST API -----------------------------------------------


@pytest.mark.parametrize("tls", [True, False])
def test_reports_as_the_sample_collects_them(sw1: Any, tls: bool) -> None:
    http = Http(sw1)
    if not tls:
        http.base = f"http://{sw1.host}:{sw1.http}"
    closed = http.ask(
        "POST",
        "/smartlic-service/close-reports",
        data="test=",
        headers={"Content-Type": "application/json"},
    )
    assert closed.status_code == 200
    listed = http.ask("GET", "/smartlic-service/list").json()["usage_list"]
    reports = http.ask("GET", "/smartlic-service/all-reports").json()["usage"]
    assert len(reports) == len(listed) > 0
    assert all(json.loads(report["payload"])["measurements"] for report in reports)
    assert len(http.ask("GET", "/smartlic-service/days/30").json()["usage"]) == len(reports)
    text = "<smartLicense></smartLicense>".replace("'", '"')
    for body in (text, base64.b64encode(text.encode())):
        answer = http.ask("POST", "/smartlic-service/import", data=body)
        assert answer.status_code == 400  # there is nothing in it


def test_nobody_else_gets_in(sw1: Any) -> None:
    for user, password, status in (("admin", "no", 401), ("looker", "look", 403)):
        answer = Http(sw1, user, password).ask("GET", f"{LICENSING}/state")
        assert answer.status_code == status
        assert "smart" not in answer.text


# --- pyATS rest.connector -------------------------------------------------------------------------


@pytest.fixture
def rest(sw1: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they would win against `verify`
        monkeypatch.delenv(name, raising=False)
    loader = pytest.importorskip("genie.testbed", reason="pyATS is not for this Python")
    device = {
        "os": "iosxe",
        "type": "switch",
        "custom": {"abstraction": {"order": ["os"]}},
        "connections": {
            "rest": {
                "class": "rest.connector.Rest",
                "ip": sw1.host,
                "port": str(sw1.restconf),
                "protocol": "https",
                "verify": False,
                "credentials": {"rest": {"username": sw1.username, "password": sw1.password}},
            }
        },
    }
    testbed = loader.load({"devices": {sw1.name: device}})
    found = testbed.devices[sw1.name]
    found.connect(alias="rest", via="rest", proxies={})
    yield found.rest
    found.rest.disconnect()


def test_rest_connector(rest: Any, sw1: Any) -> None:
    native = "/restconf/data/Cisco-IOS-XE-native:native"
    assert rest.get(f"{native}/hostname").json() == {"Cisco-IOS-XE-native:hostname": sw1.name}
    row = {"Cisco-IOS-XE-native:Loopback": {"name": 77, "description": "by a connector"}}
    listed = {"Cisco-IOS-XE-native:Loopback": [row["Cisco-IOS-XE-native:Loopback"]]}
    made = rest.put(f"{native}/interface/Loopback=77", json.dumps(listed))
    assert made.status_code == 201
    changed = {"Cisco-IOS-XE-native:Loopback": [{"name": 77, "description": "changed"}]}
    assert rest.patch(f"{native}/interface/Loopback=77", json.dumps(changed)).status_code == 204
    found = rest.get(f"{native}/interface/Loopback=77/description").json()
    assert found == {"Cisco-IOS-XE-native:description": "changed"}
    assert rest.delete(f"{native}/interface/Loopback=77").status_code == 204


# --- Ansible --------------------------------------------------------------------------------------

# an interface is told whole, as it is read back, or each run of a playbook changes it anew
PLAYBOOK = """\
- hosts: devices
  gather_facts: false
  tasks:
    - name: read
      ansible.netcommon.restconf_get:
        path: /data/cisco-smart-license:licensing/state/state-info/udi
        output: json
    - name: make
      ansible.netcommon.restconf_config:
        path: /data/Cisco-IOS-XE-native:native/interface/Loopback=78
        method: put
        format: json
        content: |
          {"Cisco-IOS-XE-native:Loopback": [{"name": 78, "description": "by a playbook",
            "ip": {"no-address": {"address": false}}}]}
    - name: made
      ansible.netcommon.restconf_get:
        path: /data/Cisco-IOS-XE-native:native/interface/Loopback=78
    - name: again
      ansible.netcommon.restconf_config:
        path: /data/Cisco-IOS-XE-native:native/interface/Loopback=78
        method: put
        format: json
        content: |
          {"Cisco-IOS-XE-native:Loopback": [{"name": 78, "description": "by a playbook",
            "ip": {"no-address": {"address": false}}}]}
    - name: gone
      ansible.netcommon.restconf_config:
        path: /data/Cisco-IOS-XE-native:native/interface/Loopback=78
        method: delete
    - name: refused
      ansible.netcommon.restconf_get:
        path: /data/Cisco-IOS-XE-native:native/nonsense
      ignore_errors: true
"""


def test_ansible(sw1: Any, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(PLAYBOOK, "utf-8")
    variables = {
        "ansible_host": sw1.host,
        "ansible_user": sw1.username,
        "ansible_password": sw1.password,
        "ansible_connection": "ansible.netcommon.httpapi",
        "ansible_network_os": "ansible.netcommon.restconf",
        "ansible_httpapi_use_ssl": True,
        "ansible_httpapi_validate_certs": False,
        "ansible_httpapi_port": sw1.restconf,
        "ansible_httpapi_use_proxy": False,
        "ansible_httpapi_restconf_root": "/restconf",
        "ansible_python_interpreter": sys.executable,
    }
    inventory = {"devices": {"hosts": {sw1.name: variables}}}
    (tmp_path / "inventory.json").write_text(json.dumps(inventory), "utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_FORKS": "1",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    run = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventory.json", "site.yaml"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
    )
    start = run.stdout.find("{")
    assert start >= 0, run.stdout + run.stderr
    tasks = json.loads(run.stdout[start:])["plays"][0]["tasks"]
    came = {task["task"]["name"]: task["hosts"][sw1.name] for task in tasks}
    assert run.returncode == 0, json.dumps(came[next(reversed(came))], indent=1)
    udi = came["read"]["response"]["cisco-smart-license:udi"]
    assert (udi["pid"], udi["sn"]) == (sw1.platform, sw1.serial)
    assert came["make"]["changed"] and not came["again"]["changed"]
    (row,) = came["made"]["response"]["Cisco-IOS-XE-native:Loopback"]
    assert row["description"] == "by a playbook"
    assert came["gone"]["changed"]
    assert came["refused"]["failed"]
