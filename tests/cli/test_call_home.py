"""Call Home: alert groups, servers and profiles, configured and shown."""

import pytest

from tests.cli.test_handlers_system import NOW, lines, session


@pytest.fixture
def opened():
    return session()


def configured(opened, *typed):
    said = opened.feed("\r".join(["configure terminal", "call-home", *typed, "end", ""]), NOW)
    assert "% " not in said


def test_the_settings_of_a_device_from_the_factory(opened):
    shown = lines(opened.feed("terminal length 0\rshow call-home\r", NOW))
    assert "    call home feature : enable" in shown
    assert "    contact person's email address: sch-smart-licensing@cisco.com" in shown
    assert "    Smart licensing messages: enabled" in shown
    assert "    Mail-server: Not yet set up" in shown
    assert "    http proxy: Not yet set up" in shown
    assert "    inventory                Enable  inventory info" in shown
    assert shown[-2] == "    Profile Name: CiscoTAC-1"


def test_what_is_configured_is_shown_and_printed(opened):
    configured(
        opened,
        "no alert-group inventory",
        "mail-server second.example priority 2",
        "mail-server first.example priority 1",
        "sender from switch@example.com",
        "http-proxy proxy.example port 3128",
        "vrf Mgmt-vrf",
        "data-privacy hostname",
    )
    shown = lines(opened.feed("terminal length 0\rshow call-home\r", NOW))
    assert "    call home message's from address: switch@example.com" in shown
    assert "    Mail-server[1]: Address: first.example Priority: 1" in shown
    assert "    Mail-server[2]: Address: second.example Priority: 2" in shown
    assert "    http proxy: proxy.example:3128" in shown
    assert "    vrf for call-home messages: Mgmt-vrf" in shown
    groups = lines(opened.feed("show call-home alert-group\r", NOW))
    assert "    inventory                Disable inventory info" in groups
    printed = lines(opened.feed("show running-config | section ^call-home\r", NOW))
    assert " no alert-group inventory" in printed
    assert " mail-server first.example priority 1" in printed


def test_profiles_one_and_all(opened):
    configured(
        opened,
        "profile Own",
        "active",
        "destination transport-method http",
        "destination address http https://collector.example/x",
        "reporting smart-licensing-data",
        "subscribe-to-alert-group environment",
    )
    one = lines(opened.feed("terminal length 0\rshow call-home profile Own\r", NOW))
    assert one[-1] == "Switch#"
    assert "    Profile status: ACTIVE" in one
    assert "    Reporting Data: Smart Call Home, Smart Licensing" in one
    at = one.index("    Transport Method: http and email")
    assert one[at + 1 : at + 4] == [
        "    HTTP  address: https://collector.example/x",
        "    Email address(es): Not yet set up",
        "",
    ]
    assert f"    {'environment':<24}  {'normal':<12}" in one
    assert one[-3:-1] == [f"    {'-' * 24}  {'-' * 12}", f"    {'N/A':<24}  N/A"]
    every = opened.feed("show call-home profile all\r", NOW)
    monthly = "info message is scheduled every 1 day of the month at 09:"
    scheduled = (
        f"    Periodic configuration {monthly}15\r\n\r\n    Periodic inventory {monthly}00\r\n\r\n"
    )
    assert f"    Other address(es): default\r\n\r\n{scheduled}    Alert-group " in every
    assert every.count("Profile Name: ") == 2
    assert opened.feed("show call-home detail\r", NOW).endswith(every.partition("\r\n")[2])
    assert "does not exist" in opened.feed("show call-home profile Other\r", NOW)


def test_subscriptions_with_their_times_and_severities(opened):
    configured(
        opened,
        "profile Own",
        "subscribe-to-alert-group configuration periodic weekly mon 9:15",
        "subscribe-to-alert-group configuration periodic daily 9:15",
        "subscribe-to-alert-group inventory",
        "subscribe-to-alert-group diagnostic severity mino",
        'subscribe-to-alert-group syslog severity major pattern "LINK DOWN"',
    )
    shown = lines(opened.feed("terminal length 0\rshow call-home profile Own\r", NOW))
    assert "    Periodic configuration info message is scheduled daily at 09:15" in shown
    assert f"    diagnostic                {'minor':<12}" in shown
    assert f"    inventory                 {'normal':<12}" in shown
    assert f"    LINK DOWN                 {'major':<12}" in shown
    printed = lines(opened.feed("show running-config | include subscribe\r", NOW))[1:-1]
    assert printed == [
        "  subscribe-to-alert-group configuration periodic daily 09:15",
        "  subscribe-to-alert-group diagnostic severity minor",
        "  subscribe-to-alert-group inventory",
        '  subscribe-to-alert-group syslog severity major pattern "LINK DOWN"',
    ]


def test_profiles_are_copied_and_renamed(opened):
    configured(
        opened,
        "profile Own",
        "destination address http https://one.example/x",
        "exit",
        "copy profile Own Other",
        "rename profile Own Mine",
    )
    shown = opened.feed("terminal length 0\rshow call-home profile all\r", NOW)
    assert "Profile Name: Own\r\n" not in shown
    assert shown.count("Other address(es): https://one.example/x\r\n") == 2
    opened.feed("configure terminal\rcall-home\r", NOW)
    for refused in (
        "copy profile Nobody X",
        "copy profile Mine Other",
        "rename profile CiscoTAC-1 X",
    ):
        assert "\r\n% Profile " in opened.feed(refused + "\r", NOW)


def test_call_home_set_up_in_one_line(opened):
    opened.feed("configure terminal\rno service call-home\r", NOW)
    said = opened.feed("call-home reporting anonymous http-proxy p.example port 3128\rend\r", NOW)
    assert "% " not in said
    shown = opened.feed("terminal length 0\rshow call-home detail\r", NOW)
    assert "call home feature : enable" in shown
    assert "Profile mode: Anonymous Reporting Only" in shown
    assert "http proxy: p.example:3128" in shown
    opened.feed(
        "configure terminal\rcall-home reporting contact-email-addr a@b.example\rend\r", NOW
    )
    shown = opened.feed("show call-home detail\r", NOW)
    assert "contact person's email address: a@b.example" in shown
    assert "Profile mode: Anonymous" not in shown
