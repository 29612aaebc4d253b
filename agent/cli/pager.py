"""The pager: long output page by page, ` --More-- ` between the pages.

A page is one line less than the terminal is long. Space gives the next page, Enter one line, `/`,
`+` and `-` read a pattern and go on from it, with or without its lines; any other key stops.
Sources: pager-keys, pager-erase.
"""

from __future__ import annotations

from agent.cli.pipes import FILTERS, Pipe
from agent.cli.regexp import Fault, compile_pattern

MORE = " --More-- "
ERASE = "\b" * 9 + " " * 8 + "\b" * 9
_SEARCHES = {"/": "begin", "+": "include", "-": "exclude"}


class Pager:
    """Holds the lines not yet shown. `key` is driven by single keys until `done`."""

    def __init__(self, lines: list[str], length: int) -> None:
        """`length`: lines of the terminal; 0 shows all at once."""
        self._left = lines
        self._page = max(1, length - 1) if length else 0
        self._search = ""
        self._typed = ""
        self.done = False

    def start(self) -> str:
        """The first page."""
        return self._show(self._page or len(self._left))

    def key(self, key: str) -> str:
        """Take one key while ` --More-- ` stands; returns what to send."""
        if self._search:
            return self._search_key(key)
        if key == " ":
            return ERASE + self._show(self._page)
        if key == "\r":
            return ERASE + self._show(1)
        if key in _SEARCHES:
            self._search, self._typed = key, ""
            return ERASE + key
        self.done = True
        return ERASE

    def _show(self, count: int) -> str:
        shown, self._left = self._left[:count], self._left[count:]
        text = "".join(line + "\r\n" for line in shown)
        self.done = not self._left
        return text if self.done else text + MORE

    def _search_key(self, key: str) -> str:
        if key == "\x03":
            self.done = True
            return "\r\n"
        if key in "\b\x7f":
            if not self._typed:
                return ""
            self._typed = self._typed[:-1]
            return "\b \b"
        if key != "\r":
            if not key.isprintable():
                return ""
            self._typed += key
            return key
        return "\r\n" + self._found()

    def _found(self) -> str:
        kind, self._search = _SEARCHES[self._search], ""
        pattern = compile_pattern(self._typed)
        if isinstance(pattern, Fault):
            return self._show(0)
        found = FILTERS[kind](Pipe(kind, pattern), self._left)
        self._left = found
        return self._show(self._page)
