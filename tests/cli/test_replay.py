"""Answers from a recording: which commands they are, and what pipes and the pager do to them."""

import pytest

from agent.cli.replay import Recording, Unclear
from tests.cli.sessions import ask, device, session

STATUS = "Port      Name   Status\nGi1/0/1          connected\nGi1/0/2          notconnect"
ENVIRONMENT = "\n".join(f"Sensor {number}" for number in range(40))
RECORDING = Recording(
    "a test",
    {
        "show interfaces status": STATUS,
        "show interfaces GigabitEthernet1/0/1": "GigabitEthernet1/0/1 is up",
        "show interfaces GigabitEthernet1/0/11": "GigabitEthernet1/0/11 is down",
        "show ip interface brief": "Interface of my own",
        "show environment all": ENVIRONMENT,
        "show spanning-tree": "No spanning tree instance exists.",
        "show spanning-tree detail | include from": "from Gi1/0/1",
        "show etherchannel summary": "Flags",
        "show etherchannel port": "Ports",
        "show license all": "from another device",
        "show license eventlog 7": "from another device",
        "license": "from another device",
        "show privilege": "from another device",
    },
)


def replaying(**kind):
    made = session(**kind)
    made.recording = RECORDING
    return made


def said(text, **kind):
    """What a replaying session prints for a line, without echo and prompt."""
    came = replaying(**kind).feed(text + "\r", 0)
    return came.removeprefix(text + "\r\n").removesuffix("Switch#").replace("\r\n", "\n")


@pytest.mark.parametrize(
    "typed",
    [
        "show interfaces status",
        "sh int stat",
        "  SHOW   Interfaces  Status ",
        "do sh int stat",
    ],
)
def test_words_may_be_shortened(typed):
    if typed.startswith("do"):
        made = replaying()
        made.feed("configure terminal\r", 0)
        assert STATUS.replace("\n", "\r\n") in made.feed(typed + "\r", 0)
    else:
        assert said(typed) == STATUS + "\n"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("show interfaces gi1/0/1", "GigabitEthernet1/0/1 is up\n"),
        ("sh int Gi 1/0/1", "GigabitEthernet1/0/1 is up\n"),
        ("sh int gigabitethernet1/0/11", "GigabitEthernet1/0/11 is down\n"),
        ("sh int stat | include connected", "Gi1/0/1          connected\n"),
        ("sh int stat | count Gi", "Number of lines which match regexp = 2\n"),
        ("show spanning-tree detail | include from", "from Gi1/0/1\n"),
        ("show ip int br", "Interface of my own\n"),
        ("show ethe p", "Ports\n"),
        ("show int stat |", "% Incomplete command.\n\n"),
        ("show int stat | inc [", None),
    ],
)
def test_what_a_line_prints(typed, printed):
    text = said(typed)
    assert text == printed if printed is not None else text.startswith("% Failed to compile")


def test_a_shortened_word_that_fits_two_commands_is_ambiguous():
    assert RECORDING.answer("show ethe") is None
    assert RECORDING.answer("show etherchannel x") is None
    two = Recording("", {"show abc": "1", "show abd": "2", "show ab": "3"})
    assert isinstance(two.answer("show a"), Unclear)
    assert two.answer("show ab") == "3"
    assert two.answer("show abd", exactly=True) == "2"
    assert two.answer("sh abd", exactly=True) is None


def test_the_caret_stands_under_the_wrong_pipe_word():
    line = "show int stat | bogus"
    caret = said(line).split("\n")[0]
    assert len(caret) - 1 == len("Switch#") + line.index("bogus")


@pytest.mark.parametrize(
    "line",
    ["show license all", "show license eventlog 7", "license", "show privilege", "show vlan"],
)
def test_licensing_and_what_is_modelled_stays_live(line):
    plain = ask(line + "\r", on=device())
    assert replaying(on=device()).feed(line + "\r", 0) == plain
    assert "another device" not in plain


def test_the_pager_stands_in_long_output():
    made = replaying(length=24)
    first = made.feed("show env all\r", 0)
    assert first.endswith(" --More-- ")
    assert first.count("Sensor") == 23
    assert "Sensor 39" in made.feed(" ", 0)


def test_redirect_writes_what_was_recorded():
    made = replaying()
    made.feed("show int stat | redirect flash:status.txt\r", 0)
    assert made.device.files.read("flash:status.txt") == STATUS + "\n"
