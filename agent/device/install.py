"""Another release is installed: configuration and licensing store go along, then it starts.

Source: docs/sources.md, entries migration-transport, migration-licences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.release import Release
from agent.device import images
from agent.device.inputs import ReleaseInstalled
from agent.engine import migration
from agent.engine.config import Transport
from agent.engine.machine import SmartAgent
from agent.engine.turn import Turn
from yang.tree import Edit, Tree, apply, get

if TYPE_CHECKING:
    from agent.device.device import Device

_TRANSPORT = ("native", "license", "smart", "transport-type")
_WORDS = {Transport.OFF: "Off"}  # the model's word where it is not the command's


def installed(device: Device, given: ReleaseInstalled, now: Instant) -> str:
    """The release is another one; it comes into force with the start that follows."""
    release, state = Release.parse(given.release), device.agent.state
    before = device.agent.licensing
    after = device.profile.licensing_on(release)
    state.first_release = state.first_release or str(device.release)
    if before == "policy":
        migration.leave(Turn(device.profile, device.release, state, now))
    device.release = release
    device.files.software = images.software(device.profile, release, device.model)
    if after == "policy" and before != after:
        it_was = migration.was(state, before)
        _carry_transport(device, it_was)
        converts = device.profile.automatic_conversion
        migration.upgrade(state, it_was, now, converts=converts)
    elif before != after:
        migration.downgrade(state, release, now)
    state.config = device.project(device.datastore.running).licensing
    device.agent = SmartAgent(device.profile, release, state)
    return ""


def _carry_transport(device: Device, it_was: str) -> None:
    """Both configurations say what the transport is now. # source: migration-transport"""
    store = device.datastore
    if store.startup is not None:
        store.startup = _with_transport(device, store.startup, it_was)
    else:
        store.startup = _with_transport(device, device.factory_root(), it_was)
    store.running = _with_transport(device, store.running, it_was)


def _with_transport(device: Device, root: Tree, it_was: str) -> Tree:
    typed = get(root, _TRANSPORT)
    before = Transport(str(typed).lower()) if typed else None
    wanted = migration.transport_after(it_was, before)
    word = _WORDS.get(wanted, wanted.value)
    return apply(root, (Edit("set", _TRANSPORT, word),))
