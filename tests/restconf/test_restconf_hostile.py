"""Whatever a client sends, it gets an answer of HTTP, and the configuration stays a valid one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.running_config import running_config
from agent.restconf import smartlic
from agent.restconf.messages import Request
from agent.restconf.server import ROOT
from tests.netconf.client import NOW, device
from tests.restconf.asker import JSON, XML, Asker

METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "X"])
PIECES = st.sampled_from(
    "data operations native Cisco-IOS-XE-native:native interface Loopback=1 Loopback= Loopback=1,2 "
    "GigabitEthernet=1%2F0%2F1 hostname = %00 %ff .. a:b:c cisco-smart-license:licensing state "
    "config usage interval cisco-ia:save-config name=%2C username=admin".split()
)
PATHS = st.lists(PIECES | st.text(max_size=8), max_size=6).map("/".join)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.floats()
NAMES = st.sampled_from(
    "native hostname interface Loopback name description Cisco-IOS-XE-native:native licensing "
    "cisco-smart-license:licensing config usage interval input ietf-restconf:data @x".split()
)
TREES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=12,
)
BODIES = st.binary(max_size=60) | TREES.map(lambda tree: json.dumps(tree).encode())
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(["depth", "content", "fields", "with-defaults", "point", "x"]),
        st.text("ab;/()1:config", max_size=12),
    ),
    max_size=2,
).map(tuple)
TYPES = st.sampled_from([JSON, XML, "", "text/plain", "*/*", ";;", "a/b;q=x"])

SWITCH = Asker(device("restconf"))
ANSWERS = frozenset({200, 201, 204, 304, 400, 403, 404, 405, 406, 409, 412, 413, 415})


REQUESTS = st.tuples(METHODS, PATHS, QUERIES, BODIES, TYPES, TYPES)


def answered(asked) -> None:
    method, path, query, body, accept, kind = asked
    headers = {"accept": accept, "content-type": kind}
    request = Request(method, f"{ROOT}/{path}", query, headers, body)
    response = SWITCH.server.answer(request, "admin", 15, NOW)
    assert response.status in ANSWERS, response.body
    if response.status >= 400 and method != "HEAD":
        assert b"error-tag" in response.body


@settings(max_examples=60, deadline=None)
@given(REQUESTS)
def test_every_request_is_answered(asked):
    answered(asked)


@pytest.mark.long
@settings(max_examples=5000, deadline=None)
@given(REQUESTS)
def test_every_request_is_answered_for_long(asked):
    answered(asked)
    assert "end" in running_config(SWITCH.device)


@settings(max_examples=40, deadline=None)
@given(METHODS, st.sampled_from(["import", "days", "list", "close-reports", ""]), PATHS, BODIES)
def test_the_native_api_too(method, name, path, body):
    request = Request(method, f"{smartlic.ROOT}/{name}/{path}", body=body)
    assert smartlic.answer(SWITCH.device, request, NOW).status in (200, 400, 404, 405)
