"""Notifications: streams and replay of RFC 5277, what goes into them, and data that is pushed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lxml import etree

from agent.device.device import Device
from agent.engine.actions import Send
from agent.engine.events import Failure, SendFailed, TokenEntered
from agent.netconf.events import MAX_EVENTS
from agent.netconf.server import NetconfServer
from agent.netconf.subscriptions import NETMOD, NOTIFICATION, PUSH, SUBSCRIBED
from tests.netconf.client import CSL, NOW, Client, device, text, typed

NCN = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
EVENTS = "urn:ietf:params:xml:ns:yang:ietf-event-notifications"
MINUTE = 60_000


def told(client: Client, now: int = NOW) -> list[str]:
    """What comes of itself, as text without namespaces and without the head."""
    client.framer.feed(client.session.take(now))
    found = []
    while (message := client.framer.next_message()) is not None:
        notification = etree.fromstring(message)
        assert notification.tag == f"{{{NOTIFICATION}}}notification"
        assert notification[0].tag == f"{{{NOTIFICATION}}}eventTime"
        found.append("".join(text(child) for child in notification[1:]))
    return found


def subscribe(body: str = "") -> str:
    return f'<create-subscription xmlns="{NOTIFICATION}">{body}</create-subscription>'


def name(word: str) -> str:
    return f"<native><hostname>{word}</hostname></native>"


def test_change_by_another_session_is_told(server, client):
    client.ok(subscribe())
    other = Client(server, user="ops")
    other.edit(name("one"))
    start, change = told(client)
    assert start == (
        "<netconf-session-start><username>ops</username><session-id>2</session-id>"
        "<source-host>192.0.2.35</source-host></netconf-session-start>"
    )
    assert change == (
        "<netconf-config-change><changed-by><username>ops</username><session-id>2</session-id>"
        "<source-host>192.0.2.35</source-host></changed-by><datastore>running</datastore><edit>"
        "<target>/ios:native/ios:hostname</target><operation>replace</operation></edit>"
        "</netconf-config-change>"
    )
    assert told(client) == []


def test_change_by_the_command_line_is_told_in_both_views(switch, client):
    client.ok(subscribe())
    typed(switch, "license smart usage interval 30", "ip host a 10.0.0.1")
    (change,) = told(client)
    assert "<changed-by><server/></changed-by>" in change
    assert "/ios:native/ios:license/ios:smart/ios:usage/ios:interval</target>" in change
    assert "/cisco-smart-license:usage/cisco-smart-license:interval</target>" in change
    assert "host-list[ios:name='a']" in change and "<operation>create</operation>" in change


def test_end_of_a_session_is_told_with_its_reason(server, client):
    closer, victim, dropped = Client(server), Client(server), Client(server)
    client.ok(subscribe())
    closer.ok("<close-session/>")
    client.ok(f"<kill-session><session-id>{victim.session_id}</session-id></kill-session>")
    dropped.session.end(NOW)
    closed, killed, lost = told(client)
    assert "<termination-reason>closed<" in closed
    assert "<killed-by>1</killed-by><termination-reason>killed<" in killed
    assert "<termination-reason>dropped<" in lost


def test_subtree_filter(server, client):
    client.ok(subscribe(f'<filter><netconf-session-end xmlns="{NCN}"/></filter>'))
    other = Client(server)
    other.edit(name("two"))
    other.ok("<close-session/>")
    (only,) = told(client)
    assert only.startswith("<netconf-session-end>")


def test_xpath_filter(server, client):
    chosen = "/netconf-config-change[changed-by/username='ops']"
    client.ok(subscribe(f'<filter type="xpath" select="{chosen}"/>'))
    Client(server, user="admin").edit(name("a"))
    Client(server, user="ops").edit(name("b"))
    (only,) = told(client)
    assert "<username>ops</username>" in only


@pytest.mark.parametrize(
    ("body", "tag", "info"),
    [
        ("<stream>none</stream>", "invalid-value", "stream"),
        ("<stopTime>2027-01-01T00:00:00Z</stopTime>", "missing-element", "startTime"),
        ("<startTime>2027-01-01T00:00:00Z</startTime>", "bad-element", "startTime"),
        (
            "<startTime>2026-10-06T11:00:00Z</startTime><stopTime>2026-10-06T10:00:00Z</stopTime>",
            "bad-element",
            "stopTime",
        ),
        ("<startTime>yesterday</startTime>", "invalid-value", "startTime"),
        ("<startTime>2026-10-06T11:00:00</startTime>", "invalid-value", "startTime"),
        ("<bogus/>", "unknown-element", "bogus"),
        ('<filter type="xpath" select="["/>', "bad-attribute", "filter"),
        (
            "<stream>snmpevents</stream><startTime>2026-10-06T11:00:00Z</startTime>",
            "operation-failed",
            None,
        ),
    ],
)
def test_wrong_subscriptions(client, body, tag, info):
    error = client.error(subscribe(body))
    assert error["tag"] == tag and error.get("bad-element") == info
    client.ok(subscribe())


def test_one_subscription_at_a_time_and_operations_between(client):
    client.ok(subscribe("<stream>NETCONF</stream>"))
    assert client.error(subscribe())["tag"] == "operation-failed"
    client.edit(name("between"))
    assert client.config("<native><hostname/></native>").count("between") == 1
    assert len(told(client)) == 1


def test_replay_ends_with_replay_complete_and_goes_on(server, client):
    client.edit(name("before"))
    late = Client(server, now=NOW + MINUTE)
    late.ok(subscribe("<startTime>2026-10-06T11:00:00Z</startTime>"))
    found = told(late, NOW + MINUTE)
    assert [f.split(">")[0] for f in found] == [
        "<netconf-session-start",
        "<netconf-config-change",
        "<netconf-session-start",
        "<replayComplete/",
    ]
    client.edit(name("after"))
    (live,) = told(late, NOW + MINUTE)
    assert live.startswith("<netconf-config-change>")


def test_replay_begins_where_it_was_told_to(server, client):
    client.edit(name("first"))
    client.now = NOW + MINUTE
    client.edit(name("second"))
    late = Client(server, now=NOW + 2 * MINUTE)
    late.ok(
        subscribe(
            "<startTime>2026-10-06T14:00:30+02:00</startTime>"
            "<stopTime>2026-10-06T12:01:00Z</stopTime>"
        )
    )
    found = told(late, NOW + 2 * MINUTE)
    assert [f.split(">")[0] for f in found] == [
        "<netconf-config-change",
        "<replayComplete/",
        "<notificationComplete/",
    ]
    late.ok(subscribe())  # the subscription is over, the session is not


def test_subscription_ends_at_its_stop_time_on_the_labs_clock(server, client):
    client.ok(
        subscribe(
            "<startTime>2026-10-06T12:00:00Z</startTime><stopTime>2026-10-06T12:05:00Z</stopTime>"
        )
    )
    assert told(client)[-1] == "<replayComplete/>"
    assert server.next_deadline() == NOW + 5 * MINUTE
    woken = []
    client.session.awake = woken.append
    server.wake(NOW + 5 * MINUTE)
    assert woken == [NOW + 5 * MINUTE]
    assert told(client, NOW + 5 * MINUTE) == ["<notificationComplete/>"]
    assert server.next_deadline() is None and not server.subscribers


def test_log_is_bounded_and_says_when_it_lost_something(server, client):
    for number in range(MAX_EVENTS + 5):
        server.tell(b'<e xmlns="x"/>', NOW + number)
    reader = Client(server, now=NOW + MINUTE)
    reader.ok(subscribe("<startTime>2026-10-06T11:00:00Z</startTime>"))
    assert len(told(reader, NOW + MINUTE)) == MAX_EVENTS + 1
    found = reader.data(f'<get><filter><netconf xmlns="{NETMOD}"/></filter></get>')
    assert "<name>NETCONF</name>" in found and "<replaySupport>true</replaySupport>" in found
    assert "<replayLogAgedTime>2026-10-06T12:00:00+00:00</replayLogAgedTime>" in found
    assert "<name>snmpevents</name>" in found


def test_who_does_not_read_falls_behind_and_costs_nothing(server, client):
    client.ok(subscribe())
    for number in range(10 * MAX_EVENTS):
        server.tell(b"<e xmlns='x'>%d</e>" % number, NOW)
    found = told(client)
    assert len(found) == MAX_EVENTS and found[-1] == f"<e>{10 * MAX_EVENTS - 1}</e>"


def test_notifications_are_counted(client):
    client.ok(subscribe())
    client.edit(name("counted"))
    told(client)
    assert client.session.statistics.out_notifications == 1
    assert client.server.statistics.out_notifications == 1


def test_candidate_that_comes_or_goes_is_a_change_of_capabilities(server, client):
    client.ok(subscribe())
    ended = []
    server.mode_changed = lambda: ended.append(True)
    typed(server.device, "netconf-yang feature candidate-datastore")
    _, change, library = told(client)
    assert library.startswith("<yang-library-update><content-id>")
    assert change.startswith("<netconf-capability-change><changed-by><server/></changed-by>")
    assert "<added-capability>urn:ietf:params:netconf:capability:candidate:1.0<" in change
    assert ended == [True]


# --- the licence module -------------------------------------------------------------------------


@dataclass
class Wire:
    """Keeps what the agent sends."""

    sent: list[Send]

    def send(self, device: Device, send: Send) -> None:
        self.sent.append(send)


def test_licence_events_come_from_the_live_agent(switch, server, client):
    client.ok(subscribe(f'<filter><communications-fail xmlns="{CSL}"/></filter>'))
    switch.link = wire = Wire([])
    typed(switch, "license smart transport smart", "license smart url smart https://x.example/")
    switch.handle(TokenEntered("T"), NOW)
    while wire.sent:
        switch.handle(SendFailed(wire.sent.pop().request_id, Failure.TIMED_OUT), NOW)
    while not (found := told(client)):
        switch.wake(switch.next_deadline())
        while wire.sent:
            failed = SendFailed(wire.sent.pop().request_id, Failure.TIMED_OUT)
            switch.handle(failed, switch.latest)
    assert found[0].startswith(
        "<communications-fail><reason>general-failure</reason>"
        "<message>Communications failure with the "
    )


# --- RFC 8639 -----------------------------------------------------------------------------------


def establish(body: str = "<stream>NETCONF</stream>") -> str:
    return f'<establish-subscription xmlns="{SUBSCRIBED}">{body}</establish-subscription>'


def number_of(reply: etree._Element) -> int:
    assert reply[0].tag == f"{{{SUBSCRIBED}}}id", text(reply)
    return int(reply[0].text)


def test_stream_subscriptions_of_rfc_8639(server, client):
    other = Client(server)
    number = number_of(client.rpc(establish()))
    assert number > 2_147_483_647
    other.edit(name("x"))
    assert len(told(client)) == 1
    delete = f'<delete-subscription xmlns="{SUBSCRIBED}"><id>{number}</id></delete-subscription>'
    assert other.error(delete)["tag"] == "invalid-value"
    client.ok(delete)
    assert client.error(delete)["app-tag"].endswith("no-such-subscription")
    other.edit(name("y"))
    assert told(client) == []


def test_kill_subscription_tells_its_session(server, client):
    other = Client(server)
    number = number_of(client.rpc(establish()))
    other.ok(f'<kill-subscription xmlns="{SUBSCRIBED}"><id>{number}</id></kill-subscription>')
    (end,) = told(client)
    assert end.startswith(f"<subscription-terminated><id>{number}</id><reason>")


def test_modified_filter_and_replay_of_rfc_8639(server, client):
    start = "<replay-start-time>2026-10-06T11:00:00Z</replay-start-time>"
    number = number_of(client.rpc(establish(f"<stream>NETCONF</stream>{start}")))
    assert told(client)[-1] == f"<replay-completed><id>{number}</id></replay-completed>"
    path = "<stream-xpath-filter>/netconf-session-end</stream-xpath-filter>"
    client.ok(
        f'<modify-subscription xmlns="{SUBSCRIBED}"><id>{number}</id>{path}</modify-subscription>'
    )
    client.edit(name("z"))
    assert told(client) == []


def test_rfc_8639_is_unknown_to_releases_before_it():
    old = Client(NetconfServer(device("netconf-yang", release="17.9.5"), NOW))
    assert old.error(establish())["tag"] == "unknown-element"


# --- data that is pushed ------------------------------------------------------------------------


def push(what: str, how: str) -> str:
    return (
        f'<establish-subscription xmlns="{EVENTS}" xmlns:yp="{PUSH}"><stream>yp:yang-push</stream>'
        f"<yp:xpath-filter>{what}</yp:xpath-filter>{how}</establish-subscription>"
    )


def test_periodic_push(server, client):
    reply = client.rpc(push("/ios:native/hostname", "<yp:period>1000</yp:period>"))
    assert reply[0].text == "notif-bis:ok"
    number = reply[1].text
    (first,) = told(client)
    assert first == (
        f"<push-update><subscription-id>{number}</subscription-id><datastore-contents-xml>"
        "<native><hostname>Switch</hostname></native></datastore-contents-xml></push-update>"
    )
    assert server.next_deadline() == NOW + 10_000
    server.wake(NOW + 10_000)
    assert server.next_deadline() is None  # it waits for room
    assert len(told(client, NOW + 10_000)) == 1
    assert server.next_deadline() == NOW + 20_000


def test_push_on_change(switch, server, client):
    reply = client.rpc(
        push("/ios:native/hostname", "<yp:dampening-period>500</yp:dampening-period>")
    )
    assert reply[0].text == "notif-bis:ok" and len(told(client)) == 1
    client.now = NOW + 10_000
    client.edit(
        "<native><license><smart><usage><interval>9</interval></usage></smart></license></native>"
    )
    assert told(client, NOW + 10_000) == []
    client.edit(name("changed"))
    (change,) = told(client, NOW + 10_000)
    assert change.startswith("<push-change-update>") and ">changed<" in change
    client.edit(name("soon"))
    assert told(client, NOW + 11_000) == [] and server.next_deadline() == NOW + 15_000
    server.wake(NOW + 15_000)
    assert len(told(client, NOW + 15_000)) == 1


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ("/ios:native", ""),
        ("/ios:native", "<yp:period>0</yp:period>"),
        ("/ios:native", "<yp:period>x</yp:period>"),
        ("/ios:native", "<yp:period>1000</yp:period><bogus/>"),
        ("/nowhere:native", "<yp:period>1000</yp:period>"),
        ("count(", "<yp:period>1000</yp:period>"),
    ],
)
def test_wrong_push_is_an_ordinary_reply(client, what, how):
    reply = client.rpc(push(what, how))
    assert [r.text for r in reply] == ["notif-bis:error-no-such-option"]


def test_push_that_is_deleted(client):
    number = client.rpc(push("/native/hostname", "<yp:period>1000</yp:period>"))[1].text
    inner = f"<subscription-id>{number}</subscription-id>"
    body = f'<delete-subscription xmlns="{EVENTS}">{inner}</delete-subscription>'
    assert client.rpc(body)[0].text == "notif-bis:ok"
    assert client.rpc(body)[0].text == "notif-bis:error-no-such-subscription"
    assert told(client) == []
