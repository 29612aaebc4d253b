"""A new device from its plan. Its day-0 configuration is read once and shared by all alike.

`born` starts it too: access points join it, and it stands where an output of the user's own
device stands, where the plan names one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from agent.adapters.plan import DevicePlan
from agent.cli.handlers.emulator import ACCESS_POINT
from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release
from agent.core.secrets import new_salt
from agent.device.config import default_config, grammar_of
from agent.device.config_text import read_config
from agent.device.device import Device, new_device
from agent.device.timekeeping import ALONE, Timekeeping
from agent.device.units import with_roles
from agent.profiles.profile import check_release, profile_for
from yang.tree import Tree


def born(
    plan: DevicePlan, seed: str, anchors: tuple[str, ...], time: Timekeeping, now: Instant
) -> Device:
    """A device that has started. Raises InputError as `make_device` does, and for a standing that
    cannot be read or that the device cannot hold."""
    device = make_device(plan, seed, anchors, time)
    device.boot(now)
    if plan.access_points:
        numbers = range(1, plan.access_points + 1)
        device.join(tuple(Udi(ACCESS_POINT, f"EMU{n:08d}") for n in numbers), now)
    if plan.standing is not None:
        _stand(device, plan.standing, now)
    return device


def shown_by(
    plan: DevicePlan, path: Path, *, release: bool = False
) -> tuple[DevicePlan, Instant | None]:
    """The plan with the units that an output names, to stand where it says; and when that was.

    With `release` it is also of the release that the Smart Agent named there comes with.
    Raises InputError for a file that cannot be read.
    """
    from agent.adapters.replay import read_text
    from agent.device.shown import release_shown, time_shown, units_shown

    text = read_text(path)
    plan = replace(plan, standing=path)
    if release and (carrier := release_shown(text)) is not None:
        plan = replace(plan, release=str(carrier))
    if units := [unit.udi for unit in units_shown(text)]:
        first, *others = units
        plan = replace(plan, platform=first.pid, serial=first.sn, members=tuple(others))
    return plan, time_shown(text)


def _stand(device: Device, path: Path, now: Instant) -> None:
    from agent.adapters.replay import read_text
    from agent.device.shown import settle_as_shown

    text = read_text(path)
    try:
        settle_as_shown(device, text, now)
    except InputError as error:
        raise InputError(error.what, str(path), error.allowed) from None


def make_device(
    plan: DevicePlan, seed: str, anchors: tuple[str, ...], time: Timekeeping = ALONE
) -> Device:
    """A device that has not started yet. `anchors` are the roots it trusts, base64 DER; `time` is
    how it comes by its time.

    Raises InputError for a platform, release or configuration line that cannot be used.
    """
    release = Release.parse(plan.release)
    check_release(plan.platform, release)
    lines = plan.config
    if plan.netconf is not None:
        lines = ("netconf-yang", *lines)
    if plan.restconf is not None:
        lines = ("restconf", *lines)
    if any(at is not None for at in (plan.ssh, plan.netconf, plan.restconf, plan.http)):
        login = f"username {plan.username} privilege 15 secret 0 {plan.password}"
        lines = (login, *lines)
    try:
        startup = day_zero(plan.platform, plan.release, lines) if lines else None
    except InputError as error:
        raise InputError(error.what, f"config of {plan.name}", error.allowed) from None
    device = new_device(
        plan.name,
        plan.platform,
        release,
        plan.serial,
        seed=f"{seed}|{plan.platform}:{plan.serial}",
        anchors=anchors,
        startup=startup,
        others=with_roles(plan.members),
    )
    device.timekeeping = time
    return device


@lru_cache(maxsize=64)
def day_zero(platform: str, release: str, lines: tuple[str, ...]) -> Tree:
    """The factory's configuration with these lines typed into it.

    Raises InputError for a line the device would refuse.
    """
    profile = profile_for(platform)
    known = Release.parse(release)
    chance = Chance("|".join(lines))  # the salts: the same lines give the same configuration
    read = read_config(
        "\n".join(lines),
        grammar_of(profile, known, platform),
        default_config(profile, known, platform),
        lambda: new_salt(chance),
    )
    if read.refused:
        line = read.refused[0].line.strip()
        raise InputError(f"a {platform} with {release} does not take the line {line!r}")
    return read.root
