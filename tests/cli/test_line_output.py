"""What happens to output on its way: writers behind a bar, files, servers, dropped sessions."""

import pytest

from agent.cli.reply import TransferFailed, Transferred
from tests.cli.sessions import NOW, device, session


def said(opened, line):
    came = opened.feed(line + "\r", NOW).replace("\r\n", "\n")
    return came.removeprefix(line + "\n").removesuffix(opened.prompt)


def test_redirect_append_and_tee():
    opened = session()
    shown = said(opened, "show privilege")
    assert said(opened, "show privilege | redirect flash:a") == ""
    assert said(opened, "show privilege | append flash:a") == ""
    assert opened.device.files.read("flash:a") == shown * 2
    assert said(opened, "show privilege | tee flash:a") == shown
    assert opened.device.files.read("flash:a") == shown
    assert said(opened, "show privilege | tee /append flash:a") == shown
    assert opened.device.files.read("bootflash:/a") == shown * 2


@pytest.mark.parametrize("url", ["flash:../x", "nowhere:x", "flash:a/b", "flash:"])
def test_a_file_that_cannot_be_is_said(url):
    opened = session()
    assert said(opened, f"show privilege | redirect {url}").startswith(f"%Error opening {url} (")
    assert not opened.device.files.entries


def test_redirect_to_a_server_waits_for_it():
    opened = session()
    assert said(opened, "show privilege | redirect tftp://192.0.2.1/out.txt") == ""
    call = opened.call
    assert (call.request, call.arguments["host"]) == ("transfer.put", "192.0.2.1")
    assert call.arguments["name"] == "out.txt"
    assert call.arguments["data"] == "Current privilege level is 15\n"
    assert opened.feed("show clock\r", NOW) == ""
    came = opened.resume(Transferred("", 0.1), NOW)
    assert came.startswith("!!\r\nSwitch#show clock\r\n")


def test_tee_to_a_server_shows_the_output_too():
    opened = session()
    opened.feed("show privilege | tee tftp://192.0.2.1/out.txt\r", NOW)
    assert opened.resume(Transferred("", 0.1), NOW) == "Current privilege level is 15\r\nSwitch#"


def test_a_server_that_does_not_answer_is_said():
    opened = session()
    opened.feed("show privilege | redirect tftp://192.0.2.1/out.txt\r", NOW)
    came = opened.resume(TransferFailed("Timed out"), NOW)
    assert came == "%Error opening tftp://192.0.2.1/out.txt (Timed out)\r\nSwitch#"


def test_append_to_a_server_is_not_possible():
    opened = session()
    answer = said(opened, "show privilege | append tftp://192.0.2.1/out.txt")
    assert answer == "%Append is not supported for this file system\n"
    assert opened.call is None


def test_a_server_with_users_asks_for_the_password():
    opened = session()
    asked = opened.feed("show privilege | redirect scp://me@192.0.2.1/out.txt\r", NOW)
    assert asked.endswith("Password: ")
    assert "secret" not in opened.feed("secret\r", NOW)
    assert opened.call.arguments["password"] == "secret"
    assert opened.call.arguments["user"] == "me"


@pytest.mark.parametrize("line", ["show version | begin", "show version |", "show version | tee"])
def test_a_bar_with_too_little_behind_it_is_incomplete(line):
    assert said(session(), line) == "% Incomplete command.\n\n"


def test_a_page_left_open_harms_nobody():
    """The connection drops at ` --More-- `: the device goes on, another session sees all."""
    shared = device()
    left = session(on=shared, length=10)
    assert left.feed("show running-config\r", NOW).endswith(" --More-- ")
    other = session(on=shared, length=10)
    assert other.feed("show privilege\r", NOW).endswith("level is 15\r\nSwitch#")
    assert left.feed("q", NOW).endswith("Switch#")


@pytest.mark.parametrize(
    "line",
    ["reload", "write erase", "delete flash:a", "copy running-config startup-config", "configure"],
)
def test_a_question_left_open_changes_nothing(line):
    shared = device()
    shared.write_file("flash:a", "kept\n", NOW)
    left = session(on=shared)
    before = (shared.datastore.startup, shared.files.read("flash:a"))
    left.feed(line + "\r", NOW)
    left.closed = True
    left.feed("\r\r\ryes\r", NOW)
    assert left.reboot is None
    assert (shared.datastore.startup, shared.files.read("flash:a")) == before
