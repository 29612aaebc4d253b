"""`redundancy force-switchover`: the standby unit of a stack or pair takes over.

Source: docs/sources.md, entry ha-role. The session goes on, now with the new active unit.
"""

from __future__ import annotations

from agent.cli.handlers.files import confirms
from agent.cli.reply import Args, Ask, Context, Handler, Reply, Result
from agent.device.units import units_of

PROCEED = "Proceed with switchover to standby RP? [confirm]"
# assumed: the sentence without a standby; a capture of a single unit would show it
NO_STANDBY = "% There is no standby unit to switch over to"


def force_switchover(context: Context, args: Args) -> Result:
    if len(units_of(context.device)) < 2:
        return Reply(NO_STANDBY)

    def answered(key: str) -> Result:
        if confirms(key):
            context.device.switch_over(context.now)
        return Reply()

    return Ask(PROCEED, answered, one_key=True)


HANDLERS: dict[str, Handler] = {"redundancy.force_switchover": force_switchover}
