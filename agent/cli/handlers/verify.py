"""`verify`: the hash of a file, and the signature of what belongs to the device's software.

Of a package only name and size are there, so its hashes are made of these: the same on every
device, and no image's real ones.
Sources: docs/sources.md, entries verify-output, verify-image.
"""

from __future__ import annotations

import hashlib

from agent.cli.handlers.files import cannot_open, text_in_slices
from agent.cli.reply import Args, Context, Handler, Long, Result
from agent.device.device import Device
from agent.device.files import FileFault, Package, normalised
from yang.slices import Slices

_HASHED = 1 << 18  # characters in one slice
_MARKS = ("." * 75 + "\n") * 2  # assumed: two lines of them, whatever the size
_SHA2 = " " * 22


def verify(context: Context, args: Args) -> Result:
    """`verify /md5 FILE [VALUE]` and its kin: compute, and compare where a value was given."""
    path, kind = str(args["path"]), str(args["kind"])
    given = str(args.get("value", "")).lower()
    return Long(_verified(context.device, path, kind, given))


def _verified(device: Device, path: str, kind: str, given: str) -> Slices[str]:
    text = yield from _content(device, path)
    if isinstance(text, FileFault):
        return cannot_open(device, path, text).text
    signature = hashlib.new(kind)
    for at in range(0, len(text), _HASHED):
        signature.update(text[at : at + _HASHED].encode())
        yield
    computed = signature.hexdigest()
    # assumed: one dot for a file this small
    done = ".Done!\n"
    if not given:
        return f"{done}verify /{kind} ({path}) = {computed}"
    if given == computed:
        return f"{done}Verified ({path}) = {computed}"
    return (
        f"{done}%Error verifying {path}\n"
        f"Computed signature  = {computed}\nSubmitted signature = {given}"
    )


def verify_image(context: Context, args: Args) -> Result:
    """`verify FILE`: an image proves itself by its signature; no file of an operator is one."""
    path = str(args["path"])
    return Long(_signed(context.device, path))


def _signed(device: Device, path: str) -> Slices[str]:
    text = yield from _content(device, path)
    if isinstance(text, FileFault):
        return cannot_open(device, path, text).text
    if normalised(path) not in device.files.software:
        return f"%ERROR: Digital signature not found in file {path}"  # assumed: its wording
    sha1 = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()
    hashes = f"Embedded Hash   SHA1 : {sha1}\nComputed Hash   SHA1 : {sha1}"
    if isinstance(_file(device, path), Package):
        digest = hashlib.sha512(text.encode()).hexdigest()
        rows = (digest[at : at + 32] for at in range(0, len(digest), 32))
        sha2 = f"\n{_SHA2}".join([*rows, ""])
        return (
            f"Verifying file integrity of {path}\n{_MARKS}{hashes}\n"
            "Starting image verification\nHash Computation:    100%Done!\n"
            f"Computed Hash   SHA2: {sha2}\nEmbedded Hash   SHA2: {sha2}\n"
            f"Digital signature successfully verified in file {path}"
        )
    return (
        f"{path} is detected as a provisioning file\nVerifying file integrity of {path}.\n{hashes}"
    )


def _file(device: Device, path: str) -> object:
    name = normalised(path)
    return None if isinstance(name, FileFault) else device.files.at(name)


def _content(device: Device, path: str) -> Slices[str | FileFault]:
    """The text of a file; of a package what its hashes are made of."""
    found = _file(device, path)
    if isinstance(found, Package):
        return f"{path.rpartition(':')[2].strip('/')} {found.size}"
    return (yield from text_in_slices(device, path))


HANDLERS: dict[str, Handler] = {"files.verify": verify, "files.verify_image": verify_image}
