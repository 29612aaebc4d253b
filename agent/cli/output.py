"""How the text of a Reply reaches the terminal: through its pipe, page by page, piece by piece.

A long text is read and printed in slices, so that other sessions have their turn in between. A
piece ends where a line ends; the terminal prints the next one once there is room for it.
"""

from __future__ import annotations

from agent.cli.pager import Pager
from agent.cli.pipes import WRITERS, Pipe
from agent.cli.reply import Later, Page, Reply, Rest, Result
from yang.slices import Slices

PIECE = 16_384  # characters that are printed before others have their turn


class Output:
    """What a session has to print with: the pipe of the command, the pager while it stands."""

    def __init__(self) -> None:
        self.pipe: Pipe | None = None
        self.pager: Pager | None = None

    def writer(self) -> Pipe | None:
        """The pipe where it writes the text somewhere; it is taken."""
        if self.pipe is None or self.pipe.kind not in WRITERS:
            return None
        pipe, self.pipe = self.pipe, None
        return pipe

    def reply(self, text: str, length: int) -> Result:
        """What becomes of a Reply on a terminal of so many lines."""
        if self.pipe is not None:
            pipe, self.pipe = self.pipe, None
            return Later(_piped(pipe, text))
        if not text:
            return Page("")
        if not length or text.count("\n") < length - 1:
            return Rest(f"{text}\n", 0)
        return Later(self._paging(text, length))

    def give_up(self) -> None:
        """Nothing more of it is to be printed."""
        self.pipe = self.pager = None

    def _paging(self, text: str, length: int) -> Slices[Result]:
        self.pager = Pager(text.split("\n"), length)
        return (yield from self._turned(self.pager.start()))

    def key(self, key: str) -> Slices[Result]:
        """What a key at ` --More-- ` shows."""
        assert self.pager
        return (yield from self._turned(self.pager.key(key)))

    def _turned(self, work: Slices[str]) -> Slices[Result]:
        text = yield from work
        if self.pager and self.pager.done:
            self.pager = None
        return Page(text)


def _piped(pipe: Pipe, text: str) -> Slices[Result]:
    return Reply((yield from pipe.applying(text)))


def piece(rest: Rest, size: int) -> tuple[str, Rest | None]:
    """What to print next, about so many characters, and what is left then."""
    text, at = rest.text, rest.at
    end = text.rfind("\n", at, at + size) + 1 or at + size  # in the middle of an endless line
    left = Rest(text, end) if end < len(text) else None
    return text[at:end].replace("\n", "\r\n"), left
