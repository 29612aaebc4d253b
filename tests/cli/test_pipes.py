"""Output pipes and their regular expressions."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.pager import ERASE, MORE, Pager
from agent.cli.pipes import Pipe, PipeFault, PipeIncomplete, PipeInvalid, read, split
from agent.cli.regexp import LENGTH_LIMIT, Fault, Pattern, compile_pattern
from yang.slices import whole

CONFIG = """\
hostname Switch
!
interface GigabitEthernet1/0/1
 description to core
 ip address 10.1.1.1 255.255.255.0
!
interface GigabitEthernet1/0/2
 shutdown
!
line vty 0 4
 login"""


def piped(text, pipe):
    found = read(pipe)
    assert isinstance(found, Pipe)
    return found.apply(text)


def test_split_takes_the_first_bar_that_stands_alone():
    assert split("show version | include a|b") == ("show version ", " include a|b", 14)
    assert split("show a|b") == ("show a|b", None, 8)
    assert split("show version") == ("show version", None, 12)


@pytest.mark.parametrize("word", ["i", "in", "inc", "include", "INCLUDE"])
def test_include_and_its_abbreviations(word):
    assert piped(CONFIG, f" {word} interface") == (
        "interface GigabitEthernet1/0/1\ninterface GigabitEthernet1/0/2"
    )


def test_exclude_begin_and_count():
    assert piped("a\nb\nab", " e a") == "b"
    assert piped("a\nb\nab", " begin b") == "b\nab"
    assert piped("a\nb\nab", " b x") == ""
    assert piped("a\nb\nab", " count a") == "Number of lines which match regexp = 2"
    assert piped("a\nb", " c x") == "Number of lines which match regexp = 0"


def test_section_takes_the_children_of_a_matching_line():
    wanted = "interface GigabitEthernet1/0/2\n shutdown"
    assert piped(CONFIG, " section 1/0/2") == wanted
    assert piped(CONFIG, " s include 1/0/2") == wanted
    assert piped(CONFIG, " section login") == " login"
    assert piped(CONFIG, " section exclude interface|line") == "hostname Switch\n!\n!\n!"


def test_a_trailing_blank_and_a_second_bar_belong_to_the_pattern():
    assert piped("10.0.0.22 up\n10.0.0.220 up", " i .22 |x") == "10.0.0.22 up"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", PipeIncomplete()),
        (" include", PipeIncomplete()),
        (" include ", PipeIncomplete()),
        (" redirect", PipeIncomplete()),
        (" tee /append", PipeIncomplete()),
        (" frobnicate x", PipeInvalid(1)),
        (" redirect flash:a b", PipeInvalid(18)),
        (" tee /append flash:x", Pipe("tee", url="flash:x", append=True)),
        (" append flash:x", Pipe("append", url="flash:x", append=True)),
    ],
)
def test_what_stands_behind_the_bar_is_understood(text, result):
    assert read(text) == result


@pytest.mark.parametrize("pattern", ["*", "a**", "(", "a)", "[a", "+x", "a\\", "[z-a]", "(" * 200])
def test_a_wrong_pattern_is_a_sentence(pattern):
    assert isinstance(compile_pattern(pattern), Fault)
    found = read(f" include {pattern}")
    assert isinstance(found, PipeFault)
    assert found.sentence.startswith("% ")


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("^host", "hostname", True),
        ("^name", "hostname", False),
        ("name$", "hostname", True),
        ("host$", "hostname", False),
        ("_1_", "vlan 1", True),
        ("_1_", "vlan 11", False),
        ("_10_", "1,10,100", True),
        ("SMART_LIC-6", "%SMART_LIC-6-AGENT_ENABLED: Smart Agent", True),
        (r"1\.1", "1x1", False),
        ("1.1", "1x1", True),
        ("[^0-9]", "123", False),
        ("[]a]", "]", True),
        ("[a-]", "-", True),
        ("(GE|Gi)1", "Gi1", True),
        ("a{2}", "a{2}", True),
        ("x*", "", True),
        ("^$", "", True),
        ("^$", "a", False),
        ("Show", "show", False),
        ("colou?r", "color", True),
        ("(ab)+c", "xababc", True),
    ],
)
def test_the_flavour(pattern, line, found):
    assert compile_pattern(pattern).search(line) is found


def test_no_pattern_runs_away():
    line = "a" * 2000
    begun = time.perf_counter()
    for pattern in ("(a*)*b", "(a|a)*b", "a*a*a*a*a*a*a*b", "((a+)+)+$x"):
        assert compile_pattern(pattern).search(line) is False
    assert time.perf_counter() - begun < 2
    assert isinstance(compile_pattern("a" * (LENGTH_LIMIT + 1)), Fault)


SAME_IN_BOTH = st.text(alphabet="ab.*+?|()^$", max_size=12)


@settings(max_examples=500)
@given(SAME_IN_BOTH, st.text(alphabet="ab", max_size=6))
def test_patterns_mean_what_they_mean_elsewhere(pattern, line):
    ours = compile_pattern(pattern)
    inside = re.search(
        r"[^(|]\^|\$[^)|]|\^[*+?]|\$[*+?]", pattern
    )  # ends of the line as characters
    if isinstance(ours, Fault) or inside:
        return
    theirs = re.compile(pattern)
    assert isinstance(ours, Pattern)
    assert ours.search(line) is bool(theirs.search(line))


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_pipe_raises(behind, text):
    found = read(behind)
    if isinstance(found, Pipe):
        assert isinstance(found.apply(text), str)


def pages(keys, count=10, length=4):
    pager = Pager([f"line {n}" for n in range(1, count + 1)], length)
    shown = [whole(pager.start())]
    return [*shown, *(whole(pager.key(key)) for key in keys if not pager.done)], pager


def test_pages_are_a_line_shorter_than_the_terminal():
    shown, pager = pages("  \r")
    assert shown[0] == "line 1\r\nline 2\r\nline 3\r\n" + MORE
    assert shown[1] == ERASE + "line 4\r\nline 5\r\nline 6\r\n" + MORE
    assert shown[3] == ERASE + "line 10\r\n"
    assert pager.done


@pytest.mark.parametrize("key", ["q", "Q", "\x03", "x"])
def test_other_keys_stop(key):
    shown, pager = pages(key)
    assert shown[1] == ERASE
    assert pager.done


def test_enter_gives_one_line():
    shown, pager = pages("\r")
    assert shown[1] == ERASE + "line 4\r\n" + MORE
    assert not pager.done


def test_search_at_more_goes_on_from_the_match():
    shown, pager = pages("/lx\x7fine 9\r")
    assert shown[-1] == "\r\nline 9\r\nline 10\r\n"
    assert pager.done


def test_filter_at_more_keeps_what_fits():
    assert pages("+0$\r")[0][-1] == "\r\nline 10\r\n"
    assert pages("-[4-8]\r")[0][-1] == "\r\nline 9\r\nline 10\r\n"
    assert pages("/(\r")[0][-1] == "\r\n" + MORE
