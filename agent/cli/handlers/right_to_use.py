"""`license right-to-use` and `show license right-to-use`. Source: docs/sources.md, entry rtu."""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.cli.views import right_to_use
from agent.device import config
from agent.engine.events import RightToUseActivated

# assumed: the sentence for a licence that the level in force does not have
NOT_THERE = "% {name} is not part of the license level in use"


def show_summary(context: Context, args: Args) -> Result:
    device = context.device
    next_level, _ = config.levels(device.datastore.running, device.profile)
    held = device.agent.state.right_to_use
    return Reply(right_to_use.summary(device.level, next_level, held, context.now))


def show_usage(context: Context, args: Args) -> Result:
    device, state = context.device, context.device.agent.state
    return Reply(right_to_use.usage(device.level, state.members, state.right_to_use, context.now))


def activate(context: Context, args: Args) -> Result:
    """The right of the add-on in use is another one from now on."""
    device, name = context.device, str(args["name"])
    if name != device.level.partition(" addon ")[2]:
        return Reply(NOT_THERE.format(name=name))
    return Reply(device.handle(RightToUseActivated(str(args["right"])), context.now))


HANDLERS: dict[str, Handler] = {
    "rtu.activate": activate,
    "rtu.show_summary": show_summary,
    "rtu.show_usage": show_usage,
}
