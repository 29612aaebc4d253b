"""Subscriptions of a session: to a stream of events, or to data that is pushed.

A subscription is asked for its next message when the client has room for one; it keeps no queue. To
a stream it is a place in the device's log: who reads slowly falls behind, and who reads not at all
loses what the log has lost by then. A push is made of the data at the moment it is sent.
Sources: docs/sources.md, entries netconf-notifications, yang-push.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lxml import etree

from agent.core.clock import Instant
from agent.netconf.events import EventLog
from yang.xml import Element

NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0"
NETMOD = "urn:ietf:params:xml:ns:netmod:notification"
SUBSCRIBED = "urn:ietf:params:xml:ns:yang:ietf-subscribed-notifications"
PUSH = "urn:ietf:params:xml:ns:yang:ietf-yang-push"

Stamp = Callable[[Instant], str]  # an instant as eventTime
Wanted = Callable[[Element], bool]  # does a filter let this event through? it hangs below a root


class Subscription(Protocol):
    """What a session holds. `done` once nothing more will come."""

    done: bool

    def next_message(self, now: Instant) -> bytes | None:
        """What is to be sent next, None where there is nothing at present."""

    def deadline(self) -> Instant | None:
        """When time alone will make a message."""

    def due(self, now: Instant) -> bool:
        """Time has come or data has changed: is there a message now?"""


def notification(time: str, content: bytes) -> bytes:
    """`<notification>` with the moment and what happened."""
    head = f'<notification xmlns="{NOTIFICATION}"><eventTime>{time}</eventTime>'
    return b'<?xml version="1.0" encoding="UTF-8"?>\n%b%b</notification>' % (head.encode(), content)


class ToStream:
    """To a stream: from now on, or replayed from `start`; it ends at `stop`.

    `replayed` and `completed` are the elements that tell so.
    """

    def __init__(
        self,
        log: EventLog,
        stamp: Stamp,
        wanted: Wanted | None = None,
        start: Instant | None = None,
        stop: Instant | None = None,
        told: tuple[bytes, bytes] = (b"", b""),
    ) -> None:
        self._log, self._stamp, self._wanted = log, stamp, wanted
        self._next = log.next if start is None else log.since(start)
        self._boundary = log.next if start is not None else None  # where the replay ends
        self.stop = stop
        self._replayed, self._completed = told
        self.done = False

    def next_message(self, now: Instant) -> bytes | None:
        if self.done:
            return None
        while True:
            if self._boundary is not None and self._next >= self._boundary:
                self._boundary = None
                return notification(self._stamp(now), self._replayed)
            self._next = max(self._next, self._log.first)
            if self._next >= self._log.next:
                break
            event = self._log.event(self._next)
            if self.stop is not None and event.at > self.stop:
                if self._boundary is None:
                    break
                self._next = self._boundary
                continue
            self._next += 1
            if self._passes(event.content):
                return notification(self._stamp(event.at), event.content)
        if self.stop is not None and now >= self.stop:
            self.done = True
            return notification(self._stamp(now), self._completed)
        return None

    def deadline(self) -> Instant | None:
        return None if self.done else self.stop

    def due(self, now: Instant) -> bool:
        return not self.done and (
            self._next < self._log.next or (self.stop is not None and now >= self.stop)
        )

    def filtered(self, wanted: Wanted | None, stop: Instant | None) -> None:
        """`modify-subscription`: another filter and end from here on."""
        self._wanted, self.stop = wanted, stop

    def _passes(self, content: bytes) -> bool:
        if self._wanted is None:
            return True
        root = etree.Element("data")
        root.append(etree.fromstring(content))
        return self._wanted(root)


class ToData:
    """To data, pushed every `period`, or (0) when it changes, at most every `dampening` ms."""

    def __init__(
        self,
        number: int,
        stamp: Stamp,
        read: Callable[[Instant], bytes],
        begun: Instant,
        period: int = 0,
        dampening: int = 0,
    ) -> None:
        self._number, self._stamp, self._read = number, stamp, read
        self._period, self._dampening = period, dampening
        self._at: Instant | None = begun + period if period else None  # the next message by time
        self._ready = True  # the first one comes at once
        self._sent: bytes | None = None
        self._free = begun  # on change: not before
        self.done = False

    def next_message(self, now: Instant) -> bytes | None:
        if self.done or not self._ready:
            return None
        self._ready = False
        if self._period:
            if self._at is not None and self._at <= now:
                self._at += (1 + (now - self._at) // self._period) * self._period
            return self._told(self._read(now), now)
        if now < self._free:
            self._at = self._free
            return None
        self._at = None
        data = self._read(now)
        if data == self._sent:
            return None
        first, self._sent = self._sent is None, data
        self._free = now + self._dampening
        return self._told(data, now, "" if first else "change")

    def deadline(self) -> Instant | None:
        """None while a message waits for room: a moved clock does not pile them up."""
        return None if self.done or self._ready else self._at

    def due(self, now: Instant) -> bool:
        if self.done or self._ready:
            return not self.done
        self._ready = not self._period or (self._at is not None and self._at <= now)
        return self._ready

    def _told(self, data: bytes, now: Instant, kind: str = "") -> bytes:
        name, holder = "push-update", "datastore-contents-xml"
        if kind:
            name, holder = "push-change-update", "datastore-changes-xml"
        content = (
            f'<{name} xmlns="{PUSH}"><subscription-id>{self._number}</subscription-id><{holder}>'
        ).encode()
        content += data + f"</{holder}></{name}>".encode()
        return notification(self._stamp(now), content)
