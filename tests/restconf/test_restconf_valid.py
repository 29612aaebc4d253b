"""Everything RESTCONF returns is JSON that yangson reads with the texts that are served.

Input: GET of the datastore of a device of each kind of release, a part of it locked. Output:
nothing yangson refuses; and every module that a listed one imports is listed too.
"""

from __future__ import annotations

import json
import re

import pytest
import yangson

from agent.netconf.library import texts
from agent.netconf.server import NetconfServer
from tests.netconf.client import NATIVE, NOW, Client, device
from tests.netconf.test_netconf_valid import _library, _served
from tests.restconf.asker import Asker

RELEASES = ("17.3.6", "17.9.5", "17.12.4", "17.18.1")
LINES = ("netconf-yang", "restconf", "snmp-server chassis-id x", "switch 2 provision c9300-24t")
NO_MODULE = ("nc-notifications:netconf", "ietf-restconf-monitoring:restconf-state")
LOCK = (
    '<partial-lock xmlns="urn:ietf:params:xml:ns:netconf:partial-lock:1.0">'
    f"<select xmlns:a='{NATIVE}'>/a:native/a:interface/a:Vlan</select></partial-lock>"
)


def _stated(value):
    """Without texts that are empty: a device sends them in licensing/state against its module."""
    if isinstance(value, dict):
        return {name: _stated(below) for name, below in value.items() if below != ""}
    return [_stated(below) for below in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "release",
    [pytest.param(name, marks=pytest.mark.long) for name in RELEASES[:-1]] + [RELEASES[-1]],
)
def test_the_whole_datastore_is_valid_json(release, tmp_path):
    asker = Asker(device(*LINES, release=release))
    client = Client(asker.shared)
    client.rpc(LOCK)
    _served(client, tmp_path)
    model = yangson.DataModel(json.dumps(_library(client)), (str(tmp_path),))
    data = json.loads(asker.ask("GET", "/restconf/data").body)["ietf-restconf:data"]
    data = {name: value for name, value in data.items() if name not in NO_MODULE}
    state = data["ietf-netconf-monitoring:netconf-state"]["datastores"]["datastore"][0]
    part = state["locks"]["partial-lock"]
    (part,) = part if isinstance(part, list) else (part,)
    assert part["locked-node"] == ["/Cisco-IOS-XE-native:native/interface/Vlan[name='1']"]
    instance = model.from_raw(_stated(data))
    instance.validate(
        yangson.enumerations.ValidationScope.all, yangson.enumerations.ContentType.all
    )


def test_a_datastore_is_known_by_its_qualified_name():
    asker = Asker(device("netconf-yang", release="17.12.4"))
    path = "ietf-yang-library:yang-library/datastore=ietf-datastores:running"
    (row,) = asker.get(path)["ietf-yang-library:datastore"]
    assert row == {"name": "ietf-datastores:running", "schema": "common"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_module_imports_is_listed_too(release):
    server = NetconfServer(device("netconf-yang", release=release), NOW)
    listed = texts(server.announced)
    names = {text.name for text in listed}
    for text in listed:
        imports = set(re.findall(r"^ *import +([\w-]+)", text.read(), re.MULTILINE))
        assert imports <= names, (text.name, imports - names)
