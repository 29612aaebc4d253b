"""`reload in`, `reload at`, `reload cancel`: what is asked, told and logged, what comes of it."""

import pytest

from agent.core.clock import HOUR, MINUTE
from agent.device.snapshot import MemoryJournal, take
from tests.cli.test_handlers_system import NOW, lines, session


@pytest.fixture
def opened():
    found = session()
    found.told = []
    found.device.announce = lambda device, text: found.told.append(text.split("---")[1].strip())
    return found


def when_due(opened):
    """Let the device do all it has to do up to its planned reload."""
    device, now = opened.device, NOW
    while device.planned is not None:
        now = device.next_deadline()
        device.wake(now)
    return now


def test_reload_in_asks_tells_and_reloads(opened):
    booted = opened.device.booted
    asked = lines(opened.feed("reload in 90 maintenance tonight\r", NOW))
    assert asked[1:] == [
        "Reload scheduled in 1 hour and 30 minutes by console",
        "Reload reason: maintenance tonight",
        "Proceed with reload? [confirm]",
    ]
    opened.feed("\r", NOW)
    assert opened.told == []
    shown = lines(opened.feed("show reload\r", NOW + MINUTE))
    assert shown[1] == "Reload scheduled in 1 hour and 29 minutes by console"
    assert when_due(opened) == NOW + 90 * MINUTE
    assert opened.told == [
        "SHUTDOWN in 1:00:00",
        "SHUTDOWN in 0:30:00",
        "SHUTDOWN in 0:05:00",
        "SHUTDOWN in 0:01:00",
        "SHUTDOWN NOW",
    ]
    assert opened.device.booted == NOW + 90 * MINUTE > booted
    assert opened.device.reload_reason == "maintenance tonight"
    assert opened.device.planned is None


def test_the_log_names_both_instants(opened):
    opened.feed("reload in 1:10\r\r", NOW)
    said = opened.feed("show logging | include SCHEDULED\r", NOW)
    assert (
        "%SYS-5-SCHEDULED_RELOAD: Reload requested for 00:23:20 UTC Wed Nov 15 2023 at "
        "23:13:20 UTC Tue Nov 14 2023 by console. Reload Reason: Reload Command." in said
    )


def test_reload_at_is_today_or_tomorrow(opened):
    said = opened.feed("reload at 23:30\r\r", NOW)
    assert "Reload scheduled for 23:30:00 UTC Tue Nov 14 2023 (in 17 minutes)" in said
    assert when_due(opened) == NOW + 16 * MINUTE + 40_000
    said = opened.feed("reload at 23:00\r", NOW)
    assert "Reload scheduled for 23:00:00 UTC Wed Nov 15 2023 (in 23 hours and 47" in said


def test_cancel_tells_everybody(opened):
    assert "No reload is scheduled." in opened.feed("reload cancel\r", NOW)
    opened.feed("reload in 10\r\r", NOW)
    opened.feed("reload cancel\r", NOW)
    assert opened.told == ["SHUTDOWN ABORTED"]
    assert opened.device.planned is None
    assert "No reload is scheduled." in opened.feed("show reload\r", NOW)
    assert "SCHEDULED_RELOAD_CANCELLED" in opened.feed("show logging\r", NOW)


def test_nothing_is_planned_without_a_confirmation(opened):
    opened.feed("reload in 10\rn", NOW)
    assert opened.device.planned is None


def test_a_changed_configuration_is_asked_about_first(opened):
    opened.feed("configure terminal\rhostname Core\rend\r", NOW)
    asked = opened.feed("reload in 10\r", NOW)
    assert asked.endswith("System configuration has been modified. Save? [yes/no]: ")
    assert "Reload scheduled in 10 minutes" in opened.feed("yes\r", NOW)
    assert not opened.device.has_unsaved_changes()


@pytest.mark.parametrize("typed", ["in 0", "in x", "in 99999", "at 25:00", "at 12", "at 12:60"])
def test_times_that_are_none(opened, typed):
    assert "% Invalid input detected" in opened.feed(f"reload {typed}\r", NOW)


def test_a_plan_survives_snapshot_and_journal(opened):
    journal = opened.device.journal = MemoryJournal(opened.device)
    opened.feed("reload in 10\r\r", NOW)
    again = journal.restored()
    assert again.planned == opened.device.planned
    assert take(again) == take(opened.device)
    opened.device.wake(NOW + 9 * MINUTE)
    opened.device.wake(NOW + HOUR)
    assert take(journal.restored()) == take(opened.device)


def test_a_stored_file_survives_in_the_journal_too(opened):
    journal = opened.device.journal = MemoryJournal(opened.device)
    opened.device.write_file("flash:new.cfg", "hostname Fresh\n", NOW)
    opened.feed("copy flash:new.cfg startup-config\r\r", NOW)
    again = journal.restored()
    again.reload(NOW)
    assert again.agent.state.config.hostname == "Fresh"


def test_reload_at_a_date(opened):
    said = opened.feed("reload at 6:00 20 nov Window\r\r", NOW)
    assert "Reload scheduled for 06:00:00 UTC Mon Nov 20 2023 (in 126 hours and 47" in said
    assert "Reload reason: Window" in said
    assert opened.device.planned.due == NOW + (5 * 24 * 60 + 6 * 60 + 46) * MINUTE + 40_000
    opened.feed("reload at 06:00 november 21\r\r", NOW)
    assert opened.device.planned.reason == "Reload Command"
    opened.feed("reload cancel\r", NOW)


@pytest.mark.parametrize("typed", ["31 apr", "14 nov", "20 dec", "1 jan"])
def test_dates_at_which_no_reload_can_be(opened, typed):
    said = lines(opened.feed(f"reload at 06:00 {typed}\r", NOW))
    assert said[1].startswith("% ")
    assert opened.device.planned is None
