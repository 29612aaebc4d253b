"""`show cube status`, and the emulator's own command for the high availability of CUBE.

Sources: docs/sources.md, entries cube-status, application-ha.
"""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.cli.views import cube
from agent.core.identity import Udi
from agent.engine.application_ha import ApplicationHa, ApplicationPeer
from agent.engine.events import ApplicationRoleChanged

_OTHER = {"Active": "Standby", "Standby": "Active"}


def show_status(context: Context, args: Args) -> Result:
    return Reply(cube.status(context.device))


def role(context: Context, args: Args) -> Result:
    """What a redundancy group would settle between two routers."""
    part = str(args["role"])
    ha = None
    if part != "none":
        peer = None
        if "peer" in args:
            udi = Udi(str(args["model"]), str(args["serial"]))
            peer = ApplicationPeer(_OTHER[part], str(args["peer"]), udi)
        ha = ApplicationHa(part, peer=peer)
    return Reply(context.device.handle(ApplicationRoleChanged(ha), context.now))


HANDLERS: dict[str, Handler] = {"emulator.cube_role": role, "show.cube_status": show_status}
