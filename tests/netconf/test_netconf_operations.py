"""Locks, sessions, reading, monitoring, schemas, the library."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from agent.core.release import Release, known_releases
from agent.netconf.capabilities import announced
from agent.netconf.server import NetconfServer
from tests.netconf.client import BASE, CSL, NATIVE, NOW, Client, device, edit_config, text, typed

LOCK = "<lock><target><running/></target></lock>"
UNLOCK = "<unlock><target><running/></target></unlock>"
NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
LIB = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
NAME = "<native><hostname/></native>"


# --- locks and sessions -----------------------------------------------------------------------


def test_lock_keeps_others_out_and_names_its_holder(server, client):
    other = Client(server, user="operator")
    client.ok(LOCK)
    error = other.error(LOCK)
    assert error == {
        "type": "protocol",
        "tag": "lock-denied",
        "severity": "error",
        "message": "the configuration database is locked by session 1 admin netconf-ssh "
        "(admin from 192.0.2.35) on since 2026-10-06 12:00:00",
        "session-id": "1",
    }
    assert other.error(edit_config("<native><hostname>x</hostname></native>"))["tag"] == "in-use"
    client.edit("<native><hostname>mine</hostname></native>")
    assert other.error(UNLOCK)["tag"] == "operation-failed"
    client.ok(UNLOCK)
    other.ok(LOCK)


def test_lock_is_not_given_twice_to_one_session(client):
    client.ok(LOCK)
    assert client.error(LOCK)["tag"] == "lock-denied"


@pytest.mark.parametrize("way", ["close", "kill", "drop"])
def test_locks_end_with_their_session(server, client, way):
    holder = Client(server)
    holder.ok(LOCK)
    if way == "close":
        holder.ok("<close-session/>")
    elif way == "kill":
        client.ok(f"<kill-session><session-id>{holder.session_id}</session-id></kill-session>")
    else:
        holder.session.end(NOW)
    client.ok(LOCK)


def test_kill_hangs_up_the_other_session(server, client):
    victim = Client(server)
    ended = []
    victim.session.hang_up = lambda: ended.append(True)
    client.ok("<kill-session><session-id>2</session-id></kill-session>")
    assert ended == [True] and victim.session.closed and list(server.sessions) == [1]


@pytest.mark.parametrize("number", ["1", "0", "99", "x", "-1", "4294967296"])
def test_kill_of_oneself_or_of_nobody(client, number):
    error = client.error(f"<kill-session><session-id>{number}</session-id></kill-session>")
    assert error["tag"] == "invalid-value"


@pytest.mark.parametrize(
    "body",
    [
        "<lock><target><candidate/></target></lock>",
        "<get-config><source><startup/></source></get-config>",
        "<commit/>",
        "<discard-changes/>",
        "<delete-config><target><running/></target></delete-config>",
    ],
)
def test_what_is_not_announced_is_not_supported(client, body):
    assert client.error(body)["tag"] == "operation-not-supported"


@pytest.mark.parametrize("body", ["<lock/>", "<get-config/>", "<kill-session/>", "<edit-config/>"])
def test_missing_parameters(client, body):
    assert client.error(body)["tag"] == "missing-element"


# --- reading ------------------------------------------------------------------------------------


def test_cli_and_netconf_show_one_configuration(switch, client):
    typed(switch, "hostname typed", "license smart usage interval 30", "ip host a 10.0.0.1")
    assert client.config(NAME) == "<native><hostname>typed</hostname></native>"
    assert client.config("<licensing/>") == (
        "<licensing><config><usage><interval>30</interval></usage></config></licensing>"
    )
    assert client.config("<native><ip><host/></ip></native>") == (
        "<native><ip><host><host-list><name>a</name><ip-list>10.0.0.1</ip-list></host-list>"
        "</host></ip></native>"
    )


def test_version_and_udi_are_in_the_configuration(client):
    found = client.config("<native><version/><license><udi/></license></native>")
    assert found == (
        "<native><version>17.12</version><license><udi><pid>C9300-24T</pid>"
        "<sn>FOC0000EMU1</sn></udi></license></native>"
    )


def test_get_config_has_no_state(client):
    assert client.config(f'<licensing xmlns="{CSL}"/><x xmlns="{NCM}"/>') == ""


def test_xpath_filter(client):
    body = (
        '<get-config><source><running/></source><filter type="xpath" '
        "select=\"/native/line/vty[first='5']/last\"/></get-config>"
    )
    assert client.data(body) == (
        "<native><line><vty><first>5</first><last>15</last></vty></line></native>"
    )


@pytest.mark.parametrize(
    ("filter_element", "tag"),
    [
        ('<filter type="bogus"/>', "bad-attribute"),
        ('<filter type="xpath"/>', "missing-attribute"),
        ('<filter type="xpath" select="/zz:x"/>', "bad-attribute"),
        ('<filter type="xpath" select="count(/native)"/>', "invalid-value"),
        (f"<filter>{'<a/>' * 10_001}</filter>", "too-big"),
    ],
)
def test_filters_that_are_none(client, filter_element, tag):
    assert client.error(f"<get>{filter_element}</get>")["tag"] == tag


def test_empty_filter_selects_nothing(client):
    assert client.data("<get><filter/></get>") == ""


@pytest.mark.parametrize("mode", ["explicit", "report-all", "report-all-tagged"])
def test_with_defaults_modes(client, mode):
    wd = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"
    body = f'<get><filter>{NAME}</filter><with-defaults xmlns="{wd}">{{}}</with-defaults></get>'
    assert "<hostname>" in client.data(body.format(mode))
    assert client.error(body.format("trim"))["tag"] == "invalid-value"


# --- monitoring, schemas, library -----------------------------------------------------------------


def test_netconf_state_counts(server, client):
    client.rpc("<bogus/>")
    client.ok(LOCK)
    found = client.data(f'<get><filter><netconf-state xmlns="{NCM}"/></filter></get>')
    tree = etree.fromstring(found)
    assert tree.findtext("datastores/datastore/locks/global-lock/locked-by-session") == "1"
    session = {e.tag: e.text for e in tree.find("sessions/session")}
    assert session == {
        "session-id": "1",
        "transport": "netconf-ssh",
        "username": "admin",
        "source-host": "192.0.2.35",
        "login-time": "2026-10-06T12:00:00+00:00",
        "in-rpcs": "3",
        "in-bad-rpcs": "0",
        "out-rpc-errors": "1",
        "out-notifications": "0",
    }
    assert tree.findtext("statistics/in-sessions") == "1"
    assert [c.text for c in tree.find("capabilities")] == client.capabilities


def test_every_schema_listed_is_served(client):
    state = client.data(
        f'<get><filter><netconf-state xmlns="{NCM}"><schemas/></netconf-state></filter></get>'
    )
    listed = etree.fromstring(state).findall("schemas/schema")
    assert {s.findtext("identifier") for s in listed} >= {
        "cisco-smart-license",
        "cisco-smart-license-errors",
        "Cisco-IOS-XE-native",
        "Cisco-IOS-XE-license",
        "cisco-ia",
        "ietf-inet-types",
        "ietf-yang-library",
        "ietf-netconf-monitoring",
    }
    for schema in listed:
        name, version = schema.findtext("identifier"), schema.findtext("version")
        reply = client.rpc(
            f'<get-schema xmlns="{NCM}"><identifier>{name}</identifier>'
            f"<version>{version}</version><format>yang</format></get-schema>"
        )
        assert reply[0].tag == f"{{{NCM}}}data"
        assert f"module {name}" in reply[0].text and version in reply[0].text


@pytest.mark.parametrize("extra", ["<version>1999-01-01</version>", "<format>yin</format>"])
def test_schema_that_is_not_there(client, extra):
    body = f'<get-schema xmlns="{NCM}"><identifier>cisco-ia</identifier>{extra}</get-schema>'
    assert client.error(body)["tag"] == "invalid-value"


def test_library_id_is_that_of_the_hello(client):
    found = client.data(f'<get><filter><modules-state xmlns="{LIB}"/></filter></get>')
    set_id = etree.fromstring(found).findtext("module-set-id")
    assert any(f"module-set-id={set_id}" in c for c in client.capabilities)
    newer = client.data(f'<get><filter><yang-library xmlns="{LIB}"/></filter></get>')
    assert etree.fromstring(newer).findtext("content-id") == set_id
    assert any(f"content-id={set_id}" in c for c in client.capabilities)


@pytest.mark.parametrize("name", known_releases())
def test_every_release_announces(name):
    release = Release.parse(name)
    plain, both = (announced(release, candidate).capabilities for candidate in (False, True))
    more = {uri for uri in set(both) - set(plain) if ":yang-library:" not in uri}
    assert sorted(more) == [
        "urn:ietf:params:netconf:capability:candidate:1.0",
        "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
        "urn:ietf:params:xml:ns:netconf:base:1.0?module=ietf-netconf&revision=2011-06-01&features="
        "writable-running,candidate,confirmed-commit,rollback-on-error,validate,xpath",
    ]
    assert len(plain) == len(set(plain))
    smart = next(uri for uri in plain if "module=cisco-smart-license&" in uri)
    assert smart.endswith("2020-11-01" if release.train in ("17.3", "17.4") else "2021-03-01")
    in_hello = any("module=Cisco-IOS-XE-native" in uri for uri in plain)
    assert in_hello is not release.within("17.11..")  # YANG 1.1 modules are in the library alone


def test_older_release_serves_the_older_module():
    client = Client(NetconfServer(device("netconf-yang", release="17.3.6"), NOW))
    found = client.data(
        f'<get><filter><licensing xmlns="{CSL}"><state/></licensing></filter></get>'
    )
    assert "<policy>" not in found and "<registration-state>" in found


def test_everything_is_readable_at_once(client):
    names = [child.tag for child in etree.fromstring(f"<x>{client.data('<get/>')}</x>")]
    assert sorted(names) == [
        "components",
        "device-hardware-data",
        "install-oper-data",
        "interfaces",
        "interfaces",
        "interfaces-state",
        "licensing",
        "modules-state",
        "native",
        "netconf",
        "netconf-state",
        "yang-library",
    ]


def test_reply_to_get_is_data_of_the_base_namespace(client):
    assert client.rpc("<get><filter/></get>")[0].tag == f"{{{BASE}}}data"
    assert text(client.rpc(f'<get><filter><native xmlns="{NATIVE}"/></filter></get>')[0])


def test_monitoring_is_one_whether_asked_for_alone_or_with_all(client):
    alone = client.data(f'<get><filter><netconf-state xmlns="{NCM}"/></filter></get>')
    everything = client.data("<get/>")
    assert re.sub(r"<in-rpcs>\d+</in-rpcs>", "", alone) in re.sub(
        r"<in-rpcs>\d+</in-rpcs>", "", everything
    )
