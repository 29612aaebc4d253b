"""ietf-interfaces over RESTCONF, with the payloads that public examples for IOS XE send.

Input: GET, POST, PUT, PATCH and DELETE of interfaces, in JSON and XML. Output: the names RFC 7951
wants, the status codes RFC 8040 wants, and the lines in the running configuration.
"""

from __future__ import annotations

import pytest

from agent.cli.running_config import running_config
from tests.netconf.client import device
from tests.restconf.asker import Asker, error_of

DATA = "/restconf/data"
PORTS = "ietf-interfaces:interfaces"
TOP = f"{DATA}/{PORTS}"
IF = "urn:ietf:params:xml:ns:yang:ietf-interfaces"
IANA = "urn:ietf:params:xml:ns:yang:iana-if-type"
LOOPBACK = {
    "ietf-interfaces:interface": {
        "name": "Loopback10",
        "description": "Added with RESTCONF",
        "type": "iana-if-type:softwareLoopback",
        "enabled": "true",
        "ietf-ip:ipv4": {"address": [{"ip": "10.10.10.1", "netmask": "255.255.255.255"}]},
        "ietf-ip:ipv6": {},
    }
}
SHOWN = {**LOOPBACK["ietf-interfaces:interface"], "enabled": True}


@pytest.fixture
def router() -> Asker:
    lines = ("interface GigabitEthernet1", "ip address 10.0.0.1 255.255.255.0")
    return Asker(device("restconf", *lines, model="C8000V"))


def lines(router: Asker) -> list[str]:
    return running_config(router.device).splitlines()


def test_get_names_modules_as_json_does(router):
    assert router.get(f"{PORTS}/interface=GigabitEthernet1") == {
        "ietf-interfaces:interface": [
            {
                "name": "GigabitEthernet1",
                "type": "iana-if-type:ethernetCsmacd",
                "enabled": True,
                "ietf-ip:ipv4": {"address": [{"ip": "10.0.0.1", "netmask": "255.255.255.0"}]},
                "ietf-ip:ipv6": {},
            }
        ]
    }
    names = [row["name"] for row in router.get(PORTS)[PORTS]["interface"]]
    assert names == ["GigabitEthernet1", "GigabitEthernet2", "GigabitEthernet3"]


def test_put_makes_an_interface_and_replaces_it(router):
    path = f"{TOP}/interface=Loopback10"
    assert router.ask("PUT", path, LOOPBACK).status == 201
    assert router.get(f"{PORTS}/interface=Loopback10") == {"ietf-interfaces:interface": [SHOWN]}
    at = lines(router).index("interface Loopback10")
    assert lines(router)[at + 1 : at + 4] == [
        " description Added with RESTCONF",
        " ip address 10.10.10.1 255.255.255.255",
        "!",
    ]
    bare = {"name": "Loopback10", "type": "iana-if-type:softwareLoopback"}
    assert router.ask("PUT", path, {"ietf-interfaces:interface": bare}).status == 204
    assert " description Added with RESTCONF" not in lines(router)


def test_put_in_an_array_with_empty_protocols(router):
    row = {
        "name": "Loopback1",
        "description": "was here",
        "type": "iana-if-type:softwareLoopback",
        "ietf-ip:ipv4": {},
        "ietf-ip:ipv6": {},
    }
    body = {"ietf-interfaces:interface": [row]}
    assert router.ask("PUT", f"{TOP}/interface=Loopback1", body).status == 201
    assert {"interface Loopback1", " description was here"} <= set(lines(router))


def test_post_makes_an_interface_once(router):
    made = router.ask("POST", TOP, LOOPBACK, host="sw")
    assert made.status == 201
    assert made.headers["Location"] == f"https://sw{TOP}/interface=Loopback10"
    error = error_of(router.ask("POST", TOP, LOOPBACK), 409)
    assert error["error-path"] == "/ietf-interfaces:interfaces/interface[name='Loopback10']"


def test_patch_changes_one_leaf(router):
    router.ask("POST", TOP, LOOPBACK)
    path = f"{TOP}/interface=Loopback10"
    body = {"ietf-interfaces:interface": {"name": "Loopback10", "enabled": False}}
    assert router.ask("PATCH", path, body).status == 204
    assert " shutdown" in lines(router)
    text = {"ietf-interfaces:description": "other"}
    assert router.ask("PUT", f"{path}/description", text).status == 204
    address = {"ip": "10.10.10.9", "netmask": "255.255.255.255"}
    leaf = f"{path}/ietf-ip:ipv4/address=10.10.10.9"
    assert router.ask("PUT", leaf, {"ietf-ip:address": address}).status == 201
    assert {" description other", " ip address 10.10.10.9 255.255.255.255 secondary"} <= set(
        lines(router)
    )
    assert router.ask("DELETE", leaf).status == 204
    assert router.get(f"{PORTS}/interface=Loopback10/ietf-ip:ipv4/address=10.10.10.1/netmask") == {
        "ietf-ip:netmask": "255.255.255.255"
    }


def test_delete_takes_it_away(router):
    path = f"{TOP}/interface=Loopback10"
    assert router.ask("DELETE", path).status == 404
    router.ask("PUT", path, LOOPBACK)
    assert router.ask("DELETE", path).status == 204
    assert router.ask("GET", path).status == 404
    assert "interface Loopback10" not in lines(router)


def test_a_key_with_slashes(router):
    switch = Asker(device("restconf"))
    found = switch.get(f"{PORTS}/interface=GigabitEthernet1%2F0%2F1/name")
    assert found == {"ietf-interfaces:name": "GigabitEthernet1/0/1"}


def test_xml_declares_the_prefix_of_a_type(router):
    row = router.get_xml(f"{PORTS}/interface=GigabitEthernet1")
    kind = row.find(f"{{{IF}}}type")
    assert (kind.text, kind.nsmap["ianaift"]) == ("ianaift:ethernetCsmacd", IANA)
    body = (
        f'<interface xmlns="{IF}"><name>Loopback8</name>'
        f'<type xmlns:t="{IANA}">t:softwareLoopback</type></interface>'
    )
    assert router.ask("POST", TOP, body.encode()).status == 201
    assert "interface Loopback8" in lines(router)


@pytest.mark.parametrize(
    ("row", "tag"),
    [
        ({"name": "Loopback2"}, "data-missing"),
        ({"name": "Loopback2", "type": "iana-if-type:none"}, "invalid-value"),
        ({"name": "Loopback2", "type": "ianaift:softwareLoopback"}, "invalid-value"),
        ({"name": "Loopback2", "type": "iana-if-type:tunnel"}, "invalid-value"),
        (
            {"name": "Loopback2", "type": "iana-if-type:softwareLoopback", "mtu": 1},
            "unknown-element",
        ),
    ],
)
def test_what_is_refused(router, row, tag):
    found = router.ask("POST", TOP, {"ietf-interfaces:interface": row})
    assert error_of(found, 409 if tag == "data-missing" else 400)["error-tag"] == tag
    assert "interface Loopback2" not in lines(router)


def test_state(router):
    found = router.get("ietf-interfaces:interfaces-state/interface=GigabitEthernet1")
    row = found["ietf-interfaces:interface"][0]
    assert (row["admin-status"], row["oper-status"], row["if-index"]) == ("up", "up", 1)
    assert row["speed"] == "1000000000"  # RFC 7951 section 6.1
    assert row["statistics"]["in-octets"] == "0" and row["statistics"]["in-errors"] == 0
    native = router.get("Cisco-IOS-XE-interfaces-oper:interfaces/interface=GigabitEthernet1")
    told = native["Cisco-IOS-XE-interfaces-oper:interface"][0]
    assert (told["ipv4"], told["vrf"], told["mtu"]) == ("10.0.0.1", "", 1500)
    assert told["phys-address"] == row["phys-address"]
    assert told["ether-state"]["negotiated-port-speed"] == "speed-1gb"


def test_content_and_fields(router):
    names = router.get(f"{PORTS}/interface", fields="name")
    assert names["ietf-interfaces:interface"][1] == {"name": "GigabitEthernet2"}
    whole = router.get("", content="nonconfig")["ietf-restconf:data"]
    assert PORTS not in whole and "ietf-interfaces:interfaces-state" in whole
    assert "Cisco-IOS-XE-interfaces-oper:interfaces" in whole
    assert PORTS in router.get("", content="config")["ietf-restconf:data"]


UNSERVED = [
    "Cisco-IOS-XE-cdp-oper:cdp-neighbor-details",
    "Cisco-IOS-XE-process-cpu-oper:cpu-usage/cpu-utilization",
    "openconfig-interfaces:interfaces",
]


@pytest.mark.parametrize("path", UNSERVED)
def test_a_module_that_devices_announce_without_data_here(router, path):
    assert router.ask("GET", f"{DATA}/{path}").status == 204
    assert router.ask("PUT", f"{DATA}/{path}", {}).status == 404
    assert router.ask("GET", f"{DATA}/{path}=1").status == 404


def test_a_name_without_its_module_is_the_configuration(router):
    assert PORTS in router.get("interfaces")
    assert router.ask("GET", f"{DATA}/Cisco-IOS-XE-native:interfaces").status == 404
