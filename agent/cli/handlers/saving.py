"""What saves the running configuration: `write memory`, and `copy` and `reload` after it.

Where `archive` says `write-memory`, each saving keeps a copy too.
Sources: docs/sources.md, entry config-replace.
"""

from __future__ import annotations

from agent.cli import archive
from agent.cli.handlers.files import SAVED
from agent.cli.reply import Args, Context, Handler, Reply, Result
from yang.tree import get


def save(context: Context) -> None:
    """Make the running configuration the startup configuration, and archive it where wanted."""
    device = context.device
    device.save(context.now, context.session.line.who)
    wanted = get(device.datastore.running, ("native", "archive", "write-memory"), False)
    if wanted and archive.path_of(device):
        archive.save(device, context.now)


def write(context: Context, args: Args) -> Result:
    """`write memory`: no question."""
    save(context)
    return Reply(SAVED)


HANDLERS: dict[str, Handler] = {"saving.write": write}
