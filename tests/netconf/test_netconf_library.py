"""The YANG library in both revisions: what a hello announces is what is served.

Input: devices of releases on both sides of 17.4. Output: the revision, the trees and the module
text agree over NETCONF and RESTCONF, and behind each URL in the library is the text it names.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from lxml import etree

from agent.netconf.library import NAMESPACE as LIB
from agent.netconf.monitoring import NAMESPACE as NCM
from agent.netconf.own_texts import own_texts
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device, typed
from tests.restconf.asker import XML, Asker, error_of

WEB = "https://127.0.0.1:8443"
FIRST, SECOND = "2016-06-21", "2019-01-04"
RELEASES = [("17.3.6", FIRST), ("17.6.4", SECOND), ("17.12.4", SECOND), ("17.18.1", SECOND)]


def asker(release: str = "17.12.4", *lines: str) -> Asker:
    made = Asker(device("netconf-yang", *lines, release=release))
    made.shared.web = WEB
    return made


def read(client: Client, name: str) -> etree._Element | None:
    """A top element of the library."""
    found = client.data(f'<get><filter><{name} xmlns="{LIB}"/></filter></get>')
    return etree.fromstring(found) if found else None


@pytest.mark.parametrize(("release", "revision"), RELEASES)
def test_library_served_is_the_one_announced(release, revision):
    asking = asker(release)
    client = Client(asking.shared)
    announced = next(c for c in client.capabilities if ":yang-library:1.0?" in c)
    assert f"revision={revision}&" in announced
    state = read(client, "modules-state")
    assert announced.endswith(f"module-set-id={state.findtext('module-set-id')}")
    listed = {m.findtext("name"): m.findtext("revision") for m in state.iter("module")}
    assert listed["ietf-yang-library"] == revision
    assert ("ietf-datastores" in listed) is (revision == SECOND)
    newer = read(client, "yang-library")
    assert (newer is not None) is (revision == SECOND)
    version = asking.ask("GET", "/restconf/yang-library-version", accept=XML)
    assert etree.fromstring(version.body).text == revision
    path = "/restconf/data/ietf-yang-library:yang-library"
    assert asking.ask("GET", path).status == (200 if revision == SECOND else 404)


@pytest.mark.parametrize(("release", "revision"), RELEASES)
def test_module_text_of_the_library_is_the_one_announced(release, revision):
    client = Client(NetconfServer(device("netconf-yang", release=release), NOW))
    schema = f'<get-schema xmlns="{NCM}"><identifier>ietf-yang-library</identifier></get-schema>'
    text = client.rpc(schema)[0].text
    assert f"revision {revision} " in text
    assert ("container yang-library" in text) is (revision == SECOND)


def test_older_library_tells_of_a_change_in_its_own_words():
    on = device("netconf-yang", release="17.3.6")
    server = NetconfServer(on, NOW)
    server.watch()
    typed(on, "netconf-yang feature candidate-datastore")
    log = server.logs["NETCONF"]
    told = [log.event(number).content for number in range(log.first, log.next)]
    [change] = [etree.fromstring(text) for text in told if b"<yang-library-" in text]
    assert change.tag == f"{{{LIB}}}yang-library-change"
    assert change.findtext(f"{{{LIB}}}module-set-id") == server.announced.library_id


@pytest.mark.parametrize("release", ["17.3.6", "17.18.1"])
def test_behind_every_url_is_the_text_it_names(release):
    asking = asker(release, "restconf", "ip http secure-server")
    client = Client(asking.shared)
    urls = 0
    for top in ("modules-state", "yang-library"):
        for row in read(client, top) if top == "modules-state" or release > "17.4" else ():
            for text in row.iter("module", "import-only-module", "submodule"):
                url = text.findtext("schema") or text.findtext("location")
                name, revision = text.findtext("name"), text.findtext("revision")
                assert url == f"{WEB}/restconf/tailf/modules/{name}/{revision}"
                found = asking.ask("GET", urlsplit(url).path)
                assert (found.status, found.headers["Content-Type"]) == (200, "application/yang")
                assert re.search(rf"module {name} \{{", found.body.decode())
                assert re.search(rf'revision "?{revision}"?\s', found.body.decode())
                urls += 1
    assert urls >= 30


def test_without_restconf_the_urls_lead_to_what_is_behind_it():
    asking = asker("17.12.4", "ip http secure-server")
    inner = "http://localhost:8008/restconf/tailf/modules/"
    client = Client(asking.shared)
    assert all(e.text.startswith(inner) for e in read(client, "modules-state").iter("schema"))
    assert all(e.text.startswith(inner) for e in read(client, "yang-library").iter("location"))
    typed(asking.device, "restconf")
    assert all(e.text.startswith(WEB) for e in read(client, "modules-state").iter("schema"))


@pytest.mark.parametrize("accept", ["application/yang", "application/yang-data+json", "*/*"])
def test_a_module_comes_as_yang_whatever_is_accepted(accept):
    path = "/restconf/tailf/modules/cisco-ia"
    assert asker().ask("GET", path, accept=accept).headers["Content-Type"] == "application/yang"


def test_who_may_not_gets_no_module():
    path = "/restconf/tailf/modules/cisco-ia/2021-11-01"
    asking = asker()
    assert error_of(asking.ask("GET", f"{path}9"), 404)["error-tag"] == "invalid-value"
    assert asking.ask("PUT", path).status == 405
    assert asking.ask("HEAD", path).body == b""
    asking.privilege = 1
    assert error_of(asking.ask("GET", path), 403)["error-tag"] == "access-denied"


def test_an_operators_text_is_served_and_ours_stays_where_the_library_says():
    asking = asker()
    theirs = "module cisco-ia {\n  namespace urn:x;\n  prefix x;\n  revision 2030-01-01;\n}\n"
    asking.shared.own_texts = own_texts([("cisco-ia.yang", theirs)])
    root = "/restconf/tailf/modules/cisco-ia"
    assert asking.ask("GET", f"{root}/2030-01-01").body.decode() == theirs
    assert b"prefix cisco-ia;" in asking.ask("GET", f"{root}/2021-11-01").body
