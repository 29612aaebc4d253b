"""Licensing put where it stands: what is shown, what is refused, how the device lives on."""

import json
from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR
from agent.core.errors import InputError
from agent.core.identity import Account
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.settling import settle
from agent.device.snapshot import MemoryJournal, take
from agent.device.standing import Standing
from agent.engine.policy import default_policy
from agent.engine.records import RumReport, RumState, TrustCode
from agent.engine.state import UsageReporting
from agent.protocol.messages import LicenseClass, UsageReport
from tests.cli.sessions import session
from tests.device.devices import NOON, booted, play, unbooted

LATER = NOON + HOUR


def standing(device, **parts):
    """Trusted and acknowledged a day before noon; all that was in use still is."""
    state = device.agent.state
    unit = state.udi
    day_before = LATER - DAY
    use = next(iter(state.usage.values()))
    report = RumReport(
        9, use.entitlement_tag, use.feature, RumState.OPEN, day_before, 1, day_before
    )
    values = {
        "account": Account("Some Account", "Some Virtual", day_before),
        "reporting": UsageReporting(
            day_before, LATER + 30 * DAY, 30, None, LATER + DAY, day_before, None
        ),
        "trust": {unit.short: TrustCode(unit, day_before, 1, "", "", "", 0, 0)},
        "usage": tuple(state.usage.values()),
        "reports": (report,),
    }
    return Standing(**values | parts)


def reported(device):
    """The numbers of the reports that were pushed."""
    messages = [sent.message for sent in device.link.sent]
    texts = [r.payload for m in messages if isinstance(m, UsageReport) for r in m.usage]
    return {json.loads(text)["asset_identification"]["report_id"] for text in texts}


def test_it_is_shown_and_the_device_lives_on_from_there():
    device = booted()
    smart = "license smart transport smart\rlicense smart url default"
    session(on=device).feed(f"configure terminal\r{smart}\rend\r", LATER)
    settle(device, standing(device), LATER)
    shown = session(on=device).feed("show license status\r", LATER)
    assert "Smart Account: Some Account As of Oct 05 13:00:00 2026 UTC" in shown
    assert "Trust Code Installed: Oct 05 13:00:00 2026 UTC" in shown
    assert "Next report push: Oct 07 13:00:00 2026 UTC" in shown
    play(device, LATER + DAY - 1)
    assert reported(device) == set()
    play(device, LATER + DAY + HOUR)
    assert 9 in reported(device)


def test_a_journal_replays_it():
    device = unbooted()
    device.journal = journal = MemoryJournal(device)
    device.boot(NOON)
    settle(device, standing(device), LATER)
    assert len(journal.lines) == 2
    assert take(journal.restored()) == take(device)


STRANGER = replace(default_policy(), classes={LicenseClass.EXPORT: None})


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"trust": {"P:X,S:Y": None}}, "is no unit of sw1"),
        ({"authorizations": {"P:X,S:Y": None}}, "is no unit of sw1"),
        ({"policy": STRANGER}, "lacks a class"),
        ({"jobs": {"Nap": LATER}}, "Nap is no job"),
        ({"reporting": UsageReporting(last_ack_received=LATER + 1)}, "later than the present"),
    ],
)
def test_what_the_device_cannot_hold_changes_nothing(parts, what):
    device = booted()
    before = session(on=device).feed("show license all\r", LATER)
    with pytest.raises(InputError, match=what):
        settle(device, standing(device, **parts), LATER)
    assert session(on=device).feed("show license all\r", LATER) == before


def test_a_licence_of_another_platform_is_refused():
    device, router = booted(), booted(model="C8000V")
    with pytest.raises(InputError, match="C9300-24T has no licence"):
        settle(device, standing(device, usage=tuple(router.agent.state.usage.values())), LATER)


def test_a_device_from_before_the_policy_has_no_standing():
    device = new_device("old", "CSR1000V", Release.parse("16.12.4"), "9AAAAAAAAAA")
    device.boot(NOON)
    with pytest.raises(InputError, match="old does not license by policy"):
        settle(device, Standing(), LATER)
