"""CUBE's licences, its shut-down rule and its high availability; utility mode; what is private."""

from __future__ import annotations

import json

import pytest

from agent.cli.session import CliSession, Line
from agent.core.clock import DAY, HOUR
from agent.core.release import Release
from agent.device.device import new_device
from agent.device.snapshot import restore, take
from agent.engine.actions import Send
from agent.engine.applications import is_late
from agent.protocol.codec import decode_request, encode_request

BOOT = 1_700_000_000_000


class Router:
    def __init__(self, release="17.12.4", model="C8000V"):
        self.device = new_device("r1", model, Release.parse(release), "FOC0000EMU1")
        self.device.boot(BOOT)
        self.now = BOOT
        self.session = CliSession(self.device, Line(privilege=15), width=0, length=0)
        self.session.start(self.now)
        self.advance(HOUR)

    def advance(self, span):
        until = self.now + span
        while (due := self.device.next_deadline()) is not None and due <= until:
            self.device.wake(due)
        self.now = until

    def type(self, line):
        text = self.session.feed(f"{line}\r", self.now).replace("\r\n", "\n")
        return text.removeprefix(f"{line}\n").rpartition("\n")[0]

    def configure(self, *lines):
        return [self.type(line) for line in ("configure terminal", *lines, "end")][1:-1]

    def count(self, feature):
        uses = self.device.agent.state.usage.values()
        return next((use.count for use in uses if use.feature == feature), None)

    def payload(self):
        """The last report of all, closed now."""
        self.type("license smart save usage all file flash:u")
        report = max(r for r, x in self.device.agent.state.reports.items() if x.signed)
        return json.loads(self.device.agent.state.reports[report].signed.payload)


def test_cube_says_what_it_asks_for_and_how_much_it_uses():
    router = Router("17.15.1")
    assert router.type("emulator usage CUBE_T_ENH 3") == ""
    assert "%CUBE-5-LICENSE_INFO: Requesting for 3 CUBE Enhanced trunk licenses" in router.type(
        "show logging"
    )
    assert router.type("show cube status").split("\n") == [
        "CUBE-Version : 14.10",
        "SW-Version : 17.15.1, Platform C8000V",
        "HA-Type : none",
        "Dynamic License Usage Count : 3",
    ]
    assert "CUBE_T_ENH (CUBE_T_ENH):" in router.type("show license usage")


@pytest.mark.parametrize(
    ("release", "stops"),
    [("17.3.2a", True), ("17.6.1", True), ("17.6.3", False), ("17.12.4", False)],
)
def test_cube_stops_past_the_deadline_on_the_releases_named(release, stops):
    router = Router(release, "ISR4451-X/K9")
    router.type("emulator usage CUBE_T_STD 10")
    router.type("emulator usage CUBE_T_VGW 4")
    router.advance(400 * DAY)
    assert is_late(router.device.agent.state, router.now)
    assert router.count("CUBE_T_STD") == (0 if stops else 10)
    assert router.count("CUBE_T_VGW") == 4  # for information only
    if stops:
        router.type("emulator usage CUBE_T_STD 5")
        assert router.count("CUBE_T_STD") == 0
        # an acknowledgement moves the deadline: whatever comes next finds CUBE free
        router.device.agent.state.usage_reporting.next_ack_deadline = router.now + 90 * DAY
        router.type("license smart clear eventlog")
        assert router.count("CUBE_T_STD") == 5
        assert not router.device.agent.state.applications.stopped


def test_the_two_routers_of_a_pair_know_each_other():
    router = Router("17.18.1")
    router.type("emulator usage CUBE_TS_ENH 1")
    router.type("emulator cube role standby Promethium-L1 C8200L-1N-4T FGL2435LHLH")
    block = router.type("show license usage").partition("CUBE_TS_ENH (CUBE_TS_ENH)")[2]
    assert block.partition("License type: Perpetual\n")[2] == (
        "  Application HA Info:\n"
        "    Application Name: CUBE\n    Application Id: 1\n    Application Role: Standby\n"
        "    Peer Info:\n"
        "      Application Name: CUBE\n      Application Id: 1\n      Application Role: Active\n"
        "      Hostname: Promethium-L1\n      PIID: \n"
        "      UDI: P:C8200L-1N-4T,S:FGL2435LHLH\n"
        "      Smart Account Name: 'nullPtr'\n      Virtual Account Name: 'nullPtr'\n"
    )
    again = restore(take(router.device))
    assert again.agent.state.applications == router.device.agent.state.applications
    router.type("emulator cube role none")
    assert "Application HA" not in router.type("show license usage")


def test_utility_mode_is_shown_and_reported():
    router = Router("17.12.4")
    assert "Utility:\n  Status: DISABLED\n" in router.type("show license status")
    router.configure(
        "license smart utility",
        "license smart utility customer_info id 4711",
        "license smart utility customer_info city Vienna",
    )
    shown = router.type("show license status")
    assert "Utility:\n  Status: ENABLED\n  Utility report:\n" in shown
    assert "    Id: 4711\n    Name: <empty>\n" in shown and "    City: Vienna\n" in shown
    assert "%SMART_LIC-6-UTILITY_STARTED" in router.type("show logging")
    meta = router.payload()["meta"]
    assert meta["utility_enabled"] is True
    assert meta["customer_info"] == {"id": "4711", "city": "Vienna"}
    router.configure("no license smart utility")
    assert "%SMART_LIC-6-UTILITY_STOPPED" in router.type("show logging")


def test_custom_id_tags_and_what_is_kept_private():
    router = Router("17.12.4")
    router.configure(
        "license smart custom_id lab-7",
        "license smart usage customer-tags tag2 cost centre 9",
        "license smart privacy all",
    )
    meta = router.payload()["meta"]
    assert (meta["custom_id"], meta["customer_tags"]) == ("lab-7", {"tag2": "cost centre 9"})
    assert "software_version" not in meta
    shown = router.type("show license status")
    assert "  Sending Hostname: no\n" in shown and "  Version privacy: ENABLED\n" in shown
    assert "  Custom Id: lab-7\n" in shown
    sent: list[Send] = []

    class Wire:
        def send(self, device, send):
            sent.append(send)

    router.device.link = Wire()
    router.configure("license smart transport off", "license smart transport cslu")
    router.type("license smart sync local")
    request = decode_request(encode_request(sent[0].message, "")).request
    assert (request.sender.hostname, request.sender.agent_version) == ("", "")
