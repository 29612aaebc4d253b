"""More NETCONF clients of others: netconf-client, yang.connector and blitz of pyATS, Ansible, and
every operation of ncclient on a device with a candidate."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ncclient import manager
from ncclient.operations import RPCError
from netconf_client.connect import connect_ssh
from netconf_client.error import RpcError
from netconf_client.ncclient import Manager

CSL = "http://cisco.com/ns/yang/cisco-smart-license"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
NAME = f'<native xmlns="{NATIVE}"><hostname/></native>'


def named(word: str) -> str:
    inner = f'<native xmlns="{NATIVE}"><hostname>{word}</hostname></native>'
    return f'<config xmlns="{NC}">{inner}</config>'


def interval(days: object) -> str:
    inner = f"<usage><interval>{days}</interval></usage>"
    config = f"<config>{inner}</config>"
    return f'<config xmlns="{NC}"><licensing xmlns="{CSL}">{config}</licensing></config>'


# --- netconf-client -------------------------------------------------------------------------


@pytest.fixture
def small(sw1):
    session = connect_ssh(
        host=sw1.host, port=sw1.netconf, username=sw1.username, password=sw1.password
    )
    with Manager(session, timeout=30) as opened:
        yield opened


def test_netconf_client_reads_edits_and_locks(small):
    wanted = f"<filter>{NAME}</filter>"
    assert b"<hostname>SW1</hostname>" in small.get_config(filter=wanted).data_xml
    small.lock("running")
    small.edit_config(interval(41))
    small.edit_config(
        interval(41)
        .replace("<interval>41<", "<interval nc:operation='remove'>41<")
        .replace("<config xmlns", f"<config xmlns:nc='{NC}' xmlns", 1)
    )
    small.unlock("running")
    with pytest.raises(RpcError) as caught:
        small.edit_config(interval(0))
    assert caught.value.tag == "invalid-value"


def test_netconf_client_is_notified(small):
    small.create_subscription()
    small.edit_config(interval(42))
    told = small.take_notification(True, 20)
    assert b"netconf-config-change" in told.notification_xml
    small.edit_config(
        f'<config xmlns="{NC}" xmlns:nc="{NC}"><licensing xmlns="{CSL}"><config>'
        '<usage nc:operation="remove"/></config></licensing></config>'
    )


# --- ncclient -------------------------------------------------------------------------------


@pytest.fixture(params=["iosxe", "default"])
def staged(request, sw4):
    with manager.connect(
        host=sw4.host,
        port=sw4.netconf,
        username=sw4.username,
        password=sw4.password,
        hostkey_verify=False,
        look_for_keys=False,
        allow_agent=False,
        device_params={"name": request.param},
        timeout=30,
    ) as opened:
        yield opened


def hostname(session, source: str = "running") -> str:
    return session.get_config(source, filter=("subtree", NAME)).data_xml


def test_ncclient_commits_discards_and_validates(staged):
    assert ":candidate" in staged.server_capabilities
    with staged.locked("running"), staged.locked("candidate"):
        staged.discard_changes()
        staged.edit_config(target="candidate", config=named("STAGED"), test_option="test-then-set")
        assert "STAGED" not in hostname(staged)
        staged.validate("candidate")
        staged.commit()
        assert "STAGED" in hostname(staged)
        staged.edit_config(target="candidate", config=named("OTHER"))
        staged.discard_changes()
        assert "STAGED" in hostname(staged, "candidate")
        staged.edit_config(target="candidate", config=named("SW4"))
        staged.commit()


def test_ncclient_confirms_and_cancels(staged):
    staged.edit_config(target="candidate", config=named("TRIED"))
    staged.commit(confirmed=True, timeout="60")
    assert "TRIED" in hostname(staged)
    staged.cancel_commit()
    assert "SW4" in hostname(staged)
    staged.edit_config(target="candidate", config=named("KEPT"))
    staged.commit(confirmed=True, timeout="60", persist="me")
    staged.commit(persist_id="me")
    assert "KEPT" in hostname(staged)
    staged.edit_config(target="candidate", config=named("SW4"))
    staged.commit()


def test_ncclient_copies_and_is_refused(staged):
    staged.edit_config(target="candidate", config=named("COPY"))
    staged.copy_config(source="running", target="candidate")
    assert "SW4" in hostname(staged, "candidate")
    with pytest.raises(RPCError):
        staged.delete_config("running")
    with pytest.raises(RPCError):
        staged.kill_session(staged.session_id)


def test_ncclient_is_notified(staged):
    staged.create_subscription(stream_name="NETCONF")
    staged.edit_config(target="candidate", config=named("TOLD"))
    staged.commit()
    told = staged.take_notification(block=True, timeout=20)
    assert "netconf-config-change" in told.notification_xml
    staged.edit_config(target="candidate", config=named("SW4"))
    staged.commit()


def test_ncclient_reads_with_defaults(staged):
    for mode in ("explicit", "report-all", "report-all-tagged"):
        found = staged.get_config("running", filter=("subtree", NAME), with_defaults=mode)
        assert "SW4" in found.data_xml


def test_the_way_of_network_as_code(staged):
    """Locks running, then the candidate; edits the licence; commits; unlocks."""
    native = f'<native xmlns="{NATIVE}"><license><boot><level><network-advantage>'
    native += "<addon>dna-advantage</addon></network-advantage></level></boot><smart>"
    native += "<transport-type>cslu</transport-type><url><cslu>{}</cslu></url></smart></license>"
    native += "</native>"
    url = "http://192.0.2.40:8182/cslu/v1/pi"
    with staged.locked("running"), staged.locked("candidate"):
        staged.edit_config(
            target="candidate", config=f'<config xmlns="{NC}">{native.format(url)}</config>'
        )
        staged.commit()
    wanted = f'<native xmlns="{NATIVE}"><license/></native>'
    found = staged.get_config("running", filter=("subtree", wanted)).data_xml
    assert url in found and "<addon>dna-advantage</addon>" in found


# --- pyATS ----------------------------------------------------------------------------------


@pytest.fixture
def device(sw4):
    from genie.testbed import load

    made = load(
        {
            "devices": {
                "SW4": {
                    "os": "iosxe",
                    "type": "switch",
                    "credentials": {
                        "default": {"username": sw4.username, "password": sw4.password},
                        "enable": {"password": "enable-me"},
                    },
                    "connections": {
                        "cli": {
                            "protocol": "ssh",
                            "ip": sw4.host,
                            "port": sw4.port,
                            "ssh_options": "-o StrictHostKeyChecking=no "
                            "-o UserKnownHostsFile=/dev/null",
                        },
                        "netconf": {
                            "class": "yang.connector.Netconf",
                            "ip": sw4.host,
                            "port": sw4.netconf,
                            "username": sw4.username,
                            "password": sw4.password,
                        },
                    },
                }
            }
        }
    ).devices["SW4"]
    made.connect(alias="nc", via="netconf")
    yield made
    made.nc.disconnect()


def test_yang_connector_reads_and_edits(device):
    found = device.nc.get_config("running", filter=("subtree", NAME))
    assert found.ok and "SW4" in found.data_xml
    reply = device.nc.request(
        f'<rpc xmlns="{NC}" message-id="1"><get-config><source><running/></source>'
        f"<filter>{NAME}</filter></get-config></rpc>"
    )
    assert "<hostname>SW4</hostname>" in reply


def test_blitz_edits_with_locks_and_retries(device):
    from genie.libs.sdk.triggers.blitz.netconf_util import (
        get_datastore_state,
        netconf_send,
        try_lock,
    )
    from genie.libs.sdk.triggers.blitz.rpcverify import RpcVerify

    known = RpcVerify(
        log=logging.getLogger(__name__), capabilities=list(device.nc.server_capabilities)
    )
    target, state = get_datastore_state("", known)
    assert target == "candidate"
    rpcs = [("edit-config", {"target": target, "config": named("BLITZ")})]
    sent = netconf_send(device.nc, rpcs, state, lock=True)
    assert all("error" not in str(reply[1]).lower() for reply in sent), sent
    assert "BLITZ" in device.nc.get_config("running", filter=("subtree", NAME)).data_xml
    back = [("edit-config", {"target": target, "config": named("SW4")})]
    netconf_send(device.nc, back, state, lock=True)
    assert try_lock(device.nc, "running", timer=2)
    device.nc.unlock(target="running")


def parsed(device, command: str):
    return device.parse(command, output=device.cli.execute(command))


def test_genie_parses_who_is_on_netconf(device):
    device.connect(alias="cli", via="cli", log_stdout=False)
    try:
        shown = parsed(device, "show netconf-yang sessions")
        assert shown["session_count"] >= 1
        row = (
            next(iter(shown["session"]["session_id"].values()), None)
            if "session" in shown
            else shown
        )
        assert "netconf-ssh" in str(row)
        detail = parsed(device, "show netconf-yang sessions detail")
        assert detail["session_count"] >= 1
        stores = parsed(device, "show netconf-yang datastores")
        assert "candidate" in str(stores) and "running" in str(stores)
        assert parsed(device, "show netconf-yang status")["status"] == "enabled"
    finally:
        device.cli.disconnect()


# --- Ansible --------------------------------------------------------------------------------

PLAYBOOK = f"""\
- hosts: all
  gather_facts: false
  tasks:
    - name: get
      ansible.netcommon.netconf_get:
        source: running
        filter: '{NAME}'
      register: got
    - ansible.builtin.assert:
        that: "'<hostname>SW4</hostname>' in got.stdout"
    - name: config
      ansible.netcommon.netconf_config:
        target: candidate
        content: '{named("ANSIBLE")}'
        commit: true
      register: changed
    - ansible.builtin.assert:
        that: changed.changed
    - name: back
      ansible.netcommon.netconf_config:
        target: candidate
        content: '{named("SW4")}'
    - name: rpc
      ansible.netcommon.netconf_rpc:
        rpc: save-config
        xmlns: http://cisco.com/yang/cisco-ia
      register: saved
    - ansible.builtin.assert:
        that: "'Save running-config successful' in (saved.stdout | string)"
"""


def test_ansible_gets_configures_and_calls(sw4, tmp_path):
    (tmp_path / "play.yml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "hosts").write_text(
        f"sw4 ansible_host={sw4.host} ansible_port={sw4.netconf} ansible_user={sw4.username} "
        f"ansible_password={sw4.password} ansible_connection=ansible.netcommon.netconf "
        f"ansible_network_os=cisco.ios.ios ansible_python_interpreter={sys.executable}\n",
        "utf-8",
    )
    found = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "hosts", "play.yml"],
        cwd=tmp_path,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
        },
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert found.returncode == 0, found.stdout + found.stderr
