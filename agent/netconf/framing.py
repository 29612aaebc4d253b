"""Framing of RFC 6242: end-of-message marks for the hello, chunks once both sides speak 1.1.

`Framer.feed` takes bytes cut anywhere and gives the messages that are whole. What is not framed as
the RFC has it raises FramingError; a session ends there, because nothing after it can be trusted.
Each byte is looked at once: a long message in small pieces costs no more than one in one piece.
"""

from __future__ import annotations

import re

END_OF_MESSAGE = b"]]>]]>"
END_OF_CHUNKS = b"\n##\n"
MAX_CHUNK = 4_294_967_295
_HEADER = re.compile(rb"\n#([1-9][0-9]{0,9})\n")
_LONGEST_HEADER = len(b"\n#4294967295\n")


class FramingError(Exception):
    """Bytes that are no frame, or a message beyond the size cap; the text says which."""


class Framer:
    """Cuts a stream into messages. `chunked` is set once, after the hellos."""

    def __init__(self, max_bytes: int) -> None:
        self.chunked = False
        self._max = max_bytes
        self._buffer = bytearray()
        self._seen = 0  # 1.0: how far the buffer was searched
        self._message = bytearray()  # 1.1: what the chunks so far hold
        self._size = 0  # of them and their headers
        self._left = 0  # 1.1: bytes missing of the chunk under way

    def feed(self, data: bytes) -> None:
        """Take bytes. Nothing is read from them before `next_message`."""
        self._buffer += data

    def next_message(self) -> bytes | None:
        """The next whole message, None where none is whole yet. Raises FramingError."""
        return self._next_chunked() if self.chunked else self._next_marked()

    def _next_marked(self) -> bytes | None:
        at = self._buffer.find(END_OF_MESSAGE, self._seen)
        if at < 0:
            self._seen = max(0, len(self._buffer) - len(END_OF_MESSAGE) + 1)
            self._check(len(self._buffer))
            return None
        self._check(at)
        message = bytes(self._buffer[:at])
        del self._buffer[: at + len(END_OF_MESSAGE)]
        self._seen = 0
        return message

    def _next_chunked(self) -> bytes | None:
        buffer, at = self._buffer, 0
        try:
            while True:
                if self._left:
                    part = buffer[at : at + self._left]
                    if not part:
                        return None
                    at += len(part)
                    self._left -= len(part)
                    self._message += part
                    continue
                header = _HEADER.match(buffer, at)
                if header:
                    at = header.end()
                    self._begin(header)
                    continue
                if not buffer.startswith(END_OF_CHUNKS, at):
                    self._check_begun(bytes(buffer[at : at + _LONGEST_HEADER]))
                    return None
                if not self._size:
                    raise FramingError("a message without chunks")
                at += len(END_OF_CHUNKS)
                message = bytes(self._message)
                self._message, self._size = bytearray(), 0
                return message
        finally:
            del buffer[:at]

    def _begin(self, header: re.Match[bytes]) -> None:
        """A chunk begins. Headers count as well: endless small chunks are no small message."""
        self._left = int(header[1])
        if self._left > MAX_CHUNK:
            raise FramingError("a chunk size beyond 4294967295")
        self._size += self._left + len(header[0])
        self._check(self._size)

    def _check_begun(self, begun: bytes) -> None:
        """What is there may still become a header or the end. Raises FramingError otherwise."""
        if END_OF_CHUNKS.startswith(begun) or re.fullmatch(rb"\n(#([1-9][0-9]{0,9})?)?", begun):
            return
        raise FramingError("no chunk header")

    def _check(self, size: int) -> None:
        if size > self._max:
            raise FramingError("a message beyond the size cap")


def framed(message: bytes, chunked: bool) -> bytes:
    """A message as it goes out."""
    if not chunked:
        return message + END_OF_MESSAGE
    return b"\n#%d\n%b\n##\n" % (len(message), message)
