"""`debug license ...`: what is switched on prints what the Smart Agent does, nothing else does."""

import re

import pytest

from agent.core.clock import DAY, HOUR, MINUTE
from agent.device import debugging
from agent.device.journal import EVENTS
from agent.device.snapshot import MemoryJournal, restore, take
from agent.engine.events import Failure, LicenceRequest, SendFailed, TimeReached, UsageChanged
from tests.cli.test_licence_commands import NOW, Console

STAMP = re.compile(r"^\*?[A-Z][a-z]{2} +\d+ [\d:.]+: ")


class Desk(Console):
    """A console whose device has a wire: `send` keeps what goes out."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sent = []
        self.device.link = self
        self.later = NOW

    def send(self, device, request):
        self.sent.append(request)

    def pass_time(self, ms):
        self.later += ms
        while (due := self.device.next_deadline()) is not None and due <= self.later:
            self.device.wake(due)
        return self

    def debugged(self):
        texts = [STAMP.sub("", line.text) for line in self.device.log.lines]
        return [text for text in texts if text.startswith(("SMART_LIC: ", "CUBE_SL: "))]


def test_events_print_jobs_requests_and_what_the_agent_notes():
    desk = Desk()
    assert desk.type("debug license smart events") == "Smart Licensing events debugging is on"
    desk.pass_time(MINUTE)
    assert "SMART_LIC: job Process Utility RUM reports" in desk.debugged()
    assert "SMART_LIC: request 1, HELLO to http://cslu-local:8182/cslu/v1/pi" in desk.debugged()
    desk.type("license smart sync")
    assert "SMART_LIC: sync, all" in desk.debugged()
    desk.device.use("network-advantage", 0, desk.later)
    assert any("SAEVT_LICENSE_USAGE" in line for line in desk.debugged())


def test_errors_print_failures_alone():
    desk = Desk()
    desk.type("debug license smart errors")
    desk.pass_time(MINUTE)
    assert desk.debugged() == []
    desk.device.handle(SendFailed(1, Failure.REFUSED), desk.later)
    assert desk.debugged() == [
        "SMART_LIC: request 1 failed, Communications failure",
        'SMART_LIC: SAEVT_COMM_FAILED error="Communications failure"',
        "SMART_LIC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart License "
        "Utility (CSLU) : Communications failure",
    ]


def test_what_is_on_is_shown_and_can_be_switched_off():
    desk = Desk("C8000V", "17.15.1")
    assert desk.type("show debugging") == ""
    said = desk.type("debug license feature cube all")
    assert said == "CUBE Smart Licensing Info/Error/Function debugs enabled"
    desk.type("debug license smart all")
    assert desk.type("show debugging").split("\n") == [
        "License:",
        "  Smart Licensing events debugging is on",
        "  Smart Licensing errors debugging is on",
        "  CUBE Smart Licensing Info debugs enabled",
        "  CUBE Smart Licensing Error debugs enabled",
        "  CUBE Smart Licensing Function debugs enabled",
        "",
    ]
    off = desk.type("no debug license smart errors")
    assert off == "Smart Licensing errors debugging is off"
    assert desk.type("undebug license feature cube info").endswith("disabled")
    assert "errors" not in desk.type("show debugging")
    assert "Info" not in desk.type("show debugging")
    for line in ("undebug all", "no debug all"):
        assert desk.type(line) == "All possible debugging has been turned off"
        assert desk.type("show debugging") == ""
    desk.pass_time(HOUR)
    assert desk.debugged() == []
    assert "% Invalid input" in Desk().type("debug license feature cube all")


def test_cube_tells_of_its_trunk_licences():
    desk = Desk("C8000V", "17.12.4")
    desk.type("debug license feature cube all")
    assert desk.device.use("CUBE_T_STD", 4, desk.later)
    assert desk.debugged() == [
        "CUBE_SL: UsageChanged",
        "CUBE_SL: CUBE_T_STD count 4",
        "CUBE_SL: %CUBE-5-LICENSE_INFO: Requesting for 4 CUBE Standard trunk licenses",
    ]


def test_it_goes_where_messages_of_severity_7_go_and_has_a_stamp_of_its_own():
    desk = Desk()
    heard = []
    desk.device.log.listeners.append(heard.append)
    desk.type("debug license smart events")
    desk.configure("logging buffered informational", "service timestamps debug uptime")
    desk.configure("no logging console")
    heard.clear()
    desk.type("license smart sync")
    assert desk.debugged() == []
    first = heard[0]
    assert re.match(r"^\d\d:\d\d:\d\d: SMART_LIC: sync, all$", first.text)
    log = desk.device.log
    assert (first.severity, log.on_console(first), log.on_monitor(first)) == (7, False, True)


def test_debugging_ends_with_a_reload_and_is_in_the_snapshot():
    desk = Desk()
    journal = MemoryJournal(desk.device)
    desk.device.journal = journal
    desk.type("debug license smart all")
    desk.pass_time(HOUR)
    assert take(journal.restored()) == take(desk.device)
    assert restore(take(desk.device)).debugging == {"smart-events", "smart-errors"}
    desk.device.reload(desk.later)
    assert desk.device.debugging == frozenset()


def test_it_changes_nothing_of_what_is_watched():
    watched, plain = Desk(), Desk()
    watched.type("debug license smart all")
    for desk in (watched, plain):
        desk.pass_time(3 * DAY)
    watched.type("undebug all")
    assert watched.device.agent.state == plain.device.agent.state


def test_every_event_of_the_agent_has_a_line():
    rows = debugging.table().rows["events"]
    assert EVENTS.keys() - {TimeReached.__name__} == rows.keys()


def test_a_line_names_nothing_secret():
    texts = [row.text for rows in debugging.table().rows.values() for row in rows.values()]
    assert not any(word in text for text in texts for word in ("token}", "key", "secret", ".text}"))


@pytest.mark.parametrize("what", [*debugging.table().flags, *debugging.table().several])
def test_each_word_says_that_it_is_on_or_off(what):
    assert debugging.said(what, on=True) != debugging.said(what, on=False)
    assert set(debugging.meant(what)) <= set(debugging.table().flags)


def test_usage_is_printed_as_it_was_asked_for():
    event = UsageChanged(LicenceRequest("network-advantage", "tag", 2))
    lines = list(debugging.lines(event, (), (), (), Desk().device.profile))
    assert lines == [("smart-events", "SMART_LIC: usage, network-advantage count 2")]
