"""Framing of RFC 6242: any cutting of the stream gives the same messages, garbage ends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.netconf.framing import END_OF_MESSAGE, Framer, FramingError, framed

CAP = 1 << 16
MESSAGES = st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=5)


def read(framer: Framer, pieces) -> list[bytes]:
    found = []
    for piece in pieces:
        framer.feed(piece)
        while (message := framer.next_message()) is not None:
            found.append(message)
    return found


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(stream[at : at + size])
        at += size
    return [*pieces, stream[at:]]


@given(MESSAGES, st.lists(st.integers(1, 40), max_size=60), st.booleans())
def test_any_cutting_gives_the_messages(messages, sizes, chunked):
    if not chunked:
        messages = [m.replace(b"]]>", b"") or b"x" for m in messages]
        messages = [m.rstrip(b"]") or b"x" for m in messages]
    framer = Framer(CAP)
    framer.chunked = chunked
    stream = b"".join(framed(message, chunked) for message in messages)
    assert read(framer, cut(stream, sizes)) == messages


@given(st.binary(min_size=1, max_size=300), st.lists(st.integers(1, 30), max_size=20))
def test_any_chunks_make_one_message(message, sizes):
    framer = Framer(CAP)
    framer.chunked = True
    chunks = [piece for piece in cut(message, sizes) if piece]
    stream = b"".join(b"\n#%d\n%b" % (len(chunk), chunk) for chunk in chunks) + b"\n##\n"
    assert read(framer, [stream[i : i + 1] for i in range(len(stream))]) == [message]


@given(st.binary(max_size=300), st.lists(st.integers(1, 9), max_size=20), st.booleans())
def test_garbage_is_messages_or_a_framing_error(stream, sizes, chunked):
    framer = Framer(64)
    framer.chunked = chunked
    try:
        messages = read(framer, cut(stream, sizes))
    except FramingError:
        return
    assert sum(map(len, messages)) <= len(stream)


@pytest.mark.parametrize(
    "stream",
    [
        b"\n#0\n",
        b"\n#01\nx",
        b"\n#4294967296\n",
        b"\n#99999999999\n",
        b"\n#-1\n",
        b"\n#a\n",
        b"\n#\n",
        b"\n##\n",
        b"x",
        b"\n\n#1\nx",
        b"\r\n#1\nx",
        b"\n#1\nxy",
        b"\n#1\nx\n#\n",
        b"<rpc/>" + END_OF_MESSAGE,
    ],
)
def test_no_chunk_starts_so(stream):
    framer = Framer(CAP)
    framer.chunked = True
    with pytest.raises(FramingError):
        read(framer, [stream])


@pytest.mark.parametrize("begun", [b"", b"\n", b"\n#", b"\n##", b"\n#1", b"\n#429496729"])
def test_what_may_still_become_a_header_is_waited_for(begun):
    framer = Framer(CAP)
    framer.chunked = True
    assert read(framer, [begun]) == []


def test_a_message_beyond_the_cap_is_not_kept():
    endless = Framer(1000)
    with pytest.raises(FramingError, match="size cap"):
        read(endless, [b"x" * 100] * 11)
    chunked = Framer(1000)
    chunked.chunked = True
    with pytest.raises(FramingError, match="size cap"):
        read(chunked, [b"\n#4294967295\n"])
    with pytest.raises(FramingError, match="size cap"):
        many = Framer(1000)
        many.chunked = True
        read(many, [b"\n#100\n" + b"x" * 100] * 11)


def test_endless_small_chunks_come_to_their_end():
    framer = Framer(1000)
    framer.chunked = True
    framer.feed(b"\n#1\nx" * 1000)
    with pytest.raises(FramingError):
        framer.next_message()
