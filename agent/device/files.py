"""The device's file systems: `flash:` (also called `bootflash:`) and `nvram:`, small and kept.

Files here are texts: usage files, licence files, saved configurations. A directory is an entry
without a text. The device's own software lies beside them and cannot be changed. Names are
normalised to `flash:/directory/name`. Nothing raises: what cannot be done comes back as a
FileFault, whose value is the reason the device prints in brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from types import MappingProxyType

from agent.core.clock import Instant

# Where a platform states none.
SIZES: Mapping[str, int] = MappingProxyType({"flash": 11_353_194_496, "nvram": 2_097_152})
ALIASES: Mapping[str, str] = MappingProxyType({"bootflash": "flash", "disk0": "flash"})
# one text must fit into a journal line and a console's patience
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_FILES = 4096
MAX_NAME = 255
FIRST_INDEX = 11  # assumed: the number in `dir` of the first file
DIRECTORY_BYTES = 4096  # as `dir` shows a directory; it takes no room here


class FileFault(Enum):
    """Why a file could not be used; the value stands in brackets behind `%Error ...`."""

    NO_SUCH_FILE = "No such file or directory"
    NO_SUCH_DEVICE = "No such device"
    NO_SPACE = "No space left on device"
    NAME_TOO_LONG = "File name too long"
    FILE_TOO_LARGE = "File too large"
    EXISTS = "Can't create a file that exists"
    IS_DIRECTORY = "Is a directory"
    NOT_DIRECTORY = "Not a directory"
    NOT_EMPTY = "Directory not empty"
    DENIED = "Permission denied"


@dataclass(frozen=True, slots=True)
class File:
    """A file: its number in `dir`, when it was written, its text; a directory has none."""

    index: int
    modified: Instant
    data: str | None

    @property
    def is_directory(self) -> bool:
        return self.data is None

    @property
    def size(self) -> int:
        """Bytes."""
        return DIRECTORY_BYTES if self.data is None else len(self.data.encode())


@dataclass(frozen=True, slots=True)
class Package(File):
    """A file of which only the size is there, in bytes."""

    stated: int = 0

    @property
    def size(self) -> int:
        return self.stated


_NO_FILES: Mapping[str, File] = MappingProxyType({})


class VirtualFiles:
    """The files of one device by normalised path. Written only through the device's doors.

    `entries` are the operator's, `software` the device's own.
    """

    __slots__ = ("default", "entries", "next_index", "sizes", "software")

    def __init__(
        self,
        default: str = "flash",
        sizes: Mapping[str, int] = SIZES,
        software: Mapping[str, File] = _NO_FILES,
    ) -> None:
        """`default` is the file system of a name without one: `bootflash` on a router."""
        self.default = default
        self.sizes = sizes
        self.software = software
        self.entries: dict[str, File] = {}
        self.next_index = FIRST_INDEX + len(software)

    def at(self, name: str) -> File | None:
        """The file or directory at a normalised path."""
        return self.entries.get(name) or self.software.get(name)

    def read(self, path: str) -> str | FileFault:
        """The text at `path` (any spelling)."""
        name = normalised(path)
        if isinstance(name, FileFault):
            return name
        found = self.at(name)
        if found is None:
            return FileFault.IS_DIRECTORY if name.endswith(":/") else FileFault.NO_SUCH_FILE
        if isinstance(found, Package):
            return FileFault.DENIED
        return FileFault.IS_DIRECTORY if found.data is None else found.data

    def exists(self, path: str) -> bool:
        name = normalised(path)
        return name in self.entries or name in self.software

    def is_directory(self, path: str) -> bool:
        """Is this a directory, or a file system itself?"""
        name = normalised(path)
        if isinstance(name, FileFault):
            return False
        return name.endswith(":/") or (name in self.entries and self.entries[name].is_directory)

    def listing(self, directory: str) -> tuple[tuple[str, File], ...]:
        """(name, file) of all that lies in `flash:` or `flash:/directory`, oldest number first."""
        above = normalised(directory)
        if isinstance(above, FileFault):
            return ()
        head = above if above.endswith("/") else f"{above}/"
        found = [
            (path.removeprefix(head), file)
            for path, file in chain(self.software.items(), self.entries.items())
            if path.startswith(head) and "/" not in path.removeprefix(head)
        ]
        return tuple(sorted(found, key=lambda row: row[1].index))

    def removable(self, path: str) -> str | FileFault:
        """The normalised path of a file, or of a directory with nothing in it."""
        name = normalised(path)
        if isinstance(name, FileFault):
            return name
        if name in self.software:
            return FileFault.DENIED
        if name not in self.entries:
            return FileFault.IS_DIRECTORY if name.endswith(":/") else FileFault.NO_SUCH_FILE
        return FileFault.NOT_EMPTY if self.listing(name) else name

    def total(self, filesystem: str) -> int:
        """Bytes of the whole file system; 0 for one that is not there."""
        name = filesystem.partition(":")[0].lower()
        return self.sizes.get(ALIASES.get(name, name), 0)

    def free(self, filesystem: str) -> int:
        """Bytes not used."""
        name = filesystem.partition(":")[0].lower()
        head = f"{ALIASES.get(name, name)}:/"
        every = chain(self.software.items(), self.entries.items())
        texts = (f.size for p, f in every if p.startswith(head) and f.data is not None)
        return self.total(filesystem) - sum(texts)

    def check(self, path: str, data: str | None) -> str | FileFault:
        """The normalised path if `data` (None: a directory) can be written there."""
        name = normalised(path)
        if isinstance(name, FileFault):
            return name
        old = self.at(name)
        if name in self.software:
            return FileFault.EXISTS if data is None else FileFault.DENIED
        if data is None and (old is not None or name.endswith(":/")):
            return FileFault.EXISTS
        if self.is_directory(name):
            return FileFault.IS_DIRECTORY
        above = name.rpartition("/")[0]
        if not above.endswith(":") and not self.is_directory(above):
            return FileFault.NOT_DIRECTORY if self.at(above) else FileFault.NO_SUCH_FILE
        size = len((data or "").encode())
        if size > MAX_FILE_BYTES:
            return FileFault.FILE_TOO_LARGE
        full = old is None and len(self.entries) >= MAX_FILES
        return FileFault.NO_SPACE if full or size > self.room(name) else name

    def room(self, path: str) -> int:
        """The bytes that a file at this path may have; none where the path is none."""
        name = normalised(path)
        if isinstance(name, FileFault):
            return 0
        old = self.entries.get(name)
        return min(MAX_FILE_BYTES, self.free(name) + (old.size if old else 0))

    def put(self, name: str, data: str | None, now: Instant) -> None:
        """Write at a normalised path that `check` has given."""
        old = self.entries.get(name)
        if old is None:
            self.next_index += 1
        index = old.index if old else self.next_index - 1
        self.entries[name] = File(index, now, data)

    def keep(self, path: str, data: str, now: Instant) -> FileFault | None:
        """Check and write; the fault where that cannot be."""
        name = self.check(path, data)
        if isinstance(name, FileFault):
            return name
        self.put(name, data, now)
        return None

    def remove(self, name: str) -> None:
        self.entries.pop(name, None)


def sizes(texts: Mapping[str, str]) -> Mapping[str, int]:
    """Bytes of the file systems of a platform, from what its `show version` states (`2048K`).

    # assumed: all of it; a device's own file system takes some away before `dir` counts
    """
    flash = next((texts[name] for name in ("flash", "bootflash", "disk") if name in texts), "")
    stated = {"flash": flash, "nvram": texts.get("nvram", "")}
    found = {name: int(text[:-1]) * 1024 for name, text in stated.items() if text.endswith("K")}
    return MappingProxyType({**SIZES, **found})


def normalised(path: str) -> str | FileFault:
    """`bootflash:x`, `flash:/x` and `x` are all `flash:/x`; the file system itself is `flash:/`.

    Names do not climb: one with a step `.` or `..` is not there.
    """
    device, colon, name = path.partition(":")
    if not colon:
        device, name = "flash", path
    system = ALIASES.get(device.lower(), device.lower())
    if system not in SIZES:
        return FileFault.NO_SUCH_DEVICE
    steps = [step for step in name.split("/") if step]
    if not all(step.isprintable() and step not in (".", "..") for step in steps):
        return FileFault.NO_SUCH_FILE
    found = "/".join(steps)
    return FileFault.NAME_TOO_LONG if len(found) > MAX_NAME else f"{system}:/{found}"
