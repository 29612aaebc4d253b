"""The operations that subscribe: RFC 5277, RFC 8639, and the older form that pushes YANG data.

Two operations are called `establish-subscription`; their namespaces tell them apart. The older one
answers every failure with a result in an ordinary reply.
Sources: docs/sources.md, entries netconf-notifications, yang-push, subscribed-notifications.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.call import OK, Call
from agent.netconf.data import read_state, selector, xpath
from agent.netconf.rpc_errors import RpcError
from agent.netconf.server import NETCONF, NetconfServer, yang_time
from agent.netconf.subscriptions import (
    NETMOD,
    NOTIFICATION,
    SUBSCRIBED,
    ToData,
    ToStream,
    Wanted,
)
from yang.edit_attributes import BASE
from yang.select import FilterError, by_xpath
from yang.xml import Element, children, name_of, own

EVENTS = "urn:ietf:params:xml:ns:yang:ietf-event-notifications"
RFC_5277 = 0  # the number of a session's only subscription of that kind
MAX_SUBSCRIPTIONS = 20  # of a session  # assumed
SHORTEST = 100  # centiseconds of a period  # assumed
LONGEST = 0xFFFFFFFF


def create_subscription(call: Call) -> bytes:
    """`create-subscription` of RFC 5277: one for a session."""
    call.only("stream", "filter", "startTime", "stopTime", namespace=NOTIFICATION)
    session, server = call.session, call.server
    if RFC_5277 in session.subscriptions:
        raise _failed(call, "operation-failed", "the session has a subscription")
    stream = call.text("stream") or NETCONF
    _check_stream(call, stream, "stream")
    start, stop = _time(call, "startTime"), _time(call, "stopTime")
    _check_times(call, start, stop, stream, ("startTime", "stopTime"))
    session.subscriptions[RFC_5277] = ToStream(
        server.logs[stream],
        stamp_of(server),
        _wanted(call, call.parameter("filter")),
        start,
        stop,
        (_told("replayComplete"), _told("notificationComplete")),
    )
    server.subscribers[session.number] = session
    return OK


# --- RFC 8639 -----------------------------------------------------------------------------------


def establish_stream(call: Call) -> bytes:
    """`establish-subscription` to a stream of events."""
    names = ("stream", "stream-subtree-filter", "stream-xpath-filter", "replay-start-time")
    call.only(*names, "stop-time", "encoding", namespace=SUBSCRIBED)
    stream = call.text("stream")
    if stream is None:
        raise _bad_parameter(call, "missing-element", "stream")
    _check_stream(call, stream, "stream")
    start, stop = _time(call, "replay-start-time"), _time(call, "stop-time")
    _check_times(call, start, stop, stream, ("replay-start-time", "stop-time"), alone=True)
    number = _new_number(call)
    if number is None:
        raise _failed(call, "resource-denied", "too many subscriptions")
    call.session.subscriptions[number] = ToStream(
        call.server.logs[stream],
        stamp_of(call.server),
        _stream_filter(call),
        start,
        stop,
        (_state(number, "replay-completed"), _state(number, "subscription-completed")),
    )
    call.server.subscribers[call.session.number] = call.session
    return f'<id xmlns="{SUBSCRIBED}">{number}</id>'.encode()


def modify_stream(call: Call) -> bytes:
    """`modify-subscription`: another filter, another end."""
    names = ("id", "stream-subtree-filter", "stream-xpath-filter", "stop-time")
    call.only(*names, namespace=SUBSCRIBED)
    number = _number(call, "id")
    found = call.session.subscriptions.get(number)
    if not isinstance(found, ToStream) or number == RFC_5277:
        raise _no_such(call)
    stop = _time(call, "stop-time")
    _check_times(call, None, stop, NETCONF, ("", "stop-time"), alone=True)
    found.filtered(_stream_filter(call), stop)
    return OK


def delete_stream(call: Call) -> bytes:
    """`delete-subscription` of one's own."""
    call.only("id", namespace=SUBSCRIBED)
    number = _number(call, "id")
    if number == RFC_5277 or number not in call.session.subscriptions:
        raise _no_such(call)
    call.session.unsubscribe(number)
    return OK


def kill_stream(call: Call) -> bytes:
    """`kill-subscription`: anybody's; its session is told."""
    call.only("id", namespace=SUBSCRIBED)
    number = _number(call, "id")
    for session in tuple(call.server.subscribers.values()):
        if number != RFC_5277 and number in session.subscriptions:
            session.unsubscribe(number)
            reason = f'<reason xmlns:sn="{SUBSCRIBED}">sn:no-such-subscription</reason>'
            session.notify(_state(number, "subscription-terminated", reason), call.now)
            return OK
    raise _no_such(call)


# --- the older form, of YANG data ---------------------------------------------------------------


def establish_push(call: Call) -> bytes:
    """`establish-subscription` of the draft: data by XPath, periodic or on change."""
    given = {name_of(child)[1]: child for child in children(call.operation)}
    stream = given.get("stream")
    if stream is None or (stream.text or "").strip().rpartition(":")[2] != "yang-push":
        return _result("error-no-such-option")
    filters = [given.get(name) for name in ("xpath-filter", "subtree-filter")]
    period, dampening = given.get("period"), given.get("dampening-period")
    if filters[0] is None or filters[1] is not None or (period is None) == (dampening is None):
        return _result("error-no-such-option")
    known = frozenset({"stream", "xpath-filter", "period", "dampening-period", "encoding"})
    if given.keys() - known:
        return _result("error-no-such-option")
    pause = _centiseconds(period if period is not None else dampening)
    if pause is None or (period is not None and pause < SHORTEST):
        return _result("error-no-such-option")
    try:
        expression = xpath((filters[0].text or "").strip(), filters[0], call)
        server = call.server
        read_state(server, expression, call.now)
    except FilterError:
        return _result("error-no-such-option")
    number = _new_number(call)
    if number is None:
        return _result("error-insufficient-resources")
    call.session.subscriptions[number] = ToData(
        number,
        stamp_of(server),
        lambda now: read_state(server, expression, now),
        call.now,
        period=pause * 10 if period is not None else 0,
        dampening=pause * 10 if period is None else 0,
    )
    server.subscribers[call.session.number] = call.session
    identity = f'<subscription-id xmlns="{EVENTS}">{number}</subscription-id>'
    return _result("ok") + identity.encode()


def delete_push(call: Call) -> bytes:
    """`delete-subscription` of the draft."""
    number = _number(call, "subscription-id")
    if not isinstance(call.session.subscriptions.get(number), ToData):
        return _result("error-no-such-subscription")
    call.session.unsubscribe(number)
    return _result("ok")


# --- parts of them ------------------------------------------------------------------------------


def stamp_of(server: NetconfServer) -> Callable[[Instant], str]:
    """How this device writes eventTime: its own clock and zone."""
    device = server.device
    return lambda at: yang_time(at, device.zone, device.clock_offset_ms)


def _new_number(call: Call) -> int | None:
    if len(call.session.subscriptions) >= MAX_SUBSCRIPTIONS:
        return None
    call.server.last_subscription += 1
    return call.server.last_subscription


def _check_stream(call: Call, stream: str, parameter: str) -> None:
    if stream not in call.server.logs:
        raise RpcError(
            "application",
            "invalid-value",
            f'"{stream}" is not a valid value.',
            f"{_at(call)}/{_PREFIX}:{parameter}",
            info=(("bad-element", parameter),),
            namespaces=_names(call),
        )


def _check_times(
    call: Call,
    start: Instant | None,
    stop: Instant | None,
    stream: str,
    names: tuple[str, str],
    *,
    alone: bool = False,
) -> None:
    """RFC 5277 section 2.1.1. `alone`: an end without a start is as good."""
    if start is not None and start > call.now:
        raise _bad_parameter(call, "bad-element", names[0])
    if stop is not None and start is None and not alone:
        raise _bad_parameter(call, "missing-element", names[0])
    if stop is not None and ((start is not None and stop < start) or (alone and stop < call.now)):
        raise _bad_parameter(call, "bad-element", names[1])
    if start is not None and stream != NETCONF:
        raise _failed(call, "operation-failed", "the stream has no replay")


def _bad_parameter(call: Call, tag: str, name: str) -> RpcError:
    info = (("bad-element", name),)
    return RpcError("protocol", tag, path=_at(call), info=info, namespaces=_names(call))


def _time(call: Call, name: str) -> Instant | None:
    """A date-and-time on the device's clock, as an instant. Raises RpcError."""
    text = call.text(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is None or "T" not in text:
            raise ValueError("no zone")
        return int(read.timestamp() * 1000) - call.server.device.clock_offset_ms
    except (ValueError, OverflowError):
        raise RpcError(
            "application",
            "invalid-value",
            f'"{text}" is not a valid value.',
            f"{_at(call)}/{_PREFIX}:{name}",
            info=(("bad-element", name),),
            namespaces=_names(call),
        ) from None


def _wanted(call: Call, given: Element | None) -> Wanted | None:
    if given is None:
        return None
    found = selector(given, call)

    def passes(root: Element) -> bool:
        try:
            return found.reaches(name_of(root[0])[1]) and bool(found.select(root).whole)
        except RpcError:  # this event is more than the filter may be compared with
            return False

    return passes


def _stream_filter(call: Call) -> Wanted | None:
    subtree, path = call.parameter("stream-subtree-filter"), call.parameter("stream-xpath-filter")
    if path is None:
        return _wanted(call, subtree)
    try:
        expression = xpath((path.text or "").strip(), path, call)
    except FilterError as fault:
        info = (("bad-element", "stream-xpath-filter"),)
        at = f"{_at(call)}/{_PREFIX}:stream-xpath-filter"
        raise RpcError(
            "application", "invalid-value", str(fault), at, info=info, namespaces=_names(call)
        ) from None

    def passes(root: Element) -> bool:
        try:
            return bool(by_xpath(expression, root).whole)
        except FilterError:
            return False

    return passes


def _number(call: Call, name: str) -> int:
    text = call.text(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else -1


def _centiseconds(element: Element | None) -> int | None:
    text = "" if element is None else (element.text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        return None
    return int(text) if int(text) <= LONGEST else None


def _failed(call: Call, tag: str, message: str) -> RpcError:
    return RpcError("protocol", tag, message, _at(call), namespaces=_names(call))


def _no_such(call: Call) -> RpcError:
    return RpcError(
        "application",
        "invalid-value",
        path=_at(call),
        app_tag="ietf-subscribed-notifications:no-such-subscription",
        namespaces=_names(call),
    )


def _result(name: str) -> bytes:
    """`subscription-result` with its identity."""
    element = etree.Element(
        f"{{{EVENTS}}}subscription-result", nsmap={**own(EVENTS), "notif-bis": EVENTS}
    )
    element.text = f"notif-bis:{name}"
    return etree.tostring(element)


def _told(name: str) -> bytes:
    return f'<{name} xmlns="{NETMOD}"/>'.encode()


def _state(number: int, name: str, more: str = "") -> bytes:
    return f'<{name} xmlns="{SUBSCRIBED}"><id>{number}</id>{more}</{name}>'.encode()


_PREFIX = "notif"


def _at(call: Call) -> str:
    return f"/nc:rpc/{_PREFIX}:{call.name}"


def _names(call: Call) -> dict[str, str]:
    return {"nc": BASE, _PREFIX: name_of(call.operation)[0]}
