"""`show license right-to-use`: the levels of a switch of that model, with what they rest on.

Facts: docs/sources.md, entry rtu; the layouts are recalled, no output is known.
"""

from __future__ import annotations

from agent.core.clock import DAY, Instant
from agent.engine.records import Member
from agent.engine.right_to_use import EVALUATION, RightToUse

_SUMMARY_HEAD = "  License Name                  Type            Period left "
_USAGE_HEAD = "Slot#  License Name        Type         usage-duration(y:m:d)   In-Use   EULA"
_RULE = "-" * 60
_USAGE_RULE = "-" * 78


def summary(level: str, next_level: str, held: RightToUse, now: Instant) -> str:
    """The levels in use and those of the next start; levels are texts such as `a addon b`."""
    base, _, addon = level.partition(" addon ")
    rows = [f"  {base:<30}{'Permanent':<16}Lifetime"]
    if addon:
        left = f"{held.days_left(now)} days" if held.right == EVALUATION else "CSSM Managed"
        rows.append(f"  {addon:<30}{held.right:<16}{left}")
    return "\n".join(
        [
            _SUMMARY_HEAD,
            _RULE,
            *rows,
            _RULE,
            "",
            f"License Level In Use: {_level(level, held)}",
            f"License Level on Reboot: {_level(next_level, held)}",
        ]
    )


def usage(level: str, members: tuple[Member, ...], held: RightToUse, now: Instant) -> str:
    """Each unit with its levels and how long they are in use."""
    days = 0 if held.since is None else (now - held.since) // DAY
    duration = f"{days // 365} :{days % 365 // 30} :{days % 365 % 30}"
    base, _, addon = level.partition(" addon ")
    lines = [_USAGE_HEAD, _USAGE_RULE]
    for member in sorted(members, key=lambda member: member.number):
        rights = [(base, "Permanent"), *([(addon, held.right)] if addon else [])]
        lines += [
            f"{member.number:<7}{name:<20}{right:<13}{duration:<24}{'yes':<9}yes"
            for name, right in rights
        ]
    return "\n".join([*lines, ""])


def _level(level: str, held: RightToUse) -> str:
    base, _, addon = level.partition(" addon ")
    return f"{base}+{addon} {held.right}" if addon else base
