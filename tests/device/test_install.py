"""Another release on a device: the tables of upgrade and downgrade, known to a replay too."""

from __future__ import annotations

import pytest

from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import MemoryJournal, take
from agent.engine.config import Transport
from agent.engine.events import ReplyReceived, TokenEntered
from agent.engine.legacy.clock import left
from agent.engine.legacy.events import RegistrationAsked
from agent.engine.legacy.state import (
    AUTHORIZED,
    EVAL_EXPIRED,
    EVAL_MODE,
    REGISTERED,
    RESERVED,
    UNREGISTERED,
    Attempt,
    Reservation,
)
from agent.protocol import codec
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.device.devices import NOON, HeldLink, edit

OLD, NEW = Release.parse("16.12.4"), Release.parse("17.12.4")
SMART = (
    edit("native/license/smart/transport-type", "smart"),
    edit("emulator/license/smart/url/smart", "https://smartreceiver.cisco.com" + PATH),
)


class CssmLink:
    """Carries every request to one CSSM."""

    def __init__(self, cssm):
        self.cssm, self.queue = cssm, []

    def send(self, device, send):
        self.queue.append((device, send))

    def deliver(self, now):
        while self.queue:
            device, send = self.queue.pop(0)
            body = codec.encode_request(send.message, send.signing_key)
            answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), now)
            device.handle(ReplyReceived(send.request_id, codec.decode_reply(answer.body)), now)


@pytest.fixture
def cssm():
    records = SqlCssmRecords(IN_MEMORY)
    yield Cssm(records, CssmSettings(), "install")
    records.close()


def made(release, cssm=None, *edits):
    device = new_device(
        "sw", "C9300-24T", release, "FOC0000EMU1", anchors=cssm.anchors if cssm else ()
    )
    device.link = CssmLink(cssm) if cssm else HeldLink()
    device.boot(NOON)
    if edits:
        device.commit(edits, NOON + 1)
        device.save(NOON + 2)
    return device


def play(device, until):
    while True:
        if isinstance(device.link, CssmLink):
            device.link.deliver(device.latest)
        deadline = device.next_deadline()
        if deadline is None or deadline > until:
            return device
        device.wake(deadline)


def token(cssm, now=NOON):
    return Portal(cssm).new_token(30, 10, "", now).token


def installed(device, release, now):
    device.install(release, now)
    device.reload(now)
    return device


def log_of(device):
    return "\n".join(line.text for line in device.log.lines)


def become(device, what):
    legacy = device.agent.state.legacy
    if what == "registered":
        legacy.registration = REGISTERED
        legacy.initial_registration = Attempt(NOON)
    if what == "reserved":
        use = next(iter(device.agent.state.usage.values()))
        legacy.registration = RESERVED
        licences = tuple((u.entitlement_tag, 1) for u in device.agent.state.usage.values())
        assert use.count
        legacy.reservation = Reservation(
            authorization_code="CODE", installed=NOON, licences=licences
        )


@pytest.mark.parametrize(
    ("what", "edits", "after"),
    [
        ("evaluation", (), Transport.CSLU),
        ("reserved", (), Transport.OFF),
        ("registered", (), Transport.CALLHOME),
        ("evaluation", SMART, Transport.OFF),
        ("reserved", SMART, Transport.OFF),
        ("registered", SMART, Transport.SMART),
    ],
)
def test_the_transport_after_an_upgrade(what, edits, after):
    device = made(OLD, None, *edits)
    assert device.agent.is_legacy
    become(device, what)
    journal = MemoryJournal(device)
    device.journal = journal
    installed(device, NEW, NOON + HOUR)
    assert not device.agent.is_legacy
    assert device.agent.state.config.transport is after
    assert all(use.count for use in device.agent.state.usage.values())
    device.reload(NOON + 2 * HOUR)
    assert device.agent.state.config.transport is after
    assert take(journal.restored()) == take(device)


def test_a_registered_product_gets_a_trust_code_without_a_token(cssm):
    device = made(OLD, cssm, *SMART)
    device.handle(RegistrationAsked(token(cssm)), NOON + MINUTE)
    play(device, NOON + HOUR)
    assert (device.agent.state.legacy.registration, device.agent.state.legacy.authorization) == (
        REGISTERED,
        AUTHORIZED,
    )
    installed(device, NEW, NOON + HOUR)
    play(device, NOON + 2 * HOUR)
    state = device.agent.state
    assert state.trust
    assert state.policy.installed is not None
    assert "TRUST_CODE_INSTALL_SUCCESS" in log_of(device)
    play(device, NOON + 2 * DAY)
    assert state.statistics["Usage Reporting"].success
    assert state.usage_reporting.last_ack_received > NOON + HOUR


def test_nobody_else_gets_one_without(cssm):
    device = made(NEW, cssm, *SMART)
    device.handle(TokenEntered(""), NOON + HOUR)
    play(device, NOON + 2 * HOUR)
    assert not device.agent.state.trust
    assert "TRUST_CODE_INSTALL_FAILED" in log_of(device)


def test_a_reservation_goes_on_and_only_a_change_is_reported():
    device = made(OLD)
    become(device, "reserved")
    installed(device, NEW, NOON + HOUR)
    play(device, NOON + 3 * HOUR)
    state = device.agent.state
    reporting = state.usage_reporting
    code = state.authorizations[state.udi.short]
    assert {licence.tag for licence in code.data.licences} == set(state.usage)
    assert (reporting.reporting_push_interval_days, reporting.next_report_push) == (0, None)
    assert reporting.next_ack_deadline is None
    device.use("network-advantage", 3, NOON + 4 * HOUR)
    assert reporting.next_ack_deadline == NOON + 4 * HOUR + 90 * DAY


@pytest.mark.parametrize(
    ("release", "again"),
    [("16.12.4", REGISTERED), ("17.1.1", UNREGISTERED), ("17.2.1", UNREGISTERED)],
)
def test_a_downgrade_with_direct_trust(cssm, release, again):
    device = made(NEW, cssm, *SMART)
    play(device, NOON + HOUR)
    device.handle(TokenEntered(token(cssm)), NOON + HOUR)
    play(device, NOON + DAY)
    assert device.agent.state.trust
    installed(device, Release.parse(release), NOON + DAY)
    play(device, NOON + 2 * DAY)
    legacy = device.agent.state.legacy
    assert legacy.registration == again
    assert legacy.authorization == (AUTHORIZED if again == REGISTERED else EVAL_MODE)
    assert "AUTH_RENEW_FAILED" not in log_of(device)


def test_a_downgrade_without_trust_is_an_evaluation_and_up_again_is_as_before():
    device = made(NEW)
    play(device, NOON + DAY)
    reports = set(device.agent.state.reports)
    installed(device, OLD, NOON + DAY)
    play(device, NOON + 2 * DAY)
    assert device.agent.state.legacy.authorization == EVAL_MODE
    installed(device, NEW, NOON + 2 * DAY)
    play(device, NOON + 3 * DAY)
    state = device.agent.state
    assert state.config.transport is Transport.CSLU
    assert reports <= set(state.reports)
    assert state.first_release == "17.12.4"


def test_an_evaluation_stands_still_under_the_policy_and_goes_on_after_it():
    device = made(OLD)
    play(device, NOON + DAY)
    for day, release in ((1, NEW), (31, OLD)):
        installed(device, release, NOON + day * DAY)
        play(device, NOON + (day + 1) * DAY)
    legacy = device.agent.state.legacy
    assert legacy.authorization == EVAL_MODE
    assert left(legacy, NOON + 32 * DAY) == 88 * DAY
    play(device, NOON + 121 * DAY)
    assert legacy.authorization == EVAL_EXPIRED


def test_a_report_has_the_layout_and_the_version_of_the_release_that_measured():
    device = made(Release.parse("17.6.3"))
    play(device, NOON + DAY)
    installed(device, NEW, NOON + DAY)
    play(device, NOON + DAY + MINUTE)
    sealed = [r for r in device.agent.state.reports.values() if r.signed is not None]
    found = {r.close_reason: codec.payload_content(r.signed.payload) for r in sealed[-4:]}
    assert found["ProductReload"].software_version == "17.06.03"
    assert found["SystemRestart"].software_version == "17.12.04"
    assert found["ProductReload"].measurements[-1].end == NOON + DAY


def test_what_the_command_says():
    device = made(NEW)
    session = CliSession(device, Line(privilege=15))
    session.start(NOON + HOUR)
    session.feed("\r", NOON + HOUR)
    assert "% release 17.99.1 is not known" in session.feed(
        "emulator install release 17.99.1\r", NOON + HOUR
    )
    session.feed("emulator install release 17.15.1\r", NOON + HOUR)
    assert str(device.release) == "17.15.1"
