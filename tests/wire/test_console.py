"""`slp console` as a person and a script meet it: real processes, real terminals."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytestmark = pytest.mark.wire

SLP = [sys.executable, "-m", "agent", "console"]
START = "2026-10-06T12:00:00Z"

FIRST_REPORT = """\
enable
terminal length 0
show license status
emulator clock advance 10 minutes
show license status
show license summary
"""


def script(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SLP, "--start", START, *options], input=text, capture_output=True, text=True, timeout=60
    )


def test_first_report_trust_and_ack_and_the_same_again():
    with ThreadPoolExecutor(2) as both:
        one, two = both.map(script, [FIRST_REPORT, FIRST_REPORT])
    assert (one.returncode, one.stderr) == (0, "")
    before, _, after = one.stdout.partition("emulator clock advance 10 minutes")
    assert before.startswith("Switch>enable\nSwitch#terminal length 0\n")
    assert "Trust Code Installed: <none>" in before
    assert "Policy in use: Merged from multiple sources." in before
    assert "Trust Code Installed: Oct 06 12:" in after
    assert re.search(r"Policy name: \S", after)
    assert "Last ACK received: Oct 06 12:" in after
    assert re.search(r"Next ACK deadline: \w{3} \d\d .* UTC", after)
    assert re.search(r"Next report push: \w{3} \d\d .* UTC", after)
    assert "%SMART_LIC-6-TRUST_CODE_INSTALL_SUCCESS" in after
    assert two.stdout == one.stdout


def test_it_begins_where_an_output_stands_and_prints_that_output(tmp_path):
    """What one console has printed, another one begins with: at its time, with its unit."""
    ask = "enable\nterminal length 0\nshow license all\n"
    done = script(ask.replace("show", "emulator clock advance 40 minutes\nshow"))
    own = tmp_path / "own.txt"
    own.write_text(done.stdout.partition("show license all\n")[2], "utf-8")
    again = subprocess.run(
        [*SLP, "--standing", str(own)], input=ask, capture_output=True, text=True, timeout=60
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert "Last ACK received: Oct 06 12:" in again.stdout
    assert again.stdout.partition("show license all\n")[2] == own.read_text("utf-8")


def test_strict_hides_the_one_word_that_is_not_ios():
    done = script("emulator clock show\nshow clock\nexit\nshow version\n", "--strict")
    assert done.returncode == 0
    assert "% Invalid input detected at '^' marker." in done.stdout
    assert "12:00:00.000 UTC Tue Oct 6 2026" in done.stdout
    assert "show version" not in done.stdout  # `exit` was the end


def test_a_state_folder_keeps_configuration_licensing_and_clock(tmp_path):
    state = ("--state", str(tmp_path / "s"))
    first = script("en\nconf t\nhostname KEPT\nend\nwr\nemulator clock advance 1 days\n", *state)
    assert "[OK]" in first.stdout
    again = script("en\nshow license status | include Trust Code\nshow clock\n", *state)
    assert again.returncode == 0
    assert "KEPT#show clock" in again.stdout
    assert "Trust Code Installed: Oct 06 12:" in again.stdout
    assert "12:00:00.000 UTC Wed Oct 7 2026" in again.stdout
    other = script("show clock\n", "--release", "17.9.5", *state)
    assert other.returncode == 2
    assert "switch-1 of the state folder is a C9300-24T with 17.12.4" in other.stderr


def test_a_bad_option_is_one_line():
    done = subprocess.run(
        [*SLP, "--release", "18"], input="", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == "slp: '18' is not a release; allowed: a form such as 17.12.4\n"


class Terminal:
    """`slp console` behind a pseudo-terminal."""

    def __init__(self, *options: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(SLP[0], [*SLP, *options])
        self.seen = ""

    def until(self, wanted: str, seconds: float = 20.0) -> str:
        stop = time.monotonic() + seconds
        while wanted not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0.0, stop - time.monotonic()))
            assert ready, f"no {wanted!r} in {self.seen!r}"
            self.seen += os.read(self.fd, 65536).decode()
        read, _, self.seen = self.seen.partition(wanted)
        return read + wanted

    def type(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def status(self) -> int:
        """Read to the end; the exit status."""
        try:
            while os.read(self.fd, 65536):
                pass
        except OSError:
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def terminal():
    made = Terminal("--start", START)
    yield made
    try:
        os.kill(made.pid, signal.SIGKILL)
        os.waitpid(made.pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def test_a_person_at_the_console(terminal):
    assert "Ctrl-]" in terminal.until("Switch>")  # the way out is told
    terminal.type("en\t\r")
    terminal.until("Switch#")
    terminal.type("show cl?")
    terminal.until("clock")
    terminal.until("Switch#show cl")
    terminal.type("\x03")  # Ctrl-C is the device's
    terminal.until("Switch#")
    terminal.type("emulator clock advance 2 minutes\r")
    terminal.until("%SMART_LIC-6-REPORTING_REQUIRED")
    terminal.until("Switch#")
    terminal.type("conf t\r")
    terminal.until("(config)#")
    terminal.type("hostname LIVE\r")
    terminal.until("LIVE(config)#")
    terminal.type("\x1a")
    terminal.until("LIVE#")
    terminal.until("%SYS-5-CONFIG_I: Configured from console by console")
    terminal.type("reload\r")
    terminal.until("Save? [yes/no]: ")
    terminal.type("no\r")
    terminal.until("[confirm]")
    terminal.type("\r")
    terminal.until("Press RETURN to get started.")
    terminal.type("show version")  # nobody listens before RETURN
    terminal.type("\r")
    assert "show version" not in terminal.until("Switch>")
    terminal.type("exit\r")
    assert terminal.status() == 0


def test_the_exec_timeout_of_the_console(terminal):
    terminal.until("Switch>")
    terminal.type("enable\rconf t\rline con 0\rexec-timeout 0 1\r")
    terminal.until("Switch con0 is now available")
    terminal.until("Press RETURN to get started.")
    terminal.type("\r")
    terminal.until("Switch>")  # a new session, in user EXEC
    terminal.type("exit\r")
    assert terminal.status() == 0


def test_the_way_out_at_any_time(terminal):
    terminal.until("Switch>")
    terminal.type("show ver\x1d")
    assert terminal.status() == 0


def test_a_quiet_script_keeps_nobody_waiting():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [*SLP, "--start", START, "--netconf", str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as process:
        process.stdin.write("enable\n")
        process.stdin.flush()
        assert process.stdout.readline() == "Switch>enable\n"
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            assert client.recv(4) == b"SSH-"
        # it ends at `exit`, though more could come
        process.stdin.write("exit\n")
        process.stdin.flush()
        assert process.wait(timeout=20) == 0


def test_a_reader_who_stops_reading_keeps_nobody_waiting(free_port):
    """Two megabytes wait for a reader; a client of NETCONF is greeted all the same."""
    port = free_port()
    words = [*SLP, "--start", START, "--netconf", str(port)]
    typed = ["enable", "terminal length 0", *["show running-config"] * 200, "exit", ""]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as process:
        process.stdin.write("\n".join(typed))
        process.stdin.flush()
        assert process.stdout.readline() == "Switch>enable\n"
        time.sleep(0.5)  # its pipe is full by now
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.settimeout(5)
                assert client.recv(4) == b"SSH-"
        assert process.poll() is None  # it waits for its reader
        printed = process.stdout.read()
        assert printed.count("Building configuration...") == 200
        assert process.wait(timeout=20) == 0


def test_a_reader_who_leaves_ends_it():
    text = "\n".join(["enable", "terminal length 0", *["show running-config"] * 50, ""])
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*SLP, "--start", START], **pipes, text=True) as process:
        process.stdin.write(text)
        process.stdin.close()
        assert process.stdout.readline() == "Switch>enable\n"
        process.stdout.close()
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in process.stderr.read()
