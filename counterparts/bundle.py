"""Archives that a person carries between a CSLU and CSSM where no network does.

An upload holds one archive of a Virtual Account beside its manifest, and in that one file for each
device; a download has the same shape with ACK_ before each name. What is read is capped and never
leaves memory: no name of an archive becomes a path.
Sources: docs/sources.md, entry usage-bundle.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from agent.core.clock import Instant
from agent.core.dates import MONTHS, local
from agent.core.errors import InputError
from agent.protocol.codec_fields import compact

FORMAT = "slp-emu/1"
MOST_MEMBERS = 1000
MOST_BYTES = 200 * 2**20
_GZIP = b"\x1f\x8b"
_MANIFEST = "manifest.mf"
_OUTER, _INNER, _ACK = "UD_SA_{}.tar.gz", "UD_VA_{}.tar.gz", "ACK_"
_DEVICE = re.compile(r"(?P<ack>ACK_)?dev_(?P<id>[A-Za-z0-9-]{1,64})_[^/]{0,64}\.txt")


@dataclass(frozen=True, slots=True)
class UsageBundle:
    """An upload: who made it, of which account ("" where it does not say), a text for each id."""

    maker: str
    smart_account: str
    virtual_account: str
    files: Mapping[str, str]


def is_archive(data: bytes) -> bool:
    """Does this begin as a compressed archive does?"""
    return data.startswith(_GZIP)


def stamp(now: Instant) -> str:
    """`26Nov22_02_31_05_123`, the mark in the names of an upload."""
    t = local(now)
    day = f"{t.year % 100:02d}{MONTHS[t.month - 1]}{t.day:02d}"
    return f"{day}_{t.hour:02d}_{t.minute:02d}_{t.second:02d}_{now % 1000:03d}"


def upload_name(now: Instant) -> str:
    """The usual name of an upload's file."""
    return _OUTER.format(stamp(now))


def pack_usage(bundle: UsageBundle, account_ids: tuple[int, int], now: Instant) -> bytes:
    """An upload. `account_ids` are those of Smart Account and Virtual Account."""
    mark = stamp(now)
    inner_name = _INNER.format(mark)
    manifest = "\r\n".join(
        (
            "Manifest-Version: 1.0",
            f"Created-By: {compact({'uuid': bundle.maker})}",
            f"Emu-Format: {FORMAT}",
            f"Smart-Account: {bundle.smart_account}",
            f"Smart-Account-ID: {account_ids[0]}",
            "",
            f"Name: /{inner_name}",
            f"Specification-VA: {bundle.virtual_account}",
            f"Specification-VA-ID: {account_ids[1]}",
            "",
        )
    )
    named = {f"dev_{key}_{mark}.txt": text.encode() for key, text in bundle.files.items()}
    return _packed({_MANIFEST: manifest.encode(), inner_name: _packed(named, now)}, now)


def pack_acks(files: Mapping[str, str], now: Instant) -> bytes:
    """A download: the ACK of each device by its id."""
    mark = stamp(now)
    named = {f"{_ACK}dev_{key}_{mark}.txt": text.encode() for key, text in files.items()}
    return _packed({_ACK + _INNER.format(mark): _packed(named, now)}, now)


def unpack_usage(data: bytes) -> UsageBundle:
    """Read an upload. Raises InputError for an archive that is none."""
    outer = _members(data)
    heads = _heads(outer.get(_MANIFEST, b""))
    files = _device_files(outer, ack=False)
    if not files:
        raise InputError("holds no usage of a device", allowed="dev_<id>_<stamp>.txt inside")
    maker = re.search(r'"uuid"\s*:\s*"([^"]{0,100})"', heads.get("Created-By", ""))
    return UsageBundle(
        maker=maker[1] if maker else "",
        smart_account=heads.get("Smart-Account", ""),
        virtual_account=heads.get("Specification-VA", ""),
        files=files,
    )


def unpack_acks(data: bytes) -> dict[str, str]:
    """Read a download: the ACK of each device by its id. Raises InputError."""
    files = _device_files(_members(data), ack=True)
    if not files:
        raise InputError("holds no ACK of a device", allowed="ACK_dev_<id>_<stamp>.txt inside")
    return files


def _heads(manifest: bytes) -> dict[str, str]:
    lines = manifest.decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _device_files(outer: Mapping[str, bytes], *, ack: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, data in outer.items():
        members = _members(data) if is_archive(data) else {name: data}
        for inner, text in members.items():
            match = _DEVICE.fullmatch(inner)
            if match is None or bool(match["ack"]) is not ack:
                continue
            try:
                found[match["id"]] = text.decode("utf-8")
            except UnicodeDecodeError:
                raise InputError(f"{inner} is not UTF-8 text") from None
    return found


def _packed(members: Mapping[str, bytes], now: Instant) -> bytes:
    whole = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=whole, mode="wb", mtime=now // 1000) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), now // 1000, 0o600
            archive.addfile(entry, io.BytesIO(data))
    return whole.getvalue()


def _members(data: bytes) -> dict[str, bytes]:
    """The files of an archive. Raises InputError for a bad one, or one that is too much."""
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            raw = packed.read(MOST_BYTES + 1)
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as archive:
            for entry in archive:
                name = entry.name.removeprefix("./")
                if entry.isdir():
                    continue
                if not entry.isfile() or name.startswith("/") or ".." in name.split("/"):
                    raise InputError(f"{entry.name!r} does not belong into an archive of usage")
                left -= entry.size
                if left < 0 or len(raw) > MOST_BYTES or len(found) == MOST_MEMBERS:
                    allowed = f"{MOST_MEMBERS} files, {MOST_BYTES // 2**20} MiB"
                    raise InputError("the archive holds too much", allowed=allowed)
                taken = archive.extractfile(entry)
                found[name.rpartition("/")[2]] = taken.read() if taken else b""
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise InputError(f"is no archive of usage: {error}") from None
    return found
