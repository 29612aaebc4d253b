"""ietf-interfaces as public examples for IOS XE use it: ncclient, requests, pyATS, Ansible.

Payloads have the form of the well-known learning labs; nothing of ours is imported here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from lxml import etree
from ncclient import manager
from ncclient.operations import RPCError

BIN = Path(sys.executable).parent
IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
NAMES = {"if": IF, "ip": "urn:ietf:params:xml:ns:yang:ietf-ip", "ios": NATIVE}
YANG = "application/yang-data+json"

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

MADE = """
<config>
  <interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">
    <interface>
      <name>{name}</name>
      <description>{text}</description>
      <type xmlns:ianaift="urn:ietf:params:xml:ns:yang:iana-if-type">
        ianaift:softwareLoopback
      </type>
      <enabled>true</enabled>
      <ipv4 xmlns="urn:ietf:params:xml:ns:yang:ietf-ip">
        <address><ip>{address}</ip><netmask>255.255.255.0</netmask></address>
      </ipv4>
    </interface>
  </interfaces>
</config>
"""
GONE = """
<config>
  <interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">
    <interface operation="delete"><name>{name}</name></interface>
  </interfaces>
</config>
"""
WANTED = """
<filter xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">
    <interface><name>{name}</name></interface>
  </interfaces>
  <interfaces-state xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">
    <interface><name>{name}</name></interface>
  </interfaces-state>
</filter>
"""


@pytest.fixture
def session(sw1: Any) -> Iterator[manager.Manager]:
    with manager.connect(
        host=sw1.host,
        port=sw1.netconf,
        username=sw1.username,
        password=sw1.password,
        hostkey_verify=False,
        look_for_keys=False,
        allow_agent=False,
        device_params={"name": "iosxe"},
    ) as opened:
        yield opened


def of_base(text: str) -> str:
    """An edit with its `<config>` in the base namespace, which only device name iosxe adds."""
    return text.replace("<config>", f'<config xmlns="{BASE}">')


def found(reply: Any, path: str) -> list[str]:
    data = etree.fromstring(reply.data_xml.encode())
    return [element.text for element in data.iterfind(path, NAMES)]


def test_ncclient_makes_reads_and_deletes(session: manager.Manager) -> None:
    values = {"name": "Loopback1810", "text": "by a script", "address": "10.181.0.1"}
    assert session.edit_config(target="running", config=MADE.format(**values)).ok
    reply = session.get(WANTED.format(**values))
    assert found(reply, "if:interfaces/if:interface/if:description") == ["by a script"]
    assert found(reply, "if:interfaces/if:interface/ip:ipv4/ip:address/ip:ip") == ["10.181.0.1"]
    for leaf in ("admin-status", "oper-status"):
        assert found(reply, f"if:interfaces-state/if:interface/if:{leaf}") == ["up"]
    native = f'<native xmlns="{NATIVE}"><interface><Loopback><name>1810</name></Loopback>'
    reply = session.get_config("running", ("subtree", f"{native}</interface></native>"))
    path = "ios:native/ios:interface/ios:Loopback/ios:ip/ios:address/ios:primary/ios:mask"
    assert found(reply, path) == ["255.255.255.0"]
    disabled = MADE.format(**values).replace(">true<", ">false<")
    assert session.edit_config(target="running", config=disabled).ok
    reply = session.get(WANTED.format(**values))
    assert found(reply, "if:interfaces-state/if:interface/if:oper-status") == ["down"]
    assert session.edit_config(target="running", config=GONE.format(**values)).ok
    assert session.get(WANTED.format(**values)).data_ele.getchildren() == []
    with pytest.raises(RPCError) as caught:
        session.edit_config(target="running", config=GONE.format(**values))
    assert caught.value.tag == "data-missing"


def test_ncclient_is_refused_what_has_no_type(session: manager.Manager) -> None:
    body = f'<interfaces xmlns="{IF}"><interface><name>Loopback1811</name></interface></interfaces>'
    with pytest.raises(RPCError) as caught:
        session.edit_config(target="running", config=f"<config>{body}</config>")
    assert caught.value.tag == "data-missing" and "Loopback1811" in caught.value.path


def test_ncclient_is_refused_a_filter_in_no_namespace(session: manager.Manager) -> None:
    """As 17.3 and later refuse the filters of older examples."""
    with pytest.raises(RPCError) as caught:
        session.get_config("running", f'<filter><interfaces xmlns="{IF}"/></filter>')
    assert (caught.value.tag, caught.value.path) == ("unknown-element", "/rpc/get-config")


def test_ncclient_lists_all_interfaces_and_gets_the_schemas(session: manager.Manager) -> None:
    reply = session.get(f'<filter xmlns="{BASE}"><interfaces xmlns="{IF}"/></filter>')
    names = found(reply, "if:interfaces/if:interface/if:name")
    assert {"GigabitEthernet1/0/1", "Vlan1"} <= set(names)
    for module, revision in (("ietf-interfaces", "2014-05-08"), ("ietf-ip", "2014-06-16")):
        assert f"revision {revision}" in session.get_schema(module, revision).data
        uri = next(c for c in session.server_capabilities if f"module={module}&" in c)
        assert f"revision={revision}" in uri


class Rest:
    """Requests of a learning lab."""

    def __init__(self, switch: Any) -> None:
        self.base = f"https://{switch.host}:{switch.restconf}/restconf/data/ietf-interfaces:"
        self.session = requests.Session()
        self.session.verify = False
        self.session.trust_env = False
        self.session.auth = (switch.username, switch.password)
        self.session.headers.update({"Accept": YANG, "Content-Type": YANG})

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        text = None if body is None else json.dumps(body)
        return self.session.request(method, self.base + path, data=text, timeout=10)


def test_requests_put_get_patch_delete(sw1: Any) -> None:
    rest, path = Rest(sw1), "interfaces/interface=Loopback1820"
    row = {
        "name": "Loopback1820",
        "description": "Adding loopback",
        "type": "iana-if-type:softwareLoopback",
        "enabled": True,
        "ietf-ip:ipv4": {"address": [{"ip": "10.182.0.1", "netmask": "255.255.255.255"}]},
        "ietf-ip:ipv6": {},
    }
    assert rest.ask("PUT", path, {"ietf-interfaces:interface": row}).status_code == 201
    assert rest.ask("PUT", path, {"ietf-interfaces:interface": row}).status_code == 204
    answer = rest.ask("GET", path).json()["ietf-interfaces:interface"]
    assert answer == [row]
    change = {"ietf-interfaces:interface": {"name": "Loopback1820", "description": "changed"}}
    assert rest.ask("PATCH", path, change).status_code == 204
    assert rest.ask("GET", f"{path}/description").json() == {
        "ietf-interfaces:description": "changed"
    }
    state = rest.ask("GET", "interfaces-state/interface=Loopback1820").json()
    assert state["ietf-interfaces:interface"][0]["oper-status"] == "up"
    assert rest.ask("DELETE", path).status_code == 204
    assert rest.ask("GET", path).status_code == 404


def test_requests_post_several(sw1: Any) -> None:
    rest = Rest(sw1)
    for number in range(3):
        name = f"Loopback183{number}"
        row = {"name": name, "type": "iana-if-type:softwareLoopback", "ietf-ip:ipv4": {}}
        assert (
            rest.ask("POST", "interfaces", {"ietf-interfaces:interface": [row]}).status_code == 201
        )
    rows = rest.ask("GET", "interfaces").json()["ietf-interfaces:interfaces"]["interface"]
    names = {row["name"] for row in rows}
    for number in range(3):
        assert f"Loopback183{number}" in names
        path = f"interfaces/interface=Loopback183{number}"
        assert rest.ask("DELETE", path).status_code == 204


def test_yang_connector(sw1: Any) -> None:
    from genie.testbed import load

    netconf = {
        "class": "yang.connector.Netconf",
        "ip": sw1.host,
        "port": sw1.netconf,
        "username": sw1.username,
        "password": sw1.password,
    }
    row = {"os": "iosxe", "type": "switch", "connections": {"netconf": netconf}}
    device = load({"devices": {"SW1": row}}).devices["SW1"]
    device.connect(alias="nc", via="netconf")
    try:
        values = {"name": "Loopback1840", "text": "by pyATS", "address": "10.184.0.1"}
        made, gone = (of_base(text).format(**values) for text in (MADE, GONE))
        assert device.nc.edit_config(target="running", config=made).ok
        path = "/if:interfaces/interface[name='Loopback1840']/description"
        reply = device.nc.get_config("running", filter=("xpath", path))
        assert found(reply, "if:interfaces/if:interface/if:description") == ["by pyATS"]
        assert device.nc.edit_config(target="running", config=gone).ok
    finally:
        device.nc.disconnect()


NETCONF_PLAY = """\
- hosts: netconf
  gather_facts: false
  tasks:
    - name: made
      ansible.netcommon.netconf_config:
        target: running
        content: '{made}'
    - name: again
      ansible.netcommon.netconf_config:
        target: running
        content: '{made}'
    - name: got
      ansible.netcommon.netconf_get:
        source: running
        filter: /if:interfaces/if:interface[if:name="Loopback1850"]/if:description
    - name: gone
      ansible.netcommon.netconf_config:
        target: running
        content: '{gone}'
"""
RESTCONF_PLAY = """\
- hosts: restconf
  gather_facts: false
  tasks:
    - name: put
      ansible.netcommon.restconf_config:
        path: /data/ietf-interfaces:interfaces/interface=Loopback1851
        method: put
        format: json
        content: |
          {"ietf-interfaces:interface": {"name": "Loopback1851", "enabled": true,
            "description": "by a playbook", "type": "iana-if-type:softwareLoopback",
            "ietf-ip:ipv4": {"address": [{"ip": "10.185.1.1", "netmask": "255.255.255.0"}]}}}
    - name: read
      ansible.netcommon.restconf_get:
        path: /data/ietf-interfaces:interfaces/interface=Loopback1851
    - name: deleted
      ansible.netcommon.restconf_config:
        path: /data/ietf-interfaces:interfaces/interface=Loopback1851
        method: delete
"""


def test_ansible(sw1: Any, tmp_path: Path) -> None:
    values = {"name": "Loopback1850", "text": "by a play", "address": "10.185.0.1"}
    texts = (of_base("".join(text.split("\n"))) for text in (MADE, GONE))
    made, gone = (text.format(**values) for text in texts)
    gone = gone.replace("operation=", f'xmlns:nc="{BASE}" nc:operation=')
    play = NETCONF_PLAY.replace("{made}", made).replace("{gone}", gone)
    (tmp_path / "site.yaml").write_text(play + RESTCONF_PLAY, "utf-8")
    common = {
        "ansible_host": sw1.host,
        "ansible_user": sw1.username,
        "ansible_password": sw1.password,
        "ansible_python_interpreter": sys.executable,
    }
    netconf = {
        **common,
        "ansible_port": sw1.netconf,
        "ansible_connection": "ansible.netcommon.netconf",
        "ansible_network_os": "cisco.ios.ios",
    }
    restconf = {
        **common,
        "ansible_connection": "ansible.netcommon.httpapi",
        "ansible_network_os": "ansible.netcommon.restconf",
        "ansible_httpapi_use_ssl": True,
        "ansible_httpapi_validate_certs": False,
        "ansible_httpapi_port": sw1.restconf,
        "ansible_httpapi_use_proxy": False,
        "ansible_httpapi_restconf_root": "/restconf",
    }
    inventory = {"netconf": {"hosts": {"nc": netconf}}, "restconf": {"hosts": {"rc": restconf}}}
    (tmp_path / "inventory.json").write_text(json.dumps(inventory), "utf-8")
    run = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventory.json", "site.yaml"],
        cwd=tmp_path,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=150,
    )
    start = run.stdout.find("{")
    assert start >= 0, run.stdout + run.stderr
    plays = json.loads(run.stdout[start:])["plays"]
    came = {
        task["task"]["name"]: next(iter(task["hosts"].values()))
        for play in plays
        for task in play["tasks"]
    }
    assert run.returncode == 0, json.dumps(came, indent=1)
    assert came["made"]["changed"] and not came["again"]["changed"] and came["gone"]["changed"]
    assert "by a play" in came["got"]["stdout"]
    (row,) = came["read"]["response"]["ietf-interfaces:interface"]
    assert row["ietf-ip:ipv4"]["address"] == [{"ip": "10.185.1.1", "netmask": "255.255.255.0"}]
    assert came["put"]["changed"] and came["deleted"]["changed"]
