"""`alias exec`: other names for EXEC commands, and the ones every device has.

The first word of a line is replaced where it is an alias; the rest stays as typed.
Source: docs/sources.md, entry terminal-screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from yang.tree import Path, Rows, Tree, get

# source: terminal-screen
BUILT_IN: Mapping[str, str] = MappingProxyType(
    {
        "h": "help",
        "lo": "logout",
        "p": "ping",
        "r": "resume",
        "s": "show",
        "u": "undebug",
        "un": "undebug",
        "w": "where",
    }
)


_EXEC: Path = ("native", "alias", "exec")


def aliases(root: Tree) -> dict[str, str]:
    """All EXEC aliases by name, those of the device first."""
    rows: Rows = get(root, _EXEC, Rows())
    return {**BUILT_IN, **{name: str(row.get("command", "")) for name, row in rows.items()}}


def expanded(root: Tree, line: str) -> str:
    """The line with an alias at its front replaced by what it stands for."""
    word, blank, rest = line.lstrip().partition(" ")
    rows: Rows = get(root, _EXEC, Rows())
    command = rows[word].get("command", "") if word in rows else BUILT_IN.get(word)
    return line if command is None else f"{command}{blank}{rest}"


def listing(root: Tree) -> str:
    """`show aliases`."""
    rows = [f"  {name:<21} {command}" for name, command in aliases(root).items()]
    return "\n".join(["Exec mode aliases:", *rows])
