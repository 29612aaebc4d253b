"""`interface range`: several interfaces configured at once.

`gi1/0/1 - 4 , te1/1/1` names them; each line typed afterwards changes all of them. Physical ones
must be there, virtual ones come into being. Source: docs/sources.md, entry interface-range.
"""

from __future__ import annotations

import re

from agent.cli.reply import Args, Change, Context, Handler, Reply, Result, Wrong
from agent.device.config_edits import Editor, interface, no_interface
from cli_grammar import InterfaceName, interface_name
from yang.tree import Edit, Entry, Path

_LAST_NUMBER = re.compile(r"(.*?)(\d+)")
LONGEST = 128  # assumed: interfaces in one range


def interface_range(context: Context, args: Args) -> Result:
    """Read the names, see that they are there, go into their mode."""
    found = _changed(context, args, interface)
    if isinstance(found, Wrong | Reply):
        return found
    paths, edits = found
    context.session.enter_range(paths)
    return Change(edits)


def no_interface_range(context: Context, args: Args) -> Result:
    """`default interface range`: each is as without a configuration; `no`: virtual ones go."""
    found = _changed(context, args, no_interface)
    return found if isinstance(found, Wrong | Reply) else Change(found[1])


def _changed(
    context: Context, args: Args, editor: Editor
) -> tuple[tuple[Path, ...], tuple[Edit, ...]] | Wrong | Reply:
    """The paths of all interfaces named, and what the editor does to each."""
    paths: list[Path] = []
    edits: list[Edit] = []
    root = context.device.datastore.running
    for part in str(args["ranges"]).split(","):
        found = _names(part)
        if not found:
            return Wrong(part.strip())
        for name in found:
            changes = editor(root, {**args, "if": name}, lambda: context.session.line.name)
            if isinstance(changes, str):
                return Reply(changes)
            if not isinstance(changes, tuple):
                return Wrong(part.strip())
            edits += changes
            paths.append(("native", "interface", Entry(name.type, name.number)))
    return tuple(paths), tuple(edits)


def _names(part: str) -> list[InterfaceName]:
    """The interfaces of `gi1/0/1 - 4`; empty where that is none."""
    first, dash, last = part.partition(" - " if " - " in part else "-")
    if "-channel" in part.lower() and " - " not in part:
        first, dash, last = part, "", ""
    name = interface_name(first.strip())
    if name is None:
        return []
    if not dash:
        return [name]
    found = _LAST_NUMBER.fullmatch(name.number)
    wanted = last.strip()
    if not found or not wanted.isdigit() or not 0 <= int(wanted) - int(found[2]) < LONGEST:
        return []
    return [
        InterfaceName(name.type, f"{found[1]}{number}")
        for number in range(int(found[2]), int(wanted) + 1)
    ]


HANDLERS: dict[str, Handler] = {
    "configure.interface_range": interface_range,
    "configure.no_interface_range": no_interface_range,
}
