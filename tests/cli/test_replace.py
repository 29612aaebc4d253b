"""Whole configurations: comparing two, replacing the running one, the archive's sentences."""

import re

import pytest

from agent.cli.config_diff import HEAD, LIST, NOTHING, differences, incremental
from agent.core.clock import MINUTE
from agent.device.snapshot import restore, take
from tests.cli.sessions import session
from yang.tree import get

ONE = """\
version 17.12
!
hostname ONE
interface Vlan1
 description first
 no ip address
line vty 0 4
 login local
end
"""
TWO = """\
Building configuration...

Current configuration : 99 bytes
!
hostname TWO
interface Vlan1
 no ip address
line vty 0 4
 login local
 length 0
ip name-server 192.0.2.1
end
"""


def test_lines_more_come_before_lines_less_and_below_what_they_stand_under():
    assert differences(ONE, TWO).split("\n") == [
        HEAD,
        "+hostname TWO",
        "line vty 0 4",
        " +length 0",
        "+ip name-server 192.0.2.1",
        "-hostname ONE",
        "interface Vlan1",
        " -description first",
    ]


def test_no_difference_is_said():
    assert differences(ONE, ONE) == f"{HEAD}\n{NOTHING}"
    assert differences("", "") == f"{HEAD}\n{NOTHING}"
    assert incremental(ONE, "hostname ONE\n").split("\n") == [LIST, "end", NOTHING]


def test_only_commands_that_change_anything_are_listed():
    wanted = (
        "HOSTNAME one\ninterface Vlan1\n description other\n no ip address\n"
        "no hostname\nno banner motd\nend\n"
    )
    assert incremental(ONE, wanted, ignore_case=True).split("\n") == [
        LIST,
        "interface Vlan1",
        " description other",
        "no hostname",
        "end",
    ]


def answers(*lines):
    """What a session answers to each line, without echo and prompt."""
    made = session()
    said = []
    for line in ("configure terminal", "file prompt quiet", "end", *lines):
        came = made.feed(line + "\r", 0).replace("\r\n", "\n")
        said.append(came.removeprefix(line + "\n").removesuffix(made.prompt))
    return made, said[3:]


def test_a_replaced_configuration_is_the_old_one():
    made, said = answers(
        "copy running-config flash:old.txt",
        "configure terminal",
        "hostname NEW",
        "interface Vlan1",
        "description here for a while",
        "license smart usage interval 9",
        "end",
        "show archive config differences system:running-config flash:old.txt",
        "configure replace flash:old.txt force",
        "show archive config differences flash:old.txt",
    )
    assert "-description here for a while" in said[7]
    assert "-license smart usage interval 9" in said[7]
    assert said[8] == "\nTotal number of passes: 1\nRollback Done\n\n"
    assert said[9] == f"{HEAD}\n{NOTHING}\n"
    assert made.prompt == "Switch#"
    assert made.device.agent.state.config.usage_interval_days != 9


def test_without_force_it_asks_and_no_is_the_default():
    made = session()
    for line in ("configure terminal", "file prompt quiet", "end"):
        made.feed(line + "\r", 0)
    made.feed("copy running-config flash:old.txt\r", 0)
    made.feed("configure terminal\rhostname NEW\rend\r", 0)
    asked = made.feed("configure replace flash:old.txt\r", 0)
    assert asked.endswith("Enter Y if you are sure you want to proceed. ? [no]: ")
    made.feed("\r", 0)
    assert made.prompt == "NEW#"
    made.feed("configure replace flash:old.txt\r", 0)
    assert "Rollback Done" in made.feed("y\r", 0)
    assert made.prompt == "Switch#"


def test_a_configuration_with_wrong_lines_replaces_nothing():
    made = session()
    made.device.write_file("flash:bad.txt", "hostname BAD\nnonsense here\nend\n", 0)
    said = made.feed("configure replace flash:bad.txt force\r", 0)
    assert "Rollback aborted after 1 passes" in said
    assert "nonsense here" in said
    made.feed("configure terminal\rarchive\rpath flash:kept\rend\r", 0)
    said = made.feed("configure replace flash:bad.txt force revert trigger error\r", 0)
    assert "The original configuration has been successfully restored." in said
    assert made.prompt == "Switch#"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("show archive", "Archive feature not enabled\n\n"),
        ("show archive config rollback timer", "%No Rollback Confirmed Change pending\n\n"),
        ("configure confirm", "%No Rollback Confirmed Change pending\n\n"),
        ("configure revert now", "%No Rollback Confirmed Change pending\n\n"),
        (
            "configure terminal revert timer 2",
            "%Please turn config archive on before using revert trigger\n\n",
        ),
        (
            "configure replace flash:none force",
            "%Error opening flash:/none (No such file or directory)\n",
        ),
        (
            "show archive config differences flash:none",
            "%Error opening flash:/none (No such file or directory)\n",
        ),
        ("copy null: flash:empty.txt", "0 bytes copied in 0.160 secs (0 bytes/sec)\n"),
        (
            "configure replace flash:none force revert trigger error",
            "%Please turn config archive on before using revert trigger\n\n",
        ),
    ],
)
def test_sentences(line, said):
    assert answers(line)[1] == [said]


def test_the_archive_says_where_it_is():
    _, said = answers("configure terminal", "archive", "path flash:kept", "end", "show archive")
    assert "The next archive file will be named flash:kept-" in said[4]
    assert "There are currently 0 archive configurations saved." in said[4]


def test_what_is_archived_is_listed_and_the_oldest_goes():
    lines = ("configure terminal", "archive", "path flash:kept", "maximum 2", "end")
    _, said = answers(*lines, *["archive config"] * 3, "show archive", "dir flash:")
    rows = [line for line in said[-2].splitlines() if "flash:kept-" in line]
    assert rows[0].endswith("flash:kept-<timestamp>-3")
    assert [row.split()[0] for row in rows[1:]] == ["1", "2"]
    assert rows[1].endswith("-UTC-1") and rows[2].endswith("-UTC-2 <- Most Recent")
    assert said[-1].count("kept-") == 2


ARCHIVE = ("configure terminal", "archive", "path flash:kept", "end")


def test_configuring_with_a_timer_is_undone_by_the_device():
    made, said = answers(
        *ARCHIVE,
        "configure terminal revert timer 2",
        "hostname NEW",
        "end",
        "show archive config rollback timer",
    )
    assert said[4].startswith("Rollback Confirmed Change: Backing up current running config to ")
    assert "\n\nEnter configuration commands, one per line.  End with CNTL/Z.\n" in said[4]
    assert said[7].splitlines()[0].startswith("Time configured(or reconfigured): ")
    assert "Timer type: absolute timer\nTimer value: 2 min\nUser: console\n" in said[7]
    device = made.device
    assert device.next_deadline() == MINUTE
    device.wake(MINUTE)
    assert made.prompt == "NEW#"
    device.wake(2 * MINUTE)
    assert made.prompt == "Switch#"
    told = [line.text for line in device.log.lines if "ARCHIVE_DIFF" in line.text]
    assert [re.search(r"CHG_(\w+)", line)[1] for line in told] == [
        "BACKUP",
        "START_ABSTIMER",
        "WARNING_ABSTIMER",
        "ROLLBACK_START",
    ]


def test_a_confirmed_change_stays_and_another_is_undone_at_once():
    made, said = answers(
        *ARCHIVE,
        "copy running-config flash:old.txt",
        "configure terminal",
        "hostname NEW",
        "end",
        "configure replace flash:old.txt force revert trigger error timer 1",
        "configure replace flash:old.txt force revert timer 1",
        "configure confirm",
        "configure terminal revert idle 120",
        "hostname THIRD",
        "end",
        "configure revert timer 3",
        "configure revert now",
    )
    assert said[8].startswith("Rollback Confirmed Change: Backing up")
    assert "\n\nTotal number of passes: 1\nRollback Done\n\n" in said[8]
    assert said[9] == "%Rollback Confirmed Change already pending\n\n"
    made.device.wake(10 * MINUTE)
    assert made.prompt == "Switch#"


def test_a_change_that_waits_survives_a_snapshot_and_not_a_reload():
    made, _ = answers(*ARCHIVE, "configure terminal revert timer 9", "hostname NEW", "end")
    again = restore(take(made.device))
    assert again.reverting == made.device.reverting
    again.wake(8 * MINUTE)
    again.wake(9 * MINUTE)
    assert get(again.datastore.running, ("native", "hostname")) == "Switch"
    made.device.reload(0)
    assert made.device.reverting is None
