"""Plays a scenario file: a device, a CSLU and a CSSM in memory, a console, and the time.

Nothing of the play is known here but its words: what is typed goes to the console, what the lab
does to `LAB`, and what is expected is looked for in what was printed or logged since the last look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from agent.adapters.birth import day_zero
from agent.adapters.durations import duration_ms
from agent.cli.line import Line
from agent.cli.session import CliSession
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.device.units import with_roles
from agent.engine.config import Transport
from agent.engine.events import Failure, ReplyReceived, SendFailed
from agent.protocol import codec
from counterparts.cloud import CloudRequest
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm
from counterparts.portal import Portal
from counterparts.receiver import PATH
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
SERIAL = "FOC0000EMU1"
STEP_WORDS = {"at", "after", "type", "lab", "shows", "lacks", "logs", "silent", "note"}


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    facts: str
    given: dict[str, Any]
    steps: tuple[dict[str, Any], ...]


def read(path: Path) -> Scenario:
    """A file of the folder. Raises KeyError or ValueError for one that says too little."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    steps = tuple(raw["steps"])
    for step in steps:
        if unknown := set(step) - STEP_WORDS:
            raise ValueError(f"{path.name}: a step does not know {sorted(unknown)}")
    return Scenario(path.stem, raw["about"], raw["facts"], raw.get("given", {}), steps)


def scenarios() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


class Play:
    """A scenario under way. `link` None carries; a Failure loses; the console is privileged."""

    def __init__(self, scenario: Scenario) -> None:
        given = scenario.given
        self.cssm_records, self.cslu_records = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
        settings = CssmSettings(
            policy=given.get("policy", "Lab Policy"),
            poll_interval_seconds=given.get("poll_seconds", 300),
        )
        self.cssm = Cssm(self.cssm_records, settings, "scenario")
        uplink = replace(CsluSettings(), poll_seconds=given.get("cslu_poll_seconds", 60))
        self.cslu = LinkedCslu(Cslu(self.cslu_records, uplink), LocalCssm(self.cssm).carry)
        self.portal = Portal(self.cssm)
        self.token = ""
        self.link: Failure | None = None
        self.mute: str = ""  # a kind of request that gets no answer
        start = datetime.fromisoformat(str(given.get("start", "2026-10-06 13:40:00")))
        self.start = self.now = int(start.replace(tzinfo=UTC).timestamp() * 1000)
        self.printed = ""
        self.log_seen = 0
        self.logged: list[str] = []
        pid, release = given.get("platform", "C9300-24T"), str(given.get("release", "17.12.4"))
        lines = tuple(given.get("config", ()))
        units = tuple(Udi(pid, f"FOC0000EMU{n}") for n in range(2, 1 + given.get("units", 1)))
        self.device = new_device(
            "device",
            pid,
            Release.parse(release),
            SERIAL,
            anchors=self.cssm.anchors,
            others=with_roles(units),
            startup=day_zero(pid, release, lines) if lines else None,
        )
        self.device.link = self
        self.device.boot(self.now)
        self.session = self._console()

    def close(self) -> None:
        self.cssm_records.close()
        self.cslu_records.close()

    def _console(self) -> CliSession:
        session = CliSession(self.device, Line("console", 0), width=0, length=0)
        for keys in ("", "\r", "enable\r"):
            session.feed(keys, self.now)
        return session

    # --- steps --------------------------------------------------------------------------------

    def take(self, step: dict[str, Any]) -> None:
        """One step; raises AssertionError with what was there instead."""
        if "at" in step:
            self.advance_to(self.start + duration_ms(str(step["at"])))
        if "after" in step:
            self.advance_to(self.now + duration_ms(str(step["after"])))
        self.printed = ""
        if "lab" in step:
            word, _, rest = str(step["lab"]).partition(" ")
            LAB[word](self, rest)
        for line in _list(step.get("type")):
            line = line.replace("TOKEN", self.token)
            text = self.session.feed(f"{line}\r", self.now).replace("\r\n", "\n")
            self.printed += text.partition("\n")[2]
        if self.session.reboot is not None:
            self.device.reload(self.now, self.session.reboot.reason)
            self.session = self._console()
        self._collect_log()
        for wanted in _list(step.get("shows")):
            assert wanted in self.printed, f"{wanted!r} is not in:{near(wanted, self.printed)}"
        for unwanted in _list(step.get("lacks")):
            assert unwanted not in self.printed, f"{unwanted!r} is printed"
        for wanted in _list(step.get("logs")):
            found = any(wanted in line for line in self.logged)
            assert found, f"{wanted!r} was not logged, but:\n" + "\n".join(self.logged)
        for unwanted in _list(step.get("silent")):
            assert not any(unwanted in line for line in self.logged), f"{unwanted!r} was logged"
        if step.keys() & {"logs", "silent"}:
            self.logged = []

    def advance_to(self, until: int) -> None:
        while True:
            known = (self.device.next_deadline(), self.cslu.next_deadline())
            due = min((at for at in known if at is not None), default=until + 1)
            if due > until:
                break
            self.now = max(self.now, due)
            if (theirs := known[1]) is not None and theirs <= self.now:
                self.cslu.wake(self.now)
            if (ours := self.device.next_deadline()) is not None and ours <= self.now:
                self.device.wake(self.now)
            self._carry()
            self._collect_log()
        self.now = max(self.now, until)

    def _collect_log(self) -> None:
        self._carry()
        log = self.device.log
        fresh = log.buffer_count - self.log_seen
        if fresh > 0:
            self.logged += [line.text for line in list(log.lines)[-fresh:]]
        self.log_seen = log.buffer_count

    # --- the link -----------------------------------------------------------------------------

    _sent: list[Any]

    def send(self, device: Device, send: Any) -> None:
        self.__dict__.setdefault("_sent", []).append(send)

    def _carry(self) -> None:
        sent = self.__dict__.setdefault("_sent", [])
        while sent:
            send = sent.pop(0)
            self.device.handle(self._answer(send), self.now)

    def _answer(self, send: Any) -> ReplyReceived | SendFailed:
        if self.link is not None:
            return SendFailed(send.request_id, self.link)
        if type(send.message).__name__ == self.mute:
            return SendFailed(send.request_id, Failure.TIMED_OUT)
        body = codec.encode_request(send.message, send.signing_key)
        if send.route.transport is Transport.CSLU:
            answer = self.cslu.answer(body, self.now)
        else:
            answer = self.cssm.handle(CloudRequest("POST", PATH, {}, body), self.now)
        if answer.silent or answer.status != 200:
            return SendFailed(send.request_id, Failure.REFUSED)
        return ReplyReceived(send.request_id, codec.decode_reply(answer.body))


def near(wanted: str, printed: str) -> str:
    """The lines that begin as the wanted one does, or all of them."""
    start = wanted.split(":")[0].strip()
    found = [line for line in printed.split("\n") if start in line]
    return "\n" + ("\n".join(found) or printed)


# --- what the lab does --------------------------------------------------------------------------


def _cut(play: Play, how: str) -> None:
    play.link = Failure[how.upper()]


def _mend(play: Play, rest: str) -> None:
    play.link, play.mute = None, ""


def _mute(play: Play, kind: str) -> None:
    play.mute = kind


def _reload(play: Play, rest: str) -> None:
    play.device.reload(play.now)
    play.session = play._console()


def _install(play: Play, release: str) -> None:
    play.device.install(Release.parse(release), play.now)
    play.device.reload(play.now)
    play.session = play._console()


def _token(play: Play, rest: str) -> None:
    play.token = play.portal.new_token(30, 10, "", play.now).token


def _upload(play: Play, rest: str) -> None:
    """Carry a saved file to CSSM and its ACK back: `upload flash:a flash:b`."""
    source, target = rest.split()
    text = play.device.files.read(source)
    assert isinstance(text, str), f"there is no {source}"
    play.portal.upload(text, play.now)
    play.advance_to(play.now + 3000)
    fault = play.device.write_file(target, play.portal.ack(None, play.now), play.now)
    assert fault is None


def _policy(play: Play, name: str) -> None:
    play.portal.use_policy(name, play.now)


def _use(play: Play, rest: str) -> None:
    feature, count = rest.split()
    assert play.device.use(feature, int(count), play.now), f"no licence {feature}"


def _units(play: Play, rest: str) -> None:
    """The units by number, those of another model as PID/NUMBER."""
    named = [word.rpartition("/") for word in rest.split()]
    units = tuple(Udi(pid or play.device.udi.pid, f"FOC0000EMU{n}") for pid, _, n in named)
    play.device.change_members(units, play.now)


def _switchover(play: Play, rest: str) -> None:
    play.device.switch_over(play.now)


def _clock(play: Play, rest: str) -> None:
    """Set the device's calendar ahead by so much."""
    play.device.set_clock(play.now + duration_ms(rest), play.now)


def _join(play: Play, count: str) -> None:
    units = tuple(Udi("AP", f"EMUAP{n}") for n in range(int(count)))
    play.device.join(units, play.now)


def _join_each(play: Play, rest: str) -> None:
    """One access point after the other until there are so many: `join-each COUNT SPAN`."""
    count, span = rest.split()
    for number in range(len(play.device.access_points), int(count)):
        play.device.join((Udi("AP", f"EMUAP{number}"),), play.now)
        play.advance_to(play.now + duration_ms(span))


LAB: dict[str, Callable[[Play, str], None]] = {
    "cut": _cut,
    "mend": _mend,
    "mute": _mute,
    "install": _install,
    "reload": _reload,
    "token": _token,
    "upload": _upload,
    "policy": _policy,
    "use": _use,
    "units": _units,
    "switchover": _switchover,
    "clock": _clock,
    "join": _join,
    "join-each": _join_each,
}


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
