"""The state folder: what a lab keeps across runs, and across `kill -9`.

    DIR/lab.json                 format version, and what the lab itself wants to keep
    DIR/lock                     held by the process that uses the folder
    DIR/devices/NAME.snapshot    a whole device, replaced atomically
    DIR/devices/NAME.journal     its inputs since, one JSON line each

An input is written before it is carried out, with one unbuffered write, so that a killed process
has lost nothing it acknowledged. A last line without its line feed was never acknowledged and is
dropped; any other damage is an InputError that names the file, the line and the way out.
Nothing here waits for the disk itself: a power cut may cost the last seconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.device import Device
from agent.device.snapshot import latest_instant, restore, take

FORMAT = 1
# so many inputs between two snapshots of a device: a restart replays at most these
SNAPSHOT_EVERY = 1000
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class StateFolder:
    """One state folder, locked by this process from opening to `close`."""

    def __init__(self, path: Path) -> None:
        """Open or make the folder (mode 0700).

        Raises InputError when it cannot be used: in use by another process, written by another
        version, damaged, or not writable.
        """
        self.path = path
        self._journals: dict[str, DiskJournal] = {}
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            (path / "devices").mkdir(mode=0o700, exist_ok=True)
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            self._take_lock()
            self.lab = self._read_lab()
        except BaseException:
            os.close(self._lock)
            raise

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = os.pread(self._lock, 32, 0).decode("ascii", "replace").strip()
            process = f" (process {owner})" if owner else ""
            raise InputError(
                f"in use by another slp{process}; stop that one or name another folder",
                str(self.path),
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    def _read_lab(self) -> dict[str, Any]:
        file = self.path / "lab.json"
        try:
            lab: Any = json.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            if any((self.path / "devices").iterdir()):
                what = (
                    "missing, though the folder holds devices; put it back or name another folder"
                )
                raise InputError(what, str(file)) from None
            self.write_lab({})
            return {}
        except OSError as error:
            raise _unusable(file, error) from None
        except ValueError as error:
            raise InputError(f"damaged ({error}); {_WAY_OUT}", str(file)) from None
        version = lab.get("format") if isinstance(lab, dict) else None
        if version != FORMAT:
            raise InputError(
                f"state of format {version}, which this version of slp cannot read; "
                "use the version that wrote it or name another folder",
                str(file),
                f"format {FORMAT}",
            )
        return {key: value for key, value in lab.items() if key != "format"}

    def write_lab(self, lab: dict[str, Any]) -> None:
        """Keep what the lab itself wants to keep (its clock, its ports): a JSON object."""
        self.lab = dict(lab)
        text = json.dumps({"format": FORMAT, **lab}, indent=1)
        _replace(self.path / "lab.json", text.encode())

    def device_names(self) -> tuple[str, ...]:
        """The devices this folder holds, by name."""
        found = (self.path / "devices").glob("*.snapshot")
        return tuple(sorted(file.name.removesuffix(".snapshot") for file in found))

    def last_instant(self) -> Instant:
        """The instant any device's last input came at: a killed lab got there, at least.

        Damaged files are passed over here; `load` names them.
        """
        latest = 0
        for name in self.device_names():
            lines, _ = _journal_lines(self._file(name, "journal"))
            last = lines[-1] if lines else self._file(name, "snapshot").read_bytes()
            latest = max(latest, latest_instant(last) or 0)
        return latest

    def load(self, name: str, on_bug: Callable[[Exception], None] | None = None) -> Device | None:
        """The device as it was, recording here again; None when the folder does not hold it.

        One that was killed before its first start counts as not held: nobody has seen it.
        The caller plugs in its link and calls `resend`; `on_bug` is as for `restore`. Raises
        InputError for damaged files.
        """
        snapshot = self._file(name, "snapshot")
        journal = self._file(name, "journal")
        try:
            kept = snapshot.read_bytes()
        except FileNotFoundError:
            if journal.exists() and journal.stat().st_size:
                raise InputError(
                    f"there is a journal but no snapshot; {_WAY_OUT}", str(snapshot)
                ) from None
            return None
        lines, whole = _journal_lines(journal)
        try:
            device = restore(kept, lines, on_bug)
        except InputError as error:
            file = journal if error.where.startswith("line") else snapshot
            place = f"{file}, {error.where}" if error.where else str(file)
            raise InputError(f"{error.what}; {_WAY_OUT}", place, error.allowed) from None
        if device.name != name:
            raise InputError(f"holds device {device.name!r}; {_WAY_OUT}", str(snapshot))
        if device.booted is None:
            return None
        self._record(device, snapshot, journal, whole, len(lines))
        return device

    def keep(self, device: Device) -> None:
        """Record a new device here from now on. Raises InputError when it cannot be written."""
        snapshot = self._file(device.name, "snapshot")
        journal = self._file(device.name, "journal")
        self._record(device, snapshot, journal, 0, 0)
        _replace(snapshot, take(device))

    def checkpoint(self) -> None:
        """Write a snapshot of every device that has changed since its last one."""
        for journal in self._journals.values():
            journal.checkpoint()

    def close(self) -> None:
        """A clean stop: snapshots written, files closed, the lock given back."""
        try:
            self.checkpoint()
        finally:
            for journal in self._journals.values():
                journal.close()
            self._journals.clear()
            os.close(self._lock)

    def _record(self, device: Device, snapshot: Path, journal: Path, size: int, lines: int) -> None:
        recording = DiskJournal(device, snapshot, journal, size, lines)
        self._journals[device.name] = recording
        device.journal = recording

    def _file(self, name: str, kind: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            allowed = "letters, digits, '.', '_' and '-', at most 64"
            raise InputError(f"device name {name!r} cannot be a file name", str(self.path), allowed)
        return self.path / "devices" / f"{name}.{kind}"


class DiskJournal:
    """The journal of one device: a file that is only appended to, emptied after each snapshot.

    The file is opened for each line, so a lab of thousands needs no open file per device.
    """

    __slots__ = ("_device", "_journal", "_lines", "_refused", "_size", "_snapshot", "every")

    def __init__(
        self, device: Device, snapshot: Path, journal: Path, size: int, lines: int
    ) -> None:
        self._device = device
        self._snapshot, self._journal = (
            str(snapshot),
            str(journal),
        )  # a Path takes ten times as much
        self._size, self._lines = size, lines
        self._refused = 0  # how many lines there were when a snapshot could not be written
        self.every = SNAPSHOT_EVERY
        try:
            descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(descriptor, size)
            os.close(descriptor)
        except OSError as error:
            raise _unusable(journal, error) from None

    def append(self, line: bytes) -> None:
        """Write one line; nothing of it stays when that fails (InputError)."""
        data = line + b"\n"
        try:
            descriptor = os.open(self._journal, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._write(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unusable(Path(self._journal), error) from None
        self._size += len(data)
        self._lines += 1

    def _write(self, descriptor: int, data: bytes) -> None:
        try:
            done = 0
            while done < len(data):
                done += os.pwrite(descriptor, data[done:], self._size + done)
        except OSError:
            os.ftruncate(descriptor, self._size)
            raise

    def applied(self, device: Device) -> None:
        """Take a snapshot in time; without room for it the journal, which has all, grows on."""
        if self._lines - self._refused < self.every:
            return
        try:
            self.checkpoint()
        except InputError:
            self._refused = self._lines  # tried again after as many lines, and at the clean stop

    def checkpoint(self) -> None:
        """Replace the snapshot, then empty the journal.

        A process killed between the two leaves lines the snapshot includes; their numbers tell.
        """
        if not self._lines:
            return
        _replace(Path(self._snapshot), take(self._device))
        try:
            os.truncate(self._journal, 0)
        except OSError as error:
            raise _unusable(Path(self._journal), error) from None
        self._size = self._lines = self._refused = 0

    def close(self) -> None:
        """The device records nowhere any more."""
        self._device.journal = _Closed(self._journal)


class _Closed:
    """A journal after `close`: whoever still changes the device has a bug."""

    def __init__(self, path: str) -> None:
        self.path = path

    def append(self, line: bytes) -> None:
        raise RuntimeError(f"{self.path} is closed")

    def applied(self, device: Device) -> None:
        return None


_WAY_OUT = "restore it from a copy, or delete this device's two files to start it anew"


def _journal_lines(file: Path) -> tuple[list[bytes], int]:
    """The whole lines of a journal and their bytes; a last half line is left out."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise _unusable(file, error) from None
    end = data.rfind(b"\n") + 1
    return data[:end].split(b"\n")[:-1], end


def _replace(file: Path, data: bytes) -> None:
    """Write `file` so that at any instant it is either the old or the new one, whole."""
    new = file.with_name(file.name + ".new")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(new, file)
    except OSError as error:
        raise _unusable(file, error) from None


def _unusable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot be used: {error.strerror}", str(path))
