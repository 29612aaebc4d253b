"""`debug license ...`, `undebug`, `no debug`, `show debugging`: what they switch is the device's.

Sources: docs/sources.md, entry debug-license; words and lines are in agent/device/debugs.toml.
"""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.device import debugging


def debug(context: Context, args: Args) -> Result:
    """Switch on; args: what."""
    what = str(args["what"])
    device = context.device
    device.set_debugging(device.debugging.union(debugging.meant(what)), context.now)
    return Reply(debugging.said(what, on=True))


def undebug(context: Context, args: Args) -> Result:
    """Switch off; args: what."""
    what = str(args["what"])
    device = context.device
    device.set_debugging(device.debugging.difference(debugging.meant(what)), context.now)
    return Reply(debugging.said(what, on=False))


def show_debugging(context: Context, args: Args) -> Result:
    """What is on."""
    return Reply(debugging.shown(context.device.debugging))


HANDLERS: dict[str, Handler] = {
    "debug.off": undebug,
    "debug.on": debug,
    "show.debugging": show_debugging,
}
