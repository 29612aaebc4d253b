"""A box with slots: its part of `show platform` and `show inventory`.

Two units of one UDI are two supervisors of a chassis; two of different UDIs are two chassis of a
StackWise Virtual, whose parts carry the switch number.
Facts: docs/sources.md, entries platform-form and inventory-form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.cli.views.hardware import part_serial
from agent.core.clock import DAY, HOUR, Instant
from agent.core.identity import Udi
from agent.engine.records import Member
from agent.profiles.modules import Module
from agent.profiles.profile import Profile

SLOTS_HEAD = """\
Slot      Type                State                 Insert time (ago)\x20
--------- ------------------- --------------------- -----------------\x20"""
FIRMWARE_HEAD = """\
Slot      CPLD Version        Firmware Version                       \x20
--------- ------------------- ---------------------------------------\x20"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a device; `version` and `serial` are empty where it has none."""

    name: str
    description: str
    pid: str
    version: str
    serial: str

    def __str__(self) -> str:
        return (
            f'NAME: "{self.name}", DESCR: "{self.description}"\n'
            f"PID: {self.pid:<18}, VID: {self.version:<5}, SN: {self.serial}\n"
        )


def chassis_parts(members: Sequence[Member], profile: Profile) -> Iterator[Part]:
    """Each chassis and what is in it; two members may be in one chassis."""
    boxes = chassis_of(members)
    for box in boxes:
        udi = box[0].udi
        texts = profile.texts_of(udi.pid)
        head = f"Switch {box[0].number} " if len(boxes) > 1 else ""
        version = texts["version_id"]
        yield Part(f"{head}Chassis", _chassis_text(udi, texts), udi.pid, version, udi.sn)
        for module in modules_of(box, profile, alone=len(boxes) == 1):
            if module.name:
                yield _part(module, udi, head, version)


def _part(module: Module, udi: Udi, head: str, version: str) -> Part:
    serials = {"own": part_serial(udi, module.name), "chassis": udi.sn}
    shown = "" if module.serial == "none" else version
    serial = serials.get(module.serial, "")
    return Part(f"{head}{module.name}", module.text, module.pid, shown, serial)


def chassis_of(members: Sequence[Member]) -> list[tuple[Member, ...]]:
    """The members of each chassis, in the order of their numbers."""
    boxes: dict[Udi, list[Member]] = {}
    for member in sorted(members, key=lambda member: member.number):
        boxes.setdefault(member.udi, []).append(member)
    return [tuple(box) for box in boxes.values()]


def modules_of(
    box: Sequence[Member], profile: Profile, *, alone: bool = True
) -> tuple[Module, ...]:
    """What is in a chassis. A profile calls the first supervisor active and the second standby: of
    them those are there that `box` has, with the roles they have now."""
    single = len(box) == 1 and (not alone or profile.processors == 1)
    roles = {1 if single else m.number: m.role.value.lower() for m in box}
    now = {"active": roles.get(1), "standby": roles.get(2)}
    return tuple(
        replace(module, role=now[module.role] or "") if module.role else module
        for module in profile.models[box[0].udi.pid].modules
        if not module.role or now[module.role]
    )


def _chassis_text(udi: Udi, texts: Mapping[str, str]) -> str:
    return texts.get("chassis_text") or f"Cisco {short(udi.pid)} Chassis"


def short(pid: str) -> str:
    """`ISR4451-X/K9` is an ISR4451, `C9800-CL-K9` a C9800-CL."""
    return pid.removesuffix("/K9").removesuffix("-K9").removesuffix("-X")


def slots(members: Sequence[Member], profile: Profile, uptime_ms: Instant) -> str:
    """`show platform`: each chassis with its slots and their firmware."""
    boxes = chassis_of(members)
    if len(boxes) == 1:
        return "\n".join(_chassis(boxes[0], profile, uptime_ms))
    lines = []
    for box in boxes:
        # assumed: headed as in `show module`; a capture of a StackWise Virtual would show it
        body = _chassis(box, profile, uptime_ms, alone=False)
        lines += [f"Switch Number {box[0].number} ", "", *body, ""]
    return "\n".join(lines[:-1])


def _chassis(
    box: tuple[Member, ...], profile: Profile, uptime_ms: Instant, *, alone: bool = True
) -> list[str]:
    udi = box[0].udi
    since, texts = age(uptime_ms), profile.texts_of(udi.pid)
    listed = [m for m in modules_of(box, profile, alone=alone) if m.slot]
    lines = [f"Chassis type: {udi.pid:<20}", "", SLOTS_HEAD]
    for module in sorted(listed, key=lambda m: m.place):
        slot = f" {module.slot}" if module.is_subslot else module.slot
        state = f"ok, {module.role}" if module.role else "ok"
        lines.append(f"{slot:<10}{module.pid:<20}{state:<22}{since:<14}")
    if "cpld" not in texts:
        return lines
    firmware = f"{texts['cpld']:<20}{texts['firmware']:<36}"
    programmed = [m for m in listed if m.slot[0] != "P" and m.slot[:2] != "FT" and not m.is_subslot]
    rows = (f"{m.slot:<10}{firmware}" for m in sorted(programmed, key=lambda m: m.place))
    return [*lines, "", FIRMWARE_HEAD, *rows]


def age(ms: Instant) -> str:
    """`00:05:12`, from a day on `2d03h`, from a week on `1w2d`, from a year on `5y13w`."""
    if ms < DAY:
        seconds = ms // 1000
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    days = ms // DAY
    if days < 7:
        return f"{days}d{ms % DAY // HOUR:02d}h"
    return f"{days // 7}w{days % 7}d" if days < 365 else f"{days // 365}y{days % 365 // 7}w"
