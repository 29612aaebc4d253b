"""Hello, the rpc layer, and what a session makes of bad input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agent.netconf.framing import framed
from agent.netconf.server import NetconfServer
from agent.netconf.session import MAX_MESSAGE, MISSING_BASE, NetconfSession
from tests.netconf.client import (
    BASE,
    BASES,
    BOTH,
    NATIVE,
    NOW,
    ONE,
    Client,
    device,
    error_of,
    hello,
    text,
)

GET_NAME = (
    f'<get-config><source><running/></source><filter><native xmlns="{NATIVE}"><hostname/>'
    "</native></filter></get-config>"
)
RPC = f'<rpc xmlns="{BASE}" message-id="1">{GET_NAME}</rpc>'


def test_hello_names_capabilities_and_a_number_counting_up(server):
    first, second = Client(server), Client(server)
    assert first.capabilities[:2] == list(BASES)
    assert (first.session_id, second.session_id) == (1, 2)


@pytest.mark.parametrize("bases", [ONE, BOTH, BASES[1:]])
def test_both_framings_answer(server, bases):
    session = NetconfSession(server, "admin", "192.0.2.1", NOW)
    session.feed(framed(hello(*bases), False), NOW)
    reply = session.feed(framed(RPC.encode(), BASES[1] in bases), NOW)
    assert b"<hostname>Switch</hostname>" in reply
    assert reply.endswith(b"\n##\n" if BASES[1] in bases else b"]]>]]>")


def test_hello_and_rpc_in_one_piece_byte_by_byte(server):
    session = NetconfSession(server, "admin", "192.0.2.1", NOW)
    stream = framed(hello(*BOTH), False) + framed(RPC.encode(), True) * 2
    out = b"".join(session.feed(stream[i : i + 1], NOW) for i in range(len(stream)))
    assert out.count(b"<hostname>Switch</hostname>") == 2


@pytest.mark.parametrize(
    ("greeting", "answer"),
    [
        (hello(), MISSING_BASE),
        (hello("urn:x"), MISSING_BASE),
        (b"<hello", b""),
        (b"", b""),
        (b"<hello/>", b""),
        (RPC.encode(), b""),
        (hello(*BOTH).replace(b"</hello>", b"<session-id>1</session-id></hello>"), b""),
        (b"<!DOCTYPE h [<!ENTITY a 'x'>]>" + hello(*BOTH), b""),
    ],
)
def test_bad_hello_ends_the_session(server, greeting, answer):
    session = NetconfSession(server, "admin", "192.0.2.1", NOW)
    assert session.feed(framed(greeting, False), NOW) == answer
    assert session.closed and not server.sessions
    assert server.statistics.in_bad_hellos == 1


def test_reply_carries_every_attribute_of_the_rpc(client):
    reply = client.send(
        f'<nc:rpc xmlns:nc="{BASE}" xmlns:x="urn:x" message-id="a&lt;b" x:more="1" plain="2">'
        "<nc:close-session/></nc:rpc>"
    )
    assert dict(reply.attrib) == {"message-id": "a<b", "{urn:x}more": "1", "plain": "2"}
    assert reply.tag == f"{{{BASE}}}rpc-reply"


def test_reply_carries_an_attribute_whose_name_is_no_ascii(client):
    reply = client.send(f'<rpc xmlns="{BASE}" message-id="1" größe="1"><get><filter/></get></rpc>')
    assert reply.get("größe") == "1"


def test_rpc_without_message_id_is_an_error_and_the_session_goes_on(client):
    error = error_of(client.send(f'<rpc xmlns="{BASE}"><get/></rpc>'))
    assert error == {
        "type": "rpc",
        "tag": "missing-attribute",
        "severity": "error",
        "bad-attribute": "message-id",
        "bad-element": "rpc",
    }
    client.ok("<close-session/>")


@pytest.mark.parametrize(
    ("operation", "element"),
    [
        ("<bogus/>", "bogus"),
        ('<get xmlns="urn:x"/>', "get"),
        ("<get/><get/>", "get"),
        ("<get><bogus/></get>", "bogus"),
        ('<get><filter xmlns=""/></get>', "filter"),
    ],
)
def test_what_is_no_operation_or_parameter_is_an_unknown_element(client, operation, element):
    error = client.error(operation)
    assert (error["type"], error["tag"], error["bad-element"]) == (
        "protocol",
        "unknown-element",
        element,
    )


def test_config_in_no_namespace_gets_the_seen_answer(client):
    error = client.error(
        '<edit-config><target><running/></target><config xmlns=""><x/></config></edit-config>'
    )
    assert error == {
        "type": "protocol",
        "tag": "unknown-element",
        "severity": "error",
        "path": "/rpc/edit-config",
        "bad-element": "config",
    }


def test_second_hello_is_no_rpc(client):
    assert error_of(client.send(hello(*BOTH)))["bad-element"] == "hello"
    client.ok("<close-session/>")


BOMB = "<!DOCTYPE b [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    "message",
    [
        "<rpc",
        "no xml",
        f'<rpc xmlns="{BASE}" message-id="1"><get></rpc>',
        f'{BOMB}<rpc xmlns="{BASE}" message-id="1"><get>&b;</get></rpc>',
        f'<!DOCTYPE r SYSTEM "file:///etc/passwd"><rpc xmlns="{BASE}" message-id="1"><get/></rpc>',
        f'<rpc xmlns="{BASE}" message-id="1">' + "<x>" * 10_000 + "</x>" * 10_000 + "</rpc>",
        f'<rpc xmlns="{BASE}" message-id="1">' + "<x>" * 210 + "</x>" * 210 + "</rpc>",
        b"\xff\xfe\x00",
        b"<?xml version='1.0' encoding='klingon'?><rpc/>",
    ],
)
def test_malformed_message_is_told_and_ends_the_session(client, server, message):
    other = Client(server)
    reply = client.send(message)
    assert "message-id" not in reply.attrib
    error = error_of(reply)
    assert (error["type"], error["tag"]) == ("rpc", "malformed-message")
    assert client.session.closed and list(server.sessions) == [other.session_id]
    other.ok("<close-session/>")


def test_framing_error_ends_the_session_without_a_word(client, server):
    assert client.session.feed(b"\n#0\n", NOW) == b""
    assert client.session.closed and server.statistics.dropped_sessions == 1


def test_endless_message_is_cut_off(client):
    head = b"\n#%d\n" % (1 << 20) + b" " * (1 << 20)
    for _ in range(MAX_MESSAGE // (1 << 20) + 1):
        assert client.session.feed(head, NOW) == b""
    assert client.session.closed


def test_nothing_is_read_after_the_end(client):
    client.ok("<close-session/>")
    assert client.session.feed(framed(RPC.encode(), True), NOW) == b""


def test_replies_come_in_the_order_of_the_rpcs(client):
    rpcs = [f'<rpc xmlns="{BASE}" message-id="{n}">{GET_NAME}</rpc>'.encode() for n in range(9)]
    client.framer.feed(client.session.feed(b"".join(framed(r, True) for r in rpcs), NOW))
    replies = [client.framer.next_message() for _ in rpcs]
    assert [etree.fromstring(r).get("message-id") for r in replies] == [str(n) for n in range(9)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_input_breaks_the_server(data):
    server = NetconfServer(FUZZED, NOW)
    before = FUZZED.datastore.running
    client = Client(server)
    words = st.sampled_from(
        "rpc get get-config edit-config filter target source running config native hostname lock "
        "commit kill-session validate copy-config session-id operation default-operation x".split()
    )
    tree = st.recursive(
        st.sampled_from(["", "1", "none", " "]),
        lambda inner: st.builds(
            lambda n, ns, a, c: f"<{n} xmlns='{ns}' {a}>{''.join(c)}</{n}>",
            words,
            st.sampled_from((BASE, NATIVE, "urn:x", "")),
            st.sampled_from(("", "message-id='1'", "type='xpath' select='//*'", "type='x'")),
            st.lists(inner, max_size=3),
        ),
        max_leaves=12,
    )
    for body in data.draw(st.lists(tree, max_size=4)):
        if client.session.closed:
            break
        reply = client.send(f'<rpc xmlns="{BASE}" message-id="1">{body}</rpc>')
        assert "rpc-reply" in text(reply)
    assert FUZZED.datastore.running.keys() == before.keys()


FUZZED = device("netconf-yang")


def test_attributes_and_prefixes_come_back_with_what_stands_in_them(client):
    words = " ".join(f'xmlns:p{n}="urn:{n}" p{n}:a="{n}" b{n}="&lt;&#10;"' for n in range(400))
    reply = client.send(f'<rpc xmlns="{BASE}" message-id="1" {words}><get><filter/></get></rpc>')
    assert reply.get("{urn:399}a") == "399" and reply.get("b7") == "<\n"
    assert len(reply.attrib) == 801


@pytest.mark.parametrize("word", ['a{}="x"', 'xmlns:a{}="urn:{}"'])
def test_tens_of_thousands_of_attributes_are_done_with_soon(client, word):
    words = " ".join(word.format(n, n) for n in range(20_000))
    read = "<get-config><source><running/></source><filter/></get-config>"
    before = time.process_time()
    client.send(f'<rpc xmlns="{BASE}" message-id="1" {words}>{read}</rpc>')
    assert time.process_time() - before < 1


def test_a_filter_that_compares_everything_with_everything_is_too_big(client):
    rows = "<GigabitEthernet><description/></GigabitEthernet>" * 4900
    wanted = f'<native xmlns="{NATIVE}"><interface>{rows}</interface></native>'
    error = client.error(f"<get><filter>{wanted}</filter></get>")
    assert error["tag"] == "too-big"
