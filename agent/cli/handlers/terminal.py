"""Commands about the session itself: modes, privilege, terminal settings, who is on.

Sources: docs/sources.md, entries prompts, enable-dialogue, show-users.
"""

from __future__ import annotations

from agent.cli.aliases import listing
from agent.cli.handlers.netconf_yang import config_locked
from agent.cli.reply import Args, Ask, Context, Handler, Hangup, Reply, Result
from agent.cli.views import terminal as terminal_view
from agent.core.clock import Instant
from agent.device.config import Secret, enable_secret

BANNER = "Enter configuration commands, one per line.  End with CNTL/Z."
TRIES = 3
LEVEL = 15
HELP = """\
Help may be requested at any point in a command by entering
a question mark '?'.  If nothing matches, the help list will
be empty and you must backup until entering a '?' shows the
available options.
Two styles of help are provided:
1. Full help is available when you are ready to enter a
   command argument (e.g. 'show ?') and describes each possible
   argument.
2. Partial help is provided when an abbreviated argument is entered
   and you want to know what arguments match the input
   (e.g. 'show pr?'.)
"""


def enable(context: Context, args: Args) -> Result:
    """Up to a level, 15 by default, with the password where one is needed."""
    session, level = context.session, int(args.get("level", LEVEL))
    if level <= session.privilege:
        session.privilege = level
        return Reply()
    secret = enable_secret(context.device.datastore.running)
    if secret:
        return _password(context, level, secret, TRIES)
    if not session.line.is_console:
        return Reply("% No password set")
    session.privilege = level
    return Reply()


def _password(context: Context, level: int, secret: Secret, tries: int) -> Result:
    def answered(given: str) -> Result:
        if secret.accepts(given):
            context.session.privilege = level
            return Reply()
        if tries > 1:
            return _password(context, level, secret, tries - 1)
        return Reply("% Bad secrets\n")

    return Ask("Password: ", answered, secret=True)


def disable(context: Context, args: Args) -> Result:
    level = int(args.get("level", 1))
    if level > context.session.privilege:
        return Reply("New privilege level must be less than current privilege level")
    context.session.privilege = level
    return Reply()


def logout(context: Context, args: Args) -> Result:
    return Hangup()


def leave(context: Context, args: Args) -> Result:
    """`exit` in a configuration mode."""
    context.session.leave_mode(context.now)
    return Reply()


def end(context: Context, args: Args) -> Result:
    context.session.leave_configuration(context.now)
    return Reply()


def help_text(context: Context, args: Args) -> Result:
    return Reply(HELP)


def configure(context: Context, args: Args) -> Result:
    """`configure terminal`. Who is in the mode already stays in it."""
    if (locked := config_locked(context)) is not None:
        return locked
    context.session.enter("config")
    return Reply(BANNER)


def configure_from(context: Context, args: Args) -> Result:
    """Bare `configure` asks from where; only the terminal is there."""

    def answered(given: str) -> Result:
        chosen = given.strip().lower()
        if "terminal".startswith(chosen):
            return configure(context, args)
        # assumed: the wording; a capture of a wrong answer would show it.
        return Reply('?Must be "terminal"')

    return Ask("Configuring from terminal, memory, or network [terminal]? ", answered)


def length(context: Context, args: Args) -> Result:
    context.session.resize(length=int(args["lines"]))
    return Reply()


def width(context: Context, args: Args) -> Result:
    context.session.resize(width=int(args["columns"]))
    return Reply()


def monitor(context: Context, args: Args) -> Result:
    if context.session.line.is_console:
        return Reply("% Console already monitors" if args["state"] == "on" else "")
    context.session.terminal.monitor = args["state"] == "on"
    return Reply()


def history(context: Context, args: Args) -> Result:
    context.session.keep_history(int(args["size"]))
    return Reply()


def unchanged(context: Context, args: Args) -> Result:
    """Settings that a terminal here has no use for: taken, without effect."""
    return Reply()


def timestamp(context: Context, args: Args) -> Result:
    """`terminal [no] exec prompt timestamp`."""
    context.session.terminal.timestamp = args["state"] == "on"
    return Reply()


def show_terminal(context: Context, args: Args) -> Result:
    session, line = context.session, context.session.line
    number = line.number if line.is_console else line.number + 1
    return Reply(
        terminal_view.terminal(
            number,
            session.terminal.length,
            session.terminal.width,
            session.terminal.history_size,
            session.exec_timeout_seconds,
            context.now - session.activated,
            console=line.is_console,
        )
    )


def show_aliases(context: Context, args: Args) -> Result:
    return Reply(listing(context.device.datastore.running, args.get("mode", "")))


def show_history(context: Context, args: Args) -> Result:
    lines = context.session.histories["exec"].lines
    return Reply("\n".join(f"  {line}" for line in lines))


def show_history_all(context: Context, args: Args) -> Result:
    """`show history all`: both histories of this session. # assumed: its headings"""
    found = context.session.histories
    parts = [
        "\n".join([f"{title} mode history:", *(f"  {line}" for line in found[mode].lines)])
        for title, mode in (("EXEC", "exec"), ("Configuration", "config"))
    ]
    return Reply("\n\n".join(parts))


def show_privilege(context: Context, args: Args) -> Result:
    return Reply(f"Current privilege level is {context.session.privilege}")


def show_users(context: Context, args: Args) -> Result:
    """The sessions on this device; the star marks one's own."""
    rows = ["    Line       User       Host(s)              Idle       Location"]
    sessions = sorted(
        context.session.neighbours(), key=lambda s: (not s.line.is_console, s.line.number)
    )
    for session in sessions:
        line = session.line
        mark = "*" if session is context.session else " "
        number = line.number if line.is_console else line.number + 1
        idle = _idle(context.now - session.last_input)
        rows.append(
            f"{mark}{number:3d} {line.name:<10} {line.user:<10} {'idle':<20} {idle} {line.address}"
        )
    rows += ["", "  Interface    User               Mode         Idle     Peer Address", ""]
    return Reply("\n".join(rows))


def _idle(ms: Instant) -> str:
    seconds = max(0, ms) // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


HANDLERS: dict[str, Handler] = {
    "show.aliases": show_aliases,
    "show.history": show_history,
    "show.history_all": show_history_all,
    "show.privilege": show_privilege,
    "show.terminal": show_terminal,
    "show.users": show_users,
    "terminal.configure": configure,
    "terminal.configure_from": configure_from,
    "terminal.disable": disable,
    "terminal.enable": enable,
    "terminal.end": end,
    "terminal.exit": leave,
    "terminal.help": help_text,
    "terminal.history": history,
    "terminal.length": length,
    "terminal.logout": logout,
    "terminal.monitor": monitor,
    "terminal.timestamp": timestamp,
    "terminal.unchanged": unchanged,
    "terminal.width": width,
}
