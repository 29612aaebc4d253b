"""All handlers by name: one table, merged from the tables at the foot of the modules."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.cli.handlers import (
    call_home,
    configure,
    connections,
    copy,
    cube,
    debug,
    directories,
    emulator,
    files,
    interface_range,
    legacy,
    license_exec,
    license_internal,
    netconf_yang,
    ping,
    pki,
    redundancy,
    replace,
    right_to_use,
    saving,
    show_bare,
    show_box,
    show_license,
    show_network,
    show_system,
    system,
    terminal,
    throughput,
    verify,
)
from agent.cli.reply import Handler

__all__ = ["HANDLERS"]

_MODULES = (
    call_home,
    configure,
    connections,
    copy,
    cube,
    debug,
    directories,
    emulator,
    files,
    interface_range,
    legacy,
    right_to_use,
    license_exec,
    netconf_yang,
    license_internal,
    ping,
    pki,
    redundancy,
    replace,
    saving,
    show_bare,
    show_box,
    show_license,
    show_network,
    show_system,
    system,
    terminal,
    throughput,
    verify,
)

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {name: handler for module in _MODULES for name, handler in module.HANDLERS.items()}
)
