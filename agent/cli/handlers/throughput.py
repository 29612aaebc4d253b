"""`platform hardware throughput ...` of configuration, and the show commands that tell of it.

Sources: docs/sources.md, entries throughput-levels, throughput-outputs.
"""

from __future__ import annotations

from agent.cli.reply import Args, Change, Context, Handler, Reply, Result
from agent.cli.views import throughput as view
from agent.device import throughput
from yang.tree import Edit


def configure(context: Context, args: Args) -> Result:
    """A level; refused where the platform takes levels at once and this one needs a code."""
    device, known = context.device, context.device.profile.throughput
    if known is None:
        raise LookupError(f"{device.model} has no throughput levels")
    level = known.levels[str(args["level"])]
    if known.refuses and level.export_controlled and not throughput.authorized(device):
        return Reply(known.refuses)
    name: int | str = int(level.name) if level.name.isdigit() else level.name
    edits = (Edit("set", throughput.LEVEL, name),)
    return Change(edits, known.says.format(mbps=level.kbps // 1000))


def show_level(context: Context, args: Args) -> Result:
    return Reply(view.level(view.collect(context.device)))


def show_crypto(context: Context, args: Args) -> Result:
    return Reply(view.crypto(view.collect(context.device)))


HANDLERS: dict[str, Handler] = {
    "configure.throughput": configure,
    "show.throughput_crypto": show_crypto,
    "show.throughput_level": show_level,
}
