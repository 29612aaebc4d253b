"""The `show` commands about the device: version, clock, log, inventory, names, configuration.

Each collects what it prints and leaves the words to agent/cli/views.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.cli import running_config
from agent.cli.reply import Args, Context, Handler, Long, Reply, Result
from agent.cli.views import bootvar, modules, platform, redundancy, system, version
from agent.device import config
from agent.device.timekeeping import source_of
from yang.slices import Slices

_DIGITS = re.compile(r"^  (?:[0-9A-F]{2,8} ?)+\n|^  \tquit\n", re.MULTILINE)


def show_version(context: Context, args: Args) -> Reply:
    device = context.device
    view = version.collect(device, context.now)
    return Reply(version.render(view, device.profile, device.release))


def show_clock(context: Context, args: Args) -> Reply:
    """`show clock [detail]`."""
    device = context.device
    local = device.local_time(context.now)
    detail = bool(args.get("detail"))
    return Reply(system.clock(local, device.zone, source_of(device), detail))


def show_logging(context: Context, args: Args) -> Reply:
    return Reply(system.logging(context.device.log, context.device.datastore.running))


def show_inventory(context: Context, args: Args) -> Reply:
    device = context.device
    return Reply(platform.inventory(device.agent.state.members, device.profile))


def _units(context: Context) -> platform.Set:
    device = context.device
    booted = context.now if device.booted is None else device.booted
    return platform.Set(
        device.agent.state.members,
        device.profile,
        device.release,
        context.now - booted,
        device.redundancy,
        context.now,
    )


def _of_set(render: Callable[[platform.Set], str]) -> Handler:
    """A handler that prints the device's units through `render`."""
    return lambda context, args: Reply(render(_units(context)))


def show_redundancy(context: Context, args: Args) -> Reply:
    device = context.device
    banner = config.software_banner(device.profile, device.release)
    return Reply(redundancy.redundancy(_units(context), banner))


def show_hosts(context: Context, args: Args) -> Reply:
    return Reply(system.hosts(config.resolution(context.device.datastore.running)))


def show_running_config(context: Context, args: Args) -> Result:
    """`show running-config [all|brief|full]`."""
    slices = running_config.running_in_slices(context.device, bool(args.get("all")))
    return Long(_without_certificates(slices) if "brief" in args else slices)


def _without_certificates(slices: Slices[str]) -> Slices[str]:
    """The configuration without the digits of certificates."""
    text = yield from slices
    return _DIGITS.sub("", text)


def show_running_config_interface(context: Context, args: Args) -> Result:
    """`show running-config interface X`; args: if."""
    return Long(running_config.interface_in_slices(context.device, args["if"]))


def show_startup_config(context: Context, args: Args) -> Result:
    return Long(running_config.startup_in_slices(context.device))


HANDLERS: dict[str, Handler] = {
    "show.version": show_version,
    "show.clock": show_clock,
    "show.logging": show_logging,
    "show.inventory": show_inventory,
    "show.module": _of_set(modules.module),
    "show.platform": _of_set(platform.platform),
    "show.switch": _of_set(platform.switch),
    "show.switch_detail": _of_set(platform.switch_detail),
    "show.redundancy": show_redundancy,
    "show.boot": _of_set(bootvar.boot),
    "show.bootvar": _of_set(bootvar.bootvar),
    "show.redundancy_states": _of_set(redundancy.redundancy_states),
    "show.hosts": show_hosts,
    "show.running_config": show_running_config,
    "show.running_config_interface": show_running_config_interface,
    "show.startup_config": show_startup_config,
}
