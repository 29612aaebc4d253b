"""Lines with `no` that stand for a factory line which was taken away, and when they go again.

`no service timestamps log uptime`, ` no login` and their kin are kept beside what they negate. The
command that sets it again clears them itself; what comes by another door is followed here.
Source: docs/sources.md, entry removed-lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yang.tree import Edit, Entry, Path, Rows, Tree, apply, get

# what is configured: the note that it was taken away
_NOTES: Mapping[Path, Path] = {
    ("native", *path): ("emulator", *path)
    for path in (
        ("service", "call-home"),
        ("service", "timestamps", "debug"),
        ("service", "timestamps", "log"),
        ("diagnostic", "bootup", "level"),
    )
}
_LINES: Path = ("native", "line")


def unsaid(root: Tree, edits: tuple[Edit, ...]) -> Iterator[Edit]:
    """The edits of `root` that take back notes which are no longer true."""
    noted = [(path, note) for path, note in _NOTES.items() if get(root, note) is not None]
    at_lines = any(edit.path[:2] == _LINES for edit in edits)
    if not noted and not at_lines:
        return
    new = apply(root, edits)
    for path, note in noted:
        if get(new, path) is not None and get(new, note) is not None:
            yield Edit("delete", note)
    if at_lines:
        yield from _logins(new)


def _logins(root: Tree) -> Iterator[Edit]:
    """` no login` is said of a virtual terminal, and only where no other login is configured."""
    lines: Tree = get(root, _LINES, Tree())
    for kind, rows in lines.items():
        for number, row in rows.items() if isinstance(rows, Rows) else ():
            if row.get("login-off") and (kind == "console" or row.get("login")):
                yield Edit("delete", (*_LINES, Entry(kind, number), "login-off"))
