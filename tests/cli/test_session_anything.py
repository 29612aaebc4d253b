"""Sessions: any keys in any order neither raise nor lose prompt and line."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.sessions import NOW, device, session

WORDS = st.sampled_from(
    "show version clock license all conf t end exit interface gi1/0/1 no default do hostname "
    "enable disable terminal length 24 0 | include count ( * ? \t \x03 \x1a \x1b[A q y yes n "
    "reload copy write erase running-config startup-config ip domain lookup line vty monitor "
    "emulator usage network-advantage 5 description logging synchronous username secret x".split(
        " "
    )
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(WORDS, st.just("\r"), st.text(max_size=8)), max_size=40),
    st.integers(0, 30),
    st.sampled_from([1, 15]),
)
def test_no_input_raises_and_the_session_comes_back(keys, length, privilege):
    opened = session(privilege=privilege, length=length, width=80, on=SHARED)
    for key in keys:
        if opened.closed or opened.reboot:
            break
        opened.feed(key + (" " if key.isalnum() else ""), NOW)
        if opened.call:
            opened.resume("", NOW)
    SHARED.log.listeners.clear()
    if not (opened.closed or opened.reboot):
        opened.feed("q\x03\x03\rq\x03\r", NOW)
        assert opened.closed or opened.reboot or opened.mode == "exec"


KEYS = st.one_of(
    st.sampled_from(
        ["\r", "?", "\t", "\x1b[A", "\x1b[D", "\x1bb", "\x01", "\x0b", "\x17", "\x12", "\x03"]
    ),
    st.sampled_from(["show priv", "ilege", "conf t", "hostname Core-A", "foo ", "a" * 50, "do "]),
    st.just(None),  # the device logs something
)


@settings(max_examples=150, deadline=None)
@given(st.lists(KEYS, max_size=25), st.booleans())
def test_the_terminal_shows_prompt_and_line_at_all_times(keys, synchronous):
    opened = session(width=60)
    screen = pyte.Screen(60, 30)
    stream = pyte.Stream(screen)
    opened.device.log.listeners.clear()
    if synchronous:
        opened.feed("conf t\rline console 0\rlogging synchronous\rend\r", NOW)
    stream.feed(opened.feed("\r", NOW))
    for key in keys:
        text = opened.log_line("%SYS-5-X: y", NOW) if key is None else opened.feed(key, NOW)
        stream.feed(text)
        if opened._question:  # its text stands where the prompt would
            continue
        editor = opened._editor
        head = "" if editor._bare else opened.prompt
        view, column = editor.window()
        assert screen.display[screen.cursor.y].rstrip() == (head + view).rstrip()
        assert screen.cursor.x == len(head) + column


SHARED = device()
