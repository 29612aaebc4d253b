"""The line editor, judged by an independent terminal (pyte)."""

import pyte
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.cli.editor import KILL_RING, LINE_LIMIT, Editor
from agent.cli.keys import EndOfMode, HelpAsked, History, Interrupt, LineTyped, Newlines, TabPressed

PROMPT = "Switch(config)#"


class Screen:
    """A terminal that shows what the editor sends."""

    def __init__(self, width=80):
        self.screen = pyte.Screen(width, 12)
        self.stream = pyte.Stream(self.screen)

    def show(self, text):
        self.stream.feed(text)
        return self

    @property
    def row(self):
        return self.screen.display[self.screen.cursor.y].rstrip()

    @property
    def column(self):
        return self.screen.cursor.x


def typed(keys, history=None, width=80):
    """Editor and screen after these keys; events are collected, each line starts anew."""
    editor, screen, events = Editor(width), Screen(width), []
    screen.show(editor.begin(PROMPT, history))
    while keys:
        echo, event, keys = editor.feed(keys)
        screen.show(echo)
        if event is not None:
            events.append(event)
            if isinstance(event, LineTyped | EndOfMode | Interrupt):
                screen.show(editor.begin(PROMPT, history))
            elif isinstance(event, HelpAsked):
                screen.show(editor.redraw())
    return editor, screen, events


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        ("show", "show", 4),
        ("show\x01x", "xshow", 1),
        ("show\x01\x05x", "showx", 5),
        ("abc\x02\x02X", "aXbc", 2),
        ("abc\x01\x06X", "aXbc", 2),
        ("abc\x01\x04", "bc", 0),
        ("abc\x02\x08", "ac", 1),
        ("abc\x7f", "ab", 2),
        ("one two\x1bb\x0b", "one ", 4),
        ("one two\x15", "", 0),
        ("one two\x18", "", 0),
        ("one two\x17", "one ", 4),
        ("ip http://a/b\x17", "ip ", 3),
        ("one two\x17\x19\x19", "one twotwo", 10),
        ("a b\x17\x17\x19", "a ", 2),
        ("one two\x17\x17\x19\x1by", "two", 3),
        ("abc\x14", "acb", 3),
        ("abc\x01\x06\x14", "bac", 2),
        ("a\x14", "a", 1),
        ("one two\x01\x1bf", "one two", 3),
        ("one two\x01\x1bd", " two", 0),
        ("one two\x01\x1bD", " two", 0),
        ("ab\x1b[D\x1b[Dx", "xab", 1),
        ("ab\x1bOD\x1bODx\x1bOC", "xab", 2),
        ("ab\x1b[Hx\x1b[Fy", "xaby", 4),
        ("ab\x1b[1~x\x1b[4~y\x1b[D\x1b[3~", "xab", 3),
        ("a\x16?b", "a?b", 3),
        ("a\x1eb", "ab", 2),
        ("a\x1b[99;99Xb", "ab", 2),
        ("a\x1b\x7fb", "b", 1),
    ],
)
def test_keys_edit_the_line(keys, text, cursor):
    editor, screen, events = typed(keys)
    assert (editor.text, editor.cursor, events) == (text, cursor, [])
    assert screen.row == (PROMPT + text).rstrip()
    assert screen.column == len(PROMPT) + cursor


def test_an_escape_sequence_may_arrive_in_pieces():
    editor, screen, _ = typed("ab")
    for piece in ("\x1b", "[", "D", "\x16", "?"):
        screen.show(editor.feed(piece)[0])
    assert editor.text == "a?b"
    assert screen.row == PROMPT + "a?b"


def test_enter_gives_the_line_and_leaves_the_rest():
    editor = Editor()
    editor.begin(PROMPT)
    echo, event, rest = editor.feed("show version\rshow clock\r")
    assert (echo, event, rest) == ("show version\r\n", LineTyped("show version"), "show clock\r")


@pytest.mark.parametrize("newline", ["\r", "\n", "\r\n", "\r\0"])
@pytest.mark.parametrize("cut", range(1, 9))
def test_each_newline_is_one_enter_in_any_chunks(newline, cut):
    keys = f"abc{newline}def{newline}"
    newlines = Newlines()
    read = newlines.read(keys[:cut]) + newlines.read(keys[cut:])
    assert read == "abc\rdef\r"


def test_question_mark_asks_at_once_and_stays_out_of_the_line():
    editor, screen, events = typed("show ?")
    assert events == [HelpAsked("show ")]
    assert editor.text == "show "
    assert screen.row == PROMPT + "show"
    assert screen.column == len(PROMPT) + 5


def test_help_and_tab_mean_what_stands_left_of_the_cursor():
    _, _, events = typed("show ver\x1b[D\x1b[D?\t")
    assert events == [HelpAsked("show v"), TabPressed("show v")]


def test_completion_keeps_what_stands_right_of_the_cursor():
    editor, screen, _ = typed("sho ver\x01\x06\x06\x06\t")
    editor.replace_left("show")
    screen.show(editor.feed("")[0])
    assert editor.text == "show ver"
    assert screen.row == PROMPT + "show ver"


def test_ctrl_c_and_ctrl_z_end_the_line():
    _, _, events = typed("abc\x03host X\x1a")
    assert events == [Interrupt(), EndOfMode("host X")]


def test_secret_input_is_not_shown_nor_kept():
    history = History()
    editor = Editor()
    editor.begin("Password: ", history, secret=True)
    echo, event, _ = editor.feed("cisco\x7fO\r")
    assert (echo, event, history.lines) == ("\r\n", LineTyped("ciscO"), [])


def test_questions_take_help_keys_as_text():
    editor = Editor()
    editor.begin("Destination filename [startup-config]? ", plain=True)
    assert editor.feed("a?\r")[1] == LineTyped("a?")


def test_history_walks_both_ways_and_keeps_the_begun_line():
    history = History()
    editor, screen, _ = typed("one\rtwo\rtwo\rnew\x1b[A\x1b[A", history)
    assert history.lines == ["one", "two"]
    assert screen.row == PROMPT + "one"
    screen.show(editor.feed("\x0e\x0e")[0])
    assert screen.row == PROMPT + "new"
    assert editor.feed("\x0e")[0] == "\a"


def test_history_keeps_its_size():
    history = History(size=2)
    typed("a\rb\rc\r", history)
    assert history.lines == ["b", "c"]
    history.resize(0)
    typed("d\r", history)
    assert history.lines == []


def test_redraw_keys_show_the_line_again():
    for key in "\x0c\x12":
        _, screen, _ = typed("show ver" + key)
        assert screen.row == PROMPT + "show ver"
        assert screen.screen.display[0].rstrip() == PROMPT + "show ver"


def test_a_long_line_scrolls_and_marks_what_is_cut_off():
    editor, screen, _ = typed("a" * 30 + "b" * 60, width=40)
    assert screen.row.startswith(PROMPT + "$")
    assert screen.row.endswith("b")
    assert len(editor.text) == 90
    screen.show(editor.feed("\x01")[0])
    assert screen.row == PROMPT + "a" * 23 + "$"
    assert screen.column == len(PROMPT)


def test_after_a_log_line_typing_goes_on_without_prompt():
    editor, screen, _ = typed("show ver")
    screen.show("\r\n*Oct  6 13:50:40.962: %SYS-5-CONFIG_I: Configured\r\n")
    screen.show(editor.interrupted())
    screen.show(editor.feed("sion")[0])
    assert screen.row == "sion"
    assert editor.feed("\r")[1] == LineTyped("show version")


def test_a_line_beyond_the_limit_rings_the_bell():
    editor = Editor(0)
    editor.begin(PROMPT)
    echo, _, _ = editor.feed("x" * (LINE_LIMIT + 1))
    assert echo == "x" * LINE_LIMIT + "\a"


def test_the_kill_ring_is_bounded():
    editor, _, _ = typed("a\x15" * (KILL_RING + 5))
    assert len(editor._kills) == KILL_RING


KEYS = st.one_of(
    st.sampled_from([*map(chr, range(32)), "\x7f", "\x1b[A", "\x1b[D", "\x1b[C", "\x1bb", "\x1bd"]),
    st.text(alphabet="ab 1?é€漢\u0301", max_size=30),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(KEYS, max_size=40),
    st.integers(1, 9),
    st.integers(8, 80),
    st.sampled_from(["Switch#", "Switch(config-if)#", "S>"]),
)
def test_the_terminal_always_shows_what_the_editor_believes(keys, chunk, width, prompt):
    assume(len(prompt) % width)  # a full row leaves the terminal's cursor in between
    keys = Newlines().read("".join(keys))
    editor, screen, history = Editor(width), Screen(width), History()
    screen.show(editor.begin(prompt, history))
    for start in range(0, len(keys), chunk):
        rest = keys[start : start + chunk]
        while rest:
            echo, event, rest = editor.feed(rest)
            screen.show(echo)
            if isinstance(event, LineTyped | EndOfMode | Interrupt):
                screen.show(editor.begin(prompt, history))
            elif isinstance(event, HelpAsked):
                screen.show(editor.redraw())
    view, column = editor.window()
    tail = prompt[len(prompt) // width * width :] if len(prompt) >= width else prompt
    assert screen.row == (tail + view).rstrip()
    assert screen.column == len(tail) + column


@given(st.text(alphabet="ab?\x01\x02\x05\x0b\x17\x19\x1b[AD\x7f", max_size=40), st.data())
def test_chunks_do_not_matter(keys, data):
    cut = data.draw(st.integers(0, len(keys)))

    def lines(pieces):
        editor, events = Editor(), []
        editor.begin(PROMPT, History())
        for piece in pieces:
            rest = piece
            while rest:
                _, event, rest = editor.feed(rest)
                events += [event] if event else []
        return editor.text, editor.cursor, events

    assert lines([keys]) == lines([keys[:cut], keys[cut:]])
