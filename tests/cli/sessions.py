"""A session on a device, for the tests that type on one."""

from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import new_device

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
RELEASE = Release.parse("17.12.4")


def device(hostname=""):
    made = new_device("sw1", "C9300-24T", RELEASE, "FOC0000EMU1")
    made.boot(BOOT)
    return made


def session(line=None, *, on=None, length=0, width=0, privilege=15, strict=False):
    """A started session; log lines reach it as they reach an adapter's."""
    line = line or Line("console", privilege=privilege)
    made = CliSession(on or device(), line, strict=strict, width=width, length=length)
    made.logged = []
    made.device.log.listeners.append(lambda log: made.logged.append(made.log_line(log.text, NOW)))
    made.start(NOW)
    return made


def ask(text, **kind):
    """What a new session answers to these keys, behind their echo."""
    return session(**kind).feed(text, NOW)


def lines(text):
    return text.split("\r\n")


CARET = "% Invalid input detected at '^' marker."
