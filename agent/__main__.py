"""`slp`: the command line. Subcommands are loaded when they are called, so each starts quickly.

A person's mistake ends in one line on standard error and exit status 2; what stops a lab in spite
of right input ends in status 1; a bug shows its traceback.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from agent.core.errors import AgentError, InputError

# name -> module, attribute, and the first sentence of its help: `slp --help` loads none of them
COMMANDS = {
    "console": ("agent.commands.console", "console", "Sit at the console of one device."),
    "up": ("agent.commands.up", "up", "Run the lab that FILE describes."),
    "clock": ("agent.commands.clock", "clock", "Move the clock of a running lab."),
    "status": (
        "agent.commands.clock",
        "status",
        "Show the devices and counterparts of a running lab.",
    ),
    "down": ("agent.commands.clock", "down", "Stop a running lab cleanly."),
    "behave": (
        "agent.commands.behave",
        "behave",
        "Let the counterpart NAME misbehave, as WORDS say, until it is...",
    ),
    "cssm": (
        "agent.commands.cssm",
        "cssm",
        "Work at the CSSM of a lab: files, ACKs, policies, tokens.",
    ),
    "cslu": (
        "agent.commands.cslu",
        "cslu",
        "Work at the CSLU of a lab: collect usage from product instances.",
    ),
    "record": (
        "agent.commands.record",
        "record",
        "Run commands on a device and keep what it prints, as a...",
    ),
    "bench": (
        "agent.commands.bench",
        "bench",
        "Measure speed and size on this machine, beside the targets.",
    ),
}
USER_ERRED, FAILED, INTERRUPTED = 2, 1, 130


class Lazy(click.Group):
    """A group that imports a subcommand when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, _, about) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="slp-emulator", prog_name="slp")
def slp() -> None:
    """An IOS XE-style product instance whose Smart Licensing Using Policy behaves over time."""


def main() -> None:
    """Run `slp` and exit with its status."""
    try:
        status = slp.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except InputError as error:
        click.echo(f"slp: {error}", err=True)
        sys.exit(USER_ERRED)
    except AgentError as error:
        click.echo(f"slp: {error}", err=True)
        sys.exit(FAILED)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
