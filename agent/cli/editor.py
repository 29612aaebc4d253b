"""The line editor: keys in, echo and events out. It knows prompts and text, not commands.

The editor holds the buffer and what the terminal shows of it (`shown`, the cursor at `column`).
Keys change the buffer only; `_sync` then sends the difference, so that the terminal always shows
prompt + window of the buffer, whatever bytes came in whatever chunks. Only printable characters,
backspaces and blanks are sent: that works on every terminal.

A line longer than the terminal scrolls sideways, `$` marks what is cut off. Width 0 never scrolls.
Keys: docs/sources.md, entry editing-keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.cli.keys import EndOfMode, Event, HelpAsked, History, Interrupt, LineTyped, TabPressed

# assumed: a typed line holds this much; a capture of an overlong paste would show the limit.
LINE_LIMIT = 4096
KILL_RING = 10
_ESCAPE_LIMIT = 32

# Characters of one column: Latin, Greek and Cyrillic. `?` is a key of its own.
_ONE_COLUMN = " -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u052f"
_RUN = re.compile(f"(?:(?!\\?)[{_ONE_COLUMN}])+")
_TYPED = re.compile(f"[{_ONE_COLUMN}]")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*(?P<final>[@-~])|O(?P<ss3>[ -~])|(?P<alt>[^\[O]))")
_ESCAPE_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?")


class Editor:
    """One line at a time. Driven by `begin` (a prompt), `feed` (keys) and `interrupted` (a log)."""

    def __init__(self, width: int = 80) -> None:
        self.width = width
        self.text = ""
        self.cursor = 0
        self.prompt = ""
        self.shown = ""  # what stands on the terminal behind the prompt
        self.column = 0  # where the terminal's cursor stands in `shown`
        self._base = 0
        self._scroll = 0
        self._visible_from = 0  # after a log line, what was typed before it is not shown again
        self._secret = False
        self._plain = False
        self._history = History(0)
        self._place = 0
        self._kept = ""
        self._kills: list[str] = []
        self._yanked: tuple[int, int] | None = None
        self._pending = ""  # a begun escape sequence or Ctrl-V
        self._bell = False
        self._bare = False

    @property
    def fresh(self) -> bool:
        """Does the cursor stand at the start of an empty row?"""
        return self._bare and not self.shown

    def begin(
        self,
        prompt: str,
        history: History | None = None,
        *,
        secret: bool = False,
        plain: bool = False,
    ) -> str:
        """Start a line behind `prompt`; returns what to send.

        `secret` echoes nothing; `plain` takes `?` and Tab as ordinary input, as questions do.
        """
        self.prompt = prompt
        self._base = self._base_column(prompt)
        self._secret, self._plain = secret, plain
        self._history = history if history is not None else History(0)
        self._reset()
        return prompt

    def feed(self, data: str) -> tuple[str, Event | None, str]:
        """Take keys up to the first event. Returns the echo, the event or None, the keys left."""
        if self._pending:
            data, self._pending = self._pending + data, ""
        echo = ""
        at = 0
        end = len(data)
        while at < end:
            if run := _RUN.match(data, at):
                self._insert(run.group())
                at = run.end()
                continue
            key = data[at]
            if key == "\x1b":
                taken = self._escape(data, at)
                if not taken:
                    self._pending = data[at:]
                    break
                at += taken
                continue
            if key == "\x16":
                if at + 1 == end:
                    self._pending = key
                    break
                if _TYPED.match(data, at + 1):
                    self._insert(data[at + 1])
                    at += 1
                at += 1
                continue
            at += 1
            if key in _FINISHING or (key in "?\t" and not self._plain):
                more, event = self._finish(key)
                return echo + more, event, data[at:]
            if key in "\x0c\x12":
                echo += self._sync() + "\r\n" + self.redraw()
            elif key == "?":
                self._insert(key)
            elif action := _KEYS.get(key):
                action(self)
        return echo + self._sync(), None, ""

    def redraw(self) -> str:
        """Prompt and buffer again, on a fresh line."""
        self.shown, self.column, self._visible_from = "", 0, 0
        self._bare = False
        self._base = self._base_column(self.prompt)
        return self.prompt + self._sync()

    def interrupted(self) -> str:
        """A log line was printed over this one: the cursor stands on an empty row, no prompt.

        Returns what to send: the part of the line right of the cursor.
        """
        self.shown, self.column, self._base = "", 0, 0
        self._bare = True
        self._visible_from = self.cursor
        self._scroll = 0
        return self._sync()

    def replace_left(self, left: str) -> None:
        """Put `left` in place of what stands left of the cursor (completion)."""
        self.text = left + self.text[self.cursor :]
        self.cursor = len(left)

    # -- what the terminal shows

    def _base_column(self, prompt: str) -> int:
        column = len(prompt) - (prompt.rfind("\n") + 1)
        return column % self.width if self.width else column

    def window(self) -> tuple[str, int]:
        """The part of the buffer the terminal should show, and the cursor's place in it."""
        if self._secret:
            return "", 0
        if self.cursor < self._visible_from:
            self._visible_from = 0
        text = self.text[self._visible_from :] if self._visible_from else self.text
        cursor = self.cursor - self._visible_from
        room = self.width - 1 - self._base
        if not self.width or len(text) <= room:
            self._scroll = 0
            return text, cursor
        if room < 1:
            return "", 0
        if self._scroll and cursor <= self._scroll:
            self._scroll = max(0, cursor - room // 2)
        last = room if cursor == len(text) else max(0, room - 2)
        if cursor - self._scroll > last:
            self._scroll = cursor - room // 2
        view = text[self._scroll : self._scroll + room]
        if self._scroll:
            view = "$" + view[1:]
        if self._scroll + room < len(text):
            view = view[:-1] + "$"
        return view, cursor - self._scroll

    def _sync(self) -> str:
        wanted, column = self.window()
        bell, self._bell = "\a" if self._bell else "", False
        shown, at = self.shown, self.column
        if wanted == shown and column == at:
            return bell
        self.shown, self.column = wanted, column
        if at == len(shown) and column == len(wanted) and wanted.startswith(shown):
            return wanted[at:] + bell
        same = 0
        if wanted == shown:
            same = len(wanted)
        else:
            for old, new in zip(shown, wanted, strict=False):
                if old != new:
                    break
                same += 1
        parts = [bell]
        if wanted != shown:
            parts.append("\b" * (at - same) if same <= at else shown[at:same])
            gone = max(0, len(shown) - len(wanted))
            parts.append(wanted[same:] + " " * gone)
            at = len(wanted) + gone
        parts.append("\b" * (at - column) if column <= at else wanted[at:column])
        return "".join(parts)

    def _reset(self) -> None:
        self.text, self.cursor = "", 0
        self.shown, self.column = "", 0
        self._scroll = self._visible_from = 0
        self._place = len(self._history.lines)
        self._kept = ""
        self._yanked = None
        self._bare = False

    # -- events

    def _finish(self, key: str) -> tuple[str, Event]:
        if key in "?\t":
            typed = self.text[: self.cursor]
            echo = self._sync()
            if key == "?":
                return echo + "?\r\n", HelpAsked(typed)
            return echo, TabPressed(typed)
        text = self.text
        if key == "\x03":
            echo = self._sync() + "^C\r\n"
            self._reset()
            return echo, Interrupt()
        echo = self._sync()
        if key == "\x1a":
            echo += "^Z"
        if not self._secret:
            self._history.add(text.strip())
        self._reset()
        return echo + "\r\n", EndOfMode(text) if key == "\x1a" else LineTyped(text)

    # -- keys

    def _escape(self, data: str, at: int) -> int:
        """Carry out the escape sequence at `at`; the characters taken, 0 where it is not whole."""
        found = _ESCAPE.match(data, at)
        if not found:
            begun = _ESCAPE_BEGUN.match(data, at)
            length = begun.end() - at if begun else 1
            # a control character or an endless sequence ends it: drop the sequence, keep the rest
            if at + length < len(data) or length > _ESCAPE_LIMIT:
                return length
            return 0
        if found["alt"] and not found["alt"].isprintable():
            return 1
        name = found.group()[1:]
        if found["ss3"]:
            name = "[" + found["ss3"]
        if action := _SEQUENCES.get(name if name[0] == "[" else name.lower()):
            action(self)
        return found.end() - at

    def _insert(self, run: str) -> None:
        room = LINE_LIMIT - len(self.text)
        if len(run) > room:
            run, self._bell = run[:room], True
        if self.cursor == len(self.text):
            self.text += run
        else:
            self.text = self.text[: self.cursor] + run + self.text[self.cursor :]
        self.cursor += len(run)
        self._yanked = None

    def _cut(self, start: int, end: int) -> None:
        """Delete a span into the kill ring."""
        if start < end:
            self._kills.append(self.text[start:end])
            del self._kills[:-KILL_RING]
        self._delete(start, end)

    def _delete(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start
        self._yanked = None

    def _word_left(self) -> int:
        at = self.cursor
        while at and not self.text[at - 1].isalnum():
            at -= 1
        while at and self.text[at - 1].isalnum():
            at -= 1
        return at

    def _word_right(self) -> int:
        at, end = self.cursor, len(self.text)
        while at < end and not self.text[at].isalnum():
            at += 1
        while at < end and self.text[at].isalnum():
            at += 1
        return at

    def _move(self, cursor: int) -> None:
        self.cursor = max(0, min(cursor, len(self.text)))
        self._yanked = None

    def _back_space(self) -> None:
        self._delete(max(0, self.cursor - 1), self.cursor)

    def _delete_here(self) -> None:
        self._delete(self.cursor, self.cursor + 1)

    def _word_rubout(self) -> None:
        at = self.cursor
        while at and self.text[at - 1] == " ":
            at -= 1
        while at and self.text[at - 1] != " ":
            at -= 1
        self._cut(at, self.cursor)

    def _swap(self) -> None:
        at = min(self.cursor, len(self.text) - 1)
        if at < 1:
            return
        self.text = self.text[: at - 1] + self.text[at] + self.text[at - 1] + self.text[at + 1 :]
        self._move(at + 1)

    def _yank(self) -> None:
        if self._kills:
            start = self.cursor
            self._insert(self._kills[-1])
            self._yanked = (start, self.cursor)

    def _yank_older(self) -> None:
        """Esc-Y after Ctrl-Y: put the kill before it in its place."""
        if self._yanked is None:
            return
        start, end = self._yanked
        self._kills.insert(0, self._kills.pop())
        self._delete(start, end)
        self._yank()

    def _recall(self, step: int) -> None:
        lines = self._history.lines
        place = self._place + step
        if not 0 <= place <= len(lines):
            self._bell = True
            return
        if self._place == len(lines):
            self._kept = self.text
        self._place = place
        self.text = lines[place] if place < len(lines) else self._kept
        self._visible_from = 0
        self._move(len(self.text))


Action = Callable[[Editor], None]
_FINISHING = "\r\x03\x1a"

_KEYS: dict[str, Action] = {
    "\x01": lambda e: e._move(0),  # Ctrl-A
    "\x02": lambda e: e._move(e.cursor - 1),  # Ctrl-B
    "\x04": Editor._delete_here,  # Ctrl-D
    "\x05": lambda e: e._move(len(e.text)),  # Ctrl-E
    "\x06": lambda e: e._move(e.cursor + 1),  # Ctrl-F
    "\x08": Editor._back_space,  # Ctrl-H
    "\x0b": lambda e: e._cut(e.cursor, len(e.text)),  # Ctrl-K
    "\x0e": lambda e: e._recall(1),  # Ctrl-N
    "\x10": lambda e: e._recall(-1),  # Ctrl-P
    "\x14": Editor._swap,  # Ctrl-T
    "\x15": lambda e: e._cut(0, e.cursor),  # Ctrl-U
    "\x17": Editor._word_rubout,  # Ctrl-W
    "\x18": lambda e: e._cut(0, e.cursor),  # Ctrl-X
    "\x19": Editor._yank,  # Ctrl-Y
    "\x7f": Editor._back_space,  # Backspace
}

_SEQUENCES: dict[str, Action] = {
    "[A": lambda e: e._recall(-1),
    "[B": lambda e: e._recall(1),
    "[C": lambda e: e._move(e.cursor + 1),
    "[D": lambda e: e._move(e.cursor - 1),
    "[H": lambda e: e._move(0),
    "[F": lambda e: e._move(len(e.text)),
    "[1~": lambda e: e._move(0),
    "[7~": lambda e: e._move(0),
    "[4~": lambda e: e._move(len(e.text)),
    "[8~": lambda e: e._move(len(e.text)),
    "[3~": Editor._delete_here,
    "b": lambda e: e._move(e._word_left()),
    "f": lambda e: e._move(e._word_right()),
    "d": lambda e: e._cut(e.cursor, e._word_right()),
    "y": Editor._yank_older,
}
