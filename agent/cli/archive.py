"""The archive of configurations: files that carry the name of `archive path`, a date and a number.

What is archived are the files themselves, so `dir` and `delete` see them; the oldest goes where
there are more than `maximum` says. Sources: docs/sources.md, entry config-replace.
"""

from __future__ import annotations

import re

from agent.cli.running_config import running_config
from agent.core.clock import Instant
from agent.core.dates import log_stamp
from agent.device.device import Device
from agent.device.files import FileFault, normalised
from yang.tree import get

NOT_ENABLED = "Archive feature not enabled\n"
LIMIT = 10  # source: config-replace
_STAMP = re.compile(r"-[A-Z][a-z]{2}-\d\d?-\d\d-\d\d-\d\d\.\d{3}-\S+-(\d+)")


def path_of(device: Device) -> str:
    """What `archive path` says; empty where there is no archive."""
    return str(get(device.datastore.running, ("native", "archive", "path"), ""))


def limit_of(device: Device) -> int:
    """How many configurations are kept."""
    return int(get(device.datastore.running, ("native", "archive", "maximum"), LIMIT))


def saved(device: Device) -> tuple[tuple[int, str], ...]:
    """The (number, name) of every archived configuration, oldest first."""
    path = path_of(device)
    stem = normalised(path) if path else FileFault.NO_SUCH_FILE
    if isinstance(stem, FileFault):
        return ()
    found = []
    for name in device.files.entries:
        stamp = _STAMP.fullmatch(name.removeprefix(stem)) if name.startswith(stem) else None
        if stamp:
            found.append((int(stamp[1]), path + name.removeprefix(stem)))
    return tuple(sorted(found))


def next_number(device: Device) -> int:
    """The number the next one will have."""
    return max((number + 1 for number, _ in saved(device)), default=0)


def backed_up(device: Device, now: Instant) -> str | FileFault:
    """Archive what runs before a change that waits for its confirmation, and log that."""
    name = save(device, now)
    if not isinstance(name, FileFault):
        device.syslog("ARCHIVE_DIFF.ROLLBK_CNFMD_CHG_BACKUP", {"file": name}, now)
    return name


def save(device: Device, now: Instant) -> str | FileFault:
    """Archive what runs; its file's name, or why that cannot be. There must be a path."""
    return keep(device, running_config(device), now)


def keep(device: Device, text: str, now: Instant) -> str | FileFault:
    """Archive this text of what runs, as `save` does."""
    local = device.local_time(now)
    zone = device.zone.at(local)
    stamp = re.sub("[ :]+", "-", log_stamp(local, zone))
    name = f"{path_of(device)}-{stamp}-{zone.name}-{next_number(device)}"
    fault = device.write_file(name, text, now)
    if fault is not None:
        return fault
    for _, old in saved(device)[: -limit_of(device)]:
        device.delete_file(old, now)
    return name
