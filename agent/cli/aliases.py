"""`alias MODE`: other names for commands of a mode, and the ones every device has in EXEC.

The first word of a line is replaced where it is an alias; the rest stays as typed.
Source: docs/sources.md, entry terminal-screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from yang.tree import Rows, Tree, get

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
# Modes that may have aliases: the command's word, the mode of the grammar, the title of a listing.
# assumed: the titles but the first
_MODES = (
    ("exec", "exec", "Exec mode aliases:"),
    ("configure", "config", "Global configuration mode aliases:"),
    ("interface", "interface", "Interface configuration mode aliases:"),
    ("line", "line", "Line configuration mode aliases:"),
    ("vrf", "vrf", "VRF configuration mode aliases:"),
)
_WORDS = {mode: word for word, mode, _ in _MODES}


def aliases(root: Tree, word: str = "exec") -> dict[str, str]:
    """The aliases of a mode (by the word of `alias`) and what they stand for."""
    rows: Rows = get(root, ("native", "alias", word), Rows())
    own = {name: str(row.get("command", "")) for name, row in rows.items()}
    return {**BUILT_IN, **own} if word == "exec" else own


def expanded(root: Tree, mode: str, line: str) -> str:
    """The line with an alias of the grammar's mode at its front replaced by what it stands for."""
    if mode not in _WORDS:
        return line
    word, blank, rest = line.lstrip().partition(" ")
    command = aliases(root, _WORDS[mode]).get(word)
    return line if command is None else f"{command}{blank}{rest}"


def listing(root: Tree, asked: str = "") -> str:
    """`show aliases [MODE]`: the aliases of one mode, or of every mode that has some."""
    parts = []
    for word, _, title in _MODES:
        found = aliases(root, word) if asked in ("", word) else {}
        if found:
            rows = [f"  {name:<21} {command}" for name, command in found.items()]
            parts.append("\n".join([title, *rows]))
    return "\n\n".join(parts)
