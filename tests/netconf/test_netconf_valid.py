"""What we send is valid data of the modules we announce: yangson reads it with the texts we serve.

Input: the texts of every schema that get-schema serves, and the reply to `get` without a filter.
Output: nothing yangson refuses, but for the empty leafs of licensing/state and interfaces-oper: a
real device sends them, some against its own module, and yangson reads no empty text. The streams
of RFC 5277 have no module, neither here nor in the library of a real device.
"""

from __future__ import annotations

import json
from xml.etree import ElementTree

import yangson
from lxml import etree

from agent.netconf.ietf_interfaces import NAMESPACE as IETF
from agent.netconf.library import DATASTORES
from agent.netconf.library import NAMESPACE as LIB
from agent.netconf.monitoring import NAMESPACE as NCM
from agent.netconf.subscriptions import NETMOD
from tests.netconf.client import CSL, Client

OPER = "http://cisco.com/ns/yang/Cisco-IOS-XE-interfaces-oper"


def _served(client: Client, folder) -> None:
    found = client.rpc(
        f'<get><filter><netconf-state xmlns="{NCM}"><schemas/></netconf-state></filter></get>'
    )
    for schema in found.iter(f"{{{NCM}}}schema"):
        name, version = (schema.findtext(f"{{{NCM}}}{leaf}") for leaf in ("identifier", "version"))
        text = client.rpc(f'<get-schema xmlns="{NCM}"><identifier>{name}</identifier></get-schema>')
        (folder / f"{name}@{version}.yang").write_text(text[0].text, "utf-8")


def _library(client: Client) -> dict:
    found = client.rpc(f'<get><filter><modules-state xmlns="{LIB}"/></filter></get>')
    modules = []
    for module in found.iter(f"{{{LIB}}}module"):
        row = {e.tag.rpartition("}")[2]: e.text for e in module if len(e) == 0}
        row["feature"] = [e.text for e in module.findall(f"{{{LIB}}}feature")]
        row["submodule"] = [
            {e.tag.rpartition("}")[2]: e.text for e in sub}
            for sub in module.findall(f"{{{LIB}}}submodule")
        ]
        if row["name"] == "ietf-datastores":
            # a device lists it as imported; yangson takes no identities of such modules
            row["conformance-type"] = "implement"
        modules.append(row)
    return {"ietf-yang-library:modules-state": {"module-set-id": "1", "module": modules}}


def test_everything_read_is_valid_data_of_the_modules_served(client, tmp_path):
    _served(client, tmp_path)
    model = yangson.DataModel(json.dumps(_library(client)), (str(tmp_path),))
    data = client.rpc("<get/>")[0]
    told_empty = (f"{{{CSL}}}licensing", f"{{{OPER}}}interfaces")
    for leaf in [leaf for top in told_empty for leaf in data.find(top).iter()]:
        if not len(leaf) and not leaf.text:
            leaf.getparent().remove(leaf)
    streams = data.find(f"{{{NETMOD}}}netconf")
    data.remove(streams)
    content = ElementTree.fromstring(
        b'<content-data xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-instance-data">'
        + b"".join(etree.tostring(top) for top in data)
        + b"</content-data>"
    )
    for name in content.iterfind(f".//{{{LIB}}}datastore/{{{LIB}}}name"):
        name.set("xmlns:ds", DATASTORES)  # where yangson looks for the prefix of an identity
    for kind in content.iterfind(f".//{{{IETF}}}type"):
        kind.set("xmlns:ianaift", "urn:ietf:params:xml:ns:yang:iana-if-type")
    instance = model.from_xml(content)
    instance.validate(
        yangson.enumerations.ValidationScope.all, yangson.enumerations.ContentType.all
    )
    assert len(instance.value) == 11
