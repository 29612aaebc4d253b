"""From the model before SLP: a router's licences are converted, a reservation is completed."""

import pytest

from agent.cli.views.layout import layout_for
from agent.cli.views.licence_messages import conversion
from agent.cli.views.licensing import collect
from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.device.device import new_device
from agent.engine.events import FileImported, TokenEntered, UsageSaved
from agent.engine.legacy.events import RegistrationAsked, ReservationAsked
from agent.engine.records import ConversionStatus
from counterparts import smart_licensing
from counterparts.portal import Portal
from tests.device.devices import NOON
from tests.device.test_install import NEW, OLD, SMART, CssmLink, cssm, made, play

__all__ = ["cssm"]


def router(cssm, *edits):
    device = new_device("rt", "C8000V", OLD, "9EMU1", anchors=cssm.anchors)
    device.link = CssmLink(cssm)
    device.boot(NOON)
    device.commit((*SMART, *edits), NOON + 1)
    device.save(NOON + 2)
    return device


def upgraded(device):
    device.install(NEW, device.latest)
    device.reload(device.latest)


def shown(device):
    view = collect(device, device.latest)
    return conversion(view, layout_for(device.release, device.profile.kind))


def test_a_registered_router_is_converted_with_its_trust_code(cssm):
    device = router(cssm)
    token = Portal(cssm).new_token(30, 10, "", NOON).token
    device.handle(RegistrationAsked(token), NOON + MINUTE)
    play(device, NOON + HOUR)
    assert "CONVERT" not in device.log.text()
    upgraded(device)
    assert "%SMART_LIC-6-CONVERT_START: Automatic license conversion" in device.log.text()
    play(device, device.latest + HOUR)
    assert "%SMART_LIC-6-CONVERT_SUCCESS: Automatic license conversion" in device.log.text()
    assert device.agent.state.conversion.status is ConversionStatus.SUCCESS
    device.reload(device.latest)
    assert "CONVERT" not in device.log.text()  # once is enough


def test_a_registration_that_cssm_does_not_know_any_more(cssm):
    device = router(cssm)
    token = Portal(cssm).new_token(30, 10, "", NOON).token
    device.handle(RegistrationAsked(token), NOON + MINUTE)
    play(device, NOON + HOUR)
    with cssm.records.transaction():
        cssm.records.set_setting(f"registration {device.udi.short}", "null")
    upgraded(device)
    play(device, device.latest + HOUR)
    assert "%SMART_LIC-3-CONVERT_FAIL: Automatic license conversion failed: " in device.log.text()
    assert device.agent.state.conversion.status is ConversionStatus.FAILED


def test_an_evaluation_is_converted_with_its_first_acknowledgement(cssm):
    device = router(cssm)
    upgraded(device)
    assert device.agent.state.conversion.status is ConversionStatus.STARTED
    token = Portal(cssm).new_token(30, 10, "", device.latest).token
    device.commit(SMART, device.latest + 1)
    device.handle(TokenEntered(token), device.latest + MINUTE)
    play(device, device.latest + DAY)
    assert device.agent.state.conversion.status is ConversionStatus.SUCCESS


def test_the_block_of_show_license_shows_where_it_stands(cssm):
    device = router(cssm)
    device.install(NEW.parse("17.18.1"), device.latest)
    device.reload(device.latest)
    assert "  Status: Started\n" in shown(device)
    said = device.handle(UsageSaved("bootflash:usage.txt"), device.latest + HOUR)
    assert said == ""
    assert "  Last File Export: <none>" not in shown(device)
    assert "  Last Data Push: <none>" in shown(device)


@pytest.mark.parametrize("edits", [(), SMART])
def test_a_switch_converts_nothing(cssm, edits):
    device = made(OLD, cssm, *edits)
    upgraded(device)
    play(device, device.latest + HOUR)
    assert device.agent.state.conversion.status is ConversionStatus.NOT_STARTED
    assert "CONVERT" not in device.log.text()


# --- a reservation that was requested before ------------------------------------------------------


def requested(cssm):
    device = made(OLD, cssm)
    code = device.handle(ReservationAsked(), NOON + MINUTE).split("\n")[1]
    tags = tuple((tag, 5) for tag in device.agent.state.usage)
    upgraded(device)
    return device, code, tags


def imported(device, text):
    return device.handle(FileImported(text), device.latest + MINUTE)


def test_it_is_completed_after_the_upgrade(cssm):
    device, code, tags = requested(cssm)
    file = smart_licensing.reserve(cssm, device.udi, code, tags, device.latest)
    assert imported(device, file).startswith("Import Data Successful")
    log = device.log.text()
    assert "%SMART_LIC-6-RESERVE_INSTALL_SUCCESS: Reservation authorization code" in log
    assert "%SMART_LIC-6-AUTHORIZATION_INSTALL_SUCCESS: " in log
    (installed,) = device.agent.state.authorizations.values()
    assert installed.is_reservation
    assert imported(device, file).startswith("Import Data Failed: ")  # it is there already
    assert list(device.agent.state.authorizations.values()) == [installed]


@pytest.mark.parametrize("fault", ["another request", "another device", "altered", "cut"])
def test_a_file_that_does_not_fit_changes_nothing(cssm, fault):
    device, code, tags = requested(cssm)
    if fault == "another request":
        code = code[:-2] + "00"
    udi = Udi(device.udi.pid, "FOC0000EMU9") if fault == "another device" else device.udi
    file = smart_licensing.reserve(cssm, udi, code, tags, device.latest)
    if fault == "altered":
        file = file.replace("<count>5</count>", "<count>50</count>")
    if fault == "cut":
        file = file[: len(file) // 2]
    before = device.agent.state.legacy.reservation
    assert imported(device, file).startswith("Import Data Failed: ")
    assert "%SMART_LIC-3-RESERVE_INSTALL_FAILED: " in device.log.text()
    assert device.agent.state.legacy.reservation == before
    assert not device.agent.state.authorizations
