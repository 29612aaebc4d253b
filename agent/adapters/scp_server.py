"""The device as an SCP server: its files over its SSH, where `ip scp server enable` is set.

asyncssh speaks the protocol; here is what it reads and writes: texts of the device's file systems,
kept through the device's own door. Names outside a file system do not exist.
Sources: docs/sources.md, entry scp-server.
"""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh

from agent.core.clock import Instant
from agent.device.device import Device
from agent.device.files import MAX_FILE_BYTES, FileFault
from yang.tree import get

if TYPE_CHECKING:
    from asyncssh.channel import SSHServerChannel

ENABLED = ("native", "ip", "scp", "server", "enable")
DISABLED = "Administratively disabled.\n"  # source: scp-server
_MISSING = (FileFault.NO_SUCH_FILE, FileFault.NO_SUCH_DEVICE)


def serves(device: Device) -> bool:
    """Is the SCP server on?"""
    return bool(get(device.datastore.running, ENABLED, False))


@dataclass(slots=True)
class _Open:
    """A file being read or written."""

    path: str
    data: bytearray
    writes: bool


class DeviceFiles(asyncssh.SFTPServer):
    """What a copying client sees of a device."""

    def __init__(
        self, chan: SSHServerChannel[Any], device: Device, now: Callable[[], Instant]
    ) -> None:
        super().__init__(chan)
        self._device, self._now = device, now

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        name = _name(path)
        if name == "." or self._device.files.is_directory(name):
            return asyncssh.SFTPAttrs(permissions=stat.S_IFDIR | 0o755, type=2)
        data = self._read(name)
        return asyncssh.SFTPAttrs(size=len(data), permissions=stat.S_IFREG | 0o644, type=1)

    lstat = stat

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Permissions and dates are not kept."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> _Open:
        name = _name(path)
        if not pflags & asyncssh.FXF_WRITE:
            return _Open(name, bytearray(self._read(name)), False)
        fault = self._device.files.check(name, "")
        if isinstance(fault, FileFault):
            raise _refusal(fault)
        return _Open(name, bytearray(), True)

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        assert isinstance(file_obj, _Open)
        return bytes(file_obj.data[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        assert isinstance(file_obj, _Open)
        if offset + len(data) > MAX_FILE_BYTES:
            raise _refusal(FileFault.FILE_TOO_LARGE)
        file_obj.data[offset : offset + len(data)] = data
        return len(data)

    def close(self, file_obj: object) -> None:
        assert isinstance(file_obj, _Open)
        if not file_obj.writes:
            return
        try:
            text = file_obj.data.decode()
        except UnicodeDecodeError:
            # files of a device are texts
            raise asyncssh.SFTPFailure("I/O error") from None
        fault = self._device.write_file(file_obj.path, text, self._now())
        if fault is not None:
            raise _refusal(fault)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        fault = self._device.write_file(_name(path), None, self._now())
        if fault is not None and fault is not FileFault.EXISTS:
            raise _refusal(fault)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        for name, file in self._device.files.listing(_name(path)):
            kind = 2 if file.is_directory else 1
            attrs = asyncssh.SFTPAttrs(size=file.size, type=kind)
            yield asyncssh.SFTPName(name.encode(), attrs=attrs)

    def _read(self, name: str) -> bytes:
        text = self._device.files.read(name)
        if isinstance(text, FileFault):
            raise _refusal(text)
        return text.encode()


def _name(path: bytes) -> str:
    """`/flash:/x`, `flash:x` and `x` as the device's files take them."""
    return path.decode("utf-8", "replace").lstrip("/").rstrip("/") or "."


def _refusal(fault: FileFault) -> asyncssh.SFTPError:
    if fault in _MISSING:
        return asyncssh.SFTPNoSuchFile(fault.value)
    return asyncssh.SFTPFailure(fault.value)
