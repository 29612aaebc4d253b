"""The operator's requests to a CSSM: `cssm.upload`, `cssm.ack`, `cssm.policy.use` and the others.

A running lab carries them out through its control socket; with no lab running, the same requests
work on the state folder at rest. A file is named as this host names it, or as `NAME:flash:file`
for a file of a device of the lab: then nobody has to carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from agent.core.clock import Instant
from agent.core.dates import clock_line
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.device.device import Device
from agent.device.files import FileFault
from agent.engine.events import FileImported, TrustRequestSaved
from agent.protocol.codec import MAX_BODY
from counterparts.bundle import MOST_BYTES, is_archive
from counterparts.cssm import Cssm
from counterparts.portal import DEFAULT_DAYS, DEFAULT_USES, Portal
from counterparts.repository import Token, Upload

_FACTORY_FILE = "flash:factory-trust.xml"  # on the device while it is made


class Place(Protocol):
    """Where requests are carried out: a running lab, or a state folder."""

    def cssm(self, name: str | None) -> Cssm: ...
    def now(self) -> Instant: ...
    def device(self, name: str) -> Device | None: ...


def chosen(cssms: Mapping[str, Cssm], name: str | None) -> Cssm:
    """The one CSSM there is, or the one named. Raises InputError."""
    if name is None and len(cssms) == 1:
        return next(iter(cssms.values()))
    if name is None or name not in cssms:
        what = f"there is no CSSM {name!r}" if name else "say which CSSM: --cssm NAME"
        raise InputError(what, allowed=", ".join(cssms) or "none in this lab")
    return cssms[name]


def carry_out(place: Place, request: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out a `cssm....` request. Raises InputError."""
    act = _REQUESTS.get(str(request.get("do")))
    if act is None:
        raise InputError(f"{request.get('do')!r} is not a request", allowed=", ".join(_REQUESTS))
    return act(place, Portal(place.cssm(_text(request, "cssm") or None)), request)


# --- one function per request -----------------------------------------------------------------


def _upload(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    """A file of a device, or an archive of a CSLU with one for each of its devices."""
    name = _text(request, "file")
    data = archive_in(place, name)
    if data is None:
        return _upload_row(portal.upload(read_file(place, name), place.now()))
    found = portal.upload_archive(data, place.now())
    return {
        "uploads": [_upload_row(row) for row in found.values() if isinstance(row, Upload)],
        "refused": [f"file {n}: {row}" for n, row in found.items() if not isinstance(row, Upload)],
    }


def _upload_row(upload: Upload) -> dict[str, Any]:
    return {
        "udi": str(upload.udi),
        "upload": str(upload.poll_id),
        "ready": clock_line(upload.ready),
    }


def _ack(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    if request.get("archive") is True:
        name = _text(request, "out")
        write_archive(name, portal.ack_archive(place.now()))
        return {"file": name}
    wanted = _text(request, "udi")
    text = portal.ack(_udi(place, wanted) if wanted else None, place.now())
    return _hand_out(place, text, request)


def _slac(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    udi = _udi(place, _text(request, "udi"))
    features = _text(request, "features").split()
    return _hand_out(place, portal.authorize(udi, features, place.now()), request)


def _reserve(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, int] = {}
    for word in _text(request, "licences").split():
        licence, _, count = word.partition("=")
        if not count.isdecimal():
            raise InputError(f"{word!r} is no licence and count", allowed="NAME=COUNT")
        wanted[licence] = int(count)
    return _hand_out(place, portal.reserve(_text(request, "code"), wanted, place.now()), request)


def _remove(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    udi = _udi(place, _text(request, "udi"))
    portal.remove(udi, _text(request, "code"))
    return {"udi": str(udi)}


def _factory_trust(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    """A device of the lab gets the trust codes it would have had from its factory."""
    name = _text(request, "device")
    device = place.device(name)
    if device is None:
        raise InputError(f"{name!r} is no device of this lab")
    if device.handle(TrustRequestSaved(_FACTORY_FILE), place.now()):
        raise InputError("a trust code is installed already")
    # a factory was there before any clock was set: the device's own calendar dates the codes
    text = portal.factory_trust(
        read_file(place, f"{name}:{_FACTORY_FILE}"), device.local_time(place.now())
    )
    device.delete_file(_FACTORY_FILE, place.now())
    device.handle(FileImported(text), place.now())
    return {"device": name}


def _policy_list(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"policies": [{"name": n, "in_force": used} for n, used in portal.policies()]}


def _policy_new(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    cells = dict(word.partition("=")[::2] for word in _text(request, "cells").split())
    portal.new_policy(_text(request, "policy"), cells, ack_required=request.get("ack") is not False)
    return {"policy": _text(request, "policy")}


def _policy_use(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    portal.use_policy(_text(request, "policy"), place.now())
    return {"policy": _text(request, "policy")}


def _policy_file(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    return _hand_out(place, portal.policy_file(), request)


def _licenses(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    rows = portal.licenses()
    used = portal.registered_use().items()
    return {
        "licenses": [{"name": n, "owned": count, "granted": out} for n, count, out in rows],
        "registered": [{"tag": tag, "owned": count, "used": used} for tag, (count, used) in used],
    }


def _licenses_set(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    portal.own(_text(request, "feature"), _number(request, "count", 0))
    return _licenses(place, portal, request)


def _token_new(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    days, uses = _number(request, "days", DEFAULT_DAYS), _number(request, "uses", DEFAULT_USES)
    token = portal.new_token(days, uses, _text(request, "description"), place.now())
    if request.get("export") is False:
        portal.forbid_export(token.token)
    return _token_row(token, place.now())


def _token_list(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"tokens": [_token_row(token, place.now()) for token in portal.tokens()]}


def _token_revoke(place: Place, portal: Portal, request: Mapping[str, Any]) -> dict[str, Any]:
    return _token_row(portal.revoke_token(_text(request, "token"), place.now()), place.now())


_REQUESTS: dict[str, Callable[[Place, Portal, Mapping[str, Any]], dict[str, Any]]] = {
    "cssm.upload": _upload,
    "cssm.ack": _ack,
    "cssm.slac": _slac,
    "cssm.reserve": _reserve,
    "cssm.remove": _remove,
    "cssm.factory_trust": _factory_trust,
    "cssm.policy.list": _policy_list,
    "cssm.policy.new": _policy_new,
    "cssm.policy.use": _policy_use,
    "cssm.policy.file": _policy_file,
    "cssm.licenses": _licenses,
    "cssm.licenses.set": _licenses_set,
    "cssm.token.new": _token_new,
    "cssm.token.list": _token_list,
    "cssm.token.revoke": _token_revoke,
}


# --- files ------------------------------------------------------------------------------------


def read_file(place: Place, name: str) -> str:
    """The text of a file of this host or of a device. Raises InputError."""
    device, path = _device_file(place, name)
    if device is not None:
        found = device.files.read(path)
        if isinstance(found, FileFault):
            raise InputError(found.value, name)
        return found
    file = Path(name)
    try:
        if file.stat().st_size > MAX_BODY:
            raise InputError("is too large", name, f"{MAX_BODY} bytes")
        return file.read_text("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", name) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", name) from None


def archive_in(place: Place, name: str) -> bytes | None:
    """The bytes of a file of this host where it is an archive. Raises InputError."""
    if _device_file(place, name)[0] is not None:
        return None
    file = Path(name)
    try:
        with file.open("rb") as opened:
            if not is_archive(opened.read(2)):
                return None
        if file.stat().st_size > MOST_BYTES:
            raise InputError("is too large", name, f"{MOST_BYTES} bytes")
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", name) from None


def write_archive(name: str, data: bytes) -> None:
    """Write a file of this host. Raises InputError."""
    if not name:
        raise InputError("an archive goes into a file", allowed="-o FILE")
    try:
        Path(name).write_bytes(data)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", name) from None


def _hand_out(place: Place, text: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The text itself, or the file it was put into."""
    name = _text(request, "out")
    if not name:
        return {"text": text}
    device, path = _device_file(place, name)
    if device is not None:
        fault = device.write_file(path, text, place.now())
        if fault is not None:
            raise InputError(fault.value, name)
        return {"file": name}
    try:
        Path(name).write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", name) from None
    return {"file": name}


def _device_file(place: Place, name: str) -> tuple[Device | None, str]:
    """`switch-1:flash:usage.txt` is a file of that device."""
    node, colon, path = name.partition(":")
    device = place.device(node) if colon and ":" in path else None
    return device, path


# --- arguments ----------------------------------------------------------------------------------


def _udi(place: Place, text: str) -> Udi:
    """A device of the lab by its name, or any device as `PID:<pid>,SN:<sn>`."""
    device = place.device(text)
    if device is not None:
        return device.udi
    pid, comma, sn = text.removeprefix("PID:").partition(",SN:")
    if not comma:
        allowed = "the name of a device, or PID:<pid>,SN:<serial number>"
        raise InputError(f"{text!r} names no device", allowed=allowed)
    return Udi(pid, sn)


def _text(request: Mapping[str, Any], key: str) -> str:
    value = request.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{key} {value!r} is not a text")
    return value


def _number(request: Mapping[str, Any], key: str, default: int) -> int:
    value = request.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{key} {value!r} is not a whole number")
    return value


def _token_row(token: Token, now: Instant) -> dict[str, Any]:
    left = token.max_uses - token.used
    status = "expired" if now >= token.expires else "active" if left > 0 else "used up"
    return {
        "token": token.token,
        "description": token.description,
        "expires": clock_line(token.expires),
        "uses_left": left,
        "status": status,
    }
