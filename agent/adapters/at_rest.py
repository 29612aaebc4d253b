"""A state folder whose lab does not run, for requests to its CSSM. Devices are left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agent.adapters.disk import StateFolder
from agent.adapters.lab import CLOCK
from agent.adapters.portal import chosen
from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.device import Device
from counterparts.cssm import Cssm, CssmSettings
from counterparts.records import SqlCssmRecords


class FolderAtRest:
    """The CSSMs of a folder, at the instant its lab stopped."""

    def __init__(self, cssms: Mapping[str, Cssm], now: Instant) -> None:
        self._cssms, self._now = cssms, now

    def cssm(self, name: str | None) -> Cssm:
        return chosen(self._cssms, name)

    def now(self) -> Instant:
        return self._now

    def device(self, name: str) -> Device | None:
        """None: a device's files are reached while its lab runs."""
        return None


@contextmanager
def folder_at_rest(path: Path) -> Iterator[FolderAtRest]:
    """Open a folder, locked meanwhile. Raises InputError when it is none or in use."""
    if not (path / "lab.json").exists():
        raise InputError("is not the state folder of a lab", str(path))
    folder = StateFolder(path)
    records: dict[str, SqlCssmRecords] = {}
    try:
        for file in sorted(path.glob("*.sqlite")):
            try:
                records[file.stem] = SqlCssmRecords(f"sqlite:///{file}")
            except InputError:
                continue  # another counterpart's
        cssms = {name: Cssm(kept, CssmSettings(), "") for name, kept in records.items()}
        yield FolderAtRest(cssms, max(folder.lab.get(CLOCK, 0), folder.last_instant()))
    finally:
        for kept in records.values():
            kept.close()
        folder.close()
