"""A console of a device on which a test types as a user does: what is printed, line by line."""

from __future__ import annotations

from agent.cli.session import CliSession, Line
from agent.core.clock import Instant
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.engine.records import Member


class Console:
    """`type` answers what one line prints; `transcript` all of it, prompts and echo included."""

    def __init__(
        self,
        model: str,
        release: str,
        now: Instant,
        serial: str = "FOC0000EMU1",
        others: tuple[Member, ...] = (),
        anchors: tuple[str, ...] = (),
    ) -> None:
        parsed = Release.parse(release)
        self.device: Device = new_device(
            "captured", model, parsed, serial, others=others, anchors=anchors
        )
        self.device.boot(now)
        self.now = now
        self.session = CliSession(self.device, Line("console", privilege=15), width=0, length=0)
        self.session.start(now)

    def transcript(self, *lines: str) -> str:
        return "".join(self.session.feed(f"{line}\r", self.now) for line in lines).replace(
            "\r\n", "\n"
        )

    def type(self, line: str) -> str:
        return self.transcript(line).removeprefix(f"{line}\n").rpartition("\n")[0]

    def configure(self, *lines: str) -> None:
        self.transcript("configure terminal", *lines, "end")
