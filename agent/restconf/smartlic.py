"""The native licensing REST API, `/smartlic-service`: close reports, read them, import files.

The device's HTTP server hands it to the Smart Agent, not to the model-driven server. Where the
published pages are silent (the bodies of errors, of `close-reports` and of `import`, the members of
`list`) the shapes are ours; what a report needs beside itself stands in `emu_file`.
Sources: docs/sources.md, entries smartlic-service, return-codes.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent.core.clock import SECOND, Instant
from agent.device.device import Device
from agent.engine.events import ReportsClosed, SavedUsage, UsageRead
from agent.engine.records import RumReport, RumState
from agent.netconf.licensing_rpcs import SUCCESS, imported
from agent.protocol.codec import read_usage_file, write_usage_file
from agent.protocol.codec_reports import report_object
from agent.restconf.messages import Request, Response
from yang.tree import Tree, get

ROOT = "/smartlic-service"
DEFAULT_DAYS = 90
MOST_DAYS = 1_000_000  # report ids are larger, so a number is one or the other
_JSON = "application/json"
_STATES = {
    RumState.OPEN: "open",
    RumState.CLOSED: "closed",
    RumState.PENDING: "pending",
    RumState.UNACK: "unacknowledged",
    RumState.ACK: "acknowledged",
}
_READ = ("list", "list-reports", "all-reports", "days")
_DONE = ("close-reports", "import")


def offered(device: Device) -> bool:
    """Does this release have it? # source: smartlic-service (first in 17.3.2)"""
    return bool(device.release.within("17.3.2.."))


def enabled(root: Tree, *, tls: bool) -> bool:
    """Is the HTTP server it sits on configured, and by which way may it be reached?"""
    name = "secure-server" if tls else "server"
    return bool(get(root, ("native", "ip", "http", name)))


def answer(device: Device, request: Request, now: Instant) -> Response:
    """The response to a request of a user who may do this."""
    if not offered(device):
        return failure(404, "notfound", "no such service")
    name, _, number = request.path.removeprefix(ROOT).strip("/").partition("/")
    if name.isascii() and name.isdigit() and len(name) < 19 and not number:
        return _not_this(request, "GET") or _report(device, int(name), now)
    if name not in (*_READ, *_DONE) or (number and name != "days"):
        return failure(404, "notfound", "no such resource")
    refusal = _not_this(request, "POST" if name in _DONE else "GET")
    if refusal is not None:
        return refusal
    match name:
        case "close-reports":
            device.handle(ReportsClosed(), now)
            return _good({"return-code": SUCCESS})
        case "import":
            return _import(device, request.body, now)
        case "days":
            return _days(device, number or str(DEFAULT_DAYS), now)
        case "all-reports":
            return _reports(device, UsageRead(), now)
        case _:
            return _list(device)


def _not_this(request: Request, wanted: str) -> Response | None:
    """405 for another method than the resource has."""
    if request.method == wanted:
        return None
    refusal = failure(405, "invalidrequest", f"this resource takes {wanted}")
    return replace(refusal, headers={**refusal.headers, "Allow": wanted})


def failure(status: int, code: str, message: str) -> Response:
    """An error in the shape of this API. # assumed: `return-code` and a sentence"""
    found = {"return-code": code, "message": message}
    return Response(status, {"Content-Type": _JSON}, _text(found))


# --- reading ----------------------------------------------------------------------------------


def _list(device: Device) -> Response:
    """The table of contents: reports whose text is there. # assumed: the names of the members"""
    rows = [
        _row(report) for report in device.agent.state.reports.values() if report.signed is not None
    ]
    return _good({"usage_list": rows})


def _row(report: RumReport) -> dict[str, Any]:
    assert report.signed is not None
    closed = report.closed or 0
    return {
        "report_id": report.report_id,
        "start_time": report.opened // SECOND,
        "end_time": closed // SECOND,
        "state": _STATES[report.state],
    }


def _days(device: Device, text: str, now: Instant) -> Response:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return failure(400, "BadInputParams", f"{text[:40]!r} is no number")
    number = int(text)
    if number > MOST_DAYS or number in device.agent.state.reports:
        return _report(device, number, now)
    return _reports(device, UsageRead(SavedUsage.DAYS, number), now)


def _report(device: Device, number: int, now: Instant) -> Response:
    if number not in device.agent.state.reports:
        return failure(404, "requesteditemnotfound", f"there is no report {number}")
    return _reports(device, UsageRead(SavedUsage.RUM_ID, number), now)


def _reports(device: Device, event: UsageRead, now: Instant) -> Response:
    """The reports themselves; a reply without `usage` says there are none."""
    text = device.handle(event, now)
    if not text:
        return _good({})
    usage = read_usage_file(text)
    rest = write_usage_file(replace(usage, reports=()))
    return _good({"usage": [report_object(r) for r in usage.reports], "emu_file": rest})


# --- import -----------------------------------------------------------------------------------


def _import(device: Device, body: bytes, now: Instant) -> Response:
    text = _file_in(body)
    if text is None:
        return failure(400, "base64decoding", "the body holds no licence file")
    output = {"confirmation-codes": "", **imported(device, text, now)}
    ordered = {"return-code": output["return-code"], **output}
    if output["return-code"] == SUCCESS:
        return _good(ordered)
    return Response(400, {"Content-Type": _JSON}, _text(ordered))


def _file_in(body: bytes) -> str | None:
    """The file: as it is, in base64, in a JSON string, or in the one text of a JSON object."""
    try:
        text = body.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    if text[:1] in ('"', "{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return None
        values = list(found.values()) if isinstance(found, dict) else [found]
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != 1:
            return None
        text = texts[0].strip()
    if text.startswith("<"):
        return text
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.lstrip().startswith("<") else None


def _good(found: Mapping[str, Any]) -> Response:
    return Response(200, {"Content-Type": _JSON}, _text(found))


def _text(found: Mapping[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
