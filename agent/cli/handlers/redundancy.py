"""`redundancy force-switchover`: the standby unit of a stack or pair takes over; `reload slot`.

Source: docs/sources.md, entry ha-role. The session goes on, now with the new active unit.
"""

from __future__ import annotations

from agent.cli.handlers.files import confirms
from agent.cli.reply import Args, Ask, Context, Handler, Reboot, Reply, Result
from agent.device.units import fail, numbers_of, units_of

PROCEED = "Proceed with switchover to standby RP? [confirm]"
# assumed: the sentence without a standby; a capture of a single unit would show it
RELOAD = "Proceed with reload? [confirm]"
# assumed: the sentence for a number without a unit
NO_UNIT = "% Switch {number} does not exist"
NO_STANDBY = "% There is no standby unit to switch over to"


def force_switchover(context: Context, args: Args) -> Result:
    if len(units_of(context.device)) < 2:
        return Reply(NO_STANDBY)

    def answered(key: str) -> Result:
        if confirms(key):
            context.device.switch_over(context.now)
        return Reply()

    return Ask(PROCEED, answered, one_key=True)


def reload_slot(context: Context, args: Args) -> Result:
    """One unit starts again, the others go on. The active one hands over first; alone it cannot."""
    numbers, number = numbers_of(context.device), int(args["slot"])
    if number not in numbers:
        return Reply(NO_UNIT.format(number=number))
    if len(numbers) == 1:
        return Ask(RELOAD, lambda key: Reboot() if confirms(key) else Reply(), one_key=True)

    def answered(key: str) -> Result:
        if confirms(key):
            fail(context.device, number, context.now)
        return Reply()

    return Ask(RELOAD, answered, one_key=True)


HANDLERS: dict[str, Handler] = {
    "redundancy.force_switchover": force_switchover,
    "redundancy.reload_slot": reload_slot,
}
