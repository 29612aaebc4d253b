"""A CUCM node with a person at its admin CLI, and the CSSM it reaches. source: cucm-outputs"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.adapters.birth import day_zero
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.clock import SECOND
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.engine.events import ReplyReceived
from agent.protocol import codec
from counterparts.account import SmartAccount
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords

UUID = "6fe83addc80240bc92dc071ac7a37624"
CONFIG = ("clock timezone IST 5 30", f"cucm uuid {UUID}", "cucm role publisher")
TAGS = {
    "UCM_CUWL": "regid.2017-02.com.cisco.UCM_CUWL,12.0_cc59375a-1cd8-4b36-8366-6f4d2abba965",
    "UCM_EnhancedPlus": (
        "regid.2016-07.com.cisco.UCM_EnhancedPlus,12.0_d8372792-588c-4caa-b279-8587e5ce2f82"
    ),
    "UCM_Enhanced": (
        "regid.2016-07.com.cisco.UCM_Enhanced,12.0_66d0d1cf-4863-4761-91d0-d01d3eb1949a"
    ),
    "UCM_Basic": "regid.2016-07.com.cisco.UCM_Basic,12.0_ef827a2f-f4ae-4ebb-887f-052737063d3a",
    "UCM_Essential": (
        "regid.2016-07.com.cisco.UCM_Essential,12.0_25f9c396-c67c-4519-aa98-d4b3ad18f805"
    ),
    "UCM_TelePresenceRoom": (
        "regid.2016-07.com.cisco.UCM_TelePresenceRoom,12.0_d9a71418-29e9-4c9a-9d3a-1366ebe38e7c"
    ),
}


def ist(text: str) -> int:
    when = datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return int((when - timedelta(hours=5, minutes=30)).timestamp()) * SECOND


class Cloud:
    """A link to a CSSM whose clock is off by `skew`; answers wait until they are carried."""

    def __init__(self, cssm: Cssm) -> None:
        self.cssm, self.skew, self.held = cssm, 0, []

    def send(self, device: Device, send) -> None:
        self.held.append(send)

    def carry(self, device: Device, now: int) -> None:
        held, self.held = self.held, []
        for send in held:
            body = codec.encode_request(send.message, send.signing_key)
            request = CloudRequest("POST", PATH, {}, body)
            answer = self.cssm.handle(request, now + self.skew)
            reply = codec.decode_reply(answer.body)
            device.handle(ReplyReceived(send.request_id, reply), now)


class Node:
    """A CUCM, its admin session and the time."""

    def __init__(self, start: str = "Aug 11 23:46:35 2017", *config: str) -> None:
        account = SmartAccount("BU Production Test", 1, "example.com", "TAC-CollabTesting", 2)
        records = SqlCssmRecords(IN_MEMORY)
        self.cssm = Cssm(records, CssmSettings(account=account), "cucm")
        self.now = ist(start)
        release = "12.0.1"
        self.device = new_device(
            "ucm",
            "UCM",
            Release.parse(release),
            "37624",
            startup=day_zero("UCM", release, (*CONFIG, *config)),
            anchors=self.cssm.anchors,
        )
        self.cloud = Cloud(self.cssm)
        self.device.link = self.cloud
        self.device.boot(self.now)
        self.session = CliSession(self.device, Line("console", 0), width=0, length=0)
        self.session.start(self.now)

    def until(self, when: int) -> None:
        while (due := self.device.next_deadline()) is not None and due <= when:
            self.device.wake(due)
            self.cloud.carry(self.device, due)
        self.now = when

    def type(self, line: str) -> str:
        text = self.session.feed(f"{line}\r", self.now).replace("\r\n", "\n")
        self.cloud.carry(self.device, self.now)
        assert text.endswith("admin:"), "the prompt"
        return text.split("\n", 1)[1].rsplit("\n", 1)[0] if text.count("\n") > 1 else ""

    def token(self) -> str:
        return Portal(self.cssm).new_token(30, 10, "", self.now).token
