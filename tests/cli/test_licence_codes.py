"""Authorization codes as shown: a smart one on two units, a reservation carried over."""

from __future__ import annotations

import pytest

from agent.cli.session import CliSession, Line
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import new_device
from agent.engine.records import AuthorizationCode, Member, Role
from agent.protocol.messages import AuthorizationData, AuthorizedLicence

BOOT = 1_700_000_000_000
HSEC = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2"
NETWORK = "regid.2017-03.com.cisco.advantagek9,1.0_bd1da96e-ec1d-412b-a50e-53846b347d53"
ONE, TWO = Udi("C9300-24T", "FOC0000EMU1"), Udi("C9300-24T", "FOC0000EMU2")


def session_with(kind, tags, release="17.12.4"):
    member = Member(TWO, Role.STANDBY)
    device = new_device("s1", ONE.pid, Release.parse(release), ONE.sn, others=(member,))
    device.boot(BOOT)
    codes = {}
    for unit, tag in tags:
        data = AuthorizationData(unit, "A", "", "", (AuthorizedLicence(tag, 1),), "c")
        code = AuthorizationCode(data, BOOT, "17488c1f", kind)
        codes[unit.short] = code
    device.agent.state.authorizations = codes
    session = CliSession(device, Line(privilege=15), width=0, length=0)
    session.start(BOOT)
    return session


def answer(session, line):
    text = session.feed(f"{line}\r", BOOT).replace("\r\n", "\n")
    return text.removeprefix(f"{line}\n").rpartition("\n")[0]


def test_codes_of_two_units():
    session = session_with("SMART AUTHORIZATION", ((ONE, HSEC), (TWO, HSEC)))
    shown = answer(session, "show license authorization")
    assert f"  Active: {ONE}\n      Status: SMART AUTHORIZATION INSTALLED on Nov 14" in shown
    assert "      Last Confirmation code: 17488c1f\n" in shown
    assert "  C9K HSEC (Cat9K HSEC):\n" in shown and "    Total available count: 2\n" in shown
    assert shown.count("        Authorization type: SMART AUTHORIZATION INSTALLED\n") == 2
    # nothing uses the licence: it is listed all the same, without what a use would give it
    row = f"  {'C9K HSEC':<24}{'(Cat9K HSEC)':<30}    0 NOT IN USE\n"
    assert row in answer(session, "show license summary")
    assert answer(session, "show license usage").endswith(
        "C9K HSEC (Cat9K HSEC):\n"
        "  Description: HSEC Key for Export Compliance on Cat9K Series Switches\n"
        "  Count: 0\n  Version: 1.0\n  Status: NOT IN USE\n  Export status: RESTRICTED - ALLOWED\n"
        "  Feature Name: C9K HSEC\n"
        "  Feature Description: HSEC Key for Export Compliance on Cat9K Series Switches\n"
        "  Enforcement type: EXPORT RESTRICTED\n  License type: Perpetual\n"
    )
    reservation = answer(session, "show license reservation")
    assert reservation.count("Reservation status: NOT INSTALLED") == 2
    assert reservation.endswith("Specified license reservations:\n")


def test_a_c9500x_tells_less_of_a_licence_that_nothing_uses():
    """source: held-codes."""
    unit = Udi("C9500X-28C8D", "FDO2446000P")
    device = new_device("s1", unit.pid, Release.parse("17.15.1"), unit.sn)
    device.boot(BOOT)
    data = AuthorizationData(unit, "A", "", "", (AuthorizedLicence(HSEC, 1),), "c")
    code = AuthorizationCode(data, BOOT, "17488c1f", "SMART AUTHORIZATION")
    device.agent.state.authorizations = {unit.short: code}
    session = CliSession(device, Line(privilege=15), width=0, length=0)
    session.start(BOOT)
    shown = answer(session, "show license usage")
    assert "  Count: 0\n  Version: \n  Status: NOT IN USE\n" in shown
    assert "  Feature Name: \n  Feature Description: \n  Enforcement type: EXPORT" in shown


@pytest.mark.parametrize(("release", "indent"), [("17.9.1", 6), ("17.14.1", 4)])
def test_a_reservation_goes_on_after_the_upgrade(release, indent):
    session = session_with("SPECIFIC", ((ONE, NETWORK),), release)
    stamp = "SPECIFIC INSTALLED on Nov 14 22:13:20 2023 UTC"
    shown = answer(session, "show license reservation")
    blank = " " * indent
    assert f"  Active: {ONE}\n{blank}Reservation status: {stamp}\n{blank}Last Confirm" in shown
    assert f"  Standby: {TWO}\n{blank}Reservation status: NOT INSTALLED\n" in shown
    assert shown.partition("Specified license reservations:\n")[2] == (
        "  network-advantage (C9300-24 Network Advantage):\n"
        "    Description: C9300-24 Network Advantage\n"
        "    Total reserved count: 1\n"
        "    Enforcement type: NOT ENFORCED\n"
        "    Term information:\n"
        f"      Active: {ONE}\n"
        f"        Authorization type: {stamp}\n"
        "        License type: PERPETUAL\n"
        "          Term Count: 1\n"
    )
    assert f"Status: {stamp}\n" in answer(session, "show license authorization")
    assert f"Reservation status: {stamp}\n" in answer(session, "show license tech support")
