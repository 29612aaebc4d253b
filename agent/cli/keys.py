"""What typing amounts to: an editor's events, lines typed before, one Enter of many newlines."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineTyped:
    """Enter was pressed."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """`?` was pressed; `text` is what stands left of the cursor. The buffer is kept."""

    text: str


@dataclass(frozen=True, slots=True)
class TabPressed:
    """Tab was pressed; `text` is what stands left of the cursor. The buffer is kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Ctrl-C: the line is abandoned."""


@dataclass(frozen=True, slots=True)
class EndOfMode:
    """Ctrl-Z: leave configuration, after carrying out what is typed."""

    text: str


Event = LineTyped | HelpAsked | TabPressed | Interrupt | EndOfMode


@dataclass(slots=True)
class History:
    """Lines typed before, oldest first; `size` 0 keeps none."""

    size: int = 20
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Keep a line; the same line twice in a row is kept once."""
        if line and (not self.lines or self.lines[-1] != line):
            self.lines.append(line)
        self.resize(self.size)

    def resize(self, size: int) -> None:
        self.size = size
        del self.lines[: max(0, len(self.lines) - size)]


class Newlines:
    """Makes one Enter (CR) of CR, LF, CR LF and CR NUL, whatever the chunks."""

    def __init__(self) -> None:
        self._after_cr = False

    def read(self, data: str) -> str:
        if not data:
            return data
        if self._after_cr and data[0] in "\n\0":
            data = data[1:]
            self._after_cr = False
            if not data:
                return data
        self._after_cr = data[-1] == "\r"
        if "\n" in data or "\0" in data:
            data = data.replace("\r\n", "\r").replace("\r\0", "\r").replace("\n", "\r")
        return data
