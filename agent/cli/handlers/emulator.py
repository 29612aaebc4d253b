"""`emulator ...`: the one exec word that is not IOS. It moves the lab's clock,
what is in use, units and releases.

The clock and the list of nodes belong to the lab, so they are LabCalls; usage and access points
belong to the device.
"""

from __future__ import annotations

from agent.cli.handlers import licence_files
from agent.cli.reply import Args, Context, Handler, LabCall, Reboot, Reply, Result
from agent.cli.standby import go_to
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.units import fail, join, leave, replace_unit, units_of
from agent.engine.events import POWER_ON, PlatformFault
from agent.engine.faults import FAULTS
from agent.profiles.profile import check_release

UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY, "weeks": 7 * DAY}
_LETTERS = {unit[0]: ms for unit, ms in UNITS.items()}
LONGEST = 100 * 366 * DAY
ACCESS_POINT = "AIR-AP1815I-B-K9"  # what the emulated access points are


def advance(context: Context, args: Args) -> Result:
    """`10 minutes` or `10m`."""
    if "span" in args:
        ms = int(args["span"][:-1]) * _LETTERS[args["span"][-1].lower()]
    else:
        ms = int(args["count"]) * UNITS[args["unit"]]
    if ms > LONGEST:
        return Reply("% The clock moves at most 100 years at once")
    return LabCall("clock.advance", {"ms": ms})


def rate(context: Context, args: Args) -> Result:
    return LabCall("clock.rate", {"rate": int(args["rate"])})


def clock(context: Context, args: Args) -> Result:
    return LabCall("clock.show")


def status(context: Context, args: Args) -> Result:
    return LabCall("status")


def usage(context: Context, args: Args) -> Result:
    feature, count = str(args["feature"]), int(args["count"])
    device = context.device
    if device.profile.kind == "cucm" and _adds(context, feature, count):
        return Reply(NOT_PROVISIONED)
    if not device.use(feature, count, context.now):
        return Reply(f"% {device.model} has no licence named {feature}")
    if count and all(use.feature != feature for use in device.agent.state.usage.values()):
        return Reply(f"% {feature} needs an authorization code")
    return Reply()


# source: cucm-overage # assumed: the sentence
NOT_PROVISIONED = "% Nothing can be provisioned: license enforcement is in force"


def _adds(context: Context, feature: str, count: int) -> bool:
    """Would users or devices be added on a CUCM that may not add any?"""
    state = context.device.agent.state
    used = sum(use.count for use in state.usage.values() if use.feature == feature)
    return count > used and not state.legacy.may_provision


AP_REFUSED = "% {refused} of them cannot join: the limit without an acknowledgement is in force"


def access_points(context: Context, args: Args) -> Result:
    """Join numbers on from those joined; leave takes the last joined first."""
    device, count = context.device, int(args["count"])
    joined = tuple(device.access_points)
    if args["change"] == "leave":
        device.leave(tuple(reversed(joined[-count:])), context.now)
        return Reply()
    taken = set(joined)
    free = (
        udi
        for number in range(1, len(joined) + count + 1)
        if (udi := Udi(ACCESS_POINT, f"EMU{number:08d}")) not in taken
    )
    device.join(tuple(udi for udi, _ in zip(free, range(count), strict=False)), context.now)
    refused = len(joined) + count - len(device.access_points)
    return Reply(AP_REFUSED.format(refused=refused) if refused else "")


def member(context: Context, args: Args) -> Result:
    """Let a unit join, leave, fail or be replaced; before the active goes a standby takes over."""
    device, now = context.device, context.now
    units = units_of(device)
    if args["change"] != "add":
        number = int(args["number"])
        if not _change(context, number, args):
            return Reply(f"% Unit {number} cannot {_VERBS[args['change']]}: there are {len(units)}")
        return Reply()
    new = Udi(str(args["model"]), str(args.get("serial", _serial(context, str(args["model"])))))
    if not join(device, new, now):
        return Reply(f"% {new.pid} cannot join this {device.model}")
    return Reply()


def _serial(context: Context, model: str) -> str:
    """The serial number of a unit that joins without one: a second processor has its chassis'."""
    device = context.device
    if device.profile.processors > 1 and model == device.udi.pid:
        return device.udi.sn
    taken = {unit.sn for unit in units_of(device)}
    return next(sn for n in range(1, len(taken) + 2) if (sn := f"FOC00MBR{n:03d}") not in taken)


def install(context: Context, args: Args) -> Result:
    """Put another release on the device; it starts with what is saved."""
    try:
        release = Release.parse(str(args["release"]))
        check_release(context.device.model, release)
    except InputError as error:
        return Reply(f"% {error}")
    context.device.install(release, context.now)
    return Reboot()


def power(context: Context, args: Args) -> Result:
    """A cold start: nobody has time to save anything."""
    return Reboot(POWER_ON)


def console(context: Context, args: Args) -> Result:
    """Go on at the console of the active or of the standby unit."""
    there = go_to(context.session, standby=args["unit"] == "standby")
    return Reply("" if there else "% There is no standby unit")


def factory_trust(context: Context, args: Args) -> Result:
    """Only a lab has a CSSM that could have made the codes."""
    return LabCall("cssm.factory_trust", {"device": context.device.name})


def fault(context: Context, args: Args) -> Result:
    """The message of a fault; it changes nothing else."""
    name = str(args["fault"])
    if name not in FAULTS:
        return Reply(f"% {name} is none of {', '.join(FAULTS)}")
    return Reply(context.device.handle(PlatformFault(name), context.now))


def standing(context: Context, args: Args) -> Result:
    """The file holds what a device has printed; it may be on a server, as one to import."""
    from agent.device.shown import settle_as_shown  # few need it: not at every start

    def arrived(text: str) -> Result:
        try:
            settle_as_shown(context.device, text, context.now)
        except InputError as error:
            return Reply(f"% {error}")
        return Reply("")

    return licence_files.read(context, str(args["file"]), arrived)


_VERBS = {"remove": "leave", "fail": "fail", "replace": "be replaced"}


def _change(context: Context, number: int, args: Args) -> bool:
    device, now = context.device, context.now
    match args["change"]:
        case "remove":
            return leave(device, number, now)
        case "fail":
            return fail(device, number, now)
        case _:
            return replace_unit(device, number, str(args["serial"]), now)


HANDLERS: dict[str, Handler] = {
    "emulator.access_points": access_points,
    "emulator.advance": advance,
    "emulator.clock": clock,
    "emulator.console": console,
    "emulator.factory_trust": factory_trust,
    "emulator.fault": fault,
    "emulator.install": install,
    "emulator.member": member,
    "emulator.power": power,
    "emulator.rate": rate,
    "emulator.standing": standing,
    "emulator.status": status,
    "emulator.usage": usage,
}
