"""Dialogues and exec commands on a real device: enable, copy, write, reload, licence files."""

import pytest

from agent.cli.reply import LabCall
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device
from yang.difference import edits_between
from yang.tree import Rows, Tree, apply

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
VTY = Line("vty", 0, "admin", "10.0.0.1")


def session(line=None, *, width=0, length=0, model="C9300-24T"):
    device = new_device("sw1", model, Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(BOOT)
    device.save(BOOT)
    opened = CliSession(device, line or Line(privilege=15), width=width, length=length)
    opened.start(NOW)
    return opened


def lines(text):
    return text.split("\r\n")


# --- enable -----------------------------------------------------------------------------


def test_enable_on_the_console_without_a_secret():
    opened = session(Line())
    assert opened.feed("enable\r", NOW) == "enable\r\nSwitch#"
    assert opened.feed("enable\r", NOW) == "enable\r\nSwitch#"
    assert opened.feed("disable\r", NOW) == "disable\r\nSwitch>"


def test_enable_on_a_vty_without_a_secret():
    assert session(VTY).feed("enable\r", NOW) == "enable\r\n% No password set\r\nSwitch>"


def test_enable_asks_three_times_and_shows_nothing_typed():
    opened = session(Line(privilege=15))
    opened.feed("conf t\renable secret C1sco-Emu\rend\rdisable\r", NOW)
    assert opened.feed("enable\r", NOW) == "enable\r\nPassword: "
    assert opened.feed("wrong\r", NOW) == "\r\nPassword: "
    assert opened.feed("wrong\r", NOW) == "\r\nPassword: "
    assert opened.feed("wrong\r", NOW) == "\r\n% Bad secrets\r\n\r\nSwitch>"
    assert opened.feed("enable\rC1sco-Emu\r", NOW) == "enable\r\nPassword: \r\nSwitch#"
    assert "C1sco" not in "".join(opened.histories["exec"].lines)


def test_enable_password_in_clear_text_serves_too():
    opened = session(Line(privilege=15))
    opened.feed("conf t\renable password plain\rend\rdisable\r", NOW)
    assert opened.feed("enable\rplain\r", NOW).endswith("Switch#")


# --- stored configurations --------------------------------------------------------------


@pytest.mark.parametrize("typed", ["write\r", "wr\r", "write memory\r"])
def test_write_saves_without_a_question(typed):
    opened = session()
    opened.feed("conf t\rhostname Core\rend\r", NOW)
    assert opened.device.has_unsaved_changes()
    assert lines(opened.feed(typed, NOW))[1:] == ["Building configuration...", "[OK]", "Core#"]
    assert not opened.device.has_unsaved_changes()


@pytest.mark.parametrize("answer", ["\r", "startup-config\r"])
def test_copy_running_startup_asks_for_the_name(answer):
    opened = session()
    opened.feed("conf t\rhostname Core\rend\r", NOW)
    asked = opened.feed("copy run start\r", NOW)
    assert asked == "copy run start\r\nDestination filename [startup-config]? "
    assert lines(opened.feed(answer, NOW))[1:] == ["Building configuration...", "[OK]", "Core#"]
    assert not opened.device.has_unsaved_changes()


def test_copy_can_be_abandoned():
    opened = session()
    opened.feed("copy run start\r", NOW)
    assert opened.feed("\x03", NOW) == "^C\r\nSwitch#"


def test_copy_between_files_and_configurations():
    opened = session()
    opened.device.write_file("flash:base.cfg", "hostname Filed\nfrobnicate\n", NOW)
    answer = opened.feed("copy flash:base.cfg flash:other.cfg\r\r", NOW)
    assert "Destination filename [other.cfg]? " in answer
    assert "26 bytes copied in 0.160 secs (162 bytes/sec)" in lines(answer)
    answer = opened.feed("copy flash:other.cfg running-config\r\r", NOW)
    assert "frobnicate" in lines(answer)
    assert answer.endswith("\r\nFiled#")
    opened.feed("conf t\rhostname Other\rend\r", NOW)
    opened.feed("copy running-config flash:saved.cfg\r\r", NOW)
    assert "\nhostname Other\n" in opened.device.files.read("flash:saved.cfg")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("copy flash:none flash:x\r\r", "%Error opening flash:/none (No such file or directory)"),
        ("copy usb9:none flash:x\r\r", "%Error opening usb9:none (No such device)"),
        (
            "license smart import flash:none\r",
            "%Error opening flash:none (No such file or directory)",
        ),
    ],
)
def test_files_that_are_not_there(typed, said):
    assert said in lines(session().feed(typed, NOW))


def test_edits_between_two_roots_turn_one_into_the_other():
    row = Tree(shutdown=True)
    old = Tree(a=1, gone="x", list=("p",), rows=Rows(r=row, s=Tree()), box=Tree(x=1, y=2))
    new = Tree(a=2, list=("q", "p"), rows=Rows(r=Tree(), t=row), box=Tree(y=2), made=Tree(z=True))
    assert apply(old, tuple(edits_between(old, new))) == new
    assert not tuple(edits_between(new, new))


def test_write_erase_keeps_trust_and_says_so():
    opened = session()
    asked = opened.feed("write erase\r", NOW)
    assert "Erasing Nvram will not clear license trust code." in asked
    assert asked.endswith("remove all configuration files! Continue? [confirm]")
    assert lines(opened.feed("\r", NOW)) == ["", "[OK]", "Erase of nvram: complete", "Switch#"]
    assert opened.device.datastore.startup is None
    opened.feed("erase startup-config\r", NOW)
    assert opened.feed("n", NOW) == "n\r\nSwitch#"


# --- reload -----------------------------------------------------------------------------


def test_reload_offers_to_save_what_would_be_lost():
    opened = session()
    opened.feed("conf t\rhostname Core\rend\r", NOW)
    asked = opened.feed("reload\r", NOW)
    assert lines(asked)[-1] == "System configuration has been modified. Save? [yes/no]: "
    again = opened.feed("maybe\r", NOW)
    assert lines(again) == [
        "maybe",
        "% Please answer 'yes' or 'no'.",
        "System configuration has been modified. Save? [yes/no]: ",
    ]
    assert opened.feed("yes\r", NOW) == (
        "yes\r\nBuilding configuration...\r\n[OK]\r\nProceed with reload? [confirm]"
    )
    assert opened.feed("y", NOW) == "y\r\n"
    assert opened.reboot is not None
    assert not opened.device.has_unsaved_changes()
    assert opened.feed("show clock\r", NOW) == ""


def test_reload_without_saving_loses_changes():
    opened = session()
    opened.feed("conf t\rhostname Core\rend\rreload\rno\r\r", NOW)
    assert opened.reboot.reason == "Reload Command"
    opened.device.reload(NOW, opened.reboot.reason)
    assert opened.prompt == "Switch#"


# --- terminal, users, clock, log --------------------------------------------------------


def test_terminal_settings_print_nothing():
    opened = session(width=80, length=24)
    for command in ("terminal length 0", "terminal width 511", "term width 0", "term len 24"):
        assert opened.feed(f"{command}\r", NOW) == f"{command}\r\nSwitch#"
    assert (opened.terminal.length, opened.terminal.width) == (24, 0)


def test_history_is_kept_apart_and_sized():
    opened = session()
    opened.feed("show privilege\rconf t\rhostname A\rend\rshow history\r", NOW)
    assert opened.histories["config"].lines == ["hostname A", "end"]
    shown = lines(opened.feed("show history\r", NOW))
    assert shown[1:4] == ["  show privilege", "  conf t", "  show history"]
    opened.feed("terminal history size 2\r", NOW)
    assert len(opened.histories["exec"].lines) == 2


def test_show_users_marks_ones_own_line():
    opened = session(Line("vty", 0, "admin", "10.0.0.1", privilege=15))
    other = CliSession(opened.device, Line())
    other.start(NOW - 65_000)
    opened.neighbours = lambda: (opened, other)
    rows = lines(opened.feed("show users\r", NOW))
    assert rows[2].split() == ["0", "con", "0", "idle", "00:01:05"]
    assert rows[3].split() == ["*", "1", "vty", "0", "admin", "idle", "00:00:00", "10.0.0.1"]


def test_configure_alone_asks_from_where():
    opened = session()
    asked = opened.feed("configure\r", NOW)
    assert asked.endswith("\r\nConfiguring from terminal, memory, or network [terminal]? ")
    assert opened.feed("\r", NOW).endswith("\r\nSwitch(config)#")


def test_exit_and_logout_end_the_session():
    for word in ("exit", "logout", "quit"):
        opened = session()
        opened.feed(f"{word}\rshow clock\r", NOW)
        assert opened.closed


def test_clock_set_moves_the_calendar_only():
    opened = session()
    assert opened.feed("clock set 12:00:00 6 October 2026\r", NOW).endswith("\r\nSwitch#")
    assert opened.device.local_time(NOW) == 1_791_288_000_000
    opened.feed("clock set 12:00:00 oct 7 2026\r", NOW)
    assert opened.device.local_time(NOW) == 1_791_374_400_000
    assert "% Invalid date" in opened.feed("clock set 12:00:00 31 feb 2026\r", NOW)


def test_clear_logging_confirms():
    opened = session()
    opened.feed("clear logging\rn", NOW)
    assert opened.device.log.text()
    assert opened.feed("clear logging\r\r", NOW).endswith("[confirm]\r\nSwitch#")
    assert not opened.device.log.text()


def test_exec_timeout_is_told_to_the_adapter():
    opened = session()
    assert opened.exec_timeout_seconds == 600
    opened.feed("conf t\rline console 0\rexec-timeout 0 30\r", NOW)
    assert opened.exec_timeout_seconds == 30


# --- licensing --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["license smart sync all", "license smart sync local", "license smart sync",
     "license smart clear eventlog"],
)  # fmt: skip
def test_licence_commands_print_nothing(command):
    assert session().feed(f"{command}\r", NOW) == f"{command}\r\nSwitch#"


def test_factory_reset_asks_nothing():
    assert lines(session().feed("license smart factory reset\r", NOW))[1:] == [
        '%Warning: reload required after "license smart factory reset" command',
        "Switch#",
    ]


def test_save_usage_writes_the_reports_and_prints_nothing():
    opened = session()
    while not opened.device.agent.state.reports:
        opened.device.wake(opened.device.next_deadline())
    now = opened.device.agent.state.booted + 86_400_000
    command = "license smart save usage all file flash:usage.txt"
    assert opened.feed(f"{command}\r", now) == f"{command}\r\nSwitch#"
    text = opened.device.files.read("flash:usage.txt")
    assert text.count("<RUMReport>") == len(opened.device.agent.state.reports) - sum(
        report.signed is None for report in opened.device.agent.state.reports.values()
    )
    assert text.count("<RUMReport>") > 0
    assert opened.device.agent.state.usage_reporting.last_report_file_write == now


def test_save_usage_of_nothing():
    answer = session().feed("license smart save usage rum-id 5 file flash:u.txt\r", NOW)
    assert lines(answer)[1] == "The requested item was not found"


# --- emulator ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "call"),
    [
        ("clock advance 10m", LabCall("clock.advance", {"ms": 600_000})),
        ("clock advance 2 days", LabCall("clock.advance", {"ms": 172_800_000})),
        ("clock rate 3600", LabCall("clock.rate", {"rate": 3600})),
        ("clock show", LabCall("clock.show")),
        ("status", LabCall("status")),
    ],
)
def test_emulator_commands_ask_the_lab(command, call):
    opened = session()
    opened.feed(f"emulator {command}\r", NOW)
    assert opened.call == call


def test_emulator_usage_changes_what_is_counted():
    opened = session()
    assert opened.feed("emulator usage network-advantage 3\r", NOW).endswith("3\r\nSwitch#")
    counts = {use.feature: use.count for use in opened.device.agent.state.usage.values()}
    assert counts["network-advantage"] == 3
    assert "% C9300-24T has no licence named nothing" in lines(
        opened.feed("emulator usage nothing 1\r", NOW)
    )
