"""Captures from before SLP: a device registers by its command line, and prints what each shows.

What a capture alone knows is given: the instants of registration and authorization, and how far the
server's clock was off. Renewals, expiry and deadlines follow from the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.core.clock import SECOND
from agent.device.device import Device
from agent.engine.actions import Send
from agent.engine.events import ReplyReceived
from agent.engine.legacy.timings import LEGACY
from agent.protocol import codec
from counterparts import smart_licensing
from counterparts.account import SmartAccount
from counterparts.cloud import CloudRequest
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.golden.captures import at
from tests.golden.console import Console

pytestmark = pytest.mark.golden


@dataclass(frozen=True)
class Capture:
    """`skews` are those of the server's clock at registration and authorization, in seconds;
    `wait` is how much longer than usual the authorization took; `exempt` are (ours, theirs)."""

    file: str
    account: str
    virtual: str
    registered: str
    skews: tuple[int, int]
    wait: int = 0
    uses: int = 0
    owned: int = 1
    exempt: tuple[tuple[str, str], ...] = ()


CAPTURES = (
    Capture(
        "show-license-all__csr1000v-16.12i__legacy-smart-licensing-registered.txt",
        "Cisco Systems, TAC",
        "RADKit-LMM-NA",
        "Mar 13 08:09:24 2024",
        (33, 34),
        exempt=(("  Virtual Account", "Virtual Account"),),  # the publisher lost the indent
    ),
    Capture(
        "show-license-status__csr1000v-16.12i__legacy-registered.txt",
        "Cisco Systems, TAC",
        "RADKit-LMM-NA",
        "Mar 13 08:09:24 2024",
        (33, 34),
        # the same device as above, read at another moment: what is left was rounded down
        exempt=(("Sep 09 08:09:24", "Sep 09 08:09:23"), ("08:04:57 2025", "08:04:56 2025")),
    ),
    Capture(
        "show-license-status__csr1000v-16.12i__legacy-out-of-compliance.txt",
        "ACME Corporation",
        "Wile E. Coyote",
        "Aug 22 18:58:03 2022",
        (-14, 9),
        wait=10,
        uses=2,
    ),
)


class Line:
    """A device's link to a CSSM whose clock is off by `skew`, and that answers after `delay`."""

    def __init__(self, cssm: Cssm) -> None:
        self.cssm, self.skew, self.delay = cssm, 0, 0
        self.sent: list[Send] = []

    def send(self, device: Device, send: Send) -> None:
        self.sent.append(send)

    def carry(self, device: Device, now: int) -> int:
        """Answer all that was sent; when that is done."""
        while self.sent:
            send = self.sent.pop(0)
            body = codec.encode_request(send.message, send.signing_key)
            answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), now + self.skew)
            now += self.delay
            device.handle(ReplyReceived(send.request_id, codec.decode_reply(answer.body)), now)
        return now


def brought_there(capture: Capture) -> Console:
    account = SmartAccount(capture.account, 1, "example.com", capture.virtual, 2)
    cssm = Cssm(SqlCssmRecords(IN_MEMORY), CssmSettings(account=account), "captures")
    console = Console(
        "CSR1000V", "16.12.4", at(capture.registered), "9NZ7O74FICQ", (), cssm.anchors
    )
    device, line = console.device, Line(cssm)
    device.link = line
    if capture.uses:
        licence = device.profile.entitlements["csr1000v"][0]
        console.type(f"emulator usage {licence.feature} {capture.uses}")
        smart_licensing.purchase(cssm, licence.tag, capture.owned)
    token = Portal(cssm).new_token(365, 100, "", console.now).token
    line.skew = capture.skews[0] * SECOND
    console.type(f"license smart register idtoken {token}")
    console.now = line.carry(device, console.now)
    line.skew, line.delay = capture.skews[1] * SECOND, capture.wait * SECOND
    until = console.now + LEGACY.authorization.first
    while (due := device.next_deadline()) is not None and due <= until:
        device.wake(due)
        console.now = line.carry(device, due)
    return console


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.file)
def test_a_capture_from_before_slp_is_equal(capture: Capture, golden: Path) -> None:
    command = " ".join(capture.file.split("__")[0].split("-"))
    printed = brought_there(capture).type(command)
    for ours, theirs in capture.exempt:
        assert printed.count(ours) == 1, f"nothing to exempt: {ours}"
        printed = printed.replace(ours, theirs)
    lines = (golden / capture.file).read_text().split("\n")
    shown = [line if line.strip() else "" for line in lines if not line.startswith("c1000v-5#")]
    assert printed.rstrip("\n").split("\n") == "\n".join(shown).rstrip("\n").split("\n")


@pytest.mark.parametrize(("release", "told"), [("16.12.4", False), ("17.3.2a", True)])
def test_the_custom_id_is_told_from_17_on(release: str, told: bool) -> None:
    """Of outputs that are not captures of this folder: see docs/sources.md, legacy-layouts."""
    console = Console("CSR1000V", release, at("Mar 13 08:09:24 2024"))
    assert console.type("show license status").endswith("  Custom Id: <empty>\n") is told
