"""What saves the running configuration: `write memory`, and `copy` and `reload` after it.

Where `archive` says `write-memory`, each saving keeps a copy too.
Sources: docs/sources.md, entry config-replace.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli import archive
from agent.cli.handlers.files import SAVED
from agent.cli.reply import Args, Context, Handler, Later, Reply, Result
from agent.cli.running_config import running_in_slices
from yang.tree import get


def save(context: Context, then: Callable[[], Result]) -> Result:
    """Make the running configuration the startup configuration; archive it where wanted."""
    device = context.device
    device.save(context.now, context.session.line.who)
    wanted = get(device.datastore.running, ("native", "archive", "write-memory"), False)
    if not wanted or not archive.path_of(device):
        return then()

    def printed(text: str) -> Result:
        archive.keep(device, text, context.now)
        return then()

    return Later(running_in_slices(device), printed)


def write(context: Context, args: Args) -> Result:
    """`write memory`: no question."""
    return save(context, lambda: Reply(SAVED))


HANDLERS: dict[str, Handler] = {"saving.write": write}
