"""The console of the standby unit: it shows, and refuses what only the active unit does.

Source: docs/sources.md, entry standby-console.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.cli.reply import Reply

if TYPE_CHECKING:
    from agent.cli.session import CliSession

# assumed: the sentence behind return code 52, and that configuration is refused with it too
REFUSED = "% The command is not allowed on the standby unit"
_OF_THE_ACTIVE = (
    "license.",
    "terminal.configure",
    "configure.",
    "redundancy.",
    "files.",
    "copy.",
    "system.reload",
)


def refusal(session: CliSession, handler: str) -> Reply | None:
    """The answer to a command that the standby unit does not carry out."""
    if session.line.standby and handler.startswith(_OF_THE_ACTIVE):
        return Reply(REFUSED)
    return None


def go_to(session: CliSession, *, standby: bool) -> bool:
    """Put the session on the other unit's console; False where there is no standby."""
    if standby and len(session.device.agent.state.members) < 2:
        return False
    session.line = replace(session.line, standby=standby)
    return True
