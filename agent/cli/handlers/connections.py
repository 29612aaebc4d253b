"""EXEC commands around the session: `login`, `where`, `resume`, `write network`.

Connections to other hosts are not opened from here, so there is never one to return to.
Sources: docs/sources.md, entries login-exec, write-network.
"""

from __future__ import annotations

from dataclasses import replace

from agent.cli.reply import Args, Ask, Context, Handler, Reply, Result
from agent.device.config import Secret, line_settings, user, users

TRIES = 3
INVALID = "% Login invalid\n\n"
FAILED = "% Bad passwords"
VERIFICATION = "\nUser Access Verification\n\n"


def login(context: Context, args: Args) -> Result:
    """`login`: the line's way of asking; the session goes on as the user who is named."""
    line, root = context.session.line, context.device.datastore.running
    settings = line_settings(root, line.kind, line.number)
    if settings.login == "local" or (settings.login == "none" and users(root)):
        return _username(context, VERIFICATION, TRIES, firm=False)
    if settings.login == "none" or settings.password is None:
        # assumed: the sentence of a line that has neither users nor a password
        return Reply(f"% Login disabled on line {line.number}, until 'password' is set")
    return _password(context, VERIFICATION, settings.password, TRIES, firm=False)


def at_login(context: Context) -> Result:
    """What the console asks before its first prompt, until it is answered.

    # assumed: after three wrong answers it begins anew at once; a device wants RETURN first
    """
    line, root = context.session.line, context.device.datastore.running
    settings = line_settings(root, line.kind, line.number)
    if settings.login == "local":
        return _username(context, VERIFICATION, TRIES, firm=True)
    if settings.login == "none" or settings.password is None:
        return Reply()  # a console without a password lets everybody in
    return _password(context, VERIFICATION, settings.password, TRIES, firm=True)


def _username(context: Context, head: str, tries: int, *, firm: bool) -> Result:
    def named(name: str) -> Result:
        def answered(given: str) -> Result:
            found = user(context.device.datastore.running, name.strip())
            if found is not None and found.accepts(given):
                return _signed_in(context, found.name, found.privilege)
            if tries > 1:
                return _username(context, INVALID, tries - 1, firm=firm)
            return at_login(context) if firm else Reply(INVALID)

        return Ask("Password: ", answered, secret=True, firm=firm)

    return Ask(f"{head}Username: ", named, firm=firm)


def _password(context: Context, head: str, secret: Secret, tries: int, *, firm: bool) -> Result:
    def answered(given: str) -> Result:
        if secret.accepts(given):
            return _signed_in(context, context.session.line.user, 1)
        if tries > 1:
            return _password(context, "", secret, tries - 1, firm=firm)
        return at_login(context) if firm else Reply(FAILED)

    return Ask(f"{head}Password: ", answered, secret=True, firm=firm)


def _signed_in(context: Context, name: str, privilege: int) -> Result:
    session = context.session
    session.line = replace(session.line, user=name, privilege=privilege)
    session.privilege = privilege
    return Reply()


def where(context: Context, args: Args) -> Result:
    return Reply("% No connections open")


def resume(context: Context, args: Args) -> Result:
    return Reply("% No current connection")


def write_network(context: Context, args: Args) -> Result:
    """`write network` is gone; the device names what came in its place."""
    return Reply(
        "This command has been replaced by the command:\n"
        "         'copy system:/running-config <url>'"
    )


HANDLERS: dict[str, Handler] = {
    "session.login": login,
    "session.resume": resume,
    "session.where": where,
    "system.write_network": write_network,
}
