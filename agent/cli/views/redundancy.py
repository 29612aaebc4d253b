"""`show redundancy` and `show redundancy states`: the active unit and its peer.

Facts: docs/sources.md, entry redundancy-form.
"""

from __future__ import annotations

from agent.cli.views.chassis import chassis_of, modules_of
from agent.cli.views.layout import layout_for
from agent.cli.views.platform import Set
from agent.cli.views.uptime import uptime_words
from agent.engine.records import Member

_SIMPLEX = "Non-redundant"
_FIRST_PROCESSOR = 48  # a router counts its route processors from here


def redundancy(shown: Set, banner: str) -> str:
    """`show redundancy`; `banner` is what the device says of its software."""
    paired, history = len(shown.members) > 1, shown.history
    lines = [
        "Redundant System Information :",
        "------------------------------",
        f"       Available system uptime = {uptime_words(shown.uptime_ms)}",
        f"Switchovers system experienced = {history.switchovers}",
        f"              Standby failures = {history.standby_failures}",
        f"        Last switchover reason = {history.reason}",
        "",
        f"                 Hardware Mode = {'Duplex' if paired else 'Simplex'}",
        f"    Configured Redundancy Mode = {_configured(shown)}",
        f"     Operating Redundancy Mode = {_operating(shown)}",
        "              Maintenance Mode = Disabled",
        f"                Communications = {'Up' if paired else 'Down      Reason: Failure'}",
        "",
        "Current Processor Information :",
        "-------------------------------",
        *_processor(shown, shown.members[0], "ACTIVE", banner),
        *(_fast_switchover(shown) if paired else []),
        "",
    ]
    if not paired:
        slot = _peer_slot(shown)
        peer = f"Peer (slot: {slot}) information is not available because it is in 'DISABLED' state"
        return "\n".join([*lines, peer, ""])
    standby = _processor(shown, shown.members[1], "STANDBY HOT ", banner)
    head = ["Peer Processor Information :", "----------------------------"]
    return "\n".join([*lines, *head, *standby, ""])


def redundancy_states(shown: Set) -> str:
    """`show redundancy states`."""
    paired = len(shown.members) > 1
    swact = "enabled" if paired else "disabled (system is simplex (no peer unit))"
    return "\n".join(
        [
            "       my state = 13 -ACTIVE ",
            f"     peer state = {'8  -STANDBY HOT' if paired else '1  -DISABLED'} ",
            f"           Mode = {'Duplex' if paired else 'Simplex'}",
            f"           Unit = {'Primary' if _primary(shown) else 'Secondary'}",
            f"        Unit ID = {_unit_id(shown)}",
            "",
            f"Redundancy Mode (Operational) = {_operating(shown)}",
            f"Redundancy Mode (Configured)  = {_configured(shown)}",
            f"Redundancy State              = {'sso' if paired else 'Non Redundant'}",
            "     Maintenance Mode = Disabled",
            f"    Manual Swact = {swact}",
            f" Communications = {'Up' if paired else 'Down      Reason: Simplex mode'}",
            "",
            "   client count = 76",
            " client_notification_TMR = 30000 milliseconds",
            "           RF debug mask = 0x0   ",
            "",
        ]
    )


def _operating(shown: Set) -> str:
    return "sso" if len(shown.members) > 1 else _SIMPLEX


def _configured(shown: Set) -> str:
    """sso also where a second processor has a slot and is not there."""
    return "sso" if len(shown.members) > 1 or shown.profile.processors > 1 else _SIMPLEX


def _slot(shown: Set, member: Member) -> int:
    """The slot of a supervisor; units of a stack and chassis go by their numbers."""
    boxes = chassis_of(shown.members)
    modules = modules_of(boxes[0], shown.profile) if len(boxes) == 1 else ()
    role = member.role.value.lower()
    return next((m.number for m in modules if m.role == role and m.number), member.number)


def _slots(shown: Set) -> list[int]:
    """Where processors of this chassis can be."""
    modules = shown.profile.models[shown.members[0].udi.pid].modules
    return sorted({module.number for module in modules if module.role and module.number})


def _peer_slot(shown: Set) -> int:
    """The other processor's slot; 1 of a chassis that can have a partner, 0 of all others."""
    others = [slot for slot in _slots(shown) if slot != _slot(shown, shown.members[0])]
    if shown.profile.processors > 1 and others:
        return others[0]
    return int(shown.profile.chassis == 2)


def _unit_id(shown: Set) -> int:
    """A switch's or controller's slot or number; of a router's processors the first is 48."""
    slot, slots = _slot(shown, shown.members[0]), _slots(shown)
    if shown.profile.kind != "router":
        return slot
    return _FIRST_PROCESSOR + (slots.index(slot) if slot in slots else 0)


def _primary(shown: Set) -> bool:
    """Is the active processor the one with the lower slot or number?"""
    numbers = [member.number for member in shown.members]
    lower = min(_slots(shown) if shown.profile.processors > 1 else numbers, default=1)
    return _slot(shown, shown.members[0]) == lower


def _processor(shown: Set, member: Member, state: str, banner: str) -> list[str]:
    texts, paired = shown.profile.texts, len(shown.members) > 1
    uptime = uptime_words(shown.since(shown.history.in_role, member))
    twins = paired and shown.profile.chassis == 2 and len(chassis_of(shown.members)) > 1
    kind = "Switch" if twins and shown.profile.kind == "switch" else "slot"
    register = f"        Configuration register = {texts['config_register']}"
    # a unit alone prints no empty CONFIG_FILE, a switch of two no register
    config_file = ["                   CONFIG_FILE = "] if paired else []
    return [
        f"{f'{member.role.value} Location':>30} = {kind} {_slot(shown, member)}",
        f"        Current Software state = {state}",
        f"       Uptime in current state = {uptime}",
        f"                 Image Version = {banner}",
        f"                          BOOT = {texts['image_file']};",
        *config_file,
        *([] if paired and shown.profile.kind == "switch" else [register]),
    ]


def _fast_switchover(shown: Set) -> list[str]:
    """Two lines of newer switches; enabled between two chassis, disabled in a stack."""
    if not layout_for(shown.release, shown.profile.kind).has("fast_switchover"):
        return []
    word = "Enabled" if shown.profile.chassis == 2 else "Disabled"
    return [f"             Fast Switchover   = {word}", f"                Initial Garp   = {word}"]
