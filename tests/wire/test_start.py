"""What a start loads: each command its own libraries, a prompt none of those it can do without."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from agent.__main__ import COMMANDS, Lazy

pytestmark = pytest.mark.wire

# what only NETCONF, RESTCONF, pull mode, `slp record` and `slp bench` need
OPTIONAL = (
    "asyncssh", "httpx", "lxml", "ncclient", "netmiko", "prompt_toolkit", "pyang", "rich",
    "ruamel", "scrapli", "yaml", "agent.netconf", "agent.restconf", "agent.adapters.ssh",
)  # fmt: skip
# what the counterparts need; at a terminal they come up behind the prompt
BEHIND = ("aiohttp", "sqlalchemy", "counterparts.server", "counterparts.records")

CONSOLE = """
import os, sys
nowhere, take = os.open(os.devnull, os.O_WRONLY), os.write
def write(descriptor, data):
    if descriptor == nowhere and data.endswith(b"Switch>") and not hasattr(out, "seen"):
        out.seen = set(sys.modules)
    return take(descriptor, data)
os.write = write
class Out:
    encoding, errors = "utf-8", None
    def fileno(self): return nowhere
    def write(self, text): return write(nowhere, text.encode())
    def flush(self): pass
    def isatty(self): return False
out = sys.stdout = Out()
sys.argv = ["slp", "console"]
from agent.__main__ import main
try:
    main()
finally:
    sys.__stdout__.write("\\n".join(sorted(out.seen)) + "\\n\\n" + "\\n".join(sorted(sys.modules)))
"""


def _started(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_prompt_waits_for_no_library_it_can_do_without() -> None:
    prompt, whole = (set(part.split()) for part in _started(CONSOLE).split("\n\n"))
    assert "agent.cli.session" in prompt
    assert "counterparts.server" in whole  # the test sees what is loaded behind the prompt
    assert not prompt & {*OPTIONAL, *BEHIND}
    assert not whole & set(OPTIONAL)


def test_help_loads_no_subcommand() -> None:
    code = (
        "import sys; sys.argv = ['slp', '--help']\n"
        "from agent.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    loaded = set(_started(code).split())
    assert "agent.__main__" in loaded
    assert not [name for name in loaded if name.startswith(("agent.commands.", "agent.adapters"))]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_of_each_subcommand_what_it_says_of_itself(name: str) -> None:
    command = Lazy().get_command(click.Context(click.Command("slp")), name)
    assert command is not None
    assert COMMANDS[name][2] == command.get_short_help_str(64)
