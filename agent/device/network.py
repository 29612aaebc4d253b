"""In-memory links between devices and their servers: delay, loss and outages, from a seed.

The network is a node of a fleet: a request arrives at its server as one deadline, the reply at
the device as another, and every message goes through the real codec. The same seed and the same
inputs give the same deliveries.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.core.chance import Chance
from agent.core.clock import SECOND, Instant
from agent.device.device import Device
from agent.device.fleet import Fleet, Node
from agent.engine.actions import Route, Send
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.protocol.codec import MessageError, decode_reply, encode_request

# A server's door: an envelope's bytes in, the reply's bytes out, or why there is none.
Exchange = Callable[[bytes, Instant], bytes | Failure]


@dataclass(frozen=True, slots=True)
class Outage:
    """A span in which a server refuses every connection; `until` is not part of it."""

    start: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Conditions:
    """How good the links are. Delays are one way; loss counts per thousand, each way."""

    shortest_delay_ms: int = 5
    longest_delay_ms: int = 45
    loss_per_mille: int = 0
    timeout_ms: int = 30 * SECOND
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Server:
    """A door, and the node behind it whose deadlines an exchange may move."""

    exchange: Exchange
    node: Node | None


@dataclass(frozen=True, slots=True)
class _Message:
    """Something under way: a request to its server, or (without one) an outcome to its device."""

    device: Device
    request_id: int
    body: bytes
    server: _Server | None = None
    failure: Failure | None = None
    sent: Instant = 0  # of a request


class Network:
    """Links and the servers behind them; plug it into devices as their `link`."""

    def __init__(self, fleet: Fleet, seed: str, conditions: Conditions | None = None) -> None:
        self.conditions = conditions or Conditions()
        self._fleet = fleet
        self._chance = Chance(seed)
        self._servers: dict[str, _Server] = {}
        self._under_way: list[tuple[Instant, int, _Message]] = []
        self._sequence = 0
        fleet.add(self)

    def plug_in(self, device: Device) -> None:
        """Put a device on the network and into the fleet."""
        self._fleet.add(device)
        device.link = self
        device.changed = self._fleet.touch

    def serve(self, host: str, exchange: Exchange, node: Node | None = None) -> None:
        """Let a server answer under this host name or address, whatever the port and path.

        `node` is the server as a node of the fleet, where it has deadlines of its own.
        """
        self._servers[host] = _Server(exchange, node)

    def send(self, device: Device, send: Send) -> None:
        """Take a request from a device; its outcome comes back as a later deadline."""
        sent = send.message.timestamp - device.clock_offset_ms  # the message has the device's time
        now = max(sent, self._fleet.played or 0)
        server = self._server(send.route)
        body = encode_request(send.message, send.signing_key)
        if server is None or send.route.blocked is not None:
            why = send.route.blocked or Failure.UNRESOLVED
            outcome = _Message(device, send.request_id, b"", failure=why)
            self._put(now + self._delay(), outcome)
        else:
            self._carry(now, _Message(device, send.request_id, body, server, sent=now))

    def next_deadline(self) -> Instant | None:
        return self._under_way[0][0] if self._under_way else None

    def wake(self, now: Instant) -> None:
        """Deliver the first message that is due."""
        if not self._under_way or self._under_way[0][0] > now:
            return
        _, _, message = heapq.heappop(self._under_way)
        if message.server is None:
            self._deliver(message, now)
        elif self._is_out(now):
            self._put(now, _failed(message, Failure.REFUSED))
        else:
            self._answer(message, message.server, now)

    def _answer(self, message: _Message, server: _Server, now: Instant) -> None:
        outcome = server.exchange(message.body, now)
        if server.node is not None:
            self._fleet.touch(server.node)
        if outcome is Failure.TIMED_OUT:  # nobody knows before the time is up
            self._put(message.sent + self.conditions.timeout_ms, _failed(message, outcome))
        elif isinstance(outcome, Failure):
            self._put(now + self._delay(), _failed(message, outcome))
        else:
            self._carry(now, _Message(message.device, message.request_id, outcome))

    def _deliver(self, message: _Message, now: Instant) -> None:
        request_id = message.request_id
        if message.failure is not None:
            message.device.handle(SendFailed(request_id, message.failure), now)
        elif not message.body:
            message.device.handle(SendFailed(request_id, Failure.EMPTY_REPLY), now)
        else:
            try:
                reply = decode_reply(message.body)
            except MessageError:
                message.device.handle(SendFailed(request_id, Failure.BAD_REPLY), now)
            else:
                message.device.handle(ReplyReceived(request_id, reply), now)

    def _carry(self, now: Instant, message: _Message) -> None:
        if self._chance.below(1000, "loss") < self.conditions.loss_per_mille:
            lost = _failed(message, Failure.TIMED_OUT)
            self._put(now + self.conditions.timeout_ms, lost)
        else:
            self._put(now + self._delay(), message)

    def _put(self, instant: Instant, message: _Message) -> None:
        self._sequence += 1
        heapq.heappush(self._under_way, (instant, self._sequence, message))
        self._fleet.touch(self)

    def _delay(self) -> int:
        low, high = self.conditions.shortest_delay_ms, self.conditions.longest_delay_ms
        return low + self._chance.below(high - low + 1, "delay")

    def _is_out(self, now: Instant) -> bool:
        return any(outage.start <= now < outage.until for outage in self.conditions.outages)

    def _server(self, route: Route) -> _Server | None:
        hosts = (urlsplit(url).hostname or "" for url in route.urls)
        return next((self._servers[host] for host in hosts if host in self._servers), None)


def _failed(message: _Message, failure: Failure) -> _Message:
    return _Message(message.device, message.request_id, b"", failure=failure)
