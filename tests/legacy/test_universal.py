"""Universal reservation (PLR): requested, granted by the operator, carried to the policy."""

from __future__ import annotations

import re

import pytest

from agent.adapters.portal import carry_out
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.errors import InputError
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import MemoryJournal, take
from agent.engine.config import Transport
from counterparts.cssm import Cssm, CssmSettings
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.device.devices import NOON, HeldLink, play

OLD, NEW = Release.parse("16.12.4"), Release.parse("17.12.4")
LATER = NOON + HOUR


class Desk:
    """A switch of before the policy, its console, and the operator of a CSSM."""

    def __init__(self):
        self.server = Cssm(SqlCssmRecords(IN_MEMORY), CssmSettings(), "universal")
        self.switch = new_device("sw", "C9300-24T", OLD, "FOC0000EMU1", anchors=self.server.anchors)
        self.switch.link = HeldLink()
        self.switch.boot(NOON)

    def cssm(self, name):
        return self.server

    def now(self):
        return LATER

    def device(self, name):
        return self.switch if name == "sw" else None

    def typed(self, *lines, now=LATER):
        session = CliSession(self.switch, Line(privilege=15))
        session.start(now)
        lines = ("terminal length 0", *lines)
        return "".join(session.feed(f"{line}\r", now) for line in lines).replace("\r\n", "\n")

    def code(self, kind="universal"):
        said = self.typed(f"license smart reservation request {kind}")
        return re.search(r"C[AB]-ZC9300-24T:\S+", said)[0]

    def reserve(self, code, licences=""):
        asked = {"do": "cssm.reserve", "code": code, "licences": licences, "out": "sw:flash:code"}
        return carry_out(self, asked)


@pytest.fixture
def desk():
    return Desk()


def test_a_universal_reservation_covers_whatever_is_used(desk):
    code = desk.code()
    assert code.startswith("CA-")
    desk.reserve(code)
    said = desk.typed("license smart reservation install file flash:code")
    assert "Reservation install file successful" in said
    shown = desk.typed("show license summary", "show license reservation")
    assert "Status: REGISTERED - UNIVERSAL LICENSE RESERVATION\n" in shown
    assert "Status: AUTHORIZED - RESERVED\n" in shown
    assert "Reservation status: UNIVERSAL INSTALLED on " in shown
    desk.switch.use("dna-advantage", 7, LATER)
    assert "NOT AUTHORIZED" not in desk.typed("show license summary")


def test_a_specific_one_names_its_licences_and_covers_those_alone(desk):
    code = desk.code("local")
    assert code.startswith("CB-")
    with pytest.raises(InputError, match="names its licences"):
        desk.reserve(code)
    with pytest.raises(InputError, match="has no licence 'x'"):
        desk.reserve(code, "x=1")
    desk.reserve(code, "network-advantage=1")
    desk.typed("license smart reservation install file flash:code")
    shown = desk.typed("show license summary", "show license reservation")
    assert "REGISTERED - SPECIFIC LICENSE RESERVATION" in shown
    assert "1 NOT AUTHORIZED" in shown
    with pytest.raises(InputError, match="is no request code"):
        desk.reserve("nonsense")


def test_a_code_of_one_kind_does_not_answer_the_other(desk):
    first = desk.code()
    desk.code("local")
    desk.reserve(first)
    said = desk.typed("license smart reservation install file flash:code")
    assert "does not match the Reservation Request Code" in said


def test_under_the_policy_it_stays_and_nothing_is_owed(desk):
    """source: migration-transport, migration-licences"""
    desk.reserve(desk.code())
    desk.typed("license smart reservation install file flash:code")
    desk.switch.journal = journal = MemoryJournal(desk.switch)
    desk.switch.install(NEW, LATER)
    desk.switch.reload(LATER)
    now = LATER + 10 * MINUTE
    play(desk.switch, now)
    assert desk.switch.agent.state.config.transport is Transport.OFF
    shown = desk.typed("show license authorization", "show license status", now=now)
    assert "Status: PLR INSTALLED on Oct 06 13:00:00 2026 UTC" in shown
    assert "Next ACK deadline: <none>" in shown
    desk.switch.use("dna-advantage", 9, now)
    play(desk.switch, now + DAY)
    owed = desk.switch.agent.state.usage_reporting.next_ack_deadline
    assert owed == now + 90 * DAY  # a change of consumption is reported
    assert desk.switch.agent.state.authorizations
    assert take(journal.restored()) == take(desk.switch)
