"""The messages of the cloud REST API between a CSLU and CSSM: token, reportusage, authrequest,
poll.

A CSLU writes what CSSM reads here and the other way round. Times are epoch milliseconds, a poll
id is a bare integer beyond 2^53, the nonce of a request comes back in its answer, and the ACK of
a device travels as base64 in `smart_license`.
Sources: docs/sources.md, entry cloud-api; member `emu_trust_signature` is ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.codec import MessageError, ReturnCode
from agent.protocol.codec_authorization import (
    authorization_request_from,
    authorization_request_object,
)
from agent.protocol.codec_envelope import from_base64, to_base64
from agent.protocol.codec_fields import Fields, compact, decoded, parse_object, sudi
from agent.protocol.codec_reports import report_from, report_object
from agent.protocol.codec_requests import trust_request_from, trust_request_object
from agent.protocol.messages import (
    AuthorizationRequest,
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    Sender,
    UsageReport,
)
from counterparts.scripts import Answer

API = "/services/api/smart-accounts-and-licensing"
TOKEN_PATH = "/as/token.oauth2"
REPORT_PATH = f"{API}/v2/devices/reportusage"
AUTHORIZATION_PATH = f"{API}/v2/devices/authrequest"
POLL_PATH = f"{API}/v2/accounts/poll"
SMART_ACCOUNT_HEADER = "X-CSW-SMART-ACCOUNT-ID"
VIRTUAL_ACCOUNT_HEADER = "X-CSW-VIRTUAL-ACCOUNT-ID"
REQUESTING_HEADER = "X-CSW-REQUESTING-SYSTEM"
ACKNOWLEDGEMENTS = "acknowledgements"


@dataclass(frozen=True, slots=True)
class CloudRequest:
    """A request as it reaches CSSM; header names in any case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value, "" where it is missing."""
        wanted = name.lower()
        return next((v for n, v in self.headers.items() if n.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """The ACK of one device in a finished poll."""

    udi: Udi
    software_tag: str
    licence_file: str


@dataclass(frozen=True, slots=True)
class CloudResult:
    """An answer of CSSM as a CSLU reads it."""

    status: str
    message: str
    nonce: str
    poll_id: int = 0
    poll_interval_seconds: int = 0
    results: tuple[DeviceResult, ...] = ()


# --- reportusage ------------------------------------------------------------------------------


def usage_body(request: UsageReport, now: Instant) -> str:
    """The reportusage message for what a device sent; its payload texts are untouched."""
    sender = request.sender
    entry: dict[str, Any] = {
        "sudi": sudi(sender.udi),
        "hostname": sender.hostname,
        "software_tag_identifier": sender.software_tag,
        "nonce": request.nonce,
        "timestamp": request.timestamp,
        "trust_requests": [trust_request_object(asked) for asked in request.trust_requests],
        "usage": [report_object(report) for report in request.usage],
    }
    if request.trust_signature:
        entry["emu_trust_signature"] = request.trust_signature
    head = {"sudi": sudi(sender.udi), "timestamp": now, "nonce": request.nonce}
    return compact({"data": {**head, "reports": [entry]}})


def read_usage(body: bytes) -> tuple[str, tuple[UsageReport, ...]]:
    """The nonce of a reportusage message and what each device in it reports."""
    data = _data(body)
    entries = data.objects("reports")
    if not entries:
        raise MessageError(ReturnCode.MISSING_FIELD, "data.reports is empty")
    return data.text("nonce"), tuple(_read_entry(entry, data) for entry in entries)


def _read_entry(entry: Fields, data: Fields) -> UsageReport:
    return UsageReport(
        sender=Sender(
            udi=entry.udi(),
            software_tag=entry.text("software_tag_identifier", ""),
            hostname=entry.text("hostname", ""),
            agent_version="",
        ),
        timestamp=entry.integer("timestamp", data.integer("timestamp")),
        nonce=entry.text("nonce", data.text("nonce")),
        usage=tuple(map(report_from, entry.objects("usage"))),
        trust_requests=tuple(
            map(trust_request_from, entry.objects("trust_requests", required=False))
        ),
        trust_signature=entry.text("emu_trust_signature", ""),
    )


# --- authrequest ------------------------------------------------------------------------------

_LICENSES = '{"data":{"licenses":'


def authorization_body(request: CodesWanted | CodesConfirmed | CodesReturned, now: Instant) -> str:
    """The authrequest message for what a device asked, confirmed or returned."""
    sender = request.sender
    units = [
        {
            **authorization_request_object(unit),
            "hostname": sender.hostname,
            "software_tag_identifier": sender.software_tag,
        }
        for unit in request.units
    ]
    head = {"sudi": sudi(sender.udi), "timestamp": now, "nonce": request.nonce}
    return compact({"data": {"licenses": units, **head}})


def read_authorization(body: bytes) -> tuple[str, Sender, tuple[AuthorizationRequest, ...]]:
    """The nonce of an authrequest message, the device it is of, and what its units want."""
    data = _data(body)
    entries = data.objects("licenses")
    if not entries:
        raise MessageError(ReturnCode.MISSING_FIELD, "data.licenses is empty")
    first = entries[0]
    sender = Sender(
        udi=data.udi(),
        software_tag=first.text("software_tag_identifier", ""),
        hostname=first.text("hostname", ""),
        agent_version="",
    )
    return data.text("nonce"), sender, tuple(map(authorization_request_from, entries))


def path_of(body: str) -> str:
    """The resource that takes a message of a CSLU: authrequest or reportusage."""
    return AUTHORIZATION_PATH if body.startswith(_LICENSES) else REPORT_PATH


# --- poll -----------------------------------------------------------------


def poll_body(poll_id: int, nonce: str, now: Instant) -> str:
    """The poll message for an upload."""
    data = {"timestamp": now, "nonce": nonce, "poll_id": poll_id, "action": ACKNOWLEDGEMENTS}
    return compact({"data": data})


def read_poll(body: bytes) -> tuple[str, int]:
    """The nonce of a poll message and the poll id it asks for."""
    data = _data(body)
    return data.text("nonce"), data.integer("poll_id")


# --- answers -----------------------------------------------------------------


def taken(nonce: str, poll_id: int, interval_seconds: int, now: Instant) -> Answer:
    """202: the upload is taken, or its result is not there yet."""
    return _answer(
        202,
        status="OK_POLL",
        message_code="",
        message="",
        timestamp=now,
        nonce=nonce,
        type=ACKNOWLEDGEMENTS,
        poll_id=poll_id,
        poll_interval=interval_seconds,
        action=ACKNOWLEDGEMENTS,
    )


def finished(
    nonce: str, results: Sequence[DeviceResult], correlation_id: str, now: Instant
) -> Answer:
    """200: the result of an upload, one ACK for each device in it."""
    return _answer(
        200,
        status="COMPLETE",
        message="",
        timestamp=now,
        nonce=nonce,
        type=ACKNOWLEDGEMENTS,
        correlation_id=correlation_id,
        data={
            ACKNOWLEDGEMENTS: [
                {
                    "sudi": sudi(result.udi),
                    "software_tag_identifier": result.software_tag,
                    "smart_license": to_base64(result.licence_file),
                }
                for result in results
            ]
        },
    )


def failed(status: int, message: str, now: Instant, nonce: str = "") -> Answer:
    """A refusal, with CSSM's words for it."""
    return _answer(status, status="FAILED", message=message, timestamp=now, nonce=nonce)


def read_answer(body: bytes) -> CloudResult:
    """Read an answer of CSSM. Raises MessageError when it is none."""
    answer = parse_object(decoded(body, "answer"), "answer")
    data = answer.optional_fields("data")
    found = data.objects(ACKNOWLEDGEMENTS, required=False) if data else []
    return CloudResult(
        status=answer.text("status"),
        message=answer.text("message", ""),
        nonce=answer.text("nonce", ""),
        poll_id=answer.integer("poll_id", 0),
        poll_interval_seconds=min(max(answer.integer("poll_interval", 0), 0), 86_400),
        results=tuple(
            DeviceResult(
                item.udi(),
                item.text("software_tag_identifier", ""),
                from_base64(item.text("smart_license", "")),
            )
            for item in found
        ),
    )


def json_answer(status: int, value: Mapping[str, Any] | list[Any]) -> Answer:
    """Any JSON as an answer."""
    return Answer(status, compact(value).encode())


def _answer(http_status: int, /, **members: Any) -> Answer:
    return json_answer(http_status, members)


def _data(body: bytes) -> Fields:
    return parse_object(decoded(body, "message"), "message").fields("data")
