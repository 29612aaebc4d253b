"""`show netconf-yang ...` and `clear netconf-yang session`, about the sessions that are there now.

The NETCONF server is imported where it is asked for: a console without NETCONF starts sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.cli.reply import Args, Context, Handler, Reply

if TYPE_CHECKING:
    from agent.netconf.server import NetconfServer


def _server(context: Context) -> NetconfServer | None:
    from agent.netconf.server import NetconfServer

    server = context.device.netconf
    return server if isinstance(server, NetconfServer) else None


def config_locked(context: Context) -> Reply | None:
    """What `configure` says while a NETCONF session has locked running. # source: config-locked"""
    server = _server(context) if context.device.netconf is not None else None
    if server is None or "running" not in server.locks:
        return None
    # assumed: process and terminal are those of the one output seen
    return Reply(
        "Configuration mode is locked by process '484' user 'NETCONF' from terminal '64'. "
        "Please try later."
    )


def show_sessions(context: Context, args: Args) -> Reply:
    """`show netconf-yang sessions [detail]`."""
    from agent.cli.views import netconf_yang

    view = netconf_yang.detail if args.get("detail") else netconf_yang.sessions
    return Reply(view(_server(context)))


def show_datastores(context: Context, args: Args) -> Reply:
    """`show netconf-yang datastores`."""
    from agent.cli.views import netconf_yang

    return Reply(netconf_yang.datastores(_server(context)))


def show_statistics(context: Context, args: Args) -> Reply:
    """`show netconf-yang statistics`."""
    from agent.cli.views import netconf_yang

    return Reply(netconf_yang.statistics(_server(context)))


def clear_session(context: Context, args: Args) -> Reply:
    """End a session. # assumed: nothing is said, whether there was one or not"""
    server = _server(context)
    session = server.sessions.get(int(args["session"])) if server else None
    if session is not None:
        session.killed(context.now)
    return Reply()


HANDLERS: dict[str, Handler] = {
    "netconf.sessions": show_sessions,
    "netconf.datastores": show_datastores,
    "netconf.statistics": show_statistics,
    "netconf.clear": clear_session,
}
