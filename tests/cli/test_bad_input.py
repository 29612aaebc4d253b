"""Whatever bytes come, in whatever chunks: no traceback, and the session is as it was."""

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.editor import LINE_LIMIT
from tests.cli.sessions import NOW, device, session

BYTES = st.one_of(
    st.binary(max_size=24),
    st.sampled_from(
        [
            b"\x1b", b"\x1b[", b"\x1b[1;", b"\x1bO", b"\x16", b"\r\n", b"\r\x00", b"\n", b"\x00",
            b"\xff\xfd\x18", b"\xc3", b"\xa9", b"\xe2\x82", b"\x7f\x7f\x7f", b"show version | ",
            b"conf t\r", b"\x1a", b"?", b"copy run start\r", b"show running-config\r",
            b"reload\r", b" ", b"q", b"\x03", b"\x0c", b"\x1e",
        ]
    ),
)  # fmt: skip


def at_prompt(opened):
    """Is the session at its prompt after somebody gave up on whatever was going on?"""
    opened.feed("\x03\x03q\x03\x03", NOW)
    return opened.feed("\r", NOW).endswith(opened.prompt)


@settings(max_examples=30, deadline=None)
@given(st.lists(BYTES, max_size=12), st.data())
def test_chunks_make_no_difference_to_a_session(parts, data):
    """All at once, or cut anywhere: the same screen and the same line."""
    keys = b"".join(parts).decode("utf-8", "replace")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(keys)), max_size=6)))
    pieces = [keys[a:b] for a, b in zip([0, *cuts], [*cuts, len(keys)], strict=True)]
    seen = []
    for chunks in ([keys], pieces):
        opened = session(on=device(), width=80, length=24)
        opened.device.log.listeners.clear()
        screen = pyte.Screen(80, 40)
        stream = pyte.Stream(screen)
        for chunk in chunks:
            stream.feed(opened.feed(chunk, NOW))
        seen.append((screen.display, opened._editor.text, opened._editor.cursor, opened.mode))
    assert seen[0] == seen[1]


@settings(max_examples=80, deadline=None)
@given(st.lists(BYTES, max_size=30), st.sampled_from([0, 24]), st.sampled_from([1, 15]))
def test_no_bytes_raise_or_hang_a_session(parts, length, privilege):
    opened = session(on=device(), privilege=privilege, length=length, width=80)
    opened.device.log.listeners.clear()
    for part in parts:
        opened.feed(part.decode("utf-8", "replace"), NOW)
        if opened.call:
            opened.resume("", NOW)
        if opened.closed or opened.reboot:
            return
    assert at_prompt(opened) or opened.closed or opened.reboot


@pytest.mark.parametrize("control", [chr(n) for n in range(32) if chr(n) not in "\r\n\t"])
def test_a_control_character_alone_breaks_no_line(control):
    opened = session(width=80)
    opened.feed("show privi" + control, NOW)
    opened.feed("\x03\r", NOW)
    assert "Current privilege level" in opened.feed("show privilege\r", NOW)


def test_a_nul_between_commands_is_nothing():
    """Clients send one to see whether the connection lives."""
    opened = session()
    assert opened.feed("\0", NOW) == ""
    assert opened.feed("show\0 privilege\r", NOW).startswith("show privilege\r\n")


@pytest.mark.parametrize("size", [LINE_LIMIT, 65_536, 1_000_000])
def test_an_endless_line_is_cut_at_the_limit_and_answered(size):
    opened = session(width=80)
    answer = opened.feed("x" * size + "\r", NOW)
    assert len(answer) < 3 * LINE_LIMIT
    assert answer.endswith("Switch#")
    assert "Current privilege level" in opened.feed("show privilege\r", NOW)


@pytest.mark.parametrize("noise", ["\x1b[" * 40_000, "\x1b" * 65_536, "\x1b[" + "1;" * 30_000])
def test_endless_escape_sequences_end(noise):
    opened = session(width=80)
    opened.feed(noise, NOW)
    opened.feed("\x03\r", NOW)
    assert "Current privilege level" in opened.feed("\rshow privilege\r", NOW)


def test_half_an_escape_sequence_waits_for_the_other():
    opened = session(width=80)
    opened.feed("show privilege", NOW)
    assert opened.feed("\x1b", NOW) == opened.feed("[", NOW) == ""
    assert opened.feed("D", NOW) == "\b"


@pytest.mark.parametrize(
    "line",
    [
        "copy flash:../../../etc/passwd flash:x",
        "more /etc/passwd",
        "more flash:/../../etc/passwd",
        "license smart save usage all file ../../x",
        "license smart import /etc/passwd",
        "show version | redirect ../../x",
        "show version | redirect flash:/a/../../x",
        "configure replace flash:../../x force",
        "delete /force flash:../x",
        "verify /md5 flash:../../etc/passwd",
        "copy running-config flash:..",
    ],
)
def test_paths_that_climb_out_lead_nowhere(line):
    opened = session()
    opened.feed("configure terminal\rfile prompt quiet\rend\r", NOW)
    answer = opened.feed(line + "\r\r\r", NOW)
    assert "root:" not in answer
    assert "%" in answer
    assert not [name for name in opened.device.files.entries if ".." in name or "etc" in name]


def test_a_pasted_configuration_of_many_lines_is_taken_whole():
    opened = session()
    lines = [f"ip host h{n} 10.0.{n // 250}.{n % 250 + 1}" for n in range(400)]
    answer = opened.feed("configure terminal\r" + "\r".join(lines) + "\rend\r", NOW)
    assert "%" not in answer.replace("%SYS-5-CONFIG_I", "")
    shown = opened.feed("show running-config | count ^ip host h\r", NOW)
    assert "Number of lines which match regexp = 400" in shown


@pytest.mark.long
def test_ten_thousand_lines_are_taken_whole():
    opened = session()
    lines = [f"ip host h{n} 10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(10_000)]
    opened.feed("configure terminal\r" + "\r".join(lines) + "\rend\r", NOW)
    shown = opened.feed("show running-config | count ^ip host h\r", NOW)
    assert "Number of lines which match regexp = 10000" in shown
