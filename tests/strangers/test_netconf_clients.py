"""NETCONF clients of others: ncclient, netconf-console2 and scrapli-netconf.

Only names of the published models are used here; nothing of ours is imported.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ncclient import manager
from ncclient.operations import RPCError
from ncclient.transport import TransportError
from ncclient.xml_ import to_ele

CSL = "http://cisco.com/ns/yang/cisco-smart-license"
NATIVE = "http://cisco.com/ns/yang/Cisco-IOS-XE-native"
NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
URL = "http://192.0.2.40:8182/cslu/v1/pi"
NO_TRANSPORT = f'<transport xmlns:nc="{NC}" nc:operation="remove"/>'
NAME = f'<native xmlns="{NATIVE}"><hostname/></native>'


def connect(switch, handler: str = "iosxe", **more):
    return manager.connect(
        host=switch.host,
        port=switch.netconf,
        username=more.pop("username", switch.username),
        password=more.pop("password", switch.password),
        hostkey_verify=False,
        look_for_keys=False,
        allow_agent=False,
        device_params={"name": handler},
        timeout=30,
    )


@pytest.fixture(params=["iosxe", "default"])
def session(request, sw1) -> Iterator[manager.Manager]:
    with connect(sw1, request.param) as opened:
        yield opened


def wrapped(body: str) -> str:
    return f'<config xmlns="{NC}">{body}</config>'


def licensing(body: str) -> str:
    return wrapped(f'<licensing xmlns="{CSL}"><config>{body}</config></licensing>')


def test_capabilities(session):
    capabilities = list(session.server_capabilities)
    assert ":writable-running" in session.server_capabilities
    assert ":candidate" not in session.server_capabilities
    assert f"{CSL}?module=cisco-smart-license&revision=2021-03-01" in capabilities
    assert len(capabilities) > 300
    assert str(session.session_id).isdigit()


def test_reading_with_both_kinds_of_filter(session):
    subtree = session.get_config("running", filter=("subtree", NAME)).data_xml
    xpath = session.get(filter=("xpath", "/native/hostname")).data_xml
    assert "<hostname>SW1</hostname>" in subtree and "<hostname>SW1</hostname>" in xpath


def test_state(session):
    wanted = f'<licensing xmlns="{CSL}"><state><state-info><udi/></state-info></state></licensing>'
    assert "<pid>C9300-24T</pid><sn>FOC0000EMU1</sn>" in session.get(("subtree", wanted)).data_xml


def test_editing_and_reading_back(session):
    payload = f"<transport><transport-cslu><url-cslu>{URL}</url-cslu></transport-cslu></transport>"
    assert session.edit_config(target="running", config=licensing(payload)).ok
    found = session.get_config("running", filter=("subtree", f'<native xmlns="{NATIVE}"/>'))
    assert f"<cslu>{URL}</cslu>" in found.data_xml
    assert session.edit_config(target="running", config=licensing(NO_TRANSPORT)).ok


def test_script_of_the_public_example(sw1):
    """A payload with an XML declaration and a config in no namespace, for device name iosxe."""
    payload = (
        '<?xml version="1.0" encoding="UTF-8"?><config>'
        f'<licensing xmlns="{CSL}"><config><transport><transport-cslu><url-cslu>{URL}</url-cslu>'
        "</transport-cslu></transport></config></licensing></config>"
    )
    with connect(sw1) as session:
        assert session.edit_config(target="running", config=payload).ok
        assert "Save running-config successful" in session.save_config().xml
        # others want the device to find its own CSLU again
        assert session.edit_config(target="running", config=licensing(NO_TRANSPORT)).ok
        session.save_config()


def test_config_in_no_namespace_is_refused_for_device_name_default(sw1):
    with connect(sw1, "default") as session, pytest.raises(RPCError) as caught:
        session.dispatch(
            to_ele(
                f'<edit-config xmlns="{NC}"><target><running/></target><config xmlns=""/>'
                "</edit-config>"
            )
        )
    assert caught.value.tag == "unknown-element"


@pytest.mark.parametrize(
    ("options", "tag"),
    [
        ({"error_option": "rollback-on-error"}, "invalid-value"),
        ({"test_option": "test-then-set"}, "invalid-value"),
        ({"default_operation": "replace"}, "invalid-value"),
    ],
)
def test_errors_have_tag_path_and_message(session, options, tag):
    payload = licensing("<usage><interval>0</interval></usage>")
    with pytest.raises(RPCError) as caught:
        session.edit_config(target="running", config=payload, **options)
    assert caught.value.tag == tag
    assert caught.value.path.strip().endswith("cisco-smart-license:interval")
    assert caught.value.message == '"0" is not a valid value.'


def test_locks_between_two_sessions(sw1):
    with connect(sw1) as first, connect(sw1, "default") as second:
        with first.locked("running"):
            with pytest.raises(RPCError) as caught:
                second.lock("running")
            assert caught.value.tag == "lock-denied"
            assert f"<session-id>{first.session_id}</session-id>" in caught.value.info
        assert second.lock("running").ok
        assert second.unlock("running").ok


def test_kill_session(sw1):
    with connect(sw1) as first:
        second = connect(sw1)
        assert first.kill_session(second.session_id).ok
        # a request that ncclient takes while its reading thread ends is never answered
        until = time.monotonic() + 10
        while second.connected and time.monotonic() < until:
            time.sleep(0.02)
        assert not second.connected
        with pytest.raises((TransportError, OSError)):
            second.get_config("running")


def test_validate_and_what_is_not_announced(session):
    with pytest.raises(RPCError) as caught:
        session.dispatch(to_ele(f'<commit xmlns="{NC}"/>'))
    assert caught.value.tag == "operation-not-supported"
    assert session.validate("running").ok


def test_schemas_are_served_and_compile(session, tmp_path):
    for name in ("cisco-smart-license", "cisco-smart-license-errors", "ietf-inet-types"):
        found = session.get_schema(name)
        assert f"module {name}" in found.data
    with pytest.raises(RPCError):
        session.get_schema("no-such-module")


def test_licensing_operations(session):
    path = "<file-path>flash:all.txt</file-path>"
    save = f'<rum-save-usage-all xmlns="{CSL}">{path}</rum-save-usage-all>'
    assert ">success</return-code>" in session.dispatch(to_ele(save)).xml
    trust = f'<id-token-trust xmlns="{CSL}"><id-token>T</id-token></id-token-trust>'
    assert ">transporttype</return-code>" in session.dispatch(to_ele(trust)).xml


def test_low_privilege_is_denied_and_learns_nothing(sw1):
    from ncclient.transport.errors import AuthenticationError

    with connect(sw1, username="looker", password="look") as session:
        assert len(list(session.server_capabilities)) == 2
        for ask in (session.get, lambda: session.get_config("running")):
            with pytest.raises(RPCError) as caught:
                ask()
            assert caught.value.tag == "access-denied"
    with pytest.raises(AuthenticationError):
        connect(sw1, username="looker", password="wrong")


# --- netconf-console2 -----------------------------------------------------------------------


def console(switch, *arguments: str) -> str:
    program = Path(sys.executable).parent / "netconf-console2"
    command = [str(program), "--host", switch.host, "--port", str(switch.netconf)]
    command += ["-u", switch.username, "-p", switch.password, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_console_hello(sw1):
    assert "cisco-smart-license" in console(sw1, "--hello")


def test_console_get_config_by_xpath(sw1):
    found = console(sw1, "--ns", f"ios={NATIVE}", "--get-config", "-x", "/ios:native/ios:hostname")
    assert re.search(r"hostname>SW1<", found)


def test_console_edit(sw1, tmp_path):
    edit = tmp_path / "edit.xml"
    edit.write_text(
        f'<licensing xmlns="{CSL}"><config><usage><interval>77</interval></usage></config>'
        "</licensing>"
    )
    assert "ok" in console(sw1, "--db", "running", "--edit-config", str(edit))
    found = console(sw1, "--ns", f"l={CSL}", "--get-config", "-x", "/l:licensing/l:config/l:usage")
    assert "77" in found


# --- scrapli-netconf ------------------------------------------------------------------------


@pytest.fixture
def driver(sw1):
    from scrapli_netconf.driver import NetconfDriver

    opened = NetconfDriver(
        host=sw1.host,
        port=sw1.netconf,
        auth_username=sw1.username,
        auth_password=sw1.password,
        auth_strict_key=False,
        transport="paramiko",
        timeout_ops=30,
    )
    opened.open()
    yield opened
    opened.close()


def test_scrapli_speaks_1_1_and_reads(driver):
    assert driver.netconf_version.value == "1.1"
    found = driver.get_config(source="running", filter_=NAME, filter_type="subtree")
    assert not found.failed and "<hostname>SW1</hostname>" in found.result
    assert "SW1" in driver.get(filter_="/native/hostname", filter_type="xpath").result


def test_scrapli_edits_locks_and_asks(driver):
    assert not driver.lock(target="running").failed
    body = f'<licensing xmlns="{CSL}"><config><custom-id>s</custom-id></config></licensing>'
    body = f"<config>{body}</config>"
    assert not driver.edit_config(config=body, target="running").failed
    assert not driver.unlock(target="running").failed
    asked = driver.rpc(
        '<get-schema xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">'
        "<identifier>cisco-ia</identifier></get-schema>"
    )
    assert "module cisco-ia" in asked.result
    wrong = driver.edit_config(config=body.replace("custom-id", "bogus"), target="running")
    assert wrong.failed and "unknown-element" in wrong.result
