"""Whole rounds between a device and its servers in memory, as these tests play them."""

from __future__ import annotations

from agent.core.clock import SECOND
from agent.protocol import codec
from agent.protocol.messages import AckStatus, LicenceFile, Reply, StatusCode
from counterparts.direct import LinkedCslu, exchange
from tests.counterparts.agent_like import START, AgentLike


def ask(cslu: LinkedCslu, agent: AgentLike, request, now: int) -> Reply:
    return codec.decode_reply(exchange(cslu, agent.body(request), now))


def play_until(cslu: LinkedCslu, now: int) -> None:
    """Play the CSLU's deadlines up to and including `now`."""
    while (due := cslu.next_deadline()) is not None and due <= now:
        cslu.wake(due)


def round_trip(cslu, agent: AgentLike, *reports, now: int = START, **asked) -> LicenceFile:
    """USAGE, the wait it is told, POLL; the ACK as read."""
    taken = ask(cslu, agent, agent.usage(now, *reports, **asked), now)
    assert taken.status is StatusCode.OK_POLL
    later = now + taken.retry_time_seconds * SECOND
    play_until(cslu, later)
    reply = ask(cslu, agent, agent.poll(later, taken.poll_id), later)
    assert reply.status is StatusCode.OK
    return codec.read_licence_file(reply.licence_files[-1])


def statuses(ack: LicenceFile) -> list[AckStatus]:
    return [report.status for entry in ack.ack.data for report in entry.reports]


def install(agent: AgentLike, ack: LicenceFile) -> None:
    agent.trust = (ack.trust.data[0].trust_id, agent.key)
