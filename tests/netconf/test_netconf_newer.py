"""Operations beyond the base: partial locks, confirmed commits, get-data, exec commands as XML."""

from __future__ import annotations

import pytest
from lxml import etree

from agent.netconf.server import NetconfServer
from tests.netconf.client import BASE, CSL, NATIVE, NOW, Client, device, edit_config, text, typed

PARTIAL = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0"
NMDA = "urn:ietf:params:xml:ns:yang:ietf-netconf-nmda"
DS = "urn:ietf:params:xml:ns:yang:ietf-datastores"
RPC = "http://cisco.com/ns/yang/Cisco-IOS-XE-rpc"
NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
SECOND = 1000


def name(word: str) -> str:
    return f"<native><hostname>{word}</hostname></native>"


def partial_lock(*selects: str) -> str:
    inner = "".join(f"<select>{s}</select>" for s in selects)
    return f'<partial-lock xmlns="{PARTIAL}" xmlns:ios="{NATIVE}">{inner}</partial-lock>'


def partial_unlock(number: object) -> str:
    return f'<partial-unlock xmlns="{PARTIAL}"><lock-id>{number}</lock-id></partial-unlock>'


# --- partial locks ------------------------------------------------------------------------------


def test_partial_lock_keeps_others_from_its_nodes_alone(server, client):
    other = Client(server)
    reply = client.rpc(partial_lock("/ios:native/ios:hostname"))
    number, node = reply[0].text, reply[1].text
    assert node == "/ios:native/ios:hostname"
    error = other.error(edit_config(name("x")))
    assert error["tag"] == "in-use" and error["session-id"] == "1"
    other.edit(
        "<native><license><smart><usage><interval>9</interval></usage></smart></license></native>"
    )
    client.edit(name("mine"))
    found = client.data(f'<get><filter><netconf-state xmlns="{NCM}"/></filter></get>')
    assert f"<partial-lock><lock-id>{number}</lock-id><locked-by-session>1<" in found
    assert "<select>/ios:native/ios:hostname</select><locked-node>/ios:native/ios:ho" in found
    client.ok(partial_unlock(number))
    other.edit(name("theirs"))


def test_partial_locks_exclude_each_other_and_a_global_lock(server, client):
    other = Client(server)
    client.rpc(partial_lock("/native/license"))
    assert other.error(partial_lock("/ios:native"))["tag"] == "lock-denied"
    assert other.error("<lock><target><running/></target></lock>")["tag"] == "lock-denied"
    assert client.error("<lock><target><running/></target></lock>")["tag"] == "lock-denied"
    assert other.rpc(partial_lock("/native/hostname"))[0].tag == f"{{{PARTIAL}}}lock-id"
    client.session.end(NOW)
    other.session.end(NOW)
    third = Client(server)
    third.ok("<lock><target><running/></target></lock>")
    assert Client(server).error(partial_lock("/native"))["tag"] == "lock-denied"


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (partial_lock(), "missing-element"),
        (partial_lock("/native["), "invalid-value"),
        (partial_lock("/no:native"), "invalid-value"),
        (partial_lock("/ios:native/ios:nothing"), "operation-failed"),
        (partial_unlock(1), "invalid-value"),
        (partial_unlock("x"), "invalid-value"),
        (f'<partial-unlock xmlns="{PARTIAL}"/>', "invalid-value"),
    ],
)
def test_wrong_partial_locks(client, body, tag):
    assert client.error(body)["tag"] == tag


def test_row_of_a_list_can_be_locked(server, client):
    typed(server.device, "ip host a 10.0.0.1", "ip host b 10.0.0.2")
    other = Client(server)
    client.rpc(partial_lock("/native/ip/host/host-list[name='a']"))
    row = "<host-list><name>{}</name><ip-list>10.0.0.9</ip-list></host-list>"
    row = f"<native><ip><host>{row}</host></ip></native>"
    other.edit(row.format("b"))
    assert other.error(edit_config(row.format("a")))["tag"] == "in-use"


# --- confirmed commits --------------------------------------------------------------------------

HOSTNAME = "<native><hostname/></native>"


def running(client: Client) -> str:
    return etree.fromstring(client.config(HOSTNAME)).findtext("hostname")


def begin(client: Client, word: str = "new", more: str = "") -> None:
    client.edit(name(word), "candidate")
    client.ok(f"<commit><confirmed/>{more}</commit>")
    assert running(client) == word


def test_confirmed_commit_is_announced_with_the_candidate(two_stage, client):
    wanted = "urn:ietf:params:netconf:capability:confirmed-commit:1.1"
    assert wanted in two_stage.capabilities and wanted not in client.capabilities


def test_commit_that_is_not_confirmed_goes_back_after_600_seconds(two_stage):
    begin(two_stage)
    server = two_stage.server
    assert server.next_deadline() == NOW + 600 * SECOND
    server.wake(NOW + 600 * SECOND)
    assert running(two_stage) == "Switch" and server.next_deadline() is None


def test_timeout_can_be_set_and_a_second_one_begins_anew(two_stage):
    begin(two_stage, "one", "<confirm-timeout>10</confirm-timeout>")
    assert two_stage.server.next_deadline() == NOW + 10 * SECOND
    two_stage.now = NOW + 5 * SECOND
    begin(two_stage, "two", "<confirm-timeout>20</confirm-timeout>")
    assert two_stage.server.next_deadline() == NOW + 25 * SECOND
    two_stage.server.wake(NOW + 25 * SECOND)
    assert running(two_stage) == "Switch"  # what was before the first


def test_confirming_commit_makes_it_stay(two_stage):
    begin(two_stage)
    two_stage.ok("<commit/>")
    assert two_stage.server.next_deadline() is None
    two_stage.session.end(NOW)
    assert running(Client(two_stage.server)) == "new"


def test_end_of_the_session_takes_it_back(two_stage):
    other = Client(two_stage.server)
    begin(two_stage)
    two_stage.session.end(NOW)
    assert running(other) == "Switch"


def test_persist_outlives_its_session_and_wants_its_word(two_stage):
    other = Client(two_stage.server)
    begin(two_stage, more="<persist>word</persist>")
    two_stage.session.end(NOW)
    assert running(other) == "new"
    assert other.error("<commit/>")["tag"] == "in-use"
    assert other.error("<commit><persist-id>bad</persist-id></commit>")["tag"] == "invalid-value"
    other.ok("<commit><persist-id>word</persist-id></commit>")
    assert other.server.confirming is None and running(other) == "new"


def test_cancel_commit(two_stage):
    other = Client(two_stage.server)
    assert two_stage.error("<cancel-commit/>")["tag"] == "operation-failed"
    begin(two_stage)
    assert other.error("<cancel-commit/>")["tag"] == "invalid-value"
    two_stage.ok("<cancel-commit/>")
    assert running(two_stage) == "Switch"
    begin(two_stage, more="<persist>p</persist>")
    assert two_stage.error("<cancel-commit/>")["tag"] == "invalid-value"
    other.ok("<cancel-commit><persist-id>p</persist-id></cancel-commit>")
    assert running(two_stage) == "Switch"


@pytest.mark.parametrize("timeout", ["0", "-1", "x", "4294967296", ""])
def test_wrong_timeouts(two_stage, timeout):
    body = f"<commit><confirmed/><confirm-timeout>{timeout}</confirm-timeout></commit>"
    assert two_stage.error(body)["tag"] == "invalid-value"


def test_running_cannot_be_locked_while_another_waits(two_stage):
    other = Client(two_stage.server)
    begin(two_stage)
    error = other.error("<lock><target><running/></target></lock>")
    assert error["tag"] == "lock-denied" and error["session-id"] == "1"


def test_confirmed_commits_are_told(two_stage):
    from tests.netconf.test_netconf_notifications import subscribe, told

    watcher = Client(two_stage.server)
    watcher.ok(subscribe())
    begin(two_stage, "a", "<confirm-timeout>7</confirm-timeout>")
    two_stage.ok("<commit/>")
    begin(two_stage, "b")
    two_stage.server.wake(NOW + 600 * SECOND)
    found = [t for t in told(watcher, NOW + 600 * SECOND) if "confirmed-commit" in t]
    assert [etree.fromstring(t).findtext("confirm-event") for t in found] == [
        "start",
        "complete",
        "start",
        "timeout",
    ]
    assert etree.fromstring(found[0]).findtext("timeout") == "7"


# --- get-data and edit-data ---------------------------------------------------------------------


@pytest.fixture
def newest() -> Client:
    return Client(NetconfServer(device("netconf-yang", release="17.18.1"), NOW))


def get_data(datastore: str, more: str = "") -> str:
    inner = f'<datastore xmlns:ds="{DS}">ds:{datastore}</datastore>{more}'
    return f'<get-data xmlns="{NMDA}">{inner}</get-data>'


def nmda_data(client: Client, *what: str) -> str:
    reply = client.rpc(get_data(*what))
    assert reply[0].tag == f"{{{NMDA}}}data", text(reply)
    return "".join(text(child) for child in reply[0])


def test_get_data_of_running_and_operational(newest):
    wanted = f"<subtree-filter>{HOSTNAME}</subtree-filter>"
    for datastore in ("running", "operational"):
        found = nmda_data(newest, datastore, wanted)
        assert found == "<native><hostname>Switch</hostname></native>"
    path = "<xpath-filter>/cisco-smart-license:licensing/state/version</xpath-filter>"
    assert nmda_data(newest, "running", path) == ""
    assert "<version>" in nmda_data(newest, "operational", path)


def test_get_data_without_configuration_and_only_so_deep(newest):
    typed(newest.server.device, "license smart usage interval 30")
    wanted = f'<subtree-filter><licensing xmlns="{CSL}"/></subtree-filter>'
    state = nmda_data(newest, "operational", wanted + "<config-filter>false</config-filter>")
    assert "<state>" in state and "<config>" not in state
    config = nmda_data(newest, "operational", wanted + "<config-filter>true</config-filter>")
    assert "<interval>30</interval>" in config and "<state>" not in config
    assert nmda_data(newest, "running", wanted + "<max-depth>1</max-depth>") == "<licensing/>"


def test_edit_data(newest):
    body = (
        f'<edit-data xmlns="{NMDA}"><datastore xmlns:ds="{DS}">ds:running</datastore>'
        f"<config>{name('edited')}</config></edit-data>"
    )
    newest.ok(body)
    assert running(newest) == "edited"


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        (f'<get-data xmlns="{NMDA}"/>', "missing-element"),
        (get_data("startup"), "invalid-value"),
        (get_data("candidate"), "invalid-value"),
        (get_data("running", "<max-depth>0</max-depth>"), "invalid-value"),
        (get_data("running", "<config-filter>maybe</config-filter>"), "invalid-value"),
        (get_data("operational", "<with-origin/>"), "unknown-element"),
        (
            get_data("running", "<subtree-filter/><xpath-filter>/a</xpath-filter>"),
            "bad-element",
        ),
    ],
)
def test_wrong_get_data(newest, body, tag):
    assert newest.error(body)["tag"] == tag


@pytest.mark.parametrize("home", [NMDA, "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults"])
def test_get_data_takes_with_defaults_and_says_so_in_the_library(newest, home):
    running = f'<datastore xmlns:ds="{DS}">ds:running</datastore>'
    for mode, taken in (("explicit", True), ("report-all-tagged", True), ("trim", False)):
        asked = f'{running}<with-defaults xmlns="{home}">{mode}</with-defaults>'
        reply = newest.rpc(f'<get-data xmlns="{NMDA}">{asked}</get-data>')
        assert (reply[0].tag == f"{{{NMDA}}}data") is taken, text(reply)
    library = newest.data(
        '<get><filter><modules-state xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-library">'
        "<module><name>ietf-netconf-nmda</name></module></modules-state></filter></get>"
    )
    assert "<feature>with-defaults</feature>" in library


TAIL_F = "http://tail-f.com/ns/netconf/actions/1.0"


@pytest.mark.parametrize(
    ("body", "tag", "element"),
    [
        (f'<action xmlns="{TAIL_F}"/>', "missing-element", "data"),
        (f'<action xmlns="{TAIL_F}"><data/></action>', "missing-element", "action"),
        (f'<action xmlns="{TAIL_F}"><x/></action>', "unknown-element", "x"),
        (
            f'<action xmlns="{TAIL_F}"><data><native><reset/></native></data></action>',
            "unknown-element",
            "reset",
        ),
        (
            '<action xmlns="urn:ietf:params:xml:ns:yang:1"><native><reset/></native></action>',
            "unknown-element",
            "reset",
        ),
    ],
)
def test_no_module_has_an_action(client, body, tag, element):
    found = client.error(body)
    assert (found["tag"], found["bad-element"]) == (tag, element)


def test_get_data_is_unknown_to_older_releases(client):
    assert client.error(get_data("running"))["tag"] == "unknown-element"


# --- exec commands ------------------------------------------------------------------------------


def exec_license(body: str) -> str:
    return f'<license xmlns="{RPC}"><smart>{body}</smart></license>'


def test_exec_command_does_what_the_command_line_does(switch, client):
    reply = client.rpc(
        exec_license("<save><usage><all><file>flash:rum.txt</file></all></usage></save>")
    )
    assert reply[0].tag == f"{{{RPC}}}result"
    assert "flash:/rum.txt" in switch.files.entries
    days = "<save><usage><file>flash:d.txt</file><days>5</days></usage></save>"
    assert client.rpc(exec_license(days))[0].tag == f"{{{RPC}}}result"


def test_trust_by_exec_command_is_for_this_unit(switch, client):
    reply = client.rpc(exec_license("<trust><force/><idtoken>TOKEN</idtoken></trust>"))
    assert reply[0].tag == f"{{{RPC}}}result", text(reply)


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ("<bogus/>", "invalid-value"),
        ("<import>flash:a b</import>", "invalid-value"),
        ("<import>flash:a|b</import>", "invalid-value"),
        ("<import/>", "invalid-value"),
        ('<x xmlns="urn:other"/>', "unknown-element"),
        (f"{'<a>' * 40}{'</a>' * 40}", "too-big"),
    ],
)
def test_wrong_exec_commands(client, body, tag):
    assert client.error(exec_license(body))["tag"] == tag


def test_reply_of_the_base_namespace_is_the_frame(client):
    reply = client.rpc(exec_license("<sync><local/></sync>"))
    assert reply.tag == f"{{{BASE}}}rpc-reply"
