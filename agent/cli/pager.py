"""The pager: long output page by page, ` --More-- ` between the pages.

A page is one line less than the terminal is long. Space gives the next page, Enter one line, `/`,
`+` and `-` read a pattern and go on from it, with or without its lines; any other key stops.
Sources: pager-keys, pager-erase.
"""

from __future__ import annotations

from itertools import chain

from agent.cli.pipes import FILTERS, LINES, Filtered, Pipe
from agent.cli.regexp import Fault, compile_pattern
from yang.slices import Slices

MORE = " --More-- "
ERASE = "\b" * 9 + " " * 8 + "\b" * 9
_SEARCHES = {"/": "begin", "+": "include", "-": "exclude"}


class Pager:
    """Holds the lines not yet shown. `key` is driven by single keys until `done`.

    What they show is made in slices: a pattern may be looked for in many lines.
    """

    def __init__(self, lines: list[str], length: int) -> None:
        """`length`: lines of the terminal; 0 shows all at once."""
        self._left: Filtered = iter(lines)
        self._ahead: list[str] = []  # read from there to see whether anything follows
        self._page = max(1, length - 1) if length else len(lines)
        self._search = ""
        self._typed = ""
        self.done = False

    def start(self) -> Slices[str]:
        """The first page."""
        return self._show("", self._page)

    def key(self, key: str) -> Slices[str]:
        """Take one key while ` --More-- ` stands; gives what to send."""
        if self._search:
            return (yield from self._search_key(key))
        if key == " ":
            return (yield from self._show(ERASE, self._page))
        if key == "\r":
            return (yield from self._show(ERASE, 1))
        if key in _SEARCHES:
            self._search, self._typed = key, ""
            return ERASE + key
        self.done = True
        return ERASE

    def _show(self, head: str, count: int) -> Slices[str]:
        read = 0
        while len(self._ahead) <= count:
            try:
                line = next(self._left)
            except StopIteration:
                break
            if line is not None:
                self._ahead.append(line)
            read += 1
            if not read % LINES:
                yield
        shown, self._ahead = self._ahead[:count], self._ahead[count:]
        text = head + "".join(line + "\r\n" for line in shown)
        self.done = not self._ahead
        return text if self.done else text + MORE

    def _search_key(self, key: str) -> Slices[str]:
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
        return (yield from self._found())

    def _found(self) -> Slices[str]:
        kind, self._search = _SEARCHES[self._search], ""
        pattern = compile_pattern(self._typed)
        if isinstance(pattern, Fault):
            return (yield from self._show("\r\n", 0))
        lines = (line for line in chain(self._ahead, self._left) if line is not None)
        self._ahead, self._left = [], FILTERS[kind](Pipe(kind, pattern), lines)
        return (yield from self._show("\r\n", self._page))
