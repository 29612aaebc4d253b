"""Files and what copies them: dir, more, delete, verify, copy, on a real device's state."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.reply import TransferFailed, Transferred
from tests.cli.test_handlers_system import NOW, lines, session

TEXT = "RUMReport one\nother\nRUMReport two\n"


@pytest.fixture
def opened():
    found = session()
    assert found.device.write_file("flash:report.txt", TEXT, NOW) is None
    return found


def quiet(opened):
    opened.feed("configure terminal\rfile prompt quiet\rend\r", NOW)
    return opened


def test_dir_lists_number_size_date_and_what_is_left(opened):
    opened.device.files.software = {}
    opened.device.files.entries["flash:/report.txt"] = replace(
        opened.device.files.entries["flash:/report.txt"], index=11
    )
    said = lines(opened.feed("dir flash:\r", NOW))
    assert said[1:] == [
        "Directory of flash:/",
        "",
        "   11  -rw-          34  Nov 14 2023 23:13:20 +00:00  report.txt",
        "",
        "11534336000 bytes total (11534335966 bytes free)",
        "Switch#",
    ]
    assert lines(opened.feed("dir\r", NOW))[1:] == said[1:]


def test_dir_of_one_file_of_none_and_of_no_file_system(opened):
    assert "report.txt" in opened.feed("dir bootflash:report.txt\r", NOW)
    missing = lines(opened.feed("dir flash:none\r", NOW))[1]
    assert missing == "%Error opening flash:/none (No such file or directory)"
    assert "(No such device)" in opened.feed("dir usb7:\r", NOW)
    opened.feed("mkdir flash:empty\r\r", NOW)
    assert "No files in directory" in opened.feed("dir flash:empty\r", NOW)


@pytest.mark.parametrize(
    ("model", "flash", "nvram"),
    [
        ("C9200L-24T-4G", 1_941_504, 2048),
        ("C8000V", 14_589_951, 32_768),
        ("C9300-24T", 11_264_000, 2048),
    ],
)
def test_sizes_are_those_that_show_version_states(model, flash, nvram):
    device = session(model=model)
    assert f"{flash * 1024} bytes total" in device.feed("dir bootflash:\r", NOW)
    assert f"{nvram * 1024} bytes total" in device.feed("dir nvram:\r", NOW)
    assert f"{flash}K bytes of " in device.feed("show version\r", NOW)


def test_a_router_calls_its_flash_bootflash():
    router = session(model="C8000V")
    assert "Directory of bootflash:/" in router.feed("dir\r", NOW)
    router.feed("copy running-config a.cfg\r\r", NOW)
    assert "Delete bootflash:/a.cfg? [confirm]" in router.feed("delete a.cfg\r\r", NOW)


def test_the_startup_configuration_lies_in_nvram(opened):
    listed = opened.feed("dir nvram:\r", NOW)
    assert "<no date>  startup-config" in listed
    shown = opened.feed("more nvram:startup-config\r", NOW)
    assert "hostname Switch" in shown
    assert "version 17.12" in opened.feed("more system:running-config | include ^version\r", NOW)


def test_reports_of_a_saved_usage_file_are_counted_through_a_pipe(opened):
    said = lines(opened.feed("more flash:report.txt | count RUMReport\r", NOW))
    assert said[1] == "Number of lines which match regexp = 2"
    assert lines(opened.feed("more flash:report.txt\r", NOW))[1:-1] == TEXT.splitlines()


@pytest.mark.parametrize(
    "path", ["flash:../../etc/passwd", "flash:/etc/passwd", "flash:..", "nvram:../x", "flash:/a/b"]
)
@pytest.mark.parametrize("command", ["more {}", "copy {} flash:x\r", "copy flash:report.txt {}\r"])
def test_no_path_climbs_out_of_its_file_system(opened, path, command):
    before = dict(opened.device.files.entries)
    said = opened.feed(command.format(path) + "\r", NOW)
    assert f"%Error opening {path} (No such file or directory)" in said
    assert opened.device.files.entries == before


def test_delete_asks_for_the_name_and_once_more(opened):
    assert opened.feed("delete report.txt\r", NOW).endswith("Delete filename [report.txt]? ")
    assert opened.feed("\r", NOW).endswith("Delete flash:/report.txt? [confirm]")
    assert "aborted" in opened.feed("n", NOW)
    assert opened.device.files.exists("flash:report.txt")
    opened.feed("delete flash:report.txt\r\r\r", NOW)
    assert not opened.device.files.exists("flash:report.txt")
    said = opened.feed("delete flash:report.txt\r\r\r", NOW)
    assert "%Error deleting flash:/report.txt (No such file or directory)" in said


def test_delete_by_force_asks_nothing(opened):
    assert lines(opened.feed("delete /force flash:report.txt\r", NOW))[1:] == ["Switch#"]
    assert not opened.device.files.exists("flash:report.txt")


def test_verify_alone_wants_an_image(opened):
    said = opened.feed("verify flash:report.txt\r", NOW)
    assert "%ERROR: Digital signature not found in file flash:report.txt" in said
    assert "(No such file or directory)" in opened.feed("verify flash:nobody.bin\r", NOW)


@pytest.mark.parametrize("kind", ["md5", "sha512"])
def test_verify_computes_and_compares(opened, kind):
    value = hashlib.new(kind, TEXT.encode()).hexdigest()
    said = opened.feed(f"verify /{kind} flash:report.txt\r", NOW)
    assert f"verify /{kind} (flash:report.txt) = {value}" in said
    said = opened.feed(f"verify /{kind} flash:report.txt {value}\r", NOW)
    assert f"Verified (flash:report.txt) = {value}" in said
    said = opened.feed(f"verify /{kind} flash:report.txt 1234\r", NOW)
    assert "%Error verifying flash:report.txt" in said
    assert "(No such file or directory)" in opened.feed(f"verify /{kind} flash:none\r", NOW)


def test_copy_asks_before_it_writes_over_a_file(opened):
    opened.feed("copy running-config flash:a.cfg\r\r", NOW)
    asked = opened.feed("copy flash:report.txt flash:a.cfg\r\r", NOW)
    assert asked.endswith(
        "%Warning:There is a file already existing with this name \r\n"
        "Do you want to over write? [confirm]"
    )
    assert lines(opened.feed("n", NOW))[-1] == "Switch#"
    assert opened.device.files.read("flash:a.cfg") != TEXT
    opened.feed("copy flash:report.txt flash:a.cfg\r\r\r", NOW)
    assert opened.device.files.read("flash:a.cfg") == TEXT


def test_a_full_flash_takes_nothing_and_loses_nothing(opened):
    opened.device.files.sizes = {"flash": 40, "nvram": 2_097_152}
    said = opened.feed("copy running-config flash:big\r\r", NOW)
    assert "%Error copying running-config (Not enough space on device)" in said
    said = opened.feed("show version | redirect flash:big\r", NOW)
    assert "%Error opening flash:big (No space left on device)" in said
    assert list(opened.device.files.entries) == ["flash:/report.txt"]


def test_a_file_becomes_the_startup_configuration(opened):
    opened.device.write_file("flash:new.cfg", "hostname Fresh\nend\n", NOW)
    said = opened.feed("copy flash:new.cfg startup-config\r\r", NOW)
    assert "[OK]" in said
    assert "hostname Fresh" in opened.feed("show startup-config | include hostname\r", NOW)
    assert opened.prompt == "Switch#"
    opened.device.reload(NOW)
    assert opened.prompt == "Fresh#"


def test_quiet_prompts_ask_only_for_what_is_not_known(opened):
    quiet(opened)
    assert "file prompt quiet" in opened.feed("show running-config | include prompt\r", NOW)
    assert "34 bytes copied" in opened.feed("copy flash:report.txt flash:b.txt\r", NOW)
    assert "34 bytes copied" in opened.feed("copy flash:report.txt flash:b.txt\r", NOW)
    assert lines(opened.feed("delete flash:b.txt\r", NOW))[1:] == ["Switch#"]
    asked = opened.feed("copy flash:report.txt tftp:\r", NOW)
    assert asked.endswith("Address or name of remote host []? ")


# --- over the network: the session asks the lab -----------------------------------------------


def test_copy_to_tftp_asks_for_host_and_name(opened):
    asked = opened.feed("copy flash:report.txt tftp:\r", NOW)
    assert asked.endswith("Address or name of remote host []? ")
    assert opened.feed("10.0.0.9\r", NOW).endswith("Destination filename [report.txt]? ")
    assert opened.feed("\r", NOW) == "\r\n"
    call = opened.call
    assert call.request == "transfer.put"
    assert (call.arguments["scheme"], call.arguments["host"]) == ("tftp", "10.0.0.9")
    assert (call.arguments["name"], call.arguments["data"]) == ("report.txt", TEXT)
    said = lines(opened.resume(Transferred("", 0.5), NOW))
    assert said == ["!!", "34 bytes copied in 0.500 secs (68 bytes/sec)", "Switch#"]


def test_the_running_configuration_has_a_name_of_its_own_at_a_server(opened):
    opened.feed("copy running-config tftp:\r10.0.0.9\r", NOW)
    assert opened.prompt == "Switch#"
    opened.feed("\r", NOW)
    assert opened.call.arguments["name"] == "switch-confg"


def test_copy_from_tftp_shows_the_file_coming(opened):
    opened.feed("copy tftp: flash:\r10.0.0.9\r", NOW)
    assert opened.feed("ack.txt\r", NOW).endswith("Destination filename [ack.txt]? ")
    assert lines(opened.feed("\r", NOW))[1] == "Accessing tftp://10.0.0.9/ack.txt..."
    said = lines(opened.resume(Transferred("hello", 0.25), NOW))
    assert said == [
        "Loading ack.txt from 10.0.0.9 (via GigabitEthernet0/0): !",
        "[OK - 5 bytes]",
        "",
        "5 bytes copied in 0.250 secs (20 bytes/sec)",
        "Switch#",
    ]
    assert opened.device.files.read("flash:ack.txt") == "hello"


def test_a_typed_url_is_offered_part_by_part(opened):
    asked = opened.feed("copy tftp://10.0.0.9/dir/ack.txt flash:\r", NOW)
    assert asked.endswith("Address or name of remote host [10.0.0.9]? ")
    assert opened.feed("\r", NOW).endswith("Source filename [dir/ack.txt]? ")
    assert opened.feed("\r", NOW).endswith("Destination filename [ack.txt]? ")


def test_what_fails_outside_is_said_in_brackets(opened):
    opened.feed("copy tftp://10.0.0.9/ack.txt flash:\r\r\r\r", NOW)
    said = lines(opened.resume(TransferFailed("Timed out"), NOW))
    assert said == ["%Error opening tftp://10.0.0.9/ack.txt (Timed out)", "Switch#"]


def test_scp_asks_for_user_and_password_and_hides_both(opened):
    asked = opened.feed("copy scp: flash:\r10.0.0.9\radmin\rx.txt\r\r", NOW)
    assert "Source username []? admin" in asked
    assert asked.endswith("Password: ")
    assert "s3cret" not in opened.feed("s3cret\r", NOW)
    assert opened.call.arguments["password"] == "s3cret"
    said = opened.resume(TransferFailed("Permission denied"), NOW)
    assert "%Error opening scp://*:*@10.0.0.9/x.txt (Permission denied)" in said


def test_keys_typed_while_a_file_comes_are_worked_off_afterwards(opened):
    opened.feed("copy http://10.0.0.9/a flash:\r\r\r\r", NOW)
    assert opened.feed("show privilege\r", NOW) == ""
    said = opened.resume(Transferred("x", 0.1), NOW)
    assert "Current privilege level is 15" in said


def test_a_server_without_name_and_a_url_that_is_none(opened):
    said = opened.feed("copy tftp: flash:\r\r", NOW)
    assert "?Invalid host address or name" in said
    said = opened.feed("copy http://10.0.0.9:port/x flash:\r", NOW)
    assert "% Invalid input detected at '^' marker." in said


def test_an_answer_counts_from_when_it_is_given(opened):
    opened.feed("copy running-config flash:late\r", NOW)
    opened.feed("\r", NOW + 60_000)
    assert opened.device.files.entries["flash:/late"].modified == NOW + 60_000


COMMANDS = (
    "copy flash: flash:",
    "copy tftp: nvram:",
    "copy run scp:",
    "delete flash:",
    "more flash:",
)
ANSWERS = st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=8)


@given(st.sampled_from(COMMANDS), ANSWERS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_answer_to_any_question_breaks_a_session(command, answers, comes):
    opened = session()
    opened.feed(f"{command}\r", NOW)
    for answer in answers:
        opened.feed(f"{answer}\r", NOW)
        if opened.call:
            opened.resume(Transferred("text", 0.1) if comes else TransferFailed("I/O error"), NOW)
    opened.feed("\x03\x03", NOW)
    if not opened.closed and not opened.reboot:
        said = opened.feed("\x03\rshow privilege\r", NOW)
        assert f"Current privilege level is {opened.privilege}\r\n" in said
